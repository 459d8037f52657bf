//! Packages of npm in TypeScript and JavaScript, their suites run by vitest, jest or Node itself.
//!
//! What the runner needs lies in a folder beside the package; `node_modules` in `work` is a link to
//! what was installed there. A run that hangs says nothing of single tests, so that mutant is no
//! case.

use super::{Run, Site, Suite};
use crate::mutants::operators::{self, Syntax};
use crate::mutants::place::{Place, checked, limited};
use crate::mutants::project::Project;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// See the module.
pub(super) struct TypeScript;

/// What the changed function calls when a test executes it.
const MARK: &str = "globalThis.__ran?.()";

/// Loaded before each test file: writes which test runs when [`MARK`] is called.
const SETUP: &str = r#"
const fs = require('node:fs');
const report = process.env.RIPPLE_REPORT;
const seen = new Set();
let test = '';
globalThis.__started = (title) => { test = title; };
globalThis.__ran = () => {
  if (!report || seen.has(test)) return;
  seen.add(test);
  fs.appendFileSync(report, JSON.stringify(test) + '\n');
};
"#;

/// Tells [`SETUP`] the running test, in jest and in vitest with its globals.
const SETUP_JEST: &str = r#"
require('./setup.cjs');
beforeEach(() => {
  const { currentTestName, testPath } = expect.getState();
  globalThis.__started(testPath + '\n' + currentTestName);
});
"#;

const SETUP_VITEST: &str = r#"
import './setup.cjs';
import { beforeEach } from 'vitest';
const names = (task) => task.suite && task.suite.name && task.suite !== task.file ? [...names(task.suite), task.name] : [task.name];
beforeEach(({ task }) => globalThis.__started(task.file.filepath + '\n' + names(task).join(' ')));
"#;

/// Tells [`SETUP`] the running test in Node, where each file is a process.
const SETUP_NODE: &str = r#"
require('./setup.cjs');
const Module = require('node:module');
const real = require('node:test');
const wrapped = new Map();
const wrap = (run) => {
  if (wrapped.has(run)) return wrapped.get(run);
  const own = function (...all) {
    const at = all.findIndex((a) => typeof a === 'function');
    const name = all.find((a) => typeof a === 'string') ?? all[at]?.name;
    if (at >= 0) {
      const body = all[at];
      const started = function (...given) {
        globalThis.__started(process.argv[1] + '\n' + name);
        return body.apply(this, given);
      };
      Object.defineProperty(started, 'length', { value: body.length });
      all[at] = started;
    }
    return run.apply(this, all);
  };
  wrapped.set(run, own);
  for (const key of Object.keys(run)) {
    const value = run[key];
    own[key] = ['test', 'it', 'only', 'skip', 'todo'].includes(key) ? wrap(value) : value;
  }
  return own;
};
const load = Module._load;
Module._load = function (name, ...rest) {
  const found = load.call(this, name, ...rest);
  return name === 'node:test' ? wrap(real) : found;
};
"#;

/// Node's events as lines of JSON.
const REPORTER_NODE: &str = r#"
module.exports = async function* (source) {
  const open = [];
  for await (const { type, data } of source) {
    if (type === 'test:start') { open.length = data.nesting; open[data.nesting] = data.name; }
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    const names = [...open.slice(0, data.nesting), data.name];
    yield JSON.stringify({ file: data.file, names, kind: data.details?.type ?? 'test', nesting: data.nesting,
      passed: type === 'test:pass' && data.skip === undefined && data.todo === undefined }) + '\n';
  }
};
"#;

