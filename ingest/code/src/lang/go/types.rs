//! Type expressions, and the insides of structs and interfaces.
//!
//! Goes in: a type node. Comes out: a type of the fact language; pointers are transparent, basic
//! types hold nothing. What a name of another file means is the solver's to find.

use super::grammar::{Kind, children, children_of};
use super::lower::{CONVERTED, Lower, tag};
use crate::facts::*;
use crate::lang::builder::Bound;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

/// Predeclared types whose values have no members.
const BASIC: &[&str] = &[
    "any",
    "bool",
    "byte",
    "comparable",
    "complex128",
    "complex64",
    "float32",
    "float64",
    "int",
    "int16",
    "int32",
    "int64",
    "int8",
    "rune",
    "string",
    "uint",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "uintptr",
];

impl<'t> Lower<'t> {
    fn unknown(&mut self) -> TypeId {
        self.b.ty(Type::Unknown)
    }

    /// A type expression.
    pub(super) fn ty(&mut self, node: Node<'t>) -> TypeId {
        let line = self.line(node);
        if self.depth >= super::lower::MAX_DEPTH {
            return self.unknown();
        }
        let mut out = None;
        self.deeper(line, |lower| out = Some(lower.type_of(node)));
        match out {
            Some(ty) => ty,
            None => self.unknown(),
        }
    }

    fn type_of(&mut self, node: Node<'t>) -> TypeId {
        let f = &self.g.fields;
        match self.kind(node) {
            Kind::TypeIdentifier | Kind::Identifier => {
                let text = self.text(node);
                self.named(text, Vec::new())
            }
            Kind::QualifiedType | Kind::SelectorExpression => self.qualified(node, Vec::new()),
            Kind::GenericType => {
                let mut args = Vec::new();
                if let Some(list) = self.field(node, f.type_arguments) {
                    for arg in children(list) {
                        let arg = self.ty(arg);
                        args.push(arg);
                    }
                }
                match self.field(node, f.type_) {
                    Some(base) if self.kind(base) == Kind::QualifiedType => {
                        self.qualified(base, args)
                    }
                    Some(base) => {
                        let text = self.text(base);
                        self.named(text, args)
                    }
                    None => self.unknown(),
                }
            }
            Kind::PointerType
            | Kind::ParenthesizedType
            | Kind::ParenthesizedExpression
            | Kind::NegatedType => match node.named_child(0) {
                Some(inner) => self.ty(inner),
                None => self.unknown(),
            },
            Kind::UnaryExpression => match self.field(node, f.operand) {
                Some(inner) => self.ty(inner),
                None => self.unknown(),
            },
            Kind::SliceType | Kind::ArrayType | Kind::ImplicitLengthArrayType => {
                let element = match self.field(node, f.element) {
                    Some(element) => self.ty(element),
                    None => self.unknown(),
                };
                self.builtin("__slice", vec![element])
            }
            Kind::MapType => {
                let mut args = Vec::new();
                for field in [f.key, f.value] {
                    let arg = match self.field(node, field) {
                        Some(arg) => self.ty(arg),
                        None => self.unknown(),
                    };
                    args.push(arg);
                }
                self.builtin("__map", args)
            }
            Kind::ChannelType => {
                let carried = match self.field(node, f.value) {
                    Some(value) => self.ty(value),
                    None => self.unknown(),
                };
                self.builtin("__chan", vec![carried])
            }
            Kind::FunctionType => self.function_type(node),
            Kind::InterfaceType => self.nameless_interface(node),
            Kind::TypeElem | Kind::TypeConstraint => {
                let mut all = Vec::new();
                for one in children(node) {
                    let one = self.ty(one);
                    all.push(one);
                }
                match all.as_slice() {
                    [one] => *one,
                    _ => self.b.ty(Type::Union(all)),
                }
            }
            _ => self.unknown(),
        }
    }

    /// A type whose values hold nothing, or of which nothing is known.
    pub(super) fn says_nothing(&self, ty: TypeId) -> bool {
        match &self.b.facts.types[ty.0 as usize] {
            Type::Unknown => true,
            Type::Named(path, _) => {
                matches!(path.head, Head::Free(name, _) if path.rest.is_empty()
                    && BASIC.contains(&self.b.text(name)))
            }
            _ => false,
        }
    }

    pub(super) fn is_basic_name(&mut self, node: Node<'t>) -> bool {
        let text = self.text(node);
        BASIC.contains(&text) && self.lookup(text).is_none()
    }

    fn named(&mut self, text: &str, args: Vec<TypeId>) -> TypeId {
        let text = match text {
            "byte" => "uint8",
            "rune" => "int32",
            _ => text,
        };
        let path = match self.lookup(text) {
            Some(Bound::Def(def)) => Path {
                head: Head::Def(def),
                rest: Vec::new(),
            },
            Some(Bound::Generic(def)) => {
                let name = self.b.name(text);
                Path {
                    head: Head::Generic(def, name),
                    rest: Vec::new(),
                }
            }
            Some(_) => return self.unknown(),
            None => self.free_path(text, &[]),
        };
        self.b.ty(Type::Named(path, args))
    }

