//! From the fixed point to edges and blind spots.

use crate::facts::{Blind, CallKind, DefFlags, DefId, ImportId, ImportKind};
use crate::solve::classes::Classes;
use crate::solve::engine::{Attribution, Engine, How, Selector};
use crate::solve::values::Val;
use crate::solve::world::{Denote, GDef, Symbol, World};
use crate::solve::{CallSites, PackageUse, ResolvedEdge};
use ripple_schemas::kind::BlindKind;
use ripple_schemas::{EdgeKind, NodeKind, Rule};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// A call site with more targets than this says nothing useful.
const MAX_TARGETS: usize = 32;
/// Names shorter than this are never matched by name alone.
const MIN_UNIQUE_NAME: usize = 5;
/// A name that more members have than this says nothing of which is meant.
const MAX_NAMESAKES: usize = 8;

/// What one call may call, by which rule, and why.
type Targets = SmallVec<[(GDef, Rule, How); 2]>;

/// What the emission of every file needs of the whole language.
#[derive(Default)]
pub(super) struct Whole {
    namesakes: FxHashMap<Symbol, Namesakes>,
    /// Classes that have bases, by file.
    classes: FxHashMap<u32, Vec<GDef>>,
}

impl Whole {
    pub(super) fn new(world: &World, classes: &Classes) -> Self {
        let mut by_file: FxHashMap<u32, Vec<GDef>> = FxHashMap::default();
        for class in classes.with_bases() {
            by_file.entry(world.file_of(class)).or_default().push(class);
        }
        Whole {
            namesakes: namesakes(world),
            classes: by_file,
        }
    }
}

/// What one file gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Emitted {
    /// Sorted.
    pub(super) edges: Vec<ResolvedEdge>,
    /// Sorted by line.
    pub(super) blind: Vec<Blind>,
    pub(super) call_sites: CallSites,
    pub(super) packages: Vec<PackageUse>,
}

/// Reads edges, blind spots and counts of one file off its solved engine.
pub(super) fn emit(engine: &mut Engine<'_>, whole: &Whole) -> Emitted {
    let (world, file) = (engine.world, engine.unit.number);
    let mut out = Emitter {
        world,
        file,
        edges: FxHashMap::default(),
        blind: Vec::new(),
        call_sites: CallSites::default(),
    };
    out.calls(engine, whole);
    out.mentions(engine);
    out.hierarchy(engine, whole);
    out.structure(engine);
    let packages = out.imports();
    if engine.is_exhausted() {
        out.blind.push(Blind {
            kind: BlindKind::Limit,
            within: DefId(0),
            line: 1,
            why: "so much flows through this file that not all of its calls were followed".into(),
        });
    }
    out.blind.extend(world.facts(file).blind.iter().cloned());
    out.blind
        .sort_by(|a, b| (a.line, a.kind, &a.why).cmp(&(b.line, b.kind, &b.why)));
    out.blind.dedup();
    let mut edges: Vec<ResolvedEdge> = out
        .edges
        .into_iter()
        .map(|(mut e, rule)| {
            e.rule = rule;
            e
        })
        .collect();
    edges.sort_unstable();
    Emitted {
        edges,
        blind: out.blind,
        call_sites: out.call_sites,
        packages,
    }
}

struct Emitter<'w> {
    world: &'w World,
    file: u32,
    /// Edges with their rule set to `Syntax`, and the best rule seen.
    edges: FxHashMap<ResolvedEdge, Rule>,
    blind: Vec<Blind>,
    call_sites: CallSites,
}

