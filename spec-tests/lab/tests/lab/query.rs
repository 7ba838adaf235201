//! A DNS client of a few lines, for what the C library's resolver does not show.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use hickory_proto::op::{Message, MessageType, OpCode, Query};
use hickory_proto::rr::{Name, RecordType};

pub(crate) const SERVER: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 53);
/// How long to wait for a reply that is to come: only a broken server makes anybody wait that long.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long to wait for a reply that must not come.
const SILENCE: Duration = Duration::from_millis(50);

pub(crate) fn message(name: &str, kind: RecordType) -> Vec<u8> {
    let mut name = Name::from_ascii(name).unwrap();
    name.set_fqdn(true);
    let mut message = Message::new(4711, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(name, kind));
    message.to_vec().unwrap()
}

pub(crate) fn udp_bytes(query: &[u8], wait: Duration) -> io::Result<Message> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.connect(SERVER)?;
    socket.set_read_timeout(Some(wait))?;
    socket.send(query)?;
    let mut buffer = [0; 4096];
    let length = socket.recv(&mut buffer)?;
    Message::from_vec(&buffer[..length]).map_err(io::Error::other)
}

pub(crate) fn tcp_bytes(query: &[u8], wait: Duration) -> io::Result<Message> {
    let mut stream = TcpStream::connect(SERVER)?;
    stream.set_read_timeout(Some(wait))?;
    stream.write_all(&u16::try_from(query.len()).unwrap().to_be_bytes())?;
    stream.write_all(query)?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    let mut buffer = vec![0; usize::from(u16::from_be_bytes(length))];
    stream.read_exact(&mut buffer)?;
    Message::from_vec(&buffer).map_err(io::Error::other)
}

pub(crate) fn udp(name: &str, kind: RecordType) -> Message {
    udp_bytes(&message(name, kind), PATIENCE).unwrap()
}

pub(crate) fn tcp(name: &str, kind: RecordType) -> Message {
    tcp_bytes(&message(name, kind), PATIENCE).unwrap()
}

/// Whether the server says nothing, over either transport.
pub(crate) fn is_silent(name: &str, kind: RecordType) -> bool {
    let query = message(name, kind);
    let timed_out = |result: io::Result<Message>| {
        result.is_err_and(|error| matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut))
    };
    timed_out(udp_bytes(&query, SILENCE)) && timed_out(tcp_bytes(&query, SILENCE))
}

/// A reply as one line: its code, the mark of a truncated one, and its answers.
pub(crate) fn line(message: &Message) -> String {
    assert_eq!((message.metadata.id, message.metadata.message_type), (4711, MessageType::Response));
    let mut line = message.metadata.response_code.to_str().to_owned();
    if message.metadata.truncation {
        line.push_str(" truncated");
    }
    for record in &message.answers {
        write!(line, "; {} {}", record.record_type(), record.data).unwrap();
    }
    line
}
