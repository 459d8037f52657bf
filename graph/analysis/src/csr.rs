//! The snapshot: the visible graph of one revision as flat arrays, in memory or mapped from a file.
//!
//! Nodes are numbered in key order, so that a number says which key comes first and a key is found
//! by binary search. Beside the edges as they are stored lies the *travel* adjacency: for each node,
//! whom a change of it may reach, sorted by (class, target); see [`crate::travel`].

use crate::file::{self, Section, Table};
use crate::map::Bytes;
use crate::travel::{Class, Direction};
use ripple_graph_core::Snapshot;
use ripple_schemas::{Edge, EdgeKind, Key, Node, NodeKind, Rule, State, property};
use rustc_hash::FxHashMap;
use std::path::Path;

pub(crate) const NODE_BYTES: usize = 32;
pub(crate) const EDGE_BYTES: usize = 20;
pub(crate) const CLASS_BYTES: usize = 8;
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
    table: Table,
    stamp: Stamp,
    nodes: u32,
    edges: u32,
    classes: Vec<Class>,
}

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
    /// The properties as JSON, without the hashes of symbols.
    pub properties: Option<&'a str>,
}

impl NodeView<'_> {
    /// One property that is a string.
    pub fn property(&self, name: &str) -> Option<String> {
        let all: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(self.properties?).ok()?;
        all.get(name)?.as_str().map(str::to_owned)
    }

    /// As a node of its own.
    pub fn to_node(&self) -> Option<Node> {
        let mut node = Node::new(self.kind, Key::parse(self.key).ok()?, self.name);
        node.qualified_name = self.qualified_name.map(str::to_owned);
        node.path = self.path.map(str::to_owned);
        node.line_start = self.line_start;
        node.line_end = self.line_end;
        node.language = self.language.map(str::to_owned);
        if let Some(text) = self.properties {
            node.properties = serde_json::from_str(text).ok()?;
        }
        Some(node)
    }
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
    /// Flattens a snapshot. Nodes and edges may come in any order: the result is the same, byte
    /// for byte. Edges whose ends are not both there are left out, as they are not visible.
    pub fn build(snapshot: &Snapshot, graph: u64) -> Self {
        let stamp = Stamp {
            graph,
            revision: snapshot.revision.0,
        };
        let mut nodes: Vec<&Node> = snapshot.nodes.iter().collect();
        if !nodes.is_sorted_by(|a, b| a.key < b.key) {
            nodes.sort_by(|a, b| a.key.cmp(&b.key));
            nodes.dedup_by(|a, b| a.key == b.key);
        }
        let ids: FxHashMap<&str, u32> = nodes
            .iter()
            .zip(0u32..)
            .map(|(n, i)| (n.key.as_str(), i))
            .collect();

        let mut strings = Strings::default();
        for node in &nodes {
            strings.push_key(node.key.as_str());
        }
        let mut node_bytes = Vec::with_capacity(nodes.len() * NODE_BYTES);
        for node in &nodes {
            put_node(&mut node_bytes, &mut strings, node);
        }

        let mut edges: Vec<(u32, EdgeKind, u32, &Edge)> = snapshot
            .edges
            .iter()
            .filter_map(|e| {
                Some((
                    *ids.get(e.from.as_str())?,
                    e.kind,
                    *ids.get(e.to.as_str())?,
                    e,
                ))
            })
            .collect();
        if !edges.is_sorted_by_key(|e| (e.0, e.1, e.2)) {
            edges.sort_by_key(|e| (e.0, e.1, e.2));
        }

        let mut edge_bytes = Vec::with_capacity((edges.len() + 1) * EDGE_BYTES);
        let mut evidence = Vec::new();
        let mut out_offsets = vec![0u32; nodes.len() + 1];
        let mut classes = Classes::default();
        let mut travel: Vec<(u32, u16, u32, u32)> = Vec::with_capacity(edges.len());
        for (&(from, kind, to, edge), at) in edges.iter().zip(0u32..) {
            out_offsets[from as usize + 1] += 1;
            put_edge(
                &mut edge_bytes,
                from,
                to,
                kind,
                edge,
                (evidence.len() / 8) as u32,
            );
            for site in &edge.evidence {
                put_site(&mut evidence, &mut strings, site);
            }
            let ends = (nodes[from as usize].kind, nodes[to as usize].kind);
            for direction in [Direction::Against, Direction::Along] {
                let class = classes.intern(direction, edge, ends);
                if classes.travels[class as usize] {
                    let (at_node, target) = match direction {
                        Direction::Against => (to, from),
                        Direction::Along => (from, to),
                    };
                    travel.push((at_node, class, target, at));
                }
            }
        }
        // closes the evidence of the last edge
        edge_bytes.extend_from_slice(&[0; EDGE_BYTES - 4]);
        edge_bytes.extend_from_slice(&((evidence.len() / 8) as u32).to_le_bytes());

        // Classes are renumbered in their own order, so that numbers do not depend on which edge
        // came first, and only those that carry something are kept.
        let (kept, renumber) = classes.finish();
        for entry in &mut travel {
            entry.1 = renumber[entry.1 as usize];
        }
        travel.sort_unstable();
        let mut travel_offsets = vec![0u32; nodes.len() + 1];
        let mut travel_bytes = Vec::with_capacity(travel.len() * 8);
        let mut travel_edges = Vec::with_capacity(travel.len() * 4);
        for &(node, class, target, edge) in &travel {
            travel_offsets[node as usize + 1] += 1;
            travel_bytes.extend_from_slice(&pack(target, class).to_le_bytes());
            travel_edges.extend_from_slice(&edge.to_le_bytes());
        }
        let mut class_bytes = Vec::with_capacity(kept.len() * CLASS_BYTES);
        for c in &kept {
            class_bytes.extend_from_slice(&[
                c.direction as u8,
                c.edge as u8,
                c.rule as u8,
                c.state as u8,
                c.from as u8,
                c.to as u8,
                0,
                0,
            ]);
        }
        let (string_offsets, string_bytes) = strings.finish();
        let (bytes, table) = file::assemble(
            stamp,
            [
                string_offsets,
                string_bytes,
                node_bytes,
                prefix_sums(out_offsets),
                edge_bytes,
                evidence,
                prefix_sums(travel_offsets),
                travel_bytes,
                travel_edges,
                class_bytes,
            ],
        );
        Self {
            bytes: Bytes::Owned(bytes),
            table,
            stamp,
            nodes: nodes.len() as u32,
            edges: edges.len() as u32,
            classes: kept,
        }
    }

    /// Maps a snapshot file, if it is whole and exactly of `wanted`.
    ///
    /// # Errors
    /// The file is not there, damaged, of another layout, or of another graph or revision.
    pub fn open(path: &Path, wanted: Stamp) -> Result<Self, CsrError> {
        let bytes = Bytes::map(&std::fs::File::open(path)?)?;
        let (stamp, table) = file::verify(&bytes)?;
        if stamp != wanted {
            return Err(CsrError::Stale {
                found: stamp,
                wanted,
            });
        }
        let count = |section: Section, size: usize| table[section as usize].1 / size;
        let nodes = count(Section::Nodes, NODE_BYTES) as u32;
        let edges = count(Section::Edges, EDGE_BYTES).saturating_sub(1) as u32;
        let (start, len) = table[Section::Classes as usize];
        let classes = bytes[start..start + len]
            .chunks_exact(CLASS_BYTES)
            .map(class_of)
            .collect::<Option<_>>();
        let classes = classes.ok_or(CsrError::Damaged {
            why: "it names an unknown kind".into(),
        })?;
        Ok(Self {
            bytes,
            table,
            stamp,
            nodes,
            edges,
            classes,
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
        let at = self.section(Section::Nodes)[node as usize * NODE_BYTES];
        NodeKind::ALL
            .get(usize::from(at))
            .copied()
            .unwrap_or(NodeKind::File)
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

    /// All that is known of a node.
    pub fn node(&self, node: u32) -> NodeView<'_> {
        let base = node as usize * NODE_BYTES;
        let word = |i: usize| u32_at(self.section(Section::Nodes), (base + i * 4) / 4);
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
            properties: text(7),
        }
    }

    /// The edges that leave a node, by number.
    pub fn out(&self, node: u32) -> std::ops::Range<u32> {
        let offsets = self.section(Section::OutOffsets);
        u32_at(offsets, node as usize)..u32_at(offsets, node as usize + 1)
    }

    /// One edge.
    pub fn edge(&self, edge: u32) -> EdgeView {
        let at = edge as usize * EDGE_BYTES;
        let record = &self.section(Section::Edges)[at..at + EDGE_BYTES];
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
        let edges = self.section(Section::Edges);
        let evidence_of = |e: u32| u32_at(edges, (e as usize * EDGE_BYTES + 16) / 4) as usize;
        let sites = self.section(Section::Evidence);
        (evidence_of(edge)..evidence_of(edge + 1)).map(move |i| {
            let line = u32_at(sites, i * 2 + 1);
            (
                self.string(u32_at(sites, i * 2)),
                (line != NONE).then_some(line),
            )
        })
    }

    /// The travel entries of a node, eight bytes each.
    pub(crate) fn travel(&self, node: u32) -> &[u8] {
        let (start, end) = self.travel_range(node);
        &self.section(Section::Travel)[start * 8..end * 8]
    }

    /// The edge behind the `nth` travel entry of a node.
    pub(crate) fn travel_edge(&self, node: u32, nth: usize) -> u32 {
        let (start, _) = self.travel_range(node);
        u32_at(self.section(Section::TravelEdges), start + nth)
    }

    fn travel_range(&self, node: u32) -> (usize, usize) {
        let offsets = self.section(Section::TravelOffsets);
        (
            u32_at(offsets, node as usize) as usize,
            u32_at(offsets, node as usize + 1) as usize,
        )
    }

    fn section(&self, section: Section) -> &[u8] {
        let (start, len) = self.table[section as usize];
        &self.bytes[start..start + len]
    }

    fn string(&self, id: u32) -> &str {
        let offsets = self.section(Section::StringOffsets);
        let (start, end) = (
            u64_at(offsets, id as usize),
            u64_at(offsets, id as usize + 1),
        );
        // Written from a `str`; the checksum has held since.
        std::str::from_utf8(&self.section(Section::Strings)[start as usize..end as usize])
            .unwrap_or("")
    }
}

