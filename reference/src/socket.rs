//! The socket object and what makes one.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use socket2::SockAddr;

use crate::address::{Address, Resolved, SocketAddress, path_address};
use crate::error::{Error, Result};
use crate::file::File;
use crate::sys;
use crate::types::{Family, MsgFlags, Protocol, Shutdown, SockType};

/// A socket object: a descriptor, and the family, type and protocol that it was made with.
///
/// Methods are the system calls of the same name; failures of these are [`Error::Os`] with their `errno`.
/// That includes `EINTR`: the document raises what a system call returns and knows no retry. There is no
/// `read` and no `write` (`read-write.no-read`). Dropping the object closes the descriptor
/// (`close.garbage-collected`). The descriptor is not inherited by programs that are started.
///
/// After [`Socket::close`] every other method fails with [`Error::Os`] `EBADF`
/// (`close.later-operations-fail`).
#[derive(Debug)]
pub struct Socket {
    inner: Option<socket2::Socket>,
    family: Family,
    socktype: SockType,
    protocol: Protocol,
}

/// Makes a new socket. Clauses: `socket.new`, `socket.argument-order`; socket(2).
///
/// `protocol` is [`Protocol::DEFAULT`] in the ordinary case.
///
/// # Errors
/// [`Error::Os`]: `EAFNOSUPPORT`, `EPROTONOSUPPORT`, `EPERM` for raw sockets, `EMFILE` and others.
pub fn socket(family: Family, socktype: SockType, protocol: Protocol) -> Result<Socket> {
    let inner = socket2::Socket::new_raw(
        socket2::Domain::from(family.0),
        socket2::Type::from(socktype.0 | libc::SOCK_CLOEXEC),
        Some(socket2::Protocol::from(protocol.0)),
    )?;
    Ok(Socket { inner: Some(inner), family, socktype, protocol })
}

/// Makes a socket object from the number of a descriptor, such as the one a program was started with.
///
/// The descriptor is duplicated: it stays its owner's, and the object is closed on its own. The document
/// leaves this open in its first edition and says so in today's (`fromfd.duplicate`). Whether it is a socket
/// is not checked; if it is none, methods fail later. Clauses: `fromfd.result`, `fromfd.unchecked`,
/// `fromfd.fails-later`.
///
/// # Errors
/// [`Error::Os`]: `EBADF` for a number that is no open descriptor, `EMFILE`.
pub fn fromfd(descriptor: RawFd, family: Family, socktype: SockType, protocol: Protocol) -> Result<Socket> {
    let inner = sys::socket::duplicate(descriptor)?.into();
    Ok(Socket { inner: Some(inner), family, socktype, protocol })
}

impl Socket {
    /// Takes a descriptor over, with the family, type and protocol that it is said to have.
    pub fn from_owned(descriptor: OwnedFd, family: Family, socktype: SockType, protocol: Protocol) -> Self {
        Self { inner: Some(descriptor.into()), family, socktype, protocol }
    }

    /// The family that the socket was made with; it decides the form of addresses (`addresses.format-taken`).
    pub const fn family(&self) -> Family {
        self.family
    }

    /// The type that the socket was made with.
    pub const fn socktype(&self) -> SockType {
        self.socktype
    }

    /// The protocol that the socket was made with.
    pub const fn protocol(&self) -> Protocol {
        self.protocol
    }

    /// The open socket, or the error that stands for a closed one.
    #[inline]
    fn open(&self) -> Result<&socket2::Socket> {
        self.inner.as_ref().ok_or(Error::os(libc::EBADF))
    }

    /// Accepts a connection on a bound, listening socket: a new socket, and the address of the other end.
    ///
    /// Clauses: `accept.pair`, `accept.new-socket`, `accept.peer-address`; accept(2).
    ///
    /// # Errors
    /// [`Error::Os`]: `EINVAL` if the socket does not listen, `EAGAIN` if it is non-blocking and nobody
    /// waits.
    pub fn accept(&self) -> Result<(Self, SocketAddress)> {
        let (inner, peer) = self.open()?.accept()?;
        let socket = Self { inner: Some(inner), ..Self::closed(self.family, self.socktype, self.protocol) };
        Ok((socket, whole(&peer)))
    }

    const fn closed(family: Family, socktype: SockType, protocol: Protocol) -> Self {
        Self { inner: None, family, socktype, protocol }
    }

