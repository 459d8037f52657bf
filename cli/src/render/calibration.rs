//! The reliability of stated probabilities, for a terminal and for a page.

use ripple_schemas::CalibrationAnswer;
use ripple_schemas::calibration::{Bin, Part, RuleLine};
use ripple_schemas::model::Quality;
use std::fmt::Write;

/// What the parts are called, and what their observations are.
fn parts(answer: &CalibrationAnswer) -> [(&'static str, &Part, [&'static str; 3]); 3] {
    [
        ("edges", &answer.edges, ["candidates", "programs", "true"]),
        (
            "tests",
            &answer.tests,
            ["tests of mutants", "projects", "failed"],
        ),
        (
            "verdicts",
            &answer.verdicts,
            ["mutants", "projects", "broke something"],
        ),
    ]
}

/// For a terminal, within 80 columns.
pub(crate) fn text(answer: &CalibrationAnswer) -> String {
    let mut text = format!("model in use: {}\n", model(answer));
    for (title, part, words) in parts(answer) {
        let _ = writeln!(text, "\n{title}: {}", sentence(part, words));
        for line in figures(part) {
            let _ = write!(text, "  {:<26}", line[0]);
            for cell in &line[1..] {
                let _ = write!(text, "{cell:>15}");
            }
            text.push('\n');
        }
        if !part.bins.is_empty() {
            let _ = writeln!(
                text,
                "\n  {:<26}{:>10}{:>10}{:>10}",
                "held out, by probability", "number", "stated", "right"
            );
            for bin in &part.bins {
                let [range, rows, stated, right] = cells(bin);
                let _ = writeln!(
                    text,
                    "  {range:<26}{rows:>10}{stated:>10}{right:>10}  {}",
                    bar(bin)
                );
            }
        }
        if title == "edges" && !answer.rules.is_empty() {
            let _ = writeln!(
                text,
                "\n  {:<20}{:>12}{:>10}{:>10}{:>11}{:>11}",
                "by rule", "candidates", "right", "stated", "posterior", "strength"
            );
            for line in &answer.rules {
                let [rule, candidates, right, stated, posterior, strength] = rule_cells(line);
                let _ = writeln!(
                    text,
                    "  {rule:<20}{candidates:>12}{right:>10}{stated:>10}{posterior:>11}{strength:>11}"
                );
            }
        }
    }
    text
}

/// For a page.
pub(crate) fn markdown(answer: &CalibrationAnswer) -> String {
    let mut text = format!("# Calibration\n\nModel in use: {}.\n", model(answer));
    for (title, part, words) in parts(answer) {
        let title = title[..1].to_uppercase() + &title[1..];
        let _ = writeln!(text, "\n## {title}\n\n{}", sentence(part, words));
        let figures = figures(part);
        if !figures.is_empty() {
            text.push('\n');
            for (at, line) in figures.iter().enumerate() {
                let _ = writeln!(text, "| {} |", line.join(" | "));
                if at == 0 {
                    let _ = writeln!(text, "|---{}|", "|---:".repeat(line.len() - 1));
                }
            }
        }
        if !part.bins.is_empty() {
            text.push_str(
                "\n| held out, by probability | number | stated | right |\n|---|---:|---:|---:|\n",
            );
            for bin in &part.bins {
                let _ = writeln!(text, "| {} |", cells(bin).join(" | "));
            }
        }
        if title == "Edges" && !answer.rules.is_empty() {
            text.push_str("\n| rule | candidates | right | stated | posterior | strength |\n|---|---:|---:|---:|---:|---:|\n");
            for line in &answer.rules {
                let _ = writeln!(text, "| {} |", rule_cells(line).join(" | "));
            }
        }
    }
    text
}

fn model(answer: &CalibrationAnswer) -> String {
    let mut text = match &answer.model.key {
        Some(key) => key.to_string(),
        None => "built in (version 0)".to_owned(),
    };
    let versions: Vec<String> = answer.versions.iter().map(u32::to_string).collect();
    if !versions.is_empty() {
        let _ = write!(text, "; in the graph: {}", versions.join(", "));
    }
    text
}

