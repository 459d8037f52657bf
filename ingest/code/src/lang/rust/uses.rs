//! `use` trees and `extern crate`.
//!
//! Goes in: a use declaration. Comes out: one import a leaf, bound in scope and as a member of the
//! module. Where a specifier leads is [`super::cargo`]'s to say; here `self` and `super` of inline
//! modules are made relative to the file.

use super::grammar::{Kind, children};
use super::lower::{Lower, Shape, camel};
use super::types::Start;
use crate::facts::*;
use crate::lang::builder::Bound;
use smallvec::SmallVec;
use tree_sitter::Node;

/// The part of a use tree above a leaf.
#[derive(Clone, Debug)]
struct Prefix {
    start: Start,
    names: SmallVec<[Name; 4]>,
}

/// What holds for a whole declaration.
#[derive(Clone, Copy)]
struct UseOf {
    member: bool,
    exported: bool,
}

impl Lower {
    /// Reads `use …;`. `member` is false in a block.
    pub(super) fn use_declaration(&mut self, node: Node<'_>, member: bool) {
        let Some(argument) = self.field(node, self.g.fields.argument) else {
            return;
        };
        let exported = node
            .named_child(0)
            .is_some_and(|child| self.kind(child) == Kind::VisibilityModifier);
        let prefix = Prefix {
            start: Start::Name,
            names: SmallVec::new(),
        };
        self.use_clause(argument, &prefix, UseOf { member, exported });
    }

    /// Reads `extern crate a as b;`.
    pub(super) fn extern_crate(&mut self, node: Node<'_>, member: bool) {
        let Some(name_node) = self.field(node, self.g.fields.name) else {
            return;
        };
        let name = self.name(name_node);
        let alias = self.field(node, self.g.fields.alias);
        let local = alias.map_or(name, |alias| self.name(alias));
        let text = if self.b.text(name) == "self" {
            self.b.name("crate")
        } else {
            name
        };
        let id = self
            .b
            .import(text, Imported::Module, self.line(node), ImportKind::Static);
        self.bind_import(local, id, member);
    }

    fn use_clause(&mut self, node: Node<'_>, prefix: &Prefix, of: UseOf) {
        let f = &self.g.fields;
        match self.kind(node) {
            Kind::UseList => {
                for child in children(node) {
                    self.deeper(0, |lower| lower.use_clause(child, prefix, of));
                }
            }
            Kind::ScopedUseList => {
                let path = self.field(node, f.path);
                let prefix = match path {
                    Some(path) => self.extend(prefix, path),
                    None => Prefix {
                        start: Start::Root,
                        names: SmallVec::new(),
                    },
                };
                if let Some(list) = self.field(node, f.list) {
                    self.use_clause(list, &prefix, of);
                }
            }
            Kind::UseAsClause => {
                let (Some(path), Some(alias)) =
                    (self.field(node, f.path), self.field(node, f.alias))
                else {
                    return;
                };
                let alias = self.name(alias);
                let full = self.extend(prefix, path);
                self.use_one(full, Some(alias), self.line(path), of);
            }
            Kind::UseWildcard => {
                let path = children(node).into_iter().find(|&child| {
                    !matches!(self.kind(child), Kind::LineComment | Kind::BlockComment)
                });
                let full = match path {
                    Some(path) => self.extend(prefix, path),
                    None => prefix.clone(),
                };
                self.use_all(full, self.line(node), of);
            }
            Kind::LineComment | Kind::BlockComment => {}
            _ => {
                let full = self.extend(prefix, node);
                self.use_one(full, None, self.line(node), of);
            }
        }
    }

    fn extend(&mut self, prefix: &Prefix, node: Node<'_>) -> Prefix {
        let parts = self.parts(node);
        let mut full = prefix.clone();
        if full.names.is_empty() && full.start == Start::Name {
            full.start = parts.start;
        } else if parts.start == Start::Module && parts.names.is_empty() {
            // `{self}`: the prefix itself.
            return full;
        } else if let (Start::Super(n), Start::Super(m)) = (full.start, parts.start) {
            full.start = Start::Super(n + m);
        }
        full.names.extend(parts.names);
        full
    }

