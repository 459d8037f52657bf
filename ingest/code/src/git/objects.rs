//! Reads blobs through `git cat-file --batch`, bounded in size.

use super::GitError;
use super::command::Git;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::Mutex;

/// What an object id led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Blob {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// Over the limit: its size.
    TooLarge(u64),
    /// Not in this clone: a partial clone, or a damaged one.
    Missing,
}

/// One `git cat-file --batch`.
struct Reader {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Reader {
    fn start(git: &Git) -> Result<Self, GitError> {
        let mut child = git.converse(&["cat-file", "--batch"])?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(broken("no pipes"));
        };
        Ok(Self {
            child,
            stdin: Some(stdin),
            stdout: BufReader::with_capacity(1 << 16, stdout),
        })
    }

    /// `None` where git ended instead of answering.
    fn read(&mut self, oid: &str, limit: u64) -> Result<Option<Blob>, GitError> {
        let io = |e: std::io::Error| broken(&e.to_string());
        let stdin = self.stdin.as_mut().ok_or_else(|| broken("closed"))?;
        stdin.write_all(format!("{oid}\n").as_bytes()).map_err(io)?;
        stdin.flush().map_err(io)?;
        let mut header = String::new();
        if self.stdout.read_line(&mut header).map_err(io)? == 0 {
            return Ok(None);
        }
        let header = header.trim_end();
        if header.ends_with(" missing") {
            return Ok(Some(Blob::Missing));
        }
        let size: u64 = header
            .rsplit(' ')
            .next()
            .and_then(|s| s.parse().ok())
            .ok_or_else(|| broken(&format!("header `{header}`")))?;
        if size > limit {
            std::io::copy(&mut (&mut self.stdout).take(size + 1), &mut std::io::sink())
                .map_err(io)?;
            return Ok(Some(Blob::TooLarge(size)));
        }
        let mut bytes = vec![0; size as usize + 1];
        self.stdout.read_exact(&mut bytes).map_err(io)?;
        bytes.pop();
        Ok(Some(Blob::Bytes(bytes)))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // Closing its input ends it; killing makes sure.
        self.stdin = None;
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A few readers, shared by threads.
pub struct Blobs {
    git: Git,
    idle: Mutex<Vec<Reader>>,
}

impl Blobs {
    pub(crate) fn new(git: Git) -> Self {
        Self {
            git,
            idle: Mutex::new(Vec::new()),
        }
    }

    /// Reads one blob by its id.
    ///
    /// # Errors
    /// Git could not be started or its answer was not understood.
    pub fn read(&self, oid: &str, limit: u64) -> Result<Blob, GitError> {
        let idle = self.idle.lock().ok().and_then(|mut idle| idle.pop());
        let mut reader = match idle {
            Some(reader) => reader,
            None => Reader::start(&self.git)?,
        };
        let Some(blob) = reader.read(oid, limit)? else {
            // Git gives up altogether on an object that a partial clone left out, or that is
            // damaged; the next reader starts afresh.
            return Ok(Blob::Missing);
        };
        if let Ok(mut idle) = self.idle.lock() {
            idle.push(reader);
        }
        Ok(blob)
    }
}

fn broken(why: &str) -> GitError {
    GitError::Unexpected {
        command: "cat-file --batch".to_owned(),
        why: why.to_owned(),
    }
}
