//! The simple ways to choose and order tests: by file name, by imports, by words, at random.
//!
//! Goes in: a suite with the files and bodies of its tests, and one case. Comes out: an order of
//! the suite and how much of its start is selected. Knows nothing of what really failed.

use super::graph::Graph;
use super::place::Place;
use super::project::{Case, Project};
use super::suite::Suite;
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Positions of the suite, likeliest first; the first `selected` of them are to be run.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    pub(crate) order: Vec<usize>,
    pub(crate) selected: usize,
}

/// What the simple ways know of a project.
pub(crate) struct Suited {
    /// For each test of the suite its file, where it is known.
    files: Vec<Option<String>>,
    words: Bm25,
    /// From a file to those that need it, directly.
    needed_by: BTreeMap<String, BTreeSet<String>>,
    /// Function bodies, by path and name.
    functions: BTreeMap<(String, String), String>,
}

impl Suited {
    pub(crate) fn of(
        project: &Project,
        suite: &dyn Suite,
        place: &Place,
        graph: &Graph,
    ) -> Result<Self> {
        let mut texts: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut lines_of = |path: &str, from: usize, to: usize| -> String {
            let lines = texts.entry(path.to_owned()).or_insert_with(|| {
                let text = fs::read_to_string(place.tree().join(path)).unwrap_or_default();
                text.lines().map(str::to_owned).collect()
            });
            let to = to.min(lines.len());
            lines
                .get(from.saturating_sub(1)..to)
                .unwrap_or_default()
                .join("\n")
        };
        let mut files = Vec::new();
        let mut bodies = Vec::new();
        for test in &project.suite {
            let known = graph.tests.get(test);
            let file = known
                .map(|d| d.path.clone())
                .or_else(|| suite.file_of(test));
            let body =
                known.map_or_else(String::new, |d| lines_of(&d.path, d.line_start, d.line_end));
            bodies.push(format!("{test} {body}"));
            files.push(file);
        }
        let mut functions = BTreeMap::new();
        for function in &graph.functions {
            let body = lines_of(&function.path, function.line_start, function.line_end);
            functions.insert((function.path.clone(), function.name.clone()), body);
        }
        let mut needed_by: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (from, to) in &graph.imports {
            for to in to {
                needed_by
                    .entry(to.clone())
                    .or_default()
                    .insert(from.clone());
            }
        }
        Ok(Self {
            files,
            words: Bm25::of(&bodies),
            needed_by,
            functions,
        })
    }

    /// Tests in files that are called as the changed file is.
    pub(crate) fn by_file_name(&self, case: &Case) -> Choice {
        let stem = stem(&case.path);
        self.first(|at| {
            let file = self.files[at].as_deref();
            file.is_some_and(|file| file == case.path || self::stem(file) == stem)
        })
    }

