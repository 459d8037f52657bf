//! Java: lowering, module look-up, library models.
//!
//! Goes in: a file's tree, the paths and manifests of a repository. Comes out: facts, and where imports
//! lead. It runs nothing, and knows of another file no more than its package and the names of its classes.

mod calls;
mod classes;
mod expressions;
mod kinds;
mod lower;
mod methods;
mod modules;
mod names;
mod paths;
mod statements;
mod testing;
#[cfg(test)]
mod tests;
mod types;

use crate::facts::FileFacts;
use crate::lang::{Language, Layout, Linearization, Modules, Semantics};

/// Java.
#[derive(Clone, Copy, Debug, Default)]
pub struct Java;

static SEMANTICS: Semantics = Semantics {
    binds_on_load: false,
    explicit_receiver: false,
    call_instantiates: false,
    constructors: &[classes::INIT],
    call_member: "",
    linearization: Linearization::C3,
    function_class: "",
    string_class: "String",
    root_class: "Object",
    deref_member: "",
    fallbacks: &[],
    allocation_sites: false,
    structural_interfaces: false,
    overloads: true,
    array_class: types::ARRAY,
    functional_interfaces: true,
    initialiser: "<fields>",
};

/// The models of one part of the library, by the packages whose classes they hold.
const LIBRARY: &[(&[&str], &str)] = &[
    (
        &["java.lang"],
        include_str!("../../models/java/java_lang.java"),
    ),
    (
        &["java.util.function"],
        include_str!("../../models/java/java_util_function.java"),
    ),
    (
        &["java.util"],
        include_str!("../../models/java/java_util.java"),
    ),
    (
        &["java.util.stream"],
        include_str!("../../models/java/java_util_stream.java"),
    ),
    (
        &[
            "java.util.concurrent",
            "java.util.concurrent.atomic",
            "java.util.concurrent.locks",
        ],
        include_str!("../../models/java/java_util_concurrent.java"),
    ),
    (
        &[
            "java.io",
            "java.nio.file",
            "java.lang.reflect",
            "java.lang.invoke",
            "java.lang.ref",
            "java.math",
            "java.security",
        ],
        include_str!("../../models/java/java_rest.java"),
    ),
];

/// One namespace: names of the library's classes are unique among those that are modelled.
static MODELS: &[(&str, &str)] = &[(
    "builtins",
    concat!(
        include_str!("../../models/java/java_lang.java"),
        include_str!("../../models/java/java_util_function.java"),
        include_str!("../../models/java/java_util.java"),
        include_str!("../../models/java/java_util_stream.java"),
        include_str!("../../models/java/java_util_concurrent.java"),
        include_str!("../../models/java/java_rest.java"),
    ),
)];

impl Language for Java {
    fn family(&self) -> &'static str {
        "java"
    }

    fn claims(&self, path: &str) -> Option<(&'static str, tree_sitter::Language)> {
        path.ends_with(".java")
            .then(|| ("java", tree_sitter_java::LANGUAGE.into()))
    }

    fn manifests(&self, path: &str) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path);
        matches!(
            name,
            "pom.xml"
                | "build.gradle"
                | "build.gradle.kts"
                | "settings.gradle"
                | "settings.gradle.kts"
                | "libs.versions.toml"
        ) || path.contains("META-INF/services/")
    }

    fn lower(&self, path: &str, source: &str, tree: &tree_sitter::Tree) -> FileFacts {
        lower::lower(path, source, tree)
    }

    fn semantics(&self) -> &'static Semantics {
        &SEMANTICS
    }

    fn modules(&self, layout: Layout) -> Box<dyn Modules> {
        Box::new(modules::JavaModules::new(layout))
    }

    fn models(&self) -> &'static [(&'static str, &'static str)] {
        MODELS
    }

    fn model_grammar(&self) -> Option<(&'static str, tree_sitter::Language)> {
        Some(("java", tree_sitter_java::LANGUAGE.into()))
    }
}
