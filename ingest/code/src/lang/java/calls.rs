//! Calls, object creation, method references, and calls by name.

use super::kinds::K;
use super::lower::{Lowerer, line};
use super::names::Meaning;
use crate::facts::*;
use ripple_schemas::kind::BlindKind;
use tree_sitter::Node;

impl<'t> Lowerer<'t> {
    pub(super) fn arguments(&mut self, node: Node<'t>) -> Vec<Arg> {
        let kids = self.kids(node);
        kids.into_iter()
            .map(|kid| Arg {
                place: self.expression(kid),
                kind: ArgKind::Positional,
            })
            .collect()
    }

    pub(super) fn invocation(&mut self, node: Node<'t>) -> Place {
        let Some(name_node) = self.field(node, self.t.fields.name) else {
            return Place::NOWHERE;
        };
        let at = line(name_node);
        let name = self.name_of(name_node);
        let object = self.field(node, self.t.fields.object);
        let args_node = self.field(node, self.t.fields.arguments);
        if self.is_model
            && object.is_none()
            && let Some(args) = args_node
            && let Some(found) = self.model_form(name, args, at)
        {
            return found;
        }
        let super_word = self
            .kids(node)
            .into_iter()
            .any(|n| self.kind(n) == K::Super);
        self.this_argument = Place::NOWHERE;
        let (base, callee) = match object {
            None => self.unqualified(name, at),
            Some(object) if self.kind(object) == K::This && !self.is_model => {
                let frame = self.classes.len().checked_sub(1);
                match frame.and_then(|frame| self.direct(frame, name, at)) {
                    Some(found) => found,
                    None => {
                        let base = self.this();
                        (base, self.b.load_callee(base, Select::Field(name), at))
                    }
                }
            }
            Some(object) if self.kind(object) == K::Super => {
                let base = self.super_of_this();
                (base, self.b.load_callee(base, Select::Field(name), at))
            }
            Some(object) if super_word => self.qualified_super(object, name, at),
            Some(object) => {
                let base = self.expression(object);
                (base, self.b.load_callee(base, Select::Field(name), at))
            }
        };
        if let Some(args) = args_node {
            self.files_of_call(name, object, args);
            self.annotated_by(name, args);
        }
        let this = std::mem::replace(&mut self.this_argument, Place::NOWHERE);
        let mut args = args_node.map_or(Vec::new(), |a| self.arguments(a));
        if this != Place::NOWHERE {
            let kind = ArgKind::Keyword(self.b.name("this"));
            args.push(Arg { place: this, kind });
        }
        if let Some(args_node) = args_node
            && object.is_some()
            && let Some(signature) = self.signature(name, args_node)
        {
            let place = self.b.string(&signature);
            let kind = ArgKind::Keyword(self.b.name("$types"));
            args.push(Arg { place, kind });
        }
        let text = match object {
            Some(object) => {
                let written = &self.source[object.start_byte()..name_node.end_byte()];
                self.b.bounded(written)
            }
            None => name,
        };
        if let Some(object) = object
            && let Some(args_node) = args_node
            && let Some(found) = self.by_name(object, name, args_node, at)
        {
            return found;
        }
        let untold = object.is_some() && args.is_empty() && self.b.text(name) == "readObject";
        let result = self
            .b
            .call_with(CallKind::Plain, at, callee, base, args, text);
        if untold && !self.is_model {
            self.deserialised_untold(node, base, result, at);
        }
        result
    }

    fn super_of_this(&mut self) -> Place {
        let Some(frame) = self.classes.last() else {
            return Place::NOWHERE;
        };
        let class = frame.def;
        let receiver = self.this();
        self.super_place(class, receiver)
    }

    /// `Interface.super.m()` or `Outer.super.m()`.
    fn qualified_super(&mut self, object: Node<'t>, name: Name, at: u32) -> (Place, Place) {
        let qualifier = self.name_of(object);
        let outer = self
            .classes
            .iter()
            .rposition(|f| self.b.facts.defs[f.def.0 as usize].name == qualifier);
        if let Some(frame) = outer {
            let class = self.classes[frame].def;
            let receiver = self.base_of(frame);
            let base = self.super_place(class, receiver);
            return (base, self.b.load_callee(base, Select::Field(name), at));
        }
        // The interface's own method, with this as its receiver.
        let class = self.type_value(qualifier, at);
        let method = self.b.load(class, Select::Field(name), at);
        let bind = self.b.name("__bind");
        let binder = self.b.load_callee(method, Select::Field(bind), at);
        let this = self.this();
        let bound = self
            .b
            .call(CallKind::Implicit, at, binder, method, &[this], bind);
        (this, bound)
    }

