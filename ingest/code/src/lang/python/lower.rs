//! Lowering one file: the state of the walk, and its beginning and end.

use super::call::Prefixed;
use super::kinds::{K, Table};
use super::scope::{Change, Loop, Scope, ScopeId, ScopeKind, Var, What};
use super::types::LateType;
use crate::facts::*;
use crate::lang::builder::Builder;
use crate::lang::mentions;
use crate::lang::tokens::{TokenKinds, Tokens};
use ripple_schemas::kind::BlindKind;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::ops::Range;
use tree_sitter::{Node, Tree, TreeCursor};

/// Named children of a node, comments left out.
pub(super) type Kids<'t> = SmallVec<[Node<'t>; 8]>;

/// At most so many syntax errors are told of one file.
const MAX_ERRORS: usize = 20;

/// The walk over one file.
pub(super) struct Lowerer<'t> {
    pub(super) b: Builder,
    pub(super) t: &'static Table,
    pub(super) source: &'t str,
    pub(super) path: &'t str,
    /// A library model, whose path is a module name.
    pub(super) is_model: bool,
    pub(super) tokens: Tokens,
    cursor: TreeCursor<'t>,
    pub(super) scopes: Vec<Scope>,
    pub(super) scope: ScopeId,
    pub(super) vars: Vec<Var<'t>>,
    pub(super) log: Vec<Change>,
    pub(super) loops: Vec<Loop>,
    /// How many statements around this one may not run.
    pub(super) branch: u32,
    /// How many `try` and `if` are around this statement.
    pub(super) optional: u32,
    /// Inside `if TYPE_CHECKING`.
    pub(super) type_only: bool,
    /// The variable whose initial value is being read.
    pub(super) initialised: Option<DefId>,
    /// What decorators and defaults of the function being defined mention at the top of the file.
    pub(super) outside: Option<Vec<(Place, u32)>>,
    /// Names that some `global` or `nonlocal` statement of the file mentions.
    pub(super) globals: FxHashSet<Name>,
    pub(super) nonlocals: FxHashSet<Name>,
    queue: VecDeque<Job<'t>>,
    pub(super) function: Function,
    /// Strings known to be all that a place holds.
    pub(super) texts: FxHashMap<Place, Name>,
    /// Constants of the module that are indices.
    pub(super) indices: FxHashMap<Place, usize>,
    /// All that `raise` raises in this file.
    pub(super) raised: Place,
    /// `getattr(base, "prefix" + …)`, resolved once all methods of the file are known.
    pub(super) prefixed: Vec<Prefixed<'t>>,
    /// Parameters of functions: callers outside the repository may give them anything.
    pub(super) params: FxHashSet<Place>,
    pub(super) late_types: Vec<LateType<'t>>,
    pub(super) late_ids: FxHashMap<(ScopeId, &'t str), TypeId>,
    /// Fields by class and name.
    pub(super) fields: FxHashMap<(DefId, Name), DefId>,
    pub(super) classes: FxHashMap<DefId, super::class::ClassInfo<'t>>,
    /// Parts left out of the hash of a definition, by definition.
    pub(super) holes: FxHashMap<DefId, Vec<Range<usize>>>,
    pub(super) fixtures: super::pytest::Fixtures,
}

/// A body to be lowered once the scope around it has ended.
pub(super) struct Job<'t> {
    pub(super) def: DefId,
    pub(super) scope: ScopeId,
    pub(super) body: Node<'t>,
    pub(super) expression: bool,
    pub(super) fixture: bool,
}

/// The function whose body is being lowered.
#[derive(Debug, Default)]
pub(super) struct Function {
    pub(super) def: Option<DefId>,
    /// What a call of it yields where it is a generator.
    pub(super) generator: Option<Place>,
    pub(super) returns: Vec<(Place, u32)>,
    /// A fixture's `yield` gives the fixture's value.
    pub(super) fixture: bool,
}

/// Lowers one file.
pub(super) fn lower(path: &str, source: &str, tree: &Tree) -> FileFacts {
    if swallows(tree)
        && let Some((readable, tree, lines)) = salvage(source)
    {
        return lower_tree(path, &readable, &tree, &lines);
    }
    lower_tree(path, source, tree, &[])
}

