//! All files under one numbering, and what names denote statically.
//!
//! Definitions and places of every file (models after sources) get one dense number each. A name
//! is looked up through modules, re-exports, star imports and packages without any value flow.

use crate::facts::{
    ArgKind, Base, Binding, Def, DefId, FileFacts, Head, ImportId, ImportKind, Imported,
    MemberOwner, Name, Place, Type, TypeId,
};
use crate::lang::{Modules, Semantics, Target};
use crate::solve::board::Cell;
use crate::solve::returned::Returned;
use crate::solve::sites::ARGUMENTS;
use crate::solve::{SourceFacts, Sym};
use ripple_schemas::{NodeKind, Rule};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;
use std::sync::Arc;

/// A definition of any file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct GDef(pub(super) u32);

/// A place of any file, or one the engine made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct GPlace(pub(super) u32);

impl GPlace {
    pub(super) const NOWHERE: GPlace = GPlace(0);
}

/// A string of any file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Symbol(pub(super) u32);

/// The element of a keyword container (`**kwargs`) that holds the argument of that name.
pub(super) fn keyword_element(name: &str) -> String {
    format!("[\"{name}\"]")
}

/// How deep chains of re-exports, aliases and members are followed.
pub(super) const MAX_HOPS: u32 = 24;

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Denote {
    Def(GDef),
    /// A module: a file's `DefId(0)` or an inline module.
    Module(GDef),
    /// A package of several files, an index into `World::sets`.
    Set(u32),
    /// Known by values only.
    Place(GPlace),
    /// An outside package (`npm:express`).
    Ext(Symbol),
    /// A type parameter.
    Generic(GDef, Symbol),
    /// `Self` inside a type.
    SelfType(GDef),
    Missing,
}

/// A denotation and how far away it was found: 0 in this file, 1 by import, 2 and more by re-export.
#[derive(Clone, Copy, Debug)]
pub(super) struct Found {
    pub(super) denote: Denote,
    pub(super) hops: u32,
}

impl Found {
    pub(super) fn missing() -> Self {
        Found {
            denote: Denote::Missing,
            hops: 0,
        }
    }
    pub(super) fn local(denote: Denote) -> Self {
        Found { denote, hops: 0 }
    }
    pub(super) fn rule(self) -> Rule {
        match self.hops {
            0 => Rule::Local,
            1 => Rule::Import,
            _ => Rule::Reexport,
        }
    }
}

/// One name of a namespace.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) file: u32,
    pub(super) binding: Binding,
}

/// Where an import's module leads.
#[derive(Clone, Debug)]
pub(super) enum Leads {
    Module(GDef, SmallVec<[Symbol; 2]>),
    Set(u32),
    Ext(Symbol),
    /// The imported name is this module.
    Itself(GDef),
    Missing,
}

