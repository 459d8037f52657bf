//! The answer as a pull-request comment: one line that says it, a table of tests, details folded.

use super::words::{because, change, level, name, percent, revision};
use ripple_schemas::{ImpactAnswer, Level, NodeKind};
use std::fmt::Write;

/// Rows of a table before the rest is only counted: a comment has a size limit.
const ROWS: usize = 30;

/// The whole answer.
pub(crate) fn markdown(answer: &ImpactAnswer) -> String {
    let v = &answer.verdict;
    let sign = match v.level {
        Level::None | Level::Low => "🟢",
        Level::Medium => "🟡",
        Level::High => "🔴",
        Level::Unknown => "⚪",
    };
    let mut out = String::new();
    let o = &mut out;
    put(
        o,
        &format!(
            "### {sign} Impact: {} · {} that a test or objective would notice a defect · coverage {}\n",
            level(v.level),
            percent(v.score),
            percent(v.coverage)
        ),
    );
    for reason in &v.reasons {
        put(o, &format!("- {}", escape(reason)));
    }
    if !answer.tests.is_empty() {
        put(
            o,
            &format!(
                "\n**Tests to run** ({})\n\n| fails | test | runner |\n|---:|---|---|",
                answer.totals.tests
            ),
        );
        for test in answer.tests.iter().take(ROWS) {
            put(
                o,
                &format!(
                    "| {} | {} | {} |",
                    percent(test.probability),
                    code(&test.id),
                    test.runner
                ),
            );
        }
        more(o, answer.totals.tests);
    }
    fold(o, "Changed", answer.changed.len(), |o| {
        put(o, "| change | symbol | where |\n|---|---|---|");
        for c in answer.changed.iter().take(ROWS) {
            put(
                o,
                &format!(
                    "| {} | {} | {} |",
                    change(c.change),
                    code(&name(&c.key)),
                    code(&format!("{}:{}", c.path, c.lines[0]))
                ),
            );
        }
        more(o, answer.changed.len());
    });
    let impacted: Vec<_> = answer
        .impacted
        .iter()
        .filter(|i| !matches!(i.kind, NodeKind::Test | NodeKind::TestCase))
        .collect();
    let others = answer.totals.impacted - answer.totals.impacted_tests;
    fold(o, "Impacted", others, |o| {
        put(o, "| depends | what | because it |\n|---:|---|---|");
        for node in impacted.iter().take(ROWS) {
            put(
                o,
                &format!(
                    "| {} | {} | {} |",
                    percent(node.probability),
                    code(&name(&node.key)),
                    escape(&because(node).join(", which "))
                ),
            );
        }
        more(o, others);
    });
    fold(o, "Could not be seen", answer.totals.blind_spots, |o| {
        for spot in answer.blind_spots.iter().take(ROWS) {
            put(
                o,
                &format!(
                    "- {} {} ({})",
                    code(&format!("{}:{}", spot.path, spot.line)),
                    escape(&spot.why),
                    spot.kind
                ),
            );
        }
        more(o, answer.totals.blind_spots);
    });
    fold(o, "Phantom dependencies", answer.phantoms.len(), |o| {
        for p in &answer.phantoms {
            let kind = serde_json::to_value(p.kind)
                .ok()
                .and_then(|k| k.as_str().map(|k| k.replace('_', " ")))
                .unwrap_or_default();
            put(
                o,
                &format!(
                    "- {kind}: {} in {}",
                    code(&name(&p.to)),
                    code(&name(&p.from))
                ),
            );
        }
    });
    if !answer.owners.is_empty() {
        put(
            o,
            &format!(
                "\nOwners: {}",
                answer
                    .owners
                    .iter()
                    .map(|k| code(&name(k)))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        );
    }
    put(
        o,
        &format!(
            "\n<sub>{} {}..{}, graph revision {}</sub>",
            escape(&answer.repository),
            escape(revision(&answer.base)),
            escape(revision(&answer.head)),
            answer.revision
        ),
    );
    out
}

fn put(out: &mut String, line: &str) {
    writeln!(out, "{line}").expect("writing to a String does not fail");
}

fn fold(out: &mut String, title: &str, count: usize, body: impl FnOnce(&mut String)) {
    if count == 0 {
        return;
    }
    put(
        out,
        &format!("\n<details><summary>{title} ({count})</summary>\n"),
    );
    body(out);
    put(out, "\n</details>");
}

fn more(out: &mut String, count: usize) {
    if count > ROWS {
        put(out, &format!("\n… and {} more.", count - ROWS));
    }
}

/// Text that Markdown, HTML or a table could read as its own.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\n' | '\r' => out.push(' '),
            '|' | '*' | '_' | '`' | '[' | ']' | '\\' | '#' | '@' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text in a code span that nothing in it can close. `|` would end a table's cell even there.
fn code(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if longest > 0 { " " } else { "" };
    let text = text.replace(['\n', '\r'], " ").replace('|', "\\|");
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_closes_neither_a_code_span_nor_a_cell() {
        assert_eq!(code("a`b|c"), "`` a`b\\|c ``");
        assert_eq!(escape("<img src=x>|@team"), "&lt;img src=x&gt;\\|\\@team");
    }
}
