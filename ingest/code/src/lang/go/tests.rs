//! What lowering says of small files.

use crate::facts::{DefFlags, FileFacts};
use crate::lang::go::Go;
use crate::lang::{Language, Layout};
use crate::qualified::qualified_names;
use crate::solve::{self, Resolution, SourceFacts};
use ripple_schemas::{EdgeKind, NodeKind};
use std::sync::Arc;

fn lower(path: &str, source: &str) -> FileFacts {
    let mut parser = tree_sitter::Parser::new();
    let (_, grammar) = Go.claims("a.go").unwrap();
    parser.set_language(&grammar).unwrap();
    let tree = parser.parse(source, None).unwrap();
    Go.lower(path, source, &tree)
}

fn names(facts: &FileFacts) -> Vec<String> {
    let all = qualified_names(facts).into_iter().zip(&facts.defs);
    all.filter(|(_, d)| !d.flags.has(DefFlags::TRANSPARENT))
        .filter_map(|(name, _)| name)
        .collect()
}

#[test]
fn definitions_are_named_after_their_types() {
    let facts = lower(
        "a.go",
        "package a\ntype Cart struct { items []int }\nfunc (c *Cart) Total() int { f := func() int { return 1 }; return f() }\nfunc (o *Other) M() {}\nfunc New() *Cart { return nil }\nvar x = 1\nfunc init() {}\nfunc init() {}\n",
    );
    assert_eq!(
        names(&facts),
        [
            "Cart",
            "New",
            "x",
            "init",
            "init~2",
            "Cart.Total",
            "Other.M",
            "Cart.items",
            "Cart.Total.<lambda>~1"
        ]
    );
}

#[test]
fn tests_and_constant_subtests_have_ids() {
    let facts = lower(
        "a_test.go",
        "package a\nfunc TestTotal(t *testing.T) {\n\tt.Run(\"of two\", func(t *testing.T) {\n\t\tt.Run(\"deep\", func(t *testing.T) {})\n\t})\n\tfor _, tt := range cases { t.Run(tt.name, func(t *testing.T) {}) }\n}\nfunc Testing() {}\nfunc helper(t *testing.T) {}\nfunc BenchmarkA(b *testing.B) {}\nfunc ExampleA() {}\n",
    );
    let mut ids: Vec<&str> = facts
        .defs
        .iter()
        .filter(|d| d.kind == NodeKind::Test)
        .filter_map(|d| d.test.as_ref().map(|t| &*t.id))
        .collect();
    ids.sort_unstable();
    assert_eq!(
        ids,
        [
            "BenchmarkA",
            "ExampleA",
            "TestTotal",
            "TestTotal/of_two",
            "TestTotal/of_two/deep"
        ]
    );
}

#[test]
fn a_changed_body_changes_only_the_function() {
    let one = lower(
        "a.go",
        "package a\nfunc f() int { return 1 }\nfunc g() int { return 2 }\n",
    );
    let two = lower(
        "a.go",
        "package a\nfunc f() int { return 3 }\nfunc g() int { return 2 }\n",
    );
    let hash = |facts: &FileFacts, at: usize| (facts.defs[at].signature, facts.defs[at].body);
    assert_eq!(hash(&one, 0), hash(&two, 0));
    assert_ne!(hash(&one, 1), hash(&two, 1));
    assert_eq!(one.defs[1].signature, two.defs[1].signature);
    assert_eq!(hash(&one, 2), hash(&two, 2));
}

#[test]
fn cgo_is_a_blind_spot() {
    let facts = lower("a.go", "package a\nimport \"C\"\nfunc f() { C.puts() }\n");
    assert!(
        facts
            .blind
            .iter()
            .any(|b| b.why.contains("cgo") && b.line == 2)
    );
}

#[test]
fn deep_nesting_is_a_limit_and_no_crash() {
    let source = format!(
        "package a\nvar x = {}1{}\n",
        "(".repeat(5000),
        ")".repeat(5000)
    );
    lower("a.go", &source);
    let source = format!(
        "package a\nfunc f() {{ {}{} }}\n",
        "if x { ".repeat(600),
        "}".repeat(600)
    );
    assert!(!lower("a.go", &source).blind.is_empty());
}

