//! The index and the working tree, by our own stat and hash.
//!
//! Goes in: what `ls-files` says of the index. Comes out: a listing in which files that the stat
//! shows unchanged keep their blob, and others are hashed here. `git status` and `git diff-files`
//! are not asked: they would run the repository's clean filters.

use super::listing::{Content, Entry, EntryKind, Listing, kind_of_mode};
use super::objects::{Blob, Blobs};
use super::{GitError, RepoPath, Repository};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::fs::Metadata;
use std::path::Path;

/// What the index remembers of a file's stat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Stat {
    ctime: (i64, i64),
    mtime: (i64, i64),
    ino: u64,
    size: u64,
}

/// One line of the index.
struct Indexed {
    path: RepoPath,
    kind: EntryKind,
    oid: Box<str>,
    stage: u8,
    /// In a sparse checkout, absent from the disk on purpose.
    skip_worktree: bool,
    stat: Stat,
}

/// What is staged. Of an unmerged path our side is taken, and noted.
pub(super) fn list_index(repository: &Repository) -> Result<Listing, GitError> {
    let mut notes = Vec::new();
    let entries = merged(index(repository)?, &mut notes)
        .into_iter()
        .map(|i| Entry {
            path: i.path,
            kind: i.kind,
            content: Content::Blob(i.oid),
        })
        .collect();
    Ok(Listing::sorted(entries, notes))
}

/// Tracked files as they are on the disk, and untracked ones that are not ignored.
pub(super) fn list_worktree(
    repository: &Repository,
    blobs: &Blobs,
    size_limit: u64,
) -> Result<Listing, GitError> {
    let mut notes = Vec::new();
    let indexed = merged(index(repository)?, &mut notes);
    let index_time = std::fs::metadata(repository.git_dir().join("index"))
        .map(|m| mtime(&m))
        .unwrap_or_default();
    let mut folders = Folders::default();
    let mut work = Vec::with_capacity(indexed.len());
    for i in indexed {
        let reachable = folders.are_real(repository.root(), i.path.bytes());
        work.push((i, reachable));
    }
    let entries: Result<Vec<_>, GitError> = work
        .into_par_iter()
        .map(|(i, reachable)| on_disk(repository, i, reachable, index_time, blobs, size_limit))
        .collect();
    let mut entries: Vec<Entry> = entries?.into_iter().flatten().collect();
    let others = untracked(repository)?;
    for path in others.split(|&b| b == 0).filter(|p| !p.is_empty()) {
        if path == b".ripple" || path.starts_with(b".ripple/") {
            continue;
        }
        let path = RepoPath::new(path);
        if let Some(folder) = path.text().strip_suffix('/') {
            notes.push((
                folder.to_owned(),
                "a repository inside the repository is not read; ingest it on its own".to_owned(),
            ));
            continue;
        }
        if !folders.are_real(repository.root(), path.bytes()) {
            continue;
        }
        let Ok(meta) = std::fs::symlink_metadata(path.under(repository.root())) else {
            continue;
        };
        let kind = if meta.is_symlink() {
            EntryKind::Symlink
        } else if meta.is_file() {
            EntryKind::File
        } else {
            continue;
        };
        let content = disk_content(repository.root(), &path, &meta, size_limit);
        entries.push(Entry {
            path,
            kind,
            content,
        });
    }
    Ok(Listing::sorted(entries, notes))
}

fn untracked(repository: &Repository) -> Result<Vec<u8>, GitError> {
    // The repository's own core.excludesFile could name a pipe that never ends; the person's is
    // asked for and put in its place.
    let excludes = repository
        .git()
        .ask(&[
            "config",
            "--global",
            "--type=path",
            "--get",
            "core.excludesFile",
        ])?
        .or_else(|| {
            let config = std::env::var_os("XDG_CONFIG_HOME")
                .map(std::path::PathBuf::from)
                .or_else(|| std::env::var_os("HOME").map(|h| Path::new(&h).join(".config")))?;
            Some(config.join("git/ignore").to_string_lossy().into_owned())
        })
        .unwrap_or_default();
    let setting = format!("core.excludesFile={excludes}");
    repository
        .git()
        .run(&["-c", &setting, "ls-files", "-o", "--exclude-standard", "-z"])
}

