//! Members found along prototypes, by `super`, on functions, and those stored at run time.

use crate::solve::engine::{Engine, Late, Selector, Sub, weaker};
use crate::solve::places::Slot;
use crate::solve::types::{Ty, TyId};
use crate::solve::values::{Native, Val, ValId};
use crate::solve::world::{GDef, Symbol};
use ripple_schemas::Rule;
use smallvec::SmallVec;

impl Engine<'_> {
    /// JavaScript: members along the prototype chain of a function's or class's instances. `nearer`
    /// holds the places that shadow them.
    pub(super) fn load_prototypes(
        &mut self,
        load: u32,
        order: &[GDef],
        name: Symbol,
        recv: ValId,
        mut nearer: SmallVec<[Slot; 3]>,
    ) {
        for (index, &class) in order.iter().enumerate() {
            if self.world.is_model(class) {
                break;
            }
            let proto = self.values.intern(Val::Proto(class));
            if index == 0 {
                let field = self.field(proto, name);
                self.subscribe(
                    field,
                    Sub::Bind {
                        load,
                        recv,
                        rule: Rule::MethodInferred,
                    },
                );
                nearer.push(field);
            } else {
                let link = self.fresh();
                self.add(link, proto, Rule::Local);
                self.late.push(Late {
                    load,
                    link,
                    recv,
                    nearer: nearer.clone(),
                });
                nearer.push(self.field(proto, name));
            }
            for (owner, link) in [
                (Val::Fn(class), "prototype"),
                (Val::Class(class), "prototype"),
                (Val::Proto(class), "__proto__"),
                (Val::Proto(class), "$spread"),
            ] {
                let Some(link) = self.world.symbols.get(link) else {
                    continue;
                };
                let owner = self.values.intern(owner);
                let link = self.field(owner, link);
                self.late.push(Late {
                    load,
                    link,
                    recv,
                    nearer: nearer.clone(),
                });
            }
        }
    }

    pub(super) fn load_proto(
        &mut self,
        load: u32,
        val: ValId,
        class: GDef,
        recv: ValId,
        rule: Rule,
    ) {
        let Selector::Field(name) = self.loads[load as usize].select else {
            return;
        };
        if self.world.symbols.text(name) == "constructor" {
            let val = if self.world.is_class(class) {
                Val::Class(class)
            } else {
                Val::Fn(class)
            };
            let v = self.values.intern(val);
            return self.add(self.loads[load as usize].to, v, rule);
        }
        let order = self.order(class);
        for &k in order.iter() {
            if self.flow_entries(load, k, name, recv, rule) {
                return;
            }
        }
        self.load_prototypes(
            load,
            &order[..1.min(order.len())],
            name,
            recv,
            SmallVec::new(),
        );
        self.load_spread(load, val, recv);
    }

    /// What was spread or assigned into an object is looked up as well.
    fn load_spread(&mut self, load: u32, owner: ValId, recv: ValId) {
        if let Some(link) = self.world.symbols.get("$spread") {
            let place = self.field(owner, link);
            self.subscribe(place, Sub::Delegate { load, recv });
        }
    }

    /// The dynamic members of an instance, object or function.
    pub(super) fn load_fields(&mut self, load: u32, val: ValId, recv: ValId, rule: Rule) {
        let rec = &self.loads[load as usize];
        let (to, select, callee) = (rec.to, rec.select, rec.callee);
        let owner = self.field_owner(val);
        let binds = callee && !self.world.semantics.binds_on_load && !self.by_site();
        if owner != val && !binds && !self.field_loaded.insert((load, owner)) {
            return;
        }
        match select {
            // Each of the members is a load of its own.
            Selector::Beginning(_) => {}
            Selector::Field(name) => {
                let step = if self.world.symbols.text(name).starts_with('[') {
                    Rule::Container
                } else {
                    Rule::Callback
                };
                // Where members may be accessors, every read may be a call.
                let binds = (callee || self.world.has_prototypes())
                    && !self.world.semantics.binds_on_load
                    && !self.by_site();
                let mut places: SmallVec<[Slot; 4]> = SmallVec::new();
                match self.values.get(owner) {
                    Val::Inst(class) => {
                        let order = self.order(class);
                        for &k in order.iter().filter(|&&k| !self.world.is_model(k)) {
                            let o = self.values.intern(Val::Inst(k));
                            places.push(self.field(o, name));
                            // Members attached under names that are not constant.
                            if self.world.has_prototypes() && !self.class_has(owner, name) {
                                places.push(self.any_key(o));
                            }
                        }
                    }
                    Val::Obj(..) => {
                        places.push(self.field(owner, name));
                        // Where elements are kept apart from members, only elements may be meant.
                        if step == Rule::Container {
                            places.push(self.unknown_key(owner));
                        }
                        if !self.world.semantics.binds_on_load && !self.class_has(owner, name) {
                            places.push(self.any_key(owner));
                        }
                    }
                    _ => places.push(self.field(owner, name)),
                }
                for place in places {
                    if binds {
                        self.subscribe(
                            place,
                            Sub::Bind {
                                load,
                                recv,
                                rule: weaker(rule, step),
                            },
                        );
                    } else {
                        self.copy(place, to, step);
                    }
                }
                if matches!(self.values.get(owner), Val::Obj(..) | Val::Inst(_))
                    && self.world.has_prototypes()
                {
                    self.pending_links.push((load, owner, recv));
                }
            }
            Selector::Element => {
                let place = self.element_place(owner);
                self.unknown_key(owner);
                self.any_key(owner);
                self.copy(place, to, Rule::Container);
                self.load_all_links(load, owner, recv);
            }
            Selector::Any => {
                let place = self.any_place(owner);
                self.unknown_key(owner);
                self.any_key(owner);
                if callee && !self.world.semantics.binds_on_load && !self.by_site() {
                    self.subscribe(
                        place,
                        Sub::Bind {
                            load,
                            recv,
                            rule: Rule::Container,
                        },
                    );
                } else {
                    self.copy(place, to, Rule::Container);
                }
                self.load_all_links(load, owner, recv);
            }
        }
    }

    /// Unknown members are looked for along every link.
    fn load_all_links(&mut self, load: u32, owner: ValId, recv: ValId) {
        if !self.world.has_prototypes() {
            return;
        }
        for link in ["__proto__", "$spread"] {
            if let Some(link) = self.world.symbols.get(link) {
                let place = self.field(owner, link);
                self.subscribe(place, Sub::Delegate { load, recv });
            }
        }
    }

    /// Instances of one class share their members, however they are known.
    pub(super) fn field_owner(&mut self, val: ValId) -> ValId {
        match self.values.get(val) {
            // A container of the library is known by its type arguments, not by its class alone.
            Val::Typed(class, _) if self.by_site() && self.world.is_model(class) => val,
            Val::Typed(class, _) => self.values.intern(Val::Inst(class)),
            Val::Param(class, name) if name == self.self_name => {
                self.values.intern(Val::Inst(class))
            }
            _ => val,
        }
    }

    pub(super) fn load_function(&mut self, load: u32, val: ValId, rule: Rule) {
        let (to, select) = (
            self.loads[load as usize].to,
            self.loads[load as usize].select,
        );
        let Selector::Field(name) = select else {
            return;
        };
        if self.world.semantics.functional_interfaces {
            return self.load_functional(load, val, name, rule);
        }
        let function_class = self.world.semantics.function_class;
        if !function_class.is_empty() && !self.world.has_prototypes() {
            if let Some(class) = self.world.builtin_class(function_class)
                && self.flow_entries(load, class, name, val, rule)
            {
                return;
            }
            let owner = match self.values.get(val) {
                Val::Bound(f, _) => self.values.intern(Val::Fn(f)),
                _ => val,
            };
            let field = self.field(owner, name);
            return self.copy(field, to, Rule::Callback);
        }
        if !function_class.is_empty() {
            let text = self.world.symbols.text(name);
            if text == "prototype" {
                if let Val::Fn(f) = self.values.get(val) {
                    let v = self.values.intern(Val::Proto(f));
                    self.add(to, v, rule);
                }
                return;
            }
            if let Some(native) = Native::parse(text) {
                let v = self.values.intern(Val::Native(native, val));
                return self.add(to, v, rule);
            }
            if let Some(class) = self.world.builtin_class(function_class) {
                self.flow_entries(load, class, name, val, rule);
            }
        }
        let field = self.field(val, name);
        self.copy(field, to, Rule::Callback);
    }

    /// `super().__call__` in a metaclass.
    fn makes_instances(&self, name: Symbol, of: ValId) -> bool {
        self.world.semantics.call_instantiates
            && matches!(self.values.get(of), Val::Class(_))
            && self.world.symbols.text(name) == self.world.semantics.call_member
    }

    pub(super) fn load_super(&mut self, load: u32, class: GDef, of: ValId, rule: Rule) {
        let Selector::Field(name) = self.loads[load as usize].select else {
            return;
        };
        if self.makes_instances(name, of) {
            let v = self.values.intern(Val::Native(Native::New, of));
            return self.add(self.loads[load as usize].to, v, rule);
        }
        let actual = match self.values.get(of) {
            Val::Class(c) | Val::OwnClass(c) | Val::Param(c, _) => Some(c),
            _ => self.values.class(of),
        };
        let actual = actual.filter(|&c| self.is_below(c, class)).unwrap_or(class);
        let order = self.order(actual);
        let start = order.iter().position(|&c| c == class).map_or(0, |i| i + 1);
        let (mut nearer, mut found) = (SmallVec::new(), false);
        let semantics = self.world.semantics;
        // A class's constructors hide those of its bases.
        let constructor = semantics
            .constructors
            .contains(&self.world.symbols.text(name));
        for &k in &order[start..] {
            let step = weaker(rule, Rule::Inherited);
            if self.flow_entries_beside(load, k, name, of, step, &mut nearer) {
                found = true;
                if !semantics.overloads || constructor {
                    return;
                }
            }
            if self.world.has_prototypes() && !self.world.is_class(k) {
                if self.world.symbols.text(name) == "constructor" {
                    let v = self.values.intern(Val::Fn(k));
                    let place = self.fresh();
                    self.add(place, v, rule);
                    self.subscribe(
                        place,
                        Sub::Bind {
                            load,
                            recv: of,
                            rule: Rule::Inherited,
                        },
                    );
                    return;
                }
                return self.load_prototypes(load, &order[start..], name, of, SmallVec::new());
            }
        }
        if found {
            return;
        }
        if let Some(symbol) = self.classes.outside_base(self.world, actual) {
            let to = self.loads[load as usize].to;
            let v = self.values.intern(Val::Ext(symbol));
            self.add(to, v, rule);
        }
    }

    /// A member of a type parameter's value: of its bounds.
    pub(super) fn load_param(
        &mut self,
        load: u32,
        owner: GDef,
        name: Symbol,
        recv: ValId,
        rule: Rule,
    ) {
        if name == self.self_name {
            let v = self.own_instance(owner);
            return self.load_instance(load, v, owner, recv, rule);
        }
        let file = self.world.file_of(owner);
        let bounds: Vec<_> = self
            .world
            .def(owner)
            .generics
            .iter()
            .filter(|g| self.world.symbol(file, g.name) == name)
            .flat_map(|g| g.bounds.iter().copied())
            .collect();
        for bound in bounds {
            let this = self.world.self_class(owner);
            let ty = self.types.resolve(self.world, file, bound, this);
            let list: Vec<TyId> = match self.types.get(ty) {
                Ty::Union(all) => all.to_vec(),
                _ => vec![ty],
            };
            for ty in list {
                match self.types.get(ty).clone() {
                    Ty::Inst(class, args) => {
                        let args = self.types.args(&args);
                        let v = self.values.intern(Val::Typed(class, args));
                        self.load_instance(load, v, class, v, rule);
                    }
                    Ty::Func(_) | Ty::Unknown => {}
                    _ => {}
                }
            }
        }
    }
}
