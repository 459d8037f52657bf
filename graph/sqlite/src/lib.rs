//! The embedded store: one SQLite file, in WAL mode.
//!
//! Goes in: change sets. Comes out: what [`GraphStore`](ripple_graph_core::GraphStore) promises.
//! Isolation: commits are serial (`BEGIN IMMEDIATE`, the revision row first) and durable when they
//! return; a reader sees the state of one revision and neither waits for a writer nor stops one.
//! This crate resolves nothing and knows no language; it never runs a text of a caller but through
//! the read-only door of `query`.

mod check;
mod checksum;
mod fault;
mod migrate;
mod open;
mod query;
mod read;
mod repair;
mod rows;
mod schema;
mod snapshot;
mod store;
mod words;
mod write;

pub use open::Options;
pub use schema::VERSION as SCHEMA_VERSION;
pub use store::SqliteStore;
