//! The files generated from these types are current. `UPDATE=1`, or `cargo xtask schemas`, writes
//! them.

use ripple_schemas::key::PREFIXES;
use ripple_schemas::{
    CalibrationAnswer, Edge, EdgeKind, ImpactAnswer, Model, Node, NodeKind, Phantom, Rule, State,
    TestToRun,
};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Every generated file, by its path in the work tree.
fn generated() -> Vec<(PathBuf, String)> {
    let schema = |name: &str, schema: schemars::Schema| {
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        (
            PathBuf::from(format!("schemas/json/{name}.schema.json")),
            text,
        )
    };
    vec![
        schema("impact", schemars::schema_for!(ImpactAnswer)),
        schema("tests", schemars::schema_for!(Vec<TestToRun>)),
        schema("phantoms", schemars::schema_for!(Vec<Phantom>)),
        schema("calibration", schemars::schema_for!(CalibrationAnswer)),
        schema("model", schemars::schema_for!(Model)),
        schema("export-node", schemars::schema_for!(Node)),
        schema("export-edge", schemars::schema_for!(Edge)),
        ("docs/graph-model.md".into(), graph_model()),
    ]
}

fn graph_model() -> String {
    let mut page = String::from(
        "# The graph model\n\nGenerated from `schemas` by `cargo xtask schemas`; do not edit.\n\n\
         A node has one kind (in Neo4j a label beside `Entity`) and one `key`, unique and the same on\n\
         every machine. A relationship has one kind, and at most one of a kind leads from one node to\n\
         another; it shows its confidence, rule, state, number of sites and evidence.\n",
    );
    let mut list = |title: &str, words: Vec<String>| {
        write!(page, "\n## {title}\n\n").unwrap();
        for word in words {
            writeln!(page, "- {word}").unwrap();
        }
    };
    let code = |words: &[&str]| words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>();
    list(
        "Kinds of nodes",
        code(&NodeKind::ALL.iter().map(|k| k.as_str()).collect::<Vec<_>>()),
    );
    list(
        "Prefixes of keys",
        code(&PREFIXES.iter().map(|p| p.to_owned()).collect::<Vec<_>>()),
    );
    list(
        "Kinds of relationships",
        code(&EdgeKind::ALL.iter().map(|k| k.as_str()).collect::<Vec<_>>()),
    );
    list(
        "States of a relationship",
        code(&State::ALL.iter().map(|s| s.as_str()).collect::<Vec<_>>()),
    );
    page.push_str(
        "\n## Rules, and the confidence each starts from\n\n| rule | confidence |\n|---|---|\n",
    );
    for rule in Rule::ALL {
        writeln!(page, "| `{rule}` | {} |", rule.confidence()).unwrap();
    }
    page
}

#[test]
fn generated_files_are_current() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let write = std::env::var_os("UPDATE").is_some_and(|v| v == "1");
    let mut stale = Vec::new();
    for (file, text) in generated() {
        let path = root.join(&file);
        if fs::read_to_string(&path).is_ok_and(|committed| committed == text) {
            continue;
        }
        if write {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, text).unwrap();
        } else {
            stale.push(file);
        }
    }
    assert!(
        stale.is_empty(),
        "run `cargo xtask schemas`; not current: {stale:?}"
    );
}

#[test]
fn no_generated_schema_is_left_from_a_type_that_is_gone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let expected: Vec<PathBuf> = generated().into_iter().map(|(file, _)| file).collect();
    for entry in fs::read_dir(root.join("schemas/json"))
        .into_iter()
        .flatten()
    {
        let file = Path::new("schemas/json").join(entry.unwrap().file_name());
        assert!(
            expected.contains(&file),
            "{} is generated from nothing",
            file.display()
        );
    }
}
