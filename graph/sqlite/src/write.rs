//! The commit: one transaction from the revision row to the change log.

mod owner;

use crate::fault::Fault;
use crate::rows::parse_key;
use crate::schema::{derive, strip};
use crate::words::Words;
use owner::Touched;
pub(crate) use owner::Writer;
use ripple_graph_core::{ChangeSet, Committed, Inbox, Offset, Outbox, Revision, StoreError};
use ripple_schemas::Key;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

/// A commit that changes more keys than this is not listed: reading everything again is as fast.
const LISTED_KEYS: usize = 50_000;

/// Rows kept in the change log; the oldest half goes where there are more.
const LOG_ROWS: i64 = 400_000;

/// The log is looked after once in this many revisions.
const LOG_EVERY: i64 = 64;

/// A commit of more rows than this empties the write-ahead log afterwards.
const LARGE: usize = 50_000;

pub(crate) fn commit(
    conn: &mut Connection,
    words: &Words,
    mut change: ChangeSet,
) -> Result<Committed, Fault> {
    change.validate()?;
    for facts in &mut change.put {
        facts.normalise();
    }
    let large = change.rows() > LARGE;
    // Takes the write lock before anything is read, so commits are serial.
    let tx = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = apply(&tx, words, change, large)?;
    if done.applied {
        tx.commit()?;
    } else {
        tx.rollback()?;
    }
    if large {
        // Readers may hold it back; then a later commit does it.
        let _ = conn.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
    Ok(done)
}

fn apply(
    tx: &Connection,
    words: &Words,
    change: ChangeSet,
    large: bool,
) -> Result<Committed, Fault> {
    let now: i64 = tx.query_row("SELECT revision FROM meta WHERE id = 0", [], |r| r.get(0))?;
    let unchanged = |applied| Committed {
        revision: Revision(now as u64),
        changed: vec![],
        applied,
    };
    if let Some(inbox) = &change.inbox
        && !note(tx, inbox)?
    {
        let moved = match &change.offset {
            Some(offset) => advance(tx, offset, true)?,
            None => false,
        };
        return Ok(unchanged(moved));
    }
    if let Some(expected) = change.expect
        && expected.0 != now as u64
    {
        let found = Revision(now as u64);
        return Err(StoreError::Conflict { expected, found }.into());
    }
    if let Some(offset) = &change.offset {
        advance(tx, offset, false)?;
    }
    let noted = change.inbox.is_some() || change.offset.is_some() || !change.outbox.is_empty();
    publish(tx, &change.outbox)?;

    let mut writer = Writer::new(tx, words)?;
    for owner in &change.remove {
        writer.remove(owner)?;
    }
    let first = large && !tx.prepare("SELECT 1 FROM owner")?.exists([])?;
    if first {
        // Nothing is looked up by these while a graph is filled; made afterwards they are sorted
        // once, not grown row by row.
        strip(tx)?;
    }
    // Each owner's facts are dropped when they are written.
    for facts in change.put {
        writer.put(&facts)?;
    }
    if first {
        derive(tx)?;
    }
    let Some(mut touched) = writer.finish()? else {
        return Ok(unchanged(noted));
    };
    let revision = now + 1;
    tx.execute("UPDATE meta SET revision = ? WHERE id = 0", [revision])?;
    let changed = list(tx, revision, &mut touched)?;
    strand(tx, revision, &touched.loose)?;
    if revision % LOG_EVERY == 0 {
        forget(tx)?;
    }
    Ok(Committed {
        revision: Revision(revision as u64),
        changed,
        applied: true,
    })
}

/// Notes a document; false where it was noted before.
fn note(tx: &Connection, inbox: &Inbox) -> Result<bool, Fault> {
    let mut insert =
        tx.prepare_cached("INSERT OR IGNORE INTO inbox (consumer, source, id) VALUES (?, ?, ?)")?;
    Ok(insert.execute(params![inbox.consumer, inbox.source, inbox.id])? == 1)
}

/// Moves the offset; false where `retry` finds it moved already by the same commit.
fn advance(tx: &Connection, offset: &Offset, retry: bool) -> Result<bool, Fault> {
    let stored: Option<(i64, i64)> = tx
        .prepare_cached(
            "SELECT generation, position FROM consumer_offset
             WHERE consumer_group = ? AND partition = ?",
        )?
        .query_row(params![offset.group, offset.partition], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })
        .optional()?;
    let (generation, found) = stored.map_or((0, 0), |(g, p)| (g as u64, p as u64));
    if retry && generation == offset.generation && found == offset.next {
        return Ok(false);
    }
    if generation > offset.generation || found != offset.expected {
        return Err(StoreError::StaleOffset {
            group: offset.group.clone(),
            partition: offset.partition,
            expected: offset.expected,
            found,
        }
        .into());
    }
    tx.prepare_cached("INSERT OR REPLACE INTO consumer_offset VALUES (?, ?, ?, ?)")?
        .execute(params![
            offset.group,
            offset.partition,
            offset.generation as i64,
            offset.next as i64
        ])?;
    Ok(true)
}

