//! Tests and set-up that a class inherits.
//!
//! Goes in: the definitions of a family and who extends whom. Comes out: a test of each class that
//! runs a test of a class above it, and the calls of a test to the set-up of classes above its own.
//! Only for languages whose runner knows such a test by the class that inherits it.

use super::{Assembly, Family};
use crate::facts::{Def, DefFlags, DefId, FileFacts};
use crate::solve::Sym;
use ripple_schemas::{EdgeKind, NodeKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// Classes above a class are followed so far.
const MAX_DEPTH: usize = 16;

/// What one file's classes inherit.
#[derive(Default)]
pub(super) struct Inherited {
    pub(super) tests: Vec<Test>,
    /// From a test of this file to what the runner calls before or after it.
    pub(super) hooks: Vec<(DefId, Sym)>,
}

/// A test that a class has from a class above it.
pub(super) struct Test {
    pub(super) class: DefId,
    pub(super) name: String,
    /// As the language writes it, before the runner's own form.
    pub(super) id: String,
    pub(super) runner: String,
    pub(super) base: Sym,
    /// Set-up of the class and of those above it that the base's own does not run.
    pub(super) hooks: Vec<Sym>,
}

/// By the file's number in the tree.
pub(super) fn inherited(input: &Assembly<'_>) -> FxHashMap<usize, Inherited> {
    let mut out = FxHashMap::default();
    for family in input.families {
        Families { input, family }.collect(&mut out);
    }
    out
}

struct Families<'a> {
    input: &'a Assembly<'a>,
    family: &'a Family,
}

