//! The database that the tests take turns on.

use ripple_graph_core::GraphStore;
use ripple_graph_core::conformance::{Backend, Dialect};
use ripple_graph_neo4j::{Neo4jStore, Options};
use ripple_tests_servers::{Neo4jTurn, neo4j_turn};
use std::sync::Arc;

/// An empty database, ours until dropped.
pub(crate) struct Server {
    pub(crate) turn: Neo4jTurn,
    pub(crate) options: Options,
}

impl Server {
    pub(crate) async fn take() -> Self {
        let server = Self {
            turn: neo4j_turn(),
            options: Options::default(),
        };
        server.clear().await;
        server
    }

    /// Statements as the administrator of the database.
    pub(crate) async fn run(&self, text: &str) {
        let (who, at) = self
            .turn
            .uri
            .strip_prefix("neo4j://")
            .unwrap()
            .split_once('@')
            .unwrap();
        let (user, password) = who.split_once(':').unwrap();
        let graph = neo4rs::Graph::new(format!("bolt://{at}"), user, password).unwrap();
        graph.run(neo4rs::query(text)).await.unwrap();
    }

    pub(crate) async fn clear(&self) {
        self.run("MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS")
            .await;
    }

    pub(crate) async fn open(&self) -> Neo4jStore {
        Neo4jStore::connect_with(&self.turn.uri, self.options)
            .await
            .unwrap()
    }
}

#[async_trait::async_trait]
impl Backend for Server {
    async fn fresh(&self) -> Arc<dyn GraphStore> {
        self.clear().await;
        Arc::new(self.open().await)
    }

    async fn second(&self) -> Arc<dyn GraphStore> {
        Arc::new(self.open().await)
    }

    fn dialect(&self) -> Dialect {
        Dialect {
            nodes: "MATCH (n:Entity) RETURN n.key",
            edges: "MATCH (a:Entity)-[r]->(b:Entity) RETURN a.key, type(r), b.key",
            outbox: "MATCH (o:RippleOutbox) RETURN o.partition_key AS partition_key, o.event ORDER BY o.seq",
            writes: &[
                "CREATE (n)",
                "MATCH (n) DETACH DELETE n",
                "MATCH (n) SET n.name = 'x'",
                "MATCH (n:Entity) REMOVE n:Entity",
                "MATCH (n:Entity) MERGE (m:Entity {key: n.key + 'x'}) RETURN m",
                "MATCH (n) WITH collect(n) AS all FOREACH (n IN all | SET n.x = 1)",
                "UNWIND [1] AS x CREATE (:Entity {key: 'sym:a'}) RETURN x",
                "MATCH (n) CALL (n) { SET n.x = 1 } RETURN 1",
                "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS",
                "CALL db.createLabel('Mine')",
                "CALL db.createProperty('mine')",
                "CALL dbms.listConfig()",
                "CREATE INDEX mine FOR (n:Entity) ON (n.name)",
                "DROP CONSTRAINT ripple_entity",
                "CREATE USER eve SET PASSWORD 'evilevil'",
                "ALTER CURRENT USER SET PASSWORD FROM 'x' TO 'evilevil'",
                "SHOW SETTINGS",
                "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
                "USE system RETURN 1",
                "LOAD CSV FROM 'http://127.0.0.1:1/' AS line RETURN line",
                "MATCH (n) RETURN n; MATCH (n) DETACH DELETE n",
                "EXPLAIN CREATE (n)",
                "PROFILE MATCH (n) DETACH DELETE n",
            ],
            nonsense: "SELECT 1 FROM entity",
        }
    }

    fn histories(&self) -> u32 {
        std::env::var("RIPPLE_HISTORIES")
            .ok()
            .and_then(|n| n.parse::<u32>().ok())
            .map_or(12, |n| n.div_ceil(20))
    }
}
