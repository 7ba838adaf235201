//! Laws of connections: `connect`, `connect_ex`, `accept`, `getpeername`, `close`, `shutdown`.

use std::net::Ipv4Addr;

use proptest::prelude::*;
use proptest::sample::select;
use sockspec_cases::{Expectation, Pattern, Template};
use sockspec_subject::{Outcome, Value};

use crate::args;
use crate::generate::inet;
use crate::law::{Form, law};
use crate::say::{
    StepExt, any as any_of, between, bound, call, constant, data, exact, failing, member, on, peer,
    returning, tuple,
};
use crate::{Property, Session, Stop};

pub(super) const LAWS: &[&dyn Property] =
    &[&ACCEPTED, &CONNECTED, &EX_LIKE_CONNECT, &CLOSED, &UNCONNECTED, &HALF_CLOSED, &DESCRIPTORS];

/// What the subject is at one end of: a listening socket of the harness that it connects to.
pub(super) fn connect_out(session: &mut Session<'_, '_>, host: &str) -> Result<(), Stop> {
    session.run(peer("socket", args![constant("AF_INET"), constant("SOCK_STREAM")]).binds("l"))?;
    session.run(on("l", "bind", vec![tuple(args![host, 0_i64])]))?;
    session.run(on("l", "listen", args![1_i64]))?;
    session.run(on("l", "getsockname", args![]).binds("name"))?;
    session.run(call("socket", args![constant("AF_INET"), constant("SOCK_STREAM")]).binds("s"))?;
    session.run(on("s", "connect", vec![bound("name")]))?;
    session.run(on("l", "accept", args![]).takes_apart(&["p", "from"]))?;
    Ok(())
}

/// The other way round: the harness connects, and the subject accepts `s`.
pub(super) fn connect_in(session: &mut Session<'_, '_>, host: &str) -> Result<(), Stop> {
    session.run(call("socket", args![constant("AF_INET"), constant("SOCK_STREAM")]).binds("l"))?;
    session.run(on("l", "bind", vec![tuple(args![host, 0_i64])]))?;
    session.run(on("l", "listen", args![1_i64]))?;
    session.run(on("l", "getsockname", args![]).binds("name"))?;
    session.run(peer("socket", args![constant("AF_INET"), constant("SOCK_STREAM")]).binds("p"))?;
    session.run(on("p", "connect", vec![bound("name")]))?;
    session.run(on("p", "getsockname", args![]).binds("client"))?;
    let pair = Pattern::Tuple(vec![any_of("socket"), exact(bound("client"))]);
    session.run(on("l", "accept", args![]).takes_apart(&["s", "_"]).returns(pair))?;
    Ok(())
}

law! {
    /// The address of the other end is what that end calls itself.
    ACCEPTED: Ipv4Addr, "accept-tells-the-clients-own-address",
    "accept tells the address that the client calls its own, and the new socket has it as its peer's.",
    Loopback, 25, ["accept.pair", "accept.peer-address", "accept.new-socket", "getpeername.result", "getpeername.inet-port"];
    inet::loopback;
    Form::Session(|host, session| {
        connect_in(session, &host.to_string())?;
        session.run(on("s", "getpeername", args![]).returns(exact(bound("client"))))?;
        session.run(on("s", "getsockname", args![]).returns(exact(bound("name"))))?;
        Ok(())
    })
}

law! {
    /// The same from the client's side.
    CONNECTED: Ipv4Addr, "connect-reaches-what-was-asked-for",
    "A connected socket tells the server's address as its peer's, and its own is the one that the server accepted.",
    Loopback, 25, ["connect.connects", "getpeername.result", "getsockname.result", "getsockname.inet-port"];
    inet::loopback;
    Form::Session(|host, session| {
        connect_out(session, &host.to_string())?;
        session.run(on("s", "getpeername", args![]).returns(exact(bound("name"))))?;
        session.run(on("s", "getsockname", args![]).returns(exact(bound("from"))))?;
        Ok(())
    })
}

