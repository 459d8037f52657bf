//! Annotations: read as text, since a string annotation is one anyway, and resolved when every
//! name of the file is known.

use super::lower::{Lowerer, line_of};
use super::scope::{ScopeId, ScopeKind, What};
use crate::facts::*;
use tree_sitter::Node;

/// Aliases of aliases deeper than this are not followed.
const MAX_ALIASES: u32 = 8;
/// Types nested deeper than this are unknown.
const MAX_DEPTH: u32 = 24;

/// An annotation that waits for the end of the file.
#[derive(Clone, Copy, Debug)]
pub(super) struct LateType<'t> {
    slot: TypeId,
    text: &'t str,
    scope: ScopeId,
}

/// True for `TypeVar("T")`, `NewType("N", int)` and the like.
pub(super) fn is_type_call(text: &str) -> bool {
    let head = text.split('(').next().unwrap_or("");
    matches!(
        head.rsplit('.').next().unwrap_or(head),
        "TypeVar" | "NewType"
    )
}

impl<'t> Lowerer<'t> {
    pub(super) fn late_type(&mut self, node: Node<'t>) -> TypeId {
        self.late_type_in(node, self.scope)
    }

    pub(super) fn late_type_in(&mut self, node: Node<'t>, scope: ScopeId) -> TypeId {
        let text = self.text(node);
        self.late_text(text, scope, line_of(node))
    }

    pub(super) fn late_text(&mut self, text: &'t str, scope: ScopeId, _line: u32) -> TypeId {
        if let Some(&known) = self.late_ids.get(&(scope, text)) {
            return known;
        }
        let slot = TypeId(self.b.facts.types.len() as u32);
        self.b.facts.types.push(Type::Unknown);
        self.late_types.push(LateType { slot, text, scope });
        self.late_ids.insert((scope, text), slot);
        slot
    }

    /// At the end of the file: reads every annotation.
    pub(super) fn late_types(&mut self) {
        for late in std::mem::take(&mut self.late_types) {
            let mut reader = Reader {
                text: late.text,
                at: 0,
            };
            let term = reader.union(0);
            let ty = self.resolve_term(&term, late.scope, 0);
            self.b.facts.types[late.slot.0 as usize] = ty;
        }
    }

    fn term_id(&mut self, term: &Term<'t>, scope: ScopeId, aliases: u32) -> TypeId {
        let ty = self.resolve_term(term, scope, aliases);
        self.b.ty(ty)
    }

    fn resolve_term(&mut self, term: &Term<'t>, scope: ScopeId, aliases: u32) -> Type {
        match term {
            Term::Unknown | Term::List(_) => Type::Unknown,
            Term::Union(all) => {
                let all = all
                    .iter()
                    .map(|t| self.term_id(t, scope, aliases))
                    .collect();
                Type::Union(all)
            }
            Term::Name(path, args) => self.resolve_name(path, args, scope, aliases),
        }
    }

