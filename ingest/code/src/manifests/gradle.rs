//! Gradle builds, Groovy and Kotlin, and their version catalogs: read as text, never run.
//!
//! Goes in: one script or catalog, and afterwards all of a tree. Comes out: declared packages. What a
//! script computes is not known: a version in a variable is looked up where a plain assignment says it.

use super::{Dependency, Group, Manifest, problem};
use std::collections::BTreeMap;
use std::sync::Arc;
use toml::de::{DeTable, DeValue};

/// Names of catalog entries begin so in a script.
const CATALOG: &str = "libs.";

/// What a configuration is for; `None` where the word is none.
fn configuration(word: &str) -> Option<Group> {
    Some(match word {
        "implementation" | "api" | "compile" | "runtimeOnly" | "runtime" | "compileOnlyApi" => {
            Group::Normal
        }
        "compileOnly" | "providedCompile" | "providedRuntime" => Group::Peer,
        "annotationProcessor" | "kapt" | "ksp" | "classpath" | "testAnnotationProcessor" => {
            Group::Build
        }
        "developmentOnly" => Group::Dev,
        _ if word.ends_with("Implementation")
            || word.ends_with("RuntimeOnly")
            || word.ends_with("CompileOnly")
            || word.ends_with("Api") =>
        {
            if word.to_ascii_lowercase().contains("test") || word.starts_with("jmh") {
                Group::Dev
            } else {
                Group::Normal
            }
        }
        "testCompile" | "testRuntime" | "androidTestCompile" => Group::Dev,
        _ => return None,
    })
}

pub(super) fn script(path: &str, text: &str) -> Manifest {
    let mut manifest = Manifest {
        path: path.to_owned(),
        ecosystem: "maven",
        ..Manifest::default()
    };
    let values = assignments(text);
    let mut comment = false;
    for (index, line) in text.lines().enumerate() {
        let mut line = line.trim();
        if comment {
            match line.split_once("*/") {
                Some((_, rest)) => line = rest.trim(),
                None => continue,
            }
            comment = false;
        }
        if let Some((before, after)) = line.split_once("/*")
            && !after.contains("*/")
        {
            comment = true;
            line = before.trim();
        }
        if line.starts_with("//") {
            continue;
        }
        // `dependencies { implementation 'a:b:1' }` on one line.
        for part in line.split(['{', ';', '}']) {
            dependency(&mut manifest, part.trim(), index as u32 + 1, &values);
        }
    }
    manifest
}

fn dependency(manifest: &mut Manifest, line: &str, at: u32, values: &BTreeMap<String, String>) {
    let end = line
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
        .unwrap_or(line.len());
    let (word, rest) = line.split_at(end);
    let Some(group) = configuration(word) else {
        return;
    };
    if !rest.starts_with([' ', '(', '\t']) {
        return;
    }
    let rest = rest.trim_start_matches([' ', '(', '\t']);
    if rest.starts_with("project") {
        return;
    }
    let inner = ["platform(", "enforcedPlatform(", "testFixtures("]
        .iter()
        .find_map(|wrap| rest.strip_prefix(wrap))
        .unwrap_or(rest);
    if inner.starts_with("project") {
        return;
    }
    let mut push = |name: String, version: String| {
        manifest.dependencies.push(Dependency {
            name,
            version,
            group,
            line: at,
            ..Dependency::default()
        });
    };
    if let Some(entry) = inner.strip_prefix(CATALOG) {
        let end = entry
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_')))
            .unwrap_or(entry.len());
        push(format!("{CATALOG}{}", &entry[..end]), String::new());
        return;
    }
    if inner.contains("group") && inner.contains("name") {
        let named = |key: &str| {
            let at = inner.find(key)?;
            quoted(&inner[at + key.len()..])
        };
        if let (Some(group), Some(name)) = (named("group"), named("name")) {
            let version = named("version").unwrap_or_default();
            push(format!("{group}/{name}"), filled(&version, values));
        }
        return;
    }
    if let Some(text) = quoted(inner).filter(|_| inner.starts_with(['"', '\''])) {
        let text = filled(&text, values);
        let mut parts = text.split(':');
        if let (Some(group), Some(name)) = (parts.next(), parts.next()) {
            let version = parts.next().unwrap_or_default();
            let version = version.split('@').next().unwrap_or_default();
            push(format!("{group}/{name}"), version.to_owned());
        }
    }
}

