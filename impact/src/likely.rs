//! How probably each test fails, by all that is known of it and the change.
//!
//! Goes in: what the closure reached, the words of the change, every test of the repository. Comes
//! out: for each test its signals and the probability that a logistic model gives them. The model's
//! weights were fitted to tests that did fail (docs/calibration.md); another model in the graph
//! takes their place.

use crate::runnable::is_test;
use crate::words::{ChangeWords, Index, SORTS};
use ripple_graph_analysis::travel::Weights;
use ripple_graph_analysis::{Limits, Scratch, Source, View, closure};
use ripple_schemas::{ChangeKind, ChangedSymbol, EdgeKind, NodeKind, TestToRun, property};
use serde::Serialize;
use std::collections::HashMap;

/// What speaks for and against a test's failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Signals {
    /// Probability that it depends on the change, 0..=1; 0 where no path was found.
    pub reach: f64,
    /// Edges on the best path; 0 where there is none.
    pub steps: u32,
    /// Share of the repository's tests that the closure reached with at least half this test's
    /// probability, 0..=1: what everything depends on says little.
    pub crowd: f64,
    /// How near it is to using the class that holds what changed: a half for each step; 0 where no
    /// class holds it or no path is short enough.
    pub user: f64,
    /// How many of the functions that it calls lead to the change.
    pub lanes: u32,
    /// How much the best path branches: the sum over its inner nodes of ln(1 + functions called).
    pub branching: f64,
    /// Score of the words by which the changed symbols are called.
    pub named: f64,
    /// Score of the words on the lines that differ.
    pub edited: f64,
    /// Score of the words around them in the changed symbols.
    pub around: f64,
    /// Score of the words by which what leads to the change is called.
    pub leading: f64,
    /// The best of the first three, over all tests of its file taken together.
    pub file: f64,
    /// It stands in a changed file.
    pub same_file: bool,
    /// Share of its path's folders that it has in common with the nearest changed file.
    pub near: f64,
}

/// A test with what speaks for its failure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TestEvidence {
    /// The test and its probability to fail.
    #[serde(flatten)]
    pub test: TestToRun,
    /// Whether it is among the tests to run.
    pub selected: bool,
    /// What the probability was computed from.
    pub signals: Signals,
}

/// One test and what is known of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) node: u32,
    pub(crate) signals: Signals,
}

/// The signals of every test that is reached or shares a word with the change, in the order of
/// the nodes' numbers.
pub(crate) fn candidates(
    view: &View<'_>,
    scratch: &Scratch,
    users: Option<&Scratch>,
    counts: impl Fn(u32) -> bool,
    changed: &[ChangedSymbol],
    words: &ChangeWords,
) -> Vec<Candidate> {
    let mut index = Index::new(words);
    let mut files = Index::new(words);
    let mut file_of: Vec<u32> = Vec::new();
    let mut numbers: HashMap<String, u32> = HashMap::new();
    let mut texts: Vec<(String, String)> = Vec::new();
    let mut found: Vec<Candidate> = Vec::new();
    let paths: Vec<&str> = changed.iter().map(|c| c.path.as_str()).collect();
    let mut nearness: Vec<(f64, bool)> = Vec::new();
    let mut branching = Branching::default();
    for node in (0..view.node_count()).filter(|&n| is_test(view.kind(n)) && counts(n)) {
        let kept = Kept::of(view, node);
        let key = view.key(node);
        let names = key.split_once('#').map_or(key, |(_, names)| names);
        index.add(kept.words, names);
        let file = *numbers.entry(kept.path.to_string()).or_insert_with(|| {
            texts.push((String::new(), kept.path.to_string()));
            nearness.push(near(kept.path, &paths));
            texts.len() as u32 - 1
        });
        let text = &mut texts[file as usize].0;
        text.push_str(kept.words);
        text.push(' ');
        file_of.push(file);
        let (reach, steps) = match scratch.before(node) {
            Some(_) => scratch.reached(node).unwrap_or((0.0, 0)),
            None => (0.0, 0),
        };
        let called = view.out_of_kind(node, EdgeKind::Calls);
        let leads = |edge: &u32| scratch.reached(view.edge(*edge).to).is_some();
        let user = users.and_then(|u| u.reached(node));
        found.push(Candidate {
            node,
            signals: Signals {
                reach,
                steps,
                user: user.map_or(0.0, |(p, _)| p),
                lanes: called.filter(leads).count() as u32,
                branching: if reach > 0.0 {
                    branching.of(view, scratch, node)
                } else {
                    0.0
                },
                ..Signals::default()
            },
        });
    }
    for (text, path) in &texts {
        files.add(text, path);
    }
    let files: Vec<f64> = files
        .scores()
        .iter()
        .map(|s| s[..3].iter().copied().fold(0.0, f64::max))
        .collect();
    let mut reaches: Vec<f64> = found.iter().map(|c| c.signals.reach).collect();
    reaches.sort_unstable_by(f64::total_cmp);
    let all = found.len().max(1) as f64;
    for ((candidate, scores), file) in found.iter_mut().zip(index.scores()).zip(file_of) {
        let signals = &mut candidate.signals;
        let [named, edited, around, leading]: [f64; SORTS] = scores;
        (signals.named, signals.edited) = (named, edited);
        (signals.around, signals.leading) = (around, leading);
        signals.file = files[file as usize];
        (signals.near, signals.same_file) = nearness[file as usize];
        if signals.reach > 0.0 {
            let below = reaches.partition_point(|&p| p < signals.reach / 2.0);
            signals.crowd = (reaches.len() - below) as f64 / all;
        }
    }
    found
}

