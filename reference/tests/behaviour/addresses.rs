//! The forms of addresses, in and out.

use rstest::rstest;
use socket_reference::{
    AddrInfoFlags, Address, Family, Hints, MsgFlags, Port, SockType, SocketAddress, getaddrinfo,
};

use crate::{failure, new};

const NONAME: (&str, Option<i32>) = ("gaierror", Some(-2));
const ADDRFAMILY: (&str, Option<i32>) = ("gaierror", Some(-9));
const OVERFLOW: (&str, Option<i32>) = ("OverflowError", None);
const TYPE: (&str, Option<i32>) = ("TypeError", None);

fn bound<'a>(family: Family, address: impl Into<Address<'a>>) -> SocketAddress {
    let socket = new(family, SockType::DGRAM);
    socket.bind(address).unwrap();
    socket.getsockname().unwrap()
}

#[rstest]
#[case("127.0.0.1", "127.0.0.1")]
#[case("", "0.0.0.0")]
#[case("127.1", "127.0.0.1")]
#[case("0x7f.0.0.1", "127.0.0.1")]
#[case("::ffff:127.0.0.1", "127.0.0.1")]
#[case("localhost", "127.0.0.1")]
fn inet_pair(#[case] given: &str, #[case] returned: &str) {
    let address = bound(Family::INET, (given, 0));
    assert_eq!(address.host().as_deref(), Some(returned));
    assert!(address.port() > Some(0));
    assert_eq!(address.to_string(), format!("('{returned}', {})", address.port().unwrap()));
}

#[test]
fn broadcast_host_is_the_broadcast_address() {
    let socket = new(Family::INET, SockType::DGRAM);
    // Without leave to broadcast the system refuses the address as such, or it knows no way there. An address of another
    // kind it would connect to.
    let errno = socket.connect_ex(("<broadcast>", 9)).unwrap();
    assert!(matches!(errno, libc::EACCES | libc::ENETUNREACH), "{errno}");
}

#[rstest]
#[case(("127.0.0.1", -1_i64).into(), OVERFLOW)]
#[case(("127.0.0.1", 65_536).into(), OVERFLOW)]
#[case(("127.0.0.1", i64::MAX).into(), OVERFLOW)]
#[case(("127.0.0.1", 80, 0).into(), TYPE)]
#[case(("127.0.0.1", 80, 0, 0).into(), TYPE)]
#[case(Address::Unix(b"/tmp/x"), TYPE)]
#[case(("127.0.0.1\0", 80).into(), TYPE)]
#[case(("\0", 80).into(), TYPE)]
#[case(("::1", 80).into(), ADDRFAMILY)]
#[case("[::1]:80".parse::<std::net::SocketAddr>().unwrap().into(), TYPE)]
fn refused_by_inet(#[case] address: Address<'_>, #[case] expected: (&str, Option<i32>)) {
    let socket = new(Family::INET, SockType::DGRAM);
    assert_eq!(failure(socket.bind(address)), expected);
    assert_eq!(failure(socket.connect(address)), expected);
    assert_eq!(failure(socket.connect_ex(address)), expected);
    assert_eq!(failure(socket.sendto(b"", MsgFlags::NONE, address)), expected);
}

#[rstest]
#[case(("", 80).into(), NONAME)]
#[case(("<broadcast>", 80).into(), NONAME)]
#[case(("127.0.0.1", 80).into(), ADDRFAMILY)]
#[case("127.0.0.1:80".parse::<std::net::SocketAddr>().unwrap().into(), ADDRFAMILY)]
#[case(("::1", 65_536).into(), OVERFLOW)]
#[case(("::1", 80, -1).into(), OVERFLOW)]
#[case(("::1", 80, 0x10_0000).into(), OVERFLOW)]
#[case(("::1", 80, 0, -1).into(), OVERFLOW)]
#[case(("::1", 80, 0, 0x1_0000_0000).into(), OVERFLOW)]
#[case(("fe80::1%", 80).into(), NONAME)]
#[case(("fe80::1%\0", 80).into(), TYPE)]
#[case(Address::Unix(b"/tmp/x"), TYPE)]
fn refused_by_inet6(#[case] address: Address<'_>, #[case] expected: (&str, Option<i32>)) {
    let socket = new(Family::INET6, SockType::DGRAM);
    assert_eq!(failure(socket.bind(address)), expected);
    assert_eq!(failure(socket.connect_ex(address)), expected);
}

#[rstest]
#[case(("::1", 0_i64).into())]
#[case(("::1", 0, 0).into())]
#[case(("::1", 0, 0, 0).into())]
#[case(("0::0:1", 0).into())]
fn inet6_tuples(#[case] address: Address<'_>) {
    let address = bound(Family::INET6, address);
    let SocketAddress::Inet6(tuple) = &address else { panic!("{address:?}") };
    assert_eq!((tuple.flowinfo(), tuple.scope_id()), (0, 0));
    assert_eq!(address.to_string(), format!("('::1', {}, 0, 0)", tuple.port()));
    assert_eq!((address.host().as_deref(), address.port()), (Some("::1"), Some(tuple.port())));
}