    fn use_one(&mut self, full: Prefix, alias: Option<Name>, line: u32, of: UseOf) {
        let Some((&last, before)) = full.names.split_last() else {
            // `use crate as x`, `use super::{self}`
            let specifier = self.specifier(full.start, &[]);
            if let Some(alias) = alias {
                let id = self
                    .b
                    .import(specifier, Imported::Module, line, ImportKind::Static);
                self.bind_import(alias, id, of.member);
            }
            return;
        };
        let local = alias.unwrap_or(last);
        let id = if before.is_empty() && matches!(full.start, Start::Name | Start::Root) {
            match self.local_module(&full) {
                Some(owner) if alias.is_some() => {
                    let module = self.specifier_of(owner, &[]);
                    self.b
                        .import(module, Imported::Name(last), line, ImportKind::Static)
                }
                Some(_) => return,
                None => self
                    .b
                    .import(last, Imported::Module, line, ImportKind::Static),
            }
        } else {
            let module = match self.local_module(&full) {
                Some(owner) => self.specifier_of(owner, before),
                None => self.specifier(full.start, before),
            };
            self.b
                .import(module, Imported::Name(last), line, ImportKind::Static)
        };
        self.bind_import(local, id, of.member);
    }

    fn use_all(&mut self, full: Prefix, line: u32, of: UseOf) {
        let owner = self.local_module(&full);
        let module = match owner {
            Some(owner) => self.specifier_of(owner, &full.names),
            None => self.specifier(full.start, &full.names),
        };
        let id = self
            .b
            .import(module, Imported::Star, line, ImportKind::Static);
        let of_super = full.start == Start::Super(1) && full.names.is_empty();
        if of.exported && of.member {
            let star = self.b.name("*");
            self.b.member(self.module, star, Binding::Import(id), false);
        }
        match full.names.last() {
            Some(&last) if camel(self.b.text(last)) => {
                let def = match (full.names.len(), self.lookup(last)) {
                    (1, Some(Bound::Def(def))) => Some(def),
                    _ => self.shapes_named(last),
                };
                match def {
                    Some(def) => self.glob_enums.push(def),
                    None => self.glob_foreign = Some(module),
                }
            }
            None if full.start == Start::SelfType => {}
            _ if of_super && !self.inline.is_empty() => {}
            _ => self.globs = true,
        }
    }

    fn shapes_named(&mut self, name: Name) -> Option<DefId> {
        let named = self
            .shapes
            .iter()
            .filter(|(def, shape)| {
                matches!(shape, Shape::Enum(_)) && self.b.facts.defs[def.0 as usize].name == name
            })
            .map(|(&def, _)| def);
        named.min()
    }

    /// The module of this file that binds the first name of a path, where one does.
    fn local_module(&mut self, full: &Prefix) -> Option<DefId> {
        if full.start != Start::Name {
            return None;
        }
        match self.lookup(*full.names.first()?)? {
            Bound::Def(def) => Some(self.b.def(def).parent),
            Bound::Import(id) => Some(self.b.facts.imports[id.0 as usize].within),
            _ => None,
        }
    }

    /// `self::a::b` for a module of this file and names in it.
    fn specifier_of(&mut self, module: DefId, names: &[Name]) -> Name {
        let mut chain: SmallVec<[Name; 8]> = SmallVec::new();
        let mut at = module;
        while at != DefId(0) {
            let def = self.b.def(at);
            chain.push(def.name);
            at = def.parent;
        }
        let mut text = String::from("self");
        for &name in chain.iter().rev().chain(names) {
            text.push_str("::");
            text.push_str(self.b.text(name));
        }
        self.b.name(&text)
    }

    fn bind_import(&mut self, name: Name, id: ImportId, member: bool) {
        if self.b.text(name) == "_" {
            return;
        }
        self.bind_item(name, Bound::Import(id));
        if member {
            self.b.member(self.module, name, Binding::Import(id), false);
        }
    }
}
