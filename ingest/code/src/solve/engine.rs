//! The fixed point: places, the values in them, and who waits for values.
//!
//! Inclusion constraints after Andersen (1994) with the call graph built on the fly. A value that
//! arrives at a place is handed once to every subscriber of the place. Values carry the weakest
//! rule of their way; the first to arrive keeps its rule.

use crate::facts::{CallKind, DefFlags};
use crate::solve::classes::{Classes, ValueBases};
use crate::solve::link::Templates;
use crate::solve::types::{Ty, TyId, Types};
use crate::solve::values::{Native, Val, ValId, Values};
use crate::solve::world::{Denote, Found, GDef, GPlace, Symbol, World};
use ripple_schemas::{NodeKind, Rule};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::collections::VecDeque;

/// A place with more values than this says nothing any more and takes no further ones.
const MAX_VALUES: u8 = 32;
/// A place with more values than this takes no further string by name.
const MAX_TEXTS: u8 = 12;
/// No place is made to hold fewer than this.
const MIN_VALUES: u8 = 6;
/// A computed member is looked up under so many strings; with more, any member is.
const MAX_KEYS: u8 = 12;
const FIRST_TOO_MANY: u8 = MAX_KEYS + 1;
const NIL: u32 = u32::MAX;

/// Who reads, calls or mentions, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Site {
    pub(super) within: GDef,
    pub(super) line: u32,
}

/// The sites that a call made by a library model counts for; index into `Engine::attributions`.
pub(super) type Attribution = u32;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Selector {
    Field(Symbol),
    Element,
    Any,
}

#[derive(Clone, Debug)]
pub(super) struct LoadRec {
    pub(super) to: GPlace,
    pub(super) base: GPlace,
    pub(super) select: Selector,
    pub(super) at: Attribution,
    pub(super) callee: bool,
    /// A place whose strings name the member.
    pub(super) key: GPlace,
    pub(super) library: bool,
}

#[derive(Clone, Debug)]
pub(super) struct StoreRec {
    select: Selector,
    from: GPlace,
    at: Attribution,
    library: bool,
}

#[derive(Clone, Copy, Debug)]
struct KeyedStore {
    /// What it reaches where no string is a key.
    open: Selector,
    base: GPlace,
    key: GPlace,
    from: GPlace,
    at: Attribution,
    library: bool,
}

/// A look-up that goes on along a prototype link where nothing nearer holds the name.
#[derive(Clone, Debug)]
struct Late {
    load: u32,
    /// Holds the object looked up next.
    link: GPlace,
    recv: ValId,
    /// Members of that name that are nearer.
    nearer: SmallVec<[GPlace; 3]>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ArgRec {
    pub(super) place: GPlace,
    pub(super) kind: ArgSort,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ArgSort {
    Positional,
    Keyword(Symbol),
    Spread,
    KeywordSpread,
}

#[derive(Clone, Debug)]
pub(super) struct CallRec {
    pub(super) at: Attribution,
    pub(super) callee: GPlace,
    pub(super) args: SmallVec<[ArgRec; 3]>,
    pub(super) result: GPlace,
    pub(super) kind: CallKind,
    /// Made by a library model's body.
    pub(super) library: bool,
    /// How many models deep.
    pub(super) depth: u8,
    /// The call of the facts: (file, index), for messages.
    pub(super) source: Option<(u32, u32)>,
}

/// Why a target was chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum How {
    /// No receiver decides, or nothing is known of it.
    Direct,
    /// A value of exactly this class reaches the receiver.
    Exact(GDef),
    /// The receiver is declared as this class.
    Declared(GDef),
    /// A class below the declared one.
    Below(GDef),
    /// The receiver is the method's own: nobody is seen to call the method on anything.
    Own(GDef),
    /// A class below the method's own.
    BelowOwn(GDef),
}

#[derive(Clone, Copy, Debug)]
pub(super) struct TargetRec {
    pub(super) call: u32,
    pub(super) def: GDef,
    pub(super) rule: Rule,
    pub(super) how: How,
}

/// Who waits for values of a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sub {
    Copy {
        to: GPlace,
        rule: Rule,
    },
    /// A member's values on their way to a load: functions are bound to the receiver.
    Bind {
        load: u32,
        recv: ValId,
        rule: Rule,
    },
    /// Values whose open types are closed by the receiver.
    Close {
        to: GPlace,
        recv: ValId,
        rule: Rule,
    },
    Load(u32),
    /// The load again for what a prototype link leads to.
    Delegate {
        load: u32,
        recv: ValId,
    },
    Key(u32),
    Store(u32),
    Call(u32),
    Super {
        to: GPlace,
        class: GDef,
    },
    /// Instances of the classes that arrive.
    Instances {
        to: GPlace,
    },
    /// A trait's method called with its receiver as first argument.
    Dispatch {
        call: u32,
        method: GDef,
    },
    /// A store under the strings that arrive.
    KeyedStore(u32),
    /// A class attribute under an assigned name: it may have `__set__`.
    DescriptorSet {
        store: u32,
        recv: ValId,
    },
    /// The metaclass of a class that has no such member itself.
    Metaclass {
        load: u32,
        class: ValId,
    },
    /// Values that may be instances of a type go on.
    Narrow {
        to: GPlace,
        ty: TyId,
    },
    /// A member that may be a setter: it is called with what the store gives.
    Setter {
        store: u32,
        recv: ValId,
    },
    /// `f.call(x, …)`: bind f to what arrives.
    BindTo {
        to: GPlace,
        function: ValId,
    },
}

/// One place: a run of slots in the value pool, which of them were handed out, its subscribers.
#[derive(Clone, Copy)]
struct Head {
    start: u32,
    subs: u32,
    /// Bit i: slot i was handed to the subscribers there were. [`MAX_VALUES`] is its width.
    delivered: u32,
    count: u8,
    room: u8,
}

impl Head {
    const EMPTY: Head = Head {
        start: 0,
        subs: NIL,
        delivered: 0,
        count: 0,
        room: 0,
    };
}

pub(super) struct Engine<'w> {
    pub(super) world: &'w World<'w>,
    pub(super) types: Types,
    pub(super) values: Values,
    pub(super) classes: Classes,
    pub(super) templates: Templates,
    heads: Vec<Head>,
    val_pool: Vec<(ValId, Rule)>,
    sub_pool: Vec<(Sub, u32)>,
    queue: VecDeque<(GPlace, u8)>,
    fields: FxHashMap<(ValId, Symbol), GPlace>,
    /// Element-like members of a container, for unknown indices.
    elements: FxHashMap<ValId, GPlace>,
    anything: FxHashMap<ValId, GPlace>,
    pub(super) loads: Vec<LoadRec>,
    stores: Vec<StoreRec>,
    keyed_stores: Vec<KeyedStore>,
    /// Some string.
    any_text: Option<ValId>,
    /// Receivers of methods, with what they hold where no call gives them anything.
    pub(super) unasked: Vec<(GPlace, ValId)>,
    /// Receivers of functions.
    pub(super) receivers: FxHashSet<GPlace>,
    /// What receivers hold where no call gives them anything: (from, receiver).
    pub(super) unasked_copies: Vec<(GPlace, GPlace)>,
    /// Calls of which nothing is known have been let call what they are given.
    pub(super) called_unknown: bool,
    max_values: u8,
    /// Work (values held and waited for) after which places hold fewer values.
    budget: usize,
    /// Loads on objects that may yet get a prototype or be assigned into: (load, object, receiver).
    pending_links: Vec<(u32, ValId, ValId)>,
    /// How many strings have selected members for a load.
    keys_of: FxHashMap<u32, u8>,
    /// Narrowed places, with what they hold where nothing fits.
    pub(super) narrowed: Vec<(GPlace, TyId)>,
    /// Parameters that a function returns as they are.
    pub(super) returns_param: FxHashMap<GDef, SmallVec<[crate::facts::Place; 2]>>,
    late: Vec<Late>,
    pub(super) calls: Vec<CallRec>,
    pub(super) sites: Vec<Site>,
    pub(super) attributions: Vec<SmallVec<[u32; 1]>>,
    pub(super) targets: Vec<TargetRec>,
    target_seen: FxHashSet<(u32, GDef, How)>,
    /// Mentions of definitions: (attribution, definition, rule).
    pub(super) mentions: Vec<(Attribution, GDef, Rule)>,
    /// Calls whose arguments flow to a target already, with the place of an inserted receiver.
    pub(super) linked: FxHashMap<(u32, GDef, Option<u32>), GPlace>,
    /// Loads that see the members of an owner already.
    field_loaded: FxHashSet<(u32, ValId)>,
    pub(super) links: FxHashSet<(u32, GDef, Option<ValId>, Option<u32>)>,
    delegated: FxHashSet<(u32, ValId, ValId)>,
    /// What each wrapper holds: the same place for every load that looks through it.
    wrapped: FxHashMap<ValId, GPlace>,
    /// Loads that look through a wrapper: (to, inside, member).
    passed_through: FxHashSet<(GPlace, GPlace, Selector)>,
    pub(super) allocations: u32,
    pub(super) allocated: FxHashMap<(u32, GDef), ValId>,
    instance_of: FxHashSet<(GPlace, GPlace)>,
    pub(super) value_bases: ValueBases,
    pub(super) self_name: Symbol,
    /// Calls whose callee's values are outside, builtin, or lead nowhere, by call.
    pub(super) outside: FxHashMap<u32, Symbol>,
    pub(super) into_library: FxHashSet<u32>,
    pub(super) into_missing: FxHashSet<u32>,
    pub(super) crowded_calls: FxHashSet<u32>,
    pub(super) class_cache: FxHashMap<Symbol, Option<GDef>>,
    getter_calls: FxHashMap<(u32, GDef), u32>,
    /// Uses to emit once values are known: (place, attribution).
    pub(super) uses: Vec<(GPlace, Attribution)>,
    pub(super) place_defs: FxHashMap<GPlace, GDef>,
    pub(super) load_of: FxHashMap<GPlace, u32>,
}

