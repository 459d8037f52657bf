//! This test binary, run again as a child that can be killed.
//!
//! A child runs one ignored test, told by environment variables what to do, and says on stdout how
//! far it came.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// A running child and the lines it said.
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
}

/// Starts the ignored test `name` on a file.
pub(crate) fn start(name: &str, file: &Path, seed: u64) -> Running {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args([
        "--exact",
        name,
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]);
    run(command, file, seed)
}

/// [`start`] where no file may grow over `blocks` of 512 bytes: a disk that fills up.
pub(crate) fn start_limited(name: &str, file: &Path, blocks: u32) -> Running {
    let mut command = Command::new("sh");
    // The signal would kill the child before it sees the error.
    command.args([
        "-c",
        &format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" \"$@\""),
    ]);
    command.arg(std::env::current_exe().unwrap());
    command.args([
        "--exact",
        name,
        "--ignored",
        "--nocapture",
        "--test-threads=1",
    ]);
    run(command, file, 0)
}

fn run(mut command: Command, file: &Path, seed: u64) -> Running {
    command
        .env("RIPPLE_CHILD_FILE", file)
        .env("RIPPLE_CHILD_SEED", seed.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit());
    let mut child = command.spawn().unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let (send, lines) = channel();
    std::thread::spawn(move || {
        for line in out.lines().map_while(Result::ok) {
            // libtest writes `test name ... ` before the first line, without an end.
            if let Some((_, said)) = line.split_once("child: ") {
                let _ = send.send(said.to_owned());
            }
        }
    });
    Running { child, lines }
}

impl Running {
    /// The next thing it says, within 30 s.
    pub(crate) fn hear(&self) -> String {
        self.lines
            .recv_timeout(Duration::from_secs(30))
            .expect("the child says something")
    }

    /// Kills it with SIGKILL; how it ended, and what it had said.
    pub(crate) fn kill(mut self) -> (ExitStatus, Vec<String>) {
        let _ = self.child.kill();
        self.end()
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> (ExitStatus, Vec<String>) {
        let status = self.child.wait().unwrap();
        (status, self.lines.iter().collect())
    }
}

/// In the child: says something.
pub(crate) fn say(what: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "child: {what}").unwrap();
    out.flush().unwrap();
}

/// In the child: the file and the seed it was started with.
pub(crate) fn told() -> (std::path::PathBuf, u64) {
    let file = std::env::var_os("RIPPLE_CHILD_FILE").expect("only another test starts this one");
    let seed = std::env::var("RIPPLE_CHILD_SEED").unwrap().parse().unwrap();
    (file.into(), seed)
}

/// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}

/// The seed in the environment; else the same one always, so that what lands is what was tried.
/// `cargo xtask soak` (RIPPLE_SOAK) looks for new ones.
pub(crate) fn seed(variable: &str) -> u64 {
    match std::env::var(variable) {
        Ok(seed) => seed.parse().expect("a number"),
        Err(_) if std::env::var_os("RIPPLE_SOAK").is_some() => {
            std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64
        }
        Err(_) => 20_261_121,
    }
}
