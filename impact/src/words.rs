//! The words that a change and a test share.
//!
//! Goes in: the texts of the changed files on both sides, and what changed in them; the words of
//! each test. Comes out: for each test three scores of 0..=1, one for each sort of word a change has.
//! A score is BM25 (Robertson and Zaragoza 2009; a word counts once a test) over that of the best test.

use ripple_schemas::{ChangedSymbol, words};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A changed file, as far as it is text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChangedText {
    /// Path inside the repository, on the side where it exists (head, else base).
    pub path: String,
    /// As base has it; `None` where it is not there.
    pub base: Option<String>,
    /// As head has it.
    pub head: Option<String>,
}

/// Sorts of words a change has: how what changed is called, what stands on the lines that
/// differ, what stands around them in the changed symbols, and how their nearest dependents are called.
pub(crate) const SORTS: usize = 4;
const NAMED: usize = 0;
const EDITED: usize = 1;
const AROUND: usize = 2;
const LEADING: usize = 3;

/// The words of a change.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ChangeWords {
    sorts: [BTreeSet<String>; SORTS],
}

impl ChangeWords {
    /// Reads them off both sides. `leading` are the keys of what depends on the change nearest.
    pub(crate) fn new<'k>(
        changed: &[ChangedSymbol],
        texts: &[ChangedText],
        leading: impl Iterator<Item = &'k str>,
    ) -> Self {
        let mut out = Self::default();
        for key in leading {
            out.add(LEADING, names_of(key));
        }
        for symbol in changed {
            out.add(NAMED, names_of(symbol.key.as_str()));
            let file = symbol.path.rsplit('/').next().unwrap_or_default();
            out.add(NAMED, file.split('.').next().unwrap_or_default());
        }
        for text in texts {
            let none = String::new();
            let (base, head) = (
                text.base.as_ref().unwrap_or(&none),
                text.head.as_ref().unwrap_or(&none),
            );
            for line in differing_lines(base, head) {
                out.add(EDITED, line);
            }
            let side = if text.head.is_some() { head } else { base };
            let lines: Vec<&str> = side.lines().collect();
            for symbol in changed.iter().filter(|s| s.path == text.path) {
                let [first, last] = symbol.lines;
                let whole_file = !symbol.key.as_str().contains('#');
                if first == 0 || whole_file {
                    continue;
                }
                let last = (last as usize).min(lines.len());
                for line in lines.get(first as usize - 1..last).unwrap_or_default() {
                    out.add(AROUND, line);
                }
            }
        }
        out
    }

    fn add(&mut self, sort: usize, text: &str) {
        words::for_each(text, |word| {
            if !self.sorts[sort].contains(word) {
                self.sorts[sort].insert(word.to_owned());
            }
        });
    }
}

/// The names of a symbol: `Cart.total`.
fn names_of(key: &str) -> &str {
    let names = key.split_once('#').map_or("", |(_, names)| names);
    names.split('~').next().unwrap_or_default()
}

/// Lines that one side has more often than the other.
fn differing_lines<'t>(base: &'t str, head: &'t str) -> Vec<&'t str> {
    let mut count: BTreeMap<&str, i64> = BTreeMap::new();
    for line in base.lines() {
        *count.entry(line.trim()).or_default() -= 1;
    }
    for line in head.lines() {
        *count.entry(line.trim()).or_default() += 1;
    }
    count
        .into_iter()
        .filter(|(_, n)| *n != 0)
        .map(|(line, _)| line)
        .collect()
}

/// What a document (a test, or a file of tests) has of a change's words.
#[derive(Clone, Debug, Default)]
struct Document {
    /// Numbers of the change's words that it has, ascending.
    has: Vec<u32>,
    /// How many different words it has.
    length: usize,
}

/// Tests, as seen by the words of one change.
pub(crate) struct Index {
    /// A change's word, and the sorts it is of.
    numbers: HashMap<String, u32>,
    sorts: Vec<[bool; SORTS]>,
    documents: Vec<Document>,
}

