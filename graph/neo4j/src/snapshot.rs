//! The whole graph at one revision: scan, then apply what changed meanwhile until it is still.

use crate::client::{Client, texts};
use crate::fault::Fault;
use crate::read;
use crate::rows::{self, EDGE, NODE};
use neo4rs::query;
use ripple_graph_core::{Revision, Snapshot};
use ripple_schemas::{Edge, EdgeKind, Key, Node};
use rustc_hash::FxHashMap;

/// Over this many changed keys, scanning everything again is as fast.
const PATCHED: usize = 100_000;
const TRIES: usize = 500;

#[derive(Default)]
struct Graph {
    nodes: FxHashMap<Key, Node>,
    edges: FxHashMap<Key, FxHashMap<(EdgeKind, Key), Edge>>,
}

impl Graph {
    fn add(&mut self, edge: Edge) {
        let id = (edge.kind, edge.to.clone());
        self.edges
            .entry(edge.from.clone())
            .or_default()
            .insert(id, edge);
    }

    fn sorted(self, revision: u64) -> Snapshot {
        let mut nodes: Vec<Node> = self.nodes.into_values().collect();
        nodes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        let mut edges: Vec<Edge> = self
            .edges
            .into_values()
            .flat_map(FxHashMap::into_values)
            .collect();
        edges.sort_unstable_by(|a, b| (&a.from, a.kind, &a.to).cmp(&(&b.from, b.kind, &b.to)));
        Snapshot {
            revision: Revision(revision),
            nodes,
            edges,
        }
    }
}

pub(crate) async fn snapshot(client: &Client) -> Result<Snapshot, Fault> {
    let mut before = read::settled(client).await?;
    let mut graph = scan(client).await;
    for _ in 0..TRIES {
        let after = read::now(client).await?;
        if before.still(after) {
            return Ok(graph?.sorted(before.revision));
        }
        let after = read::settled(client).await?;
        // What a commit fell into may make no sense: then everything is read again.
        graph = match (
            graph,
            read::changes(client, Revision(before.revision)).await,
        ) {
            (Ok(mut graph), Ok(Some(changed))) if changed.len() <= PATCHED => {
                patch(client, &mut graph, &changed).await.map(|()| graph)
            }
            _ => scan(client).await,
        };
        // The changes read may reach beyond `after`; looking at some twice does no harm.
        before = after;
    }
    Err(Fault::Transient(format!(
        "a commit fell into each of {TRIES} readings"
    )))
}

async fn scan(client: &Client) -> Result<Graph, Fault> {
    let mut graph = Graph::default();
    client
        .read(query(&format!("MATCH (n:Entity) RETURN {NODE}")), |row| {
            // A node that is on its way out may be met without its kind.
            if row.get::<Option<String>>("kind")?.is_some() {
                let node = rows::node(&row)?;
                graph.nodes.insert(node.key.clone(), node);
            }
            Ok(true)
        })
        .await?;
    client
        .read(
            query(&format!("MATCH (a:Entity)-[r]->(b:Entity) RETURN {EDGE}")),
            |row| {
                graph.add(rows::edge(&row)?);
                Ok(true)
            },
        )
        .await?;
    Ok(graph)
}

/// Reads the changed nodes and what leaves them again.
async fn patch(client: &Client, graph: &mut Graph, changed: &[Key]) -> Result<(), Fault> {
    for keys in changed.chunks(10_000) {
        for key in keys {
            graph.nodes.remove(key);
            graph.edges.remove(key);
        }
        let keys = texts(keys.iter().map(Key::as_str));
        let text = format!(
            "UNWIND $keys AS key MATCH (n:Entity {{key: key}}) USING INDEX SEEK n:Entity(key) RETURN {NODE}"
        );
        for row in client
            .rows(query(&text).param("keys", keys.clone()))
            .await?
        {
            let node = rows::node(&row)?;
            graph.nodes.insert(node.key.clone(), node);
        }
        let text = format!(
            "UNWIND $keys AS key MATCH (a:Entity {{key: key}})-[r]->(b:Entity) USING INDEX SEEK a:Entity(key) RETURN {EDGE}"
        );
        for row in client.rows(query(&text).param("keys", keys)).await? {
            graph.add(rows::edge(&row)?);
        }
    }
    Ok(())
}
