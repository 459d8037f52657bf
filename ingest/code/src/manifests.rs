//! Manifests and lock files: which outside packages a repository declares.
//!
//! Goes in: paths and texts. Comes out: declared packages with their lines, and what was malformed.
//! Nothing is executed or fetched: a `setup.py` is read as text, and what it computes is not known.

mod cargo;
pub(crate) mod go;
mod gradle;
mod json;
mod maven;
mod names;
mod npm;
pub mod phantoms;
mod python;
mod tables;

use crate::read::Note;
use ripple_schemas::BlindKind;
use std::sync::Arc;

pub use maven::{Parent, Project};
pub(crate) use names::{artifact, distribution, normal};

/// One manifest or lock file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// Inside the repository.
    pub path: String,
    /// `npm`, `pypi`, `cargo`, `golang` or `maven`: the type of its Package URLs.
    pub ecosystem: &'static str,
    /// True where it records what was chosen, rather than what is asked for.
    pub lock: bool,
    /// The name of the package that it describes.
    pub name: Option<String>,
    /// What it declares, in its order.
    pub dependencies: Vec<Dependency>,
    /// True where it declares more than could be read.
    pub incomplete: bool,
    /// Its other texts, in which a tool's name may occur: scripts, tool configuration.
    pub mentions: Vec<String>,
    /// What was malformed.
    pub problems: Vec<Note>,
    /// Folders of the tree, as written, that it counts on to hold a module, with their lines.
    pub folders: Vec<(String, u32)>,
    /// What a pom says that others need.
    pub project: Option<Arc<maven::Project>>,
}

/// One declared package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dependency {
    /// As the registry knows it.
    pub name: String,
    /// As the sources name it, where the manifest says so (a renamed crate, an npm alias).
    pub alias: Option<String>,
    /// What is asked for, or what was chosen.
    pub version: String,
    /// What it is for.
    pub group: Group,
    /// Line, counted from 1.
    pub line: u32,
    /// True where it lies in the repository (a path, a workspace member).
    pub local: bool,
}

/// What a declared package is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Needed to run.
    #[default]
    Normal,
    /// Needed to develop or test.
    Dev,
    /// Needed to build.
    Build,
    /// Needed for a feature.
    Optional,
    /// The user of the package brings it.
    Peer,
}

impl Group {
    /// The name written in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Group::Normal => "normal",
            Group::Dev => "dev",
            Group::Build => "build",
            Group::Optional => "optional",
            Group::Peer => "peer",
        }
    }
}

type Parser = fn(&str, &str) -> Manifest;

fn parser(path: &str) -> Option<Parser> {
    let name = path.rsplit('/').next()?;
    Some(match name {
        "Cargo.toml" => cargo::manifest,
        "Cargo.lock" => cargo::lock,
        "go.mod" => go::manifest,
        "go.sum" => go::sum,
        "pom.xml" => maven::manifest,
        "build.gradle" | "build.gradle.kts" => gradle::script,
        "gradle.lockfile" => gradle::lock,
        _ if name.ends_with(".versions.toml") => gradle::catalog,
        "package.json" => npm::manifest,
        "package-lock.json" | "npm-shrinkwrap.json" => npm::package_lock,
        "pnpm-lock.yaml" => npm::pnpm_lock,
        "yarn.lock" => npm::yarn_lock,
        "pyproject.toml" => python::pyproject,
        "setup.cfg" => python::setup_cfg,
        "setup.py" => python::setup_py,
        "Pipfile" => python::pipfile,
        "Pipfile.lock" => python::pipfile_lock,
        "poetry.lock" | "uv.lock" => python::toml_lock,
        _ if python::is_requirements(path) => python::requirements,
        _ => return None,
    })
}

/// True where the path names a manifest or lock file that is read.
pub fn wants(path: &str) -> bool {
    parser(path).is_some()
}

/// Reads one; `None` where [`wants`] is false.
pub fn read(path: &str, text: &str) -> Option<Manifest> {
    Some(parser(path)?(path, text))
}

/// Manifests of one tree together: what one says of another's versions.
pub(crate) fn settle(manifests: &mut [Arc<Manifest>]) {
    maven::settle(manifests);
    go::settle(manifests);
    gradle::settle(manifests);
}

/// A manifest with nothing in it but what is wrong.
fn problem(manifest: &mut Manifest, line: u32, why: impl Into<String>) {
    manifest.incomplete = true;
    manifest.problems.push(Note {
        kind: BlindKind::ParseError,
        line,
        why: why.into(),
    });
}

/// The line of a byte.
fn line_at(text: &str, at: usize) -> u32 {
    1 + text
        .as_bytes()
        .iter()
        .take(at)
        .filter(|&&b| b == b'\n')
        .count() as u32
}
