//! `struct sockaddr` of the three families, in both directions.
#![allow(unsafe_code)]

use std::io;
use std::mem::{MaybeUninit, offset_of, size_of};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};
use std::ptr;
use std::slice;

use libc::{
    in_addr, in6_addr, sa_family_t, sockaddr, sockaddr_in, sockaddr_in6, sockaddr_storage, sockaddr_un,
    socklen_t,
};
use socket2::{SockAddr, SockAddrStorage};

use crate::address::SocketAddress;

/// Room for a path in `struct sockaddr_un`, bytes.
pub(crate) const SUN_PATH: usize = size_of::<sockaddr_un>() - PATH_OFFSET;

const PATH_OFFSET: usize = offset_of!(sockaddr_un, sun_path);

/// The families, as the structures have them: their numbers are small.
#[expect(clippy::cast_possible_truncation)]
const INET: sa_family_t = libc::AF_INET as sa_family_t;
#[expect(clippy::cast_possible_truncation)]
const INET6: sa_family_t = libc::AF_INET6 as sa_family_t;
#[expect(clippy::cast_possible_truncation)]
const UNIX: sa_family_t = libc::AF_UNIX as sa_family_t;

/// The length of a structure, as the calls take it: none is longer than some hundred bytes.
#[expect(clippy::cast_possible_truncation)]
const fn length_of<S>() -> socklen_t {
    size_of::<S>() as socklen_t
}

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
    // SAFETY: `sockaddr_un` is one of the platform's address structures; the path fits, as checked, and
    // `path` cannot overlap the storage made here.
    unsafe {
        let address = storage.view_as::<sockaddr_un>();
        address.sun_family = UNIX;
        ptr::copy_nonoverlapping(path.as_ptr(), address.sun_path.as_mut_ptr().cast::<u8>(), path.len());
    }
    // SAFETY: family and length describe what was just written.
    Some(unsafe { SockAddr::new(storage, length) })
}

/// Makes an `AF_INET` or `AF_INET6` structure for the time of a call, no larger than it has to be. The pointer is valid for
/// that time and the length given.
#[inline]
pub(crate) fn with_inet<T>(address: SocketAddr, call: impl FnOnce(*const sockaddr, socklen_t) -> T) -> T {
    match address {
        SocketAddr::V4(address) => {
            let structure = sockaddr_in {
                sin_family: INET,
                sin_port: address.port().to_be(),
                sin_addr: in_addr { s_addr: u32::from_ne_bytes(address.ip().octets()) },
                sin_zero: [0; 8],
            };
            call((&raw const structure).cast(), length_of::<sockaddr_in>())
        }
        SocketAddr::V6(address) => {
            let structure = sockaddr_in6 {
                sin6_family: INET6,
                sin6_port: address.port().to_be(),
                sin6_flowinfo: address.flowinfo().to_be(),
                sin6_addr: in6_addr { s6_addr: address.ip().octets() },
                sin6_scope_id: address.scope_id(),
            };
            call((&raw const structure).cast(), length_of::<sockaddr_in6>())
        }
    }
}

/// What a call received, and the address that it wrote beside it, which is `None` where it wrote none.
///
/// The room for it is not cleared first: that takes longer than reading the address.
///
/// # Safety
/// `call` gets room for an address and its length, which it may write to. Where it succeeds, it has written the address
/// and set the length, as recvfrom(2) does.
#[inline]
pub(crate) unsafe fn with_sender<T>(
    call: impl FnOnce(*mut sockaddr, *mut socklen_t) -> io::Result<T>,
) -> io::Result<(T, Option<SocketAddress>)> {
    let mut room = MaybeUninit::<sockaddr_storage>::uninit();
    let mut length = length_of::<sockaddr_storage>();
    let received = call(room.as_mut_ptr().cast(), &raw mut length)?;
    // The system reports the length an address needs, which may exceed what it could write.
    let written = (length as usize).min(size_of::<sockaddr_storage>());
    // SAFETY: the caller vouches that this many bytes were written, and the room is that large.
    let structure = unsafe { slice::from_raw_parts(room.as_ptr().cast::<u8>(), written) };
    Ok((received, decode_bytes(structure)))
}

/// What the system wrote; `None` where it wrote no address at all.
pub(crate) fn decode(address: &SockAddr) -> Option<SocketAddress> {
    decode_bytes(bytes(address))
}

