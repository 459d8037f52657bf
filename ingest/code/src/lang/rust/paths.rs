//! Files and programs that code names: what is compiled in, read at run time or started.
//!
//! Goes in: an expression or the tokens of a macro. Comes out: file uses, with `*` for what is not
//! constant. `cargo test` starts a test in the folder of its package, which lies around the file.

use super::grammar::{Kind, children};
use super::lower::Lower;
use crate::facts::*;
use tree_sitter::Node;

/// Functions that read the file or walk the folder that their first argument names, with the type or
/// module they are of.
const READERS: &[(&str, &[&str])] = &[
    (
        "fs",
        &["read", "read_to_string", "read_dir", "copy", "metadata"],
    ),
    ("File", &["open"]),
    ("NamedFile", &["open"]),
    ("WalkDir", &["new"]),
];
/// Methods that pass a path on as it is.
const SAME: &[&str] = &[
    "to_path_buf",
    "to_owned",
    "to_string",
    "as_path",
    "as_ref",
    "clone",
    "unwrap",
    "expect",
    "display",
    "to_str",
    "into",
    "canonicalize",
    "to_string_lossy",
];
/// The variable in which cargo says where the package lies.
const HOME: &str = "CARGO_MANIFEST_DIR";
/// Variables that name a program of the package.
const PROGRAM: &str = "CARGO_BIN_EXE_";
/// How deep an expression is looked into for the text it makes.
const DEPTH: u32 = 10;

impl Lower {
    /// What a macro's tokens say of files.
    pub(super) fn files_of_macro(&mut self, name: &str, tree: Node<'_>, line: u32) {
        if self.model {
            return;
        }
        let within = self.b.current();
        match name {
            "include_str" | "include_bytes" | "include" => {
                let path = self.token_text(tree, 0);
                self.b.file_use(within, line, &path, FileUseKind::Read);
            }
            "env" | "option_env" => {
                let path = self.token_text(tree, 0);
                if let Some(program) = path.strip_prefix(PROGRAM) {
                    self.b.file_use(within, line, program, FileUseKind::Program);
                }
            }
            "cargo_bin" => {
                let program = self.token_text(tree, 0);
                self.b
                    .file_use(within, line, &program, FileUseKind::Program);
            }
            "concat" => {
                let path = self.token_text(tree, 0);
                self.b.file_use(within, line, &path, FileUseKind::Named);
            }
            _ => {}
        }
    }

    /// The text that the strings among some tokens make, one after another.
    fn token_text(&self, tree: Node<'_>, depth: u32) -> String {
        let mut out = String::new();
        let mut before = "";
        let mut cursor = tree.walk();
        let tokens: Vec<Node<'_>> = tree.children(&mut cursor).collect();
        for token in tokens {
            match self.kind(token) {
                Kind::StringLiteral | Kind::RawStringLiteral => {
                    out.push_str(&self.string_text(token));
                }
                Kind::TokenTree if depth < DEPTH => match before {
                    "env" | "stringify" => out.push('*'),
                    _ => out.push_str(&self.token_text(token, depth + 1)),
                },
                Kind::Identifier => before = self.text_of(token),
                _ => {}
            }
        }
        out
    }

