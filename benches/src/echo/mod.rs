//! Echoes: a client sends a message, a server on another thread of the same CPU sends it back.
//!
//! Both ends of a pair belong to the same contender. Sockets are made and connected by `std` for all of them, with
//! `TCP_NODELAY`, since it is only the traffic that is measured. The server receives into a buffer as large as the
//! message and sends what came: two system calls an echo.

mod asynchronous;
mod blocking;
mod pair;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;

use socket_reference::{Protocol, Socket};

use crate::case::{Case, Contender, FLOOR, REFERENCE, Reason};
use blocking::{Answering, C, SystemCalls};
use pair::{Pair, Transport};

/// Bytes of a small message.
const SMALL: usize = 64;
/// Bytes of a large one.
const LARGE: usize = 64 * 1024;

const V4: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const V6: IpAddr = IpAddr::V6(Ipv6Addr::LOCALHOST);

/// Every case, in the order in which they are to be run.
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (size, size_name) in [(SMALL, "64 B"), (LARGE, "64 KiB")] {
        for (transport, name) in [
            (Transport::Tcp(V4), "TCP v4"),
            (Transport::Tcp(V6), "TCP v6"),
            (Transport::Udp(V4), "UDP"),
            (Transport::Unix, "AF_UNIX"),
        ] {
            let case = format!("echo {name}, {size_name}");
            cases.push(Case::new(case, move |_| connected(transport, size)));
        }
    }
    cases.push(Case::new("echo UDP, 64 B, sendto and recvfrom", |_| unconnected(SMALL)));
    cases
}

fn connected(transport: Transport, size: usize) -> Result<Vec<Contender>, Reason> {
    let pair = || Pair::new(transport).map_err(Reason::when("making a pair of sockets"));
    let reference = |fd| reference(fd, transport);
    let mut contenders = vec![
        blocking::echo(FLOOR, pair()?, size, C, C)?,
        blocking::echo(REFERENCE, pair()?, size, reference, reference)?,
    ];
    contenders.push(match transport {
        Transport::Tcp(_) => blocking::echo("std::net", pair()?, size, TcpStream::from, TcpStream::from),
        Transport::Udp(_) => blocking::echo("std::net", pair()?, size, UdpSocket::from, UdpSocket::from),
        Transport::Unix => blocking::echo("std::net", pair()?, size, UnixStream::from, UnixStream::from),
    }?);
    contenders.push(blocking::echo("rustix", pair()?, size, SystemCalls, SystemCalls)?);
    contenders.push(blocking::echo("socket2", pair()?, size, socket2::Socket::from, socket2::Socket::from)?);
    contenders.push(match transport {
        Transport::Tcp(_) => asynchronous::echo::<tokio::net::TcpStream>(pair()?, size),
        Transport::Udp(_) => asynchronous::echo::<tokio::net::UdpSocket>(pair()?, size),
        Transport::Unix => asynchronous::echo::<tokio::net::UnixStream>(pair()?, size),
    }?);
    Ok(contenders)
}

/// A server that learns each datagram's sender and answers to it. `socket2` has no safe call for that.
fn unconnected(size: usize) -> Result<Vec<Contender>, Reason> {
    let pair = || Pair::unconnected(V4).map_err(Reason::when("making a pair of sockets"));
    let reference = |fd| reference(fd, Transport::Udp(V4));
    Ok(vec![
        blocking::echo(FLOOR, pair()?, size, C, |fd| Answering::new(C(fd)))?,
        blocking::echo(REFERENCE, pair()?, size, reference, |fd| Answering::new(reference(fd)))?,
        blocking::echo("std::net", pair()?, size, UdpSocket::from, |fd| Answering::new(UdpSocket::from(fd)))?,
        blocking::echo("rustix", pair()?, size, SystemCalls, |fd| Answering::new(SystemCalls(fd)))?,
    ])
}

fn reference(fd: OwnedFd, transport: Transport) -> Socket {
    let (family, socktype) = transport.kind();
    Socket::from_owned(fd, family, socktype, Protocol::DEFAULT)
}
