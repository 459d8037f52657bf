//! The one answer: what changed, what that reaches, which tests to run, whom to ask, how sure it is.

use crate::coverage::{Surroundings, Unseen, coverage};
use crate::diff::{Difference, difference};
use crate::failure::{Failure, select};
use crate::likely::{Candidate, TestEvidence, candidates};
use crate::owners::{file_key, owners};
use crate::phantoms;
use crate::reach::{Sources, Tally, tally};
use crate::runnable::{changed_fails, is_test, test_to_run};
use crate::verdict::{Exposure, Seen, judge};
use crate::words::{ChangeWords, ChangedText};
use ripple_graph_analysis::travel::Weights;
use ripple_graph_analysis::{
    Calibration, Csr, Limits, Reached, Scratch, Source, View, closure, path,
};
use ripple_graph_core::OwnerFacts;
use ripple_schemas::{
    Assertion, ChangeKind, ChangedSymbol, EdgeKind, ImpactAnswer, Impacted, Key, NodeKind, Phantom,
    Rule, Step, Totals,
};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Dependents less probable than this are not followed: one in a hundred is within the error of the
/// confidences themselves.
pub const FLOOR: f64 = 0.01;

/// Files that hold nothing that runs: a change of them is no blind spot.
const INERT: &[&str] = &[
    "md",
    "markdown",
    "rst",
    "txt",
    "adoc",
    "png",
    "jpg",
    "jpeg",
    "gif",
    "svg",
    "ico",
    "webp",
    "pdf",
    "gitignore",
    "gitattributes",
    "editorconfig",
    "lock",
    "sum",
    "license",
    "licence",
    "snap",
];

/// What is asked.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    /// The repository's name.
    pub repository: &'a str,
    /// The old side's name in the answer.
    pub base: String,
    /// The new side's name in the answer.
    pub head: String,
    /// Facts of the owners that differ between both sides or from the graph, as base has them.
    pub base_facts: &'a [OwnerFacts],
    /// The same owners as head has them.
    pub head_facts: &'a [OwnerFacts],
    /// Owners that the graph has and neither side does.
    pub gone: &'a [String],
    /// Every path that differs between both sides.
    pub changed_paths: &'a [String],
    /// The changed files as texts: what the words of the change are read from.
    pub texts: &'a [ChangedText],
    /// What is taken as changed.
    pub subject: Subject,
    /// Phantom dependencies as reading head found them; `None` looks for them in the graph.
    pub phantoms: Option<&'a [Phantom]>,
    /// How many impacted nodes the answer lists; the verdict is over all of them.
    pub list: usize,
    /// How many tests the answer lists; the verdict is over all of them.
    pub tests: usize,
    /// Whether the impacted nodes are listed without the tests, which have a list of their own.
    pub tests_apart: bool,
    /// How many blind spots the answer lists; the coverage is over all of them.
    pub blind_spots: usize,
    /// The rollout we would choose.
    pub rollout: serde_json::Value,
    /// What policy says.
    pub policy: serde_json::Value,
}

/// What is taken as changed.
#[derive(Clone, Debug, PartialEq)]
pub enum Subject {
    /// What differs between both sides.
    Difference,
    /// One symbol or endpoint, as if this had happened to it.
    Node(Key, ChangeKind),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum ImpactError {
    #[error("`{key}` is not in the graph; `ripple graph query find {name}` lists what is")]
    UnknownKey { key: String, name: String },
}

/// How far a change travels.
struct Travelled<'c> {
    view: View<'c>,
    weights: Weights,
    /// What is taken as changed, and the node and kind of change of each that is in the graph.
    changed: Vec<ChangedSymbol>,
    changes: BTreeMap<u32, ChangeKind>,
    /// Former names of what moved: what they became counts.
    former: HashSet<u32>,
    scratch: Scratch,
    reached: Reached,
}

