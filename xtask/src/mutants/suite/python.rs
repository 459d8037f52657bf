//! Python packages from PyPI, their suites run by pytest in a virtual environment of their own.

use super::{Run, Site, Suite};
use crate::mutants::operators::{self, Syntax};
use crate::mutants::place::{Place, Told, checked, limited};
use crate::mutants::project::Project;
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

pub(super) struct Python;

/// Writes a line for each phase of each test, and whether the probed function ran in it.
const PLUGIN: &str = r#"import json, os, sys

sys.ripple_hit = False


def pytest_collection_finish(session):
    write({"collected": len(session.items), "hit": sys.ripple_hit})


def pytest_runtest_logstart(nodeid, location):
    sys.ripple_hit = False


def pytest_runtest_logreport(report):
    write({"id": report.nodeid, "when": report.when, "outcome": report.outcome, "hit": sys.ripple_hit})


def write(line):
    with os.fdopen(os.open(os.environ["RIPPLE_REPORT"], os.O_APPEND | os.O_CREAT | os.O_WRONLY), "w") as f:
        f.write(json.dumps(line) + "\n")
"#;

#[derive(Deserialize)]
#[serde(untagged)]
enum Line {
    Phase {
        id: String,
        when: String,
        outcome: String,
        hit: bool,
    },
    Collected {
        collected: usize,
        hit: bool,
    },
}

/// What the plugin wrote.
struct Report {
    passed: BTreeSet<String>,
    hit: BTreeSet<String>,
    hit_while_loading: bool,
}

impl Suite for Python {
    fn syntax(&self, _: &str) -> Syntax {
        Syntax {
            language: tree_sitter_python::LANGUAGE.into(),
            functions: &["function_definition", "lambda"],
            conditional: &["if_statement", "elif_clause", "while_statement"],
            negation: ("not (", ")"),
            operations: &[
                "comparison_operator",
                "binary_operator",
                "boolean_operator",
                "augmented_assignment",
            ],
            arguments: &["argument_list"],
            statements: &[
                "expression_statement",
                "raise_statement",
                "delete_statement",
            ],
            nothing: "pass",
            returns: &["return_statement"],
            defaults: &["None"],
            default_of: None,
            numbers: &["integer"],
            text: &["string_content"],
            tables: &["dictionary", "list", "set", "tuple"],
            quiet: &[
                "import_statement",
                "import_from_statement",
                "future_import_statement",
                "type",
                "comment",
                "escape_sequence",
            ],
            docstrings: true,
        }
    }

    fn is_test_file(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        path.split('/')
            .any(|part| part == "tests" || part == "test")
            || name.starts_with("test_")
            || name.ends_with("_test.py")
            || name == "conftest.py"
            // A stub is never executed.
            || name.ends_with(".pyi")
    }

    fn prepare(&self, project: &mut Project, place: &Place) -> Result<()> {
        let source = project.source.clone();
        let pinned = format!("{}=={}", source.name, source.version);
        place.once("download", &format!("{pinned} {}", source.checksum), || {
            let folder = place.beside("download");
            let _ = fs::remove_dir_all(&folder);
            fs::create_dir_all(&folder)?;
            let mut pip = python();
            pip.args([
                "-m",
                "pip",
                "download",
                "-q",
                "--no-deps",
                "--no-binary",
                ":all:",
                "-d",
            ]);
            checked(pip.arg(&folder).arg(&pinned))?;
            let archive = only_entry(&folder)?;
            let told = checked(python().args(["-m", "pip", "hash"]).arg(&archive))?;
            let found = told
                .split_whitespace()
                .find_map(|word| word.strip_prefix("--hash="))
                .with_context(|| format!("no hash in {told}"))?;
            if source.checksum.is_empty() {
                found.clone_into(&mut project.source.checksum);
            } else if source.checksum != found {
                bail!("{pinned} is {found}, and {} was pinned", source.checksum);
            }
            let unpacked = place.beside("unpacked");
            let _ = fs::remove_dir_all(&unpacked);
            fs::create_dir_all(&unpacked)?;
            let mut tar = Command::new("tar");
            tar.args(["--no-same-owner", "-xf"]).arg(&archive).arg("-C");
            checked(tar.arg(&unpacked))?;
            let _ = fs::remove_dir_all(place.tree());
            fs::rename(only_entry(&unpacked)?, place.tree())?;
            place.commit()
        })?;
        place.once("environment", &project.requires.join("\n"), || {
            let folder = place.beside("env");
            let _ = fs::remove_dir_all(&folder);
            checked(python().args(["-m", "venv"]).arg(&folder))?;
            let mut pip = Command::new(folder.join("bin/python"));
            pip.args(["-m", "pip", "install", "-q"])
                .args(&project.requires);
            checked(&mut pip)?;
            Ok(())
        })?;
        let plugin = place.beside("plugin");
        fs::create_dir_all(&plugin)?;
        fs::write(plugin.join("ripple_report.py"), PLUGIN)?;
        Ok(())
    }

