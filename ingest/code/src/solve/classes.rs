//! The class hierarchy: bases with their type arguments, linear order, subtypes.

use crate::facts::{Base, MemberOwner};
use crate::lang::Linearization;
use crate::solve::board::View;
use crate::solve::intern::Interner;
use crate::solve::structural::Structural;
use crate::solve::types::{Ty, TyId, Types};
use crate::solve::values::Val;
use crate::solve::world::{Denote, GDef, GPlace, Symbol, World};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

/// One base of a class.
#[derive(Clone, Copy, Debug)]
pub(super) struct BaseOf {
    pub(super) class: GDef,
    /// As written, with type arguments.
    pub(super) ty: TyId,
    pub(super) implements: bool,
    pub(super) line: u32,
}

#[derive(Default)]
pub(super) struct Classes {
    bases: FxHashMap<GDef, Vec<BaseOf>>,
    /// Classes with a base outside the repository, and which package.
    pub(super) outside: FxHashMap<GDef, Symbol>,
    /// Classes with a base that could not be resolved.
    pub(super) unknown_base: FxHashSet<GDef>,
    subs: FxHashMap<GDef, Vec<GDef>>,
    orders: RwLock<FxHashMap<GDef, Arc<[GDef]>>>,
    /// Bases known only by values: (class, place).
    by_value: Vec<(GDef, GPlace)>,
    /// These classes and those below them.
    unsettled: FxHashSet<GDef>,
    root: Option<GDef>,
    /// Whether a method has rivals for a number of arguments, as far as it was asked for.
    pub(super) rivals: RwLock<FxHashMap<(GDef, u32), bool>>,
    /// What structure says, where the language asks for it.
    pub(super) structural: Structural,
}

/// Classes found for value bases, by class.
pub(super) type ValueBases = BTreeMap<GDef, Vec<GDef>>;

