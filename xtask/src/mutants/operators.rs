//! Plausible defects: edits of one place of a source file that keep it valid syntax.
//!
//! Goes in: a file's text and how its language is read. Comes out: candidate edits, each with its
//! line and its operator. Knows no suite and nothing of what any tool could find.

use super::random::Random;
use super::suite::Site;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::ops::Range;
use tree_sitter::{Language, Node, Parser, Tree};

/// How a language is mutated: node kinds of its grammar.
pub(crate) struct Syntax {
    pub(crate) language: Language,
    /// Kinds that are functions, methods, closures with a `body` field.
    pub(crate) functions: &'static [&'static str],
    /// Kinds that have a `condition` field to negate.
    pub(crate) conditional: &'static [&'static str],
    /// What negates: `not (` and `)`.
    pub(crate) negation: (&'static str, &'static str),
    /// Kinds whose operator token is replaced.
    pub(crate) operations: &'static [&'static str],
    /// Kinds that are lists of a call's arguments.
    pub(crate) arguments: &'static [&'static str],
    /// Kinds of statements that can be dropped.
    pub(crate) statements: &'static [&'static str],
    /// What stands for a dropped statement.
    pub(crate) nothing: &'static str,
    /// Kinds of `return` with a value as their only named child.
    pub(crate) returns: &'static [&'static str],
    /// Values that are returned in place of another.
    pub(crate) defaults: &'static [&'static str],
    /// The value of that result, by the function's `result` field and the value's position.
    pub(crate) default_of: Option<fn(&str, usize) -> Option<&'static str>>,
    /// Kinds of whole numbers.
    pub(crate) numbers: &'static [&'static str],
    /// Kinds of what lies between a string's quotes.
    pub(crate) text: &'static [&'static str],
    /// Kinds whose entries can be dropped from a table.
    pub(crate) tables: &'static [&'static str],
    /// Kinds under which nothing is changed: imports, types, comments, attributes.
    pub(crate) quiet: &'static [&'static str],
    /// A string that is a statement of its own documents something.
    pub(crate) docstrings: bool,
}

/// One edit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) bytes: Range<usize>,
    pub(crate) with: String,
    /// From 1.
    pub(crate) line: usize,
    pub(crate) operator: &'static str,
    /// Outside every function body: a table, a constant, a default argument.
    pub(crate) outside: bool,
}

impl Edit {
    pub(crate) fn apply(&self, text: &str) -> String {
        [
            &text[..self.bytes.start],
            &self.with,
            &text[self.bytes.end..],
        ]
        .concat()
    }
}

/// What replaces an operator, by its token, and how the operator of mutation is called.
const TOKENS: &[(&str, &str, &str)] = &[
    ("<", "<=", "comparison_off_by_one"),
    ("<=", "<", "comparison_off_by_one"),
    (">", ">=", "comparison_off_by_one"),
    (">=", ">", "comparison_off_by_one"),
    ("==", "!=", "comparison_inverted"),
    ("!=", "==", "comparison_inverted"),
    ("===", "!==", "comparison_inverted"),
    ("!==", "===", "comparison_inverted"),
    ("in", "not in", "comparison_inverted"),
    ("not in", "in", "comparison_inverted"),
    ("is", "is not", "comparison_inverted"),
    ("is not", "is", "comparison_inverted"),
    ("and", "or", "boolean_operator"),
    ("or", "and", "boolean_operator"),
    ("&&", "||", "boolean_operator"),
    ("||", "&&", "boolean_operator"),
    ("+", "-", "arithmetic_operator"),
    ("-", "+", "arithmetic_operator"),
    ("*", "+", "arithmetic_operator"),
    ("/", "*", "arithmetic_operator"),
    ("//", "*", "arithmetic_operator"),
    ("%", "*", "arithmetic_operator"),
    ("&", "|", "arithmetic_operator"),
    ("|", "&", "arithmetic_operator"),
    ("<<", ">>", "arithmetic_operator"),
    (">>", "<<", "arithmetic_operator"),
    ("+=", "-=", "arithmetic_operator"),
    ("-=", "+=", "arithmetic_operator"),
    ("|=", "&=", "arithmetic_operator"),
];

