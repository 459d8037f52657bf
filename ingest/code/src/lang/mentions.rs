//! Strings by which code may name things: paths, dotted names, modules, routes, command lines.
//!
//! Goes in: a tree, its source and where its strings are. Comes out: a [`Mention`] for each that could
//! name something, with who mentions it and what is called with it. It knows how several grammars call
//! calls, strings and sums, and no file but this one: what is really so called is found out in
//! `assemble::mentions`.

use crate::facts::{DefId, Mention, MentionRole};
use crate::lang::builder::Builder;
use rustc_hash::FxHashSet;
use std::ops::Range;
use tree_sitter::{Node, Tree};

/// Strings over this length are prose or data.
const MAX_LENGTH: usize = 256;
/// A file lists at most so many.
const MAX_MENTIONS: usize = 4_000;
/// So many nodes around a string are looked at for the call that it is an argument of.
const MAX_CLIMB: usize = 8;

/// What joins the parts of a path.
const JOINS: &[&str] = &[
    "join",
    "resolve",
    "joinpath",
    "with_name",
    "Path",
    "PurePath",
    "File",
    "URL",
    "fileURLToPath",
    "normalize",
    "abspath",
    "realpath",
    "pathToFileURL",
    "Paths",
    "of",
];
/// What reads files or lists folders by a path.
const READERS: &[&str] = &[
    "open",
    "read_text",
    "read_bytes",
    "readFile",
    "readFileSync",
    "createReadStream",
    "listdir",
    "scandir",
    "iterdir",
    "walk",
    "readdir",
    "readdirSync",
    "glob",
    "rglob",
    "iglob",
    "globSync",
    "read",
    "load",
    "files",
    "template",
    "render_template",
    "get_template",
    "render",
    "sendFile",
    "getResource",
    "getResourceAsStream",
    "ReadFile",
    "Open",
    "ReadDir",
    "include_str",
    "loadtxt",
    "read_csv",
    "fixture",
    "loadFixture",
    "load_fixture",
];
/// Methods that register a route by a decorator, or beside its handler.
const VERBS: &[&str] = &[
    "get",
    "post",
    "put",
    "patch",
    "delete",
    "head",
    "options",
    "all",
    "any",
    "route",
    "websocket",
    "api_route",
    "trace",
];
/// Functions that register a route whose handler is another argument.
const REGISTRARS: &[&str] = &[
    "path",
    "re_path",
    "url",
    "add_url_rule",
    "Route",
    "WebSocketRoute",
    "add_api_route",
    "add_route",
    "add_get",
    "add_post",
    "HandleFunc",
    "Handle",
    "use",
    "mount",
    "Mount",
    "include_router",
    "register_blueprint",
    "register",
];

/// Lists what the strings of a file may name.
pub(crate) fn collect(b: &mut Builder, tree: &Tree, source: &str, strings: &[Range<u32>]) {
    let mut reader = Reader {
        source,
        seen: FxHashSet::default(),
    };
    let mut within: Option<Vec<DefId>> = None;
    for range in strings {
        let range = range.start as usize..range.end as usize;
        let Some(text) = source.get(range.clone()) else {
            continue;
        };
        if !may_name(text) && !beside_path(source, range.start) {
            continue;
        }
        let Some(node) = tree
            .root_node()
            .descendant_for_byte_range(range.start, range.end)
        else {
            continue;
        };
        let Some(found) = reader.read(node) else {
            continue;
        };
        let painted = within.get_or_insert_with(|| paint(b));
        let at = |line: u32| painted.get(line as usize).copied().unwrap_or(DefId(0));
        let line = node.start_position().row as u32 + 1;
        for (text, users) in found.texts {
            let mention = Mention {
                text: b.name(&text),
                within: at(line),
                lines: found.lines,
                call: b.name(found.call),
                role: found.role,
            };
            match users {
                // A module that is data: whoever mentions the name bound to it reads it.
                Some(name) => {
                    let mut before = None;
                    for line in lines_with(source, name) {
                        let user = at(line);
                        if before.replace(user) != Some(user) {
                            b.facts.mentions.push(Mention {
                                within: user,
                                lines: (line, line),
                                ..mention
                            });
                        }
                    }
                }
                None => b.facts.mentions.push(mention),
            }
        }
        if b.facts.mentions.len() >= MAX_MENTIONS {
            b.facts.mentions.truncate(MAX_MENTIONS);
            return;
        }
    }
    b.facts.mentions.dedup();
}

