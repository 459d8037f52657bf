//! Declared types as values, and open types closed by a receiver.

use crate::solve::engine::{Engine, How, Sub};
use crate::solve::places::Slot;
use crate::solve::types::{Ty, TyId};
use crate::solve::values::{Val, ValId};
use crate::solve::world::{GDef, Symbol};
use ripple_schemas::{NodeKind, Rule};

/// Types that name other types are followed so far.
const MAX_DEPTH: u8 = 12;

impl Engine<'_> {
    /// Closes the open types of a value by its receiver.
    pub(super) fn close(&mut self, to: Slot, recv: ValId, val: ValId, rule: Rule) {
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
            Val::Inst(class) | Val::Obj(_, Some(class)) => (class, self.args_of(recv)),
            _ => return None,
        };
        let ty = self
            .classes
            .argument(self.world, &mut self.types, class, args, owner, name)?;
        (ty != TyId::UNKNOWN).then_some(ty)
    }

    pub(super) fn close_type(&mut self, recv: ValId, ty: TyId) -> TyId {
        let Some(class) = self.values.class(recv) else {
            return ty;
        };
        let args = self.args_of(recv);
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
    pub(super) fn narrow(&mut self, val: ValId, ty: TyId) -> Option<ValId> {
        match self.types.get(ty).clone() {
            Ty::Union(all) => all.iter().find_map(|&one| self.narrow(val, one)),
            Ty::Inst(class, _) => {
                let library = self.world.is_model(class);
                match self.values.get(val) {
                    Val::Inst(k) | Val::Obj(_, Some(k)) => (self.is_below(k, class)
                        || self.classes.unknown_base.contains(&k)
                        || self.has_any_member(k))
                    .then_some(val),
                    Val::Typed(k, _) => {
                        if self.is_below(k, class) {
                            Some(val)
                        } else if self.is_below(class, k) {
                            Some(self.values.intern(Val::Typed(class, TyId::UNKNOWN)))
                        } else {
                            None
                        }
                    }
                    Val::Param(..) | Val::Obj(_, None) => Some(val),
                    Val::Fn(_)
                    | Val::Bound(..)
                    | Val::Closure(..)
                    | Val::BoundClosure(..)
                    | Val::Native(..)
                        if self.world.semantics.functional_interfaces =>
                    {
                        let interface = self.world.def(class).kind == NodeKind::Interface;
                        (library || interface).then_some(val)
                    }
                    _ => library.then_some(val),
                }
            }
            _ => Some(val),
        }
    }

    /// True for an instance of the type, whatever else it may be.
    pub(super) fn is_certainly(&self, val: ValId, ty: TyId) -> bool {
        match self.types.get(ty) {
            Ty::Union(all) => all.iter().any(|&one| self.is_certainly(val, one)),
            Ty::Inst(class, _) => {
                let instance = self.values.class(val);
                instance.is_some_and(|k| self.is_below(k, *class))
            }
            _ => false,
        }
    }

    /// Puts the values of a type into a place.
    pub(super) fn put_type(&mut self, to: Slot, ty: TyId, exact: bool, rule: Rule) {
        self.put_type_at(to, ty, exact, rule, 0);
    }

    /// Associated types may name each other in a circle.
    fn put_type_at(&mut self, to: Slot, ty: TyId, exact: bool, rule: Rule, depth: u8) {
        if depth > MAX_DEPTH {
            return;
        }
        if to == Slot::NOWHERE {
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
                    self.put_type_at(to, one, exact, rule, depth + 1);
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
            Ty::Of(place) => {
                let place = self.slot(place);
                self.copy(place, to, rule);
            }
            Ty::Assoc(base, name) => self.put_associated(to, base, name, rule, depth + 1),
            Ty::Unknown => {}
        }
    }

    fn put_associated(&mut self, to: Slot, base: TyId, name: Symbol, rule: Rule, depth: u8) {
        match self.types.get(base).clone() {
            Ty::Of(place) if name.0 == u32::MAX => {
                let place = self.slot(place);
                if self.instance_of.insert((place, to)) {
                    self.subscribe(place, Sub::Instances { to });
                }
            }
            Ty::Inst(class, _) | Ty::SelfOf(class) => {
                let order = self.order(class);
                for &k in order.iter() {
                    if let Some(entry) = self.world.entries(k, name).last() {
                        if let crate::facts::Binding::Def(d) = entry.binding {
                            let def = self.world.gdef(entry.file, d);
                            if let Some(ty) = self.world.def(def).ty {
                                let this = self.world.self_class(def);
                                let ty = self.types.resolve(self.world, entry.file, ty, this);
                                if ty != base {
                                    self.put_type_at(to, ty, false, rule, depth);
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
}
