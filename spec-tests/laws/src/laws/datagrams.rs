//! Laws of datagrams: `sendto`, `recvfrom`, and connected datagram sockets.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sockspec_cases::{Pattern, Template};

use crate::args;
use crate::generate::data::datagram;
use crate::law::{Form, law};
use crate::say::{StepExt, bound, call, constant, data, exact, member, on, path, peer, tuple};
use crate::{Property, Session, Stop};

pub(super) const LAWS: &[&dyn Property] = &[&SENT, &RECEIVED, &CUT, &UNIX, &ONE_EACH];

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Families whose loopback a datagram goes over.
fn family() -> impl Strategy<Value = (&'static str, &'static str)> {
    select(&[("AF_INET", "127.0.0.1"), ("AF_INET6", "::1")][..])
}

/// A socket `s` of the subject and one `p` of the harness, each bound; their names are `own` and `name`.
fn pair(session: &mut Session<'_, '_>, family: &str, host: &str) -> Result<(), Stop> {
    let bind = || vec![tuple(args![host, 0_i64])];
    session.run(peer("socket", args![constant(family), constant("SOCK_DGRAM")]).binds("p"))?;
    session.run(on("p", "bind", bind()))?;
    session.run(on("p", "getsockname", args![]).binds("name"))?;
    session.run(call("socket", args![constant(family), constant("SOCK_DGRAM")]).binds("s"))?;
    session.run(on("s", "bind", bind()))?;
    session.run(on("s", "getsockname", args![]).binds("own"))?;
    Ok(())
}

law! {
    /// A datagram is sent whole, the empty one too; each arrives as it was sent, from where it was sent.
    SENT: ((&'static str, &'static str), Vec<Vec<u8>>, bool), "sendto-keeps-datagrams-apart",
    "Each datagram sent arrives as one, with its sender's address; connected sockets send the same.",
    Loopback6, 25, ["sendto.sends", "sendto.count", "sendto.address-format", "send.count", "getsockname.result"];
    || (family(), vec(datagram(), 1..6), any::<bool>()).boxed();
    Form::Session(|((family, host), datagrams, connected), session| {
        pair(session, family, host)?;
        if *connected {
            session.run(on("s", "connect", vec![bound("name")]))?;
        }
        for bytes in datagrams {
            let (method, arguments) =
                if *connected { ("send", vec![data(bytes)]) } else { ("sendto", vec![data(bytes), bound("name")]) };
            session.run(on("s", method, arguments).returns(exact(number(bytes.len()))))?;
            let arrived = Pattern::Tuple(vec![exact(data(bytes)), exact(bound("own"))]);
            session.run(on("p", "recvfrom", args![65_536_i64]).returns(arrived))?;
        }
        Ok(())
    })
}

law! {
    /// Each receive gives one datagram and its sender, in the form of the family.
    RECEIVED: ((&'static str, &'static str), Vec<Vec<u8>>), "recvfrom-keeps-datagrams-apart",
    "Each receive gives the next datagram whole, with the address of its sender.",
    Loopback6, 25, ["recvfrom.pair", "recvfrom.sender", "recvfrom.address-format", "recv.data"];
    || (family(), vec(datagram(), 1..6)).boxed();
    Form::Session(|((family, host), datagrams), session| {
        pair(session, family, host)?;
        for bytes in datagrams {
            session.run(on("p", "sendto", vec![data(bytes), bound("own")]))?;
        }
        for bytes in datagrams {
            let arrived = Pattern::Tuple(vec![exact(data(bytes)), exact(bound("name"))]);
            session.run(on("s", "recvfrom", args![65_536_i64]).returns(arrived))?;
        }
        Ok(())
    })
}

