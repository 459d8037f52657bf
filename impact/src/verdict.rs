//! The judgement: how likely it is that something breaks, and whether enough was seen to say so.
//!
//! Every constant is a starting value, to be moved by what tests did after real changes; each says
//! what it stands for.

use ripple_schemas::{ChangeKind, Level, Verdict};

/// Probability that a test that truly depends on a changed symbol fails, by what happened to it.
/// Most edits are meant and tested by their author; an interface that moved under its callers is
/// what breaks.
pub const fn breaks(change: ChangeKind) -> f64 {
    match change {
        ChangeKind::Added => 0.02,
        ChangeKind::Moved => 0.10,
        ChangeKind::Body => 0.20,
        ChangeKind::Signature => 0.45,
        ChangeKind::Removed => 0.50,
        ChangeKind::Contract => 0.50,
    }
}

/// Probability that a test that was itself added or edited fails: new expectations are often wrong.
pub const CHANGED_TEST: f64 = 0.30;
/// From this risk on a change is `low`; under it `none`.
pub const LOW: f64 = 0.01;
/// From this risk on a change is `medium`.
pub const MEDIUM: f64 = 0.30;
/// From this risk on a change is `high`.
pub const HIGH: f64 = 0.60;
/// Under this coverage the verdict is `unknown`, whatever the closure found.
pub const COVERAGE: f64 = 0.50;

/// What is known of one changed symbol.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Exposure {
    /// Its name, for reasons.
    pub(crate) name: String,
    pub(crate) change: ChangeKind,
    /// The most probable failure of a test or objective whose best path starts here, if the
    /// change is an edit like most.
    pub(crate) test: f64,
    /// The same if the change is a defect.
    pub(crate) fails: f64,
    /// The most probable dependent whose best path starts here.
    pub(crate) dependent: f64,
}

/// What else the reasons speak of.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    pub(crate) impacted: usize,
    pub(crate) tests: usize,
    /// Tests to run: those, the changed ones, or those chosen by words.
    pub(crate) to_run: usize,
    pub(crate) blind_spots: usize,
    pub(crate) coverage: f64,
    /// The failure thought most likely: the test's id and its probability.
    pub(crate) likeliest: Option<(String, f64)>,
}

/// Judges. The score supposes the change to be a defect, the level an edit like most. Tests that share a changed symbol fail together, so each changed symbol counts once, by
/// the test most likely to fail for it; different changed symbols are taken for independent.
pub(crate) fn judge(exposures: &[Exposure], seen: &Seen) -> Verdict {
    let score = any(exposures.iter().map(|e| e.fails));
    // Where no test reaches a changed symbol nothing would notice; its dependents stand for the
    // tests that are not there, so that "no test" is never mistaken for "no risk".
    let untested: Vec<&Exposure> = exposures
        .iter()
        .filter(|e| e.test == 0.0 && e.dependent > 0.0)
        .collect();
    let risk = any(exposures.iter().map(|e| {
        if e.test > 0.0 {
            e.test
        } else {
            e.dependent * breaks(e.change)
        }
    }));
    let level = if seen.coverage < COVERAGE {
        Level::Unknown
    } else if risk >= HIGH {
        Level::High
    } else if risk >= MEDIUM {
        Level::Medium
    } else if risk >= LOW || seen.impacted > 0 {
        Level::Low
    } else {
        Level::None
    };
    let mut reasons = Vec::new();
    if seen.coverage < COVERAGE {
        reasons.push(format!(
            "{} near the change leave {:.0} % of its surroundings visible, under the {:.0} % that a judgement needs",
            count(seen.blind_spots, "blind spot", "blind spots"), seen.coverage * 100.0, COVERAGE * 100.0,
        ));
    }
    if exposures.is_empty() {
        reasons.push("no symbol changed".to_owned());
    } else {
        reasons.push(format!(
            "{} ({}) {} {} and {}",
            count(exposures.len(), "changed symbol", "changed symbols"),
            kinds(exposures),
            if exposures.len() == 1 {
                "reaches"
            } else {
                "reach"
            },
            count(seen.impacted, "other", "others"),
            count(seen.tests, "test", "tests"),
        ));
    }
    if seen.tests == 0 && seen.to_run > 0 {
        reasons.push(format!(
            "no path leads to a test; {} chosen because they changed or share its words",
            count(seen.to_run, "is", "are"),
        ));
    }
    if let Some((id, p)) = &seen.likeliest {
        reasons.push(format!("most likely to fail: {id} ({:.0} %)", p * 100.0));
    }
    if !untested.is_empty() {
        let mut names: Vec<&str> = untested.iter().map(|e| e.name.as_str()).take(3).collect();
        if untested.len() > names.len() {
            names.push("…");
        }
        reasons.push(format!(
            "no test reaches {} of {} ({}); judged by what depends on {}",
            untested.len(),
            exposures.len(),
            names.join(", "),
            if untested.len() == 1 { "it" } else { "them" },
        ));
    }
    if seen.coverage >= COVERAGE && seen.blind_spots > 0 {
        reasons.push(format!(
            "{} near the change; coverage {:.2}",
            count(seen.blind_spots, "blind spot", "blind spots"),
            seen.coverage
        ));
    }
    Verdict {
        level,
        score,
        coverage: seen.coverage,
        reasons,
    }
}

/// Probability that at least one of independent events happens.
fn any(probabilities: impl Iterator<Item = f64>) -> f64 {
    1.0 - probabilities.map(|p| 1.0 - p).product::<f64>()
}

fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `2 body, 1 signature`
fn kinds(exposures: &[Exposure]) -> String {
    let all = [
        (ChangeKind::Removed, "removed"),
        (ChangeKind::Signature, "signature"),
        (ChangeKind::Contract, "contract"),
        (ChangeKind::Body, "body"),
        (ChangeKind::Moved, "moved"),
        (ChangeKind::Added, "added"),
    ];
    let counted = all
        .iter()
        .map(|(kind, word)| (exposures.iter().filter(|e| e.change == *kind).count(), word));
    counted
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exposure(test: f64, dependent: f64) -> Exposure {
        Exposure {
            name: "f".into(),
            change: ChangeKind::Body,
            test,
            fails: test,
            dependent,
        }
    }

    fn seen(coverage: f64) -> Seen {
        Seen {
            coverage,
            ..Seen::default()
        }
    }

    #[test]
    fn what_could_not_be_seen_is_never_called_safe() {
        assert_eq!(judge(&[], &seen(0.49)).level, Level::Unknown);
        assert_eq!(
            judge(&[exposure(0.9, 0.9)], &seen(0.49)).level,
            Level::Unknown
        );
    }

    #[test]
    fn nothing_changed_and_nothing_reached_is_no_risk() {
        let verdict = judge(&[], &seen(1.0));
        assert_eq!((verdict.level, verdict.score), (Level::None, 0.0));
    }

    #[test]
    fn two_independent_changes_break_more_often_than_one() {
        let one = judge(&[exposure(0.3, 1.0)], &seen(1.0));
        let two = judge(&[exposure(0.3, 1.0), exposure(0.3, 1.0)], &seen(1.0));
        assert_eq!(one.score, 1.0 - 0.7);
        assert!((two.score - 0.51).abs() < 1e-12);
    }

    #[test]
    fn a_change_that_no_test_reaches_is_judged_by_its_dependents() {
        let verdict = judge(&[exposure(0.0, 0.9)], &seen(1.0));
        assert_eq!((verdict.level, verdict.score), (Level::Low, 0.0));
        assert!(
            verdict
                .reasons
                .iter()
                .any(|r| r.starts_with("no test reaches"))
        );
    }
}
