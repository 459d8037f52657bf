//! How much each rule is believed: resolved when a snapshot is read, so that a moved posterior
//! rewrites no edge (design chapter 5).

use ripple_schemas::{Rule, State};

/// Confidence of every rule, by its number.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    rules: Vec<f64>,
}

impl Default for Calibration {
    /// What the rules start from, before any evidence has moved them.
    fn default() -> Self {
        Self {
            rules: Rule::ALL.iter().map(|r| r.confidence()).collect(),
        }
    }
}

impl Calibration {
    /// The starting confidences with some of them moved.
    pub fn with(moved: impl IntoIterator<Item = (Rule, f64)>) -> Self {
        let mut model = Self::default();
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
