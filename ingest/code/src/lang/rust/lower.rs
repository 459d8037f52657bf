//! Lowering a Rust file: the state of one run, names and scopes, the entry point.
//!
//! Goes in: a tree and its source. Comes out: the file's facts. Items, types, patterns, expressions
//! and macros are read in the sibling modules, all as methods of [`Lower`].

use super::grammar::{Grammar, Kind, grammar};
use super::items::Attrs;
use crate::facts::*;
use crate::lang::builder::{Bound, Builder};
use crate::lang::tokens::{TokenKinds, Tokens};
use ripple_schemas::kind::BlindKind;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::ops::Range;
use std::rc::Rc;
use tree_sitter::{Node, Tree};
use twox_hash::XxHash3_64;

/// Expressions, patterns and types nested deeper than this are not read.
pub(super) const MAX_DEPTH: u32 = 200;

/// What opened a lexical scope.
pub(super) mod tag {
    /// A block, an arm, an impl: names around it are seen.
    pub(in super::super) const BLOCK: u32 = 0;
    /// A function item: variables around it are not seen, items are.
    pub(in super::super) const FUNCTION: u32 = 1;
    /// A module: nothing around it is seen.
    pub(in super::super) const MODULE: u32 = 2;
    /// A module that says `use super::*`: everything around it is seen.
    pub(in super::super) const MODULE_OF_SUPER: u32 = 3;
}

/// What `Self` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SelfType {
    None,
    /// The type an impl is for.
    Impl(TypeId),
    /// The implementor of a trait.
    Trait(DefId),
}

/// What a constructor of this file looks like.
#[derive(Clone, Debug)]
pub(super) enum Shape {
    /// A struct or union.
    Struct,
    /// An enum with the names of its variants.
    Enum(Vec<Name>),
}

/// The function whose body is being read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Body {
    /// What `return` flows into.
    pub(super) ret: Place,
    /// The declared type of what is returned.
    pub(super) ty: Option<TypeId>,
    /// True inside `async`/closures where `ty` is not what `return` gives.
    pub(super) closure: bool,
}

/// The state of one run.
pub(super) struct Lower {
    pub(super) b: Builder,
    pub(super) g: &'static Grammar,
    /// The text that nodes point into: the file, or a macro's arguments while they are read.
    pub(super) src: Rc<str>,
    /// Added to a node's row.
    pub(super) line_base: u32,
    /// Hashes of the file; not of macro arguments.
    tokens: Tokens,
    /// How many macros deep `src` is.
    pub(super) nested: u32,
    /// How many nodes deep the reading is.
    pub(super) depth: u32,
    /// This file is a library model.
    pub(super) model: bool,
    pub(super) test_only: bool,
    pub(super) has_doctests: bool,
    /// The innermost module.
    pub(super) module: DefId,
    /// Inline modules around the place being read, as in the source.
    pub(super) inline: Vec<Name>,
    /// The innermost module or a function around has a glob import.
    pub(super) globs: bool,
    /// Enums of this file whose variants a glob import brings in.
    pub(super) glob_enums: Vec<DefId>,
    /// Enums elsewhere whose variants a glob import brings in, by their path's import.
    pub(super) glob_foreign: Option<Name>,
    pub(super) self_type: SelfType,
    pub(super) body: Body,
    /// Labels and results of the loops and blocks around.
    pub(super) loops: Vec<(Option<Box<str>>, Place)>,
    pub(super) shapes: FxHashMap<DefId, Shape>,
    /// Declared types of the fields of this file's structs.
    pub(super) field_types: FxHashMap<(DefId, Name), TypeId>,
    /// Synthesised imports of modules (`crate`, `super`, `serde_json`) by specifier and module.
    paths: FxHashMap<(Name, DefId), ImportId>,
    /// One place a file for the literals of each primitive type.
    literals: FxHashMap<&'static str, Place>,
    /// `Circle` and `0` to `Circle.0`.
    payloads: FxHashMap<(Name, Name), Name>,
    /// `total` to `.total`.
    fields: FxHashMap<Name, Name>,
    /// Definitions and imports of the same name in the same scope, of which `cfg` picks one.
    pub(super) twins: FxHashMap<Bound, smallvec::SmallVec<[Bound; 1]>>,
    /// Type parameters of an impl that stand for those of its type.
    pub(super) aliases: FxHashMap<(DefId, Name), (DefId, Name)>,
    /// Names under which impls of types from elsewhere hang their methods.
    pub(super) holders: FxHashMap<(DefId, Name), DefId>,
    /// Ranges of definitions, left out of the module's hash.
    pub(super) holes: Vec<Range<usize>>,
    /// Left and right sides of the rules of this file's macros that make tests.
    pub(super) macro_rules: FxHashMap<DefId, Rc<Vec<(String, String)>>>,
    pub(super) parser: Option<tree_sitter::Parser>,
    pub(super) indexes: Vec<Name>,
}

