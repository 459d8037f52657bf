//! Declarations: imports, types, functions, methods, variables, constants.
//!
//! Goes in: the top of a file, or a declaration inside a function. Comes out: definitions with
//! their members, signatures and bodies. All names of a file are declared before any is read.

use super::grammar::{Kind, children, children_of};
use super::lower::{Fun, Lower, exported, tag};
use crate::facts::*;
use crate::lang::builder::Bound;
use ripple_schemas::NodeKind;
use ripple_schemas::kind::BlindKind;
use smallvec::SmallVec;
use tree_sitter::Node;

/// A declared name whose inside is still to be read.
enum Pending<'t> {
    Type(DefId, Node<'t>),
    Function(DefId, Node<'t>),
    Values(Node<'t>, Option<Node<'t>>),
}

impl<'t> Lower<'t> {
    /// The declarations of a file.
    pub(super) fn declarations(&mut self, root: Node<'t>) {
        let nodes = children(root);
        for &node in &nodes {
            if self.kind(node) == Kind::ImportDeclaration {
                self.imports(node);
            }
        }
        let mut pending = Vec::new();
        for &node in &nodes {
            match self.kind(node) {
                Kind::TypeDeclaration => {
                    for spec in children(node) {
                        if let Some(def) = self.declare_type(spec) {
                            pending.push(Pending::Type(def, spec));
                        }
                    }
                }
                Kind::FunctionDeclaration => {
                    let def = self.declare_function(node);
                    pending.push(Pending::Function(def, node));
                }
                Kind::VarDeclaration | Kind::ConstDeclaration => {
                    self.declare_values(node, &mut pending);
                }
                _ => {}
            }
        }
        // Methods come last, so that the types of this file are known to hold them.
        for &node in &nodes {
            if self.kind(node) == Kind::MethodDeclaration {
                let def = self.declare_method(node);
                pending.push(Pending::Function(def, node));
            }
        }
        for one in &pending {
            if let Pending::Type(def, spec) = *one {
                self.type_body(def, spec);
            }
        }
        for one in pending {
            match one {
                Pending::Type(..) => {}
                Pending::Function(def, node) => self.function(def, node),
                Pending::Values(spec, typed) => self.package_values(spec, typed),
            }
        }
    }

    // Imports

    fn imports(&mut self, node: Node<'t>) {
        for child in children(node) {
            match self.kind(child) {
                Kind::ImportSpec => self.import(child),
                Kind::ImportSpecList => {
                    for spec in children(child) {
                        self.import(spec);
                    }
                }
                _ => {}
            }
        }
    }

    fn import(&mut self, spec: Node<'t>) {
        let f = &self.g.fields;
        let Some(path) = self.field(spec, f.path) else {
            return;
        };
        let Some(path) = self.unquoted(path) else {
            return;
        };
        let line = self.line(spec);
        if path == "C" {
            self.b
                .blind(BlindKind::Dynamic, line, "cgo: C code is not read");
        }
        let module = self.b.name(path);
        let name = self.field(spec, f.name);
        match name.map(|n| self.kind(n)) {
            Some(Kind::Dot) => {
                self.b
                    .import(module, Imported::Star, line, ImportKind::Static);
            }
            Some(Kind::BlankIdentifier) => {
                self.b
                    .import(module, Imported::Module, line, ImportKind::Static);
            }
            _ => {
                let id = self
                    .b
                    .import(module, Imported::Module, line, ImportKind::Static);
                let names = match name {
                    Some(name) => vec![self.text(name).to_owned()],
                    None => package_names(path),
                };
                for name in names {
                    let name = self.b.name(&name);
                    if self.b.scopes.get_here(name).is_none() {
                        self.b.scopes.bind(name, Bound::Import(id));
                    }
                }
            }
        }
    }

    // Naming

    fn flags(&self, name: &str) -> u32 {
        let mut flags = 0;
        if exported(name) {
            flags |= DefFlags::EXPORTED;
        }
        if self.test_file {
            flags |= DefFlags::TEST_ONLY;
        }
        flags
    }

    /// Defines a name in the current definition and scope.
    pub(super) fn define(&mut self, kind: NodeKind, name: Node<'t>, whole: Node<'t>) -> DefId {
        let text = self.text(name);
        let id = self.b.name(text);
        let lines = self.lines(whole);
        let def = self.b.define(kind, id, lines, self.line(name));
        let flags = self.flags(text);
        self.b.def(def).flags = DefFlags(flags);
        def
    }

    /// Binds a definition's name where it is visible.
    fn bind(&mut self, def: DefId, name: Node<'t>) {
        let text = self.text(name);
        if text == "_" {
            return;
        }
        let name = self.b.name(text);
        if self.b.current() == DefId(0) {
            self.b.member(DefId(0), name, Binding::Def(def), false);
        }
        self.b.scopes.bind(name, Bound::Def(def));
    }

    // Types

    /// Declares the name of a type.
    pub(super) fn declare_type(&mut self, spec: Node<'t>) -> Option<DefId> {
        let f = &self.g.fields;
        let (alias, name) = match self.kind(spec) {
            Kind::TypeSpec => (false, self.field(spec, f.name)?),
            Kind::TypeAlias => (true, self.field(spec, f.name)?),
            _ => return None,
        };
        let target = self.field(spec, f.type_)?;
        let kind = match self.kind(target) {
            _ if alias => NodeKind::Type,
            Kind::InterfaceType => NodeKind::Interface,
            _ => NodeKind::Class,
        };
        let def = self.define(kind, name, spec);
        self.b.value(def);
        self.bind(def, name);
        if !alias {
            self.underlying.insert(def, target);
        }
        let range = spec.byte_range();
        let hash = self.tokens.hash(range.clone());
        let d = self.b.def(def);
        d.signature = hash;
        d.body = hash;
        self.holes.push(range);
        Some(def)
    }

    // Functions

    fn declare_function(&mut self, node: Node<'t>) -> DefId {
        let f = &self.g.fields;
        let Some(name) = self.field(node, f.name) else {
            return DefId(0);
        };
        let text = self.text(name);
        let test = self.test_fact(node, text);
        let kind = match test {
            Some(_) => NodeKind::Test,
            None => NodeKind::Function,
        };
        let def = self.define(kind, name, node);
        self.b.value(def);
        if text != "init" {
            self.bind(def, name);
        }
        let hook = self.test_file && text == "TestMain";
        if test.is_some() {
            self.main_of_tests(def);
        }
        let d = self.b.def(def);
        d.flags.0 |= DefFlags::STATIC;
        if hook {
            d.flags.0 |= DefFlags::TEST_HOOK;
        }
        d.test = test;
        def
    }

    /// `TestMain`, where the package has one, runs the package's tests.
    fn main_of_tests(&mut self, def: DefId) {
        let line = self.b.def(def).name_line;
        let path = self.free_path("TestMain", &[]);
        self.b.enter(def);
        self.b.path(path, line, false);
        self.b.leave();
    }

    fn declare_method(&mut self, node: Node<'t>) -> DefId {
        let f = &self.g.fields;
        let (Some(name), Some(receiver)) = (self.field(node, f.name), self.field(node, f.receiver))
        else {
            return DefId(0);
        };
        let ty = children(receiver)
            .first()
            .and_then(|p| self.field(*p, f.type_));
        let base = ty.map(|ty| self.receiver_base(ty));
        let text = base.map_or("", |b| self.text(b));
        let local = match self.lookup(text) {
            Some(Bound::Def(def)) if self.underlying.contains_key(&def) => Some(def),
            _ => None,
        };
        let parent = match local {
            Some(def) => def,
            None => self.holder(text),
        };
        self.b.enter(parent);
        let def = self.define(NodeKind::Method, name, node);
        self.b.leave();
        self.b.value(def);
        let params: SmallVec<[&'t str; 2]> =
            ty.map(|ty| self.receiver_arguments(ty)).unwrap_or_default();
        let mut generics = Vec::new();
        for (at, param) in params.iter().enumerate() {
            let bounds = local.map_or(Vec::new(), |class| {
                let list = &self.b.facts.defs[class.0 as usize].generics;
                list.get(at).map_or(Vec::new(), |g| g.bounds.clone())
            });
            let name = self.b.name(param);
            generics.push(Generic { name, bounds });
        }
        let args: Vec<TypeId> = generics
            .iter()
            .map(|g| Path {
                head: Head::Generic(def, g.name),
                rest: Vec::new(),
            })
            .collect::<Vec<_>>()
            .into_iter()
            .map(|path| self.b.ty(Type::Named(path, Vec::new())))
            .collect();
        self.b.def(def).generics = generics;
        let owner = match local {
            Some(class) if args.is_empty() => MemberOwner::Def(class),
            Some(class) => {
                let path = Path {
                    head: Head::Def(class),
                    rest: Vec::new(),
                };
                MemberOwner::Type(self.b.ty(Type::Named(path, args)))
            }
            None => {
                let path = self.free_path(text, &[]);
                MemberOwner::Type(self.b.ty(Type::Named(path, args)))
            }
        };
        let name = self.name(name);
        self.b.facts.members.push(Member {
            owner,
            name,
            binding: Binding::Def(def),
            instance: true,
        });
        def
    }

    /// The type that a receiver names, without pointer and arguments.
    fn receiver_base(&self, ty: Node<'t>) -> Node<'t> {
        let mut at = ty;
        for _ in 0..8 {
            let inner = match self.kind(at) {
                Kind::PointerType | Kind::ParenthesizedType => at.named_child(0),
                Kind::GenericType => self.field(at, self.g.fields.type_),
                _ => None,
            };
            match inner {
                Some(inner) => at = inner,
                None => break,
            }
        }
        at
    }

    fn receiver_arguments(&self, ty: Node<'t>) -> SmallVec<[&'t str; 2]> {
        let mut at = ty;
        while matches!(self.kind(at), Kind::PointerType | Kind::ParenthesizedType) {
            match at.named_child(0) {
                Some(inner) => at = inner,
                None => break,
            }
        }
        let args = self.field(at, self.g.fields.type_arguments);
        args.map_or(SmallVec::new(), |args| {
            children(args).iter().map(|&a| self.text(a)).collect()
        })
    }

    /// Gives its name to methods of a type that another file of the package declares.
    fn holder(&mut self, text: &str) -> DefId {
        let name = self.b.name(text);
        if let Some(&def) = self.holders.get(&name) {
            return def;
        }
        let lines = (1, self.b.facts.lines.max(1));
        let def = self.b.define(NodeKind::Module, name, lines, 1);
        self.b.def(def).flags.0 |= DefFlags::TRANSPARENT;
        self.holders.insert(name, def);
        def
    }

    /// Reads a declared function or method.
    fn function(&mut self, def: DefId, node: Node<'t>) {
        if def == DefId(0) {
            return;
        }
        let f = &self.g.fields;
        let (whole, body) = (node.byte_range(), self.field(node, f.body));
        let start = body.map_or(whole.end, |b| b.start_byte());
        let signature = self.tokens.hash(whole.start..start);
        let hash = self.tokens.hash(start..whole.end);
        let d = self.b.def(def);
        d.signature = signature;
        d.body = hash;
        self.holes.push(whole);
        self.shared = body.map(|b| self.shared_names(b)).unwrap_or_default();
        self.test = self.b.def(def).test.as_ref().map(|t| t.id.to_string());
        self.enter_function(def, |lower| {
            let f = &lower.g.fields;
            if let Some(list) = lower.field(node, f.type_parameters) {
                lower.generics(def, list);
            }
            if let Some(receiver) = lower.field(node, f.receiver) {
                lower.receiver(def, receiver);
            }
            lower.signature(def, node);
            if let Some(body) = body {
                lower.statements(body);
            }
        });
        self.test = None;
        self.shared.clear();
    }

    /// Runs the reading of a function's inside.
    pub(super) fn enter_function(&mut self, def: DefId, read: impl FnOnce(&mut Self)) {
        let outer = std::mem::take(&mut self.fun);
        self.b.enter(def);
        self.b.scopes.push(tag::FUNCTION);
        read(self);
        self.b.scopes.pop();
        self.b.leave();
        self.fun = outer;
    }

    fn receiver(&mut self, def: DefId, list: Node<'t>) {
        let place = self.b.place();
        self.b.def(def).receiver = place;
        for generic in self.b.def(def).generics.clone() {
            self.b.scopes.bind(generic.name, Bound::Generic(def));
        }
        let name = children(list)
            .first()
            .and_then(|p| self.field(*p, self.g.fields.name));
        if let Some(name) = name {
            let name = self.name(name);
            self.b.scopes.bind(name, Bound::Place(place));
        }
    }

    /// Declares type parameters, visible in the current scope.
    pub(super) fn generics(&mut self, def: DefId, list: Node<'t>) {
        let mut nodes = Vec::new();
        for one in children(list) {
            for name in children_of(one, self.g.fields.name) {
                let name = self.name(name);
                self.b.scopes.bind(name, Bound::Generic(def));
                nodes.push((name, self.field(one, self.g.fields.type_)));
            }
        }
        for (name, bound) in nodes {
            let mut bounds = Vec::new();
            for ty in bound.map(children).unwrap_or_default() {
                let ty = self.ty(ty);
                bounds.push(ty);
            }
            self.b.def(def).generics.push(Generic { name, bounds });
        }
    }

    /// Parameters and results.
    pub(super) fn signature(&mut self, def: DefId, node: Node<'t>) {
        let f = &self.g.fields;
        if let Some(list) = self.field(node, f.parameters) {
            for one in children(list) {
                self.parameter(def, one);
            }
        }
        let mut fun = Fun::default();
        let line = self.line(node);
        let mut types = Vec::new();
        if let Some(result) = self.field(node, f.result) {
            if self.kind(result) == Kind::ParameterList {
                for one in children(result) {
                    let Some(ty_node) = self.field(one, f.type_) else {
                        continue;
                    };
                    let ty = self.ty(ty_node);
                    let names = children_of(one, f.name);
                    for _ in 0..names.len().max(1) {
                        types.push(ty);
                        let place = self.b.place();
                        fun.results.push(place);
                    }
                    let first = fun.results.len() - names.len().max(1);
                    for (i, &name) in names.iter().enumerate() {
                        let place = fun.results[first + i];
                        let name = self.name(name);
                        self.b.scopes.bind(name, Bound::Place(place));
                        fun.named.push(name);
                        self.zero(place, ty_node, line);
                    }
                }
            } else {
                let ty = self.ty(result);
                let place = self.b.place();
                types.push(ty);
                fun.results.push(place);
            }
        }
        match types.as_slice() {
            [] => {}
            &[ty] => {
                let place = fun.results[0];
                let d = self.b.def(def);
                d.ret = place;
                d.ty = Some(ty);
            }
            several => {
                let ret = self.b.object("__tuple");
                let all = self.b.ty(Type::Tuple(several.to_vec()));
                let d = self.b.def(def);
                d.ret = ret;
                d.ty = Some(all);
                for (i, &ty) in several.iter().enumerate() {
                    let place = fun.results[i];
                    if !self.says_nothing(ty) {
                        self.b.typed(place, ty, false, line);
                    }
                    let select = self.nth(i);
                    self.b.store(ret, select, place, line);
                }
            }
        }
        self.fun = fun;
    }

    fn parameter(&mut self, def: DefId, node: Node<'t>) {
        let f = &self.g.fields;
        let rest = self.kind(node) == Kind::VariadicParameter;
        let Some(ty_node) = self.field(node, f.type_) else {
            return;
        };
        let ty = self.ty(ty_node);
        let names = children_of(node, f.name);
        for at in 0..names.len().max(1) {
            let name = match names.get(at) {
                Some(&n) => self.name(n),
                None => self.b.name(""),
            };
            let place = if rest {
                let (place, line) = (self.b.place(), self.line(node));
                let list = self.builtin("__slice", vec![ty]);
                self.b.typed(place, list, true, line);
                place
            } else {
                self.b.place()
            };
            if names.get(at).is_some_and(|&n| self.text(n) != "_") {
                self.b.scopes.bind(name, Bound::Place(place));
            }
            if self.is_cell_type(ty_node) {
                self.cells.insert(place, ty);
            }
            if !rest {
                self.note_value(place, ty_node);
            }
            let kind = if rest {
                ParamKind::Rest
            } else {
                ParamKind::Plain
            };
            self.b.def(def).params.push(Param {
                name,
                place,
                kind,
                ty: Some(ty),
            });
        }
    }

    // Variables and constants of the package

    fn declare_values(&mut self, node: Node<'t>, pending: &mut Vec<Pending<'t>>) {
        let constant = self.kind(node) == Kind::ConstDeclaration;
        let kind = if constant {
            NodeKind::Constant
        } else {
            NodeKind::Variable
        };
        let mut specs: SmallVec<[Node<'t>; 6]> = SmallVec::new();
        for child in children(node) {
            match self.kind(child) {
                Kind::VarSpec | Kind::ConstSpec => specs.push(child),
                Kind::VarSpecList => specs.extend(children(child)),
                _ => {}
            }
        }
        // Where a constant says nothing, it repeats what the one before says.
        let mut typed = None;
        let mut repeated: Option<(Node<'t>, SmallVec<[DefId; 2]>)> = None;
        for (number, spec) in specs.into_iter().enumerate() {
            let f = &self.g.fields;
            let (ty, value) = (self.field(spec, f.type_), self.field(spec, f.value));
            if !constant || ty.is_some() || value.is_some() {
                typed = ty;
            }
            let mut defs: SmallVec<[DefId; 2]> = SmallVec::new();
            for name in children_of(spec, f.name) {
                if self.text(name) == "_" || self.kind(name) != Kind::Identifier {
                    continue;
                }
                let def = self.define(kind, name, spec);
                self.bind(def, name);
                let hash = self.tokens.hash(spec.byte_range());
                // What a constant repeats, and how many came before it, are part of it.
                let in_force = match (constant, value, &repeated) {
                    (true, Some(value), _) => Some(value),
                    (true, None, Some((value, _))) => Some(*value),
                    _ => None,
                };
                let counted = in_force.filter(|v| self.text(*v).contains("iota"));
                let place = counted.map_or(0, |_| number as u64 + 1);
                let shared = in_force
                    .filter(|_| value.is_none())
                    .map_or(0, |v| self.tokens.hash(v.byte_range()));
                let d = self.b.def(def);
                d.signature = hash;
                d.body = hash ^ place.rotate_left(17) ^ shared;
                defs.push(def);
                let one = value.filter(|v| v.named_child_count() == 1);
                if let Some(value) = one.and_then(|v| v.named_child(0)) {
                    self.initial.insert(def, value);
                }
            }
            if let Some(value) = value.filter(|_| constant) {
                repeated = Some((value, defs));
            } else if let Some((_, from)) = repeated.as_ref().filter(|_| constant) {
                for (&def, &first) in defs.iter().zip(from) {
                    let (of, line) = (self.b.place_of(first), self.line(spec));
                    let within = def;
                    self.b.facts.flows.push(Flow::Use { of, within, line });
                }
            }
            pending.push(Pending::Values(spec, typed));
        }
    }

    fn package_values(&mut self, spec: Node<'t>, typed: Option<Node<'t>>) {
        self.embeds(spec);
        let f = &self.g.fields;
        let line = self.line(spec);
        let names = children_of(spec, f.name);
        let ty = typed.map(|t| self.ty(t));
        let mut targets: Vec<Option<DefId>> = Vec::new();
        for &name in &names {
            if !matches!(self.kind(name), Kind::Identifier | Kind::BlankIdentifier) {
                continue;
            }
            let text = self.text(name);
            let def = match self.lookup(text) {
                Some(Bound::Def(def)) if text != "_" => Some(def),
                _ => None,
            };
            targets.push(def);
        }
        let values = self.field(spec, f.value);
        for &def in targets.iter().flatten() {
            if let (Some(ty), Some(node)) = (ty, typed) {
                self.b.def(def).ty = Some(ty);
                if values.is_none() && self.b.def(def).kind == NodeKind::Variable {
                    let place = self.b.place_of(def);
                    self.zero(place, node, line);
                    if self.is_cell_type(node) {
                        self.cells.insert(place, ty);
                    }
                }
            }
        }
        let Some(values) = values else { return };
        let places = self.values_for(values, targets.len(), typed);
        for (def, from) in targets.iter().zip(places) {
            if let Some(def) = *def {
                let to = self.b.place_of(def);
                self.b.copy(to, from);
            }
        }
    }
}

/// The names that a package of that path may have.
pub(super) fn package_names(path: &str) -> Vec<String> {
    let mut parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty()).collect();
    let version = |p: &str| {
        p.strip_prefix('v')
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    if parts.len() > 1 && parts.last().is_some_and(|p| version(p)) {
        parts.pop();
    }
    let Some(last) = parts.last() else {
        return Vec::new();
    };
    let last = match last.rsplit_once(".v") {
        Some((name, number)) if number.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => last,
    };
    let mut out = vec![last.to_owned()];
    let plain = last
        .strip_prefix("go-")
        .or_else(|| last.strip_suffix("-go"))
        .or_else(|| last.strip_suffix(".go"))
        .unwrap_or(last);
    for name in [
        plain.replace(['-', '.'], ""),
        plain.replace(['-', '.'], "_"),
        plain.rsplit(['-', '.']).next().unwrap_or("").to_owned(),
    ] {
        if !name.is_empty() && !out.contains(&name) {
            out.push(name);
        }
    }
    out
}

/// Reads a local declaration's specs one by one.
pub(super) fn specs<'t>(lower: &Lower<'t>, node: Node<'t>) -> SmallVec<[Node<'t>; 6]> {
    let mut out = SmallVec::new();
    for child in children(node) {
        match lower.kind(child) {
            Kind::VarSpecList => out.extend(children(child)),
            _ => out.push(child),
        }
    }
    out
}
