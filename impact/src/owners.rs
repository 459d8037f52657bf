//! Who owns what is changed or impacted.

use ripple_graph_analysis::View;
use ripple_schemas::{EdgeKind, Key};
use std::collections::{BTreeMap, HashMap};

/// The owners of the files that hold the nodes, most concerned first, ties in key order. `nodes`
/// gives each node's key and how concerned it is.
pub(crate) fn owners<'k>(view: &View<'_>, nodes: impl Iterator<Item = (&'k str, f64)>) -> Vec<Key> {
    let mut files: HashMap<&str, f64> = HashMap::new();
    for (key, p) in nodes {
        if let Some(file) = inside(key) {
            let most = files.entry(file).or_default();
            *most = most.max(p);
        }
    }
    let mut owners: BTreeMap<Key, f64> = BTreeMap::new();
    for (file, p) in files {
        let Some(node) = view.find(&format!("file:{file}")) else {
            continue;
        };
        for edge in view
            .out(node)
            .map(|e| view.edge(e))
            .filter(|e| e.kind == EdgeKind::OwnedBy)
        {
            if let Ok(owner) = Key::parse(view.key(edge.to)) {
                let most = owners.entry(owner).or_default();
                *most = most.max(p);
            }
        }
    }
    let mut sorted: Vec<(Key, f64)> = owners.into_iter().collect();
    sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sorted.into_iter().map(|(key, _)| key).collect()
}

/// `sym:shop/src/a.py#f` → `file:shop/src/a.py`; a file's key is its own.
pub(crate) fn file_key(key: &str) -> Option<String> {
    inside(key).map(|file| format!("file:{file}"))
}

/// The part of a symbol's or file's key that names the file.
fn inside(key: &str) -> Option<&str> {
    match key.strip_prefix("sym:") {
        Some(rest) => rest.split_once('#').map(|(file, _)| file),
        None => key.strip_prefix("file:"),
    }
}
