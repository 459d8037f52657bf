use crate::world::*;
use proptest::prelude::*;
use ripple_impact::{ImpactError, Subject};
use ripple_schemas::{ChangeKind, EdgeKind, ImpactAnswer, Key, Level, Node, NodeKind, Rule};
use serde_json::json;

fn impacted(answer: &ImpactAnswer) -> Vec<String> {
    let mut keys: Vec<String> = answer.impacted.iter().map(|i| i.key.to_string()).collect();
    keys.sort();
    keys
}

#[test]
fn a_changed_body_reaches_its_callers_and_their_tests_with_the_path_that_explains_it() {
    let mut head = shop();
    head[0] = file("src/price.py").function("total", "s", "changed");
    let answer = impact(&shop(), &head);
    assert_eq!(answer.changed.len(), 1);
    assert_eq!(answer.changed[0].change, ChangeKind::Body);
    assert_eq!(
        impacted(&answer),
        [
            sym("src/cart.py", "checkout").to_string(),
            sym("tests/test_cart.py", "test_checkout").to_string()
        ]
    );
    let test = answer
        .impacted
        .iter()
        .find(|i| i.kind == NodeKind::Test)
        .unwrap();
    assert_eq!(test.distance, 2);
    let via: Vec<_> = test
        .via
        .iter()
        .map(|s| (s.key.clone(), s.edge, s.evidence.clone()))
        .collect();
    assert_eq!(
        via,
        [
            (
                sym("src/price.py", "total"),
                EdgeKind::Calls,
                vec!["src/cart.py:14".to_owned()]
            ),
            (
                sym("src/cart.py", "checkout"),
                EdgeKind::Calls,
                vec!["tests/test_cart.py:3".to_owned()]
            ),
        ]
    );
    let ids: Vec<_> = answer
        .tests
        .iter()
        .map(|t| (t.id.as_str(), t.runner.as_str()))
        .collect();
    assert_eq!(ids, [("tests/test_cart.py::test_checkout", "pytest")]);
    assert_eq!(answer.revision, 9);
    assert_eq!(answer.verdict.level, Level::Low);
}

#[test]
fn callers_of_a_removed_function_count() {
    // Head no longer has total, and what called it resolves to nothing there.
    let mut head = shop();
    head[0] = file("src/price.py");
    head[1] = file("src/cart.py").function("checkout", "s", "b");
    let answer = impact(&shop(), &head);
    assert_eq!(answer.changed[0].change, ChangeKind::Removed);
    assert!(impacted(&answer).contains(&sym("src/cart.py", "checkout").to_string()));
}

#[test]
fn callers_of_the_old_name_count_when_a_function_moves() {
    let mut head = shop();
    head[0] = file("src/money.py").function("total", "s", "b");
    let answer = impact(&shop(), &head);
    let changed: Vec<_> = answer
        .changed
        .iter()
        .map(|c| (c.key.clone(), c.change))
        .collect();
    assert_eq!(
        changed,
        [
            (Key::file("shop", "src/money.py"), ChangeKind::Moved),
            (sym("src/money.py", "total"), ChangeKind::Moved)
        ]
    );
    assert_eq!(
        impacted(&answer),
        [
            sym("src/cart.py", "checkout").to_string(),
            sym("tests/test_cart.py", "test_checkout").to_string()
        ]
    );
}

#[test]
fn a_change_of_layout_alone_is_no_change() {
    let mut head = shop();
    head[0].0.nodes[1].line_end = Some(99);
    let answer = impact(&shop(), &head);
    assert_eq!(
        (answer.changed.len(), answer.verdict.level),
        (0, Level::None)
    );
}

#[test]
fn the_answer_is_the_same_whichever_commit_the_graph_holds() {
    let base = shop();
    let mut head = shop();
    head[0] = file("src/price.py").function("total", "s", "changed");
    // Later on the main branch, someone else made cart.py call total from a second function.
    let mut later = shop();
    later[1] = later[1].clone().function("refund", "s", "b").calls(
        "refund",
        &sym("src/price.py", "total"),
        2,
    );
    let mut expected = impact_from(&base, &base, &head);
    let mut got = impact_from(&later, &base, &head);
    (expected.revision, got.revision) = (0, 0);
    assert_eq!(got, expected);
}

