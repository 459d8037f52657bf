//! Units solved in rounds, each against what the others posted in the round before.
//!
//! Goes in: what a language's units share. Comes out: what each file gives. A round's outcome is a
//! function of the round before alone, so neither the order of threads nor which units are left
//! out because nothing they read changed makes a difference.

use crate::solve::board::{Board, Cell, Post};
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
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Values cross at most so many files before what they leave open is settled,
const KNOWN_ROUNDS: u32 = 2;
/// where bases known only by value come to light so many more,
const BASES_ROUNDS: u32 = 2;
/// and so many after.
const OPEN_ROUNDS: u32 = 4;

/// What the last round gave of one unit.
#[derive(Default)]
struct Last {
    posts: Vec<Post>,
    reads: Vec<Cell>,
    decided: FxHashSet<Open>,
    unsettled: bool,
    emitted: Emitted,
}

/// Solves all files of a language; one entry a source file.
pub(super) fn solve(world: &World<'_>) -> Vec<Emitted> {
    let (types, values) = (types::interner(), Interner::new());
    let models = Models::new(world);
    let returned: Vec<Returned> = (0..world.files.len() as u32)
        .into_par_iter()
        .map(|file| Returned::new(world.facts(file), world.semantics.allocation_sites))
        .collect();
    let mut bases = ValueBases::new();
    let mut classes = Classes::new(world, &mut Types::new(&types), &bases);
    let units = units(world);
    let mut rounds = Rounds {
        board: Board::default(),
        last: units.iter().map(|_| Last::default()).collect(),
        units,
    };
    let shared = Shared {
        world,
        models: &models,
        returned: &returned,
        types: &types,
        values: &values,
    };
    rounds.run(shared.with(&classes), Stage::Definitions, None, Which::All);
    let mut which = Which::All;
    for round in 0..KNOWN_ROUNDS + BASES_ROUNDS {
        let settled = which != Which::Unsettled;
        if round >= KNOWN_ROUNDS && settled {
            break;
        }
        if !rounds.run(shared.with(&classes), Stage::Known, None, which) {
            break;
        }
        which = Which::Changed;
        let found = classes.found_bases(&values, &rounds.board);
        if found != bases {
            classes = Classes::new(world, &mut Types::new(&types), &found);
            bases = found;
            which = Which::Unsettled;
        }
    }
    let whole = Whole::new(world, &classes);
    for round in 0..OPEN_ROUNDS {
        let which = match round {
            0 => Which::All,
            _ => Which::Changed,
        };
        if !rounds.run(shared.with(&classes), Stage::Open, Some(&whole), which) {
            break;
        }
    }
    let sources = world.sources as usize;
    let files = rounds.last.into_iter().take(sources);
    files.map(|last| last.emitted).collect()
}

/// What stays the same though more becomes known of the hierarchy.
#[derive(Clone, Copy)]
struct Shared<'a> {
    world: &'a World<'a>,
    models: &'a Models,
    returned: &'a [Returned],
    types: &'a Interner<Ty>,
    values: &'a Interner<Val>,
}

impl<'a> Shared<'a> {
    fn with<'b>(self, classes: &'b Classes) -> Common<'b>
    where
        'a: 'b,
    {
        Common {
            world: self.world,
            classes,
            models: self.models,
            returned: self.returned,
            types: self.types,
            values: self.values,
        }
    }
}

/// Each source file by itself, and all models together.
fn units(world: &World<'_>) -> Vec<Unit> {
    let base = |file: u32| {
        world
            .place_base
            .get(file as usize)
            .copied()
            .unwrap_or(world.places)
    };
    let files = world.files.len() as u32;
    let mut units: Vec<Unit> = (0..world.sources)
        .map(|file| Unit {
            number: file,
            files: file..file + 1,
            base: base(file),
            count: base(file + 1) - base(file),
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

/// Which units a round solves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Which {
    All,
    /// Those that read a cell that changed,
    Changed,
    /// and those that looked at bases known only by value.
    Unsettled,
}

struct Rounds {
    board: Board,
    units: Vec<Unit>,
    last: Vec<Last>,
}

impl Rounds {
    /// Solves the units that read what changed, or all; false where nothing was left to do.
    fn run(
        &mut self,
        common: Common<'_>,
        stage: Stage,
        whole: Option<&Whole>,
        which: Which,
    ) -> bool {
        let started = std::time::Instant::now();
        let board = &self.board;
        let solved: Vec<(usize, Last)> = self
            .units
            .par_iter()
            .zip(&self.last)
            .enumerate()
            .filter(|(_, (_, last))| match which {
                Which::All => true,
                Which::Unsettled if last.unsettled => true,
                _ => last.reads.iter().any(|&c| board.changed(c)),
            })
            .map(|(index, (unit, last))| {
                let mut engine = Engine::new(common, unit.clone(), board, &last.decided);
                engine.solve(stage);
                let emitted = match whole.filter(|_| unit.number < common.world.sources) {
                    Some(whole) => emit::emit(&mut engine, whole),
                    None => Emitted::default(),
                };
                let (posts, reads) = engine.outcome();
                let last = Last {
                    posts,
                    reads,
                    decided: std::mem::take(&mut engine.decided),
                    unsettled: engine.unsettled.get(),
                    emitted,
                };
                (index, last)
            })
            .collect();
        let took = started.elapsed();
        self.board.turn();
        let (count, mut changed) = (solved.len(), 0);
        for (index, last) in solved {
            let unit = self.units[index].number;
            changed += self
                .board
                .replace(unit, &self.last[index].posts, &last.posts);
            self.last[index] = last;
        }
        tracing::debug!(?stage, units = count, changed, ?took, "round");
        count > 0
    }
}
