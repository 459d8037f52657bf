//! Kinds and rules as the file numbers them.
//!
//! The numbers belong to the file, not to the enums: adding a kind or sorting an enum differently
//! changes nothing in a file that exists.
//!
//! Whoever adds words leaves the checksum of all of them in the settings. So a word that a newer ripple
//! added is told from one that a damaged byte made.

use crate::checksum::Checksum;
use crate::fault::Fault;
use ripple_graph_core::StoreError;
use ripple_schemas::{EdgeKind, NodeKind, Rule};
use rusqlite::{Connection, OptionalExtension, params};

/// Both directions, loaded when the file is opened.
#[derive(Debug)]
pub(crate) struct Words {
    node: Vec<i64>,
    edge: Vec<i64>,
    rule: Vec<i64>,
    by_id: Vec<Word>,
}

#[derive(Clone, Debug, PartialEq)]
enum Word {
    None,
    Node(NodeKind),
    Edge(EdgeKind),
    Rule(Rule),
    /// Written by a newer ripple.
    Foreign(String),
    /// Written by nobody.
    Damaged(String),
}

/// The setting that holds the checksum of all words.
pub(crate) const CHECKSUM: &str = "words";

/// Every word this program knows: what, name, confidence, rank among the rules (the smaller is
/// the one that a merge keeps).
fn known() -> Vec<(&'static str, &'static str, Option<f64>, i64)> {
    let mut rules: Vec<Rule> = Rule::ALL.to_vec();
    rules.sort_by_key(|rule| rule.rank());
    let nodes = NodeKind::ALL.iter().map(|k| ("node", k.as_str(), None, 0));
    let edges = EdgeKind::ALL.iter().map(|k| ("edge", k.as_str(), None, 0));
    let rules = rules.iter().enumerate();
    let rules = rules.map(|(i, r)| ("rule", r.as_str(), Some(r.confidence()), i as i64));
    nodes.chain(edges).chain(rules).collect()
}

impl Words {
    /// Writes the words that are missing or differ. In a transaction of the caller.
    pub(crate) fn write(conn: &Connection) -> Result<(), Fault> {
        let mut insert = conn.prepare(
            "INSERT INTO word (what, name, confidence, rank) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (what, name) DO UPDATE SET confidence = ?3, rank = ?4
             WHERE confidence IS NOT ?3 OR rank <> ?4",
        )?;
        let whole = vouched(conn)?;
        for (what, name, confidence, rank) in known() {
            insert.execute(params![what, name, confidence, rank])?;
        }
        if whole {
            conn.execute(
                "INSERT OR REPLACE INTO setting VALUES (?, ?)",
                params![CHECKSUM, sum(conn)?.0.to_string()],
            )?;
        }
        Ok(())
    }

