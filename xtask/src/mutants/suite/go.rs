//! Go modules from the module proxy, their suites run as test binaries, one a package.

use super::{Run, Site, Suite};
use crate::mutants::operators::{self, Syntax};
use crate::mutants::place::{Place, Told, checked, limited};
use crate::mutants::project::Project;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub(super) struct Go;

/// Starts each line of a test binary's own report, where it is asked to mark them.
const MARK: char = '\u{16}';

/// What the probe writes.
const HIT: &str = "RIPPLE-HIT";

/// A mutant whose panics and hangs end one process after the other is given up after so long.
const PATIENCE: Duration = Duration::from_secs(300);

/// A package with tests, compiled.
struct Binary {
    /// As `go test` takes it: `.`, `./doc`.
    package: String,
    file: PathBuf,
}

/// What test binaries said.
#[derive(Default)]
struct Report {
    passed: BTreeSet<String>,
    hit: BTreeSet<String>,
    hit_while_loading: bool,
}

impl Suite for Go {
    fn syntax(&self, _: &str) -> Syntax {
        Syntax {
            language: tree_sitter_go::LANGUAGE.into(),
            functions: &["function_declaration", "method_declaration", "func_literal"],
            conditional: &["if_statement", "for_clause"],
            negation: ("!(", ")"),
            operations: &["binary_expression", "assignment_statement"],
            arguments: &["argument_list"],
            statements: &[
                "expression_statement",
                "assignment_statement",
                "inc_statement",
                "dec_statement",
                "defer_statement",
            ],
            nothing: "",
            returns: &["return_statement"],
            defaults: &[],
            default_of: Some(default_of),
            numbers: &["int_literal"],
            text: &[
                "interpreted_string_literal_content",
                "raw_string_literal_content",
            ],
            tables: &["literal_value"],
            quiet: &[
                "import_declaration",
                "package_clause",
                "comment",
                "escape_sequence",
                "type_declaration",
            ],
            docstrings: false,
        }
    }

    fn is_test_file(&self, path: &str) -> bool {
        // The go command leaves out folders that start so.
        let left_out = |part: &str| part == "testdata" || part.starts_with(['_', '.']);
        path.ends_with("_test.go") || path.split('/').any(left_out)
    }

    fn prepare(&self, project: &mut Project, place: &Place) -> Result<()> {
        let source = project.source.clone();
        let pinned = format!("{}@{}", source.name, source.version);
        place.once("download", &pinned, || {
            let mut go = Command::new("go");
            go.args(["mod", "download", "-json", &pinned]);
            let told: Value = serde_json::from_str(&checked(&mut go)?)?;
            let said = |name: &str| told[name].as_str().context("go says no sum and no folder");
            let found = said("Sum")?;
            if !source.checksum.is_empty() && source.checksum != found {
                bail!("{pinned} is {found}, and {} was pinned", source.checksum);
            }
            fs::write(place.beside("checksum"), found)?;
            let _ = fs::remove_dir_all(place.tree());
            let mut copy = Command::new("cp");
            checked(copy.args(["-r", said("Dir")?]).arg(place.tree()))?;
            checked(Command::new("chmod").args(["-R", "u+w"]).arg(place.tree()))?;
            place.commit()?;
            // Brings what the tests import.
            let mut go = Command::new("go");
            go.args(["test", "-vet=off", "-run", "^$", "./..."]);
            checked(go.current_dir(place.work()))?;
            Ok(())
        })?;
        let found = fs::read_to_string(place.beside("checksum"))?;
        if source.checksum.is_empty() {
            project.source.checksum = found;
        } else if source.checksum != found {
            bail!("{pinned} is {found}, and {} was pinned", source.checksum);
        }
        Ok(())
    }

    fn run(&self, project: &Project, place: &Place) -> Result<Run> {
        let binaries = match compile(place)? {
            Ok(binaries) => binaries,
            Err(why) => return Ok(Run::Broken(why)),
        };
        let mut passed = BTreeSet::new();
        for binary in &binaries {
            let Some(report) = report(project, place, binary)? else {
                return Ok(Run::Broken("nearly every test ends the process".into()));
            };
            passed.extend(report.passed);
        }
        Ok(if passed.is_empty() {
            Run::Broken("no test passes".into())
        } else {
            Run::Passed(passed)
        })
    }

    fn executing(
        &self,
        project: &Project,
        place: &Place,
        site: &Site<'_>,
    ) -> Result<Option<BTreeSet<String>>> {
        let file = place.work().join(site.path);
        let text = fs::read_to_string(&file)?;
        let syntax = self.syntax(site.path);
        let tree = operators::parse(&syntax, &text)?;
        let Some(body) = operators::body_of(&syntax, tree.root_node(), site) else {
            return Ok(None);
        };
        let at = body.start_byte() + 1;
        let probed = [&text[..at], " rippleProbe(); ", &text[at..]].concat();
        fs::write(&file, probed)?;
        let package = text
            .lines()
            .find_map(|line| line.strip_prefix("package "))
            .and_then(|rest| rest.split_whitespace().next())
            .with_context(|| format!("{} says no package", site.path))?;
        let beside = file.with_file_name("zz_ripple_probe.go");
        fs::write(beside, PROBE.replace("PACKAGE", package))?;
        let binaries = match compile(place)? {
            Ok(binaries) => binaries,
            Err(why) => bail!("{}: the probe does not compile: {why}", site.path),
        };
        let mut hit = BTreeSet::new();
        for binary in &binaries {
            let Some(report) = report(project, place, binary)? else {
                return Ok(None);
            };
            if report.hit_while_loading {
                return Ok(None);
            }
            hit.extend(report.hit);
        }
        Ok(Some(hit))
    }

