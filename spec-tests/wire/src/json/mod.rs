//! Messages as JSON text: what is sent to a driver, and what it answers.

pub(crate) mod call;
pub(crate) mod hello;
pub(crate) mod hex;
pub(crate) mod outcome;
pub(crate) mod reply;
pub(crate) mod request;
pub(crate) mod value;
pub(crate) mod work;

pub use reply::{Body, Reply, hello_protocol, parse_reply};
pub use request::{Op, Request, parse_request, request_id, write_call, write_echo, write_op};

use serde::de::DeserializeSeed;

use crate::{Limits, LineError, limits};

/// Which way a message goes: some values travel one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// To the driver: constants by name, no opaque values.
    Request,
    /// From the driver: no constants by name.
    Reply,
    /// Neither: the suite's own files and pipes.
    Any,
}

/// What a value is read under.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Context {
    pub(crate) side: Side,
    /// How many tuples and lists may still lie inside each other.
    pub(crate) depth: usize,
}

impl Context {
    pub(crate) fn new(side: Side, limits: &Limits) -> Self {
        Self { side, depth: limits.depth.min(limits::DEPTH_AT_MOST) }
    }

    pub(crate) fn any() -> Self {
        Self { side: Side::Any, depth: limits::DEPTH_AT_MOST }
    }
}

/// Reads a whole line with a seed.
pub(crate) fn read<'de, S: DeserializeSeed<'de>>(line: &'de [u8], seed: S) -> Result<S::Value, LineError> {
    let mut json = serde_json::Deserializer::from_slice(line);
    seed.deserialize(&mut json)
        .and_then(|value| json.end().map(|()| value))
        .map_err(|error| LineError::read(line, &error))
}

/// Appends one message and its newline. Writing to memory cannot fail, and no map has a key that is no string.
pub(crate) fn append<T: serde::Serialize>(out: &mut Vec<u8>, message: &T) -> Result<(), LineError> {
    serde_json::to_writer(&mut *out, message).map_err(|error| LineError::write(&error))?;
    out.push(b'\n');
    Ok(())
}
