//! The C library's own functions, for tests and benchmarks that compare against them. No part of the
//! interface.

use std::ffi::CStr;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::BorrowedFd;

use bstr::BString;
use socket2::SockAddr;

use crate::resolution::{AddrInfo, Hints};
use crate::sys;
pub use crate::sys::floor::Peer;

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

/// The C library's `getaddrinfo` and `freeaddrinfo`, nothing copied: how many entries there were, or the code.
///
/// # Errors
/// The code.
pub fn getaddrinfo_only(host: Option<&CStr>, service: Option<&CStr>, hints: &Hints) -> Result<usize, i32> {
    sys::floor::getaddrinfo(host, service, hints)
}

/// The C library's `getnameinfo` into the caller's buffers; the code, zero for success.
pub fn getnameinfo_only(address: &SockAddr, flags: i32, host: &mut [u8], service: &mut [u8]) -> i32 {
    sys::floor::getnameinfo(address, flags, host, service)
}

/// The C library's `inet_ntoa`: the first byte of its text.
pub fn inet_ntoa_only(octets: [u8; 4]) -> u8 {
    sys::floor::inet_ntoa(octets)
}

/// The C library's `gethostbyname_r`: whether it found the host.
pub fn gethostbyname_only(name: &CStr, buffer: &mut [u8]) -> bool {
    sys::floor::gethostbyname(name, buffer)
}

/// The C library's `gethostbyaddr_r`: whether it found the host.
pub fn gethostbyaddr_only(address: IpAddr, buffer: &mut [u8]) -> bool {
    sys::floor::gethostbyaddr(address, buffer)
}

/// recv(2): its result, which is negative where it failed with an `errno`.
pub fn recv(socket: BorrowedFd<'_>, buffer: &mut [u8], flags: i32) -> isize {
    sys::floor::recv(socket, buffer, flags)
}

/// send(2): its result, which is negative where it failed with an `errno`.
pub fn send(socket: BorrowedFd<'_>, data: &[u8], flags: i32) -> isize {
    sys::floor::send(socket, data, flags)
}

/// recvfrom(2), with the address as the system wrote it: its result, which is negative where it failed with an `errno`.
pub fn recvfrom(socket: BorrowedFd<'_>, buffer: &mut [u8], flags: i32, from: &mut Peer) -> isize {
    sys::floor::recvfrom(socket, buffer, flags, from)
}

/// sendto(2) to whom an address was received of: its result, which is negative where it failed with an `errno`.
pub fn sendto(socket: BorrowedFd<'_>, data: &[u8], flags: i32, to: &Peer) -> isize {
    sys::floor::sendto(socket, data, flags, to)
}