/// The innermost definition of each line.
fn paint(b: &Builder) -> Vec<DefId> {
    let mut lines = vec![DefId(0); b.facts.lines as usize + 2];
    for (index, def) in b.facts.defs.iter().enumerate().skip(1) {
        let last = (def.lines.1 as usize + 1).min(lines.len());
        let first = (def.lines.0 as usize).min(last);
        lines[first..last].fill(DefId(index as u32));
    }
    lines
}

/// Whether a literal, quotes and all, may name anything by itself.
fn may_name(literal: &str) -> bool {
    literal.len() <= MAX_LENGTH + 8
        && literal.bytes().any(|b| b == b'/' || b == b'.')
        && literal
            .bytes()
            .any(|b| b.is_ascii_alphabetic() || b == b'/')
        && !literal.contains('\n')
}

/// Whether what stands before a literal on its line makes paths of words.
fn beside_path(source: &str, start: usize) -> bool {
    let bytes = source.as_bytes();
    let from = bytes[..start]
        .iter()
        .rposition(|&b| b == b'\n')
        .map_or(0, |at| at + 1)
        .max(start.saturating_sub(120));
    let before = &bytes[from..start];
    if before.trim_ascii_end().ends_with(b"/") {
        return true;
    }
    let Some(open) = before.iter().rposition(|&b| b == b'(') else {
        return false;
    };
    let name = last_name(std::str::from_utf8(&before[..open]).unwrap_or(""));
    JOINS.contains(&name) || READERS.contains(&name) || VERBS.contains(&name)
}

/// Lines on which a name stands as a word, counted from 1.
fn lines_with<'s>(source: &'s str, name: &'s str) -> impl Iterator<Item = u32> + 's {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'$';
    source.lines().zip(1..).filter_map(move |(line, number)| {
        let found = line.match_indices(name).any(|(at, _)| {
            let bytes = line.as_bytes();
            let free = |i: Option<usize>| i.and_then(|i| bytes.get(i)).is_none_or(|&b| !word(b));
            free(at.checked_sub(1)) && free(Some(at + name.len()))
        });
        found.then_some(number)
    })
}

/// The last identifier of an expression.
fn last_name(text: &str) -> &str {
    let word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let text = text.trim_end();
    let start = text
        .char_indices()
        .rev()
        .find(|&(_, c)| !word(c))
        .map_or(0, |(at, c)| at + c.len_utf8());
    &text[start..]
}

/// One mention, read.
struct Found<'s> {
    /// The texts, each with the name bound to what it leads to where it is a module.
    texts: Vec<(String, Option<&'s str>)>,
    lines: (u32, u32),
    call: &'s str,
    role: MentionRole,
}

struct Reader<'s> {
    source: &'s str,
    /// Sums and joins that were read with their first string.
    seen: FxHashSet<usize>,
}

