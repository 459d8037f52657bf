//! Library models: which constraints belong to which model function.
//!
//! A function of a model is instantiated anew at each call site, so that what one caller puts into
//! `map` never comes out at another. Goes in: the models' facts. Comes out: a template a function.

use crate::facts::{DefId, FileFacts, Flow, Place, Select};
use crate::solve::world::{GDef, World};
use ripple_schemas::NodeKind;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// The constraints of one model function.
#[derive(Debug, Default)]
pub(super) struct Template {
    /// Indices into the facts' flows.
    pub(super) flows: Vec<u32>,
    /// Indices into the facts' calls.
    pub(super) calls: Vec<u32>,
    /// Sorted.
    pub(super) places: Vec<Place>,
    /// Which of the places a caller of an inner function reaches, as positions.
    pub(super) open: Vec<u32>,
}

/// The templates of all models.
#[derive(Default)]
pub(super) struct Models {
    /// By outermost function.
    by_def: FxHashMap<GDef, Arc<Template>>,
    /// The outermost function of an inner one.
    outer: FxHashMap<GDef, GDef>,
    /// Flows that belong to some template.
    owned: FxHashSet<(u32, u32)>,
}

impl Models {
    pub(super) fn new(world: &World) -> Self {
        let mut models = Models::default();
        for file in world.sources..world.files.len() as u32 {
            models.add(world, file);
        }
        models
    }

    /// The template of an outermost function of a model.
    pub(super) fn template(&self, def: GDef) -> Option<&Arc<Template>> {
        self.by_def.get(&def)
    }

    /// The template that an inner function of a model is part of.
    pub(super) fn around(&self, def: GDef) -> Option<&Arc<Template>> {
        self.by_def.get(self.outer.get(&def)?)
    }

    /// True where a flow of a model's facts belongs to a function.
    pub(super) fn owns(&self, file: u32, flow: u32) -> bool {
        self.owned.contains(&(file, flow))
    }

    /// A model function's constraints are those connected to its parameters, return and calls
    /// through places that no scope outside it can name.
    fn add(&mut self, world: &World, file: u32) {
        let facts = world.facts(file);
        let shared = shared_places(facts);
        let mut groups = Groups {
            parent: (0..facts.places).collect(),
            shared: &shared,
        };
        for flow in &facts.flows {
            groups.join(&flow_places(flow));
        }
        for call in &facts.calls {
            groups.join(&call_places(call));
        }
        // Every outermost function gathers its own places and those of the functions inside it.
        for index in 1..facts.defs.len() as u32 {
            let def = DefId(index);
            if let Some(top) = outermost(facts, def) {
                let mut places = open_places(facts, def);
                places.extend(open_places(facts, top));
                if def != top {
                    places.push(facts.defs[index as usize].place);
                    self.outer
                        .insert(world.gdef(file, def), world.gdef(file, top));
                }
                groups.join(&places);
            }
        }
        for call in &facts.calls {
            if let Some(top) = outermost(facts, call.within) {
                let mut places = call_places(call);
                places.extend(open_places(facts, top));
                groups.join(&places);
            }
        }
        let mut by_root: FxHashMap<u32, Template> = FxHashMap::default();
        for (index, flow) in facts.flows.iter().enumerate() {
            if let Some(root) = groups.of(&flow_places(flow)) {
                by_root.entry(root).or_default().flows.push(index as u32);
            }
        }
        for (index, call) in facts.calls.iter().enumerate() {
            if let Some(root) = groups.of(&call_places(call)) {
                by_root.entry(root).or_default().calls.push(index as u32);
            }
        }
        for index in 1..facts.defs.len() as u32 {
            if let Some(root) = groups.of(&open_places(facts, DefId(index))) {
                by_root.entry(root).or_default();
            }
        }
        for place in 1..facts.places {
            if let Some(root) = groups.of(&[Place(place)])
                && let Some(template) = by_root.get_mut(&root)
            {
                template.places.push(Place(place));
            }
        }
        for index in 1..facts.defs.len() as u32 {
            if outermost(facts, DefId(index)).is_none_or(|top| top == DefId(index)) {
                continue;
            }
            let places = open_places(facts, DefId(index));
            if let Some(root) = groups.of(&places)
                && let Some(template) = by_root.get_mut(&root)
            {
                for place in places {
                    if let Ok(at) = template.places.binary_search(&place) {
                        template.open.push(at as u32);
                    }
                }
            }
        }
        let by_root: FxHashMap<u32, Arc<Template>> = by_root
            .into_iter()
            .map(|(root, mut template)| {
                template.open.sort_unstable();
                template.open.dedup();
                (root, Arc::new(template))
            })
            .collect();
        for index in 1..facts.defs.len() as u32 {
            if outermost(facts, DefId(index)) != Some(DefId(index)) {
                continue;
            }
            let template = groups
                .of(&open_places(facts, DefId(index)))
                .and_then(|root| by_root.get(&root).cloned())
                .unwrap_or_default();
            self.owned.extend(template.flows.iter().map(|&f| (file, f)));
            self.by_def.insert(world.gdef(file, DefId(index)), template);
        }
    }
}

