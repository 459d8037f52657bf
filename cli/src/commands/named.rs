//! Named queries: the same on every store, answered through its typed door.

use crate::failure::Failure;
use crate::model;
use ripple_graph_core::{GraphStore, Rows};
use ripple_schemas::{EdgeKind, Key, Phantom};
use serde_json::Value;
use std::fmt::Write as _;

struct Named {
    name: &'static str,
    argument: &'static str,
    about: &'static str,
}

const NAMED: &[Named] = &[
    Named {
        name: "find",
        argument: "NAME",
        about: "nodes whose name is or contains NAME",
    },
    Named {
        name: "callers",
        argument: "KEY",
        about: "who calls or references it, with evidence",
    },
    Named {
        name: "callees",
        argument: "KEY",
        about: "whom it calls or references",
    },
    Named {
        name: "neighbours",
        argument: "KEY",
        about: "every relationship of a node",
    },
    Named {
        name: "tests",
        argument: "",
        about: "every test and the id its runner accepts",
    },
    Named {
        name: "packages",
        argument: "",
        about: "outside dependencies and who declares them",
    },
    Named {
        name: "phantoms",
        argument: "",
        about: "used but not declared, declared but never used",
    },
];

/// The list that `ripple graph query` prints.
pub(crate) fn list() -> String {
    let mut text = String::from("named queries\n");
    for named in NAMED {
        let _ = writeln!(
            text,
            "  {:<12}{:<6} {}",
            named.name, named.argument, named.about
        );
    }
    text.push_str("\nanything else is a read-only text for the store: SQL over the views `nodes` and `edges`\n");
    text.push_str("in the embedded one, Cypher in Neo4j\n");
    text
}

/// Runs a named query; `None` where there is none of that name.
pub(crate) async fn run(
    store: &dyn GraphStore,
    name: &str,
    argument: Option<&str>,
    limit: usize,
) -> Result<Option<Rows>, Failure> {
    let Some(named) = NAMED.iter().find(|n| n.name == name) else {
        return Ok(None);
    };
    if !named.argument.is_empty() && argument.is_none() {
        return Err(Failure::usage(format!(
            "`{name}` needs a {}: ripple graph query {name} {0}",
            named.argument
        )));
    }
    let argument = argument.unwrap_or_default();
    let rows = match name {
        "find" => find(store, argument, limit).await?,
        "callers" => {
            related(
                store,
                argument,
                false,
                &[EdgeKind::Calls, EdgeKind::References],
                limit,
            )
            .await?
        }
        "callees" => {
            related(
                store,
                argument,
                true,
                &[EdgeKind::Calls, EdgeKind::References],
                limit,
            )
            .await?
        }
        "neighbours" => {
            let mut rows = related(store, argument, true, EdgeKind::ALL, limit).await?;
            rows.rows.extend(
                related(store, argument, false, EdgeKind::ALL, limit)
                    .await?
                    .rows,
            );
            rows
        }
        "tests" => tests(store, limit).await?,
        _ => packages(store, limit).await?,
    };
    Ok(Some(rows))
}

fn rows(columns: &[&str], mut rows: Vec<Vec<Value>>, limit: usize) -> Rows {
    let truncated = rows.len() > limit;
    rows.truncate(limit);
    Rows {
        columns: columns.iter().map(|c| (*c).to_owned()).collect(),
        rows,
        truncated,
    }
}

async fn find(store: &dyn GraphStore, name: &str, limit: usize) -> Result<Rows, Failure> {
    let snapshot = store.snapshot().await?;
    let mut found: Vec<_> = snapshot
        .nodes
        .iter()
        .filter(|n| n.name == name || n.key.as_str().contains(name))
        .map(|n| (n.name != name, n))
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.key.cmp(&b.1.key)));
    let list = found
        .iter()
        .map(|(_, n)| vec![n.kind.as_str().into(), n.key.as_str().into()])
        .collect();
    Ok(rows(&["kind", "key"], list, limit))
}

async fn related(
    store: &dyn GraphStore,
    key: &str,
    outgoing: bool,
    kinds: &[EdgeKind],
    limit: usize,
) -> Result<Rows, Failure> {
    let key = Key::parse(key).map_err(Failure::input)?;
    if store.node(&key).await?.is_none() {
        return Err(Failure::input(format!(
            "the graph has no {key}; try `ripple graph query find NAME`"
        )));
    }
    let calibration = model::calibration(store).await?;
    let list = store
        .edges(&key, outgoing)
        .await?
        .into_iter()
        .filter(|e| kinds.contains(&e.kind))
        .map(|e| {
            vec![
                e.kind.as_str().into(),
                if outgoing {
                    e.to.as_str()
                } else {
                    e.from.as_str()
                }
                .into(),
                calibration.confidence(e.rule, e.state).into(),
                e.rule.as_str().into(),
                e.evidence.into(),
            ]
        })
        .collect();
    Ok(rows(
        &[
            "edge",
            if outgoing { "to" } else { "from" },
            "confidence",
            "rule",
            "evidence",
        ],
        list,
        limit,
    ))
}

async fn tests(store: &dyn GraphStore, limit: usize) -> Result<Rows, Failure> {
    use ripple_schemas::property::{RUNNER, TEST_ID};
    let snapshot = store.snapshot().await?;
    let list = snapshot
        .nodes
        .iter()
        .filter_map(|n| {
            Some(vec![
                n.properties.get(RUNNER)?.clone(),
                n.properties.get(TEST_ID)?.clone(),
                n.key.as_str().into(),
            ])
        })
        .collect();
    Ok(rows(&["runner", "id", "key"], list, limit))
}

async fn packages(store: &dyn GraphStore, limit: usize) -> Result<Rows, Failure> {
    let snapshot = store.snapshot().await?;
    let list = snapshot
        .edges
        .iter()
        .filter(|e| e.kind == EdgeKind::Declares && e.to.prefix() == "pkg")
        .map(|e| {
            vec![
                e.to.as_str().into(),
                e.from.as_str().into(),
                e.evidence.clone().into(),
            ]
        })
        .collect();
    Ok(rows(&["package", "declared by", "evidence"], list, limit))
}

/// The phantoms that the last ingest found, kept on the Repository nodes.
pub(crate) async fn phantoms(store: &dyn GraphStore) -> Result<Vec<Phantom>, Failure> {
    let snapshot = store.snapshot().await?;
    let mut all: Vec<Phantom> = Vec::new();
    for node in &snapshot.nodes {
        if let Some(value) = node.properties.get("phantoms") {
            let list: Vec<Phantom> = serde_json::from_value(value.clone()).map_err(|e| {
                Failure::defect(format!("{} holds unreadable phantoms: {e}", node.key))
            })?;
            all.extend(list);
        }
    }
    all.sort();
    Ok(all)
}

pub(crate) fn phantoms_text(phantoms: &[Phantom]) -> String {
    if phantoms.is_empty() {
        return "no phantom dependencies: everything used is declared, everything declared is used\n".into();
    }
    let mut text = String::new();
    for phantom in phantoms {
        let kind = serde_json::to_value(phantom.kind).ok();
        let kind = kind
            .as_ref()
            .and_then(Value::as_str)
            .unwrap_or_default()
            .replace('_', " ");
        let _ = writeln!(text, "{kind:<20} {}  in {}", phantom.to, phantom.from);
        for evidence in &phantom.evidence {
            let _ = writeln!(text, "{:<20}   {evidence}", "");
        }
    }
    text
}
