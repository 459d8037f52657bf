//! Which two trees a person means, and which commit a repository is known by.

use super::listing::{Content, Tree};
use super::plain::{Ref, read_ref};
use super::{GitError, Patch, Repository};
use std::sync::Arc;

/// What to compare, as a person says it.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Comparison {
    /// The working tree against the main branch (where they parted), or the last commit where the
    /// tree is clean.
    #[default]
    Default,
    /// `REV`: that commit against its first parent. `BASE..HEAD`: these two. `BASE...HEAD`: HEAD
    /// against where both parted.
    Revision(String),
    /// What is staged against HEAD.
    Staged,
    /// HEAD with a patch applied, against HEAD.
    Patch(Arc<Patch>),
}

/// One side of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Side {
    /// The files.
    pub tree: Tree,
    /// The commit that it is, or that it stands on; `None` for the empty tree.
    pub commit: Option<String>,
}

/// What may be the default branch, the first that there is.
const DEFAULT: [&str; 5] = [
    "refs/remotes/origin/HEAD",
    "refs/heads/main",
    "refs/heads/master",
    "refs/remotes/origin/main",
    "refs/remotes/origin/master",
];

/// Both sides of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Sides {
    /// The old side.
    pub base: Side,
    /// The new side.
    pub head: Side,
}

impl Side {
    fn commit(id: String) -> Self {
        Self {
            tree: Tree::Commit(id.clone()),
            commit: Some(id),
        }
    }

    fn empty() -> Self {
        Self {
            tree: Tree::Empty,
            commit: None,
        }
    }
}

impl Repository {
    /// The full id of the commit that a revision names.
    ///
    /// # Errors
    /// It names none; the text says which names are near.
    pub fn resolve(&self, revision: &str) -> Result<String, GitError> {
        let odd = revision.is_empty()
            || revision.starts_with('-')
            || revision.chars().any(char::is_control);
        if !odd && let Some(id) = self.commit_of(revision)? {
            return Ok(id);
        }
        if self.commit_of("HEAD")?.is_none() && revision == "HEAD" {
            return Err(GitError::NoCommit {
                path: self.root().to_owned(),
            });
        }
        Err(GitError::UnknownRevision {
            revision: revision.to_owned(),
            repository: self.name().to_owned(),
            hint: self.hint(revision)?,
        })
    }

    /// The commit by which the graph knows this repository: the tip of the default branch
    /// (origin/HEAD, else main, else master), else HEAD.
    ///
    /// # Errors
    /// There is no commit yet.
    pub fn default_branch_tip(&self) -> Result<String, GitError> {
        let mut args = vec![
            "for-each-ref",
            "--format=%(objecttype) %(objectname) %(refname)",
        ];
        args.extend(DEFAULT);
        let refs = self.git().run(&args)?;
        let refs = String::from_utf8_lossy(&refs);
        let of = |name: &str| {
            refs.lines().find_map(|line| {
                let (id, found) = line.strip_prefix("commit ")?.split_once(' ')?;
                (found == name).then(|| id.to_owned())
            })
        };
        if let Some(id) = DEFAULT.iter().find_map(|name| of(name)) {
            return Ok(id);
        }
        self.head_commit()
    }

    /// Whether the default branch is seen to be at this commit without asking git. Where it is not
    /// seen, [`Repository::default_branch_tip`] knows.
    pub fn is_seen_at(&self, commit: &str) -> bool {
        let dir = self.git_dir();
        if self.is_bare() || dir.join("commondir").exists() || dir.join("reftable").exists() {
            return false;
        }
        for name in DEFAULT.into_iter().chain(["HEAD"]) {
            match read_ref(dir, name) {
                Some(Ref::Id(id)) => return id == commit,
                Some(Ref::None) => {}
                None => return false,
            }
        }
        false
    }

    /// The best common ancestor of two commits.
    ///
    /// # Errors
    /// They have none (a shallow clone may have lost it).
    pub fn merge_base(&self, a: &str, b: &str) -> Result<String, GitError> {
        let base = self.git().ask(&["merge-base", a, b])?;
        base.and_then(|text| text.lines().next().map(str::to_owned))
            .ok_or_else(|| GitError::NoMergeBase {
                base: a.to_owned(),
                head: b.to_owned(),
                repository: self.name().to_owned(),
                hint: self.shallow_hint().to_owned(),
            })
    }

    /// The first parent of a commit; `None` for a root (or where a shallow clone ends).
    ///
    /// # Errors
    /// Git failed.
    pub fn parent(&self, commit: &str) -> Result<Option<String>, GitError> {
        self.commit_of(&format!("{commit}^1"))
    }

