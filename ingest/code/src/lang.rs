//! A language: everything about it that the solver does not share with the others.
//!
//! Goes in: a file's tree. Comes out: its facts; where a module specifier leads; how members are
//! looked up. A language never reads the disk and knows nothing of the graph.
//! Adding one is adding a folder here and a line in [`all`].

pub mod builder;
pub mod ecma;
pub mod go;
pub mod java;
mod mentions;
pub mod python;
pub mod rust;
pub mod tokens;

use crate::facts::{Blind, FileFacts, Import};
use std::collections::BTreeMap;

/// One language family (TypeScript, TSX and JavaScript are one, since they import one another).
pub trait Language: Send + Sync {
    /// `python`, `ecma`, `rust`, …
    fn family(&self) -> &'static str;

    /// The language of a file by its path (`typescript`, `javascript`, `python`, …) and its
    /// grammar; `None` where the file is not of this family.
    fn claims(&self, path: &str) -> Option<(&'static str, tree_sitter::Language)>;

    /// File names (`tsconfig.json`, `Cargo.toml`) whose contents [`Language::modules`] wants.
    fn manifests(&self, path: &str) -> bool;

    /// Lowers one file. Never fails: what cannot be read becomes a [`crate::facts::Blind`].
    /// `source` is UTF-8 (the reader has replaced what was not) and starts without a byte-order mark.
    fn lower(&self, path: &str, source: &str, tree: &tree_sitter::Tree) -> FileFacts;

    /// How the solver treats values of this language.
    fn semantics(&self) -> &'static Semantics;

    /// Builds the module look-up for one tree.
    fn modules(&self, layout: Layout) -> Box<dyn Modules>;

    /// Library models: stub sources in the language itself, as (module name, source). The module
    /// named `builtins` holds what a free name finds (and the classes of [`crate::facts::Flow::Object`]).
    /// The solver lowers them like any file; calls to their functions make no edge, and calls made
    /// by their bodies count as made by the call site that called them. So
    /// `def map(f, xs): return [f(xs[0])]` says all there is to say of `map`.
    fn models(&self) -> &'static [(&'static str, &'static str)];

    /// The language and grammar that models are written in; `None` where there are none. A model
    /// is lowered with its module name as path.
    fn model_grammar(&self) -> Option<(&'static str, tree_sitter::Language)>;
}

/// What a tree holds beside sources.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Every path in the tree, sorted.
    pub paths: Vec<String>,
    /// Contents of the files that [`Language::manifests`] claimed.
    pub manifests: BTreeMap<String, String>,
}

/// Where module specifiers lead in one tree.
pub trait Modules: Send + Sync {
    /// Resolves the module of an import written in the file `from`. `specifier` is
    /// `facts.names[import.module]`.
    fn find(&self, from: &str, specifier: &str, import: &Import) -> Target;

    /// The file of the module `name` inside the package whose own file is `package` (Python:
    /// `shop/__init__.py`, `price` → `shop/price.py`); most languages have none.
    fn child(&self, package: &str, name: &str) -> Option<String> {
        let _ = (package, name);
        None
    }

    /// The dotted module name of a file, for qualified names: `src/price.py` → `src.price`.
    fn module_name(&self, path: &str) -> String;

    /// Tells the look-up what the files of the tree say themselves (Java's package declarations),
    /// before anything is asked of it. Most languages know all from paths.
    fn learn(&self, files: &mut dyn Iterator<Item = (&str, &FileFacts)>) {
        let _ = files;
    }

    /// What only all files together show of one of them, by its position: two definitions of one
    /// name, of which a build takes one. Asked for whenever the files are linked.
    fn notes(&self, files: &[(&str, &FileFacts)]) -> Vec<(u32, Blind)> {
        let _ = files;
        Vec::new()
    }

    /// Folders in which a constant path written in `from` may start, beside those around the file
    /// (Java's resources), nearest first.
    fn data_folders(&self, from: &str) -> Vec<String> {
        let _ = from;
        Vec::new()
    }

    /// The file in which the program `name` of the manifest around `from` starts.
    fn program(&self, from: &str, name: &str) -> Option<String> {
        let _ = (from, name);
        None
    }

