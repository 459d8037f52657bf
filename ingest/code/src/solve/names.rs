//! What names denote: look-ups through namespaces, re-exports, star imports and packages.
//!
//! Goes in: the numbering of all files. Comes out: what a name, import or path stands for. No value
//! flows here.

use crate::facts::{Binding, DefId, Head, ImportId, Imported, Path, Place};
use crate::solve::world::{Denote, Found, GDef, Leads, MAX_HOPS, Symbol, World};
use ripple_schemas::NodeKind;
use rustc_hash::FxHashMap;

/// What one look-up has found out so far.
#[derive(Default)]
struct Seen {
    /// What star imports bring for a name of a module; missing while that is being found out.
    stars: FxHashMap<(GDef, Symbol), Found>,
    /// What imports bind; `None` while that is being found out.
    imports: FxHashMap<(u32, ImportId), Option<Found>>,
}

impl World {
    /// The name in a module's namespace, through re-exports and star re-exports.
    pub(super) fn member(&self, module: GDef, name: Symbol) -> Found {
        self.member_from(module, name, 0, &mut Seen::default())
    }

    fn member_from(&self, module: GDef, name: Symbol, hops: u32, seen: &mut Seen) -> Found {
        if hops > MAX_HOPS {
            return Found::missing();
        }
        // The last binding wins; an import that leads nowhere gives way to another binding.
        let mut best = Found::missing();
        for entry in self.entries(module, name).iter().rev() {
            let found = self.binding(entry.file, entry.binding, hops, seen);
            if found.denote != Denote::Missing {
                match (best.denote, found.denote) {
                    (Denote::Missing, _) | (Denote::Ext(_), _) => best = found,
                    _ => {}
                }
            }
        }
        if best.denote != Denote::Missing {
            return best;
        }
        let found = self.starred(module, name, hops, seen);
        if found.denote != Denote::Missing {
            return found;
        }
        if self.sym(module).def == DefId(0) && !self.is_model(module) {
            let file = self.file_of(module);
            if let Some(path) = self
                .modules
                .child(&self.files[file as usize].path, self.symbols.text(name))
                && let Some(&child) = self.by_path.get(path.as_str())
            {
                return Found {
                    denote: Denote::Module(GDef(self.def_base[child as usize])),
                    hops,
                };
            }
        }
        Found::missing()
    }

    /// The name in what a module's star imports bring. Modules that import all of each other are
    /// asked once in one look-up.
    fn starred(&self, module: GDef, name: Symbol, hops: u32, seen: &mut Seen) -> Found {
        let Some(stars) = self.stars.get(&module) else {
            return Found::missing();
        };
        if let Some(&known) = seen.stars.get(&(module, name)) {
            return known;
        }
        seen.stars.insert((module, name), Found::missing());
        for &(file, import) in stars.iter().rev() {
            let from = self.import_module_in(file, import, hops + 1, seen);
            let found = self.walk_in(from, name, hops + 1, seen);
            if !matches!(found.denote, Denote::Missing | Denote::Ext(_)) {
                let found = Found {
                    hops: found.hops.max(hops + 1),
                    ..found
                };
                seen.stars.insert((module, name), found);
                return found;
            }
        }
        Found::missing()
    }

    fn binding(&self, file: u32, binding: Binding, hops: u32, seen: &mut Seen) -> Found {
        match binding {
            Binding::Def(def) => Found {
                hops,
                ..self.def_found(file, def)
            },
            Binding::Import(import) => self.import_from(file, import, hops + 1, seen),
            Binding::Place(place) => Found {
                denote: Denote::Place(self.gplace(file, place)),
                hops,
            },
        }
    }

    fn def_found(&self, file: u32, def: DefId) -> Found {
        let def = self.gdef(file, def);
        Found::local(match self.def(def).kind {
            NodeKind::Module => Denote::Module(def),
            _ => Denote::Def(def),
        })
    }

