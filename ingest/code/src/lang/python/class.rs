//! Classes: bases, bodies, and the classes that the standard library writes for people
//! (dataclasses, named tuples, enumerations).

use super::define::Decorator;
use super::kinds::K;
use super::lower::{Lowerer, last_line, line_of};
use super::scope::{ScopeId, ScopeKind, What};
use crate::facts::*;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

/// What is known of a class while the file is being lowered.
#[derive(Debug)]
pub(super) struct ClassInfo<'t> {
    pub(super) scope: ScopeId,
    /// Bases as written, without type arguments.
    pub(super) bases: Vec<&'t str>,
    pub(super) record: Record,
    pub(super) enumeration: bool,
    /// Fields that the written constructor takes, in order, those of bases first.
    pub(super) fields: Vec<RecordField>,
    pub(super) match_args: Vec<Name>,
    pub(super) unittest: bool,
}

/// Who writes the constructor of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record {
    None,
    /// `@dataclass`, attrs.
    Dataclass,
    /// `class P(NamedTuple)`: its fields are elements too.
    NamedTuple,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct RecordField {
    pub(super) name: Name,
    pub(super) ty: Option<TypeId>,
    /// Its default value.
    pub(super) default: Place,
    pub(super) keyword_only: bool,
}

impl<'t> Lowerer<'t> {
    pub(super) fn class_definition(
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
        let applied: Vec<Decorator<'t>> = decorators
            .iter()
            .filter(|d| !d.path.starts_with("pytest.mark."))
            .copied()
            .collect();
        let values: Vec<Place> = applied.iter().map(|d| self.expr(d.node)).collect();
        let name = self.intern(name_node);
        let line = line_of(name_node);
        let def = self.b.define(
            NodeKind::Class,
            name,
            (line_of(whole), last_line(whole)),
            line,
        );
        let signature = self.tokens.hash(whole.start_byte()..body.start_byte());
        let exported = !self.b.text(name).starts_with('_');
        let d = self.b.def(def);
        d.signature = signature;
        if exported {
            d.flags.0 |= DefFlags::EXPORTED;
        }
        if self.is_global_scope() {
            self.holes
                .entry(DefId(0))
                .or_default()
                .push(whole.byte_range());
        }
        let scope = self.open_scope(ScopeKind::Class, def);
        self.generics(node, scope, def);
        let mut info = ClassInfo {
            scope,
            bases: Vec::new(),
            record: Record::None,
            enumeration: false,
            fields: Vec::new(),
            match_args: Vec::new(),
            unittest: false,
        };
        if decorators.iter().any(|d| is_dataclass(d.path)) {
            info.record = Record::Dataclass;
        }
        let keywords = self.bases(node, def, scope, &mut info);
        self.classes.insert(def, info);
        self.b.value(def);

        let outer = std::mem::replace(&mut self.scope, scope);
        let initialised = self.initialised.take();
        let first_call = self.b.facts.calls.len();
        self.b.enter(def);
        self.block(body);
        self.written_members(def);
        self.end_namespace(scope, def);
        self.b.leave();
        // The body runs with the code around the class.
        let around = self.b.current();
        for call in &mut self.b.facts.calls[first_call..] {
            if call.within == def {
                call.within = around;
            }
        }
        self.scope = outer;
        self.initialised = initialised;

        let mut holes = self.holes.remove(&def).unwrap_or_default();
        holes.sort_by_key(|h| h.start);
        let hash = self.tokens.hash_without(body.byte_range(), &holes);
        self.b.def(def).body = hash;
        self.subclass_hooks(def, scope, keywords, line);
        self.note_used_fixtures(def, &decorators);
        self.inherited_tests(def, line);
        self.apply_class_decorators(def, &applied, &values);
        let place = self.b.place_of(def);
        self.bind_in(self.scope, name, place, What::Def(def));
    }

