//! The snapshot file: a checksummed header, sections of little-endian numbers, and one checksum for
//! each [`BLOCK`] bytes of them.
//!
//! Layout: [`HEADER`] bytes of header, then the sections one after the other, each aligned to 8, then
//! the checksums of the blocks. The first sections are what a closure runs over: they are read whole
//! and proved at once. Of the others an answer needs little: they are mapped, and a block is proved
//! when it is first looked at. Anything that does not fit (another version, another revision, a
//! wrong checksum, a section outside the file) is refused, and the caller builds the snapshot anew
//! from the store.

use crate::csr::{CsrError, Stamp};
use crate::map::{Bytes, Pages};
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use twox_hash::XxHash3_64;

const MAGIC: &[u8; 8] = b"RIPLCSR\0";
/// Raised whenever the layout or the meaning of a number changes (kinds are stored by number).
const VERSION: u32 = 3;
/// Size of the header: a page, so that blocks are pages.
const HEADER: usize = 4096;
/// Bytes that share one checksum.
const BLOCK: usize = 4096;
pub(crate) const SECTIONS: usize = 15;
/// How many sections, from the first, are read whole.
const HOT: usize = 6;
/// Blocks that are read at once: what has just been read is proved from the cache.
const READ: usize = 128;

/// Which part of the file.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(crate) enum Section {
    /// u32 × (nodes + 1): the first travel entry of each node.
    TravelOffsets,
    /// [`crate::csr::ENTRY_BYTES`] an entry: target u32, class u16; sorted by (class, target).
    Travel,
    /// u8 a node: its kind.
    Kinds,
    /// (u32, u32): number of the first file and how many there are; then for each file in key order
    /// its first symbol and how many it has.
    Files,
    /// u32 × (files + 1): the first blind spot of each file.
    SpotOffsets,
    /// [`crate::csr::SPOT_BYTES`] a blind spot.
    Spots,
    /// u64 × (strings + 1): where each string starts.
    StringOffsets,
    /// The strings, one after the other; the first ones are the node keys, sorted.
    Strings,
    /// [`crate::csr::NODE_BYTES`] a node.
    Nodes,
    /// u32: for each node that has some, how many properties; then (name, value), both strings.
    Properties,
    /// u32 × (nodes + 1): the first edge that leaves each node.
    OutOffsets,
    /// [`crate::csr::EDGE_BYTES`] an edge, sorted by (from, kind, to); one more closes the evidence.
    Edges,
    /// (string u32, line u32) a site.
    Evidence,
    /// u32 an entry: the edge travelled.
    TravelEdges,
    /// [`crate::csr::CLASS_BYTES`] a class.
    Classes,
}

/// Where each section lies.
pub(crate) type Table = [(usize, usize); SECTIONS];

/// Start and size of the checksums of the blocks, and their own checksum, behind the table.
const SUMS_AT: usize = 32 + SECTIONS * 16;
/// The header's own checksum.
const HEADER_SUM_AT: usize = SUMS_AT + 24;

/// Puts header, sections and checksums together.
pub(crate) fn assemble(stamp: Stamp, sections: [Vec<u8>; SECTIONS]) -> (Vec<u8>, Table) {
    let total: usize = sections
        .iter()
        .map(|s| s.len().next_multiple_of(8))
        .sum::<usize>();
    let mut bytes = Vec::with_capacity(HEADER + total + total.div_ceil(BLOCK) * 8);
    bytes.resize(HEADER, 0);
    let mut table = [(0, 0); SECTIONS];
    for (slot, section) in table.iter_mut().zip(sections) {
        *slot = (bytes.len(), section.len());
        bytes.extend_from_slice(&section);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }
    let sums: Vec<u8> = bytes[HEADER..]
        .chunks(BLOCK)
        .flat_map(|block| XxHash3_64::oneshot(block).to_le_bytes())
        .collect();
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&VERSION.to_le_bytes());
    header.extend_from_slice(&(SECTIONS as u32).to_le_bytes());
    header.extend_from_slice(&stamp.graph.to_le_bytes());
    header.extend_from_slice(&stamp.revision.to_le_bytes());
    for (start, len) in table.into_iter().chain([(bytes.len(), sums.len())]) {
        header.extend_from_slice(&(start as u64).to_le_bytes());
        header.extend_from_slice(&(len as u64).to_le_bytes());
    }
    header.extend_from_slice(&XxHash3_64::oneshot(&sums).to_le_bytes());
    let sum = XxHash3_64::oneshot(&header);
    header.extend_from_slice(&sum.to_le_bytes());
    bytes[..header.len()].copy_from_slice(&header);
    bytes.extend_from_slice(&sums);
    (bytes, table)
}

