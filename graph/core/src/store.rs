//! The trait and the values it returns.

use crate::{ChangeSet, Committed, StoreError};
use async_trait::async_trait;
use ripple_schemas::{Edge, Key, Node};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Names of settings that say what was ingested already start with this.
pub const INGESTED: &str = "ingested:";

/// Counts commits that changed something; gap-free, starts at 0 for an empty store.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Revision(pub u64);

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One graph store. Commits are serial; a commit is visible whole or not at all; a reader sees
/// the state of one revision, or says so (`snapshot` returns the revision it is exact for).
#[async_trait]
pub trait GraphStore: Send + Sync {
    /// The current revision.
    async fn revision(&self) -> Result<Revision, StoreError>;

    /// Applies one change set in one transaction. A change set over 200,000 rows is written in
    /// batches as a hidden generation and flipped at the end (design chapter 4).
    async fn commit(&self, change: ChangeSet) -> Result<Committed, StoreError>;

    /// The owners whose name starts with `prefix`, with their digests, sorted.
    async fn owners(&self, prefix: &str) -> Result<Vec<OwnerInfo>, StoreError>;

    /// One node.
    async fn node(&self, key: &Key) -> Result<Option<Node>, StoreError>;

    /// Visible edges that leave (`true`) or reach (`false`) the node, sorted by (kind, other end).
    async fn edges(&self, key: &Key, outgoing: bool) -> Result<Vec<Edge>, StoreError>;

    /// Every node sorted by key, then every visible edge sorted by (from, kind, to), and the
    /// revision they are exact for. An edge is visible when both its ends exist.
    async fn snapshot(&self) -> Result<Snapshot, StoreError>;

    /// Keys changed after `since` up to the current revision, sorted, without repeats; `None`
    /// where the store no longer remembers that far back.
    async fn changes(&self, since: Revision) -> Result<Option<Vec<Key>>, StoreError>;

    /// A read-only query in the store's own language (SQL or Cypher). A query that would write is
    /// refused before it runs. At most `limit` rows.
    async fn query(&self, text: &str, limit: usize) -> Result<Rows, StoreError>;

    /// Looks for damage; with `repair`, rebuilds what can be rebuilt. Where that means to forget
    /// facts, the settings under [`INGESTED`] go too, so that the next ingest reads them again.
    async fn check(&self, repair: bool) -> Result<Check, StoreError>;

    /// Small values kept beside the graph, in no revision (local settings, checkout paths).
    async fn setting(&self, name: &str) -> Result<Option<String>, StoreError>;

    /// Sets or, with `None`, removes one.
    async fn set_setting(&self, name: &str, value: Option<&str>) -> Result<(), StoreError>;
}

/// One owner and the digest of what it states.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct OwnerInfo {
    pub owner: String,
    pub digest: u64,
}

/// The whole visible graph at one revision.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Snapshot {
    pub revision: Revision,
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// The answer of a query.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<serde_json::Value>>,
    /// True where `limit` cut the answer.
    pub truncated: bool,
}

/// What `check` looked at and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Check {
    pub nodes: u64,
    pub edges: u64,
    pub owners: u64,
    pub damage: Vec<Damage>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Damage {
    pub what: String,
    pub mend: String,
    pub repaired: bool,
}
