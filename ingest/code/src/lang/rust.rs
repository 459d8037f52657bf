//! Rust.
//!
//! Goes in: a file's tree, and cargo's manifests. Comes out: facts and module look-up. Macros are
//! not expanded, types are not inferred and `cfg` is not evaluated here: both sides are kept.

mod calls;
mod cargo;
mod doctests;
mod expand;
mod exprs;
mod grammar;
mod items;
mod lower;
mod macros;
mod models;
mod paths;
mod patterns;
#[cfg(test)]
mod tests;
mod types;
mod uses;

use crate::facts::FileFacts;
use crate::lang::{Language, Layout, Linearization, Modules, Semantics};

/// The Rust language.
#[derive(Clone, Copy, Debug, Default)]
pub struct Rust;

static SEMANTICS: Semantics = Semantics {
    binds_on_load: false,
    explicit_receiver: true,
    call_instantiates: false,
    constructors: &[],
    call_member: "",
    linearization: Linearization::DepthFirst,
    function_class: "__Fn",
    string_class: "str",
    root_class: "__Root",
    deref_member: "Deref::deref",
    fallbacks: &[],
    allocation_sites: false,
    structural_interfaces: false,
    overloads: false,
    array_class: "",
    functional_interfaces: false,
    initialiser: "",
};

impl Language for Rust {
    fn family(&self) -> &'static str {
        "rust"
    }

    fn claims(&self, path: &str) -> Option<(&'static str, tree_sitter::Language)> {
        path.ends_with(".rs")
            .then(|| ("rust", grammar::grammar().language.clone()))
    }

    fn manifests(&self, path: &str) -> bool {
        path == "Cargo.toml" || path.ends_with("/Cargo.toml")
    }

    fn lower(&self, path: &str, source: &str, tree: &tree_sitter::Tree) -> FileFacts {
        lower::lower(path, source, tree, !path.ends_with(".rs"))
    }

    fn semantics(&self) -> &'static Semantics {
        &SEMANTICS
    }

    fn modules(&self, layout: Layout) -> Box<dyn Modules> {
        Box::new(cargo::Cargo::new(layout))
    }

    fn models(&self) -> &'static [(&'static str, &'static str)] {
        models::MODELS
    }

    fn model_grammar(&self) -> Option<(&'static str, tree_sitter::Language)> {
        Some(("rust", grammar::grammar().language.clone()))
    }
}
