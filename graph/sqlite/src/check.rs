//! Looks for damage.
//!
//! From cheap to thorough: SQLite's own check of pages and indexes, indexes and views that are
//! missing, rows that name nothing, and each owner's rows against its checksum.

use crate::checksum::Checksum;
use crate::fault::Fault;
use crate::rows::{NODE_COLUMNS, Names, sum_assertion, sum_node};
use crate::schema::DERIVED;
use crate::words::Words;
use ripple_graph_core::{Check, Damage};
use ripple_schemas::{Assertion, Node};
use rusqlite::{Connection, OptionalExtension};

/// Findings of one kind that are listed; the rest is counted.
const LISTED: usize = 20;

const REBUILD: &str = "indexes are rebuilt from their tables, or the file from what can be read";
const READ_AGAIN: &str = "its facts are removed; run `ripple ingest` to read it again";

/// What was found, and what mending needs to know.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) check: Check,
    /// Owners that have to be read again.
    pub(crate) owners: Vec<i64>,
    /// A table could not be read to its end.
    pub(crate) unreadable: bool,
}

impl Found {
    fn damage(&mut self, what: String, mend: &str) {
        self.check.damage.push(Damage {
            what,
            mend: mend.into(),
            repaired: false,
        });
    }

    /// Takes a step; that the file cannot be read is a finding, not an end.
    fn step(
        &mut self,
        what: &str,
        step: impl FnOnce(&mut Self) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        match step(self) {
            Err(fault) if fault.is_damage() => {
                self.unreadable = true;
                self.damage(format!("{what} cannot be read: {}", fault.why()), REBUILD);
                Ok(())
            }
            done => done,
        }
    }
}

/// Looks, and changes nothing.
pub(crate) fn check(conn: &Connection, words: &Words) -> Result<Check, Fault> {
    let tx = conn.unchecked_transaction()?;
    Ok(look(&tx, words)?.check)
}

pub(crate) fn look(conn: &Connection, words: &Words) -> Result<Found, Fault> {
    let mut found = Found::default();
    found.step("the list of pages", |found| pages(conn, found))?;
    found.step("the list of tables", |found| derived(conn, found))?;
    found.step("the change log", |found| ledger(conn, found))?;
    found.step("the list of owners", |found| owners(conn, words, found))?;
    found.step("the graph", |found| count(conn, &mut found.check))?;
    Ok(found)
}

fn count(conn: &Connection, check: &mut Check) -> Result<(), Fault> {
    let count = |sql: &str| -> Result<u64, Fault> {
        Ok(conn.query_row(sql, [], |r| r.get::<_, i64>(0))? as u64)
    };
    check.nodes = count("SELECT count(DISTINCT key) FROM node_fact")?;
    check.owners = count("SELECT count(*) FROM owner")?;
    check.edges = count(
        "SELECT count(*) FROM (SELECT DISTINCT src, kind, dst FROM edge_fact e
           WHERE EXISTS (SELECT 1 FROM node_fact n WHERE n.key = e.src)
             AND EXISTS (SELECT 1 FROM node_fact n WHERE n.key = e.dst))",
    )?;
    Ok(())
}

