//! What `.gitattributes` files say of generated and vendored code.
//!
//! Goes in: their text and folder. Comes out: an answer per path. The deepest file wins, in it the
//! last line that matches. Attributes that name programs (filters, diff drivers) are not read.

use crate::owners::pattern::Pattern;

/// The attributes of one tree.
#[derive(Default)]
pub(crate) struct Attributes {
    /// In order of growing precedence.
    rules: Vec<Rule>,
}

struct Rule {
    /// Folder of the file, with a `/` at its end; empty for the root.
    folder: String,
    pattern: Pattern,
    generated: Option<bool>,
    vendored: Option<bool>,
}

impl Attributes {
    /// From the (path, text) of every `.gitattributes` of a tree, sorted by path.
    pub(crate) fn new(files: &[(String, String)]) -> Self {
        let mut rules = Vec::new();
        let mut files: Vec<_> = files.iter().collect();
        files.sort_by_key(|(path, _)| (path.matches('/').count(), path.clone()));
        for (path, text) in files {
            let folder = path.strip_suffix(".gitattributes").unwrap_or_default();
            for line in text
                .lines()
                .map(str::trim)
                .filter(|l| !l.is_empty() && !l.starts_with('#'))
            {
                let mut words = line.split_whitespace();
                let Some(pattern) = words.next().filter(|p| !p.starts_with("[attr]")) else {
                    continue;
                };
                let (mut generated, mut vendored) = (None, None);
                for word in words {
                    let (name, value) = match word.split_once('=') {
                        Some((name, value)) => (name, value != "false" && value != "0"),
                        None => match word.strip_prefix('-') {
                            Some(name) => (name, false),
                            None => (word, true),
                        },
                    };
                    match name {
                        "linguist-generated" => generated = Some(value),
                        "linguist-vendored" => vendored = Some(value),
                        _ => {}
                    }
                }
                if generated.is_some() || vendored.is_some() {
                    let pattern = Pattern::new(pattern);
                    rules.push(Rule {
                        folder: folder.to_owned(),
                        pattern,
                        generated,
                        vendored,
                    });
                }
            }
        }
        Self { rules }
    }

    /// (generated, vendored), each where a line says so.
    pub(crate) fn of(&self, path: &str) -> (Option<bool>, Option<bool>) {
        let (mut generated, mut vendored) = (None, None);
        for rule in &self.rules {
            let Some(inside) = path.strip_prefix(&rule.folder) else {
                continue;
            };
            if rule.pattern.matches(inside) {
                generated = rule.generated.or(generated);
                vendored = rule.vendored.or(vendored);
            }
        }
        (generated, vendored)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deepest_file_and_in_it_the_last_line_wins() {
        let attributes = Attributes::new(&[
            (
                ".gitattributes".to_owned(),
                "*.js linguist-generated\nlib/*.js -linguist-generated\n".to_owned(),
            ),
            (
                "lib/.gitattributes".to_owned(),
                "b.js linguist-generated=true linguist-vendored\n".to_owned(),
            ),
        ]);
        assert_eq!(attributes.of("a.js"), (Some(true), None));
        assert_eq!(attributes.of("lib/a.js"), (Some(false), None));
        assert_eq!(attributes.of("lib/b.js"), (Some(true), Some(true)));
        assert_eq!(attributes.of("a.py"), (None, None));
    }
}