/// The weaker of two rules.
pub(super) fn weaker(a: Rule, b: Rule) -> Rule {
    if b.confidence() < a.confidence() {
        b
    } else {
        a
    }
}

impl<'w> Engine<'w> {
    pub(super) fn new(world: &'w World<'w>) -> Self {
        Self::with_bases(world, ValueBases::new())
    }

    fn with_bases(world: &'w World<'w>, value_bases: ValueBases) -> Self {
        let mut types = Types::new();
        let classes = Classes::new(world, &mut types, &value_bases);
        Engine {
            world,
            types,
            values: Values::default(),
            classes,
            templates: Templates::default(),
            heads: (0..world.places).map(|_| Head::EMPTY).collect(),
            val_pool: Vec::new(),
            sub_pool: Vec::new(),
            queue: VecDeque::new(),
            fields: FxHashMap::default(),
            elements: FxHashMap::default(),
            anything: FxHashMap::default(),
            loads: Vec::new(),
            stores: Vec::new(),
            keyed_stores: Vec::new(),
            any_text: None,
            unasked: Vec::new(),
            receivers: FxHashSet::default(),
            unasked_copies: Vec::new(),
            called_unknown: false,
            budget: 200_000 + 8 * world.places as usize,
            max_values: MAX_VALUES,
            pending_links: Vec::new(),
            keys_of: FxHashMap::default(),
            narrowed: Vec::new(),
            returns_param: FxHashMap::default(),
            late: Vec::new(),
            calls: Vec::new(),
            sites: Vec::new(),
            attributions: Vec::new(),
            targets: Vec::new(),
            target_seen: FxHashSet::default(),
            mentions: Vec::new(),
            linked: FxHashMap::default(),
            field_loaded: FxHashSet::default(),
            links: FxHashSet::default(),
            delegated: FxHashSet::default(),
            wrapped: FxHashMap::default(),
            passed_through: FxHashSet::default(),
            allocations: 0,
            allocated: FxHashMap::default(),
            instance_of: FxHashSet::default(),
            value_bases,
            self_name: world.symbols.get("Self").unwrap_or(Symbol(u32::MAX)),
            outside: FxHashMap::default(),
            into_library: FxHashSet::default(),
            into_missing: FxHashSet::default(),
            crowded_calls: FxHashSet::default(),
            class_cache: FxHashMap::default(),
            getter_calls: FxHashMap::default(),
            uses: Vec::new(),
            place_defs: FxHashMap::default(),
            load_of: FxHashMap::default(),
        }
    }

    /// Solves to the fixed point; again where classes turned out to have bases known by value.
    pub(super) fn run(&mut self) {
        for _ in 0..3 {
            self.solve();
            let mut found = ValueBases::new();
            for (class, place) in self.classes.by_value.clone() {
                for (val, _) in self.values_of(place) {
                    if let Val::Class(base) | Val::Fn(base) = self.values.get(val)
                        && base != class
                    {
                        let list = found.entry(class).or_default();
                        if !list.contains(&base) {
                            list.push(base);
                        }
                    }
                }
            }
            for list in found.values_mut() {
                list.sort_unstable();
            }
            if found == self.value_bases {
                return;
            }
            *self = Self::with_bases(self.world, found);
        }
        self.solve();
    }

    fn solve(&mut self) {
        let strings = self.world.builtin_class(self.world.semantics.string_class);
        self.any_text = strings.map(|class| self.values.intern(Val::Typed(class, TyId::UNKNOWN)));
        for file in 0..self.world.files.len() as u32 {
            self.seed_defs(file);
            if file < self.world.sources {
                self.seed_file(file);
            } else {
                self.seed_model(file);
            }
        }
        self.drain();
        self.say("first fixed point");
        for _ in 0..16 {
            if self.follow_links() {
                self.drain();
                continue;
            }
            let mut more = self.pass_undecorated();
            more |= self.expand_declared();
            more |= self.open_keys();
            if !more && !self.seed_unasked() && !self.call_unknown() {
                break;
            }
            self.drain();
            self.say("again");
        }
    }

    fn say(&self, what: &str) {
        tracing::debug!(
            places = self.heads.len(),
            values = self.val_pool.len(),
            subscriptions = self.sub_pool.len(),
            loads = self.loads.len(),
            stores = self.stores.len(),
            calls = self.calls.len(),
            links = self.links.len(),
            fields = self.fields.len(),
            targets = self.targets.len(),
            "{what}"
        );
    }

    /// Where everything flows everywhere, more values say less: places hold half as many from here.
    fn tighten(&mut self) {
        self.max_values = (self.max_values / 2).max(MIN_VALUES);
        self.budget += self.budget / 2;
    }

    pub(super) fn drain(&mut self) {
        while let Some((place, node)) = self.queue.pop_front() {
            if self.val_pool.len() + self.sub_pool.len() > self.budget {
                self.tighten();
            }
            let head = &mut self.heads[place.0 as usize];
            head.delivered |= 1 << node;
            let (val, rule) = self.val_pool[head.start as usize + node as usize];
            let mut at = self.heads[place.0 as usize].subs;
            while at != NIL {
                let (sub, next) = self.sub_pool[at as usize];
                self.deliver(sub, val, rule);
                at = next;
            }
        }
    }

    // ---- places -------------------------------------------------------------------------------

    pub(super) fn fresh(&mut self) -> GPlace {
        self.heads.push(Head::EMPTY);
        GPlace(self.heads.len() as u32 - 1)
    }

    /// So many fresh places in a row; the first of them.
    pub(super) fn fresh_run(&mut self, count: usize) -> u32 {
        let first = self.heads.len() as u32;
        self.heads.resize(self.heads.len() + count, Head::EMPTY);
        first
    }

    pub(super) fn values_of(&self, place: GPlace) -> Vec<(ValId, Rule)> {
        self.slots(place).to_vec()
    }

    fn slots(&self, place: GPlace) -> &[(ValId, Rule)] {
        let head = &self.heads[place.0 as usize];
        &self.val_pool[head.start as usize..head.start as usize + head.count as usize]
    }

    fn delivered(&self, place: GPlace) -> SmallVec<[(ValId, Rule); 4]> {
        let delivered = self.heads[place.0 as usize].delivered;
        let slots = self.slots(place).iter().enumerate();
        slots
            .filter(|(i, _)| delivered & (1 << i) != 0)
            .map(|(_, v)| *v)
            .collect()
    }

    pub(super) fn is_empty(&self, place: GPlace) -> bool {
        self.heads[place.0 as usize].count == 0
    }

    pub(super) fn is_crowded(&self, place: GPlace) -> bool {
        self.heads[place.0 as usize].count >= self.max_values
    }

