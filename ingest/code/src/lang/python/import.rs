//! Imports.

use super::kinds::K;
use super::lower::{Lowerer, line_of};
use super::scope::What;
use crate::facts::*;
use tree_sitter::Node;

impl<'t> Lowerer<'t> {
    fn import_kind(&self) -> ImportKind {
        if self.type_only {
            ImportKind::TypeOnly
        } else if self.optional > 0 {
            ImportKind::Optional
        } else {
            ImportKind::Static
        }
    }

    pub(super) fn import_statement(&mut self, node: Node<'t>) {
        let f = &self.t.fields;
        let kind = self.import_kind();
        for child in self.in_field(node, f.name) {
            let line = line_of(child);
            let (path, alias) = match self.kind(child) {
                K::AliasedImport => (self.field(child, f.name), self.field(child, f.alias)),
                _ => (Some(child), None),
            };
            let Some(path) = path else { continue };
            let path = self.dotted_text(path);
            if let Some(alias) = alias {
                let module = self.b.name(&path);
                let import = self.b.import(module, Imported::Module, line, kind);
                let name = self.intern(alias);
                self.bind_import(name, import);
                continue;
            }
            self.import_dotted(&path, line, kind);
        }
    }

    /// A module that gives names on demand by a `__getattr__` of its own (PEP 562) says in a table
    /// where they are: `{"Cart": ".cart"}`, `{"cart": ["Cart", "total"]}`.
    pub(super) fn lazy_names(&mut self, root: Node<'t>) {
        if !self.source.contains("def __getattr__") {
            return;
        }
        let f = &self.t.fields;
        for statement in self.kids(root) {
            let Some(assignment) = statement
                .named_child(0)
                .filter(|_| self.kind(statement) == K::ExprStatement)
                .filter(|&n| self.kind(n) == K::Assignment)
            else {
                continue;
            };
            let Some(table) = self
                .field(assignment, f.right)
                .filter(|&n| self.kind(n) == K::Dict)
            else {
                continue;
            };
            for pair in self.kids(table) {
                let (Some(key), Some(value)) = (self.field(pair, f.key), self.field(pair, f.value))
                else {
                    continue;
                };
                let line = line_of(pair);
                let Some(key) = self.constant_string(key) else {
                    continue;
                };
                if let Some(module) = self.constant_string(value) {
                    self.lazy_name(key, module, line);
                } else if matches!(self.kind(value), K::List | K::Tuple | K::Set) {
                    for name in self.kids(value) {
                        if let Some(name) = self.constant_string(name) {
                            self.lazy_name(name, key, line);
                        }
                    }
                }
            }
        }
    }

    fn lazy_name(&mut self, name: &str, module: &str, line: u32) {
        let module = module.split(':').next().unwrap_or(module);
        let word = |text: &str| {
            !text.is_empty()
                && text
                    .chars()
                    .all(|c| c.is_alphanumeric() || c == '_' || c == '.')
        };
        if !word(name) || name.contains('.') || !word(module) {
            return;
        }
        let head = module.split('.').next().unwrap_or(module);
        let whole = module.contains('.') && self.path.split('/').any(|part| part == head);
        let module = match module.starts_with('.') || whole {
            true => self.b.name(module),
            false => self.b.name(&format!(".{module}")),
        };
        let name = self.b.name(name);
        let import = self
            .b
            .import(module, Imported::Name(name), line, ImportKind::Optional);
        self.b
            .member(DefId(0), name, Binding::Import(import), false);
    }

    /// `import a.b.c` binds `a`, and makes `b` a member of it and `c` of that.
    fn import_dotted(&mut self, path: &str, line: u32, kind: ImportKind) {
        let head = path.split('.').next().unwrap_or(path);
        let module = self.b.name(head);
        let import = self.b.import(module, Imported::Module, line, kind);
        let mut parent = self.b.imported(import);
        if head.len() == path.len() {
            self.bind_import(module, import);
            return;
        }
        // A second `import a.c` adds to what the first one bound.
        let earlier = match self.scopes[self.scope].vars.get(&module) {
            Some(&var) => match self.vars[var].history.last() {
                Some(entry) if matches!(entry.what, What::Import(_)) => entry.place,
                _ => Place::NOWHERE,
            },
            None => Place::NOWHERE,
        };
        // Where `a` is a namespace package there is no file behind it: an object stands for it.
        let class = self.b.name("module");
        self.b.facts.flows.push(Flow::Object { to: parent, class });
        self.b.copy(parent, earlier);
        self.bind_import(module, import);
        let mut end = head.len();
        while end < path.len() {
            let next = path[end + 1..]
                .find('.')
                .map_or(path.len(), |at| end + 1 + at);
            let module = self.b.name(&path[..next]);
            let import = self.b.import(module, Imported::Module, line, kind);
            let place = self.b.imported(import);
            if next < path.len() {
                let class = self.b.name("module");
                self.b.facts.flows.push(Flow::Object { to: place, class });
            }
            let member = self.b.name(&path[end + 1..next]);
            self.b.store(parent, Select::Field(member), place, line);
            parent = place;
            end = next;
        }
    }

    pub(super) fn import_from(&mut self, node: Node<'t>) {
        let f = &self.t.fields;
        let kind = self.import_kind();
        let Some(module) = self.field(node, f.module_name) else {
            return;
        };
        let specifier = self.dotted_text(module);
        let module = self.b.name(&specifier);
        let line = line_of(node);
        if self.kids(node).iter().any(|&k| self.kind(k) == K::Wildcard) {
            let import = self.b.import(module, Imported::Star, line, kind);
            if self.is_global_scope() {
                let star = self.b.name("*");
                self.b
                    .member(DefId(0), star, Binding::Import(import), false);
            }
            return;
        }
        for child in self.in_field(node, f.name) {
            let (path, alias) = match self.kind(child) {
                K::AliasedImport => (self.field(child, f.name), self.field(child, f.alias)),
                _ => (Some(child), None),
            };
            let Some(path) = path else { continue };
            let text = self.dotted_text(path);
            let name = self.b.name(&text);
            let import = self
                .b
                .import(module, Imported::Name(name), line_of(child), kind);
            let bound = alias.map_or(name, |a| self.intern(a));
            self.bind_import(bound, import);
        }
    }

    fn bind_import(&mut self, name: Name, import: ImportId) {
        let place = self.b.imported(import);
        self.bind_in(self.scope, name, place, What::Import(import));
    }

    /// A dotted name without the white space it may be written with.
    fn dotted_text(&self, node: Node<'t>) -> String {
        self.text(node)
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '\\')
            .collect()
    }
}
