//! Path patterns as `.gitattributes` and CODEOWNERS write them (gitignore's rules without `!`).
//!
//! Goes in: a pattern, a path. Comes out: whether it matches. Time is bounded by their product.

/// A parsed pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// Parts between slashes; `**` is any number of folders.
    parts: Vec<String>,
    /// Ends with a slash: only what lies below.
    folder: bool,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        let folder = text.ends_with('/') && text.len() > 1;
        let body = text.strip_suffix('/').filter(|_| folder).unwrap_or(text);
        let anchored = body.contains('/');
        let mut parts: Vec<String> = body
            .split('/')
            .filter(|p| !p.is_empty())
            .map(|p| p.replace("\\ ", " "))
            .collect();
        if !anchored {
            parts.insert(0, "**".to_owned());
        }
        Self { parts, folder }
    }

    /// True where the whole path matches.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let path: Vec<&str> = path.split('/').collect();
        !self.folder && self.reach(&path).last() == Some(&true)
    }

    /// True where the path or a folder above it matches. `docs/*` means only the files in docs.
    pub(crate) fn covers(&self, path: &str) -> bool {
        let path: Vec<&str> = path.split('/').collect();
        let reach = self.reach(&path);
        let direct = self.parts.len() > 1
            && self.parts.last().is_some_and(|p| p == "*")
            && self.parts[0] != "**";
        let whole = reach.last() == Some(&true);
        let above = reach[1..reach.len() - 1].contains(&true);
        if self.folder || self.parts.last().is_some_and(|p| p == "**") {
            above || (!self.folder && whole)
        } else {
            whole || (above && !direct)
        }
    }

    /// For each number of leading parts of the path, whether the pattern matches exactly these.
    fn reach(&self, path: &[&str]) -> Vec<bool> {
        let mut row = vec![false; path.len() + 1];
        row[0] = true;
        for part in &self.parts {
            let mut next = vec![false; path.len() + 1];
            if part == "**" {
                let mut open = false;
                for (i, &reached) in row.iter().enumerate() {
                    open |= reached;
                    next[i] = open;
                }
            } else {
                for i in 0..path.len() {
                    next[i + 1] = row[i] && glob(part.as_bytes(), path[i].as_bytes());
                }
            }
            row = next;
        }
        row
    }
}

/// `*`, `?` and `[a-z]` inside one part.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        let step = match pattern.get(p) {
            Some(b'*') => {
                star = Some((p, t));
                p += 1;
                continue;
            }
            Some(b'?') => Some(1),
            Some(b'[') => class(&pattern[p..], text[t]),
            Some(b'\\') if pattern.get(p + 1) == Some(&text[t]) => Some(2),
            Some(&b) if b == text[t] => Some(1),
            _ => None,
        };
        match (step, star) {
            (Some(n), _) => {
                p += n;
                t += 1;
            }
            (None, Some((at, from))) => {
                p = at + 1;
                t = from + 1;
                star = Some((at, from + 1));
            }
            (None, None) => return false,
        }
    }
    pattern[p..].iter().all(|&b| b == b'*')
}

/// The length of a character class that matches.
fn class(pattern: &[u8], byte: u8) -> Option<usize> {
    let end = pattern.iter().skip(2).position(|&b| b == b']')? + 2;
    let (negated, set) = match pattern[1] {
        b'!' | b'^' => (true, &pattern[2..end]),
        _ => (false, &pattern[1..end]),
    };
    let mut found = false;
    let mut i = 0;
    while i < set.len() {
        if set.get(i + 1) == Some(&b'-') && i + 2 < set.len() {
            found |= (set[i]..=set[i + 2]).contains(&byte);
            i += 3;
        } else {
            found |= set[i] == byte;
            i += 1;
        }
    }
    (found != negated).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covers(pattern: &str, path: &str) -> bool {
        Pattern::new(pattern).covers(path)
    }

    /// The examples of GitHub's page on CODEOWNERS.
    #[test]
    fn codeowners_patterns_cover_what_githubs_page_says() {
        assert!(covers("*", "a/b.txt"));
        assert!(covers("*.js", "src/a.js") && !covers("*.js", "src/a.jsx"));
        assert!(
            covers("/build/logs/", "build/logs/x/y.log")
                && !covers("/build/logs/", "a/build/logs/x")
        );
        assert!(
            covers("docs/*", "docs/getting-started.md")
                && !covers("docs/*", "docs/build-app/troubleshooting.md")
        );
        assert!(covers("apps/", "src/apps/x.rb") && covers("apps/", "apps/x.rb"));
        assert!(covers("/docs/", "docs/a/b.md") && !covers("/docs/", "x/docs/a.md"));
        assert!(covers("**/logs", "build/logs/a") && covers("**/logs", "deeply/nested/logs/a"));
        assert!(covers("/apps/github", "apps/github/x/y"));
        assert!(
            covers("/scripts/**/deploy", "scripts/a/b/deploy") && covers("/src/**", "src/a/b.rs")
        );
    }

    #[test]
    fn a_folder_pattern_is_not_a_file_of_that_name() {
        assert!(!covers("apps/", "src/apps"));
        assert!(covers("my\\ docs/", "my docs/a"));
    }

    #[test]
    fn many_stars_take_no_longer_than_the_product_of_lengths() {
        let pattern = Pattern::new(&"**/a*a*a*a*a*a*a*a*b/".repeat(20));
        assert!(!pattern.covers(&"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/".repeat(60)));
    }
}
