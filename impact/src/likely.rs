//! What speaks for and against the failure of each test.
//!
//! Goes in: what the closure reached, the words of the change, every test of the repository. Comes
//! out: for each test its signals, from which [`crate::failure`] makes a probability.

use crate::owners::file_key;
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
    /// Probability that it depends on the change, 0..=1; 0 where no path was found. A test whose
    /// file calls what changed at its top depends on it a little: where the top fails, no test runs.
    pub reach: f64,
    /// Edges on the best path; 0 where there is none.
    pub steps: u32,
    /// Share of the repository's tests that the closure reached with at least half this test's
    /// probability, 0..=1: what everything depends on says little.
    pub crowd: f64,
    /// How near it is to using the class that holds what changed: a half for each step; 0 where no
    /// class holds it or no path is short enough.
    pub user: f64,
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

/// Where there are more tests than this, only so many that depend on the change most probably are
/// looked at for their words.
const CLOSELY: usize = 10_000;

/// The signals of those tests for which `counts` holds, in the order of the nodes' numbers.
pub(crate) fn candidates(
    view: &View<'_>,
    scratch: &Scratch,
    users: Option<&Scratch>,
    counts: impl Fn(u32) -> bool,
    words: &ChangeWords,
) -> Vec<Candidate> {
    let tests = (0..view.node_count()).filter(|&n| is_test(view.kind(n)) && counts(n));
    let mut tops = Tops::default();
    let mut found: Vec<Candidate> = tests
        .map(|node| {
            let reached = scratch.before(node).and_then(|_| scratch.reached(node));
            let (reach, steps) = reached.unwrap_or_else(|| tops.of(view, scratch, node));
            let signals = Signals {
                reach,
                steps,
                ..Signals::default()
            };
            Candidate { node, signals }
        })
        .collect();
    let mut reaches: Vec<f64> = found.iter().map(|c| c.signals.reach).collect();
    reaches.sort_unstable_by(f64::total_cmp);
    let all = found.len().max(1) as f64;
    for Candidate { signals, .. } in found.iter_mut().filter(|c| c.signals.reach > 0.0) {
        let below = reaches.partition_point(|&p| p < signals.reach / 2.0);
        signals.crowd = (reaches.len() - below) as f64 / all;
    }
    if found.len() > CLOSELY {
        found.select_nth_unstable_by(CLOSELY, |a, b| {
            (b.signals.reach.total_cmp(&a.signals.reach)).then(a.node.cmp(&b.node))
        });
        read_words(view, users, words, &mut found[..CLOSELY]);
        found.sort_unstable_by_key(|c| c.node);
    } else {
        read_words(view, users, words, &mut found);
    }
    found
}

/// Adds the signals for which a test's node must be read.
fn read_words(
    view: &View<'_>,
    users: Option<&Scratch>,
    words: &ChangeWords,
    found: &mut [Candidate],
) {
    let mut index = Index::new(words);
    let mut files = Index::new(words);
    let mut file_of: Vec<u32> = Vec::new();
    let mut numbers: HashMap<&str, u32> = HashMap::new();
    let mut texts: Vec<(String, String)> = Vec::new();
    for Candidate { node, signals } in &mut *found {
        let kept = Kept::of(view, *node);
        let key = view.key(*node);
        let names = key.split_once('#').map_or(key, |(_, names)| names);
        index.add(kept.words, names);
        let file = *numbers.entry(kept.path).or_insert_with(|| {
            texts.push((String::new(), kept.path.to_string()));
            texts.len() as u32 - 1
        });
        let text = &mut texts[file as usize].0;
        text.push_str(kept.words);
        text.push(' ');
        file_of.push(file);
        let user = users.and_then(|u| u.reached(*node));
        signals.user = user.map_or(0.0, |(p, _)| p);
    }
    for (text, path) in &texts {
        files.add(text, path);
    }
    let files: Vec<f64> = files
        .scores()
        .iter()
        .map(|s| s[..3].iter().copied().fold(0.0, f64::max))
        .collect();
    for ((candidate, scores), file) in found.iter_mut().zip(index.scores()).zip(file_of) {
        let signals = &mut candidate.signals;
        let [named, edited, around, leading]: [f64; SORTS] = scores;
        (signals.named, signals.edited) = (named, edited);
        (signals.around, signals.leading) = (around, leading);
        signals.file = files[file as usize];
    }
}

/// Share of the defects in what the top of a file calls that keep its tests from running.
const TOP: f64 = 0.3;

/// What the tops of files call.
#[derive(Default)]
struct Tops {
    /// The file asked about last: tests of one file follow one another.
    last: Option<(String, (f64, u32))>,
}

impl Tops {
    /// How a test depends on the change through the top of its file: probability and steps, or zeros.
    fn of(&mut self, view: &View<'_>, scratch: &Scratch, test: u32) -> (f64, u32) {
        let Some(file) = file_key(view.key(test)) else {
            return (0.0, 0);
        };
        if let Some((_, known)) = self.last.as_ref().filter(|(key, _)| *key == file) {
            return *known;
        }
        let calls = view.find(&file).into_iter();
        let calls = calls.flat_map(|f| view.out_of_kind(f, EdgeKind::Calls));
        // A runner's `test(…)` at the top is the file calling its own tests: that one of them is
        // impacted says nothing of the others.
        let elsewhere = |to: u32| file_key(view.key(to)).is_none_or(|key| key != file);
        let through = calls
            .map(|edge| view.edge(edge).to)
            .filter(|&to| elsewhere(to))
            .filter_map(|to| scratch.reached(to))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)))
            .map_or((0.0, 0), |(p, steps)| (p * TOP, steps + 2));
        self.last = Some((file, through));
        through
    }
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
