//! What a store must hold, computed the plain way: a map of owners, merged on every look.

use crate::{ChangeSet, OwnerFacts, Revision, Snapshot};
use ripple_schemas::fact::{merge, merge_nodes};
use ripple_schemas::{Assertion, EdgeKind, Key, Node};
use std::collections::{BTreeMap, BTreeSet};

/// A store that is nothing but its owners.
#[derive(Clone, Debug, Default)]
pub struct Model {
    owners: BTreeMap<String, OwnerFacts>,
}

impl Model {
    /// Applies the facts of a change set, in the form that stores keep.
    pub fn apply(&mut self, change: &ChangeSet) {
        for owner in &change.remove {
            self.owners.remove(owner);
        }
        for facts in &change.put {
            let mut facts = facts.clone();
            facts.normalise();
            self.owners.insert(facts.owner.clone(), facts);
        }
    }

    /// One change set that states everything at once.
    pub fn whole(&self) -> ChangeSet {
        super::put(self.owners.values().cloned())
    }

    /// What the store must answer, at revision 0.
    pub fn snapshot(&self) -> Snapshot {
        let mut nodes: BTreeMap<&Key, Vec<(&str, &Node)>> = BTreeMap::new();
        let mut edges: BTreeMap<(&Key, EdgeKind, &Key), Vec<&Assertion>> = BTreeMap::new();
        for (owner, facts) in &self.owners {
            for node in &facts.nodes {
                nodes.entry(&node.key).or_default().push((owner, node));
            }
            for a in &facts.assertions {
                edges.entry((&a.from, a.kind, &a.to)).or_default().push(a);
            }
        }
        let visible: BTreeSet<&Key> = nodes.keys().copied().collect();
        Snapshot {
            revision: Revision(0),
            nodes: nodes.into_values().filter_map(merge_nodes).collect(),
            edges: edges
                .into_iter()
                .filter(|((from, _, to), _)| visible.contains(from) && visible.contains(to))
                .filter_map(|(_, assertions)| merge(assertions))
                .collect(),
        }
    }
}

/// Keys whose node or outgoing edges look different in two snapshots, sorted.
pub fn difference(before: &Snapshot, after: &Snapshot) -> Vec<Key> {
    type Look<'a> = (Option<&'a Node>, Vec<&'a ripple_schemas::Edge>);
    fn looks(snapshot: &Snapshot) -> BTreeMap<&Key, Look<'_>> {
        let mut looks: BTreeMap<&Key, Look<'_>> = BTreeMap::new();
        for node in &snapshot.nodes {
            looks.entry(&node.key).or_default().0 = Some(node);
        }
        for edge in &snapshot.edges {
            looks.entry(&edge.from).or_default().1.push(edge);
        }
        looks
    }
    let (before, after) = (looks(before), looks(after));
    let keys: BTreeSet<&Key> = before.keys().chain(after.keys()).copied().collect();
    keys.into_iter()
        .filter(|key| before.get(key) != after.get(key))
        .cloned()
        .collect()
}
