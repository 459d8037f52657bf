//! What the strings of code name: files, folders, modules, definitions, the handlers of routes.
//!
//! Goes in: every file's mentions ([`Mention`]) and the whole tree. Comes out: READS of files that are
//! data, and REFERENCES to code. Nothing here is a call; where a string names several things, or a
//! pattern, the rule says how little that proves.

mod routes;
mod tree;

use super::symbols::Keys;
use super::{Around, Assembly};
use crate::facts::{Def, DefFlags, DefId, FileFacts, Mention, MentionRole};
use rayon::prelude::*;
use ripple_schemas::{EdgeKind, NodeKind, Rule};
use routes::Routes;
use rustc_hash::FxHashSet;
use std::collections::BTreeSet;
use std::sync::Arc;
use tree::{Found, Tree};

/// A dependence that a string shows. Files are indices into those of the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) from: (usize, DefId),
    pub(super) kind: EdgeKind,
    pub(super) to: (usize, DefId),
    pub(super) rule: Rule,
    pub(super) line: u32,
}

/// What the strings of all files name.
#[derive(Default)]
pub(super) struct NamedThings {
    /// By the file that shows them.
    pub(super) edges: Vec<Vec<Named>>,
    /// Files that are read as data.
    pub(super) data: BTreeSet<usize>,
}

/// Definitions of one file that loading it by name may reach; more are not listed.
const MAX_MEMBERS: usize = 64;
/// Files that one pattern or folder may stand for.
const MAX_FILES: usize = 200;
/// Tests of one file to which its top level is attributed.
const MAX_TESTS: usize = 300;
/// Tests under one conftest.py to which its top level is attributed.
const MAX_BENEATH: usize = 2_000;
/// Configuration over this size is data.
const CONFIGURATION: usize = 256 << 10;

/// What loads a module, or puts something in its place.
const LOADERS: &[&str] = &[
    "import",
    "require",
    "import_module",
    "__import__",
    "spec_from_file_location",
    "load_source",
    "import_string",
    "mock",
    "doMock",
    "importActual",
    "importMock",
    "requireActual",
    "requireMock",
    "unstable_mockModule",
    "createMockFromModule",
    "glob",
    "iter_modules",
    "walk_packages",
    "import_by_path",
    "load_object",
    "locate",
];
/// What starts another process: the file runs, nothing of it is used.
const STARTERS: &[&str] = &[
    "run",
    "Popen",
    "call",
    "check_call",
    "check_output",
    "system",
    "popen",
    "getoutput",
    "exec",
    "execSync",
    "execFile",
    "execFileSync",
    "spawn",
    "spawnSync",
    "fork",
    "execa",
    "run_module",
    "run_path",
    "create_subprocess_exec",
    "Worker",
    "Command",
    "sh",
];

pub(super) fn named(input: &Assembly<'_>, around: &[Around<'_>], keys: &[Keys]) -> NamedThings {
    let mentioned = |i: usize| {
        input.files[i]
            .facts()
            .is_some_and(|f| !f.mentions.is_empty())
    };
    if !(0..input.files.len()).any(mentioned) {
        return NamedThings {
            edges: vec![Vec::new(); input.files.len()],
            data: BTreeSet::new(),
        };
    }
    let tree = Tree::new(input, around);
    let routes = Routes::new(input, around);
    let reader = Reader {
        input,
        around,
        keys,
        tree: &tree,
        routes: &routes,
    };
    let mut edges: Vec<Vec<Named>> = (0..input.files.len())
        .into_par_iter()
        .map(|i| reader.file(i))
        .collect();
    let data: BTreeSet<usize> = edges
        .iter()
        .flatten()
        .filter(|e| e.kind == EdgeKind::Reads)
        .map(|e| e.to.0)
        .collect();
    let texts: Vec<(usize, Arc<str>)> = data
        .iter()
        .filter(|&&i| is_configuration(input.files[i].path.text()))
        .filter_map(|&i| Some((i, (input.text_of)(i)?)))
        .collect();
    for (i, text) in texts {
        edges[i].extend(reader.configuration(i, &text));
    }
    for edges in &mut edges {
        edges.sort_unstable();
        edges.dedup_by_key(|e| (e.from, e.kind, e.to, e.line));
    }
    NamedThings { edges, data }
}

