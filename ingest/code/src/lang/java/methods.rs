//! Methods, constructors and lambdas: signatures and bodies.

use super::classes::INIT;
use super::kinds::K;
use super::lower::{Function, Inside, Lowerer, Var, line};
use crate::facts::*;
use crate::lang::builder::Bound;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

/// Name, type, dimensions after the name, and whether it takes the rest.
type Parts<'t> = (Node<'t>, Node<'t>, Option<Node<'t>>, bool);

impl<'t> Lowerer<'t> {
    pub(super) fn parameter_parts(&self, param: Node<'t>) -> Option<Parts<'t>> {
        match self.kind(param) {
            K::FormalParameter => Some((
                self.field(param, self.t.fields.name)?,
                self.field(param, self.t.fields.type_)?,
                self.field(param, self.t.fields.dimensions),
                false,
            )),
            K::SpreadParameter => {
                let kids = self.kids(param);
                let declarator = *kids
                    .iter()
                    .find(|&&n| self.kind(n) == K::VariableDeclarator)?;
                let ty = *kids.iter().find(|&&n| {
                    !matches!(self.kind(n), K::Modifiers | K::VariableDeclarator)
                        && !self.kind(n).is_annotation()
                })?;
                Some((self.field(declarator, self.t.fields.name)?, ty, None, true))
            }
            _ => None,
        }
    }

    /// Parameters into a definition; gives the key part that tells overloads apart.
    fn parameters(&mut self, def: DefId, node: Option<Node<'t>>) -> String {
        let mut erased = Vec::new();
        let Some(node) = node else {
            return String::new();
        };
        for param in self.kids(node) {
            let Some((name_node, ty_node, dimensions, spread)) = self.parameter_parts(param) else {
                continue;
            };
            let mut text = self.erased(ty_node);
            if let Some(d) = dimensions {
                text.push_str(&"[]".repeat(self.dimensions(d)));
            }
            let mut ty = self.declared_type(ty_node, dimensions);
            let place = self.b.place();
            let named = self.is_model && self.text(name_node).starts_with('$');
            let kind = if named {
                ParamKind::KeywordOnly
            } else if spread {
                text.push_str("...");
                ty = ty.map(|t| self.array_of(t, 1));
                let array = self.b.object(super::types::ARRAY);
                self.b.copy(place, array);
                ParamKind::Rest
            } else {
                ParamKind::Plain
            };
            erased.push(text);
            let name = self.name_of(name_node);
            self.b.def(def).params.push(Param {
                name,
                place,
                kind,
                ty,
            });
        }
        erased.join(",")
    }

    /// The method itself, without its body.
    pub(super) fn declare_method(&mut self, node: Node<'t>, interface: bool) -> DefId {
        let name_node = self.field(node, self.t.fields.name).unwrap_or(node);
        let name = self.name_of(name_node);
        let (words, annotations) = self.modifiers(node);
        let body = self.field(node, self.t.fields.body);
        let in_class = self.b.current() != DefId(0);
        let def = self.define(NodeKind::Method, name, node, name_node);
        self.types.push(0);
        let params = self.field(node, self.t.fields.type_parameters);
        self.generics(def, params);
        let erased = self.parameters(def, self.field(node, self.t.fields.parameters));
        let dimensions = self.field(node, self.t.fields.dimensions);
        let ty = self
            .field(node, self.t.fields.type_)
            .and_then(|ty| self.declared_type(ty, dimensions));
        self.types.pop();
        let is_static = words.contains(&"static") || !in_class;
        let mut flags = 0;
        if !words.contains(&"private") {
            flags |= DefFlags::EXPORTED;
        }
        if is_static {
            flags |= DefFlags::STATIC;
        }
        if body.is_none()
            && !words.contains(&"native")
            && (interface || words.contains(&"abstract"))
        {
            flags |= DefFlags::ABSTRACT;
        }
        let disambiguator = (!erased.is_empty()).then(|| self.b.name(&erased));
        let receiver = if is_static {
            Place::NOWHERE
        } else {
            self.b.place()
        };
        let ret = self.b.place();
        let end = body.map_or(node.end_byte(), |b| b.start_byte());
        let signature = self.tokens.hash(node.start_byte()..end);
        let hash = body.map_or(0, |b| self.tokens.hash(b.byte_range()));
        let at = self.b.def(def);
        at.ty = ty;
        at.disambiguator = disambiguator;
        at.receiver = receiver;
        at.ret = ret;
        at.flags = DefFlags(at.flags.0 | flags);
        if !is_static && flags & DefFlags::EXPORTED == 0 {
            self.private_methods.insert(def);
        }
        let at = self.b.def(def);
        at.signature = signature;
        at.body = hash;
        self.b.value(def);
        self.method_tests(def, &annotations);
        self.annotated(def, &annotations);
        def
    }

    /// A method outside any class (a compact source file).
    pub(super) fn top_method(&mut self, node: Node<'t>) {
        let def = self.declare_method(node, false);
        let name = self.b.def(def).name;
        self.b.member(DefId(0), name, Binding::Def(def), false);
        self.method_body(node, def);
    }

    /// Binds the type parameters and parameters of a definition in new scopes.
    fn open_function(&mut self, def: DefId) {
        self.types.push(0);
        for index in 0..self.b.def(def).generics.len() {
            let name = self.b.def(def).generics[index].name;
            self.types.bind(name, Bound::Generic(def));
        }
        self.b.scopes.push(0);
        for index in 0..self.b.def(def).params.len() {
            let Param {
                name,
                place,
                ty,
                kind,
            } = self.b.def(def).params[index].clone();
            let primitive = ty.and_then(|ty| self.primitive_type(ty));
            let _ = kind;
            self.bind_var(
                name,
                Var {
                    place,
                    ty,
                    primitive,
                    depth: self.depth,
                    text: None,
                },
            );
        }
    }

    fn close_function(&mut self) {
        self.b.scopes.pop();
        self.types.pop();
    }

    /// The primitive class that a type expression is.
    pub(super) fn primitive_type(&self, ty: TypeId) -> Option<&'static str> {
        let Type::Named(path, _) = &self.b.facts.types[ty.0 as usize] else {
            return None;
        };
        let Head::Free(name, _) = path.head else {
            return None;
        };
        let text = self.b.text(name).strip_prefix("__")?;
        super::types::primitive_class(text)
    }

