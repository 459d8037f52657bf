//! Where module specifiers lead: relative paths, tsconfig paths, packages of the workspace,
//! `exports` and `imports`, Node's own modules, outside packages.

use crate::facts::{Import, ImportKind};
use crate::lang::ecma::manifest::{Config, Package, config, folder, join, lenient};
use crate::lang::ecma::runner;
use crate::lang::{Layout, Modules, Target};
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;
use std::collections::BTreeMap;

/// In which order a specifier without extension is tried; TypeScript before what is made of it.
const EXTENSIONS: &[&str] = &[
    ".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".d.ts", ".d.mts", ".d.cts",
];

/// What a written extension may stand for.
const REPLACED: &[(&str, &[&str])] = &[
    (".js", &[".ts", ".tsx", ".js", ".jsx", ".d.ts"]),
    (".jsx", &[".tsx", ".jsx"]),
    (".mjs", &[".mts", ".mjs", ".d.mts", ".ts", ".js"]),
    (".cjs", &[".cts", ".cjs", ".d.cts", ".ts", ".js"]),
];

/// Folders that hold what is built from the sources.
const BUILT: &[&str] = &[
    "dist", "lib", "build", "out", "esm", "cjs", "es", "module", "types", "umd", "output", "node",
    "browser",
];

/// Modules that are part of Node.
const NODE: &[&str] = &[
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// Modules of Node that have a model.
const MODELLED: &[&str] = &["fs/promises", "util", "events", "assert", "fs", "timers"];

/// Module look-up in one tree.
#[derive(Debug)]
pub(super) struct EcmaModules {
    files: FxHashSet<String>,
    packages: Vec<Package>,
    /// Package by folder.
    by_folder: FxHashMap<String, usize>,
    by_name: FxHashMap<String, usize>,
    configs: BTreeMap<String, Config>,
}

fn conditions(import: &Import) -> &'static [&'static str] {
    if matches!(import.kind, ImportKind::Dynamic | ImportKind::Optional) {
        &[
            "source", "require", "node", "default", "import", "module", "types", "browser",
        ]
    } else {
        &[
            "source", "import", "module", "node", "default", "require", "types", "browser",
        ]
    }
}

impl EcmaModules {
    pub(super) fn new(layout: Layout) -> Self {
        let mut packages = Vec::new();
        for (path, text) in &layout.manifests {
            if path.rsplit('/').next() != Some("package.json") {
                continue;
            }
            let json = lenient(text).unwrap_or(Value::Null);
            packages.push(Package {
                folder: folder(path).to_owned(),
                name: json
                    .get("name")
                    .and_then(Value::as_str)
                    .unwrap_or("")
                    .to_owned(),
                json,
            });
        }
        let mut configs = BTreeMap::new();
        // tsconfig.json wins over jsconfig.json in the same folder.
        for name in ["jsconfig.json", "tsconfig.base.json", "tsconfig.json"] {
            for path in layout.manifests.keys() {
                if path.rsplit('/').next() == Some(name)
                    && let Some(found) = config(path, &layout.manifests, &packages, 0)
                {
                    let empty = found.paths.is_empty() && found.base_url.is_none();
                    if !(empty && configs.contains_key(folder(path))) {
                        configs.insert(folder(path).to_owned(), found);
                    }
                }
            }
        }
        let mut by_folder = FxHashMap::default();
        let mut by_name = FxHashMap::default();
        for (index, package) in packages.iter().enumerate() {
            by_folder.insert(package.folder.clone(), index);
            if !package.name.is_empty() {
                by_name.entry(package.name.clone()).or_insert(index);
            }
        }
        Self {
            files: layout.paths.into_iter().collect(),
            packages,
            by_folder,
            by_name,
            configs,
        }
    }

    fn is_source(path: &str) -> bool {
        EXTENSIONS.iter().any(|e| path.ends_with(e))
    }

    /// A file or folder as a specifier names it, with or without extension.
    fn file(&self, path: &str) -> Option<Target> {
        if let Some(found) = self.source(path) {
            return Some(Target::File(found, Vec::new()));
        }
        if self.files.contains(path) && !path.is_empty() {
            return Some(Target::Model("asset".to_owned(), Vec::new()));
        }
        if let Some(&package) = self.by_folder.get(path)
            && !path.is_empty()
            && let Some(found) = self.main(&self.packages[package])
        {
            return Some(Target::File(found, Vec::new()));
        }
        let index = if path.is_empty() {
            "index".to_owned()
        } else {
            format!("{path}/index")
        };
        if let Some(found) = self.with_extension(&index) {
            return Some(Target::File(found, Vec::new()));
        }
        self.files
            .contains(&format!("{path}.json"))
            .then(|| Target::Model("asset".to_owned(), Vec::new()))
    }

