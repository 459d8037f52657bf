//! Paths and types.
//!
//! Goes in: a path or type node. Comes out: a [`Path`] whose head the file's scopes bind, a type
//! expression, or which constructor a path names. What a path leads to in other files is the
//! solver's to find.

use super::grammar::{Kind, children};
use super::lower::{Lower, SelfType, Shape, camel, shouting};
use crate::facts::*;
use crate::lang::builder::Bound;
use ripple_schemas::NodeKind;
use smallvec::SmallVec;
use tree_sitter::Node;

/// Where a path starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// With its first name.
    Name,
    /// `::x`: an extern crate.
    Root,
    /// `crate`, or `$crate`.
    Crate,
    /// `self`, the module.
    Module,
    /// `super`, so many times.
    Super(u32),
    /// `Self`.
    SelfType,
    /// `<T>` or `<T as Trait>`.
    Type(TypeId),
}

/// A path as written.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    pub(super) start: Start,
    pub(super) names: SmallVec<[Name; 4]>,
    /// Type arguments of the last segment, and of the one before.
    pub(super) args: Option<Vec<TypeId>>,
    pub(super) owner_args: Option<Vec<TypeId>>,
    /// The trait of `<T as Trait>`.
    pub(super) via: Option<Name>,
}

/// What a path is in expression position.
#[derive(Clone, Debug)]
pub(super) enum Resolved {
    /// A local variable.
    Local(Place),
    /// A definition of this file, nothing after it.
    Def(DefId),
    /// To be walked by the solver.
    Path(Path),
    /// Members of a type that has no path (a tuple, a function).
    OnType(TypeId, SmallVec<[Name; 4]>),
    /// `self` alone outside a method, an unreadable path.
    Nothing,
}

/// A constructor: a struct, or a variant of an enum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Constructor {
    /// The struct or enum.
    pub(super) ty: TypeId,
    /// The variant.
    pub(super) variant: Option<Name>,
}

impl Lower {
    /// Reads a path of any of the grammar's shapes.
    pub(super) fn parts(&mut self, node: Node<'_>) -> Parts {
        let mut parts = Parts {
            start: Start::Name,
            names: SmallVec::new(),
            args: None,
            owner_args: None,
            via: None,
        };
        self.deeper(self.line(node), |lower| lower.gather(node, &mut parts));
        parts
    }

    fn gather(&mut self, node: Node<'_>, parts: &mut Parts) {
        match self.kind(node) {
            Kind::ScopedIdentifier | Kind::ScopedTypeIdentifier => {
                match self.field(node, self.g.fields.path) {
                    Some(path) => self.deeper(0, |lower| lower.gather(path, parts)),
                    None => parts.start = Start::Root,
                }
                if let Some(name) = self.field(node, self.g.fields.name) {
                    parts.owner_args = parts.args.take();
                    self.gather(name, parts);
                }
            }
            Kind::GenericType
            | Kind::GenericTypeWithTurbofish
            | Kind::GenericFunction
            | Kind::GenericPattern => {
                let inner = self
                    .field(node, self.g.fields.type_)
                    .or_else(|| self.field(node, self.g.fields.function))
                    .or_else(|| node.named_child(0));
                if let Some(inner) = inner {
                    self.gather(inner, parts);
                }
                if let Some(args) = self.field(node, self.g.fields.type_arguments) {
                    parts.args = Some(self.type_args(args));
                }
            }
            Kind::BracketedType => {
                let Some(inner) = node.named_child(0) else {
                    return;
                };
                if self.kind(inner) == Kind::QualifiedType {
                    let ty = self.field(inner, self.g.fields.type_);
                    let via = self.field(inner, self.g.fields.alias);
                    if let Some(ty) = ty {
                        parts.start = Start::Type(self.ty(ty));
                    }
                    parts.via = via.and_then(|via| self.parts(via).names.last().copied());
                } else {
                    parts.start = Start::Type(self.ty(inner));
                }
            }
            Kind::Crate => parts.start = Start::Crate,
            Kind::Super => {
                parts.start = match parts.start {
                    Start::Super(n) => Start::Super(n + 1),
                    _ => Start::Super(1),
                }
            }
            Kind::SelfKeyword => parts.start = Start::Module,
            Kind::Metavariable if self.text(node) == "$crate" => parts.start = Start::Crate,
            _ => {
                if parts.names.is_empty() && parts.start == Start::Name && self.text(node) == "Self"
                {
                    parts.start = Start::SelfType;
                } else {
                    let name = self.name(node);
                    parts.names.push(name);
                }
            }
        }
    }

