//! Python: lowering, module look-up, library models.
//!
//! Goes in: a file's tree, the paths of a repository. Comes out: facts, and where imports lead.
//! It never runs anything and reads no annotation as more than a claim.

mod assign;
mod call;
mod class;
mod define;
mod expr;
mod import;
mod kinds;
mod library;
mod lower;
mod modules;
mod pytest;
mod scope;
mod stmt;
#[cfg(test)]
mod tests;
mod types;

use crate::facts::FileFacts;
use crate::lang::{Language, Layout, Linearization, Modules, Semantics};

/// Python.
#[derive(Clone, Copy, Debug, Default)]
pub struct Python;

static SEMANTICS: Semantics = Semantics {
    binds_on_load: true,
    explicit_receiver: true,
    call_instantiates: true,
    constructors: &["__new__", "__init__", "__post_init__"],
    call_member: "__call__",
    linearization: Linearization::C3,
    function_class: "function",
    string_class: "str",
    root_class: "object",
    deref_member: "",
    fallbacks: FALLBACKS,
    allocation_sites: false,
    structural_interfaces: false,
    overloads: false,
    array_class: "",
    functional_interfaces: false,
    initialiser: "",
};

/// What stands in for a special method that a class lacks (the language reference, 3.3).
static FALLBACKS: &[(&str, &[&str])] = &[
    ("__bool__", &["__len__"]),
    ("__iter__", &["__getitem__"]),
    ("__contains__", &["__iter__", "__getitem__"]),
    ("__iadd__", &["__add__"]),
    ("__isub__", &["__sub__"]),
    ("__imul__", &["__mul__"]),
    ("__itruediv__", &["__truediv__"]),
    ("__ifloordiv__", &["__floordiv__"]),
    ("__imod__", &["__mod__"]),
    ("__ipow__", &["__pow__"]),
    ("__imatmul__", &["__matmul__"]),
    ("__ior__", &["__or__"]),
    ("__iand__", &["__and__"]),
    ("__ixor__", &["__xor__"]),
    ("__ilshift__", &["__lshift__"]),
    ("__irshift__", &["__rshift__"]),
];

macro_rules! models {
    ($($module:literal => $file:literal),+ $(,)?) => {
        static MODELS: &[(&str, &str)] =
            &[$(($module, include_str!(concat!("../../models/python/", $file)))),+];
    };
}

models! {
    "builtins" => "builtins.py",
    "functools" => "functools.py",
    "itertools" => "itertools.py",
    "contextlib" => "contextlib.py",
    "collections" => "collections.py",
    "operator" => "operator.py",
    "threading" => "threading.py",
    "multiprocessing" => "multiprocessing.py",
    "concurrent.futures" => "concurrent_futures.py",
    "asyncio" => "asyncio.py",
    "dataclasses" => "dataclasses.py",
    "enum" => "enum.py",
    "ast" => "ast.py",
    "abc" => "abc.py",
    "copy" => "copy.py",
    "atexit" => "atexit.py",
    "weakref" => "weakref.py",
    "queue" => "queue.py",
    "heapq" => "heapq.py",
    "types" => "types.py",
    "json" => "json.py",
    "re" => "re.py",
    "signal" => "signal.py",
    "sched" => "sched.py",
    "timeit" => "timeit.py",
    "argparse" => "argparse.py",
    "html.parser" => "html_parser.py",
    "collections.abc" => "collections_abc.py",
    "socketserver" => "socketserver.py",
    "string" => "string.py",
    "bisect" => "bisect.py",
    "pprint" => "pprint.py",
    "cmd" => "cmd.py",
    "unittest" => "unittest.py",
    "unittest.mock" => "unittest_mock.py",
}

fn is_model(path: &str) -> bool {
    !path.contains('/') && MODELS.iter().any(|(name, _)| *name == path)
}

/// The model that a module specifier leads to, and the members left to walk.
fn model_of(specifier: &str) -> Option<(&'static str, Vec<String>)> {
    MODELS
        .iter()
        .find(|(name, _)| *name == specifier && *name != "builtins")
        .map(|(name, _)| (*name, Vec::new()))
}

impl Language for Python {
    fn family(&self) -> &'static str {
        "python"
    }

    fn claims(&self, path: &str) -> Option<(&'static str, tree_sitter::Language)> {
        let claimed = path.ends_with(".py") || path.ends_with(".pyi") || path.ends_with(".pyw");
        claimed.then(|| ("python", tree_sitter_python::LANGUAGE.into()))
    }

    fn manifests(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        matches!(
            name,
            "pyproject.toml" | "setup.cfg" | "setup.py" | "pytest.ini" | "tox.ini" | "Pipfile"
        ) || name.starts_with("requirements") && name.ends_with(".txt")
    }

    fn lower(&self, path: &str, source: &str, tree: &tree_sitter::Tree) -> FileFacts {
        lower::lower(path, source, tree)
    }

    fn semantics(&self) -> &'static Semantics {
        &SEMANTICS
    }

    fn modules(&self, layout: Layout) -> Box<dyn Modules> {
        Box::new(modules::PythonModules::new(layout))
    }

    fn models(&self) -> &'static [(&'static str, &'static str)] {
        MODELS
    }

    fn model_grammar(&self) -> Option<(&'static str, tree_sitter::Language)> {
        Some(("python", tree_sitter_python::LANGUAGE.into()))
    }
}
