//! The store against a real Neo4j.

mod browser;
mod crash;
mod faults;
mod promises;
mod server;
