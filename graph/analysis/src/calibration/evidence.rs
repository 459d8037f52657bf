//! What is known to be true, as committed tables: candidate edges of programs whose calls are
//! known, tests of mutants that were run for real, and verdicts over those mutants.
//!
//! A table is tab-separated text; lines that begin with `#` are remarks; the first other line
//! names the columns, and tells which table it is. Columns of the tests table behind `impacted` are
//! features, by any name. What is embedded was written by the accuracy test of ingest/code
//! (`edges.tsv`) and by `cargo xtask mutants evidence` (`tests.tsv`, `verdicts.tsv`).

use super::INTERCEPT;
use super::logistic::Row;
use ripple_schemas::model::Corpus;
use ripple_schemas::{Rule, State};
use std::collections::BTreeSet;
use std::fmt::Write;
use std::hash::Hasher;
use twox_hash::XxHash3_64;

/// Columns of the table of edges.
pub const EDGE_COLUMNS: &[&str] = &[
    "program",
    "language",
    "rule",
    "state",
    "candidates",
    "right",
];
/// Columns of the table of tests, before its features.
pub const TEST_COLUMNS: &[&str] = &["project", "case", "weight", "failed", "impacted"];
/// Columns of the table of verdicts.
pub const VERDICT_COLUMNS: &[&str] = &["project", "case", "score", "broke"];

/// Candidate edges of one program that share rule and state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Edges {
    pub program: String,
    pub language: String,
    pub rule: Rule,
    pub state: State,
    pub candidates: u32,
    pub right: u32,
}

/// One test of one mutant, or `row.weight` like it; the label is whether it failed.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Tested {
    pub project: String,
    pub case: String,
    /// Whether the test truly depends on what changed.
    pub impacted: bool,
    pub row: Row,
}

/// The verdict over one mutant.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Judged {
    pub project: String,
    pub case: String,
    pub score: f64,
    pub broke: bool,
}

/// All that is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Candidate edges.
    pub edges: Vec<Edges>,
    /// Names of the features of `tests`, in the order of each row.
    pub features: Vec<String>,
    /// Tests of mutants.
    pub tests: Vec<Tested>,
    /// Verdicts over mutants.
    pub verdicts: Vec<Judged>,
}

/// Why a table cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// The columns are those of no table.
    #[error(
        "the columns are `{columns}`, which is no evidence table; the first line names them, tab-separated: {} (edges), {} … (tests), or {} (verdicts)",
        EDGE_COLUMNS.join(" "), TEST_COLUMNS.join(" "), VERDICT_COLUMNS.join(" ")
    )]
    Columns {
        /// The columns as found.
        columns: String,
    },
    /// A line does not fit the columns.
    #[error("line {line}: {why}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
}

const EMBEDDED: [&str; 3] = [
    include_str!("../../evidence/edges.tsv"),
    include_str!("../../evidence/tests.tsv"),
    include_str!("../../evidence/verdicts.tsv"),
];

impl Evidence {
    /// What is built into the program.
    pub fn embedded() -> Result<Self, EvidenceError> {
        let mut evidence = Self::default();
        for table in EMBEDDED {
            evidence.add(table)?;
        }
        Ok(evidence)
    }

