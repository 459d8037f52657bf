//! Patterns: what a `let`, an arm or a parameter takes apart.
//!
//! Goes in: a pattern and the place it is matched against. Comes out: loads of the parts, and
//! variables in scope.

use super::grammar::{Kind, children};
use super::lower::{Lower, camel, shouting};
use super::types::{Constructor, Resolved};
use crate::facts::*;
use crate::lang::builder::Bound;
use tree_sitter::Node;

impl Lower {
    /// A parameter: its variable is the place itself where it is a plain name.
    pub(super) fn parameter(&mut self, pattern: Node<'_>, place: Place) {
        if self.kind(pattern) == Kind::Identifier {
            let name = self.name(pattern);
            self.b.scopes.bind(name, Bound::Place(place));
        } else {
            self.pattern(pattern, place);
        }
    }

    /// Takes `from` apart by a pattern and binds its variables.
    pub(super) fn pattern(&mut self, node: Node<'_>, from: Place) {
        self.deeper(self.line(node), |lower| lower.read_pattern(node, from));
    }

    fn read_pattern(&mut self, node: Node<'_>, from: Place) {
        let line = self.line(node);
        match self.kind(node) {
            Kind::Identifier => self.name_pattern(node, from, line),
            Kind::ShorthandFieldIdentifier => self.variable(node, from),
            Kind::MutPattern | Kind::RefPattern | Kind::ReferencePattern => {
                for child in children(node) {
                    if self.kind(child) != Kind::MutableSpecifier {
                        self.pattern(child, from);
                    }
                }
            }
            Kind::ParenthesizedExpression | Kind::OrPattern => self.alternatives(node, from),
            Kind::CapturedPattern => {
                let parts = children(node);
                if let Some(&name) = parts.first() {
                    self.variable(name, from);
                }
                if let Some(&inner) = parts.last() {
                    self.pattern(inner, from);
                }
            }
            Kind::TuplePattern => self.tuple_pattern(node, from, line, None),
            Kind::TupleStructPattern => {
                let Some(ty) = self.field(node, self.g.fields.type_) else {
                    return;
                };
                let parts = self.parts(ty);
                let constructor = self.constructor(&parts, line);
                self.mention_variant(constructor, line);
                self.tuple_pattern(node, from, line, Some((ty, constructor)));
            }
            Kind::StructPattern => self.struct_pattern(node, from, line),
            Kind::SlicePattern => {
                let parts = self.pattern_parts(node);
                let mut rest = false;
                for (at, part) in parts.into_iter().enumerate() {
                    if self.is_rest(part) {
                        rest = true;
                        self.pattern(part, from);
                        continue;
                    }
                    let select = if rest {
                        Select::Element
                    } else {
                        Select::Field(self.index(at))
                    };
                    let place = self.b.load(from, select, line);
                    self.pattern(part, place);
                }
            }
            Kind::ScopedIdentifier | Kind::GenericPattern => {
                let parts = self.parts(node);
                match self.constructor(&parts, line) {
                    Some(constructor) => self.mention_variant(Some(constructor), line),
                    None => self.mention_path(&parts, line),
                }
            }
            Kind::RangePattern => {
                for child in children(node) {
                    if matches!(self.kind(child), Kind::Identifier | Kind::ScopedIdentifier) {
                        let parts = self.parts(child);
                        self.mention_path(&parts, line);
                    }
                }
            }
            Kind::MacroInvocation => {
                self.macro_invocation(node, None);
            }
            Kind::ConstBlock => {
                self.expr(node, None);
            }
            _ => {}
        }
    }

    /// Variables of an or-pattern are one each, fed by every alternative.
    fn alternatives(&mut self, node: Node<'_>, from: Place) {
        let mut first = true;
        for child in children(node) {
            if first {
                self.pattern(child, from);
                first = false;
            } else {
                // A later alternative binds the same names: join them to the first ones.
                self.b.scopes.push(super::lower::tag::BLOCK);
                self.pattern(child, from);
                let bound = self.b.scopes.here();
                self.b.scopes.pop();
                for (name, bound) in bound {
                    match (self.b.scopes.get(name), bound) {
                        (Some(Bound::Place(to)), Bound::Place(from)) => self.b.copy(to, from),
                        (_, bound) => self.b.scopes.bind(name, bound),
                    }
                }
            }
        }
    }

