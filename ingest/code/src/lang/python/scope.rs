//! Names and their values: LEGB scopes, straight-line re-assignment, branches and loops.
//!
//! A scope that runs in order (module, class body, the function being lowered, a comprehension)
//! knows what each name holds *now*; a function body is lowered after the scope around it has
//! ended and sees what may still be bound when it can first be called.

use super::lower::Lowerer;
use crate::facts::*;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// Index into [`Lowerer::scopes`].
pub(super) type ScopeId = usize;
/// Index into [`Lowerer::vars`].
pub(super) type VarId = usize;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScopeKind {
    Module,
    Class,
    Function,
    Comprehension,
}

#[derive(Debug)]
pub(super) struct Scope {
    pub(super) kind: ScopeKind,
    pub(super) parent: ScopeId,
    pub(super) def: DefId,
    pub(super) vars: FxHashMap<Name, VarId>,
    /// Variables in order of their first binding.
    pub(super) order: Vec<VarId>,
    /// Names declared `global` (true) or `nonlocal` (false).
    pub(super) declared: SmallVec<[(Name, bool); 2]>,
    /// Names read here that were not bound here yet.
    pending: Vec<Pending>,
    pending_ids: FxHashMap<Name, usize>,
    /// How many calls had been made when the scope was opened.
    pub(super) born: u32,
    /// Type parameters.
    pub(super) generics: SmallVec<[Name; 2]>,
}

#[derive(Debug)]
struct Pending {
    name: Name,
    place: Place,
    uses: SmallVec<[(u32, bool, DefId); 2]>,
}

/// What made a binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Value,
    Def(DefId),
    Import(ImportId),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) place: Place,
    pub(super) what: What,
    /// How many calls had been made when it was certainly replaced; `u32::MAX`: never.
    pub(super) killed: u32,
}

#[derive(Debug)]
pub(super) struct Var<'t> {
    pub(super) name: Name,
    pub(super) scope: ScopeId,
    /// What it holds now.
    pub(super) current: Place,
    depth: u32,
    pub(super) history: SmallVec<[Entry; 1]>,
    /// Its definition, for variables of modules and classes.
    pub(super) def: Option<DefId>,
    /// Assigned from functions inside through `global` or `nonlocal`: order is unknown, so all
    /// values meet here.
    pub(super) shared: Place,
    /// The text of the only expression assigned, where it may be a type.
    pub(super) alias: Option<(&'t str, u32)>,
}

/// A rebinding, to be undone at the end of a branch.
#[derive(Clone, Copy, Debug)]
pub(super) struct Change {
    var: VarId,
    old: Place,
    old_depth: u32,
    new: Place,
}

#[derive(Debug, Default)]
pub(super) struct Loop {
    mark: usize,
    phis: Vec<(VarId, Place, Place)>,
}

/// How the branches of a statement left the variables.
#[derive(Debug, Default)]
pub(super) struct Branches {
    mark: usize,
    ends: Vec<Vec<(VarId, Place)>>,
}

impl<'t> Lowerer<'t> {
    pub(super) fn open_scope(&mut self, kind: ScopeKind, def: DefId) -> ScopeId {
        let id = self.scopes.len();
        self.scopes.push(Scope {
            kind,
            parent: self.scope,
            def,
            vars: FxHashMap::default(),
            order: Vec::new(),
            declared: SmallVec::new(),
            pending: Vec::new(),
            pending_ids: FxHashMap::default(),
            born: self.b.facts.calls.len() as u32,
            generics: SmallVec::new(),
        });
        id
    }

    /// The scope that an assignment here binds in, and the variable there.
    pub(super) fn variable(&mut self, scope: ScopeId, name: Name) -> VarId {
        if let Some(&var) = self.scopes[scope].vars.get(&name) {
            return var;
        }
        let id = self.vars.len();
        let from_inside = match self.scopes[scope].kind {
            ScopeKind::Module => self.globals.contains(&name),
            ScopeKind::Function => self.nonlocals.contains(&name),
            _ => false,
        };
        let shared = if from_inside {
            self.b.place()
        } else {
            Place::NOWHERE
        };
        self.vars.push(Var {
            name,
            scope,
            current: Place::NOWHERE,
            depth: 0,
            history: SmallVec::new(),
            def: None,
            shared,
            alias: None,
        });
        self.scopes[scope].vars.insert(name, id);
        self.scopes[scope].order.push(id);
        id
    }

    /// Binds a name as the statement being lowered does. Gives the variable.
    pub(super) fn bind(&mut self, name: Name, place: Place, what: What) -> VarId {
        let mut scope = self.scope;
        while self.scopes[scope].kind == ScopeKind::Comprehension {
            scope = self.scopes[scope].parent;
        }
        self.bind_in(scope, name, place, what)
    }