    // ---- creation -----------------------------------------------------------------------------

    pub(super) fn creation(&mut self, node: Node<'t>) -> Place {
        let Some(ty_node) = self.field(node, self.t.fields.type_) else {
            return Place::NOWHERE;
        };
        let at = line(ty_node);
        let (mut body, mut outer) = (None, None);
        for kid in self.kids(node) {
            match self.kind(kid) {
                K::ClassBody => body = Some(kid),
                _ if kid.id() == ty_node.id() => {}
                K::Arguments | K::TypeArguments | K::MarkerAnnotation | K::Annotation => {}
                // `outer.new Inner()`.
                _ => outer = Some(self.expression(kid)),
            }
        }
        if let Some(args) = self.field(node, self.t.fields.arguments) {
            self.files_of_creation(self.text(ty_node), args);
        }
        let args = self
            .field(node, self.t.fields.arguments)
            .map_or(Vec::new(), |a| self.arguments(a));
        let text = self.text(ty_node);
        let text = self.b.bounded(text);
        let callee = match body {
            Some(body) => {
                let base = self.type_of(ty_node);
                let def = self.anonymous(node, body, base);
                self.b.place_of(def)
            }
            None => self.class_place(ty_node, at),
        };
        let callee = match outer {
            // The class is a member of that value's class.
            Some(outer) if self.kind(ty_node) == K::TypeIdentifier => {
                let name = self.name_of(ty_node);
                let inner = self.b.load(outer, Select::Field(name), at);
                let to = self.b.place();
                self.b.copy(to, callee);
                self.b.copy(to, inner);
                to
            }
            _ => callee,
        };
        self.b
            .call_with(CallKind::New, at, callee, Place::NOWHERE, args, text)
    }

    /// The class that a type node names, as a value.
    fn class_place(&mut self, node: Node<'t>, at: u32) -> Place {
        match self.kind(node) {
            K::TypeIdentifier | K::Identifier => {
                let name = self.name_of(node);
                match self.types.get(name) {
                    Some(crate::lang::builder::Bound::Def(def)) => self.b.place_of(def),
                    Some(crate::lang::builder::Bound::Import(import)) => self.b.imported(import),
                    Some(_) => Place::NOWHERE,
                    None => self.b.free(name),
                }
            }
            K::GenericType => {
                let inner = self
                    .kids(node)
                    .into_iter()
                    .find(|&n| self.kind(n) != K::TypeArguments);
                match inner {
                    Some(inner) => self.class_place(inner, at),
                    None => Place::NOWHERE,
                }
            }
            K::ScopedType | K::ScopedIdentifier => {
                let text = super::lower::dotted(self.text(node));
                let text = text.split('<').next().unwrap_or("").to_owned();
                let path = self.path_of(&text, at);
                self.b.path(path, at, true)
            }
            K::AnnotatedType => {
                let inner = self
                    .kids(node)
                    .into_iter()
                    .rfind(|&n| !self.kind(n).is_annotation());
                match inner {
                    Some(inner) => self.class_place(inner, at),
                    None => Place::NOWHERE,
                }
            }
            _ => Place::NOWHERE,
        }
    }

    // ---- method references --------------------------------------------------------------------

    pub(super) fn method_reference(&mut self, node: Node<'t>) -> Place {
        let kids = self.kids(node);
        let Some(&qualifier) = kids.first() else {
            return Place::NOWHERE;
        };
        let at = line(node);
        let text = self.text(node);
        let makes = text
            .rsplit("::")
            .next()
            .is_some_and(|last| last.trim_end().ends_with("new"));
        if makes {
            let class = self.class_place(qualifier, at);
            let name = self.b.name("new");
            let maker = self.b.load(class, Select::Field(name), at);
            self.b.mention(class, at);
            return maker;
        }
        let Some(name) = kids
            .last()
            .copied()
            .filter(|&n| self.kind(n) == K::Identifier && kids.len() > 1)
        else {
            return Place::NOWHERE;
        };
        let name = self.name_of(name);
        if self.kind(qualifier) == K::Super {
            let base = self.super_of_this();
            return self.bound_reference(base, name, at);
        }
        match self.reference_class(qualifier) {
            // Static, or its first argument is the receiver.
            Some(class) => self.b.load(class, Select::Field(name), at),
            None => {
                let base = self.expression(qualifier);
                self.bound_reference(base, name, at)
            }
        }
    }

    fn bound_reference(&mut self, base: Place, name: Name, at: u32) -> Place {
        let bound = self.b.load_callee(base, Select::Field(name), at);
        self.b.mention(bound, at);
        bound
    }

