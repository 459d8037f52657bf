//! The grammar of unified diffs, with git's extended headers.

use super::{Change, FilePatch, Hunk, Patch};
use crate::git::PatchError;
use crate::git::listing::kind_of_mode;
use crate::git::path::is_inside;

pub(super) fn parse(text: &[u8]) -> Result<Patch, PatchError> {
    let lines: Vec<&[u8]> = text.split_inclusive(|&b| b == b'\n').collect();
    let mut parser = Parser { lines, at: 0 };
    let mut files = Vec::new();
    while parser.at < parser.lines.len() {
        let line = parser.peek();
        if line.starts_with(b"diff --git ") {
            files.push(parser.git_file()?);
        } else if line.starts_with(b"--- ") && parser.ahead(1).starts_with(b"+++ ") {
            files.push(parser.plain_file()?);
        } else if line.starts_with(b"@@ ") {
            return Err(parser.malformed("a hunk without the file it belongs to"));
        } else {
            parser.at += 1;
        }
    }
    for file in &files {
        let paths = file.old.iter().chain(&file.new);
        if let Some(path) = paths.into_iter().find(|p| !is_inside(p)) {
            let why = format!(
                "`{}` is outside the repository",
                String::from_utf8_lossy(path)
            );
            return Err(PatchError::Malformed {
                line: file.line,
                why,
            });
        }
    }
    if files.is_empty() {
        Err(PatchError::Empty)
    } else {
        Ok(Patch { files })
    }
}

struct Parser<'a> {
    lines: Vec<&'a [u8]>,
    at: usize,
}

