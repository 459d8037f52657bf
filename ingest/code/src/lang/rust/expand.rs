//! Expands `macro_rules!` by example, for macros that make tests.
//!
//! Goes in: the text of a macro and of its arguments. Comes out: the text that the first rule that
//! fits makes of them. Fragments are cut by their shape alone (an expression ends at `,`, `;` or
//! `=>`), which is what the macro's own rules must be unambiguous by.

use std::collections::BTreeMap;

/// Longer expansions are given up.
const MAX_TEXT: usize = 1 << 20;
/// Repetitions and groups deeper than this are given up.
const MAX_DEPTH: u32 = 24;

/// A token, or a group of them.
#[derive(Clone, Debug, PartialEq)]
enum Tree {
    /// A name, a literal or a run of punctuation, as written; true for a name.
    Leaf(String, bool),
    /// The opening bracket and what is inside.
    Group(char, Vec<Tree>),
}

/// A part of a rule's left side.
enum Pattern {
    Token(String),
    Group(char, Vec<Pattern>),
    /// `$name:kind`
    Fragment(String, String),
    /// `$( … ) separator *`
    Repeat(Vec<Pattern>, Option<String>, char),
}

/// What a metavariable stands for: text, or one binding a repetition.
#[derive(Clone, Debug)]
enum Bound {
    Text(String),
    Each(Vec<Bindings>),
}

type Bindings = BTreeMap<String, Bound>;

/// What a macro makes of its arguments; `None` where no rule fits. `rules` are pairs of left and
/// right sides, without their outer brackets.
pub(super) fn expand(rules: &[(String, String)], arguments: &str) -> Option<String> {
    let arguments = trees(arguments)?;
    for (left, right) in rules {
        let Some(pattern) = trees(left).and_then(|t| patterns(&t, 0)) else {
            continue;
        };
        let mut bound = Bindings::new();
        if fit(&pattern, &arguments, &mut bound, 0) == Some(arguments.len()) {
            let mut out = String::new();
            write(&trees(right)?, &bound, &mut out, 0)?;
            return Some(out);
        }
    }
    None
}

// Reading

/// The tokens of a text as trees; `None` where brackets do not match.
fn trees(text: &str) -> Option<Vec<Tree>> {
    let mut stack: Vec<(char, Vec<Tree>)> = vec![(' ', Vec::new())];
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text[at..];
        let c = rest.chars().next()?;
        if c.is_whitespace() {
            at += c.len_utf8();
            continue;
        }
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        if rest.starts_with("/*") {
            at += rest.find("*/").map_or(rest.len(), |end| end + 2);
            continue;
        }
        match c {
            '(' | '[' | '{' => {
                stack.push((c, Vec::new()));
                at += 1;
                continue;
            }
            ')' | ']' | '}' => {
                let (open, inside) = stack.pop()?;
                let pairs = matches!((open, c), ('(', ')') | ('[', ']') | ('{', '}'));
                if !pairs || stack.is_empty() {
                    return None;
                }
                stack.last_mut()?.1.push(Tree::Group(open, inside));
                at += 1;
                continue;
            }
            _ => {}
        }
        let (len, name) = token(rest)?;
        let leaf = Tree::Leaf(rest[..len].to_owned(), name);
        stack.last_mut()?.1.push(leaf);
        at += len;
    }
    let (open, out) = stack.pop()?;
    (stack.is_empty() && open == ' ').then_some(out)
}

