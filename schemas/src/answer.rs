//! The answers that are contracts: what `--format json` prints (design chapter 9).

use crate::kind::BlindKind;
use crate::{EdgeKind, Key, NodeKind, Rule};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `ripple impact --format json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ImpactAnswer {
    /// The graph revision it was computed from.
    pub revision: u64,
    /// The repository's name.
    pub repository: String,
    /// Commit id of the old side.
    pub base: String,
    /// Commit id of the new side, or `worktree`, `index`, `patch`.
    pub head: String,
    /// The judgement.
    pub verdict: Verdict,
    /// What differs between both sides.
    pub changed: Vec<ChangedSymbol>,
    /// What may break, most probable first; `totals` says how many there are beyond a limit.
    pub impacted: Vec<Impacted>,
    /// The tests to run, most likely to fail first.
    pub tests: Vec<TestToRun>,
    /// How many there are, whether they are listed or not.
    #[serde(default)]
    pub totals: Totals,
    /// Who owns what is changed or impacted.
    pub owners: Vec<Key>,
    /// Where what is impacted runs now.
    pub environments: Vec<Key>,
    /// The rollout we would choose, or why there is none.
    pub rollout: serde_json::Value,
    /// What policy says, or why it says nothing.
    pub policy: serde_json::Value,
    /// Used but not declared, declared but never used.
    pub phantoms: Vec<Phantom>,
    /// What could not be seen, nearest to the change first.
    pub blind_spots: Vec<BlindSpot>,
}

/// How many there are of what a list may hold only the first of. The verdict is over all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Totals {
    /// Nodes that may break, tests included.
    pub impacted: usize,
    /// How many of them are tests.
    pub impacted_tests: usize,
    /// Tests to run: those and the changed ones.
    pub tests: usize,
    /// What could not be seen.
    #[serde(default)]
    pub blind_spots: usize,
}

/// The judgement over a change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// `unknown` where coverage is under the threshold, whatever the closure found.
    pub level: Level,
    /// Probability that at least one test or SLO breaks if the change is a defect, 0..=1.
    pub score: f64,
    /// Share of the change's surroundings that could be seen, 0..=1.
    pub coverage: f64,
    /// Why, in sentences.
    pub reasons: Vec<String>,
}

/// How much a change may break.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum Level {
    None,
    Low,
    Medium,
    High,
    Unknown,
}

/// What happened to a symbol.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs)]
pub enum ChangeKind {
    Added,
    Removed,
    Body,
    Signature,
    Moved,
    Contract,
}

/// One changed symbol.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ChangedSymbol {
    /// Its key (the old one where it was removed).
    pub key: Key,
    /// Its kind.
    pub kind: NodeKind,
    /// Path inside the repository.
    pub path: String,
    /// First and last line, on the side where it exists (head, else base).
    pub lines: [u32; 2],
    /// What happened to it.
    pub change: ChangeKind,
}

/// One node that depends on the change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Impacted {
    /// Its key.
    pub key: Key,
    /// Its kind.
    pub kind: NodeKind,
    /// Probability that it truly depends on the change, 0..=1.
    pub probability: f64,
    /// Edges on the best path.
    pub distance: u32,
    /// The best path, from the changed symbol outwards: each step is the node reached and the
    /// edge by which it depends on the step before.
    pub via: Vec<Step>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// The node depended on: the changed symbol in the first step.
    pub key: Key,
    /// The kind of the edge that the next node has towards `key`.
    pub edge: EdgeKind,
    /// The rule that made the edge.
    pub rule: Rule,
    /// Its confidence.
    pub confidence: f64,
    /// Where it is written.
    pub evidence: Vec<String>,
}

/// A test to run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestToRun {
    /// The test's key.
    pub key: Key,
    /// The id its runner accepts.
    pub id: String,
    /// `pytest`, `unittest`, `cargo`, `jest`, `vitest`, `mocha`, `node`, `go`, `maven`, `gradle`.
    pub runner: String,
    /// Probability that it fails, 0..=1.
    pub probability: f64,
}

/// A dependency used but not declared, or declared but never used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Phantom {
    /// Which way it is wrong.
    pub kind: PhantomKind,
    /// The file, manifest or service that uses or declares.
    pub from: Key,
    /// The package or service used or declared.
    pub to: Key,
    /// Where.
    pub evidence: Vec<String>,
}

/// Which way a dependency is wrong.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum PhantomKind {
    UndeclaredPackage,
    UnusedPackage,
    UndeclaredService,
    UnusedService,
}

/// Something that could not be seen.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct BlindSpot {
    /// Why.
    pub kind: BlindKind,
    /// Path inside the repository.
    pub path: String,
    /// Line, counted from 1; 0 for the whole file.
    pub line: u32,
    /// The reason in words.
    pub why: String,
}
