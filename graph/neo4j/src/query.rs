//! A person's Cypher, read-only.
//!
//! The server refuses to write: the query runs in its read access mode. Before that, texts are
//! refused that would reach outside the graph without writing (files, URLs, settings, other
//! sessions), which access mode does not cover.

use crate::client::Client;
use crate::fault::Fault;
use neo4rs::{BoltType, Row, query as cypher};
use ripple_graph_core::{Rows, StoreError};
use serde_json::{Map, Value};

/// What a query may begin with.
const BEGINNINGS: &[&str] = &["MATCH", "OPTIONAL", "UNWIND", "WITH", "RETURN", "CALL"];
/// Procedures that tell of the graph's shape and nothing else.
const PROCEDURES: &[&str] = &[
    "db.labels",
    "db.relationshiptypes",
    "db.propertykeys",
    "db.schema.visualization",
    "db.schema.nodetypeproperties",
    "db.schema.reltypeproperties",
];
/// A query that takes longer is ended.
const LONGEST_MILLIS: i64 = 120_000;

pub(crate) async fn query(client: &Client, text: &str, limit: usize) -> Result<Rows, Fault> {
    let text = text.trim().trim_end_matches(';').trim_end();
    let words = words(text);
    if let Some(why) = objection(&words) {
        return Err(StoreError::Query { why }.into());
    }
    let mut columns = columns(text, &words);
    let (mut rows, mut truncated) = (Vec::new(), false);
    let timed = cypher(text).extra("tx_timeout", LONGEST_MILLIS);
    let done = client
        .read(timed, |row| {
            if columns.is_none() {
                let mut names: Vec<String> =
                    row.keys().into_iter().map(|k| k.value.clone()).collect();
                names.sort();
                columns = Some(names);
            }
            if rows.len() == limit {
                truncated = true;
                return Ok(false);
            }
            rows.push(cells(&row, columns.as_deref_mut().unwrap_or_default())?);
            Ok(true)
        })
        .await;
    match done {
        Ok(()) => Ok(Rows {
            columns: columns.unwrap_or_default(),
            rows,
            truncated,
        }),
        Err(Fault::Refused { code, why }) if !code.contains(".Security.Unauthorized") => {
            Err(StoreError::Query { why }.into())
        }
        Err(other) => Err(other),
    }
}

/// A row in the order of the columns; columns that were read wrongly from the text are mended.
fn cells(row: &Row, columns: &mut [String]) -> Result<Vec<Value>, Fault> {
    let names = row.keys();
    if names.len() != columns.len() || !names.iter().all(|n| columns.contains(&n.value)) {
        let mut sorted: Vec<String> = names.iter().map(|n| n.value.clone()).collect();
        sorted.sort();
        let cells = sorted
            .iter()
            .map(|n| Ok(json(row.get::<BoltType>(n)?)))
            .collect();
        if sorted.len() == columns.len() {
            columns.clone_from_slice(&sorted);
        }
        return cells;
    }
    columns
        .iter()
        .map(|n| Ok(json(row.get::<BoltType>(n)?)))
        .collect()
}

