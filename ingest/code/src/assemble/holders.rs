//! Variables, constants and fields by the lines of their initialisers.
//!
//! What stands in an initialiser is run by the file or class around it; the variable holds what came
//! of it, and who reads the variable depends on it.

use super::symbols::Keys;
use crate::facts::{DefFlags, DefId, FileFacts};
use ripple_schemas::NodeKind;

/// A line is in at most so many initialisers that begin before it.
const NESTED: usize = 8;

/// The initialisers of one file.
pub(super) struct Holders<'a> {
    facts: &'a FileFacts,
    /// (first line, last line, definition), sorted.
    spans: Vec<(u32, u32, DefId)>,
}

impl<'a> Holders<'a> {
    pub(super) fn new(facts: &'a FileFacts) -> Self {
        let holds = |kind| {
            matches!(
                kind,
                NodeKind::Variable | NodeKind::Constant | NodeKind::Field
            )
        };
        let mut spans: Vec<(u32, u32, DefId)> = facts
            .defs
            .iter()
            .enumerate()
            .filter(|(_, d)| holds(d.kind) && !d.flags.has(DefFlags::TRANSPARENT))
            .map(|(i, d)| (d.lines.0, d.lines.1, DefId(i as u32)))
            .collect();
        spans.sort_unstable();
        Self { facts, spans }
    }

    /// The variables directly in what is around `from` in whose initialiser the line is; `from` is who
    /// is said to run it.
    pub(super) fn at(
        &self,
        keys: &'a Keys,
        from: DefId,
        line: u32,
    ) -> impl Iterator<Item = DefId> + '_ {
        let runs = self.facts.defs.get(from.0 as usize).is_some_and(|d| {
            matches!(
                d.kind,
                NodeKind::Module | NodeKind::Class | NodeKind::Interface | NodeKind::Type
            ) || d.flags.has(DefFlags::TRANSPARENT)
        });
        let end = if runs {
            self.spans.partition_point(|s| s.0 <= line)
        } else {
            0
        };
        let around = keys.of(from);
        self.spans[end.saturating_sub(NESTED)..end]
            .iter()
            .filter(move |(_, last, def)| {
                let parent = self.facts.defs[def.0 as usize].parent;
                *last >= line && keys.of(parent) == around
            })
            .map(|(_, _, def)| *def)
    }
}
