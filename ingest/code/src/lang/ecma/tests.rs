//! Facts of small sources.
#![allow(clippy::print_stdout)]

use super::Ecma;
use crate::facts::*;
use crate::lang::{Language, Layout, Modules, Target};
use ripple_schemas::NodeKind;
use ripple_schemas::kind::BlindKind;

fn facts(path: &str, source: &str) -> FileFacts {
    let (_, grammar) = Ecma.claims(path).unwrap();
    let mut parser = tree_sitter::Parser::new();
    parser.set_language(&grammar).unwrap();
    let tree = parser.parse(source, None).unwrap();
    Ecma.lower(path, source, &tree)
}

fn name(facts: &FileFacts, name: Name) -> &str {
    &facts.names[name.0 as usize]
}

fn qualified(facts: &FileFacts, def: DefId) -> String {
    let mut parts = Vec::new();
    let mut at = def;
    while at != DefId(0) {
        let d = &facts.defs[at.0 as usize];
        parts.push(name(facts, d.name));
        at = d.parent;
    }
    parts.reverse();
    parts.join(".")
}

fn defs(facts: &FileFacts, kind: NodeKind) -> Vec<String> {
    (1..facts.defs.len() as u32)
        .filter(|&i| facts.defs[i as usize].kind == kind)
        .map(|i| qualified(facts, DefId(i)))
        .collect()
}

fn members(facts: &FileFacts) -> Vec<&str> {
    facts
        .members
        .iter()
        .filter(|m| m.owner == MemberOwner::Def(DefId(0)))
        .map(|m| name(facts, m.name))
        .collect()
}

/// What definitions flow into a place along copies.
fn reaches(facts: &FileFacts, place: Place) -> Vec<String> {
    let (mut seen, mut todo, mut out) = (vec![place], vec![place], Vec::new());
    while let Some(at) = todo.pop() {
        for flow in &facts.flows {
            match *flow {
                Flow::Copy { to, from } if to == at && !seen.contains(&from) => {
                    seen.push(from);
                    todo.push(from);
                }
                Flow::Value { to, def } if to == at => out.push(qualified(facts, def)),
                _ => {}
            }
        }
    }
    out.sort();
    out
}

fn callees(facts: &FileFacts) -> Vec<(String, Vec<String>)> {
    facts
        .calls
        .iter()
        .map(|c| (name(facts, c.text).to_owned(), reaches(facts, c.callee)))
        .collect()
}

#[test]
fn functions_take_the_names_of_what_they_are_assigned_to() {
    let f = facts(
        "a.js",
        "const f = () => 1;\nfunction g() { const q = { size: () => 2 }; return q; }\n\
         const handlers = { run() {}, users: { get: function () {} } };\n\
         g.prototype.speak = function () {};\nexports.upper = (x) => x;\n[].map(() => 1);\n",
    );
    assert_eq!(
        defs(&f, NodeKind::Function),
        [
            "f",
            "g",
            "g.q.size",
            "handlers.users.get",
            "g.speak",
            "upper",
            "<lambda>"
        ]
    );
    assert_eq!(defs(&f, NodeKind::Method), ["handlers.run"]);
    assert_eq!(defs(&f, NodeKind::Constant), ["handlers"]);
}

#[test]
fn a_reassigned_local_holds_only_its_last_value() {
    let f = facts(
        "a.js",
        "function a() {}\nfunction b() {}\nfunction m() { let h = a; h(); h = b; h(); }\n",
    );
    let calls = callees(&f);
    assert_eq!(calls[0], ("h".into(), vec!["a".into()]));
    assert_eq!(calls[1], ("h".into(), vec!["b".into()]));
}

#[test]
fn branches_merge_and_loops_bring_back() {
    let f = facts(
        "a.js",
        "function a() {}\nfunction b() {}\nfunction m(c) { let h; if (c) h = a; else h = b; h();\n\
         let k = a; while (c) { k(); k = b; } }\n",
    );
    let calls = callees(&f);
    assert_eq!(calls[0].1, ["a", "b"]);
    assert_eq!(calls[1].1, ["a", "b"]);
}

#[test]
fn a_branch_that_returns_does_not_merge() {
    let f = facts(
        "a.js",
        "function a() {}\nfunction b() {}\nfunction m(c) { let h = a; if (c) { h = b; return; } h(); }\n",
    );
    assert_eq!(callees(&f)[0].1, ["a"]);
}