#[test]
fn flow_information_is_a_number_in_network_order_on_the_wire() {
    let socket = new(Family::INET6, SockType::DGRAM);
    let sender = libc::IPV6_FLOWINFO_SEND;
    assert_eq!(failure(socket.connect(("::1", 9, 0x10_0000, 0))), OVERFLOW);
    // With the option set a label that is not leased is refused, zero is not: the kernel saw the label.
    socket.setsockopt(libc::IPPROTO_IPV6, sender, 1).unwrap();
    let label = socket.connect_ex(("::1", 9, 0xf_ffff, 0)).unwrap();
    assert!(label == libc::EINVAL || label == 0, "{label}");
    socket.connect(("::1", 9, 0, 0)).unwrap();
    assert_eq!(socket.getpeername().unwrap().to_string(), "('::1', 9, 0, 0)");
}

#[test]
fn scope_of_the_tuple_goes_before_that_of_the_text() {
    let found = getaddrinfo(Some(b"fe80::1%7"), 9, Hints::default()).unwrap();
    assert_eq!(found[0].address.to_string(), "[fe80::1%7]:9");
    let found = getaddrinfo(Some(b"fe80::1%lo"), 9, Hints::default()).unwrap();
    assert_eq!(found[0].address.to_string(), "[fe80::1%1]:9");
    let numeric = socket_reference::NameInfoFlags(3);
    let host = |address: Address<'_>| socket_reference::getnameinfo(address, numeric).unwrap().0;
    assert_eq!(host(("fe80::1%7", 9).into()), "fe80::1%7");
    assert_eq!(host(("fe80::1%7", 9, 0, 0).into()), "fe80::1%7");
    assert_eq!(host(("fe80::1%7", 9, 0, 8).into()), "fe80::1%8");
    assert_eq!(host(("fe80::1", 9, 0, 1).into()), "fe80::1%lo");
}

#[test]
fn entries_fit_the_methods_that_take_addresses() {
    let hints = Hints { socktype: SockType::DGRAM, flags: AddrInfoFlags::PASSIVE, ..Hints::default() };
    let found = getaddrinfo(None, 0, hints).unwrap();
    assert!(!found.is_empty());
    for entry in found {
        assert!(entry.address.ip().is_unspecified());
        let socket = socket_reference::socket(entry.family, entry.socktype, entry.protocol).unwrap();
        socket.bind(entry.address).unwrap();
    }
    assert_eq!(failure(getaddrinfo(None, Port::None, hints)), NONAME);
    assert_eq!(failure(getaddrinfo(Some(b""), "", hints)), NONAME);
}

#[test]
fn unix_paths() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("s");
    let path = path.as_os_str().as_encoded_bytes();
    assert_eq!(bound(Family::UNIX, Address::Unix(path)).path(), Some(path));

    let sender = new(Family::UNIX, SockType::DGRAM);
    let receiver = new(Family::UNIX, SockType::DGRAM);
    let name = [b"\0sockspec\0", path].concat();
    receiver.bind(Address::Unix(&name)).unwrap();
    assert_eq!(receiver.getsockname().unwrap().path(), Some(&name[..]));
    sender.sendto(b"x", MsgFlags::NONE, &receiver.getsockname().unwrap()).unwrap();
    let (data, from) = receiver.recvfrom_vec(8, MsgFlags::NONE).unwrap();
    assert_eq!((&data[..], from), (&b"x"[..], None));
    assert_eq!(sender.getsockname().unwrap().path(), Some(&b""[..]));

    sender.bind(Address::Unix(b"")).unwrap();
    let chosen = sender.getsockname().unwrap();
    assert!(chosen.path().unwrap().starts_with(b"\0"), "{chosen}");
}

#[rstest]
#[case(&[b'a'; 108], ("error", None))]
#[case(&[0; 109], ("error", None))]
#[case(&[b'a'; 5000], ("error", None))]
#[case(b"a\0b", TYPE)]
#[case(b"a\0", TYPE)]
fn refused_by_unix(#[case] path: &[u8], #[case] expected: (&str, Option<i32>)) {
    let socket = new(Family::UNIX, SockType::DGRAM);
    assert_eq!(failure(socket.bind(Address::Unix(path))), expected);
    assert_eq!(failure(socket.connect_ex(Address::Unix(path))), expected);
    assert_eq!(failure(socket.connect(("127.0.0.1", 80))), TYPE);
}

#[rstest]
#[case(&[b'a'; 107])]
#[case(&[0; 108])]
fn longest_names_reach_the_system(#[case] path: &[u8]) {
    let socket = new(Family::UNIX, SockType::DGRAM);
    let errno = socket.connect_ex(Address::Unix(path)).unwrap();
    assert!(matches!(errno, libc::ENOENT | libc::ECONNREFUSED), "{errno}");
}

#[test]
fn other_families_have_no_form() {
    let socket = new(Family(libc::AF_NETLINK), SockType::RAW);
    assert_eq!(failure(socket.bind(("127.0.0.1", 0))), ("error", None));
    assert!(matches!(
        socket.getsockname().unwrap(),
        SocketAddress::Other { family: Family(libc::AF_NETLINK), .. }
    ));
}
