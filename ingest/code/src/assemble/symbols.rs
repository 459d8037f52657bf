//! One file's definitions as nodes, with what contains what.

use crate::facts::{Def, DefFlags, DefId, FileFacts};
use crate::git::RepoPath;
use crate::qualified::qualified_names;
use ripple_schemas::key::MAX_KEY_BYTES;
use ripple_schemas::property;
use ripple_schemas::{Key, Node, NodeKind};
use serde_json::Value;

/// The keys of a file's definitions; `keys[0]` is the file's own. A transparent definition has
/// the key of the definition around it.
pub(super) struct Keys {
    pub(super) keys: Vec<Key>,
    qualified: Vec<Option<String>>,
}

impl Keys {
    pub(super) fn new(repository: &str, path: &RepoPath, facts: &FileFacts) -> Self {
        let qualified = qualified_names(facts);
        let mut keys: Vec<Key> = Vec::with_capacity(facts.defs.len().max(1));
        keys.push(path.file_key(repository));
        for (def, name) in facts.defs.iter().zip(&qualified).skip(1) {
            let key = match name {
                Some(name) if is_node(def) => {
                    bounded(path.symbol_key(repository, name), name, repository, path)
                }
                // Parents come before children.
                _ => keys.get(def.parent.0 as usize).unwrap_or(&keys[0]).clone(),
            };
            keys.push(key);
        }
        Self { keys, qualified }
    }

    /// The name of a definition inside its file.
    pub(super) fn qualified(&self, def: DefId) -> Option<&str> {
        self.qualified.get(def.0 as usize)?.as_deref()
    }

    pub(super) fn of(&self, def: DefId) -> &Key {
        self.keys.get(def.0 as usize).unwrap_or(&self.keys[0])
    }

    /// The name of a definition inside the file; nothing for the file itself.
    pub(super) fn name(&self, def: DefId) -> Option<&str> {
        self.qualified.get(def.0 as usize)?.as_deref()
    }

    /// The definition with that name inside the file.
    pub(super) fn find(&self, qualified: &str) -> Option<DefId> {
        let named = |name: &Option<String>| name.as_deref() == Some(qualified);
        let at = self.qualified.iter().position(named)?;
        (at > 0).then_some(DefId(at as u32))
    }
}

/// A name nested so deeply that its key is over the limit keeps its beginning and a hash.
fn bounded(key: Key, name: &str, repository: &str, path: &RepoPath) -> Key {
    if key.as_str().len() <= MAX_KEY_BYTES {
        return key;
    }
    let hash = twox_hash::XxHash3_64::oneshot(name.as_bytes());
    let room = MAX_KEY_BYTES.saturating_sub(key.as_str().len() - name.len() + 17);
    let start: String = name.chars().take(room).collect();
    path.symbol_key(repository, &format!("{start}~{hash:016x}"))
}

fn is_node(def: &Def) -> bool {
    !def.flags.has(DefFlags::TRANSPARENT)
}

/// A definition's node.
pub(super) struct Symbol {
    pub(super) def: DefId,
    pub(super) node: Node,
    /// The key of what is around it.
    pub(super) parent: Key,
    /// What is around it is a function (or the file), which DEFINES; else it CONTAINS.
    pub(super) defines: bool,
    pub(super) line: u32,
}

/// What is known of a file's tests.
pub(super) struct Tests<'a, F> {
    /// The words of each.
    pub(super) words: &'a [(DefId, Box<str>)],
    /// Whether a test is run by the classes below its own.
    pub(super) inherits: bool,
    /// The runner, and the id that it accepts.
    pub(super) id: F,
}

/// The nodes of a file's definitions, in source order.
pub(super) fn symbols(
    facts: &FileFacts,
    keys: &Keys,
    path: &RepoPath,
    language: &str,
    module: &str,
    tests: &Tests<'_, impl Fn(&str, &str) -> (String, String)>,
) -> Vec<Symbol> {
    let (words, inherits, test_id) = (tests.words, tests.inherits, &tests.id);
    let mut out = Vec::new();
    for (index, def) in facts.defs.iter().enumerate().skip(1) {
        let Some(qualified) = keys.qualified[index].as_ref().filter(|_| is_node(def)) else {
            continue;
        };
        let name = facts.names.get(def.name.0 as usize).map_or("", |n| n);
        let mut node = Node::new(def.kind, keys.keys[index].clone(), name);
        node.qualified_name = Some(if module.is_empty() {
            qualified.clone()
        } else {
            format!("{module}.{qualified}")
        });
        node.path = Some(path.text().to_owned());
        node.line_start = Some(def.lines.0);
        node.line_end = Some(def.lines.1);
        node.language = Some(language.to_owned());
        let mut set = |name: &str, value: Value| node.properties.insert(name.to_owned(), value);
        set(
            property::SIGNATURE,
            Value::String(format!("{:016x}", def.signature)),
        );
        set(property::BODY, Value::String(format!("{:016x}", def.body)));
        for (flag, name) in [
            (DefFlags::EXPORTED, "exported"),
            (DefFlags::ASYNC, "async"),
            (DefFlags::ABSTRACT, "abstract"),
            (DefFlags::STATIC, "static"),
            (DefFlags::CONSTRUCTOR, "constructor"),
            (DefFlags::TEST_HOOK, "test_hook"),
            (DefFlags::TEST_ONLY, "test_only"),
            (DefFlags::LAMBDA, "lambda"),
        ] {
            if def.flags.has(flag) {
                set(name, Value::Bool(true));
            }
        }
        // Where runners know a test by the class that inherits it, nobody can run the base's.
        let of_base = inherits
            && facts
                .defs
                .get(def.parent.0 as usize)
                .is_some_and(|p| p.kind == NodeKind::Interface || p.flags.has(DefFlags::ABSTRACT));
        if of_base && def.test.is_some() {
            node.kind = NodeKind::Method;
        } else if let Some(test) = &def.test {
            let (runner, id) = test_id(&test.runner, &test.id);
            set(property::RUNNER, Value::String(runner));
            set(property::TEST_ID, Value::String(id));
            let of = words.binary_search_by_key(&(index as u32), |(def, _)| def.0);
            if let Ok(at) = of {
                set(property::WORDS, Value::String(words[at].1.to_string()));
            }
        }
        // The key of a transparent parent is that of what encloses it.
        let parent = keys.of(def.parent).clone();
        let defines = enclosing(facts, def.parent).is_none_or(|p| {
            !matches!(
                p.kind,
                NodeKind::Module | NodeKind::Class | NodeKind::Interface | NodeKind::Type
            )
        });
        out.push(Symbol {
            def: DefId(index as u32),
            node,
            parent,
            defines,
            line: def.name_line,
        });
    }
    out
}

/// The nearest definition around that is a node; `None` for the file itself.
fn enclosing(facts: &FileFacts, mut at: DefId) -> Option<&Def> {
    while at != DefId(0) {
        let def = facts.defs.get(at.0 as usize)?;
        if is_node(def) {
            return Some(def);
        }
        at = def.parent;
    }
    None
}
