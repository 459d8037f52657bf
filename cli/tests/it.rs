//! The `ripple` binary as a person meets it: answers, exit codes, silence where it is due.

use serde_json::Value;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// A repository of a small shop, with a graph of its own.
struct Shop {
    folder: tempfile::TempDir,
}

impl Shop {
    fn new() -> Self {
        let shop = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        shop.git(&["init", "-q", "-b", "main"]);
        shop.write("src/__init__.py", "");
        shop.write("src/price.py", "def total(items):\n    amount = 0\n    for item in items:\n        amount += item\n    return amount\n");
        shop.write(
            "src/cart.py",
            "from src.price import total\n\n\ndef checkout(items):\n    return total(items)\n",
        );
        shop.write(
            "tests/test_cart.py",
            "from src.cart import checkout\n\n\ndef test_checkout():\n    assert checkout([1])\n",
        );
        shop.commit();
        shop
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let file = self.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }

    fn commit(&self) {
        self.git(&["add", "-A"]);
        self.git(&[
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@b.c",
            "commit",
            "-qm",
            "change",
        ]);
    }

    fn git(&self, args: &[&str]) {
        let done = Command::new("git")
            .args(args)
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "git {args:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
    }

    fn ripple(&self, args: &[&str]) -> Output {
        ripple(self.path(), args)
    }

