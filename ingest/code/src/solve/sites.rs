//! Members of instances that are told apart by where they are made.
//!
//! A field belongs to one object; what is declared speaks only where no value arrives. An instance
//! of which only the type is known stands for all objects of its class: it sees what any of them
//! holds. See `Semantics::allocation_sites`.

use crate::facts::Binding;
use crate::solve::engine::{Attribution, Engine, LoadRec, Selector, Sub};
use crate::solve::open::Open;
use crate::solve::places::Slot;
use crate::solve::types::{Ty, TyId};
use crate::solve::uses::mix;
use crate::solve::values::{Val, ValId};
use crate::solve::world::{GDef, Symbol};
use ripple_schemas::{NodeKind, Rule};
use smallvec::SmallVec;

/// The member of an object that says what its type parameters stand for.
pub(super) const ARGUMENTS: &str = "__args";

/// One declaration.
#[derive(Clone, Copy)]
pub(super) struct Claim {
    /// Where an instance of the type goes,
    to: Slot,
    ty: TyId,
    /// if nothing is here.
    unless: Slot,
    /// Tells it from all others in every round.
    origin: u64,
}

/// What is declared of places, to be believed where nothing else is known.
#[derive(Default)]
pub(super) struct Declared {
    /// Parameters, which callers may fill.
    pub(super) params: Vec<Claim>,
    /// Results, variables, fields, elements.
    pub(super) others: Vec<Claim>,
    /// Elements of containers that are known by declaration only.
    elements: Vec<Claim>,
}

