//! The `GraphStore` contract: facts by owner, one revision, changes since.
//!
//! Goes in: change sets (owner → facts). Comes out: nodes, visible edges, what changed since.
//! This crate names no backend; each backend runs the suite `conformance` (a feature) in its tests.

pub mod change;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod error;
pub mod store;

pub use change::{ChangeSet, Committed, Inbox, Offset, Outbox, OwnerFacts};
pub use error::StoreError;
pub use store::{Check, Damage, GraphStore, INGESTED, OwnerInfo, Revision, Rows, Snapshot};
