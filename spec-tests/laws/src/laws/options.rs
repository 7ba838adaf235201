//! Laws of `setsockopt`, `getsockopt`, `setblocking` and `fromfd`.

use proptest::prelude::*;
use proptest::sample::select;
use sockspec_cases::{Expectation, Pattern};
use sockspec_subject::{Int, Outcome, Value};

use crate::args;
use crate::generate::arguments;
use crate::law::{Form, law};
use crate::say::{StepExt, call, constant, exact, on, pair_of, raising, raising_with, returning, tuple};
use crate::{Property, Session, Stop};

pub(super) const LAWS: &[&dyn Property] =
    &[&SWITCHES, &BUFFERS, &APART, &TYPE_OF, &NON_BLOCKING, &SAME_SOCKET, &NO_OPTION];

/// Options that are on or off.
const SWITCH: [&str; 4] = ["SO_REUSEADDR", "SO_KEEPALIVE", "SO_BROADCAST", "SO_OOBINLINE"];

fn socket(session: &mut Session<'_, '_>, name: &str, kind: &str) -> Result<(), Stop> {
    session.run(call("socket", args![constant("AF_INET"), constant(kind)]).binds(name))?;
    Ok(())
}

/// Demands of the last step that its integer is zero or not.
fn is_on(session: &mut Session<'_, '_>, on: bool) -> Result<(), Stop> {
    session.judge(returning(if on {
        Pattern::OneOf(vec![
            crate::say::between(1, i64::from(i32::MAX)),
            crate::say::between(i64::from(i32::MIN), -1),
        ])
    } else {
        exact(0_i64)
    }))
}

law! {
    /// What was set is what is read, as an integer, after any number of changes.
    SWITCHES: (&'static str, &'static str, Vec<bool>), "options-keep-what-was-set",
    "A switch reads as on or off as it was set last.",
    Nothing, 40, ["setsockopt.sets", "setsockopt.integer", "getsockopt.value", "getsockopt.integer"];
    || (select(&["SOCK_STREAM", "SOCK_DGRAM"][..]), select(&SWITCH[..]), proptest::collection::vec(any::<bool>(), 1..5)).boxed();
    Form::Session(|(kind, option, values), session| {
        socket(session, "s", kind)?;
        for value in values {
            session.run(on("s", "setsockopt", args![constant("SOL_SOCKET"), constant(option), i64::from(*value)]))?;
            session.run(on("s", "getsockopt", args![constant("SOL_SOCKET"), constant(option)]))?;
            is_on(session, *value)?;
        }
        Ok(())
    })
}

