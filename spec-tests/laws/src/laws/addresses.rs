//! Laws of addresses as sockets take and give them: `bind`, `getsockname`, and what is no address.

use std::net::{Ipv4Addr, Ipv6Addr};

use proptest::prelude::*;
use proptest::sample::select;
use sockspec_cases::{Pattern, Template};
use sockspec_subject::{Int, Value};

use crate::args;
use crate::generate::{arguments, names, numbers};
use crate::law::{Form, law};
use crate::say::{
    StepExt, bound, call, constant, exact, member, on, path, raising, returning, some_port, tuple,
};
use crate::{Property, Session, Stop};

pub(super) const LAWS: &[&dyn Property] = &[
    &INET_NAME,
    &INET6_NAME,
    &SCOPED,
    &UNIX_NAME,
    &ENTRIES_BIND,
    &ANY_HOST,
    &NO_PORT,
    &INET_ARITY,
    &INET6_ARITY,
    &NO_ADDRESS,
];

const TYPES: [&str; 2] = ["SOCK_STREAM", "SOCK_DGRAM"];

/// A socket of that family and type, bound to that address.
fn bind(session: &mut Session<'_, '_>, family: &str, kind: &str, address: Template) -> Result<(), Stop> {
    session.run(call("socket", args![constant(family), constant(kind)]).binds("s"))?;
    session.run(on("s", "bind", vec![address]))?;
    Ok(())
}

