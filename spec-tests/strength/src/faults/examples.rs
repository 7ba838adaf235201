//! Faults that show in what the example programs do.

use sockspec_subject::{Outcome, Value};

use crate::Fault;
use crate::tools::{instead, int, outcome, raising, result};
use crate::values::{first, items, renamed, returned};

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "echo-upper-case",
        &["examples.echo", "examples.client-round", "recv.data"],
        "recv gives letters in upper case.",
        || result(&["recv"], |_, value| crate::values::string(value, |data| data.make_ascii_uppercase())),
    ),
    Fault::new(
        "server-loses-client",
        &["examples.one-client", "accept.connected"],
        "A listening socket that is closed takes its connections along.",
        || {
            instead(&["close"], |desk, call| {
                let listens = desk.value(call, "getsockopt", vec![Value::int(1), Value::int(30)])?;
                Ok((listens == Some(Value::int(1))).then(|| desk.error("EIO")))
            })
        },
    ),
    Fault::new(
        "listen-before-bind",
        &["examples.server-sequence"],
        "listen needs a socket that was not bound.",
        || {
            instead(&["listen"], |desk, call| {
                let name = desk.value(call, "getsockname", Vec::new())?;
                let bound = name.is_some_and(|name| {
                    items(&name).get(1).and_then(Value::as_i64).is_some_and(|port| port > 0)
                });
                Ok(bound.then(|| desk.error("EINVAL")))
            })
        },
    ),
    Fault::new(
        "connect-needs-bind",
        &["examples.client-sequence", "connect.connects"],
        "connect needs a socket that was bound.",
        || {
            instead(&["connect"], |desk, call| {
                let name = desk.value(call, "getsockname", Vec::new())?;
                let unbound = name.is_some_and(|name| items(&name).get(1).and_then(Value::as_i64) == Some(0));
                Ok(unbound.then(|| desk.error("EINVAL")))
            })
        },
    ),
    Fault::new(
        "listening-sends",
        &["examples.accepted-socket", "send.needs-connected"],
        "What is sent on a listening socket gets lost silently.",
        || {
            outcome(&["send", "sendall", "recv"], |desk, _, outcome| {
                let number = desk.number("ENOTCONN");
                let pipe = desk.number("EPIPE");
                Ok(match outcome {
                    Outcome::Raised(raised)
                        if [number, pipe]
                            .contains(&raised.args.first().and_then(Value::as_i64).unwrap_or_default()) =>
                    {
                        returned(Value::int(1))
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "gai-one-family",
        &["examples.dual-stack", "getaddrinfo.zero-hints"],
        "getaddrinfo without a family gives the entries of IPv4 alone.",
        || {
            outcome(&["getaddrinfo"], |_, call, outcome| {
                Ok(match outcome {
                    Outcome::Returned(Value::List(mut all)) if int(call, 2) == 0 => {
                        all.retain(|entry| items(entry).first().and_then(Value::as_i64) == Some(2));
                        returned(Value::List(all))
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "gai-passive-first-only",
        &["examples.server-first-usable", "examples.dual-stack"],
        "With AI_PASSIVE only the first entry is reported.",
        || {
            result(
                &["getaddrinfo"],
                |call, value| if int(call, 5) & 1 != 0 { first(value, 1) } else { value },
            )
        },
    ),
    Fault::new(
        "socket-family-value-error",
        &["examples.socket-failure-skipped", "errors.socket-semantics"],
        "A family that the system lacks raises ValueError.",
        || {
            raising(&["socket"], |raised| {
                if raised.is("error") {
                    renamed(raised, "ValueError");
                }
            })
        },
    ),
    Fault::new(
        "connect-refused-class",
        &["examples.client-order", "examples.client-first-connected"],
        "A connection that is refused raises ValueError.",
        || {
            raising(&["connect"], |raised| {
                if raised.is("error") {
                    renamed(raised, "ValueError");
                }
            })
        },
    ),
    Fault::new(
        "bind-taken-class",
        &["examples.server-first-usable"],
        "An address that is taken raises ValueError.",
        || {
            raising(&["bind", "listen"], |raised| {
                if raised.is("error") {
                    renamed(raised, "ValueError");
                }
            })
        },
    ),
    Fault::new(
        "inet6-deaf-to-inet",
        &["examples.ipv4-refused"],
        "A socket for IPv6 always takes IPv4 connections, too.",
        || {
            instead(&["setsockopt"], |_, call| {
                Ok(((int(call, 0), int(call, 1)) == (41, 26)).then(|| returned(Value::None)))
            })
        },
    ),
];