    fn qualified(&mut self, node: Node<'t>, args: Vec<TypeId>) -> TypeId {
        let f = &self.g.fields;
        let package = self
            .field(node, f.package)
            .or_else(|| self.field(node, f.operand));
        let name = self
            .field(node, f.name)
            .or_else(|| self.field(node, f.field));
        let (Some(package), Some(name)) = (package, name) else {
            return self.unknown();
        };
        let name = self.name(name);
        let text = self.text(package);
        let path = match self.lookup(text) {
            Some(Bound::Import(id)) => Path {
                head: Head::Import(id),
                rest: vec![name],
            },
            _ => self.free_path(text, &[name]),
        };
        self.b.ty(Type::Named(path, args))
    }

    fn function_type(&mut self, node: Node<'t>) -> TypeId {
        let f = &self.g.fields;
        let mut params = Vec::new();
        if let Some(list) = self.field(node, f.parameters) {
            for one in children(list) {
                if let Some(ty) = self.field(one, f.type_) {
                    let ty = self.ty(ty);
                    params.push(ty);
                }
            }
        }
        let mut results = Vec::new();
        match self.field(node, f.result) {
            Some(list) if self.kind(list) == Kind::ParameterList => {
                for one in children(list) {
                    if let Some(ty) = self.field(one, f.type_) {
                        let ty = self.ty(ty);
                        for _ in 0..children_of(one, f.name).len().max(1) {
                            results.push(ty);
                        }
                    }
                }
            }
            Some(one) => {
                let ty = self.ty(one);
                results.push(ty);
            }
            None => {}
        }
        let ret = match results.len() {
            0 => None,
            1 => results.pop(),
            _ => Some(self.b.ty(Type::Tuple(results))),
        };
        self.b.ty(Type::Function(params, ret))
    }

    /// `interface{ Close() error }` where a type is wanted: an interface that nobody can name.
    fn nameless_interface(&mut self, node: Node<'t>) -> TypeId {
        let has_methods = children(node)
            .iter()
            .any(|&c| self.kind(c) == Kind::MethodElem);
        if !has_methods {
            let elems = children(node);
            return match elems.as_slice() {
                [one] => self.ty(*one),
                _ => self.unknown(),
            };
        }
        let name = self.b.name("interface");
        let (lines, line) = (self.lines(node), self.line(node));
        let def = self.b.define(NodeKind::Interface, name, lines, line);
        self.b.def(def).flags.0 |= DefFlags::TRANSPARENT;
        self.b.value(def);
        self.interface(def, node, DefFlags::TRANSPARENT);
        let path = Path {
            head: Head::Def(def),
            rest: Vec::new(),
        };
        self.b.ty(Type::Named(path, Vec::new()))
    }

    /// Reads the inside of a declared type.
    pub(super) fn type_body(&mut self, def: DefId, spec: Node<'t>) {
        let f = &self.g.fields;
        let Some(target) = self.field(spec, f.type_) else {
            return;
        };
        self.b.enter(def);
        self.b.scopes.push(tag::BLOCK);
        if let Some(list) = self.field(spec, f.type_parameters) {
            self.generics(def, list);
        }
        match self.kind(target) {
            _ if self.kind(spec) == Kind::TypeAlias => {
                let ty = self.ty(target);
                self.b.def(def).ty = Some(ty);
            }
            Kind::StructType => self.structure(def, target),
            Kind::InterfaceType => self.interface(def, target, 0),
            _ => {
                let ty = self.ty(target);
                if !self.says_nothing(ty) {
                    self.converted_field(def, ty, target);
                }
            }
        }
        self.b.scopes.pop();
        self.b.leave();
    }

    /// A named type holds values of the type it is made from.
    fn converted_field(&mut self, class: DefId, ty: TypeId, node: Node<'t>) {
        let name = self.b.name(CONVERTED);
        let (lines, line) = (self.lines(node), self.line(node));
        let field = self.b.define(NodeKind::Field, name, lines, line);
        let d = self.b.def(field);
        d.flags.0 |= DefFlags::TRANSPARENT;
        d.ty = Some(ty);
        self.b.member(class, name, Binding::Def(field), true);
    }

    fn structure(&mut self, class: DefId, node: Node<'t>) {
        let mut position = 0;
        for list in children(node) {
            for one in children(list) {
                if self.kind(one) == Kind::FieldDeclaration {
                    self.field_declaration(class, one, &mut position);
                }
            }
        }
    }

