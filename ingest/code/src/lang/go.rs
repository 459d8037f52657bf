//! Go.
//!
//! Goes in: a file's tree, and the go.mod and go.work files of a tree. Comes out: facts and where
//! imports lead. Types are read but not inferred, build constraints are not evaluated: every
//! variant is kept. Nothing is run.

mod assign;
mod calls;
mod copies;
mod decls;
mod exprs;
mod grammar;
mod literals;
mod lower;
mod models;
mod modules;
mod paths;
mod stmts;
mod suites;
#[cfg(test)]
mod tests;
mod types;

use crate::facts::FileFacts;
use crate::lang::{Language, Layout, Linearization, Modules, Semantics};

/// The Go language.
#[derive(Clone, Copy, Debug, Default)]
pub struct Go;

static SEMANTICS: Semantics = Semantics {
    binds_on_load: false,
    explicit_receiver: true,
    call_instantiates: false,
    constructors: &[],
    call_member: lower::CONVERTED,
    linearization: Linearization::DepthFirst,
    function_class: "",
    string_class: "",
    root_class: "",
    deref_member: "",
    fallbacks: &[],
    allocation_sites: true,
    structural_interfaces: true,
    overloads: false,
    array_class: "",
    functional_interfaces: false,
    initialiser: "",
};

impl Language for Go {
    fn family(&self) -> &'static str {
        "go"
    }

    fn claims(&self, path: &str) -> Option<(&'static str, tree_sitter::Language)> {
        path.ends_with(".go")
            .then(|| ("go", grammar::grammar().language.clone()))
    }

    fn manifests(&self, path: &str) -> bool {
        matches!(
            path.rsplit('/').next().unwrap_or(path),
            "go.mod" | "go.work"
        )
    }

    fn lower(&self, path: &str, source: &str, tree: &tree_sitter::Tree) -> FileFacts {
        lower::lower(path, source, tree)
    }

    fn semantics(&self) -> &'static Semantics {
        &SEMANTICS
    }

    fn modules(&self, layout: Layout) -> Box<dyn Modules> {
        Box::new(modules::GoModules::new(&layout))
    }

    fn models(&self) -> &'static [(&'static str, &'static str)] {
        models::MODELS
    }

    fn model_grammar(&self) -> Option<(&'static str, tree_sitter::Language)> {
        Some(("go", grammar::grammar().language.clone()))
    }
}
