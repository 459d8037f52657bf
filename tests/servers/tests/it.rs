//! The server is real, and never outlives who wanted it.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BIN: &str = env!("CARGO_BIN_EXE_neo4j-server");

struct Held {
    holder: Child,
    uri: String,
    browser: String,
    pid: u32,
    run: PathBuf,
}

/// A process that holds a server, as a test run does.
fn hold() -> Held {
    let mut holder = Command::new(BIN)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    let mut line = || lines.next().expect("a server started").unwrap();
    Held {
        uri: line(),
        browser: line(),
        pid: line().parse().unwrap(),
        run: line().into(),
        holder,
    }
}

fn alive(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

fn within(seconds: u64, what: &str, done: impl Fn() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(
            started.elapsed() < Duration::from_secs(seconds),
            "not within {seconds} s: {what}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn kill(pid: u32) {
    let status = Command::new("kill")
        .args(["-9", &pid.to_string()])
        .status()
        .unwrap();
    assert!(status.success());
}

fn get(url: &str) -> String {
    let (host, path) = url
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_server_answers_and_is_gone_when_its_holder_lets_go() {
    let mut held = hold();
    assert!(alive(held.pid));
    assert!(held.uri.starts_with("neo4j://neo4j:") && !held.uri.contains(":neo4j@"));
    assert!(
        get(&held.browser).contains("200 OK"),
        "Neo4j Browser is served"
    );
    drop(held.holder.stdin.take());
    assert!(held.holder.wait().unwrap().success());
    assert!(!alive(held.pid) && !held.run.exists());
}

#[test]
fn a_server_dies_with_a_holder_that_is_killed() {
    let mut held = hold();
    held.holder.kill().unwrap();
    held.holder.wait().unwrap();
    within(20, "the server is gone", || !alive(held.pid));
    within(20, "its folder is gone", || !held.run.exists());
}

#[test]
fn a_server_whose_supervisor_was_killed_too_is_swept() {
    let mut held = hold();
    let supervisor = fs::read_to_string(held.run.join("supervisor.pid")).unwrap();
    kill(supervisor.trim().parse().unwrap());
    held.holder.kill().unwrap();
    held.holder.wait().unwrap();
    // Whoever starts a server next sweeps, another test of this binary too.
    // A killed supervisor is gone a moment later only, so one sweep may find it still there.
    within(20, "the server is gone", || {
        ripple_tests_servers::sweep();
        !alive(held.pid)
    });
    within(20, "its folder is gone", || !held.run.exists());
}

/// A folder of programs to be the whole PATH.
fn programs(programs: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, script) in programs {
        let file = folder.path().join(name);
        fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
    }
    folder
}

fn start_with(path: &Path, cache: &Path) -> Command {
    let mut command = Command::new(BIN);
    command
        .env("PATH", path)
        .env("RIPPLE_CACHE", cache)
        .env_remove("JAVA_HOME");
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command
}

const JAVA_17: (&str, &str) = ("java", "echo 'openjdk version \"17.0.1\"' >&2; exit 3");

#[test]
fn what_is_missing_is_named() {
    let cache = tempfile::tempdir().unwrap();
    let old = ("java", "echo 'java version \"11.0.2\"' >&2");
    for (path, expected) in [
        (programs(&[]), "needs Java 17 or newer"),
        (programs(&[old]), "is Java 11"),
        (programs(&[JAVA_17]), "needs Maven"),
    ] {
        let told = start_with(path.path(), cache.path()).output().unwrap();
        let text = String::from_utf8_lossy(&told.stderr).into_owned();
        assert_eq!(told.status.code(), Some(4), "{text}");
        assert!(
            text.contains(expected) && text.contains("install it"),
            "{text}"
        );
    }
}

#[test]
fn a_download_that_is_killed_leaves_nothing_half() {
    let cache = tempfile::tempdir().unwrap();
    let servers = cache.path().join("servers");
    let into = "for a in \"$@\"; do case $a in -DoutputDirectory=*) to=${a#*=};; esac; done";
    let half = programs(&[
        JAVA_17,
        (
            "mvn",
            &format!("{into}; : > \"$to/half.jar\"; : > \"$to/ready\"; exec /bin/sleep 3"),
        ),
    ]);
    let mut killed = start_with(half.path(), cache.path()).spawn().unwrap();
    let inside = |name: &str| {
        let folders = fs::read_dir(&servers).into_iter().flatten().flatten();
        folders.filter(|f| f.path().join(name).exists()).count()
    };
    within(20, "the download began", || inside("ready") == 1);
    killed.kill().unwrap();
    killed.wait().unwrap();
    let whole = || {
        let names = fs::read_dir(&servers)
            .unwrap()
            .flatten()
            .map(|f| f.file_name());
        names
            .filter(|n| !n.to_string_lossy().contains("download"))
            .count()
    };
    assert_eq!(whole(), 0);
    let good = programs(&[JAVA_17, ("mvn", &format!("{into}; : > \"$to/good.jar\""))]);
    let told = start_with(good.path(), cache.path()).output().unwrap();
    let text = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(
        text.contains("it ended with exit code 3"),
        "the download was taken: {text}"
    );
    assert_eq!((whole(), inside("good.jar"), inside("half.jar")), (1, 1, 0));
}
