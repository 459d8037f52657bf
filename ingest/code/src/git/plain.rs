//! What can be known of a plain repository without starting git: where it is, what origin is, where
//! its refs point.
//!
//! Goes in: a folder. Comes out: what git would say of it, or `None` wherever that is not certain, and
//! then git is asked: linked working trees, submodules, bare repositories, other owners, configuration
//! that includes other files, extensions, quotes. Reads regular files only, follows no symbolic link,
//! writes nothing.

use std::fs::Metadata;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Configuration and lists of refs larger than this are left to git.
const LARGEST: u64 = 1 << 20;
/// Symbolic refs that may lead to one another.
const LINKS: usize = 5;

/// A repository that is as `git init` makes one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Plain {
    /// The working tree's root; `.git` lies in it.
    pub(super) root: PathBuf,
    /// `remote.origin.url`; empty where there is none.
    pub(super) origin: String,
}

/// What a ref holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ref {
    /// The id of an object.
    Id(String),
    /// There is no such ref.
    None,
}

/// The repository around a folder, given without symbolic links; `user` are the person's own
/// configurations, the weaker first.
pub(super) fn discover(at: &Path, user: &[PathBuf]) -> Option<Plain> {
    let device = id_of(at)?.0;
    for root in at.ancestors() {
        // Git does not look beyond the file system, nor do we say what it would.
        if id_of(root)?.0 != device {
            return None;
        }
        // A bare repository, or the inside of any.
        if root.join("HEAD").exists() || root.join("objects").exists() {
            return None;
        }
        let dir = root.join(".git");
        match std::fs::symlink_metadata(&dir) {
            Err(why) if why.kind() == std::io::ErrorKind::NotFound => continue,
            Ok(found) if found.is_dir() => return opened(root, &dir, &found, user),
            _ => return None,
        }
    }
    None
}

/// Where git looks for a person's own configuration.
pub(super) fn user_configuration() -> Option<[PathBuf; 2]> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    let home = PathBuf::from(set("HOME")?);
    let user = set("XDG_CONFIG_HOME").map_or_else(|| home.join(".config"), PathBuf::from);
    Some([user.join("git/config"), home.join(".gitconfig")])
}

fn opened(root: &Path, dir: &Path, found: &Metadata, user: &[PathBuf]) -> Option<Plain> {
    let ours = id_of(Path::new("/proc/self/"))?.1;
    if id_of(root)?.1 != ours || owner(found)? != ours {
        return None;
    }
    let whole = dir.join("objects").is_dir() && dir.join("refs").is_dir();
    let odd = ["commondir", "shallow", "config.worktree", "reftable"];
    if !whole || odd.iter().any(|name| dir.join(name).exists()) {
        return None;
    }
    let head = file(&dir.join("HEAD"))??;
    let head = head.trim_end();
    if !is_id(head) && !head.strip_prefix("ref: ").is_some_and(is_name) {
        return None;
    }
    let mut said = Said::default();
    for path in user {
        if let Some(text) = file(path)? {
            said.read(&text)?;
        }
    }
    // Only a repository's own configuration says what kind it is.
    said.bare = None;
    said.format = None;
    said.read(&file(&dir.join("config"))??)?;
    let plain = said.bare.is_none_or(|bare| bare == "false")
        && said.format.is_none_or(|format| format == "0");
    plain.then(|| Plain {
        root: root.to_owned(),
        origin: said.origin.unwrap_or_default(),
    })
}

/// A ref by its full name, symbolic ones followed.
pub(super) fn read_ref(git_dir: &Path, name: &str) -> Option<Ref> {
    let mut name = name.to_owned();
    for _ in 0..LINKS {
        let Some(text) = file(&git_dir.join(&name))? else {
            return packed(git_dir, &name);
        };
        let text = text.strip_suffix('\n').unwrap_or(&text);
        match text.strip_prefix("ref: ") {
            Some(to) if is_name(to) => name = to.to_owned(),
            None if is_id(text) => return Some(Ref::Id(text.to_owned())),
            _ => return None,
        }
    }
    None
}

/// A ref that lies in no file of its own.
fn packed(git_dir: &Path, name: &str) -> Option<Ref> {
    let Some(text) = file(&git_dir.join("packed-refs"))? else {
        return Some(Ref::None);
    };
    let mut lines = text.lines().filter(|l| !l.starts_with(['#', '^']));
    let line = lines.find_map(|line| line.split_once(' ').filter(|(_, found)| *found == name));
    match line {
        None => Some(Ref::None),
        Some((id, _)) => is_id(id).then(|| Ref::Id(id.to_owned())),
    }
}

