//! pom.xml: dependencies, with versions from properties, parents and dependency management.
//!
//! Goes in: one pom, and afterwards all of a tree. Comes out: declared packages. Nothing is fetched: a
//! parent that is not in the tree is said to be missing, and what it would have said stays open.

use super::{Dependency, Group, Manifest, problem};
use crate::read::Note;
use quick_xml::Reader;
use quick_xml::events::Event;
use ripple_schemas::BlindKind;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Elements nested deeper than this are not read.
const MAX_DEPTH: usize = 64;
/// Parents and properties of properties are followed so far.
const MAX_STEPS: usize = 16;

/// What a pom says that other poms, or its own dependencies, need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// Group, artifact, version; empty where the parent says.
    pub coordinates: (String, String, String),
    /// The parent's coordinates and path, with the line that names it.
    pub parent: Option<Parent>,
    /// Properties by name.
    pub properties: BTreeMap<String, String>,
    /// Managed versions by `group/artifact`.
    pub managed: BTreeMap<String, String>,
}

/// The parent of a pom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parent {
    /// Group, artifact, version.
    pub coordinates: (String, String, String),
    /// Where it lies, from the pom's folder; empty where only a registry has it.
    pub path: String,
    /// Line, counted from 1.
    pub line: u32,
}

/// An XML element.
#[derive(Debug, Default)]
struct Element {
    name: String,
    text: String,
    line: u32,
    children: Vec<Element>,
}

impl Element {
    fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|c| c.name == name)
    }

    fn text_of(&self, name: &str) -> String {
        self.child(name)
            .map_or(String::new(), |c| c.text.trim().to_owned())
    }

    fn each<'a>(&'a self, list: &str, item: &'a str) -> impl Iterator<Item = &'a Element> {
        let children = self.child(list).map_or(&[][..], |l| l.children.as_slice());
        children.iter().filter(move |c| c.name == item)
    }
}

fn parse(text: &str) -> Result<Element, (u32, String)> {
    let mut reader = Reader::from_str(text);
    let mut stack = vec![Element::default()];
    let mut skipped = 0usize;
    let (mut line, mut counted) = (1, 0);
    loop {
        let at = (reader.buffer_position() as usize).min(text.len());
        let lines = text.as_bytes()[counted..at.max(counted)].iter();
        line += lines.filter(|&&b| b == b'\n').count() as u32;
        counted = at.max(counted);
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                if stack.len() > MAX_DEPTH {
                    skipped += 1;
                    continue;
                }
                let name = start.local_name().as_ref().to_owned();
                stack.push(Element {
                    name,
                    line,
                    ..Element::default()
                });
            }
            Ok(Event::Empty(start)) => {
                let name = start.local_name().as_ref().to_owned();
                if let Some(top) = stack.last_mut() {
                    top.children.push(Element {
                        name,
                        line,
                        ..Element::default()
                    });
                }
            }
            Ok(Event::End(_)) => {
                if skipped > 0 {
                    skipped -= 1;
                    continue;
                }
                if let Some(done) = stack.pop()
                    && let Some(top) = stack.last_mut()
                {
                    top.children.push(done);
                }
            }
            Ok(Event::Text(part)) => {
                if let Some(top) = stack.last_mut() {
                    top.text.push_str(&part);
                }
            }
            Ok(Event::CData(part)) => {
                if let Some(top) = stack.last_mut() {
                    top.text.push_str(&part);
                }
            }
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => return Err((line, format!("not XML: {error}"))),
        }
    }
    let root = stack.swap_remove(0);
    match root.children.into_iter().find(|c| c.name == "project") {
        Some(project) => Ok(project),
        None => Err((1, "not a pom: an element `project` was expected".to_owned())),
    }
}

