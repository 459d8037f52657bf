//! What every lowering needs: interning, places, the pushing of facts, lexical scopes.
//!
//! Goes in: what a language read off its tree. Comes out: a [`FileFacts`].
//! Plain data with small functions; it knows no syntax, and a language may leave any part unused.
//! Token hashes live in [`tokens`](crate::lang::tokens).

use crate::facts::*;
use ripple_schemas::NodeKind;
use ripple_schemas::kind::BlindKind;
use rustc_hash::{FxHashMap, FxHasher};
use std::hash::{Hash, Hasher};

/// How many bytes of a callee's text are kept for messages.
const MAX_TEXT: usize = 60;

/// Facts under construction.
#[derive(Debug)]
pub struct Builder {
    /// What has been pushed so far; free to be changed directly.
    pub facts: FileFacts,
    /// Lexical scopes, for languages that use them.
    pub scopes: Scopes,
    names: FxHashMap<u64, Name>,
    types: FxHashMap<u64, TypeId>,
    stack: Vec<DefId>,
}

fn fx<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = FxHasher::default();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Longer texts are no paths.
const MAX_PATH: usize = 200;

/// Whether a text may be the path of a file. One that nobody is known to read must look like one: it
/// has a folder or an ending, and something in it that is known.
fn is_path(text: &str, kind: FileUseKind) -> bool {
    let written = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '/' | '.' | '_' | '-' | '*' | '+' | '@' | '(' | ')' | ' ')
    };
    if text.is_empty() || text.len() > MAX_PATH || !text.chars().all(written) {
        return false;
    }
    if !text.chars().any(char::is_alphanumeric) {
        return false;
    }
    if kind != FileUseKind::Named {
        return true;
    }
    let last = text.rsplit('/').next().unwrap_or(text);
    let ends = last.rsplit_once('.').is_some_and(|(stem, ending)| {
        !stem.is_empty()
            && (1..=8).contains(&ending.len())
            && ending.bytes().all(|b| b.is_ascii_alphanumeric())
            && ending.bytes().any(|b| b.is_ascii_alphabetic())
    });
    !text.contains(' ') && !text.contains("//") && (ends || text.contains('/'))
}

impl Builder {
    /// Starts a file of so many lines: its module is definition 0, is current, holds itself as
    /// value and has the empty name (the solver knows the file's module name).
    pub fn new(lines: u32) -> Self {
        let mut builder = Self {
            facts: FileFacts {
                places: 1,
                lines,
                ..FileFacts::default()
            },
            scopes: Scopes::default(),
            names: FxHashMap::default(),
            types: FxHashMap::default(),
            stack: vec![DefId(0)],
        };
        let empty = builder.name("");
        builder.define(NodeKind::Module, empty, (1, lines.max(1)), 1);
        builder.value(DefId(0));
        builder
    }

    /// Ends the file.
    pub fn finish(self) -> FileFacts {
        self.facts
    }

    /// Interns a string; allocates only the first time it is seen.
    pub fn name(&mut self, text: &str) -> Name {
        let mut hash = fx(text);
        loop {
            match self.names.get(&hash) {
                Some(&name) if &*self.facts.names[name.0 as usize] == text => return name,
                Some(_) => hash = hash.wrapping_add(1),
                None => {
                    let name = Name(self.facts.names.len() as u32);
                    self.facts.names.push(text.into());
                    self.names.insert(hash, name);
                    return name;
                }
            }
        }
    }

    /// The name of a text that has been interned.
    pub fn known(&self, text: &str) -> Option<Name> {
        let mut hash = fx(text);
        loop {
            let name = *self.names.get(&hash)?;
            if &*self.facts.names[name.0 as usize] == text {
                return Some(name);
            }
            hash = hash.wrapping_add(1);
        }
    }

    /// The text of an interned name.
    pub fn text(&self, name: Name) -> &str {
        &self.facts.names[name.0 as usize]
    }

    /// A callee as written, for messages: cut at the first line end and at 60 bytes.
    pub fn bounded(&mut self, text: &str) -> Name {
        let line = text.split(['\n', '\r']).next().unwrap_or("");
        let mut end = line.len().min(MAX_TEXT);
        while !line.is_char_boundary(end) {
            end -= 1;
        }
        self.name(&line[..end])
    }

    /// A new place.
    pub fn place(&mut self) -> Place {
        let place = Place(self.facts.places);
        self.facts.places += 1;
        place
    }

