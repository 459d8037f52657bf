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

use crate::csr::unpack;
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
    /// asked; else in no order that means anything until [`Reached::sort`].
    pub nodes: Vec<(u32, f64)>,
    /// How many edges were looked at.
    pub edges_visited: u64,
}

impl Reached {
    /// Brings the nodes into order: best first, ties in key order.
    pub fn sort(&mut self, view: &View<'_>) {
        self.nodes.sort_unstable_by(|a, b| {
            b.1.total_cmp(&a.1)
                .then_with(|| view.order(a.0).cmp(&view.order(b.0)))
        });
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
#[derive(Clone, Copy, Default)]
struct Label {
    p: f64,
    pred: u32,
    epoch: u16,
    /// Edges on the way, saturating; the top bit says that it was settled.
    steps: u16,
}

const SETTLED: u16 = 1 << 15;
/// No label yet.
const UNSEEN: u16 = u16::MAX;

/// Working memory of a closure, reused between queries so that none of them clears it.
#[derive(Default)]
pub struct Scratch {
    labels: Vec<Label>,
    epoch: u16,
    queue: Vec<Vec<u32>>,
    counts: Vec<u32>,
    coarse: Vec<u16>,
    sources: Vec<Source>,
}

impl Scratch {
    fn start(&mut self, nodes: usize, sources: &[Source]) {
        if self.labels.len() < nodes {
            self.labels = vec![Label::default(); nodes];
            self.epoch = 0;
        }
        if self.epoch == u16::MAX {
            self.labels.fill(Label::default());
            self.epoch = 0;
        }
        self.epoch += 1;
        self.queue.resize_with(BUCKETS, Vec::new);
        self.queue.iter_mut().for_each(Vec::clear);
        self.sources.clear();
        self.sources.extend_from_slice(sources);
        self.sources.sort_unstable();
        self.sources.dedup();
    }

    fn label(&self, node: u32) -> Option<&Label> {
        self.labels
            .get(node as usize)
            .filter(|l| l.epoch == self.epoch)
    }

    /// Probability and number of steps of a node that the last closure reached.
    pub fn reached(&self, node: u32) -> Option<(f64, u32)> {
        self.label(node)
            .map(|l| (l.p, u32::from(l.steps & !SETTLED)))
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
    labels: &'s mut [Label],
    queue: &'s mut [Vec<u32>],
    epoch: u16,
    /// The last bucket that still counts.
    last: usize,
    floor: f64,
    /// Without `top`: the bucket of every node's label, [`UNSEEN`] for none. Two bytes a node stay in
    /// the cache where labels do not, and tell most offers that they come too late.
    coarse: &'s mut [u16],
    /// For `top`: labelled nodes by bucket, how many are in `..=last`, and how many are wanted.
    counts: &'s mut [u32],
    within: usize,
    wanted: Option<usize>,
}

impl Run<'_> {
    /// Offers `target` a way over `pred`.
    #[inline]
    fn offer(&mut self, view: &View<'_>, target: u32, p: f64, pred: u32, steps: u16) {
        let new = bucket(p);
        if let Some(coarse) = self.coarse.get_mut(target as usize) {
            if usize::from(*coarse) < new {
                return;
            }
            *coarse = new as u16;
        }
        let label = &mut self.labels[target as usize];
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
                }
                return;
            }
            old = Some(bucket(label.p));
        }
        *label = Label {
            p,
            pred,
            epoch: self.epoch,
            steps,
        };
        if old != Some(new) {
            self.queue[new].push(target);
            if self.wanted.is_some() {
                self.count(old, new);
            }
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
        let wanted = self.wanted.unwrap_or(usize::MAX);
        while self.last > 0 && self.within - self.counts[self.last] as usize >= wanted {
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
    if limits.top == Some(0) {
        return reached;
    }
    let Scratch {
        labels,
        epoch,
        queue,
        counts,
        coarse,
        sources,
    } = scratch;
    if limits.top.is_some() {
        counts.clear();
        counts.resize(BUCKETS, 0);
    }
    coarse.clear();
    if limits.top.is_none() {
        coarse.resize(view.node_count() as usize, UNSEEN);
    }
    let mut run = Run {
        labels,
        queue,
        epoch: *epoch,
        last: bucket(floor).min(BUCKETS - 1),
        floor,
        coarse,
        counts,
        within: 0,
        wanted: limits.top,
    };
    for source in &*sources {
        if let Some(coarse) = run.coarse.get_mut(source.node as usize) {
            *coarse = 0;
        }
        run.labels[source.node as usize] = Label {
            p: 1.0,
            pred: SOURCE,
            epoch: run.epoch,
            steps: SETTLED,
        };
    }
    // In a run of equal weights the targets come in key order: past as many as are wanted (and the
    // sources, which take no place), the others lose to those before them, and so does all that is
    // behind them.
    let most = limits.top.map(|k| k + sources.len());
    for source in &*sources {
        let weights = weights.of(Phase::First(source.change));
        reached.edges_visited += expand(view, weights, source.node, 1.0, 1, most, &mut run);
    }
    let then = weights.of(Phase::Then);
    let mut at = 0;
    let (mut settled, mut ready, mut offers) = (Vec::new(), Vec::with_capacity(BLOCK), Vec::new());
    while at <= run.last {
        settled.clear();
        settled.append(&mut run.queue[at]);
        for block in settled.chunks(BLOCK) {
            ready.clear();
            for &node in block {
                if run
                    .coarse
                    .get(node as usize)
                    .is_some_and(|&c| usize::from(c) != at)
                {
                    continue;
                }
                let label = &mut run.labels[node as usize];
                if label.steps & SETTLED == 0 && bucket(label.p) == at {
                    ready.push((node, label.p, (label.steps + 1).min(SETTLED - 1)));
                    label.steps |= SETTLED;
                }
            }
            reached
                .nodes
                .extend(ready.iter().map(|&(node, p, _)| (node, p)));
            // What lies behind the last bucket that counts cannot count.
            if at == run.last && limits.top.is_some() {
                continue;
            }
            if most.is_none() {
                reached.edges_visited += expand_block(view, then, &ready, &mut offers, &mut run);
                continue;
            }
            let warm = ready.iter().fold(0, |all, &(node, ..)| {
                all ^ view.travel(node).first().copied().unwrap_or(0)
            });
            std::hint::black_box(warm);
            for &(node, p, steps) in &ready {
                reached.edges_visited += expand(view, then, node, p, steps, most, &mut run);
            }
        }
        at += 1;
    }
    if let Some(k) = limits.top {
        reached.sort(view);
        reached.nodes.truncate(k);
    }
    reached
}

/// A way that may be the best one yet.
#[derive(Clone, Copy, Default)]
struct Offer {
    p: f64,
    target: u32,
    pred: u32,
    steps: u16,
}

/// [`expand`] for many nodes of one bucket and without `top`. First every edge is held against the
/// coarse labels without a branch that could be foreseen wrongly, then what is left is offered.
fn expand_block(
    view: &View<'_>,
    weights: &[f64],
    ready: &[(u32, f64, u16)],
    offers: &mut Vec<Offer>,
    run: &mut Run<'_>,
) -> u64 {
    let warm = ready.iter().fold(0, |all, &(node, ..)| {
        all ^ view.travel(node).first().copied().unwrap_or(0)
    });
    std::hint::black_box(warm);
    let (mut count, mut looked) = (0, 0);
    for &(node, p, steps) in ready {
        let entries = view.travel(node);
        looked += entries.len() / 8;
        if offers.len() < count + entries.len() / 8 {
            offers.resize((count + entries.len() / 8) * 2, Offer::default());
        }
        for word in entries.chunks_exact(8) {
            let word: [u8; 8] = word.try_into().expect("chunks of eight");
            let (target, class) = unpack(u64::from_le_bytes(word));
            let offered = p * weights[usize::from(class)];
            offers[count] = Offer {
                p: offered,
                target,
                pred: node,
                steps,
            };
            // A weight of nothing has a bucket past that of no label.
            count += usize::from(bucket(offered) <= usize::from(run.coarse[target as usize]));
        }
    }
    let warm = offers[..count]
        .iter()
        .fold(0, |all, o| all ^ run.labels[o.target as usize].steps);
    std::hint::black_box(warm);
    for offer in &offers[..count] {
        if offer.p >= run.floor {
            run.offer(view, offer.target, offer.p, offer.pred, offer.steps);
        }
    }
    looked as u64
}

/// Offers a way over `node` to all that it reaches. Gives the number of edges looked at.
fn expand(
    view: &View<'_>,
    weights: &[f64],
    node: u32,
    p: f64,
    steps: u16,
    most: Option<usize>,
    run: &mut Run<'_>,
) -> u64 {
    let entries = view.travel(node);
    let entry = |i: usize| {
        let word: [u8; 8] = entries[i * 8..i * 8 + 8]
            .try_into()
            .expect("eight bytes were taken");
        unpack(u64::from_le_bytes(word))
    };
    let most = most.unwrap_or(usize::MAX);
    let count = entries.len() / 8;
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
    for (nth, word) in view.travel(at).chunks_exact(8).enumerate() {
        let word: [u8; 8] = word.try_into().ok()?;
        let (target, class) = unpack(u64::from_le_bytes(word));
        if target == reached
            && phases
                .iter()
                .any(|&f| p * weights.of(f)[usize::from(class)] == wanted)
        {
            return Some(view.travel_edge(at, nth));
        }
    }
    None
}
