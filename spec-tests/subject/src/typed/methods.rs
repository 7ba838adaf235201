//! Calls of methods, from dynamic values to the traits and back.

use super::adapter::Data;
use super::call::{Made, args, count, none, size};
use super::functions::since_3;
use super::{AddressRef, Answer, Refusal, SocketModule};
use crate::args::Args;
use crate::{Call, Description, Edition, Value};

/// The methods of files that the traits have.
pub(super) const OF_FILES: &[&str] = &["close", "flush", "read", "readline", "write"];

pub(super) fn of_socket<M: SocketModule>(
    module: &mut M,
    socket: &mut M::Socket,
    call: &Call,
    description: &Description,
) -> Answer<Made<M>> {
    let Description { edition, constants, .. } = description;
    let args = |names: &'static [&'static str], required| args(call, names, required, description);
    let value = match call.name.as_str() {
        "accept" => {
            args(&[], 0)?;
            let (connected, address) = module.accept(socket)?;
            return Ok(Made::Accepted(connected, address));
        }
        "bind" => {
            let args = args(&["address"], 1)?;
            none(module.bind(socket, AddressRef::decode(args.any(0)?, constants)?)?)
        }
        "close" => {
            args(&[], 0)?;
            none(module.close(socket)?)
        }
        "connect" => {
            let args = args(&["address"], 1)?;
            none(module.connect(socket, AddressRef::decode(args.any(0)?, constants)?)?)
        }
        "connect_ex" => {
            let args = args(&["address"], 1)?;
            Value::int(module.connect_ex(socket, AddressRef::decode(args.any(0)?, constants)?)?)
        }
        "fileno" => {
            args(&[], 0)?;
            Value::int(module.fileno(socket)?)
        }
        "getpeername" => {
            args(&[], 0)?;
            module.getpeername(socket)?.encode(*edition)
        }
        "getsockname" => {
            args(&[], 0)?;
            module.getsockname(socket)?.encode(*edition)
        }
        "getsockopt" => {
            let args = args(&["level", "optname", "buflen"], 2)?;
            let (level, option) = (args.i32(0)?, args.i32(1)?);
            if args.get(2).is_some() {
                Value::Bytes(module.getsockopt_buffer(socket, level, option, args.i32(2)?)?)
            } else {
                Value::int(module.getsockopt(socket, level, option)?)
            }
        }
        "listen" => {
            let args = args(&["backlog"], since_3(*edition, 1, 0))?;
            let backlog = args.get(0).map(|_| args.i32(0)).transpose()?;
            none(module.listen(socket, backlog)?)
        }
        "makefile" => {
            let args =
                args(if *edition >= Edition::V3 { &["mode", "buffering"] } else { &["mode", "bufsize"] }, 0)?;
            let mode = args.get(0).map(|_| args.text(0)).transpose()?;
            let buffering = match args.get(1) {
                // Today's way to say nothing of it.
                Some(Value::None) if *edition >= Edition::V3 => None,
                given => given.map(|_| args.i64(1)).transpose()?,
            };
            let file = module.makefile(socket, mode, buffering)?;
            return Ok(Made::File(file, data(*edition, mode)));
        }
        "recv" => {
            let args = args(&["bufsize", "flags"], 1)?;
            Value::Bytes(module.recv(socket, size(&args, 0, "bufsize")?, args.i32_or(1, 0)?)?)
        }
        "recvfrom" => {
            let args = args(&["bufsize", "flags"], 1)?;
            let (data, from) = module.recvfrom(socket, size(&args, 0, "bufsize")?, args.i32_or(1, 0)?)?;
            let from = from.map_or(Value::None, |address| address.encode(*edition));
            Value::Tuple(vec![Value::Bytes(data), from])
        }
        "send" => {
            let args = args(&["data", "flags"], 1)?;
            count(module.send(socket, args.bytes(0)?, args.i32_or(1, 0)?)?)
        }
        "sendall" => {
            let args = args(&["data", "flags"], 1)?;
            none(module.sendall(socket, args.bytes(0)?, args.i32_or(1, 0)?)?)
        }
        "sendto" => {
            let args = args(&["data", "flags", "address"], 2)?;
            // The flags are the ones that can be left out, though they stand in the middle.
            let (flags, address) = match args.get(2) {
                Some(address) => (args.i32(1)?, address),
                None => (0, args.any(1)?),
            };
            let address = AddressRef::decode(address, constants)?;
            count(module.sendto(socket, args.bytes(0)?, flags, address)?)
        }
        "setblocking" => {
            let args = args(&["flag"], 1)?;
            let flag = args.int(0)?;
            let blocking = flag.is_none_or(|flag| flag.to_i64() != Some(0));
            none(module.setblocking(socket, blocking)?)
        }
        "setsockopt" => none(setsockopt(module, socket, call, description)?),
        "shutdown" => none(module.shutdown(socket, args(&["how"], 1)?.i32(0)?)?),
        other => return Err(Refusal::Lacks(format!("this implementation's sockets have no method {other}"))),
    };
    Ok(Made::Value(value))
}

