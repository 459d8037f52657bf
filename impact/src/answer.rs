//! The one answer: what changed, what that reaches, which tests to run, whom to ask, how sure it is.

use crate::coverage::{Surroundings, coverage};
use crate::diff::{Difference, difference};
use crate::owners::{file_key, owners};
use crate::phantoms;
use crate::runnable::{changed_fails, fails, is_test, test_to_run};
use crate::verdict::{Exposure, Seen, judge};
use ripple_graph_analysis::travel::Weights;
use ripple_graph_analysis::{Calibration, Csr, Limits, Scratch, Source, View, closure, path};
use ripple_graph_core::OwnerFacts;
use ripple_schemas::{
    Assertion, ChangeKind, ChangedSymbol, EdgeKind, ImpactAnswer, Impacted, Key, NodeKind, Phantom,
    Rule, Step, TestToRun,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

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
    /// What is taken as changed.
    pub subject: Subject,
    /// Phantom dependencies as reading head found them; `None` looks for them in the graph.
    pub phantoms: Option<&'a [Phantom]>,
    /// How many impacted nodes the answer lists; the verdict is over all of them.
    pub list: usize,
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

/// Answers. The order of facts, nodes and edges in the input does not matter.
///
/// # Errors
/// The node asked about is not in the graph.
pub fn answer(
    csr: &Csr,
    calibration: &Calibration,
    question: &Question<'_>,
) -> Result<ImpactAnswer, ImpactError> {
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
    let former: BTreeSet<&str> = succeeds.iter().map(|s| s.old.as_str()).collect();

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
    let mut reached = closure(
        &view,
        &weights,
        &sources,
        Limits {
            top: None,
            floor: FLOOR,
        },
        &mut scratch,
    );
    reached
        .nodes
        .retain(|(n, _)| !former.contains(view.key(*n)) && view.kind(*n) != NodeKind::Repository);
    reached.sort(&view);

    let mut exposures: BTreeMap<u32, Exposure> = changes
        .iter()
        .map(|(&node, &change)| {
            (
                node,
                Exposure {
                    name: name(&view, node),
                    change,
                    test: 0.0,
                    dependent: 0.0,
                },
            )
        })
        .collect();
    let mut tests = Vec::new();
    for (&node, &change) in changes.iter().filter(|(n, _)| is_test(view.kind(**n))) {
        if let (Some(p), Some(full), Some(e)) = (
            changed_fails(change),
            view.node(node),
            exposures.get_mut(&node),
        ) {
            e.test = p;
            tests.push(test_to_run(&full, p));
        }
    }
    for &(node, p) in &reached.nodes {
        let Some(root) = scratch.root(node) else {
            continue;
        };
        let Some(exposure) = exposures.get_mut(&root) else {
            continue;
        };
        exposure.dependent = exposure.dependent.max(p);
        let kind = view.kind(node);
        if !is_test(kind) && kind != NodeKind::Slo {
            continue;
        }
        let fails = fails(p, exposure.change);
        exposure.test = exposure.test.max(fails);
        if let (true, Some(full)) = (is_test(kind), view.node(node)) {
            tests.push(test_to_run(&full, fails));
        }
    }
    tests.sort_by(|a, b| {
        b.probability
            .total_cmp(&a.probability)
            .then_with(|| a.key.cmp(&b.key))
    });

    let unread = unread(question, &changed);
    let (blind_spots, coverage) =
        look_around(&view, question, &changed, &reached.nodes, &scratch, &unread);
    let seen = Seen {
        impacted: reached
            .nodes
            .iter()
            .filter(|(n, _)| !is_test(view.kind(*n)))
            .count(),
        tests: tests.len(),
        blind_spots: blind_spots.len(),
        coverage,
        likeliest: tests
            .first()
            .map(|t: &TestToRun| (t.id.clone(), t.probability)),
    };
    let exposures: Vec<Exposure> = exposures.into_values().collect();
    let verdict = judge(&exposures, &seen);

    let concerned = changed
        .iter()
        .map(|c| (c.key.as_str(), 1.0))
        .chain(reached.nodes.iter().map(|&(n, p)| (view.key(n), p)));
    let owners = owners(&view, concerned);
    let changed_files: BTreeSet<String> = question
        .changed_paths
        .iter()
        .map(|p| Key::file(question.repository, p).as_str().to_owned())
        .chain(changed.iter().filter_map(|c| file_key(c.key.as_str())))
        .collect();
    let impacted = reached.nodes.iter().take(question.list);
    Ok(ImpactAnswer {
        revision: csr.stamp().revision,
        repository: question.repository.to_owned(),
        base: question.base.clone(),
        head: question.head.clone(),
        verdict,
        impacted: impacted
            .filter_map(|&(n, p)| explain(&view, &weights, calibration, &scratch, n, p))
            .collect(),
        tests,
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
        blind_spots,
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
    reached: &[(u32, f64)],
    scratch: &Scratch,
    unread: &[String],
) -> (Vec<ripple_schemas::BlindSpot>, f64) {
    // Only nodes that the overlay states are copied for their path.
    let own: Vec<(Option<String>, f64)> = reached
        .iter()
        .filter(|(n, _)| view.restates(*n))
        .map(|&(n, p)| (view.node(n).and_then(|n| n.path), p))
        .collect();
    let kept = reached.iter().filter(|(n, _)| !view.restates(*n));
    let kept = kept.map(|&(n, p)| (view.stored(n).and_then(|s| s.path), p));
    let mut files: HashMap<&str, f64> = HashMap::new();
    for (path, p) in own
        .iter()
        .map(|(path, p)| (path.as_deref(), *p))
        .chain(kept)
    {
        let most = files.entry(path.unwrap_or_default()).or_default();
        *most = most.max(p);
    }
    files.extend(changed.iter().map(|c| (c.path.as_str(), 1.0)));
    files.extend(question.changed_paths.iter().map(|p| (p.as_str(), 1.0)));
    let certain: BTreeSet<&str> = changed.iter().map(|c| c.key.as_str()).collect();
    let symbols = |key: &str| {
        if certain.contains(key) {
            return 1.0;
        }
        let found = view.find(key).and_then(|n| scratch.reached(n));
        found.map_or(0.0, |(p, _)| p)
    };
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
        seen: changed.len() as f64 + reached.iter().map(|(_, p)| p).sum::<f64>(),
        symbols: &symbols,
        files,
        names: names.iter().map(String::as_str).collect(),
        unread,
    };
    coverage(view, question.repository, &around)
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
