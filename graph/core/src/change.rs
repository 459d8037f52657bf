//! What one transaction carries.

use crate::{Revision, StoreError};
use ripple_schemas::fact::{MAX_EVIDENCE, NODE_FIELDS, merge_nodes, site_order};
use ripple_schemas::{Assertion, Key, Node};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;

/// Everything one owner states: a file, a document, a window. Committing it replaces what the
/// owner stated before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnerFacts {
    /// The owner: the key of the file, document or window.
    pub owner: String,
    /// Hash of the facts; a commit of the same digest is no change.
    pub digest: u64,
    /// Nodes that live while any owner asserts them.
    pub nodes: Vec<Node>,
    /// Relationships; both ends must be asserted by some owner when the transaction ends, else
    /// the relationship stays hidden until they are.
    pub assertions: Vec<Assertion>,
}

impl OwnerFacts {
    /// Brings the facts into the one form that stores keep: nodes sorted by key, each key once;
    /// assertions sorted by (from, kind, to, rule), each once with its sites added up; evidence
    /// sorted and bounded. What [`ripple_schemas::fact::merge`] makes of them stays the same.
    pub fn normalise(&mut self) {
        if !self.nodes.is_sorted_by(|a, b| a.key < b.key) {
            // The second comparison is for keys said twice: whichever came first, the same wins.
            self.nodes.sort_by(|a, b| {
                a.key
                    .cmp(&b.key)
                    .then_with(|| format!("{a:?}").cmp(&format!("{b:?}")))
            });
            self.nodes.dedup_by(|later, kept| {
                let same = later.key == kept.key;
                if same && let Some(merged) = merge_nodes([("0", &*kept), ("1", &*later)]) {
                    *kept = merged;
                }
                same
            });
        }
        self.assertions.sort();
        self.assertions.dedup_by(|later, kept| {
            let same = (&later.from, later.kind, &later.to, later.rule)
                == (&kept.from, kept.kind, &kept.to, kept.rule);
            if same {
                kept.sites = kept.sites.saturating_add(later.sites);
                kept.evidence.append(&mut later.evidence);
            }
            same
        });
        for a in self.assertions.iter_mut().filter(|a| a.evidence.len() > 1) {
            a.evidence.sort_by(|a, b| site_order(a).cmp(&site_order(b)));
            a.evidence.dedup();
            a.evidence.truncate(MAX_EVIDENCE);
        }
    }

    /// Nodes and assertions together.
    pub fn rows(&self) -> usize {
        self.nodes.len() + self.assertions.len()
    }
}

impl ChangeSet {
    /// Nodes and assertions of all owners together.
    pub fn rows(&self) -> usize {
        self.put.iter().map(OwnerFacts::rows).sum()
    }

    /// Refuses what no store may keep. Every backend calls it before it writes.
    ///
    /// # Errors
    /// `Invalid` where an owner has no name, is named twice, or a property bears the name of a
    /// node's field.
    pub fn validate(&self) -> Result<(), StoreError> {
        let invalid = |why| Err(StoreError::Invalid { why });
        let mut seen = HashSet::new();
        for owner in self.put.iter().map(|f| &f.owner).chain(&self.remove) {
            if owner.is_empty() {
                return invalid(
                    "an owner without a name was refused; name the file or document".into(),
                );
            }
            if !seen.insert(owner) {
                return invalid(format!(
                    "owner `{owner}` is named twice in one change set; put or remove it once"
                ));
            }
        }
        for node in self.put.iter().flat_map(|f| &f.nodes) {
            if let Some(name) = node
                .properties
                .keys()
                .find(|p| NODE_FIELDS.contains(&p.as_str()))
            {
                return invalid(format!(
                    "node {} has a property called `{name}`, which is the name of a field; rename it",
                    node.key
                ));
            }
        }
        Ok(())
    }
}

/// One transaction: all of it happens or nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChangeSet {
    /// Owners whose facts are replaced.
    pub put: Vec<OwnerFacts>,
    /// Owners whose facts are removed.
    pub remove: Vec<String>,
    /// The document this change comes from; a second commit with the same one stores no facts and
    /// no events again, whatever `expect` says; its offset still moves.
    pub inbox: Option<Inbox>,
    /// Events to publish once the transaction is visible.
    pub outbox: Vec<Outbox>,
    /// The bus offset this change brings the consumer to.
    pub offset: Option<Offset>,
    /// Refuse unless the store is at this revision (optimistic writers).
    pub expect: Option<Revision>,
}

/// Identity of a document that was read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)]
pub struct Inbox {
    pub consumer: String,
    pub source: String,
    pub id: String,
}

/// An event to publish: CloudEvent JSON and its partition key.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Outbox {
    pub partition_key: String,
    pub event: String,
}

/// Compare-and-set of a consumer group's position. Refused with `StaleOffset` where the stored
/// generation is newer or the stored offset is not `expected`; a retry of a change set whose inbox
/// row is stored and whose offset stands at `next` in the same generation is no change.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Offset {
    pub group: String,
    pub partition: u32,
    /// Generation of the group; an older one is refused.
    pub generation: u64,
    /// The offset the store must hold now (0 for none yet).
    pub expected: u64,
    /// The offset to move to.
    pub next: u64,
}

/// What a commit did.
///
/// The revision moves by one where an owner was put with a new digest or a known owner was
/// removed. Inbox, outbox and offset are stored in the same transaction but do not move it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed {
    /// The store's revision afterwards; unchanged where nothing changed.
    pub revision: Revision,
    /// Keys of nodes that were added, changed or removed, or whose outgoing edges were; sorted.
    /// May hold keys that the touched owners speak of and that look the same as before.
    pub changed: Vec<Key>,
    /// False where the change set was already applied or there was nothing to store.
    pub applied: bool,
}
