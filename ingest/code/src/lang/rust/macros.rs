//! Macros: calls in their arguments, and in the bodies of `macro_rules!`.
//!
//! Goes in: a macro's tokens. Comes out: the facts of what they read as: the arguments of a call,
//! statements or items, whichever they parse as, with the lines of the source. Nothing is expanded:
//! a macro's body counts as its own, which its users call.

use super::grammar::{Kind, children};
use super::lower::{Body, Lower, tag};
use super::types::{Parts, Resolved, Start};
use crate::facts::*;
use crate::lang::builder::Bound;
use smallvec::SmallVec;
use std::rc::Rc;
use tree_sitter::{Node, Parser};

/// Macros in macro arguments deeper than this are not read.
const MAX_NESTED: u32 = 8;

/// How a macro's arguments read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// `a, b, name = c`; the format string is the n-th argument.
    Format(usize),
    /// `assert_eq!(a, b, "…")`.
    AssertEq,
    /// `vec![a, b]`.
    Vec,
    /// `matches!(x, P if g)`.
    Matches,
    /// `dbg!(x)`: gives its argument back.
    Same,
    /// Items: `lazy_static!`, `thread_local!`, `cfg_if!`.
    Items,
    /// `select!`: `pattern = future => body`.
    Select,
    /// Not known: tried as arguments, statements, items.
    Unknown,
    /// Nothing to read.
    Inert,
}

fn shape(name: &str) -> Shape {
    match name {
        "print" | "println" | "eprint" | "eprintln" | "format" | "panic" | "format_args"
        | "todo" | "unreachable" | "unimplemented" | "bail" | "anyhow" | "eyre" | "error"
        | "warn" | "info" | "debug" | "trace" => Shape::Format(0),
        "write" | "writeln" | "assert" | "debug_assert" | "ensure" => Shape::Format(1),
        "assert_eq" | "assert_ne" | "debug_assert_eq" | "debug_assert_ne" => Shape::AssertEq,
        "vec" | "smallvec" => Shape::Vec,
        "matches" | "assert_matches" | "debug_assert_matches" => Shape::Matches,
        "dbg" => Shape::Same,
        "lazy_static" | "thread_local" | "cfg_if" | "proptest" | "quickcheck" => Shape::Items,
        "select" => Shape::Select,
        "concat" | "stringify" | "include_str" | "include_bytes" | "env" | "option_env"
        | "line" | "column" | "file" | "module_path" | "cfg" | "compile_error" => Shape::Inert,
        _ => Shape::Unknown,
    }
}

/// Macros of the standard library, which no program redefines.
fn of_std(name: &str) -> bool {
    matches!(
        name,
        "print"
            | "println"
            | "eprint"
            | "eprintln"
            | "format"
            | "panic"
            | "format_args"
            | "todo"
            | "unreachable"
            | "unimplemented"
            | "write"
            | "writeln"
            | "assert"
            | "assert_eq"
            | "assert_ne"
            | "debug_assert"
            | "debug_assert_eq"
            | "debug_assert_ne"
            | "vec"
            | "matches"
            | "dbg"
            | "thread_local"
            | "concat"
            | "stringify"
            | "include"
            | "include_str"
            | "include_bytes"
            | "env"
            | "option_env"
            | "line"
            | "column"
            | "file"
            | "module_path"
            | "cfg"
            | "compile_error"
    )
}

impl Lower {
    /// Reads a macro call; gives the place of its value.
    pub(super) fn macro_invocation(&mut self, node: Node<'_>, expect: Option<TypeId>) -> Place {
        let Some(macro_node) = self.field(node, self.g.fields.macro_) else {
            return Place::NOWHERE;
        };
        let tree = children(node)
            .into_iter()
            .rfind(|&child| self.kind(child) == Kind::TokenTree);
        let parts = self.parts(macro_node);
        let Some(&name) = parts.names.last() else {
            return Place::NOWHERE;
        };
        let line = self.line(macro_node);
        let (called, own) = match self.macro_call(&parts, name, line) {
            Some((place, own)) => (Some(place), own),
            None => (None, false),
        };
        let text = self.b.text(name).to_owned();
        let shape = if own { Shape::Unknown } else { shape(&text) };
        if shape == Shape::Unknown && matches!(text.as_str(), "include") {
            self.b.blind(
                ripple_schemas::kind::BlindKind::Dynamic,
                line,
                "included source is not read",
            );
        }
        let Some(tree) = tree else {
            return called.unwrap_or_default();
        };
        self.files_of_macro(&text, tree, line);
        if !of_std(&text) && self.expanded(&parts, tree, line) {
            return called.unwrap_or_default();
        }
        if self.nested >= MAX_NESTED || shape == Shape::Inert {
            return called.unwrap_or_default();
        }
        let value = self.macro_arguments(tree, shape, &text, expect);
        if value == Place::NOWHERE {
            called.unwrap_or_default()
        } else {
            value
        }
    }

