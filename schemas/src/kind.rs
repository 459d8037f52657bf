//! The closed sets of node and relationship kinds.
//!
//! Adding a kind is a change here and nowhere else: stores, labels and schemas follow.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
        #[repr(u8)]
        #[allow(missing_docs)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every kind, in declaration order; `ALL[k as usize] == k`.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The name written in JSON, in SQL and as a Neo4j label or relationship type.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text),+ }
            }

            /// The kind with that name.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some($name::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

kinds! {
    /// What a node is. Its Neo4j label, beside the common label `Entity`.
    NodeKind {
        Repository = "Repository", File = "File",
        Module = "Module", Class = "Class", Interface = "Interface", Type = "Type",
        Function = "Function", Method = "Method", Field = "Field", Variable = "Variable",
        Constant = "Constant", Macro = "Macro", Test = "Test",
        /// An outside dependency.
        Package = "Package",
        Service = "Service", Endpoint = "Endpoint", Contract = "Contract", Topic = "Topic",
        Table = "Table", ConfigKey = "ConfigKey", FeatureFlag = "FeatureFlag",
        Owner = "Owner", Commit = "Commit", Change = "Change",
        Build = "Build", TestCase = "TestCase", Artifact = "Artifact", Scan = "Scan",
        Finding = "Finding", Licence = "Licence",
        Environment = "Environment", Deployment = "Deployment", Rollout = "Rollout",
        Slo = "Slo", Incident = "Incident", Window = "Window",
        Story = "Story", Task = "Task",
        Agent = "Agent", Decision = "Decision", Intent = "Intent", Approval = "Approval",
        Bid = "Bid", Outcome = "Outcome", Model = "Model", Policy = "Policy",
        CostLine = "CostLine",
    }
}

kinds! {
    /// What a relationship says, read from → to.
    EdgeKind {
        Contains = "CONTAINS", Defines = "DEFINES", PartOf = "PART_OF", Imports = "IMPORTS",
        Calls = "CALLS", References = "REFERENCES", Extends = "EXTENDS",
        Implements = "IMPLEMENTS", Overrides = "OVERRIDES", Tests = "TESTS", Covers = "COVERS",
        CoChanged = "CO_CHANGED",
        /// New → old, after a move or rename.
        Succeeds = "SUCCEEDS",
        Exposes = "EXPOSES", HandledBy = "HANDLED_BY", Requests = "REQUESTS",
        Publishes = "PUBLISHES", Subscribes = "SUBSCRIBES", Reads = "READS", Writes = "WRITES",
        ReadsField = "READS_FIELD", ConfiguredBy = "CONFIGURED_BY", DependsOn = "DEPENDS_ON",
        Declares = "DECLARES", DescribedBy = "DESCRIBED_BY", OwnedBy = "OWNED_BY",
        Changed = "CHANGED", Ran = "RAN", Produced = "PRODUCED", Scanned = "SCANNED",
        Runs = "RUNS", DeployedTo = "DEPLOYED_TO", Measures = "MEASURES", Breached = "BREACHED",
        CausedBy = "CAUSED_BY", Decided = "DECIDED", BasedOn = "BASED_ON",
        Approved = "APPROVED", ResultedIn = "RESULTED_IN", Costs = "COSTS",
    }
}

kinds! {
    /// How a relationship is known.
    State {
        /// From code or configuration.
        Static = "static",
        /// From traces only.
        Observed = "observed",
        /// From both.
        Confirmed = "confirmed",
        /// Instrumented, exercised, never seen.
        Contradicted = "contradicted",
        /// Observed before its code changed.
        Stale = "stale",
    }
}

kinds! {
    /// Why something could not be seen.
    BlindKind {
        Dynamic = "dynamic", UnresolvedImport = "unresolved_import",
        UnknownReceiver = "unknown_receiver", TooManyCandidates = "too_many_candidates",
        ParseError = "parse_error", UnreadLanguage = "unread_language",
        NotInstrumented = "not_instrumented", Limit = "limit",
    }
}
