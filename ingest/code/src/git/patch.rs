//! Unified diffs: parsed whole, then applied in memory, exactly or not at all.
//!
//! Goes in: the text of a patch and a listing. Comes out: the listing with the patch applied.
//! No fuzz and no offset: a hunk applies at its line with its context, or the patch is refused.

use super::listing::{Content, Entry, EntryKind, Listing};
use super::objects::{Blob, Blobs};
use super::{GitError, PatchError, RepoPath};
use std::sync::Arc;

mod parse;

/// A parsed patch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    files: Vec<FilePatch>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct FilePatch {
    /// `None` where the file is new.
    old: Option<Vec<u8>>,
    /// `None` where the file goes away.
    new: Option<Vec<u8>>,
    /// True where the old file stays (`copy from`).
    copy: bool,
    /// True where git gives no text to apply; the new content is then not known.
    binary: bool,
    /// Set by `new file mode 120000` and the like.
    kind: Option<EntryKind>,
    hunks: Vec<Hunk>,
    /// Line in the patch.
    line: usize,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Hunk {
    old_start: usize,
    /// Line in the patch of the `@@`.
    line: usize,
    changes: Vec<Change>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Change {
    /// The line, with its line feed where it has one.
    Keep(Vec<u8>),
    Remove(Vec<u8>),
    Add(Vec<u8>),
}

impl Patch {
    /// Parses a unified diff, as `git diff`, `git format-patch` and `diff -u` print it.
    ///
    /// # Errors
    /// It is malformed, or holds no change.
    pub fn parse(text: &[u8]) -> Result<Self, PatchError> {
        parse::parse(text)
    }

    /// The paths it touches, old and new.
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self
            .files
            .iter()
            .flat_map(|f| f.old.iter().chain(&f.new))
            .map(|p| RepoPath::new(p).text().to_owned())
            .collect();
        paths.sort();
        paths.dedup();
        paths
    }
}

/// How large a patched file may be.
const LIMIT: u64 = 64 << 20;

pub(super) fn apply(
    patch: &Patch,
    mut listing: Listing,
    blobs: &Blobs,
) -> Result<Listing, GitError> {
    let base = listing.clone();
    for file in &patch.files {
        let shown = |path: &[u8]| RepoPath::new(path).text().to_owned();
        let mut kind = file.kind.unwrap_or(EntryKind::File);
        let mut bytes = Vec::new();
        if let Some(old) = &file.old {
            let text = shown(old);
            let missing = || PatchError::NoSuchFile {
                path: text.clone(),
                line: file.line,
            };
            let entry = base.get(&text).ok_or_else(missing)?;
            kind = file.kind.unwrap_or(entry.kind);
            if let (Content::Blob(oid), true) = (&entry.content, entry.kind != EntryKind::Submodule)
            {
                match blobs.read(oid, LIMIT)? {
                    Blob::Bytes(b) => bytes = b,
                    Blob::TooLarge(_) | Blob::Missing => return Err(missing().into()),
                }
            }
            if !file.copy {
                listing.entries.retain(|e| e.path.text() != text);
            }
        }
        let Some(new) = &file.new else {
            // A removal must take every line away.
            if kind == EntryKind::File
                && !file.binary
                && !hunks(
                    file,
                    &bytes,
                    &shown(file.old.as_deref().unwrap_or_default()),
                )?
                .is_empty()
            {
                let why = "the file is said to be removed, but lines of it remain".to_owned();
                return Err(PatchError::Malformed {
                    line: file.line,
                    why,
                }
                .into());
            }
            continue;
        };
        let text = shown(new);
        let replaces = file.old.as_ref() == Some(new);
        if !replaces && listing.entries.iter().any(|e| e.path.text() == text) {
            return Err(PatchError::FileExists {
                path: text,
                line: file.line,
            }
            .into());
        }
        let content = if kind == EntryKind::Submodule {
            Content::Memory(Arc::from(&b""[..]))
        } else if file.binary {
            // Its new bytes are not known; a zero byte makes it binary.
            Content::Memory(Arc::from(&b"\0"[..]))
        } else {
            Content::Memory(hunks(file, &bytes, &text)?.into())
        };
        listing.entries.push(Entry {
            path: RepoPath::new(new),
            kind,
            content,
        });
    }
    Ok(Listing::sorted(listing.entries, listing.notes))
}

fn hunks(file: &FilePatch, bytes: &[u8], path: &str) -> Result<Vec<u8>, PatchError> {
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&b| b == b'\n').collect();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for hunk in &file.hunks {
        // A hunk that removes nothing from an empty range starts after that line.
        let consumes = hunk.changes.iter().any(|c| !matches!(c, Change::Add(_)));
        let start = if consumes {
            hunk.old_start.saturating_sub(1)
        } else {
            hunk.old_start
        };
        if start < at || start > lines.len() {
            let why = if start < at {
                "hunks overlap or are out of order".to_owned()
            } else {
                String::new()
            };
            return Err(if why.is_empty() {
                PatchError::Mismatch {
                    path: path.to_owned(),
                    at: start + 1,
                    line: hunk.line,
                    expected: expected(hunk),
                    found: format!("the end of the file after line {}", lines.len()),
                }
            } else {
                PatchError::Malformed {
                    line: hunk.line,
                    why,
                }
            });
        }
        lines[at..start]
            .iter()
            .for_each(|l| out.extend_from_slice(l));
        at = start;
        for change in &hunk.changes {
            match change {
                Change::Add(line) => out.extend_from_slice(line),
                Change::Keep(line) | Change::Remove(line) => {
                    if lines.get(at) != Some(&line.as_slice()) {
                        return Err(PatchError::Mismatch {
                            path: path.to_owned(),
                            at: at + 1,
                            line: hunk.line,
                            expected: shorten(line),
                            found: lines.get(at).map_or_else(
                                || format!("the end of the file after line {}", lines.len()),
                                |l| format!("`{}`", shorten(l)),
                            ),
                        });
                    }
                    if matches!(change, Change::Keep(_)) {
                        out.extend_from_slice(line);
                    }
                    at += 1;
                }
            }
        }
    }
    lines[at..].iter().for_each(|l| out.extend_from_slice(l));
    Ok(out)
}

fn expected(hunk: &Hunk) -> String {
    let line = hunk.changes.iter().find_map(|c| match c {
        Change::Keep(l) | Change::Remove(l) => Some(shorten(l)),
        Change::Add(_) => None,
    });
    line.unwrap_or_default()
}

fn shorten(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    text.trim_end_matches(['\n', '\r'])
        .chars()
        .take(80)
        .collect()
}
