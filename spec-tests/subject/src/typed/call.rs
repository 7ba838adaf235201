//! What the decoding of functions and of methods shares.

use super::adapter::Data;
use super::{Address, Answer, Refusal, SocketModule};
use crate::args::Args;
use crate::{Call, Description, Text, Value};

/// What a call made.
pub(super) enum Made<M: SocketModule> {
    Value(Value),
    Socket(M::Socket),
    Accepted(M::Socket, Address),
    File(M::File, Data),
}

/// The arguments of a call that has these parameters, the first `required` of which must be given.
pub(super) fn args<'a>(
    call: &'a Call,
    names: &'static [&'static str],
    required: usize,
    description: &'a Description,
) -> Answer<Args<'a>> {
    Ok(Args::new(call, names, required, &description.constants)?)
}

/// A size or a length, which cannot be below zero.
pub(super) fn size(args: &Args<'_>, at: usize, what: &str) -> Answer<usize> {
    let size = args.i64(at)?;
    usize::try_from(size).map_err(|_| Refusal::Inexpressible(format!("{what} = {size} is no size")))
}

pub(super) fn none((): ()) -> Value {
    Value::None
}

pub(super) fn count(count: usize) -> Value {
    Value::int(i64::try_from(count).unwrap_or(i64::MAX))
}

pub(super) fn texts(texts: Vec<Text>) -> Value {
    Value::List(texts.into_iter().map(Value::Str).collect())
}
