//! Scores what `ripple tests` prints, and the simple ways beside it, against what really failed.
//!
//! Goes in: projects with their cases, a binary. Comes out: one markdown table a language, or the
//! tables of evidence for `ripple calibration`. Changes no case.

use super::baseline::{Choice, Suited};
use super::graph::{Graph, Printed};
use super::place::Place;
use super::project::{Case, Project};
use super::random::Random;
use super::suite::{self, Suite};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Orders at random, of which the mean is taken.
const SHUFFLES: usize = 20;

/// Tests of a case that failed, and that passed, which are kept as evidence.
const ROWS: usize = 40;

/// Ids of a project that are handed to its runner.
const SAMPLE: usize = 12;

/// A case with what is true and what is printed.
struct Judged<'a> {
    project: &'a Project,
    case: &'a Case,
    failing: BTreeSet<String>,
    impacted: Option<BTreeSet<String>>,
    printed: Vec<Printed>,
    /// The printed tests as positions of the suite; what is not of the suite left out.
    choice: Choice,
}

/// One project, ready to be asked.
struct Ready {
    project: Project,
    suite: Box<dyn Suite>,
    place: Place,
    graph: Graph,
}

impl Ready {
    fn of(name: &str, ripple: &Path) -> Result<Self> {
        let mut project = Project::load(name)?;
        let place = Place::of(&project)?;
        let suite = suite::of(&project.language)?;
        {
            let _lock = place.lock()?;
            suite.prepare(&mut project, &place)?;
        }
        let graph = Graph::of(ripple, &place)?;
        Ok(Self {
            project,
            suite,
            place,
            graph,
        })
    }

    fn judge<'a>(&'a self, case: &'a Case) -> Result<Judged<'a>> {
        let file = self.place.beside(&format!("patch-{}", std::process::id()));
        fs::write(&file, &case.patch)?;
        let printed = self.graph.tests_for(&file);
        fs::remove_file(&file)?;
        let printed = printed?;
        let all = &self.project.suite;
        let place: BTreeMap<&str, usize> = all.iter().map(String::as_str).zip(0..).collect();
        let (mut order, mut seen) = (Vec::new(), BTreeSet::new());
        for test in &printed {
            match place.get(test.id.as_str()) {
                Some(at) => order.extend(seen.insert(*at).then_some(*at)),
                None => {
                    let covered = |at: &usize| self.suite.covers(&test.id, &all[*at]);
                    order.extend((0..all.len()).filter(covered).filter(|at| seen.insert(*at)));
                }
            }
        }
        let selected = order.len();
        Ok(Judged {
            project: &self.project,
            case,
            failing: self.project.failing(case)?,
            impacted: self.project.impacted(case)?,
            printed,
            choice: Choice { order, selected },
        })
    }
}

/// Sums over cases; a case of a random order weighs one part of [`SHUFFLES`].
#[derive(Default)]
struct Tally {
    cases: f64,
    selected: f64,
    with_failing: f64,
    safe: f64,
    failing: f64,
    found: f64,
    with_impacted: f64,
    impacted: f64,
    early: f64,
    ranks: Vec<usize>,
}

impl Tally {
    fn add(&mut self, judged: &Judged<'_>, choice: &Choice, weight: f64) {
        let suite = &judged.project.suite;
        let is_failing = |at: &&usize| judged.failing.contains(&suite[**at]);
        let chosen = &choice.order[..choice.selected];
        self.cases += weight;
        self.selected += weight * share(chosen.len(), suite.len());
        if let Some(impacted) = &judged.impacted
            && !chosen.is_empty()
        {
            let really = chosen
                .iter()
                .filter(|at| impacted.contains(&suite[**at]))
                .count();
            self.with_impacted += weight;
            self.impacted += weight * share(really, chosen.len());
        }
        if judged.failing.is_empty() {
            return;
        }
        let found = chosen.iter().filter(is_failing).count();
        self.with_failing += weight;
        self.failing += weight * judged.failing.len() as f64;
        self.found += weight * found as f64;
        self.safe += if found == judged.failing.len() {
            weight
        } else {
            0.0
        };
        let first = suite.len().div_ceil(20);
        let early = choice.order.iter().take(first).filter(is_failing).count();
        self.early += weight * share(early, judged.failing.len().min(first));
        let rank = choice.order.iter().position(|at| is_failing(&at));
        self.ranks.push(rank.map_or(suite.len(), |at| at + 1));
    }

    fn row(&mut self, name: &str) -> String {
        self.ranks.sort_unstable();
        let percent = |part: f64, of: f64| format!("{:.1} %", 100.0 * part / of.max(1e-9));
        [
            name.to_owned(),
            format!("{:.0}", self.cases),
            percent(self.selected, self.cases),
            percent(self.safe, self.with_failing),
            percent(self.found, self.failing),
            percent(self.impacted, self.with_impacted),
            percent(self.early, self.with_failing),
            self.ranks
                .get(self.ranks.len() / 2)
                .map_or_else(String::new, usize::to_string),
        ]
        .join(" | ")
    }
}

