//! Where Go imports lead: modules, workspaces, replacements, packages of many files.
//!
//! Goes in: the paths of a tree and its go.mod and go.work files. Comes out: the files of an
//! imported package. A build takes some of a package's files; here all are its files.

use super::lower::{PACKAGE, TEST_PACKAGE};
use super::models;
use crate::facts::{Binding, Blind, DefId, FileFacts, Import, ImportKind, MemberOwner};
use crate::lang::{Layout, Modules, Target};
use crate::manifests::go::{ModFile, parse};
use ripple_schemas::BlindKind;
use rustc_hash::FxHashMap;
use std::collections::{BTreeMap, BTreeSet};

/// So many files are named in one reason.
const MAX_NAMED: usize = 3;

/// Module look-up in one tree.
pub(super) struct GoModules {
    folders: FxHashMap<String, Folder>,
    /// By the length of their folder, longest first.
    modules: Vec<Module>,
    workspaces: Vec<Module>,
}

#[derive(Debug, Default)]
struct Folder {
    sources: Vec<String>,
    tests: Vec<String>,
}

#[derive(Debug)]
struct Module {
    folder: String,
    file: ModFile,
}

impl Module {
    fn holds(&self, path: &str) -> bool {
        self.folder.is_empty() || below(path, &self.folder).is_some()
    }
}

