//! Expressions: the place that holds what one yields.

use crate::facts::*;
use crate::lang::ecma::kinds::K;
use crate::lang::ecma::lower::{Hint, Lower};
use crate::lang::ecma::patterns::Key;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

/// Strings longer than this are never keys.
const MAX_KEY: usize = 80;

impl<'t> Lower<'t> {
    /// Reads an expression.
    pub(super) fn expr(&mut self, node: Node<'t>) -> Place {
        self.expr_hint(node, Hint::default())
    }

    /// Reads an expression that is directly assigned to something with a name.
    pub(super) fn expr_hint(&mut self, node: Node<'t>, hint: Hint) -> Place {
        match self.kind(node) {
            K::Identifier | K::ShorthandPropertyIdentifier | K::Undefined => {
                let name = self.name_of(node);
                let line = self.line(node);
                self.read_name(name, line, false)
            }
            K::MemberExpression => self.member(node, false).0,
            K::SubscriptExpression => self.element_of(node, false).0,
            K::CallExpression => self.call(node),
            K::NewExpression => self.new_expression(node),
            K::String => {
                let text = self.string_text(node);
                if text.len() <= MAX_KEY {
                    self.b.string(text)
                } else {
                    self.b.object("String")
                }
            }
            K::TemplateString => self.template(node),
            K::Regex => self.b.object("RegExp"),
            K::This => self.this(),
            K::Super => self.super_place(node),
            K::ArrowFunction
            | K::FunctionExpression
            | K::GeneratorFunction
            | K::FunctionDeclaration => self.function_value(node, hint),
            K::Class | K::ClassDeclaration => self.class_value(node, hint),
            K::Object => self.object(node, hint),
            K::Array => self.array(node, hint),
            K::ParenthesizedExpression | K::NonNullExpression => match self.first(node) {
                Some(inner) => self.expr_hint(inner, hint),
                None => Place::NOWHERE,
            },
            K::AsExpression | K::SatisfiesExpression | K::TypeAssertion => {
                self.assertion(node, hint)
            }
            K::InstantiationExpression => match self.first(node) {
                Some(inner) => self.expr(inner),
                None => Place::NOWHERE,
            },
            K::AssignmentExpression => self.assignment(node),
            K::AugmentedAssignmentExpression => self.augmented(node),
            K::BinaryExpression => self.binary(node, hint),
            K::TernaryExpression => self.ternary(node, hint),
            K::UnaryExpression | K::UpdateExpression => {
                if let Some(argument) = self.field(node, self.f.argument) {
                    let value = self.expr(argument);
                    let operator = self.field(node, self.f.operator).map(|o| self.text(o));
                    if matches!(operator, Some("+" | "-" | "~")) {
                        self.converted(argument, value, "$number");
                    }
                }
                Place::NOWHERE
            }
            K::AwaitExpression => {
                let line = self.line(node);
                let value = self.first(node).map_or(Place::NOWHERE, |n| self.expr(n));
                self.awaited(value, line)
            }
            K::YieldExpression => self.yields(node),
            K::SequenceExpression => {
                let mut last = Place::NOWHERE;
                for child in self.children(node) {
                    last = self.expr(child);
                }
                last
            }
            K::SpreadElement => match self.first(node) {
                Some(inner) => self.expr(inner),
                None => Place::NOWHERE,
            },
            K::JsxElement | K::JsxSelfClosingElement => self.jsx(node),
            K::JsxExpression | K::TemplateSubstitution => {
                let mut last = Place::NOWHERE;
                for child in self.children(node) {
                    last = self.expr(child);
                }
                last
            }
            K::MetaProperty if self.text(node) == "new.target" => {
                // The class of what is being made.
                let (this, line) = (self.this(), self.line(node));
                let select = self.field_named("constructor");
                self.b.load_callee(this, select, line)
            }
            K::MetaProperty | K::Number | K::Comment => Place::NOWHERE,
            K::ExpressionStatement | K::StatementBlock => {
                let nodes = [node];
                self.statements(&nodes);
                Place::NOWHERE
            }
            K::Other if node.is_error() => {
                for child in self.children(node) {
                    self.expr(child);
                }
                Place::NOWHERE
            }
            _ => Place::NOWHERE,
        }
    }

