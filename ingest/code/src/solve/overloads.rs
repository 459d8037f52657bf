//! Overloads, and functions used as instances of interfaces.
//!
//! Which of several same-named methods a call means is decided by its arguments (the Java Language
//! Specification, 15.12.2: applicable by subtyping, else by boxing, else with variable arity, then the most
//! specific). A call of an overloaded method waits until something is known of its arguments.
//! Only languages that say so in their `Semantics` get here; no language is known by name.

use crate::facts::{Binding, DefFlags, Head, ParamKind, Place, Type, TypeId};
use crate::solve::engine::{ArgRec, ArgSort, CallRec, Engine, How, LoadRec, Selector, Sub};
use crate::solve::places::Slot;
use crate::solve::types::{Ty, TyId};
use crate::solve::uses::mix;
use crate::solve::values::{Native, Val, ValId};
use crate::solve::world::{GDef, Symbol, World};
use ripple_schemas::{NodeKind, Rule};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::sync::PoisonError;

/// A link that waits for its call's arguments.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    call: u32,
    f: GDef,
    frame: Option<u32>,
    recv: Option<ValId>,
    rule: Rule,
    how: How,
}

/// Calls of overloaded methods, and what interfaces have bodies for.
#[derive(Default)]
pub(super) struct Overloads {
    waiting: Vec<Waiting>,
    /// Every candidate a call has had.
    candidates: FxHashMap<u32, SmallVec<[GDef; 4]>>,
    /// Calls turned into calls on their first argument.
    unbound: FxHashSet<(u32, GDef)>,
}

/// How well a method fits a call: 1 by subtyping, 2 by boxing, 3 by variable arity.
type Phase = u8;

/// The applicable candidates of a call.
type Fitting = SmallVec<[(GDef, Phase); 4]>;

/// What is known of one argument.
#[derive(Default)]
struct Known {
    /// The most general classes among its values: its static type.
    classes: SmallVec<[(GDef, TyId); 2]>,
    /// A function, with the number of its parameters where that is known.
    function: Option<Option<usize>>,
    /// Whether that function gives a value, where that is known.
    gives: Option<bool>,
    /// Something from outside.
    outside: bool,
}

impl Known {
    fn is_nothing(&self) -> bool {
        self.classes.is_empty() && self.function.is_none() && !self.outside
    }
}

/// Methods by name, and what interfaces have bodies for.
#[derive(Debug, Default)]
pub(super) struct MethodIndex {
    by_name: FxHashMap<Symbol, Vec<GDef>>,
    /// Methods of interfaces that have a body, by name.
    defaults: FxHashMap<Symbol, Vec<GDef>>,
    /// Names of interfaces' methods without a body.
    abstracts: FxHashSet<Symbol>,
}

impl MethodIndex {
    pub(super) fn new(world: &World) -> Self {
        let mut out = MethodIndex::default();
        if !world.semantics.overloads && !world.semantics.functional_interfaces {
            return out;
        }
        for (index, file) in world.def_file.iter().enumerate() {
            let def = GDef(index as u32);
            let d = world.def(def);
            if !matches!(d.kind, NodeKind::Method | NodeKind::Test) {
                continue;
            }
            let name = world.symbol(*file, d.name);
            out.by_name.entry(name).or_default().push(def);
            if let Some(&class) = world.class_of.get(&def)
                && world.def(class).kind == NodeKind::Interface
                && !d.flags.has(DefFlags::STATIC)
            {
                if d.flags.has(DefFlags::ABSTRACT) {
                    out.abstracts.insert(name);
                } else {
                    out.defaults.entry(name).or_default().push(def);
                }
            }
        }
        out
    }
}

impl World {
    /// True where `over` can override `base`, judged by their parameters; always where methods are
    /// told apart by name alone.
    pub(super) fn overrides(&self, over: GDef, base: GDef) -> bool {
        if !self.semantics.overloads {
            return true;
        }
        let (a, b) = (self.def(over), self.def(base));
        a.params.len() == b.params.len()
            && a.params
                .iter()
                .zip(&b.params)
                .all(|(p, q)| match (p.ty, q.ty) {
                    (Some(p), Some(q)) => {
                        let (p, q) = (
                            self.erasure(self.file_of(over), p),
                            self.erasure(self.file_of(base), q),
                        );
                        p == q || p.is_none() || q.is_none()
                    }
                    _ => true,
                })
    }

