//! From the name that a source imports to the name that a registry knows.

use super::tables::{MAVEN_PACKAGES, PYPI_IMPORTS};

/// The normal form of a package name: PEP 503 for PyPI, `-` for `_` in crates, as written for npm.
pub(crate) fn normal(ecosystem: &str, name: &str) -> String {
    match ecosystem {
        "pypi" => {
            let mut out = String::with_capacity(name.len());
            for c in name.chars() {
                if matches!(c, '-' | '_' | '.') {
                    if !out.ends_with('-') {
                        out.push('-');
                    }
                } else {
                    out.extend(c.to_lowercase());
                }
            }
            out
        }
        "cargo" => name.replace('_', "-"),
        _ => name.to_owned(),
    }
}

/// The artifact (`group/artifact`) that a Java package belongs to, where that is well known.
pub(crate) fn artifact(package: &str) -> Option<&'static str> {
    let inside = |known: &str| {
        package
            .strip_prefix(known)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    let known = MAVEN_PACKAGES.iter().filter(|(known, _)| inside(known));
    known
        .max_by_key(|(known, _)| known.len())
        .map(|(_, name)| *name)
}

/// True where it is known which Java packages an artifact holds.
pub(super) fn is_known_artifact(name: &str) -> bool {
    MAVEN_PACKAGES.iter().any(|(_, known)| *known == name)
}

/// Every distribution that an import may come from, likeliest first, in normal form.
pub(super) fn candidates(ecosystem: &str, import: &str) -> Vec<String> {
    let own = normal(ecosystem, import);
    if ecosystem != "pypi" {
        return vec![own];
    }
    let mut out: Vec<String> = PYPI_IMPORTS
        .iter()
        .filter(|(i, _)| *i == import)
        .map(|(_, d)| (*d).to_owned())
        .collect();
    if !out.contains(&own) {
        out.push(own.clone());
    }
    for other in [
        format!("python-{own}"),
        format!("py{own}"),
        format!("{own}-python"),
        format!("{own}py"),
    ] {
        out.push(other);
    }
    out
}

/// The name under which an import's package is known in the graph, given what is declared (in
/// normal form).
pub(crate) fn distribution(
    ecosystem: &str,
    import: &str,
    declared: impl Fn(&str) -> bool,
) -> String {
    let candidates = candidates(ecosystem, import);
    let found = candidates.iter().find(|c| declared(c)).cloned();
    // Where nothing is declared, the table knows best; then the import's own name.
    found.unwrap_or_else(|| {
        candidates
            .first()
            .cloned()
            .unwrap_or_else(|| import.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_is_known_by_what_is_declared_else_by_the_table() {
        assert_eq!(distribution("pypi", "yaml", |_| false), "pyyaml");
        assert_eq!(
            distribution("pypi", "cv2", |d| d == "opencv-python-headless"),
            "opencv-python-headless"
        );
        assert_eq!(
            distribution("pypi", "Flask_Login", |_| false),
            "flask-login"
        );
        assert_eq!(distribution("cargo", "serde_json", |_| false), "serde-json");
        assert_eq!(distribution("npm", "@s/x", |_| false), "@s/x");
    }
}
