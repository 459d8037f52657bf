//! What could not be seen near a change, and how much that takes from the answer.
//!
//! Coverage = seen / (seen + unseen). Seen is the mass of what the closure found: one for each
//! changed symbol, its probability for each impacted one. Unseen is the mass of blind spots: each
//! weighs its nearness × its severity; the spots of one symbol saturate at one, and so do all the
//! unresolved calls that only share a changed symbol's name.

use crate::reach::Files;
use ripple_graph_analysis::{Scratch, View};
use ripple_schemas::property::{self, FileBlind};
use ripple_schemas::{BlindKind, BlindSpot, NodeKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::cmp::Ordering;
use std::collections::BTreeMap;
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
    /// What the closure reached.
    pub(crate) scratch: &'a Scratch,
    /// The changed symbols that are nodes.
    pub(crate) changed: FxHashSet<u32>,
    /// How near each file is; changed files are 1.
    pub(crate) files: &'a Files,
    /// Short names by which changed symbols are called.
    pub(crate) names: Vec<&'a str>,
    /// Changed paths that nothing could read.
    pub(crate) unread: &'a [String],
    /// Mass of what was seen.
    pub(crate) seen: f64,
}

impl Surroundings<'_> {
    /// Probability of changed (1) and impacted symbols; 0 for others.
    fn symbol(&self, node: u32) -> f64 {
        if self.changed.contains(&node) {
            return 1.0;
        }
        self.scratch.reached(node).map_or(0.0, |(p, _)| p)
    }
}

/// What could not be seen.
pub(crate) struct Unseen {
    /// The nearest so many blind spots, nearest first.
    pub(crate) spots: Vec<BlindSpot>,
    /// How many there are.
    pub(crate) all: usize,
    /// Share of the surroundings that could be seen.
    pub(crate) coverage: f64,
}

/// Blind spots near the change, of which the nearest `most` are listed, and the coverage.
pub(crate) fn coverage(
    view: &View<'_>,
    repository: &str,
    around: &Surroundings<'_>,
    most: usize,
) -> Unseen {
    let mut weighed = Weighed::default();
    for path in around.unread {
        let file = weighed.path(path);
        let weight = severity(BlindKind::UnreadLanguage);
        let why = Why::Text("changed, and in no language that is read");
        weighed.weigh(
            Group::Unread(path),
            weight,
            file,
            BlindKind::UnreadLanguage,
            0,
            why,
        );
    }
    let laid = laid(view, repository);
    for_each_file(view, repository, &laid, around, &mut weighed);
    let unseen: f64 = weighed.visible.iter().map(|visible| 1.0 - visible).sum();
    let whole = around.seen + unseen;
    let coverage = if whole > 0.0 {
        around.seen / whole
    } else {
        1.0
    };
    Unseen {
        all: weighed.near.len(),
        spots: weighed.nearest(view, most),
        coverage,
    }
}

/// What a spot saturates with.
#[derive(PartialEq, Eq, Hash)]
enum Group<'v> {
    /// A changed path that nobody reads.
    Unread(&'v str),
    /// Unresolved calls by one of the changed names.
    Name(usize),
    /// A symbol.
    Node(u32),
    /// A symbol that is no node.
    Key(&'v str),
    /// A file outside of its symbols.
    File(u32),
}

/// The reason in words, not yet a text of its own: most spots are weighed and never shown.
#[derive(Clone, Copy)]
enum Why<'v> {
    /// Number of a text of the snapshot.
    Stored(u32),
    Text(&'v str),
}

impl<'v> Why<'v> {
    fn text(self, view: &'v View<'_>) -> &'v str {
        match self {
            Why::Stored(number) => view.csr().text(number),
            Why::Text(text) => text,
        }
    }
}

/// A spot that takes something from the answer.
struct Near<'v> {
    weight: f64,
    /// Which of [`Weighed::paths`].
    path: u32,
    kind: BlindKind,
    line: u32,
    why: Why<'v>,
}

/// What has been weighed so far.
#[derive(Default)]
struct Weighed<'v> {
    paths: Vec<&'v str>,
    near: Vec<Near<'v>>,
    /// What stays visible of each group, in the order in which they were met.
    visible: Vec<f64>,
    groups: FxHashMap<Group<'v>, usize>,
}

impl<'v> Weighed<'v> {
    fn path(&mut self, path: &'v str) -> u32 {
        self.paths.push(path);
        self.paths.len() as u32 - 1
    }

