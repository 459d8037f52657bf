//! Promises about owners, nodes and edges.

use super::model::Model;
use super::{Backend, call, facts, function, put, remove, sym};
use crate::{ChangeSet, GraphStore, OwnerInfo, Revision, Snapshot};
use ripple_schemas::{Assertion, EdgeKind, Key, Node, NodeKind, Rule};

/// Commits, and says what the store then shows.
pub(super) async fn commit(store: &dyn GraphStore, change: ChangeSet) -> Snapshot {
    store.commit(change).await.expect("the commit is accepted");
    store.snapshot().await.expect("a snapshot")
}

fn names(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.nodes.iter().map(|n| n.name.as_str()).collect()
}

fn arrows(snapshot: &Snapshot) -> Vec<(Key, Key)> {
    snapshot
        .edges
        .iter()
        .map(|e| (e.from.clone(), e.to.clone()))
        .collect()
}

/// `node`, `edges` and `snapshot` give back what was committed.
pub async fn what_is_put_can_be_read(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let done = store
        .commit(put([facts(
            "file:shop/a.py",
            vec![function("a"), function("b")],
            vec![call("a", "b", Rule::Import, 4)],
        )]))
        .await
        .expect("the commit is accepted");
    assert_eq!((done.revision, done.applied), (Revision(1), true));
    assert_eq!(done.changed, [sym("a"), sym("b")]);
    assert_eq!(
        store.node(&sym("a")).await.expect("reads"),
        Some(function("a"))
    );
    assert_eq!(store.node(&sym("none")).await.expect("reads"), None);
    let edges = store.edges(&sym("a"), true).await.expect("reads");
    assert_eq!(edges.len(), 1);
    assert_eq!(
        (&edges[0].from, edges[0].kind, &edges[0].to),
        (&sym("a"), EdgeKind::Calls, &sym("b"))
    );
    assert_eq!(edges[0].evidence, ["src/shop.py:4"]);
    assert_eq!(
        (edges[0].rule, edges[0].confidence),
        (Rule::Import, Rule::Import.confidence())
    );
    assert_eq!(store.edges(&sym("b"), false).await.expect("reads"), edges);
    assert!(
        store
            .edges(&sym("b"), true)
            .await
            .expect("reads")
            .is_empty()
    );
    let snapshot = store.snapshot().await.expect("reads");
    assert_eq!(snapshot.revision, Revision(1));
    assert_eq!(snapshot.nodes, [function("a"), function("b")]);
    assert_eq!(snapshot.edges, edges);
}

/// Before the first commit there is nothing, at revision 0.
pub async fn an_empty_store_is_empty(backend: &dyn Backend) {
    let store = backend.fresh().await;
    assert_eq!(store.revision().await.expect("reads"), Revision(0));
    let snapshot = store.snapshot().await.expect("reads");
    assert_eq!(
        snapshot,
        Snapshot {
            revision: Revision(0),
            nodes: vec![],
            edges: vec![]
        }
    );
    assert_eq!(store.owners("").await.expect("reads"), []);
    assert_eq!(
        store.changes(Revision(0)).await.expect("reads"),
        Some(vec![])
    );
    assert_eq!(store.edges(&sym("a"), true).await.expect("reads"), []);
}

/// What the owner no longer says is gone, in the same commit as the new appears.
pub async fn putting_an_owner_again_replaces_all_it_stated(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let first = facts(
        "file:shop/a.py",
        vec![function("a"), function("b"), function("c")],
        vec![
            call("a", "b", Rule::Import, 4),
            call("a", "c", Rule::Import, 5),
        ],
    );
    commit(&*store, put([first])).await;
    let mut moved = function("a");
    moved.line_start = Some(30);
    moved.properties.clear();
    let second = facts(
        "file:shop/a.py",
        vec![moved.clone(), function("c"), function("d")],
        vec![
            call("a", "c", Rule::Local, 31),
            call("d", "a", Rule::Local, 44),
        ],
    );
    let after = commit(&*store, put([second.clone()])).await;
    let mut model = Model::default();
    model.apply(&put([second]));
    assert_eq!(after.nodes, model.snapshot().nodes);
    assert_eq!(after.edges, model.snapshot().edges);
    assert_eq!(after.revision, Revision(2));
    assert_eq!(store.node(&sym("a")).await.expect("reads"), Some(moved));
}

