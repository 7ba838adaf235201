//! `getprotobyname` and `getservbyname`.

use super::c_string;
use crate::error::{Error, Result};
use crate::sys::netdb;
use crate::types::Protocol;

/// The number of an Internet protocol by its name, such as `icmp`; it fits [`socket`](crate::socket()) as
/// protocol.
///
/// Clauses: `getprotobyname.result`, `getprotobyname.for-socket`; getprotobyname(3).
///
/// # Errors
/// [`Error::Message`] where the database has no such protocol, [`Error::Type`] for a name with a NUL byte in
/// it.
pub fn getprotobyname(name: impl AsRef<[u8]>) -> Result<Protocol> {
    let number = netdb::protocol_number(&c_string(name.as_ref())?)?;
    number.map(Protocol).ok_or_else(|| Error::message("protocol not found"))
}

/// The port of a service, host order, by its name and that of its protocol, `tcp` or `udp`.
///
/// Clauses: `getservbyname.result`, `getservbyname.by-protocol`, `getservbyname.protocol-required`;
/// getservbyname(3).
///
/// # Errors
/// [`Error::Message`] where the database has no such service, [`Error::Type`] for a name with a NUL byte in
/// it.
pub fn getservbyname(service: impl AsRef<[u8]>, protocol: impl AsRef<[u8]>) -> Result<u16> {
    let port = netdb::service_port(&c_string(service.as_ref())?, &c_string(protocol.as_ref())?)?;
    port.ok_or_else(|| Error::message("service/proto not found"))
}
