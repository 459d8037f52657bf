//! Facts: nodes, assertions, and the visible edge that assertions merge into.

use crate::{EdgeKind, Key, NodeKind, Rule, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many evidence sites a visible edge shows at most.
pub const MAX_EVIDENCE: usize = 8;

/// One thing. Two owners that assert the same node must agree but for `properties`, which merge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Node {
    /// What it is.
    #[serde(rename = "node")]
    pub kind: NodeKind,
    /// Unique over all kinds.
    pub key: Key,
    /// Short name for people.
    pub name: String,
    /// Dotted name with its module, for symbols.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualified_name: Option<String>,
    /// Path inside the repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// First line, counted from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_start: Option<u32>,
    /// Last line, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line_end: Option<u32>,
    /// `rust`, `python`, `typescript`, `javascript`, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// What only this kind has: a test's `runner` and `test_id`, a symbol's `signature` and `body`
    /// hash (16 hex digits), a package's `version`. Written beside the other fields in the export.
    #[serde(flatten)]
    pub properties: BTreeMap<String, serde_json::Value>,
}

impl Node {
    /// A node with nothing but kind, key and name.
    pub fn new(kind: NodeKind, key: Key, name: impl Into<String>) -> Self {
        Self {
            kind,
            key,
            name: name.into(),
            qualified_name: None,
            path: None,
            line_start: None,
            line_end: None,
            language: None,
            properties: BTreeMap::new(),
        }
    }
}

/// Where something was seen: `path:line`, a trace or a document id.
pub type Site = String;

/// What one owner says of one relationship: the row that stores keep.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct Assertion {
    /// From this node.
    pub from: Key,
    /// Kind of the relationship.
    pub kind: EdgeKind,
    /// To this node.
    pub to: Key,
    /// The rule that made it.
    pub rule: Rule,
    /// In how many places this owner shows it.
    pub sites: u32,
    /// The first of those places, at most [`MAX_EVIDENCE`].
    pub evidence: Vec<Site>,
}

/// The visible edge: the merge of all assertions with the same from, kind and to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Edge {
    /// Kind of the relationship.
    #[serde(rename = "edge")]
    pub kind: EdgeKind,
    /// From this node.
    pub from: Key,
    /// To this node.
    pub to: Key,
    /// Probability that it is true, 0..=1.
    pub confidence: f64,
    /// How it is known.
    pub state: State,
    /// The strongest rule among the assertions.
    pub rule: Rule,
    /// In how many places it is shown.
    pub sites: u32,
    /// The first of those places in path and line order, at most [`MAX_EVIDENCE`].
    pub evidence: Vec<Site>,
}

/// Merges the assertions of one relationship into the edge that people see: the strongest
/// rule wins, sites add up, evidence is the union, sorted and bounded. The order of the
/// assertions does not matter. `None` for no assertions.
pub fn merge<'a>(assertions: impl IntoIterator<Item = &'a Assertion>) -> Option<Edge> {
    let mut all: Vec<&Assertion> = assertions.into_iter().collect();
    all.sort();
    let first = *all.first()?;
    let best = all.iter().map(|a| a.rule).min_by_key(|rule| rule.rank())?;
    let mut evidence: Vec<Site> = all
        .iter()
        .flat_map(|a| a.evidence.iter().cloned())
        .collect();
    evidence.sort_by(|a, b| site_order(a).cmp(&site_order(b)));
    evidence.dedup();
    evidence.truncate(MAX_EVIDENCE);
    Some(Edge {
        kind: first.kind,
        from: first.from.clone(),
        to: first.to.clone(),
        confidence: best.confidence(),
        state: State::Static,
        rule: best,
        sites: all.iter().map(|a| a.sites).fold(0, u32::saturating_add),
        evidence,
    })
}