pub(super) fn manifest(path: &str, text: &str) -> Manifest {
    let mut manifest = Manifest {
        path: path.to_owned(),
        ecosystem: "maven",
        ..Manifest::default()
    };
    let root = match parse(text) {
        Ok(root) => root,
        Err((line, why)) => {
            problem(&mut manifest, line, why);
            return manifest;
        }
    };
    let coordinates = |e: &Element| {
        (
            e.text_of("groupId"),
            e.text_of("artifactId"),
            e.text_of("version"),
        )
    };
    let mut project = Project {
        coordinates: coordinates(&root),
        ..Project::default()
    };
    if let Some(parent) = root.child("parent") {
        let own = coordinates(parent);
        if project.coordinates.0.is_empty() {
            project.coordinates.0.clone_from(&own.0);
        }
        if project.coordinates.2.is_empty() {
            project.coordinates.2.clone_from(&own.2);
        }
        let written = parent.child("relativePath");
        project.parent = Some(Parent {
            coordinates: own,
            path: written.map_or("../pom.xml".to_owned(), |e| e.text.trim().to_owned()),
            line: parent.line,
        });
    }
    if let Some(properties) = root.child("properties") {
        for property in &properties.children {
            let value = property.text.trim().to_owned();
            project.properties.insert(property.name.clone(), value);
        }
    }
    if let Some(management) = root.child("dependencyManagement") {
        for managed in management.each("dependencies", "dependency") {
            let (group, artifact, version) = coordinates(managed);
            project
                .managed
                .insert(format!("{group}/{artifact}"), version);
        }
    }
    for dependency in root.each("dependencies", "dependency") {
        manifest.dependencies.push(declared(dependency));
    }
    for profile in root.each("profiles", "profile") {
        for dependency in profile.each("dependencies", "dependency") {
            manifest.dependencies.push(declared(dependency));
        }
    }
    if let Some(build) = root.child("build") {
        for plugin in build.each("plugins", "plugin") {
            let (group, artifact, version) = coordinates(plugin);
            let group = if group.is_empty() {
                "org.apache.maven.plugins".to_owned()
            } else {
                group
            };
            manifest.dependencies.push(Dependency {
                name: format!("{group}/{artifact}"),
                version,
                group: Group::Build,
                line: plugin.line,
                ..Dependency::default()
            });
        }
    }
    manifest.name = Some(format!(
        "{}/{}",
        project.coordinates.0, project.coordinates.1
    ));
    manifest.project = Some(Arc::new(project));
    fill(&mut manifest, &BTreeMap::new());
    manifest
}

fn declared(element: &Element) -> Dependency {
    let optional = element.text_of("optional") == "true";
    let group = match element.text_of("scope").as_str() {
        "test" => Group::Dev,
        "provided" => Group::Peer,
        _ if optional => Group::Optional,
        _ => Group::Normal,
    };
    Dependency {
        name: format!(
            "{}/{}",
            element.text_of("groupId"),
            element.text_of("artifactId")
        ),
        version: element.text_of("version"),
        group,
        line: element.line,
        ..Dependency::default()
    }
}

/// Replaces `${…}` in what a pom declares, as far as it and its parents say.
fn fill(manifest: &mut Manifest, by_path: &BTreeMap<String, Arc<Manifest>>) {
    let Some(own) = manifest.project.clone() else {
        return;
    };
    let mut chain = vec![own.clone()];
    let mut path = manifest.path.clone();
    let mut missing = None;
    while let Some(parent) = chain.last().and_then(|p| p.parent.clone()) {
        let found = parent_of(&path, &parent, by_path);
        match found {
            Some((at, project)) if chain.len() < MAX_STEPS => {
                path = at;
                chain.push(project);
            }
            _ => {
                missing = Some((parent, chain.len()));
                break;
            }
        }
    }
    let resolve = |text: &str| -> String {
        let mut text = text.to_owned();
        for _ in 0..MAX_STEPS {
            let Some(start) = text.find("${") else { break };
            let Some(length) = text[start..].find('}') else {
                break;
            };
            let name = &text[start + 2..start + length];
            let value = match name {
                "project.groupId" | "pom.groupId" | "groupId" => Some(own.coordinates.0.clone()),
                "project.artifactId" => Some(own.coordinates.1.clone()),
                "project.version" | "pom.version" | "version" => Some(own.coordinates.2.clone()),
                "project.parent.groupId" => own.parent.as_ref().map(|p| p.coordinates.0.clone()),
                "project.parent.version" => own.parent.as_ref().map(|p| p.coordinates.2.clone()),
                _ => chain.iter().find_map(|p| p.properties.get(name).cloned()),
            };
            match value {
                Some(value) => text.replace_range(start..=start + length, &value),
                None => break,
            }
        }
        text
    };
    for dependency in &mut manifest.dependencies {
        dependency.name = resolve(&dependency.name);
        if dependency.version.is_empty() {
            let managed = chain.iter().find_map(|p| {
                p.managed
                    .iter()
                    .find(|(name, _)| resolve(name) == dependency.name)
                    .map(|(_, version)| version.clone())
            });
            dependency.version = managed.unwrap_or_default();
        }
        dependency.version = resolve(&dependency.version);
    }
    if let Some(name) = &mut manifest.name {
        *name = resolve(name);
    }
    if let Some((parent, depth)) = missing
        && !by_path.is_empty()
    {
        let (group, artifact, version) = &parent.coordinates;
        manifest.incomplete = true;
        manifest.problems.push(Note {
            kind: BlindKind::UnresolvedImport,
            line: if depth == 1 { parent.line } else { 1 },
            why: format!(
                "the parent {group}:{artifact}:{version} is not in the repository: what it says of dependencies, versions and properties is unknown"
            ),
        });
    }
}