    /// `crate::a::b` as the text of a module specifier, relative to the file: what an inline module
    /// writes as `self::` and `super::` is translated.
    pub(super) fn specifier(&mut self, start: Start, names: &[Name]) -> Name {
        let mut text = String::new();
        match start {
            Start::Crate => text.push_str("crate"),
            Start::Module => self.push_inline(&mut text, 0),
            Start::Super(n) => self.push_inline(&mut text, n as usize),
            _ => {}
        }
        for &name in names {
            if !text.is_empty() {
                text.push_str("::");
            }
            text.push_str(self.b.text(name));
        }
        self.b.name(&text)
    }

    fn push_inline(&self, text: &mut String, up: usize) {
        match self.inline.len().checked_sub(up) {
            Some(keep) => {
                text.push_str("self");
                for &name in &self.inline[..keep] {
                    text.push_str("::");
                    text.push_str(self.b.text(name));
                }
            }
            None => {
                for i in 0..up - self.inline.len() {
                    text.push_str(if i == 0 { "super" } else { "::super" });
                }
            }
        }
    }

    /// What a path means here.
    pub(super) fn resolve(&mut self, parts: &Parts, line: u32) -> Resolved {
        let names = &parts.names;
        let path = |head, rest: &[Name]| {
            Resolved::Path(Path {
                head,
                rest: rest.to_vec(),
            })
        };
        match parts.start {
            Start::Crate | Start::Module | Start::Super(_) => {
                let specifier = self.specifier(parts.start, &[]);
                let id = self.module_import(specifier, line, ImportKind::Implicit);
                path(Head::Import(id), names)
            }
            Start::Root => {
                let Some((&first, rest)) = names.split_first() else {
                    return Resolved::Nothing;
                };
                let id = self.module_import(first, line, ImportKind::Static);
                path(Head::Import(id), rest)
            }
            Start::SelfType => match self.self_type {
                SelfType::Impl(ty) => self.on_type(ty, names, None),
                SelfType::Trait(def) => path(Head::SelfType(def), names),
                SelfType::None => Resolved::Nothing,
            },
            Start::Type(ty) => self.on_type(ty, names, parts.via),
            Start::Name => {
                let Some((&first, rest)) = names.split_first() else {
                    return Resolved::Nothing;
                };
                match self.lookup(first) {
                    Some(Bound::Place(place)) if rest.is_empty() => Resolved::Local(place),
                    Some(Bound::Place(place)) => path(Head::Place(place), rest),
                    Some(Bound::Def(def)) if rest.is_empty() => Resolved::Def(def),
                    Some(Bound::Def(def)) => path(Head::Def(def), rest),
                    Some(Bound::Import(id)) => path(Head::Import(id), rest),
                    Some(Bound::Generic(def)) => {
                        let (def, first) = self
                            .aliases
                            .get(&(def, first))
                            .copied()
                            .unwrap_or((def, first));
                        path(Head::Generic(def, first), rest)
                    }
                    None => path(self.unbound(first, rest, line), rest),
                }
            }
        }
    }

    /// The head of a path that no scope binds: an extern crate where it can be one, else what a
    /// glob import or the prelude brings.
    fn unbound(&mut self, first: Name, rest: &[Name], line: u32) -> Head {
        let text = self.b.text(first);
        let crate_like = !rest.is_empty()
            && !self.model
            && !text.starts_with(char::is_uppercase)
            && !primitive(text);
        if crate_like && (!self.globs || matches!(text, "std" | "core" | "alloc")) {
            Head::Import(self.module_import(first, line, ImportKind::Static))
        } else {
            Head::Free(first, self.b.current())
        }
    }

    /// The other reading of a path that starts with a name no scope binds, where a glob import is
    /// around: an extern crate.
    pub(super) fn or_crate(&mut self, path: &Path, line: u32) -> Option<Path> {
        let Head::Free(first, _) = path.head else {
            return None;
        };
        let text = self.b.text(first);
        if path.rest.is_empty()
            || self.model
            || text.starts_with(char::is_uppercase)
            || primitive(text)
        {
            return None;
        }
        let id = self.module_import(first, line, ImportKind::Optional);
        Some(Path {
            head: Head::Import(id),
            rest: path.rest.clone(),
        })
    }

