//! Hashes of the tokens in any part of a file, and the places where its tree is broken.
//!
//! Goes in: a tree and its source, once. Comes out: the hash of any byte range, in logarithmic
//! time and blind to comments and layout, so that nested definitions cost nothing extra.
//! It knows no language but by the kinds of node it is told to treat specially.

use std::ops::Range;
use tree_sitter::Tree;
use twox_hash::XxHash3_64;

/// Base of the polynomial over token hashes: odd, with bits all over (2^64 over the golden ratio).
const BASE: u64 = 0x9E37_79B9_7F4A_7C15;

/// Which node kinds are special. Unlisted nodes are read leaf by leaf.
#[derive(Clone, Copy, Debug, Default)]
pub struct TokenKinds<'a> {
    /// Left out with all they hold: comments.
    pub skip: &'a [u16],
    /// Hashed as one token with their whole text: strings whose grammar hides the characters
    /// between escapes.
    pub opaque: &'a [u16],
    /// Their end counts as a token: blocks that are only marked by layout (Python's `block`).
    pub closed: &'a [u16],
    /// String literals, whose places are listed.
    pub strings: &'a [u16],
}

/// The token hashes of one file.
#[derive(Debug, Default)]
pub struct Tokens {
    /// Start byte of each token, ascending.
    starts: Vec<u32>,
    /// `prefix[i]` is the polynomial hash of the first i tokens.
    prefix: Vec<u64>,
    /// The broken places, in source order.
    pub errors: Vec<SyntaxError>,
    /// The string literals, in source order.
    pub strings: Vec<Range<u32>>,
}

/// A place that the grammar could not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// Line, counted from 1.
    pub line: u32,
    /// First byte.
    pub byte: u32,
    /// True where a token is missing, false where there is something unreadable.
    pub missing: bool,
}

impl Tokens {
    /// Reads a whole tree with one cursor.
    pub fn new(tree: &Tree, source: &str, kinds: TokenKinds<'_>) -> Self {
        let bytes = source.as_bytes();
        let mut tokens = Self {
            prefix: vec![0],
            ..Self::default()
        };
        let broken = tree.root_node().has_error();
        let mut cursor = tree.walk();
        let mut covered = tree.root_node().start_byte();
        loop {
            let node = cursor.node();
            let kind = node.kind_id();
            if broken && (node.is_error() || node.is_missing()) {
                tokens.errors.push(SyntaxError {
                    line: node.start_position().row as u32 + 1,
                    byte: node.start_byte() as u32,
                    missing: node.is_missing(),
                });
            }
            if kinds.strings.contains(&kind) {
                let range = node.byte_range();
                tokens.strings.push(range.start as u32..range.end as u32);
            }
            let skipped = kinds.skip.contains(&kind);
            let whole = skipped || kinds.opaque.contains(&kind);
            if !whole && cursor.goto_first_child() {
                continue;
            }
            let range = node.byte_range();
            // Text that no visible leaf covers belongs to hidden tokens of the grammar.
            tokens.push_gap(bytes, covered..range.start);
            if !skipped && !range.is_empty() {
                tokens.push(range.start, &bytes[range.clone()]);
            }
            covered = covered.max(range.end);
            loop {
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    tokens.push_gap(bytes, covered..bytes.len());
                    return tokens;
                }
                let parent = cursor.node();
                tokens.push_gap(bytes, covered..parent.end_byte());
                covered = covered.max(parent.end_byte());
                if kinds.closed.contains(&parent.kind_id()) {
                    tokens.push(parent.end_byte().saturating_sub(1), b"\0end");
                }
            }
        }
    }

    /// Hash of the tokens that start in a range of bytes.
    pub fn hash(&self, range: Range<usize>) -> u64 {
        self.hash_all([range])
    }

    /// Hash of the tokens that start in any of the ranges, in the order given.
    pub fn hash_all(&self, ranges: impl IntoIterator<Item = Range<usize>>) -> u64 {
        let (mut sum, mut count) = (0u64, 0u64);
        for range in ranges {
            let from = self.starts.partition_point(|&s| (s as usize) < range.start);
            let to = self
                .starts
                .partition_point(|&s| (s as usize) < range.end)
                .max(from);
            let many = (to - from) as u64;
            let power = power(many);
            let part = self.prefix[to].wrapping_sub(self.prefix[from].wrapping_mul(power));
            sum = sum.wrapping_mul(power).wrapping_add(part);
            count += many;
        }
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&sum.to_le_bytes());
        bytes[8..].copy_from_slice(&count.to_le_bytes());
        XxHash3_64::oneshot(&bytes)
    }

    /// Hash of a range without the parts in `holes`, which are sorted and apart from one another.
    pub fn hash_without(&self, range: Range<usize>, holes: &[Range<usize>]) -> u64 {
        let starts = std::iter::once(range.start).chain(holes.iter().map(|hole| hole.end));
        let ends = holes
            .iter()
            .map(|hole| hole.start)
            .chain(std::iter::once(range.end));
        self.hash_all(starts.zip(ends).map(|(start, end)| start..end.max(start)))
    }

    fn push(&mut self, start: usize, text: &[u8]) {
        let last = self.prefix.last().copied().unwrap_or(0);
        self.starts.push(start as u32);
        self.prefix.push(
            last.wrapping_mul(BASE)
                .wrapping_add(XxHash3_64::oneshot(text)),
        );
    }

    fn push_gap(&mut self, bytes: &[u8], gap: Range<usize>) {
        if gap.start >= gap.end {
            return;
        }
        let text = bytes[gap.clone()].trim_ascii();
        if !text.is_empty() {
            let lead = bytes[gap.clone()]
                .iter()
                .take_while(|b| b.is_ascii_whitespace())
                .count();
            self.push(gap.start + lead, text);
        }
    }
}

