//! The reference's own parsers against the C library's: text of numbers, hosts, scopes and ports.

use std::ffi::CString;

use socket_reference::{
    AddrInfoFlags, Address, Error, Family, Hints, NameInfoFlags, Port, Protocol, SockType, floor,
    getaddrinfo, getnameinfo, inet_aton, inet_ntoa,
};

/// A number of one of these, by a byte.
fn one<T: Copy>(byte: u8, of: &[T]) -> T {
    of[usize::from(byte) % of.len()]
}

/// Takes hints from the first four bytes, a host from what follows, and a port from behind a zero byte.
///
/// # Panics
/// The reference and the C library part.
pub fn reference(data: &[u8]) {
    let Some((head, rest)) = data.split_first_chunk::<4>() else { return };
    let (host, port) = match rest.iter().position(|byte| *byte == 0) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    // The flag keeps names from being looked up, in files and on the net.
    let flags = AddrInfoFlags(i32::from(head[3] & 0x1f) | if head[3] & 0x20 == 0 { 0 } else { 0x400 });
    let hints = Hints {
        family: one(head[0], &[Family::UNSPEC, Family::INET, Family::INET6, Family::UNIX, Family(99)]),
        socktype: SockType(i32::from(head[1] % 9)),
        protocol: Protocol(i32::from(head[2])),
        flags: flags | AddrInfoFlags::NUMERICHOST,
    };
    addresses(host, port, hints);
    text_of_numbers(host);
    packed(host);
    names(host, *head, flags);
}

fn addresses(host: &[u8], port: Option<&[u8]>, hints: Hints) {
    let ours = getaddrinfo(Some(host), port.map_or(Port::None, Port::Name), hints);
    let service = port.filter(|port| !port.is_empty());
    let (Ok(host_c), Ok(service)) = (CString::new(host), service.map(CString::new).transpose()) else {
        assert!(matches!(ours, Err(Error::Type(_))), "a zero byte in {port:?} gives {ours:?}");
        return;
    };
    // A port that is a name is looked up in a file, which says nothing of parsers.
    let theirs =
        floor::getaddrinfo((!host.is_empty()).then_some(host_c.as_c_str()), service.as_deref(), &hints);
    let what = || format!("{} {:?} {hints:?}", host.escape_ascii(), service);
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{}", what()),
        (Err(ours), Err(theirs)) => {
            assert_eq!((ours.class().name(), ours.number()), ("gaierror", Some(theirs)), "{}", what());
        }
        (ours, theirs) => panic!("{}: ours {ours:?}, the library's {theirs:?}", what()),
    }
}

fn text_of_numbers(text: &[u8]) {
    let Ok(text_c) = CString::new(text) else { return };
    let ours = inet_aton(text);
    assert_eq!(ours.as_ref().ok(), floor::inet_aton(&text_c).as_ref(), "{}", text.escape_ascii());
    if let Ok(octets) = ours {
        let shown = inet_ntoa(octets).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(inet_aton(&shown).ok(), Some(octets), "{shown}");
    }
}

fn packed(bytes: &[u8]) {
    assert_eq!(inet_ntoa(bytes).is_ok(), bytes.len() == 4, "{}", bytes.escape_ascii());
}

/// Where the host is an address already, its name in numbers is the library's, and leads back.
fn names(host: &[u8], head: [u8; 4], flags: AddrInfoFlags) {
    let hints = Hints { flags: flags | AddrInfoFlags::NUMERICHOST, ..Hints::default() };
    let Ok(found) = getaddrinfo(Some(host), i64::from(head[2]), hints) else { return };
    let numeric = NameInfoFlags::NUMERICHOST | NameInfoFlags::NUMERICSERV | NameInfoFlags(i32::from(head[1]));
    for entry in found {
        let address = entry.address;
        let ours = getnameinfo(Address::from(address), numeric);
        match (ours, floor::getnameinfo(address, numeric.0)) {
            (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{address:?}"),
            (Err(ours), Err(theirs)) => assert_eq!(ours.number(), Some(theirs), "{address:?}"),
            (ours, theirs) => panic!("{address:?}: ours {ours:?}, the library's {theirs:?}"),
        }
    }
}
