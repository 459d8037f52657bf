//! What speaks for and against the failure of each test.
//!
//! Goes in: what the closure reached, the words of the change, every test of the repository. Comes
//! out: for each test its signals, from which [`crate::failure`] makes a probability.

use crate::owners::file_key;
use crate::runnable::is_test;
use crate::words::{ChangeWords, Index, SORTS};
use ripple_graph_analysis::{Scratch, View};
use ripple_schemas::{EdgeKind, TestToRun, property};
use serde::Serialize;

/// What speaks for and against a test's failure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Signals {
    /// Probability that it depends on the change, 0..=1; 0 where no path was found. A test whose
    /// file calls what changed at its top depends on it a little: where the top fails, no test runs.
    pub reach: f64,
    /// Edges on the best path; 0 where there is none.
    pub steps: u32,
    /// Score of the words by which the changed symbols are called.
    pub named: f64,
    /// Score of the words on the lines that differ.
    pub edited: f64,
    /// Score of the words around them in the changed symbols.
    pub around: f64,
    /// Score of the words by which what leads to the change is called.
    pub leading: f64,
}

impl Signals {
    /// Whether it shares any word with the change.
    pub(crate) fn shares_words(&self) -> bool {
        self.named + self.edited + self.around > 0.0
    }
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

/// The signals of those tests for which `counts` holds, in the order of their keys.
pub(crate) fn candidates(
    view: &View<'_>,
    scratch: &Scratch,
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
    if found.len() > CLOSELY {
        found.select_nth_unstable_by(CLOSELY, |a, b| {
            (b.signals.reach.total_cmp(&a.signals.reach))
                .then_with(|| view.order(a.node).cmp(&view.order(b.node)))
        });
        read_words(view, words, &mut found[..CLOSELY]);
    } else {
        read_words(view, words, &mut found);
    }
    found.sort_unstable_by_key(|c| view.order(c.node));
    found
}

/// Adds the signals for which a test's node must be read.
fn read_words(view: &View<'_>, words: &ChangeWords, found: &mut [Candidate]) {
    let mut index = Index::new(words);
    for candidate in &*found {
        let key = view.key(candidate.node);
        let names = key.split_once('#').map_or(key, |(_, names)| names);
        let kept = view.text_property(candidate.node, property::WORDS);
        index.add(kept.unwrap_or_default(), names);
    }
    for (candidate, scores) in found.iter_mut().zip(index.scores()) {
        let signals = &mut candidate.signals;
        let [named, edited, around, leading]: [f64; SORTS] = scores;
        (signals.named, signals.edited) = (named, edited);
        (signals.around, signals.leading) = (around, leading);
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