    /// The names of a type and of what it is an array of; `None` for a type parameter.
    fn erasure(&self, file: u32, ty: TypeId) -> Option<SmallVec<[Symbol; 2]>> {
        let facts = self.facts(file);
        let Type::Named(path, args) = &facts.types[ty.0 as usize] else {
            return None;
        };
        let last = match (path.rest.last(), path.head) {
            (Some(&name), _) => self.symbol(file, name),
            (None, Head::Free(name, _)) => self.symbol(file, name),
            (None, Head::Def(def)) => self.symbol(file, facts.defs[def.0 as usize].name),
            (None, Head::Import(import)) => {
                let module = &facts.names[facts.imports[import.0 as usize].module.0 as usize];
                let simple = module.rsplit('.').next().unwrap_or(module);
                self.symbols.get(simple)?
            }
            _ => return None,
        };
        let mut out = SmallVec::from_elem(last, 1);
        let text = self.symbols.text(last);
        if text == self.semantics.array_class
            && let Some(&element) = args.first()
        {
            out.extend(self.erasure(file, element)?);
        }
        Some(out)
    }
}

impl Engine<'_> {
    // ---- overloads ----------------------------------------------------------------------------

    /// True where the link must wait, or must not be made at all.
    pub(super) fn defer_overload(
        &mut self,
        call: u32,
        f: GDef,
        frame: Option<u32>,
        recv: Option<ValId>,
        rule: Rule,
        how: How,
    ) -> bool {
        let rec = &self.calls[call as usize];
        let open = rec
            .args
            .iter()
            .any(|a| matches!(a.kind, ArgSort::Spread | ArgSort::KeywordSpread));
        let keywords = rec
            .args
            .iter()
            .filter(|a| matches!(a.kind, ArgSort::Keyword(_)))
            .count();
        let mut count = rec.args.len() - keywords;
        if keywords == 0 && recv.is_none() && self.takes_receiver(f) {
            count = count.saturating_sub(1);
        }
        if self.signature_of(call).is_some() {
            self.overloads.waiting.push(Waiting {
                call,
                f,
                frame,
                recv,
                rule,
                how,
            });
            return true;
        }
        if !open && !self.fits(f, count) {
            return true;
        }
        if open || !self.has_rivals(f, count) {
            return false;
        }
        let known = self.overloads.candidates.entry(call).or_default();
        if !known.contains(&f) {
            known.push(f);
        }
        self.overloads.waiting.push(Waiting {
            call,
            f,
            frame,
            recv,
            rule,
            how,
        });
        true
    }

    fn fits(&self, f: GDef, count: usize) -> bool {
        let params = &self.world.def(f).params;
        let named = params
            .iter()
            .filter(|p| p.kind == ParamKind::KeywordOnly)
            .count();
        let most = params.len() - named;
        if params.iter().any(|p| p.kind == ParamKind::Rest) {
            count + 1 >= most
        } else {
            count == most
        }
    }

    /// Where a call says by parameter types which overload it means (reflection).
    fn signature_of(&self, call: u32) -> Option<Slot> {
        let wanted = self.world.symbols.get("$signature")?;
        let args = &self.calls[call as usize].args;
        args.iter().find_map(|a| match a.kind {
            ArgSort::Keyword(name) if name == wanted => Some(a.place),
            _ => None,
        })
    }

    /// True unless the signatures that reach the place are all of other overloads.
    fn has_signature(&mut self, f: GDef, signature: Slot) -> bool {
        let d = self.world.def(f);
        let own = d.disambiguator.map_or("", |n| {
            let symbol = self.world.symbol(self.world.file_of(f), n);
            self.world.symbols.text(symbol)
        });
        let own = own.replace("...", "[]");
        let mut others = false;
        for (val, _) in self.values_of(signature) {
            let Val::Text(text) = self.values.get(val) else {
                continue;
            };
            match self.world.symbols.text(text).strip_prefix('~') {
                Some(types) if types == own => return true,
                Some(_) => others = true,
                None => {}
            }
        }
        !others
    }

    /// True where another method of that name and number of parameters stands beside `f`.
    fn has_rivals(&mut self, f: GDef, count: usize) -> bool {
        let key = (f, count as u32);
        let known = self.classes.rivals.read();
        let known = known.unwrap_or_else(PoisonError::into_inner);
        if let Some(&known) = known.get(&key) {
            return known;
        }
        drop(known);
        let name = self.name_of(f);
        let index = &self.world.method_index;
        let all = index.by_name.get(&name).map_or(&[][..], Vec::as_slice);
        let found = all
            .iter()
            .any(|&g| g != f && self.fits(g, count) && self.compete(f, g));
        let rivals = self.classes.rivals.write();
        let mut rivals = rivals.unwrap_or_else(PoisonError::into_inner);
        rivals.insert(key, found);
        found
    }

    /// Both may be meant by one call: their classes are related and neither overrides the other.
    fn compete(&self, f: GDef, g: GDef) -> bool {
        let (Some(&a), Some(&b)) = (self.world.class_of.get(&f), self.world.class_of.get(&g))
        else {
            return false;
        };
        if a != b && self.world.overrides(f, g) {
            return false;
        }
        a == b || self.is_below(a, b) || self.is_below(b, a)
    }

    /// Links those waiting whose arguments are known; with `force`, all. True where any was linked.
    pub(super) fn choose_overloads(&mut self, force: bool) -> bool {
        if self.overloads.waiting.is_empty() {
            return false;
        }
        let waiting = std::mem::take(&mut self.overloads.waiting);
        let mut any = false;
        let mut judged: FxHashMap<u32, Option<Fitting>> = FxHashMap::default();
        for w in waiting {
            if let Some(signature) = self.signature_of(w.call) {
                if self.is_empty(signature) && !force {
                    self.overloads.waiting.push(w);
                    continue;
                }
                any = true;
                if self.has_signature(w.f, signature) {
                    self.link_chosen(w.call, w.f, w.frame, w.recv, w.rule, w.how);
                }
                continue;
            }
            let judgement = match judged.get(&w.call) {
                Some(known) => known.clone(),
                None => {
                    let fresh = self.judge(w.call, force);
                    judged.insert(w.call, fresh.clone());
                    fresh
                }
            };
            let Some(fitting) = judgement else {
                self.overloads.waiting.push(w);
                continue;
            };
            any = true;
            if self.is_meant(w.f, &fitting) {
                self.link_chosen(w.call, w.f, w.frame, w.recv, w.rule, w.how);
            }
        }
        any
    }

    /// Which candidates of a call are applicable, and how; `None` while too little is known.
    fn judge(&mut self, call: u32, force: bool) -> Option<Fitting> {
        let mut args = self.calls[call as usize].args.clone();
        args.retain(|a| a.kind == ArgSort::Positional);
        let mut known: SmallVec<[Known; 4]> = SmallVec::new();
        for arg in &args {
            let found = self.known(arg.place);
            if found.is_nothing() && arg.place != Slot::NOWHERE && !force {
                return None;
            }
            known.push(found);
        }
        let candidates = self
            .overloads
            .candidates
            .get(&call)
            .cloned()
            .unwrap_or_default();
        let mut out = SmallVec::new();
        for f in candidates {
            let skip = usize::from(!self.fits(f, known.len()) && self.takes_receiver(f));
            if let Some(phase) = self.applicable(f, &known[skip.min(known.len())..]) {
                out.push((f, phase));
            }
        }
        Some(out)
    }

    /// False where a rival fits better; true for all where none fits.
    fn is_meant(&mut self, f: GDef, fitting: &[(GDef, Phase)]) -> bool {
        let Some(&(_, own)) = fitting.iter().find(|c| c.0 == f) else {
            return !fitting.iter().any(|c| self.compete(f, c.0));
        };
        !fitting.iter().any(|&(g, phase)| {
            g != f
                && self.compete(f, g)
                && (phase < own || (phase == own && self.more_specific(g, f)))
        })
    }

    fn known(&mut self, place: Slot) -> Known {
        let mut out = Known::default();
        if place == Slot::NOWHERE {
            return out;
        }
        self.look(place);
        let mut all: SmallVec<[(GDef, TyId); 4]> = SmallVec::new();
        for (val, _) in self.values_of(place) {
            match self.values.get(val) {
                Val::Typed(class, args) => all.push((class, args)),
                Val::Inst(class) | Val::Obj(_, Some(class)) => all.push((class, TyId::UNKNOWN)),
                Val::Text(_) => {
                    let class = self.world.builtin_class(self.world.semantics.string_class);
                    all.extend(class.map(|c| (c, TyId::UNKNOWN)));
                }
                Val::Param(owner, name) if name == self.self_name => {
                    all.push((owner, TyId::UNKNOWN));
                }
                Val::Param(owner, name) => {
                    if let Some(class) = self.bound_of(owner, name) {
                        all.push((class, TyId::UNKNOWN));
                    }
                }
                Val::Fn(f) | Val::Closure(f, _) => {
                    let d = self.world.def(f);
                    let lambda = d.flags.has(DefFlags::LAMBDA);
                    out.function = Some(lambda.then_some(d.params.len()));
                    if lambda && d.ret == Place::NOWHERE {
                        out.gives = Some(false);
                    } else if lambda {
                        let ret = self.slot_in(self.world.file_of(f), d.ret);
                        out.gives = Some(d.ty.is_some() || !self.is_empty(ret));
                    }
                }
                Val::Bound(..) | Val::BoundClosure(..) | Val::Native(..) => {
                    out.function = Some(None);
                }
                Val::Ext(_) | Val::Missing => out.outside = true,
                _ => {}
            }
        }
        // A string joined with anything is a string.
        let string = self.world.builtin_class(self.world.semantics.string_class);
        if let Some(string) = string
            && all.iter().any(|c| c.0 == string)
        {
            all.retain(|c| !self.is_primitive(c.0));
        }
        for i in 0..all.len() {
            let below_another = all.iter().enumerate().any(|(j, other)| {
                other.0 != all[i].0 && self.is_below(all[i].0, other.0)
                    || (other.0 == all[i].0
                        && j != i
                        && (other.1 != TyId::UNKNOWN && all[i].1 == TyId::UNKNOWN))
            });
            if !below_another && !out.classes.contains(&all[i]) {
                out.classes.push(all[i]);
            }
        }
        out
    }

    fn bound_of(&mut self, owner: GDef, name: Symbol) -> Option<GDef> {
        let file = self.world.file_of(owner);
        let generics = &self.world.def(owner).generics;
        let own = generics
            .iter()
            .find(|g| self.world.symbol(file, g.name) == name)?;
        for &bound in &own.bounds {
            let this = self.world.self_class(owner);
            let ty = self.types.resolve(self.world, file, bound, this);
            if let Ty::Inst(class, _) = *self.types.get(ty) {
                return Some(class);
            }
        }
        self.world.builtin_class(self.world.semantics.root_class)
    }

    /// A model class that is no class of objects.
    fn is_primitive(&self, class: GDef) -> bool {
        self.world.is_model(class)
            && self
                .world
                .symbols
                .get("__scalar__")
                .is_some_and(|name| !self.world.entries(class, name).is_empty())
    }

    fn param_types(&mut self, f: GDef) -> SmallVec<[(TyId, bool); 4]> {
        let file = self.world.file_of(f);
        let this = self.world.self_class(f);
        let params = &self.world.def(f).params;
        params
            .iter()
            .map(|p| {
                let ty = p.ty.map_or(TyId::UNKNOWN, |ty| {
                    self.types.resolve(self.world, file, ty, this)
                });
                (ty, p.kind == ParamKind::Rest)
            })
            .collect()
    }

    fn applicable(&mut self, f: GDef, args: &[Known]) -> Option<Phase> {
        let params = self.param_types(f);
        let mut worst = 1;
        for (index, arg) in args.iter().enumerate() {
            let (ty, rest) = *params.get(index).or(params.last())?;
            let phase = if rest {
                // The array itself, or its elements.
                let whole = (args.len() == params.len())
                    .then(|| self.admits(ty, arg))
                    .flatten();
                match whole {
                    Some(phase) if !arg.is_nothing() => phase,
                    _ => {
                        let element = match self.types.get(ty) {
                            Ty::Inst(_, list) => list.first().copied().unwrap_or(TyId::UNKNOWN),
                            _ => TyId::UNKNOWN,
                        };
                        self.admits(element, arg)?;
                        3
                    }
                }
            } else {
                self.admits(ty, arg)?
            };
            worst = worst.max(phase);
        }
        let variable = params.last().is_some_and(|p| p.1);
        if variable && args.len() != params.len() {
            worst = 3;
        }
        Some(worst)
    }

    fn admits(&mut self, ty: TyId, arg: &Known) -> Option<Phase> {
        let (wanted, elements) = match self.types.get(ty).clone() {
            Ty::Inst(class, args) => (class, args.first().copied()),
            Ty::Param(owner, name) => (self.bound_of(owner, name)?, None),
            Ty::Ext(_) => {
                let stranger = arg.outside || arg.function.is_some() || arg.classes.is_empty();
                let stranger = stranger
                    || arg
                        .classes
                        .iter()
                        .any(|c| self.classes.outside_base(self.world, c.0).is_some());
                return stranger.then_some(1);
            }
            _ => return Some(1),
        };
        let primitive = self.is_primitive(wanted);
        if arg.is_nothing() {
            // `null`, or unknown.
            return Some(if primitive { 2 } else { 1 });
        }
        if let Some(arity) = arg.function {
            let interface = self.world.def(wanted).kind == NodeKind::Interface;
            let root = self.world.builtin_class(self.world.semantics.root_class);
            let fits = Some(wanted) != root
                && interface
                && !primitive
                && match (arity, self.single_method(wanted)) {
                    (Some(n), Some(m)) => {
                        let m = self.world.def(m);
                        m.params.len() == n && arg.gives.is_none_or(|gives| gives == m.ty.is_some())
                    }
                    _ => true,
                };
            return fits.then_some(1);
        }
        let array = self.world.builtin_class(self.world.semantics.array_class);
        let mut best: Option<Phase> = arg.outside.then_some(1);
        for &(class, args) in &arg.classes {
            let phase = if self.is_below(class, wanted) {
                if Some(class) == array
                    && Some(wanted) == array
                    && !self.same_elements(args, elements)
                {
                    continue;
                }
                if self.is_primitive(class) == primitive {
                    1
                } else {
                    2
                }
            } else if primitive && self.unboxes_to(class, wanted) {
                2
            } else if self.classes.unknown_base.contains(&class)
                || self.classes.outside_base(self.world, class).is_some()
            {
                1
            } else {
                continue;
            };
            best = Some(best.map_or(phase, |b| b.min(phase)));
        }
        best
    }

    /// False only where both arrays' element classes are known and differ.
    fn same_elements(&mut self, args: TyId, wanted: Option<TyId>) -> bool {
        let own = self.types.arg_list(args).first().copied();
        let (Some(own), Some(wanted)) = (own, wanted) else {
            return true;
        };
        match (self.types.get(own), self.types.get(wanted)) {
            (&Ty::Inst(a, _), &Ty::Inst(b, _)) => {
                let same = self.is_below(a, b);
                same && self.is_primitive(a) == self.is_primitive(b)
            }
            _ => true,
        }
    }

    /// `Integer` to `int`, and on to `long`.
    fn unboxes_to(&self, class: GDef, wanted: GDef) -> bool {
        self.classes
            .bases_below(class)
            .iter()
            .any(|&p| self.is_primitive(p) && self.is_below(p, wanted))
    }

    fn more_specific(&mut self, f: GDef, g: GDef) -> bool {
        let (a, b) = (self.param_types(f), self.param_types(g));
        let mut strictly = false;
        for (&(x, _), &(y, _)) in a.iter().zip(&b) {
            if x == y {
                continue;
            }
            let (Some(x), Some(y)) = (self.class_of_type(x), self.class_of_type(y)) else {
                return false;
            };
            if x == y {
                continue;
            }
            if !self.is_below(x, y) {
                return false;
            }
            strictly = true;
        }
        strictly
    }

    fn class_of_type(&mut self, ty: TyId) -> Option<GDef> {
        match *self.types.get(ty) {
            Ty::Inst(class, _) => Some(class),
            Ty::Param(owner, name) => self.bound_of(owner, name),
            _ => None,
        }
    }

    /// The only method without a body that an interface has, itself or by its bases.
    fn single_method(&self, interface: GDef) -> Option<GDef> {
        let order = self.order(interface);
        let mut found: SmallVec<[GDef; 2]> = SmallVec::new();
        let mut all: SmallVec<[GDef; 8]> = SmallVec::new();
        for &k in order.iter() {
            for &name in self.world.listing.get(&k).into_iter().flatten() {
                for entry in self.world.entries(k, name) {
                    let Binding::Def(d) = entry.binding else {
                        continue;
                    };
                    let def = self.world.gdef(entry.file, d);
                    let d = self.world.def(def);
                    let nearer = all.iter().any(|&n| {
                        self.name_of(n) == self.name_of(def) && self.world.overrides(n, def)
                    });
                    if d.kind != NodeKind::Method || nearer {
                        continue;
                    }
                    all.push(def);
                    if d.flags.has(DefFlags::ABSTRACT) {
                        found.push(def);
                    }
                }
            }
        }
        (found.len() == 1).then(|| found[0])
    }

    // ---- functions as instances of interfaces -------------------------------------------------

    /// A member looked up on a function: the function itself, unless the interface as which it is
    /// used has a body for the member.
    pub(super) fn load_functional(&mut self, load: u32, val: ValId, name: Symbol, rule: Rule) {
        let rec = &self.loads[load as usize];
        let (to, base, callee) = (rec.to, rec.base, rec.callee);
        if !callee {
            return;
        }
        if self.world.symbols.text(name) == "__bind" {
            let v = self.values.intern(Val::Native(Native::Bind, val));
            return self.add(to, v, rule);
        }
        let root = self.world.builtin_class(self.world.semantics.root_class);
        if root.is_some_and(|root| !self.world.entries(root, name).is_empty()) {
            return;
        }
        let mut bodies: SmallVec<[GDef; 2]> = SmallVec::new();
        let mut single = false;
        for (v, _) in self.values_of(base) {
            let Val::Typed(interface, _) = self.values.get(v) else {
                continue;
            };
            if self.world.def(interface).kind != NodeKind::Interface {
                continue;
            }
            match self.body_in(interface, name) {
                Some(Some(body)) => bodies.push(body),
                Some(None) => single = true,
                None => {}
            }
        }
        if bodies.is_empty() && !single {
            single = self.world.method_index.abstracts.contains(&name);
            if !single && let Some(all) = self.world.method_index.defaults.get(&name) {
                bodies.extend(all.iter().copied());
            }
            single |= bodies.is_empty();
        }
        for body in bodies {
            let bound = self.values.intern(Val::Bound(body, val));
            self.add(to, bound, rule);
        }
        if single {
            self.function_callees.insert(to);
            self.add(to, val, rule);
        }
    }

    /// The method of that name in an interface: its body, or that it has none.
    fn body_in(&self, interface: GDef, name: Symbol) -> Option<Option<GDef>> {
        let order = self.order(interface);
        for &k in order.iter() {
            for entry in self.world.entries(k, name) {
                let Binding::Def(d) = entry.binding else {
                    continue;
                };
                let def = self.world.gdef(entry.file, d);
                let flags = self.world.def(def).flags;
                if flags.has(DefFlags::ABSTRACT) {
                    return Some(None);
                }
                if !flags.has(DefFlags::STATIC) {
                    return Some(Some(def));
                }
            }
        }
        None
    }

    /// A declared interface's methods with a body are called on the functions there as well.
    pub(super) fn default_of_functions(&mut self, load: u32, found: &[GDef]) {
        let rec = &self.loads[load as usize];
        let (to, base, callee) = (rec.to, rec.base, rec.callee);
        if !callee {
            return;
        }
        for &def in found {
            let flags = self.world.def(def).flags;
            let interface = self
                .world
                .class_of
                .get(&def)
                .is_some_and(|&k| self.world.def(k).kind == NodeKind::Interface);
            if !interface || flags.has(DefFlags::ABSTRACT | DefFlags::STATIC) {
                continue;
            }
            for (v, rule) in self.values_of(base) {
                if self.is_function(v) {
                    let bound = self.values.intern(Val::Bound(def, v));
                    self.add(to, bound, rule);
                }
            }
        }
    }

    fn is_function(&self, val: ValId) -> bool {
        matches!(
            self.values.get(val),
            Val::Fn(_)
                | Val::Bound(..)
                | Val::Closure(..)
                | Val::BoundClosure(..)
                | Val::Native(..)
        )
    }

    /// True where functions reached a call's callee as instances of an interface.
    pub(super) fn calls_functions(&self, call: u32) -> bool {
        !self.function_callees.is_empty()
            && self
                .function_callees
                .contains(&self.calls[call as usize].callee)
    }

    fn takes_receiver(&self, f: GDef) -> bool {
        let d = self.world.def(f);
        self.world.semantics.functional_interfaces
            && d.receiver != Place::NOWHERE
            && !d.flags.has(DefFlags::CONSTRUCTOR)
            && self.world.class_of.contains_key(&f)
    }

    /// A method that was looked up on no instance is called on its first argument, or on the one
    /// given as `this`. True where it was one.
    pub(super) fn call_unbound(&mut self, call: u32, f: GDef, rule: Rule) -> bool {
        if !self.takes_receiver(f) {
            return false;
        }
        let rec = self.calls[call as usize].clone();
        let mut args: SmallVec<[ArgRec; 3]> = rec.args.clone();
        let this = self.world.symbols.get("this");
        let at = args
            .iter()
            .position(|a| matches!(a.kind, ArgSort::Keyword(name) if Some(name) == this))
            .or_else(|| args.iter().position(|a| a.kind == ArgSort::Positional));
        let base = self.fresh();
        let mut given = false;
        if let Some(at) = at {
            let first = args.remove(at);
            given = matches!(first.kind, ArgSort::Keyword(_));
            self.copy(first.place, base, rule);
        }
        if given && !self.world.def(f).flags.has(DefFlags::EXPORTED) {
            // A private method of the class itself: nothing overrides it.
            let receiver = self.slot_in(self.world.file_of(f), self.world.def(f).receiver);
            self.copy(base, receiver, Rule::Local);
            return false;
        }
        if let Some(&class) = self.world.class_of.get(&f) {
            let declared = self.values.intern(Val::Typed(class, TyId::UNKNOWN));
            self.add(base, declared, rule);
        }
        if !self.overloads.unbound.insert((call, f)) {
            return true;
        }
        let callee = self.fresh();
        let name = self.name_of(f);
        let origin = mix(rec.origin, u64::from(f.0));
        self.add_load(LoadRec {
            origin,
            to: callee,
            base,
            select: Selector::Field(name),
            at: rec.at,
            callee: true,
            key: Slot::NOWHERE,
            library: rec.library,
        });
        self.calls.push(CallRec {
            origin,
            callee,
            args,
            source: None,
            ..rec
        });
        let derived = self.calls.len() as u32 - 1;
        self.derived.push((call, derived));
        self.subscribe(callee, Sub::Call(derived));
        true
    }

    // ---- objects that answer to any name ------------------------------------------------------

    pub(super) fn has_any_member(&self, class: GDef) -> bool {
        self.world.is_model(class)
            && self
                .world
                .symbols
                .get("__any__")
                .is_some_and(|name| !self.world.entries(class, name).is_empty())
    }

    /// A model class with a member `__any__` has it under every name it lacks.
    pub(super) fn any_member(&mut self, load: u32, class: GDef, recv: ValId) -> bool {
        if !self.has_any_member(class) {
            return false;
        }
        let to = self.loads[load as usize].to;
        self.function_callees.insert(to);
        match self.world.symbols.get("__any__") {
            Some(name) => self.flow_entries(load, class, name, recv, Rule::MethodInferred),
            None => false,
        }
    }

    /// The function that makes instances of a class.
    pub(super) fn maker(&mut self, class: ValId) -> ValId {
        self.values.intern(Val::Native(Native::New, class))
    }
}
