//! The harness's own end of a connection: both ends here are the peer's.
#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests, which fail by panicking")]

use std::time::{Duration, Instant};

use rstest::rstest;
use sockspec_cases::fill;
use sockspec_engine::Peer;
use sockspec_subject::{Call, ObjectRef, Outcome, Value};

struct Two(Peer);

impl Two {
    fn new() -> Self {
        Self(Peer::new(Duration::from_secs(20)))
    }

    fn outcome(&mut self, on: Option<&ObjectRef>, name: &str, args: Vec<Value>) -> Outcome {
        self.0.call(&match on {
            Some(object) => Call::method(object, name, args),
            None => Call::function(name, args),
        })
    }

    fn get(&mut self, on: &ObjectRef, name: &str, args: Vec<Value>) -> Value {
        match self.outcome(Some(on), name, args) {
            Outcome::Returned(value) => value,
            other => panic!("{name}: {other}"),
        }
    }

    fn socket(&mut self, family: &str, kind: &str) -> ObjectRef {
        let constant = |name: &str| Value::Constant(name.to_owned());
        match self.outcome(None, "socket", vec![constant(family), constant(kind)]) {
            Outcome::Returned(Value::Object(object)) => object,
            other => panic!("socket: {other}"),
        }
    }

    fn bound(&mut self, family: &str, kind: &str, host: &str) -> (ObjectRef, Value) {
        let socket = self.socket(family, kind);
        let zero = Value::int(0);
        let mut address = vec![Value::str(host), zero.clone()];
        if family == "AF_INET6" {
            address.extend([zero.clone(), zero]);
        }
        self.get(&socket, "bind", vec![Value::Tuple(address)]);
        let name = self.get(&socket, "getsockname", vec![]);
        (socket, name)
    }

    /// Two ends of one TCP connection on 127.0.0.1.
    fn connected(&mut self) -> (ObjectRef, ObjectRef) {
        let (listener, name) = self.bound("AF_INET", "SOCK_STREAM", "127.0.0.1");
        self.get(&listener, "listen", vec![Value::int(1)]);
        let client = self.socket("AF_INET", "SOCK_STREAM");
        self.get(&client, "connect", vec![name]);
        let (server, _) = self.accepted(&listener);
        (client, server)
    }

    fn accepted(&mut self, listener: &ObjectRef) -> (ObjectRef, Value) {
        let value = self.get(listener, "accept", vec![]);
        match value.items() {
            Some([Value::Object(server), from]) => (server.clone(), from.clone()),
            _ => panic!("accept: {value}"),
        }
    }
}

/// Whether this machine has the address: not every one has IPv6.
fn has(family: &str, host: &str) -> bool {
    let found = std::net::UdpSocket::bind((host, 0)).is_ok();
    assert!(found || family != "AF_INET", "127.0.0.1 cannot be bound");
    found
}

#[rstest]
#[case("AF_INET", "127.0.0.1", 2)]
#[case("AF_INET6", "::1", 4)]
fn a_connection_there_and_back(#[case] family: &str, #[case] host: &str, #[case] members: usize) {
    if !has(family, host) {
        return;
    }
    let mut peer = Two::new();
    let (listener, name) = peer.bound(family, "SOCK_STREAM", host);
    assert_eq!(name.items().unwrap().len(), members);
    peer.get(&listener, "listen", vec![Value::int(1)]);
    let client = peer.socket(family, "SOCK_STREAM");
    peer.get(&client, "connect", vec![name.clone()]);
    let (server, from) = peer.accepted(&listener);
    assert_eq!(from, peer.get(&client, "getsockname", vec![]));
    assert_eq!(name, peer.get(&client, "getpeername", vec![]));
    assert_eq!(peer.get(&client, "send", vec![Value::bytes(*b"there")]), Value::int(5));
    assert_eq!(peer.get(&server, "recv_exactly", vec![Value::int(5)]), Value::bytes(*b"there"));
    peer.get(&server, "send", vec![Value::bytes(*b"back")]);
    peer.get(&server, "shutdown", vec![Value::int(1)]);
    assert_eq!(peer.get(&client, "recv_exactly", vec![Value::int(100)]), Value::bytes(*b"back"));
    assert_eq!(peer.get(&client, "recv", vec![Value::int(100)]), Value::bytes(*b""), "the end");
}

#[rstest]
#[case("AF_INET", "127.0.0.1")]
#[case("AF_INET6", "::1")]
fn datagrams(#[case] family: &str, #[case] host: &str) {
    if !has(family, host) {
        return;
    }
    let mut peer = Two::new();
    let (one, name) = peer.bound(family, "SOCK_DGRAM", host);
    let (two, from) = peer.bound(family, "SOCK_DGRAM", host);
    for data in [&b"datagram"[..], b""] {
        let sent = peer.get(&two, "sendto", vec![Value::bytes(data), name.clone()]);
        assert_eq!(sent, Value::int(i64::try_from(data.len()).unwrap()));
        let got = peer.get(&one, "recvfrom", vec![Value::int(100)]);
        assert_eq!(got, Value::Tuple(vec![Value::bytes(data), from.clone()]));
    }
}

