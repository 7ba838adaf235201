//! The typed traits through the adapter: what reaches the implementer, what does not, and what comes back.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests stand outside of the tests")]

mod adapter;
mod living;
mod recorder;
mod std_sockets;

use sockspec_subject::{Action, Call, ObjectRef, Outcome, Subject, Target, Unsupported, Value};

pub(crate) fn text(text: &str) -> Value {
    Value::str(text)
}

pub(crate) fn tuple<const N: usize>(items: [Value; N]) -> Value {
    Value::Tuple(items.into())
}

pub(crate) fn constant(name: &str) -> Value {
    Value::Constant(name.to_owned())
}

pub(crate) fn bytes(data: &[u8]) -> Value {
    Value::bytes(data)
}

/// Asks for something that must return.
pub(crate) fn returned(subject: &mut dyn Subject, call: &Call) -> Value {
    match subject.call(call).unwrap() {
        Outcome::Returned(value) => value,
        other => panic!("{call} led to {other}"),
    }
}

pub(crate) fn object(value: Value) -> ObjectRef {
    match value {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    }
}

/// A method that must return.
pub(crate) fn method(
    subject: &mut dyn Subject,
    object: &ObjectRef,
    name: &str,
    args: impl Into<Vec<Value>>,
) -> Value {
    returned(subject, &Call::method(object, name, args))
}

pub(crate) fn socket(subject: &mut dyn Subject, family: &str, socktype: &str) -> ObjectRef {
    object(returned(subject, &Call::function("socket", [constant(family), constant(socktype)])))
}

pub(crate) fn get(target: Target, name: &str) -> Call {
    Call { target, name: name.to_owned(), action: Action::Get }
}

/// Asks for something that the types must not be able to say.
pub(crate) fn assert_inexpressible(subject: &mut dyn Subject, call: &Call) {
    match subject.call(call).unwrap() {
        Outcome::Unsupported(Unsupported::Inexpressible(why)) => assert!(!why.is_empty()),
        other => panic!("{call} led to {other}"),
    }
}