impl Suite for TypeScript {
    fn syntax(&self, path: &str) -> Syntax {
        let language = match path.rsplit('.').next() {
            Some("tsx") => tree_sitter_typescript::LANGUAGE_TSX.into(),
            Some("ts" | "mts" | "cts") => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            _ => tree_sitter_javascript::LANGUAGE.into(),
        };
        Syntax {
            language,
            functions: &[
                "function_declaration",
                "function_expression",
                "generator_function",
                "generator_function_declaration",
                "arrow_function",
                "method_definition",
            ],
            conditional: &[
                "if_statement",
                "while_statement",
                "do_statement",
                "ternary_expression",
            ],
            negation: ("!(", ")"),
            operations: &["binary_expression", "augmented_assignment_expression"],
            arguments: &["arguments"],
            statements: &["expression_statement", "throw_statement"],
            nothing: ";",
            returns: &["return_statement"],
            defaults: &["undefined"],
            default_of: None,
            numbers: &["number"],
            text: &["string_fragment"],
            tables: &["array", "object"],
            quiet: &[
                "import_statement",
                "export_clause",
                "namespace_export",
                "type_annotation",
                "type_alias_declaration",
                "interface_declaration",
                "type_arguments",
                "type_parameters",
                "ambient_declaration",
                "comment",
                "escape_sequence",
            ],
            docstrings: false,
        }
    }

    fn is_test_file(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        path.split('/')
            .any(|part| matches!(part, "test" | "tests" | "__tests__" | "benchmarks"))
            || name.contains(".test.")
            || name.contains(".spec.")
            || name.ends_with(".d.ts")
    }

    fn prepare(&self, project: &mut Project, place: &Place) -> Result<()> {
        let source = project.source.clone();
        let pinned = format!("{}@{}", source.name, source.version);
        let download = place.beside("download");
        let tree = place.tree();
        place.once("tree", &pinned, || {
            let _ = fs::remove_dir_all(&download);
            fs::create_dir_all(&download)?;
            let said = checked(npm("pack").args(["--json", &pinned]).current_dir(&download))?;
            let said: Value = serde_json::from_str(&said)?;
            let told = |name: &str| said[0][name].as_str().context("npm pack said nothing");
            fs::write(place.beside("integrity"), told("integrity")?)?;
            let _ = fs::remove_dir_all(&tree);
            fs::create_dir_all(&tree)?;
            let mut tar = Command::new("tar");
            tar.arg("xzf").arg(download.join(told("filename")?));
            checked(tar.arg("-C").arg(&tree).arg("--strip-components=1"))?;
            place.commit()
        })?;
        let found = fs::read_to_string(place.beside("integrity"))?;
        if project.source.checksum.is_empty() {
            project.source.checksum = found;
        } else if project.source.checksum != found {
            let wanted = &project.source.checksum;
            bail!("{pinned} has the checksum {found}, {wanted} was wanted");
        }
        let manifest = fs::read_to_string(tree.join("package.json"))?;
        let manifest: Value = serde_json::from_str(&manifest)?;
        let mut needed = BTreeMap::new();
        for (name, version) in manifest["dependencies"].as_object().into_iter().flatten() {
            needed.insert(name.clone(), version.as_str().unwrap_or("*").to_owned());
        }
        for one in &project.requires {
            let at = one.rfind('@').filter(|at| *at > 0);
            let (name, version) = at.map_or((one.as_str(), "*"), |at| (&one[..at], &one[at + 1..]));
            needed.insert(name.to_owned(), version.to_owned());
        }
        let env = place.beside("env");
        let wanted = serde_json::to_string(&needed)?;
        place.once("env", &wanted, || {
            let _ = fs::remove_dir_all(&env);
            fs::create_dir_all(&env)?;
            let package = serde_json::json!({"private": true, "dependencies": needed});
            fs::write(env.join("package.json"), package.to_string())?;
            let mut install = npm("install");
            install.args(["--ignore-scripts", "--legacy-peer-deps", "--silent"]);
            checked(install.current_dir(&env))?;
            Ok(())
        })?;
        fs::write(env.join("setup.cjs"), SETUP)?;
        fs::write(env.join("setup-jest.cjs"), SETUP_JEST)?;
        fs::write(env.join("setup-vitest.mjs"), SETUP_VITEST)?;
        fs::write(env.join("setup-node.cjs"), SETUP_NODE)?;
        fs::write(env.join("reporter-node.cjs"), REPORTER_NODE)?;
        for (name, text) in &project.files {
            fs::write(env.join(name), text)?;
        }
        let link = place.work().join("node_modules");
        if fs::symlink_metadata(&link).is_err() {
            std::os::unix::fs::symlink(env.join("node_modules"), link)?;
        }
        Ok(())
    }

