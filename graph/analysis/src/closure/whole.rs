//! The whole closure: every node, so that nothing is gained by stopping early and everything by
//! waiting less for memory.
//!
//! A way that may be the best is written to the queue of its bucket and nowhere else; two bytes a
//! node (the best bucket so far) turn down nearly all ways that are not. When a bucket's turn comes,
//! its nodes are settled one after the other, and only then expanded, in blocks whose adjacency is
//! brought into the cache together. Labels are written once a node and hardly ever read.

use super::{BUCKETS, Label, ONE, SETTLED, SHIFT, Slot, bucket};
use crate::csr::{ENTRY_BYTES, unpack};
use crate::map::Pages;
use crate::overlay::View;
use crate::travel::{Phase, Weights};

/// Nodes whose adjacency is brought into the cache together.
const BLOCK: usize = 64;
/// Bits of a queued way that hold what of the probability its bucket does not say.
const REST: u64 = (1 << SHIFT) - 1;

/// A way to a node, as it waits in the queue of its bucket.
#[derive(Clone, Copy, Default)]
struct Way {
    target: u32,
    pred: u32,
    /// The low bits say the probability within the bucket, the others the steps.
    rest: u64,
}

/// A way as it lies in memory.
type Waiting = [u8; 16];

impl Way {
    #[inline]
    fn read(slot: &Waiting) -> Self {
        let word = u128::from_le_bytes(*slot);
        Self {
            target: word as u32,
            pred: (word >> 32) as u32,
            rest: (word >> 64) as u64,
        }
    }

    #[inline]
    fn write(self, slot: &mut Waiting) {
        let low = u64::from(self.target) | u64::from(self.pred) << 32;
        *slot = (u128::from(self.rest) << 64 | u128::from(low)).to_le_bytes();
    }

    #[inline]
    fn label(self, at: usize, epoch: u16) -> Label {
        Label {
            p: f64::from_bits(ONE - ((at as u64) << SHIFT | self.rest & REST)),
            pred: self.pred,
            epoch,
            steps: (self.rest >> SHIFT) as u16 | SETTLED,
        }
    }
}

/// A settled node: what it passes on, and to whom.
struct Ready<'v> {
    node: u32,
    p: f64,
    /// Steps of whoever it reaches.
    steps: u16,
    entries: &'v [[u8; ENTRY_BYTES]],
}

impl Ready<'_> {
    fn new(node: u32, label: Label) -> Self {
        Self {
            node,
            p: label.p,
            steps: ((label.steps & !SETTLED) + 1).min(SETTLED - 1),
            entries: &[],
        }
    }
}

/// A way that may be the best one yet.
#[derive(Clone, Copy, Default)]
struct Offer {
    p: f64,
    target: u32,
    pred: u32,
    steps: u16,
}

/// Ways that lie together.
const CHUNK: usize = 256;
/// Chunks that come from the system at once.
const SLAB: usize = 4096;
/// No chunk.
const NONE: u32 = u32::MAX;

/// The ways of every bucket, in chunks. A chunk whose bucket is done serves another one while it is
/// still in the cache, so that there are about as many as ways wait at a time; all of them lie in huge
/// pages, and none is ever moved.
#[derive(Default)]
struct Buckets {
    slabs: Vec<Pages>,
    /// Of each bucket its last chunk and how many ways that holds.
    last: Vec<(u32, u32)>,
    /// Of each chunk the one before it in its bucket.
    before: Vec<u32>,
    free: Vec<u32>,
}

impl Buckets {
    fn start(&mut self) {
        self.last.clear();
        self.last.resize(BUCKETS, (NONE, 0));
        self.free.clear();
        self.free.extend((0..self.before.len() as u32).rev());
    }

    #[inline]
    fn push(&mut self, bucket: usize, way: Way) {
        let (mut chunk, mut len) = self.last[bucket];
        if chunk == NONE || len as usize == CHUNK {
            let fresh = self.chunk();
            self.before[fresh as usize] = chunk;
            (chunk, len) = (fresh, 0);
        }
        let slab = &mut self.slabs[chunk as usize / SLAB];
        let at = chunk as usize % SLAB * CHUNK + len as usize;
        way.write(&mut slab.as_chunks_mut().0[at]);
        self.last[bucket] = (chunk, len + 1);
    }

    fn chunk(&mut self) -> u32 {
        if let Some(chunk) = self.free.pop() {
            return chunk;
        }
        let chunk = self.before.len();
        if chunk / SLAB == self.slabs.len() {
            let bytes = SLAB * CHUNK * size_of::<Waiting>();
            self.slabs.push(Pages::zeroed(bytes));
        }
        self.before.push(NONE);
        chunk as u32
    }

    /// The chunks of a bucket and how many ways each holds, in the order in which they were filled;
    /// the bucket is empty afterwards.
    fn take(&mut self, bucket: usize, chunks: &mut Vec<(u32, u32)>) {
        chunks.clear();
        let (mut chunk, mut len) = std::mem::replace(&mut self.last[bucket], (NONE, 0));
        while chunk != NONE {
            chunks.push((chunk, len));
            (chunk, len) = (self.before[chunk as usize], CHUNK as u32);
        }
        chunks.reverse();
    }

    fn ways(&self, (chunk, len): (u32, u32)) -> &[Waiting] {
        let at = chunk as usize % SLAB * CHUNK;
        let slab = self.slabs[chunk as usize / SLAB].as_chunks().0;
        &slab[at..at + len as usize]
    }
}

/// Working memory.
#[derive(Default)]
pub(super) struct Queues {
    buckets: Buckets,
    chunks: Vec<(u32, u32)>,
    offers: Vec<Offer>,
    again: Vec<Way>,
}