/// Where a stream's connect leads.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goal {
    /// To a socket that listens.
    Listening,
    /// To one that is bound and does not.
    Refusing,
    /// To no local path.
    NoPath,
    /// To an address of another family's form.
    Wildcard,
}

law! {
    /// It returns an indicator instead of raising: 0, or the number that the exception would have carried.
    EX_LIKE_CONNECT: (Goal, Ipv4Addr), "connect-ex-returns-what-connect-raises",
    "connect_ex returns 0 where connect returns, and the errno that connect raises where it raises.",
    Loopback, 30, ["connect_ex.like-connect", "connect_ex.zero", "connect_ex.errno", "connect_ex.no-exception", "errors.error-number"];
    || (select(vec![Goal::Listening, Goal::Refusing, Goal::NoPath, Goal::Wildcard]), inet::loopback()).boxed();
    Form::Session(|(goal, host), session| {
        let family = constant(if matches!(goal, Goal::NoPath) { "AF_UNIX" } else { "AF_INET" });
        let address = if let Goal::NoPath = goal {
            crate::say::path("nobody.sock")
        } else {
            session.run(call("socket", args![constant("AF_INET"), constant("SOCK_STREAM")]).binds("l"))?;
            let host = if let Goal::Wildcard = goal { String::new() } else { host.to_string() };
            session.run(on("l", "bind", vec![tuple(args![&host, 0_i64])]))?;
            if !matches!(goal, Goal::Refusing) {
                session.run(on("l", "listen", args![4_i64]))?;
            }
            session.run(on("l", "getsockname", args![]).binds("name"))?;
            if let Goal::Wildcard = goal { tuple(args!["127.0.0.1", member("name", 1)]) } else { bound("name") }
        };
        session.run(call("socket", args![family.clone(), constant("SOCK_STREAM")]).binds("a"))?;
        session.run(call("socket", args![family, constant("SOCK_STREAM")]).binds("b"))?;
        let raised = match session.run(on("a", "connect", vec![address.clone()]).expects(Expectation::Anything))? {
            Outcome::Raised(raised) => raised.args.first().and_then(Value::as_i64),
            _ => None,
        };
        // What a case can say of it, now that it is known.
        let name = match goal {
            Goal::Listening | Goal::Wildcard => None,
            Goal::Refusing => Some("ECONNREFUSED"),
            Goal::NoPath => Some("ENOENT"),
        };
        session.judge(name.map_or(Expectation::ReturnsAnything, failing))?;
        session.run(on("b", "connect_ex", vec![address]).returns(exact(raised.unwrap_or(0))))?;
        Ok(())
    })
}

const AFTERWARDS: [&str; 8] =
    ["accept", "getsockname", "getpeername", "recv", "send", "listen", "shutdown", "bind"];

law! {
    /// All operations on it fail from then on, whatever it was before, and other sockets go on.
    CLOSED: (&'static str, bool, &'static str), "closed-sockets-do-nothing-more",
    "After close every operation on a socket raises `error`, and another socket is none the worse.",
    Loopback, 60, ["close.later-operations-fail", "errors.error"];
    || (select(&["SOCK_STREAM", "SOCK_DGRAM"][..]), any::<bool>(), select(&AFTERWARDS[..])).boxed();
    Form::Session(|(kind, bind, method), session| {
        session.run(call("socket", args![constant("AF_INET"), constant(kind)]).binds("s"))?;
        session.run(call("socket", args![constant("AF_INET"), constant(kind)]).binds("t"))?;
        session.run(on("t", "bind", vec![tuple(args!["127.0.0.1", 0_i64])]))?;
        session.run(on("t", "getsockname", args![]).binds("name"))?;
        if *bind {
            session.run(on("s", "bind", vec![tuple(args!["127.0.0.1", 0_i64])]))?;
        }
        session.run(on("s", "close", args![]))?;
        let arguments: Vec<Template> = match *method {
            "recv" | "listen" | "shutdown" => args![1_i64],
            "send" => args![b"x"],
            "bind" => vec![tuple(args!["127.0.0.1", 0_i64])],
            _ => args![],
        };
        session.run(on("s", method, arguments).expects(crate::say::raising(&["error"])))?;
        session.run(on("t", "getsockname", args![]).returns(exact(bound("name"))))?;
        Ok(())
    })
}

