//! Destructuring and assignment, property keys, iteration.

use crate::facts::*;
use crate::lang::builder::Bound;
use crate::lang::ecma::kinds::K;
use crate::lang::ecma::lower::Lower;
use crate::lang::ecma::vars::VarId;
use smallvec::SmallVec;
use tree_sitter::Node;

/// So many elements of a rest are told apart.
const MAX_REST: usize = 6;

/// The key of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Name(Name),
    /// The strings in a place.
    Computed(Place),
    Unknown,
}

impl Key {
    pub(super) fn select(self) -> Select {
        match self {
            Key::Name(name) => Select::Field(name),
            Key::Computed(place) if place != Place::NOWHERE => Select::Computed(place),
            Key::Computed(_) | Key::Unknown => Select::Any,
        }
    }
}

impl<'t> Lower<'t> {
    /// The key that a property name node stands for.
    pub(super) fn key(&mut self, node: Node<'t>) -> Key {
        match self.kind(node) {
            K::PropertyIdentifier
            | K::PrivatePropertyIdentifier
            | K::ShorthandPropertyIdentifier
            | K::ShorthandPropertyIdentifierPattern
            | K::Identifier => Key::Name(self.name_of(node)),
            K::String => {
                let text = self.string_text(node);
                Key::Name(self.b.name(text))
            }
            K::Number => self.number_key(node),
            K::ComputedPropertyName => match self.first(node) {
                Some(inner) => self.index_key(inner),
                None => Key::Unknown,
            },
            _ => Key::Unknown,
        }
    }

    fn number_key(&mut self, node: Node<'t>) -> Key {
        let text = format!("[{}]", self.text(node));
        Key::Name(self.b.name(&text))
    }

    /// The key that an expression in brackets stands for.
    pub(super) fn index_key(&mut self, node: Node<'t>) -> Key {
        match self.kind(node) {
            K::String => {
                let text = self.string_text(node);
                Key::Name(self.b.name(text))
            }
            K::Number => self.number_key(node),
            K::TemplateString
                if self
                    .children(node)
                    .iter()
                    .all(|&n| self.kind(n) != K::TemplateSubstitution) =>
            {
                let text = self.string_text(node);
                Key::Name(self.b.name(text))
            }
            K::MemberExpression if self.text(node).starts_with("Symbol.") => {
                let which = match &self.text(node)["Symbol.".len()..] {
                    "asyncIterator" => "iterator",
                    other => other,
                };
                let name = format!("@@{which}");
                Key::Name(self.b.name(&name))
            }
            K::Identifier => {
                let name = self.name_of(node);
                if let Some(Bound::Place(var)) = self.b.scopes.get(name)
                    && let Some(&text) = self.const_text.get(&var.0)
                {
                    self.expr(node);
                    return Key::Name(text);
                }
                Key::Computed(self.expr(node))
            }
            K::BinaryExpression | K::TemplateString if let Some(text) = self.constant_key(node) => {
                self.expr(node);
                Key::Name(self.b.name(&text))
            }
            // Arithmetic gives numbers.
            K::UpdateExpression => {
                self.expr(node);
                Key::Unknown
            }
            _ => Key::Computed(self.expr(node)),
        }
    }

    /// The member that an expression of constants names: a string, put together from strings, or
    /// an index.
    pub(super) fn constant_key(&mut self, node: Node<'t>) -> Option<String> {
        match self.kind(node) {
            K::String => Some(self.string_text(node).to_owned()),
            K::Number => {
                let index: usize = self.text(node).parse().ok()?;
                Some(format!("[{index}]"))
            }
            K::Identifier => {
                let name = self.name_of(node);
                let Some(Bound::Place(var)) = self.b.scopes.get(name) else {
                    return None;
                };
                let text = *self.const_text.get(&var.0)?;
                Some(self.b.text(text).to_owned())
            }
            K::ParenthesizedExpression => {
                let inner = self.first(node)?;
                self.constant_key(inner)
            }
            K::BinaryExpression => {
                let operator = self.field(node, self.f.operator)?;
                if self.text(operator) != "+" {
                    return None;
                }
                let (left, right) = (
                    self.field(node, self.f.left)?,
                    self.field(node, self.f.right)?,
                );
                let (left, right) = (self.constant_key(left)?, self.constant_key(right)?);
                if left.starts_with('[') && right.starts_with('[') {
                    return None;
                }
                let digits = |t: String| t.trim_matches(['[', ']']).to_owned();
                Some(digits(left) + &digits(right))
            }
            K::TemplateString => {
                let mut text = String::new();
                for child in self.children(node) {
                    if self.kind(child) == K::TemplateSubstitution {
                        let inner = self.first(child)?;
                        let part = self.constant_key(inner)?;
                        text.push_str(part.trim_matches(['[', ']']));
                    } else {
                        text.push_str(self.text(child));
                    }
                }
                (!text.is_empty()).then_some(text)
            }
            _ => None,
        }
    }

