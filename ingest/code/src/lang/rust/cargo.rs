//! Where Rust's module specifiers lead: cargo packages, their targets, the module tree by file name.
//!
//! Goes in: the tree's paths and its `Cargo.toml` files. Comes out: for `crate::a::b`, `super::x`,
//! `serde::de`, `mod x`, the file with the names left to walk, or the outside package; and the
//! arguments after `cargo test` that run one test. Sources are never read here.

use crate::facts::Import;
use crate::lang::{Layout, Modules, Target};
use std::collections::BTreeMap;

/// What cargo makes of a file: a crate root.
#[derive(Clone, Debug)]
struct Root {
    package: usize,
    kind: TargetKind,
    name: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TargetKind {
    Lib,
    Bin,
    Test,
    Example,
    Bench,
    Build,
}

/// One `[package]`.
#[derive(Clone, Debug)]
struct Package {
    name: String,
    /// Folder, without a slash at the end; empty for the root of the tree.
    dir: String,
    /// The library's root file and crate name.
    lib: Option<(String, String)>,
    /// Crate name as written in code to the package it comes from.
    dependencies: BTreeMap<String, Dependency>,
}

#[derive(Clone, Debug)]
struct Dependency {
    package: String,
    /// Folder of a path dependency.
    path: Option<String>,
}

/// The look-up for one tree.
pub(super) struct Cargo {
    files: std::collections::BTreeSet<String>,
    packages: Vec<Package>,
    /// Crate roots by path.
    roots: BTreeMap<String, Root>,
}

impl Cargo {
    pub(super) fn new(layout: Layout) -> Self {
        let files = layout
            .paths
            .into_iter()
            .filter(|path| path.ends_with(".rs"))
            .collect();
        let mut cargo = Self {
            files,
            packages: Vec::new(),
            roots: BTreeMap::new(),
        };
        let manifests: Vec<(String, toml::Table)> = layout
            .manifests
            .iter()
            .filter(|(path, _)| *path == "Cargo.toml" || path.ends_with("/Cargo.toml"))
            .filter_map(|(path, text)| Some((parent(path).to_owned(), text.parse().ok()?)))
            .collect();
        for (dir, manifest) in &manifests {
            cargo.package(dir, manifest, &manifests);
        }
        cargo
    }

