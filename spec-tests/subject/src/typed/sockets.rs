//! Sockets, and files made from them.

use super::{Address, AddressRef, Answer, Refusal, work};

/// The functions that make sockets, and the methods of sockets and of files.
///
/// The methods stand here and not on the socket's type, so that this can be any type: `socket2::Socket` does. A socket
/// stays with the adapter after `close`, and what is called on it reaches the implementer, who must refuse it
/// (`close.later-operations-fail`); so a type that closes when it is dropped goes into an `Option`.
///
/// Each method returns `error` with the pair of `errno` and text when the system call fails
/// (`errors.error-pair`, [`Refusal::errno`], or `?` on a [`std::io::Error`]).
#[allow(unused_variables, reason = "the names are the documentation of the methods that nobody overrode")]
pub trait Sockets {
    /// A socket; [`std::convert::Infallible`] where the implementation has none.
    type Socket: Send;
    /// A file made by `makefile`; [`std::convert::Infallible`] where the implementation has none.
    type File: Send;

    /// A new socket, in blocking mode (`socket.new`, `setblocking.initially-blocking`).
    ///
    /// `family` is an `AF_` number, `socktype` a `SOCK_` number, `protocol` is 0 where it was left out
    /// (`socket.protocol-omitted`). In edition 3 the first two can be left out too, and are then the constants
    /// `AF_INET` and `SOCK_STREAM` (`socket.default-family`, `socket.default-type`).
    ///
    /// # Errors
    /// `error` when the system does not have the combination.
    fn socket(&mut self, family: i32, socktype: i32, protocol: i32) -> Answer<Self::Socket> {
        Err(Refusal::no_function("socket"))
    }

    /// A socket object on a descriptor (`fromfd.result`): a duplicate of it in edition 3 (`fromfd.duplicate`). That it
    /// is a socket is not checked (`fromfd.unchecked`).
    ///
    /// `descriptor` is any number, whether open or not; the rest is as for [`Sockets::socket`].
    ///
    /// # Errors
    /// `error` when the descriptor cannot be duplicated.
    fn fromfd(&mut self, descriptor: i32, family: i32, socktype: i32, protocol: i32) -> Answer<Self::Socket> {
        Err(Refusal::no_function("fromfd"))
    }

    /// A new socket for the next connection, and the peer's address (`accept.pair`).
    ///
    /// # Errors
    /// `error`, also when nobody waits and the mode is non-blocking.
    fn accept(&mut self, socket: &mut Self::Socket) -> Answer<(Self::Socket, Address)> {
        Err(Refusal::no_function("accept"))
    }

    /// Gives the socket an address of its own (`bind.binds`).
    ///
    /// # Errors
    /// `error`, or what resolving the host led to.
    fn bind(&mut self, socket: &mut Self::Socket, address: AddressRef<'_>) -> Answer<()> {
        Err(Refusal::no_function("bind"))
    }

    /// Closes the socket (`close.later-operations-fail`). At a reset it is called for each socket that is still open;
    /// what it answers then is not looked at, and the socket is dropped.
    ///
    /// # Errors
    /// `error`.
    fn close(&mut self, socket: &mut Self::Socket) -> Answer<()> {
        Err(Refusal::no_function("close"))
    }

    /// Drops the last reference to a socket that is open: by dropping it, or as the implementation has it, with a
    /// collection where it needs one. It must then be closed (`close.garbage-collected`), unless a file holds it open.
    ///
    /// The default closes the socket and says that the implementation lacks this. Where dropping a socket closes it,
    /// this is `drop(socket); Ok(())`.
    ///
    /// # Errors
    /// None that the document knows.
    fn forget(&mut self, mut socket: Self::Socket) -> Answer<()> {
        // Nothing is left open that nobody can close any more.
        drop(self.close(&mut socket));
        Err(Refusal::Lacks("this implementation has no way to forget a socket".to_owned()))
    }

    /// The same for a file that is open (`makefile.collected-apart`): what is buffered is sent, and the socket stays.
    ///
    /// # Errors
    /// As [`Sockets::forget`].
    fn forget_file(&mut self, mut file: Self::File) -> Answer<()> {
        drop(self.file_close(&mut file));
        Err(Refusal::Lacks("this implementation has no way to forget a file".to_owned()))
    }

    /// Connects to an address (`connect.connects`).
    ///
    /// # Errors
    /// `error`, or what resolving the host led to.
    fn connect(&mut self, socket: &mut Self::Socket, address: AddressRef<'_>) -> Answer<()> {
        Err(Refusal::no_function("connect"))
    }

    /// As [`Sockets::connect`], but the number that the system call left is returned, 0 for success
    /// (`connect_ex.zero`, `connect_ex.errno`).
    ///
    /// # Errors
    /// What went wrong before the system call, an unknown host say (`connect_ex.other-problems`).
    fn connect_ex(&mut self, socket: &mut Self::Socket, address: AddressRef<'_>) -> Answer<i32> {
        Err(Refusal::no_function("connect_ex"))
    }