/// One step to a user of a class.
pub(crate) const USER_STEP: f64 = 0.5;
/// Users of a class further away than four steps are as good as none.
const USER_FLOOR: f64 = 0.06;

/// Who uses the classes that hold what changed.
pub(crate) fn users(view: &View<'_>, changed: &[ChangedSymbol]) -> Option<Scratch> {
    let class = |symbol: &ChangedSymbol| {
        let (file, mut names) = symbol.key.as_str().split_once('#')?;
        while let Some((outer, _)) = names.rsplit_once('.') {
            names = outer;
            let node = view.find(&format!("{file}#{names}"));
            if let Some(node) = node.filter(|&n| is_class(view.kind(n))) {
                return Some(node);
            }
        }
        None
    };
    let mut classes: Vec<u32> = changed.iter().filter_map(class).collect();
    classes.sort_unstable();
    classes.dedup();
    if classes.is_empty() {
        return None;
    }
    let sources: Vec<Source> = classes
        .into_iter()
        .map(|node| Source {
            node,
            change: ChangeKind::Body,
        })
        .collect();
    let weights = Weights::of_users(view.classes(), USER_STEP);
    let limits = Limits {
        top: None,
        floor: USER_FLOOR,
    };
    let mut scratch = Scratch::default();
    closure(view, &weights, &sources, limits, &mut scratch);
    Some(scratch)
}

fn is_class(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Class | NodeKind::Interface | NodeKind::Type)
}

/// How much the paths branch, each node asked once.
#[derive(Default)]
struct Branching {
    known: HashMap<u32, f64>,
}

impl Branching {
    fn of(&mut self, view: &View<'_>, scratch: &Scratch, node: u32) -> f64 {
        let mut sum = 0.0;
        let mut at = node;
        while let Some(before) = scratch.before(at) {
            if at != node {
                sum += *self.known.entry(at).or_insert_with(|| {
                    let called = view.out_of_kind(at, EdgeKind::Calls).count();
                    (1.0 + called as f64).ln()
                });
            }
            at = before;
        }
        sum
    }
}

/// What a test's node keeps that is looked at here.
struct Kept<'v> {
    words: &'v str,
    path: &'v str,
}

impl<'v> Kept<'v> {
    fn of(view: &'v View<'_>, node: u32) -> Self {
        Self {
            words: view
                .text_property(node, property::WORDS)
                .unwrap_or_default(),
            path: view.place(node).0.unwrap_or_default(),
        }
    }
}

/// How near a path is to the nearest of others, and whether it is one of them.
fn near(path: &str, others: &[&str]) -> (f64, bool) {
    let folders = |path: &str| path.matches('/').count();
    let mut best = 0.0f64;
    for other in others {
        if *other == path {
            return (1.0, true);
        }
        let common = path
            .split('/')
            .zip(other.split('/'))
            .take_while(|(a, b)| a == b)
            .count();
        let most = folders(path).max(folders(other));
        if most > 0 {
            best = best.max(common.min(most) as f64 / most as f64);
        }
    }
    (best, false)
}
