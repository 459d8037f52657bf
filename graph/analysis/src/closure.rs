//! Reverse reachability, best path first: what a change may reach, with the probability of the
//! most probable path to each.
//!
//! The probability of a path is the product of its weights, so the best paths form Dijkstra's tree
//! over -ln p. Instead of logarithms and a heap the queue is an array of buckets over the bits of
//! the product itself: positive floats order like their bits. A bucket is narrower (1/128) than the
//! least loss of a step ([`crate::travel::MAX_WEIGHT`], 1/100), so no node of a bucket can improve
//! another one of the same bucket, and a whole bucket is settled at once in any order. The result is
//! exact to the last digit and does not depend on the order of anything: a label is the greatest
//! product; among equal ones the fewest steps; among those the predecessor whose key comes first.

mod whole;

use crate::csr::{ENTRY_BYTES, unpack};
use crate::map::Pages;
use crate::overlay::View;
use crate::travel::{Phase, Weights};
use ripple_schemas::ChangeKind;

/// One changed node and what happened to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Source {
    pub node: u32,
    pub change: ChangeKind,
}

/// Where to stop.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Only the most probable so many; `None` for all.
    pub top: Option<usize>,
    /// Nodes under this probability count as not reached; at least 2⁻⁶⁴ is asked in any case.
    pub floor: f64,
}

impl Limits {
    /// Everything that can be reached.
    pub const WHOLE: Limits = Limits {
        top: None,
        floor: 0.0,
    };

    /// The `k` most probable.
    pub const fn top(k: usize) -> Limits {
        Limits {
            top: Some(k),
            floor: 0.0,
        }
    }
}

/// What a closure found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reached {
    /// Node and probability, without the sources. Best first, ties in key order, where `top` was
    /// asked; else in buckets of like probability, best first, until [`Reached::sort`].
    pub nodes: Vec<(u32, f64)>,
    /// How many edges were looked at.
    pub edges_visited: u64,
}

impl Reached {
    /// Brings the nodes into order: best first, ties in key order.
    pub fn sort(&mut self, view: &View<'_>) {
        self.nodes.sort_unstable_by(best_first(view));
    }

    /// The `k` most probable of those that are wanted, best first, ties in key order. Does not need
    /// the nodes to be sorted: a closure finds them bucket by bucket.
    pub fn best(&self, view: &View<'_>, k: usize, wanted: impl Fn(u32) -> bool) -> Vec<(u32, f64)> {
        let mut best: Vec<(u32, f64)> = Vec::new();
        for &(node, p) in &self.nodes {
            let later = best.last().is_some_and(|(_, q)| bucket(*q) < bucket(p));
            if best.len() >= k && later {
                break;
            }
            if wanted(node) {
                best.push((node, p));
            }
        }
        best.sort_unstable_by(best_first(view));
        best.truncate(k);
        best
    }
}

fn best_first(view: &View<'_>) -> impl Fn(&(u32, f64), &(u32, f64)) -> std::cmp::Ordering {
    |a, b| {
        b.1.total_cmp(&a.1)
            .then_with(|| view.order(a.0).cmp(&view.order(b.0)))
    }
}

/// One edge of an explaining path, in the order in which the change travels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hop {
    /// Where the change was.
    pub at: u32,
    /// Where it went.
    pub reached: u32,
    /// By which edge; see [`View::dependency`].
    pub edge: u32,
}

/// log2 of the buckets in one halving.
const FINE: u32 = 7;
/// Bits of a mantissa that a bucket does not look at.
const SHIFT: u32 = 52 - FINE;
/// Halvings before a probability counts as none.
const HALVINGS: usize = 64;
const BUCKETS: usize = HALVINGS << FINE;
const ONE: u64 = 0x3FF0_0000_0000_0000;
/// Nodes of one bucket that are looked up together: their cache misses overlap.
const BLOCK: usize = 64;
/// The predecessor of a source.
const SOURCE: u32 = u32::MAX;

/// The bucket of a probability in (0, 1]: 0 for 1, growing as it falls.
fn bucket(p: f64) -> usize {
    (ONE.saturating_sub(p.to_bits()) >> SHIFT) as usize
}