#[test]
fn a_captured_variable_holds_all_it_ever_held() {
    let f = facts(
        "a.js",
        "function a() {}\nfunction b() {}\nfunction m() { let h = a; const run = () => h(); h = b; run(); }\n\
         function n() { let k = a; function set() { k = b; } set(); k(); }\n",
    );
    let calls = callees(&f);
    assert_eq!(calls[0], ("h".into(), vec!["a".into(), "b".into()]));
    let last = calls.iter().find(|c| c.0 == "k").unwrap();
    assert_eq!(last.1, ["a", "b"]);
}

#[test]
fn exports_of_both_kinds_are_members_of_the_module() {
    let f = facts(
        "a.ts",
        "export const x = 1; export function f() {}\nexport default class K {}\n\
         export { f as g };\nexport * from './b'; export * as ns from './c';\n",
    );
    assert_eq!(
        members(&f),
        ["x", "f", "default", "g", "*", "ns", "module.exports"]
    );
    let f = facts(
        "a.js",
        "module.exports = { run, stop() {} };\nexports.late = run;\nfunction run() {}\n",
    );
    assert_eq!(
        members(&f),
        ["run", "stop", "late", "module.exports", "default"]
    );
}

#[test]
fn require_is_an_import_of_the_whole_exports() {
    let f = facts(
        "a.js",
        "const a = require('./a');\nconst { b } = require('./b');\nrequire('./c').run();\n",
    );
    let imports: Vec<(&str, ImportKind)> = f
        .imports
        .iter()
        .map(|i| (name(&f, i.module), i.kind))
        .collect();
    assert_eq!(
        imports,
        [
            ("./a", ImportKind::Dynamic),
            ("./b", ImportKind::Dynamic),
            ("./c", ImportKind::Dynamic)
        ]
    );
    assert!(f.imports.iter().all(|i| match i.name {
        Imported::Name(n) => name(&f, n) == "module.exports",
        _ => false,
    }));
}

#[test]
fn classes_have_constructors_accessors_fields_and_statics() {
    let f = facts(
        "a.ts",
        "class A<T> extends B implements I { #x = make(); static make() {} get v() { return 1 } set v(w) {}\n\
         constructor(private readonly log: Logger) { super(); } run = () => this.#x; abstract go(): void }\n",
    );
    assert_eq!(defs(&f, NodeKind::Class), ["A"]);
    assert_eq!(defs(&f, NodeKind::Field), ["A.#x", "A.log"]);
    let find = |q: &str| {
        (0..f.defs.len() as u32)
            .find(|&i| qualified(&f, DefId(i)) == q)
            .map(|i| &f.defs[i as usize])
            .unwrap()
    };
    assert!(find("A.constructor").flags.has(DefFlags::CONSTRUCTOR));
    assert!(find("A.make").flags.has(DefFlags::STATIC));
    assert!(find("A.go").flags.has(DefFlags::ABSTRACT));
    assert_eq!(
        name(&f, find("A.v").disambiguator.unwrap()),
        "get",
        "a getter with a setter is told apart"
    );
    assert_eq!(find("A.run").kind, NodeKind::Function);
    assert_eq!(f.inherits.len(), 2);
    assert!(f.flows.iter().any(|x| matches!(x, Flow::Super { .. })));
    let make = f.calls.iter().find(|c| name(&f, c.text) == "make").unwrap();
    assert!(
        f.defs[make.within.0 as usize]
            .flags
            .has(DefFlags::TRANSPARENT)
    );
}

#[test]
fn tests_are_named_by_their_titles_and_call_their_hooks() {
    let f = facts(
        "cart.test.ts",
        "import { describe, it, beforeEach } from 'vitest';\n\
         describe('cart', () => { beforeEach(() => { reset(); });\n\
         describe('totals', () => { it('adds up', () => { total(); }); }); });\n",
    );
    assert_eq!(defs(&f, NodeKind::Test), ["cart.totals.adds up"]);
    let test = f.defs.iter().find(|d| d.kind == NodeKind::Test).unwrap();
    let fact = test.test.as_ref().unwrap();
    assert_eq!(
        (&*fact.runner, &*fact.id),
        ("vitest", "cart totals adds up")
    );
    let hook = f
        .calls
        .iter()
        .rfind(|c| c.kind == CallKind::Implicit && name(&f, c.text) == "beforeEach")
        .unwrap();
    assert_eq!(f.defs[hook.within.0 as usize].kind, NodeKind::Test);
}

#[test]
fn layout_and_comments_change_no_hash() {
    let one = facts("a.ts", "export function f(a: A) { return a.b(1); }\n");
    let two = facts(
        "a.ts",
        "// why\nexport function f( a : A )\n{\n  /* how */ return a.b( 1 );\n}\n",
    );
    let three = facts("a.ts", "export function f(a: A) { return a.b(2); }\n");
    let of = |f: &FileFacts| (f.defs[1].signature, f.defs[1].body);
    assert_eq!(of(&one), of(&two));
    assert_eq!(of(&one).0, of(&three).0);
    assert_ne!(of(&one).1, of(&three).1);
}

