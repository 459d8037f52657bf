//! Mends what `check` finds.
//!
//! Indexes and views are made again from the tables; an owner whose rows are damaged is removed
//! whole, so that the next ingest, not finding its digest, reads it again. Where pages are so
//! damaged that this cannot be done in place, the file is made anew from what can be read, and
//! copied over the old one in one transaction.

use crate::check::{Found, look, stated};
use crate::fault::Fault;
use crate::open::{discard, draft_of, initialise};
use crate::schema::derive;
use crate::words::{CHECKSUM, Words};
use crate::write::Writer;
use ripple_graph_core::{Check, INGESTED, OwnerFacts, StoreError};
use rusqlite::backup::Backup;
use rusqlite::{Connection, TransactionBehavior, params_from_iter};
use std::path::Path;
use std::time::Duration;

/// Looks, mends what can be mended, and says of each finding whether it is gone.
pub(crate) fn repair(conn: &mut Connection, words: &Words, file: &Path) -> Result<Check, Fault> {
    let found = {
        let tx = conn.unchecked_transaction()?;
        look(&tx, words)?
    };
    if found.check.damage.is_empty() {
        return Ok(found.check);
    }
    let in_place = if found.unreadable {
        None
    } else {
        mend(conn, words)?
    };
    let mut after = match in_place {
        Some(after) => after,
        None => {
            rebuild(conn, words, file)?;
            look(conn, words)?
        }
    };
    let left = std::mem::take(&mut after.check.damage);
    let mut damage = found.check.damage;
    for one in &mut damage {
        one.repaired = !left.iter().any(|still| still.what == one.what);
    }
    for still in left {
        if !damage.iter().any(|one| one.what == still.what) {
            damage.push(still);
        }
    }
    Ok(Check {
        damage,
        ..after.check
    })
}

/// Mends in place, in one transaction; `None` where that did not do.
fn mend(conn: &mut Connection, words: &Words) -> Result<Option<Found>, Fault> {
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mended = (|| {
        derive(&tx)?;
        tx.execute_batch("REINDEX")?;
        // Looked at again: what an index hid or invented is plain now.
        remove(&tx, &look(&tx, words)?.owners)?;
        look(&tx, words)
    })();
    match mended {
        Ok(found) if found.check.damage.is_empty() => {
            tx.commit()?;
            Ok(Some(found))
        }
        Ok(_) => Ok(None),
        Err(fault) if fault.is_damage() => Ok(None),
        // A key that is no longer unique, for example.
        Err(Fault::Sql(error))
            if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ConstraintViolation) =>
        {
            Ok(None)
        }
        Err(other) => Err(other),
    }
}

/// Removes owners and all rows that belong to nobody; every reader starts anew.
fn remove(tx: &Connection, owners: &[i64]) -> Result<(), Fault> {
    forget_ingests(tx)?;
    for owner in owners {
        tx.prepare_cached("DELETE FROM owner WHERE id = ?")?
            .execute([owner])?;
    }
    tx.execute_batch(
        "INSERT OR IGNORE INTO meta
           SELECT 0, coalesce(max(revision), 0), coalesce(max(revision), 0) FROM change_log;
         DELETE FROM node_fact WHERE owner NOT IN (SELECT id FROM owner);
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

/// Forgets what was ingested, where facts were removed: the next ingest looks at every file.
fn forget_ingests(tx: &Connection) -> Result<(), Fault> {
    tx.execute(
        "DELETE FROM setting WHERE substr(name, 1, length(?1)) = ?1",
        [INGESTED],
    )?;
    Ok(())
}

/// Makes the file anew from the owners whose rows match their checksum, and everything else that
/// can be read.
fn rebuild(conn: &mut Connection, words: &Words, file: &Path) -> Result<(), Fault> {
    let version = |conn: &Connection| -> Result<i64, Fault> {
        Ok(conn.pragma_query_value(None, "data_version", |r| r.get(0))?)
    };
    let before = version(conn)?;
    let draft = draft_of(file);
    let done = (|| {
        let mut anew = Connection::open(&draft)?;
        initialise(&mut anew)?;
        let tx = anew.transaction()?;
        salvage(conn, words, &tx)?;
        tx.commit()?;
        if version(conn)? != before {
            return Err(Fault::Store(StoreError::Busy {
                why: format!("{} was written while it was repaired", file.display()),
            }));
        }
        Backup::new(&anew, conn)?.run_to_completion(i32::MAX, Duration::ZERO, None)?;
        Ok(())
    })();
    discard(&draft);
    done
}

fn salvage(old: &Connection, words: &Words, anew: &Connection) -> Result<(), Fault> {
    // Kinds and rules keep their numbers: stores that are open know them by these.
    anew.execute("DELETE FROM word", [])?;
    anew.execute("DELETE FROM setting WHERE name = ?", [CHECKSUM])?;
    copy(old, anew, "word", 5)?;
    for (table, columns) in [
        ("setting", 2),
        ("inbox", 3),
        ("outbox", 3),
        ("consumer_offset", 4),
    ] {
        tolerate(copy(old, anew, table, columns))?;
    }
    let mut revision = 0;
    tolerate((|| {
        let newest = "SELECT max(revision) FROM (SELECT revision FROM meta
             UNION ALL SELECT max(revision) FROM change_log)";
        revision = old
            .query_row(newest, [], |r| r.get::<_, Option<i64>>(0))?
            .unwrap_or(0);
        Ok(())
    })())?;
    anew.execute(
        "UPDATE meta SET revision = ?1, forgotten = ?1",
        [revision + 1],
    )?;
    forget_ingests(anew)?;
    let mut writer = Writer::new(anew, words)?;
    tolerate((|| {
        let mut select = old.prepare("SELECT id, name, digest, checksum FROM owner ORDER BY id")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (id, owner, digest): (i64, String, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let checksum: i64 = row.get(3)?;
            let stated = match stated(old, words, id) {
                Ok(stated) if stated.sum == checksum => stated,
                Err(fault) if !fault.is_damage() => return Err(fault),
                _ => continue,
            };
            let (nodes, assertions) = (stated.nodes, stated.assertions);
            let mut facts = OwnerFacts {
                owner,
                digest: digest as u64,
                nodes,
                assertions,
            };
            facts.normalise();
            writer.put(&facts)?;
        }
        Ok(())
    })())
}

fn copy(old: &Connection, anew: &Connection, table: &str, columns: usize) -> Result<(), Fault> {
    let mut select = old.prepare(&format!("SELECT * FROM {table}"))?;
    let places = vec!["?"; columns].join(", ");
    let mut insert = anew.prepare(&format!("INSERT OR IGNORE INTO {table} VALUES ({places})"))?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let values = (0..columns)
            .map(|column| row.get::<_, rusqlite::types::Value>(column))
            .collect::<Result<Vec<_>, _>>()?;
        insert.execute(params_from_iter(values))?;
    }
    Ok(())
}

/// What cannot be read any more is left behind.
fn tolerate(done: Result<(), Fault>) -> Result<(), Fault> {
    match done {
        Err(fault) if fault.is_damage() => {
            tracing::warn!(why = fault.why(), "a table could be read only in part");
            Ok(())
        }
        done => done,
    }
}