    fn variable(&mut self, node: Node<'_>, from: Place) {
        let name = self.name(node);
        let to = self.b.place();
        self.b.copy(to, from);
        self.b.scopes.bind(name, Bound::Place(to));
    }

    /// A lone name is a variable, unless it names a constant, a unit struct or a variant.
    fn name_pattern(&mut self, node: Node<'_>, from: Place, line: u32) {
        let text = self.text(node);
        if camel(text) || shouting(text) {
            let parts = self.parts(node);
            let is_camel = camel(self.text(node));
            match self.constructor(&parts, line) {
                Some(constructor) => return self.mention_variant(Some(constructor), line),
                None if !is_camel || self.lookup(parts.names[0]).is_some() => {
                    return self.mention_path(&parts, line);
                }
                None => {}
            }
        }
        self.variable(node, from);
    }

    fn pattern_parts<'t>(&self, node: Node<'t>) -> Vec<Node<'t>> {
        let mut parts = Vec::new();
        let mut cursor = node.walk();
        for child in node.children(&mut cursor) {
            // `_` is an anonymous node, and counts as a part.
            if (child.is_named() && !child.is_extra()) || child.kind() == "_" {
                parts.push(child);
            }
        }
        parts
    }

    fn is_rest(&self, node: Node<'_>) -> bool {
        match self.kind(node) {
            Kind::RemainingFieldPattern => true,
            Kind::CapturedPattern => node
                .named_child(1)
                .is_some_and(|c| self.kind(c) == Kind::RemainingFieldPattern),
            _ => false,
        }
    }

    fn tuple_pattern(
        &mut self,
        node: Node<'_>,
        from: Place,
        line: u32,
        of: Option<(Node<'_>, Option<Constructor>)>,
    ) {
        let mut parts = self.pattern_parts(node);
        let mut variant = None;
        if let Some((ty, constructor)) = of {
            parts.retain(|part| part.id() != ty.id());
            variant = constructor.and_then(|constructor| constructor.variant);
        }
        let many = parts.len();
        let mut rest = false;
        for (at, part) in parts.into_iter().enumerate() {
            if self.is_rest(part) {
                rest = true;
                continue;
            }
            if !part.is_named() {
                continue;
            }
            let select = match variant {
                Some(variant) => {
                    let digit = self.b.name(&at.to_string());
                    Select::Field(self.payload(variant, digit))
                }
                // After `..` the position counts from the end, which is not known here.
                None if rest && many > 1 => Select::Element,
                None => Select::Field(self.index(at)),
            };
            let place = self.b.load(from, select, line);
            self.pattern(part, place);
        }
    }

    fn struct_pattern(&mut self, node: Node<'_>, from: Place, line: u32) {
        let f = &self.g.fields;
        let Some(ty) = self.field(node, f.type_) else {
            return;
        };
        let parts = self.parts(ty);
        let constructor = self.constructor(&parts, line);
        self.mention_variant(constructor, line);
        let variant = constructor.and_then(|constructor| constructor.variant);
        for child in children(node) {
            if self.kind(child) != Kind::FieldPattern {
                continue;
            }
            let Some(name_node) = self.field(child, f.name) else {
                continue;
            };
            let name = self.name(name_node);
            let member = match variant {
                Some(variant) => self.payload(variant, name),
                None => self.field_member(name),
            };
            let line = self.line(child);
            let place = self.b.load(from, Select::Field(member), line);
            match self.field(child, f.pattern) {
                Some(pattern) => self.pattern(pattern, place),
                None => self.variable(name_node, place),
            }
        }
    }

    /// A reference to a variant, or to the struct that a pattern names.
    pub(super) fn mention_variant(&mut self, constructor: Option<Constructor>, line: u32) {
        let Some(constructor) = constructor else {
            return;
        };
        let ty = &self.b.facts.types[constructor.ty.0 as usize];
        let Type::Named(path, _) = ty else { return };
        let mut path = path.clone();
        if let Head::Free(name, _) = path.head
            && matches!(self.b.text(name), "Option" | "Result")
        {
            return;
        }
        path.rest.extend(constructor.variant);
        self.b.path(path, line, false);
    }

    /// A reference to a constant or function.
    pub(super) fn mention_path(&mut self, parts: &super::types::Parts, line: u32) {
        match self.resolve(parts, line) {
            Resolved::Def(def) => {
                let place = self.b.place_of(def);
                self.b.mention(place, line);
            }
            Resolved::Path(path) => {
                self.b.path(path, line, false);
            }
            _ => {}
        }
    }
}