    /// The socket's descriptor (`fileno.descriptor`); in edition 3, -1 for a closed socket (`fileno.closed`).
    ///
    /// # Errors
    /// `error` for a closed socket.
    fn fileno(&mut self, socket: &mut Self::Socket) -> Answer<i32> {
        Err(Refusal::no_function("fileno"))
    }

    /// The address of the other end (`getpeername.result`).
    ///
    /// # Errors
    /// `error`, also for a socket that is not connected.
    fn getpeername(&mut self, socket: &mut Self::Socket) -> Answer<Address> {
        Err(Refusal::no_function("getpeername"))
    }

    /// The socket's own address (`getsockname.result`).
    ///
    /// # Errors
    /// `error`.
    fn getsockname(&mut self, socket: &mut Self::Socket) -> Answer<Address> {
        Err(Refusal::no_function("getsockname"))
    }

    /// An option as an integer (`getsockopt.integer`). `level` and `option` are the constants' numbers.
    ///
    /// # Errors
    /// `error`, also for an option that the system does not have.
    fn getsockopt(&mut self, socket: &mut Self::Socket, level: i32, option: i32) -> Answer<i32> {
        Err(Refusal::no_function("getsockopt"))
    }

    /// An option raw, at most `length` bytes of it (`getsockopt.buffer-maximum`). `length` is any number.
    ///
    /// # Errors
    /// As [`Sockets::getsockopt`], and what a length below zero or too large deserves.
    fn getsockopt_buffer(
        &mut self,
        socket: &mut Self::Socket,
        level: i32,
        option: i32,
        length: i32,
    ) -> Answer<Vec<u8>> {
        Err(Refusal::no_function("getsockopt with a length"))
    }

    /// Takes connections (`listen.listens`). `backlog` is any number; only in edition 3 it can be left out, and the
    /// implementer chooses one (`listen.backlog-optional`).
    ///
    /// # Errors
    /// `error`.
    fn listen(&mut self, socket: &mut Self::Socket, backlog: Option<i32>) -> Answer<()> {
        Err(Refusal::no_function("listen"))
    }

    /// A file that reads from and writes to the socket, and can be closed apart from it (`makefile.file-object`,
    /// `makefile.duplicate`). `mode` and `buffering` mean what they mean for an ordinary file, and are None where they
    /// were left out.
    ///
    /// # Errors
    /// `error`, and `ValueError` for a mode that is none.
    fn makefile(
        &mut self,
        socket: &mut Self::Socket,
        mode: Option<&[u8]>,
        buffering: Option<i64>,
    ) -> Answer<Self::File> {
        Err(Refusal::no_function("makefile"))
    }

    /// Data that arrived, at most `size` bytes of it; empty at the end (`recv.at-most-bufsize`, `recv.end-of-data`).
    /// `flags` are `MSG_` numbers, 0 where they were left out.
    ///
    /// # Errors
    /// `error`, also when there is nothing and the mode is non-blocking (`setblocking.recv-raises`).
    fn recv(&mut self, socket: &mut Self::Socket, size: usize, flags: i32) -> Answer<Vec<u8>> {
        Err(Refusal::no_function("recv"))
    }

    /// As [`Sockets::recv`], with the address of the sender (`recvfrom.pair`); None where the system tells none, as for
    /// a connected stream.
    ///
    /// # Errors
    /// As [`Sockets::recv`].
    fn recvfrom(
        &mut self,
        socket: &mut Self::Socket,
        size: usize,
        flags: i32,
    ) -> Answer<(Vec<u8>, Option<Address>)> {
        Err(Refusal::no_function("recvfrom"))
    }

    /// Sends as much of the data as goes, and returns how much that was (`send.count`).
    ///
    /// # Errors
    /// `error`, also when nothing goes and the mode is non-blocking (`setblocking.send-raises`).
    fn send(&mut self, socket: &mut Self::Socket, data: &[u8], flags: i32) -> Answer<usize> {
        Err(Refusal::no_function("send"))
    }

    /// Sends all the data (`sendall.all`).
    ///
    /// # Errors
    /// `error`; how much was sent before is not told (`sendall.amount-unknown`).
    fn sendall(&mut self, socket: &mut Self::Socket, data: &[u8], flags: i32) -> Answer<()> {
        Err(Refusal::no_function("sendall"))
    }

    /// Sends data to an address, and returns how much went out (`sendto.count`).
    ///
    /// # Errors
    /// `error`, or what resolving the host led to.
    fn sendto(
        &mut self,
        socket: &mut Self::Socket,
        data: &[u8],
        flags: i32,
        address: AddressRef<'_>,
    ) -> Answer<usize> {
        Err(Refusal::no_function("sendto"))
    }

