//! Tells readers whether a commit is being made visible at this moment.
//!
//! Neo4j applies a commit bit by bit before readers' eyes, the revision node among the rest. So a
//! writer says beforehand, in a transaction of its own, that commit number x opens, and afterwards
//! that it is closed. What was read while `opening` and `closed` stayed equal and did not move is
//! the state between two commits. A writer that died in between holds no lock any more: a reader
//! that waited takes the lock, which no commit then holds, and closes the gate.

use crate::client::{Client, Tx};
use crate::fault::Fault;
use crate::write;
use neo4rs::query;

/// Opens the gate for the commit that `tx` is about to be asked for. `tx` holds the lock.
pub(crate) async fn open(client: &Client, tx: &mut Tx) -> Result<i64, Fault> {
    let rows = tx
        .rows(query(
            "MATCH (g:RippleGate {id: 0}) RETURN g.opening AS opening",
        ))
        .await?;
    let row = rows
        .first()
        .ok_or_else(|| Fault::damaged("the gate node is missing"))?;
    let number = row.get::<i64>("opening")? + 1;
    client
        .run(query("MATCH (g:RippleGate {id: 0}) SET g.opening = $number").param("number", number))
        .await?;
    Ok(number)
}

/// Closes it once the commit is done.
pub(crate) async fn close(client: &Client, number: i64) -> Result<(), Fault> {
    let text = "MATCH (g:RippleGate {id: 0}) SET g.closed = CASE WHEN g.closed < $number THEN $number ELSE g.closed END";
    client.run(query(text).param("number", number)).await
}

/// Commits, with the gate open meanwhile.
pub(crate) async fn commit(client: &Client, mut tx: Tx) -> Result<(), Fault> {
    let number = match open(client, &mut tx).await {
        Ok(number) => number,
        Err(fault) => {
            tx.rollback().await;
            client.reset().await;
            return Err(fault);
        }
    };
    tx.commit().await?;
    // The commit stands whatever becomes of this: a reader that finds the gate open closes it.
    let _ = close(client, number).await;
    Ok(())
}

/// Closes a gate that a dead writer left open: waits for the lock, so no commit is under way.
pub(crate) async fn heal(client: &Client) -> Result<(), Fault> {
    let mut tx = client.begin().await?;
    let done = async {
        write::lock(&mut tx, "gate").await?;
        tx.run(query(
            "MATCH (g:RippleGate {id: 0}) SET g.closed = g.opening",
        ))
        .await
    }
    .await;
    match done {
        Ok(()) => tx.commit().await,
        Err(fault) => {
            tx.rollback().await;
            client.reset().await;
            Err(fault)
        }
    }
}