/// What of a path is left below another: `""` for the path itself.
fn below<'p>(path: &'p str, above: &str) -> Option<&'p str> {
    let rest = path.strip_prefix(above)?;
    match rest.strip_prefix('/') {
        Some(rest) => Some(rest),
        None => rest.is_empty().then_some(""),
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// A folder with a relative path; `None` where that leaves the tree.
fn join(folder: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|p| !p.is_empty()).collect();
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

impl GoModules {
    pub(super) fn new(layout: &Layout) -> Self {
        let mut folders: FxHashMap<String, Folder> = FxHashMap::default();
        for path in layout.paths.iter().filter(|p| p.ends_with(".go")) {
            let folder = folders.entry(parent(path).to_owned()).or_default();
            if path.ends_with("_test.go") {
                folder.tests.push(path.clone());
            } else {
                folder.sources.push(path.clone());
            }
        }
        let (mut modules, mut workspaces) = (Vec::new(), Vec::new());
        for (path, text) in &layout.manifests {
            let module = Module {
                folder: parent(path).to_owned(),
                file: parse(text),
            };
            if path.ends_with("go.work") {
                workspaces.push(module);
            } else if path.ends_with("go.mod") {
                modules.push(module);
            }
        }
        for list in [&mut modules, &mut workspaces] {
            list.sort_by(|a, b| (b.folder.len(), &a.folder).cmp(&(a.folder.len(), &b.folder)));
        }
        Self {
            folders,
            modules,
            workspaces,
        }
    }

    fn module_of(&self, path: &str) -> Option<&Module> {
        self.modules.iter().find(|m| m.holds(path))
    }

    /// The package in a folder, as others import it.
    fn package(&self, folder: &str) -> Target {
        match self.folders.get(folder) {
            Some(found) if !found.sources.is_empty() => Target::Files(found.sources.clone()),
            _ => Target::Missing,
        }
    }

    fn own_package(&self, from: &str, outside: bool) -> Target {
        let Some(folder) = self.folders.get(parent(from)) else {
            return Target::Missing;
        };
        let test = from.ends_with("_test.go");
        Target::Files(match (outside, test) {
            (true, _) => folder.tests.clone(),
            (false, true) => folder
                .sources
                .iter()
                .chain(&folder.tests)
                .cloned()
                .collect(),
            (false, false) => folder.sources.clone(),
        })
    }

    /// A test outside its package sees what the package's own test files export to it.
    fn with_tests(&self, from: &str, found: Target) -> Target {
        match found {
            Target::Files(mut files)
                if from.ends_with("_test.go")
                    && files.first().is_some_and(|f| parent(f) == parent(from)) =>
            {
                let tests = self.folders.get(parent(from)).map(|f| f.tests.as_slice());
                files.extend(tests.unwrap_or_default().iter().cloned());
                Target::Files(files)
            }
            found => found,
        }
    }

    /// Through a `replace` of the module that imports, or of its workspace.
    fn replaced(&self, own: Option<&Module>, from: &str, specifier: &str) -> Option<Target> {
        let workspace = self.workspaces.iter().find(|w| w.holds(from));
        let best = workspace
            .into_iter()
            .chain(own)
            .flat_map(|m| m.file.replaces.iter().map(move |r| (m, r)))
            .filter_map(|(m, r)| Some((m, r, below(specifier, &r.path)?)))
            .max_by_key(|(_, r, _)| r.path.len());
        let (module, replace, rest) = best?;
        if replace.is_folder() {
            let folder = join(&module.folder, &replace.by);
            return Some(match folder.and_then(|f| join(&f, rest)) {
                Some(folder) => self.package(&folder),
                None => Target::Missing,
            });
        }
        let specifier = match rest {
            "" => replace.by.clone(),
            rest => format!("{}/{rest}", replace.by),
        };
        self.inside(&specifier)
    }

    /// A package of a module in this tree.
    fn inside(&self, specifier: &str) -> Option<Target> {
        let best = self
            .modules
            .iter()
            .filter(|m| !m.file.module.is_empty())
            .filter_map(|m| Some((m, below(specifier, &m.file.module)?)))
            .max_by_key(|(m, _)| m.file.module.len());
        let (module, rest) = best?;
        join(&module.folder, rest).map(|folder| self.package(&folder))
    }

    /// The tree is (part of) the standard library itself.
    fn standard(&self, specifier: &str) -> Option<Target> {
        let library = self.modules.iter().find(|m| m.file.module == "std")?;
        let folder = join(&library.folder, specifier)?;
        match self.package(&folder) {
            Target::Missing => None,
            found => Some(found),
        }
    }

    /// Without a go.mod: a folder whose path ends the import's.
    fn by_folder(&self, specifier: &str) -> Option<Target> {
        let mut rest = specifier;
        loop {
            if let found @ Target::Files(_) = self.package(rest) {
                return Some(found);
            }
            rest = rest.split_once('/')?.1;
        }
    }
}

/// The module that a package outside belongs to, as far as its path shows it.
fn module_path(own: Option<&Module>, specifier: &str) -> String {
    let required = own
        .iter()
        .flat_map(|m| &m.file.requires)
        .filter(|r| below(specifier, &r.path).is_some())
        .max_by_key(|r| r.path.len());
    if let Some(required) = required {
        return required.path.clone();
    }
    let parts: Vec<&str> = specifier.split('/').collect();
    let take = match parts[0] {
        "gopkg.in" if parts.get(1).is_some_and(|p| p.contains(".v")) => 2,
        "google.golang.org" | "go.uber.org" | "k8s.io" | "sigs.k8s.io" => 2,
        _ => 3,
    };
    let mut take = take.min(parts.len());
    let version = |p: &str| {
        p.strip_prefix('v')
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    if parts.get(take).is_some_and(|p| version(p)) {
        take += 1;
    }
    parts[..take].join("/")
}

impl Modules for GoModules {
    fn find(&self, from: &str, specifier: &str, _import: &Import) -> Target {
        match specifier {
            PACKAGE => return self.own_package(from, false),
            TEST_PACKAGE => return self.own_package(from, true),
            "C" => return Target::Package("std", "C".to_owned()),
            _ => {}
        }
        if specifier.starts_with("./") || specifier.starts_with("../") {
            return join(parent(from), specifier).map_or(Target::Missing, |f| self.package(&f));
        }
        let own = self.module_of(from);
        if let Some(found) = self
            .replaced(own, from, specifier)
            .or_else(|| self.inside(specifier))
            .or_else(|| self.standard(specifier))
        {
            return self.with_tests(from, found);
        }
        let outside = specifier
            .split('/')
            .next()
            .is_some_and(|first| first.contains('.'));
        if own.is_none()
            && let Some(found) = self.by_folder(specifier)
        {
            return found;
        }
        if outside && models::find(specifier).is_none() {
            return Target::Package("golang", module_path(own, specifier));
        }
        match models::find(specifier) {
            Some(model) => Target::Model(model.to_owned(), Vec::new()),
            None => Target::Package("std", specifier.to_owned()),
        }
    }

    fn notes(&self, files: &[(&str, &FileFacts)]) -> Vec<(u32, Blind)> {
        twins(files)
    }

    fn module_name(&self, path: &str) -> String {
        let folder = parent(path);
        match self.module_of(path) {
            Some(module) => {
                let rest = below(folder, &module.folder).unwrap_or(folder);
                let rest = if module.folder.is_empty() {
                    folder
                } else {
                    rest
                };
                match rest {
                    "" => module.file.module.clone(),
                    rest => format!("{}/{rest}", module.file.module),
                }
            }
            None => folder.to_owned(),
        }
    }

    fn test_id(&self, path: &str, _runner: &str, id: &str) -> (String, String) {
        let module = self.module_of(path).map_or("", |m| m.folder.as_str());
        let folder = parent(path);
        let package = match module {
            "" => folder,
            module => below(folder, module).unwrap_or(folder),
        };
        let pattern: Vec<String> = id.split('/').map(|t| format!("^{}$", escape(t))).collect();
        let pattern = pattern.join("/").replace('\'', "'\\''");
        let change = match module {
            "" => String::new(),
            module => format!("-C {module} "),
        };
        let package = match package {
            "" => ".".to_owned(),
            package => format!("./{package}"),
        };
        let run = if id.starts_with("Benchmark") {
            format!("-run '^$' -bench '{pattern}'")
        } else {
            format!("-run '{pattern}'")
        };
        ("go".to_owned(), format!("{change}{run} {package}"))
    }
}

/// A folder, whether its tests outside the package are meant, and a name declared there.
type PackageName<'f> = (&'f str, bool, &'f str);

/// What a file declares that others of its package declare too.
struct Twin<'f> {
    name: &'f str,
    def: DefId,
    /// So many names beside it.
    more: usize,
    others: BTreeSet<u32>,
}

/// Names that a package declares in several files, of which a build can only take one: one note for
/// each such file. A program of one file that is built alone has a `main` of its own.
fn twins(files: &[(&str, &FileFacts)]) -> Vec<(u32, Blind)> {
    let mut declared: BTreeMap<PackageName<'_>, Vec<(u32, DefId)>> = BTreeMap::new();
    for (number, (path, facts)) in files.iter().enumerate() {
        let outside = facts.imports.iter().any(|i| {
            i.kind == ImportKind::Implicit && &*facts.names[i.module.0 as usize] == TEST_PACKAGE
        });
        for member in &facts.members {
            let Binding::Def(def) = member.binding else {
                continue;
            };
            let name = &*facts.names[member.name.0 as usize];
            if member.owner != MemberOwner::Def(DefId(0)) || ["main", "init", "_"].contains(&name) {
                continue;
            }
            let all = declared.entry((parent(path), outside, name)).or_default();
            if all.last().is_none_or(|(file, _)| *file != number as u32) {
                all.push((number as u32, def));
            }
        }
    }
    let mut found: BTreeMap<u32, Twin<'_>> = BTreeMap::new();
    for ((_, _, name), all) in declared.iter().filter(|(_, all)| all.len() > 1) {
        for &(file, def) in all {
            let others = all.iter().map(|(other, _)| *other).filter(|o| *o != file);
            let twin = found
                .entry(file)
                .and_modify(|twin| twin.more += 1)
                .or_insert_with(|| Twin {
                    name,
                    def,
                    more: 0,
                    others: BTreeSet::new(),
                });
            twin.others.extend(others);
        }
    }
    let base = |file: u32| {
        let path = files[file as usize].0;
        path.rsplit_once('/').map_or(path, |(_, name)| name)
    };
    found
        .into_iter()
        .map(|(file, twin)| {
            let Twin { name, def, more, others } = twin;
            let named: Vec<&str> = others.iter().take(MAX_NAMED).map(|&o| base(o)).collect();
            let further = match others.len() - named.len() {
                0 => String::new(),
                further => format!(" and {further} more"),
            };
            let what = match more {
                0 => format!("`{name}` is"),
                more => format!("`{name}` and {more} more names are"),
            };
            let why = format!(
                "{what} declared in {}{further} too: a build takes one of these files by its constraints, here all are read",
                named.join(", ")
            );
            let blind = Blind {
                kind: BlindKind::TooManyCandidates,
                within: def,
                line: files[file as usize].1.defs[def.0 as usize].name_line,
                why: why.into(),
            };
            (file, blind)
        })
        .collect()
}

/// A title in a regular expression of Go.
fn escape(title: &str) -> String {
    let mut out = String::with_capacity(title.len());
    for c in title.chars() {
        if "\\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{DefId, ImportKind, Imported, Name, Place};

    fn modules(paths: &[&str], manifests: &[(&str, &str)]) -> GoModules {
        GoModules::new(&Layout {
            paths: paths.iter().map(|p| (*p).to_owned()).collect(),
            manifests: manifests
                .iter()
                .map(|(p, t)| ((*p).to_owned(), (*t).to_owned()))
                .collect(),
        })
    }

    fn find(modules: &GoModules, from: &str, specifier: &str) -> Target {
        let import = Import {
            module: Name(0),
            name: Imported::Module,
            to: Place(1),
            within: DefId(0),
            line: 1,
            kind: ImportKind::Static,
        };
        modules.find(from, specifier, &import)
    }

    fn files(paths: &[&str]) -> Target {
        Target::Files(paths.iter().map(|p| (*p).to_owned()).collect())
    }

    #[test]
    fn a_package_is_all_files_of_its_folder() {
        let m = modules(
            &["main.go", "price/a.go", "price/b.go", "price/b_test.go"],
            &[("go.mod", "module example.com/shop\n")],
        );
        let price = files(&["price/a.go", "price/b.go"]);
        assert_eq!(find(&m, "main.go", "example.com/shop/price"), price);
        assert_eq!(find(&m, "price/a.go", PACKAGE), price);
        assert_eq!(
            find(&m, "price/b_test.go", TEST_PACKAGE),
            files(&["price/b_test.go"])
        );
        assert_eq!(
            find(&m, "main.go", "example.com/shop/gone"),
            Target::Missing
        );
        assert_eq!(
            find(&m, "price/b_test.go", "example.com/shop/price"),
            files(&["price/a.go", "price/b.go", "price/b_test.go"])
        );
        assert_eq!(
            find(&m, "main.go", "github.com/a/b/v2/c"),
            Target::Package("golang", "github.com/a/b/v2".to_owned())
        );
        assert_eq!(
            find(&m, "main.go", "unknown/thing"),
            Target::Package("std", "unknown/thing".to_owned())
        );
    }

    #[test]
    fn a_replacement_leads_to_its_folder_or_nowhere() {
        let m = modules(
            &["app/main.go", "tax/tax.go"],
            &[
                (
                    "app/go.mod",
                    "module a\nreplace example.com/tax => ../tax\nreplace example.com/x => ../gone\n",
                ),
                ("tax/go.mod", "module example.com/tax\n"),
            ],
        );
        assert_eq!(
            find(&m, "app/main.go", "example.com/tax"),
            files(&["tax/tax.go"])
        );
        assert_eq!(find(&m, "app/main.go", "example.com/x"), Target::Missing);
    }

    #[test]
    fn a_test_id_can_be_pasted_after_go_test() {
        let m = modules(&["app/a/a_test.go"], &[("app/go.mod", "module a\n")]);
        let id = |id| m.test_id("app/a/a_test.go", "go", id).1;
        assert_eq!(id("TestA"), "-C app -run '^TestA$' ./a");
        assert_eq!(
            id("TestA/it's_1.5"),
            "-C app -run '^TestA$/^it'\\''s_1\\.5$' ./a"
        );
        assert_eq!(
            id("BenchmarkA"),
            "-C app -run '^$' -bench '^BenchmarkA$' ./a"
        );
    }
}