impl Classes {
    pub(super) fn new(world: &World, types: &mut Types<'_>, by_value: &ValueBases) -> Self {
        let mut out = Classes {
            root: world.builtin_class(world.semantics.root_class),
            ..Self::default()
        };
        for file in 0..world.files.len() as u32 {
            let facts = world.facts(file);
            let mut place_defs: Option<FxHashMap<_, _>> = None;
            for inherit in &facts.inherits {
                let owners: SmallVec<[GDef; 1]> = match inherit.class {
                    MemberOwner::Def(def) => SmallVec::from_elem(world.gdef(file, def), 1),
                    MemberOwner::Type(ty) => match facts.types[ty.0 as usize] {
                        crate::facts::Type::Named(ref path, _)
                            if matches!(world.path(file, path).denote, Denote::Generic(..)) =>
                        {
                            continue;
                        }
                        _ => world.owners_of_type(file, ty),
                    },
                };
                for class in owners {
                    match inherit.base {
                        Base::Type(base) => {
                            let ty = types.resolve(world, file, base, Some(class));
                            out.add(types, class, ty, inherit.implements, inherit.line);
                        }
                        Base::Place(place) => {
                            let map = place_defs.get_or_insert_with(|| {
                                let mut map = FxHashMap::default();
                                for (i, d) in facts.defs.iter().enumerate() {
                                    map.insert(
                                        d.place,
                                        Denote::Def(
                                            world.gdef(file, crate::facts::DefId(i as u32)),
                                        ),
                                    );
                                }
                                for (i, import) in facts.imports.iter().enumerate() {
                                    map.insert(
                                        import.to,
                                        world.import(file, crate::facts::ImportId(i as u32)).denote,
                                    );
                                }
                                map
                            });
                            match map.get(&place) {
                                Some(&Denote::Def(def))
                                    if world.is_class(world.through_alias(def)) =>
                                {
                                    let ty =
                                        types.intern(Ty::Inst(world.through_alias(def), [].into()));
                                    out.add(types, class, ty, inherit.implements, inherit.line);
                                }
                                Some(&Denote::Ext(symbol)) => {
                                    out.outside.insert(class, symbol);
                                }
                                _ => {
                                    out.by_value.push((class, world.gplace(file, place)));
                                    match by_value.get(&class) {
                                        Some(found) => {
                                            for &base in found {
                                                let ty = types.intern(Ty::Inst(base, [].into()));
                                                out.add(
                                                    types,
                                                    class,
                                                    ty,
                                                    inherit.implements,
                                                    inherit.line,
                                                );
                                            }
                                        }
                                        None => {
                                            out.unknown_base.insert(class);
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        for index in 0..out.by_value.len() {
            let class = out.by_value[index].0;
            let below = out.below(class);
            out.unsettled.insert(class);
            out.unsettled.extend(below);
        }
        if world.semantics.structural_interfaces {
            let mut structural = Structural::embedding(world, types);
            let mut found = Vec::new();
            structural.match_interfaces(world, &out, |interface, class| {
                found.push((interface, class));
            });
            for (interface, class) in found {
                let subs = out.subs.entry(interface).or_default();
                if !subs.contains(&class) {
                    subs.push(class);
                }
            }
            out.structural = structural;
        }
        out
    }

    fn add(&mut self, types: &Types<'_>, class: GDef, ty: TyId, implements: bool, line: u32) {
        match types.get(ty) {
            Ty::Inst(base, _) if *base != class => {
                let base = *base;
                let bases = self.bases.entry(class).or_default();
                if bases.iter().any(|b| b.class == base && b.ty == ty) {
                    return;
                }
                bases.push(BaseOf {
                    class: base,
                    ty,
                    implements,
                    line,
                });
                let subs = self.subs.entry(base).or_default();
                if !subs.contains(&class) {
                    subs.push(class);
                }
            }
            Ty::Union(all) => {
                for &one in all.iter() {
                    self.add(types, class, one, implements, line);
                }
            }
            Ty::Ext(symbol) => {
                self.outside.insert(class, *symbol);
            }
            Ty::Unknown => {
                self.unknown_base.insert(class);
            }
            _ => {}
        }
    }

    /// True where the class, or one above it, has a base known only by value.
    pub(super) fn is_unsettled(&self, class: GDef) -> bool {
        self.unsettled.contains(&class)
    }

    /// The classes that by now are known to flow to bases known only by value.
    pub(super) fn found_bases(
        &self,
        world: &World,
        values: &Interner<Val>,
        board: View<'_>,
    ) -> ValueBases {
        let mut found = ValueBases::new();
        for &(class, place) in &self.by_value {
            for (val, _) in board.read(world.cell(place), u32::MAX) {
                if let Val::Class(base) | Val::Fn(base) = *values.get(val.0)
                    && base != class
                {
                    let list: &mut Vec<GDef> = found.entry(class).or_default();
                    if !list.contains(&base) {
                        list.push(base);
                    }
                }
            }
        }
        for list in found.values_mut() {
            list.sort_unstable();
        }
        found
    }

    pub(super) fn bases(&self, class: GDef) -> &[BaseOf] {
        self.bases.get(&class).map_or(&[], Vec::as_slice)
    }

    pub(super) fn with_bases(&self) -> impl Iterator<Item = GDef> + '_ {
        self.bases.keys().copied()
    }

    /// The class and its bases in the order in which members are looked up.
    pub(super) fn order(&self, world: &World, class: GDef) -> Arc<[GDef]> {
        let known = self.orders.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = known.get(&class) {
            return known.clone();
        }
        drop(known);
        let mut order = match world.semantics.linearization {
            Linearization::C3 => self
                .c3(class, &mut Vec::new())
                .unwrap_or_else(|| self.depth_first(class)),
            Linearization::DepthFirst => self.depth_first(class),
        };
        if let Some(root) = self.root
            && !order.contains(&root)
        {
            order.push(root);
        }
        let order: Arc<[GDef]> = order.into();
        self.orders
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(class, order.clone());
        order
    }

    fn depth_first(&self, class: GDef) -> Vec<GDef> {
        let (mut out, mut seen, mut stack) = (Vec::new(), FxHashSet::default(), vec![class]);
        while let Some(at) = stack.pop() {
            if seen.insert(at) {
                out.push(at);
                stack.extend(self.bases(at).iter().rev().map(|b| b.class));
            }
        }
        out
    }

    /// The C3 linearization (Barrett et al. 1996; Python's method resolution order); `None` for a
    /// cycle or an inconsistent hierarchy.
    fn c3(&self, class: GDef, path: &mut Vec<GDef>) -> Option<Vec<GDef>> {
        if path.contains(&class) || path.len() > 200 {
            return None;
        }
        path.push(class);
        let mut lists: Vec<Vec<GDef>> = Vec::new();
        for base in self.bases(class) {
            lists.push(self.c3(base.class, path)?);
        }
        path.pop();
        lists.push(self.bases(class).iter().map(|b| b.class).collect());
        let mut out = vec![class];
        loop {
            lists.retain(|l| !l.is_empty());
            if lists.is_empty() {
                return Some(out);
            }
            let next = lists
                .iter()
                .map(|l| l[0])
                .find(|h| lists.iter().all(|l| !l[1..].contains(h)))?;
            out.push(next);
            for list in &mut lists {
                if list[0] == next {
                    list.remove(0);
                }
            }
        }
    }

    /// Every class below `class`, nearest first, without itself.
    pub(super) fn below(&self, class: GDef) -> Vec<GDef> {
        let (mut out, mut seen, mut at) = (Vec::new(), FxHashSet::default(), 0);
        seen.insert(class);
        out.push(class);
        while at < out.len() {
            for &sub in self.subs.get(&out[at]).map_or(&[][..], Vec::as_slice) {
                if seen.insert(sub) {
                    out.push(sub);
                }
            }
            at += 1;
        }
        out.remove(0);
        out
    }

    /// The classes whose direct base this one is.
    pub(super) fn bases_below(&self, class: GDef) -> &[GDef] {
        self.subs.get(&class).map_or(&[], Vec::as_slice)
    }

    pub(super) fn is_below(&self, world: &World, class: GDef, base: GDef) -> bool {
        class == base
            || self.order(world, class).contains(&base)
            || self.structural.interfaces(class).contains(&base)
    }

    /// The outside package a class inherits from, itself or through its bases.
    pub(super) fn outside_base(&self, world: &World, class: GDef) -> Option<Symbol> {
        self.order(world, class)
            .iter()
            .find_map(|c| self.outside.get(c).copied())
    }

    /// What the type parameter `name` of `owner` stands for in `class` with `args`.
    pub(super) fn argument(
        &self,
        world: &World,
        types: &mut Types<'_>,
        class: GDef,
        args: TyId,
        owner: GDef,
        name: Symbol,
    ) -> Option<TyId> {
        self.argument_at(world, types, class, args, owner, name, 0)
    }

    #[allow(clippy::too_many_arguments)]
    fn argument_at(
        &self,
        world: &World,
        types: &mut Types<'_>,
        class: GDef,
        args: TyId,
        owner: GDef,
        name: Symbol,
        depth: u32,
    ) -> Option<TyId> {
        if let Some(known) = direct_argument(world, types, class, args, owner, name) {
            return known;
        }
        if depth > 4 {
            return None;
        }
        for base in self.bases(class) {
            let Ty::Inst(base_class, base_args) = types.get(base.ty).clone() else {
                continue;
            };
            let replaced: Vec<TyId> = base_args
                .iter()
                .map(|&a| {
                    types.substitute(a, &mut |types, t| match *types.get(t) {
                        Ty::Param(o, n) if o != owner || n != name => {
                            direct_argument(world, types, class, args, o, n).flatten()
                        }
                        _ => None,
                    })
                })
                .collect();
            let base_args = types.args(&replaced);
            if let Some(found) =
                self.argument_at(world, types, base_class, base_args, owner, name, depth + 1)
            {
                return Some(found);
            }
        }
        None
    }
}

/// [`Classes::argument`] where the class itself declares the parameter: the argument, if given.
fn direct_argument(
    world: &World,
    types: &Types<'_>,
    class: GDef,
    args: TyId,
    owner: GDef,
    name: Symbol,
) -> Option<Option<TyId>> {
    if let Some(list) = world.impl_params.get(&(owner, name))
        && let Some(&(_, at)) = list.iter().find(|l| l.0 == class)
    {
        return Some(types.arg_list(args).get(at as usize).copied());
    }
    let generics = &world.def(class).generics;
    let file = world.file_of(class);
    let declares =
        owner == class || world.class_of.get(&owner) == Some(&class) || !world.is_class(owner);
    if declares
        && let Some(at) = generics
            .iter()
            .position(|g| world.symbol(file, g.name) == name)
    {
        return Some(types.arg_list(args).get(at).copied());
    }
    None
}
