//! The state of lowering one file, names and scopes, and the whole module.

use crate::facts::*;
use crate::lang::builder::{Bound, Builder, Scopes};
use crate::lang::ecma::kinds::{Fields, Grammar, K, grammar};
use crate::lang::ecma::suites::Suites;
use crate::lang::ecma::vars::{VarId, Vars};
use crate::lang::mentions;
use crate::lang::tokens::{TokenKinds, Tokens};
use ripple_schemas::NodeKind;
use ripple_schemas::kind::BlindKind;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::ops::Range;
use tree_sitter::{Node, Tree};

/// Children of a node.
pub(super) type Nodes<'t> = SmallVec<[Node<'t>; 8]>;

/// What an expression's value is directly assigned to, for the names of functions in it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hint {
    /// The definition under which it gets its name; the current one where there is none.
    pub(super) parent: Option<DefId>,
    /// The name, with the path from `parent`; none for a nameless function.
    pub(super) name: Option<Name>,
}

/// The function being read.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) def: DefId,
    /// What `this` is.
    pub(super) this: Place,
    /// The `arguments` object, once used.
    pub(super) arguments: Place,
    /// The function whose `arguments` are seen: an arrow function has none of its own.
    pub(super) arrow: bool,
    /// The promise or generator that a call yields; NOWHERE for a plain function.
    pub(super) outcome: Place,
    pub(super) is_async: bool,
    pub(super) is_generator: bool,
    /// The class in whose body it is written.
    pub(super) class: Option<DefId>,
    /// The parameter places of the handlers around the code being read.
    pub(super) handlers: Vec<Place>,
}

/// Lowers one file.
pub(super) struct Lower<'t> {
    pub(super) b: Builder,
    pub(super) src: &'t str,
    pub(super) grammar: &'static Grammar,
    pub(super) f: Fields,
    pub(super) tokens: Tokens,
    /// Names of types; those of values are in the builder's scopes, where variables are bound as
    /// places of the number of their [`VarId`].
    pub(super) types: Scopes,
    pub(super) vars: Vars,
    pub(super) frames: Vec<Frame>,
    /// Module-level variables and constants.
    pub(super) var_defs: FxHashMap<u32, DefId>,
    /// Variables bound to a member of a required module: the module and the member's name.
    pub(super) required_members: FxHashMap<u32, (Place, Name)>,
    /// Constants that hold a string.
    pub(super) const_text: FxHashMap<u32, Name>,
    /// Functions and classes whose definition was made when their scope was entered, by node.
    pub(super) hoisted: FxHashMap<usize, DefId>,
    /// Variables declared when their scope was entered, by the node of their name.
    pub(super) declared: FxHashMap<usize, VarId>,
    /// What `module.exports` holds.
    pub(super) exports: Place,
    /// True where the file has import or export statements.
    pub(super) is_module: bool,
    /// Values thrown anywhere in the file.
    pub(super) thrown: Place,
    pub(super) suites: Suites,
    /// Names that CommonJS exports, with all that is assigned to them.
    pub(super) exported: Vec<(Name, SmallVec<[Place; 2]>)>,
    /// What is assigned to `module.exports` itself.
    pub(super) whole_exports: Vec<Place>,
    /// Collects the keys of the object literal that is read next.
    pub(super) keys: Option<Vec<(Name, Place)>>,
    /// Decorators written before `export` of a class.
    pub(super) pending_decorators: Option<Vec<Node<'t>>>,
    /// The next method has decorators written before it: its own value goes through them.
    pub(super) decorated_next: bool,
    /// First line of the comment above the next member.
    pub(super) doc_line: Option<u32>,
    /// `require` calls that were read when their scope was entered.
    pub(super) required_early: FxHashSet<usize>,
    /// Definitions by their own places.
    pub(super) def_places: FxHashMap<Place, DefId>,
    /// Bodies that the module's own hash leaves out.
    pub(super) holes: Vec<Range<usize>>,
    pub(super) test_path: bool,
    /// Names assigned without being declared.
    pub(super) globals: FxHashMap<Name, Place>,
    /// Inside `declare`, or in a declaration file.
    pub(super) ambient: u32,
    /// CommonJS has an `exports.default`.
    pub(super) seen_default: bool,
}

