//! Keys, kinds and paths in words.

use ripple_schemas::{ChangeKind, EdgeKind, Impacted, Key, Level, NodeKind};

/// The name people know a node by: `Cart.total`, `src/price.py`, `checkout`.
pub(crate) fn name(key: &Key) -> String {
    let text = key.as_str();
    let short = match key.prefix() {
        "sym" => match text.split_once('#') {
            Some((_, names)) if !names.is_empty() => names,
            _ => path(key),
        },
        "file" => path(key),
        _ => text.split_once(':').map_or(text, |(_, rest)| rest),
    };
    decode(short)
}

/// The path of a symbol's or file's key inside its repository; empty for other keys.
pub(crate) fn path(key: &Key) -> &str {
    let text = key.as_str();
    let Some(rest) = text
        .strip_prefix("sym:")
        .or_else(|| text.strip_prefix("file:"))
    else {
        return "";
    };
    let rest = rest.split_once('#').map_or(rest, |(file, _)| file);
    rest.split_once('/').map_or(rest, |(_, path)| path)
}

/// Percent-encoded bytes as they were.
pub(crate) fn decode(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let hex = (first == b'%')
            .then(|| {
                tail.get(..2)
                    .and_then(|h| u8::from_str_radix(std::str::from_utf8(h).ok()?, 16).ok())
            })
            .flatten();
        match hex {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// `changed symbols` under which heading a node is listed where it belongs to no file.
pub(crate) fn group(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Endpoint => "endpoints",
        NodeKind::Service => "services",
        NodeKind::Package => "packages",
        NodeKind::Topic => "topics",
        NodeKind::Table => "tables",
        NodeKind::Contract => "contracts",
        NodeKind::ConfigKey | NodeKind::FeatureFlag => "configuration",
        NodeKind::Slo => "objectives",
        _ => "others",
    }
}

/// How something that happened to a symbol is called.
pub(crate) fn change(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Body => "body",
        ChangeKind::Signature => "signature",
        ChangeKind::Moved => "moved",
        ChangeKind::Contract => "contract",
    }
}

/// A level's name.
pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::None => "none",
        Level::Low => "low",
        Level::Medium => "medium",
        Level::High => "high",
        Level::Unknown => "unknown",
    }
}

/// `98 %`, never rounded up to certainty or down to nothing.
pub(crate) fn percent(p: f64) -> String {
    match p * 100.0 {
        p if p > 99.0 && p < 100.0 => ">99 %".to_owned(),
        p if p > 0.0 && p < 1.0 => "<1 %".to_owned(),
        p => format!("{p:.0} %"),
    }
}

/// The path that explains an impacted node, one step an entry, nearest step first:
/// `calls total (src/cart.py:14)`, `which is called …`.
pub(crate) fn because(node: &Impacted) -> Vec<String> {
    let mut next = &node.key;
    let mut steps = Vec::new();
    for step in node.via.iter().rev() {
        let site = step
            .evidence
            .first()
            .map(|s| format!(" ({s})"))
            .unwrap_or_default();
        steps.push(format!(
            "{} {}{site}",
            verb(step.edge, next, &step.key),
            name(&step.key)
        ));
        next = &step.key;
    }
    steps
}

/// What `dependent` does to `on`. Some relationships are travelled both ways; there the words tell
/// by the keys which way it was, or fit both.
fn verb(edge: EdgeKind, dependent: &Key, on: &Key) -> &'static str {
    let inside = |inner: &Key, outer: &Key| {
        inner
            .as_str()
            .strip_prefix(outer.as_str())
            .is_some_and(|rest| rest.starts_with(['.', '#', '~']) || outer.as_str().ends_with('#'))
    };
    match edge {
        EdgeKind::Calls => "calls",
        EdgeKind::References => "uses",
        EdgeKind::ReadsField => "reads",
        EdgeKind::Imports => "imports",
        EdgeKind::Extends => "extends",
        EdgeKind::Implements => "implements",
        EdgeKind::Overrides => "shares an override with",
        EdgeKind::Tests => "tests",
        EdgeKind::Covers => "covers",
        EdgeKind::Defines | EdgeKind::Contains if inside(dependent, on) => "is part of",
        EdgeKind::Defines | EdgeKind::Contains => "contains",
        EdgeKind::CoChanged => "often changes with",
        EdgeKind::Succeeds => "became",
        EdgeKind::PartOf => "is made of",
        EdgeKind::Exposes => "exposes",
        EdgeKind::HandledBy => "is handled by",
        EdgeKind::Requests => "requests",
        EdgeKind::Publishes => "is fed by",
        EdgeKind::Subscribes => "subscribes to",
        EdgeKind::Writes => "is written with",
        EdgeKind::Reads => "reads",
        EdgeKind::ConfiguredBy => "is configured by",
        EdgeKind::DescribedBy => "is described by",
        EdgeKind::Measures => "measures",
        _ => "depends on",
    }
}

/// A JSON value that stands for "nothing, because", in words.
pub(crate) fn because_null(value: &serde_json::Value) -> Option<&str> {
    value.get("null_because")?.as_str()
}

/// A commit id as people write it.
pub(crate) fn revision(text: &str) -> &str {
    let hex = text.len() >= 40 && text.bytes().all(|b| b.is_ascii_hexdigit());
    if hex { &text[..10] } else { text }
}
