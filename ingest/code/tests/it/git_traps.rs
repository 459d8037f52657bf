//! A repository is data: whatever its configuration names, nothing of it runs.
//!
//! Each trap touches a canary. Plain git is run once to prove that the trap works; then everything
//! that Ripple does with git is done, and the canary must not be there.
#![cfg(unix)]

use crate::repo::{Repo, plain_git};
use ripple_ingest_code::{Analyser, Comparison, GitError, Options, Repository, Tree};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// A program that leaves a canary and passes its input on.
fn trap(repo: &Repo) -> (PathBuf, PathBuf) {
    let canary = repo.folder.path().join("canary");
    let program = repo.folder.path().join("trap.sh");
    std::fs::write(
        &program,
        format!("#!/bin/sh\ntouch '{}'\nexec cat \"$@\"\n", canary.display()),
    )
    .unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    (program, canary)
}

/// Everything that Ripple asks git.
fn read_everything(root: &Path) {
    let repository = Repository::open(root).unwrap();
    repository.is_clean().unwrap();
    repository.default_branch_tip().unwrap();
    repository.resolve("no-such-name").unwrap_err();
    for what in [
        Comparison::Default,
        Comparison::Staged,
        Comparison::Revision("HEAD".into()),
    ] {
        repository.resolve_range(&what).unwrap();
    }
    let head = repository.head_commit().unwrap();
    let analyser = Analyser::new(
        repository,
        Options {
            threads: 2,
            ..Options::default()
        },
    )
    .unwrap();
    for tree in [Tree::Commit(head), Tree::Index, Tree::Worktree] {
        let analysis = analyser.analyse(&tree).unwrap();
        assert!(!analysis.files.is_empty());
    }
}

/// Proves that the trap springs for plain git, then that it does not for Ripple.
fn springs_only_for_git(repo: &Repo, canary: &Path, git: &[&str], before: impl Fn()) {
    std::fs::remove_file(canary).ok();
    before();
    repo.try_git(git);
    assert!(
        canary.exists(),
        "the trap does not work, so the test shows nothing: git {git:?}"
    );
    std::fs::remove_file(canary).unwrap();
    before();
    read_everything(&repo.root);
    assert!(!canary.exists(), "the repository ran its own program");
}

fn sample() -> Repo {
    let repo = Repo::with(&[
        ("a.py", "def f():\n    return 1\n"),
        (".gitattributes", "*.py filter=evil diff=evil\n"),
    ]);
    repo.write("a.py", "def f():\n    return 2\n");
    repo.commit("second");
    repo
}

/// Makes the index doubt the file, so that git would look at its content.
fn touch(repo: &Repo) {
    let text = std::fs::read(repo.root.join("a.py")).unwrap();
    std::fs::remove_file(repo.root.join("a.py")).unwrap();
    repo.write("a.py", text);
}

#[test]
fn a_file_system_monitor_of_the_repository_does_not_run() {
    let repo = sample();
    let (program, canary) = trap(&repo);
    repo.git(&["config", "core.fsmonitor", program.to_str().unwrap()]);
    springs_only_for_git(&repo, &canary, &["status"], || touch(&repo));
}

#[test]
fn hooks_of_the_repository_do_not_run() {
    let repo = sample();
    let (program, canary) = trap(&repo);
    for hook in [
        "post-checkout",
        "post-index-change",
        "pre-commit",
        "post-commit",
        "reference-transaction",
        "pre-auto-gc",
    ] {
        std::fs::copy(&program, repo.root.join(".git/hooks").join(hook)).unwrap();
    }
    springs_only_for_git(&repo, &canary, &["update-index", "--refresh"], || {
        touch(&repo)
    });
    let elsewhere = repo.folder.path().join("hooks");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::copy(&program, elsewhere.join("post-index-change")).unwrap();
    repo.git(&["config", "core.hooksPath", elsewhere.to_str().unwrap()]);
    springs_only_for_git(&repo, &canary, &["update-index", "--refresh"], || {
        touch(&repo)
    });
}

#[test]
fn clean_and_smudge_filters_of_the_repository_do_not_run() {
    let repo = sample();
    let (program, canary) = trap(&repo);
    let program = program.to_str().unwrap();
    repo.git(&["config", "filter.evil.clean", program]);
    repo.git(&["config", "filter.evil.smudge", program]);
    springs_only_for_git(&repo, &canary, &["status"], || touch(&repo));
    springs_only_for_git(&repo, &canary, &["checkout-index", "-f", "a.py"], || {
        std::fs::remove_file(repo.root.join("a.py")).ok();
    });
    repo.git(&["checkout-index", "-f", "-a"]);
    repo.git(&["config", "filter.evil.process", program]);
    springs_only_for_git(&repo, &canary, &["status"], || touch(&repo));
}