    /// Binds the socket to an address; it must not have one yet. Clauses: `bind.binds`,
    /// `bind.not-bound-before`; bind(2).
    ///
    /// # Errors
    /// [`Error::Os`]: `EADDRINUSE`, `EADDRNOTAVAIL`, `EINVAL` if it is bound already; and those of an
    /// address: see [`Address`] and [`Socket::connect`].
    pub fn bind<'a>(&self, address: impl Into<Address<'a>>) -> Result<()> {
        let socket = self.open()?;
        Ok(socket.bind(&address.into().for_family(self.family)?)?)
    }

    /// Closes the socket. The other end gets what is queued, and then no more (`close.queued-data-flushed`).
    ///
    /// Closing a closed socket does nothing: it is closed already.
    pub fn close(&mut self) {
        self.inner = None;
    }

    /// Connects to a remote address. Clause: `connect.connects`; connect(2).
    ///
    /// # Errors
    /// [`Error::Os`]: `ECONNREFUSED`, `EINPROGRESS` if the socket is non-blocking, `ENOENT` for a path, and
    /// others. [`Error::Gaierror`] for a host that cannot be resolved, [`Error::Type`] for an address of
    /// another family's form or with a NUL byte in it, [`Error::Overflow`] for a port, flow information or
    /// scope id out of range, [`Error::Message`] for a path that is too long.
    pub fn connect<'a>(&self, address: impl Into<Address<'a>>) -> Result<()> {
        let socket = self.open()?;
        Ok(socket.connect(&address.into().for_family(self.family)?)?)
    }

    /// As [`Socket::connect`], with the `errno` of connect(2) as result, zero for success.
    ///
    /// Clauses: `connect_ex.zero`, `connect_ex.errno`, `connect_ex.other-problems`.
    ///
    /// # Errors
    /// What goes wrong before connect(2) is called: a host, a form, a range, a closed socket.
    pub fn connect_ex<'a>(&self, address: impl Into<Address<'a>>) -> Result<i32> {
        let socket = self.open()?;
        let address = address.into().for_family(self.family)?;
        match socket.connect(&address) {
            Ok(()) => Ok(0),
            Err(error) => error.raw_os_error().ok_or_else(|| error.into()),
        }
    }

    /// The number of the descriptor, which select(2) takes. Clauses: `fileno.descriptor`, `fileno.select`.
    ///
    /// # Errors
    /// [`Error::Os`] `EBADF` if the socket is closed.
    pub fn fileno(&self) -> Result<RawFd> {
        Ok(self.open()?.as_raw_fd())
    }

    /// The descriptor, borrowed.
    ///
    /// # Errors
    /// [`Error::Os`] `EBADF` if the socket is closed, which is why this is no `AsFd`.
    pub fn as_fd(&self) -> Result<BorrowedFd<'_>> {
        Ok(self.open()?.as_fd())
    }

    /// The descriptor itself; the socket object ends.
    ///
    /// # Errors
    /// [`Error::Os`] `EBADF` if the socket is closed.
    pub fn into_fd(self) -> Result<OwnedFd> {
        self.inner.map(OwnedFd::from).ok_or(Error::os(libc::EBADF))
    }

    /// The address of the other end. Clauses: `getpeername.result`, `getpeername.inet-port`; getpeername(2).
    ///
    /// # Errors
    /// [`Error::Os`]: `ENOTCONN`.
    pub fn getpeername(&self) -> Result<SocketAddress> {
        Ok(whole(&self.open()?.peer_addr()?))
    }

    /// The socket's own address. Clauses: `getsockname.result`, `getsockname.inet-port`; getsockname(2).
    ///
    /// # Errors
    /// [`Error::Os`].
    pub fn getsockname(&self) -> Result<SocketAddress> {
        Ok(whole(&self.open()?.local_addr()?))
    }

    /// The value of an option that is a C `int`. Clauses: `getsockopt.value`, `getsockopt.integer`;
    /// getsockopt(2).
    ///
    /// # Errors
    /// [`Error::Os`]: `ENOPROTOOPT` for an unknown option.
    pub fn getsockopt(&self, level: i32, option: i32) -> Result<i32> {
        Ok(sys::socket::getsockopt_int(self.open()?, level, option)?)
    }

    /// The raw bytes of an option, at most `length` of them. Clauses: `getsockopt.buffer-string`,
    /// `getsockopt.buffer-maximum`.
    ///
    /// # Errors
    /// [`Error::Os`]: `ENOPROTOOPT` for an unknown option, `EINVAL` for a length beyond a C `int`.
    /// [`Error::Memory`].
    pub fn getsockopt_buffer(&self, level: i32, option: i32, length: usize) -> Result<Vec<u8>> {
        let socket = self.open()?;
        if i32::try_from(length).is_err() {
            return Err(Error::os(libc::EINVAL));
        }
        let mut buffer = sys::socket::zeroed(length).ok_or(Error::Memory(length))?;
        let used = sys::socket::getsockopt(socket, level, option, &mut buffer)?;
        buffer.truncate(used);
        Ok(buffer)
    }

    /// Sets an option that is a C `int`. Clauses: `setsockopt.sets`, `setsockopt.integer`; setsockopt(2).
    ///
    /// # Errors
    /// [`Error::Os`]: `ENOPROTOOPT` for an unknown option, `EINVAL`, `EPERM`.
    pub fn setsockopt(&self, level: i32, option: i32, value: i32) -> Result<()> {
        self.setsockopt_buffer(level, option, &value.to_ne_bytes())
    }

    /// Sets an option from raw bytes, which are the caller's affair. Clauses: `setsockopt.buffer-string`,
    /// `setsockopt.encoding`.
    ///
    /// # Errors
    /// As [`Socket::setsockopt`].
    pub fn setsockopt_buffer(&self, level: i32, option: i32, value: &[u8]) -> Result<()> {
        Ok(sys::socket::setsockopt(self.open()?, level, option, value)?)
    }

    /// Listens for connections, of which `backlog` may wait; less than 1 is taken for 1, the document's
    /// minimum.
    ///
    /// Clauses: `listen.listens`, `listen.backlog-minimum`; listen(2).
    ///
    /// # Errors
    /// [`Error::Os`]: `EOPNOTSUPP` for a type that has no connections.
    pub fn listen(&self, backlog: i32) -> Result<()> {
        Ok(self.open()?.listen(backlog.max(1))?)
    }

    /// A file object on a duplicate of the descriptor; either can be closed before the other.
    ///
    /// `mode` is `r`, `w` or `a`, with `b` or `+` added if wished; `None` is `r`. `buffering` is a buffer
    /// size in bytes: 0 is none, 1 is lines on writing, below 0 or `None` is the default. Clauses:
    /// `makefile.duplicate`, `makefile.mode`, `makefile.buffer-size`.
    ///
    /// # Errors
    /// [`Error::Value`] for another mode, [`Error::Os`]: `EMFILE`.
    pub fn makefile(&self, mode: Option<&str>, buffering: Option<i64>) -> Result<File> {
        File::new(self.open()?, mode.unwrap_or("r"), buffering.unwrap_or(-1))
    }

    /// Receives into `buffer` and returns how many bytes came; zero means that the other end sends no more.
    ///
    /// With [`MsgFlags::TRUNC`] the number is the datagram's true length, which may exceed the buffer.
    /// Clauses: `recv.data`, `recv.flags`, `recv.end-of-data`; recv(2).
    ///
    /// # Errors
    /// [`Error::Os`]: `EAGAIN` if the socket is non-blocking and there is nothing, `ECONNRESET`, `ENOTCONN`.
    pub fn recv(&self, buffer: &mut [u8], flags: MsgFlags) -> Result<usize> {
        Ok(sys::socket::recv(self.open()?, buffer, flags.0)?)
    }

    /// As [`Socket::recv`], with a buffer of its own for at most `size` bytes. Clause:
    /// `recv.at-most-bufsize`.
    ///
    /// # Errors
    /// As [`Socket::recv`], and [`Error::Memory`].
    pub fn recv_vec(&self, size: usize, flags: MsgFlags) -> Result<Vec<u8>> {
        Ok(sys::socket::recv_vec(self.open()?, size, flags.0).ok_or(Error::Memory(size))??)
    }

    /// Receives into `buffer`: how many bytes came, and the sender's address.
    ///
    /// The address is `None` where the system names none: on a connected stream, or where an `AF_UNIX` sender
    /// has no name. Clauses: `recvfrom.pair`, `recvfrom.sender`; recvfrom(2).
    ///
    /// # Errors
    /// As [`Socket::recv`].
    pub fn recvfrom(&self, buffer: &mut [u8], flags: MsgFlags) -> Result<(usize, Option<SocketAddress>)> {
        Ok(sys::socket::recvfrom(self.open()?, buffer, flags.0)?)
    }

    /// As [`Socket::recvfrom`], with a buffer of its own for at most `size` bytes. Clause:
    /// `recvfrom.at-most-bufsize`.
    ///
    /// # Errors
    /// As [`Socket::recv_vec`].
    pub fn recvfrom_vec(&self, size: usize, flags: MsgFlags) -> Result<(Vec<u8>, Option<SocketAddress>)> {
        Ok(sys::socket::recvfrom_vec(self.open()?, size, flags.0).ok_or(Error::Memory(size))??)
    }

    /// Sends to the other end of a connected socket and returns how many bytes went out, which may be fewer
    /// than given.
    ///
    /// A connection that the other end has closed is the error `EPIPE`, never the signal: `MSG_NOSIGNAL` is
    /// always added, since failures are exceptions (`errors.raised`). Clauses: `send.count`, `send.partial`;
    /// send(2).
    ///
    /// # Errors
    /// [`Error::Os`]: `EAGAIN` if the socket is non-blocking and full, `EPIPE`, `ECONNRESET`, `EMSGSIZE`,
    /// `ENOTCONN` or `EDESTADDRREQ`.
    pub fn send(&self, data: &[u8], flags: MsgFlags) -> Result<usize> {
        Ok(sys::socket::send(self.open()?, data, flags.0 | libc::MSG_NOSIGNAL)?)
    }

    /// Sends until everything is out. Clauses: `sendall.all`, `sendall.error`.
    ///
    /// # Errors
    /// As [`Socket::send`]; how much went out before it is not known (`sendall.amount-unknown`).
    pub fn sendall(&self, data: &[u8], flags: MsgFlags) -> Result<()> {
        let mut rest = data;
        // At least once, so that no data is an empty datagram.
        loop {
            let sent = self.send(rest, flags)?;
            rest = rest.get(sent..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(());
            }
        }
    }

    /// Sends to an address, on a socket that is not connected, and returns how many bytes went out.
    ///
    /// Clauses: `sendto.sends`, `sendto.count`, `sendto.unconnected`; sendto(2).
    ///
    /// # Errors
    /// As [`Socket::send`], those of an address as in [`Socket::connect`], and `EISCONN`.
    pub fn sendto<'a>(&self, data: &[u8], flags: MsgFlags, address: impl Into<Address<'a>>) -> Result<usize> {
        let socket = self.open()?;
        let flags = flags.0 | libc::MSG_NOSIGNAL;
        Ok(match address.into().resolved(self.family)? {
            Resolved::Inet(address) => sys::socket::sendto(socket, data, flags, address)?,
            Resolved::Unix(path) => socket.send_to_with_flags(data, &path_address(path)?, flags)?,
        })
    }

    /// Makes the socket blocking, as it is at first, or non-blocking: then a call that would wait fails with
    /// `EAGAIN`.
    ///
    /// Clauses: `setblocking.zero`, `setblocking.nonzero`, `setblocking.initially-blocking`.
    ///
    /// # Errors
    /// [`Error::Os`].
    pub fn setblocking(&self, blocking: bool) -> Result<()> {
        Ok(self.open()?.set_nonblocking(!blocking)?)
    }

    /// Ends one half of a connection, or both. Clauses: `shutdown.receives`, `shutdown.sends`,
    /// `shutdown.both-sends`; shutdown(2).
    ///
    /// # Errors
    /// [`Error::Os`]: `ENOTCONN`, `EINVAL` for a number other than the three.
    pub fn shutdown(&self, how: Shutdown) -> Result<()> {
        Ok(sys::socket::shutdown(self.open()?, how.0)?)
    }
}

/// An address that the system always names; a structure without a byte stands for an unnamed `AF_UNIX`
/// socket.
fn whole(address: &SockAddr) -> SocketAddress {
    sys::sockaddr::decode(address).unwrap_or_else(|| SocketAddress::Unix(bstr::BString::default()))
}