/// The first quoted text.
fn quoted(text: &str) -> Option<String> {
    let start = text.find(['"', '\''])?;
    let quote = text[start..].chars().next()?;
    let rest = &text[start + 1..];
    Some(rest[..rest.find(quote)?].to_owned())
}

/// Plain assignments of strings: `def v = '1'`, `val v = "1"`, `ext.v = '1'`, `set("v", "1")`, `v=1`.
fn assignments(text: &str) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    for line in text.lines() {
        let Some((left, right)) = line.split_once('=') else {
            continue;
        };
        let name = left
            .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')))
            .rfind(|w| !w.is_empty());
        if let (Some(name), Some(value)) = (name, quoted(right)) {
            let name = name.rsplit('.').next().unwrap_or(name);
            out.insert(name.to_owned(), value);
        }
    }
    out
}

/// `$v` and `${v}` replaced where the file says their value.
fn filled(text: &str, values: &BTreeMap<String, String>) -> String {
    let mut out = text.to_owned();
    for (name, value) in values.iter().rev() {
        out = out
            .replace(&format!("${{{name}}}"), value)
            .replace(&format!("${name}"), value);
    }
    out
}

pub(super) fn catalog(path: &str, text: &str) -> Manifest {
    let mut manifest = Manifest {
        path: path.to_owned(),
        ecosystem: "maven",
        ..Manifest::default()
    };
    let Some(table) = super::cargo::table(&mut manifest, text) else {
        return manifest;
    };
    let table = table.get_ref();
    fn section<'a>(table: &'a DeTable<'a>, name: &str) -> Option<&'a DeTable<'a>> {
        table.get(name).and_then(|v| v.get_ref().as_table())
    }
    let versions = section(table, "versions");
    let version_of = |value: Option<&DeValue<'_>>| -> String {
        let named = |name: &str| {
            let found = versions.and_then(|v| v.get(name))?;
            found.get_ref().as_str().map(str::to_owned)
        };
        match value {
            Some(DeValue::String(text)) => text.to_string(),
            Some(DeValue::Table(table)) => table
                .get("ref")
                .and_then(|r| r.get_ref().as_str())
                .and_then(named)
                .or_else(|| {
                    let strictly = table.get("strictly").or_else(|| table.get("require"));
                    strictly.and_then(|s| s.get_ref().as_str().map(str::to_owned))
                })
                .unwrap_or_default(),
            _ => String::new(),
        }
    };
    let Some(libraries) = section(table, "libraries") else {
        return manifest;
    };
    for (key, value) in libraries {
        let mut dependency = Dependency {
            alias: Some(key.get_ref().replace(['-', '_'], ".")),
            line: super::line_at(text, key.span().start),
            ..Dependency::default()
        };
        match value.get_ref() {
            DeValue::String(text) => {
                let mut parts = text.split(':');
                let (group, name) = (parts.next(), parts.next());
                dependency.name = format!("{}/{}", group.unwrap_or(""), name.unwrap_or(""));
                dependency.version = parts.next().unwrap_or_default().to_owned();
            }
            DeValue::Table(table) => {
                let text = |name: &str| {
                    let value = table.get(name).and_then(|v| v.get_ref().as_str());
                    value.unwrap_or_default().to_owned()
                };
                dependency.name = match text("module").split_once(':') {
                    Some((group, name)) => format!("{group}/{name}"),
                    None => format!("{}/{}", text("group"), text("name")),
                };
                let version = table.get("version").or_else(|| table.get("version.ref"));
                dependency.version = version_of(version.map(|v| v.get_ref()));
            }
            _ => continue,
        }
        manifest.dependencies.push(dependency);
    }
    manifest
}

