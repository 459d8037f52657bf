//! What the snapshot holds of one node: its fields, its properties, and a file's blind spots.
//!
//! Properties and blind spots lie there as numbers of strings, so that an answer that asks many nodes
//! for one of them reads no JSON.

use super::{Csr, NODE_BYTES, NONE, SPOT_BYTES, u32_at};
use crate::file::Section;
use ripple_schemas::property::{self, FileBlind};
use ripple_schemas::{BlindKind, Key, Node, NodeKind};
use serde_json::Value;

/// A node as the snapshot holds it.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct NodeView<'a> {
    pub kind: NodeKind,
    pub key: &'a str,
    pub name: &'a str,
    pub qualified_name: Option<&'a str>,
    pub path: Option<&'a str>,
    pub line_start: Option<u32>,
    pub line_end: Option<u32>,
    pub language: Option<&'a str>,
}

/// The value of a property.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property<'a> {
    /// A string.
    Text(&'a str),
    /// Anything else, as JSON.
    Json(&'a str),
}

/// One blind spot of a file; its texts are named by number, see [`Csr::text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Why.
    pub kind: BlindKind,
    /// Line, counted from 1; 0 for the whole file.
    pub line: u32,
    /// The reason in words: equal reasons have equal numbers.
    pub why: u32,
    /// The key of the symbol in which it says that it lies: the node's own number, where it is one.
    pub within: Option<u32>,
    /// The shortest of the file's symbols around its line.
    pub around: Option<u32>,
}

/// Marks the number of a property's name whose value is JSON.
pub(super) const JSON: u32 = 1 << 31;

impl Csr {
    /// All that is known of a node but its properties.
    pub fn node(&self, node: u32) -> NodeView<'_> {
        let record = self.record(node);
        let word = |i: usize| word_of(record, i);
        let text = |i: usize| (word(i) != NONE).then(|| self.string(word(i)));
        let line = |i: usize| (word(i) != NONE).then(|| word(i));
        NodeView {
            kind: self.kind(node),
            key: self.key(node),
            name: text(1).unwrap_or_default(),
            qualified_name: text(2),
            path: text(3),
            line_start: line(4),
            line_end: line(5),
            language: text(6),
        }
    }

    /// A node's properties, without the hashes of symbols and the blind spots of files.
    pub fn properties(&self, node: u32) -> impl Iterator<Item = (&str, Property<'_>)> {
        let at = word_of(self.record(node), 7);
        let count = match at {
            NONE => 0,
            at => match self.part(Section::Properties, at as usize * 4, 4) {
                [] => 0,
                word => u32_at(word, 0) as usize,
            },
        };
        let start = (at as usize).wrapping_add(1).wrapping_mul(4);
        let pairs = self.part(Section::Properties, start, count.saturating_mul(8));
        pairs.as_chunks::<8>().0.iter().map(|pair| {
            let (name, value) = (u32_at(pair, 0), self.string(u32_at(pair, 1)));
            let value = if name & JSON == 0 {
                Property::Text(value)
            } else {
                Property::Json(value)
            };
            (self.string(name & !JSON), value)
        })
    }

    /// One property of a node that is a string.
    pub fn text_property(&self, node: u32, name: &str) -> Option<&str> {
        self.properties(node)
            .find_map(|(found, value)| match value {
                Property::Text(text) if found == name => Some(text),
                _ => None,
            })
    }

    /// A node of its own, as the store has it but for the hashes of symbols. `None` where it is
    /// damaged.
    pub fn to_node(&self, node: u32) -> Option<Node> {
        let kept = self.node(node);
        let mut own = Node::new(kept.kind, Key::parse(kept.key).ok()?, kept.name);
        own.qualified_name = kept.qualified_name.map(str::to_owned);
        own.path = kept.path.map(str::to_owned);
        own.line_start = kept.line_start;
        own.line_end = kept.line_end;
        own.language = kept.language.map(str::to_owned);
        for (name, value) in self.properties(node) {
            let value = match value {
                Property::Text(text) => text.into(),
                Property::Json(text) => serde_json::from_str(text).ok()?,
            };
            own.properties.insert(name.to_owned(), value);
        }
        let blind: Vec<FileBlind> = self.spots(node).map(|s| self.blind(&s)).collect();
        if !blind.is_empty() && !own.properties.contains_key(property::BLIND_SPOTS) {
            own.properties
                .insert(property::BLIND_SPOTS.into(), written(&blind)?);
        }
        Some(own)
    }

    /// The blind spots of a file, in the order in which its node has them; none of what is no file.
    pub fn spots(&self, file: u32) -> impl Iterator<Item = Spot> {
        let first = match self.hot(Section::Files) {
            [] => NONE,
            files => u32_at(files, 0),
        };
        let offsets = self.hot(Section::SpotOffsets).as_chunks::<4>().0;
        let at = file.checked_sub(first).map_or(usize::MAX, |at| at as usize);
        let offset = |at: usize| offsets.get(at).map(|o| u32::from_le_bytes(*o) as usize);
        let range = match (offset(at), offset(at.saturating_add(1))) {
            (Some(start), Some(end)) => start..end,
            _ => 0..0,
        };
        let all = self.hot(Section::Spots).as_chunks::<SPOT_BYTES>().0;
        let some = |word: u32| (word != NONE).then_some(word);
        let of_file = all.get(range).unwrap_or_default();
        of_file.iter().map(move |record| Spot {
            line: u32_at(record, 0),
            why: u32_at(record, 1),
            within: some(u32_at(record, 2)),
            around: some(u32_at(record, 3)),
            kind: BlindKind::ALL
                .get(u32_at(record, 4) as usize)
                .copied()
                .unwrap_or(BlindKind::Limit),
        })
    }

    /// A text by its number; the first numbers are those of the nodes, whose keys they give.
    pub fn text(&self, number: u32) -> &str {
        self.string(number)
    }

    fn blind(&self, spot: &Spot) -> FileBlind {
        FileBlind {
            kind: spot.kind,
            line: spot.line,
            why: self.text(spot.why).to_owned(),
            within: spot.within.and_then(|w| Key::parse(self.text(w)).ok()),
        }
    }

    fn record(&self, node: u32) -> &[u8] {
        self.part(Section::Nodes, node as usize * NODE_BYTES, NODE_BYTES)
    }
}

/// A word of a node's record; none of a damaged one.
fn word_of(record: &[u8], i: usize) -> u32 {
    if record.is_empty() {
        NONE
    } else {
        u32_at(record, i)
    }
}

/// Blind spots as the property of a file's node.
pub(super) fn written(blind: &[FileBlind]) -> Option<Value> {
    serde_json::to_value(blind).ok()
}
