//! Uses of library models: a model function's constraints once more, with places of their own.

use crate::facts::{DefFlags, Place};
use crate::solve::board::Cell;
use crate::solve::engine::{Attribution, Engine};
use crate::solve::models::Template;
use crate::solve::places::Slot;
use crate::solve::types::{Ty, TyId};
use crate::solve::values::{Val, ValId};
use crate::solve::world::{GDef, Symbol};
use ripple_schemas::Rule;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::hash::BuildHasher;
use std::sync::Arc;

/// Models that call models are followed this deep.
const MAX_MODEL_DEPTH: u8 = 3;
/// Places that uses of models may take in one unit: this many, and so many a place of its own.
const MIN_USES: usize = 10_000;
const USES_A_PLACE: usize = 3;

/// One use of a model: its places are a run of fresh ones, in the template's order.
#[derive(Clone)]
pub(super) struct Uses {
    template: Arc<Template>,
    first: u32,
    /// Tells it from every other use of the language, whatever the round.
    pub(super) origin: u64,
}

impl Uses {
    pub(super) fn get(&self, place: Place) -> Option<Slot> {
        let at = self.template.places.binary_search(&place).ok()?;
        Some(Slot(self.first + at as u32))
    }
}

/// The uses that a unit makes.
#[derive(Default)]
pub(super) struct Templates {
    frames: Vec<Uses>,
    by_origin: FxHashMap<u64, u32>,
    /// Origins of the uses made here.
    pub(super) made: FxHashSet<u64>,
    /// Places of all uses so far.
    placed: usize,
    instances: FxHashMap<(u32, GDef), u32>,
    /// Uses by other models, shared by all calls that count for the same site and have the same
    /// receiver: without this, models that call models multiply.
    nested: FxHashMap<(Attribution, GDef, ValId), u32>,
    /// Attribution of the calls in a model's inner function: (use, function).
    inner: FxHashMap<(u32, GDef), Attribution>,
    /// Such attributions, with what other units see of them.
    invokes: FxHashMap<Attribution, Slot>,
    /// Attributions that receive the sites of others.
    heirs: FxHashMap<Attribution, Vec<Attribution>>,
    attributed: FxHashSet<(Attribution, Attribution)>,
    pub(super) names: FxHashMap<(bool, usize), Symbol>,
}

/// Where the constraints of a file or of one use of a model are put.
#[derive(Clone)]
pub(super) struct Frame {
    pub(super) file: u32,
    /// Places of this use; all others are shared.
    pub(super) map: Option<(u32, Uses)>,
    /// What calls in here count for; by their own site where there is none.
    pub(super) at: Option<Attribution>,
    pub(super) depth: u8,
}

impl Frame {
    pub(super) fn of_file(file: u32) -> Self {
        Frame {
            file,
            map: None,
            at: None,
            depth: 0,
        }
    }

    /// Names what the constraint `index` makes here.
    pub(super) fn origin(&self, index: u32) -> u64 {
        let place = self
            .map
            .as_ref()
            .map_or(u64::from(self.file), |m| m.1.origin);
        mix(place, u64::from(index))
    }
}

/// Names what the constraints of a file make: by the definition they stand in and how many came
/// before them there, so that a changed body leaves the names of all others as they are.
#[derive(Default)]
pub(super) struct Origins {
    counts: FxHashMap<GDef, u64>,
}

impl Origins {
    pub(super) fn next(&mut self, within: GDef, kind: u64) -> u64 {
        let count = self.counts.entry(within).or_default();
        *count += 1;
        mix(mix(u64::from(within.0), kind), *count)
    }
}

/// A name made of two.
pub(super) fn mix(a: u64, b: u64) -> u64 {
    FxBuildHasher.hash_one((a, b))
}

