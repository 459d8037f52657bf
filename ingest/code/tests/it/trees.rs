//! Trees, comparisons and what each file owns in the graph.

use crate::repo::{Repo, aside, contents, node, says};
use ripple_ingest_code::git::Patch;
use ripple_ingest_code::{Analyser, Analysis, Comparison, Options, Tree};
use ripple_schemas::{BlindKind, PhantomKind, Rule};
use std::sync::Arc;

fn shop() -> Repo {
    Repo::with(&[
        (".github/CODEOWNERS", "* @all\n/src/cart.py @cart-team\n"),
        ("requirements.txt", "requests==2.31\nleft-over\n"),
        ("src/__init__.py", ""),
        (
            "src/price.py",
            "def total(items):\n    return sum(items)\n\n\nclass Cart:\n    def add(self, item):\n        return total([item])\n",
        ),
        (
            "src/cart.py",
            "import requests\nimport numpy\nfrom .price import total\n\n\ndef pay():\n    return total([1])\n",
        ),
        ("notes.md", "# Notes\n"),
    ])
}

#[test]
fn a_tree_becomes_nodes_and_edges_with_their_evidence() {
    let repo = shop();
    let analysis = repo.analyse_head();
    let total = node(&analysis, "sym:shop/src/price.py#total").unwrap();
    assert_eq!(
        (total.kind.as_str(), total.name.as_str()),
        ("Function", "total")
    );
    assert_eq!(total.qualified_name.as_deref(), Some("src.price.total"));
    assert_eq!(
        (total.path.as_deref(), total.line_start, total.line_end),
        (Some("src/price.py"), Some(1), Some(2))
    );
    assert_eq!(total.properties["signature"].as_str().unwrap().len(), 16);
    assert!(says(
        &analysis,
        "repo:shop",
        "CONTAINS",
        "file:shop/src/price.py"
    ));
    assert!(says(
        &analysis,
        "file:shop/src/price.py",
        "DEFINES",
        "sym:shop/src/price.py#Cart"
    ));
    assert!(says(
        &analysis,
        "sym:shop/src/price.py#Cart",
        "CONTAINS",
        "sym:shop/src/price.py#Cart.add"
    ));
    assert!(says(
        &analysis,
        "sym:shop/src/price.py#Cart.add",
        "CALLS",
        "sym:shop/src/price.py#total"
    ));
    assert!(says(
        &analysis,
        "sym:shop/src/cart.py#pay",
        "CALLS",
        "sym:shop/src/price.py#total"
    ));
    let cart = analysis
        .owners
        .iter()
        .find(|o| o.owner == "file:shop/src/cart.py")
        .unwrap();
    let call = cart
        .assertions
        .iter()
        .find(|a| a.kind.as_str() == "CALLS" && a.to == total.key)
        .unwrap();
    assert_eq!(
        (call.sites, call.evidence.as_slice(), call.rule),
        (1, &["src/cart.py:7".to_owned()][..], Rule::Import)
    );
}

#[test]
fn packages_and_phantoms_come_from_manifests_and_imports() {
    let analysis = shop().analyse_head();
    assert!(says(
        &analysis,
        "file:shop/requirements.txt",
        "DECLARES",
        "pkg:pypi/requests"
    ));
    assert!(says(
        &analysis,
        "repo:shop",
        "DEPENDS_ON",
        "pkg:pypi/left-over"
    ));
    assert!(says(
        &analysis,
        "file:shop/src/cart.py",
        "IMPORTS",
        "pkg:pypi/requests"
    ));
    assert_eq!(
        node(&analysis, "pkg:pypi/requests").unwrap().properties["version"],
        "==2.31"
    );
    let found: Vec<_> = analysis
        .phantoms
        .iter()
        .map(|p| (p.kind, p.to.as_str(), p.evidence[0].as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (
                PhantomKind::UndeclaredPackage,
                "pkg:pypi/numpy",
                "src/cart.py:2"
            ),
            (
                PhantomKind::UnusedPackage,
                "pkg:pypi/left-over",
                "requirements.txt:2"
            ),
        ]
    );
    let stored = &node(&analysis, "repo:shop").unwrap().properties["phantoms"];
    assert_eq!(stored.as_array().unwrap().len(), 2);
}

