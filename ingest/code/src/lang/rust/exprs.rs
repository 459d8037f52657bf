//! Expressions: where values come from and go to.
//!
//! Goes in: an expression node. Comes out: the place that holds its value, [`Place::NOWHERE`] where
//! it can hold nothing of interest. Calls and constructors are in [`super::calls`].

use super::grammar::{Kind, children};
use super::items::Attrs;
use super::lower::{Body, Lower, camel, tag};
use super::types::Resolved;
use crate::facts::*;
use crate::lang::builder::Bound;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

impl Lower {
    /// Reads an expression; `expect` is the type that its surroundings declare for it.
    pub(super) fn expr(&mut self, node: Node<'_>, expect: Option<TypeId>) -> Place {
        self.deeper(self.line(node), |lower| lower.read_expr(node, expect))
    }

    fn read_expr(&mut self, node: Node<'_>, expect: Option<TypeId>) -> Place {
        let f = &self.g.fields;
        match self.kind(node) {
            Kind::CallExpression => self.call_expression(node, expect),
            Kind::Identifier
            | Kind::ScopedIdentifier
            | Kind::SelfKeyword
            | Kind::GenericFunction
            | Kind::TypeIdentifier
            | Kind::ScopedTypeIdentifier => self.path_expression(node),
            Kind::FieldExpression => {
                let (Some(value), Some(field)) =
                    (self.field(node, f.value), self.field(node, f.field))
                else {
                    return Place::NOWHERE;
                };
                let base = self.expr(value, None);
                let select = self.field_select(field);
                if base == Place::NOWHERE {
                    return base;
                }
                self.b.load(base, select, self.line(field))
            }
            Kind::MacroInvocation => self.macro_invocation(node, expect),
            Kind::Block
            | Kind::UnsafeBlock
            | Kind::AsyncBlock
            | Kind::GenBlock
            | Kind::TryBlock => self.block_expression(node, expect),
            Kind::ConstBlock => match self.field(node, f.body) {
                Some(body) => self.block(body, expect),
                None => Place::NOWHERE,
            },
            Kind::IfExpression => self.if_expression(node, expect),
            Kind::MatchExpression => self.match_expression(node, expect),
            Kind::ForExpression => self.for_expression(node),
            Kind::WhileExpression => {
                self.b.scopes.push(tag::BLOCK);
                if let Some(condition) = self.field(node, f.condition) {
                    self.condition(condition);
                }
                self.loop_body(node);
                self.b.scopes.pop();
                Place::NOWHERE
            }
            Kind::LoopExpression => self.loop_body(node),
            Kind::ClosureExpression => self.closure(node),
            Kind::ReferenceExpression => match self.field(node, f.value) {
                Some(value) => self.expr(value, expect),
                None => Place::NOWHERE,
            },
            Kind::ParenthesizedExpression => match self.only_child(node) {
                Some(inner) => self.expr(inner, expect),
                None => Place::NOWHERE,
            },
            Kind::AwaitExpression => match self.only_child(node) {
                Some(inner) => self.expr(inner, expect),
                None => Place::NOWHERE,
            },
            Kind::TryExpression => self.try_expression(node, expect),
            Kind::UnaryExpression => self.unary(node),
            Kind::BinaryExpression => self.binary(node),
            Kind::AssignmentExpression => {
                let (Some(left), Some(right)) =
                    (self.field(node, f.left), self.field(node, f.right))
                else {
                    return Place::NOWHERE;
                };
                let from = self.expr(right, None);
                self.assign(left, from);
                Place::NOWHERE
            }
            Kind::CompoundAssignment => self.compound_assignment(node),
            Kind::StructExpression => self.struct_expression(node),
            Kind::TupleExpression => {
                let parts = self.parts_of(node);
                let tuple = self.b.object("__Tuple");
                let types = self.tuple_types(expect);
                for (at, part) in parts.into_iter().enumerate() {
                    let expect = types.as_ref().and_then(|types| types.get(at).copied());
                    let value = self.expr(part, expect);
                    self.put(tuple, at, value, self.line(part));
                }
                tuple
            }
            Kind::ArrayExpression => self.array(node, "slice"),
            Kind::IndexExpression => self.index_expression(node),
            Kind::RangeExpression => {
                for child in self.parts_of(node) {
                    self.expr(child, None);
                }
                self.literal("Range")
            }
            Kind::TypeCastExpression => self.cast(node),
            Kind::ReturnExpression => {
                if let Some(value) = self.only_child(node) {
                    let expect = self.body.ty.filter(|_| !self.body.closure);
                    let value = self.expr(value, expect);
                    let ret = self.body.ret;
                    self.b.copy(ret, value);
                }
                Place::NOWHERE
            }
            Kind::BreakExpression => self.break_expression(node),
            Kind::YieldExpression => {
                if let Some(value) = self.only_child(node) {
                    self.expr(value, None);
                }
                Place::NOWHERE
            }
            Kind::LetCondition | Kind::LetChain => {
                self.condition(node);
                Place::NOWHERE
            }
            Kind::StringLiteral | Kind::RawStringLiteral => {
                self.file_named(node);
                self.literal("str")
            }
            Kind::IntegerLiteral => {
                let class = suffix(self.text(node), "__Int");
                self.literal(class)
            }
            Kind::FloatLiteral => {
                let class = suffix(self.text(node), "__Float");
                self.literal(class)
            }
            Kind::BooleanLiteral => self.literal("bool"),
            Kind::CharLiteral => self.literal("char"),
            _ => Place::NOWHERE,
        }
    }

