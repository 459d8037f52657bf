//! Looks for damage, and mends it.
//!
//! What owners state is kept whole with each owner; the graph that people see follows from it.
//! So the graph is compared with what it must be, and written again where it differs. An owner
//! whose statement cannot be read is removed, so that the next ingest, not finding its digest,
//! reads it again.

use crate::apply::{self, Targets};
use crate::client::{Client, Tx};
use crate::fault::Fault;
use crate::gate;
use crate::plan::EdgeId;
use crate::read;
use crate::rows::{self, EDGE, NODE};
use crate::schema;
use crate::write;
use neo4rs::query;
use ripple_graph_core::{Check, Damage};
use ripple_schemas::fact::{merge, merge_nodes};
use ripple_schemas::{Assertion, Edge, EdgeKind, Key, Node};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Findings of one kind that are listed; the rest is counted.
const LISTED: usize = 20;

/// Looks, and changes nothing.
pub(crate) async fn check(client: &Arc<Client>) -> Result<Check, Fault> {
    let found = read::still(client, |client, _| {
        Box::pin(async move { look(&client).await })
    })
    .await?;
    Ok(found.check)
}

/// Looks, mends what can be mended, and says of each finding whether it is gone.
pub(crate) async fn repair(client: &Arc<Client>) -> Result<Check, Fault> {
    let gate = "MERGE (g:RippleGate {id: 0}) ON CREATE SET g.opening = 0, g.closed = 0";
    client.run(query(gate)).await?;
    if read::now(client).await.is_err() {
        let text = "OPTIONAL MATCH (c:RippleChange) WITH coalesce(max(c.revision), 0) AS last
             OPTIONAL MATCH (o:RippleOutbox) WITH last, coalesce(max(o.seq) + 1, 0) AS seq
             MERGE (m:RippleMeta {id: 0}) ON CREATE SET m.revision = last, m.forgotten = last, m.seq = seq, m.version = $version";
        client
            .run(query(text).param("version", i64::from(schema::VERSION)))
            .await?;
    }
    let found = read::still(client, |client, _| {
        Box::pin(async move { look(&client).await })
    })
    .await?;
    if found.check.damage.is_empty() {
        return Ok(found.check);
    }
    schema::constrain(client).await?;
    let mut tx = client.begin().await?;
    match mend(&mut tx, found.targets, &found.unreadable).await {
        Ok(()) => gate::commit(client, tx).await?,
        Err(fault) => {
            tx.rollback().await;
            client.reset().await;
            return Err(fault);
        }
    }
    let mut after = check(client).await?;
    let mut damage = found.check.damage;
    for one in &mut damage {
        one.repaired = !after.damage.iter().any(|left| left.what == one.what);
    }
    after
        .damage
        .retain(|left| !damage.iter().any(|one| one.what == left.what));
    damage.append(&mut after.damage);
    after.damage = damage;
    Ok(after)
}

async fn mend(tx: &mut Tx, targets: Targets, unreadable: &[String]) -> Result<(), Fault> {
    let meta = write::lock(tx, "repair").await?;
    let revision = meta.revision + 1;
    apply::force(tx, targets, revision).await?;
    for id in unreadable {
        tx.run(query("MATCH (o:RippleOwner {id: $id}) DELETE o").param("id", id.as_str()))
            .await?;
    }
    tx.run(query(
        "MATCH (n:Missing) WHERE NOT EXISTS { (n)--() } DELETE n",
    ))
    .await?;
    let at = revision as i64;
    tx.run(query("MATCH (m:RippleMeta {id: 0}) SET m.revision = $at").param("at", at))
        .await?;
    write::forget(tx, at).await
}

#[derive(Default)]
struct Found {
    check: Check,
    /// What must be written to make the graph what the owners state.
    targets: Targets,
    /// Ids of owners whose statement cannot be read.
    unreadable: Vec<String>,
}

impl Found {
    fn damage(&mut self, what: String, mend: &str) {
        self.check.damage.push(Damage {
            what,
            mend: mend.into(),
            repaired: false,
        });
    }

    /// Lists findings of one kind, the first by name.
    fn list(&mut self, findings: Vec<String>, kind: &str, mend: &str) {
        let more = findings.len().saturating_sub(LISTED);
        for what in findings.into_iter().take(LISTED) {
            self.damage(what, mend);
        }
        if more > 0 {
            self.damage(format!("{more} more {kind}"), mend);
        }
    }
}

async fn look(client: &Client) -> Result<Found, Fault> {
    let mut found = Found::default();
    for (name, _) in schema::missing(client).await? {
        found.damage(format!("constraint {name} is missing"), "it is made again");
    }
    let (nodes, edges) = stated(client, &mut found).await?;
    compare_nodes(client, &mut found, &nodes).await?;
    compare_edges(client, &mut found, edges, &nodes).await?;
    found.check.nodes = nodes.len() as u64;
    Ok(found)
}

type SaidNodes = BTreeMap<Key, Vec<(String, Node)>>;
type SaidEdges = BTreeMap<EdgeId, Vec<(String, Assertion)>>;

