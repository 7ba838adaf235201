//! Socket objects.

use std::os::fd::AsRawFd;

use rstest::rstest;
use socket_reference::{
    Address, Family, MsgFlags, Protocol, Shutdown, SockType, Socket, SocketAddress, constants, fromfd, socket,
};

use crate::{connected, failure, new};

const EBADF: (&str, Option<i32>) = ("error", Some(libc::EBADF));

#[rstest]
#[case(Family::INET, "127.0.0.1")]
#[case(Family::INET6, "::1")]
fn streams(#[case] family: Family, #[case] host: &str) {
    let listener = new(family, SockType::STREAM);
    listener.bind((host, 0)).unwrap();
    listener.listen(0).unwrap();
    let client = new(family, SockType::STREAM);
    assert_eq!(client.connect_ex(&listener.getsockname().unwrap()).unwrap(), 0);
    let (server, peer) = listener.accept().unwrap();
    assert_eq!((&peer, server.family()), (&client.getsockname().unwrap(), family));
    assert_eq!(client.getpeername().unwrap(), listener.getsockname().unwrap());

    client.sendall(b"Hello, world", MsgFlags::NONE).unwrap();
    assert_eq!(server.recv_vec(5, MsgFlags::PEEK).unwrap(), b"Hello");
    assert_eq!(server.recv_vec(5, MsgFlags::NONE).unwrap(), b"Hello");
    let mut buffer = [0; 32];
    assert_eq!(server.recv(&mut buffer, MsgFlags::NONE).unwrap(), 7);
    assert_eq!(&buffer[..7], b", world");
    client.send(b"x", MsgFlags::NONE).unwrap();
    assert_eq!(server.recvfrom_vec(8, MsgFlags::NONE).unwrap(), (b"x".to_vec(), None));
    drop(client);
    assert_eq!(server.recv_vec(8, MsgFlags::NONE).unwrap(), b"");
}

#[rstest]
#[case(Family::INET, "127.0.0.1")]
#[case(Family::INET6, "::1")]
fn datagrams(#[case] family: Family, #[case] host: &str) {
    let (a, b) = (new(family, SockType::DGRAM), new(family, SockType::DGRAM));
    a.bind((host, 0)).unwrap();
    b.bind((host, 0)).unwrap();
    assert_eq!(a.sendto(b"datagram", MsgFlags::NONE, &b.getsockname().unwrap()).unwrap(), 8);
    let (data, sender) = b.recvfrom_vec(4, MsgFlags::NONE).unwrap();
    assert_eq!((&data[..], sender), (&b"data"[..], Some(a.getsockname().unwrap())));
    // Nothing is still something to a datagram socket.
    a.connect(&b.getsockname().unwrap()).unwrap();
    a.sendall(b"", MsgFlags::NONE).unwrap();
    let mut buffer = [0; 4];
    assert_eq!(b.recvfrom(&mut buffer, MsgFlags::NONE).unwrap(), (0, Some(a.getsockname().unwrap())));
    // The true length may exceed the buffer; data of one's own buffer does not.
    a.sendall(b"longer", MsgFlags::NONE).unwrap();
    assert_eq!(b.recv(&mut buffer, MsgFlags::TRUNC | MsgFlags::PEEK).unwrap(), 6);
    assert_eq!(b.recv_vec(3, MsgFlags::TRUNC).unwrap(), b"lon");
}

#[test]
fn unix_streams() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("stream");
    let path = path.as_os_str().as_encoded_bytes();
    let listener = new(Family::UNIX, SockType::STREAM);
    listener.bind(Address::Unix(path)).unwrap();
    listener.listen(1).unwrap();
    let client = new(Family::UNIX, SockType::STREAM);
    client.connect(Address::Unix(path)).unwrap();
    let (server, peer) = listener.accept().unwrap();
    assert_eq!((peer.path(), peer.to_string().as_str()), (Some(&b""[..]), "''"));
    assert_eq!(client.getpeername().unwrap(), SocketAddress::Unix(path.into()));
    server.sendall(b"x", MsgFlags::NONE).unwrap();
    assert_eq!(client.recv_vec(9, MsgFlags::NONE).unwrap(), b"x");
}

