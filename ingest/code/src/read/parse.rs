//! One file's bytes to its facts, within its limits.

use super::{Limits, Note, Outcome, Read, SetAside, classify};
use crate::facts::{DefId, FileFacts};
use crate::git::RepoPath;
use crate::lang::Language;
use ripple_schemas::{BlindKind, words};
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Instant;

/// A thread's parser.
#[derive(Default)]
pub(crate) struct Parsers(tree_sitter::Parser);

/// Reads one file that a language claims. `generated` is what `.gitattributes` says, if it does.
pub(crate) fn read_bytes(
    parsers: &mut Parsers,
    language: &dyn Language,
    path: &RepoPath,
    bytes: &[u8],
    generated: Option<bool>,
    limits: &Limits,
) -> Read {
    let content = crate::git::content_hash(bytes);
    let (name, grammar) = match language.claims(path.text()) {
        Some((name, grammar)) => (name, Some(grammar)),
        None => ("", None),
    };
    let mut notes = Vec::new();
    let aside = |why| Read {
        content,
        language: name.to_owned(),
        outcome: Outcome::SetAside(why),
        words: Vec::new(),
        tests: Vec::new(),
        notes: Vec::new(),
    };
    let Some(grammar) = grammar else {
        return aside(SetAside::NotCode);
    };
    if bytes.len() as u64 > limits.bytes {
        return aside(SetAside::TooLarge);
    }
    let Some(source) = decode(bytes, &mut notes) else {
        return aside(SetAside::Binary);
    };
    if generated.unwrap_or_else(|| classify::says_generated(&source)) {
        return aside(SetAside::Generated);
    }
    if bracket_depth(source.as_bytes()) > limits.brackets {
        return aside(SetAside::TooDeep);
    }
    if classify::is_minified(&source) {
        return aside(SetAside::Minified);
    }
    let source = match our_side(&source) {
        Some((ours, line)) => {
            let why = "merge-conflict markers; our side is read".to_owned();
            notes.push(Note {
                kind: BlindKind::ParseError,
                line,
                why,
            });
            Cow::Owned(ours)
        }
        None => source,
    };
    let tree = match parse(&mut parsers.0, &grammar, &source, limits) {
        Ok(tree) => tree,
        Err(why) => return aside(why),
    };
    if is_deeper_than(&tree, limits.depth) {
        return aside(SetAside::TooDeep);
    }
    // One file that trips over a defect of a lowering must not take the others with it.
    let lowered = catch_unwind(AssertUnwindSafe(|| {
        language.lower(path.text(), &source, &tree)
    }));
    drop(tree);
    let Ok(mut facts) = lowered else {
        parsers.0 = tree_sitter::Parser::new();
        tracing::error!(path = path.text(), "lowering panicked");
        return aside(SetAside::Defect);
    };
    shrink(&mut facts);
    let tests = words_of_tests(&facts, &source);
    Read {
        content,
        language: name.to_owned(),
        outcome: Outcome::Facts(Arc::new(facts)),
        words: super::words(source.as_bytes()),
        tests,
        notes,
    }
}

/// A test's node keeps at most so many words of it.
const TEST_WORDS: usize = 160;

/// The different words of each test, from its first line to its last.
fn words_of_tests(facts: &FileFacts, source: &str) -> Vec<(DefId, Box<str>)> {
    let tests = (0u32..).zip(&facts.defs).filter(|(_, d)| d.test.is_some());
    let mut starts: Vec<usize> = Vec::new();
    tests
        .map(|(id, def)| {
            if starts.is_empty() {
                starts.push(0);
                starts.extend(source.match_indices('\n').map(|(at, _)| at + 1));
            }
            let start_of = |line: u32| starts.get(line as usize - 1).copied();
            let from = start_of(def.lines.0.max(1)).unwrap_or(source.len());
            let to = start_of(def.lines.1.max(1) + 1).unwrap_or(source.len());
            let text = words::distinct(&source[from..to.max(from)], TEST_WORDS);
            (DefId(id), text.into())
        })
        .collect()
}

/// Text without its byte-order mark; `None` where it is binary.
fn decode<'a>(bytes: &'a [u8], notes: &mut Vec<Note>) -> Option<Cow<'a, str>> {
    let utf16 = |be: bool| {
        let units: Vec<u16> = bytes[2..]
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&pair| {
                if be {
                    u16::from_be_bytes(pair)
                } else {
                    u16::from_le_bytes(pair)
                }
            })
            .collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    match bytes {
        [0xff, 0xfe, ..] => return Some(utf16(false)),
        [0xfe, 0xff, ..] => return Some(utf16(true)),
        _ => {}
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes[..bytes.len().min(8000)].contains(&0) {
        return None;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(e) => {
            let line = 1 + bytes[..e.valid_up_to()]
                .iter()
                .filter(|&&b| b == b'\n')
                .count() as u32;
            notes.push(Note {
                kind: BlindKind::ParseError,
                line,
                why: "the file is not UTF-8; what could not be read was replaced".to_owned(),
            });
            Some(String::from_utf8_lossy(bytes))
        }
    }
}