    /// Binds a name in a given scope, or where its declaration there says.
    pub(super) fn bind_in(
        &mut self,
        scope: ScopeId,
        name: Name,
        place: Place,
        what: What,
    ) -> VarId {
        let declared = self.scopes[scope]
            .declared
            .iter()
            .find(|d| d.0 == name)
            .map(|d| d.1);
        if let Some(global) = declared {
            let target = if global {
                0
            } else {
                self.owner_of_nonlocal(scope, name)
            };
            let var = self.variable(target, name);
            let shared = self.vars[var].shared;
            self.b.copy(shared, place);
            if self.vars[var].history.iter().all(|e| e.place != shared) {
                self.vars[var].history.push(Entry {
                    place: shared,
                    what: What::Value,
                    killed: u32::MAX,
                });
            }
            return var;
        }
        let id = self.variable(scope, name);
        let (calls, depth) = (self.b.facts.calls.len() as u32, self.loops.len() as u32);
        let certain = self.branch == 0;
        let var = &mut self.vars[id];
        if var.shared != Place::NOWHERE {
            let shared = var.shared;
            var.history.push(Entry {
                place,
                what,
                killed: u32::MAX,
            });
            self.b.copy(shared, place);
            return id;
        }
        if certain {
            for entry in &mut var.history {
                entry.killed = entry.killed.min(calls);
            }
        }
        var.history.push(Entry {
            place,
            what,
            killed: u32::MAX,
        });
        self.log.push(Change {
            var: id,
            old: var.current,
            old_depth: var.depth,
            new: place,
        });
        var.current = place;
        var.depth = depth;
        id
    }

    /// Binds a parameter in the scope of a function that is not yet running.
    pub(super) fn bind_param(&mut self, scope: ScopeId, name: Name, place: Place) {
        let id = self.variable(scope, name);
        if !self.is_model {
            self.params.insert(place);
        }
        let var = &mut self.vars[id];
        var.history.push(Entry {
            place,
            what: What::Value,
            killed: u32::MAX,
        });
        var.current = place;
        let shared = var.shared;
        self.b.copy(shared, place);
    }

    fn owner_of_nonlocal(&self, scope: ScopeId, name: Name) -> ScopeId {
        let mut at = self.scopes[scope].parent;
        loop {
            let here = &self.scopes[at];
            if here.kind == ScopeKind::Module
                || (here.kind == ScopeKind::Function && here.vars.contains_key(&name))
            {
                return at;
            }
            at = here.parent;
        }
    }

    /// What a name holds where it is read.
    pub(super) fn read(&mut self, name: Name, line: u32, callee: bool) -> Place {
        let mut at = self.scope;
        loop {
            let scope = &self.scopes[at];
            let hidden = scope.kind == ScopeKind::Class && at != self.scope;
            if !hidden {
                if scope.declared.iter().any(|d| d.0 == name) {
                    return self.pending(at, name, line, callee);
                }
                if let Some(&var) = scope.vars.get(&name)
                    && !self.vars[var].history.is_empty()
                {
                    self.mention(var, line, callee);
                    return self.now(var);
                }
            }
            match self.scopes[at].kind {
                ScopeKind::Function | ScopeKind::Module => {
                    return self.pending(at, name, line, callee);
                }
                _ => at = self.scopes[at].parent,
            }
        }
    }

    fn now(&mut self, id: VarId) -> Place {
        let var = &self.vars[id];
        if var.shared != Place::NOWHERE {
            return var.shared;
        }
        let depth = self.loops.len() as u32;
        if var.depth >= depth {
            return var.current;
        }
        let (from, frame) = (var.current, var.depth as usize);
        let phi = self.b.place();
        self.loops[frame].phis.push((id, phi, from));
        let var = &mut self.vars[id];
        var.current = phi;
        var.depth = depth;
        phi
    }

    /// Records that a module-level or class-level name is read.
    fn mention(&mut self, id: VarId, line: u32, callee: bool) {
        let var = &self.vars[id];
        let owner = &self.scopes[var.scope];
        if !matches!(owner.kind, ScopeKind::Module | ScopeKind::Class) {
            return;
        }
        let within = self.initialised.unwrap_or(self.b.current());
        let inside = within == owner.def;
        if inside && self.outside.is_none() {
            return;
        }
        let of = match var.def {
            Some(def) => {
                if Some(def) == self.initialised {
                    return;
                }
                self.b.place_of(def)
            }
            None if callee => return,
            None => match var.history.last() {
                Some(Entry {
                    place,
                    what: What::Def(_) | What::Import(_),
                    ..
                }) => *place,
                _ => return,
            },
        };
        if inside {
            // A decorator or default: it is told of the function once that is known.
            self.outside.get_or_insert_default().push((of, line));
            return;
        }
        self.b.facts.flows.push(Flow::Use { of, within, line });
    }