pub(super) struct World {
    pub(super) semantics: &'static Semantics,
    pub(super) modules: Arc<dyn Modules>,
    pub(super) files: Vec<SourceFacts>,
    /// Files below this number are sources, the others models.
    pub(super) sources: u32,
    pub(super) def_base: Vec<u32>,
    pub(super) def_file: Vec<u32>,
    pub(super) place_base: Vec<u32>,
    pub(super) places: u32,
    /// Places that other files can name, with their cells, sorted; by file.
    roles: Vec<Vec<(Place, Cell)>>,
    pub(super) names: Vec<Vec<Symbol>>,
    pub(super) symbols: Symbols,
    namespace: FxHashMap<(GDef, Symbol), SmallVec<[Entry; 1]>>,
    /// Every name of a namespace, for "any member".
    pub(super) listing: FxHashMap<GDef, Vec<Symbol>>,
    pub(super) stars: FxHashMap<GDef, SmallVec<[(u32, ImportId); 2]>>,
    pub(super) leads: Vec<Vec<Leads>>,
    pub(super) sets: Vec<Vec<GDef>>,
    /// What the files of a set bind, by name.
    pub(super) set_names: FxHashMap<(u32, Symbol), SmallVec<[Entry; 1]>>,
    /// Definitions of one name in one set: files of which a build takes one.
    twins: FxHashMap<GDef, SmallVec<[GDef; 1]>>,
    pub(super) method_index: crate::solve::overloads::MethodIndex,
    /// Classes by their full names, once asked for.
    class_names: std::sync::OnceLock<FxHashMap<String, GDef>>,
    pub(super) by_path: FxHashMap<Box<str>, u32>,
    pub(super) builtins: Option<GDef>,
    /// The class that a method belongs to, by method.
    pub(super) class_of: FxHashMap<GDef, GDef>,
    pub(super) packages: FxHashMap<Symbol, (&'static str, String)>,
    /// The package that stands for any of the language's own library.
    pub(super) some_library: Option<Symbol>,
    /// Type parameters of impl blocks, by position in the type they implement.
    pub(super) impl_params: FxHashMap<(GDef, Symbol), Positions>,
}

/// Classes, with the position of one of their type arguments.
type Positions = SmallVec<[(GDef, u32); 1]>;

/// Interned strings.
#[derive(Default)]
pub(super) struct Symbols {
    map: FxHashMap<Box<str>, Symbol>,
    texts: Vec<Box<str>>,
}

impl Symbols {
    pub(super) fn intern(&mut self, text: &str) -> Symbol {
        if let Some(&s) = self.map.get(text) {
            return s;
        }
        let s = Symbol(self.texts.len() as u32);
        self.texts.push(text.into());
        self.map.insert(text.into(), s);
        s
    }
    pub(super) fn get(&self, text: &str) -> Option<Symbol> {
        self.map.get(text).copied()
    }
    pub(super) fn text(&self, s: Symbol) -> &str {
        &self.texts[s.0 as usize]
    }
}

/// Keyword arguments are elements of the `**` parameter that gathers them.
fn keywords(facts: &FileFacts, symbols: &mut Symbols) {
    for arg in facts.calls.iter().flat_map(|c| &c.args) {
        if let ArgKind::Keyword(name) = arg.kind {
            symbols.intern(&keyword_element(&facts.names[name.0 as usize]));
        }
    }
}

impl World {
    pub(super) fn new(
        semantics: &'static Semantics,
        modules: Arc<dyn Modules>,
        sources: &[SourceFacts],
        library: &[SourceFacts],
    ) -> Self {
        let files: Vec<SourceFacts> = sources.iter().chain(library).cloned().collect();
        let mut symbols = Symbols::default();
        let (mut def_base, mut def_file, mut place_base) = (Vec::new(), Vec::new(), Vec::new());
        let mut names = Vec::with_capacity(files.len());
        let mut by_path = FxHashMap::default();
        for index in 0..8 {
            symbols.intern(&format!("[{index}]"));
        }
        let mut places = 1;
        for (index, file) in files.iter().enumerate() {
            keywords(&file.facts, &mut symbols);
            def_base.push(def_file.len() as u32);
            def_file.resize(def_file.len() + file.facts.defs.len(), index as u32);
            place_base.push(places);
            // Bodies may grow where they stand.
            places += file.facts.places + file.facts.places / 4 + 64;
            names.push(file.facts.names.iter().map(|n| symbols.intern(n)).collect());
            if index < sources.len() {
                by_path.insert(file.path.as_str().into(), index as u32);
            }
        }
        symbols.intern("[\"\"]");
        symbols.intern(ARGUMENTS);
        let builtins = library
            .iter()
            .position(|f| f.path == "builtins")
            .map(|i| GDef(def_base[sources.len() + i]));
        let mut world = World {
            semantics,
            modules,
            sources: sources.len() as u32,
            def_base,
            def_file,
            place_base,
            places,
            roles: Vec::new(),
            names,
            symbols,
            namespace: FxHashMap::default(),
            listing: FxHashMap::default(),
            stars: FxHashMap::default(),
            leads: Vec::new(),
            sets: Vec::new(),
            set_names: FxHashMap::default(),
            twins: FxHashMap::default(),
            method_index: crate::solve::overloads::MethodIndex::default(),
            class_names: std::sync::OnceLock::new(),
            by_path,
            builtins,
            class_of: FxHashMap::default(),
            packages: FxHashMap::default(),
            some_library: None,
            impl_params: FxHashMap::default(),
            files,
        };
        world.some_library = Some(world.package("std", "*".to_owned()));
        world.find_modules();
        for model in library.iter().filter(|f| f.path != "builtins") {
            world.package("std", model.path.clone());
        }
        world.fill_namespaces();
        world.method_index = crate::solve::overloads::MethodIndex::new(&world);
        world.roles = (0..world.files.len() as u32)
            .map(|file| world.roles_of(file))
            .collect();
        world
    }

