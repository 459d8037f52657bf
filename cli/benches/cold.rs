//! The real binary, whole process, as a person runs it: `ripple impact` on a graph of 1 M nodes and
//! 5 M edges, and `ripple ingest` on a repository of real sources.
//!
//! `RIPPLE_BENCH_NODES` and `RIPPLE_BENCH_EDGES` make the graph smaller. `RIPPLE_BENCH_REPOSITORY`
//! names a repository to ingest, and nothing else is measured; by default Python's standard library is
//! made into one. Lines that
//! start with `speed:` are rows of the table that `cargo xtask bench` prints.
#![allow(missing_docs, clippy::print_stdout)]

use ripple_graph_analysis::synthetic;
use ripple_graph_core::{ChangeSet, GraphStore};
use ripple_graph_sqlite::SqliteStore;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    if let Some(repository) = std::env::var_os("RIPPLE_BENCH_REPOSITORY") {
        return ingest(Path::new(&repository), folder.path());
    }
    impact(&folder.path().join("synthetic"));
    if let Some(repository) = python(&folder.path().join("python")) {
        ingest(&repository, folder.path());
    }
}

fn size(name: &str, default: u32) -> u32 {
    let set = std::env::var(name).ok();
    set.and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// A repository whose graph is there already: one commit, and the store that it stands for.
fn impact(root: &Path) {
    let (nodes, edges) = (
        size("RIPPLE_BENCH_NODES", 1_000_000),
        size("RIPPLE_BENCH_EDGES", 5_000_000),
    );
    repository(root, |root| {
        std::fs::write(root.join("ripple.toml"), "name = \"synthetic\"\n").expect("a file");
    });
    let graph = synthetic::graph(nodes, edges, 1);
    let keys: Vec<String> = graph.nodes.iter().map(|n| n.key.to_string()).collect();
    let relationships = graph.edges.len();
    let put = synthetic::owners(&graph);
    drop(graph);
    std::fs::create_dir_all(root.join(".ripple")).expect("a folder");
    let file = root.join(".ripple/ripple.db");
    // Ripple itself says which commit the graph stands for; the rest is laid beside what it read.
    timed(ripple(root).arg("ingest"));
    let loaded = Instant::now();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let store = SqliteStore::open(&file).expect("the store opens");
        let change = ChangeSet {
            put,
            ..ChangeSet::default()
        };
        store.commit(change).await.expect("the graph is stored");
    });
    drop(runtime);
    println!(
        "stored {relationships} relationships in {:.1?}",
        loaded.elapsed()
    );
    let bytes: u64 = std::fs::metadata(&file).map_or(0, |m| m.len());
    let each = bytes as f64 / relationships as f64;
    speed(
        "bytes a relationship on disk, SQLite",
        &format!("{each:.0}"),
        "≤ 200",
        each <= 200.0,
    );

    let mut random = synthetic::Random(5);
    let mut ask = |format: &str| {
        // A symbol: owners and files are asked about less.
        let key = loop {
            let key = &keys[random.below(keys.len() as u32) as usize];
            if key.starts_with("sym:") {
                break key;
            }
        };
        let mut command = ripple(root);
        command.args(["impact", "--format", format, "--symbol", key]);
        timed(&mut command)
    };
    println!("the first run builds the snapshot: {:.1?}", ask("text"));
    for (format, times) in [("text", 60), ("json", 20)] {
        let mut took: Vec<Duration> = (0..times).map(|_| ask(format)).collect();
        took.sort();
        let (p50, p95) = (took[times / 2], took[times * 95 / 100]);
        println!(
            "impact --format {format}: p50 {p50:.1?}, p95 {p95:.1?}, at most {:.1?}",
            took[times - 1]
        );
        if format == "text" {
            speed(
                "`ripple impact` cold, whole process, p50 (p95)",
                &format!("{} ({}) ms", p50.as_millis(), p95.as_millis()),
                "≤ 150 ms",
                p50 <= Duration::from_millis(150),
            );
        }
    }
}

