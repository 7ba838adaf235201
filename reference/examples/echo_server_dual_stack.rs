//! The document's third program: the echo server for IPv4 and IPv6.
//!
//! `cargo run -p socket-reference --example echo_server_dual_stack [HOST [PORT]]`; without arguments it listens on the
//! first wildcard address that it can, port 50007. With port 0 the system chooses one; the address goes to standard
//! error in any case.
//!
//! Clauses: `examples.server-query`, `examples.server-first-usable`, `examples.server-failure-closed`,
//! `examples.server-failure-message`, `examples.server-failure-status`.

use std::process::ExitCode;

use socket_reference::{
    AddrInfo, AddrInfoFlags, Family, Hints, MsgFlags, Protocol, Result, SockType, Socket, getaddrinfo, socket,
};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let host = arguments.next().unwrap_or_default();
    let port = arguments.next().unwrap_or_else(|| "50007".to_owned());
    match serve(&host, &port) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("echo_server_dual_stack: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(host: &str, port: &str) -> Result<ExitCode> {
    let hints = Hints {
        family: Family::UNSPEC,
        socktype: SockType::STREAM,
        protocol: Protocol::DEFAULT,
        flags: AddrInfoFlags::PASSIVE,
    };
    let candidates = getaddrinfo(Some(host.as_bytes()), port, hints)?;
    let Some(listener) = candidates.iter().find_map(|candidate| listen(candidate).ok()) else {
        println!("could not open socket");
        return Ok(ExitCode::FAILURE);
    };
    eprintln!("listening on {}", listener.getsockname()?);
    let (mut connection, peer) = listener.accept()?;
    println!("Connected by {peer}");
    loop {
        let data = connection.recv_vec(1024, MsgFlags::NONE)?;
        if data.is_empty() {
            break;
        }
        connection.sendall(&data, MsgFlags::NONE)?;
    }
    connection.close();
    Ok(ExitCode::SUCCESS)
}

/// A listening socket for one candidate. One that fails is closed as it goes.
fn listen(candidate: &AddrInfo) -> Result<Socket> {
    let socket = socket(candidate.family, candidate.socktype, candidate.protocol)?;
    socket.bind(candidate.address)?;
    socket.listen(1)?;
    Ok(socket)
}
