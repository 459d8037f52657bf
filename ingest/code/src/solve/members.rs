//! Members of classes, instances and modules.

use crate::facts::{Binding, CallKind, DefFlags};
use crate::solve::engine::{Attribution, CallRec, Engine, How, LoadRec, Selector, Sub, weaker};
use crate::solve::places::Slot;
use crate::solve::uses::mix;
use crate::solve::values::{Val, ValId};
use crate::solve::world::{Denote, Entry, Found, GDef, GPlace, Symbol};
use ripple_schemas::{NodeKind, Rule};
use smallvec::SmallVec;

impl Engine<'_> {
    /// What a name denotes flows to the load, which mentions it.
    pub(super) fn flow_found(&mut self, load: u32, found: Found, rule: Rule) {
        let rec = &self.loads[load as usize];
        let (to, at, callee) = (rec.to, rec.at, rec.callee);
        self.flow_denoted(to, found, rule, (!callee).then_some(at));
    }

    /// What a name denotes flows to a place; `at` mentions it.
    pub(super) fn flow_denoted(
        &mut self,
        to: Slot,
        found: Found,
        rule: Rule,
        at: Option<Attribution>,
    ) {
        let rule = weaker(found.rule(), rule);
        match found.denote {
            Denote::Def(def) => {
                let twins = self.world.twins(def).iter().copied();
                for def in std::iter::once(def).chain(twins) {
                    let place = self.def_slot(def);
                    self.copy(place, to, rule);
                    if let Some(at) = at {
                        self.mentions.push((at, def, rule));
                    }
                }
            }
            Denote::SelfType(class) => {
                let val = match self.world.def(class).kind {
                    NodeKind::Interface => Val::Param(class, self.self_name),
                    _ => Val::Class(class),
                };
                let v = self.values.intern(val);
                self.add(to, v, rule);
            }
            Denote::Module(module) => {
                let v = self.values.intern(Val::Module(module));
                self.add(to, v, rule);
            }
            Denote::Set(set) => {
                let v = self.values.intern(Val::Set(set));
                self.add(to, v, rule);
            }
            Denote::Place(place) => {
                let def = self.world.def_at(place);
                let place = self.slot(place);
                self.copy(place, to, rule);
                if let (Some(at), Some(def)) = (at, def) {
                    self.mentions.push((at, def, rule));
                }
            }
            Denote::Ext(symbol) => {
                let v = self.values.intern(Val::Ext(symbol));
                self.add(to, v, rule);
            }
            Denote::Generic(owner, name) => {
                // `T::make()`: the bounds' associated functions.
                let v = self.values.intern(Val::Param(owner, name));
                self.add(to, v, rule);
            }
            Denote::Missing => {}
        }
    }

    /// The entries of one class for a name flow to the load. True where there are any.
    pub(super) fn flow_entries(
        &mut self,
        load: u32,
        class: GDef,
        name: Symbol,
        recv: ValId,
        rule: Rule,
    ) -> bool {
        self.flow_entries_beside(load, class, name, recv, rule, &mut SmallVec::new())
    }

    /// The same, without what methods found before override; those found are added to them.
    pub(super) fn flow_entries_beside(
        &mut self,
        load: u32,
        class: GDef,
        name: Symbol,
        recv: ValId,
        rule: Rule,
        nearer: &mut SmallVec<[GDef; 4]>,
    ) -> bool {
        let entries = self.world.entries(class, name);
        if entries.is_empty() {
            return false;
        }
        let overloads = self.world.semantics.overloads;
        let before = nearer.len();
        let rec = &self.loads[load as usize];
        let (at, callee, library) = (rec.at, rec.callee, rec.library);
        let concrete = entries.iter().any(|e| match e.binding {
            Binding::Def(d) => !self
                .world
                .def(self.world.gdef(e.file, d))
                .flags
                .has(DefFlags::ABSTRACT | DefFlags::SETTER),
            _ => true,
        });
        // What a type has of its own comes before what it has by a trait.
        let plain = |e: &&Entry| match e.binding {
            Binding::Def(d) => self
                .world
                .def(self.world.gdef(e.file, d))
                .disambiguator
                .is_none(),
            _ => true,
        };
        let own = !overloads && entries.iter().any(|e| plain(&e));
        let chosen: SmallVec<[Entry; 2]> = entries
            .iter()
            .filter(|e| !own || plain(e))
            .copied()
            .collect();
        let mut any = false;
        for entry in chosen {
            let (place, def) = match entry.binding {
                Binding::Def(d) => {
                    let def = self.world.gdef(entry.file, d);
                    let flags = self.world.def(def).flags;
                    let declared = concrete && !overloads && flags.has(DefFlags::ABSTRACT);
                    if flags.has(DefFlags::SETTER) || declared {
                        continue;
                    }
                    if overloads {
                        let mut over = nearer[..before].iter();
                        if over.any(|&n| self.world.overrides(n, def)) {
                            continue;
                        }
                        nearer.push(def);
                    }
                    (self.def_slot(def), Some(def))
                }
                Binding::Place(p) => (self.slot_in(entry.file, p), None),
                Binding::Import(i) => {
                    let found = self.world.import(entry.file, i);
                    self.flow_found(load, found, rule);
                    any = true;
                    continue;
                }
            };
            any = true;
            if let Some(def) = def
                && !callee
                && !library
                && !self.world.def(def).flags.has(DefFlags::GETTER)
            {
                self.mentions.push((at, def, rule));
            }
            self.subscribe(place, Sub::Bind { load, recv, rule });
        }
        any
    }

    pub(super) fn load_class(&mut self, load: u32, val: ValId, class: GDef, rule: Rule) {
        let (to, select) = (
            self.loads[load as usize].to,
            self.loads[load as usize].select,
        );
        let Selector::Field(name) = select else {
            if let Some(names) = self.world.listing.get(&class) {
                for &name in names {
                    self.flow_entries(load, class, name, val, Rule::Container);
                }
            }
            return;
        };
        if self.world.symbols.text(name) == "prototype" && self.world.has_prototypes() {
            let v = self.values.intern(Val::Proto(class));
            return self.add(to, v, rule);
        }
        if self.world.semantics.functional_interfaces && self.world.symbols.text(name) == "new" {
            let v = self.maker(val);
            return self.add(to, v, rule);
        }
        let order = self.order(class);
        let overloads = self.world.semantics.overloads;
        let mut nearer = SmallVec::new();
        let mut found = false;
        for &k in order.iter() {
            let step = if k == class {
                rule
            } else {
                weaker(rule, Rule::Inherited)
            };
            if !found
                && self.world.semantics.binds_on_load
                && let Some(link) = self.world.symbols.get("__metaclass__")
            {
                let places: SmallVec<[GPlace; 2]> = order
                    .iter()
                    .flat_map(|&k| self.world.entries(k, link))
                    .filter_map(|e| match e.binding {
                        Binding::Place(p) => Some(self.world.gplace(e.file, p)),
                        _ => None,
                    })
                    .collect();
                for place in places {
                    let place = self.slot(place);
                    self.subscribe(place, Sub::Metaclass { load, class: val });
                }
            }
            if !found || overloads {
                found |= self.flow_entries_beside(load, k, name, val, step, &mut nearer);
            }
            if !self.world.is_model(k) {
                let owner = self.values.intern(Val::Class(k));
                let field = self.field(owner, name);
                self.subscribe(
                    field,
                    Sub::Bind {
                        load,
                        recv: val,
                        rule: weaker(step, Rule::Callback),
                    },
                );
            }
        }
        if !found && let Some(symbol) = self.classes.outside_base(self.world, class) {
            let v = self.values.intern(Val::Ext(symbol));
            self.add(to, v, rule);
        }
    }

    pub(super) fn load_instance(
        &mut self,
        load: u32,
        val: ValId,
        class: GDef,
        recv: ValId,
        rule: Rule,
    ) {
        if self.by_site() {
            return self.load_at_site(load, val, class, recv, rule);
        }
        let (to, select) = (
            self.loads[load as usize].to,
            self.loads[load as usize].select,
        );
        let is_model = self.world.is_model(class);
        let Selector::Field(name) = select else {
            self.load_fields(load, val, recv, rule);
            if self.load_declared_element(load, class, recv) {
                return;
            }
            if let Val::Typed(_, args) = self.values.get(val)
                && let Some(&last) = self.types.arg_list(args).last()
            {
                self.put_type(to, last, false, Rule::MethodTyped);
            }
            return;
        };
        let text = self.world.symbols.text(name);
        if text.starts_with('[')
            && !self.load_declared_element(load, class, recv)
            && let Val::Typed(_, args) = self.values.get(val)
        {
            let list = self.types.arg_list(args);
            let index = text.trim_matches(['[', ']']).parse::<usize>().ok();
            let ty = if is_model {
                list.last().copied()
            } else {
                index.and_then(|i| list.get(i).copied())
            };
            if let Some(ty) = ty {
                self.put_type(to, ty, false, Rule::MethodTyped);
            }
        }
        if text == "__class__" && self.world.semantics.call_instantiates {
            let v = self.values.intern(Val::Class(class));
            return self.add(to, v, rule);
        }
        if text == "constructor" && self.world.has_prototypes() {
            let val = if self.world.is_class(class) {
                Val::Class(class)
            } else {
                Val::Fn(class)
            };
            let v = self.values.intern(val);
            return self.add(to, v, rule);
        }
        let typed = matches!(self.values.get(val), Val::Typed(..));
        let receiver_rule = if typed {
            Rule::MethodTyped
        } else {
            Rule::MethodInferred
        };
        let order = self.order(class);
        let overloads = self.world.semantics.overloads;
        let mut nearer = SmallVec::new();
        let mut found = false;
        for &k in order.iter() {
            if !found || overloads {
                let step = if k == class {
                    receiver_rule
                } else {
                    Rule::Inherited
                };
                found |= self.flow_entries_beside(load, k, name, recv, step, &mut nearer);
            }
            let by_class = self.world.semantics.binds_on_load;
            if by_class && !self.world.is_model(k) {
                let owner = self.values.intern(Val::Class(k));
                if !found || self.known_field(owner, name).is_some() {
                    let field = self.field(owner, name);
                    self.subscribe(
                        field,
                        Sub::Bind {
                            load,
                            recv,
                            rule: weaker(rule, Rule::Callback),
                        },
                    );
                }
            }
        }
        self.load_fields(load, val, recv, rule);
        let undecided = !found || (!is_model && self.only_abstract(&order, name));
        if undecided && !is_model && self.world.has_prototypes() {
            let owner = self.field_owner(val);
            let own = self.field(owner, name);
            self.load_prototypes(load, &order, name, recv, SmallVec::from_elem(own, 1));
        }
        if !found && is_model && self.any_member(load, class, recv) {
            return;
        }
        if self.world.semantics.functional_interfaces {
            self.default_of_functions(load, &nearer);
        }
        if found
            || self.stands_in(load, &order, name, val, recv)
            || self.missing_member(load, class, name, recv)
        {
            return;
        }
        let deref = self.world.semantics.deref_member;
        if !deref.is_empty() && text != deref {
            self.load_through(load, val, class, recv);
        }
        if let Some(symbol) = self.classes.outside_base(self.world, class) {
            let v = self.values.intern(Val::Ext(symbol));
            self.add(to, v, rule);
        }
    }

    /// The member that stands in for one that a class of the program lacks. True where there is one.
    fn stands_in(
        &mut self,
        load: u32,
        order: &[GDef],
        name: Symbol,
        val: ValId,
        recv: ValId,
    ) -> bool {
        let text = self.world.symbols.text(name);
        let fallbacks = self.world.semantics.fallbacks;
        let Some((_, others)) = fallbacks.iter().find(|(missing, _)| *missing == text) else {
            return false;
        };
        let others = others.iter().filter_map(|o| self.world.symbols.get(o));
        let others: SmallVec<[Symbol; 3]> = others.collect();
        for &other in &others {
            for &class in order.iter().filter(|&&k| !self.world.is_model(k)) {
                if self.flow_entries(load, class, other, recv, Rule::Inherited) {
                    return true;
                }
            }
        }
        // Objects and instances of functions get their members at run time.
        let made = match self.values.get(val) {
            Val::Obj(..) => true,
            Val::Inst(class) => !self.world.is_class(class),
            _ => false,
        };
        if made && self.world.has_prototypes() {
            for other in others {
                let rec = LoadRec {
                    origin: mix(self.loads[load as usize].origin, u64::from(other.0)),
                    base: Slot::NOWHERE,
                    select: Selector::Field(other),
                    ..self.loads[load as usize].clone()
                };
                let stand_in = self.add_load(rec);
                self.load(stand_in, val, recv, Rule::MethodInferred);
            }
        }
        false
    }

    /// True where the member is only declared, by an interface merged with the class.
    fn only_abstract(&self, order: &[GDef], name: Symbol) -> bool {
        order
            .iter()
            .flat_map(|&k| self.world.entries(k, name))
            .all(|entry| match entry.binding {
                Binding::Def(d) => self
                    .world
                    .def(self.world.gdef(entry.file, d))
                    .flags
                    .has(DefFlags::ABSTRACT),
                _ => false,
            })
    }

    /// The declared element of a container (`[*]` in a model). True where there is one.
    fn load_declared_element(&mut self, load: u32, class: GDef, recv: ValId) -> bool {
        let Some(element) = self.world.symbols.get("[*]") else {
            return false;
        };
        let order = self.order(class);
        order
            .iter()
            .any(|&k| self.flow_entries(load, k, element, recv, Rule::MethodTyped))
    }

    /// A member that a wrapper lacks is looked up on what it derefs to.
    fn load_through(&mut self, load: u32, val: ValId, class: GDef, recv: ValId) {
        let Some(deref) = self.world.symbols.get(self.world.semantics.deref_member) else {
            return;
        };
        if recv != val || !self.delegated.insert((load, val, val)) {
            return;
        }
        let method = self.deref_method(class, deref);
        let Some(method) = method else { return };
        let known = self.wrapped.get(&val).copied();
        let inner = known.unwrap_or_else(|| self.fresh());
        self.wrapped.insert(val, inner);
        let rec = &self.loads[load as usize];
        if !self.passed_through.insert((rec.to, inner, rec.select)) {
            return;
        }
        match known {
            None => self.deref_into(load, method, val, class, inner),
            // Every load through a wrapper of the program calls its deref.
            Some(_) if !self.world.is_model(method) => {
                self.deref_into(load, method, val, class, Slot::NOWHERE);
            }
            Some(_) => {}
        }
        let rec = LoadRec {
            base: inner,
            ..self.loads[load as usize].clone()
        };
        self.add_load(rec);
    }

    fn deref_into(&mut self, load: u32, method: GDef, val: ValId, class: GDef, inner: Slot) {
        let rec = &self.loads[load as usize];
        let (at, library) = (rec.at, rec.library);
        self.calls.push(CallRec {
            origin: mix(rec.origin, u64::from(method.0)),
            at,
            callee: Slot::NOWHERE,
            args: SmallVec::new(),
            result: inner,
            kind: CallKind::Implicit,
            library,
            depth: 0,
            source: None,
        });
        let call = self.calls.len() as u32 - 1;
        self.link(
            call,
            method,
            None,
            Some(val),
            Rule::Implicit,
            How::Exact(class),
        );
    }
}
