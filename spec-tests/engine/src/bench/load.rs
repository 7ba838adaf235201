//! The harness's end of an echo: plain sockets and system calls, as a C program would use them.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use super::scenario::{Echo, Transport};

/// How long one message may take. One that takes longer has been lost.
const PATIENCE: Duration = Duration::from_secs(10);

impl Transport {
    pub(crate) fn domain(self) -> Domain {
        match self {
            Self::Tcp4 | Self::Udp4 => Domain::IPV4,
            Self::Tcp6 => Domain::IPV6,
            Self::Unix => Domain::UNIX,
        }
    }

    pub(crate) fn kind(self) -> Type {
        if self.is_datagram() { Type::DGRAM } else { Type::STREAM }
    }

    /// Any port of its loopback address, or the path.
    fn any(self, path: &str) -> io::Result<SockAddr> {
        Ok(match self {
            Self::Tcp4 | Self::Udp4 => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into(),
            Self::Tcp6 => SocketAddr::from((Ipv6Addr::LOCALHOST, 0)).into(),
            Self::Unix => SockAddr::unix(path)?,
        })
    }
}

fn socket(transport: Transport) -> io::Result<Socket> {
    let socket = Socket::new(transport.domain(), transport.kind(), None)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok(socket)
}

/// Asks a server: so many rounds of a message on each connection. How long each round took, in nanoseconds.
///
/// Without an interval each round starts when the one before is over, so that what is measured is what a round trip
/// takes. With one, rounds are due at fixed times, and a round's time counts from when it was due: a server that is late
/// once is late for every round that had to wait for it.
pub(crate) fn ask(
    echo: &Echo,
    server: &SockAddr,
    times: u64,
    interval: Option<Duration>,
) -> io::Result<Vec<u64>> {
    let mut sockets = Vec::new();
    for _ in 0..echo.connections.max(1) {
        let socket = socket(echo.transport)?;
        socket.connect(server)?;
        sockets.push(socket);
    }
    let asked = rounds(echo, &mut sockets, times, interval);
    if echo.transport.is_datagram() {
        // What ends a server of datagrams, whatever happened before.
        let _ = sockets.iter().try_for_each(|socket| socket.send(&[]).map(drop));
    }
    asked
}

fn rounds(
    echo: &Echo,
    sockets: &mut [Socket],
    times: u64,
    interval: Option<Duration>,
) -> io::Result<Vec<u64>> {
    let size = usize::try_from(echo.message).unwrap_or(usize::MAX);
    let (message, mut buffer) = (vec![b'x'; size], vec![0; size]);
    let mut took = Vec::with_capacity(usize::try_from(times).unwrap_or(0));
    let begin = Instant::now();
    for round in 0..times {
        let start = match interval {
            None => Instant::now(),
            Some(interval) => {
                let due = begin + interval.saturating_mul(u32::try_from(round).unwrap_or(u32::MAX));
                // A sleep would end late by tens of microseconds; who else wants this core may have it meanwhile.
                while Instant::now() < due {
                    std::thread::yield_now();
                }
                due
            }
        };
        for socket in sockets.iter_mut() {
            socket.write_all(&message)?;
        }
        for socket in sockets.iter_mut() {
            let mut received = 0;
            while received < size {
                match socket.read(&mut buffer[received..])? {
                    0 => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server is gone")),
                    count => received += count,
                }
            }
        }
        took.push(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
    }
    Ok(took)
}

/// A server that waits for a client.
pub(crate) struct Server {
    socket: Socket,
    echo: Echo,
}

impl Server {
    /// A server on any port of the loopback address, or at that path.
    pub(crate) fn start(echo: Echo, path: &str) -> io::Result<Self> {
        let socket = socket(echo.transport)?;
        socket.bind(&echo.transport.any(path)?)?;
        if !echo.transport.is_datagram() {
            socket.listen(i32::try_from(echo.connections.max(1)).unwrap_or(i32::MAX))?;
        }
        Ok(Self { socket, echo })
    }

    /// Where it is.
    pub(crate) fn address(&self) -> io::Result<SockAddr> {
        self.socket.local_addr()
    }

    /// Sends back what comes, until a connection ends or an empty datagram comes.
    pub(crate) fn serve(&self) -> io::Result<()> {
        let mut buffer =
            vec![0; usize::try_from(self.echo.buffer.max(self.echo.message)).unwrap_or(usize::MAX)];
        if self.echo.transport.is_datagram() {
            return self.serve_datagrams(&mut buffer);
        }
        let mut connections = Vec::new();
        for _ in 0..self.echo.connections.max(1) {
            connections.push(self.socket.accept()?.0);
        }
        loop {
            for connection in &mut connections {
                match connection.read(&mut buffer)? {
                    0 => return Ok(()),
                    count => connection.write_all(&buffer[..count])?,
                }
            }
        }
    }

    fn serve_datagrams(&self, buffer: &mut [u8]) -> io::Result<()> {
        // The first datagram says who asks; from then on both ends are connected, as the client's is.
        let first = (&self.socket).read(buffer);
        let mut count = first?;
        while count > 0 {
            let _ = self.socket.send(&buffer[..count])?;
            count = (&self.socket).read(buffer)?;
        }
        Ok(())
    }

    /// Takes that client's datagrams and nobody else's, and answers to it.
    pub(crate) fn connect(&self, client: &SockAddr) -> io::Result<()> {
        self.socket.connect(client)
    }

    /// Ends a server of datagrams from another thread: what it waits for comes no more.
    pub(crate) fn end(&self) {
        let _ = self.socket.shutdown(std::net::Shutdown::Both);
    }
}
