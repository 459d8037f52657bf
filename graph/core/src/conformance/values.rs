//! Promises about what values survive, how large a commit may be, and what a query may do.

use super::model::Model;
use super::{Backend, call, facts, function, put, remove, sym};
use crate::{Revision, StoreError};
use ripple_schemas::model::CALIBRATION;
use ripple_schemas::{Assertion, Beta, EdgeKind, Key, Node, NodeKind, Rule};
use std::collections::BTreeSet;

/// Texts that break careless stores.
const HOSTILE: &[&str] = &[
    "",
    " ",
    "'; DROP TABLE node; --",
    "\"}) DETACH DELETE n //",
    "` SET n.x = 1 `",
    "${HOME} $param {x} %s %00 \\u0000 \\",
    "a\0b",
    "line\nline\r\n\ttab",
    "\u{feff}bom",
    "é e\u{301} ß ſ İ ı 𝔘 \u{10ffff}",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "\u{202e}right to left",
    "NULL",
    "true",
    "1e999",
    "[1,2]",
    "src/a:b.py:12:7",
    "no line",
    "x:007",
    "x:99999999999999999999",
];

/// Names, paths, properties, evidence and owners keep every character.
pub async fn hostile_values_come_back_as_they_were(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let mut model = Model::default();
    let keys: Vec<Key> = (0..HOSTILE.len())
        .map(|i| Key::file("shop", &format!("{i}{}", HOSTILE[i])))
        .collect();
    for (i, text) in HOSTILE.iter().enumerate() {
        let mut node = Node::new(NodeKind::File, keys[i].clone(), *text);
        node.qualified_name = Some((*text).into());
        node.path = Some((*text).into());
        node.language = Some((*text).into());
        node.line_start = Some(u32::MAX);
        node.line_end = Some(0);
        node.properties.insert("text".into(), (*text).into());
        node.properties.insert(
            format!("name of {i}: {text}"),
            serde_json::json!({"a": [text, null]}),
        );
        node.properties.insert(
            "numbers".into(),
            serde_json::json!([u64::MAX, i64::MIN, 0.1, true]),
        );
        let mut link = call("x", "y", Rule::Local, 1);
        link.from = keys[i].clone();
        link.to = keys[(i + 1) % keys.len()].clone();
        link.sites = u32::MAX;
        link.evidence = vec![(*text).into(), format!("{text}:{}", u32::MAX)];
        link.evidence.sort_by(|a, b| {
            ripple_schemas::fact::site_order(a).cmp(&ripple_schemas::fact::site_order(b))
        });
        let change = put([facts(&format!("o{text}"), vec![node], vec![link])]);
        model.apply(&change);
        store.commit(change).await.expect("accepted");
    }
    let snapshot = store.snapshot().await.expect("reads");
    let expected = model.snapshot();
    assert_eq!(expected.nodes.len(), HOSTILE.len());
    for (found, expected) in snapshot.nodes.iter().zip(&expected.nodes) {
        assert_eq!(found, expected);
    }
    for (found, expected) in snapshot.edges.iter().zip(&expected.edges) {
        assert_eq!(found, expected);
    }
    assert_eq!(snapshot.nodes.len(), expected.nodes.len());
    assert_eq!(snapshot.edges.len(), expected.edges.len());
    let owners: BTreeSet<String> = store
        .owners("o")
        .await
        .expect("reads")
        .into_iter()
        .map(|o| o.owner)
        .collect();
    assert_eq!(owners, HOSTILE.iter().map(|t| format!("o{t}")).collect());
    for key in &keys {
        assert!(store.node(key).await.expect("reads").is_some(), "{key}");
        assert_eq!(store.edges(key, true).await.expect("reads").len(), 1);
    }
}

/// A key at its limit, a megabyte of property, a path of 10,000 characters.
pub async fn very_long_values_come_back_as_they_were(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let longest = "k".repeat(ripple_schemas::key::MAX_KEY_BYTES - "repo:".len());
    let mut node = Node::new(
        NodeKind::Repository,
        Key::repository(&longest),
        "n".repeat(10_000),
    );
    node.path = Some("p/".repeat(5_000));
    node.properties
        .insert("long".into(), "é\"".repeat(350_000).into());
    let mut link = call("x", "y", Rule::Local, 1);
    (link.from, link.to) = (node.key.clone(), node.key.clone());
    link.evidence = vec![format!("{}:9", "p/".repeat(5_000))];
    let owner = "o".repeat(10_000);
    store
        .commit(put([facts(&owner, vec![node.clone()], vec![link.clone()])]))
        .await
        .expect("accepted");
    assert_eq!(
        store.node(&node.key).await.expect("reads"),
        Some(node.clone())
    );
    let edges = store.edges(&node.key, false).await.expect("reads");
    assert_eq!(edges.len(), 1);
    assert_eq!(edges[0].evidence, link.evidence);
    assert_eq!(store.owners(&owner).await.expect("reads").len(), 1);
}