/// Lowers one file. `model` is true for library stubs.
pub(super) fn lower(path: &str, source: &str, tree: &Tree, model: bool) -> FileFacts {
    let g = grammar();
    let tokens = Tokens::new(
        tree,
        source,
        TokenKinds {
            skip: &g.comments,
            ..TokenKinds::default()
        },
    );
    let lines = source.lines().count() as u32;
    let mut b = Builder::new(lines);
    let indexes = (0..8).map(|i| b.name(&format!("[{i}]"))).collect();
    let mut lower = Lower {
        b,
        g,
        src: source.into(),
        line_base: 1,
        tokens,
        nested: 0,
        depth: 0,
        model,
        test_only: !model && test_path(path),
        has_doctests: !model && source.contains("```"),
        module: DefId(0),
        inline: Vec::new(),
        globs: false,
        glob_enums: Vec::new(),
        glob_foreign: None,
        self_type: SelfType::None,
        body: Body::default(),
        loops: Vec::new(),
        shapes: FxHashMap::default(),
        field_types: FxHashMap::default(),
        paths: FxHashMap::default(),
        literals: FxHashMap::default(),
        payloads: FxHashMap::default(),
        fields: FxHashMap::default(),
        twins: FxHashMap::default(),
        aliases: FxHashMap::default(),
        holders: FxHashMap::default(),
        holes: Vec::new(),
        macro_rules: FxHashMap::default(),
        parser: None,
        indexes,
    };
    lower.file(tree.root_node());
    lower.b.finish()
}

/// Files that cargo only compiles for tests, benchmarks and examples.
fn test_path(path: &str) -> bool {
    let mut parts: SmallVec<[&str; 8]> = path.split('/').collect();
    let name = parts.pop().unwrap_or("");
    matches!(name, "tests.rs" | "test.rs")
        || parts
            .iter()
            .any(|part| matches!(*part, "tests" | "benches" | "examples"))
}

impl Lower {
    fn file(&mut self, root: Node<'_>) {
        self.b.scopes.push(tag::MODULE);
        for error in std::mem::take(&mut self.tokens.errors) {
            let why = if error.missing {
                "syntax error: a token is missing"
            } else {
                "syntax error"
            };
            self.b.blind(BlindKind::ParseError, error.line, why);
        }
        self.b.facts.blind.dedup_by_key(|blind| blind.line);
        let flags = if self.test_only {
            DefFlags::TEST_ONLY
        } else {
            0
        };
        self.b.def(DefId(0)).flags = DefFlags(flags | DefFlags::EXPORTED);
        self.module_items(root, &Attrs::default());
        self.b.scopes.pop();
        self.holes
            .sort_by_key(|hole| (hole.start, std::cmp::Reverse(hole.end)));
        let mut end = 0;
        let mut holes = std::mem::take(&mut self.holes);
        holes.retain(|hole| {
            let apart = hole.start >= end;
            if apart {
                end = hole.end;
            }
            apart
        });
        let body = self.tokens.hash_without(0..self.src.len(), &holes);
        self.b.def(DefId(0)).body = body;
        self.drop_shadowed_members();
    }

