//! Members of values: one place for each name, one for keys that are not known, and views of many.

use crate::solve::board::Cell;
use crate::solve::engine::{Engine, Selector};
use crate::solve::places::Slot;
use crate::solve::values::{Val, ValId};
use crate::solve::world::{GDef, Symbol};
use ripple_schemas::Rule;

/// Where stores under an unknown key go, and every load of a key looks.
const UNKNOWN_KEY: Symbol = Symbol(u32::MAX - 1);
/// Where stores under a key of which nothing is known go, which may be a member's name.
const ANY_KEY: Symbol = Symbol(u32::MAX - 3);

impl Engine<'_> {
    /// The place of a member.
    pub(super) fn field(&mut self, owner: ValId, name: Symbol) -> Slot {
        if let Some(&place) = self.fields.get(&(owner, name)) {
            return place;
        }
        let place = self.fresh();
        if self.is_told(owner) {
            self.share(place, Cell::Field(owner, name));
        }
        self.fields.insert((owner, name), place);
        if matches!(self.values.get(owner), Val::Obj(..) | Val::Inst(_)) {
            self.fields_of.entry(owner).or_default().push(name);
            if let Some(&any) = self.anything.get(&owner) {
                self.copy(place, any, Rule::Local);
            }
            if let Some(&element) = self.elements.get(&owner)
                && self.is_element(name)
            {
                self.copy(place, element, Rule::Local);
            }
        }
        self.share_with_class(owner, name, place);
        if name == ANY_KEY {
            let unknown = self.unknown_key(owner);
            self.copy(place, unknown, Rule::Local);
        }
        place
    }

    /// The place of a member that some unit has put something into, or this one looked up.
    pub(super) fn known_field(&mut self, owner: ValId, name: Symbol) -> Option<Slot> {
        if let Some(&place) = self.fields.get(&(owner, name)) {
            return Some(place);
        }
        let cell = Cell::Field(owner, name);
        if !self.is_told(owner) {
            return None;
        }
        if self.board.holds(cell, self.unit.number) {
            return Some(self.field(owner, name));
        }
        self.looked_at.insert(cell);
        None
    }

    /// Whether other units are told of the value's members: not where all declared containers, or
    /// all strings, are one value.
    fn is_told(&self, owner: ValId) -> bool {
        match self.values.get(owner) {
            Val::Inst(class) => !self.world.is_model(class),
            Val::Obj(origin, _) => origin != 0,
            Val::Typed(..) => false,
            _ => true,
        }
    }

    fn is_element(&self, name: Symbol) -> bool {
        name == UNKNOWN_KEY || (name != ANY_KEY && self.world.symbols.text(name).starts_with('['))
    }

    /// Holds what every element-like member holds.
    pub(super) fn element_place(&mut self, owner: ValId) -> Slot {
        if let Some(&place) = self.elements.get(&owner) {
            return place;
        }
        let place = self.fresh();
        self.elements.insert(owner, place);
        for name in self.members(owner) {
            if self.is_element(name) {
                let field = self.field(owner, name);
                self.copy(field, place, Rule::Local);
            }
        }
        place
    }

    /// Holds what every member holds.
    pub(super) fn any_place(&mut self, owner: ValId) -> Slot {
        if let Some(&place) = self.anything.get(&owner) {
            return place;
        }
        let place = self.fresh();
        self.anything.insert(owner, place);
        for name in self.members(owner) {
            let field = self.field(owner, name);
            self.copy(field, place, Rule::Local);
        }
        place
    }

    /// The members of a container or instance, those of other units too.
    fn members(&mut self, owner: ValId) -> Vec<Symbol> {
        if !matches!(self.values.get(owner), Val::Obj(..) | Val::Inst(_)) {
            return Vec::new();
        }
        if self.is_told(owner) {
            self.looked_at.insert(Cell::Members(owner));
            for name in self.board.members(owner) {
                self.field(owner, name);
            }
        }
        self.fields_of.get(&owner).cloned().unwrap_or_default()
    }

    pub(super) fn unknown_key(&mut self, owner: ValId) -> Slot {
        self.field(owner, UNKNOWN_KEY)
    }

    pub(super) fn any_key(&mut self, owner: ValId) -> Slot {
        self.field(owner, ANY_KEY)
    }

    /// True where the class of an object declares the member.
    pub(super) fn class_has(&self, owner: ValId, name: Symbol) -> bool {
        self.values.class(owner).is_some_and(|class: GDef| {
            let order = self.order(class);
            order
                .iter()
                .any(|&k| !self.world.entries(k, name).is_empty())
        })
    }

    /// The member under a quoted key; some element where nobody writes the key as a constant.
    pub(super) fn quoted(&self, text: Symbol) -> Selector {
        let quoted = format!("[\"{}\"]", self.world.symbols.text(text));
        self.world
            .symbols
            .get(&quoted)
            .map_or(Selector::Element, Selector::Field)
    }
}
