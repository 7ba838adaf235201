//! The names that a case binds, as variables of a script.

use std::collections::BTreeMap;

use super::pieces::PIECES;

/// Words that mean something else in a script.
const TAKEN: &[&str] = &[
    "False",
    "None",
    "True",
    "and",
    "as",
    "assert",
    "async",
    "await",
    "break",
    "class",
    "continue",
    "def",
    "del",
    "elif",
    "else",
    "except",
    "exec",
    "finally",
    "for",
    "from",
    "global",
    "if",
    "import",
    "in",
    "is",
    "lambda",
    "nonlocal",
    "not",
    "or",
    "pass",
    "print",
    "raise",
    "return",
    "try",
    "while",
    "with",
    "yield",
    "all",
    "any",
    "bool",
    "bytearray",
    "bytes",
    "dict",
    "eval",
    "float",
    "getattr",
    "globals",
    "int",
    "isinstance",
    "iter",
    "len",
    "list",
    "map",
    "range",
    "repr",
    "set",
    "str",
    "super",
    "tuple",
    "type",
    "errno",
    "plain",
    "socket",
    "allowed",
    "classes",
    "scratch",
    "Background",
    "DOCUMENTED",
    "Hang",
    "PATIENCE",
    "dict",
];

/// The variable of each name that a case binds.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// The variable for a name: itself, as long as Python has nothing against it.
    pub(super) fn of(&mut self, name: &str) -> String {
        if let Some(known) = self.0.get(name) {
            return known.clone();
        }
        let mut variable: String =
            name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        if variable.starts_with(|c: char| c.is_ascii_digit()) || variable.is_empty() {
            variable.insert(0, '_');
        }
        let pieces =
            || PIECES.iter().flat_map(|piece| [piece.name].into_iter().chain(piece.imports.iter().copied()));
        while TAKEN.contains(&variable.as_str())
            || pieces().any(|taken| taken == variable)
            || self.0.values().any(|other| *other == variable)
        {
            variable.push('_');
        }
        self.0.insert(name.to_owned(), variable.clone());
        variable
    }
}