/// Finds what changed and follows it.
fn travel<'c>(
    csr: &'c Csr,
    calibration: &Calibration,
    question: &Question<'_>,
) -> Result<Travelled<'c>, ImpactError> {
    let Difference { changed, succeeds } = match &question.subject {
        Subject::Difference => difference(question.base_facts, question.head_facts),
        Subject::Node(..) => Difference::default(),
    };
    // The new and the old name of one thing: who held the old one is reached through it.
    let successions = OwnerFacts {
        owner: "change".into(),
        digest: 0,
        nodes: Vec::new(),
        assertions: succeeds
            .iter()
            .map(|s| Assertion {
                from: s.new.clone(),
                kind: EdgeKind::Succeeds,
                to: s.old.clone(),
                rule: Rule::Git,
                sites: 0,
                evidence: Vec::new(),
            })
            .collect(),
    };
    let mut head = question.head_facts.to_vec();
    if !succeeds.is_empty() {
        head.push(successions);
    }
    let view = View::over(csr, question.base_facts, &head, question.gone);
    let changed = match &question.subject {
        Subject::Difference => changed,
        Subject::Node(key, change) => vec![asked(&view, key, *change)?],
    };
    let weights = Weights::new(view.classes(), calibration);
    let mut changes: BTreeMap<u32, ChangeKind> = BTreeMap::new();
    for symbol in &changed {
        if let Some(node) = view.find(symbol.key.as_str()) {
            changes.insert(node, symbol.change);
        }
    }
    let sources: Vec<Source> = changes
        .iter()
        .map(|(&node, &change)| Source { node, change })
        .collect();
    let mut scratch = Scratch::default();
    let limits = Limits {
        top: None,
        floor: FLOOR,
    };
    let reached = closure(&view, &weights, &sources, limits, &mut scratch);
    let former = succeeds.iter();
    let former = former.filter_map(|s| view.find(s.old.as_str())).collect();
    Ok(Travelled {
        view,
        weights,
        changed,
        changes,
        former,
        scratch,
        reached,
    })
}

/// Every test that the graph knows, and what speaks for its failure, in the order of their keys.
///
/// # Errors
/// The node asked about is not in the graph.
pub fn evidence(
    csr: &Csr,
    calibration: &Calibration,
    question: &Question<'_>,
) -> Result<Vec<TestEvidence>, ImpactError> {
    let travelled = travel(csr, calibration, question)?;
    let candidates = candidate_tests(&travelled, calibration, question);
    let mut out: Vec<TestEvidence> = candidates
        .iter()
        .zip(select(&candidates))
        .filter_map(|((c, p), selected)| {
            Some(TestEvidence {
                test: test_to_run(&travelled.view, c.node, *p)?,
                selected,
                signals: c.signals,
            })
        })
        .collect();
    out.sort_by(|a, b| a.test.key.cmp(&b.test.key));
    Ok(out)
}

/// The tests of the repository and those that the change reaches elsewhere, each with the
/// probability that it fails, in the order of their keys.
fn candidate_tests(
    travelled: &Travelled<'_>,
    calibration: &Calibration,
    question: &Question<'_>,
) -> Vec<(Candidate, f64)> {
    let Travelled {
        view,
        changed,
        changes,
        former,
        scratch,
        reached,
        ..
    } = travelled;
    let own = format!("sym:{}/", ripple_schemas::key::encode(question.repository));
    let counts = |node: u32| {
        !former.contains(&node)
            && !changes.contains_key(&node)
            && (scratch.before(node).is_some() || view.key(node).starts_with(&own))
    };
    // Data that nothing reads has words of any sort: they speak for no test.
    let is_code = |symbol: &ChangedSymbol| {
        let node = view.find(symbol.key.as_str()).and_then(|n| view.node(n));
        symbol.kind != NodeKind::File || node.is_some_and(|n| n.language.is_some())
    };
    let words = match changed.iter().any(is_code) {
        true => ChangeWords::new(changed, question.texts, leading(view, scratch, reached)),
        false => ChangeWords::default(),
    };
    let failure = Failure::of(calibration);
    candidates(view, scratch, counts, &words)
        .into_iter()
        .map(|c| (c, failure.probability(&c.signals)))
        .collect()
}

/// At most so many dependents lend their names to the words of a change.
const LEADING: usize = 40;
/// Nor those that are more steps away.
const LEADING_STEPS: u32 = 4;

/// The keys of what depends on the change nearest: what a test says that means it.
fn leading<'v>(
    view: &'v View<'_>,
    scratch: &Scratch,
    reached: &Reached,
) -> impl Iterator<Item = &'v str> {
    let near = |n: u32| {
        let steps = scratch.reached(n).map_or(u32::MAX, |(_, steps)| steps);
        steps <= LEADING_STEPS && !is_test(view.kind(n)) && view.key(n).contains('#')
    };
    let best = reached.best(view, LEADING, near);
    best.into_iter().map(|(n, _)| view.key(n))
}

