//! Nodes, edges and owners as Neo4j keeps them.

use crate::client::{Weighed, map, texts};
use crate::fault::Fault;
use neo4rs::{BoltMap, BoltString, BoltType, Row};
use ripple_graph_core::OwnerFacts;
use ripple_schemas::fact::{NODE_FIELDS, merge, merge_nodes};
use ripple_schemas::{Assertion, Edge, EdgeKind, Key, Node, NodeKind, Rule, State};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use twox_hash::XxHash3_128;

/// Columns of a node `n`, for [`node`].
pub(crate) const NODE: &str = "n.key AS key, [l IN labels(n) WHERE l <> 'Entity'][0] AS kind, n.name AS name, \
    n.qualified_name AS qualified_name, n.path AS path, n.line_start AS line_start, \
    n.line_end AS line_end, n.language AS language, n.properties AS properties";

/// Columns of a relationship `r` from `a` to `b`, for [`edge`].
pub(crate) const EDGE: &str = "a.key AS from, type(r) AS kind, b.key AS to, r.rule AS rule, \
    r.state AS state, r.sites AS sites, r.evidence AS evidence";

/// Names that no property of a node is written under, beside [`NODE_FIELDS`].
const OURS: &[&str] = &["properties", "owners", "said", "revision"];

/// A text of 32 hex digits that stands for texts of any length (XXH3, 128 bits).
pub(crate) fn id<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = XxHash3_128::new();
    for part in parts {
        hasher.write(&(part.len() as u64).to_le_bytes());
        hasher.write(part.as_bytes());
    }
    format!("{:032x}", hasher.finish_128())
}

/// The key property of a relationship, unique within its type.
pub(crate) fn edge_key(from: &Key, to: &Key) -> String {
    let mut text = String::with_capacity(from.as_str().len() + to.as_str().len() + 1);
    text.push_str(from.as_str());
    // No key holds it.
    text.push('\n');
    text.push_str(to.as_str());
    format!("{:032x}", XxHash3_128::oneshot(text.as_bytes()))
}

pub(crate) fn key(text: &str) -> Result<Key, Fault> {
    Key::parse(text).map_err(|e| Fault::damaged(e.to_string()))
}

fn json(value: &impl Serialize) -> String {
    // Keys of maps are texts and nothing in our types fails to serialise.
    serde_json::to_string(value).unwrap_or_default()
}

/// All properties of the node that the owners' statements (sorted by owner, at least one) make.
pub(crate) fn node_properties(
    said: &[(String, Node)],
    revision: u64,
) -> Option<(NodeKind, Weighed)> {
    let merged = merge_nodes(said.iter().map(|(o, n)| (o.as_str(), n)))?;
    let mut p = BoltMap::new();
    let mut weight = 200;
    let mut put = |name: &str, value: BoltType, bytes: usize| {
        weight += name.len() + bytes;
        p.put(BoltString::from(name), value);
    };
    put("key", merged.key.as_str().into(), merged.key.as_str().len());
    put("name", merged.name.as_str().into(), merged.name.len());
    for (name, value) in [
        ("qualified_name", &merged.qualified_name),
        ("path", &merged.path),
        ("language", &merged.language),
    ] {
        if let Some(value) = value {
            put(name, value.as_str().into(), value.len());
        }
    }
    for (name, line) in [
        ("line_start", merged.line_start),
        ("line_end", merged.line_end),
    ] {
        if let Some(line) = line {
            put(name, i64::from(line).into(), 8);
        }
    }
    if !merged.properties.is_empty() {
        let all = json(&merged.properties);
        put("properties", all.as_str().into(), all.len());
    }
    for (name, value) in &merged.properties {
        if readable(name)
            && let Some((value, bytes)) = shown(value)
        {
            put(name, value, bytes);
        }
    }
    let owners: usize = said.iter().map(|(o, _)| o.len()).sum();
    put("owners", texts(said.iter().map(|(o, _)| o)), owners);
    if said.len() > 1 {
        let each: Vec<String> = said.iter().map(|(_, n)| json(n)).collect();
        let bytes = each.iter().map(String::len).sum();
        put("said", texts(each), bytes);
    }
    put("revision", (revision as i64).into(), 8);
    Some((merged.kind, Weighed(BoltType::Map(p), weight)))
}

