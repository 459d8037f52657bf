//! What lowering small sources gives.

use super::Python;
use crate::facts::*;
use crate::lang::Language;
use ripple_schemas::NodeKind;
use ripple_schemas::kind::BlindKind;

fn lower_at(path: &str, source: &str) -> FileFacts {
    let mut parser = tree_sitter::Parser::new();
    parser
        .set_language(&tree_sitter_python::LANGUAGE.into())
        .unwrap();
    let tree = parser.parse(source, None).unwrap();
    Python.lower(path, source, &tree)
}

fn lower(source: &str) -> FileFacts {
    lower_at("m.py", source)
}

fn text(facts: &FileFacts, name: Name) -> &str {
    &facts.names[name.0 as usize]
}

fn def<'f>(facts: &'f FileFacts, name: &str) -> &'f Def {
    facts
        .defs
        .iter()
        .find(|d| text(facts, d.name) == name)
        .unwrap_or_else(|| panic!("no {name}"))
}

fn id(facts: &FileFacts, name: &str) -> DefId {
    DefId(
        facts
            .defs
            .iter()
            .position(|d| text(facts, d.name) == name)
            .unwrap() as u32,
    )
}

/// The definitions that reach a place through copies.
fn values(facts: &FileFacts, place: Place) -> Vec<String> {
    let (mut seen, mut stack, mut out) = (vec![place], vec![place], Vec::new());
    while let Some(at) = stack.pop() {
        for flow in &facts.flows {
            match *flow {
                Flow::Copy { to, from } if to == at && !seen.contains(&from) => {
                    seen.push(from);
                    stack.push(from);
                }
                Flow::Value { to, def } if to == at => {
                    out.push(text(facts, facts.defs[def.0 as usize].name).to_owned());
                }
                _ => {}
            }
        }
    }
    out.sort();
    out.dedup();
    out
}

/// What the plain calls made within a definition may call, by following copies only.
fn called(facts: &FileFacts, within: &str) -> Vec<String> {
    let within = id(facts, within);
    let mut out: Vec<String> = facts
        .calls
        .iter()
        .filter(|c| c.within == within && c.kind == CallKind::Plain)
        .flat_map(|c| values(facts, c.callee))
        .collect();
    out.sort();
    out
}

#[test]
fn a_call_reaches_a_function_defined_later_in_the_file() {
    let facts = lower("def main():\n    helper()\n\ndef helper(): pass\n");
    assert_eq!(called(&facts, "main"), ["helper"]);
}

#[test]
fn a_rebinding_in_a_straight_line_replaces_what_was_there() {
    let facts = lower("def a(): pass\ndef b(): pass\ndef main():\n    f = a\n    f = b\n    f()\n");
    assert_eq!(called(&facts, "main"), ["b"]);
}

#[test]
fn branches_meet_and_loops_come_round() {
    let source = "def a(): pass\ndef b(): pass\ndef c(): pass\ndef main(x):\n    f = a\n    if x:\n        f = b\n    f()\n    g = a\n    for i in x:\n        g()\n        g = c\n";
    assert_eq!(called(&lower(source), "main"), ["a", "a", "b", "c"]);
}

#[test]
fn a_branch_that_returns_does_not_reach_what_follows() {
    let source = "def a(): pass\ndef b(): pass\ndef main(x):\n    f = a\n    if x:\n        f = b\n        return f\n    f()\n";
    assert_eq!(called(&lower(source), "main"), ["a"]);
}

#[test]
fn a_class_scope_is_not_visible_in_its_methods() {
    let source = "def tool(): pass\nclass C:\n    def tool(self): pass\n    def run(self):\n        tool()\n";
    let facts = lower(source);
    let targets: Vec<DefId> = facts
        .calls
        .iter()
        .filter(|c| c.within == id(&facts, "run"))
        .flat_map(|c| {
            facts.flows.iter().filter_map(move |f| match f {
                Flow::Copy { to, from } if *to == c.callee => Some(*from),
                _ => None,
            })
        })
        .filter_map(|p| {
            facts
                .defs
                .iter()
                .position(|d| d.place == p)
                .map(|i| DefId(i as u32))
        })
        .collect();
    assert_eq!(targets, [id(&facts, "tool")]);
}

#[test]
fn a_variable_set_by_global_holds_what_any_function_gave_it() {
    let source = "handler = None\ndef a(): pass\ndef install():\n    global handler\n    handler = a\ndef main():\n    handler()\n";
    assert_eq!(called(&lower(source), "main"), ["a"]);
}

