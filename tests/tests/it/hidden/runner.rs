//! The real runners, to tell whether a fixture tells the truth: every test named passes before the
//! change; after it those that must fail do, and the others pass.

use super::fixture::{Fixture, git};
use std::path::Path;
use std::process::Command;

/// What the runners said.
pub(crate) struct Told {
    pub(crate) summary: String,
    pub(crate) lies: Vec<String>,
}

/// The command that runs one test, given its id; `None` where its runner is not here.
fn command(fixture: &Fixture, root: &Path, id: &str) -> Option<String> {
    match fixture.language.as_str() {
        "python" => Some(format!("python3 -m pytest -q -p no:cacheprovider '{id}'")),
        "javascript" | "typescript" => {
            let manifest = std::fs::read_to_string(root.join("package.json")).ok()?;
            let installed = |bin: &str| root.join("node_modules/.bin").join(bin).exists();
            if manifest.contains("vitest") {
                return installed("vitest").then(|| format!("node_modules/.bin/vitest run {id}"));
            }
            if manifest.contains("jest") {
                return installed("jest").then(|| format!("node_modules/.bin/jest {id}"));
            }
            Some(format!("node --test {id}"))
        }
        _ => None,
    }
}

/// Runs every test that a fixture names, before and after its change.
pub(crate) fn compare(fixture: &Fixture) -> Told {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let root = fixture.lay_out(folder.path());
    if let Some(packages) = std::env::var_os("RIPPLE_NODE_MODULES")
        && root.join("package.json").exists()
    {
        std::os::unix::fs::symlink(packages, root.join("node_modules")).expect("a link is made");
    }
    let mut told = Told {
        summary: String::new(),
        lies: Vec::new(),
    };
    let mut runs = [0, 0];
    for (after, run) in runs.iter_mut().enumerate() {
        if after == 1 {
            git(&root, &["apply", &fixture.patch().display().to_string()]);
        }
        for (id, fails) in (fixture.must.iter().map(|id| (id, after == 1)))
            .chain(fixture.not.iter().map(|id| (id, false)))
        {
            let Some(command) = command(fixture, &root, id) else {
                told.summary = "its runner is not here".to_owned();
                return told;
            };
            let output = Command::new("sh")
                .args(["-c", &command])
                .current_dir(&root)
                .env("PYTHONDONTWRITEBYTECODE", "1")
                .env_remove("NODE_TEST_CONTEXT")
                .output()
                .expect("a shell runs");
            let text = String::from_utf8_lossy(&output.stdout);
            // A pattern that names no test passes as well.
            let ran = !text.contains("# tests 0\n") && !text.contains("No test files found");
            *run += 1;
            if output.status.success() == fails || !ran {
                let when = ["before", "after"][after];
                told.lies.push(format!("{id} {when} the change:\n{text}"));
            }
        }
    }
    told.summary = format!("{} run before, {} after", runs[0], runs[1]);
    told
}