    pub(super) fn method_body(&mut self, node: Node<'t>, def: DefId) {
        let d = self.b.def(def);
        let (receiver, ret) = (d.receiver, d.ret);
        let inside = if receiver == Place::NOWHERE {
            Inside::Static
        } else {
            Inside::Instance(receiver)
        };
        self.inside(inside);
        let before = std::mem::replace(&mut self.function, Function { ret });
        self.b.enter(def);
        self.open_function(def);
        if let Some(body) = self.field(node, self.t.fields.body) {
            self.block(body);
        }
        self.test_hooks(def);
        self.close_function();
        self.b.leave();
        self.function = before;
    }

    // ---- constructors -------------------------------------------------------------------------

    pub(super) fn declare_constructor(
        &mut self,
        node: Node<'t>,
        class: DefId,
        components: Option<&[(Name, DefId)]>,
    ) -> DefId {
        let name = self.b.name(INIT);
        let name_node = self.field(node, self.t.fields.name).unwrap_or(node);
        let def = self.define(NodeKind::Method, name, node, name_node);
        self.types.push(0);
        let params = self.field(node, self.t.fields.type_parameters);
        self.generics(def, params);
        let erased = match components {
            None => self.parameters(def, self.field(node, self.t.fields.parameters)),
            Some(components) => self.component_parameters(def, components),
        };
        self.types.pop();
        let (words, _) = self.modifiers(node);
        let mut flags = DefFlags::CONSTRUCTOR;
        if !words.contains(&"private") {
            flags |= DefFlags::EXPORTED;
        }
        let disambiguator = (!erased.is_empty()).then(|| self.b.name(&erased));
        let receiver = self.b.place();
        let body = self.field(node, self.t.fields.body);
        let end = body.map_or(node.end_byte(), |b| b.start_byte());
        let signature = self.tokens.hash(node.start_byte()..end);
        let hash = body.map_or(0, |b| self.tokens.hash(b.byte_range()));
        let at = self.b.def(def);
        at.flags = DefFlags(flags);
        at.disambiguator = disambiguator;
        at.receiver = receiver;
        at.signature = signature;
        at.body = hash;
        self.b.value(def);
        self.b.member(class, name, Binding::Def(def), true);
        def
    }

