//! Tests that a runner finds where nobody wrote them: those that a class inherits, and those that a
//! function of another file makes.
//!
//! Goes in: facts and resolutions. Comes out: nodes of kind Test with ids that the runner accepts, and
//! what each runs. Which tests run by themselves the languages have said; this only follows them.

use super::symbols::Keys;
use super::{Around, Assembly};
use crate::facts::{DefId, FileFacts};
use ripple_schemas::{EdgeKind, Key, Node, NodeKind, property};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

/// A test that is run without being written.
pub(super) struct Derived {
    pub(super) node: Node,
    /// What it stands in.
    pub(super) parent: Key,
    /// What it runs: what was written, and set-up that comes with the class.
    pub(super) runs: Vec<(usize, DefId)>,
    pub(super) line: u32,
}

/// All of them.
#[derive(Default)]
pub(super) struct DerivedTests {
    pub(super) by_file: FxHashMap<usize, Vec<Derived>>,
    /// Tests that are run only from elsewhere.
    pub(super) templates: FxHashSet<(usize, DefId)>,
}

/// A class inherits at most so many tests.
const MAX_INHERITED: usize = 400;
/// One maker of tests is followed to at most so many callers.
const MAX_CALLERS: usize = 400;

const HOOKS: &[&str] = &[
    "setUpClass",
    "setUp",
    "asyncSetUp",
    "tearDown",
    "tearDownClass",
    "setup_class",
    "setup_method",
    "teardown_method",
    "teardown_class",
];

type Place = (usize, DefId);

pub(super) fn derived(input: &Assembly<'_>, around: &[Around<'_>], keys: &[Keys]) -> DerivedTests {
    let mut out = DerivedTests::default();
    let all = All {
        input,
        around,
        keys,
    };
    all.inherited(&mut out);
    all.made(&mut out);
    out
}

struct All<'r, 'a> {
    input: &'r Assembly<'a>,
    around: &'r [Around<'a>],
    keys: &'r [Keys],
}

impl All<'_, '_> {
    fn facts(&self, file: usize) -> Option<&FileFacts> {
        self.input.files[file].facts().map(|f| &**f)
    }

    fn name(&self, (file, def): Place) -> &str {
        let Some(facts) = self.facts(file) else {
            return "";
        };
        let Some(def) = facts.defs.get(def.0 as usize) else {
            return "";
        };
        facts.names.get(def.name.0 as usize).map_or("", |n| n)
    }

    /// The edges of one kind that a file shows, with indices into the files of the tree.
    fn edges(&self, file: usize, kind: EdgeKind) -> impl Iterator<Item = (Place, Place, u32)> {
        let members = self.around[file]
            .family
            .map(|(number, _)| &self.input.families[number].members);
        let place = move |sym: crate::solve::Sym| {
            let file = *members?.get(sym.file as usize)?;
            Some((file as usize, sym.def))
        };
        let edges = self.around[file]
            .edges
            .iter()
            .filter(move |e| e.kind == kind);
        edges.filter_map(move |e| Some((place(e.from)?, place(e.to)?, e.line)))
    }

    /// pytest and unittest run what a class inherits under the class's own name.
    fn inherited(&self, out: &mut DerivedTests) {
        let python = |i: &usize| self.input.files[*i].path.text().ends_with(".py");
        let files: Vec<usize> = (0..self.input.files.len()).filter(python).collect();
        let mut bases: FxHashMap<Place, Vec<Place>> = FxHashMap::default();
        for &file in &files {
            for (class, base, _) in self.edges(file, EdgeKind::Extends) {
                bases.entry(class).or_default().push(base);
            }
        }
        let mut classes: Vec<Place> = bases.keys().copied().collect();
        classes.sort_unstable();
        for class in classes {
            if self.is_collected(class) {
                let tests = self.inherits(class, &bases);
                out.by_file.entry(class.0).or_default().extend(tests);
            }
        }
    }

