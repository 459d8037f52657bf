//! The blast radius as a picture of its own: layers from left to right, no fonts or scripts from
//! outside, readable on light and on dark ground.

use super::blast::{Blast, Sort, blast};
use super::words::{level, percent, revision};
use ripple_schemas::ImpactAnswer;
use std::fmt::Write;

const BOX_WIDTH: usize = 230;
const BOX_HEIGHT: usize = 34;
const GAP_X: usize = 70;
const GAP_Y: usize = 10;
const MARGIN: usize = 24;
const TOP: usize = 64;
/// Boxes above one another before a layer takes a second column.
const TALL: usize = 16;
/// Characters that fit in a box.
const LABEL: usize = 29;

const STYLE: &str = "\
  svg { background: #ffffff; color: #1f2328; }
  text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; fill: #1f2328; }
  .title { font-size: 15px; font-weight: bold; }
  .sub { font-size: 10px; fill: #59636e; }
  rect { stroke-width: 1; rx: 6; }
  .changed { fill: #ffebe9; stroke: #cf222e; }
  .code { fill: #ddf4ff; stroke: #0969da; }
  .test { fill: #dafbe1; stroke: #1a7f37; }
  .outside { fill: #fff8c5; stroke: #9a6700; }
  path { fill: none; stroke: #8c959f; stroke-width: 1.2; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; }
    text { fill: #e6edf3; } .sub { fill: #9198a1; }
    .changed { fill: #3c1618; stroke: #f85149; } .code { fill: #12233d; stroke: #4493f8; }
    .test { fill: #12261e; stroke: #3fb950; } .outside { fill: #2e2411; stroke: #d29922; }
    path { stroke: #656c76; }
  }
";

/// A whole SVG document.
pub(crate) fn svg(answer: &ImpactAnswer) -> String {
    let picture = blast(answer);
    let (places, width, height) = layout(&picture);
    let mut out = String::new();
    let o = &mut out;
    put(
        o,
        &format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\">"
        ),
    );
    put(o, &format!("<style>\n{STYLE}</style>"));
    let title = format!(
        "{}: {} · {} that something breaks · coverage {}",
        answer.repository,
        level(answer.verdict.level),
        percent(answer.verdict.score),
        percent(answer.verdict.coverage)
    );
    put(o, &format!("<title>{}</title>", escape(&title)));
    put(
        o,
        &format!(
            "<text class=\"title\" x=\"{MARGIN}\" y=\"26\">{}</text>",
            escape(&title)
        ),
    );
    let left_out =
        answer.impacted.len() + answer.changed.len() > picture.spots.len() && !picture.gathered;
    let sub = format!(
        "{}..{}, graph revision {}; {} changed, {} impacted{}{}",
        revision(&answer.base),
        revision(&answer.head),
        answer.revision,
        answer.changed.len(),
        answer.impacted.len(),
        if picture.gathered {
            "; boxes are folders"
        } else {
            ""
        },
        if left_out { "; some left out" } else { "" },
    );
    put(
        o,
        &format!(
            "<text class=\"sub\" x=\"{MARGIN}\" y=\"44\">{}</text>",
            escape(&sub)
        ),
    );
    for &(from, to) in &picture.arrows {
        let (x1, y1) = (places[from].0 + BOX_WIDTH, places[from].1 + BOX_HEIGHT / 2);
        let (x2, y2) = (places[to].0, places[to].1 + BOX_HEIGHT / 2);
        let bend = (x1.abs_diff(x2) / 2).clamp(30, 120) as i64;
        put(
            o,
            &format!(
                "<path d=\"M{x1} {y1} C{} {y1} {} {y2} {x2} {y2}\"/>",
                x1 as i64 + bend,
                x2 as i64 - bend
            ),
        );
    }
    for (spot, (x, y)) in picture.spots.iter().zip(&places) {
        let class = match spot.sort {
            Sort::Changed => "changed",
            Sort::Code => "code",
            Sort::Test => "test",
            Sort::Outside => "outside",
        };
        // What is less probable is paler, never so pale that it cannot be read.
        let opacity = 0.55 + 0.45 * spot.probability;
        put(
            o,
            &format!(
                "<g opacity=\"{opacity:.2}\"><title>{} ({}) {}</title><rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{BOX_WIDTH}\" height=\"{BOX_HEIGHT}\"/>",
                escape(&spot.label),
                escape(&spot.sub),
                percent(spot.probability)
            ),
        );
        put(
            o,
            &format!(
                "<text x=\"{}\" y=\"{}\">{}</text>",
                x + 8,
                y + 14,
                escape(&end(&spot.label, LABEL - 5))
            ),
        );
        put(
            o,
            &format!(
                "<text class=\"sub\" x=\"{}\" y=\"{}\">{}</text>",
                x + 8,
                y + 27,
                escape(&end(&spot.sub, LABEL + 3))
            ),
        );
        put(
            o,
            &format!(
                "<text class=\"sub\" text-anchor=\"end\" x=\"{}\" y=\"{}\">{}</text></g>",
                x + BOX_WIDTH - 6,
                y + 14,
                escape(&percent(spot.probability))
            ),
        );
    }
    put(o, "</svg>");
    out
}

/// Left top corner of every box, and the size of the whole.
fn layout(picture: &Blast) -> (Vec<(usize, usize)>, usize, usize) {
    let layers = picture
        .spots
        .iter()
        .map(|s| s.layer)
        .max()
        .map_or(0, |l| l + 1);
    let mut places = vec![(0, 0); picture.spots.len()];
    let (mut x, mut bottom) = (MARGIN, TOP);
    for layer in 0..layers {
        let mut members: Vec<usize> = (0..picture.spots.len())
            .filter(|&i| picture.spots[i].layer == layer)
            .collect();
        if members.is_empty() {
            continue;
        }
        // Beside what leads to them, to keep the arrows from crossing (Sugiyama's barycentre).
        let height_of = |i: usize| {
            let causes: Vec<usize> = picture
                .arrows
                .iter()
                .filter(|(_, to)| *to == i)
                .map(|(from, _)| places[*from].1)
                .collect();
            if causes.is_empty() {
                usize::MAX
            } else {
                causes.iter().sum::<usize>() / causes.len()
            }
        };
        let heights: Vec<usize> = (0..picture.spots.len()).map(height_of).collect();
        members.sort_by_key(|&i| (heights[i], i));
        let columns = members.len().div_ceil(TALL);
        let rows = members.len().div_ceil(columns);
        for (nth, &i) in members.iter().enumerate() {
            let (column, row) = (nth / rows, nth % rows);
            let y = TOP + row * (BOX_HEIGHT + GAP_Y);
            places[i] = (x + column * (BOX_WIDTH + GAP_Y), y);
            bottom = bottom.max(y + BOX_HEIGHT);
        }
        x += columns * BOX_WIDTH + (columns - 1) * GAP_Y + GAP_X;
    }
    let width = (x + MARGIN).saturating_sub(GAP_X).max(640);
    (places, width, bottom + MARGIN)
}

/// The last so many characters: of a path and of a qualified name the end tells most.
fn end(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    std::iter::once('…')
        .chain(text.chars().skip(count - most + 1))
        .collect()
}

fn put(out: &mut String, line: &str) {
    writeln!(out, "{line}").expect("writing to a String does not fail");
}

fn escape(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control())
        .fold(String::new(), |mut out, c| {
            match c {
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '&' => out.push_str("&amp;"),
                '"' => out.push_str("&quot;"),
                c => out.push(c),
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample::radius;

    /// Every number behind `name="` in the boxes of a document.
    fn boxes(svg: &str) -> Vec<[usize; 4]> {
        let value = |line: &str, name: &str| {
            let from = line.find(&format!(" {name}=\"")).unwrap() + name.len() + 3;
            line[from..].split('"').next().unwrap().parse().unwrap()
        };
        let lines = svg
            .lines()
            .filter_map(|l| l.split_once("<rect").map(|(_, rect)| rect));
        lines
            .map(|l| {
                [
                    value(l, "x"),
                    value(l, "y"),
                    value(l, "width"),
                    value(l, "height"),
                ]
            })
            .collect()
    }

    #[test]
    fn no_box_covers_another_or_leaves_the_picture() {
        for nodes in [5, 20, 60, 400] {
            let svg = svg(&radius(nodes));
            let all = boxes(&svg);
            assert!(
                !all.is_empty() && all.len() <= crate::render::blast::MOST,
                "{nodes}: {}",
                all.len()
            );
            let size: Vec<usize> = svg
                .split('"')
                .skip(3)
                .step_by(2)
                .take(2)
                .map(|n| n.parse().unwrap())
                .collect();
            for (i, a) in all.iter().enumerate() {
                assert!(
                    a[0] + a[2] <= size[0] && a[1] + a[3] <= size[1],
                    "{nodes}: {a:?} leaves {size:?}"
                );
                for b in &all[i + 1..] {
                    let apart = a[0] + a[2] <= b[0]
                        || b[0] + b[2] <= a[0]
                        || a[1] + a[3] <= b[1]
                        || b[1] + b[3] <= a[1];
                    assert!(apart, "{nodes}: {a:?} covers {b:?}");
                }
            }
        }
    }

    #[test]
    fn a_large_radius_is_gathered_by_folder() {
        assert!(svg(&radius(400)).contains("boxes are folders"));
        assert!(!svg(&radius(50)).contains("boxes are folders"));
    }

    #[test]
    fn names_cannot_write_markup() {
        let mut answer = radius(3);
        answer.repository = "<script>alert(1)</script>".into();
        assert!(!svg(&answer).contains("<script"));
    }
}
