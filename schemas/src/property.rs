//! Names of the properties that more than one room reads, and the shape of those with one.

use crate::{BlindKind, Key, Node};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A symbol's signature hash, 16 hex digits.
pub const SIGNATURE: &str = "signature";
/// A symbol's body hash, 16 hex digits.
pub const BODY: &str = "body";
/// A test's runner: `pytest`, `cargo`, `jest`, …
pub const RUNNER: &str = "runner";
/// A test's id, as its runner accepts it.
pub const TEST_ID: &str = "test_id";
/// The different words of a test's text, sorted, with a space between ([`crate::words`]).
pub const WORDS: &str = "words";
/// A package's version.
pub const VERSION: &str = "version";
/// A file's blind spots: an array of [`FileBlind`], absent where there are none.
pub const BLIND_SPOTS: &str = "blind";

/// One entry of [`BLIND_SPOTS`]: something in the file that could not be seen.
#[derive(
    Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
pub struct FileBlind {
    /// Why.
    pub kind: BlindKind,
    /// Line, counted from 1; 0 for the whole file.
    pub line: u32,
    /// The reason in words, with the callee as written where there is one.
    pub why: String,
    /// The symbol in which it lies, where it is a node of the graph.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Key>,
}

/// The blind spots that a file's node carries; none where the property is absent or unreadable.
pub fn blind_spots(node: &Node) -> Vec<FileBlind> {
    let Some(value) = node.properties.get(BLIND_SPOTS) else {
        return Vec::new();
    };
    Vec::<FileBlind>::deserialize(value).unwrap_or_default()
}
