//! Rows of the file and the facts they stand for.

use crate::checksum::Checksum;
use crate::fault::Fault;
use crate::words::Words;
use ripple_schemas::{Assertion, Key, Node};
use rusqlite::{Connection, OptionalExtension, Row};
use rustc_hash::FxHashMap;
use std::fmt::Write;
use std::sync::Arc;

/// The columns [`Names::node`] reads, in its order.
pub(crate) const NODE_COLUMNS: &str =
    "f.kind, f.name, f.qualified_name, f.path, f.line_start, f.line_end, f.language, f.properties";

/// Interned strings, looked up once.
pub(crate) struct Names<'c> {
    conn: &'c Connection,
    keys: FxHashMap<i64, Key>,
    texts: FxHashMap<i64, Arc<str>>,
}

impl<'c> Names<'c> {
    pub(crate) fn new(conn: &'c Connection) -> Self {
        Self {
            conn,
            keys: FxHashMap::default(),
            texts: FxHashMap::default(),
        }
    }

    /// Remembers a key that was read elsewhere.
    pub(crate) fn know(&mut self, id: i64, key: Key) {
        self.keys.insert(id, key);
    }

    pub(crate) fn key(&mut self, id: i64) -> Result<Key, Fault> {
        if let Some(key) = self.keys.get(&id) {
            return Ok(key.clone());
        }
        let text: Option<String> = self
            .conn
            .prepare_cached("SELECT text FROM key WHERE id = ?")?
            .query_row([id], |r| r.get(0))
            .optional()?;
        let text = text.ok_or_else(|| Fault::Damaged(format!("key {id} is missing")))?;
        let key = parse_key(&text)?;
        self.keys.insert(id, key.clone());
        Ok(key)
    }

    pub(crate) fn text(&mut self, id: i64) -> Result<Arc<str>, Fault> {
        if let Some(text) = self.texts.get(&id) {
            return Ok(text.clone());
        }
        let text: Option<String> = self
            .conn
            .prepare_cached("SELECT text FROM text WHERE id = ?")?
            .query_row([id], |r| r.get(0))
            .optional()?;
        let text: Arc<str> = text
            .ok_or_else(|| Fault::Damaged(format!("text {id} is missing")))?
            .into();
        self.texts.insert(id, text.clone());
        Ok(text)
    }

    /// A node from [`NODE_COLUMNS`] that start at column `at`, and its properties as stored.
    pub(crate) fn node(
        &mut self,
        words: &Words,
        key: Key,
        row: &Row<'_>,
        at: usize,
    ) -> Result<(Node, Option<String>), Fault> {
        let mut node = Node::new(
            words.node(row.get(at)?)?,
            key,
            row.get::<_, String>(at + 1)?,
        );
        node.qualified_name = row.get(at + 2)?;
        node.path = self.optional_text(row.get(at + 3)?)?;
        node.line_start = row.get(at + 4)?;
        node.line_end = row.get(at + 5)?;
        node.language = self.optional_text(row.get(at + 6)?)?;
        let properties: Option<String> = row.get(at + 7)?;
        if let Some(json) = &properties {
            node.properties = serde_json::from_str(json)
                .map_err(|e| Fault::Damaged(format!("properties of {}: {e}", node.key)))?;
        }
        Ok((node, properties))
    }

    /// The sites of a packed list.
    pub(crate) fn sites(&mut self, packed: &str) -> Result<Vec<String>, Fault> {
        let damaged = || Fault::Damaged(format!("`{packed}` is no list of sites"));
        let mut sites = Vec::new();
        let mut numbers = packed.split(',').filter(|n| !n.is_empty());
        while let Some(text) = numbers.next() {
            let text: i64 = text.parse().map_err(|_| damaged())?;
            let line: i64 = numbers
                .next()
                .and_then(|n| n.parse().ok())
                .ok_or_else(damaged)?;
            let text = self.text(text)?;
            let mut site = String::with_capacity(text.len() + 11);
            site.push_str(&text);
            if line >= 0 {
                // Writing to a String does not fail.
                let _ = write!(site, ":{line}");
            }
            sites.push(site);
        }
        Ok(sites)
    }

    fn optional_text(&mut self, id: Option<i64>) -> Result<Option<String>, Fault> {
        id.map(|id| self.text(id).map(|t| t.to_string()))
            .transpose()
    }
}

/// A key that was stored.
pub(crate) fn parse_key(text: &str) -> Result<Key, Fault> {
    Key::parse(text).map_err(|e| Fault::Damaged(e.to_string()))
}

/// `path:line` in two, where putting them together gives the same text again.
pub(crate) fn split_site(site: &str) -> (&str, i64) {
    let parts = site.rsplit_once(':').and_then(|(path, line)| {
        let number: u32 = line.parse().ok()?;
        (number.to_string() == line).then_some((path, i64::from(number)))
    });
    parts.unwrap_or((site, -1))
}

/// Adds a node's row to the sum.
pub(crate) fn sum_node(sum: &mut Checksum, node: &Node, properties: Option<&str>) {
    sum.field(node.key.as_str())
        .field(node.kind.as_str())
        .field(&node.name)
        .optional(node.qualified_name.as_deref())
        .optional(node.path.as_deref())
        .number(node.line_start)
        .number(node.line_end)
        .optional(node.language.as_deref())
        .optional(properties)
        .end();
}

/// Adds an assertion's row to the sum.
pub(crate) fn sum_assertion(sum: &mut Checksum, a: &Assertion) {
    sum.field(a.from.as_str())
        .field(a.kind.as_str())
        .field(a.to.as_str())
        .field(a.rule.as_str())
        .number(Some(a.sites));
    for site in &a.evidence {
        sum.field(site);
    }
    sum.end();
}

#[cfg(test)]
mod tests {
    use super::split_site;

    #[test]
    fn a_site_is_split_only_where_it_can_be_put_together_again() {
        assert_eq!(split_site("src/a.py:12"), ("src/a.py", 12));
        assert_eq!(split_site("a:b:4294967295"), ("a:b", 4_294_967_295));
        for whole in ["", "trace", "x:007", "x:+7", "x:", "x:4294967296", "x:-1"] {
            assert_eq!(split_site(whole), (whole, -1));
        }
        assert_eq!(split_site(":0"), ("", 0));
    }
}
