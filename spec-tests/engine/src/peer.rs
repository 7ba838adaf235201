//! The peer: the harness's own end of a connection.
//!
//! It speaks the suite's vocabulary, so that a case asks it as it asks the subject. Every wait has a deadline.

mod address;
mod background;

use std::collections::BTreeMap;
use std::io;
use std::net::Shutdown;
use std::time::Duration;

use socket2::{Domain, SockAddr, Socket, Type};
use sockspec_cases::PEER_KIND;
use sockspec_lab::text;
use sockspec_subject::args::{ArgError, Args};
use sockspec_subject::{Action, Call, ObjectId, ObjectRef, Outcome, Raised, Target, Unsupported, Value};

use background::Background;

/// The harness's own sockets.
#[derive(Debug)]
pub struct Peer {
    sockets: BTreeMap<u64, Entry>,
    next: u64,
    deadline: Duration,
    constants: BTreeMap<String, i64>,
}

#[derive(Debug)]
struct Entry {
    socket: Socket,
    background: Option<Background>,
}

/// Why a peer call has no value.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    Args(#[from] ArgError),
    #[error("{0}")]
    Misuse(String),
}

impl Peer {
    /// A peer none of whose calls takes longer than `deadline`.
    pub fn new(deadline: Duration) -> Self {
        let constants = [
            ("AF_UNIX", libc_number(Domain::UNIX)),
            ("AF_INET", libc_number(Domain::IPV4)),
            ("AF_INET6", libc_number(Domain::IPV6)),
            ("SOCK_STREAM", i64::from(i32::from(Type::STREAM))),
            ("SOCK_DGRAM", i64::from(i32::from(Type::DGRAM))),
            ("SOCK_SEQPACKET", i64::from(i32::from(Type::SEQPACKET))),
        ];
        Self {
            sockets: BTreeMap::new(),
            next: 0,
            deadline,
            constants: constants.into_iter().map(|(name, number)| (name.to_owned(), number)).collect(),
        }
    }

    /// Closes every socket.
    pub fn reset(&mut self) {
        for entry in self.sockets.values().filter(|entry| entry.background.is_some()) {
            // The transfer has the socket too, and would keep the connection open until its deadline.
            let _ = entry.socket.shutdown(Shutdown::Both);
        }
        self.sockets.clear();
        self.next = 0;
    }

    /// Does what a step asks. What fails is raised as the documented `error`.
    pub fn call(&mut self, call: &Call) -> Outcome {
        let done = match &call.target {
            Target::Module => self.function(call),
            Target::Object(object) => self.method(object.id.0, call),
        };
        match done {
            Ok(value) => Outcome::Returned(value),
            Err(Refusal::Io(error)) => Outcome::Raised(raised(&error)),
            Err(refusal) => {
                Outcome::Unsupported(Unsupported::Lacks(format!("the peer cannot do {call}: {refusal}")))
            }
        }
    }

    fn function(&mut self, call: &Call) -> Result<Value, Refusal> {
        let constants = self.constants.clone();
        match call.name.as_str() {
            "socket" => {
                let args = Args::new(call, &["family", "type"], 2, &constants)?;
                let socket = Socket::new(Domain::from(args.i32(0)?), Type::from(args.i32(1)?), None)?;
                self.add(socket)
            }
            "file_exists" => {
                let args = Args::new(call, &["path"], 1, &constants)?;
                Ok(Value::Bool(std::fs::symlink_metadata(address::path(args.text(0)?)).is_ok()))
            }
            "remove" => {
                let args = Args::new(call, &["path"], 1, &constants)?;
                std::fs::remove_file(address::path(args.text(0)?))?;
                Ok(Value::None)
            }
            "hostname" => Ok(Value::str(rustix::system::uname().nodename().to_bytes().to_vec())),
            other => Err(Refusal::Misuse(format!("it has no function {other:?}"))),
        }
    }

    fn add(&mut self, socket: Socket) -> Result<Value, Refusal> {
        socket.set_read_timeout(Some(self.deadline))?;
        socket.set_write_timeout(Some(self.deadline))?;
        // What the peer sends goes at once. Only TCP knows of this.
        let _ = socket.set_tcp_nodelay(true);
        self.next += 1;
        self.sockets.insert(self.next, Entry { socket, background: None });
        Ok(Value::Object(ObjectRef { id: ObjectId(self.next), kind: PEER_KIND.to_owned() }))
    }

