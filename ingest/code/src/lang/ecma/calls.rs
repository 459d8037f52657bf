//! Calls, `new`, imports by call, and calls that the language or its runners treat specially.

use crate::facts::*;
use crate::lang::ecma::kinds::K;
use crate::lang::ecma::lower::{Hint, Lower};
use crate::lang::ecma::patterns::Key;
use ripple_schemas::NodeKind;
use ripple_schemas::kind::BlindKind;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    pub(super) fn call(&mut self, node: Node<'t>) -> Place {
        let Some(function) = self.field(node, self.f.function) else {
            return Place::NOWHERE;
        };
        let arguments = self.field(node, self.f.arguments);
        match self.kind(function) {
            K::Import => return self.dynamic_import(node, arguments),
            K::Identifier => {
                if let Some(place) = self.call_of_name(node, function, arguments) {
                    return place;
                }
            }
            K::Super => return self.super_call(node, function, arguments),
            K::MemberExpression => {
                if let Some(place) = self.call_of_member(node, function, arguments) {
                    return place;
                }
            }
            _ => {}
        }
        if let Some(place) = self.suite_call(node, function, arguments) {
            return place;
        }
        let (callee, receiver, line) = self.callee(function);
        let text = self.text(function);
        let text = self.b.bounded(text);
        let args = self.arguments_of(arguments);
        self.b
            .call_with(CallKind::Plain, line, callee, receiver, args, text)
    }

    /// The callee, its receiver, and the line of its name.
    pub(super) fn callee(&mut self, function: Node<'t>) -> (Place, Place, u32) {
        match self.kind(function) {
            K::MemberExpression => {
                let line = self
                    .field(function, self.f.property)
                    .map_or(self.line(function), |p| self.line(p));
                let (callee, receiver) = self.member(function, true);
                (callee, receiver, line)
            }
            K::SubscriptExpression => {
                let line = self.line(function);
                let (callee, receiver) = self.element_of(function, true);
                (callee, receiver, line)
            }
            K::Identifier => {
                let (name, line) = (self.name_of(function), self.line(function));
                (self.read_name(name, line, true), Place::NOWHERE, line)
            }
            K::ParenthesizedExpression | K::NonNullExpression | K::InstantiationExpression => {
                match self.first(function) {
                    Some(inner) => self.callee(inner),
                    None => (Place::NOWHERE, Place::NOWHERE, self.line(function)),
                }
            }
            _ => {
                let line = self.line(function);
                (self.expr(function), Place::NOWHERE, line)
            }
        }
    }

    /// The arguments of a call: of parentheses, or of a tagged template.
    pub(super) fn arguments_of(&mut self, arguments: Option<Node<'t>>) -> Vec<Arg> {
        let Some(arguments) = arguments else {
            return Vec::new();
        };
        let mut args = Vec::new();
        if self.kind(arguments) == K::TemplateString {
            let strings = self.b.object("Array");
            args.push(Arg {
                place: strings,
                kind: ArgKind::Positional,
            });
            for child in self.children(arguments) {
                if self.kind(child) == K::TemplateSubstitution {
                    let place = self.expr(child);
                    args.push(Arg {
                        place,
                        kind: ArgKind::Positional,
                    });
                }
            }
            return args;
        }
        for child in self.children(arguments) {
            match self.kind(child) {
                K::Comment => {}
                K::SpreadElement => {
                    let line = self.line(child);
                    let value = self.expr(child);
                    let items = self.iterable(value, line);
                    let place = self.union(value, items);
                    args.push(Arg {
                        place,
                        kind: ArgKind::Spread,
                    });
                }
                _ => {
                    let place = self.expr(child);
                    args.push(Arg {
                        place,
                        kind: ArgKind::Positional,
                    });
                }
            }
        }
        args
    }

    pub(super) fn new_expression(&mut self, node: Node<'t>) -> Place {
        let Some(constructor) = self.field(node, self.f.constructor) else {
            return Place::NOWHERE;
        };
        if self.kind(constructor) == K::Identifier
            && self.text(constructor) == "Function"
            && self.is_global("Function")
        {
            let line = self.line(node);
            self.b.blind(BlindKind::Dynamic, line, "new Function");
        }
        if let Some(map) = self.map_of_pairs(node, constructor) {
            return map;
        }
        let (callee, _, line) = self.callee(constructor);
        let text = self.text(constructor);
        let text = self.b.bounded(text);
        let args = match self.field(node, self.f.arguments) {
            Some(arguments) => self.arguments_of(Some(arguments)),
            None => Vec::new(),
        };
        self.b
            .call_with(CallKind::New, line, callee, Place::NOWHERE, args, text)
    }

    /// `new Map([[k, v], …])`: each value under its key.
    fn map_of_pairs(&mut self, node: Node<'t>, constructor: Node<'t>) -> Option<Place> {
        let name = self.text(constructor);
        if !matches!(name, "Map" | "WeakMap") || !self.is_global(name) {
            return None;
        }
        let arguments = self.field(node, self.f.arguments)?;
        let &list = self.plain_arguments(arguments).first()?;
        if self.kind(list) != K::Array {
            return None;
        }
        let pairs = self.plain_arguments(list);
        let is_pair = |pair: &Node<'t>| {
            let parts = self.plain_arguments(*pair);
            self.kind(*pair) == K::Array
                && parts.len() == 2
                && parts.iter().all(|&p| self.kind(p) != K::SpreadElement)
        };
        if pairs.is_empty() || !pairs.iter().all(is_pair) {
            return None;
        }
        let (callee, _, line) = self.callee(constructor);
        let text = self.b.bounded(name);
        let map = self
            .b
            .call(CallKind::New, line, callee, Place::NOWHERE, &[], text);
        for pair in pairs {
            let line = self.line(pair);
            let parts = self.plain_arguments(pair);
            let values: Vec<Place> = parts.into_iter().map(|p| self.expr(p)).collect();
            self.b.implicit(map, "set", &values, line);
        }
        Some(map)
    }

    fn super_call(
        &mut self,
        node: Node<'t>,
        function: Node<'t>,
        arguments: Option<Node<'t>>,
    ) -> Place {
        let line = self.line(node);
        let base = self.super_place(function);
        let select = self.field_named("constructor");
        let callee = self.b.load_callee(base, select, line);
        let this = self.this();
        let args = self.arguments_of(arguments);
        let text = self.b.name("super");
        self.b
            .call_with(CallKind::Plain, line, callee, this, args, text);
        this
    }

    fn dynamic_import(&mut self, node: Node<'t>, arguments: Option<Node<'t>>) -> Place {
        let line = self.line(node);
        let Some(first) = arguments.and_then(|a| self.first(a)) else {
            return Place::NOWHERE;
        };
        if !self.constant_string(first) {
            self.expr(first);
            self.b
                .blind(BlindKind::Dynamic, line, "import of a computed name");
            return self.b.object("Promise");
        }
        let module = self.string_text(first);
        let module = self.b.name(module);
        let id = self
            .b
            .import(module, Imported::Module, line, ImportKind::Dynamic);
        let value = self.b.imported(id);
        let promise = self.b.object("Promise");
        let select = self.field_named("[value]");
        self.b.store(promise, select, value, line);
        promise
    }

    /// Calls of names that mean something by themselves.
    fn call_of_name(
        &mut self,
        node: Node<'t>,
        function: Node<'t>,
        arguments: Option<Node<'t>>,
    ) -> Option<Place> {
        let line = self.line(node);
        match self.text(function) {
            "require" if self.is_global("require") => {
                if let Some(source) = self.required(node) {
                    let id = self.require_import(source, line, ImportKind::Dynamic);
                    return Some(self.b.imported(id));
                }
                self.arguments_of(arguments);
                self.b
                    .blind(BlindKind::Dynamic, line, "require of a computed name");
                Some(Place::NOWHERE)
            }
            "eval" if self.is_global("eval") => {
                self.arguments_of(arguments);
                self.b.blind(BlindKind::Dynamic, line, "eval");
                Some(Place::NOWHERE)
            }
            "Function" if self.is_global("Function") => {
                self.arguments_of(arguments);
                self.b.blind(BlindKind::Dynamic, line, "new Function");
                Some(Place::NOWHERE)
            }
            "String" | "Number" if self.is_global(self.text(function)) => {
                let list = self.plain_arguments(arguments?);
                let &only = list.first()?;
                if self.kind(only) == K::SpreadElement {
                    return None;
                }
                let text = self.text(function) == "String";
                let value = self.expr(only);
                self.converted(only, value, if text { "$text" } else { "$number" });
                Some(if text {
                    self.b.object("String")
                } else {
                    Place::NOWHERE
                })
            }
            // A symbol is a key like a string, and no other's.
            "Symbol" if self.is_global("Symbol") => {
                let text = arguments
                    .and_then(|a| self.first(a))
                    .map_or("", |n| self.text(n));
                let key = format!("@@{text}");
                Some(self.b.string(&key))
            }
            "__exportStar" => {
                let first = arguments.and_then(|a| self.first(a))?;
                self.required(first)?;
                let place = self.expr(first);
                self.star_of(place);
                Some(Place::NOWHERE)
            }
            // What a bundler makes of `import x from`: the module itself.
            "__importDefault"
            | "_interopRequireDefault"
            | "__importStar"
            | "_interopRequireWildcard" => {
                let first = arguments.and_then(|a| self.first(a))?;
                self.required(first)?;
                let value = self.expr(first);
                if self.text(function).ends_with("Star")
                    || self.text(function).ends_with("Wildcard")
                {
                    return Some(value);
                }
                let object = self.b.object("Object");
                let default = self.field_named("default");
                let proto = self.field_named("__proto__");
                self.b.store(object, default, value, line);
                self.b.store(object, proto, value, line);
                Some(object)
            }
            _ => None,
        }
    }

    fn call_of_member(
        &mut self,
        node: Node<'t>,
        function: Node<'t>,
        arguments: Option<Node<'t>>,
    ) -> Option<Place> {
        let object = self.field(function, self.f.object)?;
        let property = self.field(function, self.f.property)?;
        if self.kind(object) != K::Identifier {
            return None;
        }
        let arguments = arguments?;
        match (self.text(object), self.text(property)) {
            ("Object" | "Reflect", "defineProperty") => {
                let args = self.plain_arguments(arguments);
                let (&target, &key, &descriptor) = (args.first()?, args.get(1)?, args.get(2)?);
                if self.kind(descriptor) != K::Object {
                    return None;
                }
                let base = self.expr(target);
                let hint = self.base_hint(target);
                self.define_property(target, base, hint, key, descriptor);
                Some(base)
            }
            ("Object", "defineProperties") => {
                let args = self.plain_arguments(arguments);
                let (&target, &list) = (args.first()?, args.get(1)?);
                if self.kind(list) != K::Object {
                    return None;
                }
                let base = self.expr(target);
                let hint = self.base_hint(target);
                self.define_all(target, base, hint, list);
                Some(base)
            }
            ("Object", "create") => {
                let args = self.plain_arguments(arguments);
                let (&proto, &list) = (args.first()?, args.get(1)?);
                if self.kind(list) != K::Object {
                    return None;
                }
                let line = self.line(node);
                let object = self.b.object("Object");
                let from = self.expr(proto);
                let select = self.field_named("__proto__");
                self.b.store(object, select, from, line);
                self.define_all(list, object, Hint::default(), list);
                Some(object)
            }
            _ => None,
        }
    }

    fn plain_arguments(&self, arguments: Node<'t>) -> Vec<Node<'t>> {
        self.children(arguments)
            .into_iter()
            .filter(|&n| self.kind(n) != K::Comment)
            .collect()
    }

    fn define_all(&mut self, target: Node<'t>, base: Place, hint: Hint, list: Node<'t>) {
        for pair in self.children(list) {
            if self.kind(pair) != K::Pair {
                continue;
            }
            let (key, value) = (self.field(pair, self.f.key), self.field(pair, self.f.value));
            if let (Some(key), Some(value)) = (key, value) {
                if self.kind(value) == K::Object {
                    self.define_property(target, base, hint, key, value);
                } else {
                    let from = self.expr(value);
                    let line = self.line(value);
                    let select = self.field_named("value");
                    let loaded = self.b.load_callee(from, select, line);
                    let select = self.key(key).select();
                    self.b.store(base, select, loaded, line);
                }
            }
        }
    }

    /// `Object.defineProperty(o, "k", { value | get, set })`.
    fn define_property(
        &mut self,
        target: Node<'t>,
        base: Place,
        hint: Hint,
        key_node: Node<'t>,
        descriptor: Node<'t>,
    ) {
        let key = match self.kind(key_node) {
            K::PropertyIdentifier | K::ComputedPropertyName => self.key(key_node),
            _ => self.index_key(key_node),
        };
        let text = self.key_text(key_node, key);
        let hint = self.member_hint(hint, &text);
        let children = self.children(descriptor);
        let both = ["get", "set"].iter().all(|which| {
            children.iter().any(|&child| {
                let name = self
                    .field(child, self.f.key)
                    .or_else(|| self.field(child, self.f.name));
                name.is_some_and(|n| self.text(n) == *which)
            })
        });
        let exports = self.is_exports(target);
        for child in children {
            let line = self.line(child);
            let (name, value) = match self.kind(child) {
                K::Pair => (
                    self.field(child, self.f.key),
                    self.field(child, self.f.value),
                ),
                K::MethodDefinition => (self.field(child, self.f.name), Some(child)),
                K::ShorthandPropertyIdentifier => (Some(child), Some(child)),
                _ => continue,
            };
            let (Some(name), Some(value)) = (name, value) else {
                continue;
            };
            let which = self.text(name);
            let accessor = match which {
                "get" => DefFlags::GETTER,
                "set" => DefFlags::SETTER,
                "value" => 0,
                _ => {
                    if self.kind(child) == K::Pair {
                        self.expr(value);
                    }
                    continue;
                }
            };
            let from = if self.kind(value) == K::MethodDefinition {
                let def = self.function_def_named(value, hint);
                self.function(value, def);
                self.b.place_of(def)
            } else {
                self.expr_hint(value, hint)
            };
            if let Some(&def) = self.def_places.get(&from) {
                let own = hint.name == Some(self.b.def(def).name);
                if accessor != 0 && self.b.def(def).kind != NodeKind::Class {
                    self.b.def(def).flags.0 |= accessor;
                    if both && own {
                        let which = self.b.name(which);
                        self.b.def(def).disambiguator = Some(which);
                    }
                }
                let receiver = self.b.def(def).receiver;
                if receiver != base {
                    self.b.copy(receiver, base);
                }
                if exports && accessor == DefFlags::GETTER {
                    // A compiler's re-export: what the getter yields is exported.
                    if let Key::Name(name) = key {
                        let ret = self.b.def(def).ret;
                        self.export_value(name, ret);
                        continue;
                    }
                }
            }
            self.b.store(base, key.select(), from, line);
            if exports
                && accessor == 0
                && let Key::Name(name) = key
                && self.b.text(name) != "__esModule"
            {
                self.export_value(name, from);
            }
        }
    }

    /// The definition of a method that is named by what it is stored as.
    fn function_def_named(&mut self, node: Node<'t>, hint: Hint) -> DefId {
        let unnamed = self.b.name("<lambda>");
        let hint = Hint {
            parent: hint.parent,
            name: Some(hint.name.unwrap_or(unnamed)),
        };
        self.function_def(node, hint)
    }
}
