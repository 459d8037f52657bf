//! A change set that is too large for one transaction of Neo4j, which keeps a transaction in its
//! heap.
//!
//! It is first written aside in pieces (`RippleStage`), where nobody looks. Then one small
//! transaction settles inbox, offset and outbox, moves the revision and names the pieces as
//! `pending`: from here on the change set is committed. The pieces are applied one by one; every
//! reader and writer that meets `pending` helps to the end before it goes on, so a change set is
//! seen whole or not at all, and a killed writer is finished by whoever comes next. A writer killed
//! before that small transaction leaves pieces that are swept when they are old.

use crate::client::{Client, Weighed, map, texts};
use crate::fault::Fault;
use crate::gate;
use crate::rows;
use crate::write::{self, Ledger};
use neo4rs::query;
use ripple_graph_core::{ChangeSet, Committed, OwnerFacts, Revision};
use ripple_schemas::Key;
use std::collections::BTreeSet;

/// Rows in one piece, about: an owner is not cut.
const PIECE_ROWS: usize = 25_000;
/// Pieces that nobody came back for are swept after this time.
const OLD_MILLIS: i64 = 6 * 3600 * 1000;

/// One piece: owners put, owners removed.
struct Piece<'a> {
    put: Vec<&'a OwnerFacts>,
    remove: &'a [String],
}

fn pieces(change: &ChangeSet, rows: usize) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let (mut put, mut size) = (Vec::new(), 0);
    for facts in &change.put {
        if !put.is_empty() && size + facts.rows() > rows {
            pieces.push(Piece {
                put: std::mem::take(&mut put),
                remove: &[],
            });
            size = 0;
        }
        size += facts.rows();
        put.push(facts);
    }
    pieces.push(Piece { put, remove: &[] });
    pieces.extend(change.remove.chunks(rows.max(1)).map(|remove| Piece {
        put: vec![],
        remove,
    }));
    pieces
}

/// Writes the pieces aside. Writing them again is no change.
pub(crate) async fn stage(
    client: &Client,
    change: &ChangeSet,
    token: &str,
    rows: usize,
) -> Result<usize, Fault> {
    let sweep = "MATCH (s:RippleStage) WHERE s.at < timestamp() - $age
         AND NOT EXISTS { MATCH (m:RippleMeta {id: 0}) WHERE m.pending = s.generation } DELETE s";
    client.run(query(sweep).param("age", OLD_MILLIS)).await?;
    let pieces = pieces(change, rows.min(PIECE_ROWS));
    let count = pieces.len();
    for (n, piece) in pieces.into_iter().enumerate() {
        let put = serde_json::to_string(&piece.put).unwrap_or_default();
        let text = "MERGE (s:RippleStage {id: $id})
             SET s.generation = $generation, s.n = $n, s.at = timestamp(), s.put = $put, s.remove = $remove";
        client
            .run(
                query(text)
                    .param("id", format!("{token}/{n}"))
                    .param("generation", token)
                    .param("n", n as i64)
                    .param("put", put)
                    .param("remove", texts(piece.remove)),
            )
            .await?;
    }
    Ok(count)
}

/// What the small transaction decided.
pub(crate) enum Flip {
    /// The pieces are committed under this revision and wait to be applied.
    Committed(Revision),
    /// There was nothing to apply.
    Settled(Committed),
}

/// The small transaction that commits the staged pieces.
pub(crate) async fn flip(
    client: &Client,
    change: &ChangeSet,
    token: &str,
    pieces: usize,
) -> Result<Flip, Fault> {
    let mut tx = client.begin().await?;
    let decided = async {
        let meta = write::lock(&mut tx, token).await?;
        if write::seen(&mut tx, token).await? {
            // The answer to the flip was lost; its revision stands with the pieces.
            let text = "MATCH (s:RippleStage {id: $id}) RETURN s.revision AS revision";
            let rows = tx
                .rows(query(text).param("id", format!("{token}/0")))
                .await?;
            let revision: Option<i64> = rows
                .first()
                .map(|r| r.get("revision"))
                .transpose()?
                .flatten();
            let settled = Committed {
                revision: Revision(meta.revision),
                changed: vec![],
                applied: true,
            };
            return Ok((
                false,
                revision.map_or(Flip::Settled(settled), |r| {
                    Flip::Committed(Revision(r as u64))
                }),
            ));
        }
        if meta.pending.is_some() {
            return Err(Fault::Pending);
        }
        let settled = |applied| Committed {
            revision: Revision(meta.revision),
            changed: vec![],
            applied,
        };
        let noted = match write::ledger(&mut tx, change, &meta).await? {
            Ledger::Known { moved } => {
                if moved {
                    write::remember(&mut tx, token).await?;
                }
                return Ok((moved, Flip::Settled(settled(moved))));
            }
            Ledger::New { noted } => noted,
        };
        if noted {
            write::remember(&mut tx, token).await?;
        }
        if !changes_anything(&mut tx, change).await? {
            return Ok((noted, Flip::Settled(settled(noted))));
        }
        if !noted {
            write::remember(&mut tx, token).await?;
        }
        let revision = meta.revision + 1;
        let text = "MATCH (m:RippleMeta {id: 0})
             SET m.revision = $at, m.pending = $generation, m.cursor = 0, m.pieces = $pieces
             WITH m MATCH (s:RippleStage {id: $first}) SET s.revision = $at";
        tx.run(
            query(text)
                .param("at", revision as i64)
                .param("generation", token)
                .param("pieces", pieces as i64)
                .param("first", format!("{token}/0")),
        )
        .await?;
        write::forget(&mut tx, revision as i64).await?;
        Ok((true, Flip::Committed(Revision(revision))))
    }
    .await;
    match decided {
        Ok((true, flip)) => {
            gate::commit(client, tx).await?;
            Ok(flip)
        }
        Ok((false, flip)) => {
            tx.rollback().await;
            Ok(flip)
        }
        Err(fault) => {
            tx.rollback().await;
            client.reset().await;
            Err(fault)
        }
    }
}

