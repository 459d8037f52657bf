//! What the units of one resolution tell each other.
//!
//! A unit (a source file, or all library models) is solved alone. Places that other units may read
//! or write are cells: after each round a unit posts what it put into cells, and reads in the next
//! what the others posted. The board as of a round is a pure function of all posts of the rounds
//! before, whatever the order of threads; the board keeps every round, so that one unit can be
//! solved again as if it had always been as it is now.

use crate::solve::places::MAX_VALUES;
use crate::solve::values::ValId;
use crate::solve::world::{GDef, GPlace, Symbol};
use ripple_schemas::Rule;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::hash::BuildHasher;

/// A place that more than one unit may know. It is named by what it is for, since the numbers of
/// a file's places move when a body changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cell {
    /// What a definition's name holds.
    Def(GDef),
    Param(GDef, u32),
    Return(GDef),
    Receiver(GDef),
    /// What one of the calls yields by which a function makes what it returns.
    Made(GDef, u32),
    /// What a name of a namespace holds: the file, and which of its members.
    Member(u32, u32),
    /// Any other place of a file's facts.
    Place(GPlace),
    /// A member of a value.
    Field(ValId, Symbol),
    /// A place of one use of a model, by the use's origin.
    Frame(u64, u32),
    /// The program's functions that an inner function of a model calls in one use.
    Invokes(u64, GDef),
    /// Which members of a value have cells: holds nothing, but changes when there are more.
    Members(ValId),
}

impl Cell {
    /// Names the cell in little room. That two share a name costs time, nothing else.
    pub(super) fn name(self) -> u64 {
        FxBuildHasher.hash_one(self)
    }
}

/// A value with the weakest rule on its way.
pub(super) type Known = (ValId, Rule);

/// What one unit puts into one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Post {
    pub(super) cell: Cell,
    pub(super) values: SmallVec<[Known; 2]>,
    /// There were more than a place holds.
    pub(super) crowded: bool,
}

/// The number of a round.
pub(super) type Round = u8;

/// A post, from the round that made it up to the one that replaced it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    unit: u32,
    from: Round,
    to: Round,
    crowded: bool,
    values: SmallVec<[Known; 2]>,
}

struct Content {
    /// By unit, then by round.
    entries: SmallVec<[Entry; 1]>,
    /// From this round on it tells nothing: it held more values than say anything.
    crowded: Round,
}

impl Default for Content {
    fn default() -> Self {
        Content {
            entries: SmallVec::new(),
            crowded: Round::MAX,
        }
    }
}

/// All cells, in all rounds.
pub(super) struct Board {
    cells: FxHashMap<Cell, Content>,
    /// With the round that first named them.
    members: FxHashMap<ValId, Vec<(Symbol, Round)>>,
    /// Names of the cells that changed, by round.
    changed: Vec<FxHashSet<u64>>,
    /// Rounds that are over are kept.
    keeps: bool,
}

/// The board as the units of one round see it.
#[derive(Clone, Copy)]
pub(super) struct View<'b> {
    board: &'b Board,
    /// What was posted before this round.
    at: Round,
}

