//! Places of one unit: the values they hold, who waits for them, and which other units know them.

use crate::facts::Place;
use crate::solve::board::{Cell, Known, Post};
use crate::solve::engine::{Engine, Sub};
use crate::solve::types::TyId;
use crate::solve::values::{Val, ValId};
use crate::solve::world::{GDef, GPlace};
use ripple_schemas::Rule;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// A place with more values than this says nothing any more and takes no further ones.
pub(super) const MAX_VALUES: u8 = 32;
/// A place with more values than this takes no further string by name.
const MAX_TEXTS: u8 = 12;
/// So many strings by name are told to other units.
const MAX_TOLD_TEXTS: u8 = 4;
/// No place is made to hold fewer than this.
const MIN_VALUES: u8 = 6;
const NIL: u32 = u32::MAX;

/// A place of the unit that is being solved: of its facts, or made on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Slot(pub(super) u32);

impl Slot {
    pub(super) const NOWHERE: Slot = Slot(0);
}

/// One place: a run of nodes in the value pool, which of them were handed out, its subscribers.
#[derive(Clone, Copy)]
pub(super) struct Head {
    start: u32,
    subs: u32,
    /// Bit i: node i was handed to the subscribers there were. [`MAX_VALUES`] is its width.
    delivered: u32,
    /// Index into the places that other units know, 0 for none.
    shared: u32,
    count: u8,
    room: u8,
}

impl Head {
    pub(super) const EMPTY: Head = Head {
        start: 0,
        subs: NIL,
        delivered: 0,
        shared: 0,
        count: 0,
        room: 0,
    };
}

/// A place that other units may know.
#[derive(Clone, Copy)]
pub(super) struct Shared {
    pub(super) cell: Cell,
    slot: Slot,
    /// Bit i: this unit itself puts the value of node i there.
    derived: u32,
    /// What others put there has been read.
    read: bool,
}

impl Shared {
    pub(super) const NONE: Shared = Shared {
        cell: Cell::Place(GPlace::NOWHERE),
        slot: Slot::NOWHERE,
        derived: 0,
        read: false,
    };
}

