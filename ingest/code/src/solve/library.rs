//! Library models: stub sources lowered like any file.

use crate::lang::Language;
use crate::solve::SourceFacts;
use std::sync::Arc;

/// Lowers the language's models; the path of a model is its module name.
pub(super) fn lower(language: &dyn Language) -> Vec<SourceFacts> {
    let mut parser = tree_sitter::Parser::new();
    let mut out = Vec::new();
    for &(module, source) in language.models() {
        let Some((_, grammar)) = language.model_grammar() else {
            continue;
        };
        if parser.set_language(&grammar).is_err() {
            continue;
        }
        let Some(tree) = parser.parse(source, None) else {
            continue;
        };
        let facts = language.lower(module, source, &tree);
        out.push(SourceFacts {
            path: module.to_owned(),
            facts: Arc::new(facts),
        });
    }
    out
}