/// How deep brackets nest, whatever they mean.
fn bracket_depth(bytes: &[u8]) -> u32 {
    let (mut depth, mut deepest) = (0u32, 0);
    for &b in bytes {
        match b {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// A source with merge-conflict markers, with our side kept and the other lines emptied, and the
/// line of the first marker; `None` where there is no conflict.
fn our_side(source: &str) -> Option<(String, u32)> {
    if !source.contains("<<<<<<< ") || !source.contains(">>>>>>> ") {
        return None;
    }
    let mut out = String::with_capacity(source.len());
    let (mut first, mut closed) = (None, false);
    // Outside a conflict, in our side, or in theirs (and in the common ancestor's).
    let (mut ours, mut theirs) = (false, false);
    for (i, line) in source.split_inclusive('\n').enumerate() {
        let marker = if !ours && !theirs && line.starts_with("<<<<<<< ") {
            first = first.or(Some(i as u32 + 1));
            ours = true;
            true
        } else if ours && (line.starts_with("||||||| ") || line.trim_end() == "=======") {
            (ours, theirs) = (false, true);
            true
        } else if theirs && line.starts_with(">>>>>>> ") {
            theirs = false;
            closed = true;
            true
        } else {
            theirs
        };
        out.push_str(if !marker {
            line
        } else if line.ends_with('\n') {
            "\n"
        } else {
            ""
        });
    }
    first
        .filter(|_| closed && !ours && !theirs)
        .map(|line| (out, line))
}

fn parse(
    parser: &mut tree_sitter::Parser,
    grammar: &tree_sitter::Language,
    source: &str,
    limits: &Limits,
) -> Result<tree_sitter::Tree, SetAside> {
    parser.set_language(grammar).map_err(|_| SetAside::Defect)?;
    let start = Instant::now();
    let mut watch = |_: &tree_sitter::ParseState| {
        if start.elapsed() > limits.time {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    };
    let options = tree_sitter::ParseOptions::new().progress_callback(&mut watch);
    let bytes = source.as_bytes();
    let mut chunk = |at: usize, _| bytes.get(at..).unwrap_or_default();
    let tree = parser.parse_with_options(&mut chunk, None, Some(options));
    if tree.is_none() {
        parser.reset();
    }
    tree.ok_or(SetAside::TooSlow)
}

fn is_deeper_than(tree: &tree_sitter::Tree, limit: u32) -> bool {
    let mut cursor = tree.walk();
    loop {
        if cursor.depth() > limit {
            return true;
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return false;
            }
        }
    }
}

/// Facts are kept for the whole repository: no spare capacity.
fn shrink(facts: &mut FileFacts) {
    facts.names.shrink_to_fit();
    facts.defs.shrink_to_fit();
    facts.flows.shrink_to_fit();
    facts.calls.shrink_to_fit();
    facts.members.shrink_to_fit();
    facts.imports.shrink_to_fit();
    facts.inherits.shrink_to_fit();
    facts.types.shrink_to_fit();
    facts.blind.shrink_to_fit();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_counted_where_they_nest() {
        assert_eq!(bracket_depth(b"(()[{}])()"), 3);
        assert_eq!(bracket_depth(b")))("), 1);
    }

    #[test]
    fn text_is_told_from_binary_and_marks_are_stripped() {
        let mut notes = Vec::new();
        assert_eq!(decode(b"\xef\xbb\xbfx = 1", &mut notes).unwrap(), "x = 1");
        assert_eq!(decode(b"\xff\xfex\0", &mut notes).unwrap(), "x");
        assert_eq!(decode(b"a\0b", &mut notes), None);
        assert!(notes.is_empty());
        assert_eq!(decode(b"a\n\xe9", &mut notes).unwrap(), "a\n\u{fffd}");
        assert_eq!((notes.len(), notes[0].line), (1, 2));
    }

    #[test]
    fn of_a_conflict_our_side_is_kept_on_its_lines() {
        let text = "a\n<<<<<<< ours\nb\n||||||| base\nx\n=======\nc\n>>>>>>> theirs\nd\n";
        assert_eq!(
            our_side(text),
            Some(("a\n\nb\n\n\n\n\n\nd\n".to_owned(), 2))
        );
        assert_eq!(our_side("a = 1 <<<<<<< 2\n>>>>>>> x\n"), None);
        assert_eq!(our_side("<<<<<<< x\n>>>>>>> y\n"), None);
    }
}
