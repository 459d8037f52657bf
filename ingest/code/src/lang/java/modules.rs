//! Where Java names lead: packages of the tree, the library's models, outside packages.
//!
//! A file says itself to which package it belongs ([`Modules::learn`]); folders only help where
//! two files of one name compete.

use crate::facts::{Binding, Blind, DefId, FileFacts, Import, ImportKind, Imported, MemberOwner};
use crate::lang::{Layout, Modules, Target};
use ripple_schemas::BlindKind;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::sync::{OnceLock, RwLock};

/// Specifiers of service providers begin so: `services:shop.Tax#0`.
pub(super) const SERVICES: &str = "services:";
/// So many providers of a service are looked at.
pub(super) const MAX_PROVIDERS: usize = 6;

/// So many files are named in one reason.
const MAX_NAMED: usize = 3;

/// Packages of the platform.
const PLATFORM: &[&str] = &[
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "com.sun.",
    "org.w3c.dom",
    "org.xml.sax",
    "org.ietf.jgss",
];

/// What the files say of themselves.
#[derive(Debug, Default)]
struct Known {
    /// Files by package, sorted.
    packages: FxHashMap<String, Vec<String>>,
    /// Files by full name of their top-level classes.
    classes: FxHashMap<String, Vec<String>>,
    package_of: FxHashMap<String, String>,
    /// Packages in which two files declare one class.
    doubled: FxHashSet<String>,
}

/// Module look-up in one tree.
pub(super) struct JavaModules {
    known: RwLock<Known>,
    /// Providers by service.
    services: FxHashMap<String, Vec<String>>,
    /// Folders with a build file, and whether it is Gradle's; deepest first.
    builds: Vec<(String, bool)>,
    /// Declared packages: group, artifact.
    declared: Vec<(String, String)>,
}

/// Modelled classes by full name of their package.
fn modelled(package: &str, class: &str) -> bool {
    static CLASSES: OnceLock<FxHashMap<&str, FxHashSet<&str>>> = OnceLock::new();
    let classes = CLASSES.get_or_init(|| {
        let mut out: FxHashMap<&str, FxHashSet<&str>> = FxHashMap::default();
        for (packages, source) in super::LIBRARY {
            let mut names: FxHashSet<&str> = FxHashSet::default();
            let mut words = source.split([' ', '\n', '<', '{']);
            let mut public = false;
            while let Some(word) = words.next() {
                match word {
                    "public" => public = true,
                    "class" | "interface" if public => {
                        names.extend(words.next());
                        public = false;
                    }
                    _ => public = false,
                }
            }
            for package in *packages {
                out.entry(package).or_default().extend(&names);
            }
        }
        out
    });
    classes.get(package).is_some_and(|c| c.contains(class))
}

impl JavaModules {
    pub(super) fn new(layout: Layout) -> Self {
        let mut services: FxHashMap<String, Vec<String>> = FxHashMap::default();
        let mut builds: Vec<(String, bool)> = Vec::new();
        let mut declared = Vec::new();
        for (path, text) in &layout.manifests {
            let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
            match name {
                "pom.xml" => builds.push((folder.to_owned(), false)),
                "build.gradle" | "build.gradle.kts" | "settings.gradle" | "settings.gradle.kts" => {
                    builds.push((folder.to_owned(), true));
                }
                _ => {}
            }
            if path.contains("META-INF/services/") {
                for line in text.lines() {
                    let provider = line.split('#').next().unwrap_or("").trim();
                    if !provider.is_empty() {
                        let all = services.entry(name.to_owned()).or_default();
                        all.push(provider.replace('$', "."));
                    }
                }
            } else if let Some(manifest) = crate::manifests::read(path, text) {
                for dependency in manifest.dependencies {
                    if let Some((group, artifact)) = dependency.name.split_once('/') {
                        declared.push((group.to_owned(), artifact.to_owned()));
                    }
                }
            }
        }
        builds.sort_by_key(|(folder, gradle)| (std::cmp::Reverse(folder.len()), *gradle));
        declared.sort_by_key(|(group, artifact)| {
            (
                std::cmp::Reverse(group.len()),
                artifact.len(),
                artifact.clone(),
            )
        });
        Self {
            known: RwLock::default(),
            services,
            builds,
            declared,
        }
    }

