//! JSX: an element with a capital or dotted name calls its component with the attributes.

use crate::facts::*;
use crate::lang::ecma::kinds::K;
use crate::lang::ecma::lower::Lower;
use tree_sitter::Node;

impl<'t> Lower<'t> {
    pub(super) fn jsx(&mut self, node: Node<'t>) -> Place {
        let opening = match self.kind(node) {
            K::JsxElement => self.field(node, self.f.open_tag),
            _ => Some(node),
        };
        let Some(opening) = opening else {
            return Place::NOWHERE;
        };
        let name = self.field(opening, self.f.name);
        let component = name.filter(|&n| match self.kind(n) {
            K::Identifier => self
                .text(n)
                .starts_with(|c: char| c.is_uppercase() || c == '_' || c == '$'),
            K::MemberExpression => true,
            _ => false,
        });
        let callee = component.map(|name| self.callee(name));
        let props = if component.is_some() {
            self.b.object("Object")
        } else {
            Place::NOWHERE
        };
        let mut attributes = false;
        for attribute in self.children(opening) {
            let line = self.line(attribute);
            match self.kind(attribute) {
                K::JsxAttribute => {
                    let parts = self.children(attribute);
                    let (Some(&key), value) = (parts.first(), parts.get(1)) else {
                        continue;
                    };
                    let Some(&value) = value else { continue };
                    let from = self.expr(value);
                    if props != Place::NOWHERE {
                        let select = Select::Field(self.name_of(key));
                        self.b.store(props, select, from, line);
                        attributes = true;
                    }
                }
                K::JsxExpression => {
                    // `{...props}`
                    let from = self.expr(attribute);
                    if props != Place::NOWHERE {
                        let link = if attributes { "$spread" } else { "__proto__" };
                        let select = self.field_named(link);
                        self.b.store(props, select, from, line);
                    }
                }
                _ => {}
            }
        }
        if self.kind(node) == K::JsxElement {
            for child in self.children(node) {
                if !matches!(
                    self.kind(child),
                    K::JsxElement | K::JsxSelfClosingElement | K::JsxExpression
                ) {
                    continue;
                }
                let line = self.line(child);
                let from = self.expr(child);
                if props != Place::NOWHERE {
                    let select = self.field_named("children");
                    self.b.store(props, select, from, line);
                }
            }
        }
        let (Some(name), Some((callee, receiver, line))) = (component, callee) else {
            return Place::NOWHERE;
        };
        let text = self.text(name);
        let text = self.b.bounded(text);
        // The element is no result of the call: the component runs when it is rendered.
        self.b
            .call(CallKind::Component, line, callee, receiver, &[props], text);
        self.b.object("Object")
    }
}
