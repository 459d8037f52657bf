//! Interfaces that classes implement without saying so, and members promoted by embedding.
//!
//! Goes in: namespaces and the types of embedded fields. Comes out: who has all methods of which
//! interface, and by which embedded fields a member is reached. Values play no part here.

use crate::facts::{Binding, DefFlags, Head, Type, TypeId};
use crate::solve::classes::Classes;
use crate::solve::types::{Ty, Types};
use crate::solve::world::{Denote, GDef, Symbol, World};
use ripple_schemas::NodeKind;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::rc::Rc;
use std::sync::{Arc, PoisonError, RwLock};

/// Embedding is followed this deep.
const MAX_EMBEDDING: usize = 6;

/// How a member that a class lacks is reached.
#[derive(Clone, Debug)]
pub(super) struct Promotion {
    /// The embedded fields, outermost first; never empty.
    pub(super) path: SmallVec<[Symbol; 2]>,
    /// Whose member it is; `None` for a type from outside.
    pub(super) class: Option<GDef>,
}

/// A class's methods by name.
type Methods = FxHashMap<Symbol, GDef>;
type Promoted = FxHashMap<(GDef, Symbol), Option<Arc<Promotion>>>;
type Embedded = SmallVec<[(Symbol, Option<GDef>); 2]>;

/// What structure alone says of classes.
#[derive(Default)]
pub(super) struct Structural {
    /// Interfaces by class, sorted.
    interfaces: FxHashMap<GDef, Vec<GDef>>,
    embedded: FxHashMap<GDef, Embedded>,
    promoted: RwLock<Promoted>,
}

impl Structural {
    /// The interfaces that a class has all methods of.
    pub(super) fn interfaces(&self, class: GDef) -> &[GDef] {
        self.interfaces.get(&class).map_or(&[], Vec::as_slice)
    }

    /// The embedded fields of every class; no interfaces yet.
    pub(super) fn embedding(world: &World, types: &mut Types<'_>) -> Self {
        let mut out = Self::default();
        for file in 0..world.files.len() as u32 {
            for (index, d) in world.facts(file).defs.iter().enumerate() {
                if !d.flags.has(DefFlags::EMBEDDED) {
                    continue;
                }
                let field = world.gdef(file, crate::facts::DefId(index as u32));
                let class = world.parent(field);
                let target = d.ty.and_then(|ty| {
                    let ty = types.resolve(world, file, ty, Some(class));
                    match types.get(ty) {
                        Ty::Inst(base, _) => Some(*base),
                        _ => None,
                    }
                });
                let name = world.symbol(file, d.name);
                out.embedded.entry(class).or_default().push((name, target));
            }
        }
        out
    }

    /// Matches the methods of every class with those of every interface. `subs` hears of each
    /// match: (interface, class).
    pub(super) fn match_interfaces(
        &mut self,
        world: &World,
        classes: &Classes,
        mut subs: impl FnMut(GDef, GDef),
    ) {
        let mut by_method: FxHashMap<(Symbol, usize), Vec<GDef>> = FxHashMap::default();
        let (mut interfaces, mut known) = (Vec::new(), FxHashMap::default());
        for file in 0..world.files.len() as u32 {
            for index in 0..world.facts(file).defs.len() as u32 {
                let class = world.gdef(file, crate::facts::DefId(index));
                match world.def(class).kind {
                    NodeKind::Interface => interfaces.push(class),
                    NodeKind::Class => {
                        let methods = self.methods(world, classes, class, &mut known, 0);
                        for (&name, &method) in methods.iter() {
                            let arity = world.def(method).params.len();
                            by_method.entry((name, arity)).or_default().push(class);
                        }
                    }
                    _ => {}
                }
            }
        }
        for interface in interfaces {
            let wanted = self.methods(world, classes, interface, &mut known, 0);
            let rarest = wanted
                .iter()
                .map(|(&name, &method)| {
                    let arity = world.def(method).params.len();
                    by_method.get(&(name, arity)).map_or(&[][..], |c| c)
                })
                .min_by_key(|c| c.len());
            for &class in rarest.unwrap_or(&[]) {
                let methods = self.methods(world, classes, class, &mut known, 0);
                let fits = wanted.iter().all(|(name, &method)| {
                    methods
                        .get(name)
                        .is_some_and(|&own| same_signature(world, own, method))
                });
                if fits {
                    self.interfaces.entry(class).or_default().push(interface);
                    subs(interface, class);
                }
            }
        }
    }