/// Lowers a tree.
pub(super) fn lower(path: &str, source: &str, tree: &Tree) -> FileFacts {
    let grammar = grammar(&tree.language());
    let tokens = Tokens::new(
        tree,
        source,
        TokenKinds {
            skip: &grammar.skip,
            strings: &grammar.strings,
            ..TokenKinds::default()
        },
    );
    let lines = tree.root_node().end_position().row as u32 + 1;
    let mut lower = Lower {
        b: Builder::new(lines),
        src: source,
        grammar,
        f: grammar.fields,
        tokens,
        types: Scopes::default(),
        vars: Vars::default(),
        frames: Vec::new(),
        var_defs: FxHashMap::default(),
        required_members: FxHashMap::default(),
        const_text: FxHashMap::default(),
        hoisted: FxHashMap::default(),
        declared: FxHashMap::default(),
        exports: Place::NOWHERE,
        is_module: false,
        thrown: Place::NOWHERE,
        suites: Suites::default(),
        exported: Vec::new(),
        whole_exports: Vec::new(),
        keys: None,
        pending_decorators: None,
        decorated_next: false,
        doc_line: None,
        required_early: FxHashSet::default(),
        def_places: FxHashMap::default(),
        holes: Vec::new(),
        test_path: super::suites::is_test_path(path),
        ambient: 0,
        seen_default: false,
        globals: FxHashMap::default(),
    };
    if path.ends_with(".d.ts") || path.ends_with(".d.mts") || path.ends_with(".d.cts") {
        lower.ambient = 1;
    }
    lower.program(tree.root_node());
    mentions::collect(&mut lower.b, tree, source, &lower.tokens.strings);
    lower.b.finish()
}

impl<'t> Lower<'t> {
    fn program(&mut self, root: Node<'t>) {
        self.b.facts.names.reserve(64);
        let nodes = self.children(root);
        self.is_module = nodes
            .iter()
            .any(|&n| matches!(self.kind(n), K::ImportStatement | K::ExportStatement));
        self.exports = self.b.place();
        self.b.facts.flows.push(Flow::Value {
            to: self.exports,
            def: DefId(0),
        });
        self.thrown = self.b.place();
        let this = if self.is_module {
            Place::NOWHERE
        } else {
            self.exports
        };
        self.frames.push(Frame {
            def: DefId(0),
            this,
            arguments: Place::NOWHERE,
            arrow: true,
            outcome: Place::NOWHERE,
            is_async: false,
            is_generator: false,
            class: None,
            handlers: Vec::new(),
        });
        self.vars.enter();
        self.b.scopes.push(0);
        self.types.push(0);
        self.errors();
        self.hoist_vars(&nodes);
        self.hoist(&nodes);
        self.statements(&nodes);
        self.close_suite();
        self.module_members();
        self.b.scopes.pop();
        self.types.pop();
        self.vars.leave();
        let body = {
            self.holes
                .sort_by_key(|hole| (hole.start, std::cmp::Reverse(hole.end)));
            let mut holes: Vec<Range<usize>> = Vec::with_capacity(self.holes.len());
            for hole in self.holes.drain(..) {
                if holes.last().is_none_or(|last| last.end <= hole.start) {
                    holes.push(hole);
                }
            }
            self.tokens.hash_without(root.byte_range(), &holes)
        };
        self.b.def(DefId(0)).body = body;
    }

    fn errors(&mut self) {
        for error in std::mem::take(&mut self.tokens.errors) {
            let why = if error.missing {
                "missing token"
            } else {
                "syntax error"
            };
            self.b.blind(BlindKind::ParseError, error.line, why);
        }
    }

    // Reading the tree

