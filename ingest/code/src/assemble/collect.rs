//! Nodes and assertions of one owner: merged, sorted and digested.

use ripple_graph_core::OwnerFacts;
use ripple_schemas::fact::MAX_EVIDENCE;
use ripple_schemas::{Assertion, EdgeKind, Key, Node, Rule};
use std::hash::Hasher;

/// Collects what one file states.
pub(super) struct Collector<'a> {
    pub(super) path: &'a str,
    pub(super) nodes: Vec<Node>,
    pub(super) assertions: Vec<Assertion>,
}

impl Collector<'_> {
    /// One more place that shows a relationship; 0 is no line. What comes in order is merged at
    /// once, the rest by [`finished`].
    pub(super) fn add(&mut self, from: &Key, kind: EdgeKind, to: &Key, rule: Rule, line: u32) {
        let last = self.assertions.last_mut();
        if let Some(last) =
            last.filter(|a| a.kind == kind && a.rule == rule && a.to == *to && a.from == *from)
        {
            last.sites += 1;
            let site = format!("{}:{line}", self.path);
            if last.evidence.len() < MAX_EVIDENCE && last.evidence.last() != Some(&site) {
                last.evidence.push(site);
            }
            return;
        }
        let evidence = if line == 0 {
            Vec::new()
        } else {
            vec![format!("{}:{line}", self.path)]
        };
        self.assertions.push(Assertion {
            from: from.clone(),
            kind,
            to: to.clone(),
            rule,
            sites: 1,
            evidence,
        });
    }

    pub(super) fn finish(self, owner: String) -> OwnerFacts {
        finished(owner, self.nodes, self.assertions)
    }
}

/// Sorts, merges what says the same, and digests.
pub(super) fn finished(
    owner: String,
    mut nodes: Vec<Node>,
    mut assertions: Vec<Assertion>,
) -> OwnerFacts {
    nodes.sort_by(|a, b| a.key.cmp(&b.key));
    nodes.dedup_by(|b, a| a.key == b.key);
    assertions
        .sort_by(|a, b| (&a.from, a.kind, &a.to, a.rule).cmp(&(&b.from, b.kind, &b.to, b.rule)));
    assertions.dedup_by(|b, a| {
        let same = a.from == b.from && a.kind == b.kind && a.to == b.to && a.rule == b.rule;
        if same {
            a.sites += b.sites;
            a.evidence.append(&mut b.evidence);
            a.evidence
                .sort_by_cached_key(|site| match site.rsplit_once(':') {
                    Some((path, line)) => (path.to_owned(), line.parse::<u64>().unwrap_or(0)),
                    None => (site.clone(), 0),
                });
            a.evidence.dedup();
            a.evidence.truncate(MAX_EVIDENCE);
        }
        same
    });
    let digest = digest(&nodes, &assertions);
    OwnerFacts {
        owner,
        digest,
        nodes,
        assertions,
    }
}

/// A hash of everything stated; each text is followed by a byte that no text holds.
fn digest(nodes: &[Node], assertions: &[Assertion]) -> u64 {
    let mut hash = Digest(twox_hash::XxHash3_64::new());
    for node in nodes {
        hash.text(node.key.as_str());
        hash.text(node.kind.as_str());
        for text in [
            Some(&node.name),
            node.qualified_name.as_ref(),
            node.path.as_ref(),
            node.language.as_ref(),
        ] {
            hash.text(text.map_or("\u{1}", |t| t));
        }
        hash.number(node.line_start);
        hash.number(node.line_end);
        // Writing to a hash does not fail, and every value has a JSON form.
        serde_json::to_writer(&mut hash, &node.properties).ok();
    }
    hash.text("");
    for assertion in assertions {
        hash.text(assertion.from.as_str());
        hash.text(assertion.kind.as_str());
        hash.text(assertion.to.as_str());
        hash.text(assertion.rule.as_str());
        hash.number(Some(assertion.sites));
        assertion.evidence.iter().for_each(|site| hash.text(site));
        hash.text("");
    }
    hash.0.finish()
}

struct Digest(twox_hash::XxHash3_64);

impl Digest {
    fn text(&mut self, text: &str) {
        self.0.write(text.as_bytes());
        self.0.write(&[0xff]);
    }

    fn number(&mut self, number: Option<u32>) {
        self.0.write(&number.map_or([0xff; 5], |n| {
            let [a, b, c, d] = n.to_le_bytes();
            [a, b, c, d, 0]
        }));
    }
}

impl std::io::Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
