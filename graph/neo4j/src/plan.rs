//! What replacing owners' facts touches: a pure difference of what they stated and now state.

use ripple_graph_core::OwnerFacts;
use ripple_schemas::{Assertion, EdgeKind, Key, Node};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// `from`, `kind`, `to`.
pub(crate) type EdgeId = (Key, EdgeKind, Key);

/// For each key and relationship touched, what each of these owners now says of it.
#[derive(Default)]
pub(crate) struct Plan<'a> {
    /// Owners whose facts change; the statements name them by their place here.
    pub(crate) owners: Vec<&'a str>,
    /// `None` where the owner no longer speaks of the node.
    pub(crate) nodes: BTreeMap<Key, Vec<(usize, Option<&'a Node>)>>,
    /// Empty where the owner no longer asserts the relationship.
    pub(crate) edges: BTreeMap<EdgeId, Vec<(usize, &'a [Assertion])>>,
}

impl<'a> Plan<'a> {
    /// `old` is what the owner stated, `new` what it states; both normalised, either absent.
    pub(crate) fn replace(
        &mut self,
        owner: &'a str,
        old: Option<&OwnerFacts>,
        new: Option<&'a OwnerFacts>,
    ) {
        let place = self.owners.len();
        self.owners.push(owner);
        let (mut was, mut is) = (
            old.map_or(&[][..], |f| &f.nodes).iter().peekable(),
            new.map_or(&[][..], |f| &f.nodes).iter().peekable(),
        );
        loop {
            let (key, said) = match order(was.peek(), is.peek(), |a, b| a.key.cmp(&b.key)) {
                None => break,
                Some(Ordering::Less) => match was.next() {
                    Some(gone) => (gone.key.clone(), None),
                    None => break,
                },
                Some(side) => {
                    let before = if side == Ordering::Equal {
                        was.next()
                    } else {
                        None
                    };
                    let Some(node) = is.next() else { break };
                    if before == Some(node) {
                        continue;
                    }
                    (node.key.clone(), Some(node))
                }
            };
            self.nodes.entry(key).or_default().push((place, said));
        }
        let (mut was, mut is) = (
            by_edge(old.map_or(&[][..], |f| &f.assertions)).peekable(),
            by_edge(new.map_or(&[][..], |f| &f.assertions)).peekable(),
        );
        loop {
            let (id, said) = match order(was.peek(), is.peek(), |a, b| edge_order(&a[0], &b[0])) {
                None => break,
                Some(Ordering::Less) => match was.next() {
                    Some(gone) => (edge_id(&gone[0]), &[][..]),
                    None => break,
                },
                Some(side) => {
                    let before = if side == Ordering::Equal {
                        was.next()
                    } else {
                        None
                    };
                    let Some(said) = is.next() else { break };
                    if before == Some(said) {
                        continue;
                    }
                    (edge_id(&said[0]), said)
                }
            };
            self.edges.entry(id).or_default().push((place, said));
        }
    }
}

/// Which of two sorted sequences comes first; `None` where both have ended.
fn order<A, B>(
    a: Option<&A>,
    b: Option<&B>,
    compare: impl FnOnce(&A, &B) -> Ordering,
) -> Option<Ordering> {
    match (a, b) {
        (None, None) => None,
        (Some(_), None) => Some(Ordering::Less),
        (None, Some(_)) => Some(Ordering::Greater),
        (Some(a), Some(b)) => Some(compare(a, b)),
    }
}

/// Normalised assertions, those of one relationship together; no group is empty.
fn by_edge(assertions: &[Assertion]) -> impl Iterator<Item = &[Assertion]> {
    assertions.chunk_by(|a, b| edge_order(a, b).is_eq())
}

fn edge_order(a: &Assertion, b: &Assertion) -> Ordering {
    (&a.from, a.kind, &a.to).cmp(&(&b.from, b.kind, &b.to))
}

fn edge_id(a: &Assertion) -> EdgeId {
    (a.from.clone(), a.kind, a.to.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ripple_schemas::{NodeKind, Rule};

    fn facts(nodes: &[(&str, &str)], edges: &[(&str, &str, Rule)]) -> OwnerFacts {
        let mut facts = OwnerFacts {
            owner: "o".into(),
            digest: 0,
            nodes: nodes
                .iter()
                .map(|(k, n)| Node::new(NodeKind::Repository, Key::repository(k), *n))
                .collect(),
            assertions: edges
                .iter()
                .map(|(a, b, rule)| Assertion {
                    from: Key::repository(a),
                    kind: EdgeKind::Calls,
                    to: Key::repository(b),
                    rule: *rule,
                    sites: 1,
                    evidence: vec![],
                })
                .collect(),
        };
        facts.normalise();
        facts
    }

    #[test]
    fn only_what_differs_is_touched() {
        let old = facts(
            &[("a", "1"), ("b", "1"), ("c", "1")],
            &[("a", "b", Rule::Local), ("b", "c", Rule::Local)],
        );
        let new = facts(
            &[("a", "1"), ("b", "2"), ("d", "1")],
            &[("a", "b", Rule::Local), ("b", "d", Rule::Local)],
        );
        let mut plan = Plan::default();
        plan.replace("o", Some(&old), Some(&new));
        let nodes: Vec<_> = plan
            .nodes
            .iter()
            .map(|(k, s)| (k.as_str(), s[0].1.is_some()))
            .collect();
        assert_eq!(
            nodes,
            [("repo:b", true), ("repo:c", false), ("repo:d", true)]
        );
        let edges: Vec<_> = plan
            .edges
            .iter()
            .map(|((_, _, to), s)| (to.as_str(), s[0].1.len()))
            .collect();
        assert_eq!(edges, [("repo:c", 0), ("repo:d", 1)]);
    }

    #[test]
    fn a_rule_more_touches_its_relationship_once() {
        let old = facts(&[], &[("a", "b", Rule::Local)]);
        let new = facts(&[], &[("a", "b", Rule::Local), ("a", "b", Rule::Import)]);
        let mut plan = Plan::default();
        plan.replace("o", Some(&old), Some(&new));
        assert_eq!(plan.edges.len(), 1);
        assert!(plan.edges.values().all(|s| s[0].1.len() == 2));
        let mut same = Plan::default();
        same.replace("o", Some(&new), Some(&new));
        assert!(same.edges.is_empty() && same.nodes.is_empty());
    }
}
