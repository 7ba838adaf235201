//! Names and numeric hosts. Nothing here asks a name server.

use std::net::{IpAddr, Ipv4Addr};

use rstest::rstest;
use socket_reference::{
    AddrInfoFlags, Family, Hints, NameInfoFlags, Port, Protocol, SockType, getaddrinfo, getfqdn,
    gethostbyaddr, gethostbyname, gethostbyname_ex, gethostname, getnameinfo, getprotobyname, getservbyname,
};

use crate::failure;

const STREAM: Hints = Hints {
    family: Family::UNSPEC,
    socktype: SockType::STREAM,
    protocol: Protocol::DEFAULT,
    flags: AddrInfoFlags::NONE,
};

#[test]
fn entries_have_five_parts_in_order() {
    let found = getaddrinfo(Some(b"192.0.2.1"), 80, Hints::default()).unwrap();
    let kinds: Vec<_> =
        found.iter().map(|entry| (entry.family.0, entry.socktype.0, entry.protocol.0)).collect();
    assert_eq!(kinds, [(2, 1, 6), (2, 2, 17), (2, 3, 0)]);
    assert!(
        found.iter().all(|entry| entry.canonname.is_empty() && entry.address.to_string() == "192.0.2.1:80")
    );
}

#[rstest]
#[case(None)]
#[case(Some(&b""[..]))]
fn no_host_is_a_null_pointer(#[case] host: Option<&[u8]>) {
    let loopback = getaddrinfo(host, 80, STREAM).unwrap();
    assert!(loopback.iter().all(|entry| entry.address.ip().is_loopback() && entry.address.port() == 80));
    let wildcard = getaddrinfo(host, 80, Hints { flags: AddrInfoFlags::PASSIVE, ..STREAM }).unwrap();
    assert!(wildcard.iter().all(|entry| entry.address.ip().is_unspecified()));
    assert_eq!((loopback.len(), wildcard.len()), (2, 2));
}

#[rstest]
#[case(Port::None)]
#[case(Port::Name(b""))]
#[case(Port::Number(0))]
#[case(Port::Name(b"0"))]
fn no_port_is_zero(#[case] port: Port<'_>) {
    assert_eq!(getaddrinfo(Some(b"::1"), port, STREAM).unwrap()[0].address.to_string(), "[::1]:0");
}

#[test]
fn canonical_name_of_a_numeric_host_is_its_text() {
    let hints = Hints { flags: AddrInfoFlags::CANONNAME, ..Hints::default() };
    let found = getaddrinfo(Some(b"127.1"), 80, hints).unwrap();
    let names: Vec<_> = found.iter().map(|entry| entry.canonname.to_string()).collect();
    assert_eq!(names, ["127.1", "", ""]);
}

#[rstest]
#[case(b"localhost", Port::Number(80), Hints { flags: AddrInfoFlags::NUMERICHOST, ..STREAM }, -2)]
#[case(b"127.0.0.1", Port::Name(b"http"), Hints { flags: AddrInfoFlags::NUMERICSERV, ..STREAM }, -2)]
#[case(b"127.0.0.1", Port::Name(b"nosuch"), STREAM, -8)]
#[case(b"127.0.0.1", Port::Number(80), Hints { family: Family::UNIX, ..STREAM }, -6)]
#[case(b"127.0.0.1", Port::Number(80), Hints { socktype: SockType::RDM, ..STREAM }, -7)]
#[case(b"127.0.0.1", Port::Number(80), Hints { socktype: SockType::RAW, ..STREAM }, -8)]
#[case(b"127.0.0.1", Port::Number(80), Hints { flags: AddrInfoFlags(0x800), ..STREAM }, -1)]
#[case(b"127.0.0.1", Port::Number(80), Hints { family: Family::INET6, ..STREAM }, -9)]
#[case(b"::1", Port::Number(80), Hints { family: Family::INET, ..STREAM }, -9)]
fn codes(#[case] host: &[u8], #[case] port: Port<'_>, #[case] hints: Hints, #[case] code: i32) {
    assert_eq!(failure(getaddrinfo(Some(host), port, hints)), ("gaierror", Some(code)));
}

