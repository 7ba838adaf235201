//! Matching an outcome with what a step expects. Pure: nothing here reads a file, a clock or the system.

use regex::bytes::Regex;
use sockspec_subject::{Int, Outcome, Raised, Strings, Value};

use crate::{Allowance, Expectation, Facts, Pattern, RaisesPattern};

/// What came of matching one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// The outcome is the demanded one.
    Pass,
    /// The outcome is a further one, allowed for the reason of that name; `ends` says that the case cannot go on.
    Allowed {
        /// The reason's id.
        reason: String,
        /// Whether the outcome differs from the demanded one in kind.
        ends: bool,
    },
    /// The outcome is none of those.
    Fail(Mismatch),
}

/// Where an outcome departs from a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    /// The way to the part that differs, such as `[0][4][1]`; empty for the whole.
    pub at: String,
    /// What was expected there.
    pub expected: String,
    /// What came.
    pub got: String,
}

impl Mismatch {
    fn new(at: &str, expected: impl std::fmt::Display, got: impl std::fmt::Display) -> Self {
        Self { at: at.to_owned(), expected: format!("{expected}"), got: format!("{got}") }
    }
}

/// Judges an outcome. [`Outcome::Unsupported`] is no matter of matching: it meets [`Expectation::Anything`] and fails
/// everywhere else.
pub fn check(expect: &Expectation, allow: &[Allowance], outcome: &Outcome, facts: &dyn Facts) -> Judgement {
    let mismatch = match outcome_matches(expect, outcome, facts) {
        Ok(()) => return Judgement::Pass,
        Err(mismatch) => mismatch,
    };
    // Where only allowances stand, what follows is written for those that return, if there are any.
    let main_raises = match expect {
        Expectation::OnlyAllowed => allow.iter().all(|allowance| raises(&allowance.outcome)),
        _ => raises(expect),
    };
    for allowance in allow {
        if outcome_matches(&allowance.outcome, outcome, facts).is_ok() {
            return Judgement::Allowed {
                reason: allowance.reason.clone(),
                ends: raises(&allowance.outcome) != main_raises,
            };
        }
    }
    Judgement::Fail(mismatch)
}

fn raises(expect: &Expectation) -> bool {
    matches!(expect, Expectation::Raises(_))
}

fn outcome_matches(expect: &Expectation, outcome: &Outcome, facts: &dyn Facts) -> Result<(), Mismatch> {
    match (expect, outcome) {
        (Expectation::Anything, _) | (Expectation::ReturnsAnything, Outcome::Returned(_)) => Ok(()),
        (Expectation::Returns(pattern), Outcome::Returned(value)) => matches(pattern, value, "", facts),
        (Expectation::Raises(pattern), Outcome::Raised(raised)) => raised_matches(pattern, raised, facts),
        _ => Err(Mismatch::new("", expect, outcome)),
    }
}

fn raised_matches(pattern: &RaisesPattern, raised: &Raised, facts: &dyn Facts) -> Result<(), Mismatch> {
    let whole =
        |at: &str| Mismatch::new(at, format_args!("to raise {pattern}"), format_args!("raised {raised}"));
    if !pattern.classes.iter().any(|class| class_matches(class, raised)) {
        return Err(whole("class"));
    }
    if let Some(missing) = pattern.is.iter().find(|class| !raised.is(class)) {
        return Err(Mismatch::new(
            "class",
            format_args!("an exception that is also {missing}"),
            format_args!("one that is {}", raised.classes.join(", ")),
        ));
    }
    match &pattern.args {
        None => Ok(()),
        Some(args) => {
            let got = Value::Tuple(raised.args.clone());
            matches(args, &got, "args", facts).map_err(|inner| Mismatch { at: inner.at, ..whole("") })
        }
    }
}

/// The document's own classes are told apart exactly: a `gaierror` is not what a sentence about `error` demands. An
/// ordinary class is matched by whatever is an instance of it, unless that is one of the document's own.
fn class_matches(class: &str, raised: &Raised) -> bool {
    let documented = raised.documented_class();
    documented == class
        || (raised.is(class) && !matches!(documented, "error" | "herror" | "gaierror" | "timeout"))
}