    /// The same files but some.
    pub(super) fn with(&self, changes: &[(u32, Arc<FileFacts>)]) -> Self {
        let mut files = self.files.clone();
        for (file, facts) in changes {
            files[*file as usize].facts = facts.clone();
        }
        let library = files.split_off(self.sources as usize);
        World::new(self.semantics, self.modules.clone(), &files, &library)
    }

    /// Takes a file's facts that differ from the known ones in bodies only; false, with nothing
    /// changed, where there is no room for them.
    pub(super) fn replace_bodies(&mut self, file: u32, facts: &Arc<FileFacts>) -> bool {
        let at = file as usize;
        let end = self.place_base.get(at + 1).copied().unwrap_or(self.places);
        if facts.places > end - self.place_base[at] {
            return false;
        }
        let symbols = &mut self.symbols;
        self.names[at] = facts.names.iter().map(|n| symbols.intern(n)).collect();
        keywords(facts, symbols);
        let old = std::mem::replace(&mut self.files[at].facts, facts.clone());
        // Where a name is bound to a place, the place may have another number.
        for (old, new) in old.members.iter().zip(&facts.members) {
            let (Binding::Place(_), Binding::Place(_)) = (old.binding, new.binding) else {
                continue;
            };
            let owners: SmallVec<[GDef; 1]> = match new.owner {
                MemberOwner::Def(def) => SmallVec::from_elem(self.gdef(file, def), 1),
                MemberOwner::Type(ty) => self.owners_of_type(file, ty),
            };
            let name = self.names[at][new.name.0 as usize];
            for owner in owners {
                let sets = (0..self.sets.len() as u32)
                    .filter(|&set| self.sets[set as usize].contains(&owner))
                    .flat_map(|set| self.set_names.remove(&(set, name)).map(|e| (set, e)));
                let mut sets: Vec<_> = sets.collect();
                let own = self.namespace.get_mut(&(owner, name)).into_iter();
                for entries in own.chain(sets.iter_mut().map(|s| &mut s.1)) {
                    let moved = |e: &&mut Entry| e.file == file && e.binding == old.binding;
                    if let Some(entry) = entries.iter_mut().find(moved) {
                        entry.binding = new.binding;
                    }
                }
                for (set, entries) in sets {
                    self.set_names.insert((set, name), entries);
                }
            }
        }
        self.roles[at] = self.roles_of(file);
        true
    }

    /// What other files can name of a file's places: the first use of a place names it.
    fn roles_of(&self, file: u32) -> Vec<(Place, Cell)> {
        let facts = self.facts(file);
        let mut roles: Vec<(Place, Cell)> = Vec::new();
        for (index, d) in facts.defs.iter().enumerate() {
            let def = self.gdef(file, DefId(index as u32));
            roles.extend([
                (d.place, Cell::Def(def)),
                (d.receiver, Cell::Receiver(def)),
                (d.ret, Cell::Return(def)),
            ]);
            let params = d.params.iter().enumerate();
            roles.extend(params.map(|(i, p)| (p.place, Cell::Param(def, i as u32))));
        }
        for (index, member) in facts.members.iter().enumerate() {
            if let Binding::Place(place) = member.binding {
                roles.push((place, Cell::Member(file, index as u32)));
            }
        }
        let other = |place: Place| (place, Cell::Place(self.gplace(file, place)));
        for inherit in &facts.inherits {
            if let Base::Place(place) = inherit.base {
                roles.push(other(place));
            }
        }
        for ty in &facts.types {
            match ty {
                Type::Of(place) => roles.push(other(*place)),
                Type::Named(path, _) => {
                    if let Head::Place(place) = path.head {
                        roles.push(other(place));
                    }
                }
                _ => {}
            }
        }
        for (def, made) in Returned::new(facts, self.semantics.allocation_sites).made {
            let def = self.gdef(file, def);
            let made = made.iter().enumerate();
            roles.extend(made.map(|(i, m)| (m.result, Cell::Made(def, i as u32))));
        }
        roles.retain(|r| r.0 != Place::NOWHERE);
        roles.sort_by_key(|r| r.0);
        roles.dedup_by_key(|r| r.0);
        roles
    }

