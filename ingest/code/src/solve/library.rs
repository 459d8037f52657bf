//! Library models: stub sources lowered like any file.

use crate::lang::Language;
use crate::solve::SourceFacts;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

type Lowered = Arc<[SourceFacts]>;

/// Models are part of the program: one lowering serves every resolution.
static LOWERED: Mutex<Option<FxHashMap<&'static str, Lowered>>> = Mutex::new(None);

/// Lowers the language's models; the path of a model is its module name.
pub(super) fn lower(language: &dyn Language) -> Lowered {
    let mut lowered = LOWERED.lock().unwrap_or_else(PoisonError::into_inner);
    lowered
        .get_or_insert_default()
        .entry(language.family())
        .or_insert_with(|| lower_all(language).into())
        .clone()
}

fn lower_all(language: &dyn Language) -> Vec<SourceFacts> {
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
