//! `ripple graph stats|check|export|query`.

use crate::args::{Format, Graph};
use crate::commands::named;
use crate::context::Context;
use crate::failure::{Exit, Failure};
use crate::{model, output};
use ripple_graph_core::{GraphStore, Rows};
use ripple_schemas::property::blind_spots;
use ripple_schemas::{BlindKind, Edge, Node, NodeKind};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

pub(crate) async fn run(context: &Context, args: &Graph) -> Result<Exit, Failure> {
    let store = context.open_existing().await?;
    match args {
        Graph::Stats => stats(context, &*store).await,
        Graph::Check { repair } => check(context, &*store, *repair).await,
        Graph::Export => export(context, &*store).await,
        Graph::Query {
            query,
            argument,
            limit,
        } => {
            query_store(
                context,
                &*store,
                query.as_deref(),
                argument.as_deref(),
                *limit,
            )
            .await
        }
    }
}

/// Counts by kind, rule and reason.
#[derive(Default)]
struct Stats {
    nodes: BTreeMap<&'static str, u64>,
    edges: BTreeMap<&'static str, u64>,
    rules: BTreeMap<&'static str, u64>,
    call_sites: BTreeMap<String, u64>,
    set_aside: BTreeMap<String, u64>,
    blind: BTreeMap<BlindKind, u64>,
}

async fn stats(context: &Context, store: &dyn GraphStore) -> Result<Exit, Failure> {
    let format = context.format(&[Format::Text, Format::Json])?;
    let snapshot = store.snapshot().await?;
    let mut stats = Stats::default();
    for node in &snapshot.nodes {
        *stats.nodes.entry(node.kind.as_str()).or_default() += 1;
        if node.kind == NodeKind::File {
            count_file(&mut stats, node);
        }
    }
    for edge in &snapshot.edges {
        *stats.edges.entry(edge.kind.as_str()).or_default() += 1;
        *stats.rules.entry(edge.rule.as_str()).or_default() += 1;
    }
    if format == Format::Json {
        let blind: BTreeMap<&str, u64> =
            stats.blind.iter().map(|(k, v)| (k.as_str(), *v)).collect();
        output::print_json(&json!({
            "revision": snapshot.revision.0, "nodes": stats.nodes, "edges": stats.edges, "rules": stats.rules,
            "call_sites": stats.call_sites, "set_aside": stats.set_aside, "blind_spots": blind,
        }))?;
        return Ok(Exit::Done);
    }
    let mut text = format!(
        "revision {}: {} nodes, {} edges\n",
        snapshot.revision,
        grouped(snapshot.nodes.len() as u64),
        grouped(snapshot.edges.len() as u64)
    );
    section(
        &mut text,
        "nodes",
        &by_count(stats.nodes.iter().map(|(k, v)| ((*k).to_owned(), *v))),
    );
    section(
        &mut text,
        "edges",
        &by_count(stats.edges.iter().map(|(k, v)| ((*k).to_owned(), *v))),
    );
    section(
        &mut text,
        "edges by rule",
        &by_count(stats.rules.iter().map(|(k, v)| ((*k).to_owned(), *v))),
    );
    share(&mut text, "call sites", &by_count(stats.call_sites.clone()));
    section(
        &mut text,
        "files set aside",
        &by_count(stats.set_aside.clone()),
    );
    section(
        &mut text,
        "blind spots",
        &by_count(stats.blind.iter().map(|(k, v)| (k.as_str().to_owned(), *v))),
    );
    output::print(&text)?;
    Ok(Exit::Done)
}

fn count_file(stats: &mut Stats, node: &Node) {
    if let Some(Value::Object(sites)) = node.properties.get("call_sites") {
        for (reason, count) in sites {
            *stats.call_sites.entry(reason.clone()).or_default() += count.as_u64().unwrap_or(0);
        }
    }
    if let Some(Value::String(reason)) = node.properties.get("set_aside") {
        *stats.set_aside.entry(reason.clone()).or_default() += 1;
    }
    for blind in blind_spots(node) {
        *stats.blind.entry(blind.kind).or_default() += 1;
    }
}

fn by_count(counts: impl IntoIterator<Item = (String, u64)>) -> Vec<(String, u64)> {
    let mut list: Vec<(String, u64)> = counts.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    list
}

fn section(text: &mut String, title: &str, rows: &[(String, u64)]) {
    if rows.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{title}");
    for (name, count) in rows {
        let _ = writeln!(text, "  {name:<24} {:>12}", grouped(*count));
    }
}

fn share(text: &mut String, title: &str, rows: &[(String, u64)]) {
    let total: u64 = rows.iter().map(|r| r.1).sum();
    if total == 0 {
        return;
    }
    let _ = writeln!(text, "\n{title:<26} {:>12}", grouped(total));
    for (name, count) in rows.iter().filter(|r| r.1 > 0) {
        let percent = 100.0 * *count as f64 / total as f64;
        let _ = writeln!(
            text,
            "  {name:<24} {:>12} {percent:>6.1} %",
            grouped(*count)
        );
    }
}

