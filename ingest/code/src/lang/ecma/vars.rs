//! Variables and the places that hold their values at each point of a function.
//!
//! A re-assignment in a straight line starts a new place; branches merge; a loop's head holds what
//! its end brings back; a function that captures a variable sees all it ever holds.

use crate::facts::{Flow, Place};
use crate::lang::builder::Builder;
use smallvec::SmallVec;

/// A variable, an index into [`Vars`]. In the scopes of the lowering it is bound as a `Place` of
/// the same number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VarId(pub(super) u32);

#[derive(Debug)]
struct Var {
    /// The function (by serial number) whose variable it is.
    owner: u32,
    /// What it holds here.
    now: Place,
    /// What it holds at any time; NOWHERE until somebody asks.
    all: Place,
    /// What inner functions assign to it; NOWHERE until one does.
    inner: Place,
    /// Places that held it after an assignment.
    versions: SmallVec<[Place; 2]>,
    /// How many loops and `try` blocks were around the code that last touched it.
    depth: u32,
    /// Never assigned again.
    constant: bool,
    /// Declared, but neither read nor assigned.
    blank: bool,
}

/// A loop or `try` block being read.
#[derive(Debug)]
struct Region {
    /// The place in which values from several points of the block meet, by variable.
    meets: Vec<(VarId, Place)>,
    is_try: bool,
    owner: u32,
}

/// What a branch leaves behind.
#[derive(Debug)]
pub(super) struct Branch {
    ends: SmallVec<[(VarId, Place); 4]>,
    dead: bool,
}

/// All variables of a file, and the state of the function being read.
#[derive(Debug, Default)]
pub(super) struct Vars {
    all: Vec<Var>,
    /// Assignments since the innermost open branch began, with the place before.
    log: Vec<(VarId, Place)>,
    regions: Vec<Region>,
    functions: u32,
    stack: Vec<(u32, bool)>,
    /// True after `return` or `throw`: what follows is not reached from here.
    pub(super) dead: bool,
}

impl Vars {
    /// Starts the body of a function.
    pub(super) fn enter(&mut self) {
        self.functions += 1;
        self.stack.push((self.functions, self.dead));
        self.dead = false;
    }

    /// Ends it.
    pub(super) fn leave(&mut self) {
        if let Some((_, dead)) = self.stack.pop() {
            self.dead = dead;
        }
    }

    fn owner(&self) -> u32 {
        self.stack.last().map_or(0, |s| s.0)
    }

    fn depth(&self) -> u32 {
        self.regions.len() as u32
    }

    /// Declares a variable whose values are all kept in `all`, if that is not nowhere.
    pub(super) fn declare(&mut self, b: &mut Builder, all: Place, constant: bool) -> VarId {
        let now = if constant && all != Place::NOWHERE {
            all
        } else {
            b.place()
        };
        b.copy(all, now);
        let id = VarId(self.all.len() as u32);
        self.all.push(Var {
            owner: self.owner(),
            now,
            all,
            inner: Place::NOWHERE,
            versions: SmallVec::from_slice(&[now]),
            depth: self.depth(),
            constant,
            blank: true,
        });
        id
    }

    /// A variable that already has its place: a parameter.
    pub(super) fn declare_at(&mut self, place: Place) -> VarId {
        let id = VarId(self.all.len() as u32);
        self.all.push(Var {
            owner: self.owner(),
            now: place,
            all: Place::NOWHERE,
            inner: Place::NOWHERE,
            versions: SmallVec::from_slice(&[place]),
            depth: self.depth(),
            constant: false,
            blank: false,
        });
        id
    }

    fn var(&mut self, id: VarId) -> &mut Var {
        &mut self.all[id.0 as usize]
    }

    /// Before the first touch inside a loop or `try`: its head may hold what its end brings.
    fn touch(&mut self, b: &mut Builder, id: VarId) {
        let (depth, owner) = (self.depth(), self.owner());
        let var = &mut self.all[id.0 as usize];
        if var.constant || var.depth >= depth {
            return;
        }
        for region in &mut self.regions[var.depth as usize..] {
            if region.owner != owner {
                continue;
            }
            let meet = b.place();
            b.copy(meet, var.now);
            var.now = meet;
            region.meets.push((id, meet));
        }
        var.depth = depth;
    }

    /// The place that holds a variable here.
    pub(super) fn read(&mut self, b: &mut Builder, id: VarId) -> Place {
        let owner = self.owner();
        if self.var(id).owner == owner {
            self.touch(b, id);
            let var = self.var(id);
            var.blank = false;
            return var.now;
        }
        self.all(b, id)
    }

    /// The place that holds whatever the variable holds at any time.
    pub(super) fn all(&mut self, b: &mut Builder, id: VarId) -> Place {
        let var = self.var(id);
        if var.all == Place::NOWHERE {
            if var.constant {
                return var.versions[0];
            }
            let all = b.place();
            var.all = all;
            for at in var.versions.clone() {
                b.copy(all, at);
            }
            let inner = self.var(id).inner;
            b.copy(all, inner);
        }
        self.var(id).all
    }