/// The length of the token at the start of a text, and whether it is a name.
fn token(text: &str) -> Option<(usize, bool)> {
    let c = text.chars().next()?;
    let word = |from: usize| {
        let end = text[from..]
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(text.len() - from);
        from + end
    };
    let raw = ["r\"", "r#", "br\"", "br#"]
        .iter()
        .find(|p| text.starts_with(**p));
    if let Some(prefix) = raw {
        let hashes = text[prefix.len() - 1..]
            .bytes()
            .take_while(|&b| b == b'#')
            .count();
        let start = prefix.len() - 1 + hashes;
        if text[start..].starts_with('"') {
            let close = format!("\"{}", "#".repeat(hashes));
            let end = text[start + 1..].find(&close)?;
            return Some((start + 1 + end + close.len(), false));
        }
    }
    if c == '"' || text.starts_with("b\"") || text.starts_with("c\"") {
        let start = text.find('"')? + 1;
        let mut escaped = false;
        for (at, c) in text[start..].char_indices() {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return Some((start + at + 1, false)),
                _ => {}
            }
        }
        return None;
    }
    if c == '\'' {
        // A character, else a lifetime.
        let inner = &text[1..];
        if let Some(rest) = inner.strip_prefix('\\') {
            let skip = rest.chars().next().map_or(0, char::len_utf8);
            let end = rest[skip..].find('\'')?;
            return Some((2 + skip + end + 1, false));
        }
        let first = inner.chars().next()?;
        if inner[first.len_utf8()..].starts_with('\'') {
            return Some((1 + first.len_utf8() + 1, false));
        }
        return Some((word(1), false));
    }
    if c.is_ascii_digit() {
        let mut end = word(0);
        let after = &text[end..];
        if after.starts_with('.') && after[1..].starts_with(|c: char| c.is_ascii_digit()) {
            end += 1;
            end += text[end..]
                .find(|c: char| !c.is_alphanumeric() && c != '_')
                .unwrap_or(text.len() - end);
        }
        return Some((end, false));
    }
    if c.is_alphabetic() || c == '_' {
        return Some((word(0), true));
    }
    const LONG: &[&str] = &[
        "..=", "...", "<<=", ">>=", "=>", "->", "::", "==", "!=", "<=", ">=", "&&", "||", "..",
        "+=", "-=", "*=", "/=", "%=", "|=", "&=", "^=", "<<", ">>",
    ];
    if let Some(long) = LONG.iter().find(|long| text.starts_with(**long)) {
        return Some((long.len(), false));
    }
    Some((c.len_utf8(), false))
}

fn leaf(trees: &[Tree], at: usize) -> Option<&str> {
    match trees.get(at)? {
        Tree::Leaf(text, _) => Some(text),
        Tree::Group(..) => None,
    }
}

fn is_name(trees: &[Tree], at: usize) -> bool {
    matches!(trees.get(at), Some(Tree::Leaf(_, true)))
}

/// The operator behind a repetition, with the separator in front of it, and how many tokens both are.
fn operator(trees: &[Tree], at: usize) -> Option<(Option<String>, char, usize)> {
    let of = |text: &str| match text {
        "*" => Some('*'),
        "+" => Some('+'),
        "?" => Some('?'),
        _ => None,
    };
    if let Some(op) = leaf(trees, at).and_then(of) {
        return Some((None, op, 1));
    }
    let separator = leaf(trees, at)?.to_owned();
    let op = leaf(trees, at + 1).and_then(of)?;
    Some((Some(separator), op, 2))
}

fn patterns(trees: &[Tree], depth: u32) -> Option<Vec<Pattern>> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut out = Vec::new();
    let mut at = 0;
    while at < trees.len() {
        match &trees[at] {
            Tree::Leaf(text, _) if text == "$" => match trees.get(at + 1)? {
                Tree::Group('(', inside) => {
                    let (separator, op, used) = operator(trees, at + 2)?;
                    out.push(Pattern::Repeat(patterns(inside, depth + 1)?, separator, op));
                    at += 2 + used;
                    continue;
                }
                Tree::Leaf(name, true) if leaf(trees, at + 2) == Some(":") => {
                    let kind = leaf(trees, at + 3)?;
                    out.push(Pattern::Fragment(name.clone(), kind.to_owned()));
                    at += 4;
                    continue;
                }
                _ => return None,
            },
            Tree::Leaf(text, _) => out.push(Pattern::Token(text.clone())),
            Tree::Group(open, inside) => {
                out.push(Pattern::Group(*open, patterns(inside, depth + 1)?));
            }
        }
        at += 1;
    }
    Some(out)
}

// Matching

