//! What the snapshot and its closures promise.

use proptest::prelude::*;
use ripple_graph_analysis::travel::{Phase, Weights};
use ripple_graph_analysis::{
    Calibration, Csr, Limits, Scratch, Source, Stamp, View, closure, path, synthetic,
};
use ripple_graph_core::{OwnerFacts, Revision, Snapshot};
use ripple_schemas::property::FileBlind;
use ripple_schemas::{
    Assertion, BlindKind, ChangeKind, Edge, EdgeKind, Key, Node, NodeKind, Rule, State,
};

fn function(name: &str, file: &str) -> Node {
    let mut node = Node::new(NodeKind::Function, Key::symbol("r", file, name), name);
    node.path = Some(file.into());
    node
}

fn key(name: &str, file: &str) -> Key {
    Key::symbol("r", file, name)
}

fn edge(from: Key, kind: EdgeKind, to: Key, rule: Rule, site: &str) -> Edge {
    Edge {
        kind,
        from,
        to,
        confidence: rule.confidence(),
        state: State::Static,
        rule,
        sites: 1,
        evidence: vec![site.into()],
    }
}

fn snapshot(nodes: Vec<Node>, edges: Vec<Edge>) -> Snapshot {
    Snapshot {
        revision: Revision(3),
        nodes,
        edges,
    }
}

/// (key, probability), best first.
fn reach(view: &View<'_>, sources: &[(&Key, ChangeKind)], limits: Limits) -> Vec<(String, f64)> {
    let weights = Weights::new(view.classes(), &Calibration::default());
    let sources: Vec<Source> = sources
        .iter()
        .map(|(k, change)| Source {
            node: view.find(k.as_str()).unwrap(),
            change: *change,
        })
        .collect();
    let mut reached = closure(view, &weights, &sources, limits, &mut Scratch::default());
    reached.sort(view);
    reached
        .nodes
        .iter()
        .map(|(n, p)| (view.key(*n).to_owned(), *p))
        .collect()
}

#[test]
fn a_change_reaches_callers_of_callers_and_not_callees() {
    let names = ["callee", "changed", "caller", "above"];
    let csr = Csr::build(
        &snapshot(
            names.iter().map(|n| function(n, "a.py")).collect(),
            vec![
                edge(
                    key("changed", "a.py"),
                    EdgeKind::Calls,
                    key("callee", "a.py"),
                    Rule::Local,
                    "a.py:1",
                ),
                edge(
                    key("caller", "a.py"),
                    EdgeKind::Calls,
                    key("changed", "a.py"),
                    Rule::Local,
                    "a.py:2",
                ),
                edge(
                    key("above", "a.py"),
                    EdgeKind::Calls,
                    key("caller", "a.py"),
                    Rule::Import,
                    "a.py:3",
                ),
            ],
        ),
        0,
    );
    let view = View::of(&csr);
    let got = reach(
        &view,
        &[(&key("changed", "a.py"), ChangeKind::Body)],
        Limits::WHOLE,
    );
    let first = 0.98 * Rule::Local.confidence();
    let expected = vec![
        (key("caller", "a.py").to_string(), first),
        (
            key("above", "a.py").to_string(),
            first * (0.98 * Rule::Import.confidence()),
        ),
    ];
    assert_eq!(got, expected);
}

#[test]
fn the_path_names_the_edges_that_were_travelled() {
    let csr = Csr::build(
        &snapshot(
            ["a", "b", "c"]
                .iter()
                .map(|n| function(n, "a.py"))
                .collect(),
            vec![
                edge(
                    key("b", "a.py"),
                    EdgeKind::Calls,
                    key("a", "a.py"),
                    Rule::Local,
                    "a.py:12",
                ),
                edge(
                    key("c", "a.py"),
                    EdgeKind::Calls,
                    key("b", "a.py"),
                    Rule::Import,
                    "c.py:3",
                ),
                edge(
                    key("c", "a.py"),
                    EdgeKind::Calls,
                    key("a", "a.py"),
                    Rule::NameSimilar,
                    "c.py:9",
                ),
            ],
        ),
        0,
    );
    let view = View::of(&csr);
    let weights = Weights::new(view.classes(), &Calibration::default());
    let mut scratch = Scratch::default();
    let source = Source {
        node: view.find(key("a", "a.py").as_str()).unwrap(),
        change: ChangeKind::Body,
    };
    closure(&view, &weights, &[source], Limits::WHOLE, &mut scratch);
    let c = view.find(key("c", "a.py").as_str()).unwrap();
    let hops = path(&view, &weights, &scratch, c);
    let words: Vec<_> = hops
        .iter()
        .map(|h| {
            (
                view.key(h.at).to_owned(),
                view.key(h.reached).to_owned(),
                view.dependency(h.edge).evidence,
            )
        })
        .collect();
    let expected = vec![
        (
            key("a", "a.py").to_string(),
            key("b", "a.py").to_string(),
            vec!["a.py:12".to_owned()],
        ),
        (
            key("b", "a.py").to_string(),
            key("c", "a.py").to_string(),
            vec!["c.py:3".to_owned()],
        ),
    ];
    assert_eq!(words, expected);
    assert_eq!(scratch.root(c), Some(source.node));
    assert_eq!(scratch.reached(c).map(|(_, steps)| steps), Some(2));
}

