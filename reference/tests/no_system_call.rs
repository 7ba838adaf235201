//! Whatever is numeric costs no system call: each call is made in a process that the kernel ends at the first one.
//!
//! The process is this program once more, told which call to make. It makes the call once for the memory that it
//! needs, then has the kernel forbid it everything but read(2) and write(2), makes the call again, and says so.

// A test fails by panicking, in its helpers too.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::process::{Command, ExitCode};

use rustix::thread::{SecureComputingMode, set_secure_computing_mode};
use socket_reference::{
    AddrInfoFlags, Hints, NameInfoFlags, Port, SockType, getaddrinfo, gethostbyname, getnameinfo, inet_aton,
    inet_ntoa,
};

const NUMERIC: NameInfoFlags = NameInfoFlags(NameInfoFlags::NUMERICHOST.0 | NameInfoFlags::NUMERICSERV.0);
const STREAMS: Hints = Hints { socktype: SockType::STREAM, ..OPEN };
const OPEN: Hints = Hints {
    family: socket_reference::Family::UNSPEC,
    socktype: SockType::ANY,
    protocol: socket_reference::Protocol::DEFAULT,
    flags: AddrInfoFlags::NONE,
};

struct Case {
    name: &'static str,
    call: fn() -> bool,
    is_quiet: bool,
}

/// A call that makes no system call, and whether it went as it should.
const fn quiet(name: &'static str, call: fn() -> bool) -> Case {
    Case { name, call, is_quiet: true }
}

/// A call that makes one: without these nobody would know that the kernel keeps watch.
const fn loud(name: &'static str, call: fn() -> bool) -> Case {
    Case { name, call, is_quiet: false }
}

fn found(host: &str, port: Port<'_>, hints: Hints) -> bool {
    getaddrinfo(Some(host.as_bytes()), port, hints).is_ok_and(|entries| !entries.is_empty())
}

const CASES: &[Case] = &[
    quiet("getaddrinfo of IPv4 text", || found("192.0.2.1", Port::Number(80), STREAMS)),
    quiet("getaddrinfo of IPv4 text in another form", || found("0x7f.1", Port::Name(b"80"), STREAMS)),
    quiet("getaddrinfo of IPv6 text", || found("2001:db8::1", Port::Number(80), STREAMS)),
    quiet("getaddrinfo for every type", || found("::ffff:192.0.2.1", Port::None, OPEN)),
    quiet("getaddrinfo of a scope in digits", || found("2001:db8::1%7", Port::Number(80), STREAMS)),
    quiet("getaddrinfo for a canonical name", || {
        found("::1", Port::Number(80), Hints { flags: AddrInfoFlags::CANONNAME, ..OPEN })
    }),
    quiet("getaddrinfo with flags that nobody knows", || {
        let hints = Hints { flags: AddrInfoFlags(0x1000), ..OPEN };
        getaddrinfo(Some(b"::1"), 80, hints).is_err()
    }),
    quiet("getnameinfo of an IPv4 address", || getnameinfo(("192.0.2.1", 80), NUMERIC).is_ok()),
    quiet("getnameinfo of an IPv6 address", || getnameinfo(("2001:db8::1", 80, 0, 3), NUMERIC).is_ok()),
    quiet("gethostbyname of IPv4 text", || gethostbyname("192.0.2.1").is_ok()),
    quiet("inet_aton", || inet_aton("192.0.2.1").is_ok() && inet_aton("::1").is_err()),
    quiet("inet_ntoa", || inet_ntoa([192, 0, 2, 1]).is_ok()),
    loud("getaddrinfo of a name", || found("localhost", Port::Number(80), STREAMS)),
    loud("getaddrinfo of a scope by name", || found("fe80::1%lo", Port::Number(80), STREAMS)),
    loud("getnameinfo of a scope with a name", || getnameinfo(("fe80::1", 80, 0, 1), NUMERIC).is_ok()),
];

const DONE: &[u8] = b"done";
const NO_WATCH: u8 = 3;

fn main() -> ExitCode {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    if let Some(case) = CASES.iter().find(|case| case.name == wanted) {
        return watched(case);
    }
    for case in CASES {
        let output = Command::new(std::env::current_exe().unwrap()).arg(case.name).output().unwrap();
        if output.status.code() == Some(NO_WATCH.into()) {
            println!("not run: {}", String::from_utf8_lossy(&output.stderr));
            return ExitCode::SUCCESS;
        }
        let was_quiet = output.stdout == DONE;
        assert!(was_quiet == case.is_quiet, "{}: quiet {was_quiet}, {output:?}", case.name);
        println!("test {} ... ok", case.name);
    }
    println!("\ntest result: ok. {} passed; 0 failed", CASES.len());
    ExitCode::SUCCESS
}

fn watched(case: &Case) -> ExitCode {
    assert!((case.call)(), "{} fails", case.name);
    if let Err(error) = set_secure_computing_mode(SecureComputingMode::Strict) {
        eprintln!("the kernel does not watch over system calls: {error}");
        return ExitCode::from(NO_WATCH);
    }
    if (case.call)() {
        let _ = rustix::io::write(rustix::stdio::stdout(), DONE);
    }
    // To end is a system call as well, and not one that is left.
    ExitCode::SUCCESS
}