law! {
    /// There is no peer to tell of, and the number says so.
    UNCONNECTED: (&'static str, &'static str), "unconnected-sockets-have-no-peer",
    "getpeername of a socket that is not connected raises `error` with ENOTCONN, in every family and type.",
    Nothing, 25, ["getpeername.result", "errors.error", "errors.error-pair", "errors.error-number", "errors.error-text"];
    || (select(&["AF_INET", "AF_INET6", "AF_UNIX"][..]), select(&["SOCK_STREAM", "SOCK_DGRAM"][..])).boxed();
    Form::Session(|(family, kind), session| {
        session.run(call("socket", args![constant(family), constant(kind)]).binds("s"))?;
        session.run(on("s", "getpeername", args![]).expects(failing("ENOTCONN")))?;
        Ok(())
    })
}

law! {
    /// Shutting down one half keeps the other: what was sent before arrives, then the end; what is answered comes back.
    HALF_CLOSED: (Vec<u8>, Vec<u8>, bool), "half-closing-loses-nothing",
    "After shutdown(1) the peer gets everything that was sent, then the end, and can still answer.",
    Loopback, 30, ["shutdown.sends", "shutdown.other-half", "recv.data", "sendall.all"];
    || {
        let bytes = || proptest::collection::vec(any::<u8>(), 1..40);
        (bytes(), bytes(), any::<bool>()).boxed()
    };
    Form::Session(|(question, answer, accepted), session| {
        if *accepted { connect_in(session, "127.0.0.1")? } else { connect_out(session, "127.0.0.1")? }
        session.run(on("s", "sendall", vec![data(question)]))?;
        session.run(on("s", "shutdown", args![1_i64]))?;
        let length = i64::try_from(question.len()).unwrap_or_default();
        session.run(on("p", "recv_exactly", args![length + 1]).returns(exact(question)))?;
        session.run(on("p", "send", vec![data(answer)]))?;
        session.run(on("p", "shutdown", args![1_i64]))?;
        super::streams::receive(session, answer, &[answer.len() + 1])?;
        session.run(on("s", "recv", args![1_i64]).returns(exact(b"")))?;
        Ok(())
    })
}

law! {
    /// A descriptor is a small integer of the system's, and no two open sockets share one.
    DESCRIPTORS: Vec<(&'static str, &'static str)>, "descriptors-are-integers-of-their-own",
    "fileno of each of several open sockets is an integer that no other of them has.",
    Nothing, 25, ["fileno.integer", "fileno.descriptor"];
    || {
        let socket = (select(&["AF_INET", "AF_INET6", "AF_UNIX"][..]), select(&["SOCK_STREAM", "SOCK_DGRAM"][..]));
        proptest::collection::vec(socket, 1..6).boxed()
    };
    Form::Session(|sockets, session| {
        let mut seen: Vec<i64> = Vec::new();
        for (at, (family, kind)) in sockets.iter().enumerate() {
            let name = format!("s{at}");
            session.run(call("socket", args![constant(family), constant(kind)]).binds(&name))?;
            let Outcome::Returned(value) = session.run(on(&name, "fileno", args![]))? else { return Ok(()) };
            session.judge(returning(other_than(&seen)))?;
            seen.extend(value.as_i64());
            seen.sort_unstable();
        }
        Ok(())
    })
}

/// A descriptor that is none of these, which are in order.
fn other_than(taken: &[i64]) -> Pattern {
    let mut low = 0;
    let mut free = Vec::new();
    for number in taken {
        if *number > low {
            free.push(between(low, number - 1));
        }
        low = number + 1;
    }
    free.push(between(low, i64::from(i32::MAX)));
    if free.len() == 1 { free.remove(0) } else { Pattern::OneOf(free) }
}
