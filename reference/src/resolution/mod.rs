//! Names and addresses, in both directions.
//!
//! Numeric hosts and ports are dealt with here, without a system call; every name goes to the C library,
//! which is where the document puts name resolution.

mod getaddrinfo;
mod getfqdn;
mod gethostby;
mod getnameinfo;
mod numeric;
mod services;

use std::ffi::{CStr, CString};

pub use getaddrinfo::{AddrInfo, Hints, Port, getaddrinfo};
pub use getfqdn::getfqdn;
pub use gethostby::{HostEntry, gethostbyaddr, gethostbyname, gethostbyname_ex, gethostname};
pub use getnameinfo::getnameinfo;
pub use services::{getprotobyname, getservbyname};

use crate::error::{Error, Result};

/// A name as a C string.
///
/// A NUL byte would end it early and in silence. It makes the argument one that no C string can be, so it is
/// refused as a wrong type, the one ordinary exception that the document names for arguments
/// (`errors.argument-type`).
fn c_string(name: &[u8]) -> Result<CString> {
    CString::new(name).map_err(|_| nul_byte())
}

/// Lends a name as a C string, which is put together on the stack where it fits.
///
/// A NUL byte is refused as [`c_string`] refuses it.
fn with_c_str<T>(name: &[u8], work: impl FnOnce(&CStr) -> Result<T>) -> Result<T> {
    let mut room = [0; 128];
    if name.len() >= room.len() {
        return work(&c_string(name)?);
    }
    room[..name.len()].copy_from_slice(name);
    work(CStr::from_bytes_with_nul(&room[..=name.len()]).map_err(|_| nul_byte())?)
}

const fn nul_byte() -> Error {
    Error::Type(std::borrow::Cow::Borrowed("a name contains a NUL byte"))
}
