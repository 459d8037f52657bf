//! Functions: parameters, bodies, what a call of them yields.

use crate::facts::*;
use crate::lang::builder::Bound;
use crate::lang::ecma::kinds::K;
use crate::lang::ecma::lower::{Frame, Hint, Lower};
use crate::lang::ecma::patterns::Key;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

/// Names that have both a getter and a setter in one class or object.
pub(super) type Accessors = Vec<Name>;

impl<'t> Lower<'t> {
    /// A function or arrow expression as a value.
    pub(super) fn function_value(&mut self, node: Node<'t>, hint: Hint) -> Place {
        if let Some(&def) = self.hoisted.get(&node.id()) {
            self.function(node, def);
            return self.b.place_of(def);
        }
        let def = self.function_def(node, hint);
        self.function(node, def);
        self.b.place_of(def)
    }

    /// The definition of a function expression.
    pub(super) fn function_def(&mut self, node: Node<'t>, hint: Hint) -> DefId {
        let own = self.field(node, self.f.name);
        let keeps = matches!(
            self.kind(node),
            K::FunctionExpression | K::GeneratorFunction
        );
        let (name, lambda) = match (hint.name, own) {
            (_, Some(own)) if keeps => (self.name_of(own), false),
            (Some(name), _) if !self.b.text(name).is_empty() => (name, false),
            (_, Some(own)) => (self.name_of(own), false),
            _ => (self.b.name("<lambda>"), true),
        };
        let line = self.line(own.unwrap_or(node));
        let lines = self.lines(node);
        let parent = if lambda { None } else { hint.parent };
        let def = self.define(NodeKind::Function, name, parent, lines, line);
        if lambda {
            self.b.def(def).flags.0 |= DefFlags::LAMBDA;
        }
        self.b.value(def);
        def
    }

    /// Reads a function's parameters and body into its definition.
    pub(super) fn function(&mut self, node: Node<'t>, def: DefId) {
        let class = match self.kind(node) {
            K::ArrowFunction => self.frame().class,
            _ => None,
        };
        self.function_in(node, def, class);
    }

    /// The same, with the class in whose body it is written.
    pub(super) fn function_in(&mut self, node: Node<'t>, def: DefId, class: Option<DefId>) {
        let kind = self.kind(node);
        let arrow = kind == K::ArrowFunction;
        let is_async = self.has_token(node, "async");
        let is_generator = matches!(kind, K::GeneratorFunction | K::GeneratorFunctionDeclaration)
            || (kind == K::MethodDefinition && self.has_token(node, "*"));
        let body = self.field(node, self.f.body);
        self.hash(def, node.byte_range(), body.map(|b| b.byte_range()));
        if let Some(body) = body
            && self.b.current() == DefId(0)
        {
            self.holes.push(body.byte_range());
        }
        let this = if arrow { self.this() } else { self.b.place() };
        let ret = self.b.place();
        let outcome = if is_generator {
            self.b.object("Generator")
        } else if is_async {
            self.b.object("Promise")
        } else {
            Place::NOWHERE
        };
        self.b.copy(ret, outcome);
        {
            let d = self.b.def(def);
            d.ret = ret;
            d.receiver = if arrow { Place::NOWHERE } else { this };
            if is_async {
                d.flags.0 |= DefFlags::ASYNC;
            }
            if is_generator {
                d.flags.0 |= DefFlags::GENERATOR;
            }
        }
        self.b.enter(def);
        self.b.scopes.push(0);
        self.types.push(0);
        self.vars.enter();
        self.frames.push(Frame {
            def,
            this,
            arguments: Place::NOWHERE,
            arrow,
            outcome,
            is_async,
            is_generator,
            class,
            handlers: Vec::new(),
        });
        // A function expression sees itself under its own name.
        if matches!(kind, K::FunctionExpression | K::GeneratorFunction)
            && let Some(own) = self.field(node, self.f.name)
        {
            let name = self.name_of(own);
            self.b.scopes.bind(name, Bound::Def(def));
        }
        self.type_parameters(node, def);
        self.parameters(node, def);
        if let Some(annotation) = self.field(node, self.f.return_type) {
            self.return_type(annotation, def, ret, is_async || is_generator);
        }
        if let Some(body) = body {
            if self.kind(body) == K::StatementBlock {
                let nodes = self.children(body);
                self.hoist_vars(&nodes);
                self.hoist(&nodes);
                self.statements(&nodes);
            } else {
                let value = self.expr(body);
                let line = self.line(body);
                self.give_back(value, line);
            }
        }
        self.frames.pop();
        self.vars.leave();
        self.types.pop();
        self.b.scopes.pop();
        self.b.leave();
    }