/// How many trees a list of patterns takes from the start.
fn fit(patterns: &[Pattern], trees: &[Tree], bound: &mut Bindings, depth: u32) -> Option<usize> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut at = 0;
    for pattern in patterns {
        match pattern {
            Pattern::Token(text) => {
                if leaf(trees, at)? != text {
                    return None;
                }
                at += 1;
            }
            Pattern::Group(open, inner) => {
                let Tree::Group(with, inside) = trees.get(at)? else {
                    return None;
                };
                if with != open || fit(inner, inside, bound, depth + 1)? != inside.len() {
                    return None;
                }
                at += 1;
            }
            Pattern::Fragment(name, kind) => {
                let len = fragment(kind, &trees[at..])?;
                let text = text_of(&trees[at..at + len]);
                bound.insert(name.clone(), Bound::Text(text));
                at += len;
            }
            Pattern::Repeat(inner, separator, op) => {
                let mut each = Vec::new();
                loop {
                    let start = match (separator, each.is_empty()) {
                        (Some(s), false) if leaf(trees, at) == Some(s) => at + 1,
                        (Some(_), false) => break,
                        _ => at,
                    };
                    let mut one = Bindings::new();
                    let Some(used) = fit(inner, &trees[start..], &mut one, depth + 1) else {
                        break;
                    };
                    if used == 0 || start + used > trees.len() {
                        break;
                    }
                    each.push(one);
                    at = start + used;
                    if *op == '?' {
                        break;
                    }
                }
                if *op == '+' && each.is_empty() {
                    return None;
                }
                let mut names = Vec::new();
                names_of(inner, &mut names);
                for name in names {
                    bound.insert(name, Bound::Each(each.clone()));
                }
            }
        }
    }
    Some(at)
}

fn names_of(patterns: &[Pattern], out: &mut Vec<String>) {
    for pattern in patterns {
        match pattern {
            Pattern::Fragment(name, _) => out.push(name.clone()),
            Pattern::Group(_, inner) | Pattern::Repeat(inner, ..) => names_of(inner, out),
            Pattern::Token(_) => {}
        }
    }
}

/// How many trees a fragment of that kind takes.
fn fragment(kind: &str, trees: &[Tree]) -> Option<usize> {
    let until = |stops: &[&str]| {
        let end = trees
            .iter()
            .position(|t| matches!(t, Tree::Leaf(text, _) if stops.contains(&text.as_str())))
            .unwrap_or(trees.len());
        (end > 0).then_some(end)
    };
    match kind {
        "ident" => is_name(trees, 0).then_some(1),
        "tt" => (!trees.is_empty()).then_some(1),
        "lifetime" => leaf(trees, 0)?.starts_with('\'').then_some(1),
        "literal" => {
            let sign = usize::from(leaf(trees, 0) == Some("-"));
            let text = leaf(trees, sign)?;
            let literal = text.starts_with(|c: char| c.is_ascii_digit() || c == '"' || c == '\'')
                || text.contains('"')
                || matches!(text, "true" | "false");
            literal.then_some(sign + 1)
        }
        "block" => matches!(trees.first()?, Tree::Group('{', _)).then_some(1),
        "vis" => Some(match (leaf(trees, 0), trees.get(1)) {
            (Some("pub"), Some(Tree::Group('(', _))) => 2,
            (Some("pub"), _) => 1,
            _ => 0,
        }),
        "meta" => until(&[",", ";", "=>"]),
        "path" | "ty" => until(&[",", ";", "=>", "=", "|", ":"]).map(|end| {
            // A type ends before the block that follows it.
            trees[..end]
                .iter()
                .position(|t| matches!(t, Tree::Group('{', _)))
                .filter(|&at| at > 0)
                .unwrap_or(end)
        }),
        "pat" | "pat_param" => until(&[",", "=>", "=", ";"]),
        "item" => {
            let end = trees.iter().position(|t| {
                matches!(t, Tree::Group('{', _)) || *t == Tree::Leaf(";".into(), false)
            })?;
            Some(end + 1)
        }
        "stmt" => until(&[";"]),
        _ => until(&[",", ";", "=>"]),
    }
}

// Writing

fn text_of(trees: &[Tree]) -> String {
    let mut out = String::new();
    for tree in trees {
        write_tree(tree, &mut out);
    }
    out
}

