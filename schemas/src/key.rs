//! Keys: readable, unique, the same on every machine and in every store.
//!
//! Grammar: design chapter 4. Parsed once at the rim; inside, a `Key` is known to be well formed.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// The longest key accepted, in bytes.
pub const MAX_KEY_BYTES: usize = 4096;

/// A node's key, for example `sym:shop/src/price.py#Cart.total`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Key(Arc<str>);

/// Why a text is not a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is no known prefix such as `sym:` or `file:`.
    #[error("`{0}` is not a key: it starts with none of {list}; try `ripple graph query find NAME`", list = PREFIXES.join(" "))]
    UnknownPrefix(String),
    /// Nothing follows the prefix.
    #[error("`{0}` is not a key: nothing follows the prefix")]
    Empty(String),
    /// A byte that must be percent-encoded.
    #[error("`{0}` is not a key: byte {1} is not printable ASCII; write it as %XX")]
    NotPrintable(String, usize),
    /// Over [`MAX_KEY_BYTES`].
    #[error("a key of {0} bytes is over the limit of {MAX_KEY_BYTES}")]
    TooLong(usize),
}

/// The prefixes a key may start with, without the colon.
pub const PREFIXES: &[&str] = &[
    "repo",
    "file",
    "sym",
    "pkg",
    "svc",
    "ep",
    "contract",
    "topic",
    "table",
    "config",
    "flag",
    "owner",
    "commit",
    "change",
    "build",
    "testcase",
    "artifact",
    "scan",
    "finding",
    "licence",
    "env",
    "deployment",
    "rollout",
    "slo",
    "incident",
    "window",
    "story",
    "task",
    "agent",
    "decision",
    "intent",
    "approval",
    "bid",
    "outcome",
    "model",
    "policy",
    "cost",
];

impl Key {
    /// Checks a text from outside.
    ///
    /// # Errors
    /// The text has no known prefix, nothing after it, a byte outside printable ASCII, or is too long.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        if text.len() > MAX_KEY_BYTES {
            return Err(KeyError::TooLong(text.len()));
        }
        let (prefix, rest) = text
            .split_once(':')
            .ok_or_else(|| KeyError::UnknownPrefix(text.to_owned()))?;
        if !PREFIXES.contains(&prefix) {
            return Err(KeyError::UnknownPrefix(text.to_owned()));
        }
        if rest.is_empty() {
            return Err(KeyError::Empty(text.to_owned()));
        }
        if let Some(at) = text.bytes().position(|b| !(0x20..0x7f).contains(&b)) {
            return Err(KeyError::NotPrintable(text.to_owned(), at));
        }
        Ok(Self(text.into()))
    }

    /// `repo:<name>`
    pub fn repository(name: &str) -> Self {
        Self(format!("repo:{}", encode(name)).into())
    }

    /// `file:<repo>/<path>`; the path is relative to the repository root, with `/` between parts.
    pub fn file(repository: &str, path: &str) -> Self {
        Self(format!("file:{}/{}", encode(repository), encode(path)).into())
    }

    /// `sym:<repo>/<path>#<qualified>`; `qualified` comes from [`encode_name`]d parts, with its
    /// `~d` where same-named siblings need telling apart.
    pub fn symbol(repository: &str, path: &str, qualified: &str) -> Self {
        Self(format!("sym:{}/{}#{qualified}", encode(repository), encode(path)).into())
    }

    /// A Package URL without a version: `pkg:<ecosystem>/<name>`, ecosystem one of npm, pypi,
    /// cargo, golang, maven. `/` stays, `@` is written `%40` (the purl specification).
    pub fn package(ecosystem: &str, name: &str) -> Self {
        Self(format!("pkg:{ecosystem}/{}", encode(name).replace('@', "%40")).into())
    }

    /// `owner:<who>`: a handle such as `@payments-team`, or an e-mail address.
    pub fn owner(who: &str) -> Self {
        Self(format!("owner:{}", encode(who)).into())
    }

    /// `commit:<repo>@<sha>`
    pub fn commit(repository: &str, sha: &str) -> Self {
        Self(format!("commit:{}@{sha}", encode(repository)).into())
    }

    /// `model:<name>`: the version of a model that is in use.
    pub fn model(name: &str) -> Self {
        Self(format!("model:{}", encode(name)).into())
    }

    /// `model:<name>@<version>`: one version of a model, kept for good.
    pub fn model_version(name: &str, version: u32) -> Self {
        Self(format!("model:{}@{version}", encode(name)).into())
    }

    /// The whole key.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first colon.
    pub fn prefix(&self) -> &str {
        self.0.split_once(':').map_or("", |(p, _)| p)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::str::FromStr for Key {
    type Err = KeyError;
    fn from_str(text: &str) -> Result<Self, KeyError> {
        Self::parse(text)
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

impl std::borrow::Borrow<str> for Key {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// Percent-encodes bytes outside printable ASCII, and `#`, `~`, `%` and space.
pub fn encode(text: &str) -> String {
    encode_bytes(text.as_bytes())
}

/// [`encode`] for a path that need not be UTF-8.
pub fn encode_bytes(bytes: &[u8]) -> String {
    use fmt::Write;
    let mut out = String::with_capacity(bytes.len());
    for &b in bytes {
        if (0x21..0x7f).contains(&b) && !matches!(b, b'#' | b'~' | b'%') {
            out.push(b as char);
        } else {
            write!(out, "%{b:02X}").expect("writing to a String does not fail");
        }
    }
    out
}

/// Encodes one name of a qualified name; the caller joins names with `.`.
pub fn encode_name(name: &str) -> String {
    encode(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_key_reads_as_the_design_writes_it() {
        assert_eq!(
            Key::symbol("shop", "src/price.py", "Cart.total").as_str(),
            "sym:shop/src/price.py#Cart.total"
        );
        assert_eq!(
            Key::package("npm", "@types/node").as_str(),
            "pkg:npm/%40types/node"
        );
        assert_eq!(
            Key::file("shop", "a b/ü.py").as_str(),
            "file:shop/a%20b/%C3%BC.py"
        );
    }

    #[test]
    fn a_text_without_a_known_prefix_is_refused() {
        assert!(matches!(
            Key::parse("symbol:x"),
            Err(KeyError::UnknownPrefix(_))
        ));
        assert!(matches!(Key::parse("sym:"), Err(KeyError::Empty(_))));
        assert!(matches!(
            Key::parse("sym:a\nb"),
            Err(KeyError::NotPrintable(_, 5))
        ));
    }

    proptest! {
        #[test]
        fn every_constructed_key_parses(repo in "\\PC{1,20}", path in "\\PC{1,60}") {
            let key = Key::file(&repo, &path);
            prop_assert_eq!(Key::parse(key.as_str()), Ok(key.clone()));
        }
    }
}
