//! package.json and the lock files of npm, pnpm and yarn.

use super::json::{self, Json};
use super::{Dependency, Group, Manifest, problem};

const SECTIONS: [(&str, Group); 5] = [
    ("dependencies", Group::Normal),
    ("devDependencies", Group::Dev),
    ("optionalDependencies", Group::Optional),
    ("peerDependencies", Group::Peer),
    ("bundledDependencies", Group::Normal),
];

fn empty(path: &str, lock: bool) -> Manifest {
    Manifest {
        path: path.to_owned(),
        ecosystem: "npm",
        lock,
        ..Manifest::default()
    }
}

fn parsed(manifest: &mut Manifest, text: &str) -> Option<Json> {
    match json::parse(text) {
        Ok(json) => Some(json),
        Err((line, why)) => {
            problem(manifest, line, why);
            None
        }
    }
}

pub(super) fn manifest(path: &str, text: &str) -> Manifest {
    let mut manifest = empty(path, false);
    let Some(json) = parsed(&mut manifest, text) else {
        return manifest;
    };
    manifest.name = json.get("name").and_then(Json::text).map(str::to_owned);
    for (section, _, value) in json.entries() {
        let Some((_, group)) = SECTIONS.iter().find(|(name, _)| name == section) else {
            value.strings(&mut manifest.mentions);
            continue;
        };
        for (name, line, version) in value.entries() {
            let version = version.text().unwrap_or_default();
            let mut dependency = Dependency {
                name: name.clone(),
                version: version.to_owned(),
                group: *group,
                line: *line,
                local: ["workspace:", "file:", "link:", "portal:"]
                    .iter()
                    .any(|p| version.starts_with(p)),
                ..Dependency::default()
            };
            // "x": "npm:real@^1" installs `real` as `x`.
            if let Some(real) = version.strip_prefix("npm:") {
                let (real, wanted) = split_version(real);
                dependency.alias = Some(std::mem::replace(&mut dependency.name, real.to_owned()));
                dependency.version = wanted.to_owned();
            }
            manifest.dependencies.push(dependency);
        }
    }
    manifest
}

pub(super) fn package_lock(path: &str, text: &str) -> Manifest {
    let mut manifest = empty(path, true);
    let Some(json) = parsed(&mut manifest, text) else {
        return manifest;
    };
    let version = |value: &Json| {
        value
            .get("version")
            .and_then(Json::text)
            .unwrap_or_default()
            .to_owned()
    };
    if let Some(packages) = json.get("packages") {
        for (place, line, value) in packages.entries() {
            let Some((_, name)) = place.rsplit_once("node_modules/") else {
                continue;
            };
            let local = value.get("link").is_some();
            let name = value.get("name").and_then(Json::text).unwrap_or(name);
            manifest.dependencies.push(Dependency {
                name: name.to_owned(),
                version: version(value),
                line: *line,
                local,
                ..Dependency::default()
            });
        }
        return manifest;
    }
    let mut nested: Vec<&Json> = json.get("dependencies").into_iter().collect();
    while let Some(level) = nested.pop() {
        for (name, line, value) in level.entries() {
            manifest.dependencies.push(Dependency {
                name: name.clone(),
                version: version(value),
                line: *line,
                ..Dependency::default()
            });
            nested.extend(value.get("dependencies"));
        }
    }
    manifest
}

/// `  /@scope/name@1.2.3(peer@1):`, `  name@1.2.3:` or, in old files, `  /name/1.2.3:` under `packages:`.
pub(super) fn pnpm_lock(path: &str, text: &str) -> Manifest {
    let mut manifest = empty(path, true);
    let mut inside = false;
    if !text.lines().any(|l| l.starts_with("lockfileVersion")) {
        problem(
            &mut manifest,
            1,
            "not a pnpm lock file: lockfileVersion was expected",
        );
        return manifest;
    }
    for (i, line) in text.lines().enumerate() {
        if !line.starts_with([' ', '#']) && !line.is_empty() {
            inside = line.trim_end() == "packages:";
            continue;
        }
        let Some(key) = line
            .strip_prefix("  ")
            .filter(|k| inside && !k.starts_with(' '))
        else {
            continue;
        };
        let Some(key) = key
            .trim_end()
            .strip_suffix(':')
            .or_else(|| key.split_once(": ").map(|(k, _)| k))
        else {
            continue;
        };
        let key = key.trim_matches(['\'', '"']).trim_start_matches('/');
        let key = key
            .split(['(', '_'])
            .next()
            .filter(|k| k.contains('@') || k.contains('/'))
            .unwrap_or(key);
        let (mut name, mut version) = split_version(key);
        if version.is_empty()
            && let Some((n, v)) = key.rsplit_once('/')
        {
            (name, version) = (n, v);
        }
        if !version.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        manifest.dependencies.push(Dependency {
            name: name.to_owned(),
            version: version.to_owned(),
            line: i as u32 + 1,
            ..Dependency::default()
        });
    }
    manifest
}