/// Whether a property is shown under its own name, beside the JSON of all of them.
fn readable(name: &str) -> bool {
    let bytes = name.as_bytes();
    (1..=32).contains(&bytes.len())
        && bytes[0].is_ascii_lowercase()
        && bytes
            .iter()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'_')
        && !OURS.contains(&name)
        && !NODE_FIELDS.contains(&name)
}

/// A property as people and Cypher read it: scalars as they are, what is nested as JSON texts.
fn shown(value: &Value) -> Option<(BoltType, usize)> {
    const LONGEST: usize = 4096;
    let text = |text: &str| (text.len() <= LONGEST).then(|| (BoltType::from(text), text.len()));
    match value {
        Value::Null => None,
        Value::Bool(b) => Some(((*b).into(), 1)),
        Value::Number(n) => match (n.as_i64(), n.as_f64()) {
            (Some(n), _) => Some((n.into(), 8)),
            (None, Some(n)) => Some((n.into(), 8)),
            _ => None,
        },
        Value::String(s) => text(s),
        Value::Array(items) => {
            let each: Vec<String> = items
                .iter()
                .map(|v| v.as_str().map_or_else(|| json(v), str::to_owned))
                .collect();
            let bytes = each.iter().map(String::len).sum();
            (bytes <= 16 * LONGEST).then(|| (texts(each), bytes))
        }
        Value::Object(_) => text(&json(value)),
    }
}

/// Reads the columns [`NODE`].
pub(crate) fn node(row: &Row) -> Result<Node, Fault> {
    let kind: String = row.get("kind")?;
    let kind = NodeKind::parse(&kind)
        .ok_or_else(|| Fault::damaged(format!("`{kind}` is no kind of node")))?;
    let properties: Option<String> = row.get("properties")?;
    let properties = match properties {
        None => BTreeMap::new(),
        Some(json) => {
            serde_json::from_str(&json).map_err(|e| Fault::damaged(format!("properties: {e}")))?
        }
    };
    Ok(Node {
        kind,
        key: key(&row.get::<String>("key")?)?,
        name: row.get("name")?,
        qualified_name: row.get("qualified_name")?,
        path: row.get("path")?,
        line_start: row.get("line_start")?,
        line_end: row.get("line_end")?,
        language: row.get("language")?,
        properties,
    })
}

/// Reads the columns [`EDGE`].
pub(crate) fn edge(row: &Row) -> Result<Edge, Fault> {
    let word = |column: &str| row.get::<String>(column);
    let unknown = |what: &str, word: String| Fault::damaged(format!("`{word}` is no {what}"));
    let (kind, rule, state) = (word("kind")?, word("rule")?, word("state")?);
    let rule = Rule::parse(&rule).ok_or_else(|| unknown("rule", rule))?;
    Ok(Edge {
        kind: EdgeKind::parse(&kind).ok_or_else(|| unknown("kind of relationship", kind))?,
        from: key(&word("from")?)?,
        to: key(&word("to")?)?,
        // The property is a copy for people who browse: what the rules were worth when it was written.
        confidence: rule.confidence(),
        state: State::parse(&state).ok_or_else(|| unknown("state", state))?,
        rule,
        sites: row.get("sites")?,
        evidence: row.get("evidence")?,
    })
}

/// One assertion within the `said` of a relationship.
#[derive(Serialize, Deserialize)]
struct Said {
    /// Place in `owners`.
    o: usize,
    rule: Rule,
    sites: u32,
    evidence: Vec<String>,
}