    fn template(&mut self, node: Node<'t>) -> Place {
        let mut plain = true;
        for child in self.children(node) {
            if self.kind(child) == K::TemplateSubstitution {
                plain = false;
                let value = self.expr(child);
                let inner = self.first(child);
                if let Some(inner) = inner {
                    self.converted(inner, value, "$text");
                }
            }
        }
        if plain {
            let text = self.string_text(node);
            if text.len() <= MAX_KEY {
                return self.b.string(text);
            }
        }
        self.b.object("String")
    }

    /// A value is converted to a string (`$text`) or a number (`$number`), by its own methods.
    pub(super) fn converted(&mut self, node: Node<'t>, value: Place, how: &str) {
        if value != Place::NOWHERE && self.may_convert(node) {
            let line = self.line(node);
            self.b.implicit(value, how, &[], line);
        }
    }

    /// True for expressions whose value may be an object that says how it is converted.
    fn may_convert(&self, node: Node<'t>) -> bool {
        matches!(
            self.kind(node),
            K::Identifier | K::This | K::NewExpression | K::MemberExpression
        )
    }

    /// `o.name`: the member and the object.
    pub(super) fn member(&mut self, node: Node<'t>, callee: bool) -> (Place, Place) {
        let (Some(object), Some(property)) = (
            self.field(node, self.f.object),
            self.field(node, self.f.property),
        ) else {
            return (Place::NOWHERE, Place::NOWHERE);
        };
        let line = self.line(property);
        if self.kind(object) == K::Identifier {
            match (self.text(object), self.text(property)) {
                ("module", "exports") if self.is_global("module") => {
                    return (self.exports, Place::NOWHERE);
                }
                _ => {}
            }
        }
        let base = self.expr(object);
        let receiver = if self.kind(object) == K::Super {
            self.this()
        } else {
            base
        };
        let select = Select::Field(self.name_of(property));
        let loaded = if callee {
            self.b.load_callee(base, select, line)
        } else {
            self.b.load(base, select, line)
        };
        (loaded, receiver)
    }

    /// `o[k]`: the element and the object.
    pub(super) fn element_of(&mut self, node: Node<'t>, callee: bool) -> (Place, Place) {
        let (Some(object), Some(index)) = (
            self.field(node, self.f.object),
            self.field(node, self.f.index),
        ) else {
            return (Place::NOWHERE, Place::NOWHERE);
        };
        let base = self.expr(object);
        let select = match self.beginning(index) {
            Some(beginning) => {
                self.expr(index);
                Select::Beginning(self.b.name(&beginning))
            }
            None => self.subscript(index),
        };
        let line = self.line(index);
        let loaded = if callee {
            self.b.load_callee(base, select, line)
        } else {
            self.b.load(base, select, line)
        };
        let receiver = if self.kind(object) == K::Super {
            self.this()
        } else {
            base
        };
        (loaded, receiver)
    }

    /// `super` in the class around.
    pub(super) fn super_place(&mut self, node: Node<'t>) -> Place {
        let _ = node;
        let (class, receiver) = {
            let frame = self.frame();
            (frame.class, frame.this)
        };
        let to = self.b.place();
        if let Some(class) = class {
            self.b.facts.flows.push(Flow::Super {
                to,
                class,
                receiver,
            });
        } else {
            // In an object literal: what the object inherits.
            let select = self.field_named("__proto__");
            let line = self.line(node);
            let proto = self.b.load(receiver, select, line);
            self.b.copy(to, proto);
        }
        to
    }

    fn assertion(&mut self, node: Node<'t>, hint: Hint) -> Place {
        let children = self.children(node);
        let is_prefix = self.kind(node) == K::TypeAssertion;
        let (value, ty) = match (children.first(), children.last()) {
            (Some(&first), Some(&last)) if is_prefix => (last, first),
            (Some(&first), Some(&last)) => (first, last),
            _ => return Place::NOWHERE,
        };
        let from = self.expr_hint(value, hint);
        if value == ty || self.kind(node) == K::SatisfiesExpression {
            return from;
        }
        let ty = if is_prefix {
            match self.first(ty) {
                Some(inner) => self.ty(inner),
                None => return from,
            }
        } else {
            self.ty(ty)
        };
        if self.b.facts.types[ty.0 as usize] == Type::Unknown {
            return from;
        }
        let (line, place) = (self.line(node), self.b.place());
        self.b.typed(place, ty, false, line);
        self.b.copy(place, from);
        place
    }