impl Emitter<'_> {
    /// The definition that a node of the graph stands for.
    fn node_of(&self, def: GDef) -> GDef {
        let mut at = def;
        while self.world.def(at).flags.has(DefFlags::TRANSPARENT) {
            let parent = self.world.parent(at);
            if parent == at {
                break;
            }
            at = parent;
        }
        at
    }

    fn edge(&mut self, from: GDef, kind: EdgeKind, to: GDef, rule: Rule, line: u32) {
        let (from, node) = (self.node_of(from), self.node_of(to));
        // What a transparent definition stands for is no callee: a class whose constructor nobody wrote.
        let kind = if kind == EdgeKind::Calls && node != to {
            EdgeKind::References
        } else {
            kind
        };
        let to = node;
        if self.world.is_model(from) || self.world.is_model(to) {
            return;
        }
        if from == to && kind != EdgeKind::Calls {
            return;
        }
        let edge = ResolvedEdge {
            from: self.world.sym(from),
            kind,
            to: self.world.sym(to),
            rule: Rule::Syntax,
            owner: self.world.file_of(from),
            line,
        };
        self.edges
            .entry(edge)
            .and_modify(|known| {
                if rule.rank() < known.rank() {
                    *known = rule;
                }
            })
            .or_insert(rule);
    }

    fn calls(&mut self, engine: &mut Engine<'_>, whole: &Whole) {
        let mut by_call: FxHashMap<u32, Targets> = FxHashMap::default();
        for t in &engine.targets {
            by_call
                .entry(t.call)
                .or_default()
                .push((t.def, t.rule, t.how));
        }
        // What a call was turned into counts as its own.
        for &(call, derived) in engine.derived.iter().rev() {
            let more = by_call.get(&derived).cloned().unwrap_or_default();
            by_call.entry(call).or_default().extend(more);
        }
        for call in 0..engine.calls.len() as u32 {
            let (at, source) = (
                engine.calls[call as usize].at,
                engine.calls[call as usize].source,
            );
            let sites = engine.attributions[at as usize].clone();
            let mut targets = by_call.remove(&call).unwrap_or_default();
            refine(engine, &mut targets);
            if engine.calls_functions(call) {
                targets.retain(|t| !matches!(t.2, How::Declared(_) | How::Below(_)));
            }
            if self.world.semantics.functional_interfaces
                && targets.iter().any(|t| matches!(t.2, How::Exact(_)))
            {
                // Receivers of methods that nobody calls are guesses.
                targets.retain(|t| !matches!(t.2, How::Own(_) | How::BelowOwn(_)));
            }
            if !self.world.semantics.overloads {
                choose_overloads(self.world, engine, call, &mut targets);
            }
            let concrete = targets
                .iter()
                .filter(|t| !self.world.def(t.0).flags.has(DefFlags::ABSTRACT))
                .count();
            let crowded =
                concrete > MAX_TARGETS || (concrete == 0 && engine.crowded_calls.contains(&call));
            if !crowded {
                let several = targets.iter().any(|t| t.0 != targets[0].0);
                for &(def, rule, how) in &targets {
                    let rule = match rule {
                        Rule::MethodInferred if several => Rule::MethodAmong,
                        rule => rule,
                    };
                    let flags = self.world.def(def).flags;
                    if flags.has(DefFlags::TRANSPARENT) && flags.has(DefFlags::CONSTRUCTOR) {
                        // Written by the library (a dataclass): nobody's code runs.
                        continue;
                    }
                    // An abstract method may have a body, which `super` reaches.
                    let by_super =
                        self.world.semantics.binds_on_load && matches!(how, How::Exact(_));
                    let kind = if flags.has(DefFlags::ABSTRACT) && !by_super {
                        EdgeKind::References
                    } else {
                        EdgeKind::Calls
                    };
                    for &site in &sites {
                        let site = engine.sites[site as usize];
                        self.edge(site.within, kind, def, rule, site.line);
                    }
                }
            }
            let Some((_, index)) = source else {
                continue;
            };
            self.account(engine, call, index, !targets.is_empty(), crowded, whole);
        }
    }

    /// Counts one written call, and says why where it has no edge.
    fn account(
        &mut self,
        engine: &Engine<'_>,
        call: u32,
        index: u32,
        resolved: bool,
        crowded: bool,
        whole: &Whole,
    ) {
        let file = self.file;
        let rec = &engine.calls[call as usize];
        let source = &self.world.facts(file).calls[index as usize];

        let text = || self.world.facts(file).names[source.text.0 as usize].clone();
        let load = engine
            .load_of
            .get(&rec.callee)
            .map(|&l| &engine.loads[l as usize]);
        let among_many = crowded
            || engine.is_crowded(rec.callee)
            || (engine.values_of(rec.callee).is_empty()
                && load.is_some_and(|l| engine.is_crowded(l.base)));
        let (kind, why) = if among_many {
            self.call_sites.too_many_candidates += 1;
            (
                BlindKind::TooManyCandidates,
                format!("`{}` may be one of too many", text()),
            )
        } else if resolved {
            self.call_sites.resolved += 1;
            return;
        } else if engine.into_library.contains(&call) {
            self.call_sites.builtin += 1;
            return;
        } else if let Some(&package) = engine.outside.get(&call) {
            if self
                .world
                .packages
                .get(&package)
                .is_some_and(|p| p.0 == "std")
            {
                self.call_sites.builtin += 1;
            } else {
                self.call_sites.external += 1;
            }
            return;
        } else if engine.into_missing.contains(&call) {
            self.call_sites.unresolved_import += 1;
            (
                BlindKind::UnresolvedImport,
                format!("`{}` comes from an import that leads nowhere", text()),
            )
        } else {
            let values = engine.values_of(rec.callee);
            // A class, a constant or a container called: done by the language itself.
            if values.iter().any(|(v, _)| {
                matches!(
                    engine.values.get(*v),
                    Val::Class(_) | Val::OwnClass(_) | Val::Callable(_)
                )
            }) {
                self.call_sites.resolved += 1;
                return;
            }
            if source.kind == CallKind::Implicit {
                return;
            }
            if let Some(load) = load
                && let Selector::Field(name) = load.select
            {
                let base = engine.values_of(load.base);
                if base
                    .iter()
                    .any(|(v, _)| is_library_value(self.world, engine, *v))
                {
                    self.call_sites.builtin += 1;
                    return;
                }
                if base.is_empty()
                    && let Some(Namesakes::Some(defs)) = whole.namesakes.get(&name)
                {
                    let within = self.world.gdef(file, source.within);
                    let long = self.world.symbols.text(name).len() >= MIN_UNIQUE_NAME;
                    if let (true, [def]) = (long, defs.as_slice()) {
                        self.call_sites.resolved += 1;
                        let (kind, rule) = (EdgeKind::Calls, Rule::NameUnique);
                        return self.edge(within, kind, *def, rule, source.line);
                    }
                    // No call that is known, but the little there is to go by.
                    for &def in defs {
                        let (kind, rule) = (EdgeKind::References, Rule::NameSimilar);
                        self.edge(within, kind, def, rule, source.line);
                    }
                }
            }
            if source.kind == CallKind::Decorator || source.kind == CallKind::Macro {
                self.call_sites.builtin += 1;
                return;
            }
            self.call_sites.unknown_receiver += 1;
            (
                BlindKind::UnknownReceiver,
                format!("nothing is known of `{}`", text()),
            )
        };
        let blind = Blind {
            kind,
            within: source.within,
            line: source.line,
            why: why.into(),
        };
        self.blind.push(blind);
    }

    fn mentions(&mut self, engine: &Engine<'_>) {
        let mut all: Vec<(Attribution, GDef, Rule)> = engine.mentions.clone();
        for &(place, at) in &engine.uses {
            if let Some(&def) = engine.place_defs.get(&place) {
                all.push((at, def, Rule::Local));
            }
            for (val, rule) in engine.values_of(place) {
                if let Val::Fn(def) | Val::Bound(def, _) | Val::Class(def) | Val::OwnClass(def) =
                    engine.values.get(val)
                {
                    all.push((at, def, rule));
                }
            }
        }
        for (at, def, rule) in all {
            if self.world.is_model(def) || self.world.sym(def).def == DefId(0) {
                continue;
            }
            for &site in &engine.attributions[at as usize] {
                let site = engine.sites[site as usize];
                self.edge(site.within, EdgeKind::References, def, rule, site.line);
            }
        }
    }

    fn hierarchy(&mut self, engine: &Engine<'_>, whole: &Whole) {
        for &class in whole.classes.get(&self.file).into_iter().flatten() {
            for base in engine.classes.bases(class).to_vec() {
                let kind = if base.implements {
                    EdgeKind::Implements
                } else {
                    EdgeKind::Extends
                };
                self.edge(class, kind, base.class, Rule::Syntax, base.line);
            }
            let order = engine.classes.order(self.world, class);
            let Some(names) = self.world.listing.get(&class) else {
                continue;
            };
            for &name in names {
                for method in self.methods(class, name) {
                    for &base in &order[1..] {
                        let mut over = self.methods(base, name);
                        over.retain(|&mut o| self.world.overrides(method, o));
                        if let Some(&first) = over.first() {
                            let line = self.world.def(method).name_line;
                            self.edge(method, EdgeKind::Overrides, first, Rule::Syntax, line);
                            break;
                        }
                    }
                }
            }
        }
    }

    /// Interfaces that classes implement without saying so.
    fn structure(&mut self, engine: &Engine<'_>) {
        let structural = &engine.classes.structural;
        for index in 0..self.world.facts(self.file).defs.len() as u32 {
            let class = self.world.gdef(self.file, DefId(index));
            let line = self.world.def(class).name_line;
            for &interface in structural.interfaces(class) {
                let rule = Rule::MethodTyped;
                self.edge(class, EdgeKind::Implements, interface, rule, line);
                if self.world.is_model(interface) {
                    continue;
                }
                let names = self.world.listing.get(&interface);
                for &name in names.into_iter().flatten() {
                    let over = self.methods(interface, name);
                    for method in self.methods(class, name) {
                        if let Some(&over) = over.first() {
                            let line = self.world.def(method).name_line;
                            self.edge(method, EdgeKind::Overrides, over, rule, line);
                        }
                    }
                }
            }
        }
    }

    fn methods(&self, class: GDef, name: Symbol) -> SmallVec<[GDef; 1]> {
        self.world
            .entries(class, name)
            .iter()
            .filter_map(|e| match e.binding {
                crate::facts::Binding::Def(d) => Some(self.world.gdef(e.file, d)),
                _ => None,
            })
            .filter(|&d| {
                matches!(
                    self.world.def(d).kind,
                    NodeKind::Method | NodeKind::Function | NodeKind::Test
                )
            })
            .collect()
    }

    /// Import edges between files, packages used, and imports that lead nowhere.
    fn imports(&mut self) -> Vec<PackageUse> {
        let mut packages = Vec::new();
        let file = self.file;
        for (index, import) in self.world.facts(file).imports.iter().enumerate() {
            let id = ImportId(index as u32);
            let optional = matches!(import.kind, ImportKind::Optional | ImportKind::TypeOnly);
            if let Some(symbol) = self.world.import_package(file, id) {
                let (ecosystem, name) = self.world.packages[&symbol].clone();
                packages.push(PackageUse {
                    file,
                    ecosystem,
                    name,
                    line: import.line,
                    optional,
                });
                continue;
            }
            if self.world.import_is_missing(file, id) {
                if !matches!(import.kind, ImportKind::Implicit | ImportKind::Optional) {
                    let module = &self.world.facts(file).names[import.module.0 as usize];
                    let why = format!("import `{module}` leads nowhere").into();
                    self.blind.push(Blind {
                        kind: BlindKind::UnresolvedImport,
                        within: import.within,
                        line: import.line,
                        why,
                    });
                }
                continue;
            }
            let from = self.world.gdef(file, DefId(0));
            let mut to = SmallVec::<[GDef; 2]>::new();
            match self.world.import_module(file, id, 1).denote {
                Denote::Module(module) | Denote::Def(module) => to.push(module),
                // That a file is in a package is no import.
                Denote::Set(_) if import.kind == ImportKind::Implicit => {}
                Denote::Set(set) => to.extend(self.world.sets[set as usize].iter().copied()),
                _ => {}
            }
            if let Denote::Def(def) | Denote::Module(def) = self.world.import(file, id).denote {
                to.push(def);
            }
            let files: FxHashSet<u32> = to.iter().map(|&d| self.world.file_of(d)).collect();
            for target in files {
                if target != file && target < self.world.sources {
                    let to = self.world.gdef(target, DefId(0));
                    self.edge(from, EdgeKind::Imports, to, Rule::Import, import.line);
                }
            }
        }
        packages.sort();
        packages.dedup();
        packages
    }
}