#[test]
fn everything_fails_after_close() {
    let (mut socket, _peer) = connected();
    socket.close();
    socket.close();
    let address: Address<'_> = ("127.0.0.1", 9).into();
    let mut buffer = [0; 1];
    assert_eq!(failure(socket.accept()), EBADF);
    assert_eq!(failure(socket.bind(address)), EBADF);
    assert_eq!(failure(socket.connect(address)), EBADF);
    assert_eq!(failure(socket.connect_ex(address)), EBADF);
    assert_eq!(failure(socket.fileno()), EBADF);
    assert_eq!(failure(socket.as_fd()), EBADF);
    assert_eq!(failure(socket.getpeername()), EBADF);
    assert_eq!(failure(socket.getsockname()), EBADF);
    assert_eq!(failure(socket.getsockopt(1, 2)), EBADF);
    assert_eq!(failure(socket.getsockopt_buffer(1, 2, 4)), EBADF);
    assert_eq!(failure(socket.listen(1)), EBADF);
    assert_eq!(failure(socket.makefile(None, None)), EBADF);
    assert_eq!(failure(socket.recv(&mut buffer, MsgFlags::NONE)), EBADF);
    assert_eq!(failure(socket.recv_vec(1, MsgFlags::NONE)), EBADF);
    assert_eq!(failure(socket.recvfrom(&mut buffer, MsgFlags::NONE)), EBADF);
    assert_eq!(failure(socket.recvfrom_vec(1, MsgFlags::NONE)), EBADF);
    assert_eq!(failure(socket.send(b"x", MsgFlags::NONE)), EBADF);
    assert_eq!(failure(socket.sendall(b"x", MsgFlags::NONE)), EBADF);
    assert_eq!(failure(socket.sendto(b"x", MsgFlags::NONE, address)), EBADF);
    assert_eq!(failure(socket.setblocking(true)), EBADF);
    assert_eq!(failure(socket.setsockopt(1, 2, 1)), EBADF);
    assert_eq!(failure(socket.setsockopt_buffer(1, 2, &[1, 0, 0, 0])), EBADF);
    assert_eq!(failure(socket.shutdown(Shutdown::BOTH)), EBADF);
    assert_eq!(failure(socket.into_fd()), EBADF);
}

#[test]
fn connect_ex_returns_errno_of_the_connect_alone() {
    let listener = new(Family::INET, SockType::STREAM);
    listener.bind(("127.0.0.1", 0)).unwrap();
    let unheard = listener.getsockname().unwrap();
    let client = new(Family::INET, SockType::STREAM);
    assert_eq!(client.connect_ex(&unheard).unwrap(), libc::ECONNREFUSED);
    assert_eq!(failure(client.connect(&unheard)), ("error", Some(libc::ECONNREFUSED)));
    assert_eq!(failure(client.connect_ex(("::1", 9))), ("gaierror", Some(-9)));
}

#[test]
fn non_blocking_calls_fail_instead_of_waiting() {
    let (client, server) = connected();
    client.setblocking(false).unwrap();
    assert_eq!(failure(client.recv_vec(1, MsgFlags::NONE)), ("error", Some(libc::EAGAIN)));
    let block = vec![0; 1 << 20];
    let full = (0..1000).find_map(|_| client.send(&block, MsgFlags::NONE).err()).unwrap();
    assert!(full.is_os(libc::EAGAIN), "{full}");
    client.setblocking(true).unwrap();
    server.send(b"x", MsgFlags::NONE).unwrap();
    assert_eq!(client.recv_vec(1, MsgFlags::NONE).unwrap(), b"x");
    assert_eq!(failure(client.recv_vec(1, MsgFlags::DONTWAIT)), ("error", Some(libc::EAGAIN)));
}

