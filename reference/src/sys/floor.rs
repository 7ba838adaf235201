//! C calls with nothing around them, for benchmarks to compare with.
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int};
use std::mem::{MaybeUninit, size_of};
use std::net::IpAddr;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::ptr;

use libc::socklen_t;
use socket2::SockAddr;

use super::addrinfo;
use crate::resolution::Hints;

mod c {
    use std::ffi::c_char;

    unsafe extern "C" {
        pub(super) fn inet_ntoa(address: libc::in_addr) -> *const c_char;
    }
}

/// getaddrinfo(3) and freeaddrinfo(3): how many entries the list had, or the code.
pub(crate) fn getaddrinfo(
    host: Option<&CStr>,
    service: Option<&CStr>,
    hints: &Hints,
) -> Result<usize, c_int> {
    let list = addrinfo::list(host, service, hints)?;
    let mut count = 0;
    let mut next: *const libc::addrinfo = list.0;
    // SAFETY: each pointer is null, which ends the loop, or a node of the list, which is freed after it.
    while let Some(entry) = unsafe { next.as_ref() } {
        count += 1;
        next = entry.ai_next;
    }
    Ok(count)
}

/// getnameinfo(3) into the caller's buffers: the code, zero for success.
pub(crate) fn getnameinfo(address: &SockAddr, flags: c_int, host: &mut [u8], service: &mut [u8]) -> c_int {
    let room = |buffer: &[u8]| socklen_t::try_from(buffer.len()).unwrap_or(socklen_t::MAX);
    // SAFETY: the address is valid for its length, and both buffers are writable for at least the length given.
    unsafe {
        libc::getnameinfo(
            address.as_ptr().cast(),
            address.len(),
            host.as_mut_ptr().cast::<c_char>(),
            room(host),
            service.as_mut_ptr().cast::<c_char>(),
            room(service),
            flags,
        )
    }
}

/// `inet_ntoa(3)`: the first byte of its text, which the next call overwrites.
pub(crate) fn inet_ntoa(octets: [u8; 4]) -> u8 {
    // SAFETY: the call takes any address and returns a C string, which has at least its NUL.
    unsafe { c::inet_ntoa(libc::in_addr { s_addr: u32::from_ne_bytes(octets) }).cast::<u8>().read() }
}

/// `gethostbyname_r(3)`: whether it found the host.
pub(crate) fn gethostbyname(name: &CStr, buffer: &mut [u8]) -> bool {
    let mut entry = MaybeUninit::<libc::hostent>::uninit();
    let mut result = ptr::null_mut();
    let mut h_errno = 0;
    // SAFETY: a C string, memory for an entry, a buffer with its length, writable pointers.
    let status = unsafe {
        super::netdb::c::gethostbyname_r(
            name.as_ptr(),
            entry.as_mut_ptr(),
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            &raw mut result,
            &raw mut h_errno,
        )
    };
    status == 0 && !result.is_null()
}

/// `gethostbyaddr_r(3)`: whether it found the host.
pub(crate) fn gethostbyaddr(address: IpAddr, buffer: &mut [u8]) -> bool {
    let mut entry = MaybeUninit::<libc::hostent>::uninit();
    let mut result = ptr::null_mut();
    let mut h_errno = 0;
    let (bytes, length, family): (&[u8], socklen_t, c_int) = match &address {
        IpAddr::V4(address) => (&address.octets(), 4, libc::AF_INET),
        IpAddr::V6(address) => (&address.octets(), 16, libc::AF_INET6),
    };
    // SAFETY: an address of that family with its length, memory for an entry, a buffer with its length, writable pointers.
    let status = unsafe {
        super::netdb::c::gethostbyaddr_r(
            bytes.as_ptr().cast(),
            length,
            family,
            entry.as_mut_ptr(),
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            &raw mut result,
            &raw mut h_errno,
        )
    };
    status == 0 && !result.is_null()
}

/// recv(2): its result, which is negative where it failed with an `errno`.
pub(crate) fn recv(socket: BorrowedFd<'_>, buffer: &mut [u8], flags: c_int) -> isize {
    // SAFETY: the buffer is writable for its length.
    unsafe { libc::recv(socket.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len(), flags) }
}

/// send(2): its result, which is negative where it failed with an `errno`.
pub(crate) fn send(socket: BorrowedFd<'_>, data: &[u8], flags: c_int) -> isize {
    // SAFETY: the data is readable for its length.
    unsafe { libc::send(socket.as_raw_fd(), data.as_ptr().cast(), data.len(), flags) }
}

/// Room for an address as the system writes it, as a C program has it: nothing in it is cleared, moved or read.
#[derive(Debug)]
pub struct Peer {
    room: MaybeUninit<libc::sockaddr_storage>,
    length: socklen_t,
}

impl Default for Peer {
    fn default() -> Self {
        Self { room: MaybeUninit::uninit(), length: 0 }
    }
}

/// recvfrom(2), with the address as the system wrote it: its result, which is negative where it failed with an `errno`.
pub(crate) fn recvfrom(socket: BorrowedFd<'_>, buffer: &mut [u8], flags: c_int, from: &mut Peer) -> isize {
    from.length = socklen_t::try_from(size_of::<libc::sockaddr_storage>()).unwrap_or(0);
    let room = (buffer.as_mut_ptr().cast(), buffer.len());
    let address = (from.room.as_mut_ptr().cast(), &raw mut from.length);
    // SAFETY: the buffer is writable for its length, and so is the room for the address.
    let count = unsafe { libc::recvfrom(socket.as_raw_fd(), room.0, room.1, flags, address.0, address.1) };
    if count < 0 {
        // It wrote no address.
        from.length = 0;
    }
    count
}

/// sendto(2) to whom an address was received of: its result, which is negative where it failed with an `errno`.
pub(crate) fn sendto(socket: BorrowedFd<'_>, data: &[u8], flags: c_int, to: &Peer) -> isize {
    let data = (data.as_ptr().cast(), data.len());
    // SAFETY: the data is readable for its length, and so is the address, which the system wrote; without one the length
    // is zero.
    unsafe { libc::sendto(socket.as_raw_fd(), data.0, data.1, flags, to.room.as_ptr().cast(), to.length) }
}
