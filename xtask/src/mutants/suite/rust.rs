//! Crates of crates.io, tested by cargo: fetched by it, built by it, their test programs run one
//! test at a time.
//!
//! Doc tests are no part of the suite: each is a program to compile.

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
use std::time::Duration;

/// See the module.
pub(super) struct Rust;

/// What the changed function says when a test executes it.
const MARK: &str = "__the_changed_function_runs__";

/// Seconds that one test may take where tests are run one by one.
const ONE_TEST: u64 = 5;

/// A program that holds tests.
struct Program {
    file: PathBuf,
    /// `-p bytes --lib`, as `ripple tests` prints it.
    target: String,
}

impl Program {
    fn id(&self, test: &str) -> String {
        format!("{} {test} -- --exact", self.target)
    }
}

impl Suite for Rust {
    fn syntax(&self, _: &str) -> Syntax {
        Syntax {
            language: tree_sitter_rust::LANGUAGE.into(),
            functions: &["function_item", "closure_expression"],
            conditional: &["if_expression", "while_expression"],
            negation: ("!(", ")"),
            operations: &["binary_expression", "compound_assignment_expr"],
            arguments: &["arguments"],
            statements: &["expression_statement"],
            nothing: "();",
            returns: &["return_expression"],
            defaults: &["Default::default()", "None", "Ok(Default::default())"],
            default_of: None,
            numbers: &["integer_literal"],
            text: &["string_content"],
            tables: &["array_expression"],
            quiet: &[
                "use_declaration",
                "extern_crate_declaration",
                "attribute_item",
                "inner_attribute_item",
                "line_comment",
                "block_comment",
                "type_arguments",
                "array_type",
            ],
            docstrings: false,
        }
    }

    fn is_test_file(&self, path: &str) -> bool {
        !path.ends_with(".rs")
            || path.split('/').any(|part| {
                matches!(part, "tests" | "benches" | "examples")
                    || matches!(part, "test.rs" | "tests.rs" | "build.rs")
            })
    }

    fn prepare(&self, project: &mut Project, place: &Place) -> Result<()> {
        let source = project.source.clone();
        let wanted = format!("{} {}", source.name, source.version);
        let download = place.beside("download");
        let tree = place.tree();
        place.once("tree", &wanted, || {
            fs::create_dir_all(download.join("src"))?;
            fs::write(download.join("src/lib.rs"), "")?;
            fs::write(
                download.join("Cargo.toml"),
                format!(
                    "[package]\nname = \"download\"\nedition = \"2024\"\n\n[workspace]\n\n\
                     [dependencies]\n{} = \"={}\"\n",
                    source.name, source.version
                ),
            )?;
            checked(cargo("fetch", &download).arg("--quiet"))?;
            let all = checked(cargo("metadata", &download).args(["--format-version", "1"]))?;
            let all: Value = serde_json::from_str(&all)?;
            let manifest = all["packages"]
                .as_array()
                .into_iter()
                .flatten()
                .find(|p| p["name"] == source.name.as_str())
                .and_then(|p| p["manifest_path"].as_str())
                .context("cargo did not fetch it")?;
            let from = Path::new(manifest).parent().context("no folder")?;
            let _ = fs::remove_dir_all(&tree);
            checked(Command::new("cp").arg("-r").args([from, &tree]))?;
            let _ = fs::remove_file(tree.join(".cargo-ok"));
            place.commit()
        })?;
        let lock = fs::read_to_string(download.join("Cargo.lock"))?;
        let own = lock
            .split("[[package]]")
            .find(|p| p.contains(&format!("name = \"{}\"", source.name)))
            .and_then(|p| p.split("checksum = \"").nth(1)?.split('"').next())
            .context("the lock file says no checksum")?;
        let found = format!("sha256:{own}");
        if project.source.checksum.is_empty() {
            project.source.checksum = found;
        } else if project.source.checksum != found {
            bail!(
                "{wanted} has the checksum {found}, {} was wanted",
                project.source.checksum
            );
        }
        Ok(())
    }