#[test]
fn a_package_named_in_configuration_or_a_template_is_not_unused() {
    let repo = shop();
    repo.write("deploy/Procfile", "web: left-over serve\n");
    assert!(
        repo.analyse(&Tree::Worktree)
            .phantoms
            .iter()
            .all(|p| p.kind != PhantomKind::UnusedPackage)
    );
    repo.write("deploy/Procfile", "web: other serve\n");
    assert!(
        repo.analyse(&Tree::Worktree)
            .phantoms
            .iter()
            .any(|p| p.kind == PhantomKind::UnusedPackage)
    );
}

#[test]
fn blind_spots_are_kept_on_the_file_with_the_symbol_they_lie_in() {
    let repo = Repo::with(&[(
        "a.py",
        "def outer(text):\n    def inner():\n        eval(text)\n    return inner\n",
    )]);
    let analysis = repo.analyse_head();
    let file = node(&analysis, "file:shop/a.py").unwrap();
    let spots = ripple_schemas::property::blind_spots(file);
    let found: Vec<_> = spots
        .iter()
        .map(|s| (s.kind, s.line, s.within.as_ref().map(|k| k.as_str())))
        .collect();
    assert_eq!(
        found,
        [(BlindKind::Dynamic, 3, Some("sym:shop/a.py#outer.inner"))]
    );
    assert_eq!(file.properties["blind_count"], 1);
}

#[test]
fn owners_come_from_codeowners_else_from_who_wrote_it() {
    let repo = shop();
    let analysis = repo.analyse_head();
    assert!(says(
        &analysis,
        "file:shop/src/cart.py",
        "OWNED_BY",
        "owner:@cart-team"
    ));
    assert!(says(
        &analysis,
        "file:shop/notes.md",
        "OWNED_BY",
        "owner:@all"
    ));
    assert!(!says(
        &analysis,
        "file:shop/src/cart.py",
        "OWNED_BY",
        "owner:@all"
    ));
    repo.write(".github/CODEOWNERS", "/src/cart.py @cart-team\n/notes.md\n");
    repo.commit("owners of one");
    let analysis = repo.analyse_head();
    assert!(says(
        &analysis,
        "file:shop/src/price.py",
        "OWNED_BY",
        "owner:ada@shop.example"
    ));
    assert!(!says(
        &analysis,
        "file:shop/src/cart.py",
        "OWNED_BY",
        "owner:ada@shop.example"
    ));
    assert!(!says(
        &analysis,
        "file:shop/notes.md",
        "OWNED_BY",
        "owner:ada@shop.example"
    ));
    std::fs::remove_file(repo.root.join(".github/CODEOWNERS")).unwrap();
    repo.commit("no owners");
    let analysis = repo.analyse_head();
    assert!(says(
        &analysis,
        "file:shop/src/cart.py",
        "OWNED_BY",
        "owner:ada@shop.example"
    ));
    let rule = analysis
        .owners
        .iter()
        .flat_map(|o| &o.assertions)
        .find(|a| a.kind.as_str() == "OWNED_BY")
        .unwrap()
        .rule;
    assert_eq!(rule, Rule::Authorship);
}

