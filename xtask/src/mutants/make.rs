//! Makes cases: chooses a place by a seed, mutates it, and lets the suite say what fails.
//!
//! Goes in: a project, how many cases, a seed. Comes out: the project with more cases, saved after
//! each. What any tool would find plays no part in what is kept.

use super::graph::{Definition, Graph};
use super::operators::{self, Edit};
use super::place::Place;
use super::project::{Case, Project, pack};
use super::random::Random;
use super::suite::{self, Run, Site, Suite};
use anyhow::{Context, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::Path;
use std::time::Instant;

/// Of a hundred mutants, how many change what lies outside every function.
const OUTSIDE: usize = 20;

/// One in so many mutants that nothing notices is kept.
const UNNOTICED: usize = 4;

/// So many failing tests or fewer are confirmed by a second run.
const FEW: usize = 3;

/// A project on its way to more cases.
struct Maker {
    project: Project,
    place: Place,
    suite: Box<dyn Suite>,
    random: Random,
    /// Patches that were run already.
    tried: BTreeSet<String>,
}

/// Runs each case of a project anew and writes what it says now; says what is not as it was.
pub(crate) fn again(name: &str, ripple: &Path) -> Result<()> {
    let (mut maker, graph, _lock) = Maker::of(name, 0, ripple)?;
    for at in 0..maker.project.cases.len() {
        let case = maker.project.cases[at].clone();
        maker.place.restore(maker.suite.kept())?;
        maker.place.apply(&case.patch)?;
        let Some(failing) = maker.failing()? else {
            eprintln!(
                "{name}/{}: the suite does not run; left as it is",
                case.name
            );
            continue;
        };
        let function = graph
            .functions
            .iter()
            .find(|f| f.path == case.path && f.name == case.symbol);
        let impacted = maker.impacted(function, &failing)?;
        let (before, before_impacted) = (
            maker.project.failing(&case)?,
            maker.project.impacted(&case)?,
        );
        if before != failing || before_impacted != impacted {
            eprintln!(
                "{name}/{}: {} failing, {} before; impacted {:?}, {:?} before",
                case.name,
                failing.len(),
                before.len(),
                impacted.as_ref().map(BTreeSet::len),
                before_impacted.as_ref().map(BTreeSet::len)
            );
        }
        let suite = &maker.project.suite;
        let (failing, impacted) = (
            pack(&failing, suite),
            impacted.map(|tests| pack(&tests, suite)),
        );
        let case = &mut maker.project.cases[at];
        (case.failing, case.impacted) = (failing, impacted);
        maker.project.save()?;
    }
    maker.place.restore(maker.suite.kept())
}

pub(crate) fn make(name: &str, cases: usize, seed: u64, ripple: &Path) -> Result<()> {
    let (mut maker, graph, _lock) = Maker::of(name, seed, ripple)?;
    let targets = maker.targets(&graph)?;
    eprintln!(
        "{name}: {} tests, {} functions, {} files",
        maker.project.suite.len(),
        targets.functions.len(),
        targets.files.len()
    );
    let wanted = maker.project.cases.len() + cases;
    let mut attempts = 0;
    while maker.project.cases.len() < wanted {
        attempts += 1;
        if attempts > 20 * cases + 40 {
            bail!("{attempts} mutants were tried for {cases} cases");
        }
        let chosen = maker.choose(&targets);
        let Some((definition, path, edit)) = chosen else {
            continue;
        };
        maker.attempt(definition, path, edit, &targets.files[path].0)?;
    }
    maker.place.restore(maker.suite.kept())
}

/// What may be mutated.
struct Targets {
    functions: Vec<Definition>,
    /// Text and edits of each file of the package's own code.
    files: BTreeMap<String, (String, Vec<Edit>)>,
    /// A (path, edit's position) for each edit outside every function.
    outside: Vec<(String, usize)>,
}

impl Maker {
    fn of(name: &str, seed: u64, ripple: &Path) -> Result<(Self, Graph, File)> {
        let mut project = Project::load(name)?;
        let place = Place::of(&project)?;
        let lock = place.lock()?;
        let suite = suite::of(&project.language)?;
        suite.prepare(&mut project, &place)?;
        place.restore(suite.kept())?;
        let graph = Graph::of(ripple, &place)?;
        let random = Random::new(seed);
        let mut maker = Self {
            project,
            place,
            suite,
            random,
            tried: BTreeSet::new(),
        };
        if maker.project.suite.is_empty() {
            maker.learn_suite()?;
        }
        maker.project.save()?;
        Ok((maker, graph, lock))
    }

    /// The tests of the suite that do not pass in `work` as it is; `None` where it does not run.
    /// Where they are few they fail twice: chance could be all of it.
    fn failing(&self) -> Result<Option<BTreeSet<String>>> {
        let Some(failing) = self.failing_once()? else {
            return Ok(None);
        };
        if failing.is_empty() || failing.len() > FEW {
            return Ok(Some(failing));
        }
        Ok(self.failing_once()?.map(|again| &again & &failing))
    }

    fn failing_once(&self) -> Result<Option<BTreeSet<String>>> {
        Ok(match self.suite.run(&self.project, &self.place)? {
            Run::Passed(passed) => {
                let suite: BTreeSet<String> = self.project.suite.iter().cloned().collect();
                Some(&suite - &passed)
            }
            Run::Broken(_) => None,
        })
    }

    /// The tests of the suite that execute the function, those that fail among them.
    fn impacted(
        &self,
        function: Option<&Definition>,
        failing: &BTreeSet<String>,
    ) -> Result<Option<BTreeSet<String>>> {
        let Some(function) = function else {
            return Ok(None);
        };
        self.place.restore(self.suite.kept())?;
        let site = Site {
            path: &function.path,
            line_start: function.line_start,
            line_end: function.line_end,
        };
        let executing = self.suite.executing(&self.project, &self.place, &site)?;
        let suite: BTreeSet<String> = self.project.suite.iter().cloned().collect();
        Ok(executing.map(|tests| &(&tests & &suite) | failing))
    }

    /// Runs the unchanged suite twice; what passes both times is the suite.
    fn learn_suite(&mut self) -> Result<()> {
        let mut passed: Option<BTreeSet<String>> = None;
        for _ in 0..2 {
            let started = Instant::now();
            let now = match self.suite.run(&self.project, &self.place)? {
                Run::Passed(now) => now,
                Run::Broken(why) => bail!("the unchanged suite does not run: {why}"),
            };
            eprintln!("{} tests pass in {:.1?}", now.len(), started.elapsed());
            passed = Some(match passed {
                Some(before) => &before & &now,
                None => now,
            });
            self.place.restore(self.suite.kept())?;
        }
        self.project.suite = passed.unwrap_or_default().into_iter().collect();
        Ok(())
    }

    fn targets(&self, graph: &Graph) -> Result<Targets> {
        let own = |path: &str| {
            self.project
                .code
                .iter()
                .any(|prefix| path.starts_with(prefix.as_str()))
                && !self.suite.is_test_file(path)
        };
        let mut functions: Vec<Definition> = graph
            .functions
            .iter()
            .filter(|f| own(&f.path))
            .cloned()
            .collect();
        functions.sort_by(|a, b| (&a.path, a.line_start).cmp(&(&b.path, b.line_start)));
        let mut files = BTreeMap::new();
        let mut outside = Vec::new();
        for path in functions.iter().map(|f| &f.path) {
            if files.contains_key(path) {
                continue;
            }
            let text = fs::read_to_string(self.place.tree().join(path))?;
            let edits =
                operators::edits(&self.suite.syntax(path), &text).with_context(|| path.clone())?;
            let of_tests = |edit: &Edit| {
                graph
                    .test_only
                    .iter()
                    .any(|d| d.path == *path && (d.line_start..=d.line_end).contains(&edit.line))
            };
            let tables = (0..edits.len()).filter(|at| edits[*at].outside && !of_tests(&edits[*at]));
            outside.extend(tables.map(|at| (path.clone(), at)));
            files.insert(path.clone(), (text, edits));
        }
        if functions.is_empty() {
            bail!("no function under {:?}", self.project.code);
        }
        Ok(Targets {
            functions,
            files,
            outside,
        })
    }

    /// A function, then a line of its body, then an operator; or any place outside functions.
    fn choose<'t>(
        &mut self,
        targets: &'t Targets,
    ) -> Option<(Option<&'t Definition>, &'t str, &'t Edit)> {
        if self.random.below(100) < OUTSIDE {
            let (path, at) = self.random.pick(&targets.outside)?;
            return Some((None, path, &targets.files[path].1[*at]));
        }
        let function = self.random.pick(&targets.functions)?;
        let within = function.line_start..=function.line_end;
        let edits: Vec<&Edit> = targets.files[&function.path]
            .1
            .iter()
            .filter(|edit| !edit.outside && within.contains(&edit.line))
            .collect();
        let edit = operators::choose(&edits, &mut self.random)?;
        Some((Some(function), &function.path, edit))
    }

    fn attempt(
        &mut self,
        function: Option<&Definition>,
        path: &str,
        edit: &Edit,
        text: &str,
    ) -> Result<()> {
        let mutant = edit.apply(text);
        let label = format!("{path}:{} {}", edit.line, edit.operator);
        let syntax = self.suite.syntax(path);
        if operators::parse(&syntax, &mutant)?.root_node().has_error() {
            eprintln!("  no syntax  {label}");
            return Ok(());
        }
        self.place.restore(self.suite.kept())?;
        fs::write(self.place.work().join(path), mutant)?;
        let patch = self.place.patch()?;
        let is_case = self.project.cases.iter().any(|case| case.patch == patch);
        if is_case || !self.tried.insert(patch.clone()) {
            return Ok(());
        }
        let started = Instant::now();
        let Some(failing) = self.failing()? else {
            eprintln!("  broken     {label}");
            return Ok(());
        };
        if failing.is_empty() && self.random.below(UNNOTICED) > 0 {
            eprintln!("  unnoticed  {label}");
            return Ok(());
        }
        let impacted = self.impacted(function, &failing)?;
        eprintln!(
            "+ {} failing, {} impacted  {label}  ({:.1?})",
            failing.len(),
            impacted.as_ref().map_or(-1, |i| i.len() as isize),
            started.elapsed()
        );
        let number = self.project.cases.len() + 1;
        self.project.cases.push(Case {
            name: format!("{number:02}"),
            path: path.to_owned(),
            line: edit.line,
            symbol: function.map_or_else(String::new, |f| f.name.clone()),
            operator: edit.operator.to_owned(),
            patch,
            failing: pack(&failing, &self.project.suite),
            impacted: impacted.map(|tests| pack(&tests, &self.project.suite)),
        });
        self.project.save()
    }
}
