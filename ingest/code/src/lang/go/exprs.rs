//! Expressions.
//!
//! Goes in: an expression. Comes out: the place of its values; nowhere for numbers and truth.

use super::grammar::{Kind, children};
use super::lower::{CONVERTED, KEY, Lower, POINTED};
use crate::facts::*;
use crate::lang::builder::Bound;
use ripple_schemas::NodeKind;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    /// An expression without the parentheses around it.
    pub(super) fn strip(&self, node: Node<'t>) -> Option<Node<'t>> {
        let mut at = node;
        for _ in 0..32 {
            if self.kind(at) != Kind::ParenthesizedExpression {
                return Some(at);
            }
            at = at.named_child(0)?;
        }
        None
    }

    pub(super) fn expr(&mut self, node: Node<'t>) -> Place {
        self.expr_as(node, None)
    }

    /// An expression where a value of a type is wanted, as a type node.
    pub(super) fn expr_as(&mut self, node: Node<'t>, typed: Option<Node<'t>>) -> Place {
        let line = self.line(node);
        self.deeper(line, |lower| lower.expr_of(node, typed))
    }

    fn expr_of(&mut self, node: Node<'t>, typed: Option<Node<'t>>) -> Place {
        let f = &self.g.fields;
        let line = self.line(node);
        match self.kind(node) {
            Kind::Identifier => self.identifier(node, false),
            Kind::Nil => self.nil(),
            Kind::InterpretedString | Kind::RawString => match self.unquoted(node) {
                Some(text) => {
                    self.file_named(text, line);
                    self.template(text, line);
                    match text.len() <= 64 && !self.model {
                        true => self.b.string(text),
                        false => Place::NOWHERE,
                    }
                }
                None => Place::NOWHERE,
            },
            Kind::ParenthesizedExpression => match node.named_child(0) {
                Some(inner) => self.expr_as(inner, typed),
                None => Place::NOWHERE,
            },
            Kind::SelectorExpression => self.selector(node, false),
            Kind::CallExpression => self.call(node),
            Kind::FuncLiteral => self.func_literal(node),
            Kind::CompositeLiteral => self.composite(node),
            Kind::LiteralValue => self.literal(typed, node),
            Kind::IndexExpression => self.index_expression(node, false),
            Kind::TypeInstantiation => match children(node).first() {
                Some(&inner) => self.expr(inner),
                None => Place::NOWHERE,
            },
            Kind::GenericType => match self.field(node, f.type_) {
                Some(inner) => self.expr(inner),
                None => Place::NOWHERE,
            },
            Kind::TypeIdentifier => self.identifier(node, false),
            Kind::QualifiedType => self.selector(node, false),
            Kind::SliceExpression => self.slice_expression(node),
            Kind::TypeAssertion => {
                let (Some(operand), Some(ty)) =
                    (self.field(node, f.operand), self.field(node, f.type_))
                else {
                    return Place::NOWHERE;
                };
                let value = self.expr(operand);
                let ty = self.ty(ty);
                if self.says_nothing(ty) {
                    return value;
                }
                let to = self.b.place();
                self.narrow(to, value, ty, line);
                to
            }
            Kind::TypeConversion => self.type_conversion(node),
            Kind::UnaryExpression => self.unary(node),
            Kind::BinaryExpression => {
                let mut sides = [Place::NOWHERE; 2];
                for (side, field) in sides.iter_mut().zip([f.left, f.right]) {
                    if let Some(part) = self.field(node, field) {
                        *side = self.expr(part);
                    }
                }
                let keeps = self.field(node, f.operator).is_some_and(|o| {
                    !matches!(
                        self.text(o),
                        "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||"
                    )
                });
                if !keeps {
                    return Place::NOWHERE;
                }
                // Arithmetic on a named type gives that type.
                let to = self.b.place();
                for side in sides {
                    self.b.copy(to, side);
                }
                to
            }
            Kind::VariadicArgument | Kind::ExpressionList => {
                let mut last = Place::NOWHERE;
                for child in children(node) {
                    last = self.expr(child);
                }
                last
            }
            _ => Place::NOWHERE,
        }
    }

    /// Nothing: known to be no object and no function.
    fn nil(&mut self) -> Place {
        if self.model {
            return Place::NOWHERE;
        }
        if self.nil == Place::NOWHERE {
            self.nil = self.b.object("__nil");
        }
        self.nil
    }

    /// What a type's name stands for as a value: the type itself, for method expressions.
    fn type_value(&mut self, ty: TypeId, line: u32) -> Place {
        match self.b.facts.types[ty.0 as usize].clone() {
            Type::Named(path, _) => self.b.path(path, line, true),
            _ => Place::NOWHERE,
        }
    }

    /// A name. A callee is not mentioned: the call makes the edge.
    pub(super) fn identifier(&mut self, node: Node<'t>, callee: bool) -> Place {
        let (text, line) = (self.text(node), self.line(node));
        if matches!(text, "_" | "nil" | "true" | "false" | "iota") {
            return Place::NOWHERE;
        }
        match self.lookup(text) {
            Some(Bound::Place(place)) => place,
            Some(Bound::Def(def)) => {
                let place = self.b.place_of(def);
                if !callee {
                    self.b.mention(place, line);
                }
                place
            }
            Some(Bound::Import(id)) => self.b.imported(id),
            Some(Bound::Generic(_)) => Place::NOWHERE,
            None => {
                let path = self.free_path(text, &[]);
                self.b.path(path, line, callee)
            }
        }
    }

    /// `x.f`: a member of a package, of a type (a method expression) or of a value.
    pub(super) fn selector(&mut self, node: Node<'t>, callee: bool) -> Place {
        let f = &self.g.fields;
        // What looks like a type may be a field: `s.table[k](x)`.
        let operand = self
            .field(node, f.operand)
            .or_else(|| self.field(node, f.package));
        let field = self
            .field(node, f.field)
            .or_else(|| self.field(node, f.name));
        let (Some(operand), Some(field)) = (operand, field) else {
            return Place::NOWHERE;
        };
        let (name, line) = (self.name(field), self.line(field));
        if matches!(
            self.kind(operand),
            Kind::Identifier | Kind::PackageIdentifier
        ) {
            let text = self.text(operand);
            let head = match self.lookup(text) {
                Some(Bound::Import(id)) => Some(Head::Import(id)),
                Some(Bound::Def(def)) if self.is_type(def) => Some(Head::Def(def)),
                None => {
                    let name = self.b.name(text);
                    Some(Head::Free(name, DefId(0)))
                }
                _ => None,
            };
            if let Some(head) = head {
                let path = Path {
                    head,
                    rest: vec![name],
                };
                return self.b.path(path, line, callee);
            }
        }
        let base = match (self.kind(operand), self.method_expression(operand)) {
            (_, Some(class)) => class,
            (Kind::PackageIdentifier, _) => self.identifier(operand, false),
            _ => self.expr(operand),
        };
        if callee {
            self.b.load_callee(base, Select::Field(name), line)
        } else {
            self.b.load(base, Select::Field(name), line)
        }
    }

    fn is_type(&self, def: DefId) -> bool {
        matches!(
            self.b.facts.defs[def.0 as usize].kind,
            NodeKind::Class | NodeKind::Interface | NodeKind::Type
        )
    }

    /// `(*T)` before a method's name: the type.
    fn method_expression(&mut self, operand: Node<'t>) -> Option<Place> {
        if self.kind(operand) != Kind::ParenthesizedExpression {
            return None;
        }
        let inner = self.strip(operand)?;
        let line = self.line(inner);
        if self.kind(inner) != Kind::UnaryExpression || !self.text(inner).starts_with('*') {
            return None;
        }
        let pointed = self.field(inner, self.g.fields.operand)?;
        match self.kind(pointed) {
            Kind::Identifier => match self.lookup(self.text(pointed)) {
                Some(Bound::Def(def)) if self.is_type(def) => {}
                None => {}
                _ => return None,
            },
            Kind::SelectorExpression => {
                let package = self.field(pointed, self.g.fields.operand)?;
                let Some(Bound::Import(_)) = self.lookup(self.text(package)) else {
                    return None;
                };
            }
            _ => return None,
        }
        let ty = self.ty(pointed);
        Some(self.type_value(ty, line))
    }

    /// `xs[i]`, `m[k]`, or a generic function with its type arguments.
    pub(super) fn index_expression(&mut self, node: Node<'t>, callee: bool) -> Place {
        let f = &self.g.fields;
        let (Some(operand), Some(index)) = (self.field(node, f.operand), self.field(node, f.index))
        else {
            return Place::NOWHERE;
        };
        let line = self.line(node);
        let base = match self.kind(operand) {
            Kind::Identifier => self.identifier(operand, callee),
            Kind::SelectorExpression => self.selector(operand, callee),
            _ => self.expr(operand),
        };
        let local = self.kind(operand) == Kind::Identifier
            && matches!(self.lookup(self.text(operand)), Some(Bound::Place(_)));
        let named = matches!(
            self.kind(operand),
            Kind::Identifier | Kind::SelectorExpression
        );
        let (select, _) = self.key(index);
        let element = self.b.load(base, select, line);
        if local || !named {
            return element;
        }
        // `Map[int]` of a function gives the function.
        let to = self.b.place();
        self.b.copy(to, element);
        self.functions_of(to, base, line);
        to
    }

    fn functions_of(&mut self, to: Place, from: Place, line: u32) {
        let ty = self.b.ty(Type::Function(Vec::new(), None));
        self.narrow(to, from, ty, line);
    }

    fn slice_expression(&mut self, node: Node<'t>) -> Place {
        let f = &self.g.fields;
        let Some(operand) = self.field(node, f.operand) else {
            return Place::NOWHERE;
        };
        let base = self.expr(operand);
        let start = self.field(node, f.start);
        for part in [start, self.field(node, f.end), self.field(node, f.capacity)]
            .into_iter()
            .flatten()
        {
            self.expr(part);
        }
        if start.is_none_or(|s| self.text(s) == "0") {
            return base;
        }
        // What was the second is the first now.
        let line = self.line(node);
        let part = self.b.object("__slice");
        let element = self.b.load(base, Select::Element, line);
        self.b.store(part, Select::Element, element, line);
        part
    }

    /// `[]T(x)`, `(*T)(x)`, `func()(x)`; and `table[k](x)`, which looks the same.
    fn type_conversion(&mut self, node: Node<'t>) -> Place {
        let f = &self.g.fields;
        let (Some(operand), Some(ty_node)) =
            (self.field(node, f.operand), self.field(node, f.type_))
        else {
            return Place::NOWHERE;
        };
        if self.kind(ty_node) == Kind::GenericType
            && let Some(base) = self.field(ty_node, f.type_)
            && let Some(args) = self.field(ty_node, f.type_arguments)
            && !self.is_type_name(base)
        {
            let callee = self.generic_callee(base, args);
            let args = self.arguments(&[operand]);
            let (line, text) = (self.line(base), self.b.bounded(self.text(ty_node)));
            return self
                .b
                .call_with(CallKind::Plain, line, callee, Place::NOWHERE, args, text);
        }
        let value = self.expr(operand);
        self.converted_to(value, ty_node)
    }

    fn is_type_name(&mut self, node: Node<'t>) -> bool {
        match self.lookup(self.text(node)) {
            Some(Bound::Def(def)) => self.is_type(def),
            Some(Bound::Generic(_)) => true,
            _ => false,
        }
    }

    /// `f[T]` or `table[k]` as the callee of a call: only who knows `f` knows which.
    pub(super) fn generic_callee(&mut self, base: Node<'t>, args: Node<'t>) -> Place {
        let line = self.line(base);
        let value = match self.kind(base) {
            Kind::Identifier | Kind::TypeIdentifier => self.identifier(base, true),
            Kind::SelectorExpression | Kind::QualifiedType => self.selector(base, true),
            _ => self.expr(base),
        };
        let args = children(args);
        let index = match args.as_slice() {
            [only] if self.kind(*only) == Kind::TypeElem => children(*only).first().copied(),
            [only] => Some(*only),
            _ => None,
        };
        let to = self.b.place();
        if let Some(index) = index {
            let (select, _) = self.key(index);
            let element = self.b.load(value, select, line);
            self.b.copy(to, element);
        }
        let local = matches!(self.kind(base), Kind::Identifier | Kind::TypeIdentifier)
            && matches!(self.lookup(self.text(base)), Some(Bound::Place(_)));
        if !local {
            self.functions_of(to, value, line);
        }
        to
    }

    /// A value as one of a type: the same value, but for named types.
    pub(super) fn converted_to(&mut self, value: Place, ty_node: Node<'t>) -> Place {
        let line = self.line(ty_node);
        match self.kind(ty_node) {
            Kind::GenericType | Kind::QualifiedType | Kind::TypeIdentifier => {
                let ty = self.ty(ty_node);
                let to = self.b.place();
                self.b.typed(to, ty, true, line);
                let inner = self.member_named(CONVERTED);
                self.b.store(to, inner, value, line);
                to
            }
            _ => value,
        }
    }

    fn unary(&mut self, node: Node<'t>) -> Place {
        let f = &self.g.fields;
        let Some(operand) = self.field(node, f.operand) else {
            return Place::NOWHERE;
        };
        let line = self.line(node);
        let operator = self.field(node, f.operator).map_or("", |o| self.text(o));
        match operator {
            "&" => {
                let value = self.expr(operand);
                self.address(operand, value, line)
            }
            "*" => {
                let value = self.expr(operand);
                let pointed = self.member_named(POINTED);
                let inner = self.b.load(value, pointed, line);
                let to = self.b.place();
                self.b.copy(to, value);
                self.b.copy(to, inner);
                to
            }
            "<-" => {
                let value = self.expr(operand);
                let carried = self.member_named(KEY);
                self.b.load(value, carried, line)
            }
            _ => {
                let value = self.expr(operand);
                if operator == "!" {
                    Place::NOWHERE
                } else {
                    value
                }
            }
        }
    }

    /// A pointer is what it points to; one to a variable of functions or containers can besides be
    /// stored through.
    fn address(&mut self, operand: Node<'t>, value: Place, line: u32) -> Place {
        let cell = self
            .strip(operand)
            .is_some_and(|n| self.kind(n) == Kind::Identifier)
            && self.cells.contains_key(&value);
        let Some(ty) = self.cells.get(&value).copied().filter(|_| cell) else {
            return value;
        };
        let pointer = self.b.object("__ptr");
        let pointed = self.member_named(POINTED);
        self.b.store(pointer, pointed, value, line);
        let back = self.b.load(pointer, pointed, line);
        match self.b.facts.types[ty.0 as usize] {
            Type::Named(..) => self.narrow(value, back, ty, line),
            _ => self.b.copy(value, back),
        }
        let to = self.b.place();
        self.b.copy(to, pointer);
        self.b.copy(to, value);
        to
    }

    fn func_literal(&mut self, node: Node<'t>) -> Place {
        let name = self.b.name("<lambda>");
        let (lines, line) = ((self.line(node), self.end_line(node)), self.line(node));
        let def = self.b.define(NodeKind::Function, name, lines, line);
        let body = self.field(node, self.g.fields.body);
        let start = body.map_or(node.end_byte(), |b| b.start_byte());
        let signature = self.tokens.hash(node.start_byte()..start);
        let hash = self.tokens.hash(start..node.end_byte());
        let mut flags = DefFlags::LAMBDA | DefFlags::STATIC;
        if self.test_file {
            flags |= DefFlags::TEST_ONLY;
        }
        let d = self.b.def(def);
        d.flags = DefFlags(flags);
        d.signature = signature;
        d.body = hash;
        self.b.value(def);
        // A closure of the package's own variables starts afresh.
        let outer = self.b.current() == DefId(0);
        if outer {
            self.shared = body.map(|b| self.shared_names(b)).unwrap_or_default();
        }
        let subtest = self.subtest(node, def);
        let title = std::mem::replace(&mut self.test, subtest);
        self.enter_function(def, |lower| {
            lower.signature(def, node);
            if let Some(body) = body {
                lower.statements(body);
            }
        });
        self.test = title;
        self.b.place_of(def)
    }
}
