//! The accuracy of call edges on the fixtures, as a table per language.
//!
//! Fixtures are small programs with their complete list of call edges, written from the
//! languages' rules (tests/fixtures/README.md). `RIPPLE_FIXTURE=python/lambdas` shows one alone.
//! `RIPPLE_HELD_OUT=1` measures tests/fixtures/held_out instead. Its halves are the first, third, …
//! (`odd`) and the second, fourth, … (`even`) of each language in order of name: rules were mended by
//! failures of the odd half, the even half only measures. So `even` prints no failures.
//! `RIPPLE_FIXTURES=/a/folder` measures fixtures that lie elsewhere.

use ripple_ingest_code::facts::{CallKind, DefFlags, DefId};
use ripple_ingest_code::lang::{self, Layout};
use ripple_ingest_code::qualified::qualified_names;
use ripple_ingest_code::solve::{self, SourceFacts, Sym};
use ripple_schemas::{EdgeKind, NodeKind, Rule};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads one tree the way the ingester does, without git.
pub(crate) fn read(root: &Path) -> Layout {
    fn walk(root: &Path, at: &Path, layout: &mut Layout, out: &mut BTreeMap<String, String>) {
        let mut entries: Vec<PathBuf> = fs::read_dir(at)
            .unwrap()
            .map(|e| e.unwrap().path())
            .collect();
        entries.sort();
        for path in entries {
            if path.is_dir() {
                walk(root, &path, layout, out);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                if name != "calls.txt" {
                    out.insert(name.clone(), fs::read_to_string(&path).unwrap());
                    layout.paths.push(name);
                }
            }
        }
    }
    let mut layout = Layout::default();
    let mut contents = BTreeMap::new();
    walk(root, root, &mut layout, &mut contents);
    layout.paths.sort();
    layout.manifests = contents;
    layout
}

/// One call as `calls.txt` writes it: from, to.
pub(crate) type Call = (String, String);

/// What the solver says of a fixture's calls, each by its strongest rule.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) calls: BTreeMap<Call, Rule>,
    /// Calls that are not stated, but hinted at: members that only share the called name.
    pub(crate) hints: BTreeMap<Call, Rule>,
    /// Calls that are neither, though the definition bears the called name: turned down.
    pub(crate) turned_down: BTreeSet<Call>,
}

fn calls_of(root: &Path) -> BTreeMap<Call, Rule> {
    found_in(root).calls
}

/// Reads and resolves one fixture.
pub(crate) fn found_in(root: &Path) -> Found {
    let layout = read(root);
    let mut out = Found::default();
    for language in lang::all() {
        let mut parser = tree_sitter::Parser::new();
        let mut files = Vec::new();
        for (path, text) in &layout.manifests {
            let Some((_, grammar)) = language.claims(path) else {
                continue;
            };
            parser.set_language(&grammar).unwrap();
            let tree = parser.parse(text, None).unwrap();
            let facts = Arc::new(language.lower(path, text, &tree));
            files.push(SourceFacts {
                path: path.clone(),
                facts,
            });
        }
        if files.is_empty() {
            continue;
        }
        let mut own = layout.clone();
        own.manifests.retain(|path, _| language.manifests(path));
        let modules = language.modules(own);
        let resolution = solve::resolve(&*language, Arc::from(modules), &files);
        let names: Vec<_> = files.iter().map(|f| qualified_names(&f.facts)).collect();
        let name = |sym: Sym| match sym.def {
            DefId(0) => files[sym.file as usize].path.clone(),
            def => format!(
                "{}#{}",
                files[sym.file as usize].path,
                names[sym.file as usize][def.0 as usize]
                    .as_deref()
                    .unwrap_or("?")
            ),
        };
        out.turned_down.extend(named_alike(&files, &name));
        for edge in &resolution.edges {
            let by_name = matches!(edge.rule, Rule::NameUnique | Rule::NameSimilar);
            let list = match edge.kind {
                EdgeKind::Calls => &mut out.calls,
                EdgeKind::References if by_name => &mut out.hints,
                _ => continue,
            };
            let known = list
                .entry((name(edge.from), name(edge.to)))
                .or_insert(edge.rule);
            if edge.rule.rank() < known.rank() {
                *known = edge.rule;
            }
        }
    }
    out.hints.retain(|call, _| !out.calls.contains_key(call));
    out.turned_down
        .retain(|call| !out.calls.contains_key(call) && !out.hints.contains_key(call));
    out
}

