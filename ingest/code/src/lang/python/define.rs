//! Functions and lambdas: parameters, decorators, flags.

use super::kinds::K;
use super::lower::{Job, Lowerer, last_line, line_of};
use super::scope::{ScopeId, ScopeKind, What};
use crate::facts::*;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

/// One decorator.
#[derive(Clone, Copy, Debug)]
pub(super) struct Decorator<'t> {
    pub(super) node: Node<'t>,
    /// What stands before its arguments: `pytest.mark.skip`.
    pub(super) path: &'t str,
    /// The last name of it.
    pub(super) name: &'t str,
    pub(super) arguments: Option<Node<'t>>,
}

impl<'t> Lowerer<'t> {
    pub(super) fn decorators(&mut self, nodes: &[Node<'t>]) -> Vec<Decorator<'t>> {
        let f = &self.t.fields;
        nodes
            .iter()
            .map(|&node| {
                let (function, arguments) = if self.kind(node) == K::Call {
                    (
                        self.field(node, f.function).unwrap_or(node),
                        self.field(node, f.arguments),
                    )
                } else {
                    (node, None)
                };
                let path = self.text(function);
                Decorator {
                    node,
                    path,
                    name: path.rsplit('.').next().unwrap_or(path),
                    arguments,
                }
            })
            .collect()
    }

    pub(super) fn function_definition(
        &mut self,
        node: Node<'t>,
        decorators: &[Node<'t>],
        whole: Node<'t>,
    ) {
        let f = &self.t.fields;
        let (Some(name_node), Some(body)) = (self.field(node, f.name), self.field(node, f.body))
        else {
            for child in self.kids(node) {
                self.expr(child);
            }
            return;
        };
        let decorators = self.decorators(decorators);
        let written = self.written();
        let outside = self.outside.replace(Vec::new());
        let name = self.intern(name_node);
        let text = self.text(name_node);
        let method = self.is_class_scope();
        let mut flags = 0;
        let (mut applied, mut set) = (Vec::new(), None);
        for decorator in &decorators {
            match self.known_decorator(decorator) {
                Known::Flag(flag) => flags |= flag,
                Known::Accessor(which) => {
                    self.pair_getter(name);
                    set = Some(which);
                    flags |= if which == "set" { DefFlags::SETTER } else { 0 };
                }
                Known::Ignored => {
                    if let Some(arguments) = decorator
                        .arguments
                        .filter(|_| decorator.name != "parametrize")
                    {
                        self.arguments(arguments);
                    }
                }
                Known::Applied => applied.push(*decorator),
            }
        }
        if self.is_async(node) {
            flags |= DefFlags::ASYNC;
        }
        if method && self.is_stub(body) {
            flags |= DefFlags::ABSTRACT;
        }
        if method {
            match text {
                "__new__" => flags |= DefFlags::CLASS_METHOD | DefFlags::CONSTRUCTOR,
                "__init__" | "__post_init__" => flags |= DefFlags::CONSTRUCTOR,
                "__init_subclass__" | "__class_getitem__" => flags |= DefFlags::CLASS_METHOD,
                _ => {}
            }
        }
        if !text.starts_with('_') || text.starts_with("__") && text.ends_with("__") {
            flags |= DefFlags::EXPORTED;
        }
        let test = self.test_fact(text, method, &decorators);
        let kind = match (&test, method) {
            (Some(_), _) => NodeKind::Test,
            (None, true) => NodeKind::Method,
            (None, false) => NodeKind::Function,
        };
        // Decorators are evaluated before the function exists, applied after, inside out.
        let values: Vec<Place> = applied.iter().map(|d| self.expr(d.node)).collect();
        let def = self.b.define(
            kind,
            name,
            (line_of(whole), last_line(whole)),
            line_of(name_node),
        );
        let signature = self.tokens.hash(whole.start_byte()..body.start_byte());
        let hash = self.tokens.hash(body.byte_range());
        let disambiguator = set.map(|which| self.b.name(which));
        let ret = self.b.place();
        let d = self.b.def(def);
        d.signature = signature;
        d.body = hash;
        d.flags.0 |= flags;
        d.disambiguator = disambiguator;
        d.ret = ret;
        d.test = test;
        let owner = self.scopes[self.scope].def;
        if self.owns_bodies() {
            self.holes.entry(owner).or_default().push(body.byte_range());
        }
        let scope = self.open_scope(ScopeKind::Function, def);
        self.generics(node, scope, def);
        let binds = method && flags & DefFlags::STATIC == 0;
        if let Some(parameters) = self.field(node, f.parameters) {
            self.parameters(parameters, scope, def, binds);
        }
        if let Some(annotation) = self.field(node, f.return_type) {
            self.declared_return(def, scope, annotation);
        }
        let fixture = self.note_fixture(def, scope, name, &decorators);
        self.note_parametrize(def, &decorators);
        self.note_used_fixtures(def, &decorators);
        self.belongs_to(def, written);
        self.outside = outside;
        self.registered(def, &decorators);
        self.later(Job {
            def,
            scope,
            body,
            expression: false,
            fixture,
        });
        self.apply_decorators(def, &applied, &values);
        let place = self.b.place_of(def);
        self.bind_in(self.scope, name, place, What::Def(def));
    }

    /// How much has been said so far: flows and calls.
    fn written(&self) -> (usize, usize) {
        (self.b.facts.flows.len(), self.b.facts.calls.len())
    }

    /// What decorators and defaults mention is evaluated outside, and part of the function all the same.
    fn belongs_to(&mut self, def: DefId, (flows, calls): (usize, usize)) {
        let around = self.b.current();
        let flows = self.b.facts.flows[flows..].iter();
        let mentioned = flows.filter_map(|flow| match *flow {
            Flow::Use { of, within, line } if within == around => Some((of, line)),
            _ => None,
        });
        let calls = self.b.facts.calls[calls..].iter();
        let called = calls
            .filter(|c| c.within == around)
            .map(|c| (c.callee, c.line));
        let mut all: Vec<(Place, u32)> = mentioned.chain(called).collect();
        all.extend(self.outside.take().unwrap_or_default());
        for (of, line) in all {
            let within = def;
            self.b.facts.flows.push(Flow::Use { of, within, line });
        }
    }

    /// `@group.command()`: what has a function registered with it leads there.
    fn registered(&mut self, def: DefId, decorators: &[Decorator<'t>]) {
        if !self.is_global_scope() {
            return;
        }
        for decorator in decorators {
            let Some((object, method)) = decorator.path.split_once('.') else {
                continue;
            };
            // Routes are told apart by their URLs.
            let route = matches!(
                method,
                "get"
                    | "post"
                    | "put"
                    | "patch"
                    | "delete"
                    | "head"
                    | "options"
                    | "route"
                    | "websocket"
                    | "api_route"
                    | "fixture"
            );
            if route || method.contains('.') {
                continue;
            }
            let name = self.b.name(object);
            let Some((var, _)) = self.find(self.scope, name) else {
                continue;
            };
            let known = &self.vars[var];
            let holder = known.def.or_else(|| {
                known.history.iter().rev().find_map(|e| match e.what {
                    What::Def(def) => Some(def),
                    _ => None,
                })
            });
            let line = line_of(decorator.node);
            if let Some(within) = holder.filter(|&holder| holder != def) {
                let of = self.b.place_of(def);
                self.b.facts.flows.push(Flow::Use { of, within, line });
            }
        }
    }

    /// A protocol's method whose body is `...`: there is nothing to run.
    fn is_stub(&mut self, body: Node<'t>) -> bool {
        let class = self.scopes[self.scope].def;
        let protocol = self.classes.get(&class).is_some_and(|c| {
            c.bases
                .iter()
                .any(|b| b.rsplit('.').next() == Some("Protocol"))
        });
        protocol
            && self.kids(body).iter().all(|&statement| {
                self.kind(statement) == K::ExprStatement
                    && statement
                        .named_child(0)
                        .is_some_and(|e| matches!(self.kind(e), K::Ellipsis | K::String))
            })
    }

    /// A getter that gets a setter or deleter is told apart from it.
    fn pair_getter(&mut self, name: Name) {
        let Some(&var) = self.scopes[self.scope].vars.get(&name) else {
            return;
        };
        let getter = self.vars[var].history.iter().find_map(|e| match e.what {
            What::Def(def)
                if self.b.facts.defs[def.0 as usize]
                    .flags
                    .has(DefFlags::GETTER) =>
            {
                Some(def)
            }
            _ => None,
        });
        if let Some(getter) = getter {
            let get = self.b.name("get");
            self.b.def(getter).disambiguator = Some(get);
        }
    }

    fn owns_bodies(&self) -> bool {
        matches!(
            self.scopes[self.scope].kind,
            ScopeKind::Module | ScopeKind::Class
        )
    }

    /// The value of a definition goes through its decorators, the lowest first.
    pub(super) fn apply_decorators(
        &mut self,
        def: DefId,
        applied: &[Decorator<'t>],
        values: &[Place],
    ) {
        self.b.value(def);
        let mut value = self.b.place_of(def);
        for (decorator, &callee) in applied.iter().zip(values).rev() {
            if callee == Place::NOWHERE {
                continue;
            }
            let text = self.b.bounded(decorator.path);
            let line = line_of(decorator.node);
            value = self.b.call(
                CallKind::Decorator,
                line,
                callee,
                Place::NOWHERE,
                &[value],
                text,
            );
        }
        self.b.def(def).place = value;
    }

    pub(super) fn lambda(&mut self, node: Node<'t>) -> Place {
        let f = &self.t.fields;
        let Some(body) = self.field(node, f.body) else {
            return Place::NOWHERE;
        };
        let name = self.b.name("<lambda>");
        let line = line_of(node);
        let def = self
            .b
            .define(NodeKind::Function, name, (line, last_line(node)), line);
        let signature = match self.field(node, f.parameters) {
            Some(parameters) => self.tokens.hash(parameters.byte_range()),
            None => 0,
        };
        let hash = self.tokens.hash(body.byte_range());
        let ret = self.b.place();
        let d = self.b.def(def);
        d.signature = signature;
        d.body = hash;
        d.flags.0 |= DefFlags::LAMBDA;
        d.ret = ret;
        self.b.value(def);
        let scope = self.open_scope(ScopeKind::Function, def);
        if let Some(parameters) = self.field(node, f.parameters) {
            self.parameters(parameters, scope, def, false);
        }
        self.later(Job {
            def,
            scope,
            body,
            expression: true,
            fixture: false,
        });
        self.b.place_of(def)
    }

    /// `Annotated[Session, Depends(session)]`: an annotation that calls.
    fn dependency(&mut self, node: Node<'t>) {
        if self.kind(node) == K::Call {
            self.expr(node);
            return;
        }
        for child in self.kids(node) {
            self.dependency(child);
        }
    }

    fn parameters(&mut self, node: Node<'t>, scope: ScopeId, def: DefId, binds: bool) {
        let f = &self.t.fields;
        let mut kind = ParamKind::Plain;
        let mut binds = binds;
        for child in self.kids(node) {
            let (name, annotation, default, mut this) = match self.kind(child) {
                K::Identifier => (Some(child), None, None, kind),
                K::Typed => {
                    let inner = self.kids(child).first().copied();
                    (inner, self.field(child, f.type_), None, kind)
                }
                K::Default => (
                    self.field(child, f.name),
                    None,
                    self.field(child, f.value),
                    kind,
                ),
                K::TypedDefault => (
                    self.field(child, f.name),
                    self.field(child, f.type_),
                    self.field(child, f.value),
                    kind,
                ),
                K::ListSplatPattern | K::DictSplatPattern => (Some(child), None, None, kind),
                K::KeywordSep => {
                    kind = ParamKind::KeywordOnly;
                    continue;
                }
                K::PositionalSep => {
                    for param in &mut self.b.def(def).params {
                        param.kind = ParamKind::PositionalOnly;
                    }
                    continue;
                }
                _ => (Some(child), None, None, kind),
            };
            let Some(mut name_node) = name else { continue };
            match self.kind(name_node) {
                K::ListSplatPattern => {
                    this = ParamKind::Rest;
                    kind = ParamKind::KeywordOnly;
                    name_node = self.kids(name_node).first().copied().unwrap_or(name_node);
                }
                K::DictSplatPattern => {
                    this = ParamKind::KeywordRest;
                    name_node = self.kids(name_node).first().copied().unwrap_or(name_node);
                }
                _ => {}
            }
            let default = default.map_or(Place::NOWHERE, |d| self.expr(d));
            if let Some(annotation) = annotation
                && self.text(annotation).contains("Depends(")
            {
                self.dependency(annotation);
            }
            let simple = self.kind(name_node) == K::Identifier;
            let text = if simple { self.text(name_node) } else { "" };
            let name = self.b.name(text);
            let place = self.b.place();
            if binds && this == ParamKind::Plain {
                binds = false;
                self.b.def(def).receiver = place;
                self.bind_param(scope, name, place);
                continue;
            }
            // `def f(*args)` in a class: the instance is the first of them.
            binds = false;
            match this {
                ParamKind::Rest => {
                    let class = self.b.name("tuple");
                    self.b.facts.flows.push(Flow::Object { to: place, class });
                }
                ParamKind::KeywordRest => {
                    let class = self.b.name("dict");
                    self.b.facts.flows.push(Flow::Object { to: place, class });
                }
                _ => {}
            }
            self.b.copy(place, default);
            let ty = annotation.map(|a| {
                let ty = self.late_type_in(a, scope);
                if !matches!(this, ParamKind::Rest | ParamKind::KeywordRest) {
                    self.b.enter(def);
                    self.b.typed(place, ty, false, line_of(a));
                    self.b.leave();
                } else {
                    self.b.enter(def);
                    let line = line_of(a);
                    let element = self.b.place();
                    self.b.typed(element, ty, false, line);
                    self.b.store(place, Select::Element, element, line);
                    self.b.leave();
                }
                ty
            });
            self.b.def(def).params.push(Param {
                name,
                place,
                kind: this,
                ty,
            });
            if simple {
                self.bind_param(scope, name, place);
            } else {
                let outer = std::mem::replace(&mut self.scope, scope);
                self.assign(name_node, place, None);
                self.scope = outer;
            }
        }
    }

    fn declared_return(&mut self, def: DefId, scope: ScopeId, annotation: Node<'t>) {
        let ty = self.late_type_in(annotation, scope);
        let ret = self.b.def(def).ret;
        self.b.def(def).ty = Some(ty);
        self.b.enter(def);
        self.b.typed(ret, ty, false, line_of(annotation));
        self.b.leave();
    }

    /// PEP 695 type parameters.
    pub(super) fn generics(&mut self, node: Node<'t>, scope: ScopeId, def: DefId) {
        let Some(list) = self.field(node, self.t.fields.type_parameters) else {
            return;
        };
        for child in self.kids(list) {
            let text = self.text(child);
            let (head, bound) = match text.split_once(':') {
                Some((head, _)) => (head.trim(), true),
                None => (text.split('=').next().unwrap_or("").trim(), false),
            };
            let head = head.trim_start_matches('*');
            let name = self.b.name(head);
            let bounds = if bound {
                let bound_text = text.split_once(':').map_or("", |(_, b)| b.trim());
                vec![self.late_text(bound_text, scope, line_of(child))]
            } else {
                Vec::new()
            };
            self.scopes[scope].generics.push(name);
            self.b.def(def).generics.push(Generic { name, bounds });
        }
    }

    fn known_decorator(&mut self, decorator: &Decorator<'t>) -> Known {
        let head = decorator.path.split('.').next().unwrap_or("");
        let head_name = self.b.name(head);
        // A definition of this file by one of these names is not the well-known one.
        let own = !decorator.path.contains('.')
            && self.find(self.scope, head_name).is_some_and(|(var, _)| {
                self.vars[var]
                    .history
                    .iter()
                    .any(|e| matches!(e.what, What::Def(_)))
            });
        if own {
            return Known::Applied;
        }
        if decorator.path.contains('.') {
            match decorator.name {
                "getter" => return Known::Flag(DefFlags::GETTER),
                "setter" => return Known::Accessor("set"),
                "deleter" => return Known::Accessor("del"),
                _ => {}
            }
            if decorator.path.starts_with("pytest.mark.") || decorator.path.starts_with("mark.") {
                return Known::Ignored;
            }
        }
        match decorator.name {
            "staticmethod" | "abstractstaticmethod" => Known::Flag(DefFlags::STATIC),
            "classmethod" | "abstractclassmethod" => Known::Flag(DefFlags::CLASS_METHOD),
            "property" | "cached_property" | "hybrid_property" | "reify" | "lazy_property" => {
                Known::Flag(DefFlags::GETTER)
            }
            "abstractproperty" => Known::Flag(DefFlags::GETTER | DefFlags::ABSTRACT),
            "classproperty" => Known::Flag(DefFlags::GETTER | DefFlags::CLASS_METHOD),
            "abstractmethod" | "overload" => Known::Flag(DefFlags::ABSTRACT),
            "final" | "override" | "no_type_check" | "type_check_only" => Known::Flag(0),
            "fixture" if self.is_pytest(decorator) => Known::Ignored,
            _ => Known::Applied,
        }
    }
}

enum Known {
    Flag(u32),
    Accessor(&'static str),
    /// Its arguments are evaluated, the function stays as it is.
    Ignored,
    Applied,
}
