//! The host, protocol and service databases, netdb.h: the reentrant functions, and gethostname(2).
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int};
use std::mem::MaybeUninit;
use std::net::IpAddr;
use std::ptr;

use bstr::BString;
use libc::{hostent, servent};

use super::text;
use crate::constants::h_errno;
use crate::error::{Error, Result};
use crate::resolution::HostEntry;

/// Where a lookup starts with its buffer, and where it gives up doubling it, bytes: 1 KiB and 16 MiB.
const ROOM: std::ops::RangeInclusive<usize> = 0x400..=0x100_0000;

pub(super) mod c {
    use std::ffi::{c_char, c_int, c_void};

    use libc::{hostent, servent, size_t, socklen_t};

    unsafe extern "C" {
        pub(in crate::sys) fn gethostbyname_r(
            name: *const c_char,
            entry: *mut hostent,
            buffer: *mut c_char,
            length: size_t,
            result: *mut *mut hostent,
            h_errno: *mut c_int,
        ) -> c_int;

        pub(in crate::sys) fn gethostbyaddr_r(
            address: *const c_void,
            address_length: socklen_t,
            family: c_int,
            entry: *mut hostent,
            buffer: *mut c_char,
            length: size_t,
            result: *mut *mut hostent,
            h_errno: *mut c_int,
        ) -> c_int;

        pub(super) fn getservbyname_r(
            name: *const c_char,
            protocol: *const c_char,
            entry: *mut servent,
            buffer: *mut c_char,
            length: size_t,
            result: *mut *mut servent,
        ) -> c_int;

        #[cfg(not(target_env = "musl"))]
        pub(super) fn getprotobyname_r(
            name: *const c_char,
            entry: *mut libc::protoent,
            buffer: *mut c_char,
            length: size_t,
            result: *mut *mut libc::protoent,
        ) -> c_int;
    }
}

/// The entry of a host by its name, IPv4 only.
pub(crate) fn host_by_name(name: &CStr) -> Result<HostEntry> {
    host(|entry, buffer, length, result, h_errno| {
        // SAFETY: `name` is a C string; the others are what `host` promises.
        unsafe { c::gethostbyname_r(name.as_ptr(), entry, buffer, length, result, h_errno) }
    })
}

/// The entry of a host by its address.
pub(crate) fn host_by_address(address: IpAddr) -> Result<HostEntry> {
    let mut bytes = [0_u8; 16];
    let (family, length) = match address {
        IpAddr::V4(address) => {
            bytes[..4].copy_from_slice(&address.octets());
            (libc::AF_INET, 4)
        }
        IpAddr::V6(address) => {
            bytes = address.octets();
            (libc::AF_INET6, 16)
        }
    };
    host(|entry, buffer, room, result, h_errno| {
        // SAFETY: `bytes` holds an address of that family and length; the others are what `host` promises.
        unsafe {
            c::gethostbyaddr_r(bytes.as_ptr().cast(), length, family, entry, buffer, room, result, h_errno)
        }
    })
}

/// Calls `lookup` for an entry of a host and copies what it found.
///
/// `lookup` gets writable memory for an entry, a buffer with its length, a result pointer and an `h_errno`.
fn host(
    lookup: impl Fn(*mut hostent, *mut c_char, usize, *mut *mut hostent, *mut c_int) -> c_int,
) -> Result<HostEntry> {
    with_room(|buffer| {
        let mut entry = MaybeUninit::<hostent>::uninit();
        let mut result = ptr::null_mut();
        let mut h_errno = h_errno::NETDB_INTERNAL;
        let status = lookup(
            entry.as_mut_ptr(),
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            &raw mut result,
            &raw mut h_errno,
        );
        // SAFETY: the result is null or points to the entry, which the call has then filled in.
        let found = unsafe { result.as_ref() };
        // SAFETY: the entry points into the buffer, which lives until the copy is made.
        let copied = found.map(|entry| unsafe { copy_host(entry) });
        (status, copied.ok_or(Error::Herror { h_errno }))
    })
}

/// Calls `lookup` with a buffer, twice as large each time that its status is `ERANGE`, and returns its answer.
fn with_room<T>(mut lookup: impl FnMut(&mut [u8]) -> (c_int, T)) -> T {
    let mut buffer = vec![0; *ROOM.start()];
    loop {
        let (status, answer) = lookup(&mut buffer);
        let room = buffer.len() * 2;
        if status != libc::ERANGE || !ROOM.contains(&room) {
            return answer;
        }
        buffer.resize(room, 0);
    }
}

/// # Safety
/// The entry is one that the C library filled in, and what it points to is alive.
unsafe fn copy_host(entry: &hostent) -> HostEntry {
    // SAFETY: a host entry holds a C string and two lists that end with null.
    unsafe {
        HostEntry {
            name: text::copy(entry.h_name),
            aliases: list(entry.h_aliases).map(|alias| text::copy(alias)).collect(),
            addresses: list(entry.h_addr_list)
                .filter_map(|address| ip_address(address.cast(), entry.h_addrtype, entry.h_length))
                .collect(),
        }
    }
}