    fn on_type(&mut self, ty: TypeId, names: &[Name], via: Option<Name>) -> Resolved {
        let mut names: SmallVec<[Name; 4]> = names.into();
        if let (Some(via), Some(first)) = (via, names.first_mut()) {
            *first = self.through(via, *first);
        }
        match &self.b.facts.types[ty.0 as usize] {
            Type::Named(path, _) => {
                let mut path = path.clone();
                path.rest.extend(names);
                match path {
                    Path {
                        head: Head::Def(def),
                        rest,
                    } if rest.is_empty() => Resolved::Def(def),
                    path => Resolved::Path(path),
                }
            }
            _ => Resolved::OnType(ty, names),
        }
    }

    /// `Trait::name`, the second name of a trait's method.
    pub(super) fn through(&mut self, trait_name: Name, name: Name) -> Name {
        let text = format!("{}::{}", self.b.text(trait_name), self.b.text(name));
        self.b.name(&text)
    }

    // Types

    /// Reads a type.
    pub(super) fn ty(&mut self, node: Node<'_>) -> TypeId {
        self.deeper(self.line(node), |lower| Some(lower.read_type(node)))
            .unwrap_or_else(|| self.b.ty(Type::Unknown))
    }

    fn read_type(&mut self, node: Node<'_>) -> TypeId {
        let f = &self.g.fields;
        match self.kind(node) {
            Kind::PrimitiveType => {
                let name = self.name(node);
                self.free_type(name, Vec::new())
            }
            Kind::ReferenceType | Kind::PointerType => match self.field(node, f.type_) {
                Some(inner) => self.ty(inner),
                None => self.b.ty(Type::Unknown),
            },
            Kind::HigherRankedTraitBound => match self.field(node, f.type_) {
                Some(inner) => self.ty(inner),
                None => self.b.ty(Type::Unknown),
            },
            Kind::TupleType => {
                let parts = self.types_in(node);
                self.b.ty(Type::Tuple(parts))
            }
            Kind::UnitType | Kind::UnitExpression => self.b.ty(Type::Tuple(Vec::new())),
            Kind::ArrayType => {
                let element = self.field(node, f.element).map(|element| self.ty(element));
                let slice = self.b.name("slice");
                self.free_type(slice, element.into_iter().collect())
            }
            Kind::FunctionType => {
                let params = self.field(node, f.parameters);
                let params = params
                    .map(|params| self.param_types(params))
                    .unwrap_or_default();
                let ret = self.field(node, f.return_type).map(|ret| self.ty(ret));
                self.b.ty(Type::Function(params, ret))
            }
            Kind::DynamicType | Kind::AbstractType => {
                let mut bounds = Vec::new();
                if let Some(inner) = self.field(node, f.trait_) {
                    self.bounds_in(inner, &mut bounds);
                }
                self.bound(bounds)
            }
            Kind::BoundedType => {
                let mut bounds = Vec::new();
                self.bounds_in(node, &mut bounds);
                self.bound(bounds)
            }
            Kind::TypeIdentifier
            | Kind::Identifier
            | Kind::ScopedTypeIdentifier
            | Kind::ScopedIdentifier
            | Kind::GenericType
            | Kind::GenericTypeWithTurbofish
            | Kind::SelfKeyword
            | Kind::BracketedType => {
                let parts = self.parts(node);
                self.type_of(parts, self.line(node))
            }
            _ => self.b.ty(Type::Unknown),
        }
    }

    /// A type of the prelude or of a glob import.
    pub(super) fn free_type(&mut self, name: Name, args: Vec<TypeId>) -> TypeId {
        // Primitive types mean the same wherever they are written: one scope keeps them shared.
        let scope = if self.globs {
            self.b.current()
        } else {
            DefId(0)
        };
        self.b.ty(Type::Named(
            Path {
                head: Head::Free(name, scope),
                rest: Vec::new(),
            },
            args,
        ))
    }

