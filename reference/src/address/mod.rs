//! Socket addresses: what a caller gives ([`Address`]) and what a call gives back ([`SocketAddress`]).
//!
//! What is given may hold a host name, a special host or a number out of range; what comes back is numeric
//! and whole. Everything that came back can be given again.

pub(crate) mod host;

use std::fmt;
use std::net::{IpAddr, SocketAddr, SocketAddrV4, SocketAddrV6};

use bstr::{BString, ByteSlice};
use socket2::SockAddr;

pub(crate) use host::{ipv4_of_name, special};

use crate::constants::EAI_ADDRFAMILY;
use crate::conversion::address_text;
use crate::error::{Error, Result};
use crate::sys::sockaddr;
use crate::types::Family;

/// Largest flow information: the 20 bits of the flow label (RFC 2460, 6).
pub const FLOWINFO_MAX: u32 = 0xf_ffff;

/// An address as a caller gives it, in one of the document's forms.
///
/// Methods take anything that turns into one:
///
/// | given | form |
/// |---|---|
/// | `("host", 80)` | `AF_INET` pair; for `AF_INET6` flow information and scope id are zero |
/// | `("host", 80, 0)`, `("host", 80, 0, 2)` | `AF_INET6` tuple of three or four |
/// | `Address::Unix(b"/path")` | `AF_UNIX` path |
/// | a [`SocketAddress`], a [`std::net::SocketAddr`] | what a call gave back |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address<'a> {
    /// `AF_UNIX`: the bytes of a path, at most 107, or of an abstract name with its leading NUL, at most 108.
    ///
    /// Empty, it lets the system choose an abstract name on `bind` (unix(7)). Clause:
    /// `addresses.unix-string`.
    Unix(&'a [u8]),
    /// `AF_INET` or `AF_INET6`: host and port, and for `AF_INET6` two members more that may be left out.
    ///
    /// Clauses: `addresses.inet-pair`, `addresses.inet6-four-tuple`, `addresses.inet6-without-flowinfo`,
    /// `addresses.inet6-without-scope-id`.
    Host {
        /// A name, numeric text (for IPv6 with `%scope` if wished), or for `AF_INET` `""` or `"<broadcast>"`.
        host: &'a [u8],
        /// 0 to 65,535, host order.
        port: i64,
        /// 0 to [`FLOWINFO_MAX`], host order; `sin6_flowinfo`.
        flowinfo: Option<i64>,
        /// 0 to 4,294,967,295, an interface index; `sin6_scope_id`. Zero leaves it to a `%scope` in the host.
        scope_id: Option<i64>,
    },
    /// `AF_INET` or `AF_INET6`, numeric already.
    Numeric(SocketAddr),
    /// Of a family that has no form here; no call takes it.
    Other(Family),
}

impl<'a, H: AsRef<[u8]> + ?Sized> From<(&'a H, i64)> for Address<'a> {
    fn from((host, port): (&'a H, i64)) -> Self {
        Self::Host { host: host.as_ref(), port, flowinfo: None, scope_id: None }
    }
}

impl<'a, H: AsRef<[u8]> + ?Sized> From<(&'a H, i64, i64)> for Address<'a> {
    fn from((host, port, flowinfo): (&'a H, i64, i64)) -> Self {
        Self::Host { host: host.as_ref(), port, flowinfo: Some(flowinfo), scope_id: None }
    }
}

impl<'a, H: AsRef<[u8]> + ?Sized> From<(&'a H, i64, i64, i64)> for Address<'a> {
    fn from((host, port, flowinfo, scope_id): (&'a H, i64, i64, i64)) -> Self {
        Self::Host { host: host.as_ref(), port, flowinfo: Some(flowinfo), scope_id: Some(scope_id) }
    }
}

impl From<SocketAddr> for Address<'_> {
    fn from(address: SocketAddr) -> Self {
        Self::Numeric(address)
    }
}

impl<'a> From<&'a SocketAddress> for Address<'a> {
    #[inline]
    fn from(address: &'a SocketAddress) -> Self {
        match address {
            SocketAddress::Unix(path) => Self::Unix(path),
            SocketAddress::Inet(address) => Self::Numeric((*address).into()),
            SocketAddress::Inet6(address) => Self::Numeric((*address).into()),
            SocketAddress::Other { family, .. } => Self::Other(*family),
        }
    }
}

/// An address of a family, its host resolved and its members checked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Resolved<'a> {
    /// `AF_INET` or `AF_INET6`.
    Inet(SocketAddr),
    /// `AF_UNIX`: a path or abstract name that fits.
    Unix(&'a [u8]),
}