    fn assignment(&mut self, node: Node<'t>) -> Place {
        let (Some(left), Some(right)) = (
            self.field(node, self.f.left),
            self.field(node, self.f.right),
        ) else {
            return Place::NOWHERE;
        };
        if let Some(place) = self.special_assignment(left, right) {
            return place;
        }
        let hint = self.target_hint(left);
        let from = self.expr_hint(right, hint);
        self.bind_pattern(left, from, false);
        from
    }

    /// The name that a function gets by being assigned there.
    pub(super) fn target_hint(&mut self, left: Node<'t>) -> Hint {
        match self.kind(left) {
            K::Identifier => Hint {
                parent: None,
                name: Some(self.name_of(left)),
            },
            K::MemberExpression => {
                let (Some(object), Some(property)) = (
                    self.field(left, self.f.object),
                    self.field(left, self.f.property),
                ) else {
                    return Hint::default();
                };
                let property = self.text(property);
                let base = self.base_hint(object);
                if property == "prototype" {
                    return base;
                }
                self.member_hint(base, property)
            }
            K::SubscriptExpression => {
                let (Some(object), Some(index)) = (
                    self.field(left, self.f.object),
                    self.field(left, self.f.index),
                ) else {
                    return Hint::default();
                };
                let base = self.base_hint(object);
                if self.kind(index) == K::String {
                    let text = self.string_text(index);
                    return self.member_hint(base, text);
                }
                let text = format!("[{}]", self.text(index).lines().next().unwrap_or(""));
                self.member_hint(base, &text)
            }
            K::ParenthesizedExpression | K::NonNullExpression | K::AsExpression => {
                match self.first(left) {
                    Some(inner) => self.target_hint(inner),
                    None => Hint::default(),
                }
            }
            _ => Hint::default(),
        }
    }

    /// Under which name members of an object are known.
    pub(super) fn base_hint(&mut self, object: Node<'t>) -> Hint {
        use crate::lang::builder::Bound;
        match self.kind(object) {
            K::Identifier => {
                let text = self.text(object);
                if text == "exports" && self.is_global("exports") {
                    return Hint {
                        parent: Some(DefId(0)),
                        name: None,
                    };
                }
                let name = self.name_of(object);
                match self.b.scopes.get(name) {
                    Some(Bound::Def(def)) => Hint {
                        parent: Some(def),
                        name: None,
                    },
                    Some(Bound::Place(var)) if self.var_defs.contains_key(&var.0) => Hint {
                        parent: self.var_defs.get(&var.0).copied(),
                        name: None,
                    },
                    _ => Hint {
                        parent: None,
                        name: Some(name),
                    },
                }
            }
            K::This => {
                let (class, def) = {
                    let frame = self.frame();
                    (frame.class, frame.def)
                };
                let def = match class {
                    Some(class) => class,
                    None => self.method_owner(def),
                };
                Hint {
                    parent: Some(def),
                    name: None,
                }
            }
            K::MemberExpression => {
                let (Some(inner), Some(property)) = (
                    self.field(object, self.f.object),
                    self.field(object, self.f.property),
                ) else {
                    return Hint::default();
                };
                let text = self.text(property);
                if text == "exports" && self.text(inner) == "module" && self.is_global("module") {
                    return Hint {
                        parent: Some(DefId(0)),
                        name: None,
                    };
                }
                let base = self.base_hint(inner);
                if text == "prototype" {
                    return base;
                }
                self.member_hint(base, text)
            }
            _ => Hint::default(),
        }
    }

    /// Whose members `this.m = …` makes: a constructor function's own, or those of the object or
    /// function that the method belongs to.
    fn method_owner(&mut self, def: DefId) -> DefId {
        let d = self.b.def(def);
        if d.kind == NodeKind::Method && d.parent != DefId(0) {
            return d.parent;
        }
        def
    }

