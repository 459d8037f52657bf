//! Replaces what one owner states, row by row: only what differs is written.

use crate::checksum::Checksum;
use crate::fault::Fault;
use crate::rows::{split_site, sum_assertion, sum_node};
use crate::words::Words;
use ripple_graph_core::OwnerFacts;
use ripple_schemas::{Assertion, Key, Node};
use rusqlite::{Connection, OptionalExtension, params};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Borrow;
use std::fmt::Write;
use std::hash::Hash;

/// Interned strings remembered at once; over it the map starts anew, so that memory is bounded.
const REMEMBERED: usize = 1 << 20;

/// Writes the facts of owners and notes what they touch.
pub(crate) struct Writer<'c> {
    tx: &'c Connection,
    words: &'c Words,
    keys: Interner<'c, Key>,
    texts: Interner<'c, Box<str>>,
    changed: FxHashSet<i64>,
    /// Of each node touched: whether it existed when the transaction began.
    existed: FxHashMap<i64, bool>,
    /// Keys that lost a row.
    loose: FxHashSet<i64>,
    owners: usize,
}

/// What a transaction touched.
pub(crate) struct Touched {
    /// Ids of keys whose node or outgoing edges may look different.
    pub(crate) changed: Vec<i64>,
    /// Those of them whose keys are at hand.
    pub(crate) named: Vec<Key>,
    /// Those of them whose keys are not.
    pub(crate) unnamed: Vec<i64>,
    /// Ids of keys that lost a row.
    pub(crate) loose: Vec<i64>,
}

#[derive(PartialEq)]
struct NodeRow {
    kind: i64,
    name: String,
    qualified_name: Option<String>,
    path: Option<i64>,
    line_start: Option<u32>,
    line_end: Option<u32>,
    language: Option<i64>,
    properties: Option<String>,
}

/// `src`, `kind`, `dst`, `rule`.
type EdgeId = (i64, i64, i64, i64);

impl<'c> Writer<'c> {
    pub(crate) fn new(tx: &'c Connection, words: &'c Words) -> Result<Self, Fault> {
        Ok(Self {
            tx,
            words,
            keys: Interner::new(tx, "key")?,
            texts: Interner::new(tx, "text")?,
            changed: FxHashSet::default(),
            existed: FxHashMap::default(),
            loose: FxHashSet::default(),
            owners: 0,
        })
    }

    /// Removes an owner and all it states; an unknown one is no change.
    pub(crate) fn remove(&mut self, owner: &str) -> Result<(), Fault> {
        let Some((id, _)) = self.owner(owner)? else {
            return Ok(());
        };
        self.owners += 1;
        self.replace_nodes(id, &[], &mut Checksum::of(owner, 0), false)?;
        self.replace_edges(id, &[], &mut Checksum::of(owner, 0), false)?;
        self.tx
            .prepare_cached("DELETE FROM owner WHERE id = ?")?
            .execute([id])?;
        Ok(())
    }

    /// Makes an owner state these facts (normalised) and nothing else; the same digest is no change.
    pub(crate) fn put(&mut self, facts: &OwnerFacts) -> Result<(), Fault> {
        let digest = facts.digest as i64;
        let (id, new) = match self.owner(&facts.owner)? {
            Some((_, stored)) if stored == digest => return Ok(()),
            Some((id, _)) => (id, false),
            None => {
                let mut insert = self.tx.prepare_cached(
                    "INSERT INTO owner (name, digest, checksum) VALUES (?, ?, 0)",
                )?;
                insert.execute(params![facts.owner, digest])?;
                (self.tx.last_insert_rowid(), true)
            }
        };
        self.owners += 1;
        let mut sum = Checksum::of(&facts.owner, digest);
        self.replace_nodes(id, &facts.nodes, &mut sum, new)?;
        self.replace_edges(id, &facts.assertions, &mut sum, new)?;
        self.tx
            .prepare_cached("UPDATE owner SET digest = ?, checksum = ? WHERE id = ?")?
            .execute(params![digest, sum.sum(), id])?;
        Ok(())
    }

