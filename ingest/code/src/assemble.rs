//! From facts, resolutions, manifests, owners and history to what each file owns in the graph.
//!
//! Goes in: plain values. Comes out: nodes and assertions by owner, sorted, the same whatever the
//! threads did. No disk, no git, no clock.

mod collect;
mod derived;
mod file;
mod files;
mod holders;
mod inherited;
mod mentions;
mod repository;
pub(crate) mod stats;
mod symbols;

use crate::analyse::FileInfo;
use crate::facts::{DefId, FileFacts};
use crate::git::{Content, RepoPath};
use crate::history::History;
use crate::lang::Modules;
use crate::manifests::phantoms::{Evidence, Use, phantoms};
use crate::manifests::{Manifest, distribution, normal};
use crate::owners::{CodeOwners, Ownership, authorship};
use crate::read::{Note, Outcome, Read, SetAside};
use crate::solve::{CallSites, Resolution, ResolvedEdge};
use rayon::prelude::*;
use ripple_graph_core::OwnerFacts;
use ripple_schemas::{BlindKind, BlindSpot, Key, Phantom};
use rustc_hash::FxHashMap;
use stats::Stats;
use std::sync::Arc;
use symbols::Keys;

/// Everything that goes in.
pub(crate) struct Assembly<'a> {
    pub(crate) repository: &'a str,
    pub(crate) commit: Option<&'a str>,
    pub(crate) shallow: bool,
    /// Sorted by path.
    pub(crate) files: &'a [FileInput],
    pub(crate) families: &'a [Family],
    pub(crate) manifests: &'a [Arc<Manifest>],
    pub(crate) code_owners: Option<&'a CodeOwners>,
    pub(crate) history: &'a History,
    /// (path, why)
    pub(crate) notes: &'a [(String, String)],
    /// The words of configuration and of languages that are not read, asked for only where a
    /// package seems unused.
    pub(crate) other_words: &'a (dyn Fn() -> Vec<(String, Vec<u32>)> + Sync),
    /// The hash of what the file of that number holds; asked for only where code reads a file that
    /// is not code.
    pub(crate) content: &'a (dyn Fn(usize) -> Option<u64> + Sync),
    /// The text of a file that code reads as data, by its index; `None` where it cannot be read.
    pub(crate) text_of: &'a (dyn Fn(usize) -> Option<Arc<str>> + Sync),
}

/// One path of the tree.
pub(crate) struct FileInput {
    pub(crate) path: RepoPath,
    /// Its bytes, or where they are.
    pub(crate) content: Content,
    /// Names the content.
    pub(crate) id: u128,
    pub(crate) language: Option<&'static str>,
    /// Why it was not even tried.
    pub(crate) aside: Option<SetAside>,
    pub(crate) read: Option<Arc<Read>>,
}

impl FileInput {
    pub(crate) fn words_of_tests(&self) -> &[(DefId, Box<str>)] {
        self.read.as_ref().map_or(&[], |read| &read.tests)
    }

    pub(crate) fn facts(&self) -> Option<&Arc<FileFacts>> {
        match &self.read.as_ref()?.outcome {
            Outcome::Facts(facts) => Some(facts),
            Outcome::SetAside(_) => None,
        }
    }

    fn set_aside(&self) -> Option<SetAside> {
        match self.read.as_ref().map(|r| &r.outcome) {
            Some(Outcome::Facts(_)) => None,
            Some(Outcome::SetAside(why)) => Some(*why),
            None => Some(self.aside.unwrap_or(SetAside::NotCode)),
        }
    }

    /// Identifies the content.
    pub(crate) fn content(&self) -> u128 {
        match &self.read {
            Some(read) if matches!(read.outcome, Outcome::Facts(_)) => read.content,
            _ => self.id,
        }
    }

    /// False for links and submodules.
    pub(crate) fn is_file(&self) -> bool {
        !matches!(self.aside, Some(SetAside::Symlink | SetAside::Submodule))
    }

    fn language(&self) -> Option<&str> {
        match &self.read {
            Some(read) if !read.language.is_empty() => Some(&read.language),
            _ => self.language,
        }
    }
}

/// One language family's files, linked.
pub(crate) struct Family {
    /// Indices into the files of the tree, in the order given to the resolver.
    pub(crate) members: Vec<u32>,
    pub(crate) resolution: Arc<Resolution>,
    pub(crate) modules: Arc<dyn Modules>,
}

/// What is known only once all files are.
struct Extra {
    /// The configuration of test runners: folders with the file in them.
    runners: FxHashMap<String, usize>,
    derived: derived::DerivedTests,
    named: mentions::NamedThings,
}

/// What comes out.
pub(crate) struct Assembled {
    pub(crate) owners: Vec<OwnerFacts>,
    pub(crate) files: Vec<FileInfo>,
    pub(crate) blind: Vec<BlindSpot>,
    pub(crate) phantoms: Vec<Phantom>,
    pub(crate) stats: Stats,
}

/// A File node lists so many of its blind spots, then one that counts the others. Real files have
/// far fewer; the bound keeps a hostile one from filling the graph.
const MAX_BLIND: usize = 5_000;