    /// What an import binds.
    pub(super) fn import(&self, file: u32, import: ImportId) -> Found {
        self.import_from(file, import, 1, &mut Seen::default())
    }

    /// An import that leads to itself (`mod copy; pub use copy::copy;`) leads to what else has the
    /// name.
    fn import_from(&self, file: u32, id: ImportId, hops: u32, seen: &mut Seen) -> Found {
        if hops > MAX_HOPS {
            return Found::missing();
        }
        if let Some(known) = seen.imports.get(&(file, id)) {
            return known.unwrap_or_else(Found::missing);
        }
        seen.imports.insert((file, id), None);
        let found = self.imported(file, id, hops, seen);
        match found.denote {
            Denote::Missing => seen.imports.remove(&(file, id)),
            _ => seen.imports.insert((file, id), Some(found)),
        };
        found
    }

    fn imported(&self, file: u32, id: ImportId, hops: u32, seen: &mut Seen) -> Found {
        let import = &self.facts(file).imports[id.0 as usize];
        let module = self.import_module_in(file, id, hops, seen);
        if matches!(self.leads[file as usize][id.0 as usize], Leads::Itself(_)) {
            return module;
        }
        match import.name {
            Imported::Module | Imported::Star => module,
            Imported::Name(name) => self.walk_in(module, self.symbol(file, name), hops, seen),
        }
    }

    /// The module that an import names.
    pub(super) fn import_module(&self, file: u32, id: ImportId, hops: u32) -> Found {
        self.import_module_in(file, id, hops, &mut Seen::default())
    }

    fn import_module_in(&self, file: u32, id: ImportId, hops: u32, seen: &mut Seen) -> Found {
        match &self.leads[file as usize][id.0 as usize] {
            Leads::Module(module, rest) => {
                let mut at = Found {
                    denote: Denote::Module(*module),
                    hops,
                };
                for &name in rest {
                    // Walking `crate::a::b` is one step for the reader of the code.
                    at = Found {
                        hops,
                        ..self.walk_in(at, name, hops, seen)
                    };
                }
                at
            }
            Leads::Set(set) => Found {
                denote: Denote::Set(*set),
                hops,
            },
            Leads::Itself(module) => Found {
                denote: Denote::Module(*module),
                hops,
            },
            Leads::Ext(symbol) => Found {
                denote: Denote::Ext(*symbol),
                hops,
            },
            Leads::Missing => Found {
                denote: Denote::Missing,
                hops,
            },
        }
    }

    /// The outside package an import leads to.
    pub(super) fn import_package(&self, file: u32, id: ImportId) -> Option<Symbol> {
        match self.leads[file as usize][id.0 as usize] {
            Leads::Ext(symbol) => Some(symbol),
            _ => None,
        }
    }

    /// True where the import leads nowhere.
    pub(super) fn import_is_missing(&self, file: u32, id: ImportId) -> bool {
        matches!(self.leads[file as usize][id.0 as usize], Leads::Missing)
    }

    /// What a model is the model of: its other members are outside.
    fn model_package(&self, module: GDef) -> Option<Symbol> {
        if !self.semantics.allocation_sites || !self.is_model(module) {
            return None;
        }
        let path = &self.files[self.file_of(module) as usize].path;
        self.symbols.get(&format!("std:{path}"))
    }

    /// One step of a path.
    pub(super) fn walk(&self, from: Found, name: Symbol, hops: u32) -> Found {
        self.walk_in(from, name, hops, &mut Seen::default())
    }

