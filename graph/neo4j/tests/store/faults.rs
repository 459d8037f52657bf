//! What happens where the connection breaks, the database is newer, or somebody wrote into it.

use crate::server::Server;
use ripple_graph_core::conformance::{call, facts, function, put, sym};
use ripple_graph_core::{ChangeSet, GraphStore, Outbox, Revision, StoreError};
use ripple_graph_neo4j::{Neo4jStore, Options};
use ripple_schemas::Rule;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The COMMIT message of Bolt 3 and later: a structure without fields, signature 0x12, in a chunk
/// of two bytes, and the end of the message.
const COMMIT: &[u8] = &[0x00, 0x02, 0xb0, 0x12, 0x00, 0x00];

/// Where the proxy cuts a connection that asked to commit.
#[derive(Clone, Copy, PartialEq)]
enum Cut {
    /// The server never hears of it.
    Before,
    /// The server commits, and its answer is lost.
    After,
}

/// Forwards to the server, and cuts the first `cuts` connections that ask to commit.
struct Proxy {
    uri: String,
    left: Arc<AtomicUsize>,
    commits: Arc<AtomicUsize>,
}

impl Proxy {
    async fn start(server: &str, cut: Cut, cuts: usize) -> Self {
        let (who, at) = server.rsplit_once('@').unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let uri = format!("{who}@{}", listener.local_addr().unwrap());
        let (left, commits) = (
            Arc::new(AtomicUsize::new(cuts)),
            Arc::new(AtomicUsize::new(0)),
        );
        let (at, counters) = (at.to_owned(), (left.clone(), commits.clone()));
        tokio::spawn(async move {
            while let Ok((ours, _)) = listener.accept().await {
                let theirs = TcpStream::connect(&at).await.unwrap();
                let counters = counters.clone();
                tokio::spawn(
                    async move { forward(ours, theirs, cut, &counters.0, &counters.1).await },
                );
            }
        });
        Self { uri, left, commits }
    }
}

async fn forward(
    ours: TcpStream,
    theirs: TcpStream,
    cut: Cut,
    left: &AtomicUsize,
    commits: &AtomicUsize,
) {
    let (mut from_us, mut to_us) = ours.into_split();
    let (mut from_them, mut to_them) = theirs.into_split();
    let back = tokio::spawn(async move {
        let _ = tokio::io::copy(&mut from_them, &mut to_us).await;
    });
    let mut buffer = vec![0; 1 << 16];
    while let Ok(n @ 1..) = from_us.read(&mut buffer).await {
        let asks = buffer[..n].ends_with(COMMIT);
        commits.fetch_add(usize::from(asks), Ordering::SeqCst);
        let cuts = asks
            && left
                .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1))
                .is_ok();
        if cuts {
            // Nothing more of what the server says gets through.
            back.abort();
            if cut == Cut::After {
                let _ = to_them.write_all(&buffer[..n]).await;
                let _ = to_them.flush().await;
                // Time for the server to do it.
                tokio::time::sleep(Duration::from_millis(700)).await;
            }
            return;
        }
        if to_them.write_all(&buffer[..n]).await.is_err() {
            return;
        }
    }
    back.abort();
}

fn change() -> ChangeSet {
    let outbox = vec![Outbox {
        partition_key: "svc:a".into(),
        event: "{}".into(),
    }];
    let said = vec![call("a", "b", Rule::Import, 1)];
    ChangeSet {
        outbox,
        ..put([facts("o", vec![function("a"), function("b")], said)])
    }
}

