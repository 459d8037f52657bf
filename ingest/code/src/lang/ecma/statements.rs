//! Statements: what runs after what, and which variables hold what there.

use crate::facts::*;
use crate::lang::builder::Bound;
use crate::lang::ecma::kinds::K;
use crate::lang::ecma::lower::{Hint, Lower};
use crate::lang::ecma::vars::VarId;
use ripple_schemas::NodeKind;
use ripple_schemas::kind::BlindKind;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// Reads statements whose scope is open and hoisted.
    pub(super) fn statements(&mut self, nodes: &[Node<'t>]) {
        for &node in nodes {
            self.statement(node);
        }
    }

    /// Reads a block in a scope of its own.
    pub(super) fn block(&mut self, node: Node<'t>) {
        let nodes = self.children(node);
        self.b.scopes.push(0);
        self.types.push(0);
        self.hoist(&nodes);
        self.statements(&nodes);
        self.types.pop();
        self.b.scopes.pop();
    }

    fn statement(&mut self, node: Node<'t>) {
        match self.kind(node) {
            K::ExpressionStatement => {
                if let Some(inner) = self.first(node) {
                    if self.kind(inner) == K::InternalModule {
                        self.namespace(inner);
                    } else {
                        self.expr(inner);
                    }
                }
            }
            K::LexicalDeclaration | K::VariableDeclaration | K::UsingDeclaration => {
                for declarator in self.children(node) {
                    if self.kind(declarator) == K::VariableDeclarator {
                        self.declarator(declarator);
                    }
                }
            }
            K::FunctionDeclaration | K::GeneratorFunctionDeclaration | K::FunctionSignature => {
                if let Some(&def) = self.hoisted.get(&node.id()) {
                    self.function(node, def);
                }
            }
            K::ClassDeclaration | K::AbstractClassDeclaration => {
                if let Some(&def) = self.hoisted.get(&node.id()) {
                    self.class(node, def, node);
                }
            }
            K::EnumDeclaration => self.enumeration(node),
            K::InterfaceDeclaration => self.interface(node),
            K::TypeAliasDeclaration => self.alias(node),
            K::InternalModule | K::Module => self.namespace(node),
            K::AmbientDeclaration => {
                self.ambient += 1;
                for child in self.children(node) {
                    if self.kind(child) == K::StatementBlock {
                        let inner = self.children(child);
                        self.statements(&inner);
                    } else {
                        self.statement(child);
                    }
                }
                self.ambient -= 1;
            }
            K::ExportStatement => self.export_statement(node),
            K::ReturnStatement => {
                let value = self.first(node).map_or(Place::NOWHERE, |v| self.expr(v));
                let line = self.line(node);
                self.give_back(value, line);
                self.vars.dead = true;
            }
            K::ThrowStatement => {
                let value = self.first(node).map_or(Place::NOWHERE, |v| self.expr(v));
                self.throw(value);
                self.vars.dead = true;
            }
            K::IfStatement => self.if_statement(node),
            K::ForStatement => self.for_statement(node),
            K::ForInStatement => self.for_in(node),
            K::WhileStatement => {
                self.vars.open(false);
                if let Some(condition) = self.field(node, self.f.condition) {
                    self.expr(condition);
                }
                self.body(node);
                self.vars.close_loop(&mut self.b);
            }
            K::DoStatement => {
                self.vars.open(false);
                self.body(node);
                if let Some(condition) = self.field(node, self.f.condition) {
                    self.expr(condition);
                }
                self.vars.close_loop(&mut self.b);
            }
            K::TryStatement => self.try_statement(node),
            K::SwitchStatement => self.switch(node),
            K::LabeledStatement => {
                if let Some(body) = self.field(node, self.f.body) {
                    self.statement(body);
                }
            }
            K::WithStatement => {
                let line = self.line(node);
                self.b.blind(BlindKind::Dynamic, line, "with");
                if let Some(object) = self.field(node, self.f.object) {
                    self.expr(object);
                }
                self.body(node);
            }
            K::StatementBlock => self.block(node),
            K::ElseClause => {
                if let Some(inner) = self.first(node) {
                    self.statement(inner);
                }
            }
            K::ImportStatement | K::ImportAlias | K::Comment => {}
            K::Other => self.broken(node),
            _ => {
                // An expression where a statement is missing its wrapping: part of an error.
                self.expr(node);
            }
        }
    }

    /// The readable part of a broken place.
    fn broken(&mut self, node: Node<'t>) {
        if !node.is_error() {
            return;
        }
        for child in self.children(node) {
            if self.is_statement(child) {
                self.hoist_var(child);
                self.hoist(&[child]);
                self.statement(child);
            } else {
                self.expr(child);
            }
        }
    }

    fn is_statement(&self, node: Node<'t>) -> bool {
        matches!(
            self.kind(node),
            K::ExpressionStatement
                | K::LexicalDeclaration
                | K::VariableDeclaration
                | K::FunctionDeclaration
                | K::ClassDeclaration
                | K::IfStatement
                | K::ForStatement
                | K::ForInStatement
                | K::WhileStatement
                | K::TryStatement
                | K::ReturnStatement
                | K::StatementBlock
                | K::ExportStatement
                | K::ImportStatement
                | K::InterfaceDeclaration
                | K::TypeAliasDeclaration
                | K::EnumDeclaration
        )
    }

    fn body(&mut self, node: Node<'t>) {
        if let Some(body) = self.field(node, self.f.body) {
            self.statement(body);
        }
    }

    /// `x = value` of a declaration.
    fn declarator(&mut self, node: Node<'t>) {
        let Some(name) = self.field(node, self.f.name) else {
            return;
        };
        let annotated = self.field(node, self.f.type_).map(|t| self.annotation(t));
        let Some(value) = self.field(node, self.f.value) else {
            if let Some(ty) = annotated {
                let from = self.with_type(name, ty, Place::NOWHERE);
                self.bind_pattern(name, from, true);
            }
            return;
        };
        if self.required_early.contains(&value.id()) {
            return;
        }
        if let Some((inner, _)) = self.named_value(value)
            && let Some(&def) = self.hoisted.get(&inner.id())
        {
            self.named_declaration(node, inner, def);
            return;
        }
        let hint = self.pattern_hint(name);
        let constant = node
            .parent()
            .and_then(|d| d.child(0))
            .is_some_and(|c| c.kind() == "const");
        if constant
            && let Some(&var) = self.declared.get(&name.id())
            && let Some(text) = self.constant_key(value)
        {
            let text = self.b.name(&text);
            self.const_text.insert(var.0, text);
        }
        let mut from = self.expr_hint(value, hint);
        if let Some(ty) = annotated {
            from = self.with_type(name, ty, from);
        }
        self.bind_pattern(name, from, true);
        if self.kind(name) == K::ObjectPattern && self.required(value).is_some() {
            for child in self.children(name) {
                let bound = self.declared.get(&child.id()).map(|var| var.0);
                if let Some(var) = bound {
                    let member = self.name_of(child);
                    self.required_members.insert(var, (from, member));
                }
            }
        }
    }

    /// `const f = () => …`: the definition was made when its scope was entered.
    fn named_declaration(&mut self, declarator: Node<'t>, value: Node<'t>, def: DefId) {
        if self.b.def(def).kind == NodeKind::Class {
            self.class(value, def, declarator);
            return;
        }
        self.function(value, def);
        if let Some(annotation) = self.field(declarator, self.f.type_) {
            let ty = self.annotation(annotation);
            let (line, place) = (self.line(annotation), self.b.place());
            self.b.typed(place, ty, false, line);
        }
    }

    /// A value and whatever a declared type may be.
    fn with_type(&mut self, name: Node<'t>, ty: TypeId, from: Place) -> Place {
        if let Some(def) = self
            .declared
            .get(&name.id())
            .and_then(|var| self.var_defs.get(&var.0))
        {
            let def = *def;
            self.b.def(def).ty = Some(ty);
        }
        if self.b.facts.types[ty.0 as usize] == Type::Unknown {
            return from;
        }
        let (line, place) = (self.line(name), self.b.place());
        self.b.typed(place, ty, false, line);
        self.b.copy(place, from);
        place
    }

    /// The name that functions in the value of a declaration get.
    fn pattern_hint(&mut self, name: Node<'t>) -> Hint {
        if self.kind(name) != K::Identifier {
            return Hint::default();
        }
        let text = self.name_of(name);
        match self
            .declared
            .get(&name.id())
            .and_then(|var| self.var_defs.get(&var.0))
        {
            // Members are named under the variable's own definition.
            Some(&def) => Hint {
                parent: Some(def),
                name: Some(self.b.name("")),
            },
            None => Hint {
                parent: None,
                name: Some(text),
            },
        }
    }

    /// What a `return` gives: wrapped by an async function.
    pub(super) fn give_back(&mut self, value: Place, line: u32) {
        if value == Place::NOWHERE {
            return;
        }
        let (def, outcome, is_async, is_generator) = {
            let frame = self.frame();
            (frame.def, frame.outcome, frame.is_async, frame.is_generator)
        };
        if is_generator {
            let select = self.field_named("$return");
            self.b.store(outcome, select, value, line);
        } else if is_async {
            let value = self.awaited(value, line);
            let select = self.field_named("[value]");
            self.b.store(outcome, select, value, line);
        } else {
            let ret = self.b.def(def).ret;
            self.b.copy(ret, value);
        }
    }

    /// The value of a promise, or the value itself.
    pub(super) fn awaited(&mut self, value: Place, line: u32) -> Place {
        if value == Place::NOWHERE {
            return value;
        }
        let select = self.field_named("[value]");
        let inner = self.b.load_callee(value, select, line);
        self.union(value, inner)
    }

    pub(super) fn throw(&mut self, value: Place) {
        if value == Place::NOWHERE {
            return;
        }
        let handler = self.frame().handlers.last().copied();
        match handler {
            Some(handler) => self.b.copy(handler, value),
            None => {
                let thrown = self.thrown;
                self.b.copy(thrown, value);
            }
        }
    }

    fn if_statement(&mut self, node: Node<'t>) {
        let condition = self.field(node, self.f.condition);
        if let Some(condition) = condition {
            self.expr(condition);
        }
        let mark = self.vars.mark();
        if let Some(condition) = condition {
            self.narrow(condition, true);
        }
        if let Some(then) = self.field(node, self.f.consequence) {
            self.statement(then);
        }
        let first = self.vars.take(mark);
        let mark = self.vars.mark();
        if let Some(condition) = condition {
            self.narrow(condition, false);
        }
        if let Some(other) = self.field(node, self.f.alternative) {
            self.statement(other);
        }
        let second = self.vars.take(mark);
        self.vars.merge(&mut self.b, first, second);
    }

    /// `x instanceof C` where it holds: x is a C.
    pub(super) fn narrow(&mut self, condition: Node<'t>, holds: bool) {
        match self.kind(condition) {
            K::ParenthesizedExpression => {
                if let Some(inner) = self.first(condition) {
                    self.narrow(inner, holds);
                }
            }
            K::UnaryExpression => {
                let operator = self.field(condition, self.f.operator);
                if operator.is_some_and(|o| self.text(o) == "!")
                    && let Some(inner) = self.field(condition, self.f.argument)
                {
                    self.narrow(inner, !holds);
                }
            }
            K::BinaryExpression => {
                let operator = self.field(condition, self.f.operator);
                let (left, right) = (
                    self.field(condition, self.f.left),
                    self.field(condition, self.f.right),
                );
                let (Some(operator), Some(left), Some(right)) = (operator, left, right) else {
                    return;
                };
                match self.text(operator) {
                    "&&" if holds => {
                        self.narrow(left, true);
                        self.narrow(right, true);
                    }
                    "||" if !holds => {
                        self.narrow(left, false);
                        self.narrow(right, false);
                    }
                    "instanceof" => self.narrow_to(left, right, holds),
                    _ => {}
                }
            }
            _ => {}
        }
    }

    fn narrow_to(&mut self, variable: Node<'t>, class: Node<'t>, holds: bool) {
        if self.kind(variable) != K::Identifier {
            return;
        }
        let name = self.name_of(variable);
        let Some(Bound::Place(var)) = self.b.scopes.get(name) else {
            return;
        };
        let Some(path) = self.value_path(class) else {
            return;
        };
        let ty = self.b.ty(Type::Named(path, Vec::new()));
        let place = self.b.place();
        let from = self.vars.read(&mut self.b, VarId(var.0));
        let (within, line) = (self.b.current(), self.line(class));
        self.b.facts.flows.push(if holds {
            Flow::Narrow {
                to: place,
                from,
                ty,
                within,
                line,
            }
        } else {
            Flow::Exclude {
                to: place,
                from,
                ty,
            }
        });
        self.vars.narrow(&mut self.b, VarId(var.0), place);
    }

    fn for_statement(&mut self, node: Node<'t>) {
        self.b.scopes.push(0);
        if let Some(initializer) = self.field(node, self.f.initializer) {
            self.hoist(&[initializer]);
            match self.kind(initializer) {
                K::LexicalDeclaration | K::VariableDeclaration => self.statement(initializer),
                K::Other => {}
                _ => {
                    self.expr(initializer);
                }
            }
        }
        self.vars.open(false);
        if let Some(condition) = self.field(node, self.f.condition)
            && condition.is_named()
        {
            self.statement_or_expr(condition);
        }
        self.body(node);
        if let Some(increment) = self.field(node, self.f.increment) {
            self.expr(increment);
        }
        self.vars.close_loop(&mut self.b);
        self.b.scopes.pop();
    }

    fn statement_or_expr(&mut self, node: Node<'t>) {
        if self.kind(node) == K::ExpressionStatement {
            self.statement(node);
        } else {
            self.expr(node);
        }
    }

    fn for_in(&mut self, node: Node<'t>) {
        let line = self.line(node);
        let over = match self.field(node, self.f.right) {
            Some(right) => self.expr(right),
            None => Place::NOWHERE,
        };
        let of = self
            .field(node, self.f.operator)
            .is_some_and(|o| self.text(o) == "of");
        let awaits = self.has_token(node, "await")
            || self
                .field(node, self.f.kind)
                .is_some_and(|k| self.text(k) == "await");
        let element = if of {
            let closes = self
                .field(node, self.f.body)
                .is_some_and(|body| self.leaves(body, true));
            let element = self.iterate_until(over, line, closes);
            if awaits {
                self.awaited(element, line)
            } else {
                element
            }
        } else {
            // The keys: strings of which nothing is known.
            Place::NOWHERE
        };
        self.b.scopes.push(0);
        self.vars.open(false);
        if let Some(left) = self.field(node, self.f.left) {
            let kind = self.field(node, self.f.kind).map(|k| self.text(k));
            match kind {
                Some("var") => self.bind_pattern(left, element, true),
                Some(kind) => {
                    self.declare_pattern(left, kind == "const", None);
                    self.bind_pattern(left, element, true);
                }
                None => self.bind_pattern(left, element, false),
            }
        }
        self.body(node);
        self.vars.close_loop(&mut self.b);
        self.b.scopes.pop();
    }

    /// True where a body may be left before its loop ends: by `break`, `return`, `throw`.
    fn leaves(&self, node: Node<'t>, own: bool) -> bool {
        match node.kind() {
            "return_statement" | "throw_statement" => true,
            "break_statement" => own || node.named_child_count() > 0,
            "function_declaration"
            | "function_expression"
            | "generator_function"
            | "generator_function_declaration"
            | "arrow_function"
            | "method_definition"
            | "class_body" => false,
            kind => {
                let inner = matches!(
                    kind,
                    "for_statement"
                        | "for_in_statement"
                        | "while_statement"
                        | "do_statement"
                        | "switch_statement"
                );
                let own = own && !inner;
                self.children(node).iter().any(|&n| self.leaves(n, own))
            }
        }
    }

    fn try_statement(&mut self, node: Node<'t>) {
        let handler = self.field(node, self.f.handler);
        let caught = self.b.place();
        let thrown = self.thrown;
        if handler.is_some() {
            self.b.copy(caught, thrown);
            self.frame().handlers.push(caught);
        }
        let mark = self.vars.mark();
        self.vars.open(true);
        self.body(node);
        let held = self.vars.close_try();
        if handler.is_some() {
            self.frame().handlers.pop();
        }
        let first = self.vars.take(mark);
        let mark = self.vars.mark();
        self.vars.assume(&held);
        match handler {
            Some(handler) => {
                self.b.scopes.push(0);
                if let Some(parameter) = self.field(handler, self.f.parameter) {
                    self.declare_pattern(parameter, false, None);
                    self.bind_pattern(parameter, caught, true);
                }
                self.body(handler);
                self.b.scopes.pop();
            }
            None => self.vars.dead = true,
        }
        let second = self.vars.take(mark);
        self.vars.merge(&mut self.b, first, second);
        if let Some(finalizer) = self.field(node, self.f.finalizer) {
            let dead = std::mem::replace(&mut self.vars.dead, false);
            self.body(finalizer);
            self.vars.dead |= dead;
        }
    }

    fn switch(&mut self, node: Node<'t>) {
        if let Some(value) = self.field(node, self.f.value) {
            self.expr(value);
        }
        let Some(body) = self.field(node, self.f.body) else {
            return;
        };
        let cases = self.children(body);
        self.b.scopes.push(0);
        self.types.push(0);
        for &case in &cases {
            let nodes = self.children(case);
            self.hoist(&nodes);
        }
        for case in cases {
            let value = self.field(case, self.f.value);
            if let Some(value) = value {
                self.expr(value);
            }
            let mark = self.vars.mark();
            for child in self.children(case) {
                if Some(child) != value {
                    self.statement(child);
                }
            }
            let taken = self.vars.take(mark);
            let untaken = self.vars.untaken();
            self.vars.merge(&mut self.b, taken, untaken);
        }
        self.types.pop();
        self.b.scopes.pop();
    }
}