#[test]
fn nul_bytes_are_wrong_types_everywhere() {
    let expected = ("TypeError", None);
    assert_eq!(failure(getaddrinfo(Some(b"127.0.0.1\0"), 80, STREAM)), expected);
    assert_eq!(failure(getaddrinfo(Some(b"127.0.0.1"), "80\0", STREAM)), expected);
    assert_eq!(failure(getnameinfo(("127.0.0.1\0", 80), NameInfoFlags::NONE)), expected);
    assert_eq!(failure(gethostbyname("127.0.0.1\0")), expected);
    assert_eq!(failure(gethostbyname_ex("a\0")), expected);
    assert_eq!(failure(gethostbyaddr("127.0.0.1\0")), expected);
    assert_eq!(failure(getfqdn(Some(b"a\0"))), expected);
    assert_eq!(failure(getprotobyname("tcp\0")), expected);
    assert_eq!(failure(getservbyname("http\0", "tcp")), expected);
    assert_eq!(failure(getservbyname("http", "tcp\0")), expected);
}

#[rstest]
#[case("192.0.2.1", [192, 0, 2, 1])]
#[case("", [0; 4])]
#[case("<broadcast>", [255; 4])]
#[case("localhost", [127, 0, 0, 1])]
fn ipv4_of_a_host(#[case] name: &str, #[case] address: [u8; 4]) {
    assert_eq!(gethostbyname(name).unwrap(), Ipv4Addr::from(address));
}

#[rstest]
#[case("::1")]
#[case("::ffff:192.0.2.1")]
fn ipv6_text_is_not_resolved(#[case] name: &str) {
    assert_eq!(failure(gethostbyname(name)), ("gaierror", Some(-9)));
    assert_eq!(failure(gethostbyname_ex(name)), ("herror", Some(1)));
}

#[test]
fn triples() {
    let entry = gethostbyname_ex("192.0.2.1").unwrap();
    assert_eq!((entry.name.to_string(), entry.aliases.len()), ("192.0.2.1".to_owned(), 0));
    assert_eq!(entry.addresses, [IpAddr::from([192, 0, 2, 1])]);
    let entry = gethostbyname_ex("localhost").unwrap();
    assert!(entry.addresses.contains(&Ipv4Addr::LOCALHOST.into()));
    let entry = gethostbyaddr("127.0.0.1").unwrap();
    assert_eq!(entry.addresses, [IpAddr::from(Ipv4Addr::LOCALHOST)]);
    assert!(!entry.name.is_empty());
    assert!(gethostbyaddr("localhost").unwrap().addresses.iter().all(IpAddr::is_loopback));
}

#[test]
fn names_of_this_machine() {
    let name = gethostname().unwrap();
    assert!(!name.is_empty());
    let local = getfqdn(None).unwrap();
    assert_eq!(getfqdn(Some(b"")).unwrap(), local);
    assert!(!getfqdn(Some(b"127.0.0.1")).unwrap().is_empty());
}

#[rstest]
#[case(("127.0.0.1", 80_i64).into(), 3, "127.0.0.1", "80")]
#[case(("0x7f.1", 0_i64).into(), 3, "127.0.0.1", "0")]
#[case(("2001:DB8::0:1", 65_535).into(), 3, "2001:db8::1", "65535")]
#[case(("::ffff:192.0.2.1", 80, 1, 0).into(), 3, "::ffff:192.0.2.1", "80")]
#[case(("2001:db8::1", 80, 0, 3).into(), 3, "2001:db8::1%3", "80")]
fn numeric_names(
    #[case] address: socket_reference::Address<'_>,
    #[case] flags: i32,
    #[case] host: &str,
    #[case] port: &str,
) {
    let (found_host, found_port) = getnameinfo(address, NameInfoFlags(flags)).unwrap();
    assert_eq!((found_host.to_string().as_str(), found_port.to_string().as_str()), (host, port));
}

