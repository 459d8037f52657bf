//! Which symbols differ between two sides, with moves and renames followed.
//!
//! Goes in: the facts of the files that differ, as base and as head have them. Comes out: one
//! [`ChangedSymbol`] each, sorted by key. Comments and layout are no change: symbols carry hashes of
//! their signature and of their body's tokens (schemas, `property`).

use ripple_graph_core::OwnerFacts;
use ripple_schemas::{
    Assertion, ChangeKind, ChangedSymbol, EdgeKind, Key, Node, NodeKind, property,
};
use std::collections::{BTreeMap, BTreeSet};

/// Bodies of fewer lines than this are too common to follow under another name: half of all
/// getters are the same.
const TELLING_LINES: u32 = 3;
/// A file is taken for renamed when at least this share of its symbols went to the same new file.
const RENAMED_SHARE: f64 = 0.5;

/// What differs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Difference {
    /// Changed symbols, sorted by key. One that moved is named by its new key; its change is `moved`
    /// where nothing else about it changed, else what did.
    pub changed: Vec<ChangedSymbol>,
    /// What became of symbols that moved or were renamed.
    pub succeeds: Vec<Succession>,
}

/// `new` is what `old` became.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Succession {
    pub new: Key,
    pub old: Key,
}

/// Compares two sides. Owners that are the same on both may be left out or given, as suits.
pub fn difference(base: &[OwnerFacts], head: &[OwnerFacts]) -> Difference {
    let (old, new) = (symbols(base), symbols(head));
    let mut result = Difference::default();
    let mut removed: BTreeMap<&Key, &Node> = BTreeMap::new();
    let mut added: BTreeMap<&Key, &Node> = BTreeMap::new();
    for (key, &node) in &old {
        match new.get(key) {
            None => {
                removed.insert(key, node);
            }
            Some(now) => result
                .changed
                .extend(edited(node, now).map(|change| symbol(now, change))),
        }
    }
    // A file is compared where both sides read it as data.
    let files = |side: &[OwnerFacts]| -> BTreeSet<Key> {
        let nodes = side.iter().flat_map(|f| &f.nodes);
        nodes
            .map(|n| &n.key)
            .filter(|k| k.prefix() == "file")
            .cloned()
            .collect()
    };
    let stand = files(head);
    removed.retain(|key, _| !stand.contains(*key));
    added.extend(
        new.iter()
            .filter(|(key, _)| !old.contains_key(*key))
            .map(|(key, node)| (*key, *node)),
    );
    let stood = files(base);
    added.retain(|key, _| !stood.contains(*key));

    for (was, now) in moves(&removed, &added) {
        removed.remove(&was.key);
        added.remove(&now.key);
        // A signature hash covers the name, so a rename alone moves it.
        let renamed = was.name != now.name;
        let change = match edited(was, now) {
            None => ChangeKind::Moved,
            Some(ChangeKind::Signature) if renamed && same(was, now, property::BODY) => {
                ChangeKind::Moved
            }
            Some(change) => change,
        };
        result.changed.push(symbol(now, change));
        result.succeeds.push(Succession {
            new: now.key.clone(),
            old: was.key.clone(),
        });
    }
    result
        .changed
        .extend(removed.values().map(|n| symbol(n, ChangeKind::Removed)));
    result
        .changed
        .extend(added.values().map(|n| symbol(n, ChangeKind::Added)));
    result.changed.extend(declared_packages(base, head));
    result.changed.sort_by(|a, b| a.key.cmp(&b.key));
    result.succeeds.sort();
    result
}

/// Every symbol that a side states, and every file that has a body of its own: its top level.
fn symbols(side: &[OwnerFacts]) -> BTreeMap<&Key, &Node> {
    let nodes = side.iter().flat_map(|f| &f.nodes);
    let counts = |n: &&Node| match n.key.prefix() {
        "sym" => true,
        "file" => n.properties.contains_key(property::BODY),
        _ => false,
    };
    nodes.filter(counts).map(|n| (&n.key, n)).collect()
}