/// All properties of the relationship that the owners' assertions (at least one) make.
pub(crate) fn edge_properties(said: &[(String, Assertion)], revision: u64) -> Option<Weighed> {
    let edge = merge(said.iter().map(|(_, a)| a))?;
    let mut owners: Vec<&str> = said.iter().map(|(o, _)| o.as_str()).collect();
    owners.dedup();
    let evidence = edge.evidence.iter().map(String::len).sum::<usize>();
    let mut weight = 300 + evidence + owners.iter().map(|o| o.len()).sum::<usize>();
    let mut p = map([
        ("key", edge_key(&edge.from, &edge.to).into()),
        ("confidence", edge.confidence.into()),
        ("rule", edge.rule.as_str().into()),
        ("state", edge.state.as_str().into()),
        ("sites", i64::from(edge.sites).into()),
        ("evidence", texts(&edge.evidence)),
        ("revision", (revision as i64).into()),
        ("owners", texts(&owners)),
    ]);
    if said.len() > 1
        && let BoltType::Map(p) = &mut p
    {
        let each: Vec<String> = said
            .iter()
            .map(|(owner, a)| {
                json(&Said {
                    o: owners.iter().position(|o| o == owner).unwrap_or(0),
                    rule: a.rule,
                    sites: a.sites,
                    evidence: a.evidence.clone(),
                })
            })
            .collect();
        weight += each.iter().map(String::len).sum::<usize>();
        p.put(BoltString::from("said"), texts(each));
    }
    Some(Weighed(p, weight))
}

/// The assertions behind a stored relationship: columns `owners`, `said`, `rule`, `sites`,
/// `evidence`.
pub(crate) fn assertions(
    row: &Row,
    from: &Key,
    kind: EdgeKind,
    to: &Key,
) -> Result<Vec<(String, Assertion)>, Fault> {
    let owners: Vec<String> = row.get("owners")?;
    let whole = |said: Said| {
        let owner = owners.get(said.o).cloned();
        let owner = owner.ok_or_else(|| Fault::damaged("a relationship names no owner"))?;
        let (from, to) = (from.clone(), to.clone());
        let assertion = Assertion {
            from,
            kind,
            to,
            rule: said.rule,
            sites: said.sites,
            evidence: said.evidence,
        };
        Ok((owner, assertion))
    };
    let Some(said) = row.get::<Option<Vec<String>>>("said")? else {
        let rule: String = row.get("rule")?;
        let rule =
            Rule::parse(&rule).ok_or_else(|| Fault::damaged(format!("`{rule}` is no rule")))?;
        let one = Said {
            o: 0,
            rule,
            sites: row.get("sites")?,
            evidence: row.get("evidence")?,
        };
        return Ok(vec![whole(one)?]);
    };
    said.iter()
        .map(|text| whole(serde_json::from_str(text).map_err(|e| Fault::damaged(e.to_string()))?))
        .collect()
}

/// An owner as a row to write.
pub(crate) fn owner(facts: &OwnerFacts) -> Weighed {
    let blob = json(facts);
    let weight = 100 + 2 * facts.owner.len() + blob.len();
    let row = map([
        ("id", id([facts.owner.as_str()]).into()),
        ("name", facts.owner.as_str().into()),
        ("digest", (facts.digest as i64).into()),
        ("facts", blob.as_str().into()),
    ]);
    Weighed(row, weight)
}

/// What an owner states, from its `facts`.
pub(crate) fn facts(owner: &str, blob: &str) -> Result<OwnerFacts, Fault> {
    serde_json::from_str(blob).map_err(|e| Fault::damaged(format!("owner {owner}: {e}")))
}

/// A node's statements: columns `owners`, `said`, and [`NODE`].
pub(crate) fn statements(row: &Row) -> Result<Vec<(String, Node)>, Fault> {
    let owners: Vec<String> = row.get("owners")?;
    let Some(said) = row.get::<Option<Vec<String>>>("said")? else {
        let owner = owners
            .into_iter()
            .next()
            .ok_or_else(|| Fault::damaged("a node has no owner"))?;
        return Ok(vec![(owner, node(row)?)]);
    };
    if said.len() != owners.len() {
        return Err(Fault::damaged(
            "a node's owners and statements differ in number",
        ));
    }
    owners
        .into_iter()
        .zip(said)
        .map(|(owner, text)| {
            let node = serde_json::from_str(&text).map_err(|e| Fault::damaged(e.to_string()))?;
            Ok((owner, node))
        })
        .collect()
}