fn publish(tx: &Connection, outbox: &[Outbox]) -> Result<(), Fault> {
    let mut insert =
        tx.prepare_cached("INSERT INTO outbox (partition_key, event) VALUES (?, ?)")?;
    for event in outbox {
        insert.execute(params![event.partition_key, event.event])?;
    }
    Ok(())
}

/// Writes the change log, and gives the keys, sorted.
fn list(tx: &Connection, revision: i64, touched: &mut Touched) -> Result<Vec<Key>, Fault> {
    if touched.changed.len() > LISTED_KEYS {
        tx.execute("DELETE FROM change_log", [])?;
        tx.execute("UPDATE meta SET forgotten = ? WHERE id = 0", [revision])?;
    } else {
        let mut insert =
            tx.prepare_cached("INSERT INTO change_log (revision, key) VALUES (?, ?)")?;
        for key in &touched.changed {
            insert.execute([revision, *key])?;
        }
    }
    let mut select = tx.prepare_cached("SELECT text FROM key WHERE id = ?")?;
    let mut keys = std::mem::take(&mut touched.named);
    keys.reserve(touched.unnamed.len());
    for id in &touched.unnamed {
        let text: String = select.query_row([id], |r| r.get(0))?;
        keys.push(parse_key(&text)?);
    }
    keys.sort_unstable();
    Ok(keys)
}

/// Notes the keys that nothing speaks of any more.
fn strand(tx: &Connection, revision: i64, loose: &[i64]) -> Result<(), Fault> {
    let mut insert = tx.prepare_cached(&format!(
        "INSERT OR REPLACE INTO orphan (key, revision) SELECT ?1, ?2 WHERE NOT {}",
        spoken_of("?1")
    ))?;
    for key in loose {
        insert.execute([*key, revision])?;
    }
    Ok(())
}

/// SQL: whether any row speaks of the key.
fn spoken_of(key: &str) -> String {
    format!(
        "(EXISTS (SELECT 1 FROM node_fact WHERE key = {key})
          OR EXISTS (SELECT 1 FROM edge_fact WHERE src = {key})
          OR EXISTS (SELECT 1 FROM edge_fact WHERE dst = {key}))"
    )
}

/// Bounds the change log, and removes orphans that it no longer names.
fn forget(tx: &Connection) -> Result<(), Fault> {
    let rows: i64 = tx.query_row("SELECT count(*) FROM change_log", [], |r| r.get(0))?;
    if rows > LOG_ROWS {
        tx.execute(
            "UPDATE meta SET forgotten = (SELECT revision FROM change_log
               ORDER BY revision DESC LIMIT 1 OFFSET ?)",
            [LOG_ROWS / 2],
        )?;
        tx.execute(
            "DELETE FROM change_log WHERE revision <= (SELECT forgotten FROM meta)",
            [],
        )?;
    }
    let ripe = "SELECT key FROM orphan WHERE revision <= (SELECT forgotten FROM meta)";
    tx.execute(
        &format!(
            "DELETE FROM key WHERE id IN ({ripe}) AND NOT {}",
            spoken_of("key.id")
        ),
        [],
    )?;
    tx.execute(
        "DELETE FROM orphan WHERE revision <= (SELECT forgotten FROM meta)",
        [],
    )?;
    Ok(())
}

pub(crate) fn set_setting(
    conn: &mut Connection,
    name: &str,
    value: Option<&str>,
) -> Result<(), Fault> {
    match value {
        Some(value) => conn.execute(
            "INSERT INTO setting VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = ?2",
            params![name, value],
        )?,
        None => conn.execute("DELETE FROM setting WHERE name = ?", [name])?,
    };
    Ok(())
}
