//! Test runners: suites, tests and hooks by their calls.

use crate::facts::*;
use crate::lang::builder::Bound;
use crate::lang::ecma::kinds::K;
use crate::lang::ecma::lower::Lower;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

/// A suite being read, or the whole file.
#[derive(Debug, Default)]
struct Suite {
    title: String,
    hooks: Vec<(Place, Name)>,
    tests: Vec<(DefId, u32)>,
}

/// The suites around the code being read.
#[derive(Debug)]
pub(super) struct Suites {
    open: Vec<Suite>,
    /// The runner that the file imports; unknown until asked for.
    runner: Option<Box<str>>,
}

impl Default for Suites {
    fn default() -> Self {
        Self {
            open: vec![Suite::default()],
            runner: None,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Suite,
    Test,
    Hook,
}

fn sort(name: &str) -> Option<Sort> {
    Some(match name {
        "describe" | "fdescribe" | "xdescribe" | "context" | "suite" => Sort::Suite,
        "it" | "test" | "specify" | "fit" | "xit" | "xtest" | "bench" => Sort::Test,
        "before" | "after" | "beforeEach" | "afterEach" | "beforeAll" | "afterAll" | "setup"
        | "teardown" | "suiteSetup" | "suiteTeardown" => Sort::Hook,
        _ => return None,
    })
}

/// The runner that a module belongs to.
fn runner_of(module: &str) -> Option<&'static str> {
    Some(match module {
        "vitest" => "vitest",
        "node:test" | "test" => "node",
        "@jest/globals" => "jest",
        "mocha" => "mocha",
        "bun:test" => "bun",
        "@playwright/test" => "playwright",
        "jasmine" => "jasmine",
        "ava" => "ava",
        _ => return None,
    })
}

/// True for files that are tests by their path.
pub(super) fn is_test_path(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    name.contains(".test.")
        || name.contains(".spec.")
        || name.contains("_test.")
        || name.contains("-test.")
        || name.contains("-spec.")
        || name.starts_with("test.")
        || name.starts_with("test-")
        || folder.split('/').any(|part| {
            matches!(
                part,
                "test" | "tests" | "spec" | "specs" | "__tests__" | "e2e"
            )
        })
}

impl<'t> Lower<'t> {
    /// The runner that the file imports; empty where there is none.
    fn runner(&mut self) -> &str {
        if self.suites.runner.is_none() {
            let runner = self
                .b
                .facts
                .imports
                .iter()
                .find_map(|i| runner_of(self.b.text(i.module)))
                .unwrap_or("");
            self.suites.runner = Some(runner.into());
        }
        self.suites.runner.as_deref().unwrap_or("")
    }

    /// The runner's function that is called, by name, and the table of `it.each(table)`.
    fn suite_name(&self, function: Node<'t>) -> Option<(Node<'t>, Sort, Option<Node<'t>>)> {
        match self.kind(function) {
            K::Identifier => Some((function, sort(self.text(function))?, None)),
            K::MemberExpression => {
                let object = self.field(function, self.f.object)?;
                let property = self.field(function, self.f.property)?;
                let (root, found, table) = self.suite_name(object)?;
                match self.text(property) {
                    "only" | "skip" | "todo" | "concurrent" | "sequential" | "each" | "for"
                    | "failing" | "fails" | "serial" | "skipIf" | "runIf" | "fixme" | "slow" => {
                        Some((root, found, table))
                    }
                    other => Some((root, sort(other)?, table)),
                }
            }
            K::CallExpression => {
                let inner = self.field(function, self.f.function)?;
                if self.kind(inner) != K::MemberExpression {
                    return None;
                }
                let (root, found, _) = self.suite_name(inner)?;
                let arguments = self.field(function, self.f.arguments)?;
                Some((root, found, Some(arguments)))
            }
            _ => None,
        }
    }

    /// Reads a call of a test runner's function; `None` where it is none.
    pub(super) fn suite_call(
        &mut self,
        _node: Node<'t>,
        function: Node<'t>,
        arguments: Option<Node<'t>>,
    ) -> Option<Place> {
        let (root, sort, table) = self.suite_name(function)?;
        let arguments = arguments.filter(|&a| self.kind(a) == K::Arguments)?;
        let name = self.name_of(root);
        match self.b.scopes.get(name) {
            None => {
                if !self.test_path && self.runner().is_empty() {
                    return None;
                }
            }
            Some(Bound::Import(import)) => {
                let module = self.b.facts.imports[import.0 as usize].module;
                runner_of(self.b.text(module))?;
            }
            Some(Bound::Place(_)) if !self.runner().is_empty() => {}
            _ => return None,
        }
        let list: Vec<Node<'t>> = self
            .children(arguments)
            .into_iter()
            .filter(|&n| self.kind(n) != K::Comment)
            .collect();
        match sort {
            Sort::Hook => self.hook(root, &list),
            Sort::Suite | Sort::Test => self.suite_or_test(function, sort, &list, table),
        }
    }