    /// A file's places that other files can name, with their cells.
    pub(super) fn roles(&self, file: u32) -> &[(Place, Cell)] {
        &self.roles[file as usize]
    }

    /// The cell of a place.
    pub(super) fn cell(&self, place: GPlace) -> Cell {
        if place == GPlace::NOWHERE {
            return Cell::Place(place);
        }
        let file = self.place_base.partition_point(|&base| base <= place.0) - 1;
        let own = Place(place.0 - self.place_base[file]);
        match self.roles[file].binary_search_by_key(&own, |r| r.0) {
            Ok(at) => self.roles[file][at].1,
            Err(_) => Cell::Place(place),
        }
    }

    fn find_modules(&mut self) {
        let sources = &self.files[..self.sources as usize];
        self.modules
            .learn(&mut sources.iter().map(|f| (f.path.as_str(), &*f.facts)));
        let mut set_ids: FxHashMap<Vec<GDef>, u32> = FxHashMap::default();
        for index in 0..self.files.len() {
            let file = self.files[index].clone();
            let mut leads = Vec::with_capacity(file.facts.imports.len());
            let mut seen: FxHashMap<(Name, bool), Leads> = FxHashMap::default();
            for import in &file.facts.imports {
                let memo = (import.module, import.kind == ImportKind::Implicit);
                if let Some(known) = seen.get(&memo) {
                    let lead = known.clone();
                    leads.push(self.lead_inside(index, import, lead));
                    continue;
                }
                let specifier = &file.facts.names[import.module.0 as usize];
                let target = if index as u32 >= self.sources {
                    // A model imports other models only.
                    Target::Model(specifier.to_string(), vec![])
                } else {
                    self.modules.find(&file.path, specifier, import)
                };
                let lead = self.lead(target, &mut set_ids);
                seen.insert(memo, lead.clone());
                leads.push(self.lead_inside(index, import, lead));
            }
            self.leads.push(leads);
        }
    }

    /// `from folder import module` where the folder has no file of its own (Python's namespace
    /// packages): the module itself.
    fn lead_inside(&self, file: usize, import: &crate::facts::Import, lead: Leads) -> Leads {
        let (Leads::Missing, Imported::Name(name)) = (&lead, import.name) else {
            return lead;
        };
        if !self.semantics.binds_on_load || file as u32 >= self.sources {
            return lead;
        }
        let facts = &self.files[file].facts;
        let (folder, name) = (
            &facts.names[import.module.0 as usize],
            &facts.names[name.0 as usize],
        );
        let dot = if folder.ends_with('.') { "" } else { "." };
        let specifier = format!("{folder}{dot}{name}");
        match self
            .modules
            .find(&self.files[file].path, &specifier, import)
        {
            Target::File(path, rest) if rest.is_empty() => match self.by_path.get(path.as_str()) {
                Some(&f) => Leads::Itself(GDef(self.def_base[f as usize])),
                None => lead,
            },
            _ => lead,
        }
    }

