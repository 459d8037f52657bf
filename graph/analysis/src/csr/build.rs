//! Flattening: the visible graph of a store into the sections of a snapshot.
//!
//! Goes in: nodes and edges in any order. Comes out: the same bytes for the same graph.

use super::node::{JSON, written};
use super::{CLASS_BYTES, Csr, EDGE_BYTES, ENTRY_BYTES, NODE_BYTES, NONE, Stamp, pack, split_site};
use crate::file;
use crate::map::Bytes;
use crate::travel::{Class, Direction};
use ripple_graph_core::Snapshot;
use ripple_schemas::property::{self, FileBlind};
use ripple_schemas::{Edge, EdgeKind, Node, NodeKind};
use rustc_hash::FxHashMap;

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
        let mut properties = Vec::new();
        for node in &nodes {
            put_node(&mut node_bytes, &mut properties, &mut strings, node);
        }
        let (first_file, runs) = files(&nodes, &ids);
        let (spot_offsets, spots) = spots(&nodes, &ids, first_file, &runs, &mut strings);

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
        let mut travel_bytes = Vec::with_capacity(travel.len() * ENTRY_BYTES);
        let mut travel_edges = Vec::with_capacity(travel.len() * 4);
        for &(node, class, target, edge) in &travel {
            travel_offsets[node as usize + 1] += 1;
            travel_bytes.extend_from_slice(&pack(target, class));
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
                prefix_sums(travel_offsets),
                travel_bytes,
                nodes.iter().map(|n| n.kind as u8).collect(),
                [(first_file as u32, runs.len() as u32)]
                    .into_iter()
                    .chain(runs)
                    .flat_map(|(a, b)| [a, b])
                    .flat_map(u32::to_le_bytes)
                    .collect(),
                spot_offsets,
                spots,
                string_offsets,
                string_bytes,
                node_bytes,
                properties,
                prefix_sums(out_offsets),
                edge_bytes,
                evidence,
                travel_edges,
                class_bytes,
            ],
        );
        Self {
            bytes: Bytes::Owned(bytes),
            read: None,
            table,
            stamp,
            nodes: nodes.len() as u32,
            edges: edges.len() as u32,
            classes: kept,
        }
    }
}

/// The first file's number, and each file's run of symbols.
fn files(nodes: &[&Node], ids: &FxHashMap<&str, u32>) -> (usize, Vec<(u32, u32)>) {
    let first = nodes.partition_point(|n| n.key.as_str() < "file:");
    let count = nodes[first..].partition_point(|n| n.key.as_str().starts_with("file:"));
    let mut runs = vec![(0u32, 0u32); count];
    let prefix = |n: &&Node| {
        let rest = n.key.as_str().strip_prefix("sym:")?;
        Some(rest.split_once('#')?.0.to_owned())
    };
    let mut at = 0u32;
    for run in nodes.chunk_by(|a, b| prefix(a) == prefix(b)) {
        let file = prefix(&run[0]).and_then(|p| ids.get(format!("file:{p}").as_str()).copied());
        if let Some(slot) = file.and_then(|f| runs.get_mut((f as usize).checked_sub(first)?)) {
            *slot = (at, run.len() as u32);
        }
        at += run.len() as u32;
    }
    (first, runs)
}

/// Where the blind spots of each file start, and all of them.
fn spots(
    nodes: &[&Node],
    ids: &FxHashMap<&str, u32>,
    first: usize,
    runs: &[(u32, u32)],
    strings: &mut Strings,
) -> (Vec<u8>, Vec<u8>) {
    let mut offsets = vec![0u32];
    let mut out = Vec::new();
    for (file, &(start, len)) in nodes[first..].iter().zip(runs) {
        let blind = property::blind_spots(file);
        offsets.push(blind.len() as u32);
        if blind.is_empty() {
            continue;
        }
        let symbols = start..start + len;
        let spans: Vec<(u32, u32, u32)> = symbols
            .filter_map(|n| {
                let node = nodes[n as usize];
                Some((node.line_start?, node.line_end?, n))
            })
            .collect();
        for spot in blind {
            let key = spot.within.as_ref().map(|key| key.as_str());
            let within = key.map(|key| match ids.get(key) {
                Some(&node) => node,
                None => strings.intern(key),
            });
            let around = spans
                .iter()
                .filter(|(first, last, _)| (*first..=*last).contains(&spot.line))
                .min_by_key(|(first, last, node)| (last - first, *node));
            let words = [
                spot.line,
                strings.intern(&spot.why),
                within.unwrap_or(NONE),
                around.map_or(NONE, |(.., node)| *node),
                spot.kind as u32,
            ];
            out.extend(words.iter().flat_map(|w| w.to_le_bytes()));
        }
    }
    (prefix_sums(offsets), out)
}

fn prefix_sums(mut counts: Vec<u32>) -> Vec<u8> {
    for i in 1..counts.len() {
        counts[i] += counts[i - 1];
    }
    counts.iter().flat_map(|c| c.to_le_bytes()).collect()
}

fn put_node(out: &mut Vec<u8>, properties: &mut Vec<u8>, strings: &mut Strings, node: &Node) {
    let mut text = |t: Option<&str>| t.map_or(NONE, |t| strings.intern(t));
    let words = [
        node.kind as u32,
        text(Some(&node.name)),
        text(node.qualified_name.as_deref()),
        text(node.path.as_deref()),
        node.line_start.unwrap_or(NONE),
        node.line_end.unwrap_or(NONE),
        text(node.language.as_deref()),
        put_properties(properties, strings, node),
    ];
    out.extend(words.iter().flat_map(|w| w.to_le_bytes()));
}

/// Where a node's properties start: all but the hashes of symbols, and the blind spots that have a
/// section of their own.
fn put_properties(out: &mut Vec<u8>, strings: &mut Strings, node: &Node) -> u32 {
    let file = node.key.as_str().starts_with("file:");
    let apart = |name: &str, value: &serde_json::Value| match name {
        property::SIGNATURE | property::BODY => true,
        property::BLIND_SPOTS if file => {
            let blind: Vec<FileBlind> = property::blind_spots(node);
            !blind.is_empty() && written(&blind).as_ref() == Some(value)
        }
        _ => false,
    };
    let kept: Vec<_> = node
        .properties
        .iter()
        .filter(|(name, value)| !apart(name, value))
        .collect();
    if kept.is_empty() {
        return NONE;
    }
    let at = (out.len() / 4) as u32;
    out.extend_from_slice(&(kept.len() as u32).to_le_bytes());
    for (name, value) in kept {
        let name = strings.intern(name);
        let (name, value) = match value {
            serde_json::Value::String(text) => (name, strings.intern(text)),
            other => (name | JSON, strings.intern(&other.to_string())),
        };
        out.extend([name, value].iter().flat_map(|w| w.to_le_bytes()));
    }
    at
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