    /// How the member certainly begins that an expression names in part: `"visit" + type`,
    /// `` `on${name}` ``.
    pub(super) fn beginning(&mut self, node: Node<'t>) -> Option<String> {
        if self.constant_key(node).is_some() || self.is_numeric(node) {
            return None;
        }
        let found = match self.kind(node) {
            K::BinaryExpression => {
                let left = self.field(node, self.f.left)?;
                match self.constant_key(left) {
                    Some(text) => text,
                    None => self.beginning(left)?,
                }
            }
            K::TemplateString => {
                let text = self.string_text(node);
                text.split("${").next().unwrap_or("").to_owned()
            }
            _ => return None,
        };
        let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        (found.len() > 1 && found.chars().all(word)).then_some(found)
    }

    /// True for arithmetic: the index of an element.
    pub(super) fn is_numeric(&self, node: Node<'t>) -> bool {
        match self.kind(node) {
            K::UpdateExpression => true,
            K::UnaryExpression => self
                .field(node, self.f.operator)
                .is_some_and(|o| matches!(self.text(o), "+" | "-" | "~")),
            K::BinaryExpression => {
                self.field(node, self.f.operator)
                    .is_some_and(|o| match self.text(o) {
                        "-" | "*" | "/" | "%" | "|" | "&" | ">>" | ">>>" | "<<" | "^" => true,
                        "+" => [self.f.left, self.f.right].into_iter().any(|side| {
                            self.field(node, side)
                                .is_some_and(|n| self.kind(n) == K::Number || self.is_numeric(n))
                        }),
                        _ => false,
                    })
            }
            K::ParenthesizedExpression => {
                self.first(node).is_some_and(|inner| self.is_numeric(inner))
            }
            _ => false,
        }
    }

    /// The member that `o[index]` selects.
    pub(super) fn subscript(&mut self, index: Node<'t>) -> Select {
        if self.is_numeric(index) {
            self.expr(index);
            return Select::Element;
        }
        self.index_key(index).select()
    }

    /// What iterating over a place yields.
    pub(super) fn iterate(&mut self, over: Place, line: u32) -> Place {
        self.iterate_until(over, line, false)
    }

    /// The same, where the iterator is closed before it ends.
    pub(super) fn iterate_until(&mut self, over: Place, line: u32, closes: bool) -> Place {
        if over == Place::NOWHERE {
            return over;
        }
        let items = self.iterable(over, line);
        let element = self.b.place();
        for source in [over, items] {
            let loaded = self.b.load_callee(source, Select::Element, line);
            self.b.copy(element, loaded);
        }
        if closes {
            self.b.implicit(items, "return", &[], line);
        }
        let step = self.b.implicit(items, "next", &[], line);
        let step = self.awaited(step, line);
        let select = self.field_named("value");
        let value = self.b.load_callee(step, select, line);
        self.b.copy(element, value);
        element
    }

    /// The iterator of a value that defines one.
    pub(super) fn iterable(&mut self, over: Place, line: u32) -> Place {
        self.b.implicit(over, "@@iterator", &[], line)
    }

    /// Values flow into a pattern: a declaration's first value, or an assignment.
    pub(super) fn bind_pattern(&mut self, pattern: Node<'t>, from: Place, declares: bool) {
        let line = self.line(pattern);
        match self.kind(pattern) {
            K::Identifier | K::ShorthandPropertyIdentifierPattern | K::Undefined => {
                self.bind_name(pattern, from, declares);
            }
            K::ObjectPattern => self.bind_object(pattern, from, declares),
            K::ArrayPattern => self.bind_array(pattern, from, declares),
            K::AssignmentPattern | K::ObjectAssignmentPattern => {
                let (left, right) = (
                    self.field(pattern, self.f.left),
                    self.field(pattern, self.f.right),
                );
                if let (Some(left), Some(right)) = (left, right) {
                    let mark = self.vars.mark();
                    let hint = self.member_name_hint(left);
                    let default = self.expr_hint(right, hint);
                    let taken = self.vars.take(mark);
                    let untaken = self.vars.untaken();
                    self.vars.merge(&mut self.b, taken, untaken);
                    let value = self.union(from, default);
                    self.bind_pattern(left, value, declares);
                }
            }
            K::RestPattern | K::NonNullExpression | K::ParenthesizedExpression => {
                if let Some(inner) = self.first(pattern) {
                    self.bind_pattern(inner, from, declares);
                }
            }
            K::AsExpression | K::SatisfiesExpression => {
                if let Some(inner) = self.first(pattern) {
                    self.bind_pattern(inner, from, declares);
                }
            }
            K::MemberExpression => {
                let (object, property) = (
                    self.field(pattern, self.f.object),
                    self.field(pattern, self.f.property),
                );
                if let (Some(object), Some(property)) = (object, property) {
                    let base = self.expr(object);
                    let select = Select::Field(self.name_of(property));
                    self.b.store(base, select, from, line);
                }
            }
            K::SubscriptExpression => {
                let (object, index) = (
                    self.field(pattern, self.f.object),
                    self.field(pattern, self.f.index),
                );
                if let (Some(object), Some(index)) = (object, index) {
                    let base = self.expr(object);
                    let select = self.subscript(index);
                    self.b.store(base, select, from, line);
                }
            }
            _ => {}
        }
    }