    /// The first value of a declared variable.
    pub(super) fn init(&mut self, b: &mut Builder, id: VarId, from: Place) {
        let (owner, depth) = (self.owner(), self.depth());
        let var = self.var(id);
        if var.blank && var.owner == owner && var.depth == depth {
            var.blank = false;
            let now = var.now;
            b.copy(now, from);
        } else {
            self.write(b, id, from);
        }
    }

    /// An assignment.
    pub(super) fn write(&mut self, b: &mut Builder, id: VarId, from: Place) {
        let owner = self.owner();
        if self.var(id).owner != owner {
            if self.var(id).inner == Place::NOWHERE {
                let inner = b.place();
                let var = self.var(id);
                var.inner = inner;
                let (all, versions) = (var.all, var.versions.clone());
                for at in versions {
                    b.copy(at, inner);
                }
                b.copy(all, inner);
            }
            let inner = self.var(id).inner;
            b.copy(inner, from);
            return;
        }
        self.touch(b, id);
        let place = b.place();
        b.copy(place, from);
        let var = &mut self.all[id.0 as usize];
        b.copy(place, var.inner);
        b.copy(var.all, place);
        self.log.push((id, var.now));
        var.now = place;
        var.blank = false;
        var.versions.push(place);
        for region in &self.regions {
            if region.is_try
                && let Some((_, meet)) = region.meets.iter().find(|(v, _)| *v == id)
            {
                b.facts.flows.push(Flow::Copy {
                    to: *meet,
                    from: place,
                });
            }
        }
    }

    /// From here on the variable is known to hold only this: a test has shown it.
    pub(super) fn narrow(&mut self, b: &mut Builder, id: VarId, place: Place) {
        if self.var(id).owner != self.owner() {
            return;
        }
        self.touch(b, id);
        let var = &mut self.all[id.0 as usize];
        self.log.push((id, var.now));
        var.now = place;
    }

    /// Starts a branch.
    pub(super) fn mark(&self) -> (usize, bool) {
        (self.log.len(), self.dead)
    }

    /// Ends a branch: its assignments are taken back and returned.
    pub(super) fn take(&mut self, mark: (usize, bool)) -> Branch {
        let mut ends: SmallVec<[(VarId, Place); 4]> = SmallVec::new();
        while self.log.len() > mark.0 {
            if let Some((id, before)) = self.log.pop() {
                if !ends.iter().any(|(v, _)| *v == id) {
                    ends.push((id, self.all[id.0 as usize].now));
                }
                self.all[id.0 as usize].now = before;
            }
        }
        let dead = std::mem::replace(&mut self.dead, mark.1);
        Branch { ends, dead }
    }

    /// Goes on after two branches.
    pub(super) fn merge(&mut self, b: &mut Builder, one: Branch, two: Branch) {
        if one.dead && two.dead {
            self.dead = true;
            return;
        }
        let mut ids: SmallVec<[VarId; 8]> = SmallVec::new();
        for (id, _) in one.ends.iter().chain(&two.ends) {
            if !ids.contains(id) {
                ids.push(*id);
            }
        }
        for id in ids {
            let before = self.all[id.0 as usize].now;
            let end = |branch: &Branch| {
                branch
                    .ends
                    .iter()
                    .find(|(v, _)| *v == id)
                    .map_or(before, |e| e.1)
            };
            let (first, second) = (end(&one), end(&two));
            let now = if one.dead || first == second {
                second
            } else if two.dead {
                first
            } else {
                let meet = b.place();
                b.copy(meet, first);
                b.copy(meet, second);
                meet
            };
            self.log.push((id, before));
            self.all[id.0 as usize].now = now;
        }
    }

    /// A branch in which nothing happens.
    pub(super) fn untaken(&self) -> Branch {
        Branch {
            ends: SmallVec::new(),
            dead: self.dead,
        }
    }

    /// Starts a loop body, or the body of a `try`.
    pub(super) fn open(&mut self, is_try: bool) {
        let owner = self.owner();
        self.regions.push(Region {
            meets: Vec::new(),
            is_try,
            owner,
        });
    }

    /// Ends a loop: what its end holds reaches its head, which is what holds after it.
    pub(super) fn close_loop(&mut self, b: &mut Builder) {
        let Some(region) = self.regions.pop() else {
            return;
        };
        let depth = self.depth();
        for (id, meet) in region.meets {
            let var = &mut self.all[id.0 as usize];
            b.copy(meet, var.now);
            var.depth = var.depth.min(depth);
            if var.now != meet {
                self.log.push((id, var.now));
                var.now = meet;
            }
        }
        self.dead = false;
    }

    /// Ends the body of a `try`; gives what its variables may hold when something was thrown.
    pub(super) fn close_try(&mut self) -> Vec<(VarId, Place)> {
        let Some(region) = self.regions.pop() else {
            return Vec::new();
        };
        let depth = self.depth();
        for (id, _) in &region.meets {
            let var = &mut self.all[id.0 as usize];
            var.depth = var.depth.min(depth);
        }
        region.meets
    }

    /// At the start of a handler.
    pub(super) fn assume(&mut self, held: &[(VarId, Place)]) {
        for &(id, place) in held {
            let var = &mut self.all[id.0 as usize];
            self.log.push((id, var.now));
            var.now = place;
        }
    }
}
