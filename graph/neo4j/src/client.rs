//! Talks Bolt: reads, transactions, and the one retry loop of this crate.

use crate::fault::Fault;
use crate::uri::Address;
use futures::future::BoxFuture;
use neo4rs::{BoltList, BoltMap, BoltString, BoltType, ConfigBuilder, Graph, Query, Row, Txn};
use ripple_graph_core::StoreError;
use std::time::{Duration, Instant};

/// Rows sent in one `UNWIND`.
const BATCH_ROWS: usize = 10_000;
/// Bytes sent in one `UNWIND`, about; a single row may be larger.
const BATCH_BYTES: usize = 8 << 20;
/// Rows asked for at once.
const FETCH: usize = 2_000;
/// The driver has one limit for connecting and for every answer; a batch may take its time.
const ANSWER: Duration = Duration::from_secs(600);
const CONNECT: Duration = Duration::from_secs(10);

/// Connections to one server.
pub(crate) struct Client {
    pub(crate) address: Address,
    readers: Graph,
    /// One connection: taking it again resets it, which ends a transaction that failed.
    writer: Graph,
    /// How long a failure that may pass is retried.
    patience: Duration,
}

impl Client {
    pub(crate) async fn connect(address: Address, patience: Duration) -> Result<Self, StoreError> {
        let unreachable = |why: String| StoreError::Unreachable {
            uri: address.shown.clone(),
            why,
        };
        // The driver's own connect would wait as long as for an answer.
        let socket = tokio::net::TcpStream::connect(&address.socket);
        match tokio::time::timeout(CONNECT, socket).await {
            Ok(Ok(_)) => {}
            Ok(Err(why)) => return Err(unreachable(why.to_string())),
            Err(_) => {
                return Err(unreachable(format!(
                    "no answer within {} s",
                    CONNECT.as_secs()
                )));
            }
        }
        let graph = |connections| {
            ConfigBuilder::default()
                .uri(&address.bolt)
                .user(&address.user)
                .password(&address.password)
                .fetch_size(FETCH)
                .max_connections(connections)
                .connection_timeout(ANSWER)
                .build()
                .and_then(Graph::connect)
                .map_err(|e| unreachable(e.to_string()))
        };
        let (readers, writer) = (graph(8)?, graph(1)?);
        Ok(Self {
            address,
            readers,
            writer,
            patience,
        })
    }

    /// Runs a reading query outside a transaction, row by row, until `each` says stop. The server
    /// refuses it where it would write.
    pub(crate) async fn read(
        &self,
        query: Query,
        mut each: impl FnMut(Row) -> Result<bool, Fault> + Send,
    ) -> Result<(), Fault> {
        let mut rows = self.readers.execute_read(query).await?;
        while let Some(row) = rows.next().await? {
            if !each(row)? {
                break;
            }
        }
        Ok(())
    }

    /// All rows of a reading query.
    pub(crate) async fn rows(&self, query: Query) -> Result<Vec<Row>, Fault> {
        let mut all = Vec::new();
        self.read(query, |row| {
            all.push(row);
            Ok(true)
        })
        .await?;
        Ok(all)
    }

    /// Runs a statement that manages its own transaction: schema, settings, staging.
    pub(crate) async fn run(&self, query: Query) -> Result<(), Fault> {
        Ok(self.readers.run(query).await?)
    }

    pub(crate) async fn begin(&self) -> Result<Tx, Fault> {
        Ok(Tx(self.writer.start_txn().await?))
    }

    /// Takes the writing connection once more, so that what is left of a failed transaction, its
    /// locks above all, is gone before anything else is tried.
    pub(crate) async fn reset(&self) {
        if let Ok(tx) = self.begin().await {
            tx.rollback().await;
        }
    }

