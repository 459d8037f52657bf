//! The answer of `ripple calibration --format json`: how well stated probabilities hold.

use crate::model::{Corpus, Quality};
use crate::{Key, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `ripple calibration --format json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CalibrationAnswer {
    /// The model in use.
    pub model: ModelInUse,
    /// Versions in the graph, oldest first; 0, the built-in one, is not listed.
    pub versions: Vec<u32>,
    /// Candidate edges of programs whose true calls are known.
    pub edges: Part,
    /// The same edges by the rule that made them.
    pub rules: Vec<RuleLine>,
    /// Whether a test fails on a mutant.
    pub tests: Part,
    /// Whether anything fails on a mutant.
    pub verdicts: Part,
}

/// Which model answers now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ModelInUse {
    /// Its version; 0 is the one built into the program.
    pub version: u32,
    /// Its node; absent for the built-in one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Key>,
}

/// How well one sort of probability holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// What it is measured on.
    pub evidence: Corpus,
    /// How many folds; no two share a program or project.
    pub folds: u32,
    /// What was learnt from the other folds, on each fold in turn; absent without evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub held_out: Option<Quality>,
    /// The same over the edges that are written alone, without candidates that were turned down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written: Option<Quality>,
    /// The model in use, on all of the evidence; what it was trained on is not held out of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_use: Option<Quality>,
    /// Reliability of the held-out probabilities, least probable first; empty bins are left out.
    pub bins: Vec<Bin>,
    /// Why there are no figures, where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub null_because: Option<String>,
}

/// One reliability bin.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Bin {
    /// Its least probability.
    pub from: f64,
    /// Its greatest.
    pub to: f64,
    /// Observations in it, by weight.
    pub rows: f64,
    /// What they were given, on average.
    pub stated: f64,
    /// What share of them turned out right.
    pub right: f64,
}

/// What one rule's edges turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RuleLine {
    /// The rule.
    pub rule: Rule,
    /// Edges it made in the evidence.
    pub candidates: u64,
    /// How many of them are true.
    pub right: u64,
    /// The confidence stated by the model in use.
    pub stated: f64,
    /// The mean of the posterior from this evidence.
    pub posterior: f64,
    /// How many observations that posterior is worth, its prior's share included.
    pub strength: f64,
}
