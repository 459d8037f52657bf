//! Classes: bases, methods, fields and what runs when they are made; decorators.

use crate::facts::*;
use crate::lang::builder::Bound;
use crate::lang::ecma::kinds::K;
use crate::lang::ecma::lower::{Frame, Hint, Lower};
use crate::lang::ecma::patterns::Key;
use ripple_schemas::NodeKind;
use std::ops::Range;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// A class expression as a value.
    pub(super) fn class_value(&mut self, node: Node<'t>, hint: Hint) -> Place {
        if let Some(&def) = self.hoisted.get(&node.id()) {
            self.class(node, def, node);
            return self.b.place_of(def);
        }
        let own = self.field(node, self.f.name);
        let name = match (hint.name, own) {
            (Some(name), _) if !self.b.text(name).is_empty() => name,
            (_, Some(own)) => self.name_of(own),
            _ => self.b.name("<class>"),
        };
        let line = self.line(own.unwrap_or(node));
        let lines = self.lines(node);
        let def = self.define(NodeKind::Class, name, hint.parent, lines, line);
        self.class(node, def, node);
        self.b.place_of(def)
    }

    /// Reads a class into its definition.
    pub(super) fn class(&mut self, node: Node<'t>, def: DefId, outer: Node<'t>) {
        let decorated = self.class_decorators(node, outer);
        if decorated.is_empty() {
            self.b.value(def);
        } else {
            let own = self.b.place();
            self.b.facts.flows.push(Flow::Value { to: own, def });
            let mut value = own;
            for (decorator, callee, line, text) in decorated.into_iter().rev() {
                let _ = decorator;
                let result = self.b.call(
                    CallKind::Decorator,
                    line,
                    callee,
                    Place::NOWHERE,
                    &[value],
                    text,
                );
                value = result;
            }
            let place = self.b.place_of(def);
            self.b.copy(place, value);
        }
        let Some(body) = self.field(node, self.f.body) else {
            return;
        };
        self.b.enter(def);
        self.b.scopes.push(0);
        self.types.push(0);
        if self.kind(node) == K::Class
            && let Some(own) = self.field(node, self.f.name)
        {
            let name = self.name_of(own);
            self.b.scopes.bind(name, Bound::Def(def));
            self.bind_type(name, def);
        }
        self.type_parameters(node, def);
        self.heritage(node, def);
        let holes = self.class_body(body, def);
        self.types.pop();
        self.b.scopes.pop();
        self.b.leave();
        let body_hash = self.tokens.hash_without(body.byte_range(), &holes);
        self.hash(def, node.byte_range(), Some(body.byte_range()));
        self.b.def(def).body = body_hash;
        if self.b.current() == DefId(0) {
            self.holes.push(body.byte_range());
        }
    }

    fn heritage(&mut self, node: Node<'t>, def: DefId) {
        for child in self.children(node) {
            if self.kind(child) != K::ClassHeritage {
                continue;
            }
            for part in self.children(child) {
                match self.kind(part) {
                    K::ExtendsClause => {
                        let arguments = self
                            .field(part, self.f.type_arguments)
                            .map(|a| self.type_list(a))
                            .unwrap_or_default();
                        if let Some(value) = self.field(part, self.f.value) {
                            self.extends(value, arguments, def);
                        }
                    }
                    K::ImplementsClause => {
                        for one in self.children(part) {
                            let line = self.line(one);
                            let ty = self.ty(one);
                            self.b.facts.inherits.push(Inherit {
                                class: MemberOwner::Def(def),
                                base: Base::Type(ty),
                                implements: true,
                                line,
                            });
                        }
                    }
                    K::Comment => {}
                    _ => self.extends(part, Vec::new(), def),
                }
            }
        }
    }

    fn extends(&mut self, value: Node<'t>, arguments: Vec<TypeId>, def: DefId) {
        let line = self.line(value);
        let base = match self.value_path(value) {
            Some(path) if !matches!(path.head, Head::Place(_)) => {
                Base::Type(self.b.ty(Type::Named(path, arguments)))
            }
            _ => {
                let outer = self.frame().def;
                self.b.enter(outer);
                let place = self.expr(value);
                self.b.leave();
                Base::Place(place)
            }
        };
        self.b.facts.inherits.push(Inherit {
            class: MemberOwner::Def(def),
            base,
            implements: false,
            line,
        });
    }

    /// A name or chain of names as a static path; `None` for other expressions.
    pub(super) fn value_path(&mut self, node: Node<'t>) -> Option<Path> {
        match self.kind(node) {
            K::Identifier => {
                let name = self.name_of(node);
                let head = match self.b.scopes.get(name) {
                    Some(Bound::Def(def)) => Head::Def(def),
                    Some(Bound::Import(import)) => Head::Import(import),
                    Some(Bound::Place(var)) => {
                        let id = crate::lang::ecma::vars::VarId(var.0);
                        Head::Place(self.vars.read(&mut self.b, id))
                    }
                    Some(Bound::Generic(_)) => return None,
                    None => Head::Free(name, self.b.current()),
                };
                Some(Path {
                    head,
                    rest: Vec::new(),
                })
            }
            K::MemberExpression => {
                let object = self.field(node, self.f.object)?;
                let property = self.field(node, self.f.property)?;
                let mut path = self.value_path(object)?;
                if matches!(path.head, Head::Place(_)) {
                    return None;
                }
                path.rest.push(self.name_of(property));
                Some(path)
            }
            _ => None,
        }
    }

    /// Members of a class; gives the bodies that its own hash leaves out.
    fn class_body(&mut self, body: Node<'t>, class: DefId) -> Vec<Range<usize>> {
        let children = self.children(body);
        let accessors = self.accessors(&children);
        let mut holes = Vec::new();
        let mut pending: Vec<Node<'t>> = Vec::new();
        let mut init: Option<Frame> = None;
        let hint = Hint {
            parent: Some(class),
            name: None,
        };
        let mut implemented: Vec<Name> = Vec::new();
        for &child in &children {
            if self.kind(child) == K::MethodDefinition
                && let Some(name) = self.field(child, self.f.name)
            {
                implemented.push(self.name_of(name));
            }
        }
        for child in children {
            match self.kind(child) {
                K::Comment => {
                    self.doc_line.get_or_insert(self.line(child));
                    continue;
                }
                K::Decorator => {
                    pending.push(child);
                    continue;
                }
                K::MethodDefinition => {
                    for part in self.children(child) {
                        if self.kind(part) == K::Decorator {
                            pending.push(part);
                        }
                    }
                    self.decorated_next = !pending.is_empty();
                    let (key, def) = self.method(child, hint, Some(class), &accessors);
                    self.decorated_next = false;
                    if let Some(inner) = self.field(child, self.f.body) {
                        holes.push(inner.byte_range());
                    }
                    self.class_member(class, key, def);
                    if !pending.is_empty() {
                        let own = self.b.place();
                        self.b.facts.flows.push(Flow::Value { to: own, def });
                        let mut value = own;
                        for decorator in pending.drain(..).rev() {
                            value = self.decorator(decorator, value, true);
                        }
                        let place = self.b.place_of(def);
                        self.b.copy(place, value);
                    }
                }
                K::AbstractMethodSignature | K::MethodSignature => {
                    let overloads = self
                        .field(child, self.f.name)
                        .map(|n| self.name_of(n))
                        .is_some_and(|n| implemented.contains(&n));
                    if !overloads {
                        self.signature_member(child, class);
                    }
                }
                K::PublicFieldDefinition | K::FieldDefinition => {
                    for part in self.children(child) {
                        if self.kind(part) == K::Decorator {
                            pending.push(part);
                        }
                    }
                    let place = self.class_field(child, class, &mut init);
                    for decorator in pending.drain(..) {
                        self.decorator(decorator, place, false);
                    }
                }
                K::ClassStaticBlock => {
                    if let Some(block) = self.field(child, self.f.body) {
                        self.in_init(class, &mut init, true, |lower| {
                            let nodes = lower.children(block);
                            lower.hoist_vars(&nodes);
                            lower.block(block);
                        });
                    }
                }
                _ => {}
            }
            self.doc_line = None;
        }
        holes
    }

    fn class_member(&mut self, class: DefId, key: Key, def: DefId) {
        let is_static = self.b.def(def).flags.has(DefFlags::STATIC);
        match key {
            Key::Name(name) => self.b.member(class, name, Binding::Def(def), !is_static),
            other => {
                // A computed name: known by value only, on the prototype or the class itself.
                let line = self.b.def(def).name_line;
                let (base, place) = (self.b.place_of(class), self.b.place_of(def));
                let owner = if is_static {
                    base
                } else {
                    let select = self.field_named("prototype");
                    self.b.load_callee(base, select, line)
                };
                self.b.store(owner, other.select(), place, line);
            }
        }
    }

    /// A field with its initialiser; gives the place of its value.
    fn class_field(&mut self, node: Node<'t>, class: DefId, init: &mut Option<Frame>) -> Place {
        let name_node = self
            .field(node, self.f.name)
            .or_else(|| self.field(node, self.f.property));
        let Some(name_node) = name_node else {
            return Place::NOWHERE;
        };
        let key = self.key(name_node);
        let is_static = self.has_token(node, "static");
        let text = self.key_text(name_node, key);
        let name = self.b.name(&text);
        let value = self.field(node, self.f.value);
        let ty = self.field(node, self.f.type_).map(|t| self.annotation(t));
        let function = value.and_then(|v| self.named_value(v));
        if let (Some((value, kind)), Key::Name(name)) = (function, key) {
            let hint = Hint {
                parent: Some(class),
                name: Some(name),
            };
            let mut made = None;
            self.in_init(class, init, is_static, |lower| {
                let def = if kind == NodeKind::Function {
                    let def = lower.function_def(value, hint);
                    let lines = lower.lines(node);
                    lower.b.def(def).lines = lines;
                    lower.hoisted.insert(value.id(), def);
                    lower.function_value(value, hint);
                    def
                } else {
                    let lines = lower.lines(node);
                    let line = lower.line(name_node);
                    let def = lower.define(NodeKind::Class, name, Some(class), lines, line);
                    lower.class(value, def, value);
                    def
                };
                made = Some(def);
            });
            if let Some(def) = made {
                if is_static {
                    self.b.def(def).flags.0 |= DefFlags::STATIC;
                }
                self.b.member(class, name, Binding::Def(def), !is_static);
                return self.b.place_of(def);
            }
        }
        let (lines, line) = (self.lines(node), self.line(name_node));
        let lines = (self.doc_line.unwrap_or(lines.0).min(lines.0), lines.1);
        let field = self.define(NodeKind::Field, name, Some(class), lines, line);
        self.hash(field, node.byte_range(), value.map(|v| v.byte_range()));
        let place = self.b.place_of(field);
        if is_static {
            self.b.def(field).flags.0 |= DefFlags::STATIC;
        }
        if let Some(ty) = ty {
            self.b.def(field).ty = Some(ty);
            if self.b.facts.types[ty.0 as usize] != Type::Unknown {
                self.b.typed(place, ty, false, line);
            }
        }
        match key {
            Key::Name(name) => self.b.member(class, name, Binding::Def(field), !is_static),
            _ => self.class_member(class, key, field),
        }
        if let Some(value) = value {
            let hint = Hint {
                parent: Some(class),
                name: Some(name),
            };
            self.in_init(class, init, is_static, |lower| {
                let from = lower.expr_hint(value, hint);
                lower.b.copy(place, from);
            });
        }
        place
    }

    /// Reads code that runs when the class is made or instantiated: in a definition that counts
    /// as the class's own.
    fn in_init(
        &mut self,
        class: DefId,
        init: &mut Option<Frame>,
        is_static: bool,
        read: impl FnOnce(&mut Self),
    ) {
        let outer = self.frame().def;
        let frame = match init {
            // What is static runs with the code around the class.
            _ if is_static => Frame {
                def: outer,
                this: self.b.place_of(class),
                arguments: Place::NOWHERE,
                arrow: false,
                outcome: Place::NOWHERE,
                is_async: false,
                is_generator: false,
                class: Some(class),
                handlers: Vec::new(),
            },
            Some(frame) => frame.clone(),
            None => {
                let name = self.b.name("<init>");
                let (lines, line) = {
                    let d = self.b.def(class);
                    (d.lines, d.name_line)
                };
                let def = self.define(NodeKind::Method, name, Some(class), lines, line);
                self.b.def(def).flags.0 |= DefFlags::TRANSPARENT;
                self.b.value(def);
                let this = self.b.place();
                self.b.def(def).receiver = this;
                let frame = Frame {
                    def,
                    this,
                    arguments: Place::NOWHERE,
                    arrow: false,
                    outcome: Place::NOWHERE,
                    is_async: false,
                    is_generator: false,
                    class: Some(class),
                    handlers: Vec::new(),
                };
                self.b.enter(def);
                let ty = self.b.ty(Type::SelfType);
                let to = frame.this;
                self.b.facts.flows.push(Flow::Typed {
                    to,
                    ty,
                    exact: false,
                    within: def,
                    line,
                });
                self.b.leave();
                *init = Some(frame.clone());
                frame
            }
        };
        self.b.enter(frame.def);
        self.frames.push(frame);
        self.vars.enter();
        read(self);
        self.vars.leave();
        self.frames.pop();
        self.b.leave();
    }

    // Decorators

    /// The decorators of a class, evaluated: (node, callee, line, text).
    fn class_decorators(
        &mut self,
        node: Node<'t>,
        outer: Node<'t>,
    ) -> Vec<(Node<'t>, Place, u32, Name)> {
        let mut nodes: Vec<Node<'t>> = Vec::new();
        let parent = self.pending_decorators.take();
        for child in parent.into_iter().flatten() {
            nodes.push(child);
        }
        let _ = outer;
        for child in self.children(node) {
            if self.kind(child) == K::Decorator {
                nodes.push(child);
            }
        }
        nodes
            .into_iter()
            .filter_map(|decorator| {
                let inner = self.first(decorator)?;
                let callee = self.decorator_callee(inner);
                let line = self.line(decorator);
                let text = self.text(inner);
                let text = self.b.bounded(text);
                Some((decorator, callee, line, text))
            })
            .collect()
    }

    fn decorator_callee(&mut self, inner: Node<'t>) -> Place {
        match self.kind(inner) {
            K::Identifier => {
                let (name, line) = (self.name_of(inner), self.line(inner));
                self.read_name(name, line, true)
            }
            K::MemberExpression => self.member(inner, true).0,
            _ => self.expr(inner),
        }
    }

    /// A decorator of a member or parameter; gives what stands in for what it decorates.
    pub(super) fn decorator(&mut self, node: Node<'t>, decorated: Place, replaces: bool) -> Place {
        let Some(inner) = self.first(node) else {
            return decorated;
        };
        let outer = self.frame().def;
        self.b.enter(outer);
        let callee = self.decorator_callee(inner);
        let line = self.line(node);
        let text = self.text(inner);
        let text = self.b.bounded(text);
        // Standard decorators get (value, context); TypeScript's older ones (target, key,
        // descriptor with the value).
        let descriptor = self.b.object("Object");
        let select = self.field_named("value");
        self.b.store(descriptor, select, decorated, line);
        let result = self.b.call(
            CallKind::Decorator,
            line,
            callee,
            Place::NOWHERE,
            &[decorated, Place::NOWHERE, descriptor],
            text,
        );
        self.b.leave();
        if replaces { result } else { decorated }
    }
}
