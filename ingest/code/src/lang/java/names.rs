//! What names mean: variables, fields, types, packages, and methods of the classes around.

use super::kinds::K;
use super::lower::{Direct, Inside, Lowerer, Var, dotted, line};
use crate::facts::*;
use crate::lang::builder::Bound;
use tree_sitter::Node;

/// What a simple name in an expression is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meaning {
    /// A local variable or parameter: index into the variables.
    Var(usize),
    /// A field of a class of this file, and the class frame it is seen from.
    Field(DefId, usize),
    /// A type.
    Type,
    /// Bound by nothing in this file.
    Unknown,
}

impl<'t> Lowerer<'t> {
    /// What a name means where it is written as a value.
    pub(super) fn meaning(&self, name: Name) -> Meaning {
        let var = self
            .b
            .scopes
            .all(name)
            .find_map(|(scope, _, bound)| match bound {
                Bound::Place(Place(index)) => Some((scope, index as usize)),
                _ => None,
            });
        for (at, frame) in self.classes.iter().enumerate().rev() {
            if var.is_some_and(|(scope, _)| scope >= frame.scopes) {
                break;
            }
            let field = self.info.get(&frame.def).and_then(|i| i.fields.get(&name));
            if let Some(&(def, _)) = field {
                return Meaning::Field(def, at);
            }
        }
        match var {
            Some((_, index)) => Meaning::Var(index),
            None if self.types.get(name).is_some() => Meaning::Type,
            None => Meaning::Unknown,
        }
    }

    /// What members without a qualifier are looked up on in the class of a frame.
    pub(super) fn base_of(&mut self, frame: usize) -> Place {
        let at = self.classes[frame];
        match at.inside {
            Inside::Instance(place) => place,
            Inside::Static => self.b.place_of(at.def),
            Inside::Body => {
                if at.outer_this != Place::NOWHERE {
                    return at.outer_this;
                }
                let ty = self.own_type(at.def);
                let to = self.b.place();
                let row = self.b.def(at.def).name_line;
                self.b.typed(to, ty, false, row);
                self.classes[frame].outer_this = to;
                to
            }
        }
    }

    /// `this`.
    pub(super) fn this(&mut self) -> Place {
        match self.classes.len() {
            0 => Place::NOWHERE,
            n => self.base_of(n - 1),
        }
    }

    /// `Outer.this`.
    pub(super) fn outer_this(&mut self, name: Name) -> Place {
        let frame = self
            .classes
            .iter()
            .rposition(|f| self.b.facts.defs[f.def.0 as usize].name == name);
        match frame {
            Some(frame) => self.base_of(frame),
            None => Place::NOWHERE,
        }
    }

    /// The value of a simple name.
    pub(super) fn name_value(&mut self, node: Node<'t>) -> Place {
        let name = self.name_of(node);
        match self.meaning(name) {
            Meaning::Var(index) => self.vars[index].place,
            Meaning::Field(def, ..) => {
                let place = self.b.place_of(def);
                self.b.mention(place, line(node));
                place
            }
            Meaning::Type => self.type_value(name, line(node)),
            Meaning::Unknown => self.unknown_value(name, line(node)),
        }
    }

    /// A class as a value, by its simple name.
    pub(super) fn type_value(&mut self, name: Name, at: u32) -> Place {
        match self.types.get(name) {
            Some(Bound::Def(def)) => {
                let place = self.b.place_of(def);
                self.b.mention(place, at);
                place
            }
            Some(Bound::Import(import)) => {
                let place = self.b.imported(import);
                self.b.mention(place, at);
                place
            }
            Some(_) => Place::NOWHERE,
            None => self.b.free(name),
        }
    }

    /// A name that nothing in the file binds: a static import, an inherited field, a class of the package.
    fn unknown_value(&mut self, name: Name, at: u32) -> Place {
        let dotted = self.dot(name);
        if let Some(imports) = self.static_names.get(&name).cloned() {
            let to = self.b.place();
            for import in imports {
                let base = self.b.imported(import);
                let found = self.b.load(base, Select::Field(dotted), at);
                self.b.copy(to, found);
            }
            return to;
        }
        let text = self.b.text(name);
        let upper = text.chars().next().is_some_and(char::is_uppercase);
        let to = if upper {
            self.b.free(name)
        } else {
            self.b.place()
        };
        let constant = !text_has_lower(self.b.text(name));
        if upper && !constant {
            return to;
        }
        for frame in (0..self.classes.len()).rev() {
            let def = self.classes[frame].def;
            if self.info.get(&def).is_some_and(|i| i.has_bases) {
                let base = self.base_of(frame);
                let found = self.b.load(base, Select::Field(dotted), at);
                self.b.copy(to, found);
            }
        }
        for import in self.static_stars.clone() {
            let base = self.b.imported(import);
            let found = self.b.load(base, Select::Field(dotted), at);
            self.b.copy(to, found);
        }
        to
    }

