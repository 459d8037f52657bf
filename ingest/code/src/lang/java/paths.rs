//! Files that code names: resources, files read by a path, data that annotations name.
//!
//! Goes in: a call or an annotation. Comes out: file uses, with `*` for what is not constant.

use super::kinds::K;
use super::lower::{Lowerer, line};
use crate::facts::*;
use tree_sitter::Node;

/// Methods that read the file or resource that an argument names.
const READERS: &[&str] = &[
    "getResourceAsStream",
    "getResource",
    "getResources",
    "getSystemResource",
    "getSystemResourceAsStream",
    "readString",
    "readAllBytes",
    "readAllLines",
    "newBufferedReader",
    "newInputStream",
    "lines",
    "walk",
    "list",
    "newDirectoryStream",
];
/// Methods that put a path together from their arguments.
const JOINERS: &[&str] = &["of", "get", "resolve"];
/// Classes whose constructors name a file.
const OPENERS: &[&str] = &[
    "File",
    "FileReader",
    "FileInputStream",
    "ClassPathResource",
    "RandomAccessFile",
    "Scanner",
];
/// Annotations that name files.
const ANNOTATIONS: &[&str] = &[
    "CsvFileSource",
    "PropertySource",
    "TestPropertySource",
    "Sql",
    "ContextConfiguration",
    "ImportResource",
];
/// How deep an expression is looked into.
const DEPTH: u32 = 8;

impl<'t> Lowerer<'t> {
    /// What a call says of files.
    pub(super) fn files_of_call(&mut self, name: Name, object: Option<Node<'t>>, args: Node<'t>) {
        if self.is_model {
            return;
        }
        let text = self.b.text(name);
        let (at, within) = (line(args), self.b.current());
        if READERS.contains(&text) {
            let first = self.kids(args).first().copied();
            if let Some(path) = first.and_then(|a| self.path_text(a, 0)) {
                self.b.file_use(within, at, &path, FileUseKind::Read);
            }
        } else if text == "load" && object.is_some_and(|o| self.text(o).ends_with("ServiceLoader"))
        {
            let class = self.kids(args).first().copied();
            if let Some(class) = class.filter(|&c| self.kind(c) == K::ClassLiteral) {
                let service = self.text(class).trim_end_matches(".class").trim();
                let simple = service.rsplit('.').next().unwrap_or(service);
                let path = format!("META-INF/services/*{simple}");
                self.b.file_use(within, at, &path, FileUseKind::Read);
            }
        } else if JOINERS.contains(&text)
            && object.is_some_and(|o| {
                let o = self.text(o);
                text == "resolve" || o.ends_with("Path") || o.ends_with("Paths")
            })
            && let Some(call) = args.parent()
            && let Some(path) = self.path_text(call, 0)
        {
            self.b.file_use(within, at, &path, FileUseKind::Named);
        }
    }

    /// `new File("a.txt")`.
    pub(super) fn files_of_creation(&mut self, class: &str, args: Node<'t>) {
        let simple = class.rsplit('.').next().unwrap_or(class);
        if self.is_model || !OPENERS.contains(&simple) {
            return;
        }
        let mut parts = Vec::new();
        for arg in self.kids(args) {
            match self.path_text(arg, 0) {
                Some(part) => parts.push(part),
                None => return,
            }
        }
        let (at, within) = (line(args), self.b.current());
        self.b
            .file_use(within, at, &parts.join("/"), FileUseKind::Read);
    }

    /// `@CsvFileSource(resources = "/cases.csv")`.
    pub(super) fn files_of_annotation(&mut self, within: DefId, name: &str, node: Node<'t>) {
        if self.is_model || !ANNOTATIONS.contains(&name) {
            return;
        }
        for text in self.strings_in(node) {
            let path = text.strip_prefix("classpath:").unwrap_or(&text).to_owned();
            self.b
                .file_use(within, line(node), &path, FileUseKind::Read);
        }
    }

    /// A string that reads like a path.
    pub(super) fn file_named(&mut self, text: &str, at: u32) {
        if !self.is_model {
            let within = self.b.current();
            self.b.file_use(within, at, text, FileUseKind::Named);
        }
    }

    /// The text that an expression makes, with `*` for what is not constant; `None` where it is a
    /// file made anew.
    fn path_text(&mut self, node: Node<'t>, depth: u32) -> Option<String> {
        if depth > DEPTH {
            return Some("*".to_owned());
        }
        if let Some(text) = self.constant_text(node) {
            return Some(text);
        }
        match self.kind(node) {
            K::Parenthesized => {
                let inner = self.kids(node).first().copied()?;
                self.path_text(inner, depth + 1)
            }
            K::Binary => {
                let left = self.field(node, self.t.fields.left)?;
                let right = self.field(node, self.t.fields.right)?;
                Some(self.path_text(left, depth + 1)? + &self.path_text(right, depth + 1)?)
            }
            K::MethodInvocation => {
                let name = self.field(node, self.t.fields.name)?;
                let name = self.text(name);
                if name.contains("emp") && name.starts_with("create") {
                    return None;
                }
                let args = self.field(node, self.t.fields.arguments)?;
                let args = self.kids(args);
                if !JOINERS.contains(&name) {
                    return Some("*".to_owned());
                }
                let mut parts = Vec::new();
                if name == "resolve" {
                    let object = self.field(node, self.t.fields.object)?;
                    parts.push(self.path_text(object, depth + 1)?);
                }
                for arg in args {
                    parts.push(self.path_text(arg, depth + 1)?);
                }
                Some(parts.join("/"))
            }
            K::ObjectCreation => {
                let args = self.field(node, self.t.fields.arguments)?;
                let first = self.kids(args).first().copied()?;
                self.path_text(first, depth + 1)
            }
            _ => Some("*".to_owned()),
        }
    }
}
