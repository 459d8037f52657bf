//! What hides a failing test from static tools: small repositories with a change and the tests it
//! fails (tests/fixtures/hidden/README.md).
//!
//! Each is read into a fresh store as `ripple ingest` does, asked about as `ripple tests` does, and
//! compared with what its runner says. `RIPPLE_FIXTURE=python/plugins` shows those whose name begins so.

// The table is what the test is run for.
#![allow(clippy::print_stdout)]

mod fixture;
mod runner;

use fixture::{Checked, Fixture, fixtures, open_ones};
use std::collections::BTreeMap;

#[derive(Default)]
struct Row {
    fixtures: usize,
    right: usize,
    open: usize,
    must: usize,
    found: usize,
    not: usize,
    spared: usize,
}

fn checked() -> Vec<(Fixture, Checked)> {
    let fixtures = fixtures();
    let half = fixtures.len().div_ceil(2);
    // Reading is threads already, but for linking; two at a time keep both busy.
    std::thread::scope(|scope| {
        let parts: Vec<_> = fixtures
            .chunks(half.max(1))
            .map(|part| {
                scope.spawn(move || {
                    part.iter()
                        .map(|f| (f.clone(), f.check()))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        parts
            .into_iter()
            .flat_map(|part| part.join().expect("a fixture was read"))
            .collect()
    })
}

#[test]
fn a_test_that_a_change_fails_is_selected_whatever_hides_it() {
    let open = open_ones();
    let mut table: BTreeMap<String, Row> = BTreeMap::new();
    let mut failing = Vec::new();
    let checked = checked();
    assert!(!checked.is_empty(), "no fixture was read");
    for (fixture, result) in &checked {
        let row = table.entry(fixture.language.clone()).or_default();
        let right = result.missing.is_empty() && result.wrong.is_empty();
        row.fixtures += 1;
        row.right += usize::from(right);
        row.must += fixture.must.len();
        row.found += fixture.must.len() - result.missing.len();
        row.not += fixture.not.len();
        row.spared += fixture.not.len() - result.wrong.len();
        let why = open.get(&fixture.title);
        row.open += usize::from(why.is_some());
        if right {
            if why.is_some() {
                println!("{}: passes now; strike it from open.txt", fixture.title);
            }
            continue;
        }
        println!("{}", fixture.title);
        for id in &result.missing {
            println!("  missing  {id}");
        }
        for id in &result.wrong {
            println!("  wrong    {id}");
        }
        println!("  changed  {}", result.changed.join(", "));
        match why {
            Some(why) => println!("  open     {why}"),
            None => failing.push(fixture.title.clone()),
        }
    }
    println!("\nlanguage     fixtures  right  open  failing tests found  others spared");
    for (language, row) in &table {
        println!(
            "{language:<12} {:>8} {:>6} {:>5} {:>14} of {:>2} {:>9} of {:>2}",
            row.fixtures, row.right, row.open, row.found, row.must, row.spared, row.not
        );
    }
    assert!(failing.is_empty(), "fixtures fail: {failing:?}");
}

/// Runs the fixtures' tests with their real runners, before and after the change.
#[test]
#[ignore = "needs pytest, node and the other runners; RIPPLE_NODE_MODULES may name a folder of packages"]
fn what_the_fixtures_say_is_what_the_runners_say() {
    let mut lies = Vec::new();
    for fixture in fixtures() {
        let told = runner::compare(&fixture);
        println!("{}: {}", fixture.title, told.summary);
        lies.extend(
            told.lies
                .into_iter()
                .map(|l| format!("{}: {l}", fixture.title)),
        );
    }
    assert!(lies.is_empty(), "{}", lies.join("\n"));
}
