//! Reads one tree of a repository into the facts that each of its files owns.
//!
//! Goes in: a repository and a tree (a commit, the index, the working tree, a commit with a patch).
//! Comes out: an [`Analysis`]. The disk, git and threads are here; what is made of them is
//! `assemble`, a pure function. Nothing of the repository is executed or changed.

mod source;

use crate::assemble::{self, Assembly, Family, FileInput};
use crate::facts::FileFacts;
use crate::git::{Blobs, Content, GitError, Listing, RepoPath, Repository, Tree};
use crate::history::{self, History};
use crate::lang::{self, Language, Layout, Modules};
use crate::manifests::{self, Manifest};
use crate::owners::{CodeOwners, LOCATIONS};
use crate::read::cache::Cache;
use crate::read::{Limits, Outcome, Read};
use crate::solve::{self, Resolution, Resolver, SourceFacts};
use ripple_graph_core::OwnerFacts;
use ripple_schemas::{BlindSpot, Phantom};
use rustc_hash::{FxHashMap, FxHashSet};
use source::Plan;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

pub use crate::assemble::stats::{LanguageStats, Stats};

/// How to read.
#[derive(Clone, Debug)]
pub struct Options {
    /// Where facts are kept between runs (`.ripple/cache`); `None` keeps them in memory only.
    pub cache: Option<PathBuf>,
    /// What one file may cost.
    pub limits: Limits,
    /// How many recent commits are read.
    pub commits: usize,
    /// Threads; 0 for one a core.
    pub threads: usize,
    /// More trees like the first will be read: what it takes to link a changed file alone is kept.
    pub resident: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cache: None,
            limits: Limits::default(),
            commits: 500,
            threads: 0,
            resident: false,
        }
    }
}

/// Why a tree could not be read at all. What is wrong with single files is a blind spot instead.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ReadError {
    #[error(transparent)]
    Git(#[from] GitError),
    #[error("threads could not be started: {0}")]
    Threads(String),
}

/// What an analysis is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Phase {
    Listing,
    Reading,
    Resolving,
    Assembling,
}

/// How far an analysis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What it is doing.
    pub phase: Phase,
    /// Files done in this phase.
    pub done: usize,
    /// Of so many; 0 where that is not known.
    pub total: usize,
}

/// One tree, read.
#[derive(Clone, Debug, PartialEq)]
pub struct Analysis {
    /// The repository's name.
    pub repository: String,
    /// The commit it is, or stands on.
    pub commit: Option<String>,
    /// A commit id, `index`, `worktree`, `patch` or `empty`.
    pub label: String,
    /// The facts, sorted by owner. Owners are `file:<repository>/<path>` and
    /// `repo:<repository>/{tree,history,packages}`: see [`owner_prefixes`].
    pub owners: Vec<OwnerFacts>,
    /// Every path of the tree, sorted.
    pub files: Vec<FileInfo>,
    /// What could not be seen, sorted by path and line.
    pub blind: Vec<BlindSpot>,
    /// Packages used but not declared, or declared but never used.
    pub phantoms: Vec<Phantom>,
    /// Counts.
    pub stats: Stats,
    /// Files that were parsed now, rather than taken from the cache.
    pub parsed: usize,
}

/// One path of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileInfo {
    /// Inside the repository.
    pub path: String,
    /// The key of its node, and the owner of its facts.
    pub owner: String,
    /// Identifies the content: the same id is the same content. (For a file that is not read in
    /// full, the same content may have two ids: one in git, one on the disk.)
    pub content: u128,
    /// Its bytes, or where they are: see [`Analyser::text`].
    pub bytes: Content,
    /// `python`, `rust`, … where it is read or known.
    pub language: Option<String>,
    /// Why it is not read in full; `None` where it is.
    pub set_aside: Option<crate::read::SetAside>,
}