fn setsockopt<M: SocketModule>(
    module: &mut M,
    socket: &mut M::Socket,
    call: &Call,
    description: &Description,
) -> Answer<()> {
    let args = args(call, &["level", "optname", "value", "optlen"], 3, description)?;
    let (level, option) = (args.i32(0)?, args.i32(1)?);
    match (args.any(2)?, args.get(3)) {
        (Value::None, Some(_)) if description.edition >= Edition::V3 => {
            let length = u32::try_from(args.i64(3)?)
                .map_err(|_| Refusal::Inexpressible("optlen is no length of 32 bits".to_owned()))?;
            module.setsockopt_null(socket, level, option, length)
        }
        (_, Some(_)) => {
            Err(Refusal::Inexpressible("only None has a length beside it, from edition 3 on".to_owned()))
        }
        (Value::Bytes(buffer), None) => module.setsockopt_buffer(socket, level, option, buffer),
        (_, None) => module.setsockopt(socket, level, option, args.i32(2)?),
    }
}

pub(super) fn of_file<M: SocketModule>(
    module: &mut M,
    file: &mut M::File,
    data: Data,
    call: &Call,
    description: &Description,
) -> Answer<Made<M>> {
    let args = |names: &'static [&'static str], required| args(call, names, required, description);
    let shown = |read: Vec<u8>| match data {
        Data::Text => Value::str(read),
        Data::Bytes => Value::Bytes(read),
    };
    Ok(Made::Value(match call.name.as_str() {
        "read" => shown(module.file_read(file, limit(&args(&["size"], 0)?)?)?),
        "readline" => shown(module.file_readline(file, limit(&args(&["size"], 0)?)?)?),
        "write" => {
            let args = args(&["data"], 1)?;
            let written = match data {
                Data::Text => args.text(0)?,
                Data::Bytes => args.bytes(0)?,
            };
            let taken = module.file_write(file, written)?;
            if description.edition >= Edition::V3 { count(taken) } else { Value::None }
        }
        "flush" => {
            args(&[], 0)?;
            none(module.file_flush(file)?)
        }
        "close" => {
            args(&[], 0)?;
            none(module.file_close(file)?)
        }
        other => return Err(Refusal::Lacks(format!("this implementation's files have no method {other}"))),
    }))
}

/// How much to read at most; an ordinary file takes a size below zero for none.
fn limit(args: &Args<'_>) -> Answer<Option<usize>> {
    let size = args.get(0).map(|_| args.i64(0)).transpose()?;
    Ok(size.and_then(|size| usize::try_from(size).ok()))
}

/// What a file of that mode reads and writes.
fn data(edition: Edition, mode: Option<&[u8]>) -> Data {
    let binary = mode.is_some_and(|mode| mode.contains(&b'b'));
    if edition >= Edition::V3 && !binary { Data::Text } else { Data::Bytes }
}