    /// The call of a macro of the program, where it may be one: its result, and whether it surely
    /// is one.
    fn macro_call(&mut self, parts: &Parts, name: Name, line: u32) -> Option<(Place, bool)> {
        let text = self.b.text(name);
        let known = of_std(text);
        let mut own = false;
        let callee = if parts.names.len() == 1 && parts.start == Start::Name {
            let bang = format!("{text}!");
            let bang = self.b.name(&bang);
            match self.lookup_macro(bang).or_else(|| self.lookup(name)) {
                Some(Bound::Def(def))
                    if self.b.def(def).kind == ripple_schemas::NodeKind::Macro =>
                {
                    own = true;
                    self.b.place_of(def)
                }
                Some(Bound::Import(id)) => {
                    let path = Path {
                        head: Head::Import(id),
                        rest: Vec::new(),
                    };
                    self.b.path(path, line, true)
                }
                _ if known || self.model => return None,
                _ => {
                    // A macro of the crate that `#[macro_use]` or the textual order brings here.
                    let root = self.b.name("crate");
                    let id = self.module_import(root, line, ImportKind::Implicit);
                    let path = Path {
                        head: Head::Import(id),
                        rest: vec![name],
                    };
                    let to = self.b.path(path, line, true);
                    if self.globs {
                        let scope = self.b.current();
                        self.b.facts.flows.push(Flow::Free { to, name, scope });
                    }
                    to
                }
            }
        } else {
            match self.resolve(parts, line) {
                Resolved::Path(path) => self.walk_path(path, line, true),
                Resolved::Def(def) => self.b.place_of(def),
                _ => return None,
            }
        };
        let result = self
            .b
            .call(CallKind::Macro, line, callee, Place::NOWHERE, &[], name);
        Some((result, own))
    }

    /// Items that a macro of this file makes, where tests are among them: read as if they were
    /// written. A macro that makes none counts as its own.
    fn expanded(&mut self, parts: &Parts, tree: Node<'_>, line: u32) -> bool {
        if self.model || self.nested >= MAX_NESTED || self.b.current() != self.module {
            return false;
        }
        let Some(&name) = parts.names.last() else {
            return false;
        };
        let bang = format!("{}!", self.b.text(name));
        let bang = self.b.name(&bang);
        let def = match self.lookup_macro(bang) {
            Some(Bound::Def(def)) => Some(def),
            // `#[macro_use]` on the module that declares it.
            _ => {
                let named = |def: &DefId| self.b.facts.defs[def.0 as usize].name == name;
                self.macro_rules
                    .keys()
                    .copied()
                    .filter(named)
                    .max_by_key(|def| def.0)
            }
        };
        let Some(rules) = def.and_then(|def| self.macro_rules.get(&def).cloned()) else {
            return false;
        };
        let text = self.text(tree);
        let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
        let Some(made) = super::expand::expand(&rules, inner) else {
            return false;
        };
        self.reparse(made, line, |lower, root| lower.loose_items(root))
            .is_some()
    }

