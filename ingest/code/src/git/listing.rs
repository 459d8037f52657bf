//! What a tree holds: a commit's files, the index's, the working tree's, or a commit with a patch.

use super::objects::Blobs;
use super::worktree;
use super::{GitError, Patch, RepoPath, Repository};
use std::sync::Arc;

/// One version of a repository's files.
#[derive(Clone, Debug, PartialEq)]
pub enum Tree {
    /// No files: what the first commit is compared with.
    Empty,
    /// A commit, by its full id.
    Commit(String),
    /// What is staged.
    Index,
    /// The files on the disk: tracked ones and untracked ones that are not ignored.
    Worktree,
    /// A commit with a patch applied in memory.
    Patched {
        /// The commit, by its full id.
        base: String,
        /// The patch.
        patch: Arc<Patch>,
    },
}

impl Tree {
    /// How answers name it: the commit id, `index`, `worktree`, `patch` or `empty`.
    pub fn label(&self) -> &str {
        match self {
            Tree::Empty => "empty",
            Tree::Commit(id) => id,
            Tree::Index => "index",
            Tree::Worktree => "worktree",
            Tree::Patched { .. } => "patch",
        }
    }
}

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link, which is never followed.
    Symlink,
    /// Another repository, by its commit.
    Submodule,
}

/// Where an entry's bytes are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// In git, by object id.
    Blob(Box<str>),
    /// On the disk, with the hash (xxh3-128) and size that were seen.
    Disk {
        /// Of the bytes; 0 where the file is over the size limit and was not read.
        hash: u128,
        /// In bytes.
        size: u64,
    },
    /// Here (a patched file).
    Memory(Arc<[u8]>),
}

/// One path of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where.
    pub path: RepoPath,
    /// What.
    pub kind: EntryKind,
    /// Its bytes.
    pub content: Content,
}

/// Everything a tree holds, sorted by path, each path once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Paths with a note about what could not be listed: unreadable folders, repositories inside
    /// the repository, merges in progress.
    pub notes: Vec<(String, String)>,
}

impl Listing {
    pub(crate) fn sorted(mut entries: Vec<Entry>, mut notes: Vec<(String, String)>) -> Self {
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        // Two byte paths may show the same text only by malice; the later one is dropped.
        entries.dedup_by(|b, a| a.path.text() == b.path.text());
        notes.sort();
        notes.dedup();
        Self { entries, notes }
    }

    /// The entry at a path.
    pub fn get(&self, path: &str) -> Option<&Entry> {
        let at = self
            .entries
            .binary_search_by(|e| e.path.text().cmp(path))
            .ok()?;
        self.entries.get(at)
    }
}

impl Repository {
    /// Lists a tree. Files over `size_limit` bytes on the disk are listed without being read.
    ///
    /// # Errors
    /// The repository is bare and the tree needs a working tree, the patch does not apply, or git
    /// failed.
    pub fn list(&self, tree: &Tree, blobs: &Blobs, size_limit: u64) -> Result<Listing, GitError> {
        match tree {
            Tree::Empty => Ok(Listing::default()),
            Tree::Commit(id) => self.list_commit(id),
            Tree::Index => worktree::list_index(self),
            Tree::Worktree => worktree::list_worktree(self, blobs, size_limit),
            Tree::Patched { base, patch } => {
                let listing = self.list_commit(base)?;
                super::patch::apply(patch, listing, blobs)
            }
        }
    }

    fn list_commit(&self, commit: &str) -> Result<Listing, GitError> {
        let out = self
            .git()
            .run(&["ls-tree", "-r", "-z", "--full-tree", commit])?;
        let mut entries = Vec::new();
        for record in out.split(|&b| b == 0).filter(|r| !r.is_empty()) {
            entries.push(tree_entry(record).ok_or_else(|| GitError::Unexpected {
                command: "ls-tree".to_owned(),
                why: String::from_utf8_lossy(record).into_owned(),
            })?);
        }
        Ok(Listing::sorted(entries, Vec::new()))
    }
}

/// `<mode> SP <type> SP <object> TAB <path>`
fn tree_entry(record: &[u8]) -> Option<Entry> {
    let tab = record.iter().position(|&b| b == b'\t')?;
    let (head, path) = (
        std::str::from_utf8(&record[..tab]).ok()?,
        &record[tab + 1..],
    );
    let mut parts = head.split(' ');
    let kind = kind_of_mode(parts.next()?)?;
    let oid = parts.nth(1)?;
    Some(Entry {
        path: RepoPath::new(path),
        kind,
        content: Content::Blob(oid.into()),
    })
}

/// A git mode in octal.
pub(crate) fn kind_of_mode(mode: &str) -> Option<EntryKind> {
    match mode {
        "120000" => Some(EntryKind::Symlink),
        "160000" => Some(EntryKind::Submodule),
        _ if mode.starts_with("100") => Some(EntryKind::File),
        _ => None,
    }
}
