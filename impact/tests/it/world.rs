//! Small repositories as the facts that reading them would give.

use ripple_graph_analysis::{Calibration, Csr};
use ripple_graph_core::{OwnerFacts, Revision, Snapshot};
use ripple_impact::{Question, Subject, answer};
use ripple_schemas::{Assertion, EdgeKind, ImpactAnswer, Key, Node, NodeKind, Rule, fact};
use std::collections::BTreeMap;

/// A file with symbols and edges.
#[derive(Clone)]
pub(crate) struct File(pub(crate) OwnerFacts);

pub(crate) fn file(path: &str) -> File {
    let mut node = Node::new(
        NodeKind::File,
        Key::file("shop", path),
        path.rsplit('/').next().unwrap(),
    );
    node.path = Some(path.into());
    node.language = Some("python".into());
    node.properties.insert("body".into(), "top".into());
    File(OwnerFacts {
        owner: node.key.to_string(),
        digest: 0,
        nodes: vec![node],
        assertions: vec![],
    })
}

pub(crate) fn sym(path: &str, name: &str) -> Key {
    Key::symbol("shop", path, name)
}

impl File {
    pub(crate) fn path(&self) -> String {
        self.0.nodes[0].path.clone().unwrap()
    }

    /// A function over five lines with these signature and body hashes.
    pub(crate) fn function(self, name: &str, signature: &str, body: &str) -> Self {
        self.symbol(NodeKind::Function, name, signature, body)
    }

    pub(crate) fn symbol(
        mut self,
        kind: NodeKind,
        name: &str,
        signature: &str,
        body: &str,
    ) -> Self {
        let path = self.path();
        let mut node = Node::new(kind, sym(&path, name), name.rsplit('.').next().unwrap());
        let first = self.0.nodes.len() as u32 * 10;
        node.line_start = Some(first);
        node.line_end = Some(first + 4);
        node.path = Some(path);
        node.properties.insert("signature".into(), signature.into());
        node.properties.insert("body".into(), body.into());
        self.0.nodes.push(node);
        self
    }

    pub(crate) fn test(self, name: &str, body: &str) -> Self {
        let path = self.path();
        let mut file = self.symbol(NodeKind::Test, name, "s", body);
        let node = file.0.nodes.last_mut().unwrap();
        node.properties.insert("runner".into(), "pytest".into());
        node.properties
            .insert("test_id".into(), format!("{path}::{name}").into());
        file
    }

    pub(crate) fn edge(
        mut self,
        from: &Key,
        kind: EdgeKind,
        to: &Key,
        rule: Rule,
        line: u32,
    ) -> Self {
        let evidence = vec![format!("{}:{line}", self.path())];
        self.0.assertions.push(Assertion {
            from: from.clone(),
            kind,
            to: to.clone(),
            rule,
            sites: 1,
            evidence,
        });
        self
    }

    pub(crate) fn calls(self, from: &str, to: &Key, line: u32) -> Self {
        let from = sym(&self.path(), from);
        self.edge(&from, EdgeKind::Calls, to, Rule::Import, line)
    }

    pub(crate) fn node(mut self, node: Node) -> Self {
        self.0.nodes.push(node);
        self
    }

    pub(crate) fn property(mut self, name: &str, value: serde_json::Value) -> Self {
        self.0.nodes[0].properties.insert(name.into(), value);
        self
    }
}

/// What a store shows of these facts.
pub(crate) fn snapshot(files: &[OwnerFacts]) -> Snapshot {
    let mut nodes: BTreeMap<Key, Node> = BTreeMap::new();
    let mut assertions: BTreeMap<_, Vec<&Assertion>> = BTreeMap::new();
    for facts in files {
        nodes.extend(facts.nodes.iter().map(|n| (n.key.clone(), n.clone())));
        for a in &facts.assertions {
            assertions
                .entry((a.from.clone(), a.kind, a.to.clone()))
                .or_default()
                .push(a);
        }
    }
    let edges = assertions.into_values().filter_map(fact::merge).collect();
    Snapshot {
        revision: Revision(9),
        nodes: nodes.into_values().collect(),
        edges,
    }
}

pub(crate) fn facts(files: &[File]) -> Vec<OwnerFacts> {
    files.iter().map(|f| f.0.clone()).collect()
}

/// The owners that differ, on one side.
pub(crate) fn differing(one: &[OwnerFacts], other: &[OwnerFacts]) -> Vec<OwnerFacts> {
    one.iter().filter(|f| !other.contains(f)).cloned().collect()
}

/// The graph at base; the change from base to head.
pub(crate) fn impact(base: &[File], head: &[File]) -> ImpactAnswer {
    impact_from(base, base, head)
}

/// The graph at some third commit.
pub(crate) fn impact_from(graph: &[File], base: &[File], head: &[File]) -> ImpactAnswer {
    let (graph, base, head) = (facts(graph), facts(base), facts(head));
    let relevant = |side: &[OwnerFacts], other: &[OwnerFacts]| -> Vec<OwnerFacts> {
        side.iter()
            .filter(|f| !other.contains(f) || !graph.contains(f))
            .cloned()
            .collect()
    };
    let (base_facts, head_facts) = (relevant(&base, &head), relevant(&head, &base));
    let paths: Vec<String> = differing(&base, &head)
        .iter()
        .chain(&differing(&head, &base))
        .filter_map(|f| f.nodes[0].path.clone())
        .collect();
    let gone: Vec<String> = graph
        .iter()
        .map(|f| f.owner.clone())
        .filter(|o| !base.iter().chain(&head).any(|f| f.owner == *o))
        .collect();
    ask(
        &snapshot(&graph),
        &base_facts,
        &head_facts,
        &gone,
        &paths,
        Subject::Difference,
    )
    .unwrap()
}

pub(crate) fn ask(
    graph: &Snapshot,
    base_facts: &[OwnerFacts],
    head_facts: &[OwnerFacts],
    gone: &[String],
    changed_paths: &[String],
    subject: Subject,
) -> Result<ImpactAnswer, ripple_impact::ImpactError> {
    let question = Question {
        repository: "shop",
        base: "b".into(),
        head: "worktree".into(),
        base_facts,
        head_facts,
        gone,
        changed_paths,
        texts: &[],
        subject,
        phantoms: None,
        list: 1000,
        tests: usize::MAX,
        tests_apart: false,
        blind_spots: usize::MAX,
        rollout: serde_json::json!({"null_because": "no deployment agent yet"}),
        policy: serde_json::json!({"null_because": "no policy engine yet"}),
    };
    answer(&Csr::build(graph, 0), &Calibration::default(), &question)
}

/// price.py: total; cart.py: checkout calls total; test_cart.py: test_checkout calls checkout.
pub(crate) fn shop() -> Vec<File> {
    vec![
        file("src/price.py").function("total", "s", "b"),
        file("src/cart.py").function("checkout", "s", "b").calls(
            "checkout",
            &sym("src/price.py", "total"),
            14,
        ),
        file("tests/test_cart.py").test("test_checkout", "b").calls(
            "test_checkout",
            &sym("src/cart.py", "checkout"),
            3,
        ),
    ]
}