    fn apply_class_decorators(&mut self, def: DefId, applied: &[Decorator<'t>], values: &[Place]) {
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

    /// Bases become inheritance; keywords are for `__init_subclass__`.
    fn bases(
        &mut self,
        node: Node<'t>,
        def: DefId,
        scope: ScopeId,
        info: &mut ClassInfo<'t>,
    ) -> Vec<Arg> {
        let f = &self.t.fields;
        let mut keywords = Vec::new();
        let Some(list) = self.field(node, f.superclasses) else {
            return keywords;
        };
        for child in self.kids(list) {
            let line = line_of(child);
            if self.kind(child) == K::KeywordArg {
                let name = self.field(child, f.name).map_or("", |n| self.text(n));
                let value = self
                    .field(child, f.value)
                    .map_or(Place::NOWHERE, |v| self.expr(v));
                if name == "metaclass" {
                    let member = self.b.name("__metaclass__");
                    self.b.member(def, member, Binding::Place(value), false);
                } else {
                    let name = self.b.name(name);
                    keywords.push(Arg {
                        place: value,
                        kind: ArgKind::Keyword(name),
                    });
                }
                continue;
            }
            let text = self.text(child);
            let head = text.split('[').next().unwrap_or(text).trim();
            let last = head.rsplit('.').next().unwrap_or(head);
            info.bases.push(head);
            match last {
                "Generic" | "Protocol" => {
                    self.type_variables(child, def, scope);
                    if last == "Generic" {
                        continue;
                    }
                }
                "NamedTuple" => info.record = Record::NamedTuple,
                "Enum" | "IntEnum" | "StrEnum" | "Flag" | "IntFlag" => info.enumeration = true,
                "Struct" | "BaseModel" => info.record = Record::Dataclass,
                _ => {}
            }
            info.unittest |= last.ends_with("TestCase");
            let name = self.b.name(head);
            if let Some((var, _)) = self.find(self.scope, name) {
                let base = self.vars[var].history.iter().find_map(|e| match e.what {
                    What::Def(def) => self.classes.get(&def),
                    _ => None,
                });
                if let Some(base) = base {
                    info.enumeration |= base.enumeration;
                    info.unittest |= base.unittest;
                    if info.record == Record::None && base.record == Record::NamedTuple {
                        info.record = Record::None;
                    }
                    for field in &base.fields {
                        if !info.fields.iter().any(|f| f.name == field.name) {
                            info.fields.push(*field);
                        }
                    }
                }
            }
            let base = match self.kind(child) {
                K::Identifier | K::Attribute | K::Subscript if is_path(head) => self
                    .base_type(child, head, scope)
                    .unwrap_or_else(|| Base::Place(self.expr(child))),
                K::ListSplat | K::DictSplat => {
                    self.expr(child);
                    continue;
                }
                _ => Base::Place(self.expr(child)),
            };
            let class = MemberOwner::Def(def);
            self.b.facts.inherits.push(Inherit {
                class,
                base,
                implements: false,
                line,
            });
        }
        keywords
    }

    /// A base named by a path whose head is known where the class is defined.
    fn base_type(&mut self, node: Node<'t>, head: &'t str, scope: ScopeId) -> Option<Base> {
        let mut parts = head.split('.').map(str::trim);
        let first = self.b.name(parts.next()?);
        let rest: Vec<Name> = parts.map(|p| self.b.name(p)).collect();
        let line = line_of(node);
        let found = self.find(self.scope, first);
        let head = match found {
            None => {
                let scope = self.scopes[self.scope].def;
                Head::Free(first, scope)
            }
            Some((var, born)) => {
                let current = self.vars[var].current;
                let own = self.vars[var].scope == self.scope
                    || self.scopes[self.scope].kind != ScopeKind::Function;
                let entries = self.visible(var, born);
                let entry = if own {
                    entries.iter().rev().find(|e| e.place == current).copied()
                } else if entries.len() == 1 {
                    entries.first().copied()
                } else {
                    None
                };
                match entry.map(|e| e.what) {
                    Some(What::Def(def)) => Head::Def(def),
                    Some(What::Import(import)) => Head::Import(import),
                    _ => return None,
                }
            }
        };
        let mut args = Vec::new();
        if self.kind(node) == K::Subscript {
            for arg in self.in_field(node, self.t.fields.subscript) {
                args.push(self.late_type_in(arg, scope));
            }
        }
        let _ = line;
        let ty = self.b.ty(Type::Named(Path { head, rest }, args));
        Some(Base::Type(ty))
    }

    /// `Generic[T, U]` and `Protocol[T]` declare type parameters.
    fn type_variables(&mut self, node: Node<'t>, def: DefId, scope: ScopeId) {
        if self.kind(node) != K::Subscript {
            return;
        }
        for arg in self.in_field(node, self.t.fields.subscript) {
            if self.kind(arg) == K::Identifier {
                let name = self.intern(arg);
                self.scopes[scope].generics.push(name);
                self.b.def(def).generics.push(Generic {
                    name,
                    bounds: Vec::new(),
                });
            }
        }
    }

    /// Defining a subclass calls `__init_subclass__` of its bases.
    fn subclass_hooks(&mut self, def: DefId, scope: ScopeId, keywords: Vec<Arg>, line: u32) {
        let has_bases = self.classes.get(&def).is_some_and(|c| !c.bases.is_empty());
        let _ = scope;
        if !has_bases {
            return;
        }
        let receiver = self.b.place_of(def);
        let to = self.b.place();
        self.b.facts.flows.push(Flow::Super {
            to,
            class: def,
            receiver,
        });
        let name = self.b.name("__init_subclass__");
        let callee = self.b.load_callee(to, Select::Field(name), line);
        self.b
            .call_with(CallKind::Implicit, line, callee, to, keywords, name);
    }

    /// An annotated name in a class body: a field of a dataclass or named tuple.
    pub(super) fn class_field(
        &mut self,
        left: Node<'t>,
        right: Option<Node<'t>>,
        annotation: Node<'t>,
    ) {
        let class = self.scopes[self.scope].def;
        if self
            .classes
            .get(&class)
            .is_none_or(|c| c.record == Record::None)
        {
            return;
        }
        let text = self.text(annotation);
        if text.contains("ClassVar") {
            return;
        }
        let name = self.intern(left);
        let ty = Some(self.late_type(annotation));
        let keyword_only = text == "KW_ONLY";
        let value = right.map_or("", |r| self.text(r));
        if value.contains("init=False") || keyword_only {
            return;
        }
        let default = Place::NOWHERE;
        let field = RecordField {
            name,
            ty,
            default,
            keyword_only,
        };
        if let Some(info) = self.classes.get_mut(&class) {
            match info.fields.iter_mut().find(|f| f.name == name) {
                Some(known) => *known = field,
                None => info.fields.push(field),
            }
        }
    }

    /// The value of a class attribute: in an enumeration, a member is an instance of the class
    /// that holds the value assigned; elsewhere `__set_name__` of the value runs.
    pub(super) fn class_attribute(
        &mut self,
        left: Node<'t>,
        right: Option<Node<'t>>,
        value: Place,
    ) -> Place {
        let class = self.scopes[self.scope].def;
        let line = line_of(left);
        let enumeration = self.classes.get(&class).is_some_and(|c| c.enumeration);
        if enumeration && !self.text(left).starts_with('_') {
            let member = self.b.place();
            let ty = self.b.ty(Type::Named(
                Path {
                    head: Head::Def(class),
                    rest: Vec::new(),
                },
                Vec::new(),
            ));
            self.b.typed(member, ty, true, line);
            if value != Place::NOWHERE {
                let name = self.b.name("value");
                self.b.store(member, Select::Field(name), value, line);
            }
            let constructed = self.class_has(class, "__init__");
            if constructed {
                let name = self.b.name("__init__");
                let callee = self.b.load_callee(member, Select::Field(name), line);
                let args = match right {
                    Some(right) if self.kind(right) == K::Tuple => vec![Arg {
                        place: value,
                        kind: ArgKind::Spread,
                    }],
                    _ => vec![Arg {
                        place: value,
                        kind: ArgKind::Positional,
                    }],
                };
                self.b
                    .call_with(CallKind::Implicit, line, callee, member, args, name);
            }
            return member;
        }
        if right.is_some_and(|r| self.kind(r) == K::Call) && value != Place::NOWHERE {
            let owner = self.b.place_of(class);
            self.b
                .implicit(value, "__set_name__", &[owner, Place::NOWHERE], line);
        }
        value
    }

    fn class_has(&mut self, class: DefId, name: &str) -> bool {
        let name = self.b.name(name);
        self.classes
            .get(&class)
            .is_some_and(|c| self.scopes[c.scope].vars.contains_key(&name))
    }

    /// The constructor that `@dataclass` and `NamedTuple` write, and what enumerations have.
    fn written_members(&mut self, class: DefId) {
        let Some(info) = self.classes.get(&class) else {
            return;
        };
        let (record, fields) = (info.record, info.fields.clone());
        let names: Vec<Name> = fields.iter().map(|f| f.name).collect();
        let own = !self.class_has(class, "__init__");
        if record != Record::None && own {
            self.written_constructor(class, record, &fields);
        }
        if let Some(info) = self.classes.get_mut(&class) {
            info.match_args = names;
        }
    }

    fn written_constructor(&mut self, class: DefId, record: Record, fields: &[RecordField]) {
        let name = self.b.name("__init__");
        let line = self.b.def(class).name_line;
        let def = self.b.define(NodeKind::Method, name, (line, line), line);
        let (receiver, ret) = (self.b.place(), self.b.place());
        self.b.value(def);
        let d = self.b.def(def);
        d.flags.0 |= DefFlags::TRANSPARENT | DefFlags::CONSTRUCTOR;
        d.receiver = receiver;
        d.ret = ret;
        self.b.enter(def);
        for (at, field) in fields.iter().enumerate() {
            let place = self.b.place();
            self.b.copy(place, field.default);
            if let Some(ty) = field.ty {
                self.b.typed(place, ty, false, line);
            }
            let kind = if field.keyword_only {
                ParamKind::KeywordOnly
            } else {
                ParamKind::Plain
            };
            self.b.def(def).params.push(Param {
                name: field.name,
                place,
                kind,
                ty: field.ty,
            });
            self.b
                .store(receiver, Select::Field(field.name), place, line);
            if record == Record::NamedTuple {
                let index = self.index_name(at);
                self.b.store(receiver, Select::Field(index), place, line);
            }
        }
        self.b.leave();
        self.b.member(class, name, Binding::Def(def), false);
    }

    /// The member that a positional sub-pattern of `case C(…)` matches.
    pub(super) fn match_arg(
        &mut self,
        pattern: Node<'t>,
        at: usize,
        narrowed: Place,
        line: u32,
    ) -> Place {
        let Some(class) = self.kids(pattern).first().copied() else {
            return Place::NOWHERE;
        };
        let name = self.intern(class);
        let found = self.find(self.scope, name).and_then(|(var, _)| {
            self.vars[var].history.iter().find_map(|e| match e.what {
                What::Def(def) => self.classes.get(&def)?.match_args.get(at).copied(),
                _ => None,
            })
        });
        match found {
            Some(member) => self.b.load(narrowed, Select::Field(member), line),
            None => {
                // What the class says itself: `__match_args__ = ("x", "y")`.
                let class = self.expr(class);
                if class == Place::NOWHERE || narrowed == Place::NOWHERE {
                    return Place::NOWHERE;
                }
                let said = self.b.name("__match_args__");
                let names = self.b.load(class, Select::Field(said), line);
                let key = self.element_at(names, at, line);
                self.b.load(narrowed, Select::Computed(key), line)
            }
        }
    }

    /// `P = namedtuple("P", "x y")`, `P = NamedTuple("P", [("x", int)])`, `E = Enum("E", "A B")`.
    pub(super) fn class_making_call(
        &mut self,
        left: Node<'t>,
        right: Node<'t>,
        _declared: Option<DefId>,
    ) -> Option<Place> {
        let f = &self.t.fields;
        if self.kind(right) != K::Call || self.kind(left) != K::Identifier {
            return None;
        }
        let (function, arguments) = (
            self.field(right, f.function)?,
            self.field(right, f.arguments)?,
        );
        let text = self.text(function);
        let last = text.rsplit('.').next().unwrap_or(text);
        if !matches!(last, "namedtuple" | "NamedTuple" | "Enum") {
            return None;
        }
        let args = self.argument_nodes(arguments);
        let fields = *args.get(1)?;
        let names = self.field_names(fields);
        let name = self.intern(left);
        let class = self.made_class(name, right);
        self.b.enter(class);
        if last == "Enum" {
            let ty = self.b.ty(Type::Named(
                Path {
                    head: Head::Def(class),
                    rest: Vec::new(),
                },
                Vec::new(),
            ));
            for (name, _) in names {
                let member = self.b.place();
                self.b.typed(member, ty, true, line_of(right));
                self.b.member(class, name, Binding::Place(member), false);
            }
        } else {
            let fields: Vec<RecordField> = names
                .into_iter()
                .map(|(name, ty)| RecordField {
                    name,
                    ty,
                    default: Place::NOWHERE,
                    keyword_only: false,
                })
                .collect();
            self.written_constructor(class, Record::NamedTuple, &fields);
        }
        self.b.leave();
        Some(self.b.place_of(class))
    }

    /// `type("Name", (Base,), {"method": function})`.
    pub(super) fn type_call(&mut self, arguments: Node<'t>) -> Option<Place> {
        let f = &self.t.fields;
        let args = self.argument_nodes(arguments);
        let [name, bases, namespace] = args.as_slice() else {
            return None;
        };
        let name = self.constant_string(*name).unwrap_or("<class>");
        let name = self.b.name(name);
        let class = self.made_class(name, arguments);
        for base in self.kids(*bases) {
            let line = line_of(base);
            let place = self.expr(base);
            let class = MemberOwner::Def(class);
            self.b.facts.inherits.push(Inherit {
                class,
                base: Base::Place(place),
                implements: false,
                line,
            });
        }
        if self.kind(*namespace) == K::Dict {
            for pair in self.kids(*namespace) {
                let (Some(key), Some(value)) = (self.field(pair, f.key), self.field(pair, f.value))
                else {
                    continue;
                };
                let place = self.expr(value);
                if let Some(key) = self.constant_string(key) {
                    let key = self.b.name(key);
                    self.b.member(class, key, Binding::Place(place), false);
                }
            }
        } else {
            self.expr(*namespace);
        }
        Some(self.b.place_of(class))
    }

    /// A class that a call makes: no node of the graph, but its instances have its members.
    fn made_class(&mut self, name: Name, node: Node<'t>) -> DefId {
        let line = line_of(node);
        let class = self
            .b
            .define(NodeKind::Class, name, (line, last_line(node)), line);
        let hash = self.tokens.hash(node.byte_range());
        let d = self.b.def(class);
        d.flags.0 |= DefFlags::TRANSPARENT;
        d.signature = hash;
        d.body = hash;
        self.b.value(class);
        class
    }

    /// Field names of `"x y"`, `["x", "y"]`, `[("x", int)]`, `{"x": int}`.
    fn field_names(&mut self, node: Node<'t>) -> Vec<(Name, Option<TypeId>)> {
        let f = &self.t.fields;
        if let Some(text) = self.constant_string(node) {
            return text
                .split([' ', ','])
                .filter(|t| !t.is_empty())
                .map(|t| (self.b.name(t), None))
                .collect();
        }
        let mut names = Vec::new();
        for child in self.kids(node) {
            let (name, ty) = match self.kind(child) {
                K::Tuple => {
                    let parts = self.kids(child);
                    (parts.first().copied(), parts.get(1).copied())
                }
                K::Pair => (self.field(child, f.key), None),
                _ => (Some(child), None),
            };
            if let Some(text) = name.and_then(|n| self.constant_string(n)) {
                let name = self.b.name(text);
                let ty = ty.map(|t| self.late_type(t));
                names.push((name, ty));
            }
        }
        names
    }

    /// At the end of a module or class: what it binds can be looked up from outside.
    pub(super) fn end_namespace(&mut self, scope: ScopeId, owner: DefId) {
        for at in 0..self.scopes[scope].order.len() {
            let id = self.scopes[scope].order[at];
            let name = self.vars[id].name;
            let entries = self.visible(id, u32::MAX);
            let accessors = self.accessors(id);
            let mut bound: Vec<Binding> = Vec::new();
            let shared = self.vars[id].shared;
            let history: Vec<_> = if shared != Place::NOWHERE {
                self.vars[id].history.to_vec()
            } else {
                entries.to_vec()
            };
            for entry in history.iter() {
                let binding = match (entry.what, self.vars[id].def) {
                    (What::Def(def), _) => Binding::Def(def),
                    (What::Import(import), _) => Binding::Import(import),
                    (What::Value, Some(def)) => {
                        let place = self.b.place_of(def);
                        self.b.copy(place, entry.place);
                        Binding::Def(def)
                    }
                    (What::Value, None) => Binding::Place(entry.place),
                };
                if !bound.contains(&binding) {
                    bound.push(binding);
                }
            }
            if let (true, Some(def)) = (shared != Place::NOWHERE, self.vars[id].def) {
                let place = self.b.place_of(def);
                self.b.copy(place, shared);
            }
            for def in accessors {
                if !bound.contains(&Binding::Def(def)) {
                    bound.push(Binding::Def(def));
                }
            }
            for binding in bound {
                if binding != Binding::Place(Place::NOWHERE) {
                    self.b.member(owner, name, binding, false);
                }
            }
        }
    }

    /// Getters and setters of one name belong together, though each rebinds it.
    fn accessors(&mut self, var: super::scope::VarId) -> Vec<DefId> {
        let defs: Vec<DefId> = self.vars[var]
            .history
            .iter()
            .filter_map(|e| match e.what {
                What::Def(def) => Some(def),
                _ => None,
            })
            .collect();
        if defs.len() < 2 || !defs.iter().any(|&d| self.b.def(d).disambiguator.is_some()) {
            return Vec::new();
        }
        defs
    }
}

fn is_dataclass(path: &str) -> bool {
    matches!(
        path,
        "dataclass"
            | "attrs"
            | "define"
            | "frozen"
            | "mutable"
            | "attr.s"
            | "attr.dataclass"
            | "attrs.define"
            | "attr.define"
            | "attrs.frozen"
    ) || path.ends_with(".dataclass")
}

fn is_path(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c == '.' || c == '_' || c.is_alphanumeric())
}
