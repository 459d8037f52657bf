//! Type expressions.

use super::kinds::K;
use super::lower::{Lowerer, dotted, line};
use crate::facts::*;
use crate::lang::builder::Bound;
use tree_sitter::Node;

/// The model class of a primitive type.
pub(super) fn primitive_class(text: &str) -> Option<&'static str> {
    Some(match text {
        "int" => "__int",
        "long" => "__long",
        "short" => "__short",
        "byte" => "__byte",
        "char" => "__char",
        "float" => "__float",
        "double" => "__double",
        "boolean" => "__boolean",
        _ => return None,
    })
}

/// The model class of arrays.
pub(super) const ARRAY: &str = "__Array";

impl<'t> Lowerer<'t> {
    /// A type of the library or of the language itself.
    pub(super) fn builtin_type(&mut self, name: &str, args: Vec<TypeId>) -> TypeId {
        let name = self.b.name(name);
        let path = Path {
            head: Head::Free(name, DefId(0)),
            rest: Vec::new(),
        };
        self.b.ty(Type::Named(path, args))
    }

    /// The class with that definition.
    pub(super) fn own_type(&mut self, def: DefId) -> TypeId {
        let generics = self.b.def(def).generics.clone();
        let args = generics
            .iter()
            .map(|g| {
                let path = Path {
                    head: Head::Generic(def, g.name),
                    rest: Vec::new(),
                };
                self.b.ty(Type::Named(path, Vec::new()))
            })
            .collect();
        let path = Path {
            head: Head::Def(def),
            rest: Vec::new(),
        };
        self.b.ty(Type::Named(path, args))
    }

