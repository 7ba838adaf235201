//! The harness's end of an echo: plain sockets and system calls, as a C program would use them.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Ipv6Addr, Shutdown, SocketAddr};
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use super::scenario::{Echo, Transport};

/// What an end before the end is to whoever asks.
const ENDED: &str = "the server ended before all was back";

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

/// What went wrong with an echo: the harness's own calls, or what the subject sent back.
#[derive(Debug)]
pub(crate) enum Wrong {
    Load(io::Error),
    Echo(String),
}

impl From<io::Error> for Wrong {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            // Whether it ends before a message or after it is a matter of moments.
            ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused | ErrorKind::BrokenPipe => {
                Self::Echo(ENDED.to_owned())
            }
            _ => Self::Load(error),
        }
    }
}

/// A socket without a timeout: a timer that is set and taken back at each call would be measured too. Whoever waits in vain
/// is woken by [`end`].
fn socket(transport: Transport) -> io::Result<Socket> {
    Socket::new(transport.domain(), transport.kind(), None)
}

/// Sockets that are connected to a server, to ask it.
pub(crate) fn connect(echo: &Echo, server: &SockAddr) -> io::Result<Vec<Socket>> {
    let connected = |_| {
        let socket = socket(echo.transport)?;
        socket.connect(server)?;
        Ok(socket)
    };
    (0..echo.connections.max(1)).map(connected).collect()
}

/// Ends connections, or a server's waiting, also under another process that waits for something of them.
pub(crate) fn end(sockets: &[Socket]) {
    for socket in sockets {
        // What was ended by the other end needs none of this.
        let _ = socket.shutdown(Shutdown::Both);
    }
}

/// Asks a server: so many rounds of a message on each connection, the first `warm` of which are not told. How long each
/// round took, in nanoseconds. What comes back is compared with what was sent, when the clock stands still.
///
/// Without an interval each round starts when the one before is over, so that what is measured is what a round trip
/// takes. With one, rounds are due at fixed times, and a round's time counts from when it was due: a server that is late
/// once is late for every round that had to wait for it.
pub(crate) fn ask(
    echo: &Echo,
    sockets: &[Socket],
    (warm, times): (u64, u64),
    interval: Option<Duration>,
) -> Result<Vec<u64>, Wrong> {
    let asked = rounds(echo, sockets, warm, None).and_then(|_| rounds(echo, sockets, times, interval));
    // What ends a server, whatever happened before.
    if echo.transport.is_datagram() {
        let _ = sockets.iter().try_for_each(|socket| socket.send(&[]).map(drop));
    }
    end(sockets);
    asked
}

fn rounds(
    echo: &Echo,
    sockets: &[Socket],
    times: u64,
    interval: Option<Duration>,
) -> Result<Vec<u64>, Wrong> {
    let size = usize::try_from(echo.message).unwrap_or(usize::MAX);
    // No two bytes beside each other are the same, so that a piece in the wrong place is seen.
    let mut message: Vec<u8> = (0..=u8::MAX).cycle().take(size).collect();
    let mut answers = vec![vec![0; size]; sockets.len()];
    let mut took = Vec::with_capacity(usize::try_from(times).unwrap_or(0));
    let begin = Instant::now();
    for round in 0..times {
        // Nor are two messages after each other.
        if let Some(first) = message.first_mut() {
            *first = first.wrapping_add(1);
        }
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
        for mut socket in sockets {
            socket.write_all(&message)?;
        }
        for (socket, answer) in sockets.iter().zip(&mut answers) {
            receive(socket, answer, echo.transport)?;
        }
        took.push(u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX));
        for answer in &answers {
            same(&message, answer)?;
        }
    }
    Ok(took)
}

/// Ends a server that nobody asks any more: connections that end at once, or an empty datagram.
pub(crate) fn release(echo: &Echo, server: &SockAddr) {
    for _ in 0..echo.connections.max(1) {
        // A server that is gone needs none of this.
        let _ = socket(echo.transport).and_then(|socket| {
            socket.connect(server)?;
            if echo.transport.is_datagram() { socket.send(&[]).map(drop) } else { Ok(()) }
        });
    }
}

/// Fills the buffer; a datagram does that at once.
fn receive(mut socket: &Socket, answer: &mut [u8], transport: Transport) -> Result<(), Wrong> {
    let mut received = 0;
    while received < answer.len() {
        match socket.read(&mut answer[received..])? {
            0 => return Err(Wrong::Echo(ENDED.to_owned())),
            count if transport.is_datagram() && count < answer.len() => {
                return Err(Wrong::Echo(format!(
                    "a datagram of {} bytes came back as one of {count}",
                    answer.len()
                )));
            }
            count => received += count,
        }
    }
    Ok(())
}

fn same(message: &[u8], answer: &[u8]) -> Result<(), Wrong> {
    if message == answer {
        return Ok(());
    }
    let at = message.iter().zip(answer).position(|(sent, came)| sent != came).unwrap_or(0);
    Err(Wrong::Echo(format!(
        "of a message of {} bytes, byte {at} came back as {:#04x} instead of {:#04x}",
        message.len(),
        answer[at],
        message[at]
    )))
}

/// A server that waits for clients, on any port of the loopback address or at that path.
pub(crate) fn waiting(echo: &Echo, path: &str) -> io::Result<Socket> {
    let socket = socket(echo.transport)?;
    socket.bind(&echo.transport.any(path)?)?;
    if !echo.transport.is_datagram() {
        socket.listen(i32::try_from(echo.connections.max(1)).unwrap_or(i32::MAX))?;
    }
    Ok(socket)
}

/// Sends back what comes, until a connection ends or an empty datagram comes; how many bytes that was.
pub(crate) fn serve(echo: &Echo, waiting: &Socket) -> io::Result<u64> {
    let mut buffer = vec![0; usize::try_from(echo.buffer.max(echo.message)).unwrap_or(usize::MAX)];
    let mut bytes = 0;
    if echo.transport.is_datagram() {
        let mut waiting = waiting;
        loop {
            match waiting.read(&mut buffer)? {
                0 => return Ok(bytes),
                count => {
                    waiting.send(&buffer[..count])?;
                    bytes += u64::try_from(count).unwrap_or(u64::MAX);
                }
            }
        }
    }
    let mut connections = Vec::new();
    for _ in 0..echo.connections.max(1) {
        connections.push(waiting.accept()?.0);
    }
    loop {
        for connection in &mut connections {
            match connection.read(&mut buffer)? {
                0 => return Ok(bytes),
                count => {
                    connection.write_all(&buffer[..count])?;
                    bytes += u64::try_from(count).unwrap_or(u64::MAX);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_byte_is_named() {
        assert!(same(b"abc", b"abc").is_ok());
        let Err(Wrong::Echo(what)) = same(b"abc", b"abX") else { unreachable!("they differ") };
        assert_eq!(what, "of a message of 3 bytes, byte 2 came back as 0x58 instead of 0x63");
    }
}
