//! The commit: one transaction from the lock to the change log.

use crate::apply;
use crate::client::{Client, Tx, Weighed, map, texts};
use crate::fault::Fault;
use crate::gate;
use crate::plan::Plan;
use crate::rows;
use neo4rs::query;
use ripple_graph_core::{
    ChangeSet, Committed, Inbox, Offset, Outbox, OwnerFacts, Revision, StoreError,
};
use ripple_schemas::Key;
use rustc_hash::FxHashMap;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::{SystemTime, UNIX_EPOCH};

/// A commit that changes more keys than this is not listed: reading everything again is as fast.
pub(crate) const LISTED_KEYS: usize = 50_000;
/// Keys kept in the change log, about; the oldest half goes where there are more.
const LOG_KEYS: i64 = 400_000;
/// The log is looked after once in this many revisions.
const LOG_EVERY: u64 = 64;
/// Tokens of commits are kept this long: longer than any commit is retried.
const TOKEN_MILLIS: i64 = 6 * 3600 * 1000;

/// The revision node, read under its lock.
pub(crate) struct Meta {
    pub(crate) revision: u64,
    pub(crate) seq: u64,
    /// The large change set that is on its way in.
    pub(crate) pending: Option<String>,
}

/// A text that no other commit has.
pub(crate) fn token() -> String {
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_nanos());
    let random = RandomState::new().build_hasher().finish();
    format!("{now:x}-{:x}-{random:x}", std::process::id())
}

/// Takes the lock that makes commits serial, then reads: nobody else commits from here on.
pub(crate) async fn lock(tx: &mut Tx, token: &str) -> Result<Meta, Fault> {
    tx.run(query("MATCH (m:RippleMeta {id: 0}) SET m.lock = $token").param("token", token))
        .await?;
    let text = "MATCH (m:RippleMeta {id: 0}) RETURN m.revision AS revision, m.seq AS seq, m.pending AS pending";
    let rows = tx.rows(query(text)).await?;
    let row = rows
        .first()
        .ok_or_else(|| Fault::damaged("the revision node is missing"))?;
    Ok(Meta {
        revision: row.get::<i64>("revision")? as u64,
        seq: row.get::<i64>("seq")? as u64,
        pending: row.get("pending")?,
    })
}

/// Whether a commit with this token is in the database.
pub(crate) async fn seen(tx: &mut Tx, token: &str) -> Result<bool, Fault> {
    let text = "MATCH (c:RippleCommit {token: $token}) RETURN c.token AS token";
    Ok(!tx.rows(query(text).param("token", token)).await?.is_empty())
}

pub(crate) async fn remember(tx: &mut Tx, token: &str) -> Result<(), Fault> {
    tx.run(query("CREATE (:RippleCommit {token: $token, at: timestamp()})").param("token", token))
        .await
}

/// One attempt at a commit of usual size. `answer` holds what the last attempt would have
/// answered: where its token turns out to be stored, its answer was only lost on the way.
pub(crate) async fn attempt(
    client: &Client,
    change: &ChangeSet,
    token: &str,
    answer: &mut Option<Committed>,
) -> Result<Committed, Fault> {
    let mut tx = client.begin().await?;
    let done = match within(&mut tx, change, token, answer).await {
        Ok(done) => done,
        Err(fault) => {
            tx.rollback().await;
            client.reset().await;
            return Err(fault);
        }
    };
    match done {
        Outcome::Stored(done) => {
            *answer = Some(done.clone());
            gate::commit(client, tx).await?;
            Ok(done)
        }
        Outcome::Nothing(done) => {
            tx.rollback().await;
            Ok(done)
        }
    }
}

enum Outcome {
    /// To be committed.
    Stored(Committed),
    /// Nothing was written.
    Nothing(Committed),
}

async fn within(
    tx: &mut Tx,
    change: &ChangeSet,
    token: &str,
    answer: &Option<Committed>,
) -> Result<Outcome, Fault> {
    let meta = lock(tx, token).await?;
    if let Some(answer) = answer
        && seen(tx, token).await?
    {
        return Ok(Outcome::Nothing(answer.clone()));
    }
    if meta.pending.is_some() {
        return Err(Fault::Pending);
    }
    let settled = |applied| Committed {
        revision: Revision(meta.revision),
        changed: vec![],
        applied,
    };
    let noted = match ledger(tx, change, &meta).await? {
        Ledger::Known { moved: true } => {
            remember(tx, token).await?;
            return Ok(Outcome::Stored(settled(true)));
        }
        Ledger::Known { moved: false } => return Ok(Outcome::Nothing(settled(false))),
        Ledger::New { noted } => noted,
    };
    let put: Vec<&OwnerFacts> = change.put.iter().collect();
    let revision = meta.revision + 1;
    let Some(changed) = replace(tx, &put, &change.remove, revision).await? else {
        if noted {
            remember(tx, token).await?;
            return Ok(Outcome::Stored(settled(true)));
        }
        return Ok(Outcome::Nothing(settled(false)));
    };
    remember(tx, token).await?;
    list(tx, revision, &changed).await?;
    Ok(Outcome::Stored(Committed {
        revision: Revision(revision),
        changed,
        applied: true,
    }))
}

