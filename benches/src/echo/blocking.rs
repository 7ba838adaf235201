//! The contenders whose calls wait.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use rustix::net::{RecvFlags, SendFlags, SocketAddrAny};
use socket_reference::{MsgFlags, Socket, SocketAddress, floor};

use super::pair::{Buffer, Pair, Server};
use crate::case::{Contender, Reason};

/// One end, with the calls of one contender.
pub(super) trait End: Send + 'static {
    type Error: fmt::Display;
    fn receive(&mut self, buffer: &mut [u8]) -> Result<usize, Self::Error>;
    fn send(&mut self, data: &[u8]) -> Result<usize, Self::Error>;
}

/// A contender that has `near` and `far` turn the two descriptors into its own kind of socket.
pub(super) fn echo<N: End, F: End>(
    name: &'static str,
    pair: Pair,
    size: usize,
    near: impl FnOnce(OwnedFd) -> N,
    far: impl FnOnce(OwnedFd) -> F,
) -> Result<Contender, Reason> {
    let mut far = far(pair.server);
    let serve = move || {
        let mut buffer = Buffer::new(size);
        // It ends with the client: nothing more comes, or the socket fails.
        while let Ok(count @ 1..) = far.receive(&mut buffer) {
            if send_all(&mut far, &buffer[..count]).is_err() {
                break;
            }
        }
    };
    let server = Server::start(pair.farewell, serve).map_err(Reason::when("starting the server"))?;
    let mut client = Client { end: near(pair.client), _server: server };
    let (message, mut reply, piece) = (Buffer::new(size), Buffer::new(size), pair.piece);
    Ok(Contender::in_batches(name, move |times| {
        let start = Instant::now();
        for _ in 0..times {
            client.round_trip(&message, &mut reply, piece)?;
        }
        Ok(start.elapsed())
    }))
}

/// The near end. Its fields are dropped in this order.
struct Client<E> {
    end: E,
    _server: Server,
}

impl<E: End> Client<E> {
    fn round_trip(&mut self, message: &[u8], reply: &mut [u8], piece: usize) -> Result<(), Reason> {
        for piece in message.chunks(piece) {
            send_all(&mut self.end, piece).map_err(Reason::new)?;
        }
        let mut received = 0;
        while received < reply.len() {
            match self.end.receive(&mut reply[received..]).map_err(Reason::new)? {
                0 => return Err(Reason::new("the server is gone")),
                count => received += count,
            }
        }
        Ok(())
    }
}

fn send_all<E: End>(end: &mut E, data: &[u8]) -> Result<(), E::Error> {
    let mut rest = data;
    while !rest.is_empty() {
        let sent = end.send(rest)?;
        rest = &rest[sent..];
    }
    Ok(())
}

/// The C library's calls on a descriptor.
pub(super) struct C(pub(super) OwnedFd);

/// The result of a C call: how many bytes, or -1 and `errno`.
fn counted(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

impl End for C {
    type Error = io::Error;
    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        counted(floor::recv(self.0.as_fd(), buffer, 0))
    }
    fn send(&mut self, data: &[u8]) -> io::Result<usize> {
        counted(floor::send(self.0.as_fd(), data, 0))
    }
}

/// System calls on a descriptor without the C library, which makes each of them a point of cancellation.
pub(super) struct SystemCalls(pub(super) OwnedFd);

impl End for SystemCalls {
    type Error = io::Error;
    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::net::recv(&self.0, buffer, RecvFlags::empty())?.0)
    }
    fn send(&mut self, data: &[u8]) -> io::Result<usize> {
        Ok(rustix::net::send(&self.0, data, SendFlags::empty())?)
    }
}

impl End for Socket {
    type Error = socket_reference::Error;
    fn receive(&mut self, buffer: &mut [u8]) -> socket_reference::Result<usize> {
        self.recv(buffer, MsgFlags::NONE)
    }
    fn send(&mut self, data: &[u8]) -> socket_reference::Result<usize> {
        Self::send(self, data, MsgFlags::NONE)
    }
}

