//! What the units of one resolution tell each other.
//!
//! A unit (a source file, or all library models) is solved alone. Places that other units may read
//! or write are cells: after each round a unit posts what it put into cells, and reads in the next
//! what the others posted. The board of a round is a pure function of all posts of the round
//! before, whatever the order of threads.

use crate::solve::places::MAX_VALUES;
use crate::solve::values::ValId;
use crate::solve::world::{GDef, GPlace, Symbol};
use ripple_schemas::Rule;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// A place that more than one unit may know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cell {
    /// A place of a file's facts.
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

#[derive(Default)]
struct Content {
    /// By unit, in order.
    posts: SmallVec<[(u32, SmallVec<[Known; 2]>); 1]>,
    /// The round in which it last changed.
    changed: u32,
    /// It once held more values than say anything, and tells none since.
    crowded: bool,
}

impl Content {
    fn is_crowded(&self) -> bool {
        let most = usize::from(MAX_VALUES);
        if self.posts.iter().map(|p| p.1.len()).sum::<usize>() <= most {
            return false;
        }
        let all: FxHashSet<ValId> = self
            .posts
            .iter()
            .flat_map(|p| p.1.iter().map(|v| v.0))
            .collect();
        all.len() > most
    }
}

/// All cells.
#[derive(Default)]
pub(super) struct Board {
    cells: FxHashMap<Cell, Content>,
    members: FxHashMap<ValId, Vec<Symbol>>,
    round: u32,
}

impl Board {
    /// What other units than `unit` put into a cell, in the order of units; nothing where the
    /// cell is crowded.
    pub(super) fn read(&self, cell: Cell, unit: u32) -> impl Iterator<Item = Known> + '_ {
        let content = self.cells.get(&cell).filter(|c| !c.crowded);
        let posts = content.map_or(&[][..], |c| &c.posts);
        posts
            .iter()
            .filter(move |p| p.0 != unit)
            .flat_map(|p| p.1.iter().copied())
    }

    /// What all units put into a cell.
    pub(super) fn all(&self, cell: Cell) -> impl Iterator<Item = Known> + '_ {
        self.read(cell, u32::MAX)
    }

    /// True where some unit put something into the cell.
    pub(super) fn holds(&self, cell: Cell) -> bool {
        self.cells.get(&cell).is_some_and(|c| !c.posts.is_empty())
    }

    /// True where so many values were put into the cell that it tells none.
    pub(super) fn is_crowded(&self, cell: Cell) -> bool {
        self.cells.get(&cell).is_some_and(|c| c.crowded)
    }

    /// The members of a value that have cells.
    pub(super) fn members(&self, owner: ValId) -> &[Symbol] {
        self.members.get(&owner).map_or(&[], Vec::as_slice)
    }

    /// True where the cell changed in the last round.
    pub(super) fn changed(&self, cell: Cell) -> bool {
        self.cells
            .get(&cell)
            .is_some_and(|c| c.changed == self.round)
    }

    /// Begins a new round: what is replaced from here on has changed.
    pub(super) fn turn(&mut self) {
        self.round += 1;
    }

    /// Replaces what a unit had posted. How many cells changed.
    pub(super) fn replace(&mut self, unit: u32, old: &[Post], new: &[Post]) -> usize {
        let mut count = 0;
        let kept: FxHashMap<Cell, &Post> = new.iter().map(|p| (p.cell, p)).collect();
        for post in old {
            if !kept.contains_key(&post.cell)
                && let Some(content) = self.cells.get_mut(&post.cell)
            {
                content.posts.retain(|p| p.0 != unit);
                if !content.crowded {
                    content.changed = self.round;
                    count += 1;
                }
            }
        }
        for post in new {
            let content = self.cells.entry(post.cell).or_default();
            let at = content.posts.partition_point(|p| p.0 < unit);
            match content.posts.get_mut(at).filter(|p| p.0 == unit) {
                Some(known) if same(&known.1, &post.values) && !post.crowded => continue,
                Some(known) => known.1 = post.values.clone(),
                None => {
                    if content.posts.is_empty()
                        && let Cell::Field(owner, name) = post.cell
                    {
                        let names = self.members.entry(owner).or_default();
                        if !names.contains(&name) {
                            names.push(name);
                            let listing = self.cells.entry(Cell::Members(owner)).or_default();
                            listing.changed = self.round;
                        }
                    }
                    let content = self.cells.entry(post.cell).or_default();
                    content.posts.insert(at, (unit, post.values.clone()));
                }
            }
            if let Some(content) = self.cells.get_mut(&post.cell).filter(|c| !c.crowded) {
                content.changed = self.round;
                content.crowded = post.crowded || content.is_crowded();
                count += 1;
            }
        }
        count
    }
}

/// The same values. Which of two ways to a value came first, and so its rule, may differ from
/// round to round: the first round's stands.
fn same(a: &[Known], b: &[Known]) -> bool {
    a.len() == b.len() && a.iter().all(|v| b.iter().any(|w| w.0 == v.0))
}
