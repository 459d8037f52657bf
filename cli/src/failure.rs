//! How a command ends: exit codes and the one line that says why (design chapter 9).

use ripple_graph_core::StoreError;
use std::fmt::Display;
use std::io::Write;
use std::process::ExitCode;

/// Exit codes, a contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// The command judged, and the judgement is negative.
    Negative = 1,
    /// Wrong use.
    Usage = 2,
    /// Bad input.
    Input = 3,
    /// A server could not be reached.
    Unreachable = 4,
    /// A defect of ours.
    Defect = 70,
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    text: String,
}

impl Failure {
    pub(crate) fn usage(text: impl Display) -> Self {
        Self {
            exit: Exit::Usage,
            text: text.to_string(),
        }
    }

    pub(crate) fn input(text: impl Display) -> Self {
        Self {
            exit: Exit::Input,
            text: text.to_string(),
        }
    }

    pub(crate) fn defect(text: impl Display) -> Self {
        Self {
            exit: Exit::Defect,
            text: text.to_string(),
        }
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Writes the reason to stderr and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        if !self.text.is_empty() {
            let mut err = std::io::stderr().lock();
            // Nobody is left to tell where stderr is closed.
            let _ = writeln!(err, "ripple: {}", self.text);
        }
        ExitCode::from(self.exit as u8)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = match error {
            StoreError::Unreachable { .. } => Exit::Unreachable,
            StoreError::Defect(_) => Exit::Defect,
            _ => Exit::Input,
        };
        Self {
            exit,
            text: error.to_string(),
        }
    }
}

impl From<std::io::Error> for Failure {
    /// A reader that closed its end early wanted no more: that is no failure.
    fn from(error: std::io::Error) -> Self {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            return Self {
                exit: Exit::Done,
                text: String::new(),
            };
        }
        Self::input(error)
    }
}

/// Prints clap's message where it belongs: help on stdout with 0, misuse on stderr with 2.
pub(crate) fn usage(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(if error.use_stderr() {
        Exit::Usage as u8
    } else {
        Exit::Done as u8
    })
}

/// A panic is ours to mend: say where and how to report it.
pub(crate) fn install_panic_report() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic
            .location()
            .map_or_else(String::new, |l| format!(" at {}:{}", l.file(), l.line()));
        let what = panic
            .payload()
            .downcast_ref::<&str>()
            .map(|s| (*s).to_owned())
            .or_else(|| panic.payload().downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "unknown reason".into());
        if what.contains("Broken pipe") {
            std::process::exit(0);
        }
        let mut err = std::io::stderr().lock();
        let _ = writeln!(err, "ripple: a defect of ours{place}: {what}");
        let _ = writeln!(
            err,
            "        the stored graph is as it was; please report this line"
        );
    }));
}