#[test]
fn paths_of_the_file_system() {
    let folder = tempfile::tempdir().unwrap();
    let path = Value::str(folder.path().join("p.sock").to_str().unwrap());
    let mut peer = Two::new();
    let exists = |peer: &mut Two| match peer.outcome(None, "file_exists", vec![path.clone()]) {
        Outcome::Returned(Value::Bool(exists)) => exists,
        other => panic!("{other}"),
    };
    assert!(!exists(&mut peer));
    let listener = peer.socket("AF_UNIX", "SOCK_STREAM");
    peer.get(&listener, "bind", vec![path.clone()]);
    peer.get(&listener, "listen", vec![Value::int(1)]);
    assert!(exists(&mut peer));
    assert_eq!(peer.get(&listener, "getsockname", vec![]), path);
    let client = peer.socket("AF_UNIX", "SOCK_STREAM");
    peer.get(&client, "connect", vec![path.clone()]);
    let (server, from) = peer.accepted(&listener);
    assert_eq!(from, Value::str(""), "the client has no name");
    peer.get(&client, "send", vec![Value::bytes(*b"x")]);
    assert_eq!(peer.get(&server, "recv", vec![Value::int(9)]), Value::bytes(*b"x"));
    assert_eq!(peer.outcome(None, "remove", vec![path.clone()]), Outcome::Returned(Value::None));
    assert!(!exists(&mut peer));
    assert!(matches!(peer.outcome(None, "remove", vec![path.clone()]), Outcome::Raised(_)));
}

#[test]
fn more_than_the_buffers_hold_goes_through_in_the_background() {
    let mut peer = Two::new();
    let (client, server) = peer.connected();
    let data = fill(3_000_000);
    peer.get(&server, "drain", vec![]);
    peer.get(&client, "feed", vec![Value::bytes(data.clone())]);
    assert_eq!(peer.get(&client, "fed", vec![]), Value::None);
    let Value::Bytes(drained) = peer.get(&server, "drained", vec![]) else { panic!("no bytes") };
    assert!(drained == data);
    // Once it was waited for, nothing runs any more.
    assert!(matches!(peer.outcome(Some(&server), "drained", vec![]), Outcome::Unsupported(_)));
}

#[test]
fn a_reset_ends_what_runs_in_the_background() {
    let mut peer = Two::new();
    let (client, server) = peer.connected();
    peer.get(&client, "drain", vec![]);
    drop(server);
    let start = Instant::now();
    peer.0.reset();
    // The numbers begin again, and the old ones lead nowhere else.
    assert!(matches!(peer.outcome(Some(&client), "recv", vec![Value::int(1)]), Outcome::Unsupported(_)));
    let (one, two) = peer.connected();
    peer.get(&one, "send", vec![Value::bytes(*b"new")]);
    assert_eq!(peer.get(&two, "recv", vec![Value::int(9)]), Value::bytes(*b"new"));
    assert!(start.elapsed() < Duration::from_secs(20), "nothing was waited for");
}

#[test]
fn a_connection_that_is_reset_is_seen_at_the_other_end() {
    let mut peer = Two::new();
    let (client, server) = peer.connected();
    peer.get(&client, "reset", vec![]);
    let Outcome::Raised(raised) = peer.outcome(Some(&server), "recv", vec![Value::int(1)]) else {
        panic!("it was not reset")
    };
    assert_eq!(raised.classes, ["error"]);
    let number = i64::from(rustix::io::Errno::CONNRESET.raw_os_error());
    assert_eq!(raised.args[0], Value::int(number));
    assert_eq!(raised.args.len(), 2, "number and text");
}

#[test]
fn nothing_waits_longer_than_the_deadline() {
    let mut peer = Two(Peer::new(Duration::from_millis(50)));
    let (client, _server) = peer.connected();
    let (listener, _) = peer.bound("AF_INET", "SOCK_STREAM", "127.0.0.1");
    peer.get(&listener, "listen", vec![Value::int(1)]);
    let (datagrams, _) = peer.bound("AF_INET", "SOCK_DGRAM", "127.0.0.1");
    peer.get(&client, "drain", vec![]);
    for (socket, name, args) in [
        (&client, "recv", vec![Value::int(1)]),
        (&client, "recv_exactly", vec![Value::int(1)]),
        (&client, "drained", vec![]),
        (&listener, "accept", vec![]),
        (&datagrams, "recvfrom", vec![Value::int(1)]),
    ] {
        let outcome = peer.outcome(Some(socket), name, args);
        assert!(matches!(&outcome, Outcome::Raised(raised) if raised.is("error")), "{name}: {outcome}");
    }
}

#[rstest]
#[case("connect", vec![Value::str("")])]
#[case("connect", vec![Value::Tuple(vec![Value::str("name.example"), Value::int(1)])])]
#[case("connect", vec![Value::Tuple(vec![Value::str("127.0.0.1"), Value::int(70_000)])])]
#[case("bind", vec![Value::Tuple(vec![])])]
#[case("bind", vec![Value::None])]
#[case("recv", vec![Value::int(-1)])]
#[case("recv", vec![Value::int(i64::MAX)])]
#[case("recv_exactly", vec![Value::int(i64::MAX)])]
#[case("shutdown", vec![Value::int(3)])]
#[case("send", vec![])]
#[case("send", vec![Value::str("text"), Value::int(1)])]
fn what_makes_no_sense_is_refused(#[case] name: &str, #[case] args: Vec<Value>) {
    let mut peer = Two::new();
    let socket = peer.socket("AF_INET", "SOCK_STREAM");
    let outcome = peer.outcome(Some(&socket), name, args);
    assert!(!matches!(outcome, Outcome::Returned(_)), "{outcome}");
}

#[test]
fn the_host_name_is_the_systems() {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    assert_eq!(Two::new().outcome(None, "hostname", vec![]), Outcome::Returned(Value::str(name)));
}