/// Answers. The order of facts, nodes and edges in the input does not matter.
///
/// # Errors
/// The node asked about is not in the graph.
pub fn answer(
    csr: &Csr,
    calibration: &Calibration,
    question: &Question<'_>,
) -> Result<ImpactAnswer, ImpactError> {
    let travelled = travel(csr, calibration, question)?;
    let candidates = candidate_tests(&travelled, calibration, question);
    let Travelled {
        view,
        weights,
        changed,
        changes,
        former,
        scratch,
        reached,
    } = travelled;
    let mut exposures: BTreeMap<u32, Exposure> = changes
        .iter()
        .map(|(&node, &change)| {
            (
                node,
                Exposure {
                    name: name(&view, node),
                    change,
                    test: 0.0,
                    fails: 0.0,
                    dependent: 0.0,
                },
            )
        })
        .collect();
    let mut sources = Sources {
        exposures: &mut exposures,
        former,
    };
    let mut tally = tally(&view, &scratch, &reached, &mut sources);
    let best = reached.best(&view, question.list, |n| {
        sources.counts(&view, n) && !(question.tests_apart && is_test(view.kind(n)))
    });
    let mut to_run: Vec<(u32, f64)> = Vec::new();
    // Of one changed symbol alone, every path leads to it.
    let only = exposures.keys().next().filter(|_| exposures.len() == 1);
    let only = only.copied();
    for (&(candidate, p), selected) in candidates.iter().zip(select(&candidates)) {
        let root = match only {
            Some(node) => scratch.before(candidate.node).map(|_| node),
            None => scratch.root(candidate.node),
        };
        if let Some(exposure) = root.and_then(|root| exposures.get_mut(&root)) {
            exposure.fails = exposure.fails.max(p);
        }
        if selected {
            to_run.push((candidate.node, p));
        }
    }
    for (&node, &change) in changes.iter().filter(|(n, _)| is_test(view.kind(**n))) {
        if let (Some(p), Some(e)) = (changed_fails(change), exposures.get_mut(&node)) {
            e.test = e.test.max(p);
            e.fails = e.fails.max(p);
            to_run.push((node, p));
        }
    }
    let mut totals = Totals {
        impacted: tally.impacted,
        impacted_tests: tally.tests,
        tests: to_run.len(),
        blind_spots: 0,
    };
    // The first is named by the verdict, whatever is listed.
    let likeliest = likeliest(&view, &mut to_run, question.tests.max(1));
    let mut tests: Vec<_> = likeliest
        .iter()
        .filter_map(|&(node, p)| test_to_run(&view, node, p))
        .collect();
    for path in question.changed_paths {
        let file = Key::file(question.repository, path);
        tally.files.raise_holder(&view, file.as_str(), 1.0);
    }
    for symbol in &changed {
        tally.files.raise_holder(&view, symbol.key.as_str(), 1.0);
    }

    let unread = unread(question, &changed);
    let unseen = look_around(&view, question, &changed, &tally, &scratch, &unread);
    totals.blind_spots = unseen.all;
    let seen = Seen {
        impacted: totals.impacted - totals.impacted_tests,
        tests: totals.impacted_tests,
        to_run: totals.tests,
        blind_spots: unseen.all,
        coverage: unseen.coverage,
        likeliest: tests.first().map(|t| (t.id.clone(), t.probability)),
    };
    tests.truncate(question.tests);
    let exposures: Vec<Exposure> = exposures.into_values().collect();
    let verdict = judge(&exposures, &seen);

    let owners = owners(&view, &tally.files);
    let changed_files: BTreeSet<String> = question
        .changed_paths
        .iter()
        .map(|p| Key::file(question.repository, p).as_str().to_owned())
        .chain(changed.iter().filter_map(|c| file_key(c.key.as_str())))
        .collect();
    Ok(ImpactAnswer {
        revision: csr.stamp().revision,
        repository: question.repository.to_owned(),
        base: question.base.clone(),
        head: question.head.clone(),
        verdict,
        impacted: best
            .iter()
            .filter_map(|&(n, p)| explain(&view, &weights, calibration, &scratch, n, p))
            .collect(),
        tests,
        totals,
        owners,
        environments: Vec::new(),
        rollout: question.rollout.clone(),
        policy: question.policy.clone(),
        phantoms: match question.phantoms {
            Some(found) => found
                .iter()
                .filter(|p| changed_files.contains(p.from.as_str()))
                .cloned()
                .collect(),
            None => phantoms::phantoms(&view, question.repository, Some(&changed_files)),
        },
        blind_spots: unseen.spots,
        changed,
    })
}

