//! Tests: which functions `go test` runs, and by which id.
//!
//! Goes in: a function or a closure of a test file. Comes out: its test fact. The id is the path of
//! titles that `-run` wants, joined by slashes.

use super::grammar::{Kind, children};
use super::lower::Lower;
use crate::facts::*;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// The test that a declared function is.
    pub(super) fn test_fact(&self, node: Node<'t>, name: &str) -> Option<TestFact> {
        if !self.test_file || name == "TestMain" {
            return None;
        }
        let params = self
            .field(node, self.g.fields.parameters)
            .map_or(0, |p| children(p).len());
        let kinds = [("Test", 1), ("Benchmark", 1), ("Fuzz", 1), ("Example", 0)];
        let is_test = kinds.iter().any(|&(prefix, count)| {
            params == count
                && name
                    .strip_prefix(prefix)
                    .is_some_and(|rest| !rest.chars().next().is_some_and(char::is_lowercase))
        });
        is_test.then(|| TestFact {
            runner: "go".into(),
            id: name.into(),
        })
    }

    /// `t.Run("title", func(t *testing.T) { … })`: the closure is a test of its own. Gives its id.
    pub(super) fn subtest(&mut self, node: Node<'t>, def: DefId) -> Option<String> {
        let around = self.test.clone()?;
        let call = node.parent()?.parent()?;
        if self.kind(call) != Kind::CallExpression {
            return Some(around);
        }
        let function = self.field(call, self.g.fields.function)?;
        let args = self.field(call, self.g.fields.arguments).map(children)?;
        let runs = self.kind(function) == Kind::SelectorExpression
            && self
                .field(function, self.g.fields.field)
                .is_some_and(|f| self.text(f) == "Run")
            && args.len() == 2
            && args[1] == node;
        if !runs {
            return Some(around);
        }
        let Some(title) = self.unquoted(args[0]).filter(|_| {
            matches!(
                self.kind(args[0]),
                Kind::InterpretedString | Kind::RawString
            )
        }) else {
            return Some(around);
        };
        let id = format!("{around}/{}", title.replace(char::is_whitespace, "_"));
        let d = self.b.def(def);
        d.kind = NodeKind::Test;
        d.test = Some(TestFact {
            runner: "go".into(),
            id: id.as_str().into(),
        });
        Some(id)
    }

    /// `suite.Run(t, new(CartSuite))`: the methods of the suite that testify calls, where this file
    /// declares them.
    pub(super) fn suite_run(&mut self, function: Node<'t>, args: &[Node<'t>]) {
        let &[_, suite] = args else { return };
        let f = &self.g.fields;
        let runs = self.test_file
            && self.kind(function) == Kind::SelectorExpression
            && self
                .field(function, f.field)
                .is_some_and(|n| self.text(n) == "Run")
            && self
                .field(function, f.operand)
                .is_some_and(|n| self.text(n) == "suite");
        if !runs {
            return;
        }
        // `new(S)`, `&S{…}`: the name of a type of this file.
        let named = self
            .text(suite)
            .split(|c: char| !c.is_alphanumeric() && c != '_')
            .filter(|w| !w.is_empty() && *w != "new")
            .find_map(
                |w| match self.b.known(w).and_then(|n| self.b.scopes.get(n)) {
                    Some(crate::lang::builder::Bound::Def(def)) => Some(def),
                    _ => None,
                },
            );
        let Some(class) = named else { return };
        let called: Vec<DefId> = (0..self.b.facts.defs.len())
            .map(|i| DefId(i as u32))
            .filter(|&def| {
                let d = &self.b.facts.defs[def.0 as usize];
                let name = self.b.text(d.name);
                d.kind == NodeKind::Method
                    && d.parent == class
                    && (name.starts_with("Test") || SUITE_HOOKS.contains(&name))
            })
            .collect();
        let line = self.line(suite);
        for method in called {
            let (callee, text) = (
                self.b.place_of(method),
                self.b.facts.defs[method.0 as usize].name,
            );
            let receiver = self.b.place();
            self.b
                .call(CallKind::Implicit, line, callee, receiver, &[], text);
        }
    }
}

/// What testify calls around the tests of a suite.
const SUITE_HOOKS: &[&str] = &[
    "SetupSuite",
    "SetupTest",
    "SetupSubTest",
    "BeforeTest",
    "AfterTest",
    "TearDownSubTest",
    "TearDownTest",
    "TearDownSuite",
];