    fn return_type(&mut self, annotation: Node<'t>, def: DefId, ret: Place, wrapped: bool) {
        if self.kind(annotation) == K::TypePredicateAnnotation {
            return;
        }
        let ty = self.annotation(annotation);
        if self.b.facts.types[ty.0 as usize] == Type::Unknown {
            return;
        }
        let d = self.b.def(def);
        if d.ty.is_none() {
            d.ty = Some(ty);
        }
        let line = self.line(annotation);
        let to = if wrapped { ret } else { self.b.place() };
        self.b.typed(to, ty, false, line);
        if !wrapped {
            self.b.copy(ret, to);
        }
    }

    fn parameters(&mut self, node: Node<'t>, def: DefId) {
        // A second signature of an overloaded function has the parameters already.
        self.b.def(def).params.clear();
        if let Some(single) = self.field(node, self.f.parameter) {
            self.parameter(single, def, None);
            return;
        }
        let Some(list) = self.field(node, self.f.parameters) else {
            return;
        };
        for child in self.children(list) {
            match self.kind(child) {
                K::RequiredParameter | K::OptionalParameter => {
                    let Some(pattern) = self.field(child, self.f.pattern) else {
                        continue;
                    };
                    if self.kind(pattern) == K::This {
                        let annotation = self.field(child, self.f.type_);
                        if let Some(annotation) = annotation {
                            let ty = self.annotation(annotation);
                            let (line, this) = (self.line(child), self.this());
                            self.b.typed(this, ty, false, line);
                        }
                        continue;
                    }
                    self.parameter(pattern, def, Some(child));
                }
                K::Comment => {}
                _ => self.parameter(child, def, None),
            }
        }
    }

    /// One parameter; `outer` is TypeScript's wrapping with type, default and modifiers.
    fn parameter(&mut self, pattern: Node<'t>, def: DefId, outer: Option<Node<'t>>) {
        let line = self.line(pattern);
        let ty = outer
            .and_then(|o| self.field(o, self.f.type_))
            .map(|t| self.annotation(t))
            .filter(|ty| self.b.facts.types[ty.0 as usize] != Type::Unknown);
        let rest = self.kind(pattern) == K::RestPattern;
        let (inner, default) = match self.kind(pattern) {
            K::AssignmentPattern => (
                self.field(pattern, self.f.left).unwrap_or(pattern),
                self.field(pattern, self.f.right),
            ),
            K::RestPattern => (self.first(pattern).unwrap_or(pattern), None),
            _ => (pattern, outer.and_then(|o| self.field(o, self.f.value))),
        };
        let place = if rest {
            self.b.object("Array")
        } else {
            self.b.place()
        };
        let simple = self.kind(inner) == K::Identifier;
        let name = if simple {
            self.name_of(inner)
        } else {
            self.b.name("")
        };
        if let Some(ty) = ty {
            // The place is the parameter's own: the solver puts the declared type there.
            let mention = self.b.place();
            self.b.typed(mention, ty, false, line);
            self.b.copy(place, mention);
        }
        let kind = if rest {
            ParamKind::Rest
        } else {
            ParamKind::Plain
        };
        self.b.def(def).params.push(Param {
            name,
            place,
            kind,
            ty,
        });
        let decorators = outer.map(|o| self.children(o)).unwrap_or_default();
        for child in decorators {
            if self.kind(child) == K::Decorator {
                self.decorator(child, place, false);
            }
        }
        let mut value = place;
        if let Some(default) = default {
            let hint = Hint {
                parent: None,
                name: simple.then_some(name),
            };
            let from = self.expr_hint(default, hint);
            if from != Place::NOWHERE {
                value = self.b.place();
                self.b.copy(value, place);
                self.b.copy(value, from);
            }
        }
        if simple {
            let var = self.vars.declare_at(value);
            self.b.scopes.bind(name, Bound::Place(Place(var.0)));
        } else {
            self.declare_pattern(inner, false, None);
            self.bind_pattern(inner, value, true);
        }
        if let Some(outer) = outer {
            self.parameter_property(outer, name, value, ty, def);
        }
    }

