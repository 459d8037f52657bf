//! The store against a real Neo4j.

mod browser;
mod faults;
mod promises;
mod server;