/// The prefixes of every owner that an analysis of this repository states facts for: whatever the
/// store holds under these and the analysis does not is gone.
pub fn owner_prefixes(repository: &str) -> [String; 2] {
    let name = ripple_schemas::key::encode(repository);
    [format!("file:{name}/"), format!("repo:{name}/")]
}

/// Reads trees of one repository; remembers what it read, so that a tree like the last one is cheap.
pub struct Analyser {
    repository: Repository,
    options: Options,
    languages: Vec<Box<dyn Language>>,
    pool: rayon::ThreadPool,
    blobs: Blobs,
    memory: Mutex<Memory>,
}

#[derive(Default)]
struct Memory {
    /// What was read in this and the last few analyses.
    reads: FxHashMap<u128, (Arc<Read>, u64)>,
    /// Resolutions by family and the hash of all that went in.
    resolutions: FxHashMap<u128, (Arc<Resolution>, u64)>,
    /// The last linking of each family, where the analyser is resident.
    linked: FxHashMap<&'static str, Linked>,
    history: FxHashMap<String, Arc<History>>,
    /// Manifests and configuration by path and content, with what was parsed of them.
    texts: FxHashMap<u128, (Arc<str>, u64)>,
    manifests: FxHashMap<u128, (Option<Arc<Manifest>>, u64)>,
    /// Hashes of what data files hold, by what names their content.
    data: FxHashMap<u128, (u64, u64)>,
    cache: Option<Cache>,
    /// Counts analyses.
    round: u64,
}

/// A family's files, linked.
struct Linked {
    /// Hash of all that went in but the files' contents.
    around: u128,
    /// The content of each file.
    contents: Vec<u128>,
    resolver: Resolver,
}

/// An entry unused for so many analyses is forgotten.
const REMEMBER: u64 = 4;
/// Walking a tree may be recursive; its depth is bounded, and this is enough for that depth. Only
/// what is used of it is ever taken from the system.
const STACK: usize = 256 << 20;

impl Analyser {
    /// Makes the threads and opens the cache.
    ///
    /// # Errors
    /// Threads could not be started.
    pub fn new(repository: Repository, options: Options) -> Result<Self, ReadError> {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(options.threads)
            .stack_size(STACK)
            .thread_name(|i| format!("read-{i}"))
            .build()
            .map_err(|e| ReadError::Threads(e.to_string()))?;
        let cache = options.cache.as_deref().map(Cache::open);
        let blobs = repository.blobs();
        let memory = Mutex::new(Memory {
            cache,
            ..Memory::default()
        });
        Ok(Self {
            repository,
            options,
            languages: lang::all(),
            pool,
            blobs,
            memory,
        })
    }

    /// The repository that is read.
    pub fn repository(&self) -> &Repository {
        &self.repository
    }

    /// The text of a file that an analysis of this repository named; `None` where it is not there any
    /// more, or longer than `limit` bytes.
    ///
    /// # Errors
    /// Git failed.
    pub fn text(&self, file: &FileInfo, limit: u64) -> Result<Option<String>, ReadError> {
        let path = RepoPath::new(file.path.as_bytes());
        source::text_of(self, &path, &file.bytes, limit)
    }

    /// Reads a tree.
    ///
    /// # Errors
    /// The tree cannot be listed: see [`Repository::list`].
    pub fn analyse(&self, tree: &Tree) -> Result<Analysis, ReadError> {
        self.analyse_with(tree, &|_| {})
    }