    fn weigh(
        &mut self,
        group: Group<'v>,
        weight: f64,
        path: u32,
        kind: BlindKind,
        line: u32,
        why: Why<'v>,
    ) {
        let at = *self.groups.entry(group).or_insert(self.visible.len());
        if at == self.visible.len() {
            self.visible.push(1.0);
        }
        self.visible[at] *= 1.0 - weight;
        self.near.push(Near {
            weight,
            path,
            kind,
            line,
            why,
        });
    }

    /// The nearest so many; of equal ones those whose path, line, kind and reason come first.
    fn nearest(&mut self, view: &'v View<'_>, most: usize) -> Vec<BlindSpot> {
        let rank = ranks(&self.paths);
        let order = |a: &Near<'_>, b: &Near<'_>| -> Ordering {
            (b.weight.total_cmp(&a.weight))
                .then_with(|| rank[a.path as usize].cmp(&rank[b.path as usize]))
                .then_with(|| (a.line, a.kind).cmp(&(b.line, b.kind)))
                .then_with(|| a.why.text(view).cmp(b.why.text(view)))
        };
        if most < self.near.len() {
            self.near.select_nth_unstable_by(most, order);
            self.near.truncate(most);
        }
        self.near.sort_unstable_by(order);
        let shown = self.near.iter().map(|near| BlindSpot {
            kind: near.kind,
            path: self.paths[near.path as usize].to_owned(),
            line: near.line,
            why: near.why.text(view).to_owned(),
        });
        shown.collect()
    }
}

/// Where each path stands in order. Those of a snapshot come nearly sorted.
fn ranks(paths: &[&str]) -> Vec<u32> {
    if paths.is_sorted_by(|a, b| a < b) {
        return (0..paths.len() as u32).collect();
    }
    let mut order: Vec<u32> = (0..paths.len() as u32).collect();
    order.sort_by_key(|&at| paths[at as usize]);
    let mut ranks = vec![0; paths.len()];
    let mut rank = 0;
    for pair in order.windows(2) {
        rank += u32::from(paths[pair[0] as usize] != paths[pair[1] as usize]);
        ranks[pair[1] as usize] = rank;
    }
    ranks
}

/// How near a spot is, and what it saturates with. `inside` is the symbol that holds it.
fn nearness<'v>(
    inside: Option<Group<'v>>,
    kind: BlindKind,
    named: Option<usize>,
    around: &Surroundings<'_>,
    holder: &Holder<'_>,
) -> (f64, Group<'v>) {
    let file = holder.near;
    let whole_file = matches!(
        kind,
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
        let inside = match inside {
            Some(Group::Node(node)) => around.symbol(node),
            _ => 0.0,
        };
        (INSIDE * inside).max(in_file)
    };
    match named {
        Some(name) if SAME_NAME > by_place => (SAME_NAME, Group::Name(name)),
        _ => (by_place, inside.unwrap_or(Group::File(holder.file))),
    }
}

/// Whether a spot of that kind is an unresolved call.
fn is_call(kind: BlindKind) -> bool {
    matches!(
        kind,
        BlindKind::UnknownReceiver | BlindKind::TooManyCandidates | BlindKind::Dynamic
    )
}

/// The first name that a text names.
fn named(text: &str, names: &[&str]) -> Option<usize> {
    names.iter().position(|name| mentions(text, name))
}

/// Whether a text names `name` as a word of its own.
fn mentions(text: &str, name: &str) -> bool {
    let part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    text.match_indices(name)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + name.len()..].starts_with(part))
}

/// A file that holds blind spots.
struct Holder<'v> {
    file: u32,
    near: f64,
    /// Its symbols that are stored.
    symbols: Range<u32>,
    /// Its symbols that only the overlay has.
    laid: &'v [u32],
}

impl Holder<'_> {
    /// The shortest of its symbols around a line, as head, else base, else the graph has them.
    fn innermost(&self, view: &View<'_>, line: u32) -> Option<u32> {
        let all = self.symbols.clone().chain(self.laid.iter().copied());
        let around = all.filter_map(|n| {
            let (first, last) = match view.stored(n).filter(|_| !view.restates(n)) {
                Some(kept) => (kept.line_start, kept.line_end),
                None => view.node(n).map(|n| (n.line_start, n.line_end))?,
            };
            let (first, last) = (first?, last?);
            (first..=last).contains(&line).then_some((last - first, n))
        });
        around
            .min_by(|a, b| a.0.cmp(&b.0).then_with(|| view.key(a.1).cmp(view.key(b.1))))
            .map(|(_, node)| node)
    }
}

