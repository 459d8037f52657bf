//! Lowering one file: the state of the walk, its beginning and end, imports.
//!
//! Goes in: a tree. Comes out: facts. Fields are members named `.x`, since a class may have a method
//! and a field of one name; constructors are members named `<init>`.

use super::kinds::{K, Table};
use crate::facts::*;
use crate::lang::builder::{Bound, Builder, Scopes};
use crate::lang::tokens::{TokenKinds, Tokens};
use ripple_schemas::NodeKind;
use ripple_schemas::kind::BlindKind;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::ops::Range;
use tree_sitter::{Node, Tree};

/// Named children of a node, comments left out.
pub(super) type Kids<'t> = SmallVec<[Node<'t>; 8]>;

/// At most so many syntax errors are told of one file.
const MAX_ERRORS: usize = 20;

/// What is known of a class of this file.
#[derive(Debug, Default)]
pub(super) struct ClassInfo {
    /// Fields by name: the definition, and whether it is static.
    pub(super) fields: FxHashMap<Name, (DefId, bool)>,
    pub(super) methods: FxHashSet<Name>,
    /// All methods of a name, where each is private or each is static.
    pub(super) direct: FxHashMap<Name, Direct>,
    /// It has bases that may have more members.
    pub(super) has_bases: bool,
    /// It extends a class by name: its constructors call that one's.
    pub(super) extends: bool,
    pub(super) constructors: Vec<DefId>,
    /// Strings that constants of it hold.
    pub(super) texts: FxHashMap<Name, String>,
    /// Enum constants, in order.
    pub(super) constants: Vec<Place>,
    /// Components of a record.
    pub(super) components: Vec<Name>,
}

/// Methods of one name that nothing overrides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Direct {
    /// All static.
    Static,
    /// All private instance methods.
    Private(SmallVec<[DefId; 1]>),
    /// Neither.
    Mixed,
}

/// In which member of a class the walk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// Between members.
    Body,
    /// A static member.
    Static,
    /// An instance member; `this` is there.
    Instance(Place),
}

/// A class whose body is being read.
#[derive(Clone, Copy, Debug)]
pub(super) struct ClassFrame {
    pub(super) def: DefId,
    pub(super) inside: Inside,
    /// How many variable scopes were open when its body began.
    pub(super) scopes: usize,
    /// Some instance of it, as classes inside it see it; made when first needed.
    pub(super) outer_this: Place,
}

/// A local variable or parameter: its current version.
#[derive(Clone, Debug)]
pub(super) struct Var {
    pub(super) place: Place,
    pub(super) ty: Option<TypeId>,
    /// The primitive type it is declared with.
    pub(super) primitive: Option<&'static str>,
    /// How deep in branches it was declared.
    pub(super) depth: u32,
    /// The string it holds, where nothing else can be assigned.
    pub(super) text: Option<String>,
}

/// The function whose body is being read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Function {
    pub(super) ret: Place,
}

/// The walk over one file.
pub(super) struct Lowerer<'t> {
    pub(super) b: Builder,
    pub(super) t: &'static Table,
    pub(super) source: &'t str,
    /// A library model.
    pub(super) is_model: bool,
    pub(super) tokens: Tokens,
    pub(super) package: String,
    /// Names of types.
    pub(super) types: Scopes,
    pub(super) vars: Vec<Var>,
    pub(super) classes: Vec<ClassFrame>,
    pub(super) info: FxHashMap<DefId, ClassInfo>,
    /// Definitions by the node that makes them: type declarations, lambdas, anonymous classes.
    pub(super) made: FxHashMap<usize, DefId>,
    pub(super) function: Function,
    /// What the call being read has for `this`, where its callee was not looked up on it.
    pub(super) this_argument: Place,
    /// In an initialiser of the innermost class: functions in it are the class's.
    pub(super) initialising: bool,
    /// How many constructs around this one may not run, or run again.
    pub(super) depth: u32,
    /// Where `yield` and the arms of `switch` give their values.
    pub(super) yields: Vec<Place>,
    /// Classes from which all static members are imported.
    pub(super) static_stars: Vec<ImportId>,
    /// Static members imported by name.
    pub(super) static_names: FxHashMap<Name, SmallVec<[ImportId; 1]>>,
    /// Simple names of the imports, with their full names.
    pub(super) imported_names: FxHashMap<Name, String>,
    /// Qualified names written in place, with the import made for each.
    pub(super) qualified: FxHashMap<String, ImportId>,
    /// Methods outside any class.
    pub(super) top_methods: FxHashSet<Name>,
    pub(super) private_methods: FxHashSet<DefId>,
    pub(super) tests: super::testing::Tests,
}