/// # Safety
/// `first` is null or the head of an array of pointers that ends with null and outlives the iterator.
unsafe fn list(first: *mut *mut c_char) -> impl Iterator<Item = *mut c_char> {
    let mut next = first;
    std::iter::from_fn(move || {
        if next.is_null() {
            return None;
        }
        // SAFETY: the array has not ended yet, as the last pointer read from it was not null.
        unsafe {
            let item = *next;
            next = if item.is_null() { ptr::null_mut() } else { next.add(1) };
            (!item.is_null()).then_some(item)
        }
    })
}

/// # Safety
/// `address` points to `length` bytes.
unsafe fn ip_address(address: *const u8, family: c_int, length: c_int) -> Option<IpAddr> {
    // SAFETY: by contract there are `length` bytes, and each arm reads no more; arrays of bytes have no
    // alignment.
    unsafe {
        match (family, length) {
            (libc::AF_INET, 4) => Some(IpAddr::from(*address.cast::<[u8; 4]>())),
            (libc::AF_INET6, 16) => Some(IpAddr::from(*address.cast::<[u8; 16]>())),
            _ => None,
        }
    }
}

/// The port of a service, in host order; `None` where the database has no such service.
pub(crate) fn service_port(name: &CStr, protocol: &CStr) -> Result<Option<u16>> {
    with_room(|buffer| {
        let mut entry = MaybeUninit::<servent>::uninit();
        let mut result = ptr::null_mut();
        // SAFETY: C strings, memory for an entry, a buffer with its length, a writable result pointer.
        let status = unsafe {
            c::getservbyname_r(
                name.as_ptr(),
                protocol.as_ptr(),
                entry.as_mut_ptr(),
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                &raw mut result,
            )
        };
        // SAFETY: the result is null or points to the entry, which the call has then filled in.
        let entry = unsafe { result.as_ref() };
        // The member is an `int` that holds 16 bits in network order.
        let port = entry.and_then(|entry| u16::try_from(entry.s_port & 0xffff).ok());
        (status, found(status, port.map(u16::from_be)))
    })
}

/// The number of a protocol; `None` where the database has no such protocol.
#[cfg(not(target_env = "musl"))]
pub(crate) fn protocol_number(name: &CStr) -> Result<Option<i32>> {
    with_room(|buffer| {
        let mut entry = MaybeUninit::<libc::protoent>::uninit();
        let mut result = ptr::null_mut();
        // SAFETY: a C string, memory for an entry, a buffer with its length, a writable result pointer.
        let status = unsafe {
            c::getprotobyname_r(
                name.as_ptr(),
                entry.as_mut_ptr(),
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                &raw mut result,
            )
        };
        // SAFETY: the result is null or points to the entry, which the call has then filled in.
        let entry = unsafe { result.as_ref() };
        (status, found(status, entry.map(|entry| entry.p_proto)))
    })
}

#[cfg(target_env = "musl")]
pub(crate) use super::musl::protocol_number;

/// An absent entry with a status is a failure of the lookup itself, unless the status only says that there is
/// none.
fn found<T>(status: c_int, entry: Option<T>) -> Result<Option<T>> {
    match (status, entry) {
        (0, entry) => Ok(entry),
        (libc::ENOENT, _) => Ok(None),
        (errno, _) => Err(Error::os(errno)),
    }
}

/// The name of this machine.
pub(crate) fn host_name() -> Result<BString> {
    // HOST_NAME_MAX is 64 on Linux and 255 in POSIX.
    let mut name = [0_u8; 1024];
    // SAFETY: the buffer is writable for the length given.
    if unsafe { libc::gethostname(name.as_mut_ptr().cast(), name.len()) } != 0 {
        return Err(Error::os(text::last_errno()));
    }
    Ok(CStr::from_bytes_until_nul(&name).map(CStr::to_bytes).unwrap_or_default().into())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(0, &[0x400])]
    #[case(0x400, &[0x400])]
    #[case(0x401, &[0x400, 0x800])]
    #[case(0x1001, &[0x400, 0x800, 0x1000, 0x2000])]
    fn a_buffer_grows_until_the_entry_fits(#[case] needed: usize, #[case] sizes: &[usize]) {
        let mut tried = Vec::new();
        let answer = with_room(|buffer| {
            tried.push(buffer.len());
            if buffer.len() < needed { (libc::ERANGE, None) } else { (0, Some(buffer.len())) }
        });
        assert_eq!((&tried[..], answer), (sizes, sizes.last().copied()));
    }

    #[test]
    fn no_buffer_grows_without_end() {
        let mut last = 0;
        let answer = with_room(|buffer| {
            last = buffer.len();
            (libc::ERANGE, "too large")
        });
        assert_eq!((last, answer), (16 << 20, "too large"));
    }

    #[test]
    fn no_entry_is_none_or_the_failure_of_the_lookup() {
        assert_eq!(found(0, Some(6)), Ok(Some(6)));
        assert_eq!(found(0, None::<i32>), Ok(None));
        assert_eq!(found(libc::ENOENT, None::<i32>), Ok(None));
        assert_eq!(found(libc::EMFILE, None::<i32>), Err(Error::os(libc::EMFILE)));
    }

    #[test]
    fn a_host_that_is_not_found_has_the_number_that_the_library_left() {
        let answer = host(|_, _, _, _, h_errno| {
            // SAFETY: the caller lends a writable number.
            unsafe { *h_errno = h_errno::NO_RECOVERY };
            libc::EAGAIN
        });
        assert_eq!(answer, Err(Error::Herror { h_errno: h_errno::NO_RECOVERY }));
    }
}
