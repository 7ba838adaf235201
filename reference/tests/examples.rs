//! The document's four programs, as processes: against each other, against Python's, and with candidates that fail.

// A test fails by panicking, in its helpers too.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use rstest::rstest;
use socket_reference::{AddrInfo, Hints, SockType, Socket, getaddrinfo, socket};

/// Ends a program that does not end by itself, seconds.
const LIMIT: &str = "60";

/// A program's file, beside this test's own. A plain `cargo test` has built it; where this test alone was asked for, it
/// is built now.
fn example(name: &str) -> PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    let directory = BUILT.get_or_init(|| {
        let profile = std::env::current_exe().unwrap().parent().and_then(Path::parent).unwrap().to_owned();
        let examples = profile.join("examples");
        if !examples.join("echo_server_ipv4").exists() || !examples.join("echo_client_dual_stack").exists() {
            build(&profile);
        }
        examples
    });
    directory.join(name)
}

fn build(profile: &Path) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .args(["build", "-p", "socket-reference", "--examples", "--target-dir"])
        .arg(profile.parent().unwrap());
    if profile.ends_with("release") {
        command.arg("--release");
    }
    assert!(
        command.current_dir(env!("CARGO_MANIFEST_DIR")).status().unwrap().success(),
        "the examples do not build"
    );
}

fn limited(program: impl AsRef<OsStr>, arguments: &[&str]) -> Command {
    let mut command = Command::new("timeout");
    command.arg(LIMIT).arg(program).args(arguments).stdin(Stdio::null());
    command
}

fn run(program: impl AsRef<OsStr>, arguments: &[&str]) -> Output {
    limited(program, arguments).output().unwrap()
}

/// A server that was started, with the port that it named on standard error.
struct Server {
    process: Child,
    port: String,
}

