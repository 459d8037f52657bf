//! From signals to a probability: a logistic model of a test's failure.
//!
//! What it states is how probably a test fails where the change is a defect that tests can notice,
//! which is what its weights were fitted to: mutants of real packages whose suites were run
//! (tests/mutants, docs/calibration.md).

use crate::likely::{Candidate, Signals};
use ripple_graph_analysis::Calibration;

/// How many features there are.
pub const FEATURES: usize = 8;

/// The names under which a model keeps its weights, in the order of [`features`].
pub const NAMES: [&str; FEATURES] = [
    "bias", "reached", "reach", "steps", "named", "edited", "around", "leading",
];

/// The weights built into the program, in the order of [`NAMES`].
const BUILTIN: [f64; FEATURES] = [-3.971, 3.584, 0.978, -0.898, 1.595, 0.361, -0.580, 0.300];

/// Where no path reaches any test, this share of them is to be run, likeliest first.
const BY_WORDS: f64 = 0.05;

/// What the model weighs: shares stay as they are, the rest in logarithms.
pub fn features(signals: &Signals) -> [f64; FEATURES] {
    let reached = signals.reach > 0.0;
    let of_reached = |x: f64| if reached { x.ln() } else { 0.0 };
    [
        1.0,
        f64::from(u8::from(reached)),
        of_reached(signals.reach),
        f64::from(signals.steps).ln_1p(),
        signals.named,
        signals.edited,
        signals.around,
        signals.leading,
    ]
}

/// Which tests are to be run: those that a path reaches; where it reaches none, the likeliest of those
/// that share a word with the change. Cutting by probability lost safety as fast as it saved tests.
pub(crate) fn select(candidates: &[(Candidate, f64)]) -> Vec<bool> {
    let reached = |(c, _): &(Candidate, f64)| c.signals.reach > 0.0;
    if candidates.iter().any(reached) {
        return candidates.iter().map(reached).collect();
    }
    let most = (candidates.len() as f64 * BY_WORDS).ceil() as usize;
    let mut selected = vec![false; candidates.len()];
    let mut worded: Vec<usize> = (0..candidates.len())
        .filter(|&i| candidates[i].0.signals.shares_words())
        .collect();
    // Ties stay in the order in which they came.
    worded.sort_by(|&a, &b| candidates[b].1.total_cmp(&candidates[a].1));
    for i in worded.into_iter().take(most) {
        selected[i] = true;
    }
    selected
}

/// Weights in the order of [`NAMES`].
pub(crate) struct Failure([f64; FEATURES]);

impl Failure {
    /// Those of the model in use; a feature that it does not name weighs nothing. Where it has none
    /// at all, the ones built in.
    pub(crate) fn of(calibration: &Calibration) -> Self {
        let moved = calibration.tests();
        if moved.is_empty() {
            return Self(BUILTIN);
        }
        Self(NAMES.map(|name| moved.get(name).copied().unwrap_or(0.0)))
    }

    /// Probability that a test fails, 0..=1.
    pub(crate) fn probability(&self, signals: &Signals) -> f64 {
        let terms = self.0.iter().zip(features(signals));
        let score: f64 = terms.map(|(weight, feature)| weight * feature).sum();
        1.0 / (1.0 + (-score).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reached(reach: f64, steps: u32) -> Signals {
        Signals {
            reach,
            steps,
            ..Signals::default()
        }
    }

    #[test]
    fn a_nearer_test_and_one_that_shares_words_fail_more_probably() {
        let model = Failure(BUILTIN);
        let far = model.probability(&reached(0.5, 7));
        let near = model.probability(&reached(0.95, 1));
        let named = model.probability(&Signals {
            named: 1.0,
            ..reached(0.95, 1)
        });
        assert!(far < near && near < named && named < 1.0);
    }

    #[test]
    fn words_choose_only_where_no_path_does() {
        let worded = Signals {
            named: 1.0,
            ..Signals::default()
        };
        let candidate = |signals| (Candidate { node: 0, signals }, 0.1);
        let unreached = [candidate(worded), candidate(Signals::default())];
        assert_eq!(select(&unreached), [true, false]);
        let both = [candidate(worded), candidate(reached(0.1, 4))];
        assert_eq!(select(&both), [false, true]);
    }

    #[test]
    fn a_model_without_a_feature_gives_it_no_weight() {
        let model = ripple_schemas::Model {
            tests: [("bias".to_owned(), 0.0)].into(),
            ..ripple_schemas::Model::default()
        };
        let model = Failure::of(&Calibration::of(&model));
        assert_eq!(model.probability(&reached(0.9, 1)), 0.5);
    }
}
