//! The document's second program: a client of the echo server, over IPv4.
//!
//! `cargo run -p socket-reference --example echo_client_ipv4 [HOST [PORT]]`; without arguments it talks to this machine,
//! port 50007.
//!
//! Clauses: `examples.client-sequence`, `examples.client-round`.

use std::process::ExitCode;

use socket_reference::{Error, Family, MsgFlags, Protocol, Result, SockType, socket};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let host = arguments.next().unwrap_or_else(|| "localhost".to_owned());
    let port = arguments.next().unwrap_or_else(|| "50007".to_owned());
    match port
        .parse()
        .map_err(|_| Error::Value(format!("port {port:?} is no number").into()))
        .and_then(|port| greet(&host, port))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("echo_client_ipv4: {error}");
            ExitCode::FAILURE
        }
    }
}

fn greet(host: &str, port: i64) -> Result<()> {
    let mut socket = socket(Family::INET, SockType::STREAM, Protocol::DEFAULT)?;
    socket.connect((host, port))?;
    socket.send(b"Hello, world", MsgFlags::NONE)?;
    let data = socket.recv_vec(1024, MsgFlags::NONE)?;
    socket.close();
    println!("Received '{}'", data.escape_ascii());
    Ok(())
}
