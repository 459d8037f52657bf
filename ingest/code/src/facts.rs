//! The fact language: what lowering a file yields, and all that the solver ever sees of it.
//!
//! One file's bytes in, one [`FileFacts`] out: a pure function, cacheable by content hash. Places
//! are numbered per file; every expression that can hold a function, class, module, instance or
//! container gets one. Flows are inclusion constraints over places (resolution.md, section 1).
//! Nothing here names a language's syntax, a repository or another file.

use ripple_schemas::NodeKind;
use ripple_schemas::kind::BlindKind;
use serde::{Deserialize, Serialize};

/// A string of this file, an index into [`FileFacts::names`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Name(pub u32);

/// A place of this file: a set of values. `Place(0)` is nowhere: it holds nothing and what flows
/// into it is lost.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Place(pub u32);

impl Place {
    /// Holds nothing.
    pub const NOWHERE: Place = Place(0);
}

/// A definition of this file, an index into [`FileFacts::defs`]. `DefId(0)` is the file's module.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct DefId(pub u32);

/// An import of this file, an index into [`FileFacts::imports`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ImportId(pub u32);

/// A type expression of this file, an index into [`FileFacts::types`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TypeId(pub u32);

/// All that is known of one file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Interned strings.
    pub names: Vec<Box<str>>,
    /// Definitions; the first is the module itself, parents come before children.
    pub defs: Vec<Def>,
    /// How many places there are, `Place(0)` included.
    pub places: u32,
    /// Constraints, in source order.
    pub flows: Vec<Flow>,
    /// Calls, in source order.
    pub calls: Vec<Call>,
    /// What each module-like or class-like scope binds; see [`Member`].
    pub members: Vec<Member>,
    /// Imports, in source order.
    pub imports: Vec<Import>,
    /// Inheritance of classes, and implementations of interfaces.
    pub inherits: Vec<Inherit>,
    /// Type expressions.
    pub types: Vec<Type>,
    /// Files of the repository that code names by a constant path.
    pub files: Vec<FileUse>,
    /// What could not be lowered.
    pub blind: Vec<Blind>,
    /// Strings that may name a file, a module, a definition or a route.
    pub mentions: Vec<Mention>,
    /// Lines in the file.
    pub lines: u32,
}

/// A string by which code may name what no binding leads to: a path, a dotted name, a module, a URL,
/// a word of a command line. Whether anything is called so is found out once all files are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The string, put together where it is written in parts; `*` stands for a part that is not
    /// constant.
    pub text: Name,
    /// Who mentions it.
    pub within: DefId,
    /// First and last line of the call it is an argument of, else of the string.
    pub lines: (u32, u32),
    /// The last name of what is called with it; empty where nothing is.
    pub call: Name,
    /// How it is mentioned.
    pub role: MentionRole,
}

/// How a string is mentioned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MentionRole {
    /// Somehow.
    Text,
    /// As a path among others: a piece of a path, an argument of what reads files or folders. One
    /// word is enough to name a file or folder.
    Path,
    /// As the route whose handler is the definition that mentions it (a decorator).
    Route,
    /// As a route whose handlers are mentioned beside it, if it is one.
    Registration,
    /// As the beginning of the routes of something that is mounted.
    Prefix,
}

