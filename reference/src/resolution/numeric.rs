//! Numeric hosts and ports: what `getaddrinfo` and `getnameinfo` say of them, with no system call but for the
//! name of a scope.
//!
//! The rules are those of glibc, down to its order of checks, and differential tests hold them to it. What is
//! not purely numeric is left to the C library.

use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use bstr::BString;

use super::getaddrinfo::{AddrInfo, Hints, Service};
use crate::constants::{
    AI_ADDRCONFIG, AI_ALL, AI_CANONNAME, AI_NUMERICHOST, AI_NUMERICSERV, AI_PASSIVE, AI_V4MAPPED,
    EAI_ADDRFAMILY, EAI_BADFLAGS, EAI_FAMILY, EAI_NONAME, EAI_SERVICE, EAI_SOCKTYPE, IPPROTO_DCCP,
    IPPROTO_MPTCP, IPPROTO_SCTP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE,
};
use crate::conversion::{ipv4, ipv6};
use crate::error::{Error, Result};
use crate::sys::interface;
use crate::types::{AddrInfoFlags, Family, Protocol, SockType};

/// `SOCK_DCCP`, which only `getaddrinfo` speaks of.
const DCCP: SockType = SockType(6);

/// The flags that change nothing but what is decided here.
const OWN_FLAGS: i32 = AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST | AI_V4MAPPED | AI_ALL | AI_NUMERICSERV;

/// The flags that the C library has to see to: interfaces in place, and international names (0x40 to 0x200).
const LIBRARY_FLAGS: i32 = AI_ADDRCONFIG | 0x40 | 0x80 | 0x100 | 0x200;

/// Types and protocols that go together, in the order in which the C library looks through them. The raw type
/// comes after them, with any protocol.
const KINDS: [(SockType, i32); 6] = [
    (SockType::STREAM, IPPROTO_TCP),
    (SockType::DGRAM, IPPROTO_UDP),
    (DCCP, IPPROTO_DCCP),
    (SockType::DGRAM, IPPROTO_UDPLITE),
    (SockType::STREAM, IPPROTO_SCTP),
    (SockType::SEQPACKET, IPPROTO_SCTP),
];

/// What hints that leave type and protocol open lead to.
const EVERY_KIND: [(SockType, Protocol); 3] =
    [(SockType::STREAM, Protocol::TCP), (SockType::DGRAM, Protocol::UDP), (SockType::RAW, Protocol::DEFAULT)];

/// A port that is absent or a number, or `None` for one that the C library is to look at.
#[inline]
pub(super) fn port(service: Service<'_>) -> Option<Option<u16>> {
    match service {
        Service::None => Some(None),
        Service::Number(number) => Some(Some(number)),
        Service::Name(name) => digits(name).map(Some),
    }
}

/// Whether the C library is to see to the hints.
#[inline]
pub(super) fn is_for_library(hints: &Hints) -> bool {
    // Whether glibc lists MPTCP depends on its version.
    hints.flags.0 & LIBRARY_FLAGS != 0 || hints.protocol.0 == IPPROTO_MPTCP
}

/// What `getaddrinfo` says of a numeric host, whose text it was, with a numeric port or none.
#[inline]
pub(super) fn getaddrinfo(
    text: &[u8],
    host: Host<'_>,
    port: Option<u16>,
    hints: &Hints,
) -> Result<Vec<AddrInfo>> {
    // The common cases by themselves: with no error to tell, the entry is written once, where it stays.
    match host {
        Host::V4(ip) if matches!(hints.family, Family::UNSPEC | Family::INET) => {
            answer(text, port, hints, |port| Ok(SocketAddrV4::new(ip, port).into()))
        }
        Host::V6(bits, None) if matches!(hints.family, Family::UNSPEC | Family::INET6) => {
            let address = |port| SocketAddrV6::new(Ipv6Addr::from_bits(bits), port, 0, 0);
            answer(text, port, hints, |port| Ok(address(port).into()))
        }
        host => answer(text, port, hints, |port| host.address_for(port, hints.family, hints.flags)),
    }
}