/// Best known way to one node; valid where its epoch is the query's.
#[derive(Clone, Copy)]
struct Label {
    p: f64,
    pred: u32,
    epoch: u16,
    /// Edges on the way, saturating; the top bit says that it was settled.
    steps: u16,
}

/// A label as it lies in memory. Zeroes are the label of no query.
type Slot = [u8; 16];

impl Label {
    #[inline]
    fn read(slot: &Slot) -> Self {
        let word = u128::from_le_bytes(*slot);
        Self {
            p: f64::from_bits(word as u64),
            pred: (word >> 64) as u32,
            epoch: (word >> 96) as u16,
            steps: (word >> 112) as u16,
        }
    }

    #[inline]
    fn write(self, slot: &mut Slot) {
        let high = u64::from(self.pred) | u64::from(self.epoch) << 32 | u64::from(self.steps) << 48;
        *slot = (u128::from(high) << 64 | u128::from(self.p.to_bits())).to_le_bytes();
    }
}

const SETTLED: u16 = 1 << 15;

/// Working memory of a closure, reused between queries so that none of them clears it.
#[derive(Default)]
pub struct Scratch {
    labels: Pages,
    epoch: u16,
    queue: Vec<Vec<u32>>,
    counts: Vec<u32>,
    coarse: Pages,
    queues: whole::Queues,
    sources: Vec<Source>,
}

impl Scratch {
    fn start(&mut self, nodes: usize, sources: &[Source]) {
        if self.labels.len() < nodes * size_of::<Slot>() {
            self.labels = Pages::zeroed(nodes * size_of::<Slot>());
            self.coarse = Pages::zeroed(nodes * size_of::<u16>());
            self.epoch = 0;
        }
        if self.epoch == u16::MAX {
            self.labels.fill(0);
            self.epoch = 0;
        }
        self.epoch += 1;
        self.sources.clear();
        self.sources.extend_from_slice(sources);
        self.sources.sort_unstable();
        self.sources.dedup();
    }

    #[inline]
    fn label(&self, node: u32) -> Option<Label> {
        let slot = self.labels.as_chunks().0.get(node as usize)?;
        Some(Label::read(slot)).filter(|l| l.epoch == self.epoch)
    }

    /// Probability and number of steps of a node that the last closure reached.
    #[inline]
    pub fn reached(&self, node: u32) -> Option<(f64, u32)> {
        self.label(node)
            .map(|l| (l.p, u32::from(l.steps & !SETTLED)))
    }

    /// Every node that the last closure reached, without the sources, in the order of their numbers:
    /// node, probability, and the node before it on the best path.
    pub fn all(&self) -> impl Iterator<Item = (u32, f64, u32)> {
        (0u32..)
            .zip(self.labels.as_chunks().0)
            .map(|(node, slot)| (node, Label::read(slot)))
            .filter(|(_, l)| l.epoch == self.epoch && l.steps & SETTLED != 0 && l.pred != SOURCE)
            .map(|(node, l)| (node, l.p, l.pred))
    }

    /// Probability of a node that the last closure reached and that is no source.
    #[inline]
    pub fn dependent(&self, node: u32) -> Option<f64> {
        let label = self.label(node).filter(|l| l.pred != SOURCE);
        label.map(|l| l.p)
    }

    /// The node before `node` on the best path; `None` for a changed one and one not reached.
    pub fn before(&self, node: u32) -> Option<u32> {
        Some(self.label(node)?.pred).filter(|&p| p != SOURCE)
    }

    /// The changed node at the root of the best path to `node`, and whether there is one.
    pub fn root(&self, mut node: u32) -> Option<u32> {
        loop {
            match self.label(node)?.pred {
                SOURCE => return Some(node),
                pred => node = pred,
            }
        }
    }
}

/// Everything that one relaxation needs.
struct Run<'s> {
    labels: &'s mut [Slot],
    queue: &'s mut [Vec<u32>],
    epoch: u16,
    /// The last bucket that still counts.
    last: usize,
    floor: f64,
    /// Labelled nodes by bucket, how many are in `..=last`, and how many are wanted.
    counts: &'s mut [u32],
    within: usize,
    wanted: usize,
}

