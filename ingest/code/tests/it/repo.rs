//! Temporary repositories, built with the git command.

use ripple_ingest_code::git::{Blob, Content, Listing};
use ripple_ingest_code::{Analyser, Analysis, Options, Repository, Tree};
use ripple_schemas::{BlindKind, Node};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

pub(crate) struct Repo {
    /// Holds the repository in `shop`, and whatever else a test puts beside it.
    pub(crate) folder: tempfile::TempDir,
    pub(crate) root: PathBuf,
}

impl Repo {
    /// An empty repository named `shop`, on branch `main`.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("shop");
        std::fs::create_dir(&root).unwrap();
        let repo = Self { folder, root };
        repo.git(&["init", "-q", "-b", "main"]);
        repo
    }

    /// One with these files committed.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let repo = Self::new();
        for (path, text) in files {
            repo.write(path, text);
        }
        repo.commit("first");
        repo
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = self.try_git(args);
        assert!(
            output.status.success(),
            "git {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout)
            .trim_end_matches('\n')
            .to_owned()
    }

    pub(crate) fn try_git(&self, args: &[&str]) -> Output {
        plain_git(&self.root, args)
    }

    pub(crate) fn commit(&self, message: &str) -> String {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "--allow-empty", "-m", message]);
        self.git(&["rev-parse", "HEAD"])
    }

    pub(crate) fn open(&self) -> Repository {
        Repository::open(&self.root).unwrap()
    }

    pub(crate) fn analyser(&self) -> Analyser {
        Analyser::new(
            self.open(),
            Options {
                threads: 2,
                ..Options::default()
            },
        )
        .unwrap()
    }

    pub(crate) fn analyse(&self, tree: &Tree) -> Analysis {
        self.analyser().analyse(tree).unwrap()
    }

    pub(crate) fn analyse_head(&self) -> Analysis {
        self.analyse(&Tree::Commit(self.git(&["rev-parse", "HEAD"])))
    }
}

/// Git as a person would run it, but for the person's own configuration.
pub(crate) fn plain_git(root: &Path, args: &[&str]) -> Output {
    Command::new("git")
        .current_dir(root)
        .env("HOME", root.parent().unwrap())
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Ada")
        .env("GIT_AUTHOR_EMAIL", "ada@shop.example")
        .env("GIT_COMMITTER_NAME", "Ada")
        .env("GIT_COMMITTER_EMAIL", "ada@shop.example")
        .env("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z")
        .env("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z")
        .args(args)
        .output()
        .unwrap()
}

/// A node by its key.
pub(crate) fn node<'a>(analysis: &'a Analysis, key: &str) -> Option<&'a Node> {
    analysis
        .owners
        .iter()
        .flat_map(|o| &o.nodes)
        .find(|n| n.key.as_str() == key && !n.properties.is_empty())
        .or_else(|| {
            analysis
                .owners
                .iter()
                .flat_map(|o| &o.nodes)
                .find(|n| n.key.as_str() == key)
        })
}

/// `FROM KIND TO`, for every assertion that names both.
pub(crate) fn says(analysis: &Analysis, from: &str, kind: &str, to: &str) -> bool {
    analysis
        .owners
        .iter()
        .flat_map(|o| &o.assertions)
        .any(|a| a.from.as_str() == from && a.kind.as_str() == kind && a.to.as_str() == to)
}

/// Why a path was set aside.
pub(crate) fn aside(analysis: &Analysis, path: &str) -> Option<&'static str> {
    let file = analysis
        .files
        .iter()
        .find(|f| f.path == path)
        .unwrap_or_else(|| panic!("{path} is not listed"));
    file.set_aside.map(|why| why.as_str())
}

/// True where a blind spot of that kind is at the path and the line.
pub(crate) fn is_blind(analysis: &Analysis, kind: BlindKind, path: &str, line: u32) -> bool {
    analysis
        .blind
        .iter()
        .any(|b| b.kind == kind && b.path == path && b.line == line)
}

/// Every path with its bytes.
pub(crate) fn contents(repository: &Repository, listing: &Listing) -> Vec<(String, Vec<u8>)> {
    let blobs = repository.blobs();
    listing
        .entries
        .iter()
        .map(|entry| {
            let bytes = match &entry.content {
                Content::Blob(oid) => match blobs.read(oid, 1 << 30).unwrap() {
                    Blob::Bytes(bytes) => bytes,
                    other => panic!("{other:?}"),
                },
                Content::Memory(bytes) => bytes.to_vec(),
                Content::Disk { .. } => {
                    std::fs::read(repository.root().join(entry.path.text())).unwrap()
                }
            };
            (entry.path.text().to_owned(), bytes)
        })
        .collect()
}
