//! The tests to run, as ids that their runners accept.

use crate::verdict::{CHANGED_TEST, breaks};
use ripple_graph_analysis::View;
use ripple_schemas::{ChangeKind, Key, NodeKind, TestToRun, property};

/// Whether a node is something a runner runs.
pub(crate) fn is_test(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Test | NodeKind::TestCase)
}

/// Probability that a changed test fails; `None` where there is nothing left to run.
pub(crate) fn changed_fails(change: ChangeKind) -> Option<f64> {
    match change {
        ChangeKind::Removed => None,
        ChangeKind::Moved => Some(breaks(ChangeKind::Moved)),
        _ => Some(CHANGED_TEST),
    }
}

/// A test as its runner knows it. Where the file did not say how it is run, its path and name stand
/// for the id.
pub(crate) fn test_to_run(view: &View<'_>, node: u32, probability: f64) -> Option<TestToRun> {
    let text = |name: &str| view.text_property(node, name).map(str::to_owned);
    let written = || match view.place(node) {
        (Some(path), name) => format!("{path}::{name}"),
        (None, name) => name.to_owned(),
    };
    Some(TestToRun {
        key: Key::parse(view.key(node)).ok()?,
        id: text(property::TEST_ID).unwrap_or_else(written),
        runner: text(property::RUNNER).unwrap_or_default(),
        probability,
    })
}