struct Reader<'r, 'a> {
    input: &'r Assembly<'a>,
    around: &'r [Around<'a>],
    keys: &'r [Keys],
    tree: &'r Tree<'a>,
    routes: &'r Routes,
}

impl<'a> Reader<'_, 'a> {
    /// What the strings of one source name.
    fn file(&self, i: usize) -> Vec<Named> {
        let Some(facts) = self.input.files[i].facts() else {
            return Vec::new();
        };
        if facts.mentions.is_empty() {
            return Vec::new();
        }
        let path = self.input.files[i].path.text();
        let found: Vec<(&Mention, &str, &str, Found)> = facts
            .mentions
            .iter()
            .map(|m| {
                let text = facts.names.get(m.text.0 as usize).map_or("", |n| n);
                let call = facts.names.get(m.call.0 as usize).map_or("", |n| n);
                let file = match m.role {
                    MentionRole::Route | MentionRole::Prefix => Found::Nothing,
                    // A package that gives names on demand: see the names themselves.
                    _ if is_getattr(facts, m.within) => Found::Nothing,
                    role => match module_pattern(path, text, call) {
                        Some(pattern) => self.tree.find(path, &pattern, true),
                        None => self.tree.find(path, text, role == MentionRole::Path),
                    },
                };
                (m, text, call, file)
            })
            .collect();
        // What is named in full tells which file of a folder is meant.
        let exact: FxHashSet<usize> = found
            .iter()
            .filter_map(|(.., file)| match file {
                Found::File(i, _) => Some(*i),
                _ => None,
            })
            .collect();
        let tests: Vec<(usize, DefId)> = if path.ends_with("conftest.py") {
            self.beneath(path)
        } else {
            tests(facts).map(|def| (i, def)).collect()
        };
        let mut out = Vec::new();
        for (mention, text, call, file) in &found {
            let mut targets: Vec<(usize, DefId, Rule)> = Vec::new();
            match file {
                Found::Nothing => {
                    self.modules(i, text, call, &mut targets);
                    self.dotted(i, text, call, &mut targets);
                    let routed = self.routes.find(text, call, mention, i);
                    targets.extend(routed);
                }
                Found::File(file, rule) if self.is_code(*file) => {
                    // What an import names, the resolver has followed.
                    if !matches!(*call, "require" | "import") {
                        targets.push((*file, DefId(0), *rule));
                        if LOADERS.contains(call) {
                            self.members(*file, *rule, &mut targets);
                        }
                    }
                    self.stand_in(*file, call, &mut targets);
                }
                Found::File(file, rule) => targets.push((*file, DefId(0), *rule)),
                Found::Files(files) => {
                    if files.len() <= MAX_FILES && !files.iter().any(|f| exact.contains(f)) {
                        let loads = LOADERS.contains(call) || loads_modules(facts);
                        let meant = |f: &usize| *f != i && (loads || !self.is_code(*f));
                        for file in files.iter().copied().filter(meant) {
                            targets.push((file, DefId(0), Rule::NameUnique));
                            self.members(file, Rule::NameUnique, &mut targets);
                        }
                    }
                }
            }
            targets.retain(|&(file, def, _)| (file, def) != (i, mention.within));
            let top = mention.within == DefId(0) && !tests.is_empty();
            // What a file of tests does at its top, it does before each of them.
            let from: &[(usize, DefId)] = if top { &tests } else { &[(i, mention.within)] };
            for &from in from {
                for &(file, def, rule) in &targets {
                    let kind = if self.is_code(file) {
                        EdgeKind::References
                    } else {
                        EdgeKind::Reads
                    };
                    let line = mention.lines.0;
                    let to = (file, def);
                    out.push(Named {
                        from,
                        kind,
                        to,
                        rule,
                        line,
                    });
                }
            }
        }
        out
    }

    /// The tests for which a conftest.py is read first.
    fn beneath(&self, conftest: &str) -> Vec<(usize, DefId)> {
        let folder = conftest.strip_suffix("conftest.py").unwrap_or("");
        let files = self.input.files.iter().enumerate();
        files
            .filter(|(_, file)| {
                let path = file.path.text();
                path.starts_with(folder) && path.ends_with(".py")
            })
            .filter_map(|(i, file)| Some((i, file.facts()?)))
            .flat_map(|(i, facts)| tests(facts).map(move |def| (i, def)))
            .take(MAX_BENEATH)
            .collect()
    }

    fn facts(&self, file: usize) -> Option<&'a Arc<FileFacts>> {
        self.input.files[file].facts()
    }

    fn is_code(&self, file: usize) -> bool {
        self.facts(file).is_some()
    }

    /// A module specifier: what JavaScript's test runners are told to replace, workers and the like.
    fn modules(
        &self,
        from: usize,
        text: &str,
        call: &str,
        targets: &mut Vec<(usize, DefId, Rule)>,
    ) {
        if !(text.starts_with("./") || text.starts_with("../")) || text.contains('*') {
            return;
        }
        if matches!(call, "require" | "import") {
            return;
        }
        let Some(file) = self.tree.module(self.input, self.around, from, text) else {
            return;
        };
        targets.push((file, DefId(0), Rule::DynamicImport));
        if LOADERS.contains(&call) {
            self.members(file, Rule::DynamicImport, targets);
        }
        self.stand_in(file, call, targets);
    }

    /// The manual mock beside a module that is replaced without saying by what.
    fn stand_in(&self, file: usize, call: &str, targets: &mut Vec<(usize, DefId, Rule)>) {
        if !matches!(call, "mock" | "doMock" | "importMock" | "requireMock") {
            return;
        }
        let path = self.input.files[file].path.text();
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let twin = format!("{folder}/__mocks__/{name}");
        if let Some(twin) = self.tree.exact(twin.trim_start_matches('/')) {
            targets.push((twin, DefId(0), Rule::DynamicImport));
            self.members(twin, Rule::DynamicImport, targets);
        }
    }

    /// `shop.storage.memory.MemoryStorage`, `shop.cli:main`: a module, and what is in it.
    fn dotted(&self, from: usize, text: &str, call: &str, targets: &mut Vec<(usize, DefId, Rule)>) {
        // The names of loggers are those of modules, and load none.
        if matches!(call, "getLogger" | "get_logger" | "getChild") {
            return;
        }
        let Some((file, rest)) = self.tree.dotted(self.input, self.around, from, text) else {
            return;
        };
        let Some(facts) = self.facts(file) else {
            return;
        };
        if rest.is_empty() {
            targets.push((file, DefId(0), Rule::DynamicImport));
            if !STARTERS.contains(&call) {
                self.members(file, Rule::NameSimilar, targets);
            }
            return;
        }
        match self.keys[file].find(&rest) {
            Some(def) => {
                targets.push((file, def, Rule::DynamicImport));
                let parts = children(facts, def);
                targets.extend(parts.map(|d| (file, d, Rule::DynamicImport)));
            }
            // A name that the module has from elsewhere.
            None => targets.push((file, DefId(0), Rule::NameUnique)),
        }
    }

    /// What a module loaded by name offers: definitions at its top, and what is inside of those.
    fn members(&self, file: usize, rule: Rule, targets: &mut Vec<(usize, DefId, Rule)>) {
        let Some(facts) = self.facts(file) else {
            return;
        };
        let found = facts.defs.iter().enumerate().skip(1).filter(|(_, def)| {
            let parent = facts.defs.get(def.parent.0 as usize);
            offered(def)
                && (def.parent == DefId(0)
                    || parent.is_some_and(|p| p.parent == DefId(0) && holds(p)))
        });
        targets.extend(
            found
                .take(MAX_MEMBERS)
                .map(|(d, _)| (file, DefId(d as u32), rule)),
        );
    }

    /// Dotted names in a file that code reads.
    fn configuration(&self, file: usize, text: &str) -> Vec<Named> {
        if text.len() > CONFIGURATION || self.is_code(file) {
            return Vec::new();
        }
        let mut out = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            let words = line.split(|c: char| !(c.is_alphanumeric() || "_.:".contains(c)));
            for word in words.filter(|w| w.contains(['.', ':'])) {
                let mut targets = Vec::new();
                self.dotted(file, word.trim_matches(['.', ':']), "", &mut targets);
                out.extend(targets.into_iter().map(|(to, def, rule)| Named {
                    from: (file, DefId(0)),
                    kind: EdgeKind::References,
                    to: (to, def),
                    rule,
                    line: number,
                }));
            }
        }
        out
    }
}

