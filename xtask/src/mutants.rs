//! `cargo xtask mutants`: the tests to run, measured on defects of real packages.
//!
//! Goes in: `tests/mutants/*.json`. Comes out: more of it (`make`), or a table (`score`). Packages
//! are brought and run in the cache folder only, never in the work tree.

mod baseline;
mod graph;
mod make;
mod operators;
mod place;
mod project;
mod random;
mod score;
mod suite;

use anyhow::Result;
use clap::Subcommand;
use std::path::PathBuf;

/// What to do with the mutants.
#[derive(Subcommand)]
pub(crate) enum Task {
    /// Make cases: mutate, run the suite, write what failed to tests/mutants/PROJECT.json
    Make {
        /// A file of tests/mutants without its ending
        project: String,
        /// How many cases are added
        #[arg(long, default_value_t = 20)]
        cases: usize,
        /// Another seed makes other cases
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The binary that says where functions are; built where it is not given
        #[arg(long)]
        ripple: Option<PathBuf>,
    },
    /// Run the suites of all cases anew, and write what they say now
    Again {
        /// All by default
        projects: Vec<String>,
        /// The binary that says where functions are; built where it is not given
        #[arg(long)]
        ripple: Option<PathBuf>,
    },
    /// Score `ripple tests` and the simple ways on all cases
    Score {
        /// All by default
        projects: Vec<String>,
        /// The binary to score; a release build of this tree where it is not given
        #[arg(long)]
        ripple: Option<PathBuf>,
        /// Name each failing test that is missed, but for projects that are held out
        #[arg(long)]
        verbose: bool,
        /// Hand printed ids to the project's runner
        #[arg(long)]
        check_ids: bool,
    },
    /// Write graph/analysis/evidence/{tests,verdicts}.tsv: what `ripple calibration` learns from
    Evidence {
        /// All by default
        projects: Vec<String>,
        /// The binary to ask; a release build of this tree where it is not given
        #[arg(long)]
        ripple: Option<PathBuf>,
    },
}

pub(crate) fn run(task: Task) -> Result<()> {
    match task {
        Task::Make {
            project,
            cases,
            seed,
            ripple,
        } => make::make(&project, cases, seed, &binary(ripple)?),
        Task::Again { projects, ripple } => {
            let ripple = binary(ripple)?;
            for project in some(projects)? {
                make::again(&project, &ripple)?;
            }
            Ok(())
        }
        Task::Score {
            projects,
            ripple,
            verbose,
            check_ids,
        } => {
            let projects = some(projects)?;
            score::score(&projects, &binary(ripple)?, verbose, check_ids)
        }
        Task::Evidence { projects, ripple } => score::evidence(&some(projects)?, &binary(ripple)?),
    }
}

fn some(projects: Vec<String>) -> Result<Vec<String>> {
    if projects.is_empty() {
        return project::all();
    }
    Ok(projects)
}

fn binary(given: Option<PathBuf>) -> Result<PathBuf> {
    if let Some(given) = given {
        return Ok(std::path::absolute(given)?);
    }
    crate::run::cargo(&["build", "--release", "-p", "ripple-cli"]).run()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../target")),
        PathBuf::from,
    );
    Ok(std::path::absolute(target.join("release/ripple"))?)
}
