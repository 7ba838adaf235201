//! The file object of `makefile`.

use rstest::rstest;
use socket_reference::{Family, MsgFlags, SockType};

use crate::{connected, failure, new};

const CLOSED: (&str, Option<i32>) = ("ValueError", None);
const EBADF: (&str, Option<i32>) = ("error", Some(libc::EBADF));

#[rstest]
#[case(None)]
#[case(Some(-1))]
#[case(Some(0))]
#[case(Some(1))]
#[case(Some(3))]
fn reads_bytes_and_lines(#[case] buffering: Option<i64>) {
    let (client, server) = connected();
    let mut file = server.makefile(Some("rb"), buffering).unwrap();
    client.sendall(b"one\ntwo\n\nlong line\nlast", MsgFlags::NONE).unwrap();
    drop(client);
    assert_eq!(file.read(Some(0)).unwrap(), b"");
    assert_eq!(file.read(Some(2)).unwrap(), b"on");
    assert_eq!(file.readline(None).unwrap(), b"e\n");
    assert_eq!(file.readline(Some(2)).unwrap(), b"tw");
    assert_eq!(file.readline(Some(2)).unwrap(), b"o\n");
    assert_eq!(file.readline(None).unwrap(), b"\n");
    assert_eq!(file.readlines().unwrap(), [b"long line\n".to_vec(), b"last".to_vec()]);
    assert_eq!(file.read(None).unwrap(), b"");
    assert_eq!(file.readline(None).unwrap(), b"");
}

#[test]
fn without_a_buffer_nothing_is_taken_ahead_of_time() {
    let (client, server) = connected();
    let mut file = server.makefile(None, Some(0)).unwrap();
    client.sendall(b"line\nrest", MsgFlags::NONE).unwrap();
    assert_eq!(file.readline(None).unwrap(), b"line\n");
    assert_eq!(server.recv_vec(4, MsgFlags::WAITALL).unwrap(), b"rest");
}

#[rstest]
#[case(None, 0, 0)]
#[case(Some(4096), 0, 0)]
#[case(Some(1), 5, 5)]
#[case(Some(0), 3, 6)]
fn writes_when_the_buffer_says_so(
    #[case] buffering: Option<i64>,
    #[case] first: usize,
    #[case] second: usize,
) {
    let (client, server) = connected();
    server.setblocking(false).unwrap();
    let arrived = || {
        let mut buffer = [0; 99];
        server.recv(&mut buffer, MsgFlags::PEEK).unwrap_or(0)
    };
    let mut file = client.makefile(Some("w"), buffering).unwrap();
    match buffering {
        Some(0) => file.write(b"one").unwrap(),
        _ => file.write(b"line\n").unwrap(),
    }
    assert_eq!(arrived(), first);
    file.write(b"two").unwrap();
    assert_eq!(arrived(), second);
    file.flush().unwrap();
    assert!(arrived() >= 6);
}

#[test]
fn file_and_socket_close_apart() {
    let (client, server) = connected();
    let mut file = client.makefile(Some("w"), None).unwrap();
    assert_ne!(file.fileno().unwrap(), client.fileno().unwrap());
    file.write(b"a").unwrap();
    file.close().unwrap();
    file.close().unwrap();
    client.send(b"b", MsgFlags::NONE).unwrap();

    let mut file = client.makefile(Some("w"), None).unwrap();
    drop(client);
    file.write(b"c").unwrap();
    drop(file);
    let mut file = server.makefile(None, None).unwrap();
    drop(server);
    assert_eq!(file.read(None).unwrap(), b"abc");
}

#[test]
fn both_directions() {
    let (client, server) = connected();
    let mut file = client.makefile(Some("r+b"), None).unwrap();
    file.write(b"question").unwrap();
    file.flush().unwrap();
    assert_eq!(server.recv_vec(99, MsgFlags::NONE).unwrap(), b"question");
    server.sendall(b"answer", MsgFlags::NONE).unwrap();
    assert_eq!(file.read(Some(6)).unwrap(), b"answer");
}

#[rstest]
#[case("")]
#[case("x")]
#[case("b")]
#[case("rw")]
#[case("r++")]
#[case("wx")]
#[case("abb")]
#[case("é")]
fn invalid_modes(#[case] mode: &str) {
    let (client, _server) = connected();
    assert_eq!(failure(client.makefile(Some(mode), None)), ("ValueError", None));
}

#[test]
fn a_direction_that_the_mode_lacks_fails() {
    let (client, _server) = connected();
    let mut reader = client.makefile(Some("r"), None).unwrap();
    assert_eq!(failure(reader.write(b"x")), EBADF);
    reader.flush().unwrap();
    let mut writer = client.makefile(Some("a"), None).unwrap();
    assert_eq!(failure(writer.read(None)), EBADF);
    assert_eq!(failure(writer.readline(None)), EBADF);
}

#[test]
fn everything_fails_after_close() {
    let (client, _server) = connected();
    let mut file = client.makefile(Some("r+"), None).unwrap();
    file.close().unwrap();
    assert_eq!(failure(file.read(None)), CLOSED);
    assert_eq!(failure(file.readline(None)), CLOSED);
    assert_eq!(failure(file.readlines()), CLOSED);
    assert_eq!(failure(file.write(b"")), CLOSED);
    assert_eq!(failure(file.flush()), CLOSED);
    assert_eq!(failure(file.fileno()), CLOSED);
}

#[test]
fn data_comes_before_the_failure_that_followed_it() {
    let (client, server) = connected();
    client.send(b"half", MsgFlags::NONE).unwrap();
    assert_eq!(server.recv_vec(4, MsgFlags::PEEK | MsgFlags::WAITALL).unwrap(), b"half");
    server.setblocking(false).unwrap();
    let mut file = server.makefile(None, None).unwrap();
    assert_eq!(file.readline(None).unwrap(), b"half");
    assert_eq!(failure(file.readline(None)), ("error", Some(libc::EAGAIN)));
    // The next one comes at once, as there is nothing that it could follow.
    assert_eq!(failure(file.readline(None)), ("error", Some(libc::EAGAIN)));
}

#[test]
fn close_reports_what_could_not_be_sent() {
    let (client, _server) = connected();
    let mut file = client.makefile(Some("w"), None).unwrap();
    client.shutdown(socket_reference::Shutdown::SENDS).unwrap();
    file.write(b"lost").unwrap();
    assert_eq!(failure(file.close()), ("error", Some(libc::EPIPE)));
    assert_eq!(failure(file.write(b"x")), CLOSED);
}

#[test]
fn what_close_could_not_send_is_gone() {
    let (near, far) = (new(Family::INET, SockType::DGRAM), new(Family::INET, SockType::DGRAM));
    far.bind(("127.0.0.1", 0)).unwrap();
    let address = far.getsockname().unwrap();
    near.connect(&address).unwrap();
    drop(far);
    // Nobody is there: the next datagram fails for this one's sake, and the one after it would go out again.
    near.send(b"unheard", MsgFlags::NONE).unwrap();
    let far = new(Family::INET, SockType::DGRAM);
    far.bind(&address).unwrap();
    let mut file = near.makefile(Some("w"), None).unwrap();
    file.write(b"lost").unwrap();
    assert_eq!(failure(file.close()), ("error", Some(libc::ECONNREFUSED)));
    assert_eq!(failure(far.recv_vec(9, MsgFlags::DONTWAIT)), ("error", Some(libc::EAGAIN)));
    near.send(b"heard", MsgFlags::NONE).unwrap();
    assert_eq!(far.recv_vec(9, MsgFlags::NONE).unwrap(), b"heard");
}
