//! The shared words of Ripple: node kinds, relationship kinds, keys, rules, facts and answers.
//!
//! Plain data in, plain data out; JSON Schemas are generated from it and committed.
//! This crate does no I/O, knows no store, no language and no policy.

pub mod answer;
pub mod calibration;
pub mod fact;
pub mod key;
pub mod kind;
pub mod model;
pub mod property;
pub mod rule;
pub mod words;

pub use answer::*;
pub use calibration::CalibrationAnswer;
pub use fact::{Assertion, Edge, Node, Site};
pub use key::{Key, KeyError};
pub use kind::BlindKind;
pub use kind::{EdgeKind, NodeKind, State};
pub use model::{Beta, Model};
pub use rule::Rule;