impl<'b> View<'b> {
    /// What other units than `unit` put into a cell, in the order of units; nothing where the
    /// cell is crowded.
    pub(super) fn read(self, cell: Cell, unit: u32) -> impl Iterator<Item = Known> + use<'b> {
        let told = !self.is_crowded(cell);
        let entries = self.entries(cell, unit).filter(move |_| told);
        entries.flat_map(|e| e.values.iter().copied())
    }

    fn entries(self, cell: Cell, unit: u32) -> impl Iterator<Item = &'b Entry> + use<'b> {
        let content = self.board.cells.get(&cell);
        content
            .map_or(&[][..], |c| &c.entries)
            .iter()
            .filter(move |e| e.unit != unit && e.from < self.at && self.at <= e.to)
    }

    /// True where so many values were put into the cell that it tells none.
    pub(super) fn is_crowded(self, cell: Cell) -> bool {
        let content = self.board.cells.get(&cell);
        content.is_some_and(|c| c.crowded < self.at)
    }

    /// The members of a value that have cells.
    pub(super) fn members(self, owner: ValId) -> impl Iterator<Item = Symbol> + use<'b> {
        let known = self
            .board
            .members
            .get(&owner)
            .map_or(&[][..], Vec::as_slice);
        known.iter().filter(move |m| m.1 < self.at).map(|m| m.0)
    }

    /// True where some other unit put something into the cell.
    pub(super) fn holds(self, cell: Cell, unit: u32) -> bool {
        self.entries(cell, unit).next().is_some()
    }

    /// True where one of the cells named changed in the round before.
    pub(super) fn changed(self, names: &[u64]) -> bool {
        let last = (self.at as usize).checked_sub(1);
        match last.and_then(|round| self.board.changed.get(round)) {
            Some(changed) if !changed.is_empty() => names.iter().any(|n| changed.contains(n)),
            _ => false,
        }
    }
}

impl Board {
    /// An empty board; one that `keeps` remembers every round.
    pub(super) fn new(keeps: bool) -> Self {
        Board {
            cells: FxHashMap::default(),
            members: FxHashMap::default(),
            changed: Vec::new(),
            keeps,
        }
    }

    /// What a round sees.
    pub(super) fn at(&self, round: Round) -> View<'_> {
        View {
            board: self,
            at: round,
        }
    }

    /// How many rounds are over.
    pub(super) fn rounds(&self) -> Round {
        self.changed.len() as Round
    }

    /// Begins a round.
    pub(super) fn turn(&mut self) {
        self.changed.push(FxHashSet::default());
    }

    /// In the round begun last, a unit posts `new` in place of what it had posted to `old`. How
    /// many cells changed.
    pub(super) fn replace(&mut self, unit: u32, old: &[Cell], new: Vec<Post>) -> usize {
        let round = self.rounds() - 1;
        let mut changed: Vec<Cell> = Vec::new();
        let kept: FxHashSet<Cell> = new.iter().map(|p| p.cell).collect();
        for &cell in old.iter().filter(|c| !kept.contains(c)) {
            if let Some(content) = self.cells.get_mut(&cell)
                && content.close(unit, round, self.keeps)
                && content.crowded == Round::MAX
            {
                changed.push(cell);
            }
        }
        for post in new {
            let cell = post.cell;
            let content = self.cells.entry(cell).or_default();
            if content.says(unit, &post) {
                continue;
            }
            if content.crowded == Round::MAX {
                changed.push(cell);
            }
            content.close(unit, round, self.keeps);
            content.insert(Entry {
                unit,
                from: round,
                to: Round::MAX,
                crowded: post.crowded,
                values: post.values,
            });
            if content.crowded == Round::MAX && content.is_crowded() {
                content.crowded = round;
            }
            if let Cell::Field(owner, name) = cell {
                let names = self.members.entry(owner).or_default();
                if !names.iter().any(|n| n.0 == name) {
                    names.push((name, round));
                    changed.push(Cell::Members(owner));
                }
            }
        }
        let names = &mut self.changed[round as usize];
        names.extend(changed.iter().map(|c| c.name()));
        changed.len()
    }

    /// What a unit posted to the cells, in all rounds.
    pub(super) fn entries(&self, unit: u32, cells: &[Cell]) -> FxHashMap<Cell, Vec<Entry>> {
        let mut out = FxHashMap::default();
        for &cell in cells {
            let content = self.cells.get(&cell);
            let own: Vec<Entry> = content
                .into_iter()
                .flat_map(|c| &c.entries)
                .filter(|e| e.unit == unit)
                .cloned()
                .collect();
            out.insert(cell, own);
        }
        out
    }
}

impl Content {
    /// True where the unit has posted the same values. Which of two ways to a value came first,
    /// and so its rule, may differ from round to round: the first round's stands.
    fn says(&self, unit: u32, post: &Post) -> bool {
        self.entries
            .iter()
            .find(|e| e.unit == unit && e.to == Round::MAX)
            .is_some_and(|e| e.crowded == post.crowded && same(&e.values, &post.values))
    }