    fn resolve_name(
        &mut self,
        path: &'t str,
        args: &[Term<'t>],
        scope: ScopeId,
        aliases: u32,
    ) -> Type {
        let mut parts = path.split('.').map(str::trim);
        let head_text = parts.next().unwrap_or("");
        let rest: Vec<&str> = parts.collect();
        let last = rest.last().copied().unwrap_or(head_text);
        let head_name = self.b.name(head_text);
        let found = self.find(scope, head_name);
        let own = rest.is_empty()
            && found.is_some_and(|(var, _)| {
                self.vars[var]
                    .history
                    .iter()
                    .any(|e| matches!(e.what, What::Def(_)))
            });
        if !own && let Some(ty) = self.typing_form(last, args, scope, aliases) {
            return ty;
        }
        let args: Vec<TypeId> = args
            .iter()
            .filter(|t| !matches!(t, Term::List(_)))
            .map(|t| self.term_id(t, scope, aliases))
            .collect();
        let rest: Vec<Name> = rest.into_iter().map(|p| self.b.name(p)).collect();
        if let Some(owner) = self.generic_owner(scope, head_name) {
            return Type::Named(
                Path {
                    head: Head::Generic(owner, head_name),
                    rest,
                },
                args,
            );
        }
        let Some((var, born)) = found else {
            let within = self.scopes[scope].def;
            return Type::Named(
                Path {
                    head: Head::Free(head_name, within),
                    rest,
                },
                args,
            );
        };
        if let Some((text, _)) = self.vars[var].alias
            && rest.is_empty()
            && self.vars[var].history.len() == 1
            && aliases < MAX_ALIASES
        {
            return self.resolve_alias(var, head_name, text, scope, aliases);
        }
        let entries = self.visible(var, born);
        let mut heads: Vec<Head> = Vec::new();
        for entry in &entries {
            let head = match entry.what {
                What::Def(def) => Head::Def(def),
                What::Import(import) => Head::Import(import),
                What::Value => match self.vars[var].def {
                    Some(def) => Head::Def(def),
                    None => Head::Place(entry.place),
                },
            };
            if !heads.contains(&head) {
                heads.push(head);
            }
        }
        match heads.as_slice() {
            [] => Type::Unknown,
            [head] => Type::Named(Path { head: *head, rest }, args),
            _ => {
                let all = heads
                    .into_iter()
                    .map(|head| {
                        self.b.ty(Type::Named(
                            Path {
                                head,
                                rest: rest.clone(),
                            },
                            args.clone(),
                        ))
                    })
                    .collect();
                Type::Union(all)
            }
        }
    }

    fn resolve_alias(
        &mut self,
        var: usize,
        name: Name,
        text: &'t str,
        scope: ScopeId,
        aliases: u32,
    ) -> Type {
        let home = self.vars[var].scope;
        let head = text.split('(').next().unwrap_or("");
        let call = text.contains('(') && is_type_call(text);
        if !call {
            let mut reader = Reader { text, at: 0 };
            let term = reader.union(0);
            return self.resolve_term(&term, home, aliases + 1);
        }
        if head.ends_with("NewType") {
            let base = text
                .split_once(',')
                .map_or("", |(_, b)| b.trim().trim_end_matches(')').trim());
            let mut reader = Reader { text: base, at: 0 };
            let term = reader.union(0);
            return self.resolve_term(&term, home, aliases + 1);
        }
        // A type variable that no class declares belongs to the function that mentions it.
        let mut at = scope;
        while self.scopes[at].kind == ScopeKind::Comprehension {
            at = self.scopes[at].parent;
        }
        if self.scopes[at].kind == ScopeKind::Function {
            let def = self.scopes[at].def;
            let bounds = match text.split_once("bound=") {
                Some((_, bound)) => {
                    let mut reader = Reader { text: bound, at: 0 };
                    let term = reader.union(0);
                    vec![self.term_id(&term, home, aliases + 1)]
                }
                None => Vec::new(),
            };
            self.scopes[at].generics.push(name);
            self.b.def(def).generics.push(Generic { name, bounds });
            return Type::Named(
                Path {
                    head: Head::Generic(def, name),
                    rest: Vec::new(),
                },
                Vec::new(),
            );
        }
        Type::Unknown
    }

    fn generic_owner(&self, scope: ScopeId, name: Name) -> Option<DefId> {
        let mut at = scope;
        loop {
            let here = &self.scopes[at];
            if here.generics.contains(&name) {
                return Some(here.def);
            }
            if here.kind == ScopeKind::Module {
                return None;
            }
            at = here.parent;
        }
    }

    /// The special forms of `typing`, and builtins with elements.
    fn typing_form(
        &mut self,
        last: &str,
        args: &[Term<'t>],
        scope: ScopeId,
        aliases: u32,
    ) -> Option<Type> {
        let first = args.first();
        let builtin = |this: &mut Self, name: &str, args: &[Term<'t>]| {
            let args = args
                .iter()
                .map(|t| this.term_id(t, scope, aliases))
                .collect();
            let within = this.scopes[scope].def;
            let name = this.b.name(name);
            Some(Type::Named(
                Path {
                    head: Head::Free(name, within),
                    rest: Vec::new(),
                },
                args,
            ))
        };
        match last {
            "Optional" | "Annotated" | "ClassVar" | "Final" | "Required" | "NotRequired"
            | "ReadOnly" | "Unpack" | "InitVar" | "Awaitable" | "TypeGuard" => {
                first.map(|t| self.resolve_term(t, scope, aliases))
            }
            "Coroutine" => args.last().map(|t| self.resolve_term(t, scope, aliases)),
            "Union" => {
                let all = args
                    .iter()
                    .map(|t| self.term_id(t, scope, aliases))
                    .collect();
                Some(Type::Union(all))
            }
            "Any" | "Literal" | "NoReturn" | "Never" | "None" | "LiteralString" | "AnyStr" => {
                Some(Type::Unknown)
            }
            "Self" => Some(Type::SelfType),
            "Callable" if !args.is_empty() => {
                let params = match first {
                    Some(Term::List(list)) => list
                        .iter()
                        .map(|t| self.term_id(t, scope, aliases))
                        .collect(),
                    _ => Vec::new(),
                };
                let ret = args.get(1).map(|t| self.term_id(t, scope, aliases));
                Some(Type::Function(params, ret))
            }
            "Type" | "type" if !args.is_empty() => {
                let inner = self.term_id(&args[0], scope, aliases);
                Some(Type::Meta(inner))
            }
            "Tuple" | "tuple" if !args.is_empty() => {
                if matches!(args.get(1), Some(Term::Name("...", _))) {
                    return builtin(self, "tuple", &args[..1]);
                }
                let all = args
                    .iter()
                    .map(|t| self.term_id(t, scope, aliases))
                    .collect();
                Some(Type::Tuple(all))
            }
            "List" | "Sequence" | "MutableSequence" | "Iterable" | "Collection" | "Container"
            | "Reversible" | "Deque" => builtin(self, "list", args),
            "Set" | "AbstractSet" | "MutableSet" | "FrozenSet" => builtin(self, "set", args),
            "Dict" | "Mapping" | "MutableMapping" | "DefaultDict" | "OrderedDict" => {
                builtin(self, "dict", args)
            }
            "Iterator" | "Generator" | "AsyncIterator" | "AsyncGenerator" | "AsyncIterable" => {
                builtin(self, "generator", args.get(..1).unwrap_or(&[]))
            }
            _ => None,
        }
    }
}

/// A type expression as read.
#[derive(Debug)]
enum Term<'t> {
    Unknown,
    Name(&'t str, Vec<Term<'t>>),
    Union(Vec<Term<'t>>),
    /// `[A, B]`, the parameters of a callable.
    List(Vec<Term<'t>>),
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Reader<'t> {
    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        loop {
            match bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r' | b'\\') => self.at += 1,
                Some(b'#') => {
                    while bytes.get(self.at).is_some_and(|&b| b != b'\n') {
                        self.at += 1;
                    }
                }
                Some(&b) => return b,
                None => return 0,
            }
        }
    }

    fn union(&mut self, depth: u32) -> Term<'t> {
        let first = self.single(depth);
        if self.peek() != b'|' {
            return first;
        }
        let mut all = vec![first];
        while self.peek() == b'|' {
            self.at += 1;
            all.push(self.single(depth));
        }
        Term::Union(all)
    }