impl Engine<'_> {
    pub(super) fn fresh(&mut self) -> Slot {
        self.heads.push(Head::EMPTY);
        Slot(self.heads.len() as u32 - 1)
    }

    /// So many fresh places in a row; the first of them.
    pub(super) fn fresh_run(&mut self, count: usize) -> u32 {
        let first = self.heads.len() as u32;
        self.heads.resize(self.heads.len() + count, Head::EMPTY);
        first
    }

    /// The place that stands for a place of any file's facts.
    pub(super) fn slot(&mut self, place: GPlace) -> Slot {
        if place == GPlace::NOWHERE {
            return Slot::NOWHERE;
        }
        let own = place.0.wrapping_sub(self.unit.base);
        if own < self.unit.count {
            return Slot(own);
        }
        if let Some(&known) = self.mirrors.get(&place) {
            return known;
        }
        let slot = self.fresh();
        self.share(slot, self.world.cell(place));
        self.mirrors.insert(place, slot);
        slot
    }

    /// The place that stands for a place of a file.
    pub(super) fn slot_in(&mut self, file: u32, place: Place) -> Slot {
        self.slot(self.world.gplace(file, place))
    }

    /// The place that holds a definition.
    pub(super) fn def_slot(&mut self, def: GDef) -> Slot {
        self.slot_in(self.world.file_of(def), self.world.def(def).place)
    }

    /// From here on the place stands for a cell.
    pub(super) fn share(&mut self, slot: Slot, cell: Cell) {
        if slot == Slot::NOWHERE || self.heads[slot.0 as usize].shared != 0 {
            return;
        }
        self.heads[slot.0 as usize].shared = self.shared.len() as u32;
        self.shared.push(Shared {
            cell,
            slot,
            derived: 0,
            read: false,
        });
    }

    /// Shares what other files can name of this unit's own places, and reads what they put there.
    pub(super) fn share_places(&mut self) {
        let world = self.world;
        for file in self.unit.files.clone() {
            for &(place, cell) in world.roles(file) {
                let slot = self.slot_in(file, place);
                self.share(slot, cell);
            }
        }
        for index in 1..self.shared.len() {
            self.look(self.shared[index].slot);
        }
    }

    /// Reads what other units put into the cell that a place stands for, once.
    pub(super) fn look(&mut self, slot: Slot) {
        let shared = self.heads[slot.0 as usize].shared as usize;
        if shared == 0 || std::mem::replace(&mut self.shared[shared].read, true) {
            return;
        }
        for (val, rule) in self.board.read(self.shared[shared].cell, self.unit.number) {
            self.put(slot, val, rule);
        }
    }

    pub(super) fn values_of(&self, place: Slot) -> Vec<Known> {
        self.nodes(place).to_vec()
    }

    fn nodes(&self, place: Slot) -> &[Known] {
        let head = &self.heads[place.0 as usize];
        &self.val_pool[head.start as usize..head.start as usize + head.count as usize]
    }

    pub(super) fn delivered(&self, place: Slot) -> SmallVec<[Known; 4]> {
        let delivered = self.heads[place.0 as usize].delivered;
        let nodes = self.nodes(place).iter().enumerate();
        nodes
            .filter(|(i, _)| delivered & (1 << i) != 0)
            .map(|(_, v)| *v)
            .collect()
    }

    pub(super) fn is_empty(&mut self, place: Slot) -> bool {
        self.look(place);
        self.heads[place.0 as usize].count == 0
    }

    pub(super) fn is_crowded(&self, place: Slot) -> bool {
        let head = &self.heads[place.0 as usize];
        head.count >= self.max_values
            || (head.shared != 0
                && self
                    .board
                    .is_crowded(self.shared[head.shared as usize].cell))
    }

    /// Where everything flows everywhere, more values say less: places hold half as many from here.
    pub(super) fn tighten(&mut self) {
        self.max_values = (self.max_values / 2).max(MIN_VALUES);
        self.budget += self.budget / 2;
    }

    /// A value of this unit's own arrives.
    pub(super) fn add(&mut self, place: Slot, val: ValId, rule: Rule) {
        if place == Slot::NOWHERE {
            return;
        }
        if let Some(node) = self.put(place, val, rule) {
            let shared = self.heads[place.0 as usize].shared;
            if shared != 0 {
                self.shared[shared as usize].derived |= 1 << node;
            }
        }
    }

    /// The node that holds the value, unless the place takes no more.
    fn put(&mut self, place: Slot, val: ValId, rule: Rule) -> Option<u8> {
        let mut val = val;
        let head = &self.heads[place.0 as usize];
        // Many strings are data, not names of members: from here on they are any string.
        if head.count >= MAX_TEXTS && matches!(self.values.get(val), Val::Text(_)) {
            val = self.any_text?;
        }
        if let Some(known) = self.nodes(place).iter().position(|v| v.0 == val) {
            return Some(known as u8);
        }
        if head.count >= self.max_values {
            return None;
        }
        let head = &mut self.heads[place.0 as usize];
        if head.count == head.room {
            // A larger run of nodes at the end; the old one is left behind.
            let (start, count) = (head.start as usize, head.count as usize);
            head.start = self.val_pool.len() as u32;
            head.room = (head.room * 2).max(2);
            let room = head.room as usize;
            self.val_pool.extend_from_within(start..start + count);
            self.val_pool
                .resize(self.val_pool.len() + room - count, (ValId(0), Rule::Local));
        }
        let node = head.count;
        self.val_pool[head.start as usize + node as usize] = (val, rule);
        head.count += 1;
        self.queue.push_back((place, node));
        Some(node)
    }

    /// Marks a node as handed out, and calls `deliver` for each subscriber.
    pub(super) fn hand_out(&mut self, place: Slot, node: u8) {
        let head = &mut self.heads[place.0 as usize];
        head.delivered |= 1 << node;
        let (val, rule) = self.val_pool[head.start as usize + node as usize];
        let mut at = head.subs;
        while at != NIL {
            let (sub, next) = self.sub_pool[at as usize];
            self.deliver(sub, val, rule);
            at = next;
        }
    }

    pub(super) fn subscribe(&mut self, place: Slot, sub: Sub) {
        if place == Slot::NOWHERE || self.is_exhausted() {
            return;
        }
        self.look(place);
        let known = self.delivered(place);
        let node = self.sub_pool.len() as u32;
        let head = &mut self.heads[place.0 as usize];
        self.sub_pool.push((sub, head.subs));
        head.subs = node;
        // Values still queued reach the new subscriber with all others.
        for (val, rule) in known {
            self.deliver(sub, val, rule);
        }
    }

    pub(super) fn copy(&mut self, from: Slot, to: Slot, rule: Rule) {
        if from != to && from != Slot::NOWHERE && to != Slot::NOWHERE {
            self.subscribe(from, Sub::Copy { to, rule });
        }
    }

    // ---- what other units see -----------------------------------------------------------------

    /// What this unit puts into cells that another unit can know of, and the names of the cells
    /// that its own answer depends on.
    pub(super) fn outcome(&mut self) -> (Vec<Post>, Box<[u64]>) {
        let private = self.private();
        (self.posts(&private), self.reads(&private))
    }

    /// What other units are told of a value: neither which part of the language's own library
    /// something comes from, nor which of many strings it is, matters to them.
    fn told(&mut self, val: ValId, texts: &mut u8) -> ValId {
        match self.values.get(val) {
            Val::Ext(symbol) => match self.world.packages.get(&symbol) {
                Some(package) if package.0 == "std" => self.some_library.unwrap_or(val),
                _ => val,
            },
            Val::Obj(0, Some(class)) => self.values.intern(Val::Typed(class, TyId::UNKNOWN)),
            Val::Text(_) => {
                *texts += 1;
                match *texts {
                    0..=MAX_TOLD_TEXTS => val,
                    _ => self.any_text.unwrap_or(val),
                }
            }
            _ => val,
        }
    }

    fn posts(&mut self, private: &Private) -> Vec<Post> {
        let mut posts = Vec::new();
        for index in 1..self.shared.len() {
            let shared = self.shared[index];
            if shared.derived == 0 || !private.sees(shared.cell) {
                continue;
            }
            let crowded = self.heads[shared.slot.0 as usize].count >= self.max_values;
            let mut values: SmallVec<[Known; 2]> = SmallVec::new();
            let mut texts = 0;
            for (node, (val, rule)) in self.values_of(shared.slot).into_iter().enumerate() {
                if crowded || shared.derived & (1 << node) == 0 {
                    continue;
                }
                let val = self.told(val, &mut texts);
                if !values.iter().any(|v| v.0 == val) {
                    values.push((val, rule));
                }
            }
            posts.push(Post {
                cell: shared.cell,
                values,
                crowded,
            });
        }
        posts
    }

    fn reads(&self, private: &Private) -> Box<[u64]> {
        let read = self.shared[1..].iter().filter(|s| s.read).map(|s| s.cell);
        read.chain(self.looked_at.iter().copied())
            .filter(|&cell| private.sees(cell))
            .map(Cell::name)
            .collect()
    }

    /// Containers and uses of models that were made here and that no other unit can hold.
    fn private(&self) -> Private {
        let mut private = Private {
            values: self.made.clone(),
            frames: self.templates.made.clone(),
        };
        // Cells by the container or use they belong to, while nobody else knows it.
        let mut waiting: FxHashMap<Owner, Vec<usize>> = FxHashMap::default();
        let mut queue: Vec<usize> = Vec::new();
        for (index, shared) in self.shared.iter().enumerate().skip(1) {
            match private.owner(shared.cell) {
                Some(owner) => waiting.entry(owner).or_default().push(index),
                None => queue.push(index),
            }
        }
        while let Some(index) = queue.pop() {
            let shared = &self.shared[index];
            let nodes = self.nodes(shared.slot).iter().enumerate();
            for (_, &(val, _)) in nodes.filter(|(i, _)| shared.derived & (1 << i) != 0) {
                self.escape_value(val, &mut private, &mut waiting, &mut queue);
            }
        }
        private
    }

    fn escape_value(
        &self,
        val: ValId,
        private: &mut Private,
        waiting: &mut FxHashMap<Owner, Vec<usize>>,
        queue: &mut Vec<usize>,
    ) {
        let (owner, inner) = match self.values.get(val) {
            Val::Obj(..) if private.values.remove(&val) => (Some(Owner::Value(val)), [None, None]),
            Val::Closure(_, origin) if private.frames.remove(&origin) => {
                (Some(Owner::Frame(origin)), [None, None])
            }
            Val::Bound(_, recv) | Val::Super(_, recv) | Val::Native(_, recv) => {
                (None, [Some(recv), None])
            }
            Val::BoundClosure(of, recv) => (None, [Some(of), Some(recv)]),
            _ => return,
        };
        if let Some(owner) = owner {
            queue.extend(waiting.remove(&owner).unwrap_or_default());
        }
        for val in inner.into_iter().flatten() {
            self.escape_value(val, private, waiting, queue);
        }
    }
}

/// What a cell belongs to.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Owner {
    Value(ValId),
    Frame(u64),
}

/// Containers and uses of models that only the unit that made them knows.
struct Private {
    values: FxHashSet<ValId>,
    frames: FxHashSet<u64>,
}

impl Private {
    fn owner(&self, cell: Cell) -> Option<Owner> {
        match cell {
            Cell::Field(val, _) | Cell::Members(val) => {
                self.values.contains(&val).then_some(Owner::Value(val))
            }
            Cell::Frame(origin, _) | Cell::Invokes(origin, _) => self
                .frames
                .contains(&origin)
                .then_some(Owner::Frame(origin)),
            _ => None,
        }
    }

    /// True where another unit can know the cell.
    fn sees(&self, cell: Cell) -> bool {
        self.owner(cell).is_none()
    }
}