async fn changes_anything(tx: &mut crate::client::Tx, change: &ChangeSet) -> Result<bool, Fault> {
    let asked = change
        .put
        .iter()
        .map(|f| (f.owner.as_str(), Some(f.digest as i64)));
    let asked = asked.chain(change.remove.iter().map(|o| (o.as_str(), None)));
    let rows: Vec<Weighed> = asked
        .map(|(owner, digest)| {
            Weighed(
                map([("id", rows::id([owner]).into()), ("digest", digest.into())]),
                60,
            )
        })
        .collect();
    let text = "UNWIND $rows AS row OPTIONAL MATCH (o:RippleOwner {id: row.id})
         WITH row, o WHERE CASE WHEN row.digest IS NULL THEN o IS NOT NULL ELSE o IS NULL OR o.digest <> row.digest END
         RETURN count(*) AS n";
    for row in tx.unwind(text, rows, 0).await? {
        if row.get::<i64>("n")? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Applies what is pending to its end, piece by piece. Several may do so at once.
pub(crate) async fn finish(client: &Client) -> Result<(), Fault> {
    while piece(client).await? {}
    Ok(())
}

/// Applies the next pending piece; false where nothing is pending.
async fn piece(client: &Client) -> Result<bool, Fault> {
    let mut tx = client.begin().await?;
    let done = async {
        let meta = write::lock(&mut tx, "piece").await?;
        let Some(generation) = meta.pending else { return Ok(false) };
        let text = "MATCH (m:RippleMeta {id: 0}) RETURN m.cursor AS cursor, m.pieces AS pieces";
        let rows = tx.rows(query(text)).await?;
        let row = rows.first().ok_or_else(|| Fault::damaged("the revision node is missing"))?;
        let (cursor, pieces): (i64, i64) = (row.get("cursor")?, row.get("pieces")?);
        let id = format!("{generation}/{cursor}");
        let text = "MATCH (s:RippleStage {id: $id}) RETURN s.put AS put, s.remove AS remove";
        let rows = tx.rows(query(text).param("id", id.as_str())).await?;
        let row = rows.first().ok_or_else(|| Fault::damaged(format!("piece {id} of a large change set is gone")))?;
        let put: Vec<OwnerFacts> =
            serde_json::from_str(&row.get::<String>("put")?).map_err(|e| Fault::damaged(e.to_string()))?;
        let remove: Vec<String> = row.get("remove")?;
        let put: Vec<&OwnerFacts> = put.iter().collect();
        let changed = write::replace(&mut tx, &put, &remove, meta.revision).await?.unwrap_or_default();
        let text = "MATCH (s:RippleStage {id: $id}) SET s.changed = $changed, s.put = null, s.remove = null";
        tx.run(query(text).param("id", id).param("changed", texts(changed.iter().map(Key::as_str)))).await?;
        let text = if cursor + 1 < pieces {
            "MATCH (m:RippleMeta {id: 0}) SET m.cursor = m.cursor + 1"
        } else {
            "MATCH (m:RippleMeta {id: 0}) SET m.pending = null, m.cursor = null, m.pieces = null"
        };
        tx.run(query(text)).await?;
        Ok(true)
    }
    .await;
    match done {
        Ok(true) => gate::commit(client, tx).await.map(|()| true),
        Ok(false) => {
            tx.rollback().await;
            Ok(false)
        }
        Err(fault) => {
            tx.rollback().await;
            client.reset().await;
            Err(fault)
        }
    }
}

/// What the pieces of a finished change set changed, sorted; the pieces are swept.
pub(crate) async fn collect(client: &Client, token: &str) -> Result<Vec<Key>, Fault> {
    let mut changed = BTreeSet::new();
    let text = "MATCH (s:RippleStage) WHERE s.generation = $generation RETURN s.changed AS changed";
    client
        .read(query(text).param("generation", token), |row| {
            for text in row
                .get::<Option<Vec<String>>>("changed")?
                .unwrap_or_default()
            {
                changed.insert(rows::key(&text)?);
            }
            Ok(true)
        })
        .await?;
    Ok(changed.into_iter().collect())
}

/// Removes the pieces of a change set.
pub(crate) async fn sweep(client: &Client, token: &str) -> Result<(), Fault> {
    client
        .run(
            query("MATCH (s:RippleStage) WHERE s.generation = $generation DELETE s")
                .param("generation", token),
        )
        .await
}
