//! Doc tests: code blocks in documentation, which `cargo test --doc` runs.
//!
//! Goes in: the doc comments before an item. Comes out: a test definition a block, whose body sees
//! only the prelude and what it imports, as another crate would.

use super::grammar::{Kind, children};
use super::lower::{Body, Lower, SelfType, tag};
use crate::facts::*;
use ripple_schemas::NodeKind;
use std::rc::Rc;
use tree_sitter::Parser;
use twox_hash::XxHash3_64;

impl Lower {
    /// Reads the code blocks of some doc comments.
    pub(super) fn doc_tests(&mut self, docs: &[(u32, String)]) {
        if docs.is_empty() {
            return;
        }
        let mut lines = Vec::new();
        for (line, text) in docs {
            let block = text.starts_with("/*");
            for (row, text) in text.lines().enumerate() {
                let text = text.trim_start();
                let text = if block {
                    text.trim_start_matches("/**")
                        .trim_end_matches("*/")
                        .trim_start_matches('*')
                } else {
                    text.trim_start_matches("///")
                };
                lines.push((line + row as u32, text.strip_prefix(' ').unwrap_or(text)));
            }
        }
        let mut at = 0;
        while at < lines.len() {
            let (line, text) = lines[at];
            at += 1;
            let Some(language) = text.trim_start().strip_prefix("```") else {
                continue;
            };
            let start = at;
            while at < lines.len() && !lines[at].1.trim_start().starts_with("```") {
                at += 1;
            }
            if is_rust(language) {
                self.doc_test(line, &lines[start..at]);
            }
            at += 1;
        }
    }

    fn doc_test(&mut self, line: u32, lines: &[(u32, &str)]) {
        let Some(&(first, _)) = lines.first() else {
            return;
        };
        let mut text = String::from("fn _doc(){");
        let mut at = first;
        for &(line, code) in lines {
            while at < line {
                text.push('\n');
                at += 1;
            }
            let code = code.trim_start();
            // Lines that the page hides are code too.
            text.push_str(match code.strip_prefix("# ") {
                Some(hidden) => hidden,
                None if code == "#" => "",
                None => code,
            });
        }
        text.push('}');
        let Some(mut parser) = self.parser.take().or_else(|| {
            let mut parser = Parser::new();
            parser.set_language(&self.g.language).ok().map(|()| parser)
        }) else {
            return;
        };
        let tree = super::macros::parse_or_give_up(&mut parser, &text);
        self.parser = Some(parser);
        let Some(tree) = tree.filter(|tree| !tree.root_node().has_error()) else {
            return;
        };
        let function = children(tree.root_node()).into_iter().next();
        let Some(block) = function.and_then(|f| self.field(f, self.g.fields.body)) else {
            return;
        };

        let (name, number) = (self.b.name("doc"), self.b.name(&line.to_string()));
        let parent = self.module;
        self.b.enter(parent);
        let last = lines.last().map_or(line, |last| last.0) + 1;
        let def = self.b.define(NodeKind::Test, name, (line, last), line);
        self.b.leave();
        self.b.value(def);
        let d = self.b.def(def);
        d.disambiguator = Some(number);
        d.body = XxHash3_64::oneshot(text.as_bytes());
        d.flags.0 |= DefFlags::TEST_ONLY;
        d.test = Some(TestFact {
            runner: "cargo".into(),
            id: format!("doc (line {line})").into(),
        });

        let src = std::mem::replace(&mut self.src, Rc::from(text));
        let base = std::mem::replace(&mut self.line_base, first);
        let outer = (self.module, self.self_type, self.globs, self.body);
        let inline = std::mem::take(&mut self.inline);
        let enums = std::mem::take(&mut self.glob_enums);
        let foreign = self.glob_foreign.take();
        (self.self_type, self.globs, self.body) = (SelfType::None, false, Body::default());
        self.module = def;
        self.nested += 1;
        self.b.enter(def);
        self.b.scopes.push(tag::MODULE);
        let main = children(block).into_iter().find(|&child| {
            self.kind(child) == Kind::FunctionItem
                && self
                    .field(child, self.g.fields.name)
                    .is_some_and(|n| self.text(n) == "main")
        });
        self.block(block, None);
        let _ = main;
        self.b.scopes.pop();
        self.b.leave();
        self.nested -= 1;
        (self.module, self.self_type, self.globs, self.body) = outer;
        self.inline = inline;
        self.glob_enums = enums;
        self.glob_foreign = foreign;
        self.line_base = base;
        self.src = src;
    }
}

/// Whether a code block's language means a test that is compiled.
fn is_rust(language: &str) -> bool {
    language
        .split([',', ' '])
        .map(str::trim)
        .filter(|word| !word.is_empty())
        .all(|word| {
            matches!(
                word,
                "rust"
                    | "should_panic"
                    | "no_run"
                    | "compile_fail"
                    | "edition2015"
                    | "edition2018"
                    | "edition2021"
                    | "edition2024"
            ) || word.starts_with("test_harness")
        })
}