/// Where a value says which class the receiver has, declared candidates it belongs to give way.
fn refine(engine: &Engine<'_>, targets: &mut Targets) {
    let known: SmallVec<[How; 4]> = targets
        .iter()
        .map(|t| t.2)
        .filter(|h| matches!(h, How::Exact(_) | How::Declared(_)))
        .collect();
    targets.retain(|t| !known.iter().any(|&k| engine.decides(k, t.2)));
}

/// Among same-named members of one class, those whose declared parameters admit an argument's
/// values; a conversion that syntax calls is dropped where no value fits it.
fn choose_overloads(world: &World, engine: &mut Engine<'_>, call: u32, targets: &mut Targets) {
    let implicit = engine.calls[call as usize].kind == CallKind::Implicit;
    let all: Vec<GDef> = targets.iter().map(|t| t.0).collect();
    targets.retain(|t| {
        let def = world.def(t.0);
        if def.disambiguator.is_none() {
            return true;
        }
        let rivals = all.iter().any(|&o| {
            o != t.0
                && world.class_of.get(&o) == world.class_of.get(&t.0)
                && engine.name_of(o) == engine.name_of(t.0)
        });
        (!rivals && !implicit) || admits(world, engine, call, t.0)
    });
}

/// False only where an argument's classes are known and the declared parameter admits none.
fn admits(world: &World, engine: &mut Engine<'_>, call: u32, target: GDef) -> bool {
    use crate::solve::types::Ty;
    let def = world.def(target);
    let file = world.file_of(target);
    let rec = engine.calls[call as usize].clone();
    let shift = usize::from(
        def.receiver != crate::facts::Place::NOWHERE && rec.args.len() > def.params.len(),
    );
    for (param, arg) in def.params.iter().zip(rec.args.iter().skip(shift)) {
        let Some(ty) = param.ty else { continue };
        let ty = engine
            .types
            .resolve(world, file, ty, world.self_class(target));
        let known: Vec<GDef> = engine
            .values_of(arg.place)
            .iter()
            .filter_map(|(v, _)| engine.values.class(*v))
            .collect();
        let wanted = match *engine.types.get(ty) {
            Ty::Inst(wanted, _) => wanted,
            // A type of an outside package admits nothing that the program defines.
            Ty::Ext(_) if !known.is_empty() && known.iter().all(|&k| !world.is_model(k)) => {
                return false;
            }
            _ => continue,
        };
        if !known.is_empty()
            && !known
                .iter()
                .any(|&k| engine.classes.is_below(world, k, wanted))
        {
            return false;
        }
    }
    true
}

