//! The in-memory snapshot and its closures: pure functions on data.
//!
//! Goes in: a [`Snapshot`](ripple_graph_core::Snapshot) of any store, and the facts of a change.
//! Comes out: what is reachable against the arrows, best path first, with the path that explains
//! each. The only file touched is the memory-mapped snapshot itself; no store, no clock, no
//! randomness.

pub mod calibration;
pub mod closure;
pub mod csr;
mod file;
mod map;
pub mod overlay;
pub mod synthetic;
pub mod travel;

pub use calibration::Calibration;
pub use closure::{Hop, Limits, Reached, Scratch, Source, closure, path};
pub use csr::{Csr, CsrError, NodeView, Property, Spot, Stamp};
pub use overlay::{Dependency, View};
