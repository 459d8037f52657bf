//! Runs git so that a repository's own configuration cannot run anything.
//!
//! Goes in: plumbing arguments. Comes out: bytes, or a typed error.
//! Never: `status`, `diff`, `checkout`, `log`, a pager, a prompt, a fetch, a hook, a filter.

use super::GitError;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// Settings that win over the repository's own. Those that name programs which plumbing could
/// start are emptied; `GIT_ALLOW_PROTOCOL` below closes every transport whatever the
/// configuration says.
const OVERRIDES: &[&str] = &[
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "core.hooksPath=/dev/null",
    "core.attributesFile=/dev/null",
    "core.pager=cat",
    "core.editor=false",
    "core.sshCommand=false",
    "core.gitProxy=",
    "core.askPass=false",
    "core.alternateRefsCommand=",
    "credential.helper=",
    "diff.external=",
    "gpg.program=false",
    "log.showSignature=false",
    "protocol.allow=never",
    "submodule.recurse=false",
    "i18n.logOutputEncoding=UTF-8",
    "gc.auto=0",
    "maintenance.auto=false",
];

/// Where git runs.
#[derive(Clone, Debug)]
pub(crate) struct Git {
    /// Working directory of the command.
    pub(crate) cwd: PathBuf,
    /// `GIT_DIR`, once discovered.
    pub(crate) git_dir: Option<PathBuf>,
    /// `GIT_WORK_TREE`, once discovered; wins over `core.worktree`.
    pub(crate) work_tree: Option<PathBuf>,
}

impl Git {
    /// A command with the closed environment.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new("git");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("GIT_") {
                command.env_remove(&name);
            }
        }
        command
            .current_dir(&self.cwd)
            .env("LC_ALL", "C")
            .env("LANGUAGE", "C")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_ATTR_NOSYSTEM", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            .env("GIT_ASKPASS", "false")
            .env("SSH_ASKPASS", "false")
            .env("GIT_PAGER", "cat")
            .env("GIT_EDITOR", "false")
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_REPLACE_OBJECTS", "1")
            .env("GIT_LITERAL_PATHSPECS", "1");
        if let Some(dir) = &self.git_dir {
            command.env("GIT_DIR", dir);
        }
        if let Some(tree) = &self.work_tree {
            command.env("GIT_WORK_TREE", tree);
        }
        for setting in OVERRIDES {
            command.arg("-c").arg(setting);
        }
        command.arg("--no-pager");
        command
    }

    /// Runs to the end and gives standard output.
    pub(crate) fn run<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Vec<u8>, GitError> {
        self.pipe(args, &[])
    }

    /// [`Git::run`] with bytes on standard input.
    pub(crate) fn pipe<S: AsRef<OsStr>>(
        &self,
        args: &[S],
        input: &[u8],
    ) -> Result<Vec<u8>, GitError> {
        let mut child = self
            .command()
            .args(args)
            .stdin(if input.is_empty() {
                Stdio::null()
            } else {
                Stdio::piped()
            })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|e| GitError::NoGit { why: e.to_string() })?;
        let stdin = child.stdin.take();
        let output = std::thread::scope(|scope| {
            if let Some(mut stdin) = stdin {
                // A git that ends early closes the pipe; its status says why.
                scope.spawn(move || stdin.write_all(input).ok());
            }
            child.wait_with_output()
        })
        .map_err(|e| GitError::NoGit { why: e.to_string() })?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        Err(self.failure(args, &output.stderr))
    }

    /// Standard output as trimmed text, or `None` where git says no (exit 1).
    pub(crate) fn ask<S: AsRef<OsStr>>(&self, args: &[S]) -> Result<Option<String>, GitError> {
        let output = self
            .command()
            .args(args)
            .stdin(Stdio::null())
            .output()
            .map_err(|e| GitError::NoGit { why: e.to_string() })?;
        if output.status.success() {
            let text = String::from_utf8_lossy(&output.stdout);
            return Ok(Some(text.trim_end_matches(['\n', '\r']).to_owned()));
        }
        if matches!(output.status.code(), Some(1)) {
            return Ok(None);
        }
        match self.failure(args, &output.stderr) {
            GitError::Failed { .. } => Ok(None),
            other => Err(other),
        }
    }

    /// The values of some settings, the last of each.
    pub(crate) fn settings(&self, names: &[&str]) -> Result<BTreeMap<String, String>, GitError> {
        let pattern = format!("^({})$", names.join("|").replace('.', "[.]"));
        let mut out = BTreeMap::new();
        // Values may hold line feeds, not zero bytes.
        let text = self
            .ask(&["config", "-z", "--get-regexp", &pattern])?
            .unwrap_or_default();
        for record in text.split('\0') {
            if let Some((name, value)) = record.split_once('\n') {
                out.insert(name.to_owned(), value.to_owned());
            }
        }
        Ok(out)
    }

    /// A long-running child with both pipes.
    pub(crate) fn converse(&self, args: &[&str]) -> Result<Child, GitError> {
        self.command()
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|e| GitError::NoGit { why: e.to_string() })
    }

    fn failure<S: AsRef<OsStr>>(&self, args: &[S], stderr: &[u8]) -> GitError {
        let why = String::from_utf8_lossy(stderr).trim().to_owned();
        if why.contains("not a git repository") || why.contains("must be run in a work tree") {
            return GitError::NotARepository {
                path: self.cwd.clone(),
            };
        }
        if why.contains("dubious ownership") || why.contains("unsafe repository") {
            return GitError::NotOwned {
                path: owned_path(&why).unwrap_or_else(|| self.cwd.clone()),
            };
        }
        let command = args
            .iter()
            .take(3)
            .map(|a| a.as_ref().to_string_lossy())
            .collect::<Vec<_>>()
            .join(" ");
        let why = why.lines().next().unwrap_or("no reason given").to_owned();
        GitError::Failed { command, why }
    }
}

/// The path that git quotes in its complaint.
fn owned_path(complaint: &str) -> Option<PathBuf> {
    let (_, rest) = complaint.split_once('\'')?;
    let (path, _) = rest.split_once('\'')?;
    Path::new(path).is_absolute().then(|| PathBuf::from(path))
}