/// `group:name:version=configurations`.
pub(super) fn lock(path: &str, text: &str) -> Manifest {
    let mut manifest = Manifest {
        path: path.to_owned(),
        ecosystem: "maven",
        lock: true,
        ..Manifest::default()
    };
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.starts_with('#') || line.starts_with("empty=") {
            continue;
        }
        let mut parts = line.split('=').next().unwrap_or("").split(':');
        if let (Some(group), Some(name), Some(version)) = (parts.next(), parts.next(), parts.next())
        {
            manifest.dependencies.push(Dependency {
                name: format!("{group}/{name}"),
                version: version.to_owned(),
                line: index as u32 + 1,
                ..Dependency::default()
            });
        }
    }
    manifest
}

/// Scripts of one tree together with their catalogs: `libs.junit.jupiter` becomes what it stands for.
pub(super) fn settle(manifests: &mut [Arc<Manifest>]) {
    let entries: BTreeMap<String, Dependency> = manifests
        .iter()
        .filter(|m| m.path.ends_with(".versions.toml"))
        .flat_map(|m| m.dependencies.iter())
        .filter_map(|d| Some((d.alias.clone()?, d.clone())))
        .collect();
    for manifest in manifests.iter_mut() {
        if !manifest
            .dependencies
            .iter()
            .any(|d| d.name.starts_with(CATALOG))
        {
            continue;
        }
        let mut settled = (**manifest).clone();
        let mut unknown = Vec::new();
        settled.dependencies.retain_mut(|d| {
            let Some(alias) = d.name.strip_prefix(CATALOG) else {
                return true;
            };
            match entries.get(alias) {
                Some(found) => {
                    d.version.clone_from(&found.version);
                    d.name = found.name.clone();
                    true
                }
                // Bundles and plug-ins are groups of entries.
                None => {
                    let group = alias.starts_with("bundles.") || alias.starts_with("plugins.");
                    if !group {
                        unknown.push((d.line, format!("no version catalog has `{}`", d.name)));
                    }
                    false
                }
            }
        });
        for (line, why) in unknown {
            problem(&mut settled, line, why);
        }
        *manifest = Arc::new(settled);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(manifest: &Manifest) -> Vec<(String, String, Group)> {
        let all = manifest.dependencies.iter();
        all.map(|d| (d.name.clone(), d.version.clone(), d.group))
            .collect()
    }

    #[test]
    fn groovy_and_kotlin_scripts_are_read_as_text() {
        let text = "def slf4j = '2.0.9'\ndependencies {\n  implementation \"org.slf4j:slf4j-api:$slf4j\"\n  testImplementation(\"org.junit.jupiter:junit-jupiter:5.10.0\")\n  api project(':core')\n  compileOnly group: 'javax.servlet', name: 'servlet-api', version: '2.5'\n  // implementation 'x:y:1'\n  runtimeOnly(platform('a:b:1'))\n}\n";
        assert_eq!(
            names(&script("build.gradle", text)),
            [
                ("org.slf4j/slf4j-api".into(), "2.0.9".into(), Group::Normal),
                (
                    "org.junit.jupiter/junit-jupiter".into(),
                    "5.10.0".into(),
                    Group::Dev
                ),
                (
                    "javax.servlet/servlet-api".into(),
                    "2.5".into(),
                    Group::Peer
                ),
                ("a/b".into(), "1".into(), Group::Normal),
            ]
        );
    }

    #[test]
    fn a_catalog_says_what_its_entries_stand_for() {
        let toml = "[versions]\njunit = \"5.10.0\"\n[libraries]\njunit-jupiter = { module = \"org.junit.jupiter:junit-jupiter\", version.ref = \"junit\" }\nguava = \"com.google.guava:guava:33.0\"\n";
        let text = "dependencies {\n  testImplementation(libs.junit.jupiter)\n  implementation libs.guava\n  implementation libs.nothing\n}\n";
        let mut all = vec![
            Arc::new(catalog("gradle/libs.versions.toml", toml)),
            Arc::new(script("build.gradle.kts", text)),
        ];
        settle(&mut all);
        assert_eq!(
            names(&all[1]),
            [
                (
                    "org.junit.jupiter/junit-jupiter".into(),
                    "5.10.0".into(),
                    Group::Dev
                ),
                (
                    "com.google.guava/guava".into(),
                    "33.0".into(),
                    Group::Normal
                ),
            ]
        );
        assert_eq!(all[1].problems.len(), 1);
    }
}