    /// True where neither the index nor the disk differs from HEAD, and nothing untracked lies
    /// about that git does not ignore.
    ///
    /// # Errors
    /// The repository is bare, or git failed.
    pub fn is_clean(&self) -> Result<bool, GitError> {
        let blobs = self.blobs();
        let head = match self.commit_of("HEAD")? {
            Some(id) => self.list(&Tree::Commit(id), &blobs, 0)?,
            None => return Ok(false),
        };
        let limit = crate::read::Limits::default().bytes;
        let disk = self.list(&Tree::Worktree, &blobs, limit)?;
        let same = head.entries.len() == disk.entries.len()
            && head.entries.iter().zip(&disk.entries).all(|(a, b)| {
                // A link's target is not followed, nor compared.
                a.path == b.path
                    && a.kind == b.kind
                    && matches!(b.content, Content::Blob(_))
                    && a.content == b.content
            });
        Ok(same && self.list(&Tree::Index, &blobs, 0)?.entries == head.entries)
    }

    /// Finds both sides of a comparison.
    ///
    /// # Errors
    /// A revision names no commit, the repository is bare where a working tree is needed, there is
    /// no commit yet, or git failed.
    pub fn resolve_range(&self, what: &Comparison) -> Result<Sides, GitError> {
        match what {
            Comparison::Default => {
                if self.is_bare() {
                    return self.commit_against_parent(self.head_commit()?);
                }
                let Some(head) = self.commit_of("HEAD")? else {
                    let head = Side {
                        tree: Tree::Worktree,
                        commit: None,
                    };
                    return Ok(Sides {
                        base: Side::empty(),
                        head,
                    });
                };
                if self.is_clean()? {
                    return self.commit_against_parent(head);
                }
                let main = self.default_branch_tip()?;
                let base = self
                    .merge_base(&main, &head)
                    .unwrap_or_else(|_| head.clone());
                Ok(Sides {
                    base: Side::commit(base),
                    head: Side {
                        tree: Tree::Worktree,
                        commit: Some(head),
                    },
                })
            }
            Comparison::Revision(text) => {
                if let Some((base, head)) = text.split_once("...") {
                    let (base, head) = (self.resolve(or_head(base))?, self.resolve(or_head(head))?);
                    let base = self.merge_base(&base, &head)?;
                    return Ok(Sides {
                        base: Side::commit(base),
                        head: Side::commit(head),
                    });
                }
                if let Some((base, head)) = text.split_once("..") {
                    let (base, head) = (self.resolve(or_head(base))?, self.resolve(or_head(head))?);
                    return Ok(Sides {
                        base: Side::commit(base),
                        head: Side::commit(head),
                    });
                }
                self.commit_against_parent(self.resolve(text)?)
            }
            Comparison::Staged => {
                if self.is_bare() {
                    return Err(GitError::Bare {
                        path: self.root().to_owned(),
                    });
                }
                let commit = self.commit_of("HEAD")?;
                let base = commit.clone().map_or_else(Side::empty, Side::commit);
                Ok(Sides {
                    base,
                    head: Side {
                        tree: Tree::Index,
                        commit,
                    },
                })
            }
            Comparison::Patch(patch) => {
                let commit = self.head_commit()?;
                let tree = Tree::Patched {
                    base: commit.clone(),
                    patch: patch.clone(),
                };
                Ok(Sides {
                    base: Side::commit(commit.clone()),
                    head: Side {
                        tree,
                        commit: Some(commit),
                    },
                })
            }
        }
    }

    fn commit_against_parent(&self, commit: String) -> Result<Sides, GitError> {
        let base = self.parent(&commit)?.map_or_else(Side::empty, Side::commit);
        Ok(Sides {
            base,
            head: Side::commit(commit),
        })
    }

    fn shallow_hint(&self) -> &'static str {
        if self.is_shallow() {
            "; this clone is shallow: git fetch --unshallow"
        } else {
            ""
        }
    }

    fn hint(&self, revision: &str) -> Result<String, GitError> {
        if self.is_shallow() {
            return Ok(self.shallow_hint().to_owned());
        }
        let names = self.git().run(&[
            "for-each-ref",
            "--count=2000",
            "--format=%(refname:short)",
            "refs/heads",
            "refs/tags",
            "refs/remotes",
        ])?;
        let names = String::from_utf8_lossy(&names);
        let wanted = revision.to_lowercase();
        let near = names
            .lines()
            .map(|name| (distance(&wanted, &name.to_lowercase()), name))
            .filter(|&(d, name)| {
                d <= 2 || (wanted.len() > 2 && name.to_lowercase().contains(&wanted))
            })
            .min();
        Ok(match near {
            Some((_, name)) => format!("; did you mean `{name}`?"),
            None => "; try HEAD, a branch, a tag or a commit id".to_owned(),
        })
    }
}

fn or_head(text: &str) -> &str {
    if text.is_empty() { "HEAD" } else { text }
}

/// Edit distance (Levenshtein), for names of modest length.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) =
        (a.chars().take(100).collect(), b.chars().take(100).collect());
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let cost = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}