/// A value as JSON: nodes and relationships are their properties, with what they are beside.
fn json(value: BoltType) -> Value {
    let object = |map: neo4rs::BoltMap| {
        let mut entries: Vec<(String, Value)> = map
            .value
            .into_iter()
            .map(|(k, v)| (k.value, json(v)))
            .collect();
        entries.sort_by(|a, b| a.0.cmp(&b.0));
        entries.into_iter().collect::<Map<String, Value>>()
    };
    let list = |list: neo4rs::BoltList| Value::Array(list.value.into_iter().map(json).collect());
    match value {
        BoltType::Null(_) => Value::Null,
        BoltType::String(s) => s.value.into(),
        BoltType::Boolean(b) => b.value.into(),
        BoltType::Integer(i) => i.value.into(),
        BoltType::Float(f) => f.value.into(),
        BoltType::Map(map) => Value::Object(object(map)),
        BoltType::List(items) => list(items),
        BoltType::Bytes(bytes) => bytes.value.iter().map(|b| Value::from(*b)).collect(),
        BoltType::Node(node) => {
            let mut all = object(node.properties);
            all.insert("labels".into(), list(node.labels));
            Value::Object(all)
        }
        BoltType::Relation(relation) => {
            let mut all = object(relation.properties);
            all.insert("type".into(), relation.typ.value.into());
            Value::Object(all)
        }
        BoltType::UnboundedRelation(relation) => {
            let mut all = object(relation.properties);
            all.insert("type".into(), relation.typ.value.into());
            Value::Object(all)
        }
        BoltType::Path(path) => {
            let mut all = Map::new();
            all.insert("nodes".into(), list(path.nodes));
            all.insert("relationships".into(), list(path.rels));
            Value::Object(all)
        }
        // Points and times: we store none.
        other => Value::String(format!("{other:?}")),
    }
}

/// A word or a sign of the text, outside strings, comments and quoted names.
struct Word<'a> {
    text: &'a str,
    /// Where it begins, in bytes.
    at: usize,
    /// How many brackets are open around it.
    depth: usize,
}

fn words(text: &str) -> Vec<Word<'_>> {
    let bytes = text.as_bytes();
    let (mut words, mut at, mut depth) = (Vec::new(), 0, 0usize);
    let letter = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80;
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'\'' | b'"' | b'`' => {
                let quote = bytes[at];
                at += 1;
                while at < bytes.len() && bytes[at] != quote {
                    at += if bytes[at] == b'\\' && quote != b'`' {
                        2
                    } else {
                        1
                    };
                }
                at = (at + 1).min(bytes.len());
            }
            b'/' if bytes.get(at + 1) == Some(&b'/') => {
                while at < bytes.len() && !matches!(bytes[at], b'\n' | b'\r') {
                    at += 1;
                }
                continue;
            }
            b'/' if bytes.get(at + 1) == Some(&b'*') => {
                at = text[at + 2..]
                    .find("*/")
                    .map_or(bytes.len(), |end| at + end + 4);
                continue;
            }
            b if letter(b) => {
                while at < bytes.len()
                    && (letter(bytes[at])
                        || (bytes[at] == b'.' && bytes.get(at + 1).is_some_and(|b| letter(*b))))
                {
                    at += 1;
                }
            }
            b if b.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b => {
                at += 1;
                match b {
                    b'(' | b'[' | b'{' => depth += 1,
                    b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
        words.push(Word {
            text: &text[start..at],
            at: start,
            depth,
        });
    }
    words
}