    /// Keeps the rules of a macro that makes tests.
    pub(super) fn keep_rules(&mut self, node: Node<'_>, def: DefId) {
        let text = self.text(node);
        if self.model || !text.contains("#[") || !text.contains("test") {
            return;
        }
        let side = |node: Node<'_>| {
            let text = self.text(node);
            text.get(1..text.len().saturating_sub(1))
                .unwrap_or("")
                .to_owned()
        };
        let rules: Vec<(String, String)> = children(node)
            .into_iter()
            .filter(|&rule| self.kind(rule) == Kind::MacroRule)
            .filter_map(|rule| {
                let left = self.field(rule, self.g.fields.left)?;
                let right = self.field(rule, self.g.fields.right)?;
                Some((side(left), side(right)))
            })
            .collect();
        self.macro_rules.insert(def, Rc::new(rules));
    }

    /// `macro_rules!` are scoped by the text, through modules too.
    fn lookup_macro(&self, bang: Name) -> Option<Bound> {
        self.b.scopes.get(bang)
    }

    fn macro_arguments(
        &mut self,
        tree: Node<'_>,
        shape: Shape,
        name: &str,
        expect: Option<TypeId>,
    ) -> Place {
        let text = self.text(tree);
        let inner = text
            .get(1..text.len().saturating_sub(1))
            .unwrap_or("")
            .to_owned();
        let line = self.line(tree);
        if inner.trim().is_empty() {
            return if shape == Shape::Vec {
                self.b.object("Vec")
            } else {
                Place::NOWHERE
            };
        }
        if let Shape::Format(_) | Shape::AssertEq | Shape::Same = shape
            && let Some(args) = self.simple_args(tree)
        {
            return self.macro_values(&args, shape, name);
        }
        match shape {
            Shape::Items => {
                self.macro_items(&inner, line, name);
                Place::NOWHERE
            }
            Shape::Select => {
                self.select(&inner, line);
                Place::NOWHERE
            }
            Shape::Matches => {
                let Some(comma) = top_level(&inner, b',') else {
                    return Place::NOWHERE;
                };
                let (value, pattern) = inner.split_at(comma);
                let pattern = pattern[1..].trim_end().trim_end_matches(',');
                let text = format!("fn _f(){{match ({value}){{{pattern}=>()}}}}");
                self.reparse(text, line, |lower, root| {
                    lower.statements_of(root);
                });
                self.literal("bool")
            }
            Shape::Vec => {
                let text = format!("fn _f(){{[{inner}]}}");
                let read = self.reparse(text, line, |lower, root| {
                    let array = lower.find(root, Kind::ArrayExpression);
                    array.map(|array| lower.array(array, "Vec"))
                });
                read.flatten().unwrap_or_default()
            }
            Shape::Unknown => {
                self.unknown_arguments(tree, inner, line);
                Place::NOWHERE
            }
            _ => {
                let text = format!("fn _f(){{_m({inner})}}");
                let read = self.reparse(text, line, |lower, root| {
                    let arguments = lower.find(root, Kind::Arguments)?;
                    let args = lower.parsed_args(arguments, shape, expect);
                    Some(lower.macro_values(&args, shape, name))
                });
                match read.flatten() {
                    Some(place) => place,
                    None => {
                        self.unknown_arguments(tree, inner, line);
                        Place::NOWHERE
                    }
                }
            }
        }
    }

    /// Arguments of which nothing is known: read as whatever they look like, else token by token.
    fn unknown_arguments(&mut self, tree: Node<'_>, inner: String, line: u32) {
        if !inner.contains(['(', '!', '|']) {
            return;
        }
        let statements = top_level(&inner, b';').is_some();
        if top_level_arrow(&inner).is_some() {
            return self.scan_tokens(tree);
        }
        let read = if item_like(inner.trim_start()) {
            self.reparse(inner, line, |lower, root| lower.loose_items(root))
        } else if statements {
            self.reparse(format!("fn _f(){{{inner}}}"), line, |lower, root| {
                lower.statements_of(root);
            })
        } else {
            self.reparse(format!("fn _f(){{_m({inner})}}"), line, |lower, root| {
                if let Some(arguments) = lower.find(root, Kind::Arguments) {
                    lower.parsed_args(arguments, Shape::Unknown, None);
                }
            })
        };
        if read.is_none() {
            self.scan_tokens(tree);
        }
    }

    /// Reads another text in place of the current one; `None` where it does not parse.
    fn reparse<T>(
        &mut self,
        text: String,
        line: u32,
        read: impl FnOnce(&mut Self, Node<'_>) -> T,
    ) -> Option<T> {
        let mut parser = match self.parser.take() {
            Some(parser) => parser,
            None => {
                let mut parser = Parser::new();
                parser.set_language(&self.g.language).ok()?;
                parser
            }
        };
        let tree = parse_or_give_up(&mut parser, &text);
        self.parser = Some(parser);
        let tree = tree?;
        if tree.root_node().has_error() {
            return None;
        }
        let src = std::mem::replace(&mut self.src, Rc::from(text));
        let base = std::mem::replace(&mut self.line_base, line);
        self.nested += 1;
        let result = read(self, tree.root_node());
        self.nested -= 1;
        self.src = src;
        self.line_base = base;
        Some(result)
    }

    /// The first node of a kind on the way down.
    fn find<'t>(&self, root: Node<'t>, kind: Kind) -> Option<Node<'t>> {
        let mut at = root;
        loop {
            if self.kind(at) == kind {
                return Some(at);
            }
            let next = match self.kind(at) {
                Kind::FunctionItem => self.field(at, self.g.fields.body),
                Kind::CallExpression => self.field(at, self.g.fields.arguments),
                _ => at.named_child(0),
            };
            at = next?;
        }
    }

    /// The body of the function that wraps a macro's arguments.
    fn statements_of(&mut self, root: Node<'_>) -> Place {
        match self.find(root, Kind::Block) {
            Some(block) => self.block(block, None),
            None => Place::NOWHERE,
        }
    }

    /// The arguments of a macro as parsed.
    fn parsed_args(&mut self, arguments: Node<'_>, shape: Shape, expect: Option<TypeId>) -> Args {
        let mut args = Args::new();
        for node in self.parts_of(arguments) {
            let named = self.kind(node) == Kind::AssignmentExpression;
            let (label, node) = if named {
                let left = self.field(node, self.g.fields.left);
                let right = self.field(node, self.g.fields.right);
                (left.map(|left| self.name(left)), right.unwrap_or(node))
            } else {
                (None, node)
            };
            let expect = if shape == Shape::Same { expect } else { None };
            let place = self.expr(node, expect);
            let arg = self.macro_arg(node, label, place);
            args.push(arg);
        }
        args
    }

    fn macro_arg(&self, node: Node<'_>, label: Option<Name>, place: Place) -> MacroArg {
        let string = matches!(
            self.kind(node),
            Kind::StringLiteral | Kind::RawStringLiteral
        );
        MacroArg {
            label,
            place,
            format: string.then(|| self.text(node).into()),
            literal: self.is_literal(node),
            line: self.line(node),
        }
    }

    /// The arguments of a macro where each is a literal, or a variable with fields: most are, and
    /// need no second parse.
    fn simple_args(&mut self, tree: Node<'_>) -> Option<Args> {
        let mut cursor = tree.walk();
        let mut tokens: Vec<Node<'_>> = tree.children(&mut cursor).collect();
        tokens.retain(|token| !token.is_extra());
        let inner = tokens.get(1..tokens.len().checked_sub(1)?)?;
        let simple = inner.iter().all(|&token| match self.kind(token) {
            Kind::Identifier | Kind::SelfKeyword | Kind::IntegerLiteral => true,
            Kind::Other => matches!(self.text(token), "," | "." | "&" | "="),
            _ => self.is_literal(token),
        });
        if !simple {
            return None;
        }
        let groups =
            || inner.split(|&token| self.g.kind(token) == Kind::Other && token.kind() == ",");
        let fits = groups().all(|group| match without_reference(strip_label(group).1) {
            [] => true,
            [first, fields @ ..] => {
                let literal = self.is_literal(*first);
                (literal && fields.is_empty() && self.kind(*first) != Kind::FloatLiteral)
                    || (!literal
                        && first.is_named()
                        && fields.len() % 2 == 0
                        && fields
                            .chunks(2)
                            .all(|c| c[0].kind() == "." && c[1].is_named()))
            }
        });
        if !fits {
            return None;
        }
        let groups: Vec<&[Node<'_>]> = groups().collect();
        let mut args = Args::new();
        for group in groups {
            let (label, group) = strip_label(group);
            let [first, fields @ ..] = without_reference(group) else {
                continue;
            };
            let label = label.map(|label| self.name(label));
            let line = self.line(*first);
            let mut place = self.expr(*first, None);
            for pair in fields.chunks(2) {
                let select = self.field_select(pair[1]);
                if place != Place::NOWHERE {
                    place = self.b.load(place, select, line);
                }
            }
            let arg = self.macro_arg(*first, label, place);
            args.push(arg);
        }
        Some(args)
    }

    /// What a macro of the library does with its arguments.
    fn macro_values(&mut self, args: &Args, shape: Shape, name: &str) -> Place {
        match shape {
            Shape::Format(at) => {
                // `write!(f, "…")` formats its second argument, `info!(target: …)` a later one.
                self.format_from(args, at);
                match name {
                    "format" => self.literal("String"),
                    "write" | "writeln" => self.b.object("Result"),
                    _ => Place::NOWHERE,
                }
            }
            Shape::AssertEq => {
                if let [a, b, ..] = args.as_slice()
                    && a.place != Place::NOWHERE
                    && !a.literal
                {
                    self.b
                        .implicit(a.place, "PartialEq::eq", &[b.place], a.line);
                }
                self.format_from(args, 2);
                Place::NOWHERE
            }
            Shape::Same => {
                let Some(arg) = args.first() else {
                    return Place::NOWHERE;
                };
                if arg.place != Place::NOWHERE {
                    self.b.implicit(arg.place, "Debug::fmt", &[], arg.line);
                }
                arg.place
            }
            _ => Place::NOWHERE,
        }
    }

    /// The first string from the n-th argument on formats those after it.
    fn format_from(&mut self, args: &Args, at: usize) {
        let found = args
            .iter()
            .enumerate()
            .skip(at)
            .find(|(_, arg)| arg.format.is_some());
        if let Some((at, arg)) = found
            && let Some(text) = &arg.format
        {
            self.format(text, arg.line, &args[at + 1..]);
        }
    }

    /// A format string: each hole calls the `fmt` of the trait it asks for.
    fn format(&mut self, text: &str, line: u32, args: &[MacroArg]) {
        let bytes = text.as_bytes();
        let (mut at, mut next, mut row) = (0, 0, 0);
        while at < bytes.len() {
            match bytes[at] {
                b'\n' => row += 1,
                b'{' if bytes.get(at + 1) == Some(&b'{') => at += 1,
                b'{' => {
                    let Some(end) = text[at..].find('}') else {
                        return;
                    };
                    let hole = &text[at + 1..at + end];
                    let (what, how) = hole.split_once(':').unwrap_or((hole, ""));
                    let what = what.trim();
                    let place = if what.is_empty() {
                        next += 1;
                        args.get(next - 1).map(|arg| arg.place)
                    } else if let Ok(n) = what.parse::<usize>() {
                        args.get(n).map(|arg| arg.place)
                    } else {
                        let name = self.b.name(what);
                        match args.iter().find(|arg| arg.label == Some(name)) {
                            Some(arg) => Some(arg.place),
                            None => self.variable_named(name),
                        }
                    };
                    let member = match how.trim().as_bytes().last() {
                        Some(b'?') => "Debug::fmt",
                        Some(b'x') if !how.contains('$') => "LowerHex::fmt",
                        Some(b'X') => "UpperHex::fmt",
                        Some(b'b') => "Binary::fmt",
                        Some(b'o') => "Octal::fmt",
                        Some(b'e') => "LowerExp::fmt",
                        _ => "Display::fmt",
                    };
                    if let Some(place) = place.filter(|&place| place != Place::NOWHERE) {
                        self.b.implicit(place, member, &[], line + row);
                    }
                    at += end;
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn variable_named(&mut self, name: Name) -> Option<Place> {
        match self.lookup(name)? {
            Bound::Place(place) => Some(place),
            Bound::Def(def) => Some(self.b.place_of(def)),
            Bound::Import(id) => Some(self.b.imported(id)),
            Bound::Generic(_) => None,
        }
    }

    // Items in macros

    fn macro_items(&mut self, inner: &str, line: u32, name: &str) {
        let text = match name {
            // `name(x in strategy)`: the strategies are not types.
            "proptest" => strategies_as_types(inner),
            "cfg_if" => branches_as_items(inner),
            _ => {
                let mut text = inner.to_owned();
                if !text.trim_end().ends_with([';', '}']) {
                    text.push(';');
                }
                text
            }
        };
        if self
            .reparse(text.clone(), line, |lower, root| lower.loose_items(root))
            .is_none()
        {
            let block = format!("fn _f(){{{text}}}");
            self.reparse(block, line, |lower, root| {
                lower.statements_of(root);
            });
        }
    }

    /// Items that a macro passes through to where it is used.
    fn loose_items(&mut self, root: Node<'_>) {
        let nodes = children(root);
        let member = self.b.current() == self.module;
        let mut items = self.declare_items(&nodes, member);
        self.item_headers(&mut items);
        self.item_bodies(items);
        if !member {
            for node in nodes {
                if let Kind::ExpressionStatement | Kind::MacroInvocation = self.kind(node) {
                    self.expr(node, None);
                }
            }
        }
    }

    /// `tokio::select!`: each branch is a pattern, a future and a body.
    fn select(&mut self, inner: &str, line: u32) {
        let mut rest = inner;
        let mut row = 0;
        while let Some(arrow) = top_level_arrow(rest) {
            let head = &rest[..arrow];
            let after = &rest[arrow + 2..];
            let end = match after.trim_start().starts_with('{') {
                true => {
                    let open = after.len() - after.trim_start().len();
                    closing(after, open).map_or(after.len(), |end| end + 1)
                }
                false => top_level(after, b',').unwrap_or(after.len()),
            };
            let body = &after[..end];
            let (pattern, future) = match top_level_equals(head) {
                Some(at) => (&head[..at], &head[at + 1..]),
                None => ("_", "()"),
            };
            let lead: String = pattern.chars().filter(|&c| c == '\n').collect();
            let pattern = pattern.trim().trim_start_matches("biased;").trim();
            let text = format!("fn _f(){{{lead}match ({future}){{{pattern}=>{body}}}}}");
            self.reparse(text, line + row, |lower, root| {
                lower.statements_of(root);
            });
            let used = arrow + 2 + end;
            row += rest[..used].matches('\n').count() as u32;
            rest = rest[used..].strip_prefix(',').unwrap_or(&rest[used..]);
        }
    }

    // macro_rules!

    /// The body of a macro: what its rules call.
    pub(super) fn macro_definition(&mut self, node: Node<'_>, def: DefId) {
        self.b.enter(def);
        self.b.scopes.push(tag::FUNCTION);
        let ret = self.b.place();
        self.b.def(def).ret = ret;
        let outer = std::mem::replace(
            &mut self.body,
            Body {
                ret,
                ty: None,
                closure: true,
            },
        );
        let loops = std::mem::take(&mut self.loops);
        for rule in children(node) {
            if self.kind(rule) != Kind::MacroRule {
                continue;
            }
            let Some(right) = self.field(rule, self.g.fields.right) else {
                continue;
            };
            let text = self.text(right);
            let inner = text.get(1..text.len().saturating_sub(1)).unwrap_or("");
            let line = self.line(right);
            let text = without_repetitions(inner);
            let block = format!("fn _f(){{{text}}}");
            let read = self.reparse(block, line, |lower, root| lower.statements_of(root));
            match read {
                Some(value) => self.b.copy(ret, value),
                None => {
                    if self
                        .reparse(text, line, |lower, root| lower.macro_made_items(root))
                        .is_none()
                    {
                        self.scan_tokens(right);
                    }
                }
            }
        }
        self.body = outer;
        self.loops = loops;
        self.b.scopes.pop();
        self.b.leave();
    }

    /// Items that a macro's body makes: their calls count as the macro's.
    fn macro_made_items(&mut self, root: Node<'_>) {
        for node in children(root) {
            match self.kind(node) {
                Kind::FunctionItem => {
                    if let Some(body) = self.field(node, self.g.fields.body) {
                        self.block(body, None);
                    }
                }
                Kind::ImplItem | Kind::TraitItem | Kind::ModItem => {
                    if let Some(body) = self.field(node, self.g.fields.body) {
                        self.deeper(0, |lower| lower.macro_made_items(body));
                    }
                }
                Kind::ConstItem | Kind::StaticItem => {
                    if let Some(value) = self.field(node, self.g.fields.value) {
                        self.expr(value, None);
                    }
                }
                Kind::MacroInvocation | Kind::ExpressionStatement => {
                    self.expr(node, None);
                }
                _ => {}
            }
        }
    }

    /// The last resort: `a::b(…)` in tokens that do not parse is a call.
    fn scan_tokens(&mut self, tree: Node<'_>) {
        let mut cursor = tree.walk();
        let tokens: Vec<Node<'_>> = tree.children(&mut cursor).collect();
        let mut at = 0;
        while at < tokens.len() {
            let token = tokens[at];
            match self.kind(token) {
                Kind::TokenTree => self.deeper(0, |lower| lower.scan_tokens(token)),
                Kind::Identifier | Kind::Crate | Kind::SelfKeyword => {
                    let first = at;
                    while at + 2 < tokens.len()
                        && self.text(tokens[at + 1]) == "::"
                        && self.kind(tokens[at + 2]) == Kind::Identifier
                    {
                        at += 2;
                    }
                    let before = first.checked_sub(1).map_or("", |at| self.text(tokens[at]));
                    let called = tokens.get(at + 1).is_some_and(|&next| {
                        self.kind(next) == Kind::TokenTree && self.text(next).starts_with('(')
                    });
                    if called && !matches!(before, "." | "fn" | "!" | "::" | "#") {
                        self.scanned_call(&tokens[first..=at]);
                    }
                }
                // An attribute's tokens are no code.
                _ if self.text(token) == "#"
                    && tokens
                        .get(at + 1)
                        .is_some_and(|&next| self.kind(next) == Kind::TokenTree) =>
                {
                    at += 1;
                }
                _ => {}
            }
            at += 1;
        }
    }

    fn scanned_call(&mut self, tokens: &[Node<'_>]) {
        let line = tokens.last().map_or(0, |&token| self.line(token));
        let mut parts = Parts {
            start: Start::Name,
            names: SmallVec::new(),
            args: None,
            owner_args: None,
            via: None,
        };
        for (at, &token) in tokens.iter().step_by(2).enumerate() {
            match (self.kind(token), self.text(token)) {
                (Kind::Crate, _) if at == 0 => parts.start = Start::Crate,
                (Kind::SelfKeyword, _) if at == 0 && tokens.len() > 1 => {
                    parts.start = Start::Module
                }
                (Kind::SelfKeyword, _) => return,
                (_, "Self") if at == 0 => parts.start = Start::SelfType,
                _ => {
                    let name = self.name(token);
                    parts.names.push(name);
                }
            }
        }
        if parts.names.is_empty() || self.constructor(&parts, line).is_some() {
            return;
        }
        let callee = match self.resolve(&parts, line) {
            Resolved::Local(place) => place,
            Resolved::Def(def) => self.b.place_of(def),
            Resolved::Path(path) => self.walk_path(path, line, true),
            _ => return,
        };
        let text = parts.names[parts.names.len() - 1];
        self.b
            .call(CallKind::Plain, line, callee, Place::NOWHERE, &[], text);
    }
}

/// Parses a text, giving up at the first error: recovering from it costs more than it brings.
pub(super) fn parse_or_give_up(parser: &mut Parser, text: &str) -> Option<tree_sitter::Tree> {
    parser.reset();
    let bytes = text.as_bytes();
    let mut stop = |state: &tree_sitter::ParseState| match state.has_error() {
        true => std::ops::ControlFlow::Break(()),
        false => std::ops::ControlFlow::Continue(()),
    };
    let options = tree_sitter::ParseOptions::new().progress_callback(&mut stop);
    parser.parse_with_options(
        &mut |at, _| bytes.get(at..).unwrap_or_default(),
        None,
        Some(options),
    )
}

/// Whether a text starts as an item does.
fn item_like(text: &str) -> bool {
    const WORDS: [&str; 14] = [
        "pub ", "fn ", "struct ", "enum ", "impl ", "impl<", "mod ", "use ", "const ", "static ",
        "type ", "trait ", "#[", "pub(",
    ];
    WORDS.iter().any(|word| text.starts_with(word))
}

/// `name = value` without the name.
fn strip_label<'a, 't>(group: &'a [Node<'t>]) -> (Option<Node<'t>>, &'a [Node<'t>]) {
    match group {
        [label, equals, rest @ ..] if equals.kind() == "=" => (Some(*label), rest),
        _ => (None, group),
    }
}

/// A group of tokens without the `&` in front.
fn without_reference<'a, 't>(group: &'a [Node<'t>]) -> &'a [Node<'t>] {
    match group {
        [first, rest @ ..] if first.kind() == "&" => rest,
        all => all,
    }
}

/// One argument of a macro.
#[derive(Clone, Debug)]
struct MacroArg {
    label: Option<Name>,
    place: Place,
    /// Its text, where it is a string.
    format: Option<Box<str>>,
    literal: bool,
    line: u32,
}

type Args = SmallVec<[MacroArg; 4]>;

/// The first byte outside brackets and quotes that equals `wanted`.
fn top_level(text: &str, wanted: u8) -> Option<usize> {
    scan(text, |bytes, at| bytes[at] == wanted)
}

fn top_level_arrow(text: &str) -> Option<usize> {
    scan(text, |bytes, at| {
        bytes[at] == b'=' && bytes.get(at + 1) == Some(&b'>')
    })
}

fn top_level_equals(text: &str) -> Option<usize> {
    scan(text, |bytes, at| {
        bytes[at] == b'='
            && !matches!(bytes.get(at + 1), Some(b'=' | b'>'))
            && (at == 0 || !matches!(bytes[at - 1], b'=' | b'!' | b'<' | b'>'))
    })
}

fn scan(text: &str, found: impl Fn(&[u8], usize) -> bool) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at, mut quoted) = (0i32, 0, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            _ if depth == 0 && found(bytes, at) => return Some(at),
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    None
}

/// The bracket that closes the one at `open`.
fn closing(text: &str, open: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at, mut quoted) = (0i32, open, false);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' if quoted => at += 1,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// `$(…),*` becomes `{…}`, so that a macro's body reads as code.
fn without_repetitions(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("$(") {
        out.push_str(&rest[..at]);
        let Some(end) = closing(rest, at + 1) else {
            break;
        };
        out.push('{');
        out.push_str(&without_repetitions(&rest[at + 2..end]));
        out.push('}');
        let after = &rest[end + 1..];
        // A separator of at most one token, then the repetition's operator.
        let operator = after
            .char_indices()
            .take(3)
            .find(|&(_, c)| matches!(c, '*' | '+' | '?'));
        rest = operator.map_or(after, |(at, _)| &after[at + 1..]);
    }
    out.push_str(rest);
    out
}

/// In `fn name(x in 0..9, y in f())`, ` in …` becomes a type.
fn strategies_as_types(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("fn ") {
        let Some(open) = rest[at..].find('(').map(|open| at + open) else {
            break;
        };
        let Some(close) = closing(rest, open) else {
            break;
        };
        out.push_str(&rest[..=open]);
        let mut params = &rest[open + 1..close];
        loop {
            let end = top_level(params, b',').unwrap_or(params.len());
            let param = &params[..end];
            match param.split_once(" in ") {
                Some((pattern, strategy)) => {
                    out.push_str(pattern);
                    out.push_str(": ()");
                    out.extend(strategy.chars().filter(|&c| c == '\n'));
                }
                None => out.push_str(param),
            }
            if end == params.len() {
                break;
            }
            out.push(',');
            params = &params[end + 1..];
        }
        out.push(')');
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    out
}

/// `if #[cfg(a)] { items } else { items }` becomes the items of all branches.
fn branches_as_items(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(open) = top_level(rest, b'{') {
        out.extend(rest[..open].chars().filter(|&c| c == '\n'));
        let Some(close) = closing(rest, open) else {
            break;
        };
        out.push_str(&rest[open + 1..close]);
        rest = &rest[close + 1..];
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repetition_reads_as_a_block() {
        assert_eq!(
            without_repetitions("f($($x),*); $(g($y);)* h()"),
            "f({$x}); {g($y);} h()"
        );
    }

    #[test]
    fn a_strategy_reads_as_a_type() {
        assert_eq!(
            strategies_as_types("fn f(a in 0..(1, 2).0, b: u8) { g(a) }"),
            "fn f(a: (), b: u8) { g(a) }"
        );
    }
}