impl<'a> Address<'a> {
    /// The address for a socket of `family` as the system takes it.
    ///
    /// # Errors
    /// As [`Address::resolved`].
    pub(crate) fn for_family(&self, family: Family) -> Result<SockAddr> {
        match self.resolved(family)? {
            Resolved::Inet(address) => Ok(sockaddr::inet(address)),
            Resolved::Unix(path) => path_address(path),
        }
    }

    /// The address for a socket of `family`, its host resolved.
    ///
    /// # Errors
    /// [`Error::Type`] where the form is another family's (`addresses.format-taken`) or the host or path has
    /// a NUL byte in it, [`Error::Overflow`] for a port, flow information or scope id out of range,
    /// [`Error::Gaierror`] for a host that cannot be resolved, [`Error::Message`] for a path that is too long
    /// or a family other than the three (`addresses.families`).
    #[inline]
    pub(crate) fn resolved(&self, family: Family) -> Result<Resolved<'a>> {
        match (family, *self) {
            // What a call gave back, which is most of what an answer is sent to.
            (Family::INET, Self::Numeric(address @ SocketAddr::V4(_)))
            | (Family::INET6, Self::Numeric(address @ SocketAddr::V6(_))) => Ok(Resolved::Inet(address)),
            _ => self.resolved_at_length(family),
        }
    }

    /// [`Address::resolved`], for what is not numeric already or of another family.
    fn resolved_at_length(&self, family: Family) -> Result<Resolved<'a>> {
        match (family, *self) {
            (Family::UNIX, Self::Unix(path)) => unix(path).map(Resolved::Unix),
            (
                Family::INET,
                Self::Host { flowinfo: Some(_), .. }
                | Self::Numeric(SocketAddr::V6(_))
                | Self::Unix(_)
                | Self::Other(_),
            ) => Err(Error::Type("an AF_INET address is a pair of host and port".into())),
            (Family::INET | Family::INET6, Self::Host { host, port, flowinfo, scope_id }) => {
                let port = self::port(port)?;
                let flowinfo = self::flowinfo(flowinfo.unwrap_or(0))?;
                let scope_id = self::scope_id(scope_id.unwrap_or(0))?;
                Ok(Resolved::Inet(match host::resolve(host, family)? {
                    SocketAddr::V4(address) => SocketAddrV4::new(*address.ip(), port).into(),
                    SocketAddr::V6(address) => with_members(address, port, flowinfo, scope_id).into(),
                }))
            }
            // A pair whose host is IPv4 text, which no AF_INET6 socket can use.
            (Family::INET6, Self::Numeric(SocketAddr::V4(_))) => Err(Error::gai(EAI_ADDRFAMILY)),
            (Family::INET | Family::INET6, Self::Numeric(address)) => Ok(Resolved::Inet(address)),
            (Family::INET6, Self::Unix(_) | Self::Other(_)) => {
                Err(Error::Type("an AF_INET6 address is host, port, flow information and scope id".into()))
            }
            (Family::UNIX, _) => Err(Error::Type("an AF_UNIX address is one path".into())),
            (Family(other), _) => Err(Error::message(format!(
                "no address form is known for family {other}: AF_UNIX, AF_INET and AF_INET6 have one"
            ))),
        }
    }
}

/// Puts the members of a given tuple into a resolved address. A scope id of zero keeps the one that the
/// host's own `%scope` or the resolver named, since the document lets a caller leave it out.
pub(crate) fn with_members(address: SocketAddrV6, port: u16, flowinfo: u32, scope_id: u32) -> SocketAddrV6 {
    let scope_id = if scope_id == 0 { address.scope_id() } else { scope_id };
    SocketAddrV6::new(*address.ip(), port, flowinfo, scope_id)
}

/// Checks a port. Clause: `addresses.inet-port-integer`.
pub(crate) fn port(port: i64) -> Result<u16> {
    u16::try_from(port)
        .map_err(|_| Error::Overflow(format!("port {port} is out of range: give 0 to 65535").into()))
}

/// Checks flow information. Clause: `addresses.inet6-flowinfo`.
pub(crate) fn flowinfo(flowinfo: i64) -> Result<u32> {
    u32::try_from(flowinfo).ok().filter(|flowinfo| *flowinfo <= FLOWINFO_MAX).ok_or_else(|| {
        Error::Overflow(
            format!("flow information {flowinfo} is out of range: give 0 to {FLOWINFO_MAX}").into(),
        )
    })
}