#[inline]
fn answer(
    text: &[u8],
    port: Option<u16>,
    hints: &Hints,
    address: impl FnOnce(u16) -> Result<SocketAddr>,
) -> Result<Vec<AddrInfo>> {
    if hints.flags.0 & !OWN_FLAGS != 0 {
        return Err(Error::gai(EAI_BADFLAGS));
    }
    if !matches!(hints.family, Family::UNSPEC | Family::INET | Family::INET6) {
        return Err(Error::gai(EAI_FAMILY));
    }
    let kind = kind(hints, port.is_some())?;
    let address = address(port.unwrap_or(0))?;
    let entry = |(socktype, protocol), canonname| AddrInfo {
        family: if address.is_ipv4() { Family::INET } else { Family::INET6 },
        socktype,
        protocol,
        canonname,
        address,
    };
    // Settled before there are entries, so that these are never changed once they are written.
    let wants_name = hints.flags.contains(AddrInfoFlags::CANONNAME);
    let canonname = if wants_name { text.into() } else { BString::default() };
    Ok(match kind {
        Some(kind) => vec![entry(kind, canonname)],
        None => {
            let [first, second, third] = EVERY_KIND;
            vec![entry(first, canonname), entry(second, BString::default()), entry(third, BString::default())]
        }
    })
}

/// The one type and protocol that fit the hints, or `None` where the hints leave both open.
#[inline]
fn kind(hints: &Hints, has_port: bool) -> Result<Option<(SockType, Protocol)>> {
    let Hints { socktype, protocol, .. } = *hints;
    if protocol == Protocol::DEFAULT {
        // What nearly every call asks for; the table below says the same.
        match socktype {
            SockType::ANY => return Ok(None),
            SockType::STREAM => return Ok(Some((socktype, Protocol::TCP))),
            SockType::DGRAM => return Ok(Some((socktype, Protocol::UDP))),
            _ => {}
        }
    }
    let fits = |wanted: SockType| socktype == SockType::ANY || socktype == wanted;
    let listed = KINDS
        .iter()
        .find(|(known, number)| fits(*known) && (protocol == Protocol::DEFAULT || protocol.0 == *number));
    match listed {
        Some((socktype, number)) => Ok(Some((*socktype, Protocol(*number)))),
        // A raw socket has no ports.
        None if fits(SockType::RAW) && has_port => Err(Error::gai(EAI_SERVICE)),
        None if fits(SockType::RAW) => Ok(Some((SockType::RAW, protocol))),
        None => Err(Error::gai(EAI_SOCKTYPE)),
    }
}

/// A port in digits, as strtoul(3) and a C `int` make of it: above 65,535 the upper bits go, as they do in
/// the C library. `None` for what the C library does not take for a number.
fn digits(text: &[u8]) -> Option<u16> {
    if text.is_empty() || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = text
        .iter()
        .try_fold(0_u64, |number, digit| number.checked_mul(10)?.checked_add(u64::from(digit - b'0')))?;
    let [low, high, third, sign, ..] = number.to_le_bytes();
    let _ = third;
    // A negative `int` is taken for a service name.
    (sign < 0x80).then(|| u16::from_le_bytes([low, high]))
}

/// A numeric host: an address, for IPv6 with the text of its scope if it has one.
///
/// An IPv6 address is kept as its number, which goes through registers where sixteen bytes would go through memory.
#[derive(Clone, Copy)]
pub(super) enum Host<'a> {
    V4(Ipv4Addr),
    V6(u128, Option<&'a [u8]>),
}

impl<'a> Host<'a> {
    /// Reads IPv4 text in any form of `inet_aton`, or IPv6 text with `%scope` if there is one.
    #[inline]
    pub(super) fn parse(text: &'a [u8]) -> Option<Self> {
        // The ordinary forms first. What is IPv6 text is never IPv4 text, nor the other way round.
        if let Some(ip) = ipv4::dotted_quad(text) {
            return Some(Self::V4(ip));
        }
        match ipv6::parse_to_scope(text) {
            Some((bits, [])) => Some(Self::V6(bits, None)),
            // A NUL byte in a scope is for the C string to refuse.
            Some((_, scope)) if scope.contains(&0) => None,
            Some((bits, scope)) => Some(Self::V6(bits, Some(&scope[1..]))),
            None => ipv4::aton_exact(text).map(Self::V4),
        }
    }

    /// The address without hints.
    pub(super) fn address(&self, port: u16) -> Result<SocketAddr> {
        self.address_for(port, Family::UNSPEC, AddrInfoFlags::NONE)
    }

