//! Integers of any size, as a dynamic language has them.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An integer of any size.
///
/// Values within `i64` are held as such; the few beyond it (a port of 2**63, say) as canonical decimal text, since
/// nothing in the suite calculates with them.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Int(Repr);

#[derive(Clone, PartialEq, Eq, Hash)]
enum Repr {
    Small(i64),
    /// Canonical decimal text: optional `-`, no leading zero, outside of `i64`.
    Big(Box<str>),
}

/// The text is no decimal integer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no decimal integer: write an optional '-' and digits")]
pub struct NotAnInteger(pub String);

impl Int {
    /// The value, where it fits `i64`.
    pub fn to_i64(&self) -> Option<i64> {
        match self.0 {
            Repr::Small(value) => Some(value),
            Repr::Big(_) => None,
        }
    }

    /// Whether the value is below zero.
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Small(value) => *value < 0,
            Repr::Big(digits) => digits.starts_with('-'),
        }
    }
}

impl From<Int> for String {
    fn from(int: Int) -> Self {
        int.to_string()
    }
}

impl TryFrom<String> for Int {
    type Error = NotAnInteger;

    fn try_from(text: String) -> Result<Self, NotAnInteger> {
        text.parse()
    }
}

impl From<i64> for Int {
    fn from(value: i64) -> Self {
        Self(Repr::Small(value))
    }
}

impl FromStr for Int {
    type Err = NotAnInteger;

    fn from_str(text: &str) -> Result<Self, NotAnInteger> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAnInteger(text.to_owned()));
        }
        if let Ok(value) = text.parse() {
            return Ok(Self(Repr::Small(value)));
        }
        let digits = digits.trim_start_matches('0');
        let canonical = if negative { format!("-{digits}") } else { digits.to_owned() };
        // Leading zeros can hide a value that fits.
        Ok(match canonical.parse() {
            Ok(value) => Self(Repr::Small(value)),
            Err(_) => Self(Repr::Big(canonical.into_boxed_str())),
        })
    }
}

impl PartialOrd for Int {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Int {
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Small(a), Repr::Small(b)) => a.cmp(b),
            // Whatever does not fit `i64` lies beyond all that does.
            (Repr::Small(_), Repr::Big(_)) => {
                if other.is_negative() {
                    Ordering::Greater
                } else {
                    Ordering::Less
                }
            }
            (Repr::Big(_), Repr::Small(_)) => other.cmp(self).reverse(),
            (Repr::Big(a), Repr::Big(b)) => match (self.is_negative(), other.is_negative()) {
                (true, false) => Ordering::Less,
                (false, true) => Ordering::Greater,
                (false, false) => a.len().cmp(&b.len()).then_with(|| a.cmp(b)),
                (true, true) => b.len().cmp(&a.len()).then_with(|| b.cmp(a)),
            },
        }
    }
}

impl fmt::Display for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Small(value) => write!(f, "{value}"),
            Repr::Big(digits) => f.write_str(digits),
        }
    }
}

impl fmt::Debug for Int {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("0", "0")]
    #[case("-0", "0")]
    #[case("007", "7")]
    #[case("9223372036854775807", "9223372036854775807")]
    #[case("9223372036854775808", "9223372036854775808")]
    #[case("-9223372036854775809", "-9223372036854775809")]
    #[case("0000000000000000000000000000001", "1")]
    fn text_is_made_canonical(#[case] text: &str, #[case] canonical: &str) {
        assert_eq!(text.parse::<Int>().unwrap().to_string(), canonical);
    }

    #[rstest]
    #[case("")]
    #[case("-")]
    #[case("1.0")]
    #[case("+1")]
    #[case(" 1")]
    fn other_text_is_refused(#[case] text: &str) {
        assert!(text.parse::<Int>().is_err());
    }

    #[test]
    fn order_holds_beyond_i64() {
        let mut ints: Vec<Int> =
            ["18446744073709551616", "-5", "-18446744073709551616", "9223372036854775808", "3"]
                .iter()
                .map(|text| text.parse().unwrap())
                .collect();
        ints.sort();
        let texts: Vec<String> = ints.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            ["-18446744073709551616", "-5", "3", "9223372036854775808", "18446744073709551616"]
        );
    }
}
