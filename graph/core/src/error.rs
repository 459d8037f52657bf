//! What a store refuses, and why.

use crate::Revision;

/// Every way a store call can fail. The text says what was wrong, where, and what to do.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum StoreError {
    #[error("cannot reach the store at {uri}: {why}")]
    Unreachable { uri: String, why: String },
    #[error(
        "{path} is damaged: {why}; run `ripple graph check --repair`, or delete it and ingest again"
    )]
    Damaged { path: String, why: String },
    #[error(
        "{uri} was written by a newer Ripple (schema {found}, this one reads up to {known}); upgrade ripple"
    )]
    NewerSchema { uri: String, found: u32, known: u32 },
    #[error("the store is at revision {found}, not {expected}; read again and retry")]
    Conflict { expected: Revision, found: Revision },
    #[error(
        "offset of group {group}, partition {partition} is {found}, not {expected}; this consumer was replaced"
    )]
    StaleOffset {
        group: String,
        partition: u32,
        expected: u64,
        found: u64,
    },
    #[error("the store is busy: {why}; another ripple is writing, try again when it ends")]
    Busy { why: String },
    #[error("no space left for {path}; free some and run the command again, nothing was changed")]
    Full { path: String },
    #[error("{path} cannot be written: {why}")]
    ReadOnly { path: String, why: String },
    #[error("query refused: {why}")]
    Query { why: String },
    #[error("{why}")]
    Invalid { why: String },
    #[error("store defect: {0}; please report it")]
    Defect(String),
}