    /// Adds one table of any of the three sorts. Nothing is added where a line is wrong.
    ///
    /// # Errors
    /// The columns are unknown, or a line does not fit them; its number is told.
    pub fn add(&mut self, text: &str) -> Result<(), EvidenceError> {
        let mut lines = text
            .lines()
            .enumerate()
            .filter(|(_, l)| !l.is_empty() && !l.starts_with('#'));
        let Some((at, header)) = lines.next() else {
            return Ok(());
        };
        let columns: Vec<&str> = header.split('\t').collect();
        let lines = lines.map(|(at, text)| Line {
            at: at + 1,
            cells: text.split('\t').collect(),
            width: columns.len(),
        });
        if columns == EDGE_COLUMNS {
            let read: Result<Vec<_>, _> = lines.map(|l| l.edges()).collect();
            self.edges.extend(read?);
        } else if columns == VERDICT_COLUMNS {
            let read: Result<Vec<_>, _> = lines.map(|l| l.judged()).collect();
            self.verdicts.extend(read?);
        } else if let Some(features) = columns.strip_prefix(TEST_COLUMNS) {
            let kept = features.iter().filter(|f| **f != INTERCEPT);
            let named: Vec<String> = kept.map(|f| (*f).to_owned()).collect();
            if !self.tests.is_empty() && self.features != named {
                return Err(EvidenceError::Line {
                    line: at + 1,
                    why: format!(
                        "its features are {}, those known already are {}; both must be made by one version",
                        named.join(" "),
                        self.features.join(" ")
                    ),
                });
            }
            let read: Result<Vec<_>, _> = lines.map(|l| l.tested()).collect();
            let mut read = read?;
            // Training gives every row one of its own.
            if let Some(at) = features.iter().position(|f| *f == INTERCEPT) {
                for tested in &mut read {
                    tested.row.features.remove(at);
                }
            }
            self.tests.extend(read);
            self.features = named;
        } else {
            return Err(EvidenceError::Columns {
                columns: columns.join(" "),
            });
        }
        Ok(())
    }

    /// Size and hash of the candidate edges.
    pub fn edge_corpus(&self) -> Corpus {
        let lines = self.edges.iter().map(edge_line);
        corpus(
            self.edges.iter().map(|e| e.program.as_str()),
            self.edges.iter().map(|e| u64::from(e.candidates)).sum(),
            self.edges.iter().map(|e| u64::from(e.right)).sum(),
            lines,
        )
    }

    /// Size and hash of the tests.
    pub fn test_corpus(&self) -> Corpus {
        let lines = self.tests.iter().map(|t| format!("{t:?}"));
        corpus(
            self.tests.iter().map(|t| t.project.as_str()),
            self.tests.len() as u64,
            self.tests.iter().filter(|t| t.row.label).count() as u64,
            lines.chain(self.features.iter().cloned()),
        )
    }

    /// Size and hash of the verdicts.
    pub fn verdict_corpus(&self) -> Corpus {
        let lines = self.verdicts.iter().map(|v| format!("{v:?}"));
        corpus(
            self.verdicts.iter().map(|v| v.project.as_str()),
            self.verdicts.len() as u64,
            self.verdicts.iter().filter(|v| v.broke).count() as u64,
            lines,
        )
    }
}

/// The table of edges as text, in order.
pub fn edge_table(edges: &[Edges]) -> String {
    let mut sorted: Vec<&Edges> = edges.iter().collect();
    sorted.sort();
    let mut text = EDGE_COLUMNS.join("\t") + "\n";
    for e in sorted {
        text.push_str(&edge_line(e));
        text.push('\n');
    }
    text
}

fn edge_line(e: &Edges) -> String {
    let mut line = String::new();
    // Writing to a String does not fail.
    let _ = write!(
        line,
        "{}\t{}\t{}\t{}\t{}\t{}",
        e.program, e.language, e.rule, e.state, e.candidates, e.right
    );
    line
}

fn corpus<'a>(
    groups: impl Iterator<Item = &'a str>,
    rows: u64,
    positives: u64,
    lines: impl Iterator<Item = String>,
) -> Corpus {
    if rows == 0 {
        return Corpus::default();
    }
    let mut lines: Vec<String> = lines.collect();
    lines.sort_unstable();
    let mut hasher = XxHash3_64::new();
    for line in lines {
        Hasher::write(&mut hasher, line.as_bytes());
        Hasher::write(&mut hasher, b"\n");
    }
    Corpus {
        groups: groups.collect::<BTreeSet<_>>().len() as u64,
        rows,
        positives,
        digest: format!("{:016x}", hasher.finish()),
    }
}

/// One line of a table.
struct Line<'a> {
    at: usize,
    cells: Vec<&'a str>,
    /// How many columns there are.
    width: usize,
}

