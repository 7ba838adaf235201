//! Laws of streams: `send`, `sendall`, `recv`, `recvfrom` and `makefile` under any chunking.

use proptest::prelude::*;
use sockspec_cases::{Pattern, fill};
use sockspec_subject::{Outcome, Value};

use crate::args;
use crate::generate::data::{pieces, size, sizes};
use crate::law::{Form, law};
use crate::laws::connections::{connect_in, connect_out};
use crate::say::{StepExt, call, constant, data, exact, on, returning};
use crate::{Property, Session, Stop};

pub(super) const LAWS: &[&dyn Property] = &[&SENT, &SENT_PIECEMEAL, &RECEIVED, &PEEKED, &TWO_AT_ONCE, &FILES];

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Receives all of it with reads of these sizes in turn: each gives one byte or more, at most as many as asked for, and
/// they are the next ones.
pub(super) fn receive(session: &mut Session<'_, '_>, expected: &[u8], sizes: &[usize]) -> Result<(), Stop> {
    let mut rest = expected;
    for size in sizes.iter().cycle() {
        if rest.is_empty() {
            break;
        }
        let next = &rest[..rest.len().min(*size)];
        let outcome = session.run(on("s", "recv", args![number(*size)]))?;
        let Outcome::Returned(value) = outcome else { return Ok(()) };
        let got = value.as_bytes().unwrap_or_default();
        // The system may give less; then that much of it is what the step is to return.
        let whole = if !got.is_empty() && next.starts_with(got) { got } else { next };
        session.judge(returning(exact(data(whole))))?;
        rest = &rest[whole.len()..];
    }
    Ok(())
}

law! {
    /// All of it, in order, however it is cut and whichever end it is.
    SENT: (Vec<usize>, bool), "sendall-delivers-everything-in-order",
    "Whatever is sent with sendall, in pieces of any sizes, arrives whole and in order.",
    Loopback, 25, ["sendall.all", "sendall.none", "module.send-length"];
    || (sizes(), any::<bool>()).boxed();
    Form::Session(|(sizes, accepted), session| {
        if *accepted { connect_in(session, "127.0.0.1")? } else { connect_out(session, "127.0.0.1")? }
        session.run(on("p", "drain", args![]))?;
        for piece in pieces(sizes) {
            session.run(on("s", "sendall", vec![data(&piece)]).returns(exact(Value::None)))?;
        }
        session.run(on("s", "close", args![]))?;
        session.run(on("p", "drained", args![]).returns(exact(data(&fill(sizes.iter().sum())))))?;
        Ok(())
    })
}

law! {
    /// send may take less than it is given, and says how much; the rest is the caller's to send.
    SENT_PIECEMEAL: (usize, usize), "send-says-how-much-it-sent",
    "What send says it sent arrives, and sending the rest until nothing is left delivers everything.",
    Loopback, 25, ["send.sends", "send.count", "send.partial"];
    || (prop_oneof![3 => size(), 1 => Just(1_000_000)], 1_usize..5000).boxed();
    Form::Session(|(total, piece), session| {
        connect_out(session, "127.0.0.1")?;
        session.run(on("p", "drain", args![]))?;
        let whole = fill(*total);
        // In few pieces, so that a case stays one that can be read.
        let piece = (*piece).max(total.div_ceil(6));
        let mut sent = 0;
        while sent < whole.len() {
            let next = &whole[sent..whole.len().min(sent + piece)];
            let outcome = session.run(on("s", "send", vec![data(next)]).returns(crate::say::between(1, number(next.len()))))?;
            let Outcome::Returned(value) = outcome else { return Ok(()) };
            sent += value.as_i64().and_then(|count| usize::try_from(count).ok()).unwrap_or(next.len());
        }
        session.run(on("s", "close", args![]))?;
        session.run(on("p", "drained", args![]).returns(exact(data(&whole))))?;
        Ok(())
    })
}

