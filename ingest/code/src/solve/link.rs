//! From facts to constraints, and from calls to their targets.
//!
//! Functions of library models are instantiated anew at each call site, so that what one caller
//! puts into `map` never comes out at another.

use crate::facts::{ArgKind, CallKind, DefFlags, DefId, Flow, ParamKind, Place, Select};
use crate::solve::engine::{
    ArgRec, ArgSort, Attribution, CallRec, Engine, How, LoadRec, Selector, Sub, weaker,
};
use crate::solve::types::TyId;
use crate::solve::values::{Native, Val, ValId};
use crate::solve::world::{GDef, GPlace, Symbol};
use ripple_schemas::{NodeKind, Rule};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::rc::Rc;

/// Models that call models are followed this deep.
const MAX_MODEL_DEPTH: u8 = 3;
/// A declared receiver with more implementations than this is a blind spot.
pub(super) const MAX_IMPLEMENTATIONS: usize = 24;
/// Places that uses of models may take in all: this many, and so many a place of the files.
const MIN_USES: usize = 200_000;
const USES_A_PLACE: usize = 3;
/// Arguments beyond this are not told apart.
const MAX_SPREAD: usize = 8;

/// The constraints of one model function.
#[derive(Debug, Default)]
pub(super) struct Template {
    flows: Vec<u32>,
    calls: Vec<u32>,
    /// Sorted.
    places: Vec<Place>,
}

/// One use of a model: its places are a run of fresh ones, in the template's order.
#[derive(Clone)]
struct Uses {
    template: Rc<Template>,
    first: u32,
}

impl Uses {
    fn get(&self, place: Place) -> Option<GPlace> {
        let at = self.template.places.binary_search(&place).ok()?;
        Some(GPlace(self.first + at as u32))
    }
}

/// Templates by model function, and the instantiations made.
#[derive(Default)]
pub(super) struct Templates {
    by_def: FxHashMap<GDef, Rc<Template>>,
    frames: Vec<Uses>,
    /// Places of all uses so far.
    placed: usize,
    instances: FxHashMap<(u32, GDef), u32>,
    /// Uses by other models, shared by all calls that count for the same site and have the same
    /// receiver: without this, models that call models multiply.
    nested: FxHashMap<(Attribution, GDef, ValId), u32>,
    /// Attribution of the calls in a model's inner function: (frame, function).
    inner: FxHashMap<(u32, GDef), Attribution>,
    names: FxHashMap<(bool, usize), Symbol>,
}

/// Where the constraints of a file or of one use of a model are put.
#[derive(Clone)]
struct Frame {
    file: u32,
    /// Places of this use; all others are shared.
    map: Option<(u32, Uses)>,
    /// What calls in here count for; by their own site where there is none.
    at: Option<Attribution>,
    depth: u8,
}