    fn pending(&mut self, scope: ScopeId, name: Name, line: u32, callee: bool) -> Place {
        let within = self.initialised.unwrap_or(self.b.current());
        let at = match self.scopes[scope].pending_ids.get(&name) {
            Some(&at) => at,
            None => {
                let place = self.b.place();
                let scope = &mut self.scopes[scope];
                scope.pending.push(Pending {
                    name,
                    place,
                    uses: SmallVec::new(),
                });
                scope.pending_ids.insert(name, scope.pending.len() - 1);
                scope.pending.len() - 1
            }
        };
        let pending = &mut self.scopes[scope].pending[at];
        if pending.uses.last() != Some(&(line, callee, within)) {
            pending.uses.push((line, callee, within));
        }
        pending.place
    }

    /// The variable that a name means in a scope, and since when it can be seen from there;
    /// `None` for a name that no scope of this file binds.
    pub(super) fn find(&self, scope: ScopeId, name: Name) -> Option<(VarId, u32)> {
        let bound = |at: ScopeId| {
            let var = *self.scopes[at].vars.get(&name)?;
            (!self.vars[var].history.is_empty()).then_some(var)
        };
        let (mut at, mut born) = (scope, 0);
        loop {
            let here = &self.scopes[at];
            if let Some(&(_, global)) = here.declared.iter().find(|d| d.0 == name) {
                let owner = if global {
                    0
                } else {
                    self.owner_of_nonlocal(at, name)
                };
                return bound(owner).map(|var| (var, 0));
            }
            if (here.kind != ScopeKind::Class || at == scope)
                && let Some(var) = bound(at)
            {
                return Some((var, born));
            }
            match here.kind {
                ScopeKind::Module => return None,
                ScopeKind::Function => born = here.born,
                _ => {}
            }
            at = here.parent;
        }
    }

    /// True where a name means the builtin.
    pub(super) fn is_builtin(&self, name: Name) -> bool {
        self.find(self.scope, name).is_none()
    }

    /// The bindings of a variable that can be seen from where it was born.
    pub(super) fn visible(&self, var: VarId, born: u32) -> SmallVec<[Entry; 2]> {
        let var = &self.vars[var];
        if var.shared != Place::NOWHERE {
            let what = match var.history.as_slice() {
                [Entry { what, .. }] => *what,
                _ => What::Value,
            };
            return SmallVec::from_elem(
                Entry {
                    place: var.shared,
                    what,
                    killed: u32::MAX,
                },
                1,
            );
        }
        var.history
            .iter()
            .filter(|e| e.killed == u32::MAX || e.killed > born)
            .copied()
            .collect()
    }

    /// At the end of the file: connects every name read before it was known.
    pub(super) fn resolve_pending(&mut self) {
        for scope in 0..self.scopes.len() {
            for pending in std::mem::take(&mut self.scopes[scope].pending) {
                let Some((var, born)) = self.find(scope, pending.name) else {
                    let within = self.scopes[scope].def;
                    self.b.facts.flows.push(Flow::Free {
                        to: pending.place,
                        name: pending.name,
                        scope: within,
                    });
                    continue;
                };
                let entries = self.visible(var, born);
                for entry in &entries {
                    self.b.copy(pending.place, entry.place);
                }
                if let Some(def) = self.vars[var].def {
                    // Other modules may assign it.
                    let place = self.b.place_of(def);
                    self.b.copy(pending.place, place);
                }
                let owner = &self.scopes[self.vars[var].scope];
                if !matches!(owner.kind, ScopeKind::Module | ScopeKind::Class) {
                    continue;
                }
                let owner = owner.def;
                for &(line, callee, within) in &pending.uses {
                    if within == owner {
                        continue;
                    }
                    if let Some(def) = self.vars[var].def {
                        let of = self.b.place_of(def);
                        if within != def {
                            self.b.facts.flows.push(Flow::Use { of, within, line });
                        }
                    } else if !callee {
                        for entry in &entries {
                            if entry.what != What::Value {
                                self.b.facts.flows.push(Flow::Use {
                                    of: entry.place,
                                    within,
                                    line,
                                });
                            }
                        }
                    }
                }
            }
        }
    }

    // Branches

    pub(super) fn branches(&mut self) -> Branches {
        self.branch += 1;
        Branches {
            mark: self.log.len(),
            ends: Vec::new(),
        }
    }

