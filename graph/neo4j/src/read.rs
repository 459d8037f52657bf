//! Small reads: one node, its edges, owners, changes, settings.
//!
//! Neo4j is read-committed: one statement may see the beginning of a commit and not its end. So
//! each read asks for the revision before and after, and is made again where it moved.

use crate::client::{Client, map};
use crate::fault::Fault;
use crate::gate;
use crate::large;
use crate::rows::{self, EDGE, NODE};
use futures::future::BoxFuture;
use neo4rs::query;
use ripple_graph_core::{OwnerInfo, Revision};
use ripple_schemas::{Edge, Key, Node};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How often a read is made again before it says that the store is busy.
const TRIES: usize = 200;

/// Looks at an open gate before it is taken for one that a dead writer left.
const LOOKS: usize = 60;

#[derive(Clone, Copy)]
pub(crate) struct Now {
    pub(crate) revision: u64,
    pub(crate) forgotten: u64,
    pending: bool,
    opening: i64,
    closed: i64,
}

impl Now {
    /// Whether nothing was made visible between the two looks.
    pub(crate) fn still(self, after: Self) -> bool {
        self.opening == self.closed && self.opening == after.opening && !after.pending
    }
}

pub(crate) async fn now(client: &Client) -> Result<Now, Fault> {
    let text = "MATCH (m:RippleMeta {id: 0}) MATCH (g:RippleGate {id: 0})
         RETURN m.revision AS revision, m.forgotten AS forgotten, m.pending IS NOT NULL AS pending,
           g.opening AS opening, g.closed AS closed";
    let rows = client.rows(query(text)).await?;
    let row = rows
        .first()
        .ok_or_else(|| Fault::damaged("the revision node is missing"))?;
    Ok(Now {
        revision: row.get::<i64>("revision")? as u64,
        forgotten: row.get::<i64>("forgotten")? as u64,
        pending: row.get("pending")?,
        opening: row.get("opening")?,
        closed: row.get("closed")?,
    })
}

/// [`now`], once no commit is being made visible and no large change set is half applied: this
/// helps it to its end.
pub(crate) async fn settled(client: &Client) -> Result<Now, Fault> {
    let (mut looks, mut last) = (0, None);
    loop {
        let now = now(client).await?;
        if now.opening != now.closed {
            if last != Some(now.opening) {
                (looks, last) = (0, Some(now.opening));
            }
            looks += 1;
            if looks > LOOKS {
                gate::heal(client).await?;
            } else {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        } else if now.pending {
            large::finish(client).await?;
        } else {
            return Ok(now);
        }
    }
}

/// Reads until no commit fell into the reading.
pub(crate) async fn still<T>(
    client: &Arc<Client>,
    read: impl Fn(Arc<Client>, u64) -> BoxFuture<'static, Result<T, Fault>>,
) -> Result<T, Fault> {
    for _ in 0..TRIES {
        let before = settled(client).await?;
        // What was read while a commit fell into it may make no sense, and is no damage.
        let value = read(client.clone(), before.revision).await;
        if before.still(now(client).await?) {
            return value;
        }
    }
    Err(Fault::Transient(format!(
        "a commit fell into each of {TRIES} readings"
    )))
}

pub(crate) async fn node(client: &Client, key: &Key) -> Result<Option<Node>, Fault> {
    let text = format!("MATCH (n:Entity {{key: $key}}) RETURN {NODE}");
    let rows = client.rows(query(&text).param("key", key.as_str())).await?;
    rows.first().map(rows::node).transpose()
}

pub(crate) async fn edges(client: &Client, key: &Key, outgoing: bool) -> Result<Vec<Edge>, Fault> {
    let here = if outgoing { "a" } else { "b" };
    let text = format!(
        "MATCH ({here}:Entity {{key: $key}}) MATCH (a:Entity)-[r]->(b:Entity) RETURN {EDGE}"
    );
    let rows = client.rows(query(&text).param("key", key.as_str())).await?;
    let mut edges = rows.iter().map(rows::edge).collect::<Result<Vec<_>, _>>()?;
    if outgoing {
        edges.sort_by(|x, y| (x.kind, &x.to).cmp(&(y.kind, &y.to)));
    } else {
        edges.sort_by(|x, y| (x.kind, &x.from).cmp(&(y.kind, &y.from)));
    }
    Ok(edges)
}

pub(crate) async fn owners(client: &Client, prefix: &str) -> Result<Vec<OwnerInfo>, Fault> {
    let text = "MATCH (o:RippleOwner) WHERE o.name STARTS WITH $prefix RETURN o.name AS name, o.digest AS digest";
    let mut owners = Vec::new();
    client
        .read(query(text).param("prefix", prefix), |row| {
            let digest = row.get::<i64>("digest")? as u64;
            owners.push(OwnerInfo {
                owner: row.get("name")?,
                digest,
            });
            Ok(true)
        })
        .await?;
    owners.sort();
    Ok(owners)
}

pub(crate) async fn changes(client: &Client, since: Revision) -> Result<Option<Vec<Key>>, Fault> {
    let now = now(client).await?;
    if since.0 < now.forgotten || since.0 > now.revision {
        return Ok(None);
    }
    let text = "MATCH (c:RippleChange) WHERE c.revision > $since AND c.revision <= $now RETURN c.keys AS keys";
    let text = query(text)
        .param("since", since.0 as i64)
        .param("now", now.revision as i64);
    let mut keys = BTreeSet::new();
    client
        .read(text, |row| {
            for text in row.get::<Vec<String>>("keys")? {
                keys.insert(rows::key(&text)?);
            }
            Ok(true)
        })
        .await?;
    Ok(Some(keys.into_iter().collect()))
}

pub(crate) async fn setting(client: &Client, name: &str) -> Result<Option<String>, Fault> {
    let text = "MATCH (s:RippleSetting {id: $id}) RETURN s.value AS value";
    let rows = client
        .rows(query(text).param("id", rows::id([name])))
        .await?;
    Ok(rows.first().map(|row| row.get("value")).transpose()?)
}

pub(crate) async fn set_setting(
    client: &Client,
    name: &str,
    value: Option<&str>,
) -> Result<(), Fault> {
    let id = rows::id([name]);
    let text = match value {
        None => query("MATCH (s:RippleSetting {id: $id}) DELETE s").param("id", id),
        Some(value) => query("MERGE (s:RippleSetting {id: $id}) SET s += $p")
            .param("id", id)
            .param("p", map([("name", name.into()), ("value", value.into())])),
    };
    client.run(text).await
}
