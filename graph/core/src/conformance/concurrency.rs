//! Promises about several writers and readers at once.

use super::{Backend, call, facts, function, put};
use crate::{ChangeSet, GraphStore, Revision, StoreError};
use ripple_schemas::Rule;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Commits, trying again while the store says it is busy.
async fn insist(store: &dyn GraphStore, change: ChangeSet) -> Result<crate::Committed, StoreError> {
    loop {
        match store.commit(change.clone()).await {
            Err(StoreError::Busy { .. }) => tokio::time::sleep(Duration::from_millis(5)).await,
            done => return done,
        }
    }
}

/// Eight writers on two handles: revisions are 1 to 80, each given once, every fact is there.
pub async fn writers_are_serial_and_nothing_is_lost(backend: &dyn Backend) {
    let handles = [backend.fresh().await, backend.second().await];
    let mut tasks = Vec::new();
    for writer in 0..8 {
        let store: Arc<dyn GraphStore> = handles[writer % 2].clone();
        tasks.push(tokio::spawn(async move {
            let mut given = Vec::new();
            for step in 0..10 {
                let name = format!("w{writer}s{step}");
                let calls = vec![call(&name, "w0s0", Rule::Local, step + 1)];
                let change = put([facts(&format!("o:{name}"), vec![function(&name)], calls)]);
                given.push(insist(&*store, change).await.expect("accepted").revision.0);
            }
            given
        }));
    }
    let mut given = BTreeSet::new();
    for task in tasks {
        let mine = task.await.expect("the writer did not panic");
        assert!(mine.is_sorted(), "a writer's own commits are in order");
        given.extend(mine);
    }
    assert_eq!(given, (1..=80).collect());
    let snapshot = handles[0].snapshot().await.expect("reads");
    assert_eq!(snapshot.revision, Revision(80));
    assert_eq!((snapshot.nodes.len(), snapshot.edges.len()), (80, 80));
}

/// Optimistic writers: for each revision exactly one of them is let through.
pub async fn of_writers_that_expect_one_revision_one_wins(backend: &dyn Backend) {
    let handles = [backend.fresh().await, backend.second().await];
    for round in 0..5u64 {
        let tasks: Vec<_> = (0..6)
            .map(|writer| {
                let store: Arc<dyn GraphStore> = handles[writer % 2].clone();
                tokio::spawn(async move {
                    let name = format!("r{round}w{writer}");
                    let change = ChangeSet {
                        expect: Some(Revision(round)),
                        ..put([facts(&format!("o:{name}"), vec![function(&name)], vec![])])
                    };
                    insist(&*store, change).await
                })
            })
            .collect();
        let mut won = 0;
        for task in tasks {
            match task.await.expect("the writer did not panic") {
                Ok(done) => {
                    assert_eq!(done.revision, Revision(round + 1));
                    won += 1;
                }
                Err(StoreError::Conflict { .. }) => {}
                Err(other) => panic!("neither won nor refused: {other}"),
            }
        }
        assert_eq!(won, 1);
    }
    assert_eq!(handles[0].snapshot().await.expect("reads").nodes.len(), 5);
}

/// A reader sees the state of one revision: all nodes of a commit or none, and it names the
/// revision they are of.
pub async fn a_reader_sees_whole_commits_while_another_writes(backend: &dyn Backend) {
    const NODES: usize = 150;
    const COMMITS: u64 = 25;
    let writer = backend.fresh().await;
    let reader = backend.second().await;
    let stop = Arc::new(AtomicBool::new(false));
    let watching = tokio::spawn({
        let stop = stop.clone();
        async move {
            let mut seen = BTreeSet::new();
            let mut looks = 0u32;
            loop {
                let last = stop.load(Ordering::SeqCst);
                let snapshot = reader.snapshot().await.expect("reads while another writes");
                let revision = snapshot.revision.0;
                let expected = if revision == 0 { 0 } else { NODES };
                assert_eq!(
                    snapshot.nodes.len(),
                    expected,
                    "half a commit at revision {revision}"
                );
                assert_eq!(
                    snapshot.edges.len(),
                    expected,
                    "half a commit at revision {revision}"
                );
                for node in &snapshot.nodes {
                    assert_eq!(node.line_start, Some(revision as u32), "two commits mixed");
                }
                seen.insert(revision);
                looks += 1;
                if last {
                    return (seen, looks);
                }
            }
        }
    });
    for revision in 1..=COMMITS {
        let names: Vec<String> = (0..NODES).map(|i| format!("f{i}")).collect();
        let nodes = names
            .iter()
            .map(|n| {
                let mut node = function(n);
                node.line_start = Some(revision as u32);
                node
            })
            .collect();
        let calls = (0..NODES)
            .map(|i| {
                let to = (i + revision as usize) % NODES;
                call(&names[i], &names[to], Rule::Local, revision as u32)
            })
            .collect();
        insist(&*writer, put([facts("o", nodes, calls)]))
            .await
            .expect("accepted");
    }
    stop.store(true, Ordering::SeqCst);
    let (seen, looks) = watching.await.expect("the reader saw no mixture");
    assert!(
        seen.contains(&COMMITS),
        "the last look is of the last revision"
    );
    assert!(looks >= 2, "the reader looked {looks} times");
}

/// A commit that was answered is visible to every handle at once.
pub async fn a_second_handle_sees_what_the_first_committed(backend: &dyn Backend) {
    let first = backend.fresh().await;
    let second = backend.second().await;
    for i in 1..=10 {
        let (writer, reader) = if i % 2 == 0 {
            (&first, &second)
        } else {
            (&second, &first)
        };
        let name = format!("f{i}");
        let change = put([facts(&format!("o:{i}"), vec![function(&name)], vec![])]);
        let done = insist(&**writer, change).await.expect("accepted");
        assert_eq!(reader.revision().await.expect("reads"), done.revision);
        assert_eq!(
            reader.node(&super::sym(&name)).await.expect("reads"),
            Some(function(&name))
        );
    }
}