impl From<Assertion> for Edge {
    /// What [`merge`] makes of one assertion whose evidence is sorted, without repeats and bounded,
    /// as stores keep it.
    fn from(said: Assertion) -> Self {
        Self {
            kind: said.kind,
            from: said.from,
            to: said.to,
            confidence: said.rule.confidence(),
            state: State::Static,
            rule: said.rule,
            sites: said.sites,
            evidence: said.evidence,
        }
    }
}

/// The fields of a node that are written beside its properties; no property may bear their names.
pub const NODE_FIELDS: &[&str] = &[
    "node",
    "key",
    "name",
    "qualified_name",
    "path",
    "line_start",
    "line_end",
    "language",
];

/// Merges what several owners say of one node: the fields of the smallest owner (byte order) win,
/// properties are united, the smallest owner winning where two differ. The order of the arguments
/// does not matter as long as the owners differ. `None` for none.
pub fn merge_nodes<'a>(said: impl IntoIterator<Item = (&'a str, &'a Node)>) -> Option<Node> {
    let mut all: Vec<(&str, &Node)> = said.into_iter().collect();
    all.sort_by_key(|(owner, _)| *owner);
    let (first, rest) = all.split_first()?;
    let mut node = first.1.clone();
    for (_, other) in rest {
        for (name, value) in &other.properties {
            node.properties
                .entry(name.clone())
                .or_insert_with(|| value.clone());
        }
    }
    Some(node)
}

/// `path:line` compared by path, then by line as a number; sites that differ are never equal.
pub fn site_order(site: &str) -> (&str, u64, &str) {
    match site.rsplit_once(':') {
        Some((path, line)) => (path, line.parse().unwrap_or(0), site),
        None => (site, 0, site),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assertion(rule: Rule, line: u32) -> Assertion {
        Assertion {
            from: Key::repository("a"),
            kind: EdgeKind::Calls,
            to: Key::repository("b"),
            rule,
            sites: 1,
            evidence: vec![format!("x.py:{line}")],
        }
    }

    #[test]
    fn an_assertion_alone_is_its_own_merge() {
        for evidence in [vec![], vec!["a.py:2".to_owned(), "a.py:10".to_owned()]] {
            let said = Assertion {
                evidence,
                ..assertion(Rule::Callback, 1)
            };
            assert_eq!(merge([&said]), Some(said.into()));
        }
    }

    #[test]
    fn sites_of_one_line_written_differently_merge_the_same_way_round() {
        let mut a = assertion(Rule::Import, 7);
        a.evidence = vec!["x.py:7".into(), "x.py:007".into()];
        let mut b = a.clone();
        b.evidence.reverse();
        assert_eq!(
            merge([&a]).map(|e| e.evidence),
            merge([&b]).map(|e| e.evidence)
        );
    }

    #[test]
    fn of_two_owners_of_a_node_the_smaller_wins_and_properties_are_united() {
        let mut one = Node::new(NodeKind::Package, Key::package("npm", "x"), "one");
        one.properties.insert("a".into(), 1.into());
        let mut two = Node::new(NodeKind::Package, Key::package("npm", "x"), "two");
        two.properties.insert("a".into(), 2.into());
        two.properties.insert("b".into(), 3.into());
        let merged = merge_nodes([("o2", &two), ("o1", &one)]).unwrap();
        assert_eq!(
            Some(merged.clone()),
            merge_nodes([("o1", &one), ("o2", &two)])
        );
        assert_eq!(merged.name, "one");
        assert_eq!(
            (&merged.properties["a"], &merged.properties["b"]),
            (&1.into(), &3.into())
        );
    }

    #[test]
    fn the_merge_does_not_depend_on_the_order_of_assertions() {
        let (a, b) = (assertion(Rule::NameUnique, 10), assertion(Rule::Import, 9));
        let edge = merge([&a, &b]).unwrap();
        assert_eq!(Some(edge.clone()), merge([&b, &a]));
        assert_eq!((edge.rule, edge.sites), (Rule::Import, 2));
        assert_eq!(edge.evidence, ["x.py:9", "x.py:10"]);
    }
}
