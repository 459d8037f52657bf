//! Assignments: names, attributes, elements, and what they unpack.

use super::kinds::K;
use super::lower::{Lowerer, last_line, line_of};
use super::scope::{ScopeKind, VarId, What};
use crate::facts::*;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

/// So many elements of a starred rest are told apart.
const MAX_REST: usize = 6;

impl<'t> Lowerer<'t> {
    /// `a = b = value`, `a: T = value`; gives the place of the value.
    pub(super) fn assignment(&mut self, node: Node<'t>) -> Place {
        let f = &self.t.fields;
        let (left, right, annotation) = (
            self.field(node, f.left),
            self.field(node, f.right),
            self.field(node, f.type_),
        );
        let Some(left) = left else {
            return Place::NOWHERE;
        };
        // Definitions of module and class variables come before what their value mentions.
        let outer = self.initialised;
        let named = self.kind(left) == K::Identifier;
        let declared = if named && self.owns_names() {
            let name = self.intern(left);
            self.variable_def(name, left, node)
        } else {
            None
        };
        if declared.is_some() {
            self.initialised = declared;
        }
        if let Some(right) = right
            && self.assign_parts(left, right, node)
        {
            return Place::NOWHERE;
        }
        let mut value = match right {
            Some(right) => match self.class_making_call(left, right, declared) {
                Some(place) => place,
                None => self.expr(right),
            },
            None => Place::NOWHERE,
        };
        if let Some(right) = right
            && named
            && self.kind(right) == K::Integer
            && self.is_global_scope()
            && is_constant(self.text(left))
            && let Ok(index) = self.text(right).parse::<usize>()
        {
            value = self.b.place();
            self.indices.insert(value, index);
        }
        if let Some(annotation) = annotation {
            let line = line_of(annotation);
            let ty = self.late_type(annotation);
            let typed = self.b.place();
            self.b.copy(typed, value);
            self.b.typed(typed, ty, false, line);
            value = typed;
            if let Some(def) = declared {
                self.b.def(def).ty = Some(ty);
            }
            if self.kind(left) == K::Attribute
                && let Some(field) = self.self_field(left, node)
            {
                self.b.def(field).ty = Some(ty);
            }
            if self.is_class_scope() && named {
                self.class_field(left, right, annotation);
            }
        } else if self.is_class_scope() && named {
            value = self.class_attribute(left, right, value);
        }
        self.initialised = outer;
        if right.is_some() || annotation.is_some() {
            let var = self.assign(left, value, Some(node));
            if let (Some(var), Some(right)) = (var, right) {
                self.note_alias(var, right);
            }
        }
        value
    }

    fn owns_names(&self) -> bool {
        matches!(
            self.scopes[self.scope].kind,
            ScopeKind::Module | ScopeKind::Class
        )
    }