/// What happened to a symbol that stands on both sides.
fn edited(was: &Node, now: &Node) -> Option<ChangeKind> {
    if was.kind != now.kind || !same(was, now, property::SIGNATURE) {
        Some(ChangeKind::Signature)
    } else if !same(was, now, property::BODY) {
        Some(ChangeKind::Body)
    } else {
        None
    }
}

fn same(was: &Node, now: &Node, property: &str) -> bool {
    was.properties.get(property) == now.properties.get(property)
}

fn symbol(node: &Node, change: ChangeKind) -> ChangedSymbol {
    let first = node.line_start.unwrap_or(0);
    ChangedSymbol {
        key: node.key.clone(),
        kind: node.kind,
        path: node.path.clone().unwrap_or_default(),
        lines: [first, node.line_end.unwrap_or(first)],
        change,
    }
}

/// Pairs what went with what came: first by equal bodies, then the rest of files and classes most of
/// which went together.
fn moves<'n>(
    removed: &BTreeMap<&Key, &'n Node>,
    added: &BTreeMap<&Key, &'n Node>,
) -> Vec<(&'n Node, &'n Node)> {
    let mut pairs: Vec<(&Node, &Node)> = Vec::new();
    let mut taken: BTreeSet<&Key> = BTreeSet::new();

    // Equal bodies and names: the same thing elsewhere.
    let mut by_body: BTreeMap<(NodeKind, &str), Vec<&'n Node>> = BTreeMap::new();
    for node in added.values() {
        if let Some(body) = hash(node, property::BODY) {
            by_body.entry((node.kind, body)).or_default().push(node);
        }
    }
    let nobody: Vec<&'n Node> = Vec::new();
    let candidates = |was: &'n Node| {
        let body = hash(was, property::BODY);
        body.and_then(|b| by_body.get(&(was.kind, b)))
            .unwrap_or(&nobody)
    };
    for was in removed.values() {
        let free = candidates(was)
            .iter()
            .filter(|n| n.name == was.name && !taken.contains(&n.key));
        // Of several, the one whose place in its file is the same.
        let best = free.min_by_key(|n| (qualified(&n.key) != qualified(&was.key), &n.key));
        if let Some(now) = best {
            taken.insert(&now.key);
            taken.insert(&was.key);
            pairs.push((was, now));
        }
    }
    // Equal bodies under another name: only where they are long enough to mean it, and alone.
    for was in removed.values().filter(|n| lines(n) >= TELLING_LINES) {
        if taken.contains(&was.key) {
            continue;
        }
        let alone = removed
            .values()
            .filter(|n| hash(n, property::BODY) == hash(was, property::BODY))
            .count()
            == 1;
        if let (true, [now]) = (alone, candidates(was).as_slice())
            && !taken.contains(&now.key)
        {
            taken.insert(&now.key);
            taken.insert(&was.key);
            pairs.push((was, now));
        }
    }
    // Whole files and classes: what shared the way of most of them followed, even when edited.
    for scope in [file_of as fn(&Key) -> &str, class_of] {
        let mut ways: BTreeMap<(&str, &str), usize> = BTreeMap::new();
        let mut sizes: BTreeMap<&str, usize> = BTreeMap::new();
        for was in removed.keys().filter(|k| k.prefix() == "sym") {
            *sizes.entry(scope(was)).or_default() += 1;
        }
        for (was, now) in &pairs {
            *ways.entry((scope(&was.key), scope(&now.key))).or_default() += 1;
        }
        let mut followed = Vec::new();
        for (&(from, to), &count) in &ways {
            if from == to
                || (count as f64) < RENAMED_SHARE * sizes.get(from).copied().unwrap_or(0) as f64
            {
                continue;
            }
            for was in removed
                .values()
                .filter(|n| scope(&n.key) == from && !taken.contains(&n.key))
            {
                let tail = &inside(&was.key)[from.len()..];
                let now = added.values().find(|n| {
                    n.kind == was.kind
                        && inside(&n.key).strip_prefix(to) == Some(tail)
                        && !taken.contains(&n.key)
                });
                if let Some(now) = now {
                    followed.push((*was, *now));
                }
            }
        }
        for (was, now) in followed {
            if taken.insert(&now.key) && taken.insert(&was.key) {
                pairs.push((was, now));
            }
        }
    }
    pairs
}