    /// The type that a path names.
    pub(super) fn type_of(&mut self, parts: Parts, line: u32) -> TypeId {
        let associated = match parts.start {
            Start::SelfType => parts.names.len() == 1,
            Start::Type(_) => parts.names.len() == 1,
            _ => false,
        };
        if associated {
            let of = match (parts.start, self.self_type) {
                (Start::Type(ty), _) => ty,
                (_, SelfType::Impl(ty)) => ty,
                _ => self.b.ty(Type::SelfType),
            };
            return self.b.ty(Type::Associated(of, parts.names[0]));
        }
        let args = parts.args.clone().unwrap_or_default();
        match (parts.start, self.self_type) {
            (Start::SelfType, SelfType::Impl(ty)) if parts.names.is_empty() => return ty,
            (Start::SelfType, _) if parts.names.is_empty() => return self.b.ty(Type::SelfType),
            (Start::Type(ty), _) if parts.names.is_empty() => return ty,
            _ => {}
        }
        if parts.start == Start::Name
            && parts.names.len() == 1
            && self.lookup(parts.names[0]).is_none()
        {
            return self.free_type(parts.names[0], args);
        }
        match self.resolve(&parts, line) {
            Resolved::Def(def) => self.b.ty(Type::Named(
                Path {
                    head: Head::Def(def),
                    rest: Vec::new(),
                },
                args,
            )),
            Resolved::Path(Path {
                head: Head::Generic(def, name),
                rest,
            }) if rest.len() == 1 => {
                let of = Type::Named(
                    Path {
                        head: Head::Generic(def, name),
                        rest: vec![],
                    },
                    vec![],
                );
                let of = self.b.ty(of);
                self.b.ty(Type::Associated(of, rest[0]))
            }
            Resolved::Path(path) => self.b.ty(Type::Named(path, args)),
            _ => self.b.ty(Type::Unknown),
        }
    }

    fn bound(&mut self, mut bounds: Vec<TypeId>) -> TypeId {
        match bounds.len() {
            0 => self.b.ty(Type::Unknown),
            1 if matches!(self.b.facts.types[bounds[0].0 as usize], Type::Function(..)) => {
                bounds.remove(0)
            }
            _ => self.b.ty(Type::Bound(bounds)),
        }
    }

    /// Collects `A + B`, `: A + B`, leaving lifetimes and `?Sized` out.
    pub(super) fn bounds_in(&mut self, node: Node<'_>, out: &mut Vec<TypeId>) {
        match self.kind(node) {
            Kind::BoundedType | Kind::TraitBounds => {
                for child in children(node) {
                    self.deeper(0, |lower| lower.bounds_in(child, out));
                }
            }
            Kind::Lifetime
            | Kind::RemovedTraitBound
            | Kind::LineComment
            | Kind::BlockComment
            | Kind::Other => {}
            Kind::AbstractType | Kind::DynamicType => {
                if let Some(inner) = self.field(node, self.g.fields.trait_) {
                    self.deeper(0, |lower| lower.bounds_in(inner, out));
                }
            }
            _ => {
                let ty = self.ty(node);
                out.push(ty);
            }
        }
    }

    fn types_in(&mut self, node: Node<'_>) -> Vec<TypeId> {
        let mut out = Vec::new();
        for child in children(node) {
            if !matches!(
                self.kind(child),
                Kind::LineComment | Kind::BlockComment | Kind::Lifetime
            ) {
                out.push(self.ty(child));
            }
        }
        out
    }

    fn param_types(&mut self, node: Node<'_>) -> Vec<TypeId> {
        let mut out = Vec::new();
        for child in children(node) {
            match self.kind(child) {
                Kind::Parameter => {
                    if let Some(ty) = self.field(child, self.g.fields.type_) {
                        out.push(self.ty(ty));
                    }
                }
                Kind::LineComment | Kind::BlockComment | Kind::AttributeItem => {}
                _ => out.push(self.ty(child)),
            }
        }
        out
    }

    /// `<A, B, Item = C>`: bindings come after the arguments.
    pub(super) fn type_args(&mut self, node: Node<'_>) -> Vec<TypeId> {
        let mut args = Vec::new();
        for child in children(node) {
            match self.kind(child) {
                Kind::Lifetime | Kind::LineComment | Kind::BlockComment | Kind::TraitBounds => {}
                Kind::TypeBinding => {
                    if let Some(ty) = self.field(child, self.g.fields.type_) {
                        args.push(self.ty(ty));
                    }
                }
                _ => args.push(self.ty(child)),
            }
        }
        args
    }

    // Constructors