    fn refused(&self, _: &Project, place: &Place, ids: &[String]) -> Result<Vec<String>> {
        let mut refused = Vec::new();
        for id in ids {
            let mut go = Command::new("go");
            go.args(["test", "-vet=off", "-count=1", "-v"])
                .args(words(id))
                .current_dir(place.work());
            let scratch = scratch(place)?;
            let told = limited(&mut go, Duration::from_secs(120), &scratch)?;
            let ran = ["--- PASS", "--- FAIL", "--- SKIP", "\nBenchmark"];
            if !ran.iter().any(|mark| told.out.contains(mark)) {
                refused.push(id.clone());
            }
        }
        Ok(refused)
    }

    fn file_of(&self, _: &str) -> Option<String> {
        None
    }
}

/// Reports a call once a test: its output's position stands still until the next test starts.
const PROBE: &str = r#"package PACKAGE

import rippleos "os"

var rippleOut, rippleAt = rippleos.Stdout, int64(-1)

func rippleProbe() {
	at, err := rippleOut.Seek(0, 1)
	if err == nil && at == rippleAt {
		return
	}
	rippleOut.WriteString("\nRIPPLE-HIT\n")
	rippleAt, _ = rippleOut.Seek(0, 1)
}
"#;

/// What a function returns in place of a value, by what its result type is called.
fn default_of(results: &str, at: usize) -> Option<&'static str> {
    let inner = results.strip_prefix('(').and_then(|r| r.strip_suffix(')'));
    let result = inner.unwrap_or(results).split(',').nth(at)?;
    let kind = result.split_whitespace().last()?;
    let bare = |prefix: &str| kind.starts_with(prefix);
    Some(match kind {
        "error" | "any" => "nil",
        "string" => "\"\"",
        "bool" => "false",
        _ if bare("int") || bare("uint") || bare("float") || kind == "byte" => "0",
        _ if bare("*") || bare("[]") || bare("map[") || bare("func(") => "nil",
        _ => return None,
    })
}

/// The words of a printed id, quotes taken away as a shell does.
fn words(id: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for c in id.chars() {
        match (c, words.last_mut()) {
            ('\'', _) => quoted = !quoted,
            (' ', _) if !quoted => words.push(String::new()),
            (c, Some(word)) => word.push(c),
            (_, None) => {}
        }
    }
    words
}

fn scratch(place: &Place) -> Result<PathBuf> {
    let scratch = place.beside("scratch");
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch)?;
    Ok(scratch)
}

/// Each package with tests, or what the compiler said.
fn compile(place: &Place) -> Result<std::result::Result<Vec<Binary>, String>> {
    let folder = place.beside("binaries");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder)?;
    let mut list = Command::new("go");
    list.args(["list", "-f"])
        .arg("{{if or .TestGoFiles .XTestGoFiles}}{{.Dir}}{{end}}")
        .arg("./...")
        .current_dir(place.work());
    let folders = checked(&mut list)?;
    let mut binaries = Vec::new();
    for (number, dir) in folders.lines().enumerate() {
        let package = match Path::new(dir).strip_prefix(place.work())?.to_str() {
            Some("") => ".".to_owned(),
            Some(inner) => format!("./{inner}"),
            None => bail!("{dir} is no text"),
        };
        let file = folder.join(format!("{number}.test"));
        let mut go = Command::new("go");
        go.args(["test", "-c", "-vet=off", "-p", "1", "-o"])
            .arg(&file)
            .arg(&package)
            .current_dir(place.work());
        let told = limited(&mut go, Duration::from_secs(300), &scratch(place)?)?;
        if !told.success() {
            return Ok(Err(told.errors));
        }
        binaries.push(Binary { package, file });
    }
    Ok(Ok(binaries))
}

/// Runs every test of the package. A test that ends the process (a panic, a hang, `os.Exit`)
/// failed; what had no turn by then runs in a further process. `None` where that never ends.
fn report(project: &Project, place: &Place, binary: &Binary) -> Result<Option<Report>> {
    let mut report = Report::default();
    let mut skipped: BTreeSet<String> = BTreeSet::new();
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        let told = once(project, place, binary, &skipped)?;
        let turns = read(&told.out, binary, &mut report);
        if ended(&told.out) || turns.is_empty() {
            return Ok(Some(report));
        }
        skipped.extend(turns);
    }
    Ok(None)
}

