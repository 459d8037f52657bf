//! The store: one writing connection, a few reading ones, all used on blocking threads.

use crate::fault::Fault;
use crate::open::{self, Options};
use crate::words::Words;
use crate::{check, query, read, repair, snapshot, write};
use async_trait::async_trait;
use ripple_graph_core::{
    ChangeSet, Check, Committed, GraphStore, OwnerInfo, Revision, Rows, Snapshot, StoreError,
};
use ripple_schemas::{Edge, Key, Node};
use rusqlite::Connection;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Reading connections kept open.
const READERS: usize = 4;

/// The graph in one file. Cheap to clone; clones share the connections.
#[derive(Clone)]
pub struct SqliteStore {
    inner: Arc<Inner>,
}

struct Inner {
    file: PathBuf,
    log: PathBuf,
    checkpointing: AtomicBool,
    options: Options,
    words: Words,
    /// Closed before the writer: the last to close copies the log into the file, and only one
    /// that may write can.
    readers: Mutex<Vec<Connection>>,
    /// Held by the commit that runs; others wait their turn here, in order.
    writer: Arc<tokio::sync::Mutex<Connection>>,
}

impl SqliteStore {
    /// Opens the store at `file`, or makes an empty one there; the folder must exist.
    ///
    /// # Errors
    /// `Damaged` where the file is no SQLite database, `Invalid` where it is another program's,
    /// `NewerSchema`, `ReadOnly`, `Full`, `Busy`.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(file, Options::default())
    }

    /// [`SqliteStore::open`] with other time limits or a size limit.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub fn open_with(file: impl AsRef<Path>, options: Options) -> Result<Self, StoreError> {
        let file = file.as_ref().to_owned();
        let (writer, words) = open::open(&file, &options).map_err(|f| f.told(&file))?;
        let inner = Inner {
            log: open::sibling(&file, "-wal"),
            checkpointing: AtomicBool::new(false),
            file,
            options,
            words,
            writer: Arc::new(tokio::sync::Mutex::new(writer)),
            readers: Mutex::new(Vec::new()),
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// The file.
    pub fn file(&self) -> &Path {
        &self.inner.file
    }

    /// Copies the write-ahead log into the file where it has grown, beside the commits that follow,
    /// so that none of them waits for it. The runtime waits for it when it ends; a kill is harmless.
    fn checkpoint(&self) {
        let inner = self.inner.clone();
        let grown = std::fs::metadata(&inner.log).is_ok_and(|log| log.len() > open::LOG_BYTES);
        if grown && !inner.checkpointing.swap(true, Ordering::AcqRel) {
            tokio::task::spawn_blocking(move || {
                if let Err(fault) = open::checkpoint(&inner.file) {
                    tracing::debug!(why = fault.why(), "the log could not be copied yet");
                }
                inner.checkpointing.store(false, Ordering::Release);
            });
        }
    }

    /// Runs on a blocking thread with a reading connection.
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection, &Inner) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = self.inner.clone();
        blocking(move || {
            let conn = match inner.readers().pop() {
                Some(conn) => conn,
                None => {
                    open::reader(&inner.file, &inner.options).map_err(|f| f.told(&inner.file))?
                }
            };
            let done = work(&conn, &inner).map_err(|f| f.told(&inner.file));
            let mut readers = inner.readers();
            if readers.len() < READERS {
                readers.push(conn);
            }
            done
        })
        .await
    }

    /// Runs on a blocking thread with the writing connection, after the writers before it.
    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, &Inner) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        let inner = self.inner.clone();
        let mut conn = inner.writer.clone().lock_owned().await;
        blocking(move || work(&mut conn, &inner).map_err(|f| f.told(&inner.file))).await
    }
}

impl Inner {
    fn readers(&self) -> std::sync::MutexGuard<'_, Vec<Connection>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(gone) => Err(StoreError::Defect(gone.to_string())),
    }
}

#[async_trait]
impl GraphStore for SqliteStore {
    async fn revision(&self) -> Result<Revision, StoreError> {
        self.read(|conn, _| read::revision(conn)).await
    }

    /// One SQLite transaction, whatever its size: rows of a transaction that does not fit the
    /// page cache go to the write-ahead log, where readers do not look before the commit record
    /// is there. That is the hidden generation, its flip and (when the log is reset) its sweep,
    /// and memory stays bounded.
    async fn commit(&self, change: ChangeSet) -> Result<Committed, StoreError> {
        let done = self
            .write(|conn, inner| write::commit(conn, &inner.words, change))
            .await;
        self.checkpoint();
        done
    }

    async fn owners(&self, prefix: &str) -> Result<Vec<OwnerInfo>, StoreError> {
        let prefix = prefix.to_owned();
        self.read(move |conn, _| read::owners(conn, &prefix)).await
    }

    async fn node(&self, key: &Key) -> Result<Option<Node>, StoreError> {
        let key = key.clone();
        self.read(move |conn, inner| read::node(conn, &inner.words, &key))
            .await
    }

    async fn edges(&self, key: &Key, outgoing: bool) -> Result<Vec<Edge>, StoreError> {
        let key = key.clone();
        self.read(move |conn, inner| read::edges(conn, &inner.words, &key, outgoing))
            .await
    }

    async fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.read(|conn, inner| snapshot::snapshot(conn, &inner.words))
            .await
    }

    async fn changes(&self, since: Revision) -> Result<Option<Vec<Key>>, StoreError> {
        self.read(move |conn, _| read::changes(conn, since)).await
    }

    async fn query(&self, text: &str, limit: usize) -> Result<Rows, StoreError> {
        let (inner, text) = (self.inner.clone(), text.to_owned());
        blocking(move || {
            query::query(&inner.file, &inner.options, &text, limit).map_err(|f| f.told(&inner.file))
        })
        .await
    }

    async fn check(&self, repair: bool) -> Result<Check, StoreError> {
        if repair {
            self.write(|conn, inner| repair::repair(conn, &inner.words, &inner.file))
                .await
        } else {
            self.read(|conn, inner| check::check(conn, &inner.words))
                .await
        }
    }

    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError> {
        let name = name.to_owned();
        self.read(move |conn, _| read::setting(conn, &name)).await
    }

    async fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), StoreError> {
        let (name, value) = (name.to_owned(), value.map(str::to_owned));
        self.write(move |conn, _| write::set_setting(conn, &name, value.as_deref()))
            .await
    }
}
