//! Statements.

use super::kinds::K;
use super::lower::{Lowerer, line_of};
use super::scope::{ScopeKind, What};
use crate::facts::*;
use ripple_schemas::kind::BlindKind;
use tree_sitter::Node;

impl<'t> Lowerer<'t> {
    /// Lowers the statements of a block. Gives false where its end is never reached.
    pub(super) fn block(&mut self, block: Node<'t>) -> bool {
        let mut goes_on = true;
        for statement in self.kids(block) {
            goes_on &= self.statement(statement);
        }
        goes_on
    }

    fn statement(&mut self, node: Node<'t>) -> bool {
        let f = &self.t.fields;
        match self.kind(node) {
            K::ExprStatement => {
                for child in self.kids(node) {
                    self.expression_statement(child);
                }
            }
            K::Function => self.function_definition(node, &[], node),
            K::Class => self.class_definition(node, &[], node),
            K::Decorated => {
                let mut decorators: Vec<Node<'t>> = Vec::new();
                for child in self.kids(node) {
                    if self.kind(child) == K::Decorator {
                        decorators.extend(self.kids(child).first());
                    }
                }
                if let Some(inner) = self.field(node, f.definition) {
                    match self.kind(inner) {
                        K::Class => self.class_definition(inner, &decorators, node),
                        _ => self.function_definition(inner, &decorators, node),
                    }
                }
            }
            K::Return => {
                let value = match self.kids(node).first() {
                    Some(&value) => self.expr(value),
                    None => Place::NOWHERE,
                };
                self.function.returns.push((value, line_of(node)));
                return false;
            }
            K::If => return self.if_statement(node),
            K::For => self.for_statement(node),
            K::While => self.while_statement(node),
            K::Try => return self.try_statement(node),
            K::With => return self.with_statement(node),
            K::Match => return self.match_statement(node),
            K::Import => self.import_statement(node),
            K::ImportFrom => self.import_from(node),
            K::Raise => {
                self.raise(node);
                return false;
            }
            K::Break | K::Continue => return false,
            K::Global | K::Nonlocal => {
                let global = self.kind(node) == K::Global;
                for name in self.kids(node) {
                    let name = self.intern(name);
                    if !(global && self.is_global_scope()) {
                        self.scopes[self.scope].declared.push((name, global));
                    }
                }
            }
            K::Assert => {
                let kids = self.kids(node);
                for (at, &child) in kids.iter().enumerate() {
                    if at == 0 {
                        self.condition(child);
                    } else {
                        self.expr(child);
                    }
                }
                if let Some(&condition) = kids.first() {
                    self.narrow(condition);
                }
            }
            K::Delete => {
                for child in self.kids(node) {
                    self.delete(child);
                }
            }
            K::Exec => self.b.blind(BlindKind::Dynamic, line_of(node), "exec"),
            K::Print => {
                for child in self.kids(node) {
                    self.expr(child);
                }
            }
            K::TypeAlias => self.type_alias(node),
            K::Pass | K::FutureImport | K::Comment => {}
            K::Block => return self.block(node),
            // An ERROR node: keep what can be read inside it.
            _ if node.is_error() => {
                for child in self.kids(node) {
                    self.statement(child);
                }
            }
            _ => {
                self.expr(node);
            }
        }
        true
    }

    fn expression_statement(&mut self, node: Node<'t>) {
        match self.kind(node) {
            K::Assignment => {
                self.assignment(node);
            }
            K::Augmented => {
                self.augmented(node);
            }
            // A docstring or a bare constant.
            K::String
                if self
                    .kids(node)
                    .iter()
                    .all(|&k| self.kind(k) != K::Interpolation) => {}
            _ => {
                self.expr(node);
            }
        }
    }