impl Server {
    fn start(program: impl AsRef<OsStr>, arguments: &[&str]) -> Self {
        let mut process =
            limited(program, arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(process.stderr.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.split(',').nth(1).unwrap_or_else(|| panic!("{line:?} names no port"));
        let port = port.trim_matches(|character: char| !character.is_ascii_digit()).to_owned();
        Self { process, port }
    }

    /// What it printed, once it has ended well.
    fn finish(mut self) -> String {
        let mut printed = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        assert!(self.process.wait().unwrap().success());
        printed
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Ended already, or a test failed before it could end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn text(output: &[u8]) -> &str {
    std::str::from_utf8(output).unwrap().trim_end()
}

const PYTHON_CLIENT: &str = "
import socket, sys
with socket.create_connection((sys.argv[1], int(sys.argv[2])), 30) as s:
    s.sendall(b'Hello, world')
    print('Received', ascii(s.recv(1024).decode()))
";

const PYTHON_SERVER: &str = "
import socket, sys
family = socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET
with socket.socket(family) as s:
    s.bind((sys.argv[1], 0))
    s.listen(1)
    print('listening on', s.getsockname(), file=sys.stderr, flush=True)
    c, peer = s.accept()
    print('Connected by', peer)
    while data := c.recv(1024):
        c.sendall(data)
    c.close()
";

#[rstest]
fn against_each_other(
    #[values(("echo_server_ipv4", "127.0.0.1"), ("echo_server_ipv4", ""), ("echo_server_dual_stack", "127.0.0.1"),
        ("echo_server_dual_stack", "::1"), ("echo_server_dual_stack", ""), ("echo_server_dual_stack", "localhost"))]
    server: (&str, &str),
    #[values("echo_client_ipv4", "echo_client_dual_stack")] client: &str,
) {
    // The newer server may have settled on IPv6, and is then deaf to IPv4 where the system keeps the two apart.
    let surely_ipv4 = server.0 == "echo_server_ipv4" || server.1 == "127.0.0.1";
    if client == "echo_client_ipv4" && !surely_ipv4 {
        return;
    }
    let running = Server::start(example(server.0), &[server.1, "0"]);
    // Without a host the newer client tries every loopback address, whichever family the server took.
    let host = match (client, server.1) {
        ("echo_client_ipv4", _) => "127.0.0.1",
        (_, "") => "",
        (_, host) => host,
    };
    let output = run(example(client), &[host, &running.port]);
    assert_eq!(text(&output.stdout), "Received 'Hello, world'", "{}", text(&output.stderr));
    assert!(output.status.success());
    let printed = running.finish();
    assert!(printed.starts_with("Connected by ('"), "{printed}");
}

#[rstest]
#[case("127.0.0.1")]
#[case("::1")]
fn against_python(#[case] host: &str) {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("not run: there is no python3");
        return;
    }
    let running = Server::start(example("echo_server_dual_stack"), &[host, "0"]);
    let output = run("python3", &["-c", PYTHON_CLIENT, host, &running.port]);
    assert_eq!(text(&output.stdout), "Received 'Hello, world'", "{}", text(&output.stderr));
    running.finish();

    let running = Server::start("python3", &["-c", PYTHON_SERVER, host]);
    let output = run(example("echo_client_dual_stack"), &[host, &running.port]);
    assert_eq!(text(&output.stdout), "Received 'Hello, world'", "{}", text(&output.stderr));
    let printed = running.finish();
    assert!(printed.starts_with(&format!("Connected by ('{host}', ")), "{printed}");
}

#[test]
fn client_passes_over_candidates_that_refuse() {
    // Both loopback addresses are candidates, and whichever comes first, one of the two rounds has it refuse.
    for host in ["127.0.0.1", "::1"] {
        let running = Server::start(example("echo_server_dual_stack"), &[host, "0"]);
        let output = run(example("echo_client_dual_stack"), &["", &running.port]);
        assert_eq!(text(&output.stdout), "Received 'Hello, world'", "{}", text(&output.stderr));
        running.finish();
    }
}

#[test]
fn client_without_a_usable_candidate_says_so() {
    // Bound and not listening: the port is nobody else's, and it refuses.
    let socket = occupied("127.0.0.1:0".parse().unwrap());
    let port = socket.getsockname().unwrap().port().unwrap().to_string();
    let output = run(example("echo_client_dual_stack"), &["127.0.0.1", &port]);
    assert_eq!((text(&output.stdout), output.status.code()), ("could not open socket", Some(1)));
    let output = run(example("echo_client_ipv4"), &["127.0.0.1", &port]);
    assert_eq!((text(&output.stdout), output.status.code()), ("", Some(1)));
    assert!(text(&output.stderr).contains("Connection refused"), "{output:?}");
}

#[test]
fn server_without_a_usable_candidate_says_so() {
    let socket = occupied("127.0.0.1:0".parse().unwrap());
    let port = socket.getsockname().unwrap().port().unwrap().to_string();
    let output = run(example("echo_server_dual_stack"), &["127.0.0.1", &port]);
    assert_eq!((text(&output.stdout), output.status.code()), ("could not open socket", Some(1)));
    let output = run(example("echo_server_ipv4"), &["127.0.0.1", &port]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("Address already in use"), "{output:?}");
}

#[test]
fn server_passes_over_candidates_that_are_taken() {
    let hints = Hints { socktype: SockType::STREAM, ..Hints::default() };
    let candidates: Vec<AddrInfo> = getaddrinfo(Some(b"localhost"), 0, hints).unwrap();
    let [first, second, ..] = &candidates[..] else {
        eprintln!("not run: localhost has one address");
        return;
    };
    let taken = occupied(first.address);
    let port = taken.getsockname().unwrap().port().unwrap();
    let running = Server::start(example("echo_server_dual_stack"), &["localhost", &port.to_string()]);
    let host = second.address.ip().to_string();
    let output = run(example("echo_client_dual_stack"), &[&host, &running.port]);
    assert_eq!(text(&output.stdout), "Received 'Hello, world'", "{}", text(&output.stderr));
    assert!(running.finish().starts_with(&format!("Connected by ('{host}', ")));
}

#[rstest]
#[case("echo_server_ipv4")]
#[case("echo_client_ipv4")]
#[case("echo_server_dual_stack")]
#[case("echo_client_dual_stack")]
fn a_port_that_is_none_ends_with_a_message(#[case] name: &str) {
    let output = run(example(name), &["127.0.0.1", "no such port"]);
    assert_eq!((text(&output.stdout), output.status.code()), ("", Some(1)));
    assert!(text(&output.stderr).starts_with(name), "{output:?}");
}

/// A socket that holds an address and does not listen.
fn occupied(address: std::net::SocketAddr) -> Socket {
    let family =
        if address.is_ipv4() { socket_reference::Family::INET } else { socket_reference::Family::INET6 };
    let socket = socket(family, SockType::STREAM, socket_reference::Protocol::DEFAULT).unwrap();
    socket.bind(address).unwrap();
    socket
}