#[test]
fn what_cannot_be_read_is_blind_and_the_rest_is_kept() {
    let f = facts(
        "a.js",
        "function ok() {}\nok();\nfunction broken( { ;\neval('x');\n",
    );
    assert!(f.blind.iter().any(|b| b.kind == BlindKind::ParseError));
    assert!(f.calls.iter().any(|c| name(&f, c.text) == "ok"));
    let f = facts("a.js", "eval('x'); import(name); require(name);\n");
    assert_eq!(
        f.blind
            .iter()
            .filter(|b| b.kind == BlindKind::Dynamic)
            .count(),
        3
    );
}

#[test]
fn a_component_gets_its_attributes_as_one_object() {
    let f = facts(
        "a.tsx",
        "const App = () => <Row onPick={pick}><b>{1}</b></Row>;\n",
    );
    let calls: Vec<CallKind> = f.calls.iter().map(|c| c.kind).collect();
    assert_eq!(calls, [CallKind::Component]);
    assert_eq!(f.calls[0].args.len(), 1);
}

#[test]
fn models_are_read_without_errors() {
    for (module, source) in Ecma.models() {
        let f = facts(&format!("{module}.ts"), source);
        assert_eq!(f.blind, [], "{module}");
    }
}

fn layout(files: &[(&str, &str)]) -> Box<dyn Modules> {
    let mut layout = Layout::default();
    for (path, text) in files {
        layout.paths.push((*path).to_owned());
        if Ecma.manifests(path) {
            layout
                .manifests
                .insert((*path).to_owned(), (*text).to_owned());
        }
    }
    layout.paths.sort();
    Ecma.modules(layout)
}

fn find(modules: &dyn Modules, from: &str, specifier: &str) -> Target {
    let import = Import {
        module: Name(0),
        name: Imported::Module,
        to: Place(1),
        within: DefId(0),
        line: 1,
        kind: ImportKind::Static,
    };
    modules.find(from, specifier, &import)
}

fn file(path: &str) -> Target {
    Target::File(path.to_owned(), Vec::new())
}

#[test]
fn relative_specifiers_try_extensions_and_indexes() {
    let m = layout(&[
        ("src/a.ts", ""),
        ("src/b/index.tsx", ""),
        ("src/c.js", ""),
        ("src/data.json", "{}"),
    ]);
    assert_eq!(find(&*m, "src/x.ts", "./a"), file("src/a.ts"));
    assert_eq!(find(&*m, "src/x.ts", "./a.js"), file("src/a.ts"));
    assert_eq!(find(&*m, "src/b/y.ts", "."), file("src/b/index.tsx"));
    assert_eq!(find(&*m, "src/b/y.ts", "../c"), file("src/c.js"));
    assert_eq!(find(&*m, "src/x.ts", "./gone"), Target::Missing);
    assert_eq!(
        find(&*m, "src/x.ts", "./data.json"),
        Target::Model("asset".into(), vec![])
    );
}

#[test]
fn configured_paths_come_before_packages() {
    let m = layout(&[
        (
            "tsconfig.json",
            "{ // shared\n \"extends\": \"./tsconfig.base.json\", }",
        ),
        (
            "tsconfig.base.json",
            r#"{"compilerOptions":{"baseUrl":".","paths":{"@app/*":["src/*"],"@one":["lib/one.ts"]}}}"#,
        ),
        ("src/util/a.ts", ""),
        ("lib/one.ts", ""),
    ]);
    assert_eq!(find(&*m, "src/x.ts", "@app/util/a"), file("src/util/a.ts"));
    assert_eq!(find(&*m, "src/x.ts", "@one"), file("lib/one.ts"));
    assert_eq!(find(&*m, "src/x.ts", "src/util/a"), file("src/util/a.ts"));
}

