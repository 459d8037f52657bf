//! Closures over a graph of 1 M nodes and 5 M edges: one line a measure.
//! `RIPPLE_BENCH_NODES` and `RIPPLE_BENCH_EDGES` make it smaller.
#![allow(clippy::print_stdout)]

use ripple_graph_analysis::travel::Weights;
use ripple_graph_analysis::{
    Calibration, Csr, Limits, Scratch, Source, Stamp, View, closure, synthetic,
};
use ripple_schemas::ChangeKind;
use std::time::{Duration, Instant};

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
    let built = Instant::now();
    let csr = Csr::build(&synthetic::graph(nodes, edges, 1), 7);
    println!(
        "build: {} nodes, {} edges in {:.1?} (with generation)",
        csr.node_count(),
        csr.edge_count(),
        built.elapsed()
    );

    let folder = std::env::temp_dir().join(format!("ripple-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a temporary folder");
    let path = folder.join("graph.csr");
    csr.write(&path).expect("the snapshot is written");
    drop(csr);
    let mut took: Vec<Duration> = Vec::new();
    let mut open = || {
        let start = Instant::now();
        let csr = Csr::open(
            &path,
            Stamp {
                graph: 7,
                revision: 1,
            },
        )
        .expect("the snapshot opens");
        took.push(start.elapsed());
        csr
    };
    for _ in 0..10 {
        open();
    }
    let csr = open();
    took.sort();
    println!(
        "open: p50 {:.1?}, at most {:.1?}, of {} MB",
        took[5],
        took[10],
        std::fs::metadata(&path).map_or(0, |m| m.len()) >> 20
    );

    let view = View::of(&csr);
    let weights = Weights::new(view.classes(), &Calibration::default());
    let mut scratch = Scratch::default();
    let mut random = synthetic::Random(99);
    let mut run = |limits: Limits, times: usize| {
        let (mut took, mut visited, mut found) = (Vec::new(), 0u64, 0usize);
        for _ in 0..times {
            let source = Source {
                node: random.below(csr.node_count()),
                change: ChangeKind::Body,
            };
            let start = Instant::now();
            let reached = closure(&view, &weights, &[source], limits, &mut scratch);
            took.push(start.elapsed());
            visited += reached.edges_visited;
            found += reached.nodes.len();
        }
        took.sort();
        let total: Duration = took.iter().sum();
        (
            took[times / 2],
            took[times * 99 / 100],
            total.as_nanos() as f64 / visited.max(1) as f64,
            visited / times as u64,
            found / times,
        )
    };
    run(Limits::top(1000), 50);
    let (p50, p99, _, visited, found) = run(Limits::top(1000), 2000);
    println!("top 1000: p50 {p50:.2?}, p99 {p99:.2?}, {visited} edges and {found} nodes a query");
    speed(
        "1,000 most probable, exact, p99",
        &format!("{:.2} ms", p99.as_secs_f64() * 1e3),
        "≤ 2 ms",
        p99 <= Duration::from_millis(2),
    );
    let (p50, p99, ns, visited, found) = run(Limits::WHOLE, 20);
    println!(
        "whole: {ns:.1} ns an edge, p50 {p50:.1?}, p99 {p99:.1?}, {visited} edges and {found} nodes a query"
    );
    speed(
        "the whole closure, an edge visited",
        &format!("{ns:.1} ns"),
        "≤ 30 ns",
        ns <= 30.0,
    );
    let _ = std::fs::remove_dir_all(&folder);
}

/// A row of the table that `cargo xtask bench` prints.
fn speed(measure: &str, figure: &str, reach: &str, met: bool) {
    let met = if met { "met" } else { "missed" };
    println!("speed: {measure} | {figure} | {reach} | {met}");
}