/// A definition: whatever becomes a node of the graph, and every function-like body.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Def {
    /// Module, Class, Interface, Type, Function, Method, Field, Variable, Constant, Macro or Test.
    /// A lambda is a Function named `<lambda>`. A test function is a Test.
    pub kind: NodeKind,
    /// Its own name.
    pub name: Name,
    /// The definition that encloses it; the module's parent is itself.
    pub parent: DefId,
    /// Tells same-named siblings apart in the key (`~d`): parameter types of an overload, the trait
    /// of a Rust impl, `get`/`set`; `None` lets the ordinal do it. The solver builds the
    /// qualified name from parents' names.
    pub disambiguator: Option<Name>,
    /// First and last line, counted from 1, decorators and doc comments included.
    pub lines: (u32, u32),
    /// The line of the name: evidence points here.
    pub name_line: u32,
    /// Hash of what callers can see: name, parameters, annotations, decorators, visibility, bases.
    pub signature: u64,
    /// Hash of the body's tokens without comments and layout; of children too, except that a
    /// class's hash leaves out the bodies of its methods and a module's those of all definitions.
    pub body: u64,
    /// See [`DefFlags`].
    pub flags: DefFlags,
    /// The place that holds the definition's value (after decorators).
    pub place: Place,
    /// What `self`, `this`, or the receiver parameter is inside; NOWHERE where there is none.
    pub receiver: Place,
    /// Parameters without the receiver, in order.
    pub params: Vec<Param>,
    /// What a call yields.
    pub ret: Place,
    /// Declared type of the return, or of the variable or field.
    pub ty: Option<TypeId>,
    /// Type parameters with their bounds.
    pub generics: Vec<Generic>,
    /// For tests: the runner, and the id parts the path cannot give (a jest title, parameters).
    pub test: Option<TestFact>,
}

/// Bit flags of a [`Def`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DefFlags(pub u32);

#[allow(missing_docs)]
impl DefFlags {
    /// No instance is bound when it is looked up on one (static methods, associated functions).
    pub const STATIC: u32 = 1;
    /// The class is bound in place of the instance.
    pub const CLASS_METHOD: u32 = 1 << 1;
    /// Reading the member calls it.
    pub const GETTER: u32 = 1 << 2;
    /// Assigning the member calls it.
    pub const SETTER: u32 = 1 << 3;
    /// Has no body of its own: an interface's method, an abstract method, a trait's required method.
    pub const ABSTRACT: u32 = 1 << 4;
    pub const ASYNC: u32 = 1 << 5;
    pub const GENERATOR: u32 = 1 << 6;
    /// Visible outside its file.
    pub const EXPORTED: u32 = 1 << 7;
    /// Runs when its class is instantiated.
    pub const CONSTRUCTOR: u32 = 1 << 8;
    /// A set-up, fixture or hook that the test runner calls.
    pub const TEST_HOOK: u32 = 1 << 9;
    /// Only compiled or run for tests.
    pub const TEST_ONLY: u32 = 1 << 10;
    /// Its calls count as its parent's (`enclosing` in the solver): a comprehension, a static
    /// initialiser, a block. It is no node of the graph.
    pub const TRANSPARENT: u32 = 1 << 11;
    /// A lambda or closure: a node of the graph, which its parent DEFINES.
    pub const LAMBDA: u32 = 1 << 12;
    /// A field whose members are members of its owner too (Go's embedding).
    pub const EMBEDDED: u32 = 1 << 13;

    pub fn has(self, flag: u32) -> bool {
        self.0 & flag != 0
    }
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// Its name; empty for a pattern.
    pub name: Name,
    /// The place inside the function. For `Rest` the lowering makes a container object and the
    /// solver stores each surplus argument into it as an element; for `KeywordRest` likewise, each
    /// under its key.
    pub place: Place,
    /// How arguments reach it.
    pub kind: ParamKind,
    /// Declared type.
    pub ty: Option<TypeId>,
}

/// How arguments reach a parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum ParamKind {
    Plain,
    PositionalOnly,
    KeywordOnly,
    /// `*args`, `...rest`.
    Rest,
    /// `**kwargs`.
    KeywordRest,
}

/// A type parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Generic {
    pub name: Name,
    pub bounds: Vec<TypeId>,
}

/// What a test runner needs beside the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestFact {
    /// `pytest`, `unittest`, `cargo`, `jest`, `vitest`, `mocha`, `node`, …; the empty string where
    /// the manifest must say (a jest-like file).
    pub runner: Box<str>,
    /// The id inside the file: `TestCart::test_total`, `tests::adds`, `cart totals adds up`.
    pub id: Box<str>,
}

