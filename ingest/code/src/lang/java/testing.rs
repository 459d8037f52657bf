//! Tests of JUnit 4 and 5 and of TestNG: which methods they are, their ids, and the hooks around them.

use super::kinds::K;
use super::lower::{Kids, Lowerer, line};
use crate::facts::*;
use ripple_schemas::NodeKind;
use rustc_hash::FxHashMap;
use tree_sitter::Node;

/// Annotations that make a method a test.
const TESTS: &[&str] = &[
    "Test",
    "ParameterizedTest",
    "RepeatedTest",
    "TestFactory",
    "TestTemplate",
    "Theory",
    "Property",
];

/// Annotations of what a runner calls around tests.
const HOOKS: &[&str] = &[
    "Before",
    "After",
    "BeforeClass",
    "AfterClass",
    "BeforeEach",
    "AfterEach",
    "BeforeAll",
    "AfterAll",
    "BeforeMethod",
    "AfterMethod",
    "BeforeTest",
    "AfterTest",
    "BeforeSuite",
    "AfterSuite",
    "BeforeGroups",
    "AfterGroups",
    "DataProvider",
    "Parameters",
];

/// What the file says about tests.
#[derive(Debug, Default)]
pub(super) struct Tests {
    /// Hooks by class, in order.
    hooks: FxHashMap<DefId, Vec<Name>>,
    /// Methods that give a test its arguments.
    sources: FxHashMap<DefId, Vec<String>>,
    /// All methods of the class are tests (TestNG's `@Test` on a class, JUnit 3).
    whole: Vec<DefId>,
}