fn parent_of(
    path: &str,
    parent: &Parent,
    by_path: &BTreeMap<String, Arc<Manifest>>,
) -> Option<(String, Arc<Project>)> {
    if parent.path.is_empty() {
        return None;
    }
    let mut parts: Vec<&str> = path.split('/').collect();
    parts.pop();
    for step in parent.path.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            _ => parts.push(step),
        }
    }
    let mut at = parts.join("/");
    if !at.ends_with(".xml") {
        at = if at.is_empty() {
            "pom.xml".to_owned()
        } else {
            format!("{at}/pom.xml")
        };
    }
    let found = by_path.get(&at)?.project.clone()?;
    (found.coordinates.1 == parent.coordinates.1).then_some((at, found))
}

/// Poms of one tree together: versions that parents give, and modules of the tree itself.
pub(super) fn settle(manifests: &mut [Arc<Manifest>]) {
    let by_path: BTreeMap<String, Arc<Manifest>> = manifests
        .iter()
        .filter(|m| m.project.is_some())
        .map(|m| (m.path.clone(), m.clone()))
        .collect();
    if by_path.is_empty() {
        return;
    }
    let own: Vec<String> = by_path.values().filter_map(|m| m.name.clone()).collect();
    for manifest in manifests.iter_mut().filter(|m| m.project.is_some()) {
        let mut filled = (**manifest).clone();
        fill(&mut filled, &by_path);
        for dependency in &mut filled.dependencies {
            dependency.local |= own.contains(&dependency.name);
        }
        if filled != **manifest {
            *manifest = Arc::new(filled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "<project><groupId>shop</groupId><artifactId>all</artifactId><version>1.2</version>
        <properties><junit.version>5.10.0</junit.version></properties>
        <dependencyManagement><dependencies><dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId><version>2.0.9</version></dependency></dependencies></dependencyManagement>
        <modules><module>core</module></modules></project>";
    const CHILD: &str = "<project><parent><groupId>shop</groupId><artifactId>all</artifactId><version>1.2</version></parent>
        <artifactId>core</artifactId><dependencies>
        <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-api</artifactId></dependency>
        <dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><version>${junit.version}</version><scope>test</scope></dependency>
        <dependency><groupId>${project.groupId}</groupId><artifactId>util</artifactId><version>${project.version}</version></dependency>
        </dependencies></project>";

    fn settled(files: &[(&str, &str)]) -> Vec<Arc<Manifest>> {
        let mut all: Vec<Arc<Manifest>> = files
            .iter()
            .map(|(path, text)| Arc::new(manifest(path, text)))
            .collect();
        settle(&mut all);
        all
    }

    #[test]
    fn versions_come_from_parents_properties_and_management() {
        let all = settled(&[("pom.xml", PARENT), ("core/pom.xml", CHILD)]);
        let seen: Vec<(&str, &str, Group)> = all[1]
            .dependencies
            .iter()
            .map(|d| (d.name.as_str(), d.version.as_str(), d.group))
            .collect();
        assert_eq!(
            seen,
            [
                ("org.slf4j/slf4j-api", "2.0.9", Group::Normal),
                ("org.junit.jupiter/junit-jupiter", "5.10.0", Group::Dev),
                ("shop/util", "1.2", Group::Normal),
            ]
        );
        assert!(all[1].problems.is_empty(), "{:?}", all[1].problems);
    }

    #[test]
    fn a_parent_that_is_not_there_is_said_to_be_missing() {
        let all = settled(&[("core/pom.xml", CHILD)]);
        assert_eq!(all[0].problems.len(), 1);
        assert!(all[0].problems[0].why.contains("shop:all:1.2"));
    }

    #[test]
    fn a_missing_parent_is_told_of_even_where_no_version_is_open() {
        let pom = "<project>
            <parent><groupId>shop</groupId><artifactId>all</artifactId><version>1</version></parent>
            <artifactId>core</artifactId></project>";
        let all = settled(&[("core/pom.xml", pom), ("other/pom.xml", PARENT)]);
        assert_eq!(all[0].problems.len(), 1);
        assert!(all[0].incomplete);
        assert!(all[1].problems.is_empty());
    }

    #[test]
    fn a_broken_pom_is_a_problem_with_its_line() {
        let broken = manifest("pom.xml", "<project>\n<dependencies>\n</project>");
        assert_eq!(broken.problems.len(), 1);
        assert!(broken.incomplete);
    }
}
