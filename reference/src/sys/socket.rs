//! The calls on a descriptor that `socket2` has no fitting form of: they take flags, plain buffers, or any
//! number.
#![allow(unsafe_code)]

use std::ffi::c_int;
use std::io;
use std::mem::size_of;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use libc::socklen_t;
use socket2::{SockAddr, Socket};

/// The result of a call that says -1 for failure.
fn checked(status: c_int) -> io::Result<c_int> {
    if status == -1 { Err(io::Error::last_os_error()) } else { Ok(status) }
}

/// The result of a call that says -1 for failure and else a number of bytes.
fn counted(status: isize) -> io::Result<usize> {
    usize::try_from(status).map_err(|_| io::Error::last_os_error())
}

/// Duplicates any descriptor; the duplicate is not inherited by programs that are started.
pub(crate) fn duplicate(descriptor: RawFd) -> io::Result<OwnedFd> {
    // SAFETY: the call takes any number and fails for one that is no descriptor.
    let duplicate = checked(unsafe { libc::fcntl(descriptor, libc::F_DUPFD_CLOEXEC, 0) })?;
    // SAFETY: the descriptor was made just now, so nobody else owns it.
    Ok(unsafe { OwnedFd::from_raw_fd(duplicate) })
}

/// Receives into `buffer`; with `MSG_TRUNC` the count may exceed its length.
pub(crate) fn recv(socket: &Socket, buffer: &mut [u8], flags: c_int) -> io::Result<usize> {
    // SAFETY: the buffer is writable for its length.
    counted(unsafe { libc::recv(socket.as_raw_fd(), buffer.as_mut_ptr().cast(), buffer.len(), flags) })
}

/// As [`recv`], with the sender's address.
pub(crate) fn recvfrom(socket: &Socket, buffer: &mut [u8], flags: c_int) -> io::Result<(usize, SockAddr)> {
    // SAFETY: `recvfrom` writes an address into the storage that it is given and says how long it is; the
    // buffer is writable for its length.
    unsafe {
        SockAddr::try_init(|storage, length| {
            counted(libc::recvfrom(
                socket.as_raw_fd(),
                buffer.as_mut_ptr().cast(),
                buffer.len(),
                flags,
                storage.cast(),
                length,
            ))
        })
    }
}

/// Sends from `data` and returns how much went out.
pub(crate) fn send(socket: &Socket, data: &[u8], flags: c_int) -> io::Result<usize> {
    // SAFETY: the data is readable for its length.
    counted(unsafe { libc::send(socket.as_raw_fd(), data.as_ptr().cast(), data.len(), flags) })
}

/// shutdown(2) with any number.
pub(crate) fn shutdown(socket: &Socket, how: c_int) -> io::Result<()> {
    // SAFETY: the call takes any number.
    checked(unsafe { libc::shutdown(socket.as_raw_fd(), how) }).map(drop)
}

/// Reads an option into `buffer` and returns how many bytes it has.
pub(crate) fn getsockopt(
    socket: &Socket,
    level: c_int,
    option: c_int,
    buffer: &mut [u8],
) -> io::Result<usize> {
    let mut length = option_length(buffer.len())?;
    // SAFETY: the buffer is writable for the length given, and the length itself is writable.
    checked(unsafe {
        libc::getsockopt(socket.as_raw_fd(), level, option, buffer.as_mut_ptr().cast(), &raw mut length)
    })?;
    Ok((length as usize).min(buffer.len()))
}

/// Reads an option that is a C `int`.
pub(crate) fn getsockopt_int(socket: &Socket, level: c_int, option: c_int) -> io::Result<c_int> {
    let mut value = [0_u8; size_of::<c_int>()];
    getsockopt(socket, level, option, &mut value)?;
    Ok(c_int::from_ne_bytes(value))
}

/// Sets an option from raw bytes.
pub(crate) fn setsockopt(socket: &Socket, level: c_int, option: c_int, value: &[u8]) -> io::Result<()> {
    let length = option_length(value.len())?;
    // SAFETY: the value is readable for the length given.
    checked(unsafe { libc::setsockopt(socket.as_raw_fd(), level, option, value.as_ptr().cast(), length) })
        .map(drop)
}

/// A length as the option calls take it; the system reads it as an `int`.
fn option_length(length: usize) -> io::Result<socklen_t> {
    match c_int::try_from(length) {
        Ok(length) => Ok(length.unsigned_abs()),
        Err(_) => Err(io::Error::from_raw_os_error(libc::EINVAL)),
    }
}
