//! A snapshot with some owners' facts replaced: what the closure of a change runs on.
//!
//! The graph holds one commit; a change has two sides. Where a file differs between the graph,
//! base and head, what the graph says of it is hidden and what base and head say is laid over it,
//! so that callers of a removed function and callers of a new one both count. Nothing of the
//! snapshot is copied but the adjacency of the nodes that the replaced files touch.

use crate::csr::{Csr, ENTRY_BYTES, EdgeView, NodeView, kind_of, pack, split_site, unpack};
use crate::travel::{Class, Direction};
use ripple_graph_core::OwnerFacts;
use ripple_schemas::{Assertion, Edge, EdgeKind, Node, NodeKind, Rule, fact};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;

/// Marks the number of an edge that the overlay brought.
const LAID: u32 = 1 << 31;

/// A snapshot and what is laid over it. Numbers under the snapshot's node count are its nodes; the
/// overlay's own follow.
pub struct View<'c> {
    csr: &'c Csr,
    /// The snapshot's adjacency: where each node's entries start, and the entries.
    offsets: &'c [[u8; 4]],
    entries: &'c [[u8; ENTRY_BYTES]],
    /// The snapshot's kinds.
    kinds: &'c [u8],
    classes: Vec<Class>,
    /// Nodes that the snapshot does not have, in key order, then known by number.
    nodes: Vec<Node>,
    /// Before which node of the snapshot each of them stands in key order.
    places: Vec<u32>,
    ids: FxHashMap<Box<str>, u32>,
    /// The snapshot's nodes as head, else base, has them.
    restated: FxHashMap<u32, Node>,
    edges: Vec<(u32, u32, Edge)>,
    out: FxHashMap<u32, Vec<u32>>,
    hidden: FxHashSet<u32>,
    /// One bit a node: its adjacency is in `travel`.
    touched: Vec<u64>,
    travel: FxHashMap<u32, Adjacency>,
}

/// Travel entries as in the snapshot, with the edge of each.
#[derive(Default)]
struct Adjacency {
    entries: Vec<[u8; ENTRY_BYTES]>,
    edges: Vec<u32>,
}

/// One relationship, whichever side it came from: `from` depends on `to` in the words of the graph.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Dependency {
    pub from: u32,
    pub to: u32,
    pub kind: EdgeKind,
    pub rule: Rule,
    pub state: ripple_schemas::State,
    pub evidence: Vec<String>,
}

impl<'c> View<'c> {
    /// The snapshot as it is.
    pub fn of(csr: &'c Csr) -> Self {
        let (offsets, entries) = csr.travel();
        Self {
            csr,
            offsets,
            entries,
            kinds: csr.kinds(),
            classes: csr.classes().to_vec(),
            nodes: Vec::new(),
            places: Vec::new(),
            ids: FxHashMap::default(),
            restated: FxHashMap::default(),
            edges: Vec::new(),
            out: FxHashMap::default(),
            hidden: FxHashSet::default(),
            touched: Vec::new(),
            travel: FxHashMap::default(),
        }
    }

    /// The snapshot with the facts of some owners (files) replaced by the union of `base` and
    /// `head`; where both state a node or relationship, head's words count. An owner that stands on
    /// one side only is there on that side only; `gone` are owners that stand on neither.
    pub fn over(csr: &'c Csr, base: &[OwnerFacts], head: &[OwnerFacts], gone: &[String]) -> Self {
        let mut view = Self::of(csr);
        let owners: FxHashSet<&str> = base
            .iter()
            .chain(head)
            .map(|f| f.owner.as_str())
            .chain(gone.iter().map(String::as_str))
            .collect();
        if owners.is_empty() {
            return view;
        }
        let mut stale = view.hide(&owners);
        view.lay_nodes(base, head);
        let mut laid: BTreeMap<_, Edge> = BTreeMap::new();
        for side in [base, head] {
            let mut by_edge: BTreeMap<_, Vec<&Assertion>> = BTreeMap::new();
            for a in side.iter().flat_map(|f| &f.assertions) {
                by_edge.entry((&a.from, a.kind, &a.to)).or_default().push(a);
            }
            for (ends, assertions) in by_edge {
                if let Some(edge) = fact::merge(assertions) {
                    laid.insert((ends.0.clone(), ends.1, ends.2.clone()), edge);
                }
            }
        }
        let mut added: FxHashMap<u32, Vec<(u16, u32, u32)>> = FxHashMap::default();
        for ((from, _, to), edge) in laid {
            let (Some(from), Some(to)) = (view.find(from.as_str()), view.find(to.as_str())) else {
                continue;
            };
            view.lay_edge(from, to, edge, &mut added);
        }
        stale.extend(added.keys().copied());
        view.rebuild(stale, added);
        view
    }

