//! A writer is killed at any moment: what it was told is done is there, and nothing half.

use crate::server::Server;
use ripple_graph_core::conformance::{call, facts, function, model::Model, put};
use ripple_graph_core::{ChangeSet, GraphStore, Inbox, Offset, Outbox};
use ripple_graph_neo4j::{Neo4jStore, Options};
use ripple_schemas::Rule;
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

/// The change of a step, the same in the child and in the test.
fn change(seed: u64, step: u64) -> ChangeSet {
    let mut random = Random(seed ^ step.wrapping_mul(0x2545_f491_4f6c_dd1d));
    let size = [1, 3, 10, 100, 400][random.below(5) as usize];
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
        let nodes = (0..size).map(|i| {
            let mut node = function(&own(i));
            node.line_start = Some(step as u32);
            node
        });
        let nodes = nodes.collect();
        let calls = (0..size).map(|i| {
            let to = format!("m{}.f{}", random.below(6), random.below(size));
            call(&own(i), &to, Rule::Import, step as u32)
        });
        let calls = calls.collect();
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
    let told = |name: &str| std::env::var(name).expect("only another test starts this one");
    let seed = told("RIPPLE_CHILD_SEED").parse().unwrap();
    let options = Options {
        large: told("RIPPLE_CHILD_LARGE").parse().unwrap(),
        ..Options::default()
    };
    let store = Neo4jStore::connect_with(&told("RIPPLE_CHILD_URI"), options)
        .await
        .unwrap();
    let mut step = store.revision().await.unwrap().0;
    loop {
        step += 1;
        let done = store.commit(change(seed, step)).await.unwrap();
        assert_eq!(done.revision.0, step);
        let mut out = std::io::stdout().lock();
        writeln!(out, "child: {step}").unwrap();
        out.flush().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_writer_loses_nothing_it_was_told_is_done() {
    let kills: u64 =
        std::env::var("RIPPLE_NEO4J_KILLS").map_or(5, |n| n.parse().expect("a number"));
    // The same seed on every landing; the soak looks for new ones.
    let seed = match std::env::var("RIPPLE_CRASH_SEED") {
        Ok(seed) => seed.parse().expect("a number"),
        Err(_) if std::env::var_os("RIPPLE_SOAK").is_some() => {
            std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64
        }
        Err(_) => 20_261_121,
    };
    writeln!(std::io::stderr(), "RIPPLE_CRASH_SEED={seed}, {kills} kills").unwrap();
    let server = Server::take().await;
    let store = server.open().await;
    let mut random = Random(seed);
    let mut model = Model::default();
    let (mut at, mut told_in_all, mut by_kill) = (0, 0, 0);
    for kill in 0..kills {
        // Every other writer commits by pieces.
        let large = if kill % 2 == 0 { 200_000 } else { 50 };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::writer", "--ignored", "--nocapture"])
            .env("RIPPLE_CHILD_URI", &server.turn.uri)
            .env("RIPPLE_CHILD_SEED", seed.to_string())
            .env("RIPPLE_CHILD_LARGE", large.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = channel();
        std::thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                // libtest writes `test name ... ` before the first line, without an end.
                if let Some((_, said)) = line.split_once("child: ") {
                    let _ = send.send(said.parse::<u64>().unwrap());
                }
            }
        });
        let first = lines.recv_timeout(Duration::from_secs(120));
        std::thread::sleep(Duration::from_micros(random.below(400_000)));
        child.kill().unwrap();
        by_kill += u64::from(child.wait().unwrap().code().is_none());
        let said: Vec<u64> = first.into_iter().chain(lines.iter()).collect();
        told_in_all += said.len();
        let told = said.last().copied().unwrap_or(at);

        // What the writer had sent before it died may still be on its way in.
        let mut now = store.revision().await.unwrap().0;
        loop {
            tokio::time::sleep(Duration::from_millis(200)).await;
            match std::mem::replace(&mut now, store.revision().await.unwrap().0) {
                before if before == now => break,
                _ => {}
            }
        }
        assert!(
            now >= told,
            "told {told}, found {now} (seed {seed}, kill {kill})"
        );
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
                "MATCH (o:RippleOffset) WITH sum(o.position) AS position
                 MATCH (i:RippleInbox) WITH position, count(i) AS inbox
                 MATCH (o:RippleOutbox) RETURN inbox, count(o) AS outbox, position",
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
    assert_eq!(
        by_kill, kills,
        "every child was killed, none ended by itself"
    );
    assert!(
        at >= kills && told_in_all > 0,
        "the children worked: {at} commits"
    );
}