/// Why the text is not run.
fn objection(words: &[Word<'_>]) -> Option<String> {
    let Some(first) = words.first() else {
        return Some(
            "it is empty; write for example MATCH (n:Function) RETURN n.key LIMIT 10".into(),
        );
    };
    let is = |word: &Word<'_>, text: &str| word.text.eq_ignore_ascii_case(text);
    if !BEGINNINGS.iter().any(|b| is(first, b)) {
        return Some(format!(
            "it begins with `{}`; a reading query begins with {}",
            first.text,
            BEGINNINGS.join(", ")
        ));
    }
    for (i, word) in words.iter().enumerate() {
        let next = words.get(i + 1);
        if is(word, "LOAD") && next.is_some_and(|n| is(n, "CSV")) {
            return Some("LOAD CSV reads files and addresses outside the graph".into());
        }
        // A property, label or type named so follows a sign; a clause does not.
        let clause = i == 0 || !matches!(words[i - 1].text, "." | ":" | "|" | "&" | "!" | "$");
        if clause && is(word, "CALL") {
            match next {
                Some(n) if matches!(n.text, "{" | "(") => {}
                Some(n) if PROCEDURES.contains(&n.text.to_ascii_lowercase().as_str()) => {}
                Some(n) => {
                    return Some(format!(
                        "it calls `{}`; allowed are {}",
                        n.text,
                        PROCEDURES.join(", ")
                    ));
                }
                None => {}
            }
        }
        if clause
            && is(word, "USE")
            && next.is_some_and(|n| n.text.as_bytes()[0].is_ascii_alphabetic())
        {
            return Some("it names another database".into());
        }
    }
    None
}

/// The columns of the last RETURN, as the server names them; `None` for `*` or none found. The
/// driver gives the cells of a row by name, not in order.
fn columns(text: &str, words: &[Word<'_>]) -> Option<Vec<String>> {
    let is = |word: &Word<'_>, text: &str| word.text.eq_ignore_ascii_case(text);
    let mut from = words
        .iter()
        .rposition(|w| w.depth == 0 && is(w, "RETURN"))?
        + 1;
    if words.get(from).is_some_and(|w| is(w, "DISTINCT")) {
        from += 1;
    }
    let end = words[from..]
        .iter()
        .position(|w| {
            w.depth == 0
                && ["ORDER", "SKIP", "LIMIT", "OFFSET"]
                    .iter()
                    .any(|k| is(w, k))
        })
        .map_or(words.len(), |n| from + n);
    let mut columns = Vec::new();
    for item in words[from..end].split(|w| w.depth == 0 && w.text == ",") {
        let (first, last) = (item.first()?, item.last()?);
        let alias = item.len() > 2 && is(&item[item.len() - 2], "AS");
        if first.text == "*" {
            return None;
        }
        let whole = if alias {
            last.text
        } else {
            &text[first.at..last.at + last.text.len()]
        };
        let quoted = whole.strip_prefix('`').and_then(|w| w.strip_suffix('`'));
        columns.push(
            quoted
                .filter(|q| !q.contains('`'))
                .unwrap_or(whole)
                .to_owned(),
        );
    }
    Some(columns)
}

#[cfg(test)]
mod tests {
    use super::{columns, objection, words};

    #[test]
    fn columns_are_read_from_the_last_return() {
        let read = |text: &str| columns(text, &words(text));
        let own = |names: &[&str]| Some(names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>());
        assert_eq!(
            read(
                "MATCH (n) RETURN n.key, count( n ) AS `how many`, {a: 1, b: [2, 3]} ORDER BY n.key LIMIT 3"
            ),
            own(&["n.key", "how many", "{a: 1, b: [2, 3]}"])
        );
        assert_eq!(
            read("CALL { RETURN 1 AS a } RETURN DISTINCT a, 'RETURN x, y' // RETURN z"),
            own(&["a", "'RETURN x, y'"])
        );
        assert_eq!(read("MATCH (n) RETURN *"), None);
    }

    #[test]
    fn what_reaches_outside_is_refused_and_what_only_looks_so_is_not() {
        for bad in [
            "",
            "// nothing",
            "LOAD CSV FROM 'http://x' AS l RETURN l",
            "MATCH (n) LOAD /**/ CSV FROM 'file:///x' AS l RETURN l",
            "CALL dbms.listConfig()",
            "MATCH (n) CALL apoc.load.json('x') YIELD value RETURN value",
            "SHOW SETTINGS",
            "TERMINATE TRANSACTIONS 'x'",
            "USE system RETURN 1",
            "EXPLAIN MATCH (n) RETURN n",
            "call `dbms`.listConfig()",
        ] {
            assert!(objection(&words(bad)).is_some(), "{bad}");
        }
        for good in [
            "MATCH (n {name: 'LOAD CSV'}) RETURN n.call, n.use",
            "MATCH ()-[:CALLS]->(load) RETURN load",
            "CALL db.labels() YIELD label RETURN label",
            "MATCH (n) CALL (n) { RETURN 1 AS x } RETURN x",
            "match (n:Call) return n",
        ] {
            assert_eq!(objection(&words(good)), None, "{good}");
        }
    }
}
