//! The whole graph in one read transaction.
//!
//! Tables are scanned in the order they lie in; the order of keys comes from the index over their
//! texts, once, and edges are sorted by rank, not by comparing texts.

use crate::fault::Fault;
use crate::read;
use crate::rows::{NODE_COLUMNS, Names, parse_key};
use crate::words::Words;
use ripple_graph_core::Snapshot;
use ripple_schemas::fact::{merge, merge_nodes};
use ripple_schemas::{Assertion, Edge, Key, Node};
use rusqlite::Connection;
use rustc_hash::FxHashMap;

pub(crate) fn snapshot(conn: &Connection, words: &Words) -> Result<Snapshot, Fault> {
    let tx = conn.unchecked_transaction()?;
    let revision = read::revision(&tx)?;
    let ranked = Ranked::load(&tx)?;
    let nodes = nodes(&tx, words, &ranked)?;
    let edges = edges(&tx, words, &ranked, &nodes)?;
    Ok(Snapshot {
        revision,
        nodes: nodes.into_iter().flatten().collect(),
        edges,
    })
}

/// Every key in byte order, and where each id stands.
struct Ranked {
    keys: Vec<Key>,
    rank: FxHashMap<i64, u32>,
}

impl Ranked {
    fn load(conn: &Connection) -> Result<Self, Fault> {
        let mut ranked = Self {
            keys: Vec::new(),
            rank: FxHashMap::default(),
        };
        let mut select = conn.prepare_cached("SELECT id, text FROM key ORDER BY text")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            ranked.rank.insert(row.get(0)?, ranked.keys.len() as u32);
            ranked.keys.push(parse_key(
                row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?,
            )?);
        }
        Ok(ranked)
    }

    fn of(&self, id: i64) -> Result<u32, Fault> {
        let rank = self.rank.get(&id).copied();
        rank.ok_or_else(|| Fault::Damaged(format!("key {id} is missing")))
    }

    fn key(&self, rank: u32) -> &Key {
        &self.keys[rank as usize]
    }
}

/// The nodes by rank; `None` for keys that only assertions speak of.
fn nodes(conn: &Connection, words: &Words, ranked: &Ranked) -> Result<Vec<Option<Node>>, Fault> {
    let mut names = Names::new(conn);
    let mut nodes: Vec<Option<Node>> = Vec::new();
    nodes.resize_with(ranked.keys.len(), || None);
    let mut select = conn.prepare_cached(&format!(
        "SELECT f.key, f.owner, {NODE_COLUMNS} FROM node_fact f ORDER BY f.key"
    ))?;
    let mut rows = select.query([])?;
    let mut said: Vec<(i64, Node)> = Vec::new();
    let mut at: Option<(i64, u32)> = None;
    loop {
        let row = rows.next()?;
        let key: Option<i64> = row.map(|r| r.get(0)).transpose()?;
        if let Some((_, rank)) = at.filter(|(id, _)| Some(*id) != key) {
            nodes[rank as usize] = combine(conn, &mut said)?;
            at = None;
        }
        let (Some(row), Some(key)) = (row, key) else {
            break;
        };
        let rank = match at {
            Some((_, rank)) => rank,
            None => ranked.of(key)?,
        };
        at = Some((key, rank));
        said.push((
            row.get(1)?,
            names.node(words, ranked.key(rank).clone(), row, 2)?.0,
        ));
    }
    Ok(nodes)
}

/// One node of what its owners say; empties the list.
fn combine(conn: &Connection, said: &mut Vec<(i64, Node)>) -> Result<Option<Node>, Fault> {
    if said.len() < 2 {
        return Ok(said.pop().map(|(_, node)| node));
    }
    let mut named = Vec::with_capacity(said.len());
    for (owner, node) in said.drain(..) {
        let mut select = conn.prepare_cached("SELECT name FROM owner WHERE id = ?")?;
        named.push((select.query_row([owner], |r| r.get::<_, String>(0))?, node));
    }
    Ok(merge_nodes(
        named.iter().map(|(owner, node)| (owner.as_str(), node)),
    ))
}

/// Where an edge stands in the snapshot.
type Place = (u32, u8, u32);

fn edges(
    conn: &Connection,
    words: &Words,
    ranked: &Ranked,
    nodes: &[Option<Node>],
) -> Result<Vec<Edge>, Fault> {
    let mut names = Names::new(conn);
    let mut edges: Vec<Option<Edge>> = Vec::new();
    let mut order: Vec<(Place, u32)> = Vec::new();
    // Grouping by numbers keeps the scan in table order; kinds and ranks are looked up once a group.
    let mut select = conn.prepare_cached(
        "SELECT src, kind, dst, rule, sites, evidence FROM edge_fact ORDER BY src, kind, dst",
    )?;
    let mut rows = select.query([])?;
    let mut said: Vec<Assertion> = Vec::new();
    let mut group: Option<((i64, i64, i64), Place)> = None;
    loop {
        let row = rows.next()?;
        let ids: Option<(i64, i64, i64)> = row
            .map(|r| Ok::<_, rusqlite::Error>((r.get(0)?, r.get(1)?, r.get(2)?)))
            .transpose()?;
        if let Some((_, place)) = group.filter(|(of, _)| Some(*of) != ids) {
            let visible = nodes[place.0 as usize].is_some() && nodes[place.2 as usize].is_some();
            if visible {
                order.push((place, edges.len() as u32));
                edges.push(if said.len() == 1 {
                    said.pop().map(Edge::from)
                } else {
                    merge(&said)
                });
            }
            said.clear();
            group = None;
        }
        let (Some(row), Some(ids)) = (row, ids) else {
            break;
        };
        let place = match group {
            Some((_, place)) => place,
            None => (
                ranked.of(ids.0)?,
                words.edge(ids.1)? as u8,
                ranked.of(ids.2)?,
            ),
        };
        group = Some((ids, place));
        said.push(Assertion {
            from: ranked.key(place.0).clone(),
            kind: words.edge(ids.1)?,
            to: ranked.key(place.2).clone(),
            rule: words.rule(row.get(3)?)?,
            sites: row.get(4)?,
            evidence: names.sites(row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?)?,
        });
    }
    order.sort_unstable();
    Ok(order
        .into_iter()
        .filter_map(|(_, at)| edges[at as usize].take())
        .collect())
}
