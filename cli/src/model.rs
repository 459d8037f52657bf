//! The model in use: one look-up in the graph, else the one built into the program.

use crate::failure::Failure;
use ripple_graph_analysis::{Calibration, calibration};
use ripple_graph_core::GraphStore;
use ripple_schemas::model::CALIBRATION;
use ripple_schemas::{Key, Model};

/// The promoted version, or the built-in one (version 0) where none is.
pub(crate) async fn in_use(store: &dyn GraphStore) -> Result<Model, Failure> {
    let key = Key::model(CALIBRATION);
    let Some(node) = store.node(&key).await? else {
        return Ok(calibration::builtin());
    };
    Ok(Model::from_node(&node).unwrap_or_else(|why| {
        tracing::warn!(%key, %why, "written by another ripple: the built-in model is used; `ripple calibration --train` makes one that can be read");
        calibration::builtin()
    }))
}

/// What the model in use states.
pub(crate) async fn calibration(store: &dyn GraphStore) -> Result<Calibration, Failure> {
    Ok(Calibration::of(&in_use(store).await?))
}
