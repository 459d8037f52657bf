//! Older files become the current schema, in one transaction: a kill leaves the old file as it was.

use crate::check::stated;
use crate::fault::Fault;
use crate::open::identity;
use crate::rows::split_site;
use crate::schema::{VERSION, derive};
use crate::words::Words;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use std::fmt::Write;

/// Brings a file of any older version to [`VERSION`].
pub(crate) fn migrate(conn: &mut Connection) -> Result<(), Fault> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    // Read again under the lock: another process may have been faster.
    let (_, version) = identity(&tx)?;
    if version < VERSION {
        tracing::info!(from = version, to = VERSION, "migrating the graph");
        if version < 2 {
            from_1_to_2(&tx)?;
        }
        tx.pragma_update(None, "user_version", VERSION)?;
    }
    tx.commit()?;
    Ok(())
}

/// In version 1 evidence was a JSON array of `path:line` texts, owners had no checksum, keys that
/// nothing speaks of stayed for ever, words had no confidence, and there were no views.
fn from_1_to_2(tx: &Connection) -> Result<(), Fault> {
    tx.execute_batch(
        "ALTER TABLE word ADD COLUMN confidence REAL;
         ALTER TABLE word ADD COLUMN rank INTEGER NOT NULL DEFAULT 0;
         ALTER TABLE owner ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
         CREATE TABLE orphan (key INTEGER PRIMARY KEY, revision INTEGER NOT NULL) STRICT;
         ALTER TABLE edge_fact RENAME TO edge_fact_1;
         CREATE TABLE edge_fact (
           src INTEGER NOT NULL,
           kind INTEGER NOT NULL,
           dst INTEGER NOT NULL,
           owner INTEGER NOT NULL,
           rule INTEGER NOT NULL,
           sites INTEGER NOT NULL,
           evidence TEXT NOT NULL,
           PRIMARY KEY (src, kind, dst, owner, rule)
         ) STRICT, WITHOUT ROWID;",
    )?;
    Words::write(tx)?;
    pack_evidence(tx)?;
    tx.execute_batch("DROP TABLE edge_fact_1")?;
    derive(tx)?;
    let words = Words::load(tx)?;
    let mut select = tx.prepare("SELECT id FROM owner")?;
    let owners = select
        .query_map([], |r| r.get(0))?
        .collect::<Result<Vec<i64>, _>>()?;
    let mut update = tx.prepare("UPDATE owner SET checksum = ? WHERE id = ?")?;
    for owner in owners {
        update.execute([stated(tx, &words, owner)?.sum, owner])?;
    }
    Ok(())
}

fn pack_evidence(tx: &Connection) -> Result<(), Fault> {
    let mut select =
        tx.prepare("SELECT src, kind, dst, owner, rule, sites, evidence FROM edge_fact_1")?;
    let mut insert = tx.prepare("INSERT INTO edge_fact VALUES (?, ?, ?, ?, ?, ?, ?)")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let json: String = row.get(6)?;
        let sites: Vec<String> = serde_json::from_str(&json)
            .map_err(|e| Fault::Damaged(format!("evidence `{json}`: {e}")))?;
        let mut packed = String::new();
        for site in &sites {
            let (text, line) = split_site(site);
            let comma = if packed.is_empty() { "" } else { "," };
            // Writing to a String does not fail.
            let _ = write!(packed, "{comma}{},{line}", text_id(tx, text)?);
        }
        insert.execute(params![
            row.get::<_, i64>(0)?,
            row.get::<_, i64>(1)?,
            row.get::<_, i64>(2)?,
            row.get::<_, i64>(3)?,
            row.get::<_, i64>(4)?,
            row.get::<_, i64>(5)?,
            packed
        ])?;
    }
    Ok(())
}

fn text_id(tx: &Connection, text: &str) -> Result<i64, Fault> {
    let mut select = tx.prepare_cached("SELECT id FROM text WHERE text = ?")?;
    if let Some(id) = select.query_row([text], |r| r.get(0)).optional()? {
        return Ok(id);
    }
    tx.prepare_cached("INSERT INTO text (text) VALUES (?)")?
        .execute([text])?;
    Ok(tx.last_insert_rowid())
}