    /// Whether a runner looks for tests in a class.
    fn is_collected(&self, (file, def): Place) -> bool {
        let path = self.input.files[file].path.text();
        let stem = path
            .rsplit('/')
            .next()
            .unwrap_or(path)
            .trim_end_matches(".py");
        let Some(facts) = self.facts(file) else {
            return false;
        };
        let top = facts
            .defs
            .get(def.0 as usize)
            .is_some_and(|d| d.parent == DefId(0));
        let tested = facts
            .defs
            .iter()
            .any(|d| d.parent == def && d.kind == NodeKind::Test);
        let name = self.name((file, def));
        let named = name.starts_with("Test")
            || ["Test", "Tests", "TestCase"]
                .iter()
                .any(|end| name.ends_with(end));
        let file = stem.starts_with("test_") || stem.ends_with("_test") || stem == "tests";
        top && (tested || named && file)
    }

    fn inherits(&self, class: Place, bases: &FxHashMap<Place, Vec<Place>>) -> Vec<Derived> {
        let Some(facts) = self.facts(class.0) else {
            return Vec::new();
        };
        let mut seen: FxHashSet<String> = FxHashSet::default();
        let mut order = vec![class];
        let mut rest: Vec<Place> = bases.get(&class).cloned().unwrap_or_default();
        rest.reverse();
        while let Some(base) = rest.pop() {
            if !order.contains(&base) {
                order.push(base);
                rest.extend(bases.get(&base).into_iter().flatten().rev());
            }
        }
        let methods = |of: Place| {
            let facts = self.facts(of.0);
            let defs = facts.map_or(&[][..], |f| &f.defs);
            let inside = defs.iter().enumerate();
            inside
                .filter(move |(_, d)| d.parent == of.1)
                .filter(|(_, d)| matches!(d.kind, NodeKind::Method | NodeKind::Test))
                .map(move |(d, _)| (of.0, DefId(d as u32)))
        };
        let mut hooks: Vec<Place> = Vec::new();
        let mut named: FxHashSet<&str> = FxHashSet::default();
        for &base in &order {
            for method in methods(base) {
                let name = self.name(method);
                if HOOKS.contains(&name) && named.insert(name) {
                    hooks.push(method);
                }
            }
        }
        seen.extend(methods(class).map(|m| self.name(m).to_owned()));
        let mut out = Vec::new();
        for &base in &order[1..] {
            for method in methods(base) {
                let name = self.name(method);
                if !name.starts_with("test") || !seen.insert(name.to_owned()) {
                    continue;
                }
                let def = &facts.defs[class.1.0 as usize];
                let inside = self.keys[class.0].name(class.1).unwrap_or_default();
                let id = format!("{}::{name}", inside.replace('.', "::"));
                let runner = self.runner(class, method);
                let found = self.test(
                    class.0,
                    &format!("{inside}.{name}"),
                    name,
                    def.lines,
                    (runner, &id),
                );
                let Some(node) = found else { continue };
                out.push(Derived {
                    node,
                    parent: self.keys[class.0].of(class.1).clone(),
                    runs: std::iter::once(method)
                        .chain(hooks.iter().copied())
                        .collect(),
                    line: def.name_line,
                });
                if out.len() >= MAX_INHERITED {
                    return out;
                }
            }
        }
        out
    }

