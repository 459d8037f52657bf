//! Expressions.

use super::kinds::K;
use super::lower::{Lowerer, line_of};
use super::scope::{ScopeKind, What};
use crate::facts::*;
use smallvec::SmallVec;
use tree_sitter::Node;

/// Strings longer than this are no names of anything.
const MAX_STRING: usize = 80;
/// Elements of a literal past this index are only known as some element.
const MAX_INDEX: usize = 64;

impl<'t> Lowerer<'t> {
    /// Lowers an expression; gives the place of its value, nowhere for numbers and constants.
    pub(super) fn expr(&mut self, node: Node<'t>) -> Place {
        let f = &self.t.fields;
        let line = line_of(node);
        match self.kind(node) {
            K::Identifier => {
                let name = self.intern(node);
                self.read(name, line, false)
            }
            K::Attribute => self.attribute(node, false),
            K::Call => self.call(node),
            K::String => self.string(node),
            K::Concatenated => {
                for child in self.kids(node) {
                    self.string(child);
                }
                self.b.object("str")
            }
            K::Integer | K::Float | K::True | K::False | K::None | K::Ellipsis | K::Comment => {
                Place::NOWHERE
            }
            K::Parenthesized => {
                let mut value = Place::NOWHERE;
                for child in self.kids(node) {
                    value = self.expr(child);
                }
                value
            }
            K::Binary => self.binary(node),
            K::Comparison => self.comparison(node),
            K::Boolean => self.boolean(node),
            K::Not => {
                if let Some(argument) = self.kids(node).first().copied() {
                    self.condition(argument);
                }
                Place::NOWHERE
            }
            K::Unary => self.unary(node),
            K::Conditional => {
                let kids = self.kids(node);
                let [yes, condition, no] = kids.as_slice() else {
                    return self.children(node);
                };
                self.condition(*condition);
                let yes = self.expr(*yes);
                let no = self.expr(*no);
                self.union(&[yes, no])
            }
            K::Named => {
                let value = self
                    .field(node, f.value)
                    .map_or(Place::NOWHERE, |v| self.expr(v));
                if let Some(name) = self.field(node, f.name) {
                    let name = self.intern(name);
                    self.bind(name, value, What::Value);
                }
                value
            }
            K::List => self.sequence(node, "list"),
            K::Tuple | K::ExprList | K::PatternList | K::TuplePattern => {
                self.sequence(node, "tuple")
            }
            K::ListPattern => self.sequence(node, "list"),
            K::Set => self.sequence(node, "set"),
            K::Dict => self.dictionary(node),
            K::ListComp => self.comprehension(node, "list"),
            K::SetComp => self.comprehension(node, "set"),
            K::DictComp => self.comprehension(node, "dict"),
            K::Generator => self.comprehension(node, "generator"),
            K::Lambda => self.lambda(node),
            K::Subscript => self.subscript(node),
            K::Await => {
                let value = self.children(node);
                if value == Place::NOWHERE {
                    return value;
                }
                let awaited = self.b.place();
                self.b.copy(awaited, value);
                let result = self.b.implicit(value, "__await__", &[], line);
                let element = self.b.name("__returned__");
                let returned = self.b.load(result, Select::Field(element), line);
                self.b.copy(awaited, result);
                self.b.copy(awaited, returned);
                awaited
            }
            K::Yield => self.yield_expr(node),
            K::Assignment => self.assignment(node),
            K::Augmented => self.augmented(node),
            K::ListSplat | K::ListSplatPattern | K::ParenSplat => {
                let value = self.children(node);
                self.iterate(value, line, false)
            }
            K::DottedName => self.dotted(node),
            _ => self.children(node),
        }
    }

    /// Lowers every child; gives the value of the last.
    fn children(&mut self, node: Node<'t>) -> Place {
        let mut value = Place::NOWHERE;
        for child in self.kids(node) {
            value = self.expr(child);
        }
        value
    }

