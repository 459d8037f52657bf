//! pyproject.toml, requirements files, setup.cfg, setup.py, Pipfile and the lock files of Python.

use super::cargo::{packages, string, strings, sub, table};
use super::json::{self, Json};
use super::{Dependency, Group, Manifest, line_at, problem};
use toml::de::{DeTable, DeValue};

fn empty(path: &str, lock: bool) -> Manifest {
    Manifest {
        path: path.to_owned(),
        ecosystem: "pypi",
        lock,
        ..Manifest::default()
    }
}

/// A group's name that speaks of developing.
fn group_named(name: &str) -> Group {
    let name = name.to_lowercase();
    let dev = [
        "dev", "test", "lint", "doc", "ci", "type", "format", "check", "bench", "debug", "build",
    ];
    if dev.iter().any(|d| name.contains(d)) {
        Group::Dev
    } else {
        Group::Optional
    }
}

/// PEP 508: `name[extra] >=1 ; marker`, `name @ url`.
fn requirement(text: &str, group: Group, line: u32) -> Option<Dependency> {
    let text = text.split(" #").next()?.split(';').next()?.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']').map_or("", |(_, rest)| rest),
        None => rest,
    };
    let rest = rest.trim();
    if !rest.is_empty() && !rest.starts_with(['=', '<', '>', '!', '~', '@', '(']) {
        return None;
    }
    let local = rest.starts_with("@ file:") || rest.starts_with("@ .");
    Some(Dependency {
        name: name.to_owned(),
        version: rest.to_owned(),
        group,
        line,
        local,
        ..Dependency::default()
    })
}

pub(super) fn pyproject(path: &str, text: &str) -> Manifest {
    let mut manifest = empty(path, false);
    let Some(parsed) = table(&mut manifest, text) else {
        return manifest;
    };
    let root = parsed.get_ref();
    if let Some(project) = sub(root, "project") {
        manifest.name = string(project, "name");
        list(
            project.get("dependencies").map(|v| v.get_ref()),
            Group::Normal,
            text,
            &mut manifest,
        );
        for (name, value) in sub(project, "optional-dependencies").into_iter().flatten() {
            list(
                Some(value.get_ref()),
                group_named(name.get_ref()),
                text,
                &mut manifest,
            );
        }
        if let Some(dynamic) = project.get("dynamic").and_then(|d| d.get_ref().as_array()) {
            // Computed by the build backend.
            manifest.incomplete |= dynamic
                .iter()
                .any(|d| d.get_ref().as_str() == Some("dependencies"));
        }
    }
    for (name, value) in sub(root, "dependency-groups").into_iter().flatten() {
        let _ = name;
        list(Some(value.get_ref()), Group::Dev, text, &mut manifest);
    }
    if let Some(build) = sub(root, "build-system") {
        list(
            build.get("requires").map(|v| v.get_ref()),
            Group::Build,
            text,
            &mut manifest,
        );
    }
    if let Some(tools) = sub(root, "tool") {
        if let Some(poetry) = sub(tools, "poetry") {
            manifest.name = manifest.name.take().or_else(|| string(poetry, "name"));
            poetry_table(
                sub(poetry, "dependencies"),
                Group::Normal,
                text,
                &mut manifest,
            );
            poetry_table(
                sub(poetry, "dev-dependencies"),
                Group::Dev,
                text,
                &mut manifest,
            );
            for (_, group) in sub(poetry, "group").into_iter().flatten() {
                let inner = group
                    .get_ref()
                    .as_table()
                    .and_then(|g| sub(g, "dependencies"));
                poetry_table(inner, Group::Dev, text, &mut manifest);
            }
        }
        if let Some(uv) = sub(tools, "uv") {
            list(
                uv.get("dev-dependencies").map(|v| v.get_ref()),
                Group::Dev,
                text,
                &mut manifest,
            );
        }
        for (name, groups) in sub(tools, "pdm")
            .and_then(|p| sub(p, "dev-dependencies"))
            .into_iter()
            .flatten()
        {
            let _ = name;
            list(Some(groups.get_ref()), Group::Dev, text, &mut manifest);
        }
        for (name, value) in tools {
            manifest.mentions.push(name.get_ref().to_string());
            if !["poetry", "uv", "pdm"].contains(&&**name.get_ref()) {
                strings(value.get_ref(), &mut manifest.mentions);
            }
        }
        if let Some(scripts) = sub(tools, "poetry").and_then(|p| p.get("scripts")) {
            strings(scripts.get_ref(), &mut manifest.mentions);
        }
    }
    manifest
}

