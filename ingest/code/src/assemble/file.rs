//! What one file owns: its node, its definitions, and what is shown in it.

use super::collect::Collector;
use super::holders::Holders;
use super::symbols::{self, Keys};
use super::{Around, Assembly, Extra, MAX_BLIND, package_name, stats};
use crate::facts::DefId;
use crate::owners::Ownership;
use crate::read::SetAside;
use crate::solve::Sym;
use ripple_graph_core::OwnerFacts;
use ripple_schemas::property::{self, FileBlind};
use ripple_schemas::{Assertion, BlindKind, EdgeKind, Key, Node, NodeKind, Rule};
use serde_json::{Value, json};

pub(super) fn file_facts(
    input: &Assembly<'_>,
    repository: &Key,
    index: usize,
    around: &Around<'_>,
    keys: &[Keys],
    extra: &Extra,
) -> OwnerFacts {
    let file = &input.files[index];
    let own = &keys[index];
    let path = file.path.text();
    let mut facts = Collector {
        path,
        nodes: Vec::new(),
        assertions: Vec::new(),
    };
    let mut node = Node::new(
        NodeKind::File,
        own.keys[0].clone(),
        path.rsplit('/').next().unwrap_or(path),
    );
    node.path = Some(path.to_owned());
    node.language = file.language().map(str::to_owned);
    let mut set = |name: &str, value: Value| node.properties.insert(name.to_owned(), value);
    if let Some(why) = file.set_aside().filter(|why| *why != SetAside::NotCode) {
        set("set_aside", json!(why.as_str()));
    }
    if file.facts().is_some() {
        set("content", json!(format!("{:032x}", file.content())));
    }
    if !around.blind.is_empty() {
        set(property::BLIND_SPOTS, json!(blind_spots(around, own)));
        set("blind_count", json!(around.blind.len()));
    }
    let sites: serde_json::Map<String, Value> = stats::named(&around.sites)
        .into_iter()
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| (name.to_owned(), json!(count)))
        .collect();
    if !sites.is_empty() {
        set("call_sites", Value::Object(sites));
    }
    if let Some(parsed) = file.facts() {
        node.line_start = Some(1);
        node.line_end = Some(parsed.lines.max(1));
        if let Some(module) = parsed.defs.first() {
            node.properties.insert(
                property::SIGNATURE.to_owned(),
                json!(format!("{:016x}", module.signature)),
            );
            node.properties.insert(
                property::BODY.to_owned(),
                json!(format!("{:016x}", module.body)),
            );
        }
    }
    if let Some(body) = around.body {
        let hash = json!(format!("{body:016x}"));
        node.properties.insert(property::BODY.to_owned(), hash);
    }
    facts.nodes.push(node);
    for edge in &extra.named.edges[index] {
        let from = keys[edge.from.0].of(edge.from.1);
        let to = keys[edge.to.0].of(edge.to.1);
        if from != to {
            facts.add(from, edge.kind, to, edge.rule, edge.line);
        }
    }
    facts.add(
        repository,
        EdgeKind::Contains,
        &own.keys[0],
        Rule::Syntax,
        0,
    );
    if let (Some(parsed), Some((number, _))) = (file.facts(), around.family) {
        let modules = input.families[number].modules.as_ref();
        let module = modules.module_name(path);
        let language = file.language().unwrap_or_default();
        let ecma = matches!(language, "javascript" | "typescript");
        let mut folder = path;
        let mut configured = None;
        while ecma && !extra.runners.is_empty() && configured.is_none() && !folder.is_empty() {
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            configured = extra.runners.get(folder).copied();
        }
        let test_id = |runner: &str, id: &str| modules.test_id(path, runner, id);
        let tests = symbols::Tests {
            words: file.words_of_tests(),
            inherits: modules.inherited_test("", &[], "").is_some(),
            id: test_id,
        };
        for symbol in symbols::symbols(parsed, own, &file.path, language, &module, &tests) {
            let kind = if symbol.defines {
                EdgeKind::Defines
            } else {
                EdgeKind::Contains
            };
            facts.add(
                &symbol.parent,
                kind,
                &symbol.node.key,
                Rule::Syntax,
                symbol.line,
            );
            let mut node = symbol.node;
            // A test that others run is no test where it is written.
            if extra.derived.templates.contains(&(index, symbol.def)) {
                node.kind = NodeKind::Function;
                node.properties.remove(property::TEST_ID);
            }
            if node.kind == NodeKind::Test
                && let Some(runner) = configured
            {
                let runner = keys[runner].of(DefId(0));
                facts.add(&node.key, EdgeKind::ConfiguredBy, runner, Rule::Manifest, 0);
            }
            facts.nodes.push(node);
        }
        for test in extra.derived.by_file.get(&index).into_iter().flatten() {
            let contains = EdgeKind::Contains;
            facts.add(
                &test.parent,
                contains,
                &test.node.key,
                Rule::Syntax,
                test.line,
            );
            for &(file, def) in &test.runs {
                let runs = keys[file].of(def);
                facts.add(
                    &test.node.key,
                    EdgeKind::Tests,
                    runs,
                    Rule::Inherited,
                    test.line,
                );
            }
            facts.nodes.push(test.node.clone());
        }
        let members = &input.families[number].members;
        let key = |sym: Sym| {
            members
                .get(sym.file as usize)
                .and_then(|&i| keys.get(i as usize))
                .map(|k| k.of(sym.def))
        };
        for (test, hook) in &around.inherited.hooks {
            if let Some(to) = key(*hook) {
                let line = parsed.defs[test.0 as usize].name_line;
                facts.add(own.of(*test), EdgeKind::Calls, to, Rule::Inherited, line);
            }
        }
        for test in &around.inherited.tests {
            let class = &parsed.defs[test.class.0 as usize];
            let Some((base, around)) = key(test.base).zip(own.qualified(test.class)) else {
                continue;
            };
            let qualified = format!("{around}.{}", test.name);
            let symbol = file.path.symbol_key(input.repository, &qualified);
            let mut node = Node::new(NodeKind::Test, symbol.clone(), &test.name);
            node.qualified_name = Some(if module.is_empty() {
                qualified
            } else {
                format!("{module}.{qualified}")
            });
            node.path = Some(path.to_owned());
            node.line_start = Some(class.lines.0);
            node.line_end = Some(class.lines.1);
            node.language = Some(language.to_owned());
            let (runner, id) = modules.test_id(path, &test.runner, &test.id);
            let mut set = |name: &str, value| node.properties.insert(name.to_owned(), value);
            set(property::RUNNER, json!(runner));
            set(property::TEST_ID, json!(id));
            set("test_only", json!(true));
            let (of, line) = (own.of(test.class), class.name_line);
            facts.add(of, EdgeKind::Contains, &symbol, Rule::Syntax, line);
            facts.add(&symbol, EdgeKind::Calls, base, Rule::Inherited, line);
            for hook in test.hooks.iter().filter_map(|h| key(*h)) {
                facts.add(&symbol, EdgeKind::Calls, hook, Rule::Inherited, line);
            }
            facts.nodes.push(node);
        }
        let holders = Holders::new(parsed);
        for edge in &around.edges {
            let (Some(from), Some(to)) = (key(edge.from), key(edge.to)) else {
                continue;
            };
            // What an initialiser runs decides what the variable holds; what it mentions, nobody but
            // the variable does.
            let mut held = false;
            if matches!(edge.kind, EdgeKind::Calls | EdgeKind::References) {
                for holder in holders.at(own, edge.from.def, edge.line) {
                    let holder = own.of(holder);
                    if holder != to {
                        facts.add(holder, EdgeKind::References, to, edge.rule, edge.line);
                        held = true;
                    }
                }
            }
            if !(held && edge.kind == EdgeKind::References && *from == own.keys[0]) {
                facts.add(from, edge.kind, to, edge.rule, edge.line);
            }
        }
        for edge in &around.files {
            let Some(to) = keys.get(edge.to.0).map(|k| k.of(edge.to.1)) else {
                continue;
            };
            let held: Vec<DefId> = holders.at(own, edge.from, edge.line).collect();
            for from in held.iter().chain(held.is_empty().then_some(&edge.from)) {
                facts.add(own.of(*from), edge.kind, to, edge.rule, edge.line);
            }
        }
    }
    for (ecosystem, name, line) in &around.packages {
        let package = Node::new(
            NodeKind::Package,
            Key::package(ecosystem, name),
            name.as_str(),
        );
        facts.add(
            &own.keys[0],
            EdgeKind::Imports,
            &package.key,
            Rule::Import,
            *line,
        );
        facts.nodes.push(package);
    }
    if let Some(manifest) = around.manifest {
        for dependency in manifest.dependencies.iter().filter(|d| !d.local) {
            let name = package_name(manifest.ecosystem, &dependency.name);
            let package = Node::new(
                NodeKind::Package,
                Key::package(manifest.ecosystem, &name),
                name,
            );
            facts.add(
                &own.keys[0],
                EdgeKind::Declares,
                &package.key,
                Rule::Manifest,
                dependency.line,
            );
            facts.nodes.push(package);
        }
    }
    for owner in &around.owners {
        let node = Node::new(NodeKind::Owner, Key::owner(&owner.who), owner.who.as_str());
        facts.assertions.push(Assertion {
            from: own.keys[0].clone(),
            kind: EdgeKind::OwnedBy,
            to: node.key.clone(),
            rule: owner.rule,
            sites: owner.sites,
            evidence: vec![evidence_of_owner(owner, input.repository)],
        });
        facts.nodes.push(node);
    }
    facts.finish(own.keys[0].to_string())
}

fn evidence_of_owner(owner: &Ownership, repository: &str) -> String {
    match owner.evidence.strip_prefix("commit:") {
        Some(id) => Key::commit(repository, id).to_string(),
        None => owner.evidence.clone(),
    }
}

/// The blind spots as the node carries them.
fn blind_spots(around: &Around<'_>, own: &Keys) -> Vec<FileBlind> {
    let file = &own.keys[0];
    let mut out: Vec<FileBlind> = around
        .blind
        .iter()
        .take(MAX_BLIND)
        .map(|(note, def)| FileBlind {
            kind: note.kind,
            line: note.line,
            why: note.why.clone(),
            within: Some(own.of(*def)).filter(|key| *key != file).cloned(),
        })
        .collect();
    if around.blind.len() > MAX_BLIND {
        let why = format!(
            "{} more blind spots in this file",
            around.blind.len() - MAX_BLIND
        );
        out.push(FileBlind {
            kind: BlindKind::Limit,
            line: 0,
            why,
            within: None,
        });
    }
    out
}