    /// A trait's method that an inherent one of the same type hides keeps only its `Trait::name`.
    fn drop_shadowed_members(&mut self) {
        let facts = &mut self.b.facts;
        let owner = |member: &Member, types: &[Type]| match &member.owner {
            MemberOwner::Def(def) => Some((def.0, u32::MAX)),
            MemberOwner::Type(ty) => match &types[ty.0 as usize] {
                Type::Named(
                    Path {
                        head: Head::Import(id),
                        rest,
                    },
                    _,
                ) if rest.is_empty() => Some((u32::MAX, id.0)),
                _ => None,
            },
        };
        let of_trait = |member: &Member, defs: &[Def]| match member.binding {
            Binding::Def(def) => {
                let def = &defs[def.0 as usize];
                (def.kind != ripple_schemas::NodeKind::Field).then_some(def.disambiguator.is_some())
            }
            _ => None,
        };
        let mut inherent = rustc_hash::FxHashSet::default();
        let mut any_trait = false;
        for member in &facts.members {
            match of_trait(member, &facts.defs) {
                Some(false) if member.instance => {
                    if let Some(owner) = owner(member, &facts.types) {
                        inherent.insert((owner, member.name));
                    }
                }
                Some(true) => any_trait = true,
                _ => {}
            }
        }
        if !any_trait || inherent.is_empty() {
            return;
        }
        let (defs, types) = (&facts.defs, &facts.types);
        facts.members.retain(|member| {
            of_trait(member, defs) != Some(true)
                || owner(member, types)
                    .is_none_or(|owner| !inherent.contains(&(owner, member.name)))
        });
    }

    // Text, lines, hashes

    pub(super) fn kind(&self, node: Node<'_>) -> Kind {
        self.g.kind(node)
    }

