//! What is to be read of each path, and reading it.

use super::{Analyser, ReadError};
use crate::assemble::FileInput;
use crate::git::{Blob, Content, Entry, EntryKind, GitError, Listing, RepoPath, content_hash};
use crate::lang::Language;
use crate::manifests;
use crate::owners::LOCATIONS;
use crate::read::attributes::Attributes;
use crate::read::{Outcome, Parsers, Read, SetAside, classify, read_bytes};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What is to be done with every path of a listing.
pub(super) struct Plan {
    /// One for each entry of the listing.
    pub(super) planned: Vec<Planned>,
    /// The text of manifests, lock files, module configuration and CODEOWNERS.
    pub(super) texts: BTreeMap<String, Arc<str>>,
    /// True where the tree itself holds a `.ripple` folder.
    pub(super) holds_ripple: bool,
}

/// What is to be done with one path.
pub(super) struct Planned {
    /// The language family that reads it.
    pub(super) family: Option<usize>,
    /// Why no family does.
    aside: Option<SetAside>,
    language: Option<&'static str>,
    /// What `.gitattributes` says.
    generated: Option<bool>,
    /// Names the content, and with the path and the version of lowering the facts.
    id: u128,
    pub(super) key: u128,
}

/// Texts that are not sources may be this large (lock files are).
const TEXT_LIMIT: u64 = 32 << 20;

impl Plan {
    pub(super) fn new(analyser: &Analyser, listing: &Listing) -> Result<Self, ReadError> {
        let named = |name: &str| {
            listing
                .entries
                .iter()
                .filter(|e| e.kind == EntryKind::File)
                .filter(move |e| e.path.text().rsplit('/').next() == Some(name))
                .collect::<Vec<_>>()
        };
        let mut attributes = Vec::new();
        for entry in named(".gitattributes") {
            if let Some(text) = text_of(analyser, &entry.path, &entry.content, 1 << 20)? {
                attributes.push((entry.path.text().to_owned(), text));
            }
        }
        let attributes = Attributes::new(&attributes);
        let planned: Vec<Planned> = listing
            .entries
            .par_iter()
            .map(|entry| Planned::new(analyser, entry, &attributes))
            .collect();
        let wanted: Vec<&Entry> = listing
            .entries
            .iter()
            .zip(&planned)
            .filter(|(entry, planned)| {
                let path = entry.path.text();
                entry.kind == EntryKind::File
                    && planned.aside != Some(SetAside::Vendored)
                    && (manifests::wants(path)
                        || LOCATIONS.contains(&path)
                        || analyser.languages.iter().any(|l| l.manifests(path)))
            })
            .map(|(entry, _)| entry)
            .collect();
        let texts = analyser.texts(wanted)?;
        let holds_ripple = listing.entries.iter().any(|e| {
            let path = e.path.text();
            path == ".ripple" || path.starts_with(".ripple/")
        });
        Ok(Self {
            planned,
            texts,
            holds_ripple,
        })
    }
}

impl Analyser {
    /// The text of one entry, remembered; `None` where it is too large or not there.
    pub(super) fn text_at(&self, entry: &Entry) -> Option<Arc<str>> {
        let texts = self.texts(vec![entry]).ok()?;
        texts.into_values().next()
    }

    /// Reads texts that are not remembered. What is too large or not there is left out.
    fn texts(&self, wanted: Vec<&Entry>) -> Result<BTreeMap<String, Arc<str>>, ReadError> {
        let key = |entry: &Entry| {
            content_id(&entry.content).rotate_left(7) ^ content_hash(entry.path.bytes())
        };
        let known: Vec<Option<Arc<str>>> = {
            let memory = self.memory.lock().unwrap_or_else(|e| e.into_inner());
            wanted
                .iter()
                .map(|e| memory.texts.get(&key(e)).map(|(text, _)| text.clone()))
                .collect()
        };
        let texts: Result<Vec<_>, ReadError> = wanted
            .into_par_iter()
            .zip(known)
            .map(|(entry, known)| {
                let text = match known {
                    Some(text) => Some(text),
                    None => text_of(self, &entry.path, &entry.content, TEXT_LIMIT)?.map(Arc::from),
                };
                Ok((key(entry), entry.path.text().to_owned(), text))
            })
            .collect();
        let mut memory = self.memory.lock().unwrap_or_else(|e| e.into_inner());
        let round = memory.round;
        let mut out = BTreeMap::new();
        for (key, path, text) in texts? {
            let Some(text) = text else { continue };
            memory.texts.insert(key, (text.clone(), round));
            out.insert(path, text);
        }
        Ok(out)
    }
}

