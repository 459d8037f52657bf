//! Who answers for a file: CODEOWNERS, and git authorship where there is none.
//!
//! Goes in: the text of CODEOWNERS, recent history. Comes out: owners per path.
//! Knows nothing of whether such a person or team exists.

pub(crate) mod pattern;

use crate::history::History;
use pattern::Pattern;
use ripple_schemas::Rule;
use rustc_hash::FxHashMap;

/// Where a CODEOWNERS file may lie, first found wins (GitHub's order, then GitLab's).
pub const LOCATIONS: [&str; 4] = [
    ".github/CODEOWNERS",
    "CODEOWNERS",
    "docs/CODEOWNERS",
    ".gitlab/CODEOWNERS",
];

/// Why somebody owns a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ownership {
    /// A handle (`@payments-team`) or an e-mail address in lower case. It is also the node's name:
    /// one address may sign with several.
    pub who: String,
    /// Codeowners or authorship.
    pub rule: Rule,
    /// The line of CODEOWNERS, or the last commit of theirs.
    pub evidence: String,
    /// Lines or commits that say so.
    pub sites: u32,
}

/// A parsed CODEOWNERS file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeOwners {
    path: String,
    rules: Vec<(Pattern, Vec<String>, u32)>,
}

impl CodeOwners {
    /// Parses the file at `path`. A line that names no pattern is skipped.
    pub fn parse(path: &str, text: &str) -> Self {
        let mut rules = Vec::new();
        for (i, line) in text.lines().enumerate() {
            let line = line.trim();
            // `[Section]` and `^[Section]` are GitLab's headings.
            if line.is_empty() || line.starts_with(['#', '[']) || line.starts_with("^[") {
                continue;
            }
            let mut words = split(line).into_iter();
            let Some(pattern) = words.next() else {
                continue;
            };
            let owners = words
                .take_while(|w| !w.starts_with('#'))
                .filter(|w| w.contains('@'))
                .map(|w| {
                    if w.starts_with('@') {
                        w
                    } else {
                        w.to_lowercase()
                    }
                })
                .collect();
            rules.push((Pattern::new(&pattern), owners, i as u32 + 1));
        }
        Self {
            path: path.to_owned(),
            rules,
        }
    }

    /// The owners of a path: those of the last line that matches, which may be nobody; `None`
    /// where no line matches.
    pub fn of(&self, path: &str) -> Option<Vec<Ownership>> {
        let (_, owners, line) = self
            .rules
            .iter()
            .rev()
            .find(|(pattern, ..)| pattern.covers(path))?;
        let owners = owners.iter().map(|who| Ownership {
            who: who.clone(),
            rule: Rule::Codeowners,
            evidence: format!("{}:{line}", self.path),
            sites: 1,
        });
        Some(owners.collect())
    }
}

/// Words between spaces; `\ ` is a space inside a word.
fn split(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let Some(word) = words.last_mut() else { break };
        if c == '\\' && chars.peek() == Some(&' ') {
            word.push_str("\\ ");
            chars.next();
        } else if !c.is_whitespace() {
            word.push(c);
        } else if !word.is_empty() {
            words.push(String::new());
        }
    }
    words.retain(|w| !w.is_empty());
    words
}

/// For each path, who made most of the recent commits to it; of equals, who came last.
pub fn authorship(history: &History) -> FxHashMap<&str, Ownership> {
    let mut counts: FxHashMap<&str, FxHashMap<&str, (u32, usize)>> = FxHashMap::default();
    for (i, commit) in history.commits.iter().enumerate() {
        if commit.email.is_empty() {
            continue;
        }
        for path in &commit.paths {
            // Newest first: the first commit seen is the last they made.
            counts
                .entry(path)
                .or_default()
                .entry(&commit.email)
                .or_insert((0, i))
                .0 += 1;
        }
    }
    let mut out = FxHashMap::default();
    for (path, authors) in counts {
        let best = authors.iter().max_by_key(|(email, (count, first))| {
            (
                *count,
                std::cmp::Reverse(*first),
                std::cmp::Reverse(**email),
            )
        });
        if let Some((&email, &(sites, first))) = best {
            let commit = &history.commits[first];
            let ownership = Ownership {
                who: email.to_owned(),
                rule: Rule::Authorship,
                evidence: format!("commit:{}", commit.id),
                sites,
            };
            out.insert(path, ownership);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_matches_decides_even_where_it_names_nobody() {
        let owners = CodeOwners::parse(
            "CODEOWNERS",
            "* @all\n# note\n/apps/ @Octo Me@x.org # why\n/apps/github\n",
        );
        let who = |path: &str| {
            owners
                .of(path)
                .into_iter()
                .flatten()
                .map(|o| o.who)
                .collect::<Vec<_>>()
        };
        assert_eq!(who("a.py"), ["@all"]);
        assert_eq!(who("apps/a.py"), ["@Octo", "me@x.org"]);
        assert_eq!(who("apps/github/a.py"), [""; 0]);
        assert_eq!(owners.of("apps/a.py").unwrap()[0].evidence, "CODEOWNERS:3");
    }
}
