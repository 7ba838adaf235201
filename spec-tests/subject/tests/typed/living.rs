//! The living example, asked as the suite asks.

use std::io::{Read, Write};
use std::net::TcpListener;

use rstest::rstest;
use sockspec_subject::typed::Typed;
use sockspec_subject::{
    Action, Call, Edition, Fault, ObjectId, ObjectRef, Outcome, Subject, Target, Unsupported, Value,
};

use crate::std_sockets::StdSockets;
use crate::{assert_inexpressible, bytes, constant, get, method, object, returned, socket, text, tuple};

fn std_sockets() -> Typed<StdSockets> {
    Typed::new(StdSockets::default())
}

#[rstest]
#[case("htons", [Value::int(258)], Value::int(258_u16.to_be()))]
#[case("ntohl", [Value::int(1)], Value::int(1_u32.to_be()))]
#[case("inet_aton", [text("192.0.2.1")], bytes(&[192, 0, 2, 1]))]
#[case("inet_ntoa", [bytes(&[192, 0, 2, 1])], text("192.0.2.1"))]
fn values_there_and_back(#[case] name: &str, #[case] args: [Value; 1], #[case] expected: Value) {
    assert_eq!(returned(&mut std_sockets(), &Call::function(name, args)), expected);
}

#[test]
fn getaddrinfo_gives_five_tuples() {
    let args =
        [text("127.0.0.1"), Value::int(80), constant("AF_INET"), constant("SOCK_DGRAM"), Value::int(0)];
    let found = returned(&mut std_sockets(), &Call::function("getaddrinfo", args));
    let entry = tuple([
        Value::int(libc::AF_INET),
        Value::int(libc::SOCK_DGRAM),
        Value::int(0),
        text(""),
        tuple([text("127.0.0.1"), Value::int(80)]),
    ]);
    assert_eq!(found, Value::List(vec![entry]));
}

#[test]
fn getaddrinfo_gives_four_tuples_for_ipv6() {
    let args = [Value::None, Value::None, constant("AF_INET6"), Value::int(0), Value::int(0)];
    let found = returned(&mut std_sockets(), &Call::function("getaddrinfo", args));
    let address = found.items().unwrap()[0].items().unwrap()[4].clone();
    assert_eq!(address, tuple([text("::1"), Value::int(0), Value::int(0), Value::int(0)]));
}

#[rstest]
#[case(Edition::V2_2, "socktype", "type")]
#[case(Edition::V3, "type", "socktype")]
fn getaddrinfo_takes_the_names_of_its_edition(
    #[case] edition: Edition,
    #[case] name: &str,
    #[case] other: &str,
) {
    let call = |name: &str| Call {
        target: Target::Module,
        name: "getaddrinfo".to_owned(),
        action: Action::Invoke {
            args: vec![text("127.0.0.1")],
            named: vec![(name.to_owned(), constant("SOCK_DGRAM")), ("port".to_owned(), Value::None)],
        },
    };
    let mut subject = Typed::new(StdSockets { edition });
    let found = returned(&mut subject, &call(name));
    assert_eq!(found.items().unwrap()[0].items().unwrap()[1], Value::int(libc::SOCK_DGRAM));
    assert_inexpressible(&mut subject, &call(other));
}

