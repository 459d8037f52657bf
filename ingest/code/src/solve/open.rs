//! What the fixed point leaves open: dispatch on declared types, receivers and decorators of which
//! nothing is known.

use crate::facts::{Binding, CallKind, DefFlags};
use crate::solve::engine::{ArgSort, Engine, How, weaker};
use crate::solve::places::Slot;
use crate::solve::types::TyId;
use crate::solve::values::{Val, ValId};
use crate::solve::world::{GDef, Symbol};
use ripple_schemas::Rule;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// A declared receiver with more implementations than this is a blind spot.
pub(super) const MAX_IMPLEMENTATIONS: usize = 24;

/// Something left open by the fixed point that was settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Open {
    /// No value fits a narrowed place: an instance of the type does.
    Narrowed(Slot),
    /// An object literal's method is called on nothing: its object.
    Object(Slot, Slot),
    /// Nothing reaches a place: what an outer scope gives.
    Otherwise(Slot, Slot),
    /// A method is called on nothing: an instance of its class.
    Receiver(Slot),
    /// Nothing reaches a declared place: what is declared. Named by what tells it from all others.
    Declared(u64),
}

impl Engine<'_> {
    /// A trait's method called with its receiver as first argument: the impl for what arrives.
    pub(super) fn dispatch(&mut self, call: u32, method: GDef, val: ValId, rule: Rule) {
        let Some(class) = self.values.class(val) else {
            return;
        };
        let Some(&interface) = self.world.class_of.get(&method) else {
            return;
        };
        let order = self.order(class);
        for &k in order.iter() {
            let mut entries = self.implementations(k, interface, method);
            if entries.len() > 1 {
                // Several traits have a method of that name: the one whose impl names this trait.
                let wanted = self.world.symbols.text(self.name_of(interface)).to_owned();
                entries.retain(|e| {
                    let e = *e;
                    let d = self.world.def(e);
                    d.disambiguator.is_some_and(|n| {
                        let text = self
                            .world
                            .symbols
                            .text(self.world.symbol(self.world.file_of(e), n));
                        text.split(['<', ' '])
                            .next()
                            .is_some_and(|t| t.rsplit("::").next() == Some(&wanted))
                    })
                });
            }
            if let Some(&def) = entries.first() {
                if def == method && self.by_site() {
                    // The interface itself: whoever implements it.
                    self.target(call, method, rule, How::Declared(class));
                }
                if def != method {
                    let how = self.how(val);
                    self.link(
                        call,
                        def,
                        None,
                        Some(val),
                        weaker(rule, Rule::MethodInferred),
                        how,
                    );
                }
                return;
            }
        }
    }

    /// A class's own definitions of an interface's method: under `Interface::method` where the
    /// language tells traits' methods apart, else by name.
    fn implementations(&self, class: GDef, interface: GDef, method: GDef) -> SmallVec<[GDef; 2]> {
        let world = self.world;
        let name = self.name_of(method);
        let text = |s| world.symbols.text(s);
        let full = format!(
            "{}::{}",
            text(self.name_of(interface)),
            text(name).rsplit("::").next().unwrap_or("")
        );
        for name in world.symbols.get(&full).into_iter().chain([name]) {
            let found: SmallVec<[GDef; 2]> = world
                .entries(class, name)
                .iter()
                .filter_map(|e| match e.binding {
                    Binding::Def(d) => Some(world.gdef(e.file, d)),
                    _ => None,
                })
                .filter(|&d| world.overrides(d, method))
                .collect();
            if !found.is_empty() {
                return found;
            }
        }
        SmallVec::new()
    }

    pub(super) fn name_of(&self, def: GDef) -> Symbol {
        self.world
            .symbol(self.world.file_of(def), self.world.def(def).name)
    }

    /// Whether a place that is empty is given what it holds where nothing is known. What was once
    /// decided stays so: otherwise units would change their minds because of each other, forever.
    fn decide(&mut self, what: Open) -> bool {
        let (Open::Narrowed(place)
        | Open::Object(_, place)
        | Open::Otherwise(_, place)
        | Open::Receiver(place)) = what
        else {
            return false;
        };
        let yes = self.past.contains(&what) || self.is_empty(place);
        if yes {
            self.decided.insert(what);
        }
        yes
    }

    /// Methods that nobody in the program calls see an instance of their own class.
    pub(super) fn seed_unasked(&mut self) -> bool {
        let mut before = false;
        if self.by_site() {
            for (receiver, val) in std::mem::take(&mut self.unasked) {
                if self.decide(Open::Receiver(receiver)) {
                    self.add(receiver, val, Rule::Local);
                    self.drain();
                    before = true;
                }
            }
            before |= self.seed_declared();
        }
        let narrowed = std::mem::take(&mut self.narrowed);
        for (to, ty) in narrowed {
            if self.decide(Open::Narrowed(to)) {
                self.put_type(to, ty, false, Rule::MethodTyped);
                self.drain();
            }
        }
        let unasked = std::mem::take(&mut self.unasked);
        let copies = std::mem::take(&mut self.unasked_copies);
        let more = before || !unasked.is_empty() || !copies.is_empty();
        for (from, receiver) in copies {
            if self.decide(Open::Object(from, receiver)) {
                self.copy(from, receiver, Rule::Local);
                self.drain();
            }
        }
        for (receiver, val) in unasked {
            if self.decide(Open::Receiver(receiver)) {
                self.add(receiver, val, Rule::Local);
                self.drain();
            }
        }
        more
    }

    /// Names that an inner scope turned out not to have are those of an outer one.
    pub(super) fn seed_otherwise(&mut self) -> bool {
        let otherwise = std::mem::take(&mut self.otherwise);
        let more = !otherwise.is_empty();
        for (from, to) in otherwise {
            if self.decide(Open::Otherwise(from, to)) {
                self.copy(from, to, Rule::Local);
                self.drain();
            }
        }
        more
    }

    /// Nameless functions given to a call of which nothing is known are called by it: `xs.map(x => …)`.
    pub(super) fn call_unknown(&mut self) -> bool {
        if !self.world.has_prototypes() || std::mem::replace(&mut self.called_unknown, true) {
            return false;
        }
        let mut more = false;
        for call in 0..self.calls.len() as u32 {
            let rec = &self.calls[call as usize];
            if rec.source.is_none()
                || rec.library
                || rec.kind != CallKind::Plain
                || (rec.callee != Slot::NOWHERE && !self.is_empty(rec.callee))
            {
                continue;
            }
            let args = self.calls[call as usize].args.clone();
            for (index, arg) in args.into_iter().enumerate() {
                if arg.kind != ArgSort::Positional || arg.place == Slot::NOWHERE {
                    continue;
                }
                let lambda = self.values_of(arg.place).iter().any(|(v, _)| {
                    matches!(self.values.get(*v), Val::Fn(f)
                        if self.world.def(f).flags.has(DefFlags::LAMBDA))
                });
                if lambda {
                    self.call_back(call, index, arg.place);
                    more = true;
                }
            }
        }
        more
    }

    /// A decorator of which nothing is known passes on what it decorates.
    pub(super) fn pass_undecorated(&mut self) -> bool {
        let mut more = false;
        for call in 0..self.calls.len() {
            let rec = &self.calls[call];
            let (kind, result) = (rec.kind, rec.result);
            let first = rec.args.first().map(|a| a.place);
            if kind == CallKind::Decorator
                && result != Slot::NOWHERE
                && let Some(first) = first
                && self.is_empty(result)
                && !self.is_empty(first)
            {
                self.copy(first, result, Rule::Decorator);
                more = true;
            }
        }
        more
    }

    /// True where knowing `better` of a receiver makes a guess from `worse` needless.
    pub(super) fn decides(&self, better: How, worse: How) -> bool {
        let (class, rank) = match better {
            How::Exact(class) => (class, 2),
            How::Declared(class) => (class, 1),
            _ => return false,
        };
        let (over, than) = match worse {
            How::Declared(class) | How::Below(class) => (class, 1),
            How::Own(class) | How::BelowOwn(class) => (class, 0),
            _ => return false,
        };
        rank > than && self.is_below(class, over)
    }

    /// Calls whose receiver is only declared reach every implementation.
    pub(super) fn expand_declared(&mut self) -> bool {
        let mut more = false;
        let mut exact: FxHashMap<u32, SmallVec<[GDef; 2]>> = FxHashMap::default();
        for t in &self.targets {
            if let How::Exact(class) = t.how {
                exact.entry(t.call).or_default().push(class);
            }
        }
        for index in 0..self.targets.len() {
            let t = self.targets[index];
            let How::Declared(class) = t.how else {
                continue;
            };
            let known = exact
                .get(&t.call)
                .is_some_and(|e| e.iter().any(|&k| self.is_below(k, class)));
            if known || self.calls_functions(t.call) {
                continue;
            }
            let below = self.classes.below(class);
            if below.is_empty() {
                continue;
            }
            let owner = self.world.class_of.get(&t.def).copied().unwrap_or(class);
            let mut found: Vec<(GDef, GDef)> = Vec::new();
            for &sub in &below {
                let mut own: SmallVec<[(GDef, GDef); 2]> = self
                    .implementations(sub, owner, t.def)
                    .into_iter()
                    .map(|def| (sub, def))
                    .collect();
                if own.is_empty() && self.world.semantics.structural_interfaces {
                    own = self.promoted_implementation(sub, t.def);
                }
                for (sub, def) in own {
                    let flags = self.world.def(def).flags;
                    if !flags.has(DefFlags::ABSTRACT)
                        && !self.world.is_model(def)
                        && !found.iter().any(|f| f.1 == def)
                    {
                        found.push((sub, def));
                    }
                }
            }
            if found.len() > MAX_IMPLEMENTATIONS {
                self.crowded_calls.insert(t.call);
                continue;
            }
            let abstract_target = self.world.def(t.def).flags.has(DefFlags::ABSTRACT);
            let rule = if found.len() == 1 && abstract_target {
                Rule::MethodTyped
            } else {
                Rule::InterfaceCha
            };
            for (sub, def) in found {
                let recv = self.values.intern(Val::Typed(sub, TyId::UNKNOWN));
                // An overload that is not chosen is never linked: it is offered once.
                if self.offered.insert((t.call, def, recv))
                    && !self.links.contains(&(t.call, def, Some(recv), None))
                {
                    let how = match t.how {
                        How::Own(_) => How::BelowOwn(class),
                        _ => How::Below(class),
                    };
                    self.link(t.call, def, None, Some(recv), rule, how);
                    more = true;
                }
            }
        }
        more
    }
}
