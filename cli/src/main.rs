//! The `ripple` command: arguments in, answers out; nothing is decided here.

mod args;
mod commands;
mod context;
mod failure;
mod model;
mod output;
mod progress;
mod render;
mod snapshot;

use clap::Parser;
use failure::Exit;
use std::process::ExitCode;

fn main() -> ExitCode {
    failure::install_panic_report();
    let args = match args::Cli::try_parse() {
        Ok(args) => args,
        Err(error) => return failure::usage(&error),
    };
    init_logs(args.global.verbose, args.global.quiet);
    // Resolution recurses over trees; the main thread's stack is as large as a worker's.
    let worker = std::thread::Builder::new()
        .name("ripple".into())
        .stack_size(64 << 20)
        .spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build();
            match runtime {
                Ok(runtime) => runtime.block_on(commands::run(args)),
                Err(error) => Err(failure::Failure::defect(format!(
                    "cannot start the runtime: {error}"
                ))),
            }
        });
    let ended = match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(ended)) => ended,
        // The panic hook has said what happened.
        Ok(Err(_)) => return ExitCode::from(Exit::Defect as u8),
        Err(error) => Err(failure::Failure::defect(format!(
            "cannot start a thread: {error}"
        ))),
    };
    match ended {
        Ok(exit) => ExitCode::from(exit as u8),
        Err(failure) => failure.report(),
    }
}

fn init_logs(verbose: u8, quiet: bool) {
    let level = match (quiet, verbose) {
        (true, _) => "error",
        (_, 0) => "warn",
        (_, 1) => "info",
        (_, 2) => "debug",
        _ => "trace",
    };
    let filter = tracing_subscriber::EnvFilter::try_from_env("RIPPLE_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(level));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(output::colour(&std::io::stderr()))
        .without_time()
        .init();
}