    fn walk_in(&self, from: Found, name: Symbol, hops: u32, seen: &mut Seen) -> Found {
        if hops > MAX_HOPS {
            return Found::missing();
        }
        match from.denote {
            Denote::Module(module) => {
                let found = self.member_from(module, name, hops.max(from.hops), seen);
                match self.model_package(module) {
                    Some(package) if found.denote == Denote::Missing => Found {
                        denote: Denote::Ext(package),
                        hops: from.hops,
                    },
                    _ => found,
                }
            }
            Denote::Set(set) => {
                let entries = self.set_names.get(&(set, name));
                for entry in entries.into_iter().flatten() {
                    let hops = hops.max(from.hops);
                    let found = self.binding(entry.file, entry.binding, hops, seen);
                    if found.denote != Denote::Missing {
                        return found;
                    }
                }
                Found::missing()
            }
            Denote::Def(def) | Denote::SelfType(def) => {
                let def = self.through_alias(def);
                match self.entries(def, name).last() {
                    Some(entry) => Found {
                        hops: from.hops,
                        ..self.binding(entry.file, entry.binding, hops, seen)
                    },
                    None => Found::missing(),
                }
            }
            Denote::Ext(symbol) => Found {
                denote: Denote::Ext(symbol),
                hops: from.hops,
            },
            Denote::Place(_) | Denote::Generic(..) | Denote::Missing => Found::missing(),
        }
    }

    /// A name that no scope of the file binds.
    pub(super) fn free(&self, file: u32, name: Symbol, scope: DefId) -> Found {
        let mut at = scope;
        let facts = self.facts(file);
        loop {
            if let Some(stars) = self.stars.get(&self.gdef(file, at)) {
                let mut outside = None;
                for &(star_file, import) in stars.iter().rev() {
                    let from = self.import_module(star_file, import, 1);
                    let found = self.walk(from, name, 1);
                    match found.denote {
                        Denote::Missing => {}
                        Denote::Ext(_) => outside = Some(found),
                        _ => return found,
                    }
                }
                if let Some(found) = outside
                    && self.builtin(name).is_none()
                {
                    return found;
                }
            }
            let own = self.member(self.gdef(file, at), name);
            if at == DefId(0) && own.denote != Denote::Missing {
                return own;
            }
            let parent = facts.defs[at.0 as usize].parent;
            if parent == at {
                break;
            }
            at = parent;
        }
        self.builtin(name).unwrap_or_else(Found::missing)
    }

    /// What a path's head denotes.
    pub(super) fn head(&self, file: u32, head: Head) -> Found {
        match head {
            Head::Def(def) => self.def_found(file, def),
            Head::Import(import) => self.import(file, import),
            Head::Generic(def, name) => Found::local(Denote::Generic(
                self.gdef(file, def),
                self.symbol(file, name),
            )),
            Head::Place(place) => self.place_denotes(file, place),
            Head::Free(name, scope) => self.free(file, self.symbol(file, name), scope),
            Head::SelfType(def) => {
                let def = self.gdef(file, def);
                Found::local(match self.self_class(def) {
                    Some(class) => Denote::SelfType(class),
                    None => Denote::Missing,
                })
            }
        }
    }

    /// The class whose body `def` is or is in.
    pub(super) fn self_class(&self, def: GDef) -> Option<GDef> {
        let mut at = def;
        loop {
            if let Some(&class) = self.class_of.get(&at) {
                return Some(class);
            }
            if self.is_class(at) {
                return Some(self.through_alias(at));
            }
            let parent = self.parent(at);
            if parent == at {
                return None;
            }
            at = parent;
        }
    }

    fn place_denotes(&self, file: u32, place: Place) -> Found {
        let facts = self.facts(file);
        if let Some(i) = facts.imports.iter().position(|i| i.to == place) {
            return self.import(file, ImportId(i as u32));
        }
        if let Some(i) = facts.defs.iter().position(|d| d.place == place) {
            return self.def_found(file, DefId(i as u32));
        }
        Found::local(Denote::Place(self.gplace(file, place)))
    }

    /// What a whole path denotes.
    pub(super) fn path(&self, file: u32, path: &Path) -> Found {
        let mut at = self.head(file, path.head);
        for &name in &path.rest {
            at = self.walk(at, self.symbol(file, name), at.hops);
        }
        at
    }
}