fn lower_tree(path: &str, source: &str, tree: &Tree, broken: &[u32]) -> FileFacts {
    let t = Table::get();
    let lines = source.lines().count().max(1) as u32;
    let kinds = TokenKinds {
        skip: &t.comment,
        opaque: &t.opaque,
        closed: &t.block,
        strings: &t.strings,
    };
    let mut lowerer = Lowerer {
        b: Builder::new(lines),
        t,
        source,
        path,
        is_model: super::is_model(path),
        tokens: Tokens::new(tree, source, kinds),
        cursor: tree.walk(),
        scopes: Vec::new(),
        scope: 0,
        vars: Vec::new(),
        log: Vec::new(),
        loops: Vec::new(),
        branch: 0,
        optional: 0,
        type_only: false,
        initialised: None,
        outside: None,
        globals: FxHashSet::default(),
        nonlocals: FxHashSet::default(),
        queue: VecDeque::new(),
        function: Function::default(),
        texts: FxHashMap::default(),
        indices: FxHashMap::default(),
        raised: Place::NOWHERE,
        prefixed: Vec::new(),
        params: FxHashSet::default(),
        late_types: Vec::new(),
        late_ids: FxHashMap::default(),
        fields: FxHashMap::default(),
        classes: FxHashMap::default(),
        holes: FxHashMap::default(),
        fixtures: super::pytest::Fixtures::new(path),
    };
    for &line in broken.iter().take(MAX_ERRORS) {
        lowerer.b.blind(BlindKind::ParseError, line, "syntax error");
    }
    lowerer.run(tree.root_node());
    if !lowerer.is_model {
        mentions::collect(&mut lowerer.b, tree, source, &lowerer.tokens.strings);
    }
    lowerer.b.finish()
}

/// True where an error at the top level may have swallowed whole statements.
fn swallows(tree: &Tree) -> bool {
    let root = tree.root_node();
    root.has_error()
        && (root.is_error()
            || root
                .children(&mut tree.walk())
                .any(|child| child.is_error()))
}