    fn kept(&self) -> &'static [&'static str] {
        &["Cargo.lock"]
    }

    fn run(&self, project: &Project, place: &Place) -> Result<Run> {
        let programs = match build(project, place)? {
            Ok(programs) => programs,
            Err(said) => return Ok(Run::Broken(said)),
        };
        let mut passed = BTreeSet::new();
        for program in &programs {
            passed.extend(passes(project, place, program)?);
        }
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
        // The condition is not seen through by lints or types: the body's type stays what it was.
        let panic =
            format!(" if ::core::mem::size_of::<u8>() == 1 {{ ::core::panic!(\"{MARK}\"); }} ");
        let changed = match body.kind() {
            "block" => {
                let at = body.start_byte() + 1;
                [&text[..at], &panic, &text[at..]].concat()
            }
            _ => return Ok(None),
        };
        fs::write(&file, changed)?;
        // What is evaluated by the compiler does not compile now.
        let Ok(programs) = build(project, place)? else {
            return Ok(None);
        };
        let mut executing = BTreeSet::new();
        for program in &programs {
            let passed = passes(project, place, program)?;
            for test in tests(project, place, program)? {
                let id = program.id(&test);
                if !passed.contains(&id) {
                    executing.insert(id);
                }
            }
            // Tests that want a panic, or catch it, pass all the same.
            let told = told(
                project,
                place,
                program,
                &["--test-threads=1", "--nocapture"],
            )?;
            let mut test = None;
            for line in told.out.lines() {
                if let Some((name, _)) = line
                    .strip_prefix("test ")
                    .and_then(|l| l.split_once(" ... "))
                {
                    test = Some(program.id(name.trim_end_matches(" - should panic")));
                }
                if line.contains(MARK) {
                    executing.extend(test.clone());
                }
            }
        }
        Ok(Some(executing))
    }

    fn refused(&self, project: &Project, place: &Place, ids: &[String]) -> Result<Vec<String>> {
        let mut refused = Vec::new();
        for id in ids {
            let mut shell = Command::new("sh");
            shell
                .arg("-c")
                .arg(format!("cargo test --quiet {id} 2>&1"))
                .current_dir(place.work());
            environment(&mut shell, project, place);
            let told = limited(
                &mut shell,
                Duration::from_secs(project.time_limit),
                &scratch(place)?,
            )?;
            let ran = |line: &str| {
                line.strip_prefix("running ")
                    .and_then(|l| l.split(' ').next()?.parse::<usize>().ok())
                    .is_some_and(|n| n > 0)
            };
            if !told.out.lines().any(ran) {
                refused.push(id.clone());
            }
        }
        Ok(refused)
    }

    fn covers(&self, id: &str, test: &str) -> bool {
        // Without `--exact` a filter is a part of the name.
        let (Some((target, name)), Some((of, filter))) = (split(test), id.rsplit_once(' ')) else {
            return id == test;
        };
        id == test || (!id.ends_with("--exact") && target == of && name.contains(filter))
    }

    fn file_of(&self, test: &str) -> Option<String> {
        // Only those of `tests/` lie where their target says.
        let target = test.split(" --test ").nth(1)?.split(' ').next()?;
        Some(format!("tests/{target}.rs"))
    }
}

/// `-p bytes --lib a::b -- --exact` as `-p bytes --lib` and `a::b`.
fn split(test: &str) -> Option<(&str, &str)> {
    test.strip_suffix(" -- --exact")?.rsplit_once(' ')
}

fn cargo(verb: &str, folder: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.arg(verb).current_dir(folder);
    cargo
}