impl Planned {
    fn new(analyser: &Analyser, entry: &Entry, attributes: &Attributes) -> Self {
        let path = entry.path.text();
        let (generated, vendored) = attributes.of(path);
        let mut planned = Self {
            family: None,
            aside: None,
            language: None,
            generated,
            id: content_id(&entry.content),
            key: 0,
        };
        let mut claim = None;
        for (index, language) in analyser.languages.iter().enumerate() {
            if let Some((name, _)) = language.claims(path) {
                claim = Some((index, language.family()));
                planned.language = Some(name);
                break;
            }
        }
        planned.aside = match entry.kind {
            EntryKind::Symlink => Some(SetAside::Symlink),
            EntryKind::Submodule => Some(SetAside::Submodule),
            EntryKind::File if vendored.unwrap_or_else(|| classify::is_vendored(path)) => {
                Some(SetAside::Vendored)
            }
            EntryKind::File => match claim {
                Some(_) if generated.unwrap_or_else(|| classify::is_generated_name(path)) => {
                    Some(SetAside::Generated)
                }
                Some(_) if classify::is_minified_name(path) => Some(SetAside::Minified),
                Some((family, name)) => {
                    planned.family = Some(family);
                    planned.key = key(
                        name,
                        &entry.path,
                        planned.id,
                        generated,
                        &analyser.options.limits,
                    );
                    None
                }
                None => {
                    planned.language = classify::unread_language(path);
                    Some(if planned.language.is_some() {
                        SetAside::UnreadLanguage
                    } else {
                        SetAside::NotCode
                    })
                }
            },
        };
        planned
    }

    pub(super) fn input(&self, entry: &Entry, read: Option<Arc<Read>>) -> FileInput {
        FileInput {
            path: entry.path.clone(),
            content: entry.content.clone(),
            id: self.id,
            language: self.language,
            aside: self.aside,
            read,
        }
    }
}

/// The key under which a file's facts are kept: everything that they depend on.
fn key(
    family: &str,
    path: &RepoPath,
    id: u128,
    generated: Option<bool>,
    limits: &crate::read::Limits,
) -> u128 {
    let mut hasher = twox_hash::XxHash3_128::new();
    hasher.write(env!("RIPPLE_LOWERING").as_bytes());
    hasher.write(family.as_bytes());
    hasher.write(&id.to_le_bytes());
    hasher.write(format!("{generated:?}{limits:?}").as_bytes());
    hasher.write(path.bytes());
    hasher.finish_128()
}

fn content_id(content: &Content) -> u128 {
    match content {
        Content::Blob(oid) => content_hash(format!("blob {oid}").as_bytes()),
        Content::Disk { hash, size } => hash.rotate_left(1) ^ u128::from(*size),
        Content::Memory(bytes) => content_hash(bytes).rotate_left(1) ^ bytes.len() as u128,
    }
}

/// Reads and lowers one source. The key is that of what was really read.
pub(super) fn read_one(
    analyser: &Analyser,
    parsers: &mut Parsers,
    language: &dyn Language,
    planned: &Planned,
    entry: &Entry,
) -> Result<(u128, Read), ReadError> {
    let limits = &analyser.options.limits;
    let aside = |why| Read {
        content: planned.id,
        language: planned.language.unwrap_or_default().to_owned(),
        outcome: Outcome::SetAside(why),
        words: Vec::new(),
        tests: Vec::new(),
        notes: Vec::new(),
    };
    match bytes_of(analyser, &entry.path, &entry.content, limits.bytes)? {
        Blob::TooLarge(_) => Ok((planned.key, aside(SetAside::TooLarge))),
        Blob::Missing => Ok((planned.key, aside(SetAside::Unavailable))),
        Blob::Bytes(bytes) => {
            let read = read_bytes(
                parsers,
                language,
                &entry.path,
                &bytes,
                planned.generated,
                limits,
            );
            // A file on the disk may have changed since it was listed.
            let changed =
                matches!(&entry.content, Content::Disk { hash, .. } if *hash != read.content);
            let key = if changed {
                let content = Content::Disk {
                    hash: read.content,
                    size: bytes.len() as u64,
                };
                key(
                    language.family(),
                    &entry.path,
                    content_id(&content),
                    planned.generated,
                    limits,
                )
            } else {
                planned.key
            };
            Ok((key, read))
        }
    }
}

