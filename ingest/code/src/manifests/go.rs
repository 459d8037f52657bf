//! go.mod, go.work and go.sum.
//!
//! The syntax is that of <https://go.dev/ref/mod#go-mod-file>: one directive a line, or a block of
//! them in parentheses.

use super::{Dependency, Group, Manifest, problem};
use crate::read::Note;
use ripple_schemas::BlindKind;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What a go.mod or go.work says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ModFile {
    /// The module's path; empty in a go.work.
    pub(crate) module: String,
    /// What is required.
    pub(crate) requires: Vec<Require>,
    /// What stands for what.
    pub(crate) replaces: Vec<Replace>,
    /// Folders of a workspace.
    pub(crate) uses: Vec<String>,
    /// Tools, by the path of their package.
    pub(crate) tools: Vec<String>,
    /// Lines that say nothing known, and why.
    pub(crate) malformed: Vec<(u32, String)>,
}

/// A required module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Require {
    pub(crate) path: String,
    pub(crate) version: String,
    pub(crate) indirect: bool,
    pub(crate) line: u32,
}

/// A module that another, or a folder, stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Replace {
    pub(crate) path: String,
    pub(crate) by: String,
    pub(crate) version: String,
    pub(crate) line: u32,
}

impl Replace {
    /// True where a folder stands for the module.
    pub(crate) fn is_folder(&self) -> bool {
        self.by.starts_with('.') || self.by.starts_with('/')
    }
}

/// Parses a go.mod or go.work. What is malformed is listed, the rest is read.
pub(crate) fn parse(text: &str) -> ModFile {
    let mut out = ModFile::default();
    let mut block: Option<String> = None;
    for (number, raw) in text.lines().enumerate() {
        let line = number as u32 + 1;
        let (code, comment) = match raw.find("//") {
            Some(at) => (&raw[..at], raw[at + 2..].trim()),
            None => (raw, ""),
        };
        let words: Vec<String> = code.split_whitespace().map(unquote).collect();
        let Some((first, rest)) = words.split_first() else {
            continue;
        };
        if block.is_some() {
            if first == ")" {
                block = None;
            } else if let Some(verb) = block.clone() {
                directive(&mut out, &verb, &words, comment, line);
            }
        } else if rest.first().is_some_and(|w| w == "(") {
            block = Some(first.clone());
        } else if let Some(verb) = first.strip_suffix('(') {
            block = Some(verb.to_owned());
        } else {
            directive(&mut out, first, rest, comment, line);
        }
    }
    if let Some(verb) = block {
        let line = text.lines().count() as u32;
        out.malformed
            .push((line.max(1), format!("`{verb} (` is not closed")));
    }
    out
}

fn unquote(word: &str) -> String {
    word.trim_matches(['"', '`']).to_owned()
}

fn directive(out: &mut ModFile, verb: &str, words: &[String], comment: &str, line: u32) {
    match (verb, words) {
        ("module", [path, ..]) => out.module = path.clone(),
        ("require", [path, version, ..]) => out.requires.push(Require {
            path: path.clone(),
            version: version.clone(),
            indirect: comment.split([' ', ';']).any(|word| word == "indirect"),
            line,
        }),
        ("replace", [path, rest @ ..]) => {
            let arrow = rest.iter().position(|w| w == "=>");
            match arrow.and_then(|at| rest.get(at + 1..)) {
                Some([by, version @ ..]) => out.replaces.push(Replace {
                    path: path.clone(),
                    by: by.clone(),
                    version: version.first().cloned().unwrap_or_default(),
                    line,
                }),
                _ => out
                    .malformed
                    .push((line, "`replace` without a replacement".to_owned())),
            }
        }
        ("use", [folder, ..]) => out.uses.push(folder.clone()),
        ("tool", [path, ..]) => out.tools.push(path.clone()),
        ("go" | "toolchain" | "exclude" | "retract" | "godebug" | "ignore", _) => {}
        _ => out
            .malformed
            .push((line, format!("`{verb}` is not understood"))),
    }
}

pub(super) fn manifest(path: &str, text: &str) -> Manifest {
    let file = parse(text);
    let mut manifest = Manifest {
        path: path.to_owned(),
        ecosystem: "golang",
        name: (!file.module.is_empty()).then(|| file.module.clone()),
        ..Manifest::default()
    };
    for (line, why) in &file.malformed {
        problem(&mut manifest, *line, why.clone());
    }
    let folders = file.replaces.iter().filter(|r| r.is_folder());
    manifest.folders = folders.map(|r| (r.by.clone(), r.line)).collect();
    for require in file.requires {
        let replaced = file.replaces.iter().find(|r| r.path == require.path);
        let tool = file
            .tools
            .iter()
            .any(|t| t == &require.path || t.starts_with(&format!("{}/", require.path)));
        manifest.dependencies.push(Dependency {
            name: require.path,
            alias: None,
            version: match replaced {
                Some(by) if !by.version.is_empty() => by.version.clone(),
                _ => require.version,
            },
            // What others need is nothing that a source of this module imports.
            group: if require.indirect || tool {
                Group::Build
            } else {
                Group::Normal
            },
            line: require.line,
            local: replaced.is_some_and(Replace::is_folder),
        });
    }
    manifest
}

