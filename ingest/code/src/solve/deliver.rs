//! What happens when a value arrives at who waits for it.

use crate::facts::{Binding, CallKind, DefFlags};
use crate::solve::engine::{
    ArgRec, ArgSort, CallRec, Engine, How, Selector, StoreRec, Sub, weaker,
};
use crate::solve::places::Slot;
use crate::solve::types::TyId;
use crate::solve::uses::mix;
use crate::solve::values::{Val, ValId};
use crate::solve::world::{GDef, Symbol};
use ripple_schemas::{NodeKind, Rule};
use smallvec::SmallVec;

impl Engine<'_> {
    pub(super) fn deliver(&mut self, sub: Sub, val: ValId, rule: Rule) {
        match sub {
            Sub::Copy { to, rule: step } => self.add(to, val, weaker(rule, step)),
            Sub::Bind {
                load,
                recv,
                rule: step,
            } => self.bind(load, recv, val, weaker(rule, step)),
            Sub::Close {
                to,
                recv,
                rule: step,
            } => self.close(to, recv, val, weaker(rule, step)),
            Sub::Load(load) => self.load(load, val, val, rule),
            Sub::Delegate { load, recv } => {
                if self.delegated.insert((load, val, recv)) && val != recv {
                    self.load(load, val, recv, rule);
                }
            }
            Sub::Key(load) => self.load_key(load, val),
            Sub::Store(store) => self.store(store, val),
            Sub::Call(call) => self.call(call, val, rule),
            Sub::Super { to, class } => {
                let v = self.values.intern(Val::Super(class, val));
                self.add(to, v, rule);
            }
            Sub::Instances { to } => {
                if let Val::Class(class) | Val::OwnClass(class) = self.values.get(val) {
                    let v = self.values.intern(Val::Typed(class, TyId::UNKNOWN));
                    self.add(to, v, Rule::MethodTyped);
                }
            }
            Sub::ClassNamed { to } => {
                if let Val::Text(text) = self.values.get(val)
                    && let Some(class) = self.world.class_named(text)
                {
                    let v = self.values.intern(Val::Class(class));
                    self.add(to, v, Rule::DynamicImport);
                }
            }
            Sub::KeyedStore(index) => {
                if let Val::Text(text) = self.values.get(val) {
                    let k = self.keyed_stores[index as usize];
                    let select = if k.open == Selector::Element {
                        self.quoted(text)
                    } else {
                        Selector::Field(text)
                    };
                    self.add_store(k.base, select, k.from, k.at, k.library);
                }
            }
            Sub::Setter { store, recv } => {
                if let Val::Fn(f) = self.values.get(val)
                    && self.world.def(f).flags.has(DefFlags::SETTER)
                {
                    let StoreRec { from, at, .. } = self.stores[store as usize].clone();
                    // The store of an accessor itself is its definition.
                    let defines = self.values_of(from).iter().any(|(v, _)| {
                        matches!(self.values.get(*v), Val::Fn(g)
                                if self.world.def(g).flags.has(DefFlags::SETTER)
                                    || self.world.def(g).flags.has(DefFlags::GETTER))
                    });
                    if !defines {
                        self.call_setter(at, f, from, recv);
                    }
                }
            }
            Sub::DescriptorSet { store, recv } => {
                let from = self.stores[store as usize].from;
                self.descriptor(
                    u32::MAX - store,
                    "__set__",
                    val,
                    Some(recv),
                    from,
                    Slot::NOWHERE,
                );
            }
            Sub::Metaclass { load, class } => {
                if let Val::Class(meta) = self.values.get(val) {
                    let rec = &self.loads[load as usize];
                    let (to, select) = (rec.to, rec.select);
                    let Selector::Field(name) = select else {
                        return;
                    };
                    let order = self.order(meta);
                    let found = order
                        .iter()
                        .filter(|&&k| !self.world.is_model(k))
                        .find_map(|&k| {
                            self.world
                                .entries(k, name)
                                .iter()
                                .find_map(|e| match e.binding {
                                    Binding::Def(d) => Some(self.world.gdef(e.file, d)),
                                    _ => None,
                                })
                        });
                    if let Some(def) = found {
                        let bound = self.values.intern(Val::Bound(def, class));
                        self.add(to, bound, Rule::Inherited);
                    }
                }
            }
            Sub::Narrow { to, ty } => {
                if let Some(kept) = self.narrow(val, ty) {
                    self.add(to, kept, rule);
                }
            }
            Sub::Convert { to, class } => self.convert_value(to, class, val, rule),
            Sub::Exclude { to, ty } => {
                if !self.is_certainly(val, ty) {
                    self.add(to, val, rule);
                }
            }
            Sub::Dispatch { call, method } => self.dispatch(call, method, val, rule),
            Sub::BindTo { to, function } => {
                let bound = match self.values.get(function) {
                    Val::Fn(f) | Val::Bound(f, _) => self.values.intern(Val::Bound(f, val)),
                    Val::Closure(..) => self.values.intern(Val::BoundClosure(function, val)),
                    _ => function,
                };
                self.add(to, bound, rule);
            }
            Sub::Made { to, from, new } => self.made(to, from, new, val, rule),
            Sub::Target(call) => {
                if let Val::Fn(f) = self.values.get(val) {
                    self.target(call, f, weaker(rule, Rule::Callback), How::Direct);
                }
            }
        }
    }

    /// What calling `val` yields goes to a place.
    fn made(&mut self, to: Slot, from: Slot, new: bool, val: ValId, rule: Rule) {
        let plain = |engine: &Self, f: GDef| {
            let returned = &engine.returned[engine.world.file_of(f) as usize];
            let def = engine.world.sym(f).def;
            !engine.world.is_model(f)
                && !returned.made.contains_key(&def)
                && !returned.params.contains_key(&def)
        };
        match self.values.get(val) {
            Val::Class(class) if !self.world.is_model(class) => {
                let v = self.values.intern(Val::Inst(class));
                self.add(to, v, rule);
            }
            Val::Fn(f) if new => {
                let v = self.values.intern(Val::Inst(f));
                self.add(to, v, rule);
            }
            Val::Fn(f) if plain(self, f) => {
                let ret = self.slot_in(self.world.file_of(f), self.world.def(f).ret);
                self.copy(ret, to, Rule::Local);
            }
            _ => self.copy(from, to, Rule::Local),
        }
    }

    /// A member's value on its way to a load.
    fn bind(&mut self, load: u32, recv: ValId, val: ValId, rule: Rule) {
        let rec = &self.loads[load as usize];
        let (to, callee) = (rec.to, rec.callee);
        let Val::Fn(f) = self.values.get(val) else {
            return match self.values.get(val) {
                Val::Closure(..) if self.world.semantics.binds_on_load || callee => {
                    let bound = self.values.intern(Val::BoundClosure(val, recv));
                    self.add(to, bound, rule);
                }
                _ => {
                    if !self.descriptor(load, "__get__", val, Some(recv), Slot::NOWHERE, to) {
                        self.close(to, recv, val, rule);
                    }
                }
            };
        };
        let flags = self.world.def(f).flags;
        if flags.has(DefFlags::SETTER) {
            return;
        }
        let recv_val = self.values.get(recv);
        let on_class = matches!(recv_val, Val::Class(_) | Val::OwnClass(_));
        if flags.has(DefFlags::GETTER) && !(on_class && self.world.semantics.binds_on_load) {
            let call = self.implicit_call(load, f, to);
            let how = self.how(recv);
            return self.link(call, f, None, Some(recv), weaker(Rule::Implicit, rule), how);
        }
        let bound = if flags.has(DefFlags::CLASS_METHOD) {
            let class = match recv_val {
                Val::Class(_) | Val::OwnClass(_) => recv,
                Val::Param(class, _) => self.values.intern(Val::OwnClass(class)),
                _ => match self.values.class(recv) {
                    Some(class) => self.values.intern(Val::Class(class)),
                    None => recv,
                },
            };
            self.values.intern(Val::Bound(f, class))
        } else if flags.has(DefFlags::STATIC) && self.world.semantics.explicit_receiver {
            // `Self::new()` in a trait: any implementor's.
            match self.how(recv) {
                How::Declared(class) | How::Own(class)
                    if self.world.def(class).kind == NodeKind::Interface =>
                {
                    self.values.intern(Val::Bound(f, recv))
                }
                _ => val,
            }
        } else if on_class && self.world.semantics.explicit_receiver {
            val
        } else if self.world.semantics.binds_on_load || self.by_site() || callee {
            self.values.intern(Val::Bound(f, recv))
        } else {
            val
        };
        self.add(to, bound, rule);
    }

    /// A class attribute that is an object with `__get__` or `__set__` is asked in its place. True
    /// where it is one. `site` is the load, or the store counted from the top.
    fn descriptor(
        &mut self,
        site: u32,
        member: &str,
        val: ValId,
        recv: Option<ValId>,
        value: Slot,
        result: Slot,
    ) -> bool {
        if !self.world.semantics.binds_on_load {
            return false;
        }
        let (Some(class), Some(name)) = (self.values.class(val), self.world.symbols.get(member))
        else {
            return false;
        };
        let order = self.order(class);
        let found = order.iter().find_map(|&k| {
            self.world
                .entries(k, name)
                .iter()
                .find_map(|e| match e.binding {
                    Binding::Def(d) => Some(self.world.gdef(e.file, d)),
                    _ => None,
                })
        });
        let Some(found) = found else { return false };
        let call = match self.getter_calls.get(&(site, found)) {
            Some(&call) => call,
            None => {
                let (at, library) = if member == "__get__" {
                    let rec = &self.loads[site as usize];
                    (rec.at, rec.library)
                } else {
                    let rec = &self.stores[(u32::MAX - site) as usize];
                    (rec.at, rec.library)
                };
                let mut args: SmallVec<[ArgRec; 3]> = SmallVec::new();
                for place in [self.fresh(), value] {
                    args.push(ArgRec {
                        place,
                        kind: ArgSort::Positional,
                    });
                }
                self.calls.push(CallRec {
                    origin: mix(self.attribution_names[at as usize], u64::from(found.0)),
                    at,
                    callee: Slot::NOWHERE,
                    args,
                    result,
                    kind: CallKind::Implicit,
                    library,
                    depth: 0,
                    source: None,
                });
                let call = self.calls.len() as u32 - 1;
                self.getter_calls.insert((site, found), call);
                call
            }
        };
        if let Some(recv) = recv {
            let instance = self.calls[call as usize].args[0].place;
            self.add(instance, recv, Rule::Local);
        }
        let how = self.how(val);
        self.link(call, found, None, Some(val), Rule::Implicit, how);
        true
    }

    /// An instance without the member asks its class's `__getattr__`.
    pub(super) fn missing_member(
        &mut self,
        load: u32,
        class: GDef,
        name: Symbol,
        recv: ValId,
    ) -> bool {
        let Some(hook) = self.world.symbols.get("__getattr__") else {
            return false;
        };
        let text = self.world.symbols.text(name);
        if !self.world.semantics.binds_on_load || text.starts_with(['[', '_']) {
            return false;
        }
        let order = self.order(class);
        let found = order.iter().find_map(|&k| {
            self.world
                .entries(k, hook)
                .iter()
                .find_map(|e| match e.binding {
                    Binding::Def(d) => Some(self.world.gdef(e.file, d)),
                    _ => None,
                })
        });
        let Some(found) = found else { return false };
        let to = self.loads[load as usize].to;
        let call = self.implicit_call(load, found, to);
        if self.calls[call as usize].args.is_empty() {
            let place = self.fresh();
            self.calls[call as usize].args.push(ArgRec {
                place,
                kind: ArgSort::Positional,
            });
        }
        let asked = self.calls[call as usize].args[0].place;
        let text = self.values.intern(Val::Text(name));
        self.add(asked, text, Rule::Local);
        let how = self.how(recv);
        self.link(call, found, None, Some(recv), Rule::Implicit, how);
        true
    }

    fn implicit_call(&mut self, load: u32, f: GDef, result: Slot) -> u32 {
        if let Some(&call) = self.getter_calls.get(&(load, f)) {
            return call;
        }
        let rec = &self.loads[load as usize];
        let (at, library) = (rec.at, rec.library);
        self.calls.push(CallRec {
            origin: mix(rec.origin, u64::from(f.0)),
            at,
            callee: Slot::NOWHERE,
            args: SmallVec::new(),
            result,
            kind: CallKind::Implicit,
            library,
            depth: 0,
            source: None,
        });
        let call = self.calls.len() as u32 - 1;
        self.getter_calls.insert((load, f), call);
        call
    }
}