    fn field_declaration(&mut self, class: DefId, node: Node<'t>, position: &mut usize) {
        let f = &self.g.fields;
        let Some(ty_node) = self.field(node, f.type_) else {
            return;
        };
        let ty = self.ty(ty_node);
        let names = children_of(node, f.name);
        let embedded = names.is_empty();
        let names = if embedded {
            smallvec::smallvec![self.embedded_name(ty_node)]
        } else {
            names
        };
        for name in names {
            let def = self.define(NodeKind::Field, name, node);
            let hash = self.tokens.hash(node.byte_range());
            let text = self.name(name);
            let d = self.b.def(def);
            d.ty = Some(ty);
            d.signature = hash;
            d.body = hash;
            if embedded {
                d.flags.0 |= DefFlags::EMBEDDED;
            }
            if self.text(name) != "_" {
                self.b.member(class, text, Binding::Def(def), true);
            }
            // A literal without names gives values by position.
            let at = self.index(*position);
            self.b.member(class, at, Binding::Def(def), true);
            *position += 1;
        }
    }

    /// The name of an embedded field: that of its type.
    pub(super) fn embedded_name(&self, node: Node<'t>) -> Node<'t> {
        let f = &self.g.fields;
        let mut at = node;
        for _ in 0..8 {
            let inner = match self.kind(at) {
                Kind::PointerType | Kind::ParenthesizedType => at.named_child(0),
                Kind::GenericType => self.field(at, f.type_),
                Kind::QualifiedType => self.field(at, f.name),
                _ => None,
            };
            match inner {
                Some(inner) => at = inner,
                None => break,
            }
        }
        at
    }

    fn interface(&mut self, def: DefId, node: Node<'t>, flags: u32) {
        let f = &self.g.fields;
        self.b.enter(def);
        for one in children(node) {
            match self.kind(one) {
                Kind::MethodElem => {
                    let Some(name) = self.field(one, f.name) else {
                        continue;
                    };
                    let method = self.define(NodeKind::Method, name, one);
                    let hash = self.tokens.hash(one.byte_range());
                    let receiver = self.b.place();
                    let d = self.b.def(method);
                    d.flags.0 |= DefFlags::ABSTRACT | flags;
                    d.signature = hash;
                    d.receiver = receiver;
                    self.b.value(method);
                    let text = self.name(name);
                    self.b.member(def, text, Binding::Def(method), true);
                    self.enter_function(method, |lower| lower.signature(method, one));
                }
                Kind::TypeElem => {
                    let elems = children(one);
                    if let [base] = elems.as_slice()
                        && matches!(
                            self.kind(*base),
                            Kind::TypeIdentifier | Kind::QualifiedType | Kind::GenericType
                        )
                    {
                        let ty = self.ty(*base);
                        if !self.says_nothing(ty) {
                            let line = self.line(one);
                            self.b.facts.inherits.push(Inherit {
                                class: MemberOwner::Def(def),
                                base: Base::Type(ty),
                                implements: false,
                                line,
                            });
                        }
                    }
                }
                _ => {}
            }
        }
        self.b.leave();
    }

    /// A variable without a value: an object of its own where its type is a struct or a name.
    pub(super) fn zero(&mut self, place: Place, node: Node<'t>, line: u32) {
        match self.kind(node) {
            Kind::TypeIdentifier
            | Kind::QualifiedType
            | Kind::GenericType
            | Kind::ArrayType
            | Kind::SliceType => {
                let ty = self.ty(node);
                let nameable = match &self.b.facts.types[ty.0 as usize] {
                    Type::Named(path, _) => !matches!(path.head, Head::Generic(..)),
                    _ => false,
                };
                if nameable && !self.says_nothing(ty) {
                    self.b.typed(place, ty, true, line);
                }
            }
            Kind::StructType => {
                let object = self.b.object("__struct");
                self.b.copy(place, object);
                for list in children(node) {
                    for one in children(list) {
                        self.zero_field(object, one, line);
                    }
                }
            }
            Kind::ParenthesizedType => {
                if let Some(inner) = node.named_child(0) {
                    self.zero(place, inner, line);
                }
            }
            _ => {
                let ty = self.ty(node);
                if !self.says_nothing(ty) {
                    self.b.typed(place, ty, false, line);
                }
            }
        }
    }

    fn zero_field(&mut self, object: Place, node: Node<'t>, line: u32) {
        let Some(ty) = self.field(node, self.g.fields.type_) else {
            return;
        };
        for name in children_of(node, self.g.fields.name) {
            let place = self.b.place();
            self.zero(place, ty, line);
            let name = self.name(name);
            self.b.store(object, Select::Field(name), place, line);
        }
    }

    /// Whether a pointer to a variable of that type is more than the value itself.
    pub(super) fn is_cell_type(&self, node: Node<'t>) -> bool {
        matches!(
            self.kind(node),
            Kind::FunctionType
                | Kind::SliceType
                | Kind::MapType
                | Kind::ChannelType
                | Kind::PointerType
                | Kind::InterfaceType
        )
    }
}