    /// The named children without comments and attributes.
    pub(super) fn parts_of<'t>(&self, node: Node<'t>) -> smallvec::SmallVec<[Node<'t>; 4]> {
        let mut parts = children(node);
        parts.retain(|part| {
            !matches!(
                self.kind(*part),
                Kind::LineComment
                    | Kind::BlockComment
                    | Kind::AttributeItem
                    | Kind::InnerAttributeItem
            )
        });
        parts
    }

    pub(super) fn only_child<'t>(&self, node: Node<'t>) -> Option<Node<'t>> {
        self.parts_of(node)
            .into_iter()
            .find(|&part| self.kind(part) != Kind::Label)
    }

    /// The member that `.name` or `.0` selects.
    pub(super) fn field_select(&mut self, field: Node<'_>) -> Select {
        let text = self.text(field);
        if let Ok(n) = text.parse::<usize>() {
            return Select::Field(self.index(n));
        }
        if self.model && text == "__element" {
            return Select::Element;
        }
        let name = self.name(field);
        Select::Field(self.field_member(name))
    }

    /// Stores the n-th part of a tuple or array.
    pub(super) fn put(&mut self, base: Place, at: usize, value: Place, line: u32) {
        if value != Place::NOWHERE {
            let select = if at < 64 {
                Select::Field(self.index(at))
            } else {
                Select::Element
            };
            self.b.store(base, select, value, line);
        }
    }

    fn tuple_types(&self, expect: Option<TypeId>) -> Option<Vec<TypeId>> {
        match &self.b.facts.types[expect?.0 as usize] {
            Type::Tuple(types) => Some(types.clone()),
            _ => None,
        }
    }

    /// `[a, b]`, `[a; n]`, and the arguments of `vec!`.
    pub(super) fn array(&mut self, node: Node<'_>, class: &str) -> Place {
        let array = self.b.object(class);
        let repeated = self.field(node, self.g.fields.length).is_some();
        for (at, part) in self.parts_of(node).into_iter().enumerate() {
            // A table of data says no more after its first rows.
            if at >= 8 && self.is_data(part) {
                continue;
            }
            let value = self.expr(part, None);
            let line = self.line(part);
            match (repeated, at) {
                (true, 0) => self.b.store(array, Select::Element, value, line),
                (true, _) => {}
                (false, at) => self.put(array, at, value, line),
            }
        }
        array
    }

    /// Whether an expression holds nothing but literals.
    fn is_data(&self, node: Node<'_>) -> bool {
        match self.kind(node) {
            Kind::TupleExpression | Kind::ReferenceExpression | Kind::ArrayExpression => {
                node.child_count() < 8 && self.parts_of(node).iter().all(|&part| self.is_data(part))
            }
            Kind::UnaryExpression => self
                .only_child(node)
                .is_some_and(|inner| self.is_literal(inner)),
            _ => self.is_literal(node),
        }
    }

    // Paths and assignment

    fn path_expression(&mut self, node: Node<'_>) -> Place {
        let line = self.line(node);
        if self.kind(node) == Kind::SelfKeyword {
            let name = self.b.name("self");
            return match self.lookup(name) {
                Some(Bound::Place(place)) => place,
                _ => Place::NOWHERE,
            };
        }
        let parts = self.parts(node);
        if let Some(constructor) = self.constructor(&parts, line) {
            return self.construct_value(constructor, line);
        }
        match self.resolve(&parts, line) {
            Resolved::Local(place) => place,
            Resolved::Def(def) => {
                let place = self.place_of_all(def);
                self.b.mention(place, line);
                place
            }
            Resolved::Path(path) => self.walk_path(path, line, false),
            Resolved::OnType(ty, names) => self.member_of_type(ty, &names, line, false),
            Resolved::Nothing => Place::NOWHERE,
        }
    }

    /// What a path leads to; where a glob import is around, as an extern crate too.
    pub(super) fn walk_path(&mut self, path: Path, line: u32, callee: bool) -> Place {
        let other = self.or_crate(&path, line);
        let twins = match path.head {
            Head::Import(id) => self.twins.get(&Bound::Import(id)).cloned(),
            _ => None,
        };
        let rest = path.rest.clone();
        let to = self.b.path(path, line, callee);
        for twin in twins.into_iter().flatten() {
            if let Bound::Import(id) = twin {
                let path = Path {
                    head: Head::Import(id),
                    rest: rest.clone(),
                };
                let within = self.b.current();
                self.b.facts.flows.push(Flow::Path {
                    to,
                    path,
                    within,
                    line,
                    callee,
                });
            }
        }
        if let Some(path) = other {
            let within = self.b.current();
            self.b.facts.flows.push(Flow::Path {
                to,
                path,
                within,
                line,
                callee,
            });
        }
        to
    }

    /// A member of a type that has no path.
    pub(super) fn member_of_type(
        &mut self,
        ty: TypeId,
        names: &[Name],
        line: u32,
        callee: bool,
    ) -> Place {
        let mut at = self.b.place();
        self.b.typed(at, ty, false, line);
        for (i, &name) in names.iter().enumerate() {
            at = if callee && i + 1 == names.len() {
                self.b.load_callee(at, Select::Field(name), line)
            } else {
                self.b.load(at, Select::Field(name), line)
            };
        }
        at
    }

    fn assign(&mut self, left: Node<'_>, from: Place) {
        let f = &self.g.fields;
        let line = self.line(left);
        match self.kind(left) {
            Kind::Identifier | Kind::ScopedIdentifier => {
                let parts = self.parts(left);
                match self.resolve(&parts, line) {
                    Resolved::Local(to) => self.b.copy(to, from),
                    Resolved::Def(def) => {
                        let to = self.b.place_of(def);
                        self.b.copy(to, from);
                        self.b.mention(to, line);
                    }
                    Resolved::Path(path) => {
                        self.walk_path(path, line, false);
                    }
                    _ => {}
                }
            }
            Kind::FieldExpression => {
                let (Some(value), Some(field)) =
                    (self.field(left, f.value), self.field(left, f.field))
                else {
                    return;
                };
                let base = self.expr(value, None);
                let select = self.field_select(field);
                if base != Place::NOWHERE {
                    self.b.store(base, select, from, self.line(field));
                }
            }
            Kind::IndexExpression => {
                let parts = self.parts_of(left);
                let [base, index] = parts.as_slice() else {
                    return;
                };
                let place = self.expr(*base, None);
                let argument = self.expr(*index, None);
                if place == Place::NOWHERE {
                    return;
                }
                let select = self.index_select(*index);
                self.b.store(place, select, from, line);
                self.b
                    .implicit(place, "IndexMut::index_mut", &[argument], line);
            }
            Kind::UnaryExpression => {
                if let Some(inner) = self.only_child(left) {
                    self.deeper(line, |lower| lower.assign(inner, from));
                    if let Kind::Identifier | Kind::FieldExpression = self.kind(inner) {
                        let place = self.expr(inner, None);
                        if place != Place::NOWHERE {
                            self.b.implicit(place, "DerefMut::deref_mut", &[], line);
                        }
                    }
                }
            }
            Kind::ParenthesizedExpression => {
                if let Some(inner) = self.only_child(left) {
                    self.deeper(line, |lower| lower.assign(inner, from));
                }
            }
            Kind::TupleExpression => {
                for (at, part) in self.parts_of(left).into_iter().enumerate() {
                    let select = Select::Field(self.index(at));
                    let value = self.b.load(from, select, line);
                    self.deeper(line, |lower| lower.assign(part, value));
                }
            }
            _ => {
                self.expr(left, None);
            }
        }
    }

    fn index_select(&mut self, index: Node<'_>) -> Select {
        match self.text(index).parse::<usize>() {
            Ok(n) if self.kind(index) == Kind::IntegerLiteral => Select::Field(self.index(n)),
            _ => Select::Element,
        }
    }

    fn index_expression(&mut self, node: Node<'_>) -> Place {
        let parts = self.parts_of(node);
        let [base, index] = parts.as_slice() else {
            return Place::NOWHERE;
        };
        let base = self.expr(*base, None);
        let argument = self.expr(*index, None);
        if base == Place::NOWHERE {
            return base;
        }
        if self.kind(*index) == Kind::RangeExpression {
            return base;
        }
        let line = self.line(node);
        let select = self.index_select(*index);
        let to = self.b.load(base, select, line);
        let called = self.b.implicit(base, "Index::index", &[argument], line);
        self.b.copy(to, called);
        to
    }

    // Operators

    fn unary(&mut self, node: Node<'_>) -> Place {
        let Some(inner) = self.only_child(node) else {
            return Place::NOWHERE;
        };
        let place = self.expr(inner, None);
        if place == Place::NOWHERE {
            return place;
        }
        let line = self.line(node);
        let kind = self.kind(inner);
        match self.text(node).as_bytes().first() {
            Some(b'*') => {
                let to = self.b.implicit(place, "Deref::deref", &[], line);
                self.b.copy(to, place);
                to
            }
            Some(b'-') if matches!(kind, Kind::IntegerLiteral | Kind::FloatLiteral) => place,
            Some(b'-') => self.b.implicit(place, "Neg::neg", &[], line),
            Some(b'!')
                if matches!(
                    kind,
                    Kind::Identifier | Kind::FieldExpression | Kind::ParenthesizedExpression
                ) =>
            {
                self.b.implicit(place, "Not::not", &[], line)
            }
            Some(b'!') => self.literal("bool"),
            _ => place,
        }
    }

    fn binary(&mut self, node: Node<'_>) -> Place {
        let f = &self.g.fields;
        let (Some(left), Some(right), Some(operator)) = (
            self.field(node, f.left),
            self.field(node, f.right),
            self.field(node, f.operator),
        ) else {
            return Place::NOWHERE;
        };
        let a = self.expr(left, None);
        let b = self.expr(right, None);
        let literals = [left, right].map(|side| self.is_literal(side));
        let (member, compares) = match self.text(operator) {
            "+" => ("Add::add", false),
            "-" => ("Sub::sub", false),
            "*" => ("Mul::mul", false),
            "/" => ("Div::div", false),
            "%" => ("Rem::rem", false),
            "&" => ("BitAnd::bitand", false),
            "|" => ("BitOr::bitor", false),
            "^" => ("BitXor::bitxor", false),
            "<<" => ("Shl::shl", false),
            ">>" => ("Shr::shr", false),
            "==" | "!=" => ("PartialEq::eq", true),
            "<" | "<=" | ">" | ">=" => ("PartialOrd::partial_cmp", true),
            _ => return self.literal("bool"),
        };
        if compares {
            if a != Place::NOWHERE && !literals[0] && !literals[1] {
                self.b.implicit(a, member, &[b], self.line(operator));
            }
            return self.literal("bool");
        }
        if literals == [true, true] || a == Place::NOWHERE {
            return a;
        }
        self.b.implicit(a, member, &[b], self.line(operator))
    }

    pub(super) fn is_literal(&self, node: Node<'_>) -> bool {
        matches!(
            self.kind(node),
            Kind::IntegerLiteral
                | Kind::FloatLiteral
                | Kind::StringLiteral
                | Kind::RawStringLiteral
                | Kind::BooleanLiteral
                | Kind::CharLiteral
        )
    }

    fn compound_assignment(&mut self, node: Node<'_>) -> Place {
        let f = &self.g.fields;
        let (Some(left), Some(right), Some(operator)) = (
            self.field(node, f.left),
            self.field(node, f.right),
            self.field(node, f.operator),
        ) else {
            return Place::NOWHERE;
        };
        let a = self.expr(left, None);
        let b = self.expr(right, None);
        let member = match self.text(operator) {
            "+=" => "AddAssign::add_assign",
            "-=" => "SubAssign::sub_assign",
            "*=" => "MulAssign::mul_assign",
            "/=" => "DivAssign::div_assign",
            "%=" => "RemAssign::rem_assign",
            "&=" => "BitAndAssign::bitand_assign",
            "|=" => "BitOrAssign::bitor_assign",
            "^=" => "BitXorAssign::bitxor_assign",
            "<<=" => "ShlAssign::shl_assign",
            _ => "ShrAssign::shr_assign",
        };
        if a != Place::NOWHERE {
            self.b.implicit(a, member, &[b], self.line(operator));
        }
        Place::NOWHERE
    }

    fn cast(&mut self, node: Node<'_>) -> Place {
        let f = &self.g.fields;
        let (Some(value), Some(ty)) = (self.field(node, f.value), self.field(node, f.type_)) else {
            return Place::NOWHERE;
        };
        let from = self.expr(value, None);
        if self.kind(ty) == Kind::PrimitiveType {
            let class = suffix(self.text(ty), "i32");
            return self.literal(class);
        }
        let line = self.line(ty);
        let (ty, to) = (self.ty(ty), self.b.place());
        self.b.copy(to, from);
        self.b.typed(to, ty, false, line);
        to
    }

    /// `e?`: what is inside, and a conversion of the error.
    fn try_expression(&mut self, node: Node<'_>, expect: Option<TypeId>) -> Place {
        let Some(inner) = self.only_child(node) else {
            return Place::NOWHERE;
        };
        let from = self.expr(inner, expect);
        if from == Place::NOWHERE {
            return from;
        }
        let line = self.end_line(node);
        let (ok, some) = (self.b.name("Ok.0"), self.b.name("Some.0"));
        let to = self.b.load(from, Select::Field(ok), line);
        let within = self.b.current();
        let select = Select::Field(some);
        self.b.facts.flows.push(Flow::Load {
            to,
            base: from,
            select,
            within,
            line,
            callee: false,
        });
        if let Some(error) = self.body.ty.and_then(|ty| self.error_type(ty, 0))
            && let Some(callee) = self.path_on(error, "From::from", line)
        {
            // Which of them, the operand's own error says; where nobody knows it, it may be any.
            if let Some(wanted) = self.body.ty.and_then(|ty| self.error_type(ty, 0)) {
                self.mention_on(wanted, "From::from", line);
            }
            let err = self.b.name("Err.0");
            let error = self.b.load(from, Select::Field(err), line);
            let text = self.b.name("?");
            self.b.call(
                CallKind::Implicit,
                line,
                callee,
                Place::NOWHERE,
                &[error],
                text,
            );
        }
        to
    }

    /// The callee `T::member` for a type that has a path.
    pub(super) fn path_on(&mut self, ty: TypeId, member: &str, line: u32) -> Option<Place> {
        let Type::Named(path, _) = &self.b.facts.types[ty.0 as usize] else {
            return None;
        };
        let mut path = path.clone();
        path.rest.push(self.b.name(member));
        Some(self.b.path(path, line, true))
    }

    /// References `T::member`, where a type has a path and the member.
    pub(super) fn mention_on(&mut self, ty: TypeId, member: &str, line: u32) {
        let Type::Named(path, _) = &self.b.facts.types[ty.0 as usize] else {
            return;
        };
        let mut path = path.clone();
        path.rest.push(self.b.name(member));
        self.b.path(path, line, false);
    }

    /// `E` of a declared `Result<T, E>`, through an alias of this file.
    fn error_type(&mut self, ty: TypeId, depth: u32) -> Option<TypeId> {
        let Type::Named(path, args) = &self.b.facts.types[ty.0 as usize] else {
            return None;
        };
        match (path.head, path.rest.last(), args.as_slice()) {
            (Head::Def(def), None, _) if depth < 3 => {
                let def = self.b.def(def);
                let (kind, ty) = (def.kind, def.ty);
                if kind == NodeKind::Type {
                    self.error_type(ty?, depth + 1)
                } else {
                    None
                }
            }
            (head, last, &[_, error]) => {
                let name = match (last, head) {
                    (Some(&name), _) | (None, Head::Free(name, _)) => name,
                    (None, Head::Import(id)) => match self.b.facts.imports[id.0 as usize].name {
                        Imported::Name(name) => name,
                        _ => return None,
                    },
                    _ => return None,
                };
                (self.b.text(name) == "Result").then_some(error)
            }
            _ => None,
        }
    }

    // Blocks and control

    fn block_expression(&mut self, node: Node<'_>, expect: Option<TypeId>) -> Place {
        if self.kind(node) == Kind::Block {
            return self.block(node, expect);
        }
        match children(node)
            .into_iter()
            .find(|&child| self.kind(child) == Kind::Block)
        {
            Some(block) if self.kind(node) == Kind::UnsafeBlock => self.block(block, expect),
            Some(block) => self.block(block, None),
            None => Place::NOWHERE,
        }
    }

    /// Reads a block; its value is that of the expression at its end.
    pub(super) fn block(&mut self, node: Node<'_>, expect: Option<TypeId>) -> Place {
        self.deeper(self.line(node), |lower| lower.read_block(node, expect))
    }

    fn read_block(&mut self, node: Node<'_>, expect: Option<TypeId>) -> Place {
        let nodes = children(node);
        self.b.scopes.push(tag::BLOCK);
        let label = nodes
            .first()
            .filter(|&&child| self.kind(child) == Kind::Label);
        let labelled = label.map(|&label| self.text(label).into());
        let result = if labelled.is_some() {
            self.b.place()
        } else {
            Place::NOWHERE
        };
        let has_label = labelled.is_some();
        if has_label {
            self.loops.push((labelled, result));
        }
        let has_items = nodes.iter().any(|&child| is_item(self.kind(child)));
        let globs = self.globs;
        let (enums, foreign) = (self.glob_enums.len(), self.glob_foreign);
        if has_items {
            let mut items = self.declare_items(&nodes, false);
            self.item_headers(&mut items);
            self.item_bodies(items);
        }
        let last = nodes.iter().rposition(|&child| {
            !matches!(self.kind(child), Kind::LineComment | Kind::BlockComment)
        });
        let mut value = Place::NOWHERE;
        for (at, &child) in nodes.iter().enumerate() {
            let is_last = Some(at) == last;
            match self.kind(child) {
                Kind::LetDeclaration => self.let_declaration(child),
                Kind::ExpressionStatement => {
                    let Some(inner) = self.only_child(child) else {
                        continue;
                    };
                    // A block-like expression at the end stands without a semicolon.
                    let tail = is_last && child.child_count() == 1;
                    let got = self.expr(inner, if tail { expect } else { None });
                    if tail {
                        value = got;
                    }
                }
                Kind::Label
                | Kind::LineComment
                | Kind::BlockComment
                | Kind::AttributeItem
                | Kind::InnerAttributeItem => {}
                kind if is_item(kind) => {}
                _ if is_last => value = self.expr(child, expect),
                _ => {
                    self.expr(child, None);
                }
            }
        }
        self.globs = globs;
        self.glob_enums.truncate(enums);
        self.glob_foreign = foreign;
        self.b.scopes.pop();
        if has_label {
            self.loops.pop();
            self.b.copy(result, value);
            return result;
        }
        value
    }

    fn let_declaration(&mut self, node: Node<'_>) {
        let f = &self.g.fields;
        let Some(pattern) = self.field(node, f.pattern) else {
            return;
        };
        let ty = self.field(node, f.type_);
        let line = ty.map_or(0, |ty| self.line(ty));
        let ty = ty.map(|ty| self.ty(ty));
        let value = match self.field(node, f.value) {
            Some(value) => self.expr(value, ty),
            None => Place::NOWHERE,
        };
        if let Some(alternative) = self.field(node, f.alternative) {
            self.block(alternative, None);
        }
        let mutable = node
            .named_child(0)
            .is_some_and(|c| self.kind(c) == Kind::MutableSpecifier);
        let plain = self.kind(pattern) == Kind::Identifier;
        if plain
            && !mutable
            && ty.is_none()
            && value != Place::NOWHERE
            && !camel(self.text(pattern))
        {
            // Nothing else can flow into it: the variable is the value.
            let name = self.name(pattern);
            self.b.scopes.bind(name, Bound::Place(value));
            return;
        }
        let place = self.b.place();
        if !ty.is_some_and(|ty| self.is_plain_struct(ty)) {
            self.b.copy(place, value);
        }
        if let Some(ty) = ty
            && self.b.facts.types[ty.0 as usize] != Type::Unknown
        {
            self.b.typed(place, ty, false, line);
        }
        if plain && !camel(self.text(pattern)) {
            let name = self.name(pattern);
            self.b.scopes.bind(name, Bound::Place(place));
        } else {
            self.pattern(pattern, place);
        }
    }

    /// Whether a declared type says all of the value: a struct of this file without parameters.
    fn is_plain_struct(&self, ty: TypeId) -> bool {
        match &self.b.facts.types[ty.0 as usize] {
            Type::Named(
                Path {
                    head: Head::Def(def),
                    rest,
                },
                args,
            ) => {
                rest.is_empty()
                    && args.is_empty()
                    && self.shapes.contains_key(def)
                    && self.b.facts.defs[def.0 as usize].generics.is_empty()
            }
            _ => false,
        }
    }

    /// A condition: `let` parts bind in the innermost scope.
    pub(super) fn condition(&mut self, node: Node<'_>) {
        match self.kind(node) {
            Kind::LetCondition => {
                let f = &self.g.fields;
                let value = self
                    .field(node, f.value)
                    .map(|value| self.expr(value, None));
                if let Some(pattern) = self.field(node, f.pattern) {
                    self.pattern(pattern, value.unwrap_or_default());
                }
            }
            Kind::LetChain => {
                for child in self.parts_of(node) {
                    self.deeper(0, |lower| lower.condition(child));
                }
            }
            _ => {
                self.expr(node, None);
            }
        }
    }

    fn if_expression(&mut self, node: Node<'_>, expect: Option<TypeId>) -> Place {
        let f = &self.g.fields;
        self.b.scopes.push(tag::BLOCK);
        if let Some(condition) = self.field(node, f.condition) {
            self.condition(condition);
        }
        let first = match self.field(node, f.consequence) {
            Some(block) => self.block(block, expect),
            None => Place::NOWHERE,
        };
        self.b.scopes.pop();
        let second = match self
            .field(node, f.alternative)
            .and_then(|clause| self.only_child(clause))
        {
            Some(other) => self.expr(other, expect),
            None => Place::NOWHERE,
        };
        self.join(first, second)
    }

    /// A place that holds what either holds.
    pub(super) fn join(&mut self, a: Place, b: Place) -> Place {
        if a == Place::NOWHERE || a == b {
            return b;
        }
        if b == Place::NOWHERE {
            return a;
        }
        let to = self.b.place();
        self.b.copy(to, a);
        self.b.copy(to, b);
        to
    }

    fn match_expression(&mut self, node: Node<'_>, expect: Option<TypeId>) -> Place {
        let f = &self.g.fields;
        let value = self
            .field(node, f.value)
            .map(|value| self.expr(value, None));
        let value = value.unwrap_or_default();
        let Some(body) = self.field(node, f.body) else {
            return Place::NOWHERE;
        };
        let mut result = Place::NOWHERE;
        for arm in children(body) {
            if self.kind(arm) != Kind::MatchArm {
                continue;
            }
            self.b.scopes.push(tag::BLOCK);
            if let Some(outer) = self.field(arm, f.pattern) {
                self.match_pattern(outer, value);
            }
            if let Some(value) = self.field(arm, f.value) {
                let got = self.expr(value, expect);
                if got != Place::NOWHERE {
                    if result == Place::NOWHERE {
                        result = self.b.place();
                    }
                    self.b.copy(result, got);
                }
            }
            self.b.scopes.pop();
        }
        result
    }

    /// An arm's pattern with its guard.
    pub(super) fn match_pattern(&mut self, outer: Node<'_>, value: Place) {
        let guard = self.field(outer, self.g.fields.condition);
        if let Some(&pattern) = self.parts_of(outer).first()
            && guard.is_none_or(|guard| guard.id() != pattern.id())
        {
            self.pattern(pattern, value);
        }
        if let Some(guard) = guard {
            self.condition(guard);
        }
    }

    fn for_expression(&mut self, node: Node<'_>) -> Place {
        let f = &self.g.fields;
        let Some(value) = self.field(node, f.value) else {
            return Place::NOWHERE;
        };
        let line = self.line(value);
        let of = self.expr(value, None);
        self.b.scopes.push(tag::BLOCK);
        let mut item = Place::NOWHERE;
        if of != Place::NOWHERE {
            let iterator = self.b.implicit(of, "IntoIterator::into_iter", &[], line);
            let next = self.b.implicit(iterator, "Iterator::next", &[], line);
            let some = self.b.name("Some.0");
            item = self.b.load(next, Select::Field(some), line);
        }
        if let Some(pattern) = self.field(node, f.pattern) {
            self.pattern(pattern, item);
        }
        self.loop_body(node);
        self.b.scopes.pop();
        Place::NOWHERE
    }

    fn loop_body(&mut self, node: Node<'_>) -> Place {
        let label = children(node)
            .into_iter()
            .find(|&child| self.kind(child) == Kind::Label);
        let label = label.map(|label| self.text(label).into());
        let result = self.b.place();
        self.loops.push((label, result));
        if let Some(body) = self.field(node, self.g.fields.body) {
            self.block(body, None);
        }
        self.loops.pop();
        result
    }

    fn break_expression(&mut self, node: Node<'_>) -> Place {
        let parts = self.parts_of(node);
        let label = parts.iter().find(|&&part| self.kind(part) == Kind::Label);
        let label = label.map(|&label| self.text(label).to_owned());
        let value = parts.iter().find(|&&part| self.kind(part) != Kind::Label);
        let Some(&value) = value else {
            return Place::NOWHERE;
        };
        let from = self.expr(value, None);
        let to = self.loops.iter().rev().find(|(name, _)| match &label {
            Some(label) => name.as_deref() == Some(label.as_str()),
            None => true,
        });
        if let Some(&(_, to)) = to {
            self.b.copy(to, from);
        }
        Place::NOWHERE
    }

    /// A closure: a definition that sees the variables around it.
    fn closure(&mut self, node: Node<'_>) -> Place {
        let f = &self.g.fields;
        let name = self.b.name("<lambda>");
        let def = self.define(node, node, name, NodeKind::Function, &Attrs::default());
        self.b.value(def);
        let range = node.byte_range();
        let body_hash = self.hash(range);
        let ret = self.b.place();
        let d = self.b.def(def);
        d.flags.0 |= DefFlags::LAMBDA;
        d.body = body_hash;
        d.ret = ret;
        self.b.enter(def);
        self.b.scopes.push(tag::BLOCK);
        let outer = std::mem::replace(
            &mut self.body,
            Body {
                ret,
                ty: None,
                closure: true,
            },
        );
        let loops = std::mem::take(&mut self.loops);
        if let Some(params) = self.field(node, f.parameters) {
            let mut cursor = params.walk();
            for param in params.children(&mut cursor) {
                if param.is_extra() || (!param.is_named() && param.kind() != "_") {
                    continue;
                }
                let place = self.b.place();
                let (pattern, ty) = if self.kind(param) == Kind::Parameter {
                    let ty = self.field(param, f.type_).map(|ty| self.ty(ty));
                    (self.field(param, f.pattern), ty)
                } else {
                    (Some(param), None)
                };
                let name = match pattern {
                    Some(pattern) if self.kind(pattern) == Kind::Identifier => self.name(pattern),
                    _ => self.b.name(""),
                };
                let kind = ParamKind::Plain;
                self.b.def(def).params.push(Param {
                    name,
                    place,
                    kind,
                    ty,
                });
                if let Some(pattern) = pattern {
                    self.parameter(pattern, place);
                }
            }
        }
        let ty = self.field(node, f.return_type).map(|ty| self.ty(ty));
        self.b.def(def).ty = ty;
        self.body.ty = ty;
        self.body.closure = ty.is_none();
        if let Some(body) = self.field(node, f.body) {
            let value = self.expr(body, ty);
            self.b.copy(ret, value);
        }
        self.body = outer;
        self.loops = loops;
        self.b.scopes.pop();
        self.b.leave();
        self.b.place_of(def)
    }
}

/// Whether a statement declares something.
fn is_item(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::FunctionItem
            | Kind::FunctionSignatureItem
            | Kind::StructItem
            | Kind::UnionItem
            | Kind::EnumItem
            | Kind::TraitItem
            | Kind::TypeItem
            | Kind::ConstItem
            | Kind::StaticItem
            | Kind::ModItem
            | Kind::ImplItem
            | Kind::MacroDefinition
            | Kind::UseDeclaration
            | Kind::ExternCrate
            | Kind::ForeignModItem
    )
}

/// The primitive type that a literal or type name ends with.
fn suffix(text: &str, default: &'static str) -> &'static str {
    const TYPES: [&str; 17] = [
        "u128", "i128", "usize", "isize", "u16", "i16", "u32", "i32", "u64", "i64", "f32", "f64",
        "u8", "i8", "bool", "char", "str",
    ];
    TYPES
        .into_iter()
        .find(|ty| text.ends_with(ty))
        .unwrap_or(default)
}
