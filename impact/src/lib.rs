//! What a change breaks: the difference of two trees, the overlay, and the one answer.
//!
//! Goes in: the graph's snapshot, and the facts of both sides of a change. Comes out: the
//! [`ImpactAnswer`](ripple_schemas::ImpactAnswer) of design chapter 5. Pure functions: no store, no
//! git, no printing; what rollout and policy say is passed in as values.

pub mod answer;
mod coverage;
pub mod diff;
pub mod failure;
pub mod likely;
mod owners;
pub mod phantoms;
mod reach;
mod runnable;
pub mod verdict;
mod words;

pub use answer::{ImpactError, Question, Subject, answer, evidence};
pub use diff::{Difference, Succession, difference};
pub use likely::{Signals, TestEvidence};
pub use words::ChangedText;
