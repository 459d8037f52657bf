//! What holds over the whole workspace.

mod layering;