    fn method(&mut self, id: u64, call: &Call) -> Result<Value, Refusal> {
        let constants = self.constants.clone();
        let args = |names: &'static [&'static str]| Args::new(call, names, names.len(), &constants);
        let entry =
            self.sockets.get_mut(&id).ok_or_else(|| Refusal::Misuse("that socket is closed".to_owned()))?;
        let socket = &entry.socket;
        if call.action == Action::Forget {
            return Err(Refusal::Misuse("close its sockets: nothing else refers to them".to_owned()));
        }
        match call.name.as_str() {
            "bind" => {
                socket.bind(&address::parse(args(&["address"])?.any(0)?)?)?;
                Ok(Value::None)
            }
            "connect" => {
                socket.connect(&address::parse(args(&["address"])?.any(0)?)?)?;
                Ok(Value::None)
            }
            "listen" => {
                socket.listen(args(&["backlog"])?.i32(0)?)?;
                Ok(Value::None)
            }
            "accept" => {
                args(&[])?;
                let (accepted, from) = socket.accept()?;
                let from = address::show(&from);
                Ok(Value::Tuple(vec![self.add(accepted)?, from]))
            }
            "send" => {
                let args = args(&["data"])?;
                let data = args.bytes(0)?;
                background::send_all(socket, data)?;
                Ok(length(data.len()))
            }
            "recv" => {
                let most = size(args(&["size"])?.i64(0)?)?;
                Ok(Value::Bytes(background::receive(socket, most)?))
            }
            "recv_exactly" => {
                let most = size(args(&["size"])?.i64(0)?)?;
                let mut data = Vec::with_capacity(most);
                while data.len() < most {
                    let more = background::receive(socket, most - data.len())?;
                    if more.is_empty() {
                        break;
                    }
                    data.extend(more);
                }
                Ok(Value::Bytes(data))
            }
            "sendto" => {
                let args = args(&["data", "address"])?;
                let sent = socket.send_to(args.bytes(0)?, &address::parse(args.any(1)?)?)?;
                Ok(length(sent))
            }
            "recvfrom" => {
                let most = size(args(&["size"])?.i64(0)?)?;
                let from = socket.peek_sender()?;
                let data = background::receive(socket, most)?;
                Ok(Value::Tuple(vec![Value::Bytes(data), address::show(&from)]))
            }
            "shutdown" => {
                socket.shutdown(match args(&["how"])?.i64(0)? {
                    0 => Shutdown::Read,
                    1 => Shutdown::Write,
                    2 => Shutdown::Both,
                    other => return Err(Refusal::Misuse(format!("shutdown takes 0, 1 or 2, not {other}"))),
                })?;
                Ok(Value::None)
            }
            "close" => {
                args(&[])?;
                self.sockets.remove(&id);
                Ok(Value::None)
            }
            "reset" => {
                args(&[])?;
                // A linger of zero turns the close into a reset.
                socket.set_linger(Some(Duration::ZERO))?;
                self.sockets.remove(&id);
                Ok(Value::None)
            }
            "getsockname" => Ok(address::show(&socket.local_addr()?)),
            "getpeername" => Ok(address::show(&socket.peer_addr()?)),
            "drain" => {
                entry.background = Some(Background::drain(socket.try_clone()?)?);
                Ok(Value::None)
            }
            "feed" => {
                let data = args(&["data"])?.bytes(0)?.to_vec();
                entry.background = Some(Background::feed(socket.try_clone()?, data)?);
                Ok(Value::None)
            }
            "drained" | "fed" => {
                let Some(background) = entry.background.take() else {
                    return Err(Refusal::Misuse("nothing runs in the background".to_owned()));
                };
                let data = background.wait()?;
                Ok(if call.name == "fed" { Value::None } else { Value::Bytes(data) })
            }
            other => Err(Refusal::Misuse(format!("its sockets have no method {other:?}"))),
        }
    }
}

impl sockspec_laws::Peer for Peer {
    fn call(&mut self, call: &Call) -> Outcome {
        Self::call(self, call)
    }

    fn reset(&mut self) {
        Self::reset(self);
    }
}

fn libc_number(domain: Domain) -> i64 {
    i64::from(i32::from(domain))
}

fn length(count: usize) -> Value {
    Value::int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The most that the peer receives at once.
const MOST: usize = 64 << 20;

fn size(wanted: i64) -> Result<usize, Refusal> {
    usize::try_from(wanted)
        .ok()
        .filter(|size| *size <= MOST)
        .ok_or_else(|| Refusal::Misuse(format!("{wanted} is no size: write 0 to {MOST}")))
}

fn raised(error: &io::Error) -> Raised {
    match error.raw_os_error() {
        Some(number) => {
            let text = text::strerror(number);
            Raised::new("error", vec![Value::int(number), Value::str(text.as_str())], text)
        }
        None => Raised::new("error", vec![Value::str(error.to_string())], error.to_string()),
    }
}

/// An address in a case that the peer cannot use.
fn unusable(value: &Value, why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, format!("{value} is no address for the peer: {why}"))
}

fn wildcard_or(host: &str, any: std::net::IpAddr) -> Option<std::net::IpAddr> {
    if host.is_empty() { Some(any) } else { host.parse().ok() }
}

type Address = SockAddr;
