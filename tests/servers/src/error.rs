//! Why a server could not be had.

use std::path::PathBuf;

/// Every way starting a server fails. The text says what to install or where to look.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum ServerError {
    #[error(
        "needs Java 17 or newer to run {server}: {found}; install it, for example `apt install openjdk-17-jre-headless`, or set JAVA_HOME"
    )]
    NoJava { server: &'static str, found: String },
    #[error(
        "needs Maven (`mvn`) to fetch {server}: {found}; install it, for example `apt install maven`"
    )]
    NoMaven { server: &'static str, found: String },
    #[error("Maven could not fetch {server}: {why}; nothing was kept, run the command again")]
    Fetch { server: &'static str, why: String },
    #[error("{server} did not start: {why}\nits log ends with:\n{log}")]
    Start {
        server: &'static str,
        why: String,
        log: String,
    },
    #[error("{path}: {why}")]
    File { path: PathBuf, why: std::io::Error },
    #[error("no folder for caches: set HOME, or RIPPLE_CACHE to a folder outside the work tree")]
    NoCache,
}

impl ServerError {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |why| Self::File { path, why }
    }
}