/// A constraint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Flow {
    /// `to ⊇ from`.
    Copy {
        /// Receives.
        to: Place,
        /// Gives.
        from: Place,
    },
    /// `to ∋ def`: the function, class or module itself. Every def's own place needs one, unless
    /// a decorator's result flows there instead.
    Value {
        /// Receives.
        to: Place,
        /// The definition.
        def: DefId,
    },
    /// `to ∋` a string constant (dictionary keys, `getattr`, dynamic imports).
    Text {
        /// Receives.
        to: Place,
        /// The string.
        text: Name,
    },
    /// `to ∋` a fresh container or literal, whose methods are those of the model class `class`
    /// (`list`, `dict`, `Array`, `Object`, `Vec`, `str`, `Promise`, …), looked up among the language's builtins.
    Object {
        /// Receives.
        to: Place,
        /// Name of the builtin class.
        class: Name,
    },
    /// `to ∋` an instance of what `ty` names: an annotation, a declared return, a cast, a struct
    /// literal, a caught exception. `within` references the types named, at `line`.
    Typed {
        /// Receives.
        to: Place,
        /// The type.
        ty: TypeId,
        /// True where the value is exactly of that class (a struct literal), false where it may
        /// be any subtype (an annotation).
        exact: bool,
        /// Who mentions the type.
        within: DefId,
        /// Where.
        line: u32,
    },
    /// `to ⊇` those values of `from` that may be instances of `ty`, or any instance of it where
    /// none is known: `isinstance`, `instanceof`, a matched class.
    Narrow {
        /// Receives.
        to: Place,
        /// Gives.
        from: Place,
        /// The type.
        ty: TypeId,
        /// Who mentions the type.
        within: DefId,
        /// Where.
        line: u32,
    },
    /// `to ⊇` those values of `from` that are not certainly instances of `ty`: where `isinstance` or
    /// `instanceof` does not hold.
    Exclude {
        /// Receives.
        to: Place,
        /// Gives.
        from: Place,
        /// The type.
        ty: TypeId,
    },
    /// `to ⊇ base.select`. Unless it is a callee, `within` references the member at `line`; where
    /// the member is a getter, `within` calls it.
    Load {
        /// Receives.
        to: Place,
        /// Where the member is looked up.
        base: Place,
        /// Which member.
        select: Select,
        /// Who reads.
        within: DefId,
        /// Where.
        line: u32,
        /// True where `to` is the callee of a call, which then makes the edge.
        callee: bool,
    },
    /// `base.select ⊇ from`. Where the member is a setter, `within` calls it.
    Store {
        /// Whose member.
        base: Place,
        /// Which member.
        select: Select,
        /// Gives.
        from: Place,
        /// Who writes.
        within: DefId,
        /// Where.
        line: u32,
    },
    /// `to ⊇` a name that no scope of this file binds: looked up in the star imports of `scope` and
    /// its parents, then among builtins.
    Free {
        /// Receives.
        to: Place,
        /// The name.
        name: Name,
        /// The definition in whose scope it is written.
        scope: DefId,
    },
    /// `to ⊇` what a path names, resolved statically (Rust paths, Java qualified names): head by
    /// scope, rest member by member. `within` references it unless it is a callee.
    Path {
        /// Receives.
        to: Place,
        /// The path.
        path: Path,
        /// Who mentions it.
        within: DefId,
        /// Where.
        line: u32,
        /// True where `to` is the callee of a call.
        callee: bool,
    },
    /// `to ∋ super`: look-ups on it start after `class` in the order of the receiver's class.
    Super {
        /// Receives.
        to: Place,
        /// The class in which `super` is written.
        class: DefId,
        /// Its receiver.
        receiver: Place,
    },
    /// `to ⊇ from` only where nothing else reaches `to`: a name looked up in an outer scope because
    /// the inner one turned out to have none.
    Else {
        /// Receives.
        to: Place,
        /// Gives.
        from: Place,
    },
    /// `to ∋` the classes that the strings at a place name in full (`shop.Cart`).
    ClassNamed {
        /// Receives.
        to: Place,
        /// Holds the strings.
        name: Place,
    },
    /// A name or member is mentioned without being called: `within` references what `of` denotes
    /// (a module-level variable, constant, function or class of this or another file).
    Use {
        /// The place read.
        of: Place,
        /// Who reads.
        within: DefId,
        /// Where.
        line: u32,
    },
}