/// The node asked about, as a changed symbol.
fn asked(view: &View<'_>, key: &Key, change: ChangeKind) -> Result<ChangedSymbol, ImpactError> {
    let node = view
        .find(key.as_str())
        .and_then(|n| view.node(n))
        .ok_or_else(|| ImpactError::UnknownKey {
            key: key.to_string(),
            name: key
                .as_str()
                .rsplit(['.', '#', '/', ' '])
                .next()
                .unwrap_or_default()
                .to_owned(),
        })?;
    let first = node.line_start.unwrap_or(0);
    Ok(ChangedSymbol {
        key: node.key,
        kind: node.kind,
        path: node.path.unwrap_or_default(),
        lines: [first, node.line_end.unwrap_or(first)],
        change,
    })
}

/// The first so many tests, likeliest to fail first, ties in key order.
fn likeliest<'t>(view: &View<'_>, tests: &'t mut [(u32, f64)], most: usize) -> &'t [(u32, f64)] {
    let order = |a: &(u32, f64), b: &(u32, f64)| {
        b.1.total_cmp(&a.1)
            .then_with(|| view.order(a.0).cmp(&view.order(b.0)))
    };
    if most < tests.len() {
        tests.select_nth_unstable_by(most, order);
    }
    let most = most.min(tests.len());
    let first = &mut tests[..most];
    first.sort_unstable_by(order);
    first
}

/// Changed paths that nobody could read and that may matter.
fn unread(question: &Question<'_>, changed: &[ChangedSymbol]) -> Vec<String> {
    let read: BTreeSet<&str> = question
        .base_facts
        .iter()
        .chain(question.head_facts)
        .flat_map(|f| &f.nodes)
        .filter(|n| n.kind != NodeKind::File || n.language.is_some())
        .filter_map(|n| n.path.as_deref())
        .chain(changed.iter().map(|c| c.path.as_str()))
        .collect();
    let inert = |path: &str| {
        let file = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let end = file.rsplit('.').next().unwrap_or(&file);
        INERT.contains(&end)
    };
    let mut all: Vec<String> = question
        .changed_paths
        .iter()
        .filter(|p| !read.contains(p.as_str()) && !inert(p))
        .cloned()
        .collect();
    all.sort();
    all.dedup();
    all
}

/// The blind spots around the change and the coverage.
fn look_around(
    view: &View<'_>,
    question: &Question<'_>,
    changed: &[ChangedSymbol],
    tally: &Tally,
    scratch: &Scratch,
    unread: &[String],
) -> Unseen {
    let names: BTreeSet<String> = changed
        .iter()
        .filter(|c| {
            matches!(
                c.kind,
                NodeKind::Function | NodeKind::Method | NodeKind::Class | NodeKind::Macro
            )
        })
        .filter_map(|c| Some(view.node(view.find(c.key.as_str())?)?.name))
        .filter(|n| n.len() > 1 && !n.starts_with('<') && !n.starts_with("__"))
        .collect();
    let around = Surroundings {
        seen: changed.len() as f64 + tally.mass,
        scratch,
        changed: (changed.iter())
            .filter_map(|c| view.find(c.key.as_str()))
            .collect(),
        files: &tally.files,
        names: names.iter().map(String::as_str).collect(),
        unread,
    };
    coverage(view, question.repository, &around, question.blind_spots)
}

/// One impacted node with the path that explains it.
fn explain(
    view: &View<'_>,
    weights: &Weights,
    calibration: &Calibration,
    scratch: &Scratch,
    node: u32,
    p: f64,
) -> Option<Impacted> {
    let hops = path(view, weights, scratch, node);
    let via = hops.iter().filter_map(|hop| {
        let edge = view.dependency(hop.edge);
        Some(Step {
            key: Key::parse(view.key(hop.at)).ok()?,
            edge: edge.kind,
            rule: edge.rule,
            confidence: calibration.confidence(edge.rule, edge.state),
            evidence: edge.evidence,
        })
    });
    Some(Impacted {
        key: Key::parse(view.key(node)).ok()?,
        kind: view.kind(node),
        probability: p,
        distance: hops.len() as u32,
        via: via.collect(),
    })
}

/// How reasons call a node: a symbol by its names, a file by its path.
fn name(view: &View<'_>, node: u32) -> String {
    let key = view.key(node);
    let short = match key.split_once('#') {
        Some((_, names)) if !names.is_empty() => names,
        _ => key
            .strip_prefix("file:")
            .and_then(|k| k.split_once('/'))
            .map_or(key, |(_, path)| path),
    };
    short.to_owned()
}