impl Run<'_> {
    /// Offers `target` a way over `pred`.
    #[inline]
    fn offer(&mut self, view: &View<'_>, target: u32, p: f64, pred: u32, steps: u16) {
        let new = bucket(p);
        let slot = &mut self.labels[target as usize];
        let mut label = Label::read(slot);
        let mut old = None;
        if label.epoch == self.epoch {
            if label.p > p {
                return;
            }
            if label.p == p {
                // Same product, so same bucket: nothing to queue again, and not settled yet, since
                // every predecessor is strictly more probable.
                let better = label.steps > steps
                    || (label.steps == steps && view.order(label.pred) > view.order(pred));
                if better && label.pred != SOURCE {
                    label.steps = steps;
                    label.pred = pred;
                    label.write(slot);
                }
                return;
            }
            old = Some(bucket(label.p));
        }
        let label = Label {
            p,
            pred,
            epoch: self.epoch,
            steps,
        };
        label.write(slot);
        if old != Some(new) {
            self.queue[new].push(target);
            self.count(old, new);
        }
    }

    /// Keeps `last` at the first bucket by which enough nodes are labelled.
    fn count(&mut self, old: Option<usize>, new: usize) {
        self.counts[new] += 1;
        self.within += 1;
        if let Some(old) = old {
            self.counts[old] -= 1;
            if old <= self.last {
                self.within -= 1;
            }
        }
        while self.last > 0 && self.within - self.counts[self.last] as usize >= self.wanted {
            self.within -= self.counts[self.last] as usize;
            self.last -= 1;
        }
    }
}

/// What `sources` may reach. See the module for what exactly it computes.
pub fn closure(
    view: &View<'_>,
    weights: &Weights,
    sources: &[Source],
    limits: Limits,
    scratch: &mut Scratch,
) -> Reached {
    scratch.start(view.node_count() as usize, sources);
    let floor = limits
        .floor
        .max(f64::from_bits(ONE - ((BUCKETS as u64 - 1) << SHIFT)));
    let mut reached = Reached::default();
    let Scratch {
        labels,
        epoch,
        queue,
        counts,
        coarse,
        queues,
        sources,
    } = scratch;
    let labels = labels.as_chunks_mut().0;
    for source in &*sources {
        let label = Label {
            p: 1.0,
            pred: SOURCE,
            epoch: *epoch,
            steps: SETTLED,
        };
        label.write(&mut labels[source.node as usize]);
    }
    let Some(wanted) = limits.top else {
        let ground = whole::Ground {
            labels,
            coarse: &mut coarse.as_chunks_mut().0[..view.node_count() as usize],
            epoch: *epoch,
            queues,
        };
        let nodes = &mut reached.nodes;
        reached.edges_visited = whole::settle(view, weights, sources, floor, ground, |n, p| {
            nodes.push((n, p))
        });
        return reached;
    };
    if wanted == 0 {
        return reached;
    }
    queue.resize_with(BUCKETS, Vec::new);
    queue.iter_mut().for_each(Vec::clear);
    counts.clear();
    counts.resize(BUCKETS, 0);
    let mut run = Run {
        labels,
        queue,
        epoch: *epoch,
        last: bucket(floor).min(BUCKETS - 1),
        floor,
        counts,
        within: 0,
        wanted,
    };
    // In a run of equal weights the targets come in key order: past as many as are wanted (and the
    // sources, which take no place), the others lose to those before them, and so does all that is
    // behind them.
    let most = wanted.saturating_add(sources.len());
    for source in &*sources {
        let weights = weights.of(Phase::First(source.change));
        reached.edges_visited += expand(view, weights, source.node, 1.0, 1, most, &mut run);
    }
    let then = weights.of(Phase::Then);
    let mut at = 0;
    let (mut settled, mut ready) = (Vec::new(), Vec::with_capacity(BLOCK));
    while at <= run.last {
        settled.clear();
        settled.append(&mut run.queue[at]);
        for block in settled.chunks(BLOCK) {
            ready.clear();
            for &node in block {
                let slot = &mut run.labels[node as usize];
                let mut label = Label::read(slot);
                if label.steps & SETTLED == 0 && bucket(label.p) == at {
                    ready.push((node, label.p, (label.steps + 1).min(SETTLED - 1)));
                    label.steps |= SETTLED;
                    label.write(slot);
                }
            }
            reached
                .nodes
                .extend(ready.iter().map(|&(node, p, _)| (node, p)));
            // What lies behind the last bucket that counts cannot count.
            if at == run.last {
                continue;
            }
            warm(view, &ready);
            for &(node, p, steps) in &ready {
                reached.edges_visited += expand(view, then, node, p, steps, most, &mut run);
            }
        }
        at += 1;
    }
    reached.sort(view);
    reached.nodes.truncate(wanted);
    reached
}

