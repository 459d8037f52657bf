//! One unit's fixed point: what it knows, who waits for values, and in which order things happen.
//!
//! Inclusion constraints after Andersen (1994) with the call graph built on the fly. A value that
//! arrives at a place is handed once to every subscriber of the place. Values carry the weakest
//! rule of their way; the first to arrive keeps its rule. Goes in: the facts of one unit and the
//! board. Comes out: the unit's targets and mentions, its posts, and which cells it read.

use crate::facts::CallKind;
use crate::solve::board::{Cell, View};
use crate::solve::classes::Classes;
use crate::solve::intern::Interner;
use crate::solve::models::Models;
use crate::solve::open::Open;
use crate::solve::places::{Head, MAX_VALUES, Shared, Slot};
use crate::solve::returned::Returned;
use crate::solve::sites::Declared;
use crate::solve::types::{Ty, TyId, Types};
use crate::solve::uses::{Origins, Templates};
use crate::solve::values::{Val, ValId, Values};
use crate::solve::world::{GDef, GPlace, Symbol, World};
use ripple_schemas::Rule;
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;
use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;

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
    /// All members of a class whose names begin so.
    Beginning(Symbol),
}

#[derive(Clone, Debug)]
pub(super) struct LoadRec {
    /// Tells it from every other load of the language, whatever the round.
    pub(super) origin: u64,
    pub(super) to: Slot,
    pub(super) base: Slot,
    pub(super) select: Selector,
    pub(super) at: Attribution,
    pub(super) callee: bool,
    /// A place whose strings name the member.
    pub(super) key: Slot,
    pub(super) library: bool,
}

#[derive(Clone, Debug)]
pub(super) struct StoreRec {
    pub(super) select: Selector,
    pub(super) from: Slot,
    pub(super) at: Attribution,
    pub(super) library: bool,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct KeyedStore {
    /// What it reaches where no string is a key.
    pub(super) open: Selector,
    pub(super) base: Slot,
    pub(super) key: Slot,
    pub(super) from: Slot,
    pub(super) at: Attribution,
    pub(super) library: bool,
}

/// A look-up that goes on along a prototype link where nothing nearer holds the name.
#[derive(Clone, Debug)]
pub(super) struct Late {
    pub(super) load: u32,
    /// Holds the object looked up next.
    pub(super) link: Slot,
    pub(super) recv: ValId,
    /// Members of that name that are nearer.
    pub(super) nearer: SmallVec<[Slot; 3]>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct ArgRec {
    pub(super) place: Slot,
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
    /// Tells it from every other call of the language, whatever the round.
    pub(super) origin: u64,
    pub(super) at: Attribution,
    pub(super) callee: Slot,
    pub(super) args: SmallVec<[ArgRec; 3]>,
    pub(super) result: Slot,
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
        to: Slot,
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
        to: Slot,
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
        to: Slot,
        class: GDef,
    },
    /// Instances of the classes that arrive.
    Instances {
        to: Slot,
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
        to: Slot,
        ty: TyId,
    },
    /// Values that are not certainly instances of a type go on.
    Exclude {
        to: Slot,
        ty: TyId,
    },
    /// A member that may be a setter: it is called with what the store gives.
    Setter {
        store: u32,
        recv: ValId,
    },
    /// `f.call(x, …)`: bind f to what arrives.
    BindTo {
        to: Slot,
        function: ValId,
    },
    /// The classes that the strings that arrive name.
    ClassNamed {
        to: Slot,
    },
    /// Functions and containers become instances of a named type.
    Convert {
        to: Slot,
        class: GDef,
    },
    /// What the argument yields when it is called; `from` holds what all such calls yielded.
    Made {
        to: Slot,
        from: Slot,
        new: bool,
    },
    /// Functions that an inner function of another unit's model calls: targets of the call.
    Target(u32),
}

/// What all units of a language share.
#[derive(Clone, Copy)]
pub(super) struct Common<'w> {
    pub(super) world: &'w World,
    pub(super) classes: &'w Classes,
    pub(super) models: &'w Models,
    pub(super) returned: &'w [Returned],
    pub(super) types: &'w Interner<Ty>,
    pub(super) values: &'w Interner<Val>,
}

/// What is solved alone: a source file, or all library models.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) number: u32,
    pub(super) files: Range<u32>,
    /// Its places are those from here,
    pub(super) base: u32,
    /// so many.
    pub(super) count: u32,
}

