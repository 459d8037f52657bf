//! Small sources, lowered, and what their facts must say.

use super::Rust;
use crate::facts::*;
use crate::lang::Language;
use ripple_schemas::NodeKind;
use ripple_schemas::kind::BlindKind;

fn lower_as(path: &str, source: &str) -> FileFacts {
    let mut parser = tree_sitter::Parser::new();
    parser
        .set_language(&Rust.claims("x.rs").unwrap().1)
        .unwrap();
    let tree = parser.parse(source, None).unwrap();
    Rust.lower(path, source, &tree)
}

fn lower(source: &str) -> FileFacts {
    lower_as("src/lib.rs", source)
}

fn text(facts: &FileFacts, name: Name) -> &str {
    &facts.names[name.0 as usize]
}

fn def<'f>(facts: &'f FileFacts, name: &str) -> (DefId, &'f Def) {
    let at = facts
        .defs
        .iter()
        .position(|def| text(facts, def.name) == name);
    let at = at.unwrap_or_else(|| panic!("no definition named {name}"));
    (DefId(at as u32), &facts.defs[at])
}

fn imports(facts: &FileFacts) -> Vec<String> {
    let shown = facts.imports.iter().map(|import| {
        let name = match import.name {
            Imported::Module => String::new(),
            Imported::Star => ".*".to_owned(),
            Imported::Name(name) => format!(".{}", text(facts, name)),
        };
        format!("{}{name}", text(facts, import.module))
    });
    shown.collect()
}

/// The callees of the calls in a definition, as written.
fn calls(facts: &FileFacts, within: &str) -> Vec<String> {
    let (id, _) = def(facts, within);
    facts
        .calls
        .iter()
        .filter(|call| call.within == id)
        .map(|call| format!("{}:{}", text(facts, call.text), call.line))
        .collect()
}

#[test]
fn use_trees_become_imports_relative_to_the_file() {
    let facts = lower(
        "use std::{fmt, collections::{HashMap as Map, self}};\n\
         mod a { pub mod b { pub fn f() {} use super::super::top; use self::f as g; } }\n\
         use a::b::*;\nuse ::serde::de;\nfn top() {}\n",
    );
    let imports = imports(&facts);
    for wanted in [
        "std.fmt",
        "std::collections.HashMap",
        "std.collections",
        "self.top",
        "self::a::b.f",
        "self::a::b.*",
        "serde.de",
    ] {
        assert!(
            imports.iter().any(|import| import == wanted),
            "{wanted} in {imports:?}"
        );
    }
}

#[test]
fn a_module_in_a_file_of_its_own_is_an_import() {
    let facts = lower("mod price;\nmod inner { #[path = \"odd.rs\"] mod strange; }\n");
    assert_eq!(
        imports(&facts),
        ["mod price", "mod inner::strange = odd.rs"]
    );
}

#[test]
fn a_trait_method_is_bound_under_its_trait_too() {
    let facts = lower(
        "struct P; trait Fly { fn fly(&self) {} }\n\
         impl P { fn fly(&self) {} }\nimpl Fly for P { fn fly(&self) {} }\n",
    );
    let (p, _) = def(&facts, "P");
    let bound: Vec<&str> = facts
        .members
        .iter()
        .filter(|member| member.owner == MemberOwner::Def(p))
        .map(|member| text(&facts, member.name))
        .collect();
    // The inherent method hides the trait's plain name.
    assert_eq!(bound, ["fly", "Fly::fly"]);
    let of_trait = facts.defs.iter().find_map(|def| def.disambiguator).unwrap();
    assert_eq!(text(&facts, of_trait), "Fly");
}

#[test]
fn the_trait_of_an_impl_is_told_with_its_arguments() {
    let facts = lower("struct E; impl From< std::io::Error > for E { fn from(e: u8) -> E { E } }");
    let (_, from) = def(&facts, "from");
    assert_eq!(
        text(&facts, from.disambiguator.unwrap()),
        "From< std::io::Error >"
    );
    assert!(from.flags.has(DefFlags::STATIC));
}

#[test]
fn a_variant_is_built_and_taken_apart_by_fields_of_its_enum() {
    let facts = lower(
        "enum Shape { Circle(f64), Dot }\nuse Shape::*;\n\
         fn make(r: f64) -> Shape { Circle(r) }\n\
         fn area(s: &Shape) -> f64 { match s { Shape::Circle(r) => *r, Dot => 0.0 } }\n",
    );
    let payload = facts
        .names
        .iter()
        .position(|name| &**name == "Circle.0")
        .unwrap() as u32;
    let select = Select::Field(Name(payload));
    assert!(
        facts
            .flows
            .iter()
            .any(|f| matches!(f, Flow::Store { select: s, .. } if *s == select))
    );
    assert!(
        facts
            .flows
            .iter()
            .any(|f| matches!(f, Flow::Load { select: s, .. } if *s == select))
    );
    assert!(calls(&facts, "make").is_empty());
}

#[test]
fn a_later_binding_of_a_name_is_another_place() {
    let facts = lower(
        "fn f() { let x = a(); let x = b(x); c(x) }\nfn a() {} fn b(_: ()) {} fn c(_: ()) {}",
    );
    assert_eq!(calls(&facts, "f"), ["a:1", "b:1", "c:1"]);
    let (a, b, c) = (&facts.calls[0], &facts.calls[1], &facts.calls[2]);
    assert_eq!(b.args[0].place, a.result);
    assert_eq!(c.args[0].place, b.result);
}