/// Lowers a tree.
pub(super) fn lower(path: &str, source: &str, tree: &Tree) -> FileFacts {
    let t = Table::get();
    let kinds = TokenKinds {
        skip: &t.comments,
        opaque: &t.opaque,
        closed: &[],
        ..TokenKinds::default()
    };
    let mut lowerer = Lowerer {
        b: Builder::new(source.lines().count().max(1) as u32),
        t,
        source,
        is_model: !path.ends_with(".java"),
        tokens: Tokens::new(tree, source, kinds),
        package: String::new(),
        types: Scopes::default(),
        vars: Vec::new(),
        classes: Vec::new(),
        info: FxHashMap::default(),
        made: FxHashMap::default(),
        function: Function {
            ret: Place::NOWHERE,
        },
        this_argument: Place::NOWHERE,
        initialising: false,
        depth: 0,
        yields: Vec::new(),
        static_stars: Vec::new(),
        static_names: FxHashMap::default(),
        imported_names: FxHashMap::default(),
        qualified: FxHashMap::default(),
        top_methods: FxHashSet::default(),
        private_methods: FxHashSet::default(),
        tests: super::testing::Tests::default(),
    };
    lowerer.file(tree.root_node());
    lowerer.b.finish()
}

impl<'t> Lowerer<'t> {
    fn file(&mut self, root: Node<'t>) {
        self.types.push(0);
        self.b.scopes.push(0);
        let kids = self.kids(root);
        for &node in &kids {
            if self.kind(node) == K::Package {
                let name = self
                    .kids(node)
                    .into_iter()
                    .rfind(|&n| matches!(self.kind(n), K::Identifier | K::ScopedIdentifier));
                self.package = name.map_or(String::new(), |n| dotted(self.text(n)));
            }
        }
        if !self.is_model {
            let package = self.b.name(&self.package.clone());
            self.b
                .import(package, Imported::Star, 1, ImportKind::Implicit);
        }
        for &node in &kids {
            if self.kind(node) == K::Import {
                self.import(node);
            }
        }
        self.declare_types(&kids);
        for &node in &kids {
            if self.kind(node) == K::Method {
                let name = self.field_name(node, self.t.fields.name);
                self.top_methods.insert(name);
            }
        }
        for &node in &kids {
            match self.kind(node) {
                K::Method => self.top_method(node),
                k if k.is_type_declaration() => {
                    if let Some(&def) = self.made.get(&node.id()) {
                        self.class(node, def);
                    }
                }
                K::Package | K::Import => {}
                _ => self.statement(node),
            }
        }
        self.errors();
        let holes: Vec<Range<usize>> = kids
            .iter()
            .filter(|&&n| self.kind(n).is_type_declaration())
            .map(|n| n.byte_range())
            .collect();
        let body = self.hash_without(root.byte_range(), &holes);
        self.b.def(DefId(0)).body = body;
    }

    /// An import declaration.
    fn import(&mut self, node: Node<'t>) {
        let line = line(node);
        let text = self.text(node);
        let is_static = text
            .trim_start()
            .strip_prefix("import")
            .is_some_and(|rest| rest.trim_start().starts_with("static "));
        let mut name = None;
        let mut star = false;
        for kid in self.kids(node) {
            match self.kind(kid) {
                K::Identifier | K::ScopedIdentifier => name = Some(dotted(self.text(kid))),
                K::Asterisk => star = true,
                _ => {}
            }
        }
        let Some(name) = name else { return };
        let simple = name.rsplit('.').next().unwrap_or(&name).to_owned();
        match (is_static, star) {
            (false, false) => {
                let module = self.b.name(&name);
                let id = self
                    .b
                    .import(module, Imported::Module, line, ImportKind::Static);
                let simple = self.b.name(&simple);
                self.types.bind(simple, Bound::Import(id));
                self.imported_names.insert(simple, name);
            }
            (false, true) => {
                let module = self.b.name(&name);
                self.b
                    .import(module, Imported::Star, line, ImportKind::Static);
            }
            (true, true) => {
                let module = self.b.name(&name);
                let id = self
                    .b
                    .import(module, Imported::Module, line, ImportKind::Static);
                self.static_stars.push(id);
                // Nested classes come along.
                self.b
                    .import(module, Imported::Star, line, ImportKind::Optional);
            }
            (true, false) => {
                let Some((class, _)) = name.rsplit_once('.') else {
                    return;
                };
                let module = self.b.name(class);
                let id = self
                    .b
                    .import(module, Imported::Module, line, ImportKind::Static);
                let simple = self.b.name(&simple);
                self.static_names.entry(simple).or_default().push(id);
            }
        }
    }

