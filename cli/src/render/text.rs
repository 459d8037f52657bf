//! The answer on a terminal: the verdict first, then why, then what is reached and by which path,
//! then what could not be seen.

use super::words::{because, because_null, change, group, level, name, path, percent, revision};
use ripple_schemas::{ImpactAnswer, Impacted, Level, NodeKind};
use std::collections::BTreeMap;

/// How wide, how long, and whether in colour.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Look {
    /// Columns.
    pub(crate) width: usize,
    /// ANSI colours.
    pub(crate) colour: bool,
    /// Show every entry of every list.
    pub(crate) all: bool,
}

/// Entries of a list shown before `… and N more`.
const SHOWN: usize = 20;
/// Blind spots shown.
const SHOWN_SPOTS: usize = 8;

const BOLD: &str = "1";
const DIM: &str = "2";
const RED: &str = "1;31";
const YELLOW: &str = "1;33";
const GREEN: &str = "1;32";
const MAGENTA: &str = "1;35";

/// The whole answer.
pub(crate) fn text(answer: &ImpactAnswer, look: Look) -> String {
    let mut page = Page {
        out: String::new(),
        look,
    };
    verdict(&mut page, answer);
    changed(&mut page, answer);
    tests(&mut page, answer);
    impacted(&mut page, answer);
    rest(&mut page, answer);
    blind(&mut page, answer);
    page.out
}

struct Page {
    out: String,
    look: Look,
}

impl Page {
    fn paint(&self, style: &str, text: &str) -> String {
        if self.look.colour {
            format!("\x1b[{style}m{text}\x1b[0m")
        } else {
            text.to_owned()
        }
    }

    fn line(&mut self, text: &str) {
        self.out.push_str(text.trim_end());
        self.out.push('\n');
    }

    fn heading(&mut self, text: &str) {
        self.out.push('\n');
        let painted = self.paint(BOLD, text);
        self.line(&painted);
    }

    /// Words wrapped to the width: the first line after `first`, the others after as many spaces as
    /// `indent`.
    fn wrap(&mut self, first: &str, indent: usize, text: &str, style: Option<&str>) {
        let room = self.look.width.saturating_sub(indent).max(20);
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            let last = lines.last_mut().expect("there is always a line");
            let length = last.chars().count();
            if length > 0 && length + 1 + word.chars().count() > room {
                lines.push(word.to_owned());
            } else {
                if length > 0 {
                    last.push(' ');
                }
                last.push_str(word);
            }
        }
        for (i, line) in lines.iter().enumerate() {
            let painted = style.map_or(line.clone(), |s| self.paint(s, line));
            let start = if i == 0 {
                first.to_owned()
            } else {
                " ".repeat(indent)
            };
            self.line(&format!("{start}{painted}"));
        }
    }

    fn shown(&self, most: usize) -> usize {
        if self.look.all { usize::MAX } else { most }
    }

    fn more(&mut self, hidden: usize) {
        if hidden > 0 {
            let how = if self.look.all {
                "--limit N lists more"
            } else {
                "-v shows all"
            };
            let text = self.paint(DIM, &format!("  … and {hidden} more ({how})"));
            self.line(&text);
        }
    }
}

fn verdict(page: &mut Page, answer: &ImpactAnswer) {
    let v = &answer.verdict;
    let style = match v.level {
        Level::None => GREEN,
        Level::Low => GREEN,
        Level::Medium => YELLOW,
        Level::High => RED,
        Level::Unknown => MAGENTA,
    };
    let word = page.paint(style, &level(v.level).to_uppercase());
    page.line(&format!(
        "{word}  {} that a test or objective would notice a defect, coverage {}",
        percent(v.score),
        percent(v.coverage)
    ));
    for reason in &v.reasons {
        page.wrap("  ", 2, reason, None);
    }
    let from = format!(
        "{} {}..{}, graph revision {}",
        answer.repository,
        revision(&answer.base),
        revision(&answer.head),
        answer.revision
    );
    let from = page.paint(DIM, &format!("  {from}"));
    page.line(&from);
}

fn changed(page: &mut Page, answer: &ImpactAnswer) {
    if answer.changed.is_empty() {
        return;
    }
    page.heading(&format!("Changed ({})", answer.changed.len()));
    let most = page.shown(SHOWN);
    for symbol in answer.changed.iter().take(most) {
        let place = format!("{}:{}", symbol.path, symbol.lines[0]);
        page.line(&format!(
            "  {:<9}  {}  {}",
            change(symbol.change),
            name(&symbol.key),
            page.paint(DIM, &place)
        ));
    }
    page.more(answer.changed.len().saturating_sub(most));
}

fn tests(page: &mut Page, answer: &ImpactAnswer) {
    if answer.tests.is_empty() {
        return;
    }
    page.heading(&format!(
        "Tests to run ({}), likeliest to fail first",
        answer.totals.tests
    ));
    let most = page.shown(SHOWN);
    for test in answer.tests.iter().take(most) {
        let runner = page.paint(DIM, &test.runner);
        page.line(&format!(
            "  {:>5}  {}  {runner}",
            percent(test.probability),
            test.id
        ));
    }
    page.more(answer.totals.tests - most.min(answer.tests.len()));
}