/// Where the grammar gave up on a whole file: parses each top-level statement alone, and blanks
/// those that are broken. Gives the readable text, its tree and the lines where the others start.
fn salvage(source: &str) -> Option<(String, Tree, Vec<u32>)> {
    let mut parser = tree_sitter::Parser::new();
    parser
        .set_language(&tree_sitter_python::LANGUAGE.into())
        .ok()?;
    let mut readable = String::with_capacity(source.len());
    let mut broken = Vec::new();
    let mut chunk = String::new();
    let (mut first, mut line) = (1u32, 0u32);
    let mut decorated = false;
    let mut end = |chunk: &mut String, first: u32, readable: &mut String| -> Option<()> {
        if chunk.is_empty() {
            return Some(());
        }
        if parser.parse(chunk.as_str(), None)?.root_node().has_error() {
            broken.push(first);
            readable.extend(chunk.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        } else {
            readable.push_str(chunk);
        }
        chunk.clear();
        Some(())
    };
    for text in source.split_inclusive('\n') {
        line += 1;
        let starts = text.starts_with(|c: char| c == '@' || c == '_' || c.is_alphabetic())
            && !["else", "elif", "except", "finally"]
                .iter()
                .any(|k| text.starts_with(k));
        if starts && !decorated {
            end(&mut chunk, first, &mut readable)?;
            first = line;
        }
        decorated = text.starts_with('@') || decorated && text.trim().is_empty();
        chunk.push_str(text);
    }
    end(&mut chunk, first, &mut readable)?;
    let tree = parser.parse(readable.as_str(), None)?;
    (!swallows(&tree)).then_some((readable, tree, broken))
}

impl<'t> Lowerer<'t> {
    fn run(&mut self, root: Node<'t>) {
        self.globals = self.declared("global");
        self.nonlocals = self.declared("nonlocal");
        self.syntax_errors();
        let module = self.open_scope(ScopeKind::Module, DefId(0));
        self.scope = module;
        self.special_names();
        self.block(root);
        self.lazy_names(root);
        self.end_namespace(module, DefId(0));
        self.queue_loop();
        self.prefixed_members();
        self.late_types();
        self.resolve_pending();
        self.end_fixtures();
        let holes = self.holes.remove(&DefId(0)).unwrap_or_default();
        let hash = self.tokens.hash_without(0..self.source.len() + 1, &holes);
        self.b.def(DefId(0)).body = hash;
        self.b.def(DefId(0)).flags.0 |= DefFlags::EXPORTED;
    }

    fn queue_loop(&mut self) {
        while let Some(job) = self.queue.pop_front() {
            self.log.clear();
            self.loops.clear();
            self.branch = 0;
            self.optional = 0;
            self.type_only = false;
            self.initialised = None;
            self.scope = job.scope;
            self.function = Function {
                def: Some(job.def),
                fixture: job.fixture,
                ..Function::default()
            };
            self.b.enter(job.def);
            self.begin_test(job.def, job.scope);
            if job.expression {
                let value = self.expr(job.body);
                let line = line_of(job.body);
                self.function.returns.push((value, line));
            } else {
                self.block(job.body);
            }
            self.end_function(job.def);
            self.b.leave();
        }
    }

    pub(super) fn later(&mut self, job: Job<'t>) {
        self.queue.push_back(job);
    }

    fn end_function(&mut self, def: DefId) {
        let ret = self.b.def(def).ret;
        let function = std::mem::take(&mut self.function);
        match function.generator {
            Some(generator) if !function.fixture => {
                self.b.def(def).flags.0 |= DefFlags::GENERATOR;
                self.b.copy(ret, generator);
                let name = self.b.name("__returned__");
                for (value, line) in function.returns {
                    if value != Place::NOWHERE {
                        self.b.store(generator, Select::Field(name), value, line);
                    }
                }
            }
            _ => {
                for (value, _) in function.returns {
                    self.b.copy(ret, value);
                }
            }
        }
    }

    /// Names after `global` or `nonlocal` anywhere in the file: which variables functions inside
    /// assign must be known before those functions are read.
    fn declared(&mut self, keyword: &str) -> FxHashSet<Name> {
        let mut names = FxHashSet::default();
        let mut rest = self.source;
        while let Some(at) = rest.find(keyword) {
            let boundary =
                at == 0 || matches!(rest.as_bytes()[at - 1], b' ' | b'\t' | b'\n' | b';' | b':');
            rest = &rest[at + keyword.len()..];
            if !boundary || !rest.starts_with([' ', '\t', '\\']) {
                continue;
            }
            let line = rest.split(['\n', '#', ';']).next().unwrap_or("");
            for name in line.split(',').map(str::trim) {
                if !name.is_empty() && name.chars().all(|c| c == '_' || c.is_alphanumeric()) {
                    names.insert(self.b.name(name));
                }
            }
        }
        names
    }

    fn syntax_errors(&mut self) {
        for error in std::mem::take(&mut self.tokens.errors)
            .iter()
            .take(MAX_ERRORS)
        {
            self.b
                .blind(BlindKind::ParseError, error.line, "syntax error");
        }
    }

    /// `__name__` and `__file__` are strings in every module.
    fn special_names(&mut self) {
        let module = self.b.name("__name__");
        let place = self.b.object("str");
        self.bind(module, place, What::Value);
    }

    // Reading the tree

    /// Named children without comments.
    pub(super) fn kids(&mut self, node: Node<'t>) -> Kids<'t> {
        let mut kids = Kids::new();
        self.cursor.reset(node);
        if self.cursor.goto_first_child() {
            loop {
                let child = self.cursor.node();
                if child.is_named() && !child.is_extra() {
                    kids.push(child);
                }
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        kids
    }

    /// Children in the given field.
    pub(super) fn in_field(&mut self, node: Node<'t>, field: u16) -> Kids<'t> {
        let mut kids = Kids::new();
        self.cursor.reset(node);
        if self.cursor.goto_first_child() {
            loop {
                if self.cursor.field_id().is_some_and(|f| f.get() == field) {
                    let child = self.cursor.node();
                    if child.is_named() {
                        kids.push(child);
                    }
                }
                if !self.cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        kids
    }

    pub(super) fn field(&self, node: Node<'t>, field: u16) -> Option<Node<'t>> {
        node.child_by_field_id(field)
    }

    pub(super) fn kind(&self, node: Node<'t>) -> K {
        self.t.kind(node)
    }

    pub(super) fn text(&self, node: Node<'t>) -> &'t str {
        self.source.get(node.byte_range()).unwrap_or("")
    }

    pub(super) fn intern(&mut self, node: Node<'t>) -> Name {
        let text = self.text(node);
        self.b.name(text)
    }

    /// True where the node starts with the keyword `async`.
    pub(super) fn is_async(&self, node: Node<'t>) -> bool {
        node.child(0).is_some_and(|c| c.kind() == "async")
    }

    pub(super) fn is_global_scope(&self) -> bool {
        self.scopes[self.scope].kind == ScopeKind::Module
    }
}

/// The first line of a node, counted from 1.
pub(super) fn line_of(node: Node<'_>) -> u32 {
    node.start_position().row as u32 + 1
}

/// The last line of a node, counted from 1.
pub(super) fn last_line(node: Node<'_>) -> u32 {
    let end = node.end_position();
    let row = if end.column == 0 && end.row > node.start_position().row {
        end.row - 1
    } else {
        end.row
    };
    row as u32 + 1
}