/// A snapshot file that was opened: its table, what is read whole, and what proves the rest.
pub(crate) struct Opened {
    pub(crate) stamp: Stamp,
    pub(crate) table: Table,
    pub(crate) bytes: Bytes,
    pub(crate) hot: Pages,
    pub(crate) proof: Proof,
}

/// Opens a snapshot file: proves its header and reads and proves its hot sections.
pub(crate) fn open(path: &Path, wanted: Stamp) -> Result<Opened, CsrError> {
    let file = File::open(path)?;
    let bytes = Bytes::map(&file)?;
    let damaged = |why: &str| CsrError::Damaged {
        why: why.to_owned(),
    };
    if bytes.len() < HEADER || &bytes[..8] != MAGIC {
        return Err(damaged("it is no snapshot"));
    }
    let u32_at =
        |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let u64_at = |at: usize| u64::from(u32_at(at)) | u64::from(u32_at(at + 4)) << 32;
    if u32_at(8) != VERSION || u32_at(12) != SECTIONS as u32 {
        return Err(CsrError::OtherVersion {
            found: u32_at(8),
            known: VERSION,
        });
    }
    let padding = &bytes[HEADER_SUM_AT + 8..HEADER];
    if XxHash3_64::oneshot(&bytes[..HEADER_SUM_AT]) != u64_at(HEADER_SUM_AT)
        || padding.iter().any(|&b| b != 0)
    {
        return Err(damaged("its header does not match its checksum"));
    }
    let stamp = Stamp {
        graph: u64_at(16),
        revision: u64_at(24),
    };
    if stamp != wanted {
        return Err(CsrError::Stale {
            found: stamp,
            wanted,
        });
    }
    let mut all = [(0, 0); SECTIONS + 1];
    for (i, slot) in all.iter_mut().enumerate() {
        let (start, len) = (u64_at(32 + i * 16) as usize, u64_at(40 + i * 16) as usize);
        if start < HEADER || start.checked_add(len).is_none_or(|end| end > bytes.len()) {
            return Err(damaged("it is cut short"));
        }
        *slot = (start, len);
    }
    let [table @ .., (sums_at, sums_len)] = all;
    if XxHash3_64::oneshot(&bytes[sums_at..sums_at + sums_len]) != u64_at(SUMS_AT + 16)
        || (sums_at - HEADER).div_ceil(BLOCK) * 8 != sums_len
        || bytes.len() != sums_at + sums_len
    {
        return Err(damaged("its checksums do not match their checksum"));
    }
    let proof = Proof {
        end: sums_at,
        known: (0..(sums_len / 8).div_ceil(64))
            .map(|_| AtomicU64::new(0))
            .collect(),
        damaged: AtomicBool::new(false),
    };
    let (last_start, last_len) = table[HOT - 1];
    let mut hot = Pages::zeroed(last_start + last_len - HEADER);
    // Two threads read, and prove what they have read, at once.
    let half = hot.len() / 2 / (BLOCK * READ) * (BLOCK * READ);
    let (first, second) = hot.split_at_mut(half);
    let read = |part: &mut [u8], at: usize| read_hot(&file, &bytes, &proof, part, at);
    let whole = std::thread::scope(|scope| {
        let first = (half > 0).then(|| scope.spawn(|| read(first, 0)));
        let second = read(second, half / BLOCK)?;
        let first = first.map(|f| f.join().unwrap_or(Ok(false)));
        Ok::<_, std::io::Error>(second && first.unwrap_or(Ok(true))?)
    })?;
    if !whole {
        return Err(damaged("its contents do not match their checksum"));
    }
    Ok(Opened {
        stamp,
        table,
        bytes,
        hot,
        proof,
    })
}