#[test]
fn sendall_sends_more_than_fits_at_once() {
    let (client, server) = connected();
    let data: Vec<u8> = (0..4_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    let received = std::thread::scope(|scope| {
        scope.spawn(|| {
            client.sendall(&data, MsgFlags::NONE).unwrap();
            client.shutdown(Shutdown::SENDS).unwrap();
        });
        let mut received = Vec::new();
        while received.len() <= data.len() {
            let chunk = server.recv_vec(1 << 16, MsgFlags::NONE).unwrap();
            if chunk.is_empty() {
                break;
            }
            received.extend(chunk);
        }
        received
    });
    assert!(received == data);
}

#[test]
fn a_broken_connection_is_an_error_and_no_signal() {
    // The test harness ignores SIGPIPE, and a signal would end the process all the same if that were undone.
    let (client, server) = connected();
    client.shutdown(Shutdown::SENDS).unwrap();
    let broken = ("error", Some(libc::EPIPE));
    assert_eq!(failure(client.send(b"x", MsgFlags::NONE)), broken);
    assert_eq!(failure(client.sendall(b"x", MsgFlags::NONE)), broken);
    assert_eq!(server.recv_vec(1, MsgFlags::NONE).unwrap(), b"");
    server.sendall(b"other half", MsgFlags::NONE).unwrap();
    assert_eq!(client.recv_vec(99, MsgFlags::NONE).unwrap(), b"other half");
    client.shutdown(Shutdown::RECEIVES).unwrap();
    assert_eq!(client.recv_vec(99, MsgFlags::NONE).unwrap(), b"");
    assert_eq!(failure(client.shutdown(Shutdown(3))), ("error", Some(libc::EINVAL)));
}

#[test]
fn options() {
    let socket = new(Family::INET, SockType::STREAM);
    let (level, reuse, linger) = (constants::SOL_SOCKET, constants::SO_REUSEADDR, constants::SO_LINGER);
    assert_eq!(socket.getsockopt(level, reuse).unwrap(), 0);
    socket.setsockopt(level, reuse, 1).unwrap();
    assert_eq!(socket.getsockopt(level, reuse).unwrap(), 1);
    assert_eq!(socket.getsockopt(level, constants::SO_TYPE).unwrap(), constants::SOCK_STREAM);
    let value = [1_i32.to_ne_bytes(), 9_i32.to_ne_bytes()].concat();
    socket.setsockopt_buffer(level, linger, &value).unwrap();
    assert_eq!(socket.getsockopt_buffer(level, linger, 64).unwrap(), value);
    assert_eq!(socket.getsockopt_buffer(level, linger, 8).unwrap(), value);
    assert_eq!(socket.getsockopt_buffer(level, linger, 4).unwrap(), value[..4]);
    assert_eq!(socket.getsockopt_buffer(level, linger, 0).unwrap(), b"");
    assert_eq!(failure(socket.getsockopt_buffer(level, linger, 1 << 31)), ("error", Some(libc::EINVAL)));
    assert_eq!(failure(socket.getsockopt(level, 9999)), ("error", Some(libc::ENOPROTOOPT)));
    assert_eq!(failure(socket.setsockopt(level, 9999, 1)), ("error", Some(libc::ENOPROTOOPT)));
}

#[test]
fn fromfd_duplicates_and_does_not_check() {
    let (client, server) = connected();
    let mut copy =
        fromfd(client.fileno().unwrap(), Family::INET, SockType::STREAM, Protocol::DEFAULT).unwrap();
    assert_ne!(copy.fileno().unwrap(), client.fileno().unwrap());
    copy.send(b"x", MsgFlags::NONE).unwrap();
    copy.close();
    client.send(b"y", MsgFlags::NONE).unwrap();
    assert_eq!(server.recv_vec(2, MsgFlags::WAITALL).unwrap(), b"xy");

    let file = std::fs::File::open("/dev/null").unwrap();
    let odd = fromfd(file.as_raw_fd(), Family::INET, SockType::STREAM, Protocol::DEFAULT).unwrap();
    assert_eq!(failure(odd.getsockname()), ("error", Some(libc::ENOTSOCK)));
    assert_eq!(failure(fromfd(-1, Family::INET, SockType::STREAM, Protocol::DEFAULT)), EBADF);
}

#[test]
fn descriptors_change_hands() {
    let (client, server) = connected();
    let taken = Socket::from_owned(client.into_fd().unwrap(), Family::INET, SockType::STREAM, Protocol::TCP);
    assert_eq!((taken.socktype(), taken.protocol()), (SockType::STREAM, Protocol::TCP));
    taken.send(b"x", MsgFlags::NONE).unwrap();
    assert_eq!(server.recv_vec(1, MsgFlags::NONE).unwrap(), b"x");
}

#[test]
fn no_socket_can_be_made_of_nonsense() {
    assert_eq!(
        failure(socket(Family(99), SockType::STREAM, Protocol(0))),
        ("error", Some(libc::EAFNOSUPPORT))
    );
    assert_eq!(failure(socket(Family::INET, SockType(99), Protocol(0))), ("error", Some(libc::EINVAL)));
    assert_eq!(
        failure(socket(Family::INET, SockType::STREAM, Protocol::UDP)),
        ("error", Some(libc::EPROTONOSUPPORT))
    );
}

#[test]
fn memory_that_nobody_has_is_an_error() {
    let (client, _server) = connected();
    assert_eq!(failure(client.recv_vec(usize::MAX / 2, MsgFlags::NONE)), ("MemoryError", None));
}

#[test]
fn bytes_that_were_counted_but_not_written_are_zero() {
    const SIZE: usize = 64;
    let (client, server) = connected();
    client.send(&[b'x'; SIZE], MsgFlags::NONE).unwrap();
    assert_eq!(server.recv_vec(SIZE, MsgFlags::PEEK | MsgFlags::WAITALL).unwrap(), [b'x'; SIZE]);
    // Memory of that size that is handed out next is not zero by chance.
    drop(std::hint::black_box(vec![b'y'; SIZE]));
    // A stream throws away what it counts.
    assert_eq!(server.recv_vec(SIZE, MsgFlags::TRUNC).unwrap(), [0; SIZE]);
}

#[rstest]
#[case(SockType::STREAM)]
#[case(SockType(SockType::STREAM.0 | constants::SOCK_CLOEXEC))]
fn no_descriptor_is_inherited(#[case] socktype: SockType) {
    let socket = new(Family::INET, socktype);
    let flags = rustix::io::fcntl_getfd(socket.as_fd().unwrap()).unwrap();
    assert!(flags.contains(rustix::io::FdFlags::CLOEXEC));
}

#[test]
fn sequence_of_a_server_is_needed() {
    let socket = new(Family::INET, SockType::STREAM);
    assert_eq!(failure(socket.accept()), ("error", Some(libc::EINVAL)));
    socket.bind(("127.0.0.1", 0)).unwrap();
    assert_eq!(failure(socket.bind(("127.0.0.1", 0))), ("error", Some(libc::EINVAL)));
    assert_eq!(failure(socket.getpeername()), ("error", Some(libc::ENOTCONN)));
    assert_eq!(failure(new(Family::INET, SockType::DGRAM).listen(1)), ("error", Some(libc::EOPNOTSUPP)));
}

#[test]
fn sockets_go_to_other_threads() {
    fn needs<T: Send + Sync>(_: &T) {}
    needs(&new(Family::INET, SockType::STREAM));
}
