//! The C library's own functions, for tests and benchmarks that compare against them. No part of the
//! interface.

use std::ffi::CStr;
use std::net::SocketAddr;

use bstr::BString;

use crate::resolution::{AddrInfo, Hints};
use crate::sys;

/// The C library's `getaddrinfo`; a failure is its code.
///
/// # Errors
/// The code.
pub fn getaddrinfo(host: Option<&CStr>, service: Option<&CStr>, hints: &Hints) -> Result<Vec<AddrInfo>, i32> {
    sys::addrinfo::getaddrinfo(host, service, hints).map_err(|failure| failure.code)
}

/// The C library's `getnameinfo`; a failure is its code.
///
/// # Errors
/// The code.
pub fn getnameinfo(address: SocketAddr, flags: i32) -> Result<(BString, BString), i32> {
    sys::addrinfo::getnameinfo(&sys::sockaddr::inet(address), flags).map_err(|failure| failure.code)
}

/// The C library's `inet_aton`, network order.
pub fn inet_aton(text: &CStr) -> Option<[u8; 4]> {
    sys::text::inet_aton(text)
}