    /// A dotted name that begins with a package, as the class it names and what is left of it.
    pub(super) fn package_name(&mut self, node: Node<'t>) -> Option<(Place, Vec<String>)> {
        let text = self.text(node);
        let first = text.split('.').next()?.trim();
        let starts = first.chars().next()?;
        if !(starts.is_lowercase() || starts == '_') || !is_plain(node, self) {
            return None;
        }
        let name = self.b.name(first);
        if !matches!(self.meaning(name), Meaning::Unknown) {
            return None;
        }
        let text = dotted(text);
        let segments: Vec<&str> = text.split('.').collect();
        let class = segments
            .iter()
            .position(|s| s.chars().next().is_some_and(char::is_uppercase))?;
        if class == 0 {
            return None;
        }
        let full = segments[..=class].join(".");
        let import = self.qualified_import(&full, line(node), ImportKind::Optional);
        let rest = segments[class + 1..]
            .iter()
            .map(|s| (*s).to_owned())
            .collect();
        Some((self.b.imported(import), rest))
    }

    /// The callee of a method of the class of a frame that nothing overrides, where it has only such
    /// methods of that name.
    pub(super) fn direct(&mut self, frame: usize, name: Name, at: u32) -> Option<(Place, Place)> {
        let def = self.classes[frame].def;
        match self.info.get(&def)?.direct.get(&name)?.clone() {
            Direct::Static => {
                let base = self.b.place_of(def);
                Some((base, self.b.load_callee(base, Select::Field(name), at)))
            }
            Direct::Private(all) => {
                let callee = self.b.place();
                for method in all {
                    let place = self.b.place_of(method);
                    self.b.copy(callee, place);
                }
                self.this_argument = self.base_of(frame);
                Some((self.this_argument, callee))
            }
            Direct::Mixed => None,
        }
    }

    /// The callee of a method called without a qualifier.
    pub(super) fn unqualified(&mut self, name: Name, at: u32) -> (Place, Place) {
        let mut found: Vec<(Place, Place)> = Vec::new();
        let mut declared = false;
        for frame in (0..self.classes.len()).rev() {
            let def = self.classes[frame].def;
            let info = self.info.get(&def);
            let own = info.is_some_and(|i| i.methods.contains(&name));
            if own
                && found.is_empty()
                && !self.is_model
                && let Some(direct) = self.direct(frame, name, at)
            {
                return direct;
            }
            let info = self.info.get(&def);
            if own || info.is_some_and(|i| i.has_bases) || self.is_model {
                let base = self.base_of(frame);
                found.push((base, self.b.load_callee(base, Select::Field(name), at)));
            }
            if own {
                declared = true;
                break;
            }
        }
        if !declared && self.top_methods.contains(&name) {
            let callee = self.b.free(name);
            found.push((Place::NOWHERE, callee));
            declared = true;
        }
        if !declared {
            let mut imports = Vec::new();
            if let Some(named) = self.static_names.get(&name) {
                imports.extend(named.iter().copied());
            } else {
                imports.extend(self.static_stars.iter().copied());
            }
            let to = self.b.place();
            for &import in &imports {
                let base = self.b.imported(import);
                let callee = self.b.load_callee(base, Select::Field(name), at);
                self.b.copy(to, callee);
            }
            if !imports.is_empty() {
                found.push((Place::NOWHERE, to));
            }
        }
        if found.is_empty()
            && let Some(frame) = self.classes.len().checked_sub(1)
        {
            // `getClass()`, `hashCode()`: every class has them.
            let base = self.base_of(frame);
            found.push((base, self.b.load_callee(base, Select::Field(name), at)));
        }
        match found.as_slice() {
            [] => (Place::NOWHERE, Place::NOWHERE),
            [only] => *only,
            [first, others @ ..] => {
                let to = self.b.place();
                self.b.copy(to, first.1);
                for &(_, from) in others {
                    self.b.facts.flows.push(Flow::Else { to, from });
                }
                (first.0, to)
            }
        }
    }

