//! Runs a server so that it never outlives the process that wants it.
//!
//! A small shell stands between: it starts the server, then reads a pipe whose other end only we
//! hold. The pipe ends when we close it or die, kill -9 included; then the shell kills the server
//! and removes its folder. Should the shell itself be killed, the next start sweeps what is left.

use crate::ServerError;
use std::ffi::OsStr;
use std::fs;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// `$1` is the run folder, the rest the server's command line.
const SCRIPT: &str = r#"
run=$1; shift
echo $$ > "$run/supervisor.pid"
( "$@" </dev/null >"$run/console.log" 2>&1 & echo $! >"$run/server.new"
  mv "$run/server.new" "$run/server.pid"; wait $!; echo $? >"$run/exit" ) &
while read -r _; do :; done
tries=0
while [ ! -s "$run/server.pid" ] && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries+1)); done
kill -9 "$(cat "$run/server.pid")" 2>/dev/null
wait
rm -rf "$run"
"#;

/// A running server and its folder.
pub(crate) struct Supervised {
    shell: Child,
    run: PathBuf,
}

/// A new folder for one run of a server.
pub(crate) fn run_folder(server: &str) -> Result<TempDir, ServerError> {
    let all = runs();
    fs::create_dir_all(&all).map_err(ServerError::file(&all))?;
    tempfile::Builder::new()
        .prefix(&format!("{server}-"))
        .tempdir_in(&all)
        .map_err(ServerError::file(all))
}

fn runs() -> PathBuf {
    std::env::temp_dir().join("ripple-servers")
}

impl Supervised {
    /// Starts a command; the folder is the supervisor's from now on.
    pub(crate) fn start(
        run: TempDir,
        program: &Path,
        args: &[impl AsRef<OsStr>],
    ) -> Result<Self, ServerError> {
        let run = run.keep();
        let shell = Command::new("/bin/sh")
            .args(["-c", SCRIPT, "ripple-server-supervisor"])
            .arg(&run)
            .arg(program)
            .args(args)
            .current_dir(&run)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A Ctrl-C in the terminal is for us; the pipe tells the supervisor.
            .process_group(0)
            .spawn()
            .map_err(ServerError::file("/bin/sh"))?;
        Ok(Self { shell, run })
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.run
    }

    /// The server's process id, once it has one.
    pub(crate) fn pid(&self) -> Option<u32> {
        read_pid(&self.run.join("server.pid"))
    }

    /// The server's exit code where it ended by itself.
    pub(crate) fn ended(&mut self) -> Option<String> {
        if let Ok(Some(status)) = self.shell.try_wait() {
            return Some(format!("its supervisor ended ({status})"));
        }
        let code = fs::read_to_string(self.run.join("exit")).ok()?;
        Some(format!("it ended with exit code {}", code.trim()))
    }

    /// The last lines the server wrote.
    pub(crate) fn log(&self) -> String {
        let text = fs::read(self.run.join("console.log")).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }
}

/// Kills servers whose supervisor was killed, and removes the folders of dead ones. Gives the
/// folders it removed. A live server with a live supervisor is someone's, and left alone.
pub fn sweep() -> Vec<PathBuf> {
    let mut swept = Vec::new();
    for entry in fs::read_dir(runs()).into_iter().flatten().flatten() {
        let run = entry.path();
        let Some(supervisor) = read_pid(&run.join("supervisor.pid")) else {
            continue;
        };
        if belongs(supervisor, &run) {
            continue;
        }
        if let Some(server) = read_pid(&run.join("server.pid"))
            && belongs(server, &run)
        {
            let _ = Command::new("/bin/kill")
                .args(["-9", &server.to_string()])
                .status();
            // It may write until it is really gone.
            for _ in 0..200 {
                if !belongs(server, &run) {
                    break;
                }
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        }
        if fs::remove_dir_all(&run).is_ok() {
            swept.push(run);
        }
    }
    swept
}

/// Whether the process lives and its command line names the folder: process ids are used again.
fn belongs(pid: u32, run: &Path) -> bool {
    use std::os::unix::ffi::OsStrExt;
    let needle = run.as_os_str().as_bytes();
    match fs::read(format!("/proc/{pid}/cmdline")) {
        Ok(line) => line.windows(needle.len()).any(|w| w == needle),
        Err(_) => !Path::new("/proc/self").exists() && alive(pid),
    }
}

pub(crate) fn alive(pid: u32) -> bool {
    if Path::new("/proc/self").exists() {
        return Path::new(&format!("/proc/{pid}")).exists();
    }
    let mut kill = Command::new("/bin/kill");
    kill.args(["-0", &pid.to_string()]).stderr(Stdio::null());
    kill.status().is_ok_and(|s| s.success())
}

fn read_pid(file: &Path) -> Option<u32> {
    fs::read_to_string(file).ok()?.trim().parse().ok()
}