    fn kept(&self) -> &'static [&'static str] {
        &["node_modules"]
    }

    fn run(&self, project: &Project, place: &Place) -> Result<Run> {
        let outcomes = match outcomes(project, place, &[])? {
            Ok(outcomes) => outcomes,
            Err(said) => return Ok(Run::Broken(said)),
        };
        let passed: BTreeSet<String> = outcomes
            .into_iter()
            .filter(|(_, outcome)| *outcome == Outcome::Passed)
            .map(|(id, _)| id)
            .collect();
        if passed.is_empty() {
            return Ok(Run::Broken("no test passed".to_owned()));
        }
        Ok(Run::Passed(passed))
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
        let (start, end) = (body.start_byte(), body.end_byte());
        let (before, inside, after) = (&text[..start], &text[start..end], &text[end..]);
        let changed = if body.kind() == "statement_block" {
            [before, "{ ", MARK, "; ", &inside[1..], after].concat()
        } else {
            [before, "(", MARK, ", ", inside, ")", after].concat()
        };
        fs::write(&file, changed)?;
        let report = place.beside("executing.jsonl");
        let _ = fs::remove_file(&report);
        let shown = report.to_string_lossy().into_owned();
        if outcomes(project, place, &[("RIPPLE_REPORT", &shown)])?.is_err() {
            return Ok(None);
        }
        let mut executing = BTreeSet::new();
        let mut while_loading = false;
        for line in fs::read_to_string(&report).unwrap_or_default().lines() {
            let test: String = serde_json::from_str(line)?;
            match test.split_once('\n') {
                Some((file, title)) => {
                    executing.extend(relative(place, file).map(|f| id(&project.runner, &f, title)));
                }
                None => while_loading = true,
            }
        }
        Ok((!while_loading).then_some(executing))
    }

    fn refused(&self, project: &Project, place: &Place, ids: &[String]) -> Result<Vec<String>> {
        let mut files: BTreeMap<String, Vec<&String>> = BTreeMap::new();
        let mut refused = Vec::new();
        for id in ids {
            match read(id) {
                Some((file, _)) => files.entry(file).or_default().push(id),
                None => refused.push(id.clone()),
            }
        }
        for (file, ids) in files {
            // All of a file at once, as one alternative each.
            let titles = ids.iter().filter_map(|id| read(id));
            let pattern: Vec<String> = titles.map(|(_, title)| title).collect();
            let narrowed = [
                (ONLY_FILE, file.as_str()),
                (ONLY_TITLES, &pattern.join("|")),
            ];
            let ran: Vec<String> = match outcomes(project, place, &narrowed)? {
                Ok(all) => all
                    .into_iter()
                    .filter(|(_, outcome)| *outcome != Outcome::Skipped)
                    .map(|(id, _)| id)
                    .collect(),
                Err(_) => Vec::new(),
            };
            let accepted = |id: &&String| ran.iter().any(|test| self.covers(id, test));
            refused.extend(ids.into_iter().filter(|id| !accepted(id)).cloned());
        }
        Ok(refused)
    }

    fn covers(&self, id: &str, test: &str) -> bool {
        if id == test {
            return true;
        }
        let (Some((file, pattern)), Some((of, title))) = (read(id), read(test)) else {
            return false;
        };
        file == of && matches(&pattern, &unescape(&title).replace(['\n', '\t'], " "))
    }

    fn file_of(&self, test: &str) -> Option<String> {
        read(test).map(|(file, _)| file)
    }
}

/// Names of variables by which [`outcomes`] is told to run less.
const ONLY_FILE: &str = "RIPPLE_ONLY_FILE";
const ONLY_TITLES: &str = "RIPPLE_ONLY_TITLES";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Passed,
    Failed,
    Skipped,
}

fn npm(verb: &str) -> Command {
    let mut npm = Command::new("npm");
    npm.arg(verb);
    npm
}

/// A file under `work`, from there.
fn relative(place: &Place, file: &str) -> Option<String> {
    let file = file.strip_prefix("file://").unwrap_or(file);
    let work = place.work();
    let real = fs::canonicalize(&work).unwrap_or_else(|_| work.clone());
    [work, real]
        .iter()
        .find_map(|root| file.strip_prefix(root.to_str()?))
        .map(|rest| rest.trim_start_matches('/').to_owned())
}