#[test]
fn workspace_packages_lead_to_their_sources() {
    let m = layout(&[
        ("package.json", r#"{"workspaces":["packages/*"]}"#),
        (
            "packages/core/package.json",
            r##"{"name":"@acme/core","exports":{".":{"import":"./dist/index.js"},"./units/*":"./src/units/*.js"},"imports":{"#x":"./src/x.js"}}"##,
        ),
        ("packages/core/src/index.ts", ""),
        ("packages/core/src/units/bytes.js", ""),
        ("packages/core/src/x.js", ""),
        (
            "packages/ui/package.json",
            r#"{"name":"ui","main":"lib/main.js"}"#,
        ),
        ("packages/ui/lib/main.js", ""),
    ]);
    let from = "packages/ui/lib/main.js";
    assert_eq!(
        find(&*m, from, "@acme/core"),
        file("packages/core/src/index.ts")
    );
    assert_eq!(
        find(&*m, from, "@acme/core/units/bytes"),
        file("packages/core/src/units/bytes.js")
    );
    assert_eq!(
        find(&*m, "packages/core/src/index.ts", "ui"),
        file("packages/ui/lib/main.js")
    );
    assert_eq!(
        find(&*m, "packages/core/src/index.ts", "#x"),
        file("packages/core/src/x.js")
    );
}

#[test]
fn outside_packages_are_named_with_their_scope() {
    let m = layout(&[("a.ts", "")]);
    assert_eq!(
        find(&*m, "a.ts", "@scope/pkg/sub"),
        Target::Package("npm", "@scope/pkg".into())
    );
    assert_eq!(
        find(&*m, "a.ts", "express"),
        Target::Package("npm", "express".into())
    );
    assert_eq!(
        find(&*m, "a.ts", "node:path"),
        Target::Package("std", "path".into())
    );
}

#[test]
fn a_test_id_can_be_pasted_after_the_runner() {
    let m = layout(&[
        ("package.json", r#"{"scripts":{"test":"jest --ci"}}"#),
        ("a.test.js", ""),
    ]);
    assert_eq!(
        m.test_id("a.test.js", "", "cart adds (twice)"),
        (
            "jest".to_owned(),
            r"a.test.js -t '^cart adds \(twice\)$'".to_owned()
        )
    );
    assert_eq!(
        m.test_id("a.test.js", "node", "it's").1,
        r"--test-name-pattern='^it'\''s$' a.test.js"
    );
    // A title written with escapes, as `it('isn\'t a \\ or a \n', …)`.
    assert_eq!(
        m.test_id("a.test.js", "", r"isn\'t a \\ or a \n").1,
        r"a.test.js -t '^isn'\''t a \\ or a \s$'"
    );
}

/// Reads a folder as a repository: `RIPPLE_READ=/path cargo test … -- --ignored --nocapture`.
#[test]
#[ignore = "reads the folder that RIPPLE_READ names"]
fn a_folder_of_real_sources_is_read() {
    use crate::solve::{SourceFacts, resolve};
    use std::sync::Arc;
    use std::time::{Duration, Instant};
    let root = std::path::PathBuf::from(std::env::var("RIPPLE_READ").unwrap());
    let mut todo = vec![root.clone()];
    let (mut layout, mut texts) = (Layout::default(), Vec::new());
    while let Some(folder) = todo.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
                continue;
            }
            let name = path
                .strip_prefix(&root)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            let Ok(text) = std::fs::read_to_string(&path) else {
                continue;
            };
            if Ecma.manifests(&name) {
                layout.manifests.insert(name.clone(), text.clone());
            }
            let minified = text.lines().any(|l| l.len() > 5000);
            if Ecma.claims(&name).is_some() && !name.ends_with(".d.ts") && !minified {
                texts.push((name.clone(), text));
            }
            layout.paths.push(name);
        }
    }
    layout.paths.sort();
    texts.sort();
    let (mut parsing, mut lowering, mut bytes) = (Duration::ZERO, Duration::ZERO, 0);
    let mut parser = tree_sitter::Parser::new();
    let mut files = Vec::new();
    for (path, text) in &texts {
        let (_, grammar) = Ecma.claims(path).unwrap();
        parser.set_language(&grammar).unwrap();
        bytes += text.len();
        let start = Instant::now();
        let tree = parser.parse(text, None).unwrap();
        parsing += start.elapsed();
        let start = Instant::now();
        let facts = Arc::new(Ecma.lower(path, text, &tree));
        lowering += start.elapsed();
        files.push(SourceFacts {
            path: path.clone(),
            facts,
        });
    }
    let start = Instant::now();
    let modules = Ecma.modules(layout);
    let resolution = resolve(&Ecma, modules.into(), &files);
    let solving = start.elapsed();
    let mut sites = crate::solve::CallSites::default();
    for one in &resolution.call_sites {
        sites.resolved += one.resolved;
        sites.external += one.external;
        sites.builtin += one.builtin;
        sites.dynamic += one.dynamic;
        sites.unresolved_import += one.unresolved_import;
        sites.unknown_receiver += one.unknown_receiver;
        sites.too_many_candidates += one.too_many_candidates;
    }
    println!(
        "{} files, {bytes} bytes: parse {parsing:?}, lower {lowering:?}, solve {solving:?}; {} edges; {sites:?}",
        files.len(),
        resolution.edges.len()
    );
    assert!(!resolution.edges.is_empty());
}
