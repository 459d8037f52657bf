//! One fixture: its files, and what the graph says of its change.

use ripple_graph_analysis::{Calibration, Csr};
use ripple_graph_core::{ChangeSet, GraphStore, OwnerFacts};
use ripple_graph_sqlite::SqliteStore;
use ripple_impact::{Question, Subject, answer};
use ripple_ingest_code::git::Patch;
use ripple_ingest_code::{Analyser, Analysis, Comparison, Options, Repository, Tree};
use ripple_schemas::ImpactAnswer;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// A small repository, a change, and the tests that the change fails.
#[derive(Clone, Debug)]
pub(crate) struct Fixture {
    /// `python/plugins_by_glob`
    pub(crate) title: String,
    pub(crate) language: String,
    pub(crate) folder: PathBuf,
    /// Ids of tests that fail.
    pub(crate) must: BTreeSet<String>,
    /// Ids of tests that must not be selected.
    pub(crate) not: BTreeSet<String>,
}

/// What became of one.
pub(crate) struct Checked {
    /// Failing tests that were not selected.
    pub(crate) missing: Vec<String>,
    /// Tests that were selected and must not be.
    pub(crate) wrong: Vec<String>,
    /// What was seen as changed.
    pub(crate) changed: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/hidden")
}

fn folders(at: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(at)
        .expect("a folder of fixtures")
        .map(|e| e.expect("an entry").path())
        .filter(|p| p.is_dir())
        .collect();
    found.sort();
    found
}

fn name(path: &Path) -> String {
    path.file_name()
        .and_then(|n| n.to_str())
        .expect("a name")
        .to_owned()
}

/// Every fixture, or those that `RIPPLE_FIXTURE` names.
pub(crate) fn fixtures() -> Vec<Fixture> {
    let only = std::env::var("RIPPLE_FIXTURE").unwrap_or_default();
    let mut found = Vec::new();
    for language in folders(&root()) {
        for folder in folders(&language) {
            let language = name(&language);
            let title = format!("{language}/{}", name(&folder));
            if !title.starts_with(&only) {
                continue;
            }
            for part in ["why.md", "change.patch", "tests.txt", "tree"] {
                assert!(folder.join(part).exists(), "{title} has no {part}");
            }
            let text = fs::read_to_string(folder.join("tests.txt")).expect("tests.txt");
            let lines = text.lines().map(str::trim).filter(|l| !l.is_empty());
            let (not, must): (Vec<&str>, Vec<&str>) = lines.partition(|l| l.starts_with("not "));
            let not = not.iter().map(|l| l["not ".len()..].trim().to_owned());
            let fixture = Fixture {
                title,
                language,
                folder,
                must: must.iter().map(|l| (*l).to_owned()).collect(),
                not: not.collect(),
            };
            assert!(!fixture.must.is_empty(), "{} fails nothing", fixture.title);
            found.push(fixture);
        }
    }
    found
}

/// Fixtures that are known not to pass, each with its reason.
pub(crate) fn open_ones() -> BTreeMap<String, String> {
    let text = fs::read_to_string(root().join("open.txt")).expect("open.txt");
    let lines = text
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines
        .map(|line| {
            let (title, why) = line.split_once(": ").expect("title: reason");
            assert!(root().join(title).is_dir(), "open.txt: no fixture {title}");
            (title.to_owned(), why.to_owned())
        })
        .collect()
}

impl Fixture {
    /// Copies the repository to a folder, as one commit.
    pub(crate) fn lay_out(&self, folder: &Path) -> PathBuf {
        let root = folder
            .canonicalize()
            .expect("a temporary folder")
            .join("shop");
        copy(&self.folder.join("tree"), &root);
        git(&root, &["init", "-q", "-b", "main"]);
        git(&root, &["add", "-A"]);
        git(&root, &["commit", "-q", "-m", "first"]);
        root
    }

    pub(crate) fn patch(&self) -> PathBuf {
        self.folder.join("change.patch")
    }

    /// Asks which tests to run for the change, and compares.
    pub(crate) fn check(&self) -> Checked {
        let answer = self.answer();
        let selected: BTreeSet<&str> = answer.tests.iter().map(|t| t.id.as_str()).collect();
        if std::env::var_os("RIPPLE_FIXTURE").is_some() {
            for test in &answer.tests {
                println!("{}: {:.3} {}", self.title, test.probability, test.id);
            }
            for node in &answer.impacted {
                let via: Vec<String> = node
                    .via
                    .iter()
                    .map(|s| format!("{} {} {}", s.edge, s.rule, s.key))
                    .collect();
                println!("  {} {:.3} {}", node.key, node.probability, via.join(" ← "));
            }
        }
        Checked {
            missing: self
                .must
                .iter()
                .filter(|id| !selected.contains(id.as_str()))
                .cloned()
                .collect(),
            wrong: self
                .not
                .iter()
                .filter(|id| selected.contains(id.as_str()))
                .cloned()
                .collect(),
            changed: answer
                .changed
                .iter()
                .map(|c| format!("{:?} {}", c.change, c.key))
                .collect(),
        }
    }

