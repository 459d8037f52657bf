//! The in-memory snapshot and its closures: pure functions on data.
