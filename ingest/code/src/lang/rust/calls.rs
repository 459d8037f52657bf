//! Calls, method calls and constructors.
//!
//! Goes in: a call or struct expression. Comes out: a [`Call`], or, where the name is that of a
//! struct or variant, a fresh value with its fields stored.

use super::grammar::Kind;
use super::lower::{Lower, camel};
use super::types::{Constructor, Parts, Resolved, Start};
use crate::facts::*;
use ripple_schemas::NodeKind;
use smallvec::SmallVec;
use tree_sitter::Node;

impl Lower {
    pub(super) fn call_expression(&mut self, node: Node<'_>, expect: Option<TypeId>) -> Place {
        let f = &self.g.fields;
        let (Some(function), Some(arguments)) =
            (self.field(node, f.function), self.field(node, f.arguments))
        else {
            return Place::NOWHERE;
        };
        let args = self.parts_of(arguments);
        match self.kind(function) {
            Kind::FieldExpression => self.method_call(function, &[], &args, expect),
            Kind::GenericFunction => {
                let inner = self.field(function, f.function);
                match inner {
                    Some(inner) if self.kind(inner) == Kind::FieldExpression => {
                        let types = self.field(function, f.type_arguments);
                        let line = self.line(function);
                        let types = types.map(|types| self.type_args(types)).unwrap_or_default();
                        self.mention_types(&types, line);
                        self.method_call(inner, &types, &args, expect)
                    }
                    _ => self.path_call(function, &args, expect),
                }
            }
            Kind::Identifier | Kind::ScopedIdentifier | Kind::Metavariable | Kind::SelfKeyword => {
                self.path_call(function, &args, expect)
            }
            _ => {
                let callee = self.expr(function, None);
                let args = self.arguments(&args, None);
                let text = self.callee_text(function);
                self.b.call(
                    CallKind::Plain,
                    self.line(function),
                    callee,
                    Place::NOWHERE,
                    &args,
                    text,
                )
            }
        }
    }

    fn callee_text(&mut self, node: Node<'_>) -> Name {
        self.b
            .bounded(self.src.get(node.byte_range()).unwrap_or(""))
    }

    /// References to types that are only mentioned.
    pub(super) fn mention_types(&mut self, types: &[TypeId], line: u32) {
        for &ty in types {
            if matches!(&self.b.facts.types[ty.0 as usize], Type::Named(path, _) if !matches!(path.head, Head::Free(..)))
            {
                self.b.typed(Place::NOWHERE, ty, false, line);
            }
        }
    }

