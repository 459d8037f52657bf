//! What is stated of the repository as a whole: its node, its packages, its recent history.

use super::collect::finished;
use super::stats::Stats;
use super::{Assembly, package_name};
use crate::history::co_changes;
use ripple_graph_core::OwnerFacts;
use ripple_schemas::fact::MAX_EVIDENCE;
use ripple_schemas::key::encode;
use ripple_schemas::property;
use ripple_schemas::{Assertion, EdgeKind, Key, Node, NodeKind, Phantom, Rule};
use rustc_hash::FxHashMap;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn owners(
    input: &Assembly<'_>,
    repository: &Key,
    stats: &Stats,
    phantoms: &[Phantom],
    by_path: &FxHashMap<&str, usize>,
) -> [OwnerFacts; 3] {
    let name = encode(input.repository);
    [
        tree(
            input,
            repository,
            stats,
            phantoms,
            format!("repo:{name}/tree"),
        ),
        packages(input, repository, format!("repo:{name}/packages")),
        history(input, by_path, format!("repo:{name}/history")),
    ]
}

/// The repository's node holds what answers must be able to read back: the commit, counts, phantoms.
fn tree(
    input: &Assembly<'_>,
    repository: &Key,
    stats: &Stats,
    phantoms: &[Phantom],
    owner: String,
) -> OwnerFacts {
    let mut node = Node::new(NodeKind::Repository, repository.clone(), input.repository);
    let mut set =
        |name: &str, value: serde_json::Value| node.properties.insert(name.to_owned(), value);
    if let Some(commit) = input.commit {
        set("commit", json!(commit));
    }
    if input.shallow {
        set("shallow", json!(true));
    }
    set("stats", json!(stats));
    if !phantoms.is_empty() {
        set("phantoms", json!(phantoms));
    }
    let elsewhere: Vec<_> = input
        .notes
        .iter()
        .filter(|(path, _)| !input.files.iter().any(|f| f.path.text() == path))
        .map(|(path, why)| json!({"kind": "limit", "path": path, "line": 0, "why": why}))
        .collect();
    if !elsewhere.is_empty() {
        set("blind", json!(elsewhere));
    }
    // What an undeclared import leads to has its node from the file; what is declared, from its
    // manifest.
    finished(owner, vec![node], Vec::new())
}

/// DEPENDS_ON for what is declared directly, and the versions that manifests and lock files give.
fn packages(input: &Assembly<'_>, repository: &Key, owner: String) -> OwnerFacts {
    #[derive(Default)]
    struct Found {
        name: String,
        direct: bool,
        /// Lock files say what is used, manifests what is asked for.
        locked: BTreeSet<String>,
        asked: BTreeSet<String>,
        groups: BTreeSet<&'static str>,
        evidence: Vec<(String, u32)>,
    }
    let mut found: BTreeMap<Key, Found> = BTreeMap::new();
    for manifest in input.manifests {
        for dependency in manifest.dependencies.iter().filter(|d| !d.local) {
            let name = package_name(manifest.ecosystem, &dependency.name);
            let entry = found
                .entry(Key::package(manifest.ecosystem, &name))
                .or_default();
            entry.name = name;
            let versions = if manifest.lock {
                &mut entry.locked
            } else {
                &mut entry.asked
            };
            if !dependency.version.is_empty() {
                versions.insert(dependency.version.clone());
            }
            if !manifest.lock {
                entry.direct = true;
                entry.groups.insert(dependency.group.as_str());
                entry
                    .evidence
                    .push((manifest.path.clone(), dependency.line));
            }
        }
    }
    let (mut nodes, mut assertions) = (
        vec![Node::new(
            NodeKind::Repository,
            repository.clone(),
            input.repository,
        )],
        Vec::new(),
    );
    for (key, mut package) in found {
        let mut node = Node::new(NodeKind::Package, key.clone(), package.name);
        let versions = if package.locked.is_empty() {
            &package.asked
        } else {
            &package.locked
        };
        if let Some(version) = versions.last() {
            node.properties
                .insert(property::VERSION.to_owned(), json!(version));
        }
        if versions.len() > 1 {
            node.properties
                .insert("versions".to_owned(), json!(versions));
        }
        if !package.groups.is_empty() {
            node.properties
                .insert("groups".to_owned(), json!(package.groups));
        }
        nodes.push(node);
        if package.direct {
            package.evidence.sort();
            let evidence = package
                .evidence
                .iter()
                .take(MAX_EVIDENCE)
                .map(|(path, line)| format!("{path}:{line}"));
            assertions.push(Assertion {
                from: repository.clone(),
                kind: EdgeKind::DependsOn,
                to: key,
                rule: Rule::Manifest,
                sites: package.evidence.len() as u32,
                evidence: evidence.collect(),
            });
        }
    }
    finished(owner, nodes, assertions)
}

fn history(input: &Assembly<'_>, by_path: &FxHashMap<&str, usize>, owner: String) -> OwnerFacts {
    let mut nodes = Vec::new();
    for commit in &input.history.commits {
        let key = Key::commit(input.repository, &commit.id);
        let mut node = Node::new(NodeKind::Commit, key, commit.subject.as_str());
        let mut set =
            |name: &str, value: serde_json::Value| node.properties.insert(name.to_owned(), value);
        set("author", json!(commit.author));
        set("email", json!(commit.email));
        set("time", json!(commit.time));
        set("files", json!(commit.paths.len()));
        nodes.push(node);
    }
    // A pair that is not visible (vendored, a link) has no node and stays hidden.
    let key = |path: &str| {
        by_path
            .get(path)
            .map(|&i| input.files[i].path.file_key(input.repository))
    };
    let mut assertions = Vec::new();
    for pair in co_changes(input.history, |path| by_path.contains_key(path)) {
        if let (Some(from), Some(to)) = (key(&pair.from), key(&pair.to)) {
            assertions.push(Assertion {
                from,
                kind: EdgeKind::CoChanged,
                to,
                rule: Rule::CoChange,
                sites: pair.support,
                evidence: pair
                    .commits
                    .iter()
                    .map(|id| Key::commit(input.repository, id).to_string())
                    .collect(),
            });
        }
    }
    finished(owner, nodes, assertions)
}