/// What inbox, expectation, offset and outbox say to a change set.
pub(crate) enum Ledger {
    /// The document was stored before; `moved` where its offset moved now.
    Known { moved: bool },
    /// To be applied; `noted` where something of the ledger was written.
    New { noted: bool },
}

pub(crate) async fn ledger(tx: &mut Tx, change: &ChangeSet, meta: &Meta) -> Result<Ledger, Fault> {
    if let Some(inbox) = &change.inbox
        && !note(tx, inbox).await?
    {
        let moved = match &change.offset {
            Some(offset) => advance(tx, offset, true).await?,
            None => false,
        };
        return Ok(Ledger::Known { moved });
    }
    if let Some(expected) = change.expect
        && expected.0 != meta.revision
    {
        return Err(StoreError::Conflict {
            expected,
            found: Revision(meta.revision),
        }
        .into());
    }
    if let Some(offset) = &change.offset {
        advance(tx, offset, false).await?;
    }
    publish(tx, &change.outbox, meta.seq).await?;
    let noted = change.inbox.is_some() || change.offset.is_some() || !change.outbox.is_empty();
    Ok(Ledger::New { noted })
}

/// Notes a document; false where it was noted before.
async fn note(tx: &mut Tx, inbox: &Inbox) -> Result<bool, Fault> {
    let id = rows::id([inbox.consumer.as_str(), &inbox.source, &inbox.id]);
    let text = "MATCH (i:RippleInbox {id: $id}) RETURN i.id AS id";
    if !tx
        .rows(query(text).param("id", id.as_str()))
        .await?
        .is_empty()
    {
        return Ok(false);
    }
    let text = "CREATE (:RippleInbox {id: $id, consumer: $consumer, source: $source, document: $document})";
    tx.run(
        query(text)
            .param("id", id)
            .param("consumer", inbox.consumer.as_str())
            .param("source", inbox.source.as_str())
            .param("document", inbox.id.as_str()),
    )
    .await?;
    Ok(true)
}

/// Moves the offset; false where `retry` finds it moved already by the same commit.
async fn advance(tx: &mut Tx, offset: &Offset, retry: bool) -> Result<bool, Fault> {
    let id = rows::id([offset.group.as_str(), &offset.partition.to_string()]);
    let text = "MATCH (o:RippleOffset {id: $id}) RETURN o.generation AS generation, o.position AS position";
    let (mut generation, mut found) = (0, 0);
    if let Some(row) = tx.rows(query(text).param("id", id.as_str())).await?.first() {
        generation = row.get::<i64>("generation")? as u64;
        found = row.get::<i64>("position")? as u64;
    }
    if retry && generation == offset.generation && found == offset.next {
        return Ok(false);
    }
    if generation > offset.generation || found != offset.expected {
        let (group, partition, expected) =
            (offset.group.clone(), offset.partition, offset.expected);
        return Err(StoreError::StaleOffset {
            group,
            partition,
            expected,
            found,
        }
        .into());
    }
    let text = "MERGE (o:RippleOffset {id: $id})
         SET o.consumer_group = $group, o.partition = $partition, o.generation = $generation, o.position = $next";
    tx.run(
        query(text)
            .param("id", id)
            .param("group", offset.group.as_str())
            .param("partition", i64::from(offset.partition))
            .param("generation", offset.generation as i64)
            .param("next", offset.next as i64),
    )
    .await?;
    Ok(true)
}

async fn publish(tx: &mut Tx, outbox: &[Outbox], seq: u64) -> Result<(), Fault> {
    if outbox.is_empty() {
        return Ok(());
    }
    let rows = outbox.iter().zip(seq..).map(|(event, seq)| {
        let row = map([
            ("seq", (seq as i64).into()),
            ("partition_key", event.partition_key.as_str().into()),
            ("event", event.event.as_str().into()),
        ]);
        Weighed(row, event.partition_key.len() + event.event.len() + 60)
    });
    tx.unwind(
        "UNWIND $rows AS row CREATE (o:RippleOutbox) SET o = row",
        rows.collect(),
        0,
    )
    .await?;
    let next = seq + outbox.len() as u64;
    tx.run(query("MATCH (m:RippleMeta {id: 0}) SET m.seq = $next").param("next", next as i64))
        .await
}

