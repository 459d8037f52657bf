//! Recent history: commits, who made them, and which files change together.
//!
//! Goes in: a commit. Comes out: at most a bounded number of commits before it, newest first.
//! Never reads a patch; merges say nothing of their own.

use crate::git::{GitError, RepoPath, Repository};
use rustc_hash::FxHashMap;

/// Recent commits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// Newest first, without merges.
    pub commits: Vec<Commit>,
    /// True where older commits exist that were not read (the bound, or a shallow clone).
    pub truncated: bool,
}

/// One commit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Commit {
    pub id: String,
    /// Seconds since 1970.
    pub time: i64,
    pub email: String,
    pub author: String,
    pub subject: String,
    /// Files added, changed or removed; empty where there were too many to mean anything.
    pub paths: Vec<String>,
}

/// Two files that change together.
#[derive(Clone, Debug, PartialEq)]
pub struct CoChange {
    /// The file whose changes were counted.
    pub from: String,
    /// The file that changed with it.
    pub to: String,
    /// Commits that changed both.
    pub support: u32,
    /// `support` over the commits that changed `from`.
    pub confidence: f64,
    /// The newest of those commits, at most eight.
    pub commits: Vec<String>,
}

/// A commit that touches more files is a sweep, and shows no coupling.
const SWEEP: usize = 50;
/// Two files must have changed together this often.
const MIN_SUPPORT: u32 = 3;
/// And in this share of the changes of the first.
const MIN_CONFIDENCE: f64 = 0.4;
/// At most this many companions a file.
const MAX_COMPANIONS: usize = 10;

/// Reads at most `limit` commits that `tip` stands on.
///
/// # Errors
/// Git failed.
pub fn read(repository: &Repository, tip: &str, limit: usize) -> Result<History, GitError> {
    if limit == 0 {
        return Ok(History {
            commits: Vec::new(),
            truncated: true,
        });
    }
    let git = repository.git();
    let count = format!("--max-count={}", limit + 1);
    let ids = git.run(&["rev-list", "--no-merges", &count, tip])?;
    let lines: Vec<&[u8]> = ids
        .split(|&b| b == b'\n')
        .filter(|l| !l.is_empty())
        .collect();
    let truncated = lines.len() > limit || repository.is_shallow();
    let mut wanted = Vec::new();
    for line in lines.iter().take(limit) {
        wanted.extend_from_slice(line);
        wanted.push(b'\n');
    }
    if wanted.is_empty() {
        return Ok(History {
            commits: Vec::new(),
            truncated,
        });
    }
    // diff-tree is plumbing: no textconv, no external diff, no signature check, no mailmap.
    let out = git.pipe(
        &[
            "diff-tree",
            "--stdin",
            "-r",
            "-z",
            "--root",
            "--name-only",
            "--no-renames",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=all",
            "--format=%x01%H%x00%ct%x00%ae%x00%an%x00%s",
        ],
        &wanted,
    )?;
    Ok(History {
        commits: parse(&out),
        truncated,
    })
}

/// Records start with byte 1 and the fields of the format; then paths, each ended by a NUL.
fn parse(out: &[u8]) -> Vec<Commit> {
    let mut commits: Vec<Commit> = Vec::new();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    let mut fields = out.split(|&b| b == 0);
    while let Some(field) = fields.next() {
        // A line feed stands between the message and the paths.
        let start = field.strip_prefix(b"\n").unwrap_or(field);
        if let Some(id) = start.strip_prefix(b"\x01") {
            let mut next = || fields.next().unwrap_or_default();
            let (time, email, author) = (next(), next(), next());
            commits.push(Commit {
                id: text(id),
                time: text(time).parse().unwrap_or(0),
                email: text(email).to_lowercase(),
                author: text(author),
                // One line; an odd byte 0 cannot be in it.
                subject: text(next()).chars().take(200).collect(),
                paths: Vec::new(),
            });
        } else if !start.is_empty()
            && let Some(commit) = commits.last_mut()
        {
            commit.paths.push(RepoPath::new(start).text().to_owned());
        }
    }
    commits
}

/// Pairs of files that change together, bounded, sorted by (from, to).
pub fn co_changes(history: &History, exists: impl Fn(&str) -> bool) -> Vec<CoChange> {
    let mut changes: FxHashMap<&str, u32> = FxHashMap::default();
    let mut together: FxHashMap<(&str, &str), Vec<usize>> = FxHashMap::default();
    for (i, commit) in history.commits.iter().enumerate() {
        let paths: Vec<&str> = commit
            .paths
            .iter()
            .map(String::as_str)
            .filter(|p| exists(p))
            .collect();
        for path in &paths {
            *changes.entry(path).or_default() += 1;
        }
        if commit.paths.len() > SWEEP {
            continue;
        }
        for a in &paths {
            for b in paths.iter().filter(|b| *b != a) {
                together.entry((a, b)).or_default().push(i);
            }
        }
    }
    let mut by_file: FxHashMap<&str, Vec<CoChange>> = FxHashMap::default();
    for ((from, to), commits) in together {
        let support = commits.len() as u32;
        let confidence = f64::from(support) / f64::from(changes[from]);
        if support >= MIN_SUPPORT && confidence >= MIN_CONFIDENCE {
            let commits = commits
                .iter()
                .take(8)
                .map(|&i| history.commits[i].id.clone())
                .collect();
            let pair = CoChange {
                from: from.to_owned(),
                to: to.to_owned(),
                support,
                confidence,
                commits,
            };
            by_file.entry(from).or_default().push(pair);
        }
    }
    let mut out = Vec::new();
    for (_, mut pairs) in by_file {
        pairs.sort_by(|a, b| {
            b.support
                .cmp(&a.support)
                .then(b.confidence.total_cmp(&a.confidence))
                .then(a.to.cmp(&b.to))
        });
        pairs.truncate(MAX_COMPANIONS);
        out.extend(pairs);
    }
    out.sort_by(|a, b| (&a.from, &a.to).cmp(&(&b.from, &b.to)));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn commit(id: &str, paths: &[&str]) -> Commit {
        Commit {
            id: id.to_owned(),
            paths: paths.iter().map(|p| (*p).to_owned()).collect(),
            ..Commit::default()
        }
    }

    #[test]
    fn files_that_keep_changing_together_are_paired_and_sweeps_are_not() {
        let sweep: Vec<String> = (0..60).map(|i| format!("f{i}")).collect();
        let sweep: Vec<&str> = sweep.iter().map(String::as_str).collect();
        let mut commits: Vec<Commit> = (0..3)
            .map(|i| commit(&i.to_string(), &["a", "b"]))
            .collect();
        commits.extend((3..8).map(|i| commit(&i.to_string(), &["a"])));
        commits.extend((0..4).map(|_| commit("s", &sweep)));
        let history = History {
            commits,
            truncated: false,
        };
        let pairs = co_changes(&history, |_| true);
        let found: Vec<_> = pairs
            .iter()
            .map(|p| (p.from.as_str(), p.to.as_str(), p.support))
            .collect();
        // b always with a; a only in three of eight.
        assert_eq!(found, [("b", "a", 3)]);
    }
}
