//! From evidence to a model, and what the same training does on programs and projects that it has
//! not seen.

use super::evidence::{Edges, Evidence, Judged, Tested};
use super::folds::{count, folds};
use super::logistic::{Row, fit, fit_from, logit, predict};
use super::posterior::posterior;
use super::quality::{Stated, quality, six_digits};
use super::{Calibration, INTERCEPT, LOG_ODDS};
use ripple_schemas::model::{Figures, TrainedOn};
use ripple_schemas::{Beta, Model, Rule, State};
use std::collections::BTreeMap;

/// Penalty of the logistic model of a test's failure, in observations.
pub const TEST_PENALTY: f64 = 10.0;
/// Penalty of the line that calibrates the verdict's score.
pub const VERDICT_PENALTY: f64 = 1.0;

/// What was given to observations by what was learnt from other folds.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeldOut {
    /// How many folds there were.
    pub folds: usize,
    /// Every observation, with what it was given.
    pub stated: Vec<Stated>,
}

/// The model that this evidence makes, with its held-out figures.
pub fn train(evidence: &Evidence, version: u32) -> Model {
    Model {
        version,
        rules: rules(evidence.edges.iter()),
        tests: named(
            &evidence.features,
            fit_tests(&evidence.tests, |_| true, &[]),
        ),
        verdicts: named(
            &[LOG_ODDS.to_owned()],
            fit_verdicts(&evidence.verdicts, |_| true),
        ),
        trained_on: TrainedOn {
            edges: evidence.edge_corpus(),
            tests: evidence.test_corpus(),
            verdicts: evidence.verdict_corpus(),
        },
        figures: Figures {
            edges: quality(&held_out_edges(&evidence.edges, |_| true).stated),
            tests: quality(&held_out_tests(&evidence.tests).stated),
            verdicts: quality(&held_out_verdicts(&evidence.verdicts).stated),
        },
    }
}

/// The posterior of every rule.
pub fn rules<'a>(edges: impl Iterator<Item = &'a Edges>) -> BTreeMap<Rule, Beta> {
    let mut counts = [(0.0, 0.0); Rule::ALL.len()];
    // A trace that confirms or denies an edge says more of it than its rule.
    for e in edges.filter(|e| e.state == State::Static) {
        counts[e.rule as usize].0 += f64::from(e.candidates);
        counts[e.rule as usize].1 += f64::from(e.right);
    }
    let each = Rule::ALL.iter().zip(counts);
    each.map(|(&rule, (all, right))| (rule, rounded(posterior(rule, all, right))))
        .collect()
}

/// Six digits are enough, and come back from JSON as they were.
fn rounded(beta: Beta) -> Beta {
    Beta {
        right: six_digits(beta.right),
        wrong: six_digits(beta.wrong),
    }
}

fn named(features: &[String], weights: Vec<f64>) -> BTreeMap<String, f64> {
    std::iter::once(INTERCEPT)
        .chain(features.iter().map(String::as_str))
        .map(str::to_owned)
        .zip(weights.into_iter().map(six_digits))
        .collect()
}

/// No weights where there are no rows; `near` is where to begin.
fn fit_tests(tests: &[Tested], learns: impl Fn(&Tested) -> bool, near: &[f64]) -> Vec<f64> {
    let learnt = tests.iter().filter(|t| learns(t));
    let rows: Vec<&Row> = learnt.map(|t| &t.row).collect();
    if rows.is_empty() {
        Vec::new()
    } else {
        fit_from(&rows, TEST_PENALTY, near)
    }
}

/// A line over the log-odds of the score (Platt 1999).
fn fit_verdicts(verdicts: &[Judged], learns: impl Fn(&Judged) -> bool) -> Vec<f64> {
    let rows: Vec<Row> = verdicts
        .iter()
        .filter(|v| learns(v))
        .map(|v| Row {
            features: vec![logit(v.score) as f32],
            weight: 1.0,
            label: v.broke,
        })
        .collect();
    if rows.is_empty() {
        Vec::new()
    } else {
        fit(&rows, VERDICT_PENALTY)
    }
}

