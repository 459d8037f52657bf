//! Whatever a repository is like: a clear error, or a counted blind spot and the rest read.

use crate::repo::{Repo, aside, is_blind, node, plain_git};
use ripple_ingest_code::git::{Patch, PatchError};
use ripple_ingest_code::{Analyser, Comparison, GitError, Options, Repository, Tree};
use ripple_schemas::BlindKind;
use std::sync::Arc;

const GOOD: &str = "def good():\n    return 1\n";

#[test]
fn a_folder_that_is_no_repository_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let error = Repository::open(folder.path()).unwrap_err();
    assert!(
        matches!(error, GitError::NotARepository { .. }),
        "{error:?}"
    );
    assert!(
        error
            .to_string()
            .contains(folder.path().canonicalize().unwrap().to_str().unwrap())
    );
    let error = Repository::open(&folder.path().join("nowhere")).unwrap_err();
    assert!(matches!(error, GitError::NoSuchPath { .. }), "{error:?}");
}

#[test]
fn a_bare_repository_is_read_at_a_commit_and_has_no_working_tree() {
    let repo = Repo::with(&[("a.py", GOOD)]);
    let bare = repo.folder.path().canonicalize().unwrap().join("shop.git");
    repo.git(&["clone", "-q", "--bare", ".", bare.to_str().unwrap()]);
    let repository = Repository::open(&bare).unwrap();
    assert!(repository.is_bare());
    assert_eq!(repository.name(), "shop");
    let head = repository.head_commit().unwrap();
    let analyser = Analyser::new(repository.clone(), Options::default()).unwrap();
    assert_eq!(analyser.analyse(&Tree::Commit(head)).unwrap().stats.read, 1);
    for tree in [Tree::Index, Tree::Worktree] {
        let error = analyser.analyse(&tree).unwrap_err().to_string();
        assert!(error.contains("bare"), "{error}");
    }
    assert!(matches!(
        repository.resolve_range(&Comparison::Staged),
        Err(GitError::Bare { .. })
    ));
}

#[test]
fn a_repository_without_a_commit_says_so_and_its_working_tree_can_be_read() {
    let repo = Repo::new();
    let repository = repo.open();
    assert!(matches!(
        repository.default_branch_tip(),
        Err(GitError::NoCommit { .. })
    ));
    assert!(matches!(
        repository.resolve("HEAD"),
        Err(GitError::NoCommit { .. })
    ));
    assert_eq!(repository.head().unwrap().branch.as_deref(), Some("main"));
    repo.write("a.py", GOOD);
    let sides = repository.resolve_range(&Comparison::Default).unwrap();
    assert_eq!(
        (sides.base.tree, sides.head.tree),
        (Tree::Empty, Tree::Worktree)
    );
    assert_eq!(repo.analyse(&Tree::Worktree).stats.read, 1);
    assert_eq!(repo.analyse(&Tree::Empty).stats.files, 0);
}

#[test]
fn a_commit_without_files_is_read() {
    let repo = Repo::new();
    repo.commit("nothing");
    let analysis = repo.analyse_head();
    assert_eq!(analysis.stats.files, 0);
    assert!(node(&analysis, "repo:shop").is_some());
}

#[test]
fn a_shallow_clone_is_read_and_its_history_is_said_to_be_cut() {
    let repo = Repo::with(&[("a.py", GOOD)]);
    repo.commit("second");
    let to = repo.folder.path().canonicalize().unwrap().join("clone");
    let url = format!("file://{}", repo.root.display());
    repo.git(&["clone", "-q", "--depth=1", &url, to.to_str().unwrap()]);
    let repository = Repository::open(&to).unwrap();
    assert!(repository.is_shallow());
    assert_eq!(
        repository.name(),
        "shop",
        "by its origin, not by its folder"
    );
    let head = repository.head_commit().unwrap();
    let analysis = Analyser::new(repository.clone(), Options::default())
        .unwrap()
        .analyse(&Tree::Commit(head))
        .unwrap();
    assert_eq!(
        (analysis.stats.commits, analysis.stats.history_truncated),
        (1, true)
    );
    assert_eq!(
        node(&analysis, "repo:shop").unwrap().properties["shallow"],
        true
    );
    let error = repository.resolve("HEAD~1").unwrap_err().to_string();
    assert!(error.contains("unshallow"), "{error}");
}

