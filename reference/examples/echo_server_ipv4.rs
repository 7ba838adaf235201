//! The document's first program: a server that echoes what one client sends, over IPv4.
//!
//! `cargo run -p socket-reference --example echo_server_ipv4 [HOST [PORT]]`; without arguments it listens on every
//! interface, port 50007. With port 0 the system chooses one; the address goes to standard error in any case.
//!
//! Clauses: `examples.server-sequence`, `examples.accepted-socket`, `examples.server-until-end`.

use std::process::ExitCode;

use socket_reference::{Error, Family, MsgFlags, Protocol, Result, SockType, socket};

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let host = arguments.next().unwrap_or_default();
    let port = arguments.next().unwrap_or_else(|| "50007".to_owned());
    match port
        .parse()
        .map_err(|_| Error::Value(format!("port {port:?} is no number").into()))
        .and_then(|port| serve(&host, port))
    {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("echo_server_ipv4: {error}");
            ExitCode::FAILURE
        }
    }
}

fn serve(host: &str, port: i64) -> Result<()> {
    let listener = socket(Family::INET, SockType::STREAM, Protocol::DEFAULT)?;
    listener.bind((host, port))?;
    listener.listen(1)?;
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
    Ok(())
}