/// Removal takes the owner's nodes and assertions and nobody else's.
pub async fn removing_an_owner_removes_what_only_it_stated(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let a = facts(
        "o:a",
        vec![function("a")],
        vec![call("a", "b", Rule::Import, 1)],
    );
    let b = facts(
        "o:b",
        vec![function("b")],
        vec![call("b", "b", Rule::Local, 2)],
    );
    commit(&*store, put([a, b])).await;
    let after = commit(&*store, remove(["o:a"])).await;
    assert_eq!(names(&after), ["b"]);
    assert_eq!(arrows(&after), [(sym("b"), sym("b"))]);
    let owners = store.owners("").await.expect("reads");
    assert_eq!(
        owners.iter().map(|o| o.owner.as_str()).collect::<Vec<_>>(),
        ["o:b"]
    );
}

/// A node lives while any owner asserts it.
pub async fn a_node_shared_by_owners_lives_until_the_last_is_removed(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let package = Node::new(NodeKind::Package, Key::package("npm", "express"), "express");
    commit(&*store, put([facts("o:1", vec![package.clone()], vec![])])).await;
    commit(&*store, put([facts("o:2", vec![package.clone()], vec![])])).await;
    assert_eq!(names(&commit(&*store, remove(["o:1"])).await), ["express"]);
    let none = facts("o:2", vec![], vec![]);
    assert!(names(&commit(&*store, put([none])).await).is_empty());
}

/// The smallest owner's fields win and properties are united, whoever came first.
pub async fn a_shared_node_looks_the_same_in_whatever_order_owners_came(backend: &dyn Backend) {
    let said = |name: &str, property: &str| {
        let mut node = Node::new(NodeKind::Package, Key::package("npm", "express"), name);
        node.path = (name == "late").then(|| "package.json".to_owned());
        node.properties.insert("both".into(), name.into());
        node.properties.insert(property.into(), true.into());
        node
    };
    let early = facts("o:1", vec![said("early", "one")], vec![]);
    let late = facts("o:2", vec![said("late", "two")], vec![]);
    let mut expected = said("early", "one");
    expected.properties.insert("two".into(), true.into());
    for order in [[early.clone(), late.clone()], [late.clone(), early.clone()]] {
        let store = backend.fresh().await;
        for owner in order {
            commit(&*store, put([owner])).await;
        }
        assert_eq!(
            store.node(&expected.key).await.expect("reads"),
            Some(expected.clone())
        );
        let only_late = commit(&*store, remove(["o:1"])).await;
        assert_eq!(only_late.nodes, [said("late", "two")]);
        let both = commit(&*store, put([early.clone()])).await;
        assert_eq!(both.nodes, std::slice::from_ref(&expected));
    }
}

/// Saying a thing twice, in one owner or in two, makes it neither two nodes nor two edges.
pub async fn a_key_is_one_node_and_a_relationship_one_edge(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let twice = facts(
        "o:1",
        vec![function("b"), function("a"), function("a")],
        vec![
            call("a", "b", Rule::Import, 7),
            call("a", "b", Rule::Import, 5),
            call("a", "b", Rule::Import, 5),
            call("a", "b", Rule::Local, 6),
        ],
    );
    let again = facts(
        "o:2",
        vec![function("a")],
        vec![call("a", "b", Rule::Import, 7)],
    );
    let after = commit(&*store, put([twice, again])).await;
    assert_eq!(names(&after), ["a", "b"]);
    assert_eq!(after.edges.len(), 1);
    let edge = &after.edges[0];
    assert_eq!((edge.rule, edge.sites), (Rule::Local, 5));
    assert_eq!(
        edge.evidence,
        ["src/shop.py:5", "src/shop.py:6", "src/shop.py:7"]
    );
}

