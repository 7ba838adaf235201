//! The calls on a descriptor that `socket2` has no fitting form of: they take flags, plain buffers, or any
//! number.
#![allow(unsafe_code)]

use std::alloc::{self, Layout};
use std::ffi::c_int;
use std::io;
use std::mem::{MaybeUninit, size_of};
use std::net::SocketAddr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd};

use libc::socklen_t;
use socket2::Socket;

use super::sockaddr;
use crate::address::SocketAddress;

/// The result of a call that says -1 for failure.
fn checked(status: c_int) -> io::Result<c_int> {
    if status == -1 { Err(io::Error::last_os_error()) } else { Ok(status) }
}

/// The result of a call that says -1 for failure and else a number of bytes.
#[inline]
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

/// As [`recv`], with the sender's address; `None` where the system names none.
#[inline]
pub(crate) fn recvfrom(
    socket: &Socket,
    buffer: &mut [u8],
    flags: c_int,
) -> io::Result<(usize, Option<SocketAddress>)> {
    let room = (buffer.as_mut_ptr().cast(), buffer.len());
    // SAFETY: `recvfrom` writes an address into the room that it is given and says how long it is; the buffer is
    // writable for its length.
    unsafe {
        sockaddr::with_sender(|sender, length| {
            counted(libc::recvfrom(socket.as_raw_fd(), room.0, room.1, flags, sender, length))
        })
    }
}

/// Receives at most `size` bytes into a buffer of its own; `None` where there is no memory for one.
pub(crate) fn recv_vec(socket: &Socket, size: usize, flags: c_int) -> Option<io::Result<Vec<u8>>> {
    let received = fill(size, flags, |room| Ok((socket.recv_with_flags(room, flags)?, ())))?;
    Some(received.map(|(buffer, ())| buffer))
}

/// As [`recv_vec`], with the sender's address.
pub(crate) fn recvfrom_vec(
    socket: &Socket,
    size: usize,
    flags: c_int,
) -> Option<io::Result<(Vec<u8>, Option<SocketAddress>)>> {
    fill(size, flags, |room| {
        let room = (room.as_mut_ptr().cast(), room.len());
        // SAFETY: as in [`recvfrom`].
        unsafe {
            sockaddr::with_sender(|sender, length| {
                counted(libc::recvfrom(socket.as_raw_fd(), room.0, room.1, flags, sender, length))
            })
        }
    })
}

/// Makes a buffer of `size` bytes and has `receive` fill it; its length becomes the number of bytes that came.
///
/// The buffer is not cleared first, as that takes as long as a system call where it is large. With `MSG_TRUNC` it is,
/// since the number may then count bytes that were never written.
fn fill<T>(
    size: usize,
    flags: c_int,
    receive: impl FnOnce(&mut [MaybeUninit<u8>]) -> io::Result<(usize, T)>,
) -> Option<io::Result<(Vec<u8>, T)>> {
    let mut buffer = if flags & libc::MSG_TRUNC == 0 {
        let mut buffer = Vec::new();
        buffer.try_reserve_exact(size).ok()?;
        buffer
    } else {
        let mut buffer = zeroed(size)?;
        buffer.clear();
        buffer
    };
    let room = buffer.spare_capacity_mut().get_mut(..size)?;
    Some(receive(room).map(|(count, more)| {
        // SAFETY: the system wrote that many bytes, or with `MSG_TRUNC` they were zero before; and there are `size`.
        unsafe { buffer.set_len(count.min(size)) };
        (buffer, more)
    }))
}

/// A buffer of zeros, `None` where there is no memory for it. A large one costs nothing until it is written.
pub(crate) fn zeroed(size: usize) -> Option<Vec<u8>> {
    if size == 0 {
        return Some(Vec::new());
    }
    let layout = Layout::array::<u8>(size).ok()?;
    // SAFETY: the layout is not empty.
    let memory = unsafe { alloc::alloc_zeroed(layout) };
    if memory.is_null() {
        return None;
    }
    // SAFETY: the global allocator made the memory with the layout of a vector with room for `size` bytes.
    let mut buffer = unsafe { Vec::from_raw_parts(memory, 0, size) };
    // SAFETY: there are `size` bytes, and all are zero.
    unsafe { buffer.set_len(size) };
    Some(buffer)
}

/// Sends from `data` and returns how much went out.
pub(crate) fn send(socket: &Socket, data: &[u8], flags: c_int) -> io::Result<usize> {
    // SAFETY: the data is readable for its length.
    counted(unsafe { libc::send(socket.as_raw_fd(), data.as_ptr().cast(), data.len(), flags) })
}

/// As [`send`], to an `AF_INET` or `AF_INET6` address.
#[inline]
pub(crate) fn sendto(socket: &Socket, data: &[u8], flags: c_int, to: SocketAddr) -> io::Result<usize> {
    sockaddr::with_inet(to, |to, length| {
        // SAFETY: the data is readable for its length, and so is the address for the time of this call.
        counted(unsafe {
            libc::sendto(socket.as_raw_fd(), data.as_ptr().cast(), data.len(), flags, to, length)
        })
    })
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

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use crate::error::Error;
    use crate::types::{Family, MsgFlags, Protocol, Shutdown, SockType};

    /// Here, since only this module may have signals kill again: Rust programs begin with this one ignored.
    #[rstest]
    fn a_broken_connection_sends_no_signal(
        #[values(MsgFlags::NONE, MsgFlags(libc::MSG_NOSIGNAL))] flags: MsgFlags,
    ) -> Result<(), Error> {
        let listener = crate::socket(Family::INET, SockType::STREAM, Protocol::DEFAULT)?;
        listener.bind(("127.0.0.1", 0))?;
        listener.listen(1)?;
        let address = listener.getsockname()?;
        let client = crate::socket(Family::INET, SockType::STREAM, Protocol::DEFAULT)?;
        client.connect(&address)?;
        client.shutdown(Shutdown::SENDS)?;
        // SAFETY: the action of a signal that nothing in this process expects.
        unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
        assert_eq!(client.send(b"x", flags), Err(Error::os(libc::EPIPE)));
        assert_eq!(client.sendto(b"x", flags, &address), Err(Error::os(libc::EPIPE)));
        Ok(())
    }
}
