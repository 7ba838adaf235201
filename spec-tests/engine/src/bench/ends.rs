//! The ends of a connection that a subject makes, call by call, before it works by itself.

use std::net::{IpAddr, SocketAddr};

use socket2::SockAddr;
use sockspec_subject::{Call, ObjectRef, Outcome, Subject, Value, Work};

use super::round::Refused;
use super::scenario::{Echo, Transport};

/// `IPPROTO_TCP` and `TCP_NODELAY`, the same numbers on every system: not each subject has names for them.
const NODELAY: (i64, i64) = (6, 1);

pub(super) fn returned(subject: &mut dyn Subject, call: &Call) -> Result<Value, Refused> {
    match subject.call(call)? {
        Outcome::Returned(value) => Ok(value),
        other => Err(Refused::from_outcome(&format!("{call}: "), &other)),
    }
}

fn socket(subject: &mut dyn Subject, transport: Transport) -> Result<ObjectRef, Refused> {
    let constant = |name: &str| Value::Constant(name.to_owned());
    let family = match transport {
        Transport::Tcp4 | Transport::Udp4 => "AF_INET",
        Transport::Tcp6 => "AF_INET6",
        Transport::Unix => "AF_UNIX",
    };
    let kind = if transport.is_datagram() { "SOCK_DGRAM" } else { "SOCK_STREAM" };
    match returned(subject, &Call::function("socket", [constant(family), constant(kind)]))? {
        Value::Object(socket) => Ok(socket),
        other => Err(Refused::Wrong(format!("socket() returned {other}"))),
    }
}

/// A socket of the subject that waits for whoever asks, and its address.
pub(super) fn waiting(
    subject: &mut dyn Subject,
    echo: &Echo,
    path: &str,
) -> Result<(ObjectRef, Value), Refused> {
    let socket = socket(subject, echo.transport)?;
    let any = match echo.transport {
        Transport::Tcp4 | Transport::Udp4 => Value::Tuple(vec![Value::str("127.0.0.1"), Value::int(0)]),
        Transport::Tcp6 => Value::Tuple(vec![Value::str("::1"), Value::int(0)]),
        Transport::Unix => Value::str(path),
    };
    returned(subject, &Call::method(&socket, "bind", [any]))?;
    if echo.nodelay {
        // Whom it accepts has it too.
        let (level, option) = (Value::int(NODELAY.0), Value::int(NODELAY.1));
        returned(subject, &Call::method(&socket, "setsockopt", [level, option, Value::int(1)]))?;
    }
    if !echo.transport.is_datagram() {
        returned(subject, &Call::method(&socket, "listen", [Value::int(echo.connections.max(1))]))?;
    }
    let address = returned(subject, &Call::method(&socket, "getsockname", []))?;
    Ok((socket, address))
}

/// Sockets of the subject that are connected to an address.
pub(super) fn connected(
    subject: &mut dyn Subject,
    echo: &Echo,
    server: &Value,
) -> Result<Vec<ObjectRef>, Refused> {
    let mut sockets = Vec::new();
    for _ in 0..echo.connections.max(1) {
        let socket = socket(subject, echo.transport)?;
        returned(subject, &Call::method(&socket, "connect", [server.clone()]))?;
        sockets.push(socket);
    }
    Ok(sockets)
}

/// What the subject does as a server.
pub(super) fn serving(socket: ObjectRef, echo: &Echo) -> Work {
    let connections = if echo.transport.is_datagram() { 0 } else { echo.connections.max(1) };
    Work::Serve { socket, connections, buffer: echo.buffer }
}

/// An address as the subject gives it, for the system.
pub(super) fn system_address(value: &Value) -> Result<SockAddr, Refused> {
    let wrong = || Refused::Wrong(format!("getsockname() returned {value}"));
    match value {
        Value::Str(path) => Ok(SockAddr::unix(path.to_str().ok_or_else(wrong)?)?),
        _ => {
            let items = value.items().ok_or_else(wrong)?;
            let host =
                items.first().and_then(Value::as_bytes).and_then(|host| std::str::from_utf8(host).ok());
            let ip: IpAddr = host.and_then(|host| host.parse().ok()).ok_or_else(wrong)?;
            let port = items.get(1).and_then(Value::as_i64).and_then(|port| u16::try_from(port).ok());
            Ok(SocketAddr::new(ip, port.ok_or_else(wrong)?).into())
        }
    }
}

/// An address of the system, as the subject takes it.
pub(super) fn shown_address(address: &SockAddr, path: &str) -> Value {
    match address.as_socket() {
        Some(inet) => Value::Tuple(vec![Value::str(inet.ip().to_string()), Value::int(inet.port())]),
        None => Value::str(path),
    }
}