/// How much of a unit is solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Only what its definitions hold by themselves.
    Definitions,
    /// The fixed point of what is known.
    Known,
    /// And what the fixed point leaves open.
    Open,
}

pub(super) struct Engine<'w> {
    pub(super) world: &'w World,
    pub(super) classes: &'w Classes,
    pub(super) models: &'w Models,
    pub(super) returned: &'w [Returned],
    pub(super) board: View<'w>,
    pub(super) unit: Unit,
    pub(super) types: Types<'w>,
    pub(super) values: Values<'w>,
    pub(super) templates: Templates,
    pub(super) heads: Vec<Head>,
    pub(super) val_pool: Vec<(ValId, Rule)>,
    pub(super) sub_pool: Vec<(Sub, u32)>,
    pub(super) queue: VecDeque<(Slot, u8)>,
    /// Places that other units may know.
    pub(super) shared: Vec<Shared>,
    pub(super) mirrors: FxHashMap<GPlace, Slot>,
    /// Cells that were looked at, though none of our places stands for them.
    pub(super) looked_at: FxHashSet<Cell>,
    /// Containers made here.
    pub(super) made: FxHashSet<ValId>,
    pub(super) fields: FxHashMap<(ValId, Symbol), Slot>,
    pub(super) fields_of: FxHashMap<ValId, Vec<Symbol>>,
    /// Element-like members of a container, for unknown indices.
    pub(super) elements: FxHashMap<ValId, Slot>,
    pub(super) anything: FxHashMap<ValId, Slot>,
    pub(super) loads: Vec<LoadRec>,
    pub(super) stores: Vec<StoreRec>,
    pub(super) keyed_stores: Vec<KeyedStore>,
    /// Some string.
    pub(super) any_text: Option<ValId>,
    /// Bases that are known only by value were looked at.
    pub(super) unsettled: std::cell::Cell<bool>,
    /// Something of the language's own library.
    pub(super) some_library: Option<ValId>,
    /// What was settled in earlier rounds, and what is by now.
    pub(super) past: &'w FxHashSet<Open>,
    pub(super) decided: FxHashSet<Open>,
    /// Receivers of methods, with what they hold where no call gives them anything.
    pub(super) unasked: Vec<(Slot, ValId)>,
    /// Receivers of functions.
    pub(super) receivers: FxHashSet<Slot>,
    /// What receivers hold where no call gives them anything: (from, receiver).
    pub(super) unasked_copies: Vec<(Slot, Slot)>,
    /// Calls of which nothing is known have been let call what they are given.
    pub(super) called_unknown: bool,
    pub(super) max_values: u8,
    /// Work (values held and waited for) after which places hold fewer values.
    pub(super) budget: usize,
    /// Work after which nobody waits for further values: no file takes the others' time.
    pub(super) limit: usize,
    /// Loads on objects that may yet get a prototype or be assigned into: (load, object, receiver).
    pub(super) pending_links: Vec<(u32, ValId, ValId)>,
    /// How many strings have selected members for a load.
    pub(super) keys_of: FxHashMap<u32, u8>,
    /// Narrowed places, with what they hold where nothing fits.
    pub(super) narrowed: Vec<(Slot, TyId)>,
    pub(super) late: Vec<Late>,
    pub(super) calls: Vec<CallRec>,
    pub(super) sites: Vec<Site>,
    pub(super) attributions: Vec<SmallVec<[u32; 1]>>,
    pub(super) attribution_names: Vec<u64>,
    site_names: Origins,
    pub(super) targets: Vec<TargetRec>,
    pub(super) target_seen: FxHashSet<(u32, GDef, How)>,
    /// Mentions of definitions: (attribution, definition, rule).
    pub(super) mentions: Vec<(Attribution, GDef, Rule)>,
    /// Calls whose arguments flow to a target already, with the place of an inserted receiver.
    pub(super) linked: FxHashMap<(u32, GDef, Option<u32>), Slot>,
    /// Loads that see the members of an owner already.
    pub(super) field_loaded: FxHashSet<(u32, ValId)>,
    pub(super) links: FxHashSet<(u32, GDef, Option<ValId>, Option<u32>)>,
    pub(super) delegated: FxHashSet<(u32, ValId, ValId)>,
    /// What each wrapper holds: the same place for every load that looks through it.
    pub(super) wrapped: FxHashMap<ValId, Slot>,
    /// Loads that look through a wrapper: (to, inside, member).
    pub(super) passed_through: FxHashSet<(Slot, Slot, Selector)>,
    pub(super) allocated: FxHashMap<(u32, GDef), ValId>,
    pub(super) instance_of: FxHashSet<(Slot, Slot)>,
    pub(super) self_name: Symbol,
    /// Calls whose callee's values are outside, builtin, or lead nowhere, by call.
    pub(super) outside: FxHashMap<u32, Symbol>,
    pub(super) into_library: FxHashSet<u32>,
    pub(super) into_missing: FxHashSet<u32>,
    pub(super) crowded_calls: FxHashSet<u32>,
    /// Implementations that were offered to calls with a declared receiver.
    pub(super) offered: FxHashSet<(u32, GDef, ValId)>,
    pub(super) class_cache: FxHashMap<Symbol, Option<GDef>>,
    pub(super) getter_calls: FxHashMap<(u32, GDef), u32>,
    /// Uses to emit once values are known: (place, attribution).
    /// Members looked up because their names begin as a load asks.
    pub(super) begun: FxHashSet<(u32, Selector)>,
    pub(super) uses: Vec<(Slot, Attribution)>,
    pub(super) place_defs: FxHashMap<Slot, GDef>,
    pub(super) load_of: FxHashMap<Slot, u32>,
    /// What is declared and not yet believed.
    pub(super) declared: Declared,
    /// Fields and elements whose declaration is noted.
    pub(super) field_declared: FxHashSet<(Slot, GDef)>,
    /// What places hold where nothing else reaches them: (from, to).
    pub(super) otherwise: Vec<(Slot, Slot)>,
    pub(super) overloads: crate::solve::overloads::Overloads,
    /// Calls that were turned into others: (call, what it became).
    pub(super) derived: Vec<(u32, u32)>,
    /// Callees that are functions used as instances of an interface.
    pub(super) function_callees: FxHashSet<Slot>,
    pub(super) element_declared: FxHashSet<(Slot, TyId, ValId)>,
    /// Places whose values become instances of a named type.
    pub(super) converting: FxHashSet<(Slot, GDef)>,
}