/// Target and class in one number.
pub(crate) fn pack(target: u32, class: u16) -> u64 {
    u64::from(target) | u64::from(class) << 32
}

/// Its parts.
pub(crate) fn unpack(entry: u64) -> (u32, u16) {
    (entry as u32, (entry >> 32) as u16)
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

fn prefix_sums(mut counts: Vec<u32>) -> Vec<u8> {
    for i in 1..counts.len() {
        counts[i] += counts[i - 1];
    }
    counts.iter().flat_map(|c| c.to_le_bytes()).collect()
}

fn put_node(out: &mut Vec<u8>, strings: &mut Strings, node: &Node) {
    let mut properties = node.properties.clone();
    properties.remove(property::SIGNATURE);
    properties.remove(property::BODY);
    let json =
        (!properties.is_empty()).then(|| serde_json::to_string(&properties).unwrap_or_default());
    let mut text = |t: Option<&str>| t.map_or(NONE, |t| strings.intern(t));
    let words = [
        node.kind as u32,
        text(Some(&node.name)),
        text(node.qualified_name.as_deref()),
        text(node.path.as_deref()),
        node.line_start.unwrap_or(NONE),
        node.line_end.unwrap_or(NONE),
        text(node.language.as_deref()),
        text(json.as_deref()),
    ];
    out.extend(words.iter().flat_map(|w| w.to_le_bytes()));
}

fn put_edge(out: &mut Vec<u8>, from: u32, to: u32, kind: EdgeKind, edge: &Edge, evidence: u32) {
    out.extend_from_slice(&from.to_le_bytes());
    out.extend_from_slice(&to.to_le_bytes());
    out.extend_from_slice(&[kind as u8, edge.rule as u8, edge.state as u8, 0]);
    out.extend_from_slice(&edge.sites.to_le_bytes());
    out.extend_from_slice(&evidence.to_le_bytes());
}

/// `path:line` as (string, line); anything else as (string, no line).
fn put_site(out: &mut Vec<u8>, strings: &mut Strings, site: &str) {
    let (text, line) = split_site(site);
    out.extend_from_slice(&strings.intern(text).to_le_bytes());
    out.extend_from_slice(&line.unwrap_or(NONE).to_le_bytes());
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

/// Interned strings: the keys first, in node order, then the others in order of first use.
#[derive(Default)]
struct Strings {
    offsets: Vec<u64>,
    bytes: Vec<u8>,
    known: FxHashMap<Box<str>, u32>,
}

impl Strings {
    fn push(&mut self, text: &str) -> u32 {
        let id = self.offsets.len() as u32;
        self.offsets.push(self.bytes.len() as u64);
        self.bytes.extend_from_slice(text.as_bytes());
        id
    }

    fn push_key(&mut self, text: &str) {
        self.push(text);
    }

    fn intern(&mut self, text: &str) -> u32 {
        if let Some(&id) = self.known.get(text) {
            return id;
        }
        let id = self.push(text);
        self.known.insert(text.into(), id);
        id
    }

    fn finish(mut self) -> (Vec<u8>, Vec<u8>) {
        self.offsets.push(self.bytes.len() as u64);
        (
            self.offsets.iter().flat_map(|o| o.to_le_bytes()).collect(),
            self.bytes,
        )
    }
}

/// Interned classes.
#[derive(Default)]
struct Classes {
    all: Vec<Class>,
    travels: Vec<bool>,
    known: FxHashMap<Class, u16>,
}

impl Classes {
    fn intern(
        &mut self,
        direction: Direction,
        edge: &Edge,
        (from, to): (NodeKind, NodeKind),
    ) -> u16 {
        let class = Class {
            direction,
            edge: edge.kind,
            rule: edge.rule,
            state: edge.state,
            from,
            to,
        };
        if let Some(&id) = self.known.get(&class) {
            return id;
        }
        let id = self.all.len() as u16;
        self.all.push(class);
        self.travels.push(class.travels());
        self.known.insert(class, id);
        id
    }

    /// Those that travel, sorted, and the new number of each old one.
    fn finish(self) -> (Vec<Class>, Vec<u16>) {
        let mut kept: Vec<Class> = self
            .all
            .iter()
            .zip(&self.travels)
            .filter(|(_, t)| **t)
            .map(|(c, _)| *c)
            .collect();
        kept.sort();
        let renumber = self
            .all
            .iter()
            .map(|c| kept.binary_search(c).unwrap_or(0) as u16)
            .collect();
        (kept, renumber)
    }
}
