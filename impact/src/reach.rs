//! What a closure found, counted in one pass in the order of the nodes' numbers: how much of it there
//! is, which of it are tests, how near each file is, what each changed symbol exposes.
//!
//! Goes in: the view and the closure. Comes out: numbers. Nothing is read of a node but its kind, and
//! no path is walked.

use crate::runnable::is_test;
use crate::verdict::{Exposure, breaks};
use ripple_graph_analysis::{Reached, Scratch, View};
use ripple_schemas::NodeKind;
use std::collections::{BTreeMap, HashMap, HashSet};

/// The changed nodes and what is not counted among the reached.
pub(crate) struct Sources<'a> {
    /// What happened to each, and what it exposes.
    pub(crate) exposures: &'a mut BTreeMap<u32, Exposure>,
    /// Former names of what moved: what they became counts.
    pub(crate) former: HashSet<u32>,
}

impl Sources<'_> {
    /// Whether a reached node is part of the answer.
    pub(crate) fn counts(&self, view: &View<'_>, node: u32) -> bool {
        (self.former.is_empty() || !self.former.contains(&node))
            && view.kind(node) != NodeKind::Repository
    }
}

/// What was counted.
pub(crate) struct Tally {
    /// How many nodes were reached.
    pub(crate) impacted: usize,
    /// How many of them are tests.
    pub(crate) tests: usize,
    /// The sum of all probabilities, rounded once.
    pub(crate) mass: f64,
    /// The greatest probability in each file.
    pub(crate) files: Files,
}

/// Probabilities have at most 53 bits, of which the last is worth 2⁻⁶⁰ where they are over
/// [`crate::answer::FLOOR`]: as multiples of that they add up without rounding, in any order.
const UNIT: f64 = (1u64 << 60) as f64;

/// Counts what `reached` holds; moves the exposures of the changed symbols.
pub(crate) fn tally(
    view: &View<'_>,
    scratch: &Scratch,
    reached: &Reached,
    sources: &mut Sources<'_>,
) -> Tally {
    let roots = roots(view, scratch, reached, sources);
    let only = sources.exposures.keys().next().copied();
    let (mut impacted, mut mass, mut tests) = (0, 0u128, 0);
    let mut files = Files::new(view);
    // The dependents and tests of one changed symbol are kept at hand, those of several looked up.
    let mut single = only.and_then(|node| sources.exposures.get(&node).cloned());
    for (node, p, _) in scratch.all() {
        if !sources.counts(view, node) {
            continue;
        }
        impacted += 1;
        mass += u128::from((p * UNIT) as u64);
        let exposure = match (&roots, &mut single) {
            (None, Some(exposure)) => exposure,
            (Some(roots), _) => match sources.exposures.get_mut(&roots[node as usize]) {
                Some(exposure) => exposure,
                None => continue,
            },
            (None, None) => continue,
        };
        exposure.dependent = exposure.dependent.max(p);
        let kind = view.kind(node);
        if is_test(kind) || kind == NodeKind::Slo {
            let breaks = p * breaks(exposure.change);
            exposure.test = exposure.test.max(breaks);
            if kind == NodeKind::Slo {
                exposure.fails = exposure.fails.max(breaks);
            }
            tests += usize::from(is_test(kind));
        }
    }
    if let (None, Some(node), Some(exposure)) = (&roots, only, single) {
        sources.exposures.insert(node, exposure);
    }
    let p_of = |node: u32| match scratch.dependent(node) {
        Some(p) if sources.counts(view, node) => p,
        _ => 0.0,
    };
    files.fill(view, p_of);
    Tally {
        impacted,
        tests,
        mass: mass as f64 / UNIT,
        files,
    }
}

/// For every reached node the changed one it is reached from; `None` where only one was changed.
fn roots(
    view: &View<'_>,
    scratch: &Scratch,
    reached: &Reached,
    sources: &Sources<'_>,
) -> Option<Vec<u32>> {
    if sources.exposures.len() < 2 {
        return None;
    }
    let mut roots = vec![u32::MAX; view.node_count() as usize];
    for &node in sources.exposures.keys() {
        roots[node as usize] = node;
    }
    // Whoever is nearer was found before.
    for &(node, _) in &reached.nodes {
        if let Some(before) = scratch.before(node) {
            roots[node as usize] = roots[before as usize];
        }
    }
    Some(roots)
}

/// How near each file is: the greatest probability of what it holds.
pub(crate) struct Files {
    first: u32,
    stored: Vec<f64>,
    /// Those that only the overlay has.
    laid: HashMap<u32, f64>,
}

impl Files {
    fn new(view: &View<'_>) -> Self {
        let (mut first, mut count) = (0, 0);
        for (file, _) in view.csr().files() {
            if count == 0 {
                first = file;
            }
            count += 1;
        }
        Self {
            first,
            stored: vec![0.0; count],
            laid: HashMap::new(),
        }
    }

    fn fill(&mut self, view: &View<'_>, p_of: impl Fn(u32) -> f64) {
        for (file, symbols) in view.csr().files() {
            let p = symbols.map(&p_of).fold(p_of(file), f64::max);
            self.raise(file, p);
        }
        for node in view.laid() {
            let p = p_of(node);
            if p > 0.0 {
                self.raise_holder(view, view.key(node), p);
            }
        }
    }

    /// Raises the file that holds the node with that key.
    pub(crate) fn raise_holder(&mut self, view: &View<'_>, key: &str, p: f64) {
        if let Some(file) = crate::owners::file_key(key).and_then(|k| view.find(&k)) {
            self.raise(file, p);
        }
    }

    fn raise(&mut self, file: u32, p: f64) {
        let slot =
            match (file.checked_sub(self.first)).and_then(|i| self.stored.get_mut(i as usize)) {
                Some(slot) => slot,
                None => self.laid.entry(file).or_default(),
            };
        *slot = slot.max(p);
    }

    /// How near one file is; 0 where nothing of it is reached.
    pub(crate) fn near(&self, file: u32) -> f64 {
        file.checked_sub(self.first)
            .and_then(|i| self.stored.get(i as usize))
            .or_else(|| self.laid.get(&file))
            .copied()
            .unwrap_or(0.0)
    }

    /// The files that hold something reached or changed, and how near each is.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u32, f64)> {
        (self.first..)
            .zip(self.stored.iter().copied())
            .filter(|(_, p)| *p > 0.0)
            .chain(self.laid.iter().map(|(&file, &p)| (file, p)))
    }
}
