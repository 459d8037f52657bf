//! Opens a repository safely and reads its trees and history with git plumbing.
//!
//! Goes in: a path, a revision, a patch. Comes out: commits, listings of files, blobs.
//! A repository is data: nothing in it is ever executed, symbolic links are never followed, and
//! nothing is ever fetched or written.

pub(crate) mod command;
mod error;
mod listing;
mod objects;
mod patch;
mod path;
mod plain;
mod range;
mod worktree;

pub use error::{GitError, PatchError};
pub use listing::{Content, Entry, EntryKind, Listing, Tree};
pub use objects::{Blob, Blobs};
pub use patch::Patch;
pub use path::RepoPath;
pub use range::{Comparison, Side, Sides};

pub(crate) use worktree::content_hash;

use command::Git;
use std::path::{Path, PathBuf};

/// An opened repository. Cheap to clone; holds no process and no lock.
#[derive(Clone, Debug)]
pub struct Repository {
    git: Git,
    name: String,
    root: PathBuf,
    git_dir: PathBuf,
    bare: bool,
    shallow: bool,
}

/// Where HEAD points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// The commit; `None` where there is none yet (an unborn branch).
    pub commit: Option<String>,
    /// The branch (`main`); `None` where HEAD is detached.
    pub branch: Option<String>,
}

impl Repository {
    /// Opens the repository that holds `path`: a working tree, a linked worktree, a submodule or a
    /// bare repository (which can be read at a commit).
    ///
    /// # Errors
    /// There is no git, no such path, no repository, one that another user owns, one whose
    /// configuration moves its working tree elsewhere, or its `ripple.toml` names it badly.
    pub fn open(path: &Path) -> Result<Self, GitError> {
        let no_path = |e: std::io::Error| GitError::NoSuchPath {
            path: path.to_owned(),
            why: e.to_string(),
        };
        let mut at = path.canonicalize().map_err(no_path)?;
        if !at.is_dir() {
            at.pop();
        }
        let user = plain::user_configuration();
        if let Some(plain) = user.and_then(|user| plain::discover(&at, &user)) {
            return Self::plain(plain);
        }
        Self::ask(at)
    }

    /// What is known without asking git.
    fn plain(plain: plain::Plain) -> Result<Self, GitError> {
        let plain::Plain { root, origin } = plain;
        let git_dir = root.join(".git");
        let git = Git {
            cwd: root.clone(),
            git_dir: Some(git_dir.clone()),
            work_tree: Some(root.clone()),
        };
        let mut repository = Self {
            git,
            name: String::new(),
            root,
            git_dir,
            bare: false,
            shallow: false,
        };
        repository.name = repository.find_name(origin)?;
        Ok(repository)
    }

    /// What git says of the repository that holds a folder.
    fn ask(at: PathBuf) -> Result<Self, GitError> {
        let git = Git {
            cwd: at.clone(),
            git_dir: None,
            work_tree: None,
        };
        const ABOUT: [&str; 5] = [
            "rev-parse",
            "--absolute-git-dir",
            "--is-bare-repository",
            "--is-shallow-repository",
            "--is-inside-git-dir",
        ];
        // One process where there is a working tree; without one git refuses the last question.
        let about = match git.run(&[&ABOUT[..], &["--show-toplevel"]].concat()) {
            Ok(about) => about,
            Err(_) => git.run(&ABOUT)?,
        };
        let mut lines = about.splitn(5, |&b| b == b'\n');
        let mut next = || {
            lines.next().ok_or_else(|| GitError::Unexpected {
                command: "rev-parse".to_owned(),
                why: "too few lines".to_owned(),
            })
        };
        let git_dir = path_of_line(next()?);
        let bare = next()? == b"true";
        let shallow = next()? == b"true";
        let inside_git_dir = next()? == b"true";
        let top = path_of_line(lines.next().unwrap_or_default());
        let mut settings = git.settings(&["core.worktree", "remote.origin.url"])?;
        let root = if bare {
            git_dir.clone()
        } else if inside_git_dir && git_dir.file_name().is_some_and(|n| n == ".git") {
            // Standing inside `.git`: its folder is the working tree.
            git_dir
                .parent()
                .map_or_else(|| git_dir.clone(), Path::to_owned)
        } else if top.as_os_str().is_empty() {
            return Err(GitError::NotARepository { path: at });
        } else {
            let top = top.canonicalize().unwrap_or(top);
            let moved = settings.remove("core.worktree").is_some();
            if !at.starts_with(&top) || (moved && !points_back(&git, &git_dir, &top)?) {
                return Err(GitError::ForeignWorktree {
                    path: at,
                    elsewhere: top,
                });
            }
            top
        };
        let git = Git {
            cwd: root.clone(),
            git_dir: Some(git_dir.clone()),
            work_tree: (!bare).then(|| root.clone()),
        };
        let mut repository = Self {
            git,
            name: String::new(),
            root,
            git_dir,
            bare,
            shallow,
        };
        repository.name =
            repository.find_name(settings.remove("remote.origin.url").unwrap_or_default())?;
        Ok(repository)
    }

