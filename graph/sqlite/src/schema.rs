//! The tables, and why each is as it is.
//!
//! Strings that repeat (keys, paths, owners, kinds, rules) are kept once and named by small
//! integers elsewhere: with three B-trees over the assertions this is what keeps a relationship
//! under 200 bytes. There is no derived table: a node exists while `node_fact` has a row of it, a
//! visible edge is merged from `edge_fact` on reading, so nothing can disagree.

use rusqlite::{Connection, OptionalExtension};

/// The version this crate writes (`PRAGMA user_version`).
pub const VERSION: u32 = 2;

/// `PRAGMA application_id` of a Ripple store: "Ripl".
pub(crate) const APPLICATION_ID: i32 = 0x5269_706c;

/// Tables and views of [`VERSION`].
///
/// - `meta`: one row; `forgotten` is the last revision whose changes are no longer listed.
/// - `owner.checksum`: sum of the hashes of the owner's rows, computed on the strings, so that
///   `check` notices a row or an interned string that changed by itself.
/// - `edge_fact.evidence`: `text id,line` pairs joined by commas, line -1 where the site has none.
/// - `orphan`: keys that nothing speaks of since a revision; removed once that is forgotten.
pub(crate) const TABLES: &str = "
CREATE TABLE meta (
  id INTEGER PRIMARY KEY CHECK (id = 0),
  revision INTEGER NOT NULL,
  forgotten INTEGER NOT NULL
) STRICT;
INSERT INTO meta VALUES (0, 0, 0);
CREATE TABLE key (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE text (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE word (
  id INTEGER PRIMARY KEY,
  what TEXT NOT NULL,
  name TEXT NOT NULL,
  confidence REAL,
  rank INTEGER NOT NULL,
  UNIQUE (what, name)
) STRICT;
CREATE TABLE owner (
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  digest INTEGER NOT NULL,
  checksum INTEGER NOT NULL
) STRICT;
CREATE TABLE node_fact (
  key INTEGER NOT NULL,
  owner INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  qualified_name TEXT,
  path INTEGER,
  line_start INTEGER,
  line_end INTEGER,
  language INTEGER,
  properties TEXT,
  PRIMARY KEY (key, owner)
) STRICT, WITHOUT ROWID;
CREATE TABLE edge_fact (
  src INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  dst INTEGER NOT NULL,
  owner INTEGER NOT NULL,
  rule INTEGER NOT NULL,
  sites INTEGER NOT NULL,
  evidence TEXT NOT NULL,
  PRIMARY KEY (src, kind, dst, owner, rule)
) STRICT, WITHOUT ROWID;
CREATE TABLE change_log (
  revision INTEGER NOT NULL,
  key INTEGER NOT NULL,
  PRIMARY KEY (revision, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE orphan (key INTEGER PRIMARY KEY, revision INTEGER NOT NULL) STRICT;
CREATE TABLE inbox (
  consumer TEXT NOT NULL,
  source TEXT NOT NULL,
  id TEXT NOT NULL,
  PRIMARY KEY (consumer, source, id)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  partition_key TEXT NOT NULL,
  event TEXT NOT NULL
) STRICT;
CREATE TABLE consumer_offset (
  consumer_group TEXT NOT NULL,
  partition INTEGER NOT NULL,
  generation INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (consumer_group, partition)
) STRICT, WITHOUT ROWID;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
";

/// Indexes and views: what `check --repair` can make again from the tables.
pub(crate) const DERIVED: &[(&str, &str)] = &[
    (
        "node_fact_owner",
        "CREATE INDEX node_fact_owner ON node_fact (owner, key)",
    ),
    (
        "edge_fact_owner",
        "CREATE INDEX edge_fact_owner ON edge_fact (owner)",
    ),
    (
        "edge_fact_dst",
        "CREATE INDEX edge_fact_dst ON edge_fact (dst, src, kind)",
    ),
    ("nodes", NODES),
    ("edges", EDGES),
];

/// Makes every index and view of [`DERIVED`] again. In a transaction of the caller.
pub(crate) fn derive(tx: &Connection) -> Result<(), rusqlite::Error> {
    strip(tx)?;
    for (_, sql) in DERIVED {
        tx.execute_batch(sql)?;
    }
    Ok(())
}

/// Drops what [`derive`] makes. In a transaction of the caller.
pub(crate) fn strip(tx: &Connection) -> Result<(), rusqlite::Error> {
    for (name, _) in DERIVED {
        let mut select = tx.prepare("SELECT type FROM sqlite_schema WHERE name = ?")?;
        let kind: Option<String> = select.query_row([name], |r| r.get(0)).optional()?;
        match kind.as_deref() {
            Some("view") => tx.execute_batch(&format!("DROP VIEW {name}"))?,
            Some("index") => tx.execute_batch(&format!("DROP INDEX {name}"))?,
            _ => {}
        }
    }
    Ok(())
}

/// The nodes as people query them: the smallest owner's fields, the properties united.
const NODES: &str = "CREATE VIEW nodes AS
SELECT k.text AS key, w.name AS kind, f.name, f.qualified_name, p.text AS path,
  f.line_start, f.line_end, l.text AS language,
  CASE WHEN (SELECT count(*) FROM node_fact g WHERE g.key = f.key) = 1
    THEN coalesce(f.properties, '{}')
    ELSE (SELECT json_group_object(name, json(value)) FROM (
      SELECT e.key AS name, g.properties -> e.fullkey AS value, min(o.name)
      FROM node_fact g JOIN owner o ON o.id = g.owner, json_each(g.properties) e
      WHERE g.key = f.key GROUP BY e.key))
  END AS properties
FROM node_fact f
JOIN key k ON k.id = f.key
JOIN word w ON w.id = f.kind
LEFT JOIN text p ON p.id = f.path
LEFT JOIN text l ON l.id = f.language
WHERE f.owner = (SELECT g.owner FROM node_fact g JOIN owner o ON o.id = g.owner
  WHERE g.key = f.key ORDER BY o.name LIMIT 1)";

/// The visible edges as people query them.
const EDGES: &str = "CREATE VIEW edges AS
SELECT s.text AS \"from\", w.name AS kind, d.text AS \"to\", r.confidence, r.name AS rule,
  min(r.rank) AS rule_rank, sum(e.sites) AS sites,
  (SELECT json_group_array(site) FROM (
    SELECT DISTINCT CASE WHEN line.value < 0 THEN t.text ELSE t.text || ':' || line.value END AS site
    FROM edge_fact g, json_each('[' || g.evidence || ']') AS place
    JOIN json_each('[' || g.evidence || ']') AS line ON line.key = place.key + 1
    JOIN text t ON t.id = place.value
    WHERE g.src = e.src AND g.kind = e.kind AND g.dst = e.dst AND place.key % 2 = 0
    ORDER BY t.text, line.value LIMIT 8)) AS evidence
FROM edge_fact e
JOIN key s ON s.id = e.src
JOIN key d ON d.id = e.dst
JOIN word w ON w.id = e.kind
JOIN word r ON r.id = e.rule
WHERE EXISTS (SELECT 1 FROM node_fact n WHERE n.key = e.src)
  AND EXISTS (SELECT 1 FROM node_fact n WHERE n.key = e.dst)
GROUP BY e.src, e.kind, e.dst";
