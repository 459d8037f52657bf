//! Qualified names: the part of a symbol's key after `#`.
//!
//! Goes in: one file's facts. Comes out: for each definition its name, or nothing where it is no
//! node of the graph (the module itself, transparent definitions).

use crate::facts::{Def, DefFlags, DefId, FileFacts};
use ripple_schemas::NodeKind;
use ripple_schemas::key::encode_name;
use rustc_hash::FxHashMap;

/// The qualified name of each definition, by index.
///
/// Names of enclosing definitions are joined by `.`. Same-named siblings are told apart by their
/// disambiguator where they have one, else by their ordinal from 2; lambdas are always numbered,
/// from 1, within their parent. Where a field or variable shares the name of something called, the
/// field has the ordinal. A transparent definition gives its name to those inside it only
/// where it is a Module (a test suite's title).
pub fn qualified_names(facts: &FileFacts) -> Vec<Option<String>> {
    let visible_parent = |def: usize| {
        let mut at = facts.defs[def].parent;
        while at != DefId(0) && is_unnamed(&facts.defs[at.0 as usize]) {
            at = facts.defs[at.0 as usize].parent;
        }
        at
    };
    let mut siblings: FxHashMap<(DefId, bool, &str), u32> = FxHashMap::default();
    for (index, def) in facts.defs.iter().enumerate().skip(1) {
        if !is_unnamed(def) {
            *siblings
                .entry((
                    visible_parent(index),
                    is_data(def),
                    &facts.names[def.name.0 as usize],
                ))
                .or_default() += 1;
        }
    }
    // Own names first: what is called keeps its plain name where a field shares it.
    let mut seen: FxHashMap<(DefId, String), u32> = FxHashMap::default();
    let mut own: Vec<Option<String>> = vec![None; facts.defs.len()];
    for data in [false, true] {
        for (index, def) in facts.defs.iter().enumerate().skip(1) {
            if is_unnamed(def) || is_data(def) != data {
                continue;
            }
            let parent = visible_parent(index);
            let text = &facts.names[def.name.0 as usize];
            let mut name = encode_name(text);
            if siblings[&(parent, data, &**text)] > 1
                && let Some(by) = def.disambiguator
            {
                name = format!("{name}~{}", encode_name(&facts.names[by.0 as usize]));
            }
            let count = seen.entry((parent, name.clone())).or_default();
            *count += 1;
            if def.flags.has(DefFlags::LAMBDA) || *count > 1 {
                name = format!("{name}~{count}");
            }
            own[index] = Some(name);
        }
    }
    let mut out: Vec<Option<String>> = Vec::with_capacity(facts.defs.len());
    for (index, name) in own.into_iter().enumerate() {
        let outer = match visible_parent(index) {
            DefId(0) => None,
            parent => out.get(parent.0 as usize).and_then(Option::as_deref),
        };
        let qualified = match (name, outer) {
            (Some(name), Some(outer)) => Some(format!("{outer}.{name}")),
            (name, _) => name,
        };
        out.push(qualified);
    }
    out
}

fn is_data(def: &Def) -> bool {
    matches!(
        def.kind,
        NodeKind::Field | NodeKind::Variable | NodeKind::Constant
    )
}

fn is_unnamed(def: &Def) -> bool {
    def.flags.has(DefFlags::TRANSPARENT) && def.kind != NodeKind::Module
}