/// The weaker of two rules.
pub(super) fn weaker(a: Rule, b: Rule) -> Rule {
    if b.rank() > a.rank() { b } else { a }
}

impl<'w> Engine<'w> {
    pub(super) fn new(
        common: Common<'w>,
        unit: Unit,
        board: View<'w>,
        past: &'w FxHashSet<Open>,
    ) -> Self {
        let world = common.world;
        Engine {
            world,
            classes: common.classes,
            models: common.models,
            returned: common.returned,
            board,
            types: Types::new(common.types),
            values: Values::new(common.values),
            templates: Templates::default(),
            heads: vec![Head::EMPTY; unit.count.max(1) as usize],
            val_pool: Vec::new(),
            sub_pool: Vec::new(),
            queue: VecDeque::new(),
            // The first stands for none.
            shared: vec![Shared::NONE],
            mirrors: FxHashMap::default(),
            looked_at: FxHashSet::default(),
            made: FxHashSet::default(),
            fields: FxHashMap::default(),
            fields_of: FxHashMap::default(),
            elements: FxHashMap::default(),
            anything: FxHashMap::default(),
            loads: Vec::new(),
            stores: Vec::new(),
            keyed_stores: Vec::new(),
            any_text: None,
            unsettled: false.into(),
            some_library: None,
            past,
            decided: FxHashSet::default(),
            unasked: Vec::new(),
            receivers: FxHashSet::default(),
            unasked_copies: Vec::new(),
            called_unknown: false,
            max_values: MAX_VALUES,
            budget: 30_000 + 12 * unit.count as usize,
            limit: 20 * (30_000 + 12 * unit.count as usize),
            pending_links: Vec::new(),
            keys_of: FxHashMap::default(),
            narrowed: Vec::new(),
            late: Vec::new(),
            calls: Vec::new(),
            sites: Vec::new(),
            attributions: Vec::new(),
            attribution_names: Vec::new(),
            site_names: Origins::default(),
            targets: Vec::new(),
            target_seen: FxHashSet::default(),
            mentions: Vec::new(),
            linked: FxHashMap::default(),
            field_loaded: FxHashSet::default(),
            links: FxHashSet::default(),
            delegated: FxHashSet::default(),
            wrapped: FxHashMap::default(),
            passed_through: FxHashSet::default(),
            allocated: FxHashMap::default(),
            instance_of: FxHashSet::default(),
            self_name: world.symbols.get("Self").unwrap_or(Symbol(u32::MAX)),
            outside: FxHashMap::default(),
            into_library: FxHashSet::default(),
            into_missing: FxHashSet::default(),
            crowded_calls: FxHashSet::default(),
            offered: FxHashSet::default(),
            class_cache: FxHashMap::default(),
            getter_calls: FxHashMap::default(),
            begun: FxHashSet::default(),
            uses: Vec::new(),
            place_defs: FxHashMap::default(),
            load_of: FxHashMap::default(),
            declared: Declared::default(),
            field_declared: FxHashSet::default(),
            element_declared: FxHashSet::default(),
            otherwise: Vec::new(),
            overloads: crate::solve::overloads::Overloads::default(),
            derived: Vec::new(),
            function_callees: FxHashSet::default(),
            converting: FxHashSet::default(),
            unit,
        }
    }