/// Which member of a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Select {
    /// A named member. An element under a constant key is named `[key]` where the language keeps
    /// elements apart from members (Python `d["a"]` → `["a"]`, `xs[0]` → `[0]`, tuple fields `[0]`);
    /// in JavaScript `o["a"]` is plain `a`.
    Field(Name),
    /// Some element: a load yields what any `[…]` member or unknown element holds, a store may
    /// reach any of them.
    Element,
    /// Some member or element (`o[k]` with an unknown k in JavaScript).
    Any,
    /// The members of a class or module whose names begin so (`getattr(x, "visit_" + name)`); of
    /// anything else any. Only for loads.
    Beginning(Name),
    /// The member named by the strings that reach the place; `Any` where none does.
    Computed(Place),
    /// The element under the keys that reach the place, where elements are apart from members
    /// (Python `d[k]`): `["k"]` for each string k; some element where no string does.
    Key(Place),
}

/// A call.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Who calls.
    pub within: DefId,
    /// Line of the callee's name.
    pub line: u32,
    /// What is called.
    pub callee: Place,
    /// What stands before the dot, which becomes `this` where the language binds at the call.
    /// NOWHERE for a plain call.
    pub receiver: Place,
    /// The arguments.
    pub args: Vec<Arg>,
    /// What the call yields.
    pub result: Place,
    /// What sort of call.
    pub kind: CallKind,
    /// The callee as written, bounded, for messages: `cart.items`.
    pub text: Name,
}

/// One argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Arg {
    pub place: Place,
    pub kind: ArgKind,
}

/// How an argument is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub enum ArgKind {
    Positional,
    Keyword(Name),
    /// `*xs`, `...xs`: its elements are arguments from here on.
    Spread,
    /// `**d`: its keys are keyword arguments.
    KeywordSpread,
}

/// What sort of call it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CallKind {
    /// Written as a call. A class as callee is instantiated in Python; in other languages only by
    /// `New`.
    Plain,
    /// `new C(…)`.
    New,
    /// Syntax that calls (operators, iteration, `with`): no blind spot where it does not resolve.
    Implicit,
    /// A decorator applied to what it decorates.
    Decorator,
    /// A macro used; edges to the macro's definition.
    Macro,
    /// A JSX element: calls a function component, instantiates a class component.
    Component,
}

/// A name bound in a module-like (file, Rust `mod`, namespace) or class-like scope, visible to
/// look-ups from outside: `module.name`, `Class.name`, `import {name}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Whose namespace.
    pub owner: MemberOwner,
    /// The name; `*` for a star re-export, `default` for a default export.
    pub name: Name,
    /// What it is bound to.
    pub binding: Binding,
    /// True for members of instances (methods, fields); false for those of the scope itself
    /// (statics, associated functions, module names, enum variants). Python class attributes and
    /// methods are of the scope: instances look them up through their class.
    pub instance: bool,
}

/// Whose namespace a [`Member`] is in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum MemberOwner {
    /// A definition of this file.
    Def(DefId),
    /// A type named elsewhere: a Rust impl of an imported type, a Go method in another file of its
    /// package, a prototype assignment, a TypeScript merged declaration.
    Type(TypeId),
}

/// What a name is bound to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Binding {
    /// A definition; its value is in the definition's place.
    Def(DefId),
    /// An import, resolved through it.
    Import(ImportId),
    /// Only known by the values that flow into the place.
    Place(Place),
}

/// An import, a re-export, a `require`, a Rust `use`, an implicit package membership.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// The module as written: `./cart`, `..pkg.mod`, `crate::a::b`, `java.util.List`.
    pub module: Name,
    /// Which of its names.
    pub name: Imported,
    /// Where the value goes.
    pub to: Place,
    /// The scope it is written in; a star import serves this scope and its children.
    pub within: DefId,
    /// Line of the import.
    pub line: u32,
    /// How it is written.
    pub kind: ImportKind,
}

