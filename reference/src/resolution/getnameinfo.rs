//! `getnameinfo`: a socket address to host and port as text.

use std::net::SocketAddr;

use bstr::BString;

use super::numeric::{self, Host};
use super::{Hints, Port, c_string, getaddrinfo};
use crate::address::{self, Address};
use crate::constants::{
    EAI_BADFLAGS, EAI_NONAME, NI_DGRAM, NI_NAMEREQD, NI_NOFQDN, NI_NUMERICHOST, NI_NUMERICSERV,
};
use crate::conversion::address_text;
use crate::error::{Error, Result};
use crate::sys;
use crate::types::{Family, NameInfoFlags, SockType};

/// Every flag that glibc knows: the documented ones, and those for international names (32 to 128).
const KNOWN_FLAGS: i32 = NI_NUMERICHOST | NI_NUMERICSERV | NI_NOFQDN | NI_NAMEREQD | NI_DGRAM | 32 | 64 | 128;

/// Translates a socket address into host and port, both as text.
///
/// The address is an `AF_INET` pair or an `AF_INET6` tuple of two to four, its host numeric text or a name, of which
/// the first address counts. By `flags` the host is a qualified name or numeric text, the port a service name or digits; where no name is known,
/// either is numeric. Clauses: `getnameinfo.pair`, `getnameinfo.host-name` and following; RFC 2553, 6.5.
///
/// ```
/// use socket_reference::{NameInfoFlags, getnameinfo};
///
/// let flags = NameInfoFlags::NUMERICHOST | NameInfoFlags::NUMERICSERV;
/// let (host, port) = getnameinfo(("2001:db8::1", 80, 0, 0), flags)?;
/// assert_eq!((&host[..], &port[..]), (&b"2001:db8::1"[..], &b"80"[..]));
/// # Ok::<(), socket_reference::Error>(())
/// ```
///
/// # Errors
/// [`Error::Gaierror`] with the C library's code: `EAI_NONAME` for a host that is not known or, with
/// [`NameInfoFlags::NAMEREQD`], has no name, `EAI_BADFLAGS` for flags that it does not know
/// (`errors.gaierror-getnameinfo`). [`Error::Overflow`] for a port, flow information or scope id out of
/// range, [`Error::Message`] for more than two items with an IPv4 host, [`Error::Type`] for an `AF_UNIX`
/// path.
pub fn getnameinfo<'a>(address: impl Into<Address<'a>>, flags: NameInfoFlags) -> Result<(BString, BString)> {
    let address = address_of(&address.into())?;
    if flags.0 & !KNOWN_FLAGS != 0 {
        return Err(Error::gai(EAI_BADFLAGS));
    }
    if flags.contains(NameInfoFlags::NUMERICHOST | NameInfoFlags::NUMERICSERV) {
        return numeric_text(address, flags);
    }
    sys::addrinfo::getnameinfo(&sys::sockaddr::inet(address), flags.0)
        .map_err(|failure| Error::gai_with(failure.code, failure.errno))
}

fn numeric_text(address: SocketAddr, flags: NameInfoFlags) -> Result<(BString, BString)> {
    if flags.contains(NameInfoFlags::NAMEREQD) {
        return Err(Error::gai(EAI_NONAME));
    }
    let mut host = BString::from(address_text(address.ip()));
    if let SocketAddr::V6(address) = address {
        numeric::push_scope(&mut host, *address.ip(), address.scope_id());
    }
    Ok((host, address.port().to_string().into()))
}

/// The address that a socket address stands for. A numeric host is not looked up.
fn address_of(address: &Address<'_>) -> Result<SocketAddr> {
    let (host, port, flowinfo, scope_id) = match *address {
        Address::Numeric(address) => return Ok(address),
        Address::Unix(_) | Address::Other(_) => {
            return Err(Error::Type("an AF_INET pair or an AF_INET6 tuple is wanted".into()));
        }
        Address::Host { host, port, flowinfo, scope_id } => (host, port, flowinfo, scope_id),
    };
    let port = address::port(port)?;
    let members = (address::flowinfo(flowinfo.unwrap_or(0))?, address::scope_id(scope_id.unwrap_or(0))?);
    let resolved = match Host::parse(host) {
        Some(parsed) => parsed.address(port)?,
        None => named(host, port, flowinfo.is_some())?,
    };
    match resolved {
        SocketAddr::V4(_) if flowinfo.is_some() => {
            Err(Error::message("an address with an IPv4 host is a pair of host and port"))
        }
        SocketAddr::V4(address) => Ok(address.into()),
        SocketAddr::V6(address) => Ok(address::with_members(address, port, members.0, members.1).into()),
    }
}

/// The first address of a host name: a socket address may hold one (`addresses.inet-host-name`,
/// `addresses.name-first-result`). A pair may be of either family, a longer tuple is of IPv6.
fn named(host: &[u8], port: u16, is_inet6: bool) -> Result<SocketAddr> {
    c_string(host)?;
    // Neither special text is a name, and an empty one would become a null pointer.
    if address::host::special(host).is_some() {
        return Err(Error::gai(EAI_NONAME));
    }
    let family = if is_inet6 { Family::INET6 } else { Family::UNSPEC };
    let hints = Hints { family, socktype: SockType::DGRAM, ..Hints::default() };
    let found = getaddrinfo(Some(host), Port::Number(port.into()), hints)?;
    found.first().map(|entry| entry.address).ok_or(Error::gai(EAI_NONAME))
}