/// An assertion may come before the nodes it joins and outlive them; it shows only between nodes.
pub async fn an_edge_is_hidden_until_both_ends_exist(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let edge = facts("o:edge", vec![], vec![call("a", "b", Rule::Import, 1)]);
    assert!(commit(&*store, put([edge])).await.edges.is_empty());
    assert!(
        commit(&*store, put([facts("o:a", vec![function("a")], vec![])]))
            .await
            .edges
            .is_empty()
    );
    assert!(
        store
            .edges(&sym("a"), true)
            .await
            .expect("reads")
            .is_empty()
    );
    assert_eq!(store.node(&sym("b")).await.expect("reads"), None);
    let b = facts("o:b", vec![function("b")], vec![]);
    assert_eq!(commit(&*store, put([b.clone()])).await.edges.len(), 1);
    let hidden = commit(&*store, remove(["o:b"])).await;
    assert!(hidden.edges.is_empty());
    assert!(
        store
            .edges(&sym("a"), true)
            .await
            .expect("reads")
            .is_empty()
    );
    assert_eq!(commit(&*store, put([b])).await.edges.len(), 1);
    assert_eq!(store.edges(&sym("b"), false).await.expect("reads").len(), 1);
    assert!(commit(&*store, remove(["o:edge"])).await.edges.is_empty());
}

/// The visible edge is the merge of what all owners say.
pub async fn assertions_merge_in_whatever_order_owners_came(backend: &dyn Backend) {
    let nodes = facts("o:nodes", vec![function("a"), function("b")], vec![]);
    let owners = [
        facts("o:1", vec![], vec![call("a", "b", Rule::NameUnique, 100)]),
        facts("o:2", vec![], vec![call("a", "b", Rule::Import, 9)]),
        facts("o:3", vec![], vec![call("a", "b", Rule::InterfaceCha, 10)]),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let store = backend.fresh().await;
        commit(&*store, put([nodes.clone()])).await;
        let mut after = None;
        for i in order {
            after = Some(commit(&*store, put([owners[i].clone()])).await);
        }
        let edge = &after.expect("three commits").edges[0];
        assert_eq!((edge.rule, edge.sites), (Rule::Import, 3));
        assert_eq!(edge.confidence, Rule::Import.confidence());
        assert_eq!(
            edge.evidence,
            ["src/shop.py:9", "src/shop.py:10", "src/shop.py:100"]
        );
        let weaker = commit(&*store, remove(["o:2"])).await;
        assert_eq!(
            (weaker.edges[0].rule, weaker.edges[0].sites),
            (Rule::InterfaceCha, 2)
        );
    }
}

/// `edges` sorts by (kind, other end), both ways.
pub async fn edges_are_listed_both_ways_in_order(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let edge = |from: &str, kind, to: &str| Assertion {
        kind,
        ..call(from, to, Rule::Local, 1)
    };
    let all = vec![
        edge("a", EdgeKind::References, "b"),
        edge("a", EdgeKind::Calls, "d"),
        edge("a", EdgeKind::Calls, "B"),
        edge("a", EdgeKind::Imports, "d"),
        edge("c", EdgeKind::Calls, "d"),
        edge("B", EdgeKind::Calls, "d"),
    ];
    let nodes = ["a", "b", "c", "d", "B"].map(function).to_vec();
    commit(&*store, put([facts("o", nodes, all)])).await;
    let seen = |edges: Vec<ripple_schemas::Edge>, outgoing: bool| -> Vec<(EdgeKind, Key)> {
        edges
            .into_iter()
            .map(|e| (e.kind, if outgoing { e.to } else { e.from }))
            .collect()
    };
    assert_eq!(
        seen(store.edges(&sym("a"), true).await.expect("reads"), true),
        [
            (EdgeKind::Imports, sym("d")),
            (EdgeKind::Calls, sym("B")),
            (EdgeKind::Calls, sym("d")),
            (EdgeKind::References, sym("b")),
        ]
    );
    assert_eq!(
        seen(store.edges(&sym("d"), false).await.expect("reads"), false),
        [
            (EdgeKind::Imports, sym("a")),
            (EdgeKind::Calls, sym("B")),
            (EdgeKind::Calls, sym("a")),
            (EdgeKind::Calls, sym("c")),
        ]
    );
}