    fn class(&self, known: &Known, from: &str, name: &str) -> Target {
        let segments: Vec<&str> = name.split('.').collect();
        let mut in_tree = false;
        for at in (0..segments.len()).rev() {
            let package = segments[..at].join(".");
            let full = segments[..=at].join(".");
            if let Some(files) = known.classes.get(&full)
                && let Some(file) = nearest(files, from)
            {
                let rest = segments[at..].iter().map(|s| (*s).to_owned()).collect();
                return Target::File(file, rest);
            }
            if modelled(&package, segments[at]) {
                let rest = segments[at..].iter().map(|s| (*s).to_owned()).collect();
                return Target::Model("builtins".to_owned(), rest);
            }
            in_tree |= !package.is_empty() && known.packages.contains_key(&package);
        }
        if in_tree {
            return Target::Missing;
        }
        let package: Vec<&str> = segments
            .iter()
            .copied()
            .take_while(|s| !s.starts_with(char::is_uppercase))
            .collect();
        self.outside(&package.join("."))
    }

    fn outside(&self, package: &str) -> Target {
        let dotted = format!("{package}.");
        if PLATFORM.iter().any(|p| dotted.starts_with(p)) {
            return Target::Package("std", package.to_owned());
        }
        if package.is_empty() {
            return Target::Missing;
        }
        let declared = self
            .declared
            .iter()
            .find(|(group, _)| dotted.starts_with(&format!("{group}.")));
        let exact = crate::manifests::artifact(package);
        let name = match declared {
            _ if exact.is_some() => exact.unwrap_or_default().to_owned(),
            Some((group, artifact)) => format!("{group}/{artifact}"),
            None => package.to_owned(),
        };
        Target::Package("maven", name)
    }
}

/// The package that a file declares.
fn package_of(facts: &FileFacts) -> &str {
    let declared = facts
        .imports
        .iter()
        .find(|i| i.kind == ImportKind::Implicit);
    declared.map_or("", |i| &facts.names[i.module.0 as usize])
}

fn full_name(package: &str, name: &str) -> String {
    match package {
        "" => name.to_owned(),
        package => format!("{package}.{name}"),
    }
}

/// What a file declares directly in its package.
fn top_level(facts: &FileFacts) -> impl Iterator<Item = (&str, DefId)> {
    facts.members.iter().filter_map(|member| {
        let Binding::Def(def) = member.binding else {
            return None;
        };
        let own = member.owner == MemberOwner::Def(DefId(0));
        own.then(|| (&*facts.names[member.name.0 as usize], def))
    })
}

/// The file that shares most folders with `from`.
fn nearest(files: &[String], from: &str) -> Option<String> {
    let shared = |file: &str| {
        file.split('/')
            .zip(from.split('/'))
            .take_while(|(a, b)| a == b)
            .count()
    };
    files
        .iter()
        .max_by_key(|f| (shared(f), std::cmp::Reverse(f.as_str())))
        .cloned()
}

impl Modules for JavaModules {
    fn learn(&self, files: &mut dyn Iterator<Item = (&str, &FileFacts)>) {
        let mut known = Known::default();
        for (path, facts) in files {
            let package = package_of(facts);
            known
                .packages
                .entry(package.to_owned())
                .or_default()
                .push(path.to_owned());
            known.package_of.insert(path.to_owned(), package.to_owned());
            for (name, _) in top_level(facts) {
                let at = known.classes.entry(full_name(package, name)).or_default();
                at.push(path.to_owned());
                if at.len() > 1 {
                    known.doubled.insert(package.to_owned());
                }
            }
        }
        if let Ok(mut slot) = self.known.write() {
            *slot = known;
        }
    }

    fn find(&self, from: &str, specifier: &str, import: &Import) -> Target {
        let Ok(known) = self.known.read() else {
            return Target::Missing;
        };
        if let Some(service) = specifier.strip_prefix(SERVICES) {
            let provider = service.split_once('#').and_then(|(service, index)| {
                let index: usize = index.parse().ok()?;
                self.services.get(service)?.get(index)
            });
            return match provider {
                Some(provider) => self.class(&known, from, provider),
                // Whoever else provides it is not in the tree.
                None => Target::Package("std", "java.util".to_owned()),
            };
        }
        let star = import.name == Imported::Star;
        if star && let Some(files) = known.packages.get(specifier) {
            let mut files = files.clone();
            let folder = |p: &str| {
                p.rsplit_once('/')
                    .map_or(String::new(), |(f, _)| f.to_owned())
            };
            if specifier.is_empty() {
                // Files without a package see those beside them.
                let own = folder(from);
                files.retain(|f| folder(f) == own);
            } else if known.doubled.contains(specifier) {
                let near = |f: &String| {
                    f.split('/')
                        .zip(from.split('/'))
                        .take_while(|(a, b)| a == b)
                        .count()
                };
                files.sort_by_key(|f| (std::cmp::Reverse(near(f)), f.clone()));
            }
            return Target::Files(files);
        }
        match self.class(&known, from, specifier) {
            Target::Missing if star => self.outside(specifier),
            found => found,
        }
    }