/// The bytes of the structure that the system filled in.
fn bytes(address: &SockAddr) -> &[u8] {
    // The system reports the length an address needs, which may exceed what it could write.
    let length = (address.len() as usize).min(size_of::<SockAddrStorage>());
    // SAFETY: the storage is that long, was zeroed when it was made, and the borrow keeps it alive.
    unsafe { slice::from_raw_parts(address.as_ptr().cast::<u8>(), length) }
}

/// The bytes of a structure, as far as the system wrote it.
#[inline]
fn decode_bytes(structure: &[u8]) -> Option<SocketAddress> {
    let family = sa_family_t::from_ne_bytes(member(structure, 0)?);
    let whole = match family {
        INET => inet_of(structure).map(SocketAddress::Inet),
        INET6 => inet6_of(structure).map(SocketAddress::Inet6),
        UNIX => Some(SocketAddress::Unix(unix_path(structure).into())),
        _ => None,
    };
    Some(whole.unwrap_or_else(|| SocketAddress::Other {
        family: i32::from(family).into(),
        data: structure.get(size_of::<sa_family_t>()..).unwrap_or_default().to_vec(),
    }))
}

#[inline]
fn inet_of(structure: &[u8]) -> Option<SocketAddrV4> {
    // One look at the length instead of one for each member.
    let structure: &[u8; size_of::<sockaddr_in>()] = structure.first_chunk()?;
    let port = u16::from_be_bytes(member(structure, offset_of!(sockaddr_in, sin_port))?);
    let ip: [u8; 4] = member(structure, offset_of!(sockaddr_in, sin_addr))?;
    Some(SocketAddrV4::new(Ipv4Addr::from(ip), port))
}

#[inline]
fn inet6_of(structure: &[u8]) -> Option<SocketAddrV6> {
    let structure: &[u8; size_of::<sockaddr_in6>()] = structure.first_chunk()?;
    let port = u16::from_be_bytes(member(structure, offset_of!(sockaddr_in6, sin6_port))?);
    let flowinfo = u32::from_be_bytes(member(structure, offset_of!(sockaddr_in6, sin6_flowinfo))?);
    let ip: [u8; 16] = member(structure, offset_of!(sockaddr_in6, sin6_addr))?;
    let scope_id = u32::from_ne_bytes(member(structure, offset_of!(sockaddr_in6, sin6_scope_id))?);
    Some(SocketAddrV6::new(Ipv6Addr::from(ip), port, flowinfo, scope_id))
}

/// The member of a structure that begins there; `None` where the structure ends before it does.
#[inline]
fn member<const BYTES: usize>(structure: &[u8], at: usize) -> Option<[u8; BYTES]> {
    structure.get(at..)?.first_chunk().copied()
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn written(structure: *const sockaddr, length: socklen_t) -> Vec<u8> {
        // SAFETY: the structure is valid for its length, and has no bytes between its members.
        unsafe { slice::from_raw_parts(structure.cast::<u8>(), length as usize) }.to_vec()
    }

    #[rstest]
    #[case("192.0.2.1:80")]
    #[case("[2001:db8::1]:65535")]
    #[case("[fe80::1%7]:1")]
    fn what_goes_in_comes_back(#[case] text: &str) {
        let mut address: SocketAddr = text.parse().unwrap_or_else(|error| unreachable!("{text}: {error}"));
        if let SocketAddr::V6(address) = &mut address {
            address.set_flowinfo(0x1_2345);
        }
        let structure = with_inet(address, written);
        assert_eq!(decode_bytes(&structure), Some(address.into()));
        assert_eq!(structure, bytes(&inet(address)), "as the other way to make it has it");
        for length in 2..structure.len() {
            let decoded = decode_bytes(&structure[..length]);
            assert!(matches!(decoded, Some(SocketAddress::Other { .. })), "{decoded:?}");
        }
        assert_eq!(decode_bytes(&[]), None);
    }

    #[test]
    fn a_family_without_a_form_is_told_by_its_bytes() {
        let mut structure = vec![0; 6];
        structure[..2].copy_from_slice(&16_u16.to_ne_bytes());
        let other = SocketAddress::Other { family: crate::Family(16), data: vec![0; 4] };
        assert_eq!(decode_bytes(&structure), Some(other));
    }
}
