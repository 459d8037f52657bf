//! How much each rule is believed: resolved when a snapshot is read, so that a moved posterior
//! rewrites no edge (design chapter 5).

use ripple_schemas::{Model, Rule, State};

use std::collections::BTreeMap;

/// Confidence of every rule, by its number, and the weights of what makes a test fail.
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    rules: Vec<f64>,
    tests: BTreeMap<String, f64>,
}

/// The model built into the program, version 0.
pub fn builtin() -> Model {
    Model::default()
}

impl Default for Calibration {
    /// What the rules start from, before any evidence has moved them.
    fn default() -> Self {
        Self {
            rules: Rule::ALL.iter().map(|r| r.confidence()).collect(),
            tests: BTreeMap::new(),
        }
    }
}

impl Calibration {
    /// What a model states; a rule it does not know keeps what it starts from.
    pub fn of(model: &Model) -> Self {
        let rules = model.rules.iter();
        Self {
            tests: model.tests.clone(),
            ..Self::with(rules.map(|(rule, posterior)| (*rule, posterior.mean())))
        }
    }

    /// Weights of the logistic model of a test's failure, by the name of the feature; empty where
    /// the model has none.
    pub fn tests(&self) -> &BTreeMap<String, f64> {
        &self.tests
    }

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

#[cfg(test)]
mod tests {
    use super::*;
    use ripple_schemas::Beta;

    #[test]
    fn a_model_moves_the_rules_it_knows_and_no_other() {
        let model = Model {
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