    /// Hides what the owners state. Gives the nodes whose adjacency it was part of.
    ///
    /// The snapshot does not say who owns an edge, but evidence does: an edge all of whose sites lie
    /// in replaced files was stated by them alone.
    fn hide(&mut self, owners: &FxHashSet<&str>) -> FxHashSet<u32> {
        let mut stale = FxHashSet::default();
        let csr = self.csr;
        for owner in owners {
            let Some(inside) = owner.strip_prefix("file:") else {
                continue;
            };
            let symbols = format!("sym:{inside}#");
            let first = csr.lower_bound(&symbols);
            let members =
                (first..csr.node_count()).take_while(|&n| csr.key(n).starts_with(&symbols));
            for node in members.chain(csr.find(owner)) {
                let repository = repository_of(csr.key(node));
                for number in csr.out(node) {
                    let replaced = csr.sites(number).all(|(path, line)| {
                        line.is_some() && owners.contains(owner_key(repository, path).as_str())
                    });
                    if !replaced {
                        continue;
                    }
                    self.hidden.insert(number);
                    let edge = csr.edge(number);
                    stale.insert(edge.from);
                    stale.insert(edge.to);
                }
            }
        }
        stale
    }

    fn lay_nodes(&mut self, base: &[OwnerFacts], head: &[OwnerFacts]) {
        let mut stated: BTreeMap<&str, &Node> = BTreeMap::new();
        for facts in [base, head] {
            for node in facts.iter().flat_map(|f| &f.nodes) {
                stated.insert(node.key.as_str(), node);
            }
        }
        for (key, node) in stated {
            match self.csr.find(key) {
                Some(id) => {
                    self.restated.insert(id, node.clone());
                }
                None => {
                    let id = self.csr.node_count() + self.nodes.len() as u32;
                    self.ids.insert(key.into(), id);
                    self.places.push(self.csr.lower_bound(key));
                    self.nodes.push(node.clone());
                }
            }
        }
    }

    fn lay_edge(
        &mut self,
        from: u32,
        to: u32,
        edge: Edge,
        added: &mut FxHashMap<u32, Vec<(u16, u32, u32)>>,
    ) {
        let number = LAID | self.edges.len() as u32;
        for direction in [Direction::Against, Direction::Along] {
            let class = Class {
                direction,
                edge: edge.kind,
                rule: edge.rule,
                state: edge.state,
                from: self.kind(from),
                to: self.kind(to),
            };
            if !class.travels() {
                continue;
            }
            let id = self
                .classes
                .iter()
                .position(|c| *c == class)
                .unwrap_or_else(|| {
                    self.classes.push(class);
                    self.classes.len() - 1
                });
            let (at, target) = if direction == Direction::Against {
                (to, from)
            } else {
                (from, to)
            };
            added
                .entry(at)
                .or_default()
                .push((id as u16, target, number));
        }
        self.out.entry(from).or_default().push(number);
        self.edges.push((from, to, edge));
    }

