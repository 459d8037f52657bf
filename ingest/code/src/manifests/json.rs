//! JSON with the line of every key: what serde_json does not keep.

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Json {
    /// A string.
    Text(String),
    /// Keys in their order, each with its line.
    Object(Vec<(String, u32, Json)>),
    /// Values in their order, each with its line.
    Array(Vec<(u32, Json)>),
    /// A number, `true`, `false` or `null`, as written.
    Other(String),
}

impl Json {
    pub(super) fn get(&self, key: &str) -> Option<&Json> {
        self.entries()
            .iter()
            .find(|(k, ..)| k == key)
            .map(|(.., v)| v)
    }

    pub(super) fn entries(&self) -> &[(String, u32, Json)] {
        if let Json::Object(entries) = self {
            entries
        } else {
            &[]
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Json::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// Every string inside, keys included.
    pub(super) fn strings(&self, out: &mut Vec<String>) {
        match self {
            Json::Text(text) => out.push(text.clone()),
            Json::Object(entries) => {
                for (key, _, value) in entries {
                    out.push(key.clone());
                    value.strings(out);
                }
            }
            Json::Array(values) => values.iter().for_each(|(_, v)| v.strings(out)),
            Json::Other(_) => {}
        }
    }
}

/// How deep values may nest.
const DEPTH: u32 = 128;

/// Parses a document; the error is (line, what was expected).
pub(super) fn parse(text: &str) -> Result<Json, (u32, String)> {
    let mut parser = Parser {
        bytes: text.as_bytes(),
        at: 0,
        line: 1,
    };
    let value = parser.value(0)?;
    parser.space();
    if parser.at < parser.bytes.len() {
        return parser.fail("the end of the document");
    }
    Ok(value)
}

struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u32,
}

impl Parser<'_> {
    fn fail<T>(&self, expected: &str) -> Result<T, (u32, String)> {
        Err((
            self.line,
            format!("malformed JSON: {expected} was expected"),
        ))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn space(&mut self) {
        while let Some(b @ (b' ' | b'\t' | b'\r' | b'\n')) = self.peek() {
            self.line += u32::from(b == b'\n');
            self.at += 1;
        }
    }

    fn value(&mut self, depth: u32) -> Result<Json, (u32, String)> {
        if depth > DEPTH {
            return Err((self.line, format!("values nested deeper than {DEPTH}")));
        }
        self.space();
        match self.peek() {
            Some(b'{') => {
                let mut entries = Vec::new();
                self.list(b'}', |p| {
                    let line = p.line;
                    let key = p.string()?;
                    p.space();
                    if p.peek() != Some(b':') {
                        return p.fail("`:`");
                    }
                    p.at += 1;
                    entries.push((key, line, p.value(depth + 1)?));
                    Ok(())
                })?;
                Ok(Json::Object(entries))
            }
            Some(b'[') => {
                let mut values = Vec::new();
                self.list(b']', |p| {
                    let line = p.line;
                    values.push((line, p.value(depth + 1)?));
                    Ok(())
                })?;
                Ok(Json::Array(values))
            }
            Some(b'"') => Ok(Json::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9' | b't' | b'f' | b'n') => {
                let start = self.at;
                while self
                    .peek()
                    .is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'+' | b'.'))
                {
                    self.at += 1;
                }
                let text = String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned();
                if serde_json::from_str::<serde_json::Value>(&text).is_err() {
                    return self.fail("a value");
                }
                Ok(Json::Other(text))
            }
            _ => self.fail("a value"),
        }
    }

    fn list(
        &mut self,
        end: u8,
        mut item: impl FnMut(&mut Self) -> Result<(), (u32, String)>,
    ) -> Result<(), (u32, String)> {
        self.at += 1;
        self.space();
        if self.peek() == Some(end) {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            item(self)?;
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b) if b == end => {
                    self.at += 1;
                    return Ok(());
                }
                _ => {
                    return self.fail(if end == b'}' {
                        "`,` or `}`"
                    } else {
                        "`,` or `]`"
                    });
                }
            }
        }
    }

    fn string(&mut self) -> Result<String, (u32, String)> {
        if self.peek() != Some(b'"') {
            return self.fail("a string");
        }
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'\\') => self.at += 2,
                Some(b'"') => break,
                Some(b'\n') | None => return self.fail("the end of a string"),
                Some(_) => self.at += 1,
            }
        }
        self.at += 1;
        let quoted = self.bytes.get(start..self.at).unwrap_or_default();
        serde_json::from_slice(quoted).or_else(|_| self.fail("a string"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_carry_their_lines() {
        let json = parse("{\n \"a\": {\n  \"b\\u0041\": [1, \"x\"]\n }\n}").unwrap();
        let inner = json.get("a").unwrap();
        assert_eq!(inner.entries()[0].0, "bA");
        assert_eq!(inner.entries()[0].1, 3);
    }

    #[test]
    fn a_malformed_document_says_its_line() {
        assert_eq!(parse("{\n\"a\": 1\n\"b\": 2}").unwrap_err().0, 3);
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(
            parse("{\"a\": tru}").is_err() && parse("{} x").is_err() && parse("\"a\\").is_err()
        );
    }
}
