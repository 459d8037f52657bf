//! Calls, and the builtins whose meaning is syntax: `super`, `getattr`, `type`, `import_module`, `eval`.

use super::kinds::K;
use super::lower::{Lowerer, line_of};
use super::scope::ScopeKind;
use crate::facts::*;
use ripple_schemas::NodeKind;
use ripple_schemas::kind::BlindKind;
use tree_sitter::Node;

/// A computed name may name so many functions of the file.
const MAX_PREFIXED: usize = 32;

/// A member looked up under a name of which only the beginning is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Prefixed<'t> {
    base: Place,
    prefix: &'t str,
    to: Place,
    within: DefId,
    line: u32,
}

impl<'t> Lowerer<'t> {
    pub(super) fn call(&mut self, node: Node<'t>) -> Place {
        let f = &self.t.fields;
        let (Some(function), Some(arguments)) =
            (self.field(node, f.function), self.field(node, f.arguments))
        else {
            let mut value = Place::NOWHERE;
            for child in self.kids(node) {
                value = self.expr(child);
            }
            return value;
        };
        if let Some(value) = self.special_call(node, function, arguments) {
            return value;
        }
        self.plain_call(function, arguments, CallKind::Plain)
    }

    pub(super) fn plain_call(
        &mut self,
        function: Node<'t>,
        arguments: Node<'t>,
        kind: CallKind,
    ) -> Place {
        let f = &self.t.fields;
        let (mut receiver, mut line) = (Place::NOWHERE, line_of(function));
        let callee = match self.kind(function) {
            K::Identifier => {
                let name = self.intern(function);
                self.read(name, line, true)
            }
            K::Attribute => {
                receiver = self
                    .field(function, f.object)
                    .map_or(Place::NOWHERE, |o| self.expr(o));
                if let Some(attribute) = self.field(function, f.attribute) {
                    line = line_of(attribute);
                }
                self.attribute_of(function, receiver, true)
            }
            _ => self.expr(function),
        };
        let mut args = self.arguments(arguments);
        if callee == Place::NOWHERE {
            return callee;
        }
        self.open_key(function, &mut args);
        let source = self.text(function);
        let text = self.b.bounded(source);
        self.b.call_with(kind, line, callee, receiver, args, text)
    }

    /// `d.get(key)` with a parameter for a key: callers elsewhere may ask for any.
    fn open_key(&mut self, function: Node<'t>, args: &mut [Arg]) {
        let Some(first) = args.first_mut() else {
            return;
        };
        if !self.params.contains(&first.place) || self.kind(function) != K::Attribute {
            return;
        }
        let name = self.text(function).rsplit('.').next().unwrap_or("");
        if matches!(name, "get" | "pop" | "setdefault") {
            let any = self.b.object("str");
            self.b.copy(any, first.place);
            first.place = any;
        }
    }

    pub(super) fn arguments(&mut self, node: Node<'t>) -> Vec<Arg> {
        let f = &self.t.fields;
        if self.kind(node) == K::Generator {
            let place = self.expr(node);
            return vec![Arg {
                place,
                kind: ArgKind::Positional,
            }];
        }
        let kids = self.kids(node);
        let mut args = Vec::with_capacity(kids.len());
        for child in kids {
            let arg = match self.kind(child) {
                K::KeywordArg => {
                    let place = self
                        .field(child, f.value)
                        .map_or(Place::NOWHERE, |v| self.expr(v));
                    let name = self.field(child, f.name).map(|n| self.intern(n));
                    Arg {
                        place,
                        kind: name.map_or(ArgKind::Positional, ArgKind::Keyword),
                    }
                }
                K::ListSplat | K::ListSplatPattern => {
                    let place = self
                        .kids(child)
                        .first()
                        .map_or(Place::NOWHERE, |&v| self.expr(v));
                    if place != Place::NOWHERE {
                        self.b.implicit(place, "__iter__", &[], line_of(child));
                    }
                    Arg {
                        place,
                        kind: ArgKind::Spread,
                    }
                }
                K::DictSplat | K::DictSplatPattern => {
                    let place = self
                        .kids(child)
                        .first()
                        .map_or(Place::NOWHERE, |&v| self.expr(v));
                    Arg {
                        place,
                        kind: ArgKind::KeywordSpread,
                    }
                }
                _ => Arg {
                    place: self.expr(child),
                    kind: ArgKind::Positional,
                },
            };
            args.push(arg);
        }
        args
    }