#[test]
fn a_snapshot_file_is_used_only_when_it_is_whole_and_of_this_graph_and_revision() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("graph.csr");
    let csr = Csr::build(&synthetic::graph(300, 900, 5), 42);
    csr.write(&file).unwrap();
    let wanted = Stamp {
        graph: 42,
        revision: 1,
    };
    let opened = Csr::open(&file, wanted).unwrap();
    assert_eq!(opened.node_count(), csr.node_count());
    assert_eq!(
        (0..csr.edge_count())
            .map(|e| csr.edge(e))
            .collect::<Vec<_>>(),
        (0..opened.edge_count())
            .map(|e| opened.edge(e))
            .collect::<Vec<_>>()
    );
    assert!(
        Csr::open(
            &file,
            Stamp {
                graph: 42,
                revision: 2
            }
        )
        .is_err()
    );
    assert!(
        Csr::open(
            &file,
            Stamp {
                graph: 41,
                revision: 1
            }
        )
        .is_err()
    );
    let bytes = std::fs::read(&file).unwrap();
    for at in (0..bytes.len()).step_by(97) {
        let mut wrong = bytes.clone();
        wrong[at] ^= 0x10;
        std::fs::write(&file, &wrong).unwrap();
        // Some of it is proved when it is looked at.
        let seen = Csr::open(&file, wanted).map_or(true, |csr| !csr.is_whole());
        assert!(seen, "byte {at} may be wrong unseen");
    }
    std::fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    assert!(Csr::open(&file, wanted).is_err());
}

#[test]
fn a_damaged_key_is_not_given_out_and_leaves_a_mark() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("graph.csr");
    Csr::build(&synthetic::graph(3000, 9000, 5), 42)
        .write(&file)
        .unwrap();
    let mut bytes = std::fs::read(&file).unwrap();
    let wanted = b"sym:synthetic/src/p000/m00007.py#f03";
    let at = bytes
        .windows(wanted.len())
        .position(|w| w == wanted)
        .unwrap();
    bytes[at + 4] ^= 1;
    std::fs::write(&file, &bytes).unwrap();
    let stamp = Stamp {
        graph: 42,
        revision: 1,
    };
    let csr = Csr::open(&file, stamp).unwrap();
    assert!(!csr.damaged());
    let keys: Vec<&str> = (0..csr.node_count()).map(|n| csr.key(n)).collect();
    assert!(csr.damaged());
    assert!(!keys.iter().any(|k| k.contains("xynthetic")));
    assert!(keys.iter().filter(|k| k.is_empty()).count() > 10);
}

#[test]
fn nodes_read_back_as_they_were() {
    let mut node = function("total", "src/price.py");
    node.qualified_name = Some("src.price.total".into());
    node.line_start = Some(3);
    node.line_end = Some(9);
    node.language = Some("python".into());
    node.properties.insert("runner".into(), "pytest".into());
    node.properties.insert("counts".into(), vec![1, 2].into());
    let csr = Csr::build(&snapshot(vec![node.clone()], vec![]), 0);
    assert_eq!(csr.to_node(0), Some(node));
    assert_eq!(csr.text_property(0, "runner"), Some("pytest"));
    assert_eq!(csr.text_property(0, "counts"), None);
}

