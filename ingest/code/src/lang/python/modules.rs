//! Where Python imports lead: source roots, packages, relative imports, the standard library.

use super::library::{distribution, is_stdlib};
use super::pytest::CONFTEST;
use crate::facts::{Import, ImportKind};
use crate::lang::{Layout, Modules, Target};
use rustc_hash::{FxHashMap, FxHashSet};

/// Module look-up in one tree.
pub(super) struct PythonModules {
    files: FxHashSet<String>,
    /// Folders that hold Python files at any depth.
    folders: FxHashSet<String>,
    /// Folders from which a top-level name can be imported, by that name; sorted.
    roots: FxHashMap<String, Vec<String>>,
    pytest: bool,
}

impl PythonModules {
    pub(super) fn new(layout: Layout) -> Self {
        let files: FxHashSet<String> = layout
            .paths
            .iter()
            .filter(|p| p.ends_with(".py") || p.ends_with(".pyi"))
            .cloned()
            .collect();
        let mut folders = FxHashSet::default();
        for file in &files {
            let mut at = parent(file);
            while folders.insert(at.to_owned()) && !at.is_empty() {
                at = parent(at);
            }
        }
        let mut roots: FxHashMap<String, Vec<String>> = FxHashMap::default();
        let is_package =
            |folder: &str| !folder.is_empty() && files.contains(&join(folder, "__init__.py"));
        for file in &files {
            let folder = parent(file);
            let stem = stem(file);
            if !is_package(folder) && stem != "__init__" {
                roots
                    .entry(stem.to_owned())
                    .or_default()
                    .push(folder.to_owned());
            }
        }
        for folder in &folders {
            let above = parent(folder);
            if !folder.is_empty() && !is_package(above) {
                roots
                    .entry(name_of(folder).to_owned())
                    .or_default()
                    .push(above.to_owned());
            }
        }
        for list in roots.values_mut() {
            list.sort();
            list.dedup();
        }
        let pytest = layout.paths.iter().any(|p| {
            let name = name_of(p);
            name == "conftest.py" || name == "pytest.ini"
        }) || layout
            .manifests
            .values()
            .any(|text| text.contains("pytest"));
        Self {
            files,
            folders,
            roots,
            pytest,
        }
    }

    fn is_package(&self, folder: &str) -> bool {
        !folder.is_empty() && self.files.contains(&join(folder, "__init__.py"))
    }