law! {
    /// At most as much as is asked for, the next bytes, until the end, which is empty data.
    RECEIVED: (Vec<usize>, Vec<usize>, bool), "recv-gives-everything-in-order",
    "Whatever the peer sends is received in order, never more at once than asked for, and then the end.",
    Loopback, 25, ["recv.data", "recv.at-most-bufsize", "recv.end-of-data", "module.receive-buffer"];
    || {
        let small = proptest::collection::vec(prop_oneof![1_usize..50, Just(1024), Just(5000)], 1..6);
        let reads = proptest::collection::vec(prop_oneof![1 => 1_usize..50, 2 => 500_usize..70_000], 1..4);
        (small, reads, any::<bool>()).boxed()
    };
    Form::Session(|(sizes, reads, accepted), session| {
        if *accepted { connect_in(session, "127.0.0.1")? } else { connect_out(session, "127.0.0.1")? }
        for piece in pieces(sizes) {
            session.run(on("p", "send", vec![data(&piece)]))?;
        }
        session.run(on("p", "shutdown", args![1_i64]))?;
        let whole = fill(sizes.iter().sum());
        // Reads grow where there is much to read, so that a case stays one that can be read.
        let least = whole.len().div_ceil(12);
        let reads: Vec<usize> = reads.iter().map(|size| (*size).max(least)).collect();
        receive(session, &whole, &reads)?;
        session.run(on("s", "recv", args![10_i64]).returns(exact(b"")))?;
        Ok(())
    })
}

law! {
    /// The flag leaves what it shows where it is.
    PEEKED: (Vec<u8>, usize), "peeking-takes-nothing",
    "Data seen with MSG_PEEK is received again after it, as much of it as was asked for.",
    Loopback, 25, ["recv.flags", "recv.data", "recv.at-most-bufsize"];
    || (proptest::collection::vec(any::<u8>(), 1..30), 1_usize..40).boxed();
    Form::Session(|(bytes, most), session| {
        connect_out(session, "127.0.0.1")?;
        session.run(on("p", "send", vec![data(bytes)]))?;
        session.run(on("p", "shutdown", args![1_i64]))?;
        let seen = &bytes[..bytes.len().min(*most)];
        session.run(on("s", "recv", args![number(*most), constant("MSG_PEEK")]).returns(exact(data(seen))))?;
        receive(session, bytes, &[bytes.len()])
    })
}

law! {
    /// Connections are apart: what goes into one never shows in another.
    TWO_AT_ONCE: Vec<(bool, Vec<u8>)>, "connections-do-not-mix",
    "What is sent in turn over two connections arrives on the one that it was sent over, in order.",
    Loopback, 20, ["sendall.all", "recv.data", "accept.new-socket"];
    || proptest::collection::vec((any::<bool>(), proptest::collection::vec(any::<u8>(), 1..8)), 1..8).boxed();
    Form::Session(|writes, session| {
        connect_out(session, "127.0.0.1")?;
        session.run(call("socket", args![constant("AF_INET"), constant("SOCK_STREAM")]).binds("s2"))?;
        session.run(on("s2", "connect", vec![crate::say::bound("name")]))?;
        session.run(on("l", "accept", args![]).takes_apart(&["p2", "_"]))?;
        let mut expected: [Vec<u8>; 2] = Default::default();
        for (second, bytes) in writes {
            session.run(on(if *second { "s2" } else { "s" }, "sendall", vec![data(bytes)]))?;
            expected[usize::from(*second)].extend(bytes);
        }
        for (socket, peer, bytes) in [("s", "p", &expected[0]), ("s2", "p2", &expected[1])] {
            session.run(on(socket, "close", args![]))?;
            session.run(on(peer, "recv_exactly", args![number(bytes.len()) + 1]).returns(exact(data(bytes))))?;
        }
        Ok(())
    })
}

law! {
    /// A file made from a socket reads what the socket would, and is there without it.
    FILES: (Vec<u8>, bool), "files-read-what-sockets-receive",
    "A file made for reading gives everything that arrives, also where the socket was closed first.",
    Loopback, 20, ["makefile.file-object", "makefile.duplicate", "makefile.socket-closed-first", "makefile.mode"];
    || (proptest::collection::vec(any::<u8>(), 0..60), any::<bool>()).boxed();
    Form::Session(|(bytes, close), session| {
        connect_out(session, "127.0.0.1")?;
        session.run(on("s", "makefile", args!["rb"]).binds("f").returns(Pattern::Any("file".to_owned())))?;
        if *close {
            session.run(on("s", "close", args![]))?;
        }
        session.run(on("p", "send", vec![data(bytes)]))?;
        session.run(on("p", "close", args![]))?;
        session.run(on("f", "read", args![]).returns(exact(data(bytes))))?;
        Ok(())
    })
}