fn once(
    project: &Project,
    place: &Place,
    binary: &Binary,
    skipped: &BTreeSet<String>,
) -> Result<Told> {
    let scratch = scratch(place)?;
    let mut command = Command::new(&binary.file);
    command
        .args(["-test.v=test2json", "-test.parallel=1", "-test.count=1"])
        .arg(format!("-test.timeout={}s", project.time_limit))
        .current_dir(place.work().join(&binary.package))
        // A test that itself runs `go` finds what is built already.
        .envs(go_folders()?)
        .env("HOME", &scratch)
        .env("TMPDIR", &scratch)
        .envs(&project.environment);
    // Of two `-test.skip` the last alone would count.
    let mut skips = Vec::new();
    for argument in &project.arguments {
        match argument.strip_prefix("-test.skip=") {
            Some(skip) => skips.push(skip.to_owned()),
            None => {
                command.arg(argument);
            }
        }
    }
    if !skipped.is_empty() {
        let names: Vec<&str> = skipped.iter().map(String::as_str).collect();
        skips.push(format!("^({})$", names.join("|")));
    }
    if !skips.is_empty() {
        command.arg(format!("-test.skip={}", skips.join("|")));
    }
    limited(
        &mut command,
        Duration::from_secs(project.time_limit + 20),
        &scratch,
    )
}

fn go_folders() -> Result<Vec<(&'static str, String)>> {
    let told = checked(Command::new("go").args(["env", "GOCACHE", "GOPATH", "GOMODCACHE"]))?;
    let folders = told.lines().map(str::to_owned);
    Ok(["GOCACHE", "GOPATH", "GOMODCACHE"]
        .into_iter()
        .zip(folders)
        .collect())
}

/// A test binary that comes to its end says so; one that a test ends does not, though it may say
/// of a test that panics that it failed.
fn ended(out: &str) -> bool {
    let said = |piece: &str| matches!(piece.lines().next(), Some("PASS" | "FAIL"));
    out.split(MARK).skip(1).any(said)
}

/// Adds what one process said; the top-level tests that had their turn.
fn read(out: &str, binary: &Binary, report: &mut Report) -> BTreeSet<String> {
    let mut turns = BTreeSet::new();
    let mut current: Option<String> = None;
    let id = |name: &str| format!("-run '^{name}$' {}", binary.package);
    for (number, piece) in out.split(MARK).enumerate() {
        let line = piece.lines().next().unwrap_or_default().trim();
        let top = |name: &str| name.split(['/', ' ']).next().unwrap_or_default().to_owned();
        let of = |mark: &str| line.strip_prefix(mark).map(|rest| rest.trim().to_owned());
        if number > 0 {
            if let Some(name) = of("=== RUN")
                .or_else(|| of("=== CONT"))
                .or_else(|| of("=== NAME"))
            {
                current = (!name.is_empty()).then(|| top(&name));
                if let Some(name) = &current {
                    turns.insert(name.clone());
                }
            } else if let Some(name) = of("--- PASS:")
                .or_else(|| of("--- SKIP:"))
                .or_else(|| of("--- FAIL:"))
                && !name.contains('/')
            {
                let name = top(&name);
                if line.starts_with("--- PASS") {
                    report.passed.insert(id(&name));
                }
                turns.insert(name.clone());
                current = Some(name);
            }
        }
        if piece.contains(HIT) {
            match &current {
                Some(name) => {
                    report.hit.insert(id(name));
                }
                None => report.hit_while_loading = true,
            }
        }
    }
    turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_that_dies_says_which_tests_had_their_turn() {
        let binary = Binary {
            package: "./doc".into(),
            file: PathBuf::new(),
        };
        let out = "\u{16}=== RUN   TestA\n\nRIPPLE-HIT\n\u{16}--- PASS: TestA (0.00s)\n\
                   \u{16}=== NAME  \n\u{16}=== RUN   TestB\n\u{16}=== RUN   TestB/one\n\
                       \u{16}    --- PASS: TestB/one (0.00s)\npanic: no\n";
        let mut report = Report::default();
        let turns = read(out, &binary, &mut report);
        assert_eq!(turns, BTreeSet::from(["TestA".into(), "TestB".into()]));
        assert!(!ended(out));
        assert!(!ended(
            "\u{16}=== RUN   TestA\n\u{16}--- FAIL: TestA (0.00s)\npanic: no\n"
        ));
        assert!(ended("\u{16}--- FAIL: TestA (0.00s)\n\u{16}FAIL\n"));
        assert_eq!(
            report.passed,
            BTreeSet::from(["-run '^TestA$' ./doc".to_owned()])
        );
        assert_eq!(report.hit, report.passed);
    }

    #[test]
    fn a_default_follows_the_result_type() {
        assert_eq!(default_of("(n int, err error)", 1), Some("nil"));
        assert_eq!(default_of("(n int, err error)", 0), Some("0"));
        assert_eq!(default_of("string", 0), Some("\"\""));
        assert_eq!(default_of("Command", 0), None);
    }
}