impl<'t> Lowerer<'t> {
    fn annotation_name(&self, node: Node<'t>) -> &'t str {
        let name = self
            .field(node, self.t.fields.name)
            .map_or("", |n| self.text(n));
        name.rsplit('.').next().unwrap_or(name)
    }

    /// Whether all methods of a class are tests.
    pub(super) fn class_tests(&mut self, node: Node<'t>, def: DefId) {
        let (_, annotations) = self.modifiers(node);
        let annotated = annotations
            .iter()
            .any(|&a| self.annotation_name(a) == "Test");
        let old_style = self.kids(node).into_iter().any(|k| {
            self.kind(k) == K::Superclass
                && self
                    .text(k)
                    .split_whitespace()
                    .next_back()
                    .is_some_and(|base| base.rsplit('.').next() == Some("TestCase"))
        });
        if annotated || old_style {
            self.tests.whole.push(def);
        }
    }

    /// Marks a method that is a test or a hook.
    pub(super) fn method_tests(&mut self, def: DefId, annotations: &Kids<'t>) {
        let class = self.b.current();
        let d = self.b.def(def);
        let (exported, stat, abstr) = (
            d.flags.has(DefFlags::EXPORTED),
            d.flags.has(DefFlags::STATIC),
            d.flags.has(DefFlags::ABSTRACT),
        );
        let name = d.name;
        let text = self.b.text(name).to_owned();
        let mut test = false;
        let mut hook = false;
        for &annotation in annotations {
            let written = self.annotation_name(annotation);
            test |= TESTS.contains(&written);
            hook |= HOOKS.contains(&written);
            self.files_of_annotation(def, written, annotation);
            if written == "MethodSource" {
                let mut sources = self.strings_in(annotation);
                if sources.is_empty() {
                    sources.push(text.clone());
                }
                self.tests.sources.entry(def).or_default().extend(sources);
            }
        }
        let whole = self.tests.whole.contains(&class);
        if whole && !hook && exported && !stat {
            if matches!(text.as_str(), "setUp" | "tearDown") {
                hook = true;
            } else if annotations.is_empty() && self.looks_like_test(class, &text) {
                test = true;
            }
        }
        if test && !abstr {
            let id = self.test_name(class, &text);
            let at = self.b.def(def);
            at.kind = NodeKind::Test;
            at.flags = DefFlags(at.flags.0 | DefFlags::TEST_ONLY);
            at.test = Some(TestFact {
                runner: "junit".into(),
                id: id.into(),
            });
        } else if hook {
            let at = self.b.def(def);
            at.flags = DefFlags(at.flags.0 | DefFlags::TEST_HOOK);
            self.tests.hooks.entry(class).or_default().push(name);
        }
    }

    /// JUnit 3 knows tests by their names; a TestNG class's public methods are all tests.
    fn looks_like_test(&self, class: DefId, name: &str) -> bool {
        let extends = self
            .b
            .facts
            .inherits
            .iter()
            .any(|i| i.class == MemberOwner::Def(class));
        !extends || name.starts_with("test")
    }

    pub(super) fn strings_in(&self, node: Node<'t>) -> Vec<String> {
        let mut out = Vec::new();
        let mut stack = vec![node];
        while let Some(at) = stack.pop() {
            if self.kind(at) == K::StringLiteral {
                out.push(self.string_text(at));
            } else {
                stack.extend(self.kids(at));
            }
        }
        out
    }

    /// `shop.CartTest$Inner#adds`.
    fn test_name(&self, class: DefId, method: &str) -> String {
        let mut names = Vec::new();
        let mut at = class;
        while at != DefId(0) {
            let d = &self.b.facts.defs[at.0 as usize];
            names.push(self.b.text(d.name).to_owned());
            at = d.parent;
        }
        names.reverse();
        let class = names.join("$");
        if self.package.is_empty() {
            format!("{class}#{method}")
        } else {
            format!("{}.{class}#{method}", self.package)
        }
    }

    /// A test runs the hooks of its class and of those around it, and what gives it its arguments.
    pub(super) fn test_hooks(&mut self, def: DefId) {
        if self.b.def(def).kind != NodeKind::Test {
            return;
        }
        let at = self.b.def(def).name_line;
        for frame in (0..self.classes.len()).rev() {
            let class = self.classes[frame].def;
            let hooks = self.tests.hooks.get(&class).cloned().unwrap_or_default();
            let base = self.base_of(frame);
            for hook in hooks {
                let callee = self.b.load_callee(base, Select::Field(hook), at);
                self.b.call(CallKind::Implicit, at, callee, base, &[], hook);
            }
        }
        let sources = self.tests.sources.get(&def).cloned().unwrap_or_default();
        let params: Vec<Place> = self.b.def(def).params.iter().map(|p| p.place).collect();
        let base = self.this();
        for source in sources {
            if source.contains(['#', '.']) {
                continue;
            }
            let name = self.b.name(&source);
            let callee = self.b.load_callee(base, Select::Field(name), at);
            let all = self.b.call(CallKind::Implicit, at, callee, base, &[], name);
            let element = self.b.load(all, Select::Element, at);
            for &param in &params {
                self.b.copy(param, element);
            }
        }
    }

    /// What is annotated can be found by its annotation: the annotation's type holds it.
    pub(super) fn annotated(&mut self, def: DefId, annotations: &Kids<'t>) {
        if self.is_model {
            return;
        }
        for &annotation in annotations {
            let Some(name) = self.field(annotation, self.t.fields.name) else {
                continue;
            };
            let simple = self.annotation_name(annotation);
            if KNOWN.contains(&simple) || TESTS.contains(&simple) || HOOKS.contains(&simple) {
                continue;
            }
            if self.kind(name) != K::Identifier {
                continue;
            }
            let (name, at) = (self.name_of(name), line(annotation));
            let class = self.type_value(name, at);
            let member = self.b.name(ANNOTATED);
            let value = self.b.place_of(def);
            self.b.store(class, Select::Field(member), value, at);
        }
    }

    /// `method.getAnnotation(Route.class)` looks at all that is annotated so.
    pub(super) fn annotated_by(&mut self, name: Name, args: Node<'t>) {
        let reads = matches!(
            self.b.text(name),
            "getAnnotation"
                | "getAnnotationsByType"
                | "getDeclaredAnnotation"
                | "isAnnotationPresent"
                | "getTypesAnnotatedWith"
                | "getMethodsAnnotatedWith"
                | "findAnnotation"
        );
        if self.is_model || !reads {
            return;
        }
        for arg in self.kids(args) {
            if self.kind(arg) != K::ClassLiteral {
                continue;
            }
            let Some(&class) = self.kids(arg).first() else {
                continue;
            };
            if !matches!(self.kind(class), K::TypeIdentifier | K::Identifier) {
                continue;
            }
            let (name, at) = (self.name_of(class), line(arg));
            let class = self.type_value(name, at);
            let member = self.b.name(ANNOTATED);
            let found = self.b.load(class, Select::Field(member), at);
            self.b.mention(found, at);
        }
    }
}

/// The member of an annotation's type that holds what is annotated.
const ANNOTATED: &str = ".$annotated";

/// Annotations that nobody looks for at run time.
const KNOWN: &[&str] = &[
    "Override",
    "Deprecated",
    "SuppressWarnings",
    "FunctionalInterface",
    "SafeVarargs",
    "Nullable",
    "Nonnull",
    "NonNull",
    "NotNull",
    "Inject",
    "Autowired",
];