    pub(super) fn add(&mut self, place: GPlace, val: ValId, rule: Rule) {
        if place == GPlace::NOWHERE {
            return;
        }
        let head = &self.heads[place.0 as usize];
        if head.count >= self.max_values {
            return;
        }
        // Many strings are data, not names of members: from here on they are any string.
        let mut val = val;
        if head.count >= MAX_TEXTS && matches!(self.values.get(val), Val::Text(_)) {
            match self.any_text {
                Some(any) => val = any,
                None => return,
            }
        }
        if self.slots(place).iter().any(|v| v.0 == val) {
            return;
        }
        let head = &mut self.heads[place.0 as usize];
        if head.count == head.room {
            // A larger run of slots at the end; the old one is left behind.
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
    }

    pub(super) fn subscribe(&mut self, place: GPlace, sub: Sub) {
        if place == GPlace::NOWHERE {
            return;
        }
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

    pub(super) fn copy(&mut self, from: GPlace, to: GPlace, rule: Rule) {
        if from != to && from != GPlace::NOWHERE && to != GPlace::NOWHERE {
            self.subscribe(from, Sub::Copy { to, rule });
        }
    }

    pub(super) fn field(&mut self, owner: ValId, name: Symbol) -> GPlace {
        if let Some(&place) = self.fields.get(&(owner, name)) {
            return place;
        }
        let place = self.fresh();
        self.fields.insert((owner, name), place);
        if matches!(self.values.get(owner), Val::Obj(..) | Val::Inst(_)) {
            let element = self.world.symbols.text(name).starts_with('[');
            let any = self.any_place(owner);
            self.copy(place, any, Rule::Local);
            let unknown = self.element_place(owner);
            if element {
                self.copy(place, unknown, Rule::Local);
            }
        }
        place
    }

    /// Holds what every element-like member holds.
    fn element_place(&mut self, owner: ValId) -> GPlace {
        if let Some(&place) = self.elements.get(&owner) {
            return place;
        }
        let place = self.fresh();
        self.elements.insert(owner, place);
        let any = self.any_place(owner);
        self.copy(place, any, Rule::Local);
        place
    }

    fn any_place(&mut self, owner: ValId) -> GPlace {
        if let Some(&place) = self.anything.get(&owner) {
            return place;
        }
        let place = self.fresh();
        self.anything.insert(owner, place);
        place
    }

    /// Where stores under an unknown key go, and every load of a key looks.
    fn unknown_key(&mut self, owner: ValId) -> GPlace {
        let name = Symbol(u32::MAX - 1);
        if let Some(&place) = self.fields.get(&(owner, name)) {
            return place;
        }
        let place = self.fresh();
        self.fields.insert((owner, name), place);
        let unknown = self.element_place(owner);
        self.copy(place, unknown, Rule::Local);
        place
    }

    /// Where stores under a key of which nothing is known go, which may be a member's name.
    fn any_key(&mut self, owner: ValId) -> GPlace {
        let name = Symbol(u32::MAX - 3);
        if let Some(&place) = self.fields.get(&(owner, name)) {
            return place;
        }
        let place = self.fresh();
        self.fields.insert((owner, name), place);
        let unknown = self.unknown_key(owner);
        self.copy(place, unknown, Rule::Local);
        place
    }

    /// True where the class of an object declares the member.
    fn class_has(&self, owner: ValId, name: Symbol) -> bool {
        self.values.class(owner).is_some_and(|class| {
            let order = self.classes.order(self.world, class);
            order
                .iter()
                .any(|&k| !self.world.entries(k, name).is_empty())
        })
    }

    // ---- sites --------------------------------------------------------------------------------

    pub(super) fn site(&mut self, within: GDef, line: u32) -> Attribution {
        self.sites.push(Site { within, line });
        self.attributions
            .push(SmallVec::from_elem(self.sites.len() as u32 - 1, 1));
        self.attributions.len() as u32 - 1
    }

    pub(super) fn target(&mut self, call: u32, def: GDef, rule: Rule, how: How) {
        if self.target_seen.insert((call, def, how)) {
            self.targets.push(TargetRec {
                call,
                def,
                rule,
                how,
            });
        }
    }

    // ---- deliveries ---------------------------------------------------------------------------

    fn deliver(&mut self, sub: Sub, val: ValId, rule: Rule) {
        match sub {
            Sub::Copy { to, rule: step } => self.add(to, val, weaker(rule, step)),
            Sub::Bind {
                load,
                recv,
                rule: step,
            } => self.bind(load, recv, val, weaker(rule, step)),
            Sub::Close {
                to,
                recv,
                rule: step,
            } => self.close(to, recv, val, weaker(rule, step)),
            Sub::Load(load) => self.load(load, val, val, rule),
            Sub::Delegate { load, recv } => {
                if self.delegated.insert((load, val, recv)) && val != recv {
                    self.load(load, val, recv, rule);
                }
            }
            Sub::Key(load) => self.load_key(load, val),
            Sub::Store(store) => self.store(store, val),
            Sub::Call(call) => self.call(call, val, rule),
            Sub::Super { to, class } => {
                let v = self.values.intern(Val::Super(class, val));
                self.add(to, v, rule);
            }
            Sub::Instances { to } => {
                if let Val::Class(class) | Val::OwnClass(class) = self.values.get(val) {
                    let v = self.values.intern(Val::Typed(class, TyId::UNKNOWN));
                    self.add(to, v, Rule::MethodTyped);
                }
            }
            Sub::KeyedStore(index) => {
                if let Val::Text(text) = self.values.get(val) {
                    let k = self.keyed_stores[index as usize];
                    let select = if k.open == Selector::Element {
                        let quoted = format!("[\"{}\"]", self.world.symbols.text(text));
                        self.world
                            .symbols
                            .get(&quoted)
                            .map_or(Selector::Element, Selector::Field)
                    } else {
                        Selector::Field(text)
                    };
                    self.add_store(k.base, select, k.from, k.at, k.library);
                }
            }
            Sub::Setter { store, recv } => {
                if let Val::Fn(f) = self.values.get(val)
                    && self.world.def(f).flags.has(DefFlags::SETTER)
                {
                    let StoreRec { from, at, .. } = self.stores[store as usize].clone();
                    // The store of an accessor itself is its definition.
                    let defines = self.values_of(from).iter().any(|(v, _)| {
                        matches!(self.values.get(*v), Val::Fn(g)
                                if self.world.def(g).flags.has(DefFlags::SETTER)
                                    || self.world.def(g).flags.has(DefFlags::GETTER))
                    });
                    if !defines {
                        self.call_setter(at, f, from, recv);
                    }
                }
            }
            Sub::DescriptorSet { store, recv } => {
                let from = self.stores[store as usize].from;
                self.descriptor(
                    u32::MAX - store,
                    "__set__",
                    val,
                    Some(recv),
                    from,
                    GPlace::NOWHERE,
                );
            }
            Sub::Metaclass { load, class } => {
                if let Val::Class(meta) = self.values.get(val) {
                    let rec = &self.loads[load as usize];
                    let (to, select) = (rec.to, rec.select);
                    let Selector::Field(name) = select else {
                        return;
                    };
                    let order = self.classes.order(self.world, meta);
                    let found = order
                        .iter()
                        .filter(|&&k| !self.world.is_model(k))
                        .find_map(|&k| {
                            self.world
                                .entries(k, name)
                                .iter()
                                .find_map(|e| match e.binding {
                                    crate::facts::Binding::Def(d) => {
                                        Some(self.world.gdef(e.file, d))
                                    }
                                    _ => None,
                                })
                        });
                    if let Some(def) = found {
                        let bound = self.values.intern(Val::Bound(def, class));
                        self.add(to, bound, Rule::Inherited);
                    }
                }
            }
            Sub::Narrow { to, ty } => {
                if let Some(kept) = self.narrow(val, ty) {
                    self.add(to, kept, rule);
                }
            }
            Sub::Dispatch { call, method } => self.dispatch(call, method, val, rule),
            Sub::BindTo { to, function } => {
                let bound = match self.values.get(function) {
                    Val::Fn(f) | Val::Bound(f, _) => self.values.intern(Val::Bound(f, val)),
                    Val::Closure(..) => self.values.intern(Val::BoundClosure(function, val)),
                    _ => function,
                };
                self.add(to, bound, rule);
            }
        }
    }

    /// A member's value on its way to a load.
    fn bind(&mut self, load: u32, recv: ValId, val: ValId, rule: Rule) {
        let rec = &self.loads[load as usize];
        let (to, callee) = (rec.to, rec.callee);
        let Val::Fn(f) = self.values.get(val) else {
            return match self.values.get(val) {
                Val::Closure(..) if self.world.semantics.binds_on_load || callee => {
                    let bound = self.values.intern(Val::BoundClosure(val, recv));
                    self.add(to, bound, rule);
                }
                _ => {
                    if !self.descriptor(load, "__get__", val, Some(recv), GPlace::NOWHERE, to) {
                        self.close(to, recv, val, rule);
                    }
                }
            };
        };
        let flags = self.world.def(f).flags;
        if flags.has(DefFlags::SETTER) {
            return;
        }
        let recv_val = self.values.get(recv);
        let on_class = matches!(recv_val, Val::Class(_) | Val::OwnClass(_));
        if flags.has(DefFlags::GETTER) && !(on_class && self.world.semantics.binds_on_load) {
            let call = self.implicit_call(load, f, to);
            let how = self.how(recv);
            return self.link(call, f, None, Some(recv), weaker(Rule::Implicit, rule), how);
        }
        let bound = if flags.has(DefFlags::CLASS_METHOD) {
            let class = match recv_val {
                Val::Class(_) | Val::OwnClass(_) => recv,
                Val::Param(class, _) => self.values.intern(Val::OwnClass(class)),
                _ => match self.values.class(recv) {
                    Some(class) => self.values.intern(Val::Class(class)),
                    None => recv,
                },
            };
            self.values.intern(Val::Bound(f, class))
        } else if flags.has(DefFlags::STATIC) && self.world.semantics.explicit_receiver {
            // `Self::new()` in a trait: any implementor's.
            match self.how(recv) {
                How::Declared(class) | How::Own(class)
                    if self.world.def(class).kind == NodeKind::Interface =>
                {
                    self.values.intern(Val::Bound(f, recv))
                }
                _ => val,
            }
        } else if on_class && self.world.semantics.explicit_receiver {
            val
        } else if self.world.semantics.binds_on_load || callee {
            self.values.intern(Val::Bound(f, recv))
        } else {
            val
        };
        self.add(to, bound, rule);
    }

    /// A class attribute that is an object with `__get__` or `__set__` is asked in its place. True
    /// where it is one. `site` is the load, or the store counted from the top.
    fn descriptor(
        &mut self,
        site: u32,
        member: &str,
        val: ValId,
        recv: Option<ValId>,
        value: GPlace,
        result: GPlace,
    ) -> bool {
        if !self.world.semantics.binds_on_load {
            return false;
        }
        let (Some(class), Some(name)) = (self.values.class(val), self.world.symbols.get(member))
        else {
            return false;
        };
        let order = self.classes.order(self.world, class);
        let found = order.iter().find_map(|&k| {
            self.world
                .entries(k, name)
                .iter()
                .find_map(|e| match e.binding {
                    crate::facts::Binding::Def(d) => Some(self.world.gdef(e.file, d)),
                    _ => None,
                })
        });
        let Some(found) = found else { return false };
        let call = match self.getter_calls.get(&(site, found)) {
            Some(&call) => call,
            None => {
                let (at, library) = if member == "__get__" {
                    let rec = &self.loads[site as usize];
                    (rec.at, rec.library)
                } else {
                    let rec = &self.stores[(u32::MAX - site) as usize];
                    (rec.at, rec.library)
                };
                let mut args: SmallVec<[ArgRec; 3]> = SmallVec::new();
                for place in [self.fresh(), value] {
                    args.push(ArgRec {
                        place,
                        kind: ArgSort::Positional,
                    });
                }
                self.calls.push(CallRec {
                    at,
                    callee: GPlace::NOWHERE,
                    args,
                    result,
                    kind: CallKind::Implicit,
                    library,
                    depth: 0,
                    source: None,
                });
                let call = self.calls.len() as u32 - 1;
                self.getter_calls.insert((site, found), call);
                call
            }
        };
        if let Some(recv) = recv {
            let instance = self.calls[call as usize].args[0].place;
            self.add(instance, recv, Rule::Local);
        }
        let how = self.how(val);
        self.link(call, found, None, Some(val), Rule::Implicit, how);
        true
    }

    /// An instance without the member asks its class's `__getattr__`.
    fn missing_member(&mut self, load: u32, class: GDef, name: Symbol, recv: ValId) -> bool {
        let Some(hook) = self.world.symbols.get("__getattr__") else {
            return false;
        };
        let text = self.world.symbols.text(name);
        if !self.world.semantics.binds_on_load || text.starts_with(['[', '_']) {
            return false;
        }
        let order = self.classes.order(self.world, class);
        let found = order.iter().find_map(|&k| {
            self.world
                .entries(k, hook)
                .iter()
                .find_map(|e| match e.binding {
                    crate::facts::Binding::Def(d) => Some(self.world.gdef(e.file, d)),
                    _ => None,
                })
        });
        let Some(found) = found else { return false };
        let to = self.loads[load as usize].to;
        let call = self.implicit_call(load, found, to);
        if self.calls[call as usize].args.is_empty() {
            let place = self.fresh();
            self.calls[call as usize].args.push(ArgRec {
                place,
                kind: ArgSort::Positional,
            });
        }
        let asked = self.calls[call as usize].args[0].place;
        let text = self.values.intern(Val::Text(name));
        self.add(asked, text, Rule::Local);
        let how = self.how(recv);
        self.link(call, found, None, Some(recv), Rule::Implicit, how);
        true
    }

    fn implicit_call(&mut self, load: u32, f: GDef, result: GPlace) -> u32 {
        if let Some(&call) = self.getter_calls.get(&(load, f)) {
            return call;
        }
        let rec = &self.loads[load as usize];
        let (at, library) = (rec.at, rec.library);
        self.calls.push(CallRec {
            at,
            callee: GPlace::NOWHERE,
            args: SmallVec::new(),
            result,
            kind: CallKind::Implicit,
            library,
            depth: 0,
            source: None,
        });
        let call = self.calls.len() as u32 - 1;
        self.getter_calls.insert((load, f), call);
        call
    }

    /// Closes the open types of a value by its receiver.
    fn close(&mut self, to: GPlace, recv: ValId, val: ValId, rule: Rule) {
        match self.values.get(val) {
            Val::Param(owner, name) => {
                if name == self.self_name {
                    return self.add(to, recv, rule);
                }
                match self.argument_of(recv, owner, name) {
                    Some(ty) => self.put_type(to, ty, false, rule),
                    None => self.add(to, val, rule),
                }
            }
            Val::Typed(class, args) if args != TyId::UNKNOWN && self.types.is_open(args) => {
                let closed = self.close_type(recv, args);
                let v = self.values.intern(Val::Typed(class, closed));
                self.add(to, v, rule);
            }
            Val::Tuple(ty) if self.types.is_open(ty) => {
                let closed = self.close_type(recv, ty);
                let v = self.values.intern(Val::Tuple(closed));
                self.add(to, v, rule);
            }
            Val::Callable(ty) if self.types.is_open(ty) => {
                let closed = self.close_type(recv, ty);
                let v = self.values.intern(Val::Callable(closed));
                self.add(to, v, rule);
            }
            _ => self.add(to, val, rule),
        }
    }

    fn argument_of(&mut self, recv: ValId, owner: GDef, name: Symbol) -> Option<TyId> {
        let (class, args) = match self.values.get(recv) {
            Val::Typed(class, args) => (class, args),
            Val::Inst(class) | Val::Obj(_, Some(class)) => (class, TyId::UNKNOWN),
            _ => return None,
        };
        let ty = self
            .classes
            .argument(self.world, &mut self.types, class, args, owner, name)?;
        (ty != TyId::UNKNOWN).then_some(ty)
    }

    fn close_type(&mut self, recv: ValId, ty: TyId) -> TyId {
        let Some(class) = self.values.class(recv) else {
            return ty;
        };
        let args = match self.values.get(recv) {
            Val::Typed(_, args) => args,
            _ => TyId::UNKNOWN,
        };
        let (world, classes) = (self.world, &self.classes);
        self.types
            .substitute(ty, &mut |types, t| match *types.get(t) {
                Ty::Param(owner, name) => classes.argument(world, types, class, args, owner, name),
                Ty::SelfOf(_) => {
                    let list: Box<[TyId]> = types.arg_list(args).into();
                    Some(types.intern(Ty::Inst(class, list)))
                }
                _ => None,
            })
    }

    /// The value where it may be an instance of the type; a declared one becomes one.
    fn narrow(&mut self, val: ValId, ty: TyId) -> Option<ValId> {
        match self.types.get(ty).clone() {
            Ty::Union(all) => all.iter().find_map(|&one| self.narrow(val, one)),
            Ty::Inst(class, _) => {
                let library = self.world.is_model(class);
                match self.values.get(val) {
                    Val::Inst(k) | Val::Obj(_, Some(k)) => {
                        (self.classes.is_below(self.world, k, class)
                            || self.classes.unknown_base.contains(&k))
                        .then_some(val)
                    }
                    Val::Typed(k, _) => {
                        if self.classes.is_below(self.world, k, class) {
                            Some(val)
                        } else if self.classes.is_below(self.world, class, k) {
                            Some(self.values.intern(Val::Typed(class, TyId::UNKNOWN)))
                        } else {
                            None
                        }
                    }
                    Val::Param(..) | Val::Obj(_, None) => Some(val),
                    _ => library.then_some(val),
                }
            }
            _ => Some(val),
        }
    }

    /// Puts the values of a type into a place.
    pub(super) fn put_type(&mut self, to: GPlace, ty: TyId, exact: bool, rule: Rule) {
        if to == GPlace::NOWHERE {
            return;
        }
        match self.types.get(ty).clone() {
            Ty::Inst(class, args) => {
                let args = self.types.args(&args);
                let val = if exact && !self.world.is_model(class) {
                    if args == TyId::UNKNOWN {
                        Val::Inst(class)
                    } else {
                        Val::Typed(class, args)
                    }
                } else {
                    Val::Typed(class, args)
                };
                let v = self.values.intern(val);
                self.add(to, v, rule);
            }
            Ty::Param(owner, name) => {
                let v = self.values.intern(Val::Param(owner, name));
                self.add(to, v, rule);
            }
            Ty::SelfOf(class) => {
                let name = self.self_name;
                let v = self.values.intern(Val::Param(class, name));
                self.add(to, v, rule);
            }
            Ty::Func(ret) => {
                let v = self.values.intern(Val::Callable(ret));
                self.add(to, v, rule);
            }
            Ty::Tuple(_) => {
                let v = self.values.intern(Val::Tuple(ty));
                self.add(to, v, rule);
            }
            Ty::Union(all) => {
                for &one in all.iter() {
                    self.put_type(to, one, exact, rule);
                }
            }
            Ty::Meta(inner) => {
                if let Ty::Inst(class, _) = self.types.get(inner) {
                    let v = self.values.intern(Val::Class(*class));
                    self.add(to, v, rule);
                }
            }
            Ty::Ext(symbol) => {
                let v = self.values.intern(Val::Ext(symbol));
                self.add(to, v, rule);
            }
            Ty::Of(place) => self.copy(place, to, rule),
            Ty::Assoc(base, name) => self.put_associated(to, base, name, rule),
            Ty::Unknown => {}
        }
    }

    fn put_associated(&mut self, to: GPlace, base: TyId, name: Symbol, rule: Rule) {
        match self.types.get(base).clone() {
            Ty::Of(place) if name.0 == u32::MAX && self.instance_of.insert((place, to)) => {
                self.subscribe(place, Sub::Instances { to });
            }
            Ty::Inst(class, _) | Ty::SelfOf(class) => {
                let order = self.classes.order(self.world, class);
                for &k in order.iter() {
                    if let Some(entry) = self.world.entries(k, name).last() {
                        if let crate::facts::Binding::Def(d) = entry.binding {
                            let def = self.world.gdef(entry.file, d);
                            if let Some(ty) = self.world.def(def).ty {
                                let this = self.world.self_class(def);
                                let ty = self.types.resolve(self.world, entry.file, ty, this);
                                if ty != base {
                                    self.put_type(to, ty, false, rule);
                                }
                            }
                        }
                        return;
                    }
                }
            }
            _ => {}
        }
    }

    /// How a receiver decides.
    pub(super) fn how(&self, recv: ValId) -> How {
        match self.values.get(recv) {
            Val::Inst(c) | Val::Obj(_, Some(c)) | Val::Class(c) => How::Exact(c),
            Val::Typed(c, _) => How::Declared(c),
            Val::Param(c, name) if name == self.self_name => How::Own(c),
            Val::OwnClass(c) => How::Own(c),
            _ => How::Direct,
        }
    }

    // ---- loads --------------------------------------------------------------------------------

    pub(super) fn add_load(&mut self, rec: LoadRec) -> u32 {
        let (base, key, to) = (rec.base, rec.key, rec.to);
        self.loads.push(rec);
        let load = self.loads.len() as u32 - 1;
        if key == GPlace::NOWHERE {
            if to != GPlace::NOWHERE {
                self.load_of.entry(to).or_insert(load);
            }
            self.subscribe(base, Sub::Load(load));
        } else {
            self.subscribe(key, Sub::Key(load));
        }
        load
    }

    fn load_key(&mut self, load: u32, key: ValId) {
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
                key: GPlace::NOWHERE,
                ..rec
            });
            return;
        }
        if rec.select != Selector::Element {
            self.add_load(LoadRec {
                select: Selector::Field(text),
                key: GPlace::NOWHERE,
                ..rec.clone()
            });
        }
        let quoted = format!("[\"{}\"]", self.world.symbols.text(text));
        // A key that nobody writes as a constant still sees what is stored under unknown ones.
        let element = self.world.symbols.get(&quoted);
        if let Some(element) = element.or(self.world.symbols.get("[\"\"]")) {
            self.add_load(LoadRec {
                select: Selector::Field(element),
                key: GPlace::NOWHERE,
                ..rec
            });
        }
    }

    /// True where nothing but known strings reaches a key.
    fn only_texts(&self, key: GPlace) -> bool {
        let values = self.delivered(key);
        !values.is_empty()
            && values
                .iter()
                .all(|&(val, _)| matches!(self.values.get(val), Val::Text(_)))
    }

    /// Loads under keys of which nothing is known may see anything.
    fn open_keys(&mut self) -> bool {
        let mut more = false;
        for load in 0..self.loads.len() {
            let rec = &self.loads[load];
            // `getattr(x, name)` with an unknown name is a blind spot, not a call of everything.
            let blind = rec.select == Selector::Any && self.world.semantics.binds_on_load;
            if rec.key != GPlace::NOWHERE && !blind && !self.only_texts(rec.key) {
                let rec = LoadRec {
                    key: GPlace::NOWHERE,
                    ..rec.clone()
                };
                self.loads[load].key = GPlace::NOWHERE;
                self.add_load(rec);
                more = true;
            }
        }
        for index in 0..self.keyed_stores.len() {
            let k = self.keyed_stores[index];
            let blind = k.open == Selector::Any && self.world.semantics.binds_on_load;
            if k.key != GPlace::NOWHERE && !blind && !self.only_texts(k.key) {
                self.keyed_stores[index].key = GPlace::NOWHERE;
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
            let of = |link: Option<Symbol>| self.fields.get(&(owner, link?)).copied();
            let (proto, spread) = (of(proto.filter(|&p| p != name)), of(spread));
            if proto.is_none() && spread.is_none() {
                self.pending_links.push((load, owner, recv));
                continue;
            }
            more = true;
            if let Some(link) = spread {
                self.subscribe(link, Sub::Delegate { load, recv });
            }
            let own = self.fields.get(&(owner, name)).copied();
            if let Some(link) = proto
                && own.is_none_or(|own| self.is_empty(own))
            {
                self.subscribe(link, Sub::Delegate { load, recv });
            }
        }
        more
    }

    /// Prototype links are followed where nothing nearer has the name.
    fn follow_links(&mut self) -> bool {
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
        base: GPlace,
        key: GPlace,
        from: GPlace,
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

    /// `val` arrives at a load's base; members found are bound to `recv`.
    fn load(&mut self, load: u32, val: ValId, recv: ValId, rule: Rule) {
        let (to, select) = (
            self.loads[load as usize].to,
            self.loads[load as usize].select,
        );
        match self.values.get(val) {
            Val::Module(module) => {
                if let Selector::Field(name) = select {
                    let found = self.world.member(module, name);
                    self.flow_found(load, found, rule);
                    if self.fields.contains_key(&(val, name)) || found.denote == Denote::Missing {
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
                        .trim_matches(['[', ']'])
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

    /// What a name denotes flows to the load, which mentions it.
    pub(super) fn flow_found(&mut self, load: u32, found: Found, rule: Rule) {
        let rec = &self.loads[load as usize];
        let (to, at, callee) = (rec.to, rec.at, rec.callee);
        self.flow_denoted(to, found, rule, (!callee).then_some(at));
    }

    /// What a name denotes flows to a place; `at` mentions it.
    pub(super) fn flow_denoted(
        &mut self,
        to: GPlace,
        found: Found,
        rule: Rule,
        at: Option<Attribution>,
    ) {
        let rule = weaker(found.rule(), rule);
        match found.denote {
            Denote::Def(def) => {
                let place = self
                    .world
                    .gplace(self.world.file_of(def), self.world.def(def).place);
                self.copy(place, to, rule);
                if let Some(at) = at {
                    self.mentions.push((at, def, rule));
                }
            }
            Denote::SelfType(class) => {
                let val = match self.world.def(class).kind {
                    NodeKind::Interface => Val::Param(class, self.self_name),
                    _ => Val::Class(class),
                };
                let v = self.values.intern(val);
                self.add(to, v, rule);
            }
            Denote::Module(module) => {
                let v = self.values.intern(Val::Module(module));
                self.add(to, v, rule);
            }
            Denote::Set(set) => {
                let v = self.values.intern(Val::Set(set));
                self.add(to, v, rule);
            }
            Denote::Place(place) => {
                self.copy(place, to, rule);
                if let (Some(at), Some(&def)) = (at, self.place_defs.get(&place)) {
                    self.mentions.push((at, def, rule));
                }
            }
            Denote::Ext(symbol) => {
                let v = self.values.intern(Val::Ext(symbol));
                self.add(to, v, rule);
            }
            Denote::Generic(owner, name) => {
                // `T::make()`: the bounds' associated functions.
                let v = self.values.intern(Val::Param(owner, name));
                self.add(to, v, rule);
            }
            Denote::Missing => {}
        }
    }

    /// The entries of one class for a name flow to the load. True where there are any.
    fn flow_entries(
        &mut self,
        load: u32,
        class: GDef,
        name: Symbol,
        recv: ValId,
        rule: Rule,
    ) -> bool {
        let entries = self.world.entries(class, name);
        if entries.is_empty() {
            return false;
        }
        let rec = &self.loads[load as usize];
        let (at, callee, library) = (rec.at, rec.callee, rec.library);
        let concrete = entries.iter().any(|e| match e.binding {
            crate::facts::Binding::Def(d) => !self
                .world
                .def(self.world.gdef(e.file, d))
                .flags
                .has(DefFlags::ABSTRACT | DefFlags::SETTER),
            _ => true,
        });
        // What a type has of its own comes before what it has by a trait.
        let plain = |e: &&crate::solve::world::Entry| match e.binding {
            crate::facts::Binding::Def(d) => self
                .world
                .def(self.world.gdef(e.file, d))
                .disambiguator
                .is_none(),
            _ => true,
        };
        let own = entries.iter().any(|e| plain(&e));
        let chosen: SmallVec<[crate::solve::world::Entry; 2]> = entries
            .iter()
            .filter(|e| !own || plain(e))
            .copied()
            .collect();
        let mut any = false;
        for entry in chosen {
            let (place, def) = match entry.binding {
                crate::facts::Binding::Def(d) => {
                    let def = self.world.gdef(entry.file, d);
                    let flags = self.world.def(def).flags;
                    if flags.has(DefFlags::SETTER) || (concrete && flags.has(DefFlags::ABSTRACT)) {
                        continue;
                    }
                    (
                        self.world.gplace(entry.file, self.world.def(def).place),
                        Some(def),
                    )
                }
                crate::facts::Binding::Place(p) => (self.world.gplace(entry.file, p), None),
                crate::facts::Binding::Import(i) => {
                    let found = self.world.import(entry.file, i);
                    self.flow_found(load, found, rule);
                    any = true;
                    continue;
                }
            };
            any = true;
            if let Some(def) = def
                && !callee
                && !library
                && !self.world.def(def).flags.has(DefFlags::GETTER)
            {
                self.mentions.push((at, def, rule));
            }
            self.subscribe(place, Sub::Bind { load, recv, rule });
        }
        any
    }

    fn load_class(&mut self, load: u32, val: ValId, class: GDef, rule: Rule) {
        let (to, select) = (
            self.loads[load as usize].to,
            self.loads[load as usize].select,
        );
        let Selector::Field(name) = select else {
            if let Some(names) = self.world.listing.get(&class) {
                for &name in names {
                    self.flow_entries(load, class, name, val, Rule::Container);
                }
            }
            return;
        };
        if self.world.symbols.text(name) == "prototype" && self.world.has_prototypes() {
            let v = self.values.intern(Val::Proto(class));
            return self.add(to, v, rule);
        }
        let order = self.classes.order(self.world, class);
        let mut found = false;
        for &k in order.iter() {
            let step = if k == class {
                rule
            } else {
                weaker(rule, Rule::Inherited)
            };
            if !found
                && self.world.semantics.binds_on_load
                && let Some(link) = self.world.symbols.get("__metaclass__")
            {
                let places: SmallVec<[GPlace; 2]> = order
                    .iter()
                    .flat_map(|&k| self.world.entries(k, link))
                    .filter_map(|e| match e.binding {
                        crate::facts::Binding::Place(p) => Some(self.world.gplace(e.file, p)),
                        _ => None,
                    })
                    .collect();
                for place in places {
                    self.subscribe(place, Sub::Metaclass { load, class: val });
                }
            }
            if !found {
                found = self.flow_entries(load, k, name, val, step);
            }
            if !self.world.is_model(k) {
                let owner = self.values.intern(Val::Class(k));
                let field = self.field(owner, name);
                self.subscribe(
                    field,
                    Sub::Bind {
                        load,
                        recv: val,
                        rule: weaker(step, Rule::Callback),
                    },
                );
            }
        }
        if !found && let Some(symbol) = self.classes.outside_base(self.world, class) {
            let v = self.values.intern(Val::Ext(symbol));
            self.add(to, v, rule);
        }
    }

    fn load_instance(&mut self, load: u32, val: ValId, class: GDef, recv: ValId, rule: Rule) {
        let (to, select) = (
            self.loads[load as usize].to,
            self.loads[load as usize].select,
        );
        let is_model = self.world.is_model(class);
        let Selector::Field(name) = select else {
            self.load_fields(load, val, recv, rule);
            if self.load_declared_element(load, class, recv) {
                return;
            }
            if let Val::Typed(_, args) = self.values.get(val)
                && let Some(&last) = self.types.arg_list(args).last()
            {
                self.put_type(to, last, false, Rule::MethodTyped);
            }
            return;
        };
        let text = self.world.symbols.text(name);
        if text.starts_with('[')
            && !self.load_declared_element(load, class, recv)
            && let Val::Typed(_, args) = self.values.get(val)
        {
            let list = self.types.arg_list(args);
            let index = text.trim_matches(['[', ']']).parse::<usize>().ok();
            let ty = if is_model {
                list.last().copied()
            } else {
                index.and_then(|i| list.get(i).copied())
            };
            if let Some(ty) = ty {
                self.put_type(to, ty, false, Rule::MethodTyped);
            }
        }
        if text == "__class__" && self.world.semantics.call_instantiates {
            let v = self.values.intern(Val::Class(class));
            return self.add(to, v, rule);
        }
        if text == "constructor" && self.world.has_prototypes() {
            let val = if self.world.is_class(class) {
                Val::Class(class)
            } else {
                Val::Fn(class)
            };
            let v = self.values.intern(val);
            return self.add(to, v, rule);
        }
        let typed = matches!(self.values.get(val), Val::Typed(..));
        let receiver_rule = if typed {
            Rule::MethodTyped
        } else {
            Rule::MethodInferred
        };
        let order = self.classes.order(self.world, class);
        let mut found = false;
        for &k in order.iter() {
            if !found {
                let step = if k == class {
                    receiver_rule
                } else {
                    Rule::Inherited
                };
                found = self.flow_entries(load, k, name, recv, step);
            }
            let by_class = self.world.semantics.binds_on_load;
            if by_class && !self.world.is_model(k) {
                let owner = self.values.intern(Val::Class(k));
                if self.fields.contains_key(&(owner, name)) || !found {
                    let field = self.field(owner, name);
                    self.subscribe(
                        field,
                        Sub::Bind {
                            load,
                            recv,
                            rule: weaker(rule, Rule::Callback),
                        },
                    );
                }
            }
        }
        self.load_fields(load, val, recv, rule);
        let undecided = !found || (!is_model && self.only_abstract(&order, name));
        if undecided && !is_model && self.world.has_prototypes() {
            let owner = self.field_owner(val);
            let own = self.field(owner, name);
            self.load_prototypes(load, &order, name, recv, SmallVec::from_elem(own, 1));
        }
        if found || self.missing_member(load, class, name, recv) {
            return;
        }
        let deref = self.world.semantics.deref_member;
        if !deref.is_empty() && text != deref {
            self.load_through(load, val, class, recv);
        }
        if let Some(symbol) = self.classes.outside_base(self.world, class) {
            let v = self.values.intern(Val::Ext(symbol));
            self.add(to, v, rule);
        }
    }

    /// True where the member is only declared, by an interface merged with the class.
    fn only_abstract(&self, order: &[GDef], name: Symbol) -> bool {
        order
            .iter()
            .flat_map(|&k| self.world.entries(k, name))
            .all(|entry| match entry.binding {
                crate::facts::Binding::Def(d) => self
                    .world
                    .def(self.world.gdef(entry.file, d))
                    .flags
                    .has(DefFlags::ABSTRACT),
                _ => false,
            })
    }

    /// The declared element of a container (`[*]` in a model). True where there is one.
    fn load_declared_element(&mut self, load: u32, class: GDef, recv: ValId) -> bool {
        let Some(element) = self.world.symbols.get("[*]") else {
            return false;
        };
        let order = self.classes.order(self.world, class);
        order
            .iter()
            .any(|&k| self.flow_entries(load, k, element, recv, Rule::MethodTyped))
    }

    /// A member that a wrapper lacks is looked up on what it derefs to.
    fn load_through(&mut self, load: u32, val: ValId, class: GDef, recv: ValId) {
        let Some(deref) = self.world.symbols.get(self.world.semantics.deref_member) else {
            return;
        };
        if recv != val || !self.delegated.insert((load, val, val)) {
            return;
        }
        let method = self.deref_method(class, deref);
        let Some(method) = method else { return };
        let known = self.wrapped.get(&val).copied();
        let inner = known.unwrap_or_else(|| self.fresh());
        self.wrapped.insert(val, inner);
        let rec = &self.loads[load as usize];
        if !self.passed_through.insert((rec.to, inner, rec.select)) {
            return;
        }
        match known {
            None => self.deref_into(load, method, val, class, inner),
            // Every load through a wrapper of the program calls its deref.
            Some(_) if !self.world.is_model(method) => {
                self.deref_into(load, method, val, class, GPlace::NOWHERE);
            }
            Some(_) => {}
        }
        let rec = LoadRec {
            base: inner,
            ..self.loads[load as usize].clone()
        };
        self.add_load(rec);
    }

    fn deref_into(&mut self, load: u32, method: GDef, val: ValId, class: GDef, inner: GPlace) {
        let (at, library) = {
            let rec = &self.loads[load as usize];
            (rec.at, rec.library)
        };
        self.calls.push(CallRec {
            at,
            callee: GPlace::NOWHERE,
            args: SmallVec::new(),
            result: inner,
            kind: CallKind::Implicit,
            library,
            depth: 0,
            source: None,
        });
        let call = self.calls.len() as u32 - 1;
        self.link(
            call,
            method,
            None,
            Some(val),
            Rule::Implicit,
            How::Exact(class),
        );
    }

    /// JavaScript: members along the prototype chain of a function's or class's instances. `nearer`
    /// holds the places that shadow them.
    fn load_prototypes(
        &mut self,
        load: u32,
        order: &[GDef],
        name: Symbol,
        recv: ValId,
        mut nearer: SmallVec<[GPlace; 3]>,
    ) {
        for (index, &class) in order.iter().enumerate() {
            if self.world.is_model(class) {
                break;
            }
            let proto = self.values.intern(Val::Proto(class));
            if index == 0 {
                let field = self.field(proto, name);
                self.subscribe(
                    field,
                    Sub::Bind {
                        load,
                        recv,
                        rule: Rule::MethodInferred,
                    },
                );
                nearer.push(field);
            } else {
                let link = self.fresh();
                self.add(link, proto, Rule::Local);
                self.late.push(Late {
                    load,
                    link,
                    recv,
                    nearer: nearer.clone(),
                });
                nearer.push(self.field(proto, name));
            }
            for (owner, link) in [
                (Val::Fn(class), "prototype"),
                (Val::Class(class), "prototype"),
                (Val::Proto(class), "__proto__"),
                (Val::Proto(class), "$spread"),
            ] {
                let Some(link) = self.world.symbols.get(link) else {
                    continue;
                };
                let owner = self.values.intern(owner);
                let link = self.field(owner, link);
                self.late.push(Late {
                    load,
                    link,
                    recv,
                    nearer: nearer.clone(),
                });
            }
        }
    }

    fn load_proto(&mut self, load: u32, val: ValId, class: GDef, recv: ValId, rule: Rule) {
        let Selector::Field(name) = self.loads[load as usize].select else {
            return;
        };
        if self.world.symbols.text(name) == "constructor" {
            let val = if self.world.is_class(class) {
                Val::Class(class)
            } else {
                Val::Fn(class)
            };
            let v = self.values.intern(val);
            return self.add(self.loads[load as usize].to, v, rule);
        }
        let order = self.classes.order(self.world, class);
        for &k in order.iter() {
            if self.flow_entries(load, k, name, recv, rule) {
                return;
            }
        }
        self.load_prototypes(
            load,
            &order[..1.min(order.len())],
            name,
            recv,
            SmallVec::new(),
        );
        self.load_spread(load, val, recv);
    }

    /// What was spread or assigned into an object is looked up as well.
    fn load_spread(&mut self, load: u32, owner: ValId, recv: ValId) {
        if let Some(link) = self.world.symbols.get("$spread") {
            let place = self.field(owner, link);
            self.subscribe(place, Sub::Delegate { load, recv });
        }
    }

    /// The dynamic members of an instance, object or function.
    fn load_fields(&mut self, load: u32, val: ValId, recv: ValId, rule: Rule) {
        let rec = &self.loads[load as usize];
        let (to, select, callee) = (rec.to, rec.select, rec.callee);
        let owner = self.field_owner(val);
        let binds = callee && !self.world.semantics.binds_on_load;
        if owner != val && !binds && !self.field_loaded.insert((load, owner)) {
            return;
        }
        match select {
            Selector::Field(name) => {
                let step = if self.world.symbols.text(name).starts_with('[') {
                    Rule::Container
                } else {
                    Rule::Callback
                };
                // Where members may be accessors, every read may be a call.
                let binds =
                    (callee || self.world.has_prototypes()) && !self.world.semantics.binds_on_load;
                let mut places: SmallVec<[GPlace; 4]> = SmallVec::new();
                match self.values.get(owner) {
                    Val::Inst(class) => {
                        let order = self.classes.order(self.world, class);
                        for &k in order.iter().filter(|&&k| !self.world.is_model(k)) {
                            let o = self.values.intern(Val::Inst(k));
                            places.push(self.field(o, name));
                        }
                    }
                    Val::Obj(..) => {
                        places.push(self.field(owner, name));
                        // Where elements are kept apart from members, only elements may be meant.
                        if step == Rule::Container {
                            places.push(self.unknown_key(owner));
                        }
                        if !self.world.semantics.binds_on_load && !self.class_has(owner, name) {
                            places.push(self.any_key(owner));
                        }
                    }
                    _ => places.push(self.field(owner, name)),
                }
                for place in places {
                    if binds {
                        self.subscribe(
                            place,
                            Sub::Bind {
                                load,
                                recv,
                                rule: weaker(rule, step),
                            },
                        );
                    } else {
                        self.copy(place, to, step);
                    }
                }
                if matches!(self.values.get(owner), Val::Obj(..) | Val::Inst(_))
                    && self.world.has_prototypes()
                {
                    self.pending_links.push((load, owner, recv));
                }
            }
            Selector::Element => {
                let place = self.element_place(owner);
                self.unknown_key(owner);
                self.any_key(owner);
                self.copy(place, to, Rule::Container);
                self.load_all_links(load, owner, recv);
            }
            Selector::Any => {
                let place = self.any_place(owner);
                self.unknown_key(owner);
                self.any_key(owner);
                if callee && !self.world.semantics.binds_on_load {
                    self.subscribe(
                        place,
                        Sub::Bind {
                            load,
                            recv,
                            rule: Rule::Container,
                        },
                    );
                } else {
                    self.copy(place, to, Rule::Container);
                }
                self.load_all_links(load, owner, recv);
            }
        }
    }

    /// Unknown members are looked for along every link.
    fn load_all_links(&mut self, load: u32, owner: ValId, recv: ValId) {
        if !self.world.has_prototypes() {
            return;
        }
        for link in ["__proto__", "$spread"] {
            if let Some(link) = self.world.symbols.get(link) {
                let place = self.field(owner, link);
                self.subscribe(place, Sub::Delegate { load, recv });
            }
        }
    }

    /// Instances of one class share their members, however they are known.
    pub(super) fn field_owner(&mut self, val: ValId) -> ValId {
        match self.values.get(val) {
            Val::Typed(class, _) => self.values.intern(Val::Inst(class)),
            Val::Param(class, name) if name == self.self_name => {
                self.values.intern(Val::Inst(class))
            }
            _ => val,
        }
    }

    fn load_function(&mut self, load: u32, val: ValId, rule: Rule) {
        let (to, select) = (
            self.loads[load as usize].to,
            self.loads[load as usize].select,
        );
        let Selector::Field(name) = select else {
            return;
        };
        let function_class = self.world.semantics.function_class;
        if !function_class.is_empty() && !self.world.has_prototypes() {
            if let Some(class) = self.world.builtin_class(function_class) {
                self.flow_entries(load, class, name, val, rule);
            }
            return;
        }
        if !function_class.is_empty() {
            let text = self.world.symbols.text(name);
            if text == "prototype" {
                if let Val::Fn(f) = self.values.get(val) {
                    let v = self.values.intern(Val::Proto(f));
                    self.add(to, v, rule);
                }
                return;
            }
            if let Some(native) = Native::parse(text) {
                let v = self.values.intern(Val::Native(native, val));
                return self.add(to, v, rule);
            }
            if let Some(class) = self.world.builtin_class(function_class) {
                self.flow_entries(load, class, name, val, rule);
            }
        }
        let field = self.field(val, name);
        self.copy(field, to, Rule::Callback);
    }

    fn load_super(&mut self, load: u32, class: GDef, of: ValId, rule: Rule) {
        let Selector::Field(name) = self.loads[load as usize].select else {
            return;
        };
        let actual = match self.values.get(of) {
            Val::Class(c) | Val::OwnClass(c) | Val::Param(c, _) => Some(c),
            _ => self.values.class(of),
        };
        let actual = actual
            .filter(|&c| self.classes.is_below(self.world, c, class))
            .unwrap_or(class);
        let order = self.classes.order(self.world, actual);
        let start = order.iter().position(|&c| c == class).map_or(0, |i| i + 1);
        for &k in &order[start..] {
            if self.flow_entries(load, k, name, of, weaker(rule, Rule::Inherited)) {
                return;
            }
            if self.world.has_prototypes() && !self.world.is_class(k) {
                if self.world.symbols.text(name) == "constructor" {
                    let v = self.values.intern(Val::Fn(k));
                    let place = self.fresh();
                    self.add(place, v, rule);
                    self.subscribe(
                        place,
                        Sub::Bind {
                            load,
                            recv: of,
                            rule: Rule::Inherited,
                        },
                    );
                    return;
                }
                return self.load_prototypes(load, &order[start..], name, of, SmallVec::new());
            }
        }
        if let Some(symbol) = self.classes.outside_base(self.world, actual) {
            let to = self.loads[load as usize].to;
            let v = self.values.intern(Val::Ext(symbol));
            self.add(to, v, rule);
        }
    }

    /// A member of a type parameter's value: of its bounds.
    fn load_param(&mut self, load: u32, owner: GDef, name: Symbol, recv: ValId, rule: Rule) {
        if name == self.self_name {
            let v = self.own_instance(owner);
            return self.load_instance(load, v, owner, recv, rule);
        }
        let file = self.world.file_of(owner);
        let bounds: Vec<_> = self
            .world
            .def(owner)
            .generics
            .iter()
            .filter(|g| self.world.symbol(file, g.name) == name)
            .flat_map(|g| g.bounds.iter().copied())
            .collect();
        for bound in bounds {
            let this = self.world.self_class(owner);
            let ty = self.types.resolve(self.world, file, bound, this);
            let list: Vec<TyId> = match self.types.get(ty) {
                Ty::Union(all) => all.to_vec(),
                _ => vec![ty],
            };
            for ty in list {
                match self.types.get(ty).clone() {
                    Ty::Inst(class, args) => {
                        let args = self.types.args(&args);
                        let v = self.values.intern(Val::Typed(class, args));
                        self.load_instance(load, v, class, v, rule);
                    }
                    Ty::Func(_) | Ty::Unknown => {}
                    _ => {}
                }
            }
        }
    }

    // ---- stores -------------------------------------------------------------------------------

    pub(super) fn add_store(
        &mut self,
        base: GPlace,
        select: Selector,
        from: GPlace,
        at: Attribution,
        library: bool,
    ) {
        self.stores.push(StoreRec {
            select,
            from,
            at,
            library,
        });
        let store = self.stores.len() as u32 - 1;
        self.subscribe(base, Sub::Store(store));
    }

    fn store(&mut self, store: u32, val: ValId) {
        let StoreRec {
            select,
            from,
            at,
            library,
        } = self.stores[store as usize].clone();
        let owner = self.field_owner(val);
        match self.values.get(owner) {
            Val::Inst(_)
            | Val::Obj(..)
            | Val::Class(_)
            | Val::Module(_)
            | Val::Fn(_)
            | Val::Proto(_)
            | Val::Closure(..) => {}
            Val::Bound(f, _) => {
                let owner = self.values.intern(Val::Fn(f));
                if let Selector::Field(name) = select {
                    let field = self.field(owner, name);
                    self.copy(from, field, Rule::Callback);
                }
                return;
            }
            Val::Super(class, recv) => {
                if let Selector::Field(name) = select {
                    let order = self.classes.order(self.world, class);
                    for &k in order.iter().skip(1) {
                        let setter = self.world.entries(k, name).iter().find_map(|e| {
                            let crate::facts::Binding::Def(d) = e.binding else {
                                return None;
                            };
                            let def = self.world.gdef(e.file, d);
                            let setter = self.world.def(def).flags.has(DefFlags::SETTER);
                            setter.then_some(def)
                        });
                        if let Some(setter) = setter {
                            return self.call_setter(at, setter, from, recv);
                        }
                    }
                }
                return;
            }
            _ => return,
        }
        match select {
            Selector::Field(name) => {
                if let Some(class) = self.values.class(owner).filter(|_| !library)
                    && self.store_member(store, class, name, val, from, at)
                {
                    return;
                }
                if let Val::Module(module) = self.values.get(owner) {
                    // A module's own name: everybody who reads the name sees the value.
                    let found = self.world.member(module, name);
                    match found.denote {
                        Denote::Def(def) => {
                            let place = self
                                .world
                                .gplace(self.world.file_of(def), self.world.def(def).place);
                            self.copy(from, place, Rule::Callback);
                            self.mentions.push((at, def, Rule::Import));
                        }
                        Denote::Place(place) => self.copy(from, place, Rule::Callback),
                        _ => {}
                    }
                }
                let field = self.field(owner, name);
                self.copy(from, field, Rule::Local);
                if self.world.has_prototypes() {
                    self.subscribe(field, Sub::Setter { store, recv: val });
                }
            }
            Selector::Any if !self.world.semantics.binds_on_load => {
                let place = self.any_key(owner);
                self.copy(from, place, Rule::Local);
            }
            Selector::Element | Selector::Any => {
                let place = self.unknown_key(owner);
                self.copy(from, place, Rule::Local);
            }
        }
    }

    /// Stores through a setter, or into a declared field. True where a setter took it.
    fn store_member(
        &mut self,
        store: u32,
        class: GDef,
        name: Symbol,
        recv: ValId,
        from: GPlace,
        at: Attribution,
    ) -> bool {
        let order = self.classes.order(self.world, class);
        for &k in order.iter() {
            let mut setter = None;
            let mut known = false;
            for entry in self.world.entries(k, name) {
                known = true;
                if let crate::facts::Binding::Def(d) = entry.binding {
                    let def = self.world.gdef(entry.file, d);
                    if self.world.def(def).flags.has(DefFlags::SETTER) {
                        setter = Some(def);
                    } else if self.world.def(def).kind == NodeKind::Field {
                        self.mentions.push((at, def, Rule::MethodInferred));
                        let place = self.world.gplace(entry.file, self.world.def(def).place);
                        if self.world.semantics.binds_on_load {
                            // A class attribute of the same name keeps its own values, but it
                            // may be a descriptor.
                            self.subscribe(place, Sub::DescriptorSet { store, recv });
                        } else {
                            self.copy(from, place, Rule::Callback);
                        }
                    }
                }
            }
            if let Some(setter) = setter {
                self.call_setter(at, setter, from, recv);
                return true;
            }
            if known {
                return false;
            }
        }
        false
    }

    fn call_setter(&mut self, at: Attribution, setter: GDef, from: GPlace, recv: ValId) {
        let key = (at, setter);
        let call = match self.getter_calls.get(&(u32::MAX - key.0, key.1)) {
            Some(&call) => call,
            None => {
                self.calls.push(CallRec {
                    at,
                    callee: GPlace::NOWHERE,
                    args: SmallVec::from_elem(
                        ArgRec {
                            place: from,
                            kind: ArgSort::Positional,
                        },
                        1,
                    ),
                    result: GPlace::NOWHERE,
                    kind: CallKind::Implicit,
                    library: false,
                    depth: 0,
                    source: None,
                });
                let call = self.calls.len() as u32 - 1;
                self.getter_calls.insert((u32::MAX - key.0, key.1), call);
                call
            }
        };
        let how = self.how(recv);
        self.link(call, setter, None, Some(recv), Rule::Implicit, how);
    }
}
