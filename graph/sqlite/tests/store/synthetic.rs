//! Facts shaped like those of real code: 20 functions a file, 5 relationships a function, half of
//! them inside the file, names as long as those of a large service.

use ripple_graph_core::OwnerFacts;
use ripple_schemas::{Assertion, EdgeKind, Key, Node, NodeKind, Rule};

/// Functions a file.
pub(crate) const FUNCTIONS: u64 = 20;
/// Relationships a function, the one from its file among them.
pub(crate) const EDGES: u64 = 5;

/// Names as long as those of real code.
fn path(file: u64) -> String {
    format!(
        "services/checkout/internal/package{}/module_{file}.py",
        file % 40
    )
}

fn symbol(file: u64, function: u64) -> (Key, String) {
    let name = format!("compute_total_{function}");
    (
        Key::symbol("shop", &path(file), &format!("OrderService.{name}")),
        name,
    )
}

/// The facts of one file of `files`.
pub(crate) fn owner(file: u64, files: u64, random: &mut dyn FnMut() -> u64) -> OwnerFacts {
    let (mut nodes, mut assertions) = (Vec::new(), Vec::new());
    let key = Key::file("shop", &path(file));
    nodes.push(Node::new(NodeKind::File, key.clone(), path(file)));
    for f in 0..FUNCTIONS {
        let (symbol_key, name) = symbol(file, f);
        let mut node = Node::new(NodeKind::Method, symbol_key.clone(), name.clone());
        node.qualified_name = Some(format!(
            "services.checkout.internal.package{}.module_{file}.OrderService.{name}",
            file % 40
        ));
        node.path = Some(path(file));
        (node.line_start, node.line_end) = (Some(f as u32 * 12), Some(f as u32 * 12 + 10));
        node.language = Some("python".into());
        for hash in ["body", "signature"] {
            node.properties
                .insert(hash.into(), format!("{:016x}", random()).into());
        }
        nodes.push(node);
        let mut assert = |from: &Key, kind, to: Key, rule| {
            assertions.push(Assertion {
                from: from.clone(),
                kind,
                to,
                rule,
                sites: 1,
                evidence: vec![format!("{}:{}", path(file), f * 12 + random() % 10)],
            });
        };
        assert(&key, EdgeKind::Defines, symbol_key.clone(), Rule::Syntax);
        for call in 1..EDGES {
            // Half stays in the file, as in real code.
            let target = if call % 2 == 0 {
                file
            } else {
                (file * 31 + f * 7 + call * 131) % files
            };
            let to = symbol(target, (f * 3 + call) % FUNCTIONS).0;
            assert(&symbol_key, EdgeKind::Calls, to, Rule::Import);
        }
    }
    OwnerFacts {
        owner: key.to_string(),
        digest: file + 1,
        nodes,
        assertions,
    }
}
