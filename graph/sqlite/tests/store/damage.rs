//! Damaged files: told, never believed, mended where that can be.

use crate::child::{self, Random};
use ripple_graph_core::conformance::{call, facts, function, put};
use ripple_graph_core::{ChangeSet, GraphStore, Revision, StoreError};
use ripple_graph_sqlite::SqliteStore;
use ripple_schemas::Rule;
use rusqlite::Connection;
use std::io::Write;
use std::path::Path;

const OWNERS: usize = 30;

fn owner(o: usize) -> ChangeSet {
    let names: Vec<String> = (0..20).map(|i| format!("m{o}.f{i}")).collect();
    let calls = (0..60)
        .map(|i| {
            let to = format!("m{}.f{}", (o + i * 7) % OWNERS, i % 20);
            call(&names[i % 20], &to, Rule::Import, i as u32)
        })
        .collect();
    put([facts(
        &format!("o:{o:02}"),
        names.iter().map(|n| function(n)).collect(),
        calls,
    )])
}

/// A store with 30 owners, closed, its log copied into the file.
async fn sound(file: &Path) -> ripple_graph_core::Snapshot {
    let store = SqliteStore::open(file).unwrap();
    for o in 0..OWNERS {
        store.commit(owner(o)).await.unwrap();
    }
    store.set_setting("a", Some("b")).await.unwrap();
    store
        .set_setting("ingested:shop", Some("c0ffee"))
        .await
        .unwrap();
    let snapshot = store.snapshot().await.unwrap();
    drop(store);
    let log = std::path::PathBuf::from(format!("{}-wal", file.display()));
    assert!(!log.exists(), "closing copies the log into the file");
    snapshot
}

/// Reads again what the store no longer has, as an ingest does.
async fn read_again(store: &SqliteStore) {
    let known = store.owners("").await.unwrap();
    for o in 0..OWNERS {
        let change = owner(o);
        if !known.iter().any(|k| k.owner == change.put[0].owner) {
            store.commit(change).await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ripple.db");
    std::fs::write(&file, "hello ".repeat(2_000)).unwrap();
    let Err(refused) = SqliteStore::open(&file) else {
        panic!("it was opened")
    };
    assert!(matches!(refused, StoreError::Damaged { .. }), "{refused:?}");
    assert!(refused.to_string().contains("graph check --repair"));
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "hello ".repeat(2_000)
    );
}

#[tokio::test]
async fn half_a_file_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ripple.db");
    sound(&file).await;
    let bytes = std::fs::read(&file).unwrap();
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    let told = match SqliteStore::open(&file) {
        Ok(store) => store.snapshot().await.map(|_| ()),
        Err(error) => Err(error),
    };
    assert!(matches!(told, Err(StoreError::Damaged { .. })), "{told:?}");
}

#[tokio::test]
async fn rows_changed_behind_the_store_are_found_and_read_again() {
    for tamper in [
        "UPDATE node_fact SET name = 'x' WHERE key = 5",
        "UPDATE owner SET name = 'o:xx' WHERE id = 3",
        "UPDATE owner SET digest = digest + 1 WHERE id = 3",
        "UPDATE edge_fact SET sites = sites + 1 WHERE src = 5",
        "DELETE FROM edge_fact WHERE src = 7",
        "DELETE FROM owner WHERE id = 3",
        "UPDATE key SET text = text || 'x' WHERE id = 9",
        "DELETE FROM key WHERE id = 9",
        "UPDATE text SET text = 'other.py' WHERE text = 'src/shop.py'",
        "UPDATE edge_fact SET evidence = '1,2,3' WHERE src = 7",
        "UPDATE node_fact SET kind = 9999 WHERE key = 5",
        "UPDATE word SET name = 'CBLLS' WHERE name = 'CALLS'",
        "UPDATE word SET name = 'Functioo' WHERE name = 'Function'",
        "UPDATE word SET what = 'rulf' WHERE name = 'import'",
        "UPDATE node_fact SET properties = '{' WHERE key = 5",
        "INSERT INTO edge_fact SELECT src, kind, dst, 77, rule, sites, evidence FROM edge_fact",
        "UPDATE change_log SET revision = 1000 WHERE revision = 3",
        "DELETE FROM meta",
        "DROP INDEX edge_fact_dst",
        "DROP VIEW nodes",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ripple.db");
        let before = sound(&file).await;
        Connection::open(&file)
            .unwrap()
            .execute_batch(tamper)
            .unwrap();

        let store = SqliteStore::open(&file).unwrap();
        let check = store.check(false).await.unwrap();
        assert!(!check.damage.is_empty(), "{tamper}");
        assert!(
            check
                .damage
                .iter()
                .all(|d| !d.repaired && !d.mend.is_empty())
        );
        let mended = store.check(true).await.unwrap();
        assert!(
            mended.damage.iter().all(|d| d.repaired),
            "{tamper}: {:?}",
            mended.damage
        );
        assert_eq!(store.check(false).await.unwrap().damage, [], "{tamper}");
        assert_eq!(
            store.changes(Revision(1)).await.unwrap(),
            None,
            "readers must start anew"
        );
        let ingested = store.setting("ingested:shop").await.unwrap();
        assert_eq!(ingested, None, "the next ingest must look at every file");
        read_again(&store).await;
        let after = store.snapshot().await.unwrap();
        assert!(
            after.nodes == before.nodes && after.edges == before.edges,
            "{tamper}"
        );
        assert!(after.revision > before.revision, "{tamper}");
        assert_eq!(store.setting("a").await.unwrap().as_deref(), Some("b"));
    }
}