    fn if_statement(&mut self, node: Node<'t>) -> bool {
        let f = &self.t.fields;
        let condition = self.field(node, f.condition);
        let checking = condition.is_some_and(|c| {
            let text = self.text(c);
            text == "TYPE_CHECKING" || text.ends_with(".TYPE_CHECKING")
        });
        if let Some(condition) = condition {
            self.condition(condition);
        }
        let main = condition.is_some_and(|c| self.text(c).starts_with("__name__"));
        if !main {
            self.optional += 1;
        }
        let mut branches = self.branches();
        let mark = self.mark();
        if let Some(condition) = condition {
            self.narrow(condition);
        }
        let outer = self.type_only;
        self.type_only |= checking;
        let goes_on = self
            .field(node, f.consequence)
            .is_none_or(|body| self.block(body));
        // `if not isinstance(x, C): return`: what follows sees a C.
        let guard = condition.filter(|&c| !goes_on && self.kind(c) == K::Not);
        self.type_only = outer;
        self.end_branch(&mut branches, mark, goes_on);
        let mut exhaustive = false;
        for alternative in self.in_field(node, f.alternative) {
            let mark = self.mark();
            if let Some(condition) = condition {
                self.exclude(condition);
            }
            let goes_on = match self.kind(alternative) {
                K::Elif => {
                    if let Some(condition) = self.field(alternative, f.condition) {
                        self.condition(condition);
                        self.narrow(condition);
                    }
                    self.field(alternative, f.consequence)
                        .is_none_or(|body| self.block(body))
                }
                _ => {
                    exhaustive = true;
                    self.field(alternative, f.body)
                        .is_none_or(|body| self.block(body))
                }
            };
            self.end_branch(&mut branches, mark, goes_on);
        }
        if !exhaustive {
            let mark = self.mark();
            if let Some(condition) = condition {
                self.exclude(condition);
            }
            self.end_branch(&mut branches, mark, true);
        }
        if !main {
            self.optional -= 1;
        }
        let goes_on = self.join(branches);
        if let Some(guard) = guard
            && let Some(&tested) = self.kids(guard).first()
        {
            self.narrow(tested);
        }
        goes_on
    }

    /// A condition calls `__bool__` of what it tests.
    pub(super) fn condition(&mut self, node: Node<'t>) {
        let place = self.expr(node);
        self.truth(node, place);
    }

    pub(super) fn truth(&mut self, node: Node<'t>, place: Place) {
        // `or` in a library model only says that there are two possibilities.
        if self.is_model {
            return;
        }
        let tested = matches!(
            self.kind(node),
            K::Identifier | K::Attribute | K::Call | K::Subscript | K::Await
        );
        if tested && place != Place::NOWHERE {
            self.b.implicit(place, "__bool__", &[], line_of(node));
        }
    }

    /// After `isinstance(x, C)`, x may also be a C.
    pub(super) fn narrow(&mut self, node: Node<'t>) {
        match self.kind(node) {
            K::Parenthesized => {
                for child in self.kids(node) {
                    self.narrow(child);
                }
            }
            K::Boolean => {
                let and = self
                    .field(node, self.t.fields.operator)
                    .is_some_and(|o| o.kind() == "and");
                if and {
                    for child in self.kids(node) {
                        self.narrow(child);
                    }
                }
            }
            K::Call => {
                let f = &self.t.fields;
                let (Some(function), Some(arguments)) =
                    (self.field(node, f.function), self.field(node, f.arguments))
                else {
                    return;
                };
                if self.text(function) != "isinstance" {
                    return;
                }
                let args = self.kids(arguments);
                let [subject, class] = args.as_slice() else {
                    return;
                };
                if self.kind(*subject) != K::Identifier {
                    return;
                }
                let line = line_of(node);
                let name = self.intern(*subject);
                let before = self.read(name, line, false);
                let narrowed = self.narrowed(before, *class, line);
                if let Some((var, _)) = self.find(self.scope, name)
                    && self.vars[var].scope == self.scope
                    && self.vars[var].shared == Place::NOWHERE
                {
                    self.rebind(var, narrowed);
                }
            }
            _ => {}
        }
    }

