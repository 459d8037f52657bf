//! One step: a cargo command, with a server beside it where it needs one.

use anyhow::{Context, Result, bail};
use ripple_tests_servers::{NEO4J_VARIABLE, Neo4j};
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

/// A cargo command that is about to run.
pub(crate) struct Step {
    command: Command,
    /// Stopped when the step ends, and when this process dies.
    neo4j: Option<Neo4j>,
}

/// `cargo <args>`, in the work tree's root.
pub(crate) fn cargo(args: &[&str]) -> Step {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .args(args)
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    Step {
        command,
        neo4j: None,
    }
}

impl Step {
    pub(crate) fn args(mut self, args: &[String]) -> Self {
        self.command.args(args);
        self
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// Starts a Neo4j for the step and names it in `RIPPLE_TEST_NEO4J`.
    pub(crate) fn with_neo4j(mut self) -> Result<Self> {
        eprintln!("starting Neo4j");
        let started = Instant::now();
        let server = Neo4j::start()?;
        eprintln!(
            "Neo4j answers after {:.1} s; people look at it at {}",
            started.elapsed().as_secs_f32(),
            server.browser()
        );
        self.command.env(NEO4J_VARIABLE, server.uri());
        self.neo4j = Some(server);
        Ok(self)
    }

    pub(crate) fn run(mut self) -> Result<()> {
        let shown = self.shown();
        eprintln!("$ {shown}");
        let status = self.command.status().with_context(|| shown.clone())?;
        drop(self.neo4j);
        if !status.success() {
            bail!("`{shown}` failed ({status})");
        }
        Ok(())
    }

    /// Runs and prints what the command prints; gives what follows `mark` in the lines that start
    /// with it.
    pub(crate) fn run_and_pick(mut self, mark: &str) -> Result<Vec<String>> {
        let shown = self.shown();
        eprintln!("$ {shown}");
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| shown.clone())?;
        let mut picked = Vec::new();
        if let Some(out) = child.stdout.take() {
            for line in BufReader::new(out).lines() {
                let line = line?;
                println!("{line}");
                picked.extend(line.strip_prefix(mark).map(str::to_owned));
            }
        }
        let status = child.wait()?;
        drop(self.neo4j);
        if !status.success() {
            bail!("`{shown}` failed ({status})");
        }
        Ok(picked)
    }

    /// Fails with a hint where the command cannot be run.
    pub(crate) fn missing_hint(mut step: Step, hint: &'static str) -> Result<()> {
        let quiet = step.command.stdout(Stdio::null()).stderr(Stdio::null());
        match quiet.status() {
            Ok(status) if status.success() => Ok(()),
            _ => bail!(hint),
        }
    }

    fn shown(&self) -> String {
        let args: Vec<_> = self
            .command
            .get_args()
            .map(|a| a.to_string_lossy())
            .collect();
        format!("cargo {}", args.join(" "))
    }
}
