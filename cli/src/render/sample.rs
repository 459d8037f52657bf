//! Answers for the tests of rendering.

use ripple_schemas::{
    BlindKind, BlindSpot, ChangeKind, ChangedSymbol, EdgeKind, ImpactAnswer, Impacted, Key, Level,
    NodeKind, Phantom, PhantomKind, Rule, Step, TestToRun, Totals, Verdict,
};
use serde_json::json;

fn symbol(path: &str, name: &str) -> Key {
    Key::symbol("shop", path, name)
}

fn step(key: &Key, edge: EdgeKind, site: &str) -> Step {
    Step {
        key: key.clone(),
        edge,
        rule: Rule::Import,
        confidence: 0.98,
        evidence: vec![site.into()],
    }
}

/// A change of one function that a class, a test and an endpoint depend on.
pub(crate) fn shop() -> ImpactAnswer {
    let total = symbol("src/price.py", "total");
    let checkout = symbol("src/cart.py", "Cart.checkout");
    let test = symbol("tests/test_cart.py", "test_checkout");
    let called = step(&total, EdgeKind::Calls, "src/cart.py:14");
    ImpactAnswer {
        revision: 412,
        repository: "shop".into(),
        base: "b5794ff1a365a2f3d76bbd829776f728132d063d".into(),
        head: "worktree".into(),
        verdict: Verdict {
            level: Level::Medium,
            score: 0.41,
            coverage: 0.93,
            reasons: vec![
                "1 changed symbol (1 signature) reaches 2 others and 1 test".into(),
                "most likely to fail: tests/test_cart.py::test_checkout (41 %)".into(),
                "1 blind spot near the change; coverage 0.93".into(),
            ],
        },
        changed: vec![ChangedSymbol {
            key: total,
            kind: NodeKind::Function,
            path: "src/price.py".into(),
            lines: [3, 9],
            change: ChangeKind::Signature,
        }],
        impacted: vec![
            Impacted {
                key: checkout.clone(),
                kind: NodeKind::Method,
                probability: 0.96,
                distance: 1,
                via: vec![called.clone()],
            },
            Impacted {
                key: test.clone(),
                kind: NodeKind::Test,
                probability: 0.92,
                distance: 2,
                via: vec![called.clone(), step(&checkout, EdgeKind::Calls, "tests/test_cart.py:5")],
            },
            Impacted {
                key: Key::parse("ep:checkout/http POST /orders").unwrap(),
                kind: NodeKind::Endpoint,
                probability: 0.91,
                distance: 2,
                via: vec![called, step(&checkout, EdgeKind::HandledBy, "src/routes.py:88")],
            },
        ],
        tests: vec![TestToRun {
            key: test,
            id: "tests/test_cart.py::test_checkout".into(),
            runner: "pytest".into(),
            probability: 0.41,
        }],
        totals: Totals {
            impacted: 3,
            impacted_tests: 1,
            tests: 1,
            blind_spots: 1,
        },
        owners: vec![Key::owner("@payments-team")],
        environments: vec![],
        rollout: json!({"null_because": "no deployment agent yet"}),
        policy: json!({"null_because": "no policy engine yet"}),
        phantoms: vec![Phantom {
            kind: PhantomKind::UndeclaredPackage,
            from: Key::file("shop", "src/cart.py"),
            to: Key::package("pypi", "requests"),
            evidence: vec!["src/cart.py:2".into()],
        }],
        blind_spots: vec![BlindSpot {
            kind: BlindKind::Dynamic,
            path: "src/plugins.py".into(),
            line: 7,
            why: "getattr with a name that is computed from the settings of the shop, so anything may be called".into(),
        }],
    }
}

/// A change that reaches `nodes` functions in many folders, each by one before it.
pub(crate) fn radius(nodes: usize) -> ImpactAnswer {
    let mut answer = shop();
    let at = |i: usize| {
        symbol(
            &format!("src/part{}/deep/file{}.py", i % 23, i),
            &format!("a_rather_long_function_name_{i}"),
        )
    };
    let root = answer.changed[0].key.clone();
    answer.impacted = (1..nodes)
        .map(|i| {
            let cause = if i < 4 { root.clone() } else { at(i / 3) };
            Impacted {
                key: at(i),
                kind: if i % 5 == 0 {
                    NodeKind::Test
                } else {
                    NodeKind::Function
                },
                probability: 0.97f64.powi(i as i32),
                distance: if i < 4 { 1 } else { 2 + (i.ilog(3) - 1) },
                via: vec![step(&cause, EdgeKind::Calls, "src/a.py:1")],
            }
        })
        .collect();
    let tests = answer.impacted.iter().filter(|i| i.kind == NodeKind::Test);
    answer.totals = Totals {
        impacted: nodes - 1,
        impacted_tests: tests.count(),
        tests: 1,
        blind_spots: 1,
    };
    answer
}
