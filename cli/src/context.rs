//! Where things are: the store, the repository, the cache.

use crate::args::{Format, Global};
use crate::failure::Failure;
use ripple_graph_core::GraphStore;
use ripple_graph_neo4j::Neo4jStore;
use ripple_graph_sqlite::SqliteStore;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Name of the folder that holds the embedded store and caches.
const FOLDER: &str = ".ripple";

/// What every command needs.
pub(crate) struct Context {
    pub(crate) global: Global,
    /// Where the command was started.
    pub(crate) here: PathBuf,
}

impl Context {
    pub(crate) fn new(global: Global) -> Result<Self, Failure> {
        if global.server.is_some() {
            return Err(Failure::usage(
                "--server needs `ripple serve`, which this version does not have yet",
            ));
        }
        if global.bus.as_deref().is_some_and(|b| b != "embedded") {
            return Err(Failure::usage(
                "--bus: this version has the embedded bus only",
            ));
        }
        let here = std::env::current_dir()
            .map_err(|e| Failure::input(format!("the current folder cannot be read: {e}")))?;
        Ok(Self { global, here })
    }

    /// The format asked for, checked against those the command can write.
    pub(crate) fn format(&self, allowed: &[Format]) -> Result<Format, Failure> {
        let wanted = self.global.format.unwrap_or(allowed[0]);
        if allowed.contains(&wanted) {
            return Ok(wanted);
        }
        let names: Vec<String> = allowed
            .iter()
            .map(|f| format!("{f:?}").to_lowercase())
            .collect();
        Err(Failure::usage(format!(
            "--format {} is not one of this command's: {}",
            format!("{wanted:?}").to_lowercase(),
            names.join(", ")
        )))
    }

    /// The `.ripple` folder: the nearest upward, else in the repository root, else here.
    pub(crate) fn folder(&self) -> PathBuf {
        for at in self.here.ancestors() {
            if at.join(FOLDER).is_dir() {
                return at.join(FOLDER);
            }
        }
        for at in self.here.ancestors() {
            if at.join(".git").exists() {
                return at.join(FOLDER);
            }
        }
        self.here.join(FOLDER)
    }

    /// The `.ripple` folder, made where it is missing, invisible to git.
    pub(crate) fn make_folder(&self) -> Result<PathBuf, Failure> {
        let folder = self.folder();
        let cannot = |e: std::io::Error| {
            Failure::input(format!("{} cannot be written: {e}", folder.display()))
        };
        std::fs::create_dir_all(&folder).map_err(cannot)?;
        let ignore = folder.join(".gitignore");
        if !ignore.exists() {
            std::fs::write(&ignore, "*\n").map_err(cannot)?;
        }
        Ok(folder)
    }

    /// Path of the embedded store, or `None` where the store is a server.
    pub(crate) fn sqlite_path(&self) -> Result<Option<PathBuf>, Failure> {
        match self.global.store.as_deref() {
            None => Ok(Some(self.folder().join("ripple.db"))),
            Some(uri) => {
                if let Some(path) = uri.strip_prefix("sqlite:") {
                    if path.is_empty() {
                        return Err(Failure::usage(
                            "--store sqlite: needs a path, as in sqlite:graph.db",
                        ));
                    }
                    return Ok(Some(self.here.join(path)));
                }
                if is_neo4j(uri) {
                    return Ok(None);
                }
                Err(Failure::usage(format!(
                    "--store {uri} is neither sqlite:PATH nor neo4j://user:pass@host:port"
                )))
            }
        }
    }

    /// True where a graph is there to be read.
    pub(crate) fn has_graph(&self) -> Result<bool, Failure> {
        Ok(match self.sqlite_path()? {
            Some(path) => path.exists(),
            None => true,
        })
    }

    /// Opens the store, making the embedded one where it is missing.
    pub(crate) async fn open(&self) -> Result<Arc<dyn GraphStore>, Failure> {
        match self.sqlite_path()? {
            Some(path) => {
                if self.global.store.is_none() {
                    self.make_folder()?;
                }
                Ok(Arc::new(SqliteStore::open(&path)?))
            }
            None => self.open_server().await,
        }
    }

    /// Opens the store for reading; says how to make one where there is none.
    pub(crate) async fn open_existing(&self) -> Result<Arc<dyn GraphStore>, Failure> {
        if !self.has_graph()? {
            let path = self.sqlite_path()?.unwrap_or_default();
            return Err(Failure::input(format!(
                "there is no graph at {}; run `ripple ingest` first",
                short(&path, &self.here)
            )));
        }
        self.open().await
    }

    async fn open_server(&self) -> Result<Arc<dyn GraphStore>, Failure> {
        let uri = self.global.store.as_deref().unwrap_or_default();
        Ok(Arc::new(Neo4jStore::connect(uri).await?))
    }
}

fn is_neo4j(uri: &str) -> bool {
    ["neo4j://", "neo4j+s://", "bolt://", "bolt+s://"]
        .iter()
        .any(|p| uri.starts_with(p))
}

/// A path as the user would write it from here.
pub(crate) fn short(path: &Path, here: &Path) -> String {
    path.strip_prefix(here)
        .unwrap_or(path)
        .display()
        .to_string()
}