    /// The JSON of a command that ends with 0.
    fn json(&self, args: &[&str]) -> Value {
        let done = self.ripple(&[args, &["--format", "json"]].concat());
        assert_eq!(
            done.status.code(),
            Some(0),
            "{args:?}: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        serde_json::from_slice(&done.stdout).unwrap()
    }
}

fn ripple(at: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ripple"))
        .args(args)
        .current_dir(at)
        .env_remove("RIPPLE_STORE")
        .env_remove("RIPPLE_LOG")
        .env("COLUMNS", "80")
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

fn code(done: &Output) -> Option<i32> {
    done.status.code()
}

fn keys(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|i| i["key"].as_str().unwrap())
        .collect()
}

const TOTAL: &str = "src/price.py";

#[test]
fn an_edit_in_the_working_tree_reaches_its_caller_and_the_test() {
    let shop = Shop::new();
    shop.write(TOTAL, "def total(items):\n    return sum(items)\n");
    let answer = shop.json(&["impact"]);
    let name = shop.path().file_name().unwrap().to_str().unwrap();
    let key = |k: &str| format!("sym:{name}/{k}").replace(' ', "%20");
    assert_eq!(answer["head"], "worktree");
    assert_eq!(keys(&answer["changed"]), [key("src/price.py#total")]);
    assert_eq!(answer["changed"][0]["change"], "body");
    let impacted = keys(&answer["impacted"]);
    assert!(
        impacted.contains(&key("src/cart.py#checkout").as_str()),
        "{impacted:?}"
    );
    assert_eq!(
        answer["tests"][0]["id"],
        "tests/test_cart.py::test_checkout"
    );
    assert_eq!(answer["tests"][0]["runner"], "pytest");
    let tests = shop.ripple(&["tests"]);
    assert_eq!(
        String::from_utf8_lossy(&tests.stdout),
        "tests/test_cart.py::test_checkout\n"
    );
}

#[test]
fn every_way_of_naming_the_same_change_gives_the_same_answer() {
    let shop = Shop::new();
    shop.write(TOTAL, "def total(items):\n    return sum(items)\n");
    let of = |answer: &Value| {
        let pick = |n: &str| answer[n].clone();
        [
            pick("verdict"),
            pick("changed"),
            pick("impacted"),
            pick("tests"),
        ]
    };
    let worktree = of(&shop.json(&["impact"]));
    let patch = Command::new("git")
        .args(["diff"])
        .current_dir(shop.path())
        .output()
        .unwrap()
        .stdout;
    std::fs::write(shop.path().join(".git/fix.diff"), patch).unwrap();
    assert_eq!(
        of(&shop.json(&["impact", "--patch", ".git/fix.diff"])),
        worktree
    );
    shop.git(&["add", "-A"]);
    assert_eq!(of(&shop.json(&["impact", "--staged"])), worktree);
    shop.git(&["checkout", "-qb", "topic"]);
    shop.commit();
    assert_eq!(of(&shop.json(&["impact", "main..topic"])), worktree);
    assert_eq!(
        of(&shop.json(&["impact"])),
        worktree,
        "a clean tree is about its last commit"
    );
}

#[test]
fn exit_codes_are_those_of_the_contract() {
    let shop = Shop::new();
    shop.write(
        TOTAL,
        "def total(items, tax):\n    return sum(items) * tax\n",
    );
    assert_eq!(code(&shop.ripple(&["impact"])), Some(0));
    assert_eq!(code(&shop.ripple(&["impact", "--fail-on", "low"])), Some(1));
    assert_eq!(
        code(&shop.ripple(&["impact", "--fail-on", "sometimes"])),
        Some(2)
    );
    assert_eq!(
        code(&shop.ripple(&["impact", "--staged", "--symbol", "total"])),
        Some(2)
    );
    assert_eq!(code(&shop.ripple(&["tests", "--format", "svg"])), Some(2));
    assert_eq!(code(&shop.ripple(&["impact", "nowhere..HEAD"])), Some(3));
    assert_eq!(
        code(&shop.ripple(&["impact", "--symbol", "no_such_thing"])),
        Some(3)
    );
    let nowhere = tempfile::tempdir().unwrap();
    assert_eq!(code(&ripple(nowhere.path(), &["impact"])), Some(3));
    assert_eq!(code(&ripple(nowhere.path(), &["graph", "stats"])), Some(3));
    assert!(
        !nowhere.path().join(".ripple").exists(),
        "a refusal leaves nothing behind"
    );
}

#[test]
fn unknown_is_over_every_level_unless_it_is_allowed() {
    let shop = Shop::new();
    shop.write("deploy.cob", "IDENTIFICATION DIVISION.\n");
    let answer = shop.json(&["impact"]);
    assert_eq!(answer["verdict"]["level"], "unknown");
    assert_eq!(
        code(&shop.ripple(&["impact", "--fail-on", "high"])),
        Some(1)
    );
    assert_eq!(
        code(&shop.ripple(&["impact", "--fail-on", "low", "--allow-unknown"])),
        Some(0)
    );
}

#[test]
fn a_symbol_may_be_named_by_its_end_and_an_ambiguous_end_is_refused_with_the_keys() {
    let shop = Shop::new();
    shop.write("src/other.py", "def total():\n    return 0\n");
    shop.commit();
    let answer = shop.json(&["impact", "--symbol", "checkout"]);
    assert_eq!(answer["changed"][0]["path"], "src/cart.py");
    let refused = shop.ripple(&["impact", "--symbol", "total"]);
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(code(&refused), Some(3));
    assert!(
        text.contains("src/other.py#total") && text.contains("src/price.py#total"),
        "{text}"
    );
}

#[test]
fn a_damaged_snapshot_is_built_anew_and_the_answer_is_the_same() {
    let shop = Shop::new();
    let before = shop.json(&["impact", "--symbol", "checkout"]);
    let file = shop.path().join(".ripple/graph.csr");
    let mut bytes = std::fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    std::fs::write(&file, &bytes).unwrap();
    assert_eq!(shop.json(&["impact", "--symbol", "checkout"]), before);
    assert_ne!(std::fs::read(&file).unwrap(), bytes, "it was written anew");
}

#[test]
fn the_graph_of_a_deleted_store_is_not_taken_from_its_old_snapshot() {
    let shop = Shop::new();
    shop.json(&["impact", "--symbol", "checkout"]);
    for file in ["ripple.db", "ripple.db-wal", "ripple.db-shm"] {
        let _ = std::fs::remove_file(shop.path().join(".ripple").join(file));
    }
    // The same number of commits in the store, another graph.
    shop.write(
        "src/cart.py",
        "from src.price import total\n\n\ndef pay(items):\n    return total(items)\n",
    );
    shop.commit();
    let answer = shop.json(&["impact", "--symbol", "total"]);
    assert!(
        keys(&answer["impacted"])
            .iter()
            .any(|k| k.ends_with("#pay"))
    );
}

#[test]
fn a_reader_that_stops_early_is_no_failure() {
    let shop = Shop::new();
    shop.json(&["ingest"]);
    let mut export = Command::new(env!("CARGO_BIN_EXE_ripple"))
        .args(["graph", "export"])
        .current_dir(shop.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(export.stdout.take());
    let done = export.wait_with_output().unwrap();
    assert_eq!(
        (
            code(&done),
            String::from_utf8_lossy(&done.stderr).into_owned()
        ),
        (Some(0), String::new())
    );
}

#[test]
fn a_repository_is_read_without_becoming_dirty() {
    let shop = Shop::new();
    assert_eq!(code(&shop.ripple(&["impact"])), Some(0));
    let status = Command::new("git")
        .args(["status", "--porcelain"])
        .current_dir(shop.path())
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&status.stdout), "");
}

