//! One file a command.

mod calibration;
mod doctor;
mod graph;
mod impact;
mod ingest;
mod named;

use crate::args::{Cli, Command};
use crate::context::Context;
use crate::failure::{Exit, Failure};
use clap::CommandFactory;

/// Runs one command line.
pub(crate) async fn run(cli: Cli) -> Result<Exit, Failure> {
    let context = Context::new(cli.global)?;
    match cli.command {
        Command::Ingest(args) => ingest::run(&context, &args).await,
        Command::Impact(args) => impact::run(&context, &args).await,
        Command::Tests(args) => impact::tests(&context, &args).await,
        Command::Graph(args) => graph::run(&context, &args).await,
        Command::Calibration(args) => calibration::run(&context, &args).await,
        Command::Doctor => doctor::run(&context).await,
        Command::Completions { shell } => {
            let mut command = Cli::command();
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut command, "ripple", &mut out);
            crate::output::print(&String::from_utf8_lossy(&out))?;
            Ok(Exit::Done)
        }
        Command::Man => {
            let mut out = Vec::new();
            clap_mangen::Man::new(Cli::command()).render(&mut out)?;
            crate::output::print(&String::from_utf8_lossy(&out))?;
            Ok(Exit::Done)
        }
    }
}