    /// The class before `::`, where it is a type.
    fn reference_class(&mut self, node: Node<'t>) -> Option<Place> {
        let at = line(node);
        match self.kind(node) {
            K::Identifier => {
                let name = self.name_of(node);
                match self.meaning(name) {
                    Meaning::Type => Some(self.type_value(name, at)),
                    Meaning::Unknown => {
                        let text = self.b.text(name);
                        let upper = text.chars().next().is_some_and(char::is_uppercase)
                            && text.chars().any(char::is_lowercase);
                        upper.then(|| self.b.free(name))
                    }
                    _ => None,
                }
            }
            K::FieldAccess => {
                if let Some((mut place, rest)) = self.package_name(node) {
                    for part in &rest {
                        place = self.member_value(place, part, at);
                    }
                    return Some(place);
                }
                let field = self.field(node, self.t.fields.field)?;
                let object = self.field(node, self.t.fields.object)?;
                let text = self.text(field);
                let is_class = text.chars().next().is_some_and(char::is_uppercase)
                    && text.chars().any(char::is_lowercase);
                if !is_class {
                    return None;
                }
                let base = self.reference_class(object)?;
                let name = self.b.name(text);
                Some(self.b.load(base, Select::Field(name), at))
            }
            K::TypeIdentifier | K::GenericType | K::ScopedType => Some(self.class_place(node, at)),
            K::ArrayType | K::IntegralType | K::FloatType | K::BooleanType => Some(Place::NOWHERE),
            _ => None,
        }
    }

    // ---- calls by name ------------------------------------------------------------------------

    /// `Class.forName("a.B")` and `ServiceLoader.load(I.class)`.
    fn by_name(&mut self, object: Node<'t>, name: Name, args: Node<'t>, at: u32) -> Option<Place> {
        let object = self.text(object);
        let object = object.rsplit('.').next().unwrap_or(object);
        let first = self.kids(args).first().copied()?;
        let known = self.constant_text(first);
        match (object, self.b.text(name)) {
            ("Class", "forName") => {
                let Some(text) = known else {
                    self.b.blind(
                        BlindKind::Dynamic,
                        at,
                        "a class loaded by a name that is computed",
                    );
                    return None;
                };
                Some(self.class_by_name(&text, at))
            }
            (_, "getMethod" | "getDeclaredMethod" | "getField" | "getDeclaredField")
                if known.is_none() =>
            {
                self.b.blind(
                    BlindKind::Dynamic,
                    at,
                    "a member looked up by a name that is computed",
                );
                None
            }
            (_, "loadClass") if self.kids(args).len() == 1 => {
                let text = known?;
                Some(self.class_by_name(&text, at))
            }
            ("ServiceLoader", "load") => {
                let service = match self.kind(first) {
                    K::ClassLiteral => *self.kids(first).first()?,
                    _ => return None,
                };
                Some(self.services(service, at))
            }
            _ => None,
        }
    }