#[test]
fn recent_history_gives_commits_and_files_that_change_together() {
    let repo = shop();
    for i in 0..4 {
        repo.write(
            "src/price.py",
            format!("def total(items):\n    return {i}\n"),
        );
        repo.write("notes.md", format!("# {i}\n"));
        repo.commit(&format!("change {i}"));
    }
    let analysis = repo.analyse_head();
    assert_eq!(analysis.stats.commits, 5);
    assert!(says(
        &analysis,
        "file:shop/notes.md",
        "CO_CHANGED",
        "file:shop/src/price.py"
    ));
    assert!(!says(
        &analysis,
        "file:shop/notes.md",
        "CO_CHANGED",
        "file:shop/src/cart.py"
    ));
    let head = analysis.commit.clone().unwrap();
    let commit = node(&analysis, &format!("commit:shop@{head}")).unwrap();
    assert_eq!(
        (commit.name.as_str(), &commit.properties["email"]),
        ("change 3", &serde_json::json!("ada@shop.example"))
    );
    let bounded = Analyser::new(
        repo.open(),
        Options {
            commits: 2,
            ..Options::default()
        },
    )
    .unwrap();
    let bounded = bounded.analyse(&Tree::Commit(head)).unwrap();
    assert_eq!(
        (bounded.stats.commits, bounded.stats.history_truncated),
        (2, true)
    );
}

#[test]
fn the_default_comparison_is_the_working_tree_against_main_else_the_last_commit() {
    let repo = shop();
    let first = repo.git(&["rev-parse", "HEAD"]);
    repo.git(&["checkout", "-q", "-b", "feature"]);
    repo.write("src/price.py", "def total(items):\n    return 1\n");
    let second = repo.commit("second");
    let sides = || repo.open().resolve_range(&Comparison::Default).unwrap();
    assert_eq!(
        (sides().base.tree, sides().head.tree),
        (Tree::Commit(first.clone()), Tree::Commit(second.clone()))
    );
    repo.write("new.py", "x = 1\n");
    assert_eq!(
        (sides().base.tree, sides().head.tree),
        (Tree::Commit(first.clone()), Tree::Worktree)
    );
    assert_eq!(repo.open().default_branch_tip().unwrap(), first);
    let range = |text: &str| {
        repo.open()
            .resolve_range(&Comparison::Revision(text.into()))
            .unwrap()
    };
    assert_eq!(range("feature").base.commit.as_ref(), Some(&first));
    assert_eq!(range("main..feature").head.commit.as_ref(), Some(&second));
    assert_eq!(range("feature...main").base.commit.as_ref(), Some(&first));
    repo.git(&["update-ref", "refs/remotes/origin/trunk", &second]);
    repo.git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/trunk",
    ]);
    assert_eq!(repo.open().default_branch_tip().unwrap(), second);
}

#[test]
fn the_index_the_working_tree_and_the_commit_agree_where_nothing_changed() {
    let repo = shop();
    let commit = repo.analyse_head();
    assert!(repo.open().is_clean().unwrap());
    for tree in [Tree::Index, Tree::Worktree] {
        let other = repo.analyse(&tree);
        assert_eq!(other.owners, commit.owners);
        assert_eq!(other.files, commit.files);
    }
}

#[test]
fn each_tree_sees_its_own_version_of_a_file() {
    let repo = shop();
    repo.write("src/price.py", "def staged():\n    pass\n");
    repo.git(&["add", "src/price.py"]);
    repo.write("src/price.py", "def unstaged():\n    pass\n");
    repo.write("ignored.py", "x = 1\n");
    repo.write("deep/new.py", "x = 1\n");
    repo.write(".gitignore", "ignored.py\n");
    std::fs::remove_file(repo.root.join("notes.md")).unwrap();
    let has = |analysis: &Analysis, name: &str| {
        node(analysis, &format!("sym:shop/src/price.py#{name}")).is_some()
    };
    let (head, index, disk) = (
        repo.analyse_head(),
        repo.analyse(&Tree::Index),
        repo.analyse(&Tree::Worktree),
    );
    assert!(has(&head, "total") && has(&index, "staged") && has(&disk, "unstaged"));
    assert!(!has(&index, "total") && !has(&disk, "staged"));
    let paths = |analysis: &Analysis| {
        analysis
            .files
            .iter()
            .map(|f| f.path.clone())
            .collect::<Vec<_>>()
    };
    assert!(
        paths(&disk).contains(&"deep/new.py".to_owned())
            && !paths(&disk).contains(&"ignored.py".to_owned())
    );
    assert!(
        !paths(&disk).contains(&"notes.md".to_owned())
            && paths(&index).contains(&"notes.md".to_owned())
    );
    assert_eq!(aside(&disk, ".gitignore"), Some("not_code"));
}

