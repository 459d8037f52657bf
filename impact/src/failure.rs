//! From signals to a probability: a logistic model of a test's failure.
//!
//! What it states is how probably a test fails where the change is a defect that tests can notice,
//! which is what its weights were fitted to: mutants of real packages whose suites were run
//! (tests/mutants, docs/calibration.md).

use crate::likely::Signals;
use ripple_graph_analysis::Calibration;

/// How many features there are.
pub const FEATURES: usize = 11;

/// The names under which a model keeps its weights, in the order of [`features`].
pub const NAMES: [&str; FEATURES] = [
    "bias", "reached", "reach", "steps", "crowd", "user", "named", "edited", "around", "leading",
    "file",
];

/// The weights built into the program, in the order of [`NAMES`].
const BUILTIN: [f64; FEATURES] = [
    -5.008, 4.493, 0.790, -0.773, 0.388, 2.552, 1.450, 0.512, -0.351, 0.649, 0.274,
];

/// A test that the change reaches is to be run from this probability on.
const SELECT: f64 = 0.01;
/// A test that only words speak for, from this.
const SELECT_UNREACHED: f64 = 0.3;

/// What the model weighs: shares stay as they are, the rest in logarithms.
pub fn features(signals: &Signals) -> [f64; FEATURES] {
    let reached = signals.reach > 0.0;
    let of_reached = |x: f64| if reached { x.ln() } else { 0.0 };
    [
        1.0,
        f64::from(u8::from(reached)),
        of_reached(signals.reach),
        f64::from(signals.steps).ln_1p(),
        of_reached(signals.crowd),
        signals.user,
        signals.named,
        signals.edited,
        signals.around,
        signals.leading,
        signals.file,
    ]
}

/// Whether a test with that probability belongs to the tests to run.
pub(crate) fn selects(signals: &Signals, probability: f64) -> bool {
    let least = if signals.reach > 0.0 {
        SELECT
    } else {
        SELECT_UNREACHED
    };
    probability >= least
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
            crowd: 0.1,
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
    fn words_alone_take_more_to_be_run() {
        let words = Signals::default();
        assert!(!selects(&words, 0.05) && selects(&reached(0.1, 4), 0.05));
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