    /// Where `isinstance(x, C)` does not hold, x is no C.
    fn exclude(&mut self, node: Node<'t>) {
        let f = &self.t.fields;
        if self.kind(node) != K::Call {
            return;
        }
        let (Some(function), Some(arguments)) =
            (self.field(node, f.function), self.field(node, f.arguments))
        else {
            return;
        };
        let args = self.kids(arguments);
        let [subject, class] = args.as_slice() else {
            return;
        };
        if self.text(function) != "isinstance" || self.kind(*subject) != K::Identifier {
            return;
        }
        let (subject, class) = (*subject, *class);
        let name = self.intern(subject);
        if let Some((var, _)) = self.find(self.scope, name)
            && self.vars[var].scope == self.scope
            && self.vars[var].shared == Place::NOWHERE
        {
            let from = self.read(name, line_of(subject), true);
            let (to, ty) = (self.b.place(), self.late_type(class));
            self.b.facts.flows.push(Flow::Exclude { to, from, ty });
            self.rebind(var, to);
        }
    }

    /// What of a value is an instance of the class or classes that an expression names.
    fn narrowed(&mut self, from: Place, class: Node<'t>, line: u32) -> Place {
        let to = self.b.place();
        let ty = self.late_type(class);
        let within = self.b.current();
        self.b.facts.flows.push(Flow::Narrow {
            to,
            from,
            ty,
            within,
            line,
        });
        to
    }

    /// `to` holds an instance of the class or classes that an expression names.
    pub(super) fn typed_by_expr(&mut self, to: Place, class: Node<'t>, line: u32) {
        match self.kind(class) {
            K::Tuple | K::Parenthesized | K::ExprList => {
                for child in self.kids(class) {
                    self.typed_by_expr(to, child, line);
                }
            }
            K::Identifier | K::Attribute | K::DottedName | K::Binary => {
                let ty = self.late_type(class);
                self.b.typed(to, ty, false, line);
            }
            _ => {}
        }
    }

    fn for_statement(&mut self, node: Node<'t>) {
        let f = &self.t.fields;
        let iterable = self
            .field(node, f.right)
            .map_or(Place::NOWHERE, |right| self.expr(right));
        let is_async = self.is_async(node);
        let element = self.iterate(iterable, line_of(node), is_async);
        self.enter_loop();
        if let Some(left) = self.field(node, f.left) {
            self.assign(left, element, None);
        }
        if let Some(body) = self.field(node, f.body) {
            self.block(body);
        }
        self.leave_loop();
        self.else_clause(node);
    }

    fn while_statement(&mut self, node: Node<'t>) {
        let f = &self.t.fields;
        self.enter_loop();
        if let Some(condition) = self.field(node, f.condition) {
            self.condition(condition);
            self.narrow(condition);
        }
        if let Some(body) = self.field(node, f.body) {
            self.block(body);
        }
        self.leave_loop();
        self.else_clause(node);
    }

    fn else_clause(&mut self, node: Node<'t>) {
        let f = &self.t.fields;
        if let Some(body) = self
            .field(node, f.alternative)
            .and_then(|a| self.field(a, f.body))
        {
            let mut branches = self.branches();
            let mark = self.mark();
            let goes_on = self.block(body);
            self.end_branch(&mut branches, mark, goes_on);
            let mark = self.mark();
            self.end_branch(&mut branches, mark, true);
            self.join(branches);
        }
    }

    fn try_statement(&mut self, node: Node<'t>) -> bool {
        let f = &self.t.fields;
        self.optional += 1;
        let mut branches = self.branches();
        let start = self.mark();
        let mut goes_on = self.field(node, f.body).is_none_or(|body| self.block(body));
        let clauses = self.kids(node);
        for &clause in &clauses {
            if self.kind(clause) == K::Else {
                goes_on &= self
                    .field(clause, f.body)
                    .is_none_or(|body| self.block(body));
            }
        }
        self.end_branch(&mut branches, start, goes_on);
        let end = self.mark();
        for &clause in &clauses {
            if self.kind(clause) != K::Except {
                continue;
            }
            let mark = self.mark();
            // The handler may start after any assignment of the body.
            self.replay(start, end);
            let goes_on = self.except(clause);
            self.end_branch(&mut branches, mark, goes_on);
        }
        let goes_on = self.join(branches);
        self.optional -= 1;
        let mut ends = goes_on;
        for &clause in &clauses {
            if self.kind(clause) == K::Finally {
                for body in self.kids(clause) {
                    ends &= self.block(body);
                }
            }
        }
        ends
    }

