//! What a call does with each value that reaches its callee.

use crate::facts::{Binding, CallKind, DefFlags};
use crate::solve::engine::{
    ArgRec, ArgSort, Attribution, CallRec, Engine, How, LoadRec, Selector, Sub, weaker,
};
use crate::solve::places::Slot;
use crate::solve::uses::mix;
use crate::solve::values::{Native, Val, ValId};
use crate::solve::world::{GDef, Symbol};
use ripple_schemas::Rule;
use smallvec::SmallVec;

impl Engine<'_> {
    /// A value arrives at a call's callee.
    pub(super) fn call(&mut self, call: u32, val: ValId, rule: Rule) {
        let rec = &self.calls[call as usize];
        let (kind, result, at) = (rec.kind, rec.result, rec.at);
        let rule = match kind {
            CallKind::Implicit => weaker(rule, Rule::Implicit),
            CallKind::Macro => weaker(rule, Rule::Macro),
            _ => rule,
        };
        match self.values.get(val) {
            Val::Fn(f) if kind == CallKind::New => {
                let instance = self.values.intern(Val::Inst(f));
                self.add(result, instance, Rule::Local);
                self.link(call, f, None, Some(instance), rule, How::Direct);
            }
            Val::Fn(f) => self.link(call, f, None, None, rule, How::Direct),
            Val::Closure(f, origin) => {
                let frame = self.use_of(f, origin);
                self.link(call, f, frame, None, rule, How::Direct);
            }
            Val::Bound(f, recv) => {
                let how = self.how(recv);
                self.link(call, f, None, Some(recv), rule, how);
            }
            Val::BoundClosure(of, recv) => {
                if let Val::Closure(f, origin) = self.values.get(of) {
                    let frame = self.use_of(f, origin);
                    self.link(call, f, frame, Some(recv), rule, How::Direct);
                }
            }
            Val::Native(Native::New, class) => {
                if let Val::Class(class) | Val::OwnClass(class) = self.values.get(class) {
                    self.instantiate(call, class, rule);
                }
            }
            Val::Native(native, function) => self.call_native(call, native, function, rule),
            Val::Class(class) | Val::OwnClass(class) => {
                if kind == CallKind::New
                    || kind == CallKind::Component
                    || self.world.semantics.call_instantiates
                {
                    match self.metaclass_call(class) {
                        Some(made) => {
                            let how = How::Exact(class);
                            self.link(call, made, None, Some(val), rule, how);
                        }
                        None => self.instantiate(call, class, rule),
                    }
                } else if self.by_site() {
                    self.convert(call, class, rule);
                }
            }
            Val::Inst(class) | Val::Typed(class, _) | Val::Obj(_, Some(class))
                if self.by_site() =>
            {
                let key = (call, class, Some(val), Some(u32::MAX));
                if self.links.insert(key)
                    && let Some(inner) = self.converted(val, class)
                {
                    self.subscribe(inner, Sub::Call(call));
                }
            }
            Val::Inst(class) | Val::Typed(class, _) | Val::Obj(_, Some(class)) => {
                if let Some(name) = self.world.symbols.get(self.world.semantics.call_member) {
                    self.call_member(call, val, name);
                }
                self.call_through(call, val, class);
                // A tuple struct or variant named as a function: what it makes.
                let wraps = !self.world.semantics.deref_member.is_empty();
                let constructor = wraps && !self.world.is_model(class);
                if constructor && matches!(self.values.get(val), Val::Inst(_)) {
                    self.add(result, val, rule);
                }
            }
            Val::Super(class, of) => {
                // `super(…)`: the constructor of the next class.
                let names = self.world.semantics.constructors;
                let _ = class;
                for name in names {
                    if let Some(name) = self.world.symbols.get(name) {
                        self.call_member(call, val, name);
                    }
                }
                self.add(result, of, Rule::Local);
            }
            Val::Ext(symbol) => {
                self.outside.insert(call, symbol);
                self.add(result, val, rule);
                self.escape(call, at);
                if kind == CallKind::Decorator
                    && let Some(first) = self.calls[call as usize].args.first()
                {
                    self.copy(first.place, result, Rule::Decorator);
                }
            }
            Val::Missing => {
                self.into_missing.insert(call);
                self.add(result, val, rule);
                self.escape(call, at);
            }
            Val::Callable(ret) => self.put_type(result, ret, false, Rule::MethodTyped),
            Val::Module(_) => {
                for name in ["module.exports", "default"] {
                    if let Some(name) = self.world.symbols.get(name) {
                        self.call_member(call, val, name);
                    }
                }
            }
            Val::Param(..)
            | Val::Text(_)
            | Val::Tuple(_)
            | Val::Set(_)
            | Val::Proto(_)
            | Val::Obj(_, None) => {}
        }
    }

    /// The method of a class's metaclass that runs where the class is called.
    fn metaclass_call(&self, class: GDef) -> Option<GDef> {
        if !self.world.semantics.call_instantiates || self.world.is_model(class) {
            return None;
        }
        let link = self.world.symbols.get("__metaclass__")?;
        let name = self.world.symbols.get(self.world.semantics.call_member)?;
        let order = self.order(class);
        let meta = order.iter().find_map(|&k| {
            let entries = self.world.entries(k, link);
            entries.iter().find_map(|e| match e.binding {
                Binding::Place(p) => self.world.def_at(self.world.gplace(e.file, p)),
                _ => None,
            })
        })?;
        let order = self.order(meta);
        order
            .iter()
            .filter(|&&k| !self.world.is_model(k))
            .flat_map(|&k| self.world.entries(k, name))
            .find_map(|e| match e.binding {
                Binding::Def(d) => Some(self.world.gdef(e.file, d)),
                _ => None,
            })
    }

    /// Calls a member of the value in place of the value.
    fn call_member(&mut self, call: u32, val: ValId, name: Symbol) {
        let key = (call, GDef(name.0), Some(val), Some(u32::MAX));
        if !self.links.insert(key) {
            return;
        }
        let (at, library) = (
            self.calls[call as usize].at,
            self.calls[call as usize].library,
        );
        let (base, to) = (self.fresh(), self.fresh());
        self.add_load(LoadRec {
            origin: mix(self.calls[call as usize].origin, u64::from(name.0)),
            to,
            base,
            select: Selector::Field(name),
            at,
            callee: true,
            key: Slot::NOWHERE,
            library,
        });
        self.subscribe(to, Sub::Call(call));
        self.add(base, val, Rule::Local);
    }

    /// A wrapper that is called (`Box<dyn Fn()>`): what it derefs to is called.
    fn call_through(&mut self, call: u32, val: ValId, class: GDef) {
        let deref = self.world.semantics.deref_member;
        let Some(deref) = self.world.symbols.get(deref).filter(|_| !deref.is_empty()) else {
            return;
        };
        let key = (call, GDef(deref.0), Some(val), Some(u32::MAX));
        if !self.links.insert(key) {
            return;
        }
        let Some(method) = self.deref_method(class, deref) else {
            return;
        };
        let inner = self.fresh();
        let rec = self.calls[call as usize].clone();
        self.calls.push(CallRec {
            origin: mix(rec.origin, u64::from(method.0)),
            callee: Slot::NOWHERE,
            args: SmallVec::new(),
            result: inner,
            kind: CallKind::Implicit,
            source: None,
            ..rec
        });
        let through = self.calls.len() as u32 - 1;
        let how = How::Exact(class);
        self.link(through, method, None, Some(val), Rule::Implicit, how);
        self.subscribe(inner, Sub::Call(call));
    }

    /// The member by which a class's instances deref.
    pub(super) fn deref_method(&self, class: GDef, deref: Symbol) -> Option<GDef> {
        let order = self.order(class);
        order.iter().find_map(|&k| {
            let entries = self.world.entries(k, deref);
            entries.iter().find_map(|e| match e.binding {
                Binding::Def(d) => Some(self.world.gdef(e.file, d)),
                _ => None,
            })
        })
    }

    /// Functions among the arguments are handed to code that nobody reads.
    fn escape(&mut self, call: u32, _at: Attribution) {
        let args: SmallVec<[ArgRec; 3]> = self.calls[call as usize].args.clone();
        for (index, arg) in args.into_iter().enumerate() {
            let at = self.calls[call as usize].at;
            if arg.place != Slot::NOWHERE {
                self.uses.push((arg.place, at));
                let calls_back =
                    self.world.has_prototypes() || self.world.semantics.functional_interfaces;
                if calls_back && arg.kind == ArgSort::Positional {
                    self.call_back(call, index, arg.place);
                }
            }
        }
    }

    /// Who calls code that nobody reads lets it call what is handed to it.
    pub(super) fn call_back(&mut self, call: u32, index: usize, function: Slot) {
        let rec = self.calls[call as usize].clone();
        self.calls.push(CallRec {
            origin: mix(rec.origin, index as u64),
            callee: function,
            args: SmallVec::new(),
            result: Slot::NOWHERE,
            kind: CallKind::Implicit,
            source: None,
            ..rec
        });
        let derived = self.calls.len() as u32 - 1;
        self.subscribe(function, Sub::Call(derived));
    }

    fn instantiate(&mut self, call: u32, class: GDef, rule: Rule) {
        let result = self.calls[call as usize].result;
        let instance = if self.world.is_model(class) {
            match self.allocated.get(&(call, class)) {
                Some(&known) => known,
                None => {
                    let origin = mix(self.calls[call as usize].origin, u64::from(class.0));
                    let v = self.allocate(origin, Some(class));
                    self.allocated.insert((call, class), v);
                    self.into_library.insert(call);
                    v
                }
            }
        } else {
            let at = self.calls[call as usize].at;
            if !self.calls[call as usize].library {
                self.mentions.push((at, class, rule));
            }
            self.values.intern(Val::Inst(class))
        };
        self.add(result, instance, Rule::Local);
        let order = self.order(class);
        let mut found = false;
        for name in self.world.semantics.constructors {
            let Some(name) = self.world.symbols.get(name) else {
                continue;
            };
            for &k in order.iter() {
                let entries = self.world.entries(k, name).to_vec();
                if entries.is_empty() {
                    continue;
                }
                found = true;
                let step = if k == class {
                    rule
                } else {
                    weaker(rule, Rule::Inherited)
                };
                for entry in entries {
                    if let Binding::Def(d) = entry.binding {
                        let def = self.world.gdef(entry.file, d);
                        let recv = if self.world.def(def).flags.has(DefFlags::CLASS_METHOD) {
                            self.values.intern(Val::Class(class))
                        } else {
                            instance
                        };
                        self.link(call, def, None, Some(recv), step, How::Exact(class));
                    }
                }
                break;
            }
        }
        if !found && let Some(symbol) = self.classes.outside_base(self.world, class) {
            self.outside.insert(call, symbol);
        }
        self.initialise(call, class, instance, rule);
    }

    /// What runs of a class and its bases when an instance is made, though no call names it.
    fn initialise(&mut self, call: u32, class: GDef, instance: ValId, rule: Rule) {
        let Some(name) = self
            .world
            .symbols
            .get(self.world.semantics.initialiser)
            .filter(|_| !self.world.semantics.initialiser.is_empty())
        else {
            return;
        };
        for &k in self.order(class).iter() {
            for entry in self.world.entries(k, name) {
                if let Binding::Def(d) = entry.binding {
                    let def = self.world.gdef(entry.file, d);
                    self.link_chosen(call, def, None, Some(instance), rule, How::Exact(class));
                }
            }
        }
    }

    fn call_native(&mut self, call: u32, native: Native, function: ValId, rule: Rule) {
        let key = (
            call,
            GDef(native as u32),
            Some(function),
            Some(u32::MAX - 1),
        );
        if !self.links.insert(key) {
            return;
        }
        let rec = self.calls[call as usize].clone();
        let bound = self.fresh();
        if !self.world.semantics.functional_interfaces {
            self.add(bound, function, weaker(rule, Rule::Local));
        }
        let mut rest: SmallVec<[ArgRec; 3]> = rec.args.clone();
        if !rest.is_empty() && rest[0].kind == ArgSort::Positional {
            let this = rest.remove(0);
            self.subscribe(
                this.place,
                Sub::BindTo {
                    to: bound,
                    function,
                },
            );
        }
        match native {
            Native::Bind => {
                if rest.is_empty() {
                    self.copy(bound, rec.result, Rule::Local);
                } else {
                    self.bind_arguments(function, bound, &rest, rec.result);
                }
            }
            Native::Call | Native::Apply => {
                if native == Native::Apply {
                    rest.truncate(1);
                    if let Some(only) = rest.first_mut() {
                        only.kind = ArgSort::Spread;
                    }
                }
                self.calls.push(CallRec {
                    origin: mix(rec.origin, native as u64),
                    callee: bound,
                    args: rest,
                    ..rec
                });
                let derived = self.calls.len() as u32 - 1;
                self.subscribe(bound, Sub::Call(derived));
            }
            Native::New => {}
        }
    }

    /// `f.bind(x, a, b)`: the first parameters of f receive a and b; calls give the others.
    fn bind_arguments(&mut self, function: ValId, bound: Slot, args: &[ArgRec], result: Slot) {
        if let Val::Fn(f) | Val::Bound(f, _) = self.values.get(function) {
            let file = self.world.file_of(f);
            for (arg, param) in args.iter().zip(&self.world.def(f).params) {
                let to = self.slot_in(file, param.place);
                self.copy(arg.place, to, Rule::Callback);
            }
        }
        self.copy(bound, result, Rule::Local);
    }
}