    /// Positional arguments as nodes, where all are.
    pub(super) fn argument_nodes(&mut self, arguments: Node<'t>) -> super::lower::Kids<'t> {
        if self.kind(arguments) == K::Generator {
            super::lower::Kids::new()
        } else {
            self.kids(arguments)
        }
    }

    fn special_call(
        &mut self,
        node: Node<'t>,
        function: Node<'t>,
        arguments: Node<'t>,
    ) -> Option<Place> {
        let text = self.text(function);
        let line = line_of(function);
        let last = text.rsplit('.').next().unwrap_or(text);
        match last {
            "super" | "getattr" | "setattr" | "delattr" | "hasattr" | "type" | "eval" | "exec"
            | "__import__" | "globals" | "import_module" | "cast" => {}
            _ => return None,
        }
        if self.kind(function) == K::Identifier && !matches!(last, "import_module" | "cast") {
            let name = self.intern(function);
            if !self.is_builtin(name) {
                return None;
            }
        } else if !matches!(last, "import_module" | "cast") && !text.starts_with("builtins.") {
            return None;
        }
        let args = self.argument_nodes(arguments);
        match (last, args.as_slice()) {
            ("super", []) => self.super_value(None, None),
            ("super", [class, receiver]) => {
                let (class, receiver) = (*class, *receiver);
                let value = self.expr(receiver);
                self.super_value(Some(class), Some(value))
            }
            ("globals", []) => Some(self.b.place_of(DefId(0))),
            ("type", [object])
                if self.kind(*object) != K::KeywordArg && self.kind(*object) != K::ListSplat =>
            {
                let base = self.expr(*object);
                let name = self.b.name("__class__");
                Some(if base == Place::NOWHERE {
                    base
                } else {
                    self.b.load(base, Select::Field(name), line)
                })
            }
            ("type", [_, _, _]) => self.type_call(arguments),
            ("cast", [ty, value]) => {
                let (ty, value) = (*ty, *value);
                let to = self.b.place();
                let from = self.expr(value);
                self.b.copy(to, from);
                let ty = self.late_type(ty);
                self.b.typed(to, ty, false, line);
                Some(to)
            }
            ("getattr", [object, name, rest @ ..]) => {
                let base = self.expr(*object);
                let value = self.named_member(base, *name, line);
                let default = match rest.first() {
                    Some(&default) => self.expr(default),
                    None => Place::NOWHERE,
                };
                Some(self.union(&[value, default]))
            }
            ("setattr", [object, name, value]) => {
                let base = self.expr(*object);
                let known = self.known_text(*name);
                let key = self.expr(*name);
                let value = self.expr(*value);
                if base != Place::NOWHERE {
                    match known {
                        Some(name) => self.b.store(base, Select::Field(name), value, line),
                        None => {
                            if key != Place::NOWHERE {
                                self.b.store(base, Select::Computed(key), value, line);
                            }
                            self.b
                                .blind(BlindKind::Dynamic, line, "setattr with a computed name");
                        }
                    }
                }
                Some(Place::NOWHERE)
            }
            ("eval" | "exec", _) => {
                self.arguments(arguments);
                self.b.blind(BlindKind::Dynamic, line, last);
                Some(Place::NOWHERE)
            }
            ("__import__" | "import_module", [module, rest @ ..]) => {
                let known = self.known_text(*module);
                self.expr(*module);
                for &other in rest {
                    self.expr(other);
                }
                let Some(module) = known else {
                    self.b
                        .blind(BlindKind::Dynamic, line, "import of a computed name");
                    return Some(self.b.object("module"));
                };
                let full = self.b.text(module).to_owned();
                let shown = if last == "__import__" {
                    full.split('.').next().unwrap_or("").to_owned()
                } else {
                    full
                };
                let module = self.b.name(&shown);
                let import = self
                    .b
                    .import(module, Imported::Module, line, ImportKind::Dynamic);
                Some(self.b.imported(import))
            }
            _ => {
                let _ = node;
                None
            }
        }
    }

    /// `getattr(base, name)`.
    fn named_member(&mut self, base: Place, name: Node<'t>, line: u32) -> Place {
        let known = self.known_text(name);
        let key = self.expr(name);
        if base == Place::NOWHERE {
            return base;
        }
        if known.is_none()
            && let Some(prefix) = self.prefix_of(name)
        {
            self.b
                .blind(BlindKind::Dynamic, line, "getattr with a computed name");
            let to = self.b.place();
            let beginning = self.b.name(prefix);
            let member = self.b.load(base, Select::Beginning(beginning), line);
            self.b.copy(to, member);
            self.prefixed.push(Prefixed {
                base,
                prefix,
                to,
                within: self.b.current(),
                line,
            });
            return to;
        }
        match known {
            Some(name) => self.b.load(base, Select::Field(name), line),
            None if key == Place::NOWHERE => {
                self.b
                    .blind(BlindKind::Dynamic, line, "getattr with a computed name");
                self.b.place()
            }
            None => {
                if !matches!(self.kind(name), K::Identifier | K::Attribute | K::Subscript) {
                    self.b
                        .blind(BlindKind::Dynamic, line, "getattr with a computed name");
                    return self.b.place();
                }
                self.b.load(base, Select::Computed(key), line)
            }
        }
    }

    /// How a computed name certainly begins: `"do_" + x`, `f"do_{x}"`, `"do_%s" % x`.
    fn prefix_of(&mut self, node: Node<'t>) -> Option<&'t str> {
        let text = self.text(node);
        let literal = text.trim_start_matches(['f', 'F', 'r', 'R']);
        let quote = literal.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let prefix = literal[1..].split([quote, '{', '%', '\\']).next()?;
        let named = prefix
            .bytes()
            .all(|b| b == b'_' || b.is_ascii_alphanumeric());
        (named && prefix.len() > 1 && self.kind(node) != K::Concatenated).then_some(prefix)
    }

    /// Members under a computed name: all functions of this file whose name begins so.
    pub(super) fn prefixed_members(&mut self) {
        for load in std::mem::take(&mut self.prefixed) {
            let mut names: Vec<Name> = Vec::new();
            for def in &self.b.facts.defs {
                let function = matches!(def.kind, NodeKind::Method | NodeKind::Function);
                let text = self.b.text(def.name);
                if function && text.starts_with(load.prefix) && !names.contains(&def.name) {
                    names.push(def.name);
                }
            }
            if names.len() > MAX_PREFIXED {
                continue;
            }
            self.b.enter(load.within);
            for name in names {
                let member = self.b.load(load.base, Select::Field(name), load.line);
                self.b.copy(load.to, member);
            }
            self.b.leave();
        }
    }

    /// `super()` in the method around, or `super(class, receiver)`.
    fn super_value(&mut self, named: Option<Node<'t>>, given: Option<Place>) -> Option<Place> {
        let mut at = self.scope;
        let (class, receiver) = loop {
            let scope = &self.scopes[at];
            let parent = &self.scopes[scope.parent];
            if scope.kind == ScopeKind::Function && parent.kind == ScopeKind::Class {
                let def = scope.def;
                break (parent.def, self.b.def(def).receiver);
            }
            if scope.kind == ScopeKind::Module {
                return None;
            }
            at = scope.parent;
        };
        let class = named
            .and_then(|node| {
                let name = self.intern(node);
                let (var, born) = self.find(self.scope, name)?;
                self.visible(var, born).iter().find_map(|e| match e.what {
                    super::scope::What::Def(def) if self.classes.contains_key(&def) => Some(def),
                    _ => None,
                })
            })
            .unwrap_or(class);
        let to = self.b.place();
        let receiver = given.unwrap_or(receiver);
        self.b.facts.flows.push(Flow::Super {
            to,
            class,
            receiver,
        });
        Some(to)
    }

    /// `globals()`, `vars(x)`, `x.__dict__`: whose members a string key of it names.
    pub(super) fn namespace_of(&mut self, node: Node<'t>) -> Option<Place> {
        let f = &self.t.fields;
        let text = self.text(node);
        if text == "globals()" || text == "locals()" && self.is_global_scope() {
            return Some(self.b.place_of(DefId(0)));
        }
        if self.kind(node) == K::Attribute && text.ends_with(".__dict__") {
            return self.field(node, f.object).map(|o| self.expr(o));
        }
        if self.kind(node) == K::Call && text.starts_with("vars(") {
            let arguments = self.field(node, f.arguments)?;
            let object = *self.kids(arguments).first()?;
            return Some(self.expr(object));
        }
        None
    }

    /// The member select of a key into such a namespace.
    pub(super) fn namespace_select(&mut self, key: Node<'t>) -> Select {
        let known = self.known_text(key);
        let place = self.expr(key);
        match known {
            Some(name) => Select::Field(name),
            None => Select::Computed(place),
        }
    }
}
