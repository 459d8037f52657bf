//! What lowering gave, kept under `.ripple/cache` so that an unchanged file is never parsed twice.
//!
//! Packs are written whole to a temporary name and renamed; a pack that cannot be read, or an entry
//! whose checksum is wrong, is as good as absent. Never the only copy of anything.
//!
//! A pack is a header, entries (postcard), an index, and a trailer with the index's place and
//! checksum.

use super::Read;
use rustc_hash::{FxHashMap, FxHashSet};
use std::fs::File;
use std::io::{BufWriter, Read as _, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

const MAGIC: &[u8; 8] = b"RIPPACK1";
const TRAILER: u64 = 24;
/// More packs than this are merged into one.
const MAX_PACKS: usize = 8;

/// A temporary file of this age has no writer any more.
const ABANDONED: Duration = Duration::from_secs(3600);

/// (key, offset, length, checksum)
type IndexRow = (u128, u64, u32, u64);

/// The packs of one folder.
pub(crate) struct Cache {
    folder: Option<PathBuf>,
    packs: Vec<Pack>,
}

struct Pack {
    path: PathBuf,
    file: Mutex<File>,
    index: FxHashMap<u128, (u64, u32, u64)>,
}

impl Cache {
    /// Opens what is there. What cannot be read is skipped and removed, as is what a killed writer
    /// left behind. A folder behind a symbolic link is not used: a repository could have brought it.
    pub(crate) fn open(folder: &Path) -> Self {
        let is_link = |path: &Path| std::fs::symlink_metadata(path).is_ok_and(|m| m.is_symlink());
        let linked = is_link(folder) || folder.parent().is_some_and(is_link);
        let mut cache = Self {
            folder: (!linked).then(|| folder.to_owned()),
            packs: Vec::new(),
        };
        if linked {
            return cache;
        }
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|e| e.path()).filter(|p| is_ours(p)).collect();
        paths.sort();
        for path in paths {
            if path.extension().is_some_and(|e| e == "tmp") {
                let age = std::fs::metadata(&path)
                    .and_then(|m| m.modified())
                    .ok()
                    .and_then(|m| m.elapsed().ok());
                if age.is_some_and(|age| age > ABANDONED) {
                    std::fs::remove_file(&path).ok();
                }
                continue;
            }
            match Pack::open(&path) {
                Some(pack) => cache.packs.push(pack),
                None => {
                    tracing::debug!(path = %path.display(), "cache pack is unreadable, dropped");
                    std::fs::remove_file(&path).ok();
                }
            }
        }
        cache
    }

    /// One entry, to be decoded with [`Cache::decode`].
    pub(crate) fn bytes(&self, key: u128) -> Option<Vec<u8>> {
        self.packs.iter().rev().find_map(|pack| pack.bytes(key))
    }

    /// What [`Cache::bytes`] gave.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Read> {
        postcard::from_bytes(bytes).ok()
    }

    /// Writes new entries, then drops what `live` does not name where that is most of it. Failure
    /// costs only time at the next run.
    pub(crate) fn add(&mut self, new: &[(u128, &Read)], live: &FxHashSet<u128>) {
        let Some(folder) = self.folder.clone() else {
            return;
        };
        let stored: usize = self.packs.iter().map(|p| p.index.len()).sum();
        let used = live
            .iter()
            .filter(|k| self.packs.iter().any(|p| p.index.contains_key(k)))
            .count();
        let wasteful = stored > 2 * used + 1000 || self.packs.len() >= MAX_PACKS;
        if new.is_empty() && !wasteful {
            return;
        }
        let mut rows: Vec<(u128, Vec<u8>)> = Vec::new();
        if wasteful {
            for &key in live {
                if let Some(bytes) = self.packs.iter().rev().find_map(|p| p.bytes(key)) {
                    rows.push((key, bytes));
                }
            }
        }
        for (key, read) in new {
            if let Ok(bytes) = postcard::to_stdvec(read) {
                rows.push((*key, bytes));
            }
        }
        rows.sort_by_key(|(key, _)| *key);
        rows.dedup_by_key(|(key, _)| *key);
        match write(&folder, &rows) {
            Ok(path) => {
                if wasteful {
                    for pack in self.packs.drain(..) {
                        std::fs::remove_file(&pack.path).ok();
                    }
                }
                self.packs.extend(Pack::open(&path));
            }
            Err(why) => tracing::debug!(%why, "cache not written"),
        }
    }
}

impl Pack {
    fn open(path: &Path) -> Option<Self> {
        let mut file = File::open(path).ok()?;
        let size = file.metadata().ok()?.len();
        let mut head = [0; 8];
        file.read_exact(&mut head).ok()?;
        if &head != MAGIC || size < 8 + TRAILER {
            return None;
        }
        file.seek(SeekFrom::End(-(TRAILER as i64))).ok()?;
        let mut trailer = [0; TRAILER as usize];
        file.read_exact(&mut trailer).ok()?;
        let number = |at: usize| {
            trailer
                .get(at..at + 8)?
                .try_into()
                .ok()
                .map(u64::from_le_bytes)
        };
        let (start, checksum) = (number(0)?, number(8)?);
        if trailer.get(16..)? != MAGIC || start > size - TRAILER {
            return None;
        }
        file.seek(SeekFrom::Start(start)).ok()?;
        let mut bytes = vec![0; (size - TRAILER - start) as usize];
        file.read_exact(&mut bytes).ok()?;
        if twox_hash::XxHash3_64::oneshot(&bytes) != checksum {
            return None;
        }
        let rows: Vec<IndexRow> = postcard::from_bytes(&bytes).ok()?;
        let index = rows
            .into_iter()
            .map(|(key, at, len, sum)| (key, (at, len, sum)))
            .collect();
        Some(Self {
            path: path.to_owned(),
            file: Mutex::new(file),
            index,
        })
    }