#[rstest]
#[case::too_many("htons", vec![Value::int(1), Value::int(1)])]
#[case::too_few("htons", vec![])]
#[case::text_for_a_number("htons", vec![text("1")])]
#[case::none_for_a_number("htons", vec![Value::None])]
#[case::seventeen_bits("htons", vec![Value::int(65536)])]
#[case::below_zero("htonl", vec![Value::int(-1)])]
#[case::beyond_64_bits("htonl", vec![Value::Int("18446744073709551616".parse().unwrap())])]
#[case::bytes_for_text("inet_aton", vec![bytes(b"127.0.0.1")])]
#[case::text_for_bytes("inet_ntoa", vec![text("abcd")])]
#[case::no_utf8_where_that_is_needed("inet_aton", vec![Value::str(vec![0xff])])]
#[case::number_for_a_host("getaddrinfo", vec![Value::int(1), Value::None])]
#[case::float_for_a_port("getaddrinfo", vec![Value::None, Value::Float(80.0)])]
#[case::text_for_a_family("getaddrinfo", vec![Value::None, Value::None, text("AF_INET")])]
#[case::none_for_flags("getaddrinfo", vec![Value::None, Value::None, Value::int(0), Value::int(0), Value::int(0), Value::None])]
#[case::text_for_an_address("getnameinfo", vec![text("127.0.0.1"), Value::int(0)])]
#[case::list_for_an_address("getnameinfo", vec![Value::List(vec![text("127.0.0.1"), Value::int(80)]), Value::int(0)])]
#[case::address_of_one("getnameinfo", vec![tuple([text("127.0.0.1")]), Value::int(0)])]
#[case::address_of_five("getnameinfo", vec![tuple([text("::1"), Value::int(0), Value::int(0), Value::int(0), Value::int(0)]), Value::int(0)])]
#[case::port_as_text("getnameinfo", vec![tuple([text("127.0.0.1"), text("80")]), Value::int(0)])]
#[case::scope_as_text("getnameinfo", vec![tuple([text("::1"), Value::int(0), Value::int(0), text("lo")]), Value::int(0)])]
#[case::host_as_none("getnameinfo", vec![tuple([Value::None, Value::int(80)]), Value::int(0)])]
#[case::type_left_out("socket", vec![constant("AF_INET")])]
#[case::protocol_left_out("getservbyname", vec![text("http")])]
fn what_the_types_cannot_express(#[case] name: &str, #[case] args: Vec<Value>) {
    assert_inexpressible(&mut std_sockets(), &Call::function(name, args));
}

#[rstest]
#[case::host_and_port_apart("bind", vec![text("127.0.0.1"), Value::int(0)])]
#[case::path_for_inet("bind", vec![text("127.0.0.1")])]
#[case::four_items_for_inet("bind", vec![tuple([text("127.0.0.1"), Value::int(0), Value::int(0), Value::int(0)])])]
#[case::text_as_data("send", vec![text("hello")])]
#[case::negative_size("recv", vec![Value::int(-1)])]
#[case::text_as_option("setsockopt", vec![constant("SOL_SOCKET"), constant("SO_REUSEADDR"), text("1")])]
#[case::null_option_before_3("setsockopt", vec![constant("SOL_SOCKET"), constant("SO_REUSEADDR"), Value::None, Value::int(4)])]
#[case::flags_as_text("sendto", vec![bytes(b"x"), text("0"), tuple([text("127.0.0.1"), Value::int(9)])])]
#[case::backlog_left_out("listen", vec![])]
#[case::blocking_as_none("setblocking", vec![Value::None])]
#[case::close_with_an_argument("close", vec![Value::int(1)])]
fn what_the_types_of_methods_cannot_express(#[case] name: &str, #[case] args: Vec<Value>) {
    let mut subject = std_sockets();
    let s = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    assert_inexpressible(&mut subject, &Call::method(&s, name, args));
}

#[rstest]
#[case(Call::function("getprotobyname", [text("tcp")]), "this implementation has no getprotobyname")]
#[case(Call::function("frobnicate", []), "this implementation has no frobnicate")]
#[case(Call::function("htons", [constant("AF_X25")]), "the module has no constant AF_X25")]
fn what_is_not_there(#[case] call: Call, #[case] why: &str) {
    let outcome = std_sockets().call(&call).unwrap();
    assert_eq!(outcome, Outcome::Unsupported(Unsupported::Lacks(why.to_owned())));
}

#[test]
fn constants_can_be_read_and_nothing_else() {
    let mut subject = std_sockets();
    assert_eq!(returned(&mut subject, &Call::get("AF_INET6")), Value::int(libc::AF_INET6));
    assert_inexpressible(&mut subject, &Call::get("getaddrinfo"));
    assert_inexpressible(&mut subject, &Call::get("SocketType"));
    let s = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    assert_inexpressible(&mut subject, &get(Target::Object(s.clone()), "recv"));
    for absent in [Call::get("AF_X25"), get(Target::Object(s), "read")] {
        let Outcome::Raised(raised) = subject.call(&absent).unwrap() else { panic!("{absent} is there") };
        assert_eq!(raised.classes, ["AttributeError"]);
    }
}

