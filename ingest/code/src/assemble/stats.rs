//! What an analysis counted, as `ripple graph stats` prints it.

use super::{Around, Assembly, package_name};
use crate::read::SetAside;
use crate::solve::CallSites;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Counts over one tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stats {
    /// Every path.
    pub files: u32,
    /// Those read in full.
    pub read: u32,
    /// Lines of those.
    pub lines: u64,
    /// Definitions in those.
    pub symbols: u64,
    /// Paths that were not read in full, by reason.
    pub set_aside: BTreeMap<String, u32>,
    /// By language.
    pub languages: BTreeMap<String, LanguageStats>,
    /// Blind spots by kind.
    pub blind: BTreeMap<String, u32>,
    /// Manifests and lock files.
    pub manifests: u32,
    /// Outside packages declared directly.
    pub packages: u32,
    /// Commits read.
    pub commits: u32,
    /// True where older commits were not read.
    pub history_truncated: bool,
}

/// Counts over one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LanguageStats {
    /// Files read in full.
    pub files: u32,
    /// Their lines.
    pub lines: u64,
    /// Their definitions.
    pub symbols: u64,
    /// How their call sites ended, by reason: `resolved`, `external`, `builtin`, `dynamic`,
    /// `unresolved_import`, `unknown_receiver`, `too_many_candidates`.
    pub call_sites: BTreeMap<String, u64>,
}

impl LanguageStats {
    pub(super) fn add(&mut self, sites: &CallSites) {
        for (name, count) in named(sites) {
            *self.call_sites.entry(name.to_owned()).or_default() += u64::from(count);
        }
    }
}

/// The counts with their names.
pub(super) fn named(sites: &CallSites) -> [(&'static str, u32); 7] {
    [
        ("resolved", sites.resolved),
        ("external", sites.external),
        ("builtin", sites.builtin),
        ("dynamic", sites.dynamic),
        ("unresolved_import", sites.unresolved_import),
        ("unknown_receiver", sites.unknown_receiver),
        ("too_many_candidates", sites.too_many_candidates),
    ]
}

/// Counts everything.
pub(super) fn count(input: &Assembly<'_>, around: &[Around<'_>]) -> Stats {
    let mut stats = Stats {
        files: input.files.len() as u32,
        manifests: input.manifests.len() as u32,
        commits: input.history.commits.len() as u32,
        history_truncated: input.history.truncated,
        ..Stats::default()
    };
    for (file, around) in input.files.iter().zip(around) {
        match file.facts() {
            Some(facts) => {
                let (lines, symbols) = (
                    u64::from(facts.lines),
                    facts.defs.len().saturating_sub(1) as u64,
                );
                stats.read += 1;
                stats.lines += lines;
                stats.symbols += symbols;
                let language = stats
                    .languages
                    .entry(file.language().unwrap_or_default().to_owned())
                    .or_default();
                language.files += 1;
                language.lines += lines;
                language.symbols += symbols;
                language.add(&around.sites);
            }
            None => {
                let why = file.set_aside().unwrap_or(SetAside::NotCode).as_str();
                *stats.set_aside.entry(why.to_owned()).or_default() += 1;
            }
        }
        for (blind, _) in &around.blind {
            *stats
                .blind
                .entry(blind.kind.as_str().to_owned())
                .or_default() += 1;
        }
    }
    let mut packages: Vec<(&str, String)> = input
        .manifests
        .iter()
        .filter(|m| !m.lock)
        .flat_map(|m| {
            m.dependencies
                .iter()
                .filter(|d| !d.local)
                .map(|d| (m.ecosystem, package_name(m.ecosystem, &d.name)))
        })
        .collect();
    packages.sort();
    packages.dedup();
    stats.packages = packages.len() as u32;
    stats
}
