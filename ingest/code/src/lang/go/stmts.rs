//! Statements.
//!
//! Goes in: a block. Comes out: what its statements make flow and call, in order. Both sides of
//! every condition are read.

use super::decls::specs;
use super::grammar::{Kind, children, children_of};
use super::lower::{KEY, Lower, tag};
use crate::facts::*;
use crate::lang::builder::Bound;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// The statements of a block or a case, in the current scope.
    pub(super) fn statements(&mut self, block: Node<'t>) {
        for node in children(block) {
            match self.kind(node) {
                Kind::StatementList => self.statements(node),
                _ => self.statement(node),
            }
        }
    }

    fn block(&mut self, block: Node<'t>) {
        self.b.scopes.push(tag::BLOCK);
        self.statements(block);
        self.b.scopes.pop();
    }

    pub(super) fn statement(&mut self, node: Node<'t>) {
        let line = self.line(node);
        self.deeper(line, |lower| lower.statement_of(node));
    }

    fn statement_of(&mut self, node: Node<'t>) {
        let f = &self.g.fields;
        match self.kind(node) {
            Kind::Block => self.block(node),
            Kind::StatementList => self.statements(node),
            Kind::ExpressionStatement
            | Kind::GoStatement
            | Kind::DeferStatement
            | Kind::IncStatement
            | Kind::DecStatement => {
                for child in children(node) {
                    self.expr(child);
                }
            }
            Kind::ShortVarDeclaration => self.short_var(node),
            Kind::AssignmentStatement => self.assignment(node),
            Kind::VarDeclaration | Kind::ConstDeclaration => {
                for spec in specs(self, node) {
                    self.local_values(spec);
                }
            }
            Kind::TypeDeclaration => {
                for spec in children(node) {
                    if let Some(def) = self.declare_type(spec) {
                        self.type_body(def, spec);
                    }
                }
            }
            Kind::SendStatement => {
                if let (Some(channel), Some(value)) =
                    (self.field(node, f.channel), self.field(node, f.value))
                {
                    let (channel, value) = (self.expr(channel), self.expr(value));
                    let carried = self.member_named(KEY);
                    let line = self.line(node);
                    self.b.store(channel, carried, value, line);
                }
            }
            Kind::ReturnStatement => self.return_statement(node),
            Kind::IfStatement => {
                self.b.scopes.push(tag::BLOCK);
                for field in [f.initializer, f.condition, f.consequence, f.alternative] {
                    if let Some(part) = self.field(node, field) {
                        if field == f.condition {
                            self.expr(part);
                        } else {
                            self.statement(part);
                        }
                    }
                }
                self.b.scopes.pop();
            }
            Kind::ForStatement => self.for_statement(node),
            Kind::ExpressionSwitch => {
                self.b.scopes.push(tag::BLOCK);
                if let Some(first) = self.field(node, f.initializer) {
                    self.statement(first);
                }
                if let Some(value) = self.field(node, f.value) {
                    self.expr(value);
                }
                for case in children(node) {
                    if let Kind::ExpressionCase | Kind::DefaultCase = self.kind(case) {
                        if let Some(values) = self.field(case, f.value) {
                            for value in children(values) {
                                self.expr(value);
                            }
                        }
                        self.case_body(case);
                    }
                }
                self.b.scopes.pop();
            }
            Kind::TypeSwitch => self.type_switch(node),
            Kind::SelectStatement => {
                for case in children(node) {
                    self.b.scopes.push(tag::BLOCK);
                    if let Some(first) = self.field(case, f.communication) {
                        self.communication(first);
                    }
                    self.case_statements(case);
                    self.b.scopes.pop();
                }
            }
            Kind::LabeledStatement => {
                for child in children(node) {
                    if Some(child) != self.field(node, f.name) {
                        self.statement(child);
                    }
                }
            }
            Kind::FunctionDeclaration | Kind::MethodDeclaration | Kind::Other => {}
            _ => {
                self.expr(node);
            }
        }
    }

    fn case_body(&mut self, case: Node<'t>) {
        self.b.scopes.push(tag::BLOCK);
        self.case_statements(case);
        self.b.scopes.pop();
    }

    fn case_statements(&mut self, case: Node<'t>) {
        for child in children(case) {
            if self.kind(child) == Kind::StatementList {
                self.statements(child);
            }
        }
    }

    fn return_statement(&mut self, node: Node<'t>) {
        let Some(list) = children(node).first().copied() else {
            return;
        };
        let results = self.fun.results.clone();
        let values = self.values_for(list, results.len(), None);
        for (&to, &from) in results.iter().zip(&values) {
            self.b.copy(to, from);
        }
    }

    fn communication(&mut self, node: Node<'t>) {
        let f = &self.g.fields;
        if self.kind(node) == Kind::SendStatement {
            return self.statement(node);
        }
        let Some(right) = self.field(node, f.right) else {
            return;
        };
        let value = self.expr(right);
        if let Some(left) = self.field(node, f.left) {
            let fresh = self.has_token(node, ":=");
            if let Some(&first) = children(left).first() {
                if fresh {
                    self.declare(first, value);
                } else {
                    self.assign(first, value);
                }
            }
            if fresh {
                for &other in children(left).iter().skip(1) {
                    self.declare(other, Place::NOWHERE);
                }
            }
        }
    }

    fn has_token(&self, node: Node<'t>, token: &str) -> bool {
        let mut cursor = node.walk();
        node.children(&mut cursor)
            .any(|c| !c.is_named() && c.kind() == token)
    }

    fn for_statement(&mut self, node: Node<'t>) {
        let f = &self.g.fields;
        self.b.scopes.push(tag::BLOCK);
        let body = self.field(node, f.body);
        let head = children(node).into_iter().find(|&c| Some(c) != body);
        match head.map(|h| (h, self.kind(h))) {
            Some((clause, Kind::RangeClause)) => self.range(clause),
            Some((clause, Kind::ForClause)) => {
                if let Some(first) = self.field(clause, f.initializer) {
                    self.statement(first);
                }
                if let Some(condition) = self.field(clause, f.condition) {
                    self.expr(condition);
                }
                if let Some(update) = self.field(clause, f.update) {
                    self.statement(update);
                }
            }
            Some((condition, _)) => {
                self.expr(condition);
            }
            None => {}
        }
        if let Some(body) = body {
            self.block(body);
        }
        self.b.scopes.pop();
    }

    /// `for k, v := range x`: keys and elements, or what an iterator yields.
    fn range(&mut self, clause: Node<'t>) {
        let f = &self.g.fields;
        let Some(right) = self.field(clause, f.right) else {
            return;
        };
        let line = self.line(right);
        let over = self.expr(right);
        let names = match self.field(clause, f.left) {
            Some(left) => children(left),
            None => Default::default(),
        };
        let wants = |at: usize| names.get(at).is_some_and(|&n| self.text(n) != "_");
        let (wants_key, wants_element) = (wants(0), wants(1));
        let (key, element) = (self.b.place(), self.b.place());
        if wants_key {
            let keys = self.member_named(KEY);
            let from = self.b.load(over, keys, line);
            self.b.copy(key, from);
        }
        if wants_element {
            let from = self.b.load(over, Select::Element, line);
            self.b.copy(element, from);
        }
        let fresh = self.has_token(clause, ":=");
        for (&name, from) in names.iter().zip([key, element]) {
            if fresh {
                self.declare(name, from);
            } else {
                self.assign(name, from);
            }
        }
        let may_iterate = matches!(
            self.strip(right).map(|n| self.kind(n)),
            Some(
                Kind::CallExpression
                    | Kind::Identifier
                    | Kind::SelectorExpression
                    | Kind::IndexExpression
                    | Kind::FuncLiteral
                    | Kind::TypeInstantiation
            )
        );
        if may_iterate {
            // The body of the loop is the function that an iterator calls.
            let name = self.b.name("yield");
            let def = self.b.define(NodeKind::Function, name, (line, line), line);
            let params = [key, element].map(|place| Param {
                name,
                place,
                kind: ParamKind::Plain,
                ty: None,
            });
            let d = self.b.def(def);
            d.flags = DefFlags(DefFlags::TRANSPARENT | DefFlags::STATIC);
            d.params = params.into();
            self.b.value(def);
            let body = self.b.place_of(def);
            let text = self.b.bounded(self.text(right));
            self.b.call(
                CallKind::Implicit,
                line,
                over,
                Place::NOWHERE,
                &[body],
                text,
            );
        }
    }

    fn type_switch(&mut self, node: Node<'t>) {
        let f = &self.g.fields;
        self.b.scopes.push(tag::BLOCK);
        if let Some(first) = self.field(node, f.initializer) {
            self.statement(first);
        }
        let value = match self.field(node, f.value) {
            Some(value) => self.expr(value),
            None => Place::NOWHERE,
        };
        let alias = self
            .field(node, f.alias)
            .and_then(|a| children(a).first().copied());
        for case in children(node) {
            let kind = self.kind(case);
            if !matches!(kind, Kind::TypeCase | Kind::DefaultCase) {
                continue;
            }
            self.b.scopes.push(tag::BLOCK);
            let types = children_of(case, f.type_);
            let line = self.line(case);
            let place = self.b.place();
            let mut wanted = Vec::new();
            for ty in types {
                // `case nil` holds nothing.
                if self.text(ty) != "nil" {
                    let ty = self.ty(ty);
                    wanted.push(ty);
                }
            }
            let known = wanted.iter().all(|&t| !self.says_nothing(t));
            match (kind, wanted.as_slice()) {
                (Kind::TypeCase, []) => {}
                (Kind::TypeCase, &[ty]) if known => self.narrow(place, value, ty, line),
                (Kind::TypeCase, &[_]) => {}
                (Kind::TypeCase, _) if known => {
                    let ty = self.b.ty(Type::Union(wanted));
                    self.narrow(place, value, ty, line);
                }
                _ => self.b.copy(place, value),
            }
            if let Some(alias) = alias {
                let name = self.name(alias);
                self.b.scopes.bind(name, Bound::Place(place));
            }
            self.case_statements(case);
            self.b.scopes.pop();
        }
        self.b.scopes.pop();
    }

    /// The values that may be of a type.
    pub(super) fn narrow(&mut self, to: Place, from: Place, ty: TypeId, line: u32) {
        let within = self.b.current();
        self.b.facts.flows.push(Flow::Narrow {
            to,
            from,
            ty,
            within,
            line,
        });
    }
}
