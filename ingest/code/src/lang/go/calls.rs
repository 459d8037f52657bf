//! Calls, and what the language's own functions do.
//!
//! Goes in: a call expression. Comes out: a call with its arguments, or the flows of a builtin.

use super::grammar::{Kind, children};
use super::lower::Lower;
use crate::facts::*;
use crate::lang::builder::Bound;
use smallvec::SmallVec;
use tree_sitter::Node;

/// How many results of a call may become arguments of the call around it.
const SPREAD: usize = 3;

impl<'t> Lower<'t> {
    /// A call; gives the place of its result.
    pub(super) fn call(&mut self, node: Node<'t>) -> Place {
        let f = &self.g.fields;
        let Some(function) = self.field(node, f.function) else {
            return Place::NOWHERE;
        };
        let args = self
            .field(node, f.arguments)
            .map(children)
            .unwrap_or_default();
        let Some(callee_node) = self.strip(function) else {
            return Place::NOWHERE;
        };
        if self.kind(callee_node) == Kind::Identifier
            && self.lookup(self.text(callee_node)).is_none()
            && let Some(result) = self.language_call(self.text(callee_node), &args, node)
        {
            return result;
        }
        if let Some(ty) = self.pointer_conversion(function) {
            let mut value = Place::NOWHERE;
            for &arg in &args {
                value = self.expr(arg);
            }
            return self.converted_to(value, ty);
        }
        if self.kind(callee_node) == Kind::Identifier
            && let Some(Bound::Generic(_)) = self.lookup(self.text(callee_node))
        {
            // A conversion to a type parameter.
            let to = self.b.place();
            for &arg in &args {
                let value = self.expr(arg);
                self.b.copy(to, value);
            }
            let (ty, line) = (self.ty(callee_node), self.line(callee_node));
            self.b.typed(to, ty, false, line);
            return to;
        }
        let (callee, line) = match self.field(node, f.type_arguments) {
            Some(list) => (
                self.generic_callee(callee_node, list),
                self.line(callee_node),
            ),
            None => self.callee(callee_node),
        };
        self.files_of_call(callee_node, &args);
        self.suite_run(callee_node, &args);
        let args = self.arguments(&args);
        let text = self.b.bounded(self.text(function));
        self.b
            .call_with(CallKind::Plain, line, callee, Place::NOWHERE, args, text)
    }