/// Values whose members, where the repository has none, are the language's or a package's.
fn is_library_value(world: &World, engine: &Engine<'_>, val: crate::solve::values::ValId) -> bool {
    match engine.values.get(val) {
        Val::Obj(..)
        | Val::Text(_)
        | Val::Ext(_)
        | Val::Fn(_)
        | Val::Tuple(_)
        | Val::Native(..)
        | Val::Closure(..) => true,
        Val::Class(class) => world.is_model(class),
        Val::Typed(class, _) | Val::Inst(class) => {
            world.is_model(class) || engine.classes.outside_base(world, class).is_some()
        }
        _ => false,
    }
}

/// The members of the repository that share a name.
enum Namesakes {
    Some(SmallVec<[GDef; 1]>),
    /// Too many, or some of a library: no reason to think of the repository's.
    Common,
}

fn namesakes(world: &World) -> FxHashMap<Symbol, Namesakes> {
    let mut out: FxHashMap<Symbol, Namesakes> = FxHashMap::default();
    for file in 0..world.files.len() as u32 {
        for (index, d) in world.facts(file).defs.iter().enumerate() {
            if !matches!(d.kind, NodeKind::Method | NodeKind::Function) {
                continue;
            }
            let def = world.gdef(file, DefId(index as u32));
            let own = file < world.sources;
            let is_member = world.class_of.contains_key(&def);
            if !is_member && own {
                continue;
            }
            let name = world.symbol(file, d.name);
            let known = out
                .entry(name)
                .or_insert_with(|| Namesakes::Some(SmallVec::new()));
            match known {
                Namesakes::Some(defs) if own && defs.len() < MAX_NAMESAKES => defs.push(def),
                _ => *known = Namesakes::Common,
            }
        }
    }
    out
}
