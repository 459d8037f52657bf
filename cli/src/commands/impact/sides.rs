//! Which facts an overlay needs: those that are not the same in the graph, at base and at head.

use crate::failure::Failure;
use ripple_graph_core::{GraphStore, OwnerFacts, OwnerInfo};
use ripple_ingest_code::Analysis;
use ripple_ingest_code::analyse::owner_prefixes;
use rustc_hash::FxHashMap;

/// What an overlay is made of.
pub(super) struct Differing {
    pub(super) base: Vec<OwnerFacts>,
    pub(super) head: Vec<OwnerFacts>,
    /// In the graph and on neither side.
    pub(super) gone: Vec<String>,
    /// Paths whose contents differ between both sides.
    pub(super) paths: Vec<String>,
}

/// What the graph holds of a repository.
pub(super) async fn stored(
    store: &dyn GraphStore,
    repository: &str,
) -> Result<Vec<OwnerInfo>, Failure> {
    let mut stored = Vec::new();
    for prefix in owner_prefixes(repository) {
        stored.extend(store.owners(&prefix).await?);
    }
    Ok(stored)
}

/// Compares both sides with each other and with the graph.
pub(super) fn differing(base: &Analysis, head: &Analysis, stored: &[OwnerInfo]) -> Differing {
    fn digests(side: &Analysis) -> FxHashMap<&str, u64> {
        side.owners
            .iter()
            .map(|o| (o.owner.as_str(), o.digest))
            .collect()
    }
    let (old, new) = (digests(base), digests(head));
    let kept: FxHashMap<&str, u64> = stored
        .iter()
        .map(|o| (o.owner.as_str(), o.digest))
        .collect();
    // Of what a repository states as a whole only its packages belong to a change.
    let relevant = |owner: &str| owner.starts_with("file:") || owner.ends_with("/packages");
    let same = |owner: &str| {
        let digest = old.get(owner);
        digest.is_some() && digest == new.get(owner) && digest == kept.get(owner)
    };
    let pick = |side: &Analysis| -> Vec<OwnerFacts> {
        side.owners
            .iter()
            .filter(|o| relevant(&o.owner) && !same(&o.owner))
            .cloned()
            .collect()
    };
    let mut gone: Vec<String> = kept
        .keys()
        .filter(|o| relevant(o) && !old.contains_key(*o) && !new.contains_key(*o))
        .map(|o| (*o).to_owned())
        .collect();
    gone.sort();
    let contents = |side: &Analysis| -> FxHashMap<String, u128> {
        side.files
            .iter()
            .map(|f| (f.path.clone(), f.content))
            .collect()
    };
    let (was, now) = (contents(base), contents(head));
    let mut paths: Vec<String> = was
        .keys()
        .chain(now.keys())
        .filter(|p| was.get(*p) != now.get(*p))
        .cloned()
        .collect();
    paths.sort();
    paths.dedup();
    Differing {
        base: pick(base),
        head: pick(head),
        gone,
        paths,
    }
}
