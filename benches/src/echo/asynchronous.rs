//! tokio, at both ends a runtime of a single thread.

use std::hint::black_box;
use std::io;
use std::net::{TcpStream, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::time::Instant;

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::pair::{Buffer, PATIENCE, Pair, Server};
use crate::case::{Contender, Reason};
use crate::runtime;

/// One end. It is made within the runtime that drives it.
pub(super) trait End: Sized + Send + 'static {
    fn make(fd: OwnedFd) -> io::Result<Self>;
    async fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize>;
    async fn send_all(&mut self, data: &[u8]) -> io::Result<()>;
}

macro_rules! end_of_stream {
    ($socket:ty, $blocking:ty) => {
        impl End for $socket {
            fn make(fd: OwnedFd) -> io::Result<Self> {
                let socket = <$blocking>::from(fd);
                socket.set_nonblocking(true)?;
                Self::from_std(socket)
            }
            async fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.read(buffer).await
            }
            async fn send_all(&mut self, data: &[u8]) -> io::Result<()> {
                self.write_all(data).await
            }
        }
    };
}

end_of_stream!(tokio::net::TcpStream, TcpStream);
end_of_stream!(tokio::net::UnixStream, UnixStream);

impl End for tokio::net::UdpSocket {
    fn make(fd: OwnedFd) -> io::Result<Self> {
        let socket = UdpSocket::from(fd);
        socket.set_nonblocking(true)?;
        Self::from_std(socket)
    }
    async fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.recv(buffer).await
    }
    async fn send_all(&mut self, data: &[u8]) -> io::Result<()> {
        self.send(data).await.map(drop)
    }
}

/// The contender with that kind of socket.
pub(super) fn echo<E: End>(pair: Pair, size: usize) -> Result<Contender, Reason> {
    let making = "making a socket of tokio's";
    let far_runtime = runtime::current_thread()?;
    let far = {
        let _inside = far_runtime.enter();
        E::make(pair.server).map_err(Reason::when(making))?
    };
    let serve = move || far_runtime.block_on(serve(far, size));
    let server = Server::start(pair.farewell, serve).map_err(Reason::when("starting the server"))?;
    let near_runtime = runtime::current_thread()?;
    let near = {
        let _inside = near_runtime.enter();
        E::make(pair.client).map_err(Reason::when(making))?
    };
    let mut client = Client { end: near, _server: server };
    let (message, mut reply, piece) = (Buffer::new(size), Buffer::new(size), pair.piece);
    Ok(Contender::in_batches("tokio", move |times| {
        near_runtime.block_on(async {
            let start = Instant::now();
            // Once a batch, as a datagram may be lost.
            let batch = async {
                for _ in 0..times {
                    client.round_trip(&message, &mut reply, piece).await?;
                }
                Ok(start.elapsed())
            };
            tokio::time::timeout(PATIENCE, batch).await.map_err(Reason::new)?
        })
    }))
}

async fn serve<E: End>(mut end: E, size: usize) {
    let mut buffer = Buffer::new(size);
    while let Ok(count @ 1..) = end.receive(&mut buffer).await {
        if end.send_all(&buffer[..count]).await.is_err() {
            break;
        }
    }
}

/// The near end. Its fields are dropped in this order.
struct Client<E> {
    end: E,
    _server: Server,
}

impl<E: End> Client<E> {
    async fn round_trip(&mut self, message: &[u8], reply: &mut [u8], piece: usize) -> Result<(), Reason> {
        for piece in message.chunks(piece) {
            self.end.send_all(piece).await.map_err(Reason::new)?;
        }
        let mut received = 0;
        while received < reply.len() {
            match self.end.receive(&mut reply[received..]).await.map_err(Reason::new)? {
                0 => return Err(Reason::new("the server is gone")),
                count => received += count,
            }
        }
        black_box(reply);
        Ok(())
    }
}
