//! What the fixtures teach about confidence: candidate calls of every program by the rule that made
//! them, and how many are true. Committed for `ripple calibration` (docs/calibration.md); `UPDATE=1`
//! writes it, as does `cargo xtask evidence`.

use crate::accuracy::{expected_of, found_in};
use ripple_schemas::Rule;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Folders inside `at`, in order of name.
fn folders(at: &Path) -> Vec<PathBuf> {
    let mut list: Vec<PathBuf> = fs::read_dir(at)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    list.sort();
    list
}

fn file_name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

/// Rule → (candidates, right) of one program. An edge that may be reported or left out counts
/// neither way.
fn counts(program: &Path) -> BTreeMap<Rule, (u32, u32)> {
    let (found, expected) = (found_in(program), expected_of(program, false));
    let open = expected_of(program, true);
    let mut counts: BTreeMap<Rule, (u32, u32)> = BTreeMap::new();
    let turned_down = found
        .turned_down
        .iter()
        .map(|call| (call, &Rule::TurnedDown));
    for (call, rule) in found.calls.iter().chain(&found.hints).chain(turned_down) {
        if open.contains(call) {
            continue;
        }
        let count = counts.entry(*rule).or_default();
        count.0 += 1;
        count.1 += u32::from(expected.contains(call));
    }
    counts
}

#[test]
fn the_evidence_for_confidence_is_what_the_fixtures_show() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut programs = Vec::new();
    for (set, root) in [
        ("", fixtures.clone()),
        ("held_out/", fixtures.join("held_out")),
    ] {
        for language in folders(&root) {
            let name = file_name(&language).to_owned();
            let known = folders(&language).into_iter();
            programs.extend(
                known
                    .filter(|program| program.join("calls.txt").exists())
                    .map(|program| {
                        let title = format!("{set}{name}/{}", file_name(&program));
                        (title, name.clone(), program)
                    }),
            );
        }
    }
    assert!(programs.len() > 250, "{} programs", programs.len());
    let (next, lines) = (Mutex::new(programs.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let one = next.lock().unwrap().next();
                    let Some((title, language, program)) = one else {
                        return;
                    };
                    for (rule, (candidates, right)) in counts(program) {
                        let line =
                            format!("{title}\t{language}\t{rule}\tstatic\t{candidates}\t{right}");
                        lines.lock().unwrap().push(line);
                    }
                }
            });
        }
    });
    let mut lines = lines.into_inner().unwrap();
    lines.sort();
    let mut table = String::from(
        "# Candidate calls of the programs in ingest/code/tests/fixtures by rule; made by `cargo xtask evidence`.\n\
         program\tlanguage\trule\tstate\tcandidates\tright\n",
    );
    for line in lines {
        writeln!(table, "{line}").unwrap();
    }
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../graph/analysis/evidence/edges.tsv");
    if std::env::var_os("UPDATE").is_some_and(|v| v == "1") {
        fs::write(&file, &table).unwrap();
    }
    let committed = fs::read_to_string(&file).unwrap();
    let (was, is) = (by_rule(&committed), by_rule(&table));
    let rules = was.keys().chain(is.keys());
    let off: Vec<String> = rules
        .filter(|rule| {
            let [was, is] = [&was, &is].map(|t| t.get(*rule).copied().unwrap_or_default());
            let share = |(all, right): (u32, u32)| f64::from(right + 1) / f64::from(all + 2);
            let near = was.0.abs_diff(is.0) <= 10 + was.0 / 20;
            !near || (share(was) - share(is)).abs() > 0.01 + 1.0 / f64::from(is.0 + 2)
        })
        .map(|rule| {
            format!(
                "{rule}: {:?} committed, {:?} now",
                was.get(rule),
                is.get(rule)
            )
        })
        .collect();
    assert!(off.is_empty(), "run `cargo xtask evidence`: {off:#?}");
}

/// (candidates, right) of each rule in a table. A fixture more or less moves no confidence, so that
/// only what would is asked to be written anew.
fn by_rule(table: &str) -> BTreeMap<String, (u32, u32)> {
    let mut out: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for line in table.lines().filter(|l| !l.starts_with('#')).skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let count = out.entry(cells[2].to_owned()).or_default();
        count.0 += cells[4].parse::<u32>().unwrap();
        count.1 += cells[5].parse::<u32>().unwrap();
    }
    out
}