/// What the overlay has of a repository.
struct Laid {
    /// Its own symbols by the file they are in.
    symbols: BTreeMap<String, Vec<u32>>,
    /// Path and blind spots of the files that it states.
    files: FxHashMap<u32, (String, Vec<FileBlind>)>,
}

fn laid(view: &View<'_>, repository: &str) -> Laid {
    let mut symbols: BTreeMap<String, Vec<u32>> = BTreeMap::new();
    for node in view.laid() {
        if let Some(file) = crate::owners::file_key(view.key(node)) {
            symbols.entry(file).or_default().push(node);
        }
    }
    let prefix = prefix(repository);
    let own = view.laid().filter(|&n| view.kind(n) == NodeKind::File);
    let restated = view
        .restated()
        .filter(|&n| view.key(n).starts_with(&prefix));
    let files = own.chain(restated).filter_map(|n| {
        let node = view.node(n)?;
        let blind = property::blind_spots(&node);
        Some((n, (node.path.unwrap_or_default(), blind)))
    });
    let files = files.collect();
    Laid { symbols, files }
}

fn prefix(repository: &str) -> String {
    format!("file:{}/", ripple_schemas::key::encode(repository))
}

/// Weighs the blind spots of every file that is near or names a changed symbol.
fn for_each_file<'v>(
    view: &'v View<'_>,
    repository: &str,
    laid: &'v Laid,
    around: &Surroundings<'_>,
    weighed: &mut Weighed<'v>,
) {
    let prefix = prefix(repository);
    let stored = view.csr();
    let first = stored.lower_bound(&prefix);
    let own = view
        .laid()
        .filter(|&n| view.kind(n) == NodeKind::File)
        .map(|n| (n, 0..0));
    let files = stored.files().skip_while(|(file, _)| *file < first);
    let files = files.take_while(|(file, _)| stored.key(*file).starts_with(&prefix));
    // Which name a text holds, by the text's number.
    let mut names: FxHashMap<u32, Option<usize>> = FxHashMap::default();
    let group = |key: &'v str| view.find(key).map_or(Group::Key(key), Group::Node);
    for (file, symbols) in files.chain(own) {
        let near = around.files.near(file);
        let mut holder = Holder {
            file,
            near,
            symbols,
            laid: &[],
        };
        if !laid.symbols.is_empty() {
            let own = laid.symbols.get(view.key(file));
            holder.laid = own.map_or(&[][..], Vec::as_slice);
        }
        if let Some((path, blind)) = laid.files.get(&file) {
            if blind.is_empty() {
                continue;
            }
            let path = weighed.path(path);
            for spot in blind {
                let within = match &spot.within {
                    Some(key) => Some(group(key.as_str())),
                    None if near == 0.0 => None,
                    None => holder.innermost(view, spot.line).map(Group::Node),
                };
                let name = is_call(spot.kind).then(|| named(&spot.why, &around.names));
                let (nearness, group) =
                    nearness(within, spot.kind, name.flatten(), around, &holder);
                if nearness > 0.0 {
                    let weight = nearness * severity(spot.kind);
                    let why = Why::Text(&spot.why);
                    weighed.weigh(group, weight, path, spot.kind, spot.line, why);
                }
            }
            continue;
        }
        if near == 0.0 && around.names.is_empty() {
            continue;
        }
        // The snapshot knows which symbol is around a line where the overlay says nothing of it.
        let plain = view.is_plain()
            || (holder.laid.is_empty() && !holder.symbols.clone().any(|n| view.restates(n)));
        let mut path = None;
        for spot in stored.spots(file) {
            let within = match (spot.within, spot.around) {
                (Some(key), _) if key < stored.node_count() => Some(Group::Node(key)),
                (Some(key), _) => Some(group(stored.text(key))),
                (None, _) if near == 0.0 => None,
                (None, around) if plain => around.map(Group::Node),
                (None, _) => holder.innermost(view, spot.line).map(Group::Node),
            };
            let name = if is_call(spot.kind) && !around.names.is_empty() {
                let look = || named(stored.text(spot.why), &around.names);
                *names.entry(spot.why).or_insert_with(look)
            } else {
                None
            };
            let (nearness, group) = nearness(within, spot.kind, name, around, &holder);
            if nearness > 0.0 {
                let weight = nearness * severity(spot.kind);
                let path = *path.get_or_insert_with(|| {
                    weighed.path(stored.node(file).path.unwrap_or_default())
                });
                weighed.weigh(
                    group,
                    weight,
                    path,
                    spot.kind,
                    spot.line,
                    Why::Stored(spot.why),
                );
            }
        }
    }
}
