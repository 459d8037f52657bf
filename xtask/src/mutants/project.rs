//! One project of the measure: which package, its suite, and its cases, as committed in
//! `tests/mutants/<project>.json`.
//!
//! Goes in: a JSON file. Comes out: plain data, sets of tests expanded. Runs nothing.

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// A package from a registry, pinned.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    /// `pypi`, `go`, `crates.io`, `npm`.
    pub(crate) registry: String,
    pub(crate) name: String,
    pub(crate) version: String,
    /// As the registry's own tool says it: `sha256:…`, `h1:…`, `sha512-…`. Filled in where it is
    /// empty, compared where it is not.
    #[serde(default)]
    pub(crate) checksum: String,
}

/// A project: what is fetched, how its suite runs, what its mutants did.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Project {
    pub(crate) project: String,
    /// `python`, `go`, `rust`, `typescript`.
    pub(crate) language: String,
    /// Nobody mends anything by what this project shows.
    #[serde(default)]
    pub(crate) held_out: bool,
    pub(crate) source: Source,
    /// `pytest`, `go`, `cargo`, `jest`, `vitest`, `mocha`, `node`.
    pub(crate) runner: String,
    /// What the runner needs beside the package, pinned, as the language's tool wants it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) requires: Vec<String>,
    /// Further arguments of the runner.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) arguments: Vec<String>,
    /// Further variables of the runner's environment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) environment: BTreeMap<String, String>,
    /// Files that the runner needs beside the package, as its configuration: text by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) files: BTreeMap<String, String>,
    /// Where the package's own code lies: paths start with one of these. Test files never count.
    pub(crate) code: Vec<String>,
    /// Seconds after which a run of the whole suite is a hang.
    pub(crate) time_limit: u64,
    /// Each test that passes on the unchanged source, twice; sorted.
    #[serde(default)]
    pub(crate) suite: Vec<String>,
    #[serde(default)]
    pub(crate) cases: Vec<Case>,
}

/// One mutant and what it did.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) line: usize,
    /// The function, or `""` where the change lies outside every function.
    pub(crate) symbol: String,
    pub(crate) operator: String,
    pub(crate) patch: String,
    /// Tests that fail, error or hang with the mutant. Written by [`pack`].
    pub(crate) failing: Vec<String>,
    /// Tests that execute the changed function; `None` where that cannot be said. Written by
    /// [`pack`].
    pub(crate) impacted: Option<Vec<String>>,
}

/// A set of tests as it is committed: an id each, and `#a-b` for three or more tests that follow
/// each other in the suite (positions from 0, both included).
pub(crate) fn pack(tests: &BTreeSet<String>, suite: &[String]) -> Vec<String> {
    let mut packed = Vec::new();
    let mut at = 0;
    while at < suite.len() {
        let run = suite[at..]
            .iter()
            .take_while(|t| tests.contains(*t))
            .count();
        if run >= 3 {
            packed.push(format!("#{at}-{}", at + run - 1));
        } else {
            packed.extend(suite[at..at + run].iter().cloned());
        }
        at += run.max(1);
    }
    packed
}

/// The tests that [`pack`] wrote.
pub(crate) fn unpack(packed: &[String], suite: &[String]) -> Result<BTreeSet<String>> {
    let mut tests = BTreeSet::new();
    for entry in packed {
        let Some(range) = entry.strip_prefix('#') else {
            tests.insert(entry.clone());
            continue;
        };
        let ends = range.split_once('-').and_then(|(a, b)| {
            let (a, b) = (a.parse::<usize>().ok()?, b.parse::<usize>().ok()?);
            suite.get(a..=b)
        });
        let Some(run) = ends else {
            bail!("`{entry}` is no range of the suite's {} tests", suite.len());
        };
        tests.extend(run.iter().cloned());
    }
    Ok(tests)
}

impl Project {
    pub(crate) fn failing(&self, case: &Case) -> Result<BTreeSet<String>> {
        unpack(&case.failing, &self.suite)
            .with_context(|| format!("{}/{}: failing", self.project, case.name))
    }

    pub(crate) fn impacted(&self, case: &Case) -> Result<Option<BTreeSet<String>>> {
        case.impacted
            .as_ref()
            .map(|packed| unpack(packed, &self.suite))
            .transpose()
            .with_context(|| format!("{}/{}: impacted", self.project, case.name))
    }

    pub(crate) fn load(name: &str) -> Result<Self> {
        let file = data_folder().join(format!("{name}.json"));
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        serde_json::from_str(&text).with_context(|| file.display().to_string())
    }

    pub(crate) fn save(&self) -> Result<()> {
        let file = data_folder().join(format!("{}.json", self.project));
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        fs::write(&file, text).with_context(|| file.display().to_string())
    }
}

/// The names of all projects, sorted.
pub(crate) fn all() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(data_folder())? {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "json") {
            names.extend(path.file_stem().map(|s| s.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

fn data_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/mutants")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packed_set_of_tests_unpacks_to_itself() {
        let suite: Vec<String> = (0..9).map(|n| format!("t{n}")).collect();
        let tests: BTreeSet<String> = [0, 2, 3, 4, 6, 7].map(|n| format!("t{n}")).into();
        let packed = pack(&tests, &suite);
        assert_eq!(packed, ["t0", "#2-4", "t6", "t7"]);
        assert_eq!(unpack(&packed, &suite).unwrap(), tests);
        assert!(unpack(&["#7-9".to_owned()], &suite).is_err());
    }
}