    fn with_extension(&self, path: &str) -> Option<String> {
        EXTENSIONS
            .iter()
            .map(|e| format!("{path}{e}"))
            .find(|p| self.files.contains(p))
    }

    fn source(&self, path: &str) -> Option<String> {
        for (written, meant) in REPLACED {
            if let Some(stem) = path.strip_suffix(written) {
                if self.files.contains(path) {
                    return Some(path.to_owned());
                }
                if let Some(found) = meant
                    .iter()
                    .map(|e| format!("{stem}{e}"))
                    .find(|p| self.files.contains(p))
                {
                    return Some(found);
                }
            }
        }
        if Self::is_source(path) && self.files.contains(path) {
            return Some(path.to_owned());
        }
        self.with_extension(path)
    }

    /// The source behind a path that a manifest names, which may be built from it.
    fn manifest_path(&self, package: &Package, relative: &str) -> Option<String> {
        let path = join(&package.folder, relative)?;
        let strip = |p: &str| -> Option<String> {
            match self.file(p) {
                Some(Target::File(found, _)) => Some(found),
                _ => None,
            }
        };
        if !path.is_empty()
            && let Some(found) = strip(&path)
        {
            return Some(found);
        }
        let relative = relative.trim_start_matches("./").trim_start_matches('/');
        let stem = [".d.ts", ".d.mts", ".d.cts", ".js", ".mjs", ".cjs", ".ts"]
            .iter()
            .find_map(|e| relative.strip_suffix(e))
            .unwrap_or(relative);
        let stem = stem
            .strip_suffix(".min")
            .or_else(|| stem.strip_suffix(".esm"))
            .or_else(|| stem.strip_suffix(".cjs"))
            .unwrap_or(stem);
        let mut rest: Vec<&str> = stem.split('/').collect();
        if !rest.first().is_some_and(|first| BUILT.contains(first)) {
            return None;
        }
        while rest.len() > 1 && BUILT.contains(&rest[0]) {
            rest.remove(0);
        }
        for root in ["src", "source", "lib", ""] {
            let tail = rest.join("/");
            let inner = if root.is_empty() {
                tail.clone()
            } else if let Some(inside) = tail.strip_prefix("src/") {
                format!("{root}/{inside}")
            } else {
                format!("{root}/{tail}")
            };
            if let Some(found) = join(&package.folder, &inner).and_then(|p| strip(&p)) {
                return Some(found);
            }
        }
        None
    }

    /// The file that a package as a whole stands for.
    fn main(&self, package: &Package) -> Option<String> {
        for key in [
            "source",
            "module",
            "main",
            "jsnext:main",
            "types",
            "typings",
        ] {
            if let Some(path) = package.json.get(key).and_then(Value::as_str)
                && let Some(found) = self.manifest_path(package, path)
            {
                return Some(found);
            }
        }
        for index in [
            "index",
            "src/index",
            "src/main",
            "lib/index",
            "source/index",
        ] {
            let path = join(&package.folder, index)?;
            if let Some(found) = self.with_extension(&path) {
                return Some(found);
            }
        }
        None
    }

    /// What a value of `exports` or `imports` leads to.
    fn conditional(
        &self,
        package: &Package,
        value: &Value,
        star: &str,
        import: &Import,
        depth: u32,
    ) -> Option<Target> {
        if depth > 8 {
            return None;
        }
        match value {
            Value::String(path) => {
                let path = path.replace('*', star);
                if path.starts_with('.') {
                    return self
                        .manifest_path(package, &path)
                        .map(|found| Target::File(found, Vec::new()))
                        .or_else(|| {
                            let whole = join(&package.folder, &path)?;
                            self.files
                                .contains(&whole)
                                .then(|| Target::Model("asset".to_owned(), Vec::new()))
                        });
                }
                Some(self.bare(&package.folder, &path, import))
            }
            Value::Array(all) => all
                .iter()
                .find_map(|one| self.conditional(package, one, star, import, depth + 1)),
            Value::Object(map) => {
                let preferred = conditions(import).iter().filter_map(|c| map.get(*c));
                let others = map
                    .iter()
                    .filter(|(k, _)| !conditions(import).contains(&k.as_str()))
                    .map(|(_, v)| v);
                preferred
                    .chain(others)
                    .find_map(|one| self.conditional(package, one, star, import, depth + 1))
            }
            _ => None,
        }
    }

