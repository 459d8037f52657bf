//! What people query says what the store says.

use ripple_graph_core::conformance::{call, facts, function, put, sym};
use ripple_graph_core::{GraphStore, StoreError};
use ripple_graph_sqlite::{Options, SqliteStore};
use ripple_schemas::{Key, Node, NodeKind, Rule};
use serde_json::{Value, json};
use std::time::{Duration, Instant};

#[tokio::test]
async fn the_views_show_the_nodes_and_edges_of_the_snapshot() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("ripple.db")).unwrap();
    let shared = |name: &str, property: &str, value: Value| {
        let mut node = Node::new(NodeKind::Package, Key::package("npm", "x"), name);
        node.properties.insert("both".into(), name.into());
        node.properties.insert(property.into(), value);
        node
    };
    let mut trace = call("a", "b", Rule::Local, 9);
    trace.evidence = vec!["trace 7".into(), "src/a.py:10".into(), "src/a.py:9".into()];
    store
        .commit(put([
            facts(
                "o:2",
                vec![shared("two", "a b", json!({"deep": [1, null, true]}))],
                vec![],
            ),
            facts(
                "o:1",
                vec![shared("one", "flag", json!(true)), function("a")],
                vec![trace],
            ),
            facts(
                "o:3",
                vec![function("b"), shared("three", "a b", json!(3))],
                vec![
                    call("a", "b", Rule::Import, 3),
                    call("a", "gone", Rule::Import, 4),
                ],
            ),
        ]))
        .await
        .unwrap();
    let snapshot = store.snapshot().await.unwrap();

    let rows = store
        .query(
            "SELECT kind AS node, key, name, qualified_name, path, line_start, line_end, language,
               properties FROM nodes ORDER BY key",
            10,
        )
        .await
        .unwrap();
    for (row, node) in rows.rows.iter().zip(&snapshot.nodes) {
        let mut flat: serde_json::Map<String, Value> =
            serde_json::from_str(row[8].as_str().unwrap()).unwrap();
        let fields = rows
            .columns
            .iter()
            .take(8)
            .cloned()
            .zip(row.iter().take(8).cloned());
        flat.extend(fields.filter(|(_, value)| !value.is_null()));
        assert_eq!(Value::Object(flat), serde_json::to_value(node).unwrap());
    }
    assert_eq!(rows.rows.len(), 3);

    let rows = store
        .query(
            "SELECT \"from\", kind, \"to\", confidence, rule, sites, evidence FROM edges",
            10,
        )
        .await
        .unwrap();
    let edge = &snapshot.edges[0];
    assert_eq!(snapshot.edges.len(), 1);
    let evidence = json!(edge.evidence).to_string();
    assert_eq!(
        rows.rows,
        [[
            json!(sym("a")),
            json!("CALLS"),
            json!(sym("b")),
            json!(edge.confidence),
            json!("local"),
            json!(2),
            json!(evidence),
        ]]
    );
}

#[tokio::test]
async fn a_query_without_end_is_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options {
        query_time: Duration::from_millis(200),
        ..Options::default()
    };
    let store = SqliteStore::open_with(folder.path().join("ripple.db"), options).unwrap();
    let began = Instant::now();
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
                   SELECT count(*) FROM n";
    let stopped = store.query(endless, 1).await;
    match stopped {
        Err(StoreError::Query { why }) => assert!(why.contains("0.2 s"), "{why}"),
        other => panic!("{other:?}"),
    }
    assert!(began.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn a_query_says_where_it_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("ripple.db")).unwrap();
    match store.query("SELECT kee FROM nodes", 1).await {
        Err(StoreError::Query { why }) => assert!(why.contains("kee"), "{why}"),
        other => panic!("{other:?}"),
    }
}