async fn commits_once(cut: Cut, cuts: usize, large: usize) {
    let server = Server::take().await;
    let direct = server.open().await;
    let proxy = Proxy::start(&server.turn.uri, cut, cuts).await;
    let options = Options {
        large,
        ..Options::default()
    };
    let store = Neo4jStore::connect_with(&proxy.uri, options).await.unwrap();
    let done = store.commit(change()).await.unwrap();
    assert_eq!(
        proxy.left.load(Ordering::SeqCst),
        0,
        "both connections were cut"
    );
    let asked = proxy.commits.load(Ordering::SeqCst);
    match cut {
        // The answers were lost, and the next attempt found the commits in place.
        Cut::After => assert_eq!(asked, cuts),
        Cut::Before => assert_eq!(asked, cuts + 1),
    }
    assert_eq!((done.revision, done.applied), (Revision(1), true));
    assert_eq!(done.changed, [sym("a"), sym("b")]);
    let outbox = direct
        .query("MATCH (o:RippleOutbox) RETURN o.event", 10)
        .await
        .unwrap();
    assert_eq!(outbox.rows.len(), 1, "published once");
    let snapshot = direct.snapshot().await.unwrap();
    assert_eq!(
        (
            snapshot.revision,
            snapshot.nodes.len(),
            snapshot.edges.len()
        ),
        (Revision(1), 2, 1)
    );
    let next = store
        .commit(put([facts("p", vec![function("c")], vec![])]))
        .await
        .unwrap();
    assert_eq!(next.revision, Revision(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_whose_answer_is_lost_is_not_applied_twice() {
    commits_once(Cut::After, 1, usize::MAX).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_never_arrived_is_sent_again() {
    commits_once(Cut::Before, 2, usize::MAX).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_change_set_survives_lost_answers_too() {
    commits_once(Cut::After, 2, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_change_set_of_a_killed_writer_is_finished_by_the_next_reader() {
    let server = Server::take().await;
    let store = server.open().await;
    store
        .commit(put([facts("o", vec![function("a")], vec![])]))
        .await
        .unwrap();
    // As a writer leaves it that is killed right after the small transaction.
    let staged = serde_json::to_string(&[facts("p", vec![function("b")], vec![])]).unwrap();
    let staged = staged.replace('\'', "\\'");
    server
        .run(&format!(
            "CREATE (:RippleStage {{id: 'g/0', generation: 'g', n: 0, at: timestamp(), put: '{staged}', remove: []}})
             CREATE (:RippleStage {{id: 'g/1', generation: 'g', n: 1, at: timestamp(), put: '[]', remove: ['o']}})
             WITH 1 AS one MATCH (m:RippleMeta) SET m.pending = 'g', m.cursor = 0, m.pieces = 2, m.revision = 2, m.forgotten = 2"
        ))
        .await;
    let snapshot = store.snapshot().await.unwrap();
    assert_eq!(snapshot.revision, Revision(2));
    assert_eq!(snapshot.nodes, [function("b")]);
    assert_eq!(store.changes(Revision(1)).await.unwrap(), None);
    assert_eq!(store.check(false).await.unwrap().damage, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gate_that_a_killed_writer_left_open_holds_nobody_up() {
    let server = Server::take().await;
    let store = server.open().await;
    store.commit(change()).await.unwrap();
    server
        .run("MATCH (g:RippleGate) SET g.opening = g.opening + 1")
        .await;
    assert_eq!(store.snapshot().await.unwrap().nodes.len(), 2);
    let next = put([facts("p", vec![function("c")], vec![])]);
    assert_eq!(store.commit(next).await.unwrap().revision, Revision(2));
    assert_eq!(store.snapshot().await.unwrap().nodes.len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_schema_is_refused_and_a_half_made_one_is_finished() {
    let server = Server::take().await;
    drop(server.open().await);
    server.run("MATCH (m:RippleMeta) SET m.version = 99").await;
    let refused = Neo4jStore::connect(&server.turn.uri).await.err().unwrap();
    assert!(
        matches!(
            refused,
            StoreError::NewerSchema {
                found: 99,
                known: 1,
                ..
            }
        ),
        "{refused}"
    );
    assert!(
        !refused
            .to_string()
            .contains(server.turn.uri.split([':', '@']).nth(2).unwrap()),
        "{refused}"
    );
    server.clear().await;
    server.run("DROP CONSTRAINT ripple_rel_calls").await;
    let store = server.open().await;
    store.commit(change()).await.unwrap();
    assert_eq!(store.check(false).await.unwrap().damage, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_damaged_is_found_and_mended_from_what_owners_state() {
    let server = Server::take().await;
    let store = server.open().await;
    store.commit(change()).await.unwrap();
    store
        .commit(put([facts(
            "p",
            vec![function("c")],
            vec![call("c", "a", Rule::Local, 2)],
        )]))
        .await
        .unwrap();
    let before = store.snapshot().await.unwrap();
    for damage in [
        "MATCH (n:Entity {name: 'a'}) DETACH DELETE n",
        "MATCH (n:Entity {name: 'a'}) SET n.line_start = 77",
        "MATCH ()-[r:CALLS]->() DELETE r",
        "MATCH (:Entity {name: 'a'})-[r:CALLS]->() SET r.rule = 'syntax'",
        "MATCH (a:Entity {name: 'b'}), (b:Entity {name: 'c'}) CREATE (a)-[:CALLS {confidence: 1.0}]->(b)",
        "CREATE (:Entity:Function {key: 'sym:stray', name: 'stray', owners: ['nobody']})",
        "DROP CONSTRAINT ripple_entity",
    ] {
        server.run(damage).await;
        let found = store.check(false).await.unwrap();
        assert!(
            !found.damage.is_empty() && found.damage.iter().all(|d| !d.repaired),
            "{damage}"
        );
        let mended = store.check(true).await.unwrap();
        assert!(
            !mended.damage.is_empty() && mended.damage.iter().all(|d| d.repaired),
            "{damage}: {mended:?}"
        );
        assert_eq!(store.check(false).await.unwrap().damage, [], "{damage}");
        let after = store.snapshot().await.unwrap();
        assert!(
            after.nodes == before.nodes && after.edges == before.edges,
            "{damage}"
        );
    }
    server
        .run("MATCH (o:RippleOwner {name: 'p'}) SET o.facts = 'x'")
        .await;
    let mended = store.check(true).await.unwrap();
    assert!(
        mended
            .damage
            .iter()
            .any(|d| d.what.contains("owner p") && d.repaired),
        "{mended:?}"
    );
    assert_eq!(
        store.owners("").await.unwrap().len(),
        1,
        "the next ingest reads it again"
    );
    assert_eq!(store.check(false).await.unwrap().damage, []);
}

#[tokio::test]
async fn relationships_that_took_each_others_keys_or_lost_them_are_all_mended() {
    let server = Server::take().await;
    let store = server.open().await;
    let name = |i: u32| format!("m.f{i}");
    let nodes = (0..400).map(|i| function(&name(i))).collect();
    let calls = (0..399).map(|i| call(&name(i), &name(i + 1), Rule::Local, i + 1));
    store
        .commit(put([facts("p", nodes, calls.collect())]))
        .await
        .unwrap();
    let before = store.snapshot().await.unwrap();
    // Every relationship has the key of the one after it, the last has none, and some are gone.
    for damage in [
        "MATCH ()-[r:CALLS]->() WITH r ORDER BY r.evidence[0] WITH collect(r) AS found, collect(r.key) AS keys
           FOREACH (r IN found | REMOVE r.key)
           FOREACH (i IN range(0, size(found) - 2) | FOREACH (r IN [found[i]] | SET r.key = keys[i + 1], r.sites = 7))",
        "MATCH ()-[r:CALLS]->() WITH r ORDER BY r.evidence[0] LIMIT 50 DELETE r",
    ] {
        server.run(damage).await;
    }
    assert!(!store.check(false).await.unwrap().damage.is_empty());
    let mended = store.check(true).await.unwrap();
    assert!(mended.damage.iter().all(|d| d.repaired), "{mended:?}");
    assert_eq!(store.check(false).await.unwrap().damage, []);
    let after = store.snapshot().await.unwrap();
    assert!(after.nodes == before.nodes && after.edges == before.edges);
}

#[tokio::test]
async fn nobody_there_and_a_wrong_password_are_told_apart() {
    let server = Server::take().await;
    let nobody = Neo4jStore::connect("neo4j://neo4j:secret@127.0.0.1:1")
        .await
        .err()
        .unwrap();
    assert!(
        matches!(&nobody, StoreError::Unreachable { why, .. } if why.contains("refused")),
        "{nobody}"
    );
    let (_, at) = server.turn.uri.rsplit_once('@').unwrap();
    let wrong = Neo4jStore::connect(&format!("neo4j://neo4j:secret@{at}"))
        .await
        .err()
        .unwrap();
    assert!(
        matches!(&wrong, StoreError::Unreachable { why, .. } if why.contains("refuses this user")),
        "{wrong}"
    );
    assert!(!wrong.to_string().contains("secret") && !nobody.to_string().contains("secret"));
}