    /// The repository's name: `name` in ripple.toml, else the last segment of origin's URL, else
    /// the folder's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The same repository under another name (`--repo NAME`).
    ///
    /// # Errors
    /// The name cannot be part of a key.
    pub fn named(mut self, name: &str) -> Result<Self, GitError> {
        self.name = usable(name)?;
        Ok(self)
    }

    /// The working tree's root; the git directory of a bare repository.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The git directory.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// True where there is no working tree.
    pub fn is_bare(&self) -> bool {
        self.bare
    }

    /// True where history was cut by `git clone --depth`: what lies before is not known.
    pub fn is_shallow(&self) -> bool {
        self.shallow
    }

    /// Reads blobs.
    pub fn blobs(&self) -> Blobs {
        Blobs::new(self.git.clone())
    }

    pub(crate) fn git(&self) -> &Git {
        &self.git
    }

    /// Where HEAD points.
    ///
    /// # Errors
    /// Git failed.
    pub fn head(&self) -> Result<Head, GitError> {
        let branch = self.git.ask(&["symbolic-ref", "-q", "HEAD"])?;
        let branch = branch.map(|b| b.strip_prefix("refs/heads/").unwrap_or(&b).to_owned());
        Ok(Head {
            commit: self.commit_of("HEAD")?,
            branch,
        })
    }

    /// The commit that HEAD points at.
    ///
    /// # Errors
    /// There is no commit yet, or git failed.
    pub fn head_commit(&self) -> Result<String, GitError> {
        self.commit_of("HEAD")?.ok_or_else(|| GitError::NoCommit {
            path: self.root.clone(),
        })
    }

    fn commit_of(&self, revision: &str) -> Result<Option<String>, GitError> {
        self.git.ask(&[
            "rev-parse",
            "-q",
            "--verify",
            &format!("{revision}^{{commit}}"),
        ])
    }

    fn find_name(&self, origin: String) -> Result<String, GitError> {
        if let Some(name) = self.configured_name()? {
            return usable(&name);
        }
        if let Some(name) = last_segment(&origin) {
            return usable(&name);
        }
        let folder = if self.bare && self.git_dir.file_name().is_some_and(|n| n == ".git") {
            self.git_dir.parent().unwrap_or(&self.git_dir)
        } else {
            &self.root
        };
        let folder = folder
            .file_name()
            .map_or_else(|| "repository".into(), |n| n.to_string_lossy());
        let folder = if self.bare {
            folder.strip_suffix(".git").unwrap_or(&folder)
        } else {
            &folder
        };
        usable(folder)
    }