macro_rules! end_by_read_and_write {
    ($($socket:ty),*) => {
        $(impl End for $socket {
            type Error = io::Error;
            fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.read(buffer)
            }
            fn send(&mut self, data: &[u8]) -> io::Result<usize> {
                self.write(data)
            }
        })*
    };
}

end_by_read_and_write!(TcpStream, UnixStream, socket2::Socket);

impl End for UdpSocket {
    type Error = io::Error;
    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.recv(buffer)
    }
    fn send(&mut self, data: &[u8]) -> io::Result<usize> {
        Self::send(self, data)
    }
}

/// A socket that says who sent a datagram, and sends to whom it is told to.
pub(super) trait Addressing: End {
    type Address: Send + 'static;
    fn receive_from(&mut self, buffer: &mut [u8]) -> Result<(usize, Option<Self::Address>), Self::Error>;
    fn send_to(&mut self, data: &[u8], to: &Self::Address) -> Result<usize, Self::Error>;
}

/// An end that sends to where the last datagram came from.
pub(super) struct Answering<E: Addressing> {
    end: E,
    last: Option<E::Address>,
}

impl<E: Addressing> Answering<E> {
    pub(super) const fn new(end: E) -> Self {
        Self { end, last: None }
    }
}

impl<E: Addressing> End for Answering<E> {
    type Error = E::Error;
    fn receive(&mut self, buffer: &mut [u8]) -> Result<usize, E::Error> {
        let (count, sender) = self.end.receive_from(buffer)?;
        self.last = sender;
        Ok(count)
    }
    fn send(&mut self, data: &[u8]) -> Result<usize, E::Error> {
        match &self.last {
            Some(sender) => self.end.send_to(data, sender),
            None => self.end.send(data),
        }
    }
}

impl Addressing for C {
    type Address = floor::Peer;
    fn receive_from(&mut self, buffer: &mut [u8]) -> io::Result<(usize, Option<floor::Peer>)> {
        let mut sender = floor::Peer::default();
        let count = counted(floor::recvfrom(self.0.as_fd(), buffer, 0, &mut sender))?;
        Ok((count, Some(sender)))
    }
    fn send_to(&mut self, data: &[u8], to: &floor::Peer) -> io::Result<usize> {
        counted(floor::sendto(self.0.as_fd(), data, 0, to))
    }
}

impl Addressing for SystemCalls {
    type Address = SocketAddrAny;
    fn receive_from(&mut self, buffer: &mut [u8]) -> io::Result<(usize, Option<SocketAddrAny>)> {
        let (count, _, sender) = rustix::net::recvfrom(&self.0, buffer, RecvFlags::empty())?;
        Ok((count, sender))
    }
    fn send_to(&mut self, data: &[u8], to: &SocketAddrAny) -> io::Result<usize> {
        Ok(rustix::net::sendto(&self.0, data, SendFlags::empty(), to)?)
    }
}

impl Addressing for Socket {
    type Address = SocketAddress;
    fn receive_from(
        &mut self,
        buffer: &mut [u8],
    ) -> socket_reference::Result<(usize, Option<SocketAddress>)> {
        self.recvfrom(buffer, MsgFlags::NONE)
    }
    fn send_to(&mut self, data: &[u8], to: &SocketAddress) -> socket_reference::Result<usize> {
        self.sendto(data, MsgFlags::NONE, to)
    }
}

impl Addressing for UdpSocket {
    type Address = SocketAddr;
    fn receive_from(&mut self, buffer: &mut [u8]) -> io::Result<(usize, Option<SocketAddr>)> {
        let (count, sender) = self.recv_from(buffer)?;
        Ok((count, Some(sender)))
    }
    fn send_to(&mut self, data: &[u8], to: &SocketAddr) -> io::Result<usize> {
        Self::send_to(self, data, to)
    }
}