/// SQLite's own look at pages, cells, indexes and constraints.
fn pages(conn: &Connection, found: &mut Found) -> Result<(), Fault> {
    let mut select = conn.prepare(&format!("PRAGMA integrity_check({LISTED})"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get(0)?;
        if line != "ok" {
            found.damage(line, REBUILD);
        }
    }
    Ok(())
}

fn derived(conn: &Connection, found: &mut Found) -> Result<(), Fault> {
    let mut select = conn.prepare("SELECT 1 FROM sqlite_schema WHERE name = ? AND sql = ?")?;
    for (name, sql) in DERIVED {
        if !select.exists([name, sql])? {
            found.damage(
                format!("`{name}` is missing or differs"),
                "it is made again",
            );
        }
    }
    Ok(())
}

/// The change log names revisions and keys that exist.
fn ledger(conn: &Connection, found: &mut Found) -> Result<(), Fault> {
    let meta: i64 = conn.query_row("SELECT count(*) FROM meta WHERE id = 0", [], |r| r.get(0))?;
    if meta == 0 {
        found.damage(
            "the revision row is missing".into(),
            "it is made again from the change log",
        );
    }
    let wrong: i64 = conn.query_row(
        "SELECT count(*) FROM change_log c WHERE c.revision > (SELECT revision FROM meta)
           OR NOT EXISTS (SELECT 1 FROM key k WHERE k.id = c.key)",
        [],
        |r| r.get(0),
    )?;
    if wrong > 0 {
        found.damage(
            format!("{wrong} rows of the change log name no key or revision"),
            "the change log is emptied",
        );
    }
    Ok(())
}

/// Every row belongs to an owner, and every owner's rows are those it was given.
fn owners(conn: &Connection, words: &Words, found: &mut Found) -> Result<(), Fault> {
    for table in ["node_fact", "edge_fact"] {
        let stray: i64 = conn.query_row(
            &format!(
                "SELECT count(*) FROM {table} f
                 WHERE NOT EXISTS (SELECT 1 FROM owner o WHERE o.id = f.owner)"
            ),
            [],
            |r| r.get(0),
        )?;
        if stray > 0 {
            found.damage(
                format!("{stray} rows of {table} belong to no owner"),
                "they are removed",
            );
        }
    }
    let mut select = conn.prepare("SELECT id, name, checksum FROM owner ORDER BY id")?;
    let mut rows = select.query([])?;
    let mut unlisted = 0;
    while let Some(row) = rows.next()? {
        let (id, name, checksum): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let why = match stated(conn, words, id) {
            Ok(stated) if stated.sum == checksum => continue,
            Ok(_) => "its rows are not those that were written".to_owned(),
            Err(fault) if fault.is_damage() => fault.why(),
            Err(other) => return Err(other),
        };
        found.owners.push(id);
        if found.owners.len() <= LISTED {
            found.damage(format!("owner {name}: {why}"), READ_AGAIN);
        } else {
            unlisted += 1;
        }
    }
    if unlisted > 0 {
        found.damage(format!("{unlisted} more owners are damaged"), READ_AGAIN);
    }
    Ok(())
}

/// What an owner's rows say now.
pub(crate) struct Stated {
    pub(crate) nodes: Vec<Node>,
    pub(crate) assertions: Vec<Assertion>,
    /// Their checksum.
    pub(crate) sum: i64,
}

/// Reads an owner's rows, its own among them.
pub(crate) fn stated(conn: &Connection, words: &Words, owner: i64) -> Result<Stated, Fault> {
    let found: Option<(String, i64)> = conn
        .prepare_cached("SELECT name, digest FROM owner WHERE id = ?")?
        .query_row([owner], |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    let (name, digest) =
        found.ok_or_else(|| Fault::Damaged(format!("owner {owner} is missing")))?;
    let mut sum = Checksum::of(&name, digest);
    let mut names = Names::new(conn);
    let (mut nodes, mut assertions) = (Vec::new(), Vec::new());
    let mut select = conn.prepare_cached(&format!(
        "SELECT f.key, {NODE_COLUMNS} FROM node_fact f WHERE f.owner = ?"
    ))?;
    let mut rows = select.query([owner])?;
    while let Some(row) = rows.next()? {
        let key = names.key(row.get(0)?)?;
        let (node, properties) = names.node(words, key, row, 1)?;
        sum_node(&mut sum, &node, properties.as_deref());
        nodes.push(node);
    }
    let mut select = conn.prepare_cached(
        "SELECT src, kind, dst, rule, sites, evidence FROM edge_fact WHERE owner = ?",
    )?;
    let mut rows = select.query([owner])?;
    while let Some(row) = rows.next()? {
        let assertion = Assertion {
            from: names.key(row.get(0)?)?,
            kind: words.edge(row.get(1)?)?,
            to: names.key(row.get(2)?)?,
            rule: words.rule(row.get(3)?)?,
            sites: row.get(4)?,
            evidence: names.sites(row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?)?,
        };
        sum_assertion(&mut sum, &assertion);
        assertions.push(assertion);
    }
    Ok(Stated {
        nodes,
        assertions,
        sum: sum.sum(),
    })
}
