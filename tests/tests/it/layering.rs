//! The rooms of design chapter 3: who may use whom.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// The rooms in the order of the arrows: a crate uses only those above it.
const ROOMS: &[&str] = &[
    "ripple-schemas",
    "ripple-graph-core",
    "ripple-graph-sqlite",
    "ripple-graph-neo4j",
    "ripple-graph-analysis",
    "ripple-bus-core",
    "ripple-bus-embedded",
    "ripple-bus-kafka",
    "ripple-bus-http",
    "ripple-ingest-code",
    "ripple-ingest-links",
    "ripple-ingest-ci",
    "ripple-ingest-telemetry",
    "ripple-ingest-cost",
    "ripple-ingest-tickets",
    "ripple-impact",
    "ripple-deploy-core",
    "ripple-deploy-local",
    "ripple-deploy-kubernetes",
    "ripple-act-core",
    "ripple-act-forge",
    "ripple-act-tickets",
    "ripple-act-pager",
    "ripple-agents-core",
    "ripple-agents-policy",
    "ripple-agents-negotiation",
    "ripple-agents-models",
    "ripple-agents-design",
    "ripple-agents-codegen",
    "ripple-agents-testing",
    "ripple-agents-performance",
    "ripple-agents-deployment",
    "ripple-agents-reliability",
    "ripple-agents-cost",
    "ripple-agents-governance",
    "ripple-server",
    "ripple-cli",
    "ripple-tests-servers",
    "ripple-tests",
    "xtask",
];

/// Named by `cli`, `server` and tests only.
const BACKENDS: &[&str] = &[
    "ripple-graph-sqlite",
    "ripple-graph-neo4j",
    "ripple-bus-embedded",
    "ripple-bus-kafka",
    "ripple-deploy-local",
    "ripple-deploy-kubernetes",
];

/// None uses another.
const AGENTS: &[&str] = &[
    "ripple-agents-design",
    "ripple-agents-codegen",
    "ripple-agents-testing",
    "ripple-agents-performance",
    "ripple-agents-deployment",
    "ripple-agents-reliability",
    "ripple-agents-cost",
    "ripple-agents-governance",
];

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// Why the arrow is not allowed; `None` where it is.
fn objection(from: &str, to: &str) -> Option<String> {
    let place = |room: &str| ROOMS.iter().position(|r| *r == room);
    let (Some(user), Some(used)) = (place(from), place(to)) else {
        return Some(format!("{from} or {to} is no room of design chapter 3"));
    };
    if ["ripple-tests-servers", "xtask"].contains(&from) {
        return (!["ripple-tests-servers", "xtask"].contains(&to))
            .then(|| format!("{from} uses {to}; it must build without any crate of ours"));
    }
    if used >= user {
        return Some(format!("{from} uses {to}, which comes after it"));
    }
    if BACKENDS.contains(&to) && !["ripple-cli", "ripple-server", "ripple-tests"].contains(&from) {
        return Some(format!(
            "{from} names the backend {to}; it may use the core trait"
        ));
    }
    if AGENTS.contains(&from) && AGENTS.contains(&to) {
        return Some(format!("agent {from} uses agent {to}"));
    }
    None
}

/// Normal and build dependencies between crates of the workspace; dev-dependencies are free.
fn arrows(metadata: &Value) -> Arrows {
    let packages = metadata["packages"].as_array().expect("packages");
    let ours: BTreeSet<&str> = packages.iter().filter_map(|p| p["name"].as_str()).collect();
    let mut arrows = Arrows::new();
    for package in packages {
        let used = arrows
            .entry(package["name"].as_str().expect("name").to_owned())
            .or_default();
        for dependency in package["dependencies"].as_array().expect("dependencies") {
            let name = dependency["name"].as_str().expect("name");
            if ours.contains(name) && dependency["kind"].as_str() != Some("dev") {
                used.insert(name.to_owned());
            }
        }
    }
    arrows
}

fn metadata() -> Value {
    let told = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--no-deps",
            "--offline",
            "--format-version",
            "1",
        ])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .expect("cargo runs");
    assert!(
        told.status.success(),
        "{}",
        String::from_utf8_lossy(&told.stderr)
    );
    serde_json::from_slice(&told.stdout).expect("JSON")
}

#[test]
fn no_arrow_points_where_it_must_not() {
    let arrows = arrows(&metadata());
    assert!(arrows["ripple-cli"].len() > 3, "the metadata was read");
    let objections: Vec<String> = arrows
        .iter()
        .flat_map(|(from, used)| used.iter().filter_map(|to| objection(from, to)))
        .collect();
    assert_eq!(objections, Vec::<String>::new());
}

#[test]
fn every_crate_is_a_room_and_lives_in_its_folder() {
    let metadata = metadata();
    let root = metadata["workspace_root"].as_str().expect("root");
    for package in metadata["packages"].as_array().expect("packages") {
        let name = package["name"].as_str().expect("name");
        assert!(
            ROOMS.contains(&name),
            "{name} is no room of design chapter 3"
        );
        let manifest = package["manifest_path"].as_str().expect("path");
        let folder = manifest
            .strip_prefix(root)
            .and_then(|m| m.strip_suffix("/Cargo.toml"))
            .expect("inside the workspace")
            .trim_start_matches('/');
        let expected = name.strip_prefix("ripple-").unwrap_or(name);
        assert_eq!(
            folder.replace('/', "-"),
            expected,
            "the name follows the path"
        );
    }
}

#[test]
fn each_kind_of_forbidden_arrow_is_seen() {
    for (from, to, why) in [
        ("ripple-schemas", "ripple-graph-core", "comes after"),
        ("ripple-ingest-code", "ripple-impact", "comes after"),
        ("ripple-impact", "ripple-graph-sqlite", "names the backend"),
        (
            "ripple-graph-analysis",
            "ripple-graph-neo4j",
            "names the backend",
        ),
        ("ripple-agents-cost", "ripple-agents-design", "uses agent"),
        ("xtask", "ripple-schemas", "without any crate"),
        (
            "ripple-tests-servers",
            "ripple-schemas",
            "without any crate",
        ),
        ("ripple-cli", "ripple-utils", "no room"),
    ] {
        assert!(
            objection(from, to).is_some_and(|o| o.contains(why)),
            "{from} → {to}"
        );
    }
    for (from, to) in [
        ("ripple-cli", "ripple-graph-sqlite"),
        ("ripple-impact", "ripple-graph-core"),
        ("xtask", "ripple-tests-servers"),
    ] {
        assert_eq!(objection(from, to), None);
    }
}