    fn bytes(&self, key: u128) -> Option<Vec<u8>> {
        let &(at, len, sum) = self.index.get(&key)?;
        let mut bytes = vec![0; len as usize];
        {
            let mut file = self.file.lock().ok()?;
            file.seek(SeekFrom::Start(at)).ok()?;
            file.read_exact(&mut bytes).ok()?;
        }
        (twox_hash::XxHash3_64::oneshot(&bytes) == sum).then_some(bytes)
    }
}

/// True for a regular file with a name that [`write`] gives: twenty digits, a process, an ending.
fn is_ours(path: &Path) -> bool {
    let name = path
        .file_name()
        .and_then(|n| n.to_str())
        .unwrap_or_default();
    let stem = name
        .strip_suffix(".pack")
        .or(name.strip_suffix(".tmp"))
        .unwrap_or_default();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    stem.split_once('-')
        .is_some_and(|(time, process)| time.len() == 20 && digits(time) && digits(process))
        && std::fs::symlink_metadata(path).is_ok_and(|m| m.is_file())
}

fn write(folder: &Path, rows: &[(u128, Vec<u8>)]) -> std::io::Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    // Later packs sort after earlier ones; the process id keeps two writers apart.
    let stem = format!("{:020}-{}", now.as_nanos(), std::process::id());
    let temporary = folder.join(format!("{stem}.tmp"));
    let finished = folder.join(format!("{stem}.pack"));
    let written = fill(&temporary, rows).and_then(|()| std::fs::rename(&temporary, &finished));
    if written.is_err() {
        std::fs::remove_file(&temporary).ok();
    }
    written.map(|()| finished)
}

fn fill(path: &Path, rows: &[(u128, Vec<u8>)]) -> std::io::Result<()> {
    let mut out = BufWriter::new(File::create_new(path)?);
    out.write_all(MAGIC)?;
    let mut at = 8u64;
    let mut index: Vec<IndexRow> = Vec::with_capacity(rows.len());
    for (key, bytes) in rows {
        out.write_all(bytes)?;
        index.push((
            *key,
            at,
            bytes.len() as u32,
            twox_hash::XxHash3_64::oneshot(bytes),
        ));
        at += bytes.len() as u64;
    }
    let bytes = postcard::to_stdvec(&index).map_err(std::io::Error::other)?;
    out.write_all(&bytes)?;
    out.write_all(&at.to_le_bytes())?;
    out.write_all(&twox_hash::XxHash3_64::oneshot(&bytes).to_le_bytes())?;
    out.write_all(MAGIC)?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::super::{Outcome, SetAside};
    use super::*;

    fn get(cache: &Cache, key: u128) -> Option<Read> {
        Cache::decode(&cache.bytes(key)?)
    }

    fn read(content: u128) -> Read {
        Read {
            content,
            language: "python".to_owned(),
            outcome: Outcome::SetAside(SetAside::Generated),
            words: vec![1, 2],
            tests: vec![(crate::facts::DefId(1), "adds total".into())],
            notes: Vec::new(),
        }
    }

    #[test]
    fn what_was_kept_is_found_by_the_next_process() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path());
        cache.add(&[(1, &read(7)), (2, &read(8))], &FxHashSet::default());
        let again = Cache::open(folder.path());
        assert_eq!(get(&again, 2), Some(read(8)));
        assert_eq!(get(&again, 3), None);
    }

    #[test]
    fn a_damaged_pack_is_as_good_as_absent_wherever_the_damage_is() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path());
        cache.add(&[(1, &read(7))], &FxHashSet::default());
        let path = cache.packs[0].path.clone();
        let sound = std::fs::read(&path).unwrap();
        for at in 0..sound.len() {
            let mut damaged = sound.clone();
            damaged[at] ^= 0x55;
            std::fs::write(&path, &damaged).unwrap();
            assert_eq!(get(&Cache::open(folder.path()), 1), None, "byte {at}");
        }
        std::fs::write(&path, &sound[..sound.len() / 2]).unwrap();
        assert_eq!(get(&Cache::open(folder.path()), 1), None);
    }

    #[cfg(unix)]
    #[test]
    fn files_that_are_not_ours_and_folders_behind_links_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let theirs = folder.path().join("pack-0123456789abcdef.pack");
        std::fs::write(&theirs, "a pack of git").unwrap();
        let mut cache = Cache::open(folder.path());
        cache.add(&[(1, &read(7))], &FxHashSet::default());
        assert!(theirs.exists());
        let elsewhere = tempfile::tempdir().unwrap();
        let link = elsewhere.path().join("cache");
        std::os::unix::fs::symlink(folder.path(), &link).unwrap();
        let mut cache = Cache::open(&link);
        cache.add(&[(2, &read(8))], &FxHashSet::default());
        assert!(cache.bytes(1).is_none());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn many_packs_become_one_that_keeps_what_lives() {
        let folder = tempfile::tempdir().unwrap();
        let mut cache = Cache::open(folder.path());
        for i in 0..20u128 {
            cache.add(&[(i, &read(i))], &(0..i).filter(|k| k % 2 == 0).collect());
        }
        assert!(cache.packs.len() <= MAX_PACKS);
        assert_eq!(get(&cache, 0), Some(read(0)));
        assert_eq!(get(&cache, 1), None);
        assert_eq!(get(&cache, 19), Some(read(19)));
    }
}
