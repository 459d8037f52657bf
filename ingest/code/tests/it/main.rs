//! Behaviour of reading and resolving code.
#![allow(missing_docs, clippy::print_stdout)]

mod accuracy;
mod evidence;
mod git_bad_input;
mod git_traps;
mod replacing;
mod repo;
mod trees;