    /// The id (as [`crate::facts::TestFact::id`]) of a test that a class, named from the outside in,
    /// has from a class above it. `None` where runners know such a test by the class that declares it.
    fn inherited_test(&self, path: &str, classes: &[&str], method: &str) -> Option<String> {
        let _ = (path, classes, method);
        None
    }

    /// The test runner of a file where its source did not say (jest or vitest?), and the test id as
    /// that runner accepts it on its command line. `id` is [`crate::facts::TestFact::id`].
    fn test_id(&self, path: &str, runner: &str, id: &str) -> (String, String);
}

/// Where a module specifier leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A file of the tree, then members of it to walk (`crate::a::b` → the crate's root file, `a`, `b`).
    File(String, Vec<String>),
    /// A package of several files (Go, Java): its namespace is the union of theirs.
    Files(Vec<String>),
    /// A library model by its module name, then members to walk.
    Model(String, Vec<String>),
    /// An outside package: ecosystem (`npm`, `pypi`, `cargo`; `std` for the language's own library) and name.
    Package(&'static str, String),
    /// Nothing that is there.
    Missing,
}

/// How values of a language behave, as data.
#[derive(Clone, Copy, Debug)]
pub struct Semantics {
    /// Looking a method up on an instance binds it (Python); otherwise the call binds `this`.
    pub binds_on_load: bool,
    /// An unbound method takes its receiver as first argument (Python, Rust, Go).
    pub explicit_receiver: bool,
    /// Calling a class instantiates it (Python); otherwise only `new` does.
    pub call_instantiates: bool,
    /// Names of the members that run on instantiation, all of them in this order.
    pub constructors: &'static [&'static str],
    /// The member that runs when an instance is called (`__call__`), empty for none.
    pub call_member: &'static str,
    /// Order of base classes.
    pub linearization: Linearization,
    /// Builtin class of functions (`Function` in JavaScript, with `bind`, `call`, `apply`), empty
    /// for none.
    pub function_class: &'static str,
    /// Builtin class of strings, empty for none.
    pub string_class: &'static str,
    /// Builtin base of every class (`object`, `Object`), empty for none.
    pub root_class: &'static str,
    /// Instances see members through wrappers (`Box`, `Rc`, `&`): the builtin member that yields
    /// what is wrapped (`deref`), empty for none.
    pub deref_member: &'static str,
    /// A member that a class of the program lacks, and the members that stand in for it: the first
    /// that the class has (Python tests truth by `__len__` where there is no `__bool__`).
    pub fallbacks: &'static [(&'static str, &'static [&'static str])],
    /// Instances are told apart by the expression that makes them, and what is declared speaks only
    /// where no value arrives (Go, where every place is declared). A method looked up on an
    /// instance is bound to it, whether called or not; a class called with one argument converts it,
    /// and [`Semantics::call_member`] holds what was converted.
    pub allocation_sites: bool,
    /// A class implements each interface whose methods it has, by name and number of parameters.
    pub structural_interfaces: bool,
    /// Same-named methods of a class and its bases stand side by side unless one overrides another;
    /// the number and the static types of a call's arguments choose (Java).
    pub overloads: bool,
    /// Builtin class of arrays, whose type argument is that of the elements; empty for none.
    pub array_class: &'static str,
    /// A function is an instance of the interface as which it is used: a member looked up on it is the
    /// function itself, unless the interface has a body for the member. A method that was not
    /// looked up on an instance takes its receiver as first argument, and `C.new` is the function that
    /// makes a `C` (Java's lambdas and method references).
    pub functional_interfaces: bool,
    /// A member of each class, its bases' too, that an instance runs when it is made and that no call
    /// names (what the lowering makes of field initialisers); empty for none.
    pub initialiser: &'static str,
}

/// In which order base classes are searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linearization {
    /// C3 (Python).
    C3,
    /// Depth first, left to right (all others).
    DepthFirst,
}

/// Every language read in full.
pub fn all() -> Vec<Box<dyn Language>> {
    vec![
        Box::new(ecma::Ecma),
        Box::new(go::Go),
        Box::new(java::Java),
        Box::new(python::Python),
        Box::new(rust::Rust),
    ]
}
