//! Socket addresses, on the way in and on the way back.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use super::{Answer, Refusal};
use crate::args::integer;
use crate::{Edition, Text, Value};

/// An address that a caller gives.
///
/// The form does not tell the family: a pair is what `AF_INET` takes, and `AF_INET6` as well. The socket's family
/// decides (`addresses.format-taken`), and [`AddressRef::unix`], [`Internet::inet`] and [`Internet::inet6`] ask for
/// the form that it wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressRef<'a> {
    /// One string, the form of `AF_UNIX`: a path, or a name in the abstract namespace that begins with NUL. Any bytes.
    Unix(&'a [u8]),
    /// A tuple of two to four, the form of `AF_INET` and `AF_INET6`.
    Internet(Internet<'a>),
}

/// An address of `AF_INET` or `AF_INET6` that a caller gives: two to four items, as they are.
///
/// The numbers are wider than their fields, so that the implementer's own range check shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Internet<'a> {
    /// A name, a numeric address, or one of the special texts `''` and `<broadcast>` of `AF_INET`. Any bytes.
    pub host: &'a [u8],
    /// 0 to 65535 is what a port can be; anything else may come.
    pub port: i64,
    /// The third item, `sin6_flowinfo`, where it was given (`addresses.inet6-without-flowinfo`).
    pub flowinfo: Option<i64>,
    /// The fourth item, `sin6_scope_id`, where it was given (`addresses.inet6-without-scope-id`); never without the
    /// third.
    pub scope_id: Option<i64>,
}

impl<'a> AddressRef<'a> {
    /// The path, where the address has the form of `AF_UNIX`.
    ///
    /// # Errors
    /// [`Refusal::Inexpressible`] for a tuple.
    pub fn unix(self) -> Answer<&'a [u8]> {
        match self {
            Self::Unix(path) => Ok(path),
            Self::Internet(_) => Err(wrong_form("AF_UNIX", "one string")),
        }
    }

    /// The items, where the address is a tuple.
    ///
    /// # Errors
    /// [`Refusal::Inexpressible`] for a string.
    pub fn internet(self) -> Answer<Internet<'a>> {
        match self {
            Self::Internet(address) => Ok(address),
            Self::Unix(_) => Err(wrong_form("AF_INET or AF_INET6", "a tuple")),
        }
    }

    /// Reads an address out of a call.
    pub(super) fn decode(value: &'a Value, constants: &BTreeMap<String, i64>) -> Answer<Self> {
        match value {
            Value::Str(path) => Ok(Self::Unix(path.as_bytes())),
            // Where text and bytes are two types, a path may come as either (`addresses.unix-bytes`).
            Value::Bytes(path) => Ok(Self::Unix(path)),
            _ => Internet::decode(value, constants).map(Self::Internet),
        }
    }
}

impl<'a> Internet<'a> {
    /// Host and port, where the address has the form of `AF_INET`.
    ///
    /// # Errors
    /// [`Refusal::Inexpressible`] for three or four items.
    pub fn inet(self) -> Answer<(&'a [u8], i64)> {
        match self.flowinfo {
            None => Ok((self.host, self.port)),
            Some(_) => Err(wrong_form("AF_INET", "a tuple of two")),
        }
    }

    /// Host, port, flow information and scope id, as `AF_INET6` takes them: the last two are 0 where they were left
    /// out.
    pub fn inet6(self) -> (&'a [u8], i64, i64, i64) {
        (self.host, self.port, self.flowinfo.unwrap_or(0), self.scope_id.unwrap_or(0))
    }

