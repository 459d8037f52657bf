//! Paths inside a repository, which need not be UTF-8.

use ripple_schemas::Key;
use ripple_schemas::key::{encode, encode_bytes};
use std::path::PathBuf;

/// A path relative to the repository root, with `/` between parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RepoPath {
    text: String,
    /// The bytes, where they are not UTF-8.
    raw: Option<Box<[u8]>>,
}

impl RepoPath {
    /// From git's bytes. What is not UTF-8 is shown percent-encoded.
    pub fn new(bytes: &[u8]) -> Self {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Self {
                text: text.to_owned(),
                raw: None,
            };
        }
        let mut text = String::new();
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            text.push_str(&encode_bytes(chunk.invalid()));
        }
        Self {
            text,
            raw: Some(bytes.into()),
        }
    }

    /// For people, for languages and for properties: unique in practice.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// As git and the disk know it.
    pub fn bytes(&self) -> &[u8] {
        self.raw.as_deref().unwrap_or(self.text.as_bytes())
    }

    /// True where [`RepoPath::text`] is exactly the path.
    pub fn is_utf8(&self) -> bool {
        self.raw.is_none()
    }

    /// `file:<repo>/<path>`
    pub fn file_key(&self, repository: &str) -> Key {
        match &self.raw {
            None => Key::file(repository, &self.text),
            Some(raw) => parsed(
                format!("file:{}/{}", encode(repository), encode_bytes(raw)),
                repository,
                self,
            ),
        }
    }

    /// `sym:<repo>/<path>#<qualified>`
    pub fn symbol_key(&self, repository: &str, qualified: &str) -> Key {
        match &self.raw {
            None => Key::symbol(repository, &self.text, qualified),
            Some(raw) => parsed(
                format!(
                    "sym:{}/{}#{qualified}",
                    encode(repository),
                    encode_bytes(raw)
                ),
                repository,
                self,
            ),
        }
    }

    /// True where the path stays inside the repository: git writes no other, but an index or a
    /// patch may be made by hand.
    pub(crate) fn is_inside(&self) -> bool {
        is_inside(self.bytes())
    }

    /// On the disk, under the root.
    #[cfg(unix)]
    pub(crate) fn under(&self, root: &std::path::Path) -> PathBuf {
        use std::os::unix::ffi::OsStrExt;
        root.join(std::ffi::OsStr::from_bytes(self.bytes()))
    }

    /// On the disk, under the root.
    #[cfg(not(unix))]
    pub(crate) fn under(&self, root: &std::path::Path) -> PathBuf {
        root.join(&self.text)
    }
}

/// See [`RepoPath::is_inside`].
pub(super) fn is_inside(path: &[u8]) -> bool {
    !path.contains(&0)
        && path.split(|&b| b == b'/').all(|part| {
            !part.is_empty() && part != b"." && part != b".." && !part.eq_ignore_ascii_case(b".git")
        })
}

/// The encoded text is a key unless it is too long; then the lossy path stands in.
fn parsed(text: String, repository: &str, path: &RepoPath) -> Key {
    Key::parse(&text).unwrap_or_else(|_| Key::file(repository, &path.text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_not_utf8_are_percent_encoded_in_keys() {
        let path = RepoPath::new(b"caf\xe9/a b.py");
        assert_eq!(path.text(), "caf%E9/a b.py");
        assert_eq!(path.file_key("shop").as_str(), "file:shop/caf%E9/a%20b.py");
        assert_eq!(path.bytes(), b"caf\xe9/a b.py");
        assert_eq!(
            RepoPath::new("é.py".as_bytes()).file_key("s").as_str(),
            "file:s/%C3%A9.py"
        );
    }
}
