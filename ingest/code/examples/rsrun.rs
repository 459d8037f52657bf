use ripple_ingest_code::lang::{self, Language, Layout};
use ripple_ingest_code::solve::{self, SourceFacts};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
fn walk(root: &std::path::Path, at: &std::path::Path, out: &mut BTreeMap<String, String>) {
    for e in std::fs::read_dir(at).unwrap() {
        let p = e.unwrap().path();
        if p.is_symlink() {
            continue;
        }
        if p.is_dir() {
            if p.file_name().unwrap() != "target" && p.file_name().unwrap() != ".git" {
                walk(root, &p, out)
            }
        } else {
            let n = p.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if n.ends_with(".rs") || n.ends_with("Cargo.toml") {
                if let Ok(t) = std::fs::read_to_string(&p) {
                    out.insert(n, t);
                }
            }
        }
    }
}
fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let verbose = args.iter().any(|a| a == "-v");
    for dir in args.iter().filter(|a| !a.starts_with('-')) {
        let root = std::path::Path::new(dir);
        let mut files = BTreeMap::new();
        walk(root, root, &mut files);
        let rust = lang::rust::Rust;
        let mut parser = tree_sitter::Parser::new();
        let (mut tp, mut tl, mut lines, mut bytes) = (Duration::ZERO, Duration::ZERO, 0, 0);
        let mut sources = Vec::new();
        let mut err = 0;
        let mut limit = 0;
        for (path, text) in &files {
            let Some((_, g)) = rust.claims(path) else {
                continue;
            };
            parser.set_language(&g).unwrap();
            let t = Instant::now();
            let tree = parser.parse(text, None).unwrap();
            tp += t.elapsed();
            let t = Instant::now();
            let facts = rust.lower(path, text, &tree);
            let d = t.elapsed();
            tl += d;
            if d > Duration::from_millis(50) {
                println!("  slow {path} {d:?} {} lines", facts.lines);
            }
            lines += facts.lines;
            bytes += postcard::to_allocvec(&facts).unwrap().len();
            for b in &facts.blind {
                match b.kind {
                    ripple_schemas::BlindKind::ParseError => {
                        err += 1;
                        if verbose {
                            println!("  parse {path}:{}", b.line)
                        }
                    }
                    ripple_schemas::BlindKind::Limit => {
                        limit += 1;
                        println!("  limit {path}:{}", b.line)
                    }
                    _ => {}
                }
            }
            sources.push(SourceFacts {
                path: path.clone(),
                facts: Arc::new(facts),
            });
        }
        let (mut f, mut c, mut d, mut p) = (0, 0, 0, 0);
        for s in &sources {
            f += s.facts.flows.len();
            c += s.facts.calls.len();
            d += s.facts.defs.len();
            p += s.facts.places;
        }
        println!(
            "{dir}: files {} lines {lines} parse {tp:?} lower {tl:?} ratio {:.2} errors {err} limit {limit} defs {d} flows {f} calls {c} places {p} facts {} kB",
            sources.len(),
            tl.as_secs_f64() / tp.as_secs_f64(),
            bytes / 1024
        );
        if args.iter().any(|a| a == "-s") {
            let layout = Layout {
                paths: files.keys().cloned().collect(),
                manifests: files
                    .iter()
                    .filter(|(k, _)| rust.manifests(k))
                    .map(|(k, v)| (k.clone(), v.clone()))
                    .collect(),
            };
            let modules = rust.modules(layout);
            let t = Instant::now();
            let r = solve::resolve(&rust, &*modules, &sources);
            let mut sites = solve::CallSites::default();
            for s in &r.call_sites {
                sites.resolved += s.resolved;
                sites.external += s.external;
                sites.builtin += s.builtin;
                sites.dynamic += s.dynamic;
                sites.unresolved_import += s.unresolved_import;
                sites.unknown_receiver += s.unknown_receiver;
                sites.too_many_candidates += s.too_many_candidates;
            }
            println!(
                "  solve {:?} edges {} {sites:?}",
                t.elapsed(),
                r.edges.len()
            );
            if verbose {
                let mut n = BTreeMap::new();
                for (file, b) in &r.blind {
                    *n.entry((b.kind.as_str(), b.why.to_string()))
                        .or_insert((0, format!("{}:{}", sources[*file as usize].path, b.line))) = {
                        let x = n
                            .get(&(b.kind.as_str(), b.why.to_string()))
                            .cloned()
                            .unwrap_or((0, format!("{}:{}", sources[*file as usize].path, b.line)));
                        (x.0 + 1, x.1)
                    };
                }
                let mut v: Vec<_> = n.into_iter().collect();
                v.sort_by_key(|x| std::cmp::Reverse(x.1.0));
                for ((k, w), (c, at)) in v.into_iter().take(60) {
                    println!("    {c} {k} {w}  {at}");
                }
            }
        }
    }
}
