//! Work done by the library itself, without dynamic values on the way; and the same by the C library and the system's own
//! calls, which is the floor.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::hint::black_box;
use std::io;
use std::os::fd::BorrowedFd;
use std::time::Instant;

use socket_reference::{
    AddrInfoFlags, Address, Family, Hints, MsgFlags, NameInfoFlags, Port, Protocol, SockType, Socket,
    SocketAddress, floor, getaddrinfo, gethostbyaddr, gethostbyname, gethostbyname_ex, getnameinfo,
};
use socket2::SockAddr;
use sockspec_subject::args::Args;
use sockspec_subject::{Call, ObjectRef, Work, Worked};

use crate::objects::{Object, Objects};
use crate::{Refusal, convert, functions};

/// Whose calls are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The reference's.
    Reference,
    /// The C library's, with nothing around them.
    Floor,
}

/// Room for a host entry of the C library.
const ENTRY_BYTES: usize = 64 << 10;

pub(crate) fn work(
    whose: Whose,
    work: &Work,
    constants: &BTreeMap<String, i64>,
    objects: &mut Objects,
) -> Result<Worked, Refusal> {
    let took = match work {
        Work::Repeat { function: None, times } => timed(*times, || ()),
        Work::Repeat { function: Some(function), times } => {
            repeat(whose, &function.call(), *times, constants)?
        }
        Work::Serve { socket, connections: 0, buffer } => {
            let socket = socket_of(objects, socket)?;
            let start = Instant::now();
            serve_datagrams(whose, socket, size(*buffer))?;
            vec![since(start)]
        }
        Work::Serve { socket, connections, buffer } => {
            let listening = socket_of(objects, socket)?;
            let start = Instant::now();
            serve_streams(whose, listening, *connections, size(*buffer))?;
            vec![since(start)]
        }
        Work::Ask { sockets, message, times } => {
            let mut ends = Vec::with_capacity(sockets.len());
            for socket in sockets {
                ends.push(
                    socket_of(objects, socket)?
                        .as_fd()?
                        .try_clone_to_owned()
                        .map_err(|error| failed(&error))?,
                );
            }
            let ends: Vec<Socket> = ends
                .into_iter()
                .map(|end| Socket::from_owned(end, Family::UNSPEC, SockType::STREAM, Protocol::DEFAULT))
                .collect();
            ask(whose, &ends, size(*message), *times)?
        }
    };
    Ok(Worked::Took(took))
}

fn size(bytes: u32) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

fn since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

fn failed(error: &io::Error) -> Refusal {
    Refusal::Raised(convert::ordinary("OSError", error.to_string()))
}

/// What came was not what an echo gives.
fn broken(what: &str) -> Refusal {
    Refusal::Raised(convert::ordinary("RuntimeError", what.to_owned()))
}

fn socket_of<'o>(objects: &'o mut Objects, object: &ObjectRef) -> Result<&'o Socket, Refusal> {
    match objects.get(object.id)? {
        Object::Socket(socket) => Ok(socket),
        Object::File(_) | Object::SocketType => {
            Err(Refusal::Lacks(format!("object {} is no socket", object.id.0)))
        }
    }
}

fn timed<T>(times: u64, mut once: impl FnMut() -> T) -> Vec<u64> {
    let start = Instant::now();
    for _ in 0..times {
        black_box(once());
    }
    vec![since(start)]
}

/// The functions that are measured, by name; arguments are taken apart once.
fn repeat(
    whose: Whose,
    call: &Call,
    times: u64,
    constants: &BTreeMap<String, i64>,
) -> Result<Vec<u64>, Refusal> {
    let args = |names: &'static [&'static str], required| Args::new(call, names, required, constants);
    match call.name.as_str() {
        "getaddrinfo" => {
            let args = args(&["host", "port", "family", "socktype", "proto", "flags"], 2)?;
            let hints = Hints {
                family: Family(args.i32_or(2, 0)?),
                socktype: SockType(args.i32_or(3, 0)?),
                protocol: Protocol(args.i32_or(4, 0)?),
                flags: AddrInfoFlags(args.i32_or(5, 0)?),
            };
            let (host, port) = (args.text_or_none(0)?, functions::port(&args)?);
            if whose == Whose::Reference {
                // A host that is not there is what some of these calls are about.
                return Ok(timed(times, || getaddrinfo(black_box(host), black_box(port), black_box(hints))));
            }
            let host = host.map(c_string).transpose()?;
            let service = match port {
                Port::None => None,
                Port::Name(name) => Some(c_string(name)?),
                Port::Number(number) => Some(c_string(number.to_string().as_bytes())?),
            };
            Ok(timed(times, || {
                floor::getaddrinfo_only(
                    black_box(host.as_deref()),
                    black_box(service.as_deref()),
                    &black_box(hints),
                )
            }))
        }
        "getnameinfo" => {
            let args = args(&["sockaddr", "flags"], 2)?;
            let flags = NameInfoFlags(args.i32(1)?);
            let Address::Host { host, port, .. } = convert::address(args.any(0)?, constants)? else {
                return Err(Refusal::Lacks("only addresses of the internet are measured".to_owned()));
            };
            let address = std::str::from_utf8(host)
                .ok()
                .and_then(|host| host.parse().ok())
                .zip(u16::try_from(port).ok())
                .map(|(ip, port)| std::net::SocketAddr::new(ip, port))
                .ok_or_else(|| Refusal::Lacks("only numeric addresses are measured".to_owned()))?;
            if whose == Whose::Reference {
                return Ok(timed(times, || getnameinfo(black_box(address), black_box(flags))));
            }
            let structure = SockAddr::from(address);
            let (mut host, mut service) = ([0_u8; 1025], [0_u8; 32]);
            Ok(timed(times, || {
                floor::getnameinfo_only(black_box(&structure), flags.0, &mut host, &mut service)
            }))
        }
        "gethostbyname" => {
            let args = args(&["hostname"], 1)?;
            let name = args.text(0)?;
            if whose == Whose::Reference {
                return Ok(timed(times, || gethostbyname(black_box(name))));
            }
            let (name, mut buffer) = (c_string(name)?, vec![0_u8; ENTRY_BYTES]);
            Ok(timed(times, || floor::gethostbyname_only(black_box(&name), &mut buffer)))
        }
        "gethostbyname_ex" => {
            let args = args(&["hostname"], 1)?;
            let name = args.text(0)?;
            if whose == Whose::Reference {
                return Ok(timed(times, || gethostbyname_ex(black_box(name))));
            }
            // One function of C for both.
            let (name, mut buffer) = (c_string(name)?, vec![0_u8; ENTRY_BYTES]);
            Ok(timed(times, || floor::gethostbyname_only(black_box(&name), &mut buffer)))
        }
        "gethostbyaddr" => {
            let args = args(&["ip_address"], 1)?;
            let name = args.text(0)?;
            if whose == Whose::Reference {
                return Ok(timed(times, || gethostbyaddr(black_box(name))));
            }
            let address = std::str::from_utf8(name)
                .ok()
                .and_then(|text| text.parse().ok())
                .ok_or_else(|| Refusal::Lacks("only numeric addresses are measured".to_owned()))?;
            let mut buffer = vec![0_u8; ENTRY_BYTES];
            Ok(timed(times, || floor::gethostbyaddr_only(black_box(address), &mut buffer)))
        }
        other => Err(Refusal::Lacks(format!("{other} is not measured"))),
    }
}