fn write_tree(tree: &Tree, out: &mut String) {
    match tree {
        Tree::Leaf(text, _) => {
            out.push_str(text);
            // Punctuation of one letter may belong together (`'a`, `<<`); names may not.
            out.push(' ');
        }
        Tree::Group(open, inside) => {
            out.push(*open);
            for tree in inside {
                write_tree(tree, out);
            }
            out.push(close(*open));
            out.push(' ');
        }
    }
}

fn close(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

fn write(trees: &[Tree], bound: &Bindings, out: &mut String, depth: u32) -> Option<()> {
    if depth > MAX_DEPTH || out.len() > MAX_TEXT {
        return None;
    }
    let mut at = 0;
    while at < trees.len() {
        let dollar = matches!(&trees[at], Tree::Leaf(text, _) if text == "$");
        match trees.get(at + 1) {
            Some(Tree::Group('(', inside)) if dollar => {
                let (separator, _, used) = operator(trees, at + 2)?;
                let mut names = Vec::new();
                variables(inside, &mut names);
                let each = names.iter().find_map(|n| match bound.get(n) {
                    Some(Bound::Each(each)) => Some(each),
                    _ => None,
                })?;
                for (number, _) in each.iter().enumerate() {
                    if number > 0
                        && let Some(separator) = &separator
                    {
                        out.push_str(separator);
                        out.push(' ');
                    }
                    // Every repeated name at its own n-th binding.
                    let mut one = bound.clone();
                    for name in &names {
                        if let Some(Bound::Each(all)) = bound.get(name)
                            && let Some(inner) = all.get(number).and_then(|b| b.get(name))
                        {
                            one.insert(name.clone(), inner.clone());
                        }
                    }
                    write(inside, &one, out, depth + 1)?;
                }
                at += 2 + used;
                continue;
            }
            Some(Tree::Leaf(name, true)) if dollar => {
                match bound.get(name) {
                    Some(Bound::Text(text)) => {
                        out.push_str(text);
                        out.push(' ');
                    }
                    Some(Bound::Each(_)) => return None,
                    None if name == "crate" => out.push_str("crate "),
                    None => return None,
                }
                at += 2;
                continue;
            }
            _ => {}
        }
        match &trees[at] {
            Tree::Group(open, inside) => {
                out.push(*open);
                write(inside, bound, out, depth + 1)?;
                out.push(close(*open));
                out.push(' ');
            }
            leaf => write_tree(leaf, out),
        }
        at += 1;
    }
    Some(())
}

/// The metavariables in a right side.
fn variables(trees: &[Tree], out: &mut Vec<String>) {
    for (at, tree) in trees.iter().enumerate() {
        match tree {
            Tree::Leaf(text, _) if text == "$" => {
                if let Some(Tree::Leaf(name, true)) = trees.get(at + 1) {
                    out.push(name.clone());
                }
            }
            Tree::Group(_, inside) => variables(inside, out),
            Tree::Leaf(..) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(left: &str, right: &str, arguments: &str) -> Option<String> {
        let rules = [(left.to_owned(), right.to_owned())];
        expand(&rules, arguments).map(|t| t.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_repetition_is_written_once_a_match() {
        assert_eq!(
            made(
                "$($name:ident: $n:expr => $want:expr,)*",
                "$( #[test] fn $name() { eq($n, $want); } )*",
                "four: 4 => \"IV\", nine: f(9, 1) => \"IX\","
            )
            .as_deref(),
            Some(
                "# [test ] fn four () {eq (4 , \"IV\" ) ; } # [test ] fn nine () {eq (f (9 , 1 ) , \"IX\" ) ; }"
            )
        );
    }

    #[test]
    fn a_type_and_a_name_are_put_in() {
        assert_eq!(
            made(
                "$m:ident, $t:ty",
                "mod $m { type T = <$t>::X; }",
                "a, Vec<u8>"
            )
            .as_deref(),
            Some("mod a {type T = < Vec < u8 > > :: X ; }")
        );
    }

    #[test]
    fn the_first_rule_that_fits_is_taken_and_none_is_no_text() {
        assert_eq!(made("a $x:ident", "$x", "b c"), None);
    }
}