    fn package(&mut self, dir: &str, manifest: &toml::Table, all: &[(String, toml::Table)]) {
        let Some(name) = manifest
            .get("package")
            .and_then(|p| p.get("name")?.as_str())
        else {
            return;
        };
        let index = self.packages.len();
        let workspace = manifest
            .get("package")
            .and_then(|p| p.get("workspace")?.as_str());
        let shared = workspace_dependencies(dir, workspace, all);
        let mut dependencies = BTreeMap::new();
        let mut tables = vec![manifest];
        if let Some(targets) = manifest.get("target").and_then(toml::Value::as_table) {
            tables.extend(targets.values().filter_map(toml::Value::as_table));
        }
        for table in tables {
            for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
                let Some(section) = table.get(section).and_then(toml::Value::as_table) else {
                    continue;
                };
                for (key, value) in section {
                    dependencies
                        .insert(key.replace('-', "_"), dependency(dir, key, value, &shared));
                }
            }
        }
        let lib_table = manifest.get("lib").and_then(toml::Value::as_table);
        let lib_path = lib_table
            .and_then(|lib| Some(join(dir, lib.get("path")?.as_str()?)))
            .or_else(|| Some(join(dir, "src/lib.rs")).filter(|path| self.files.contains(path)));
        let lib_name = lib_table
            .and_then(|lib| Some(lib.get("name")?.as_str()?.to_owned()))
            .unwrap_or_else(|| name.to_owned())
            .replace('-', "_");
        let root = |kind, name: &str| Root {
            package: index,
            kind,
            name: name.to_owned(),
        };
        if let Some(path) = &lib_path {
            self.roots
                .insert(path.clone(), root(TargetKind::Lib, &lib_name));
        }
        let main = join(dir, "src/main.rs");
        if self.files.contains(&main) {
            self.roots
                .entry(main)
                .or_insert(root(TargetKind::Bin, name));
        }
        let build = join(dir, "build.rs");
        if self.files.contains(&build) {
            self.roots
                .entry(build)
                .or_insert(root(TargetKind::Build, "build"));
        }
        for (kind, folder, section) in [
            (TargetKind::Bin, "src/bin", "bin"),
            (TargetKind::Test, "tests", "test"),
            (TargetKind::Example, "examples", "example"),
            (TargetKind::Bench, "benches", "bench"),
        ] {
            let declared = manifest.get(section).and_then(toml::Value::as_array);
            for target in declared.into_iter().flatten() {
                let target_name = target
                    .get("name")
                    .and_then(toml::Value::as_str)
                    .unwrap_or(name);
                if let Some(path) = target.get("path").and_then(toml::Value::as_str) {
                    self.roots.insert(join(dir, path), root(kind, target_name));
                }
            }
            let folder = format!("{}/", join(dir, folder));
            let inside: Vec<String> = self
                .files
                .range(folder.clone()..)
                .take_while(|path| path.starts_with(&folder))
                .cloned()
                .collect();
            for path in inside {
                let rest = &path[folder.len()..];
                let target = match rest.split_once('/') {
                    None => rest.trim_end_matches(".rs"),
                    Some((name, "main.rs")) => name,
                    Some(_) => continue,
                };
                let target = root(kind, target);
                self.roots.entry(path).or_insert(target);
            }
        }
        let lib = lib_path.map(|path| (path, lib_name));
        self.packages.push(Package {
            name: name.to_owned(),
            dir: dir.to_owned(),
            lib,
            dependencies,
        });
    }

    /// The package that a file belongs to: the nearest above it.
    fn package_of(&self, path: &str) -> Option<usize> {
        (0..self.packages.len())
            .filter(|&at| within(path, &self.packages[at].dir))
            .max_by_key(|&at| self.packages[at].dir.len())
    }

    /// The root of the crate that a file is compiled into.
    fn root_of(&self, path: &str) -> Option<String> {
        if self.roots.contains_key(path) {
            return Some(path.to_owned());
        }
        let mut dir = parent(path);
        loop {
            for name in ["lib.rs", "main.rs"] {
                let root = join(dir, name);
                if root != path && self.files.contains(&root) {
                    return Some(root);
                }
            }
            // `tests/it.rs` holds `tests/it/…`, `tests/a.rs` holds `tests/common/…`.
            let beside = format!("{dir}.rs");
            if self.roots.contains_key(&beside) {
                return Some(beside);
            }
            let sibling = self
                .roots
                .range(format!("{dir}/")..)
                .find(|(root, _)| parent(root) == dir && root.as_str() != path);
            if let Some((root, _)) = sibling.filter(|(root, _)| within(root, dir)) {
                return Some(root.clone());
            }
            if dir.is_empty() {
                return Some(path.to_owned());
            }
            dir = parent(dir);
        }
    }

    fn is_root(&self, path: &str) -> bool {
        self.roots.contains_key(path)
            || (matches!(file_name(path), "lib.rs" | "main.rs") && !parent(path).ends_with("/bin"))
            || self.packages.is_empty() && self.root_of(path).as_deref() == Some(path)
    }

    /// The folder in which a file's modules lie.
    fn children_dir(&self, path: &str) -> String {
        if self.is_root(path) || file_name(path) == "mod.rs" {
            parent(path).to_owned()
        } else {
            path.trim_end_matches(".rs").to_owned()
        }
    }

    /// The file of a module by Rust's naming rule.
    fn module_in(&self, dir: &str, name: &str) -> Option<String> {
        [format!("{name}.rs"), format!("{name}/mod.rs")]
            .into_iter()
            .map(|file| join(dir, &file))
            .find(|path| self.files.contains(path))
    }