    /// Solves the unit as far as `stage`.
    pub(super) fn solve(&mut self, stage: Stage) {
        let strings = self.world.builtin_class(self.world.semantics.string_class);
        self.any_text = strings.map(|class| self.values.intern(Val::Typed(class, TyId::UNKNOWN)));
        self.some_library = self
            .world
            .some_library
            .map(|symbol| self.values.intern(Val::Ext(symbol)));
        self.share_places();
        for file in self.unit.files.clone() {
            self.seed_defs(file);
            match (stage, file < self.world.sources) {
                (Stage::Definitions, _) => self.seed_values(file),
                (_, true) => self.seed_file(file),
                (_, false) => self.seed_model(file),
            }
        }
        self.settle();
        if stage == Stage::Definitions {
            return;
        }
        for _ in 0..16 {
            if self.follow_links() {
                self.settle();
                continue;
            }
            if stage == Stage::Known {
                break;
            }
            let mut more = self.pass_undecorated();
            more |= self.expand_declared();
            more |= self.open_keys();
            if !more
                && !self.seed_unasked()
                && !self.seed_otherwise()
                && !self.choose_overloads(true)
                && !self.call_unknown()
            {
                break;
            }
            self.settle();
        }
    }

    /// Drains, and chooses overloads as their arguments become known.
    fn settle(&mut self) {
        self.drain();
        while self.choose_overloads(false) {
            self.drain();
        }
    }

    /// True where the unit took so much work that some of it was left.
    pub(super) fn is_exhausted(&self) -> bool {
        self.sub_pool.len() >= self.limit
    }

    /// Says how large the unit became.
    pub(super) fn say(&self) {
        tracing::debug!(
            file = self.world.files[self.unit.files.start as usize].path,
            own = self.unit.count,
            places = self.heads.len(),
            values = self.val_pool.len(),
            subscriptions = self.sub_pool.len(),
            loads = self.loads.len(),
            stores = self.stores.len(),
            calls = self.calls.len(),
            links = self.links.len(),
            most = self.max_values,
            "work left in a unit"
        );
    }

    /// The class and its bases in the order in which members are looked up.
    pub(super) fn order(&self, class: GDef) -> Arc<[GDef]> {
        if self.classes.is_unsettled(class) {
            self.unsettled.set(true);
        }
        self.classes.order(self.world, class)
    }

    pub(super) fn is_below(&self, class: GDef, base: GDef) -> bool {
        class == base
            || self.order(class).contains(&base)
            || self.classes.structural.interfaces(class).contains(&base)
    }

    pub(super) fn drain(&mut self) {
        while let Some((place, node)) = self.queue.pop_front() {
            if self.val_pool.len() + self.sub_pool.len() > self.budget {
                self.tighten();
            }
            self.hand_out(place, node);
        }
    }

    // ---- sites --------------------------------------------------------------------------------

    pub(super) fn site(&mut self, within: GDef, line: u32) -> Attribution {
        self.sites.push(Site { within, line });
        self.attributions
            .push(SmallVec::from_elem(self.sites.len() as u32 - 1, 1));
        let name = self.site_names.next(within, 3);
        self.attribution_names.push(name);
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
            self.tell_target(self.calls[call as usize].at, def, rule);
        }
    }
}
