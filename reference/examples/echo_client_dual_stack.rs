//! The document's fourth program: the client for IPv4 and IPv6.
//!
//! `cargo run -p socket-reference --example echo_client_dual_stack [HOST [PORT]]`; without arguments it talks to this
//! machine, port 50007.
//!
//! Clauses: `examples.client-query`, `examples.client-first-connected`, `examples.client-failure-closed`,
//! `examples.client-failure-message`, `examples.client-failure-status`.

use std::process::ExitCode;

use socket_reference::{AddrInfo, Family, Hints, MsgFlags, Result, SockType, Socket, getaddrinfo, socket};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let host = arguments.next().unwrap_or_else(|| "localhost".to_owned());
    let port = arguments.next().unwrap_or_else(|| "50007".to_owned());
    match greet(&host, &port) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("echo_client_dual_stack: {error}");
            ExitCode::FAILURE
        }
    }
}

fn greet(host: &str, port: &str) -> Result<ExitCode> {
    let hints = Hints { family: Family::UNSPEC, socktype: SockType::STREAM, ..Hints::default() };
    let candidates = getaddrinfo(Some(host.as_bytes()), port, hints)?;
    let Some(mut socket) = candidates.iter().find_map(|candidate| connect(candidate).ok()) else {
        println!("could not open socket");
        return Ok(ExitCode::FAILURE);
    };
    socket.send(b"Hello, world", MsgFlags::NONE)?;
    let data = socket.recv_vec(1024, MsgFlags::NONE)?;
    socket.close();
    println!("Received '{}'", data.escape_ascii());
    Ok(ExitCode::SUCCESS)
}

/// A socket connected to one candidate. One that fails is closed as it goes.
fn connect(candidate: &AddrInfo) -> Result<Socket> {
    let socket = socket(candidate.family, candidate.socktype, candidate.protocol)?;
    socket.connect(candidate.address)?;
    Ok(socket)
}
