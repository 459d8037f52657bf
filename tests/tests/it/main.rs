//! What holds over the whole workspace.

mod hidden;
mod layering;