fn share(part: usize, of: usize) -> f64 {
    part as f64 / of.max(1) as f64
}

/// The rows of one language's table, in order.
#[derive(Default)]
struct Table {
    projects: usize,
    failing: usize,
    suite: usize,
    cases: usize,
    with_failing: usize,
    rows: Vec<(String, Tally)>,
}

impl Table {
    fn row(&mut self, name: &str) -> &mut Tally {
        let at = self
            .rows
            .iter()
            .position(|(n, _)| n == name)
            .unwrap_or_else(|| {
                self.rows.push((name.to_owned(), Tally::default()));
                self.rows.len() - 1
            });
        &mut self.rows[at].1
    }

    fn add(&mut self, judged: &Judged<'_>, suited: &Suited) {
        let go = judged.project.language == "go";
        self.cases += 1;
        self.failing += judged.failing.len();
        self.with_failing += usize::from(!judged.failing.is_empty());
        let ours = &judged.choice;
        self.row("ripple").add(judged, ours, 1.0);
        if judged.project.held_out {
            self.row("ripple, held-out projects").add(judged, ours, 1.0);
        }
        self.row("by file name")
            .add(judged, &suited.by_file_name(judged.case), 1.0);
        self.row("by import closure")
            .add(judged, &suited.by_imports(judged.case, go), 1.0);
        self.row("by BM25, as many")
            .add(judged, &suited.by_words(judged.case, ours.selected), 1.0);
        let mut random = Random::new(1);
        let mut order: Vec<usize> = (0..judged.project.suite.len()).collect();
        for _ in 0..SHUFFLES {
            random.shuffle(&mut order);
            let choice = Choice {
                order: order.clone(),
                selected: ours.selected,
            };
            self.row("at random, as many")
                .add(judged, &choice, 1.0 / SHUFFLES as f64);
        }
    }

    fn print(&mut self, language: &str) {
        println!(
            "\n{language}: {} projects, {} cases, {} of them failing {} tests, suites of {} tests on average\n",
            self.projects,
            self.cases,
            self.with_failing,
            self.failing,
            self.suite / self.projects.max(1)
        );
        println!(
            "| {language} | cases | selected | safe: cases | safe: failing tests | selected really \
             impacted | in the first 5 %, of a perfect order | first failing, median rank |"
        );
        println!("|---|---:|---:|---:|---:|---:|---:|---:|");
        for (name, tally) in &mut self.rows {
            println!("| {} |", tally.row(name));
        }
    }
}

pub(crate) fn score(names: &[String], ripple: &Path, verbose: bool, ids: bool) -> Result<()> {
    let mut tables: BTreeMap<String, Table> = BTreeMap::new();
    for name in names {
        if Project::load(name)?.cases.is_empty() {
            continue;
        }
        let ready = Ready::of(name, ripple)?;
        let suited = Suited::of(&ready.project, &*ready.suite, &ready.place, &ready.graph)?;
        let table = tables.entry(ready.project.language.clone()).or_default();
        table.projects += 1;
        table.suite += ready.project.suite.len();
        let mut alone = Tally::default();
        let mut printed = BTreeSet::new();
        for case in &ready.project.cases {
            let judged = ready.judge(case)?;
            table.add(&judged, &suited);
            alone.add(&judged, &judged.choice, 1.0);
            // What is held out stays unseen, so that nobody mends by it.
            if verbose && !ready.project.held_out {
                explain(&judged);
            }
            printed.extend(judged.printed.into_iter().map(|test| test.id));
        }
        if verbose {
            let unknown = |test: &&String| {
                !ready
                    .graph
                    .tests
                    .keys()
                    .any(|id| ready.suite.covers(id, test))
            };
            let unknown: Vec<_> = ready.project.suite.iter().filter(unknown).collect();
            println!(
                "{name}: {} | ingested in {:.1?} | {} tests are no node {:?}",
                alone.row(""),
                ready.graph.ingest,
                unknown.len(),
                unknown.iter().take(5).collect::<Vec<_>>()
            );
        }
        if ids {
            check_ids(&ready, printed)?;
        }
    }
    for (language, table) in &mut tables {
        table.print(language);
    }
    Ok(())
}