/// Reads hot blocks from number `block` on; whether they are as they were written.
fn read_hot(
    file: &File,
    bytes: &Bytes,
    proof: &Proof,
    part: &mut [u8],
    mut block: usize,
) -> std::io::Result<bool> {
    for part in part.chunks_mut(BLOCK * READ) {
        read_at(file, bytes, part, HEADER + block * BLOCK)?;
        for one in part.chunks(BLOCK) {
            // The last hot block goes on into what is mapped.
            let whole = one.len() == BLOCK;
            let right = if whole {
                XxHash3_64::oneshot(one) == proof.sum(bytes, block)
            } else {
                let start = HEADER + block * BLOCK;
                proof.holds(bytes, start, one.len()) && bytes[start..start + one.len()] == *one
            };
            if !right {
                return Ok(false);
            }
            block += 1;
        }
    }
    Ok(true)
}

/// Reads without moving anything that another thread could see.
#[cfg(unix)]
fn read_at(file: &File, _: &Bytes, into: &mut [u8], at: usize) -> std::io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, at as u64)
}

#[cfg(not(unix))]
fn read_at(_: &File, bytes: &Bytes, into: &mut [u8], at: usize) -> std::io::Result<()> {
    into.copy_from_slice(&bytes[at..at + into.len()]);
    Ok(())
}

/// Which blocks of a mapped snapshot were proved already.
pub(crate) struct Proof {
    /// Where the blocks end and their checksums begin.
    end: usize,
    known: Box<[AtomicU64]>,
    damaged: AtomicBool,
}

impl Proof {
    fn sum(&self, bytes: &[u8], block: usize) -> u64 {
        let at = self.end + block * 8;
        let word: [u8; 8] = bytes[at..at + 8]
            .try_into()
            .expect("eight bytes were taken");
        u64::from_le_bytes(word)
    }

    /// Whether the bytes are as they were written. Once it was not, [`Proof::damaged`] says so.
    #[inline]
    pub(crate) fn holds(&self, bytes: &[u8], start: usize, len: usize) -> bool {
        let first = (start - HEADER) / BLOCK;
        let last = (start + len.max(1) - 1 - HEADER) / BLOCK;
        (first..=last).all(|block| {
            let known = self.known.get(block / 64);
            known.is_some_and(|k| k.load(Ordering::Relaxed) >> (block % 64) & 1 == 1)
                || self.prove(bytes, block)
        })
    }

    #[cold]
    fn prove(&self, bytes: &[u8], block: usize) -> bool {
        let start = HEADER + block * BLOCK;
        let whole = start < self.end && {
            let end = (start + BLOCK).min(self.end);
            XxHash3_64::oneshot(&bytes[start..end]) == self.sum(bytes, block)
        };
        if whole {
            self.known[block / 64].fetch_or(1 << (block % 64), Ordering::Relaxed);
        } else {
            self.damaged.store(true, Ordering::Relaxed);
        }
        whole
    }

    pub(crate) fn damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }
}

/// Where a hot section lies in what was read whole.
pub(crate) fn in_hot((start, len): (usize, usize)) -> std::ops::Range<usize> {
    start - HEADER..start - HEADER + len
}

/// Writes the file whole or not at all: a temporary file beside it, then a rename.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension(format!("csr.{}", std::process::id()));
    let written = (|| {
        let mut file = File::create(&temporary)?;
        file.write_all(bytes)?;
        file.flush()?;
        std::fs::rename(&temporary, path)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}