#[test]
fn calls_in_macro_arguments_keep_their_lines() {
    let facts = lower(
        "fn f(x: u8) {\n    assert_eq!(\n        one(),\n        vec![two(x)],\n        \"{}\", three(),\n    );\n\
         \n    println!(\"{x} {}\", four());\n    tokio::select! {\n        v = five() => six(v),\n    }\n}\n",
    );
    let calls = calls(&facts, "f");
    for wanted in ["one:3", "two:4", "three:5", "four:8", "five:10", "six:10"] {
        assert!(
            calls.iter().any(|call| call == wanted),
            "{wanted} in {calls:?}"
        );
    }
}

#[test]
fn a_macro_calls_what_its_body_calls() {
    let facts = lower(
        "macro_rules! twice { ($($x:expr),*) => { $( $crate::go($x); )* done() } }\n\
         fn go(_: u8) {}\nfn done() {}\nfn f() { twice!(1, arg()); }\nfn arg() -> u8 { 0 }\n",
    );
    assert_eq!(calls(&facts, "twice"), ["$crate::go:1", "done:1"]);
    assert_eq!(calls(&facts, "f"), ["twice:4", "arg:4"]);
    assert!(facts.calls.iter().any(|call| call.kind == CallKind::Macro));
}

#[test]
fn tests_are_found_with_their_ids() {
    let facts = lower(
        "#[cfg(test)]\nmod tests {\n    use super::*;\n    /// adds\n    #[test]\n    fn adds() {}\n\
             #[rstest]\n    #[case(1)]\n    fn cases(#[case] x: u8) {}\n    fn helper() {}\n}\nfn plain() {}\n",
    );
    let (_, adds) = def(&facts, "adds");
    assert_eq!(adds.kind, NodeKind::Test);
    assert_eq!(adds.lines, (4, 6));
    assert_eq!(&*adds.test.as_ref().unwrap().id, "tests::adds");
    assert_eq!(
        &*def(&facts, "cases").1.test.as_ref().unwrap().id,
        "tests::cases::"
    );
    assert!(def(&facts, "helper").1.flags.has(DefFlags::TEST_ONLY));
    assert!(!def(&facts, "plain").1.flags.has(DefFlags::TEST_ONLY));
}

#[test]
fn a_doc_test_is_a_test_that_sees_the_crate_from_outside() {
    let facts = lower(
        "/// Adds.\n///\n/// ```\n/// use shop::add;\n/// # fn hidden() {}\n/// assert_eq!(add(1), 2);\n/// ```\n\
         /// ```text\n/// not code(\n/// ```\npub fn add(x: u8) -> u8 { x }\n",
    );
    let (_, doc) = def(&facts, "doc");
    assert_eq!((doc.kind, doc.lines), (NodeKind::Test, (3, 7)));
    assert_eq!(text(&facts, doc.disambiguator.unwrap()), "3");
    assert_eq!(&*doc.test.as_ref().unwrap().id, "doc (line 3)");
    assert!(calls(&facts, "doc").contains(&"add:6".to_owned()));
    assert!(imports(&facts).contains(&"shop.add".to_owned()));
}

#[test]
fn a_body_changes_without_the_signature() {
    let hashes = |source: &str| {
        let facts = lower(source);
        let def = def(&facts, "f").1;
        (def.signature, def.body, facts.defs[0].body)
    };
    let before = hashes("pub fn f(x: u8) -> u8 { x + 1 }");
    let after = hashes("// moved\npub fn f(x: u8) -> u8 { /* two */ x + 2 }");
    assert_eq!(before.0, after.0);
    assert_ne!(before.1, after.1);
    assert_eq!(before.2, after.2, "the module leaves its functions out");
    assert_ne!(before.0, hashes("fn f(x: u8) -> u8 { x + 1 }").0);
}

#[test]
fn impls_of_types_from_elsewhere_hang_on_one_name() {
    let facts = lower(
        "use other::Cart;\ntrait A { fn a(&self); }\ntrait B { fn b(&self); }\n\
         impl A for Cart { fn a(&self) {} }\nimpl B for Cart { fn b(&self) {} }\n",
    );
    let of = |name: &str| {
        let all = facts
            .defs
            .iter()
            .filter(|def| text(&facts, def.name) == name);
        all.map(|def| def.parent).next_back().unwrap()
    };
    assert_eq!(of("a"), of("b"));
    let holder = &facts.defs[of("a").0 as usize];
    assert_eq!(text(&facts, holder.name), "Cart");
    assert!(holder.flags.has(DefFlags::TRANSPARENT));
}

#[test]
fn the_readable_part_of_a_broken_file_is_kept() {
    let facts = lower("fn good() { call() }\nfn bad( { ) }\nfn after() { call() }\n");
    assert!(
        facts
            .blind
            .iter()
            .any(|blind| blind.kind == BlindKind::ParseError && blind.line == 2)
    );
    assert_eq!(calls(&facts, "good"), ["call:1"]);
}

#[test]
fn deep_nesting_is_given_up_with_a_word() {
    let source = format!("fn f() {{ {}x{} }}", "(".repeat(5000), ")".repeat(5000));
    let facts = lower(&source);
    assert!(
        facts
            .blind
            .iter()
            .any(|blind| blind.kind == BlindKind::Limit)
    );
}

#[test]
fn an_error_is_converted_where_the_question_mark_stands() {
    let facts = lower(
        "enum E { Io }\ntype Res<T> = Result<T, E>;\n\
         fn f() -> Res<u8> {\n    let x = g()?;\n    Ok(x)\n}\n",
    );
    assert_eq!(calls(&facts, "f"), ["g:4", "?:4"]);
}

#[test]
fn files_under_tests_are_only_for_tests() {
    assert!(
        lower_as("tests/it.rs", "fn f() {}").defs[1]
            .flags
            .has(DefFlags::TEST_ONLY)
    );
    assert!(!lower("fn f() {}").defs[1].flags.has(DefFlags::TEST_ONLY));
}