    /// `(*T)(x)`, which the grammar reads as a call.
    fn pointer_conversion(&mut self, function: Node<'t>) -> Option<Node<'t>> {
        if self.kind(function) != Kind::ParenthesizedExpression {
            return None;
        }
        let inner = self.strip(function)?;
        if self.kind(inner) != Kind::UnaryExpression || !self.text(inner).starts_with('*') {
            return None;
        }
        let mut operand = self.field(inner, self.g.fields.operand)?;
        while self.kind(operand) == Kind::UnaryExpression && self.text(operand).starts_with('*') {
            operand = self.field(operand, self.g.fields.operand)?;
        }
        let conversion = match self.kind(operand) {
            Kind::Identifier => match self.lookup(self.text(operand)) {
                Some(Bound::Def(def)) => self.underlying.contains_key(&def),
                None => self.is_basic_name(operand),
                _ => false,
            },
            _ => false,
        };
        conversion.then_some(inner)
    }

    fn callee(&mut self, node: Node<'t>) -> (Place, u32) {
        let f = &self.g.fields;
        match self.kind(node) {
            Kind::Identifier => (self.identifier(node, true), self.line(node)),
            Kind::SelectorExpression => {
                let line = self.field(node, f.field).map_or(0, |n| self.line(n));
                (self.selector(node, true), line)
            }
            Kind::IndexExpression => (self.index_expression(node, true), self.line(node)),
            Kind::TypeInstantiation => match children(node).first() {
                Some(&inner) => self.callee(inner),
                None => (Place::NOWHERE, self.line(node)),
            },
            _ => (self.expr(node), self.line(node)),
        }
    }

    pub(super) fn arguments(&mut self, nodes: &[Node<'t>]) -> Vec<Arg> {
        let positional = |place| Arg {
            place,
            kind: ArgKind::Positional,
        };
        if let [only] = nodes
            && let Some(inner) = self.strip(*only)
            && self.kind(inner) == Kind::CallExpression
        {
            // f(g()) gives f all results of g.
            let line = self.line(*only);
            let whole = self.expr(*only);
            let mut out = Vec::with_capacity(SPREAD);
            for i in 0..SPREAD {
                let select = self.nth(i);
                let part = self.b.load(whole, select, line);
                if i == 0 {
                    let first = self.b.place();
                    self.b.copy(first, whole);
                    self.b.copy(first, part);
                    out.push(positional(first));
                } else {
                    out.push(positional(part));
                }
            }
            return out;
        }
        let mut out = Vec::with_capacity(nodes.len());
        for &node in nodes {
            let kind = match self.kind(node) {
                Kind::VariadicArgument => ArgKind::Spread,
                _ => ArgKind::Positional,
            };
            let place = self.expr(node);
            out.push(Arg { place, kind });
        }
        out
    }

    /// What the language's own functions do; `None` for those that are modelled or are no such.
    fn language_call(&mut self, name: &str, args: &[Node<'t>], node: Node<'t>) -> Option<Place> {
        let line = self.line(node);
        match name {
            "append" => {
                let mut nodes = args.iter();
                let first = self.expr(*nodes.next()?);
                let list = self.b.object("__slice");
                let old = self.b.load(first, Select::Element, line);
                self.b.store(list, Select::Element, old, line);
                let out = self.b.place();
                self.b.copy(out, list);
                let grows = self.grows(node, args[0]);
                let mut added = SmallVec::<[Place; 4]>::new();
                for &arg in nodes {
                    let value = self.expr(arg);
                    added.push(match self.kind(arg) {
                        Kind::VariadicArgument => self.b.load(value, Select::Element, line),
                        _ => value,
                    });
                }
                for value in added {
                    self.b.store(list, Select::Element, value, line);
                    if grows {
                        self.b.store(first, Select::Element, value, line);
                    }
                }
                if grows {
                    self.b.copy(out, first);
                }
                Some(out)
            }
            "make" | "new" => {
                let ty_node = *args.first()?;
                for &size in &args[1..] {
                    self.expr(size);
                }
                let ty = self.ty(ty_node);
                let place = self.b.place();
                if name == "new" && self.is_cell_type(ty_node) {
                    let pointer = self.b.object("__ptr");
                    self.b.copy(place, pointer);
                } else {
                    self.b.typed(place, ty, true, line);
                }
                Some(place)
            }
            // What an encoder visits: fields and elements.
            "__parts" if self.model => {
                let whole = self.expr(*args.first()?);
                let part = self.b.load(whole, Select::Any, line);
                let list = self.b.object("__slice");
                self.b.store(list, Select::Element, part, line);
                Some(list)
            }
            "copy" => {
                let (to, from) = (self.expr(*args.first()?), self.expr(*args.get(1)?));
                let element = self.b.load(from, Select::Element, line);
                self.b.store(to, Select::Element, element, line);
                Some(Place::NOWHERE)
            }
            "len" | "cap" | "delete" | "recover" | "close" | "clear" | "panic" | "complex"
            | "real" | "imag" | "string" | "bool" | "byte" | "rune" | "int" | "int8" | "int16"
            | "int32" | "int64" | "uint" | "uint8" | "uint16" | "uint32" | "uint64" | "uintptr"
            | "float32" | "float64" | "complex64" | "complex128" | "any" => {
                let mut value = Place::NOWHERE;
                for &arg in args {
                    value = self.expr(arg);
                }
                Some(match name {
                    "string" | "any" => value,
                    _ => Place::NOWHERE,
                })
            }
            _ => None,
        }
    }

    /// `xs = append(xs, x)`: whoever holds the list sees what is added.
    fn grows(&self, node: Node<'t>, list: Node<'t>) -> bool {
        let Some(values) = node.parent() else {
            return false;
        };
        let Some(assignment) = values.parent() else {
            return false;
        };
        if self.kind(assignment) != Kind::AssignmentStatement {
            return false;
        }
        let wanted = self.text(list);
        self.field(assignment, self.g.fields.left)
            .is_some_and(|left| children(left).iter().any(|&l| self.text(l) == wanted))
    }
}