    /// A type expression; equal ones are stored once.
    pub fn ty(&mut self, ty: Type) -> TypeId {
        let mut hash = fx(&ty);
        loop {
            match self.types.get(&hash) {
                Some(&id) if self.facts.types[id.0 as usize] == ty => return id,
                Some(_) => hash = hash.wrapping_add(1),
                None => {
                    let id = TypeId(self.facts.types.len() as u32);
                    self.facts.types.push(ty);
                    self.types.insert(hash, id);
                    return id;
                }
            }
        }
    }

    // Definitions

    /// A definition inside the current one, with a place of its own and nothing else set: give it
    /// hashes, flags, parameters and `ret` through [`Builder::def`]. The caller says what flows
    /// into its place: [`Builder::value`], or a decorator's result.
    pub fn define(
        &mut self,
        kind: NodeKind,
        name: Name,
        lines: (u32, u32),
        name_line: u32,
    ) -> DefId {
        let id = DefId(self.facts.defs.len() as u32);
        let place = self.place();
        self.facts.defs.push(Def {
            kind,
            name,
            parent: self.current(),
            disambiguator: None,
            lines,
            name_line,
            signature: 0,
            body: 0,
            flags: DefFlags::default(),
            place,
            receiver: Place::NOWHERE,
            params: Vec::new(),
            ret: Place::NOWHERE,
            ty: None,
            generics: Vec::new(),
            test: None,
        });
        id
    }

    /// A definition, to be changed.
    pub fn def(&mut self, id: DefId) -> &mut Def {
        &mut self.facts.defs[id.0 as usize]
    }

    /// The place that holds a definition's value.
    pub fn place_of(&self, id: DefId) -> Place {
        self.facts.defs[id.0 as usize].place
    }

    /// The definition itself flows into its own place.
    pub fn value(&mut self, def: DefId) {
        let to = self.place_of(def);
        self.facts.flows.push(Flow::Value { to, def });
    }

    /// The definition whose body is being read.
    pub fn current(&self) -> DefId {
        self.stack.last().copied().unwrap_or_default()
    }

    /// Starts reading the body of a definition.
    pub fn enter(&mut self, def: DefId) {
        self.stack.push(def);
    }

    /// Ends what [`Builder::enter`] began.
    pub fn leave(&mut self) {
        self.stack.pop();
    }