#[test]
fn range_checks_are_the_implementers() {
    let mut subject = std_sockets();
    let s = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    let port = |port: Value| Call::method(&s, "bind", [tuple([text("127.0.0.1"), port])]);
    for out_of_range in [-1, 65536, i64::MAX] {
        let Outcome::Raised(raised) = subject.call(&port(Value::int(out_of_range))).unwrap() else {
            panic!("{out_of_range} is a port")
        };
        assert!(raised.is("OverflowError"));
    }
    assert_inexpressible(&mut subject, &port(Value::Int("9223372036854775808".parse().unwrap())));
}

#[test]
fn echo_over_loopback() {
    let mut subject = std_sockets();
    let server = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    assert_eq!(
        method(&mut subject, &server, "bind", [tuple([text("127.0.0.1"), Value::int(0)])]),
        Value::None
    );
    method(&mut subject, &server, "listen", [Value::int(1)]);
    let address = method(&mut subject, &server, "getsockname", []);
    let client = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    assert_eq!(method(&mut subject, &client, "connect_ex", [address.clone()]), Value::int(0));
    let accepted = method(&mut subject, &server, "accept", []);
    let [connected, peer] = accepted.items().unwrap() else { panic!("{accepted} is no pair") };
    assert_eq!(*peer, method(&mut subject, &client, "getsockname", []));
    assert_eq!(method(&mut subject, &client, "getpeername", []), address);
    let connected = object(connected.clone());

    assert_eq!(method(&mut subject, &client, "send", [bytes(b"Hello, "), Value::int(0)]), Value::int(7));
    assert_eq!(method(&mut subject, &client, "sendall", [bytes(b"world\nmore")]), Value::None);
    method(&mut subject, &client, "shutdown", [Value::int(1)]);
    let file = object(method(&mut subject, &connected, "makefile", [text("rb")]));
    assert_eq!((file.kind.as_str(), file.id), ("file", ObjectId(4)));
    assert_eq!(method(&mut subject, &file, "readline", []), bytes(b"Hello, world\n"));
    assert_eq!(method(&mut subject, &file, "read", [Value::int(-1)]), bytes(b"more"));
    assert_eq!(method(&mut subject, &file, "write", [bytes(b"back")]), Value::None);
    method(&mut subject, &connected, "close", []);
    assert_eq!(method(&mut subject, &client, "recv", [Value::int(100)]), bytes(b"back"));
    method(&mut subject, &file, "close", []);
    assert_eq!(method(&mut subject, &client, "recv", [Value::int(100)]), bytes(b""));
}

#[rstest]
#[case("AF_INET", tuple([text(""), Value::int(0)]), "127.0.0.1")]
#[case("AF_INET", tuple([text("127.0.0.1"), Value::int(0)]), "127.0.0.1")]
fn datagrams_over_loopback(#[case] family: &str, #[case] bound: Value, #[case] host: &str) {
    let mut subject = std_sockets();
    let to = socket(&mut subject, family, "SOCK_DGRAM");
    method(&mut subject, &to, "bind", [bound]);
    let name = method(&mut subject, &to, "getsockname", []);
    let address = tuple([text(host), name.items().unwrap()[1].clone()]);
    let from = socket(&mut subject, family, "SOCK_DGRAM");
    method(&mut subject, &from, "bind", [tuple([text("127.0.0.1"), Value::int(0)])]);
    let sender = method(&mut subject, &from, "getsockname", []);
    assert_eq!(method(&mut subject, &from, "sendto", [bytes(b"two"), address.clone()]), Value::int(3));
    assert_eq!(
        method(&mut subject, &from, "sendto", [bytes(b"three"), Value::int(0), address]),
        Value::int(5)
    );
    for data in [b"two".as_slice(), b"three"] {
        let received = method(&mut subject, &to, "recvfrom", [Value::int(100)]);
        assert_eq!(received, tuple([bytes(data), sender.clone()]));
    }
}

