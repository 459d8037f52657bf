//! The tests to run, as ids that their runners accept.

use crate::verdict::{CHANGED_TEST, breaks};
use ripple_graph_analysis::View;
use ripple_schemas::{ChangeKind, Key, NodeKind, TestToRun, property};
use serde_json::Value;

/// Whether a node is something a runner runs.
pub(crate) fn is_test(kind: NodeKind) -> bool {
    matches!(kind, NodeKind::Test | NodeKind::TestCase)
}

/// Probability that a test fails that depends on a symbol with probability `p`.
pub(crate) fn fails(p: f64, change: ChangeKind) -> f64 {
    p * breaks(change)
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
    let (mut id, mut runner) = (None, None);
    let (path, name);
    let own;
    match view.stored(node).filter(|_| !view.restates(node)) {
        Some(kept) => {
            if let Some(text) = kept.properties {
                let said: serde_json::Map<String, Value> =
                    serde_json::from_str(text).unwrap_or_default();
                for (property, value) in said {
                    match (property.as_str(), value) {
                        (property::TEST_ID, Value::String(text)) => id = Some(text),
                        (property::RUNNER, Value::String(text)) => runner = Some(text),
                        _ => {}
                    }
                }
            }
            (path, name) = (kept.path, kept.name);
        }
        None => {
            own = view.node(node)?;
            let text = |name: &str| own.properties.get(name)?.as_str().map(str::to_owned);
            (id, runner) = (text(property::TEST_ID), text(property::RUNNER));
            (path, name) = (own.path.as_deref(), own.name.as_str());
        }
    }
    let written = || match path {
        Some(path) => format!("{path}::{name}"),
        None => name.to_owned(),
    };
    Some(TestToRun {
        key: Key::parse(view.key(node)).ok()?,
        id: id.unwrap_or_else(written),
        runner: runner.unwrap_or_default(),
        probability,
    })
}
