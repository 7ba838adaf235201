//! A turn at a scenario, taken by a worker in the subject's own network.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use socket2::SockAddr;
use sockspec_subject::{Call, Fault, ObjectRef, Outcome, Subject, Value, Work, Worked};

use super::cores::pin;
use super::load::{self, Server};
use super::scenario::{Echo, Shape, Side, Transport};

/// A turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Round {
    /// What is done.
    pub shape: Shape,
    /// How often.
    pub times: u64,
    /// The core of the harness's end.
    pub load_core: Option<usize>,
    /// Nanoseconds between two messages of the load, where it is sent at fixed times.
    pub interval: Option<u64>,
}

/// What a turn took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Of an echo the time of each round trip; of a call the time of all of them. Nanoseconds.
    pub nanoseconds: Vec<u64>,
}

/// Why a turn has no time.
#[derive(Debug, Clone, PartialEq, thiserror::Error, Serialize, Deserialize)]
pub enum Refused {
    /// The subject did not do it: it lacks what it takes, or something was raised.
    #[error("{0}")]
    Subject(String),
    /// The subject failed to answer.
    #[error(transparent)]
    Fault(Fault),
    /// The harness's own end failed.
    #[error("the harness's end: {0}")]
    Load(String),
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::Load(error.to_string())
    }
}

/// Takes a turn. `scratch` is a folder for the path of a local socket.
///
/// # Errors
/// [`Refused`] when the subject cannot do it, or one of the ends fails.
pub fn run(subject: &mut dyn Subject, round: &Round, scratch: &str) -> Result<Measured, Refused> {
    match &round.shape {
        Shape::Call(function) => {
            let loop_alone = Work::Repeat { function: None, times: round.times };
            let work = Work::Repeat { function: Some(function.clone()), times: round.times };
            let empty: u64 = worked(subject.work(&loop_alone)?)?.iter().sum();
            let whole: u64 = worked(subject.work(&work)?)?.iter().sum();
            Ok(Measured { nanoseconds: vec![whole.saturating_sub(empty)] })
        }
        Shape::Echo(echo) => {
            let path = format!("{scratch}/echo.sock");
            let measured = match echo.side {
                Side::Server => serve(subject, round, echo, &path),
                Side::Client => ask(subject, round, echo, &path),
            };
            let reset = subject.reset();
            // It is there only where the transport has a path.
            let _ = std::fs::remove_file(&path);
            let measured = measured?;
            reset?;
            Ok(measured)
        }
    }
}

fn worked(worked: Worked) -> Result<Vec<u64>, Refused> {
    match worked {
        Worked::Took(took) => Ok(took),
        Worked::Not(outcome) => Err(Refused::Subject(outcome.to_string())),
    }
}

fn returned(subject: &mut dyn Subject, call: &Call) -> Result<Value, Refused> {
    match subject.call(call)? {
        Outcome::Returned(value) => Ok(value),
        other => Err(Refused::Subject(format!("{call}: {other}"))),
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
        other => Err(Refused::Subject(format!("socket() returned {other}"))),
    }
}

/// The subject serves, the harness asks.
fn serve(subject: &mut dyn Subject, round: &Round, echo: &Echo, path: &str) -> Result<Measured, Refused> {
    let socket = socket(subject, echo.transport)?;
    let any = match echo.transport {
        Transport::Tcp4 | Transport::Udp4 => Value::Tuple(vec![Value::str("127.0.0.1"), Value::int(0)]),
        Transport::Tcp6 => Value::Tuple(vec![Value::str("::1"), Value::int(0)]),
        Transport::Unix => Value::str(path),
    };
    returned(subject, &Call::method(&socket, "bind", [any]))?;
    if !echo.transport.is_datagram() {
        returned(subject, &Call::method(&socket, "listen", [Value::int(echo.connections.max(1))]))?;
    }
    let address = returned(subject, &Call::method(&socket, "getsockname", []))?;
    let server = system_address(&address)?;
    let connections = if echo.transport.is_datagram() { 0 } else { echo.connections.max(1) };
    let work = Work::Serve { socket, connections, buffer: echo.buffer };
    thread::scope(|scope| {
        let load = scope.spawn(|| {
            round.load_core.map(pin);
            load::ask(echo, &server, round.times, round.interval.map(Duration::from_nanos))
        });
        let outcome = subject.work(&work);
        if !matches!(outcome, Ok(Worked::Took(_))) {
            // Whoever waits for an answer gets none.
            let _ = subject.reset();
        }
        let asked = load.join().map_err(|_| Refused::Load("its thread panicked".to_owned()))?;
        worked(outcome?)?;
        Ok(Measured { nanoseconds: asked? })
    })
}

/// The harness serves, the subject asks.
fn ask(subject: &mut dyn Subject, round: &Round, echo: &Echo, path: &str) -> Result<Measured, Refused> {
    let server = Server::start(*echo, path)?;
    let address = shown_address(&server.address()?, path);
    let mut sockets = Vec::new();
    for _ in 0..echo.connections.max(1) {
        let socket = socket(subject, echo.transport)?;
        returned(subject, &Call::method(&socket, "connect", [address.clone()]))?;
        sockets.push(socket);
    }
    if echo.transport.is_datagram() {
        let own = returned(subject, &Call::method(&sockets[0], "getsockname", []))?;
        server.connect(&system_address(&own)?)?;
    }
    thread::scope(|scope| {
        let serving = scope.spawn(|| {
            round.load_core.map(pin);
            server.serve()
        });
        let asked = subject.work(&Work::Ask { sockets, message: echo.message, times: round.times });
        let reset = subject.reset();
        if echo.transport.is_datagram() || asked.is_err() || reset.is_err() {
            server.end();
        }
        let ended = serving.join().map_err(|_| Refused::Load("its thread panicked".to_owned()))?;
        let nanoseconds = worked(asked?)?;
        if !echo.transport.is_datagram() {
            ended?;
        }
        Ok(Measured { nanoseconds })
    })
}

/// An address as the subject gives it, for the system.
fn system_address(value: &Value) -> Result<SockAddr, Refused> {
    let wrong = || Refused::Subject(format!("getsockname() returned {value}"));
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
fn shown_address(address: &SockAddr, path: &str) -> Value {
    match address.as_socket() {
        Some(inet) => Value::Tuple(vec![Value::str(inet.ip().to_string()), Value::int(inet.port())]),
        None => Value::str(path),
    }
}
