//! The paths of a tree, by the ways in which strings give them.

use super::super::{Around, Assembly, has_node};
use crate::facts::{DefId, Import, ImportKind, Imported, Name, Place};
use crate::lang::Target;
use ripple_schemas::Rule;
use rustc_hash::{FxHashMap, FxHashSet};

/// Files that lie equally near and are called alike: with more of them a name says nothing.
const MAX_ALIKE: usize = 3;
/// A pattern is matched with at most so many files.
const MAX_TRIED: usize = 5_000;

/// What a path leads to.
pub(super) enum Found {
    Nothing,
    /// One file.
    File(usize, Rule),
    /// Those of a folder or a pattern.
    Files(Vec<usize>),
}

pub(super) struct Tree<'a> {
    /// Every file that has a node, sorted by path.
    paths: Vec<(&'a str, usize)>,
    by_path: FxHashMap<&'a str, usize>,
    by_name: FxHashMap<&'a str, Vec<usize>>,
    folders: FxHashSet<&'a str>,
    /// First words of dotted names.
    heads: FxHashSet<&'a str>,
    python: Option<usize>,
}

impl<'a> Tree<'a> {
    pub(super) fn new(input: &Assembly<'a>, around: &[Around<'_>]) -> Self {
        let mut tree = Self {
            paths: Vec::new(),
            by_path: FxHashMap::default(),
            by_name: FxHashMap::default(),
            folders: FxHashSet::default(),
            heads: FxHashSet::default(),
            python: None,
        };
        for (i, (file, around)) in input.files.iter().zip(around).enumerate() {
            if !has_node(file, around) || !file.is_file() {
                continue;
            }
            let path = file.path.text();
            tree.paths.push((path, i));
            tree.by_path.insert(path, i);
            let name = path.rsplit('/').next().unwrap_or(path);
            tree.by_name.entry(name).or_default().push(i);
            let mut folder = path;
            while let Some((above, _)) = folder.rsplit_once('/') {
                folder = above;
                if !tree.folders.insert(folder) {
                    break;
                }
            }
            if let Some(stem) = path.strip_suffix(".py") {
                tree.python = tree.python.or(around.family.map(|(number, _)| number));
                tree.heads.extend(stem.split('/'));
            }
        }
        tree
    }

    /// The file at a path of the repository.
    pub(super) fn exact(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// What a string in the file `from` means as a path. One word means one only as a `path`.
    pub(super) fn find(&self, from: &str, text: &str, path: bool) -> Found {
        let mut text = text.strip_prefix("file://").unwrap_or(text);
        let mut unknown = false;
        while let Some(rest) = text.strip_prefix("*/") {
            (text, unknown) = (rest, true);
        }
        if text.is_empty() || text.starts_with('/') || text.contains("://") || text.contains(':') {
            return Found::Nothing;
        }
        if !path && !unknown && !text.contains('/') && !text.contains('.') {
            return Found::Nothing;
        }
        let here = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let relative = text.starts_with("./") || text.starts_with("../");
        if text.contains('*') {
            return self.pattern(here, text);
        }
        for base in bases(here) {
            let Some(whole) = normal(base, text) else {
                continue;
            };
            if let Some(&file) = self.by_path.get(whole.as_str()) {
                return Found::File(file, Rule::DynamicImport);
            }
            // A folder is meant by those who make paths, or end it with a slash.
            if !whole.is_empty()
                && (path || text.ends_with('/'))
                && self.folders.contains(whole.as_str())
            {
                return Found::Files(self.directly_in(&whole));
            }
            if relative && !unknown && base == here && path {
                break;
            }
        }
        self.called(here, text)
    }

    /// The nearest file whose path ends so.
    fn called(&self, here: &str, text: &str) -> Found {
        let text = text.trim_start_matches("./");
        let name = text.rsplit('/').next().unwrap_or(text);
        let telling = name
            .rsplit_once('.')
            .is_some_and(|(stem, end)| !stem.is_empty() && !end.is_empty());
        let (Some(all), true) = (self.by_name.get(name), telling && !text.contains("..")) else {
            return Found::Nothing;
        };
        let path = |file: usize| {
            let at = self.paths.binary_search_by_key(&file, |(_, i)| *i);
            at.map_or("", |at| self.paths[at].0)
        };
        let fitting: Vec<usize> = all
            .iter()
            .copied()
            .filter(|&file| {
                path(file)
                    .strip_suffix(text)
                    .is_some_and(|before| before.is_empty() || before.ends_with('/'))
            })
            .collect();
        let near = |file: usize| shared(here, path(file));
        let Some(best) = fitting.iter().map(|&f| near(f)).max() else {
            return Found::Nothing;
        };
        let nearest: Vec<usize> = fitting.into_iter().filter(|&f| near(f) == best).collect();
        match nearest.as_slice() {
            [one] => Found::File(*one, Rule::NameUnique),
            several if several.len() <= MAX_ALIKE => Found::Files(nearest),
            _ => Found::Nothing,
        }
    }

    fn directly_in(&self, folder: &str) -> Vec<usize> {
        self.under(folder)
            .filter(|(path, _)| !path[folder.len() + 1..].contains('/'))
            .map(|&(_, i)| i)
            .collect()
    }

    fn under<'t>(&'t self, folder: &'t str) -> impl Iterator<Item = &'t (&'a str, usize)> {
        let inside = move |path: &str| {
            folder.is_empty()
                || path
                    .strip_prefix(folder)
                    .is_some_and(|rest| rest.starts_with('/'))
        };
        let first = self.paths.partition_point(|(path, _)| *path < folder);
        // Names that go on with a character before `/` lie between a folder and what is in it.
        self.paths[first..]
            .iter()
            .take_while(move |(path, _)| path.starts_with(folder))
            .filter(move |(path, _)| inside(path))
    }

    /// `./formats/*.ts`, `checks/**/*.py`: the folder must be given.
    fn pattern(&self, here: &str, text: &str) -> Found {
        let (folder, rest) = match text[..text.find('*').unwrap_or(0)].rfind('/') {
            Some(slash) => (&text[..slash], &text[slash + 1..]),
            None => return Found::Nothing,
        };
        for base in bases(here) {
            let Some(whole) = normal(base, folder) else {
                continue;
            };
            if whole.is_empty() && folder != "."
                || !whole.is_empty() && !self.folders.contains(whole.as_str())
            {
                continue;
            }
            let parts: Vec<&str> = rest.split('/').collect();
            let skip = if whole.is_empty() { 0 } else { whole.len() + 1 };
            let found: Vec<usize> = self
                .under(&whole)
                .take(MAX_TRIED)
                .filter(|(path, _)| {
                    let segments: Vec<&str> = path[skip..].split('/').collect();
                    fits(&parts, &segments)
                })
                .map(|&(_, i)| i)
                .collect();
            if !found.is_empty() {
                return Found::Files(found);
            }
        }
        Found::Nothing
    }

    /// The file of a module specifier written in another file.
    pub(super) fn module(
        &self,
        input: &Assembly<'_>,
        around: &[Around<'_>],
        from: usize,
        specifier: &str,
    ) -> Option<usize> {
        let (number, _) = around[from].family?;
        let path = input.files[from].path.text();
        let modules = &input.families[number].modules;
        match modules.find(path, specifier, &import()) {
            Target::File(path, rest) if rest.is_empty() => self.exact(&path),
            _ => None,
        }
    }

    /// The module that a dotted name begins with, and the rest of it.
    pub(super) fn dotted(
        &self,
        input: &Assembly<'_>,
        around: &[Around<'_>],
        from: usize,
        text: &str,
    ) -> Option<(usize, String)> {
        let number = self.python?;
        if around[from].family.is_some_and(|(own, _)| own != number) {
            return None;
        }
        let parts: Vec<&str> = text.split(['.', ':']).collect();
        let word = |part: &&str| {
            part.starts_with(|c: char| c.is_alphabetic() || c == '_')
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        };
        if parts.len() < 2 || !parts.iter().all(word) || !self.heads.contains(parts[0]) {
            return None;
        }
        let path = input.files[from].path.text();
        let modules = &input.families[number].modules;
        (1..=parts.len()).rev().find_map(|many| {
            let name = parts[..many].join(".");
            match modules.find(path, &name, &import()) {
                Target::File(found, rest) if rest.is_empty() => {
                    Some((self.exact(&found)?, parts[many..].join(".")))
                }
                _ => None,
            }
        })
    }
}

/// An import as code at run time makes it.
fn import() -> Import {
    Import {
        module: Name(0),
        name: Imported::Module,
        to: Place::NOWHERE,
        within: DefId(0),
        line: 0,
        kind: ImportKind::Dynamic,
    }
}

/// A folder and those above it, the root last.
fn bases(here: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(here), |at| {
        (!at.is_empty()).then(|| at.rsplit_once('/').map_or("", |(above, _)| above))
    })
}

/// A path against a folder, without `.` and `..`; `None` where it leaves the tree.
fn normal(base: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = base.split('/').filter(|p| !p.is_empty()).collect();
    for part in path.split('/') {
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

/// How many folders two paths share.
fn shared(a: &str, b: &str) -> usize {
    a.split('/')
        .zip(b.split('/'))
        .take_while(|(a, b)| a == b)
        .count()
}

/// Whether the parts of a path fit those of a pattern; `**` is any number of them.
fn fits(pattern: &[&str], parts: &[&str]) -> bool {
    match (pattern, parts) {
        ([], []) => true,
        (["**", rest @ ..], _) => (0..=parts.len()).any(|n| fits(rest, &parts[n..])),
        ([first, rest @ ..], [part, others @ ..]) => part_fits(first, part) && fits(rest, others),
        _ => false,
    }
}

fn part_fits(pattern: &str, part: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or("");
    let Some(mut rest) = part.strip_prefix(first) else {
        return false;
    };
    let pieces: Vec<&str> = pieces.collect();
    let Some((last, middle)) = pieces.split_last() else {
        return rest.is_empty();
    };
    for piece in middle {
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    // A module may be named without its ending.
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_any_part_of_a_name_and_two_for_any_folders() {
        assert!(fits(&["*.py"], &["a.py"]));
        assert!(fits(&["**", "*.py"], &["x", "y", "a.py"]));
        assert!(fits(&["case_*_*.txt"], &["case_1_b.txt"]));
        assert!(!fits(&["*.py"], &["x", "a.py"]));
        assert!(!fits(&["*.py"], &["a.pyc"]));
    }

    #[test]
    fn a_path_is_normal_and_does_not_leave_the_tree() {
        assert_eq!(normal("a/b", "../c/./d").as_deref(), Some("a/c/d"));
        assert_eq!(normal("a", "../../c"), None);
        assert_eq!(bases("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
    }
}