    fn run(&self, project: &Project, place: &Place) -> Result<Run> {
        let (told, report) = pytest(project, place, &[])?;
        Ok(match report {
            Some(report) if !report.passed.is_empty() => Run::Passed(report.passed),
            _ => Run::Broken(format!("{}{}", told.out, told.errors)),
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
        let Some(probed) = probed(&self.syntax(site.path), &text, site)? else {
            return Ok(None);
        };
        fs::write(&file, probed)?;
        let (told, report) = pytest(project, place, &[])?;
        let Some(report) = report else {
            bail!(
                "{}: the probe breaks the suite: {}{}",
                site.path,
                told.out,
                told.errors
            );
        };
        Ok((!report.hit_while_loading).then_some(report.hit))
    }

    fn refused(&self, project: &Project, place: &Place, ids: &[String]) -> Result<Vec<String>> {
        // One id that pytest does not find stops the whole run, so each is asked alone where the
        // whole is refused.
        let accepted = |ids: &[String]| -> Result<bool> {
            let (_, report) = pytest(project, place, ids)?;
            let report = report.map(|r| r.passed).unwrap_or_default();
            let ran = |id: &String| report.iter().any(|test| self.covers(id, test));
            Ok(ids.iter().all(ran))
        };
        if accepted(ids)? {
            return Ok(Vec::new());
        }
        let mut refused = Vec::new();
        for id in ids {
            if !accepted(std::slice::from_ref(id))? {
                refused.push(id.clone());
            }
        }
        Ok(refused)
    }

    /// A test of `unittest` is printed with dots: `tests.test_a.T.test_b`.
    fn covers(&self, id: &str, test: &str) -> bool {
        let dotted = test
            .replacen(".py::", ".", 1)
            .replace("::", ".")
            .replace('/', ".");
        let under = |whole: &str, between: &str| {
            whole
                .strip_prefix(id)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(between))
        };
        under(test, "::") || under(&dotted, ".")
    }

    fn file_of(&self, test: &str) -> Option<String> {
        Some(test.split("::").next()?.to_owned())
    }
}

fn python() -> Command {
    Command::new("python3")
}

fn only_entry(folder: &std::path::Path) -> Result<PathBuf> {
    let mut entries = fs::read_dir(folder)?;
    let first = entries.next().context("it holds nothing")??.path();
    if entries.next().is_some() {
        bail!("{} holds more than one file", folder.display());
    }
    Ok(first)
}

/// Runs `only` these ids, or the whole suite; no report where nothing was collected.
fn pytest(project: &Project, place: &Place, only: &[String]) -> Result<(Told, Option<Report>)> {
    let report = place.beside("report.jsonl");
    let _ = fs::remove_file(&report);
    let scratch = place.beside("scratch");
    let _ = fs::remove_dir_all(&scratch);
    fs::create_dir_all(&scratch)?;
    let work = place.work();
    let code = if work.join("src").is_dir() {
        work.join("src")
    } else {
        work.clone()
    };
    let path = std::env::join_paths([code, place.beside("plugin")])?;
    let mut command = Command::new(place.beside("env").join("bin/python"));
    command
        .args([
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-p",
            "ripple_report",
        ])
        .args(["--continue-on-collection-errors", "--tb=no"])
        .args(&project.arguments)
        .args(only)
        .current_dir(&work)
        .env_remove("PYTEST_ADDOPTS")
        .env("PYTHONPATH", path)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONHASHSEED", "0")
        .env("RIPPLE_REPORT", &report)
        .env("HOME", &scratch)
        .env("TMPDIR", &scratch)
        .envs(&project.environment);
    let told = limited(
        &mut command,
        Duration::from_secs(project.time_limit),
        &scratch,
    )?;
    let Ok(text) = fs::read_to_string(&report) else {
        return Ok((told, None));
    };
    let report = read(&text)?;
    Ok((told, report))
}

/// Outcomes of parametrised tests are the function's: it passes where none fails and one passes.
fn read(text: &str) -> Result<Option<Report>> {
    let mut phases: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    let (mut hit, mut hit_while_loading) = (BTreeSet::new(), false);
    let mut any = false;
    for line in text.lines() {
        match serde_json::from_str(line).with_context(|| line.to_owned())? {
            Line::Collected { collected, hit } => {
                any |= collected > 0;
                hit_while_loading |= hit;
            }
            Line::Phase {
                id,
                when,
                outcome,
                hit: ran,
            } => {
                let id = function(&id).to_owned();
                let (passed, failed) = phases.entry(id.clone()).or_default();
                *passed |= when == "call" && outcome == "passed";
                *failed |= outcome == "failed";
                if ran {
                    hit.insert(id);
                }
            }
        }
    }
    let passed = phases
        .into_iter()
        .filter(|(_, (passed, failed))| *passed && !failed);
    Ok(any.then(|| Report {
        passed: passed.map(|(id, _)| id).collect(),
        hit,
        hit_while_loading,
    }))
}

/// `tests/a.py::T::test_b[1::2]` is `tests/a.py::T::test_b`.
fn function(id: &str) -> &str {
    match id.split_once("::") {
        Some((file, rest)) => {
            let end = rest.find('[').unwrap_or(rest.len());
            &id[..file.len() + 2 + end]
        }
        None => id,
    }
}

/// The text with a mark at the start of the function's body.
fn probed(syntax: &Syntax, text: &str, site: &Site<'_>) -> Result<Option<String>> {
    let tree = operators::parse(syntax, text)?;
    let Some(body) = operators::body_of(syntax, tree.root_node(), site) else {
        return Ok(None);
    };
    if body.kind() != "block" {
        let of = &text[body.byte_range()];
        let value = format!("(setattr(__import__('sys'), 'ripple_hit', True), {of})[1]");
        let lambda = [&text[..body.start_byte()], &value, &text[body.end_byte()..]];
        return Ok(Some(lambda.concat()));
    }
    let mut cursor = body.walk();
    let statements: Vec<_> = body.named_children(&mut cursor).collect();
    let is_comment = |n: &&tree_sitter::Node<'_>| n.kind() == "comment";
    let mut statements = statements.iter().filter(|n| !is_comment(n));
    let (mark, at) = match (statements.next(), statements.next()) {
        (None, _) => return Ok(None),
        (Some(first), None) if operators::is_docstring(*first) => {
            return Ok(Some(insert(text, first.end_byte(), &format!("; {MARK}"))));
        }
        (Some(first), Some(second)) if operators::is_docstring(*first) => (MARK, second),
        (Some(first), _) => (MARK, first),
    };
    let line = text[..at.start_byte()].rfind('\n').map_or(0, |n| n + 1);
    let indent = &text[line..at.start_byte()];
    let with = if indent.trim().is_empty() {
        format!("{mark}\n{indent}")
    } else {
        format!("{mark}; ")
    };
    Ok(Some(insert(text, at.start_byte(), &with)))
}

const MARK: &str = "__import__('sys').ripple_hit = True";

fn insert(text: &str, at: usize, with: &str) -> String {
    [&text[..at], with, &text[at..]].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_covered_by_its_class_and_by_its_name_with_dots() {
        let test = "tests/test_a.py::T::test_b";
        for id in ["tests/test_a.py::T", "tests.test_a.T.test_b", test] {
            assert!(Python.covers(id, test), "{id}");
        }
        assert!(!Python.covers("tests/test_a.py::T::test", test));
        assert!(!Python.covers("tests.test_a.T.test", test));
    }

    #[test]
    fn a_parametrised_test_passes_where_none_of_it_fails() {
        let report = read(concat!(
            r#"{"collected": 3, "hit": false}"#,
            "\n",
            r#"{"id": "t.py::a[x::y]", "when": "call", "outcome": "passed", "hit": false}"#,
            "\n",
            r#"{"id": "t.py::a[2]", "when": "call", "outcome": "skipped", "hit": true}"#,
            "\n",
            r#"{"id": "t.py::b", "when": "call", "outcome": "passed", "hit": false}"#,
            "\n",
            r#"{"id": "t.py::b", "when": "teardown", "outcome": "failed", "hit": false}"#,
            "\n",
        ));
        let report = report.unwrap().unwrap();
        assert_eq!(report.passed, BTreeSet::from(["t.py::a".to_owned()]));
        assert_eq!(report.hit, BTreeSet::from(["t.py::a".to_owned()]));
        assert!(!report.hit_while_loading);
    }
}
