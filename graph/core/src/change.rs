//! What one transaction carries.

use crate::Revision;
use ripple_schemas::{Assertion, Key, Node};
use serde::{Deserialize, Serialize};

/// Everything one owner states: a file, a document, a window. Committing it replaces what the
/// owner stated before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnerFacts {
    /// The owner: the key of the file, document or window.
    pub owner: String,
    /// Hash of the facts; a commit of the same digest is no change.
    pub digest: u64,
    /// Nodes that live while any owner asserts them.
    pub nodes: Vec<Node>,
    /// Relationships; both ends must be asserted by some owner when the transaction ends, else
    /// the relationship stays hidden until they are.
    pub assertions: Vec<Assertion>,
}

/// One transaction: all of it happens or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeSet {
    /// Owners whose facts are replaced.
    pub put: Vec<OwnerFacts>,
    /// Owners whose facts are removed.
    pub remove: Vec<String>,
    /// The document this change comes from; a second commit with the same one is no change.
    pub inbox: Option<Inbox>,
    /// Events to publish once the transaction is visible.
    pub outbox: Vec<Outbox>,
    /// The bus offset this change brings the consumer to.
    pub offset: Option<Offset>,
    /// Refuse unless the store is at this revision (optimistic writers).
    pub expect: Option<Revision>,
}

/// Identity of a document that was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct Inbox {
    pub consumer: String,
    pub source: String,
    pub id: String,
}

/// An event to publish: CloudEvent JSON and its partition key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Outbox {
    pub partition_key: String,
    pub event: String,
}

/// Compare-and-set of a consumer group's position.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Offset {
    pub group: String,
    pub partition: u32,
    /// Generation of the group; an older one is refused.
    pub generation: u64,
    /// The offset the store must hold now (0 for none yet).
    pub expected: u64,
    /// The offset to move to.
    pub next: u64,
}

/// What a commit did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The store's revision afterwards; unchanged where nothing changed.
    pub revision: Revision,
    /// Keys of nodes that were added, changed or removed, or whose outgoing edges were; sorted.
    pub changed: Vec<Key>,
    /// False where the change set was already applied or changed nothing.
    pub applied: bool,
}