impl<'a> Parser<'a> {
    /// The current line without its end; empty at the end of the patch.
    fn peek(&self) -> &'a [u8] {
        self.ahead(0)
    }

    fn ahead(&self, n: usize) -> &'a [u8] {
        let line = self.lines.get(self.at + n).copied().unwrap_or_default();
        line.strip_suffix(b"\n").unwrap_or(line)
    }

    fn malformed(&self, why: &str) -> PatchError {
        PatchError::Malformed {
            line: self.at + 1,
            why: why.to_owned(),
        }
    }

    fn git_file(&mut self) -> Result<FilePatch, PatchError> {
        let mut file = FilePatch {
            line: self.at + 1,
            ..FilePatch::default()
        };
        let (old, new) = header_paths(&self.peek()[b"diff --git ".len()..])
            .ok_or_else(|| self.malformed("two paths were expected after `diff --git`"))?;
        let (mut is_new, mut is_gone) = (false, false);
        (file.old, file.new) = (Some(old), Some(new));
        self.at += 1;
        loop {
            let line = self.peek();
            if let Some(mode) = line.strip_prefix(b"new file mode ") {
                is_new = true;
                file.kind = kind(mode);
            } else if let Some(mode) = line.strip_prefix(b"new mode ") {
                file.kind = kind(mode);
            } else if line.starts_with(b"deleted file mode ") {
                is_gone = true;
            } else if let Some(path) = line.strip_prefix(b"rename from ") {
                file.old =
                    Some(unquote(path).ok_or_else(|| self.malformed("a path was expected"))?);
            } else if let Some(path) = line.strip_prefix(b"copy from ") {
                file.copy = true;
                file.old =
                    Some(unquote(path).ok_or_else(|| self.malformed("a path was expected"))?);
            } else if let Some(path) = line
                .strip_prefix(b"rename to ")
                .or(line.strip_prefix(b"copy to "))
            {
                file.new =
                    Some(unquote(path).ok_or_else(|| self.malformed("a path was expected"))?);
            } else if line.starts_with(b"Binary files ") || line == b"GIT binary patch" {
                file.binary = true;
            } else if line.starts_with(b"--- ") && self.ahead(1).starts_with(b"+++ ") {
                is_new |= is_null(&line[4..]);
                is_gone |= is_null(&self.ahead(1)[4..]);
                self.at += 2;
                self.hunks(&mut file)?;
                break;
            } else if self.at >= self.lines.len()
                || line.starts_with(b"diff --git ")
                || (line.is_empty() && !file.binary)
                || line == b"-- "
                || (!file.binary && !is_header(line))
            {
                break;
            }
            self.at += 1;
        }
        if is_new {
            file.old = None;
        }
        if is_gone {
            file.new = None;
        }
        if file.old.is_none() && file.new.is_none() {
            return Err(PatchError::Malformed {
                line: file.line,
                why: "a file cannot be both new and deleted".to_owned(),
            });
        }
        Ok(file)
    }

    fn plain_file(&mut self) -> Result<FilePatch, PatchError> {
        let mut file = FilePatch {
            line: self.at + 1,
            ..FilePatch::default()
        };
        let (old, new) = (&self.peek()[4..], &self.ahead(1)[4..]);
        let path = |text: &[u8]| {
            if is_null(text) {
                Some(None)
            } else {
                unquote(until_tab(text)).map(|p| Some(without_prefix(p)))
            }
        };
        file.old = path(old).ok_or_else(|| self.malformed("a path was expected"))?;
        file.new = path(new).ok_or_else(|| self.malformed("a path was expected"))?;
        if let (Some(_), Some(new)) = (&file.old, &file.new) {
            // `diff -u a.orig a`: the file patched is the new one's.
            file.old = Some(new.clone());
        }
        self.at += 2;
        self.hunks(&mut file)?;
        if file.hunks.is_empty() {
            return Err(PatchError::Malformed {
                line: file.line,
                why: "a file without a hunk".to_owned(),
            });
        }
        Ok(file)
    }

    fn hunks(&mut self, file: &mut FilePatch) -> Result<(), PatchError> {
        while self.peek().starts_with(b"@@ ") {
            let hunk = self.hunk()?;
            file.hunks.push(hunk);
        }
        Ok(())
    }

    fn hunk(&mut self) -> Result<Hunk, PatchError> {
        let (old_start, mut old_left, mut new_left) = header(self.peek())
            .ok_or_else(|| self.malformed("`@@ -line,count +line,count @@` was expected"))?;
        let mut hunk = Hunk {
            old_start,
            line: self.at + 1,
            changes: Vec::new(),
        };
        self.at += 1;
        while old_left > 0 || new_left > 0 || self.peek().starts_with(b"\\") {
            let Some(&line) = self.lines.get(self.at) else {
                return Err(self.malformed("the patch ends inside a hunk"));
            };
            let line_end = line.strip_suffix(b"\r\n").or(line.strip_suffix(b"\n"));
            match line.first() {
                // Some mailers strip the space of an empty line of context.
                _ if line_end == Some(b"") => hunk.changes.push(Change::Keep(line.to_vec())),
                Some(b' ') => hunk.changes.push(Change::Keep(line[1..].to_vec())),
                Some(b'-') => hunk.changes.push(Change::Remove(line[1..].to_vec())),
                Some(b'+') => hunk.changes.push(Change::Add(line[1..].to_vec())),
                Some(b'\\') => {
                    // "\ No newline at end of file" is about the line before.
                    match hunk.changes.last_mut() {
                        Some(Change::Keep(l) | Change::Remove(l) | Change::Add(l))
                            if l.last() == Some(&b'\n') =>
                        {
                            l.pop();
                        }
                        _ => return Err(self.malformed("no line stands before this one")),
                    }
                    self.at += 1;
                    continue;
                }
                _ => {
                    return Err(
                        self.malformed("a line of a hunk starts with a space, `-`, `+` or `\\`")
                    );
                }
            }
            let (takes_old, takes_new) = match hunk.changes.last() {
                Some(Change::Keep(_)) => (1, 1),
                Some(Change::Remove(_)) => (1, 0),
                _ => (0, 1),
            };
            if takes_old > old_left || takes_new > new_left {
                return Err(self.malformed("the hunk has more lines than its header says"));
            }
            old_left -= takes_old;
            new_left -= takes_new;
            self.at += 1;
        }
        Ok(hunk)
    }
}

fn kind(mode: &[u8]) -> Option<crate::git::EntryKind> {
    kind_of_mode(std::str::from_utf8(mode).ok()?.trim())
}

/// Extended header lines that carry nothing needed here.
fn is_header(line: &[u8]) -> bool {
    const HEADERS: [&[u8]; 9] = [
        b"index ",
        b"old mode ",
        b"new mode ",
        b"new file mode ",
        b"deleted file mode ",
        b"similarity index ",
        b"dissimilarity index ",
        b"rename ",
        b"copy ",
    ];
    line.starts_with(b"Binary files ") || HEADERS.iter().any(|h| line.starts_with(h))
}

fn is_null(path: &[u8]) -> bool {
    until_tab(path).trim_ascii_end() == b"/dev/null"
}

/// `diff -u` puts a time after a tab.
fn until_tab(text: &[u8]) -> &[u8] {
    text.split(|&b| b == b'\t').next().unwrap_or(text)
}

