//! Requests: what a driver is asked.

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use sockspec_subject::{Call, Value, Work};

use super::call::{OpName, Parts, PartsSeed, write_fields};
use super::value::Ref;
use super::work::WorkLine;
use super::{Context, Side, append, read};
use crate::{Limits, LineError};

/// One line to a driver.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Chosen by the harness; the reply carries it again.
    pub id: u64,
    /// What is asked.
    pub op: Op,
}

/// What a driver is asked to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Op {
    /// Say who you are.
    Hello {
        /// The version of the protocol that the harness speaks.
        protocol: u64,
    },
    /// Call a function or method, read an attribute, or forget an object.
    Call(Call),
    /// Close and forget every object.
    Reset,
    /// Do nothing.
    Ping,
    /// Make the value one of the driver's own language, and send it back.
    Echo(Value),
    /// Do it many times over, and say how long it took.
    Work(Work),
}

/// Reads a request.
///
/// # Errors
/// [`LineError`] when the line is no request, or breaks a limit.
pub fn parse_request(line: &[u8], limits: &Limits) -> Result<Request, LineError> {
    if line.len() > limits.line {
        return Err(LineError::TooLong { limit: limits.line });
    }
    let parts = read(line, PartsSeed(Context::new(Side::Request, limits)))?;
    finish(parts).map_err(|what| LineError::whole(line, what))
}

fn finish(mut parts: Parts) -> Result<Request, String> {
    let id = parts.id.take().ok_or("a request without \"id\"")?;
    let op = match parts.op.take().ok_or("a request without \"op\"")? {
        OpName::Hello => Op::Hello { protocol: parts.protocol.take().ok_or("hello without \"protocol\"")? },
        op @ (OpName::Call | OpName::Get | OpName::Forget) => Op::Call(parts.take_call(op)?),
        OpName::Reset => Op::Reset,
        OpName::Ping => Op::Ping,
        OpName::Echo => Op::Echo(parts.value.take().ok_or("echo without \"value\"")?),
        OpName::Work => Op::Work(parts.take_work()?),
    };
    parts.finish()?;
    Ok(Request { id, op })
}

/// The id of a line that may be no valid request otherwise, so that it can be answered at all.
pub fn request_id(line: &[u8]) -> Option<u64> {
    #[derive(Deserialize)]
    struct Loose {
        id: u64,
    }
    serde_json::from_slice::<Loose>(line).ok().map(|loose| loose.id)
}

impl Request {
    /// Appends the request as one line, newline included.
    ///
    /// # Errors
    /// None that a request can cause.
    pub fn write(&self, out: &mut Vec<u8>) -> Result<(), LineError> {
        write_op(out, self.id, &self.op)
    }
}

/// Appends a request as one line, newline included.
///
/// # Errors
/// None that a request can cause.
pub fn write_op(out: &mut Vec<u8>, id: u64, op: &Op) -> Result<(), LineError> {
    match op {
        Op::Call(call) => write_call(out, id, call),
        Op::Echo(value) => write_echo(out, id, value),
        Op::Work(work) => append(out, &WorkLine { id, work }),
        Op::Hello { protocol } => append(out, &Plain { id, op: "hello", protocol: Some(*protocol) }),
        Op::Reset => append(out, &Plain { id, op: "reset", protocol: None }),
        Op::Ping => append(out, &Plain { id, op: "ping", protocol: None }),
    }
}

/// Appends a call as one line, newline included.
///
/// # Errors
/// None that a call can cause.
pub fn write_call(out: &mut Vec<u8>, id: u64, call: &Call) -> Result<(), LineError> {
    append(out, &CallLine { id, call })
}

/// Appends an echo as one line, newline included.
///
/// # Errors
/// None that a value can cause.
pub fn write_echo(out: &mut Vec<u8>, id: u64, value: &Value) -> Result<(), LineError> {
    append(out, &Echo { id, op: "echo", value: Ref(value) })
}

#[derive(Serialize)]
struct Plain {
    id: u64,
    op: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    protocol: Option<u64>,
}

#[derive(Serialize)]
struct Echo<'a> {
    id: u64,
    op: &'static str,
    value: Ref<'a>,
}

struct CallLine<'a> {
    id: u64,
    call: &'a Call,
}

impl Serialize for CallLine<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &self.id)?;
        write_fields(&mut map, self.call)?;
        map.end()
    }
}