    /// A default value is named after what it stands in for.
    fn member_name_hint(&mut self, left: Node<'t>) -> crate::lang::ecma::lower::Hint {
        match self.kind(left) {
            K::Identifier | K::ShorthandPropertyIdentifierPattern => {
                crate::lang::ecma::lower::Hint {
                    parent: None,
                    name: Some(self.name_of(left)),
                }
            }
            _ => crate::lang::ecma::lower::Hint::default(),
        }
    }

    fn bind_name(&mut self, node: Node<'t>, from: Place, declares: bool) {
        if declares && let Some(&var) = self.declared.get(&node.id()) {
            self.vars.init(&mut self.b, var, from);
            return;
        }
        let name = self.name_of(node);
        match self.b.scopes.get(name) {
            Some(Bound::Place(var)) => {
                if let Some(&def) = self.var_defs.get(&var.0) {
                    let (of, line) = (self.b.place_of(def), self.line(node));
                    self.b.mention(of, line);
                }
                self.vars.write(&mut self.b, VarId(var.0), from);
            }
            Some(Bound::Def(def)) => {
                let place = self.b.place_of(def);
                self.b.copy(place, from);
            }
            Some(Bound::Import(_) | Bound::Generic(_)) => {}
            None if self.b.text(name) == "exports" => {
                let exports = self.exports;
                self.b.copy(exports, from);
            }
            None => {
                // An undeclared name is a property of the global object.
                let place = self.global(name);
                self.b.copy(place, from);
            }
        }
    }

    /// A name assigned without being declared: a variable of the whole file.
    fn global(&mut self, name: Name) -> Place {
        if let Some(&place) = self.globals.get(&name) {
            return place;
        }
        let place = self.b.place();
        self.b.member(DefId(0), name, Binding::Place(place), false);
        self.globals.insert(name, place);
        place
    }

    fn bind_object(&mut self, pattern: Node<'t>, from: Place, declares: bool) {
        for child in self.children(pattern) {
            let line = self.line(child);
            match self.kind(child) {
                K::ShorthandPropertyIdentifierPattern => {
                    let select = Select::Field(self.name_of(child));
                    let value = self.b.load(from, select, line);
                    self.bind_pattern(child, value, declares);
                }
                K::ObjectAssignmentPattern => {
                    if let Some(left) = self.field(child, self.f.left) {
                        let value = if self.kind(left) == K::ShorthandPropertyIdentifierPattern {
                            let select = Select::Field(self.name_of(left));
                            self.b.load(from, select, line)
                        } else {
                            from
                        };
                        self.bind_pattern(child, value, declares);
                    }
                }
                K::PairPattern => {
                    let (key, value) = (
                        self.field(child, self.f.key),
                        self.field(child, self.f.value),
                    );
                    if let (Some(key), Some(value)) = (key, value) {
                        let select = self.key(key).select();
                        let loaded = self.b.load(from, select, line);
                        self.bind_pattern(value, loaded, declares);
                    }
                }
                K::RestPattern => {
                    let rest = self.b.object("Object");
                    let select = self.field_named("__proto__");
                    self.b.store(rest, select, from, line);
                    self.bind_pattern(child, rest, declares);
                }
                _ => {}
            }
        }
    }

    fn bind_array(&mut self, pattern: Node<'t>, from: Place, declares: bool) {
        let line = self.line(pattern);
        let items = if from == Place::NOWHERE {
            from
        } else {
            let iterator = self.iterable(from, line);
            let element = self.b.load_callee(iterator, Select::Element, line);
            let step = self.b.implicit(iterator, "next", &[], line);
            let select = self.field_named("value");
            let value = self.b.load_callee(step, select, line);
            let rest = self
                .children(pattern)
                .iter()
                .any(|&n| self.kind(n) == K::RestPattern);
            if !rest {
                // More may be left: the iterator is closed.
                self.b.implicit(iterator, "return", &[], line);
            }
            self.union(element, value)
        };
        for (index, child) in self.elements(pattern) {
            if self.kind(child) == K::RestPattern {
                let rest = self.b.object("Array");
                // Elements keep their order, counted from where the rest begins.
                for at in 0..MAX_REST {
                    let select = self.index(index + at);
                    let element = self.b.load(from, select, line);
                    let select = self.index(at);
                    self.b.store(rest, select, element, line);
                }
                self.b.store(rest, Select::Element, items, line);
                self.bind_pattern(child, rest, declares);
                continue;
            }
            let select = self.index(index);
            let value = self.b.load(from, select, line);
            let value = self.union(value, items);
            self.bind_pattern(child, value, declares);
        }
    }

    /// The elements of an array or array pattern with their positions; holes count.
    pub(super) fn elements(&self, node: Node<'t>) -> SmallVec<[(usize, Node<'t>); 8]> {
        let mut out = SmallVec::new();
        let mut index = 0;
        let mut cursor = node.walk();
        if cursor.goto_first_child() {
            loop {
                let child = cursor.node();
                if child.is_named() {
                    if self.kind(child) != K::Comment {
                        out.push((index, child));
                    }
                } else if child.kind() == "," {
                    index += 1;
                }
                if !cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        out
    }
}
