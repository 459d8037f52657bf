//! The one place where memory is mapped, and the one place in Ripple where `unsafe` is written.

use std::fs::File;
use std::ops::{Deref, DerefMut};

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

/// Memory that starts as zeroes and lies in huge pages where the system has them. What is read at
/// random over many megabytes spends more on finding its pages than on reading them.
pub(crate) enum Pages {
    Small(Vec<u8>),
    Huge(memmap2::MmapMut),
}

/// Under this a huge page would be mostly empty.
const HUGE: usize = 2 << 20;

impl Pages {
    pub(crate) fn zeroed(len: usize) -> Self {
        if len < HUGE {
            return Self::Small(vec![0; len]);
        }
        match memmap2::MmapMut::map_anon(len) {
            Ok(map) => {
                // Without huge pages everything is the same, only slower.
                #[cfg(target_os = "linux")]
                let _ = map.advise(memmap2::Advice::HugePage);
                Self::Huge(map)
            }
            Err(_) => Self::Small(vec![0; len]),
        }
    }
}

impl Default for Pages {
    fn default() -> Self {
        Self::Small(Vec::new())
    }
}

impl Deref for Pages {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        match self {
            Pages::Small(bytes) => bytes,
            Pages::Huge(map) => map,
        }
    }
}

impl DerefMut for Pages {
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Pages::Small(bytes) => bytes,
            Pages::Huge(map) => map,
        }
    }
}