    /// The first folder upward that is no package: what a script or test puts on the path.
    fn own_root<'p>(&self, from: &'p str) -> &'p str {
        let mut at = parent(from);
        while self.is_package(at) {
            at = parent(at);
        }
        at
    }

    /// The file of a dotted module below a folder.
    fn below(&self, root: &str, dotted: &str) -> Option<String> {
        let path = if dotted.is_empty() {
            root.to_owned()
        } else {
            join(root, &dotted.replace('.', "/"))
        };
        for candidate in [
            format!("{path}/__init__.py"),
            format!("{path}.py"),
            format!("{path}/__init__.pyi"),
            format!("{path}.pyi"),
        ] {
            let candidate = candidate.trim_start_matches('/');
            if self.files.contains(candidate) {
                return Some(candidate.to_owned());
            }
        }
        None
    }

    fn relative(&self, from: &str, specifier: &str) -> Target {
        let dots = specifier.bytes().take_while(|&b| b == b'.').count();
        let mut folder = parent(from);
        for _ in 1..dots {
            if folder.is_empty() {
                return Target::Missing;
            }
            folder = parent(folder);
        }
        match self.below(folder, &specifier[dots..]) {
            Some(file) => Target::File(file, Vec::new()),
            None => Target::Missing,
        }
    }

    fn absolute(&self, from: &str, specifier: &str) -> Target {
        let top = specifier.split('.').next().unwrap_or(specifier);
        let own = self.own_root(from);
        let standard = is_stdlib(top);
        let mut candidates: Vec<&str> = self
            .roots
            .get(top)
            .map_or(Vec::new(), |all| all.iter().map(String::as_str).collect());
        if standard {
            // A file beside the script shadows the standard library; one far away does not.
            candidates.retain(|root| *root == own || root.is_empty() || *root == "src");
            if !candidates.contains(&own) && !self.provides(&candidates, top) {
                candidates.clear();
            }
        }
        candidates.sort_by_key(|root| (self.distance(root, own, from), *root));
        for root in &candidates {
            if let Some(file) = self.below(root, specifier) {
                return Target::File(file, Vec::new());
            }
        }
        let known = candidates.iter().any(|root| {
            self.below(root, top).is_some()
                || self
                    .folders
                    .contains(&join(root, &specifier.replace('.', "/")))
        });
        if known && !standard {
            return Target::Missing;
        }
        if let Some((model, rest)) = super::model_of(specifier) {
            return Target::Model(model.to_owned(), rest);
        }
        if standard {
            return Target::Package("std", top.to_owned());
        }
        Target::Package("pypi", distribution(specifier))
    }

    /// True where a root holds the name as a real module, not only as a folder of that name.
    fn provides(&self, roots: &[&str], top: &str) -> bool {
        roots.iter().any(|root| self.below(root, top).is_some())
    }

    /// How far a root is from the importing file: its own root first, then those above, then the
    /// usual ones, then the rest by how much of their path they share.
    fn distance(&self, root: &str, own: &str, from: &str) -> (u8, usize) {
        if root == own {
            (0, 0)
        } else if root.is_empty()
            || from.starts_with(root) && from.as_bytes().get(root.len()) == Some(&b'/')
        {
            (1, from.len() - root.len())
        } else {
            let shared = root
                .split('/')
                .zip(from.split('/'))
                .take_while(|(a, b)| a == b)
                .count();
            let usual = matches!(name_of(root), "src" | "lib" | "python");
            (if usual { 2 } else { 3 }, 1000 - shared.min(1000))
        }
    }
}

impl Modules for PythonModules {
    fn find(&self, from: &str, specifier: &str, import: &Import) -> Target {
        if let Some(folder) = specifier.strip_prefix(CONFTEST) {
            let file = join(folder, "conftest.py");
            return if import.kind == ImportKind::Implicit && self.files.contains(&file) {
                Target::File(file, Vec::new())
            } else {
                Target::Missing
            };
        }
        if specifier.starts_with('.') {
            self.relative(from, specifier)
        } else {
            self.absolute(from, specifier)
        }
    }

    fn child(&self, package: &str, name: &str) -> Option<String> {
        if stem(package) != "__init__" {
            return None;
        }
        self.below(parent(package), name)
    }

    fn module_name(&self, path: &str) -> String {
        let dotted = path
            .strip_suffix(".py")
            .or_else(|| path.strip_suffix(".pyi"))
            .unwrap_or(path)
            .replace('/', ".");
        match dotted.strip_suffix(".__init__") {
            Some(package) => package.to_owned(),
            None => dotted,
        }
    }

