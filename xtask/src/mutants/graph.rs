//! What the `ripple` binary says of a project: functions, tests, imports, and the tests to run.
//!
//! Goes in: the binary's path and a pristine tree. Comes out: plain data read from its JSON.
//! Decides nothing.

use super::place::{Place, checked};
use anyhow::{Context, Result};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// A definition, by lines of the pristine tree (from 1, both included).
#[derive(Clone, Debug)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) line_start: usize,
    pub(crate) line_end: usize,
}

/// A test that `ripple tests` prints.
#[derive(Clone, Debug)]
pub(crate) struct Printed {
    pub(crate) id: String,
}

/// One project's graph in a store of its own, removed at the end.
pub(crate) struct Graph {
    ripple: PathBuf,
    tree: PathBuf,
    store: PathBuf,
    pub(crate) functions: Vec<Definition>,
    /// What is only there for tests, as `mod tests` in a file of the package's own code.
    pub(crate) test_only: Vec<Definition>,
    /// Tests by the id that is printed for them.
    pub(crate) tests: BTreeMap<String, Definition>,
    /// From a file to the files that it imports.
    pub(crate) imports: BTreeMap<String, BTreeSet<String>>,
    pub(crate) ingest: Duration,
}

/// The values of the features of each test, by the id that is printed.
pub(crate) type Features = BTreeMap<String, Vec<f64>>;

impl Graph {
    pub(crate) fn of(ripple: &Path, place: &Place) -> Result<Self> {
        let store = place.beside(&format!("store-{}", std::process::id()));
        let _ = fs::remove_dir_all(&store);
        fs::create_dir_all(&store)?;
        let mut graph = Self {
            ripple: ripple.to_owned(),
            tree: place.tree(),
            store,
            functions: Vec::new(),
            test_only: Vec::new(),
            tests: BTreeMap::new(),
            imports: BTreeMap::new(),
            ingest: Duration::ZERO,
        };
        let started = Instant::now();
        checked(graph.command().args(["--quiet", "ingest"]))?;
        graph.ingest = started.elapsed();
        let text = checked(graph.command().args(["graph", "export"]))?;
        for line in text.lines() {
            let value: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
            graph.learn(&value);
        }
        Ok(graph)
    }

    /// What `ripple tests --patch` prints, likeliest first.
    pub(crate) fn tests_for(&self, patch: &Path) -> Result<Vec<Printed>> {
        let mut command = self.command();
        command.args(["tests", "--format", "json", "--patch"]);
        let text = checked(command.arg(patch))?;
        let printed: Vec<Value> = serde_json::from_str(&text).with_context(|| text.clone())?;
        let read = |test: &Value| {
            let id = test["id"].as_str().context("a test has no id")?.to_owned();
            Ok(Printed { id })
        };
        printed.iter().map(read).collect()
    }

    /// Every test with the features that its probability is made of, by the id that is printed, and
    /// the names of the features.
    pub(crate) fn features_for(&self, patch: &Path) -> Result<(Vec<String>, Features)> {
        let mut command = self.command();
        command.args(["tests", "--format", "jsonl", "--patch"]);
        let text = checked(command.arg(patch))?;
        let (mut names, mut features) = (Vec::new(), BTreeMap::new());
        for line in text.lines() {
            let test: Value = serde_json::from_str(line).with_context(|| line.to_owned())?;
            let id = test["id"].as_str().context("a test has no id")?;
            let each = test["features"].as_object().context("no features")?;
            names = each.keys().cloned().collect();
            let values = each.values().map(|x| x.as_f64().unwrap_or(0.0)).collect();
            features.insert(id.to_owned(), values);
        }
        Ok((names, features))
    }

    /// The score of the verdict over a patch.
    pub(crate) fn score_of(&self, patch: &Path) -> Result<f64> {
        let mut command = self.command();
        command.args(["impact", "--format", "json", "--limit", "1", "--patch"]);
        let text = checked(command.arg(patch))?;
        let answer: Value = serde_json::from_str(&text).with_context(|| text.clone())?;
        answer["verdict"]["score"].as_f64().context("no score")
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.ripple);
        let store = format!("sqlite:{}", self.store.join("ripple.db").display());
        command
            .arg("--store")
            .arg(store)
            .current_dir(&self.tree)
            .env_remove("RIPPLE_STORE")
            .env_remove("RIPPLE_BUS");
        command
    }

    fn learn(&mut self, value: &Value) {
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let definition = || {
            let line = |name: &str| value[name].as_u64().unwrap_or(0) as usize;
            let key = text("key");
            Definition {
                name: key.split_once('#').map_or("", |(_, n)| n).to_owned(),
                path: text("path"),
                line_start: line("line_start"),
                line_end: line("line_end"),
            }
        };
        match (value["node"].as_str(), value["edge"].as_str()) {
            (Some("Test"), _) => {
                self.tests.insert(text("test_id"), definition());
            }
            (Some(_), _) if value["test_only"].as_bool() == Some(true) => {
                self.test_only.push(definition());
            }
            (Some("Function" | "Method"), _) => self.functions.push(definition()),
            (_, Some("IMPORTS")) => {
                if let (Some(from), Some(to)) = (file(&text("from")), file(&text("to"))) {
                    self.imports.entry(from).or_default().insert(to);
                }
            }
            _ => {}
        }
    }
}

/// `file:repo/a/b.py` is `a/b.py`.
fn file(key: &str) -> Option<String> {
    let (_, path) = key.strip_prefix("file:")?.split_once('/')?;
    Some(path.to_owned())
}

impl Drop for Graph {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.store);
    }
}
