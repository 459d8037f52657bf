//! Writes of members.

use crate::facts::{Binding, CallKind, DefFlags};
use crate::solve::engine::{
    ArgRec, ArgSort, Attribution, CallRec, Engine, Selector, StoreRec, Sub,
};
use crate::solve::places::Slot;
use crate::solve::uses::mix;
use crate::solve::values::{Val, ValId};
use crate::solve::world::{Denote, Found, GDef, Symbol};
use ripple_schemas::{NodeKind, Rule};
use smallvec::SmallVec;

impl Engine<'_> {
    pub(super) fn add_store(
        &mut self,
        base: Slot,
        select: Selector,
        from: Slot,
        at: Attribution,
        library: bool,
    ) {
        self.stores.push(StoreRec {
            select,
            from,
            at,
            library,
        });
        let store = self.stores.len() as u32 - 1;
        self.subscribe(base, Sub::Store(store));
    }

    pub(super) fn store(&mut self, store: u32, val: ValId) {
        let StoreRec {
            select,
            from,
            at,
            library,
        } = self.stores[store as usize].clone();
        if self.world.semantics.functional_interfaces
            && let Val::Typed(class, _) = self.values.get(val)
            && self.world.is_model(class)
        {
            // All containers that are only declared are not one container.
            return;
        }
        let owner = self.field_owner(val);
        match self.values.get(owner) {
            Val::Inst(_)
            | Val::Obj(..)
            | Val::Class(_)
            | Val::Module(_)
            | Val::Fn(_)
            | Val::Proto(_)
            | Val::Closure(..) => {}
            Val::Bound(f, _) => {
                let owner = self.values.intern(Val::Fn(f));
                if let Selector::Field(name) = select {
                    let field = self.field(owner, name);
                    self.copy(from, field, Rule::Callback);
                }
                return;
            }
            Val::Set(set) => {
                if let Selector::Field(name) = select {
                    let package = Found {
                        denote: Denote::Set(set),
                        hops: 1,
                    };
                    let found = self.world.walk(package, name, 1);
                    if let Denote::Def(def) = found.denote {
                        let place = self.def_slot(def);
                        self.copy(from, place, Rule::Import);
                        self.mentions.push((at, def, Rule::Import));
                    }
                }
                return;
            }
            Val::Super(class, recv) => {
                if let Selector::Field(name) = select {
                    let order = self.order(class);
                    for &k in order.iter().skip(1) {
                        let setter = self.world.entries(k, name).iter().find_map(|e| {
                            let Binding::Def(d) = e.binding else {
                                return None;
                            };
                            let def = self.world.gdef(e.file, d);
                            let setter = self.world.def(def).flags.has(DefFlags::SETTER);
                            setter.then_some(def)
                        });
                        if let Some(setter) = setter {
                            return self.call_setter(at, setter, from, recv);
                        }
                    }
                }
                return;
            }
            _ => return,
        }
        match select {
            Selector::Field(name) => {
                let class = self.values.class(owner).filter(|_| self.by_site());
                if let Some(class) = class {
                    return self.store_at_site(class, name, val, from, at, library);
                }
                if let Some(class) = self.values.class(owner).filter(|_| !library)
                    && self.store_member(store, class, name, val, from, at)
                {
                    return;
                }
                if let Val::Module(module) = self.values.get(owner) {
                    // A module's own name: everybody who reads the name sees the value.
                    let found = self.world.member(module, name);
                    match found.denote {
                        Denote::Def(def) => {
                            let place = self.def_slot(def);
                            self.copy(from, place, Rule::Callback);
                            self.mentions.push((at, def, Rule::Import));
                        }
                        Denote::Place(place) => {
                            let place = self.slot(place);
                            self.copy(from, place, Rule::Callback);
                        }
                        _ => {}
                    }
                }
                let field = self.field(owner, name);
                self.copy(from, field, Rule::Local);
                if self.world.has_prototypes() {
                    self.subscribe(field, Sub::Setter { store, recv: val });
                }
            }
            Selector::Any if !self.world.semantics.binds_on_load => {
                let place = self.any_key(owner);
                self.copy(from, place, Rule::Local);
            }
            Selector::Beginning(_) => {}
            Selector::Element | Selector::Any => {
                let place = self.unknown_key(owner);
                self.copy(from, place, Rule::Local);
            }
        }
    }

    /// Stores through a setter, or into a declared field. True where a setter took it.
    fn store_member(
        &mut self,
        store: u32,
        class: GDef,
        name: Symbol,
        recv: ValId,
        from: Slot,
        at: Attribution,
    ) -> bool {
        let order = self.order(class);
        for &k in order.iter() {
            let mut setter = None;
            let mut known = false;
            for entry in self.world.entries(k, name) {
                known = true;
                if let Binding::Def(d) = entry.binding {
                    let def = self.world.gdef(entry.file, d);
                    if self.world.def(def).flags.has(DefFlags::SETTER) {
                        setter = Some(def);
                    } else if self.world.def(def).kind == NodeKind::Field {
                        self.mentions.push((at, def, Rule::MethodInferred));
                        let place = self.def_slot(def);
                        if self.world.semantics.binds_on_load {
                            // A class attribute of the same name keeps its own values, but it
                            // may be a descriptor.
                            self.subscribe(place, Sub::DescriptorSet { store, recv });
                        } else {
                            self.copy(from, place, Rule::Callback);
                        }
                    }
                }
            }
            if let Some(setter) = setter {
                self.call_setter(at, setter, from, recv);
                return true;
            }
            if known {
                return false;
            }
        }
        false
    }

    pub(super) fn call_setter(&mut self, at: Attribution, setter: GDef, from: Slot, recv: ValId) {
        let key = (at, setter);
        let call = match self.getter_calls.get(&(u32::MAX - key.0, key.1)) {
            Some(&call) => call,
            None => {
                self.calls.push(CallRec {
                    origin: mix(self.attribution_names[at as usize], u64::from(setter.0)),
                    at,
                    callee: Slot::NOWHERE,
                    args: SmallVec::from_elem(
                        ArgRec {
                            place: from,
                            kind: ArgSort::Positional,
                        },
                        1,
                    ),
                    result: Slot::NOWHERE,
                    kind: CallKind::Implicit,
                    library: false,
                    depth: 0,
                    source: None,
                });
                let call = self.calls.len() as u32 - 1;
                self.getter_calls.insert((u32::MAX - key.0, key.1), call);
                call
            }
        };
        let how = self.how(recv);
        self.link(call, setter, None, Some(recv), Rule::Implicit, how);
    }
}
