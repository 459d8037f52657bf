//! The memory-mapped snapshot beside the store: used where it is whole and of this very revision,
//! else built anew from the store, which is the truth.

use crate::context::Context;
use crate::failure::Failure;
use ripple_graph_analysis::{Csr, Stamp};
use ripple_graph_core::GraphStore;
use std::hash::{BuildHasher, Hasher};

/// Setting that tells this graph from every other.
const IDENTITY: &str = "graph_id";

/// Whether the snapshot beside the store may serve.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Snapshots {
    /// Where it is of this revision. It is proved where it is looked at: ask it afterwards.
    Kept,
    /// It is damaged.
    Fresh,
}

/// The snapshot of the store's current revision.
pub(crate) async fn snapshot(
    context: &Context,
    store: &dyn GraphStore,
    which: Snapshots,
) -> Result<Csr, Failure> {
    let graph = identity(store).await?;
    let folder = context.folder();
    let file = folder.join("graph.csr");
    let revision = store.revision().await?.0;
    if which == Snapshots::Kept {
        match Csr::open(&file, Stamp { graph, revision }) {
            Ok(csr) => return Ok(csr),
            Err(why) => tracing::info!(%why, "building the snapshot from the store"),
        }
    } else {
        tracing::warn!(file = %file.display(), "the snapshot is damaged; building it from the store");
    }
    let whole = store.snapshot().await?;
    let csr = tokio::task::block_in_place(|| Csr::build(&whole, graph));
    // The file only saves time; where it cannot be written the answer is the same.
    if folder.is_dir()
        && let Err(why) = csr.write(&file)
    {
        tracing::info!(%why, file = %file.display(), "the snapshot could not be kept");
    }
    Ok(csr)
}

/// A number made once for each graph, so that another one's snapshot is never taken for its own.
async fn identity(store: &dyn GraphStore) -> Result<u64, Failure> {
    let known = store.setting(IDENTITY).await?;
    if let Some(id) = known.and_then(|text| u64::from_str_radix(&text, 16).ok()) {
        return Ok(id);
    }
    // Seeded by the system, differently in every process.
    let id = std::collections::hash_map::RandomState::new()
        .build_hasher()
        .finish();
    if let Err(why) = store
        .set_setting(IDENTITY, Some(&format!("{id:016x}")))
        .await
    {
        tracing::info!(%why, "the snapshot will serve this run only");
    }
    Ok(id)
}
