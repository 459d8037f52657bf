//! Reads sources: which are read in full, which are set aside and why, and the cache of what
//! lowering gave.
//!
//! Goes in: one file's bytes. Comes out: its facts, or the reason it was set aside.
//! Bounded in size, nesting and time; keeps no source once its facts are known.

pub(crate) mod attributes;
pub(crate) mod cache;
pub(crate) mod classify;
mod parse;

pub(crate) use parse::{Parsers, read_bytes};

use crate::facts::{DefId, FileFacts};
use ripple_schemas::BlindKind;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// What one file may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A larger file is set aside unread.
    pub bytes: u64,
    /// Nesting of brackets, counted before parsing.
    pub brackets: u32,
    /// Depth of the tree, so that walking it cannot overflow a stack.
    pub depth: u32,
    /// Wall time of parsing.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 2 << 20,
            brackets: 2_000,
            depth: 3_000,
            time: Duration::from_secs(2),
        }
    }
}

/// Why a file is not read in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SetAside {
    /// Made by a tool: its source is what matters.
    Generated,
    /// Somebody else's code, copied in.
    Vendored,
    /// Squeezed by a tool.
    Minified,
    /// Over the size limit.
    TooLarge,
    /// Nested deeper than can be walked.
    TooDeep,
    /// Parsing took longer than its cap.
    TooSlow,
    /// Not text.
    Binary,
    /// A programming language that is not read.
    UnreadLanguage,
    /// A symbolic link, never followed.
    Symlink,
    /// Another repository.
    Submodule,
    /// Its object is not in this clone, or the disk would not give it.
    Unavailable,
    /// A defect of ours while reading it.
    Defect,
    /// Not a program: documents, data, configuration.
    NotCode,
}

impl SetAside {
    /// The name written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            SetAside::Generated => "generated",
            SetAside::Vendored => "vendored",
            SetAside::Minified => "minified",
            SetAside::TooLarge => "too_large",
            SetAside::TooDeep => "too_deep",
            SetAside::TooSlow => "too_slow",
            SetAside::Binary => "binary",
            SetAside::UnreadLanguage => "unread_language",
            SetAside::Symlink => "symlink",
            SetAside::Submodule => "submodule",
            SetAside::Unavailable => "unavailable",
            SetAside::Defect => "defect",
            SetAside::NotCode => "not_code",
        }
    }

    /// The blind spot that it leaves; `None` where nothing is lost.
    pub fn blind(self) -> Option<(BlindKind, &'static str)> {
        Some(match self {
            SetAside::TooLarge => (
                BlindKind::Limit,
                "the file is over the size limit and was set aside",
            ),
            SetAside::TooDeep => (
                BlindKind::Limit,
                "the file is nested too deeply and was set aside",
            ),
            SetAside::TooSlow => (
                BlindKind::Limit,
                "parsing the file took too long and it was set aside",
            ),
            SetAside::Submodule => (
                BlindKind::Limit,
                "a submodule is not read; ingest it on its own",
            ),
            SetAside::Unavailable => (BlindKind::Limit, "the file's content is not in this clone"),
            SetAside::Defect => (
                BlindKind::Limit,
                "a defect of ripple while reading the file",
            ),
            SetAside::UnreadLanguage => (BlindKind::UnreadLanguage, "its language is not read"),
            SetAside::Generated
            | SetAside::Vendored
            | SetAside::Minified
            | SetAside::Binary
            | SetAside::Symlink
            | SetAside::NotCode => return None,
        })
    }
}

/// Something to say about a file that was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Note {
    /// Why.
    pub kind: BlindKind,
    /// Line, counted from 1; 0 for the whole file.
    pub line: u32,
    /// In words.
    pub why: String,
}

/// What reading one file gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Read {
    /// Hash (xxh3-128) of its bytes.
    pub content: u128,
    /// `python`, `typescript`, …
    pub language: String,
    /// Its facts, or why there are none.
    pub outcome: Outcome,
    /// Hashes of the words it mentions, sorted: whether a package's name occurs at all.
    pub words: Vec<u32>,
    /// The different words of each test's text, by its definition, ascending.
    pub tests: Vec<(DefId, Box<str>)>,
    /// What the reader noticed beside the facts.
    pub notes: Vec<Note>,
}

/// The facts of a file, or why there are none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// Read in full.
    Facts(Arc<FileFacts>),
    /// Set aside.
    SetAside(SetAside),
}

/// The hash under which [`Read::words`] keeps a word.
pub(crate) fn word_hash(word: &[u8]) -> u32 {
    twox_hash::XxHash3_64::oneshot(word) as u32
}

/// Words are runs of letters, digits, `_` and bytes over 127.
pub(crate) fn words(bytes: &[u8]) -> Vec<u32> {
    let mut out: Vec<u32> = bytes
        .split(|&b| !(b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80))
        .filter(|w| w.len() > 1 && !w[0].is_ascii_digit())
        .map(word_hash)
        .collect();
    out.sort_unstable();
    out.dedup();
    out
}
