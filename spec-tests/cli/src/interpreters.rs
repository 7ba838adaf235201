//! Python interpreters by name or path: which names are taken for one, and which subject of the registry it is like.

use std::ffi::OsStr;

use crate::programs::file_name;

/// What an interpreter's file name starts with, and the subject that is started in the same way.
const FAMILIES: [(&str, &str); 6] = [
    ("python", "pypy3"),
    ("pypy", "pypy3"),
    ("graalpy", "pypy3"),
    ("ipy", "pypy3"),
    ("rustpython", "pypy3"),
    ("jython", "jython"),
];

/// The subject that the interpreter is like: its driver serves this one too. A path is taken for an interpreter, since
/// another driver is written behind `--`.
pub(crate) fn model(name: &str) -> Option<&'static str> {
    let file = file_name(OsStr::new(name));
    let known = FAMILIES.iter().find(|(family, _)| {
        file.strip_prefix(family).is_some_and(|version| {
            version.chars().all(|character| character.is_ascii_digit() || ".-t".contains(character))
        })
    });
    match known {
        Some((_, model)) => Some(model),
        None => name.contains('/').then_some(FAMILIES[0].1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("python", Some("pypy3"))]
    #[case("python3.13", Some("pypy3"))]
    #[case("python3.13t", Some("pypy3"))]
    #[case("/opt/jython", Some("jython"))]
    #[case("./build/anything", Some("pypy3"))]
    #[case("python3-config", None)]
    #[case("pythonista", None)]
    #[case("reference", None)]
    fn names(#[case] name: &str, #[case] like: Option<&str>) {
        assert_eq!(model(name), like);
    }
}
