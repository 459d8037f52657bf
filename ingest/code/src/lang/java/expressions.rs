//! Expressions: each gives the place of its value.

use super::kinds::K;
use super::lower::{Lowerer, line};
use super::names::Meaning;
use super::types::ARRAY;
use crate::facts::*;
use tree_sitter::Node;

/// Strings longer than this are data, never names.
const MAX_NAME: usize = 120;

impl<'t> Lowerer<'t> {
    /// The value of an initialiser, whose declared type an array literal takes.
    pub(super) fn value_of(&mut self, node: Node<'t>, ty: Option<TypeId>) -> Place {
        match self.kind(node) {
            K::ArrayInitializer => self.array_initializer(node, ty),
            _ => self.expression(node),
        }
    }

    pub(super) fn expression(&mut self, node: Node<'t>) -> Place {
        match self.kind(node) {
            K::Identifier => self.name_value(node),
            K::This => self.this(),
            K::Parenthesized => match self.kids(node).first() {
                Some(&inner) => self.expression(inner),
                None => Place::NOWHERE,
            },
            K::FieldAccess => self.field_access(node),
            K::MethodInvocation => self.invocation(node),
            K::ObjectCreation => self.creation(node),
            K::Lambda => self.lambda(node),
            K::MethodReference => self.method_reference(node),
            K::Assignment => self.assignment(node),
            K::Binary => self.binary(node),
            K::Unary | K::Update => {
                let inner = match self.field(node, self.t.fields.operand) {
                    Some(operand) => Some(operand),
                    None => self.kids(node).first().copied(),
                };
                let Some(inner) = inner else {
                    return Place::NOWHERE;
                };
                let place = self.expression(inner);
                match self.static_primitive(inner) {
                    Some(class) => self.b.object(class),
                    None => self.sum_of(&[place], line(node)),
                }
            }
            K::Ternary => {
                if let Some(condition) = self.field(node, self.t.fields.condition) {
                    self.expression(condition);
                }
                let to = self.b.place();
                for field in [self.t.fields.consequence, self.t.fields.alternative] {
                    if let Some(part) = self.field(node, field) {
                        self.depth += 1;
                        let value = self.expression(part);
                        self.depth -= 1;
                        self.b.copy(to, value);
                    }
                }
                to
            }
            K::Cast => self.cast(node),
            K::InstanceOf => self.instance_of(node),
            K::Switch => self.switch(node),
            K::ArrayAccess => {
                let Some(array) = self.field(node, self.t.fields.array) else {
                    return Place::NOWHERE;
                };
                let array = self.expression(array);
                if let Some(index) = self.field(node, self.t.fields.index) {
                    self.expression(index);
                }
                self.b.load(array, Select::Element, line(node))
            }
            K::ArrayCreation => self.array_creation(node),
            K::ArrayInitializer => self.array_initializer(node, None),
            K::ClassLiteral => self.class_literal(node),
            K::StringLiteral => {
                let text = self.string_text(node);
                self.file_named(&text, line(node));
                let named = text.len() <= MAX_NAME && !text.contains(char::is_whitespace);
                self.b.string(if named { &text } else { "" })
            }
            K::Template => {
                for kid in self.kids(node) {
                    if self.kind(kid) != K::StringLiteral {
                        self.expression(kid);
                    }
                }
                self.b.string("")
            }
            K::Null => Place::NOWHERE,
            _ => match self.static_primitive(node) {
                Some(class) => self.b.object(class),
                None => Place::NOWHERE,
            },
        }
    }

    // ---- primitives and strings ---------------------------------------------------------------