    /// Chooses blocking or non-blocking mode (`setblocking.zero`, `setblocking.nonzero`).
    ///
    /// # Errors
    /// `error`.
    fn setblocking(&mut self, socket: &mut Self::Socket, blocking: bool) -> Answer<()> {
        Err(Refusal::no_function("setblocking"))
    }

    /// Sets an option to an integer (`setsockopt.integer`).
    ///
    /// # Errors
    /// `error`, also for an option that the system does not have.
    fn setsockopt(&mut self, socket: &mut Self::Socket, level: i32, option: i32, value: i32) -> Answer<()> {
        Err(Refusal::no_function("setsockopt"))
    }

    /// Sets an option to its raw form (`setsockopt.buffer-string`, `setsockopt.buffer-bytes`).
    ///
    /// # Errors
    /// As [`Sockets::setsockopt`].
    fn setsockopt_buffer(
        &mut self,
        socket: &mut Self::Socket,
        level: i32,
        option: i32,
        value: &[u8],
    ) -> Answer<()> {
        Err(Refusal::no_function("setsockopt with a buffer"))
    }

    /// Sets an option to a null pointer of that length; in edition 3 only (`setsockopt.null-value`).
    ///
    /// # Errors
    /// As [`Sockets::setsockopt`].
    fn setsockopt_null(
        &mut self,
        socket: &mut Self::Socket,
        level: i32,
        option: i32,
        length: u32,
    ) -> Answer<()> {
        Err(Refusal::no_function("setsockopt with None"))
    }

    /// Ends receiving (0), sending (1) or both (2) (`shutdown.receives`, `shutdown.sends`). `how` is any number.
    ///
    /// # Errors
    /// `error`, also for a number that means nothing.
    fn shutdown(&mut self, socket: &mut Self::Socket, how: i32) -> Answer<()> {
        Err(Refusal::no_function("shutdown"))
    }

    /// For benchmarks: the document's echo server on a socket that listens. Accepts so many connections, then for each of
    /// them in turn receives up to `size` bytes and sends them back, until one of them ends.
    ///
    /// The default does that by the methods above, which return data in a new vector each time; a library whose calls take a
    /// buffer has its own loop here.
    ///
    /// # Errors
    /// Those of the methods above.
    fn serve(&mut self, listening: &mut Self::Socket, connections: usize, size: usize) -> Answer<()> {
        work::serve(self, listening, connections, size)
    }

    /// For benchmarks: the same on a bound datagram socket, until an empty datagram comes.
    ///
    /// # Errors
    /// As [`Sockets::serve`].
    fn serve_datagrams(&mut self, bound: &mut Self::Socket, size: usize) -> Answer<()> {
        work::serve_datagrams(self, bound, size)
    }

    /// For benchmarks: the document's echo client. Sends a message of `size` bytes on each of the connected sockets in turn,
    /// then receives until all of each is back, and so on. How long each of the rounds took, in nanoseconds.
    ///
    /// # Errors
    /// As [`Sockets::serve`], also when the other end is gone.
    fn ask(&mut self, connected: &mut [Self::Socket], size: usize, times: u64) -> Answer<Vec<u64>> {
        work::ask(self, connected, size, times)
    }

    /// `file.read`: so many bytes or what is left before the end, everything where `size` is None.
    ///
    /// # Errors
    /// `error`, and `ValueError` for a file that is closed.
    fn file_read(&mut self, file: &mut Self::File, size: Option<usize>) -> Answer<Vec<u8>> {
        Err(Refusal::no_function("read of files"))
    }

    /// `file.readline`: up to the next end of line, which is kept, at most so many bytes; empty at the end.
    ///
    /// # Errors
    /// As [`Sockets::file_read`].
    fn file_readline(&mut self, file: &mut Self::File, size: Option<usize>) -> Answer<Vec<u8>> {
        Err(Refusal::no_function("readline of files"))
    }

    /// `file.write`: takes all the data, into its buffer or further, and returns how much it took. Edition 2.2 shows
    /// nothing of that number.
    ///
    /// # Errors
    /// As [`Sockets::file_read`].
    fn file_write(&mut self, file: &mut Self::File, data: &[u8]) -> Answer<usize> {
        Err(Refusal::no_function("write of files"))
    }

    /// `file.flush`: sends what is buffered.
    ///
    /// # Errors
    /// As [`Sockets::file_read`].
    fn file_flush(&mut self, file: &mut Self::File) -> Answer<()> {
        Err(Refusal::no_function("flush of files"))
    }

    /// `file.close`: sends what is buffered and closes the file, not the socket (`makefile.file-closed-first`). At a
    /// reset it is called as [`Sockets::close`] is.
    ///
    /// # Errors
    /// `error`.
    fn file_close(&mut self, file: &mut Self::File) -> Answer<()> {
        Err(Refusal::no_function("close of files"))
    }
}