/// `shop.plugins.*`, `.*`: the modules of a package, as a pattern of paths.
fn module_pattern(from: &str, text: &str, call: &str) -> Option<String> {
    let modules = from.ends_with(".py") && LOADERS.contains(&call) && text.contains('*');
    if !modules || text.contains('/') {
        return None;
    }
    Some(match text.strip_prefix('.') {
        Some(rest) => format!("./{}", rest.replace('.', "/")),
        None => text.replace('.', "/"),
    })
}

/// Whether a file may say by name what code is to be used.
fn is_configuration(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, end)| {
        matches!(
            end,
            "toml" | "ini" | "cfg" | "conf" | "json" | "yaml" | "yml" | "xml"
        )
    })
}

/// Whether some import of a file has a name that is not constant.
fn loads_modules(facts: &FileFacts) -> bool {
    facts
        .blind
        .iter()
        .any(|b| b.why.contains("import") || b.why.contains("require"))
        || facts.calls.iter().any(|call| {
            let text = facts.names.get(call.text.0 as usize).map_or("", |n| n);
            let name = text.rsplit('.').next().unwrap_or(text);
            matches!(
                name,
                "exec_module"
                    | "spec_from_file_location"
                    | "load_module"
                    | "iter_modules"
                    | "walk_packages"
                    | "load_source"
                    | "SourceFileLoader"
                    | "run_path"
            )
        })
}

