//! Promises about revisions, changes, inbox, outbox, offsets and settings.

use super::facts::commit;
use super::model::difference;
use super::{Backend, call, facts, function, put, remove, sym};
use crate::{ChangeSet, Inbox, Offset, Outbox, Revision, StoreError};
use ripple_schemas::Rule;

fn inbox(id: &str) -> Option<Inbox> {
    Some(Inbox {
        consumer: "ingest".into(),
        source: "https://ci".into(),
        id: id.into(),
    })
}

fn offset(generation: u64, expected: u64, next: u64) -> Option<Offset> {
    Some(Offset {
        group: "ingest".into(),
        partition: 3,
        generation,
        expected,
        next,
    })
}

fn event(n: u32) -> Outbox {
    Outbox {
        partition_key: format!("svc:{n}"),
        event: format!("{{\"id\":\"é'{n}\"}}"),
    }
}

fn owner(name: &str) -> crate::OwnerFacts {
    facts(&format!("o:{name}"), vec![function(name)], vec![])
}

/// Every commit that puts or removes an owner moves the revision by one.
pub async fn revisions_count_without_gaps(backend: &dyn Backend) {
    let store = backend.fresh().await;
    for i in 1..=20u64 {
        let change = if i % 5 == 0 {
            remove([format!("o:f{}", i - 1).as_str()])
        } else {
            put([owner(&format!("f{i}"))])
        };
        let done = store.commit(change).await.expect("the commit is accepted");
        assert_eq!((done.revision, done.applied), (Revision(i), true));
        assert_eq!(store.revision().await.expect("reads"), Revision(i));
    }
}

/// The same digest again, an unknown owner removed, an empty change set: nothing happens.
pub async fn a_commit_that_changes_nothing_makes_no_revision(backend: &dyn Backend) {
    let store = backend.fresh().await;
    store
        .commit(put([owner("a")]))
        .await
        .expect("the commit is accepted");
    for nothing in [put([owner("a")]), remove(["o:none"]), ChangeSet::default()] {
        let done = store.commit(nothing).await.expect("the commit is accepted");
        assert_eq!((done.revision, done.applied), (Revision(1), false));
        assert!(done.changed.is_empty());
    }
    assert_eq!(
        store.changes(Revision(1)).await.expect("reads"),
        Some(vec![])
    );
    let mut partly = put([owner("a"), owner("b")]);
    partly.remove.push("o:none".into());
    let done = store.commit(partly).await.expect("the commit is accepted");
    assert_eq!(
        (done.revision, done.applied, done.changed),
        (Revision(2), true, vec![sym("b")])
    );
}

/// `changes(since)` holds every key that looks different now, for every earlier revision.
pub async fn changes_since_name_every_key_that_looks_different(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let mut past = vec![store.snapshot().await.expect("reads")];
    let linked = |a: &str, b: &str| {
        put([facts(
            &format!("o:{a}"),
            vec![function(a)],
            vec![call(a, b, Rule::Local, 1)],
        )])
    };
    for change in [
        linked("a", "b"),
        linked("b", "c"),
        put([owner("c")]),
        linked("a", "c"),
        remove(["o:b"]),
        put([owner("b")]),
        remove(["o:c"]),
    ] {
        past.push(commit(&*store, change).await);
    }
    let now = past.last().expect("seven commits");
    for then in &past {
        let changed = store
            .changes(then.revision)
            .await
            .expect("reads")
            .expect("remembered");
        assert!(
            changed.is_sorted_by(|a, b| a < b),
            "sorted and without repeats"
        );
        for key in difference(then, now) {
            assert!(
                changed.contains(&key),
                "{key} is missing since {}",
                then.revision
            );
        }
    }
    assert_eq!(
        store.changes(Revision(7)).await.expect("reads"),
        Some(vec![])
    );
    let last = store
        .changes(Revision(6))
        .await
        .expect("reads")
        .expect("remembered");
    assert_eq!(
        last,
        [sym("a"), sym("c")],
        "c went, and with it the edge that a had"
    );
}

/// Where a node comes or goes, the nodes whose edges appear or hide have changed too.
pub async fn changed_keys_cover_edges_that_appear_and_hide(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let caller = facts(
        "o:a",
        vec![function("a")],
        vec![call("a", "b", Rule::Import, 1)],
    );
    store
        .commit(put([caller]))
        .await
        .expect("the commit is accepted");
    let came = store
        .commit(put([owner("b")]))
        .await
        .expect("the commit is accepted");
    assert_eq!(came.changed, [sym("a"), sym("b")]);
    let went = store
        .commit(remove(["o:b"]))
        .await
        .expect("the commit is accepted");
    assert_eq!(went.changed, [sym("a"), sym("b")]);
}