/// Checks a scope id. Clause: `addresses.inet6-scope-id`.
pub(crate) fn scope_id(scope_id: i64) -> Result<u32> {
    u32::try_from(scope_id).map_err(|_| {
        Error::Overflow(format!("scope id {scope_id} is out of range: give 0 to 4294967295").into())
    })
}

/// A path is followed by NUL, an abstract name, which begins with NUL, is not: it may fill the structure and
/// hold NUL bytes of its own. Within a path NUL would end it early and in silence, so there it is refused.
fn unix(path: &[u8]) -> Result<&[u8]> {
    let is_abstract = path.first() == Some(&0);
    if !is_abstract && path.contains(&0) {
        return Err(Error::Type("an AF_UNIX path contains a NUL byte".into()));
    }
    let room = if is_abstract { sockaddr::SUN_PATH } else { sockaddr::SUN_PATH - 1 };
    if path.len() > room {
        return Err(too_long());
    }
    Ok(path)
}

/// A resolved `AF_UNIX` address as the system takes it.
pub(crate) fn path_address(path: &[u8]) -> Result<SockAddr> {
    sockaddr::unix(path).ok_or_else(too_long)
}

const fn too_long() -> Error {
    Error::Message(std::borrow::Cow::Borrowed("AF_UNIX path too long"))
}

/// An address as a call gives it back. Clause: `addresses.format-returned`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SocketAddress {
    /// `AF_UNIX`: the path without a NUL at its end, or an abstract name with its leading NUL and every byte
    /// of it. Empty for an unnamed socket. Clauses: `addresses.unix-string-returned`,
    /// `addresses.unix-abstract`.
    Unix(BString),
    /// `AF_INET`. Clause: `addresses.inet-pair-returned`.
    Inet(SocketAddrV4),
    /// `AF_INET6`, always with all four members, all in host order. Clause:
    /// `addresses.inet6-four-tuple-returned`.
    Inet6(SocketAddrV6),
    /// Another family, which only a descriptor from outside can lead to: the bytes after the family,
    /// uninterpreted.
    Other {
        /// The family.
        family: Family,
        /// What stands behind the family in the structure.
        data: Vec<u8>,
    },
}

impl SocketAddress {
    /// The family.
    pub const fn family(&self) -> Family {
        match self {
            Self::Unix(_) => Family::UNIX,
            Self::Inet(_) => Family::INET,
            Self::Inet6(_) => Family::INET6,
            Self::Other { family, .. } => *family,
        }
    }

    /// The host as numeric text, for `AF_INET` and `AF_INET6`.
    ///
    /// The scope is not part of it: the scope id is a member of its own, and text with `%scope` would say it
    /// twice.
    pub fn host(&self) -> Option<String> {
        self.ip().map(address_text)
    }

    /// The host as an address, for `AF_INET` and `AF_INET6`.
    pub fn ip(&self) -> Option<IpAddr> {
        self.as_inet().map(|address| address.ip())
    }

    /// The port, host order, for `AF_INET` and `AF_INET6`.
    pub fn port(&self) -> Option<u16> {
        self.as_inet().map(|address| address.port())
    }

    /// The path or abstract name, for `AF_UNIX`.
    pub fn path(&self) -> Option<&[u8]> {
        match self {
            Self::Unix(path) => Some(path),
            _ => None,
        }
    }

    /// The address as `std` has it, for `AF_INET` and `AF_INET6`.
    pub fn as_inet(&self) -> Option<SocketAddr> {
        match self {
            Self::Inet(address) => Some((*address).into()),
            Self::Inet6(address) => Some((*address).into()),
            _ => None,
        }
    }
}

impl From<SocketAddr> for SocketAddress {
    fn from(address: SocketAddr) -> Self {
        match address {
            SocketAddr::V4(address) => Self::Inet(address),
            SocketAddr::V6(address) => Self::Inet6(address),
        }
    }
}

/// The document's form: `('192.0.2.1', 80)`, `('2001:db8::1', 80, 0, 0)`, `'/path'`.
impl fmt::Display for SocketAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(formatter, "'{}'", path.escape_ascii()),
            Self::Inet(address) => {
                write!(formatter, "('{}', {})", address_text(*address.ip()), address.port())
            }
            Self::Inet6(address) => write!(
                formatter,
                "('{}', {}, {}, {})",
                address_text(*address.ip()),
                address.port(),
                address.flowinfo(),
                address.scope_id()
            ),
            Self::Other { family, data } => {
                write!(formatter, "({}, '{}')", family.0, data.as_bstr().escape_ascii())
            }
        }
    }
}
