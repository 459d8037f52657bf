//! What a scope declares, bound before any of it is read.

use crate::facts::*;
use crate::lang::builder::Bound;
use crate::lang::ecma::kinds::K;
use crate::lang::ecma::lower::{Lower, Nodes};
use crate::lang::ecma::vars::VarId;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// Declares the `var`s of a function, however deep in its statements.
    pub(super) fn hoist_vars(&mut self, nodes: &[Node<'t>]) {
        for &node in nodes {
            self.hoist_var(node);
        }
    }

    pub(super) fn hoist_var(&mut self, node: Node<'t>) {
        match self.kind(node) {
            K::VariableDeclaration => {
                for declarator in self.children(node) {
                    if self.kind(declarator) == K::VariableDeclarator
                        && let Some(name) = self.field(declarator, self.f.name)
                    {
                        self.declare_pattern(name, false, Some(declarator));
                    }
                }
            }
            K::ForInStatement => {
                let kind = self.field(node, self.f.kind);
                if kind.is_some_and(|k| self.text(k) == "var")
                    && let Some(left) = self.field(node, self.f.left)
                {
                    self.declare_pattern(left, false, None);
                }
                if let Some(body) = self.field(node, self.f.body) {
                    self.hoist_var(body);
                }
            }
            K::IfStatement
            | K::ForStatement
            | K::WhileStatement
            | K::DoStatement
            | K::TryStatement
            | K::CatchClause
            | K::FinallyClause
            | K::ElseClause
            | K::LabeledStatement
            | K::WithStatement
            | K::StatementBlock
            | K::SwitchStatement
            | K::SwitchCase
            | K::SwitchDefault
            | K::ExportStatement => {
                for child in self.children(node) {
                    self.hoist_var(child);
                }
            }
            K::Other if node.kind() == "switch_body" => {
                for child in self.children(node) {
                    self.hoist_var(child);
                }
            }
            _ => {}
        }
    }

    /// Declares the `let`s, constants, functions, classes, types and imports of a block.
    pub(super) fn hoist(&mut self, nodes: &[Node<'t>]) {
        let mut doc: Option<(u32, u32)> = None;
        for &node in nodes {
            let lines = self.lines(node);
            if self.kind(node) == K::Comment {
                let first = match doc {
                    Some((first, last)) if last + 1 >= lines.0 => first,
                    _ => lines.0,
                };
                doc = Some((first, lines.1));
                continue;
            }
            let first = match doc.take() {
                Some((first, last)) if last + 1 >= lines.0 => first,
                _ => lines.0,
            };
            self.hoist_one(node, (first, lines.1), false);
        }
    }

    fn hoist_one(&mut self, node: Node<'t>, lines: (u32, u32), exported: bool) {
        let flags = if exported { DefFlags::EXPORTED } else { 0 };
        match self.kind(node) {
            K::FunctionDeclaration | K::GeneratorFunctionDeclaration | K::FunctionSignature => {
                let Some(name_node) = self.field(node, self.f.name) else {
                    return;
                };
                let name = self.name_of(name_node);
                let signature = self.kind(node) == K::FunctionSignature;
                if let Some(Bound::Def(known)) = self.b.scopes.get_here(name) {
                    let d = self.b.def(known);
                    if d.kind == NodeKind::Function && d.flags.has(DefFlags::ABSTRACT) {
                        // Overload signatures are one function with their implementation.
                        if !signature {
                            d.flags.0 &= !DefFlags::ABSTRACT;
                            d.lines.1 = lines.1;
                            d.name_line = name_node.start_position().row as u32 + 1;
                        }
                        self.hoisted.insert(node.id(), known);
                        return;
                    }
                    if signature {
                        return;
                    }
                }
                let line = self.line(name_node);
                let def = self.define(NodeKind::Function, name, None, lines, line);
                self.b.value(def);
                let abstract_flag = if signature { DefFlags::ABSTRACT } else { 0 };
                self.b.def(def).flags.0 |= flags | abstract_flag;
                self.hoisted.insert(node.id(), def);
                // A namespace may have the name already: the function is what is called.
                self.b.scopes.bind(name, Bound::Def(def));
            }
            K::ClassDeclaration | K::AbstractClassDeclaration => {
                let Some(name_node) = self.field(node, self.f.name) else {
                    return;
                };
                let name = self.name_of(name_node);
                let line = self.line(name_node);
                let def = self.define(NodeKind::Class, name, None, lines, line);
                self.b.def(def).flags.0 |= flags;
                self.hoisted.insert(node.id(), def);
                self.b.scopes.bind(name, Bound::Def(def));
                self.bind_type(name, def);
            }
            K::EnumDeclaration => {
                let Some(name_node) = self.field(node, self.f.name) else {
                    return;
                };
                let name = self.name_of(name_node);
                let def = match self.b.scopes.get_here(name) {
                    Some(Bound::Def(known)) if self.b.def(known).kind == NodeKind::Type => known,
                    _ => {
                        let line = self.line(name_node);
                        let def = self.define(NodeKind::Type, name, None, lines, line);
                        self.b.value(def);
                        self.b.scopes.bind(name, Bound::Def(def));
                        self.bind_type(name, def);
                        def
                    }
                };
                self.b.def(def).flags.0 |= flags;
                self.hoisted.insert(node.id(), def);
            }
            K::InterfaceDeclaration | K::TypeAliasDeclaration => {
                let Some(name_node) = self.field(node, self.f.name) else {
                    return;
                };
                let name = self.name_of(name_node);
                let interface = self.kind(node) == K::InterfaceDeclaration;
                if interface && let Some(Bound::Def(known)) = self.types.get_here(name) {
                    // Declarations of one interface merge, also with a class.
                    self.hoisted.insert(node.id(), known);
                    return;
                }
                let kind = if interface {
                    NodeKind::Interface
                } else {
                    NodeKind::Type
                };
                let line = self.line(name_node);
                let def = self.define(kind, name, None, lines, line);
                self.b.value(def);
                self.b.def(def).flags.0 |= flags;
                self.hoisted.insert(node.id(), def);
                self.bind_type(name, def);
            }
            K::InternalModule | K::Module => self.hoist_namespace(node, lines, flags),
            K::LexicalDeclaration | K::UsingDeclaration => {
                let constant = self
                    .field(node, self.f.kind)
                    .is_none_or(|k| self.text(k) != "let");
                for declarator in self.children(node) {
                    if self.kind(declarator) != K::VariableDeclarator {
                        continue;
                    }
                    let Some(name) = self.field(declarator, self.f.name) else {
                        continue;
                    };
                    if constant && self.hoist_named_value(name, declarator, lines, flags) {
                        continue;
                    }
                    self.declare_pattern(name, constant, Some(declarator));
                }
            }
            K::ExpressionStatement => {
                // `namespace A {}` is an expression in this grammar.
                if let Some(inner) = self.first(node)
                    && self.kind(inner) == K::InternalModule
                {
                    self.hoist_namespace(inner, lines, flags);
                }
            }
            K::ExportStatement => {
                if let Some(declaration) = self.field(node, self.f.declaration) {
                    self.hoist_one(declaration, lines, true);
                } else if let Some(value) = self.field(node, self.f.value) {
                    self.hoist_default(value, lines);
                }
            }
            K::AmbientDeclaration => {
                self.ambient += 1;
                for child in self.children(node) {
                    if self.kind(child) == K::StatementBlock {
                        let inner = self.children(child);
                        self.hoist_vars(&inner);
                        self.hoist(&inner);
                    } else {
                        self.hoist_var(child);
                        self.hoist_one(child, lines, exported);
                    }
                }
                self.ambient -= 1;
            }
            K::ImportStatement => self.import_statement(node),
            K::ImportAlias => self.import_alias(node),
            _ => {}
        }
    }

    fn hoist_namespace(&mut self, node: Node<'t>, lines: (u32, u32), flags: u32) {
        let Some(name_node) = self.field(node, self.f.name) else {
            return;
        };
        if self.kind(name_node) == K::String {
            return;
        }
        // `namespace A.B` is B in A; the outer one is found by its first name.
        let text = self.text(name_node);
        let mut parent: Option<DefId> = None;
        for part in text.split('.') {
            let name = self.b.name(part.trim());
            let known = match parent {
                None => match self.b.scopes.get_here(name) {
                    Some(Bound::Def(known)) => Some(known),
                    _ => None,
                },
                Some(_) => None,
            };
            // Merging with a class, function or enum: members go to that definition.
            let def = match known {
                Some(known) => known,
                None => {
                    let line = self.line(name_node);
                    let def = self.define(NodeKind::Module, name, parent, lines, line);
                    self.b.value(def);
                    self.b.def(def).flags.0 |= flags;
                    match parent {
                        None => {
                            self.b.scopes.bind(name, Bound::Def(def));
                            self.bind_type(name, def);
                        }
                        Some(parent) => self.b.member(parent, name, Binding::Def(def), false),
                    }
                    def
                }
            };
            parent = Some(def);
        }
        if let Some(def) = parent {
            self.hoisted.insert(node.id(), def);
        }
    }

    pub(super) fn bind_type(&mut self, name: Name, def: DefId) {
        self.types.bind(name, Bound::Def(def));
    }

    /// `const f = () => …` and `const C = class …` define a function and a class.
    fn hoist_named_value(
        &mut self,
        name_node: Node<'t>,
        declarator: Node<'t>,
        lines: (u32, u32),
        flags: u32,
    ) -> bool {
        if self.kind(name_node) != K::Identifier {
            return false;
        }
        let Some(value) = self.field(declarator, self.f.value) else {
            return false;
        };
        if let Some(source) = self.required(value) {
            let line = self.line(value);
            let import = self.require_import(source, line, ImportKind::Dynamic);
            let name = self.name_of(name_node);
            self.b.scopes.bind(name, Bound::Import(import));
            self.required_early.insert(value.id());
            return true;
        }
        let Some((value, kind)) = self.named_value(value) else {
            return false;
        };
        let name = self.name_of(name_node);
        let line = self.line(name_node);
        // A function expression keeps a name of its own.
        let own = match self.kind(value) {
            K::FunctionExpression | K::GeneratorFunction => self.field(value, self.f.name),
            _ => None,
        };
        let own = own.map_or(name, |own| self.name_of(own));
        let def = self.define(kind, own, None, lines, line);
        self.b.def(def).flags.0 |= flags;
        if kind == NodeKind::Function {
            self.b.value(def);
        } else {
            self.bind_type(name, def);
        }
        self.hoisted.insert(value.id(), def);
        self.b.scopes.bind(name, Bound::Def(def));
        true
    }

    /// The function or class that an expression is, through parentheses and type assertions.
    pub(super) fn named_value(&self, node: Node<'t>) -> Option<(Node<'t>, NodeKind)> {
        match self.kind(node) {
            K::ArrowFunction | K::FunctionExpression | K::GeneratorFunction => {
                Some((node, NodeKind::Function))
            }
            K::Class => Some((node, NodeKind::Class)),
            K::ParenthesizedExpression | K::AsExpression | K::SatisfiesExpression => {
                self.named_value(self.first(node)?)
            }
            _ => None,
        }
    }

    fn hoist_default(&mut self, value: Node<'t>, lines: (u32, u32)) {
        let (text, kind) = match self.kind(value) {
            K::FunctionExpression | K::GeneratorFunction => ("default", NodeKind::Function),
            K::ArrowFunction => ("default", NodeKind::Function),
            K::Class => ("default", NodeKind::Class),
            _ => return,
        };
        let named = self.field(value, self.f.name);
        let name = match named {
            Some(node) => self.name_of(node),
            None => self.b.name(text),
        };
        let line = self.line(named.unwrap_or(value));
        let def = self.define(kind, name, None, lines, line);
        self.b.def(def).flags.0 |= DefFlags::EXPORTED;
        if kind == NodeKind::Function {
            self.b.value(def);
        }
        if named.is_some() {
            self.b.scopes.bind(name, Bound::Def(def));
            if kind == NodeKind::Class {
                self.bind_type(name, def);
            }
        }
        self.hoisted.insert(value.id(), def);
    }

    /// True where the code being read is a module's or namespace's own.
    pub(super) fn at_module_level(&mut self) -> bool {
        let current = self.b.current();
        self.b.def(current).kind == NodeKind::Module
    }

    /// Declares every name of a pattern.
    pub(super) fn declare_pattern(
        &mut self,
        pattern: Node<'t>,
        constant: bool,
        declarator: Option<Node<'t>>,
    ) {
        match self.kind(pattern) {
            K::Identifier | K::ShorthandPropertyIdentifierPattern => {
                self.declare_name(pattern, constant, declarator);
            }
            K::PairPattern => {
                if let Some(value) = self.field(pattern, self.f.value) {
                    self.declare_pattern(value, constant, declarator);
                }
            }
            K::AssignmentPattern | K::ObjectAssignmentPattern => {
                if let Some(left) = self.field(pattern, self.f.left) {
                    self.declare_pattern(left, constant, declarator);
                }
            }
            K::ObjectPattern | K::ArrayPattern | K::RestPattern => {
                let children: Nodes<'t> = self.children(pattern);
                for child in children {
                    self.declare_pattern(child, constant, declarator);
                }
            }
            _ => {}
        }
    }

    fn declare_name(&mut self, node: Node<'t>, constant: bool, declarator: Option<Node<'t>>) {
        let name = self.name_of(node);
        if let Some(Bound::Place(known)) = self.b.scopes.get_here(name) {
            // `var x` twice is one variable.
            self.declared.insert(node.id(), VarId(known.0));
            return;
        }
        if matches!(self.b.scopes.get_here(name), Some(Bound::Def(_))) && !constant {
            return;
        }
        let scope = self.b.scopes.depth();
        let value = declarator.and_then(|d| self.field(d, self.f.value));
        let plain = match value {
            Some(value) => !self.is_import_call(value) && self.named_value(value).is_none(),
            None => true,
        };
        let is_def = self.at_module_level() && scope <= self.module_depth() && plain;
        let (all, def) = if is_def {
            let kind = if constant {
                NodeKind::Constant
            } else {
                NodeKind::Variable
            };
            let whole = declarator.unwrap_or(node);
            let (lines, line) = (self.lines(whole), self.line(node));
            let def = self.define(kind, name, None, lines, line);
            let body = value.map(|v| v.byte_range());
            self.hash(def, whole.byte_range(), body);
            (self.b.place_of(def), Some(def))
        } else {
            (Place::NOWHERE, None)
        };
        let var = self.vars.declare(&mut self.b, all, constant);
        if let Some(def) = def {
            self.var_defs.insert(var.0, def);
        }
        self.declared.insert(node.id(), var);
        self.b.scopes.bind(name, Bound::Place(Place(var.0)));
    }

    /// How many scopes are open at the top of the module or namespace being read.
    fn module_depth(&mut self) -> usize {
        let mut depth = 1;
        let mut at = self.b.current();
        while at != DefId(0) {
            depth += 1;
            at = self.b.def(at).parent;
        }
        depth
    }
}
