//! Copies of structs and arrays: assigning one gives the variable a value of its own.
//!
//! Goes in: an expression that is assigned, and the place that holds it. Comes out: a place with a
//! fresh object, where this file shows that the expression is a struct or an array, not a pointer
//! to one. Elsewhere pointers and what they point to are the same.

use super::grammar::{Kind, children, children_of};
use super::lower::Lower;
use crate::facts::{Place, Select};
use crate::lang::builder::Bound;
use tree_sitter::Node;

/// Larger structs, and elements of arrays beyond this, are not copied.
const MAX_PARTS: usize = 24;

impl<'t> Lower<'t> {
    /// Notes that a place holds a value of a type, if the type's values are copied.
    pub(super) fn note_value(&mut self, place: Place, ty: Node<'t>) {
        if place != Place::NOWHERE && self.is_copied(ty) {
            self.values.insert(place, ty);
        }
    }

    /// Notes that a place holds what another holds.
    pub(super) fn note_same(&mut self, place: Place, from: Place) {
        if place != Place::NOWHERE
            && let Some(&ty) = self.values.get(&from)
        {
            self.values.insert(place, ty);
        }
    }

    /// The place of what is assigned: a copy, where the expression names a struct or an array.
    pub(super) fn copied(&mut self, node: Node<'t>, value: Place) -> Place {
        let Some(node) = self.strip(node) else {
            return value;
        };
        match self.kind(node) {
            Kind::CompositeLiteral => {
                if let Some(ty) = self.field(node, self.g.fields.type_) {
                    self.note_value(value, ty);
                }
                value
            }
            Kind::Identifier => match self.values.get(&value).copied() {
                Some(ty) => self.copy_of(value, ty, self.line(node)),
                None => value,
            },
            _ => value,
        }
    }

    fn is_copied(&mut self, ty: Node<'t>) -> bool {
        match self.kind(ty) {
            Kind::ArrayType | Kind::ImplicitLengthArrayType => true,
            Kind::TypeIdentifier => self.fields_of(ty).is_some_and(|f| f.len() <= MAX_PARTS),
            _ => false,
        }
    }

    /// The names of the fields of a struct that this file declares.
    fn fields_of(&mut self, ty: Node<'t>) -> Option<Vec<Node<'t>>> {
        let Some(Bound::Def(def)) = self.lookup(self.text(ty)) else {
            return None;
        };
        let node = *self.underlying.get(&def)?;
        if self.kind(node) != Kind::StructType {
            return None;
        }
        let mut out = Vec::new();
        for one in children(node).into_iter().flat_map(children) {
            let names = children_of(one, self.g.fields.name);
            match self.field(one, self.g.fields.type_) {
                Some(embedded) if names.is_empty() => out.push(self.embedded_name(embedded)),
                _ => out.extend(names),
            }
        }
        Some(out)
    }

    fn copy_of(&mut self, value: Place, node: Node<'t>, line: u32) -> Place {
        let copy = self.b.place();
        let ty = self.ty(node);
        self.b.typed(copy, ty, true, line);
        self.values.insert(copy, node);
        let mut parts: Vec<Select> = Vec::new();
        match self.fields_of(node) {
            Some(fields) if self.kind(node) == Kind::TypeIdentifier => {
                for field in fields {
                    parts.push(Select::Field(self.name(field)));
                }
            }
            _ => {
                for position in 0..MAX_PARTS {
                    parts.push(Select::Field(self.index(position)));
                }
                parts.push(Select::Element);
            }
        }
        for part in parts {
            let held = self.b.load_callee(value, part, line);
            self.b.store(copy, part, held, line);
        }
        copy
    }
}