#[test]
fn text_conversion_and_external_diff_of_the_repository_do_not_run() {
    let repo = sample();
    let (program, canary) = trap(&repo);
    let program = program.to_str().unwrap();
    repo.git(&["config", "diff.evil.textconv", program]);
    springs_only_for_git(&repo, &canary, &["diff", "HEAD~1"], || touch(&repo));
    repo.git(&["config", "diff.evil.command", program]);
    springs_only_for_git(&repo, &canary, &["diff", "HEAD~1"], || touch(&repo));
    repo.git(&["config", "--unset", "diff.evil.command"]);
    repo.git(&["config", "diff.external", program]);
    springs_only_for_git(&repo, &canary, &["diff", "HEAD~1"], || touch(&repo));
}

#[test]
fn a_signature_program_of_the_repository_does_not_run() {
    let repo = sample();
    let (program, canary) = trap(&repo);
    repo.git(&["config", "log.showSignature", "true"]);
    repo.git(&["config", "gpg.program", program.to_str().unwrap()]);
    let tree = repo.git(&["rev-parse", "HEAD^{tree}"]);
    let commit = format!(
        "tree {tree}\nauthor A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000\ngpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\nsigned\n"
    );
    let file = repo.folder.path().join("commit");
    std::fs::write(&file, commit).unwrap();
    let id = repo.git(&["hash-object", "-t", "commit", "-w", file.to_str().unwrap()]);
    repo.git(&["update-ref", "refs/heads/main", &id]);
    springs_only_for_git(&repo, &canary, &["log", "-1"], || {});
}

#[test]
fn nothing_is_fetched_into_a_partial_clone() {
    let source = sample();
    source.git(&["config", "uploadpack.allowFilter", "true"]);
    source.git(&["config", "uploadpack.allowAnySHA1InWant", "true"]);
    let (program, canary) = trap(&source);
    std::fs::write(
        &program,
        format!(
            "#!/bin/sh\ntouch '{}'\nexec git-upload-pack \"$@\"\n",
            canary.display()
        ),
    )
    .unwrap();
    let clone = |name: &str| {
        let to = source.folder.path().canonicalize().unwrap().join(name);
        let url = format!("file://{}", source.root.display());
        source.git(&[
            "clone",
            "-q",
            "--no-checkout",
            "--filter=blob:none",
            &url,
            to.to_str().unwrap(),
        ]);
        for (name, value) in [
            ("remote.origin.uploadpack", program.to_str().unwrap()),
            ("protocol.file.allow", "always"),
            ("protocol.ext.allow", "always"),
        ] {
            assert!(plain_git(&to, &["config", name, value]).status.success());
        }
        to
    };
    // Proof: plain git fetches what is missing.
    let proof = clone("proof");
    let output = plain_git(&proof, &["cat-file", "-p", "HEAD:a.py"]);
    assert!(
        output.status.success() && canary.exists(),
        "the trap does not work"
    );
    std::fs::remove_file(&canary).unwrap();

    for url in ["", "ext::sh -c touch% CANARY"] {
        let root = clone(if url.is_empty() {
            "partial"
        } else {
            "partial-ext"
        });
        if !url.is_empty() {
            let url = format!("ext::touch {}", canary.display());
            assert!(
                plain_git(&root, &["config", "remote.origin.url", &url])
                    .status
                    .success()
            );
        }
        let repository = Repository::open(&root).unwrap();
        let head = repository.head_commit().unwrap();
        let analysis = Analyser::new(repository, Options::default())
            .unwrap()
            .analyse(&Tree::Commit(head))
            .unwrap();
        assert_eq!(
            analysis.stats.set_aside.get("unavailable"),
            Some(&1),
            "{:?}",
            analysis.stats
        );
        assert!(!canary.exists(), "something was fetched");
    }
}

#[test]
fn a_working_tree_moved_by_configuration_is_refused() {
    let repo = sample();
    let secret = repo.folder.path().join("secret");
    std::fs::create_dir(&secret).unwrap();
    std::fs::write(secret.join("private.py"), "x = 1\n").unwrap();
    for place in [secret.to_str().unwrap(), "/", ".."] {
        let place = if place == ".." {
            repo.folder.path().to_str().unwrap()
        } else {
            place
        };
        repo.git(&["config", "core.worktree", place]);
        let refused = Repository::open(&repo.root);
        assert!(
            matches!(refused, Err(GitError::ForeignWorktree { .. })),
            "{place}: {refused:?}"
        );
    }
}

