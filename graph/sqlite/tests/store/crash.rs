//! A writer is killed at any moment: what it was told is done is there, and nothing half.

use crate::child::{self, Random};
use ripple_graph_core::conformance::{call, facts, function, model::Model, put};
use ripple_graph_core::{ChangeSet, GraphStore, Inbox, Offset, Outbox};
use ripple_graph_sqlite::SqliteStore;
use ripple_schemas::Rule;
use std::io::Write;
use std::time::Duration;

/// The change of a step, the same in the child and in the test. Steps differ in size by a
/// thousand, so that kills fall into small and into large transactions.
fn change(seed: u64, step: u64) -> ChangeSet {
    let mut random = Random(seed ^ step.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let size = [1, 3, 10, 100, 1500][random.below(5) as usize];
    let mut change = ChangeSet {
        inbox: Some(Inbox {
            consumer: "crash".into(),
            source: "test".into(),
            id: step.to_string(),
        }),
        outbox: vec![Outbox {
            partition_key: "k".into(),
            event: step.to_string(),
        }],
        offset: Some(Offset {
            group: "crash".into(),
            partition: 0,
            generation: 1,
            expected: step - 1,
            next: step,
        }),
        ..Default::default()
    };
    let mut owners: Vec<u64> = (0..=random.below(4)).map(|_| random.below(12)).collect();
    owners.sort_unstable();
    owners.dedup();
    for owner in owners {
        let name = format!("o:{owner:02}");
        if random.below(5) == 0 {
            change.remove.push(name);
            continue;
        }
        let own = |i: u64| format!("m{}.f{}", owner / 2, i);
        let nodes = (0..size)
            .map(|i| {
                let mut node = function(&own(i));
                node.line_start = Some(step as u32);
                node
            })
            .collect();
        let calls = (0..size)
            .map(|i| {
                let to = format!("m{}.f{}", random.below(6), random.below(size));
                call(&own(i), &to, Rule::Import, step as u32)
            })
            .collect();
        change.put.extend(put([facts(&name, nodes, calls)]).put);
    }
    // Every step moves the revision, so that step and revision are the same number.
    let marker = function(&format!("step{step}"));
    change.put.push(facts("o:step", vec![marker], vec![]));
    change
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "killed by a_killed_writer_loses_nothing_it_was_told_is_done"]
async fn writer() {
    let (file, seed) = child::told();
    let store = SqliteStore::open(file).unwrap();
    let mut step = store.revision().await.unwrap().0;
    loop {
        step += 1;
        let done = store.commit(change(seed, step)).await.unwrap();
        assert_eq!(done.revision.0, step);
        child::say(&step.to_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_writer_loses_nothing_it_was_told_is_done() {
    let kills: u64 =
        std::env::var("RIPPLE_CRASH_KILLS").map_or(15, |n| n.parse().expect("a number"));
    let seed = child::seed("RIPPLE_CRASH_SEED");
    writeln!(std::io::stderr(), "RIPPLE_CRASH_SEED={seed}, {kills} kills").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("ripple.db");
    let mut random = Random(seed);
    let mut model = Model::default();
    let (mut at, mut ended_by_kill, mut told_in_all, mut ahead) = (0, 0, 0, 0);
    for kill in 0..kills {
        let running = child::start("crash::writer", &file, seed);
        // Some are killed while they open the file, most while they write.
        if kill % 5 != 0 {
            running.hear();
        }
        std::thread::sleep(Duration::from_micros(random.below(120_000)));
        let (status, said) = running.kill();
        ended_by_kill += u64::from(status.code().is_none());
        let told = said.last().map_or(at, |n| n.parse().unwrap());
        told_in_all += said.len();

        let store = SqliteStore::open(&file).unwrap();
        let now = store.revision().await.unwrap().0;
        assert!(
            now >= told,
            "told {told}, found {now} (seed {seed}, kill {kill})"
        );
        assert!(now >= at, "the store went back from {at} to {now}");
        ahead += u64::from(now > told);
        for step in at + 1..=now {
            model.apply(&change(seed, step));
        }
        at = now;
        let (found, expected) = (store.snapshot().await.unwrap(), model.snapshot());
        assert!(
            found.nodes == expected.nodes && found.edges == expected.edges,
            "not the state of revision {now} (seed {seed}, kill {kill})"
        );
        let ledger = store
            .query(
                "SELECT (SELECT count(*) FROM inbox), (SELECT count(*) FROM outbox),
                   (SELECT coalesce(sum(position), 0) FROM consumer_offset)",
                1,
            )
            .await
            .unwrap();
        assert_eq!(
            ledger.rows,
            [[now, now, now]],
            "inbox, outbox and offset of revision {now}"
        );
        assert_eq!(store.check(false).await.unwrap().damage, []);
    }
    writeln!(
        std::io::stderr(),
        "{ended_by_kill} kills, {at} commits, {ahead} of them done but not yet told"
    )
    .unwrap();
    assert_eq!(
        ended_by_kill, kills,
        "every child was killed, none ended by itself"
    );
    assert!(
        at >= kills / 2 && told_in_all > 0,
        "the children worked: {at} commits"
    );
}
