//! Packages that are used but not declared, or declared but never used.
//!
//! Goes in: manifests, imports, the words that files mention. Comes out: phantoms. A pure function,
//! and a careful one: where a doubt remains, nothing is said.

use super::names::{candidates, is_known_artifact};
use super::tables::{
    CARGO_BUILTIN, CARGO_UNIMPORTED, NPM_COMMANDS, NPM_PLUGINS, NPM_PROVIDED, NPM_UNIMPORTED,
    PYPI_NAMESPACES, PYPI_PLUGINS, PYPI_UNIMPORTED,
};
use super::{Dependency, Group, Manifest, normal};
use crate::read::word_hash;
use ripple_schemas::{Key, Phantom, PhantomKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::BTreeMap;
use std::sync::Arc;

/// An import of an outside package.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// The importing file.
    pub path: &'a str,
    /// `npm`, `pypi`, `cargo`.
    pub ecosystem: &'a str,
    /// As the source names it.
    pub import: &'a str,
    /// Line of the import.
    pub line: u32,
    /// May be absent without harm, or is needed for types only.
    pub optional: bool,
    /// The key of the importing file.
    pub file: &'a Key,
}

/// What is compared.
pub struct Evidence<'a> {
    /// The repository's name.
    pub repository: &'a str,
    /// Every manifest and lock file.
    pub manifests: &'a [Arc<Manifest>],
    /// Every import of an outside package.
    pub uses: &'a [Use<'a>],
    /// Every path of the tree.
    pub paths: &'a [&'a str],
    /// The hashes of the words of every file read, by path.
    pub words: &'a [(&'a str, &'a [u32])],
    /// The same of configuration and of files in languages that are not read; asked for at most
    /// once, and only where a package seems unused.
    pub other_words: &'a dyn Fn() -> Vec<(String, Vec<u32>)>,
}

/// The phantoms, sorted.
pub fn phantoms(evidence: &Evidence<'_>) -> Vec<Phantom> {
    let mut out = undeclared(evidence);
    out.extend(unused(evidence));
    out.sort();
    out
}

/// The folder that a manifest governs, with a `/` at its end; empty for the root.
fn scope(manifest: &Manifest) -> &str {
    let folder = manifest
        .path
        .rsplit_once('/')
        .map_or("", |(folder, _)| &manifest.path[..=folder.len()]);
    // `requirements/base.txt` speaks for the folder above.
    match folder.strip_suffix("requirements/") {
        Some(above)
            if manifest.ecosystem == "pypi" && (above.is_empty() || above.ends_with('/')) =>
        {
            above
        }
        _ => folder,
    }
}

