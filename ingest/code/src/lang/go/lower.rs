//! Lowering a Go file: the state of one run, names and scopes, the entry point.
//!
//! Goes in: a tree and its source. Comes out: the file's facts. Declarations, types, statements
//! and expressions are read in the sibling modules, all as methods of [`Lower`].

use super::grammar::{Grammar, Kind, children, grammar};
use crate::facts::*;
use crate::lang::builder::{Bound, Builder};
use crate::lang::tokens::{TokenKinds, Tokens};
use ripple_schemas::kind::BlindKind;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::ops::Range;
use tree_sitter::{Node, Tree};

/// Nesting deeper than this is not read.
pub(super) const MAX_DEPTH: u32 = 200;
/// The member that holds what a value of a named type was converted from.
pub(super) const CONVERTED: &str = "()";
/// The member that holds the keys of a map, and what a channel carries.
pub(super) const KEY: &str = "__key";
/// The member of a pointer to a variable.
pub(super) const POINTED: &str = "*";
/// The specifier of the package that a file is in, and of an external test package.
pub(super) const PACKAGE: &str = ".";
pub(super) const TEST_PACKAGE: &str = "._test";

/// What opened a lexical scope.
pub(super) mod tag {
    pub(in super::super) const BLOCK: u32 = 0;
    pub(in super::super) const FUNCTION: u32 = 1;
    pub(in super::super) const FILE: u32 = 2;
}

/// The function whose body is being read.
#[derive(Clone, Debug, Default)]
pub(super) struct Fun {
    /// One place a result.
    pub(super) results: SmallVec<[Place; 2]>,
    /// Names of results, which are never told apart by assignment.
    pub(super) named: SmallVec<[Name; 2]>,
}

/// The state of one run.
pub(super) struct Lower<'t> {
    pub(super) b: Builder,
    pub(super) g: &'static Grammar,
    pub(super) src: &'t str,
    pub(super) tokens: Tokens,
    pub(super) depth: u32,
    /// This file is a library model.
    pub(super) model: bool,
    /// The file's name ends in `_test.go`.
    pub(super) test_file: bool,
    /// The import of the package this file is in.
    pub(super) package: Option<ImportId>,
    /// What gives its name to methods of a type of another file.
    pub(super) holders: FxHashMap<Name, DefId>,
    /// The type expressions of this file's named types.
    pub(super) underlying: FxHashMap<DefId, Node<'t>>,
    /// The initialisers of this file's constants and variables.
    pub(super) initial: FxHashMap<DefId, Node<'t>>,
    pub(super) fun: Fun,
    /// Names that closures of the function being read use, or whose address is taken.
    pub(super) shared: FxHashSet<&'t str>,
    /// Variables whose address is worth a place of its own, with their types.
    pub(super) cells: FxHashMap<Place, TypeId>,
    /// Places that hold a struct or an array, with its type, not a pointer to one.
    pub(super) values: FxHashMap<Place, Node<'t>>,
    /// Holds nil.
    pub(super) nil: Place,
    /// Ranges of definitions, left out of the module's hash.
    pub(super) holes: Vec<Range<usize>>,
    /// The title of the test around, for subtests.
    pub(super) test: Option<String>,
}

/// Lowers one file.
pub(super) fn lower(path: &str, source: &str, tree: &Tree) -> FileFacts {
    let g = grammar();
    let tokens = Tokens::new(
        tree,
        source,
        TokenKinds {
            skip: &g.comments,
            opaque: &g.opaque,
            ..TokenKinds::default()
        },
    );
    let mut lower = Lower {
        b: Builder::new(source.lines().count() as u32),
        g,
        src: source,
        tokens,
        depth: 0,
        model: !path.ends_with(".go"),
        test_file: path.ends_with("_test.go"),
        package: None,
        holders: FxHashMap::default(),
        underlying: FxHashMap::default(),
        initial: FxHashMap::default(),
        fun: Fun::default(),
        shared: FxHashSet::default(),
        cells: FxHashMap::default(),
        values: FxHashMap::default(),
        nil: Place::NOWHERE,
        holes: Vec::new(),
        test: None,
    };
    lower.file(tree.root_node());
    lower.b.finish()
}