    /// Writes the adjacency of the nodes that are no longer as the snapshot has them.
    fn rebuild(&mut self, stale: FxHashSet<u32>, mut added: FxHashMap<u32, Vec<(u16, u32, u32)>>) {
        self.touched = vec![0; (self.node_count() as usize).div_ceil(64)];
        for node in stale {
            let mut all = added.remove(&node).unwrap_or_default();
            if node < self.csr.node_count() {
                let kept =
                    self.stored_travel(node)
                        .iter()
                        .enumerate()
                        .filter_map(|(nth, entry)| {
                            let (target, class) = unpack(entry);
                            let edge = self.csr.travel_edge(node, nth);
                            (!self.hidden.contains(&edge)).then_some((class, target, edge))
                        });
                all.extend(kept);
            }
            all.sort_by_key(|&(class, target, edge)| (class, self.order(target), edge));
            let mut adjacency = Adjacency::default();
            for (class, target, edge) in all {
                adjacency.entries.push(pack(target, class));
                adjacency.edges.push(edge);
            }
            self.touched[node as usize / 64] |= 1 << (node % 64);
            self.travel.insert(node, adjacency);
        }
    }

    /// What sorts of travel there are.
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// How many nodes, the overlay's included.
    pub fn node_count(&self) -> u32 {
        self.csr.node_count() + self.nodes.len() as u32
    }

    /// The node with that key.
    pub fn find(&self, key: &str) -> Option<u32> {
        self.ids.get(key).copied().or_else(|| self.csr.find(key))
    }

    /// The key of a node.
    pub fn key(&self, node: u32) -> &str {
        match self.own(node) {
            Some(own) => own.key.as_str(),
            None => self.csr.key(node),
        }
    }

    /// The kind of a node.
    pub fn kind(&self, node: u32) -> NodeKind {
        match self.own(node).or_else(|| self.restated.get(&node)) {
            Some(own) => own.kind,
            None => kind_of(self.kinds[node as usize]),
        }
    }

    /// A number by which nodes sort as by their keys.
    #[inline]
    pub fn order(&self, node: u32) -> u64 {
        match node.checked_sub(self.csr.node_count()) {
            None => u64::from(node) << 32 | u64::from(u32::MAX),
            Some(own) => u64::from(self.places[own as usize]) << 32 | u64::from(own),
        }
    }

    /// All that is known of a node, as head, else base, else the graph has it.
    pub fn node(&self, node: u32) -> Option<Node> {
        match self.own(node).or_else(|| self.restated.get(&node)) {
            Some(own) => Some(own.clone()),
            None => self.csr.to_node(node),
        }
    }

