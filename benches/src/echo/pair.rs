//! Two sockets that can talk to each other, and the thread at the far one.

use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::ops::{Deref, DerefMut, Range};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use socket_reference::{Family, SockType};

/// How long the client waits for a datagram, which may be lost where a stream cannot be.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes of the largest datagram that is sent; UDP itself ends at 65,507.
const DATAGRAM: usize = 32 * 1024;

/// What the sockets speak.
#[derive(Clone, Copy, Debug)]
pub(super) enum Transport {
    Tcp(IpAddr),
    Udp(IpAddr),
    Unix,
}

impl Transport {
    pub(super) const fn kind(self) -> (Family, SockType) {
        match self {
            Self::Tcp(ip) => (family(ip), SockType::STREAM),
            Self::Udp(ip) => (family(ip), SockType::DGRAM),
            Self::Unix => (Family::UNIX, SockType::STREAM),
        }
    }
}

const fn family(ip: IpAddr) -> Family {
    if ip.is_ipv4() { Family::INET } else { Family::INET6 }
}

/// Both sockets, blocking.
pub(super) struct Pair {
    pub(super) client: OwnedFd,
    pub(super) server: OwnedFd,
    /// Bytes that the client sends at once.
    pub(super) piece: usize,
    pub(super) farewell: Farewell,
}

impl Pair {
    /// A pair whose ends are connected to each other.
    pub(super) fn new(transport: Transport) -> io::Result<Self> {
        match transport {
            Transport::Tcp(ip) => {
                let listener = TcpListener::bind((ip, 0))?;
                let client = TcpStream::connect(listener.local_addr()?)?;
                let (server, _) = listener.accept()?;
                client.set_nodelay(true)?;
                server.set_nodelay(true)?;
                Ok(Self::streams(client, server))
            }
            Transport::Udp(ip) => {
                let (client, server) = datagrams(ip)?;
                server.connect(client.local_addr()?)?;
                Self::datagrams(client, server)
            }
            Transport::Unix => {
                let (client, server) = UnixStream::pair()?;
                Ok(Self::streams(client, server))
            }
        }
    }

    /// A pair for datagrams whose server is not connected.
    pub(super) fn unconnected(ip: IpAddr) -> io::Result<Self> {
        let (client, server) = datagrams(ip)?;
        Self::datagrams(client, server)
    }

    fn streams(client: impl Into<OwnedFd>, server: impl Into<OwnedFd>) -> Self {
        Self { client: client.into(), server: server.into(), piece: usize::MAX, farewell: Farewell(None) }
    }

    fn datagrams(client: UdpSocket, server: UdpSocket) -> io::Result<Self> {
        client.set_read_timeout(Some(PATIENCE))?;
        let farewell = Farewell(Some(client.try_clone()?));
        Ok(Self { client: client.into(), server: server.into(), piece: DATAGRAM, farewell })
    }
}

/// Two sockets, the first of them connected to the second.
fn datagrams(ip: IpAddr) -> io::Result<(UdpSocket, UdpSocket)> {
    let any = SocketAddr::new(ip, 0);
    let (client, server) = (UdpSocket::bind(any)?, UdpSocket::bind(any)?);
    client.connect(server.local_addr()?)?;
    Ok((client, server))
}

/// Bytes of a page.
const PAGE: usize = 4096;

/// Bytes to send from or to receive into. They begin with a page, since copying to and from the system takes up to a
/// fifth longer from elsewhere, and no contender is to win by where its memory happens to lie.
pub(super) struct Buffer {
    memory: Vec<u8>,
    place: Range<usize>,
}

impl Buffer {
    pub(super) fn new(size: usize) -> Self {
        let memory = vec![b'x'; size + PAGE];
        let start = memory.as_ptr().align_offset(PAGE).min(PAGE);
        Self { memory, place: start..start + size }
    }
}

impl Deref for Buffer {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.memory[self.place.clone()]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.memory[self.place.clone()]
    }
}

/// Ends a server of datagrams, whose socket no closing at the other end ends, with an empty one.
pub(super) struct Farewell(Option<UdpSocket>);

impl Farewell {
    fn say(&self) {
        if let Some(socket) = &self.0 {
            // A server that is gone already needs none.
            let _ = socket.send(&[]);
        }
    }
}

/// The thread at the far end. Drop the client's socket before it: that is what ends it.
pub(super) struct Server {
    farewell: Farewell,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Runs `serve` on a thread until the client is gone.
    pub(super) fn start(farewell: Farewell, serve: impl FnOnce() + Send + 'static) -> io::Result<Self> {
        let thread = thread::Builder::new().name("echo".into()).spawn(serve)?;
        Ok(Self { farewell, thread: Some(thread) })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.farewell.say();
        if let Some(thread) = self.thread.take() {
            // A server that panicked has said so.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_begins_with_a_page_and_has_its_size() {
        for size in [1, 64, 65_536] {
            let buffer = Buffer::new(size);
            assert_eq!((buffer.len(), buffer.as_ptr().align_offset(PAGE)), (size, 0));
        }
    }
}