    fn single(&mut self, depth: u32) -> Term<'t> {
        if depth > MAX_DEPTH {
            self.at = self.text.len();
            return Term::Unknown;
        }
        match self.peek() {
            b'"' | b'\'' => self.quoted(depth),
            b'(' => {
                self.at += 1;
                let mut all = vec![self.union(depth + 1)];
                while self.peek() == b',' {
                    self.at += 1;
                    if self.peek() != b')' {
                        all.push(self.union(depth + 1));
                    }
                }
                self.close(b')');
                match all.len() {
                    1 => all.pop().unwrap_or(Term::Unknown),
                    _ => Term::Union(all),
                }
            }
            b'[' => Term::List(self.list(depth + 1)),
            b'*' => {
                self.at += 1;
                self.single(depth + 1)
            }
            b'.' if self.text[self.at..].starts_with("...") => {
                self.at += 3;
                Term::Name("...", Vec::new())
            }
            b if b == b'_' || b.is_ascii_alphabetic() || b >= 0x80 => self.name(depth),
            0 => Term::Unknown,
            b if b.is_ascii_digit() || b == b'-' => {
                self.at += 1;
                while self
                    .text
                    .as_bytes()
                    .get(self.at)
                    .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'.')
                {
                    self.at += 1;
                }
                Term::Unknown
            }
            _ => {
                // Nothing a type starts with: give up on the rest.
                self.at = self.text.len();
                Term::Unknown
            }
        }
    }

    fn name(&mut self, depth: u32) -> Term<'t> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        while bytes
            .get(self.at)
            .is_some_and(|&b| b == b'_' || b == b'.' || b.is_ascii_alphanumeric() || b >= 0x80)
        {
            self.at += 1;
        }
        let name = &self.text[start..self.at];
        match self.peek() {
            b'[' => {
                let args = self.list(depth + 1);
                Term::Name(name, args)
            }
            b'(' => {
                self.skip_call();
                Term::Unknown
            }
            _ => Term::Name(name, Vec::new()),
        }
    }

    fn list(&mut self, depth: u32) -> Vec<Term<'t>> {
        self.at += 1;
        let mut all = Vec::new();
        loop {
            match self.peek() {
                b']' => {
                    self.at += 1;
                    return all;
                }
                0 => return all,
                b',' => self.at += 1,
                _ => {
                    let before = self.at;
                    all.push(self.union(depth));
                    if self.at == before {
                        self.at += 1;
                    }
                }
            }
        }
    }

    fn quoted(&mut self, depth: u32) -> Term<'t> {
        let quote = self.text.as_bytes()[self.at];
        let rest = &self.text[self.at + 1..];
        let Some(end) = rest.bytes().position(|b| b == quote) else {
            self.at = self.text.len();
            return Term::Unknown;
        };
        let mut inner = Reader {
            text: &rest[..end],
            at: 0,
        };
        self.at += end + 2;
        inner.union(depth + 1)
    }

    fn close(&mut self, bracket: u8) {
        if self.peek() == bracket {
            self.at += 1;
        }
    }

    fn skip_call(&mut self) {
        let mut open = 0;
        for (at, b) in self.text.bytes().enumerate().skip(self.at) {
            match b {
                b'(' | b'[' => open += 1,
                b')' | b']' => {
                    open -= 1;
                    if open == 0 {
                        self.at = at + 1;
                        return;
                    }
                }
                _ => {}
            }
        }
        self.at = self.text.len();
    }
}