    fn notes(&self, files: &[(&str, &FileFacts)]) -> Vec<(u32, Blind)> {
        let mut declared: BTreeMap<String, Vec<(u32, DefId)>> = BTreeMap::new();
        for (number, (_, facts)) in files.iter().enumerate() {
            let package = package_of(facts);
            for (name, def) in top_level(facts) {
                let full = full_name(package, name);
                let all = declared.entry(full).or_default();
                if all.last().is_none_or(|(file, _)| *file != number as u32) {
                    all.push((number as u32, def));
                }
            }
        }
        let mut out = Vec::new();
        for (full, all) in declared.iter().filter(|(_, all)| all.len() > 1) {
            for &(file, def) in all {
                let others: Vec<&str> = all
                    .iter()
                    .filter(|(other, _)| *other != file)
                    .take(MAX_NAMED)
                    .map(|(other, _)| files[*other as usize].0)
                    .collect();
                let more = match all.len() - 1 - others.len() {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                out.push((
                    file,
                    Blind {
                        kind: BlindKind::TooManyCandidates,
                        within: def,
                        line: files[file as usize].1.defs[def.0 as usize].name_line,
                        why: format!(
                            "{full} is declared in {}{more} too: the class path says which is meant, here the nearest is taken",
                            others.join(", ")
                        )
                        .into(),
                    },
                ));
            }
        }
        out
    }

    fn module_name(&self, path: &str) -> String {
        let known = self.known.read().ok();
        let package = known.as_ref().and_then(|k| k.package_of.get(path));
        if let Some(package) = package {
            return package.clone();
        }
        let folder = path.rsplit_once('/').map_or("", |(f, _)| f);
        let package = ["src/main/java/", "src/test/java/", "src/"]
            .iter()
            .find_map(|root| folder.split_once(root).map(|(_, rest)| rest));
        package.unwrap_or(folder).replace('/', ".")
    }

    fn inherited_test(&self, path: &str, classes: &[&str], method: &str) -> Option<String> {
        let class = classes.join("$");
        Some(match self.module_name(path).as_str() {
            "" => format!("{class}#{method}"),
            package => format!("{package}.{class}#{method}"),
        })
    }

    fn data_folders(&self, from: &str) -> Vec<String> {
        // src/test/java/shop/CartTest.java → src/test/resources/shop, src/main/resources/shop, …
        let Some((root, rest)) = from.split_once("/java/").or_else(|| {
            let inside = from.strip_prefix("java/")?;
            Some(("", inside))
        }) else {
            return Vec::new();
        };
        let package = rest.rsplit_once('/').map_or("", |(folder, _)| folder);
        let (module, own) = root.rsplit_once('/').unwrap_or(("", root));
        let mut out = Vec::new();
        for set in [own, "main", "test"] {
            let base = match module {
                "" => format!("{set}/resources"),
                module => format!("{module}/{set}/resources"),
            };
            for folder in [format!("{base}/{package}"), base] {
                if !out.contains(&folder) {
                    out.push(folder);
                }
            }
        }
        out
    }

    fn test_id(&self, path: &str, runner: &str, id: &str) -> (String, String) {
        let build = self.builds.iter().find(|(folder, _)| {
            folder.is_empty()
                || path
                    .strip_prefix(folder.as_str())
                    .is_some_and(|rest| rest.starts_with('/'))
        });
        match build {
            Some((folder, false)) if folder.is_empty() => {
                ("maven".to_owned(), format!("-Dtest={id}"))
            }
            Some((folder, false)) => ("maven".to_owned(), format!("-pl {folder} -Dtest={id}")),
            Some((folder, true)) => {
                let test = id.replace('#', ".");
                let task = if folder.is_empty() {
                    "test".to_owned()
                } else {
                    format!(":{}:test", folder.replace('/', ":"))
                };
                ("gradle".to_owned(), format!("{task} --tests {test}"))
            }
            None => (runner.to_owned(), id.to_owned()),
        }
    }
}