#[test]
fn nothing_but_data_is_on_stdout() {
    let shop = Shop::new();
    shop.write(TOTAL, "def total(items):\n    return sum(items)\n");
    let done = shop.ripple(&["impact", "--format", "svg"]);
    let text = String::from_utf8(done.stdout).unwrap();
    assert!(text.starts_with("<svg ") && text.trim_end().ends_with("</svg>"));
    let dot = shop.ripple(&["impact", "--format", "dot"]);
    assert!(
        String::from_utf8(dot.stdout)
            .unwrap()
            .starts_with("digraph impact {")
    );
    let markdown = shop.ripple(&["impact", "--format", "markdown"]);
    assert!(
        String::from_utf8(markdown.stdout)
            .unwrap()
            .starts_with("### ")
    );
}

#[test]
fn sqlite_and_neo4j_give_the_same_answer_to_the_last_digit() {
    let turn = ripple_tests_servers::neo4j_turn();
    let shop = Shop::new();
    // The database is shared between tests: this name is nobody else's.
    shop.write("ripple.toml", "name = \"impact-same-answer\"\n");
    shop.commit();
    shop.write(
        TOTAL,
        "def total(items, tax):\n    return sum(items) * tax\n",
    );
    let questions: [&[&str]; 3] = [
        &["impact"],
        &[
            "impact",
            "--symbol",
            "impact-same-answer/src/price.py#total",
        ],
        &["tests"],
    ];
    for question in questions {
        let mut embedded = shop.json(question);
        let mut server = shop.json(&[question, &["--store", &turn.uri]].concat());
        for answer in [&mut embedded, &mut server] {
            if let Some(revision) = answer.get_mut("revision") {
                *revision = Value::Null;
            }
        }
        assert_eq!(embedded, server, "{question:?}");
        assert_ne!(
            embedded,
            Value::Array(vec![]),
            "{question:?} answered nothing"
        );
    }
}

/// Evidence that imports are mostly wrong, so that a model trained on it is seen to be in use.
const IMPORTS_ARE_WRONG: &str = "program\tlanguage\trule\tstate\tcandidates\tright\n\
                                 ours/a\tpython\timport\tstatic\t4000\t0\n";

/// The confidence of the one call across files.
fn confidence_of_import(shop: &Shop, store: &[&str]) -> f64 {
    let done = shop.ripple(&[&["graph", "export", "--format", "jsonl"], store].concat());
    let text = String::from_utf8(done.stdout).unwrap();
    let edges = text
        .lines()
        .map(|l| serde_json::from_str::<Value>(l).unwrap());
    let call = |e: &Value| {
        let to = e["to"]
            .as_str()
            .is_some_and(|to| to.ends_with("price.py#total"));
        e["edge"] == "CALLS" && to
    };
    let found: Vec<f64> = edges
        .filter(call)
        .map(|e| e["confidence"].as_f64().unwrap())
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0]
}

#[test]
fn a_promoted_model_moves_every_answer_and_its_promotion_can_be_taken_back() {
    let shop = Shop::new();
    shop.ripple(&["ingest"]);
    shop.write(TOTAL, "def total(items):\n    return sum(items)\n");
    shop.write(".ripple/ours.tsv", IMPORTS_ARE_WRONG);
    let reached = || {
        let answer = shop.json(&["impact"]);
        let list = answer["impacted"].as_array().unwrap().iter();
        let checkout = |i: &&Value| i["key"].as_str().unwrap().ends_with("#checkout");
        let probability = list
            .clone()
            .find(checkout)
            .map(|i| i["probability"].as_f64().unwrap());
        probability.unwrap_or(0.0)
    };
    let (edge, impact) = (confidence_of_import(&shop, &[]), reached());
    assert!(edge > 0.9 && impact > 0.9, "{edge} {impact}");

    let train = ["calibration", "--train", "--evidence", ".ripple/ours.tsv"];
    let trained = shop.ripple(&train);
    let said = String::from_utf8_lossy(&trained.stdout).into_owned();
    assert!(
        said.contains("model:calibration@1") && said.contains("--promote 1"),
        "{said}"
    );
    assert_eq!(
        (confidence_of_import(&shop, &[]), reached()),
        (edge, impact),
        "not used yet"
    );
    let again = shop.ripple(&train);
    let said = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(said.contains("nothing was written"), "{said}");

    let promoted = shop.json(&["calibration", "--promote"]);
    assert_eq!(promoted["model"]["key"], "model:calibration@1");
    assert_eq!(promoted["versions"], serde_json::json!([1]));
    let moved = confidence_of_import(&shop, &[]);
    assert!(moved < 0.2, "{moved}");
    assert!(reached() < 0.2, "{}", reached());

    let back = shop.json(&["calibration", "--promote", "0"]);
    assert_eq!(
        (&back["model"]["version"], &back["model"]["key"]),
        (&0.into(), &Value::Null)
    );
    assert_eq!(
        (confidence_of_import(&shop, &[]), reached()),
        (edge, impact)
    );
}

