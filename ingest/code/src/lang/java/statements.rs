//! Statements.

use super::kinds::K;
use super::lower::{Lowerer, line};
use crate::facts::*;
use tree_sitter::Node;

impl<'t> Lowerer<'t> {
    /// The statements of a block, in a scope of their own.
    pub(super) fn block(&mut self, node: Node<'t>) {
        let kids = self.kids(node);
        self.types.push(0);
        self.b.scopes.push(0);
        self.declare_local_types(&kids);
        for kid in kids {
            self.statement(kid);
        }
        self.b.scopes.pop();
        self.types.pop();
    }

    /// Classes declared among statements.
    pub(super) fn declare_local_types(&mut self, kids: &[Node<'t>]) {
        for &node in kids {
            if self.kind(node).is_type_declaration() {
                let def = self.declare_type(node);
                let name = self.b.def(def).name;
                self.types.bind(name, crate::lang::builder::Bound::Def(def));
            }
        }
    }

    /// Statements that may not run, or run again.
    fn branch(&mut self, node: Option<Node<'t>>) {
        let Some(node) = node else { return };
        self.depth += 1;
        self.b.scopes.push(0);
        self.statement(node);
        self.b.scopes.pop();
        self.depth -= 1;
    }

    pub(super) fn statement(&mut self, node: Node<'t>) {
        match self.kind(node) {
            K::Block => self.block(node),
            K::ConstructorBody => self.block(node),
            K::ExpressionStatement => {
                for kid in self.kids(node) {
                    self.expression(kid);
                }
            }
            K::LocalVariable => self.local_variable(node),
            K::If => {
                if let Some(condition) = self.field(node, self.t.fields.condition) {
                    self.expression(condition);
                }
                let then = self.field(node, self.t.fields.consequence);
                self.branch(then);
                let other = self.field(node, self.t.fields.alternative);
                self.branch(other);
            }
            K::While | K::Do => {
                self.depth += 1;
                if let Some(condition) = self.field(node, self.t.fields.condition) {
                    self.expression(condition);
                }
                self.depth -= 1;
                let body = self.field(node, self.t.fields.body);
                self.branch(body);
            }
            K::For => {
                self.b.scopes.push(0);
                self.depth += 1;
                let mut cursor = node.walk();
                let body = self.field(node, self.t.fields.body);
                let parts: Vec<Node<'t>> = node
                    .named_children(&mut cursor)
                    .filter(|n| Some(n.id()) != body.map(|b| b.id()))
                    .collect();
                for part in parts {
                    match self.kind(part) {
                        K::LocalVariable => self.local_variable(part),
                        k if k.is_comment() => {}
                        _ => {
                            self.expression(part);
                        }
                    }
                }
                self.branch(body);
                self.depth -= 1;
                self.b.scopes.pop();
            }
            K::EnhancedFor => self.enhanced_for(node),
            K::Return => {
                if let Some(&value) = self.kids(node).first() {
                    let value = self.expression(value);
                    let ret = self.function.ret;
                    self.b.copy(ret, value);
                }
            }
            K::Yield => {
                if let Some(&value) = self.kids(node).first() {
                    let value = self.expression(value);
                    if let Some(&to) = self.yields.last() {
                        self.b.copy(to, value);
                    }
                }
            }
            K::Throw | K::Assert => {
                for kid in self.kids(node) {
                    self.expression(kid);
                }
            }
            K::Switch => {
                self.switch(node);
            }
            K::Synchronized => {
                for kid in self.kids(node) {
                    match self.kind(kid) {
                        K::Block => self.block(kid),
                        _ => {
                            self.expression(kid);
                        }
                    }
                }
            }
            K::Labeled => {
                let kids = self.kids(node);
                if let Some(&inner) = kids.last() {
                    self.statement(inner);
                }
            }
            K::Try | K::TryWith => self.try_statement(node),
            K::ExplicitConstructor => {
                if let Some(frame) = self.classes.last() {
                    let class = frame.def;
                    self.explicit_constructor(node, class);
                }
            }
            K::Method => self.top_method(node),
            k if k.is_type_declaration() => {
                let def = match self.made.get(&node.id()) {
                    Some(&def) => def,
                    None => {
                        self.declare_local_types(&[node]);
                        match self.made.get(&node.id()) {
                            Some(&def) => def,
                            None => return,
                        }
                    }
                };
                self.class(node, def);
            }
            K::Other if node.is_error() => {
                for kid in self.kids(node) {
                    self.statement(kid);
                }
            }
            K::Other | K::Package | K::Import => {}
            _ => {
                self.expression(node);
            }
        }
    }

    fn local_variable(&mut self, node: Node<'t>) {
        let Some(ty_node) = self.field(node, self.t.fields.type_) else {
            return;
        };
        for declarator in self.kids(node) {
            if self.kind(declarator) != K::VariableDeclarator {
                continue;
            }
            let Some(name) = self.field(declarator, self.t.fields.name) else {
                continue;
            };
            let dimensions = self.field(declarator, self.t.fields.dimensions);
            let ty = self.declared_type(ty_node, dimensions);
            let value_node = self.field(declarator, self.t.fields.value);
            let text = value_node.and_then(|v| self.constant_text(v));
            let value = value_node.map(|v| self.value_of(v, ty));
            self.declare_var(name, ty, value);
            if let Some(var) = self.vars.last_mut() {
                var.text = text;
            }
        }
    }

    fn enhanced_for(&mut self, node: Node<'t>) {
        let (Some(ty), Some(name), Some(value)) = (
            self.field(node, self.t.fields.type_),
            self.field(node, self.t.fields.name),
            self.field(node, self.t.fields.value),
        ) else {
            return;
        };
        let all = self.expression(value);
        let element = self.iterate(all, line(node));
        self.b.scopes.push(0);
        self.depth += 1;
        let dimensions = self.field(node, self.t.fields.dimensions);
        let ty = self.declared_type(ty, dimensions);
        self.declare_var(name, ty, Some(element));
        if let Some(body) = self.field(node, self.t.fields.body) {
            self.statement(body);
        }
        self.depth -= 1;
        self.b.scopes.pop();
    }

    /// What `for (x : all)` binds: elements of an array, else what the iterator gives.
    pub(super) fn iterate(&mut self, all: Place, at: u32) -> Place {
        let element = self.b.load(all, Select::Element, at);
        let iterator = self.b.implicit(all, "iterator", &[], at);
        self.b.implicit(iterator, "hasNext", &[], at);
        let next = self.b.implicit(iterator, "next", &[], at);
        let to = self.b.place();
        self.b.copy(to, element);
        self.b.copy(to, next);
        to
    }

    fn try_statement(&mut self, node: Node<'t>) {
        self.b.scopes.push(0);
        self.depth += 1;
        if let Some(resources) = self.field(node, self.t.fields.resources) {
            for resource in self.kids(resources) {
                self.resource(resource);
            }
        }
        if let Some(body) = self.field(node, self.t.fields.body) {
            self.block(body);
        }
        self.depth -= 1;
        self.b.scopes.pop();
        for kid in self.kids(node) {
            match self.kind(kid) {
                K::CatchClause => self.catch(kid),
                K::Finally => {
                    for block in self.kids(kid) {
                        self.statement(block);
                    }
                }
                _ => {}
            }
        }
    }

    fn resource(&mut self, node: Node<'t>) {
        let value = match self.field(node, self.t.fields.value) {
            Some(value_node) => {
                let ty = self
                    .field(node, self.t.fields.type_)
                    .and_then(|ty| self.type_of(ty));
                let value = self.value_of(value_node, ty);
                match self.field(node, self.t.fields.name) {
                    Some(name) => self.declare_var(name, ty, Some(value)),
                    None => value,
                }
            }
            // A variable that is there already.
            None => match self.kids(node).first() {
                Some(&known) => self.expression(known),
                None => return,
            },
        };
        self.b.implicit(value, "close", &[], line(node));
    }

    fn catch(&mut self, node: Node<'t>) {
        self.b.scopes.push(0);
        self.depth += 1;
        for kid in self.kids(node) {
            if self.kind(kid) == K::CatchParameter {
                let types = self.kids(kid);
                let ty = types
                    .into_iter()
                    .find(|&n| self.kind(n) == K::CatchType)
                    .and_then(|n| self.type_of(n));
                if let Some(name) = self.field(kid, self.t.fields.name) {
                    self.declare_var(name, ty, None);
                }
            }
        }
        if let Some(body) = self.field(node, self.t.fields.body) {
            self.block(body);
        }
        self.depth -= 1;
        self.b.scopes.pop();
    }

    // ---- switch -------------------------------------------------------------------------------

    /// A `switch`, as statement or expression; gives the place of its value.
    pub(super) fn switch(&mut self, node: Node<'t>) -> Place {
        let subject = self
            .field(node, self.t.fields.condition)
            .map_or(Place::NOWHERE, |c| self.expression(c));
        let to = self.b.place();
        self.yields.push(to);
        self.depth += 1;
        self.b.scopes.push(0);
        let groups = self
            .field(node, self.t.fields.body)
            .map_or_else(Default::default, |body| self.kids(body));
        for group in groups {
            self.b.scopes.push(0);
            let kids = self.kids(group);
            if self.kind(group) == K::SwitchGroup {
                self.types.push(0);
                self.declare_local_types(&kids);
            }
            for kid in kids {
                match self.kind(kid) {
                    K::SwitchLabel => self.label(kid, subject),
                    K::ExpressionStatement if self.kind(group) == K::SwitchRule => {
                        for value in self.kids(kid) {
                            let value = self.expression(value);
                            self.b.copy(to, value);
                        }
                    }
                    _ => self.statement(kid),
                }
            }
            if self.kind(group) == K::SwitchGroup {
                self.types.pop();
                // Variables of one group are seen in the next.
                let seen = self.b.scopes.here();
                self.b.scopes.pop();
                for (name, bound) in seen {
                    self.b.scopes.bind(name, bound);
                }
            } else {
                self.b.scopes.pop();
            }
        }
        self.b.scopes.pop();
        self.depth -= 1;
        self.yields.pop();
        to
    }

    fn label(&mut self, node: Node<'t>, subject: Place) {
        for kid in self.kids(node) {
            match self.kind(kid) {
                K::Pattern | K::TypePattern | K::RecordPattern => self.pattern(kid, subject),
                K::Guard => {
                    for condition in self.kids(kid) {
                        self.expression(condition);
                    }
                }
                K::Identifier => {
                    // A constant of the subject's enum, or of a class around.
                    let name = self.name_of(kid);
                    let dotted = self.dot(name);
                    self.b.load(subject, Select::Field(dotted), line(kid));
                }
                _ => {
                    self.expression(kid);
                }
            }
        }
    }

    /// Binds the variables of a pattern to parts of a value.
    pub(super) fn pattern(&mut self, node: Node<'t>, value: Place) {
        match self.kind(node) {
            K::Pattern => {
                for kid in self.kids(node) {
                    self.pattern(kid, value);
                }
            }
            K::TypePattern | K::RecordComponent => {
                let kids = self.kids(node);
                let name = kids
                    .iter()
                    .copied()
                    .rfind(|&n| self.kind(n) == K::Identifier);
                let ty = kids
                    .iter()
                    .copied()
                    .find(|&n| self.kind(n) != K::Identifier && self.kind(n) != K::Modifiers)
                    .and_then(|n| self.type_of(n));
                if let Some(name) = name {
                    let place = self.b.place();
                    self.narrow(place, value, ty, line(node));
                    self.bind_pattern(name, place, ty);
                }
            }
            K::RecordPattern => {
                let kids = self.kids(node);
                let ty = kids
                    .iter()
                    .copied()
                    .find(|&n| self.kind(n) != K::RecordPatternBody)
                    .and_then(|n| self.type_of(n));
                let record = self.b.place();
                self.narrow(record, value, ty, line(node));
                let body = kids
                    .iter()
                    .copied()
                    .find(|&n| self.kind(n) == K::RecordPatternBody);
                let parts = body.map_or_else(Default::default, |b| self.kids(b));
                for (index, part) in parts.into_iter().enumerate() {
                    let position = self.b.name(&format!(".#{index}"));
                    let inner = self.b.load(record, Select::Field(position), line(part));
                    self.pattern(part, inner);
                }
            }
            _ => {}
        }
    }

    /// Those values that may be of a type.
    pub(super) fn narrow(&mut self, to: Place, from: Place, ty: Option<TypeId>, at: u32) {
        match ty {
            Some(ty) => {
                let within = self.b.current();
                self.b.facts.flows.push(Flow::Narrow {
                    to,
                    from,
                    ty,
                    within,
                    line: at,
                });
            }
            None => self.b.copy(to, from),
        }
    }

    pub(super) fn bind_pattern(&mut self, name: Node<'t>, place: Place, ty: Option<TypeId>) {
        let name = self.name_of(name);
        let primitive = ty.and_then(|ty| self.primitive_type(ty));
        self.bind_var(
            name,
            super::lower::Var {
                place,
                ty,
                primitive,
                depth: self.depth,
                text: None,
            },
        );
    }
}
