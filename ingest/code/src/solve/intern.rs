//! Interned terms that the threads of one resolution share.
//!
//! A term goes in, a number comes out, the same one for equal terms on every thread. Nothing is
//! ever removed. Numbers depend on which thread came first, so nothing may be ordered by them.

use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::{BuildHasher, Hash};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

const SHARDS: usize = 16;
/// The first run of slots holds so many terms, each further one twice as many as the one before.
const FIRST: u32 = 1 << 10;
const RUNS: usize = 22;

/// Equal terms by number.
pub(super) struct Interner<T> {
    ids: [Mutex<FxHashMap<T, u32>>; SHARDS],
    runs: [OnceLock<Box<[OnceLock<T>]>>; RUNS],
    next: AtomicU32,
}

impl<T: Clone + Eq + Hash> Interner<T> {
    pub(super) fn new() -> Self {
        Interner {
            ids: std::array::from_fn(|_| Mutex::default()),
            runs: std::array::from_fn(|_| OnceLock::new()),
            next: AtomicU32::new(0),
        }
    }

    /// The number of a term.
    pub(super) fn intern(&self, term: &T) -> u32 {
        let shard = (FxBuildHasher.hash_one(term) >> 57) as usize % SHARDS;
        let mut ids = self.ids[shard]
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(&id) = ids.get(term) {
            return id;
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (run, at) = place_of(id);
        let slots = self.runs[run].get_or_init(|| {
            let count = (FIRST as usize) << run;
            (0..count).map(|_| OnceLock::new()).collect()
        });
        // The number is fresh: nobody else sets its slot.
        let _ = slots[at].set(term.clone());
        ids.insert(term.clone(), id);
        id
    }

    /// The term behind a number that [`Interner::intern`] gave.
    pub(super) fn get(&self, id: u32) -> &T {
        let (run, at) = place_of(id);
        self.runs[run]
            .get()
            .and_then(|slots| slots[at].get())
            // Numbers are only made by `intern`, which sets the slot before it gives one out.
            .unwrap_or_else(|| unreachable!("a number that was never given out"))
    }
}

fn place_of(id: u32) -> (usize, usize) {
    let n = id as u64 + u64::from(FIRST);
    let run = (63 - n.leading_zeros() - FIRST.trailing_zeros()) as usize;
    (run, (n - (u64::from(FIRST) << run)) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_terms_have_one_number_on_every_thread() {
        let interner = Interner::new();
        let all: Vec<Vec<u32>> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4)
                .map(|_| {
                    let interner = &interner;
                    scope.spawn(move || {
                        (0..5_000)
                            .map(|n: u32| interner.intern(&format!("{}", n % 3_000)))
                            .collect()
                    })
                })
                .collect();
            workers.into_iter().map(|w| w.join().unwrap()).collect()
        });
        for ids in &all {
            assert_eq!(ids, &all[0]);
            assert_eq!(ids[7], ids[3_007]);
        }
        assert_eq!(interner.get(all[0][41]), "41");
        assert_eq!(interner.next.load(Ordering::Relaxed), 3_000);
    }
}