/// From every written call to every function, method and constructor of the called name: what
/// there would be to go by, were names all that is known.
fn named_alike(files: &[SourceFacts], name: &dyn Fn(Sym) -> String) -> BTreeSet<Call> {
    let mut by_name: BTreeMap<&str, Vec<Sym>> = BTreeMap::new();
    for (file, source) in (0..).zip(files) {
        let facts = &source.facts;
        for (index, def) in (0..).zip(&facts.defs) {
            let transparent = def.flags.has(DefFlags::TRANSPARENT);
            let runs = matches!(
                def.kind,
                NodeKind::Function | NodeKind::Method | NodeKind::Macro
            );
            if transparent || !runs {
                continue;
            }
            let called = if def.flags.has(DefFlags::CONSTRUCTOR) {
                &facts.defs[def.parent.0 as usize]
            } else {
                def
            };
            let sym = Sym {
                file,
                def: DefId(index),
            };
            let text = &*facts.names[called.name.0 as usize];
            by_name.entry(text).or_default().push(sym);
        }
    }
    let mut out = BTreeSet::new();
    for (file, source) in (0..).zip(files) {
        let facts = &source.facts;
        for call in facts.calls.iter().filter(|c| c.kind != CallKind::Implicit) {
            let text = &*facts.names[call.text.0 as usize];
            let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
            let called = text
                .trim_end_matches(|c| !word(c))
                .rsplit(|c| !word(c))
                .next();
            let mut within = call.within;
            while facts.defs[within.0 as usize]
                .flags
                .has(DefFlags::TRANSPARENT)
                && within != DefId(0)
            {
                within = facts.defs[within.0 as usize].parent;
            }
            let from = name(Sym { file, def: within });
            for &to in called.and_then(|c| by_name.get(c)).into_iter().flatten() {
                out.insert((from.clone(), name(to)));
            }
        }
    }
    out
}

/// Expected edges, and with `optional` those that may be there or not (`//?` lines).
pub(crate) fn expected_of(root: &Path, optional: bool) -> BTreeSet<Call> {
    fs::read_to_string(root.join("calls.txt"))
        .unwrap()
        .lines()
        .map(str::trim)
        .filter_map(|l| match l.strip_prefix("//?") {
            Some(edge) => optional.then_some(edge),
            None => (!optional && !l.is_empty() && !l.starts_with("//")).then_some(l),
        })
        .map(|l| {
            let (from, to) = l
                .split_once(" -> ")
                .unwrap_or_else(|| panic!("{}: {l}", root.display()));
            (from.trim().to_owned(), to.trim().to_owned())
        })
        .collect()
}

#[derive(Default)]
struct Score {
    fixtures: usize,
    perfect: usize,
    found: usize,
    right: usize,
    expected: usize,
}

