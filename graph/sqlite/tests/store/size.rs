//! Bytes a relationship on disk: at most 200, nodes and all (the benchmark of issue and design).

use crate::child::Random;
use crate::synthetic::{EDGES, FUNCTIONS, owner};
use ripple_graph_core::GraphStore;
use ripple_graph_core::conformance::put;
use ripple_graph_sqlite::SqliteStore;
use std::io::Write;

const FILES: u64 = 1_000;

#[tokio::test]
async fn a_relationship_takes_at_most_200_bytes_with_its_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ripple.db");
    let store = SqliteStore::open(&file).unwrap();
    let mut random = Random(1);
    let change = put((0..FILES).map(|file| owner(file, FILES, &mut || random.next())));
    store.commit(change).await.unwrap();
    let check = store.check(false).await.unwrap();
    assert_eq!(check.edges, FILES * FUNCTIONS * EDGES);
    let used = store
        .query(
            "SELECT CASE WHEN name LIKE 'edge%' OR name LIKE '%edge_fact%' THEN 'edges'
               ELSE 'nodes and names' END, sum(pgsize) FROM dbstat GROUP BY 1",
            10,
        )
        .await;
    drop(store);
    let bytes = std::fs::metadata(&file).unwrap().len();
    writeln!(
        std::io::stderr(),
        "{} relationships, {} nodes, {bytes} bytes: {:.1} bytes a relationship {}",
        check.edges,
        check.nodes,
        bytes as f64 / check.edges as f64,
        used.map_or_else(|e| e.to_string(), |rows| format!("{:?}", rows.rows)),
    )
    .unwrap();
    assert!(
        bytes <= 200 * check.edges,
        "{} bytes a relationship",
        bytes / check.edges
    );
}