    /// The runner of a class's tests: that of those written in it or beside what is inherited.
    fn runner(&self, class: Place, method: Place) -> &'static str {
        let unittest = |file: usize, wanted: &dyn Fn(DefId, DefId) -> bool| {
            self.facts(file).is_some_and(|f| {
                f.defs.iter().enumerate().any(|(d, def)| {
                    wanted(DefId(d as u32), def.parent)
                        && def.test.as_ref().is_some_and(|t| &*t.runner == "unittest")
                })
            })
        };
        if unittest(class.0, &|_, parent| parent == class.1)
            || unittest(method.0, &|def, _| def == method.1)
        {
            "unittest"
        } else {
            "pytest"
        }
    }

    /// JavaScript's runners run the file that calls a function which makes tests.
    fn made(&self, out: &mut DerivedTests) {
        // The functions around tests that are written in a function.
        let mut makers: FxHashMap<Place, Vec<DefId>> = FxHashMap::default();
        for file in 0..self.input.files.len() {
            let Some(facts) = self.facts(file) else {
                continue;
            };
            if !self.is_ecma(file) {
                continue;
            }
            for (index, def) in facts.defs.iter().enumerate() {
                if def.kind != NodeKind::Test {
                    continue;
                }
                let mut at = def.parent;
                while at != DefId(0) {
                    let Some(around) = facts.defs.get(at.0 as usize) else {
                        break;
                    };
                    if matches!(around.kind, NodeKind::Function | NodeKind::Method) {
                        makers
                            .entry((file, at))
                            .or_default()
                            .push(DefId(index as u32));
                    }
                    at = around.parent;
                }
            }
        }
        if makers.is_empty() {
            return;
        }
        for caller in 0..self.input.files.len() {
            let mut calls: Vec<(Place, Place, u32)> = self
                .edges(caller, EdgeKind::Calls)
                .filter(|(from, to, _)| from.0 != to.0 && makers.contains_key(to))
                .collect();
            calls.sort_unstable();
            calls.dedup_by_key(|(from, to, _)| (*from, *to));
            for (from, maker, line) in calls.into_iter().take(MAX_CALLERS) {
                for &test in &makers[&maker] {
                    self.make(out, from, (maker.0, test), line);
                }
            }
        }
    }

    fn is_ecma(&self, file: usize) -> bool {
        let language = self.input.files[file].language();
        matches!(language, Some("javascript" | "typescript"))
    }

    fn make(&self, out: &mut DerivedTests, from: Place, test: Place, line: u32) {
        let Some(fact) = self
            .facts(test.0)
            .and_then(|f| f.defs.get(test.1.0 as usize))
            .and_then(|d| d.test.as_ref())
        else {
            return;
        };
        // Suites around the call come before the title; which they are is not known here.
        let id = match from.1 {
            DefId(0) => fact.id.to_string(),
            _ => format!("${{}} {}", fact.id),
        };
        let name = self.name(test);
        let inside = self.keys[from.0].name(from.1).unwrap_or_default();
        let own = ripple_schemas::key::encode_name(name);
        let mut qualified = if inside.is_empty() {
            own
        } else {
            format!("{inside}.{own}")
        };
        // The same maker may be called more than once.
        qualified.push_str(&format!("~{line}"));
        let lines = (line, line);
        let made = self.test(from.0, &qualified, name, lines, (&fact.runner, &id));
        let Some(node) = made else { return };
        out.by_file.entry(from.0).or_default().push(Derived {
            node,
            parent: self.keys[from.0].of(from.1).clone(),
            runs: vec![test],
            line,
        });
        out.templates.insert(test);
    }

    fn test(
        &self,
        file: usize,
        qualified: &str,
        name: &str,
        lines: (u32, u32),
        (runner, id): (&str, &str),
    ) -> Option<Node> {
        let (number, _) = self.around[file].family?;
        let path = &self.input.files[file].path;
        let modules = &self.input.families[number].modules;
        let (runner, id) = modules.test_id(path.text(), runner, id);
        let key = path.symbol_key(self.input.repository, qualified);
        let mut node = Node::new(NodeKind::Test, key, name);
        let module = modules.module_name(path.text());
        node.qualified_name = Some(format!("{module}.{qualified}"));
        node.path = Some(path.text().to_owned());
        (node.line_start, node.line_end) = (Some(lines.0), Some(lines.1));
        node.language = self.input.files[file].language().map(str::to_owned);
        let mut set = |name: &str, value: String| {
            node.properties
                .insert(name.to_owned(), Value::String(value));
        };
        set(property::RUNNER, runner);
        set(property::TEST_ID, id);
        Some(node)
    }
}
