//! Tells code that people write from what is generated, vendored, minified or not read.
//!
//! Goes in: a path, or the text of a file. Comes out: a class. Never opens a file.

/// Folders that hold somebody else's code.
const VENDORED: &[&str] = &[
    "node_modules",
    "bower_components",
    "jspm_packages",
    "vendor",
    "vendors",
    "third_party",
    "third-party",
    "thirdparty",
    "3rdparty",
    "site-packages",
    ".venv",
    "venv",
    ".yarn",
    "Pods",
    "Godeps",
];

/// Endings of files that tools write.
const GENERATED: &[&str] = &[
    "_pb2.py",
    "_pb2_grpc.py",
    "_pb2.pyi",
    "_pb.js",
    "_pb.d.ts",
    "_grpc_pb.js",
    ".pb.go",
    ".pb.rs",
    ".pb.ts",
    ".generated.ts",
    ".generated.js",
    ".generated.rs",
    ".generated.py",
    ".g.ts",
];

/// Endings of files that tools squeeze.
const MINIFIED: &[&str] = &[".min.js", ".min.mjs", ".min.cjs", "-min.js", ".bundle.js"];

/// Languages that are known but not read, by extension.
const UNREAD: &[(&str, &str)] = &[
    ("c", "c"),
    ("h", "c"),
    ("cc", "cpp"),
    ("cpp", "cpp"),
    ("cxx", "cpp"),
    ("hpp", "cpp"),
    ("hh", "cpp"),
    ("hxx", "cpp"),
    ("m", "objective-c"),
    ("mm", "objective-c"),
    ("cs", "csharp"),
    ("fs", "fsharp"),
    ("vb", "visual-basic"),
    ("kt", "kotlin"),
    ("kts", "kotlin"),
    ("scala", "scala"),
    ("groovy", "groovy"),
    ("clj", "clojure"),
    ("cljs", "clojure"),
    ("rb", "ruby"),
    ("php", "php"),
    ("pl", "perl"),
    ("pm", "perl"),
    ("lua", "lua"),
    ("r", "r"),
    ("jl", "julia"),
    ("swift", "swift"),
    ("dart", "dart"),
    ("ex", "elixir"),
    ("exs", "elixir"),
    ("erl", "erlang"),
    ("hs", "haskell"),
    ("ml", "ocaml"),
    ("mli", "ocaml"),
    ("nim", "nim"),
    ("zig", "zig"),
    ("d", "d"),
    ("f90", "fortran"),
    ("f95", "fortran"),
    ("pas", "pascal"),
    ("vue", "vue"),
    ("svelte", "svelte"),
    ("astro", "astro"),
    ("sol", "solidity"),
    ("cr", "crystal"),
    ("sh", "shell"),
    ("bash", "shell"),
    ("ps1", "powershell"),
    ("pyx", "cython"),
    ("pxd", "cython"),
    ("coffee", "coffeescript"),
    ("elm", "elm"),
    ("ipynb", "jupyter"),
];

/// Endings of configuration, templates and styles, in which a package may be named.
const CONFIGURATION: &[&str] = &[
    ".json",
    ".jsonc",
    ".json5",
    ".yaml",
    ".yml",
    ".toml",
    ".ini",
    ".cfg",
    ".conf",
    ".html",
    ".htm",
    ".css",
    ".scss",
    ".sass",
    ".less",
    ".env",
    ".nix",
    ".tf",
    ".service",
    "rc",
    "Dockerfile",
    "Containerfile",
    "Makefile",
    "Procfile",
    "Justfile",
    "justfile",
    "Jenkinsfile",
    ".mk",
    ".template",
    ".j2",
    ".ejs",
    ".hbs",
    ".pug",
];

/// True where a package may be used by being named in the file, though it is no source that is
/// read.
pub(crate) fn may_name_packages(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    unread_language(path).is_some()
        || CONFIGURATION.iter().any(|ending| name.ends_with(ending))
        || name.starts_with("Dockerfile")
}

/// True where a folder of the path says the code is somebody else's.
pub(crate) fn is_vendored(path: &str) -> bool {
    let Some((folders, _)) = path.rsplit_once('/') else {
        return false;
    };
    folders.split('/').any(|folder| VENDORED.contains(&folder))
}

/// True where the name says that a tool wrote it.
pub(crate) fn is_generated_name(path: &str) -> bool {
    GENERATED.iter().any(|ending| path.ends_with(ending))
}

