//! A language's files solved in rounds, each against what the others posted in the round before,
//! and solved again where one of them changes.
//!
//! Goes in: a language, where its modules lie, the facts of each file. Comes out: what each file
//! gives. A round's outcome is a function of the rounds before alone, so neither the order of
//! threads nor which units are left out because nothing they read changed makes a difference.

use crate::facts::FileFacts;
use crate::lang::{Language, Modules};
use crate::solve::board::{Board, Cell, Post, Retold, Round};
use crate::solve::classes::{Classes, ValueBases};
use crate::solve::emit::{self, Emitted, Whole};
use crate::solve::engine::{Common, Engine, Stage, Unit};
use crate::solve::intern::Interner;
use crate::solve::models::Models;
use crate::solve::open::Open;
use crate::solve::returned::Returned;
use crate::solve::types::{self, Ty, Types};
use crate::solve::values::Val;
use crate::solve::world::World;
use crate::solve::{Resolution, SourceFacts, interface, library};
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use std::sync::Arc;

/// Values cross at most so many files before what they leave open is settled,
const KNOWN_ROUNDS: usize = 2;
/// where bases known only by value come to light so many more,
const BASES_ROUNDS: usize = 2;
/// and so many after.
const OPEN_ROUNDS: usize = 4;

/// What replacing the facts of files took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// Other files see the same of them as before: only they were solved again.
    Alone,
    /// Other files see something else: all were solved again.
    All {
        /// Other files with at least one relationship to them.
        dependents: usize,
    },
}

/// Which units a round solves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    /// Those that read a cell that changed,
    Changed,
    /// and those that looked at bases known only by value.
    Unsettled,
}

/// What one round does.
#[derive(Clone, Copy)]
struct Plan {
    stage: Stage,
    which: Which,
    /// The hierarchy as it was known then.
    classes: usize,
}

/// What is remembered of a unit.
#[derive(Default)]
struct Last {
    /// The cells it posted to last, in all rounds where they are kept.
    posted: Vec<Cell>,
    /// Names of the cells it read last, and in any round where they are kept.
    reads: Box<[u64]>,
    ever_read: FxHashSet<u64>,
    decided: FxHashSet<Open>,
    unsettled: bool,
    emitted: Emitted,
}

/// What solving a unit once gave.
struct Solved {
    posts: Vec<Post>,
    reads: Box<[u64]>,
    decided: FxHashSet<Open>,
    unsettled: bool,
    emitted: Option<Emitted>,
}

impl Last {
    /// Remembers what solving the unit gave, and hands on what it posts.
    fn take(&mut self, solved: Solved) -> Vec<Post> {
        self.reads = solved.reads;
        self.decided = solved.decided;
        self.unsettled = solved.unsettled;
        if let Some(emitted) = solved.emitted {
            self.emitted = emitted;
        }
        solved.posts
    }
}

/// The files of one language family, linked, and ready for one of them to change.
pub struct Resolver {
    world: World,
    models: Models,
    returned: Vec<Returned>,
    types: Interner<Ty>,
    values: Interner<Val>,
    /// The hierarchy, and as it was before bases known only by value came to light.
    classes: Vec<Classes>,
    whole: Whole,
    units: Vec<Unit>,
    board: Board,
    plans: Vec<Plan>,
    last: Vec<Last>,
    /// What every round gave is kept, so that a file can be replaced.
    keeps: bool,
}

impl Resolver {
    /// Links the files of one language family. One that `keeps` takes more memory, and lets
    /// [`Resolver::replace`] leave other files alone.
    pub fn new(
        language: &dyn Language,
        modules: Arc<dyn Modules>,
        files: &[SourceFacts],
        keeps: bool,
    ) -> Self {
        let library = library::lower(language);
        let mut resolver =
            Self::unsolved(World::new(language.semantics(), modules, files, &library));
        resolver.keeps = keeps;
        resolver.solve();
        resolver
    }

    fn unsolved(world: World) -> Self {
        let types = types::interner();
        let classes = Classes::new(&world, &mut Types::new(&types), &ValueBases::new());
        let returned = (0..world.files.len() as u32)
            .into_par_iter()
            .map(|file| Returned::new(world.facts(file), world.semantics.allocation_sites))
            .collect();
        Resolver {
            models: Models::new(&world),
            returned,
            types,
            values: Interner::new(),
            whole: Whole::default(),
            classes: vec![classes],
            units: units(&world),
            board: Board::new(false),
            plans: Vec::new(),
            last: Vec::new(),
            keeps: false,
            world,
        }
    }