#[test]
fn a_changed_test_is_run_and_a_removed_one_is_not() {
    let mut head = shop();
    head[2] = file("tests/test_cart.py").test("test_new", "b").calls(
        "test_new",
        &sym("src/cart.py", "checkout"),
        3,
    );
    let answer = impact(&shop(), &head);
    let ids: Vec<_> = answer.tests.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(ids, ["tests/test_cart.py::test_new"]);
}

#[test]
fn owners_of_changed_and_reached_files_are_named() {
    let owner = |who: &str| Node::new(NodeKind::Owner, Key::owner(who), who);
    let owned = |f: File, who: &str| {
        let from = f.0.nodes[0].key.clone();
        f.node(owner(who)).edge(
            &from,
            EdgeKind::OwnedBy,
            &Key::owner(who),
            Rule::Codeowners,
            1,
        )
    };
    let mut base = shop();
    base[0] = owned(base[0].clone(), "        payments");
    base[1] = owned(base[1].clone(), "        carts");
    let mut head = base.clone();
    head[0] = owned(
        file("src/price.py").function("total", "s", "changed"),
        "        payments",
    );
    assert_eq!(
        impact(&base, &head).owners,
        [Key::owner("        payments"), Key::owner("        carts")]
    );
}

#[test]
fn a_syntax_error_in_the_changed_file_makes_the_verdict_unknown() {
    let broken = json!([{"kind": "parse_error", "line": 3, "why": "syntax error"}]);
    let base = vec![
        file("a.py").function("f", "s", "b"),
        file("b.py").function("g", "s", "b"),
    ];
    let mut head = base.clone();
    head[0] = file("a.py").property("blind", broken.clone());
    let answer = impact(&base, &head);
    assert_eq!(answer.blind_spots.len(), 1);
    assert!(answer.verdict.coverage < 1.0);
    // The same error far from the change takes nothing away.
    let far = vec![
        base[0].clone(),
        file("b.py")
            .function("g", "s", "b")
            .property("blind", broken),
    ];
    let mut near = far.clone();
    near[0] = file("a.py").function("f", "s", "changed");
    let answer = impact(&far, &near);
    assert_eq!(
        (answer.blind_spots.len(), answer.verdict.coverage),
        (0, 1.0)
    );
}

#[test]
fn a_changed_file_in_no_language_that_is_read_makes_the_verdict_unknown() {
    let mut changed = file("deploy.cob");
    changed.0.nodes[0].language = None;
    changed.0.nodes[0].properties.clear();
    let answer = impact(&[file("a.py")], &[file("a.py"), changed]);
    assert_eq!(answer.verdict.level, Level::Unknown);
    let mut prose = file("README.md");
    prose.0.nodes[0].language = None;
    prose.0.nodes[0].properties.clear();
    assert_eq!(
        impact(&[file("a.py")], &[file("a.py"), prose])
            .verdict
            .level,
        Level::None
    );
}

#[test]
fn an_unresolved_call_by_the_changed_name_is_near_wherever_it_is() {
    let spot = json!([{"kind": "unknown_receiver", "line": 7, "why": "receiver of `order.total` is not known"}]);
    let base = vec![
        file("a.py").function("total", "s", "b"),
        file("far.py").property("blind", spot),
    ];
    let mut head = base.clone();
    head[0] = file("a.py").function("total", "s", "changed");
    let answer = impact(&base, &head);
    assert_eq!(answer.blind_spots.len(), 1);
    head[0] = file("a.py")
        .function("total", "s", "b")
        .function("other", "s", "new");
    assert_eq!(impact(&base, &head).blind_spots.len(), 0);
}

#[test]
fn a_package_used_but_not_declared_and_one_declared_but_not_used_are_phantoms() {
    let package = |n: &str| Node::new(NodeKind::Package, Key::package("pypi", n), n);
    let manifest = file("pyproject.toml").node(package("flask"));
    let key = manifest.0.nodes[0].key.clone();
    let manifest = manifest.edge(
        &key,
        EdgeKind::Declares,
        &Key::package("pypi", "flask"),
        Rule::Manifest,
        5,
    );
    let code = |f: File| {
        let from = f.0.nodes[0].key.clone();
        f.node(package("requests")).edge(
            &from,
            EdgeKind::Imports,
            &Key::package("pypi", "requests"),
            Rule::Import,
            1,
        )
    };
    let base = vec![file("pyproject.toml"), file("a.py")];
    let head = vec![manifest, code(file("a.py"))];
    let answer = impact(&base, &head);
    let got: Vec<_> = answer
        .phantoms
        .iter()
        .map(|p| {
            (
                serde_json::to_value(p.kind).unwrap(),
                p.to.to_string(),
                p.evidence.clone(),
            )
        })
        .collect();
    assert_eq!(
        got,
        [
            (
                json!("undeclared_package"),
                "pkg:pypi/requests".to_owned(),
                vec!["a.py:1".to_owned()]
            ),
            (
                json!("unused_package"),
                "pkg:pypi/flask".to_owned(),
                vec!["pyproject.toml:5".to_owned()]
            ),
        ]
    );
}

