//! From facts, resolutions, manifests, owners and history to what each file owns in the graph.
//!
//! Goes in: plain values. Comes out: nodes and assertions by owner, sorted, the same whatever the
//! threads did. No disk, no git, no clock.

mod repository;
pub(crate) mod stats;
mod symbols;

use crate::analyse::FileInfo;
use crate::facts::FileFacts;
use crate::git::RepoPath;
use crate::history::History;
use crate::lang::Modules;
use crate::manifests::phantoms::{Evidence, Use, phantoms};
use crate::manifests::{Manifest, distribution, normal};
use crate::owners::{CodeOwners, Ownership, authorship};
use crate::read::{Note, Outcome, Read, SetAside};
use crate::solve::{CallSites, Resolution, ResolvedEdge, Sym};
use rayon::prelude::*;
use ripple_graph_core::OwnerFacts;
use ripple_schemas::fact::MAX_EVIDENCE;
use ripple_schemas::{Assertion, BlindSpot, EdgeKind, Key, Node, NodeKind, Phantom, Rule};
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use stats::Stats;
use std::collections::BTreeMap;
use std::hash::Hasher;
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
    pub(crate) manifests: &'a [Manifest],
    pub(crate) code_owners: Option<&'a CodeOwners>,
    pub(crate) history: &'a History,
    /// (path, why)
    pub(crate) notes: &'a [(String, String)],
    /// The words of configuration and of languages that are not read, asked for only where a
    /// package seems unused.
    pub(crate) other_words: &'a (dyn Fn() -> Vec<(String, Vec<u32>)> + Sync),
}

/// One path of the tree.
pub(crate) struct FileInput {
    pub(crate) path: RepoPath,
    /// Names the content.
    pub(crate) id: u128,
    pub(crate) language: Option<&'static str>,
    /// Why it was not even tried.
    pub(crate) aside: Option<SetAside>,
    pub(crate) read: Option<Arc<Read>>,
}

impl FileInput {
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
    pub(crate) modules: Box<dyn Modules>,
}

/// What comes out.
pub(crate) struct Assembled {
    pub(crate) owners: Vec<OwnerFacts>,
    pub(crate) files: Vec<FileInfo>,
    pub(crate) blind: Vec<BlindSpot>,
    pub(crate) phantoms: Vec<Phantom>,
    pub(crate) stats: Stats,
}

