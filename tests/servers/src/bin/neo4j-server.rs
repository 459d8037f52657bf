//! Starts a throw-away Neo4j, prints where it is, and stops it when standard input ends.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::io::{Read, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let server = match ripple_tests_servers::Neo4j::start() {
        Ok(server) => server,
        Err(why) => {
            eprintln!("error: {why}");
            return ExitCode::from(4);
        }
    };
    println!("{}", server.uri());
    println!("{}", server.browser());
    println!("{}", server.pid().unwrap_or_default());
    println!("{}", server.folder().display());
    let _ = std::io::stdout().flush();
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
    ExitCode::SUCCESS
}
