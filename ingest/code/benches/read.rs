//! Reading and resolving a repository, against only parsing the same files on as many threads.
//!
//! `RIPPLE_BENCH_REPOSITORY=/path cargo bench -p ripple-ingest-code`; this repository by default.
#![allow(missing_docs, clippy::print_stdout)]

use rayon::prelude::*;
use ripple_ingest_code::analyse::{Analyser, Analysis, Options};
use ripple_ingest_code::git::{Repository, Tree};
use ripple_ingest_code::lang::{self, Language, Layout};
use ripple_ingest_code::solve::{Replaced, Resolver, SourceFacts};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

fn main() {
    let root = std::env::var_os("RIPPLE_BENCH_REPOSITORY").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."),
        PathBuf::from,
    );
    let repository = Repository::open(&root).expect("a repository to read");
    let tree = Tree::Commit(repository.head_commit().expect("a commit to read"));

    let analyser = Analyser::new(repository.clone(), Options::default()).expect("threads");
    let started = Instant::now();
    let analysis = analyser.analyse(&tree).expect("a tree that can be read");
    let whole = started.elapsed();

    let sources: Vec<(String, String)> = analysis
        .files
        .iter()
        .filter(|f| f.set_aside.is_none() && f.language.is_some())
        .filter_map(|f| {
            Some((
                f.path.clone(),
                std::fs::read_to_string(root.join(&f.path)).ok()?,
            ))
        })
        .collect();
    let lines: usize = sources.iter().map(|s| s.1.lines().count()).sum();
    let languages = lang::all();
    let started = Instant::now();
    sources.par_iter().for_each(|(path, text)| {
        if let Some((_, grammar)) = languages.iter().find_map(|l| l.claims(path)) {
            let mut parser = tree_sitter::Parser::new();
            if parser.set_language(&grammar).is_ok() {
                parser.parse(text, None);
            }
        }
    });
    let parsing = started.elapsed();

    println!("lines                 {lines:>12}");
    println!("parse only            {:>12.3} s", parsing.as_secs_f64());
    println!("read and resolve      {:>12.3} s", whole.as_secs_f64());
    println!(
        "ratio                 {:>12.2}",
        whole.as_secs_f64() / parsing.as_secs_f64()
    );
    let ratio = whole.as_secs_f64() / parsing.as_secs_f64();
    let met = if ratio <= 1.5 { "met" } else { "missed" };
    println!("speed: full ingest over only parsing, {lines} lines | {ratio:.2} | ≤ 1.5 | {met}");
    let started = Instant::now();
    let again = analyser.analyse(&tree).expect("a tree that can be read");
    println!(
        "the same tree again   {:>12.3} s ({} parsed)",
        started.elapsed().as_secs_f64(),
        again.parsed
    );

    let lowered: Vec<Vec<SourceFacts>> = languages
        .iter()
        .map(|language| {
            let lower = |(path, text): &(String, String)| lower(language.as_ref(), path, text);
            sources.par_iter().filter_map(lower).collect()
        })
        .collect();
    for (language, files) in languages.iter().zip(lowered) {
        if !files.is_empty() {
            one_changed(language.as_ref(), &files, &sources, &analysis);
        }
    }
}

fn lower(language: &dyn Language, path: &str, text: &str) -> Option<SourceFacts> {
    let (_, grammar) = language.claims(path)?;
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&grammar).ok()?;
    let tree = parser.parse(text, None)?;
    Some(SourceFacts {
        path: path.to_owned(),
        facts: Arc::new(language.lower(path, text, &tree)),
    })
}

/// The text with another number in an indented line: a body changes, and nothing else.
fn other_number(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let is_indented = |at: usize| {
        let start = text[..at].rfind('\n').map_or(0, |n| n + 1);
        bytes[start] == b' ' || bytes[start] == b'\t'
    };
    let at = (1..bytes.len().saturating_sub(1)).find(|&at| {
        bytes[at].is_ascii_digit()
            && bytes[at - 1] == b' '
            && matches!(bytes[at + 1], b'\n' | b';' | b')' | b',')
            && is_indented(at)
    })?;
    let other = if bytes[at] == b'7' { "3" } else { "7" };
    Some(format!("{}{other}{}", &text[..at], &text[at + 1..]))
}

/// The time from a file's new text to its relationships, in a process that knows all others.
fn one_changed(
    language: &dyn Language,
    files: &[SourceFacts],
    sources: &[(String, String)],
    analysis: &Analysis,
) {
    let texts: HashMap<&str, &str> = sources.iter().map(|s| (&*s.0, &*s.1)).collect();
    let layout = Layout {
        paths: analysis.files.iter().map(|f| f.path.clone()).collect(),
        ..Layout::default()
    };
    let modules = Arc::from(language.modules(layout));
    let mut resolver = Resolver::new(language, modules, files, true);
    let (mut alone, mut all) = (Vec::new(), Vec::new());
    let step = (files.len() / 40).max(1);
    for (number, file) in files.iter().enumerate().step_by(step) {
        let Some(text) = other_number(texts[&*file.path]) else {
            continue;
        };
        let lines = text.lines().count();
        let started = Instant::now();
        let Some(changed) = lower(language, &file.path, &text) else {
            continue;
        };
        let lowered = started.elapsed();
        if all.len() == 5 {
            break;
        }
        let replaced = resolver.replace(&[(number as u32, changed.facts)]);
        let took = started.elapsed().as_secs_f64() * 1e3;
        match replaced {
            Replaced::Alone => alone.push((took, lowered.as_secs_f64() * 1e3, lines)),
            Replaced::All { .. } => all.push((took, 0.0, lines)),
        }
    }
    for (what, mut list) in [("alone", alone), ("with all others", all)] {
        list.sort_by(|a, b| a.0.total_cmp(&b.0));
        if let (Some(middle), Some(last)) = (list.get(list.len() / 2), list.last()) {
            println!(
                "{} file changed, {what}: {:>4} times, median {:.1} ms (lowering {:.1} ms, {} lines), most {:.1} ms ({} lines)",
                language.family(),
                list.len(),
                middle.0,
                middle.1,
                middle.2,
                last.0,
                last.2
            );
            if what == "alone" {
                println!(
                    "speed: one changed {} file among {} lines, resident, median (most) | {:.1} ({:.1}) ms | ≤ 20 ms | {}",
                    language.family(),
                    sources.iter().map(|s| s.1.lines().count()).sum::<usize>(),
                    middle.0,
                    last.0,
                    if middle.0 <= 20.0 { "met" } else { "missed" }
                );
            }
        }
    }
}
