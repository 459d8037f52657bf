//! Composite literals: structs, lists and maps with their elements.
//!
//! Goes in: a literal, with the type that is written or meant. Comes out: a fresh object and what
//! is stored into it.

use super::grammar::{Kind, children, children_of};
use super::lower::{KEY, Lower};
use crate::facts::*;
use crate::lang::builder::Bound;
use smallvec::SmallVec;
use tree_sitter::Node;

/// Elements beyond this are not told apart by their position.
const MAX_POSITIONS: usize = 24;

/// What a literal makes, by its type as far as this file shows it.
enum Shape<'t> {
    List(Option<Node<'t>>),
    Map(Option<Node<'t>>, Option<Node<'t>>),
    /// A struct with its fields, where this file declares it.
    Struct(Option<Node<'t>>),
    Unknown,
}

impl<'t> Lower<'t> {
    pub(super) fn composite(&mut self, node: Node<'t>) -> Place {
        let f = &self.g.fields;
        let (ty, Some(body)) = (self.field(node, f.type_), self.field(node, f.body)) else {
            return Place::NOWHERE;
        };
        self.literal(ty, body)
    }

    fn shape(&mut self, ty: Node<'t>) -> Shape<'t> {
        let f = &self.g.fields;
        match self.kind(ty) {
            Kind::SliceType | Kind::ArrayType | Kind::ImplicitLengthArrayType => {
                Shape::List(self.field(ty, f.element))
            }
            Kind::MapType => Shape::Map(self.field(ty, f.key), self.field(ty, f.value)),
            Kind::StructType => Shape::Struct(Some(ty)),
            Kind::GenericType => match self.field(ty, f.type_) {
                Some(base) => self.shape(base),
                None => Shape::Unknown,
            },
            Kind::TypeIdentifier => match self.lookup(self.text(ty)) {
                Some(Bound::Def(def)) => match self.underlying.get(&def).copied() {
                    Some(target) if self.kind(target) == Kind::StructType => Shape::Struct(None),
                    Some(target) if target != ty => self
                        .deeper(0, |lower| Some(lower.shape(target)))
                        .unwrap_or(Shape::Unknown),
                    _ => Shape::Unknown,
                },
                _ => Shape::Unknown,
            },
            _ => Shape::Unknown,
        }
    }

    /// A literal of a type; `None` where the type is that of the element of something unknown.
    pub(super) fn literal(&mut self, ty: Option<Node<'t>>, body: Node<'t>) -> Place {
        let line = self.line(body);
        let ty = ty.map(|t| self.pointed(t));
        let shape = match ty {
            Some(ty) => self.shape(ty),
            None => Shape::Unknown,
        };
        let object = match ty {
            Some(ty) if self.kind(ty) != Kind::StructType => {
                let place = self.b.place();
                let line = self.line(ty);
                let ty = self.ty(ty);
                self.b.typed(place, ty, true, line);
                place
            }
            _ => self.b.object("__struct"),
        };
        match shape {
            Shape::List(element) => self.list(object, element, body, line),
            Shape::Map(key, value) => {
                for one in children(body) {
                    self.keyed(object, one, key, value, true, line);
                }
            }
            Shape::Struct(fields) => self.fields(object, fields, body, line),
            Shape::Unknown => self.unknown_literal(object, body, line),
        }
        object
    }

    /// `&T{}` may be left out inside a literal of pointers.
    fn pointed(&self, ty: Node<'t>) -> Node<'t> {
        let mut at = ty;
        while matches!(self.kind(at), Kind::PointerType | Kind::ParenthesizedType) {
            match at.named_child(0) {
                Some(inner) => at = inner,
                None => break,
            }
        }
        at
    }

    fn list(&mut self, object: Place, element: Option<Node<'t>>, body: Node<'t>, line: u32) {
        let mut position = 0;
        for one in children(body) {
            if self.kind(one) == Kind::KeyedElement {
                self.keyed(object, one, None, element, true, line);
                position = MAX_POSITIONS;
                continue;
            }
            let value = self.element(one, element);
            if value != Place::NOWHERE {
                let select = if position < MAX_POSITIONS {
                    Select::Field(self.index(position))
                } else {
                    Select::Element
                };
                self.b.store(object, select, value, line);
            }
            position += 1;
        }
    }

    fn element(&mut self, node: Node<'t>, ty: Option<Node<'t>>) -> Place {
        let inner = match self.kind(node) {
            Kind::LiteralElement => node.named_child(0),
            _ => Some(node),
        };
        match inner {
            Some(inner) => self.expr_as(inner, ty),
            None => Place::NOWHERE,
        }
    }

    /// One `key: value` of a map or list.
    fn keyed(
        &mut self,
        object: Place,
        node: Node<'t>,
        key_ty: Option<Node<'t>>,
        value_ty: Option<Node<'t>>,
        keys: bool,
        line: u32,
    ) {
        let f = &self.g.fields;
        if self.kind(node) != Kind::KeyedElement {
            self.element(node, value_ty);
            return;
        }
        let (Some(key), Some(value)) = (self.field(node, f.key), self.field(node, f.value)) else {
            return;
        };
        let inner = key.named_child(0).unwrap_or(key);
        let (select, place) = if self.kind(inner) == Kind::LiteralValue {
            (Select::Element, self.expr_as(inner, key_ty))
        } else {
            self.key(inner)
        };
        let value = self.element(value, value_ty);
        self.b.store(object, select, value, line);
        if keys && place != Place::NOWHERE {
            let member = self.member_named(KEY);
            self.b.store(object, member, place, line);
        }
    }

    /// A struct's fields by name or position.
    fn fields(&mut self, object: Place, fields: Option<Node<'t>>, body: Node<'t>, line: u32) {
        let mut names: Vec<(Node<'t>, Option<Node<'t>>)> = Vec::new();
        for list in fields.map(children).unwrap_or_default() {
            for one in children(list) {
                let ty = self.field(one, self.g.fields.type_);
                let declared = children_of(one, self.g.fields.name);
                if let (true, Some(ty)) = (declared.is_empty(), ty) {
                    names.push((self.embedded_name(ty), Some(ty)));
                }
                for name in declared {
                    names.push((name, ty));
                }
            }
        }
        let mut given: SmallVec<[&str; 8]> = SmallVec::new();
        for (position, one) in children(body).into_iter().enumerate() {
            let f = &self.g.fields;
            if self.kind(one) == Kind::KeyedElement {
                let (Some(key), Some(value)) = (self.field(one, f.key), self.field(one, f.value))
                else {
                    continue;
                };
                let text = self.text(key);
                given.push(text);
                let ty = names
                    .iter()
                    .find(|n| self.text(n.0) == text)
                    .and_then(|n| n.1);
                let line = self.line(key);
                let name = self.b.name(text);
                let value = self.element(value, ty);
                self.b.store(object, Select::Field(name), value, line);
            } else {
                let named = names.get(position).copied();
                let value = self.element(one, named.and_then(|n| n.1));
                let name = match named {
                    Some((name, _)) => {
                        given.push(self.text(name));
                        self.name(name)
                    }
                    None => self.index(position),
                };
                self.b.store(object, Select::Field(name), value, line);
            }
        }
        // What is not given is there all the same, to be stored into.
        for (name, ty) in names {
            let left_out = !given.contains(&self.text(name));
            if let Some(ty) = ty.filter(|_| left_out) {
                let place = self.b.place();
                self.zero(place, ty, line);
                let name = self.name(name);
                self.b.store(object, Select::Field(name), place, line);
            }
        }
    }

    /// A literal of a type that another file declares: a struct, a list or a map.
    fn unknown_literal(&mut self, object: Place, body: Node<'t>, line: u32) {
        for (position, one) in children(body).into_iter().enumerate() {
            let f = &self.g.fields;
            if self.kind(one) != Kind::KeyedElement {
                let value = self.element(one, None);
                let name = self.index(position.min(MAX_POSITIONS));
                self.b.store(object, Select::Field(name), value, line);
                continue;
            }
            let (Some(key), Some(value)) = (self.field(one, f.key), self.field(one, f.value))
            else {
                continue;
            };
            let inner = key.named_child(0).unwrap_or(key);
            let field = self.kind(inner) == Kind::Identifier;
            if !field {
                self.keyed(object, one, None, None, true, line);
                continue;
            }
            let name = self.name(inner);
            let value = self.element(value, None);
            self.b.store(object, Select::Field(name), value, line);
            // The name of a variable or constant may be the key of a map.
            if let Some(Bound::Place(_) | Bound::Def(_)) = self.b.scopes.get(name) {
                let (select, _) = self.key(inner);
                self.b.store(object, select, value, line);
            }
        }
    }
}