impl Engine<'_> {
    // ---- seeding ------------------------------------------------------------------------------

    /// Values that definitions have by themselves: receivers and declared types.
    pub(super) fn seed_defs(&mut self, file: u32) {
        let facts = self.world.facts(file);
        for index in 0..facts.defs.len() as u32 {
            let def = self.world.gdef(file, DefId(index));
            let d = self.world.def(def);
            let place = self.world.gplace(file, d.place);
            if place != GPlace::NOWHERE {
                self.place_defs.entry(place).or_insert(def);
            }
            let this = self.world.self_class(def);
            if d.receiver != Place::NOWHERE
                && self.world.has_prototypes()
                && file < self.world.sources
            {
                let receiver = self.world.gplace(file, d.receiver);
                self.receivers.insert(receiver);
            }
            if d.receiver != Place::NOWHERE
                && let Some(&class) = self.world.class_of.get(&def)
            {
                let receiver = self.world.gplace(file, d.receiver);
                let v = if d.flags.has(DefFlags::CLASS_METHOD)
                    || (d.flags.has(DefFlags::STATIC) && !self.world.semantics.explicit_receiver)
                {
                    self.values.intern(Val::OwnClass(class))
                } else {
                    self.values.intern(Val::Param(class, self.self_name))
                };
                let late = self.world.semantics.binds_on_load || self.world.has_prototypes();
                if late && file < self.world.sources {
                    self.unasked.push((receiver, v));
                } else {
                    self.add(receiver, v, Rule::Local);
                }
            }
            for param in &d.params {
                if let Some(ty) = param.ty {
                    if matches!(param.kind, ParamKind::Rest | ParamKind::KeywordRest) {
                        continue;
                    }
                    let ty = self.types.resolve(self.world, file, ty, this);
                    let to = self.world.gplace(file, param.place);
                    self.put_type(to, ty, false, Rule::MethodTyped);
                    self.mention_declared(file, def, ty);
                }
            }
            if let Some(ty) = d.ty {
                let to = match d.kind {
                    NodeKind::Field | NodeKind::Variable | NodeKind::Constant => place,
                    NodeKind::Function | NodeKind::Method | NodeKind::Test
                        if !d.flags.has(DefFlags::ASYNC | DefFlags::GENERATOR) =>
                    {
                        self.world.gplace(file, d.ret)
                    }
                    _ => GPlace::NOWHERE,
                };
                let ty = self.types.resolve(self.world, file, ty, this);
                self.put_type(to, ty, false, Rule::MethodTyped);
                self.mention_declared(file, def, ty);
            }
        }
    }

    fn mention_declared(&mut self, file: u32, def: GDef, ty: TyId) {
        if file < self.world.sources {
            let at = self.site(def, self.world.def(def).name_line);
            self.mention_type(at, ty, 0);
        }
    }

    /// An instance of a class as its own methods see it: with its type parameters for arguments.
    pub(super) fn own_instance(&mut self, class: GDef) -> ValId {
        let file = self.world.file_of(class);
        let params: Vec<TyId> = self
            .world
            .def(class)
            .generics
            .iter()
            .map(|g| {
                let name = self.world.symbol(file, g.name);
                self.types
                    .intern(crate::solve::types::Ty::Param(class, name))
            })
            .collect();
        let args = self.types.args(&params);
        self.values.intern(Val::Typed(class, args))
    }

    pub(super) fn seed_file(&mut self, file: u32) {
        let frame = Frame {
            file,
            map: None,
            at: None,
            depth: 0,
        };
        let facts = self.world.facts(file);
        for index in 0..facts.imports.len() as u32 {
            self.seed_import(file, index);
        }
        let passed = self.passed_on(file);
        for flow in &facts.flows {
            match *flow {
                Flow::Copy { to, from } if passed.contains(&(to, from)) => {}
                _ => self.flow(&frame, flow),
            }
        }
        for index in 0..facts.calls.len() as u32 {
            self.seed_call(&frame, index);
        }
    }

    /// Parameters that a function returns as they are: each call gives its own argument back, not
    /// what other calls gave. What reaches the parameter otherwise (a default) is returned as usual.
    fn passed_on(&mut self, file: u32) -> FxHashSet<(Place, Place)> {
        let facts = self.world.facts(file);
        let mut params: FxHashMap<Place, (DefId, Place)> = FxHashMap::default();
        for (index, d) in facts.defs.iter().enumerate() {
            let plain = |p: &&crate::facts::Param| {
                p.kind != ParamKind::Rest && p.kind != ParamKind::KeywordRest && p.ty.is_none()
            };
            for param in d.params.iter().filter(plain) {
                params.insert(param.place, (DefId(index as u32), d.ret));
            }
        }
        let mut passed: FxHashSet<(Place, Place)> = FxHashSet::default();
        for flow in &facts.flows {
            if let Flow::Copy { to, from } = *flow
                && let Some(&(def, ret)) = params.get(&from)
                && to == ret
                && ret != Place::NOWHERE
            {
                passed.insert((to, from));
                let def = self.world.gdef(file, def);
                self.returns_param.entry(def).or_default().push(from);
            }
        }
        for flow in &facts.flows {
            if let Flow::Copy { to, from } = *flow
                && let Some(&(_, ret)) = params.get(&to)
                && passed.contains(&(ret, to))
            {
                let (from, ret) = (self.world.gplace(file, from), self.world.gplace(file, ret));
                self.copy(from, ret, Rule::Local);
            }
        }
        passed
    }

    /// Methods that nobody in the program calls see an instance of their own class.
    pub(super) fn seed_unasked(&mut self) -> bool {
        let narrowed = std::mem::take(&mut self.narrowed);
        for (to, ty) in narrowed {
            if self.is_empty(to) {
                self.put_type(to, ty, false, Rule::MethodTyped);
                self.drain();
            }
        }
        let unasked = std::mem::take(&mut self.unasked);
        let copies = std::mem::take(&mut self.unasked_copies);
        let more = !unasked.is_empty() || !copies.is_empty();
        for (from, receiver) in copies {
            if self.is_empty(receiver) {
                self.copy(from, receiver, Rule::Local);
                self.drain();
            }
        }
        for (receiver, val) in unasked {
            if self.is_empty(receiver) {
                self.add(receiver, val, Rule::Local);
                self.drain();
            }
        }
        more
    }

    fn seed_import(&mut self, file: u32, index: u32) {
        let id = crate::facts::ImportId(index);
        let import = &self.world.facts(file).imports[index as usize];
        let to = self.world.gplace(file, import.to);
        if to == GPlace::NOWHERE {
            return;
        }
        let found = self.world.import(file, id);
        if found.denote == crate::solve::world::Denote::Missing {
            let v = self.values.intern(Val::Missing);
            return self.add(to, v, Rule::Import);
        }
        let rule = match import.kind {
            crate::facts::ImportKind::Dynamic => Rule::DynamicImport,
            _ => Rule::Import,
        };
        if let crate::solve::world::Denote::Def(def) = found.denote {
            self.place_defs.entry(to).or_insert(def);
        }
        let at = (file < self.world.sources)
            .then(|| self.site(self.world.gdef(file, import.within), import.line));
        self.flow_denoted(to, found, rule, at);
    }

    /// The shared constraints of a model: those that belong to none of its functions.
    pub(super) fn seed_model(&mut self, file: u32) {
        self.make_templates(file);
        let facts = self.world.facts(file);
        for index in 0..facts.imports.len() as u32 {
            self.seed_import(file, index);
        }
        let mut owned: FxHashSet<u32> = FxHashSet::default();
        for index in 0..facts.defs.len() as u32 {
            if let Some(template) = self
                .templates
                .by_def
                .get(&self.world.gdef(file, DefId(index)))
            {
                owned.extend(&template.flows);
            }
        }
        let frame = Frame {
            file,
            map: None,
            at: None,
            depth: 0,
        };
        for (index, flow) in facts.flows.iter().enumerate() {
            if !owned.contains(&(index as u32)) {
                self.flow(&frame, flow);
            }
        }
        for (index, call) in facts.calls.iter().enumerate() {
            if call.within == DefId(0) {
                self.seed_call(&frame, index as u32);
            }
        }
    }

    /// A model function's constraints are those connected to its parameters, return and calls
    /// through places that no scope outside it can name.
    fn make_templates(&mut self, file: u32) {
        let facts = self.world.facts(file);
        let mut shared: FxHashSet<Place> = FxHashSet::default();
        shared.insert(Place::NOWHERE);
        let is_function =
            |kind| matches!(kind, NodeKind::Function | NodeKind::Method | NodeKind::Test);
        let outer = |def: DefId| {
            // The outermost function around a definition.
            let (mut at, mut found) = (def, None);
            loop {
                let d = &facts.defs[at.0 as usize];
                if is_function(d.kind) {
                    found = Some(at);
                }
                if d.parent == at {
                    return found;
                }
                at = d.parent;
            }
        };
        for (index, d) in facts.defs.iter().enumerate() {
            let inside = outer(d.parent).is_some() && index != 0;
            if !inside {
                shared.insert(d.place);
            }
        }
        for import in &facts.imports {
            if outer(import.within).is_none() {
                shared.insert(import.to);
            }
        }
        for member in &facts.members {
            if let crate::facts::Binding::Place(place) = member.binding {
                shared.insert(place);
            }
        }
        let mut parent: Vec<u32> = (0..facts.places).collect();
        fn root(parent: &mut [u32], mut at: u32) -> u32 {
            while parent[at as usize] != at {
                parent[at as usize] = parent[parent[at as usize] as usize];
                at = parent[at as usize];
            }
            at
        }
        let join = |parent: &mut Vec<u32>, places: &[Place]| {
            let mut first = None;
            for &p in places.iter().filter(|p| !shared.contains(p)) {
                let r = root(parent, p.0);
                match first {
                    None => first = Some(r),
                    Some(f) => parent[r as usize] = f,
                }
            }
        };
        for flow in &facts.flows {
            join(&mut parent, &flow_places(flow));
        }
        for call in &facts.calls {
            join(&mut parent, &call_places(call));
        }
        // Every outermost function gathers its own places and those of the functions inside it.
        for index in 1..facts.defs.len() as u32 {
            if let Some(top) = outer(DefId(index)) {
                let (d, t) = (&facts.defs[index as usize], &facts.defs[top.0 as usize]);
                let mut places: Vec<Place> = d.params.iter().map(|p| p.place).collect();
                places.extend([d.ret, d.receiver, t.ret, t.receiver]);
                places.extend(t.params.iter().map(|p| p.place));
                if DefId(index) != top {
                    places.push(d.place);
                }
                join(&mut parent, &places);
            }
        }
        for call in &facts.calls {
            if let Some(top) = outer(call.within) {
                let t = &facts.defs[top.0 as usize];
                let mut places = call_places(call);
                places.extend([t.ret, t.receiver]);
                places.extend(t.params.iter().map(|p| p.place));
                join(&mut parent, &places);
            }
        }
        let mut by_root: FxHashMap<u32, Template> = FxHashMap::default();
        for (index, flow) in facts.flows.iter().enumerate() {
            if let Some(p) = flow_places(flow).iter().find(|p| !shared.contains(p)) {
                by_root
                    .entry(root(&mut parent, p.0))
                    .or_default()
                    .flows
                    .push(index as u32);
            }
        }
        for (index, call) in facts.calls.iter().enumerate() {
            if let Some(p) = call_places(call).iter().find(|p| !shared.contains(p)) {
                by_root
                    .entry(root(&mut parent, p.0))
                    .or_default()
                    .calls
                    .push(index as u32);
            }
        }
        for place in 1..facts.places {
            if !shared.contains(&Place(place))
                && let Some(t) = by_root.get_mut(&root(&mut parent, place))
            {
                t.places.push(Place(place));
            }
        }
        let by_root: FxHashMap<u32, Rc<Template>> =
            by_root.into_iter().map(|(r, t)| (r, Rc::new(t))).collect();
        for index in 1..facts.defs.len() as u32 {
            let d = &facts.defs[index as usize];
            if outer(DefId(index)) != Some(DefId(index)) {
                continue;
            }
            let anchor = [d.ret, d.receiver]
                .into_iter()
                .chain(d.params.iter().map(|p| p.place))
                .find(|p| !shared.contains(p));
            let template = anchor
                .and_then(|p| by_root.get(&root(&mut parent, p.0)).cloned())
                .unwrap_or_default();
            self.templates
                .by_def
                .insert(self.world.gdef(file, DefId(index)), template);
        }
    }

    // ---- facts to constraints -----------------------------------------------------------------

    fn at(&mut self, frame: &Frame, within: DefId, line: u32) -> Attribution {
        let def = self.world.gdef(frame.file, within);
        if let (Some((id, _)), Some(at)) = (&frame.map, frame.at) {
            // The body of a function inside a model counts for whoever calls that function.
            return match self.templates.by_def.contains_key(&def) {
                true => at,
                false => self.inner_attribution(*id, def),
            };
        }
        self.site(def, line)
    }

    fn inner_attribution(&mut self, frame: u32, def: GDef) -> Attribution {
        let mut def = def;
        while self.world.def(def).flags.has(DefFlags::TRANSPARENT) {
            def = self.world.parent(def);
        }
        if let Some(&at) = self.templates.inner.get(&(frame, def)) {
            return at;
        }
        self.attributions.push(SmallVec::new());
        let at = self.attributions.len() as u32 - 1;
        self.templates.inner.insert((frame, def), at);
        at
    }

    fn place(&self, frame: &Frame, place: Place) -> GPlace {
        if let Some((_, map)) = &frame.map
            && let Some(p) = map.get(place)
        {
            return p;
        }
        self.world.gplace(frame.file, place)
    }

    fn select(&self, frame: &Frame, select: Select) -> (Selector, GPlace) {
        match select {
            Select::Field(name) => (
                Selector::Field(self.world.symbol(frame.file, name)),
                GPlace::NOWHERE,
            ),
            Select::Element => (Selector::Element, GPlace::NOWHERE),
            Select::Any => (Selector::Any, GPlace::NOWHERE),
            Select::Computed(key) => (Selector::Any, self.place(frame, key)),
            Select::Key(key) => (Selector::Element, self.place(frame, key)),
        }
    }

    fn flow(&mut self, frame: &Frame, flow: &Flow) {
        let library = frame.file >= self.world.sources;
        match *flow {
            Flow::Copy { to, from } => {
                let (to, from) = (self.place(frame, to), self.place(frame, from));
                if frame.map.is_none() && self.receivers.contains(&to) {
                    // An object literal's method: its object, unless calls say otherwise.
                    self.unasked_copies.push((from, to));
                    return;
                }
                self.copy(from, to, Rule::Local);
            }
            Flow::Value { to, def } => {
                let to = self.place(frame, to);
                let g = self.world.gdef(frame.file, def);
                let d = self.world.def(g);
                let val = match d.kind {
                    NodeKind::Module => Val::Module(g),
                    NodeKind::Class | NodeKind::Interface | NodeKind::Type => {
                        Val::Class(self.world.through_alias(g))
                    }
                    NodeKind::Function | NodeKind::Method | NodeKind::Test | NodeKind::Macro => {
                        match &frame.map {
                            Some((id, _)) => Val::Closure(g, *id),
                            None => Val::Fn(g),
                        }
                    }
                    _ => return,
                };
                let v = self.values.intern(val);
                self.add(to, v, Rule::Local);
            }
            Flow::Text { to, text } => {
                let to = self.place(frame, to);
                let v = self
                    .values
                    .intern(Val::Text(self.world.symbol(frame.file, text)));
                self.add(to, v, Rule::Local);
            }
            Flow::Object { to, class } => {
                let to = self.place(frame, to);
                let name = self.world.symbol(frame.file, class);
                let class = match self.class_cache.get(&name) {
                    Some(&known) => known,
                    None => {
                        let found = self.world.builtin_class(self.world.symbols.text(name));
                        self.class_cache.insert(name, found);
                        found
                    }
                };
                let site = self.allocation(class);
                let v = self.values.intern(Val::Obj(site, class));
                self.add(to, v, Rule::Local);
            }
            Flow::Typed {
                to,
                ty,
                exact,
                within,
                line,
            } => {
                let to = self.place(frame, to);
                let def = self.world.gdef(frame.file, within);
                let this = self.world.self_class(def);
                let ty = self.types.resolve(self.world, frame.file, ty, this);
                if !library {
                    let at = self.site(def, line);
                    self.mention_type(at, ty, 0);
                }
                match self.types.get(ty) {
                    // A fresh instance of a generic container is an object of its own.
                    crate::solve::types::Ty::Inst(class, args)
                        if exact
                            && (self.world.is_model(*class)
                                || !args.is_empty()
                                || !self.world.def(*class).generics.is_empty()) =>
                    {
                        let class = *class;
                        self.allocations += 1;
                        let v = self.values.intern(Val::Obj(self.allocations, Some(class)));
                        self.add(to, v, Rule::Local);
                        if !args_unknown(self, ty) {
                            self.put_type(to, ty, false, Rule::MethodTyped);
                        }
                    }
                    crate::solve::types::Ty::SelfOf(class) if exact => {
                        let class = *class;
                        let val = if self.world.is_model(class)
                            || !self.world.def(class).generics.is_empty()
                        {
                            self.allocations += 1;
                            Val::Obj(self.allocations, Some(class))
                        } else {
                            Val::Inst(class)
                        };
                        let v = self.values.intern(val);
                        self.add(to, v, Rule::Local);
                    }
                    _ => self.put_type(
                        to,
                        ty,
                        exact,
                        if exact {
                            Rule::Local
                        } else {
                            Rule::MethodTyped
                        },
                    ),
                }
            }
            Flow::Load {
                to,
                base,
                select,
                within,
                line,
                callee,
            } => {
                let (select, key) = self.select(frame, select);
                let at = self.at(frame, within, line);
                let rec = LoadRec {
                    to: self.place(frame, to),
                    base: self.place(frame, base),
                    select,
                    at,
                    callee,
                    key,
                    library,
                };
                self.add_load(rec);
            }
            Flow::Store {
                base,
                select,
                from,
                within,
                line,
            } => {
                let (select, key) = self.select(frame, select);
                let at = self.at(frame, within, line);
                let (base, from) = (self.place(frame, base), self.place(frame, from));
                if key != GPlace::NOWHERE {
                    self.add_keyed_store(base, key, from, select, at, library);
                } else {
                    self.add_store(base, select, from, at, library);
                }
            }
            Flow::Free { to, name, scope } => {
                let to = self.place(frame, to);
                let found = self
                    .world
                    .free(frame.file, self.world.symbol(frame.file, name), scope);
                if let crate::solve::world::Denote::Def(def) = found.denote {
                    self.place_defs.entry(to).or_insert(def);
                }
                self.flow_denoted(to, found, Rule::Local, None);
            }
            Flow::Path {
                to,
                ref path,
                within,
                line,
                callee,
            } => {
                let to = self.place(frame, to);
                self.path(frame, to, path, within, line, callee, library);
            }
            Flow::Super {
                to,
                class,
                receiver,
            } => {
                let (to, receiver) = (self.place(frame, to), self.place(frame, receiver));
                let class = self.world.gdef(frame.file, class);
                self.subscribe(receiver, Sub::Super { to, class });
            }
            Flow::Narrow {
                to,
                from,
                ty,
                within,
                line,
            } => {
                let (to, from) = (self.place(frame, to), self.place(frame, from));
                let def = self.world.gdef(frame.file, within);
                let this = self.world.self_class(def);
                let ty = self.types.resolve(self.world, frame.file, ty, this);
                if !library {
                    let at = self.site(def, line);
                    self.mention_type(at, ty, 0);
                    self.narrowed.push((to, ty));
                }
                self.subscribe(from, Sub::Narrow { to, ty });
            }
            Flow::Use { of, within, line } => {
                if !library {
                    let of = self.place(frame, of);
                    let at = self.at(frame, within, line);
                    self.uses.push((of, at));
                }
            }
        }
    }

    /// A statically resolved path; what is left of it after a value is loaded member by member.
    #[allow(clippy::too_many_arguments)]
    fn path(
        &mut self,
        frame: &Frame,
        to: GPlace,
        path: &crate::facts::Path,
        within: DefId,
        line: u32,
        callee: bool,
        library: bool,
    ) {
        use crate::solve::world::Denote;
        let at = self.at(frame, within, line);
        let mention = (!callee && !library).then_some(at);
        let whole = match path.head {
            crate::facts::Head::Place(_) => None,
            _ => Some(self.world.path(frame.file, path)).filter(|f| f.denote != Denote::Missing),
        };
        if let Some(found) = whole {
            // Functions of a type are looked up as members, so that trait impls and generics count.
            let direct =
                !matches!(found.denote, Denote::Def(d) if self.world.class_of.contains_key(&d));
            if direct || path.rest.is_empty() {
                if let Denote::Def(def) = found.denote {
                    self.place_defs.entry(to).or_insert(def);
                }
                return self.flow_denoted(to, found, Rule::Local, mention);
            }
        }
        let mut base = self.fresh();
        let mut rest = path.rest.as_slice();
        match path.head {
            crate::facts::Head::Place(p) => base = self.place(frame, p),
            _ => {
                // The longest prefix that denotes something.
                let mut found = self.world.head(frame.file, path.head);
                let mut used = 0;
                for (i, &name) in path.rest.iter().enumerate() {
                    if i + 1 == path.rest.len() {
                        break;
                    }
                    let next =
                        self.world
                            .walk(found, self.world.symbol(frame.file, name), found.hops);
                    if next.denote == Denote::Missing {
                        break;
                    }
                    found = next;
                    used = i + 1;
                }
                rest = &path.rest[used..];
                if found.denote == Denote::Missing {
                    let v = self.values.intern(Val::Missing);
                    if let crate::facts::Head::Import(_) = path.head {
                        self.add(base, v, Rule::Import);
                    }
                }
                self.flow_denoted(base, found, Rule::Local, None);
                if let Denote::Def(def) = found.denote
                    && self.world.is_class(def)
                {
                    let v = self
                        .values
                        .intern(Val::Class(self.world.through_alias(def)));
                    self.add(base, v, found.rule());
                    if !library {
                        self.mentions.push((at, def, found.rule()));
                    }
                }
            }
        }
        for (i, &name) in rest.iter().enumerate() {
            let last = i + 1 == rest.len();
            let next = if last { to } else { self.fresh() };
            self.add_load(LoadRec {
                to: next,
                base,
                select: Selector::Field(self.world.symbol(frame.file, name)),
                at,
                callee: callee || !last,
                key: GPlace::NOWHERE,
                library,
            });
            base = next;
        }
        if rest.is_empty() {
            self.copy(base, to, Rule::Local);
        }
    }

    fn mention_type(&mut self, at: Attribution, ty: TyId, depth: u32) {
        use crate::solve::types::Ty;
        if depth > 3 {
            return;
        }
        match self.types.get(ty).clone() {
            Ty::Inst(class, args) => {
                if !self.world.is_model(class) {
                    self.mentions.push((at, class, Rule::Import));
                }
                for &arg in args.iter() {
                    self.mention_type(at, arg, depth + 1);
                }
            }
            Ty::Union(all) | Ty::Tuple(all) => {
                for &one in all.iter() {
                    self.mention_type(at, one, depth + 1);
                }
            }
            Ty::Func(inner) | Ty::Meta(inner) => self.mention_type(at, inner, depth + 1),
            _ => {}
        }
    }

    fn seed_call(&mut self, frame: &Frame, index: u32) {
        let call = &self.world.facts(frame.file).calls[index as usize];
        let library = frame.file >= self.world.sources;
        let at = self.at(frame, call.within, call.line);
        let args = call
            .args
            .iter()
            .map(|a| ArgRec {
                place: self.place(frame, a.place),
                kind: match a.kind {
                    ArgKind::Positional => ArgSort::Positional,
                    ArgKind::Keyword(name) => ArgSort::Keyword(self.world.symbol(frame.file, name)),
                    ArgKind::Spread => ArgSort::Spread,
                    ArgKind::KeywordSpread => ArgSort::KeywordSpread,
                },
            })
            .collect();
        let callee = self.place(frame, call.callee);
        self.calls.push(CallRec {
            at,
            callee,
            args,
            result: self.place(frame, call.result),
            kind: call.kind,
            library,
            depth: frame.depth,
            source: (!library).then_some((frame.file, index)),
        });
        self.subscribe(callee, Sub::Call(self.calls.len() as u32 - 1));
    }

    // ---- calls --------------------------------------------------------------------------------

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
            Val::Closure(f, frame) => self.link(call, f, Some(frame), None, rule, How::Direct),
            Val::Bound(f, recv) => {
                let how = self.how(recv);
                self.link(call, f, None, Some(recv), rule, how);
            }
            Val::BoundClosure(of, recv) => {
                if let Val::Closure(f, frame) = self.values.get(of) {
                    self.link(call, f, Some(frame), Some(recv), rule, How::Direct);
                }
            }
            Val::Native(native, function) => self.call_native(call, native, function, rule),
            Val::Class(class) | Val::OwnClass(class) => {
                if kind == CallKind::New
                    || kind == CallKind::Component
                    || self.world.semantics.call_instantiates
                {
                    self.instantiate(call, class, rule);
                }
            }
            Val::Inst(class) | Val::Typed(class, _) | Val::Obj(_, Some(class)) => {
                if let Some(name) = self.world.symbols.get(self.world.semantics.call_member) {
                    self.call_member(call, val, name);
                }
                self.call_through(call, val, class);
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
            to,
            base,
            select: Selector::Field(name),
            at,
            callee: true,
            key: GPlace::NOWHERE,
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
            callee: GPlace::NOWHERE,
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
        let order = self.classes.order(self.world, class);
        order.iter().find_map(|&k| {
            let entries = self.world.entries(k, deref);
            entries.iter().find_map(|e| match e.binding {
                crate::facts::Binding::Def(d) => Some(self.world.gdef(e.file, d)),
                _ => None,
            })
        })
    }

    /// Functions among the arguments are handed to code that nobody reads.
    fn escape(&mut self, call: u32, _at: Attribution) {
        let args: SmallVec<[ArgRec; 3]> = self.calls[call as usize].args.clone();
        for arg in args {
            let at = self.calls[call as usize].at;
            if arg.place != GPlace::NOWHERE {
                self.uses.push((arg.place, at));
                if self.world.has_prototypes() && arg.kind == ArgSort::Positional {
                    self.call_back(call, arg.place);
                }
            }
        }
    }

    /// Who calls code that nobody reads lets it call what is handed to it.
    fn call_back(&mut self, call: u32, function: GPlace) {
        let rec = self.calls[call as usize].clone();
        self.calls.push(CallRec {
            callee: function,
            args: SmallVec::new(),
            result: GPlace::NOWHERE,
            kind: CallKind::Implicit,
            source: None,
            ..rec
        });
        let derived = self.calls.len() as u32 - 1;
        self.subscribe(function, Sub::Call(derived));
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
                || (rec.callee != GPlace::NOWHERE && !self.is_empty(rec.callee))
            {
                continue;
            }
            for arg in self.calls[call as usize].args.clone() {
                if arg.kind != ArgSort::Positional || arg.place == GPlace::NOWHERE {
                    continue;
                }
                let lambda = self.values_of(arg.place).iter().any(|(v, _)| {
                    matches!(self.values.get(*v), Val::Fn(f)
                        if self.world.def(f).flags.has(DefFlags::LAMBDA))
                });
                if lambda {
                    self.call_back(call, arg.place);
                    more = true;
                }
            }
        }
        more
    }

    /// A fresh allocation site; one for all instances of a model class that says `__scalar__`,
    /// since they hold nothing.
    pub(super) fn allocation(&mut self, class: Option<GDef>) -> u32 {
        let scalar = class.is_some_and(|class| {
            self.world
                .symbols
                .get("__scalar__")
                .is_some_and(|name| !self.world.entries(class, name).is_empty())
        });
        if scalar {
            return 0;
        }
        self.allocations += 1;
        self.allocations
    }

    fn instantiate(&mut self, call: u32, class: GDef, rule: Rule) {
        let result = self.calls[call as usize].result;
        let instance = if self.world.is_model(class) {
            match self.allocated.get(&(call, class)) {
                Some(&known) => known,
                None => {
                    let site = self.allocation(Some(class));
                    let v = self.values.intern(Val::Obj(site, Some(class)));
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
        let order = self.classes.order(self.world, class);
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
                    if let crate::facts::Binding::Def(d) = entry.binding {
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
        self.add(bound, function, weaker(rule, Rule::Local));
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
                    callee: bound,
                    args: rest,
                    ..rec
                });
                let derived = self.calls.len() as u32 - 1;
                self.subscribe(bound, Sub::Call(derived));
            }
        }
    }

    /// `f.bind(x, a, b)`: the first parameters of f receive a and b; calls give the others.
    fn bind_arguments(&mut self, function: ValId, bound: GPlace, args: &[ArgRec], result: GPlace) {
        if let Val::Fn(f) | Val::Bound(f, _) = self.values.get(function) {
            let file = self.world.file_of(f);
            for (arg, param) in args.iter().zip(&self.world.def(f).params) {
                let to = self.world.gplace(file, param.place);
                self.copy(arg.place, to, Rule::Callback);
            }
        }
        self.copy(bound, result, Rule::Local);
    }

    /// One use of a model function.
    fn instance_of_model(&mut self, call: u32, f: GDef, recv: Option<ValId>) -> Option<u32> {
        if let Some(&frame) = self.templates.instances.get(&(call, f)) {
            return Some(frame);
        }
        let depth = self.calls[call as usize].depth + 1;
        // Fresh objects of one use may ask for another use, without end: the number is bounded.
        let most = MIN_USES + USES_A_PLACE * self.world.places as usize;
        if depth > MAX_MODEL_DEPTH || self.templates.placed > most {
            return None;
        }
        let at = self.calls[call as usize].at;
        let nested = recv.filter(|_| depth > 1).map(|recv| (at, f, recv));
        if let Some(&frame) = nested.and_then(|key| self.templates.nested.get(&key)) {
            self.templates.instances.insert((call, f), frame);
            return Some(frame);
        }
        let template = self.templates.by_def.get(&f)?.clone();
        self.templates.placed += template.places.len();
        let map = Uses {
            template: template.clone(),
            first: self.fresh_run(template.places.len()),
        };
        let id = self.templates.frames.len() as u32;
        self.templates.frames.push(map.clone());
        self.templates.instances.insert((call, f), id);
        if let Some(key) = nested {
            self.templates.nested.insert(key, id);
        }
        let file = self.world.file_of(f);
        let frame = Frame {
            file,
            map: Some((id, map)),
            at: Some(at),
            depth,
        };
        let facts = self.world.facts(file);
        self.seed_types_of(&frame, f);
        for &flow in &template.flows {
            self.flow(&frame, &facts.flows[flow as usize]);
        }
        for &index in &template.calls {
            self.seed_call(&frame, index);
        }
        Some(id)
    }

    /// Declared types of a model function, in one use of it.
    fn seed_types_of(&mut self, frame: &Frame, f: GDef) {
        let d = self.world.def(f);
        let this = self.world.self_class(f);
        if let Some(ty) = d.ty {
            let ty = self.types.resolve(self.world, frame.file, ty, this);
            let to = self.place(frame, d.ret);
            self.put_type(to, ty, false, Rule::MethodTyped);
        }
    }

    /// Connects a call with one target. `frame` is the use of a model that a closure belongs to.
    pub(super) fn link(
        &mut self,
        call: u32,
        f: GDef,
        frame: Option<u32>,
        recv: Option<ValId>,
        rule: Rule,
        how: How,
    ) {
        if !self.links.insert((call, f, recv, frame)) {
            return;
        }
        let d = self.world.def(f);
        let file = self.world.file_of(f);
        let model = self.world.is_model(f);
        let frame = match (model, frame) {
            (true, None) => {
                self.into_library.insert(call);
                match self.instance_of_model(call, f, recv) {
                    Some(frame) => Some(frame),
                    None => return,
                }
            }
            (_, frame) => frame,
        };
        let map = frame.map(|id| self.templates.frames[id as usize].clone());
        if let Some(id) = frame
            && !self.templates.by_def.contains_key(&f)
        {
            // A closure of a model: its calls count for whoever calls it.
            let at = self.inner_attribution(id, f);
            let sites = self.attributions[self.calls[call as usize].at as usize].clone();
            for site in sites {
                if !self.attributions[at as usize].contains(&site) {
                    self.attributions[at as usize].push(site);
                }
            }
        }
        let place = |p: Place| match &map {
            Some(map) => map.get(p).unwrap_or_else(|| self.world.gplace(file, p)),
            None => self.world.gplace(file, p),
        };
        let receiver = place(d.receiver);
        let ret = place(d.ret);
        let params: SmallVec<[(Symbol, GPlace, ParamKind); 6]> = d
            .params
            .iter()
            .map(|p| (self.world.symbol(file, p.name), place(p.place), p.kind))
            .collect();
        if !model {
            let rule = if self.calls[call as usize].library {
                weaker(rule, Rule::Callback)
            } else {
                rule
            };
            self.target(call, f, rule, how);
        }
        let explicit = self.world.semantics.explicit_receiver;
        let result = self.calls[call as usize].result;
        let closes = d.ty.is_some() || d.flags.has(DefFlags::CONSTRUCTOR);
        if let (Some(&known), Some(recv)) = (self.linked.get(&(call, f, frame)), recv) {
            // The arguments flow already; only the receiver is new.
            let to = if receiver != GPlace::NOWHERE {
                receiver
            } else {
                known
            };
            self.add(to, recv, Rule::Local);
            if closes && result != GPlace::NOWHERE && !d.flags.has(DefFlags::CONSTRUCTOR) {
                self.subscribe(
                    ret,
                    Sub::Close {
                        to: result,
                        recv,
                        rule: Rule::Local,
                    },
                );
            }
            return;
        }
        let mut self_argument = GPlace::NOWHERE;
        let rec = self.calls[call as usize].clone();
        let mut args = rec.args;
        match recv {
            Some(recv) if receiver != GPlace::NOWHERE => self.add(receiver, recv, Rule::Local),
            Some(recv)
                if explicit && d.receiver == Place::NOWHERE && !d.flags.has(DefFlags::STATIC) =>
            {
                let first = self.fresh();
                self_argument = first;
                self.add(first, recv, Rule::Local);
                args.insert(
                    0,
                    ArgRec {
                        place: first,
                        kind: ArgSort::Positional,
                    },
                );
            }
            None if explicit
                && receiver != GPlace::NOWHERE
                && args.first().is_some_and(|a| a.kind == ArgSort::Positional) =>
            {
                let first = args.remove(0);
                self.copy(first.place, receiver, Rule::Local);
                if let Some(&class) = self.world.class_of.get(&f)
                    && self.world.def(class).kind == NodeKind::Interface
                {
                    self.subscribe(first.place, Sub::Dispatch { call, method: f });
                }
            }
            _ => {}
        }
        if recv.is_some() {
            self.linked.insert((call, f, frame), self_argument);
        }
        self.pass(&args, &params);
        if !model
            && rec.result != GPlace::NOWHERE
            && let Some(returned) = self.returns_param.get(&f)
        {
            let results: SmallVec<[(Symbol, GPlace, ParamKind); 6]> = d
                .params
                .iter()
                .map(|p| {
                    let to = if returned.contains(&p.place) {
                        rec.result
                    } else {
                        GPlace::NOWHERE
                    };
                    (self.world.symbol(file, p.name), to, p.kind)
                })
                .collect();
            self.pass(&args, &results);
        }
        let constructs = d.flags.has(DefFlags::CONSTRUCTOR) || (rec.kind == CallKind::New);
        if !constructs && rec.result != GPlace::NOWHERE {
            let step = if rec.kind == CallKind::Decorator {
                Rule::Decorator
            } else {
                Rule::Local
            };
            match recv {
                Some(recv) if self.values.class(recv).is_some() => {
                    self.subscribe(
                        ret,
                        Sub::Close {
                            to: rec.result,
                            recv,
                            rule: step,
                        },
                    );
                }
                _ => self.copy(ret, rec.result, step),
            }
        }
    }

    /// Arguments flow to parameters.
    fn pass(&mut self, args: &[ArgRec], params: &[(Symbol, GPlace, ParamKind)]) {
        let positional: SmallVec<[usize; 6]> = (0..params.len())
            .filter(|&i| matches!(params[i].2, ParamKind::Plain | ParamKind::PositionalOnly))
            .collect();
        let rest = params.iter().find(|p| p.2 == ParamKind::Rest).map(|p| p.1);
        let keyword_rest = params
            .iter()
            .find(|p| p.2 == ParamKind::KeywordRest)
            .map(|p| p.1);
        let at = 0;
        let mut next = 0;
        for arg in args {
            match arg.kind {
                ArgSort::Positional => {
                    if let Some(&i) = positional.get(next) {
                        self.copy(arg.place, params[i].1, Rule::Callback);
                    } else if let Some(rest) = rest {
                        let name = self.index_name(next - positional.len());
                        self.store_into(rest, name, arg.place, at);
                    }
                    next += 1;
                }
                ArgSort::Spread => {
                    let mut offset = 0;
                    while let Some(&i) = positional.get(next + offset) {
                        if offset >= MAX_SPREAD {
                            break;
                        }
                        let name = self.index_name(offset);
                        self.load_into(arg.place, name, params[i].1);
                        offset += 1;
                    }
                    if let Some(rest) = rest {
                        if offset == 0 && next == positional.len() {
                            self.copy(arg.place, rest, Rule::Callback);
                        } else {
                            let element = self.fresh();
                            self.load_element(arg.place, element);
                            self.add_store(rest, Selector::Element, element, at, true);
                        }
                    }
                    next += offset;
                }
                ArgSort::Keyword(name) => {
                    let named = params.iter().find(|p| {
                        p.0 == name && matches!(p.2, ParamKind::Plain | ParamKind::KeywordOnly)
                    });
                    if let Some(p) = named {
                        self.copy(arg.place, p.1, Rule::Callback);
                    } else if let Some(rest) = keyword_rest {
                        match self.key_name(name) {
                            Some(name) => self.store_into(rest, Some(name), arg.place, at),
                            None => self.add_store(rest, Selector::Element, arg.place, at, true),
                        }
                    }
                }
                ArgSort::KeywordSpread => {
                    for p in params
                        .iter()
                        .filter(|p| matches!(p.2, ParamKind::Plain | ParamKind::KeywordOnly))
                    {
                        let name = self.key_name(p.0).or(self.world.symbols.get("[\"\"]"));
                        if let Some(name) = name {
                            self.load_into(arg.place, Some(name), p.1);
                        }
                    }
                    if let Some(rest) = keyword_rest {
                        self.copy(arg.place, rest, Rule::Callback);
                    }
                }
            }
        }
    }

    fn index_name(&mut self, index: usize) -> Option<Symbol> {
        if let Some(&known) = self.templates.names.get(&(true, index)) {
            return Some(known);
        }
        let found = self.world.symbols.get(&format!("[{index}]"))?;
        self.templates.names.insert((true, index), found);
        Some(found)
    }

    fn key_name(&mut self, name: Symbol) -> Option<Symbol> {
        self.world
            .symbols
            .get(&format!("[\"{}\"]", self.world.symbols.text(name)))
    }

    fn store_into(&mut self, base: GPlace, name: Option<Symbol>, from: GPlace, at: Attribution) {
        let select = name.map_or(Selector::Element, Selector::Field);
        self.add_store(base, select, from, at, true);
    }

    fn load_into(&mut self, base: GPlace, name: Option<Symbol>, to: GPlace) {
        let select = name.map_or(Selector::Element, Selector::Field);
        self.add_load(LoadRec {
            to,
            base,
            select,
            at: 0,
            callee: false,
            key: GPlace::NOWHERE,
            library: true,
        });
    }

    fn load_element(&mut self, base: GPlace, to: GPlace) {
        self.load_into(base, None, to);
    }

    /// A trait's method called with its receiver as first argument: the impl for what arrives.
    pub(super) fn dispatch(&mut self, call: u32, method: GDef, val: ValId, rule: Rule) {
        let Some(class) = self.values.class(val) else {
            return;
        };
        let Some(&interface) = self.world.class_of.get(&method) else {
            return;
        };
        let order = self.classes.order(self.world, class);
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
                    crate::facts::Binding::Def(d) => Some(world.gdef(e.file, d)),
                    _ => None,
                })
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

    // ---- what the fixed point left open -------------------------------------------------------

    /// A decorator of which nothing is known passes on what it decorates.
    pub(super) fn pass_undecorated(&mut self) -> bool {
        let mut more = false;
        for call in 0..self.calls.len() {
            let rec = &self.calls[call];
            if rec.kind == CallKind::Decorator
                && rec.result != GPlace::NOWHERE
                && self.is_empty(rec.result)
            {
                let (result, first) = (rec.result, rec.args.first().map(|a| a.place));
                if let Some(first) = first
                    && !self.is_empty(first)
                {
                    self.copy(first, result, Rule::Decorator);
                    more = true;
                }
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
        rank > than && self.classes.is_below(self.world, class, over)
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
            if exact.get(&t.call).is_some_and(|e| {
                e.iter()
                    .any(|&k| self.classes.is_below(self.world, k, class))
            }) {
                continue;
            }
            let below = self.classes.below(class);
            if below.is_empty() {
                continue;
            }
            let owner = self.world.class_of.get(&t.def).copied().unwrap_or(class);
            let mut found: Vec<(GDef, GDef)> = Vec::new();
            for &sub in &below {
                for def in self.implementations(sub, owner, t.def) {
                    let flags = self.world.def(def).flags;
                    if !flags.has(DefFlags::ABSTRACT) && !self.world.is_model(def) {
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
                if !self.links.contains(&(t.call, def, Some(recv), None)) {
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

fn args_unknown(engine: &Engine<'_>, ty: TyId) -> bool {
    match engine.types.get(ty) {
        crate::solve::types::Ty::Inst(_, args) => args.iter().all(|&a| a == TyId::UNKNOWN),
        _ => true,
    }
}

fn flow_places(flow: &Flow) -> Vec<Place> {
    match *flow {
        Flow::Copy { to, from } => vec![to, from],
        Flow::Value { to, .. } | Flow::Text { to, .. } | Flow::Object { to, .. } => vec![to],
        Flow::Typed { to, .. } | Flow::Free { to, .. } | Flow::Path { to, .. } => vec![to],
        Flow::Load {
            to, base, select, ..
        } => match select {
            Select::Computed(key) | Select::Key(key) => vec![to, base, key],
            _ => vec![to, base],
        },
        Flow::Store {
            base, from, select, ..
        } => match select {
            Select::Computed(key) | Select::Key(key) => vec![base, from, key],
            _ => vec![base, from],
        },
        Flow::Super { to, receiver, .. } => vec![to, receiver],
        Flow::Narrow { to, from, .. } => vec![to, from],
        Flow::Use { of, .. } => vec![of],
    }
}

fn call_places(call: &crate::facts::Call) -> Vec<Place> {
    let mut places = vec![call.callee, call.result, call.receiver];
    places.extend(call.args.iter().map(|a| a.place));
    places
}