impl Engine<'_> {
    /// True where the language tells instances apart by where they are made.
    pub(super) fn by_site(&self) -> bool {
        self.world.semantics.allocation_sites
    }

    /// Believes declarations of places that nothing has reached.
    pub(super) fn seed_declared(&mut self) -> bool {
        let mut more = false;
        let params = std::mem::take(&mut self.declared.params);
        more |= self.believe(params, false);
        for _ in 0..8 {
            let others = std::mem::take(&mut self.declared.others);
            let elements = std::mem::take(&mut self.declared.elements);
            if others.is_empty() && elements.is_empty() {
                break;
            }
            more |= self.believe(others, false);
            more |= self.believe(elements, true);
        }
        more
    }

    fn believe(&mut self, declared: Vec<Claim>, beside: bool) -> bool {
        let mut more = false;
        for claim in declared {
            let Claim { to, ty, unless, .. } = claim;
            let what = Open::Declared(claim.origin);
            if self.past.contains(&what)
                || self.asks(unless, ty)
                || (beside && self.is_declared_only(unless))
            {
                self.decided.insert(what);
                self.put_type(to, ty, false, Rule::MethodTyped);
                self.drain();
                more = true;
            }
        }
        more
    }

    /// True where a place holds what is declared somewhere, and nothing that was made.
    fn is_declared_only(&self, to: Slot) -> bool {
        self.values_of(to).iter().all(|(v, _)| {
            matches!(
                self.values.get(*v),
                Val::Typed(..) | Val::Param(..) | Val::Callable(_) | Val::Tuple(_)
            )
        })
    }

    /// True where a declaration says more than the values: there are none, or nothing but nil where
    /// the type is not one whose values would decide.
    fn asks(&mut self, to: Slot, ty: TyId) -> bool {
        if self.is_empty(to) {
            return true;
        }
        let Some(marker) = self.world.symbols.get("__nothing__") else {
            return false;
        };
        let decided = match self.types.get(ty) {
            Ty::Inst(class, _) => self.world.def(*class).kind == NodeKind::Interface,
            Ty::Func(_) => true,
            _ => false,
        };
        !decided
            && self.values_of(to).iter().all(|(v, _)| {
                matches!(self.values.get(*v), Val::Obj(_, Some(class)) | Val::Typed(class, _)
                    if !self.world.entries(class, marker).is_empty())
            })
    }

    /// An object made here.
    pub(super) fn object_at_site(&mut self, origin: u64, class: GDef, args: TyId) -> ValId {
        let v = self.allocate(origin, Some(class));
        if args != TyId::UNKNOWN
            && let Some(name) = self.world.symbols.get(ARGUMENTS)
        {
            // Whoever sees the object sees what its type parameters stand for.
            let place = self.field(v, name);
            let typed = self.values.intern(Val::Typed(class, args));
            self.add(place, typed, Rule::Local);
        }
        v
    }

    /// The type arguments of an instance.
    pub(super) fn args_of(&mut self, val: ValId) -> TyId {
        if let Val::Typed(_, args) = self.values.get(val) {
            return args;
        }
        if !self.by_site() || !matches!(self.values.get(val), Val::Obj(..)) {
            return TyId::UNKNOWN;
        }
        let place = self
            .world
            .symbols
            .get(ARGUMENTS)
            .and_then(|name| self.known_field(val, name));
        let Some(place) = place else {
            return TyId::UNKNOWN;
        };
        self.look(place);
        let known = self.values_of(place);
        known
            .iter()
            .find_map(|(v, _)| match self.values.get(*v) {
                Val::Typed(_, args) => Some(args),
                _ => None,
            })
            .unwrap_or(TyId::UNKNOWN)
    }

    /// The definition that a class itself has under a name.
    fn own_member(&self, class: GDef, name: Symbol) -> Option<GDef> {
        let order = self.order(class);
        order.iter().find_map(|&k| {
            self.world
                .entries(k, name)
                .iter()
                .find_map(|e| match e.binding {
                    Binding::Def(d) => Some(self.world.gdef(e.file, d)),
                    _ => None,
                })
        })
    }

    fn is_data(&self, def: GDef) -> bool {
        matches!(
            self.world.def(def).kind,
            NodeKind::Field | NodeKind::Variable | NodeKind::Constant
        )
    }

    /// Notes what a place is declared as.
    pub(super) fn claim(&mut self, place: Slot, ty: TyId, origin: u64) {
        self.converts(place, ty);
        self.declared.others.push(Claim {
            to: place,
            ty,
            unless: place,
            origin,
        });
    }

    /// Notes what a parameter is declared as.
    pub(super) fn claim_parameter(&mut self, place: Slot, ty: TyId, origin: u64) {
        self.converts(place, ty);
        self.declared.params.push(Claim {
            to: place,
            ty,
            unless: place,
            origin,
        });
    }

    /// Tells a claim about a member of a value from all others.
    fn claim_of(&self, owner: ValId, member: u64) -> u64 {
        mix(self.digest(owner), member)
    }

    /// The place of a declared field of one instance.
    fn declared_field(&mut self, val: ValId, field: GDef) -> Slot {
        let owner = self.field_owner(val);
        let name = self.name_of(field);
        let place = self.field(owner, name);
        if let Some(ty) = self.world.def(field).ty
            && self.field_declared.insert((place, field))
        {
            let file = self.world.file_of(field);
            let this = self.world.self_class(field);
            let ty = self.types.resolve(self.world, file, ty, this);
            let ty = if self.types.is_open(ty) {
                self.close_type(val, ty)
            } else {
                ty
            };
            let origin = self.claim_of(owner, u64::from(field.0));
            self.claim(place, ty, origin);
        }
        place
    }

    /// What the instance was converted from, where its class is a name for another type.
    pub(super) fn converted(&mut self, val: ValId, class: GDef) -> Option<Slot> {
        let name = self
            .world
            .symbols
            .get(self.world.semantics.call_member)
            .filter(|_| !self.world.semantics.call_member.is_empty())?;
        let field = self.own_member(class, name)?;
        Some(self.declared_field(val, field))
    }

    /// A member of an instance flows to a load.
    pub(super) fn load_at_site(
        &mut self,
        load: u32,
        val: ValId,
        class: GDef,
        recv: ValId,
        rule: Rule,
    ) {
        let rec = self.loads[load as usize].clone();
        let Selector::Field(name) = rec.select else {
            if rec.select == Selector::Any {
                self.load_every_field(val, class, rec.to);
            }
            self.load_fields(load, val, recv, rule);
            self.load_declared_element_at_site(&rec, val);
            self.load_converted(&rec, val, class);
            return;
        };
        if self.world.symbols.text(name).starts_with('[') {
            self.load_fields(load, val, recv, rule);
            self.load_declared_element_at_site(&rec, val);
            self.load_converted(&rec, val, class);
            return;
        }
        match self.own_member(class, name) {
            Some(field) if self.is_data(field) => {
                if !rec.library && self.world.name_is(field, name) {
                    self.mentions.push((rec.at, field, Rule::MethodInferred));
                }
                let place = self.declared_field(val, field);
                return self.copy(place, rec.to, Rule::Callback);
            }
            Some(_) => {
                let typed = matches!(self.values.get(val), Val::Typed(..));
                let step = if typed {
                    Rule::MethodTyped
                } else {
                    Rule::MethodInferred
                };
                let order = self.order(class);
                for &k in order.iter() {
                    if self.flow_entries(load, k, name, recv, step) {
                        return;
                    }
                }
                return;
            }
            None => {}
        }
        let classes = self.classes;
        if let Some(found) = classes
            .structural
            .promoted(self.world, classes, class, name)
        {
            let base = self.embedded_place(val, class, &found.path, rec.at, rec.library);
            self.load_again(&rec, base);
            return;
        }
        self.load_fields(load, val, recv, rule);
        if self.world.symbols.text(name) != self.world.semantics.call_member {
            self.load_converted(&rec, val, class);
        }
    }

    /// The load once more, on what the instance was converted from.
    fn load_converted(&mut self, rec: &LoadRec, val: ValId, class: GDef) {
        if let Some(inner) = self.converted(val, class) {
            self.load_again(rec, inner);
        }
    }

    /// The load once more, on what another place holds.
    fn load_again(&mut self, rec: &LoadRec, base: Slot) {
        if self.passed_through.insert((rec.to, base, rec.select)) {
            let rec = rec.clone();
            self.add_load(LoadRec { base, ..rec });
        }
    }

    /// Every declared field of an instance.
    fn load_every_field(&mut self, val: ValId, class: GDef, to: Slot) {
        for &name in self.world.listing.get(&class).map_or(&[][..], |l| l) {
            if let Some(field) = self.own_member(class, name)
                && self.is_data(field)
                && self.world.name_is(field, name)
            {
                let place = self.declared_field(val, field);
                self.copy(place, to, Rule::Container);
            }
        }
    }

    /// Holds what the embedded fields on a path hold.
    fn embedded_place(
        &mut self,
        val: ValId,
        class: GDef,
        path: &[Symbol],
        at: Attribution,
        library: bool,
    ) -> Slot {
        let Some((&first, rest)) = path.split_first() else {
            return Slot::NOWHERE;
        };
        let mut base = match self.own_member(class, first) {
            Some(field) => self.declared_field(val, field),
            None => return Slot::NOWHERE,
        };
        for &name in rest {
            let to = self.fresh();
            self.add_load(LoadRec {
                origin: mix(u64::from(at), u64::from(name.0)),
                to,
                base,
                select: Selector::Field(name),
                at,
                callee: true,
                key: Slot::NOWHERE,
                library,
            });
            base = to;
        }
        base
    }

    /// What the elements of a container are declared as.
    fn element_type(&mut self, val: ValId) -> Option<TyId> {
        let args = self.args_of(val);
        if let Some(&last) = self.types.arg_list(args).last() {
            return Some(last);
        }
        // A name for a list or map.
        let class = self.values.class(val)?;
        let name = self.world.symbols.get(self.world.semantics.call_member)?;
        let field = self.own_member(class, name)?;
        let file = self.world.file_of(field);
        let ty = self.world.def(field).ty?;
        let ty = self.types.resolve(self.world, file, ty, Some(class));
        match self.types.get(ty) {
            Ty::Inst(_, args) => args.last().copied(),
            _ => None,
        }
    }

    /// A place declared as a named type of functions or containers: functions and containers that
    /// arrive become instances of it.
    pub(super) fn converts(&mut self, place: Slot, ty: TyId) {
        let Ty::Inst(class, _) = self.types.get(ty) else {
            return;
        };
        let class = *class;
        let member = self.world.semantics.call_member;
        let named = self
            .world
            .symbols
            .get(member)
            .is_some_and(|name| self.own_member(class, name).is_some());
        if named && place != Slot::NOWHERE && self.converting.insert((place, class)) {
            self.subscribe(place, Sub::Convert { to: place, class });
        }
    }

    /// A plain function or container where a named type is wanted.
    pub(super) fn convert_value(&mut self, to: Slot, class: GDef, val: ValId, rule: Rule) {
        let plain = match self.values.get(val) {
            Val::Fn(_) | Val::Bound(..) | Val::Closure(..) | Val::BoundClosure(..) => true,
            Val::Obj(_, Some(k)) => self.is_plain_container(k),
            _ => false,
        };
        if !plain {
            return;
        }
        let origin = mix(self.digest(val), u64::from(class.0));
        let made = self.object_at_site(origin, class, TyId::UNKNOWN);
        if let Some(name) = self.world.symbols.get(self.world.semantics.call_member) {
            let inner = self.field(made, name);
            self.add(inner, val, rule);
        }
        self.add(to, made, rule);
    }

    /// Lists, maps and channels without a name.
    fn is_plain_container(&self, class: GDef) -> bool {
        self.world.is_model(class)
            && self
                .world
                .symbols
                .text(self.name_of(class))
                .starts_with("__")
    }

    /// The declared element of a container, where nothing that was put into it is found.
    fn load_declared_element_at_site(&mut self, rec: &LoadRec, val: ValId) {
        if rec.select == Selector::Any {
            return;
        }
        let Some(element) = self.element_type(val) else {
            return;
        };
        self.converts(rec.to, element);
        if self.element_declared.insert((rec.to, element, val)) {
            let origin = mix(rec.origin, self.digest(val));
            let typed = matches!(self.values.get(val), Val::Typed(..));
            let claim = Claim {
                to: rec.to,
                ty: element,
                unless: match typed {
                    true => rec.to,
                    false => self.element_place(val),
                },
                origin,
            };
            match typed {
                true => self.declared.elements.push(claim),
                false => self.declared.others.push(claim),
            }
        }
    }

    /// Stores into a member of one instance.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn store_at_site(
        &mut self,
        class: GDef,
        name: Symbol,
        val: ValId,
        from: Slot,
        at: Attribution,
        library: bool,
    ) {
        if let Some(field) = self.own_member(class, name) {
            if self.is_data(field) {
                if !library && self.world.name_is(field, name) {
                    self.mentions.push((at, field, Rule::MethodInferred));
                }
                let place = self.declared_field(val, field);
                return self.copy(from, place, Rule::Local);
            }
        } else if let Some(found) =
            self.classes
                .structural
                .promoted(self.world, self.classes, class, name)
        {
            let base = self.embedded_place(val, class, &found.path, at, library);
            return self.add_store(base, Selector::Field(name), from, at, library);
        }
        let owner = self.field_owner(val);
        let field = self.field(owner, name);
        self.copy(from, field, Rule::Local);
    }

    /// A class called: its one argument becomes an instance of it.
    pub(super) fn convert(&mut self, call: u32, class: GDef, rule: Rule) {
        let rec = self.calls[call as usize].clone();
        let Some(arg) = rec.args.first().map(|a| a.place) else {
            return;
        };
        if self.world.def(class).kind == NodeKind::Interface {
            return self.copy(arg, rec.result, rule);
        }
        if self.allocated.contains_key(&(call, class)) {
            return;
        }
        let origin = mix(rec.origin, u64::from(class.0));
        let made = self.object_at_site(origin, class, TyId::UNKNOWN);
        self.allocated.insert((call, class), made);
        if !rec.library {
            self.mentions.push((rec.at, class, rule));
        }
        self.add(rec.result, made, Rule::Local);
        let member = self.world.semantics.call_member;
        if let Some(name) = self.world.symbols.get(member) {
            let field = self.field(made, name);
            self.copy(arg, field, Rule::Local);
            if self.own_member(class, name).is_some() {
                return;
            }
        }
        // A struct from another with the same fields.
        for &name in self.world.listing.get(&class).map_or(&[][..], |l| l) {
            if let Some(field) = self.own_member(class, name)
                && self.is_data(field)
                && self.world.name_is(field, name)
            {
                let to = self.declared_field(made, field);
                self.add_load(LoadRec {
                    origin: mix(rec.origin, u64::from(name.0)),
                    to,
                    base: arg,
                    select: Selector::Field(name),
                    at: rec.at,
                    callee: true,
                    key: Slot::NOWHERE,
                    library: true,
                });
            }
        }
    }

    /// The classes below a declared one that have a method by embedding: (class, whose method).
    pub(super) fn promoted_implementation(
        &self,
        class: GDef,
        method: GDef,
    ) -> SmallVec<[(GDef, GDef); 2]> {
        let name = self.name_of(method);
        let structural = &self.classes.structural;
        let found = structural.promoted(self.world, self.classes, class, name);
        let Some(inner) = found.and_then(|f| f.class) else {
            return SmallVec::new();
        };
        let entries = self.world.entries(inner, name).iter();
        entries
            .filter_map(|e| match e.binding {
                Binding::Def(d) => Some((inner, self.world.gdef(e.file, d))),
                _ => None,
            })
            .collect()
    }

    /// What an object of a class holds reaches whoever knows the class only.
    pub(super) fn share_with_class(&mut self, owner: ValId, name: Symbol, place: Slot) {
        if let Val::Obj(_, Some(class)) = self.values.get(owner)
            && self.by_site()
            && !self.world.is_model(class)
        {
            let all = self.values.intern(Val::Inst(class));
            let to = self.field(all, name);
            self.copy(place, to, Rule::Local);
        }
    }
}