law! {
    /// With a length the same value comes as bytes, at most so many; set as bytes it is the same as an integer.
    BUFFERS: (&'static str, bool, usize), "options-as-bytes-are-the-integer",
    "An option set as the bytes of an integer reads as that integer, and as its bytes, at most as many as asked for.",
    Nothing, 30, ["setsockopt.buffer-string", "getsockopt.buffer-string", "getsockopt.buffer-maximum", "getsockopt.decoding"];
    || (select(&SWITCH[..]), any::<bool>(), 4_usize..20).boxed();
    Form::Session(|(option, value, length), session| {
        socket(session, "s", "SOCK_STREAM")?;
        let bytes = i32::from(*value).to_ne_bytes();
        session.run(on("s", "setsockopt", args![constant("SOL_SOCKET"), constant(option), &bytes]))?;
        session.run(on("s", "getsockopt", args![constant("SOL_SOCKET"), constant(option)]).binds("number"))?;
        is_on(session, *value)?;
        let number = session.facts().variable("number").and_then(Value::as_i64).unwrap_or_default();
        let bytes = i32::try_from(number).unwrap_or_default().to_ne_bytes();
        let length = i64::try_from(*length).unwrap_or(4);
        session.run(on("s", "getsockopt", args![constant("SOL_SOCKET"), constant(option), length]).returns(exact(&bytes)))?;
        Ok(())
    })
}

law! {
    /// An option is its socket's: no other socket has it, made before or after.
    APART: (&'static str, &'static str, bool), "options-belong-to-one-socket",
    "An option set on one socket is not set on another, whether that was made before or after.",
    Nothing, 30, ["setsockopt.sets", "socket.new"];
    || (select(&SWITCH[..]), select(&["SOCK_STREAM", "SOCK_DGRAM"][..]), any::<bool>()).boxed();
    Form::Session(|(option, kind, before), session| {
        if *before {
            socket(session, "other", kind)?;
        }
        socket(session, "s", kind)?;
        session.run(on("s", "setsockopt", args![constant("SOL_SOCKET"), constant(option), 1_i64]))?;
        if !*before {
            socket(session, "other", kind)?;
        }
        session.run(on("other", "getsockopt", args![constant("SOL_SOCKET"), constant(option)]).returns(exact(0_i64)))?;
        session.run(on("s", "getsockopt", args![constant("SOL_SOCKET"), constant(option)]))?;
        is_on(session, true)
    })
}

law! {
    /// The socket is of the type that it was made with.
    TYPE_OF: (&'static str, &'static str), "sockets-are-of-their-type",
    "SO_TYPE of a socket of any family is the type that it was made with, with and without a protocol.",
    Nothing, 25, ["socket.new", "socket.argument-order", "socket.protocol-zero", "socket.protocol-omitted", "getsockopt.value"];
    || (select(&["AF_INET", "AF_INET6", "AF_UNIX"][..]), select(&["SOCK_STREAM", "SOCK_DGRAM"][..])).boxed();
    Form::Session(|(family, kind), session| {
        session.run(call("socket", args![constant(family), constant(kind)]).binds("s"))?;
        session.run(call("socket", args![constant(family), constant(kind), 0_i64]).binds("t"))?;
        for socket in ["s", "t"] {
            session.run(on(socket, "getsockopt", args![constant("SOL_SOCKET"), constant("SO_TYPE")]).returns(crate::say::number_of(kind)))?;
        }
        Ok(())
    })
}

law! {
    /// Zero makes it non-blocking, anything else blocking; the last word counts. Without data a receive raises at once.
    NON_BLOCKING: Vec<i64>, "non-blocking-receives-raise-at-once",
    "With setblocking(0) as the last of any such calls, a receive without data raises `error` with EAGAIN.",
    Loopback, 25, ["setblocking.zero", "setblocking.recv-raises", "module.non-blocking", "errors.error-number"];
    || proptest::collection::vec(select(&[0_i64, 1, 2, -1][..]), 0..4).boxed();
    Form::Session(|values, session| {
        socket(session, "s", "SOCK_DGRAM")?;
        session.run(on("s", "bind", vec![tuple(args!["127.0.0.1", 0_i64])]))?;
        for value in values.iter().copied().chain([0]) {
            session.run(on("s", "setblocking", args![value]))?;
        }
        let expect = raising_with(&["error"], Some(pair_of(&["EAGAIN", "EWOULDBLOCK"])));
        session.run(on("s", "recv", args![10_i64]).expects(expect))?;
        Ok(())
    })
}

law! {
    /// A socket object made from a descriptor is the same socket.
    SAME_SOCKET: (&'static str, &'static str), "fromfd-makes-the-same-socket",
    "A socket made from another one's descriptor tells the same name, and lives on when that one is closed.",
    Loopback, 25, ["fromfd.result", "fromfd.arguments"];
    || (select(&["SOCK_STREAM", "SOCK_DGRAM"][..]), select(&SWITCH[..])).boxed();
    Form::Session(|(kind, option), session| {
        socket(session, "s", kind)?;
        session.run(on("s", "bind", vec![tuple(args!["127.0.0.1", 0_i64])]))?;
        session.run(on("s", "getsockname", args![]).binds("name"))?;
        session.run(on("s", "fileno", args![]).binds("number"))?;
        let number = crate::say::bound("number");
        session.run(call("fromfd", args![number, constant("AF_INET"), constant(kind)]).binds("t"))?;
        session.run(on("t", "getsockname", args![]).returns(exact(crate::say::bound("name"))))?;
        session.run(on("s", "setsockopt", args![constant("SOL_SOCKET"), constant(option), 1_i64]))?;
        session.run(on("t", "getsockopt", args![constant("SOL_SOCKET"), constant(option)]))?;
        is_on(session, true)
    })
}

law! {
    /// Level and option are numbers.
    NO_OPTION: (Value, bool), "options-are-numbers",
    "A level or option that is no number raises TypeError in getsockopt and setsockopt.",
    Nothing, 40, ["errors.argument-type"];
    || (arguments::no_number(), any::<bool>()).boxed();
    Form::Session(|(value, level), session| {
        socket(session, "s", "SOCK_STREAM")?;
        let (a, b) = (value.clone(), Value::Int(Int::from(2)));
        let (level, option) = if *level { (a, b) } else { (b, a) };
        session.run(on("s", "getsockopt", args![&level, &option]).expects(raising(&["TypeError"])))?;
        let outcome = session.run(on("s", "setsockopt", args![&level, &option, 1_i64]).expects(Expectation::Anything))?;
        match outcome {
            Outcome::Unsupported(_) => Ok(()),
            _ => session.judge(raising(&["TypeError"])),
        }
    })
}