    /// `constructor(private x: Foo)` declares and sets a field.
    fn parameter_property(
        &mut self,
        outer: Node<'t>,
        name: Name,
        value: Place,
        ty: Option<TypeId>,
        def: DefId,
    ) {
        let Some(class) = self.frame().class else {
            return;
        };
        if !self.b.def(def).flags.has(DefFlags::CONSTRUCTOR) {
            return;
        }
        let modified = self.has_token(outer, "readonly")
            || self
                .children(outer)
                .iter()
                .any(|&n| matches!(self.kind(n), K::AccessibilityModifier | K::OverrideModifier));
        if !modified {
            return;
        }
        let (lines, line) = (self.lines(outer), self.line(outer));
        let field = self.define(NodeKind::Field, name, Some(class), lines, line);
        self.hash(field, outer.byte_range(), None);
        self.b.def(field).ty = ty;
        self.b.member(class, name, Binding::Def(field), true);
        let place = self.b.place_of(field);
        self.b.copy(place, value);
    }

    /// Names with a getter and a setter, which need telling apart.
    pub(super) fn accessors(&mut self, members: &[Node<'t>]) -> Accessors {
        let (mut getters, mut both) = (Vec::new(), Accessors::new());
        for pass in ["get", "set"] {
            for &member in members {
                if self.kind(member) != K::MethodDefinition || !self.has_token(member, pass) {
                    continue;
                }
                let Some(name) = self.field(member, self.f.name) else {
                    continue;
                };
                let name = self.name_of(name);
                if pass == "get" {
                    getters.push(name);
                } else if getters.contains(&name) {
                    both.push(name);
                }
            }
        }
        both
    }

    /// A method of a class or object literal: its key and definition.
    pub(super) fn method(
        &mut self,
        node: Node<'t>,
        hint: Hint,
        class: Option<DefId>,
        accessors: &Accessors,
    ) -> (Key, DefId) {
        let Some(name_node) = self.field(node, self.f.name) else {
            let def = self.function_def(node, hint);
            self.function(node, def);
            return (Key::Unknown, def);
        };
        let key = self.key(name_node);
        let text = self.key_text(name_node, key);
        let hint = self.member_hint(hint, &text);
        let name = match hint.name {
            Some(name) => name,
            None => self.b.name(&text),
        };
        let (lines, line) = (self.lines(node), self.line(name_node));
        let lines = (
            self.doc_line.take().unwrap_or(lines.0).min(lines.0),
            lines.1,
        );
        let def = self.define(NodeKind::Method, name, hint.parent, lines, line);
        let getter = self.has_token(node, "get");
        let setter = self.has_token(node, "set");
        let mut flags = 0;
        if getter {
            flags |= DefFlags::GETTER;
        }
        if setter {
            flags |= DefFlags::SETTER;
        }
        if class.is_some() {
            if self.has_token(node, "static") {
                flags |= DefFlags::STATIC;
            } else if text == "constructor" && self.kind(name_node) != K::ComputedPropertyName {
                flags |= DefFlags::CONSTRUCTOR;
            }
        }
        self.b.def(def).flags.0 |= flags;
        if getter || setter {
            let own = self.name_of(name_node);
            if accessors.contains(&own) {
                let which = self.b.name(if getter { "get" } else { "set" });
                self.b.def(def).disambiguator = Some(which);
            }
        }
        let decorated = self
            .children(node)
            .iter()
            .any(|&n| self.kind(n) == K::Decorator);
        if !decorated && !self.decorated_next {
            self.b.value(def);
        }
        self.function_in(node, def, class);
        (key, def)
    }
}