/// Stage 0 as it is; of a conflict our side, else theirs, with a note.
fn merged(indexed: Vec<Indexed>, notes: &mut Vec<(String, String)>) -> Vec<Indexed> {
    let mut out: Vec<Indexed> = Vec::with_capacity(indexed.len());
    for mut entry in indexed {
        if !entry.path.is_inside() {
            notes.push((
                entry.path.text().to_owned(),
                "the index names a path outside the repository; it is not read".to_owned(),
            ));
            continue;
        }
        if entry.stage == 0 {
            out.push(entry);
            continue;
        }
        notes.push((
            entry.path.text().to_owned(),
            "the merge of this file is not finished".to_owned(),
        ));
        // A conflict is never taken as unchanged on the disk.
        entry.stat = Stat::default();
        match out.last_mut().filter(|last| last.path == entry.path) {
            Some(last) if entry.stage == 2 => *last = entry,
            Some(_) => {}
            None => out.push(entry),
        }
    }
    out
}

fn on_disk(
    repository: &Repository,
    entry: Indexed,
    reachable: bool,
    index_time: (i64, i64),
    blobs: &Blobs,
    size_limit: u64,
) -> Result<Option<Entry>, GitError> {
    let Indexed {
        path,
        kind,
        oid,
        skip_worktree,
        stat,
        ..
    } = entry;
    let blob = |kind| {
        Some(Entry {
            path: path.clone(),
            kind,
            content: Content::Blob(oid.clone()),
        })
    };
    if kind == EntryKind::Submodule {
        return Ok(blob(kind));
    }
    let meta = if reachable {
        std::fs::symlink_metadata(path.under(repository.root())).ok()
    } else {
        None
    };
    let Some(meta) = meta else {
        // Deleted, unless a sparse checkout left it out.
        return Ok(if skip_worktree { blob(kind) } else { None });
    };
    if meta.is_symlink() {
        return Ok(blob(EntryKind::Symlink));
    }
    if !meta.is_file() {
        return Ok(None);
    }
    // As git does: a file as new as the index may have changed after it was looked at.
    let fresh = stat_of(&meta);
    if kind == EntryKind::File && fresh == stat && stat.mtime < index_time {
        return Ok(blob(kind));
    }
    let root = repository.root();
    if meta.len() > size_limit {
        let content = Content::Disk {
            hash: 0,
            size: meta.len(),
        };
        return Ok(Some(Entry {
            path,
            kind: EntryKind::File,
            content,
        }));
    }
    let Ok(bytes) = std::fs::read(path.under(root)) else {
        return Ok(None);
    };
    let crlf = bytes.windows(2).any(|w| w == b"\r\n");
    if (bytes.len() as u64 == stat.size || crlf || stat == Stat::default())
        && let Blob::Bytes(stored) = blobs.read(&oid, size_limit)?
        && (stored == bytes || (crlf && stored == without_cr(&bytes)))
    {
        return Ok(blob(EntryKind::File));
    }
    let content = Content::Disk {
        hash: content_hash(&bytes),
        size: bytes.len() as u64,
    };
    Ok(Some(Entry {
        path,
        kind: EntryKind::File,
        content,
    }))
}

fn disk_content(root: &Path, path: &RepoPath, meta: &Metadata, size_limit: u64) -> Content {
    let size = meta.len();
    if !meta.is_file() || size > size_limit {
        return Content::Disk { hash: 0, size };
    }
    let hash = std::fs::read(path.under(root))
        .map(|b| content_hash(&b))
        .unwrap_or(0);
    Content::Disk { hash, size }
}

/// The hash by which contents are compared.
pub(crate) fn content_hash(bytes: &[u8]) -> u128 {
    twox_hash::XxHash3_128::oneshot(bytes)
}

fn without_cr(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (i, &b) in bytes.iter().enumerate() {
        if b != b'\r' || bytes.get(i + 1) != Some(&b'\n') {
            out.push(b);
        }
    }
    out
}

/// Which folders are real ones: a path below a symbolic link is not in the repository.
#[derive(Default)]
struct Folders(FxHashMap<Vec<u8>, bool>);

impl Folders {
    fn are_real(&mut self, root: &Path, path: &[u8]) -> bool {
        let Some(slash) = path.iter().rposition(|&b| b == b'/') else {
            return true;
        };
        let folder = &path[..slash];
        if let Some(&known) = self.0.get(folder) {
            return known;
        }
        let real = self.are_real(root, folder)
            && std::fs::symlink_metadata(RepoPath::new(folder).under(root))
                .is_ok_and(|m| m.is_dir());
        self.0.insert(folder.to_owned(), real);
        real
    }
}

