//! Values and exceptions, bent.

use std::io;

use sockspec_subject::{Outcome, Raised, Value};

/// The system's text for an error number.
pub(crate) fn error_text(number: i64) -> String {
    let text = io::Error::from_raw_os_error(i32::try_from(number).unwrap_or_default()).to_string();
    // The library appends the number.
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// An exception of the language's own.
pub(crate) fn ordinary(class: &str, text: &str) -> Outcome {
    let mut raised = Raised::new(class, vec![Value::str(text)], text);
    raised.classes.push("Exception".to_owned());
    Outcome::Raised(raised)
}

/// What a refused argument raises.
pub(crate) fn type_error() -> Outcome {
    ordinary("TypeError", "an argument of the wrong type")
}

/// A value, returned.
pub(crate) fn returned(value: impl Into<Value>) -> Outcome {
    Outcome::Returned(value.into())
}

/// An address error: its class, its number, its text.
pub(crate) fn address_error(class: &str, number: i64, text: &str) -> Outcome {
    let mut raised = Raised::new(class, vec![Value::int(number), Value::str(text)], text);
    raised.classes.extend(["error".to_owned(), "Exception".to_owned()]);
    Outcome::Raised(raised)
}

/// The nearest class of an exception becomes another one, and nothing else is left of what it was.
pub(crate) fn renamed(raised: &mut Raised, class: &str) {
    raised.classes = match class {
        "herror" | "gaierror" => vec![class.to_owned(), "error".to_owned(), "Exception".to_owned()],
        _ => vec![class.to_owned(), "Exception".to_owned()],
    };
}

/// The members of a tuple or list; none of anything else.
pub(crate) fn items(value: &Value) -> &[Value] {
    value.items().unwrap_or_default()
}

/// A tuple or list with its members changed; anything else as it is.
pub(crate) fn members(value: Value, change: impl FnOnce(&mut Vec<Value>)) -> Value {
    match value {
        Value::Tuple(mut all) => {
            change(&mut all);
            Value::Tuple(all)
        }
        Value::List(mut all) => {
            change(&mut all);
            Value::List(all)
        }
        other => other,
    }
}

/// One member changed.
pub(crate) fn at(value: Value, place: usize, change: impl FnOnce(Value) -> Value) -> Value {
    members(value, |all| {
        if let Some(member) = all.get_mut(place) {
            *member = change(std::mem::replace(member, Value::None));
        }
    })
}

/// Every member changed.
pub(crate) fn each(value: Value, change: impl Fn(Value) -> Value) -> Value {
    members(value, |all| all.iter_mut().for_each(|one| *one = change(std::mem::replace(one, Value::None))))
}

/// Two members, each in the other's place.
pub(crate) fn swap(value: Value, one: usize, other: usize) -> Value {
    members(value, |all| {
        if one.max(other) < all.len() {
            all.swap(one, other);
        }
    })
}

/// A member taken out.
pub(crate) fn without(value: Value, place: usize) -> Value {
    members(value, |all| {
        if place < all.len() {
            all.remove(place);
        }
    })
}

/// The first few members only.
pub(crate) fn first(value: Value, count: usize) -> Value {
    members(value, |all| all.truncate(count))
}

/// A member put behind.
pub(crate) fn with(value: Value, member: impl Into<Value>) -> Value {
    members(value, |all| all.push(member.into()))
}

/// The members in the opposite order.
pub(crate) fn reversed(value: Value) -> Value {
    members(value, |all| all.reverse())
}

/// A member alone, where there is one.
pub(crate) fn only(value: Value, place: usize) -> Value {
    items(&value).get(place).cloned().unwrap_or(value)
}

/// A list for a tuple, a tuple for a list.
pub(crate) fn other_sequence(value: Value) -> Value {
    match value {
        Value::Tuple(all) => Value::List(all),
        Value::List(all) => Value::Tuple(all),
        other => other,
    }
}

/// Bytes for text, text for bytes.
pub(crate) fn other_string(value: Value) -> Value {
    match value {
        Value::Str(text) => Value::Bytes(text.into_bytes()),
        Value::Bytes(bytes) => Value::str(bytes),
        other => other,
    }
}

/// An integer as text.
pub(crate) fn digits(value: Value) -> Value {
    match value {
        Value::Int(int) => Value::str(int.to_string()),
        other => other,
    }
}

/// An integer changed.
pub(crate) fn number(value: Value, change: impl FnOnce(i64) -> i64) -> Value {
    match value.as_i64() {
        Some(old) => Value::int(change(old)),
        None => value,
    }
}

/// The bytes of text or bytes changed, its type kept.
pub(crate) fn string(value: Value, change: impl FnOnce(&mut Vec<u8>)) -> Value {
    match value {
        Value::Str(text) => {
            let mut bytes = text.into_bytes();
            change(&mut bytes);
            Value::str(bytes)
        }
        Value::Bytes(mut bytes) => {
            change(&mut bytes);
            Value::Bytes(bytes)
        }
        other => other,
    }
}

/// Text as UTF-8; empty for anything else.
pub(crate) fn text(value: &Value) -> &str {
    match value {
        Value::Str(text) => text.to_str().unwrap_or_default(),
        _ => "",
    }
}

/// Whether it is text with a numeric address of IPv4 in it.
pub(crate) fn is_ipv4(value: &Value) -> bool {
    text(value).parse::<std::net::Ipv4Addr>().is_ok()
}

/// Whether it is text with a numeric address of IPv6 in it, a scope put aside.
pub(crate) fn is_ipv6(value: &Value) -> bool {
    text(value).split('%').next().is_some_and(|host| host.parse::<std::net::Ipv6Addr>().is_ok())
}

/// Whether it is text that has to be resolved.
pub(crate) fn is_name(value: &Value) -> bool {
    let host = text(value);
    !host.is_empty() && host != "<broadcast>" && !is_ipv4(value) && !is_ipv6(value)
}