#[test]
fn the_blind_spots_of_a_file_read_back_as_they_were() {
    let spot = |line: u32, within: Option<Key>| FileBlind {
        kind: BlindKind::Dynamic,
        line,
        why: "`run` is computed".into(),
        within,
    };
    let spots = vec![
        spot(4, Some(key("gone", "src/price.py"))),
        spot(5, Some(key("total", "src/price.py"))),
        spot(5, None),
        spot(90, None),
    ];
    let mut file = Node::new(NodeKind::File, Key::file("r", "src/price.py"), "price.py");
    file.path = Some("src/price.py".into());
    let blind = serde_json::to_value(&spots).unwrap();
    file.properties.insert("blind".into(), blind);
    // What a newer Ripple may write beside what is known is kept too.
    let mut odd = Node::new(NodeKind::File, Key::file("r", "src/z.py"), "z.py");
    let beside = serde_json::json!([{"kind": "limit", "line": 0, "why": "w", "more": 1}]);
    odd.properties.insert("blind".into(), beside);
    let mut nested = function("total.inner", "src/price.py");
    (nested.line_start, nested.line_end) = (Some(5), Some(6));
    let mut outer = function("total", "src/price.py");
    (outer.line_start, outer.line_end) = (Some(3), Some(9));
    let nodes = vec![file.clone(), odd.clone(), nested.clone(), outer];
    let csr = Csr::build(&snapshot(nodes, vec![]), 0);
    let at = |key: &Key| csr.find(key.as_str()).unwrap();
    assert_eq!(csr.to_node(at(&file.key)), Some(file.clone()));
    assert_eq!(csr.to_node(at(&odd.key)), Some(odd.clone()));
    let read: Vec<_> = csr.spots(at(&file.key)).collect();
    assert_eq!(read.len(), 4);
    assert_eq!(read[0].why, read[3].why);
    assert_eq!(csr.text(read[0].why), "`run` is computed");
    assert!(read[0].within.is_some_and(|w| w >= csr.node_count()));
    let total = csr.find(key("total", "src/price.py").as_str());
    assert_eq!(read[1].within, total);
    let inner = Some(at(&nested.key));
    let around: Vec<_> = read.iter().map(|s| s.around).collect();
    assert_eq!(around, [total, inner, inner, None]);
    assert_eq!(csr.spots(at(&odd.key)).count(), 1);
    assert_eq!(csr.spots(at(&nested.key)).count(), 0);
}

#[test]
fn an_overlay_hides_what_its_files_said_and_adds_what_they_say_now() {
    // The graph: old() calls f(); base and head of a.py: fresh() calls f(), old() is gone.
    let csr = Csr::build(
        &snapshot(
            vec![
                function("f", "lib.py"),
                function("old", "a.py"),
                function("far", "b.py"),
            ],
            vec![
                edge(
                    key("old", "a.py"),
                    EdgeKind::Calls,
                    key("f", "lib.py"),
                    Rule::Import,
                    "a.py:1",
                ),
                edge(
                    key("far", "b.py"),
                    EdgeKind::Calls,
                    key("f", "lib.py"),
                    Rule::Import,
                    "b.py:1",
                ),
            ],
        ),
        0,
    );
    let facts = OwnerFacts {
        owner: "file:r/a.py".into(),
        digest: 1,
        nodes: vec![function("fresh", "a.py")],
        assertions: vec![Assertion {
            from: key("fresh", "a.py"),
            kind: EdgeKind::Calls,
            to: key("f", "lib.py"),
            rule: Rule::Local,
            sites: 1,
            evidence: vec!["a.py:4".into()],
        }],
    };
    let view = View::over(&csr, &[], std::slice::from_ref(&facts), &[]);
    let mut got: Vec<String> = reach(
        &view,
        &[(&key("f", "lib.py"), ChangeKind::Body)],
        Limits::WHOLE,
    )
    .into_iter()
    .map(|r| r.0)
    .collect();
    got.sort();
    assert_eq!(
        got,
        [
            key("fresh", "a.py").to_string(),
            key("far", "b.py").to_string()
        ]
    );
}

#[test]
fn equal_probabilities_come_in_key_order_across_the_overlay() {
    let caller = |n: &str| {
        edge(
            key(n, "a.py"),
            EdgeKind::Calls,
            key("f", "lib.py"),
            Rule::Import,
            "x.py:1",
        )
    };
    let csr = Csr::build(
        &snapshot(
            vec![
                function("f", "lib.py"),
                function("a", "a.py"),
                function("c", "a.py"),
            ],
            vec![caller("a"), caller("c")],
        ),
        0,
    );
    let facts = OwnerFacts {
        owner: "file:r/new.py".into(),
        digest: 1,
        nodes: vec![function("b", "a.py")],
        assertions: vec![Assertion {
            from: key("b", "a.py"),
            kind: EdgeKind::Calls,
            to: key("f", "lib.py"),
            rule: Rule::Import,
            sites: 1,
            evidence: vec!["new.py:4".into()],
        }],
    };
    let view = View::over(&csr, &[], std::slice::from_ref(&facts), &[]);
    let got: Vec<String> = reach(
        &view,
        &[(&key("f", "lib.py"), ChangeKind::Body)],
        Limits::top(2),
    )
    .into_iter()
    .map(|r| r.0)
    .collect();
    assert_eq!(
        got,
        [key("a", "a.py").to_string(), key("b", "a.py").to_string()]
    );
}