    pub(super) fn dotted(&mut self, node: Node<'t>) -> Place {
        let line = line_of(node);
        let mut value = Place::NOWHERE;
        for (at, &part) in self.kids(node).iter().enumerate() {
            let name = self.intern(part);
            value = if at == 0 {
                self.read(name, line, false)
            } else {
                self.b.load(value, Select::Field(name), line)
            };
        }
        value
    }

    pub(super) fn attribute(&mut self, node: Node<'t>, callee: bool) -> Place {
        let f = &self.t.fields;
        let base = self
            .field(node, f.object)
            .map_or(Place::NOWHERE, |object| self.expr(object));
        self.attribute_of(node, base, callee)
    }

    pub(super) fn attribute_of(&mut self, node: Node<'t>, base: Place, callee: bool) -> Place {
        let Some(attribute) = self.field(node, self.t.fields.attribute) else {
            return Place::NOWHERE;
        };
        if base == Place::NOWHERE {
            return base;
        }
        let name = self.intern(attribute);
        let line = line_of(attribute);
        if callee {
            self.b.load_callee(base, Select::Field(name), line)
        } else {
            self.b.load(base, Select::Field(name), line)
        }
    }

    // Strings

    /// The value of a string without interpolation or escapes.
    pub(super) fn constant_string(&self, node: Node<'t>) -> Option<&'t str> {
        let node = if self.kind(node) == K::Parenthesized {
            node.named_child(0)?
        } else {
            node
        };
        if self.kind(node) != K::String {
            return None;
        }
        let text = self.text(node);
        let start = text.find(['"', '\''])?;
        let prefix = &text[..start];
        if prefix.contains(['f', 'F', 'b', 'B', 't', 'T']) {
            return None;
        }
        let quote = if text[start..].starts_with("\"\"\"") || text[start..].starts_with("'''") {
            3
        } else {
            1
        };
        let inner = text.get(start + quote..text.len().checked_sub(quote)?)?;
        (!inner.contains('\\') || prefix.contains(['r', 'R'])).then_some(inner)
    }

    fn string(&mut self, node: Node<'t>) -> Place {
        if let Some(text) = self.constant_string(node) {
            if is_key(text) {
                let place = self.b.string(text);
                let name = self.b.name(text);
                self.texts.insert(place, name);
                return place;
            }
            return self.b.object("str");
        }
        self.interpolations(node);
        let bytes = self
            .text(node)
            .bytes()
            .take(3)
            .take_while(|b| !matches!(b, b'"' | b'\''))
            .any(|b| b | 32 == b'b');
        self.b.object(if bytes { "bytes" } else { "str" })
    }

    fn interpolations(&mut self, node: Node<'t>) {
        let f = &self.t.fields;
        for child in self.kids(node) {
            match self.kind(child) {
                K::Interpolation | K::FormatExpr => {
                    let value = self
                        .field(child, f.expression)
                        .map_or(Place::NOWHERE, |e| self.expr(e));
                    if value != Place::NOWHERE && !self.texts.contains_key(&value) {
                        let repr = self.text(child).contains("!r");
                        let member = if repr { "__repr__" } else { "__format__" };
                        self.b.implicit(value, member, &[], line_of(child));
                    }
                    for part in self.kids(child) {
                        if self.kind(part) == K::FormatSpec {
                            self.interpolations(part);
                        }
                    }
                }
                K::String => self.interpolations(child),
                _ => {}
            }
        }
    }

    // Operators

    fn binary(&mut self, node: Node<'t>) -> Place {
        let f = &self.t.fields;
        // Long chains lean left: go down in a loop, not by recursion.
        let mut chain: Vec<Node<'t>> = vec![node];
        let mut first = None;
        while let Some(left) = chain.last().and_then(|&n| self.field(n, f.left)) {
            if self.kind(left) == K::Binary {
                chain.push(left);
            } else {
                first = Some(left);
                break;
            }
        }
        let mut value = first.map_or(Place::NOWHERE, |n| self.expr(n));
        for &node in chain.iter().rev() {
            let right = self
                .field(node, f.right)
                .map_or(Place::NOWHERE, |r| self.expr(r));
            let operator = self.field(node, f.operator).map_or("", |o| o.kind());
            let Some((own, reflected, _)) = operator_names(operator) else {
                continue;
            };
            if operator == "%"
                && let Some(left) = self.field(node, f.left)
                && self.kind(left) == K::String
            {
                self.formatted(left, node, right);
                value = self.b.object("str");
                continue;
            }
            value = self.operate(value, right, own, reflected, line_of(node));
        }
        value
    }

    /// `"%s of %r" % (a, b)` converts what it is given.
    fn formatted(&mut self, format: Node<'t>, node: Node<'t>, right: Place) {
        let line = line_of(node);
        let text = self.text(format);
        let repr = text.contains("%r") && !text.contains("%s");
        let member = if repr { "__repr__" } else { "__str__" };
        let several = self
            .field(node, self.t.fields.right)
            .map_or(0, |r| match self.kind(r) {
                K::Tuple => self.kids(r).len(),
                _ => 0,
            });
        for at in 0..several {
            let element = self.element_at(right, at, line);
            self.b.implicit(element, member, &[], line);
        }
        if several == 0 && right != Place::NOWHERE && !self.texts.contains_key(&right) {
            self.b.implicit(right, member, &[], line);
        }
    }

    fn operate(
        &mut self,
        left: Place,
        right: Place,
        own: &str,
        reflected: &str,
        line: u32,
    ) -> Place {
        let known = |this: &Self, p: Place| p == Place::NOWHERE || this.texts.contains_key(&p);
        if known(self, left) && known(self, right) {
            return if left == Place::NOWHERE && right == Place::NOWHERE {
                Place::NOWHERE
            } else {
                self.b.object("str")
            };
        }
        let mut results: SmallVec<[Place; 2]> = SmallVec::new();
        if left != Place::NOWHERE {
            results.push(self.b.implicit(left, own, &[right], line));
        }
        if !known(self, right) {
            results.push(self.b.implicit(right, reflected, &[left], line));
        }
        self.union(&results)
    }

    fn comparison(&mut self, node: Node<'t>) -> Place {
        let operands = self.kids(node);
        let operators: SmallVec<[&'t str; 2]> = {
            let mut found = SmallVec::new();
            for at in 0..node.child_count() {
                if node.field_name_for_child(at) == Some("operators")
                    && let Some(child) = node.child(at)
                {
                    found.push(child.kind());
                }
            }
            found
        };
        let line = line_of(node);
        let places: SmallVec<[Place; 4]> = operands
            .iter()
            .filter(|&&n| !operators.contains(&n.kind()))
            .map(|&n| self.expr(n))
            .collect();
        let mut results: SmallVec<[Place; 4]> = SmallVec::new();
        for (pair, operator) in places.windows(2).zip(operators) {
            let (left, right) = (pair[0], pair[1]);
            let (own, reflected) = match operator {
                "==" => ("__eq__", "__eq__"),
                "!=" | "<>" => ("__ne__", "__ne__"),
                "<" => ("__lt__", "__gt__"),
                "<=" => ("__le__", "__ge__"),
                ">" => ("__gt__", "__lt__"),
                ">=" => ("__ge__", "__le__"),
                "in" | "not in" => {
                    if right != Place::NOWHERE && !self.texts.contains_key(&right) {
                        self.b.implicit(right, "__contains__", &[left], line);
                    }
                    continue;
                }
                _ => continue,
            };
            results.push(self.operate(left, right, own, reflected, line));
        }
        self.union(&results)
    }

    fn boolean(&mut self, node: Node<'t>) -> Place {
        let f = &self.t.fields;
        let mut chain: Vec<Node<'t>> = vec![node];
        let mut first = None;
        while let Some(left) = chain.last().and_then(|&n| self.field(n, f.left)) {
            if self.kind(left) == K::Boolean {
                chain.push(left);
            } else {
                first = Some(left);
                break;
            }
        }
        let mut values: SmallVec<[Place; 4]> = SmallVec::new();
        if let Some(first) = first {
            let place = self.expr(first);
            self.truth(first, place);
            values.push(place);
        }
        for &node in chain.iter().rev() {
            if let Some(right) = self.field(node, f.right) {
                values.push(self.expr(right));
            }
        }
        self.union(&values)
    }

    fn unary(&mut self, node: Node<'t>) -> Place {
        let f = &self.t.fields;
        let value = self
            .kids(node)
            .first()
            .map_or(Place::NOWHERE, |&n| self.expr(n));
        let member = match self.field(node, f.operator).map_or("", |o| o.kind()) {
            "-" => "__neg__",
            "+" => "__pos__",
            _ => "__invert__",
        };
        if value == Place::NOWHERE {
            return value;
        }
        self.b.implicit(value, member, &[], line_of(node))
    }

    pub(super) fn augmented(&mut self, node: Node<'t>) -> Place {
        let f = &self.t.fields;
        let line = line_of(node);
        let Some(left) = self.field(node, f.left) else {
            return Place::NOWHERE;
        };
        let before = self.expr(left);
        let right = self
            .field(node, f.right)
            .map_or(Place::NOWHERE, |r| self.expr(r));
        let operator = self.field(node, f.operator).map_or("", |o| o.kind());
        let Some((own, reflected, in_place)) = operator_names(operator.trim_end_matches('='))
        else {
            return Place::NOWHERE;
        };
        let mut results: SmallVec<[Place; 4]> = SmallVec::new();
        results.push(before);
        if before != Place::NOWHERE && !self.texts.contains_key(&before) {
            // Where there is no such method, its fallback is the operator itself.
            results.push(self.b.implicit(before, in_place, &[right], line));
            if right != Place::NOWHERE && !self.texts.contains_key(&right) {
                results.push(self.b.implicit(right, reflected, &[before], line));
            }
        } else {
            results.push(self.operate(before, right, own, reflected, line));
        }
        let value = self.union(&results);
        if value != before || self.kind(left) == K::Identifier && self.is_declared(left) {
            self.assign(left, value, Some(node));
        }
        value
    }

    fn is_declared(&mut self, name: Node<'t>) -> bool {
        let name = self.intern(name);
        self.scopes[self.scope].declared.iter().any(|d| d.0 == name)
    }

    // Containers

    /// The member name of the element at a constant index.
    pub(super) fn index_name(&mut self, index: usize) -> Name {
        const SMALL: [&str; 8] = ["[0]", "[1]", "[2]", "[3]", "[4]", "[5]", "[6]", "[7]"];
        match SMALL.get(index) {
            Some(text) => self.b.name(text),
            None => self.b.name(&format!("[{index}]")),
        }
    }

    pub(super) fn key_name(&mut self, key: &str) -> Name {
        self.b.name(&format!("[\"{key}\"]"))
    }

    /// Which element a constant or computed key selects; the key is not evaluated.
    pub(super) fn key_select(&mut self, key: Node<'t>) -> Select {
        match self.kind(key) {
            K::CasePattern => match self.kids(key).first() {
                Some(&inner) => self.key_select(inner),
                None => Select::Element,
            },
            K::String => match self.constant_string(key) {
                Some(text) if text.len() <= MAX_STRING => Select::Field(self.key_name(text)),
                _ => Select::Element,
            },
            K::Integer => match self.text(key).parse::<usize>() {
                Ok(index) => Select::Field(self.index_name(index)),
                Err(_) => Select::Element,
            },
            K::Identifier | K::Attribute => match self.known_text(key) {
                Some(text) => {
                    let text = self.b.text(text).to_owned();
                    Select::Field(self.key_name(&text))
                }
                None => match self.known_index(key) {
                    Some(index) => Select::Field(self.index_name(index)),
                    None => Select::Element,
                },
            },
            _ => Select::Element,
        }
    }

    /// The index that a constant of the module certainly is.
    fn known_index(&mut self, node: Node<'t>) -> Option<usize> {
        if self.indices.is_empty() || self.kind(node) != K::Identifier {
            return None;
        }
        let name = self.intern(node);
        let (var, born) = self.find(self.scope, name)?;
        match self.visible(var, born).as_slice() {
            [only] => self.indices.get(&only.place).copied(),
            _ => None,
        }
    }

    /// The string that a name certainly holds.
    pub(super) fn known_text(&mut self, node: Node<'t>) -> Option<Name> {
        if self.kind(node) == K::String {
            let text = self.constant_string(node)?;
            return Some(self.b.name(text));
        }
        if self.kind(node) != K::Identifier {
            return None;
        }
        let name = self.intern(node);
        let (var, born) = self.find(self.scope, name)?;
        if self.vars[var].scope == self.scope
            || self.scopes[self.vars[var].scope].kind == ScopeKind::Module && self.is_global_scope()
        {
            return self.texts.get(&self.vars[var].current).copied();
        }
        match self.visible(var, born).as_slice() {
            [only] => self.texts.get(&only.place).copied(),
            _ => None,
        }
    }

    pub(super) fn tuple_of(&mut self, places: &[Place], line: u32) -> Place {
        let tuple = self.b.object("tuple");
        for (at, &place) in places.iter().enumerate() {
            if place != Place::NOWHERE {
                let name = self.index_name(at);
                self.b.store(tuple, Select::Field(name), place, line);
            }
        }
        tuple
    }

    fn sequence(&mut self, node: Node<'t>, class: &str) -> Place {
        let object = self.b.object(class);
        let mut exact = class != "set";
        for (at, &child) in self.kids(node).iter().enumerate() {
            let line = line_of(child);
            let splat = matches!(
                self.kind(child),
                K::ListSplat | K::ListSplatPattern | K::ParenSplat
            );
            let value = self.expr(child);
            exact &= !splat && at < MAX_INDEX;
            if value == Place::NOWHERE {
                continue;
            }
            if class == "set" && !self.texts.contains_key(&value) {
                self.b.implicit(value, "__hash__", &[], line);
            }
            let select = if exact {
                Select::Field(self.index_name(at))
            } else {
                Select::Element
            };
            self.b.store(object, select, value, line);
        }
        object
    }

    fn dictionary(&mut self, node: Node<'t>) -> Place {
        let f = &self.t.fields;
        let object = self.b.object("dict");
        for child in self.kids(node) {
            let line = line_of(child);
            match self.kind(child) {
                K::Pair => {
                    let (Some(key), Some(value)) =
                        (self.field(child, f.key), self.field(child, f.value))
                    else {
                        continue;
                    };
                    let select = self.key_select(key);
                    if !matches!(self.kind(key), K::Integer) {
                        let key = self.expr(key);
                        self.store_key(object, key, line);
                    }
                    let value = self.expr(value);
                    if value != Place::NOWHERE {
                        self.b.store(object, select, value, line);
                    }
                }
                K::DictSplat => {
                    let value = self.children(child);
                    self.spread_into(object, value, line);
                }
                _ => {
                    self.expr(child);
                }
            }
        }
        object
    }

    /// `{**value}`: each under its key.
    fn spread_into(&mut self, object: Place, value: Place, line: u32) {
        if value != Place::NOWHERE {
            let text = self.b.name("{**…}");
            let update = self.b.name("update");
            let callee = self.b.load_callee(object, Select::Field(update), line);
            self.b
                .call(CallKind::Implicit, line, callee, object, &[value], text);
        }
    }

    /// The keys of a dictionary, which its model's `__iter__` and `keys` give out.
    fn store_key(&mut self, object: Place, key: Place, line: u32) {
        if key != Place::NOWHERE {
            let name = self.b.name("__keys__");
            self.b.store(object, Select::Field(name), key, line);
            if !self.texts.contains_key(&key) {
                self.b.implicit(key, "__hash__", &[], line);
            }
        }
    }

    fn comprehension(&mut self, node: Node<'t>, class: &str) -> Place {
        let f = &self.t.fields;
        let object = self.b.object(class);
        let body = self.field(node, f.body);
        let outer = self.scope;
        let mut inside = false;
        for clause in self.kids(node) {
            match self.kind(clause) {
                K::ForIn => {
                    let right = self.in_field(clause, f.right);
                    let iterable = match right.as_slice() {
                        [one] => self.expr(*one),
                        many => {
                            let places: Vec<Place> = many.iter().map(|&n| self.expr(n)).collect();
                            self.tuple_of(&places, line_of(clause))
                        }
                    };
                    // The first iterable is evaluated outside.
                    if !inside {
                        inside = true;
                        self.scope = self.open_scope(ScopeKind::Comprehension, self.b.current());
                        self.enter_loop();
                    }
                    let is_async = self.is_async(clause);
                    let element = self.iterate(iterable, line_of(clause), is_async);
                    if let Some(left) = self.field(clause, f.left) {
                        self.assign(left, element, None);
                    }
                }
                K::IfClause => {
                    for condition in self.kids(clause) {
                        self.condition(condition);
                        self.narrow(condition);
                    }
                }
                _ => {}
            }
        }
        if let Some(body) = body {
            let line = line_of(body);
            if self.kind(body) == K::Pair {
                let key = self
                    .field(body, f.key)
                    .map_or(Place::NOWHERE, |k| self.expr(k));
                let value = self
                    .field(body, f.value)
                    .map_or(Place::NOWHERE, |v| self.expr(v));
                self.store_key(object, key, line);
                if value != Place::NOWHERE {
                    self.b.store(object, Select::Element, value, line);
                }
            } else {
                let value = self.expr(body);
                if value != Place::NOWHERE {
                    if class == "set" {
                        self.b.implicit(value, "__hash__", &[], line);
                    }
                    self.b.store(object, Select::Element, value, line);
                }
            }
        }
        if inside {
            self.leave_loop();
        }
        self.scope = outer;
        object
    }

    fn subscript(&mut self, node: Node<'t>) -> Place {
        let f = &self.t.fields;
        let line = line_of(node);
        let keys = self.in_field(node, f.subscript);
        if let (Some(value), [key]) = (self.field(node, f.value), keys.as_slice()) {
            if self.text(node) == "sys.modules[__name__]" {
                return self.b.place_of(DefId(0));
            }
            if let Some(base) = self.namespace_of(value) {
                let select = self.namespace_select(*key);
                return self.b.load(base, select, line);
            }
        }
        let base = self
            .field(node, f.value)
            .map_or(Place::NOWHERE, |v| self.expr(v));
        let [key] = keys.as_slice() else {
            let places: Vec<Place> = keys.iter().map(|&k| self.expr(k)).collect();
            if base == Place::NOWHERE {
                return base;
            }
            let key = self.tuple_of(&places, line);
            let result = self.b.implicit(base, "__getitem__", &[key], line);
            let element = self.b.load(base, Select::Element, line);
            return self.union(&[element, result]);
        };
        if self.kind(*key) == K::Slice {
            for part in self.kids(*key) {
                self.expr(part);
            }
            if base == Place::NOWHERE {
                return base;
            }
            let part = self.b.object("list");
            let element = self.b.load(base, Select::Element, line);
            self.b.store(part, Select::Element, element, line);
            let result = self
                .b
                .implicit(base, "__getitem__", &[Place::NOWHERE], line);
            return self.union(&[part, result]);
        }
        let mut select = self.key_select(*key);
        let key = match self.kind(*key) {
            K::String => Place::NOWHERE,
            _ => self.expr(*key),
        };
        if select == Select::Element && key != Place::NOWHERE && !self.params.contains(&key) {
            select = Select::Key(key);
        }
        if base == Place::NOWHERE {
            return base;
        }
        let element = self.b.load(base, select, line);
        let result = self.b.implicit(base, "__getitem__", &[key], line);
        self.union(&[element, result])
    }

    pub(super) fn element_at(&mut self, base: Place, index: usize, line: u32) -> Place {
        if base == Place::NOWHERE {
            return base;
        }
        let name = self.index_name(index);
        self.b.load(base, Select::Field(name), line)
    }

    // Iteration

    /// What iterating over a value yields: its elements, or what its `__iter__` and `__next__` say.
    pub(super) fn iterate(&mut self, iterable: Place, line: u32, is_async: bool) -> Place {
        if iterable == Place::NOWHERE {
            return iterable;
        }
        let (iter, next) = if is_async {
            ("__aiter__", "__anext__")
        } else {
            ("__iter__", "__next__")
        };
        let own = self.b.load(iterable, Select::Element, line);
        let iterator = self.b.implicit(iterable, iter, &[], line);
        let element = self.b.load(iterator, Select::Element, line);
        let next = self.b.implicit(iterator, next, &[], line);
        self.union(&[own, element, next])
    }

    fn yield_expr(&mut self, node: Node<'t>) -> Place {
        let line = line_of(node);
        let from = node.child(1).is_some_and(|c| c.kind() == "from");
        let value = self.children(node);
        let generator = match self.function.generator {
            Some(generator) => generator,
            None => {
                let generator = self.b.object("generator");
                self.function.generator = Some(generator);
                generator
            }
        };
        if self.function.fixture {
            self.function.returns.push((value, line));
            return Place::NOWHERE;
        }
        if from {
            let element = self.iterate(value, line, false);
            if element != Place::NOWHERE {
                self.b.store(generator, Select::Element, element, line);
            }
            if value == Place::NOWHERE {
                return value;
            }
            let name = self.b.name("__returned__");
            return self.b.load(value, Select::Field(name), line);
        }
        if value != Place::NOWHERE {
            self.b.store(generator, Select::Element, value, line);
        }
        let sent = self.b.name("__sent__");
        self.b.load(generator, Select::Field(sent), line)
    }
}

/// Strings that may name a member, an element or a module; of others only the class matters.
fn is_key(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= MAX_STRING
        && text.bytes().all(|b| {
            b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'/' | b':') || b >= 0x80
        })
        && text.bytes().any(|b| b.is_ascii_alphabetic() || b >= 0x80)
}

/// The methods behind a binary operator: its own, the reflected and the in-place one.
fn operator_names(operator: &str) -> Option<(&'static str, &'static str, &'static str)> {
    Some(match operator {
        "+" => ("__add__", "__radd__", "__iadd__"),
        "-" => ("__sub__", "__rsub__", "__isub__"),
        "*" => ("__mul__", "__rmul__", "__imul__"),
        "/" => ("__truediv__", "__rtruediv__", "__itruediv__"),
        "//" => ("__floordiv__", "__rfloordiv__", "__ifloordiv__"),
        "%" => ("__mod__", "__rmod__", "__imod__"),
        "**" => ("__pow__", "__rpow__", "__ipow__"),
        "@" => ("__matmul__", "__rmatmul__", "__imatmul__"),
        "|" => ("__or__", "__ror__", "__ior__"),
        "&" => ("__and__", "__rand__", "__iand__"),
        "^" => ("__xor__", "__rxor__", "__ixor__"),
        "<<" => ("__lshift__", "__rlshift__", "__ilshift__"),
        ">>" => ("__rshift__", "__rrshift__", "__irshift__"),
        _ => return None,
    })
}