#[test]
fn the_answer_does_not_depend_on_threads_or_on_the_cache() {
    let repo = shop();
    for i in 0..40 {
        repo.write(
            &format!("src/m{i}.py"),
            format!("from .price import total\n\n\ndef f{i}(x):\n    return total(x)\n"),
        );
    }
    let head = Tree::Commit(repo.commit("many"));
    let cache = repo.folder.path().join("cache");
    let with = |threads: usize, cached: bool| {
        let cache = cached.then(|| cache.clone());
        let options = Options {
            threads,
            cache,
            ..Options::default()
        };
        Analyser::new(repo.open(), options)
            .unwrap()
            .analyse(&head)
            .unwrap()
    };
    let plain = with(1, false);
    assert!(plain.owners.windows(2).all(|w| w[0].owner < w[1].owner));
    for (threads, cached) in [(4, false), (2, true), (3, true)] {
        let other = with(threads, cached);
        assert_eq!(other.owners, plain.owners);
        assert_eq!(
            (other.blind, other.phantoms, other.stats),
            (
                plain.blind.clone(),
                plain.phantoms.clone(),
                plain.stats.clone()
            )
        );
    }
    assert_eq!((plain.parsed, with(2, true).parsed), (43, 0));
}

#[test]
fn only_changed_files_are_parsed_again_and_only_their_facts_change() {
    let repo = shop();
    let analyser = repo.analyser();
    let before = analyser.analyse(&Tree::Worktree).unwrap();
    repo.write("src/price.py", "def total(items):\n    return 0\n");
    let after = analyser.analyse(&Tree::Worktree).unwrap();
    assert_eq!((before.parsed, after.parsed), (3, 1));
    let changed: Vec<_> = after
        .owners
        .iter()
        .filter(|o| {
            before
                .owners
                .iter()
                .find(|b| b.owner == o.owner)
                .is_none_or(|b| b.digest != o.digest)
        })
        .map(|o| o.owner.as_str())
        .filter(|o| o.starts_with("file:"))
        .collect();
    assert_eq!(changed, ["file:shop/src/price.py"]);
    let ids = |a: &Analysis| {
        a.files
            .iter()
            .map(|f| (f.path.clone(), f.content))
            .collect::<Vec<_>>()
    };
    let differ = ids(&before)
        .into_iter()
        .zip(ids(&after))
        .filter(|(a, b)| a != b)
        .count();
    assert_eq!(differ, 1);
}

#[test]
fn two_analyses_at_once_give_the_same() {
    let repo = shop();
    let cache = repo.folder.path().join("cache");
    let head = Tree::Commit(repo.git(&["rev-parse", "HEAD"]));
    let answers: Vec<Analysis> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let options = Options {
                        threads: 1,
                        cache: Some(cache.clone()),
                        ..Options::default()
                    };
                    Analyser::new(repo.open(), options)
                        .unwrap()
                        .analyse(&head)
                        .unwrap()
                })
            })
            .collect();
        handles.into_iter().map(|h| h.join().unwrap()).collect()
    });
    assert!(answers.windows(2).all(|w| w[0].owners == w[1].owners));
}

/// A small generator of numbers: the same on every machine.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        ((self.0 >> 33) as usize) % n
    }
}

