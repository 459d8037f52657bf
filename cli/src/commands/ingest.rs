//! `ripple ingest`: repositories into the graph; nothing to do where nothing changed.

use crate::args::{Format, Ingest};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::{output, progress};
use ripple_graph_core::{ChangeSet, GraphStore, OwnerFacts, Revision};
use ripple_ingest_code::analyse::{Analyser, Analysis, Options, Phase, owner_prefixes};
use ripple_ingest_code::git::{GitError, Repository, Tree};
use rustc_hash::FxHashMap;
use serde_json::json;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Instant;

/// Facts read by another version of Ripple are read again.
const VERSION: &str = ripple_ingest_code::READING;

/// What bringing one repository up to a commit did.
pub(crate) struct Ingested {
    pub(crate) repository: String,
    pub(crate) commit: String,
    pub(crate) revision: Revision,
    /// `None` where the graph was there already.
    pub(crate) work: Option<Work>,
}

/// What had to be read and written.
pub(crate) struct Work {
    pub(crate) files: usize,
    pub(crate) parsed: usize,
    pub(crate) owners_changed: usize,
    pub(crate) blind: usize,
    pub(crate) seconds: f64,
}

pub(crate) async fn run(context: &Context, args: &Ingest) -> Result<Exit, Failure> {
    let format = context.format(&[Format::Text, Format::Json])?;
    let paths = if args.paths.is_empty() {
        vec![context.here.clone()]
    } else {
        args.paths.clone()
    };
    // Every repository is opened before any is read: a wrong path costs nothing.
    let mut repositories = Vec::new();
    for path in &paths {
        repositories.push(open(context, &context.here.join(path), paths.len() == 1)?);
    }
    refuse_clashes(&repositories)?;
    let store = context.open().await?;
    let mut done = Vec::new();
    for repository in repositories {
        let ingested = bring(
            context,
            &*store,
            &repository,
            args.at.as_deref(),
            args.full,
            None,
        )
        .await?;
        if format == Format::Text {
            output::print(&sentence(&ingested))?;
        }
        done.push(ingested);
    }
    if format == Format::Json {
        let list: Vec<_> = done
            .iter()
            .map(|d| {
                json!({
                    "repository": d.repository, "commit": d.commit, "revision": d.revision.0,
                    "changed": d.work.is_some(),
                    "files": d.work.as_ref().map(|w| w.files),
                    "parsed": d.work.as_ref().map(|w| w.parsed),
                    "owners_changed": d.work.as_ref().map(|w| w.owners_changed),
                    "blind_spots": d.work.as_ref().map(|w| w.blind),
                })
            })
            .collect();
        output::print_json(&list)?;
    }
    Ok(Exit::Done)
}

/// Opens a repository; `--repo` names it where there is only one.
pub(crate) fn open(context: &Context, path: &Path, only: bool) -> Result<Repository, Failure> {
    let repository = Repository::open(path)?;
    match &context.global.repo {
        Some(name) if only => Ok(repository.named(name)?),
        _ => Ok(repository),
    }
}

fn refuse_clashes(repositories: &[Repository]) -> Result<(), Failure> {
    let mut names: FxHashMap<&str, &Path> = FxHashMap::default();
    for repository in repositories {
        if let Some(other) = names.insert(repository.name(), repository.root())
            && other != repository.root()
        {
            return Err(clash(repository.name(), other, repository.root()));
        }
    }
    Ok(())
}

fn clash(name: &str, a: &Path, b: &Path) -> Failure {
    Failure::input(format!(
        "two repositories are named `{name}`: {} and {}; add this line to the ripple.toml of one of them:\n        name = \"{name}-2\"",
        a.display(),
        b.display()
    ))
}

/// Brings the graph to one commit of a repository: its default branch's tip, else HEAD, or `at`.
/// An analyser that goes on to read other trees is given.
pub(crate) async fn bring(
    context: &Context,
    store: &dyn GraphStore,
    repository: &Repository,
    at: Option<&str>,
    full: bool,
    reader: Option<&Analyser>,
) -> Result<Ingested, Failure> {
    let name = repository.name().to_owned();
    let setting = format!("ingested:{name}");
    let known = store.setting(&setting).await?;
    let known = known.as_deref().and_then(|stamp| stamp.split_once(' '));
    let known = known.filter(|(_, version)| *version == VERSION);
    let commit = match (at, known) {
        (Some(revision), _) => repository.resolve(revision)?,
        (None, Some((commit, _))) if repository.is_seen_at(commit) => commit.to_owned(),
        _ => repository.default_branch_tip()?,
    };
    refuse_other_checkout(store, repository).await?;
    let stamp = format!("{commit} {VERSION}");
    if !full && known.is_some_and(|(known, _)| known == commit) {
        let revision = store.revision().await?;
        return Ok(Ingested {
            repository: name,
            commit,
            revision,
            work: None,
        });
    }
    let started = Instant::now();
    let tree = Tree::Commit(commit.clone());
    let mut analysis = match reader {
        Some(reader) => analyse(context, reader, &tree)?,
        // What it remembers of files is not needed while the store writes.
        None => analyse(context, &analyser(context, repository, full, false)?, &tree)?,
    };
    let owners = std::mem::take(&mut analysis.owners);
    let change = difference(store, &name, owners).await?;
    let owners_changed = change.put.len() + change.remove.len();
    let committed = store.commit(change).await?;
    store.set_setting(&setting, Some(&stamp)).await?;
    let root = repository.root().display().to_string();
    store
        .set_setting(&format!("checkout:{name}"), Some(&root))
        .await?;
    Ok(Ingested {
        repository: name,
        commit,
        revision: committed.revision,
        work: Some(Work {
            files: analysis.files.len(),
            parsed: analysis.parsed,
            owners_changed,
            blind: analysis.blind.len(),
            seconds: started.elapsed().as_secs_f64(),
        }),
    })
}