/// Which of the module's names is imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Imported {
    /// The module itself (`import a.b`, `import * as m`, `require("m")`).
    Module,
    /// One name; `default` for a default import.
    Name(Name),
    /// All of them.
    Star,
}

/// How an import is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ImportKind {
    /// An import statement.
    Static,
    /// Types only: no effect when run.
    TypeOnly,
    /// `require(…)`, `import(…)`, `importlib.import_module("…")` with a constant.
    Dynamic,
    /// Inside `try`, `if` or a platform condition: may be absent without harm.
    Optional,
    /// `mod x;`, a conftest, an implicit package file: the language does it, nobody wrote a name.
    Implicit,
}

/// `class` extends, implements or mixes in `base`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inherit {
    /// The class: a definition here, or a type named elsewhere (Rust `impl Trait for Type`).
    pub class: MemberOwner,
    /// The base, in order of declaration.
    pub base: Base,
    /// True for an interface or trait that is implemented.
    pub implements: bool,
    /// Where it is written.
    pub line: u32,
}

/// A base class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Base {
    /// Named statically.
    Type(TypeId),
    /// The classes that flow into a place (`class A extends mixin(B)`, `class A(make())`).
    Place(Place),
}

/// A type expression.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Type {
    /// A class, interface, enum, alias or type parameter named by a path, with its arguments.
    Named(Path, Vec<TypeId>),
    /// The type whose body this is written in.
    SelfType,
    /// A callable.
    Function(Vec<TypeId>, Option<TypeId>),
    /// Any of these; `Optional[T]` is a union with nothing.
    Union(Vec<TypeId>),
    /// A tuple; its fields are members `[0]`, `[1]`, …
    Tuple(Vec<TypeId>),
    /// Some implementor of all of these (`dyn T`, `impl T`, a bound).
    Bound(Vec<TypeId>),
    /// An associated type: `<T as Trait>::Name`, `T::Name`, `Self::Item`.
    Associated(TypeId, Name),
    /// The type that values of this place have (`typeof x`).
    Of(Place),
    /// The class itself, not an instance: `type[C]`, `typeof C`, `Class<C>`.
    Meta(TypeId),
    /// Anything else.
    Unknown,
}

/// A dotted path: the head by scope, the rest member by member.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Path {
    /// The first name.
    pub head: Head,
    /// The others.
    pub rest: Vec<Name>,
}

/// The first name of a path, as the file's scopes bind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Head {
    /// A definition of this file.
    Def(DefId),
    /// An import of this file.
    Import(ImportId),
    /// A type parameter of an enclosing definition.
    Generic(DefId, Name),
    /// A local variable.
    Place(Place),
    /// Bound by no scope of this file; looked up in star imports from this scope, then builtins.
    Free(Name, DefId),
    /// The type whose body this is written in (`Self`).
    SelfType(DefId),
}

/// A file, folder or program of the repository, named by a constant text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileUse {
    /// Who names it: a function, or the variable or constant whose initialiser it is in.
    pub within: DefId,
    /// Where.
    pub line: u32,
    /// Its path as far as it is known, with `/` between parts; `*` stands for any text that is
    /// not. A path starts in the folder of this file or in one around it.
    pub path: Name,
    /// What is done with it.
    pub kind: FileUseKind,
}

/// What is done with a file that is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileUseKind {
    /// The file is read, or the folder walked.
    Read,
    /// A text that reads like a path: whoever it is given to may read the file.
    Named,
    /// The file is started as a program; for a folder, the program whose sources lie in it.
    Run,
    /// A program is started by the name that the manifest gives it.
    Program,
}

/// A construct that could not be lowered, or an error in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Blind {
    /// Why.
    pub kind: BlindKind,
    /// In which definition.
    pub within: DefId,
    /// Line.
    pub line: u32,
    /// In words: "eval", "computed member", "syntax error".
    pub why: Box<str>,
}
