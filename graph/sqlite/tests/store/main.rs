//! The embedded store, from outside.

mod promises;