impl<'s> Reader<'s> {
    fn text(&self, node: Node<'_>) -> &'s str {
        self.source.get(node.byte_range()).unwrap_or("")
    }

    fn read(&mut self, literal: Node<'_>) -> Option<Found<'s>> {
        let (top, joined) = self.whole(literal);
        if top.id() != literal.id() && !self.seen.insert(top.id()) {
            return None;
        }
        let text = self.render(top, 0);
        let text = text.trim();
        if text.len() > MAX_LENGTH {
            return None;
        }
        let line = literal.start_position().row as u32 + 1;
        let mut found = Found {
            texts: Vec::new(),
            lines: (line, literal.end_position().row as u32 + 1),
            call: "",
            role: MentionRole::Text,
        };
        let parent = top.parent()?;
        match parent.kind() {
            // A statement of its own is a comment.
            "expression_statement" => return None,
            "import_statement" | "export_statement" => {
                let bound = bound_names(parent).map(|n| self.text(n));
                if !is_data(text) {
                    return None;
                }
                found.texts = bound.map(|n| (text.to_owned(), Some(n))).collect();
                return Some(found);
            }
            _ => {}
        }
        let around = self.call_around(top);
        let mut first = false;
        let mut keyword = "";
        if let Some(around) = &around {
            found.call = around.name;
            found.lines = (
                around.call.start_position().row as u32 + 1,
                around.call.end_position().row as u32 + 1,
            );
            first = around.first;
            keyword = around.keyword;
        }
        let reads = READERS.contains(&found.call) || JOINS.contains(&found.call);
        if joined || reads && (first || JOINS.contains(&found.call)) {
            found.role = MentionRole::Path;
        }
        let routed = text.is_empty() || text.starts_with('/');
        if matches!(keyword, "url_prefix" | "prefix") && text.starts_with('/') {
            found.role = MentionRole::Prefix;
        } else if first && let Some(around) = &around {
            if around.decorates && VERBS.contains(&found.call) && routed {
                found.role = MentionRole::Route;
            } else if around.arguments > 1
                && (VERBS.contains(&found.call) && routed || REGISTRARS.contains(&found.call))
                || around.arguments == 1 && found.call == "route" && routed
            {
                found.role = MentionRole::Registration;
            }
        }
        if found.call == "require"
            && is_data(text)
            && let Some(name) = around.as_ref().and_then(|a| required_as(a.call))
        {
            found.texts = vec![(text.to_owned(), Some(self.text(name)))];
            return Some(found);
        }
        let special = found.role != MentionRole::Text;
        if text.contains(char::is_whitespace) {
            if around.is_none() || !is_command(text) {
                return None;
            }
            let words = text.split_whitespace().take(24);
            found.texts = words
                .map(|w| w.trim_matches(|c: char| ",;'\"()[]".contains(c)))
                .filter(|w| w.len() > 2 && may_name(w) && plain(w))
                .map(|w| (w.to_owned(), None))
                .collect();
            found.role = MentionRole::Text;
        } else if (special || may_name(text)) && plain(text) {
            found.texts.push((text.to_owned(), None));
        }
        (!found.texts.is_empty()).then_some(found)
    }

    /// The greatest sum or join of paths that a literal is part of; whether it is a join.
    fn whole<'t>(&self, literal: Node<'t>) -> (Node<'t>, bool) {
        let (mut top, mut joined) = (literal, false);
        for _ in 0..MAX_CLIMB {
            let Some(parent) = top.parent() else { break };
            match parent.kind() {
                "binary_operator" | "binary_expression" => match self.operator(parent) {
                    "+" => top = parent,
                    "/" => (top, joined) = (parent, true),
                    _ => break,
                },
                "parenthesized_expression" | "concatenated_string" | "await_expression" => {
                    top = parent;
                }
                "argument_list" | "arguments" => {
                    let Some(call) = parent.parent() else { break };
                    if !JOINS.contains(&self.callee(call)) || self.callee(call) == "of" {
                        break;
                    }
                    // `", ".join(words)` and `array.join("/")` join no path.
                    if self.callee(call) == "join" && parent.named_child_count() < 2 {
                        break;
                    }
                    (top, joined) = (call, true);
                }
                _ => break,
            }
        }
        (top, joined)
    }

    fn operator(&self, node: Node<'_>) -> &'s str {
        node.child_by_field_name("operator")
            .map_or("", |n| self.text(n))
    }

    fn callee(&self, call: Node<'_>) -> &'s str {
        let callee = ["function", "constructor", "macro", "name", "type"]
            .iter()
            .find_map(|field| call.child_by_field_name(field));
        callee.map_or("", |n| last_name(self.text(n)))
    }

    /// A literal, sum or join as one text, `*` for what is not constant.
    fn render(&self, node: Node<'_>, depth: usize) -> String {
        if depth > 24 {
            return "*".to_owned();
        }
        let child = |node: Node<'_>, field: &str| {
            node.child_by_field_name(field)
                .map_or_else(|| "*".to_owned(), |n| self.render(n, depth + 1))
        };
        match node.kind() {
            "string"
            | "template_string"
            | "interpreted_string_literal"
            | "raw_string_literal"
            | "string_literal" => literal(self.text(node)),
            "parenthesized_expression" | "await_expression" => node
                .named_child(0)
                .map_or_else(|| "*".to_owned(), |n| self.render(n, depth + 1)),
            "concatenated_string" => {
                let mut cursor = node.walk();
                let parts = node.named_children(&mut cursor);
                parts.map(|n| self.render(n, depth + 1)).collect()
            }
            "binary_operator" | "binary_expression" => {
                let (left, right) = (child(node, "left"), child(node, "right"));
                match self.operator(node) {
                    "+" => left + &right,
                    "/" => path(&left, &right),
                    _ => "*".to_owned(),
                }
            }
            "call"
            | "call_expression"
            | "new_expression"
            | "method_invocation"
            | "object_creation_expression" => {
                let name = self.callee(node);
                let Some(arguments) = node.child_by_field_name("arguments") else {
                    return "*".to_owned();
                };
                if !JOINS.contains(&name) {
                    return "*".to_owned();
                }
                let mut cursor = arguments.walk();
                let parts = arguments.named_children(&mut cursor);
                let parts = parts.filter(|n| n.kind() != "comment");
                let most = if name == "URL" { 1 } else { 16 };
                parts
                    .take(most)
                    .map(|n| self.render(n, depth + 1))
                    .reduce(|a, b| path(&a, &b))
                    .unwrap_or_else(|| "*".to_owned())
            }
            _ => "*".to_owned(),
        }
    }

    /// The call that an expression is an argument of, directly or in a list, table or pair.
    fn call_around<'t>(&self, top: Node<'t>) -> Option<Around<'t, 's>> {
        let (mut node, mut direct, mut keyword) = (top, true, "");
        for _ in 0..MAX_CLIMB {
            let parent = node.parent()?;
            match parent.kind() {
                "argument_list" | "arguments" | "token_tree" => {
                    let call = parent.parent()?;
                    let decorated = call.parent().is_some_and(|n| n.kind() == "decorator");
                    return Some(Around {
                        call,
                        name: self.callee(call),
                        first: direct
                            && parent
                                .named_child(0)
                                .is_some_and(|n| n.byte_range() == node.byte_range()),
                        decorates: decorated,
                        arguments: parent.named_child_count(),
                        keyword,
                    });
                }
                "keyword_argument" => {
                    keyword = parent
                        .child_by_field_name("name")
                        .map_or("", |n| self.text(n));
                    direct = false;
                }
                "list"
                | "tuple"
                | "array"
                | "dictionary"
                | "pair"
                | "object"
                | "as_expression"
                | "set"
                | "parenthesized_expression"
                | "conditional_expression"
                | "satisfies_expression"
                | "attribute"
                | "member_expression" => direct = false,
                _ => return None,
            }
            node = parent;
        }
        None
    }
}

/// Whether a line of words is given to a shell, rather than to people.
fn is_command(text: &str) -> bool {
    let first = text.split_whitespace().next().unwrap_or("");
    let name = first.rsplit('/').next().unwrap_or(first);
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    first.contains('/')
        || [
            "python", "py", "node", "npx", "npm", "deno", "bun", "tsx", "ts-node", "sh", "bash",
            "go", "cargo", "java", "ruby", "perl", "make", "uv", "poetry", "*", "pytest",
        ]
        .contains(&name)
}

/// The call around a mention.
struct Around<'t, 's> {
    call: Node<'t>,
    name: &'s str,
    /// It is the first argument itself.
    first: bool,
    /// The call is a decorator.
    decorates: bool,
    arguments: usize,
    /// The name of the argument, where it has one.
    keyword: &'s str,
}

/// The names that an import statement binds.
fn bound_names(statement: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    let mut found = Vec::new();
    let mut rest = vec![statement];
    while let Some(node) = rest.pop() {
        match node.kind() {
            "identifier" => found.push(node),
            // `{ a as b }` binds b.
            "import_specifier" => rest.extend(
                node.child_by_field_name("alias")
                    .or_else(|| node.child_by_field_name("name")),
            ),
            _ => {
                let mut cursor = node.walk();
                rest.extend(node.named_children(&mut cursor));
            }
        }
    }
    found.into_iter()
}

/// The name in `const name = require(…)`.
fn required_as(call: Node<'_>) -> Option<Node<'_>> {
    let declarator = call.parent()?;
    (declarator.kind() == "variable_declarator")
        .then(|| declarator.child_by_field_name("name"))
        .flatten()
        .filter(|name| name.kind() == "identifier")
}

/// Whether a module specifier ends like a file that holds no code.
fn is_data(specifier: &str) -> bool {
    let name = specifier.rsplit('/').next().unwrap_or(specifier);
    name.rsplit_once('.').is_some_and(|(stem, end)| {
        !stem.is_empty()
            && [
                "json", "txt", "html", "md", "yaml", "yml", "toml", "csv", "sql", "graphql", "xml",
                "tmpl", "hbs", "svg", "wasm",
            ]
            .contains(&end)
    })
}

/// Only characters that paths, names, routes and patterns are made of.
fn plain(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_alphanumeric() || "_./*:@#$~<>{}-+?=&%,()[]^|\\!".contains(c))
}

fn path(left: &str, right: &str) -> String {
    format!(
        "{}/{}",
        left.trim_end_matches('/'),
        right.trim_start_matches('/')
    )
}

/// What stands between the quotes; `*` for each part that is put in.
fn literal(text: &str) -> String {
    let open = text.find(['"', '\'', '`']).unwrap_or(0);
    let (prefix, body) = text.split_at(open);
    let quote = body.chars().next().unwrap_or('"');
    let body = body.trim_start_matches(quote).trim_end_matches(quote);
    let formatted = prefix.contains(['f', 'F']);
    let template = quote == '`';
    let mut out = String::with_capacity(body.len());
    let mut rest = body.chars().peekable();
    while let Some(c) = rest.next() {
        let starts = match c {
            '{' if formatted => {
                if rest.peek() == Some(&'{') {
                    rest.next();
                    out.push('{');
                    continue;
                }
                true
            }
            '$' if template && rest.peek() == Some(&'{') => {
                rest.next();
                true
            }
            _ => false,
        };
        if !starts {
            out.push(c);
            continue;
        }
        let mut depth = 1;
        for inner in rest.by_ref() {
            match inner {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        out.push('*');
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::facts::Name;
    use crate::lang::Language;
    use crate::lang::ecma::Ecma;
    use crate::lang::python::Python;

    /// Each mention as `text role call within`.
    fn mentions(language: &dyn Language, path: &str, source: &str) -> Vec<String> {
        let mut parser = tree_sitter::Parser::new();
        let (_, grammar) = language.claims(path).unwrap();
        parser.set_language(&grammar).unwrap();
        let facts = language.lower(path, source, &parser.parse(source, None).unwrap());
        let name = |n: Name| facts.names[n.0 as usize].to_string();
        facts
            .mentions
            .iter()
            .map(|m| {
                let within = name(facts.defs[m.within.0 as usize].name);
                format!("{} {:?} {} {within}", name(m.text), m.role, name(m.call))
            })
            .collect()
    }

    fn python(source: &str) -> Vec<String> {
        mentions(&Python, "a.py", source)
    }

    fn javascript(source: &str) -> Vec<String> {
        mentions(&Ecma, "a.js", source)
    }

    #[test]
    fn a_path_is_put_together_from_its_parts() {
        assert_eq!(
            python("def f():\n    open(os.path.join(HERE, 'data', name))\n"),
            ["*/data/* Path open f"]
        );
        assert_eq!(
            python("X = ROOT / 'config' / 'shop.toml'\n"),
            ["*/config/shop.toml Path  X"]
        );
        assert_eq!(
            javascript("function f() { return fs.readFileSync(__dirname + '/a.json'); }"),
            ["*/a.json Path readFileSync f"]
        );
        assert_eq!(
            javascript("function f(n) { return import(`./formats/${n}.js`); }"),
            ["./formats/*.js Text import f"]
        );
    }

    #[test]
    fn prose_and_single_words_name_nothing() {
        assert_eq!(
            python("'''Reads a/b.'''\nX = 'word'\nY = {'a': 1}\n"),
            [""; 0]
        );
        assert_eq!(python("print(', '.join(xs))\n"), [""; 0]);
    }

    #[test]
    fn the_words_of_a_command_are_told_apart() {
        assert_eq!(
            python("def f():\n    run('python3 tools/report.py tea')\n"),
            ["tools/report.py Text run f"]
        );
        assert_eq!(
            python("def f():\n    run([sys.executable, '-m', 'shop.cli'])\n"),
            ["shop.cli Text run f"]
        );
    }

    #[test]
    fn a_route_belongs_to_what_it_decorates_or_stands_beside() {
        assert_eq!(
            python("@app.get('/orders/<int:n>')\ndef show(n):\n    pass\n"),
            ["/orders/<int:n> Route get show"]
        );
        assert_eq!(
            javascript("app.post('/orders', create);"),
            ["/orders Registration post "]
        );
        assert_eq!(
            python("orders = Blueprint('orders', __name__, url_prefix='/orders')\n"),
            ["/orders Prefix Blueprint orders"]
        );
    }

    #[test]
    fn who_uses_imported_data_reads_it() {
        assert_eq!(
            javascript(
                "const rates = require('./rates.json');\nfunction rate(c) { return rates[c]; }\nfunction other() {}"
            ),
            [
                "./rates.json Text require ",
                "./rates.json Text require rate"
            ]
        );
    }
}