/// A File node shows at most so many of its blind spots; all of them are counted.
const MAX_BLIND: usize = 100;

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
    blind: Vec<Note>,
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
            around[i].blind.push(Note {
                kind: ripple_schemas::BlindKind::Limit,
                line: 0,
                why: why.clone(),
            });
        }
    }
    for manifest in input.manifests {
        if let Some(&i) = by_path.get(manifest.path.as_str()) {
            around[i].blind.extend(manifest.problems.iter().cloned());
            around[i].manifest = Some(manifest);
        }
    }
    let authors = if input.code_owners.is_none() {
        authorship(input.history)
    } else {
        FxHashMap::default()
    };
    for (file, around) in input.files.iter().zip(&mut around) {
        around.owners = match input.code_owners {
            Some(owners) => owners.of(file.path.text()),
            None => authors.get(file.path.text()).cloned().into_iter().collect(),
        };
        if let Some(read) = &file.read {
            around.blind.extend(read.notes.iter().cloned());
        }
        if let Some((kind, why)) = file.set_aside().and_then(SetAside::blind) {
            around.blind.push(Note {
                kind,
                line: 0,
                why: why.to_owned(),
            });
        }
        around
            .blind
            .sort_by(|a, b| (a.line, a.kind, &a.why).cmp(&(b.line, b.kind, &b.why)));
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

    let stats = count(input, &around);
    let blind = blind_spots(input, &around);
    let phantoms = find_phantoms(input, &keys);
    let mut owners: Vec<OwnerFacts> = (0..input.files.len())
        .into_par_iter()
        .filter(|&i| has_node(&input.files[i], &around[i]))
        .map(|i| file_facts(input, &repository, i, &around[i], &keys))
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

/// The packages that manifests name, by ecosystem and normal name, as they name them.
fn declared_names(manifests: &[Manifest]) -> FxHashMap<(&'static str, String), String> {
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
            around[i].blind.push(Note {
                kind: blind.kind,
                line: blind.line,
                why: blind.why.to_string(),
            });
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

fn file_facts(
    input: &Assembly<'_>,
    repository: &Key,
    index: usize,
    around: &Around<'_>,
    keys: &[Keys],
) -> OwnerFacts {
    let file = &input.files[index];
    let own = &keys[index];
    let path = file.path.text();
    let mut facts = Collector {
        path,
        nodes: Vec::new(),
        assertions: Vec::new(),
    };
    let mut node = Node::new(
        NodeKind::File,
        own.keys[0].clone(),
        path.rsplit('/').next().unwrap_or(path),
    );
    node.path = Some(path.to_owned());
    node.language = file.language().map(str::to_owned);
    let mut set = |name: &str, value: Value| node.properties.insert(name.to_owned(), value);
    if let Some(why) = file.set_aside().filter(|why| *why != SetAside::NotCode) {
        set("set_aside", json!(why.as_str()));
    }
    if file.facts().is_some() {
        set("content", json!(format!("{:032x}", file.content())));
    }
    if !around.blind.is_empty() {
        let shown: Vec<Value> = around
            .blind
            .iter()
            .take(MAX_BLIND)
            .map(|b| json!({"kind": b.kind.as_str(), "line": b.line, "why": b.why}))
            .collect();
        set("blind", Value::Array(shown));
        set("blind_count", json!(around.blind.len()));
    }
    let sites: serde_json::Map<String, Value> = stats::named(&around.sites)
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| (name.to_owned(), json!(count)))
        .collect();
    if !sites.is_empty() {
        set("call_sites", Value::Object(sites));
    }
    if let Some(parsed) = file.facts() {
        node.line_start = Some(1);
        node.line_end = Some(parsed.lines.max(1));
        if let Some(module) = parsed.defs.first() {
            node.properties.insert(
                "signature".to_owned(),
                json!(format!("{:016x}", module.signature)),
            );
            node.properties
                .insert("body".to_owned(), json!(format!("{:016x}", module.body)));
        }
    }
    facts.nodes.push(node);
    facts.add(
        repository,
        EdgeKind::Contains,
        &own.keys[0],
        Rule::Syntax,
        0,
    );
    if let (Some(parsed), Some((number, _))) = (file.facts(), around.family) {
        let modules = input.families[number].modules.as_ref();
        let module = modules.module_name(path);
        let language = file.language().unwrap_or_default();
        let test_id = |runner: &str, id: &str| modules.test_id(path, runner, id);
        for symbol in symbols::symbols(parsed, own, &file.path, language, &module, test_id) {
            let kind = if symbol.defines {
                EdgeKind::Defines
            } else {
                EdgeKind::Contains
            };
            facts.add(
                &symbol.parent,
                kind,
                &symbol.node.key,
                Rule::Syntax,
                symbol.line,
            );
            facts.nodes.push(symbol.node);
        }
        let members = &input.families[number].members;
        let key = |sym: Sym| {
            members
                .get(sym.file as usize)
                .and_then(|&i| keys.get(i as usize))
                .map(|k| k.of(sym.def))
        };
        for edge in &around.edges {
            if let (Some(from), Some(to)) = (key(edge.from), key(edge.to)) {
                facts.add(from, edge.kind, to, edge.rule, edge.line);
            }
        }
    }
    for (ecosystem, name, line) in &around.packages {
        let package = Node::new(
            NodeKind::Package,
            Key::package(ecosystem, name),
            name.as_str(),
        );
        facts.add(
            &own.keys[0],
            EdgeKind::Imports,
            &package.key,
            Rule::Import,
            *line,
        );
        facts.nodes.push(package);
    }
    if let Some(manifest) = around.manifest {
        for dependency in manifest.dependencies.iter().filter(|d| !d.local) {
            let name = package_name(manifest.ecosystem, &dependency.name);
            let package = Node::new(
                NodeKind::Package,
                Key::package(manifest.ecosystem, &name),
                name,
            );
            facts.add(
                &own.keys[0],
                EdgeKind::Declares,
                &package.key,
                Rule::Manifest,
                dependency.line,
            );
            facts.nodes.push(package);
        }
    }
    for owner in &around.owners {
        let node = Node::new(NodeKind::Owner, Key::owner(&owner.who), owner.name.as_str());
        facts.assertions.push(Assertion {
            from: own.keys[0].clone(),
            kind: EdgeKind::OwnedBy,
            to: node.key.clone(),
            rule: owner.rule,
            sites: owner.sites,
            evidence: vec![evidence_of_owner(owner, input.repository)],
        });
        facts.nodes.push(node);
    }
    facts.finish(own.keys[0].to_string())
}

fn evidence_of_owner(owner: &Ownership, repository: &str) -> String {
    match owner.evidence.strip_prefix("commit:") {
        Some(id) => Key::commit(repository, id).to_string(),
        None => owner.evidence.clone(),
    }
}

/// Collects what one file states.
struct Collector<'a> {
    path: &'a str,
    nodes: Vec<Node>,
    assertions: Vec<Assertion>,
}

impl Collector<'_> {
    /// One more place that shows a relationship; 0 is no line. What comes in order is merged at
    /// once, the rest by [`finished`].
    fn add(&mut self, from: &Key, kind: EdgeKind, to: &Key, rule: Rule, line: u32) {
        let last = self.assertions.last_mut();
        if let Some(last) =
            last.filter(|a| a.kind == kind && a.rule == rule && a.to == *to && a.from == *from)
        {
            last.sites += 1;
            let site = format!("{}:{line}", self.path);
            if last.evidence.len() < MAX_EVIDENCE && last.evidence.last() != Some(&site) {
                last.evidence.push(site);
            }
            return;
        }
        let evidence = if line == 0 {
            Vec::new()
        } else {
            vec![format!("{}:{line}", self.path)]
        };
        self.assertions.push(Assertion {
            from: from.clone(),
            kind,
            to: to.clone(),
            rule,
            sites: 1,
            evidence,
        });
    }

    fn finish(self, owner: String) -> OwnerFacts {
        finished(owner, self.nodes, self.assertions)
    }
}

