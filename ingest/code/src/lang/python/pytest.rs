//! Tests: which functions are tests, the fixtures that pytest passes by name, set-up hooks.

use super::define::Decorator;
use super::kinds::K;
use super::lower::{Lowerer, line_of};
use super::scope::{ScopeId, ScopeKind, What};
use crate::facts::*;
use ripple_schemas::NodeKind;
use rustc_hash::{FxHashMap, FxHashSet};
use tree_sitter::Node;

/// What is known of the fixtures of a file.
#[derive(Debug)]
pub(super) struct Fixtures {
    test_file: bool,
    conftest: bool,
    /// Fixture functions, with the name they go by.
    functions: FxHashMap<DefId, Name>,
    /// Fixtures of classes and of the module that run without being asked.
    autouse: Vec<(DefId, DefId)>,
    parametrized: FxHashMap<DefId, Vec<(Name, Place)>>,
    /// Fixtures that `usefixtures` names for a function.
    used: FxHashMap<DefId, Vec<Name>>,
    /// Definitions whose scope holds the star imports of each `conftest.py` upward, outermost first.
    levels: Vec<DefId>,
    renamed: FxHashMap<Name, DefId>,
}

impl Fixtures {
    pub(super) fn new(path: &str) -> Self {
        let file = path.rsplit('/').next().unwrap_or(path);
        let stem = file.strip_suffix(".py").unwrap_or(file);
        let conftest = stem == "conftest";
        Self {
            test_file: stem.starts_with("test_")
                || stem.ends_with("_test")
                || stem == "tests"
                || stem == "test",
            conftest,
            functions: FxHashMap::default(),
            autouse: Vec::new(),
            parametrized: FxHashMap::default(),
            used: FxHashMap::default(),
            levels: Vec::new(),
            renamed: FxHashMap::default(),
        }
    }
}

/// The specifier by which a test file reaches the `conftest.py` of a folder.
pub(super) const CONFTEST: &str = "<conftest>/";

const UNITTEST_HOOKS: [&str; 6] = [
    "setUpClass",
    "setUp",
    "asyncSetUp",
    "tearDown",
    "asyncTearDown",
    "tearDownClass",
];
const PYTEST_HOOKS: [&str; 4] = [
    "setup_class",
    "setup_method",
    "teardown_method",
    "teardown_class",
];
const MODULE_HOOKS: [&str; 6] = [
    "setup_module",
    "teardown_module",
    "setUpModule",
    "tearDownModule",
    "setup_function",
    "teardown_function",
];