    /// The import that stands for a qualified name written in place.
    pub(super) fn qualified_import(&mut self, name: &str, line: u32, kind: ImportKind) -> ImportId {
        if let Some(&known) = self.qualified.get(name) {
            return known;
        }
        let module = self.b.name(name);
        let id = self.b.import(module, Imported::Module, line, kind);
        // It is nobody's scope.
        self.b.facts.imports[id.0 as usize].within = DefId(0);
        self.qualified.insert(name.to_owned(), id);
        id
    }

    fn errors(&mut self) {
        let errors: Vec<(u32, &str)> = self
            .tokens
            .errors
            .iter()
            .take(MAX_ERRORS)
            .map(|e| {
                let why = if e.missing {
                    "something is missing here"
                } else {
                    "syntax error"
                };
                (e.line, why)
            })
            .collect();
        for (line, why) in errors {
            self.b.blind(BlindKind::ParseError, line, why);
        }
    }

    // ---- reading the tree ---------------------------------------------------------------------

    pub(super) fn kind(&self, node: Node<'_>) -> K {
        self.t.kind(node)
    }

    pub(super) fn text(&self, node: Node<'_>) -> &'t str {
        &self.source[node.byte_range()]
    }

    pub(super) fn name_of(&mut self, node: Node<'_>) -> Name {
        let text = self.text(node);
        self.b.name(text)
    }

    pub(super) fn kids(&self, node: Node<'t>) -> Kids<'t> {
        let mut cursor = node.walk();
        node.named_children(&mut cursor)
            .filter(|&n| !self.kind(n).is_comment())
            .collect()
    }

    pub(super) fn field(&self, node: Node<'t>, field: u16) -> Option<Node<'t>> {
        node.child_by_field_id(field)
    }

    pub(super) fn field_name(&mut self, node: Node<'t>, field: u16) -> Name {
        let text = self.field(node, field).map_or("", |n| self.text(n));
        self.b.name(text)
    }

    /// The member name of a field: `.x`.
    pub(super) fn dot(&mut self, name: Name) -> Name {
        let text = format!(".{}", self.b.text(name));
        self.b.name(&text)
    }

    /// The modifiers of a declaration as written, annotations left out, and its annotations.
    pub(super) fn modifiers(&self, node: Node<'t>) -> (SmallVec<[&'t str; 4]>, Kids<'t>) {
        let (mut words, mut annotations) = (SmallVec::new(), Kids::new());
        let mut cursor = node.walk();
        for kid in node.children(&mut cursor) {
            if self.kind(kid) != K::Modifiers {
                continue;
            }
            let mut inner = kid.walk();
            for modifier in kid.children(&mut inner) {
                if self.kind(modifier).is_annotation() {
                    annotations.push(modifier);
                } else if !self.kind(modifier).is_comment() {
                    words.push(self.text(modifier));
                }
            }
        }
        (words, annotations)
    }

    /// Lines of a definition: the comment above it is part of it.
    pub(super) fn lines(&self, node: Node<'t>) -> (u32, u32) {
        let mut first = line(node);
        if let Some(before) = node.prev_sibling()
            && self.kind(before).is_comment()
            && before.end_position().row as u32 + 2 >= first
            && (before.prev_sibling())
                .is_none_or(|p| p.end_position().row < before.start_position().row)
        {
            first = line(before);
        }
        (first, node.end_position().row as u32 + 1)
    }

    /// The hash of a range without some parts of it.
    pub(super) fn hash_without(&self, range: Range<usize>, holes: &[Range<usize>]) -> u64 {
        let mut parts: Vec<Range<usize>> = Vec::with_capacity(holes.len() + 1);
        let mut at = range.start;
        for hole in holes {
            if hole.start >= at {
                parts.push(at..hole.start);
                at = hole.end;
            }
        }
        parts.push(at..range.end);
        self.tokens.hash_all(parts)
    }

    /// A definition of kind and name at a node.
    pub(super) fn define(
        &mut self,
        kind: NodeKind,
        name: Name,
        node: Node<'t>,
        at: Node<'t>,
    ) -> DefId {
        let lines = self.lines(node);
        self.b.define(kind, name, lines, line(at))
    }
}

/// The line of a node, from 1.
pub(super) fn line(node: Node<'_>) -> u32 {
    node.start_position().row as u32 + 1
}

/// A qualified name without the layout inside it.
pub(super) fn dotted(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}