/// Reads a repository of real sources into an empty store, then again with nothing changed.
fn ingest(repository: &Path, folder: &Path) {
    let store = format!("sqlite:{}", folder.join("ingest.db").display());
    let mut command = ripple(repository);
    command.args(["ingest", "--full", "--store", &store]);
    let started = Instant::now();
    let mut child = command.spawn().expect("the binary runs");
    let mut peak = 0;
    let status = loop {
        peak = peak.max(peak_kib(child.id()).unwrap_or(0));
        match child.try_wait() {
            Ok(Some(status)) => break status,
            _ => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    assert!(status.success(), "`ripple ingest` failed: {status}");
    let took = started.elapsed();
    let lines = lines(repository);
    let each = peak as f64 / 1024.0 / (lines as f64 / 1e6);
    println!(
        "ingest: {lines} lines in {took:.1?}, at most {} MB",
        peak >> 10
    );
    speed(
        "peak memory of a full ingest, MB a million lines",
        &format!("{each:.0}"),
        "≤ 250",
        each <= 250.0,
    );
    // Each is run once unmeasured.
    let median = |command: &mut dyn FnMut() -> Command| {
        let mut took: Vec<Duration> = (0..21).map(|_| timed(&mut command())).skip(1).collect();
        took.sort();
        took[took.len() / 2]
    };
    let ours = median(&mut || {
        let mut command = ripple(repository);
        command.args(["ingest", "--store", &store]);
        command
    });
    let theirs = median(&mut || git(repository, &["status"]));
    let ratio = ours.as_secs_f64() / theirs.as_secs_f64();
    println!("nothing changed: ingest {ours:.1?}, git status {theirs:.1?}");
    speed(
        "`ripple ingest` with nothing changed, over `git status`",
        &format!("{ratio:.2}"),
        "≤ 2",
        ratio <= 2.0,
    );
}

fn speed(measure: &str, figure: &str, reach: &str, met: bool) {
    let met = if met { "met" } else { "missed" };
    println!("speed: {measure} | {figure} | {reach} | {met}");
}

fn ripple(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ripple"));
    command.current_dir(root).stdout(Stdio::null());
    command.stderr(Stdio::null());
    command
}

fn timed(command: &mut Command) -> Duration {
    let started = Instant::now();
    let status = command.stdout(Stdio::null()).status();
    let took = started.elapsed();
    assert!(
        status.is_ok_and(|s| s.success()),
        "{command:?} did not succeed"
    );
    took
}

/// The most memory that a process has had so far; Linux tells.
fn peak_kib(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}

/// Python's standard library as a repository; `None` where there is no Python.
fn python(root: &Path) -> Option<PathBuf> {
    let said = Command::new("python3")
        .args([
            "-c",
            "import sysconfig; print(sysconfig.get_path('stdlib'))",
        ])
        .output()
        .ok()?;
    let library = PathBuf::from(String::from_utf8(said.stdout).ok()?.trim());
    if !library.is_dir() {
        println!("there is no python3; name a repository in RIPPLE_BENCH_REPOSITORY");
        return None;
    }
    repository(root, |root| copy(&library, root));
    Some(root.to_path_buf())
}

/// The Python files under a folder, without what was installed beside the library.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).into_iter().flatten().flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() && name != "site-packages" && name != "dist-packages" {
            copy(&path, &to.join(name));
        } else if kind.is_file() && path.extension().is_some_and(|e| e == "py") {
            // One that cannot be read is left out.
            let _ = std::fs::copy(&path, to.join(name));
        }
    }
}

/// Lines of all the files that git knows.
fn lines(root: &Path) -> usize {
    let said = git(root, &["ls-files", "-z"]).output().expect("git runs");
    let names = String::from_utf8_lossy(&said.stdout).into_owned();
    names
        .split('\0')
        .filter_map(|name| std::fs::read(root.join(name)).ok())
        .map(|bytes| bytes.iter().filter(|b| **b == b'\n').count())
        .sum()
}

/// A git repository with one commit of what `fill` puts there.
fn repository(root: &Path, fill: impl FnOnce(&Path)) {
    std::fs::create_dir_all(root).expect("a folder");
    fill(root);
    for args in [
        &["init", "--quiet", "--initial-branch=main"][..],
        &["add", "--all"],
        &["commit", "--quiet", "--message", "all of it"],
    ] {
        timed(&mut git(root, args));
    }
}

fn git(root: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.current_dir(root).args(args);
    for (name, value) in [
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_CONFIG_SYSTEM", "/dev/null"),
        ("GIT_AUTHOR_NAME", "Bench"),
        ("GIT_AUTHOR_EMAIL", "bench@example.org"),
        ("GIT_COMMITTER_NAME", "Bench"),
        ("GIT_COMMITTER_EMAIL", "bench@example.org"),
    ] {
        command.env(name, value);
    }
    command
}
