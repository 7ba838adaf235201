//! The lab's DNS server: blocking threads on the loopback address, answering from a [`Zone`].
//!
//! It is bound before anybody can ask, so that nobody has to wait for it. Its threads live as long as the process.

use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, Metadata, OpCode, ResponseCode};
use hickory_proto::rr::DNSClass;

use crate::zone::{Reply, Zone, key};

/// Where the server listens, over UDP and TCP.
pub(crate) const ADDRESS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 53);
/// Bytes of the largest query that is read.
const QUERY_MAX: usize = 4096;
/// How long a TCP connection may stay without a byte before it is dropped.
const IDLE: Duration = Duration::from_secs(10);
/// Threads need little: they parse one message.
const STACK: usize = 128 * 1024;
/// Entries that a log keeps: a subject that asks without end fills no memory.
const LOG_MAX: usize = 65_536;

/// What the server has seen since it was last asked.
#[derive(Debug, Default)]
struct Log {
    queries: Vec<String>,
    unexpected: Vec<String>,
    errors: Vec<String>,
}

/// A running server.
#[derive(Debug)]
pub(crate) struct Server {
    log: Arc<Mutex<Log>>,
}

#[derive(Debug)]
struct Shared {
    zone: Zone,
    log: Arc<Mutex<Log>>,
}

/// The transport that a query came over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Over {
    Udp,
    Tcp,
}

impl Server {
    /// Binds both sockets and starts their threads.
    pub(crate) fn start(zone: Zone) -> io::Result<Self> {
        let udp = UdpSocket::bind(ADDRESS)?;
        let tcp = TcpListener::bind(ADDRESS)?;
        let log = Arc::new(Mutex::new(Log::default()));
        let shared = Arc::new(Shared { zone, log: Arc::clone(&log) });
        let for_tcp = Arc::clone(&shared);
        thread::Builder::new()
            .name("dns-udp".into())
            .stack_size(STACK)
            .spawn(move || shared.serve_udp(&udp))?;
        thread::Builder::new()
            .name("dns-tcp".into())
            .stack_size(STACK)
            .spawn(move || for_tcp.serve_tcp(&tcp))?;
        Ok(Self { log })
    }

    /// All queries since the last call, as `TYPE name`, in the order they came.
    pub(crate) fn take_queries(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.log).queries)
    }

    /// Those whose name the zone does not know.
    pub(crate) fn take_unexpected(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.log).unexpected)
    }

    /// What went wrong in the server, and what it could not read.
    pub(crate) fn take_errors(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.log).errors)
    }
}

impl Shared {
    fn serve_udp(&self, socket: &UdpSocket) {
        let mut buffer = [0; QUERY_MAX];
        loop {
            match socket.recv_from(&mut buffer) {
                Ok((length, from)) => {
                    let Some(reply) = self.answer(buffer.get(..length).unwrap_or_default(), Over::Udp) else {
                        continue;
                    };
                    if let Err(error) = socket.send_to(&reply, from) {
                        self.note(format!("a reply to {from} could not be sent: {error}"));
                    }
                }
                // An earlier reply met a socket that was closed by then: no concern of the next query.
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.note(format!("the UDP socket failed, no more queries are answered there: {error}"));
                    return;
                }
            }
        }
    }

    fn serve_tcp(self: &Arc<Self>, listener: &TcpListener) {
        loop {
            match listener.accept() {
                Ok((stream, from)) => {
                    let shared = Arc::clone(self);
                    let talk = move || {
                        if let Err(error) = shared.talk(stream) {
                            shared.note(format!("the connection of {from} ended early: {error}"));
                        }
                    };
                    let started =
                        thread::Builder::new().name("dns-tcp-talk".into()).stack_size(STACK).spawn(talk);
                    if let Err(error) = started {
                        self.note(format!("no thread for the connection of {from}: {error}"));
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if error.kind() == io::ErrorKind::ConnectionAborted => {}
                Err(error) => {
                    self.note(format!("the TCP socket failed, no more queries are answered there: {error}"));
                    return;
                }
            }
        }
    }

    /// Answers the queries of one connection, each with its length in front (RFC 1035, 4.2.2), until it is closed.
    fn talk(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_read_timeout(Some(IDLE))?;
        stream.set_nodelay(true)?;
        loop {
            let mut length = [0; 2];
            match stream.read_exact(&mut length) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
                Err(error) => return Err(error),
            }
            let mut query = vec![0; usize::from(u16::from_be_bytes(length))];
            stream.read_exact(&mut query)?;
            let Some(reply) = self.answer(&query, Over::Tcp) else {
                continue;
            };
            let length = u16::try_from(reply.len()).map_err(io::Error::other)?;
            let mut framed = Vec::with_capacity(reply.len() + 2);
            framed.extend_from_slice(&length.to_be_bytes());
            framed.extend_from_slice(&reply);
            stream.write_all(&framed)?;
        }
    }

    /// The reply to the bytes of one query, or `None` where none is sent.
    fn answer(&self, bytes: &[u8], over: Over) -> Option<Vec<u8>> {
        let message = match Message::from_vec(bytes) {
            Ok(message) => message,
            Err(error) => {
                self.note(format!("{} bytes that are no DNS message: {error}", bytes.len()));
                return None;
            }
        };
        if message.metadata.message_type != MessageType::Query {
            self.note("a reply, sent to the server".to_owned());
            return None;
        }
        let reply = match message.queries.as_slice() {
            [query] if message.metadata.op_code == OpCode::Query && query.query_class() == DNSClass::IN => {
                let (reply, known) = self.zone.reply(query.name(), query.query_type());
                let text = format!("{} {}", query.query_type(), key(query.name()));
                let mut log = lock(&self.log);
                if !known {
                    keep(&mut log.unexpected, text.clone());
                }
                keep(&mut log.queries, text);
                drop(log);
                reply
            }
            [_] => Reply::Message { code: ResponseCode::NotImp, answers: Vec::new(), truncate: false },
            _ => Reply::Message { code: ResponseCode::FormErr, answers: Vec::new(), truncate: false },
        };
        let Reply::Message { code, answers, truncate } = reply else {
            return None;
        };
        let mut response = Message::response(message.metadata.id, message.metadata.op_code);
        response.metadata = Metadata::response_from_request(&message.metadata);
        response.metadata.recursion_available = true;
        response.metadata.response_code = code;
        response.queries = message.queries;
        if truncate && over == Over::Udp {
            response.metadata.truncation = true;
        } else {
            response.answers = answers;
        }
        response.to_vec().map_err(|error| self.note(format!("a reply could not be written: {error}"))).ok()
    }

    fn note(&self, error: String) {
        keep(&mut lock(&self.log).errors, error);
    }
}

fn keep(log: &mut Vec<String>, entry: String) {
    if log.len() < LOG_MAX {
        log.push(entry);
    }
}

/// A thread that died while it held the log has left it whole: entries are only ever appended.
fn lock(log: &Mutex<Log>) -> MutexGuard<'_, Log> {
    log.lock().unwrap_or_else(PoisonError::into_inner)
}
