//! Small reads: one node, its edges, owners, changes, settings.

use crate::fault::Fault;
use crate::rows::{NODE_COLUMNS, Names, parse_key};
use crate::words::Words;
use ripple_graph_core::{OwnerInfo, Revision};
use ripple_schemas::fact::{merge, merge_nodes};
use ripple_schemas::{Assertion, Edge, EdgeKind, Key, Node};
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::BTreeMap;

pub(crate) fn revision(conn: &Connection) -> Result<Revision, Fault> {
    let revision: i64 = conn
        .prepare_cached("SELECT revision FROM meta WHERE id = 0")?
        .query_row([], |r| r.get(0))?;
    Ok(Revision(revision as u64))
}

pub(crate) fn owners(conn: &Connection, prefix: &str) -> Result<Vec<OwnerInfo>, Fault> {
    let mut select =
        conn.prepare_cached("SELECT name, digest FROM owner WHERE name >= ? ORDER BY name")?;
    let mut rows = select.query([prefix])?;
    let mut owners = Vec::new();
    while let Some(row) = rows.next()? {
        let owner: String = row.get(0)?;
        if !owner.starts_with(prefix) {
            break;
        }
        owners.push(OwnerInfo {
            owner,
            digest: row.get::<_, i64>(1)? as u64,
        });
    }
    Ok(owners)
}

fn key_id(conn: &Connection, key: &Key) -> Result<Option<i64>, Fault> {
    let mut select = conn.prepare_cached("SELECT id FROM key WHERE text = ?")?;
    Ok(select.query_row([key.as_str()], |r| r.get(0)).optional()?)
}

pub(crate) fn node(conn: &Connection, words: &Words, key: &Key) -> Result<Option<Node>, Fault> {
    let tx = conn.unchecked_transaction()?;
    let Some(id) = key_id(&tx, key)? else {
        return Ok(None);
    };
    let mut names = Names::new(&tx);
    let mut select = tx.prepare_cached(&format!(
        "SELECT o.name, {NODE_COLUMNS} FROM node_fact f LEFT JOIN owner o ON o.id = f.owner
         WHERE f.key = ?"
    ))?;
    let mut rows = select.query([id])?;
    let mut said: Vec<(String, Node)> = Vec::new();
    while let Some(row) = rows.next()? {
        said.push((row.get(0)?, names.node(words, key.clone(), row, 1)?.0));
    }
    Ok(merge_nodes(
        said.iter().map(|(owner, node)| (owner.as_str(), node)),
    ))
}

pub(crate) fn edges(
    conn: &Connection,
    words: &Words,
    key: &Key,
    outgoing: bool,
) -> Result<Vec<Edge>, Fault> {
    let tx = conn.unchecked_transaction()?;
    let Some(id) = key_id(&tx, key)? else {
        return Ok(Vec::new());
    };
    if !tx
        .prepare_cached("SELECT 1 FROM node_fact WHERE key = ?")?
        .exists([id])?
    {
        return Ok(Vec::new());
    }
    let (here, there) = if outgoing {
        ("src", "dst")
    } else {
        ("dst", "src")
    };
    let mut select = tx.prepare_cached(&format!(
        "SELECT e.kind, e.{there}, e.rule, e.sites, e.evidence FROM edge_fact e
         WHERE e.{here} = ? AND EXISTS (SELECT 1 FROM node_fact n WHERE n.key = e.{there})"
    ))?;
    let mut names = Names::new(&tx);
    names.know(id, key.clone());
    let mut rows = select.query([id])?;
    let mut said: BTreeMap<(EdgeKind, Key), Vec<Assertion>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let (kind, other) = (words.edge(row.get(0)?)?, names.key(row.get(1)?)?);
        let (from, to) = if outgoing {
            (key.clone(), other.clone())
        } else {
            (other.clone(), key.clone())
        };
        let assertion = Assertion {
            from,
            kind,
            to,
            rule: words.rule(row.get(2)?)?,
            sites: row.get(3)?,
            evidence: names.sites(row.get_ref(4)?.as_str().map_err(rusqlite::Error::from)?)?,
        };
        said.entry((kind, other)).or_default().push(assertion);
    }
    Ok(said.values().filter_map(merge).collect())
}

pub(crate) fn changes(conn: &Connection, since: Revision) -> Result<Option<Vec<Key>>, Fault> {
    let tx = conn.unchecked_transaction()?;
    let (now, forgotten): (i64, i64) = tx
        .prepare_cached("SELECT revision, forgotten FROM meta WHERE id = 0")?
        .query_row([], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let since = i64::try_from(since.0).unwrap_or(i64::MAX);
    if since < forgotten || since > now {
        return Ok(None);
    }
    let mut select = tx.prepare_cached(
        "SELECT text FROM key WHERE id IN (SELECT key FROM change_log WHERE revision > ?)
         ORDER BY text",
    )?;
    let mut rows = select.query([since])?;
    let mut keys = Vec::new();
    while let Some(row) = rows.next()? {
        keys.push(parse_key(
            row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?,
        )?);
    }
    Ok(Some(keys))
}

pub(crate) fn setting(conn: &Connection, name: &str) -> Result<Option<String>, Fault> {
    let mut select = conn.prepare_cached("SELECT value FROM setting WHERE name = ?")?;
    Ok(select.query_row(params![name], |r| r.get(0)).optional()?)
}