    /// What was touched; `None` where no owner was put or removed.
    pub(crate) fn finish(mut self) -> Result<Option<Touched>, Fault> {
        if self.owners == 0 {
            return Ok(None);
        }
        // Where a node came or went, the edges into it appeared or hid.
        let mut sources = self
            .tx
            .prepare_cached("SELECT DISTINCT src FROM edge_fact WHERE dst = ?")?;
        for (key, existed) in &self.existed {
            if *existed == exists(self.tx, *key)? {
                continue;
            }
            let mut rows = sources.query([key])?;
            while let Some(row) = rows.next()? {
                self.changed.insert(row.get(0)?);
            }
        }
        let mut named = Vec::with_capacity(self.changed.len());
        let mut unnamed = self.changed.clone();
        for (key, id) in self.keys.known {
            if unnamed.remove(&id) {
                named.push(key);
            }
        }
        let mut changed: Vec<i64> = self.changed.into_iter().collect();
        let mut loose: Vec<i64> = self.loose.into_iter().collect();
        changed.sort_unstable();
        loose.sort_unstable();
        let unnamed = unnamed.into_iter().collect();
        Ok(Some(Touched {
            changed,
            named,
            unnamed,
            loose,
        }))
    }

    fn owner(&self, name: &str) -> Result<Option<(i64, i64)>, Fault> {
        let mut select = self
            .tx
            .prepare_cached("SELECT id, digest FROM owner WHERE name = ?")?;
        Ok(select
            .query_row([name], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?)
    }

    fn replace_nodes(
        &mut self,
        owner: i64,
        nodes: &[Node],
        sum: &mut Checksum,
        new: bool,
    ) -> Result<(), Fault> {
        let mut old = if new {
            FxHashMap::default()
        } else {
            stored_nodes(self.tx, owner)?
        };
        let mut insert = self.tx.prepare_cached(
            "INSERT OR REPLACE INTO node_fact (key, owner, kind, name, qualified_name, path,
               line_start, line_end, language, properties) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )?;
        for node in nodes {
            let key = self.keys.id(node.key.as_str(), || node.key.clone())?;
            let row = self.node_row(node)?;
            sum_node(sum, node, row.properties.as_deref());
            if old.remove(&key).is_some_and(|stored| stored == row) {
                continue;
            }
            self.touch(key)?;
            insert.execute(params![
                key,
                owner,
                row.kind,
                row.name,
                row.qualified_name,
                row.path,
                row.line_start,
                row.line_end,
                row.language,
                row.properties
            ])?;
        }
        let mut delete = self
            .tx
            .prepare_cached("DELETE FROM node_fact WHERE key = ? AND owner = ?")?;
        for key in old.into_keys() {
            self.touch(key)?;
            self.loose.insert(key);
            delete.execute([key, owner])?;
        }
        Ok(())
    }

    fn replace_edges(
        &mut self,
        owner: i64,
        assertions: &[Assertion],
        sum: &mut Checksum,
        new: bool,
    ) -> Result<(), Fault> {
        let mut old = if new {
            FxHashMap::default()
        } else {
            stored_edges(self.tx, owner)?
        };
        let mut insert = self.tx.prepare_cached(
            "INSERT OR REPLACE INTO edge_fact (src, kind, dst, owner, rule, sites, evidence)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
        )?;
        let mut packed = String::new();
        for a in assertions {
            sum_assertion(sum, a);
            let id = (
                self.keys.id(a.from.as_str(), || a.from.clone())?,
                self.words.edge_id(a.kind),
                self.keys.id(a.to.as_str(), || a.to.clone())?,
                self.words.rule_id(a.rule),
            );
            packed.clear();
            for site in &a.evidence {
                let (text, line) = split_site(site);
                let text = self.texts.id(text, || text.into())?;
                let comma = if packed.is_empty() { "" } else { "," };
                // Writing to a String does not fail.
                let _ = write!(packed, "{comma}{text},{line}");
            }
            if old
                .remove(&id)
                .is_some_and(|(sites, evidence)| sites == a.sites && evidence == packed)
            {
                continue;
            }
            self.changed.insert(id.0);
            insert.execute(params![id.0, id.1, id.2, owner, id.3, a.sites, packed])?;
        }
        let mut delete = self.tx.prepare_cached(
            "DELETE FROM edge_fact WHERE src = ? AND kind = ? AND dst = ? AND owner = ? AND rule = ?",
        )?;
        for (src, kind, dst, rule) in old.into_keys() {
            self.changed.insert(src);
            self.loose.extend([src, dst]);
            delete.execute([src, kind, dst, owner, rule])?;
        }
        Ok(())
    }

