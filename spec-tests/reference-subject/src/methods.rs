//! The methods of sockets and of the files made from them.

use std::collections::BTreeMap;

use socket_reference::{File, MsgFlags, Shutdown, Socket};
use sockspec_subject::args::{ArgError, Args};
use sockspec_subject::{Call, ObjectId, Value};

use crate::objects::{Object, Objects};
use crate::{Answer, Refusal, convert};

/// The methods that a file made from a socket has.
pub(crate) const OF_FILES: [&str; 7] = ["close", "fileno", "flush", "read", "readline", "readlines", "write"];

/// What a method makes beside a plain value.
enum Made {
    Value(Value),
    Accepted(Socket, Value),
    File(File),
}

pub(crate) fn call(
    id: ObjectId,
    call: &Call,
    constants: &BTreeMap<String, i64>,
    objects: &mut Objects,
) -> Answer {
    let made = match objects.get(id)? {
        Object::Socket(socket) => of_socket(socket, call, constants)?,
        Object::File(file) => Made::Value(of_file(file, call, constants)?),
        Object::SocketType => return Err(Refusal::Lacks("the sockets' type is not called here".to_owned())),
    };
    Ok(match made {
        Made::Value(value) => value,
        Made::Accepted(socket, address) => Value::Tuple(vec![objects.socket(socket), address]),
        Made::File(file) => objects.file(file),
    })
}

fn of_socket(socket: &mut Socket, call: &Call, constants: &BTreeMap<String, i64>) -> Result<Made, Refusal> {
    let args = |names: &'static [&'static str], required| Args::new(call, names, required, constants);
    let value = match call.name.as_str() {
        "accept" => {
            args(&[], 0)?;
            let (connected, address) = socket.accept()?;
            return Ok(Made::Accepted(connected, convert::shown(&address)));
        }
        "bind" => {
            let args = args(&["address"], 1)?;
            socket.bind(convert::address(args.any(0)?, constants)?)?;
            Value::None
        }
        "close" => {
            args(&[], 0)?;
            socket.close();
            Value::None
        }
        "connect" => {
            let args = args(&["address"], 1)?;
            socket.connect(convert::address(args.any(0)?, constants)?)?;
            Value::None
        }
        "connect_ex" => {
            let args = args(&["address"], 1)?;
            Value::int(socket.connect_ex(convert::address(args.any(0)?, constants)?)?)
        }
        "fileno" => {
            args(&[], 0)?;
            Value::int(socket.fileno()?)
        }
        "getpeername" => {
            args(&[], 0)?;
            convert::shown(&socket.getpeername()?)
        }
        "getsockname" => {
            args(&[], 0)?;
            convert::shown(&socket.getsockname()?)
        }
        "getsockopt" => {
            let args = args(&["level", "optname", "buflen"], 2)?;
            let (level, option) = (args.i32(0)?, args.i32(1)?);
            match args.int(2)? {
                None => Value::int(socket.getsockopt(level, option)?),
                Some(length) => {
                    let length = size(length.to_i64(), "buflen", "error")?;
                    Value::Bytes(socket.getsockopt_buffer(level, option, length)?)
                }
            }
        }
        "listen" => {
            socket.listen(args(&["backlog"], 1)?.i32(0)?)?;
            Value::None
        }
        "makefile" => {
            let args = args(&["mode", "bufsize"], 0)?;
            // None is no mode: for a file it is none either.
            let mode = match args.get(0).map(|_| args.text(0)).transpose()?.map(std::str::from_utf8) {
                None => None,
                Some(Ok(mode)) => Some(mode),
                Some(Err(_)) => {
                    let text = "a file's mode is ASCII text".to_owned();
                    return Err(Refusal::Raised(convert::ordinary("ValueError", text)));
                }
            };
            let buffering = if args.get(1).is_some() { Some(args.i64(1)?) } else { None };
            return Ok(Made::File(socket.makefile(mode, buffering)?));
        }
        "recv" => {
            let args = args(&["bufsize", "flags"], 1)?;
            let flags = MsgFlags(args.i32_or(1, 0)?);
            Value::Bytes(socket.recv_vec(size(Some(args.i64(0)?), "bufsize", "ValueError")?, flags)?)
        }
        "recvfrom" => {
            let args = args(&["bufsize", "flags"], 1)?;
            let flags = MsgFlags(args.i32_or(1, 0)?);
            let (data, from) =
                socket.recvfrom_vec(size(Some(args.i64(0)?), "bufsize", "ValueError")?, flags)?;
            Value::Tuple(vec![Value::Bytes(data), from.as_ref().map_or(Value::None, convert::shown)])
        }
        "send" => {
            let args = args(&["string", "flags"], 1)?;
            length(socket.send(args.bytes(0)?, MsgFlags(args.i32_or(1, 0)?))?)
        }
        "sendall" => {
            let args = args(&["string", "flags"], 1)?;
            socket.sendall(args.bytes(0)?, MsgFlags(args.i32_or(1, 0)?))?;
            Value::None
        }
        "sendto" => {
            // The flags stand between: the address is always the last argument.
            let three = args(&["string", "flags", "address"], 2)?;
            let (flags, at) = if three.get(2).is_some() { (three.i32(1)?, 2) } else { (0, 1) };
            let address = convert::address(three.any(at)?, constants)?;
            length(socket.sendto(three.bytes(0)?, MsgFlags(flags), address)?)
        }
        "setblocking" => {
            let flag = args(&["flag"], 1)?.int(0)?;
            let blocking = flag.is_none_or(|flag| flag.to_i64() != Some(0));
            socket.setblocking(blocking)?;
            Value::None
        }
        "setsockopt" => {
            let args = args(&["level", "optname", "value"], 3)?;
            let (level, option) = (args.i32(0)?, args.i32(1)?);
            match args.any(2)? {
                Value::Bytes(buffer) => socket.setsockopt_buffer(level, option, buffer)?,
                _ => socket.setsockopt(level, option, args.i32(2)?)?,
            }
            Value::None
        }
        "shutdown" => {
            socket.shutdown(Shutdown(args(&["how"], 1)?.i32(0)?))?;
            Value::None
        }
        other => return Err(Refusal::Lacks(format!("the reference's sockets have no method {other}"))),
    };
    Ok(Made::Value(value))
}