law! {
    /// At most so many bytes; the rest of that datagram does not show in the next receive.
    CUT: (Vec<u8>, usize, Vec<u8>, bool), "receives-give-at-most-what-is-asked-for",
    "A receive gives at most as many bytes of a datagram as asked for, and the next one gives the next datagram.",
    Loopback, 25, ["recv.at-most-bufsize", "recvfrom.at-most-bufsize"];
    || (vec(any::<u8>(), 1..30), 1_usize..30, vec(any::<u8>(), 0..10), any::<bool>()).boxed();
    Form::Session(|(bytes, most, next, with_sender), session| {
        pair(session, "AF_INET", "127.0.0.1")?;
        for datagram in [bytes, next] {
            session.run(on("p", "sendto", vec![data(datagram), bound("own")]))?;
        }
        let cut = exact(data(&bytes[..bytes.len().min(*most)]));
        let step = if *with_sender {
            on("s", "recvfrom", args![number(*most)]).returns(Pattern::Tuple(vec![cut, exact(bound("name"))]))
        } else {
            on("s", "recv", args![number(*most)]).returns(cut)
        };
        session.run(step)?;
        session.run(on("s", "recv", args![100_i64]).returns(exact(data(next))))?;
        Ok(())
    })
}

law! {
    /// The same between local sockets, whose addresses are paths.
    UNIX: (Vec<Vec<u8>>, String), "unix-datagrams-tell-their-senders-path",
    "Local datagrams arrive whole, in order, with the sender's path as its address.",
    Nothing, 20, ["recvfrom.sender", "recvfrom.address-format", "addresses.unix-string", "addresses.unix-string-returned", "sendto.address-format"];
    || (vec(vec(any::<u8>(), 1..20), 1..5), "[a-z][a-z0-9_.-]{0,9}").boxed();
    Form::Session(|(datagrams, name), session| {
        let sender: Template = path(name);
        let kind = || args![constant("AF_UNIX"), constant("SOCK_DGRAM")];
        session.run(call("socket", kind()).binds("s"))?;
        session.run(on("s", "bind", vec![path("Receiver")]))?;
        session.run(call("socket", kind()).binds("t"))?;
        session.run(on("t", "bind", vec![sender.clone()]))?;
        for bytes in datagrams {
            session.run(on("t", "sendto", vec![data(bytes), path("Receiver")]).returns(exact(number(bytes.len()))))?;
        }
        for bytes in datagrams {
            let arrived = Pattern::Tuple(vec![exact(data(bytes)), exact(&sender)]);
            session.run(on("s", "recvfrom", args![100_i64]).returns(arrived))?;
        }
        Ok(())
    })
}

law! {
    /// A datagram goes to the socket whose port it names, and to no other.
    ONE_EACH: Vec<(usize, Vec<u8>)>, "datagrams-reach-the-socket-they-name",
    "Of three sockets each gets just the datagrams that were sent to its own port, in order.",
    Loopback, 20, ["sendto.sends", "recvfrom.sender", "getsockname.inet-port"];
    || vec((0_usize..3, vec(any::<u8>(), 1..8)), 1..8).boxed();
    Form::Session(|sends, session| {
        const SOCKETS: [&str; 3] = ["a", "b", "c"];
        const NAMES: [&str; 3] = ["name_a", "name_b", "name_c"];
        for (socket, name) in SOCKETS.iter().zip(NAMES) {
            session.run(call("socket", args![constant("AF_INET"), constant("SOCK_DGRAM")]).binds(socket))?;
            session.run(on(socket, "bind", vec![tuple(args!["127.0.0.1", 0_i64])]))?;
            session.run(on(socket, "getsockname", args![]).binds(name))?;
        }
        session.run(call("socket", args![constant("AF_INET"), constant("SOCK_DGRAM")]).binds("s"))?;
        for (to, bytes) in sends {
            let address = tuple(args!["127.0.0.1", member(NAMES[*to], 1)]);
            session.run(on("s", "sendto", vec![data(bytes), address]).returns(exact(number(bytes.len()))))?;
        }
        for (to, bytes) in sends {
            session.run(on(SOCKETS[*to], "recv", args![100_i64]).returns(exact(data(bytes))))?;
        }
        Ok(())
    })
}