    fn except(&mut self, clause: Node<'t>) -> bool {
        let f = &self.t.fields;
        let values = self.in_field(clause, f.value);
        let alias = self.field(clause, f.alias);
        let line = line_of(clause);
        let mut goes_on = true;
        let mut bound = alias;
        let mut types: Vec<Node<'t>> = Vec::new();
        for &value in &values {
            // `except E as e` may also be read as one pattern.
            if self.kind(value) == K::AsPattern {
                let parts = self.kids(value);
                if let [class, target] = parts.as_slice() {
                    types.push(*class);
                    bound = Some(*target);
                }
            } else {
                types.push(value);
            }
        }
        for &class in &types {
            self.expr(class);
        }
        if let Some(target) = bound {
            let mut place = self.b.place();
            for &class in &types {
                self.typed_by_expr(place, class, line);
                let raised = self.raised();
                let caught = self.narrowed(raised, class, line);
                self.b.copy(place, caught);
            }
            if clause.child(1).is_some_and(|c| c.kind() == "*") {
                // `except*` binds a group of them.
                let (group, list) = (self.b.object("ExceptionGroup"), self.b.object("list"));
                let exceptions = self.b.name("exceptions");
                self.b.store(list, Select::Element, place, line);
                self.b.store(group, Select::Field(exceptions), list, line);
                place = group;
            }
            self.assign(target, place, None);
        }
        for child in self.kids(clause) {
            if self.kind(child) == K::Block {
                goes_on &= self.block(child);
            }
        }
        goes_on
    }

    fn with_statement(&mut self, node: Node<'t>) -> bool {
        let f = &self.t.fields;
        let is_async = self.is_async(node);
        let (enter, exit) = if is_async {
            ("__aenter__", "__aexit__")
        } else {
            ("__enter__", "__exit__")
        };
        for clause in self.kids(node) {
            if self.kind(clause) != K::WithClause {
                continue;
            }
            for item in self.kids(clause) {
                let Some(value) = self.field(item, f.value) else {
                    continue;
                };
                let line = line_of(value);
                let (context, target) = if self.kind(value) == K::AsPattern {
                    let parts = self.kids(value);
                    (parts.first().copied(), parts.get(1).copied())
                } else {
                    (Some(value), None)
                };
                let Some(context) = context else { continue };
                let manager = self.expr(context);
                let entered = if manager == Place::NOWHERE {
                    manager
                } else {
                    let entered = self.b.implicit(manager, enter, &[], line);
                    self.b.implicit(manager, exit, &[Place::NOWHERE; 3], line);
                    entered
                };
                if let Some(target) = target {
                    self.assign(target, entered, None);
                }
            }
        }
        // A context manager may swallow the exception that ended the body.
        if let Some(body) = self.field(node, f.body) {
            return self.block(body);
        }
        true
    }

