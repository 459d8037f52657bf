//! The picture before it is drawn: changed and impacted nodes in layers, joined by their best paths.
//! Above sixty nodes they are gathered by folder (or service), so that it stays readable.

use super::words::{group, name, path};
use ripple_schemas::{ImpactAnswer, Key, NodeKind};
use std::collections::{BTreeMap, BTreeSet};

/// The most nodes that are drawn one by one.
pub(crate) const MOST: usize = 60;

/// One box.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spot {
    /// What is written in it.
    pub(crate) label: String,
    /// What is written under it: the file, or how many it stands for.
    pub(crate) sub: String,
    /// Steps from the change: its layer.
    pub(crate) layer: usize,
    /// Probability, 1 for what changed.
    pub(crate) probability: f64,
    /// How it is coloured.
    pub(crate) sort: Sort,
}

/// How a box is coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sort {
    Changed,
    Code,
    Test,
    Outside,
}

/// Boxes and the arrows from cause to effect, by index.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Blast {
    pub(crate) spots: Vec<Spot>,
    pub(crate) arrows: Vec<(usize, usize)>,
    /// True where boxes stand for folders.
    pub(crate) gathered: bool,
}

/// Draws up the picture.
pub(crate) fn blast(answer: &ImpactAnswer) -> Blast {
    let mut spots: BTreeMap<&Key, Spot> = BTreeMap::new();
    let mut arrows: BTreeSet<(&Key, &Key)> = BTreeSet::new();
    for node in &answer.impacted {
        let spot = Spot {
            label: name(&node.key),
            sub: path(&node.key).to_owned(),
            layer: node.distance as usize,
            probability: node.probability,
            sort: sort(node.kind),
        };
        spots.insert(&node.key, spot);
        if let Some(step) = node.via.last() {
            arrows.insert((&step.key, &node.key));
        }
    }
    for symbol in &answer.changed {
        let spot = Spot {
            label: name(&symbol.key),
            sub: symbol.path.clone(),
            layer: 0,
            probability: 1.0,
            sort: Sort::Changed,
        };
        spots.insert(&symbol.key, spot);
    }
    // A step on the way that the list left out (the old name of what moved) joins its neighbours.
    arrows.retain(|(from, to)| spots.contains_key(from) && spots.contains_key(to));
    if spots.len() > MOST {
        return gather(&spots, &arrows);
    }
    let mut order: Vec<(&Key, Spot)> = spots.into_iter().collect();
    order.sort_by(|a, b| {
        a.1.layer
            .cmp(&b.1.layer)
            .then(b.1.probability.total_cmp(&a.1.probability))
            .then(a.0.cmp(b.0))
    });
    let index: BTreeMap<&Key, usize> = order
        .iter()
        .enumerate()
        .map(|(i, (key, _))| (*key, i))
        .collect();
    let arrows = arrows
        .iter()
        .map(|(from, to)| (index[from], index[to]))
        .collect();
    Blast {
        spots: order.into_iter().map(|(_, spot)| spot).collect(),
        arrows,
        gathered: false,
    }
}

fn sort(kind: NodeKind) -> Sort {
    match kind {
        NodeKind::Test | NodeKind::TestCase => Sort::Test,
        NodeKind::Service
        | NodeKind::Endpoint
        | NodeKind::Topic
        | NodeKind::Table
        | NodeKind::Package
        | NodeKind::Slo => Sort::Outside,
        _ => Sort::Code,
    }
}

/// One box a folder and sort. Where there are still too many, the folders are cut to fewer parts.
fn gather(spots: &BTreeMap<&Key, Spot>, arrows: &BTreeSet<(&Key, &Key)>) -> Blast {
    let mut depth = 6;
    loop {
        let place = |key: &Key, spot: &Spot| {
            let folder: Vec<&str> = match path(key) {
                "" => vec![group(NodeKind::Service)],
                path => {
                    let mut parts: Vec<&str> = path.split('/').collect();
                    parts.pop();
                    parts.truncate(depth);
                    parts
                }
            };
            let folder = folder.join("/");
            (
                spot.sort,
                if folder.is_empty() {
                    "(root)".to_owned()
                } else {
                    folder
                },
            )
        };
        let mut groups: BTreeMap<(Sort, String), (Spot, usize)> = BTreeMap::new();
        for (key, spot) in spots {
            let at = place(key, spot);
            let entry = groups.entry(at.clone()).or_insert_with(|| {
                (
                    Spot {
                        label: at.1,
                        sub: String::new(),
                        ..spot.clone()
                    },
                    0,
                )
            });
            entry.0.layer = entry.0.layer.min(spot.layer);
            entry.0.probability = entry.0.probability.max(spot.probability);
            entry.1 += 1;
        }
        if groups.len() > MOST && depth > 1 {
            depth -= 1;
            continue;
        }
        let mut order: Vec<_> = groups.into_iter().collect();
        order.sort_by(|a, b| {
            a.1.0
                .layer
                .cmp(&b.1.0.layer)
                .then(b.1.1.cmp(&a.1.1))
                .then(a.0.cmp(&b.0))
        });
        order.truncate(MOST);
        let index: BTreeMap<&(Sort, String), usize> = order
            .iter()
            .enumerate()
            .map(|(i, (at, _))| (at, i))
            .collect();
        let at = |key: &Key| index.get(&place(key, &spots[key])).copied();
        let arrows: BTreeSet<(usize, usize)> = arrows
            .iter()
            .filter_map(|(from, to)| Some((at(from)?, at(to)?)))
            .filter(|(a, b)| a != b)
            .collect();
        let arrows = arrows.into_iter().collect();
        let spots = order.into_iter().map(|(_, (mut spot, count))| {
            spot.sub = format!("{count} {}", if count == 1 { "symbol" } else { "symbols" });
            spot
        });
        return Blast {
            spots: spots.collect(),
            arrows,
            gathered: true,
        };
    }
}