#[test]
fn a_patch_gives_exactly_the_tree_that_it_was_made_from() {
    let mut numbers = Numbers(7);
    for round in 0..8 {
        let repo = Repo::new();
        for file in 0..5 {
            let lines: String = (0..numbers.below(40))
                .map(|i| format!("line {i} {}\n", numbers.below(3)))
                .collect();
            repo.write(&format!("dir {file}/f ü{file}.txt"), lines);
        }
        repo.write("empty.txt", "");
        let base = repo.commit("base");
        for file in 0..5 {
            let path = format!("dir {file}/f ü{file}.txt");
            match numbers.below(5) {
                0 => std::fs::remove_file(repo.root.join(path)).unwrap(),
                1 => std::fs::rename(
                    repo.root.join(&path),
                    repo.root.join(format!("moved{file}.txt")),
                )
                .unwrap(),
                _ => {
                    let text = std::fs::read_to_string(repo.root.join(&path)).unwrap();
                    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
                    for _ in 0..3 {
                        let at = numbers.below(lines.len() + 1);
                        lines.insert(at, format!("-- new {at}"));
                        let at = numbers.below(lines.len());
                        lines.remove(at);
                    }
                    let end = if numbers.below(2) == 0 { "" } else { "\n" };
                    repo.write(&path, lines.join("\n") + end);
                }
            }
        }
        repo.write("added.txt", "one\n");
        let head = repo.commit("head");
        for options in [
            &["-M"][..],
            &["--no-renames"],
            &["--no-prefix"],
            &["-U0"],
            &["-C", "--find-copies-harder"],
        ] {
            let mut args = vec!["diff", "--no-color"];
            args.extend(options);
            args.extend([base.as_str(), head.as_str()]);
            let patch = Patch::parse(&repo.try_git(&args).stdout).unwrap();
            let repository = repo.open();
            let blobs = repository.blobs();
            let tree = Tree::Patched {
                base: base.clone(),
                patch: Arc::new(patch),
            };
            let patched = repository.list(&tree, &blobs, 1 << 20).unwrap();
            let wanted = repository
                .list(&Tree::Commit(head.clone()), &blobs, 1 << 20)
                .unwrap();
            assert_eq!(
                contents(&repository, &patched),
                contents(&repository, &wanted),
                "round {round}, {options:?}"
            );
        }
    }
}

#[test]
fn what_several_owners_state_of_a_node_agrees_and_nothing_dangles() {
    let repo = shop();
    repo.git(&["config", "user.name", "Another Ada"]);
    repo.write("package.json", "{\"dependencies\": {\"express\": \"^4\"}}");
    repo.write(
        "package-lock.json",
        "{\"packages\": {\"node_modules/express\": {\"version\": \"4.1.0\"}}}",
    );
    repo.write(
        "web/a.js",
        "import express from 'express';\nexport const app = express();\n",
    );
    repo.commit("web");
    let analysis = repo.analyse_head();
    let mut seen = std::collections::BTreeMap::new();
    for found in analysis.owners.iter().flat_map(|o| &o.nodes) {
        let mut bare = found.clone();
        bare.properties.clear();
        let first = seen
            .entry(found.key.clone())
            .or_insert_with(|| bare.clone());
        assert_eq!(*first, bare);
    }
    for assertion in analysis.owners.iter().flat_map(|o| &o.assertions) {
        for end in [&assertion.from, &assertion.to] {
            assert!(seen.contains_key(end), "{end} of {assertion:?}");
        }
    }
    assert_eq!(
        node(&analysis, "pkg:npm/express").unwrap().properties["version"],
        "4.1.0"
    );
}