/// What posteriors of other programs give each edge that is wanted.
pub fn held_out_edges(edges: &[Edges], wanted: impl Fn(&Edges) -> bool) -> HeldOut {
    let fold_of = folds(
        edges
            .iter()
            .map(|e| (e.program.as_str(), f64::from(e.candidates))),
    );
    let n = count(&fold_of);
    let mut stated = Vec::new();
    for fold in 0..n {
        let here = |e: &&Edges| fold_of[&e.program] == fold;
        let learnt = rules(edges.iter().filter(|e| !here(e)));
        let learnt = Calibration::with(learnt.into_iter().map(|(r, beta)| (r, beta.mean())));
        let held = edges.iter().filter(|e| here(e) && wanted(e));
        stated.extend(state_edges(held, &learnt));
    }
    HeldOut { folds: n, stated }
}

/// What a calibration gives edges.
pub fn state_edges<'a>(
    edges: impl Iterator<Item = &'a Edges>,
    calibration: &Calibration,
) -> Vec<Stated> {
    edges
        .flat_map(|e| {
            let confidence = calibration.confidence(e.rule, e.state);
            Stated::counted(confidence, f64::from(e.candidates), f64::from(e.right))
        })
        .collect()
}

/// What a model of other projects gives each test.
pub fn held_out_tests(tests: &[Tested]) -> HeldOut {
    let sizes = tests
        .iter()
        .map(|t| (t.project.as_str(), f64::from(t.row.weight)));
    let fold_of = folds(sizes);
    let n = count(&fold_of);
    let mut stated = Vec::new();
    // With one project nothing is left to learn from.
    if n < 2 {
        return HeldOut { folds: n, stated };
    }
    let whole = fit_tests(tests, |_| true, &[]);
    for fold in 0..n {
        let here = |t: &Tested| fold_of[&t.project] == fold;
        let weights = fit_tests(tests, |t| !here(t), &whole);
        let held = tests.iter().filter(|t| here(t));
        stated.extend(held.map(|t| Stated {
            probability: predict(&weights, &t.row.features),
            right: t.row.label,
            weight: f64::from(t.row.weight),
        }));
    }
    HeldOut { folds: n, stated }
}

