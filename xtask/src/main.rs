//! The project's own commands: `cargo xtask test`, `bench`, `soak`, `mutants`, `schemas`, `evidence`,
//! `ci`.
//!
//! Goes in: a command. Comes out: what cargo prints, and its exit code. Knows no crate of ours but
//! the one that starts servers, so that it builds in seconds.
#![allow(clippy::print_stdout, clippy::print_stderr)]

mod mutants;
mod run;
mod sources;

use anyhow::Result;
use clap::{Parser, Subcommand};
use run::{Step, cargo};
use std::process::ExitCode;

#[derive(Parser)]
#[command(bin_name = "cargo xtask", about = "The project's own commands")]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Start a real Neo4j, run every test against it, stop it
    Test {
        /// Passed to `cargo test --workspace`: a filter, `-p CRATE`, `-- --nocapture`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Run the benchmarks, against a real Neo4j where they want one, and print the speed table
    Bench {
        /// Only the benches of these crates, as in `ripple-cli`; all by default
        crates: Vec<String>,
    },
    /// Run the tests that take long: many histories, many killed writers
    Soak {
        /// Passed to `cargo test --workspace --release`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Measure the tests to run on real defects: mutants of real packages, their suites really run
    #[command(subcommand)]
    Mutants(mutants::Task),
    /// Write schemas/json/*.schema.json and docs/graph-model.md
    Schemas {
        /// Write nothing; fail where a committed file is not current
        #[arg(long)]
        check: bool,
    },
    /// Write what fixtures teach about confidence: graph/analysis/evidence, schemas/src/rule.rs
    Evidence,
    /// Everything that must hold before a change lands
    Ci,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Test { rest } => test(&rest),
        Task::Bench { crates } => bench(&crates),
        Task::Soak { rest } => cargo(&["test", "--workspace", "--no-fail-fast", "--release"])
            .args(&rest)
            .env("RIPPLE_SOAK", "1")
            .env("RIPPLE_HISTORIES", "2000")
            .env("RIPPLE_CRASH_KILLS", "500")
            .env("RIPPLE_NEO4J_KILLS", "50")
            .env("RIPPLE_DAMAGED_FILES", "500")
            .with_neo4j()?
            .run(),
        Task::Mutants(task) => mutants::run(task),
        Task::Schemas { check } => schemas(check),
        Task::Evidence => evidence(),
        Task::Ci => {
            cargo(&["fmt", "--all", "--check"]).run()?;
            cargo(&[
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ])
            .run()?;
            cargo(&["doc", "--workspace", "--no-deps"])
                .env("RUSTDOCFLAGS", "-D warnings")
                .run()?;
            deny()?;
            cargo(&["test", "-p", "ripple-tests", "--test", "it", "layering"]).run()?;
            schemas(true)?;
            test(&[])
        }
    }
}

/// The crates that measure something, and whether they want a Neo4j.
const BENCHES: &[(&str, bool)] = &[
    ("ripple-ingest-code", false),
    ("ripple-graph-analysis", false),
    ("ripple-impact", false),
    ("ripple-cli", false),
    ("ripple-graph-neo4j", true),
];

/// The crates that are measured on each of [`sources`], and with which bench.
const ON_SOURCES: &[(&str, &str)] = &[("ripple-ingest-code", "read"), ("ripple-cli", "cold")];

/// Runs the benches one after the other; those lines that start with `speed:` are rows of one table.
fn bench(crates: &[String]) -> Result<()> {
    let mut rows = Vec::new();
    let chosen = |name: &str| crates.is_empty() || crates.iter().any(|c| c == name);
    for (name, neo4j) in BENCHES.iter().filter(|(name, _)| chosen(name)) {
        let mut step = cargo(&["bench", "-p", name, "--benches"]);
        if *neo4j {
            step = step.with_neo4j()?;
        }
        rows.extend(step.run_and_pick("speed: ")?);
    }
    let on_sources: Vec<_> = ON_SOURCES.iter().filter(|(name, _)| chosen(name)).collect();
    let sources = if on_sources.is_empty() {
        Vec::new()
    } else {
        sources::all()?
    };
    for source in sources {
        for (name, bench) in &on_sources {
            let step = cargo(&["bench", "-p", name, "--bench", bench]).env(
                "RIPPLE_BENCH_REPOSITORY",
                &source.root.display().to_string(),
            );
            let picked = step.run_and_pick("speed: ")?;
            rows.extend(picked.iter().map(|row| format!("{}: {row}", source.name)));
        }
    }
    println!("\n| measure | figure | reach | |\n|---|---:|---|---|");
    for row in rows {
        println!("| {row} |");
    }
    Ok(())
}

fn test(rest: &[String]) -> Result<()> {
    cargo(&["test", "--workspace", "--no-fail-fast"])
        .args(rest)
        .with_neo4j()?
        .run()
}

fn schemas(check: bool) -> Result<()> {
    let step = cargo(&[
        "test",
        "--quiet",
        "-p",
        "ripple-schemas",
        "--test",
        "generated",
    ]);
    if check { step } else { step.env("UPDATE", "1") }.run()
}

/// Candidate edges first, then the model that they make, then the pages that name its confidences.
fn evidence() -> Result<()> {
    for (package, test) in [
        ("ripple-ingest-code", "the_evidence_for_confidence"),
        ("ripple-graph-analysis", "the_built_in_model"),
    ] {
        cargo(&["test", "--quiet", "-p", package, test])
            .env("UPDATE", "1")
            .run()?;
    }
    schemas(false)
}

/// Advisories need a database from the network: `cargo deny check advisories`, where it can be had.
fn deny() -> Result<()> {
    Step::missing_hint(
        cargo(&["deny", "--version"]),
        "needs cargo-deny: cargo install --locked cargo-deny",
    )?;
    cargo(&["deny", "--offline", "check", "bans", "licenses", "sources"]).run()
}
