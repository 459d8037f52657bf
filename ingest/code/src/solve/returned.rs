//! Parameters that functions return as they are, or what calling them yields.
//!
//! Each call gives its own argument back, or an instance of its own class, not what other calls gave. What reaches the parameter
//! otherwise (a default) is returned as usual. Goes in: a file's facts. Comes out: which copies
//! calls do by themselves, and which are needed instead.

use crate::facts::{CallKind, DefId, FileFacts, Flow, ParamKind, Place};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// What is so in one file.
#[derive(Debug, Default)]
pub(super) struct Returned {
    /// Parameters by function.
    pub(super) params: FxHashMap<DefId, SmallVec<[Place; 2]>>,
    /// Parameters that are called to make what is returned, by function.
    pub(super) made: FxHashMap<DefId, SmallVec<[Made; 1]>>,
    /// Copies `(to, from)` that each call does by itself.
    pub(super) passed: FxHashSet<(Place, Place)>,
    /// Copies `(to, from)` that stand for what the parameters hold by themselves.
    pub(super) own: Vec<(Place, Place)>,
}

/// A parameter whose call yields what the function returns.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    pub(super) param: Place,
    pub(super) result: Place,
    /// By `new`.
    pub(super) new: bool,
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
        if !typed {
            out.note_made(facts, &params);
        }
        out
    }

    /// What callers do by themselves: function, parameter, and how it is passed back.
    pub(super) fn passed_by(&self, facts: &FileFacts) -> Vec<(DefId, usize, u8)> {
        let index = |def: DefId, place: Place| {
            let params = &facts.defs[def.0 as usize].params;
            params.iter().position(|p| p.place == place).unwrap_or(0)
        };
        let mut all: Vec<(DefId, usize, u8)> = Vec::new();
        for (&def, places) in &self.params {
            all.extend(places.iter().map(|&p| (def, index(def, p), 0)));
        }
        for (&def, made) in &self.made {
            let made = made.iter();
            all.extend(made.map(|m| (def, index(def, m.param), 1 + u8::from(m.new))));
        }
        all.sort_unstable();
        all
    }

    fn note_made(&mut self, facts: &FileFacts, params: &FxHashMap<Place, (DefId, Place)>) {
        let mut results: FxHashMap<Place, (DefId, Made)> = FxHashMap::default();
        for call in &facts.calls {
            if let Some(&(def, _)) = params.get(&call.callee)
                && call.within == def
                && matches!(call.kind, CallKind::Plain | CallKind::New)
            {
                let made = Made {
                    param: call.callee,
                    result: call.result,
                    new: call.kind == CallKind::New,
                };
                results.insert(call.result, (def, made));
            }
        }
        if results.is_empty() {
            return;
        }
        // A parameter with a value of its own (a default) is more than its arguments.
        let mut given: FxHashSet<Place> = FxHashSet::default();
        for flow in &facts.flows {
            if let Flow::Copy { to, .. } = *flow {
                given.insert(to);
            }
        }
        for flow in &facts.flows {
            if let Flow::Copy { to, from } = *flow
                && let Some(&(def, made)) = results.get(&from)
                && to == facts.defs[def.0 as usize].ret
                && !given.contains(&made.param)
                && self.passed.insert((to, from))
            {
                self.made.entry(def).or_default().push(made);
            }
        }
    }
}