impl Index {
    pub(crate) fn new(change: &ChangeWords) -> Self {
        let mut numbers = HashMap::new();
        let mut sorts: Vec<[bool; SORTS]> = Vec::new();
        for (sort, words) in change.sorts.iter().enumerate() {
            for word in words {
                let next = sorts.len() as u32;
                let number = *numbers.entry(word.clone()).or_insert(next);
                if number == next {
                    sorts.push([false; SORTS]);
                }
                sorts[number as usize][sort] = true;
            }
        }
        Self {
            numbers,
            sorts,
            documents: Vec::new(),
        }
    }

    /// Adds a test by its words, a space between, and the text of its path. Its number is how many
    /// were added before.
    pub(crate) fn add(&mut self, words: &str, path: &str) {
        let mut document = Document::default();
        for word in words.split(' ').filter(|w| !w.is_empty()) {
            document.length += 1;
            document.has.extend(self.numbers.get(word));
        }
        words::for_each(path, |word| {
            document.length += 1;
            document.has.extend(self.numbers.get(word));
        });
        document.has.sort_unstable();
        document.has.dedup();
        self.documents.push(document);
    }

    /// For each test its scores, by sort of word.
    pub(crate) fn scores(&self) -> Vec<[f64; SORTS]> {
        let all = self.documents.len() as f64;
        let mut frequency = vec![0u32; self.sorts.len()];
        let mut length = 0usize;
        for document in &self.documents {
            length += document.length;
            for &word in &document.has {
                frequency[word as usize] += 1;
            }
        }
        let mean = (length as f64 / all.max(1.0)).max(1.0);
        let rarity: Vec<f64> = frequency
            .iter()
            .map(|&n| (1.0 + (all - f64::from(n) + 0.5) / (f64::from(n) + 0.5)).ln())
            .collect();
        let mut best = [0.0f64; SORTS];
        let mut scores: Vec<[f64; SORTS]> = Vec::with_capacity(self.documents.len());
        for document in &self.documents {
            let weight = (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * document.length as f64 / mean));
            let mut score = [0.0; SORTS];
            for &word in &document.has {
                for (sort, of) in self.sorts[word as usize].iter().enumerate() {
                    if *of {
                        score[sort] += rarity[word as usize] * weight;
                    }
                }
            }
            for (best, score) in best.iter_mut().zip(score) {
                *best = best.max(score);
            }
            scores.push(score);
        }
        for score in &mut scores {
            for (score, best) in score.iter_mut().zip(best) {
                *score = if best > 0.0 { *score / best } else { 0.0 };
            }
        }
        scores
    }
}

/// How soon more of the same says no more, and how much a long text is held against it: the
/// customary values.
const K1: f64 = 1.2;
const B: f64 = 0.75;

#[cfg(test)]
mod tests {
    use super::*;

    fn change(named: &str, edited: &str) -> ChangeWords {
        let mut words = ChangeWords::default();
        words.add(NAMED, named);
        words.add(EDITED, edited);
        words
    }

    #[test]
    fn the_test_that_shares_the_rarer_word_comes_first() {
        let mut index = Index::new(&change("convert_price", ""));
        index.add("convert open read", "");
        index.add("price open read", "");
        index.add("price open write", "");
        let scores: Vec<f64> = index.scores().iter().map(|s| s[NAMED]).collect();
        assert!(scores[0] > scores[1] && scores[1] == scores[2]);
        assert_eq!(scores[0], 1.0);
    }

    #[test]
    fn each_sort_of_word_has_a_score_of_its_own() {
        let mut index = Index::new(&change("price", "rounding"));
        index.add("price", "");
        index.add("rounding", "");
        let scores = index.scores();
        assert_eq!((scores[0][NAMED], scores[0][EDITED]), (1.0, 0.0));
        assert_eq!((scores[1][NAMED], scores[1][EDITED]), (0.0, 1.0));
    }

    #[test]
    fn a_change_without_words_scores_nothing() {
        let mut index = Index::new(&ChangeWords::default());
        index.add("price", "tests/test_price.py");
        assert_eq!(index.scores(), [[0.0; SORTS]]);
    }

    #[test]
    fn only_lines_that_one_side_has_more_often_differ() {
        let base = "a = 1\nsame\nsame\nb = 2\n";
        let head = "same\na = 1\n  b = 2\nc = 3\n";
        assert_eq!(differing_lines(base, head), ["c = 3", "same"]);
    }
}
