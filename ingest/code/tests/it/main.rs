//! Behaviour of reading and resolving code.
#![allow(missing_docs, clippy::print_stdout)]

mod accuracy;
