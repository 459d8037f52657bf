//! Files that code names: reading calls, embedding directives, programs that are started.
//!
//! Goes in: an expression or a directive. Comes out: file uses, with `*` for what is not constant.

use super::grammar::{Kind, children, children_of};
use super::lower::Lower;
use crate::facts::*;
use crate::lang::builder::Bound;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

/// Functions and methods of the standard library that read the files their arguments name.
const READERS: &[&str] = &[
    "ReadFile",
    "Open",
    "OpenFile",
    "ReadDir",
    "Glob",
    "ParseFiles",
    "ParseGlob",
    "ParseFS",
    "ServeFile",
    "WalkDir",
    "Walk",
    "DirFS",
    "Sub",
    "Stat",
    "LoadX509KeyPair",
    "ParseFile",
    "ParseDir",
];
/// Functions that put a path together.
const JOINERS: &[&str] = &["Join"];
/// Folders made for one run.
const FRESH: &[&str] = &["TempDir", "MkdirTemp"];
/// How deep an expression is looked into for the text it makes.
const DEPTH: u32 = 8;

impl<'t> Lower<'t> {
    /// What a call says of files.
    pub(super) fn files_of_call(&mut self, function: Node<'t>, args: &[Node<'t>]) {
        if self.model || self.kind(function) != Kind::SelectorExpression {
            return;
        }
        let Some(name) = self.field(function, self.g.fields.field) else {
            return;
        };
        let (name, line) = (self.text(name), self.line(function));
        let within = self.b.current();
        if READERS.contains(&name) {
            for &arg in args {
                if let Some(path) = self.path_text(arg, 0) {
                    self.b.file_use(within, line, &path, FileUseKind::Read);
                }
            }
        } else if JOINERS.contains(&name) || name == "Sprintf" {
            if let Some(call) = function.parent()
                && let Some(path) = self.path_text(call, 0)
            {
                self.b.file_use(within, line, &path, FileUseKind::Named);
            }
        } else if matches!(name, "Command" | "CommandContext") {
            self.command(args, line);
        }
    }

    /// `exec.Command("go", "run", "./cmd/tool")`, or a script started by its path.
    fn command(&mut self, args: &[Node<'t>], line: u32) {
        let words: Vec<String> = args
            .iter()
            .filter_map(|&a| self.path_text(a, 0))
            .skip_while(|w| w == "*")
            .collect();
        let program = match words.as_slice() {
            [go, verb, rest @ ..]
                if go == "go" && matches!(verb.as_str(), "run" | "build" | "test") =>
            {
                rest.iter()
                    .rev()
                    .find(|w| w.starts_with('.') || w.ends_with(".go"))
            }
            [first, ..] if first.contains('/') => Some(first),
            _ => None,
        };
        if let Some(program) = program {
            let within = self.b.current();
            self.b.file_use(within, line, program, FileUseKind::Run);
        }
    }

    /// A string that reads like a path.
    pub(super) fn file_named(&mut self, text: &str, line: u32) {
        if !self.model {
            let within = self.b.current();
            self.b.file_use(within, line, text, FileUseKind::Named);
        }
    }

    /// The text that an expression makes, with `*` for what is not constant; `None` where it is a
    /// folder made anew.
    fn path_text(&self, node: Node<'t>, depth: u32) -> Option<String> {
        let f = &self.g.fields;
        if depth > DEPTH {
            return Some("*".to_owned());
        }
        let text = match self.kind(node) {
            Kind::InterpretedString | Kind::RawString => {
                self.unquoted(node).map_or("*".to_owned(), str::to_owned)
            }
            Kind::ParenthesizedExpression => {
                return node
                    .named_child(0)
                    .map_or(Some("*".to_owned()), |n| self.path_text(n, depth + 1));
            }
            Kind::Identifier => match self.lookup_text(node) {
                Some(value) => return self.path_text(value, depth + 1),
                None => "*".to_owned(),
            },
            Kind::BinaryExpression => {
                let (left, right) = (self.field(node, f.left)?, self.field(node, f.right)?);
                self.path_text(left, depth + 1)? + &self.path_text(right, depth + 1)?
            }
            Kind::CallExpression => {
                let function = self.field(node, f.function)?;
                let name = match self.kind(function) {
                    Kind::SelectorExpression => self.text(self.field(function, f.field)?),
                    _ => self.text(function),
                };
                if FRESH.contains(&name) {
                    return None;
                }
                let args = self.field(node, f.arguments).map(children);
                let args = args.unwrap_or_default();
                if JOINERS.contains(&name) {
                    let mut parts = Vec::with_capacity(args.len());
                    for arg in args {
                        parts.push(self.path_text(arg, depth + 1)?);
                    }
                    parts.join("/")
                } else if name == "Sprintf" {
                    let format = args.first()?;
                    for &arg in &args[1..] {
                        self.path_text(arg, depth + 1)?;
                    }
                    verbs(&self.path_text(*format, depth + 1)?)
                } else {
                    "*".to_owned()
                }
            }
            _ => "*".to_owned(),
        };
        Some(text)
    }

    /// The initialiser of a constant or a variable of this file that nothing else is assigned to by
    /// its declaration.
    fn lookup_text(&self, node: Node<'t>) -> Option<Node<'t>> {
        let name = self.b.known(self.text(node))?;
        match self.b.scopes.get(name)? {
            Bound::Def(def) => self.initial.get(&def).copied(),
            _ => None,
        }
    }

    /// `//go:embed a b/*.txt` above a variable.
    pub(super) fn embeds(&mut self, spec: Node<'t>) {
        let mut first = spec;
        if let Some(parent) = spec.parent()
            && self.kind(parent) == Kind::VarDeclaration
        {
            first = parent;
        }
        let mut at = first.prev_sibling();
        while let Some(comment) = at.filter(|n| self.kind(*n) == Kind::Comment) {
            at = comment.prev_sibling();
            let Some(patterns) = self.text(comment).strip_prefix("//go:embed ") else {
                continue;
            };
            let line = self.line(comment);
            for name in children_of(spec, self.g.fields.name) {
                let Some(Bound::Def(def)) = self.lookup(self.text(name)) else {
                    continue;
                };
                for pattern in patterns.split_whitespace() {
                    let pattern = pattern.trim_matches(['"', '`']);
                    let pattern = pattern.strip_prefix("all:").unwrap_or(pattern);
                    self.b.file_use(def, line, pattern, FileUseKind::Read);
                }
            }
        }
    }

    /// `{{.Total}}` in a template calls the method of that name of what it is given: those of this file.
    pub(super) fn template(&mut self, text: &str, line: u32) {
        if self.model || !text.contains("{{") {
            return;
        }
        let mut rest = text;
        while let Some((_, after)) = rest.split_once("{{") {
            let (inside, next) = after.split_once("}}").unwrap_or((after, ""));
            rest = next;
            for name in inside.split('.').skip(1) {
                let end = name
                    .find(|c: char| !c.is_alphanumeric() && c != '_')
                    .unwrap_or(name.len());
                let Some(name) = self.b.known(&name[..end]) else {
                    continue;
                };
                let methods: Vec<Place> = self
                    .b
                    .facts
                    .defs
                    .iter()
                    .filter(|d| d.kind == NodeKind::Method && d.name == name)
                    .map(|d| d.place)
                    .collect();
                for method in methods {
                    self.b.mention(method, line);
                }
            }
        }
    }
}

/// A format with `*` for its verbs.
fn verbs(format: &str) -> String {
    let mut out = String::new();
    let mut chars = format.chars();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        for c in chars.by_ref() {
            if c.is_alphabetic() || c == '%' {
                break;
            }
        }
        out.push('*');
    }
    out
}
