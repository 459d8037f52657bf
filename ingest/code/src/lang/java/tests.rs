//! What lowering a file of Java gives.

use super::Java;
use crate::facts::{DefFlags, FileFacts, TestFact};
use crate::lang::{Language, Layout};
use crate::qualified::qualified_names;
use crate::solve::{self, Resolution, SourceFacts};

fn facts(source: &str) -> FileFacts {
    let mut parser = tree_sitter::Parser::new();
    let (_, grammar) = Java.claims("A.java").unwrap();
    parser.set_language(&grammar).unwrap();
    let tree = parser.parse(source, None).unwrap();
    Java.lower("shop/A.java", source, &tree)
}

fn names(source: &str) -> Vec<String> {
    qualified_names(&facts(source))
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn overloads_are_told_apart_by_their_parameter_types() {
    let names = names(
        "class A { void f() {} void f(int a, java.util.List<String> b) {} void f(String... c) {} A(int x) {} A(String[] y) {} }",
    );
    assert_eq!(
        names,
        [
            "A",
            "A.f",
            "A.f~int,List",
            "A.f~String...",
            "A.<init>~int",
            "A.<init>~String[]"
        ]
    );
}

#[test]
fn nameless_things_are_numbered_within_what_is_around_them() {
    let names = names(
        "class A { Runnable r = () -> {}; A() {} A(int x) {} void f() { g(() -> {}, new Object() { void h() {} }); } }",
    );
    for name in ["A.<lambda>~1", "A.f.<lambda>~1", "A.f.<anonymous>~1.h"] {
        assert!(names.iter().any(|n| n == name), "{name} in {names:?}");
    }
    assert!(!names.iter().any(|n| n == "A.<lambda>~2"), "{names:?}");
}

#[test]
fn a_test_is_named_by_its_package_and_nested_class() {
    let facts = facts(
        "package shop; class CartTest { @Nested class Empty { @Test void adds() {} @BeforeEach void make() {} } }",
    );
    let test = facts.defs.iter().find_map(|d| d.test.clone()).unwrap();
    assert_eq!(
        test,
        TestFact {
            runner: "junit".into(),
            id: "shop.CartTest$Empty#adds".into()
        }
    );
    assert!(facts.defs.iter().any(|d| d.flags.has(DefFlags::TEST_HOOK)));
}

#[test]
fn models_parse_without_an_error() {
    for (name, source) in Java.models() {
        let mut parser = tree_sitter::Parser::new();
        let (_, grammar) = Java.model_grammar().unwrap();
        parser.set_language(&grammar).unwrap();
        let tree = parser.parse(source, None).unwrap();
        let facts = Java.lower(name, source, &tree);
        assert!(
            facts
                .blind
                .iter()
                .all(|b| b.kind != ripple_schemas::BlindKind::ParseError),
            "{:?}",
            facts.blind
        );
    }
}

fn resolve(sources: &[(&str, &str)]) -> Resolution {
    let mut layout = Layout::default();
    let mut files = Vec::new();
    for (path, text) in sources {
        layout.paths.push((*path).to_owned());
        if Java.manifests(path) {
            layout
                .manifests
                .insert((*path).to_owned(), (*text).to_owned());
        }
        let Some((_, grammar)) = Java.claims(path) else {
            continue;
        };
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&grammar).unwrap();
        let tree = parser.parse(text, None).unwrap();
        files.push(SourceFacts {
            path: (*path).to_owned(),
            facts: std::sync::Arc::new(Java.lower(path, text, &tree)),
        });
    }
    let modules = Java.modules(layout);
    solve::resolve(&Java, modules.into(), &files)
}

#[test]
fn two_classes_of_one_name_are_blind_spots_at_both() {
    let cart = "package shop;\npublic class Cart { public void total() {} }\n";
    let resolution = resolve(&[
        ("a/shop/Cart.java", cart),
        ("b/shop/Cart.java", cart),
        ("c/other/Cart.java", "package other;\nclass Cart {}\n"),
    ]);
    let told: Vec<(u32, u32, &str)> = resolution
        .blind
        .iter()
        .map(|(file, b)| (*file, b.line, &*b.why))
        .collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!((told[0].0, told[0].1), (0, 2));
    assert!(
        told[0]
            .2
            .contains("shop.Cart is declared in b/shop/Cart.java")
    );
    assert!(told[1].2.contains("a/shop/Cart.java"));
}

#[test]
fn a_class_of_kotlin_beside_java_is_an_import_that_leads_nowhere() {
    let resolution = resolve(&[
        (
            "src/shop/Cart.java",
            "package shop;\nimport shop.tax.Rates;\nclass Cart { void a() { Rates.of(); b(); } void b() {} }\n",
        ),
        (
            "src/shop/tax/Rates.kt",
            "package shop.tax\nobject Rates { fun of() {} }\n",
        ),
        (
            "src/shop/tax/Other.java",
            "package shop.tax;\nclass Other {}\n",
        ),
    ]);
    assert!(
        resolution
            .blind
            .iter()
            .any(|(file, b)| *file == 0 && b.line == 2),
        "{:?}",
        resolution.blind
    );
    assert_eq!(resolution.call_sites[0].resolved, 1);
}

#[test]
fn an_overload_that_is_not_chosen_holds_up_nothing() {
    let resolution = resolve(&[(
        "A.java",
        "interface Handler<T> { void on(T t); }\n\
         class Text implements Handler<String> { public void on(String s) {} public void on(Integer i) {} }\n\
         class Base {}\n\
         class A {\n\
           void run(Handler<String> h) { h.on(\"a\"); }\n\
           class Inner extends Base { void go() { help(); } }\n\
           void help() {}\n\
         }\n",
    )]);
    let lines: Vec<u32> = resolution
        .edges
        .iter()
        .filter(|e| e.kind == ripple_schemas::EdgeKind::Calls)
        .map(|e| e.line)
        .collect();
    assert_eq!(lines, [5, 6], "{:?}", resolution.blind);
}