    /// Ends what the unit posts; false where it posts nothing.
    fn close(&mut self, unit: u32, round: Round, keeps: bool) -> bool {
        let current = |e: &Entry| e.unit == unit && e.to == Round::MAX;
        let Some(at) = self.entries.iter().position(current) else {
            return false;
        };
        if keeps {
            self.entries[at].to = round;
        } else {
            self.entries.remove(at);
        }
        true
    }

    fn insert(&mut self, entry: Entry) {
        let at = self.entries.partition_point(|e| e.unit <= entry.unit);
        self.entries.insert(at, entry);
    }

    fn is_crowded(&self) -> bool {
        let most = usize::from(MAX_VALUES);
        let now = || self.entries.iter().filter(|e| e.to == Round::MAX);
        if now().any(|e| e.crowded) {
            return true;
        }
        if now().map(|e| e.values.len()).sum::<usize>() <= most {
            return false;
        }
        let all: FxHashSet<ValId> = now().flat_map(|e| e.values.iter().map(|v| v.0)).collect();
        all.len() > most
    }
}

fn same(a: &[Known], b: &[Known]) -> bool {
    a.len() == b.len() && a.iter().all(|v| b.iter().any(|w| w.0 == v.0))
}

/// What one unit would have posted in every round, were it as it is now.
#[derive(Default)]
pub(super) struct Retold {
    entries: FxHashMap<Cell, Vec<Entry>>,
}

impl Retold {
    /// The unit posts in a round, in place of what it posted before.
    pub(super) fn post(&mut self, unit: u32, round: Round, posts: Vec<Post>) {
        let kept: FxHashSet<Cell> = posts.iter().map(|p| p.cell).collect();
        for (cell, entries) in &mut self.entries {
            if let Some(last) = entries.last_mut().filter(|e| e.to == Round::MAX)
                && !kept.contains(cell)
            {
                last.to = round;
            }
        }
        for post in posts {
            let entries = self.entries.entry(post.cell).or_default();
            if let Some(last) = entries.last_mut().filter(|e| e.to == Round::MAX) {
                if last.crowded == post.crowded && same(&last.values, &post.values) {
                    continue;
                }
                last.to = round;
            }
            entries.push(Entry {
                unit,
                from: round,
                to: Round::MAX,
                crowded: post.crowded,
                values: post.values,
            });
        }
    }

    /// Cells in which it differs from what was posted, by name.
    pub(super) fn differs(&self, before: &FxHashMap<Cell, Vec<Entry>>) -> FxHashSet<u64> {
        let mut out = FxHashSet::default();
        for (&cell, entries) in &self.entries {
            if !before.get(&cell).is_some_and(|b| alike(entries, b)) {
                out.insert(cell.name());
                if let (Cell::Field(owner, _), false) = (cell, before.contains_key(&cell)) {
                    out.insert(Cell::Members(owner).name());
                }
            }
        }
        for (cell, entries) in before {
            if !entries.is_empty() && !self.entries.contains_key(cell) {
                out.insert(cell.name());
            }
        }
        out
    }

    /// Every cell posted to.
    pub(super) fn cells(&self) -> Vec<Cell> {
        self.entries.keys().copied().collect()
    }
}

fn alike(a: &[Entry], b: &[Entry]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            a.from == b.from && a.to == b.to && a.crowded == b.crowded && a.values == b.values
        })
}

impl Board {
    /// Puts what a unit would have posted in place of what it did, where nobody who read it could
    /// tell the difference.
    pub(super) fn retell(&mut self, unit: u32, before: &[Cell], retold: Retold) {
        for cell in before {
            if let Some(content) = self.cells.get_mut(cell) {
                content.entries.retain(|e| e.unit != unit);
            }
        }
        for (cell, entries) in retold.entries {
            let content = self.cells.entry(cell).or_default();
            for entry in entries {
                content.insert(entry);
            }
        }
    }
}