/// What a closure writes.
pub(super) struct Ground<'s> {
    pub(super) labels: &'s mut [Slot],
    /// For every node twice the bucket of the best way so far, and one more while it waits.
    pub(super) coarse: &'s mut [[u8; 2]],
    pub(super) epoch: u16,
    pub(super) queues: &'s mut Queues,
}

const fn waiting(bucket: usize) -> [u8; 2] {
    (bucket as u16 * 2 + 1).to_le_bytes()
}

const fn settled(bucket: usize) -> [u8; 2] {
    (bucket as u16 * 2).to_le_bytes()
}

/// Settles everything down to `floor`, best bucket first. The sources have their labels already and
/// lie in no queue. Gives the number of edges looked at.
pub(super) fn settle<'v>(
    view: &'v View<'_>,
    weights: &Weights,
    sources: &[super::Source],
    floor: f64,
    ground: Ground<'_>,
    mut reached: impl FnMut(u32, f64),
) -> u64 {
    let Ground {
        labels,
        coarse,
        epoch,
        queues,
    } = ground;
    let last = bucket(floor).min(BUCKETS - 1);
    queues.buckets.start();
    // Nothing beyond the floor waits for anything: it is turned down like a way that is too long.
    coarse.fill(waiting(last));
    for source in sources {
        coarse[source.node as usize] = settled(0);
    }
    let mut looked = 0;
    for source in sources {
        let ready = Ready {
            node: source.node,
            p: 1.0,
            steps: 1,
            entries: view.travel(source.node),
        };
        let weights = weights.of(Phase::First(source.change));
        looked += expand(weights, &[ready], floor, coarse, queues);
    }
    let then = weights.of(Phase::Then);
    let mut ready: Vec<Ready<'v>> = Vec::new();
    for at in 0..=last {
        let Queues {
            buckets,
            chunks,
            again,
            ..
        } = &mut *queues;
        buckets.take(at, chunks);
        ready.clear();
        again.clear();
        for way in chunks.iter().flat_map(|&chunk| buckets.ways(chunk)) {
            let way = Way::read(way);
            let state = &mut coarse[way.target as usize];
            if *state == waiting(at) {
                *state = settled(at);
                let label = way.label(at, epoch);
                label.write(&mut labels[way.target as usize]);
                ready.push(Ready::new(way.target, label));
            } else if *state == settled(at) {
                again.push(way);
            }
        }
        buckets.free.extend(chunks.iter().map(|(chunk, _)| chunk));
        // Of several ways of one bucket the best counts. What was settled by another waits again.
        for way in &*again {
            let slot = &mut labels[way.target as usize];
            let (was, is) = (Label::read(slot), way.label(at, epoch));
            let order = is.p.total_cmp(&was.p).reverse();
            let order = order.then(is.steps.cmp(&was.steps));
            let order = order.then_with(|| view.order(is.pred).cmp(&view.order(was.pred)));
            if order.is_lt() {
                is.write(slot);
                coarse[way.target as usize] = waiting(at);
            }
        }
        if !again.is_empty() {
            for node in &mut ready {
                let state = &mut coarse[node.node as usize];
                if *state == waiting(at) {
                    *state = settled(at);
                    *node = Ready::new(node.node, Label::read(&labels[node.node as usize]));
                }
            }
        }
        for block in ready.chunks_mut(BLOCK) {
            for node in &mut *block {
                node.entries = view.travel(node.node);
                reached(node.node, node.p);
            }
            looked += expand(then, block, floor, coarse, queues);
        }
    }
    looked
}

/// Offers what the nodes pass on to all whom they reach. Gives the number of edges looked at. First
/// every edge is held against the coarse state without a branch that could be foreseen wrongly, then
/// what is left is queued.
fn expand(
    weights: &[f64],
    ready: &[Ready<'_>],
    floor: f64,
    coarse: &mut [[u8; 2]],
    queues: &mut Queues,
) -> u64 {
    // Brings the adjacency of all of them into the cache at once: their misses overlap.
    let warm = ready.iter().fold(0, |all, node| {
        let ends = (node.entries.first(), node.entries.last());
        all ^ ends.0.map_or(0, |e| e[0]) ^ ends.1.map_or(0, |e| e[5])
    });
    std::hint::black_box(warm);
    let offers = &mut queues.offers;
    let (mut count, mut looked) = (0, 0);
    for node in ready {
        let entries = node.entries;
        looked += entries.len();
        if offers.len() < count + entries.len() {
            offers.resize((count + entries.len()) * 2, Offer::default());
        }
        let into = &mut offers[count..count + entries.len()];
        let mut kept = 0;
        for entry in entries {
            let (target, class) = unpack(entry);
            let p = node.p * weights[usize::from(class)];
            into[kept] = Offer {
                p,
                target,
                pred: node.node,
                steps: node.steps,
            };
            // A weight of nothing has a bucket past every other.
            let best = usize::from(u16::from_le_bytes(coarse[target as usize]));
            kept += usize::from(bucket(p) * 2 < best);
        }
        count += kept;
    }
    for offer in &offers[..count] {
        let (state, at) = (&mut coarse[offer.target as usize], bucket(offer.p));
        if at * 2 < usize::from(u16::from_le_bytes(*state)) && offer.p >= floor {
            *state = waiting(at);
            let way = Way {
                target: offer.target,
                pred: offer.pred,
                rest: (ONE - offer.p.to_bits()) & REST | u64::from(offer.steps) << SHIFT,
            };
            queues.buckets.push(at, way);
        }
    }
    looked as u64
}