/// go.mod files of one tree together: what stands for a module may not be there.
pub(super) fn settle(manifests: &mut [Arc<Manifest>]) {
    let known: BTreeSet<String> = manifests
        .iter()
        .filter(|m| m.ecosystem == "golang" && !m.lock)
        .map(|m| m.path.clone())
        .collect();
    for manifest in manifests.iter_mut().filter(|m| !m.folders.is_empty()) {
        let missing: Vec<(String, u32)> = manifest
            .folders
            .iter()
            .filter(|(folder, _)| {
                manifest_in(&manifest.path, folder).is_none_or(|at| !known.contains(&at))
            })
            .cloned()
            .collect();
        if missing.is_empty() {
            continue;
        }
        let mut told = (**manifest).clone();
        for (folder, line) in missing {
            told.problems.push(Note {
                kind: BlindKind::UnresolvedImport,
                line,
                why: format!(
                    "the folder {folder}, which stands for a module, holds no go.mod in the repository: what is imported of it is unknown"
                ),
            });
        }
        *manifest = Arc::new(told);
    }
}

/// The go.mod of a folder named in another go.mod; `None` where that lies outside the repository.
fn manifest_in(from: &str, folder: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    if folder.starts_with('/') {
        return None;
    }
    for step in folder.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(step),
        }
    }
    parts.push("go.mod");
    Some(parts.join("/"))
}

pub(super) fn sum(path: &str, text: &str) -> Manifest {
    let mut manifest = Manifest {
        path: path.to_owned(),
        ecosystem: "golang",
        lock: true,
        ..Manifest::default()
    };
    for (number, raw) in text.lines().enumerate() {
        let words: Vec<&str> = raw.split_whitespace().collect();
        match words.as_slice() {
            [] => {}
            [name, version, _] => {
                // A module whose sources were not needed has only the hash of its go.mod.
                if !version.ends_with("/go.mod") {
                    manifest.dependencies.push(Dependency {
                        name: (*name).to_owned(),
                        version: (*version).to_owned(),
                        line: number as u32 + 1,
                        ..Dependency::default()
                    });
                }
            }
            _ => problem(&mut manifest, number as u32 + 1, "malformed line"),
        }
    }
    manifest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_a_problem_on_its_line() {
        let app = "module a\n\nreplace (\n\texample.com/tax => ../tax\n\texample.com/x => ../gone\n\texample.com/y => ../../out\n)\n";
        let mut all = vec![
            Arc::new(manifest("app/go.mod", app)),
            Arc::new(manifest("tax/go.mod", "module example.com/tax\n")),
        ];
        settle(&mut all);
        let lines: Vec<u32> = all[0].problems.iter().map(|n| n.line).collect();
        assert_eq!(lines, [5, 6]);
        assert!(all[0].problems[0].why.contains("../gone"));
        assert!(all[1].problems.is_empty());
    }

    const MOD: &str = "module example.com/shop\n\ngo 1.22\n\nrequire github.com/a/b v1.2.3\n\nrequire (\n\tgithub.com/c/d/v2 v2.0.0 // indirect\n\texample.com/tax v0.0.0\n)\n\nreplace example.com/tax => ../tax\nreplace github.com/a/b v1.2.3 => github.com/fork/b v1.2.4\n";

    #[test]
    fn requirements_are_declared_with_their_lines() {
        let m = manifest("go.mod", MOD);
        let found: Vec<_> = m
            .dependencies
            .iter()
            .map(|d| {
                (
                    d.name.as_str(),
                    d.version.as_str(),
                    d.group,
                    d.line,
                    d.local,
                )
            })
            .collect();
        assert_eq!(
            found,
            [
                ("github.com/a/b", "v1.2.4", Group::Normal, 5, false),
                ("github.com/c/d/v2", "v2.0.0", Group::Build, 8, false),
                ("example.com/tax", "v0.0.0", Group::Normal, 9, true),
            ]
        );
        assert_eq!(m.name.as_deref(), Some("example.com/shop"));
        assert!(m.problems.is_empty());
    }

    #[test]
    fn a_malformed_line_is_a_problem_and_the_rest_is_read() {
        let m = manifest(
            "go.mod",
            "module m\nrequire github.com/a/b v1\nreplace x\nfoo\n",
        );
        let lines: Vec<u32> = m.problems.iter().map(|p| p.line).collect();
        assert_eq!((lines.as_slice(), m.dependencies.len()), (&[3, 4][..], 1));
    }

    #[test]
    fn a_sum_gives_the_modules_whose_sources_are_used() {
        let text = "github.com/a/b v1.2.3 h1:x=\ngithub.com/a/b v1.2.3/go.mod h1:y=\ngithub.com/c/d v2.0.0/go.mod h1:z=\n";
        let found: Vec<String> = sum("go.sum", text)
            .dependencies
            .into_iter()
            .map(|d| d.name)
            .collect();
        assert_eq!(found, ["github.com/a/b"]);
    }
}