    /// Reads an address out of a call.
    pub(super) fn decode(value: &'a Value, constants: &BTreeMap<String, i64>) -> Answer<Self> {
        let number = |value: &Value, what: &str| match integer(value, constants)? {
            Some(number) => number
                .to_i64()
                .ok_or_else(|| Refusal::Inexpressible(format!("the {what} {number} is beyond 64 bits"))),
            None => Err(Refusal::Inexpressible(format!(
                "the {what} of an address is an integer, not {}",
                value.type_name()
            ))),
        };
        let Value::Tuple(items) = value else {
            let got = value.type_name();
            return Err(Refusal::Inexpressible(format!("an address is a tuple or a string, not {got}")));
        };
        let (host, port, rest) = match items.as_slice() {
            [host, port, rest @ ..] if rest.len() <= 2 => (host, port, rest),
            _ => {
                let why = format!("an address has two to four items, not {}", items.len());
                return Err(Refusal::Inexpressible(why));
            }
        };
        let Value::Str(host) = host else {
            let why = format!("the host of an address is text, not {}", host.type_name());
            return Err(Refusal::Inexpressible(why));
        };
        Ok(Self {
            host: host.as_bytes(),
            port: number(port, "port")?,
            flowinfo: rest.first().map(|item| number(item, "flow information")).transpose()?,
            scope_id: rest.get(1).map(|item| number(item, "scope id")).transpose()?,
        })
    }
}

fn wrong_form(family: &str, form: &str) -> Refusal {
    Refusal::Inexpressible(format!("an address of {family} is {form}"))
}

/// An address that comes back: always whole, in the form of the socket's family (`addresses.format-returned`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// `AF_UNIX`: a path, a name in the abstract namespace that begins with NUL, or nothing for a socket without a
    /// name. Becomes text; in edition 3, an abstract name becomes bytes (`addresses.unix-abstract`).
    Unix(Vec<u8>),
    /// `AF_INET`: becomes a pair (`addresses.inet-pair-returned`).
    Inet {
        /// The address as dotted text.
        host: Text,
        /// The port, in host order.
        port: u16,
    },
    /// `AF_INET6`: becomes a tuple of four (`addresses.inet6-four-tuple-returned`).
    Inet6 {
        /// The address as text.
        host: Text,
        /// The port, in host order.
        port: u16,
        /// `sin6_flowinfo`.
        flowinfo: u32,
        /// `sin6_scope_id`: the number of an interface, or 0.
        scope_id: u32,
    },
}

impl Address {
    /// The same as a caller gives it, all items of it.
    pub fn borrowed(&self) -> AddressRef<'_> {
        let internet = |host, port, flowinfo, scope_id| {
            AddressRef::Internet(Internet { host, port: i64::from(port), flowinfo, scope_id })
        };
        match self {
            Self::Unix(path) => AddressRef::Unix(path),
            Self::Inet { host, port } => internet(host.as_bytes(), *port, None, None),
            Self::Inet6 { host, port, flowinfo, scope_id } => {
                internet(host.as_bytes(), *port, Some(i64::from(*flowinfo)), Some(i64::from(*scope_id)))
            }
        }
    }

    pub(super) fn encode(self, edition: Edition) -> Value {
        match self {
            Self::Unix(path) if edition >= Edition::V3 && path.first() == Some(&0) => Value::Bytes(path),
            Self::Unix(path) => Value::str(path),
            Self::Inet { host, port } => Value::Tuple(vec![Value::Str(host), Value::int(port)]),
            Self::Inet6 { host, port, flowinfo, scope_id } => Value::Tuple(vec![
                Value::Str(host),
                Value::int(port),
                Value::int(flowinfo),
                Value::int(scope_id),
            ]),
        }
    }
}

impl From<SocketAddr> for Address {
    /// The address as text without a scope; flow information and scope id as the standard library has them.
    fn from(address: SocketAddr) -> Self {
        match address {
            SocketAddr::V4(v4) => Self::Inet { host: v4.ip().to_string().into(), port: v4.port() },
            SocketAddr::V6(v6) => Self::Inet6 {
                host: v6.ip().to_string().into(),
                port: v6.port(),
                flowinfo: v6.flowinfo(),
                scope_id: v6.scope_id(),
            },
        }
    }
}