fn hash<'n>(node: &'n Node, name: &str) -> Option<&'n str> {
    node.properties.get(name)?.as_str()
}

fn lines(node: &Node) -> u32 {
    match (node.line_start, node.line_end) {
        (Some(first), Some(last)) => last.saturating_sub(first) + 1,
        _ => 0,
    }
}

/// The key without its prefix: a file's is the beginning of its symbols'.
fn inside(key: &Key) -> &str {
    key.as_str().split_once(':').map_or("", |(_, rest)| rest)
}

/// The file of a key.
fn file_of(key: &Key) -> &str {
    let rest = inside(key);
    rest.split_once('#').map_or(rest, |(file, _)| file)
}

/// The key up to the last name.
fn class_of(key: &Key) -> &str {
    let rest = inside(key);
    match rest.split_once('#') {
        Some((file, names)) => names
            .rfind('.')
            .map_or(rest, |dot| &rest[..file.len() + 1 + dot]),
        None => rest,
    }
}

fn qualified(key: &Key) -> &str {
    key.as_str().split_once('#').map_or("", |(_, names)| names)
}

/// Packages whose declaration came, went or changed its version. Manifests DECLARE packages; the
/// repository DEPENDS_ON them, in the version that manifests and lock files give together.
fn declared_packages(base: &[OwnerFacts], head: &[OwnerFacts]) -> Vec<ChangedSymbol> {
    struct Declared<'f> {
        version: Option<&'f serde_json::Value>,
        site: Option<(&'f str, u32)>,
    }
    fn declared(side: &[OwnerFacts]) -> BTreeMap<(&str, &Key), Declared<'_>> {
        let mut all = BTreeMap::new();
        for facts in side {
            let versions: BTreeMap<&Key, &serde_json::Value> = facts
                .nodes
                .iter()
                .filter_map(|n| Some((&n.key, n.properties.get(property::VERSION)?)))
                .collect();
            let declares =
                |a: &&Assertion| matches!(a.kind, EdgeKind::Declares | EdgeKind::DependsOn);
            for a in facts
                .assertions
                .iter()
                .filter(declares)
                .filter(|a| a.to.prefix() == "pkg")
            {
                let site = a.evidence.first().and_then(|s| s.rsplit_once(':'));
                let site = site.and_then(|(path, line)| Some((path, line.parse().ok()?)));
                all.insert(
                    (facts.owner.as_str(), &a.to),
                    Declared {
                        version: versions.get(&a.to).copied(),
                        site,
                    },
                );
            }
        }
        all
    }
    let (old, new) = (declared(base), declared(head));
    // An owner that only one side was given for says nothing of what the other side declares.
    let both: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let mut changed: BTreeMap<&Key, ChangedSymbol> = BTreeMap::new();
    for &(owner, key) in both {
        let (was, now) = (old.get(&(owner, key)), new.get(&(owner, key)));
        let change = match (was, now) {
            (Some(_), None) => ChangeKind::Removed,
            (None, Some(_)) => ChangeKind::Added,
            (Some(was), Some(now)) if was.version != now.version => ChangeKind::Body,
            _ => continue,
        };
        let (path, line) = now.or(was).and_then(|d| d.site).unwrap_or((owner, 0));
        changed.entry(key).or_insert_with(|| ChangedSymbol {
            key: key.clone(),
            kind: NodeKind::Package,
            path: path.to_owned(),
            lines: [line, line],
            change,
        });
    }
    changed.into_values().collect()
}