fn c_string(text: &[u8]) -> Result<CString, Refusal> {
    CString::new(text).map_err(|_| Refusal::Lacks("a text with a NUL is not measured".to_owned()))
}

/// How many bytes a C call says, or its error.
fn counted(result: isize) -> Result<usize, Refusal> {
    usize::try_from(result).map_err(|_| failed(&io::Error::last_os_error()))
}

fn receive(whose: Whose, socket: &Socket, fd: BorrowedFd<'_>, buffer: &mut [u8]) -> Result<usize, Refusal> {
    match whose {
        Whose::Reference => Ok(socket.recv(buffer, MsgFlags::NONE)?),
        Whose::Floor => counted(floor::recv(fd, buffer, 0)),
    }
}

fn send_all(whose: Whose, socket: &Socket, fd: BorrowedFd<'_>, data: &[u8]) -> Result<(), Refusal> {
    match whose {
        Whose::Reference => Ok(socket.sendall(data, MsgFlags::NONE)?),
        Whose::Floor => {
            let mut rest = data;
            while !rest.is_empty() {
                let sent = counted(floor::send(fd, rest, 0))?;
                rest = &rest[sent..];
            }
            Ok(())
        }
    }
}

fn serve_streams(whose: Whose, listening: &Socket, connections: u32, buffer: usize) -> Result<(), Refusal> {
    let mut connected = Vec::new();
    for _ in 0..connections {
        connected.push(listening.accept()?.0);
    }
    let mut buffer = vec![0; buffer];
    loop {
        for socket in &connected {
            let fd = socket.as_fd()?;
            let count = receive(whose, socket, fd, &mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            send_all(whose, socket, fd, &buffer[..count])?;
        }
    }
}

fn serve_datagrams(whose: Whose, socket: &Socket, buffer: usize) -> Result<(), Refusal> {
    let (mut buffer, mut sender) = (vec![0; buffer], floor::Peer::default());
    let fd = socket.as_fd()?;
    loop {
        match whose {
            Whose::Reference => {
                let (count, sender) = socket.recvfrom(&mut buffer, MsgFlags::NONE)?;
                if count == 0 {
                    return Ok(());
                }
                let sender: SocketAddress = sender.ok_or_else(|| broken("a datagram without a sender"))?;
                socket.sendto(&buffer[..count], MsgFlags::NONE, &sender)?;
            }
            Whose::Floor => {
                let count = counted(floor::recvfrom(fd, &mut buffer, 0, &mut sender))?;
                if count == 0 {
                    return Ok(());
                }
                counted(floor::sendto(fd, &buffer[..count], 0, &sender))?;
            }
        }
    }
}

fn ask(whose: Whose, sockets: &[Socket], message: usize, times: u64) -> Result<Vec<u64>, Refusal> {
    let (data, mut buffer) = (vec![b'x'; message], vec![0; message]);
    let mut took = Vec::new();
    for _ in 0..times {
        let start = Instant::now();
        for socket in sockets {
            send_all(whose, socket, socket.as_fd()?, &data)?;
        }
        for socket in sockets {
            let fd = socket.as_fd()?;
            let mut received = 0;
            while received < message {
                match receive(whose, socket, fd, &mut buffer)? {
                    0 => return Err(broken("the server is gone")),
                    count => received += count,
                }
            }
        }
        took.push(since(start));
    }
    Ok(took)
}
