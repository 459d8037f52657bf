//! Which test runner a package uses, and how it is told to run one test.

use rustc_hash::FxHashSet;
use serde_json::Value;

/// The runner that a package.json names in its scripts or dependencies.
pub(super) fn of_package(json: &Value) -> Option<&'static str> {
    let script = json
        .get("scripts")
        .and_then(|s| s.get("test"))
        .and_then(Value::as_str)
        .unwrap_or("");
    let words = [
        ("vitest", "vitest"),
        ("jest", "jest"),
        ("react-scripts test", "jest"),
        ("mocha", "mocha"),
        ("playwright", "playwright"),
        ("jasmine", "jasmine"),
        ("bun test", "bun"),
        ("node --test", "node"),
        ("--test", "node"),
        ("ava", "ava"),
    ];
    if let Some((_, runner)) = words.iter().find(|(word, _)| script.contains(word)) {
        return Some(runner);
    }
    for runner in ["vitest", "jest", "mocha", "jasmine", "ava"] {
        for table in ["devDependencies", "dependencies"] {
            if json.get(table).and_then(|t| t.get(runner)).is_some() {
                return Some(runner);
            }
        }
        if json.get(runner).is_some() {
            return Some(runner);
        }
    }
    None
}

/// The runner whose configuration file lies in the tree.
pub(super) fn of_files(files: &FxHashSet<String>) -> Option<&'static str> {
    let mut found: Option<&'static str> = None;
    for path in files {
        let name = path.rsplit('/').next().unwrap_or(path);
        let runner = if name.starts_with("vitest.config.") {
            "vitest"
        } else if name.starts_with("jest.config.") {
            "jest"
        } else if name.starts_with(".mocharc") {
            "mocha"
        } else {
            continue;
        };
        // The order of a set says nothing: the first by name wins.
        if found.is_none_or(|known| runner > known) {
            found = Some(runner);
        }
    }
    found
}

/// A title, as the source writes it, as a regular expression; the holes of templates and tables
/// match anything.
fn pattern(title: &str) -> String {
    let mut out = String::with_capacity(title.len() + 8);
    let mut rest = title.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                // What a source names by number, the runner sees as another text.
                Some('u' | 'x') => {
                    let braced = rest.next_if_eq(&'{').is_some();
                    while rest.next_if(char::is_ascii_hexdigit).is_some() {}
                    if braced {
                        rest.next_if_eq(&'}');
                    }
                    out.push_str(".*");
                }
                Some('n' | 'r' | 't' | 'b' | 'f' | 'v' | '0') => out.push_str("\\s"),
                Some('\n') | None => {}
                Some(c) => literal(c, &mut out),
            },
            '%' if rest.peek().is_some_and(|n| "sdifjopc#".contains(*n)) => {
                rest.next();
                out.push_str(".*");
            }
            '$' if rest.peek() == Some(&'{') => {
                for inner in rest.by_ref() {
                    if inner == '}' {
                        break;
                    }
                }
                out.push_str(".*");
            }
            c => literal(c, &mut out),
        }
    }
    out
}

/// A character that stands for itself in a regular expression.
fn literal(c: char, out: &mut String) {
    if matches!(
        c,
        '\\' | '^' | '$' | '.' | '|' | '?' | '*' | '+' | '(' | ')' | '[' | ']' | '{' | '}' | '/'
    ) {
        out.push('\\');
    }
    out.push(c);
}

/// Quotes for a shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// What to put after the runner's command:
///
/// | runner | form |
/// |---|---|
/// | jest, vitest, bun | `path -t '^suite test$'` (bun and jest match the full title) |
/// | mocha, playwright | `path -g 'suite test$'` |
/// | jasmine | `path --filter='suite test'` |
/// | node | `--test-name-pattern='^suite test$' path` |
/// | ava | `path --match='title'` |
/// | unknown | `path` |
pub(super) fn id(runner: &str, path: &str, id: &str) -> String {
    let regex = pattern(id);
    match runner {
        "jest" | "vitest" | "bun" => format!("{path} -t {}", quote(&format!("^{regex}$"))),
        "mocha" => format!("{path} -g {}", quote(&format!("^{regex}$"))),
        "playwright" => format!("{path} -g {}", quote(&format!("{regex}$"))),
        "jasmine" => format!("{path} --filter={}", quote(&regex)),
        "node" => format!(
            "--test-name-pattern={} {path}",
            quote(&format!("^{regex}$"))
        ),
        "ava" => format!("{path} --match={}", quote(id)),
        _ => path.to_owned(),
    }
}
