//! What a place can hold, interned.

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
    /// A model's inner function with the places of one use of the model.
    Closure(GDef, u32),
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
    /// A container or literal made at one site; the class is a model's where there is one.
    Obj(u32, Option<GDef>),
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

#[derive(Default)]
pub(super) struct Values {
    all: Vec<Val>,
    ids: FxHashMap<Val, ValId>,
}

impl Values {
    pub(super) fn intern(&mut self, val: Val) -> ValId {
        if let Some(&id) = self.ids.get(&val) {
            return id;
        }
        let id = ValId(self.all.len() as u32);
        self.all.push(val);
        self.ids.insert(val, id);
        id
    }

    pub(super) fn get(&self, id: ValId) -> Val {
        self.all[id.0 as usize]
    }

    /// The class of an instance-like value.
    pub(super) fn class(&self, id: ValId) -> Option<GDef> {
        match self.get(id) {
            Val::Inst(c) | Val::Typed(c, _) | Val::Obj(_, Some(c)) => Some(c),
            _ => None,
        }
    }
}
