//! What other files can know of a file without running it: everything but its bodies.
//!
//! Goes in: a file's facts. Comes out: a hash that stays the same while only bodies change. Names
//! count by their text and types by their structure, since their numbers move with the bodies.

use crate::facts::{
    Base, Binding, FileFacts, Head, Imported, MemberOwner, Name, Path, Type, TypeId,
};
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// Types are told apart so deep.
const MAX_DEPTH: u32 = 8;

pub(super) fn digest(facts: &FileFacts) -> u64 {
    let mut out = Digest {
        facts,
        hasher: FxHasher::default(),
    };
    out.defs();
    out.members();
    out.imports();
    for inherit in &facts.inherits {
        out.owner(&inherit.class);
        match inherit.base {
            Base::Type(ty) => out.ty(ty, 0),
            // Where its place is may change with a body: never the same.
            Base::Place(place) => (2, place).hash(&mut out.hasher),
        }
        (inherit.implements, inherit.line).hash(&mut out.hasher);
    }
    out.hasher.finish()
}

struct Digest<'a> {
    facts: &'a FileFacts,
    hasher: FxHasher,
}

impl Digest<'_> {
    fn name(&mut self, name: Name) {
        self.facts.names[name.0 as usize].hash(&mut self.hasher);
    }

    fn defs(&mut self) {
        let facts = self.facts;
        facts.defs.len().hash(&mut self.hasher);
        for d in &facts.defs {
            (d.kind as u8, d.parent, d.signature, d.flags).hash(&mut self.hasher);
            self.name(d.name);
            if let Some(name) = d.disambiguator {
                self.name(name);
            }
            (d.receiver == crate::facts::Place::NOWHERE).hash(&mut self.hasher);
            d.params.len().hash(&mut self.hasher);
            for param in &d.params {
                self.name(param.name);
                (param.kind as u8).hash(&mut self.hasher);
                self.optional(param.ty);
            }
            self.optional(d.ty);
            for generic in &d.generics {
                self.name(generic.name);
                for &bound in &generic.bounds {
                    self.ty(bound, 0);
                }
            }
        }
    }

    fn members(&mut self) {
        let facts = self.facts;
        facts.members.len().hash(&mut self.hasher);
        for member in &facts.members {
            self.owner(&member.owner);
            self.name(member.name);
            member.instance.hash(&mut self.hasher);
            match member.binding {
                Binding::Def(def) => (0, def.0).hash(&mut self.hasher),
                Binding::Import(import) => (1, import.0).hash(&mut self.hasher),
                Binding::Place(_) => 2.hash(&mut self.hasher),
            }
        }
    }

    fn imports(&mut self) {
        let facts = self.facts;
        facts.imports.len().hash(&mut self.hasher);
        for import in &facts.imports {
            self.name(import.module);
            match import.name {
                Imported::Module => 0.hash(&mut self.hasher),
                Imported::Star => 1.hash(&mut self.hasher),
                Imported::Name(name) => self.name(name),
            }
            (import.within, import.kind).hash(&mut self.hasher);
        }
    }

    fn owner(&mut self, owner: &MemberOwner) {
        match owner {
            MemberOwner::Def(def) => def.hash(&mut self.hasher),
            MemberOwner::Type(ty) => self.ty(*ty, 0),
        }
    }

    fn optional(&mut self, ty: Option<TypeId>) {
        ty.is_some().hash(&mut self.hasher);
        if let Some(ty) = ty {
            self.ty(ty, 0);
        }
    }

    fn ty(&mut self, ty: TypeId, depth: u32) {
        if depth > MAX_DEPTH {
            return;
        }
        let ty = &self.facts.types[ty.0 as usize];
        std::mem::discriminant(ty).hash(&mut self.hasher);
        let list: &[TypeId] = match ty {
            Type::Named(path, args) => {
                self.path(path);
                args
            }
            Type::Function(params, ret) => {
                self.optional(*ret);
                params
            }
            Type::Union(all) | Type::Tuple(all) | Type::Bound(all) => all,
            Type::Associated(of, name) => {
                self.name(*name);
                return self.ty(*of, depth + 1);
            }
            Type::Meta(of) => return self.ty(*of, depth + 1),
            Type::Of(place) => return place.hash(&mut self.hasher),
            Type::SelfType | Type::Unknown => return,
        };
        list.len().hash(&mut self.hasher);
        for &one in list {
            self.ty(one, depth + 1);
        }
    }

    fn path(&mut self, path: &Path) {
        std::mem::discriminant(&path.head).hash(&mut self.hasher);
        match path.head {
            Head::Def(def) | Head::SelfType(def) => def.hash(&mut self.hasher),
            Head::Import(import) => import.hash(&mut self.hasher),
            Head::Generic(def, name) | Head::Free(name, def) => {
                def.hash(&mut self.hasher);
                self.name(name);
            }
            Head::Place(place) => place.hash(&mut self.hasher),
        }
        for &name in &path.rest {
            self.name(name);
        }
    }
}