#[test]
fn a_detached_head_is_read() {
    let repo = Repo::with(&[("a.py", GOOD)]);
    repo.git(&["checkout", "-q", "--detach"]);
    let head = repo.open().head().unwrap();
    assert_eq!((head.branch, head.commit.is_some()), (None, true));
    let sides = repo.open().resolve_range(&Comparison::Default).unwrap();
    assert_eq!(
        sides.base.tree,
        Tree::Empty,
        "the first commit has no parent"
    );
}

#[test]
fn a_linked_worktree_is_read_as_its_own_tree_under_the_same_name() {
    let repo = Repo::with(&[("a.py", GOOD)]);
    repo.git(&[
        "remote",
        "add",
        "origin",
        "https://host.example/team/shop.git",
    ]);
    let other = repo.folder.path().canonicalize().unwrap().join("other");
    repo.git(&[
        "worktree",
        "add",
        "-q",
        other.to_str().unwrap(),
        "-b",
        "side",
    ]);
    std::fs::write(other.join("b.py"), GOOD).unwrap();
    let repository = Repository::open(&other).unwrap();
    assert_eq!(
        (repository.name(), repository.root()),
        ("shop", other.as_path())
    );
    let analysis = Analyser::new(repository, Options::default())
        .unwrap()
        .analyse(&Tree::Worktree)
        .unwrap();
    assert_eq!(analysis.stats.read, 2);
    assert_eq!(repo.analyse(&Tree::Worktree).stats.read, 1);
}

#[test]
fn submodules_and_repositories_inside_are_counted_as_blind() {
    let inner = Repo::with(&[("a.py", GOOD)]);
    let repo = Repo::with(&[("b.py", GOOD)]);
    let url = inner.root.to_str().unwrap();
    repo.git(&[
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "add",
        "-q",
        url,
        "lib/inner",
    ]);
    repo.commit("with a submodule");
    std::fs::create_dir(repo.root.join("nested")).unwrap();
    assert!(
        plain_git(&repo.root.join("nested"), &["init", "-q"])
            .status
            .success()
    );
    repo.write("nested/c.py", GOOD);
    let analysis = repo.analyse(&Tree::Worktree);
    assert_eq!(aside(&analysis, "lib/inner"), Some("submodule"));
    assert!(is_blind(&analysis, BlindKind::Limit, "lib/inner", 0));
    assert!(
        is_blind(&analysis, BlindKind::Limit, "nested", 0),
        "{:?}",
        analysis.blind
    );
    assert_eq!(analysis.stats.read, 1);
    let submodule = Repository::open(&repo.root.join("lib/inner")).unwrap();
    assert_eq!(submodule.root(), repo.root.join("lib/inner"));
}