impl Engine<'_> {
    pub(super) fn frame(&self, id: u32) -> Uses {
        self.templates.frames[id as usize].clone()
    }

    /// What calls in a model's inner function count for: whoever calls that function.
    pub(super) fn inner_attribution(&mut self, frame: u32, def: GDef) -> Attribution {
        let mut def = def;
        while self.world.def(def).flags.has(DefFlags::TRANSPARENT) {
            def = self.world.parent(def);
        }
        if let Some(&at) = self.templates.inner.get(&(frame, def)) {
            return at;
        }
        let origin = self.templates.frames[frame as usize].origin;
        self.attributions.push(SmallVec::new());
        self.attribution_names.push(mix(origin, u64::from(def.0)));
        let at = self.attributions.len() as u32 - 1;
        self.templates.inner.insert((frame, def), at);
        let slot = self.fresh();
        self.share(slot, Cell::Invokes(origin, def));
        self.templates.invokes.insert(at, slot);
        at
    }

    /// Whatever counts for the sites of `from` counts for those of `to`, now and later.
    pub(super) fn attribute(&mut self, from: Attribution, to: Attribution) {
        if from == to || !self.templates.attributed.insert((from, to)) {
            return;
        }
        self.templates.heirs.entry(from).or_default().push(to);
        let mut open = vec![(from, to)];
        while let Some((from, to)) = open.pop() {
            let mut grown = false;
            for site in self.attributions[from as usize].clone() {
                if !self.attributions[to as usize].contains(&site) {
                    self.attributions[to as usize].push(site);
                    grown = true;
                }
            }
            if grown {
                let heirs = self.templates.heirs.get(&to).into_iter().flatten();
                open.extend(heirs.map(|&heir| (to, heir)));
            }
        }
        // What the inner function calls, the outer one does.
        let invokes = |at| self.templates.invokes.get(&at).copied();
        if let (Some(outer), Some(inner)) = (invokes(from), invokes(to)) {
            self.copy(inner, outer, Rule::Local);
        }
    }

    /// Tells other units that hold a model's inner function what it calls.
    pub(super) fn tell_target(&mut self, at: Attribution, def: GDef, rule: Rule) {
        if let Some(&slot) = self.templates.invokes.get(&at) {
            let v = self.values.intern(Val::Fn(def));
            self.add(slot, v, rule);
        }
    }

    /// What an inner function of another unit's use calls.
    pub(super) fn invoked(&mut self, frame: u32, def: GDef) -> Option<Slot> {
        let origin = self.templates.frames[frame as usize].origin;
        if self.templates.made.contains(&origin) {
            return None;
        }
        let at = self.inner_attribution(frame, def);
        self.templates.invokes.get(&at).copied()
    }

    /// The use that an inner function belongs to, which may be another unit's.
    pub(super) fn use_of(&mut self, def: GDef, origin: u64) -> Option<u32> {
        if let Some(&known) = self.templates.by_origin.get(&origin) {
            return Some(known);
        }
        let template = self.models.around(def)?.clone();
        let id = self.place_use(template, origin);
        let uses = self.frame(id);
        for at in 0..uses.template.places.len() as u32 {
            self.share(Slot(uses.first + at), Cell::Frame(origin, at));
        }
        Some(id)
    }

    fn place_use(&mut self, template: Arc<Template>, origin: u64) -> u32 {
        self.templates.placed += template.places.len();
        let first = self.fresh_run(template.places.len());
        let id = self.templates.frames.len() as u32;
        self.templates.frames.push(Uses {
            template,
            first,
            origin,
        });
        self.templates.by_origin.insert(origin, id);
        id
    }

    /// One use of a model function.
    pub(super) fn instance_of_model(
        &mut self,
        call: u32,
        f: GDef,
        recv: Option<ValId>,
    ) -> Option<u32> {
        if let Some(&frame) = self.templates.instances.get(&(call, f)) {
            return Some(frame);
        }
        let depth = self.calls[call as usize].depth + 1;
        // Fresh objects of one use may ask for another use, without end: the number is bounded.
        let most = MIN_USES + USES_A_PLACE * self.unit.count as usize;
        if depth > MAX_MODEL_DEPTH || self.templates.placed > most {
            return None;
        }
        let at = self.calls[call as usize].at;
        let nested = recv.filter(|_| depth > 1).map(|recv| (at, f, recv));
        if let Some(&frame) = nested.and_then(|key| self.templates.nested.get(&key)) {
            self.templates.instances.insert((call, f), frame);
            return Some(frame);
        }
        let template = self.models.template(f)?.clone();
        let origin = match nested {
            Some((at, f, recv)) => {
                let name = self.attribution_names[at as usize];
                mix(mix(name, u64::from(f.0)), self.digest(recv))
            }
            None => mix(self.calls[call as usize].origin, u64::from(f.0)),
        };
        let origin = mix(origin, u64::from(self.unit.number));
        let id = self.place_use(template.clone(), origin);
        let map = self.frame(id);
        self.templates.made.insert(origin);
        for &at in &template.open {
            let slot = Slot(map.first + at);
            self.share(slot, Cell::Frame(origin, at));
            self.look(slot);
        }
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
            self.flow(&frame, frame.origin(flow), &facts.flows[flow as usize]);
        }
        for &index in &template.calls {
            self.seed_call(&frame, frame.origin(u32::MAX - index), index);
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
            if self.by_site() {
                let origin = frame.origin(u32::MAX);
                return self.claim(to, ty, origin);
            }
            self.put_type(to, ty, false, Rule::MethodTyped);
        }
    }

    /// A container made here; one for all instances of a model class that says `__scalar__`, since
    /// they hold nothing.
    pub(super) fn allocate(&mut self, origin: u64, class: Option<GDef>) -> ValId {
        let scalar = class.is_some_and(|class| {
            self.world
                .symbols
                .get("__scalar__")
                .is_some_and(|name| !self.world.entries(class, name).is_empty())
        });
        match scalar {
            true => self.values.intern(Val::Obj(0, class)),
            false => self.make(origin, class),
        }
    }

    /// A container of its own.
    pub(super) fn make(&mut self, origin: u64, class: Option<GDef>) -> ValId {
        let v = self.values.intern(Val::Obj(origin, class));
        self.made.insert(v);
        v
    }

    /// Names a value by what it is, the same in every round and on every thread.
    pub(super) fn digest(&self, val: ValId) -> u64 {
        match self.values.get(val) {
            Val::Bound(f, of) => mix(u64::from(f.0), self.digest(of)),
            Val::Super(f, of) => mix(u64::from(f.0) << 1, self.digest(of)),
            Val::Native(native, of) => mix(native as u64, self.digest(of)),
            Val::BoundClosure(of, recv) => mix(self.digest(of), self.digest(recv)),
            Val::Typed(class, ty) => mix(u64::from(class.0), self.digest_type(ty)),
            Val::Callable(ty) => mix(1, self.digest_type(ty)),
            Val::Tuple(ty) => mix(2, self.digest_type(ty)),
            other => FxBuildHasher.hash_one(other),
        }
    }

    fn digest_type(&self, ty: TyId) -> u64 {
        let all = |tag: u64, list: &[TyId]| {
            list.iter()
                .fold(tag, |name, &ty| mix(name, self.digest_type(ty)))
        };
        match self.types.get(ty) {
            Ty::Inst(class, args) => all(u64::from(class.0), args),
            Ty::Tuple(list) => all(1, list),
            Ty::Union(list) => all(2, list),
            Ty::Func(inner) => mix(3, self.digest_type(*inner)),
            Ty::Meta(inner) => mix(4, self.digest_type(*inner)),
            Ty::Assoc(base, name) => mix(u64::from(name.0), self.digest_type(*base)),
            other => FxBuildHasher.hash_one(other),
        }
    }
}
