//! What a language must say so that its projects can be measured: how a package is brought, how
//! its suite runs, which tests execute a function.

mod go;
mod python;
mod rust;
mod typescript;

use super::operators::Syntax;
use super::place::Place;
use super::project::Project;
use anyhow::{Result, bail};
use std::collections::BTreeSet;

/// What a run of the whole suite said.
pub(crate) enum Run {
    /// The tests that passed, by the ids that `ripple tests` prints. A test of the suite that is
    /// not among them failed, died or hung.
    Passed(BTreeSet<String>),
    /// Nothing could be run: it does not compile, or nothing was collected. With what was said.
    Broken(String),
}

/// A function of the package, by lines of the pristine file (from 1, both included).
pub(crate) struct Site<'a> {
    pub(crate) path: &'a str,
    pub(crate) line_start: usize,
    pub(crate) line_end: usize,
}

/// A language's packages and suites. All of it happens under [`Place`].
pub(crate) trait Suite {
    /// How its source is read for mutating; by the file's path, as `.ts` and `.tsx` differ.
    fn syntax(&self, path: &str) -> Syntax;

    /// Whether the file holds tests, or helps them: nothing in it is mutated.
    fn is_test_file(&self, path: &str) -> bool;

    /// Downloads with the language's own tool, checks or fills in the checksum, unpacks to
    /// [`Place::tree`], calls [`Place::commit`], and readies what the runner needs.
    fn prepare(&self, project: &mut Project, place: &Place) -> Result<()>;

    /// Folders in `work` that are kept between runs, as `node_modules`.
    fn kept(&self) -> &'static [&'static str] {
        &[]
    }

    /// Runs the whole suite in [`Place::work`] as it is now.
    fn run(&self, project: &Project, place: &Place) -> Result<Run>;

    /// The tests that execute the function; `None` where it runs while tests are being loaded, so
    /// that it cannot be said. `work` is pristine at the start and may be left changed.
    fn executing(
        &self,
        project: &Project,
        place: &Place,
        site: &Site<'_>,
    ) -> Result<Option<BTreeSet<String>>>;

    /// Hands each id to the project's runner as it is printed; the ones that it refuses, or for
    /// which it runs nothing.
    fn refused(&self, project: &Project, place: &Place, ids: &[String]) -> Result<Vec<String>>;

    /// Whether running what is printed as `id` runs `test` of the suite.
    fn covers(&self, id: &str, test: &str) -> bool {
        id == test
    }

    /// The file of a test of the suite, where its id says it.
    fn file_of(&self, test: &str) -> Option<String>;
}

/// The suite of a language.
///
/// # Errors
/// No such language.
pub(crate) fn of(language: &str) -> Result<Box<dyn Suite>> {
    Ok(match language {
        "go" => Box::new(go::Go),
        "python" => Box::new(python::Python),
        "rust" => Box::new(rust::Rust),
        "typescript" | "javascript" => Box::new(typescript::TypeScript),
        other => bail!("no suite for `{other}`"),
    })
}