/// Brings the adjacency of all of them into the cache at once: their misses overlap.
fn warm(view: &View<'_>, ready: &[(u32, f64, u16)]) {
    let all = ready.iter().fold(0, |all, &(node, ..)| {
        all ^ view.travel(node).first().map_or(0, |entry| entry[0])
    });
    std::hint::black_box(all);
}

/// Offers a way over `node` to all that it reaches. Gives the number of edges looked at.
fn expand(
    view: &View<'_>,
    weights: &[f64],
    node: u32,
    p: f64,
    steps: u16,
    most: usize,
    run: &mut Run<'_>,
) -> u64 {
    let entries = view.travel(node);
    let entry = |i: usize| unpack(&entries[i]);
    let count = entries.len();
    let (mut i, mut looked) = (0, 0);
    while i < count {
        let (_, class) = entry(i);
        let offered = p * weights[usize::from(class)];
        if offered < run.floor || bucket(offered) > run.last {
            looked += 1;
            i = run_end(i, count, |j| entry(j).1 == class);
            continue;
        }
        let start = i;
        while i < count && i - start < most {
            let (target, c) = entry(i);
            if c != class {
                break;
            }
            run.offer(view, target, offered, node, steps);
            i += 1;
        }
        looked += (i - start) as u64;
        if i < count && i - start == most {
            i = run_end(i - 1, count, |j| entry(j).1 == class);
        }
    }
    looked
}

/// The first index after `from` that is not `same`, by galloping.
fn run_end(from: usize, count: usize, same: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut step) = (from, 1);
    while low + step < count && same(low + step) {
        low += step;
        step *= 2;
    }
    let mut high = (low + step).min(count);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if same(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// The path by which the last closure reached `node`, from the changed symbol outwards; empty for
/// a changed symbol or one that was not reached.
pub fn path(view: &View<'_>, weights: &Weights, scratch: &Scratch, node: u32) -> Vec<Hop> {
    let mut hops = Vec::new();
    let mut reached = node;
    while let Some(label) = scratch.label(reached) {
        if label.pred == SOURCE {
            break;
        }
        let at = label.pred;
        let from = scratch.label(at).map_or(0.0, |l| l.p);
        let Some(edge) = edge_between(view, weights, scratch, (at, from), (reached, label.p))
        else {
            break;
        };
        hops.push(Hop { at, reached, edge });
        reached = at;
    }
    hops.reverse();
    hops
}

/// The edge whose weight gave `reached` its probability; the first such in (class, evidence) order.
fn edge_between(
    view: &View<'_>,
    weights: &Weights,
    scratch: &Scratch,
    (at, p): (u32, f64),
    (reached, wanted): (u32, f64),
) -> Option<u32> {
    let mut phases: Vec<Phase> = scratch
        .sources
        .iter()
        .filter(|s| s.node == at)
        .map(|s| Phase::First(s.change))
        .collect();
    if phases.is_empty() {
        phases.push(Phase::Then);
    }
    let entries = view.travel(at);
    let class = |i: usize| unpack(&entries[i]).1;
    let mut start = 0;
    while start < entries.len() {
        let of = class(start);
        let end = run_end(start, entries.len(), |i| class(i) == of);
        if phases
            .iter()
            .any(|&f| p * weights.of(f)[usize::from(of)] == wanted)
        {
            // The targets of one class come in key order.
            let before =
                |entry: &[u8; ENTRY_BYTES]| view.order(unpack(entry).0) < view.order(reached);
            let nth = start + entries[start..end].partition_point(before);
            if nth < end && unpack(&entries[nth]).0 == reached {
                return Some(view.travel_edge(at, nth));
            }
        }
        start = end;
    }
    None
}