    pub(super) fn kind(&self, node: Node<'t>) -> K {
        self.grammar.kind(node)
    }

    pub(super) fn text(&self, node: Node<'t>) -> &'t str {
        self.src.get(node.byte_range()).unwrap_or("")
    }

    pub(super) fn name_of(&mut self, node: Node<'t>) -> Name {
        let text = self.text(node);
        self.b.name(text)
    }

    pub(super) fn line(&self, node: Node<'t>) -> u32 {
        node.start_position().row as u32 + 1
    }

    /// First and last line; comments right above are counted by the caller.
    pub(super) fn lines(&self, node: Node<'t>) -> (u32, u32) {
        (self.line(node), node.end_position().row as u32 + 1)
    }

    pub(super) fn field(&self, node: Node<'t>, field: u16) -> Option<Node<'t>> {
        if field == 0 {
            return None;
        }
        node.child_by_field_id(field)
    }

    /// Named children, comments among them.
    pub(super) fn children(&self, node: Node<'t>) -> Nodes<'t> {
        let mut out = Nodes::new();
        let mut cursor = node.walk();
        if cursor.goto_first_child() {
            loop {
                let child = cursor.node();
                if child.is_named() {
                    out.push(child);
                }
                if !cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        out
    }

    /// The first named child that is no comment.
    pub(super) fn first(&self, node: Node<'t>) -> Option<Node<'t>> {
        let first = node.named_child(0)?;
        if self.kind(first) != K::Comment {
            return Some(first);
        }
        self.children(node)
            .into_iter()
            .find(|&n| self.kind(n) != K::Comment)
    }

    /// True where an unnamed token stands among the node's children before the field `until`.
    pub(super) fn has_token(&self, node: Node<'t>, token: &str) -> bool {
        let mut cursor = node.walk();
        if cursor.goto_first_child() {
            loop {
                let child = cursor.node();
                if !child.is_named() && child.kind() == token {
                    return true;
                }
                if !cursor.goto_next_sibling() {
                    break;
                }
            }
        }
        false
    }

    /// The text of a string literal, without quotes; escapes are only read where they are simple.
    pub(super) fn string_text(&self, node: Node<'t>) -> &'t str {
        let text = self.text(node);
        if text.len() >= 2 {
            &text[1..text.len() - 1]
        } else {
            ""
        }
    }

    // Frames

    pub(super) fn frame(&mut self) -> &mut Frame {
        let last = self.frames.len() - 1;
        // The module's frame is pushed first and never popped.
        &mut self.frames[last]
    }

    pub(super) fn this(&mut self) -> Place {
        self.frame().this
    }

    // Names

    /// What a name denotes here: its value's place.
    pub(super) fn read_name(&mut self, name: Name, line: u32, callee: bool) -> Place {
        match self.b.scopes.get(name) {
            Some(Bound::Place(var)) => {
                let id = VarId(var.0);
                if let Some(&def) = self.var_defs.get(&var.0) {
                    let of = self.b.place_of(def);
                    self.b.mention(of, line);
                } else if !callee && let Some(&(base, member)) = self.required_members.get(&var.0) {
                    self.b.load(base, Select::Field(member), line);
                }
                self.vars.read(&mut self.b, id)
            }
            Some(Bound::Def(def)) => {
                let place = self.b.place_of(def);
                if !callee {
                    self.b.mention(place, line);
                }
                place
            }
            Some(Bound::Import(import)) => {
                let place = self.b.imported(import);
                if !callee {
                    self.b.mention(place, line);
                }
                place
            }
            Some(Bound::Generic(_)) | None => self.unbound(name),
        }
    }

    fn unbound(&mut self, name: Name) -> Place {
        match self.b.text(name) {
            "undefined" | "NaN" | "Infinity" => Place::NOWHERE,
            "exports" => self.exports,
            "arguments" if self.frames.len() > 1 => self.arguments(),
            _ => self.b.free(name),
        }
    }

    /// The `arguments` object of the function around.
    fn arguments(&mut self) -> Place {
        let Some(at) = self.frames.iter().rposition(|frame| !frame.arrow) else {
            return Place::NOWHERE;
        };
        if self.frames[at].arguments != Place::NOWHERE {
            return self.frames[at].arguments;
        }
        let object = self.b.object("Array");
        let def = self.frames[at].def;
        self.frames[at].arguments = object;
        let params: SmallVec<[(Place, ParamKind); 4]> = self
            .b
            .def(def)
            .params
            .iter()
            .map(|p| (p.place, p.kind))
            .collect();
        let mut rest = false;
        for (index, (place, kind)) in params.into_iter().enumerate() {
            if kind == ParamKind::Rest {
                rest = true;
                let line = self.b.def(def).name_line;
                let element = self.b.load(place, Select::Element, line);
                self.b.store(object, Select::Element, element, line);
            } else {
                let line = self.b.def(def).name_line;
                let select = self.index(index);
                self.b.store(object, select, place, line);
            }
        }
        if !rest {
            let name = self.b.name("arguments");
            self.b.def(def).params.push(Param {
                name,
                place: object,
                kind: ParamKind::Rest,
                ty: None,
            });
        }
        object
    }

    /// The element at a constant index.
    pub(super) fn index(&mut self, index: usize) -> Select {
        const SMALL: [&str; 8] = ["[0]", "[1]", "[2]", "[3]", "[4]", "[5]", "[6]", "[7]"];
        match SMALL.get(index) {
            Some(text) => Select::Field(self.b.name(text)),
            None => Select::Field(self.b.name(&format!("[{index}]"))),
        }
    }

    pub(super) fn field_named(&mut self, text: &str) -> Select {
        Select::Field(self.b.name(text))
    }

    /// True where no scope of the file binds the name.
    pub(super) fn is_global(&mut self, text: &str) -> bool {
        let name = self.b.name(text);
        self.b.scopes.get(name).is_none()
    }

    /// Everything that may be in either place.
    pub(super) fn union(&mut self, one: Place, two: Place) -> Place {
        if one == Place::NOWHERE || one == two {
            return two;
        }
        if two == Place::NOWHERE {
            return one;
        }
        let place = self.b.place();
        self.b.copy(place, one);
        self.b.copy(place, two);
        place
    }

    /// A member of a hinted object: `a.b` under the hint's own parent.
    pub(super) fn member_hint(&mut self, hint: Hint, key: &str) -> Hint {
        let name = match hint.name {
            Some(prefix) if !self.b.text(prefix).is_empty() => {
                let joined = format!("{}.{key}", self.b.text(prefix));
                self.b.name(&joined)
            }
            _ => self.b.name(key),
        };
        Hint {
            parent: hint.parent,
            name: Some(name),
        }
    }

    /// A definition under a hint's parent, or the current one.
    pub(super) fn define(
        &mut self,
        kind: NodeKind,
        name: Name,
        parent: Option<DefId>,
        lines: (u32, u32),
        name_line: u32,
    ) -> DefId {
        let def = self.b.define(kind, name, lines, name_line);
        if let Some(parent) = parent {
            self.b.def(def).parent = parent;
        }
        let place = self.b.place_of(def);
        self.def_places.insert(place, def);
        def
    }

    /// Fills in the hashes: `whole` less `body` is what callers see.
    pub(super) fn hash(&mut self, def: DefId, whole: Range<usize>, body: Option<Range<usize>>) {
        let name = self.b.def(def).name;
        let text = twox_hash::XxHash3_64::oneshot(self.b.text(name).as_bytes());
        let signature = match &body {
            Some(body) => self.tokens.hash_without(whole, std::slice::from_ref(body)),
            None => self.tokens.hash(whole),
        };
        let body = body.map_or(0, |body| self.tokens.hash(body));
        let d = self.b.def(def);
        d.signature = signature ^ text.rotate_left(17);
        d.body = body;
    }
}
