//! What can be wrong with a repository, a revision or a patch, in words for the person who asked.

use std::path::PathBuf;

/// Every way reading git can fail.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum GitError {
    #[error("git could not be started: {why}; install git 2.30 or newer and put it on PATH")]
    NoGit { why: String },
    #[error("{path} does not exist or cannot be opened: {why}", path = path.display())]
    NoSuchPath { path: PathBuf, why: String },
    #[error("{path} is not inside a git repository; run this in one, or name its path", path = path.display())]
    NotARepository { path: PathBuf },
    #[error("{path} belongs to another user, so git refuses to read it; if you trust it: git config --global --add safe.directory {path}", path = path.display())]
    NotOwned { path: PathBuf },
    #[error("{path} is configured to have its working tree elsewhere ({elsewhere}), outside the folder named; unset core.worktree in its configuration", path = path.display(), elsewhere = elsewhere.display())]
    ForeignWorktree { path: PathBuf, elsewhere: PathBuf },
    #[error("{path} is a bare repository: it has no working tree and no index; name a commit or a range", path = path.display())]
    Bare { path: PathBuf },
    #[error("{path} has no commit yet; make the first one, then run this again", path = path.display())]
    NoCommit { path: PathBuf },
    #[error("`{revision}` is no commit of {repository}{hint}")]
    UnknownRevision {
        revision: String,
        repository: String,
        hint: String,
    },
    #[error("{base} and {head} of {repository} have no common ancestor{hint}")]
    NoMergeBase {
        base: String,
        head: String,
        repository: String,
        hint: String,
    },
    #[error("{path}:{line}: {why}", path = path.display())]
    Config {
        path: PathBuf,
        line: usize,
        why: String,
    },
    #[error(
        "`{name}` is no usable repository name: it must not be empty, hold `/` or a control character, or be over 100 bytes; set `name = \"…\"` in ripple.toml"
    )]
    BadName { name: String },
    #[error(transparent)]
    Patch(#[from] PatchError),
    #[error("git {command} failed: {why}")]
    Failed { command: String, why: String },
    #[error("git {command} answered what was not understood: {why}")]
    Unexpected { command: String, why: String },
    #[error("{path} could not be read: {why}", path = path.display())]
    Io { path: PathBuf, why: String },
}

/// Why a patch is refused. Nothing of it is applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum PatchError {
    #[error("patch line {line}: {why}")]
    Malformed { line: usize, why: String },
    #[error(
        "the patch holds no change to any file; give a unified diff, such as `git diff` prints"
    )]
    Empty,
    #[error("the patch does not apply: {path} does not exist on the base (patch line {line})")]
    NoSuchFile { path: String, line: usize },
    #[error("the patch does not apply: {path} exists already on the base (patch line {line})")]
    FileExists { path: String, line: usize },
    #[error(
        "the patch does not apply at {path}:{at}: expected `{expected}`, found {found} (patch line {line}); make it against the commit it is compared with"
    )]
    Mismatch {
        path: String,
        at: usize,
        line: usize,
        expected: String,
        found: String,
    },
}
