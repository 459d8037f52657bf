//! The promise the design rests on: step by step is the same as all at once.

use super::model::{Model, difference};
use super::{Backend, call, facts, function};
use crate::{ChangeSet, GraphStore, Revision, Snapshot};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use ripple_schemas::{EdgeKind, Rule};

/// One owner's turn: what it states from now on, or nothing where it is removed.
#[derive(Clone, Debug)]
struct Turn {
    owner: u8,
    says: Option<Vec<Word>>,
}

/// One fact over a handful of names, so that owners meet often.
#[derive(Clone, Debug)]
enum Word {
    Node {
        name: u8,
        line: u32,
        property: u8,
    },
    Link {
        from: u8,
        kind: EdgeKind,
        to: u8,
        rule: Rule,
        line: u32,
    },
}

fn word() -> impl Strategy<Value = Word> {
    let kinds = prop::sample::select(vec![EdgeKind::Calls, EdgeKind::References]);
    let rules = prop::sample::select(vec![Rule::Local, Rule::Import, Rule::NameSimilar]);
    prop_oneof![
        (0u8..6, 1u32..4, 0u8..3).prop_map(|(name, line, property)| Word::Node {
            name,
            line,
            property
        }),
        (0u8..6, kinds, 0u8..6, rules, 1u32..20).prop_map(|(from, kind, to, rule, line)| {
            Word::Link {
                from,
                kind,
                to,
                rule,
                line,
            }
        }),
    ]
}

fn history() -> impl Strategy<Value = Vec<Vec<Turn>>> {
    let turn = (
        0u8..5,
        prop::option::weighted(0.75, prop::collection::vec(word(), 0..8)),
    )
        .prop_map(|(owner, says)| Turn { owner, says });
    prop::collection::vec(prop::collection::vec(turn, 1..4), 1..8)
}

/// One commit; the last turn of an owner counts.
fn change(turns: &[Turn]) -> ChangeSet {
    let mut change = ChangeSet::default();
    for (i, turn) in turns.iter().enumerate() {
        if turns[i + 1..].iter().any(|later| later.owner == turn.owner) {
            continue;
        }
        let owner = format!("o:{}", turn.owner);
        let Some(words) = &turn.says else {
            change.remove.push(owner);
            continue;
        };
        let (mut nodes, mut links) = (Vec::new(), Vec::new());
        for word in words {
            match word {
                Word::Node {
                    name,
                    line,
                    property,
                } => {
                    let mut node = function(&format!("f{name}"));
                    node.line_start = Some(*line);
                    node.properties
                        .insert(format!("p{property}"), (*line).into());
                    nodes.push(node);
                }
                Word::Link {
                    from,
                    kind,
                    to,
                    rule,
                    line,
                } => {
                    let mut link = call(&format!("f{from}"), &format!("f{to}"), *rule, *line);
                    link.kind = *kind;
                    links.push(link);
                }
            }
        }
        // Not normalised: an owner may say a thing twice, in any order.
        change.put.push(facts(&owner, nodes, links));
    }
    change
}

fn same(what: &str, found: &Snapshot, expected: &Snapshot) -> Result<(), TestCaseError> {
    if found.nodes == expected.nodes && found.edges == expected.edges {
        return Ok(());
    }
    Err(TestCaseError::fail(format!(
        "{what}:\n{found:#?}\nexpected:\n{expected:#?}"
    )))
}

/// Random owners put, replace and remove facts over a few shared names. After every step the store
/// shows what the model shows; `changes` covers what looks different since the start of the step;
/// in the end it equals a store that was given the final state at once.
pub async fn any_history_ends_as_its_final_state_from_nothing(backend: &dyn Backend) {
    let config = Config {
        cases: backend.histories(),
        failure_persistence: None,
        ..Config::default()
    };
    let here = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        TestRunner::new(config)
            .run(&history(), |steps| {
                here.block_on(one_history(backend, steps))
            })
            .unwrap_or_else(|failure| panic!("{failure}"));
    });
}

async fn one_history(backend: &dyn Backend, steps: Vec<Vec<Turn>>) -> Result<(), TestCaseError> {
    let fail = |e: crate::StoreError| TestCaseError::fail(e.to_string());
    let store = backend.fresh().await;
    let mut model = Model::default();
    let mut before = model.snapshot();
    for turns in &steps {
        let change = change(turns);
        model.apply(&change);
        let revision = store.revision().await.map_err(fail)?;
        let done = store.commit(change).await.map_err(fail)?;
        prop_assert_eq!(
            done.revision,
            Revision(revision.0 + u64::from(done.applied))
        );
        let after = store.snapshot().await.map_err(fail)?;
        same("after a step", &after, &model.snapshot())?;
        let changed = store.changes(revision).await.map_err(fail)?;
        prop_assert_eq!(changed.as_ref(), Some(&done.changed));
        for key in difference(&before, &after) {
            prop_assert!(done.changed.contains(&key), "{} changed unsaid", key);
        }
        before = after;
    }
    prop_assert_eq!(store.check(false).await.map_err(fail)?.damage, vec![]);
    let stepwise = export(&*store).await.map_err(fail)?;
    let at_once = backend.fresh().await;
    at_once.commit(model.whole()).await.map_err(fail)?;
    prop_assert_eq!(export(&*at_once).await.map_err(fail)?, stepwise);
    Ok(())
}

/// The graph as `ripple graph export` writes it: one JSON object a line.
async fn export(store: &dyn GraphStore) -> Result<Vec<String>, crate::StoreError> {
    let snapshot = store.snapshot().await?;
    let nodes = snapshot.nodes.iter().map(serde_json::to_string);
    let edges = snapshot.edges.iter().map(serde_json::to_string);
    nodes
        .chain(edges)
        .map(|line| line.map_err(|e| crate::StoreError::Defect(e.to_string())))
        .collect()
}