fn is_id(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether a name leads to a place under `refs/` without a detour.
fn is_name(name: &str) -> bool {
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/' | b'+');
    name.starts_with("refs/")
        && name.bytes().all(known)
        && !name
            .split('/')
            .any(|part| part.is_empty() || part.starts_with('.'))
}

/// The text of a regular file: `Some(None)` where there is none, `None` where it is anything else.
fn file(path: &Path) -> Option<Option<String>> {
    let found = match std::fs::symlink_metadata(path) {
        Ok(found) => found,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Some(None),
        Err(_) => return None,
    };
    if !found.is_file() || found.len() > LARGEST {
        return None;
    }
    let mut text = String::new();
    let opened = std::fs::File::open(path).ok()?;
    opened.take(LARGEST + 1).read_to_string(&mut text).ok()?;
    Some(Some(text))
}

/// Device and owner of a folder.
#[cfg(unix)]
fn id_of(path: &Path) -> Option<(u64, u32)> {
    use std::os::unix::fs::MetadataExt;
    let found = std::fs::metadata(path).ok()?;
    Some((found.dev(), found.uid()))
}

#[cfg(not(unix))]
fn id_of(_: &Path) -> Option<(u64, u32)> {
    None
}

#[cfg(unix)]
fn owner(found: &Metadata) -> Option<u32> {
    use std::os::unix::fs::MetadataExt;
    Some(found.uid())
}

#[cfg(not(unix))]
fn owner(_: &Metadata) -> Option<u32> {
    None
}

/// What configuration says, the last word counting.
#[derive(Debug, Default)]
struct Said {
    origin: Option<String>,
    bare: Option<String>,
    format: Option<String>,
}

impl Said {
    /// Reads one file; `None` where it says more than this understands.
    fn read(&mut self, text: &str) -> Option<()> {
        let (mut section, mut part) = (String::new(), None);
        for line in text.lines() {
            let line = line.trim_matches([' ', '\t', '\r']);
            // Goes on in the next line.
            if line.ends_with('\\') || !line.is_ascii() && !line.starts_with(['#', ';']) {
                return None;
            }
            if line.is_empty() || line.starts_with(['#', ';']) {
                continue;
            }
            if let Some(header) = line.strip_prefix('[') {
                (section, part) = header_of(header)?;
                if matches!(section.as_str(), "include" | "includeif" | "extensions") {
                    return None;
                }
                continue;
            }
            let (name, value) = match line.split_once('=') {
                Some((name, value)) => (name.trim_end(), Some(value.trim_start())),
                None => (line, None),
            };
            let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            if section.is_empty() || name.is_empty() || !name.bytes().all(known) {
                return None;
            }
            let name = name.to_ascii_lowercase();
            let slot = match (section.as_str(), part.as_deref(), name.as_str()) {
                ("core", None, "worktree") => return None,
                ("core", None, "bare") => &mut self.bare,
                ("core", None, "repositoryformatversion") => &mut self.format,
                ("remote", Some("origin"), "url") => &mut self.origin,
                _ => continue,
            };
            let value = value.filter(|v| !v.contains(['"', '\\', '#', ';', '\t']))?;
            *slot = Some(value.to_owned());
        }
        Some(())
    }
}

/// `core]` and `remote "origin"]`: the section in lower case, and the part of it as it is written.
fn header_of(text: &str) -> Option<(String, Option<String>)> {
    let inside = text.strip_suffix(']')?;
    let (section, part) = match inside.split_once(" \"") {
        Some((section, rest)) => (section, Some(rest.strip_suffix('"')?)),
        None => (inside, None),
    };
    let known = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let simple = !section.is_empty()
        && section.bytes().all(known)
        && part.is_none_or(|p| !p.contains(['"', '\\', ']', '[']));
    simple.then(|| (section.to_ascii_lowercase(), part.map(str::to_owned)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Option<String> {
        let mut said = Said::default();
        said.read(text).map(|()| said.origin.unwrap_or_default())
    }

    #[test]
    fn plain_configuration_is_understood() {
        let text = "# mine\n[core]\n\tbare = false\n[Remote \"origin\"]\n\tURL = git@host:team/shop.git\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n[remote \"Origin\"]\n\turl = other\n";
        assert_eq!(origin(text).as_deref(), Some("git@host:team/shop.git"));
        let twice = "[remote \"origin\"]\nurl=a\n[remote \"origin\"]\nurl = b \n";
        assert_eq!(origin(twice).as_deref(), Some("b"));
        assert_eq!(origin("").as_deref(), Some(""));
    }

    #[test]
    fn what_git_may_read_otherwise_is_left_to_git() {
        for text in [
            "[include]\n\tpath = other\n",
            "[includeIf \"gitdir:/\"]\n\tpath = other\n",
            "[core]\n\tworktree = /\n",
            "[extensions]\n\tworktreeConfig = true\n",
            "[remote \"origin\"]\n\turl = \"quoted\"\n",
            "[remote \"origin\"]\n\turl = a # comment\n",
            "[remote \"origin\"]\n\turl = a\\\nb\n",
            "[remote \"origin\"]\n\turl\n",
            "[remote.origin]\n\turl = a\n",
            "[remote \"or\\igin\"]\n\turl = a\n",
            "[core] bare = true\n",
            "url = a\n",
            "[core\n",
        ] {
            assert_eq!(origin(text), None, "{text}");
        }
    }

    #[test]
    fn a_symbolic_ref_stays_under_refs() {
        assert!(is_name("refs/heads/main") && is_name("refs/remotes/origin/a-b_c.d"));
        for name in [
            "HEAD",
            "refs/../config",
            "refs//x",
            "/etc/passwd",
            "refs/heads/.x",
        ] {
            assert!(!is_name(name), "{name}");
        }
    }
}
