//! Classes, interfaces, enums and records: their members are declared first, then read.

use super::kinds::K;
use super::lower::{ClassFrame, ClassInfo, Direct, Function, Inside, Kids, Lowerer, Var, line};
use crate::facts::*;
use crate::lang::builder::Bound;
use ripple_schemas::NodeKind;
use std::ops::Range;
use tree_sitter::Node;

/// The name of constructors.
pub(super) const INIT: &str = "<init>";
/// What a class without a written constructor runs when an instance of it is made.
const FIELDS: &str = "<fields>";
/// The name of nameless classes.
const ANONYMOUS: &str = "<anonymous>";

impl<'t> Lowerer<'t> {
    /// Defines the types declared among some nodes, and binds their names.
    pub(super) fn declare_types(&mut self, kids: &[Node<'t>]) {
        for &node in kids {
            if self.kind(node).is_type_declaration() {
                let def = self.declare_type(node);
                let name = self.b.def(def).name;
                let owner = self.b.current();
                self.types.bind(name, Bound::Def(def));
                self.b.member(owner, name, Binding::Def(def), false);
            }
        }
    }

    /// Defines a type and those nested in it.
    pub(super) fn declare_type(&mut self, node: Node<'t>) -> DefId {
        let kind = match self.kind(node) {
            K::Interface | K::AnnotationType => NodeKind::Interface,
            _ => NodeKind::Class,
        };
        let name_node = self.field(node, self.t.fields.name).unwrap_or(node);
        let name = self.name_of(name_node);
        let def = self.define(kind, name, node, name_node);
        self.made.insert(node.id(), def);
        let (words, _) = self.modifiers(node);
        let mut flags = 0;
        if !words.contains(&"private") {
            flags |= DefFlags::EXPORTED;
        }
        if words.contains(&"abstract") || kind == NodeKind::Interface {
            flags |= DefFlags::ABSTRACT;
        }
        self.b.def(def).flags = DefFlags(flags);
        self.b.value(def);
        self.b.enter(def);
        for member in self.class_members(node) {
            if self.kind(member).is_type_declaration() {
                let inner = self.declare_type(member);
                let name = self.b.def(inner).name;
                self.b.member(def, name, Binding::Def(inner), false);
            }
        }
        self.b.leave();
        def
    }

    /// The members of a type's body, those of an enum after its constants included.
    fn class_members(&self, node: Node<'t>) -> Kids<'t> {
        let body = match self.kind(node) {
            K::ClassBody => node,
            _ => match self.field(node, self.t.fields.body) {
                Some(body) => body,
                None => return Kids::new(),
            },
        };
        let mut out = Kids::new();
        for kid in self.kids(body) {
            match self.kind(kid) {
                K::EnumBodyDeclarations => out.extend(self.kids(kid)),
                _ => out.push(kid),
            }
        }
        out
    }

    /// Reads a type whose definition was made before.
    pub(super) fn class(&mut self, node: Node<'t>, def: DefId) {
        self.types.push(0);
        let params = self.field(node, self.t.fields.type_parameters);
        self.generics(def, params);
        let members = self.class_members(node);
        for &member in &members {
            if let Some(&inner) = self.made.get(&member.id())
                && self.kind(member).is_type_declaration()
            {
                let name = self.b.def(inner).name;
                self.types.bind(name, Bound::Def(inner));
            }
        }
        let mut info = ClassInfo::default();
        self.b.enter(def);
        self.bases(node, def, &mut info);
        self.class_tests(node, def);
        self.body(node, def, info, &members);
        self.b.leave();
        self.types.pop();
    }

    /// What a type extends and implements.
    fn bases(&mut self, node: Node<'t>, def: DefId, info: &mut ClassInfo) {
        match self.kind(node) {
            K::Enum => {
                let own = self.own_type(def);
                let base = self.builtin_type("Enum", vec![own]);
                self.inherit(def, base, false, line(node));
            }
            K::Record => {
                let base = self.builtin_type("Record", Vec::new());
                self.inherit(def, base, false, line(node));
            }
            _ => {}
        }
        for kid in self.kids(node) {
            match self.kind(kid) {
                K::Superclass => {
                    for base in self.kids(kid) {
                        if let Some(ty) = self.type_of(base) {
                            self.inherit(def, ty, false, line(base));
                            info.has_bases = true;
                            info.extends = true;
                        }
                    }
                }
                K::SuperInterfaces | K::ExtendsInterfaces => {
                    let implements = self.kind(kid) == K::SuperInterfaces;
                    for list in self.kids(kid) {
                        for base in self.kids(list) {
                            if let Some(ty) = self.type_of(base) {
                                self.inherit(def, ty, implements, line(base));
                                info.has_bases = true;
                            }
                        }
                    }
                }
                _ => {}
            }
        }
    }

    fn inherit(&mut self, class: DefId, base: TypeId, implements: bool, line: u32) {
        self.b.facts.inherits.push(Inherit {
            class: MemberOwner::Def(class),
            base: Base::Type(base),
            implements,
            line,
        });
    }

    /// Declares and reads the members; the class is current.
    fn body(&mut self, node: Node<'t>, def: DefId, mut info: ClassInfo, members: &[Node<'t>]) {
        let interface = self.b.def(def).kind == NodeKind::Interface;
        let components = match self.kind(node) {
            K::Record => self.components(node, def, &mut info),
            _ => Vec::new(),
        };
        for &member in members {
            match self.kind(member) {
                K::Field | K::ConstantDeclaration => {
                    self.declare_fields(member, def, interface, &mut info);
                }
                K::EnumConstant => self.declare_constant(member, def, &mut info),
                K::Method | K::AnnotationElement => {
                    let method = self.declare_method(member, interface);
                    let name = self.b.def(method).name;
                    info.methods.insert(name);
                    let instance = !self.b.def(method).flags.has(DefFlags::STATIC);
                    let private = self.private_methods.contains(&method);
                    let direct = match (info.direct.remove(&name), instance, private) {
                        (None | Some(Direct::Static), false, _) => Direct::Static,
                        (None, true, true) => Direct::Private(smallvec::smallvec![method]),
                        (Some(Direct::Private(mut all)), true, true) => {
                            all.push(method);
                            Direct::Private(all)
                        }
                        _ => Direct::Mixed,
                    };
                    info.direct.insert(name, direct);
                    self.b.member(def, name, Binding::Def(method), instance);
                    self.made.insert(member.id(), method);
                }
                K::Constructor | K::CompactConstructor => {
                    let compact = self.kind(member) == K::CompactConstructor;
                    let given = compact.then_some(components.as_slice());
                    let constructor = self.declare_constructor(member, def, given);
                    info.constructors.push(constructor);
                    self.made.insert(member.id(), constructor);
                }
                _ => {}
            }
        }
        self.accessors(def, &components, &mut info);
        self.info.insert(def, info);
        self.classes.push(ClassFrame {
            def,
            inside: Inside::Body,
            scopes: self.b.scopes.depth(),
            outer_this: Place::NOWHERE,
        });
        let function = self.function;
        let depth = std::mem::take(&mut self.depth);
        let initialising = std::mem::take(&mut self.initialising);
        let yields = std::mem::take(&mut self.yields);
        self.b.scopes.push(0);
        self.read_members(node, def, members);
        self.b.scopes.pop();
        self.yields = yields;
        self.initialising = initialising;
        self.function = function;
        self.depth = depth;
        self.classes.pop();
        self.class_hashes(node, def, members);
    }

    fn read_members(&mut self, node: Node<'t>, def: DefId, members: &[Node<'t>]) {
        self.inside(Inside::Static);
        for &member in members {
            match self.kind(member) {
                K::EnumConstant => self.enum_constant(member, def),
                K::Field | K::ConstantDeclaration => self.read_fields(member, def, true),
                K::StaticInitializer => self.initializer(member),
                _ => {}
            }
        }
        if self.kind(node) == K::Enum {
            self.enum_methods(def, node);
        }
        for &member in members {
            match self.kind(member) {
                K::Method | K::AnnotationElement => {
                    if let Some(&method) = self.made.get(&member.id()) {
                        self.method_body(member, method);
                    }
                }
                K::Constructor | K::CompactConstructor => {
                    if let Some(&constructor) = self.made.get(&member.id()) {
                        self.constructor_body(member, def, constructor, members);
                    }
                }
                k if k.is_type_declaration() => {
                    self.inside(Inside::Body);
                    if let Some(&inner) = self.made.get(&member.id()) {
                        self.class(member, inner);
                    }
                }
                _ => {}
            }
        }
        let written = self
            .info
            .get(&def)
            .is_some_and(|i| !i.constructors.is_empty());
        if !written && self.has_initialisers(members) {
            let name = self.b.name(FIELDS);
            let fields = self.define(NodeKind::Method, name, node, node);
            let receiver = self.b.place();
            let at = self.b.def(fields);
            at.flags = DefFlags(DefFlags::TRANSPARENT | DefFlags::CONSTRUCTOR);
            at.receiver = receiver;
            self.b.value(fields);
            self.b.member(def, name, Binding::Def(fields), true);
            self.b.enter(fields);
            self.inside(Inside::Instance(receiver));
            self.initialising = true;
            self.instance_initialisers(members, def);
            self.initialising = false;
            self.b.leave();
        }
    }