    /// The file that declares a file as its module.
    fn parent_module(&self, path: &str) -> Option<String> {
        if self.is_root(path) {
            return None;
        }
        let dir = match file_name(path) {
            "mod.rs" => parent(parent(path)),
            _ => parent(path),
        };
        let candidates = [join(dir, "mod.rs"), format!("{dir}.rs")];
        candidates
            .into_iter()
            .find(|file| file != path && self.files.contains(file))
            .or_else(|| self.root_of(path))
    }

    /// Walks names down the files as far as they go by name; the rest is left to be walked as
    /// members.
    fn walk(&self, file: String, names: &[&str]) -> Target {
        let mut file = file;
        for (at, name) in names.iter().enumerate() {
            match self.module_in(&self.children_dir(&file), name) {
                Some(next) if next != file => file = next,
                _ => {
                    return Target::File(file, names[at..].iter().map(|&n| n.to_owned()).collect());
                }
            }
        }
        Target::File(file, Vec::new())
    }

    /// `mod a::b` and `mod a = x.rs`.
    fn declared(&self, from: &str, declaration: &str) -> Target {
        let (names, path) = match declaration.split_once(" = ") {
            Some((names, path)) => (names, Some(path)),
            None => (declaration, None),
        };
        let mut names: Vec<&str> = names.split("::").collect();
        let last = names.pop().unwrap_or_default();
        if let Some(path) = path {
            // Relative to the file's folder; inside inline modules, to theirs.
            let dir = match names.is_empty() {
                true => parent(from).to_owned(),
                false => join(&self.children_dir(from), &names.join("/")),
            };
            let path = join(&dir, path);
            return match self.files.contains(&path) {
                true => Target::File(path, Vec::new()),
                false => Target::Missing,
            };
        }
        let dir = join(&self.children_dir(from), &names.join("/"));
        match self.module_in(&dir, last) {
            Some(path) => Target::File(path, Vec::new()),
            None => Target::Missing,
        }
    }

    fn external(&self, from: &str, names: &[&str], import: &Import) -> Target {
        let (first, rest) = (names[0], &names[1..]);
        let walked = rest.iter().map(|&name| name.to_owned()).collect();
        if matches!(first, "std" | "core" | "alloc") {
            return super::models::find(rest).map_or_else(
                || Target::Package("std", first.to_owned()),
                |(module, skip)| {
                    Target::Model(
                        module.to_owned(),
                        rest[skip..].iter().map(|&n| n.to_owned()).collect(),
                    )
                },
            );
        }
        if matches!(first, "proc_macro" | "test") {
            return Target::Package("std", first.to_owned());
        }
        let package = self.package_of(from).map(|at| &self.packages[at]);
        if let Some(package) = package {
            if let Some(dependency) = package.dependencies.get(first) {
                let local = self.packages.iter().find(|other| match &dependency.path {
                    Some(path) => other.dir == *path,
                    None => other.name == dependency.package,
                });
                if let Some((root, _)) = local.and_then(|local| local.lib.as_ref()) {
                    return self.walk(root.clone(), rest);
                }
                return Target::Package("cargo", dependency.package.clone());
            }
            if let Some((root, name)) = &package.lib
                && name == first
            {
                return self.walk(root.clone(), rest);
            }
        }
        // The 2015 edition starts paths at the crate's root.
        if let Some(root) = self.root_of(from)
            && let Some(file) = self.module_in(&self.children_dir(&root), first)
        {
            return self.walk(file, rest);
        }
        let other = self
            .packages
            .iter()
            .filter_map(|package| package.lib.as_ref());
        if let Some((root, _)) = other.into_iter().find(|(_, name)| name == first) {
            return self.walk(root.clone(), rest);
        }
        let _: Vec<String> = walked;
        match import.kind {
            crate::facts::ImportKind::Optional => Target::Missing,
            _ => Target::Package("cargo", first.to_owned()),
        }
    }