impl<'t> Lowerer<'t> {
    /// A function named like a test, where its file and class make it one.
    pub(super) fn test_fact(
        &mut self,
        name: &str,
        method: bool,
        decorators: &[Decorator<'t>],
    ) -> Option<TestFact> {
        if !name.starts_with("test")
            || decorators
                .iter()
                .any(|d| self.is_pytest(d) && d.name == "fixture")
        {
            return None;
        }
        if decorators
            .iter()
            .any(|d| matches!(d.name, "property" | "staticmethod" | "contextmanager"))
            && !method
        {
            return None;
        }
        let mut id = name.to_owned();
        let mut unittest = false;
        if method {
            let mut scope = self.scope;
            let mut outermost = true;
            while self.scopes[scope].kind == ScopeKind::Class {
                let class = self.scopes[scope].def;
                let class_name = self.b.def(class).name;
                let class_name = self.b.text(class_name).to_owned();
                let info = self.classes.get(&class)?;
                let case = info.unittest;
                let inherited = info
                    .bases
                    .iter()
                    .any(|b| b.contains("Test") || b.ends_with("Case"));
                let constructed = {
                    let init = self.b.name("__init__");
                    self.classes
                        .get(&class)
                        .is_some_and(|c| self.scopes[c.scope].vars.contains_key(&init))
                };
                let collected =
                    self.fixtures.test_file && class_name.starts_with("Test") && !constructed;
                if !(case || collected || inherited && self.fixtures.test_file) {
                    return None;
                }
                if outermost {
                    unittest = case;
                    outermost = false;
                }
                id = format!("{class_name}::{id}");
                scope = self.scopes[scope].parent;
            }
            if self.scopes[scope].kind != ScopeKind::Module {
                return None;
            }
        } else if !self.fixtures.test_file || !self.is_global_scope() || !is_test_name(name) {
            return None;
        }
        let runner = if unittest { "unittest" } else { "pytest" };
        Some(TestFact {
            runner: runner.into(),
            id: id.into(),
        })
    }

    pub(super) fn is_pytest(&self, decorator: &Decorator<'t>) -> bool {
        matches!(
            decorator.path,
            "fixture"
                | "pytest.fixture"
                | "pytest_asyncio.fixture"
                | "yield_fixture"
                | "pytest.yield_fixture"
        )
    }

    /// Remembers a fixture. Gives true where the function is one.
    pub(super) fn note_fixture(
        &mut self,
        def: DefId,
        scope: ScopeId,
        name: Name,
        decorators: &[Decorator<'t>],
    ) -> bool {
        let _ = scope;
        let Some(decorator) = decorators.iter().find(|d| self.is_pytest(d)).copied() else {
            let text = self.b.text(name);
            if MODULE_HOOKS.contains(&text)
                || UNITTEST_HOOKS.contains(&text)
                || PYTEST_HOOKS.contains(&text)
            {
                self.b.def(def).flags.0 |= DefFlags::TEST_HOOK;
            }
            return false;
        };
        self.b.def(def).flags.0 |= DefFlags::TEST_HOOK;
        let (mut by, mut autouse) = (name, false);
        if let Some(arguments) = decorator.arguments {
            for argument in self.kids(arguments) {
                if self.kind(argument) != K::KeywordArg {
                    continue;
                }
                let f = &self.t.fields;
                let key = self.field(argument, f.name).map_or("", |n| self.text(n));
                let value = self.field(argument, f.value);
                match (key, value) {
                    ("name", Some(value)) => {
                        if let Some(text) = self.constant_string(value) {
                            by = self.b.name(text);
                            self.fixtures.renamed.insert(by, def);
                        }
                    }
                    ("autouse", Some(value)) => autouse = self.text(value) == "True",
                    _ => {}
                }
            }
        }
        self.fixtures.functions.insert(def, by);
        if autouse {
            let owner = self.scopes[self.scope].def;
            self.fixtures.autouse.push((owner, def));
        }
        true
    }

    /// `@pytest.mark.parametrize("a, b", [(1, 2), …])`: the values reach the parameters.
    pub(super) fn note_parametrize(&mut self, def: DefId, decorators: &[Decorator<'t>]) {
        for decorator in decorators {
            if decorator.name != "parametrize" {
                continue;
            }
            let Some(arguments) = decorator.arguments else {
                continue;
            };
            let args = self.argument_nodes(arguments);
            let [names, values, others @ ..] = args.as_slice() else {
                continue;
            };
            for &other in others {
                self.expr(other);
            }
            let names: Vec<String> = match self.constant_string(*names) {
                Some(text) => text
                    .split(',')
                    .map(|n| n.trim().to_owned())
                    .filter(|n| !n.is_empty())
                    .collect(),
                None => self
                    .kids(*names)
                    .iter()
                    .filter_map(|&n| self.constant_string(n))
                    .map(str::to_owned)
                    .collect(),
            };
            let mut places: Vec<Place> = names.iter().map(|_| self.b.place()).collect();
            self.parameter_sets(*values, &mut places);
            for (name, place) in names.into_iter().zip(places) {
                let name = self.b.name(&name);
                self.fixtures
                    .parametrized
                    .entry(def)
                    .or_default()
                    .push((name, place));
            }
        }
    }

    /// `@pytest.mark.usefixtures("a", "b")`.
    pub(super) fn note_used_fixtures(&mut self, def: DefId, decorators: &[Decorator<'t>]) {
        for decorator in decorators.iter().filter(|d| d.name == "usefixtures") {
            let Some(arguments) = decorator.arguments else {
                continue;
            };
            for argument in self.argument_nodes(arguments) {
                if let Some(text) = self.constant_string(argument) {
                    let name = self.b.name(text);
                    self.fixtures.used.entry(def).or_default().push(name);
                }
            }
        }
    }

    fn parameter_sets(&mut self, values: Node<'t>, places: &mut [Place]) {
        let line = line_of(values);
        if !matches!(self.kind(values), K::List | K::Tuple | K::Set) {
            let all = self.expr(values);
            let element = self.iterate(all, line, false);
            self.parameter_set(element, places, line);
            return;
        }
        for set in self.kids(values) {
            let param = self.kind(set) == K::Call
                && self
                    .field(set, self.t.fields.function)
                    .is_some_and(|f| self.text(f).ends_with("param"));
            let parts = if param {
                self.field(set, self.t.fields.arguments)
                    .map(|a| self.kids(a))
            } else if places.len() > 1 && matches!(self.kind(set), K::Tuple | K::List) {
                Some(self.kids(set))
            } else {
                None
            };
            match parts {
                Some(parts) => {
                    let parts: Vec<Node<'t>> = parts
                        .into_iter()
                        .filter(|&p| self.kind(p) != K::KeywordArg)
                        .collect();
                    for (&part, &place) in parts.iter().zip(places.iter()) {
                        let value = self.expr(part);
                        self.b.copy(place, value);
                    }
                }
                None => {
                    let value = self.expr(set);
                    self.parameter_set(value, places, line);
                }
            }
        }
    }

    fn parameter_set(&mut self, value: Place, places: &[Place], line: u32) {
        match places {
            [one] => self.b.copy(*one, value),
            many => {
                for (at, &place) in many.iter().enumerate() {
                    let element = self.element_at(value, at, line);
                    self.b.copy(place, element);
                }
            }
        }
    }

    /// At the start of a test's or fixture's body: what the runner does first.
    pub(super) fn begin_test(&mut self, def: DefId, scope: ScopeId) {
        let d = self.b.def(def);
        let (kind, flags, receiver, parent, line) =
            (d.kind, d.flags, d.receiver, d.parent, d.name_line);
        let unittest = d.test.as_ref().is_some_and(|t| &*t.runner == "unittest");
        let fixture = self.fixtures.functions.get(&def).copied();
        if kind != NodeKind::Test && fixture.is_none() {
            return;
        }
        if receiver != Place::NOWHERE && !flags.has(DefFlags::CLASS_METHOD) {
            let ty = self.b.ty(Type::Named(
                Path {
                    head: Head::Def(parent),
                    rest: Vec::new(),
                },
                Vec::new(),
            ));
            self.b.typed(receiver, ty, true, line);
        }
        let in_class = receiver != Place::NOWHERE;
        if kind == NodeKind::Test {
            self.hooks(parent, receiver, in_class, unittest, line);
            self.autouse(parent, receiver, in_class, line);
        }
        let params: Vec<(Name, Place)> = self
            .b
            .def(def)
            .params
            .iter()
            .map(|p| (p.name, p.place))
            .collect();
        let parametrized: Vec<(Name, Place)> =
            self.fixtures.parametrized.remove(&def).unwrap_or_default();
        let mut used = self.fixtures.used.get(&def).cloned().unwrap_or_default();
        if in_class && let Some(more) = self.fixtures.used.get(&parent) {
            used.extend(more);
        }
        for name in used {
            let callee = self.fixture_by_name(def, scope, name, parent, receiver, in_class, line);
            self.b
                .call(CallKind::Implicit, line, callee, Place::NOWHERE, &[], name);
        }
        for (name, place) in params {
            if let Some(&(_, value)) = parametrized.iter().find(|p| p.0 == name) {
                self.b.copy(place, value);
                continue;
            }
            let callee = self.fixture_by_name(def, scope, name, parent, receiver, in_class, line);
            let result = self
                .b
                .call(CallKind::Implicit, line, callee, Place::NOWHERE, &[], name);
            self.b.copy(place, result);
        }
    }

    /// The runner calls the tests that a class inherits on an instance of the class: what they find on
    /// `self` is the class's own.
    pub(super) fn inherited_tests(&mut self, class: DefId, line: u32) {
        let Some(info) = self.classes.get(&class) else {
            return;
        };
        // The library's own bases bring no tests.
        let plain = |base: &&str| {
            let last = base.rsplit('.').next().unwrap_or(base);
            matches!(last, "object" | "Generic")
                || last.ends_with("TestCase") && base.contains('.')
                || last == "TestCase"
        };
        if !self.fixtures.test_file || info.bases.iter().all(plain) || !self.is_global_scope() {
            return;
        }
        let ty = self.b.ty(Type::Named(
            Path {
                head: Head::Def(class),
                rest: Vec::new(),
            },
            Vec::new(),
        ));
        self.b.enter(class);
        let instance = self.b.place();
        self.b.typed(instance, ty, true, line);
        // Its own tests run themselves.
        let bases = self.b.place();
        self.b.facts.flows.push(Flow::Super {
            to: bases,
            class,
            receiver: instance,
        });
        let name = self.b.name("test");
        let callee = self.b.load_callee(bases, Select::Beginning(name), line);
        self.b
            .call(CallKind::Implicit, line, callee, instance, &[], name);
        self.b.leave();
    }

    fn hooks(&mut self, class: DefId, receiver: Place, in_class: bool, unittest: bool, line: u32) {
        if in_class {
            let bases = self
                .classes
                .get(&class)
                .is_some_and(|c| !c.bases.is_empty());
            let (own_hooks, others): (&[&str], &[&str]) = if unittest {
                (&UNITTEST_HOOKS, &[])
            } else if bases {
                // A base elsewhere may make it a unittest case.
                (&PYTEST_HOOKS, &UNITTEST_HOOKS)
            } else {
                (&PYTEST_HOOKS, &[])
            };
            for hook in own_hooks.iter().chain(others) {
                let name = self.b.name(hook);
                let own = self
                    .classes
                    .get(&class)
                    .is_some_and(|c| self.scopes[c.scope].vars.contains_key(&name));
                if own || bases {
                    self.b.implicit(receiver, hook, &[], line);
                }
            }
        }
        for hook in MODULE_HOOKS {
            let name = self.b.name(hook);
            let Some(&var) = self.scopes[0].vars.get(&name) else {
                continue;
            };
            if let Some(entry) = self.vars[var].history.last().copied() {
                self.b.call(
                    CallKind::Implicit,
                    line,
                    entry.place,
                    Place::NOWHERE,
                    &[],
                    name,
                );
            }
        }
    }

    fn autouse(&mut self, class: DefId, receiver: Place, in_class: bool, line: u32) {
        for (owner, fixture) in self.fixtures.autouse.clone() {
            let name = self.b.def(fixture).name;
            if owner == DefId(0) {
                let callee = self.b.place_of(fixture);
                self.b
                    .call(CallKind::Implicit, line, callee, Place::NOWHERE, &[], name);
            } else if in_class && owner == class {
                let callee = self.b.load_callee(receiver, Select::Field(name), line);
                self.b
                    .call(CallKind::Implicit, line, callee, receiver, &[], name);
            }
        }
        self.conftest_levels();
        for at in 0..self.fixtures.levels.len() {
            let scope = self.fixtures.levels[at];
            let folder = self.folder(at);
            let name = self.b.name(&autouse_name(&folder));
            let to = self.b.place();
            self.b.facts.flows.push(Flow::Free { to, name, scope });
            self.b
                .call(CallKind::Implicit, line, to, Place::NOWHERE, &[], name);
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn fixture_by_name(
        &mut self,
        asking: DefId,
        _scope: ScopeId,
        name: Name,
        class: DefId,
        receiver: Place,
        in_class: bool,
        line: u32,
    ) -> Place {
        if in_class {
            let own = self
                .classes
                .get(&class)
                .and_then(|c| self.scopes[c.scope].vars.get(&name))
                .is_some_and(|&var| {
                    self.vars[var].history.iter().any(|e| match e.what {
                        What::Def(def) => {
                            def != asking && self.fixtures.functions.contains_key(&def)
                        }
                        _ => false,
                    })
                });
            if own {
                return self.b.load_callee(receiver, Select::Field(name), line);
            }
        }
        if let Some(&def) = self.fixtures.renamed.get(&name)
            && def != asking
        {
            return self.b.place_of(def);
        }
        if let Some(&var) = self.scopes[0].vars.get(&name) {
            let entries = self.vars[var].history.clone();
            let found = entries.iter().rev().find(|e| match e.what {
                What::Def(def) => def != asking && self.fixtures.functions.get(&def) == Some(&name),
                What::Import(_) => true,
                What::Value => false,
            });
            if let Some(entry) = found {
                return entry.place;
            }
        }
        self.conftest_levels();
        let to = self.b.place();
        if let Some(&scope) = self.fixtures.levels.last() {
            self.b.facts.flows.push(Flow::Free { to, name, scope });
        }
        to
    }

    /// One definition for each folder upward, each inside the next: their scopes hold a star
    /// import of the folder's `conftest.py`, so that the nearest one that has a name gives it.
    fn conftest_levels(&mut self) {
        if !self.fixtures.levels.is_empty() {
            return;
        }
        let folders = self.path.matches('/').count();
        // A conftest does not import itself.
        let count = if self.fixtures.conftest {
            folders
        } else {
            folders + 1
        };
        let mut parent = DefId(0);
        for at in 0..count {
            let folder = self.folder(at);
            let name = self.b.name(&format!("<fixtures {folder}>"));
            let def = self.b.define(NodeKind::Function, name, (1, 1), 1);
            self.b.value(def);
            let ret = self.b.place();
            let d = self.b.def(def);
            d.parent = parent;
            d.ret = ret;
            d.flags.0 |= DefFlags::TRANSPARENT;
            let module = self.b.name(&format!("{CONFTEST}{folder}"));
            self.b.enter(def);
            self.b
                .import(module, Imported::Star, 1, ImportKind::Implicit);
            self.b.leave();
            self.fixtures.levels.push(def);
            parent = def;
        }
    }

    /// The folder at a level: 0 is the repository's root.
    fn folder(&self, level: usize) -> String {
        let parts: Vec<&str> = self.path.split('/').collect();
        parts.get(..level.min(parts.len())).unwrap_or(&[]).join("/")
    }

    /// At the end of a conftest: its automatic fixtures can be reached under one name, renamed
    /// ones by their new name.
    pub(super) fn end_fixtures(&mut self) {
        let renamed: FxHashSet<(Name, DefId)> = self
            .fixtures
            .renamed
            .iter()
            .map(|(&n, &d)| (n, d))
            .collect();
        let mut renamed: Vec<(Name, DefId)> = renamed.into_iter().collect();
        renamed.sort();
        for (name, def) in renamed {
            if self.b.def(def).parent == DefId(0) {
                let place = self.b.place_of(def);
                self.b.member(DefId(0), name, Binding::Place(place), false);
            }
        }
        if !self.fixtures.conftest {
            return;
        }
        let all: Vec<DefId> = self
            .fixtures
            .autouse
            .iter()
            .filter(|(owner, _)| *owner == DefId(0))
            .map(|&(_, def)| def)
            .collect();
        if all.is_empty() {
            return;
        }
        let place = self.b.place();
        for def in all {
            let from = self.b.place_of(def);
            self.b.copy(place, from);
        }
        let level = self.path.matches('/').count();
        let folder = self.folder(level);
        let name = self.b.name(&autouse_name(&folder));
        self.b.member(DefId(0), name, Binding::Place(place), false);
    }
}

fn autouse_name(folder: &str) -> String {
    format!("<autouse {folder}>")
}

fn is_test_name(name: &str) -> bool {
    name.starts_with("test")
}
