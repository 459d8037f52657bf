//! Files that code names by a constant path: which they are, and who names them.
//!
//! Goes in: what the files' facts say, and every path of the tree. Comes out: READS edges to files,
//! REFERENCES to programs that are started. A path starts in the folder of the file that names it or in
//! one around it (the package's, where its tests are started), or where the language says.

use super::{Assembly, FileInput};
use crate::facts::{DefId, FileUse, FileUseKind};
use crate::lang::Modules;
use crate::read::SetAside;
use ripple_schemas::{EdgeKind, NodeKind, Rule};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// A path of which only parts are known stands for at most so many files.
const MAX_FILES: usize = 2_000;

/// From a definition of one file to another file, or to a definition in it.
pub(super) struct Edge {
    pub(super) from: DefId,
    pub(super) kind: EdgeKind,
    /// The file by its number, and which of its definitions; 0 is the file itself.
    pub(super) to: (usize, DefId),
    pub(super) rule: Rule,
    pub(super) line: u32,
}

/// What code names.
#[derive(Default)]
pub(super) struct Used {
    /// With the number of the file whose code it is.
    pub(super) edges: Vec<(usize, Edge)>,
    /// Files that are read and are not code.
    pub(super) read: BTreeSet<usize>,
}

/// Every file that code names.
pub(super) fn used(input: &Assembly<'_>) -> Used {
    let mut out = Used::default();
    let mut tree = None;
    for family in input.families {
        for &index in &family.members {
            let index = index as usize;
            let Some(facts) = input.files[index].facts().filter(|f| !f.files.is_empty()) else {
                continue;
            };
            let tree = tree.get_or_insert_with(|| Tree::new(input.files));
            let from = input.files[index].path.text();
            let folders = starts(from, family.modules.as_ref());
            for used in &facts.files {
                let path = facts.names.get(used.path.0 as usize).map_or("", |n| n);
                let modules = family.modules.as_ref();
                let (rule, found) = match used.kind {
                    FileUseKind::Program => (
                        Rule::FilePath,
                        modules
                            .program(from, path)
                            .and_then(|p| tree.file(&p))
                            .into_iter()
                            .collect(),
                    ),
                    _ => tree.find(path, used.kind, &folders),
                };
                for to in found.into_iter().filter(|&to| to != index) {
                    add(&mut out, input.files, (index, used), to, rule);
                }
            }
        }
    }
    out
}

fn add(
    out: &mut Used,
    files: &[FileInput],
    (index, used): (usize, &FileUse),
    to: usize,
    rule: Rule,
) {
    let edge = |kind, def| {
        let edge = Edge {
            from: used.within,
            kind,
            to: (to, def),
            rule,
            line: used.line,
        };
        (index, edge)
    };
    match used.kind {
        FileUseKind::Read | FileUseKind::Named => {
            out.edges.push(edge(EdgeKind::Reads, DefId(0)));
            if files[to].facts().is_none() {
                out.read.insert(to);
            }
        }
        FileUseKind::Run | FileUseKind::Program => {
            out.edges.push(edge(EdgeKind::References, DefId(0)));
            if let Some(main) = entry(&files[to]) {
                out.edges.push(edge(EdgeKind::References, main));
            }
        }
    }
}

/// The function in which a program starts, where a language has one.
fn entry(file: &FileInput) -> Option<DefId> {
    let facts = file.facts()?;
    let main = facts.names.iter().position(|n| &**n == "main")?;
    let found = facts.defs.iter().position(|d| {
        d.name.0 as usize == main
            && matches!(d.kind, NodeKind::Function | NodeKind::Method)
            && d.parent == DefId(0)
    })?;
    Some(DefId(found as u32))
}

/// The folders in which a path may start: that of the file, those around it, and the language's.
fn starts(from: &str, modules: &dyn Modules) -> Vec<String> {
    let mut folders = Vec::new();
    let mut at = from;
    while let Some((folder, _)) = at.rsplit_once('/') {
        folders.push(folder.to_owned());
        at = folder;
    }
    folders.push(String::new());
    folders.extend(modules.data_folders(from));
    folders
}

/// The paths of a tree, for look-ups.
struct Tree<'a> {
    files: &'a [FileInput],
    by_path: FxHashMap<&'a str, usize>,
    /// Sorted as text, so that a folder's files are neighbours.
    sorted: Vec<(&'a str, usize)>,
}

