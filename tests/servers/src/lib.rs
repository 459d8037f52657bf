//! Starts and stops the real servers that tests run against.
//!
//! Goes in: a committed `deploy/servers/<name>` folder. Comes out: a running server on free ports
//! of 127.0.0.1, with an empty data folder, that ends when its value is dropped or the process
//! that holds it dies, however it dies. It knows no crate of ours and never reads a test's data.

mod cache;
mod error;
mod java;
mod neo4j;
mod supervisor;

pub use cache::cache_folder;
pub use error::ServerError;
pub use neo4j::{NEO4J_VARIABLE, Neo4j, Neo4jTurn, neo4j_turn};
pub use supervisor::sweep;
