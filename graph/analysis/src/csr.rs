//! The snapshot: the visible graph of one revision as flat arrays, in memory or mapped from a file.
//!
//! Nodes are numbered in key order, so that a number says which key comes first and a key is found
//! by binary search. Beside the edges as they are stored lies the *travel* adjacency: for each node,
//! whom a change of it may reach, sorted by (class, target); see [`crate::travel`].

mod build;
mod node;

pub use node::{NodeView, Property, Spot};

use crate::file::{self, Proof, Section, Table};
use crate::map::{Bytes, Pages};
use crate::travel::{Class, Direction};
use ripple_schemas::{EdgeKind, NodeKind, Rule, State};
use std::path::Path;

pub(crate) const NODE_BYTES: usize = 32;
pub(crate) const SPOT_BYTES: usize = 20;
pub(crate) const EDGE_BYTES: usize = 20;
pub(crate) const CLASS_BYTES: usize = 8;
pub(crate) const ENTRY_BYTES: usize = 6;
/// No string, no line.
const NONE: u32 = u32::MAX;

/// Which graph a snapshot is of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stamp {
    /// Identity of the store, so that another store's file is not taken for this one's.
    pub graph: u64,
    /// The revision it is exact for.
    pub revision: u64,
}

/// Why a snapshot file is not used. None of these is an error to a person: the snapshot is built
/// anew from the store, which is the truth.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum CsrError {
    #[error("the snapshot cannot be read: {0}")]
    Io(#[from] std::io::Error),
    #[error("the snapshot is damaged: {why}")]
    Damaged { why: String },
    #[error("the snapshot has layout {found}, this ripple reads {known}")]
    OtherVersion { found: u32, known: u32 },
    #[error("the snapshot is of {found:?}, the store is at {wanted:?}")]
    Stale { found: Stamp, wanted: Stamp },
}

/// The snapshot.
pub struct Csr {
    bytes: Bytes,
    /// Of one opened from a file: its hot sections, and what proves the others.
    read: Option<(Pages, Proof)>,
    table: Table,
    stamp: Stamp,
    nodes: u32,
    edges: u32,
    classes: Vec<Class>,
}

/// One edge of the snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct EdgeView {
    pub from: u32,
    pub to: u32,
    pub kind: EdgeKind,
    pub rule: Rule,
    pub state: State,
    pub sites: u32,
}

impl Csr {
    /// Maps a snapshot file, if it is exactly of `wanted`. What a closure runs over is proved to be
    /// whole; the rest when it is looked at, see [`Csr::damaged`].
    ///
    /// # Errors
    /// The file is not there, damaged, of another layout, or of another graph or revision.
    pub fn open(path: &Path, wanted: Stamp) -> Result<Self, CsrError> {
        let opened = file::open(path, wanted)?;
        let count = |section: Section, size: usize| opened.table[section as usize].1 / size;
        let mut csr = Self {
            stamp: opened.stamp,
            nodes: count(Section::Nodes, NODE_BYTES) as u32,
            edges: count(Section::Edges, EDGE_BYTES).saturating_sub(1) as u32,
            bytes: opened.bytes,
            read: Some((opened.hot, opened.proof)),
            table: opened.table,
            classes: Vec::new(),
        };
        let classes = csr
            .section(Section::Classes)
            .chunks_exact(CLASS_BYTES)
            .map(class_of)
            .collect::<Option<_>>();
        csr.classes = classes
            .filter(|_| !csr.damaged())
            .ok_or(CsrError::Damaged {
                why: "it names an unknown kind".into(),
            })?;
        Ok(csr)
    }

    /// Whether something looked at so far was not as it was written. What was read of it is empty
    /// then, and an answer from it is not to be used.
    pub fn damaged(&self) -> bool {
        self.read.as_ref().is_some_and(|(_, proof)| proof.damaged())
    }

    /// Looks at everything: whether nothing of it is damaged.
    pub fn is_whole(&self) -> bool {
        let last = self.table.iter().map(|(start, len)| start + len).max();
        let (first, _) = self.table[0];
        self.read.as_ref().is_none_or(|(_, proof)| {
            proof.holds(&self.bytes, first, last.unwrap_or(first) - first) && !proof.damaged()
        })
    }

    /// Writes the snapshot file, whole or not at all.
    ///
    /// # Errors
    /// The folder cannot be written or is full.
    pub fn write(&self, path: &Path) -> std::io::Result<()> {
        file::write(path, &self.bytes)
    }

