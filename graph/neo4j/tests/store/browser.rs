//! The page of saved queries and the style file, against a real server.

use crate::server::Server;
use ripple_graph_core::GraphStore;
use ripple_graph_core::conformance::{call, facts, function, put, sym};
use ripple_schemas::{Assertion, EdgeKind, Key, Node, NodeKind, Rule};
use serde_json::json;
use std::collections::BTreeMap;

const QUERIES: &str = include_str!("../../../../docs/neo4j-browser/queries.md");
const STYLE: &str = include_str!("../../../../docs/neo4j-browser/style.grass");

/// Title and text of each query of the page.
fn queries() -> Vec<(&'static str, String)> {
    let parts = QUERIES.split("\n## ").skip(1);
    parts
        .map(|part| {
            let (title, rest) = part.split_once('\n').unwrap();
            let (_, rest) = rest.split_once("```cypher\n").unwrap();
            let (text, _) = rest.split_once("```").unwrap();
            // `query` takes no parameters: what a person sets with `:param` is written out here.
            let text = text
                .replace("$key", "'sym:shop/src/shop.py#total'")
                .replace("$repository", "'repo:shop'");
            (title, text)
        })
        .collect()
}

fn link(from: &Key, kind: EdgeKind, to: &Key, rule: Rule) -> Assertion {
    Assertion {
        from: from.clone(),
        kind,
        to: to.clone(),
        ..call("a", "b", rule, 1)
    }
}

/// checkout → total, a test of checkout, an unreached function, a file with a blind spot.
fn sample() -> ripple_graph_core::ChangeSet {
    let (repository, file, other) = (
        Key::repository("shop"),
        Key::file("shop", "src/shop.py"),
        Key::file("shop", "src/other.py"),
    );
    let (package, owner) = (Key::package("pypi", "requests"), Key::owner("@pay"));
    let mut test = function("test_checkout");
    test.kind = NodeKind::Test;
    test.properties
        .insert("test_id".into(), "tests/test_shop.py::test_checkout".into());
    test.properties.insert("runner".into(), "pytest".into());
    let mut blind = Node::new(NodeKind::File, file.clone(), "shop.py");
    blind.path = Some("src/shop.py".into());
    blind.properties.insert(
        "blind_spots".into(),
        json!([{"kind": "dynamic", "line": 3, "why": "getattr"}]),
    );
    let mut second = Node::new(NodeKind::File, other.clone(), "other.py");
    second.path = Some("src/other.py".into());
    let mut requests = Node::new(NodeKind::Package, package.clone(), "requests");
    requests.properties.insert("version".into(), "2.32".into());
    let nodes = vec![
        Node::new(NodeKind::Repository, repository.clone(), "shop"),
        blind,
        second,
        requests,
        Node::new(NodeKind::Owner, owner.clone(), "@pay"),
        function("total"),
        function("checkout"),
        function("unreached"),
        test,
    ];
    let said = vec![
        call("checkout", "total", Rule::Import, 4),
        call("unreached", "checkout", Rule::NameUnique, 5),
        call("checkout", "nowhere", Rule::Import, 6),
        link(
            &sym("test_checkout"),
            EdgeKind::Tests,
            &sym("checkout"),
            Rule::Import,
        ),
        link(&file, EdgeKind::OwnedBy, &owner, Rule::Codeowners),
        link(&file, EdgeKind::Imports, &package, Rule::Import),
        link(&file, EdgeKind::CoChanged, &other, Rule::CoChange),
        link(&repository, EdgeKind::Contains, &file, Rule::Syntax),
        link(&file, EdgeKind::Defines, &sym("total"), Rule::Syntax),
    ];
    put([facts("o", nodes, said)])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_saved_query_runs_and_finds_what_it_promises() {
    let server = Server::take().await;
    let store = server.open().await;
    store.commit(sample()).await.unwrap();
    let mut found = BTreeMap::new();
    for (title, text) in queries() {
        let rows = store
            .query(&text, 1000)
            .await
            .unwrap_or_else(|e| panic!("{title}: {e}"));
        assert!(!rows.rows.is_empty(), "{title} finds nothing in the sample");
        found.insert(title, rows);
    }
    let column = |title: &str, n: usize| -> Vec<serde_json::Value> {
        found[title].rows.iter().map(|r| r[n].clone()).collect()
    };
    let key = |name: &str| json!(sym(name).as_str());
    assert_eq!(found["What calls this"].rows.len(), 1);
    assert_eq!(
        column("Blast radius of a symbol", 0),
        [key("checkout"), key("test_checkout"), key("unreached")]
    );
    assert_eq!(
        column("Tests that reach a symbol", 0),
        [json!("tests/test_shop.py::test_checkout")]
    );
    assert_eq!(
        column("Functions that no test reaches", 2),
        [json!("unreached")]
    );
    assert_eq!(
        found["Blind files"].columns,
        ["path", "blind_spots", "first"]
    );
    assert_eq!(
        found["Blind files"].rows[0][..2],
        [json!("src/shop.py"), json!(1)]
    );
    assert_eq!(
        found["Who owns what a change reaches"].rows[0][..2],
        [json!("@pay"), json!(3)]
    );
    assert_eq!(
        found["Packages used, and by how many files"].rows,
        [[json!("pkg:pypi/requests"), json!("2.32"), json!(1)]]
    );
    assert_eq!(column("The least certain calls", 0), [key("unreached")]);
    assert_eq!(
        column("Files that change together and do not call each other", 1),
        [json!("src/other.py")]
    );
}

#[test]
fn the_style_names_only_kinds_that_exist() {
    let mut styled = 0;
    for line in STYLE.lines() {
        let Some(selector) = line.split(" {").next().filter(|_| line.contains(" {")) else {
            continue;
        };
        let known = match selector.split_once('.') {
            None => ["node", "relationship"].contains(&selector),
            Some(("node", label)) => {
                ["Entity", "Missing"].contains(&label) || NodeKind::parse(label).is_some()
            }
            Some(("relationship", kind)) => EdgeKind::parse(kind).is_some(),
            Some(_) => false,
        };
        assert!(known, "`{selector}`");
        assert_eq!(
            line.matches('{').count() - line.matches("\"{").count(),
            1,
            "one rule a line"
        );
        assert!(line.ends_with('}'), "{line}");
        styled += 1;
    }
    assert!(styled > 30);
}