/// A name that stands for another checkout that is still there is a clash.
async fn refuse_other_checkout(
    store: &dyn GraphStore,
    repository: &Repository,
) -> Result<(), Failure> {
    let name = repository.name();
    let Some(known) = store.setting(&format!("checkout:{name}")).await? else {
        return Ok(());
    };
    let known = Path::new(&known);
    if known == repository.root() || !known.exists() {
        return Ok(());
    }
    // Two checkouts of one history are one repository.
    let ingested = store
        .setting(&format!("ingested:{name}"))
        .await?
        .unwrap_or_default();
    let commit = ingested.split(' ').next().unwrap_or_default();
    match Repository::open(known) {
        Ok(other)
            if other.git_dir() != repository.git_dir() && repository.resolve(commit).is_err() =>
        {
            Err(clash(name, known, repository.root()))
        }
        _ => Ok(()),
    }
}

/// The change set that makes the store say what an analysis says.
async fn difference(
    store: &dyn GraphStore,
    name: &str,
    owners: Vec<OwnerFacts>,
) -> Result<ChangeSet, Failure> {
    let mut known: FxHashMap<String, u64> = FxHashMap::default();
    for prefix in owner_prefixes(name) {
        known.extend(
            store
                .owners(&prefix)
                .await?
                .into_iter()
                .map(|o| (o.owner, o.digest)),
        );
    }
    let mut change = ChangeSet::default();
    for facts in owners {
        if known.remove(&facts.owner) != Some(facts.digest) {
            change.put.push(facts);
        }
    }
    change.remove = known.into_keys().collect();
    change.remove.sort();
    Ok(change)
}

/// An analyser with its cache beside the embedded store; a resident one reads several trees.
pub(crate) fn analyser(
    context: &Context,
    repository: &Repository,
    full: bool,
    resident: bool,
) -> Result<Analyser, Failure> {
    let cache = match context.make_folder() {
        Ok(folder) if !full => Some(folder.join("cache")),
        Ok(_) => None,
        // A folder that cannot be written only costs the cache, where the store is elsewhere.
        Err(failure) if context.global.store.is_none() => return Err(failure),
        Err(_) => None,
    };
    Ok(Analyser::new(
        repository.clone(),
        Options {
            cache,
            resident,
            ..Options::default()
        },
    )?)
}

/// Reads one tree, with a progress bar on a terminal.
pub(crate) fn analyse(
    context: &Context,
    analyser: &Analyser,
    tree: &Tree,
) -> Result<Analysis, Failure> {
    let bar = progress::bar(context.global.quiet, "reading");
    let analysis = tokio::task::block_in_place(|| {
        analyser.analyse_with(tree, &|p| {
            if p.phase == Phase::Reading {
                bar.set_length(p.total as u64);
                bar.set_position(p.done as u64);
            } else if p.phase == Phase::Resolving {
                bar.set_message("resolving");
            }
        })
    });
    bar.finish_and_clear();
    Ok(analysis?)
}

/// One line about what was done.
pub(crate) fn sentence(ingested: &Ingested) -> String {
    let short = &ingested.commit[..ingested.commit.len().min(10)];
    let mut text = format!("{} at {short}: ", ingested.repository);
    match &ingested.work {
        None => text.push_str("nothing changed"),
        Some(work) => {
            let _ = write!(
                text,
                "{} files, {} parsed, {} changed in the graph, {} blind spots, {:.1} s",
                work.files, work.parsed, work.owners_changed, work.blind, work.seconds
            );
        }
    }
    let _ = writeln!(text, " (revision {})", ingested.revision);
    text
}

impl From<GitError> for Failure {
    fn from(error: GitError) -> Self {
        Failure::input(error)
    }
}

impl From<ripple_ingest_code::analyse::ReadError> for Failure {
    fn from(error: ripple_ingest_code::analyse::ReadError) -> Self {
        Failure::input(error)
    }
}