/// What is known of one file beside its own facts.
#[derive(Default)]
struct Around<'a> {
    family: Option<(usize, u32)>,
    edges: Vec<&'a ResolvedEdge>,
    sites: CallSites,
    /// (ecosystem, package, line)
    packages: Vec<(&'static str, String, u32)>,
    manifest: Option<&'a Manifest>,
    owners: Vec<Ownership>,
    /// With the definition it lies in.
    blind: Vec<(Note, DefId)>,
    /// Tests and set-up that its classes inherit.
    inherited: inherited::Inherited,
    /// Files that its code names.
    files: Vec<files::Edge>,
    /// Hash of the content, where it is no code but code reads it.
    body: Option<u64>,
}

pub(crate) fn assemble(input: &Assembly<'_>) -> Assembled {
    let repository = Key::repository(input.repository);
    let declared = declared_names(input.manifests);
    let mut around: Vec<Around<'_>> = input.files.iter().map(|_| Around::default()).collect();
    let by_path: FxHashMap<&str, usize> = input
        .files
        .iter()
        .enumerate()
        .map(|(i, f)| (f.path.text(), i))
        .collect();
    for (number, family) in input.families.iter().enumerate() {
        gather(number, family, &declared, &mut around);
    }
    for (path, why) in input.notes {
        if let Some(&i) = by_path.get(path.as_str()) {
            let note = Note {
                kind: BlindKind::Limit,
                line: 0,
                why: why.clone(),
            };
            around[i].blind.push((note, DefId(0)));
        }
    }
    for manifest in input.manifests {
        if let Some(&i) = by_path.get(manifest.path.as_str()) {
            around[i]
                .blind
                .extend(manifest.problems.iter().map(|n| (n.clone(), DefId(0))));
            around[i].manifest = Some(manifest);
        }
    }
    let authors = authorship(input.history);
    for (file, around) in input.files.iter().zip(&mut around) {
        let path = file.path.text();
        // Where CODEOWNERS says nothing of a file, who wrote it most answers for it.
        around.owners = input
            .code_owners
            .and_then(|owners| owners.of(path))
            .unwrap_or_else(|| authors.get(path).cloned().into_iter().collect());
        if let Some(read) = &file.read {
            around
                .blind
                .extend(read.notes.iter().map(|n| (n.clone(), DefId(0))));
        }
        if let Some((kind, why)) = file.set_aside().and_then(SetAside::blind) {
            around.blind.push((
                Note {
                    kind,
                    line: 0,
                    why: why.to_owned(),
                },
                DefId(0),
            ));
        }
        let order = |(n, def): &(Note, DefId)| (n.line, n.kind, *def);
        around
            .blind
            .sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.0.why.cmp(&b.0.why)));
        around.blind.dedup();
    }
    let keys: Vec<Keys> = input
        .files
        .par_iter()
        .map(|file| {
            let none = FileFacts::default();
            Keys::new(
                input.repository,
                &file.path,
                file.facts().map_or(&none, |f| f),
            )
        })
        .collect();

    for (index, found) in inherited::inherited(input) {
        around[index].inherited = found;
    }
    let used = files::used(input);
    for (index, edge) in used.edges {
        around[index].files.push(edge);
    }
    let derived = derived::derived(input, &around, &keys);
    let named = mentions::named(input, &around, &keys);
    let mut read = used.read;
    read.extend(&named.data);
    let read: Vec<(usize, Option<u64>)> = read
        .into_par_iter()
        .map(|i| (i, (input.content)(i)))
        .collect();
    for (index, content) in read {
        around[index].body = content;
    }

    let extra = Extra {
        runners: runners(input),
        derived,
        named,
    };
    let stats = stats::count(input, &around);
    let blind = blind_spots(input, &around);
    let phantoms = find_phantoms(input, &keys);
    let mut owners: Vec<OwnerFacts> = (0..input.files.len())
        .into_par_iter()
        .filter(|&i| has_node(&input.files[i], &around[i]))
        .map(|i| file::file_facts(input, &repository, i, &around[i], &keys, &extra))
        .collect();
    owners.extend(repository::owners(
        input,
        &repository,
        &stats,
        &phantoms,
        &by_path,
    ));
    owners.sort_by(|a, b| a.owner.cmp(&b.owner));
    let files = input
        .files
        .iter()
        .zip(&keys)
        .map(|(file, keys)| FileInfo {
            path: file.path.text().to_owned(),
            owner: keys.keys[0].to_string(),
            content: file.content(),
            bytes: file.content.clone(),
            language: file.language().map(str::to_owned),
            set_aside: file.set_aside(),
        })
        .collect();
    Assembled {
        owners,
        files,
        blind,
        phantoms,
        stats,
    }
}

/// Files that tell a test runner what to run before each test.
fn runners(input: &Assembly<'_>) -> FxHashMap<String, usize> {
    let known = [
        "vitest.config.",
        "jest.config.",
        ".mocharc.",
        "vite.config.",
    ];
    let mut found = FxHashMap::default();
    for name in known {
        for (i, file) in input.files.iter().enumerate() {
            let path = file.path.text();
            let (folder, own) = path.rsplit_once('/').unwrap_or(("", path));
            if own.starts_with(name) && file.facts().is_some() {
                found.entry(folder.to_owned()).or_insert(i);
            }
        }
    }
    found
}

