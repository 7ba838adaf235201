//! Names, addresses, protocols and services.

use super::{Address, Answer, Internet, Refusal};
use crate::Text;

/// The port that `getaddrinfo` is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Port<'a> {
    /// None: a null pointer in the C call (`getaddrinfo.null-port-none`).
    None,
    /// A number (`getaddrinfo.port-number`). 0 to 65535 is what a port can be; anything else may come.
    Number(i64),
    /// The name of a service (`getaddrinfo.port-service`), any bytes. Empty text is a null pointer in edition 2.2
    /// (`getaddrinfo.null-port-empty`).
    Name(&'a [u8]),
}

/// One entry of what `getaddrinfo` returns: all that making and using a socket takes
/// (`getaddrinfo.entry-sufficient`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddrInfo {
    /// An `AF_` number.
    pub family: i32,
    /// A `SOCK_` number.
    pub socktype: i32,
    /// An `IPPROTO_` number, or 0.
    pub protocol: i32,
    /// The canonical name; empty where it was not asked for (`getaddrinfo.canonname-string`).
    pub canonical_name: Text,
    /// The address, in the form of the family (`getaddrinfo.sockaddr-tuple`).
    pub address: Address,
}

/// What `gethostbyname_ex` and `gethostbyaddr` return (`gethostbyname_ex.result`, `gethostbyaddr.result`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostEntry {
    /// The primary name.
    pub name: Text,
    /// The other names; may be empty.
    pub aliases: Vec<Text>,
    /// The addresses as text.
    pub addresses: Vec<Text>,
}

/// What `getnameinfo` returns (`getnameinfo.pair`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameInfo {
    /// A name or a numeric address.
    pub host: Text,
    /// The name of a service or digits.
    pub port: Text,
}

/// The functions that look something up. Text comes as bytes, since a name may be no UTF-8: [`super::utf8`] gives it
/// as `str`.
#[allow(unused_variables, reason = "the names are the documentation of the methods that nobody overrode")]
pub trait NameResolution {
    /// The addresses of a host and a port, in the resolver's order, for `socket` and the methods that take an
    /// address.
    ///
    /// `host` is a name, a numeric address, or None; empty text is a null pointer in edition 2.2, None always
    /// (`getaddrinfo.null-host-empty`, `getaddrinfo.null-host-none`). `family`, `socktype`, `protocol` and `flags`
    /// are 0 where they were left out, and reach the C call as they are (`getaddrinfo.flags-hint`).
    ///
    /// # Errors
    /// [`Refusal::gaierror`] when nothing is found or the hints do not go together (`errors.gaierror-getaddrinfo`).
    fn getaddrinfo(
        &mut self,
        host: Option<&[u8]>,
        port: Port<'_>,
        family: i32,
        socktype: i32,
        protocol: i32,
        flags: i32,
    ) -> Answer<Vec<AddrInfo>> {
        Err(Refusal::no_function("getaddrinfo"))
    }

    /// Host and port of an address, as names or as digits (`getnameinfo.host-numeric`, `getnameinfo.port-service`).
    ///
    /// `flags` are `NI_` numbers.
    ///
    /// # Errors
    /// [`Refusal::gaierror`] when the address is none or has no name and one was demanded
    /// (`errors.gaierror-getnameinfo`).
    fn getnameinfo(&mut self, address: Internet<'_>, flags: i32) -> Answer<NameInfo> {
        Err(Refusal::no_function("getnameinfo"))
    }

    /// An IPv4 address of a host as dotted text (`gethostbyname.result`). An IPv4 address comes back as it was
    /// (`gethostbyname.numeric-unchanged`).
    ///
    /// # Errors
    /// The document names no class for it: `error` or one of those beside it (`errors.socket-semantics`).
    fn gethostbyname(&mut self, host: &[u8]) -> Answer<Text> {
        Err(Refusal::no_function("gethostbyname"))
    }

    /// Names and IPv4 addresses of a host (`gethostbyname_ex.result`).
    ///
    /// # Errors
    /// [`Refusal::herror`] when nothing is found (`errors.herror-gethostbyname-ex`).
    fn gethostbyname_ex(&mut self, host: &[u8]) -> Answer<HostEntry> {
        Err(Refusal::no_function("gethostbyname_ex"))
    }

    /// Names and addresses of the host that has an address of either protocol (`gethostbyaddr.result`); in edition
    /// 2.2 a host name is taken as well (`gethostbyaddr.host-name-argument`).
    ///
    /// # Errors
    /// [`Refusal::herror`] when nothing is found (`errors.herror-gethostbyaddr`).
    fn gethostbyaddr(&mut self, address: &[u8]) -> Answer<HostEntry> {
        Err(Refusal::no_function("gethostbyaddr"))
    }

    /// The machine's name (`gethostname.result`).
    ///
    /// # Errors
    /// `error` when the system refuses.
    fn gethostname(&mut self) -> Answer<Text> {
        Err(Refusal::no_function("gethostname"))
    }

    /// A fully qualified name (`getfqdn.result`). `name` is None where it was left out; empty text means the local
    /// host as well (`getfqdn.omitted`, `getfqdn.empty`).
    ///
    /// # Errors
    /// The document knows none: without a qualified name there is the fallback (`getfqdn.fallback`).
    fn getfqdn(&mut self, name: Option<&[u8]>) -> Answer<Text> {
        Err(Refusal::no_function("getfqdn"))
    }

    /// The number of an Internet protocol (`getprotobyname.result`).
    ///
    /// # Errors
    /// `error` when the name is unknown.
    fn getprotobyname(&mut self, name: &[u8]) -> Answer<i32> {
        Err(Refusal::no_function("getprotobyname"))
    }

    /// The port of a service, 0 to 65535 in host order (`getservbyname.result`). `protocol` is `tcp` or `udp`; it can
    /// be left out in edition 3 only (`getservbyname.protocol-omitted`).
    ///
    /// # Errors
    /// `error` when there is no such service for that protocol.
    fn getservbyname(&mut self, name: &[u8], protocol: Option<&[u8]>) -> Answer<u16> {
        Err(Refusal::no_function("getservbyname"))
    }
}