fn undeclared(evidence: &Evidence<'_>) -> Vec<Phantom> {
    let declaring: Vec<(&Manifest, FxHashSet<String>)> = evidence
        .manifests
        .iter()
        .filter(|m| !m.lock)
        .map(|m| {
            let names = m.dependencies.iter().flat_map(|d| {
                let alias = d.alias.as_deref();
                // Types alone: the package is installed some other way.
                let typed = d.name.strip_prefix("@types/").map(|t| t.replace("__", "/"));
                let typed = typed.map(|t| if t.contains('/') { format!("@{t}") } else { t });
                [Some(d.name.clone()), alias.map(str::to_owned), typed]
            });
            (
                &**m,
                names.flatten().map(|n| normal(m.ecosystem, &n)).collect(),
            )
        })
        .collect();
    let own: FxHashSet<(&str, String)> = evidence
        .manifests
        .iter()
        .filter_map(|m| Some((m.ecosystem, normal(m.ecosystem, m.name.as_deref()?))))
        .collect();
    let local: FxHashSet<&str> = local_modules(evidence.paths);
    let mut found: BTreeMap<(Key, Key), Vec<String>> = BTreeMap::new();
    for used in evidence.uses {
        let eco = used.ecosystem;
        if used.optional || eco == "std" || !is_package_name(eco, used.import) {
            continue;
        }
        let governing: Vec<_> = declaring
            .iter()
            .filter(|(m, _)| m.ecosystem == eco && used.path.starts_with(scope(m)))
            // A crate's dependencies are its own; a workspace root without a package has none.
            .filter(|(m, _)| eco != "cargo" || m.name.is_some())
            .collect();
        let nearest = governing.iter().map(|(m, _)| scope(m).len()).max();
        let governing: Vec<_> = governing
            .into_iter()
            .filter(|(m, _)| eco != "cargo" || Some(scope(m).len()) == nearest)
            .collect();
        if governing.is_empty()
            || governing
                .iter()
                .any(|(m, _)| m.incomplete || inherits_from_aside(m))
        {
            continue;
        }
        let candidates = candidates(eco, used.import);
        let declared = candidates.iter().any(|c| {
            own.contains(&(eco, c.clone())) || governing.iter().any(|(_, names)| names.contains(c))
        });
        // Artifacts bring others with them: those of their group, and what a starter gathers.
        let brought = eco == "maven"
            && governing
                .iter()
                .any(|(m, _)| m.dependencies.iter().any(|d| may_bring(d, used.import)));
        let namespace = PYPI_NAMESPACES.contains(&used.import)
            && governing
                .iter()
                .any(|(_, names)| names.iter().any(|n| n.starts_with(used.import)));
        if declared || brought || namespace || (eco == "pypi" && local.contains(used.import)) {
            continue;
        }
        let name = candidates.first().map_or(used.import, String::as_str);
        let name = if eco == "cargo" { used.import } else { name };
        let evidence = found
            .entry((used.file.clone(), Key::package(eco, name)))
            .or_default();
        evidence.push(format!("{}:{}", used.path, used.line));
    }
    found
        .into_iter()
        .map(|((from, to), mut evidence)| {
            evidence.dedup();
            evidence.truncate(ripple_schemas::fact::MAX_EVIDENCE);
            Phantom {
                kind: PhantomKind::UndeclaredPackage,
                from,
                to,
                evidence,
            }
        })
        .collect()
}

/// Whether a manifest gets dependencies from elsewhere than the folders above: a build script
/// runs code, and a pom may name a parent in any folder.
fn inherits_from_aside(manifest: &Manifest) -> bool {
    let parent = manifest.project.as_ref().and_then(|p| p.parent.as_ref());
    let script = manifest.ecosystem == "maven" && !manifest.path.ends_with("pom.xml");
    script || parent.is_some_and(|p| p.path != "../pom.xml")
}

/// Whether an artifact may bring another with it, as far as their names show.
fn may_bring(dependency: &Dependency, wanted: &str) -> bool {
    let group = |name: &str| name.split('/').next().map(str::to_owned);
    let gathers = ["starter", "-all", "-bom", "bundle", "platform"]
        .iter()
        .any(|part| dependency.name.contains(part));
    dependency.local
        || gathers
        || dependency.name.contains(['$', '{'])
        || group(&dependency.name) == group(wanted)
}

/// Names that some folder or file of the tree could answer to, whatever the search path is.
fn local_modules<'a>(paths: &[&'a str]) -> FxHashSet<&'a str> {
    let mut out = FxHashSet::default();
    for path in paths.iter().filter(|p| {
        p.ends_with(".py") || p.ends_with(".pyi") || p.ends_with(".so") || p.ends_with(".pyx")
    }) {
        for part in path.split('/') {
            out.insert(part.split('.').next().unwrap_or(part));
        }
    }
    out
}