/// Blocks headed by `name@range, name@range:` with an indented `version`.
pub(super) fn yarn_lock(path: &str, text: &str) -> Manifest {
    let mut manifest = empty(path, true);
    let mut head: Option<(String, u32)> = None;
    for (i, line) in text.lines().enumerate() {
        if line.starts_with("<<<<<<<") {
            problem(&mut manifest, i as u32 + 1, "merge-conflict markers");
        }
        if line.starts_with('#') || line.trim().is_empty() {
            continue;
        }
        if !line.starts_with(' ') {
            let first = line
                .trim_end()
                .trim_end_matches(':')
                .split(", ")
                .next()
                .unwrap_or_default();
            let (name, _) = split_version(first.trim_matches('"'));
            head =
                (!name.is_empty() && name != "__metadata").then(|| (name.to_owned(), i as u32 + 1));
        } else if let Some(version) = line.strip_prefix("  version") {
            let version = version
                .trim_start_matches([':', ' '])
                .trim()
                .trim_matches('"');
            if let Some((name, line)) = head.take() {
                let local = version.contains("use.local");
                let version = version.to_owned();
                manifest.dependencies.push(Dependency {
                    name,
                    version,
                    line,
                    local,
                    ..Dependency::default()
                });
            }
        }
    }
    manifest
}

/// `@scope/name@range` → name and range.
fn split_version(text: &str) -> (&str, &str) {
    match text.char_indices().skip(1).find(|&(_, c)| c == '@') {
        Some((at, _)) => (&text[..at], &text[at + 1..]),
        None => (text, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(m: &Manifest) -> Vec<(&str, &str, u32)> {
        m.dependencies
            .iter()
            .map(|d| (d.name.as_str(), d.version.as_str(), d.line))
            .collect()
    }

    #[test]
    fn package_json_declares_and_mentions() {
        let m = manifest(
            "package.json",
            "{\n\"name\": \"web\",\n\"scripts\": {\"build\": \"vite build\"},\n\"dependencies\": {\n\"express\": \"^4\",\n\"lib\": \"npm:real@^1\",\n\"here\": \"workspace:*\"},\n\"devDependencies\": {\"vite\": \"^5\"}}",
        );
        assert_eq!(
            found(&m),
            [
                ("express", "^4", 5),
                ("real", "^1", 6),
                ("here", "workspace:*", 7),
                ("vite", "^5", 8)
            ]
        );
        assert_eq!(m.dependencies[1].alias.as_deref(), Some("lib"));
        assert!(m.dependencies[2].local && m.mentions.contains(&"vite build".to_owned()));
    }

    #[test]
    fn lock_files_of_every_manager_give_names_and_versions() {
        let npm = package_lock(
            "package-lock.json",
            "{\"packages\": {\"\": {\"name\": \"web\"},\n\"node_modules/a\": {\"version\": \"1.0.0\"},\n\"node_modules/a/node_modules/@s/b\": {\"version\": \"2.0.0\"}}}",
        );
        assert_eq!(found(&npm), [("a", "1.0.0", 2), ("@s/b", "2.0.0", 3)]);
        let pnpm = pnpm_lock(
            "pnpm-lock.yaml",
            "lockfileVersion: '9.0'\n\npackages:\n\n  '@s/b@2.0.0':\n    resolution: {}\n  a@1.0.0(b@2.0.0):\n    x: y\n  /old/3.0.0:\n    x: y\nsnapshots:\n  a@1.0.0: {}\n",
        );
        assert_eq!(
            found(&pnpm),
            [("@s/b", "2.0.0", 5), ("a", "1.0.0", 7), ("old", "3.0.0", 9)]
        );
        let yarn = yarn_lock(
            "yarn.lock",
            "# yarn lockfile v1\n\n\"@s/b@^2\", \"@s/b@^2.1\":\n  version \"2.1.0\"\n\na@^1:\n  version \"1.0.0\"\n  dependencies:\n    c \"1\"\n",
        );
        assert_eq!(found(&yarn), [("@s/b", "2.1.0", 3), ("a", "1.0.0", 6)]);
        let berry = yarn_lock(
            "yarn.lock",
            "__metadata:\n  version: 6\n\n\"a@npm:^1\":\n  version: 1.0.0\n",
        );
        assert_eq!(found(&berry), [("a", "1.0.0", 4)]);
    }
}
