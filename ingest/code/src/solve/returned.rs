//! Parameters that functions return as they are.
//!
//! Each call gives its own argument back, not what other calls gave. What reaches the parameter
//! otherwise (a default) is returned as usual. Goes in: a file's facts. Comes out: which copies
//! calls do by themselves, and which are needed instead.

use crate::facts::{DefId, FileFacts, Flow, ParamKind, Place};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// What is so in one file.
#[derive(Debug, Default)]
pub(super) struct Returned {
    /// Parameters by function.
    pub(super) params: FxHashMap<DefId, SmallVec<[Place; 2]>>,
    /// Copies `(to, from)` that each call does by itself.
    pub(super) passed: FxHashSet<(Place, Place)>,
    /// Copies `(to, from)` that stand for what the parameters hold by themselves.
    pub(super) own: Vec<(Place, Place)>,
}

impl Returned {
    /// Of a file; typed parameters too, where every parameter has a type.
    pub(super) fn new(facts: &FileFacts, typed: bool) -> Self {
        let mut params: FxHashMap<Place, (DefId, Place)> = FxHashMap::default();
        for (index, d) in facts.defs.iter().enumerate() {
            let plain = |p: &&crate::facts::Param| {
                p.kind != ParamKind::Rest
                    && p.kind != ParamKind::KeywordRest
                    && (typed || p.ty.is_none())
            };
            for param in d.params.iter().filter(plain) {
                params.insert(param.place, (DefId(index as u32), d.ret));
            }
        }
        let mut out = Returned::default();
        for flow in &facts.flows {
            if let Flow::Copy { to, from } = *flow
                && let Some(&(def, ret)) = params.get(&from)
                && to == ret
                && ret != Place::NOWHERE
            {
                out.passed.insert((to, from));
                out.params.entry(def).or_default().push(from);
            }
        }
        for flow in &facts.flows {
            if let Flow::Copy { to, from } = *flow
                && let Some(&(_, ret)) = params.get(&to)
                && out.passed.contains(&(ret, to))
            {
                out.own.push((ret, from));
            }
        }
        out
    }
}
