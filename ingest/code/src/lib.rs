//! Reads repositories: git, parsing, lowering, resolution.
//!
//! Goes in: a repository's tree at one revision. Comes out: the facts each file owns.
//! Nothing of a repository is ever executed; this crate knows no store.

pub mod facts;
pub mod lang;
pub mod qualified;
pub mod solve;