    fn augmented(&mut self, node: Node<'t>) -> Place {
        let (Some(left), Some(right), Some(operator)) = (
            self.field(node, self.f.left),
            self.field(node, self.f.right),
            self.field(node, self.f.operator),
        ) else {
            return Place::NOWHERE;
        };
        let before = self.expr(left);
        match self.text(operator) {
            "||=" | "&&=" | "??=" => {
                let mark = self.vars.mark();
                let hint = self.target_hint(left);
                let value = self.expr_hint(right, hint);
                self.bind_pattern(left, value, false);
                let taken = self.vars.take(mark);
                let untaken = self.vars.untaken();
                self.vars.merge(&mut self.b, taken, untaken);
                self.union(before, value)
            }
            _ => {
                self.expr(right);
                // A number or a string: what it held as an object is gone.
                Place::NOWHERE
            }
        }
    }

    fn binary(&mut self, node: Node<'t>, hint: Hint) -> Place {
        let (Some(left), Some(right), Some(operator)) = (
            self.field(node, self.f.left),
            self.field(node, self.f.right),
            self.field(node, self.f.operator),
        ) else {
            return Place::NOWHERE;
        };
        let operator = self.text(operator);
        match operator {
            "&&" | "||" | "??" => {
                let first = self.expr_hint(left, hint);
                let mark = self.vars.mark();
                self.narrow_if(left, operator);
                let second = self.expr_hint(right, hint);
                let taken = self.vars.take(mark);
                let untaken = self.vars.untaken();
                self.vars.merge(&mut self.b, taken, untaken);
                // What is falsy holds no members.
                if operator == "&&" {
                    second
                } else {
                    self.union(first, second)
                }
            }
            "+" => {
                for side in [left, right] {
                    let value = self.expr(side);
                    self.converted(side, value, "$number");
                }
                let text = |k| matches!(k, K::String | K::TemplateString);
                if text(self.kind(left)) || text(self.kind(right)) {
                    return self.b.object("String");
                }
                Place::NOWHERE
            }
            "instanceof" => {
                let value = self.expr(left);
                let class = self.expr(right);
                let line = self.line(node);
                self.b.implicit(class, "@@hasInstance", &[value], line);
                Place::NOWHERE
            }
            "<" | ">" | "<=" | ">=" | "-" | "*" | "/" | "%" | "**" => {
                for side in [left, right] {
                    let value = self.expr(side);
                    if self.kind(side) != K::MemberExpression {
                        self.converted(side, value, "$number");
                    }
                }
                Place::NOWHERE
            }
            _ => {
                self.expr(left);
                self.expr(right);
                Place::NOWHERE
            }
        }
    }

    fn narrow_if(&mut self, left: Node<'t>, operator: &str) {
        match operator {
            "&&" => self.narrow(left, true),
            "||" => self.narrow(left, false),
            _ => {}
        }
    }

    fn ternary(&mut self, node: Node<'t>, hint: Hint) -> Place {
        let condition = self.field(node, self.f.condition);
        if let Some(condition) = condition {
            self.expr(condition);
        }
        let mark = self.vars.mark();
        if let Some(condition) = condition {
            self.narrow(condition, true);
        }
        let one = self
            .field(node, self.f.consequence)
            .map_or(Place::NOWHERE, |n| self.expr_hint(n, hint));
        let first = self.vars.take(mark);
        let mark = self.vars.mark();
        if let Some(condition) = condition {
            self.narrow(condition, false);
        }
        let two = self
            .field(node, self.f.alternative)
            .map_or(Place::NOWHERE, |n| self.expr_hint(n, hint));
        let second = self.vars.take(mark);
        self.vars.merge(&mut self.b, first, second);
        self.union(one, two)
    }

    fn yields(&mut self, node: Node<'t>) -> Place {
        let line = self.line(node);
        let value = self.first(node).map_or(Place::NOWHERE, |n| self.expr(n));
        let outcome = self.frame().outcome;
        if outcome == Place::NOWHERE {
            return Place::NOWHERE;
        }
        if self.has_token(node, "*") {
            let element = self.iterate(value, line);
            self.b.store(outcome, Select::Element, element, line);
            let select = self.field_named("$return");
            return self.b.load_callee(value, select, line);
        }
        if value != Place::NOWHERE {
            let value = if self.frame().is_async {
                self.awaited(value, line)
            } else {
                value
            };
            self.b.store(outcome, Select::Element, value, line);
        }
        let select = self.field_named("$sent");
        self.b.load_callee(outcome, select, line)
    }

