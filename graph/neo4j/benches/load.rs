//! Loading a graph into Neo4j, against the bare driver writing the same rows into the same schema.
//!
//! Wants a server in `RIPPLE_TEST_NEO4J`, as `cargo xtask bench` starts one, and empties it.
//! `RIPPLE_BENCH_NODES` and `RIPPLE_BENCH_EDGES` say how large the graph is.
#![allow(missing_docs, clippy::print_stdout)]

use neo4rs::{BoltList, BoltMap, BoltString, BoltType, Graph, query};
use ripple_graph_analysis::synthetic;
use ripple_graph_core::{ChangeSet, GraphStore, Snapshot};
use ripple_graph_neo4j::Neo4jStore;
use ripple_tests_servers::neo4j_turn;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Rows in one statement, which is one transaction.
const BATCH: usize = 10_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(run());
}

async fn run() {
    let size = |name: &str, default: u32| {
        let set = std::env::var(name).ok();
        set.and_then(|v| v.parse().ok()).unwrap_or(default)
    };
    let (nodes, edges) = (
        size("RIPPLE_BENCH_NODES", 20_000).min(50_000),
        size("RIPPLE_BENCH_EDGES", 100_000).min(250_000),
    );
    let snapshot = synthetic::graph(nodes, edges, 3);
    let rows = (snapshot.nodes.len() + snapshot.edges.len()) as f64;
    let turn = neo4j_turn();
    let rest = turn.uri.strip_prefix("neo4j://").expect("an address");
    let (who, at) = rest.split_once('@').expect("a user");
    let (user, password) = who.split_once(':').expect("a password");
    let graph = Graph::new(format!("bolt://{at}"), user, password).expect("a server");

    // In turns, so that what warms the server up serves both; the best of each counts.
    let (mut bare, mut ours) = (Duration::MAX, Duration::MAX);
    for turn_of in 0..3 {
        clear(&graph).await;
        drop(Neo4jStore::connect(&turn.uri).await.expect("the schema"));
        let started = Instant::now();
        write_bare(&graph, &snapshot).await;
        let bare_took = started.elapsed();

        clear(&graph).await;
        let store = Neo4jStore::connect(&turn.uri).await.expect("the schema");
        let put = synthetic::owners(&snapshot);
        let change = ChangeSet {
            put,
            ..ChangeSet::default()
        };
        let started = Instant::now();
        store.commit(change).await.expect("the graph is stored");
        let ours_took = started.elapsed();
        println!(
            "turn {turn_of}: bare {:.0} rows/s, store {:.0} rows/s",
            rows / bare_took.as_secs_f64(),
            rows / ours_took.as_secs_f64()
        );
        (bare, ours) = (bare.min(bare_took), ours.min(ours_took));
    }
    clear(&graph).await;
    let share = bare.as_secs_f64() / ours.as_secs_f64() * 100.0;
    let met = if share >= 70.0 { "met" } else { "missed" };
    println!("speed: Neo4j load, of the bare driver | {share:.0} % | ≥ 70 % | {met}");
}

async fn clear(graph: &Graph) {
    let text = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS";
    graph
        .run(query(text))
        .await
        .expect("the database is emptied");
}

/// What somebody would write who has only the driver: nodes, then relationships by their keys, with
/// the same properties.
async fn write_bare(graph: &Graph, snapshot: &Snapshot) {
    let mut nodes: BTreeMap<&str, Vec<BoltType>> = BTreeMap::new();
    for node in &snapshot.nodes {
        let mut row = BoltMap::new();
        let mut put = |name: &str, value: BoltType| row.put(BoltString::from(name), value);
        put("key", node.key.as_str().into());
        put("name", node.name.as_str().into());
        if let Some(path) = &node.path {
            put("path", path.as_str().into());
        }
        for (name, line) in [("line_start", node.line_start), ("line_end", node.line_end)] {
            if let Some(line) = line {
                put(name, i64::from(line).into());
            }
        }
        for (name, value) in &node.properties {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            put(name, text.into());
        }
        put("revision", 1i64.into());
        let of = nodes.entry(node.kind.as_str()).or_default();
        of.push(BoltType::Map(row));
    }
    for (kind, rows) in nodes {
        let text = format!("UNWIND $rows AS row CREATE (n:Entity:{kind}) SET n = row");
        send(graph, &text, rows).await;
    }
    let mut edges: BTreeMap<&str, Vec<BoltType>> = BTreeMap::new();
    for (i, edge) in snapshot.edges.iter().enumerate() {
        let mut p = BoltMap::new();
        let mut put = |name: &str, value: BoltType| p.put(BoltString::from(name), value);
        // As long as the store's own.
        put("key", format!("{i:032x}").into());
        put("confidence", edge.confidence.into());
        put("rule", edge.rule.as_str().into());
        put("state", edge.state.as_str().into());
        put("sites", i64::from(edge.sites).into());
        let mut evidence = BoltList::default();
        let sites = edge.evidence.iter().map(|e| BoltType::from(e.as_str()));
        evidence.value.extend(sites);
        put("evidence", BoltType::List(evidence));
        put("revision", 1i64.into());
        let mut row = BoltMap::new();
        row.put("a".into(), edge.from.as_str().into());
        row.put("b".into(), edge.to.as_str().into());
        row.put("p".into(), BoltType::Map(p));
        let of = edges.entry(edge.kind.as_str()).or_default();
        of.push(BoltType::Map(row));
    }
    for (kind, rows) in edges {
        let text = format!(
            "UNWIND $rows AS row MATCH (a:Entity {{key: row.a}}) MATCH (b:Entity {{key: row.b}})
             CREATE (a)-[r:{kind}]->(b) SET r = row.p"
        );
        send(graph, &text, rows).await;
    }
}

async fn send(graph: &Graph, text: &str, rows: Vec<BoltType>) {
    for batch in rows.chunks(BATCH) {
        let mut list = BoltList::default();
        list.value.extend(batch.iter().cloned());
        let query = query(text).param("rows", BoltType::List(list));
        graph.run(query).await.expect("the rows are written");
    }
}
