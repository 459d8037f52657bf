//! Who owns what is changed or impacted.

use crate::reach::Files;
use ripple_graph_analysis::View;
use ripple_schemas::{EdgeKind, Key};
use std::collections::BTreeMap;

/// The owners of the files that hold what is changed or reached, most concerned first, ties in key
/// order.
pub(crate) fn owners(view: &View<'_>, files: &Files) -> Vec<Key> {
    if !view.has_prefix("owner:") {
        return Vec::new();
    }
    let mut concerned: BTreeMap<u32, f64> = BTreeMap::new();
    for (file, p) in files.all() {
        for edge in view.out_of_kind(file, EdgeKind::OwnedBy) {
            let most = concerned.entry(view.edge(edge).to).or_default();
            *most = most.max(p);
        }
    }
    let mut sorted: Vec<(Key, f64)> = concerned
        .into_iter()
        .filter_map(|(owner, p)| Some((Key::parse(view.key(owner)).ok()?, p)))
        .collect();
    sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    sorted.into_iter().map(|(key, _)| key).collect()
}

/// `sym:shop/src/a.py#f` → `file:shop/src/a.py`; a file's key is its own.
pub(crate) fn file_key(key: &str) -> Option<String> {
    let file = match key.strip_prefix("sym:") {
        Some(rest) => rest.split_once('#').map(|(file, _)| file),
        None => key.strip_prefix("file:"),
    };
    file.map(|file| format!("file:{file}"))
}