fn list(value: Option<&DeValue<'_>>, group: Group, text: &str, manifest: &mut Manifest) {
    for item in value
        .and_then(|v| v.as_array())
        .into_iter()
        .flat_map(|a| a.iter())
    {
        let line = line_at(text, item.span().start);
        let Some(written) = item.get_ref().as_str() else {
            continue;
        };
        match requirement(written, group, line) {
            Some(dependency) => manifest.dependencies.push(dependency),
            None => problem(
                manifest,
                line,
                format!("`{written}` is no requirement (PEP 508)"),
            ),
        }
    }
}

fn poetry_table(table: Option<&DeTable<'_>>, group: Group, text: &str, manifest: &mut Manifest) {
    for (name, value) in table.into_iter().flatten() {
        let written = name.get_ref().to_string();
        if written == "python" {
            continue;
        }
        let mut dependency = Dependency {
            name: written,
            group,
            line: line_at(text, name.span().start),
            ..Dependency::default()
        };
        match value.get_ref() {
            DeValue::String(version) => dependency.version = version.to_string(),
            DeValue::Table(details) => {
                dependency.version = string(details, "version").unwrap_or_default();
                dependency.local = details.contains_key("path");
                if details
                    .get("optional")
                    .is_some_and(|v| v.get_ref().as_bool() == Some(true))
                {
                    dependency.group = Group::Optional;
                }
            }
            _ => {}
        }
        manifest.dependencies.push(dependency);
    }
}

/// `requirements.txt`, `requirements-dev.txt`, `dev-requirements.txt`, `requirements/base.txt`, and the
/// `.in` files they are compiled from.
pub(super) fn is_requirements(path: &str) -> bool {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let Some(stem) = name.strip_suffix(".txt").or(name.strip_suffix(".in")) else {
        return false;
    };
    stem.contains("requirements") || folder.rsplit('/').next() == Some("requirements")
}

pub(super) fn requirements(path: &str, text: &str) -> Manifest {
    let mut manifest = empty(path, false);
    let name = path.rsplit('/').next().unwrap_or(path);
    let group = match group_named(name) {
        Group::Dev => Group::Dev,
        _ => Group::Normal,
    };
    let mut continued = false;
    for (i, line) in text.lines().enumerate() {
        let more = line.trim_end().ends_with('\\');
        let skip = std::mem::replace(&mut continued, more);
        let line = line.trim().trim_end_matches('\\').trim();
        if skip || line.is_empty() || line.starts_with('#') {
            continue;
        }
        let number = i as u32 + 1;
        if let Some(egg) = line.split_once("#egg=").map(|(_, egg)| egg) {
            manifest.dependencies.extend(requirement(
                egg.split('&').next().unwrap_or(egg),
                group,
                number,
            ));
        } else if line.starts_with('-')
            || line.contains("://") && !line.contains('@')
            || line.starts_with(['.', '/'])
        {
            continue;
        } else {
            // Options such as --hash follow the requirement.
            let written = line.split(" --").next().unwrap_or(line);
            match requirement(written, group, number) {
                Some(dependency) => manifest.dependencies.push(dependency),
                None => problem(
                    &mut manifest,
                    number,
                    format!("`{written}` is no requirement (PEP 508)"),
                ),
            }
        }
    }
    manifest
}

