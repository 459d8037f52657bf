//! The snapshot file: a checksummed header and ten sections of little-endian numbers.
//!
//! Layout: [`HEADER`] bytes of header, then the sections one after the other, each aligned to 8.
//! Anything that does not fit (another version, another revision, a wrong checksum, a section
//! outside the file) is refused, and the caller builds the snapshot anew from the store.

use crate::csr::{CsrError, Stamp};
use crate::map::Bytes;
use std::io::Write;
use std::path::Path;
use twox_hash::XxHash3_64;

const MAGIC: &[u8; 8] = b"RIPLCSR\0";
/// Raised whenever the layout or the meaning of a number changes (kinds are stored by number).
const VERSION: u32 = 1;
/// Size of the header.
const HEADER: usize = 256;
pub(crate) const SECTIONS: usize = 10;

/// Which part of the file.
#[derive(Clone, Copy)]
#[repr(usize)]
pub(crate) enum Section {
    /// u64 × (strings + 1): where each string starts.
    StringOffsets,
    /// The strings, one after the other; the first ones are the node keys, sorted.
    Strings,
    /// [`crate::csr::NODE_BYTES`] a node.
    Nodes,
    /// u32 × (nodes + 1): the first edge that leaves each node.
    OutOffsets,
    /// [`crate::csr::EDGE_BYTES`] an edge, sorted by (from, kind, to); one more closes the evidence.
    Edges,
    /// (string u32, line u32) a site.
    Evidence,
    /// u32 × (nodes + 1): the first travel entry of each node.
    TravelOffsets,
    /// u64 an entry: target in the low 32 bits, class in the next 16; sorted by (class, target).
    Travel,
    /// u32 an entry: the edge travelled.
    TravelEdges,
    /// [`crate::csr::CLASS_BYTES`] a class.
    Classes,
}

/// Where each section lies.
pub(crate) type Table = [(usize, usize); SECTIONS];

/// Puts header and sections together.
pub(crate) fn assemble(stamp: Stamp, sections: [Vec<u8>; SECTIONS]) -> (Vec<u8>, Table) {
    let total: usize = HEADER
        + sections
            .iter()
            .map(|s| s.len().next_multiple_of(8))
            .sum::<usize>();
    let mut bytes = Vec::with_capacity(total);
    bytes.resize(HEADER, 0);
    let mut table = [(0, 0); SECTIONS];
    for (slot, section) in table.iter_mut().zip(sections) {
        *slot = (bytes.len(), section.len());
        bytes.extend_from_slice(&section);
        bytes.resize(bytes.len().next_multiple_of(8), 0);
    }
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&VERSION.to_le_bytes());
    header.extend_from_slice(&(SECTIONS as u32).to_le_bytes());
    header.extend_from_slice(&stamp.graph.to_le_bytes());
    header.extend_from_slice(&stamp.revision.to_le_bytes());
    for (start, len) in table {
        header.extend_from_slice(&(start as u64).to_le_bytes());
        header.extend_from_slice(&(len as u64).to_le_bytes());
    }
    header.extend_from_slice(&XxHash3_64::oneshot(&bytes[HEADER..]).to_le_bytes());
    let sum = XxHash3_64::oneshot(&header);
    header.extend_from_slice(&sum.to_le_bytes());
    bytes[..header.len()].copy_from_slice(&header);
    (bytes, table)
}

/// Reads the stamp and the section table, and proves the checksums.
pub(crate) fn verify(bytes: &Bytes) -> Result<(Stamp, Table), CsrError> {
    let damaged = |why: &str| CsrError::Damaged {
        why: why.to_owned(),
    };
    let sums_at = 32 + SECTIONS * 16;
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
    if XxHash3_64::oneshot(&bytes[..sums_at + 8]) != u64_at(sums_at + 8) {
        return Err(damaged("its header does not match its checksum"));
    }
    let mut table = [(0, 0); SECTIONS];
    for (i, slot) in table.iter_mut().enumerate() {
        let (start, len) = (u64_at(32 + i * 16) as usize, u64_at(40 + i * 16) as usize);
        if start.checked_add(len).is_none_or(|end| end > bytes.len()) {
            return Err(damaged("it is cut short"));
        }
        *slot = (start, len);
    }
    if XxHash3_64::oneshot(&bytes[HEADER..]) != u64_at(sums_at) {
        return Err(damaged("its contents do not match their checksum"));
    }
    Ok((
        Stamp {
            graph: u64_at(16),
            revision: u64_at(24),
        },
        table,
    ))
}

/// Writes the file whole or not at all: a temporary file beside it, then a rename.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = path.with_extension(format!("csr.{}", std::process::id()));
    let written = (|| {
        let mut file = std::fs::File::create(&temporary)?;
        file.write_all(bytes)?;
        file.flush()?;
        std::fs::rename(&temporary, path)
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}