    fn match_statement(&mut self, node: Node<'t>) -> bool {
        let f = &self.t.fields;
        let subjects = self.in_field(node, f.subject);
        let subject = match subjects.as_slice() {
            [one] => self.expr(*one),
            many => {
                let places: Vec<Place> = many.iter().map(|&n| self.expr(n)).collect();
                self.tuple_of(&places, line_of(node))
            }
        };
        let mut branches = self.branches();
        let mut exhaustive = false;
        let body = self.field(node, f.body);
        let clauses = body.map(|b| self.kids(b)).unwrap_or_default();
        for clause in clauses {
            if self.kind(clause) != K::CaseClause {
                continue;
            }
            let mark = self.mark();
            let guard = self.field(clause, f.guard);
            let mut patterns: Vec<Node<'t>> = Vec::new();
            for child in self.kids(clause) {
                if self.kind(child) == K::CasePattern {
                    patterns.push(child);
                }
            }
            let irrefutable = matches!(patterns.as_slice(), [p] if self.text(*p) == "_");
            exhaustive |= irrefutable && guard.is_none();
            match patterns.as_slice() {
                [one] => {
                    self.pattern(*one, subject);
                    if let [subject_node] = subjects.as_slice() {
                        self.narrow_subject(*subject_node, *one, subject);
                    }
                }
                many => {
                    for (at, &pattern) in many.iter().enumerate() {
                        let element = self.element_at(subject, at, line_of(pattern));
                        self.pattern(pattern, element);
                    }
                }
            }
            if let Some(guard) = guard {
                for child in self.kids(guard) {
                    self.condition(child);
                    self.narrow(child);
                }
            }
            let goes_on = self
                .field(clause, f.consequence)
                .is_none_or(|body| self.block(body));
            self.end_branch(&mut branches, mark, goes_on);
        }
        if !exhaustive {
            let mark = self.mark();
            self.end_branch(&mut branches, mark, true);
        }
        self.join(branches)
    }

    /// Inside `case C(…)` the name that is matched holds a C.
    fn narrow_subject(&mut self, node: Node<'t>, pattern: Node<'t>, subject: Place) {
        if self.kind(node) != K::Identifier || subject == Place::NOWHERE {
            return;
        }
        let value = self.pattern_value(pattern, subject);
        let name = self.intern(node);
        if value == subject {
            return;
        }
        if let Some((var, _)) = self.find(self.scope, name)
            && self.vars[var].scope == self.scope
            && self.vars[var].shared == Place::NOWHERE
            && self.vars[var].current == subject
        {
            self.rebind(var, value);
        }
    }

    /// Binds what a `case` pattern captures.
    fn pattern(&mut self, node: Node<'t>, subject: Place) {
        let line = line_of(node);
        match self.kind(node) {
            K::CasePattern => {
                for child in self.kids(node) {
                    self.pattern(child, subject);
                }
            }
            K::AsPattern => {
                let parts = self.kids(node);
                let mut value = subject;
                for &part in &parts {
                    if self.kind(part) == K::Identifier {
                        let name = self.intern(part);
                        self.bind_in(self.scope, name, value, What::Value);
                    } else {
                        value = self.pattern_value(part, subject);
                        self.pattern(part, subject);
                    }
                }
            }
            K::DottedName => {
                let parts = self.kids(node);
                if let [name] = parts.as_slice() {
                    let name = self.intern(*name);
                    self.bind_in(self.scope, name, subject, What::Value);
                } else {
                    let value = self.dotted(node);
                    if value != Place::NOWHERE && subject != Place::NOWHERE {
                        self.b.implicit(subject, "__eq__", &[value], line);
                    }
                }
            }
            K::ClassPattern => {
                let narrowed = self.pattern_value(node, subject);
                for (at, &child) in self.kids(node).iter().enumerate().skip(1) {
                    let inner = self.kids(child).first().copied();
                    let keyword = inner.filter(|&n| self.kind(n) == K::KeywordPattern);
                    if let Some(keyword) = keyword {
                        let parts = self.kids(keyword);
                        if let [name, value] = parts.as_slice() {
                            let name = self.intern(*name);
                            let member = self.b.load(narrowed, Select::Field(name), line);
                            self.pattern(*value, member);
                        }
                    } else {
                        // Positional: the class's `__match_args__`, for dataclasses its fields.
                        let member = self.match_arg(node, at - 1, narrowed, line);
                        self.pattern(child, member);
                    }
                }
            }
            K::KeywordPattern => {
                if let Some(&value) = self.kids(node).last() {
                    self.pattern(value, Place::NOWHERE);
                }
            }
            K::List | K::Tuple | K::ListPattern | K::TuplePattern => {
                for (at, &child) in self.kids(node).iter().enumerate() {
                    let element = self.element_at(subject, at, line);
                    self.pattern(child, element);
                }
            }
            K::DictPattern => {
                let f = &self.t.fields;
                let keys = self.in_field(node, f.key);
                let values = self.in_field(node, f.value);
                for (&key, &value) in keys.iter().zip(&values) {
                    let select = self.key_select(key);
                    let element = if subject == Place::NOWHERE {
                        subject
                    } else {
                        self.b.load(subject, select, line)
                    };
                    self.pattern(value, element);
                }
                for child in self.kids(node) {
                    if self.kind(child) == K::SplatPattern {
                        self.pattern(child, subject);
                    }
                }
            }
            K::SplatPattern => {
                for child in self.kids(node) {
                    if self.kind(child) == K::Identifier {
                        let name = self.intern(child);
                        self.bind_in(self.scope, name, subject, What::Value);
                    }
                }
            }
            K::UnionPattern => {
                for child in self.kids(node) {
                    self.pattern(child, subject);
                }
            }
            _ => {}
        }
    }