impl Families<'_> {
    fn facts(&self, file: u32) -> Option<&FileFacts> {
        let index = *self.family.members.get(file as usize)?;
        self.input.files[index as usize].facts().map(|f| &**f)
    }

    fn def(&self, sym: Sym) -> Option<&Def> {
        self.facts(sym.file)?.defs.get(sym.def.0 as usize)
    }

    fn collect(&self, out: &mut FxHashMap<usize, Inherited>) {
        // Whether the language's runner wants it, any class tells.
        if self.family.modules.inherited_test("", &[], "").is_none() {
            return;
        }
        // Methods of test classes, by class.
        let mut methods: FxHashMap<Sym, Vec<Sym>> = FxHashMap::default();
        let mut testing: FxHashSet<Sym> = FxHashSet::default();
        for file in 0..self.family.members.len() as u32 {
            let Some(facts) = self.facts(file) else {
                continue;
            };
            let said = |d: &Def| d.test.is_some() || d.flags.has(DefFlags::TEST_HOOK);
            let in_tests = facts.defs.iter().any(said);
            for (index, d) in facts.defs.iter().enumerate() {
                let own = matches!(d.kind, NodeKind::Method | NodeKind::Test);
                let sym = |def| Sym { file, def };
                if own {
                    let class = sym(d.parent);
                    if in_tests {
                        methods
                            .entry(class)
                            .or_default()
                            .push(sym(DefId(index as u32)));
                    }
                    if said(d) {
                        testing.insert(class);
                    }
                }
            }
        }
        let mut bases: FxHashMap<Sym, Vec<Sym>> = FxHashMap::default();
        for edge in &self.family.resolution.edges {
            if matches!(edge.kind, EdgeKind::Extends | EdgeKind::Implements) {
                bases.entry(edge.from).or_default().push(edge.to);
            }
        }
        let mut classes: Vec<Sym> = bases.keys().chain(&testing).copied().collect();
        classes.sort_unstable();
        classes.dedup();
        for class in classes {
            let above = above(class, &bases);
            if !above.iter().any(|base| testing.contains(base)) {
                continue;
            }
            let Some(&index) = self.family.members.get(class.file as usize) else {
                continue;
            };
            let found = out.entry(index as usize).or_default();
            self.of_class(class, &above, &methods, found);
        }
    }

    fn of_class(
        &self,
        class: Sym,
        above: &[Sym],
        methods: &FxHashMap<Sym, Vec<Sym>>,
        out: &mut Inherited,
    ) {
        let of = |class: &Sym| methods.get(class).map_or(&[][..], Vec::as_slice);
        let name = |sym: Sym| {
            let facts = self.facts(sym.file)?;
            let d = facts.defs.get(sym.def.0 as usize)?;
            facts.names.get(d.name.0 as usize).map(|n| &**n)
        };
        let hook = |sym: &&Sym| {
            self.def(**sym)
                .is_some_and(|d| d.flags.has(DefFlags::TEST_HOOK))
        };
        // What the class says itself hides what is above it.
        let mut hidden: FxHashSet<&str> = of(&class).iter().filter_map(|s| name(*s)).collect();
        let own_hooks: Vec<Sym> = of(&class).iter().filter(hook).copied().collect();
        let mut hooks = Vec::new();
        let mut tests = Vec::new();
        for base in above {
            for &method in of(base) {
                let Some(d) = self.def(method) else { continue };
                let Some(text) = name(method).filter(|n| !hidden.contains(n)) else {
                    continue;
                };
                if d.flags.has(DefFlags::TEST_HOOK) {
                    hooks.push(method);
                } else if let Some(test) = &d.test {
                    tests.push((method, text, test));
                }
            }
            hidden.extend(of(base).iter().filter_map(|s| name(*s)));
        }
        // The class's own tests, and those of classes nested in it.
        if let Some(facts) = self.facts(class.file) {
            for (index, d) in facts.defs.iter().enumerate() {
                if d.test.is_some() && within(facts, d.parent, class.def) {
                    let test = DefId(index as u32);
                    out.hooks.extend(hooks.iter().map(|&h| (test, h)));
                }
            }
        }
        let runs = self
            .def(class)
            .is_some_and(|d| d.kind == NodeKind::Class && !d.flags.has(DefFlags::ABSTRACT));
        if !runs {
            return;
        }
        let Some(facts) = self.facts(class.file) else {
            return;
        };
        let path = self.input.files[self.family.members[class.file as usize] as usize]
            .path
            .text();
        let names = class_names(facts, class.def);
        for (base, text, test) in tests {
            let Some(id) = self.family.modules.inherited_test(path, &names, text) else {
                continue;
            };
            let all = own_hooks.iter().chain(&hooks).copied().collect();
            out.tests.push(Test {
                class: class.def,
                name: text.to_owned(),
                id,
                runner: test.runner.to_string(),
                base,
                hooks: all,
            });
        }
    }
}

/// Every class above one, nearest first.
fn above(class: Sym, bases: &FxHashMap<Sym, Vec<Sym>>) -> Vec<Sym> {
    let mut out: Vec<Sym> = Vec::new();
    let mut next = vec![class];
    for _ in 0..MAX_DEPTH {
        let mut further = Vec::new();
        for at in next {
            for &base in bases.get(&at).map_or(&[][..], Vec::as_slice) {
                if base != class && !out.contains(&base) {
                    out.push(base);
                    further.push(base);
                }
            }
        }
        if further.is_empty() {
            break;
        }
        next = further;
    }
    out
}

fn within(facts: &FileFacts, mut at: DefId, class: DefId) -> bool {
    loop {
        if at == class {
            return true;
        }
        match facts.defs.get(at.0 as usize) {
            Some(d) if at != DefId(0) => at = d.parent,
            _ => return false,
        }
    }
}

/// The class and those around it, outermost first.
fn class_names(facts: &FileFacts, class: DefId) -> Vec<&str> {
    let mut out = Vec::new();
    let mut at = class;
    while at != DefId(0) {
        let Some(d) = facts.defs.get(at.0 as usize) else {
            break;
        };
        out.push(facts.names.get(d.name.0 as usize).map_or("", |n| n));
        at = d.parent;
    }
    out.reverse();
    out
}