    /// The parameter types that a reflective look-up names: `~String,int`.
    fn signature(&mut self, name: Name, args: Node<'t>) -> Option<String> {
        let kids = self.kids(args);
        let types: Vec<Node<'t>> = match self.b.text(name) {
            "getConstructor" | "getDeclaredConstructor" => kids.to_vec(),
            "getMethod" | "getDeclaredMethod" => kids.get(1..)?.to_vec(),
            "findVirtual" | "findStatic" | "findSpecial" | "findConstructor" => {
                let ty = kids.iter().copied().find(|&k| {
                    self.kind(k) == K::MethodInvocation && self.text(k).contains("methodType")
                })?;
                let args = self.field(ty, self.t.fields.arguments)?;
                self.kids(args).get(1..)?.to_vec()
            }
            _ => return None,
        };
        let mut out = Vec::new();
        for ty in types {
            if self.kind(ty) != K::ClassLiteral {
                return None;
            }
            out.push(self.erased(*self.kids(ty).first()?));
        }
        Some(format!("~{}", out.join(",")))
    }

    fn class_by_name(&mut self, text: &str, at: u32) -> Place {
        let full = text.replace('$', ".");
        let import = self.qualified_import(&full, at, ImportKind::Dynamic);
        let class = self.b.imported(import);
        self.class_object(class, at)
    }

    /// The providers of a service, as META-INF/services names them.
    fn services(&mut self, service: Node<'t>, at: u32) -> Place {
        let written = super::lower::dotted(self.text(service));
        let name = self.b.name(&written);
        let full = match self.imported_names.get(&name) {
            Some(full) => full.clone(),
            None if written.contains('.') || self.package.is_empty() => written,
            None => format!("{}.{written}", self.package),
        };
        let loader = self.b.object("ServiceLoader");
        let text = self.b.name("ServiceLoader.load");
        for index in 0..super::modules::MAX_PROVIDERS {
            let specifier = format!("{}{full}#{index}", super::modules::SERVICES);
            let import = self.qualified_import(&specifier, at, ImportKind::Optional);
            let class = self.b.imported(import);
            let made = self
                .b
                .call(CallKind::New, at, class, Place::NOWHERE, &[], text);
            self.b.store(loader, Select::Element, made, at);
        }
        loader
    }

    /// `in.readObject()` without a cast: what the program writes may come out.
    fn deserialised_untold(&mut self, node: Node<'t>, base: Place, result: Place, at: u32) {
        let mut around = node.parent();
        while let Some(outer) = around.filter(|&n| self.kind(n) == K::Parenthesized) {
            around = outer.parent();
        }
        if around.is_none_or(|outer| self.kind(outer) != K::Cast) {
            let written = self.b.implicit(base, "$any", &[], at);
            self.b.copy(result, written);
        }
    }

    /// `(Cart) in.readObject()`: the hooks of the class that is read run.
    pub(super) fn deserialised(&mut self, value: Node<'t>, read: Place) {
        if self.kind(value) != K::MethodInvocation {
            return;
        }
        let name = self
            .field(value, self.t.fields.name)
            .map_or("", |n| self.text(n));
        let plain = self
            .field(value, self.t.fields.arguments)
            .is_some_and(|a| self.kids(a).is_empty());
        if name != "readObject" || !plain {
            return;
        }
        let at = line(value);
        let stream = self.b.object("ObjectInputStream");
        for (hook, given) in [
            ("readObject", true),
            ("readExternal", true),
            ("readResolve", false),
        ] {
            let args: &[Place] = if given { &[stream] } else { &[] };
            self.b.implicit(read, hook, args, at);
        }
    }

    /// What models say that Java cannot: `__new(class, …)`, `__call(function, …)`,
    /// `__invoke(function, this, …)`, `__member(class, name)`.
    fn model_form(&mut self, name: Name, args: Node<'t>, at: u32) -> Option<Place> {
        let form = self.b.text(name).to_owned();
        if !matches!(
            form.as_str(),
            "__new"
                | "__class"
                | "__call"
                | "__invoke"
                | "__member"
                | "__maker"
                | "__bound"
                | "__bindto"
        ) {
            return None;
        }
        let kids = self.kids(args);
        let (&first, rest) = kids.split_first()?;
        let callee = self.expression(first);
        match form.as_str() {
            "__member" => {
                let key = self.expression(*rest.first()?);
                Some(self.b.load(callee, Select::Computed(key), at))
            }
            "__class" => {
                let to = self.b.place();
                self.b
                    .facts
                    .flows
                    .push(Flow::ClassNamed { to, name: callee });
                Some(to)
            }
            "__bound" => {
                let key = self.expression(*rest.first()?);
                let to = self.b.place();
                let within = self.b.current();
                self.b.facts.flows.push(Flow::Load {
                    to,
                    base: callee,
                    select: Select::Computed(key),
                    within,
                    line: at,
                    callee: true,
                });
                Some(to)
            }
            "__bindto" => {
                let this = self.expression(*rest.first()?);
                let bind = self.b.name("__bind");
                let binder = self.b.load_callee(callee, Select::Field(bind), at);
                Some(
                    self.b
                        .call(CallKind::Plain, at, binder, callee, &[this], bind),
                )
            }
            "__maker" => {
                let new = self.b.name("new");
                Some(self.b.load(callee, Select::Field(new), at))
            }
            _ => {
                let mut given = Vec::new();
                for (index, &arg) in rest.iter().enumerate() {
                    let spread = index + 1 == rest.len() && self.text(arg).starts_with("args");
                    let kind = if spread {
                        ArgKind::Spread
                    } else if form == "__invoke" && index == 0 {
                        ArgKind::Keyword(self.b.name("this"))
                    } else if matches!(
                        (form.as_str(), index),
                        ("__invoke", 1) | ("__new" | "__call", 0)
                    ) {
                        ArgKind::Keyword(self.b.name("$signature"))
                    } else {
                        ArgKind::Positional
                    };
                    let place = self.expression(arg);
                    given.push(Arg { place, kind });
                }
                let kind = if form == "__new" {
                    CallKind::New
                } else {
                    CallKind::Plain
                };
                Some(
                    self.b
                        .call_with(kind, at, callee, Place::NOWHERE, given, name),
                )
            }
        }
    }
}