#[rstest]
#[case::bytes_before_3(Edition::V2_2, vec![text("r+")], bytes(b"line\n"), bytes(b"data"), text("data"), Value::None)]
#[case::text_since_3(Edition::V3, vec![], text("line\n"), text("data"), bytes(b"data"), Value::int(4))]
#[case::bytes_in_3(Edition::V3, vec![text("rwb"), Value::None], bytes(b"line\n"), bytes(b"data"), text("data"), Value::int(4))]
fn files_hold_what_their_edition_and_mode_say(
    #[case] edition: Edition,
    #[case] mode: Vec<Value>,
    #[case] line: Value,
    #[case] data: Value,
    #[case] other: Value,
    #[case] written: Value,
) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut subject = Typed::new(StdSockets { edition });
    let s = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    method(&mut subject, &s, "connect", [tuple([text("127.0.0.1"), Value::int(port)])]);
    let (mut peer, _) = listener.accept().unwrap();
    peer.write_all(b"line\n").unwrap();
    let file = object(method(&mut subject, &s, "makefile", mode));
    assert_eq!(method(&mut subject, &file, "readline", []), line);
    assert_inexpressible(&mut subject, &Call::method(&file, "write", [other]));
    assert_eq!(method(&mut subject, &file, "write", [data]), written);
    let mut received = [0; 4];
    peer.read_exact(&mut received).unwrap();
    assert_eq!(received, *b"data");
}

#[test]
fn a_closed_socket_stays_and_refuses() {
    let mut subject = std_sockets();
    let s = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    method(&mut subject, &s, "close", []);
    let Outcome::Raised(raised) = subject.call(&Call::method(&s, "getsockname", [])).unwrap() else {
        panic!("a closed socket has a name")
    };
    assert_eq!(raised.classes, ["error"]);
    assert_eq!(raised.args, [Value::int(libc::EBADF), text("Bad file descriptor")]);
    let next = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    assert_ne!(next.id, s.id);
}

#[test]
fn reset_closes_and_forgets() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut subject = std_sockets();
    let s = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    method(&mut subject, &s, "connect", [tuple([text("127.0.0.1"), Value::int(port)])]);
    let (mut peer, _) = listener.accept().unwrap();
    subject.reset().unwrap();

    assert_eq!(peer.read(&mut [0]).unwrap(), 0);
    assert_eq!(socket(&mut subject, "AF_INET", "SOCK_STREAM").id, ObjectId(1));
}

#[test]
fn a_forgotten_socket_is_dropped_and_its_number_with_it() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut subject = std_sockets();
    let s = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    method(&mut subject, &s, "connect", [tuple([text("127.0.0.1"), Value::int(port)])]);
    let (mut peer, _) = listener.accept().unwrap();
    assert_eq!(subject.call(&Call::forget(&s)), Ok(Outcome::Returned(Value::None)));

    assert_eq!(peer.read(&mut [0]).unwrap(), 0);
    assert_eq!(socket(&mut subject, "AF_INET", "SOCK_STREAM").id, ObjectId(2));
    assert!(matches!(subject.call(&Call::forget(&s)), Err(Fault::Protocol { .. })));
}

#[test]
fn whoever_cannot_forget_says_so_and_leaves_nothing_open() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut subject = std_sockets();
    let s = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    method(&mut subject, &s, "connect", [tuple([text("127.0.0.1"), Value::int(port)])]);
    let (_peer, _) = listener.accept().unwrap();
    let file = object(method(&mut subject, &s, "makefile", [text("rb")]));
    // The files of this module keep the default.
    assert!(matches!(
        subject.call(&Call::forget(&file)),
        Ok(Outcome::Unsupported(sockspec_subject::Unsupported::Lacks(_)))
    ));
    assert!(matches!(subject.call(&Call::forget(&file)), Err(Fault::Protocol { .. })));
}

#[test]
fn an_unknown_object_is_a_fault_and_leaves_none() {
    let mut subject = std_sockets();
    let s = socket(&mut subject, "AF_INET", "SOCK_STREAM");
    let unknown = ObjectRef { id: ObjectId(7), kind: "socket".to_owned() };
    for call in [Call::method(&unknown, "close", []), get(Target::Object(unknown.clone()), "read")] {
        assert!(
            matches!(subject.call(&call), Err(Fault::Protocol { what, .. }) if what.contains("object 7"))
        );
    }
    assert!(matches!(subject.call(&Call::method(&s, "close", [])), Err(Fault::Protocol { .. })));
}
