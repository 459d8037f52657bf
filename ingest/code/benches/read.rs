//! Reading and resolving a repository, against only parsing the same files on as many threads.
//!
//! `RIPPLE_BENCH_REPOSITORY=/path cargo bench -p ripple-ingest-code`; this repository by default.
#![allow(missing_docs, clippy::print_stdout)]

use rayon::prelude::*;
use ripple_ingest_code::analyse::{Analyser, Options};
use ripple_ingest_code::git::{Repository, Tree};
use ripple_ingest_code::lang;
use std::path::{Path, PathBuf};
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
    let started = Instant::now();
    let again = analyser.analyse(&tree).expect("a tree that can be read");
    println!(
        "the same tree again   {:>12.3} s ({} parsed)",
        started.elapsed().as_secs_f64(),
        again.parsed
    );
}