/// The packages that manifests name, by ecosystem and normal name, as they name them.
fn declared_names(manifests: &[Arc<Manifest>]) -> FxHashMap<(&'static str, String), String> {
    let mut out = FxHashMap::default();
    for manifest in manifests {
        for dependency in &manifest.dependencies {
            let normal_name = normal(manifest.ecosystem, &dependency.name);
            let name = package_name(manifest.ecosystem, &dependency.name);
            if let Some(alias) = &dependency.alias {
                out.insert(
                    (manifest.ecosystem, normal(manifest.ecosystem, alias)),
                    name.clone(),
                );
            }
            out.entry((manifest.ecosystem, normal_name)).or_insert(name);
        }
    }
    out
}

/// As the Package URL writes it.
fn package_name(ecosystem: &str, name: &str) -> String {
    if ecosystem == "pypi" {
        normal("pypi", name)
    } else {
        name.to_owned()
    }
}

fn gather<'a>(
    number: usize,
    family: &'a Family,
    declared: &FxHashMap<(&'static str, String), String>,
    around: &mut [Around<'a>],
) {
    let at = |file: u32| family.members.get(file as usize).map(|&i| i as usize);
    for (file, &i) in family.members.iter().enumerate() {
        around[i as usize].family = Some((number, file as u32));
    }
    for edge in &family.resolution.edges {
        if let Some(i) = at(edge.owner) {
            around[i].edges.push(edge);
        }
    }
    for (file, blind) in &family.resolution.blind {
        if let Some(i) = at(*file) {
            let note = Note {
                kind: blind.kind,
                line: blind.line,
                why: blind.why.to_string(),
            };
            around[i].blind.push((note, blind.within));
        }
    }
    for (file, sites) in family.resolution.call_sites.iter().enumerate() {
        if let Some(i) = at(file as u32) {
            around[i].sites = *sites;
        }
    }
    for used in &family.resolution.packages {
        let Some(i) = at(used.file).filter(|_| used.ecosystem != "std") else {
            continue;
        };
        let known = |name: &str| declared.contains_key(&(used.ecosystem, name.to_owned()));
        let found = distribution(used.ecosystem, &used.name, known);
        let name = match declared.get(&(used.ecosystem, found.clone())) {
            Some(name) => name.clone(),
            None if used.ecosystem == "pypi" => found,
            None => used.name.clone(),
        };
        around[i].packages.push((used.ecosystem, name, used.line));
    }
}

/// Vendored files are counted, and nothing more.
fn has_node(file: &FileInput, around: &Around<'_>) -> bool {
    !matches!(
        file.set_aside(),
        Some(SetAside::Vendored | SetAside::Symlink)
    ) || around.manifest.is_some()
}

fn blind_spots(input: &Assembly<'_>, around: &[Around<'_>]) -> Vec<BlindSpot> {
    let mut out: Vec<BlindSpot> = input
        .files
        .iter()
        .zip(around)
        .flat_map(|(file, around)| {
            around.blind.iter().map(|(b, _)| BlindSpot {
                kind: b.kind,
                path: file.path.text().to_owned(),
                line: b.line,
                why: b.why.clone(),
            })
        })
        .collect();
    // What was noted of a path that is no file of the tree (a repository inside it).
    for (path, why) in input.notes {
        if !input.files.iter().any(|f| f.path.text() == path) {
            let kind = BlindKind::Limit;
            out.push(BlindSpot {
                kind,
                path: path.clone(),
                line: 0,
                why: why.clone(),
            });
        }
    }
    out.sort_by(|a, b| (&a.path, a.line, a.kind, &a.why).cmp(&(&b.path, b.line, b.kind, &b.why)));
    out
}

fn find_phantoms(input: &Assembly<'_>, keys: &[Keys]) -> Vec<Phantom> {
    let mut uses: Vec<Use<'_>> = Vec::new();
    for family in input.families {
        for used in &family.resolution.packages {
            let Some(&i) = family.members.get(used.file as usize) else {
                continue;
            };
            let (file, keys) = (&input.files[i as usize], &keys[i as usize]);
            uses.push(Use {
                path: file.path.text(),
                ecosystem: used.ecosystem,
                import: &used.name,
                line: used.line,
                optional: used.optional,
                file: &keys.keys[0],
            });
        }
    }
    let paths: Vec<&str> = input.files.iter().map(|f| f.path.text()).collect();
    let words: Vec<(&str, &[u32])> = input
        .files
        .iter()
        .filter(|f| f.facts().is_some())
        .filter_map(|f| Some((f.path.text(), f.read.as_ref()?.words.as_slice())))
        .collect();
    phantoms(&Evidence {
        repository: input.repository,
        manifests: input.manifests,
        uses: &uses,
        paths: &paths,
        words: &words,
        other_words: input.other_words,
    })
}