/// Resolves a tree; `go.mod` files are manifests.
fn resolve(tree: &[(&str, &str)]) -> (Vec<SourceFacts>, Resolution) {
    let mut layout = Layout::default();
    let mut files = Vec::new();
    for &(path, text) in tree {
        layout.paths.push(path.to_owned());
        if Go.manifests(path) {
            layout.manifests.insert(path.to_owned(), text.to_owned());
        } else {
            files.push(SourceFacts {
                path: path.to_owned(),
                facts: Arc::new(lower(path, text)),
            });
        }
    }
    let modules = Go.modules(layout);
    let resolution = solve::resolve(&Go, modules.into(), &files);
    (files, resolution)
}

#[test]
fn files_that_exclude_each_other_are_both_candidates() {
    let (files, resolution) = resolve(&[
        ("go.mod", "module a\n"),
        ("main.go", "package a\nfunc run() { open() }\n"),
        ("open_linux.go", "package a\nfunc open() {}\n"),
        (
            "open_other.go",
            "//go:build !linux\n\npackage a\n\nfunc open() {}\n",
        ),
    ]);
    let mut called: Vec<&str> = resolution
        .edges
        .iter()
        .filter(|e| e.kind == EdgeKind::Calls)
        .map(|e| files[e.to.file as usize].path.as_str())
        .collect();
    called.sort_unstable();
    assert_eq!(called, ["open_linux.go", "open_other.go"]);
}

#[test]
fn a_replacement_by_a_folder_that_is_not_there_is_a_blind_spot() {
    let (_, resolution) = resolve(&[
        (
            "go.mod",
            "module a\nrequire example.com/x v1.0.0\nreplace example.com/x => ../gone\n",
        ),
        (
            "main.go",
            "package a\nimport \"example.com/x\"\nfunc run() { x.Do(); here() }\nfunc here() {}\n",
        ),
    ]);
    let blind = &resolution.blind;
    assert!(
        blind
            .iter()
            .any(|(_, b)| b.line == 2 && b.why.contains("leads nowhere")),
        "{blind:?}"
    );
    let calls = resolution
        .edges
        .iter()
        .filter(|e| e.kind == EdgeKind::Calls);
    assert_eq!(calls.count(), 1);
}

#[test]
fn names_that_files_of_one_package_both_declare_are_blind_spots() {
    let (files, resolution) = resolve(&[
        ("go.mod", "module a\n"),
        (
            "open_linux.go",
            "package a\nfunc open() {}\nfunc shut() {}\n",
        ),
        (
            "open_other.go",
            "//go:build !linux\n\npackage a\n\nfunc open() {}\nfunc shut() {}\n",
        ),
        (
            "one.go",
            "//go:build ignore\n\npackage main\n\nfunc main() {}\n",
        ),
        (
            "two.go",
            "//go:build ignore\n\npackage main\n\nfunc main() {}\n",
        ),
        ("deep/open.go", "package deep\nfunc open() {}\n"),
    ]);
    let told: Vec<(&str, u32)> = resolution
        .blind
        .iter()
        .map(|(file, b)| (files[*file as usize].path.as_str(), b.line))
        .collect();
    assert_eq!(told, [("open_linux.go", 2), ("open_other.go", 5)]);
    let why = &resolution.blind[0].1.why;
    assert!(
        why.contains("`open` and 1 more names are declared in open_other.go"),
        "{why}"
    );
}

#[test]
fn cgo_is_a_blind_spot_and_the_rest_of_the_file_is_read() {
    let (_, resolution) = resolve(&[(
        "main.go",
        "package a\n\n// int twice(int n) { return 2 * n; }\nimport \"C\"\n\nfunc run() { C.twice(1); here() }\nfunc here() {}\n",
    )]);
    assert!(
        resolution
            .blind
            .iter()
            .any(|(_, b)| b.line == 4 && b.why.contains("cgo")),
        "{:?}",
        resolution.blind
    );
    let calls = resolution
        .edges
        .iter()
        .filter(|e| e.kind == EdgeKind::Calls);
    assert_eq!(calls.count(), 1);
}