    /// Tests in files that need the changed file, through any number of imports. A Go package is
    /// one thing, so files of one folder need each other there.
    pub(crate) fn by_imports(&self, case: &Case, folders_are_packages: bool) -> Choice {
        let mut reached = BTreeSet::from([case.path.clone()]);
        let mut open = vec![case.path.clone()];
        while let Some(path) = open.pop() {
            let folder = |p: &str| {
                p.rsplit_once('/')
                    .map_or(String::new(), |(f, _)| f.to_owned())
            };
            let here = folder(&path);
            let beside = self
                .files
                .iter()
                .flatten()
                .filter(|f| folders_are_packages && folder(f) == here);
            let needing = self.needed_by.get(&path).into_iter().flatten();
            for next in needing.chain(beside) {
                if reached.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
        self.first(|at| {
            self.files[at]
                .as_ref()
                .is_some_and(|file| reached.contains(file))
        })
    }

    /// Okapi BM25 of the changed lines and their function against name and body of each test; as
    /// many are selected as `selected` says, for there is no natural end.
    pub(crate) fn by_words(&self, case: &Case, selected: usize) -> Choice {
        let mut query = format!("{} ", case.symbol);
        for line in case.patch.lines() {
            let changed = line.starts_with(['+', '-']) && !line.starts_with("+++ ");
            if changed && !line.starts_with("--- ") {
                query.push_str(&line[1..]);
                query.push('\n');
            }
        }
        let function = (case.path.clone(), case.symbol.clone());
        if let Some(body) = self.functions.get(&function) {
            query.push_str(body);
        }
        let scores = self.words.scores(&query);
        let mut order: Vec<usize> = (0..scores.len()).collect();
        order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
        Choice { order, selected }
    }

    fn first(&self, chosen: impl Fn(usize) -> bool) -> Choice {
        let (first, rest): (Vec<_>, Vec<_>) = (0..self.files.len()).partition(|at| chosen(*at));
        let selected = first.len();
        Choice {
            order: [first, rest].concat(),
            selected,
        }
    }
}

/// `tests/test_core.py`, `core_test.go`, `core.spec.ts` and `src/core.rs` are all `core`.
fn stem(path: &str) -> String {
    let name = path.rsplit('/').next().unwrap_or(path);
    let name = name.split('.').next().unwrap_or(name).to_lowercase();
    let name = name.strip_prefix("test_").unwrap_or(&name);
    let name = name.strip_suffix("_test").unwrap_or(name);
    name.trim_start_matches('_').to_owned()
}

/// Identifiers split into their words, in lower case.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut before = ' ';
    for c in text.chars().chain([' ']) {
        let starts = c.is_uppercase() && !before.is_uppercase();
        if starts || !c.is_alphanumeric() {
            if word.len() > 1 {
                words.push(std::mem::take(&mut word));
            }
            word.clear();
        }
        if c.is_alphanumeric() {
            word.extend(c.to_lowercase());
        }
        before = c;
    }
    words
}

/// Okapi BM25 (Robertson and Zaragoza 2009) with k1 = 1.2 and b = 0.75.
struct Bm25 {
    counts: Vec<BTreeMap<String, f64>>,
    lengths: Vec<f64>,
    mean: f64,
    documents_with: BTreeMap<String, f64>,
}

impl Bm25 {
    fn of(documents: &[String]) -> Self {
        let mut counts = Vec::new();
        let mut lengths = Vec::new();
        let mut documents_with: BTreeMap<String, f64> = BTreeMap::new();
        for document in documents {
            let mut count: BTreeMap<String, f64> = BTreeMap::new();
            let words = words(document);
            lengths.push(words.len() as f64);
            for word in words {
                *count.entry(word).or_default() += 1.0;
            }
            for word in count.keys() {
                *documents_with.entry(word.clone()).or_default() += 1.0;
            }
            counts.push(count);
        }
        let mean = lengths.iter().sum::<f64>() / (lengths.len() as f64).max(1.0);
        Self {
            counts,
            lengths,
            mean: mean.max(1.0),
            documents_with,
        }
    }

    fn scores(&self, query: &str) -> Vec<f64> {
        let (k1, b) = (1.2, 0.75);
        let all = self.counts.len() as f64;
        let mut scores = vec![0.0; self.counts.len()];
        for word in words(query).into_iter().collect::<BTreeSet<_>>() {
            let Some(with) = self.documents_with.get(&word) else {
                continue;
            };
            let idf = (1.0 + (all - with + 0.5) / (with + 0.5)).ln();
            for (at, count) in self.counts.iter().enumerate() {
                if let Some(n) = count.get(&word) {
                    let long = 1.0 - b + b * self.lengths[at] / self.mean;
                    scores[at] += idf * n * (k1 + 1.0) / (n + k1 * long);
                }
            }
        }
        scores
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_split_into_words() {
        assert_eq!(
            words("parseHTTPHeader snake_case x 12"),
            ["parse", "httpheader", "snake", "case", "12"]
        );
    }

    #[test]
    fn a_test_file_is_called_as_the_file_it_tests() {
        for path in [
            "tests/test_core.py",
            "core_test.go",
            "a/core.spec.ts",
            "src/core.rs",
        ] {
            assert_eq!(stem(path), "core");
        }
    }

    #[test]
    fn a_rare_shared_word_weighs_more_than_a_common_one() {
        let documents = ["the cat", "the dog", "the cow"].map(str::to_owned);
        let scores = Bm25::of(&documents).scores("the dog");
        assert!(scores[1] > scores[0] && scores[0] > 0.0);
    }
}
