//! The store of an organisation: Neo4j over Bolt.