pub(super) fn setup_cfg(path: &str, text: &str) -> Manifest {
    let mut manifest = empty(path, false);
    let (mut section, mut key, mut group) = (String::new(), String::new(), Group::Normal);
    let mut name = None;
    for (i, raw) in text.lines().enumerate() {
        let line = raw.trim();
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(header) = line.strip_prefix('[').and_then(|l| l.strip_suffix(']')) {
            section = header.trim().to_owned();
            key.clear();
            continue;
        }
        let mut value = line;
        if !raw.starts_with([' ', '\t']) {
            let Some((k, v)) = line.split_once('=') else {
                continue;
            };
            key = k.trim().to_owned();
            value = v.trim();
            if section == "metadata" && key == "name" {
                name = Some(value.to_owned());
            }
            group = match (section.as_str(), key.as_str()) {
                ("options.extras_require", extra) => group_named(extra),
                (_, "tests_require") => Group::Dev,
                (_, "setup_requires") => Group::Build,
                _ => Group::Normal,
            };
        }
        let declares = (section == "options"
            && ["install_requires", "tests_require", "setup_requires"].contains(&key.as_str()))
            || section == "options.extras_require";
        if !declares {
            if !["metadata", "options"].contains(&section.as_str()) {
                manifest.mentions.push(line.to_owned());
            }
            continue;
        }
        if value.starts_with("file:") {
            manifest.incomplete = true;
        } else if !value.is_empty() {
            manifest
                .dependencies
                .extend(requirement(value, group, i as u32 + 1));
        }
    }
    manifest.name = name;
    manifest
}

/// The literal lists of a setup.py. What it computes is not known: then the manifest is incomplete.
pub(super) fn setup_py(path: &str, text: &str) -> Manifest {
    let mut manifest = empty(path, false);
    let calls_setup = text.contains("setup(");
    for (keyword, group) in [
        ("install_requires", Group::Normal),
        ("tests_require", Group::Dev),
        ("extras_require", Group::Optional),
    ] {
        let Some(at) = text.find(keyword) else {
            continue;
        };
        let rest = text[at + keyword.len()..].trim_start();
        let Some(rest) = rest.strip_prefix('=') else {
            continue;
        };
        let start = text.len() - rest.len();
        let rest = rest.trim_start();
        let close = match rest.chars().next() {
            Some('[') => ']',
            Some('{') => '}',
            _ => {
                manifest.incomplete = true;
                continue;
            }
        };
        let Some(end) = rest.find(close) else {
            continue;
        };
        let body = &rest[..end];
        let mut at = start;
        for (i, piece) in body.split(['\'', '"']).enumerate() {
            if i % 2 == 1 {
                manifest
                    .dependencies
                    .extend(requirement(piece, group, line_at(text, at)));
            } else if piece.contains(['+', '(', '*']) {
                manifest.incomplete = true;
            }
            at += piece.len() + 1;
        }
    }
    manifest.incomplete |=
        calls_setup && manifest.dependencies.is_empty() && text.contains("requires");
    manifest
}

pub(super) fn pipfile(path: &str, text: &str) -> Manifest {
    let mut manifest = empty(path, false);
    let Some(parsed) = table(&mut manifest, text) else {
        return manifest;
    };
    poetry_table(
        sub(parsed.get_ref(), "packages"),
        Group::Normal,
        text,
        &mut manifest,
    );
    poetry_table(
        sub(parsed.get_ref(), "dev-packages"),
        Group::Dev,
        text,
        &mut manifest,
    );
    if let Some(scripts) = parsed.get_ref().get("scripts") {
        strings(scripts.get_ref(), &mut manifest.mentions);
    }
    manifest
}

pub(super) fn pipfile_lock(path: &str, text: &str) -> Manifest {
    let mut manifest = empty(path, true);
    let json = match json::parse(text) {
        Ok(json) => json,
        Err((line, why)) => {
            problem(&mut manifest, line, why);
            return manifest;
        }
    };
    for (section, group) in [("default", Group::Normal), ("develop", Group::Dev)] {
        for (name, line, value) in json.get(section).map(Json::entries).unwrap_or_default() {
            let version = value
                .get("version")
                .and_then(Json::text)
                .unwrap_or_default();
            manifest.dependencies.push(Dependency {
                name: name.clone(),
                version: version.trim_start_matches("==").to_owned(),
                group,
                line: *line,
                ..Dependency::default()
            });
        }
    }
    manifest
}