    /// The names of a file's module inside its crate.
    fn module_path(&self, path: &str) -> Vec<String> {
        let Some(root) = self.root_of(path) else {
            return Vec::new();
        };
        if root == path {
            return Vec::new();
        }
        let dir = parent(&root);
        let rest = path
            .strip_prefix(dir)
            .unwrap_or(path)
            .trim_start_matches('/');
        let rest = rest.trim_end_matches(".rs").trim_end_matches("/mod");
        rest.split('/').map(str::to_owned).collect()
    }
}

impl Modules for Cargo {
    fn find(&self, from: &str, specifier: &str, import: &Import) -> Target {
        if let Some(declaration) = specifier.strip_prefix("mod ") {
            return self.declared(from, declaration);
        }
        let names: Vec<&str> = specifier.split("::").collect();
        match names[0] {
            "crate" => match self.root_of(from) {
                Some(root) => self.walk(root, &names[1..]),
                None => Target::Missing,
            },
            "self" => Target::File(
                from.to_owned(),
                names[1..].iter().map(|&name| name.to_owned()).collect(),
            ),
            "super" => {
                let mut file = from.to_owned();
                let mut at = 0;
                while names.get(at) == Some(&"super") {
                    match self.parent_module(&file) {
                        Some(parent) => file = parent,
                        None => return Target::Missing,
                    }
                    at += 1;
                }
                Target::File(
                    file,
                    names[at..].iter().map(|&name| name.to_owned()).collect(),
                )
            }
            "" => Target::Missing,
            _ => self.external(from, &names, import),
        }
    }

    fn module_name(&self, path: &str) -> String {
        let package = self
            .package_of(path)
            .map(|at| self.packages[at].name.replace('-', "_"));
        let root = self.root_of(path).and_then(|root| self.roots.get(&root));
        let mut name = match (package, root) {
            (_, Some(root)) => root.name.replace('-', "_"),
            (Some(package), None) => package,
            (None, None) => {
                return path
                    .trim_end_matches(".rs")
                    .trim_end_matches("/mod")
                    .replace('/', ".");
            }
        };
        for part in self.module_path(path) {
            name.push('.');
            name.push_str(&part);
        }
        name
    }

    /// What to write after `cargo test`: `-p shop --lib price::tests::adds -- --exact`.
    fn program(&self, from: &str, name: &str) -> Option<String> {
        let here = self.package_of(from);
        let named =
            |(_, root): &(&String, &Root)| root.kind == TargetKind::Bin && root.name == name;
        let of_package = |(_, root): &(&String, &Root)| Some(root.package) == here;
        let mut found = self.roots.iter().filter(|r| named(r));
        let own = found.clone().find(of_package);
        own.or_else(|| found.next()).map(|(path, _)| path.clone())
    }

    fn test_id(&self, path: &str, runner: &str, id: &str) -> (String, String) {
        let mut out = String::new();
        let root = self.root_of(path);
        let target = root.as_ref().and_then(|root| self.roots.get(root));
        let package = target.map(|t| t.package).or_else(|| self.package_of(path));
        if let Some(at) = package {
            out.push_str("-p ");
            out.push_str(&self.packages[at].name);
            out.push(' ');
        }
        if let Some(line) = id.strip_prefix("doc ") {
            let dir = package.map_or("", |at| self.packages[at].dir.as_str());
            let file = path
                .strip_prefix(dir)
                .unwrap_or(path)
                .trim_start_matches('/');
            // rustdoc names a test `src/lib.rs - path::item (line 12)`; a filter is a part of it.
            let _ = file;
            out.push_str(&format!("--doc '{line}'"));
            return (runner.to_owned(), out);
        }
        if let Some(target) = target {
            match target.kind {
                TargetKind::Lib => out.push_str("--lib "),
                TargetKind::Bin => out.push_str(&format!("--bin {} ", target.name)),
                TargetKind::Test => out.push_str(&format!("--test {} ", target.name)),
                TargetKind::Example => out.push_str(&format!("--example {} ", target.name)),
                TargetKind::Bench => out.push_str(&format!("--bench {} ", target.name)),
                TargetKind::Build => {}
            }
        }
        for part in self.module_path(path) {
            out.push_str(&part);
            out.push_str("::");
        }
        out.push_str(id);
        // A test that runs once a case has the cases' names behind its own.
        if !id.ends_with("::") {
            out.push_str(" -- --exact");
        }
        (runner.to_owned(), out)
    }
}

