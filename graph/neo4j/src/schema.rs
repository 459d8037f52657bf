//! The database schema: constraints, its version, the one revision node.

use crate::client::Client;
use crate::fault::Fault;
use neo4rs::query;
use ripple_graph_core::StoreError;
use ripple_schemas::EdgeKind;
use std::collections::BTreeSet;

/// The version this crate writes and reads.
pub const VERSION: u32 = 1;

/// Label and the property by which its nodes are unique. Long or composite identities are hashed
/// into `id`: an index of Neo4j holds at most about 8 KB a value.
const UNIQUE: &[(&str, &str)] = &[
    ("Entity", "key"),
    ("Missing", "key"),
    ("RippleMeta", "id"),
    ("RippleGate", "id"),
    ("RippleOwner", "id"),
    ("RippleChange", "revision"),
    ("RippleInbox", "id"),
    ("RippleOutbox", "seq"),
    ("RippleOffset", "id"),
    ("RippleSetting", "id"),
    ("RippleCommit", "token"),
    ("RippleStage", "id"),
];

/// Name and statement of every constraint.
pub(crate) fn constraints() -> Vec<(String, String)> {
    let nodes = UNIQUE.iter().map(|(label, property)| {
        let name = format!("ripple_{}", label.to_lowercase());
        let text = format!(
            "CREATE CONSTRAINT {name} IF NOT EXISTS FOR (n:{label}) REQUIRE n.{property} IS UNIQUE"
        );
        (name, text)
    });
    let edges = EdgeKind::ALL.iter().map(|kind| {
        let name = format!("ripple_rel_{}", kind.as_str().to_lowercase());
        let text = format!(
            "CREATE CONSTRAINT {name} IF NOT EXISTS FOR ()-[r:{kind}]-() REQUIRE r.key IS UNIQUE"
        );
        (name, text)
    });
    nodes.chain(edges).collect()
}

/// Names of the constraints that the database lacks.
pub(crate) async fn missing(client: &Client) -> Result<Vec<(String, String)>, Fault> {
    let mut there = BTreeSet::new();
    for row in client
        .rows(query("SHOW CONSTRAINTS YIELD name RETURN name"))
        .await?
    {
        there.insert(row.get::<String>("name")?);
    }
    Ok(constraints()
        .into_iter()
        .filter(|(name, _)| !there.contains(name))
        .collect())
}

/// Makes an empty database ready, and refuses one of a newer version. The version is written last,
/// so whoever is killed on the way leaves a database that the next one makes ready.
pub(crate) async fn prepare(client: &Client) -> Result<(), Fault> {
    let meta = client
        .rows(query(
            "MATCH (m:RippleMeta {id: 0}) RETURN m.version AS version",
        ))
        .await?;
    if let Some(row) = meta.first() {
        let found: u32 = row.get("version")?;
        if found > VERSION {
            let uri = client.address.shown.clone();
            return Err(StoreError::NewerSchema {
                uri,
                found,
                known: VERSION,
            }
            .into());
        }
        if found == VERSION {
            return Ok(());
        }
    }
    constrain(client).await?;
    let gate = "MERGE (g:RippleGate {id: 0}) ON CREATE SET g.opening = 0, g.closed = 0";
    client.run(query(gate)).await?;
    client
        .run(
            query(
                "MERGE (m:RippleMeta {id: 0})
                 ON CREATE SET m.revision = 0, m.forgotten = 0, m.seq = 0
                 SET m.version = $version",
            )
            .param("version", i64::from(VERSION)),
        )
        .await
}

/// Makes the constraints that are missing.
pub(crate) async fn constrain(client: &Client) -> Result<(), Fault> {
    for (_, text) in missing(client).await? {
        client.run(query(&text)).await?;
    }
    client.run(query("CALL db.awaitIndexes(300)")).await
}
