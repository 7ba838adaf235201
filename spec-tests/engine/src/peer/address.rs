//! Addresses between the document's forms and the system's.

use std::ffi::OsStr;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use sockspec_subject::Value;

use super::{Address, unusable, wildcard_or};

/// The path that a text names.
pub(super) fn path(text: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(text))
}

/// A pair, a four-tuple or a path. Hosts are numeric: the peer looks nothing up.
pub(super) fn parse(value: &Value) -> io::Result<Address> {
    if let Some(text) = value.as_bytes() {
        return Address::unix(path(text));
    }
    let items = value.items().ok_or_else(|| unusable(value, "write a tuple or a path"))?;
    let host = items.first().and_then(|host| match host {
        Value::Str(text) => text.to_str(),
        _ => None,
    });
    let number =
        |at: usize| items.get(at).and_then(Value::as_i64).and_then(|number| u32::try_from(number).ok());
    let (Some(host), Some(port)) = (host, number(1).and_then(|port| u16::try_from(port).ok())) else {
        return Err(unusable(value, "its first two members are a host and a port"));
    };
    // A scope by name stands behind the address in the host's text as well; the number is what counts.
    let host = host.split('%').next().unwrap_or_default();
    let any: IpAddr =
        if items.len() == 2 { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    match wildcard_or(host, any) {
        Some(IpAddr::V4(ip)) => Ok(SocketAddr::V4(SocketAddrV4::new(ip, port)).into()),
        Some(IpAddr::V6(ip)) => {
            // The system keeps flow information in network order.
            let flow = number(2).unwrap_or(0).to_be();
            Ok(SocketAddr::V6(SocketAddrV6::new(ip, port, flow, number(3).unwrap_or(0))).into())
        }
        None => Err(unusable(value, "its host must be numeric")),
    }
}

/// The document's form of an address.
pub(super) fn show(address: &Address) -> Value {
    match address.as_socket() {
        Some(SocketAddr::V4(v4)) => {
            Value::Tuple(vec![Value::str(v4.ip().to_string()), Value::int(v4.port())])
        }
        Some(SocketAddr::V6(v6)) => Value::Tuple(vec![
            Value::str(v6.ip().to_string()),
            Value::int(v6.port()),
            Value::int(u32::from_be(v6.flowinfo())),
            Value::int(v6.scope_id()),
        ]),
        None => {
            if let Some(path) = address.as_pathname() {
                return Value::str(path.as_os_str().as_bytes().to_vec());
            }
            if let Some(name) = address.as_abstract_namespace() {
                let mut bytes = vec![0];
                bytes.extend(name);
                return Value::str(bytes);
            }
            Value::str("")
        }
    }
}
