//! The entries of `getaddrinfo`, for the faults that change them.

use sockspec_subject::Value;

use crate::values::{at, each, items};

/// The function.
pub(super) const NAME: &[&str] = &["getaddrinfo"];
/// `AF_INET`.
pub(super) const INET: i64 = 2;
/// `AF_INET6`.
pub(super) const INET6: i64 = 10;

/// Each entry changed.
pub(super) fn entries(change: fn(Value) -> Value, value: Value) -> Value {
    each(value, change)
}

/// The fifth item of each entry of that family changed.
pub(super) fn sockaddrs(value: Value, family: i64, change: fn(Value) -> Value) -> Value {
    each(value, |entry| {
        if items(&entry).first().and_then(Value::as_i64) == Some(family) {
            at(entry, 4, change)
        } else {
            entry
        }
    })
}

/// Whether a value is empty text.
pub(super) fn is_empty(value: &Value) -> bool {
    matches!(value, Value::Str(text) if text.as_bytes().is_empty())
}

/// The sixth argument.
pub(super) fn flags(args: &[Value]) -> i64 {
    args.get(5).and_then(Value::as_i64).unwrap_or_default()
}
