//! Reads repositories: git, parsing, lowering, resolution.
//!
//! Goes in: a repository's tree at one revision. Comes out: the facts each file owns.
//! Nothing of a repository is ever executed; this crate knows no store.

pub mod analyse;
mod assemble;
pub mod facts;
pub mod git;
pub mod history;
pub mod lang;
pub mod manifests;
pub mod owners;
pub mod qualified;
pub mod read;
pub mod solve;

/// Names the code that reads: a graph that other code read may say something else of the same commit.
pub const READING: &str = env!("RIPPLE_READING");

pub use analyse::{Analyser, Analysis, Options, ReadError};
pub use git::{Comparison, GitError, Repository, Sides, Tree};