pub(crate) fn parse(syntax: &Syntax, text: &str) -> Result<Tree> {
    let mut parser = Parser::new();
    parser.set_language(&syntax.language)?;
    parser.parse(text, None).context("the parser gave up")
}

/// Each edit that fits the file, in order of the source.
pub(crate) fn edits(syntax: &Syntax, text: &str) -> Result<Vec<Edit>> {
    let tree = parse(syntax, text)?;
    let mut found = Vec::new();
    collect(syntax, text, tree.root_node(), None, &mut found);
    found.retain(|edit| text[edit.bytes.clone()] != edit.with);
    Ok(found)
}

/// Chooses a line, then an operator that fits it, then a place on it.
pub(crate) fn choose<'a>(edits: &[&'a Edit], random: &mut Random) -> Option<&'a Edit> {
    let mut lines: BTreeMap<usize, BTreeMap<&str, Vec<&'a Edit>>> = BTreeMap::new();
    for edit in edits {
        let line = lines.entry(edit.line).or_default();
        line.entry(edit.operator).or_default().push(edit);
    }
    let lines: Vec<_> = lines.values().collect();
    let operators: Vec<_> = random.pick(&lines)?.values().collect();
    let places = random.pick(&operators)?;
    random.pick(places).copied()
}

/// `within` is the result type of the function around, as it is written; `None` outside functions.
fn collect(
    syntax: &Syntax,
    text: &str,
    node: Node<'_>,
    within: Option<&str>,
    found: &mut Vec<Edit>,
) {
    let inside = within.is_some();
    let kind = node.kind();
    if syntax.quiet.contains(&kind) || (syntax.docstrings && is_docstring(node)) {
        return;
    }
    let mut add = |range: Range<usize>, at: Node<'_>, with: String, operator: &'static str| {
        found.push(Edit {
            bytes: range,
            with,
            line: at.start_position().row + 1,
            operator,
            outside: !inside,
        });
    };
    let words = |node: Node<'_>| &text[node.byte_range()];
    if syntax.numbers.contains(&kind) {
        let replaced = words(node).replace('_', "").parse::<u64>();
        if let Ok(next) = replaced.map(|n| n.wrapping_add(1)) {
            add(node.byte_range(), node, next.to_string(), "constant");
        }
    }
    match kind {
        "true" | "false" => {
            let upper = words(node).starts_with(|c: char| c.is_uppercase());
            let with = match (kind, upper) {
                ("true", true) => "False",
                ("true", false) => "false",
                (_, true) => "True",
                (_, false) => "true",
            };
            add(node.byte_range(), node, with.to_owned(), "constant");
        }
        "boolean_literal" => {
            let with = if words(node) == "true" {
                "false"
            } else {
                "true"
            };
            add(node.byte_range(), node, with.to_owned(), "constant");
        }
        _ => {}
    }
    if syntax.text.contains(&kind) {
        for (range, with) in misspelt(text, node.byte_range()) {
            add(range, node, with, "string");
        }
    }
    if inside {
        if syntax.conditional.contains(&kind)
            && let Some(condition) = node.child_by_field_name("condition")
        {
            let bare = strip_parentheses(condition);
            let (before, after) = syntax.negation;
            let with = format!("{before}{}{after}", words(bare));
            add(bare.byte_range(), bare, with, "negate_condition");
        }
        if syntax.arguments.contains(&kind) {
            let given = named(node);
            let plain = |n: &Node<'_>| !n.kind().contains("keyword") && !n.kind().contains("splat");
            for pair in given.windows(2).filter(|pair| pair.iter().all(plain)) {
                let (a, b) = (pair[0], pair[1]);
                let between = &text[a.end_byte()..b.start_byte()];
                let with = [words(b), between, words(a)].concat();
                add(a.start_byte()..b.end_byte(), a, with, "swap_arguments");
            }
        }
        if syntax.statements.contains(&kind) && !(syntax.docstrings && is_docstring(node)) {
            let with = syntax.nothing.to_owned();
            add(node.byte_range(), node, with, "drop_statement");
        }
        if syntax.returns.contains(&kind) {
            let mut values = named(node);
            if let [list] = values[..]
                && list.kind() == "expression_list"
            {
                values = named(list);
            }
            let typed = syntax.default_of.zip(within);
            for (at, value) in values.iter().enumerate() {
                let typed = typed.and_then(|(default_of, results)| default_of(results, at));
                // Several values without types are one.
                let untyped = syntax.defaults.iter().filter(|_| values.len() == 1);
                for default in untyped.copied().chain(typed) {
                    add(
                        value.byte_range(),
                        *value,
                        default.to_owned(),
                        "return_default",
                    );
                }
            }
        }
    } else if syntax.tables.contains(&kind) {
        let entries = named(node);
        for pair in entries.windows(2) {
            let range = pair[0].start_byte()..pair[1].start_byte();
            add(range, pair[0], String::new(), "drop_entry");
        }
    }
    if syntax.operations.contains(&kind) {
        let mut cursor = node.walk();
        for token in node.children(&mut cursor).filter(|c| !c.is_named()) {
            if let Some((_, with, operator)) = TOKENS.iter().find(|(t, ..)| *t == words(token)) {
                add(token.byte_range(), token, (*with).to_owned(), operator);
            }
        }
    }
    let is_function = syntax.functions.contains(&kind);
    let results = node.child_by_field_name("result").map_or("", words);
    let body = node.child_by_field_name("body");
    let mut cursor = node.walk();
    for child in node.children(&mut cursor) {
        let within = if is_function && Some(child) == body {
            Some(results)
        } else {
            within
        };
        collect(syntax, text, child, within, found);
    }
}