/// Whatever bytes change: a wrong graph is never given out unnoticed, and repair followed by an
/// ingest gives the right one, or says that the file has to be deleted.
#[tokio::test]
async fn changed_bytes_are_noticed_and_mended_or_told() {
    let seed = child::seed("RIPPLE_DAMAGE_SEED");
    writeln!(std::io::stderr(), "RIPPLE_DAMAGE_SEED={seed}").unwrap();
    let mut random = Random(seed);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ripple.db");
    let before = sound(&file).await;
    let whole = std::fs::read(&file).unwrap();
    let (mut noticed, mut mended, mut lost) = (0, 0, 0);
    let files: u32 =
        std::env::var("RIPPLE_DAMAGED_FILES").map_or(25, |n| n.parse().expect("a number"));
    for _ in 0..files {
        let mut bytes = whole.clone();
        match random.below(3) {
            0 => {
                let page = random.below(bytes.len() as u64 / 4096) as usize;
                bytes[page * 4096..(page + 1) * 4096].fill(0);
            }
            _ => {
                for _ in 0..=random.below(20) {
                    let at = random.below(bytes.len() as u64) as usize;
                    bytes[at] ^= 1 << random.below(8);
                }
            }
        }
        for suffix in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{suffix}", file.display()));
        }
        std::fs::write(&file, &bytes).unwrap();
        let store = match SqliteStore::open(&file) {
            Ok(store) => store,
            Err(
                StoreError::Damaged { .. }
                | StoreError::Invalid { .. }
                | StoreError::NewerSchema { .. },
            ) => {
                lost += 1;
                continue;
            }
            Err(other) => panic!("seed {seed}: {other:?}"),
        };
        let right = store
            .snapshot()
            .await
            .is_ok_and(|s| s.nodes == before.nodes && s.edges == before.edges);
        let damage = store
            .check(false)
            .await
            .map(|c| c.damage.len())
            .unwrap_or(1);
        assert!(
            right || damage > 0,
            "seed {seed}: a wrong graph passed the check"
        );
        noticed += u32::from(damage > 0);
        if damage == 0 {
            continue;
        }
        match store.check(true).await {
            Ok(_) => {
                assert_eq!(store.check(false).await.unwrap().damage, [], "seed {seed}");
                read_again(&store).await;
                let after = store.snapshot().await.unwrap();
                assert!(
                    after.nodes == before.nodes && after.edges == before.edges,
                    "seed {seed}"
                );
                mended += 1;
            }
            Err(StoreError::Damaged { .. }) => lost += 1,
            Err(other) => panic!("seed {seed}: {other:?}"),
        }
    }
    writeln!(
        std::io::stderr(),
        "{noticed} noticed, {mended} mended, {lost} to be deleted"
    )
    .unwrap();
    assert!(noticed * 2 > files && mended * 2 > files, "of {files}");
}
