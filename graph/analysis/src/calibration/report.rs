//! What `ripple calibration` says: the evidence, held-out figures and bins, and the model in use.

use super::evidence::Evidence;
use super::logistic::predict;
use super::quality::{Stated, bins, quality};
use super::train::{
    HeldOut, held_out_edges, held_out_tests, held_out_verdicts, rules, state_edges,
};
use super::{Calibration, INTERCEPT};
use ripple_schemas::calibration::{CalibrationAnswer, ModelInUse, Part, RuleLine};
use ripple_schemas::model::{CALIBRATION, Corpus};
use ripple_schemas::{Key, Model, Rule, State};
use std::collections::BTreeMap;

/// The report over this evidence, with `model` in use; `versions` are those in the graph.
pub fn report(evidence: &Evidence, model: &Model, versions: Vec<u32>) -> CalibrationAnswer {
    let calibration = Calibration::of(model);
    CalibrationAnswer {
        model: ModelInUse {
            version: model.version,
            key: (model.version > 0).then(|| Key::model_version(CALIBRATION, model.version)),
        },
        versions,
        edges: Part {
            written: quality(
                &held_out_edges(&evidence.edges, |e| e.rule != Rule::TurnedDown).stated,
            ),
            ..part(
                evidence.edge_corpus(),
                held_out_edges(&evidence.edges, |_| true),
                &state_edges(evidence.edges.iter(), &calibration),
                "programs whose calls are known",
            )
        },
        rules: rule_lines(evidence, &calibration),
        tests: part(
            evidence.test_corpus(),
            held_out_tests(&evidence.tests),
            &state_tests(evidence, &calibration),
            "tests of mutants",
        ),
        verdicts: part(
            evidence.verdict_corpus(),
            held_out_verdicts(&evidence.verdicts),
            &state_verdicts(evidence, &calibration),
            "verdicts over mutants",
        ),
    }
}

fn part(evidence: Corpus, held_out: HeldOut, in_use: &[Stated], of: &str) -> Part {
    let null_because = if evidence.rows == 0 {
        Some(format!("no evidence yet: {of}"))
    } else if held_out.stated.is_empty() {
        Some("all evidence is of one project: nothing can be held out".to_owned())
    } else {
        None
    };
    Part {
        evidence,
        folds: held_out.folds as u32,
        held_out: quality(&held_out.stated),
        written: None,
        in_use: quality(in_use),
        bins: bins(&held_out.stated),
        null_because,
    }
}

fn rule_lines(evidence: &Evidence, calibration: &Calibration) -> Vec<RuleLine> {
    let posteriors = rules(evidence.edges.iter());
    let mut counts = BTreeMap::new();
    for e in &evidence.edges {
        let count: &mut (u64, u64) = counts.entry(e.rule).or_default();
        count.0 += u64::from(e.candidates);
        count.1 += u64::from(e.right);
    }
    counts
        .into_iter()
        .map(|(rule, (candidates, right))| RuleLine {
            rule,
            candidates,
            right,
            stated: calibration.confidence(rule, State::Static),
            posterior: posteriors[&rule].mean(),
            strength: posteriors[&rule].strength(),
        })
        .collect()
}

/// What the model in use gives the tests; nothing where it has no weights.
fn state_tests(evidence: &Evidence, calibration: &Calibration) -> Vec<Stated> {
    let weights = calibration.tests();
    if weights.is_empty() {
        return Vec::new();
    }
    let ordered: Vec<f64> = std::iter::once(INTERCEPT)
        .chain(evidence.features.iter().map(String::as_str))
        .map(|name| weights.get(name).copied().unwrap_or(0.0))
        .collect();
    let each = evidence.tests.iter();
    each.map(|t| Stated {
        probability: predict(&ordered, &t.row.features),
        right: t.row.label,
        weight: f64::from(t.row.weight),
    })
    .collect()
}

fn state_verdicts(evidence: &Evidence, calibration: &Calibration) -> Vec<Stated> {
    let each = evidence.verdicts.iter();
    each.map(|v| Stated {
        probability: calibration.verdict(v.score),
        right: v.broke,
        weight: 1.0,
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_there_is_no_evidence_the_report_says_so_and_gives_no_figures() {
        let report = report(&Evidence::default(), &Model::default(), vec![]);
        for part in [&report.edges, &report.tests, &report.verdicts] {
            assert!(part.held_out.is_none() && part.in_use.is_none() && part.bins.is_empty());
            let why = part.null_because.as_deref().unwrap();
            assert!(why.starts_with("no evidence yet"), "{why}");
        }
    }

    #[test]
    fn the_built_in_evidence_reaches_its_goals_on_programs_held_out() {
        let report = report(
            &Evidence::embedded().unwrap(),
            &super::super::builtin(),
            vec![],
        );
        let edges = report.edges.held_out.unwrap();
        assert!(edges.calibration_error <= 0.05, "{edges:?}");
        assert!(edges.auc.unwrap() >= 0.8, "{edges:?}");
        assert!(edges.brier <= 0.8 * edges.constant_brier, "{edges:?}");
        if let Some(tests) = report.tests.held_out {
            assert!(tests.calibration_error <= 0.08, "{tests:?}");
        }
        // What is used out of the box holds as well.
        let stated = report.edges.in_use.unwrap();
        assert!(
            stated.calibration_error <= 0.05 && stated.auc.unwrap() >= 0.8,
            "{stated:?}"
        );
    }
}
