//! Variables: declaring them, and storing into whatever can be assigned to.
//!
//! Goes in: the sides of an assignment. Comes out: flows. A variable that is assigned anew in the
//! block that declares it, and that no closure sees, is a new place from there on.

use super::grammar::{Kind, children, children_of};
use super::lower::{KEY, Lower, POINTED};
use crate::facts::*;
use crate::lang::builder::Bound;
use rustc_hash::FxHashSet;
use smallvec::SmallVec;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// The names in a function that its closures use, and those whose address is taken.
    pub(super) fn shared_names(&self, body: Node<'t>) -> FxHashSet<&'t str> {
        let mut out = FxHashSet::default();
        let mut cursor = body.walk();
        let mut inside = 0u32;
        loop {
            let node = cursor.node();
            match self.kind(node) {
                Kind::Identifier if inside > 0 => {
                    out.insert(self.text(node));
                }
                Kind::UnaryExpression => {
                    if let Some(operand) = node.child_by_field_id(self.g.fields.operand)
                        && self.kind(operand) == Kind::Identifier
                        && self.text(node).starts_with('&')
                    {
                        out.insert(self.src.get(operand.byte_range()).unwrap_or(""));
                    }
                }
                _ => {}
            }
            if self.kind(node) == Kind::FuncLiteral {
                inside += 1;
            }
            if cursor.goto_first_child() {
                continue;
            }
            loop {
                if self.kind(cursor.node()) == Kind::FuncLiteral {
                    inside -= 1;
                }
                if cursor.node() == body {
                    return out;
                }
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    return out;
                }
            }
        }
    }

    /// The values for so many variables: one expression each, or one that gives several.
    pub(super) fn values_for(
        &mut self,
        list: Node<'t>,
        wanted: usize,
        typed: Option<Node<'t>>,
    ) -> SmallVec<[Place; 4]> {
        let nodes = match self.kind(list) {
            Kind::ExpressionList => children(list),
            _ => smallvec::smallvec![list],
        };
        let mut out = SmallVec::new();
        if nodes.len() == 1 && wanted > 1 {
            let node = nodes[0];
            let value = self.expr(node);
            if self.strip(node).is_some_and(|n| {
                matches!(self.kind(n), Kind::CallExpression | Kind::TypeInstantiation)
            }) {
                let line = self.line(node);
                for i in 0..wanted {
                    let select = self.nth(i);
                    out.push(self.b.load(value, select, line));
                }
            } else {
                // A map's element, an assertion, what a channel gave: the second is a truth value.
                out.push(value);
                out.resize(wanted, Place::NOWHERE);
            }
            return out;
        }
        for node in nodes {
            let value = self.expr_as(node, typed);
            let value = self.copied(node, value);
            out.push(value);
        }
        out.resize(wanted.max(out.len()), Place::NOWHERE);
        out
    }

    /// Binds a new local variable.
    pub(super) fn declare(&mut self, name: Node<'t>, from: Place) -> Place {
        let text = self.text(name);
        if text == "_" {
            return Place::NOWHERE;
        }
        let id = self.b.name(text);
        let place = self.b.place();
        self.b.copy(place, from);
        self.note_same(place, from);
        self.b.scopes.bind(id, Bound::Place(place));
        place
    }

    /// `a, b := …`
    pub(super) fn short_var(&mut self, node: Node<'t>) {
        let f = &self.g.fields;
        let (Some(left), Some(right)) = (self.field(node, f.left), self.field(node, f.right))
        else {
            return;
        };
        let names = children(left);
        let values = self.values_for(right, names.len(), None);
        for (&name, from) in names.iter().zip(values) {
            self.define_or_assign(name, from);
        }
    }

    /// The left side of `:=`: what the block has not yet declared is new.
    pub(super) fn define_or_assign(&mut self, name: Node<'t>, from: Place) {
        let text = self.text(name);
        let id = self.b.name(text);
        match self.b.scopes.get_here(id) {
            Some(Bound::Place(_)) => self.assign(name, from),
            _ => {
                self.declare(name, from);
            }
        }
    }

    /// `var a, b T = …` in a function.
    pub(super) fn local_values(&mut self, spec: Node<'t>) {
        let f = &self.g.fields;
        let line = self.line(spec);
        let ty_node = self.field(spec, f.type_);
        let names: SmallVec<[Node<'t>; 4]> = children_of(spec, f.name)
            .into_iter()
            .filter(|&n| matches!(self.kind(n), Kind::Identifier | Kind::BlankIdentifier))
            .collect();
        let values = match self.field(spec, f.value) {
            Some(list) => self.values_for(list, names.len(), ty_node),
            None => SmallVec::new(),
        };
        for (i, &name) in names.iter().enumerate() {
            let from = values.get(i).copied().unwrap_or(Place::NOWHERE);
            let place = self.declare(name, from);
            let Some(node) = ty_node.filter(|_| place != Place::NOWHERE) else {
                continue;
            };
            let ty = self.ty(node);
            if self.is_cell_type(node) {
                self.cells.insert(place, ty);
            }
            if values.is_empty() {
                self.note_value(place, node);
                self.zero(place, node, line);
            } else {
                self.b.typed(place, ty, false, line);
            }
        }
    }

    /// `a, b = …`, `a += …`
    pub(super) fn assignment(&mut self, node: Node<'t>) {
        let f = &self.g.fields;
        let (Some(left), Some(right)) = (self.field(node, f.left), self.field(node, f.right))
        else {
            return;
        };
        let targets = children(left);
        if self
            .field(node, f.operator)
            .is_some_and(|o| self.text(o) != "=")
        {
            self.expr(right);
            for target in targets {
                self.expr(target);
            }
            return;
        }
        let values = self.values_for(right, targets.len(), None);
        for (&target, from) in targets.iter().zip(values) {
            self.assign(target, from);
        }
    }

    /// Stores into whatever a left side names.
    pub(super) fn assign(&mut self, target: Node<'t>, from: Place) {
        let f = &self.g.fields;
        let line = self.line(target);
        match self.kind(target) {
            Kind::Identifier => self.assign_name(target, from, line),
            Kind::ParenthesizedExpression => {
                if let Some(inner) = target.named_child(0) {
                    self.deeper(line, |lower| lower.assign(inner, from));
                }
            }
            Kind::SelectorExpression => {
                let (Some(operand), Some(field)) =
                    (self.field(target, f.operand), self.field(target, f.field))
                else {
                    return;
                };
                let name = self.name(field);
                let package = match self.kind(operand) {
                    Kind::Identifier => match self.lookup(self.text(operand)) {
                        Some(Bound::Import(id)) => Some(self.b.imported(id)),
                        _ => None,
                    },
                    _ => None,
                };
                let base = match package {
                    Some(place) => place,
                    None => self.expr(operand),
                };
                self.b.store(base, Select::Field(name), from, line);
            }
            Kind::IndexExpression => {
                let (Some(operand), Some(index)) =
                    (self.field(target, f.operand), self.field(target, f.index))
                else {
                    return;
                };
                let base = self.expr(operand);
                let (select, key) = self.key(index);
                self.b.store(base, select, from, line);
                if key != Place::NOWHERE {
                    let keys = self.member_named(KEY);
                    self.b.store(base, keys, key, line);
                }
            }
            Kind::UnaryExpression => {
                let Some(operand) = self.field(target, f.operand) else {
                    return;
                };
                let base = self.expr(operand);
                let pointed = self.member_named(POINTED);
                self.b.store(base, pointed, from, line);
                if self.kind(operand) == Kind::Identifier {
                    self.b.copy(base, from);
                }
            }
            _ => {
                self.expr(target);
            }
        }
    }

    fn assign_name(&mut self, target: Node<'t>, from: Place, line: u32) {
        let text = self.text(target);
        if text == "_" {
            return;
        }
        let name = self.b.name(text);
        match self.b.scopes.get(name) {
            Some(Bound::Place(place)) => {
                let here = self.b.scopes.get_here(name) == Some(Bound::Place(place));
                let told_apart = here
                    && !self.shared.contains(text)
                    && !self.fun.named.contains(&name)
                    && !self.cells.contains_key(&place);
                if told_apart {
                    let fresh = self.b.place();
                    self.b.copy(fresh, from);
                    self.note_same(fresh, from);
                    self.b.scopes.bind(name, Bound::Place(fresh));
                } else {
                    self.b.copy(place, from);
                }
            }
            Some(Bound::Def(def)) => {
                let place = self.b.place_of(def);
                self.b.copy(place, from);
                self.b.mention(place, line);
            }
            Some(_) => {}
            None => {
                if let Some(package) = self.package {
                    let package = self.b.imported(package);
                    self.b.store(package, Select::Field(name), from, line);
                }
            }
        }
    }

    /// Which element an index selects, and the place of the key where it may hold something.
    pub(super) fn key(&mut self, index: Node<'t>) -> (Select, Place) {
        match self.kind(index) {
            Kind::InterpretedString | Kind::RawString => match self.unquoted(index) {
                Some(text) => {
                    let name = self.b.name(&format!("[\"{text}\"]"));
                    (Select::Field(name), Place::NOWHERE)
                }
                None => (Select::Element, Place::NOWHERE),
            },
            Kind::IntLiteral => {
                let text = self.text(index);
                let name = self.b.name(&format!("[{text}]"));
                (Select::Field(name), Place::NOWHERE)
            }
            Kind::TypeIdentifier if self.is_basic_name(index) => (Select::Element, Place::NOWHERE),
            Kind::Identifier
            | Kind::SelectorExpression
            | Kind::CallExpression
            | Kind::TypeIdentifier
            | Kind::QualifiedType => {
                let place = self.expr(index);
                (Select::Key(place), place)
            }
            _ => {
                let place = self.expr(index);
                (Select::Element, place)
            }
        }
    }
}
