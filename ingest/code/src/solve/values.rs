//! What a place can hold, interned.

use crate::solve::intern::Interner;
use crate::solve::types::TyId;
use crate::solve::world::{GDef, Symbol};
use rustc_hash::FxHashMap;

/// An interned value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct ValId(pub(super) u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Val {
    Fn(GDef),
    /// A function with the receiver it was looked up on.
    Bound(GDef, ValId),
    /// A model's inner function with the places of one use of the model, named by its origin.
    Closure(GDef, u64),
    /// Such a function with its receiver.
    BoundClosure(ValId, ValId),
    /// `f.call`, `f.apply`, `f.bind`.
    Native(Native, ValId),
    Class(GDef),
    /// What a class method or static method's own receiver is, where nobody is seen to call it.
    OwnClass(GDef),
    /// An instance of exactly that class; all instances of a class are one.
    Inst(GDef),
    /// An instance of that class or one below it, with type arguments: by declaration.
    Typed(GDef, TyId),
    /// A value of a type parameter.
    Param(GDef, Symbol),
    /// A container or literal made at one site, named by its origin; the class is a model's where
    /// there is one.
    Obj(u64, Option<GDef>),
    Module(GDef),
    Set(u32),
    Ext(Symbol),
    Text(Symbol),
    /// `super` in that class, for that receiver.
    Super(GDef, ValId),
    /// A callable by declaration: the type of its return.
    Callable(TyId),
    Tuple(TyId),
    /// The prototype object of a function or class.
    Proto(GDef),
    /// What an import that leads nowhere gave.
    Missing,
}

/// What a function's own members do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Native {
    Call,
    Apply,
    Bind,
    /// `C.new`: calling it makes a `C`.
    New,
}

impl Native {
    pub(super) fn parse(name: &str) -> Option<Self> {
        match name {
            "call" => Some(Native::Call),
            "apply" => Some(Native::Apply),
            "bind" => Some(Native::Bind),
            _ => None,
        }
    }
}

/// One thread's view of the values that all share.
pub(super) struct Values<'s> {
    shared: &'s Interner<Val>,
    known: FxHashMap<Val, ValId>,
}

impl<'s> Values<'s> {
    pub(super) fn new(shared: &'s Interner<Val>) -> Self {
        Values {
            shared,
            known: FxHashMap::default(),
        }
    }

    pub(super) fn intern(&mut self, val: Val) -> ValId {
        *self
            .known
            .entry(val)
            .or_insert_with(|| ValId(self.shared.intern(&val)))
    }

    pub(super) fn get(&self, id: ValId) -> Val {
        *self.shared.get(id.0)
    }

    /// The class of an instance-like value.
    pub(super) fn class(&self, id: ValId) -> Option<GDef> {
        match self.get(id) {
            Val::Inst(c) | Val::Typed(c, _) | Val::Obj(_, Some(c)) => Some(c),
            _ => None,
        }
    }
}
