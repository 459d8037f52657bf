//! Cargo.toml and Cargo.lock.

use super::{Dependency, Group, Manifest, line_at, problem};
use toml::de::{DeTable, DeValue};

pub(super) fn manifest(path: &str, text: &str) -> Manifest {
    let mut manifest = Manifest {
        path: path.to_owned(),
        ecosystem: "cargo",
        ..Manifest::default()
    };
    let Some(table) = super::cargo::table(&mut manifest, text) else {
        return manifest;
    };
    let table = table.get_ref();
    if let Some(package) = sub(table, "package") {
        manifest.name = string(package, "name");
        if let Some(metadata) = package.get("metadata") {
            strings(metadata.get_ref(), &mut manifest.mentions);
        }
    }
    let mut sections = vec![table];
    if let Some(targets) = sub(table, "target") {
        sections.extend(targets.values().filter_map(|t| t.get_ref().as_table()));
    }
    for section in sections {
        for (name, group) in [
            ("dependencies", Group::Normal),
            ("dev-dependencies", Group::Dev),
            ("dev_dependencies", Group::Dev),
            ("build-dependencies", Group::Build),
            ("build_dependencies", Group::Build),
        ] {
            if let Some(dependencies) = sub(section, name) {
                manifest
                    .dependencies
                    .extend(declared(dependencies, group, text));
            }
        }
    }
    manifest
}

fn declared(table: &DeTable<'_>, group: Group, text: &str) -> Vec<Dependency> {
    let mut out = Vec::new();
    for (key, value) in table {
        let written = key.get_ref().to_string();
        let mut dependency = Dependency {
            name: written.clone(),
            group,
            line: line_at(text, key.span().start),
            ..Dependency::default()
        };
        match value.get_ref() {
            DeValue::String(version) => dependency.version = version.to_string(),
            DeValue::Table(details) => {
                if let Some(name) = string(details, "package") {
                    dependency.name = name;
                    dependency.alias = Some(written);
                }
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
        out.push(dependency);
    }
    out
}

pub(super) fn lock(path: &str, text: &str) -> Manifest {
    let mut manifest = Manifest {
        path: path.to_owned(),
        ecosystem: "cargo",
        lock: true,
        ..Manifest::default()
    };
    packages(&mut manifest, text, |package| {
        package.contains_key("source")
    });
    manifest
}

/// The `[[package]]` tables of a lock file; `outside` tells those that come from a registry.
pub(super) fn packages(
    manifest: &mut Manifest,
    text: &str,
    outside: impl Fn(&DeTable<'_>) -> bool,
) {
    let Some(table) = table(manifest, text) else {
        return;
    };
    let Some(packages) = table
        .get_ref()
        .get("package")
        .and_then(|p| p.get_ref().as_array())
    else {
        return;
    };
    for package in packages.iter() {
        let start = package.span().start;
        let Some(package) = package.get_ref().as_table() else {
            continue;
        };
        let Some(name) = package.get("name") else {
            continue;
        };
        let Some(text_name) = name.get_ref().as_str() else {
            continue;
        };
        manifest.dependencies.push(Dependency {
            name: text_name.to_owned(),
            version: string(package, "version").unwrap_or_default(),
            line: line_at(text, name.span().start.max(start)),
            local: !outside(package),
            ..Dependency::default()
        });
    }
}

/// Parses; a malformed document becomes a problem with its line.
pub(super) fn table<'t>(
    manifest: &mut Manifest,
    text: &'t str,
) -> Option<toml::Spanned<DeTable<'t>>> {
    // Recursion in the parser is bounded by the library.
    match DeTable::parse(text) {
        Ok(table) => Some(table),
        Err(error) => {
            let line = error.span().map_or(1, |span| line_at(text, span.start));
            problem(
                manifest,
                line,
                format!("malformed TOML: {}", error.message()),
            );
            None
        }
    }
}

pub(super) fn sub<'a, 't>(table: &'a DeTable<'t>, name: &str) -> Option<&'a DeTable<'t>> {
    table.get(name)?.get_ref().as_table()
}

pub(super) fn string(table: &DeTable<'_>, name: &str) -> Option<String> {
    Some(table.get(name)?.get_ref().as_str()?.to_owned())
}

/// Every string inside, keys included.
pub(super) fn strings(value: &DeValue<'_>, out: &mut Vec<String>) {
    match value {
        DeValue::String(text) => out.push(text.to_string()),
        DeValue::Array(values) => values.iter().for_each(|v| strings(v.get_ref(), out)),
        DeValue::Table(table) => {
            for (key, value) in table {
                out.push(key.get_ref().to_string());
                strings(value.get_ref(), out);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_of_every_table_are_declared_with_their_lines() {
        let text = "[package]\nname = \"shop\"\n[dependencies]\nserde = \"1\"\nold = { package = \"new-name\", version = \"2\" }\nhere = { path = \"../here\" }\n[target.'cfg(unix)'.dependencies]\nlibc = { version = \"0.2\", optional = true }\n[dev-dependencies.proptest]\nversion = \"1\"\n";
        let m = manifest("Cargo.toml", text);
        let found: Vec<_> = m
            .dependencies
            .iter()
            .map(|d| (d.name.as_str(), d.group, d.line, d.local))
            .collect();
        assert_eq!(m.name.as_deref(), Some("shop"));
        assert!(
            found.contains(&("serde", Group::Normal, 4, false)),
            "{found:?}"
        );
        assert!(found.contains(&("new-name", Group::Normal, 5, false)));
        assert!(found.contains(&("here", Group::Normal, 6, true)));
        assert!(found.contains(&("libc", Group::Optional, 8, false)));
        assert!(found.contains(&("proptest", Group::Dev, 9, false)));
        assert_eq!(found.len(), 5);
    }

    #[test]
    fn a_malformed_manifest_is_a_problem_at_its_line() {
        let m = manifest("Cargo.toml", "[package]\nname = \n");
        assert_eq!(
            (m.problems.len(), m.problems[0].line, m.incomplete),
            (1, 2, true)
        );
    }

    #[test]
    fn a_lock_file_gives_the_chosen_versions() {
        let m = lock(
            "Cargo.lock",
            "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"1.2.3\"\nsource = \"registry+x\"\n\n[[package]]\nname = \"me\"\nversion = \"0.1.0\"\n",
        );
        let found: Vec<_> = m
            .dependencies
            .iter()
            .map(|d| (d.name.as_str(), d.version.as_str(), d.line, d.local))
            .collect();
        assert_eq!(found, [("a", "1.2.3", 4, false), ("me", "0.1.0", 9, true)]);
    }
}