    /// Which graph it is of.
    pub fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// How many nodes.
    pub fn node_count(&self) -> u32 {
        self.nodes
    }

    /// How many edges.
    pub fn edge_count(&self) -> u32 {
        self.edges
    }

    /// What sorts of travel there are.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// The key of a node.
    pub fn key(&self, node: u32) -> &str {
        self.string(node)
    }

    /// The kind of a node.
    pub fn kind(&self, node: u32) -> NodeKind {
        kind_of(self.kinds()[node as usize])
    }

    /// The kinds of all nodes, see [`kind_of`].
    pub(crate) fn kinds(&self) -> &[u8] {
        self.hot(Section::Kinds)
    }

    /// The number of the first node whose key is not below `key`.
    pub fn lower_bound(&self, key: &str) -> u32 {
        let (mut low, mut high) = (0, self.nodes);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.key(middle) < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// The node with that key.
    pub fn find(&self, key: &str) -> Option<u32> {
        let at = self.lower_bound(key);
        (at < self.nodes && self.key(at) == key).then_some(at)
    }

    /// The edges that leave a node, by number.
    pub fn out(&self, node: u32) -> std::ops::Range<u32> {
        match self.part(Section::OutOffsets, node as usize * 4, 8) {
            [] => 0..0,
            pair => u32_at(pair, 0)..u32_at(pair, 1),
        }
    }

    /// One edge.
    pub fn edge(&self, edge: u32) -> EdgeView {
        let mut record = self.part(Section::Edges, edge as usize * EDGE_BYTES, EDGE_BYTES);
        if record.is_empty() {
            record = &[0; EDGE_BYTES];
        }
        EdgeView {
            from: u32_at(record, 0),
            to: u32_at(record, 1),
            kind: EdgeKind::ALL
                .get(usize::from(record[8]))
                .copied()
                .unwrap_or(EdgeKind::References),
            rule: Rule::ALL
                .get(usize::from(record[9]))
                .copied()
                .unwrap_or(Rule::NameSimilar),
            state: State::ALL
                .get(usize::from(record[10]))
                .copied()
                .unwrap_or(State::Static),
            sites: u32_at(record, 3),
        }
    }

    /// Where an edge is shown: (path or document, line), the line missing for a document.
    pub fn sites(&self, edge: u32) -> impl Iterator<Item = (&str, Option<u32>)> {
        // The evidence of an edge ends where that of the next one begins.
        let two = self.part(
            Section::Edges,
            edge as usize * EDGE_BYTES + EDGE_BYTES - 4,
            EDGE_BYTES + 4,
        );
        let range = match two {
            [] => 0..0,
            two => u32_at(two, 0) as usize..u32_at(two, EDGE_BYTES / 4) as usize,
        };
        let sites = self.part(Section::Evidence, range.start * 8, range.len() * 8);
        sites.as_chunks::<8>().0.iter().map(|site| {
            let line = u32_at(site, 1);
            (self.string(u32_at(site, 0)), (line != NONE).then_some(line))
        })
    }

    /// The edges of one kind that leave a node, by number: they lie together.
    pub fn out_of_kind(&self, node: u32, kind: EdgeKind) -> std::ops::Range<u32> {
        let all = self.out(node);
        let first_where = |from: u32, past: &dyn Fn(EdgeKind) -> bool| {
            let (mut low, mut high) = (from, all.end);
            while low < high {
                let middle = low + (high - low) / 2;
                if past(self.edge(middle).kind) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            low
        };
        let start = first_where(all.start, &|k| k >= kind);
        start..first_where(start, &|k| k > kind)
    }

    /// The node with that key, where it is one of those numbers.
    pub fn find_among(&self, among: std::ops::Range<u32>, key: &str) -> Option<u32> {
        let (mut low, mut high) = (among.start, among.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.key(middle) < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low < among.end && self.key(low) == key).then_some(low)
    }

    /// Whether any node's key starts with `prefix`.
    pub fn has_prefix(&self, prefix: &str) -> bool {
        let at = self.lower_bound(prefix);
        at < self.nodes && self.key(at).starts_with(prefix)
    }

    /// For every file in key order: its number and the numbers of its symbols.
    pub fn files(&self) -> impl Iterator<Item = (u32, std::ops::Range<u32>)> {
        let pairs = self.hot(Section::Files).as_chunks::<8>().0;
        let first = pairs.first().map_or(0, |head| u32_at(head, 0));
        (first..).zip(pairs.iter().skip(1)).map(|(file, run)| {
            let (start, len) = (u32_at(run, 0), u32_at(run, 1));
            (file, start..start.saturating_add(len))
        })
    }

    /// Where the travel entries of each node start, and all of them.
    pub(crate) fn travel(&self) -> (&[[u8; 4]], &[[u8; ENTRY_BYTES]]) {
        (
            self.hot(Section::TravelOffsets).as_chunks().0,
            self.hot(Section::Travel).as_chunks().0,
        )
    }

    /// The edge behind the `nth` travel entry of a node.
    pub(crate) fn travel_edge(&self, node: u32, nth: usize) -> u32 {
        let start = u32_at(self.hot(Section::TravelOffsets), node as usize) as usize;
        match self.part(Section::TravelEdges, (start + nth) * 4, 4) {
            [] => 0,
            word => u32_at(word, 0),
        }
    }

    /// A section that is read whole and was proved.
    fn hot(&self, section: Section) -> &[u8] {
        let (start, len) = self.table[section as usize];
        match &self.read {
            Some((hot, _)) => &hot[file::in_hot((start, len))],
            None => &self.bytes[start..start + len],
        }
    }

    /// A whole section.
    fn section(&self, section: Section) -> &[u8] {
        self.part(section, 0, self.table[section as usize].1)
    }

    /// A part of a section, proved when it is first looked at; empty where it is damaged.
    #[inline]
    fn part(&self, section: Section, at: usize, len: usize) -> &[u8] {
        let (start, size) = self.table[section as usize];
        if at.checked_add(len).is_none_or(|end| end > size) {
            return &[];
        }
        let at = start + at;
        match &self.read {
            Some((_, proof)) if len > 0 && !proof.holds(&self.bytes, at, len) => &[],
            _ => &self.bytes[at..at + len],
        }
    }

    fn string(&self, id: u32) -> &str {
        let (start, end) = match self.part(Section::StringOffsets, id as usize * 8, 16) {
            [] => return "",
            pair => (u64_at(pair, 0) as usize, u64_at(pair, 1) as usize),
        };
        // Written from a `str`; the checksum holds.
        let bytes = self.part(Section::Strings, start, end.saturating_sub(start));
        std::str::from_utf8(bytes).unwrap_or("")
    }
}

/// The kind that a byte stands for.
#[inline]
pub(crate) fn kind_of(byte: u8) -> NodeKind {
    NodeKind::ALL
        .get(usize::from(byte))
        .copied()
        .unwrap_or(NodeKind::File)
}

/// Target and class as one travel entry.
pub(crate) fn pack(target: u32, class: u16) -> [u8; ENTRY_BYTES] {
    let ([a, b, c, d], [e, f]) = (target.to_le_bytes(), class.to_le_bytes());
    [a, b, c, d, e, f]
}

/// Its parts.
#[inline]
pub(crate) fn unpack(entry: &[u8; ENTRY_BYTES]) -> (u32, u16) {
    let [a, b, c, d, e, f] = *entry;
    (u32::from_le_bytes([a, b, c, d]), u16::from_le_bytes([e, f]))
}

fn u32_at(bytes: &[u8], index: usize) -> u32 {
    let at = index * 4;
    let word: [u8; 4] = bytes[at..at + 4].try_into().expect("four bytes were taken");
    u32::from_le_bytes(word)
}

fn u64_at(bytes: &[u8], index: usize) -> u64 {
    let at = index * 8;
    let word: [u8; 8] = bytes[at..at + 8]
        .try_into()
        .expect("eight bytes were taken");
    u64::from_le_bytes(word)
}

fn class_of(record: &[u8]) -> Option<Class> {
    Some(Class {
        direction: if record[0] == 0 {
            Direction::Against
        } else {
            Direction::Along
        },
        edge: *EdgeKind::ALL.get(usize::from(record[1]))?,
        rule: *Rule::ALL.get(usize::from(record[2]))?,
        state: *State::ALL.get(usize::from(record[3]))?,
        from: *NodeKind::ALL.get(usize::from(record[4]))?,
        to: *NodeKind::ALL.get(usize::from(record[5]))?,
    })
}

/// `path:line` in its parts. A text that does not read back the same stays whole.
pub(crate) fn split_site(site: &str) -> (&str, Option<u32>) {
    match site
        .rsplit_once(':')
        .map(|(path, line)| (path, line, line.parse::<u32>()))
    {
        Some((path, text, Ok(line))) if line != NONE && line.to_string() == text => {
            (path, Some(line))
        }
        _ => (site, None),
    }
}