#[test]
fn a_decorator_call_stands_between_a_function_and_its_name() {
    let facts = lower("def deco(f): return f\n@deco\ndef run(): pass\n");
    let call = facts
        .calls
        .iter()
        .find(|c| c.kind == CallKind::Decorator)
        .unwrap();
    assert_eq!(values(&facts, call.callee), ["deco"]);
    assert_eq!(values(&facts, call.args[0].place), ["run"]);
    assert_eq!(def(&facts, "run").place, call.result);
}

#[test]
fn well_known_decorators_become_flags() {
    let source = "class C:\n    @staticmethod\n    def s(): pass\n    @classmethod\n    def c(cls): pass\n    @property\n    def p(self): pass\n    @p.setter\n    def p(self, v): pass\n";
    let facts = lower(source);
    assert!(def(&facts, "s").flags.has(DefFlags::STATIC));
    assert_eq!(def(&facts, "s").receiver, Place::NOWHERE);
    assert!(def(&facts, "c").flags.has(DefFlags::CLASS_METHOD));
    assert!(def(&facts, "p").flags.has(DefFlags::GETTER));
    assert!(
        facts
            .defs
            .iter()
            .any(|d| d.flags.has(DefFlags::SETTER) && d.disambiguator.is_some())
    );
    let members = facts
        .members
        .iter()
        .filter(|m| text(&facts, m.name) == "p")
        .count();
    assert_eq!(members, 2);
    assert!(facts.calls.iter().all(|c| c.kind != CallKind::Decorator));
}

#[test]
fn parameters_know_how_arguments_reach_them() {
    let facts = lower("def f(a, /, b, *args, c=1, **rest): pass\n");
    let kinds: Vec<ParamKind> = def(&facts, "f").params.iter().map(|p| p.kind).collect();
    use ParamKind::*;
    assert_eq!(
        kinds,
        [PositionalOnly, Plain, Rest, KeywordOnly, KeywordRest]
    );
}

#[test]
fn assignments_to_self_define_fields_of_the_class() {
    let facts = lower(
        "class C:\n    limit = 3\n    def __init__(self, x):\n        self.x = x\n        self.limit = 4\n",
    );
    let field = def(&facts, "x");
    assert_eq!(
        (field.kind, field.parent),
        (NodeKind::Field, id(&facts, "C"))
    );
    assert_eq!(
        facts
            .defs
            .iter()
            .filter(|d| text(&facts, d.name) == "limit")
            .count(),
        1
    );
}

#[test]
fn imports_say_how_they_are_written() {
    let source = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import a\ntry:\n    import b\nexcept ImportError:\n    import c\nimport importlib\nd = importlib.import_module('d.e')\nfrom . import f\n";
    let facts = lower(source);
    let kind = |name: &str| {
        facts
            .imports
            .iter()
            .find(|i| text(&facts, i.module) == name)
            .map(|i| i.kind)
    };
    assert_eq!(kind("a"), Some(ImportKind::TypeOnly));
    assert_eq!(kind("b"), Some(ImportKind::Optional));
    assert_eq!(kind("c"), Some(ImportKind::Optional));
    assert_eq!(kind("d.e"), Some(ImportKind::Dynamic));
    assert_eq!(kind("."), Some(ImportKind::Static));
}

#[test]
fn a_generator_yields_an_object_that_holds_what_it_yields() {
    let facts = lower("def a(): pass\ndef gen():\n    yield a\n");
    let gen_def = def(&facts, "gen");
    assert!(gen_def.flags.has(DefFlags::GENERATOR));
    let stored = facts.flows.iter().any(|f| match f {
        Flow::Store {
            select: Select::Element,
            from,
            ..
        } => values(&facts, *from) == ["a"],
        _ => false,
    });
    assert!(stored);
}

#[test]
fn annotations_are_resolved_at_the_end_even_in_quotes() {
    let facts =
        lower("def f(x: \"list[Cart]\", y: Optional[Cart]) -> Cart: pass\nclass Cart: pass\n");
    let cart = Head::Def(id(&facts, "Cart"));
    let f = def(&facts, "f");
    let ty = |id: Option<TypeId>| facts.types[id.unwrap().0 as usize].clone();
    let Type::Named(_, args) = ty(f.params[0].ty) else {
        panic!()
    };
    assert!(matches!(&facts.types[args[0].0 as usize], Type::Named(p, _) if p.head == cart));
    assert!(matches!(ty(f.params[1].ty), Type::Named(p, _) if p.head == cart));
    assert!(matches!(ty(f.ty), Type::Named(p, _) if p.head == cart));
}

