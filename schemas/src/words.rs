//! The words of a text: what a change and a test may share.
//!
//! An identifier is cut where its case changes and at `_`; its parts and, where there are several,
//! the whole of it are words, in lower case: `makeContext` is `make`, `context` and `makecontext`.

/// Calls `word` for every word of a text, in order, as often as it occurs. What has one letter only
/// is no word.
pub fn for_each(text: &str, mut word: impl FnMut(&str)) {
    let mut lower = String::new();
    for run in text.split(|c: char| !(c.is_alphanumeric() || c == '_')) {
        let mut parts = 0;
        for part in parts_of(run) {
            parts += 1;
            say(part, &mut lower, &mut word);
        }
        if parts > 1 {
            say(run, &mut lower, &mut word);
        }
    }
}

/// The different words of a text, sorted, with a space between: what a test's node keeps of its body.
/// At most so many.
pub fn distinct(text: &str, most: usize) -> String {
    let mut all = std::collections::BTreeSet::new();
    for_each(text, |word| {
        if !all.contains(word) {
            all.insert(word.to_owned());
        }
    });
    let all: Vec<String> = all.into_iter().take(most).collect();
    all.join(" ")
}

fn say(run: &str, lower: &mut String, word: &mut impl FnMut(&str)) {
    lower.clear();
    lower.extend(
        run.chars()
            .filter(|&c| c != '_')
            .flat_map(char::to_lowercase),
    );
    if lower.chars().nth(1).is_some() {
        word(lower);
    }
}

/// `parseHTTPRequest_v2` → `parse`, `HTTP`, `Request`, `v2`.
fn parts_of(run: &str) -> impl Iterator<Item = &str> {
    run.split('_').filter(|p| !p.is_empty()).flat_map(|piece| {
        let chars: Vec<(usize, char)> = piece.char_indices().collect();
        let mut cuts = vec![0];
        for i in 1..chars.len() {
            let (before, here) = (chars[i - 1].1, chars[i].1);
            let after = chars.get(i + 1).map(|c| c.1);
            let rises = here.is_uppercase() && !before.is_uppercase();
            // The last capital of several begins the next word.
            let acronym_ends = here.is_uppercase()
                && before.is_uppercase()
                && after.is_some_and(|c| c.is_lowercase());
            if rises || acronym_ends {
                cuts.push(chars[i].0);
            }
        }
        cuts.push(piece.len());
        let pieces: Vec<&str> = cuts.windows(2).map(|w| &piece[w[0]..w[1]]).collect();
        pieces
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut out = Vec::new();
        for_each(text, |w| out.push(w.to_owned()));
        out
    }

    #[test]
    fn identifiers_are_cut_where_their_case_changes() {
        assert_eq!(
            words("makeContext parseHTTPRequest snake_case"),
            [
                "make",
                "context",
                "makecontext",
                "parse",
                "http",
                "request",
                "parsehttprequest",
                "snake",
                "case",
                "snakecase"
            ]
        );
    }

    #[test]
    fn letters_alone_and_marks_are_no_words_and_strings_are_text() {
        assert_eq!(
            words("x = f(\"/orders/42\", 'é', Übung)"),
            ["orders", "42", "übung"]
        );
        assert!(words("_ __ a+b").is_empty());
    }

    #[test]
    fn different_words_come_sorted_and_bounded() {
        assert_eq!(distinct("b_item a a b_item zz", 10), "bitem item zz");
        assert_eq!(distinct("cc bb aa", 2), "aa bb");
    }
}
