//! Reads repositories: git, parsing, lowering, resolution.
