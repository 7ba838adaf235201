//! What is wrong with a fixture, and where.

use std::fmt;

/// One fixture file: its path below `fixtures/` with `/` between folders, and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File<'a> {
    /// Such as `cases/addresses/inet.toml`.
    pub path: &'a str,
    /// The whole text.
    pub text: &'a str,
}

impl File<'_> {
    /// The 1-based line that a byte offset lies in.
    pub(crate) fn line(&self, offset: usize) -> usize {
        let end = offset.min(self.text.len());
        self.text.as_bytes()[..end].iter().filter(|byte| **byte == b'\n').count() + 1
    }
}

/// One thing that is wrong with a fixture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file's path below `fixtures/`.
    pub file: String,
    /// The 1-based line.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What would be right; never empty.
    pub help: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}\n    help: {}", self.file, self.line, self.what, self.help)
    }
}

/// Everything that is wrong with the fixtures; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct LoadErrors(pub Vec<Problem>);

impl fmt::Display for LoadErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for problem in &self.0 {
            writeln!(f, "{problem}")?;
        }
        let count = self.0.len();
        write!(
            f,
            "{count} {} in the fixtures; nothing was run",
            if count == 1 { "problem" } else { "problems" }
        )
    }
}

/// The known name that is nearest to a mistyped one, where one is near enough to be meant.
pub(crate) fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (distance(wrong, name), name))
        .min()
        .filter(|(distance, name)| *distance <= 1 + name.len() / 4)
        .map(|(_, name)| name)
}

/// Levenshtein distance by bytes.
fn distance(a: &str, b: &str) -> usize {
    let b = b.as_bytes();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_word() {
        assert_eq!(nearest("retruns", ["returns", "raises", "args"]), Some("returns"));
        assert_eq!(nearest("colour", ["returns", "raises", "args"]), None);
    }

    #[test]
    fn lines_count_from_one() {
        let file = File { path: "x.toml", text: "a\nb\nc" };
        assert_eq!((file.line(0), file.line(2), file.line(4), file.line(99)), (1, 2, 3, 3));
    }
}