/// A count with thin groups of three digits: `1 204 311`.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

async fn check(context: &Context, store: &dyn GraphStore, repair: bool) -> Result<Exit, Failure> {
    let format = context.format(&[Format::Text, Format::Json])?;
    let check = store.check(repair).await?;
    let open = check.damage.iter().filter(|d| !d.repaired).count();
    if format == Format::Json {
        let damage: Vec<Value> = check
            .damage
            .iter()
            .map(|d| json!({"what": d.what, "mend": d.mend, "repaired": d.repaired}))
            .collect();
        output::print_json(&json!({
            "nodes": check.nodes, "edges": check.edges, "owners": check.owners, "damage": damage,
        }))?;
    } else {
        let mut text = format!(
            "checked {} nodes, {} edges, {} owners: {}\n",
            grouped(check.nodes),
            grouped(check.edges),
            grouped(check.owners),
            if check.damage.is_empty() {
                "no damage".to_owned()
            } else {
                format!("{} damaged", check.damage.len())
            }
        );
        for damage in &check.damage {
            let state = if damage.repaired {
                "repaired"
            } else {
                "damaged "
            };
            let _ = writeln!(
                text,
                "  {state}  {}\n            {}",
                damage.what, damage.mend
            );
        }
        output::print(&text)?;
    }
    Ok(if open > 0 { Exit::Negative } else { Exit::Done })
}

async fn export(context: &Context, store: &dyn GraphStore) -> Result<Exit, Failure> {
    context.format(&[Format::Jsonl])?;
    let calibration = model::calibration(store).await?;
    let mut snapshot = store.snapshot().await?;
    for edge in &mut snapshot.edges {
        edge.confidence = calibration.confidence(edge.rule, edge.state);
    }
    let mut out = std::io::BufWriter::with_capacity(1 << 20, std::io::stdout().lock());
    for node in &snapshot.nodes {
        serde_json::to_writer(&mut out, node).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
    }
    let mut edges: Vec<&Edge> = snapshot.edges.iter().collect();
    edges.sort_by(|a, b| (&a.from, a.kind, &a.to).cmp(&(&b.from, b.kind, &b.to)));
    for edge in edges {
        serde_json::to_writer(&mut out, edge).map_err(std::io::Error::from)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(Exit::Done)
}

async fn query_store(
    context: &Context,
    store: &dyn GraphStore,
    query: Option<&str>,
    argument: Option<&str>,
    limit: usize,
) -> Result<Exit, Failure> {
    let format = context.format(&[Format::Text, Format::Json])?;
    let Some(query) = query else {
        output::print(&named::list())?;
        return Ok(Exit::Done);
    };
    if query == "phantoms" {
        let phantoms = named::phantoms(store).await?;
        if format == Format::Json {
            output::print_json(&phantoms)?;
        } else {
            output::print(&named::phantoms_text(&phantoms))?;
        }
        return Ok(Exit::Done);
    }
    let rows = match named::run(store, query, argument, limit).await? {
        Some(rows) => rows,
        None => store.query(query, limit).await?,
    };
    if format == Format::Json {
        let list: Vec<Value> = rows
            .rows
            .iter()
            .map(|row| {
                Value::Object(
                    rows.columns
                        .iter()
                        .cloned()
                        .zip(row.iter().cloned())
                        .collect(),
                )
            })
            .collect();
        output::print_json(&list)?;
    } else {
        output::print(&table(&rows))?;
    }
    Ok(Exit::Done)
}

/// Rows as aligned columns.
fn table(rows: &Rows) -> String {
    let cell = |v: &Value| match v {
        Value::String(s) => s.clone(),
        Value::Null => String::new(),
        Value::Array(list) => list
            .iter()
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(" "),
        other => other.to_string(),
    };
    let cells: Vec<Vec<String>> = rows
        .rows
        .iter()
        .map(|r| r.iter().map(cell).collect())
        .collect();
    let widths: Vec<usize> = (0..rows.columns.len())
        .map(|i| {
            cells
                .iter()
                .map(|r| r[i].len())
                .chain([rows.columns[i].len()])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    let line = |text: &mut String, cells: &[String]| {
        let mut row = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            let _ = write!(row, "{cell:<width$}  ");
        }
        let _ = writeln!(text, "{}", row.trim_end());
    };
    line(&mut text, &rows.columns);
    for row in &cells {
        line(&mut text, row);
    }
    if rows.truncated {
        let _ = writeln!(text, "… more rows; --limit N shows them");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_is_grouped_by_three() {
        assert_eq!(
            (grouped(7), grouped(1204), grouped(1_204_311)),
            ("7".into(), "1 204".into(), "1 204 311".into())
        );
    }
}