    /// Whether [`Words::write`] has anything to write.
    pub(crate) fn current(conn: &Connection) -> Result<bool, Fault> {
        // One transaction, so that the file is locked once and not for each word.
        let tx = conn.unchecked_transaction()?;
        let mut find = tx.prepare(
            "SELECT 1 FROM word WHERE what = ?1 AND name = ?2 AND confidence IS ?3 AND rank = ?4",
        )?;
        for (what, name, confidence, rank) in known() {
            if !find.exists(params![what, name, confidence, rank])? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Reads them; every word of this program must be there.
    pub(crate) fn load(conn: &Connection) -> Result<Self, Fault> {
        let mut words = Self {
            node: vec![0; NodeKind::ALL.len()],
            edge: vec![0; EdgeKind::ALL.len()],
            rule: vec![0; Rule::ALL.len()],
            by_id: Vec::new(),
        };
        let whole = vouched(conn)?;
        let mut select = conn.prepare("SELECT id, what, name FROM word")?;
        let mut rows = select.query([])?;
        while let Some(row) = rows.next()? {
            let (id, what, name): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let word = match what.as_str() {
                "node" => NodeKind::parse(&name).map(|k| {
                    words.node[k as usize] = id;
                    Word::Node(k)
                }),
                "edge" => EdgeKind::parse(&name).map(|k| {
                    words.edge[k as usize] = id;
                    Word::Edge(k)
                }),
                "rule" => Rule::parse(&name).map(|r| {
                    words.rule[r as usize] = id;
                    Word::Rule(r)
                }),
                _ => None,
            };
            let at = usize::try_from(id)
                .ok()
                .filter(|at| *at < 65_536)
                .ok_or_else(|| Fault::Damaged(format!("word {name} has the number {id}")))?;
            if words.by_id.len() <= at {
                words.by_id.resize(at + 1, Word::None);
            }
            words.by_id[at] = match word {
                Some(word) => word,
                None if whole => Word::Foreign(name),
                None => Word::Damaged(name),
            };
        }
        let all = [&words.node, &words.edge, &words.rule];
        if all.into_iter().flatten().any(|id| *id == 0) {
            return Err(Fault::Damaged(
                "the list of kinds and rules has a gap".into(),
            ));
        }
        Ok(words)
    }

    pub(crate) fn node_id(&self, kind: NodeKind) -> i64 {
        self.node[kind as usize]
    }

    pub(crate) fn edge_id(&self, kind: EdgeKind) -> i64 {
        self.edge[kind as usize]
    }

    pub(crate) fn rule_id(&self, rule: Rule) -> i64 {
        self.rule[rule as usize]
    }

    pub(crate) fn node(&self, id: i64) -> Result<NodeKind, Fault> {
        match self.word(id) {
            Word::Node(kind) => Ok(*kind),
            other => Err(unknown("node kind", id, other)),
        }
    }

    pub(crate) fn edge(&self, id: i64) -> Result<EdgeKind, Fault> {
        match self.word(id) {
            Word::Edge(kind) => Ok(*kind),
            other => Err(unknown("relationship kind", id, other)),
        }
    }

    pub(crate) fn rule(&self, id: i64) -> Result<Rule, Fault> {
        match self.word(id) {
            Word::Rule(rule) => Ok(*rule),
            other => Err(unknown("rule", id, other)),
        }
    }

    fn word(&self, id: i64) -> &Word {
        usize::try_from(id)
            .ok()
            .and_then(|at| self.by_id.get(at))
            .unwrap_or(&Word::None)
    }
}

fn unknown(what: &str, id: i64, word: &Word) -> Fault {
    match word {
        Word::Foreign(name) => Fault::Store(StoreError::Invalid {
            why: format!(
                "the graph holds `{name}`, a {what} this ripple does not know; upgrade ripple"
            ),
        }),
        Word::Damaged(name) => Fault::Damaged(format!("`{name}` is no {what} of any ripple")),
        _ => Fault::Damaged(format!("{id} is the number of no {what}")),
    }
}

/// The checksum of all words, and whether there are some that this program does not know.
fn sum(conn: &Connection) -> Result<(i64, bool), Fault> {
    let mut sum = Checksum::of(CHECKSUM, 0);
    let mut foreign = false;
    let mut select = conn.prepare("SELECT what, name FROM word")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let (what, name): (String, String) = (row.get(0)?, row.get(1)?);
        sum.field(&what).field(&name).end();
        foreign |= match what.as_str() {
            "node" => NodeKind::parse(&name).is_none(),
            "edge" => EdgeKind::parse(&name).is_none(),
            "rule" => Rule::parse(&name).is_none(),
            _ => true,
        };
    }
    Ok((sum.sum(), foreign))
}

/// Whether the words that this program does not know are a newer ripple's: all of them are as
/// whoever added the last left them. A file from before there was a checksum has none.
fn vouched(conn: &Connection) -> Result<bool, Fault> {
    let (sum, foreign) = sum(conn)?;
    if !foreign {
        return Ok(true);
    }
    let mut select = conn.prepare("SELECT value FROM setting WHERE name = ?")?;
    let kept: Option<String> = select.query_row([CHECKSUM], |r| r.get(0)).optional()?;
    Ok(kept.is_some_and(|kept| kept == sum.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ripple_schemas::Assertion;
    use ripple_schemas::Key;

    #[test]
    fn a_word_of_a_newer_ripple_is_told_from_a_damaged_one() {
        for (newer, said) in [(true, "upgrade ripple"), (false, "of any ripple")] {
            let mut conn = Connection::open_in_memory().unwrap();
            crate::open::initialise(&mut conn).unwrap();
            let id = Words::load(&conn).unwrap().edge_id(EdgeKind::Calls);
            assert!(Words::current(&conn).unwrap());
            let renamed = "UPDATE word SET name = 'CALLS_LATER' WHERE id = ?";
            conn.execute(renamed, [id]).unwrap();
            if newer {
                let sum = sum(&conn).unwrap().0.to_string();
                let kept = "UPDATE setting SET value = ? WHERE name = ?";
                conn.execute(kept, params![sum, CHECKSUM]).unwrap();
            }
            assert!(!Words::current(&conn).unwrap());
            // Opened twice: what the first adds does not vouch for what it found.
            for _ in 0..2 {
                Words::write(&conn).unwrap();
                let words = Words::load(&conn).unwrap();
                assert_ne!(words.edge_id(EdgeKind::Calls), id);
                let fault = words.edge(id).unwrap_err();
                assert_eq!(fault.is_damage(), !newer);
                assert!(fault.why().contains(said), "{}", fault.why());
            }
        }
    }

    #[test]
    fn the_rank_of_rules_is_the_choice_that_a_merge_makes() {
        let of = |rule| Assertion {
            from: Key::repository("a"),
            kind: EdgeKind::Calls,
            to: Key::repository("b"),
            rule,
            sites: 1,
            evidence: vec![],
        };
        let ranked: Vec<Rule> = {
            let mut rules: Vec<_> = known().into_iter().filter(|w| w.0 == "rule").collect();
            rules.sort_by_key(|w| w.3);
            rules.iter().filter_map(|w| Rule::parse(w.1)).collect()
        };
        for pair in ranked.windows(2) {
            let (a, b) = (of(pair[0]), of(pair[1]));
            let merged = ripple_schemas::fact::merge([&b, &a]).map(|e| e.rule);
            assert_eq!(merged, Some(pair[0]));
        }
    }
}