/// `BASE` to the n-th power, by squaring.
fn power(mut n: u64) -> u64 {
    let (mut result, mut base) = (1u64, BASE);
    while n > 0 {
        if n & 1 == 1 {
            result = result.wrapping_mul(base);
        }
        base = base.wrapping_mul(base);
        n >>= 1;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(source: &str) -> Tokens {
        let language: tree_sitter::Language = tree_sitter_rust::LANGUAGE.into();
        let mut parser = tree_sitter::Parser::new();
        parser.set_language(&language).unwrap();
        let tree = parser.parse(source, None).unwrap();
        let skip = [
            language.id_for_node_kind("line_comment", true),
            language.id_for_node_kind("block_comment", true),
        ];
        Tokens::new(
            &tree,
            source,
            TokenKinds {
                skip: &skip,
                ..TokenKinds::default()
            },
        )
    }

    fn whole(source: &str) -> u64 {
        tokens(source).hash(0..source.len())
    }

    #[test]
    fn comments_and_layout_do_not_count() {
        assert_eq!(
            whole("fn f() { a + b }"),
            whole("fn f( )\n{ // sum\n a /* x */ + b\n}")
        );
        assert_ne!(whole("fn f() { a + b }"), whole("fn f() { a - b }"));
        assert_ne!(whole("fn f() { a; b }"), whole("fn f() { b; a }"));
    }

    #[test]
    fn a_part_hashes_the_same_wherever_it_stands() {
        let (one, two) = ("fn f() { g(1) }", "struct S;\n\nfn f() { g(1) }");
        assert_eq!(
            whole(one),
            tokens(two).hash(two.find("fn").unwrap()..two.len())
        );
    }

    #[test]
    fn a_hole_is_left_out() {
        let source = "impl S { fn a() { 1 } fn b() { 2 } }";
        let other = "impl S { fn a() { 3 } fn b() { 2 } }";
        let hole = source.find("{ 1").unwrap()..source.find("} fn").unwrap() + 1;
        let holes = std::slice::from_ref(&hole);
        assert_eq!(
            tokens(source).hash_without(0..source.len(), holes),
            tokens(other).hash_without(0..other.len(), holes)
        );
        assert_ne!(whole(source), whole(other));
    }

    #[test]
    fn text_that_the_grammar_hides_still_counts() {
        assert_ne!(
            whole("const A: &[u8] = br\"x\";"),
            whole("const A: &str = r\"x\";")
        );
    }

    #[test]
    fn broken_places_are_listed_with_their_lines() {
        assert_eq!(tokens("fn f() {}").errors, []);
        let errors = tokens("fn f() {}\nfn g( { }\n").errors;
        assert!(errors.iter().any(|e| e.line == 2), "{errors:?}");
    }
}
