//! A made-up graph with the degree distribution of real code, for benchmarks and tests.
//!
//! In-degrees of calls and references follow a power law with exponent near 2 (Louridas, Spinellis
//! and Vlachos, "Power laws in software", TOSEM 2008): few things are used by very many. Every
//! number comes from the seed, so the same call gives the same graph on every machine.

use ripple_graph_core::{OwnerFacts, Revision, Snapshot};
use ripple_schemas::property::{self, FileBlind};
use ripple_schemas::{Assertion, BlindKind, Edge, EdgeKind, Key, Node, NodeKind, Rule, State};

/// Teams that own files.
const TEAMS: u32 = 8;

/// A graph of about `nodes` nodes and `edges` edges: files with their symbols, a tenth of them tests
/// with the ids their runner accepts, an owner for every folder, and blind spots in one file of four.
pub fn graph(nodes: u32, edges: u32, seed: u64) -> Snapshot {
    let mut random = Random(seed ^ 0x9E37_79B9_7F4A_7C15);
    let per_file = 20;
    let files = (nodes / per_file).max(1);
    let path = |file: u32| format!("src/p{:03}/m{:05}.py", file / 64, file);
    let mut all = Vec::with_capacity(nodes as usize);
    let mut keys = Vec::with_capacity(nodes as usize);
    for i in 0..nodes {
        let (file, nth) = (i % files, i / files);
        let name = format!("f{nth:02}");
        let kind = match nth {
            0 => NodeKind::File,
            1 => NodeKind::Class,
            n if n % 10 == 9 => NodeKind::Test,
            _ => NodeKind::Function,
        };
        let key = match nth {
            0 => Key::file("synthetic", &path(file)),
            _ => Key::symbol("synthetic", &path(file), &name),
        };
        keys.push(key.clone());
        let mut node = Node::new(kind, key, name);
        node.path = Some(path(file));
        match kind {
            NodeKind::Test => {
                let id = format!("{}::{}", path(file), node.name);
                node.properties.insert(property::TEST_ID.into(), id.into());
                node.properties
                    .insert(property::RUNNER.into(), "pytest".into());
            }
            NodeKind::File => {
                node.language = Some("python".into());
                if file % 4 == 1 {
                    let blind = [3, 45].map(|line| FileBlind {
                        kind: BlindKind::UnknownReceiver,
                        line,
                        why: format!("nobody knows what `handler.run_{line}` is called on"),
                        within: (line == 45).then(|| Key::symbol("synthetic", &path(file), "f04")),
                    });
                    let blind = serde_json::to_value(blind).unwrap_or_default();
                    node.properties.insert(property::BLIND_SPOTS.into(), blind);
                }
            }
            _ => {}
        }
        node.line_start = Some(nth * 10 + 1);
        node.line_end = Some(nth * 10 + 9);
        all.push(node);
    }
    // Popularity is spread over the numbers, so that popular nodes are not neighbours.
    let popular = |r: &mut Random| {
        let rank = (f64::from(nodes) * r.unit().powf(3.0)) as u64;
        ((rank * 2_654_435_761) % u64::from(nodes)) as u32
    };
    let mut ends: Vec<(u32, EdgeKind, u32, Rule)> = Vec::with_capacity(edges as usize);
    for i in files..nodes {
        ends.push((i % files, EdgeKind::Defines, i, Rule::Syntax));
    }
    for team in 0..TEAMS {
        let key = Key::owner(&format!("@team{team}"));
        keys.push(key.clone());
        all.push(Node::new(NodeKind::Owner, key, format!("@team{team}")));
    }
    for file in 0..files {
        let team = nodes + file / 64 % TEAMS;
        ends.push((file, EdgeKind::OwnedBy, team, Rule::Codeowners));
    }
    while ends.len() < edges as usize {
        let from = random.below(nodes);
        // Half of what code uses lies near it.
        let to = if random.below(2) == 0 {
            (from + random.below(2000)) % nodes
        } else {
            popular(&mut random)
        };
        let (kind, rule) = match random.below(20) {
            0..12 => (
                EdgeKind::Calls,
                [
                    Rule::Local,
                    Rule::Import,
                    Rule::MethodTyped,
                    Rule::MethodInferred,
                    Rule::InterfaceCha,
                ][random.below(5) as usize],
            ),
            12..17 => (
                EdgeKind::References,
                [Rule::Local, Rule::Import][random.below(2) as usize],
            ),
            17 => (EdgeKind::Extends, Rule::Import),
            18 => (EdgeKind::Imports, Rule::Import),
            _ => (EdgeKind::Overrides, Rule::Inherited),
        };
        if from != to {
            ends.push((from, kind, to, rule));
        }
    }
    ends.sort_unstable();
    ends.dedup_by_key(|e| (e.0, e.1, e.2));
    let made = ends.into_iter().map(|(from, kind, to, rule)| Edge {
        kind,
        from: keys[from as usize].clone(),
        to: keys[to as usize].clone(),
        confidence: rule.confidence(),
        state: State::Static,
        rule,
        sites: 1,
        evidence: vec![format!("{}:{}", path(from % files), from / files * 10 + 3)],
    });
    let edges = made.collect();
    all.sort_by(|a, b| a.key.cmp(&b.key));
    Snapshot {
        revision: Revision(1),
        nodes: all,
        edges,
    }
}

/// What each file of such a graph states, and who states the teams.
pub fn owners(snapshot: &Snapshot) -> Vec<OwnerFacts> {
    let owner_of = |key: &Key| match key.as_str().strip_prefix("sym:") {
        Some(rest) => format!("file:{}", rest.split('#').next().unwrap_or(rest)),
        None if key.as_str().starts_with("file:") => key.to_string(),
        None => "repo:synthetic/owners".to_owned(),
    };
    let mut owners: std::collections::BTreeMap<String, OwnerFacts> = Default::default();
    let mut of = |key: &Key, put: &mut dyn FnMut(&mut OwnerFacts)| {
        let owner = owner_of(key);
        put(owners.entry(owner.clone()).or_insert_with(|| OwnerFacts {
            owner,
            digest: 1,
            nodes: Vec::new(),
            assertions: Vec::new(),
        }));
    };
    for node in &snapshot.nodes {
        of(&node.key, &mut |facts| facts.nodes.push(node.clone()));
    }
    for edge in &snapshot.edges {
        let assertion = Assertion {
            from: edge.from.clone(),
            kind: edge.kind,
            to: edge.to.clone(),
            rule: edge.rule,
            sites: edge.sites,
            evidence: edge.evidence.clone(),
        };
        of(&edge.from, &mut |facts| {
            facts.assertions.push(assertion.clone())
        });
    }
    owners.into_values().collect()
}

/// SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
pub struct Random(pub u64);

impl Random {
    /// The next number.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// Under `bound`, which is not 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        (((self.draw() >> 32) * u64::from(bound)) >> 32) as u32
    }

    /// In [0, 1).
    pub fn unit(&mut self) -> f64 {
        (self.draw() >> 11) as f64 / (1u64 << 53) as f64
    }
}