/// Matches a value with a pattern; `at` is the way to it.
fn matches(pattern: &Pattern, value: &Value, at: &str, facts: &dyn Facts) -> Result<(), Mismatch> {
    let differs = || Mismatch::new(at, pattern, value);
    let when = |same: bool| if same { Ok(()) } else { Err(differs()) };
    match pattern {
        Pattern::Exact(template) => {
            let wanted = template.render(facts).map_err(|error| Mismatch::new(at, error, value))?;
            if same(&wanted, value, facts.strings()) { Ok(()) } else { Err(Mismatch::new(at, wanted, value)) }
        }
        Pattern::Constant(names) => match constant(names, facts) {
            Some(number) if value.as_i64() == Some(number) => Ok(()),
            Some(number) => Err(Mismatch::new(at, format_args!("{names} ({number})"), value)),
            None => Err(Mismatch::new(at, format_args!("{names}, whose number nobody knows here"), value)),
        },
        Pattern::Any(kind) => when(is_kind(kind, value, facts.strings())),
        Pattern::IntRange(low, high) => when(matches!(value, Value::Int(int) if within(int, low, high))),
        Pattern::Regex(regex) => match (value.as_bytes(), whole(regex)) {
            (Some(bytes), Ok(regex)) => when(regex.is_match(bytes)),
            _ => Err(differs()),
        },
        Pattern::Tuple(patterns) => match value {
            Value::Tuple(values) if values.len() == patterns.len() => members(patterns, values, at, facts),
            _ => Err(differs()),
        },
        Pattern::List(patterns) => match value {
            Value::List(values) if values.len() == patterns.len() => members(patterns, values, at, facts),
            _ => Err(differs()),
        },
        Pattern::Unordered(patterns) => match value.items() {
            Some(values) if values.len() == patterns.len() => when(assign(patterns, values, facts)),
            _ => Err(differs()),
        },
        Pattern::Contains(patterns) => match value.items() {
            Some(values) => when(assign(patterns, values, facts)),
            None => Err(differs()),
        },
        Pattern::Each(pattern) => match value.items() {
            Some(values) if !values.is_empty() => values
                .iter()
                .enumerate()
                .try_for_each(|(i, value)| matches(pattern, value, &format!("{at}[{i}]"), facts)),
            _ => Err(differs()),
        },
        Pattern::OneOf(patterns) => {
            when(patterns.iter().any(|pattern| matches(pattern, value, at, facts).is_ok()))
        }
        Pattern::TextOf(name) => match facts.text_of(name) {
            Some(text) if same(&Value::str(text.as_str()), value, facts.strings()) => Ok(()),
            Some(text) => {
                Err(Mismatch::new(at, format_args!("{text:?}, the library's text for {name}"), value))
            }
            None => {
                Err(Mismatch::new(at, format_args!("the library's text for {name}, which has none"), value))
            }
        },
    }
}

/// The regular expression that a pattern's text stands for: the whole of the value matches, byte by byte.
pub(crate) fn whole(regex: &str) -> Result<Regex, regex::Error> {
    Regex::new(&format!("^(?s-u:{regex})$"))
}

fn members(patterns: &[Pattern], values: &[Value], at: &str, facts: &dyn Facts) -> Result<(), Mismatch> {
    patterns
        .iter()
        .zip(values)
        .enumerate()
        .try_for_each(|(i, (pattern, value))| matches(pattern, value, &format!("{at}[{i}]"), facts))
}

/// Whether each pattern can have a value of its own: patterns may overlap, so a first fit could miss the one
/// assignment there is (augmenting paths find it).
fn assign(patterns: &[Pattern], values: &[Value], facts: &dyn Facts) -> bool {
    fn place(pattern: usize, fits: &[Vec<usize>], owner: &mut [Option<usize>], seen: &mut [bool]) -> bool {
        for &value in &fits[pattern] {
            if std::mem::replace(&mut seen[value], true) {
                continue;
            }
            if owner[value].is_none_or(|other| place(other, fits, owner, seen)) {
                owner[value] = Some(pattern);
                return true;
            }
        }
        false
    }

    let fits: Vec<Vec<usize>> = patterns
        .iter()
        .map(|pattern| {
            (0..values.len()).filter(|&i| matches(pattern, &values[i], "", facts).is_ok()).collect()
        })
        .collect();
    let mut owner = vec![None; values.len()];
    (0..patterns.len()).all(|pattern| place(pattern, &fits, &mut owner, &mut vec![false; values.len()]))
}

fn within(int: &Int, low: &Int, high: &Int) -> bool {
    low <= int && int <= high
}

/// The number of one constant, or of several joined by `|`.
fn constant(names: &str, facts: &dyn Facts) -> Option<i64> {
    if !names.contains('|') {
        return facts.constant(names);
    }
    names.split('|').try_fold(0, |bits, name| Some(bits | facts.constant(name)?))
}

/// Equality, but for a subject with one string type, whose text and bytes are compared by content.
fn same(wanted: &Value, got: &Value, strings: Strings) -> bool {
    match (wanted, got) {
        (Value::Tuple(a), Value::Tuple(b)) | (Value::List(a), Value::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, strings))
        }
        (Value::Str(_) | Value::Bytes(_), Value::Str(_) | Value::Bytes(_)) if strings == Strings::One => {
            wanted.as_bytes() == got.as_bytes()
        }
        _ => wanted == got,
    }
}

fn is_kind(kind: &str, value: &Value, strings: Strings) -> bool {
    match kind {
        "any" => true,
        "str" | "bytes" if strings == Strings::One => matches!(value, Value::Str(_) | Value::Bytes(_)),
        // The peer's sockets are sockets too.
        "socket" => matches!(value.type_name(), "socket" | "peer socket"),
        kind => value.type_name() == kind,
    }
}
