//! A small sound set of fixtures, and what becomes of it with one file more or one file otherwise.

use sockspec_cases::{File, LoadErrors, Suite};

/// Sound files: two sections, their clauses, one reason.
pub(crate) const SOUND: [(&str, &str); 4] = [
    ("clauses/sections.toml", "format = 1\norder = [\"bind\", \"module\"]\n"),
    (
        "clauses/bind.toml",
        r#"format = 1
section = "bind"
title = "bind"
place = "socket objects"

[[clause]]
id = "bind.address"
text = "The socket is bound to the address."
demands = "subject"
kind = "testable"
origin = "chapter"
source = "OBJ-3"
editions = ["2.2", "3"]

[[clause]]
id = "bind.two-arguments"
text = "Host and port may be given as two arguments."
demands = "subject"
kind = "testable"
origin = "seed"
source = "OBJ-4"
seed_line = 12
editions = ["2.2"]

[[clause]]
id = "bind.one-argument"
text = "The address is one argument."
demands = "subject"
kind = "testable"
origin = "today"
source = "OBJ-5"
editions = ["3"]
"#,
    ),
    (
        "clauses/module.toml",
        r#"format = 1
section = "module"
title = "The module"
place = "introduction"

[[clause]]
id = "module.names"
text = "The module has names."
demands = "subject"
kind = "testable"
origin = "chapter"
source = "MOD-1"
editions = ["2.2", "3"]
"#,
    ),
    (
        "reasons.toml",
        "format = 1\n\n[[reason]]\nid = \"glibc-order\"\ntext = \"The order is the C library's.\"\n",
    ),
];

/// The sound files with these in place of, or beside, theirs.
pub(crate) fn load(changed: &[(&str, &str)]) -> Result<Suite, LoadErrors> {
    let mut files: Vec<File<'_>> = SOUND
        .iter()
        .filter(|(path, _)| !changed.iter().any(|(other, _)| other == path))
        .map(|&(path, text)| File { path, text })
        .collect();
    files.extend(changed.iter().map(|&(path, text)| File { path, text }));
    files.sort_by_key(|file| file.path);
    Suite::load(&files, &["default".to_owned(), "no-dns".to_owned()])
}

/// The whole message for a case file with that text.
#[allow(dead_code, reason = "not every test binary that shares this file calls it")]
pub(crate) fn complaint(path: &str, text: &str) -> String {
    match load(&[(path, text)]) {
        Ok(_) => "(no problem)".to_owned(),
        Err(errors) => {
            for problem in &errors.0 {
                assert!(!problem.help.trim().is_empty(), "{problem} gives no help");
                assert!(problem.line >= 1, "{problem} names no line");
            }
            errors.to_string()
        }
    }
}

/// A case file with one case that has these lines beside its id, clause and basis.
#[allow(dead_code, reason = "not every test binary that shares this file calls it")]
pub(crate) fn case(lines: &str) -> String {
    format!(
        "format = 1\n\n[[case]]\nid = \"bind/one\"\nclause = [\"bind.address\"]\nbasis = \"documented\"\n{lines}\n"
    )
}

/// A case file with one case of these steps.
#[allow(dead_code, reason = "not every test binary that shares this file calls it")]
pub(crate) fn steps(steps: &str) -> String {
    case(&format!("steps = [\n{steps}\n]"))
}