law! {
    /// The family given at creation selects the format, and what was bound is what it is called.
    INET_NAME: (Ipv4Addr, &'static str), "bound-ipv4-sockets-tell-their-host",
    "A socket bound to an IPv4 address tells that address and the port that it was given, as a pair.",
    Loopback, 40, ["bind.binds", "getsockname.result", "getsockname.inet-port", "addresses.inet-pair-returned", "addresses.format-returned"];
    || (crate::generate::inet::loopback(), select(&TYPES[..])).boxed();
    Form::Session(|(host, kind), session| {
        let text = host.to_string();
        bind(session, "AF_INET", kind, tuple(args![&text, 0_i64]))?;
        session.run(on("s", "getsockname", args![]).returns(Pattern::Tuple(vec![exact(&text), some_port()])))?;
        Ok(())
    })
}

law! {
    /// Flow information and scope id may be left out; what comes back has four members.
    INET6_NAME: (Ipv6Addr, &'static str, usize), "bound-ipv6-sockets-tell-their-host",
    "A socket bound to an IPv6 address given as two, three or four items tells all four.",
    Lab, 40, ["bind.binds", "getsockname.result", "getsockname.inet6-port", "addresses.inet6-four-tuple-returned",
        "addresses.inet6-without-scope-id", "addresses.inet6-without-flowinfo"];
    || (names::own_inet6(), select(&TYPES[..]), 2_usize..=4).boxed();
    Form::Session(|(host, kind, arity), session| {
        let text = host.to_string();
        let mut address: Vec<Template> = args![&text, 0_i64, 0_i64, 0_i64];
        address.truncate(*arity);
        bind(session, "AF_INET6", kind, tuple(address))?;
        let name = Pattern::Tuple(vec![exact(&text), some_port(), exact(0_i64), exact(0_i64)]);
        session.run(on("s", "getsockname", args![]).returns(name))?;
        Ok(())
    })
}

law! {
    /// A link-local address says nothing without its scope: it is bound in the one it belongs to, and tells it.
    SCOPED: (usize, usize, &'static str), "link-local-sockets-tell-their-scope",
    "A link-local address can be bound with its own interface's scope id, which it then tells, and with no other.",
    Lab, 30, ["addresses.inet6-scope-id", "addresses.inet6-four-tuple-returned", "errors.error"];
    || (0_usize..2, 0_usize..2, select(&TYPES[..])).boxed();
    Form::Session(|(at, scope, kind), session| {
        let (host, scope_id) = (["fe80::1", "fe80::2"][*at], names::SCOPES[*scope]);
        session.run(call("socket", args![constant("AF_INET6"), constant(kind)]).binds("s"))?;
        let address = tuple(args![host, 0_i64, 0_i64, scope_id]);
        if at != scope {
            session.run(on("s", "bind", vec![address]).expects(raising(&["error"])))?;
            return Ok(());
        }
        session.run(on("s", "bind", vec![address]))?;
        let text = Pattern::Regex(format!("{host}(%lab{at})?"));
        let name = Pattern::Tuple(vec![text, some_port(), exact(0_i64), exact(scope_id)]);
        session.run(on("s", "getsockname", args![]).returns(name))?;
        Ok(())
    })
}

law! {
    /// A local address is one text, and comes back as it was given.
    UNIX_NAME: (String, &'static str), "bound-unix-sockets-tell-their-path",
    "A local socket tells the path that it was bound to, whatever its letters.",
    Nothing, 30, ["addresses.unix-string", "addresses.unix-string-returned", "getsockname.result"];
    || ("[a-zA-Z0-9 _.,:%-]{1,12}".prop_filter("no folder", |name| !name.starts_with('.')), select(&TYPES[..])).boxed();
    Form::Session(|(name, kind), session| {
        bind(session, "AF_UNIX", kind, path(name))?;
        session.run(on("s", "getsockname", args![]).returns(exact(path(name))))?;
        Ok(())
    })
}

law! {
    /// An entry is all that a socket takes: its first three items make one, and its last is an address to it.
    ENTRIES_BIND: (Ipv4Addr, Ipv6Addr, bool, &'static str), "getaddrinfo-entries-make-bound-sockets",
    "The first entry for an own address makes a socket that binds to it.",
    Lab, 40, ["getaddrinfo.entry-for-socket", "getaddrinfo.entry-sufficient", "getaddrinfo.sockaddr-accepted"];
    || (names::own_inet(), names::own_inet6(), any::<bool>(), select(&TYPES[..])).boxed();
    Form::Session(|(inet, inet6, six, kind), session| {
        let host = if *six { inet6.to_string() } else { inet.to_string() };
        session.run(call("getaddrinfo", args![&host, 0_i64, 0_i64, constant(kind), 0_i64, constant("AI_PASSIVE")]).binds("entries"))?;
        let item = |at| Template::Ref { name: "entries".to_owned(), at: vec![0, at] };
        session.run(call("socket", vec![item(0), item(1), item(2)]).binds("s"))?;
        session.run(on("s", "bind", vec![item(4)]))?;
        let mut name = vec![exact(&host), some_port()];
        if *six {
            name.extend([exact(0_i64), exact(0_i64)]);
        }
        session.run(on("s", "getsockname", args![]).returns(Pattern::Tuple(name)))?;
        Ok(())
    })
}

law! {
    /// The empty text stands for `INADDR_ANY` with IPv4, and two sockets cannot have one port.
    ANY_HOST: (&'static str, Ipv4Addr), "empty-ipv4-host-is-any-address",
    "A socket bound to the empty host has the wildcard as its address, and no other can have its port at any address.",
    Loopback, 30, ["addresses.inet-empty-host", "errors.error"];
    || (select(&TYPES[..]), crate::generate::inet::loopback()).boxed();
    Form::Session(|(kind, host), session| {
        bind(session, "AF_INET", kind, tuple(args!["", 0_i64]))?;
        session.run(on("s", "getsockname", args![]).binds("name").returns(Pattern::Tuple(vec![exact("0.0.0.0"), some_port()])))?;
        session.run(call("socket", args![constant("AF_INET"), constant(kind)]).binds("t"))?;
        let taken = tuple(args![&host.to_string(), member("name", 1)]);
        session.run(on("t", "bind", vec![taken]).expects(crate::say::failing("EADDRINUSE")))?;
        Ok(())
    })
}

law! {
    /// No port has that number, and it must not turn into another one.
    NO_PORT: (Int, bool, usize), "integers-that-are-no-port-raise",
    "A port below 0 or above 65535 raises in bind, connect, connect_ex and sendto, and is never cut to one that exists.",
    Loopback, 60, ["addresses.inet-port-integer", "errors.raised"];
    || (numbers::no_port(), any::<bool>(), 0_usize..4).boxed();
    Form::Session(|(port, six, method), session| {
        let (family, host) = if *six { ("AF_INET6", "::1") } else { ("AF_INET", "127.0.0.1") };
        session.run(call("socket", args![constant(family), constant("SOCK_DGRAM")]).binds("s"))?;
        let address = tuple(args![host, Value::Int(port.clone())]);
        let method = ["bind", "connect", "connect_ex", "sendto"][*method];
        let arguments = if method == "sendto" { args![b"x", address] } else { vec![address] };
        session.run(on("s", method, arguments).expects(raising(&["OverflowError", "ValueError", "error"])))?;
        Ok(())
    })
}

/// Each method that takes an address refuses it.
fn refuses(session: &mut Session<'_, '_>, family: &str, address: &Value, method: usize) -> Result<(), Stop> {
    session.run(call("socket", args![constant(family), constant("SOCK_DGRAM")]).binds("s"))?;
    let method = ["bind", "connect", "connect_ex", "sendto"][method];
    let arguments = if method == "sendto" { args![b"x", address] } else { args![address] };
    session.run(on("s", method, arguments).expects(raising(&["TypeError", "ValueError", "error"])))?;
    Ok(())
}

law! {
    /// A pair, the document says: what has more or fewer members is none.
    INET_ARITY: (Value, usize), "ipv4-addresses-are-pairs",
    "A tuple that is no pair is no address to an IPv4 socket: it raises.",
    Nothing, 40, ["addresses.inet-pair", "addresses.format-taken", "errors.raised"];
    || (arguments::wrong_inet_arity(), 0_usize..4).boxed();
    Form::Session(|(address, method), session| refuses(session, "AF_INET", address, *method))
}

law! {
    /// Four items, of which the last two may be left out.
    INET6_ARITY: (Value, usize), "ipv6-addresses-have-two-to-four-items",
    "A tuple of fewer than two or more than four items is no address to an IPv6 socket: it raises.",
    Nothing, 40, ["addresses.inet6-four-tuple", "addresses.format-taken", "errors.raised"];
    || (arguments::wrong_inet6_arity(), 0_usize..4).boxed();
    Form::Session(|(address, method), session| refuses(session, "AF_INET6", address, *method))
}

law! {
    /// A wrong argument type raises the ordinary exception for that.
    NO_ADDRESS: (Value, &'static str, usize), "addresses-are-tuples-or-text",
    "What is neither tuple nor text raises TypeError wherever a socket takes an address.",
    Nothing, 60, ["errors.argument-type", "addresses.format-taken"];
    || (arguments::no_address(), select(&["AF_INET", "AF_INET6", "AF_UNIX"][..]), 0_usize..4).boxed();
    Form::Session(|(address, family, method), session| {
        session.run(call("socket", args![constant(family), constant("SOCK_DGRAM")]).binds("s"))?;
        let method = ["bind", "connect", "connect_ex", "sendto"][*method];
        let arguments = if method == "sendto" { args![b"x", address] } else { args![address] };
        session.run(on("s", method, arguments).expects(raising(&["TypeError"])))?;
        // It stays a socket like any other.
        if *family == "AF_INET" {
            session.run(on("s", "bind", vec![tuple(args!["127.0.0.1", 0_i64])]))?;
            session.run(on("s", "getsockname", args![]).binds("name"))?;
            session.run(on("s", "getsockname", args![]).expects(returning(exact(bound("name")))))?;
        }
        Ok(())
    })
}