impl Line<'_> {
    fn wrong(&self, why: String) -> EvidenceError {
        EvidenceError::Line { line: self.at, why }
    }

    fn check_width(&self) -> Result<(), EvidenceError> {
        if self.cells.len() == self.width {
            return Ok(());
        }
        let found = self.cells.len();
        Err(self.wrong(format!("it has {found} cells for {} columns", self.width)))
    }

    fn number<T: std::str::FromStr>(&self, cell: usize, what: &str) -> Result<T, EvidenceError> {
        let text = self.cells[cell];
        text.parse()
            .map_err(|_| self.wrong(format!("`{text}` in column {} is no {what}", cell + 1)))
    }

    fn probability(&self, cell: usize) -> Result<f64, EvidenceError> {
        let p: f64 = self.number(cell, "probability")?;
        if (0.0..=1.0).contains(&p) {
            return Ok(p);
        }
        Err(self.wrong(format!("{p} in column {} is no probability", cell + 1)))
    }

    fn yes(&self, cell: usize) -> Result<bool, EvidenceError> {
        match self.cells[cell] {
            "0" => Ok(false),
            "1" => Ok(true),
            other => Err(self.wrong(format!(
                "`{other}` in column {} is neither 0 nor 1",
                cell + 1
            ))),
        }
    }

    fn edges(&self) -> Result<Edges, EvidenceError> {
        self.check_width()?;
        let unknown = |what: &str, word: &str| self.wrong(format!("`{word}` is no {what}"));
        let (rule, state) = (self.cells[2], self.cells[3]);
        let edges = Edges {
            program: self.cells[0].to_owned(),
            language: self.cells[1].to_owned(),
            rule: Rule::parse(rule).ok_or_else(|| unknown("rule", rule))?,
            state: State::parse(state).ok_or_else(|| unknown("state", state))?,
            candidates: self.number(4, "count")?,
            right: self.number(5, "count")?,
        };
        if edges.right > edges.candidates {
            return Err(self.wrong(format!(
                "{} of {} candidates cannot be right",
                edges.right, edges.candidates
            )));
        }
        Ok(edges)
    }

    fn tested(&self) -> Result<Tested, EvidenceError> {
        self.check_width()?;
        let finite = |cell: usize| -> Result<f32, EvidenceError> {
            let x: f32 = self.number(cell, "number")?;
            if x.is_finite() {
                return Ok(x);
            }
            Err(self.wrong(format!("{x} in column {} is not finite", cell + 1)))
        };
        let weight = finite(2)?;
        if weight <= 0.0 {
            return Err(self.wrong(format!("a weight of {weight} counts nothing")));
        }
        let first = TEST_COLUMNS.len();
        let features: Result<Vec<f32>, _> = (first..self.cells.len()).map(finite).collect();
        Ok(Tested {
            project: self.cells[0].to_owned(),
            case: self.cells[1].to_owned(),
            impacted: self.yes(4)?,
            row: Row {
                features: features?,
                weight,
                label: self.yes(3)?,
            },
        })
    }

    fn judged(&self) -> Result<Judged, EvidenceError> {
        self.check_width()?;
        Ok(Judged {
            project: self.cells[0].to_owned(),
            case: self.cells[1].to_owned(),
            score: self.probability(2)?,
            broke: self.yes(3)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EDGES: &str = "program\tlanguage\trule\tstate\tcandidates\tright\n";

    #[test]
    fn the_tables_built_in_can_be_read() {
        let evidence = Evidence::embedded().unwrap();
        assert!(!evidence.edges.is_empty());
    }

    #[test]
    fn a_table_of_edges_comes_back_as_it_was_written() {
        let edges = vec![Edges {
            program: "python/lambdas".into(),
            language: "python".into(),
            rule: Rule::Callback,
            state: State::Static,
            candidates: 7,
            right: 6,
        }];
        let mut evidence = Evidence::default();
        evidence.add(&edge_table(&edges)).unwrap();
        assert_eq!(evidence.edges, edges);
        let corpus = evidence.edge_corpus();
        assert_eq!((corpus.groups, corpus.rows, corpus.positives), (1, 7, 6));
    }

    #[test]
    fn the_columns_tell_which_table_it_is() {
        let mut evidence = Evidence::default();
        evidence
            .add("# made by hand\nproject\tcase\tweight\tfailed\timpacted\tdistance\np\tm1\t2.5\t1\t1\t3\n")
            .unwrap();
        evidence
            .add("project\tcase\tscore\tbroke\np\tm1\t0.75\t1\n")
            .unwrap();
        assert_eq!(evidence.features, ["distance"]);
        let test = &evidence.tests[0];
        assert!(test.row.label && test.impacted);
        assert_eq!((test.row.weight, &test.row.features[..]), (2.5, &[3.0][..]));
        assert!(evidence.verdicts[0].broke);
        let strange = evidence.add("a\tb\n1\t2\n").unwrap_err();
        assert!(
            matches!(strange, EvidenceError::Columns { .. }),
            "{strange}"
        );
    }

    #[test]
    fn a_wrong_line_is_told_by_its_number_and_adds_nothing() {
        for (line, why) in [
            ("p\tpython\tlocal\tstatic\t3\t4", "cannot be right"),
            ("p\tpython\tguess\tstatic\t3\t1", "no rule"),
            ("p\tpython\tlocal\tstatic\t3", "5 cells for 6"),
            ("p\tpython\tlocal\tstatic\tmany\t1", "no count"),
        ] {
            let mut evidence = Evidence::default();
            let text = format!("{EDGES}p\tpython\tlocal\tstatic\t3\t3\n{line}\n");
            let refused = evidence.add(&text).unwrap_err().to_string();
            assert!(
                refused.starts_with("line 3: ") && refused.contains(why),
                "{refused}"
            );
            assert_eq!(evidence, Evidence::default());
        }
        for line in ["p\tm\t0\t1\t1", "p\tm\tNaN\t1\t1", "p\tm\t1\tyes\t1"] {
            let text = format!("{}\n{line}\n", TEST_COLUMNS.join("\t"));
            assert!(Evidence::default().add(&text).is_err(), "{line}");
        }
        let text = format!("{}\np\tm\t1.5\t1\n", VERDICT_COLUMNS.join("\t"));
        assert!(Evidence::default().add(&text).is_err());
    }

    #[test]
    fn a_column_that_is_always_one_is_left_to_training() {
        let mut evidence = Evidence::default();
        let table = format!(
            "{}\tnear\tbias\tfar\np\tm\t1\t0\t0\t2\t1\t3\n",
            TEST_COLUMNS.join("\t")
        );
        evidence.add(&table).unwrap();
        assert_eq!(evidence.features, ["near", "far"]);
        assert_eq!(evidence.tests[0].row.features, [2.0, 3.0]);
    }

    #[test]
    fn features_of_another_version_are_refused() {
        let mut evidence = Evidence::default();
        let table =
            |feature: &str| format!("{}\t{feature}\np\tm\t1\t0\t0\t1\n", TEST_COLUMNS.join("\t"));
        evidence.add(&table("distance")).unwrap();
        assert!(evidence.add(&table("words")).is_err());
        assert_eq!(evidence.tests.len(), 1);
    }

    #[test]
    fn the_hash_of_a_corpus_does_not_depend_on_the_order_of_its_lines() {
        let (a, b) = (
            "p\tpython\tlocal\tstatic\t3\t3\n",
            "q\tpython\tlocal\tstatic\t2\t1\n",
        );
        let of = |text: String| {
            let mut evidence = Evidence::default();
            evidence.add(&text).unwrap();
            evidence.edge_corpus()
        };
        assert_eq!(of(format!("{EDGES}{a}{b}")), of(format!("{EDGES}{b}{a}")));
        assert_ne!(of(format!("{EDGES}{a}{b}")), of(format!("{EDGES}{a}{a}")));
    }
}
