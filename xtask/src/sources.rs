//! Real sources that a machine already has, each made into a repository of one commit.
//!
//! Goes in: nothing. Comes out: one folder a language, under `target/bench`, and what it holds. Nothing
//! is fetched: where a language's sources are not there, they are left out, and that is said.

use anyhow::{Context, Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One repository to measure on.
pub(crate) struct Source {
    /// As the table names it.
    pub(crate) name: &'static str,
    pub(crate) root: PathBuf,
}

/// Crates that cargo's registry has of nearly every Rust project, and that are written by hand.
const CRATES: &[&str] = &["tokio", "rustls", "regex-automata", "syn", "clap_builder"];

/// Folders that hold no sources of their own, or tests' data.
const LEFT_OUT: &[&str] = &[
    ".git",
    "target",
    "testdata",
    "vendor",
    "site-packages",
    "dist-packages",
    "__pycache__",
];

/// A language: how the table names it, its sources, and the ends of its files.
type Finder = (
    &'static str,
    fn(&Path) -> Result<Vec<PathBuf>>,
    &'static [&'static str],
);

const FINDERS: &[Finder] = &[
    ("Rust, the registry", rust, &["rs", "toml"]),
    ("Python's library", python, &["py"]),
    ("Go's library", go, &["go", "mod"]),
    ("Java, java.base", java, &["java"]),
    ("JavaScript, npm", javascript, &["js", "mjs", "cjs", "json"]),
    (
        "TypeScript, what mutants fetched",
        typescript,
        &["ts", "tsx", "mts", "cts", "json"],
    ),
];

/// All that are there.
pub(crate) fn all() -> Result<Vec<Source>> {
    let base = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    let mut found = Vec::new();
    for (name, find, ends) in FINDERS {
        let word = name
            .split([',', '\''])
            .next()
            .unwrap_or(name)
            .to_lowercase();
        let root = base.join(word);
        if root.exists() {
            std::fs::remove_dir_all(&root)?;
        }
        std::fs::create_dir_all(&root)?;
        match find(&root) {
            Ok(folders) => {
                for folder in folders {
                    let to = root.join(folder.file_name().unwrap_or(OsStr::new("src")));
                    copy(&folder, &to, ends)?;
                }
                commit(&root)?;
                found.push(Source { name, root });
            }
            Err(why) => println!("{name}: left out, {why:#}"),
        }
    }
    Ok(found)
}

fn rust(_: &Path) -> Result<Vec<PathBuf>> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registry = home.context("no home folder")?.join("registry/src");
    let mut all = Vec::new();
    for index in folders(&registry)? {
        all.extend(folders(&index)?);
    }
    all.sort();
    let newest = |name: &&str| {
        let versions = all.iter().rev().filter(|path| {
            let file = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
            let version = file.strip_prefix(name).and_then(|v| v.strip_prefix('-'));
            version.is_some_and(|v| v.starts_with(|c: char| c.is_ascii_digit()))
        });
        versions.map(PathBuf::clone).next()
    };
    some(
        CRATES.iter().filter_map(newest).collect(),
        "no crate of the list in cargo's registry",
    )
}

fn python(_: &Path) -> Result<Vec<PathBuf>> {
    let ask = "import sysconfig; print(sysconfig.get_path('stdlib'))";
    Ok(vec![PathBuf::from(said("python3", &["-c", ask])?)])
}

fn go(_: &Path) -> Result<Vec<PathBuf>> {
    let source = PathBuf::from(said("go", &["env", "GOROOT"])?).join("src");
    let mut all = folders(&source)?;
    // The tools have modules of their own.
    all.retain(|path| path.file_name() != Some(OsStr::new("cmd")));
    some(all, "GOROOT has no src")
}