    /// Which struct or variant a path names, told by what the file knows and by the way Rust names
    /// things: types and variants are `CamelCase`, constants are `SHOUTING`, functions and modules
    /// `snake_case`.
    pub(super) fn constructor(&mut self, parts: &Parts, line: u32) -> Option<Constructor> {
        if parts.names.is_empty() {
            return match (parts.start, self.self_type) {
                (Start::SelfType, SelfType::Impl(ty)) => Some(Constructor { ty, variant: None }),
                _ => None,
            };
        }
        let (&last, before) = parts.names.split_last()?;
        if !self.b.text(last).starts_with(char::is_uppercase) {
            return None;
        }
        if before.is_empty() && parts.start == Start::Name {
            return self.short_constructor(last, parts.args.clone(), line);
        }
        let owner_is_type = match before.last() {
            Some(&owner) => camel(self.b.text(owner)),
            None => matches!(parts.start, Start::SelfType | Start::Type(_)),
        };
        if !owner_is_type {
            if shouting(self.b.text(last)) {
                return None;
            }
            let ty = self.type_of(parts.clone(), line);
            return Some(Constructor { ty, variant: None });
        }
        let owner = Parts {
            start: parts.start,
            names: before.into(),
            args: parts.owner_args.clone(),
            owner_args: None,
            via: None,
        };
        let ty = self.type_of(owner, line);
        let def = match &self.b.facts.types[ty.0 as usize] {
            Type::Named(
                Path {
                    head: Head::Def(def),
                    rest,
                },
                _,
            ) if rest.is_empty() => Some(*def),
            _ => None,
        };
        match def.and_then(|def| self.shapes.get(&def)) {
            Some(Shape::Enum(variants)) if variants.contains(&last) => {}
            Some(_) => return None,
            None if shouting(self.b.text(last)) => return None,
            None => {}
        }
        Some(Constructor {
            ty,
            variant: Some(last),
        })
    }

    fn short_constructor(
        &mut self,
        name: Name,
        args: Option<Vec<TypeId>>,
        line: u32,
    ) -> Option<Constructor> {
        let args = args.unwrap_or_default();
        match self.lookup(name) {
            Some(Bound::Def(def)) => {
                let kind = self.b.def(def).kind;
                if !matches!(kind, NodeKind::Class | NodeKind::Type) {
                    return None;
                }
                let path = Path {
                    head: Head::Def(def),
                    rest: Vec::new(),
                };
                Some(Constructor {
                    ty: self.b.ty(Type::Named(path, args)),
                    variant: None,
                })
            }
            Some(Bound::Import(id)) => {
                let import = &self.b.facts.imports[id.0 as usize];
                let (module, imported) = (import.module, import.name);
                let Imported::Name(imported) = imported else {
                    return None;
                };
                let owner = self.b.text(module).rsplit("::").next().unwrap_or("");
                if camel(owner) {
                    let import = self.module_import(module, line, ImportKind::Implicit);
                    let path = Path {
                        head: Head::Import(import),
                        rest: Vec::new(),
                    };
                    let ty = self.b.ty(Type::Named(path, Vec::new()));
                    return Some(Constructor {
                        ty,
                        variant: Some(imported),
                    });
                }
                if shouting(self.b.text(imported)) {
                    return None;
                }
                let path = Path {
                    head: Head::Import(id),
                    rest: Vec::new(),
                };
                Some(Constructor {
                    ty: self.b.ty(Type::Named(path, args)),
                    variant: None,
                })
            }
            Some(_) => None,
            None => {
                let owner = match self.b.text(name) {
                    "Some" | "None" => Some("Option"),
                    "Ok" | "Err" => Some("Result"),
                    _ => None,
                };
                if let Some(owner) = owner {
                    let owner = self.b.name(owner);
                    let ty = self.free_type(owner, Vec::new());
                    return Some(Constructor {
                        ty,
                        variant: Some(name),
                    });
                }
                let local = self.glob_enums.iter().copied().find(
                    |def| matches!(self.shapes.get(def), Some(Shape::Enum(v)) if v.contains(&name)),
                );
                if let Some(def) = local {
                    let path = Path {
                        head: Head::Def(def),
                        rest: Vec::new(),
                    };
                    let ty = self.b.ty(Type::Named(path, Vec::new()));
                    return Some(Constructor {
                        ty,
                        variant: Some(name),
                    });
                }
                if shouting(self.b.text(name)) {
                    return None;
                }
                if let Some(module) = self.glob_foreign {
                    let import = self.module_import(module, line, ImportKind::Implicit);
                    let path = Path {
                        head: Head::Import(import),
                        rest: Vec::new(),
                    };
                    let ty = self.b.ty(Type::Named(path, Vec::new()));
                    return Some(Constructor {
                        ty,
                        variant: Some(name),
                    });
                }
                self.globs.then(|| Constructor {
                    ty: self.free_type(name, args),
                    variant: None,
                })
            }
        }
    }
}

/// The names of the primitive types.
pub(super) fn primitive(text: &str) -> bool {
    matches!(
        text,
        "u8" | "i8"
            | "u16"
            | "i16"
            | "u32"
            | "i32"
            | "u64"
            | "i64"
            | "u128"
            | "i128"
            | "isize"
            | "usize"
            | "f32"
            | "f64"
            | "bool"
            | "str"
            | "char"
            | "slice"
    )
}