/// True where the name says that it was squeezed.
pub(crate) fn is_minified_name(path: &str) -> bool {
    MINIFIED.iter().any(|ending| path.ends_with(ending))
}

/// The language of a program that is not read.
pub(crate) fn unread_language(path: &str) -> Option<&'static str> {
    let name = path.rsplit('/').next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    if stem.is_empty() {
        return None;
    }
    let extension = extension.to_ascii_lowercase();
    UNREAD
        .iter()
        .find(|(known, _)| *known == extension)
        .map(|(_, language)| *language)
}

/// How far a tool's notice may stand from the top, in lines.
const NOTICE_LINES: usize = 20;

/// True where the comments at the top say that a tool wrote the file: `@generated`, or "generated"
/// together with "do not edit" (the Go convention and its likes).
pub(crate) fn says_generated(source: &str) -> bool {
    let (mut generated, mut hands_off) = (false, false);
    for line in source.lines().take(NOTICE_LINES) {
        let line = line.trim_start();
        let comment = ["//", "#", "/*", "*", "--", "<!--", "\"\"\"", ";"]
            .iter()
            .any(|c| line.starts_with(c));
        // Text that speaks about generated code is no notice: Rust doc comments, quoted words.
        if !comment
            || line.starts_with("//!")
            || line.starts_with("///")
            || line.contains(['`', '“'])
        {
            continue;
        }
        if let Some(at) = line.find("@generated") {
            let before = line[..at].chars().next_back();
            if before.is_none_or(|c| c.is_whitespace() || matches!(c, '/' | '*' | '#')) {
                return true;
            }
        }
        let lower = line.to_lowercase();
        generated |= lower.contains("generated");
        hands_off |= lower.contains("do not edit")
            || lower.contains("do not modify")
            || lower.contains("don't edit");
    }
    generated && hands_off
}

/// True where few lines hold nearly everything and those are dense with punctuation.
pub(crate) fn is_minified(source: &str) -> bool {
    if source.len() < 4096 {
        return false;
    }
    let long: Vec<&str> = source.lines().filter(|l| l.len() > 1000).collect();
    let bytes: usize = long.iter().map(|l| l.len()).sum();
    let dense: usize = long
        .iter()
        .map(|l| {
            l.bytes()
                .filter(|b| matches!(b, b'(' | b')' | b'{' | b'}' | b';' | b',' | b'='))
                .count()
        })
        .sum();
    // Data in one long string has little punctuation; code has a tenth and more.
    bytes * 2 > source.len() && dense * 16 > bytes && {
        let spaces: usize = long
            .iter()
            .map(|l| l.bytes().filter(|&b| b == b' ').count())
            .sum();
        spaces * 8 < bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_at_the_top_marks_generated_code() {
        assert!(says_generated(
            "// Code generated by protoc-gen-go. DO NOT EDIT.\npackage a\n"
        ));
        assert!(says_generated(
            "/**\n * @generated SignedSource<<x>>\n */\n"
        ));
        assert!(says_generated(
            "# Generated by tool\n# Do not edit!\nx = 1\n"
        ));
    }

    #[test]
    fn code_that_speaks_about_generated_code_is_not_generated() {
        assert!(!says_generated(
            "//! Markers like `@generated` or DO NOT EDIT.\n"
        ));
        assert!(!says_generated(
            "# Reads what was generated.\nx = '@generated'\n"
        ));
        assert!(!says_generated(
            "x = 1\n# mail me: someone@generated.example\n"
        ));
    }

    #[test]
    fn a_squeezed_program_is_minified_and_a_long_string_is_not() {
        let squeezed = "function a(b,c){return b(c),d=e};".repeat(300);
        assert!(is_minified(&squeezed));
        assert!(!is_minified(&format!(
            "const icon = \"{}\";\n",
            "QUJD".repeat(3000)
        )));
        assert!(!is_minified(&"let total = price * count;\n".repeat(500)));
    }

    #[test]
    fn folders_and_endings_classify_paths() {
        assert!(is_vendored("web/node_modules/a/index.js") && is_vendored("vendor/a.py"));
        assert!(!is_vendored("src/vendor.py"));
        assert_eq!(unread_language("src/Main.kt"), Some("kotlin"));
        assert_eq!(unread_language(".c"), None);
        assert!(may_name_packages("a/.eslintrc") && may_name_packages("b/App.vue"));
        assert!(!may_name_packages("README.md"));
        assert!(is_generated_name("api/shop_pb2.py") && is_minified_name("a/jquery.min.js"));
    }
}
