//! The host within an address: special texts, numeric text, names.

use std::net::{Ipv4Addr, SocketAddr};

use crate::constants::{EAI_ADDRFAMILY, EAI_NONAME};
use crate::conversion::{ipv4, ipv6};
use crate::error::{Error, Result};
use crate::resolution::{Hints, Port, getaddrinfo};
use crate::types::{Family, SockType};

/// The host text that stands for `INADDR_BROADCAST` in an `AF_INET` address. Clause:
/// `addresses.inet-broadcast-host`.
const BROADCAST: &[u8] = b"<broadcast>";

/// The address a special text stands for in an `AF_INET` address. Clause: `addresses.inet-empty-host`.
pub(crate) fn special(host: &[u8]) -> Option<Ipv4Addr> {
    match host {
        b"" => Some(Ipv4Addr::UNSPECIFIED),
        BROADCAST => Some(Ipv4Addr::BROADCAST),
        _ => None,
    }
}

/// The address of a host in an `AF_INET` or `AF_INET6` address; its port is zero.
///
/// A name leads to the first result of resolution (`addresses.name-first-result`); numeric text needs none
/// (`addresses.numeric-deterministic`).
pub(super) fn resolve(host: &[u8], family: Family) -> Result<SocketAddr> {
    match (special(host), family) {
        (Some(address), Family::INET) => return Ok((address, 0).into()),
        // The document keeps both texts to IPv4. As a null pointer the empty one would have the library
        // refuse the call for want of a host and a port, and no host can be called `<broadcast>`: the same
        // error, and no query.
        (Some(_), _) => return Err(Error::gai(EAI_NONAME)),
        (None, _) => {}
    }
    // A type is given so that each address is listed once; which one has no bearing on the address.
    let hints = Hints { family, socktype: SockType::DGRAM, ..Hints::default() };
    let found = getaddrinfo(Some(host), Port::None, hints)?;
    found.first().map(|entry| entry.address).ok_or(Error::gai(EAI_NONAME))
}

/// The IPv4 address of a host, as in an `AF_INET` address, but never from IPv6 text.
///
/// The C library would turn IPv4-mapped IPv6 text into IPv4. Clause: `gethostbyname.no-ipv6-numeric`.
pub(crate) fn ipv4_of_name(host: &[u8]) -> Result<Ipv4Addr> {
    if let Some(address) = ipv4::dotted_quad(host) {
        return Ok(address);
    }
    if ipv6::parse(host).is_some() {
        return Err(Error::gai(EAI_ADDRFAMILY));
    }
    match resolve(host, Family::INET)? {
        SocketAddr::V4(address) => Ok(*address.ip()),
        SocketAddr::V6(_) => Err(Error::gai(EAI_ADDRFAMILY)),
    }
}