fn is_package_name(ecosystem: &str, name: &str) -> bool {
    let plain = |s: &str| {
        !s.is_empty()
            && !s.starts_with(['.', '_', '-'])
            && s.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    match ecosystem {
        "golang" => name.split('/').all(plain) && name.contains('.'),
        // Which artifact has a Java package, its name seldom says.
        "maven" => is_known_artifact(name),
        "npm" => {
            let host = NPM_PROVIDED
                .iter()
                .any(|p| name == *p || name.starts_with(&format!("{p}/")));
            !host
                && match name.strip_prefix('@') {
                    Some(scoped) => scoped
                        .split_once('/')
                        .is_some_and(|(s, n)| plain(s) && plain(n)),
                    None => plain(name),
                }
        }
        "cargo" => plain(name) && !CARGO_BUILTIN.contains(&name),
        _ => plain(name),
    }
}

fn unused(evidence: &Evidence<'_>) -> Vec<Phantom> {
    let mut out = Vec::new();
    let mut others: Option<Vec<(String, Vec<u32>)>> = None;
    // Who imports what could be that package.
    let mut importers: FxHashMap<(&str, String), Vec<&str>> = FxHashMap::default();
    for used in evidence.uses {
        for name in candidates(used.ecosystem, used.import) {
            let paths = importers.entry((used.ecosystem, name)).or_default();
            if paths.last() != Some(&used.path) {
                paths.push(used.path);
            }
        }
    }
    for manifest in evidence
        .manifests
        .iter()
        .filter(|m| !m.lock && m.problems.is_empty())
    {
        let scope = scope(manifest);
        let inside: Vec<&[u32]> = evidence
            .words
            .iter()
            .filter(|(path, _)| path.starts_with(scope))
            .map(|(_, words)| *words)
            .collect();
        // A folder without sources of ours says nothing of what its manifest is for.
        if inside.is_empty() || !manifest.dependencies.iter().any(|d| !d.local) {
            continue;
        }
        for dependency in &manifest.dependencies {
            let judged = dependency.group == Group::Normal
                && !dependency.local
                && (manifest.ecosystem != "maven" || is_known_artifact(&dependency.name));
            if !judged || is_used_unimported(manifest.ecosystem, &dependency.name) {
                continue;
            }
            let called = dependency.alias.as_deref().unwrap_or(&dependency.name);
            let imported = importers
                .get(&(manifest.ecosystem, normal(manifest.ecosystem, called)))
                .is_some_and(|paths| paths.iter().any(|path| path.starts_with(scope)));
            if imported
                || is_worded(manifest.ecosystem, called, &inside)
                || is_mentioned(manifest, called)
            {
                continue;
            }
            let others = others.get_or_insert_with(evidence.other_words);
            let others: Vec<&[u32]> = others
                .iter()
                .filter(|(path, _)| path.starts_with(scope))
                .map(|(_, words)| words.as_slice())
                .collect();
            if is_worded(manifest.ecosystem, called, &others) {
                continue;
            }
            let name = if manifest.ecosystem == "pypi" {
                normal("pypi", &dependency.name)
            } else {
                dependency.name.clone()
            };
            out.push(Phantom {
                kind: PhantomKind::UnusedPackage,
                from: Key::file(evidence.repository, &manifest.path),
                to: Key::package(manifest.ecosystem, &name),
                evidence: vec![format!("{}:{}", manifest.path, dependency.line)],
            });
        }
    }
    out
}

fn is_used_unimported(ecosystem: &str, name: &str) -> bool {
    let name = normal(ecosystem, name);
    let (exact, beginnings): (&[&str], &[&str]) = match ecosystem {
        "npm" => (NPM_UNIMPORTED, NPM_PLUGINS),
        "pypi" => (PYPI_UNIMPORTED, PYPI_PLUGINS),
        "golang" => (&[], &[]),
        _ => (CARGO_UNIMPORTED, &[]),
    };
    exact.contains(&name.as_str())
        || beginnings.iter().any(|b| name.starts_with(b))
        || (ecosystem == "npm"
            && ["-plugin", "-preset", "-loader", "-types"]
                .iter()
                .any(|e| name.contains(e)))
        || (ecosystem == "cargo" && name.ends_with("-sys"))
}

/// True where some file mentions every part of a name that its imports could have: then a macro, a
/// string or a template may use it.
fn is_worded(ecosystem: &str, name: &str, files: &[&[u32]]) -> bool {
    let has = |words: &[u32], text: &str| words.binary_search(&word_hash(text.as_bytes())).is_ok();
    let mut spellings: Vec<Vec<String>> = Vec::new();
    let parts = |text: &str| -> Vec<String> {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .filter(|p| p.len() > 1 && !p.starts_with(|c: char| c.is_ascii_digit()))
            .map(str::to_owned)
            .collect()
    };
    spellings.push(parts(name));
    spellings.push(vec![name.replace(['-', '.'], "_")]);
    if ecosystem == "pypi" {
        let normal = normal(ecosystem, name);
        spellings.push(parts(&normal));
        spellings.push(vec![normal.replace('-', "_")]);
        spellings.push(vec![normal.replace('-', "")]);
        for prefix in ["python-", "py"] {
            spellings.extend(
                normal
                    .strip_prefix(prefix)
                    .map(|rest| vec![rest.replace('-', "_")]),
            );
        }
        for (import, distribution) in super::tables::PYPI_IMPORTS {
            if *distribution == normal {
                spellings.push(vec![(*import).to_owned()]);
            }
        }
    }
    spellings.retain(|s| !s.is_empty() && s.iter().all(|p| !p.is_empty()));
    files.iter().any(|words| {
        spellings
            .iter()
            .any(|s| s.iter().all(|part| has(words, part)))
    })
}

/// True where scripts or tool configuration in the manifest name it.
fn is_mentioned(manifest: &Manifest, name: &str) -> bool {
    let command = NPM_COMMANDS
        .iter()
        .filter(|(package, _)| *package == name)
        .map(|(_, command)| *command);
    let bare = name.rsplit('/').next().unwrap_or(name);
    let wanted: Vec<&str> = [name, bare].into_iter().chain(command).collect();
    manifest
        .mentions
        .iter()
        .any(|text| wanted.iter().any(|w| holds_name(text, w)))
}

/// True where the text holds the name between characters that no name has.
pub(crate) fn holds_name(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    let part =
        |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
    !name.is_empty()
        && text.match_indices(&name).any(|(at, _)| {
            !part(text[..at].chars().next_back()) && !part(text[at + name.len()..].chars().next())
        })
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    fn run(
        texts: &[(&str, &str)],
        uses: &[(&str, &str, &str, bool)],
        sources: &[(&str, &str)],
    ) -> Vec<(PhantomKind, String, String)> {
        let manifests: Vec<Arc<Manifest>> = texts
            .iter()
            .filter_map(|(path, text)| read(path, text).map(Arc::new))
            .collect();
        let keys: Vec<Key> = uses.iter().map(|u| Key::file("r", u.0)).collect();
        let uses: Vec<Use<'_>> = uses
            .iter()
            .zip(&keys)
            .map(|(&(path, ecosystem, import, optional), file)| Use {
                path,
                ecosystem,
                import,
                line: 1,
                optional,
                file,
            })
            .collect();
        let words: Vec<(&str, Vec<u32>)> = sources
            .iter()
            .map(|(p, t)| (*p, crate::read::words(t.as_bytes())))
            .collect();
        let words: Vec<(&str, &[u32])> = words.iter().map(|(p, w)| (*p, w.as_slice())).collect();
        let paths: Vec<&str> = sources.iter().map(|(p, _)| *p).collect();
        phantoms(&Evidence {
            repository: "r",
            manifests: &manifests,
            uses: &uses,
            paths: &paths,
            words: &words,
            other_words: &|| Vec::new(),
        })
        .into_iter()
        .map(|p| (p.kind, p.from.to_string(), p.to.to_string()))
        .collect()
    }

    #[test]
    fn an_import_without_a_declaration_and_a_declaration_without_an_import_are_phantoms() {
        let found = run(
            &[(
                "requirements.txt",
                "requests\nleft-over\nPyYAML\ngunicorn\n",
            )],
            &[
                ("a.py", "pypi", "requests", false),
                ("a.py", "pypi", "numpy", false),
                ("a.py", "pypi", "yaml", false),
            ],
            &[("a.py", "import requests, numpy, yaml")],
        );
        assert_eq!(
            found,
            [
                (
                    PhantomKind::UndeclaredPackage,
                    "file:r/a.py".into(),
                    "pkg:pypi/numpy".into()
                ),
                (
                    PhantomKind::UnusedPackage,
                    "file:r/requirements.txt".into(),
                    "pkg:pypi/left-over".into()
                ),
            ]
        );
    }

    #[test]
    fn an_artifact_is_a_phantom_only_where_its_packages_are_known_and_nothing_may_bring_it() {
        let pom = |inner: &str| {
            format!(
                "<project><groupId>g</groupId><artifactId>a</artifactId><dependencies>{inner}</dependencies></project>"
            )
        };
        let dependency = |group: &str, name: &str| {
            format!(
                "<dependency><groupId>{group}</groupId><artifactId>{name}</artifactId><version>1</version></dependency>"
            )
        };
        let one =
            pom(&(dependency("com.google.guava", "guava") + &dependency("com.h2database", "h2")));
        let two = pom(&dependency(
            "org.springframework.boot",
            "spring-boot-starter-web",
        ));
        let found = run(
            &[("one/pom.xml", &one), ("two/pom.xml", &two)],
            &[
                ("one/A.java", "maven", "com.google.code.gson/gson", false),
                ("one/A.java", "maven", "org.unheard.of", false),
                ("two/B.java", "maven", "org.slf4j/slf4j-api", false),
            ],
            &[("one/A.java", "gson"), ("two/B.java", "slf4j")],
        );
        assert_eq!(
            found,
            [
                (
                    PhantomKind::UndeclaredPackage,
                    "file:r/one/A.java".into(),
                    "pkg:maven/com.google.code.gson/gson".into()
                ),
                (
                    PhantomKind::UnusedPackage,
                    "file:r/one/pom.xml".into(),
                    "pkg:maven/com.google.guava/guava".into()
                ),
            ]
        );
    }

    #[test]
    fn optional_imports_local_folders_and_own_names_are_no_phantoms() {
        let found = run(
            &[(
                "pyproject.toml",
                "[project]\nname = \"my-shop\"\ndependencies = []\n",
            )],
            &[
                ("a.py", "pypi", "ujson", true),
                ("a.py", "pypi", "my_shop", false),
                ("a.py", "pypi", "helpers", false),
            ],
            &[("a.py", "x"), ("lib/helpers/b.py", "x")],
        );
        assert_eq!(found, []);
    }

    #[test]
    fn a_workspace_root_declares_for_its_npm_members() {
        let found = run(
            &[
                ("package.json", "{\"dependencies\": {\"express\": \"1\"}}"),
                (
                    "web/package.json",
                    "{\"name\": \"web\", \"dependencies\": {\"lodash\": \"1\"}}",
                ),
            ],
            &[
                ("web/a.ts", "npm", "express", false),
                ("web/a.ts", "npm", "web", false),
                ("web/a.ts", "npm", "axios", false),
                ("b.ts", "npm", "lodash", false),
            ],
            &[("web/a.ts", "express web axios"), ("b.ts", "lodash")],
        );
        let undeclared: Vec<_> = found
            .iter()
            .filter(|f| f.0 == PhantomKind::UndeclaredPackage)
            .map(|f| (f.1.as_str(), f.2.as_str()))
            .collect();
        assert_eq!(
            undeclared,
            [
                ("file:r/b.ts", "pkg:npm/lodash"),
                ("file:r/web/a.ts", "pkg:npm/axios")
            ]
        );
    }

    #[test]
    fn a_tool_named_in_a_script_and_a_type_package_are_used() {
        let found = run(
            &[(
                "package.json",
                "{\"scripts\": {\"build\": \"esbuild a.ts && tsc\"}, \"dependencies\": {\"esbuild\": \"1\", \"@types/node\": \"1\", \"typescript\": \"5\", \"left-pad\": \"1\"}}",
            )],
            &[],
            &[("a.ts", "let x = 1")],
        );
        assert_eq!(
            found,
            [(
                PhantomKind::UnusedPackage,
                "file:r/package.json".into(),
                "pkg:npm/left-pad".into()
            )]
        );
    }

    #[test]
    fn a_crate_named_only_inside_a_macro_is_used() {
        let found = run(
            &[(
                "Cargo.toml",
                "[package]\nname = \"a\"\n[dependencies]\nserde_json = \"1\"\nquick-xml = \"1\"\n",
            )],
            &[],
            &[("src/lib.rs", "m!(serde_json::json!({}))")],
        );
        assert_eq!(
            found,
            [(
                PhantomKind::UnusedPackage,
                "file:r/Cargo.toml".into(),
                "pkg:cargo/quick-xml".into()
            )]
        );
    }

    #[test]
    fn a_manifest_that_could_not_be_read_makes_no_phantom() {
        let found = run(
            &[("setup.py", "setup(install_requires=read())")],
            &[("a.py", "pypi", "numpy", false)],
            &[("a.py", "x")],
        );
        assert_eq!(found, []);
    }
}
