//! Phantom dependencies: used but not declared, declared but never used.

use ripple_graph_analysis::View;
use ripple_schemas::{EdgeKind, Key, NodeKind, Phantom, PhantomKind};
use std::collections::{BTreeMap, BTreeSet};

/// The packages that every interpreter brings along.
const BUILT_IN: &[&str] = &["pkg:std/", "pkg:builtin/"];

/// A use or declaration: who, whom, where.
struct Link {
    from: String,
    to: u32,
    evidence: Vec<String>,
}

/// The phantom packages of a repository; with `only`, those of the named files (keys).
///
/// A package is declared for a file when a manifest in the file's folder or one above it declares
/// it. It is used when anything under the manifest's folder imports it.
pub fn phantoms(
    view: &View<'_>,
    repository: &str,
    only: Option<&BTreeSet<String>>,
) -> Vec<Phantom> {
    if !view.has_prefix("pkg:") {
        return Vec::new();
    }
    // Most files are looked at only where one of those asked about links to a package at all.
    if let Some(only) = only {
        let asked = only.iter().filter_map(|key| view.find(key));
        let (uses, declares) = links(view, asked);
        if uses.is_empty() && declares.is_empty() {
            return Vec::new();
        }
    }
    let (uses, declares) = links(view, files(view, repository).into_iter());
    let wanted = |file: &str| only.is_none_or(|files| files.contains(file));
    let mut found = BTreeMap::new();
    for link in uses.iter().filter(|l| wanted(&l.from)) {
        let covered = declares
            .iter()
            .any(|d| d.to == link.to && folder(&link.from).starts_with(folder(&d.from)));
        let package = view.key(link.to);
        if !covered && !BUILT_IN.iter().any(|b| package.starts_with(b)) {
            put(&mut found, PhantomKind::UndeclaredPackage, link, package);
        }
    }
    for link in declares.iter().filter(|l| wanted(&l.from)) {
        let used = uses
            .iter()
            .any(|u| u.to == link.to && folder(&u.from).starts_with(folder(&link.from)));
        if !used {
            put(
                &mut found,
                PhantomKind::UnusedPackage,
                link,
                view.key(link.to),
            );
        }
    }
    found.into_values().collect()
}

/// One line a (kind, file, package), with all its evidence.
fn put(
    found: &mut BTreeMap<(PhantomKind, String, String), Phantom>,
    kind: PhantomKind,
    link: &Link,
    package: &str,
) {
    let (Ok(from), Ok(to)) = (Key::parse(&link.from), Key::parse(package)) else {
        return;
    };
    let phantom = found
        .entry((kind, link.from.clone(), package.to_owned()))
        .or_insert_with(|| Phantom {
            kind,
            from,
            to,
            evidence: Vec::new(),
        });
    phantom.evidence.extend(link.evidence.iter().cloned());
    phantom.evidence.sort_by(|a, b| {
        ripple_schemas::fact::site_order(a).cmp(&ripple_schemas::fact::site_order(b))
    });
    phantom.evidence.dedup();
}

/// The files of one repository.
fn files(view: &View<'_>, repository: &str) -> Vec<u32> {
    let prefix = format!("file:{}/", ripple_schemas::key::encode(repository));
    let stored = view.csr();
    let first = stored.lower_bound(&prefix);
    let kept = (first..stored.node_count()).take_while(|&n| stored.key(n).starts_with(&prefix));
    let laid = view.laid().filter(|&n| view.key(n).starts_with(&prefix));
    kept.chain(laid).collect()
}

/// Uses and declarations of packages in these files. Files import and declare; what their symbols do
/// with a package is theirs.
fn links(view: &View<'_>, files: impl Iterator<Item = u32>) -> (Vec<Link>, Vec<Link>) {
    let (mut uses, mut declares) = (Vec::new(), Vec::new());
    for node in files {
        for number in view.out(node) {
            let edge = view.edge(number);
            if view.kind(edge.to) != NodeKind::Package {
                continue;
            }
            let Some(file) = crate::owners::file_key(view.key(node)) else {
                continue;
            };
            let link = Link {
                from: file,
                to: edge.to,
                evidence: view.dependency(number).evidence,
            };
            match edge.kind {
                EdgeKind::Declares => declares.push(link),
                EdgeKind::Imports | EdgeKind::Calls | EdgeKind::References => uses.push(link),
                _ => {}
            }
        }
    }
    (uses, declares)
}

/// The key up to and with the last `/`.
fn folder(file: &str) -> &str {
    file.rfind('/').map_or("", |at| &file[..=at])
}