    fn methods(
        &self,
        world: &World,
        classes: &Classes,
        class: GDef,
        known: &mut FxHashMap<GDef, Rc<Methods>>,
        depth: usize,
    ) -> Rc<Methods> {
        if let Some(found) = known.get(&class) {
            return found.clone();
        }
        let mut out = Methods::default();
        let bases: SmallVec<[GDef; 4]> = match world.def(class).kind {
            NodeKind::Interface => classes.order(world, class).iter().copied().collect(),
            _ => SmallVec::from_elem(class, 1),
        };
        for base in bases {
            for &name in world.listing.get(&base).map_or(&[][..], |l| l) {
                for entry in world.entries(base, name) {
                    if let Binding::Def(def) = entry.binding {
                        let def = world.gdef(entry.file, def);
                        let kind = world.def(def).kind;
                        if matches!(kind, NodeKind::Method | NodeKind::Function) {
                            out.insert(name, def);
                        }
                    }
                }
            }
        }
        if depth < MAX_EMBEDDING {
            for &(_, target) in self.embedded.get(&class).map_or(&[][..], |e| e) {
                if let Some(target) = target {
                    let inner = self.methods(world, classes, target, known, depth + 1);
                    for (&name, &method) in inner.iter() {
                        out.entry(name).or_insert(method);
                    }
                }
            }
        }
        let out = Rc::new(out);
        if depth == 0 {
            known.insert(class, out.clone());
        }
        out
    }

    /// How a member that the class itself lacks is reached: the shallowest embedded type that has
    /// it; where none does, one of which nothing is known.
    pub(super) fn promoted(
        &self,
        world: &World,
        classes: &Classes,
        class: GDef,
        name: Symbol,
    ) -> Option<Arc<Promotion>> {
        if !self.embedded.contains_key(&class) {
            return None;
        }
        let known = self.promoted.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&(class, name)) {
            return known.clone();
        }
        drop(known);
        let found = self.search(world, classes, class, name).map(Arc::new);
        self.promoted
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((class, name), found.clone());
        found
    }

    fn search(
        &self,
        world: &World,
        classes: &Classes,
        class: GDef,
        name: Symbol,
    ) -> Option<Promotion> {
        type Level = Vec<(GDef, SmallVec<[Symbol; 2]>)>;
        let mut level: Level = vec![(class, SmallVec::new())];
        let mut seen: FxHashSet<GDef> = FxHashSet::default();
        let mut unknown = None;
        for _ in 0..MAX_EMBEDDING {
            let mut next: Level = Vec::new();
            for (at, path) in &level {
                for (field, target) in self.embedded.get(at).map_or(&[][..], |e| e) {
                    let mut path = path.clone();
                    path.push(*field);
                    match *target {
                        None => {
                            unknown.get_or_insert(Promotion { path, class: None });
                        }
                        Some(inner) if seen.insert(inner) => {
                            let order = classes.order(world, inner);
                            if order.iter().any(|&k| !world.entries(k, name).is_empty()) {
                                let class = Some(inner);
                                return Some(Promotion { path, class });
                            }
                            next.push((inner, path));
                        }
                        Some(_) => {}
                    }
                }
            }
            level = next;
        }
        unknown
    }
}

/// False where two methods cannot have the same type, as far as their types are spelt.
fn same_signature(world: &World, a: GDef, b: GDef) -> bool {
    let (x, y) = (world.def(a), world.def(b));
    let (file, other) = (world.file_of(a), world.file_of(b));
    // A model may leave a type out.
    let lax = world.is_model(a) || world.is_model(b);
    x.params.len() == y.params.len()
        && (lax
            || x.params.iter().zip(&y.params).all(|(p, q)| {
                p.kind == q.kind && may_be_same(world, (file, p.ty), (other, q.ty), 0)
            }) && may_be_same(world, (file, x.ty), (other, y.ty), 0))
}

/// Whether two types may be one: compared by the last names of their paths.
fn may_be_same(
    world: &World,
    a: (u32, Option<TypeId>),
    b: (u32, Option<TypeId>),
    depth: u32,
) -> bool {
    let (Some(x), Some(y)) = (a.1, b.1) else {
        return a.1.is_none() == b.1.is_none();
    };
    let (x, y) = (
        &world.facts(a.0).types[x.0 as usize],
        &world.facts(b.0).types[y.0 as usize],
    );
    let each = |x: &[TypeId], y: &[TypeId]| {
        x.len() == y.len()
            && x.iter()
                .zip(y)
                .all(|(&p, &q)| may_be_same(world, (a.0, Some(p)), (b.0, Some(q)), depth + 1))
    };
    match (x, y) {
        _ if depth > 3 => true,
        (Type::Named(p, args), Type::Named(q, others)) => {
            let (p, q) = (last_name(world, a.0, p), last_name(world, b.0, q));
            match (p, q) {
                (Some(p), Some(q)) => p == q && (args.len() != others.len() || each(args, others)),
                _ => true,
            }
        }
        (Type::Tuple(p), Type::Tuple(q)) => each(p, q),
        (Type::Function(p, r), Type::Function(q, s)) => {
            each(p, q) && may_be_same(world, (a.0, *r), (b.0, *s), depth + 1)
        }
        _ => true,
    }
}

/// The name a path ends in, through aliases; `None` for a type parameter.
fn last_name(world: &World, file: u32, path: &crate::facts::Path) -> Option<Symbol> {
    match world.path(file, path).denote {
        Denote::Def(def) => {
            let def = world.through_alias(def);
            return Some(world.symbol(world.file_of(def), world.def(def).name));
        }
        Denote::Generic(..) => return None,
        _ => {}
    }
    match (path.rest.last(), path.head) {
        (Some(&last), _) => Some(world.symbol(file, last)),
        (None, Head::Free(name, _)) => Some(world.symbol(file, name)),
        _ => None,
    }
}