    /// A node as the snapshot has it, where the overlay says nothing of it.
    pub fn stored(&self, node: u32) -> Option<NodeView<'_>> {
        (node < self.csr.node_count()).then(|| self.csr.node(node))
    }

    /// One property of a node that is a string, as head, else base, else the graph has it.
    pub fn text_property(&self, node: u32, name: &str) -> Option<&str> {
        match self.own(node).or_else(|| self.restated.get(&node)) {
            Some(own) => own.properties.get(name)?.as_str(),
            None => self.csr.text_property(node, name),
        }
    }

    /// Path and name of a node, as head, else base, else the graph has them.
    pub fn place(&self, node: u32) -> (Option<&str>, &str) {
        match self.own(node).or_else(|| self.restated.get(&node)) {
            Some(own) => (own.path.as_deref(), own.name.as_str()),
            None => {
                let kept = self.csr.node(node);
                (kept.path, kept.name)
            }
        }
    }

    /// The snapshot's nodes that the overlay states itself, in the order of their numbers.
    pub fn restated(&self) -> impl Iterator<Item = u32> {
        let mut all: Vec<u32> = self.restated.keys().copied().collect();
        all.sort_unstable();
        all.into_iter()
    }

    /// Whether nothing is laid over the snapshot.
    pub fn is_plain(&self) -> bool {
        self.nodes.is_empty() && self.restated.is_empty()
    }

    /// Whether the overlay states the node itself.
    pub fn restates(&self, node: u32) -> bool {
        node >= self.csr.node_count() || self.restated.contains_key(&node)
    }

    /// The snapshot underneath.
    pub fn csr(&self) -> &Csr {
        self.csr
    }

    /// The edges that leave a node, by number.
    pub fn out(&self, node: u32) -> impl Iterator<Item = u32> {
        let stored = if node < self.csr.node_count() {
            self.csr.out(node)
        } else {
            0..0
        };
        let laid = self.out.get(&node).into_iter().flatten().copied();
        stored.filter(|e| !self.hidden.contains(e)).chain(laid)
    }

    /// The edges of one kind that leave a node, by number.
    pub fn out_of_kind(&self, node: u32, kind: EdgeKind) -> impl Iterator<Item = u32> {
        let stored = if node < self.csr.node_count() {
            self.csr.out_of_kind(node, kind)
        } else {
            0..0
        };
        let laid = self.out.get(&node).into_iter().flatten().copied();
        stored
            .filter(|e| !self.hidden.contains(e))
            .chain(laid.filter(move |&e| self.edge(e).kind == kind))
    }

    /// Whether any node's key starts with `prefix`.
    pub fn has_prefix(&self, prefix: &str) -> bool {
        self.csr.has_prefix(prefix)
            || self
                .nodes
                .iter()
                .any(|n| n.key.as_str().starts_with(prefix))
    }

    /// The nodes that the snapshot does not have.
    pub fn laid(&self) -> std::ops::Range<u32> {
        self.csr.node_count()..self.node_count()
    }

    /// Ends and kind of an edge.
    pub fn edge(&self, edge: u32) -> EdgeView {
        if edge & LAID == 0 {
            return self.csr.edge(edge);
        }
        let (from, to, laid) = &self.edges[(edge ^ LAID) as usize];
        EdgeView {
            from: *from,
            to: *to,
            kind: laid.kind,
            rule: laid.rule,
            state: laid.state,
            sites: laid.sites,
        }
    }

    /// An edge with its evidence.
    pub fn dependency(&self, edge: u32) -> Dependency {
        let EdgeView {
            from,
            to,
            kind,
            rule,
            state,
            ..
        } = self.edge(edge);
        let evidence = if edge & LAID == 0 {
            let text = |(path, line): (&str, Option<u32>)| match line {
                Some(line) => format!("{path}:{line}"),
                None => path.to_owned(),
            };
            self.csr.sites(edge).map(text).collect()
        } else {
            self.edges[(edge ^ LAID) as usize].2.evidence.clone()
        };
        Dependency {
            from,
            to,
            kind,
            rule,
            state,
            evidence,
        }
    }

    #[inline]
    pub(crate) fn travel(&self, node: u32) -> &[[u8; ENTRY_BYTES]] {
        match self.laid_over(node) {
            Some(adjacency) => &adjacency.entries,
            None => self.stored_travel(node),
        }
    }

    /// The snapshot's entries; none for a node of the overlay.
    #[inline]
    fn stored_travel(&self, node: u32) -> &'c [[u8; ENTRY_BYTES]] {
        let at = node as usize;
        let range = match (self.offsets.get(at), self.offsets.get(at + 1)) {
            (Some(start), Some(end)) => {
                u32::from_le_bytes(*start) as usize..u32::from_le_bytes(*end) as usize
            }
            _ => return &[],
        };
        self.entries.get(range).unwrap_or_default()
    }

    pub(crate) fn travel_edge(&self, node: u32, nth: usize) -> u32 {
        match self.laid_over(node) {
            Some(adjacency) => adjacency.edges[nth],
            None => self.csr.travel_edge(node, nth),
        }
    }

    #[inline]
    fn laid_over(&self, node: u32) -> Option<&Adjacency> {
        let word = self.touched.get(node as usize / 64)?;
        (word >> (node % 64) & 1 == 1)
            .then(|| self.travel.get(&node))
            .flatten()
    }

    fn own(&self, node: u32) -> Option<&Node> {
        self.nodes
            .get(node.checked_sub(self.csr.node_count())? as usize)
    }
}

/// The repository part of a symbol's or file's key, encoded as it stands there.
fn repository_of(key: &str) -> &str {
    let rest = key.split_once(':').map_or(key, |(_, rest)| rest);
    rest.split_once('/')
        .map_or(rest, |(repository, _)| repository)
}

/// The owner of what a site shows.
fn owner_key(repository: &str, path: &str) -> String {
    let (path, _) = split_site(path);
    format!("file:{repository}/{}", ripple_schemas::key::encode(path))
}