fn sentence(part: &Part, [rows, groups, positives]: [&str; 3]) -> String {
    let e = &part.evidence;
    let counts = format!(
        "{} {rows} of {} {groups}, {} {positives}",
        e.rows, e.groups, e.positives
    );
    match (&part.null_because, e.rows) {
        (Some(why), 0) => why.clone(),
        (Some(why), _) => format!("{counts}; {why}"),
        (None, _) => format!("{counts}; {} folds", part.folds),
    }
}

/// The figures as lines of as many cells, the first of which names the columns; nothing without any.
fn figures(part: &Part) -> Vec<Vec<String>> {
    let columns: Vec<(&str, &Quality)> = [
        ("held out", &part.held_out),
        ("written alone", &part.written),
        ("in use", &part.in_use),
    ]
    .into_iter()
    .filter_map(|(name, quality)| Some((name, quality.as_ref()?)))
    .collect();
    if columns.is_empty() {
        return Vec::new();
    }
    let line = |name: &str, cell: &dyn Fn(&str, &Quality) -> String| {
        let cells = columns
            .iter()
            .map(|(column, quality)| cell(column, quality));
        std::iter::once(name.to_owned()).chain(cells).collect()
    };
    vec![
        line("", &|column, _| column.to_owned()),
        line("calibration error", &|_, q| {
            format!("{:.4}", q.calibration_error)
        }),
        line("AUC", &|_, q| {
            q.auc.map_or_else(|| "-".to_owned(), |x| format!("{x:.3}"))
        }),
        line("Brier score", &|_, q| format!("{:.4}", q.brier)),
        line("of the best constant", &|_, q| {
            format!("{:.4}", q.constant_brier)
        }),
        line("under it by", &|_, q| {
            if q.constant_brier > 0.0 {
                format!("{:.0} %", 100.0 * (1.0 - q.brier / q.constant_brier))
            } else {
                "-".to_owned()
            }
        }),
    ]
}

fn cells(bin: &Bin) -> [String; 4] {
    [
        format!("{:.1} to {:.1}", bin.from, bin.to),
        format!("{:.0}", bin.rows),
        format!("{:.3}", bin.stated),
        format!("{:.3}", bin.right),
    ]
}

fn rule_cells(line: &RuleLine) -> [String; 6] {
    let share = line.right as f64 / (line.candidates.max(1)) as f64;
    [
        line.rule.to_string(),
        line.candidates.to_string(),
        format!("{:.1} %", 100.0 * share),
        format!("{:.3}", line.stated),
        format!("{:.3}", line.posterior),
        format!("{:.0}", line.strength),
    ]
}

/// Twenty columns: how much of a bin is right.
fn bar(bin: &Bin) -> String {
    "▪".repeat((bin.right * 20.0).round() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ripple_graph_analysis::calibration::{Evidence, builtin, report};

    fn answer() -> CalibrationAnswer {
        report(&Evidence::embedded().unwrap(), &builtin(), vec![1, 2])
    }

    #[test]
    fn no_line_is_wider_than_a_terminal_of_eighty_columns() {
        for line in text(&answer()).lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }

    #[test]
    fn every_rule_with_candidates_is_listed_in_both_forms() {
        let answer = answer();
        assert!(!answer.rules.is_empty());
        for page in [text(&answer), markdown(&answer)] {
            for line in &answer.rules {
                assert!(page.contains(line.rule.as_str()), "{} in {page}", line.rule);
            }
        }
    }

    #[test]
    fn a_part_without_evidence_shows_no_figure() {
        let none = report(&Evidence::default(), &builtin(), vec![]);
        let page = text(&none);
        assert_eq!(page.matches("no evidence yet").count(), 3);
        assert!(!page.contains("AUC") && !page.contains("Brier"), "{page}");
    }
}
