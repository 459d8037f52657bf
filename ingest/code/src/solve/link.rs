//! Calls connected with their targets: arguments flow to parameters, returns to results.

use crate::facts::{CallKind, DefFlags, Param, ParamKind, Place};
use crate::solve::engine::{
    ArgRec, ArgSort, Attribution, Engine, How, LoadRec, Selector, Sub, weaker,
};
use crate::solve::places::Slot;
use crate::solve::types::Ty;
use crate::solve::uses::mix;
use crate::solve::values::{Val, ValId};
use crate::solve::world::{GDef, Symbol};
use ripple_schemas::{NodeKind, Rule};
use smallvec::SmallVec;

/// Arguments beyond this are not told apart.
const MAX_SPREAD: usize = 8;

impl Engine<'_> {
    /// Connects a call with one target. `frame` is the use of a model that a closure belongs to.
    pub(super) fn link(
        &mut self,
        call: u32,
        f: GDef,
        frame: Option<u32>,
        recv: Option<ValId>,
        rule: Rule,
        how: How,
    ) {
        if self.world.semantics.overloads && self.defer_overload(call, f, frame, recv, rule, how) {
            return;
        }
        self.link_chosen(call, f, frame, recv, rule, how);
    }

    /// Connects a call with a target that its arguments do not rule out.
    pub(super) fn link_chosen(
        &mut self,
        call: u32,
        f: GDef,
        frame: Option<u32>,
        recv: Option<ValId>,
        rule: Rule,
        how: How,
    ) {
        if !self.links.insert((call, f, recv, frame)) {
            return;
        }
        let d = self.world.def(f);
        let file = self.world.file_of(f);
        let model = self.world.is_model(f);
        if recv.is_none() && self.call_unbound(call, f, rule) {
            return;
        }
        let frame = match (model, frame) {
            (true, None) => {
                self.into_library.insert(call);
                match self.instance_of_model(call, f, recv) {
                    Some(frame) => Some(frame),
                    None => return,
                }
            }
            (_, frame) => frame,
        };
        let map = frame.map(|id| self.frame(id));
        if let Some(id) = frame
            && self.models.template(f).is_none()
        {
            if let Some(invoked) = self.invoked(id, f) {
                self.subscribe(invoked, Sub::Target(call));
            }
            // A closure of a model: its calls count for whoever calls it.
            let at = self.inner_attribution(id, f);
            let from = self.calls[call as usize].at;
            self.attribute(from, at);
        }
        let place = |engine: &mut Self, p: Place| match &map {
            // A place that no constraint of the model mentions holds nothing for anybody.
            Some(map) => map.get(p).unwrap_or(Slot::NOWHERE),
            None => engine.slot_in(file, p),
        };
        let receiver = place(self, d.receiver);
        let ret = place(self, d.ret);
        let mut params: SmallVec<[(Symbol, Slot, ParamKind); 6]> = d
            .params
            .iter()
            .map(|p| {
                let slot = place(self, p.place);
                (self.world.symbol(file, p.name), slot, p.kind)
            })
            .collect();
        if !model {
            let rule = if self.calls[call as usize].library {
                weaker(rule, Rule::Callback)
            } else {
                rule
            };
            self.target(call, f, rule, how);
        }
        let explicit = self.world.semantics.explicit_receiver;
        let result = self.calls[call as usize].result;
        let closes = d.ty.is_some() || d.flags.has(DefFlags::CONSTRUCTOR);
        if let (Some(&known), Some(recv)) = (self.linked.get(&(call, f, frame)), recv) {
            // The arguments flow already; only the receiver is new.
            let to = if receiver != Slot::NOWHERE {
                receiver
            } else {
                known
            };
            self.add(to, recv, Rule::Local);
            if closes && result != Slot::NOWHERE && !d.flags.has(DefFlags::CONSTRUCTOR) {
                self.subscribe(
                    ret,
                    Sub::Close {
                        to: result,
                        recv,
                        rule: Rule::Local,
                    },
                );
            }
            return;
        }
        let mut self_argument = Slot::NOWHERE;
        let rec = self.calls[call as usize].clone();
        let mut args = rec.args;
        match recv {
            Some(recv) if receiver != Slot::NOWHERE => self.add(receiver, recv, Rule::Local),
            Some(recv)
                if explicit && d.receiver == Place::NOWHERE && !d.flags.has(DefFlags::STATIC) =>
            {
                let first = self.fresh();
                self_argument = first;
                self.add(first, recv, Rule::Local);
                args.insert(
                    0,
                    ArgRec {
                        place: first,
                        kind: ArgSort::Positional,
                    },
                );
            }
            None if explicit
                && receiver != Slot::NOWHERE
                && args.first().is_some_and(|a| a.kind == ArgSort::Positional) =>
            {
                let first = args.remove(0);
                self.copy(first.place, receiver, Rule::Local);
                if let Some(&class) = self.world.class_of.get(&f)
                    && self.world.def(class).kind == NodeKind::Interface
                {
                    self.subscribe(first.place, Sub::Dispatch { call, method: f });
                }
            }
            // `f(*args)`: the first of them is the receiver.
            None if explicit
                && receiver != Slot::NOWHERE
                && args.first().is_some_and(|a| a.kind == ArgSort::Spread) =>
            {
                params.insert(0, (self.self_name, receiver, ParamKind::PositionalOnly));
            }
            _ => {}
        }
        if recv.is_some() {
            self.linked.insert((call, f, frame), self_argument);
        }
        self.pass(rec.origin, &args, &params);
        if !model
            && rec.result != Slot::NOWHERE
            && let Some(returned) = self.returned[file as usize]
                .params
                .get(&self.world.sym(f).def)
        {
            let results: SmallVec<[(Symbol, Slot, ParamKind); 6]> = d
                .params
                .iter()
                .map(|p| {
                    let to = if returned.contains(&p.place) {
                        rec.result
                    } else {
                        Slot::NOWHERE
                    };
                    (self.world.symbol(file, p.name), to, p.kind)
                })
                .collect();
            self.pass(rec.origin, &args, &results);
        }
        self.pass_made(call, f, &args, &d.params);
        let constructs = d.flags.has(DefFlags::CONSTRUCTOR) || (rec.kind == CallKind::New);
        if !constructs && rec.result != Slot::NOWHERE {
            let step = if rec.kind == CallKind::Decorator {
                Rule::Decorator
            } else {
                Rule::Local
            };
            match recv {
                Some(recv) if self.values.class(recv).is_some() => {
                    self.subscribe(
                        ret,
                        Sub::Close {
                            to: rec.result,
                            recv,
                            rule: step,
                        },
                    );
                }
                _ => self.copy(ret, rec.result, step),
            }
        }
    }

    /// What arguments yield when the function calls them and returns what they yield.
    fn pass_made(&mut self, call: u32, f: GDef, args: &[ArgRec], params: &[Param]) {
        let file = self.world.file_of(f);
        let (result, origin) = {
            let rec = &self.calls[call as usize];
            (rec.result, rec.origin)
        };
        let returned = &self.returned[file as usize];
        let Some(made) = returned.made.get(&self.world.sym(f).def) else {
            return;
        };
        if result == Slot::NOWHERE {
            return;
        }
        for one in made {
            let given = self.fresh();
            let places: SmallVec<[(Symbol, Slot, ParamKind); 6]> = params
                .iter()
                .map(|p| {
                    let to = if p.place == one.param {
                        given
                    } else {
                        Slot::NOWHERE
                    };
                    (self.world.symbol(file, p.name), to, p.kind)
                })
                .collect();
            self.pass(origin, args, &places);
            let from = self.slot_in(file, one.result);
            let (to, new) = (result, one.new);
            self.subscribe(given, Sub::Made { to, from, new });
        }
    }

    /// Arguments flow to parameters.
    fn pass(&mut self, origin: u64, args: &[ArgRec], params: &[(Symbol, Slot, ParamKind)]) {
        let positional: SmallVec<[usize; 6]> = (0..params.len())
            .filter(|&i| matches!(params[i].2, ParamKind::Plain | ParamKind::PositionalOnly))
            .collect();
        let rest = params.iter().find(|p| p.2 == ParamKind::Rest).map(|p| p.1);
        let keyword_rest = params
            .iter()
            .find(|p| p.2 == ParamKind::KeywordRest)
            .map(|p| p.1);
        let at = 0;
        let mut next = 0;
        for arg in args {
            match arg.kind {
                ArgSort::Positional => {
                    if let Some(&i) = positional.get(next) {
                        self.copy(arg.place, params[i].1, Rule::Callback);
                    } else if let Some(rest) = rest {
                        if next == positional.len()
                            && let Some(array) =
                                self.world.builtin_class(self.world.semantics.array_class)
                        {
                            // The array itself may be given in place of its elements.
                            let ty = self.types.intern(Ty::Inst(array, [].into()));
                            self.subscribe(arg.place, Sub::Narrow { to: rest, ty });
                        }
                        let name = self.index_name(next - positional.len());
                        self.store_into(rest, name, arg.place, at);
                    }
                    next += 1;
                }
                ArgSort::Spread => {
                    let mut offset = 0;
                    while let Some(&i) = positional.get(next + offset) {
                        if offset >= MAX_SPREAD {
                            break;
                        }
                        let name = self.index_name(offset);
                        self.load_into(origin, arg.place, name, params[i].1);
                        offset += 1;
                    }
                    if let Some(rest) = rest {
                        if offset == 0 && next == positional.len() {
                            self.copy(arg.place, rest, Rule::Callback);
                        } else {
                            let element = self.fresh();
                            self.load_into(origin, arg.place, None, element);
                            self.add_store(rest, Selector::Element, element, at, true);
                        }
                    }
                    next += offset;
                }
                ArgSort::Keyword(name) => {
                    let named = params.iter().find(|p| {
                        p.0 == name && matches!(p.2, ParamKind::Plain | ParamKind::KeywordOnly)
                    });
                    if let Some(p) = named {
                        self.copy(arg.place, p.1, Rule::Callback);
                    } else if let Some(rest) = keyword_rest {
                        if let Some(keys) = self.world.symbols.get("__keys__") {
                            let key = self.fresh();
                            let text = self.values.intern(Val::Text(name));
                            self.add(key, text, Rule::Local);
                            self.add_store(rest, Selector::Field(keys), key, at, true);
                        }
                        match self.key_name(name) {
                            Some(name) => self.store_into(rest, Some(name), arg.place, at),
                            None => self.add_store(rest, Selector::Element, arg.place, at, true),
                        }
                    }
                }
                ArgSort::KeywordSpread => {
                    for p in params
                        .iter()
                        .filter(|p| matches!(p.2, ParamKind::Plain | ParamKind::KeywordOnly))
                    {
                        let name = self.key_name(p.0).or(self.world.symbols.get("[\"\"]"));
                        if let Some(name) = name {
                            self.load_into(origin, arg.place, Some(name), p.1);
                        }
                    }
                    if let Some(rest) = keyword_rest {
                        self.copy(arg.place, rest, Rule::Callback);
                    }
                }
            }
        }
    }

    fn index_name(&mut self, index: usize) -> Option<Symbol> {
        if let Some(&known) = self.templates.names.get(&(true, index)) {
            return Some(known);
        }
        let found = self.world.symbols.get(&format!("[{index}]"))?;
        self.templates.names.insert((true, index), found);
        Some(found)
    }

    fn key_name(&mut self, name: Symbol) -> Option<Symbol> {
        self.world
            .symbols
            .get(&format!("[\"{}\"]", self.world.symbols.text(name)))
    }

    fn store_into(&mut self, base: Slot, name: Option<Symbol>, from: Slot, at: Attribution) {
        let select = name.map_or(Selector::Element, Selector::Field);
        self.add_store(base, select, from, at, true);
    }

    fn load_into(&mut self, origin: u64, base: Slot, name: Option<Symbol>, to: Slot) {
        let select = name.map_or(Selector::Element, Selector::Field);
        self.add_load(LoadRec {
            origin: mix(origin, name.map_or(0, |n| u64::from(n.0))),
            to,
            base,
            select,
            at: 0,
            callee: false,
            key: Slot::NOWHERE,
            library: true,
        });
    }
}
