//! Stamps the build with a hash of all that lowering depends on, so that cached facts of another
//! version are never read, and one of all that reading depends on, so that a graph of another is read
//! anew.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

fn main() {
    let mut files = vec![
        PathBuf::from("src/facts.rs"),
        PathBuf::from("src/lang.rs"),
        PathBuf::from("Cargo.toml"),
        PathBuf::from("../../schemas/src/words.rs"),
    ];
    collect(Path::new("src/lang"), &mut files);
    collect(Path::new("src/read"), &mut files);
    println!("cargo:rustc-env=RIPPLE_LOWERING={:016x}", hash(&mut files));
    collect(Path::new("src"), &mut files);
    collect(Path::new("../../schemas/src"), &mut files);
    println!("cargo:rustc-env=RIPPLE_READING={:016x}", hash(&mut files));
    println!("cargo:rerun-if-changed=Cargo.toml");
    println!("cargo:rerun-if-changed=src");
    println!("cargo:rerun-if-changed=../../schemas/src");
}

fn hash(files: &mut Vec<PathBuf>) -> u64 {
    files.sort();
    files.dedup();
    let mut hasher = DefaultHasher::new();
    for file in files {
        std::fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    hasher.finish()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else {
            files.push(path);
        }
    }
}
