//! How much each rule is believed: resolved when a snapshot is read, so that a moved posterior
//! rewrites no edge (design chapter 5).
//!
//! [`Calibration`] is what answers use. The rooms below are where it comes from: `evidence` (what
//! is known to be true), `posterior` and `logistic` (what is learnt from it), `folds` and `quality`
//! (how well that holds on what was not learnt from), `train` and `report`.

pub mod evidence;
pub mod folds;
pub mod logistic;
pub mod posterior;
pub mod quality;
mod report;
pub mod train;

pub use evidence::{Evidence, EvidenceError};
pub use report::report;
pub use train::train;

use ripple_schemas::{Model, Rule, State};
use std::collections::BTreeMap;

/// Name of the weight that every row has.
pub const INTERCEPT: &str = "bias";
/// Name of the weight of the log-odds of a verdict's score.
pub const LOG_ODDS: &str = "log_odds";

/// Confidence of every rule, by its number, and the weights of what makes a test fail.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    rules: Vec<f64>,
    tests: BTreeMap<String, f64>,
    verdicts: BTreeMap<String, f64>,
}

/// The model built into the program, version 0: what [`train()`] makes of the embedded candidate edges.
/// A test holds it current, and the starting confidences of the rules beside it. It has no weights
/// for tests and verdicts: those built in are beside what uses them (impact/src/failure.rs).
pub fn builtin() -> Model {
    // A file of this crate, read by a test.
    serde_json::from_str(include_str!("../evidence/model.json")).unwrap_or_default()
}

impl Default for Calibration {
    /// What the built-in model states.
    fn default() -> Self {
        let model = builtin();
        Self {
            tests: model.tests,
            verdicts: model.verdicts,
            ..Self::with([])
        }
    }
}

impl Calibration {
    /// What a model states; a rule it does not know keeps what it starts from. Version 0 states the
    /// starting confidences, so that answers do not differ from what stores show people.
    pub fn of(model: &Model) -> Self {
        let rules = model.rules.iter().filter(|_| model.version > 0);
        Self {
            tests: model.tests.clone(),
            verdicts: model.verdicts.clone(),
            ..Self::with(rules.map(|(rule, posterior)| (*rule, three_digits(posterior.mean()))))
        }
    }

    /// Weights of the logistic model of a test's failure, by the name of the feature; empty where
    /// the model has none.
    pub fn tests(&self) -> &BTreeMap<String, f64> {
        &self.tests
    }

    /// The probability that something breaks, given the score that the closure and the tests make;
    /// the score itself where the model has no line over it.
    pub fn verdict(&self, score: f64) -> f64 {
        let (Some(intercept), Some(slope)) =
            (self.verdicts.get(INTERCEPT), self.verdicts.get(LOG_ODDS))
        else {
            return score;
        };
        logistic::sigmoid(intercept + slope * logistic::logit(score))
    }

    /// The starting confidences with some of them moved.
    pub fn with(moved: impl IntoIterator<Item = (Rule, f64)>) -> Self {
        let mut model = Self {
            rules: Rule::ALL.iter().map(|r| r.confidence()).collect(),
            tests: BTreeMap::new(),
            verdicts: BTreeMap::new(),
        };
        for (rule, confidence) in moved {
            model.rules[rule as usize] = confidence.clamp(0.0, 1.0);
        }
        model
    }

    /// Probability that an edge made by `rule` and now in `state` is true.
    ///
    /// What both code and traces show is as good as certain; what was exercised under
    /// instrumentation and never seen keeps a fifth of its belief; what traces showed before the
    /// code changed keeps most of it.
    pub fn confidence(&self, rule: Rule, state: State) -> f64 {
        let prior = self.rules[rule as usize];
        match state {
            State::Static | State::Observed => prior,
            State::Confirmed => prior.max(0.99),
            State::Contradicted => prior * 0.2,
            State::Stale => prior * 0.8,
        }
    }
}

/// More digits of a confidence mean nothing.
fn three_digits(p: f64) -> f64 {
    (p * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use ripple_schemas::Beta;

    #[test]
    fn a_model_moves_the_rules_it_knows_and_no_other() {
        let model = Model {
            version: 1,
            rules: [(
                Rule::Callback,
                Beta {
                    right: 1.0,
                    wrong: 3.0,
                },
            )]
            .into(),
            ..Model::default()
        };
        let moved = Calibration::of(&model);
        assert_eq!(moved.confidence(Rule::Callback, State::Static), 0.25);
        assert_eq!(
            moved.confidence(Rule::Import, State::Static),
            Rule::Import.confidence()
        );
    }
}