    /// Says in which member of the innermost class the walk is.
    pub(super) fn inside(&mut self, inside: Inside) {
        if let Some(frame) = self.classes.last_mut() {
            frame.inside = inside;
        }
    }

    fn has_initialisers(&self, members: &[Node<'t>]) -> bool {
        members.iter().any(|&m| match self.kind(m) {
            K::Block => true,
            K::Field => {
                !self.modifiers(m).0.contains(&"static")
                    && self.kids(m).into_iter().any(|d| {
                        self.kind(d) == K::VariableDeclarator
                            && self.field(d, self.t.fields.value).is_some()
                    })
            }
            _ => false,
        })
    }

    /// Field initialisers and initialiser blocks, in order, in the current definition.
    pub(super) fn instance_initialisers(&mut self, members: &[Node<'t>], def: DefId) {
        for &member in members {
            match self.kind(member) {
                K::Field => self.read_fields(member, def, false),
                K::Block => self.initializer(member),
                _ => {}
            }
        }
    }

    fn initializer(&mut self, node: Node<'t>) {
        let block = match self.kind(node) {
            K::Block => Some(node),
            _ => self
                .kids(node)
                .into_iter()
                .find(|&n| self.kind(n) == K::Block),
        };
        if let Some(block) = block {
            let before = std::mem::replace(
                &mut self.function,
                Function {
                    ret: Place::NOWHERE,
                },
            );
            self.block(block);
            self.function = before;
        }
    }

    // ---- fields -------------------------------------------------------------------------------

    fn declare_fields(
        &mut self,
        node: Node<'t>,
        class: DefId,
        interface: bool,
        info: &mut ClassInfo,
    ) {
        let Some(ty_node) = self.field(node, self.t.fields.type_) else {
            return;
        };
        let (words, _) = self.modifiers(node);
        let is_static = interface || words.contains(&"static");
        let is_final = interface || words.contains(&"final");
        for declarator in self.kids(node) {
            if self.kind(declarator) != K::VariableDeclarator {
                continue;
            }
            let Some(name_node) = self.field(declarator, self.t.fields.name) else {
                continue;
            };
            let dimensions = self.field(declarator, self.t.fields.dimensions);
            let ty = self.declared_type(ty_node, dimensions);
            let kind = if is_static && is_final {
                NodeKind::Constant
            } else {
                NodeKind::Field
            };
            let name = self.name_of(name_node);
            let def = self.define(kind, name, node, name_node);
            self.b.def(def).ty = ty;
            self.b.def(def).flags = DefFlags(self.visibility(&words, interface));
            let value = self.field(declarator, self.t.fields.value);
            let signature = node.start_byte()..name_node.end_byte();
            self.b.def(def).signature = self.tokens.hash(signature);
            if let Some(value) = value {
                self.b.def(def).body = self.tokens.hash(value.byte_range());
                if is_final && let Some(text) = self.constant_text(value) {
                    info.texts.insert(name, text);
                }
            }
            self.add_field(class, name, def, is_static, info);
        }
    }

    fn visibility(&self, words: &[&str], interface: bool) -> u32 {
        let hidden = words.contains(&"private") && !interface;
        let mut flags = if hidden { 0 } else { DefFlags::EXPORTED };
        if words.contains(&"static") {
            flags |= DefFlags::STATIC;
        }
        flags
    }

    fn add_field(
        &mut self,
        class: DefId,
        name: Name,
        def: DefId,
        is_static: bool,
        info: &mut ClassInfo,
    ) {
        let dotted = self.dot(name);
        self.b.member(class, dotted, Binding::Def(def), !is_static);
        info.fields.insert(name, (def, is_static));
    }

    /// The initial values of static, or of instance fields.
    fn read_fields(&mut self, node: Node<'t>, class: DefId, statics: bool) {
        for declarator in self.kids(node) {
            if self.kind(declarator) != K::VariableDeclarator {
                continue;
            }
            let (Some(name), Some(value)) = (
                self.field(declarator, self.t.fields.name),
                self.field(declarator, self.t.fields.value),
            ) else {
                continue;
            };
            let name = self.name_of(name);
            let Some(&(def, is_static)) = self.info.get(&class).and_then(|i| i.fields.get(&name))
            else {
                continue;
            };
            if is_static != statics {
                continue;
            }
            let ty = self.b.def(def).ty;
            let given = self.value_of(value, ty);
            let to = self.b.place_of(def);
            self.flow_declared(to, given, ty, line(value));
        }
    }

    // ---- enums --------------------------------------------------------------------------------

    fn declare_constant(&mut self, node: Node<'t>, class: DefId, info: &mut ClassInfo) {
        let Some(name_node) = self.field(node, self.t.fields.name) else {
            return;
        };
        let name = self.name_of(name_node);
        let own = self.own_type(class);
        if self.field(node, self.t.fields.body).is_some() {
            // Its class stands for it.
            let def = self.define(NodeKind::Class, name, node, name_node);
            self.b.def(def).flags = DefFlags(DefFlags::EXPORTED);
            self.b.value(def);
            self.made.insert(node.id(), def);
            self.inherit(def, own, false, line(node));
            let place = self.b.place();
            let dotted = self.dot(name);
            self.b.member(class, dotted, Binding::Place(place), false);
            info.constants.push(place);
            return;
        }
        let def = self.define(NodeKind::Constant, name, node, name_node);
        self.b.def(def).flags = DefFlags(DefFlags::EXPORTED | DefFlags::STATIC);
        self.b.def(def).signature = self.tokens.hash(name_node.byte_range());
        self.b.def(def).body = self.tokens.hash(node.byte_range());
        self.add_field(class, name, def, true, info);
        info.constants.push(self.b.place_of(def));
    }

    fn enum_constant(&mut self, node: Node<'t>, class: DefId) {
        let args = self
            .kids(node)
            .into_iter()
            .find(|&n| self.kind(n) == K::Arguments)
            .map_or(Vec::new(), |args| self.arguments(args));
        let text = self.field_name(node, self.t.fields.name);
        let (callee, to) = match self.field(node, self.t.fields.body) {
            Some(body) => {
                let Some(&def) = self.made.get(&node.id()) else {
                    return;
                };
                self.nameless_body(body, def);
                let dotted = self.dot(text);
                let place = self
                    .b
                    .facts
                    .members
                    .iter()
                    .rev()
                    .find_map(|m| match m.binding {
                        Binding::Place(place) if m.name == dotted => Some(place),
                        _ => None,
                    });
                (self.b.place_of(def), place.unwrap_or(Place::NOWHERE))
            }
            None => {
                let field = self.info.get(&class).and_then(|i| i.fields.get(&text));
                let to = field
                    .map(|&(def, _)| def)
                    .map_or(Place::NOWHERE, |d| self.b.place_of(d));
                (self.b.place_of(class), to)
            }
        };
        let made = self.b.call_with(
            CallKind::New,
            line(node),
            callee,
            Place::NOWHERE,
            args,
            text,
        );
        self.b.copy(to, made);
    }

    /// `values()` and `valueOf`, which nobody writes.
    fn enum_methods(&mut self, def: DefId, node: Node<'t>) {
        let constants = self
            .info
            .get(&def)
            .map_or(Vec::new(), |i| i.constants.clone());
        for (name, params) in [("values", 0), ("valueOf", 1)] {
            let name = self.b.name(name);
            let method = self.define(NodeKind::Method, name, node, node);
            let ret = if params == 0 {
                let array = self.b.object(super::types::ARRAY);
                for &constant in &constants {
                    self.b.store(array, Select::Element, constant, line(node));
                }
                array
            } else {
                let any = self.b.place();
                for &constant in &constants {
                    self.b.copy(any, constant);
                }
                any
            };
            for _ in 0..params {
                let (place, name) = (self.b.place(), self.b.name("name"));
                let ty = Some(self.builtin_type("String", Vec::new()));
                self.b.def(method).params.push(Param {
                    name,
                    place,
                    kind: ParamKind::Plain,
                    ty,
                });
            }
            let at = self.b.def(method);
            at.flags = DefFlags(DefFlags::TRANSPARENT | DefFlags::STATIC);
            at.ret = ret;
            self.b.value(method);
            self.b.member(def, name, Binding::Def(method), false);
        }
    }

    // ---- records ------------------------------------------------------------------------------

    /// Components become fields. Gives their names, places and types.
    fn components(
        &mut self,
        node: Node<'t>,
        class: DefId,
        info: &mut ClassInfo,
    ) -> Vec<(Name, DefId)> {
        let Some(params) = self.field(node, self.t.fields.parameters) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for param in self.kids(params) {
            let Some((name_node, ty_node, dimensions, spread)) = self.parameter_parts(param) else {
                continue;
            };
            let mut ty = self.declared_type(ty_node, dimensions);
            if spread {
                ty = ty.map(|t| self.array_of(t, 1));
            }
            let name = self.name_of(name_node);
            let def = self.define(NodeKind::Field, name, param, name_node);
            self.b.def(def).ty = ty;
            self.b.def(def).signature = self.tokens.hash(param.byte_range());
            self.add_field(class, name, def, false, info);
            let position = self.b.name(&format!(".#{}", out.len()));
            self.b.member(class, position, Binding::Def(def), true);
            info.components.push(name);
            out.push((name, def));
        }
        out
    }

    /// Accessors and the canonical constructor's effect, where nobody wrote them.
    fn accessors(&mut self, class: DefId, components: &[(Name, DefId)], info: &mut ClassInfo) {
        if components.is_empty() {
            return;
        }
        let (lines, name_line) = (self.b.def(class).lines, self.b.def(class).name_line);
        for &(name, field) in components {
            let written = info.methods.contains(&name)
                && self.b.facts.defs.iter().any(|d| {
                    d.name == name
                        && d.parent == class
                        && d.kind == NodeKind::Method
                        && d.params.is_empty()
                });
            if written {
                continue;
            }
            let ty = self.b.def(field).ty;
            let from = self.b.place_of(field);
            let method = self.b.define(NodeKind::Method, name, lines, name_line);
            let (receiver, ret) = (self.b.place(), self.b.place());
            self.b.copy(ret, from);
            let at = self.b.def(method);
            at.flags = DefFlags(DefFlags::TRANSPARENT);
            at.receiver = receiver;
            at.ret = ret;
            at.ty = ty;
            self.b.value(method);
            info.methods.insert(name);
            self.b.member(class, name, Binding::Def(method), true);
        }
        let canonical = info
            .constructors
            .iter()
            .any(|&c| self.b.def(c).params.len() == components.len());
        if canonical {
            return;
        }
        // A constructor nobody wrote: its edges are the class's.
        let name = self.b.name(INIT);
        let init = self.b.define(NodeKind::Method, name, lines, name_line);
        let receiver = self.b.place();
        for &(name, field) in components {
            let place = self.b.place();
            let ty = self.b.def(field).ty;
            let to = self.b.place_of(field);
            self.b.copy(to, place);
            self.b.def(init).params.push(Param {
                name,
                place,
                kind: ParamKind::Plain,
                ty,
            });
        }
        let at = self.b.def(init);
        at.flags = DefFlags(DefFlags::TRANSPARENT | DefFlags::CONSTRUCTOR);
        at.receiver = receiver;
        self.b.value(init);
        self.b.member(class, name, Binding::Def(init), true);
    }

    // ---- nameless classes ---------------------------------------------------------------------

    /// `new Base(…) { … }`: the class, whose body is read where it stands.
    pub(super) fn anonymous(
        &mut self,
        node: Node<'t>,
        body: Node<'t>,
        base: Option<TypeId>,
    ) -> DefId {
        if let Some(&known) = self.made.get(&node.id()) {
            return known;
        }
        let name = self.b.name(ANONYMOUS);
        let def = self.nested(|l| l.define(NodeKind::Class, name, node, node));
        self.b.def(def).flags = DefFlags(DefFlags::LAMBDA);
        self.made.insert(node.id(), def);
        self.b.value(def);
        if let Some(base) = base {
            self.inherit(def, base, false, line(node));
        }
        self.nameless_body(body, def);
        def
    }

    fn nameless_body(&mut self, body: Node<'t>, def: DefId) {
        let members = self.class_members(body);
        self.types.push(0);
        self.b.enter(def);
        self.declare_types(&members);
        let info = ClassInfo {
            has_bases: true,
            ..ClassInfo::default()
        };
        self.body(body, def, info, &members);
        self.b.leave();
        self.types.pop();
    }

    /// Makes a definition inside the class where the walk is in an initialiser of it.
    pub(super) fn nested(&mut self, make: impl FnOnce(&mut Self) -> DefId) -> DefId {
        let current = self.b.current();
        let initialiser = self.classes.last().map(|f| f.def).filter(|&class| {
            let d = self.b.def(current);
            self.initialising && d.parent == class && d.kind == NodeKind::Method
        });
        if let Some(class) = initialiser {
            self.b.enter(class);
        }
        let def = make(self);
        if initialiser.is_some() {
            self.b.leave();
        }
        def
    }

    // ---- hashes -------------------------------------------------------------------------------

    fn class_hashes(&mut self, node: Node<'t>, def: DefId, members: &[Node<'t>]) {
        let body = match self.kind(node) {
            K::ClassBody => Some(node),
            _ => self.field(node, self.t.fields.body),
        };
        // An enum constant's body is a class of its own.
        let constants = members.iter().filter(|&&m| self.kind(m) == K::EnumConstant);
        let bodies = constants.filter_map(|&m| self.field(m, self.t.fields.body));
        let mut holes: Vec<Range<usize>> = bodies.map(|b| b.byte_range()).collect();
        let methods = members
            .iter()
            .filter(|&&m| {
                let kind = self.kind(m);
                kind.is_type_declaration()
                    || matches!(kind, K::Method | K::Constructor | K::CompactConstructor)
            })
            .map(|m| m.byte_range());
        holes.extend(methods);
        holes.sort_unstable_by_key(|hole| hole.start);
        let start = body.map_or(node.end_byte(), |b| b.start_byte());
        let header = node.start_byte()..start.max(node.start_byte());
        let signature = self.tokens.hash(header);
        let inside = body.map_or(0..0, |b| b.byte_range());
        let hash = self.hash_without(inside, &holes);
        let at = self.b.def(def);
        at.signature = signature;
        at.body = hash;
    }

    /// A variable in the innermost scope.
    pub(super) fn bind_var(&mut self, name: Name, var: Var) {
        let index = self.vars.len() as u32;
        self.vars.push(var);
        self.b.scopes.bind(name, Bound::Place(Place(index)));
    }
}
