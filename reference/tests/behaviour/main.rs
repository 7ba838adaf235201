//! What the document says of each call, on loopback and without a name server.

// A test fails by panicking, in its helpers too.
#![allow(clippy::unwrap_used, clippy::panic)]

mod addresses;
mod conversion;
mod files;
mod resolution;
mod sockets;

use socket_reference::{Error, Family, Protocol, Result, SockType, Socket, socket};

fn new(family: Family, socktype: SockType) -> Socket {
    socket(family, socktype, Protocol::DEFAULT).unwrap()
}

/// Two ends of a TCP connection over IPv4: the one that connected, and the one that was accepted.
fn connected() -> (Socket, Socket) {
    let listener = new(Family::INET, SockType::STREAM);
    listener.bind(("127.0.0.1", 0)).unwrap();
    listener.listen(1).unwrap();
    let client = new(Family::INET, SockType::STREAM);
    client.connect(&listener.getsockname().unwrap()).unwrap();
    let (server, peer) = listener.accept().unwrap();
    assert_eq!(peer, client.getsockname().unwrap());
    (client, server)
}

/// The exception class and number of a failure.
fn failure<T: std::fmt::Debug>(result: Result<T>) -> (&'static str, Option<i32>) {
    let error: Error = result.unwrap_err();
    (error.class().name(), error.number())
}