    /// The primitive class of an expression, where the file alone says so.
    pub(super) fn static_primitive(&mut self, node: Node<'t>) -> Option<&'static str> {
        match self.kind(node) {
            K::Decimal | K::HexInteger | K::Octal | K::BinaryInteger => {
                let long = self.text(node).ends_with(['l', 'L']);
                Some(if long { "__long" } else { "__int" })
            }
            K::DecimalFloat | K::HexFloat => {
                let float = self.text(node).ends_with(['f', 'F']);
                Some(if float { "__float" } else { "__double" })
            }
            K::Character => Some("__char"),
            K::True | K::False | K::InstanceOf => Some("__boolean"),
            K::Identifier => {
                let name = self.name_of(node);
                match self.meaning(name) {
                    Meaning::Var(index) => self.vars[index].primitive,
                    Meaning::Field(def, ..) => {
                        let ty = self.b.def(def).ty?;
                        self.primitive_type(ty)
                    }
                    _ => None,
                }
            }
            K::Parenthesized | K::Update => {
                let inner = *self.kids(node).first()?;
                self.static_primitive(inner)
            }
            K::Unary => {
                let inner = self.field(node, self.t.fields.operand)?;
                self.static_primitive(inner)
            }
            K::Cast => {
                let ty = self.field(node, self.t.fields.type_)?;
                self.primitive(ty)
            }
            K::Binary => {
                let operator = self.field(node, self.t.fields.operator)?;
                match self.text(operator) {
                    "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||" => Some("__boolean"),
                    _ => {
                        let left = self.field(node, self.t.fields.left)?;
                        let right = self.field(node, self.t.fields.right)?;
                        let (a, b) = (self.static_primitive(left)?, self.static_primitive(right)?);
                        Some(wider(a, b))
                    }
                }
            }
            _ => None,
        }
    }

    /// The primitive or string that operands make together.
    fn sum_of(&mut self, operands: &[Place], at: u32) -> Place {
        let to = self.b.place();
        let name = self.b.name(".__sum");
        for &operand in operands {
            if operand != Place::NOWHERE {
                let part = self.b.load(operand, Select::Field(name), at);
                self.b.copy(to, part);
            }
        }
        to
    }

    fn binary(&mut self, node: Node<'t>) -> Place {
        let mut operator = "";
        if let Some(op) = self.field(node, self.t.fields.operator) {
            operator = self.text(op);
        }
        // Long chains lean to the left.
        let mut operands = Vec::new();
        let mut at = node;
        loop {
            if let Some(right) = self.field(at, self.t.fields.right) {
                operands.push(right);
            }
            let Some(left) = self.field(at, self.t.fields.left) else {
                break;
            };
            let same = self.kind(left) == K::Binary
                && self
                    .field(left, self.t.fields.operator)
                    .is_some_and(|op| self.text(op) == operator);
            if !same {
                operands.push(left);
                break;
            }
            at = left;
        }
        operands.reverse();
        let literal = operands.iter().any(|&n| self.kind(n) == K::StringLiteral);
        let mut places = Vec::with_capacity(operands.len());
        let mut primitive: Option<&'static str> = None;
        let mut all_primitive = true;
        for &operand in &operands {
            let class = self.static_primitive(operand);
            match (class, primitive) {
                (Some(a), Some(b)) => primitive = Some(wider(a, b)),
                (Some(a), None) => primitive = Some(a),
                (None, _) => all_primitive = false,
            }
            let place = self.expression(operand);
            if operator == "+" && class.is_none() && self.kind(operand) != K::StringLiteral {
                self.text_of(place, line(operand));
            }
            places.push(place);
        }
        match operator {
            "==" | "!=" | "<" | "<=" | ">" | ">=" | "&&" | "||" => self.b.object("__boolean"),
            "+" if literal => self.b.string(""),
            _ if all_primitive => match primitive {
                Some(class) => self.b.object(class),
                None => Place::NOWHERE,
            },
            _ => self.sum_of(&places, line(node)),
        }
    }

    /// A value becomes text: its `toString` runs.
    pub(super) fn text_of(&mut self, place: Place, at: u32) {
        if place != Place::NOWHERE {
            self.b.implicit(place, "toString", &[], at);
        }
    }

    // ---- fields and assignments ---------------------------------------------------------------

    fn field_access(&mut self, node: Node<'t>) -> Place {
        let (Some(object), Some(field)) = (
            self.field(node, self.t.fields.object),
            self.field(node, self.t.fields.field),
        ) else {
            return Place::NOWHERE;
        };
        if self.kind(field) == K::This {
            let name = self.name_of(object);
            return self.outer_this(name);
        }
        let at = line(field);
        if let Some((mut place, rest)) = self.package_name(node) {
            for part in rest {
                place = self.member_value(place, &part, at);
            }
            return place;
        }
        if self.kind(object) == K::This
            && let Some(own) = self.own_field(field)
        {
            self.b.mention(own, at);
            return own;
        }
        let base = if self.kind(object) == K::Super {
            self.this()
        } else {
            self.expression(object)
        };
        let text = self.text(field);
        self.member_value(base, text, at)
    }

    /// A field or nested class of a value.
    pub(super) fn member_value(&mut self, base: Place, text: &str, at: u32) -> Place {
        if self.is_model && text == "__element" {
            return self.b.load(base, Select::Element, at);
        }
        let dotted = self.b.name(&format!(".{text}"));
        let found = self.b.load(base, Select::Field(dotted), at);
        if text.chars().next().is_some_and(char::is_uppercase) {
            // `Outer.Inner` as the qualifier of something static.
            let to = self.b.place();
            let name = self.b.name(text);
            let class = self.b.load(base, Select::Field(name), at);
            self.b.copy(to, found);
            self.b.copy(to, class);
            return to;
        }
        found
    }

    /// The place of a field that the innermost class declares itself.
    fn own_field(&mut self, field: Node<'t>) -> Option<Place> {
        if self.is_model {
            return None;
        }
        let name = self.name_of(field);
        let frame = self.classes.last()?;
        let &(def, _) = self.info.get(&frame.def)?.fields.get(&name)?;
        Some(self.b.place_of(def))
    }

    fn assignment(&mut self, node: Node<'t>) -> Place {
        let (Some(left), Some(right)) = (
            self.field(node, self.t.fields.left),
            self.field(node, self.t.fields.right),
        ) else {
            return Place::NOWHERE;
        };
        let operator = self
            .field(node, self.t.fields.operator)
            .map_or("=", |o| self.text(o));
        let at = line(node);
        if operator != "=" {
            let numeric = self.static_primitive(left).is_some();
            let before = self.expression(left);
            let value = self.expression(right);
            if operator == "+=" && !numeric {
                if self.static_primitive(right).is_none() && self.kind(right) != K::StringLiteral {
                    self.text_of(value, at);
                }
                self.text_of(before, at);
            }
            return before;
        }
        let value = self.expression(right);
        match self.kind(left) {
            K::Identifier => {
                let name = self.name_of(left);
                match self.meaning(name) {
                    Meaning::Var(index) => self.assign_var(index, value, at),
                    Meaning::Field(def, ..) => self.assign_field(def, value, at),
                    _ => {
                        let dotted = self.dot(name);
                        for frame in (0..self.classes.len()).rev() {
                            let class = self.classes[frame].def;
                            if self.info.get(&class).is_some_and(|i| i.has_bases) {
                                let base = self.base_of(frame);
                                self.b.store(base, Select::Field(dotted), value, at);
                            }
                        }
                    }
                }
            }
            K::ArrayAccess => {
                if let Some(array) = self.field(left, self.t.fields.array) {
                    let array = self.expression(array);
                    self.b.store(array, Select::Element, value, at);
                }
                if let Some(index) = self.field(left, self.t.fields.index) {
                    self.expression(index);
                }
            }
            K::FieldAccess => self.assign_member(left, value, at),
            _ => {}
        }
        value
    }

    fn assign_field(&mut self, def: DefId, value: Place, at: u32) {
        let ty = self.b.def(def).ty;
        let place = self.b.place_of(def);
        self.b.mention(place, at);
        self.flow_declared(place, value, ty, at);
    }

    fn assign_member(&mut self, left: Node<'t>, value: Place, at: u32) {
        let (Some(object), Some(field)) = (
            self.field(left, self.t.fields.object),
            self.field(left, self.t.fields.field),
        ) else {
            return;
        };
        let name = self.name_of(field);
        if self.kind(object) == K::This
            && !self.is_model
            && let Some(frame) = self.classes.last()
            && let Some(&(def, _)) = self.info.get(&frame.def).and_then(|i| i.fields.get(&name))
        {
            return self.assign_field(def, value, at);
        }
        let base = match self.kind(object) {
            K::Super => self.this(),
            _ => self.expression(object),
        };
        if self.is_model && self.b.text(name) == "__element" {
            return self.b.store(base, Select::Element, value, at);
        }
        let dotted = self.dot(name);
        self.b.store(base, Select::Field(dotted), value, at);
    }

    // ---- types in expressions -----------------------------------------------------------------

    fn cast(&mut self, node: Node<'t>) -> Place {
        let mut cursor = node.walk();
        let types: Vec<Node<'t>> = node
            .children_by_field_id(
                std::num::NonZeroU16::new(self.t.fields.type_).unwrap_or(std::num::NonZeroU16::MIN),
                &mut cursor,
            )
            .filter(|n| n.is_named())
            .collect();
        let Some(value_node) = self.field(node, self.t.fields.value) else {
            return Place::NOWHERE;
        };
        let value = self.expression(value_node);
        let Some(&first) = types.first() else {
            return value;
        };
        if let Some(class) = self.primitive(first) {
            return self.b.object(class);
        }
        let ty = self.type_of(first);
        for &other in &types[1..] {
            if let Some(ty) = self.type_of(other) {
                let place = self.b.place();
                self.b.typed(place, ty, false, line(other));
            }
        }
        let to = self.declared_place(ty, line(node));
        self.narrow(to, value, ty, line(node));
        self.deserialised(value_node, to);
        to
    }

    fn instance_of(&mut self, node: Node<'t>) -> Place {
        let value = self
            .field(node, self.t.fields.left)
            .map_or(Place::NOWHERE, |n| self.expression(n));
        if let Some(pattern) = self.field(node, self.t.fields.pattern) {
            self.pattern(pattern, value);
        } else if let Some(right) = self.field(node, self.t.fields.right) {
            let ty = self.type_of(right);
            let place = self.b.place();
            self.narrow(place, value, ty, line(right));
            if let Some(name) = self.field(node, self.t.fields.name) {
                self.bind_pattern(name, place, ty);
            }
        }
        self.b.object("__boolean")
    }

    fn class_literal(&mut self, node: Node<'t>) -> Place {
        let Some(&ty_node) = self.kids(node).first() else {
            return Place::NOWHERE;
        };
        let class = match self.kind(ty_node) {
            K::TypeIdentifier | K::Identifier => {
                let name = self.name_of(ty_node);
                self.type_value(name, line(node))
            }
            K::ScopedType | K::ScopedIdentifier => {
                let text = super::lower::dotted(self.text(ty_node));
                let path = self.path_of(&text, line(node));
                self.b.path(path, line(node), false)
            }
            _ => Place::NOWHERE,
        };
        self.class_object(class, line(node))
    }

    /// The `Class` object of a class.
    pub(super) fn class_object(&mut self, class: Place, at: u32) -> Place {
        let object = self.b.object("Class");
        let of = self.b.name(".$of");
        self.b.store(object, Select::Field(of), class, at);
        object
    }

    // ---- arrays -------------------------------------------------------------------------------

    fn array_creation(&mut self, node: Node<'t>) -> Place {
        let ty_node = self.field(node, self.t.fields.type_);
        let mut count = 0;
        for kid in self.kids(node) {
            match self.kind(kid) {
                K::DimensionsExpr => {
                    count += 1;
                    for size in self.kids(kid) {
                        self.expression(size);
                    }
                }
                K::Dimensions => count += self.dimensions(kid),
                _ => {}
            }
        }
        let ty = ty_node
            .and_then(|ty| self.type_of(ty))
            .map(|ty| self.array_of(ty, count));
        match self.field(node, self.t.fields.value) {
            Some(value) => self.array_initializer(value, ty),
            None => {
                let array = self.b.object(ARRAY);
                let to = self.declared_place(ty, line(node));
                self.b.copy(to, array);
                to
            }
        }
    }

    fn array_initializer(&mut self, node: Node<'t>, ty: Option<TypeId>) -> Place {
        let element = ty.and_then(|ty| match &self.b.facts.types[ty.0 as usize] {
            Type::Named(_, args) => args.first().copied(),
            _ => None,
        });
        let array = self.b.object(ARRAY);
        for kid in self.kids(node) {
            let value = self.value_of(kid, element);
            if value != Place::NOWHERE && self.static_primitive(kid).is_none() {
                self.b.store(array, Select::Element, value, line(kid));
            }
        }
        let to = self.declared_place(ty, line(node));
        self.b.copy(to, array);
        to
    }
}

/// Binary numeric promotion (the Java Language Specification, 5.6).
fn wider(a: &'static str, b: &'static str) -> &'static str {
    if a == "__boolean" && b == "__boolean" {
        return "__boolean";
    }
    for class in ["__double", "__float", "__long"] {
        if a == class || b == class {
            return class;
        }
    }
    "__int"
}