/// A module's own `__getattr__` (PEP 562).
fn is_getattr(facts: &FileFacts, def: DefId) -> bool {
    facts.defs.get(def.0 as usize).is_some_and(|d| {
        d.parent == DefId(0)
            && facts
                .names
                .get(d.name.0 as usize)
                .is_some_and(|n| &**n == "__getattr__")
    })
}

/// The tests of a file.
fn tests(facts: &FileFacts) -> impl Iterator<Item = DefId> {
    let tests = facts.defs.iter().enumerate();
    tests
        .filter(|(_, def)| def.kind == NodeKind::Test)
        .map(|(d, _)| DefId(d as u32))
        .take(MAX_TESTS)
}

/// Definitions directly inside another.
fn children(facts: &FileFacts, of: DefId) -> impl Iterator<Item = DefId> {
    let inside = facts.defs.iter().enumerate().skip(1);
    inside
        .filter(move |(_, def)| def.parent == of && offered(def))
        .filter(move |_| facts.defs.get(of.0 as usize).is_some_and(holds))
        .map(|(d, _)| DefId(d as u32))
        .take(MAX_MEMBERS)
}

/// Whether what is defined inside is part of what it offers.
fn holds(def: &Def) -> bool {
    use NodeKind as N;
    matches!(
        def.kind,
        N::Class | N::Interface | N::Type | N::Variable | N::Constant
    )
}

fn offered(def: &Def) -> bool {
    use NodeKind as N;
    !def.flags.has(DefFlags::TRANSPARENT)
        && matches!(
            def.kind,
            N::Class | N::Type | N::Function | N::Method | N::Field | N::Variable | N::Constant
        )
}
