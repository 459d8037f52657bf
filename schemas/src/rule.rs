//! The rules that make relationships, each with the confidence it starts from.
//!
//! A relationship's rule names the weakest step on the way to it. The starting confidences are
//! measured on the accuracy fixtures (docs/measurements.md); ground truth moves them afterwards.

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

            /// The probability that a relationship made by this rule is true, before any evidence
            /// has moved it.
            pub const fn confidence(self) -> f64 {
                match self { $(Rule::$variant => $confidence),+ }
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
    Local = "local" @ 0.99,
    /// A name bound by an import.
    Import = "import" @ 0.98,
    /// An import that passes through another module.
    Reexport = "reexport" @ 0.97,
    /// A member of a receiver whose type is declared.
    MethodTyped = "method_typed" @ 0.97,
    /// A member of a receiver whose class follows from the values that reach it.
    MethodInferred = "method_inferred" @ 0.95,
    /// A member found in a base class or trait default.
    Inherited = "inherited" @ 0.95,
    /// A function value passed as an argument and called there.
    Callback = "callback" @ 0.93,
    /// A function value kept in a container and taken out of it.
    Container = "container" @ 0.9,
    /// A function value made or replaced by a decorator.
    Decorator = "decorator" @ 0.92,
    /// A module named at run time by a constant.
    DynamicImport = "dynamic_import" @ 0.9,
    /// Syntax that calls: operators, iteration, `with`, property access, conversions.
    Implicit = "implicit" @ 0.93,
    /// A macro's body.
    Macro = "macro" @ 0.85,
    /// Every implementation of the declared interface or trait, where no value says which.
    InterfaceCha = "interface_cha" @ 0.6,
    /// Handed to code outside the repository, which may call it.
    EscapesToExternal = "escapes_to_external" @ 0.7,
    /// The only member of that name in the repository; nothing is known of the receiver.
    NameUnique = "name_unique" @ 0.5,
    /// Members of a similar name.
    NameSimilar = "name_similar" @ 0.2,
    /// A file that is read or started by a constant path.
    FilePath = "file_path" @ 0.93,
    /// A text that names a file which is there, or files whose path is known in part.
    FilePattern = "file_pattern" @ 0.7,
}
