//! The blast radius for Graphviz.

use super::blast::{Sort, blast};
use super::words::{level, percent};
use ripple_schemas::ImpactAnswer;
use std::fmt::Write;

/// A `digraph`, causes on the left.
pub(crate) fn dot(answer: &ImpactAnswer) -> String {
    let picture = blast(answer);
    let mut out = String::from(
        "digraph impact {\n  rankdir=LR;\n  node [shape=box, style=\"rounded,filled\", fontname=\"monospace\", fontsize=10];\n",
    );
    let title = format!(
        "{}: {} ({})",
        answer.repository,
        level(answer.verdict.level),
        percent(answer.verdict.score)
    );
    let mut put =
        |line: String| writeln!(out, "  {line}").expect("writing to a String does not fail");
    put(format!("label={}; labelloc=t;", quote(&title)));
    for (i, spot) in picture.spots.iter().enumerate() {
        let fill = match spot.sort {
            Sort::Changed => "#f8c9c4",
            Sort::Code => "#d9e3f7",
            Sort::Test => "#d2edd5",
            Sort::Outside => "#f6e6bd",
        };
        let words = format!(
            "{}\n{}\n{}",
            spot.label,
            spot.sub,
            percent(spot.probability)
        );
        put(format!(
            "n{i} [label={}, fillcolor=\"{fill}\"];",
            quote(&words)
        ));
    }
    for (from, to) in &picture.arrows {
        put(format!("n{from} -> n{to};"));
    }
    out + "}\n"
}

fn quote(text: &str) -> String {
    format!(
        "\"{}\"",
        text.replace('\\', "\\\\")
            .replace('"', "\\\"")
            .replace('\n', "\\n")
    )
}
