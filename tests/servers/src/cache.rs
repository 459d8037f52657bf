//! Fetches a server's jars once, into a folder outside the work tree.
//!
//! The folder is named after the hash of the pom; it appears by a rename when it is whole, so a
//! download that is killed leaves nothing half, and what it leaves beside is swept by the next.

use crate::ServerError;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// `$RIPPLE_CACHE`, else `$XDG_CACHE_HOME/ripple`, else `~/.cache/ripple`.
///
/// # Errors
/// None of the three variables is set.
pub fn cache_folder() -> Result<PathBuf, ServerError> {
    let set = |name| {
        std::env::var_os(name)
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    };
    set("RIPPLE_CACHE")
        .or_else(|| Some(set("XDG_CACHE_HOME")?.join("ripple")))
        .or_else(|| Some(set("HOME")?.join(".cache/ripple")))
        .ok_or(ServerError::NoCache)
}

/// The folder with all the jars that `pom` names; fetched where it is not there.
pub(crate) fn jars(server: &'static str, pom: &str) -> Result<PathBuf, ServerError> {
    let folder = cache_folder()?.join("servers");
    let name = format!("{server}-{:016x}", fnv(pom.as_bytes()));
    let whole = folder.join(&name);
    if whole.is_dir() {
        return Ok(whole);
    }
    fs::create_dir_all(&folder).map_err(ServerError::file(&folder))?;
    sweep_downloads(&folder);
    let partial = folder.join(format!("{name}.download-{}", std::process::id()));
    let _ = fs::remove_dir_all(&partial);
    fs::create_dir_all(&partial).map_err(ServerError::file(&partial))?;
    let done = fetch(server, pom, &partial);
    if done.is_ok()
        && let Err(why) = fs::rename(&partial, &whole)
        && !whole.is_dir()
    {
        let _ = fs::remove_dir_all(&partial);
        return Err(ServerError::File { path: whole, why });
    }
    // Left where fetching failed, or where another process was faster.
    let _ = fs::remove_dir_all(&partial);
    done.map(|()| whole)
}

fn fetch(server: &'static str, pom: &str, into: &Path) -> Result<(), ServerError> {
    let file = into.join("pom.xml");
    fs::write(&file, pom).map_err(ServerError::file(&file))?;
    let mut maven = Command::new("mvn");
    maven.args(["-q", "-B", "-f"]).arg(&file);
    maven.args(["dependency:copy-dependencies", "-DincludeScope=runtime"]);
    let mut output = std::ffi::OsString::from("-DoutputDirectory=");
    output.push(into);
    maven.arg(output).stdin(Stdio::null());
    let told = maven.output().map_err(|why| ServerError::NoMaven {
        server,
        found: format!("`mvn` does not run ({why})"),
    })?;
    if !told.status.success() {
        let text = [told.stdout, told.stderr].concat();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text
            .lines()
            .filter(|l| l.contains("ERROR"))
            .take(5)
            .collect();
        let why = format!("{}\n{}", told.status, lines.join("\n"));
        return Err(ServerError::Fetch { server, why });
    }
    let jar = |e: fs::DirEntry| e.path().extension() == Some(OsStr::new("jar"));
    let mut entries = fs::read_dir(into).map_err(ServerError::file(into))?;
    if !entries.any(|e| e.is_ok_and(jar)) {
        let why = "it named success, and copied no jar".into();
        return Err(ServerError::Fetch { server, why });
    }
    Ok(())
}

/// Removes what downloads of dead processes left.
fn sweep_downloads(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some((_, pid)) = name
            .to_string_lossy()
            .rsplit_once(".download-")
            .map(|(a, b)| (a.to_owned(), b.to_owned()))
        else {
            continue;
        };
        if pid.parse().is_ok_and(|pid| !crate::supervisor::alive(pid)) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

/// FNV-1a, 64 bits (Fowler, Noll, Vo): names a folder, protects nothing.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}
