//! What steps must lead to, put together from few parts.

use sockspec_cases::{Allowance, Expectation, Pattern, RaisesPattern, Template, fill};
use sockspec_subject::{Int, Value};

/// From here on data that is the filler is written as such.
const WRITTEN_OUT: usize = 32;

/// Just this value.
pub(crate) fn exact(value: Value) -> Pattern {
    Pattern::Exact(Template::Value(value))
}

/// An integer between two others, both included.
pub(crate) fn between(low: i64, high: i64) -> Pattern {
    Pattern::IntRange(Int::from(low), Int::from(high))
}

/// Any value of that type.
pub(crate) fn any(kind: &str) -> Pattern {
    Pattern::Any(kind.to_owned())
}

/// Just these bytes.
pub(crate) fn data(bytes: &[u8]) -> Pattern {
    Pattern::Exact(if bytes.len() >= WRITTEN_OUT && fill(bytes.len()) == bytes {
        Template::Filler(bytes.len())
    } else {
        Template::Value(Value::bytes(bytes))
    })
}

/// A constant's number.
pub(crate) fn constant(name: &str) -> Pattern {
    Pattern::Constant(name.to_owned())
}

/// It returns such a value.
pub(crate) fn returns(pattern: Pattern) -> Expectation {
    Expectation::Returns(pattern)
}

/// It returns that length.
pub(crate) fn count(length: usize) -> Pattern {
    exact(Value::int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn raises(args: Option<Pattern>) -> Expectation {
    Expectation::Raises(RaisesPattern { classes: vec!["error".to_owned()], is: Vec::new(), args })
}

/// It raises `error`, whatever its arguments.
pub(crate) fn error() -> Expectation {
    raises(None)
}

/// It raises `error` with a number and a text.
pub(crate) fn error_pair() -> Expectation {
    raises(Some(Pattern::Tuple(vec![any("int"), any("str")])))
}

/// It raises `error` with that number and the library's text for it.
pub(crate) fn errno(name: &str) -> Expectation {
    raises(Some(Pattern::Tuple(vec![constant(name), Pattern::TextOf(name.to_owned())])))
}

/// It raises `error` with one of these numbers.
pub(crate) fn one_errno(names: &[&str]) -> Expectation {
    let numbers = names.iter().map(|name| constant(name)).collect();
    raises(Some(Pattern::Tuple(vec![Pattern::OneOf(numbers), any("str")])))
}

/// A further outcome, allowed for that reason.
pub(crate) fn allow(reason: &str, outcome: Expectation) -> Vec<Allowance> {
    vec![Allowance { reason: reason.to_owned(), outcome }]
}
