//! `cargo run --release -p ripple-graph-sqlite --example load -- FILES`: how fast and how large.
//!
//! Commits a synthetic repository of FILES files (20 functions and 100 relationships each) at once,
//! then replaces one file many times, and prints one JSON object of figures.

#[path = "../tests/store/synthetic.rs"]
mod synthetic;

use ripple_graph_core::{ChangeSet, GraphStore};
use ripple_graph_sqlite::SqliteStore;
use std::io::Write;
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let files: u64 = std::env::args().nth(1).map_or(Ok(10_000), |n| n.parse())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()?;
    let figures = runtime.block_on(measure(files))?;
    writeln!(std::io::stdout(), "{figures:#}")?;
    Ok(())
}

async fn measure(files: u64) -> Result<serde_json::Value, Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("ripple.db");
    let store = SqliteStore::open(&file)?;
    let mut state = 1u64;
    let mut random = move || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        state >> 16
    };
    let put: Vec<_> = (0..files)
        .map(|file| synthetic::owner(file, files, &mut random))
        .collect();
    let change = ChangeSet {
        put,
        ..Default::default()
    };
    let rows = change.rows();
    let began = Instant::now();
    store.commit(change).await?;
    let commit = began.elapsed();

    let began = Instant::now();
    let snapshot = store.snapshot().await?;
    let scan = began.elapsed();
    let edges = snapshot.edges.len();
    drop(snapshot);

    let began = Instant::now();
    let again = SqliteStore::open(&file)?;
    again.revision().await?;
    let open = began.elapsed();
    drop(again);

    let mut one = Vec::new();
    for turn in 0..400 {
        let mut facts = synthetic::owner(turn * 31 % files, files, &mut random);
        facts.digest = u64::MAX - turn;
        let began = Instant::now();
        store
            .commit(ChangeSet {
                put: vec![facts],
                ..Default::default()
            })
            .await?;
        one.push(began.elapsed());
    }
    one.sort_unstable();
    drop(store);
    let bytes = std::fs::metadata(&file)?.len();
    Ok(serde_json::json!({
        "rows": rows,
        "edges": edges,
        "bytes_an_edge": bytes as f64 / edges as f64,
        "commit_s": commit.as_secs_f64(),
        "commit_rows_a_second": rows as f64 / commit.as_secs_f64(),
        "snapshot_s": scan.as_secs_f64(),
        "open_ms": open.as_secs_f64() * 1e3,
        "one_file_median_ms": one[one.len() / 2].as_secs_f64() * 1e3,
        "one_file_p99_ms": one[one.len() * 99 / 100].as_secs_f64() * 1e3,
    }))
}