/// A second commit with the same (consumer, source, id) stores nothing; any part differing is
/// another document.
pub async fn a_document_is_applied_once(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let first = ChangeSet {
        inbox: inbox("1"),
        ..put([owner("a")])
    };
    assert!(store.commit(first.clone()).await.expect("accepted").applied);
    let late = ChangeSet {
        inbox: inbox("1"),
        outbox: vec![event(1)],
        expect: Some(Revision(77)),
        ..put([owner("b")])
    };
    let again = store.commit(late).await.expect("accepted");
    assert_eq!((again.revision, again.applied), (Revision(1), false));
    assert_eq!(store.node(&sym("b")).await.expect("reads"), None);
    let outbox = store
        .query(backend.dialect().outbox, 10)
        .await
        .expect("reads");
    assert!(outbox.rows.is_empty());
    let other = Inbox {
        source: "https://other".into(),
        ..inbox("1").expect("some")
    };
    let other = ChangeSet {
        inbox: Some(other),
        ..put([owner("b")])
    };
    assert!(store.commit(other).await.expect("accepted").applied);
    let same_facts = ChangeSet {
        inbox: inbox("2"),
        ..put([owner("b")])
    };
    let noted = store.commit(same_facts.clone()).await.expect("accepted");
    assert_eq!(
        (noted.revision, noted.applied),
        (Revision(2), true),
        "noted, but no new revision"
    );
    assert!(!store.commit(same_facts).await.expect("accepted").applied);
}

/// Events become visible with the commit that carries them, in the order given.
pub async fn events_wait_in_the_outbox_in_order(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let many = ChangeSet {
        outbox: (0..12).map(event).collect(),
        ..put([owner("a")])
    };
    store.commit(many).await.expect("accepted");
    let alone = ChangeSet {
        outbox: vec![event(12)],
        ..Default::default()
    };
    let done = store.commit(alone).await.expect("accepted");
    assert_eq!((done.revision, done.applied), (Revision(1), true));
    let rows = store
        .query(backend.dialect().outbox, 100)
        .await
        .expect("reads")
        .rows;
    let expected: Vec<Vec<serde_json::Value>> = (0..13)
        .map(|n| {
            let event = event(n);
            vec![event.partition_key.into(), event.event.into()]
        })
        .collect();
    assert_eq!(rows, expected);
}

/// The stored offset must be the expected one; the facts of a refused commit are not stored.
pub async fn an_offset_moves_by_compare_and_set(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let at = |expected, next, name: &str| ChangeSet {
        offset: offset(1, expected, next),
        ..put([owner(name)])
    };
    store.commit(at(0, 10, "a")).await.expect("accepted");
    store.commit(at(10, 25, "b")).await.expect("accepted");
    match store.commit(at(10, 30, "c")).await {
        Err(StoreError::StaleOffset {
            group,
            partition: 3,
            expected: 10,
            found: 25,
        }) => {
            assert_eq!(group, "ingest");
        }
        other => panic!("a stale offset was not refused: {other:?}"),
    }
    assert_eq!(store.node(&sym("c")).await.expect("reads"), None);
    let same = store.commit(at(10, 25, "c")).await;
    assert!(
        matches!(same, Err(StoreError::StaleOffset { .. })),
        "without a document nothing says that this is a retry: {same:?}"
    );
    assert_eq!(store.node(&sym("c")).await.expect("reads"), None);
    let elsewhere = Offset {
        partition: 4,
        ..offset(1, 0, 1).expect("some")
    };
    let elsewhere = ChangeSet {
        offset: Some(elsewhere),
        ..Default::default()
    };
    let done = store.commit(elsewhere).await.expect("accepted");
    assert_eq!((done.revision, done.applied), (Revision(2), true));
}

/// Once a newer generation has committed, an older one is refused even at the right offset.
pub async fn a_zombie_of_an_older_generation_is_refused(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let at = |generation, expected, next| ChangeSet {
        offset: offset(generation, expected, next),
        ..Default::default()
    };
    store.commit(at(4, 0, 10)).await.expect("accepted");
    store
        .commit(at(5, 10, 20))
        .await
        .expect("a newer generation takes over");
    let zombie = ChangeSet {
        offset: offset(4, 20, 30),
        ..put([owner("zombie")])
    };
    let refused = store.commit(zombie).await;
    assert!(
        matches!(refused, Err(StoreError::StaleOffset { found: 20, .. })),
        "{refused:?}"
    );
    assert_eq!(store.node(&sym("zombie")).await.expect("reads"), None);
    store
        .commit(at(5, 20, 30))
        .await
        .expect("the living one goes on");
}

