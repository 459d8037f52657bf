//! What lowering a file of Java gives.

use super::Java;
use crate::facts::{DefFlags, FileFacts, TestFact};
use crate::lang::Language;
use crate::qualified::qualified_names;

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