    fn lead(&mut self, target: Target, set_ids: &mut FxHashMap<Vec<GDef>, u32>) -> Leads {
        match target {
            Target::File(path, rest) => match self.by_path.get(path.as_str()) {
                Some(&f) => {
                    let module = GDef(self.def_base[f as usize]);
                    Leads::Module(
                        module,
                        rest.iter().map(|r| self.symbols.intern(r)).collect(),
                    )
                }
                None => Leads::Missing,
            },
            Target::Files(paths) => {
                let set: Vec<GDef> = paths
                    .iter()
                    .filter_map(|p| self.by_path.get(p.as_str()))
                    .map(|&f| GDef(self.def_base[f as usize]))
                    .collect();
                if set.is_empty() {
                    return Leads::Missing;
                }
                let id = *set_ids.entry(set.clone()).or_insert_with(|| {
                    self.sets.push(set);
                    self.sets.len() as u32 - 1
                });
                Leads::Set(id)
            }
            Target::Model(module, rest) => {
                match (self.sources as usize..self.files.len())
                    .find(|&i| self.files[i].path == module)
                {
                    Some(f) => {
                        let module = GDef(self.def_base[f]);
                        Leads::Module(
                            module,
                            rest.iter().map(|r| self.symbols.intern(r)).collect(),
                        )
                    }
                    None => Leads::Ext(self.package("std", module)),
                }
            }
            Target::Package(ecosystem, name) => Leads::Ext(self.package(ecosystem, name)),
            Target::Missing => Leads::Missing,
        }
    }

    fn package(&mut self, ecosystem: &'static str, name: String) -> Symbol {
        let symbol = self.symbols.intern(&format!("{ecosystem}:{name}"));
        self.packages.entry(symbol).or_insert((ecosystem, name));
        symbol
    }

    fn fill_namespaces(&mut self) {
        for index in 0..self.files.len() {
            let facts = self.files[index].facts.clone();
            for (i, import) in facts.imports.iter().enumerate() {
                if import.name == Imported::Star {
                    let scope = self.gdef(index as u32, import.within);
                    self.stars
                        .entry(scope)
                        .or_default()
                        .push((index as u32, ImportId(i as u32)));
                }
            }
            for member in &facts.members {
                if let MemberOwner::Def(def) = member.owner {
                    let owner = self.gdef(index as u32, def);
                    self.bind(index as u32, owner, member.name, member.binding);
                }
            }
        }
        self.index_sets();
        // Types named elsewhere resolve through the namespaces just filled.
        let mut late = Vec::new();
        for index in 0..self.files.len() {
            let facts = self.files[index].facts.clone();
            for member in &facts.members {
                if let MemberOwner::Type(ty) = member.owner {
                    for owner in self.owners_of_type(index as u32, ty) {
                        self.note_impl_params(index as u32, ty, owner);
                        late.push((index as u32, owner, member.name, member.binding));
                    }
                }
            }
        }
        for (file, owner, name, binding) in late {
            self.bind(file, owner, name, binding);
        }
    }

    /// The names of packages of several files.
    fn index_sets(&mut self) {
        for (index, set) in self.sets.iter().enumerate() {
            for module in set {
                for &name in self.listing.get(module).map_or(&[][..], |l| l) {
                    let entries = self.namespace.get(&(*module, name));
                    self.set_names
                        .entry((index as u32, name))
                        .or_default()
                        .extend(entries.into_iter().flatten().copied());
                }
            }
        }
        let mut twins: FxHashMap<GDef, SmallVec<[GDef; 1]>> = FxHashMap::default();
        for entries in self.set_names.values().filter(|e| e.len() > 1) {
            let defs: SmallVec<[GDef; 2]> = entries
                .iter()
                .filter_map(|e| match e.binding {
                    Binding::Def(d) => Some(self.gdef(e.file, d)),
                    _ => None,
                })
                .collect();
            for &def in &defs {
                for &other in defs.iter().filter(|&&o| o != def) {
                    let list = twins.entry(def).or_default();
                    if !list.contains(&other) {
                        list.push(other);
                    }
                }
            }
        }
        for list in twins.values_mut() {
            list.sort_unstable();
        }
        self.twins = twins;
    }

    /// Other definitions of the same name in the same package.
    pub(super) fn twins(&self, def: GDef) -> &[GDef] {
        self.twins.get(&def).map_or(&[], |t| t.as_slice())
    }

    fn bind(&mut self, file: u32, owner: GDef, name: Name, binding: Binding) {
        let symbol = self.symbol(file, name);
        if self.symbols.text(symbol) == "*" {
            if let Binding::Import(import) = binding {
                let stars = self.stars.entry(owner).or_default();
                if !stars.contains(&(file, import)) {
                    stars.push((file, import));
                }
            }
            return;
        }
        let entries = self.namespace.entry((owner, symbol)).or_default();
        if entries.is_empty() {
            self.listing.entry(owner).or_default().push(symbol);
        }
        entries.push(Entry { file, binding });
        if let Binding::Def(def) = binding {
            let def = self.gdef(file, def);
            if self.is_class(owner) {
                self.class_of.entry(def).or_insert(owner);
            }
        }
    }

