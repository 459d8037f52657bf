//! What an analysis counted, as `ripple graph stats` prints it.

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