/// Runs the suite; each test's outcome by id, or what was said where nothing was reported.
fn outcomes(
    project: &Project,
    place: &Place,
    variables: &[(&str, &str)],
) -> Result<Result<BTreeMap<String, Outcome>, String>> {
    let only = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| *v);
    let env = place.beside("env");
    let report = place.beside("outcomes.json");
    let _ = fs::remove_file(&report);
    let program = |name: &str| env.join("node_modules/.bin").join(name);
    let setup = |name: &str| env.join(name).to_string_lossy().into_owned();
    let mut command = match project.runner.as_str() {
        "vitest" => {
            let mut vitest = Command::new(program("vitest"));
            vitest.args(["run", "--reporter=json", "--no-file-parallelism"]);
            vitest.arg("--outputFile").arg(&report);
            if let Some(titles) = only(ONLY_TITLES) {
                vitest.arg("-t").arg(titles);
            }
            vitest.args(only(ONLY_FILE));
            vitest
        }
        "jest" => {
            let mut jest = Command::new(program("jest"));
            jest.args(["--ci", "--json", "--runInBand", "--silent"]);
            jest.arg("--outputFile").arg(&report);
            if let Some(titles) = only(ONLY_TITLES) {
                jest.arg("-t").arg(titles);
            }
            jest.args(only(ONLY_FILE));
            jest
        }
        "node" => {
            let mut node = Command::new("node");
            node.args(["--test", "--test-concurrency=1"]);
            // Node says where `test` was called, so it is only wrapped where outcomes do not matter.
            if only("RIPPLE_REPORT").is_some() {
                node.arg(format!("--require={}", setup("setup-node.cjs")));
            }
            node.arg(format!("--test-reporter={}", setup("reporter-node.cjs")));
            node.arg(format!("--test-reporter-destination={}", report.display()));
            if let Some(titles) = only(ONLY_TITLES) {
                node.arg(format!("--test-name-pattern={titles}"));
            }
            node
        }
        other => bail!("no suite for the runner `{other}`"),
    };
    match (project.runner.as_str(), only(ONLY_FILE)) {
        ("node", Some(file)) => command.arg(file),
        _ => command.args(&project.arguments),
    };
    command
        .current_dir(place.work())
        .env("RIPPLE_ENV", &env)
        .env("RIPPLE_WORK", place.work())
        .env("CI", "1")
        .env("NODE_ENV", "test")
        .env("FORCE_COLOR", "0")
        .envs(&project.environment)
        .envs(
            variables
                .iter()
                .filter(|(n, _)| *n == "RIPPLE_REPORT")
                .copied(),
        );
    let scratch: PathBuf = place.beside("scratch");
    fs::create_dir_all(&scratch)?;
    let told = limited(
        &mut command,
        Duration::from_secs(project.time_limit),
        &scratch,
    )?;
    if told.status.is_none() {
        return Ok(Err("it hangs".to_owned()));
    }
    let Ok(text) = fs::read_to_string(&report) else {
        return Ok(Err(format!("{}{}", told.out, told.errors)));
    };
    let mut outcomes = BTreeMap::new();
    let mut add = |id: String, outcome: Outcome| {
        // Of two tests of one name, the worse says it.
        let kept = outcomes.entry(id).or_insert(outcome);
        if outcome == Outcome::Failed {
            *kept = outcome;
        }
    };
    if project.runner == "node" {
        for line in text.lines() {
            let said: Value = serde_json::from_str(line)?;
            if said["kind"] == "suite" || said["nesting"] != 0 {
                continue;
            }
            let Some(file) = said["file"].as_str().and_then(|f| relative(place, f)) else {
                continue;
            };
            let names = said["names"].as_array().into_iter().flatten();
            let names: Vec<&str> = names.filter_map(Value::as_str).collect();
            let passed = said["passed"] == Value::Bool(true);
            let outcome = if passed {
                Outcome::Passed
            } else {
                Outcome::Failed
            };
            add(id("node", &file, &names.join(" ")), outcome);
        }
        return Ok(Ok(outcomes));
    }
    let said: Value = serde_json::from_str(&text)?;
    for file in said["testResults"].as_array().into_iter().flatten() {
        let Some(path) = file["name"].as_str().and_then(|f| relative(place, f)) else {
            continue;
        };
        for test in file["assertionResults"].as_array().into_iter().flatten() {
            let mut names = Vec::new();
            let above = test["ancestorTitles"].as_array().into_iter().flatten();
            names.extend(above.filter_map(Value::as_str).filter(|t| !t.is_empty()));
            names.extend(test["title"].as_str());
            let outcome = match test["status"].as_str() {
                Some("passed") => Outcome::Passed,
                Some("failed") => Outcome::Failed,
                _ => Outcome::Skipped,
            };
            add(id(&project.runner, &path, &names.join(" ")), outcome);
        }
    }
    Ok(Ok(outcomes))
}