/// Makes owners state these facts, or nothing. Gives the changed keys; `None` where every digest
/// is known and no known owner is removed.
pub(crate) async fn replace(
    tx: &mut Tx,
    put: &[&OwnerFacts],
    remove: &[String],
    revision: u64,
) -> Result<Option<Vec<Key>>, Fault> {
    let asked = put.iter().map(|f| (f.owner.as_str(), Some(f.digest)));
    let asked = asked.chain(remove.iter().map(|o| (o.as_str(), None)));
    let rows = asked.map(|(owner, digest)| {
        let digest = digest.map(|d| d as i64);
        Weighed(
            map([("id", rows::id([owner]).into()), ("digest", digest.into())]),
            60,
        )
    });
    let text = "UNWIND $rows AS row MATCH (o:RippleOwner {id: row.id}) USING INDEX SEEK o:RippleOwner(id)
         RETURN id(o) AS id, o.name AS name, o.digest = row.digest AS same, CASE WHEN o.digest = row.digest THEN '' ELSE o.facts END AS facts";
    let mut stored: FxHashMap<String, (i64, Option<OwnerFacts>)> = FxHashMap::default();
    for row in tx.unwind(text, rows.collect(), 0).await? {
        let name: String = row.get("name")?;
        let facts = match row.get::<Option<bool>>("same")? {
            Some(true) => None,
            _ => Some(rows::facts(&name, &row.get::<String>("facts")?)?),
        };
        stored.insert(name, (row.get("id")?, facts));
    }
    let mut plan = Plan::default();
    let (mut written, mut gone) = (Vec::new(), Vec::new());
    for owner in remove {
        if let Some((id, old)) = stored.get(owner) {
            plan.replace(owner, old.as_ref(), None);
            gone.push(Weighed((*id).into(), 9));
        }
    }
    for facts in put {
        match stored.get(&facts.owner) {
            Some((_, None)) => {}
            old => {
                let old = old.and_then(|(_, old)| old.as_ref());
                plan.replace(&facts.owner, old, Some(facts));
                written.push(rows::owner(facts));
            }
        }
    }
    if plan.owners.is_empty() {
        return Ok(None);
    }
    // What seeks an index comes before what deletes: each seek copies the set of nodes that the
    // transaction has deleted.
    let text = "UNWIND $rows AS row MERGE (o:RippleOwner {id: row.id})
         SET o.name = row.name, o.digest = row.digest, o.facts = row.facts";
    tx.unwind(text, written, 0).await?;
    let changed = apply::apply(tx, &plan, revision).await?;
    drop(plan);
    let text = "UNWIND $rows AS row MATCH (o) WHERE id(o) = row DELETE o";
    tx.unwind(text, gone, 0).await?;
    Ok(Some(changed))
}

/// Moves the revision and writes the change log.
pub(crate) async fn list(tx: &mut Tx, revision: u64, changed: &[Key]) -> Result<(), Fault> {
    let at = revision as i64;
    tx.run(query("MATCH (m:RippleMeta {id: 0}) SET m.revision = $at").param("at", at))
        .await?;
    if changed.len() > LISTED_KEYS {
        forget(tx, at).await?;
    } else {
        let text = "CREATE (:RippleChange {revision: $at, size: $size, keys: $keys})";
        tx.run(
            query(text)
                .param("at", at)
                .param("size", changed.len() as i64)
                .param("keys", texts(changed.iter().map(Key::as_str))),
        )
        .await?;
    }
    if revision.is_multiple_of(LOG_EVERY) {
        trim(tx).await?;
    }
    Ok(())
}

/// Forgets what changed up to a revision, inclusive.
pub(crate) async fn forget(tx: &mut Tx, revision: i64) -> Result<(), Fault> {
    let text = "MATCH (m:RippleMeta {id: 0}) SET m.forgotten = $at
         WITH m MATCH (c:RippleChange) WHERE c.revision <= $at DELETE c";
    tx.run(query(text).param("at", revision)).await
}

/// Bounds the change log and the tokens.
async fn trim(tx: &mut Tx) -> Result<(), Fault> {
    let text = "MATCH (c:RippleChange) RETURN c.revision AS revision, c.size AS size ORDER BY c.revision DESC";
    let sizes = tx.rows(query(text)).await?;
    let (mut total, mut half) = (0, None);
    for row in &sizes {
        // A row for itself too: many empty commits are bounded as well.
        total += row.get::<i64>("size")? + 1;
        if total > LOG_KEYS / 2 && half.is_none() {
            half = Some(row.get::<i64>("revision")?);
        }
    }
    if let Some(half) = half
        && total > LOG_KEYS
    {
        forget(tx, half).await?;
    }
    let text = "MATCH (c:RippleCommit) WHERE c.at < timestamp() - $age DELETE c";
    tx.run(query(text).param("age", TOKEN_MILLIS)).await
}