#[test]
fn asking_for_one_symbol_takes_it_for_changed() {
    let graph = snapshot(&facts(&shop()));
    let key = sym("src/price.py", "total");
    let answer = ask(
        &graph,
        &[],
        &[],
        &[],
        &[],
        Subject::Node(key.clone(), ChangeKind::Body),
    )
    .unwrap();
    assert_eq!(answer.changed[0].key, key);
    assert_eq!(answer.impacted.len(), 2);
    let missing = ask(
        &graph,
        &[],
        &[],
        &[],
        &[],
        Subject::Node(sym("src/price.py", "totl"), ChangeKind::Body),
    );
    assert!(matches!(missing, Err(ImpactError::UnknownKey { name, .. }) if name == "totl"));
}

#[test]
fn what_the_list_leaves_out_still_counts_in_the_verdict() {
    let graph = snapshot(&facts(&shop()));
    let subject = || Subject::Node(sym("src/price.py", "total"), ChangeKind::Removed);
    let whole = ask(&graph, &[], &[], &[], &[], subject()).unwrap();
    let question = ripple_impact::Question {
        repository: "shop",
        base: "b".into(),
        head: "worktree".into(),
        base_facts: &[],
        head_facts: &[],
        gone: &[],
        changed_paths: &[],
        texts: &[],
        subject: subject(),
        phantoms: None,
        list: 1,
        tests: usize::MAX,
        tests_apart: false,
        blind_spots: usize::MAX,
        rollout: json!(null),
        policy: json!(null),
    };
    let csr = ripple_graph_analysis::Csr::build(&graph, 0);
    let cut = ripple_impact::answer(
        &csr,
        &ripple_graph_analysis::Calibration::default(),
        &question,
    )
    .unwrap();
    assert_eq!(
        (cut.impacted.len(), cut.verdict, cut.tests),
        (1, whole.verdict, whole.tests)
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_order_of_facts_does_not_matter(order in Just((0usize..3).collect::<Vec<_>>()).prop_shuffle()) {
        let mut head = shop();
        head[0] = file("src/price.py").function("total", "s2", "changed").function("tax", "s", "b");
        head[1] = file("src/cart.py").function("checkout", "s", "b2").calls("checkout", &sym("src/price.py", "total"), 14)
            .calls("checkout", &sym("src/price.py", "tax"), 15);
        let mixed = |files: &[File]| order.iter().map(|&i| {
            let mut f = files[i].clone();
            f.0.nodes[1..].reverse();
            f.0.assertions.reverse();
            f
        }).collect::<Vec<_>>();
        prop_assert_eq!(impact(&mixed(&shop()), &mixed(&head)), impact(&shop(), &head));
    }
}

/// A file of tests one of which has these words, and no edges.
fn worded_test(words: &str) -> File {
    let mut tests = file("tests/test_price.py").test("test_price", "b");
    let node = tests.0.nodes.last_mut().unwrap();
    node.properties.insert("words".into(), words.into());
    tests
}

#[test]
fn where_no_path_leads_to_a_test_words_choose_and_the_verdict_says_so() {
    let base = vec![
        file("src/price.py").function("rounding", "s", "b"),
        worded_test("price rounding"),
    ];
    let mut head = base.clone();
    head[0] = file("src/price.py").function("rounding", "s", "changed");
    let answer = impact(&base, &head);
    assert_eq!(answer.tests.len(), 1);
    assert_eq!(answer.totals.impacted_tests, 0);
    let reasons = answer.verdict.reasons.join("\n");
    assert!(reasons.contains("no path leads to a test"), "{reasons}");
}

#[test]
fn words_of_data_that_nothing_reads_speak_for_no_test() {
    let data = |body: &str| {
        let mut data = file("price.json").property("body", body.into());
        data.0.nodes[0].language = None;
        data
    };
    let tests = worded_test("price json");
    let answer = impact(&[data("a"), tests.clone()], &[data("b"), tests]);
    assert_eq!(answer.changed.len(), 1);
    assert_eq!(answer.tests, []);
}