fn named(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    let children = node.named_children(&mut cursor);
    children.filter(|c| !c.kind().contains("comment")).collect()
}

fn strip_parentheses(node: Node<'_>) -> Node<'_> {
    match (node.kind(), &named(node)[..]) {
        ("parenthesized_expression", [inner]) => *inner,
        _ => node,
    }
}

pub(crate) fn is_docstring(node: Node<'_>) -> bool {
    let only = |node: Node<'_>| named(node).first().is_some_and(|c| c.kind() == "string");
    node.kind() == "expression_statement" && node.named_child_count() == 1 && only(node)
}

/// Drops one letter or digit of a text that belongs to no escape and no format: the middle one,
/// and the first one.
fn misspelt(text: &str, range: Range<usize>) -> Vec<(Range<usize>, String)> {
    let bytes = &text.as_bytes()[range.clone()];
    let fits: Vec<usize> = (0..bytes.len())
        .filter(|&at| {
            let before = at.checked_sub(1).map_or(b' ', |at| bytes[at]);
            bytes[at].is_ascii_alphanumeric() && !matches!(before, b'\\' | b'%' | b'{')
        })
        .collect();
    let mut chosen = vec![fits.len() / 2, 0];
    chosen.dedup();
    let chosen = chosen.into_iter().filter_map(|at| fits.get(at));
    chosen
        .map(|at| (range.start + at..range.start + at + 1, String::new()))
        .collect()
}

/// The body of the function that spans the site's lines, the outermost where several do.
pub(crate) fn body_of<'t>(syntax: &Syntax, node: Node<'t>, site: &Site<'_>) -> Option<Node<'t>> {
    let (first, last) = (node.start_position().row + 1, node.end_position().row + 1);
    if last < site.line_start || first > site.line_end {
        return None;
    }
    // A graph counts decorators to the function, or does not; a closure in one ends earlier.
    if syntax.functions.contains(&node.kind())
        && first >= site.line_start
        && last == site.line_end
        && let Some(body) = node.child_by_field_name("body")
    {
        return Some(body);
    }
    let mut cursor = node.walk();
    let children: Vec<_> = node.children(&mut cursor).collect();
    children
        .into_iter()
        .find_map(|child| body_of(syntax, child, site))
}