    /// Looks a key up in a table of subpaths with patterns.
    fn subpath<'a>(table: &'a Value, key: &str) -> Option<(&'a Value, String)> {
        let map = table.as_object()?;
        if let Some(exact) = map.get(key) {
            return Some((exact, String::new()));
        }
        let mut best: Option<(&Value, String, usize)> = None;
        for (pattern, value) in map {
            let Some((before, after)) = pattern.split_once('*') else {
                if pattern.ends_with('/') && key.starts_with(pattern.as_str()) {
                    let star = key[pattern.len()..].to_owned();
                    if best.as_ref().is_none_or(|b| b.2 < pattern.len()) {
                        best = Some((value, star, pattern.len()));
                    }
                }
                continue;
            };
            if key.len() < before.len() + after.len() {
                continue;
            }
            if let Some(star) = key
                .strip_prefix(before)
                .and_then(|rest| rest.strip_suffix(after))
                && best.as_ref().is_none_or(|b| b.2 < before.len())
            {
                best = Some((value, star.to_owned(), before.len()));
            }
        }
        best.map(|(value, star, _)| (value, star))
    }

    /// A package of the tree, as a whole or a part of it.
    fn in_package(&self, package: &Package, rest: &str, import: &Import) -> Target {
        let exports = package.json.get("exports");
        let key = if rest.is_empty() {
            ".".to_owned()
        } else {
            format!("./{rest}")
        };
        if let Some(exports) = exports {
            let keyed = exports
                .as_object()
                .is_some_and(|map| map.keys().any(|k| k.starts_with('.')));
            let found = if keyed {
                Self::subpath(exports, &key)
                    .and_then(|(value, star)| self.conditional(package, value, &star, import, 0))
            } else if rest.is_empty() {
                self.conditional(package, exports, "", import, 0)
            } else {
                None
            };
            if let Some(found) = found {
                return found;
            }
        }
        if rest.is_empty() {
            return match self.main(package) {
                Some(found) => Target::File(found, Vec::new()),
                None => Target::Missing,
            };
        }
        if exports.is_none()
            && let Some(found) = join(&package.folder, rest).and_then(|p| self.file(&p))
        {
            return found;
        }
        // What a build step will have put there.
        for root in ["src", "lib", ""] {
            if let Some(path) = join(&package.folder, &format!("{root}/{rest}"))
                && let Some(found @ Target::File(..)) = self.file(&path)
            {
                return found;
            }
        }
        match self.manifest_path(package, rest) {
            Some(found) => Target::File(found, Vec::new()),
            None => Target::Missing,
        }
    }

    /// The package whose folder is nearest above a path.
    pub(super) fn package_of(&self, path: &str) -> Option<&Package> {
        let mut at = folder(path);
        loop {
            if let Some(&package) = self.by_folder.get(at) {
                return Some(&self.packages[package]);
            }
            if at.is_empty() {
                return None;
            }
            at = folder(at);
        }
    }

    fn config_of(&self, path: &str) -> Option<&Config> {
        let mut at = folder(path);
        loop {
            if let Some(found) = self.configs.get(at) {
                return Some(found);
            }
            if at.is_empty() {
                return None;
            }
            at = folder(at);
        }
    }

    fn by_paths(&self, from: &str, specifier: &str) -> Option<Target> {
        let config = self.config_of(from)?;
        let mut best: Option<(&[String], &str, usize)> = None;
        for (pattern, targets) in &config.paths {
            match pattern.split_once('*') {
                None if pattern == specifier => {
                    best = Some((targets, "", usize::MAX));
                }
                None => {}
                Some((before, after)) => {
                    if specifier.len() < before.len() + after.len() {
                        continue;
                    }
                    if let Some(star) = specifier
                        .strip_prefix(before)
                        .and_then(|rest| rest.strip_suffix(after))
                        && best.is_none_or(|b| b.2 < before.len())
                    {
                        best = Some((targets, star, before.len()));
                    }
                }
            }
        }
        if let Some((targets, star, _)) = best {
            for target in targets {
                let path = join(&config.paths_base, &target.replace('*', star));
                if let Some(found) = path.and_then(|p| self.file(&p)) {
                    return Some(found);
                }
            }
        }
        let base = config.base_url.as_ref()?;
        let path = join(base, specifier)?;
        match self.file(&path) {
            Some(found @ Target::File(..)) => Some(found),
            _ => None,
        }
    }

    /// A specifier that names a package.
    fn bare(&self, from: &str, specifier: &str, import: &Import) -> Target {
        let _ = from;
        if let Some(node) = specifier.strip_prefix("node:") {
            return Self::node(node);
        }
        let specifier = specifier
            .strip_prefix("npm:")
            .or_else(|| specifier.strip_prefix("jsr:"))
            .unwrap_or(specifier);
        let segments = if specifier.starts_with('@') { 2 } else { 1 };
        let end = specifier
            .match_indices('/')
            .nth(segments - 1)
            .map_or(specifier.len(), |(at, _)| at);
        let (name, rest) = specifier.split_at(end);
        let rest = rest.trim_start_matches('/');
        if let Some(&package) = self.by_name.get(name) {
            return self.in_package(&self.packages[package], rest, import);
        }
        if NODE.contains(&name) {
            return Self::node(specifier);
        }
        // A version in the name: `npm:chalk@5`.
        let name = match name[1.min(name.len())..].find('@') {
            Some(at) => &name[..at + 1],
            None => name,
        };
        Target::Package("npm", name.to_owned())
    }

    fn node(name: &str) -> Target {
        if MODELLED.contains(&name) {
            return Target::Model(name.to_owned(), Vec::new());
        }
        let name = name.split('/').next().unwrap_or(name);
        if MODELLED.contains(&name) {
            return Target::Model(name.to_owned(), Vec::new());
        }
        Target::Package("std", name.to_owned())
    }
}

