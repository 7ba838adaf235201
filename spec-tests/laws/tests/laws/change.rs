//! What wrong subjects are made of.

use sockspec_subject::{Call, Outcome, Raised, Value};

use crate::wrong::{args, args_mut};

/// Flips the lowest bit of an integer.
pub(crate) fn flipped(value: Value) -> Value {
    match value.as_i64() {
        Some(number) => Value::int(number ^ 1),
        None => value,
    }
}

/// Changes the members of a tuple or list.
pub(crate) fn with_items(value: Value, change: impl FnOnce(&mut Vec<Value>)) -> Value {
    match value {
        Value::Tuple(mut items) => {
            change(&mut items);
            Value::Tuple(items)
        }
        Value::List(mut items) => {
            change(&mut items);
            Value::List(items)
        }
        other => other,
    }
}

/// Changes one member.
pub(crate) fn with_item(value: Value, at: usize, change: impl FnOnce(Value) -> Value) -> Value {
    with_items(value, |items| {
        if let Some(item) = items.get_mut(at) {
            let old = std::mem::replace(item, Value::None);
            *item = change(old);
        }
    })
}

/// Changes each entry of a list.
pub(crate) fn each(value: Value, change: impl Fn(Value) -> Value) -> Value {
    with_items(value, |items| {
        let old = std::mem::take(items);
        items.extend(old.into_iter().map(&change));
    })
}

/// Changes text.
pub(crate) fn text(value: Value, change: impl FnOnce(String) -> String) -> Value {
    match value {
        Value::Str(text) => Value::str(change(String::from_utf8_lossy(text.as_bytes()).into_owned())),
        other => other,
    }
}

/// Changes bytes.
pub(crate) fn bytes(value: Value, change: impl FnOnce(&mut Vec<u8>)) -> Value {
    match value {
        Value::Bytes(mut bytes) => {
            change(&mut bytes);
            Value::Bytes(bytes)
        }
        other => other,
    }
}

/// The port of every entry's address is another.
pub(crate) fn ports(value: Value) -> Value {
    each(value, |entry| with_item(entry, 4, |address| with_item(address, 1, flipped)))
}

pub(crate) fn is(call: &Call, name: &str) -> bool {
    call.name == name
}

/// Replaces an argument.
pub(crate) fn replace(call: &mut Call, at: usize, change: impl FnOnce(Value) -> Value) {
    if let Some(argument) = args_mut(call).get_mut(at) {
        let old = std::mem::replace(argument, Value::None);
        *argument = change(old);
    }
}

pub(crate) fn takes_address(call: &Call) -> Option<usize> {
    match call.name.as_str() {
        "bind" | "connect" | "connect_ex" => Some(0),
        "sendto" => Some(args(call).len().checked_sub(1)?),
        _ => None,
    }
}

pub(crate) fn gaierror(outcome: Outcome, wrong: bool) -> Outcome {
    if wrong {
        Outcome::Raised(Raised::new("gaierror", vec![Value::int(-2), "no".into()], "no"))
    } else {
        outcome
    }
}

/// Cuts a tuple where it has more members.
pub(crate) fn cut_address(call: &mut Call, most: usize) {
    if let Some(at) = takes_address(call) {
        replace(call, at, |address| {
            with_items(address, |items| {
                items.truncate(most);
                while items.len() < 2 {
                    items.push(Value::int(0));
                }
                items[0] = if most == 2 { "127.0.0.1".into() } else { "::1".into() };
            })
        });
    }
}

/// The third of three aliases is lost.
pub(crate) fn aliases(value: Value) -> Value {
    with_item(value, 1, |aliases| with_items(aliases, |items| items.truncate(2)))
}
