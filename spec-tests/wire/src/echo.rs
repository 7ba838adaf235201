//! Echo, as a driver in Rust does it: the value as the subject would get it.

use std::collections::BTreeMap;

use sockspec_subject::args::{ArgError, integer};
use sockspec_subject::{Outcome, Unsupported, Value};

/// The value with its constants looked up.
pub(crate) fn echo(value: Value, constants: &BTreeMap<String, i64>) -> Outcome {
    match resolve(value, constants) {
        Ok(value) => Outcome::Returned(value),
        Err(error) => Outcome::Unsupported(Unsupported::Lacks(error.to_string())),
    }
}

fn resolve(value: Value, constants: &BTreeMap<String, i64>) -> Result<Value, ArgError> {
    Ok(match value {
        Value::Constant(_) => integer(&value, constants)?.map_or(Value::None, Value::Int),
        Value::Tuple(items) => Value::Tuple(resolve_all(items, constants)?),
        Value::List(items) => Value::List(resolve_all(items, constants)?),
        other => other,
    })
}

fn resolve_all(items: Vec<Value>, constants: &BTreeMap<String, i64>) -> Result<Vec<Value>, ArgError> {
    items.into_iter().map(|item| resolve(item, constants)).collect()
}