impl Modules for EcmaModules {
    fn find(&self, from: &str, specifier: &str, import: &Import) -> Target {
        let end = specifier.find(['?', '!']).unwrap_or(specifier.len());
        let specifier = if end > 0 {
            &specifier[..end]
        } else {
            specifier
        };
        if specifier.is_empty() {
            return Target::Missing;
        }
        let relative = specifier == "."
            || specifier == ".."
            || specifier.starts_with("./")
            || specifier.starts_with("../");
        if relative || specifier.starts_with('/') {
            let found = join(folder(from), specifier).and_then(|p| {
                if p.is_empty() {
                    let root = self.by_folder.get("").map(|&i| &self.packages[i]);
                    return self
                        .file("")
                        .or_else(|| Some(Target::File(self.main(root?)?, Vec::new())));
                }
                self.file(&p)
            });
            return found.unwrap_or(Target::Missing);
        }
        if specifier.starts_with('#')
            && let Some(package) = self.package_of(from)
        {
            let found = package
                .json
                .get("imports")
                .and_then(|table| Self::subpath(table, specifier))
                .and_then(|(value, star)| self.conditional(package, value, &star, import, 0));
            if let Some(found) = found {
                return found;
            }
        }
        if let Some(found) = self.by_paths(from, specifier) {
            return found;
        }
        if specifier.starts_with('#') || specifier.starts_with("~/") || specifier.starts_with("@/")
        {
            return Target::Missing;
        }
        if specifier.contains("://") {
            return Target::Package("url", specifier.to_owned());
        }
        self.bare(from, specifier, import)
    }

    fn module_name(&self, path: &str) -> String {
        let stem = EXTENSIONS
            .iter()
            .rev()
            .find_map(|e| path.strip_suffix(e))
            .unwrap_or(path);
        let stem = match stem.strip_suffix("/index") {
            Some(folder) => folder,
            None => stem,
        };
        stem.replace('/', ".")
    }

    fn test_id(&self, path: &str, runner: &str, id: &str) -> (String, String) {
        let runner = if runner.is_empty() {
            self.package_of(path)
                .and_then(|package| runner::of_package(&package.json))
                .or_else(|| runner::of_files(&self.files))
                .or_else(|| {
                    let root = self.by_folder.get("")?;
                    runner::of_package(&self.packages[*root].json)
                })
                .unwrap_or("")
        } else {
            runner
        };
        (runner.to_owned(), runner::id(runner, path, id))
    }
}
