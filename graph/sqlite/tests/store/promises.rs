//! The conformance suite on the embedded store.

use ripple_graph_core::GraphStore;
use ripple_graph_core::conformance::{Backend, Dialect};
use ripple_graph_sqlite::SqliteStore;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

struct Files {
    folder: TempDir,
    made: AtomicU32,
    last: Mutex<PathBuf>,
}

impl Files {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            made: AtomicU32::new(0),
            last: Mutex::default(),
        }
    }
}

#[async_trait::async_trait]
impl Backend for Files {
    async fn fresh(&self) -> Arc<dyn GraphStore> {
        let n = self.made.fetch_add(1, Ordering::SeqCst);
        let file = self.folder.path().join(format!("{n}.db"));
        *self.last.lock().unwrap() = file.clone();
        Arc::new(SqliteStore::open(file).unwrap())
    }

    async fn second(&self) -> Arc<dyn GraphStore> {
        let file = self.last.lock().unwrap().clone();
        Arc::new(SqliteStore::open(file).unwrap())
    }

    fn dialect(&self) -> Dialect {
        Dialect {
            nodes: "SELECT key FROM nodes",
            edges: "SELECT \"from\", kind, \"to\" FROM edges",
            outbox: "SELECT partition_key, event FROM outbox ORDER BY seq",
            writes: &[
                "DELETE FROM node_fact",
                "INSERT INTO setting VALUES ('a', 'b')",
                "UPDATE meta SET revision = 7",
                "DROP TABLE node_fact",
                "CREATE TABLE mine (x)",
                "CREATE TEMP TABLE mine (x)",
                "ALTER TABLE node_fact ADD COLUMN x",
                "WITH x AS (SELECT 1) DELETE FROM node_fact",
                "DELETE FROM node_fact RETURNING key",
                "SELECT 1; DELETE FROM node_fact",
                "ATTACH 'other.db' AS other",
                "VACUUM INTO 'copy.db'",
                "PRAGMA user_version = 9",
                "PRAGMA query_only = off",
                "PRAGMA writable_schema = on",
                "BEGIN IMMEDIATE",
                "SAVEPOINT s",
                "REINDEX",
                "ANALYZE",
                "SELECT load_extension('x')",
                "EXPLAIN DELETE FROM node_fact",
            ],
            nonsense: "MATCH (n) RETURN n",
        }
    }

    fn histories(&self) -> u32 {
        std::env::var("RIPPLE_HISTORIES")
            .ok()
            .and_then(|n| n.parse().ok())
            .unwrap_or(96)
    }
}

ripple_graph_core::conformance!(Files::new());