    /// `[a, ...b]`.
    fn array(&mut self, node: Node<'t>, hint: Hint) -> Place {
        let array = self.b.object("Array");
        let mut spread = false;
        for (index, child) in self.elements(node) {
            let line = self.line(child);
            if self.kind(child) == K::SpreadElement {
                spread = true;
                let value = self.expr(child);
                let element = self.iterate(value, line);
                self.b.store(array, Select::Element, element, line);
                continue;
            }
            let inner = match self.kind(child) {
                K::Object => self.member_hint_if_named(hint, index),
                _ => Hint::default(),
            };
            let value = self.expr_hint(child, inner);
            if value == Place::NOWHERE {
                continue;
            }
            let select = if spread || index > 64 {
                Select::Element
            } else {
                self.index(index)
            };
            self.b.store(array, select, value, line);
        }
        array
    }

    fn member_hint_if_named(&mut self, hint: Hint, index: usize) -> Hint {
        if hint.name.is_none() {
            return Hint::default();
        }
        let key = format!("[{index}]");
        self.member_hint(hint, &key)
    }

    /// `{ a, b: c, m() {}, get x() {}, ...d }`.
    pub(super) fn object(&mut self, node: Node<'t>, hint: Hint) -> Place {
        let mut collected = self.keys.take();
        let object = self.b.object("Object");
        let children = self.children(node);
        let accessors = self.accessors(&children);
        let mut keys = false;
        for child in children {
            let line = self.line(child);
            match self.kind(child) {
                K::Pair => {
                    let (key_node, value) = (
                        self.field(child, self.f.key),
                        self.field(child, self.f.value),
                    );
                    let (Some(key_node), Some(value)) = (key_node, value) else {
                        continue;
                    };
                    let key = self.key(key_node);
                    let inner = if self.takes_name(value) {
                        let text = self.key_text(key_node, key);
                        self.member_hint(hint, &text)
                    } else {
                        Hint::default()
                    };
                    let from = self.expr_hint(value, inner);
                    self.b.store(object, key.select(), from, line);
                    if let (Some(collected), Key::Name(name)) = (&mut collected, key) {
                        collected.push((name, from));
                    }
                    keys = true;
                }
                K::ShorthandPropertyIdentifier => {
                    let name = self.name_of(child);
                    let from = self.read_name(name, line, false);
                    self.b.store(object, Select::Field(name), from, line);
                    if let Some(collected) = &mut collected {
                        collected.push((name, from));
                    }
                    keys = true;
                }
                K::MethodDefinition => {
                    let (key, def) = self.method(child, hint, None, &accessors);
                    let receiver = self.b.def(def).receiver;
                    self.b.copy(receiver, object);
                    let place = self.b.place_of(def);
                    self.b.store(object, key.select(), place, line);
                    if let (Some(collected), Key::Name(name)) = (&mut collected, key) {
                        collected.push((name, place));
                    }
                    keys = true;
                }
                K::SpreadElement => {
                    let from = self.expr(child);
                    if collected.is_some() {
                        self.star_of(from);
                    }
                    // Own keys written after a spread shadow it; those before it may not.
                    let link = if keys { "$spread" } else { "__proto__" };
                    let select = self.field_named(link);
                    self.b.store(object, select, from, line);
                }
                _ => {}
            }
        }
        self.keys = collected;
        object
    }

    /// True for expressions in which functions get their names from what they are assigned to.
    pub(super) fn takes_name(&self, node: Node<'t>) -> bool {
        matches!(
            self.kind(node),
            K::ArrowFunction
                | K::FunctionExpression
                | K::GeneratorFunction
                | K::Class
                | K::Object
                | K::Array
                | K::ParenthesizedExpression
                | K::AsExpression
                | K::SatisfiesExpression
                | K::BinaryExpression
                | K::TernaryExpression
        )
    }

    /// A key in words, for the name of what it holds.
    pub(super) fn key_text(&mut self, node: Node<'t>, key: Key) -> String {
        // A computed name is as written, unless it is a string.
        let computed = self.kind(node) == K::ComputedPropertyName
            && self.first(node).is_some_and(|n| self.kind(n) != K::String);
        match key {
            Key::Name(name) if !computed => self.b.text(name).to_owned(),
            _ => self.text(node).lines().next().unwrap_or("").to_owned(),
        }
    }
}
