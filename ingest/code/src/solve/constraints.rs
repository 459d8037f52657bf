//! From one constraint of the facts to who waits for what.

use crate::facts::{ArgKind, DefId, Flow, Head, Place, Select};
use crate::solve::engine::{ArgRec, ArgSort, Attribution, CallRec, Engine, LoadRec, Selector, Sub};
use crate::solve::places::Slot;
use crate::solve::types::{Ty, TyId};
use crate::solve::uses::{Frame, mix};
use crate::solve::values::Val;
use crate::solve::world::Denote;
use ripple_schemas::{NodeKind, Rule};

impl Engine<'_> {
    fn at(&mut self, frame: &Frame, within: DefId, line: u32) -> Attribution {
        let def = self.world.gdef(frame.file, within);
        if let (Some((id, _)), Some(at)) = (&frame.map, frame.at) {
            // The body of a function inside a model counts for whoever calls that function.
            return match self.models.template(def) {
                Some(_) => at,
                None => self.inner_attribution(*id, def),
            };
        }
        self.site(def, line)
    }

    pub(super) fn place(&mut self, frame: &Frame, place: Place) -> Slot {
        if let Some((_, map)) = &frame.map
            && let Some(p) = map.get(place)
        {
            return p;
        }
        self.slot_in(frame.file, place)
    }

    fn select(&mut self, frame: &Frame, select: Select) -> (Selector, Slot) {
        match select {
            Select::Field(name) => (
                Selector::Field(self.world.symbol(frame.file, name)),
                Slot::NOWHERE,
            ),
            Select::Element => (Selector::Element, Slot::NOWHERE),
            Select::Any => (Selector::Any, Slot::NOWHERE),
            Select::Beginning(name) => (
                Selector::Beginning(self.world.symbol(frame.file, name)),
                Slot::NOWHERE,
            ),
            Select::Computed(key) => (Selector::Any, self.place(frame, key)),
            Select::Key(key) => (Selector::Element, self.place(frame, key)),
        }
    }

    /// Adds one constraint; `origin` names what it makes.
    pub(super) fn flow(&mut self, frame: &Frame, origin: u64, flow: &Flow) {
        let library = frame.file >= self.world.sources;
        match *flow {
            Flow::Copy { to, from } => {
                let (to, from) = (self.place(frame, to), self.place(frame, from));
                if frame.map.is_none() && self.receivers.contains(&to) {
                    // An object literal's method: its object, unless calls say otherwise.
                    self.unasked_copies.push((from, to));
                    return;
                }
                self.copy(from, to, Rule::Local);
            }
            Flow::Value { to, def } => {
                let to = self.place(frame, to);
                let g = self.world.gdef(frame.file, def);
                let d = self.world.def(g);
                let val = match d.kind {
                    NodeKind::Module => Val::Module(g),
                    NodeKind::Class | NodeKind::Interface | NodeKind::Type => {
                        Val::Class(self.world.through_alias(g))
                    }
                    NodeKind::Function | NodeKind::Method | NodeKind::Test | NodeKind::Macro => {
                        match &frame.map {
                            Some((_, uses)) => Val::Closure(g, uses.origin),
                            None => Val::Fn(g),
                        }
                    }
                    _ => return,
                };
                let v = self.values.intern(val);
                self.add(to, v, Rule::Local);
            }
            Flow::Text { to, text } => {
                let to = self.place(frame, to);
                let v = self
                    .values
                    .intern(Val::Text(self.world.symbol(frame.file, text)));
                self.add(to, v, Rule::Local);
            }
            Flow::Object { to, class } => {
                let to = self.place(frame, to);
                let name = self.world.symbol(frame.file, class);
                let class = match self.class_cache.get(&name) {
                    Some(&known) => known,
                    None => {
                        let found = self.world.builtin_class(self.world.symbols.text(name));
                        self.class_cache.insert(name, found);
                        found
                    }
                };
                let v = self.allocate(origin, class);
                self.add(to, v, Rule::Local);
            }
            Flow::Typed {
                to,
                ty,
                exact,
                within,
                line,
            } => {
                let to = self.place(frame, to);
                let def = self.world.gdef(frame.file, within);
                let this = self.world.self_class(def);
                let ty = self.types.resolve(self.world, frame.file, ty, this);
                if !library {
                    let at = self.site(def, line);
                    self.mention_type(at, ty, 0);
                }
                match self.types.get(ty) {
                    Ty::Inst(class, args)
                        if exact
                            && self.by_site()
                            && self.world.def(*class).kind != NodeKind::Interface =>
                    {
                        let args = self.types.args(args);
                        let v = self.object_at_site(origin, *class, args);
                        self.add(to, v, Rule::Local);
                    }
                    _ if self.by_site() => self.claim(to, ty, origin),
                    // A fresh instance of a generic container is an object of its own.
                    Ty::Inst(class, args)
                        if exact
                            && (self.world.is_model(*class)
                                || !args.is_empty()
                                || !self.world.def(*class).generics.is_empty()) =>
                    {
                        let v = self.make(origin, Some(*class));
                        self.add(to, v, Rule::Local);
                        if !args_unknown(self, ty) {
                            self.put_type(to, ty, false, Rule::MethodTyped);
                        }
                    }
                    Ty::SelfOf(class) if exact => {
                        let class = *class;
                        let many = self.world.is_model(class)
                            || !self.world.def(class).generics.is_empty();
                        let v = match many {
                            true => self.make(origin, Some(class)),
                            false => self.values.intern(Val::Inst(class)),
                        };
                        self.add(to, v, Rule::Local);
                    }
                    _ => self.put_type(
                        to,
                        ty,
                        exact,
                        if exact {
                            Rule::Local
                        } else {
                            Rule::MethodTyped
                        },
                    ),
                }
            }
            Flow::Load {
                to,
                base,
                select,
                within,
                line,
                callee,
            } => {
                let (select, key) = self.select(frame, select);
                let at = self.at(frame, within, line);
                let rec = LoadRec {
                    origin,
                    to: self.place(frame, to),
                    base: self.place(frame, base),
                    select,
                    at,
                    callee,
                    key,
                    library,
                };
                self.add_load(rec);
            }
            Flow::Store {
                base,
                select,
                from,
                within,
                line,
            } => {
                let (select, key) = self.select(frame, select);
                let at = self.at(frame, within, line);
                let (base, from) = (self.place(frame, base), self.place(frame, from));
                if key != Slot::NOWHERE {
                    self.add_keyed_store(base, key, from, select, at, library);
                } else {
                    self.add_store(base, select, from, at, library);
                }
            }
            Flow::Free { to, name, scope } => {
                let to = self.place(frame, to);
                let found = self
                    .world
                    .free(frame.file, self.world.symbol(frame.file, name), scope);
                if let Denote::Def(def) = found.denote {
                    self.place_defs.entry(to).or_insert(def);
                }
                self.flow_denoted(to, found, Rule::Local, None);
            }
            Flow::Path {
                to,
                ref path,
                within,
                line,
                callee,
            } => {
                let to = self.place(frame, to);
                self.path(frame, origin, to, path, within, line, callee, library);
            }
            Flow::Super {
                to,
                class,
                receiver,
            } => {
                let (to, receiver) = (self.place(frame, to), self.place(frame, receiver));
                let class = self.world.gdef(frame.file, class);
                self.subscribe(receiver, Sub::Super { to, class });
            }
            Flow::Narrow {
                to,
                from,
                ty,
                within,
                line,
            } => {
                let (to, from) = (self.place(frame, to), self.place(frame, from));
                let def = self.world.gdef(frame.file, within);
                let this = self.world.self_class(def);
                let ty = self.types.resolve(self.world, frame.file, ty, this);
                if !library {
                    let at = self.site(def, line);
                    self.mention_type(at, ty, 0);
                    self.narrowed.push((to, ty));
                }
                self.subscribe(from, Sub::Narrow { to, ty });
            }
            Flow::ClassNamed { to, name } => {
                let (to, name) = (self.place(frame, to), self.place(frame, name));
                self.subscribe(name, Sub::ClassNamed { to });
            }
            Flow::Else { to, from } => {
                let (to, from) = (self.place(frame, to), self.place(frame, from));
                self.otherwise.push((from, to));
            }
            Flow::Exclude { to, from, ty } => {
                let (to, from) = (self.place(frame, to), self.place(frame, from));
                let ty = self.types.resolve(self.world, frame.file, ty, None);
                self.subscribe(from, Sub::Exclude { to, ty });
            }
            Flow::Use { of, within, line } => {
                if !library {
                    let of = self.place(frame, of);
                    let at = self.at(frame, within, line);
                    self.uses.push((of, at));
                }
            }
        }
    }

    /// A statically resolved path; what is left of it after a value is loaded member by member.
    #[allow(clippy::too_many_arguments)]
    fn path(
        &mut self,
        frame: &Frame,
        origin: u64,
        to: Slot,
        path: &crate::facts::Path,
        within: DefId,
        line: u32,
        callee: bool,
        library: bool,
    ) {
        let at = self.at(frame, within, line);
        let mention = (!callee && !library).then_some(at);
        let whole = match path.head {
            Head::Place(_) => None,
            _ => Some(self.world.path(frame.file, path)).filter(|f| f.denote != Denote::Missing),
        };
        if let Some(found) = whole {
            // Functions of a type are looked up as members, so that trait impls and generics count.
            let direct =
                !matches!(found.denote, Denote::Def(d) if self.world.class_of.contains_key(&d));
            if direct || path.rest.is_empty() {
                if let Denote::Def(def) = found.denote {
                    self.place_defs.entry(to).or_insert(def);
                }
                return self.flow_denoted(to, found, Rule::Local, mention);
            }
        }
        let mut base = self.fresh();
        let mut rest = path.rest.as_slice();
        match path.head {
            Head::Place(p) => base = self.place(frame, p),
            _ => {
                // The longest prefix that denotes something.
                let mut found = self.world.head(frame.file, path.head);
                let mut used = 0;
                for (i, &name) in path.rest.iter().enumerate() {
                    if i + 1 == path.rest.len() {
                        break;
                    }
                    let next =
                        self.world
                            .walk(found, self.world.symbol(frame.file, name), found.hops);
                    if next.denote == Denote::Missing {
                        break;
                    }
                    found = next;
                    used = i + 1;
                }
                rest = &path.rest[used..];
                if found.denote == Denote::Missing {
                    let v = self.values.intern(Val::Missing);
                    if let Head::Import(_) = path.head {
                        self.add(base, v, Rule::Import);
                    }
                }
                self.flow_denoted(base, found, Rule::Local, None);
                if let Denote::Def(def) = found.denote
                    && self.world.is_class(def)
                {
                    let v = self
                        .values
                        .intern(Val::Class(self.world.through_alias(def)));
                    self.add(base, v, found.rule());
                    if !library {
                        self.mentions.push((at, def, found.rule()));
                    }
                }
            }
        }
        for (i, &name) in rest.iter().enumerate() {
            let last = i + 1 == rest.len();
            let next = if last { to } else { self.fresh() };
            self.add_load(LoadRec {
                origin: mix(origin, i as u64),
                to: next,
                base,
                select: Selector::Field(self.world.symbol(frame.file, name)),
                at,
                callee: callee || !last,
                key: Slot::NOWHERE,
                library,
            });
            base = next;
        }
        if rest.is_empty() {
            self.copy(base, to, Rule::Local);
        }
    }

    pub(super) fn mention_type(&mut self, at: Attribution, ty: TyId, depth: u32) {
        if depth > 3 {
            return;
        }
        match self.types.get(ty).clone() {
            Ty::Inst(class, args) => {
                if !self.world.is_model(class) {
                    self.mentions.push((at, class, Rule::Import));
                }
                for &arg in args.iter() {
                    self.mention_type(at, arg, depth + 1);
                }
            }
            Ty::Union(all) | Ty::Tuple(all) => {
                for &one in all.iter() {
                    self.mention_type(at, one, depth + 1);
                }
            }
            Ty::Func(inner) | Ty::Meta(inner) => self.mention_type(at, inner, depth + 1),
            _ => {}
        }
    }

    pub(super) fn seed_call(&mut self, frame: &Frame, origin: u64, index: u32) {
        let call = &self.world.facts(frame.file).calls[index as usize];
        let library = frame.file >= self.world.sources;
        let at = self.at(frame, call.within, call.line);
        let args = call
            .args
            .iter()
            .map(|a| ArgRec {
                place: self.place(frame, a.place),
                kind: match a.kind {
                    ArgKind::Positional => ArgSort::Positional,
                    ArgKind::Keyword(name) => ArgSort::Keyword(self.world.symbol(frame.file, name)),
                    ArgKind::Spread => ArgSort::Spread,
                    ArgKind::KeywordSpread => ArgSort::KeywordSpread,
                },
            })
            .collect();
        let callee = self.place(frame, call.callee);
        let result = self.place(frame, call.result);
        self.calls.push(CallRec {
            origin,
            at,
            callee,
            args,
            result,
            kind: call.kind,
            library,
            depth: frame.depth,
            source: (!library).then_some((frame.file, index)),
        });
        self.subscribe(callee, Sub::Call(self.calls.len() as u32 - 1));
    }
}

fn args_unknown(engine: &Engine<'_>, ty: TyId) -> bool {
    match engine.types.get(ty) {
        Ty::Inst(_, args) => args.iter().all(|&a| a == TyId::UNKNOWN),
        _ => true,
    }
}
