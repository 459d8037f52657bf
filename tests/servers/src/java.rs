//! Finds a Java that is new enough.

use crate::ServerError;
use std::path::PathBuf;
use std::process::Command;

const OLDEST: u32 = 17;

/// The `java` of JAVA_HOME, else of the PATH.
pub(crate) fn java(server: &'static str) -> Result<PathBuf, ServerError> {
    let program = match std::env::var_os("JAVA_HOME") {
        Some(home) if !home.is_empty() => PathBuf::from(home).join("bin/java"),
        _ => PathBuf::from("java"),
    };
    let missing = |found| ServerError::NoJava { server, found };
    let told = Command::new(&program)
        .arg("-version")
        .output()
        .map_err(|why| missing(format!("`{}` does not run ({why})", program.display())))?;
    let text = String::from_utf8_lossy(&told.stderr);
    match major(&text) {
        Some(version) if version >= OLDEST => Ok(program),
        Some(version) => Err(missing(format!(
            "`{}` is Java {version}",
            program.display()
        ))),
        None => Err(missing(format!(
            "`{} -version` names no version",
            program.display()
        ))),
    }
}

/// `openjdk version "17.0.15" …` is 17, `java version "1.8.0_402"` is 8.
fn major(text: &str) -> Option<u32> {
    let quoted = text.split('"').nth(1)?;
    let mut parts = quoted.split(['.', '-', '_', '+']);
    let first: u32 = parts.next()?.parse().ok()?;
    if first == 1 {
        return parts.next()?.parse().ok();
    }
    Some(first)
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_version_is_read_in_the_old_and_the_new_style() {
        assert_eq!(
            major("openjdk version \"17.0.15\" 2025-04-15\nmore"),
            Some(17)
        );
        assert_eq!(major("java version \"1.8.0_402\""), Some(8));
        assert_eq!(major("openjdk version \"25-ea\" 2025"), Some(25));
        assert_eq!(major("sh: java: not found"), None);
    }
}
