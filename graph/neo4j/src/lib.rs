//! The store of an organisation: Neo4j over Bolt.
//!
//! Goes in: change sets. Comes out: what [`GraphStore`](ripple_graph_core::GraphStore) promises.
//! Isolation: every commit locks the one revision node first, so commits are serial; Neo4j is
//! read-committed, so a read is repeated until no commit fell into it (see `gate`).
//!
//! Layout. People see `(:Entity:Function {key, name, …})` and `-[:CALLS {confidence, rule, state,
//! sites, evidence, revision}]->`. Beside them lie `RippleOwner` (what each owner states, as JSON:
//! the truth, from which the rest can be built again), `RippleMeta` (schema version, revision,
//! lock), `RippleGate`, `RippleChange`, `RippleInbox`, `RippleOutbox`, `RippleOffset`, `RippleSetting`,
//! `RippleCommit` (tokens of commits, so that one whose answer was lost is not applied twice) and
//! `RippleStage` (a large change set on its way in). An end that no owner states is a `Missing`
//! node; its relationships are hidden until it becomes an `Entity`.
//!
//! Labels and types come from the closed enums of `schemas`, every other value is a parameter.
//! This crate resolves nothing and knows no language.

mod apply;
mod check;
mod client;
mod fault;
mod gate;
mod large;
mod plan;
mod query;
mod read;
mod rows;
mod schema;
mod snapshot;
mod store;
mod uri;
mod write;

pub use schema::VERSION as SCHEMA_VERSION;
pub use store::{Neo4jStore, Options};
