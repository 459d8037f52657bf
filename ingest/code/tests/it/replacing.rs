//! A file replaced in a resolver gives what linking everything anew gives.

use crate::accuracy::read;
use ripple_ingest_code::lang::{self, Language, Layout};
use ripple_ingest_code::solve::{Replaced, Resolver, SourceFacts, resolve};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// SplitMix64 (Steele, Lea and Flood 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % n.max(1) as u64) as usize
    }
}

fn lower(language: &dyn Language, path: &str, text: &str) -> Option<SourceFacts> {
    let (_, grammar) = language.claims(path)?;
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&grammar).unwrap();
    let tree = parser.parse(text, None).unwrap();
    Some(SourceFacts {
        path: path.to_owned(),
        facts: Arc::new(language.lower(path, text, &tree)),
    })
}

/// One small edit of a text: a line gone, doubled, moved, or a blank one more.
fn edited(text: &str, random: &mut Random) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let at = random.below(lines.len());
    match random.below(4) {
        0 => {
            lines.remove(at);
        }
        1 => lines.insert(at, lines[at]),
        2 => {
            let to = random.below(lines.len());
            lines.swap(at, to);
        }
        _ => lines.insert(at, ""),
    }
    lines.join("\n") + "\n"
}

fn fixtures(of: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(of);
    let mut all: Vec<PathBuf> = std::fs::read_dir(root)
        .unwrap()
        .map(|e| e.unwrap().path())
        .collect();
    all.sort();
    all
}

#[test]
fn replacing_a_file_gives_what_linking_all_anew_gives() {
    let seed = std::env::var("RIPPLE_SEED").map_or(7, |s| s.parse().unwrap());
    let mut random = Random(seed);
    // One edit of every second program on every landing, more where asked.
    let edits = std::env::var("RIPPLE_EDITS").map(|s| s.parse::<usize>().unwrap());
    let step = if edits.is_ok() { 1 } else { 2 };
    let edits = edits.unwrap_or(1);
    let (mut alone, mut all) = (0, 0);
    for language in lang::all() {
        let folders: &[&str] = match language.family() {
            "ecma" => &["javascript", "typescript"],
            family => &[family],
        };
        for fixture in folders.iter().flat_map(|f| fixtures(f)).step_by(step) {
            let layout = read(&fixture);
            let texts: Vec<(String, String)> = layout
                .manifests
                .iter()
                .filter(|(path, _)| language.claims(path).is_some())
                .map(|(path, text)| (path.clone(), text.clone()))
                .collect();
            let modules = || {
                let mut own: Layout = layout.clone();
                own.manifests.retain(|path, _| language.manifests(path));
                Arc::from(language.modules(own))
            };
            let mut files: Vec<SourceFacts> = texts
                .iter()
                .filter_map(|(path, text)| lower(&*language, path, text))
                .collect();
            if files.is_empty() {
                continue;
            }
            let mut resolver = Resolver::new(&*language, modules(), &files, true);
            for _ in 0..edits {
                let file = random.below(files.len());
                let text = edited(&texts[file].1, &mut random);
                let Some(changed) = lower(&*language, &texts[file].0, &text) else {
                    continue;
                };
                files[file] = changed.clone();
                match resolver.replace(&[(file as u32, changed.facts)]) {
                    Replaced::Alone => alone += 1,
                    Replaced::All { .. } => all += 1,
                }
                let anew = resolve(&*language, modules(), &files);
                assert!(
                    resolver.resolution() == anew,
                    "{}: {} replaced, seed {seed}:\n{text}",
                    fixture.display(),
                    texts[file].0
                );
            }
        }
    }
    println!("seed {seed}: {alone} files replaced alone, {all} with all others");
    assert!(alone > 50 && all > 25);
}