#[test]
fn reading_step_by_step_gives_what_reading_from_nothing_gives() {
    let mut numbers = Numbers(11);
    let repo = shop();
    let resident = repo.analyser();
    for round in 0..12 {
        let path = format!("src/m{}.py", numbers.below(4));
        match numbers.below(4) {
            0 => drop(std::fs::remove_file(repo.root.join(&path))),
            1 => repo.write(
                "src/price.py",
                format!(
                    "def total{}(items):\n    return 1\n",
                    ["", "_of"][numbers.below(2)]
                ),
            ),
            2 => repo.write(
                ".gitattributes",
                ["", "src/m1.py linguist-generated\n"][numbers.below(2)],
            ),
            _ => repo.write(
                &path,
                format!("from .price import total\n\n\ndef f():\n    return total({round})\n"),
            ),
        }
        let (warm, cold) = (
            resident.analyse(&Tree::Worktree).unwrap(),
            repo.analyse(&Tree::Worktree),
        );
        assert_eq!(warm.owners, cold.owners, "round {round}");
        assert_eq!(
            (warm.blind, warm.phantoms, warm.stats),
            (cold.blind, cold.phantoms, cold.stats)
        );
    }
}

#[test]
fn bases_that_are_no_classes_are_read_like_any_code() {
    let repo = Repo::with(&[(
        "odd.py",
        "bases = (dict,)\n\nclass A(*bases):\n    def f(self):\n        return self.g()\n\n\
         class B(1, 'x', None):\n    def f(self):\n        return helper()\n\n\
         class C(-3, lambda: 0, [1]):\n    pass\n\nclass D(not bases):\n    pass\n\n\
         class E(...):\n    pass\n\ndef helper():\n    return B().f()\n",
    )]);
    let analysis = repo.analyse_head();
    let calls: Vec<String> = analysis
        .owners
        .iter()
        .flat_map(|o| &o.assertions)
        .filter(|a| a.kind == ripple_schemas::EdgeKind::Calls)
        .map(|a| format!("{} -> {}", a.from, a.to))
        .collect();
    assert!(
        calls
            .iter()
            .any(|c| c.contains("#helper ->") && c.ends_with("#B.f")),
        "{calls:?}"
    );
}

#[test]
fn associated_types_that_name_each_other_end_somewhere() {
    let repo = Repo::with(&[
        (
            "Cargo.toml",
            "[package]\nname = \"linked\"\nversion = \"0.1.0\"\n",
        ),
        (
            "src/lib.rs",
            "trait Linked { type Next; }\nstruct A;\nstruct B;\n\
             impl Linked for A { type Next = <B as Linked>::Next; }\n\
             impl Linked for B { type Next = <A as Linked>::Next; }\n\
             fn take(next: <A as Linked>::Next) { give(next) }\n\
             fn give(next: <B as Linked>::Next) {}\n",
        ),
    ]);
    let analysis = repo.analyse_head();
    let called =
        analysis.owners.iter().flat_map(|o| &o.assertions).any(|a| {
            a.kind == ripple_schemas::EdgeKind::Calls && a.to.to_string().ends_with("#give")
        });
    assert!(called);
}

#[test]
fn a_member_of_an_unknown_receiver_is_a_blind_spot_with_weak_hints_and_no_call() {
    let repo = Repo::with(&[(
        "shop.py",
        "class Cart:\n    def settle(self):\n        pass\n\n\nclass Tab:\n    def settle(self):\n        pass\n\n\ndef close(thing):\n    thing.settle()\n",
    )]);
    let analysis = repo.analyse_head();
    let close = "sym:shop/shop.py#close";
    for class in ["Cart", "Tab"] {
        let settle = format!("sym:shop/shop.py#{class}.settle");
        assert!(!says(&analysis, close, "CALLS", &settle));
        assert!(says(&analysis, close, "REFERENCES", &settle));
    }
    let hints = analysis.owners.iter().flat_map(|o| &o.assertions);
    assert!(
        hints
            .filter(|a| a.from.as_str() == close && a.to.as_str().ends_with("settle"))
            .all(|a| a.rule == Rule::NameSimilar)
    );
    let file = node(&analysis, "file:shop/shop.py").unwrap();
    let spots = ripple_schemas::property::blind_spots(file);
    assert_eq!(spots.len(), 1);
    assert_eq!(spots[0].kind, BlindKind::UnknownReceiver);
}
