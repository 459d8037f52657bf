//! Bytes a relationship on disk: at most 200, nodes and all (the benchmark of issue and design).

use crate::child::Random;
use ripple_graph_core::conformance::put;
use ripple_graph_core::{GraphStore, OwnerFacts};
use ripple_graph_sqlite::SqliteStore;
use ripple_schemas::{Assertion, EdgeKind, Key, Node, NodeKind, Rule};
use std::io::Write;

const FILES: u64 = 1_000;
const FUNCTIONS: u64 = 20;
const EDGES: u64 = 5;

/// Names as long as those of real code.
fn path(file: u64) -> String {
    format!(
        "services/checkout/internal/package{}/module_{file}.py",
        file % 40
    )
}

fn symbol(file: u64, function: u64) -> (Key, String) {
    let name = format!("compute_total_{function}");
    (
        Key::symbol("shop", &path(file), &format!("OrderService.{name}")),
        name,
    )
}

fn owner(file: u64, random: &mut Random) -> OwnerFacts {
    let (mut nodes, mut assertions) = (Vec::new(), Vec::new());
    let key = Key::file("shop", &path(file));
    nodes.push(Node::new(NodeKind::File, key.clone(), path(file)));
    for f in 0..FUNCTIONS {
        let (symbol_key, name) = symbol(file, f);
        let mut node = Node::new(NodeKind::Method, symbol_key.clone(), name.clone());
        node.qualified_name = Some(format!(
            "services.checkout.internal.package{}.module_{file}.OrderService.{name}",
            file % 40
        ));
        node.path = Some(path(file));
        (node.line_start, node.line_end) = (Some(f as u32 * 12), Some(f as u32 * 12 + 10));
        node.language = Some("python".into());
        for hash in ["body", "signature"] {
            node.properties
                .insert(hash.into(), format!("{:016x}", random.next()).into());
        }
        nodes.push(node);
        let mut assert = |from: &Key, kind, to: Key, rule| {
            assertions.push(Assertion {
                from: from.clone(),
                kind,
                to,
                rule,
                sites: 1,
                evidence: vec![format!("{}:{}", path(file), f * 12 + random.below(10))],
            });
        };
        assert(&key, EdgeKind::Defines, symbol_key.clone(), Rule::Syntax);
        for call in 1..EDGES {
            // Half stays in the file, as in real code.
            let target = if call % 2 == 0 {
                file
            } else {
                (file * 31 + f * 7 + call * 131) % FILES
            };
            let to = symbol(target, (f * 3 + call) % FUNCTIONS).0;
            assert(&symbol_key, EdgeKind::Calls, to, Rule::Import);
        }
    }
    OwnerFacts {
        owner: key.to_string(),
        digest: file + 1,
        nodes,
        assertions,
    }
}

#[tokio::test]
async fn a_relationship_takes_at_most_200_bytes_with_its_nodes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ripple.db");
    let store = SqliteStore::open(&file).unwrap();
    let mut random = Random(1);
    let change = put((0..FILES).map(|file| owner(file, &mut random)));
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