    /// `impl<U> Foo<U>`: U stands for the first argument of Foo.
    fn note_impl_params(&mut self, file: u32, ty: TypeId, owner: GDef) {
        let facts = self.files[file as usize].facts.clone();
        let Type::Named(_, args) = &facts.types[ty.0 as usize] else {
            return;
        };
        for (at, arg) in args.iter().enumerate() {
            let Type::Named(path, _) = &facts.types[arg.0 as usize] else {
                continue;
            };
            if let (Head::Generic(def, name), true) = (path.head, path.rest.is_empty()) {
                let key = (self.gdef(file, def), self.symbol(file, name));
                let list = self.impl_params.entry(key).or_default();
                if !list.contains(&(owner, at as u32)) {
                    list.push((owner, at as u32));
                }
            }
        }
    }

    /// The classes that a type names as owner of members: one, or for a blanket impl
    /// (`impl<T: A> B for T`) the trait `B` itself.
    pub(super) fn owners_of_type(&self, file: u32, ty: TypeId) -> SmallVec<[GDef; 1]> {
        let facts = &self.files[file as usize].facts;
        match &facts.types[ty.0 as usize] {
            Type::Named(path, _) => match self.path(file, path).denote {
                Denote::Def(def) => SmallVec::from_elem(self.through_alias(def), 1),
                Denote::SelfType(def) => SmallVec::from_elem(def, 1),
                Denote::Generic(..) => self.blanket(file, ty),
                _ => SmallVec::new(),
            },
            Type::Bound(all) | Type::Union(all) if !all.is_empty() => all
                .iter()
                .flat_map(|&t| self.owners_of_type(file, t))
                .collect(),
            _ => SmallVec::new(),
        }
    }

    fn blanket(&self, file: u32, ty: TypeId) -> SmallVec<[GDef; 1]> {
        let facts = &self.files[file as usize].facts;
        facts
            .inherits
            .iter()
            .filter(|i| i.class == MemberOwner::Type(ty))
            .filter_map(|i| match i.base {
                crate::facts::Base::Type(base) => match &facts.types[base.0 as usize] {
                    Type::Named(path, _) => match self.path(file, path).denote {
                        Denote::Def(def) => Some(def),
                        _ => None,
                    },
                    _ => None,
                },
                crate::facts::Base::Place(_) => None,
            })
            .collect()
    }

    /// Follows `type A = B` to B.
    pub(super) fn through_alias(&self, def: GDef) -> GDef {
        let mut at = def;
        for _ in 0..MAX_HOPS {
            let d = self.def(at);
            let (NodeKind::Type, Some(ty)) = (d.kind, d.ty) else {
                return at;
            };
            let file = self.file_of(at);
            let Type::Named(path, _) = &self.files[file as usize].facts.types[ty.0 as usize] else {
                return at;
            };
            match self.path(file, path).denote {
                Denote::Def(next) if next != at => at = next,
                _ => return at,
            }
        }
        at
    }

    pub(super) fn facts(&self, file: u32) -> &FileFacts {
        &self.files[file as usize].facts
    }

    pub(super) fn gdef(&self, file: u32, def: DefId) -> GDef {
        GDef(self.def_base[file as usize] + def.0)
    }

    pub(super) fn gplace(&self, file: u32, place: Place) -> GPlace {
        if place == Place::NOWHERE {
            GPlace::NOWHERE
        } else {
            GPlace(self.place_base[file as usize] + place.0)
        }
    }