/// `a/x b/x`, quoted where a path holds odd bytes. Without prefixes both paths are the same.
fn header_paths(text: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let (old, new) = if text.first() == Some(&b'"') {
        let end = quoted_end(text)?;
        (text[..end].to_vec(), text.get(end + 1..)?.to_vec())
    } else if text.last() == Some(&b'"') {
        let start = text.windows(2).position(|w| w == b" \"")?;
        (text[..start].to_vec(), text[start + 1..].to_vec())
    } else {
        // Paths may hold spaces: split where both halves name the same file, else at ` b/`.
        let same = (0..text.len()).filter(|&i| text[i] == b' ').find(|&i| {
            without_prefix(text[..i].to_vec()) == without_prefix(text[i + 1..].to_vec())
        });
        let at = same.or_else(|| text.windows(3).position(|w| w == b" b/"))?;
        (text[..at].to_vec(), text[at + 1..].to_vec())
    };
    let (old, new) = (unquote(&old)?, unquote(&new)?);
    let prefixed = old.starts_with(b"a/") && new.starts_with(b"b/");
    Some(if prefixed {
        (old[2..].to_vec(), new[2..].to_vec())
    } else {
        (old, new)
    })
}

fn without_prefix(path: Vec<u8>) -> Vec<u8> {
    match path.strip_prefix(b"a/").or(path.strip_prefix(b"b/")) {
        Some(rest) if !rest.is_empty() => rest.to_vec(),
        _ => path,
    }
}

fn quoted_end(text: &[u8]) -> Option<usize> {
    let mut i = 1;
    while i < text.len() {
        match text[i] {
            b'\\' => i += 2,
            b'"' => return Some(i + 1),
            _ => i += 1,
        }
    }
    None
}

/// Undoes git's C-style quoting.
fn unquote(text: &[u8]) -> Option<Vec<u8>> {
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let Some(inner) = text.strip_prefix(b"\"").and_then(|t| t.strip_suffix(b"\"")) else {
        return (!text.is_empty()).then(|| text.to_vec());
    };
    let mut out = Vec::with_capacity(inner.len());
    let mut bytes = inner.iter().copied();
    while let Some(b) = bytes.next() {
        if b != b'\\' {
            out.push(b);
            continue;
        }
        out.push(match bytes.next()? {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'a' => 7,
            b'b' => 8,
            b'f' => 12,
            b'v' => 11,
            d @ b'0'..=b'3' => {
                let (e, f) = (bytes.next()?, bytes.next()?);
                let octal = |x: u8| (b'0'..=b'7').contains(&x).then(|| x - b'0');
                octal(d)? * 64 + octal(e)? * 8 + octal(f)?
            }
            other => other,
        });
    }
    (!out.is_empty()).then_some(out)
}

/// `@@ -1,2 +3,4 @@` → where the old side starts, and how many lines each side has.
fn header(line: &[u8]) -> Option<(usize, usize, usize)> {
    let line = std::str::from_utf8(line.get(..line.len().min(80))?)
        .ok()
        .or_else(|| {
            // The text after the second `@@` may be cut inside a character.
            let end = line.windows(3).position(|w| w == b" @@")?;
            std::str::from_utf8(&line[..end + 3]).ok()
        })?;
    let (ranges, _) = line.strip_prefix("@@ -")?.split_once(" @@")?;
    let (old, new) = ranges.split_once(" +")?;
    let range = |text: &str| -> Option<(usize, usize)> {
        match text.split_once(',') {
            Some((start, count)) => Some((start.parse().ok()?, count.parse().ok()?)),
            None => Some((text.parse().ok()?, 1)),
        }
    };
    let ((start, old_count), (_, new_count)) = (range(old)?, range(new)?);
    Some((start, old_count, new_count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn git_quotes_paths_in_c_style() {
        assert_eq!(
            unquote(b"\"a/\\303\\274 \\t.py\"").unwrap(),
            "a/ü \t.py".as_bytes()
        );
        assert_eq!(
            header_paths(b"a/x y.py b/x y.py").unwrap(),
            (b"x y.py".to_vec(), b"x y.py".to_vec())
        );
        assert_eq!(
            header_paths(b"x.py x.py").unwrap(),
            (b"x.py".to_vec(), b"x.py".to_vec())
        );
        assert_eq!(
            header_paths(b"a/x.py b/y.py").unwrap(),
            (b"x.py".to_vec(), b"y.py".to_vec())
        );
    }

    #[test]
    fn a_hunk_with_more_lines_than_it_says_is_refused() {
        let text = b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n-b\n+c\n";
        assert!(matches!(
            parse(text),
            Err(PatchError::Malformed { line: 5, .. })
        ));
        assert_eq!(parse(b"hello\n"), Err(PatchError::Empty));
        let outside = b"--- a/../x\n+++ b/../x\n@@ -1 +1 @@\n-a\n+b\n";
        assert!(matches!(
            parse(outside),
            Err(PatchError::Malformed { line: 1, .. })
        ));
        assert!(matches!(
            parse(b"--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n"),
            Err(PatchError::Malformed { .. })
        ));
    }
}