fn environment(command: &mut Command, project: &Project, place: &Place) {
    // The outer cargo's own variables would be seen by build scripts and tests.
    for (name, _) in std::env::vars() {
        if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
        .env("CARGO_TARGET_DIR", place.beside("target"))
        .env("CARGO_BUILD_JOBS", "1")
        .env("CARGO_INCREMENTAL", "1")
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("CARGO_PROFILE_TEST_DEBUG", "0")
        .env("CARGO_MANIFEST_DIR", place.work())
        .env("RUSTFLAGS", "--cap-lints=warn")
        .env("RUST_BACKTRACE", "0")
        .envs(&project.environment);
}

fn scratch(place: &Place) -> Result<PathBuf> {
    let folder = place.beside("scratch");
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// Compiles the package's tests; or what the compiler said.
fn build(project: &Project, place: &Place) -> Result<Result<Vec<Program>, String>> {
    let mut build = cargo("test", &place.work());
    build
        .args(["--no-run", "--tests", "--message-format=json"])
        .args(&project.arguments);
    environment(&mut build, project, place);
    let told = limited(&mut build, Duration::from_secs(600), &scratch(place)?)?;
    if !told.success() {
        let from = told.errors.len().saturating_sub(400);
        let from = (from..told.errors.len())
            .find(|&at| told.errors.is_char_boundary(at))
            .unwrap_or(0);
        return Ok(Err(told.errors[from..].to_owned()));
    }
    let mut programs = Vec::new();
    for line in told.out.lines().filter(|l| l.starts_with('{')) {
        let said: Value = serde_json::from_str(line)?;
        let (Some(file), true) = (
            said["executable"].as_str(),
            said["profile"]["test"] == Value::Bool(true),
        ) else {
            continue;
        };
        let name = said["target"]["name"].as_str().unwrap_or_default();
        let target = match said["target"]["kind"][0].as_str() {
            Some("bin") => format!("--bin {name}"),
            Some("test") => format!("--test {name}"),
            Some("example" | "bench") => continue,
            _ => "--lib".to_owned(),
        };
        programs.push(Program {
            file: PathBuf::from(file),
            target: format!("-p {} {target}", project.source.name),
        });
    }
    programs.sort_by(|a, b| a.target.cmp(&b.target));
    Ok(Ok(programs))
}

/// Runs a test program; both its streams in one.
fn told(project: &Project, place: &Place, program: &Program, arguments: &[&str]) -> Result<Told> {
    let one = arguments.contains(&"--exact");
    let seconds = if one { ONE_TEST } else { project.time_limit };
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "exec \"$0\" \"$@\" 2>&1"])
        .arg(&program.file)
        .args(arguments)
        .current_dir(place.work());
    environment(&mut shell, project, place);
    limited(&mut shell, Duration::from_secs(seconds), &scratch(place)?)
}

/// The names of the tests that a program holds and does not ignore.
fn tests(project: &Project, place: &Place, program: &Program) -> Result<Vec<String>> {
    let listed = |more: &[&str]| -> Result<Vec<String>> {
        let arguments = [&["--list", "--format=terse"], more].concat();
        let told = told(project, place, program, &arguments)?;
        let name = |line: &str| line.strip_suffix(": test").map(str::to_owned);
        Ok(told.out.lines().filter_map(name).collect())
    };
    let ignored: BTreeSet<String> = listed(&["--ignored"])?.into_iter().collect();
    let mut all = listed(&[])?;
    all.retain(|test| !ignored.contains(test));
    Ok(all)
}

/// The ids of the tests that pass. Where the program dies or hangs, those that were not reached
/// run one by one.
fn passes(project: &Project, place: &Place, program: &Program) -> Result<BTreeSet<String>> {
    let all = told(project, place, program, &["--test-threads=1"])?;
    let (mut passed, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut ended = false;
    for line in all.out.lines() {
        ended |= line.starts_with("test result: ");
        let Some((name, outcome)) = line
            .strip_prefix("test ")
            .and_then(|l| l.rsplit_once(" ... "))
        else {
            continue;
        };
        let name = name.trim_end_matches(" - should panic");
        seen.insert(name.to_owned());
        if outcome == "ok" {
            passed.insert(program.id(name));
        }
    }
    if ended {
        return Ok(passed);
    }
    for test in tests(project, place, program)? {
        if seen.contains(&test) {
            continue;
        }
        let one = told(project, place, program, &["--exact", test.as_str()])?;
        if one.success() && one.out.contains("1 passed") {
            passed.insert(program.id(&test));
        }
    }
    Ok(passed)
}

#[cfg(test)]
mod tests_of_ids {
    use super::*;

    #[test]
    fn a_filter_that_is_not_exact_covers_each_case_of_a_test() {
        let test = "-p x --test it a::adds::case_1 -- --exact";
        assert!(Rust.covers("-p x --test it a::adds::", test));
        assert!(!Rust.covers("-p x --lib a::adds::", test));
        assert!(!Rust.covers("-p x --test it a::adds:: -- --exact", test));
    }
}
