//! The node that a person means by a key, or by a unique end of one.

use crate::failure::Failure;
use ripple_graph_analysis::Csr;
use ripple_schemas::{Key, KeyError};

/// Candidates that a refusal names.
const NAMED: usize = 8;

/// `sym:shop/src/price.py#Cart.total`, `src/price.py#Cart.total`, `Cart.total` or `total`.
///
/// # Errors
/// There is no such node, or several; the text names them.
pub(super) fn find(csr: &Csr, text: &str) -> Result<Key, Failure> {
    let exact = Key::parse(text);
    if let Ok(key) = &exact
        && csr.find(key.as_str()).is_some()
    {
        return Ok(key.clone());
    }
    if matches!(exact, Err(KeyError::TooLong(_) | KeyError::Empty(_))) || text.is_empty() {
        return Err(Failure::input(format!(
            "`{text}` is no key; `ripple graph query find NAME` lists keys"
        )));
    }
    let wanted: String = text
        .split(' ')
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .join("%20");
    let ends = |key: &str| {
        key.strip_suffix(wanted.as_str())
            .or_else(|| key.strip_suffix(text))
            .is_some_and(|before| before.ends_with(['#', '.', '/', ':', ' ']))
    };
    let mut found: Vec<&str> = (0..csr.node_count())
        .map(|n| csr.key(n))
        .filter(|k| ends(k))
        .collect();
    match found.as_slice() {
        [one] => Key::parse(one).map_err(Failure::defect),
        [] => {
            let name = text.rsplit(['.', '#', '/']).next().unwrap_or(text);
            Err(Failure::input(format!(
                "`{text}` is not in the graph; `ripple graph query find {name}` lists what is"
            )))
        }
        _ => {
            let more = found.len().saturating_sub(NAMED);
            found.truncate(NAMED);
            let more = if more > 0 {
                format!("\n        … and {more} more")
            } else {
                String::new()
            };
            Err(Failure::input(format!(
                "`{text}` is the end of several keys; name one:\n        {}{more}",
                found.join("\n        ")
            )))
        }
    }
}