fn of_file(file: &mut File, call: &Call, constants: &BTreeMap<String, i64>) -> Answer {
    let args = |names: &'static [&'static str], required| Args::new(call, names, required, constants);
    let limit = |args: &Args<'_>| -> Result<Option<usize>, Refusal> {
        // A size below zero, or none, means everything.
        Ok(args.get(0).map(|_| args.i64(0)).transpose()?.and_then(|size| usize::try_from(size).ok()))
    };
    Ok(match call.name.as_str() {
        "read" => Value::Bytes(file.read(limit(&args(&["size"], 0)?)?)?),
        "readline" => Value::Bytes(file.readline(limit(&args(&["size"], 0)?)?)?),
        "readlines" => {
            args(&[], 0)?;
            Value::List(file.readlines()?.into_iter().map(Value::Bytes).collect())
        }
        "write" => {
            file.write(args(&["str"], 1)?.bytes(0)?)?;
            Value::None
        }
        "flush" => {
            args(&[], 0)?;
            file.flush()?;
            Value::None
        }
        "close" => {
            args(&[], 0)?;
            file.close()?;
            Value::None
        }
        "fileno" => {
            args(&[], 0)?;
            Value::int(file.fileno()?)
        }
        other => return Err(Refusal::Lacks(format!("the reference's files have no method {other}"))),
    })
}

fn length(count: usize) -> Value {
    Value::int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A length of a buffer; `class` is what a negative one raises.
fn size(wanted: Option<i64>, what: &str, class: &str) -> Result<usize, Refusal> {
    let Some(wanted) = wanted else { return Err(ArgError::Overflow(format!("{what} is too large")).into()) };
    usize::try_from(wanted)
        .map_err(|_| Refusal::Raised(convert::ordinary(class, format!("{what} {wanted} is negative"))))
}