/// poetry.lock and uv.lock.
pub(super) fn toml_lock(path: &str, text: &str) -> Manifest {
    let mut manifest = empty(path, true);
    packages(&mut manifest, text, |package| {
        let source = sub(package, "source");
        !source.is_some_and(|s| {
            ["editable", "virtual", "directory", "path"]
                .iter()
                .any(|k| s.contains_key(*k))
                || string(s, "type").as_deref() == Some("directory")
        })
    });
    manifest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(m: &Manifest) -> Vec<(&str, &str, Group, u32)> {
        m.dependencies
            .iter()
            .map(|d| (d.name.as_str(), d.version.as_str(), d.group, d.line))
            .collect()
    }

    #[test]
    fn a_pyproject_declares_in_all_its_dialects() {
        let text = "[project]\nname = \"shop\"\ndependencies = [\n  \"requests[socks]>=2 ; python_version > '3'\",\n]\n[project.optional-dependencies]\ntest = [\"pytest\"]\n[tool.poetry.dependencies]\npython = \"^3.9\"\nflask = \"^2\"\n[tool.poetry.group.dev.dependencies]\nblack = \"*\"\n[dependency-groups]\nlint = [\"ruff>=0.1\", {include-group = \"x\"}]\n";
        let m = pyproject("pyproject.toml", text);
        assert_eq!(
            found(&m),
            [
                ("requests", ">=2", Group::Normal, 4),
                ("pytest", "", Group::Dev, 7),
                ("ruff", ">=0.1", Group::Dev, 14),
                ("flask", "^2", Group::Normal, 10),
                ("black", "*", Group::Dev, 12),
            ]
        );
        assert_eq!(m.name.as_deref(), Some("shop"));
    }

    #[test]
    fn a_requirements_file_is_read_line_by_line() {
        let text = "# c\n-r base.txt\nDjango==4.2 \\\n    --hash=sha256:aa\nrequests>=2 # why\ngit+https://h.example/x.git#egg=thing\n./local\n!!\n";
        let m = requirements("requirements.txt", text);
        let names: Vec<_> = found(&m).iter().map(|d| (d.0, d.3)).collect();
        assert_eq!(names, [("Django", 3), ("requests", 5), ("thing", 6)]);
        assert_eq!((m.problems.len(), m.problems[0].line), (1, 8));
        assert_eq!(
            found(&requirements("requirements-dev.txt", "x"))[0].2,
            Group::Dev
        );
    }

    #[test]
    fn setup_files_are_read_as_text() {
        let cfg = setup_cfg(
            "setup.cfg",
            "[metadata]\nname = shop\n[options]\ninstall_requires =\n    requests>=2\n    attrs\n[options.extras_require]\ntest = pytest\n[flake8]\nplugins = bugbear\n",
        );
        assert_eq!(
            found(&cfg),
            [
                ("requests", ">=2", Group::Normal, 5),
                ("attrs", "", Group::Normal, 6),
                ("pytest", "", Group::Dev, 8)
            ]
        );
        let py = setup_py(
            "setup.py",
            "from setuptools import setup\nsetup(\n  install_requires=[\n    'requests>=2',\n    \"attrs\",\n  ],\n)\n",
        );
        assert_eq!(
            found(&py),
            [
                ("requests", ">=2", Group::Normal, 4),
                ("attrs", "", Group::Normal, 5)
            ]
        );
        assert!(
            !py.incomplete && setup_py("setup.py", "setup(install_requires=read())").incomplete
        );
    }

    #[test]
    fn lock_files_give_the_chosen_versions() {
        let m = toml_lock(
            "uv.lock",
            "version = 1\n[[package]]\nname = \"a\"\nversion = \"1.0\"\nsource = { registry = \"x\" }\n[[package]]\nname = \"me\"\nversion = \"0.1\"\nsource = { editable = \".\" }\n",
        );
        assert_eq!(
            m.dependencies.iter().map(|d| d.local).collect::<Vec<_>>(),
            [false, true]
        );
        let m = pipfile_lock(
            "Pipfile.lock",
            "{\"default\": {\n\"a\": {\"version\": \"==1.0\"}}, \"develop\": {}}",
        );
        assert_eq!(found(&m), [("a", "1.0", Group::Normal, 2)]);
    }
}