/// The `[workspace.dependencies]` that a package may inherit, with the workspace's folder.
fn workspace_dependencies<'a>(
    dir: &str,
    named: Option<&str>,
    all: &'a [(String, toml::Table)],
) -> Option<(&'a str, &'a toml::Table)> {
    let named = named.map(|named| join(dir, named));
    all.iter()
        .filter(|(root, _)| {
            named
                .as_ref()
                .map_or(within(dir, root) || dir == root, |n| n == root)
        })
        .filter(|(_, manifest)| manifest.contains_key("workspace"))
        .max_by_key(|(root, _)| root.len())
        .and_then(|(root, manifest)| {
            Some((
                root.as_str(),
                manifest.get("workspace")?.get("dependencies")?.as_table()?,
            ))
        })
}

fn dependency(
    dir: &str,
    key: &str,
    value: &toml::Value,
    shared: &Option<(&str, &toml::Table)>,
) -> Dependency {
    if value.get("workspace").and_then(toml::Value::as_bool) == Some(true)
        && let Some((root, shared)) = shared
        && let Some(value) = shared.get(key)
    {
        return dependency(root, key, value, &None);
    }
    Dependency {
        package: value
            .get("package")
            .and_then(toml::Value::as_str)
            .unwrap_or(key)
            .to_owned(),
        path: value
            .get("path")
            .and_then(toml::Value::as_str)
            .map(|path| join(dir, path)),
    }
}

// Paths inside the repository, always with `/`

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(dir, _)| dir)
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn within(path: &str, dir: &str) -> bool {
    dir.is_empty()
        || path
            .strip_prefix(dir)
            .is_some_and(|rest| rest.starts_with('/'))
}

