//! Items: what a module, an impl or a block declares.
//!
//! Goes in: the statements of a container. Comes out: definitions with their members, and names in
//! scope. Read in three passes, since Rust lets items be used before they are written: names, then
//! headers (fields, variants, signatures), then bodies.

use super::grammar::{Kind, children};
use super::lower::{Body, Lower, SelfType, Shape, tag};
use crate::facts::*;
use crate::lang::builder::Bound;
use ripple_schemas::NodeKind;
use smallvec::SmallVec;
use std::ops::Range;
use tree_sitter::Node;

/// What stands before an item: attributes and doc comments.
#[derive(Clone, Debug, Default)]
pub(super) struct Attrs {
    /// First byte and line of the first attribute or doc comment.
    pub(super) start: Option<(usize, u32)>,
    /// `#[test]` and its kin.
    pub(super) test: bool,
    /// The test runs once a case: its id is a prefix.
    pub(super) cases: bool,
    /// Its parameters are made by the functions of their names.
    pub(super) fixtures: bool,
    /// `#[cfg(test)]`.
    pub(super) cfg_test: bool,
    /// A set-up that a test framework calls.
    pub(super) fixture: bool,
    pub(super) macro_use: bool,
    pub(super) macro_export: bool,
    /// `#[path = "…"]`.
    pub(super) path: Option<Box<str>>,
    pub(super) derives: SmallVec<[Name; 2]>,
    /// Lines and texts of doc comments, kept only where the file has code blocks.
    pub(super) docs: Vec<(u32, String)>,
}

/// An item with what the passes found out about it.
pub(super) struct Item<'t> {
    node: Node<'t>,
    kind: Kind,
    attrs: Attrs,
    def: Option<DefId>,
    /// Methods, constants and types of an impl or trait.
    inner: Vec<Item<'t>>,
    /// For an impl: what it is for, who owns its generics, and their names.
    target: Option<TypeId>,
    generics: DefId,
}

/// Where associated items go.
struct Home {
    owner: MemberOwner,
    /// Parent of the definitions.
    holder: DefId,
    /// The last segment of the trait, and the trait with its arguments.
    of_trait: Option<(Name, Name)>,
    abstract_by_default: bool,
}

impl Lower {
    /// Reads the items of a module; `own` are the attributes of the module itself.
    pub(super) fn module_items(&mut self, container: Node<'_>, own: &Attrs) {
        let nodes = children(container);
        self.doc_tests(&own.docs);
        let mut items = self.declare_items(&nodes, true);
        self.item_headers(&mut items);
        self.item_bodies(items);
    }