/// Places of a file in groups that constraints connect, leaving out those that all can name.
struct Groups<'a> {
    parent: Vec<u32>,
    shared: &'a FxHashSet<Place>,
}

impl Groups<'_> {
    fn root(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            self.parent[at as usize] = self.parent[self.parent[at as usize] as usize];
            at = self.parent[at as usize];
        }
        at
    }

    fn join(&mut self, places: &[Place]) {
        let mut first = None;
        for &place in places.iter().filter(|p| !self.shared.contains(p)) {
            let root = self.root(place.0);
            match first {
                None => first = Some(root),
                Some(first) => self.parent[root as usize] = first,
            }
        }
    }

    /// The group of the first place that is in one.
    fn of(&mut self, places: &[Place]) -> Option<u32> {
        let place = places.iter().find(|p| !self.shared.contains(p))?;
        Some(self.root(place.0))
    }
}

/// The outermost function around a definition.
fn outermost(facts: &FileFacts, def: DefId) -> Option<DefId> {
    let (mut at, mut found) = (def, None);
    loop {
        let d = &facts.defs[at.0 as usize];
        if matches!(
            d.kind,
            NodeKind::Function | NodeKind::Method | NodeKind::Test
        ) {
            found = Some(at);
        }
        if d.parent == at {
            return found;
        }
        at = d.parent;
    }
}

/// Places that can be named from outside every function.
fn shared_places(facts: &FileFacts) -> FxHashSet<Place> {
    let mut shared = FxHashSet::default();
    shared.insert(Place::NOWHERE);
    for (index, d) in facts.defs.iter().enumerate() {
        if index == 0 || outermost(facts, d.parent).is_none() {
            shared.insert(d.place);
        }
    }
    for import in &facts.imports {
        if outermost(facts, import.within).is_none() {
            shared.insert(import.to);
        }
    }
    for member in &facts.members {
        if let crate::facts::Binding::Place(place) = member.binding {
            shared.insert(place);
        }
    }
    shared
}

/// What a caller of a function reaches.
fn open_places(facts: &FileFacts, def: DefId) -> Vec<Place> {
    let d = &facts.defs[def.0 as usize];
    let mut places = vec![d.ret, d.receiver];
    places.extend(d.params.iter().map(|p| p.place));
    places
}

fn flow_places(flow: &Flow) -> Vec<Place> {
    match *flow {
        Flow::Copy { to, from } | Flow::Else { to, from } => vec![to, from],
        Flow::ClassNamed { to, name } => vec![to, name],
        Flow::Value { to, .. } | Flow::Text { to, .. } | Flow::Object { to, .. } => vec![to],
        Flow::Typed { to, .. } | Flow::Free { to, .. } | Flow::Path { to, .. } => vec![to],
        Flow::Load {
            to, base, select, ..
        } => match select {
            Select::Computed(key) | Select::Key(key) => vec![to, base, key],
            _ => vec![to, base],
        },
        Flow::Store {
            base, from, select, ..
        } => match select {
            Select::Computed(key) | Select::Key(key) => vec![base, from, key],
            _ => vec![base, from],
        },
        Flow::Super { to, receiver, .. } => vec![to, receiver],
        Flow::Narrow { to, from, .. } | Flow::Exclude { to, from, .. } => vec![to, from],
        Flow::Use { of, .. } => vec![of],
    }
}

fn call_places(call: &crate::facts::Call) -> Vec<Place> {
    let mut places = vec![call.callee, call.result, call.receiver];
    places.extend(call.args.iter().map(|a| a.place));
    places
}