    fn test_id(&self, path: &str, runner: &str, id: &str) -> (String, String) {
        if runner == "unittest" && !self.pytest {
            let root = self.own_root(path);
            let module = path
                .strip_prefix(root)
                .unwrap_or(path)
                .trim_start_matches('/');
            let module = module
                .strip_suffix(".py")
                .unwrap_or(module)
                .replace('/', ".");
            return (
                "unittest".to_owned(),
                format!("{module}.{}", id.replace("::", ".")),
            );
        }
        ("pytest".to_owned(), format!("{path}::{id}"))
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

fn name_of(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn stem(path: &str) -> &str {
    let name = name_of(path);
    name.strip_suffix(".py")
        .or_else(|| name.strip_suffix(".pyi"))
        .unwrap_or(name)
}

fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() {
        name.to_owned()
    } else {
        format!("{folder}/{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{DefId, Imported, Name, Place};

    fn modules(paths: &[&str]) -> PythonModules {
        let mut paths: Vec<String> = paths.iter().map(|p| p.to_string()).collect();
        paths.sort();
        PythonModules::new(Layout {
            paths,
            ..Layout::default()
        })
    }

    fn find(modules: &PythonModules, from: &str, specifier: &str) -> Target {
        let import = Import {
            module: Name(0),
            name: Imported::Module,
            to: Place::NOWHERE,
            within: DefId(0),
            line: 1,
            kind: ImportKind::Static,
        };
        modules.find(from, specifier, &import)
    }

    fn file(path: &str) -> Target {
        Target::File(path.to_owned(), Vec::new())
    }

    #[test]
    fn dots_climb_from_the_folder_of_the_importing_file() {
        let m = modules(&["a/__init__.py", "a/b/__init__.py", "a/b/c.py", "a/d.py"]);
        assert_eq!(find(&m, "a/b/c.py", "."), file("a/b/__init__.py"));
        assert_eq!(find(&m, "a/b/c.py", "..d"), file("a/d.py"));
        assert_eq!(find(&m, "a/b/__init__.py", ".c"), file("a/b/c.py"));
        assert_eq!(find(&m, "a/d.py", ".b.c"), file("a/b/c.py"));
        assert_eq!(find(&m, "a/d.py", "...x"), Target::Missing);
    }

    #[test]
    fn a_source_root_need_not_be_the_repository_root() {
        let m = modules(&[
            "src/shop/__init__.py",
            "src/shop/price.py",
            "tests/test_price.py",
        ]);
        assert_eq!(
            find(&m, "tests/test_price.py", "shop.price"),
            file("src/shop/price.py")
        );
    }

    #[test]
    fn the_nearest_of_several_roots_wins() {
        let m = modules(&["one/util.py", "one/main.py", "two/util.py", "two/main.py"]);
        assert_eq!(find(&m, "two/main.py", "util"), file("two/util.py"));
        assert_eq!(find(&m, "one/main.py", "util"), file("one/util.py"));
    }

    #[test]
    fn a_module_inside_a_package_does_not_shadow_the_standard_library() {
        let m = modules(&[
            "pkg/__init__.py",
            "pkg/struct.py",
            "pkg/a.py",
            "script/struct.py",
            "script/a.py",
        ]);
        assert_eq!(
            find(&m, "pkg/a.py", "struct"),
            Target::Package("std", "struct".into())
        );
        assert_eq!(find(&m, "script/a.py", "struct"), file("script/struct.py"));
    }

    #[test]
    fn namespace_packages_have_no_file_but_their_modules_do() {
        let m = modules(&["ns/part/mod.py", "main.py"]);
        assert_eq!(find(&m, "main.py", "ns.part.mod"), file("ns/part/mod.py"));
        assert_eq!(find(&m, "main.py", "ns.part"), Target::Missing);
    }

    #[test]
    fn what_is_nowhere_in_the_tree_is_a_package() {
        let m = modules(&["main.py"]);
        assert_eq!(
            find(&m, "main.py", "requests.adapters"),
            Target::Package("pypi", "requests".into())
        );
        assert_eq!(
            find(&m, "main.py", "xml.dom"),
            Target::Package("std", "xml".into())
        );
    }

    #[test]
    fn unittest_ids_are_dotted_where_pytest_is_not_in_use() {
        let id = |m: &PythonModules| m.test_id("tests/test_a.py", "unittest", "TestA::test_b");
        assert_eq!(
            id(&modules(&["tests/__init__.py", "tests/test_a.py"])).1,
            "tests.test_a.TestA.test_b"
        );
        assert_eq!(
            id(&modules(&["conftest.py", "tests/test_a.py"])).1,
            "tests/test_a.py::TestA::test_b"
        );
    }
}