    /// The parameters of a compact constructor are the record's components.
    fn component_parameters(&mut self, def: DefId, components: &[(Name, DefId)]) -> String {
        let mut erased = Vec::new();
        for &(name, field) in components {
            let place = self.b.place();
            let ty = self.b.def(field).ty;
            let to = self.b.place_of(field);
            self.b.copy(to, place);
            let text = ty.map_or(String::new(), |ty| self.type_text(ty));
            erased.push(text);
            self.b.def(def).params.push(Param {
                name,
                place,
                kind: ParamKind::Plain,
                ty,
            });
        }
        erased.join(",")
    }

    fn type_text(&self, ty: TypeId) -> String {
        let Type::Named(path, args) = &self.b.facts.types[ty.0 as usize] else {
            return String::new();
        };
        let name = match (path.rest.last(), path.head) {
            (Some(&name), _) | (None, Head::Free(name, _)) => self.b.text(name).to_owned(),
            (None, Head::Generic(_, name)) => self.b.text(name).to_owned(),
            (None, Head::Def(def)) => {
                let name = self.b.facts.defs[def.0 as usize].name;
                self.b.text(name).to_owned()
            }
            (None, Head::Import(import)) => {
                let module = self.b.facts.imports[import.0 as usize].module;
                let text = self.b.text(module);
                text.rsplit('.').next().unwrap_or(text).to_owned()
            }
            _ => String::new(),
        };
        if name == super::types::ARRAY
            && let Some(&element) = args.first()
        {
            return format!("{}[]", self.type_text(element));
        }
        match name.strip_prefix("__") {
            Some(primitive) => primitive.to_owned(),
            None => name,
        }
    }

