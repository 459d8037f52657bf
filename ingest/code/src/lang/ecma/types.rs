//! TypeScript's types: annotations, interfaces, aliases, enums, namespaces.

use crate::facts::*;
use crate::lang::builder::Bound;
use crate::lang::ecma::kinds::K;
use crate::lang::ecma::lower::{Hint, Lower};
use crate::lang::ecma::patterns::Key;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// The type in `: T`.
    pub(super) fn annotation(&mut self, node: Node<'t>) -> TypeId {
        match self.first(node) {
            Some(inner) => self.ty(inner),
            None => self.b.ty(Type::Unknown),
        }
    }

    /// The types in `<A, B>`.
    pub(super) fn type_list(&mut self, node: Node<'t>) -> Vec<TypeId> {
        let mut out = Vec::new();
        for child in self.children(node) {
            if self.kind(child) != K::Comment {
                out.push(self.ty(child));
            }
        }
        out
    }

    /// Type parameters with their bounds.
    pub(super) fn type_parameters(&mut self, node: Node<'t>, def: DefId) {
        let Some(list) = self.field(node, self.f.type_parameters) else {
            return;
        };
        let parameters = self.children(list);
        for &parameter in &parameters {
            if let Some(name) = self.field(parameter, self.f.name) {
                let name = self.name_of(name);
                self.types.bind(name, Bound::Generic(def));
            }
        }
        for parameter in parameters {
            let Some(name) = self.field(parameter, self.f.name) else {
                continue;
            };
            let name = self.name_of(name);
            let mut bounds = Vec::new();
            if let Some(constraint) = self.field(parameter, self.f.constraint)
                && let Some(inner) = self.first(constraint)
            {
                bounds.push(self.ty(inner));
            }
            self.b.def(def).generics.push(Generic { name, bounds });
        }
    }

    fn type_path(&mut self, node: Node<'t>) -> Option<Path> {
        match self.kind(node) {
            K::TypeIdentifier => {
                let name = self.name_of(node);
                Some(Path {
                    head: self.type_head(name),
                    rest: Vec::new(),
                })
            }
            K::Identifier => {
                let name = self.name_of(node);
                let head = match self.b.scopes.get(name) {
                    Some(Bound::Def(def)) => Head::Def(def),
                    Some(Bound::Import(import)) => Head::Import(import),
                    Some(Bound::Place(_) | Bound::Generic(_)) | None => self.type_head(name),
                };
                Some(Path {
                    head,
                    rest: Vec::new(),
                })
            }
            K::NestedTypeIdentifier => {
                let module = self.field(node, self.f.module)?;
                let name = self.field(node, self.f.name)?;
                let mut path = self.type_path(module)?;
                path.rest.push(self.name_of(name));
                Some(path)
            }
            K::NestedIdentifier | K::MemberExpression => {
                let object = self.field(node, self.f.object)?;
                let property = self.field(node, self.f.property)?;
                let mut path = self.type_path(object)?;
                path.rest.push(self.name_of(property));
                Some(path)
            }
            _ => None,
        }
    }

    fn type_head(&mut self, name: Name) -> Head {
        match self.types.get(name) {
            Some(Bound::Def(def)) => Head::Def(def),
            Some(Bound::Import(import)) => Head::Import(import),
            Some(Bound::Generic(def)) => Head::Generic(def, name),
            Some(Bound::Place(_)) | None => match self.b.scopes.get(name) {
                Some(Bound::Import(import)) => Head::Import(import),
                Some(Bound::Def(def)) => Head::Def(def),
                Some(Bound::Place(var)) => {
                    let id = crate::lang::ecma::vars::VarId(var.0);
                    Head::Place(self.vars.all(&mut self.b, id))
                }
                _ => Head::Free(name, self.b.current()),
            },
        }
    }

    fn named(&mut self, name: &str, arguments: Vec<TypeId>) -> TypeId {
        let name = self.b.name(name);
        let path = Path {
            head: Head::Free(name, DefId(0)),
            rest: Vec::new(),
        };
        self.b.ty(Type::Named(path, arguments))
    }

    /// A type expression.
    pub(super) fn ty(&mut self, node: Node<'t>) -> TypeId {
        match self.kind(node) {
            K::TypeIdentifier | K::NestedTypeIdentifier | K::Identifier => {
                match self.type_path(node) {
                    Some(path) => self.b.ty(Type::Named(path, Vec::new())),
                    None => self.b.ty(Type::Unknown),
                }
            }
            K::GenericType => {
                let arguments = self
                    .field(node, self.f.type_arguments)
                    .map(|a| self.type_list(a))
                    .unwrap_or_default();
                let Some(name) = self.field(node, self.f.name) else {
                    return self.b.ty(Type::Unknown);
                };
                self.generic(name, arguments)
            }
            K::PredefinedType => {
                if self.text(node) == "string" {
                    self.named("String", Vec::new())
                } else {
                    self.b.ty(Type::Unknown)
                }
            }
            K::ArrayType => {
                let inner = self.inner(node);
                self.named("Array", vec![inner])
            }
            K::ReadonlyType
            | K::ParenthesizedType
            | K::OptionalType
            | K::RestType
            | K::ConstraintType
            | K::DefaultType => self.inner(node),
            K::TupleType => {
                let mut items = Vec::new();
                for child in self.children(node) {
                    let item = match self.kind(child) {
                        K::RequiredParameter | K::OptionalParameter => {
                            match self.field(child, self.f.type_) {
                                Some(annotation) => self.annotation(annotation),
                                None => self.b.ty(Type::Unknown),
                            }
                        }
                        _ => self.ty(child),
                    };
                    items.push(item);
                }
                self.b.ty(Type::Tuple(items))
            }
            K::UnionType => {
                let items = self.type_list(node);
                let unknown = self.b.ty(Type::Unknown);
                let mut known: Vec<TypeId> = Vec::new();
                for item in items {
                    if item != unknown && !known.contains(&item) {
                        known.push(item);
                    }
                }
                match known.as_slice() {
                    [] => unknown,
                    [one] => *one,
                    _ => self.b.ty(Type::Union(known)),
                }
            }
            K::IntersectionType => {
                let items = self.type_list(node);
                self.b.ty(Type::Bound(items))
            }
            K::FunctionType => {
                let params = self.parameter_types(node);
                let ret = self.field(node, self.f.return_type).map(|r| self.ty(r));
                self.b.ty(Type::Function(params, ret))
            }
            K::TypeQuery => self.query(node),
            K::ThisType => self.b.ty(Type::SelfType),
            K::ObjectType => self.anonymous(node),
            K::TypePredicateAnnotation => self.b.ty(Type::Unknown),
            _ => self.b.ty(Type::Unknown),
        }
    }

    fn inner(&mut self, node: Node<'t>) -> TypeId {
        match self.first(node) {
            Some(inner) => self.ty(inner),
            None => self.b.ty(Type::Unknown),
        }
    }

    fn generic(&mut self, name: Node<'t>, arguments: Vec<TypeId>) -> TypeId {
        let Some(path) = self.type_path(name) else {
            return self.b.ty(Type::Unknown);
        };
        if path.rest.is_empty() && matches!(path.head, Head::Free(..)) {
            match (self.text(name), arguments.first()) {
                // Types that keep the members of their first argument.
                (
                    "Readonly" | "Partial" | "Required" | "Pick" | "Omit" | "NonNullable"
                    | "Exclude" | "Extract" | "Awaited" | "NoInfer",
                    Some(&first),
                ) => return first,
                ("ReadonlyArray", _) => return self.named("Array", arguments),
                ("PromiseLike", _) => return self.named("Promise", arguments),
                ("ReadonlyMap", _) => return self.named("Map", arguments),
                ("ReadonlySet", _) => return self.named("Set", arguments),
                ("InstanceType", Some(&first)) => {
                    if let Type::Meta(inner) = self.b.facts.types[first.0 as usize] {
                        return inner;
                    }
                }
                ("ReturnType", Some(&first)) => {
                    if let Type::Function(_, Some(ret)) = self.b.facts.types[first.0 as usize] {
                        return ret;
                    }
                }
                _ => {}
            }
        }
        self.b.ty(Type::Named(path, arguments))
    }

    fn parameter_types(&mut self, node: Node<'t>) -> Vec<TypeId> {
        let Some(list) = self.field(node, self.f.parameters) else {
            return Vec::new();
        };
        let mut types = Vec::new();
        for child in self.children(list) {
            let ty = match self.field(child, self.f.type_) {
                Some(annotation) => self.annotation(annotation),
                None => self.b.ty(Type::Unknown),
            };
            types.push(ty);
        }
        types
    }

    /// `typeof x`.
    fn query(&mut self, node: Node<'t>) -> TypeId {
        let Some(inner) = self.first(node) else {
            return self.b.ty(Type::Unknown);
        };
        if let Some(path) = self.value_path(inner) {
            if let (Head::Def(def), true) = (path.head, path.rest.is_empty()) {
                return if self.b.def(def).kind == NodeKind::Class {
                    let named = self.b.ty(Type::Named(path, Vec::new()));
                    self.b.ty(Type::Meta(named))
                } else {
                    let place = self.b.place_of(def);
                    self.b.ty(Type::Of(place))
                };
            }
            if let (Head::Import(import), true) = (path.head, path.rest.is_empty()) {
                let place = self.b.imported(import);
                return self.b.ty(Type::Of(place));
            }
        }
        match self.kind(inner) {
            K::Identifier | K::MemberExpression => {
                let place = self.expr(inner);
                self.b.ty(Type::Of(place))
            }
            _ => self.b.ty(Type::Unknown),
        }
    }

    /// `{ a: A; m(): B }` in place: a type without a name.
    fn anonymous(&mut self, node: Node<'t>) -> TypeId {
        let children = self.children(node);
        let name = self.b.name("<type>");
        let (lines, line) = (self.lines(node), self.line(node));
        let def = self.define(NodeKind::Type, name, None, lines, line);
        self.b.def(def).flags.0 |= DefFlags::TRANSPARENT;
        self.b.enter(def);
        self.signatures(&children, def);
        self.b.leave();
        let path = Path {
            head: Head::Def(def),
            rest: Vec::new(),
        };
        self.b.ty(Type::Named(path, Vec::new()))
    }

    /// The members of an interface or object type.
    fn signatures(&mut self, children: &[Node<'t>], def: DefId) {
        for &child in children {
            match self.kind(child) {
                K::MethodSignature | K::PropertySignature => self.signature_member(child, def),
                K::CallSignature => {
                    let ret = self
                        .field(child, self.f.return_type)
                        .map(|r| self.annotation(r));
                    if self.b.def(def).ret == Place::NOWHERE {
                        let place = self.b.place();
                        self.b.def(def).ret = place;
                        if let Some(ty) = ret {
                            let line = self.line(child);
                            self.b.typed(place, ty, false, line);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// A method or property of an interface, or an abstract one of a class.
    pub(super) fn signature_member(&mut self, node: Node<'t>, owner: DefId) {
        let Some(name_node) = self.field(node, self.f.name) else {
            return;
        };
        let Key::Name(name) = self.key(name_node) else {
            return;
        };
        let (lines, line) = (self.lines(node), self.line(name_node));
        if self.kind(node) == K::PropertySignature {
            let def = self.define(NodeKind::Field, name, Some(owner), lines, line);
            self.hash(def, node.byte_range(), None);
            if let Some(annotation) = self.field(node, self.f.type_) {
                let ty = self.annotation(annotation);
                self.b.def(def).ty = Some(ty);
                let place = self.b.place_of(def);
                if self.b.facts.types[ty.0 as usize] != Type::Unknown {
                    self.b.typed(place, ty, false, line);
                }
            }
            self.b.member(owner, name, Binding::Def(def), true);
            return;
        }
        let def = self.define(NodeKind::Method, name, Some(owner), lines, line);
        let is_static = self.has_token(node, "static");
        {
            let getter = self.has_token(node, "get");
            let setter = self.has_token(node, "set");
            let d = self.b.def(def);
            d.flags.0 |= DefFlags::ABSTRACT;
            if getter {
                d.flags.0 |= DefFlags::GETTER;
            }
            if setter {
                d.flags.0 |= DefFlags::SETTER;
            }
            if is_static {
                d.flags.0 |= DefFlags::STATIC;
            }
        }
        self.b.value(def);
        let class = self.frame().class;
        self.function_in(node, def, class);
        self.b.member(owner, name, Binding::Def(def), !is_static);
    }

    pub(super) fn interface(&mut self, node: Node<'t>) {
        let Some(&def) = self.hoisted.get(&node.id()) else {
            return;
        };
        let Some(body) = self.field(node, self.f.body) else {
            return;
        };
        self.b.enter(def);
        self.types.push(0);
        self.type_parameters(node, def);
        for child in self.children(node) {
            if !matches!(self.kind(child), K::ExtendsTypeClause | K::ExtendsClause) {
                continue;
            }
            for base in self.children(child) {
                let line = self.line(base);
                let base = Base::Type(self.ty(base));
                self.b.facts.inherits.push(Inherit {
                    class: MemberOwner::Def(def),
                    base,
                    implements: false,
                    line,
                });
            }
        }
        let children = self.children(body);
        self.signatures(&children, def);
        self.types.pop();
        self.b.leave();
        if self.b.def(def).signature == 0 {
            self.hash(def, node.byte_range(), None);
        }
    }

    pub(super) fn alias(&mut self, node: Node<'t>) {
        let Some(&def) = self.hoisted.get(&node.id()) else {
            return;
        };
        let Some(value) = self.field(node, self.f.value) else {
            return;
        };
        self.b.enter(def);
        self.types.push(0);
        self.type_parameters(node, def);
        if self.kind(value) == K::ObjectType {
            let children = self.children(value);
            self.signatures(&children, def);
        } else {
            let ty = self.ty(value);
            let line = self.line(value);
            self.b.def(def).ty = Some(ty);
            let mention = self.b.place();
            self.b.typed(mention, ty, false, line);
        }
        self.types.pop();
        self.b.leave();
        self.hash(def, node.byte_range(), None);
    }

    pub(super) fn enumeration(&mut self, node: Node<'t>) {
        let (Some(&def), Some(body)) =
            (self.hoisted.get(&node.id()), self.field(node, self.f.body))
        else {
            return;
        };
        self.hash(def, node.byte_range(), Some(body.byte_range()));
        self.b.enter(def);
        let mut next = Some(0);
        for child in self.children(body) {
            let (name_node, value) = match self.kind(child) {
                K::EnumAssignment => (
                    self.field(child, self.f.name),
                    self.field(child, self.f.value),
                ),
                _ => (Some(child), None),
            };
            let Some(name_node) = name_node else { continue };
            let Key::Name(name) = self.key(name_node) else {
                continue;
            };
            let (lines, line) = (self.lines(child), self.line(name_node));
            let member = self.define(NodeKind::Constant, name, Some(def), lines, line);
            self.hash(member, child.byte_range(), value.map(|v| v.byte_range()));
            self.b.member(def, name, Binding::Def(member), false);
            let from = match value {
                Some(value) => {
                    next = self.text(value).parse::<usize>().ok();
                    // What an initialiser calls runs with the code around the enum.
                    self.b.leave();
                    let from = self.expr(value);
                    self.b.enter(def);
                    from
                }
                None => Place::NOWHERE,
            };
            let from = match next {
                // A number is a key as well.
                Some(index) if from == Place::NOWHERE => {
                    next = Some(index + 1);
                    self.b.string(&format!("[{index}]"))
                }
                _ => from,
            };
            let place = self.b.place_of(member);
            self.b.copy(place, from);
        }
        self.b.leave();
    }

    pub(super) fn namespace(&mut self, node: Node<'t>) {
        let Some(body) = self.field(node, self.f.body) else {
            return;
        };
        let Some(&def) = self.hoisted.get(&node.id()) else {
            return;
        };
        let nodes = self.children(body);
        self.b.enter(def);
        self.b.scopes.push(0);
        self.types.push(0);
        let merges = self.b.def(def).kind != NodeKind::Module;
        self.hoist_vars(&nodes);
        self.hoist(&nodes);
        self.statements(&nodes);
        if merges {
            self.attach_exports(def);
        }
        self.types.pop();
        self.b.scopes.pop();
        self.b.leave();
        if self.b.def(def).signature == 0 {
            self.hash(def, node.byte_range(), Some(body.byte_range()));
        }
    }

    /// A namespace merged with a function: its exports are members of the function's value.
    fn attach_exports(&mut self, def: DefId) {
        let base = self.b.place_of(def);
        let members: Vec<(Name, Binding)> = self
            .b
            .facts
            .members
            .iter()
            .filter(|m| m.owner == MemberOwner::Def(def))
            .map(|m| (m.name, m.binding))
            .collect();
        let line = self.b.def(def).name_line;
        for (name, binding) in members {
            let from = match binding {
                Binding::Def(member) => self.b.place_of(member),
                Binding::Import(import) => self.b.imported(import),
                Binding::Place(place) => place,
            };
            self.b.store(base, Select::Field(name), from, line);
        }
    }

    /// `import A = B.C` inside a namespace.
    pub(super) fn import_alias(&mut self, node: Node<'t>) {
        let children = self.children(node);
        let (Some(&name), Some(&target)) = (children.first(), children.last()) else {
            return;
        };
        let name = self.name_of(name);
        let line = self.line(node);
        if let Some(path) = self.type_path(target) {
            let place = self.b.path(path.clone(), line, false);
            let var = self.vars.declare_at(place);
            self.b.scopes.bind(name, Bound::Place(Place(var.0)));
            let (lines, def_kind) = (self.lines(node), NodeKind::Type);
            let def = self.define(def_kind, name, None, lines, line);
            let ty = self.b.ty(Type::Named(path, Vec::new()));
            self.b.def(def).ty = Some(ty);
            self.b.def(def).flags.0 |= DefFlags::TRANSPARENT;
            self.bind_type(name, def);
        }
    }

    /// Members of what a hint names are put under the definition itself.
    pub(super) fn hint_under(&mut self, def: DefId) -> Hint {
        Hint {
            parent: Some(def),
            name: None,
        }
    }
}
