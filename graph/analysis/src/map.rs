//! The one place where memory is mapped, and the one place in Ripple where `unsafe` is written.

use std::fs::File;
use std::ops::Deref;

/// Bytes of a snapshot: built in this process, or mapped from its file.
pub(crate) enum Bytes {
    Owned(Vec<u8>),
    Mapped(memmap2::Mmap),
}

impl Bytes {
    /// Maps a whole file for reading.
    pub(crate) fn map(file: &File) -> std::io::Result<Self> {
        // SAFETY: a mapping is undefined behaviour only if the file shrinks or changes under it.
        // Snapshot files are never written in place: `file::write` fills a temporary file and
        // renames it over the old one, so the mapped inode stays as it is until it is unmapped.
        // All reads go through bounds-checked slices, so that wrong bytes give wrong numbers and
        // never a wrong access.
        #[allow(unsafe_code)]
        let map = unsafe { memmap2::Mmap::map(file)? };
        Ok(Self::Mapped(map))
    }
}

impl Deref for Bytes {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Bytes::Owned(bytes) => bytes,
            Bytes::Mapped(map) => map,
        }
    }
}
