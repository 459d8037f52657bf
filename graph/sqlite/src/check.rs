//! Looks for damage, and mends it.
//!
//! From cheap to thorough: SQLite's own check of pages and indexes, indexes and views that are
//! missing, rows that name nothing, and each owner's rows against its checksum. What is mended:
//! indexes and views are made again from the tables; an owner whose rows are damaged is removed
//! whole, so that the next ingest, not finding its digest, reads it again.

use crate::checksum::Checksum;
use crate::fault::Fault;
use crate::rows::{NODE_COLUMNS, Names, sum_assertion, sum_node};
use crate::schema::DERIVED;
use crate::words::Words;
use ripple_graph_core::{Check, Damage};
use ripple_schemas::Assertion;
use rusqlite::{Connection, TransactionBehavior};

/// Findings of one kind that are listed; the rest is counted.
const LISTED: usize = 20;

const REBUILD: &str = "the index is rebuilt from its table";
const READ_AGAIN: &str = "its facts are removed; run `ripple ingest` to read it again";

/// Looks, and changes nothing.
pub(crate) fn check(conn: &Connection, words: &Words) -> Result<Check, Fault> {
    let tx = conn.unchecked_transaction()?;
    Ok(look(&tx, words)?.check)
}

/// Looks, mends what can be mended, and says of each finding whether it is gone.
pub(crate) fn repair(conn: &mut Connection, words: &Words) -> Result<Check, Fault> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found = look(&tx, words)?;
    if found.check.damage.is_empty() {
        return Ok(found.check);
    }
    mend(&tx, &found.owners)?;
    let after = look(&tx, words)?;
    tx.commit()?;
    let mut check = after.check;
    let mut damage = found.check.damage;
    for one in &mut damage {
        one.repaired = !check.damage.iter().any(|left| left.what == one.what);
    }
    // What only a mended page made visible.
    damage.extend(
        std::mem::take(&mut check.damage)
            .into_iter()
            .filter(|left| !damage.iter().any(|one| one.what == left.what))
            .collect::<Vec<_>>(),
    );
    check.damage = damage;
    Ok(check)
}

struct Found {
    check: Check,
    /// Owners that have to be read again.
    owners: Vec<i64>,
}

impl Found {
    fn damage(&mut self, what: String, mend: &str) {
        self.check.damage.push(Damage {
            what,
            mend: mend.into(),
            repaired: false,
        });
    }
}

fn look(conn: &Connection, words: &Words) -> Result<Found, Fault> {
    let mut found = Found {
        check: Check::default(),
        owners: Vec::new(),
    };
    pages(conn, &mut found)?;
    derived(conn, &mut found)?;
    ledger(conn, &mut found)?;
    owners(conn, words, &mut found)?;
    let count = |sql: &str| -> Result<u64, Fault> {
        Ok(conn.query_row(sql, [], |r| r.get::<_, i64>(0))? as u64)
    };
    found.check.nodes = count("SELECT count(DISTINCT key) FROM node_fact")?;
    found.check.owners = count("SELECT count(*) FROM owner")?;
    found.check.edges = count(
        "SELECT count(*) FROM (SELECT DISTINCT src, kind, dst FROM edge_fact e
           WHERE EXISTS (SELECT 1 FROM node_fact n WHERE n.key = e.src)
             AND EXISTS (SELECT 1 FROM node_fact n WHERE n.key = e.dst))",
    )?;
    Ok(found)
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
    let meta: i64 = conn.query_row("SELECT count(*) FROM meta", [], |r| r.get(0))?;
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
    let mut select = conn.prepare("SELECT id, name, checksum FROM owner ORDER BY name")?;
    let mut rows = select.query([])?;
    let mut unlisted = 0;
    while let Some(row) = rows.next()? {
        let (id, name, checksum): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        let why = match owner_sum(conn, words, id) {
            Ok(sum) if sum == checksum => continue,
            Ok(_) => "its rows are not those that were written".to_owned(),
            Err(Fault::Damaged(why)) => why,
            Err(Fault::Sql(error)) if !blocked(&error) => error.to_string(),
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

/// Whether the failure is of this moment, not of the file.
fn blocked(error: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode as C;
    matches!(
        error.sqlite_error_code(),
        Some(C::DatabaseBusy | C::DatabaseLocked | C::OutOfMemory | C::OperationInterrupted)
    )
}

/// The checksum of an owner's rows as they are now.
pub(crate) fn owner_sum(conn: &Connection, words: &Words, owner: i64) -> Result<i64, Fault> {
    let mut sum = Checksum::default();
    let mut names = Names::new(conn);
    let mut select = conn.prepare_cached(&format!(
        "SELECT f.key, {NODE_COLUMNS} FROM node_fact f WHERE f.owner = ?"
    ))?;
    let mut rows = select.query([owner])?;
    while let Some(row) = rows.next()? {
        let key = names.key(row.get(0)?)?;
        let (node, properties) = names.node(words, key, row, 1)?;
        sum_node(&mut sum, &node, properties.as_deref());
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
    }
    Ok(sum.sum())
}

fn mend(tx: &Connection, owners: &[i64]) -> Result<(), Fault> {
    tx.execute_batch(
        "INSERT OR IGNORE INTO meta
           SELECT 0, coalesce(max(revision), 0), coalesce(max(revision), 0) FROM change_log",
    )?;
    for (name, sql) in DERIVED {
        let kind: Option<String> = {
            let mut select = tx.prepare("SELECT type FROM sqlite_schema WHERE name = ?")?;
            let mut rows = select.query([name])?;
            rows.next()?.map(|r| r.get(0)).transpose()?
        };
        // Names and kinds of things are our own, from the list above.
        match kind.as_deref() {
            Some("view") => tx.execute_batch(&format!("DROP VIEW {name}"))?,
            Some("index") => tx.execute_batch(&format!("DROP INDEX {name}"))?,
            _ => {}
        }
        tx.execute_batch(sql)?;
    }
    tx.execute_batch("REINDEX")?;
    for owner in owners {
        for sql in [
            "DELETE FROM node_fact WHERE owner = ?",
            "DELETE FROM edge_fact WHERE owner = ?",
            "DELETE FROM owner WHERE id = ?",
        ] {
            tx.prepare_cached(sql)?.execute([owner])?;
        }
    }
    tx.execute_batch(
        "DELETE FROM node_fact WHERE owner NOT IN (SELECT id FROM owner);
         DELETE FROM edge_fact WHERE owner NOT IN (SELECT id FROM owner);
         DELETE FROM change_log;
         UPDATE meta SET revision = revision + 1, forgotten = revision + 1;
         DELETE FROM orphan;
         DELETE FROM key WHERE NOT EXISTS (SELECT 1 FROM node_fact WHERE key = key.id)
           AND NOT EXISTS (SELECT 1 FROM edge_fact WHERE src = key.id)
           AND NOT EXISTS (SELECT 1 FROM edge_fact WHERE dst = key.id);",
    )?;
    Ok(())
}