#[test]
fn a_model_that_is_not_there_and_evidence_that_is_none_are_refused() {
    let shop = Shop::new();
    let refused = |args: &[&str], code_wanted: i32, word: &str| {
        let done = shop.ripple(args);
        let text = String::from_utf8_lossy(&done.stderr).into_owned();
        assert_eq!(code(&done), Some(code_wanted), "{args:?}: {text}");
        assert!(text.contains(word), "{args:?}: {text}");
    };
    refused(&["calibration", "--train"], 3, "ripple ingest");
    shop.ripple(&["ingest"]);
    refused(&["calibration", "--promote"], 3, "--train");
    refused(&["calibration", "--promote", "7"], 3, "--train");
    shop.write(".ripple/none.tsv", "a\tb\n1\t2\n");
    refused(
        &["calibration", "--evidence", ".ripple/none.tsv"],
        3,
        "no evidence table",
    );
    refused(
        &["calibration", "--evidence", "missing.tsv"],
        3,
        "missing.tsv",
    );
    refused(
        &["calibration", "--format", "dot"],
        2,
        "text, json, markdown",
    );
}

#[test]
fn calibration_needs_no_graph_and_shows_held_out_figures() {
    let folder = tempfile::tempdir().unwrap();
    let done = ripple(folder.path(), &["calibration", "--format", "json"]);
    assert_eq!(
        code(&done),
        Some(0),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let answer: Value = serde_json::from_slice(&done.stdout).unwrap();
    assert_eq!(answer["model"]["version"], 0);
    let held_out = &answer["edges"]["held_out"];
    assert!(
        held_out["calibration_error"].as_f64().unwrap() <= 0.05,
        "{held_out}"
    );
    assert!(held_out["auc"].as_f64().unwrap() >= 0.8, "{held_out}");
    assert!(answer["edges"]["folds"].as_u64().unwrap() >= 5);
    assert!(
        !folder.path().join(".ripple").exists(),
        "a question leaves nothing behind"
    );
}

#[test]
fn a_promoted_model_answers_alike_on_sqlite_and_neo4j() {
    let turn = ripple_tests_servers::neo4j_turn();
    let shop = Shop::new();
    shop.write("ripple.toml", "name = \"calibrated-alike\"\n");
    shop.commit();
    shop.write(".ripple/ours.tsv", IMPORTS_ARE_WRONG);
    let question = ["impact", "--symbol", "calibrated-alike/src/price.py#total"];
    let mut answers = Vec::new();
    for store in [&[][..], &["--store", &turn.uri]] {
        let plain = shop.json(&[&question, store].concat());
        let train = [
            "calibration",
            "--train",
            "--promote",
            "--evidence",
            ".ripple/ours.tsv",
        ];
        shop.json(&[&train, store].concat());
        let moved = shop.json(&[&question, store].concat());
        assert_ne!(plain["impacted"], moved["impacted"]);
        shop.json(&[&["calibration", "--promote", "0"], store].concat());
        let back = shop.json(&[&question, store].concat());
        assert_eq!(plain["impacted"], back["impacted"]);
        answers.push(moved["impacted"].clone());
    }
    assert_eq!(answers[0], answers[1]);
}

#[test]
fn a_server_that_is_not_there_is_code_4() {
    let shop = Shop::new();
    let done = shop.ripple(&[
        "graph",
        "stats",
        "--store",
        "neo4j://neo4j:s3cret@127.0.0.1:1",
    ]);
    let text = String::from_utf8_lossy(&done.stderr).into_owned();
    assert_eq!(code(&done), Some(4), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}
