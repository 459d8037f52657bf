//! What could not be seen near a change, and how much that takes from the answer.
//!
//! Coverage = seen / (seen + unseen). Seen is the mass of what the closure found: one for each
//! changed symbol, its probability for each impacted one. Unseen is the mass of blind spots: each
//! weighs its nearness × its severity; the spots of one symbol saturate at one, and so do all the
//! unresolved calls that only share a changed symbol's name.

use crate::reach::Files;
use ripple_graph_analysis::View;
use ripple_schemas::property::FileBlind;
use ripple_schemas::{BlindKind, BlindSpot, NodeKind, property};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

/// How much of its surroundings a spot hides.
const fn severity(kind: BlindKind) -> f64 {
    match kind {
        // whole stretches of code were not read
        BlindKind::ParseError | BlindKind::Limit | BlindKind::UnreadLanguage => 0.60,
        // anything may be called
        BlindKind::Dynamic => 0.50,
        BlindKind::TooManyCandidates => 0.40,
        // one module's worth of edges is missing
        BlindKind::UnresolvedImport => 0.30,
        // one call is missing
        BlindKind::UnknownReceiver => 0.25,
        BlindKind::NotInstrumented => 0.10,
    }
}

/// Nearness of a spot in a changed or impacted symbol: what it calls is unknown, which says little
/// about who depends on it.
const INSIDE: f64 = 0.5;
/// Nearness of a spot elsewhere in a file that holds a changed symbol.
const SAME_FILE: f64 = 0.25;
/// Nearness of a spot elsewhere in a file that holds an impacted symbol, times its probability.
const IMPACTED_FILE: f64 = 0.1;
/// Nearness of an unresolved call by a changed symbol's name: it may be a dependent.
const SAME_NAME: f64 = 0.2;

/// The surroundings of a change.
pub(crate) struct Surroundings<'a> {
    /// Probability of changed (1) and impacted symbols, by key; 0 for others. Where it is stored it
    /// is likely one of the numbers.
    pub(crate) symbols: &'a dyn Fn(&str, Range<u32>) -> f64,
    /// How near each file is; changed files are 1.
    pub(crate) files: &'a Files,
    /// Short names by which changed symbols are called.
    pub(crate) names: Vec<&'a str>,
    /// Changed paths that nothing could read.
    pub(crate) unread: &'a [String],
    /// Mass of what was seen.
    pub(crate) seen: f64,
}

/// Blind spots near the change, nearest first, and the coverage.
pub(crate) fn coverage(
    view: &View<'_>,
    repository: &str,
    around: &Surroundings<'_>,
) -> (Vec<BlindSpot>, f64) {
    let mut near: Vec<(f64, BlindSpot)> = Vec::new();
    // What stays visible of each group, in the order in which they were met.
    let mut visible: Vec<f64> = Vec::new();
    let mut groups: HashMap<String, usize> = HashMap::new();
    let mut weigh = |group: String, weight: f64, spot: BlindSpot| {
        let at = *groups.entry(group).or_insert(visible.len());
        if at == visible.len() {
            visible.push(1.0);
        }
        visible[at] *= 1.0 - weight;
        near.push((weight, spot));
    };
    for path in around.unread {
        let spot = BlindSpot {
            kind: BlindKind::UnreadLanguage,
            path: path.clone(),
            line: 0,
            why: "changed, and in no language that is read".into(),
        };
        weigh(path.clone(), severity(spot.kind), spot);
    }
    for_each_file(view, repository, around, |path, file, blind| {
        let within = match &blind.within {
            Some(key) => Some(key.as_str()),
            None => innermost(&file.spans(view), blind.line),
        };
        let (nearness, group) = nearness(path, within, &blind, around, file);
        if nearness > 0.0 {
            let weight = nearness * severity(blind.kind);
            let spot = BlindSpot {
                kind: blind.kind,
                path: path.to_owned(),
                line: blind.line,
                why: blind.why,
            };
            weigh(group, weight, spot);
        }
    });
    near.sort_by(|a, b| {
        b.0.total_cmp(&a.0)
            .then_with(|| (&a.1.path, a.1.line, &a.1).cmp(&(&b.1.path, b.1.line, &b.1)))
    });
    let unseen: f64 = visible.iter().map(|visible| 1.0 - visible).sum();
    let whole = around.seen + unseen;
    let coverage = if whole > 0.0 {
        around.seen / whole
    } else {
        1.0
    };
    (near.into_iter().map(|(_, spot)| spot).collect(), coverage)
}