    fn configured_name(&self) -> Result<Option<String>, GitError> {
        let path = self.root.join("ripple.toml");
        // A symbolic link is not followed: it could point at anything.
        let is_file =
            std::fs::symlink_metadata(&path).is_ok_and(|m| m.is_file() && m.len() < 1 << 20);
        if self.bare || !is_file {
            return Ok(None);
        }
        let text = std::fs::read_to_string(&path).map_err(|e| GitError::Io {
            path: path.clone(),
            why: e.to_string(),
        })?;
        #[derive(serde::Deserialize)]
        struct Named {
            name: Option<String>,
        }
        let named: Named = toml::from_str(&text).map_err(|e| GitError::Config {
            line: e.span().map_or(1, |s| {
                text[..s.start.min(text.len())].matches('\n').count() + 1
            }),
            why: e.message().to_owned(),
            path,
        })?;
        Ok(named.name)
    }
}

/// `core.worktree` is honest in a submodule, whose git directory lies in its parent's `.git` and
/// whose working tree points back to it with a `.git` file.
fn points_back(git: &Git, git_dir: &Path, top: &Path) -> Result<bool, GitError> {
    if !top.join(".git").exists() {
        return Ok(false);
    }
    let own = Git {
        cwd: top.to_owned(),
        ..git.clone()
    };
    match own.ask(&["rev-parse", "--absolute-git-dir"]) {
        Err(GitError::NotARepository { .. }) => Ok(false),
        back => Ok(back?.is_some_and(|back| Path::new(&back) == git_dir)),
    }
}

fn path_of_line(line: &[u8]) -> PathBuf {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        PathBuf::from(std::ffi::OsStr::from_bytes(line))
    }
    #[cfg(not(unix))]
    PathBuf::from(String::from_utf8_lossy(line).into_owned())
}

/// `git@host:team/shop.git` → `shop`.
fn last_segment(url: &str) -> Option<String> {
    let url = url.trim().trim_end_matches('/');
    let last = url.rsplit(['/', ':', '\\']).next()?;
    let last = last.strip_suffix(".git").unwrap_or(last);
    (!matches!(last, "" | "." | "..")).then(|| last.to_owned())
}