#[test]
fn call_edges_of_every_language_are_precise_and_complete() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let half = std::env::var("RIPPLE_HELD_OUT").ok();
    let held_out = half.is_some();
    let wanted = |index: usize| match half.as_deref() {
        Some("odd") => index.is_multiple_of(2),
        Some("even") => !index.is_multiple_of(2),
        _ => true,
    };
    let quiet = half.as_deref() == Some("even");
    let root = if held_out {
        root.join("held_out")
    } else {
        root
    };
    let elsewhere = std::env::var_os("RIPPLE_FIXTURES").map(PathBuf::from);
    let held_out = held_out || elsewhere.is_some();
    let root = elsewhere.unwrap_or(root);
    let only = std::env::var("RIPPLE_FIXTURE").ok();
    let mut languages: Vec<PathBuf> = fs::read_dir(&root)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_dir() && !p.ends_with("held_out"))
        .collect();
    languages.sort();
    let mut table: BTreeMap<String, Score> = BTreeMap::new();
    let mut rules: BTreeMap<Rule, (usize, usize)> = BTreeMap::new();
    for language in languages {
        let name = language.file_name().unwrap().to_str().unwrap().to_owned();
        let mut fixtures: Vec<PathBuf> = fs::read_dir(&language)
            .unwrap()
            .map(|e| e.unwrap().path())
            .filter(|p| p.is_dir())
            .collect();
        fixtures.sort();
        for (_, fixture) in fixtures
            .into_iter()
            .enumerate()
            .filter(|(index, _)| wanted(*index))
        {
            let title = format!("{name}/{}", fixture.file_name().unwrap().to_str().unwrap());
            if only
                .as_ref()
                .is_some_and(|o| !title.starts_with(o.as_str()))
            {
                continue;
            }
            let (mut found, expected) = (calls_of(&fixture), expected_of(&fixture, false));
            for edge in expected_of(&fixture, true) {
                found.remove(&edge);
            }
            let score = table.entry(name.clone()).or_default();
            let right = found.keys().filter(|k| expected.contains(*k)).count();
            score.fixtures += 1;
            score.found += found.len();
            score.right += right;
            score.expected += expected.len();
            if right == expected.len() && right == found.len() {
                score.perfect += 1;
            } else if !quiet {
                println!("{title}");
                for missing in expected.iter().filter(|e| !found.contains_key(*e)) {
                    println!("  missing  {} -> {}", missing.0, missing.1);
                }
                for ((from, to), rule) in found.iter().filter(|(k, _)| !expected.contains(*k)) {
                    println!("  wrong    {from} -> {to}  ({rule})");
                }
            }
            for (edge, rule) in &found {
                let count = rules.entry(*rule).or_default();
                count.0 += 1;
                count.1 += usize::from(expected.contains(edge));
            }
        }
    }
    println!("\nlanguage     fixtures  perfect  edges  precision  recall");
    for (name, s) in &table {
        println!(
            "{name:<12} {:>8} {:>8} {:>6} {:>9.1}% {:>6.1}%",
            s.fixtures,
            s.perfect,
            s.expected,
            100.0 * s.right as f64 / s.found.max(1) as f64,
            100.0 * s.right as f64 / s.expected.max(1) as f64
        );
    }
    println!("\nrule                 edges  right   stated");
    let (mut error, mut total) = (0.0, 0);
    for (rule, (found, right)) in &rules {
        let share = *right as f64 / *found as f64;
        println!(
            "{:<20} {found:>5} {:>5.1}% {:>7.2}",
            rule.as_str(),
            100.0 * share,
            rule.confidence()
        );
        error += (share - rule.confidence()).abs() * *found as f64;
        total += found;
    }
    println!(
        "expected calibration error {:.3}",
        error / total.max(1) as f64
    );
    if only.is_some() || held_out {
        return;
    }
    for (name, s) in &table {
        assert!(s.fixtures >= 25, "{name} has {} fixtures of 25", s.fixtures);
        let (precision, recall) = (
            s.right as f64 / s.found.max(1) as f64,
            s.right as f64 / s.expected.max(1) as f64,
        );
        assert!(precision >= 0.97, "{name}: precision {precision:.3}");
        assert!(recall >= 0.93, "{name}: recall {recall:.3}");
    }
    assert!(
        error / total.max(1) as f64 <= 0.05,
        "calibration error {:.3}",
        error / total as f64
    );
}