/// No kind and no rule is lost or mixed up with another.
pub async fn every_kind_and_rule_is_kept(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let nodes: Vec<Node> = NodeKind::ALL
        .iter()
        .map(|k| Node::new(*k, sym(k.as_str()), k.as_str()))
        .collect();
    let mut said: Vec<Assertion> = EdgeKind::ALL
        .iter()
        .map(|k| Assertion {
            kind: *k,
            ..call("Class", "Test", Rule::Syntax, 1)
        })
        .collect();
    for (i, rule) in Rule::ALL.iter().enumerate() {
        said.push(call(
            NodeKind::ALL[i % NodeKind::ALL.len()].as_str(),
            "File",
            *rule,
            1,
        ));
    }
    let mut model = Model::default();
    let change = put([facts("o", nodes, said)]);
    model.apply(&change);
    store.commit(change).await.expect("accepted");
    let (found, expected) = (store.snapshot().await.expect("reads"), model.snapshot());
    assert_eq!(found.nodes, expected.nodes);
    assert_eq!(found.edges, expected.edges);
    assert_eq!(found.edges.len(), EdgeKind::ALL.len() + Rule::ALL.len());
}

/// A model comes back to the last digit, and moving from one version to another changes the node
/// that says which is in use and nothing else: no edge is written for it.
pub async fn a_model_is_kept_and_moved_without_rewriting_an_edge(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let version = |version: u32| ripple_schemas::Model {
        version,
        rules: Rule::ALL
            .iter()
            .map(|&rule| {
                let posterior = Beta {
                    right: f64::from(version) * 98.123_457,
                    // No more digits than training writes.
                    wrong: 0.125 + f64::from(rule.rank()) / 4.0,
                };
                (rule, posterior)
            })
            .collect(),
        tests: [("bias".to_owned(), -3.000_001)].into(),
        ..Default::default()
    };
    let owned = |node: Node| facts(&node.key.to_string(), vec![node], vec![]);
    let edges = facts(
        "o",
        vec![function("a"), function("b")],
        vec![call("a", "b", Rule::Import, 1)],
    );
    let change = put([edges, owned(version(1).node()), owned(version(2).node())]);
    store.commit(change).await.expect("accepted");
    let before = store.snapshot().await.expect("reads");
    for n in [1, 2, 1] {
        let change = put([owned(version(n).node_in_use())]);
        let committed = store.commit(change).await.expect("accepted");
        let key = Key::model(CALIBRATION);
        assert_eq!(committed.changed, std::slice::from_ref(&key));
        for key in [key, Key::model_version(CALIBRATION, n)] {
            let node = store.node(&key).await.expect("reads").expect("kept");
            let kept = ripple_schemas::Model::from_node(&node).expect("a model");
            assert_eq!(kept, version(n));
        }
    }
    let moved = store.changes(before.revision).await.expect("reads");
    assert_eq!(moved, Some(vec![Key::model(CALIBRATION)]));
    assert_eq!(store.snapshot().await.expect("reads").edges, before.edges);
    let prefix = format!("{}@", Key::model(CALIBRATION));
    assert_eq!(store.owners(&prefix).await.expect("reads").len(), 2);
    let back = remove([Key::model(CALIBRATION).as_str()]);
    store.commit(back).await.expect("accepted");
    assert_eq!(
        store.node(&Key::model(CALIBRATION)).await.expect("reads"),
        None
    );
    assert_eq!(store.snapshot().await.expect("reads").nodes, before.nodes);
}