    /// The subject, known to be of the classes that the pattern names.
    fn pattern_value(&mut self, node: Node<'t>, subject: Place) -> Place {
        let mut node = node;
        while matches!(self.kind(node), K::CasePattern | K::AsPattern) {
            match self.kids(node).first() {
                Some(&inner) => node = inner,
                None => return subject,
            }
        }
        if self.kind(node) != K::ClassPattern {
            return subject;
        }
        let Some(&class) = self.kids(node).first() else {
            return subject;
        };
        self.narrowed(subject, class, line_of(node))
    }

    fn raise(&mut self, node: Node<'t>) {
        let cause = self.field(node, self.t.fields.cause);
        for child in self.kids(node) {
            let value = self.expr(child);
            // `raise C` instantiates C.
            let named = matches!(self.kind(child), K::Identifier | K::Attribute);
            if Some(child) != cause {
                let raised = self.raised();
                self.b.copy(raised, value);
            }
            let last = self.text(child).rsplit('.').next().unwrap_or("");
            let class = last
                .trim_start_matches('_')
                .starts_with(|c: char| c.is_uppercase());
            if named && class && Some(child) != cause {
                let text = self.intern(child);
                let made = self.b.call(
                    CallKind::Implicit,
                    line_of(child),
                    value,
                    Place::NOWHERE,
                    &[],
                    text,
                );
                let raised = self.raised();
                self.b.copy(raised, made);
            }
        }
    }

    /// What `raise` raises anywhere in this file.
    fn raised(&mut self) -> Place {
        if self.raised == Place::NOWHERE {
            self.raised = self.b.place();
        }
        self.raised
    }

    fn delete(&mut self, node: Node<'t>) {
        let f = &self.t.fields;
        let line = line_of(node);
        match self.kind(node) {
            K::Subscript => {
                let base = self
                    .field(node, f.value)
                    .map_or(Place::NOWHERE, |v| self.expr(v));
                let keys = self.in_field(node, f.subscript);
                let key = keys.first().map_or(Place::NOWHERE, |&k| self.expr(k));
                if base != Place::NOWHERE {
                    self.b.implicit(base, "__delitem__", &[key], line);
                }
            }
            K::Attribute => {
                let base = self
                    .field(node, f.object)
                    .map_or(Place::NOWHERE, |v| self.expr(v));
                if base != Place::NOWHERE {
                    self.b.implicit(base, "__delattr__", &[], line);
                }
            }
            K::ExprList | K::Tuple | K::Parenthesized | K::List => {
                for child in self.kids(node) {
                    self.delete(child);
                }
            }
            _ => {}
        }
    }

    pub(super) fn is_class_scope(&self) -> bool {
        self.scopes[self.scope].kind == ScopeKind::Class
    }
}