    /// `a, b = x, y` and `a, *b = x, y, z`: what stands on both sides is assigned one by one.
    /// Gives false, having done nothing, where the sides do not match.
    fn assign_parts(&mut self, left: Node<'t>, right: Node<'t>, statement: Node<'t>) -> bool {
        if !matches!(
            self.kind(left),
            K::PatternList | K::TuplePattern | K::ListPattern
        ) {
            return false;
        }
        let targets = self.kids(left);
        let Some(values) = right_sides(self, right) else {
            return false;
        };
        let starred = targets
            .iter()
            .position(|&t| self.kind(t) == K::ListSplatPattern);
        let fits = match starred {
            None => values.len() == targets.len(),
            Some(_) => values.len() + 1 >= targets.len(),
        };
        if !fits {
            return false;
        }
        // All values are evaluated before anything is assigned.
        let mut assigned: Vec<(Node<'t>, Place)> = Vec::with_capacity(targets.len());
        self.match_parts(&targets, &values, starred, &mut assigned);
        for (target, place) in assigned {
            self.assign(target, place, Some(statement));
        }
        true
    }

    /// Which place each target of `a, (b, *c) = x, (y, z)` gets.
    fn match_parts(
        &mut self,
        targets: &[Node<'t>],
        values: &[Node<'t>],
        starred: Option<usize>,
        assigned: &mut Vec<(Node<'t>, Place)>,
    ) {
        let many = (values.len() + 1).saturating_sub(targets.len());
        let mut next = 0;
        for (at, &target) in targets.iter().enumerate() {
            if starred == Some(at) {
                let rest = self.b.object("list");
                for (index, &value) in values[next..next + many].iter().enumerate() {
                    let place = self.expr(value);
                    if place != Place::NOWHERE {
                        let name = self.index_name(index);
                        self.b
                            .store(rest, Select::Field(name), place, line_of(value));
                    }
                }
                next += many;
                assigned.push((target, rest));
                continue;
            }
            let value = values[next];
            next += 1;
            let nested = matches!(
                self.kind(target),
                K::PatternList | K::TuplePattern | K::ListPattern
            );
            if nested && let Some(inner) = right_sides(self, value) {
                let parts = self.kids(target);
                let star = parts
                    .iter()
                    .position(|&t| self.kind(t) == K::ListSplatPattern);
                let fits = match star {
                    None => inner.len() == parts.len(),
                    Some(_) => inner.len() + 1 >= parts.len(),
                };
                if fits {
                    self.match_parts(&parts, &inner, star, assigned);
                    continue;
                }
            }
            let place = self.expr(value);
            assigned.push((target, place));
        }
    }

    /// Assigns a value to a target. `statement` is the assignment, where it is one, which makes
    /// definitions of module variables, class attributes and fields.
    pub(super) fn assign(
        &mut self,
        target: Node<'t>,
        value: Place,
        statement: Option<Node<'t>>,
    ) -> Option<VarId> {
        let f = &self.t.fields;
        let line = line_of(target);
        match self.kind(target) {
            K::Identifier => {
                let name = self.intern(target);
                if let Some(statement) = statement {
                    if self.owns_names() {
                        self.variable_def(name, target, statement);
                    } else if self.scopes[self.scope]
                        .declared
                        .iter()
                        .any(|d| d.0 == name && d.1)
                    {
                        self.global_def(name, target, statement);
                    }
                }
                return Some(self.bind_in(self.scope, name, value, What::Value));
            }
            K::Attribute => {
                if let Some(statement) = statement {
                    self.self_field(target, statement);
                }
                let base = self
                    .field(target, f.object)
                    .map_or(Place::NOWHERE, |o| self.expr(o));
                let attribute = self.field(target, f.attribute)?;
                if base != Place::NOWHERE {
                    let name = self.intern(attribute);
                    self.b
                        .store(base, Select::Field(name), value, line_of(attribute));
                }
            }
            K::Subscript => {
                let keys = self.in_field(target, f.subscript);
                if let (Some(namespace), [key]) = (self.field(target, f.value), keys.as_slice())
                    && let Some(base) = self.namespace_of(namespace)
                {
                    let select = self.namespace_select(*key);
                    self.b.store(base, select, value, line);
                    return None;
                }
                let base = self
                    .field(target, f.value)
                    .map_or(Place::NOWHERE, |v| self.expr(v));
                let keys = self.in_field(target, f.subscript);
                let select = match keys.as_slice() {
                    [key] if self.kind(*key) == K::Slice => None,
                    [key] => Some(self.key_select(*key)),
                    _ => Some(Select::Element),
                };
                let mut key_place = Place::NOWHERE;
                for &key in &keys {
                    key_place = self.expr(key);
                }
                if base == Place::NOWHERE {
                    return None;
                }
                let select = match select {
                    Some(Select::Element)
                        if key_place != Place::NOWHERE
                            && keys.len() == 1
                            && !self.params.contains(&key_place) =>
                    {
                        Some(Select::Key(key_place))
                    }
                    other => other,
                };
                match select {
                    Some(select) if value != Place::NOWHERE => {
                        self.b.store(base, select, value, line)
                    }
                    None => {
                        let element = self.iterate(value, line, false);
                        if element != Place::NOWHERE {
                            self.b.store(base, Select::Element, element, line);
                        }
                    }
                    _ => {}
                }
                self.b
                    .implicit(base, "__setitem__", &[key_place, value], line);
            }
            K::PatternList
            | K::TuplePattern
            | K::ListPattern
            | K::Tuple
            | K::List
            | K::ExprList => {
                self.unpack(target, value, statement);
            }
            K::ListSplatPattern | K::ListSplat => {
                if let Some(&inner) = self.kids(target).first() {
                    self.assign(inner, value, statement);
                }
            }
            K::Parenthesized | K::AsPatternTarget => {
                for child in self.kids(target) {
                    self.assign(child, value, statement);
                }
            }
            _ => {}
        }
        None
    }

    fn unpack(&mut self, target: Node<'t>, value: Place, statement: Option<Node<'t>>) {
        let line = line_of(target);
        let targets = self.kids(target);
        let iterated = if value == Place::NOWHERE {
            value
        } else {
            let iterator = self.b.implicit(value, "__iter__", &[], line);
            let next = self.b.implicit(iterator, "__next__", &[], line);
            let element = self.b.load(iterator, Select::Element, line);
            self.union(&[next, element])
        };
        let mut starred = false;
        for (at, &one) in targets.iter().enumerate() {
            if value == Place::NOWHERE {
                self.assign(one, value, statement);
                continue;
            }
            if matches!(self.kind(one), K::ListSplatPattern | K::ListSplat) {
                starred = true;
                let rest = self.b.object("list");
                if at + 1 == targets.len() {
                    // Elements keep their order, counted from where the rest begins.
                    for index in 0..MAX_REST {
                        let element = self.element_at(value, at + index, line);
                        let name = self.index_name(index);
                        self.b.store(rest, Select::Field(name), element, line);
                    }
                } else {
                    let element = self.b.load(value, Select::Element, line);
                    self.b.store(rest, Select::Element, element, line);
                }
                self.b.store(rest, Select::Element, iterated, line);
                self.assign(one, rest, statement);
                continue;
            }
            let own = if starred {
                self.b.load(value, Select::Element, line)
            } else {
                self.element_at(value, at, line)
            };
            let element = self.union(&[own, iterated]);
            self.assign(one, element, statement);
        }
    }

    // Definitions of variables

    /// The definition of a module-level variable or class attribute: made at its first
    /// assignment, its body is all of them.
    fn variable_def(&mut self, name: Name, target: Node<'t>, statement: Node<'t>) -> Option<DefId> {
        if self.scopes[self.scope].declared.iter().any(|d| d.0 == name) {
            return None;
        }
        let var = self.variable(self.scope, name);
        let range = statement.byte_range();
        let owner = self.scopes[self.scope].def;
        if self.is_global_scope() {
            self.holes.entry(owner).or_default().push(range.clone());
        }
        let body = self.tokens.hash(range);
        if let Some(def) = self.vars[var].def {
            let def = self.b.def(def);
            def.body = def.body.rotate_left(5) ^ body;
            return Some(self.vars[var].def.unwrap_or_default());
        }
        let kind = if self.is_class_scope() {
            NodeKind::Field
        } else if is_constant(self.b.text(name)) {
            NodeKind::Constant
        } else {
            NodeKind::Variable
        };
        let def = self.new_variable(kind, name, target, statement, body);
        self.vars[var].def = Some(def);
        Some(def)
    }

    /// A module variable that only functions assign, through `global`.
    fn global_def(&mut self, name: Name, target: Node<'t>, statement: Node<'t>) {
        let var = self.variable(0, name);
        if self.vars[var].def.is_some()
            || self.vars[var].history.iter().any(|e| e.what != What::Value)
        {
            return;
        }
        let body = self.tokens.hash(statement.byte_range());
        let kind = if is_constant(self.b.text(name)) {
            NodeKind::Constant
        } else {
            NodeKind::Variable
        };
        let def = self.new_variable(kind, name, target, statement, body);
        self.b.def(def).parent = DefId(0);
        self.vars[var].def = Some(def);
        let (shared, place) = (self.vars[var].shared, self.b.place_of(def));
        self.b.copy(place, shared);
        if !self
            .b
            .facts
            .members
            .iter()
            .any(|m| m.name == name && m.owner == MemberOwner::Def(DefId(0)))
        {
            self.b.member(DefId(0), name, Binding::Def(def), false);
        }
    }

    fn new_variable(
        &mut self,
        kind: NodeKind,
        name: Name,
        target: Node<'t>,
        statement: Node<'t>,
        body: u64,
    ) -> DefId {
        let lines = (line_of(statement), last_line(statement));
        let def = self.b.define(kind, name, lines, line_of(target));
        let mut signature = self.tokens.hash(target.byte_range());
        if let Some(annotation) = self.field(statement, self.t.fields.type_) {
            signature ^= self.tokens.hash(annotation.byte_range()).rotate_left(7);
        }
        let exported = !self.b.text(name).starts_with('_');
        let new = self.b.def(def);
        new.body = body;
        new.signature = signature;
        if exported {
            new.flags.0 |= DefFlags::EXPORTED;
        }
        def
    }

    /// The field that `self.x = …` defines, where `self` is the receiver of a method.
    fn self_field(&mut self, target: Node<'t>, statement: Node<'t>) -> Option<DefId> {
        let f = &self.t.fields;
        let object = self.field(target, f.object)?;
        if self.kind(object) != K::Identifier {
            return None;
        }
        let attribute = self.field(target, f.attribute)?;
        let function = self.function.def?;
        let receiver = self.b.def(function).receiver;
        if receiver == Place::NOWHERE {
            return None;
        }
        let base_name = self.intern(object);
        let &var = self.scopes[self.scope].vars.get(&base_name)?;
        if self.vars[var].history.first().map(|e| e.place) != Some(receiver) {
            return None;
        }
        let class = self.b.def(function).parent;
        let info = self.classes.get(&class)?;
        let class_scope = info.scope;
        let name = self.intern(attribute);
        if let Some(&known) = self.fields.get(&(class, name)) {
            let body = self.tokens.hash(statement.byte_range());
            let def = self.b.def(known);
            def.body = def.body.rotate_left(5) ^ body;
            return Some(known);
        }
        if self.scopes[class_scope].vars.contains_key(&name) {
            return None;
        }
        let body = self.tokens.hash(statement.byte_range());
        let def = self.new_variable(NodeKind::Field, name, attribute, statement, body);
        self.b.def(def).parent = class;
        self.fields.insert((class, name), def);
        let instance = !self.b.def(function).flags.has(DefFlags::CLASS_METHOD);
        self.b.member(class, name, Binding::Def(def), instance);
        Some(def)
    }

    fn note_alias(&mut self, var: VarId, right: Node<'t>) {
        let single = self.vars[var].history.len() == 1;
        let text = self.text(right);
        let shaped = match self.kind(right) {
            K::Subscript | K::String => true,
            K::Binary => text.contains('|'),
            K::Call => super::types::is_type_call(text),
            _ => false,
        };
        self.vars[var].alias =
            (single && shaped && text.len() < 500).then_some((text, line_of(right)));
    }

    pub(super) fn type_alias(&mut self, node: Node<'t>) {
        let kids = self.in_field(node, self.t.fields.left);
        let right = self.in_field(node, self.t.fields.right);
        let (Some(&left), Some(&right)) = (kids.first(), right.first()) else {
            return;
        };
        let text = self.text(left);
        let head = text.split('[').next().unwrap_or("").trim();
        let name = self.b.name(head);
        let lines = (line_of(node), last_line(node));
        let def = self.b.define(NodeKind::Type, name, lines, lines.0);
        let ty = self.late_type(right);
        let hash = self.tokens.hash(node.byte_range());
        let d = self.b.def(def);
        d.ty = Some(ty);
        d.body = hash;
        d.signature = hash;
        self.b.value(def);
        let place = self.b.place_of(def);
        self.bind_in(self.scope, name, place, What::Def(def));
    }
}

/// The right sides of `a, b = x, y`.
fn right_sides<'t>(lowerer: &mut Lowerer<'t>, right: Node<'t>) -> Option<super::lower::Kids<'t>> {
    if !matches!(
        lowerer.kind(right),
        K::ExprList | K::Tuple | K::List | K::PatternList | K::TuplePattern
    ) {
        return None;
    }
    let values = lowerer.kids(right);
    let splat = |&n: &Node<'t>| {
        matches!(
            lowerer.kind(n),
            K::ListSplat | K::ListSplatPattern | K::ParenSplat
        )
    };
    (!values.iter().any(splat)).then_some(values)
}

fn is_constant(name: &str) -> bool {
    name.chars().any(|c| c.is_uppercase()) && !name.chars().any(|c| c.is_lowercase())
}