    fn node_row(&mut self, node: &Node) -> Result<NodeRow, Fault> {
        let mut text = |value: &Option<String>| {
            value
                .as_deref()
                .map(|v| self.texts.id(v, || v.into()))
                .transpose()
        };
        let (path, language) = (text(&node.path)?, text(&node.language)?);
        let properties = if node.properties.is_empty() {
            None
        } else {
            let json = serde_json::to_string(&node.properties);
            Some(json.map_err(|e| ripple_graph_core::StoreError::Invalid {
                why: format!("properties of {} are no JSON: {e}", node.key),
            })?)
        };
        Ok(NodeRow {
            kind: self.words.node_id(node.kind),
            name: node.name.clone(),
            qualified_name: node.qualified_name.clone(),
            path,
            line_start: node.line_start,
            line_end: node.line_end,
            language,
            properties,
        })
    }

    /// Notes that a node's row is about to change.
    fn touch(&mut self, key: i64) -> Result<(), Fault> {
        self.changed.insert(key);
        // Edges into a key that is new came in this transaction: their sources are noted anyway.
        if key < self.keys.first_new && !self.existed.contains_key(&key) {
            self.existed.insert(key, exists(self.tx, key)?);
        }
        Ok(())
    }
}

fn exists(tx: &Connection, key: i64) -> Result<bool, Fault> {
    Ok(tx
        .prepare_cached("SELECT 1 FROM node_fact WHERE key = ?")?
        .exists([key])?)
}

fn stored_nodes(tx: &Connection, owner: i64) -> Result<FxHashMap<i64, NodeRow>, Fault> {
    let mut select = tx.prepare_cached(
        "SELECT key, kind, name, qualified_name, path, line_start, line_end, language, properties
         FROM node_fact WHERE owner = ?",
    )?;
    let rows = select.query_map([owner], |r| {
        Ok((
            r.get(0)?,
            NodeRow {
                kind: r.get(1)?,
                name: r.get(2)?,
                qualified_name: r.get(3)?,
                path: r.get(4)?,
                line_start: r.get(5)?,
                line_end: r.get(6)?,
                language: r.get(7)?,
                properties: r.get(8)?,
            },
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn stored_edges(tx: &Connection, owner: i64) -> Result<FxHashMap<EdgeId, (u32, String)>, Fault> {
    let mut select = tx.prepare_cached(
        "SELECT src, kind, dst, rule, sites, evidence FROM edge_fact WHERE owner = ?",
    )?;
    let rows = select.query_map([owner], |r| {
        Ok((
            (r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?),
            (r.get(4)?, r.get(5)?),
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Numbers for strings of one table.
struct Interner<'c, K> {
    tx: &'c Connection,
    select: String,
    insert: String,
    known: FxHashMap<K, i64>,
    next: i64,
    /// Ids from here on were given in this transaction.
    first_new: i64,
}

impl<'c, K: Hash + Eq + Borrow<str>> Interner<'c, K> {
    fn new(tx: &'c Connection, table: &str) -> Result<Self, Fault> {
        let largest: Option<i64> =
            tx.query_row(&format!("SELECT max(id) FROM {table}"), [], |r| r.get(0))?;
        let next = largest.unwrap_or(0) + 1;
        Ok(Self {
            tx,
            select: format!("SELECT id FROM {table} WHERE text = ?"),
            insert: format!("INSERT INTO {table} (id, text) VALUES (?, ?)"),
            known: FxHashMap::default(),
            next,
            first_new: next,
        })
    }

    fn id(&mut self, text: &str, own: impl FnOnce() -> K) -> Result<i64, Fault> {
        if let Some(id) = self.known.get(text) {
            return Ok(*id);
        }
        let id: Option<i64> = self
            .tx
            .prepare_cached(&self.select)?
            .query_row([text], |r| r.get(0))
            .optional()?;
        let id = match id {
            Some(id) => id,
            None => {
                self.tx
                    .prepare_cached(&self.insert)?
                    .execute(params![self.next, text])?;
                self.next += 1;
                self.next - 1
            }
        };
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert(own(), id);
        Ok(id)
    }
}