    /// All that the files give.
    pub fn resolution(&self) -> Resolution {
        let mut out = Resolution::default();
        for (file, last) in self.sources().enumerate() {
            let emitted = &last.emitted;
            out.edges.extend_from_slice(&emitted.edges);
            let blind = emitted.blind.iter().cloned();
            out.blind.extend(blind.map(|b| (file as u32, b)));
            out.call_sites.push(emitted.call_sites);
            out.packages.extend_from_slice(&emitted.packages);
        }
        let files: Vec<(&str, &FileFacts)> = self.world.files[..self.world.sources as usize]
            .iter()
            .map(|f| (f.path.as_str(), &*f.facts))
            .collect();
        let notes = self.world.modules.notes(&files);
        if !notes.is_empty() {
            out.blind.extend(notes);
            out.blind.sort_by_key(|(file, blind)| (*file, blind.line));
        }
        out.edges.sort_unstable();
        out.packages.sort();
        out.packages.dedup();
        out
    }

    fn sources(&self) -> impl Iterator<Item = &Last> {
        self.last.iter().take(self.world.sources as usize)
    }

    fn solve(&mut self) {
        self.board = Board::new(self.keeps);
        self.last = self.units.iter().map(|_| Last::default()).collect();
        self.plans.clear();
        self.classes.truncate(1);
        self.run(Stage::Definitions, Which::All);
        let mut bases = ValueBases::new();
        let mut which = Which::All;
        for round in 0..KNOWN_ROUNDS + BASES_ROUNDS {
            if (round >= KNOWN_ROUNDS && which != Which::Unsettled)
                || !self.run(Stage::Known, which)
            {
                break;
            }
            which = Which::Changed;
            let view = self.board.at(self.board.rounds());
            let found = self.classes[0].found_bases(&self.world, &self.values, view);
            if found != bases {
                let mut types = Types::new(&self.types);
                self.classes
                    .push(Classes::new(&self.world, &mut types, &found));
                bases = found;
                which = Which::Unsettled;
            }
        }
        self.whole = Whole::new(&self.world, &self.classes[self.classes.len() - 1]);
        for round in 0..OPEN_ROUNDS {
            let which = match round {
                0 => Which::All,
                _ => Which::Changed,
            };
            if !self.run(Stage::Open, which) {
                break;
            }
        }
    }

    /// Runs the next round; false where nothing was left to do.
    fn run(&mut self, stage: Stage, which: Which) -> bool {
        let plan = Plan {
            stage,
            which,
            classes: self.classes.len() - 1,
        };
        let round = self.board.rounds();
        let solved: Vec<(usize, Solved)> = (0..self.units.len())
            .into_par_iter()
            .filter(|&unit| self.is_due(&self.last[unit], plan, round))
            .map(|unit| {
                (
                    unit,
                    self.solve_unit(unit, plan, round, &self.last[unit].decided),
                )
            })
            .collect();
        self.board.turn();
        self.plans.push(plan);
        let (count, mut changed) = (solved.len(), 0);
        for (unit, solved) in solved {
            let last = &mut self.last[unit];
            if self.keeps {
                last.ever_read.extend(solved.reads.iter());
            }
            let posts = last.take(solved);
            let cells: Vec<Cell> = posts.iter().map(|p| p.cell).collect();
            changed += self.board.replace(unit as u32, &last.posted, posts);
            if self.keeps {
                let known: FxHashSet<Cell> = last.posted.iter().copied().collect();
                last.posted
                    .extend(cells.into_iter().filter(|c| !known.contains(c)));
            } else {
                last.posted = cells;
            }
        }
        tracing::debug!(?stage, units = count, changed, "round");
        count > 0
    }

    /// Whether a unit of which the last round left that has to be solved in this one.
    fn is_due(&self, last: &Last, plan: Plan, round: Round) -> bool {
        match plan.which {
            Which::All => true,
            Which::Unsettled if last.unsettled => true,
            _ => self.board.at(round).changed(&last.reads),
        }
    }