#[test]
fn getnameinfo_takes_a_host_name() {
    let numeric = NameInfoFlags::NUMERICHOST | NameInfoFlags::NUMERICSERV;
    let (host, port) = getnameinfo(("localhost", 80), numeric).unwrap();
    assert!(host == "127.0.0.1" || host == "::1", "{host}");
    assert_eq!(port, "80");
}

#[test]
fn getnameinfo_refuses() {
    let numeric = NameInfoFlags::NUMERICHOST | NameInfoFlags::NUMERICSERV;
    let path = socket_reference::Address::Unix(b"/x");
    assert_eq!(failure(getnameinfo(("", 80), numeric)), ("gaierror", Some(-2)));
    assert_eq!(failure(getnameinfo(("127.0.0.1", 80, 0), numeric)), ("error", None));
    assert_eq!(failure(getnameinfo(("127.0.0.1", 80, 0, 0), numeric)), ("error", None));
    assert_eq!(failure(getnameinfo(("127.0.0.1", 65_536), numeric)), ("OverflowError", None));
    assert_eq!(failure(getnameinfo(("::1", 80, 0x10_0000, 0), numeric)), ("OverflowError", None));
    assert_eq!(failure(getnameinfo(path, numeric)), ("TypeError", None));
    assert_eq!(failure(getnameinfo(("127.0.0.1", 80), NameInfoFlags(0x400))), ("gaierror", Some(-1)));
    assert_eq!(
        failure(getnameinfo(("127.0.0.1", 80), numeric | NameInfoFlags::NAMEREQD)),
        ("gaierror", Some(-2))
    );
    // A service by number comes back as digits where no database has it.
    let (host, port) = getnameinfo(("127.0.0.1", 1), NameInfoFlags::NUMERICHOST).unwrap();
    assert_eq!(host, "127.0.0.1");
    assert!(!port.is_empty());
}

#[test]
fn databases() {
    // Where a machine has no such database, the failure is the documented one.
    match getprotobyname("icmp") {
        Ok(number) => assert_eq!(number, Protocol::ICMP),
        Err(error) => assert_eq!((error.class().name(), error.number()), ("error", None)),
    }
    match getservbyname("http", "tcp") {
        Ok(port) => assert_eq!(port, 80),
        Err(error) => assert_eq!((error.class().name(), error.number()), ("error", None)),
    }
    assert_eq!(failure(getprotobyname("nosuch")), ("error", None));
    assert_eq!(failure(getservbyname("nosuch", "tcp")), ("error", None));
    assert_eq!(failure(getservbyname("http", "nosuch")), ("error", None));
}

#[rstest]
#[case(126)]
#[case(127)]
#[case(128)]
#[case(1000)]
fn long_names_reach_the_library_whole(#[case] length: usize) {
    let service = "s".repeat(length);
    let found = getaddrinfo(Some(b"127.0.0.1"), service.as_str(), STREAM);
    assert_eq!(failure(found), ("gaierror", Some(-8)));
    let host = format!("{:0>length$}", 1);
    let found = getaddrinfo(Some(host.as_bytes()), "nosuch", STREAM);
    assert_eq!(failure(found), ("gaierror", Some(-8)));
}

#[rstest]
#[case(0)]
#[case(7)]
#[case(10)]
#[case(99)]
#[case(8080)]
#[case(65_535)]
fn a_number_for_a_name_is_the_number(#[case] port: u16) {
    let found = getaddrinfo(Some(b"localhost"), i64::from(port), STREAM).unwrap();
    assert!(!found.is_empty() && found.iter().all(|entry| entry.address.port() == port), "{found:?}");
}

#[test]
fn a_name_that_is_not_found_is_its_own_qualified_name() {
    // A scope that no interface has: no name server is asked for it.
    assert_eq!(getfqdn(Some(b"fe80::1%nosuch")).unwrap(), "fe80::1%nosuch");
    assert_eq!(failure(gethostbyaddr("fe80::1%nosuch")), ("herror", Some(1)));
    assert_eq!(failure(getfqdn(Some(b"a\0b"))), ("TypeError", None));
}