    /// The current definition and those around it, innermost first.
    pub fn enclosing(&self) -> impl Iterator<Item = DefId> + '_ {
        self.stack.iter().rev().copied()
    }

    // Flows. `within` is always the current definition.

    /// `to ⊇ from`; nothing where either is nowhere.
    pub fn copy(&mut self, to: Place, from: Place) {
        if to != Place::NOWHERE && from != Place::NOWHERE && to != from {
            self.facts.flows.push(Flow::Copy { to, from });
        }
    }

    /// A fresh object of a builtin class, in a new place.
    pub fn object(&mut self, class: &str) -> Place {
        let (to, class) = (self.place(), self.name(class));
        self.facts.flows.push(Flow::Object { to, class });
        to
    }

    /// A string constant, in a new place.
    pub fn string(&mut self, text: &str) -> Place {
        let (to, text) = (self.place(), self.name(text));
        self.facts.flows.push(Flow::Text { to, text });
        to
    }

    /// `to ∋` an instance of `ty`.
    pub fn typed(&mut self, to: Place, ty: TypeId, exact: bool, line: u32) {
        let within = self.current();
        self.facts.flows.push(Flow::Typed {
            to,
            ty,
            exact,
            within,
            line,
        });
    }

    /// Reads a member into a new place.
    pub fn load(&mut self, base: Place, select: Select, line: u32) -> Place {
        self.load_as(base, select, line, false)
    }

    /// Reads a member into a new place, as the callee of a call that follows.
    pub fn load_callee(&mut self, base: Place, select: Select, line: u32) -> Place {
        self.load_as(base, select, line, true)
    }

    fn load_as(&mut self, base: Place, select: Select, line: u32, callee: bool) -> Place {
        let (to, within) = (self.place(), self.current());
        self.facts.flows.push(Flow::Load {
            to,
            base,
            select,
            within,
            line,
            callee,
        });
        to
    }

    /// `base.select ⊇ from`.
    pub fn store(&mut self, base: Place, select: Select, from: Place, line: u32) {
        let within = self.current();
        self.facts.flows.push(Flow::Store {
            base,
            select,
            from,
            within,
            line,
        });
    }

    /// A name that no scope of this file binds, in a new place.
    pub fn free(&mut self, name: Name) -> Place {
        let (to, scope) = (self.place(), self.current());
        self.facts.flows.push(Flow::Free { to, name, scope });
        to
    }

    /// What a static path names, in a new place.
    pub fn path(&mut self, path: Path, line: u32, callee: bool) -> Place {
        let (to, within) = (self.place(), self.current());
        self.facts.flows.push(Flow::Path {
            to,
            path,
            within,
            line,
            callee,
        });
        to
    }

    /// A module-level variable, function or class is mentioned without being called.
    pub fn mention(&mut self, of: Place, line: u32) {
        let within = self.current();
        self.facts.flows.push(Flow::Use { of, within, line });
    }

    /// A call with positional arguments; gives the place of its result.
    pub fn call(
        &mut self,
        kind: CallKind,
        line: u32,
        callee: Place,
        receiver: Place,
        args: &[Place],
        text: Name,
    ) -> Place {
        let args = args
            .iter()
            .map(|&place| Arg {
                place,
                kind: ArgKind::Positional,
            })
            .collect();
        self.call_with(kind, line, callee, receiver, args, text)
    }

    /// A call; gives the place of its result.
    pub fn call_with(
        &mut self,
        kind: CallKind,
        line: u32,
        callee: Place,
        receiver: Place,
        args: Vec<Arg>,
        text: Name,
    ) -> Place {
        let (result, within) = (self.place(), self.current());
        self.facts.calls.push(Call {
            within,
            line,
            callee,
            receiver,
            args,
            result,
            kind,
            text,
        });
        result
    }

    /// Calls `base.member(args)`: operators, iteration, `with`. Gives the place of its result.
    pub fn implicit(&mut self, base: Place, member: &str, args: &[Place], line: u32) -> Place {
        let name = self.name(member);
        let callee = self.load_callee(base, Select::Field(name), line);
        self.call(CallKind::Implicit, line, callee, base, args, name)
    }

    // Members, imports, inheritance, blind spots

    /// A name in the namespace of a definition of this file.
    pub fn member(&mut self, owner: DefId, name: Name, binding: Binding, instance: bool) {
        let owner = MemberOwner::Def(owner);
        self.facts.members.push(Member {
            owner,
            name,
            binding,
            instance,
        });
    }

    /// An import written in the current definition, into a new place.
    pub fn import(
        &mut self,
        module: Name,
        name: Imported,
        line: u32,
        kind: ImportKind,
    ) -> ImportId {
        let id = ImportId(self.facts.imports.len() as u32);
        let (to, within) = (self.place(), self.current());
        self.facts.imports.push(Import {
            module,
            name,
            to,
            within,
            line,
            kind,
        });
        id
    }

    /// Where an import's value goes.
    pub fn imported(&self, id: ImportId) -> Place {
        self.facts.imports[id.0 as usize].to
    }

    /// A file that `within` names by a constant path: see [`FileUse::path`]. What cannot be a path
    /// is left out.
    pub fn file_use(&mut self, within: DefId, line: u32, path: &str, kind: FileUseKind) {
        if !is_path(path, kind) {
            return;
        }
        let path = self.name(path);
        let found = FileUse {
            within,
            line,
            path,
            kind,
        };
        let recent = self.facts.files.iter().rev().take(16);
        let same = |f: &&FileUse| f.within == within && f.path == path && f.kind == kind;
        if recent.filter(same).count() == 0 {
            self.facts.files.push(found);
        }
    }

    /// A construct that could not be read, in the current definition.
    pub fn blind(&mut self, kind: BlindKind, line: u32, why: &str) {
        let within = self.current();
        self.facts.blind.push(Blind {
            kind,
            within,
            line,
            why: why.into(),
        });
    }
}

/// What a name is bound to in a lexical scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bound {
    /// A variable or parameter.
    Place(Place),
    /// A definition of this file.
    Def(DefId),
    /// An import of this file.
    Import(ImportId),
    /// A type parameter of that definition.
    Generic(DefId),
}

/// Lexical scopes as one undo stack: binding, looking up and leaving cost O(1) a name.
#[derive(Debug, Default)]
pub struct Scopes {
    /// Per name: index + 1 of its innermost entry.
    heads: Vec<u32>,
    entries: Vec<Entry>,
    /// Per open scope: its tag, and how many entries there were before it.
    open: Vec<(u32, u32)>,
}

#[derive(Debug)]
struct Entry {
    name: Name,
    bound: Bound,
    scope: u32,
    /// Index + 1 of what it shadows.
    shadows: u32,
}

impl Scopes {
    /// Opens a scope. The tag is the language's own (is it a class? a function?).
    pub fn push(&mut self, tag: u32) {
        self.open.push((tag, self.entries.len() as u32));
    }