/// Sorts, merges what says the same, and digests.
fn finished(owner: String, mut nodes: Vec<Node>, mut assertions: Vec<Assertion>) -> OwnerFacts {
    nodes.sort_by(|a, b| a.key.cmp(&b.key));
    nodes.dedup_by(|b, a| a.key == b.key);
    assertions
        .sort_by(|a, b| (&a.from, a.kind, &a.to, a.rule).cmp(&(&b.from, b.kind, &b.to, b.rule)));
    assertions.dedup_by(|b, a| {
        let same = a.from == b.from && a.kind == b.kind && a.to == b.to && a.rule == b.rule;
        if same {
            a.sites += b.sites;
            a.evidence.append(&mut b.evidence);
            a.evidence
                .sort_by_cached_key(|site| match site.rsplit_once(':') {
                    Some((path, line)) => (path.to_owned(), line.parse::<u64>().unwrap_or(0)),
                    None => (site.clone(), 0),
                });
            a.evidence.dedup();
            a.evidence.truncate(MAX_EVIDENCE);
        }
        same
    });
    let digest = digest(&nodes, &assertions);
    OwnerFacts {
        owner,
        digest,
        nodes,
        assertions,
    }
}

/// A hash of everything stated; each text is followed by a byte that no text holds.
fn digest(nodes: &[Node], assertions: &[Assertion]) -> u64 {
    let mut hash = Digest(twox_hash::XxHash3_64::new());
    for node in nodes {
        hash.text(node.key.as_str());
        hash.text(node.kind.as_str());
        for text in [
            Some(&node.name),
            node.qualified_name.as_ref(),
            node.path.as_ref(),
            node.language.as_ref(),
        ] {
            hash.text(text.map_or("\u{1}", |t| t));
        }
        hash.number(node.line_start);
        hash.number(node.line_end);
        // Writing to a hash does not fail, and every value has a JSON form.
        serde_json::to_writer(&mut hash, &node.properties).ok();
    }
    hash.text("");
    for assertion in assertions {
        hash.text(assertion.from.as_str());
        hash.text(assertion.kind.as_str());
        hash.text(assertion.to.as_str());
        hash.text(assertion.rule.as_str());
        hash.number(Some(assertion.sites));
        assertion.evidence.iter().for_each(|site| hash.text(site));
        hash.text("");
    }
    hash.0.finish()
}

struct Digest(twox_hash::XxHash3_64);

impl Digest {
    fn text(&mut self, text: &str) {
        self.0.write(text.as_bytes());
        self.0.write(&[0xff]);
    }

    fn number(&mut self, number: Option<u32>) {
        self.0.write(&number.map_or([0xff; 5], |n| {
            let [a, b, c, d] = n.to_le_bytes();
            [a, b, c, d, 0]
        }));
    }
}

impl std::io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn count(input: &Assembly<'_>, around: &[Around<'_>]) -> Stats {
    let mut stats = Stats {
        files: input.files.len() as u32,
        manifests: input.manifests.len() as u32,
        commits: input.history.commits.len() as u32,
        history_truncated: input.history.truncated,
        ..Stats::default()
    };
    for (file, around) in input.files.iter().zip(around) {
        match file.facts() {
            Some(facts) => {
                let (lines, symbols) = (
                    u64::from(facts.lines),
                    facts.defs.len().saturating_sub(1) as u64,
                );
                stats.read += 1;
                stats.lines += lines;
                stats.symbols += symbols;
                let language = stats
                    .languages
                    .entry(file.language().unwrap_or_default().to_owned())
                    .or_default();
                language.files += 1;
                language.lines += lines;
                language.symbols += symbols;
                language.add(&around.sites);
            }
            None => {
                let why = file.set_aside().unwrap_or(SetAside::NotCode).as_str();
                *stats.set_aside.entry(why.to_owned()).or_default() += 1;
            }
        }
        for blind in &around.blind {
            *stats
                .blind
                .entry(blind.kind.as_str().to_owned())
                .or_default() += 1;
        }
    }
    let mut packages: Vec<(&str, String)> = input
        .manifests
        .iter()
        .filter(|m| !m.lock)
        .flat_map(|m| {
            m.dependencies
                .iter()
                .filter(|d| !d.local)
                .map(|d| (m.ecosystem, package_name(m.ecosystem, &d.name)))
        })
        .collect();
    packages.sort();
    packages.dedup();
    stats.packages = packages.len() as u32;
    stats
}

fn blind_spots(input: &Assembly<'_>, around: &[Around<'_>]) -> Vec<BlindSpot> {
    let mut out: Vec<BlindSpot> = input
        .files
        .iter()
        .zip(around)
        .flat_map(|(file, around)| {
            around.blind.iter().map(|b| BlindSpot {
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
            let kind = ripple_schemas::BlindKind::Limit;
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