fn usable(name: &str) -> Result<String, GitError> {
    let bad =
        name.is_empty() || name.len() > 100 || name.chars().any(|c| c == '/' || c.is_control());
    if bad {
        Err(GitError::BadName {
            name: name.to_owned(),
        })
    } else {
        Ok(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn git(root: &Path, args: &[&str]) {
        let mut command = std::process::Command::new("git");
        for (name, value) in [
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_AUTHOR_NAME", "T"),
            ("GIT_AUTHOR_EMAIL", "t@example.org"),
            ("GIT_COMMITTER_NAME", "T"),
            ("GIT_COMMITTER_EMAIL", "t@example.org"),
        ] {
            command.env(name, value);
        }
        let output = command.current_dir(root).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
    }

    /// A repository with one commit, in a folder that goes with it.
    fn repository() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("shop");
        std::fs::create_dir_all(root.join("src")).unwrap();
        std::fs::write(root.join("src/a.py"), "x = 1\n").unwrap();
        git(&root, &["init", "-q", "--initial-branch=main"]);
        git(&root, &["add", "-A"]);
        git(&root, &["commit", "-q", "-m", "first"]);
        (folder, root)
    }

    #[test]
    fn what_is_read_of_a_plain_repository_is_what_git_says() {
        type Change<'a> = (&'a str, bool, &'a dyn Fn(&Path));
        let config = |name: &'static str, value: &'static str| {
            move |root: &Path| git(root, &["config", name, value])
        };
        let named = |root: &Path| std::fs::write(root.join("ripple.toml"), "name = \"n\"").unwrap();
        let inside = |root: &Path| std::fs::write(root.join("HEAD"), "x").unwrap();
        let includes = |root: &Path| {
            std::fs::write(root.join("more"), "[remote \"origin\"]\nurl = h:other\n").unwrap();
            git(root, &["config", "include.path", "../more"]);
        };
        let detached = |root: &Path| git(root, &["checkout", "-q", "--detach"]);
        let cases: [Change<'_>; 11] = [
            ("as it is", true, &|_| {}),
            (
                "an origin",
                true,
                &config("remote.origin.url", "h:team/market.git"),
            ),
            ("a name of its own", true, &named),
            ("detached", true, &detached),
            ("other settings", true, &config("core.autocrlf", "input")),
            (
                "a quoted origin",
                false,
                &config("remote.origin.url", "h:a#b"),
            ),
            (
                "an extension",
                false,
                &config("extensions.worktreeConfig", "true"),
            ),
            (
                "a format",
                false,
                &config("core.repositoryFormatVersion", "1"),
            ),
            ("a working tree", false, &config("core.worktree", "..")),
            ("a file that bare ones have", false, &inside),
            ("what it includes", false, &includes),
        ];
        for (case, expected, change) in cases {
            let (_folder, root) = repository();
            change(&root);
            for at in [root.clone(), root.join("src")] {
                let found = plain::discover(&at, &[]);
                assert_eq!(found.is_some(), expected, "{case}");
                let Some(found) = found else { continue };
                let (read, asked) = (
                    Repository::plain(found).unwrap(),
                    Repository::ask(at).unwrap(),
                );
                assert_eq!(format!("{read:?}"), format!("{asked:?}"), "{case}");
            }
            assert_eq!(
                plain::discover(&root.join(".git/refs"), &[]),
                None,
                "{case}"
            );
        }
    }

    #[test]
    fn the_tip_that_is_read_is_the_one_that_git_says() {
        let (_folder, root) = repository();
        let first = Repository::open(&root)
            .unwrap()
            .default_branch_tip()
            .unwrap();
        let seen = |root: &Path| {
            let repository = Repository::open(root).unwrap();
            let tip = repository.default_branch_tip().unwrap();
            assert!(repository.is_seen_at(&tip), "{tip}");
            tip
        };
        assert_eq!(seen(&root), first);
        git(&root, &["pack-refs", "--all"]);
        assert_eq!(seen(&root), first);
        git(&root, &["commit", "-q", "--allow-empty", "-m", "second"]);
        assert_ne!(seen(&root), first);
        assert!(!Repository::open(&root).unwrap().is_seen_at(&first));
        // A clone's default branch is origin's, whatever is checked out; packed, it is still there.
        let clone = root.with_file_name("clone");
        git(&root, &["clone", "-q", ".", clone.to_str().unwrap()]);
        git(&clone, &["commit", "-q", "--allow-empty", "-m", "third"]);
        let tip = seen(&clone);
        git(&clone, &["pack-refs", "--all"]);
        assert_eq!(seen(&clone), tip);
        // Neither main nor master: HEAD.
        git(&root, &["branch", "-q", "-m", "main", "trunk"]);
        git(&root, &["checkout", "-q", "--detach", &first]);
        assert_eq!(seen(&root), first);
        // A linked working tree is left to git.
        let linked = root.with_file_name("linked");
        git(
            &root,
            &["worktree", "add", "-q", linked.to_str().unwrap(), "trunk"],
        );
        let linked = Repository::open(&linked).unwrap();
        let tip = linked.default_branch_tip().unwrap();
        assert!(!linked.is_seen_at(&tip));
    }

    #[test]
    fn the_name_is_the_last_segment_of_the_origin() {
        for url in [
            "git@host.example:team/shop.git",
            "https://host.example/team/shop/",
            "/srv/shop.git",
            "host:shop",
        ] {
            assert_eq!(last_segment(url).as_deref(), Some("shop"), "{url}");
        }
        assert_eq!(last_segment(""), None);
    }

    #[test]
    fn a_name_that_cannot_be_part_of_a_key_is_refused() {
        assert!(usable("a/b").is_err() && usable("").is_err() && usable("a\nb").is_err());
        assert_eq!(usable("shop").unwrap(), "shop");
    }
}
