//! The library models: stubs of the standard library, in Rust.
//!
//! `builtins` holds the prelude and everything whose module does not matter; `std` holds the
//! modules that code names (`std::fmt`, `std::mem`). The stubs say how values, callbacks and elements
//! flow, nothing else.

/// Module name and source of each model.
pub(super) const MODELS: &[(&str, &str)] = &[
    ("builtins", include_str!("../../../models/rust/builtins.rs")),
    ("std", include_str!("../../../models/rust/std.rs")),
];

/// Modules of the standard library whose items are all in `builtins`.
const FLAT: &[&str] = &[
    "any",
    "array",
    "borrow",
    "boxed",
    "cell",
    "char",
    "clone",
    "cmp",
    "collections",
    "convert",
    "default",
    "error",
    "future",
    "hash",
    "iter",
    "marker",
    "num",
    "ops",
    "option",
    "pin",
    "prelude",
    "primitive",
    "ptr",
    "rc",
    "result",
    "slice",
    "str",
    "string",
    "sync",
    "task",
    "vec",
    "fmt",
];

/// The model of `std::a::b`, and how many of the names after `std` it stands for.
pub(super) fn find(names: &[&str]) -> Option<(&'static str, usize)> {
    let Some((&first, rest)) = names.split_first() else {
        return Some(("std", 0));
    };
    if first == "sync" && rest.first() == Some(&"mpsc") || first == "collections" && rest.len() == 1
    {
        let depth = if first == "sync" { 2 } else { names.len() };
        return Some(("builtins", depth));
    }
    if FLAT.contains(&first) {
        // A module of a module (`std::collections::hash_map`) is flat too; a type is not skipped.
        let modules = names
            .iter()
            .take_while(|name| name.starts_with(char::is_lowercase))
            .count();
        return Some(("builtins", modules));
    }
    Some(("std", 0))
}