fn impacted(page: &mut Page, answer: &ImpactAnswer) {
    let others: Vec<&Impacted> = answer
        .impacted
        .iter()
        .filter(|i| !matches!(i.kind, NodeKind::Test | NodeKind::TestCase))
        .collect();
    if others.is_empty() {
        return;
    }
    page.heading(&format!(
        "Impacted ({}), with the probability that it depends on the change",
        answer.totals.impacted - answer.totals.impacted_tests
    ));
    let most = page.shown(SHOWN);
    // Groups in the order of their most probable member.
    let mut order: Vec<&str> = Vec::new();
    let mut groups: BTreeMap<&str, Vec<&Impacted>> = BTreeMap::new();
    for node in others.iter().take(most) {
        let of = match path(&node.key) {
            "" => group(node.kind),
            path => path,
        };
        if !groups.contains_key(of) {
            order.push(of);
        }
        groups.entry(of).or_default().push(node);
    }
    for of in order {
        let title = page.paint(BOLD, of);
        page.line(&format!("  {title}"));
        for node in &groups[of] {
            let own = name(&node.key);
            let own = if own == of {
                "(the file itself)".to_owned()
            } else {
                own
            };
            page.line(&format!("  {:>5}  {own}", percent(node.probability)));
            page.wrap(
                "           ",
                11,
                &because(node).join(", which "),
                Some(DIM),
            );
        }
    }
    let all = answer.totals.impacted - answer.totals.impacted_tests;
    page.more(all - most.min(others.len()));
}

fn rest(page: &mut Page, answer: &ImpactAnswer) {
    let mut lines: Vec<(&str, String)> = Vec::new();
    if !answer.owners.is_empty() {
        lines.push((
            "Owners",
            answer
                .owners
                .iter()
                .map(name)
                .collect::<Vec<_>>()
                .join(", "),
        ));
    }
    if !answer.environments.is_empty() {
        lines.push((
            "Runs in",
            answer
                .environments
                .iter()
                .map(name)
                .collect::<Vec<_>>()
                .join(", "),
        ));
    }
    for (title, value) in [("Rollout", &answer.rollout), ("Policy", &answer.policy)] {
        match because_null(value) {
            Some(why) => lines.push((title, format!("none: {why}"))),
            None if !value.is_null() => lines.push((title, value.to_string())),
            None => {}
        }
    }
    page.out.push('\n');
    for (title, words) in lines {
        let title = page.paint(BOLD, &format!("{title:<8}"));
        page.wrap(&format!("{title} "), 9, &words, None);
    }
    if answer.phantoms.is_empty() {
        return;
    }
    page.heading(&format!("Phantom dependencies ({})", answer.phantoms.len()));
    for p in &answer.phantoms {
        let kind = serde_json::to_value(p.kind).ok();
        let kind = kind
            .as_ref()
            .and_then(|k| k.as_str())
            .unwrap_or_default()
            .replace('_', " ");
        let site = p.evidence.first().cloned().unwrap_or_else(|| name(&p.from));
        page.line(&format!(
            "  {kind}: {}  {}",
            name(&p.to),
            page.paint(DIM, &site)
        ));
    }
}

fn blind(page: &mut Page, answer: &ImpactAnswer) {
    if answer.blind_spots.is_empty() {
        return;
    }
    page.heading(&format!(
        "Could not be seen ({}), nearest first",
        answer.totals.blind_spots
    ));
    let most = page.shown(SHOWN_SPOTS);
    for spot in answer.blind_spots.iter().take(most) {
        let place = if spot.line == 0 {
            spot.path.clone()
        } else {
            format!("{}:{}", spot.path, spot.line)
        };
        page.wrap(
            "  ",
            4,
            &format!(
                "{place}: {} ({})",
                spot.why,
                spot.kind.as_str().replace('_', " ")
            ),
            None,
        );
    }
    page.more(answer.totals.blind_spots - most.min(answer.blind_spots.len()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample::{radius, shop};

    const PLAIN: Look = Look {
        width: 80,
        colour: false,
        all: false,
    };

    #[test]
    fn the_answer_reads_well_on_a_terminal() {
        insta::assert_snapshot!(text(&shop(), PLAIN), @r#"
        MEDIUM  41 % that a test or objective would notice a defect, coverage 93 %
          1 changed symbol (1 signature) reaches 2 others and 1 test
          most likely to fail: tests/test_cart.py::test_checkout (41 %)
          1 blind spot near the change; coverage 0.93
          shop b5794ff1a3..worktree, graph revision 412

        Changed (1)
          signature  total  src/price.py:3

        Tests to run (1), likeliest to fail first
           41 %  tests/test_cart.py::test_checkout  pytest

        Impacted (2), with the probability that it depends on the change
          src/cart.py
           96 %  Cart.checkout
                   calls total (src/cart.py:14)
          endpoints
           91 %  checkout/http POST /orders
                   is handled by Cart.checkout (src/routes.py:88), which calls total
                   (src/cart.py:14)

        Owners   @payments-team
        Rollout  none: no deployment agent yet
        Policy   none: no policy engine yet

        Phantom dependencies (1)
          undeclared package: pypi/requests  src/cart.py:2

        Could not be seen (1), nearest first
          src/plugins.py:7: getattr with a name that is computed from the settings of
            the shop, so anything may be called (dynamic)
        "#);
    }

    #[test]
    fn prose_stays_within_eighty_columns() {
        for line in text(&shop(), PLAIN)
            .lines()
            .chain(text(&radius(50), PLAIN).lines())
        {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }

    #[test]
    fn what_is_hidden_is_counted() {
        let page = text(&radius(100), PLAIN);
        assert!(
            page.contains("Impacted (80)") && page.contains("… and 60 more"),
            "{page}"
        );
        assert!(!text(&radius(100), Look { all: true, ..PLAIN }).contains(" more ("));
    }

    #[test]
    fn colour_is_written_only_where_it_was_asked_for() {
        assert!(!text(&shop(), PLAIN).contains('\x1b'));
        assert!(
            text(
                &shop(),
                Look {
                    colour: true,
                    ..PLAIN
                }
            )
            .contains('\x1b')
        );
    }
}
