//! Reads of members: which member of which value, and where nothing says which.

use crate::solve::engine::Attribution;
use crate::solve::engine::{Engine, KeyedStore, Late, LoadRec, Selector, Sub};
use crate::solve::places::Slot;
use crate::solve::types::TyId;
use crate::solve::values::{Val, ValId};
use crate::solve::world::{Denote, Found, GDef, Symbol};
use ripple_schemas::Rule;

/// A computed member is looked up under so many strings; with more, any member is.
const MAX_KEYS: u8 = 12;
/// So many members of one class may begin alike.
const MAX_BEGINNING: usize = 64;
const FIRST_TOO_MANY: u8 = MAX_KEYS + 1;

impl Engine<'_> {
    pub(super) fn add_load(&mut self, rec: LoadRec) -> u32 {
        let (base, key, to) = (rec.base, rec.key, rec.to);
        self.loads.push(rec);
        let load = self.loads.len() as u32 - 1;
        if key == Slot::NOWHERE {
            if to != Slot::NOWHERE {
                self.load_of.entry(to).or_insert(load);
            }
            self.subscribe(base, Sub::Load(load));
        } else {
            self.subscribe(key, Sub::Key(load));
        }
        load
    }

    pub(super) fn load_key(&mut self, load: u32, key: ValId) {
        let Val::Text(text) = self.values.get(key) else {
            return;
        };
        let rec = self.loads[load as usize].clone();
        if self.world.has_prototypes() {
            // Many strings select as good as anything.
            let count = self.keys_of.entry(load).or_default();
            *count = count.saturating_add(1);
            let select = match *count {
                0..=MAX_KEYS => Selector::Field(text),
                FIRST_TOO_MANY => Selector::Any,
                _ => return,
            };
            self.add_load(LoadRec {
                select,
                key: Slot::NOWHERE,
                ..rec
            });
            return;
        }
        if rec.select != Selector::Element {
            self.add_load(LoadRec {
                select: Selector::Field(text),
                key: Slot::NOWHERE,
                ..rec.clone()
            });
        }
        let quoted = format!("[\"{}\"]", self.world.symbols.text(text));
        // A key that nobody writes as a constant still sees what is stored under unknown ones.
        let element = self.world.symbols.get(&quoted);
        if let Some(element) = element.or(self.world.symbols.get("[\"\"]")) {
            self.add_load(LoadRec {
                select: Selector::Field(element),
                key: Slot::NOWHERE,
                ..rec
            });
        }
    }

    /// True where nothing but known strings reaches a key.
    fn only_texts(&self, key: Slot) -> bool {
        let values = self.delivered(key);
        let is_text = |val| matches!(self.values.get(val), Val::Text(_));
        // A type declared by the program (an enum) says which keys there may be, not which one it is.
        let is_declared = |val| match self.values.get(val) {
            Val::Typed(class, _) => !self.world.is_model(class),
            _ => false,
        };
        values.iter().any(|&(val, _)| is_text(val))
            && values
                .iter()
                .all(|&(val, _)| is_text(val) || is_declared(val))
    }

    /// Loads under keys of which nothing is known may see anything.
    pub(super) fn open_keys(&mut self) -> bool {
        let mut more = false;
        for load in 0..self.loads.len() {
            let rec = &self.loads[load];
            // `getattr(x, name)` with an unknown name is a blind spot, not a call of everything.
            let blind = rec.select == Selector::Any && self.world.names_are_data();
            if rec.key != Slot::NOWHERE && !blind && !self.only_texts(rec.key) {
                let rec = LoadRec {
                    key: Slot::NOWHERE,
                    ..rec.clone()
                };
                self.loads[load].key = Slot::NOWHERE;
                self.add_load(rec);
                more = true;
            }
        }
        for index in 0..self.keyed_stores.len() {
            let k = self.keyed_stores[index];
            let blind = k.open == Selector::Any && self.world.names_are_data();
            if k.key != Slot::NOWHERE && !blind && !self.only_texts(k.key) {
                self.keyed_stores[index].key = Slot::NOWHERE;
                self.add_store(k.base, k.open, k.from, k.at, k.library);
                more = true;
            }
        }
        more
    }

    /// The prototypes and assigned objects of plain objects, where they have any by now.
    fn follow_pending(&mut self) -> bool {
        let (proto, spread) = (
            self.world.symbols.get("__proto__"),
            self.world.symbols.get("$spread"),
        );
        let pending = std::mem::take(&mut self.pending_links);
        let mut more = false;
        for (load, owner, recv) in pending {
            let Selector::Field(name) = self.loads[load as usize].select else {
                continue;
            };
            let proto = proto.filter(|&p| p != name);
            let proto = proto.and_then(|link| self.known_field(owner, link));
            let spread = spread.and_then(|link| self.known_field(owner, link));
            if proto.is_none() && spread.is_none() {
                self.pending_links.push((load, owner, recv));
                continue;
            }
            more = true;
            if let Some(link) = spread {
                self.subscribe(link, Sub::Delegate { load, recv });
            }
            let own = self.known_field(owner, name);
            if let Some(link) = proto
                && own.is_none_or(|own| self.is_empty(own))
            {
                self.subscribe(link, Sub::Delegate { load, recv });
            }
        }
        more
    }

    /// Prototype links are followed where nothing nearer has the name.
    pub(super) fn follow_links(&mut self) -> bool {
        let mut more = self.follow_pending();
        let late = std::mem::take(&mut self.late);
        more |= !late.is_empty();
        for Late {
            load,
            link,
            recv,
            nearer,
        } in late
        {
            if nearer.iter().all(|&p| self.is_empty(p)) {
                self.subscribe(link, Sub::Delegate { load, recv });
            }
        }
        more
    }

    /// A store under a key given by strings: each string is a member; with none, any.
    pub(super) fn add_keyed_store(
        &mut self,
        base: Slot,
        key: Slot,
        from: Slot,
        open: Selector,
        at: Attribution,
        library: bool,
    ) {
        self.keyed_stores.push(KeyedStore {
            open,
            base,
            key,
            from,
            at,
            library,
        });
        self.subscribe(key, Sub::KeyedStore(self.keyed_stores.len() as u32 - 1));
    }

    /// Members whose names begin alike are each looked up on all that the base holds.
    fn load_beginning(&mut self, load: u32, val: ValId, beginning: Symbol) {
        let namespaces: Vec<GDef> = match self.values.get(val) {
            Val::Class(class)
            | Val::OwnClass(class)
            | Val::Inst(class)
            | Val::Typed(class, _)
            | Val::Obj(_, Some(class))
            | Val::Proto(class)
                if !self.world.is_model(class) =>
            {
                self.classes.order(self.world, class).to_vec()
            }
            Val::Module(module) => vec![module],
            Val::Super(class, _) => self.classes.order(self.world, class)[1..].to_vec(),
            _ => Vec::new(),
        };
        let beginning = self.world.symbols.text(beginning);
        let mut selects: Vec<Selector> = namespaces
            .iter()
            .filter_map(|namespace| self.world.listing.get(namespace))
            .flatten()
            .filter(|&&name| self.world.symbols.text(name).starts_with(beginning))
            .map(|&name| Selector::Field(name))
            .take(MAX_BEGINNING)
            .collect();
        if namespaces.is_empty() && !self.world.names_are_data() {
            selects.push(Selector::Any);
        }
        for select in selects {
            if self.begun.insert((load, select)) {
                let rec = self.loads[load as usize].clone();
                self.add_load(LoadRec { select, ..rec });
            }
        }
    }

    /// `val` arrives at a load's base; members found are bound to `recv`.
    pub(super) fn load(&mut self, load: u32, val: ValId, recv: ValId, rule: Rule) {
        let (to, select) = (
            self.loads[load as usize].to,
            self.loads[load as usize].select,
        );
        if let Selector::Beginning(beginning) = select {
            return self.load_beginning(load, val, beginning);
        }
        match self.values.get(val) {
            Val::Module(module) => {
                if let Selector::Field(name) = select {
                    let from = Found {
                        denote: Denote::Module(module),
                        hops: 0,
                    };
                    let found = match self.by_site() {
                        true => self.world.walk(from, name, 0),
                        false => self.world.member(module, name),
                    };
                    self.flow_found(load, found, rule);
                    if found.denote == Denote::Missing || self.known_field(val, name).is_some() {
                        let field = self.field(val, name);
                        self.copy(field, to, rule);
                    }
                } else if let Some(names) = self.world.listing.get(&module) {
                    for &name in names {
                        let found = self.world.member(module, name);
                        self.flow_found(load, found, Rule::Container);
                    }
                }
            }
            Val::Set(set) => {
                if let Selector::Field(name) = select {
                    let from = Found {
                        denote: Denote::Set(set),
                        hops: 1,
                    };
                    let found = self.world.walk(from, name, 1);
                    self.flow_found(load, found, rule);
                }
            }
            Val::Class(class) | Val::OwnClass(class) => self.load_class(load, val, class, rule),
            Val::Inst(class) | Val::Typed(class, _) | Val::Obj(_, Some(class)) => {
                self.load_instance(load, val, class, recv, rule);
            }
            Val::Obj(_, None) => self.load_fields(load, val, recv, rule),
            Val::Text(_) => {
                if let Some(class) = self.world.builtin_class(self.world.semantics.string_class) {
                    let v = self.values.intern(Val::Typed(class, TyId::UNKNOWN));
                    self.load_instance(load, v, class, v, rule);
                }
            }
            Val::Fn(_)
            | Val::Bound(..)
            | Val::Closure(..)
            | Val::BoundClosure(..)
            | Val::Native(..) => self.load_function(load, val, rule),
            Val::Ext(_) | Val::Missing => self.add(to, val, rule),
            Val::Super(class, of) => self.load_super(load, class, of, rule),
            Val::Tuple(ty) => {
                let list: Vec<TyId> = self.types.arg_list(ty).to_vec();
                let wanted = match select {
                    Selector::Field(name) => self
                        .world
                        .symbols
                        .text(name)
                        .trim_matches(['[', ']', '#'])
                        .parse::<usize>()
                        .ok()
                        .and_then(|i| list.get(i).copied())
                        .map_or(vec![], |t| vec![t]),
                    _ => list,
                };
                for ty in wanted {
                    self.put_type(to, ty, false, rule);
                }
            }
            Val::Param(owner, name) => self.load_param(load, owner, name, recv, rule),
            Val::Proto(class) => self.load_proto(load, val, class, recv, rule),
            Val::Callable(_) => {}
        }
    }
}
