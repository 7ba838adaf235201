//! Transfers that run while the subject is busy at the other end.

use std::io::{self, Read as _};
use std::net::Shutdown;
use std::thread::{self, JoinHandle};

use socket2::Socket;

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// A transfer under way. It ends by itself: the socket has deadlines.
#[derive(Debug)]
pub(super) struct Background(JoinHandle<io::Result<Vec<u8>>>);

impl Background {
    /// Reads until the end.
    pub(super) fn drain(socket: Socket) -> io::Result<Self> {
        Self::spawn(move || {
            let mut data = Vec::new();
            loop {
                let more = receive(&socket, CHUNK)?;
                if more.is_empty() {
                    return Ok(data);
                }
                data.extend(more);
            }
        })
    }

    /// Sends all of `data`, then closes the sending side.
    pub(super) fn feed(socket: Socket, data: Vec<u8>) -> io::Result<Self> {
        Self::spawn(move || {
            send_all(&socket, &data)?;
            socket.shutdown(Shutdown::Write)?;
            Ok(Vec::new())
        })
    }

    fn spawn(work: impl FnOnce() -> io::Result<Vec<u8>> + Send + 'static) -> io::Result<Self> {
        thread::Builder::new().name("peer".to_owned()).spawn(work).map(Self)
    }

    /// Waits for the end: what was read, or how it failed.
    pub(super) fn wait(self) -> io::Result<Vec<u8>> {
        self.0.join().unwrap_or_else(|_| Err(io::Error::other("the background transfer panicked")))
    }
}

/// One receive of at most `most` bytes.
pub(super) fn receive(socket: &Socket, most: usize) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0; most];
    let mut reader = socket;
    let count = retry(|| reader.read(&mut buffer))?;
    buffer.truncate(count);
    Ok(buffer)
}

/// Sends all of it.
pub(super) fn send_all(socket: &Socket, mut data: &[u8]) -> io::Result<()> {
    while !data.is_empty() {
        let sent = retry(|| socket.send(data))?;
        data = &data[sent..];
    }
    Ok(())
}

fn retry<T>(mut operation: impl FnMut() -> io::Result<T>) -> io::Result<T> {
    loop {
        match operation() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            other => return other,
        }
    }
}