#[test]
fn pytest_and_unittest_tests_have_ids() {
    let source = "import unittest\ndef test_one(): pass\nclass TestCart:\n    def test_total(self): pass\nclass Plain:\n    def test_no(self): pass\nclass Old(unittest.TestCase):\n    def test_old(self): pass\n";
    let facts = lower_at("tests/test_cart.py", source);
    let ids: Vec<(&str, &str)> = facts
        .defs
        .iter()
        .filter_map(|d| d.test.as_ref())
        .map(|t| (&*t.runner, &*t.id))
        .collect();
    assert_eq!(
        ids,
        [
            ("pytest", "test_one"),
            ("pytest", "TestCart::test_total"),
            ("unittest", "Old::test_old")
        ]
    );
}

#[test]
fn a_fixture_is_called_for_the_parameter_named_like_it() {
    let source = "import pytest\n@pytest.fixture\ndef cart():\n    yield make()\ndef make(): pass\ndef test_it(cart):\n    cart.add()\n";
    let facts = lower_at("test_it.py", source);
    let test = id(&facts, "test_it");
    let call = facts.calls.iter().find(|c| {
        c.within == test && c.kind == CallKind::Implicit && values(&facts, c.callee) == ["cart"]
    });
    assert!(call.is_some());
    assert!(!def(&facts, "cart").flags.has(DefFlags::GENERATOR));
}

#[test]
fn what_only_runs_at_run_time_is_a_blind_spot() {
    let facts = lower("def f(x):\n    eval(x)\n    getattr(x, 'a' + x)()\n");
    let kinds: Vec<BlindKind> = facts.blind.iter().map(|b| b.kind).collect();
    assert_eq!(kinds, [BlindKind::Dynamic, BlindKind::Dynamic]);
}

#[test]
fn a_syntax_error_is_told_and_the_rest_kept() {
    let facts = lower("def good(): pass\n\ndef bad(:\n    x = = 1\n\ndef also(): pass\n");
    assert!(facts.blind.iter().any(|b| b.kind == BlindKind::ParseError));
    def(&facts, "good");
    def(&facts, "also");
}

#[test]
fn a_changed_comment_changes_no_hash_and_a_changed_body_only_its_own() {
    let one =
        lower("class C:\n    def a(self):\n        return 1\n    def b(self):\n        return 2\n");
    let two = lower(
        "class C:\n    # why\n    def a(self):\n        return  1  # one\n    def b(self):\n        return 3\n",
    );
    let body = |f: &FileFacts, name: &str| def(f, name).body;
    assert_eq!(body(&one, "a"), body(&two, "a"));
    assert_ne!(body(&one, "b"), body(&two, "b"));
    assert_eq!(body(&one, "C"), body(&two, "C"));
    assert_eq!(one.defs[0].body, two.defs[0].body);
}

#[test]
fn module_constants_are_definitions_that_their_readers_use() {
    let facts = lower("LIMIT = 3\ndef f():\n    return LIMIT\n");
    let limit = def(&facts, "LIMIT");
    assert_eq!(limit.kind, NodeKind::Constant);
    let used = facts.flows.iter().any(|f| matches!(f, Flow::Use { of, within, .. } if *of == limit.place && *within == id(&facts, "f")));
    assert!(used);
}

#[test]
fn parents_come_before_children() {
    let facts = lower(
        "class A:\n    class B:\n        def f(self):\n            def g(): return lambda: 1\n            return g\nx = [lambda: y for y in range(3)]\n",
    );
    for (at, d) in facts.defs.iter().enumerate().skip(1) {
        assert!((d.parent.0 as usize) < at);
    }
}

#[test]
fn a_name_of_which_the_beginning_is_known_is_every_function_that_begins_so() {
    let facts = lower(
        "class A:\n    def run(self, n):\n        return getattr(self, 'do_' + n)()\n    def do_x(self): pass\n    def stop(self): pass\n",
    );
    let looked_up = |name: &str| {
        facts.flows.iter().any(|f| {
            matches!(f, Flow::Load { select: Select::Field(n), .. } if text(&facts, *n) == name)
        })
    };
    assert!(looked_up("do_x"));
    assert!(!looked_up("stop"));
}

#[test]
fn where_isinstance_does_not_hold_the_class_is_excluded() {
    let excluded = |source: &str| {
        let facts = lower(source);
        let found = facts.flows.iter();
        found.filter(|f| matches!(f, Flow::Exclude { .. })).count()
    };
    let test = "def f(x):\n    if isinstance(x, C):\n        return 1\n    return x.go()\n";
    assert_eq!(excluded(&format!("class C: pass\n{test}")), 1);
    assert_eq!(
        excluded("def f(x):\n    if x:\n        return 1\n    return x\n"),
        0
    );
}