    /// Declares the items among some statements. `member` is false in a block.
    pub(super) fn declare_items<'t>(&mut self, nodes: &[Node<'t>], member: bool) -> Vec<Item<'t>> {
        let mut items = Vec::new();
        let mut attrs = Attrs::default();
        for &node in nodes {
            let kind = self.kind(node);
            match kind {
                Kind::AttributeItem => self.attribute(node, &mut attrs),
                Kind::InnerAttributeItem => {}
                Kind::LineComment | Kind::BlockComment => self.comment(node, member, &mut attrs),
                Kind::FunctionItem
                | Kind::FunctionSignatureItem
                | Kind::StructItem
                | Kind::UnionItem
                | Kind::EnumItem
                | Kind::TraitItem
                | Kind::TypeItem
                | Kind::ConstItem
                | Kind::StaticItem
                | Kind::ModItem
                | Kind::ImplItem
                | Kind::MacroDefinition
                | Kind::UseDeclaration
                | Kind::ExternCrate
                | Kind::ForeignModItem => {
                    let attrs = std::mem::take(&mut attrs);
                    if let Some(item) = self.declare(node, kind, attrs, member) {
                        items.push(item);
                    }
                }
                Kind::MacroInvocation | Kind::ExpressionStatement if member => {
                    attrs = Attrs::default();
                    items.push(Item {
                        node,
                        kind,
                        attrs: Attrs::default(),
                        def: None,
                        inner: Vec::new(),
                        target: None,
                        generics: DefId(0),
                    });
                }
                _ => attrs = Attrs::default(),
            }
        }
        items
    }

    fn declare<'t>(
        &mut self,
        node: Node<'t>,
        kind: Kind,
        attrs: Attrs,
        member: bool,
    ) -> Option<Item<'t>> {
        let mut item = Item {
            node,
            kind,
            attrs,
            def: None,
            inner: Vec::new(),
            target: None,
            generics: DefId(0),
        };
        let node_kind = match kind {
            Kind::FunctionItem | Kind::FunctionSignatureItem => NodeKind::Function,
            Kind::StructItem | Kind::UnionItem | Kind::EnumItem => NodeKind::Class,
            Kind::TraitItem => NodeKind::Interface,
            Kind::TypeItem => NodeKind::Type,
            Kind::ConstItem => NodeKind::Constant,
            Kind::StaticItem => NodeKind::Variable,
            Kind::MacroDefinition => NodeKind::Macro,
            Kind::ModItem => {
                if self.field(node, self.g.fields.body).is_none() {
                    self.module_file(&item);
                    return None;
                }
                NodeKind::Module
            }
            Kind::UseDeclaration => {
                self.use_declaration(node, member);
                return None;
            }
            Kind::ExternCrate => {
                self.extern_crate(node, member);
                return None;
            }
            Kind::ForeignModItem => {
                let body = self.field(node, self.g.fields.body)?;
                item.inner = self.declare_items(&children(body), member);
                return Some(item);
            }
            _ => return Some(item),
        };
        let name_node = self.field(node, self.g.fields.name)?;
        let name = self.name(name_node);
        let def = self.define(node, name_node, name, node_kind, &item.attrs);
        self.b.value(def);
        if self.is_exported(node) || (kind == Kind::MacroDefinition && item.attrs.macro_export) {
            self.b.def(def).flags.0 |= DefFlags::EXPORTED;
        }
        if kind == Kind::MacroDefinition {
            self.keep_rules(node, def);
            let text = format!("{}!", self.b.text(name));
            let bang = self.b.name(&text);
            self.b.scopes.bind(bang, Bound::Def(def));
            if item.attrs.macro_export {
                self.export_macro(name, def, self.line(node));
            }
        } else if self.b.text(name) != "_" {
            self.bind_item(name, Bound::Def(def));
        }
        if member {
            self.b.member(self.module, name, Binding::Def(def), false);
        }
        item.def = Some(def);
        Some(item)
    }

    /// `#[macro_export]` puts a macro into the root of its crate.
    fn export_macro(&mut self, name: Name, def: DefId, line: u32) {
        if self.module == DefId(0) || self.nested == 0 {
            let root = self.b.name("crate");
            let id = self.module_import(root, line, ImportKind::Implicit);
            let path = Path {
                head: Head::Import(id),
                rest: Vec::new(),
            };
            let owner = MemberOwner::Type(self.b.ty(Type::Named(path, Vec::new())));
            self.b.facts.members.push(Member {
                owner,
                name,
                binding: Binding::Def(def),
                instance: false,
            });
        }
    }

    /// A definition with its lines, hashes and flags, and the hole it leaves in the module.
    pub(super) fn define(
        &mut self,
        node: Node<'_>,
        name_node: Node<'_>,
        name: Name,
        kind: NodeKind,
        attrs: &Attrs,
    ) -> DefId {
        let (start, first) = attrs.start.unwrap_or((node.start_byte(), self.line(node)));
        let lines = (first, self.end_line(node));
        let def = self.b.define(kind, name, lines, self.line(name_node));
        let whole = start..node.end_byte();
        let body = self.field(node, self.g.fields.body).or_else(|| {
            let value = matches!(kind, NodeKind::Constant | NodeKind::Variable);
            value
                .then(|| self.field(node, self.g.fields.value))
                .flatten()
        });
        let (signature, body) = match body {
            Some(body) if kind == NodeKind::Module => {
                (self.hash_without(whole, &[body.byte_range()]), 0)
            }
            Some(body) => (
                self.hash_without(whole, &[body.byte_range()]),
                if kind == NodeKind::Interface {
                    let holes = self.bodies_in(body);
                    self.hash_without(body.byte_range(), &holes)
                } else {
                    self.hash(body.byte_range())
                },
            ),
            None if kind == NodeKind::Macro => {
                (self.hash(name_node.byte_range()), self.hash(whole))
            }
            None => (self.hash(whole.clone()), 0),
        };
        let test_only = self.test_only || attrs.cfg_test || attrs.test;
        let d = self.b.def(def);
        d.signature = signature;
        d.body = body;
        d.flags.0 |= if test_only { DefFlags::TEST_ONLY } else { 0 };
        d.flags.0 |= if attrs.fixture {
            DefFlags::TEST_HOOK
        } else {
            0
        };
        if self.nested == 0 && kind != NodeKind::Module {
            self.holes.push(start..node.end_byte());
        }
        def
    }

    fn bodies_in(&self, list: Node<'_>) -> Vec<Range<usize>> {
        let mut holes = Vec::new();
        for child in children(list) {
            if self.kind(child) == Kind::FunctionItem {
                holes.extend(
                    self.field(child, self.g.fields.body)
                        .map(|body| body.byte_range()),
                );
            }
        }
        holes
    }

    fn is_exported(&self, node: Node<'_>) -> bool {
        let mut cursor = node.walk();
        cursor.goto_first_child() && self.kind(cursor.node()) == Kind::VisibilityModifier
    }

    // Headers

    pub(super) fn item_headers(&mut self, items: &mut [Item<'_>]) {
        for item in items.iter_mut() {
            match (item.kind, item.def) {
                (Kind::StructItem | Kind::UnionItem, Some(def)) => self.struct_header(item, def),
                (Kind::EnumItem, Some(def)) => self.enum_header(item, def),
                (Kind::TypeItem, Some(def)) => {
                    self.with_generics(item.node, def, |lower| {
                        let ty = lower.field(item.node, lower.g.fields.type_);
                        let ty = ty.map(|ty| lower.ty(ty));
                        lower.b.def(def).ty = ty;
                    });
                }
                (Kind::ConstItem | Kind::StaticItem, Some(def)) => {
                    let ty = self
                        .field(item.node, self.g.fields.type_)
                        .map(|ty| self.ty(ty));
                    self.b.def(def).ty = ty;
                }
                (Kind::FunctionItem | Kind::FunctionSignatureItem, Some(def)) => {
                    self.function_header(item.node, def, &item.attrs, false);
                }
                (Kind::ForeignModItem, _) => self.item_headers(&mut item.inner),
                _ => {}
            }
        }
        // Traits and impls come after the types they mention, whose shapes are known now.
        for item in items.iter_mut() {
            match (item.kind, item.def) {
                (Kind::TraitItem, Some(def)) => self.trait_header(item, def),
                (Kind::ImplItem, _) => self.impl_header(item),
                _ => {}
            }
        }
    }

    /// Runs a part of the reading with a definition current and its type parameters in scope; the
    /// first time they are also declared.
    fn with_generics(&mut self, node: Node<'_>, def: DefId, read: impl FnOnce(&mut Self)) {
        self.b.enter(def);
        self.b.scopes.push(tag::BLOCK);
        self.declare_generics(node, def);
        read(self);
        self.b.scopes.pop();
        self.b.leave();
    }

    /// Binds the type parameters of an item, and writes them down with their bounds.
    fn declare_generics(&mut self, node: Node<'_>, def: DefId) {
        let f = &self.g.fields;
        let params = self.field(node, f.type_parameters);
        let mut bounded: SmallVec<[(Name, Node<'_>); 4]> = SmallVec::new();
        if let Some(params) = params {
            for param in children(params) {
                if self.kind(param) == Kind::TypeParameter
                    && let Some(name_node) = self.field(param, f.name)
                {
                    let name = self.name(name_node);
                    self.b.scopes.bind(name, Bound::Generic(def));
                    self.b.def(def).generics.push(Generic {
                        name,
                        bounds: Vec::new(),
                    });
                    if let Some(bounds) = self.field(param, f.bounds) {
                        bounded.push((name, bounds));
                    }
                } else if self.kind(param) == Kind::ConstParameter
                    && let Some(name_node) = self.field(param, f.name)
                {
                    let name = self.name(name_node);
                    let place = self.literal("usize");
                    self.b.scopes.bind(name, Bound::Place(place));
                }
            }
        }
        for (name, bounds) in bounded {
            self.add_bounds(def, name, bounds);
        }
        let mut cursor = node.walk();
        if params.is_none() && self.kind(node) != Kind::ImplItem && !cursor.goto_first_child() {
            return;
        }
        for clause in children(node) {
            if self.kind(clause) != Kind::WhereClause {
                continue;
            }
            for predicate in children(clause) {
                let (Some(left), Some(bounds)) = (
                    self.field(predicate, f.left),
                    self.field(predicate, f.bounds),
                ) else {
                    continue;
                };
                if self.kind(left) == Kind::TypeIdentifier {
                    let name = self.name(left);
                    if let Some(Bound::Generic(owner)) = self.lookup(name) {
                        self.add_bounds(owner, name, bounds);
                    }
                }
            }
        }
    }

    fn add_bounds(&mut self, owner: DefId, name: Name, bounds: Node<'_>) {
        let mut types = Vec::new();
        self.bounds_in(bounds, &mut types);
        let targets = [
            Some((owner, name)),
            self.aliases.get(&(owner, name)).copied(),
        ];
        for (owner, name) in targets.into_iter().flatten() {
            let generics = &mut self.b.def(owner).generics;
            if let Some(generic) = generics.iter_mut().find(|generic| generic.name == name) {
                for &ty in &types {
                    if !generic.bounds.contains(&ty) {
                        generic.bounds.push(ty);
                    }
                }
            }
        }
    }

    /// Puts type parameters that are declared already back into scope.
    fn rebind_generics(&mut self, def: DefId) {
        for at in 0..self.b.def(def).generics.len() {
            let name = self.b.def(def).generics[at].name;
            self.b.scopes.bind(name, Bound::Generic(def));
        }
    }

    fn struct_header(&mut self, item: &Item<'_>, def: DefId) {
        self.shapes.insert(def, Shape::Struct);
        self.derives(def, &item.attrs, self.line(item.node));
        self.with_generics(item.node, def, |lower| {
            if let Some(body) = lower.field(item.node, lower.g.fields.body) {
                lower.fields(body, def, None);
                lower.derived(def, &item.attrs, body);
            }
        });
    }

    fn enum_header(&mut self, item: &Item<'_>, def: DefId) {
        self.derives(def, &item.attrs, self.line(item.node));
        let f = &self.g.fields;
        let Some(body) = self.field(item.node, f.body) else {
            return;
        };
        let mut names = Vec::new();
        self.with_generics(item.node, def, |lower| {
            lower.derived(def, &item.attrs, body);
            let mut attrs = Attrs::default();
            for child in children(body) {
                match lower.kind(child) {
                    Kind::AttributeItem => lower.attribute(child, &mut attrs),
                    Kind::LineComment | Kind::BlockComment => {
                        lower.comment(child, false, &mut attrs)
                    }
                    Kind::EnumVariant => {
                        let attrs = std::mem::take(&mut attrs);
                        let Some(name_node) = lower.field(child, f.name) else {
                            continue;
                        };
                        let name = lower.name(name_node);
                        names.push(name);
                        let variant =
                            lower.define(child, name_node, name, NodeKind::Constant, &attrs);
                        lower.b.value(variant);
                        lower.b.def(variant).flags.0 |= DefFlags::STATIC | DefFlags::EXPORTED;
                        lower.b.member(def, name, Binding::Def(variant), false);
                        lower.b.enter(variant);
                        if let Some(body) = lower.field(child, f.body) {
                            lower.fields(body, def, Some(name));
                        }
                        if let Some(value) = lower.field(child, f.value) {
                            lower.expr(value, None);
                        }
                        lower.b.leave();
                    }
                    _ => {}
                }
            }
        });
        self.shapes.insert(def, Shape::Enum(names));
    }

    /// The fields of a struct, or of a variant as members of its enum.
    fn fields(&mut self, list: Node<'_>, owner: DefId, variant: Option<Name>) {
        let f = &self.g.fields;
        let ordered = self.kind(list) == Kind::OrderedFieldDeclarationList;
        let mut attrs = Attrs::default();
        let mut n = 0;
        for child in children(list) {
            let (name_node, ty_node) = match self.kind(child) {
                Kind::AttributeItem => {
                    self.attribute(child, &mut attrs);
                    continue;
                }
                Kind::LineComment | Kind::BlockComment => {
                    self.comment(child, false, &mut attrs);
                    continue;
                }
                Kind::FieldDeclaration => {
                    let (Some(name), Some(ty)) =
                        (self.field(child, f.name), self.field(child, f.type_))
                    else {
                        continue;
                    };
                    (name, ty)
                }
                Kind::VisibilityModifier => continue,
                _ if ordered => (child, child),
                _ => continue,
            };
            let attrs = std::mem::take(&mut attrs);
            let (name, plain) = if ordered {
                n += 1;
                (self.b.name(&(n - 1).to_string()), self.index(n - 1))
            } else {
                let name = self.name(name_node);
                (name, name)
            };
            let member = match variant {
                Some(variant) => self.payload(variant, name),
                None if self.model && self.b.text(plain) == "__element" => self.b.name("[*]"),
                None if ordered => plain,
                None => self.field_member(plain),
            };
            let field = self.define(child, name_node, name, NodeKind::Field, &attrs);
            self.b.value(field);
            self.b.enter(field);
            let ty = self.ty(ty_node);
            self.b.leave();
            let apart = self.b.name("field");
            let d = self.b.def(field);
            d.ty = Some(ty);
            d.disambiguator = Some(apart);
            if self.is_exported(child) || variant.is_some() {
                self.b.def(field).flags.0 |= DefFlags::EXPORTED;
            }
            self.b.member(owner, member, Binding::Def(field), true);
            self.field_types.insert((owner, member), ty);
        }
    }

    /// What `#[derive]` gives that passes values on: `clone` and `default` of the library model.
    fn derives(&mut self, def: DefId, attrs: &Attrs, line: u32) {
        for &name in &attrs.derives {
            if matches!(self.b.text(name), "Clone" | "Default") && self.lookup(name).is_none() {
                let base = self.free_type(name, Vec::new());
                let class = MemberOwner::Def(def);
                self.b.facts.inherits.push(Inherit {
                    class,
                    base: Base::Type(base),
                    implements: true,
                    line,
                });
            }
        }
    }

    fn trait_header<'t>(&mut self, item: &mut Item<'t>, def: DefId) {
        let outer = std::mem::replace(&mut self.self_type, SelfType::Trait(def));
        let name = self.b.def(def).name;
        let node = item.node;
        let mut inner = Vec::new();
        self.with_generics(node, def, |lower| {
            let mut bases = Vec::new();
            if let Some(bounds) = lower.field(node, lower.g.fields.bounds) {
                lower.bounds_in(bounds, &mut bases);
            }
            for base in bases {
                let (class, line) = (MemberOwner::Def(def), lower.line(node));
                let base = Base::Type(base);
                lower.b.facts.inherits.push(Inherit {
                    class,
                    base,
                    implements: false,
                    line,
                });
            }
            if let Some(body) = lower.field(node, lower.g.fields.body) {
                let home = Home {
                    owner: MemberOwner::Def(def),
                    holder: def,
                    of_trait: Some((name, name)),
                    abstract_by_default: true,
                };
                inner = lower.associated(body, &home);
            }
        });
        item.inner = inner;
        self.self_type = outer;
    }

    fn impl_header<'t>(&mut self, item: &mut Item<'t>) {
        let node = item.node;
        let f = &self.g.fields;
        let Some(type_node) = self.field(node, f.type_) else {
            return;
        };
        let line = self.line(node);
        let outer = self.self_type;
        self.b.scopes.push(tag::BLOCK);
        let has_generics = self.field(node, f.type_parameters).is_some();
        if has_generics {
            let name = self.b.name("impl");
            let generics = self
                .b
                .define(NodeKind::Class, name, (line, self.end_line(node)), line);
            self.b.def(generics).flags.0 |= DefFlags::TRANSPARENT;
            item.generics = generics;
            self.impl_generics(node, type_node, generics);
        }
        let ty = self.ty(type_node);
        item.target = Some(ty);
        self.self_type = SelfType::Impl(ty);
        let (mut owner, holder) = self.impl_home(ty, type_node, item.generics);
        let mut of_trait = None;
        if let Some(trait_node) = self.field(node, f.trait_) {
            let parts = self.parts(trait_node);
            if let Some(&name) = parts.names.last() {
                let text: String = self
                    .text(trait_node)
                    .split_whitespace()
                    .collect::<Vec<_>>()
                    .join(" ");
                let args = text.find('<').map_or("", |at| &text[at..]).to_owned();
                let full = format!("{}{args}", self.b.text(name));
                of_trait = Some((name, self.b.name(&full)));
            }
            let base = self.type_of(parts, line);
            if owner.is_none() {
                // A blanket impl for an unbounded parameter.
                owner = Some(self.everything("__Root"));
            }
            if let Some(owner) = &owner {
                let (class, base) = (owner.clone(), Base::Type(base));
                self.b.facts.inherits.push(Inherit {
                    class,
                    base,
                    implements: true,
                    line,
                });
            }
        }
        if let (Some(body), Some(owner)) = (self.field(node, f.body), owner) {
            let home = Home {
                owner,
                holder,
                of_trait,
                abstract_by_default: false,
            };
            item.inner = self.associated(body, &home);
            if of_trait.is_some_and(|(name, _)| self.b.text(name) == "Drop") {
                self.drops(ty, &item.inner);
            }
        }
        self.b.scopes.pop();
        self.self_type = outer;
    }

    /// Whoever makes a value of the type drops it some day: the type stands for its `drop`.
    fn drops(&mut self, ty: TypeId, methods: &[Item<'_>]) {
        let class = match &self.b.facts.types[ty.0 as usize] {
            Type::Named(path, _) => match (path.head, path.rest.is_empty()) {
                (Head::Def(class), true) => class,
                _ => return,
            },
            _ => return,
        };
        for def in methods.iter().filter_map(|item| item.def) {
            let (of, line) = (self.b.place_of(def), self.b.def(def).name_line);
            let within = class;
            self.b.facts.flows.push(Flow::Use { of, within, line });
        }
    }

    /// What a derived method calls of the types of the fields: the type stands for it.
    fn derived(&mut self, def: DefId, attrs: &Attrs, body: Node<'_>) {
        if self.model || self.nested > 0 {
            return;
        }
        let members: SmallVec<[&str; 4]> = attrs
            .derives
            .iter()
            .filter_map(|&name| {
                Some(match self.b.text(name) {
                    "Debug" => "Debug::fmt",
                    "Clone" => "Clone::clone",
                    "Default" => "Default::default",
                    "PartialEq" => "PartialEq::eq",
                    "PartialOrd" => "PartialOrd::partial_cmp",
                    "Ord" => "Ord::cmp",
                    "Hash" => "Hash::hash",
                    "Serialize" => "Serialize::serialize",
                    "Deserialize" => "Deserialize::deserialize",
                    _ => return None,
                })
            })
            .collect();
        if members.is_empty() {
            return;
        }
        let mut found: SmallVec<[(TypeId, u32); 8]> = SmallVec::new();
        let mut stack = vec![body];
        while let Some(node) = stack.pop() {
            match self.kind(node) {
                Kind::AttributeItem | Kind::VisibilityModifier => {}
                Kind::TypeIdentifier | Kind::ScopedTypeIdentifier => {
                    let (ty, line) = (self.ty(node), self.line(node));
                    if !found.iter().any(|(known, _)| *known == ty) {
                        found.push((ty, line));
                    }
                }
                _ => stack.extend(children(node)),
            }
        }
        self.b.enter(def);
        for (ty, line) in found {
            let own = matches!(
                &self.b.facts.types[ty.0 as usize],
                Type::Named(path, _) if matches!(path.head, Head::Def(d) if d != def)
                    || matches!(path.head, Head::Import(_))
            );
            if own {
                for member in &members {
                    self.mention_on(ty, member, line);
                }
            }
        }
        self.b.leave();
    }

    fn everything(&mut self, class: &str) -> MemberOwner {
        let name = self.b.name(class);
        MemberOwner::Type(self.free_type(name, Vec::new()))
    }

    /// Declares an impl's type parameters; those that stand one for one for the parameters of a
    /// type of this file become that type's own.
    fn impl_generics(&mut self, node: Node<'_>, type_node: Node<'_>, generics: DefId) {
        // The target is read once to learn its arguments, with the parameters bound but bare.
        let f = &self.g.fields;
        if let Some(params) = self.field(node, f.type_parameters) {
            self.b.scopes.push(tag::BLOCK);
            for param in children(params) {
                if let Some(name) = self.field(param, f.name)
                    && self.kind(param) == Kind::TypeParameter
                {
                    let name = self.name(name);
                    self.b.scopes.bind(name, Bound::Generic(generics));
                }
            }
            let ty = self.ty(type_node);
            self.b.scopes.pop();
            if let Type::Named(
                Path {
                    head: Head::Def(def),
                    rest,
                },
                args,
            ) = self.b.facts.types[ty.0 as usize].clone()
                && rest.is_empty()
            {
                for (at, arg) in args.into_iter().enumerate() {
                    let own = self.b.def(def).generics.get(at).map(|generic| generic.name);
                    if let (
                        Type::Named(
                            Path {
                                head: Head::Generic(of, name),
                                ..
                            },
                            _,
                        ),
                        Some(own),
                    ) = (&self.b.facts.types[arg.0 as usize], own)
                        && *of == generics
                    {
                        self.aliases.insert((generics, *name), (def, own));
                    }
                }
            }
        }
        self.declare_generics(node, generics);
    }

    /// Whose members an impl's items are, and which definition is their parent.
    fn impl_home(
        &mut self,
        ty: TypeId,
        type_node: Node<'_>,
        generics: DefId,
    ) -> (Option<MemberOwner>, DefId) {
        match self.b.facts.types[ty.0 as usize].clone() {
            Type::Named(
                Path {
                    head: Head::Def(def),
                    rest,
                },
                _,
            ) if rest.is_empty() => {
                return (Some(MemberOwner::Def(def)), def);
            }
            Type::Named(
                Path {
                    head: Head::Generic(def, name),
                    rest,
                },
                _,
            ) if rest.is_empty() => {
                let bounds = self.b.def(def).generics.iter().find(|g| g.name == name);
                let bounds = bounds.map(|g| g.bounds.clone()).unwrap_or_default();
                let holder = self.holder(name);
                // What the library's own types implement is implemented nowhere here: a program
                // that compiles only calls it where it is.
                if let Some(&bound) = bounds.first()
                    && self.is_of_std(bound)
                {
                    return (Some(self.everything("__Root")), holder);
                }
                let owner =
                    bounds
                        .first()
                        .map(|&bound| match self.b.facts.types[bound.0 as usize] {
                            Type::Function(..) => self.everything("__Fn"),
                            _ => MemberOwner::Type(bound),
                        });
                return (owner, holder);
            }
            Type::Bound(bounds) if bounds.len() == 1 => {
                let name = self.last_name(bounds[0]);
                return (Some(MemberOwner::Type(bounds[0])), self.holder(name));
            }
            Type::Function(..) => {
                let name = self.b.name("fn");
                return (Some(self.everything("__Fn")), self.holder(name));
            }
            Type::Tuple(_) => {
                let name = self.b.name("tuple");
                return (Some(self.everything("__Tuple")), self.holder(name));
            }
            _ => {}
        }
        let _ = (type_node, generics);
        let name = self.last_name(ty);
        (Some(MemberOwner::Type(ty)), self.holder(name))
    }

    /// A trait of std that most of its types implement.
    fn is_of_std(&mut self, bound: TypeId) -> bool {
        const TRAITS: &[&str] = &[
            "Display",
            "Debug",
            "Clone",
            "Copy",
            "PartialEq",
            "Eq",
            "PartialOrd",
            "Ord",
            "Hash",
            "Default",
            "ToString",
            "Send",
            "Sync",
            "Sized",
            "Any",
        ];
        let own = match &self.b.facts.types[bound.0 as usize] {
            Type::Named(path, _) => match path.head {
                Head::Free(..) => false,
                Head::Import(id) => {
                    let module = self.b.text(self.b.facts.imports[id.0 as usize].module);
                    !module.starts_with("std") && !module.starts_with("core")
                }
                _ => true,
            },
            _ => true,
        };
        let name = self.last_name(bound);
        !own && TRAITS.contains(&self.b.text(name))
    }

    fn last_name(&mut self, ty: TypeId) -> Name {
        match &self.b.facts.types[ty.0 as usize] {
            Type::Named(path, _) => match (path.rest.last(), path.head) {
                (Some(&name), _) => name,
                (None, Head::Def(def)) => self.b.def(def).name,
                (None, Head::Free(name, _) | Head::Generic(_, name)) => name,
                (None, Head::Import(id)) => {
                    let import = &self.b.facts.imports[id.0 as usize];
                    match import.name {
                        Imported::Name(name) => name,
                        _ => import.module,
                    }
                }
                _ => self.b.name("impl"),
            },
            _ => self.b.name("impl"),
        }
    }

    /// The definition that gives the methods of a type from elsewhere their qualified name; one a
    /// name and module, and no node of the graph.
    fn holder(&mut self, name: Name) -> DefId {
        if let Some(&def) = self.holders.get(&(self.module, name)) {
            return def;
        }
        self.b.enter(self.module);
        let lines = (1, self.b.facts.lines.max(1));
        // A transparent module gives its name to what it holds, and nothing else.
        let def = self.b.define(NodeKind::Module, name, lines, 1);
        self.b.leave();
        self.b.def(def).flags.0 |= DefFlags::TRANSPARENT;
        self.holders.insert((self.module, name), def);
        def
    }

    /// Declares the methods, constants and types of an impl or trait, with their signatures.
    fn associated<'t>(&mut self, body: Node<'t>, home: &Home) -> Vec<Item<'t>> {
        let f = &self.g.fields;
        let mut items = Vec::new();
        let mut attrs = Attrs::default();
        self.b.enter(home.holder);
        for node in children(body) {
            let kind = self.kind(node);
            let node_kind = match kind {
                Kind::AttributeItem => {
                    self.attribute(node, &mut attrs);
                    continue;
                }
                Kind::LineComment | Kind::BlockComment => {
                    self.comment(node, true, &mut attrs);
                    continue;
                }
                Kind::FunctionItem | Kind::FunctionSignatureItem => NodeKind::Method,
                Kind::ConstItem => NodeKind::Constant,
                Kind::TypeItem | Kind::AssociatedType => NodeKind::Type,
                Kind::MacroInvocation => {
                    self.macro_invocation(node, None);
                    continue;
                }
                _ => continue,
            };
            let attrs = std::mem::take(&mut attrs);
            let Some(name_node) = self.field(node, f.name) else {
                continue;
            };
            let name = self.name(name_node);
            let def = self.define(node, name_node, name, node_kind, &attrs);
            self.b.value(def);
            let mut instance = false;
            match node_kind {
                NodeKind::Method => {
                    let receiver = self.function_header(node, def, &attrs, true);
                    instance = receiver;
                    if !receiver {
                        self.b.def(def).flags.0 |= DefFlags::STATIC;
                    }
                    if home.abstract_by_default && kind == Kind::FunctionSignatureItem {
                        self.b.def(def).flags.0 |= DefFlags::ABSTRACT;
                    }
                }
                _ => {
                    let ty = self.field(node, f.type_);
                    self.with_generics(node, def, |lower| {
                        let ty = ty.map(|ty| lower.ty(ty));
                        lower.b.def(def).ty = ty;
                    });
                }
            }
            if home.of_trait.is_some() || self.is_exported(node) {
                self.b.def(def).flags.0 |= DefFlags::EXPORTED;
            }
            let binding = Binding::Def(def);
            let owner = home.owner.clone();
            if let Some((trait_name, full)) = home.of_trait {
                if !home.abstract_by_default {
                    self.b.def(def).disambiguator = Some(full);
                }
                if node_kind == NodeKind::Method {
                    let name = self.through(trait_name, name);
                    let owner = owner.clone();
                    self.b.facts.members.push(Member {
                        owner,
                        name,
                        binding,
                        instance,
                    });
                }
            }
            self.b.facts.members.push(Member {
                owner,
                name,
                binding,
                instance,
            });
            items.push(Item {
                node,
                kind,
                attrs,
                def: Some(def),
                inner: Vec::new(),
                target: None,
                generics: DefId(0),
            });
        }
        self.b.leave();
        items
    }

    /// A function's type parameters, parameters and return; tells whether it has a receiver.
    fn function_header(&mut self, node: Node<'_>, def: DefId, attrs: &Attrs, method: bool) -> bool {
        let f = &self.g.fields;
        let mut receiver = false;
        let ret = self.b.place();
        self.b.def(def).ret = ret;
        self.with_generics(node, def, |lower| {
            if let Some(params) = lower.field(node, f.parameters) {
                for param in children(params) {
                    match lower.kind(param) {
                        Kind::SelfParameter if method => receiver = true,
                        Kind::Parameter => {
                            let pattern = lower.field(param, f.pattern);
                            if pattern.is_some_and(|p| lower.kind(p) == Kind::SelfKeyword) {
                                receiver = true;
                                continue;
                            }
                            let name = match pattern {
                                Some(p) if lower.kind(p) == Kind::Identifier => lower.name(p),
                                _ => lower.b.name(""),
                            };
                            let ty = lower.field(param, f.type_).map(|ty| lower.ty(ty));
                            let place = lower.b.place();
                            let kind = ParamKind::Plain;
                            lower.b.def(def).params.push(Param {
                                name,
                                place,
                                kind,
                                ty,
                            });
                        }
                        _ => {}
                    }
                }
            }
            let ty = lower.field(node, f.return_type).map(|ty| lower.ty(ty));
            lower.b.def(def).ty = ty;
        });
        if receiver {
            let place = self.b.place();
            self.b.def(def).receiver = place;
        }
        let is_async = children(node).iter().any(|&child| {
            self.kind(child) == Kind::FunctionModifiers && self.text(child).contains("async")
        });
        if is_async {
            self.b.def(def).flags.0 |= DefFlags::ASYNC;
        }
        if attrs.test {
            let parameters = self.field(node, f.parameters);
            let parameters = parameters.map_or("", |p| self.text(p));
            // One run a value, where a parameter lists them.
            let cases =
                attrs.cases || parameters.contains("#[values(") || parameters.contains("#[files(");
            if attrs.fixtures {
                self.fixtures_of(def);
            }
            let mut id = String::new();
            for &part in &self.inline {
                id.push_str(self.b.text(part));
                id.push_str("::");
            }
            id.push_str(self.b.text(self.b.facts.defs[def.0 as usize].name));
            id.push_str(if cases { "::" } else { "" });
            let d = self.b.def(def);
            d.kind = NodeKind::Test;
            d.test = Some(TestFact {
                runner: "cargo".into(),
                id: id.into(),
            });
        }
        receiver
    }

    /// A parameter is made by the function of its name.
    fn fixtures_of(&mut self, def: DefId) {
        let params: Vec<Name> = self.b.def(def).params.iter().map(|p| p.name).collect();
        let line = self.b.def(def).name_line;
        for name in params {
            if let Some(Bound::Def(fixture)) = self.lookup(name) {
                let of = self.b.place_of(fixture);
                let within = def;
                self.b.facts.flows.push(Flow::Use { of, within, line });
            }
        }
    }

    // Bodies

    pub(super) fn item_bodies(&mut self, items: Vec<Item<'_>>) {
        for item in items {
            let outer = (self.self_type, self.test_only);
            self.test_only |= item.attrs.cfg_test;
            if item.kind != Kind::ModItem {
                self.doc_tests(&item.attrs.docs);
            }
            match (item.kind, item.def) {
                (Kind::FunctionItem, Some(def)) => self.function_body(item.node, def),
                (Kind::ConstItem | Kind::StaticItem, Some(def)) => self.const_body(item.node, def),
                (Kind::MacroDefinition, Some(def)) => self.macro_definition(item.node, def),
                (Kind::ModItem, Some(def)) => self.inline_module(&item, def),
                (Kind::TraitItem, Some(def)) => {
                    self.self_type = SelfType::Trait(def);
                    self.b.scopes.push(tag::BLOCK);
                    self.rebind_generics(def);
                    self.item_bodies(item.inner);
                    self.b.scopes.pop();
                }
                (Kind::ImplItem, _) => {
                    if let Some(target) = item.target {
                        self.self_type = SelfType::Impl(target);
                        self.b.scopes.push(tag::BLOCK);
                        if item.generics != DefId(0) {
                            self.rebind_generics(item.generics);
                        }
                        self.item_bodies(item.inner);
                        self.b.scopes.pop();
                    }
                }
                (Kind::ForeignModItem, _) => self.item_bodies(item.inner),
                (Kind::MacroInvocation, _) => {
                    self.macro_invocation(item.node, None);
                }
                (Kind::ExpressionStatement, _) => {
                    for child in children(item.node) {
                        self.expr(child, None);
                    }
                }
                _ => {}
            }
            (self.self_type, self.test_only) = outer;
        }
    }

    fn inline_module(&mut self, item: &Item<'_>, def: DefId) {
        let Some(body) = self.field(item.node, self.g.fields.body) else {
            return;
        };
        let name = self.b.def(def).name;
        let test_only = self.test_only;
        self.test_only |= item.attrs.cfg_test;
        let module = std::mem::replace(&mut self.module, def);
        let globs = self.globs;
        let enums = std::mem::take(&mut self.glob_enums);
        let foreign = self.glob_foreign.take();
        self.inline.push(name);
        let of_super = self.says_use_super(body);
        if !of_super {
            self.globs = false;
        } else {
            self.glob_enums = enums.clone();
            self.glob_foreign = foreign;
        }
        self.b.scopes.push(if of_super {
            tag::MODULE_OF_SUPER
        } else {
            tag::MODULE
        });
        self.b.enter(def);
        self.deeper(self.line(item.node), |lower| {
            lower.module_items(body, &item.attrs)
        });
        self.b.leave();
        self.b.scopes.pop();
        self.inline.pop();
        self.module = module;
        (self.globs, self.glob_enums, self.glob_foreign) = (globs, enums, foreign);
        self.test_only = test_only;
    }

    fn says_use_super(&self, body: Node<'_>) -> bool {
        children(body).iter().any(|&child| {
            self.kind(child) == Kind::UseDeclaration
                && self
                    .field(child, self.g.fields.argument)
                    .is_some_and(|argument| self.text(argument) == "super::*")
        })
    }

    fn const_body(&mut self, node: Node<'_>, def: DefId) {
        let Some(value) = self.field(node, self.g.fields.value) else {
            return;
        };
        self.b.enter(def);
        self.b.scopes.push(tag::FUNCTION);
        let body = std::mem::take(&mut self.body);
        let (to, ty) = (self.b.place_of(def), self.b.def(def).ty);
        let from = self.expr(value, ty);
        self.b.copy(to, from);
        self.body = body;
        self.b.scopes.pop();
        self.b.leave();
    }

    /// Reads a function's body with its parameters in scope.
    fn function_body(&mut self, node: Node<'_>, def: DefId) {
        let f = &self.g.fields;
        let Some(block) = self.field(node, f.body) else {
            return;
        };
        let d = self.b.def(def);
        let (ret, ty, receiver) = (d.ret, d.ty, d.receiver);
        self.b.enter(def);
        self.b.scopes.push(tag::FUNCTION);
        self.rebind_generics(def);
        let outer = std::mem::replace(
            &mut self.body,
            Body {
                ret,
                ty,
                closure: false,
            },
        );
        let loops = std::mem::take(&mut self.loops);
        if receiver != Place::NOWHERE {
            let name = self.b.name("self");
            self.b.scopes.bind(name, Bound::Place(receiver));
        }
        let mut at = 0;
        if let Some(params) = self.field(node, f.parameters) {
            for param in children(params) {
                let pattern = self.field(param, f.pattern);
                if self.kind(param) != Kind::Parameter
                    || pattern.is_some_and(|p| self.kind(p) == Kind::SelfKeyword)
                {
                    continue;
                }
                let place = self.b.def(def).params.get(at).map(|param| param.place);
                at += 1;
                if let (Some(pattern), Some(place)) = (pattern, place) {
                    self.parameter(pattern, place);
                }
            }
        }
        let value = self.block(block, ty);
        self.b.copy(ret, value);
        self.body = outer;
        self.loops = loops;
        self.b.scopes.pop();
        self.b.leave();
    }

    // Attributes

    /// Reads an attribute into what is known of the next item.
    pub(super) fn attribute(&mut self, node: Node<'_>, attrs: &mut Attrs) {
        attrs
            .start
            .get_or_insert((node.start_byte(), self.line(node)));
        let Some(attribute) = node.named_child(0) else {
            return;
        };
        let Some(path) = attribute.named_child(0) else {
            return;
        };
        let arguments = self.field(attribute, self.g.fields.arguments);
        let last = self.text(path).rsplit("::").next().unwrap_or("").trim();
        match last {
            // A `#[bench]` only runs on nightly and by `cargo bench`: it is no test to run.
            "test" => attrs.test = true,
            "test_case" | "case" | "quickcheck" | "parameterized" | "test_matrix" => {
                attrs.test = true;
                attrs.cases |= last != "quickcheck";
            }
            "rstest" => {
                attrs.test = true;
                attrs.fixtures = true;
            }
            "wasm_bindgen_test" | "test_log" => attrs.test = true,
            "fixture" | "ctor" => attrs.fixture = true,
            "macro_use" => attrs.macro_use = true,
            "macro_export" => attrs.macro_export = true,
            "cfg" | "cfg_attr" => {
                let text = arguments.map_or("", |arguments| self.text(arguments));
                attrs.cfg_test |= last == "cfg" && says_test(text);
            }
            "path" => {
                let value = self.field(attribute, self.g.fields.value);
                attrs.path = value.map(|value| self.text(value).trim_matches('"').into());
            }
            "derive" => {
                let Some(arguments) = arguments else { return };
                for child in children(arguments) {
                    if self.kind(child) == Kind::Identifier {
                        let name = self.name(child);
                        attrs.derives.push(name);
                    }
                }
            }
            _ => {}
        }
    }

    /// Reads a comment: documentation belongs to the next item.
    pub(super) fn comment(&mut self, node: Node<'_>, keep: bool, attrs: &mut Attrs) {
        let text = self.text(node);
        let doc = (text.starts_with("///") && !text.starts_with("////"))
            || (text.starts_with("/**") && !text.starts_with("/***") && text.len() > 4);
        if !doc {
            return;
        }
        let line = self.line(node);
        if keep && self.has_doctests && self.nested == 0 {
            let text = text.to_owned();
            attrs.docs.push((line, text));
        }
        attrs.start.get_or_insert((node.start_byte(), line));
    }

    /// `mod x;`: an import of the file that the language finds by the name.
    fn module_file(&mut self, item: &Item<'_>) {
        let Some(name_node) = self.field(item.node, self.g.fields.name) else {
            return;
        };
        let name = self.name(name_node);
        let mut text = String::from("mod ");
        for &part in &self.inline {
            text.push_str(self.b.text(part));
            text.push_str("::");
        }
        text.push_str(self.b.text(name));
        if let Some(path) = &item.attrs.path {
            text.push_str(" = ");
            text.push_str(path);
        }
        let specifier = self.b.name(&text);
        let line = self.line(item.node);
        let id = self
            .b
            .import(specifier, Imported::Module, line, ImportKind::Implicit);
        self.bind_item(name, Bound::Import(id));
        self.b.member(self.module, name, Binding::Import(id), false);
        if item.attrs.macro_use {
            let id = self
                .b
                .import(specifier, Imported::Star, line, ImportKind::Implicit);
            let star = self.b.name("*");
            self.b.member(self.module, star, Binding::Import(id), false);
        }
    }
}

/// Whether a `cfg(…)` holds only for tests.
fn says_test(text: &str) -> bool {
    let mut words = text
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|w| !w.is_empty());
    words.clone().any(|word| word == "test") && !words.any(|word| matches!(word, "not" | "any"))
}