/// Joins and removes `.` and `..`.
fn join(dir: &str, path: &str) -> String {
    let mut parts: Vec<&str> = dir.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{DefId, ImportKind, Imported, Name, Place};

    fn import() -> Import {
        Import {
            module: Name(0),
            name: Imported::Module,
            to: Place(1),
            within: DefId(0),
            line: 1,
            kind: ImportKind::Static,
        }
    }

    fn shop() -> Cargo {
        let root = "[workspace]\nmembers=['shop','tax']\n[workspace.dependencies]\n\
                    levy = { path = 'tax', package = 'tax-rules' }\nserde = '1'\n";
        let shop = "[package]\nname='shop'\n[dependencies]\nlevy.workspace=true\n\
                    serde = { workspace = true }\nrand-core = '0.6'\n";
        let tax = "[package]\nname='tax-rules'\n";
        let manifests = [
            ("Cargo.toml", root),
            ("shop/Cargo.toml", shop),
            ("tax/Cargo.toml", tax),
        ];
        let paths = [
            "shop/src/lib.rs",
            "shop/src/main.rs",
            "shop/src/price.rs",
            "shop/src/price/net.rs",
            "shop/src/cart/mod.rs",
            "shop/src/cart/line.rs",
            "shop/tests/it.rs",
            "shop/tests/common/mod.rs",
            "shop/tests/big/main.rs",
            "shop/tests/big/part.rs",
            "shop/examples/demo.rs",
            "tax/src/lib.rs",
            "tax/src/rate.rs",
        ];
        Cargo::new(Layout {
            paths: paths.iter().map(|&path| path.to_owned()).collect(),
            manifests: manifests
                .iter()
                .map(|&(p, t)| (p.to_owned(), t.to_owned()))
                .collect(),
        })
    }

    fn file(path: &str, rest: &[&str]) -> Target {
        Target::File(
            path.to_owned(),
            rest.iter().map(|&name| name.to_owned()).collect(),
        )
    }

    #[test]
    fn a_module_is_found_by_the_naming_rule() {
        let cargo = shop();
        let find = |from, specifier| cargo.find(from, specifier, &import());
        assert_eq!(
            find("shop/src/lib.rs", "mod price"),
            file("shop/src/price.rs", &[])
        );
        assert_eq!(
            find("shop/src/price.rs", "mod net"),
            file("shop/src/price/net.rs", &[])
        );
        assert_eq!(
            find("shop/src/cart/mod.rs", "mod line"),
            file("shop/src/cart/line.rs", &[])
        );
        assert_eq!(find("shop/src/lib.rs", "mod a::net"), Target::Missing);
        assert_eq!(
            find("shop/src/lib.rs", "mod x = price/net.rs"),
            file("shop/src/price/net.rs", &[])
        );
        assert_eq!(
            find("shop/tests/it.rs", "mod common"),
            file("shop/tests/common/mod.rs", &[])
        );
        assert_eq!(
            find("shop/tests/big/main.rs", "mod part"),
            file("shop/tests/big/part.rs", &[])
        );
    }

    #[test]
    fn paths_start_at_the_crate_the_parent_or_the_file() {
        let cargo = shop();
        let find = |from, specifier| cargo.find(from, specifier, &import());
        assert_eq!(
            find("shop/src/price/net.rs", "crate::cart::line::Line"),
            file("shop/src/cart/line.rs", &["Line"])
        );
        assert_eq!(
            find("shop/src/price/net.rs", "super::gross"),
            file("shop/src/price.rs", &["gross"])
        );
        assert_eq!(
            find("shop/src/cart/line.rs", "super::super::x"),
            file("shop/src/lib.rs", &["x"])
        );
        assert_eq!(
            find("shop/src/price.rs", "self::tests"),
            file("shop/src/price.rs", &["tests"])
        );
        assert_eq!(
            find("shop/tests/it.rs", "crate::helper"),
            file("shop/tests/it.rs", &["helper"])
        );
    }

    #[test]
    fn other_crates_are_found_by_the_names_that_cargo_gives_them() {
        let cargo = shop();
        let find = |from, specifier| cargo.find(from, specifier, &import());
        assert_eq!(
            find("shop/tests/it.rs", "shop::price"),
            file("shop/src/price.rs", &[])
        );
        assert_eq!(
            find("shop/src/main.rs", "shop"),
            file("shop/src/lib.rs", &[])
        );
        assert_eq!(
            find("shop/src/lib.rs", "levy::rate::of"),
            file("tax/src/rate.rs", &["of"])
        );
        assert_eq!(
            find("shop/src/lib.rs", "serde::de"),
            Target::Package("cargo", "serde".into())
        );
        assert_eq!(
            find("shop/src/lib.rs", "rand_core"),
            Target::Package("cargo", "rand-core".into())
        );
    }

    #[test]
    fn a_test_id_can_be_pasted_after_cargo_test() {
        let cargo = shop();
        let id = |path, id| cargo.test_id(path, "cargo", id).1;
        assert_eq!(
            id("shop/src/price/net.rs", "tests::adds"),
            "-p shop --lib price::net::tests::adds -- --exact"
        );
        assert_eq!(
            id("shop/tests/it.rs", "adds"),
            "-p shop --test it adds -- --exact"
        );
        assert_eq!(
            id("shop/tests/big/part.rs", "adds"),
            "-p shop --test big part::adds -- --exact"
        );
        assert_eq!(
            id("tax/src/lib.rs", "cases::"),
            "-p tax-rules --lib cases::"
        );
        assert_eq!(
            id("tax/src/lib.rs", "doc (line 3)"),
            "-p tax-rules --doc '(line 3)'"
        );
    }

    #[test]
    fn a_module_name_starts_with_its_crate() {
        let cargo = shop();
        assert_eq!(cargo.module_name("shop/src/price/net.rs"), "shop.price.net");
        assert_eq!(cargo.module_name("shop/tests/it.rs"), "it");
        assert_eq!(cargo.module_name("tax/src/lib.rs"), "tax_rules");
    }
}