    fn hook(&mut self, root: Node<'t>, list: &[Node<'t>]) -> Option<Place> {
        let &callback = list
            .iter()
            .rev()
            .find(|&&n| self.named_value(n).is_some() || self.kind(n) == K::Identifier)?;
        let text = self.name_of(root);
        let place = match self.named_value(callback) {
            Some((inner, NodeKind::Function)) => {
                let def = self.function_def(inner, Default::default());
                self.b.def(def).flags.0 |= DefFlags::TEST_HOOK;
                self.function(inner, def);
                self.b.place_of(def)
            }
            _ => self.expr(callback),
        };
        let line = self.line(root);
        self.b
            .call(CallKind::Implicit, line, place, Place::NOWHERE, &[], text);
        if let Some(suite) = self.suites.open.last_mut() {
            suite.hooks.push((place, text));
        }
        Some(Place::NOWHERE)
    }

    fn suite_or_test(
        &mut self,
        function: Node<'t>,
        sort: Sort,
        list: &[Node<'t>],
        table: Option<Node<'t>>,
    ) -> Option<Place> {
        let (&title_node, rest) = list.split_first()?;
        let title = match self.kind(title_node) {
            K::String | K::TemplateString => self.string_text(title_node).to_owned(),
            _ if self.named_value(title_node).is_some() => return None,
            _ => {
                self.expr(title_node);
                self.title(title_node)
            }
        };
        let callback = rest
            .iter()
            .rev()
            .copied()
            .find(|&n| self.named_value(n).is_some());
        let other = rest.iter().copied().find(|&n| {
            matches!(
                self.kind(n),
                K::Identifier | K::CallExpression | K::MemberExpression
            )
        });
        let rows = table.map(|table| {
            let line = self.line(table);
            if self.kind(table) == K::TemplateString {
                for child in self.children(table) {
                    self.expr(child);
                }
                return Place::NOWHERE;
            }
            match self.first(table) {
                Some(first) => {
                    let rows = self.expr(first);
                    self.b.load_callee(rows, Select::Element, line)
                }
                None => Place::NOWHERE,
            }
        });
        let name = self.b.name(&title);
        let whole = function.parent().unwrap_or(function);
        let (lines, line) = (self.lines(whole), self.line(function));
        let kind = match sort {
            Sort::Test => NodeKind::Test,
            _ => NodeKind::Function,
        };
        if callback.is_none() && other.is_none() {
            // `it.todo("…")`: nothing to run.
            return Some(Place::NOWHERE);
        }
        let def = self.define(kind, name, None, lines, line);
        self.b.value(def);
        let place = self.b.place_of(def);
        self.b
            .call(CallKind::Implicit, line, place, Place::NOWHERE, &[], name);
        if sort == Sort::Suite {
            self.suites.open.push(Suite {
                title,
                ..Suite::default()
            });
        } else {
            let runner: Box<str> = self.runner().into();
            let mut id = String::new();
            for suite in &self.suites.open {
                if !suite.title.is_empty() {
                    id.push_str(&suite.title);
                    id.push(' ');
                }
            }
            id.push_str(&title);
            self.b.def(def).test = Some(TestFact {
                runner,
                id: id.into(),
            });
            if let Some(suite) = self.suites.open.last_mut() {
                suite.tests.push((def, line));
            }
        }
        match callback.and_then(|n| self.named_value(n)) {
            Some((inner, NodeKind::Function)) => {
                self.function(inner, def);
                if let Some(row) = rows {
                    self.row(def, row, line);
                }
            }
            _ => {
                self.b.enter(def);
                if let Some(other) = other {
                    let callee = self.expr(other);
                    self.b
                        .call(CallKind::Implicit, line, callee, Place::NOWHERE, &[], name);
                }
                self.b.leave();
            }
        }
        if sort == Sort::Suite {
            self.close_suite();
        }
        Some(Place::NOWHERE)
    }

    /// A title that is put together, with a hole for each part that is not constant.
    fn title(&mut self, node: Node<'t>) -> String {
        if let Some(text) = self.constant_key(node) {
            return text;
        }
        match self.kind(node) {
            K::String | K::TemplateString => self.string_text(node).to_owned(),
            K::BinaryExpression => {
                let sides = (
                    self.field(node, self.f.left),
                    self.field(node, self.f.right),
                );
                match sides {
                    (Some(left), Some(right)) => self.title(left) + &self.title(right),
                    _ => String::new(),
                }
            }
            _ => format!(
                "${{{}}}",
                self.text(node).lines().next().unwrap_or("").trim()
            ),
        }
    }

    /// A row of a table: one argument, or one for each of its elements.
    fn row(&mut self, def: DefId, row: Place, line: u32) {
        let params: Vec<Place> = self.b.def(def).params.iter().map(|p| p.place).collect();
        for (index, param) in params.into_iter().enumerate() {
            if index == 0 {
                self.b.copy(param, row);
            }
            let select = self.index(index);
            let cell = self.b.load_callee(row, select, line);
            self.b.copy(param, cell);
        }
    }

    /// Every test of a suite calls the suite's hooks; the suites around add theirs.
    pub(super) fn close_suite(&mut self) {
        let Some(suite) = self.suites.open.pop() else {
            return;
        };
        for &(test, line) in &suite.tests {
            self.b.enter(test);
            for &(hook, name) in &suite.hooks {
                self.b
                    .call(CallKind::Implicit, line, hook, Place::NOWHERE, &[], name);
            }
            self.b.leave();
        }
        if let Some(outer) = self.suites.open.last_mut() {
            outer.tests.extend(suite.tests);
        }
    }
}