    fn text_of(&self, node: Node<'_>) -> &'static str {
        match self.text(node) {
            "env" => "env",
            "stringify" => "stringify",
            _ => "",
        }
    }

    /// The text between the quotes; nothing where it has escapes.
    fn string_text(&self, node: Node<'_>) -> String {
        let text = self.text(node);
        let (Some(first), Some(last)) = (text.find('"'), text.rfind('"')) else {
            return String::new();
        };
        let inner = text.get(first + 1..last).unwrap_or("");
        if inner.contains('\\') && !text.starts_with('r') {
            return String::new();
        }
        inner.to_owned()
    }

    /// A string that reads like a path.
    pub(super) fn file_named(&mut self, node: Node<'_>) {
        if self.model {
            return;
        }
        let (text, line) = (self.string_text(node), self.line(node));
        let within = self.b.current();
        self.b.file_use(within, line, &text, FileUseKind::Named);
    }

    /// `fs::read("a.txt")`, `Command::cargo_bin("tool")`.
    pub(super) fn files_of_path_call(&mut self, parts: &[Name], args: &[Node<'_>], line: u32) {
        let (Some((last, before)), Some(&first)) = (parts.split_last(), args.first()) else {
            return;
        };
        if self.model {
            return;
        }
        let owner = before.last().map_or("", |n| self.b.text(*n));
        let last = self.b.text(*last);
        let reads = READERS
            .iter()
            .any(|(of, names)| (owner == *of || owner.is_empty()) && names.contains(&last))
            && !(owner.is_empty() && matches!(last, "new" | "open" | "copy" | "read" | "metadata"));
        let within = self.b.current();
        if last == "cargo_bin" || last == "get_cargo_bin" {
            if let Some(program) = self.path_text(first, 0) {
                self.b
                    .file_use(within, line, &program, FileUseKind::Program);
            }
        } else if reads && let Some(path) = self.path_text(first, 0) {
            self.b.file_use(within, line, &path, FileUseKind::Read);
        }
    }

    /// `root.join("tests/cases")`: read where the root is the package's.
    pub(super) fn files_of_join(&mut self, call: Node<'_>, line: u32) {
        if self.model {
            return;
        }
        let Some(path) = self.path_text(call, 0) else {
            return;
        };
        let kind = if self.text(call).contains(HOME) {
            FileUseKind::Read
        } else {
            FileUseKind::Named
        };
        let within = self.b.current();
        self.b.file_use(within, line, &path, kind);
    }

    /// The text that an expression makes, with `*` for what is not constant; `None` where it is a
    /// folder made anew.
    fn path_text(&self, node: Node<'_>, depth: u32) -> Option<String> {
        let f = &self.g.fields;
        let unknown = || Some("*".to_owned());
        if depth > DEPTH {
            return unknown();
        }
        match self.kind(node) {
            Kind::StringLiteral | Kind::RawStringLiteral => Some(self.string_text(node)),
            Kind::ReferenceExpression | Kind::ParenthesizedExpression => {
                match children(node).last() {
                    Some(&inner) => self.path_text(inner, depth + 1),
                    None => unknown(),
                }
            }
            Kind::MacroInvocation => {
                let name = self.field(node, f.macro_)?;
                let tree = children(node)
                    .into_iter()
                    .rfind(|&child| self.kind(child) == Kind::TokenTree)?;
                match self.text(name) {
                    "concat" => Some(self.token_text(tree, 0)),
                    "format" => Some(holes(&self.token_text(tree, 0))),
                    _ => unknown(),
                }
            }
            Kind::CallExpression => {
                let function = self.field(node, f.function)?;
                let args = children(self.field(node, f.arguments)?);
                if self.text(function).contains("temp") || self.text(function).contains("OUT_DIR") {
                    return None;
                }
                if self.kind(function) != Kind::FieldExpression {
                    let text = self.text(function);
                    let wraps = ["Path::new", "PathBuf::from", "String::from"];
                    return match args.first() {
                        Some(&first) if wraps.iter().any(|w| text.ends_with(w)) => {
                            self.path_text(first, depth + 1)
                        }
                        _ => unknown(),
                    };
                }
                let (value, name) = (
                    self.field(function, f.value)?,
                    self.text(self.field(function, f.field)?),
                );
                let base = self.path_text(value, depth + 1)?;
                match (name, args.first()) {
                    ("join", Some(&part)) => {
                        Some(format!("{base}/{}", self.path_text(part, depth + 1)?))
                    }
                    ("with_extension", Some(&part)) => {
                        let stem = base.rsplit_once('.').map_or(base.as_str(), |(s, _)| s);
                        Some(format!("{stem}.{}", self.path_text(part, depth + 1)?))
                    }
                    (name, _) if SAME.contains(&name) => Some(base),
                    _ => unknown(),
                }
            }
            _ => unknown(),
        }
    }
}

/// A format string with `*` for its holes.
fn holes(format: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in format.chars() {
        match c {
            '{' => inside = true,
            '}' if inside => {
                inside = false;
                out.push('*');
            }
            _ if inside => {}
            c => out.push(c),
        }
    }
    out
}