    /// The primitive class that a type node names.
    pub(super) fn primitive(&self, node: Node<'t>) -> Option<&'static str> {
        match self.kind(node) {
            K::IntegralType | K::FloatType | K::BooleanType => primitive_class(self.text(node)),
            _ => None,
        }
    }

    /// A type; `None` for `var` and `void`.
    pub(super) fn type_of(&mut self, node: Node<'t>) -> Option<TypeId> {
        match self.kind(node) {
            K::IntegralType | K::FloatType | K::BooleanType => {
                let class = primitive_class(self.text(node))?;
                Some(self.builtin_type(class, Vec::new()))
            }
            K::VoidType => None,
            K::TypeIdentifier | K::Identifier if self.text(node) == "var" => None,
            K::TypeIdentifier | K::Identifier => {
                let name = self.name_of(node);
                let path = Path {
                    head: self.type_head(name),
                    rest: Vec::new(),
                };
                Some(self.b.ty(Type::Named(path, Vec::new())))
            }
            K::ScopedType | K::ScopedIdentifier => {
                let path = self.scoped_path(node);
                Some(self.b.ty(Type::Named(path, Vec::new())))
            }
            K::GenericType => {
                let mut base = None;
                let mut args = Vec::new();
                for kid in self.kids(node) {
                    match self.kind(kid) {
                        K::TypeArguments => {
                            for arg in self.kids(kid) {
                                let ty = self.type_of(arg);
                                let ty = ty.unwrap_or_else(|| self.b.ty(Type::Unknown));
                                args.push(ty);
                            }
                        }
                        K::ScopedType => base = Some(self.scoped_path(kid)),
                        K::TypeIdentifier => {
                            let name = self.name_of(kid);
                            base = Some(Path {
                                head: self.type_head(name),
                                rest: Vec::new(),
                            });
                        }
                        _ => {}
                    }
                }
                Some(self.b.ty(Type::Named(base?, args)))
            }
            K::ArrayType => {
                let element = self.field(node, self.t.fields.element)?;
                let element = self.type_of(element)?;
                let count = self
                    .field(node, self.t.fields.dimensions)
                    .map_or(1, |d| self.dimensions(d));
                Some(self.array_of(element, count))
            }
            K::AnnotatedType => {
                let inner = self
                    .kids(node)
                    .into_iter()
                    .rfind(|&n| !self.kind(n).is_annotation())?;
                self.type_of(inner)
            }
            K::Wildcard => {
                let bound = self
                    .kids(node)
                    .into_iter()
                    .rfind(|&n| !self.kind(n).is_annotation() && self.kind(n) != K::Super)?;
                self.type_of(bound)
            }
            K::CatchType => {
                let kids = self.kids(node);
                let mut all: Vec<TypeId> =
                    kids.into_iter().filter_map(|n| self.type_of(n)).collect();
                if all.len() == 1 {
                    return all.pop();
                }
                Some(self.b.ty(Type::Union(all)))
            }
            _ => None,
        }
    }

    /// How many `[]` there are.
    pub(super) fn dimensions(&self, node: Node<'t>) -> usize {
        self.text(node).bytes().filter(|&b| b == b'[').count()
    }

    pub(super) fn array_of(&mut self, element: TypeId, count: usize) -> TypeId {
        let mut ty = element;
        for _ in 0..count {
            ty = self.builtin_type(ARRAY, vec![ty]);
        }
        ty
    }

    /// A declared type with the dimensions written after the name.
    pub(super) fn declared_type(
        &mut self,
        ty: Node<'t>,
        dimensions: Option<Node<'t>>,
    ) -> Option<TypeId> {
        let own = self.type_of(ty)?;
        let count = dimensions.map_or(0, |d| self.dimensions(d));
        Some(self.array_of(own, count))
    }

    pub(super) fn type_head(&mut self, name: Name) -> Head {
        match self.types.get(name) {
            Some(Bound::Def(def)) => Head::Def(def),
            Some(Bound::Import(import)) => Head::Import(import),
            Some(Bound::Generic(def)) => Head::Generic(def, name),
            _ => Head::Free(name, self.b.current()),
        }
    }

    /// `Outer.Inner` or `java.util.List`.
    fn scoped_path(&mut self, node: Node<'t>) -> Path {
        let mut text = String::new();
        let mut depth = 0;
        // Type arguments and annotations of outer classes are no part of the name.
        for c in dotted(self.text(node)).chars() {
            match c {
                '<' => depth += 1,
                '>' => depth -= 1,
                _ if depth == 0 => text.push(c),
                _ => {}
            }
        }
        self.path_of(&text, line(node))
    }

    /// The path that a qualified type name stands for.
    pub(super) fn path_of(&mut self, text: &str, line: u32) -> Path {
        let segments: Vec<&str> = text.split('.').collect();
        let first = self.b.name(segments[0]);
        let known = self.types.get(first).is_some();
        let is_class = |s: &str| s.chars().next().is_some_and(char::is_uppercase);
        if !known && !is_class(segments[0]) && segments.len() > 1 {
            let class = segments.iter().position(|s| is_class(s));
            let end = class.map_or(segments.len(), |at| at + 1);
            let import =
                self.qualified_import(&segments[..end].join("."), line, ImportKind::Optional);
            let rest = segments[end..].iter().map(|s| self.b.name(s)).collect();
            return Path {
                head: Head::Import(import),
                rest,
            };
        }
        let head = self.type_head(first);
        let rest = segments[1..].iter().map(|s| self.b.name(s)).collect();
        Path { head, rest }
    }

    /// The parameter types of an overload as written: `int,String`.
    pub(super) fn erased(&self, node: Node<'t>) -> String {
        let mut out = String::new();
        let mut depth = 0;
        let mut annotation = false;
        for c in self.text(node).chars() {
            match c {
                '<' => depth += 1,
                '>' => depth -= 1,
                '@' => annotation = true,
                _ if c.is_whitespace() => annotation = false,
                _ if depth == 0 && !annotation => out.push(c),
                _ => {}
            }
        }
        match out.find('[') {
            Some(at) => {
                let (name, array) = out.split_at(at);
                format!("{}{array}", name.rsplit('.').next().unwrap_or(name))
            }
            None => out.rsplit('.').next().unwrap_or(&out).to_owned(),
        }
    }

    /// Type parameters of a definition, bound in the innermost scope of types.
    pub(super) fn generics(&mut self, def: DefId, node: Option<Node<'t>>) {
        let Some(node) = node else { return };
        let params: Vec<Node<'t>> = self
            .kids(node)
            .into_iter()
            .filter(|&n| self.kind(n) == K::TypeParameter)
            .collect();
        let mut names = Vec::new();
        for &param in &params {
            let Some(name) = self
                .kids(param)
                .into_iter()
                .find(|&n| matches!(self.kind(n), K::TypeIdentifier | K::Identifier))
            else {
                continue;
            };
            let name = self.name_of(name);
            self.types.bind(name, Bound::Generic(def));
            names.push((name, param));
        }
        for (name, param) in names {
            let mut bounds = Vec::new();
            for kid in self.kids(param) {
                if self.kind(kid) == K::TypeBound {
                    for bound in self.kids(kid) {
                        bounds.extend(self.type_of(bound));
                    }
                }
            }
            self.b.def(def).generics.push(Generic { name, bounds });
        }
    }
}
