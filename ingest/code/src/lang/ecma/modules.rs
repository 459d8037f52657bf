//! Imports and exports, of both kinds.

use crate::facts::*;
use crate::lang::builder::Bound;
use crate::lang::ecma::kinds::K;
use crate::lang::ecma::lower::{Hint, Lower};
use crate::lang::ecma::vars::VarId;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    // ES modules

    /// Binds what an import statement imports.
    pub(super) fn import_statement(&mut self, node: Node<'t>) {
        let line = self.line(node);
        let type_only = self.has_token(node, "type") || self.has_token(node, "typeof");
        let kind = if type_only {
            ImportKind::TypeOnly
        } else {
            ImportKind::Static
        };
        let children = self.children(node);
        for &child in &children {
            if self.kind(child) == K::ImportRequireClause {
                // `import x = require("m")`
                let (Some(name), Some(source)) =
                    (self.first(child), self.field(child, self.f.source))
                else {
                    return;
                };
                let name = self.name_of(name);
                let import = self.require_import(source, line, kind);
                self.b.scopes.bind(name, Bound::Import(import));
                return;
            }
        }
        let Some(source) = self.field(node, self.f.source) else {
            return;
        };
        let module = self.string_text(source);
        let module = self.b.name(module);
        let mut any = false;
        for &child in &children {
            if self.kind(child) != K::ImportClause {
                continue;
            }
            for part in self.children(child) {
                any = true;
                match self.kind(part) {
                    K::Identifier => {
                        let default = self.b.name("default");
                        let id = self.b.import(module, Imported::Name(default), line, kind);
                        self.bind_import(part, id);
                    }
                    K::NamespaceImport => {
                        let id = self.b.import(module, Imported::Module, line, kind);
                        if let Some(name) = self.first(part) {
                            self.bind_import(name, id);
                        }
                    }
                    K::NamedImports => {
                        for specifier in self.children(part) {
                            self.import_specifier(specifier, module, kind);
                        }
                    }
                    _ => {}
                }
            }
        }
        if !any {
            self.b.import(module, Imported::Module, line, kind);
        }
    }

    fn bind_import(&mut self, name: Node<'t>, id: ImportId) {
        let name = self.name_of(name);
        self.b.scopes.bind(name, Bound::Import(id));
    }

    fn import_specifier(&mut self, node: Node<'t>, module: Name, kind: ImportKind) {
        let Some(name_node) = self.field(node, self.f.name) else {
            return;
        };
        let kind = if self.has_token(node, "type") {
            ImportKind::TypeOnly
        } else {
            kind
        };
        let line = self.line(node);
        let name = self.module_export_name(name_node);
        let id = self.b.import(module, Imported::Name(name), line, kind);
        let local = self.field(node, self.f.alias).unwrap_or(name_node);
        self.bind_import(local, id);
    }

    /// A name in an import or export clause, which may be written as a string.
    fn module_export_name(&mut self, node: Node<'t>) -> Name {
        if self.kind(node) == K::String {
            let text = self.string_text(node);
            return self.b.name(text);
        }
        self.name_of(node)
    }

    pub(super) fn export_statement(&mut self, node: Node<'t>) {
        let line = self.line(node);
        let decorators: Vec<Node<'t>> = self
            .children(node)
            .into_iter()
            .filter(|&n| self.kind(n) == K::Decorator)
            .collect();
        if !decorators.is_empty() {
            self.pending_decorators = Some(decorators);
        }
        let owner = self.b.current();
        let is_default = self.has_token(node, "default");
        if let Some(declaration) = self.field(node, self.f.declaration) {
            if is_default {
                self.statements(&[declaration]);
                if let Some(&def) = self.hoisted.get(&declaration.id()) {
                    let default = self.b.name("default");
                    self.b.member(owner, default, Binding::Def(def), false);
                }
            } else {
                self.export_declared(declaration, owner);
                self.statements(&[declaration]);
            }
            return;
        }
        if let Some(value) = self.field(node, self.f.value) {
            self.export_default(value, owner);
            return;
        }
        if let Some(source) = self.field(node, self.f.source) {
            self.reexport(node, source, owner, line);
            return;
        }
        let mut clause = false;
        for child in self.children(node) {
            match self.kind(child) {
                K::ExportClause => {
                    clause = true;
                    for specifier in self.children(child) {
                        self.export_specifier(specifier, owner);
                    }
                }
                K::Decorator | K::Comment => {}
                _ if !clause && self.has_token(node, "=") => {
                    // `export = x`
                    let from = self.expr(child);
                    self.set_exports(child, from);
                }
                _ => {}
            }
        }
    }

    fn export_declared(&mut self, declaration: Node<'t>, owner: DefId) {
        match self.kind(declaration) {
            K::LexicalDeclaration | K::VariableDeclaration | K::UsingDeclaration => {
                for declarator in self.children(declaration) {
                    if let Some(name) = self.field(declarator, self.f.name) {
                        self.export_pattern(name, owner);
                    }
                }
            }
            K::AmbientDeclaration => {
                for child in self.children(declaration) {
                    self.export_declared(child, owner);
                }
            }
            _ => {
                let Some(&def) = self.hoisted.get(&declaration.id()) else {
                    return;
                };
                let Some(name) = self.field(declaration, self.f.name) else {
                    return;
                };
                let text = self.text(name);
                let first = text.split('.').next().unwrap_or(text).trim();
                let outer = if first.len() < text.len() {
                    let first = self.b.name(first);
                    match self.b.scopes.get(first) {
                        Some(Bound::Def(outer)) => outer,
                        _ => def,
                    }
                } else {
                    def
                };
                let name = self.b.name(first);
                let known = self.b.facts.members.iter().rev().any(|m| {
                    m.owner == MemberOwner::Def(owner)
                        && m.name == name
                        && m.binding == Binding::Def(outer)
                });
                if !known {
                    self.b.member(owner, name, Binding::Def(outer), false);
                }
            }
        }
    }

    fn export_pattern(&mut self, pattern: Node<'t>, owner: DefId) {
        match self.kind(pattern) {
            K::Identifier | K::ShorthandPropertyIdentifierPattern => {
                let name = self.name_of(pattern);
                if let Some(binding) = self.binding(name) {
                    self.mark_exported(binding);
                    self.b.member(owner, name, binding, false);
                }
            }
            K::PairPattern => {
                if let Some(value) = self.field(pattern, self.f.value) {
                    self.export_pattern(value, owner);
                }
            }
            K::AssignmentPattern | K::ObjectAssignmentPattern => {
                if let Some(left) = self.field(pattern, self.f.left) {
                    self.export_pattern(left, owner);
                }
            }
            _ => {
                for child in self.children(pattern) {
                    self.export_pattern(child, owner);
                }
            }
        }
    }

    fn mark_exported(&mut self, binding: Binding) {
        if let Binding::Def(def) = binding {
            self.b.def(def).flags.0 |= DefFlags::EXPORTED;
        }
    }

    /// What a name is bound to, as seen from outside.
    pub(super) fn binding(&mut self, name: Name) -> Option<Binding> {
        let bound = self.b.scopes.get(name).or_else(|| self.types.get(name))?;
        Some(match bound {
            Bound::Def(def) => Binding::Def(def),
            Bound::Import(import) => Binding::Import(import),
            Bound::Place(var) => match self.var_defs.get(&var.0) {
                Some(&def) => Binding::Def(def),
                None => Binding::Place(self.vars.all(&mut self.b, VarId(var.0))),
            },
            Bound::Generic(_) => return None,
        })
    }

    fn export_specifier(&mut self, node: Node<'t>, owner: DefId) {
        let Some(name_node) = self.field(node, self.f.name) else {
            return;
        };
        let name = self.module_export_name(name_node);
        let alias = match self.field(node, self.f.alias) {
            Some(alias) => self.module_export_name(alias),
            None => name,
        };
        if let Some(binding) = self.binding(name) {
            self.mark_exported(binding);
            self.b.member(owner, alias, binding, false);
        }
    }

    fn reexport(&mut self, node: Node<'t>, source: Node<'t>, owner: DefId, line: u32) {
        let kind = if self.has_token(node, "type") {
            ImportKind::TypeOnly
        } else {
            ImportKind::Static
        };
        let module = self.string_text(source);
        let module = self.b.name(module);
        let mut named = false;
        for child in self.children(node) {
            match self.kind(child) {
                K::ExportClause => {
                    named = true;
                    for specifier in self.children(child) {
                        let Some(name) = self.field(specifier, self.f.name) else {
                            continue;
                        };
                        let at = self.line(specifier);
                        let name = self.module_export_name(name);
                        let alias = match self.field(specifier, self.f.alias) {
                            Some(alias) => self.module_export_name(alias),
                            None => name,
                        };
                        let id = self.b.import(module, Imported::Name(name), at, kind);
                        self.b.member(owner, alias, Binding::Import(id), false);
                    }
                }
                K::NamespaceExport => {
                    named = true;
                    let id = self.b.import(module, Imported::Module, line, kind);
                    if let Some(name) = self.first(child) {
                        let name = self.module_export_name(name);
                        self.b.member(owner, name, Binding::Import(id), false);
                    }
                }
                _ => {}
            }
        }
        if !named {
            let id = self.b.import(module, Imported::Module, line, kind);
            let star = self.b.name("*");
            self.b.member(owner, star, Binding::Import(id), false);
        }
    }

    fn export_default(&mut self, value: Node<'t>, owner: DefId) {
        let default = self.b.name("default");
        let binding = match self.kind(value) {
            K::Identifier => {
                let name = self.name_of(value);
                let line = self.line(value);
                let place = self.read_name(name, line, false);
                match self.binding(name) {
                    Some(Binding::Def(def)) => Binding::Def(def),
                    Some(Binding::Import(import)) => Binding::Import(import),
                    _ => Binding::Place(place),
                }
            }
            _ => {
                let hint = Hint {
                    parent: None,
                    name: Some(default),
                };
                let place = self.expr_hint(value, hint);
                match self.hoisted.get(&value.id()) {
                    Some(&def) => Binding::Def(def),
                    None => Binding::Place(place),
                }
            }
        };
        self.mark_exported(binding);
        self.b.member(owner, default, binding, false);
    }

    // CommonJS

    /// `require("m")` or `import("m")` as the value of a declaration: the name is an import, no
    /// variable of its own.
    pub(super) fn is_import_call(&self, node: Node<'t>) -> bool {
        match self.kind(node) {
            K::CallExpression => self.field(node, self.f.function).is_some_and(|f| {
                self.kind(f) == K::Import
                    || (self.kind(f) == K::Identifier && self.text(f) == "require")
            }),
            K::AwaitExpression | K::ParenthesizedExpression => {
                self.first(node).is_some_and(|n| self.is_import_call(n))
            }
            _ => false,
        }
    }

    /// The string in `require("m")`.
    pub(super) fn required(&mut self, node: Node<'t>) -> Option<Node<'t>> {
        if self.kind(node) != K::CallExpression {
            return None;
        }
        let function = self.field(node, self.f.function)?;
        if self.kind(function) != K::Identifier
            || self.text(function) != "require"
            || !self.is_global("require")
        {
            return None;
        }
        let first = self.first(self.field(node, self.f.arguments)?)?;
        self.constant_string(first).then_some(first)
    }

    /// True for a string, or a template without holes.
    pub(super) fn constant_string(&self, node: Node<'t>) -> bool {
        match self.kind(node) {
            K::String => true,
            K::TemplateString => self
                .children(node)
                .iter()
                .all(|&n| self.kind(n) != K::TemplateSubstitution),
            _ => false,
        }
    }

    pub(super) fn require_import(
        &mut self,
        source: Node<'t>,
        line: u32,
        kind: ImportKind,
    ) -> ImportId {
        let module = self.string_text(source);
        let module = self.b.name(module);
        let exports = self.b.name("module.exports");
        let optional = self
            .frames
            .last()
            .is_some_and(|frame| !frame.handlers.is_empty());
        let kind = match kind {
            ImportKind::Dynamic if optional => ImportKind::Optional,
            kind => kind,
        };
        self.b.import(module, Imported::Name(exports), line, kind)
    }

    /// Assignments that export: gives the assigned value where this is one.
    pub(super) fn special_assignment(&mut self, left: Node<'t>, right: Node<'t>) -> Option<Place> {
        if self.kind(left) != K::MemberExpression {
            return None;
        }
        let object = self.field(left, self.f.object)?;
        let property = self.field(left, self.f.property)?;
        if self.is_module_name(object) && self.text(property) == "exports" {
            let hint = self.hint_under(DefId(0));
            if self.kind(right) == K::Object {
                self.keys = Some(Vec::new());
            }
            let from = self.expr_hint(right, hint);
            let found = self.keys.take().unwrap_or_default();
            for (name, place) in found {
                self.export_value(name, place);
            }
            self.set_exports(right, from);
            return Some(from);
        }
        if !self.is_exports(object) {
            return None;
        }
        let name = self.name_of(property);
        let hint = Hint {
            parent: Some(DefId(0)),
            name: Some(name),
        };
        let from = self.expr_hint(right, hint);
        let (exports, line) = (self.exports, self.line(property));
        self.b.store(exports, Select::Field(name), from, line);
        self.export_value(name, from);
        Some(from)
    }

    fn is_module_name(&mut self, node: Node<'t>) -> bool {
        self.kind(node) == K::Identifier && self.text(node) == "module" && self.is_global("module")
    }

    /// True for `exports` and `module.exports`.
    pub(super) fn is_exports(&mut self, node: Node<'t>) -> bool {
        match self.kind(node) {
            K::Identifier => self.text(node) == "exports" && self.is_global("exports"),
            K::MemberExpression => {
                let (Some(object), Some(property)) = (
                    self.field(node, self.f.object),
                    self.field(node, self.f.property),
                ) else {
                    return false;
                };
                self.text(property) == "exports" && self.is_module_name(object)
            }
            _ => false,
        }
    }

    /// `module.exports = value`.
    fn set_exports(&mut self, value: Node<'t>, from: Place) {
        let exports = self.exports;
        self.b.copy(exports, from);
        self.whole_exports.push(from);
        if self.required(value).is_some() {
            self.star_of(from);
        }
    }

    /// Everything that the import into a place gives is exported.
    pub(super) fn star_of(&mut self, place: Place) {
        let import = self.b.facts.imports.iter().rposition(|i| i.to == place);
        if let Some(import) = import {
            let star = self.b.name("*");
            let binding = Binding::Import(ImportId(import as u32));
            self.b.member(DefId(0), star, binding, false);
        }
    }

    /// `exports.name = value`: a static member as well.
    pub(super) fn export_value(&mut self, name: Name, from: Place) {
        if let Some(known) = self.exported.iter_mut().find(|(n, _)| *n == name) {
            if from != Place::NOWHERE && !known.1.contains(&from) {
                known.1.push(from);
            }
            return;
        }
        let mut places = smallvec::SmallVec::new();
        if from != Place::NOWHERE {
            places.push(from);
        }
        self.exported.push((name, places));
    }

    /// What `require` of this file gives, and its names.
    pub(super) fn module_members(&mut self) {
        for (name, places) in std::mem::take(&mut self.exported) {
            let binding = match places.as_slice() {
                [one] => match self.def_places.get(one) {
                    Some(&def) => {
                        self.b.def(def).flags.0 |= DefFlags::EXPORTED;
                        Binding::Def(def)
                    }
                    None => Binding::Place(*one),
                },
                many => {
                    let place = self.b.place();
                    for &one in many {
                        self.b.copy(place, one);
                    }
                    Binding::Place(place)
                }
            };
            if self.b.text(name) == "default" {
                self.seen_default = true;
            }
            self.b.member(DefId(0), name, binding, false);
        }
        let name = self.b.name("module.exports");
        let whole = match self.whole_exports.as_slice() {
            [] => Binding::Def(DefId(0)),
            [one] => match self.def_places.get(one) {
                Some(&def) => {
                    self.b.def(def).flags.0 |= DefFlags::EXPORTED;
                    Binding::Def(def)
                }
                None => Binding::Place(self.exports),
            },
            _ => Binding::Place(self.exports),
        };
        self.b.member(DefId(0), name, whole, false);
        if !self.is_module && !self.seen_default {
            let default = self.b.name("default");
            self.b.member(DefId(0), default, whole, false);
        }
    }
}
