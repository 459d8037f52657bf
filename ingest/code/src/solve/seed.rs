//! From the facts of a unit to its first values and constraints.

use crate::facts::{DefFlags, DefId, Flow, Place};
use crate::facts::{ImportId, ImportKind, ParamKind};
use crate::solve::engine::Engine;
use crate::solve::places::Slot;
use crate::solve::types::{Ty, TyId};
use crate::solve::uses::{Frame, Origins, mix};
use crate::solve::values::{Val, ValId};
use crate::solve::world::{Denote, GDef};
use ripple_schemas::{NodeKind, Rule};

impl Engine<'_> {
    /// Values that definitions have by themselves: receivers and declared types.
    pub(super) fn seed_defs(&mut self, file: u32) {
        let facts = self.world.facts(file);
        for index in 0..facts.defs.len() as u32 {
            let def = self.world.gdef(file, DefId(index));
            let d = self.world.def(def);
            let place = self.slot_in(file, d.place);
            if place != Slot::NOWHERE {
                self.place_defs.entry(place).or_insert(def);
            }
            let this = self.world.self_class(def);
            if d.receiver != Place::NOWHERE
                && self.world.has_prototypes()
                && file < self.world.sources
            {
                let receiver = self.slot_in(file, d.receiver);
                self.receivers.insert(receiver);
            }
            if d.receiver != Place::NOWHERE
                && let Some(&class) = self.world.class_of.get(&def)
            {
                let receiver = self.slot_in(file, d.receiver);
                let v = if d.flags.has(DefFlags::CLASS_METHOD)
                    || (d.flags.has(DefFlags::STATIC) && !self.world.semantics.explicit_receiver)
                {
                    self.values.intern(Val::OwnClass(class))
                } else {
                    self.values.intern(Val::Param(class, self.self_name))
                };
                let late = self.world.semantics.binds_on_load
                    || self.world.has_prototypes()
                    || self.by_site()
                    || self.world.semantics.functional_interfaces;
                if late && file < self.world.sources {
                    self.unasked.push((receiver, v));
                } else {
                    self.add(receiver, v, Rule::Local);
                }
            }
            for (position, param) in d.params.iter().enumerate() {
                if let Some(ty) = param.ty {
                    if matches!(param.kind, ParamKind::Rest | ParamKind::KeywordRest) {
                        continue;
                    }
                    let ty = self.types.resolve(self.world, file, ty, this);
                    let to = self.slot_in(file, param.place);
                    if self.by_site() {
                        let origin = mix(u64::from(def.0), position as u64);
                        self.claim_parameter(to, ty, origin);
                    } else {
                        self.put_type(to, ty, false, Rule::MethodTyped);
                    }
                    self.mention_declared(file, def, ty);
                }
            }
            if let Some(ty) = d.ty {
                let to = match d.kind {
                    NodeKind::Field if self.by_site() => Slot::NOWHERE,
                    NodeKind::Field | NodeKind::Variable | NodeKind::Constant => place,
                    NodeKind::Function | NodeKind::Method | NodeKind::Test
                        if !d.flags.has(DefFlags::ASYNC | DefFlags::GENERATOR) =>
                    {
                        self.slot_in(file, d.ret)
                    }
                    _ => Slot::NOWHERE,
                };
                let ty = self.types.resolve(self.world, file, ty, this);
                if self.by_site() {
                    let origin = mix(u64::from(def.0), u64::MAX);
                    self.claim(to, ty, origin);
                } else {
                    self.put_type(to, ty, false, Rule::MethodTyped);
                }
                self.mention_declared(file, def, ty);
            }
        }
    }

    fn mention_declared(&mut self, file: u32, def: GDef, ty: TyId) {
        if file < self.world.sources {
            let at = self.site(def, self.world.def(def).name_line);
            self.mention_type(at, ty, 0);
        }
    }

    /// An instance of a class as its own methods see it: with its type parameters for arguments.
    pub(super) fn own_instance(&mut self, class: GDef) -> ValId {
        let file = self.world.file_of(class);
        let params: Vec<TyId> = self
            .world
            .def(class)
            .generics
            .iter()
            .map(|g| {
                let name = self.world.symbol(file, g.name);
                self.types.intern(Ty::Param(class, name))
            })
            .collect();
        let args = self.types.args(&params);
        self.values.intern(Val::Typed(class, args))
    }

    /// Only the constraints that hold without knowing anything else.
    pub(super) fn seed_values(&mut self, file: u32) {
        let frame = Frame::of_file(file);
        for flow in &self.world.facts(file).flows {
            if let Flow::Value { .. } = flow {
                self.flow(&frame, 0, flow);
            }
        }
    }

    pub(super) fn seed_file(&mut self, file: u32) {
        let frame = Frame::of_file(file);
        let facts = self.world.facts(file);
        for index in 0..facts.imports.len() as u32 {
            self.seed_import(file, index);
        }
        let returned = &self.returned[file as usize];
        for &(to, from) in &returned.own {
            let (to, from) = (self.slot_in(file, to), self.slot_in(file, from));
            self.copy(from, to, Rule::Local);
        }
        let mut origins = Origins::default();
        let mut within = self.world.gdef(file, DefId(0));
        for flow in &facts.flows {
            if let Some(def) = within_of(flow) {
                within = self.world.gdef(file, def);
            }
            match *flow {
                Flow::Copy { to, from } if returned.passed.contains(&(to, from)) => {}
                _ => self.flow(&frame, origins.next(within, 1), flow),
            }
        }
        for (index, call) in facts.calls.iter().enumerate() {
            let origin = origins.next(self.world.gdef(file, call.within), 2);
            self.seed_call(&frame, origin, index as u32);
        }
    }

    fn seed_import(&mut self, file: u32, index: u32) {
        let id = ImportId(index);
        let import = &self.world.facts(file).imports[index as usize];
        let to = self.slot_in(file, import.to);
        if to == Slot::NOWHERE {
            return;
        }
        let found = self.world.import(file, id);
        if found.denote == Denote::Missing {
            let v = self.values.intern(Val::Missing);
            return self.add(to, v, Rule::Import);
        }
        let rule = match import.kind {
            ImportKind::Dynamic => Rule::DynamicImport,
            _ => Rule::Import,
        };
        if let Denote::Def(def) = found.denote {
            self.place_defs.entry(to).or_insert(def);
        }
        let at = (file < self.world.sources)
            .then(|| self.site(self.world.gdef(file, import.within), import.line));
        self.flow_denoted(to, found, rule, at);
    }

    /// The shared constraints of a model: those that belong to none of its functions.
    pub(super) fn seed_model(&mut self, file: u32) {
        let facts = self.world.facts(file);
        for index in 0..facts.imports.len() as u32 {
            self.seed_import(file, index);
        }
        let frame = Frame::of_file(file);
        for (index, flow) in facts.flows.iter().enumerate() {
            if !self.models.owns(file, index as u32) {
                self.flow(&frame, frame.origin(index as u32), flow);
            }
        }
        for (index, call) in facts.calls.iter().enumerate() {
            if call.within == DefId(0) {
                self.seed_call(&frame, frame.origin(u32::MAX - index as u32), index as u32);
            }
        }
    }
}

/// The definition that a constraint stands in, where it says.
fn within_of(flow: &Flow) -> Option<DefId> {
    match *flow {
        Flow::Typed { within, .. }
        | Flow::Narrow { within, .. }
        | Flow::Load { within, .. }
        | Flow::Store { within, .. }
        | Flow::Path { within, .. }
        | Flow::Use { within, .. } => Some(within),
        _ => None,
    }
}