    pub(super) fn field<'t>(&self, node: Node<'t>, field: u16) -> Option<Node<'t>> {
        node.child_by_field_id(field)
    }

    pub(super) fn text(&self, node: Node<'_>) -> &str {
        self.src.get(node.byte_range()).unwrap_or("")
    }

    /// The name a node spells, without `r#`.
    pub(super) fn name(&mut self, node: Node<'_>) -> Name {
        let text = self.src.get(node.byte_range()).unwrap_or("");
        self.b.name(text.strip_prefix("r#").unwrap_or(text))
    }

    pub(super) fn line(&self, node: Node<'_>) -> u32 {
        node.start_position().row as u32 + self.line_base
    }

    pub(super) fn end_line(&self, node: Node<'_>) -> u32 {
        node.end_position().row as u32 + self.line_base
    }

    /// Hash of the tokens in a range of the current text.
    pub(super) fn hash(&self, range: Range<usize>) -> u64 {
        if self.nested == 0 {
            self.tokens.hash(range)
        } else {
            XxHash3_64::oneshot(self.src.get(range).unwrap_or("").as_bytes())
        }
    }

    /// Hash of a range without the parts in `holes`.
    pub(super) fn hash_without(&self, range: Range<usize>, holes: &[Range<usize>]) -> u64 {
        if self.nested == 0 {
            self.tokens.hash_without(range, holes)
        } else {
            self.hash(range)
        }
    }

    /// The member name of the n-th field of a tuple: `[n]`.
    pub(super) fn index(&mut self, n: usize) -> Name {
        match self.indexes.get(n) {
            Some(&name) => name,
            None => self.b.name(&format!("[{n}]")),
        }
    }

    /// The member name of a variant's field, as a member of its enum: `Circle.0`.
    pub(super) fn payload(&mut self, variant: Name, field: Name) -> Name {
        if let Some(&name) = self.payloads.get(&(variant, field)) {
            return name;
        }
        let text = format!("{}.{}", self.b.text(variant), self.b.text(field));
        let name = self.b.name(&text);
        self.payloads.insert((variant, field), name);
        name
    }

    /// The member name of a named field: fields and methods are told apart by a dot in front.
    pub(super) fn field_member(&mut self, name: Name) -> Name {
        if let Some(&member) = self.fields.get(&name) {
            return member;
        }
        let text = format!(".{}", self.b.text(name));
        let member = self.b.name(&text);
        self.fields.insert(name, member);
        member
    }

    /// The place that holds literals of a primitive type.
    pub(super) fn literal(&mut self, class: &'static str) -> Place {
        if self.model {
            // A place that several models share would tie their uses together.
            let (to, name) = (self.b.place(), self.b.name(class));
            let ty = self.free_type(name, Vec::new());
            self.b.typed(to, ty, false, 0);
            return to;
        }
        if let Some(&place) = self.literals.get(class) {
            return place;
        }
        let place = self.b.object(class);
        self.literals.insert(class, place);
        place
    }

    // Names

    /// Binds an item; another of the same name beside it is its twin, since only `cfg` allows that.
    pub(super) fn bind_item(&mut self, name: Name, bound: Bound) {
        let same = |a: Bound, b: Bound| match (a, b) {
            (Bound::Def(a), Bound::Def(b)) => {
                self.b.facts.defs[a.0 as usize].kind == self.b.facts.defs[b.0 as usize].kind
            }
            (Bound::Import(_), Bound::Import(_)) => true,
            _ => false,
        };
        if let Some(other) = self
            .b
            .scopes
            .get_here(name)
            .filter(|&other| same(other, bound))
        {
            let mut twins = self.twins.get(&other).cloned().unwrap_or_default();
            twins.push(other);
            self.twins.insert(bound, twins);
        }
        self.b.scopes.bind(name, bound);
    }

    /// The place of a definition, or one that holds it and its twins.
    pub(super) fn place_of_all(&mut self, def: DefId) -> Place {
        let place = self.b.place_of(def);
        let Some(twins) = self.twins.get(&Bound::Def(def)).cloned() else {
            return place;
        };
        let all = self.b.place();
        self.b.copy(all, place);
        for twin in twins {
            if let Bound::Def(def) = twin {
                let place = self.b.place_of(def);
                self.b.copy(all, place);
            }
        }
        all
    }

    /// What a name is bound to in the scopes around, by Rust's rules: items do not see the
    /// variables around them, modules see nothing around them.
    pub(super) fn lookup(&self, name: Name) -> Option<Bound> {
        let (mut function, mut module) = (usize::MAX, usize::MAX);
        for (index, open) in self.b.scopes.tags().enumerate() {
            match open {
                tag::FUNCTION => function = index,
                tag::MODULE => module = index,
                tag::MODULE_OF_SUPER => {}
                _ => {}
            }
        }
        self.b
            .scopes
            .all(name)
            .take_while(|&(scope, _, _)| module == usize::MAX || scope >= module)
            .find(|&(scope, _, bound)| {
                !matches!(bound, Bound::Place(_)) || function == usize::MAX || scope >= function
            })
            .map(|(_, _, bound)| bound)
    }

    /// An import of a whole module that no `use` names: `crate`, `super`, an extern crate, the enum
    /// of an imported variant.
    pub(super) fn module_import(
        &mut self,
        specifier: Name,
        line: u32,
        kind: ImportKind,
    ) -> ImportId {
        let key = (specifier, self.module);
        if let Some(&id) = self.paths.get(&key) {
            return id;
        }
        self.b.enter(self.module);
        let id = self.b.import(specifier, Imported::Module, line, kind);
        self.b.leave();
        self.paths.insert(key, id);
        id
    }

    /// Runs a part of the reading one level deeper; gives up with a blind spot when it is too deep.
    pub(super) fn deeper<T: Default>(&mut self, line: u32, read: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= MAX_DEPTH {
            if self
                .b
                .facts
                .blind
                .last()
                .is_none_or(|blind| blind.kind != BlindKind::Limit)
            {
                self.b.blind(BlindKind::Limit, line, "nested too deeply");
            }
            return T::default();
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }
}

/// Whether a name is written as types and variants are: `Cart`, `T`, not `cart`, not `MAX`.
pub(super) fn camel(text: &str) -> bool {
    let mut chars = text.chars();
    chars.next().is_some_and(char::is_uppercase)
        && (text.len() == 1 || text.chars().any(char::is_lowercase))
}

/// Whether a name is written as constants are: `MAX`, `MAX_LEN`.
pub(super) fn shouting(text: &str) -> bool {
    text.len() > 1 && text.starts_with(char::is_uppercase) && !text.chars().any(char::is_lowercase)
}