impl<'t> Lower<'t> {
    fn file(&mut self, root: Node<'t>) {
        self.b.scopes.push(tag::FILE);
        for error in std::mem::take(&mut self.tokens.errors) {
            let why = if error.missing {
                "syntax error: a token is missing"
            } else {
                "syntax error"
            };
            self.b.blind(BlindKind::ParseError, error.line, why);
        }
        self.b.facts.blind.dedup_by_key(|blind| blind.line);
        let mut flags = DefFlags::EXPORTED;
        if self.test_file {
            flags |= DefFlags::TEST_ONLY;
        }
        self.b.def(DefId(0)).flags = DefFlags(flags);
        self.own_package(root);
        self.declarations(root);
        self.b.scopes.pop();
        let mut holes = std::mem::take(&mut self.holes);
        holes.sort_by_key(|hole| (hole.start, std::cmp::Reverse(hole.end)));
        let mut end = 0;
        holes.retain(|hole| {
            let apart = hole.start >= end;
            if apart {
                end = hole.end;
            }
            apart
        });
        let body = self.tokens.hash_without(0..self.src.len(), &holes);
        self.b.def(DefId(0)).body = body;
    }

    /// All files of a package see one another's names.
    fn own_package(&mut self, root: Node<'t>) {
        if self.model {
            return;
        }
        let clause = children(root)
            .into_iter()
            .find(|&n| self.kind(n) == Kind::PackageClause);
        let (line, name) = match clause.and_then(|c| c.named_child(0)) {
            Some(name) => (self.line(name), self.text(name)),
            None => (1, ""),
        };
        let outside = self.test_file && name.ends_with("_test");
        let specifier = self.b.name(if outside { TEST_PACKAGE } else { PACKAGE });
        let id = self
            .b
            .import(specifier, Imported::Star, line, ImportKind::Implicit);
        self.package = Some(id);
    }

    // Text, lines, hashes

    pub(super) fn kind(&self, node: Node<'_>) -> Kind {
        self.g.kind(node)
    }

    pub(super) fn field(&self, node: Node<'t>, field: u16) -> Option<Node<'t>> {
        node.child_by_field_id(field)
    }

    pub(super) fn text(&self, node: Node<'_>) -> &'t str {
        self.src.get(node.byte_range()).unwrap_or("")
    }

    pub(super) fn name(&mut self, node: Node<'_>) -> Name {
        let text = self.text(node);
        self.b.name(text)
    }

    pub(super) fn line(&self, node: Node<'_>) -> u32 {
        node.start_position().row as u32 + 1
    }

    pub(super) fn end_line(&self, node: Node<'_>) -> u32 {
        node.end_position().row as u32 + 1
    }

    /// The lines of a definition with the comment right above it.
    pub(super) fn lines(&self, node: Node<'_>) -> (u32, u32) {
        let mut first = self.line(node);
        let mut at = node;
        while let Some(before) = at.prev_sibling() {
            if self.kind(before) != Kind::Comment || self.end_line(before) + 1 != first {
                break;
            }
            first = self.line(before);
            at = before;
        }
        (first, self.end_line(node))
    }

    // Names

    /// The n-th element: `[n]`.
    pub(super) fn index(&mut self, n: usize) -> Name {
        self.b.name(&format!("[{n}]"))
    }

    /// The n-th of several results: `#n`.
    pub(super) fn nth(&mut self, n: usize) -> Select {
        let name = self.b.name(&format!("#{n}"));
        Select::Field(name)
    }

    pub(super) fn member_named(&mut self, text: &str) -> Select {
        let name = self.b.name(text);
        Select::Field(name)
    }

    pub(super) fn lookup(&mut self, text: &str) -> Option<Bound> {
        let name = self.b.name(text);
        self.b.scopes.get(name)
    }

    /// A name bound elsewhere in the package, or by the language.
    pub(super) fn free_path(&mut self, text: &str, rest: &[Name]) -> Path {
        let name = self.b.name(text);
        Path {
            head: Head::Free(name, DefId(0)),
            rest: rest.to_vec(),
        }
    }

    /// A type of the models by its name, with arguments.
    pub(super) fn builtin(&mut self, class: &str, args: Vec<TypeId>) -> TypeId {
        let path = self.free_path(class, &[]);
        self.b.ty(Type::Named(path, args))
    }

    /// Runs a part of the reading one level deeper; gives up with a blind spot when it is too deep.
    pub(super) fn deeper<T: Default>(&mut self, line: u32, read: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= MAX_DEPTH {
            let last = self.b.facts.blind.last();
            if last.is_none_or(|blind| blind.kind != BlindKind::Limit) {
                self.b.blind(BlindKind::Limit, line, "nested too deeply");
            }
            return T::default();
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// The text between the quotes of a string literal without escapes.
    pub(super) fn unquoted(&self, node: Node<'_>) -> Option<&'t str> {
        let text = self.text(node);
        let inner = text.get(1..text.len().checked_sub(1)?)?;
        let plain = self.kind(node) == Kind::RawString || !inner.contains('\\');
        plain.then_some(inner)
    }
}

/// Whether a name can be seen from other packages.
pub(super) fn exported(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_uppercase)
}