    // ---- values into declared places ----------------------------------------------------------

    /// A value into a place of a declared type: what cannot be of the type does not get there.
    pub(super) fn flow_declared(&mut self, to: Place, from: Place, ty: Option<TypeId>, at: u32) {
        if from == Place::NOWHERE || to == Place::NOWHERE {
            return;
        }
        match ty {
            Some(ty) if self.primitive_type(ty).is_some() => {}
            Some(ty) => {
                let within = self.b.current();
                self.b.facts.flows.push(Flow::Narrow {
                    to,
                    from,
                    ty,
                    within,
                    line: at,
                });
            }
            None => self.b.copy(to, from),
        }
    }

    /// A fresh version of a variable of a declared type.
    pub(super) fn declared_place(&mut self, ty: Option<TypeId>, at: u32) -> Place {
        let place = self.b.place();
        if let Some(ty) = ty
            && !self.is_model
        {
            self.b.typed(place, ty, false, at);
        }
        place
    }

    /// A local variable, with its first value.
    pub(super) fn declare_var(
        &mut self,
        name: Node<'t>,
        ty: Option<TypeId>,
        value: Option<Place>,
    ) -> Place {
        let at = line(name);
        let place = self.declared_place(ty, at);
        if let Some(value) = value {
            self.flow_declared(place, value, ty, at);
        }
        let name = self.name_of(name);
        let primitive = ty.and_then(|ty| self.primitive_type(ty));
        self.bind_var(
            name,
            Var {
                place,
                ty,
                primitive,
                depth: self.depth,
                text: None,
            },
        );
        place
    }

    /// A value assigned to a variable: in a straight line it hides what was there before.
    pub(super) fn assign_var(&mut self, index: usize, value: Place, at: u32) {
        let (ty, depth) = (self.vars[index].ty, self.vars[index].depth);
        self.vars[index].text = None;
        if depth == self.depth {
            let place = self.declared_place(ty, at);
            self.flow_declared(place, value, ty, at);
            self.vars[index].place = place;
        } else {
            let place = self.vars[index].place;
            self.flow_declared(place, value, ty, at);
        }
    }

    // ---- constants ----------------------------------------------------------------------------

    /// The string that an expression is, where the file says so.
    pub(super) fn constant_text(&mut self, node: Node<'t>) -> Option<String> {
        match self.kind(node) {
            K::StringLiteral => Some(self.string_text(node)),
            K::Parenthesized => {
                let inner = *self.kids(node).first()?;
                self.constant_text(inner)
            }
            K::Binary => {
                let operator = self.field(node, self.t.fields.operator)?;
                if self.text(operator) != "+" {
                    return None;
                }
                let left = self.field(node, self.t.fields.left)?;
                let right = self.field(node, self.t.fields.right)?;
                Some(self.constant_text(left)? + &self.constant_text(right)?)
            }
            K::Identifier => {
                let name = self.name_of(node);
                match self.meaning(name) {
                    Meaning::Var(index) => self.vars[index].text.clone(),
                    Meaning::Field(_, frame) => {
                        let def = self.classes[frame].def;
                        self.info.get(&def)?.texts.get(&name).cloned()
                    }
                    _ => None,
                }
            }
            K::FieldAccess => {
                // `Names.HANDLER` of this file.
                let object = self.field(node, self.t.fields.object)?;
                let object = self.name_of(object);
                let field = self.field_name(node, self.t.fields.field);
                match self.types.get(object) {
                    Some(Bound::Def(def)) => self.info.get(&def)?.texts.get(&field).cloned(),
                    _ => None,
                }
            }
            K::ClassLiteral => None,
            _ => None,
        }
    }

    /// The characters of a string literal, as far as they matter for names.
    pub(super) fn string_text(&self, node: Node<'t>) -> String {
        let text = self.text(node);
        text.trim_start_matches('"')
            .trim_end_matches('"')
            .to_owned()
    }
}

fn text_has_lower(text: &str) -> bool {
    text.chars().any(char::is_lowercase)
}

/// True for `a.b.c` without calls or brackets.
fn is_plain(node: Node<'_>, lowerer: &Lowerer<'_>) -> bool {
    let mut at = node;
    loop {
        match lowerer.kind(at) {
            K::Identifier => return true,
            K::FieldAccess => match at.child_by_field_id(lowerer.t.fields.object) {
                Some(object) => at = object,
                None => return false,
            },
            _ => return false,
        }
    }
}
