//! `getaddrinfo`: host and port to everything a socket needs.

use std::ffi::CStr;
use std::net::SocketAddr;

use bstr::BString;

use super::numeric::{self, Host};
use super::with_c_str;
use crate::address;
use crate::error::{Error, Result};
use crate::sys;
use crate::types::{AddrInfoFlags, Family, Protocol, SockType};

/// The optional arguments of [`getaddrinfo`]; the default leaves everything open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Only this family. Clause: `getaddrinfo.family-hint`.
    pub family: Family,
    /// Only this type. Clause: `getaddrinfo.type-hint`.
    pub socktype: SockType,
    /// Only this protocol. Clause: `getaddrinfo.protocol-hint`.
    pub protocol: Protocol,
    /// What else steers the call. Clause: `getaddrinfo.flags-hint`.
    pub flags: AddrInfoFlags,
}

/// The port of [`getaddrinfo`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Port<'a> {
    /// No port: a null pointer in the C call, and zero in the result. Clause: `getaddrinfo.null-port-none`.
    #[default]
    None,
    /// A service name or digits; empty is the same as `None` (`getaddrinfo.port-service`,
    /// `getaddrinfo.null-port-empty`).
    Name(&'a [u8]),
    /// A number, 0 to 65,535, host order. Clause: `getaddrinfo.port-number`.
    Number(i64),
}

impl From<i64> for Port<'_> {
    fn from(port: i64) -> Self {
        Self::Number(port)
    }
}

impl<'a> From<&'a str> for Port<'a> {
    fn from(port: &'a str) -> Self {
        Self::Name(port.as_bytes())
    }
}

impl<'a> From<&'a [u8]> for Port<'a> {
    fn from(port: &'a [u8]) -> Self {
        Self::Name(port)
    }
}

/// One entry of the result, in the document's order. Clauses: `getaddrinfo.entry-order`,
/// `getaddrinfo.entry-sufficient`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AddrInfo {
    /// First argument of [`socket`](crate::socket()).
    pub family: Family,
    /// Second argument.
    pub socktype: SockType,
    /// Third argument.
    pub protocol: Protocol,
    /// The canonical name in the first entry if `AI_CANONNAME` asked for it, else empty. For a numeric host
    /// it is that text. Clauses: `getaddrinfo.canonname`, `getaddrinfo.canonname-numeric`,
    /// `getaddrinfo.canonname-empty`.
    pub canonname: BString,
    /// Fits `bind`, `connect` and `sendto` as it is. Clause: `getaddrinfo.sockaddr-accepted`.
    pub address: SocketAddr,
}

/// Resolves host and port into a list of entries, in the C library's order.
///
/// `host` is a name, IPv4 text in any form of [`inet_aton`](crate::inet_aton), IPv6 text with `%scope` if
/// wished, or absent; `port` is a service name, a number, or absent. Empty text is the same as absent: both
/// pass a null pointer to the C call (`getaddrinfo.null-host-empty`, `getaddrinfo.null-port-empty`). Without
/// a host the entries are the loopback addresses, or with [`AddrInfoFlags::PASSIVE`] the wildcards
/// (`getaddrinfo.passive`).
///
/// ```
/// use socket_reference::{Hints, SockType, getaddrinfo};
///
/// let hints = Hints { socktype: SockType::STREAM, ..Hints::default() };
/// let found = getaddrinfo(Some(b"192.0.2.1"), 80, hints)?;
/// assert_eq!(found[0].address.to_string(), "192.0.2.1:80");
/// # Ok::<(), socket_reference::Error>(())
/// ```
///
/// # Errors
/// [`Error::Gaierror`] with the C library's code: `EAI_NONAME` for an unknown host or neither host nor port,
/// `EAI_SERVICE`, `EAI_SOCKTYPE`, `EAI_FAMILY` and `EAI_BADFLAGS` for hints that nothing fits,
/// `EAI_ADDRFAMILY` for numeric text of another family, and the resolver's own
/// (`errors.gaierror-getaddrinfo`; RFC 2553, 6.4). [`Error::Overflow`] for a port number outside 0 to 65,535,
/// [`Error::Type`] for text with a NUL byte in it.
pub fn getaddrinfo<'a>(
    host: Option<&[u8]>,
    port: impl Into<Port<'a>>,
    hints: Hints,
) -> Result<Vec<AddrInfo>> {
    let host = host.filter(|host| !host.is_empty());
    let service = match port.into() {
        Port::None | Port::Name(b"") => Service::None,
        Port::Name(name) => Service::Name(name),
        // The ordinary number is seen here; the error of another is made out of the way.
        Port::Number(number) => match u16::try_from(number) {
            Ok(number) => Service::Number(number),
            Err(_) => Service::Number(address::port(number)?),
        },
    };
    // What is told at a glance first, for the sake of those that go to the C library anyway.
    if let Some(text) = host
        && !numeric::is_for_library(&hints)
        && let Some(port) = numeric::port(service)
        && let Some(host) = Host::parse(text)
    {
        return numeric::getaddrinfo(text, host, port, &hints);
    }
    by_library(host, service, &hints)
}

/// A port after the checks.
#[derive(Clone, Copy)]
pub(super) enum Service<'a> {
    None,
    Name(&'a [u8]),
    Number(u16),
}

fn by_library(host: Option<&[u8]>, service: Service<'_>, hints: &Hints) -> Result<Vec<AddrInfo>> {
    match host {
        None => with_service(None, service, hints),
        Some(host) => with_c_str(host, |host| with_service(Some(host), service, hints)),
    }
}

fn with_service(host: Option<&CStr>, service: Service<'_>, hints: &Hints) -> Result<Vec<AddrInfo>> {
    match service {
        Service::None => ask(host, None, hints),
        Service::Name(name) => with_c_str(name, |name| ask(host, Some(name), hints)),
        Service::Number(number) => {
            let digits = digits(number);
            ask(host, CStr::from_bytes_until_nul(&digits).ok(), hints)
        }
    }
}

/// The digits of a port and the NUL byte behind them, with nothing allocated.
fn digits(port: u16) -> [u8; 6] {
    let mut text = [0; 6];
    let length = port.checked_ilog10().unwrap_or(0) as usize + 1;
    let mut rest = port;
    for byte in text[..length].iter_mut().rev() {
        let [digit, _] = (rest % 10).to_le_bytes();
        *byte = b'0' + digit;
        rest /= 10;
    }
    text
}

fn ask(host: Option<&CStr>, service: Option<&CStr>, hints: &Hints) -> Result<Vec<AddrInfo>> {
    sys::addrinfo::getaddrinfo(host, service, hints)
        .map_err(|failure| Error::gai_with(failure.code, failure.errno))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_and_text_are_names_of_services() {
        assert_eq!(Port::from(&b"http"[..]), Port::Name(b"http"));
        assert_eq!(Port::from("http"), Port::Name(b"http"));
        assert_eq!(Port::from(80), Port::Number(80));
    }
}
