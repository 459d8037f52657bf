//! Resolved types: closed terms over classes, interned.

use crate::facts::{Type, TypeId};
use crate::solve::intern::Interner;
use crate::solve::world::{Denote, GDef, GPlace, Symbol, World};
use ripple_schemas::NodeKind;
use rustc_hash::FxHashMap;

/// An interned type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct TyId(pub(super) u32);

impl TyId {
    /// Nothing is known; also "no type arguments".
    pub(super) const UNKNOWN: TyId = TyId(0);
}

/// Type arguments deeper than this are forgotten.
const MAX_DEPTH: u32 = 3;
/// A type that came of replacing parameters and is deeper than this is forgotten.
const MAX_GROWN: u32 = 10;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Ty {
    Unknown,
    /// A class with its type arguments.
    Inst(GDef, Box<[TyId]>),
    Param(GDef, Symbol),
    /// `Self` in that class.
    SelfOf(GDef),
    Func(TyId),
    Tuple(Box<[TyId]>),
    Union(Box<[TyId]>),
    Meta(TyId),
    Ext(Symbol),
    /// Whatever a place holds.
    Of(GPlace),
    Assoc(TyId, Symbol),
}

/// One thread's view of the types that all share.
pub(super) struct Types<'s> {
    shared: &'s Interner<Ty>,
    known: FxHashMap<Ty, TyId>,
    resolved: FxHashMap<(u32, TypeId, Option<GDef>), TyId>,
}

/// What all threads share: the type that [`TyId::UNKNOWN`] stands for comes first.
pub(super) fn interner() -> Interner<Ty> {
    let interner = Interner::new();
    interner.intern(&Ty::Unknown);
    interner
}

impl<'s> Types<'s> {
    pub(super) fn new(shared: &'s Interner<Ty>) -> Self {
        Types {
            shared,
            known: FxHashMap::default(),
            resolved: FxHashMap::default(),
        }
    }