/// Bellman and Ford: relax everything until nothing moves. Slow and plainly right.
fn naive(snapshot: &Snapshot, csr: &Csr, sources: &[Source]) -> Vec<(u32, f64)> {
    use ripple_graph_analysis::travel::{Class, Direction};
    let view = View::of(csr);
    let weights = Weights::new(view.classes(), &Calibration::default());
    let mut p = vec![0.0f64; csr.node_count() as usize];
    for s in sources {
        p[s.node as usize] = 1.0;
    }
    loop {
        let mut moved = false;
        for e in &snapshot.edges {
            let (Some(from), Some(to)) = (csr.find(e.from.as_str()), csr.find(e.to.as_str()))
            else {
                continue;
            };
            for direction in [Direction::Against, Direction::Along] {
                let class = Class {
                    direction,
                    edge: e.kind,
                    rule: e.rule,
                    state: e.state,
                    from: csr.kind(from),
                    to: csr.kind(to),
                };
                let Some(id) = view.classes().iter().position(|c| *c == class) else {
                    continue;
                };
                let (at, target) = if direction == Direction::Against {
                    (to, from)
                } else {
                    (from, to)
                };
                let mut phases: Vec<Phase> = sources
                    .iter()
                    .filter(|s| s.node == at)
                    .map(|s| Phase::First(s.change))
                    .collect();
                if phases.is_empty() {
                    phases.push(Phase::Then);
                }
                for phase in phases {
                    let offered = p[at as usize] * weights.of(phase)[id];
                    if offered > p[target as usize] {
                        p[target as usize] = offered;
                        moved = true;
                    }
                }
            }
        }
        if !moved {
            break;
        }
    }
    let is_source = |n: u32| sources.iter().any(|s| s.node == n);
    let mut all: Vec<(u32, f64)> = (0u32..)
        .zip(p)
        .filter(|(n, p)| *p >= 2f64.powi(-63) && !is_source(*n))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn the_closure_is_that_of_plain_relaxation_to_the_last_digit(
        seed in any::<u64>(), nodes in 40u32..200, more in 1u32..6, picks in prop::collection::vec((any::<u32>(), 0usize..6), 1..4),
    ) {
        let snapshot = synthetic::graph(nodes, nodes * more, seed);
        let csr = Csr::build(&snapshot, 0);
        let changes = [ChangeKind::Added, ChangeKind::Removed, ChangeKind::Body, ChangeKind::Signature, ChangeKind::Moved, ChangeKind::Contract];
        let sources: Vec<Source> = picks.iter().map(|(n, c)| Source { node: n % csr.node_count(), change: changes[*c] }).collect();
        let view = View::of(&csr);
        let weights = Weights::new(view.classes(), &Calibration::default());
        let mut scratch = Scratch::default();
        let expected = naive(&snapshot, &csr, &sources);
        let mut whole = closure(&view, &weights, &sources, Limits::WHOLE, &mut scratch);
        whole.sort(&view);
        whole.nodes.retain(|(_, p)| *p >= 2f64.powi(-63));
        prop_assert_eq!(&whole.nodes, &expected);
        for k in [1, 3, 17, 1000] {
            let top = closure(&view, &weights, &sources, Limits::top(k), &mut scratch);
            let mut wanted = expected.clone();
            wanted.truncate(k);
            prop_assert_eq!(&top.nodes, &wanted, "top {}", k);
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(seed in any::<u64>(), shuffle in any::<u64>()) {
        let sorted = synthetic::graph(120, 500, seed);
        let mut mixed = sorted.clone();
        let mut random = synthetic::Random(shuffle);
        for i in (1..mixed.edges.len()).rev() {
            mixed.edges.swap(i, random.below(i as u32 + 1) as usize);
        }
        for i in (1..mixed.nodes.len()).rev() {
            mixed.nodes.swap(i, random.below(i as u32 + 1) as usize);
        }
        let folder = tempfile::tempdir().unwrap();
        let files = [folder.path().join("a.csr"), folder.path().join("b.csr")];
        Csr::build(&sorted, 1).write(&files[0]).unwrap();
        Csr::build(&mixed, 1).write(&files[1]).unwrap();
        prop_assert!(std::fs::read(&files[0]).unwrap() == std::fs::read(&files[1]).unwrap());
    }
}
