//! What the store forgets, so that it does not grow for ever.

use ripple_graph_core::conformance::{call, facts, function, put, remove, sym};
use ripple_graph_core::{GraphStore, Revision};
use ripple_graph_sqlite::SqliteStore;
use ripple_schemas::Rule;

async fn count(store: &SqliteStore, what: &str) -> u64 {
    let rows = store
        .query(&format!("SELECT count(*) FROM {what}"), 1)
        .await
        .unwrap();
    rows.rows[0][0].as_u64().unwrap()
}

/// A commit too large to list, a removal, and enough small commits: the keys that nothing speaks of
/// are gone, those that an assertion still names are kept.
#[tokio::test]
async fn keys_that_nothing_speaks_of_are_swept_once_their_changes_are_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("ripple.db")).unwrap();
    let many = |salt: &str| -> Vec<_> {
        (0..60_000)
            .map(|i| function(&format!("{salt}{i}")))
            .collect()
    };
    let kept = vec![call("kept", "a7", Rule::Import, 1)];
    store
        .commit(put([
            facts("a", many("a"), vec![]),
            facts("kept", vec![], kept),
        ]))
        .await
        .unwrap();
    assert_eq!(
        store.changes(Revision(0)).await.unwrap(),
        None,
        "too many to list"
    );
    assert_eq!(store.changes(Revision(1)).await.unwrap(), Some(vec![]));
    store.commit(remove(["a"])).await.unwrap();
    assert_eq!(store.changes(Revision(1)).await.unwrap(), None);
    assert_eq!(
        count(&store, "key").await,
        60_001,
        "remembered until the next sweep"
    );
    let mut last = None;
    for i in 3..=64 {
        let node = function(&format!("b{i}"));
        last = Some(
            store
                .commit(put([facts("b", vec![node], vec![])]))
                .await
                .unwrap(),
        );
    }
    assert_eq!(last.unwrap().revision, Revision(64));
    let keys = store
        .query("SELECT text FROM key ORDER BY text", 100)
        .await
        .unwrap()
        .rows;
    assert!(keys.len() < 70, "{} keys", keys.len());
    assert!(keys.contains(&vec![sym("a7").as_str().into()]));
    let listed = store.changes(Revision(2)).await.unwrap().unwrap();
    assert_eq!(
        listed.len(),
        62,
        "small commits are listed, back to the large one"
    );
    assert_eq!(store.check(false).await.unwrap().damage, []);
}

#[tokio::test]
async fn changes_of_a_revision_that_is_not_there_yet_are_unknown() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("ripple.db")).unwrap();
    store
        .commit(put([facts("a", vec![function("a")], vec![])]))
        .await
        .unwrap();
    assert_eq!(
        store.changes(Revision(2)).await.unwrap(),
        None,
        "a cache of another store"
    );
}