    fn solve_unit(
        &self,
        unit: usize,
        plan: Plan,
        round: Round,
        decided: &FxHashSet<Open>,
    ) -> Solved {
        let common = Common {
            world: &self.world,
            classes: &self.classes[plan.classes],
            models: &self.models,
            returned: &self.returned,
            types: &self.types,
            values: &self.values,
        };
        let unit = self.units[unit].clone();
        let is_source = unit.number < self.world.sources;
        let mut engine = Engine::new(common, unit, self.board.at(round), decided);
        engine.solve(plan.stage);
        if engine.is_exhausted() {
            engine.say();
        }
        let emits = plan.stage == Stage::Open && is_source;
        let emitted = emits.then(|| emit::emit(&mut engine, &self.whole));
        let (posts, reads) = engine.outcome();
        Solved {
            posts,
            reads,
            decided: std::mem::take(&mut engine.decided),
            unsettled: engine.unsettled.get(),
            emitted,
        }
    }

    /// Takes new facts for some files. The outcome is what linking all files anew would give.
    pub fn replace(&mut self, changes: &[(u32, Arc<FileFacts>)]) -> Replaced {
        let by_site = self.world.semantics.allocation_sites;
        let passed = |facts: &FileFacts| Returned::new(facts, by_site).passed_by(facts);
        let alike = |(file, facts): &(u32, Arc<FileFacts>)| {
            let known = self.world.facts(*file);
            interface::digest(known) == interface::digest(facts) && passed(known) == passed(facts)
        };
        let same = self.keeps && changes.iter().all(alike);
        let files: Vec<u32> = changes.iter().map(|c| c.0).collect();
        if !same || !changes.iter().all(|c| self.world.replace_bodies(c.0, &c.1)) {
            let dependents = self.dependents(&files);
            let keeps = self.keeps;
            *self = Self::unsolved(self.world.with(changes));
            self.keeps = keeps;
            self.solve();
            return Replaced::All { dependents };
        }
        for (file, facts) in changes {
            self.returned[*file as usize] = Returned::new(facts, by_site);
            self.units[*file as usize].count = facts.places.max(1);
        }
        if files.iter().all(|&file| self.retell(file as usize)) {
            return Replaced::Alone;
        }
        let dependents = self.dependents(&files);
        self.solve();
        Replaced::All { dependents }
    }

    /// Solves one unit in every round as if it had always been as it is now. False, with nothing
    /// changed, where another unit would have seen the difference.
    fn retell(&mut self, unit: usize) -> bool {
        let mut retold = Retold::default();
        let mut last = Last::default();
        for round in 0..self.plans.len() {
            let plan = self.plans[round];
            let round = round as Round;
            if !self.is_due(&last, plan, round) {
                continue;
            }
            let solved = self.solve_unit(unit, plan, round, &last.decided);
            last.ever_read.extend(solved.reads.iter());
            retold.post(unit as u32, round, last.take(solved));
        }
        let known = &self.last[unit].posted;
        let before = self.board.entries(unit as u32, known);
        let differs = retold.differs(&before);
        let others = self.last.iter().enumerate().filter(|(u, _)| *u != unit);
        for (_, other) in others {
            if differs.iter().any(|name| other.ever_read.contains(name)) {
                return false;
            }
        }
        last.posted = retold.cells();
        self.board.retell(unit as u32, known, retold);
        self.last[unit] = last;
        true
    }

    /// How many other files have a relationship to one of the files.
    fn dependents(&self, files: &[u32]) -> usize {
        let others = self.sources().enumerate();
        others
            .filter(|(file, _)| !files.contains(&(*file as u32)))
            .filter(|(_, last)| {
                last.emitted
                    .edges
                    .iter()
                    .any(|e| files.contains(&e.to.file))
            })
            .count()
    }
}

/// Each source file by itself, and all models together.
fn units(world: &World) -> Vec<Unit> {
    let base = |file: u32| world.place_base[file as usize];
    let files = world.files.len() as u32;
    let mut units: Vec<Unit> = (0..world.sources)
        .map(|file| Unit {
            number: file,
            files: file..file + 1,
            base: base(file),
            count: world.facts(file).places.max(1),
        })
        .collect();
    if world.sources < files {
        units.push(Unit {
            number: world.sources,
            files: world.sources..files,
            base: base(world.sources),
            count: world.places - base(world.sources),
        });
    }
    units
}
