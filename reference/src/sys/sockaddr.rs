//! `struct sockaddr` of the three families, in both directions.
#![allow(unsafe_code)]

use std::mem::{offset_of, size_of};
use std::net::{SocketAddr, SocketAddrV6};
use std::ptr;
use std::slice;

use libc::{sa_family_t, sockaddr_un, socklen_t};
use socket2::{SockAddr, SockAddrStorage};

use crate::address::SocketAddress;

/// Room for a path in `struct sockaddr_un`, bytes.
pub(crate) const SUN_PATH: usize = size_of::<sockaddr_un>() - PATH_OFFSET;

const PATH_OFFSET: usize = offset_of!(sockaddr_un, sun_path);

/// An `AF_INET` or `AF_INET6` address. `flowinfo` is a number, which the structure keeps in network order
/// (RFC 2553, 3.3).
pub(crate) fn inet(address: SocketAddr) -> SockAddr {
    match address {
        SocketAddr::V4(address) => address.into(),
        SocketAddr::V6(address) => flowinfo_swapped(address).into(),
    }
}

/// Turns `flowinfo` from the number into the structure's member and back.
fn flowinfo_swapped(address: SocketAddrV6) -> SocketAddrV6 {
    SocketAddrV6::new(*address.ip(), address.port(), address.flowinfo().to_be(), address.scope_id())
}

/// An `AF_UNIX` address with exactly these bytes as path, or `None` where they are more than [`SUN_PATH`].
///
/// The length covers the bytes alone. The structure is zero behind them, so that a path shorter than
/// [`SUN_PATH`] is a C string too.
pub(crate) fn unix(path: &[u8]) -> Option<SockAddr> {
    if path.len() > SUN_PATH {
        return None;
    }
    let mut storage = SockAddrStorage::zeroed();
    let length = socklen_t::try_from(PATH_OFFSET + path.len()).ok()?;
    let family = sa_family_t::try_from(libc::AF_UNIX).ok()?;
    // SAFETY: `sockaddr_un` is one of the platform's address structures; the path fits, as checked, and
    // `path` cannot overlap the storage made here.
    unsafe {
        let address = storage.view_as::<sockaddr_un>();
        address.sun_family = family;
        ptr::copy_nonoverlapping(path.as_ptr(), address.sun_path.as_mut_ptr().cast::<u8>(), path.len());
    }
    // SAFETY: family and length describe what was just written.
    Some(unsafe { SockAddr::new(storage, length) })
}

/// What the system wrote; `None` where it wrote no address at all.
pub(crate) fn decode(address: &SockAddr) -> Option<SocketAddress> {
    if address.len() == 0 {
        return None;
    }
    Some(match address.as_socket() {
        Some(SocketAddr::V4(address)) => SocketAddress::Inet(address),
        Some(SocketAddr::V6(address)) => SocketAddress::Inet6(flowinfo_swapped(address)),
        None if i32::from(address.family()) == libc::AF_UNIX => {
            SocketAddress::Unix(unix_path(bytes(address)).into())
        }
        None => SocketAddress::Other {
            family: i32::from(address.family()).into(),
            data: bytes(address).get(size_of::<sa_family_t>()..).unwrap_or_default().to_vec(),
        },
    })
}

/// The bytes of the structure that the system filled in.
fn bytes(address: &SockAddr) -> &[u8] {
    // The system reports the length an address needs, which may exceed what it could write.
    let length = (address.len() as usize).min(size_of::<SockAddrStorage>());
    // SAFETY: the storage is that long, was zeroed when it was made, and the borrow keeps it alive.
    unsafe { slice::from_raw_parts(address.as_ptr().cast::<u8>(), length) }
}

/// The name within an `AF_UNIX` address: all bytes of an abstract one, those before NUL of a path, none if
/// unnamed.
fn unix_path(structure: &[u8]) -> &[u8] {
    let path = structure.get(PATH_OFFSET..).unwrap_or_default();
    if path.first() == Some(&0) {
        return path;
    }
    path.split(|byte| *byte == 0).next().unwrap_or_default()
}