    /// The definition that a place holds, or an import brings to it.
    pub(super) fn def_at(&self, place: GPlace) -> Option<GDef> {
        if place == GPlace::NOWHERE {
            return None;
        }
        let file = self.place_base.partition_point(|&base| base <= place.0) - 1;
        let (place, facts) = (
            Place(place.0 - self.place_base[file]),
            self.facts(file as u32),
        );
        if let Some(at) = facts.defs.iter().position(|d| d.place == place) {
            return Some(self.gdef(file as u32, DefId(at as u32)));
        }
        let import = facts.imports.iter().position(|i| i.to == place)?;
        match self.import(file as u32, ImportId(import as u32)).denote {
            Denote::Def(def) => Some(def),
            _ => None,
        }
    }

    pub(super) fn file_of(&self, def: GDef) -> u32 {
        self.def_file[def.0 as usize]
    }

    pub(super) fn def(&self, def: GDef) -> &Def {
        let file = self.file_of(def);
        &self.files[file as usize].facts.defs[(def.0 - self.def_base[file as usize]) as usize]
    }

    pub(super) fn parent(&self, def: GDef) -> GDef {
        self.gdef(self.file_of(def), self.def(def).parent)
    }

    pub(super) fn sym(&self, def: GDef) -> Sym {
        let file = self.file_of(def);
        Sym {
            file,
            def: DefId(def.0 - self.def_base[file as usize]),
        }
    }

    pub(super) fn is_model(&self, def: GDef) -> bool {
        self.file_of(def) >= self.sources
    }

    pub(super) fn is_class(&self, def: GDef) -> bool {
        matches!(
            self.def(def).kind,
            NodeKind::Class | NodeKind::Interface | NodeKind::Type
        )
    }

    pub(super) fn symbol(&self, file: u32, name: Name) -> Symbol {
        self.names[file as usize][name.0 as usize]
    }

    pub(super) fn entries(&self, owner: GDef, name: Symbol) -> &[Entry] {
        self.namespace
            .get(&(owner, name))
            .map_or(&[], |e| e.as_slice())
    }

    /// True where a definition is known by its own name.
    pub(super) fn name_is(&self, def: GDef, name: Symbol) -> bool {
        self.symbol(self.file_of(def), self.def(def).name) == name
    }

    /// A builtin of the language's models.
    pub(super) fn builtin(&self, name: Symbol) -> Option<Found> {
        let found = self.member(self.builtins?, name);
        (found.denote != Denote::Missing).then_some(Found { hops: 0, ..found })
    }

    /// Functions are objects with prototypes (JavaScript).
    pub(super) fn has_prototypes(&self) -> bool {
        !self.semantics.function_class.is_empty() && !self.semantics.explicit_receiver
    }

    /// The class of that full name; `$` before a nested one is as good as a dot.
    pub(super) fn class_named(&self, text: Symbol) -> Option<GDef> {
        let names = self.class_names.get_or_init(|| {
            let mut out = FxHashMap::default();
            for file in 0..self.sources {
                let facts = self.facts(file);
                let module = self.modules.module_name(&self.files[file as usize].path);
                let mut full: Vec<Option<String>> = vec![(!module.is_empty()).then_some(module)];
                for (index, d) in facts.defs.iter().enumerate().skip(1) {
                    let def = self.gdef(file, DefId(index as u32));
                    let own = &facts.names[d.name.0 as usize];
                    let outer = full.get(d.parent.0 as usize).cloned().flatten();
                    let inside = d.parent == DefId(0) || outer.is_some();
                    let name = (self.is_class(def) && inside).then(|| match outer {
                        Some(outer) => format!("{outer}.{own}"),
                        None => own.to_string(),
                    });
                    if let Some(name) = &name {
                        out.entry(name.clone()).or_insert(def);
                    }
                    full.push(name);
                }
            }
            out
        });
        names
            .get(&self.symbols.text(text).replace('$', "."))
            .copied()
    }

    /// A member under a name that is not known is not looked up at all: naming members by strings is
    /// rare enough to be a blind spot.
    pub(super) fn names_are_data(&self) -> bool {
        self.semantics.binds_on_load || self.semantics.functional_interfaces
    }

    /// The model class with that name, for literals.
    pub(super) fn builtin_class(&self, name: &str) -> Option<GDef> {
        match self.builtin(self.symbols.get(name)?)?.denote {
            Denote::Def(def) if self.is_class(def) => Some(self.through_alias(def)),
            _ => None,
        }
    }
}