/// Says of one case what was missed, and how far away the first failing test was.
fn explain(judged: &Judged<'_>) {
    let suite = &judged.project.suite;
    let chosen: BTreeSet<&String> = judged.choice.order.iter().map(|at| &suite[*at]).collect();
    let missed: Vec<_> = judged
        .failing
        .iter()
        .filter(|t| !chosen.contains(t))
        .collect();
    let first = judged
        .choice
        .order
        .iter()
        .position(|at| judged.failing.contains(&suite[*at]));
    let case = judged.case;
    println!(
        "{}/{} {}:{} {} {}: {} failing, {} missed, {} of {} selected, first at {}",
        judged.project.project,
        case.name,
        case.path,
        case.line,
        case.symbol,
        case.operator,
        judged.failing.len(),
        missed.len(),
        chosen.len(),
        suite.len(),
        first.map_or_else(|| "-".to_owned(), |at| (at + 1).to_string()),
    );
    for test in missed {
        println!("    missed {test}");
    }
}

/// Hands a sample of what was printed to the project's runner.
fn check_ids(ready: &Ready, printed: BTreeSet<String>) -> Result<()> {
    let mut ids: Vec<String> = printed.into_iter().collect();
    Random::new(1).shuffle(&mut ids);
    ids.truncate(SAMPLE);
    let _lock = ready.place.lock()?;
    ready.place.restore(ready.suite.kept())?;
    let refused = ready.suite.refused(&ready.project, &ready.place, &ids)?;
    println!(
        "{}: {} of {} ids accepted",
        ready.project.project,
        ids.len() - refused.len(),
        ids.len()
    );
    for id in refused {
        println!("    refused {id}");
    }
    Ok(())
}

/// Writes what the cases teach about the failure of tests and about verdicts, as tables that
/// `ripple calibration` reads. Projects held out are left out: nothing is to be learnt from them.
pub(crate) fn evidence(names: &[String], ripple: &Path) -> Result<()> {
    let mut tests: Vec<String> = Vec::new();
    let mut verdicts: Vec<String> = Vec::new();
    let mut columns: Vec<String> = Vec::new();
    for name in names {
        let project = Project::load(name)?;
        if project.cases.is_empty() || project.held_out {
            continue;
        }
        let ready = Ready::of(name, ripple)?;
        for case in &ready.project.cases {
            let file = ready.place.beside(&format!("patch-{}", std::process::id()));
            fs::write(&file, &case.patch)?;
            let asked = ready
                .graph
                .features_for(&file)
                .and_then(|features| Ok((features, ready.graph.score_of(&file)?)));
            fs::remove_file(&file)?;
            let ((named, features), score) = asked?;
            if !named.is_empty() {
                columns = named;
            }
            let failing = ready.project.failing(case)?;
            let impacted = ready.project.impacted(case)?;
            let broke = u8::from(!failing.is_empty());
            let title = format!("{name}\t{}", case.name);
            verdicts.push(format!("{title}\t{score:.4}\t{broke}"));
            // What is no node of the graph has no features.
            let known = ready.project.suite.iter().filter_map(|test| {
                let of = features.get(test).or_else(|| {
                    let mut covering = features.iter();
                    let found = covering.find(|(id, _)| ready.suite.covers(id, test));
                    found.map(|(_, of)| of)
                })?;
                Some((test, of))
            });
            let (failed, passed): (Vec<_>, Vec<_>) =
                known.partition(|(test, _)| failing.contains(*test));
            for (failed, mut list) in [(1, failed), (0, passed)] {
                let all = list.len();
                Random::new(1).shuffle(&mut list);
                list.truncate(ROWS);
                for (test, of) in &list {
                    let weight = share(all, list.len());
                    let really = impacted.as_ref().map(|i| i.contains(*test));
                    let really = u8::from(really.unwrap_or(failed == 1));
                    let of: Vec<String> = of.iter().map(|x| format!("{x:.4}")).collect();
                    tests.push(format!(
                        "{title}\t{weight:.3}\t{failed}\t{really}\t{}",
                        of.join("\t")
                    ));
                }
            }
        }
        println!("{name}: {} rows so far", tests.len());
    }
    let made = "made by `cargo xtask mutants evidence`";
    let table = |about: &str, columns: &str, lines: &mut Vec<String>| {
        lines.sort();
        format!("# {about}; {made}.\n{columns}\n{}\n", lines.join("\n"))
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../graph/analysis/evidence");
    let columns = format!(
        "project\tcase\tweight\tfailed\timpacted\t{}",
        columns.join("\t")
    );
    let about = format!(
        "Tests of mutants, each run for real; of each case at most {ROWS} that failed and {ROWS} that passed, weighted"
    );
    fs::write(
        folder.join("tests.tsv"),
        table(&about, &columns, &mut tests),
    )?;
    let about = "Verdicts over mutants, and whether any test failed";
    let columns = "project\tcase\tscore\tbroke";
    fs::write(
        folder.join("verdicts.tsv"),
        table(about, columns, &mut verdicts),
    )?;
    Ok(())
}
