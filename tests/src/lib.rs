//! End-to-end tests and sample systems.
