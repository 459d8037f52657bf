//! Where answers go: stdout for data, colour only on a terminal.

use std::io::{IsTerminal, Write};

use crate::failure::Failure;

/// True where colour may be used: a terminal, and `NO_COLOR` unset or empty.
pub(crate) fn colour(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
}

/// Writes an answer to stdout.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())?;
    if !text.is_empty() && !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(())
}

/// Writes a value as JSON to stdout, indented on a terminal. A large one is not held as a
/// text.
pub(crate) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let stdout = std::io::stdout();
    let pretty = stdout.is_terminal();
    let mut out = std::io::BufWriter::with_capacity(1 << 16, stdout.lock());
    let written = if pretty {
        serde_json::to_writer_pretty(&mut out, value)
    } else {
        serde_json::to_writer(&mut out, value)
    };
    written.map_err(|error| match error.io_error_kind() {
        Some(_) => Failure::from(std::io::Error::from(error)),
        None => Failure::defect(error),
    })?;
    out.write_all(b"\n")?;
    out.flush()?;
    Ok(())
}

/// Says something on stderr that is no data.
pub(crate) fn note(text: &str) {
    // Where stderr is closed there is nobody to tell.
    let _ = writeln!(std::io::stderr().lock(), "ripple: {text}");
}

/// Columns of a page: what the shell says, within reason, else 80.
pub(crate) fn width() -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    said.filter(|c| (40..=160).contains(c)).unwrap_or(80)
}