/// 1,000 owners with 100 rows each, in one revision; then half of them again, changed.
pub async fn a_hundred_thousand_rows_are_one_commit(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let owner = |o: usize, salt: usize| {
        let names: Vec<String> = (0..20).map(|i| format!("m{o}.f{i}")).collect();
        let calls = (0..80)
            .map(|i| {
                let to = format!("m{}.f{}", (o * 7 + i * 13 + salt) % 1000, (i + salt) % 20);
                call(&names[i % 20], &to, Rule::Import, i as u32 + 1)
            })
            .collect();
        facts(
            &format!("file:shop/m{o}.py"),
            names.iter().map(|n| function(n)).collect(),
            calls,
        )
    };
    let mut model = Model::default();
    let first = put((0..1000).map(|o| owner(o, 0)));
    assert_eq!(first.rows(), 100_000);
    model.apply(&first);
    let done = store.commit(first).await.expect("accepted");
    assert_eq!(done.revision, Revision(1));
    assert_eq!(done.changed.len(), 20_000);
    let found = store.snapshot().await.expect("reads");
    let expected = model.snapshot();
    assert_eq!(expected.nodes.len(), 20_000);
    assert!(found.nodes == expected.nodes && found.edges == expected.edges);
    if let Some(changed) = store.changes(Revision(0)).await.expect("reads") {
        assert_eq!(changed, done.changed);
    }
    let second = put((0..1000).step_by(2).map(|o| owner(o, 3)));
    model.apply(&second);
    assert_eq!(
        store.commit(second).await.expect("accepted").revision,
        Revision(2)
    );
    let (found, expected) = (store.snapshot().await.expect("reads"), model.snapshot());
    assert!(found.nodes == expected.nodes && found.edges == expected.edges);
}

/// The store's own language sees the nodes and the visible edges.
pub async fn a_query_reads_nodes_and_edges(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let said = vec![
        call("a", "b", Rule::Import, 1),
        call("a", "hidden", Rule::Import, 2),
    ];
    store
        .commit(put([facts("o", vec![function("a"), function("b")], said)]))
        .await
        .expect("accepted");
    let dialect = backend.dialect();
    let nodes = store.query(dialect.nodes, 10).await.expect("reads");
    let mut keys: Vec<&str> = nodes.rows.iter().filter_map(|r| r[0].as_str()).collect();
    keys.sort_unstable();
    assert_eq!(keys, [sym("a").as_str(), sym("b").as_str()]);
    assert!(!nodes.truncated && !nodes.columns.is_empty());
    let edges = store.query(dialect.edges, 10).await.expect("reads");
    assert_eq!(
        edges.rows,
        [[sym("a").as_str(), "CALLS", sym("b").as_str()]]
    );
}

/// Every text that would write is refused, says so, and leaves the store as it was.
pub async fn a_query_that_would_write_is_refused(backend: &dyn Backend) {
    let store = backend.fresh().await;
    store
        .commit(put([facts("o", vec![function("a")], vec![])]))
        .await
        .expect("accepted");
    let before = store.snapshot().await.expect("reads");
    let dialect = backend.dialect();
    assert!(dialect.writes.len() >= 5, "try harder");
    for text in dialect.writes.iter().chain([&dialect.nonsense, &"", &" "]) {
        match store.query(text, 10).await {
            Err(StoreError::Query { why }) => assert!(!why.is_empty()),
            other => panic!("`{text}` was not refused: {other:?}"),
        }
    }
    assert_eq!(store.snapshot().await.expect("reads"), before);
    store
        .commit(put([facts("p", vec![], vec![])]))
        .await
        .expect("the store still writes");
}

/// At most `limit` rows, and `truncated` says whether there were more.
pub async fn a_query_is_cut_at_its_limit(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let nodes = (0..7).map(|i| function(&format!("f{i}"))).collect();
    store
        .commit(put([facts("o", nodes, vec![])]))
        .await
        .expect("accepted");
    for (limit, rows, truncated) in [(0, 0, true), (6, 6, true), (7, 7, false), (8, 7, false)] {
        let answer = store
            .query(backend.dialect().nodes, limit)
            .await
            .expect("reads");
        assert_eq!(
            (answer.rows.len(), answer.truncated),
            (rows, truncated),
            "limit {limit}"
        );
    }
}

/// `check` counts what is there and finds nothing wrong, with and without repair.
pub async fn a_sound_store_has_no_damage(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let said = vec![
        call("a", "b", Rule::Import, 1),
        call("a", "hidden", Rule::Import, 2),
    ];
    let shared = facts(
        "p",
        vec![function("a")],
        vec![call("a", "b", Rule::Local, 3)],
    );
    store
        .commit(put([
            facts("o", vec![function("a"), function("b")], said),
            shared,
        ]))
        .await
        .expect("accepted");
    let before = store.snapshot().await.expect("reads");
    for repair in [false, true] {
        let check = store.check(repair).await.expect("checks");
        assert_eq!(check.damage, []);
        assert_eq!((check.nodes, check.edges, check.owners), (2, 1, 2));
    }
    assert_eq!(store.snapshot().await.expect("reads"), before);
}
