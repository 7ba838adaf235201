//! The older lookups: `gethostbyname`, `gethostbyname_ex`, `gethostbyaddr`, and `gethostname`.

use std::net::{IpAddr, Ipv4Addr};

use bstr::BString;

use super::{Hints, Port, c_string, getaddrinfo};
use crate::address;
use crate::constants::{EAI_AGAIN, EAI_FAIL, EAI_NODATA, h_errno};
use crate::error::{Error, Result};
use crate::sys::netdb;
use crate::types::SockType;

/// What the databases say of a host: the document's triple. Clauses: `gethostbyname_ex.result`,
/// `gethostbyaddr.result`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct HostEntry {
    /// The primary name.
    pub name: BString,
    /// The other names; may be empty.
    pub aliases: Vec<BString>,
    /// The addresses of one interface of the host, often a single one. As text:
    /// [`address_text`](crate::address_text).
    pub addresses: Vec<IpAddr>,
}

/// Translates a host name into an IPv4 address, the first one that resolution yields.
///
/// A dotted address comes back as it was; `""` and `"<broadcast>"` mean what they mean in an `AF_INET`
/// address. Neither names with IPv6 addresses only nor IPv6 text is resolved. Clauses:
/// `gethostbyname.result`, `gethostbyname.numeric-unchanged`, `gethostbyname.no-ipv6`,
/// `gethostbyname.no-ipv6-numeric`.
///
/// # Errors
/// [`Error::Gaierror`] for a host without an IPv4 address. The document lists this function with neither
/// class. It resolves a host exactly as an `AF_INET` address does, so it fails as that does. [`Error::Type`]
/// for a name with a NUL byte in it.
pub fn gethostbyname(name: impl AsRef<[u8]>) -> Result<Ipv4Addr> {
    address::ipv4_of_name(name.as_ref())
}

/// Looks a host name up: primary name, aliases and IPv4 addresses. See gethostbyname(3).
///
/// For IPv4 text the entry is that text with its address. Clauses: `gethostbyname_ex.primary-name` and
/// following.
///
/// # Errors
/// [`Error::Herror`] with the `h_errno` of the lookup (`errors.herror-gethostbyname-ex`), [`Error::Type`] for
/// a name with a NUL byte in it.
pub fn gethostbyname_ex(name: impl AsRef<[u8]>) -> Result<HostEntry> {
    let entry = netdb::host_by_name(&c_string(name.as_ref())?)?;
    // Options of the resolver may make IPv6 addresses of IPv4 ones, which the document keeps out.
    if entry.addresses.iter().any(IpAddr::is_ipv6) {
        return Err(Error::Herror { h_errno: h_errno::NO_DATA });
    }
    Ok(entry)
}

/// Looks an IPv4 or IPv6 address up: primary name, aliases and addresses. See gethostbyaddr(3).
///
/// The argument is numeric text; a host name stands for the first address that resolution yields, since the
/// document has callers pass what [`gethostname`] returned; `""` and `"<broadcast>"` stand for the IPv4
/// addresses that they stand for elsewhere. Clauses: `gethostbyaddr.address-argument`,
/// `gethostbyaddr.host-name-argument`, `gethostbyaddr.ipv4`, `gethostbyaddr.ipv6`.
///
/// # Errors
/// [`Error::Herror`] with the `h_errno` of the lookup (`errors.herror-gethostbyaddr`), [`Error::Type`] for a
/// name with a NUL byte in it.
pub fn gethostbyaddr(address: impl AsRef<[u8]>) -> Result<HostEntry> {
    let host = address.as_ref();
    let address = match address::special(host) {
        Some(address) => address.into(),
        None => first_address(host).map_err(as_herror)?,
    };
    netdb::host_by_address(address)
}

/// The first address of a name, of either protocol; of numeric text the address itself.
fn first_address(name: &[u8]) -> Result<IpAddr> {
    // A type is given so that each address is listed once.
    let hints = Hints { socktype: SockType::DGRAM, ..Hints::default() };
    let found = getaddrinfo(Some(name), Port::None, hints)?;
    found.first().map(|entry| entry.address.ip()).ok_or(Error::Herror { h_errno: h_errno::NO_DATA })
}

/// The document gives `gethostbyaddr` one class for lookups that fail, so the code of the step that resolves
/// a name is turned back into the `h_errno` that the C library made it from.
fn as_herror(error: Error) -> Error {
    let Error::Gaierror { code, errno } = error else { return error };
    let h_errno = match (code, errno) {
        (_, Some(errno)) => return Error::os(errno),
        (EAI_AGAIN, _) => h_errno::TRY_AGAIN,
        (EAI_FAIL, _) => h_errno::NO_RECOVERY,
        (EAI_NODATA, _) => h_errno::NO_DATA,
        _ => h_errno::HOST_NOT_FOUND,
    };
    Error::Herror { h_errno }
}

/// The name of the machine that the program runs on; it need not be qualified. See gethostname(2).
///
/// Clauses: `gethostname.result`, `gethostname.not-qualified`.
///
/// # Errors
/// [`Error::Os`] where the system call fails.
pub fn gethostname() -> Result<BString> {
    netdb::host_name()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::constants::{EAI_NONAME, EAI_SYSTEM};

    #[rstest]
    #[case(EAI_AGAIN, h_errno::TRY_AGAIN)]
    #[case(EAI_FAIL, h_errno::NO_RECOVERY)]
    #[case(EAI_NODATA, h_errno::NO_DATA)]
    #[case(EAI_NONAME, h_errno::HOST_NOT_FOUND)]
    fn a_failed_step_has_the_number_that_its_code_came_from(#[case] code: i32, #[case] h_errno: i32) {
        assert_eq!(as_herror(Error::gai(code)), Error::Herror { h_errno });
    }

    #[test]
    fn what_is_no_lookup_failure_stays_what_it_is() {
        assert_eq!(as_herror(Error::gai_with(EAI_SYSTEM, libc::EMFILE)), Error::os(libc::EMFILE));
        assert_eq!(as_herror(Error::Memory(9)), Error::Memory(9));
    }
}