    /// Tries until it is done, refused, or patience ends.
    pub(crate) async fn patiently<'a, T>(
        &self,
        mut attempt: impl FnMut() -> BoxFuture<'a, Result<T, Fault>> + Send,
    ) -> Result<T, StoreError> {
        let started = Instant::now();
        let mut pause = Duration::from_millis(5);
        loop {
            match attempt().await {
                Ok(done) => return Ok(done),
                Err(fault) if fault.passes() && started.elapsed() < self.patience => {
                    tracing::debug!(?fault, "trying again");
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(Duration::from_secs(1));
                }
                Err(fault) => return Err(fault.told(&self.address.shown)),
            }
        }
    }
}

/// A transaction on the writing connection.
pub(crate) struct Tx(Txn);

impl Tx {
    pub(crate) async fn run(&mut self, query: Query) -> Result<(), Fault> {
        Ok(self.0.run(query).await?)
    }

    pub(crate) async fn rows(&mut self, query: Query) -> Result<Vec<Row>, Fault> {
        let mut stream = self.0.execute(query).await?;
        let mut all = Vec::new();
        while let Some(row) = stream.next(self.0.handle()).await? {
            all.push(row);
        }
        Ok(all)
    }

    /// Runs `text`, which begins with `UNWIND $rows AS row`, over the rows in batches bounded in
    /// number and bytes; `revision` is a parameter of each.
    pub(crate) async fn unwind(
        &mut self,
        text: &str,
        rows: Vec<Weighed>,
        revision: u64,
    ) -> Result<Vec<Row>, Fault> {
        let mut all = Vec::new();
        for batch in batches(rows) {
            let query = neo4rs::query(text)
                .param("rows", batch)
                .param("revision", revision as i64);
            all.append(&mut self.rows(query).await?);
        }
        Ok(all)
    }

    pub(crate) async fn commit(self) -> Result<(), Fault> {
        Ok(self.0.commit().await?)
    }

    pub(crate) async fn rollback(self) {
        // A transaction that cannot be rolled back is ended by the reset or the lost connection.
        let _ = self.0.rollback().await;
    }
}

/// A value to send, with about its size in bytes.
pub(crate) struct Weighed(pub(crate) BoltType, pub(crate) usize);

/// Cuts rows into lists that are not too long and not too large.
pub(crate) fn batches(rows: Vec<Weighed>) -> Vec<BoltType> {
    let mut lists = Vec::new();
    let (mut list, mut bytes) = (BoltList::default(), 0);
    for Weighed(row, weight) in rows {
        if !list.value.is_empty()
            && (list.value.len() >= BATCH_ROWS || bytes + weight > BATCH_BYTES)
        {
            lists.push(BoltType::List(std::mem::take(&mut list)));
            bytes = 0;
        }
        list.value.push(row);
        bytes += weight;
    }
    if !list.value.is_empty() {
        lists.push(BoltType::List(list));
    }
    lists
}

/// A map to send.
pub(crate) fn map<const N: usize>(entries: [(&str, BoltType); N]) -> BoltType {
    let mut map = BoltMap::new();
    for (name, value) in entries {
        map.put(BoltString::from(name), value);
    }
    BoltType::Map(map)
}

/// A list of texts to send.
pub(crate) fn texts<T: AsRef<str>>(texts: impl IntoIterator<Item = T>) -> BoltType {
    let mut list = BoltList::default();
    list.value
        .extend(texts.into_iter().map(|t| BoltType::from(t.as_ref())));
    BoltType::List(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_bounded_in_rows_and_in_bytes() {
        let rows = |n: usize, weight| {
            (0..n)
                .map(|i| Weighed((i as i64).into(), weight))
                .collect::<Vec<_>>()
        };
        let lengths = |rows| {
            let lists = batches(rows).into_iter();
            lists
                .map(|l| {
                    if let BoltType::List(l) = l {
                        l.value.len()
                    } else {
                        0
                    }
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(lengths(rows(25_000, 10)), [10_000, 10_000, 5_000]);
        assert_eq!(lengths(rows(3, BATCH_BYTES)), [1, 1, 1]);
        assert_eq!(lengths(rows(0, 1)), Vec::<usize>::new());
    }
}
