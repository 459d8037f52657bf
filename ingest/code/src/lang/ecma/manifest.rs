//! package.json, tsconfig.json and their like, as far as module look-up needs them.

use serde_json::Value;
use std::collections::BTreeMap;

/// True for files whose contents module look-up reads.
pub(super) fn is_manifest(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    if path.split('/').any(|part| part == "node_modules") {
        return false;
    }
    name == "package.json"
        || (name.ends_with(".json")
            && (name.starts_with("tsconfig")
                || name.starts_with("jsconfig")
                || name.ends_with(".tsconfig.json")
                || name == "base.json"))
}

/// One package.json.
#[derive(Clone, Debug, Default)]
pub(super) struct Package {
    /// Its folder; empty for the root.
    pub(super) folder: String,
    pub(super) name: String,
    pub(super) json: Value,
}

/// Compiler options of one tsconfig.json or jsconfig.json.
#[derive(Clone, Debug, Default)]
pub(super) struct Config {
    /// Folder against which `paths` are resolved.
    pub(super) paths_base: String,
    pub(super) paths: Vec<(String, Vec<String>)>,
    /// `baseUrl` as a folder of the tree.
    pub(super) base_url: Option<String>,
}

/// JSON with comments and trailing commas, as compilers accept it.
pub(super) fn lenient(text: &str) -> Option<Value> {
    if let Ok(value) = serde_json::from_str(text) {
        return Some(value);
    }
    let bytes = text.as_bytes();
    let mut out: Vec<u8> = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let start = at;
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
                out.extend_from_slice(&bytes[start..at]);
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                while at < bytes.len() && bytes[at] != b'\n' {
                    at += 1;
                }
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at += 2;
                while at < bytes.len() && !bytes[at..].starts_with(b"*/") {
                    at += 1;
                }
                at = (at + 2).min(bytes.len());
            }
            close @ (b'}' | b']') => {
                while out.last().is_some_and(u8::is_ascii_whitespace) {
                    out.pop();
                }
                if out.last() == Some(&b',') {
                    out.pop();
                }
                out.push(close);
                at += 1;
            }
            other => {
                out.push(other);
                at += 1;
            }
        }
    }
    serde_json::from_slice(&out).ok()
}

/// The folder of a path; empty at the root.
pub(super) fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Joins and normalises; `None` where the path leaves the tree.
pub(super) fn join(base: &str, relative: &str) -> Option<String> {
    let mut parts: Vec<&str> = if relative.starts_with('/') {
        Vec::new()
    } else {
        base.split('/').filter(|p| !p.is_empty()).collect()
    };
    for part in relative.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            other => parts.push(other),
        }
    }
    Some(parts.join("/"))
}

/// Reads a configuration with what it extends.
pub(super) fn config(
    path: &str,
    manifests: &BTreeMap<String, String>,
    packages: &[Package],
    depth: u32,
) -> Option<Config> {
    let json = lenient(manifests.get(path)?)?;
    let here = folder(path);
    let mut config = Config::default();
    if depth < 8 {
        let extended: Vec<&str> = match json.get("extends") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        for base in extended {
            let found = extended_paths(here, base, packages)
                .into_iter()
                .find(|p| manifests.contains_key(p) && p != path)
                .and_then(|p| self::config(&p, manifests, packages, depth + 1));
            if let Some(found) = found {
                if !found.paths.is_empty() {
                    config.paths = found.paths;
                    config.paths_base = found.paths_base;
                }
                if found.base_url.is_some() {
                    config.base_url = found.base_url;
                }
            }
        }
    }
    let options = json.get("compilerOptions");
    if let Some(base) = options
        .and_then(|o| o.get("baseUrl"))
        .and_then(Value::as_str)
    {
        config.base_url = join(here, base);
    }
    if let Some(Value::Object(paths)) = options.and_then(|o| o.get("paths")) {
        config.paths = paths
            .iter()
            .map(|(pattern, targets)| {
                let targets = targets
                    .as_array()
                    .map(|all| {
                        all.iter()
                            .filter_map(Value::as_str)
                            .map(str::to_owned)
                            .collect()
                    })
                    .unwrap_or_default();
                (pattern.clone(), targets)
            })
            .collect();
        config.paths_base = config.base_url.clone().unwrap_or_else(|| here.to_owned());
    }
    if config.paths.is_empty() && depth < 8 {
        // A solution file: its projects say it.
        for reference in json
            .get("references")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let target = reference.get("path").and_then(Value::as_str);
            let Some(target) = target.and_then(|t| join(here, t)) else {
                continue;
            };
            let inside = target.is_empty() || here.is_empty() || folder(&target) == here;
            if !inside || !target.ends_with(".json") {
                continue;
            }
            if let Some(found) = self::config(&target, manifests, packages, depth + 1)
                && (!found.paths.is_empty() || found.base_url.is_some())
            {
                return Some(found);
            }
        }
    }
    Some(config)
}

fn extended_paths(here: &str, base: &str, packages: &[Package]) -> Vec<String> {
    let mut out = Vec::new();
    let mut push = |path: Option<String>| {
        if let Some(path) = path {
            out.push(path.clone());
            out.push(format!("{path}.json"));
            out.push(format!("{path}/tsconfig.json"));
        }
    };
    if base.starts_with('.') || base.starts_with('/') {
        push(join(here, base));
        return out;
    }
    for package in packages {
        if let Some(rest) = base.strip_prefix(package.name.as_str())
            && (rest.is_empty() || rest.starts_with('/'))
        {
            push(join(&package.folder, rest.trim_start_matches('/')));
        }
    }
    out
}
