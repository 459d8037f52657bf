//! The command line (design chapter 9).

use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Knows what a change breaks before it ships.
#[derive(Debug, Parser)]
#[command(name = "ripple", version, propagate_version = true, max_term_width = 100, before_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  ripple impact                      what your change breaks, or your last commit
  ripple impact main..HEAD --format markdown     as a pull-request comment
  ripple tests                       only the tests to run, one a line
  ripple graph stats                 what is known, and what could not be seen
";

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Global {
    /// The repository, by name, where the graph holds several
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) repo: Option<String>,
    /// Ask a running `ripple serve` in place of the store
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) server: Option<String>,
    /// How the answer is written
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<Format>,
    /// sqlite:PATH or neo4j://user:pass@host:port [default: sqlite:.ripple/ripple.db in the repository]
    #[arg(
        long,
        global = true,
        env = "RIPPLE_STORE",
        hide_env_values = true,
        value_name = "URI"
    )]
    pub(crate) store: Option<String>,
    /// embedded or kafka://host:port
    #[arg(long, global = true, env = "RIPPLE_BUS", value_name = "URI")]
    pub(crate) bus: Option<String>,
    /// Say nothing but the answer and errors
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
    /// Say more; twice for still more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
    Jsonl,
    Markdown,
    Dot,
    Svg,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read repositories into the graph
    Ingest(Ingest),
    /// What a change breaks, with evidence
    Impact(Impact),
    /// The tests to run for a change, likeliest to fail first
    Tests(Impact),
    /// Look at the graph: counts, integrity, export, queries
    #[command(subcommand)]
    Graph(Graph),
    /// How well stated probabilities hold; train and promote the model behind them
    Calibration(Calibration),
    /// What is installed, reachable, misconfigured, with the mend
    Doctor,
    /// Shell completions, on stdout
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// The manual page, on stdout
    #[command(hide = true)]
    Man,
}

#[derive(Clone, Debug, Args)]
pub(crate) struct Ingest {
    /// The repositories [default: the one you stand in]
    pub(crate) paths: Vec<PathBuf>,
    /// The commit to read [default: the default branch's tip, else HEAD]
    #[arg(long, value_name = "REV")]
    pub(crate) at: Option<String>,
    /// Read every file again
    #[arg(long)]
    pub(crate) full: bool,
}

#[derive(Clone, Debug, Args)]
#[command(before_help = IMPACT_EXAMPLES)]
pub(crate) struct Impact {
    /// A revision (against its parent), or BASE..HEAD [default: the working tree against the main
    /// branch, or the last commit where the tree is clean]
    #[arg(value_name = "REV | BASE..HEAD", conflicts_with_all = ["staged", "patch", "symbol", "endpoint"])]
    pub(crate) range: Option<String>,
    /// What is staged, against HEAD
    #[arg(long, conflicts_with_all = ["patch", "symbol", "endpoint"])]
    pub(crate) staged: bool,
    /// A patch, against HEAD; `-` for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["symbol", "endpoint"])]
    pub(crate) patch: Option<PathBuf>,
    /// A symbol, as if its body changed: a key, or a unique end of one
    #[arg(long, value_name = "KEY", conflicts_with = "endpoint")]
    pub(crate) symbol: Option<String>,
    /// An endpoint, as if its contract changed
    #[arg(long, value_name = "KEY")]
    pub(crate) endpoint: Option<String>,
    /// The commit the graph is brought to [default: the default branch's tip, else HEAD]
    #[arg(long, value_name = "REV")]
    pub(crate) at: Option<String>,
    /// Exit with 1 where the verdict is at or over this level; `unknown` counts as over
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub(crate) fail_on: Option<FailOn>,
    /// Do not let `unknown` fail
    #[arg(long, requires = "fail_on")]
    pub(crate) allow_unknown: bool,
    /// How many impacted things to show; the verdict is always over all of them
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}

const IMPACT_EXAMPLES: &str = "\
Examples:
  ripple impact                          the working tree, or the last commit
  ripple impact HEAD~3..HEAD
  ripple impact --symbol 'sym:shop/src/price.py#Cart.total'
  git diff | ripple impact --patch -
";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    Low,
    Medium,
    High,
}

#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Graph {
    /// How many of what, and the share of call sites that could not be resolved, by reason
    Stats,
    /// Look for damage; exit 1 where there is some
    Check {
        /// Rebuild what can be rebuilt
        #[arg(long)]
        repair: bool,
    },
    /// Every node and edge, one JSON object a line
    Export,
    /// A named query, or a read-only text in the store's own language
    #[command(before_help = QUERY_EXAMPLES)]
    Query {
        /// The query's name, or its text
        query: Option<String>,
        /// What a named query is about: a key, or a name
        argument: Option<String>,
        /// At most this many rows
        #[arg(long, default_value_t = 200, value_name = "N")]
        limit: usize,
    },
}

#[derive(Clone, Debug, Args)]
#[command(before_help = CALIBRATION_EXAMPLES)]
pub(crate) struct Calibration {
    /// Fit a candidate model from the evidence and keep it in the graph, not used yet
    #[arg(long)]
    pub(crate) train: bool,
    /// Use this version [default: the newest; with --train the one just made]; 0 is the built-in one
    #[arg(long, value_name = "VERSION", num_args = 0..=1)]
    pub(crate) promote: Option<Option<u32>>,
    /// More evidence, beside what is built in: a table of edges, tests or verdicts
    #[arg(long, value_name = "FILE")]
    pub(crate) evidence: Vec<PathBuf>,
}

const CALIBRATION_EXAMPLES: &str = "\
Examples:
  ripple calibration                     reliability of what is stated, on programs held out
  ripple calibration --train             a candidate model, from the evidence built in
  ripple calibration --train --evidence ours.tsv
  ripple calibration --promote           answer by the newest version from now on
  ripple calibration --promote 0         back to the built-in one
";

const QUERY_EXAMPLES: &str = "\
Examples:
  ripple graph query                      the named queries
  ripple graph query find total           symbols by name
  ripple graph query callers 'sym:shop/src/price.py#Cart.total'
  ripple graph query \"SELECT kind, count(*) FROM nodes GROUP BY kind\"
";