/// What a line through other projects gives each verdict.
pub fn held_out_verdicts(verdicts: &[Judged]) -> HeldOut {
    let fold_of = folds(verdicts.iter().map(|v| (v.project.as_str(), 1.0)));
    let n = count(&fold_of);
    let mut stated = Vec::new();
    for fold in (0..n).filter(|_| n > 1) {
        let here = |v: &Judged| fold_of[&v.project] == fold;
        let weights = fit_verdicts(verdicts, |v| !here(v));
        let held = verdicts.iter().filter(|v| here(v));
        stated.extend(held.map(|v| Stated {
            probability: predict(&weights, &[logit(v.score) as f32]),
            right: v.broke,
            weight: 1.0,
        }));
    }
    HeldOut { folds: n, stated }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calibration::builtin;
    use std::fs;
    use std::path::Path;

    /// The weights of tests that are built in are those of ripple-impact, which were scored together
    /// with what it selects by; a version that is trained brings its own, and the verdict's line.
    fn built_in(evidence: &Evidence) -> Model {
        let edges = Evidence {
            edges: evidence.edges.clone(),
            ..Evidence::default()
        };
        Model {
            tests: BTreeMap::new(),
            verdicts: BTreeMap::new(),
            ..train(&edges, 0)
        }
    }

    /// `UPDATE=1`, or `cargo xtask evidence`, writes the model, and the literals of schemas/src/rule.rs.
    #[test]
    fn the_built_in_model_is_what_the_embedded_evidence_makes() {
        let made = built_in(&Evidence::embedded().unwrap());
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        if std::env::var_os("UPDATE").is_some_and(|v| v == "1") {
            let text = serde_json::to_string_pretty(&made).unwrap() + "\n";
            fs::write(here.join("evidence/model.json"), text).unwrap();
            state_confidences(&here.join("../../schemas/src/rule.rs"), &made);
            return;
        }
        let known = builtin();
        let hint = "run `cargo xtask evidence`";
        assert_eq!(known.trained_on, made.trained_on, "{hint}");
        assert_eq!(known.rules, made.rules, "{hint}");
        for (rule, posterior) in made.rules {
            let (stated, mean) = (rule.confidence(), posterior.mean());
            assert!(
                (stated - mean).abs() <= 0.005,
                "{hint}: {rule} {stated} {mean}"
            );
        }
    }

    /// Writes the confidence that a rule starts from wherever it is off by more than half a percent.
    fn state_confidences(file: &Path, model: &Model) {
        let mut out = String::new();
        for line in fs::read_to_string(file).unwrap().lines() {
            let stated = line.split_once(" @ ").and_then(|(before, _)| {
                let name = before.rsplit('"').nth(1)?;
                let rule = Rule::parse(name)?;
                let mean = model.rules.get(&rule)?.mean();
                let off = (rule.confidence() - mean).abs() > 0.005;
                off.then(|| format!("{before} @ {:.3},", mean))
            });
            out += stated.as_deref().unwrap_or(line);
            out.push('\n');
        }
        fs::write(file, out).unwrap();
    }

    fn edges(program: &str, rule: Rule, candidates: u32, right: u32) -> Edges {
        Edges {
            program: program.into(),
            language: "python".into(),
            rule,
            state: State::Static,
            candidates,
            right,
        }
    }

    #[test]
    fn a_program_is_judged_by_what_other_programs_taught() {
        // Callbacks are right in `a` and wrong in `b`: each is given what the other showed.
        let list = [
            edges("a", Rule::Callback, 400, 400),
            edges("b", Rule::Callback, 400, 0),
        ];
        let held = held_out_edges(&list, |_| true);
        assert_eq!(held.folds, 2);
        let given = |right: bool| {
            let of = held
                .stated
                .iter()
                .filter(|s| s.right == right && s.weight > 0.0);
            of.map(|s| s.probability).collect::<Vec<_>>()
        };
        assert!(given(true)[0] < 0.2 && given(false)[0] > 0.9, "{held:?}");
    }

    #[test]
    fn a_model_names_its_evidence_and_every_rule() {
        let evidence = Evidence {
            edges: vec![
                edges("a", Rule::Local, 10, 9),
                edges("b", Rule::Local, 10, 10),
            ],
            ..Evidence::default()
        };
        let model = train(&evidence, 4);
        assert_eq!((model.version, model.rules.len()), (4, Rule::ALL.len()));
        assert_eq!(model.trained_on.edges.rows, 20);
        assert_eq!(model.trained_on.tests, Default::default());
        assert!(model.tests.is_empty() && model.figures.tests.is_none());
        assert!(model.figures.edges.is_some());
    }

    #[test]
    fn the_model_of_tests_names_its_features_and_is_judged_on_other_projects() {
        let mut evidence = Evidence::default();
        let mut table = "project\tcase\tweight\tfailed\timpacted\tnear\n".to_owned();
        for project in ["p", "q", "r"] {
            for i in 0..40 {
                let near = i % 4 == 0;
                let failed = near && i % 8 == 0;
                table += &format!(
                    "{project}\tm{i}\t1\t{}\t{}\t{}\n",
                    u8::from(failed),
                    u8::from(near),
                    u8::from(near)
                );
            }
        }
        evidence.add(&table).unwrap();
        let model = train(&evidence, 1);
        assert_eq!(model.tests.keys().collect::<Vec<_>>(), [INTERCEPT, "near"]);
        assert!(model.tests["near"] > 0.0);
        let figures = model.figures.tests.unwrap();
        assert!(
            figures.auc.unwrap() > 0.8 && figures.brier < figures.constant_brier,
            "{figures:?}"
        );
        assert_eq!(held_out_tests(&evidence.tests).folds, 3);
    }

    #[test]
    fn one_project_alone_gives_no_held_out_figures() {
        let mut evidence = Evidence::default();
        evidence
            .add("project\tcase\tscore\tbroke\np\ta\t0.9\t1\np\tb\t0.2\t0\n")
            .unwrap();
        assert!(held_out_verdicts(&evidence.verdicts).stated.is_empty());
        assert!(train(&evidence, 1).figures.verdicts.is_none());
    }
}
