//! Where a project lies outside the work tree, and how a command is run there.
//!
//! Goes in: a project, a command. Comes out: folders, what the command printed, whether it hung.
//! Never touches the work tree of this repository.

use super::project::Project;
use anyhow::{Context, Result, bail};
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// `$RIPPLE_CACHE/mutants/<project>-<version>`, and what lies in it.
pub(crate) struct Place {
    root: PathBuf,
}

/// What a command did.
pub(crate) struct Told {
    /// `None` where it was killed at its time limit.
    pub(crate) status: Option<ExitStatus>,
    pub(crate) out: String,
    pub(crate) errors: String,
}

impl Told {
    pub(crate) fn success(&self) -> bool {
        self.status.is_some_and(|s| s.success())
    }
}

impl Place {
    pub(crate) fn of(project: &Project) -> Result<Self> {
        let root = ripple_tests_servers::cache_folder()?
            .join("mutants")
            .join(format!("{}-{}", project.project, project.source.version));
        fs::create_dir_all(&root).with_context(|| root.display().to_string())?;
        Ok(Self { root })
    }

    /// A folder or file beside the trees, as `env`, `download`, `report.jsonl`.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// The pristine package: a git repository of one commit. Nothing is ever run in it.
    pub(crate) fn tree(&self) -> PathBuf {
        // The folder's name is the repository's name in the graph.
        self.root.join("tree")
    }

    /// The copy in which mutants are made and suites run.
    pub(crate) fn work(&self) -> PathBuf {
        self.root.join("work")
    }

    /// Held while something is made here; a second process waits.
    pub(crate) fn lock(&self) -> Result<File> {
        let file = File::create(self.root.join("lock"))?;
        file.lock()?;
        Ok(file)
    }

    /// Calls `make` where the step `name` was never done to its end with the same `inputs`.
    pub(crate) fn once(
        &self,
        name: &str,
        inputs: &str,
        make: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let mark = self.root.join(format!("{name}.done"));
        if fs::read_to_string(&mark).is_ok_and(|done| done == inputs) {
            return Ok(());
        }
        make().with_context(|| format!("{name} of {}", self.root.display()))?;
        fs::write(&mark, inputs)?;
        Ok(())
    }

    /// Makes the tree one commit, and `work` a copy of it.
    pub(crate) fn commit(&self) -> Result<()> {
        let tree = self.tree();
        let git = |args: &[&str]| {
            let mut git = Command::new("git");
            git.args([
                "-c",
                "user.name=mutants",
                "-c",
                "user.email=mutants@localhost",
            ])
            .args(["-c", "core.autocrlf=false", "-c", "commit.gpgsign=false"])
            .args(args)
            .current_dir(&tree)
            .env("GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2020-01-01T00:00:00Z");
            checked(&mut git)
        };
        git(&["init", "-q", "-b", "main", "."])?;
        // What the package itself ignores was published all the same.
        git(&["add", "-A", "-f"])?;
        git(&["commit", "-q", "-m", "As published"])?;
        let _ = fs::remove_dir_all(self.work());
        checked(
            Command::new("cp")
                .arg("-a")
                .args([tree.clone(), self.work()]),
        )?;
        Ok(())
    }

    /// Makes `work` equal to the pristine tree again, without what suites left there; folders in
    /// `keep` stay.
    pub(crate) fn restore(&self, keep: &[&str]) -> Result<()> {
        let work = self.work();
        let mut reset = Command::new("git");
        checked(reset.args(["checkout", "-q", "-f", "."]).current_dir(&work))?;
        let mut clean = Command::new("git");
        clean
            .args(["clean", "-q", "-f", "-d", "-x"])
            .current_dir(&work);
        for folder in keep {
            clean.args(["-e", folder]);
        }
        checked(&mut clean)?;
        Ok(())
    }

    /// Makes the change of a patch in `work`.
    pub(crate) fn apply(&self, patch: &str) -> Result<()> {
        let file = self.root.join("patch");
        fs::write(&file, patch)?;
        let mut apply = Command::new("git");
        apply.args(["apply", "--whitespace=nowarn"]).arg(&file);
        checked(apply.current_dir(self.work()))?;
        Ok(())
    }

    /// What `work` differs in from the pristine tree, as a unified diff.
    pub(crate) fn patch(&self) -> Result<String> {
        let mut diff = Command::new("git");
        diff.args([
            "-c",
            "core.quotePath=false",
            "diff",
            "--no-color",
            "--no-ext-diff",
        ])
        .current_dir(self.work());
        let text = checked(&mut diff)?;
        let lines = text.lines().filter(|l| !l.starts_with("index "));
        Ok(lines.map(|l| format!("{l}\n")).collect())
    }
}

/// Runs to the end; its standard output.
///
/// # Errors
/// It cannot be run, or fails: with what it printed.
pub(crate) fn checked(command: &mut Command) -> Result<String> {
    let shown = format!("{command:?}");
    let told = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| shown.clone())?;
    if !told.status.success() {
        bail!(
            "`{shown}` failed ({}): {}{}",
            told.status,
            String::from_utf8_lossy(&told.stdout),
            String::from_utf8_lossy(&told.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&told.stdout).into_owned())
}

/// Runs in a process group of its own, which is killed whole after `limit`. What it prints goes
/// through files in `scratch`, so that nothing can block on a full pipe.
pub(crate) fn limited(command: &mut Command, limit: Duration, scratch: &Path) -> Result<Told> {
    let shown = format!("{command:?}");
    let (out, errors) = (scratch.join("stdout"), scratch.join("stderr"));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(File::create(&out)?)
        .stderr(File::create(&errors)?)
        .process_group(0)
        .spawn()
        .with_context(|| shown.clone())?;
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break Some(status);
        }
        if started.elapsed() > limit {
            break None;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    };
    // Also what a suite started and left behind.
    let _ = Command::new("kill")
        .args(["-KILL", "--", &format!("-{}", child.id())])
        .stderr(Stdio::null())
        .status();
    if status.is_none() {
        child.wait()?;
    }
    Ok(Told {
        status,
        out: String::from_utf8_lossy(&fs::read(&out)?).into_owned(),
        errors: String::from_utf8_lossy(&fs::read(&errors)?).into_owned(),
    })
}