    fn answer(&self) -> ImpactAnswer {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let root = self.lay_out(folder.path());
        let repository = Repository::open(&root).expect("a repository");
        let options = Options {
            threads: 1,
            resident: true,
            ..Options::default()
        };
        let analyser = Analyser::new(repository.clone(), options).expect("an analyser");
        let tip = repository.default_branch_tip().expect("a commit");
        let stored = analyser
            .analyse(&Tree::Commit(tip))
            .expect("the tree is read");
        let csr = written(&folder.path().join("graph.db"), &stored);

        let text = fs::read(self.patch()).expect("change.patch");
        let patch = Patch::parse(&text).unwrap_or_else(|e| panic!("{}: {e}", self.title));
        let sides = repository
            .resolve_range(&Comparison::Patch(Arc::new(patch)))
            .unwrap_or_else(|e| panic!("{}: {e}", self.title));
        let read = |tree| {
            analyser
                .analyse(tree)
                .unwrap_or_else(|e| panic!("{}: {e}", self.title))
        };
        let (base, head) = (read(&sides.base.tree), read(&sides.head.tree));
        let (changed_paths, base_facts, head_facts) = differing(&base, &head);
        assert!(!changed_paths.is_empty(), "{} changes nothing", self.title);
        let question = Question {
            repository: repository.name(),
            base: "base".to_owned(),
            head: "head".to_owned(),
            base_facts: &base_facts,
            head_facts: &head_facts,
            gone: &[],
            changed_paths: &changed_paths,
            // Shared words would select most of so small a suite: what is asked is what the graph knows.
            texts: &[],
            subject: Subject::Difference,
            phantoms: None,
            list: usize::MAX,
            tests: usize::MAX,
            tests_apart: false,
            blind_spots: usize::MAX,
            rollout: Value::Null,
            policy: Value::Null,
        };
        answer(&csr, &Calibration::default(), &question).expect("an answer")
    }
}

/// Writes what was read into a new store, and gives its snapshot.
fn written(file: &Path, analysis: &Analysis) -> Csr {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let store = SqliteStore::open(file).expect("a store");
        let change = ChangeSet {
            put: analysis.owners.clone(),
            ..ChangeSet::default()
        };
        store.commit(change).await.expect("facts are written");
        Csr::build(&store.snapshot().await.expect("a snapshot"), 1)
    })
}

/// Paths whose contents differ, and the facts of both sides that do: base is what the graph holds.
fn differing(base: &Analysis, head: &Analysis) -> (Vec<String>, Vec<OwnerFacts>, Vec<OwnerFacts>) {
    let contents = |side: &Analysis| -> BTreeSet<(String, u128)> {
        let files = side.files.iter();
        files.map(|f| (f.path.clone(), f.content)).collect()
    };
    let (was, now) = (contents(base), contents(head));
    let paths: BTreeSet<String> = was
        .symmetric_difference(&now)
        .map(|(path, _)| path.clone())
        .collect();
    let other = |these: &Analysis, those: &Analysis| -> Vec<OwnerFacts> {
        let known: BTreeMap<&str, u64> = those
            .owners
            .iter()
            .map(|o| (o.owner.as_str(), o.digest))
            .collect();
        let stated =
            |o: &&OwnerFacts| o.owner.starts_with("file:") || o.owner.ends_with("/packages");
        these
            .owners
            .iter()
            .filter(stated)
            .filter(|o| known.get(o.owner.as_str()) != Some(&o.digest))
            .cloned()
            .collect()
    };
    (
        paths.into_iter().collect(),
        other(base, head),
        other(head, base),
    )
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let target = to.join(path.file_name().expect("a name"));
        if path.is_dir() {
            if !["__pycache__", ".pytest_cache", "node_modules", "target"]
                .contains(&name(&path).as_str())
            {
                copy(&path, &target);
            }
        } else {
            fs::copy(&path, &target).expect("a file is copied");
        }
    }
}

/// Git as a person would run it, but for the person's own configuration.
pub(crate) fn git(root: &Path, args: &[&str]) {
    let output = Command::new("git")
        .current_dir(root)
        .env("HOME", root)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Ada")
        .env("GIT_AUTHOR_EMAIL", "ada@shop.example")
        .env("GIT_COMMITTER_NAME", "Ada")
        .env("GIT_COMMITTER_EMAIL", "ada@shop.example")
        .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
        .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
        .args(args)
        .output()
        .expect("git runs");
    assert!(
        output.status.success(),
        "git {args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
}