/// Nodes by key, edges by (from, kind, to), each once, in byte order whatever order they came in.
pub async fn a_snapshot_is_sorted_and_exact(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let names = ["z", "a", "Z", "_", "a.b", "a~1", "aa", "0"];
    let mut model = Model::default();
    for (i, name) in names.iter().enumerate() {
        let calls = names
            .iter()
            .step_by(i % 3 + 1)
            .map(|to| call(name, to, Rule::Local, 1))
            .collect();
        let change = put([facts(&format!("o:{}", 9 - i), vec![function(name)], calls)]);
        model.apply(&change);
        store.commit(change).await.expect("the commit is accepted");
    }
    let snapshot = store.snapshot().await.expect("reads");
    assert!(snapshot.nodes.is_sorted_by(|a, b| a.key < b.key));
    assert!(
        snapshot
            .edges
            .is_sorted_by(|a, b| (&a.from, a.kind, &a.to) < (&b.from, b.kind, &b.to))
    );
    assert_eq!(snapshot.nodes.len(), names.len());
    assert_eq!(snapshot.nodes, model.snapshot().nodes);
    assert_eq!(snapshot.edges, model.snapshot().edges);
}

/// All owners of one change set change together.
pub async fn one_commit_may_put_and_remove_many_owners(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let owner = |i: usize, to: usize| {
        let name = format!("f{i:02}");
        let calls = vec![call(&name, &format!("f{to:02}"), Rule::Import, 1)];
        facts(&format!("o:{i:02}"), vec![function(&name)], calls)
    };
    let mut model = Model::default();
    let first = put((0..40).map(|i| owner(i, (i + 1) % 40)));
    model.apply(&first);
    commit(&*store, first).await;
    let second = ChangeSet {
        put: (10..30).map(|i| owner(i, (i * 7) % 40)).collect(),
        remove: (0..5)
            .map(|i| format!("o:{i:02}"))
            .chain(["o:none".into()])
            .collect(),
        ..Default::default()
    };
    model.apply(&second);
    let after = commit(&*store, second).await;
    assert_eq!(after.revision, Revision(2));
    assert_eq!(
        (after.nodes, after.edges),
        (model.snapshot().nodes, model.snapshot().edges)
    );
}

/// `owners` gives names and digests under a prefix; the prefix is text, not a pattern.
pub async fn owners_are_listed_by_prefix(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let named = [
        "file:b/y",
        "file:a/x%",
        "file:a/x_",
        "file:a/xx",
        "fileX",
        "file:a/é",
    ];
    let mut change = put(named.map(|n| facts(n, vec![], vec![])));
    for (i, facts) in change.put.iter_mut().enumerate() {
        facts.digest = if i == 0 { u64::MAX } else { i as u64 };
    }
    store.commit(change).await.expect("the commit is accepted");
    let listed = async |prefix: &str| store.owners(prefix).await.expect("reads");
    let only = |owners: Vec<OwnerInfo>| owners.into_iter().map(|o| o.owner).collect::<Vec<_>>();
    assert_eq!(
        only(listed("file:a/").await),
        ["file:a/x%", "file:a/x_", "file:a/xx", "file:a/é"]
    );
    assert_eq!(only(listed("file:a/x%").await), ["file:a/x%"]);
    assert_eq!(only(listed("file:a/é").await), ["file:a/é"]);
    assert_eq!(only(listed("FILE").await), [""; 0]);
    assert_eq!(listed("").await.len(), 6);
    assert_eq!(
        listed("file:b").await,
        [OwnerInfo {
            owner: "file:b/y".into(),
            digest: u64::MAX
        }]
    );
}