#[test]
fn a_file_below_a_symbolic_link_is_not_read() {
    let repo = sample();
    repo.write("lib/b.py", "def g():\n    return 1\n");
    repo.commit("third");
    let outside = repo.folder.path().join("outside");
    std::fs::create_dir(&outside).unwrap();
    std::fs::write(outside.join("b.py"), "def secret():\n    return 1\n").unwrap();
    std::fs::remove_dir_all(repo.root.join("lib")).unwrap();
    std::os::unix::fs::symlink(&outside, repo.root.join("lib")).unwrap();
    let analysis = repo.analyse(&Tree::Worktree);
    assert!(
        !analysis.files.iter().any(|f| f.path == "lib/b.py"),
        "{:?}",
        analysis.files
    );
    assert_eq!(crate::repo::aside(&analysis, "lib"), Some("symlink"));
}

#[test]
fn an_index_that_names_a_path_outside_reads_nothing_there() {
    let repo = sample();
    repo.write("aa/secret.py", "def inside():\n    return 1\n");
    repo.git(&["add", "-A"]);
    let outside = repo.folder.path().join("secret.py");
    std::fs::write(outside, "def secret():\n    return 1\n").unwrap();
    // Git does not verify the index's checksum.
    let index = repo.root.join(".git/index");
    let mut bytes = std::fs::read(&index).unwrap();
    let at = bytes
        .windows(12)
        .position(|w| w == b"aa/secret.py")
        .unwrap();
    bytes[at..at + 3].copy_from_slice(b"../");
    std::fs::write(&index, &bytes).unwrap();
    match repo.analyser().analyse(&Tree::Worktree) {
        Ok(analysis) => {
            assert!(crate::repo::node(&analysis, "sym:shop/../secret.py#secret").is_none());
            assert!(
                !analysis.files.iter().any(|f| f.path.contains("..")),
                "{:?}",
                analysis.files
            );
            assert!(
                analysis.blind.iter().any(|b| b.why.contains("outside")),
                "{:?}",
                analysis.blind
            );
        }
        // Other versions of git refuse such an index themselves.
        Err(error) => assert!(error.to_string().contains("index"), "{error}"),
    }
}

#[test]
fn facts_committed_into_the_repository_are_not_believed() {
    let repo = sample();
    let cache = repo.root.join(".ripple/cache");
    let options = || Options {
        cache: Some(cache.clone()),
        ..Options::default()
    };
    let head = Tree::Commit(repo.git(&["rev-parse", "HEAD"]));
    let first = Analyser::new(repo.open(), options())
        .unwrap()
        .analyse(&head)
        .unwrap();
    let second = Analyser::new(repo.open(), options())
        .unwrap()
        .analyse(&head)
        .unwrap();
    assert_eq!((first.parsed, second.parsed), (1, 0));
    repo.git(&["add", "-f", ".ripple"]);
    repo.git(&["commit", "-q", "-m", "facts of mine"]);
    let head = Tree::Commit(repo.git(&["rev-parse", "HEAD"]));
    let third = Analyser::new(repo.open(), options())
        .unwrap()
        .analyse(&head)
        .unwrap();
    assert_eq!(third.parsed, 1);
}

/// Not a test of its own: run by the next one in a process with another environment.
#[test]
#[ignore = "run by the_callers_git_environment_is_not_used"]
fn open_the_named_repository() {
    let root = std::env::var("RIPPLE_TEST_ROOT").unwrap();
    let repository = Repository::open(Path::new(&root)).unwrap();
    assert_eq!(repository.root(), Path::new(&root));
    let analysis = Analyser::new(repository, Options::default())
        .unwrap()
        .analyse(&Tree::Worktree)
        .unwrap();
    assert!(analysis.files.iter().any(|f| f.path == "a.py"));
}

#[test]
fn the_callers_git_environment_is_not_used() {
    let (repo, other) = (sample(), Repo::with(&[("other.py", "x = 1\n")]));
    let (program, canary) = trap(&repo);
    let run = |root: &Path| {
        std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--ignored",
                "--exact",
                "git_traps::open_the_named_repository",
            ])
            .env("RIPPLE_TEST_ROOT", root)
            .env("GIT_DIR", other.root.join(".git"))
            .env("GIT_WORK_TREE", &other.root)
            .env("GIT_INDEX_FILE", other.root.join(".git/index"))
            .env("GIT_CONFIG_COUNT", "1")
            .env("GIT_CONFIG_KEY_0", "core.fsmonitor")
            .env("GIT_CONFIG_VALUE_0", &program)
            .env("GIT_EXTERNAL_DIFF", &program)
            .output()
            .unwrap()
    };
    let output = run(&repo.root);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
    assert!(!canary.exists());
    assert!(
        !run(&repo.folder.path().join("nowhere")).status.success(),
        "the child really ran"
    );
}
