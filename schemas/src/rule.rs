//! The rules that make relationships, each with the confidence it starts from.
//!
//! A relationship's rule names the weakest step on the way to it. Which of two rules is weaker is a
//! fixed order, [`Rule::rank`]: confidences move with evidence, and an edge must not be written anew
//! for it. The starting confidences are the means of the posteriors of the model that is built in
//! (graph/analysis/evidence/model.json): a prior moved by what the accuracy fixtures showed
//! (docs/calibration.md). A test in graph/analysis holds them within 0.005 of it; `cargo xtask
//! evidence` writes both. A promoted model takes their place where edges are read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! rules {
    ($($(#[$doc:meta])* $variant:ident = $text:literal @ $confidence:literal),+ $(,)?) => {
        /// How a relationship became known.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[repr(u8)]
        pub enum Rule { $($(#[$doc])* #[serde(rename = $text)] $variant),+ }

        impl Rule {
            /// Every rule, in declaration order; `ALL[r as usize] == r`.
            pub const ALL: &'static [Rule] = &[$(Rule::$variant),+];

            /// The name written in JSON and in the stores.
            pub const fn as_str(self) -> &'static str {
                match self { $(Rule::$variant => $text),+ }
            }

            /// The rule with that name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Rule::$variant),)+ _ => None }
            }

            /// The probability that a relationship made by this rule is true, where no model was
            /// promoted.
            pub const fn confidence(self) -> f64 {
                match self { $(Rule::$variant => $confidence),+ }
            }
        }

        impl Rule {
            /// How far down [`STRONGEST_FIRST`] it stands: of two rules the one with the smaller
            /// rank is the stronger.
            pub const fn rank(self) -> u8 {
                const RANKS: [u8; Rule::ALL.len()] = {
                    assert!(STRONGEST_FIRST.len() == Rule::ALL.len());
                    let mut ranks = [u8::MAX; Rule::ALL.len()];
                    let mut at = 0;
                    while at < STRONGEST_FIRST.len() {
                        ranks[STRONGEST_FIRST[at] as usize] = at as u8;
                        at += 1;
                    }
                    ranks
                };
                RANKS[self as usize]
            }
        }

        impl std::fmt::Display for Rule {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

rules! {
    /// The tree itself says so: containment, definition, an inheritance clause that resolved.
    Syntax = "syntax" @ 1.0,
    /// A manifest, lock file or configuration file declares it.
    Manifest = "manifest" @ 1.0,
    /// A CODEOWNERS line.
    Codeowners = "codeowners" @ 1.0,
    /// Most of the recent commits to the file are theirs.
    Authorship = "authorship" @ 0.7,
    /// Git recorded it.
    Git = "git" @ 1.0,
    /// Changed together in recent commits.
    CoChange = "co_change" @ 0.3,
    /// A name bound in the same file.
    Local = "local" @ 0.997,
    /// A name bound by an import.
    Import = "import" @ 0.995,
    /// An import that passes through another module.
    Reexport = "reexport" @ 0.977,
    /// A member of a receiver whose type is declared.
    MethodTyped = "method_typed" @ 0.979,
    /// A member of a receiver whose class follows from the values that reach it.
    MethodInferred = "method_inferred" @ 0.994,
    /// A member found in a base class or trait default.
    Inherited = "inherited" @ 0.983,
    /// A function value passed as an argument and called there.
    Callback = "callback" @ 0.989,
    /// A function value kept in a container and taken out of it.
    Container = "container" @ 0.958,
    /// A function value made or replaced by a decorator.
    Decorator = "decorator" @ 0.938,
    /// A module named at run time by a constant.
    DynamicImport = "dynamic_import" @ 0.938,
    /// Syntax that calls: operators, iteration, `with`, property access, conversions.
    Implicit = "implicit" @ 0.966,
    /// A macro's body.
    Macro = "macro" @ 0.864,
    /// Every implementation of the declared interface or trait, where no value says which.
    InterfaceCha = "interface_cha" @ 0.693,
    /// Handed to code outside the repository, which may call it.
    EscapesToExternal = "escapes_to_external" @ 0.7,
    /// The only member of that name in the repository; nothing is known of the receiver.
    NameUnique = "name_unique" @ 0.5,
    /// Members of a similar name.
    NameSimilar = "name_similar" @ 0.207,
    /// A file that is read or started by a constant path.
    FilePath = "file_path" @ 0.93,
    /// A text that names a file which is there, or files whose path is known in part.
    FilePattern = "file_pattern" @ 0.7,
    /// A member of a receiver that may be of several classes, by the values that reach it.
    MethodAmong = "method_among" @ 0.964,
    /// It only bears the called name: what is known of the call speaks against it. Never written as
    /// an edge; calibration counts such candidates beside those that are.
    TurnedDown = "turned_down" @ 0.01,
}

/// Every rule, the strongest first: the one that a merge keeps where several made one relationship,
/// and the last that a chain of steps is named after.
pub const STRONGEST_FIRST: &[Rule] = &[
    Rule::Syntax,
    Rule::Manifest,
    Rule::Codeowners,
    Rule::Git,
    Rule::Local,
    Rule::Import,
    Rule::Reexport,
    Rule::MethodTyped,
    Rule::MethodInferred,
    Rule::Inherited,
    Rule::MethodAmong,
    Rule::Callback,
    Rule::Implicit,
    Rule::FilePath,
    Rule::Decorator,
    Rule::Container,
    Rule::DynamicImport,
    Rule::Macro,
    Rule::Authorship,
    Rule::EscapesToExternal,
    Rule::FilePattern,
    Rule::InterfaceCha,
    Rule::NameUnique,
    Rule::CoChange,
    Rule::NameSimilar,
    Rule::TurnedDown,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_rank_of_its_own() {
        let mut ranks: Vec<u8> = Rule::ALL.iter().map(|r| r.rank()).collect();
        ranks.sort_unstable();
        assert!((0..).zip(ranks).all(|(at, rank)| at == rank));
    }
}