#[cfg(unix)]
#[test]
fn symbolic_links_are_listed_and_never_followed_even_in_a_loop() {
    let repo = Repo::with(&[("a.py", GOOD)]);
    std::os::unix::fs::symlink("loop", repo.root.join("loop")).unwrap();
    std::os::unix::fs::symlink(".", repo.root.join("self")).unwrap();
    std::os::unix::fs::symlink("a.py", repo.root.join("b.py")).unwrap();
    for analysis in [repo.analyse(&Tree::Worktree), {
        repo.commit("links");
        repo.analyse_head()
    }] {
        for link in ["loop", "self", "b.py"] {
            assert_eq!(aside(&analysis, link), Some("symlink"), "{link}");
        }
        assert_eq!((analysis.stats.read, analysis.stats.files), (1, 4));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn paths_and_contents_that_are_not_utf8_are_read_as_far_as_they_go() {
    use std::os::unix::ffi::OsStrExt;
    let repo = Repo::new();
    let name = std::ffi::OsStr::from_bytes(b"caf\xe9.py");
    std::fs::write(repo.root.join(name), b"def good():\n    return '\xe9'\n").unwrap();
    repo.commit("latin 1");
    for analysis in [repo.analyse_head(), repo.analyse(&Tree::Worktree)] {
        assert!(node(&analysis, "file:shop/caf%E9.py").is_some());
        assert!(node(&analysis, "sym:shop/caf%E9.py#good").is_some());
        assert!(
            is_blind(&analysis, BlindKind::ParseError, "caf%E9.py", 2),
            "{:?}",
            analysis.blind
        );
    }
}

#[test]
fn byte_order_marks_and_crlf_change_nothing_but_the_bytes() {
    let repo = Repo::with(&[
        ("a.py", "def f():\n    return 1\n"),
        ("b.py", "\u{feff}def f():\r\n    return 1\r\n"),
    ]);
    let analysis = repo.analyse_head();
    let (a, b) = (
        node(&analysis, "sym:shop/a.py#f").unwrap(),
        node(&analysis, "sym:shop/b.py#f").unwrap(),
    );
    assert_eq!(a.properties["body"], b.properties["body"]);
    assert_eq!((a.line_start, a.line_end), (b.line_start, b.line_end));
    let utf16: Vec<u8> = "\u{feff}def f():\n    return 1\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    repo.write("c.py", utf16);
    assert!(node(&repo.analyse(&Tree::Worktree), "sym:shop/c.py#f").is_some());
}

#[test]
fn a_file_checked_out_with_crlf_is_unchanged() {
    let repo = Repo::with(&[("a.py", "def f():\n    return 1\n")]);
    repo.write("a.py", "def f():\r\n    return 1\r\n");
    repo.git(&["config", "core.autocrlf", "true"]);
    assert!(repo.open().is_clean().unwrap());
    repo.write("a.py", "def f():\r\n    return 2\r\n");
    assert!(!repo.open().is_clean().unwrap());
}

#[test]
fn a_huge_file_is_set_aside_unread() {
    let repo = Repo::with(&[("a.py", GOOD)]);
    let file = std::fs::File::create(repo.root.join("huge.py")).unwrap();
    file.set_len(200 << 20).unwrap();
    repo.write("large.py", "x = 1\n".repeat(500_000));
    let analysis = repo.analyse(&Tree::Worktree);
    for path in ["huge.py", "large.py"] {
        assert_eq!(aside(&analysis, path), Some("too_large"));
        assert!(is_blind(&analysis, BlindKind::Limit, path, 0));
    }
    std::fs::remove_file(repo.root.join("huge.py")).unwrap();
    repo.commit("large");
    let analysis = repo.analyse_head();
    assert_eq!(
        (aside(&analysis, "large.py"), analysis.stats.read),
        (Some("too_large"), 1)
    );
}

#[test]
fn hostile_nesting_is_set_aside_and_the_rest_is_read() {
    let repo = Repo::with(&[("good.py", GOOD)]);
    repo.write("brackets.py", "[".repeat(100_000));
    repo.write(
        "closed.py",
        format!("x = {}{}\n", "(".repeat(100_000), ")".repeat(100_000)),
    );
    repo.write("unary.py", format!("x = {}1\n", "-".repeat(100_000)));
    repo.write("nots.py", format!("x = {}1\n", "not ".repeat(100_000)));
    repo.write("members.py", format!("x = a{}\n", ".b".repeat(100_000)));
    repo.write("sum.py", format!("x = 1{}\n", " + 1".repeat(100_000)));
    let blocks: String = (0..1500)
        .map(|i| format!("{}if x:\n", " ".repeat(i)))
        .collect();
    repo.write("blocks.py", format!("{blocks}{}pass\n", " ".repeat(1500)));
    let start = std::time::Instant::now();
    let analysis = repo.analyse(&Tree::Worktree);
    assert!(node(&analysis, "sym:shop/good.py#good").is_some());
    for path in [
        "brackets.py",
        "closed.py",
        "unary.py",
        "nots.py",
        "members.py",
        "sum.py",
    ] {
        let why = aside(&analysis, path);
        assert!(
            matches!(why, Some("too_deep" | "too_slow")),
            "{path}: {why:?}"
        );
        assert!(is_blind(&analysis, BlindKind::Limit, path, 0));
    }
    // Seven files at their cap of two seconds, on two threads, would be seven; this is a hang guard.
    assert!(start.elapsed().as_secs() < 120);
}

#[test]
fn minified_generated_and_vendored_files_are_set_aside_and_counted() {
    let repo = Repo::with(&[
        ("a.py", GOOD),
        (
            "squeezed.py",
            &"def f(a,b):return(a,b);x=f(1,2);".repeat(400),
        ),
        (
            "made.py",
            "# Code generated by maker. DO NOT EDIT.\nx = 1\n",
        ),
        ("api_pb2.py", "x = 1\n"),
        ("said.py", "x = 1\n"),
        ("third_party/lib.py", GOOD),
        ("third_party/ours/kept.py", GOOD),
        ("web/node_modules/x/index.py", GOOD),
        ("Main.kt", "class Main {}\n"),
        ("data.bin", "\0\u{1}"),
        ("b.py", "x = '\0'\n"),
        (
            ".gitattributes",
            "said.py linguist-generated\nthird_party/ours/** -linguist-vendored\n",
        ),
    ]);
    let analysis = repo.analyse_head();
    let expected = [
        ("a.py", None),
        ("squeezed.py", Some("minified")),
        ("made.py", Some("generated")),
        ("api_pb2.py", Some("generated")),
        ("said.py", Some("generated")),
        ("third_party/lib.py", Some("vendored")),
        ("third_party/ours/kept.py", None),
        ("web/node_modules/x/index.py", Some("vendored")),
        ("Main.kt", Some("unread_language")),
        ("data.bin", Some("not_code")),
        ("b.py", Some("binary")),
    ];
    for (path, why) in expected {
        assert_eq!(aside(&analysis, path), why, "{path}");
    }
    assert_eq!(analysis.stats.set_aside["generated"], 3);
    assert_eq!(analysis.stats.set_aside["vendored"], 2);
    assert!(is_blind(&analysis, BlindKind::UnreadLanguage, "Main.kt", 0));
    assert_eq!(
        node(&analysis, "file:shop/made.py").unwrap().properties["set_aside"],
        "generated"
    );
    assert!(node(&analysis, "file:shop/third_party/lib.py").is_none());
}

#[test]
fn syntax_errors_and_conflict_markers_leave_the_readable_part() {
    let repo = Repo::with(&[
        (
            "a.py",
            "def before():\n    return 1\n\ndef broken(:\n    pass\n\ndef after():\n    return 2\n",
        ),
        (
            "b.py",
            "def before():\n    return 1\n\n<<<<<<< ours\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n",
        ),
    ]);
    let analysis = repo.analyse_head();
    assert!(node(&analysis, "sym:shop/a.py#before").is_some());
    assert!(node(&analysis, "sym:shop/b.py#before").is_some());
    assert!(
        analysis
            .blind
            .iter()
            .any(|b| b.path == "a.py" && b.kind == BlindKind::ParseError),
        "{:?}",
        analysis.blind
    );
    assert!(is_blind(&analysis, BlindKind::ParseError, "b.py", 4));
}

#[test]
fn an_unfinished_merge_is_noted_and_read() {
    let repo = Repo::with(&[("a.py", GOOD)]);
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.write("a.py", "def good():\n    return 2\n");
    repo.commit("side");
    repo.git(&["checkout", "-q", "main"]);
    repo.write("a.py", "def good():\n    return 3\n");
    repo.commit("main");
    assert!(!repo.try_git(&["merge", "-q", "side"]).status.success());
    for tree in [Tree::Worktree, Tree::Index] {
        let analysis = repo.analyse(&tree);
        assert_eq!(analysis.stats.files, 1);
        assert!(
            is_blind(&analysis, BlindKind::Limit, "a.py", 0),
            "{:?}",
            analysis.blind
        );
    }
    assert!(is_blind(
        &repo.analyse(&Tree::Worktree),
        BlindKind::ParseError,
        "a.py",
        2
    ));
}

#[test]
fn a_revision_that_does_not_exist_comes_with_a_hint() {
    let repo = Repo::with(&[("a.py", GOOD)]);
    repo.git(&["branch", "feature/checkout"]);
    let text = |revision: &str| repo.open().resolve(revision).unwrap_err().to_string();
    assert!(
        text("feature/chekcout").contains("did you mean `feature/checkout`"),
        "{}",
        text("feature/chekcout")
    );
    assert!(text("mian").contains("`main`"));
    for odd in ["--output=x", "", "a\nb", "-h"] {
        assert!(
            matches!(
                repo.open().resolve(odd),
                Err(GitError::UnknownRevision { .. })
            ),
            "{odd}"
        );
    }
    assert!(
        repo.open()
            .resolve_range(&Comparison::Revision("main..nowhere".into()))
            .is_err()
    );
}

#[test]
fn a_patch_that_does_not_apply_says_where() {
    let repo = Repo::with(&[("a.py", "a\nb\nc\nd\ne\n")]);
    let refused = |text: &str| {
        let patch = Arc::new(Patch::parse(text.as_bytes()).unwrap());
        let sides = repo
            .open()
            .resolve_range(&Comparison::Patch(patch))
            .unwrap();
        match repo.analyser().analyse(&sides.head.tree).unwrap_err() {
            ripple_ingest_code::ReadError::Git(GitError::Patch(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let error = refused("--- a/a.py\n+++ b/a.py\n@@ -2,2 +2,2 @@\n b\n-x\n+y\n");
    let expected = PatchError::Mismatch {
        path: "a.py".into(),
        at: 3,
        line: 3,
        expected: "x".into(),
        found: "`c`".into(),
    };
    assert_eq!(error, expected);
    assert!(matches!(
        refused("--- a/b.py\n+++ b/b.py\n@@ -1 +1 @@\n-a\n+b\n"),
        PatchError::NoSuchFile { .. }
    ));
    assert!(matches!(
        refused("--- /dev/null\n+++ b/a.py\n@@ -0,0 +1 @@\n+b\n"),
        PatchError::FileExists { .. }
    ));
    assert!(matches!(
        refused("--- a/a.py\n+++ b/a.py\n@@ -9 +9 @@\n-a\n+b\n"),
        PatchError::Mismatch { at: 9, .. }
    ));
}

#[test]
fn malformed_manifests_are_blind_spots_with_their_line() {
    let repo = Repo::with(&[
        ("a.py", GOOD),
        (
            "package.json",
            "{\n  \"name\": \"x\",\n  \"dependencies\": {\n}\n",
        ),
        ("Cargo.toml", "[package]\nname = \n"),
        ("pyproject.toml", "[project\n"),
    ]);
    let analysis = repo.analyse_head();
    assert!(
        is_blind(&analysis, BlindKind::ParseError, "package.json", 5),
        "{:?}",
        analysis.blind
    );
    assert!(is_blind(&analysis, BlindKind::ParseError, "Cargo.toml", 2));
    assert!(is_blind(
        &analysis,
        BlindKind::ParseError,
        "pyproject.toml",
        1
    ));
    assert_eq!(analysis.stats.read, 1);
}

#[test]
fn a_cache_that_cannot_be_written_or_read_costs_only_time() {
    let repo = Repo::with(&[("a.py", GOOD)]);
    let head = Tree::Commit(repo.git(&["rev-parse", "HEAD"]));
    // A file stands where the folder should be: nothing can be written, not even by root.
    let blocked = repo.folder.path().join("blocked");
    std::fs::write(&blocked, "x").unwrap();
    let options = Options {
        cache: Some(blocked.join("cache")),
        ..Options::default()
    };
    let plain = Analyser::new(repo.open(), options)
        .unwrap()
        .analyse(&head)
        .unwrap();
    let cache = repo.folder.path().join("cache");
    let options = || Options {
        cache: Some(cache.clone()),
        ..Options::default()
    };
    let first = Analyser::new(repo.open(), options())
        .unwrap()
        .analyse(&head)
        .unwrap();
    for pack in std::fs::read_dir(&cache).unwrap() {
        let path = pack.unwrap().path();
        let mut bytes = std::fs::read(&path).unwrap();
        let at = bytes.len() / 2;
        bytes[at] ^= 0xff;
        std::fs::write(&path, bytes).unwrap();
    }
    let second = Analyser::new(repo.open(), options())
        .unwrap()
        .analyse(&head)
        .unwrap();
    let third = Analyser::new(repo.open(), options())
        .unwrap()
        .analyse(&head)
        .unwrap();
    assert_eq!(
        (plain.parsed, first.parsed, second.parsed, third.parsed),
        (1, 1, 1, 0)
    );
    assert!(
        plain.owners == first.owners
            && first.owners == second.owners
            && second.owners == third.owners
    );
}

#[test]
fn a_name_can_be_set_in_ripple_toml_and_a_broken_one_is_refused_with_its_line() {
    let repo = Repo::with(&[("ripple.toml", "# names\nname = \"till\"\n")]);
    assert_eq!(repo.open().name(), "till");
    repo.write("ripple.toml", "# names\nname = \n");
    assert!(matches!(
        Repository::open(&repo.root),
        Err(GitError::Config { line: 2, .. })
    ));
    repo.write("ripple.toml", "name = \"a/b\"\n");
    assert!(matches!(
        Repository::open(&repo.root),
        Err(GitError::BadName { .. })
    ));
}