    /// [`Analyser::analyse`], telling how far it is. `progress` is called from several threads.
    ///
    /// # Errors
    /// As [`Analyser::analyse`].
    pub fn analyse_with(
        &self,
        tree: &Tree,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Analysis, ReadError> {
        self.pool.install(|| self.run(tree, progress))
    }

    fn run(
        &self,
        tree: &Tree,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Analysis, ReadError> {
        progress(Progress {
            phase: Phase::Listing,
            done: 0,
            total: 0,
        });
        let listing = self
            .repository
            .list(tree, &self.blobs, self.options.limits.bytes)?;
        let commit = match tree {
            Tree::Empty => None,
            Tree::Commit(id) | Tree::Patched { base: id, .. } => Some(id.clone()),
            Tree::Index | Tree::Worktree => self.repository.head()?.commit,
        };
        let plan = Plan::new(self, &listing)?;
        let reads = self.read_all(&plan, &listing, progress)?;
        let parsed = reads.iter().filter(|r| r.fresh).count();

        progress(Progress {
            phase: Phase::Resolving,
            done: 0,
            total: 0,
        });
        let files: Vec<FileInput> = plan
            .planned
            .iter()
            .zip(&reads)
            .zip(&listing.entries)
            .map(|((planned, read), entry)| planned.input(entry, read.read.clone()))
            .collect();
        let families = self.resolve(&plan, &files);
        let history = match &commit {
            Some(id) => self.history(id)?,
            None => Arc::default(),
        };

        progress(Progress {
            phase: Phase::Assembling,
            done: 0,
            total: files.len(),
        });
        let code_owners = LOCATIONS.iter().find_map(|path| {
            plan.texts
                .get(*path)
                .map(|text| CodeOwners::parse(path, text))
        });
        let manifests = self.manifests(&plan);
        let assembled = assemble::assemble(&Assembly {
            repository: self.repository.name(),
            commit: commit.as_deref(),
            shallow: self.repository.is_shallow(),
            files: &files,
            families: &families,
            manifests: &manifests,
            code_owners: code_owners.as_ref(),
            history: &history,
            notes: &listing.notes,
            other_words: &|| source::other_words(self, &listing, &plan),
            content: &|i| source::data_hash(self, &listing.entries[i]),
            text_of: &|index| self.text_at(listing.entries.get(index)?),
        });
        Ok(Analysis {
            repository: self.repository.name().to_owned(),
            commit,
            label: tree.label().to_owned(),
            owners: assembled.owners,
            files: assembled.files,
            blind: assembled.blind,
            phantoms: assembled.phantoms,
            stats: assembled.stats,
            parsed,
        })
    }

    /// Reads every source that is not remembered, and remembers it.
    fn read_all(
        &self,
        plan: &Plan,
        listing: &Listing,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Vec<Outcomes>, ReadError> {
        use rayon::prelude::*;
        let total = plan.planned.iter().filter(|p| p.family.is_some()).count();
        let done = AtomicUsize::new(0);
        let (known, round) = {
            let mut memory = self.memory.lock().unwrap_or_else(|e| e.into_inner());
            memory.round += 1;
            (
                memory
                    .reads
                    .iter()
                    .map(|(k, (r, _))| (*k, r.clone()))
                    .collect::<FxHashMap<_, _>>(),
                memory.round,
            )
        };
        // Facts that somebody committed are not ours to believe.
        let trusted = !plan.holds_ripple;
        let reads: Result<Vec<Outcomes>, ReadError> = plan
            .planned
            .par_iter()
            .zip(&listing.entries)
            .map_init(Default::default, |parsers, (planned, entry)| {
                let Some(family) = planned.family else {
                    return Ok(Outcomes::default());
                };
                let count = done.fetch_add(1, Ordering::Relaxed) + 1;
                if count.is_multiple_of(64) || count == total {
                    progress(Progress {
                        phase: Phase::Reading,
                        done: count,
                        total,
                    });
                }
                if let Some(read) = known.get(&planned.key) {
                    return Ok(Outcomes {
                        key: planned.key,
                        read: Some(read.clone()),
                        fresh: false,
                    });
                }
                if trusted && let Some(read) = self.cached(planned.key) {
                    return Ok(Outcomes {
                        key: planned.key,
                        read: Some(Arc::new(read)),
                        fresh: false,
                    });
                }
                let language = self.languages[family].as_ref();
                let (key, read) = source::read_one(self, parsers, language, planned, entry)?;
                Ok(Outcomes {
                    key,
                    read: Some(Arc::new(read)),
                    fresh: true,
                })
            })
            .collect();
        let reads = reads?;
        self.remember(&reads, round, trusted);
        Ok(reads)
    }

    fn cached(&self, key: u128) -> Option<Read> {
        // The lock is held while bytes are fetched, not while they are decoded... which is most.
        let bytes = {
            let memory = self.memory.lock().unwrap_or_else(|e| e.into_inner());
            memory.cache.as_ref()?.bytes(key)?
        };
        Cache::decode(&bytes)
    }

    fn remember(&self, reads: &[Outcomes], round: u64, trusted: bool) {
        let mut memory = self.memory.lock().unwrap_or_else(|e| e.into_inner());
        let mut fresh = Vec::new();
        let mut live = FxHashSet::default();
        for outcome in reads {
            let Some(read) = &outcome.read else { continue };
            memory.reads.insert(outcome.key, (read.clone(), round));
            live.insert(outcome.key);
            // How long parsing took depends on the machine.
            let lasting = !matches!(
                read.outcome,
                Outcome::SetAside(
                    crate::read::SetAside::TooSlow
                        | crate::read::SetAside::Unavailable
                        | crate::read::SetAside::Defect
                )
            );
            if outcome.fresh && lasting {
                fresh.push((outcome.key, &**read));
            }
        }
        if trusted && let Some(cache) = &mut memory.cache {
            cache.add(&fresh, &live);
        }
        memory.reads.retain(|_, (_, used)| *used + REMEMBER > round);
        memory
            .resolutions
            .retain(|_, (_, used)| *used + REMEMBER > round);
        memory.texts.retain(|_, (_, used)| *used + REMEMBER > round);
        memory.data.retain(|_, (_, used)| *used + REMEMBER > round);
        memory
            .manifests
            .retain(|_, (_, used)| *used + REMEMBER > round);
    }

    /// Links each family's files.
    fn resolve(&self, plan: &Plan, files: &[FileInput]) -> Vec<Family> {
        use rayon::prelude::*;
        self.languages
            .par_iter()
            .enumerate()
            .filter_map(|(index, language)| {
                let members: Vec<u32> = (0..files.len() as u32)
                    .filter(|&i| {
                        plan.planned[i as usize].family == Some(index)
                            && files[i as usize].facts().is_some()
                    })
                    .collect();
                if members.is_empty() {
                    return None;
                }
                let mut manifests = BTreeMap::new();
                for (path, text) in &plan.texts {
                    if language.manifests(path) {
                        manifests.insert(path.clone(), text.to_string());
                    }
                }
                // Language models may look at which files exist: every path goes in.
                let paths: Vec<String> = files
                    .iter()
                    .filter(|f| f.is_file())
                    .map(|f| f.path.text().to_owned())
                    .collect();
                let mut hasher = twox_hash::XxHash3_128::new();
                hasher.write(language.family().as_bytes());
                for (path, text) in &manifests {
                    hasher.write(path.as_bytes());
                    hasher.write(&twox_hash::XxHash3_128::oneshot(text.as_bytes()).to_le_bytes());
                }
                for path in &paths {
                    hasher.write(path.as_bytes());
                    hasher.write(b"\0");
                }
                for &i in &members {
                    hasher.write(&i.to_le_bytes());
                }
                let around = hasher.finish_128();
                let contents: Vec<u128> = members
                    .iter()
                    .map(|&i| files[i as usize].content())
                    .collect();
                for content in &contents {
                    hasher.write(&content.to_le_bytes());
                }
                let key = hasher.finish_128();
                let modules: Arc<dyn Modules> =
                    Arc::from(language.modules(Layout { paths, manifests }));
                let known = {
                    let mut memory = self.memory.lock().unwrap_or_else(|e| e.into_inner());
                    let round = memory.round;
                    memory.resolutions.get_mut(&key).map(|(resolution, used)| {
                        *used = round;
                        resolution.clone()
                    })
                };
                let resolution = known.unwrap_or_else(|| {
                    let sources: Vec<SourceFacts> = members
                        .iter()
                        .filter_map(|&i| {
                            let file = &files[i as usize];
                            let facts: Arc<FileFacts> = file.facts()?.clone();
                            Some(SourceFacts {
                                path: file.path.text().to_owned(),
                                facts,
                            })
                        })
                        .collect();
                    let language = language.as_ref();
                    let resolution =
                        Arc::new(self.link(language, &modules, around, contents, &sources));
                    let mut memory = self.memory.lock().unwrap_or_else(|e| e.into_inner());
                    let round = memory.round;
                    memory.resolutions.insert(key, (resolution.clone(), round));
                    resolution
                });
                Some(Family {
                    members,
                    resolution,
                    modules,
                })
            })
            .collect()
    }

    /// Links a family's files: only the changed ones, where the others were linked before.
    fn link(
        &self,
        language: &dyn Language,
        modules: &Arc<dyn Modules>,
        around: u128,
        contents: Vec<u128>,
        sources: &[SourceFacts],
    ) -> Resolution {
        if !self.options.resident {
            return solve::resolve(language, modules.clone(), sources);
        }
        let lock = || self.memory.lock().unwrap_or_else(|e| e.into_inner());
        let known = lock().linked.remove(language.family());
        let resolver = match known.filter(|k| k.around == around) {
            Some(mut known) => {
                let changes: Vec<_> = (0..contents.len())
                    .filter(|&i| known.contents[i] != contents[i])
                    .map(|i| (i as u32, sources[i].facts.clone()))
                    .collect();
                let replaced = known.resolver.replace(&changes);
                tracing::info!(changed = changes.len(), ?replaced, "linked again");
                known.resolver
            }
            None => Resolver::new(language, modules.clone(), sources, true),
        };
        let resolution = resolver.resolution();
        lock().linked.insert(
            language.family(),
            Linked {
                around,
                contents,
                resolver,
            },
        );
        resolution
    }

    /// Parses the manifests that are not remembered.
    fn manifests(&self, plan: &Plan) -> Vec<Arc<Manifest>> {
        let mut memory = self.memory.lock().unwrap_or_else(|e| e.into_inner());
        let round = memory.round;
        let mut manifests: Vec<Arc<Manifest>> = plan
            .texts
            .iter()
            .filter_map(|(path, text)| {
                let key = twox_hash::XxHash3_128::oneshot_with_seed(
                    twox_hash::XxHash3_64::oneshot(path.as_bytes()),
                    text.as_bytes(),
                );
                let entry = memory
                    .manifests
                    .entry(key)
                    .or_insert_with(|| (manifests::read(path, text).map(Arc::new), round));
                entry.1 = round;
                entry.0.clone()
            })
            .collect();
        manifests::settle(&mut manifests);
        manifests
    }

    fn history(&self, commit: &str) -> Result<Arc<History>, ReadError> {
        let known = {
            let memory = self.memory.lock().unwrap_or_else(|e| e.into_inner());
            memory.history.get(commit).cloned()
        };
        if let Some(history) = known {
            return Ok(history);
        }
        let history = Arc::new(history::read(
            &self.repository,
            commit,
            self.options.commits,
        )?);
        let mut memory = self.memory.lock().unwrap_or_else(|e| e.into_inner());
        if memory.history.len() > 8 {
            memory.history.clear();
        }
        memory.history.insert(commit.to_owned(), history.clone());
        Ok(history)
    }
}

/// What became of one planned file.
#[derive(Clone, Default)]
struct Outcomes {
    key: u128,
    read: Option<Arc<Read>>,
    /// True where it was parsed now.
    fresh: bool,
}
