//! Versioned models: how much each rule is believed, and what makes a test fail.
//!
//! A model is one immutable version, kept as the node `model:calibration@N`; the node
//! `model:calibration` holds the version in use, whole, so that a reader needs one look-up. Where
//! that node is missing, the model built into the program is in use, version 0.

use crate::{Key, Node, NodeKind, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The name under which the calibration models stand.
pub const CALIBRATION: &str = "calibration";

/// A Beta distribution over the probability that something is right, as two pseudo-counts.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Beta {
    /// How often it was right, the prior's share included.
    pub right: f64,
    /// How often it was wrong, the prior's share included.
    pub wrong: f64,
}

impl Beta {
    /// Its mean, the probability that is stated; one half where there are no counts.
    pub fn mean(self) -> f64 {
        let all = self.strength();
        if all > 0.0 { self.right / all } else { 0.5 }
    }

    /// How many observations it is worth.
    pub fn strength(self) -> f64 {
        self.right + self.wrong
    }
}

/// One version of what evidence has taught.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Counts from 1; 0 is the one built into the program.
    pub version: u32,
    /// The posterior of each rule: the probability that an edge it makes is true.
    pub rules: BTreeMap<Rule, Beta>,
    /// Weights of the logistic model of a test's failure, by the name of the feature; empty where
    /// there was no evidence to fit them from.
    #[serde(default)]
    pub tests: BTreeMap<String, f64>,
    /// The line over the log-odds of the verdict's score that makes it a probability; empty where
    /// there was no evidence.
    #[serde(default)]
    pub verdicts: BTreeMap<String, f64>,
    /// What it was trained on.
    pub trained_on: TrainedOn,
    /// How well the same training did on what was held out of it.
    pub figures: Figures,
}

/// The evidence behind a model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TrainedOn {
    /// Candidate edges of programs whose true edges are known.
    pub edges: Corpus,
    /// Tests of mutants, each run for real.
    pub tests: Corpus,
    /// Verdicts over those mutants.
    pub verdicts: Corpus,
}

/// One body of evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Corpus {
    /// Programs or projects: what a fold never shares.
    pub groups: u64,
    /// Observations.
    pub rows: u64,
    /// How many of them are right, failed, or broke.
    pub positives: u64,
    /// A hash of the evidence, 16 hex digits; empty where there is none.
    pub digest: String,
}

/// Held-out figures of each part.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figures {
    /// Of candidate edges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edges: Option<Quality>,
    /// Of the failure of tests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tests: Option<Quality>,
    /// Of the verdict's score.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verdicts: Option<Quality>,
}

/// How good stated probabilities are.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Quality {
    /// Expected calibration error over ten bins of equal width (Naeini, Cooper and Hauskrecht 2015).
    pub calibration_error: f64,
    /// Probability that something right is stated above something wrong, ties counting half;
    /// absent where all is right or all is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auc: Option<f64>,
    /// Mean squared difference between what was stated and what was true (Brier 1950).
    pub brier: f64,
    /// The same for the constant that does best: the share of what is right.
    pub constant_brier: f64,
}

impl Model {
    /// The node that keeps this version for good.
    pub fn node(&self) -> Node {
        self.node_at(
            Key::model_version(CALIBRATION, self.version),
            format!("{CALIBRATION}@{}", self.version),
        )
    }

    /// The node that says this version is in use.
    pub fn node_in_use(&self) -> Node {
        self.node_at(Key::model(CALIBRATION), CALIBRATION.to_owned())
    }

    fn node_at(&self, key: Key, name: String) -> Node {
        let mut node = Node::new(NodeKind::Model, key, name);
        if let Ok(serde_json::Value::Object(fields)) = serde_json::to_value(self) {
            node.properties = fields.into_iter().collect();
        }
        node
    }

    /// The model that a node keeps.
    ///
    /// # Errors
    /// The node is no calibration model, or one of a newer program.
    pub fn from_node(node: &Node) -> Result<Self, serde_json::Error> {
        let fields = node.properties.clone().into_iter().collect();
        serde_json::from_value(serde_json::Value::Object(fields))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> Model {
        Model {
            version: 3,
            rules: [(
                Rule::Local,
                Beta {
                    right: 98.5,
                    wrong: 1.25,
                },
            )]
            .into(),
            tests: [("distance".to_owned(), -0.75)].into(),
            ..Model::default()
        }
    }

    #[test]
    fn a_model_comes_back_from_its_nodes() {
        let model = model();
        for node in [model.node(), model.node_in_use()] {
            assert_eq!(Model::from_node(&node).unwrap(), model);
            assert_eq!(Key::parse(node.key.as_str()), Ok(node.key.clone()));
        }
        assert_eq!(model.node().key.as_str(), "model:calibration@3");
        assert_eq!(model.node_in_use().key.as_str(), "model:calibration");
    }

    #[test]
    fn no_field_of_a_model_bears_the_name_of_a_node_field() {
        for name in model().node().properties.keys() {
            assert!(!crate::fact::NODE_FIELDS.contains(&name.as_str()), "{name}");
        }
    }

    #[test]
    fn a_node_that_is_no_model_is_refused() {
        let node = Node::new(NodeKind::Model, Key::model("risk"), "risk");
        assert!(Model::from_node(&node).is_err());
    }

    #[test]
    fn a_distribution_without_counts_states_one_half() {
        let none = Beta {
            right: 0.0,
            wrong: 0.0,
        };
        assert_eq!(none.mean(), 0.5);
    }
}