/// How near a spot is, and what it saturates with.
fn nearness(
    path: &str,
    within: Option<&str>,
    blind: &FileBlind,
    around: &Surroundings<'_>,
    holder: &Holder<'_>,
) -> (f64, String) {
    let file = holder.near;
    let inside = within.map_or(0.0, |key| (around.symbols)(key, holder.symbols.clone()));
    let whole_file = matches!(
        blind.kind,
        BlindKind::ParseError | BlindKind::Limit | BlindKind::UnreadLanguage
    );
    let by_place = if whole_file && file == 1.0 {
        // what the file holds, and so what changed in it, is itself in doubt
        1.0
    } else {
        let in_file = if file == 1.0 {
            SAME_FILE
        } else {
            IMPACTED_FILE * file
        };
        (INSIDE * inside).max(in_file)
    };
    let called = matches!(
        blind.kind,
        BlindKind::UnknownReceiver | BlindKind::TooManyCandidates | BlindKind::Dynamic
    );
    let named = called
        .then(|| around.names.iter().find(|name| mentions(&blind.why, name)))
        .flatten();
    match named {
        Some(name) if SAME_NAME > by_place => (SAME_NAME, format!("name {name}")),
        _ => (by_place, format!("place {}", within.unwrap_or(path))),
    }
}

/// Whether a text names `name` as a word of its own.
fn mentions(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part))
}

/// First line, last line and key of a symbol.
type Span<'v> = (u32, u32, &'v str);

/// The shortest symbol around a line.
fn innermost<'v>(spans: &[Span<'v>], line: u32) -> Option<&'v str> {
    let around = spans
        .iter()
        .filter(|(first, last, _)| (*first..=*last).contains(&line));
    around
        .min_by_key(|(first, last, key)| (last - first, *key))
        .map(|(.., key)| *key)
}

/// What is read of a stored file's properties: [`property::BLIND_SPOTS`].
#[derive(Deserialize)]
struct Spots {
    blind: Vec<FileBlind>,
}

/// A file that holds blind spots.
struct Holder<'v> {
    near: f64,
    /// Its symbols that are stored.
    symbols: Range<u32>,
    /// Its symbols that only the overlay has.
    laid: &'v [u32],
}

impl<'v> Holder<'v> {
    /// The lines of its symbols, as head, else base, else the graph has them; of a file that is near.
    fn spans(&self, view: &'v View<'_>) -> Vec<Span<'v>> {
        if self.near == 0.0 {
            return Vec::new();
        }
        let all = self.symbols.clone().chain(self.laid.iter().copied());
        all.filter_map(|n| {
            let (first, last) = match view.stored(n).filter(|_| !view.restates(n)) {
                Some(kept) => (kept.line_start, kept.line_end),
                None => view.node(n).map(|n| (n.line_start, n.line_end))?,
            };
            Some((first?, last?, view.key(n)))
        })
        .collect()
    }
}

/// Visits the blind spots of every file that is near or names a changed symbol.
fn for_each_file(
    view: &View<'_>,
    repository: &str,
    around: &Surroundings<'_>,
    mut visit: impl FnMut(&str, &Holder<'_>, FileBlind),
) {
    let prefix = format!("file:{}/", ripple_schemas::key::encode(repository));
    // The overlay's own symbols by the file they are in.
    let mut laid: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for node in view.laid() {
        if let Some(file) = crate::owners::file_key(view.key(node)) {
            laid.entry(file).or_default().push(node);
        }
    }
    let stored = view.csr();
    let first = stored.lower_bound(&prefix);
    let own = view
        .laid()
        .filter(|&n| view.kind(n) == NodeKind::File)
        .map(|n| (n, 0..0));
    let files = stored.files().skip_while(|(file, _)| *file < first);
    let files = files.take_while(|(file, _)| stored.key(*file).starts_with(&prefix));
    let property = format!("\"{}\":", property::BLIND_SPOTS);
    for (id, symbols) in files.chain(own) {
        let near = around.files.near(id);
        let kept = view.stored(id).filter(|_| !view.restates(id));
        let (path, blind);
        if let Some(kept) = kept {
            // Most files are neither near nor hold the name: their text is looked through, not read.
            let Some(text) = kept.properties.filter(|t| t.contains(&property)) else {
                continue;
            };
            if near == 0.0 && !around.names.iter().any(|n| text.contains(n)) {
                continue;
            }
            path = kept.path.unwrap_or_default().to_owned();
            blind =
                serde_json::from_str(text).map_or_else(|_| Vec::new(), |spots: Spots| spots.blind);
        } else {
            let Some(node) = view.node(id) else { continue };
            blind = property::blind_spots(&node);
            path = node.path.unwrap_or_default();
        }
        if blind.is_empty() {
            continue;
        }
        let holder = Holder {
            near,
            symbols,
            laid: laid.get(view.key(id)).map_or(&[][..], Vec::as_slice),
        };
        for spot in blind {
            visit(&path, &holder, spot);
        }
    }
}