/// What all owners state.
async fn stated(client: &Client, found: &mut Found) -> Result<(SaidNodes, SaidEdges), Fault> {
    let (mut nodes, mut edges) = (SaidNodes::new(), SaidEdges::new());
    let text = "MATCH (o:RippleOwner) RETURN o.id AS id, o.name AS name, o.digest AS digest, o.facts AS facts";
    let mut bad = Vec::new();
    client
        .read(query(text), |row| {
            let name: Option<String> = row.get("name")?;
            let name = name.unwrap_or_default();
            let blob: Option<String> = row.get("facts")?;
            let id: String = row.get("id")?;
            let digest: Option<i64> = row.get("digest")?;
            match rows::facts(&name, &blob.unwrap_or_default()) {
                Ok(facts)
                    if facts.owner == name
                        && id == rows::id([name.as_str()])
                        && digest == Some(facts.digest as i64) =>
                {
                    found.check.owners += 1;
                    for node in facts.nodes {
                        nodes
                            .entry(node.key.clone())
                            .or_default()
                            .push((name.clone(), node));
                    }
                    for a in facts.assertions {
                        let edge = (a.from.clone(), a.kind, a.to.clone());
                        edges.entry(edge).or_default().push((name.clone(), a));
                    }
                }
                _ => {
                    bad.push(format!("owner {name}: what it states cannot be read"));
                    found.unreadable.push(id);
                }
            }
            Ok(true)
        })
        .await?;
    bad.sort();
    found.list(
        bad,
        "owners",
        "it is removed; run `ripple ingest` to read it again",
    );
    for said in nodes.values_mut() {
        said.sort_by(|a, b| a.0.cmp(&b.0));
    }
    edges.values_mut().for_each(|said| said.sort());
    Ok((nodes, edges))
}

async fn compare_nodes(
    client: &Client,
    found: &mut Found,
    stated: &SaidNodes,
) -> Result<(), Fault> {
    let mut wrong = BTreeSet::new();
    let mut seen: BTreeSet<Key> = BTreeSet::new();
    let text = format!("MATCH (n:Entity) RETURN {NODE}, n.owners AS owners, n.said AS said");
    client
        .read(query(&text), |row| {
            let key = rows::key(&row.get::<String>("key")?)?;
            let right = stated.get(&key).is_some_and(|said| {
                let shown = merge_nodes(said.iter().map(|(o, n)| (o.as_str(), n)));
                let node = rows::node(&row).ok();
                node.is_some() && node == shown && rows::statements(&row).is_ok_and(|s| s == *said)
            });
            if !right {
                wrong.insert(key.clone());
            }
            seen.insert(key);
            Ok(true)
        })
        .await?;
    wrong.extend(stated.keys().filter(|k| !seen.contains(*k)).cloned());
    let findings = wrong
        .iter()
        .map(|k| format!("node {k} is not what its owners state"))
        .collect();
    found.list(
        findings,
        "nodes",
        "it is written again from what its owners state",
    );
    for key in wrong {
        let said = stated.get(&key).cloned().unwrap_or_default();
        found.targets.nodes.insert(key, said);
    }
    Ok(())
}

async fn compare_edges(
    client: &Client,
    found: &mut Found,
    stated: SaidEdges,
    nodes: &SaidNodes,
) -> Result<(), Fault> {
    let mut wrong: BTreeSet<EdgeId> = BTreeSet::new();
    let mut seen: BTreeSet<EdgeId> = BTreeSet::new();
    let text = format!(
        "MATCH (a)-[r]->(b) WHERE a.key IS NOT NULL AND b.key IS NOT NULL RETURN {EDGE}, r.key AS key, r.owners AS owners, r.said AS said"
    );
    let mut strange = 0u64;
    client
        .read(query(&text), |row| {
            let kind = EdgeKind::parse(&row.get::<String>("kind")?);
            let Some(kind) = kind else {
                strange += 1;
                return Ok(true);
            };
            let id = (
                rows::key(&row.get::<String>("from")?)?,
                kind,
                rows::key(&row.get::<String>("to")?)?,
            );
            let right = stated.get(&id).is_some_and(|said| {
                let shown: Option<Edge> = merge(said.iter().map(|(_, a)| a));
                let edge = rows::edge(&row).ok();
                let key = row
                    .get::<String>("key")
                    .is_ok_and(|k| k == rows::edge_key(&id.0, &id.2));
                edge.is_some()
                    && edge == shown
                    && key
                    && rows::assertions(&row, &id.0, kind, &id.2).is_ok_and(|mut s| {
                        s.sort();
                        s == *said
                    })
            });
            if !right || !seen.insert(id.clone()) {
                wrong.insert(id);
            }
            Ok(true)
        })
        .await?;
    if strange > 0 {
        found.damage(
            format!("{strange} relationships are of no known type"),
            "remove them by hand; Ripple did not write them",
        );
    }
    wrong.extend(stated.keys().filter(|id| !seen.contains(*id)).cloned());
    let shown = stated
        .keys()
        .filter(|(from, _, to)| nodes.contains_key(from) && nodes.contains_key(to));
    found.check.edges = shown.count() as u64;
    let findings = wrong
        .iter()
        .map(|(a, kind, b)| format!("relationship {a} {kind} {b} is not what its owners state"));
    found.list(
        findings.collect(),
        "relationships",
        "it is written again from what its owners state",
    );
    for id in wrong {
        let said = stated.get(&id).cloned().unwrap_or_default();
        found.targets.edges.insert(id, said);
    }
    Ok(())
}
