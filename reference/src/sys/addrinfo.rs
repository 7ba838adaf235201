//! getaddrinfo(3) and getnameinfo(3).
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int};
use std::mem;
use std::net::SocketAddr;
use std::ptr;

use bstr::BString;
use libc::{addrinfo, socklen_t};
use socket2::{SockAddr, SockAddrStorage};

use super::text;
use crate::resolution::{AddrInfo, Hints};

/// A code of the C library, and `errno` as it was right after the call.
pub(crate) struct Failure {
    pub(crate) code: c_int,
    pub(crate) errno: c_int,
}

/// Calls `getaddrinfo`; an absent host or service is a null pointer.
pub(crate) fn getaddrinfo(
    host: Option<&CStr>,
    service: Option<&CStr>,
    hints: &Hints,
) -> Result<Vec<AddrInfo>, Failure> {
    let list = list(host, service, hints).map_err(|code| Failure { code, errno: text::last_errno() })?;
    // SAFETY: the list is the one that the call returned, and it is freed only after this.
    Ok(unsafe { entries(list.0) })
}

/// The call alone: its list, or its code.
pub(super) fn list(host: Option<&CStr>, service: Option<&CStr>, hints: &Hints) -> Result<List, c_int> {
    // SAFETY: all zeros is a valid `addrinfo`: numbers and null pointers.
    let mut wanted: addrinfo = unsafe { mem::zeroed() };
    wanted.ai_family = hints.family.0;
    wanted.ai_socktype = hints.socktype.0;
    wanted.ai_protocol = hints.protocol.0;
    wanted.ai_flags = hints.flags.0;
    let mut list = ptr::null_mut();
    // SAFETY: the strings are null or C strings, the hints live through the call, and `list` is writable.
    let code = unsafe {
        libc::getaddrinfo(
            host.map_or(ptr::null(), CStr::as_ptr),
            service.map_or(ptr::null(), CStr::as_ptr),
            &raw const wanted,
            &raw mut list,
        )
    };
    if code == 0 { Ok(List(list)) } else { Err(code) }
}

/// Frees the list when it goes, however that comes about.
pub(super) struct List(pub(super) *mut addrinfo);

impl Drop for List {
    fn drop(&mut self) {
        if !self.0.is_null() {
            // SAFETY: the list came from `getaddrinfo` and nothing refers to it any longer.
            unsafe { libc::freeaddrinfo(self.0) };
        }
    }
}

/// # Safety
/// `first` is null or the head of a list from `getaddrinfo` that outlives the call.
unsafe fn entries(first: *const addrinfo) -> Vec<AddrInfo> {
    let node = |pointer: *const addrinfo| {
        // SAFETY: each pointer is null, which ends the list, or a node of it.
        unsafe { pointer.as_ref() }
    };
    let nodes = || std::iter::successors(node(first), |entry| node(entry.ai_next));
    let mut found = Vec::with_capacity(nodes().count());
    for entry in nodes() {
        // SAFETY: `ai_addr` points to `ai_addrlen` bytes of a socket address.
        let Some(address) = (unsafe { socket_addr(entry.ai_addr.cast(), entry.ai_addrlen) }) else {
            continue;
        };
        found.push(AddrInfo {
            family: entry.ai_family.into(),
            socktype: entry.ai_socktype.into(),
            protocol: entry.ai_protocol.into(),
            // SAFETY: null or a C string of the list.
            canonname: unsafe { text::copy(entry.ai_canonname) },
            address,
        });
    }
    found
}

/// # Safety
/// `address` is null or points to `length` readable bytes of a socket address.
unsafe fn socket_addr(address: *const u8, length: socklen_t) -> Option<SocketAddr> {
    let mut storage = SockAddrStorage::zeroed();
    if address.is_null() || length > storage.size_of() {
        return None;
    }
    // SAFETY: the source has that many bytes by contract, the storage as checked, and they are apart.
    unsafe { ptr::copy_nonoverlapping(address, (&raw mut storage).cast::<u8>(), length as usize) };
    // SAFETY: a socket address of that length was copied there.
    unsafe { SockAddr::new(storage, length) }.as_socket()
}

/// Calls `getnameinfo`; host and service come back as text.
pub(crate) fn getnameinfo(address: &SockAddr, flags: c_int) -> Result<(BString, BString), Failure> {
    // NI_MAXHOST, for both: a service of more than NI_MAXSERV bytes is no reason to fail.
    const ROOM: socklen_t = 1025;
    let mut host = [0_u8; ROOM as usize];
    let mut service = [0_u8; ROOM as usize];
    // SAFETY: the address is valid for its length, and both buffers are writable for the length given.
    let code = unsafe {
        libc::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            host.as_mut_ptr().cast::<c_char>(),
            ROOM,
            service.as_mut_ptr().cast::<c_char>(),
            ROOM,
            flags,
        )
    };
    if code != 0 {
        return Err(Failure { code, errno: text::last_errno() });
    }
    Ok((up_to_nul(&host), up_to_nul(&service)))
}

fn up_to_nul(buffer: &[u8]) -> BString {
    CStr::from_bytes_until_nul(buffer).map(CStr::to_bytes).unwrap_or_default().into()
}