/// Unpacks `java.base/java` of the archive beside the newest Java that has one.
fn java(root: &Path) -> Result<Vec<PathBuf>> {
    let mut homes: Vec<PathBuf> = std::env::var_os("JAVA_HOME")
        .map(PathBuf::from)
        .into_iter()
        .collect();
    homes.extend(folders(Path::new("/usr/lib/jvm")).unwrap_or_default());
    let zip = homes
        .iter()
        .map(|home| home.join("lib/src.zip"))
        .find(|zip| zip.is_file());
    let zip = zip.context("no JDK with a src.zip in JAVA_HOME or /usr/lib/jvm")?;
    let into = root.join(".unpacked");
    std::fs::create_dir_all(&into)?;
    let status = Command::new("jar")
        .current_dir(&into)
        .args(["--extract", "--file"])
        .arg(&zip)
        .arg("java.base/java")
        .status()
        .context("`jar` does not run")?;
    let source = into.join("java.base/java");
    if !status.success() || !source.is_dir() {
        bail!("{} holds no java.base/java", zip.display());
    }
    let to = root.join("java");
    std::fs::rename(source, &to)?;
    std::fs::remove_dir_all(into)?;
    Ok(Vec::new())
}

fn javascript(_: &Path) -> Result<Vec<PathBuf>> {
    some(
        folders(Path::new(&said("npm", &["root", "-g"])?))?,
        "no global npm package",
    )
}

fn typescript(_: &Path) -> Result<Vec<PathBuf>> {
    let cache = std::env::home_dir()
        .context("no home folder")?
        .join(".cache/ripple/mutants");
    let mut all = Vec::new();
    for folder in folders(&cache)? {
        let source = folder.join("tree");
        if source.join("tsconfig.json").is_file() {
            all.push(source);
        }
    }
    all.sort();
    all.truncate(1);
    some(
        all,
        "`cargo xtask mutants` has fetched no package with a tsconfig.json",
    )
}

fn some(all: Vec<PathBuf>, why: &'static str) -> Result<Vec<PathBuf>> {
    if all.is_empty() {
        bail!(why);
    }
    Ok(all)
}

fn folders(at: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(at).with_context(|| at.display().to_string())?;
    let mut all: Vec<PathBuf> = entries
        .flatten()
        .filter(|e| e.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|e| e.path())
        .collect();
    all.sort();
    Ok(all)
}

/// The first line that a program prints.
fn said(program: &str, args: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(args)
        .output()
        .with_context(|| format!("`{program}` does not run"))?;
    let text = String::from_utf8(output.stdout)?;
    let line = text.lines().next().unwrap_or_default().trim();
    if !output.status.success() || line.is_empty() {
        bail!("`{program} {}` says nothing", args.join(" "));
    }
    Ok(line.to_owned())
}

/// Copies the files of a language; one that cannot be read is left out.
fn copy(from: &Path, to: &Path, ends: &[&str]) -> Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let (path, name) = (entry.path(), entry.file_name());
        let kind = entry.file_type()?;
        let left_out = name.to_str().is_none_or(|n| LEFT_OUT.contains(&n));
        let wanted = path.extension().and_then(OsStr::to_str);
        if kind.is_dir() && !left_out {
            // By its own name it would be set aside as what others wrote.
            let modules = name == "node_modules";
            let to = to.join(if modules {
                OsStr::new("modules")
            } else {
                &name
            });
            copy(&path, &to, ends)?;
        } else if kind.is_file() && wanted.is_some_and(|end| ends.contains(&end)) {
            let _ = std::fs::copy(&path, to.join(name));
        }
    }
    Ok(())
}

/// One commit of all there is.
fn commit(root: &Path) -> Result<()> {
    for args in [
        &["init", "--quiet", "--initial-branch=main"][..],
        &["add", "--all", "--force"],
        &["commit", "--quiet", "--message", "all of it"],
    ] {
        let mut git = Command::new("git");
        for (name, value) in [
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_SYSTEM", "/dev/null"),
            ("GIT_AUTHOR_NAME", "Bench"),
            ("GIT_AUTHOR_EMAIL", "bench@example.org"),
            ("GIT_COMMITTER_NAME", "Bench"),
            ("GIT_COMMITTER_EMAIL", "bench@example.org"),
        ] {
            git.env(name, value);
        }
        let status = git.current_dir(root).args(args).status()?;
        if !status.success() {
            bail!("git {} failed in {}", args.join(" "), root.display());
        }
    }
    Ok(())
}