#[cfg(unix)]
fn stat_of(meta: &Metadata) -> Stat {
    use std::os::unix::fs::MetadataExt;
    // The index keeps 32 bits of each.
    Stat {
        ctime: (i64::from(meta.ctime() as u32), meta.ctime_nsec()),
        mtime: mtime(meta),
        ino: u64::from(meta.ino() as u32),
        size: u64::from(meta.len() as u32),
    }
}

#[cfg(unix)]
fn mtime(meta: &Metadata) -> (i64, i64) {
    use std::os::unix::fs::MetadataExt;
    (i64::from(meta.mtime() as u32), meta.mtime_nsec())
}

#[cfg(not(unix))]
fn stat_of(_: &Metadata) -> Stat {
    // Never equal to the index: every file is compared by content.
    Stat {
        size: u64::MAX,
        ..Stat::default()
    }
}

#[cfg(not(unix))]
fn mtime(_: &Metadata) -> (i64, i64) {
    (0, 0)
}

/// Reads `ls-files --stage -t --debug -z`. Records are
/// `<tag> <mode> <oid> <stage>TAB<path>NUL` then five lines of stat.
fn index(repository: &Repository) -> Result<Vec<Indexed>, GitError> {
    if repository.is_bare() {
        return Err(GitError::Bare {
            path: repository.root().to_owned(),
        });
    }
    let out = repository
        .git()
        .run(&["ls-files", "--stage", "-t", "--debug", "-z"])?;
    let mut rest = &out[..];
    let mut entries = Vec::new();
    while !rest.is_empty() {
        let (entry, after) = indexed(rest).ok_or_else(|| GitError::Unexpected {
            command: "ls-files --debug".to_owned(),
            why: String::from_utf8_lossy(&rest[..rest.len().min(120)]).into_owned(),
        })?;
        entries.extend(entry);
        rest = after;
    }
    Ok(entries)
}

fn indexed(record: &[u8]) -> Option<(Option<Indexed>, &[u8])> {
    let nul = record.iter().position(|&b| b == 0)?;
    let tab = record[..nul].iter().position(|&b| b == b'\t')?;
    let head = std::str::from_utf8(&record[..tab]).ok()?;
    let path = RepoPath::new(&record[tab + 1..nul]);
    let mut rest = &record[nul + 1..];
    let mut stat = Stat::default();
    for _ in 0..5 {
        // Another git may write other lines; without them the stat matches nothing.
        if !rest.starts_with(b"  ") {
            break;
        }
        let end = rest.iter().position(|&b| b == b'\n')?;
        let line = std::str::from_utf8(&rest[..end]).ok()?;
        rest = &rest[end + 1..];
        for field in line.trim().split('\t') {
            let (name, value) = field.split_once(": ")?;
            match name {
                "ctime" => stat.ctime = time(value)?,
                "mtime" => stat.mtime = time(value)?,
                "ino" => stat.ino = value.parse().ok()?,
                "size" => stat.size = value.parse().ok()?,
                _ => {}
            }
        }
    }
    let mut parts = head.split(' ');
    let tag = parts.next()?;
    let kind = kind_of_mode(parts.next()?);
    let oid = parts.next()?.into();
    let stage = parts.next()?.parse().ok()?;
    let skip_worktree = tag.eq_ignore_ascii_case("S");
    let entry = kind.map(|kind| Indexed {
        path,
        kind,
        oid,
        stage,
        skip_worktree,
        stat,
    });
    Some((entry, rest))
}

fn time(text: &str) -> Option<(i64, i64)> {
    let (seconds, nanos) = text.split_once(':')?;
    Some((seconds.parse().ok()?, nanos.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_the_index_is_read_with_its_stat() {
        let text = b"S 100644 587be6b4c3f93f93c489c0111bba5596147a26cb 0\ta b.py\0  ctime: 17:6\n  mtime: 18:7\n  dev: 6\tino: 99\n  uid: 0\tgid: 0\n  size: 2\tflags: 0\nH 12";
        let (entry, rest) = indexed(text).unwrap();
        let entry = entry.unwrap();
        assert_eq!(rest, b"H 12");
        assert_eq!(
            entry.stat,
            Stat {
                ctime: (17, 6),
                mtime: (18, 7),
                ino: 99,
                size: 2
            }
        );
        assert_eq!(
            (entry.path.text(), entry.stage, entry.skip_worktree),
            ("a b.py", 0, true)
        );
    }

    #[test]
    fn only_a_cr_before_a_line_feed_is_taken_away() {
        assert_eq!(without_cr(b"a\r\nb\rc\r\n"), b"a\nb\rc\n");
    }
}
