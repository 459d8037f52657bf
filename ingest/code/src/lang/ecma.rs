//! TypeScript, TSX and JavaScript.
//!
//! Goes in: a tree of one of the three grammars. Comes out: its facts. Names are bound by the
//! language's own scopes, modules found by the rules of Node and TypeScript; what the standard
//! library does with functions and containers is said by stubs under `models/ecma`.

mod calls;
mod classes;
mod expressions;
mod functions;
mod hoist;
mod jsx;
mod kinds;
mod lower;
mod manifest;
mod modules;
mod patterns;
mod resolve;
mod runner;
mod statements;
mod suites;
mod types;
mod vars;

use crate::facts::FileFacts;
use crate::lang::{Language, Layout, Linearization, Modules, Semantics};

#[cfg(test)]
mod tests;

/// The family.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ecma;

/// Conversions (ECMAScript 7.1.1): names that no program has, and the methods behind them.
static FALLBACKS: &[(&str, &[&str])] = &[
    ("$number", &["[Symbol.toPrimitive]", "valueOf", "toString"]),
    ("$text", &["[Symbol.toPrimitive]", "toString", "valueOf"]),
];

const SEMANTICS: Semantics = Semantics {
    binds_on_load: false,
    explicit_receiver: false,
    call_instantiates: false,
    constructors: &["constructor"],
    call_member: "",
    linearization: Linearization::DepthFirst,
    function_class: "Function",
    string_class: "String",
    root_class: "Object",
    deref_member: "",
    fallbacks: FALLBACKS,
    allocation_sites: false,
    structural_interfaces: false,
    overloads: false,
    array_class: "",
    functional_interfaces: false,
    initialiser: "",
};

const MODELS: &[(&str, &str)] = &[
    ("builtins", include_str!("../../models/ecma/builtins.ts")),
    ("asset", include_str!("../../models/ecma/asset.ts")),
    ("util", include_str!("../../models/ecma/util.ts")),
    ("events", include_str!("../../models/ecma/events.ts")),
    ("assert", include_str!("../../models/ecma/assert.ts")),
    ("fs", include_str!("../../models/ecma/fs.ts")),
    (
        "fs/promises",
        include_str!("../../models/ecma/fs_promises.ts"),
    ),
    ("timers", include_str!("../../models/ecma/timers.ts")),
];

impl Language for Ecma {
    fn family(&self) -> &'static str {
        "ecma"
    }

    fn claims(&self, path: &str) -> Option<(&'static str, tree_sitter::Language)> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let (_, extension) = name.rsplit_once('.')?;
        Some(match extension {
            "ts" | "mts" | "cts" => (
                "typescript",
                tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
            ),
            "tsx" => ("typescript", tree_sitter_typescript::LANGUAGE_TSX.into()),
            "js" | "mjs" | "cjs" | "jsx" => ("javascript", tree_sitter_javascript::LANGUAGE.into()),
            _ => return None,
        })
    }

    fn manifests(&self, path: &str) -> bool {
        manifest::is_manifest(path)
    }

    fn lower(&self, path: &str, source: &str, tree: &tree_sitter::Tree) -> FileFacts {
        lower::lower(path, source, tree)
    }

    fn semantics(&self) -> &'static Semantics {
        &SEMANTICS
    }

    fn modules(&self, layout: Layout) -> Box<dyn Modules> {
        Box::new(resolve::EcmaModules::new(layout))
    }

    fn models(&self) -> &'static [(&'static str, &'static str)] {
        MODELS
    }

    fn model_grammar(&self) -> Option<(&'static str, tree_sitter::Language)> {
        Some((
            "typescript",
            tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        ))
    }
}
