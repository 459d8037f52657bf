//! One resolver links the facts of files into edges, for every language.
//!
//! Goes in: a language, where its modules lie, and the facts of each file. Comes out: who calls,
//! references, imports, extends and overrides whom, by which rule, and what could not be seen.
//! A pure function: no disk, no clock, and the same answer whatever the order of threads.

mod board;
mod calls;
mod chains;
mod classes;
mod constraints;
mod deliver;
mod emit;
mod engine;
mod fields;
mod interface;
mod intern;
mod library;
mod link;
mod loads;
mod members;
mod models;
mod names;
mod open;
mod overloads;
mod places;
mod resolver;
mod returned;
mod seed;
mod sites;
mod stores;
mod structural;
mod typed;
mod types;
mod uses;
mod values;
mod world;

use crate::facts::{Blind, DefId, FileFacts};
use crate::lang::{Language, Modules};
pub use resolver::{Replaced, Resolver};
use ripple_schemas::{EdgeKind, Rule};
use std::sync::Arc;

/// One lowered file.
#[derive(Clone, Debug)]
pub struct SourceFacts {
    /// Path inside the repository.
    pub path: String,
    /// What lowering it gave.
    pub facts: Arc<FileFacts>,
}

/// A definition of a file; `DefId(0)` is the file itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sym {
    /// Index into the files given to [`resolve`].
    pub file: u32,
    /// The definition.
    pub def: DefId,
}

/// One relationship at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResolvedEdge {
    /// From this definition.
    pub from: Sym,
    /// Kind of the relationship.
    pub kind: EdgeKind,
    /// To this definition.
    pub to: Sym,
    /// The weakest step on the way.
    pub rule: Rule,
    /// The file that shows it, and owns the assertion.
    pub owner: u32,
    /// The line in that file.
    pub line: u32,
}

/// Use of an outside package by an import.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PackageUse {
    /// The importing file.
    pub file: u32,
    /// `npm`, `pypi`, `cargo`, `std`, …
    pub ecosystem: &'static str,
    /// The package.
    pub name: String,
    /// Line of the import.
    pub line: u32,
    /// May be absent without harm, or is needed for types only.
    pub optional: bool,
}

/// How the call sites of one file ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallSites {
    /// At least one edge.
    pub resolved: u32,
    /// Into an outside package.
    pub external: u32,
    /// Into the language's own library.
    pub builtin: u32,
    /// Dynamic by construction.
    pub dynamic: u32,
    /// Through an import that leads nowhere.
    pub unresolved_import: u32,
    /// Nothing is known of the receiver or the callee.
    pub unknown_receiver: u32,
    /// More targets than are worth showing.
    pub too_many_candidates: u32,
}

/// What resolving one language's files gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// Relationships, sorted, without repeats.
    pub edges: Vec<ResolvedEdge>,
    /// Call sites and imports that could not be resolved, with the lowering's own blind spots;
    /// sorted by file, line.
    pub blind: Vec<(u32, Blind)>,
    /// One entry a file.
    pub call_sites: Vec<CallSites>,
    /// Outside packages by import, sorted.
    pub packages: Vec<PackageUse>,
}

/// Links the files of one language family.
pub fn resolve(
    language: &dyn Language,
    modules: Arc<dyn Modules>,
    files: &[SourceFacts],
) -> Resolution {
    Resolver::new(language, modules, files, false).resolution()
}