/// As `ripple tests` prints a test of that title.
fn id(runner: &str, file: &str, title: &str) -> String {
    let mut pattern = String::new();
    for c in title.chars() {
        if r"\^$.|?*+()[]{}/".contains(c) {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    let quoted = format!("'^{}$'", pattern.replace('\'', "'\\''"));
    match runner {
        "node" => format!("--test-name-pattern={quoted} {file}"),
        _ => format!("{file} -t {quoted}"),
    }
}

/// File and pattern of an id.
fn read(id: &str) -> Option<(String, String)> {
    let (file, quoted) = match id.strip_prefix("--test-name-pattern=") {
        Some(rest) => {
            let end = rest.rfind('\'')? + 1;
            (rest.get(end..)?.trim(), rest.get(..end)?)
        }
        None => id.split_once(" -t ")?,
    };
    let pattern = quoted.strip_prefix('\'')?.strip_suffix('\'')?;
    Some((file.to_owned(), pattern.replace("'\\''", "'")))
}

/// The text that a pattern without holes stands for.
fn unescape(pattern: &str) -> String {
    let mut text = String::new();
    let mut rest = pattern.chars();
    while let Some(c) = rest.next() {
        match c {
            '\\' => text.extend(rest.next()),
            '^' | '$' => {}
            c => text.push(c),
        }
    }
    text
}

/// Whether a text fits a pattern as `ripple tests` prints them: literal pieces around `.*`.
fn matches(pattern: &str, text: &str) -> bool {
    let mut pieces = vec![String::new()];
    let (mut starts, mut ends) = (false, false);
    let mut rest = pattern.chars().peekable();
    let mut first = true;
    while let Some(c) = rest.next() {
        match c {
            '\\' => pieces
                .last_mut()
                .into_iter()
                .for_each(|p| p.extend(rest.next().map(|c| if c == 's' { ' ' } else { c }))),
            '^' if first => starts = true,
            '$' if rest.peek().is_none() => ends = true,
            '.' if rest.peek() == Some(&'*') => {
                rest.next();
                pieces.push(String::new());
            }
            c => pieces.last_mut().into_iter().for_each(|p| p.push(c)),
        }
        first = false;
    }
    let mut left = text;
    let last = pieces.len() - 1;
    for (at, piece) in pieces.iter().enumerate() {
        if at == last && ends {
            return left.ends_with(piece.as_str()) && (last > 0 || !starts || left == piece);
        }
        match left.find(piece.as_str()) {
            Some(found) if found == 0 || at > 0 || !starts => left = &left[found + piece.len()..],
            _ => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_back_into_file_and_title() {
        for runner in ["vitest", "node"] {
            let shown = id(runner, "a/b.test.ts", "it's (twice) a/b");
            let (file, pattern) = read(&shown).unwrap();
            assert_eq!(file, "a/b.test.ts");
            assert_eq!(unescape(&pattern), "it's (twice) a/b");
        }
    }

    #[test]
    fn the_holes_of_a_title_cover_each_of_its_cases_and_nothing_else() {
        let test = id("jest", "a.test.ts", "adds 1 to 2");
        assert!(TypeScript.covers("a.test.ts -t '^adds .* to .*$'", &test));
        assert!(!TypeScript.covers("b.test.ts -t '^adds .* to .*$'", &test));
        assert!(!TypeScript.covers("a.test.ts -t '^adds .* from .*$'", &test));
        assert!(!TypeScript.covers("a.test.ts -t '^adds$'", &test));
    }
}