/// A document seen before at another offset: its facts are skipped, the consumer moves on. The
/// very same commit again is no change.
pub async fn a_duplicate_document_still_moves_the_offset(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let at = |expected, next| ChangeSet {
        inbox: inbox("doc"),
        offset: offset(1, expected, next),
        ..put([owner("a")])
    };
    assert!(store.commit(at(0, 1)).await.expect("accepted").applied);
    assert!(
        !store
            .commit(at(0, 1))
            .await
            .expect("a retry is no error")
            .applied
    );
    let moved = store.commit(at(1, 2)).await.expect("accepted");
    assert_eq!((moved.revision, moved.applied), (Revision(1), true));
    let stale = store.commit(at(0, 1)).await;
    assert!(
        matches!(stale, Err(StoreError::StaleOffset { found: 2, .. })),
        "{stale:?}"
    );
}

/// `expect` refuses a writer that read an older revision.
pub async fn an_unexpected_revision_is_refused(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let at = |revision, name: &str| ChangeSet {
        expect: Some(Revision(revision)),
        ..put([owner(name)])
    };
    store.commit(at(0, "a")).await.expect("accepted");
    store.commit(at(1, "b")).await.expect("accepted");
    for wrong in [0, 1, 3] {
        match store.commit(at(wrong, "c")).await {
            Err(StoreError::Conflict { expected, found }) => {
                assert_eq!((expected, found), (Revision(wrong), Revision(2)));
            }
            other => panic!("not refused: {other:?}"),
        }
    }
    assert_eq!(store.revision().await.expect("reads"), Revision(2));
}

/// Facts, inbox, outbox, offset and revision of a refused commit are as if it never came.
pub async fn a_refused_commit_leaves_nothing(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let before = commit(&*store, put([owner("a")])).await;
    let change = ChangeSet {
        remove: vec!["o:a".into()],
        inbox: inbox("1"),
        outbox: vec![event(1)],
        offset: offset(1, 99, 100),
        ..put([owner("b")])
    };
    let refused = store.commit(change.clone()).await;
    assert!(
        matches!(refused, Err(StoreError::StaleOffset { .. })),
        "{refused:?}"
    );
    assert_eq!(store.snapshot().await.expect("reads"), before);
    assert!(
        store
            .query(backend.dialect().outbox, 10)
            .await
            .expect("reads")
            .rows
            .is_empty()
    );
    let right = ChangeSet {
        offset: offset(1, 0, 100),
        ..change
    };
    let done = store.commit(right).await.expect("accepted");
    assert_eq!(
        (done.revision, done.applied),
        (Revision(2), true),
        "its document was not noted"
    );
}

/// An owner named twice, an owner without a name, a property that hides a field.
pub async fn an_ambiguous_change_set_is_refused(backend: &dyn Backend) {
    let store = backend.fresh().await;
    let both = ChangeSet {
        remove: vec!["o:a".into()],
        ..put([owner("a")])
    };
    let mut hides = owner("a");
    hides.nodes[0].properties.insert("key".into(), "x".into());
    for bad in [
        both,
        put([owner("a"), owner("a")]),
        put([facts("", vec![], vec![])]),
        put([hides]),
    ] {
        let refused = store.commit(bad).await;
        assert!(
            matches!(refused, Err(StoreError::Invalid { .. })),
            "{refused:?}"
        );
    }
    assert_eq!(store.revision().await.expect("reads"), Revision(0));
}

/// Settings are set, replaced and removed without a revision.
pub async fn settings_are_kept_beside_the_graph(backend: &dyn Backend) {
    let store = backend.fresh().await;
    assert_eq!(store.setting("checkout:shop").await.expect("reads"), None);
    for value in ["/home/é '\"\\ ${x}", "", "/other"] {
        store
            .set_setting("checkout:shop", Some(value))
            .await
            .expect("accepted");
        assert_eq!(
            store
                .setting("checkout:shop")
                .await
                .expect("reads")
                .as_deref(),
            Some(value)
        );
    }
    store
        .set_setting("checkout:shop", None)
        .await
        .expect("accepted");
    store
        .set_setting("never set", None)
        .await
        .expect("accepted");
    assert_eq!(store.setting("checkout:shop").await.expect("reads"), None);
    assert_eq!(store.revision().await.expect("reads"), Revision(0));
}