impl<'a> Tree<'a> {
    fn new(files: &'a [FileInput]) -> Self {
        let there =
            |f: &FileInput| f.is_file() && !matches!(f.set_aside(), Some(SetAside::Vendored));
        let mut sorted: Vec<(&str, usize)> = files
            .iter()
            .enumerate()
            .filter(|(_, f)| there(f))
            .map(|(i, f)| (f.path.text(), i))
            .collect();
        sorted.sort_unstable();
        Self {
            files,
            by_path: sorted.iter().copied().collect(),
            sorted,
        }
    }

    fn file(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// Every file whose path begins so.
    fn beneath(&self, start: &str) -> &[(&'a str, usize)] {
        let first = self.sorted.partition_point(|(p, _)| *p < start);
        let rest = &self.sorted[first..];
        let count = rest.partition_point(|(p, _)| p.starts_with(start));
        &rest[..count]
    }

    /// The files that a text stands for, from the first folder that has any.
    fn find(&self, text: &str, kind: FileUseKind, folders: &[String]) -> (Rule, Vec<usize>) {
        // What stands before a path is the folder from which the program was told to start.
        let somewhere = text.starts_with("*/");
        let text = text.trim_start_matches("*/").trim_start_matches('/');
        let named = kind == FileUseKind::Named;
        if named && text.starts_with('*') {
            return (Rule::FilePattern, Vec::new());
        }
        let rule = if named {
            Rule::FilePattern
        } else {
            Rule::FilePath
        };
        let near = folders.first().map_or("", String::as_str);
        let alone = !text.contains('/');
        for folder in folders {
            // A bare name that nobody is known to read, or in an unknown folder, is one of the same
            // folder.
            if (named || somewhere) && alone && folder != near {
                continue;
            }
            let Some(path) = joined(folder, text) else {
                continue;
            };
            let found = if path.contains('*') {
                self.matching(&path, folder)
            } else if let Some(file) = self.file(&path) {
                vec![file]
            } else if named {
                Vec::new()
            } else {
                self.folder(&path, kind)
            };
            if !found.is_empty() {
                let partly = text.starts_with('*');
                return (if partly { Rule::FilePattern } else { rule }, found);
            }
            // Where even the beginning of a path is unknown, it is not looked for further away.
            if text.starts_with('*') && folder == near {
                break;
            }
        }
        (rule, Vec::new())
    }

    /// A folder's files: all beneath it that are read, its own sources where it is started.
    fn folder(&self, path: &str, kind: FileUseKind) -> Vec<usize> {
        if path.is_empty() {
            return Vec::new();
        }
        let start = format!("{path}/");
        let inside = self.beneath(&start).iter();
        let files: Vec<usize> = if kind == FileUseKind::Run {
            inside
                .filter(|(p, _)| !p[start.len()..].contains('/'))
                .map(|(_, i)| *i)
                .filter(|&i| entry(&self.files[i]).is_some())
                .collect()
        } else {
            inside.take(MAX_FILES).map(|(_, i)| *i).collect()
        };
        files
    }

    /// The files that a path with unknown parts fits.
    fn matching(&self, pattern: &str, folder: &str) -> Vec<usize> {
        let known = pattern.find('*').unwrap_or(pattern.len());
        let start = pattern[..known].rfind('/').map_or(0, |at| at + 1);
        // Where no folder is named, sources are not meant: a name put together is seldom theirs.
        let open = start <= folder.len() + usize::from(!folder.is_empty());
        self.beneath(&pattern[..known])
            .iter()
            .filter(|(_, i)| !open || self.files[*i].facts().is_none())
            .filter(|(p, _)| fits(&pattern.as_bytes()[start..], &p.as_bytes()[start..]))
            .take(MAX_FILES)
            .map(|(_, i)| *i)
            .collect()
    }
}

/// `folder/text` without `.` and `..`; `None` where it leaves the repository.
fn joined(folder: &str, text: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in text.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Whether a text fits a pattern in which `*` stands for anything.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && pattern[p] == text[t] {
            p += 1;
            t += 1;
        } else if let Some((at, seen)) = star {
            star = Some((at, seen + 1));
            p = at + 1;
            t = seen + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&b| b == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(fits(b"a/*.in", b"a/b.in"));
        assert!(fits(b"*.out", b"x/y.out"));
        assert!(fits(b"a*", b"a"));
        assert!(!fits(b"a/*.in", b"a/b.out"));
        assert!(!fits(b"a", b"ab"));
    }

    #[test]
    fn a_path_that_leaves_the_repository_is_none() {
        assert_eq!(joined("a/b", "../c.txt").as_deref(), Some("a/c.txt"));
        assert_eq!(joined("a", "./c.txt").as_deref(), Some("a/c.txt"));
        assert_eq!(joined("a", "../../c.txt"), None);
    }
}