    /// Ends one branch: remembers how it left the variables unless it does not go on, and puts
    /// them back.
    pub(super) fn end_branch(&mut self, branches: &mut Branches, from: usize, goes_on: bool) {
        let mut end: Vec<(VarId, Place)> = Vec::new();
        for at in (from..self.log.len()).rev() {
            let change = self.log[at];
            if goes_on && !end.iter().any(|e| e.0 == change.var) {
                end.push((change.var, self.vars[change.var].current));
            }
        }
        for at in (from..self.log.len()).rev() {
            let change = self.log[at];
            self.vars[change.var].current = change.old;
            self.vars[change.var].depth = change.old_depth;
        }
        if goes_on {
            branches.ends.push(end);
        }
    }

    pub(super) fn mark(&self) -> usize {
        self.log.len()
    }

    /// Joins the branches. Gives false where none of them goes on.
    pub(super) fn join(&mut self, branches: Branches) -> bool {
        self.branch -= 1;
        let mut changed: SmallVec<[VarId; 8]> = SmallVec::new();
        for end in &branches.ends {
            for &(var, _) in end {
                if !changed.contains(&var) {
                    changed.push(var);
                }
            }
        }
        changed.sort_unstable();
        for var in changed {
            let before = self.vars[var].current;
            let places: SmallVec<[Place; 4]> = branches
                .ends
                .iter()
                .map(|end| end.iter().find(|e| e.0 == var).map_or(before, |e| e.1))
                .collect();
            let joined = self.union(&places);
            self.rebind(var, joined);
        }
        debug_assert!(branches.mark <= self.log.len());
        !branches.ends.is_empty()
    }

    /// A variable holds something else from here on, without a new binding.
    pub(super) fn rebind(&mut self, id: VarId, place: Place) {
        let depth = self.loops.len() as u32;
        let var = &mut self.vars[id];
        self.log.push(Change {
            var: id,
            old: var.current,
            old_depth: var.depth,
            new: place,
        });
        var.current = place;
        var.depth = depth;
    }

    /// A place that holds what all of them hold.
    pub(super) fn union(&mut self, places: &[Place]) -> Place {
        let mut distinct: SmallVec<[Place; 4]> = SmallVec::new();
        for &place in places {
            if place != Place::NOWHERE && !distinct.contains(&place) {
                distinct.push(place);
            }
        }
        match distinct.as_slice() {
            [] => Place::NOWHERE,
            [one] => *one,
            _ => {
                let all = self.b.place();
                for place in distinct {
                    self.b.copy(all, place);
                }
                all
            }
        }
    }

    /// After a body that may have been left anywhere: each variable holds what it held before or
    /// anything assigned since.
    pub(super) fn blur(&mut self, from: usize) {
        let mut changed: Vec<(VarId, SmallVec<[Place; 4]>)> = Vec::new();
        for at in (from..self.log.len()).rev() {
            let change = self.log[at];
            self.vars[change.var].current = change.old;
            self.vars[change.var].depth = change.old_depth;
            match changed.iter_mut().find(|c| c.0 == change.var) {
                Some(c) => c.1.push(change.new),
                None => changed.push((change.var, SmallVec::from_elem(change.new, 1))),
            }
        }
        for (var, mut places) in changed {
            places.push(self.vars[var].current);
            let place = self.union(&places);
            self.rebind(var, place);
        }
    }

    /// What was assigned in a part of the log may or may not have been.
    pub(super) fn replay(&mut self, from: usize, to: usize) {
        let mut changed: Vec<(VarId, SmallVec<[Place; 4]>)> = Vec::new();
        for at in from..to {
            let change = self.log[at];
            match changed.iter_mut().find(|c| c.0 == change.var) {
                Some(c) => c.1.push(change.new),
                None => changed.push((change.var, SmallVec::from_elem(change.new, 1))),
            }
        }
        for (var, mut places) in changed {
            places.push(self.vars[var].current);
            let place = self.union(&places);
            self.rebind(var, place);
        }
    }

    pub(super) fn enter_loop(&mut self) {
        self.branch += 1;
        self.loops.push(Loop {
            mark: self.log.len(),
            phis: Vec::new(),
        });
    }

    pub(super) fn leave_loop(&mut self) {
        self.branch -= 1;
        let Some(frame) = self.loops.pop() else {
            return;
        };
        for &(var, phi, from) in &frame.phis {
            self.b.copy(phi, from);
            for at in frame.mark..self.log.len() {
                let change = self.log[at];
                if change.var == var {
                    self.b.copy(phi, change.new);
                }
            }
        }
        self.blur(frame.mark);
        for &(var, phi, from) in &frame.phis {
            if self.vars[var].current == from || self.vars[var].current == phi {
                self.vars[var].current = from;
            }
            self.vars[var].depth = self.vars[var].depth.min(self.loops.len() as u32);
        }
    }
}