    /// Closes the innermost scope and forgets its names.
    pub fn pop(&mut self) {
        let Some((_, from)) = self.open.pop() else {
            return;
        };
        while self.entries.len() > from as usize {
            if let Some(entry) = self.entries.pop() {
                self.heads[entry.name.0 as usize] = entry.shadows;
            }
        }
    }

    /// How many scopes are open.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The tags of the open scopes, outermost first.
    pub fn tags(&self) -> impl Iterator<Item = u32> + '_ {
        self.open.iter().map(|&(tag, _)| tag)
    }

    /// What the innermost scope binds, in order.
    pub fn here(&self) -> Vec<(Name, Bound)> {
        let from = self.open.last().map_or(0, |&(_, from)| from as usize);
        self.entries[from..]
            .iter()
            .map(|entry| (entry.name, entry.bound))
            .collect()
    }

    /// Binds a name in the innermost scope; an earlier binding of it there is shadowed.
    pub fn bind(&mut self, name: Name, bound: Bound) {
        let at = name.0 as usize;
        if self.heads.len() <= at {
            self.heads.resize(at + 1, 0);
        }
        let scope = self.open.len().saturating_sub(1) as u32;
        self.entries.push(Entry {
            name,
            bound,
            scope,
            shadows: self.heads[at],
        });
        self.heads[at] = self.entries.len() as u32;
    }

    /// The innermost binding of a name.
    pub fn get(&self, name: Name) -> Option<Bound> {
        self.all(name).next().map(|(_, _, bound)| bound)
    }

    /// The binding of a name in the innermost scope only.
    pub fn get_here(&self, name: Name) -> Option<Bound> {
        let here = self.open.len().saturating_sub(1);
        self.all(name)
            .next()
            .filter(|&(scope, _, _)| scope == here)
            .map(|(_, _, bound)| bound)
    }

    /// Every binding of a name, innermost first: index of the scope (0 is the outermost), its tag,
    /// what is bound.
    pub fn all(&self, name: Name) -> impl Iterator<Item = (usize, u32, Bound)> + '_ {
        let mut at = self.heads.get(name.0 as usize).copied().unwrap_or(0);
        std::iter::from_fn(move || {
            let entry = self.entries.get((at as usize).checked_sub(1)?)?;
            at = entry.shadows;
            let tag = self
                .open
                .get(entry.scope as usize)
                .map_or(0, |&(tag, _)| tag);
            Some((entry.scope as usize, tag, entry.bound))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_interned_once() {
        let mut b = Builder::new(1);
        let cart = b.name("cart");
        assert_eq!(b.name("cart"), cart);
        assert_ne!(b.name("total"), cart);
        assert_eq!(b.text(cart), "cart");
    }

    #[test]
    fn an_equal_type_is_stored_once() {
        let mut b = Builder::new(1);
        let (unknown, selfish) = (b.ty(Type::Unknown), b.ty(Type::SelfType));
        assert_ne!(unknown, selfish);
        assert_eq!(b.ty(Type::Unknown), unknown);
    }

    #[test]
    fn an_inner_binding_shadows_until_its_scope_ends() {
        let mut b = Builder::new(1);
        let x = b.name("x");
        b.scopes.push(0);
        b.scopes.bind(x, Bound::Place(Place(1)));
        b.scopes.push(7);
        assert_eq!(b.scopes.get_here(x), None);
        b.scopes.bind(x, Bound::Place(Place(2)));
        b.scopes.bind(x, Bound::Place(Place(3)));
        assert_eq!(b.scopes.get(x), Some(Bound::Place(Place(3))));
        let tags: Vec<u32> = b.scopes.all(x).map(|(_, tag, _)| tag).collect();
        assert_eq!(tags, [7, 7, 0]);
        b.scopes.pop();
        assert_eq!(b.scopes.get(x), Some(Bound::Place(Place(1))));
        b.scopes.pop();
        assert_eq!(b.scopes.get(x), None);
    }

    #[test]
    fn a_long_callee_is_cut_between_characters() {
        let mut b = Builder::new(1);
        let text = "é".repeat(100);
        let name = b.bounded(&text);
        assert!(b.text(name).len() <= MAX_TEXT);
        let name = b.bounded("a\n  .b");
        assert_eq!(b.text(name), "a");
    }

    #[test]
    fn definitions_nest_by_enter_and_leave() {
        let mut b = Builder::new(3);
        let f = b.name("f");
        let outer = b.define(NodeKind::Function, f, (1, 3), 1);
        b.enter(outer);
        let inner = b.define(NodeKind::Function, f, (2, 2), 2);
        b.leave();
        assert_eq!(b.def(inner).parent, outer);
        assert_eq!(b.def(outer).parent, DefId(0));
        assert_eq!(b.current(), DefId(0));
    }
}