fn bytes_of(
    analyser: &Analyser,
    path: &RepoPath,
    content: &Content,
    limit: u64,
) -> Result<Blob, GitError> {
    match content {
        Content::Blob(oid) => analyser.blobs.read(oid, limit),
        Content::Memory(bytes) if bytes.len() as u64 > limit => {
            Ok(Blob::TooLarge(bytes.len() as u64))
        }
        Content::Memory(bytes) => Ok(Blob::Bytes(bytes.to_vec())),
        Content::Disk { .. } => {
            let path = path.under(analyser.repository.root());
            // Not a link, a pipe or a device, also if it has become one since.
            match std::fs::symlink_metadata(&path) {
                Ok(meta) if !meta.is_file() => Ok(Blob::Missing),
                Ok(meta) if meta.len() > limit => Ok(Blob::TooLarge(meta.len())),
                Ok(_) => Ok(std::fs::read(&path).map_or(Blob::Missing, Blob::Bytes)),
                Err(_) => Ok(Blob::Missing),
            }
        }
    }
}

/// An entry's text; `None` where it is too large or not there.
pub(crate) fn text_of(
    analyser: &Analyser,
    path: &RepoPath,
    content: &Content,
    limit: u64,
) -> Result<Option<String>, ReadError> {
    Ok(match bytes_of(analyser, path, content, limit)? {
        Blob::Bytes(bytes) => {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
            Some(String::from_utf8_lossy(bytes).into_owned())
        }
        Blob::TooLarge(_) | Blob::Missing => None,
    })
}

/// Data over this size is told apart by what names it alone.
const DATA_LIMIT: u64 = 4 << 20;

/// Hash of what a file holds, the same whether it comes from git or from the disk.
pub(super) fn data_hash(analyser: &Analyser, entry: &Entry) -> Option<u64> {
    let id = content_id(&entry.content);
    let lock = || analyser.memory.lock().unwrap_or_else(|e| e.into_inner());
    {
        let mut memory = lock();
        let round = memory.round;
        if let Some((hash, used)) = memory.data.get_mut(&id) {
            *used = round;
            return Some(*hash);
        }
    }
    let hash = match bytes_of(analyser, &entry.path, &entry.content, DATA_LIMIT) {
        Ok(Blob::Bytes(bytes)) => twox_hash::XxHash3_64::oneshot(&bytes),
        Ok(Blob::TooLarge(_)) => id as u64,
        Ok(Blob::Missing) | Err(_) => return None,
    };
    let mut memory = lock();
    let round = memory.round;
    memory.data.insert(id, (hash, round));
    Some(hash)
}

/// Configuration over this size is data.
const CONFIGURATION_LIMIT: u64 = 256 << 10;
/// At most so many files are looked at for the names of packages.
const CONFIGURATION_FILES: usize = 5_000;

/// The words of files that are not read as sources but may name packages.
pub(super) fn other_words(
    analyser: &Analyser,
    listing: &Listing,
    plan: &Plan,
) -> Vec<(String, Vec<u32>)> {
    let entries: Vec<&Entry> = listing
        .entries
        .iter()
        .zip(&plan.planned)
        .filter(|(entry, planned)| {
            let path = entry.path.text();
            matches!(
                planned.aside,
                Some(SetAside::NotCode | SetAside::UnreadLanguage)
            ) && !manifests::wants(path)
                && classify::may_name_packages(path)
        })
        .map(|(entry, _)| entry)
        .take(CONFIGURATION_FILES)
        .collect();
    entries
        .into_par_iter()
        .filter_map(|entry| {
            match bytes_of(analyser, &entry.path, &entry.content, CONFIGURATION_LIMIT) {
                Ok(Blob::Bytes(bytes)) => {
                    Some((entry.path.text().to_owned(), crate::read::words(&bytes)))
                }
                _ => None,
            }
        })
        .collect()
}