    /// The address for a family hint.
    fn address_for(&self, port: u16, family: Family, flags: AddrInfoFlags) -> Result<SocketAddr> {
        match *self {
            Self::V4(ip) => ipv4_address(ip, port, family, flags),
            Self::V6(bits, scope) => ipv6_address(Ipv6Addr::from_bits(bits), scope, port, family),
        }
    }
}

/// What an IPv4 host is for a family hint.
fn ipv4_address(ip: Ipv4Addr, port: u16, family: Family, flags: AddrInfoFlags) -> Result<SocketAddr> {
    match family {
        Family::UNSPEC | Family::INET => Ok(SocketAddrV4::new(ip, port).into()),
        _ if flags.contains(AddrInfoFlags::V4MAPPED) => {
            Ok(SocketAddrV6::new(ip.to_ipv6_mapped(), port, 0, 0).into())
        }
        _ => Err(Error::gai(EAI_ADDRFAMILY)),
    }
}

/// What an IPv6 host is for a family hint.
fn ipv6_address(ip: Ipv6Addr, scope: Option<&[u8]>, port: u16, family: Family) -> Result<SocketAddr> {
    let mapped = match family {
        Family::UNSPEC | Family::INET6 => None,
        _ => Some(ip.to_ipv4_mapped().ok_or(Error::gai(EAI_ADDRFAMILY))?),
    };
    let scope_id = scope.map_or(Ok(0), |scope| scope_id(ip, scope))?;
    Ok(match mapped {
        Some(ip) => SocketAddrV4::new(ip, port).into(),
        None => SocketAddrV6::new(ip, port, 0, scope_id).into(),
    })
}

/// The number of a scope: for an address that has a scope by nature an interface name is tried first.
fn scope_id(ip: Ipv6Addr, scope: &[u8]) -> Result<u32> {
    if takes_interface(ip)
        && let Some(index) = interface::index_of(scope)
    {
        return Ok(index);
    }
    let number = scope.iter().try_fold(0_u32, |number, byte| match byte {
        b'0'..=b'9' => number.checked_mul(10)?.checked_add(u32::from(byte - b'0')),
        _ => None,
    });
    number.filter(|_| !scope.is_empty()).ok_or(Error::gai(EAI_NONAME))
}

/// Whether a scope may be the name of an interface: link-local addresses, and interface-local and link-local
/// groups.
fn takes_interface(ip: Ipv6Addr) -> bool {
    ip.is_unicast_link_local() || is_group_of_scope(ip, 1) || is_group_of_scope(ip, 2)
}

fn is_group_of_scope(ip: Ipv6Addr, scope: u8) -> bool {
    let [first, second, ..] = ip.octets();
    first == 0xff && second & 0xf == scope
}

/// Appends `%scope` as `getnameinfo` writes it: the interface's name for link-local addresses and groups,
/// else the number.
pub(super) fn push_scope(text: &mut BString, ip: Ipv6Addr, scope_id: u32) {
    if scope_id == 0 {
        return;
    }
    text.push(b'%');
    let takes_name = ip.is_unicast_link_local() || is_group_of_scope(ip, 2);
    let name = if takes_name { interface::name_of(scope_id) } else { None };
    match name {
        Some(name) => text.extend_from_slice(&name),
        None => text.extend_from_slice(scope_id.to_string().as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("fe80::1", true)]
    #[case("febf::1", true)]
    #[case("fec0::1", false)]
    #[case("ff01::1", true)]
    #[case("ff02::1", true)]
    #[case("ff12::1", true)]
    #[case("ff05::1", false)]
    #[case("fd01::1", false)]
    #[case("2001:db8::1", false)]
    fn scopes_of_some_addresses_may_be_interfaces(#[case] text: &str, #[case] takes: bool) {
        let ip: Ipv6Addr = text.parse().unwrap_or(Ipv6Addr::UNSPECIFIED);
        assert_eq!(takes_interface(ip), takes);
    }

    #[rstest]
    #[case("0", Some(0))]
    #[case("65535", Some(65_535))]
    #[case("65616", Some(80))]
    #[case("2147483647", Some(65_535))]
    // From here on the C library sees a negative number, and takes it for a name.
    #[case("2147483648", None)]
    #[case("4294967295", None)]
    #[case("18446744073709551616", None)]
    #[case("", None)]
    #[case("8o", None)]
    fn digits_are_taken_as_the_c_library_takes_them(#[case] text: &str, #[case] port: Option<u16>) {
        assert_eq!(digits(text.as_bytes()), port);
    }
}