    pub(super) fn get(&self, id: TyId) -> &'s Ty {
        self.shared.get(id.0)
    }

    pub(super) fn intern(&mut self, ty: Ty) -> TyId {
        if let Some(&id) = self.known.get(&ty) {
            return id;
        }
        let id = TyId(self.shared.intern(&ty));
        self.known.insert(ty, id);
        id
    }

    /// The arguments of an instance as one id (a tuple type); `UNKNOWN` for none.
    pub(super) fn args(&mut self, args: &[TyId]) -> TyId {
        if args.iter().all(|&a| a == TyId::UNKNOWN) {
            return TyId::UNKNOWN;
        }
        self.intern(Ty::Tuple(args.into()))
    }

    /// The arguments behind such an id.
    pub(super) fn arg_list(&self, args: TyId) -> &'s [TyId] {
        match self.get(args) {
            Ty::Tuple(list) => list,
            _ => &[],
        }
    }

    /// Resolves a type expression written in `file`, inside the class `this`.
    pub(super) fn resolve(
        &mut self,
        world: &World,
        file: u32,
        ty: TypeId,
        this: Option<GDef>,
    ) -> TyId {
        self.resolve_at(world, file, ty, this, 0)
    }

    fn resolve_at(
        &mut self,
        world: &World,
        file: u32,
        ty: TypeId,
        this: Option<GDef>,
        depth: u32,
    ) -> TyId {
        if depth > MAX_DEPTH {
            return TyId::UNKNOWN;
        }
        if let Some(&known) = self.resolved.get(&(file, ty, this)) {
            return known;
        }
        let each = |types: &mut Self, list: &[TypeId]| -> Box<[TyId]> {
            list.iter()
                .map(|&t| types.resolve_at(world, file, t, this, depth + 1))
                .collect()
        };
        let resolved = match &world.facts(file).types[ty.0 as usize] {
            Type::Named(path, args) => {
                let found = world.path(file, path);
                match found.denote {
                    Denote::Def(def) => self.named(world, file, def, args, this, depth),
                    Denote::SelfType(class) => self.intern(Ty::SelfOf(class)),
                    Denote::Generic(owner, name) => self.intern(Ty::Param(owner, name)),
                    Denote::Ext(symbol) => self.intern(Ty::Ext(symbol)),
                    Denote::Place(place) => {
                        let of = self.intern(Ty::Of(place));
                        self.intern(Ty::Assoc(of, Symbol(u32::MAX)))
                    }
                    Denote::Module(_) | Denote::Set(_) | Denote::Missing => {
                        self.associated_path(world, file, path, this, depth)
                    }
                }
            }
            Type::SelfType => match this {
                Some(class) => self.intern(Ty::SelfOf(class)),
                None => TyId::UNKNOWN,
            },
            Type::Function(_, ret) => {
                let ret = ret.map_or(TyId::UNKNOWN, |r| {
                    self.resolve_at(world, file, r, this, depth + 1)
                });
                self.intern(Ty::Func(ret))
            }
            Type::Union(all) | Type::Bound(all) => {
                let all = each(self, all);
                self.intern(Ty::Union(all))
            }
            Type::Tuple(all) => {
                let all = each(self, all);
                self.intern(Ty::Tuple(all))
            }
            Type::Associated(base, name) => {
                let base = self.resolve_at(world, file, *base, this, depth + 1);
                self.intern(Ty::Assoc(base, world.symbol(file, *name)))
            }
            Type::Of(place) => self.intern(Ty::Of(world.gplace(file, *place))),
            Type::Meta(inner) => {
                let inner = self.resolve_at(world, file, *inner, this, depth + 1);
                self.intern(Ty::Meta(inner))
            }
            Type::Unknown => TyId::UNKNOWN,
        };
        if depth == 0 {
            self.resolved.insert((file, ty, this), resolved);
        }
        resolved
    }

    /// `T::Item`, `Self::Output` written as a path whose last step is no member.
    fn associated_path(
        &mut self,
        world: &World,
        file: u32,
        path: &crate::facts::Path,
        _this: Option<GDef>,
        _depth: u32,
    ) -> TyId {
        let Some((&last, rest)) = path.rest.split_last() else {
            return TyId::UNKNOWN;
        };
        let head = crate::facts::Path {
            head: path.head,
            rest: rest.to_vec(),
        };
        let base = match world.path(file, &head).denote {
            Denote::Generic(owner, name) => self.intern(Ty::Param(owner, name)),
            Denote::SelfType(class) => self.intern(Ty::SelfOf(class)),
            Denote::Def(def) if world.is_class(def) => self.intern(Ty::Inst(def, [].into())),
            _ => return TyId::UNKNOWN,
        };
        self.intern(Ty::Assoc(base, world.symbol(file, last)))
    }

    fn named(
        &mut self,
        world: &World,
        file: u32,
        def: GDef,
        args: &[TypeId],
        this: Option<GDef>,
        depth: u32,
    ) -> TyId {
        let args: Box<[TyId]> = args
            .iter()
            .map(|&t| self.resolve_at(world, file, t, this, depth + 1))
            .collect();
        let d = world.def(def);
        match (d.kind, d.ty) {
            // An alias: its own type with its parameters replaced.
            (NodeKind::Type, Some(target)) => {
                let target = self.resolve_at(
                    world,
                    world.file_of(def),
                    target,
                    world.self_class(def),
                    depth + 1,
                );
                let names: Vec<Symbol> = d
                    .generics
                    .iter()
                    .map(|g| world.symbol(world.file_of(def), g.name))
                    .collect();
                self.substitute(target, &mut |types, ty| match *types.get(ty) {
                    Ty::Param(owner, name) if owner == def => {
                        let at = names.iter().position(|&n| n == name)?;
                        args.get(at).copied()
                    }
                    _ => None,
                })
            }
            (NodeKind::Class | NodeKind::Interface | NodeKind::Type, _) => {
                self.intern(Ty::Inst(def, args))
            }
            // A variable that holds a class (`Point = namedtuple(…)`).
            _ => {
                let of = self.intern(Ty::Of(world.gplace(world.file_of(def), d.place)));
                self.intern(Ty::Assoc(of, Symbol(u32::MAX)))
            }
        }
    }

    /// Replaces every subterm for which `by` gives another. A parameter that stands for a type with
    /// that parameter in it would grow for ever: what has grown too deep is forgotten.
    pub(super) fn substitute(
        &mut self,
        ty: TyId,
        by: &mut dyn FnMut(&mut Types<'s>, TyId) -> Option<TyId>,
    ) -> TyId {
        let out = self.replace(ty, by);
        if out != ty && self.is_deeper(out, MAX_GROWN) {
            return TyId::UNKNOWN;
        }
        out
    }

    fn is_deeper(&self, ty: TyId, than: u32) -> bool {
        match self.get(ty) {
            _ if than == 0 => true,
            Ty::Inst(_, list) | Ty::Tuple(list) | Ty::Union(list) => {
                list.iter().any(|&t| self.is_deeper(t, than - 1))
            }
            Ty::Func(inner) | Ty::Meta(inner) | Ty::Assoc(inner, _) => {
                self.is_deeper(*inner, than - 1)
            }
            _ => false,
        }
    }

    fn replace(
        &mut self,
        ty: TyId,
        by: &mut dyn FnMut(&mut Types<'s>, TyId) -> Option<TyId>,
    ) -> TyId {
        if let Some(other) = by(self, ty) {
            return other;
        }
        match self.get(ty).clone() {
            Ty::Inst(class, args) if !args.is_empty() => {
                let args = args.iter().map(|&a| self.replace(a, by)).collect();
                self.intern(Ty::Inst(class, args))
            }
            Ty::Tuple(all) => {
                let all = all.iter().map(|&a| self.replace(a, by)).collect();
                self.intern(Ty::Tuple(all))
            }
            Ty::Union(all) => {
                let all = all.iter().map(|&a| self.replace(a, by)).collect();
                self.intern(Ty::Union(all))
            }
            Ty::Func(ret) => {
                let ret = self.replace(ret, by);
                self.intern(Ty::Func(ret))
            }
            Ty::Meta(inner) => {
                let inner = self.replace(inner, by);
                self.intern(Ty::Meta(inner))
            }
            Ty::Assoc(base, name) => {
                let base = self.replace(base, by);
                self.intern(Ty::Assoc(base, name))
            }
            _ => ty,
        }
    }

    /// True where the type mentions a type parameter or `Self`.
    pub(super) fn is_open(&self, ty: TyId) -> bool {
        match self.get(ty) {
            Ty::Param(..) | Ty::SelfOf(_) => true,
            Ty::Inst(_, list) | Ty::Tuple(list) | Ty::Union(list) => {
                list.iter().any(|&t| self.is_open(t))
            }
            Ty::Func(inner) | Ty::Meta(inner) | Ty::Assoc(inner, _) => self.is_open(*inner),
            Ty::Unknown | Ty::Ext(_) | Ty::Of(_) => false,
        }
    }
}