    pub(super) fn constructor_body(
        &mut self,
        node: Node<'t>,
        class: DefId,
        def: DefId,
        members: &[Node<'t>],
    ) {
        let receiver = self.b.def(def).receiver;
        self.inside(Inside::Instance(receiver));
        let before = std::mem::replace(
            &mut self.function,
            Function {
                ret: Place::NOWHERE,
            },
        );
        self.b.enter(def);
        self.open_function(def);
        let body = self.field(node, self.t.fields.body);
        let statements = body.map_or_else(Default::default, |b| self.kids(b));
        let explicit = statements
            .iter()
            .copied()
            .find(|&n| self.kind(n) == K::ExplicitConstructor);
        let delegates = explicit.is_some_and(|n| {
            self.field(n, self.t.fields.constructor)
                .is_some_and(|c| self.kind(c) == K::This)
        });
        self.b.scopes.push(0);
        if let Some(explicit) = explicit {
            self.explicit_constructor(explicit, class);
        } else if self.info.get(&class).is_some_and(|i| i.extends) {
            // Nobody wrote `super()`: the language does.
            let callee = self.super_place(class, receiver);
            let text = self.b.name("super()");
            let at = line(node);
            self.b
                .call(CallKind::Implicit, at, callee, receiver, &[], text);
        }
        if !delegates {
            self.initialising = true;
            self.b.scopes.push(0);
            // Parameters are not seen by initialisers.
            let hidden = self.hide_parameters(def);
            self.instance_initialisers(members, class);
            self.show_parameters(hidden);
            self.b.scopes.pop();
            self.initialising = false;
        }
        self.declare_local_types(&statements);
        for &statement in &statements {
            if self.kind(statement) != K::ExplicitConstructor {
                self.statement(statement);
            }
        }
        self.b.scopes.pop();
        self.close_function();
        self.b.leave();
        self.function = before;
    }

    /// Fields again where a parameter of the constructor has their name.
    fn hide_parameters(&mut self, def: DefId) -> Option<usize> {
        let _ = def;
        self.classes.last_mut().map(|frame| {
            // As if the class body had begun here.
            std::mem::replace(&mut frame.scopes, self.b.scopes.depth())
        })
    }

    fn show_parameters(&mut self, scopes: Option<usize>) {
        if let (Some(scopes), Some(frame)) = (scopes, self.classes.last_mut()) {
            frame.scopes = scopes;
        }
    }

    pub(super) fn super_place(&mut self, class: DefId, receiver: Place) -> Place {
        let to = self.b.place();
        self.b.facts.flows.push(Flow::Super {
            to,
            class,
            receiver,
        });
        to
    }

    /// `this(…)` or `super(…)`.
    pub(super) fn explicit_constructor(&mut self, node: Node<'t>, class: DefId) {
        if let Some(object) = self.field(node, self.t.fields.object) {
            self.expression(object);
        }
        let args = self
            .field(node, self.t.fields.arguments)
            .map_or(Vec::new(), |a| self.arguments(a));
        let Some(Inside::Instance(receiver)) = self.classes.last().map(|f| f.inside) else {
            return;
        };
        let is_this = self
            .field(node, self.t.fields.constructor)
            .is_some_and(|c| self.kind(c) == K::This);
        let (callee, text) = if is_this {
            let callee = self.b.place();
            let all = self
                .info
                .get(&class)
                .map_or(Vec::new(), |i| i.constructors.clone());
            for constructor in all {
                if constructor == self.b.current() {
                    continue;
                }
                let place = self.b.place_of(constructor);
                self.b.copy(callee, place);
                if self.b.def(constructor).params.len() == args.len() {
                    let to = self.b.def(constructor).receiver;
                    self.b.copy(to, receiver);
                }
            }
            (callee, self.b.name("this()"))
        } else {
            (self.super_place(class, receiver), self.b.name("super()"))
        };
        self.b.call_with(
            CallKind::Plain,
            line(node),
            callee,
            Place::NOWHERE,
            args,
            text,
        );
    }

    // ---- lambdas ------------------------------------------------------------------------------

    pub(super) fn lambda(&mut self, node: Node<'t>) -> Place {
        if let Some(&known) = self.made.get(&node.id()) {
            return self.b.place_of(known);
        }
        let name = self.b.name("<lambda>");
        let def = self.nested(|l| l.define(NodeKind::Function, name, node, node));
        self.made.insert(node.id(), def);
        let ret = self.b.place();
        let hash = self.tokens.hash(node.byte_range());
        let at = self.b.def(def);
        at.flags = DefFlags(DefFlags::LAMBDA | DefFlags::STATIC);
        at.ret = ret;
        at.body = hash;
        self.b.value(def);
        let initialising = std::mem::take(&mut self.initialising);
        let before = std::mem::replace(&mut self.function, Function { ret });
        let yields = std::mem::take(&mut self.yields);
        self.depth += 1;
        self.b.enter(def);
        if let Some(params) = self.field(node, self.t.fields.parameters) {
            match self.kind(params) {
                K::FormalParameters => {
                    self.parameters(def, Some(params));
                }
                K::InferredParameters => {
                    for param in self.kids(params) {
                        self.plain_parameter(def, param);
                    }
                }
                _ => self.plain_parameter(def, params),
            }
        }
        self.open_function(def);
        if let Some(body) = self.field(node, self.t.fields.body) {
            if self.kind(body) == K::Block {
                self.block(body);
                if self.returns_value(body) {
                    let unknown = self.b.ty(Type::Unknown);
                    self.b.def(def).ty = Some(unknown);
                } else {
                    self.b.def(def).ret = Place::NOWHERE;
                }
            } else {
                // A call may give a value or none; anything that is no statement gives one.
                let statement = matches!(
                    self.kind(body),
                    K::MethodInvocation | K::Assignment | K::Update | K::ObjectCreation
                );
                if !statement {
                    let unknown = self.b.ty(Type::Unknown);
                    self.b.def(def).ty = Some(unknown);
                }
                let value = self.expression(body);
                self.b.copy(ret, value);
            }
        }
        self.close_function();
        self.b.leave();
        self.depth -= 1;
        self.yields = yields;
        self.function = before;
        self.initialising = initialising;
        self.b.place_of(def)
    }

    /// True where a block returns a value, outside the functions and classes in it.
    fn returns_value(&self, block: Node<'t>) -> bool {
        let mut stack = vec![block];
        while let Some(node) = stack.pop() {
            match self.kind(node) {
                K::Return => {
                    if !self.kids(node).is_empty() {
                        return true;
                    }
                }
                K::Lambda | K::ClassBody => {}
                _ => stack.extend(self.kids(node)),
            }
        }
        // A body that only throws fits either way; most are written where a value is wanted.
        let last = self.kids(block).last().copied();
        last.is_some_and(|n| self.kind(n) == K::Throw)
    }

    fn plain_parameter(&mut self, def: DefId, node: Node<'t>) {
        let name = self.name_of(node);
        let place = self.b.place();
        self.b.def(def).params.push(Param {
            name,
            place,
            kind: ParamKind::Plain,
            ty: None,
        });
    }
}
