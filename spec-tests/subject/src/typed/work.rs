//! Work for benchmarks by the typed traits: no dynamic value is made inside its loops.

use std::hint::black_box;
use std::time::Instant;

use super::call::args;
use super::functions::port;
use super::{Answer, Internet, Refusal, SocketModule, Sockets};
use crate::{Description, Function};

pub(super) fn since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX)
}

/// To raise is an answer too: that a host is unknown. To lack the function is none.
fn timed<T>(times: u64, mut once: impl FnMut() -> Answer<T>) -> Answer<u64> {
    let start = Instant::now();
    for _ in 0..times {
        match black_box(once()) {
            Ok(_) | Err(Refusal::Raised(_)) => {}
            Err(refusal) => return Err(refusal),
        }
    }
    Ok(since(start))
}

/// A function so many times, or nothing; nanoseconds for all of them.
pub(super) fn repeat<M: SocketModule>(
    module: &mut M,
    function: Option<&Function>,
    times: u64,
    description: &Description,
) -> Answer<u64> {
    let Some(function) = function else { return timed(times, || Ok(())) };
    let call = function.call();
    let args = |names: &'static [&'static str], required| args(&call, names, required, description);
    match call.name.as_str() {
        "getaddrinfo" => {
            let args = args(&["host", "port", "family", "socktype", "proto", "flags"], 2)?;
            let (host, port) = (args.text_or_none(0)?, port(&args, 1)?);
            let (family, socktype) = (args.i32_or(2, 0)?, args.i32_or(3, 0)?);
            let (protocol, flags) = (args.i32_or(4, 0)?, args.i32_or(5, 0)?);
            timed(times, || module.getaddrinfo(black_box(host), port, family, socktype, protocol, flags))
        }
        "getnameinfo" => {
            let args = args(&["sockaddr", "flags"], 2)?;
            let (address, flags) = (Internet::decode(args.any(0)?, &description.constants)?, args.i32(1)?);
            timed(times, || module.getnameinfo(black_box(address), flags))
        }
        "gethostbyname" => {
            let args = args(&["hostname"], 1)?;
            let name = args.text(0)?;
            timed(times, || module.gethostbyname(black_box(name)))
        }
        "gethostbyname_ex" => {
            let args = args(&["hostname"], 1)?;
            let name = args.text(0)?;
            timed(times, || module.gethostbyname_ex(black_box(name)))
        }
        "gethostbyaddr" => {
            let args = args(&["ip_address"], 1)?;
            let address = args.text(0)?;
            timed(times, || module.gethostbyaddr(black_box(address)))
        }
        other => Err(Refusal::Lacks(format!("{other} is not measured"))),
    }
}

/// The document's echo server over streams, until one of the connections ends.
pub(super) fn serve<S: Sockets + ?Sized>(
    module: &mut S,
    listening: &mut S::Socket,
    connections: usize,
    size: usize,
) -> Answer<()> {
    let mut accepted = Vec::with_capacity(connections);
    let mut served = Ok(());
    while served.is_ok() && accepted.len() < connections {
        served = module.accept(listening).map(|(connected, _)| accepted.push(connected));
    }
    while matches!(served, Ok(())) {
        match turn(module, &mut accepted, size) {
            Ok(true) => {}
            Ok(false) => break,
            Err(refusal) => served = Err(refusal),
        }
    }
    for connected in &mut accepted {
        // Closed or dropped, it is gone.
        drop(module.close(connected));
    }
    served
}

/// Once around; whether all of them go on.
fn turn<S: Sockets + ?Sized>(module: &mut S, accepted: &mut [S::Socket], size: usize) -> Answer<bool> {
    for connected in accepted {
        let data = module.recv(connected, size, 0)?;
        if data.is_empty() {
            return Ok(false);
        }
        module.send(connected, &data, 0)?;
    }
    Ok(true)
}

/// The same over datagrams, until an empty one comes.
pub(super) fn serve_datagrams<S: Sockets + ?Sized>(
    module: &mut S,
    bound: &mut S::Socket,
    size: usize,
) -> Answer<()> {
    loop {
        let (data, sender) = module.recvfrom(bound, size, 0)?;
        if data.is_empty() {
            return Ok(());
        }
        let sender = sender.ok_or_else(|| Refusal::message("a datagram without a sender"))?;
        module.sendto(bound, &data, 0, sender.borrowed())?;
    }
}

/// The document's echo client: how long each round took, in nanoseconds.
pub(super) fn ask<S: Sockets + ?Sized>(
    module: &mut S,
    connected: &mut [S::Socket],
    size: usize,
    times: u64,
) -> Answer<Vec<u64>> {
    let (message, mut took) = (vec![b'x'; size], Vec::new());
    for _ in 0..times {
        let start = Instant::now();
        for socket in connected.iter_mut() {
            module.sendall(socket, &message, 0)?;
        }
        for socket in connected.iter_mut() {
            let mut missing = size;
            while missing > 0 {
                let piece = module.recv(socket, size, 0)?.len();
                if piece == 0 {
                    return Err(Refusal::message("the server is gone"));
                }
                missing = missing.saturating_sub(piece);
            }
        }
        took.push(since(start));
    }
    Ok(took)
}
