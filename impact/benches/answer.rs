//! The whole answer about one symbol, from the snapshot file on: one line a measure.
//! `RIPPLE_BENCH_NODES` and `RIPPLE_BENCH_EDGES` make the graph smaller.
#![allow(clippy::print_stdout)]

use ripple_graph_analysis::{Calibration, Csr, Stamp, synthetic};
use ripple_impact::{Question, Subject, answer};
use ripple_schemas::{ChangeKind, Key};
use serde_json::json;
use std::time::Instant;

fn main() {
    let size = |name: &str, default: u32| {
        std::env::var(name)
            .ok()
            .and_then(|v| v.parse().ok())
            .unwrap_or(default)
    };
    let (nodes, edges) = (
        size("RIPPLE_BENCH_NODES", 1_000_000),
        size("RIPPLE_BENCH_EDGES", 5_000_000),
    );
    let folder = std::env::temp_dir().join(format!("ripple-bench-answer-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let file = folder.join("graph.csr");
    Csr::build(&synthetic::graph(nodes, edges, 1), 7)
        .write(&file)
        .expect("the snapshot is written");

    let mut random = synthetic::Random(5);
    let mut took = Vec::new();
    let mut largest = (0, 0);
    for _ in 0..50 {
        let start = Instant::now();
        let csr = Csr::open(
            &file,
            Stamp {
                graph: 7,
                revision: 1,
            },
        )
        .expect("the snapshot opens");
        let key =
            Key::parse(csr.key(random.below(csr.node_count()))).expect("keys are well formed");
        let question = Question {
            repository: "synthetic",
            base: "base".into(),
            head: "base".into(),
            base_facts: &[],
            head_facts: &[],
            gone: &[],
            changed_paths: &[],
            texts: &[],
            subject: Subject::Node(key, ChangeKind::Body),
            phantoms: None,
            list: 1000,
            tests: 100,
            tests_apart: false,
            blind_spots: 100,
            rollout: json!(null),
            policy: json!(null),
        };
        let answer =
            answer(&csr, &Calibration::default(), &question).expect("the key is in the graph");
        took.push(start.elapsed());
        largest = largest.max((answer.impacted.len(), answer.tests.len()));
    }
    took.sort();
    println!(
        "answer, snapshot opened anew: p50 {:.1?}, p98 {:.1?}, at most {} impacted and {} tests listed",
        took[25], took[49], largest.0, largest.1
    );
    let _ = std::fs::remove_dir_all(&folder);
}
