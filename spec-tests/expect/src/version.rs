//! Conditions on a subject's version.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// Comparisons of a version that have to hold together: `>=3.8, <3.12`.
///
/// A version is the first run of numbers joined by dots in what the subject says (`3.13.0rc1` is 3.13.0). Numbers that
/// are not there count as 0, but `=3.8` and `!=3.8` look only at what they name, so that 3.8.18 is `=3.8`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    text: String,
    all: Vec<(Operator, Vec<u64>)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    AtLeast,
    Above,
    AtMost,
    Below,
    Equal,
    Unequal,
}

/// Longer ones first, so that `>=` is not read as `>`.
const OPERATORS: [(&str, Operator); 6] = [
    (">=", Operator::AtLeast),
    ("<=", Operator::AtMost),
    ("!=", Operator::Unequal),
    (">", Operator::Above),
    ("<", Operator::Below),
    ("=", Operator::Equal),
];

impl Versions {
    /// Whether a version is among them; `None` when there is no number in it.
    pub fn hold(&self, version: &str) -> Option<bool> {
        let version = numbers(version)?;
        Some(self.all.iter().all(|(operator, bound)| operator.holds(&version, bound)))
    }
}

impl Operator {
    fn holds(self, version: &[u64], bound: &[u64]) -> bool {
        let order = compare(version, bound);
        let starts = compare(&version[..version.len().min(bound.len())], bound) == Ordering::Equal;
        match self {
            Self::AtLeast => order.is_ge(),
            Self::Above => order.is_gt(),
            Self::AtMost => order.is_le(),
            Self::Below => order.is_lt(),
            Self::Equal => starts,
            Self::Unequal => !starts,
        }
    }
}

fn compare(a: &[u64], b: &[u64]) -> Ordering {
    let at = |numbers: &[u64], place: usize| numbers.get(place).copied().unwrap_or_default();
    (0..a.len().max(b.len()))
        .map(|place| at(a, place).cmp(&at(b, place)))
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// The first numbers in a text that are joined by dots.
fn numbers(text: &str) -> Option<Vec<u64>> {
    let rest = &text[text.find(|character: char| character.is_ascii_digit())?..];
    let end =
        rest.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(rest.len());
    // A number beyond all bounds is above every other.
    Some(
        rest[..end]
            .split('.')
            .filter(|part| !part.is_empty())
            .map(|part| part.parse().unwrap_or(u64::MAX))
            .collect(),
    )
}

impl FromStr for Versions {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Vec::new();
        for part in text.split(',').map(str::trim) {
            let found = OPERATORS
                .iter()
                .find_map(|(sign, operator)| Some((part.strip_prefix(sign)?.trim(), *operator)));
            let Some((bound, operator)) = found else {
                return Err(format!("{part:?} does not start with one of >=, >, <=, <, =, !="));
            };
            let plain = bound.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            match numbers(bound) {
                Some(bound) if plain => all.push((operator, bound)),
                _ => return Err(format!("{bound:?} is no version: write numbers joined by dots")),
            }
        }
        Ok(Self { text: text.to_owned(), all })
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(">=3.8", "3.8", true)]
    #[case(">=3.8", "3.10.1", true)]
    #[case(">=3.8", "3.7.16", false)]
    #[case(">3.8", "3.8.1", true)]
    #[case("<3.13", "3.13.0rc1", false)]
    #[case("<=3.8", "3.8.0", true)]
    #[case("<=3.8", "3.8.1", false)]
    #[case("=3.8", "3.8.18", true)]
    #[case("=3.8.1", "3.8", false)]
    #[case("!=3.8", "3.8.18", false)]
    #[case("!=3.8", "3.9", true)]
    #[case(">=3.8, <3.12", "3.11.7", true)]
    #[case(">=3.8, <3.12", "3.12.0", false)]
    #[case(">=2.36", "glibc 2.36, Debian", true)]
    #[case("<99999999999999999999999", "1", true)]
    fn holds(#[case] versions: &str, #[case] version: &str, #[case] expected: bool) {
        assert_eq!(versions.parse::<Versions>().unwrap().hold(version), Some(expected));
    }

    #[test]
    fn a_version_without_a_number_is_told_apart() {
        assert_eq!(">=3".parse::<Versions>().unwrap().hold("unknown"), None);
    }

    #[rstest]
    #[case("3.8", "does not start with")]
    #[case(">=", "is no version")]
    #[case(">=3.x", "is no version")]
    #[case(">=3.8,", "does not start with")]
    #[case("", "does not start with")]
    fn what_is_no_condition_is_refused(#[case] text: &str, #[case] message: &str) {
        let error = text.parse::<Versions>().unwrap_err();
        assert!(error.contains(message), "{error}");
    }
}