    fn arguments(&mut self, args: &[Node<'_>], callee: Option<DefId>) -> SmallVec<[Place; 4]> {
        let mut places = SmallVec::new();
        for (at, &arg) in args.iter().enumerate() {
            let expect = callee.and_then(|def| {
                let def = self.b.def(def);
                (def.kind == NodeKind::Function)
                    .then(|| def.params.get(at)?.ty)
                    .flatten()
            });
            let expect = expect.filter(|&ty| self.is_concrete(ty));
            places.push(self.expr(arg, expect));
        }
        places
    }

    /// Whether a type says which class it is (not a parameter, not `Self`).
    fn is_concrete(&self, ty: TypeId) -> bool {
        match &self.b.facts.types[ty.0 as usize] {
            Type::Named(path, _) => !matches!(path.head, Head::Generic(..) | Head::SelfType(_)),
            Type::Tuple(_) => true,
            _ => false,
        }
    }

    // Paths

    fn path_call(
        &mut self,
        function: Node<'_>,
        args: &[Node<'_>],
        expect: Option<TypeId>,
    ) -> Place {
        let line = self.end_line(function);
        let parts = self.parts(function);
        if let Some(constructor) = self.constructor(&parts, line) {
            return self.construct(constructor, args, line, expect);
        }
        self.files_of_path_call(&parts.names, args, line);
        let text = self.callee_text(function);
        let resolved = self.resolve(&parts, line);
        let local = match resolved {
            Resolved::Def(def) => Some(def),
            _ => None,
        };
        if let Some(types) = &parts.args {
            self.mention_types(types, line);
        }
        let places = self.arguments(args, local);
        let callee = match resolved {
            Resolved::Local(place) => place,
            Resolved::Def(def) => self.place_of_all(def),
            Resolved::Path(path) => match self.expected_path(&parts, &path, expect) {
                Some(path) => self.b.path(path, line, true),
                None => self.walk_path(path, line, true),
            },
            Resolved::OnType(ty, names) => self.member_of_type(ty, &names, line, true),
            Resolved::Nothing => Place::NOWHERE,
        };
        if callee == Place::NOWHERE {
            return callee;
        }
        let result = self
            .b
            .call(CallKind::Plain, line, callee, Place::NOWHERE, &places, text);
        self.owner_type(&parts, result, line);
        result
    }

    /// `Default::default()` and `From::from(x)` where the surroundings say which type is wanted.
    fn expected_path(
        &mut self,
        parts: &Parts,
        path: &Path,
        expect: Option<TypeId>,
    ) -> Option<Path> {
        let expect = expect.filter(|&ty| self.is_concrete(ty))?;
        let [.., owner, member] = parts.names.as_slice() else {
            return None;
        };
        let known = matches!(
            (self.b.text(*owner), self.b.text(*member)),
            ("Default", "default") | ("From", "from") | ("FromStr", "from_str")
        );
        if !known || matches!(path.head, Head::Def(_)) {
            return None;
        }
        let Type::Named(path, _) = &self.b.facts.types[expect.0 as usize] else {
            return None;
        };
        let mut path = path.clone();
        let full = self.through(*owner, *member);
        path.rest.push(full);
        Some(path)
    }

    /// What the constructors of std's traits give by their declaration: `T::default()` a `T`,
    /// `T::from_str(…)` a `Result<T, _>`; and `Vec::<Cart>::new()` a `Vec<Cart>`.
    fn owner_type(&mut self, parts: &Parts, result: Place, line: u32) {
        let Some((last, before)) = parts.names.split_last() else {
            return;
        };
        let owned = match before.last() {
            Some(&owner) => {
                camel(self.b.text(owner))
                    && !matches!(
                        self.b.text(owner),
                        "Default" | "From" | "FromStr" | "TryFrom"
                    )
            }
            None => matches!(parts.start, Start::SelfType | Start::Type(_)),
        };
        let with_args = parts.owner_args.is_some();
        let wraps = match self.b.text(*last) {
            "default" | "from" => false,
            "from_str" | "try_from" => true,
            "new" | "with_capacity" if with_args => false,
            _ => return,
        };
        if !owned {
            return;
        }
        let owner = Parts {
            start: parts.start,
            names: before.into(),
            args: parts.owner_args.clone(),
            owner_args: None,
            via: None,
        };
        let ty = self.type_of(owner, line);
        if self.is_concrete(ty) && !self.is_builtin(ty, with_args) {
            let ty = if wraps { self.result_of(ty) } else { ty };
            self.b.typed(result, ty, false, line);
        }
    }

    /// Library containers say more by their model than by their bare name.
    fn is_builtin(&self, ty: TypeId, with_args: bool) -> bool {
        match &self.b.facts.types[ty.0 as usize] {
            Type::Named(
                Path {
                    head: Head::Free(..),
                    ..
                },
                _,
            ) => !with_args,
            Type::Named(
                Path {
                    head: Head::Import(id),
                    ..
                },
                _,
            ) => {
                let module = self.b.text(self.b.facts.imports[id.0 as usize].module);
                !with_args && (module.starts_with("std") || module.starts_with("core"))
            }
            _ => false,
        }
    }

    // Methods

    fn method_call(
        &mut self,
        function: Node<'_>,
        types: &[TypeId],
        args: &[Node<'_>],
        expect: Option<TypeId>,
    ) -> Place {
        let f = &self.g.fields;
        let (Some(value), Some(field)) =
            (self.field(function, f.value), self.field(function, f.field))
        else {
            return Place::NOWHERE;
        };
        let line = self.line(field);
        let inner = match self.text(field) {
            // What is expected of the whole is expected of what is unwrapped.
            "unwrap" | "expect" | "unwrap_or_default" | "unwrap_or" | "unwrap_or_else"
            | "clone" | "await" => expect,
            _ => None,
        };
        if self.text(field) == "join"
            && let Some(call) = function.parent()
        {
            self.files_of_join(call, line);
        }
        let receiver = self.expr(value, inner);
        let places = self.arguments(args, None);
        if receiver == Place::NOWHERE {
            return self.unknown_receiver(function, field, value, &places);
        }
        let expect = match self.text(field) {
            "into" => expect.or_else(|| self.bound_target(value)),
            _ => expect,
        };
        if let Some(result) = self.conversion(field, receiver, types, expect, line) {
            return result;
        }
        self.inferred_conversion(field, types, expect, line);
        let name = self.name(field);
        let callee = self.b.load_callee(receiver, Select::Field(name), line);
        let text = match self.kind(value) {
            Kind::Identifier | Kind::SelfKeyword => self.callee_text(function),
            _ => name,
        };
        let result = self
            .b
            .call(CallKind::Plain, line, callee, receiver, &places, text);
        let collects = matches!(self.text(field), "collect" | "sum" | "product" | "unzip");
        if collects
            && let Some(ty) = types.first().copied().or(expect)
            && self.is_concrete(ty)
        {
            self.b.typed(result, ty, false, line);
            self.collected(field, receiver, ty, line);
        }
        result
    }

    /// `collect`, `sum` and `product` into a type of the program call its `FromIterator`, `Sum` or
    /// `Product`.
    fn collected(&mut self, field: Node<'_>, receiver: Place, ty: TypeId, line: u32) {
        let member = match self.text(field) {
            "collect" => "FromIterator::from_iter",
            "sum" => "Sum::sum",
            "product" => "Product::product",
            _ => return,
        };
        let target = self.unwrapped(ty);
        let own = matches!(
            &self.b.facts.types[target.0 as usize],
            Type::Named(path, _) if !matches!(path.head, Head::Free(..))
        );
        if !own || !self.is_concrete(target) {
            return;
        }
        if let Some(callee) = self.path_on(target, member, line) {
            let text = self.name(field);
            self.b.call(
                CallKind::Implicit,
                line,
                callee,
                Place::NOWHERE,
                &[receiver],
                text,
            );
        }
    }

    /// A method of something that holds no value: still a call site, unless it is a macro's
    /// parameter, of which nobody can know.
    fn unknown_receiver(
        &mut self,
        function: Node<'_>,
        field: Node<'_>,
        value: Node<'_>,
        args: &[Place],
    ) -> Place {
        if self.kind(value) == Kind::Metavariable {
            return Place::NOWHERE;
        }
        let (name, line) = (self.name(field), self.line(field));
        let base = self.b.place();
        let callee = self.b.load_callee(base, Select::Field(name), line);
        let _ = function;
        self.b.call(CallKind::Plain, line, callee, base, args, name)
    }

    /// `.into()` and `.parse()` where it is known what they make.
    fn conversion(
        &mut self,
        field: Node<'_>,
        receiver: Place,
        types: &[TypeId],
        expect: Option<TypeId>,
        line: u32,
    ) -> Option<Place> {
        let (member, wraps) = match self.text(field) {
            "into" => ("From::from", false),
            "try_into" => ("TryFrom::try_from", true),
            "parse" => ("FromStr::from_str", true),
            _ => return None,
        };
        let target = types
            .first()
            .copied()
            .or(expect)
            .filter(|&ty| self.is_concrete(ty))?;
        let target = if wraps {
            self.unwrapped(target)
        } else {
            target
        };
        let callee = self.path_on(target, member, line)?;
        let text = self.name(field);
        let result = self.b.call(
            CallKind::Implicit,
            line,
            callee,
            Place::NOWHERE,
            &[receiver],
            text,
        );
        let given = if wraps {
            self.result_of(target)
        } else {
            target
        };
        self.b.typed(result, given, false, line);
        Some(result)
    }

    /// `T` where a receiver is a parameter declared as `impl Into<T>`, or of a parameter so bounded.
    fn bound_target(&self, receiver: Node<'_>) -> Option<TypeId> {
        if self.kind(receiver) != Kind::Identifier {
            return None;
        }
        let name = self.b.known(self.text(receiver))?;
        let def = self.b.facts.defs.get(self.b.current().0 as usize)?;
        let param = def.params.iter().find(|p| p.name == name)?;
        let bounds: &[TypeId] = match &self.b.facts.types[param.ty?.0 as usize] {
            Type::Bound(bounds) => bounds,
            Type::Named(path, _) => match path.head {
                Head::Generic(owner, name) => {
                    let generics = &self.b.facts.defs[owner.0 as usize].generics;
                    &generics.iter().find(|g| g.name == name)?.bounds
                }
                _ => return None,
            },
            _ => return None,
        };
        bounds.iter().find_map(|&bound| {
            let Type::Named(path, args) = &self.b.facts.types[bound.0 as usize] else {
                return None;
            };
            let last = match (path.rest.last(), path.head) {
                (Some(&name), _) | (None, Head::Free(name, _)) => name,
                _ => return None,
            };
            (self.b.text(last) == "Into").then(|| args.first().copied())?
        })
    }

    /// A conversion whose target is inferred: most often it is a type that the function gives.
    fn inferred_conversion(
        &mut self,
        field: Node<'_>,
        types: &[TypeId],
        expect: Option<TypeId>,
        line: u32,
    ) {
        let member = match self.text(field) {
            "into" => "From::from",
            "try_into" => "TryFrom::try_from",
            "parse" => "FromStr::from_str",
            "collect" => "FromIterator::from_iter",
            "sum" => "Sum::sum",
            _ => return,
        };
        let known = types.first().copied().or(expect);
        if known.is_some_and(|ty| self.is_concrete(ty)) {
            return;
        }
        // A closure's result is most often part of what the function around it gives.
        let declared = self
            .b
            .enclosing()
            .find_map(|def| self.b.facts.defs[def.0 as usize].ty);
        let Some(given) = declared.or(self.body.ty) else {
            return;
        };
        let mut found: SmallVec<[TypeId; 4]> = SmallVec::new();
        self.own_types(given, 0, &mut found);
        for ty in found {
            self.mention_on(ty, member, line);
        }
    }

    /// The types of the program in a type.
    fn own_types(&self, ty: TypeId, depth: u32, out: &mut SmallVec<[TypeId; 4]>) {
        if depth > 4 || out.len() >= 4 {
            return;
        }
        match &self.b.facts.types[ty.0 as usize] {
            Type::Named(path, args) => {
                if matches!(path.head, Head::Def(_) | Head::Import(_)) {
                    out.push(ty);
                }
                for &arg in args {
                    self.own_types(arg, depth + 1, out);
                }
            }
            Type::Tuple(parts) => {
                for &part in parts {
                    self.own_types(part, depth + 1, out);
                }
            }
            _ => {}
        }
    }

    /// `Result<T, _>`.
    fn result_of(&mut self, ty: TypeId) -> TypeId {
        let (name, unknown) = (self.b.name("Result"), self.b.ty(Type::Unknown));
        self.free_type(name, vec![ty, unknown])
    }

    /// `T` of `Result<T, E>` or `Option<T>`, else the type itself.
    fn unwrapped(&self, ty: TypeId) -> TypeId {
        match &self.b.facts.types[ty.0 as usize] {
            Type::Named(
                Path {
                    head: Head::Free(name, _),
                    rest,
                },
                args,
            ) if rest.is_empty()
                && !args.is_empty()
                && matches!(self.b.text(*name), "Result" | "Option") =>
            {
                args[0]
            }
            _ => ty,
        }
    }

    // Constructors

    /// `Cart(a, b)`, `Shape::Circle(r)`.
    pub(super) fn construct(
        &mut self,
        constructor: Constructor,
        args: &[Node<'_>],
        line: u32,
        expect: Option<TypeId>,
    ) -> Place {
        let inner = self.expected_payload(constructor, expect);
        let to = self.b.place();
        self.b.typed(to, constructor.ty, true, line);
        if constructor.variant.is_some() {
            self.mention_variant(Some(constructor), line);
        }
        let owner = match &self.b.facts.types[constructor.ty.0 as usize] {
            Type::Named(
                Path {
                    head: Head::Def(def),
                    rest,
                },
                _,
            ) if rest.is_empty() => Some(*def),
            _ => None,
        };
        for (at, &arg) in args.iter().enumerate() {
            let member = match constructor.variant {
                Some(variant) => {
                    let digit = self.b.name(&at.to_string());
                    self.payload(variant, digit)
                }
                None => self.index(at),
            };
            let declared = owner.and_then(|owner| self.field_types.get(&(owner, member)).copied());
            let value = self.expr(arg, declared.or(inner));
            if value != Place::NOWHERE {
                self.b.store(to, Select::Field(member), value, line);
            }
        }
        to
    }

    /// What `Ok(…)` or `Some(…)` is expected to hold.
    fn expected_payload(&self, constructor: Constructor, expect: Option<TypeId>) -> Option<TypeId> {
        let at = match self.b.text(constructor.variant?) {
            "Ok" | "Some" => 0,
            "Err" => 1,
            _ => return None,
        };
        match &self.b.facts.types[expect?.0 as usize] {
            Type::Named(_, args) => args.get(at).copied(),
            _ => None,
        }
    }

    /// A unit struct or variant as a value.
    pub(super) fn construct_value(&mut self, constructor: Constructor, line: u32) -> Place {
        let to = self.b.place();
        self.b.typed(to, constructor.ty, true, line);
        if constructor.variant.is_some() {
            self.mention_variant(Some(constructor), line);
        }
        to
    }

    /// `Cart { items, total: 0, ..rest }`.
    pub(super) fn struct_expression(&mut self, node: Node<'_>) -> Place {
        let f = &self.g.fields;
        let (Some(name), Some(body)) = (self.field(node, f.name), self.field(node, f.body)) else {
            return Place::NOWHERE;
        };
        let line = self.line(name);
        let parts = self.parts(name);
        let constructor = match self.constructor(&parts, line) {
            Some(constructor) => Some(constructor),
            None if parts.start == Start::SelfType => None,
            None => {
                let ty = self.type_of(parts, line);
                Some(Constructor { ty, variant: None })
            }
        };
        let to = self.b.place();
        let mut owner = None;
        if let Some(constructor) = constructor {
            self.b.typed(to, constructor.ty, true, line);
            if constructor.variant.is_some() {
                self.mention_variant(Some(constructor), line);
            }
            if let Type::Named(
                Path {
                    head: Head::Def(def),
                    rest,
                },
                _,
            ) = &self.b.facts.types[constructor.ty.0 as usize]
                && rest.is_empty()
            {
                owner = Some(*def);
            }
        }
        let variant = constructor.and_then(|constructor| constructor.variant);
        for init in self.parts_of(body) {
            let (field, value) = match self.kind(init) {
                Kind::FieldInitializer => {
                    let (Some(field), Some(value)) =
                        (init.child_by_field_id(f.field), self.field(init, f.value))
                    else {
                        continue;
                    };
                    (field, value)
                }
                Kind::ShorthandFieldInitializer => match self.only_child(init) {
                    Some(name) => (name, name),
                    None => continue,
                },
                Kind::BaseFieldInitializer => {
                    if let Some(base) = self.only_child(init) {
                        let base = self.expr(base, constructor.map(|constructor| constructor.ty));
                        self.b.copy(to, base);
                    }
                    continue;
                }
                _ => continue,
            };
            let select = match variant {
                Some(variant) => {
                    let name = self.name(field);
                    Select::Field(self.payload(variant, name))
                }
                None => self.field_select(field),
            };
            let declared = match (owner, select) {
                (Some(owner), Select::Field(member)) => {
                    self.field_types.get(&(owner, member)).copied()
                }
                _ => None,
            };
            let from = self.expr(value, declared);
            if from != Place::NOWHERE {
                self.b.store(to, select, from, self.line(field));
            }
        }
        to
    }
}
