//! Faults in getprotobyname and getservbyname.

use sockspec_subject::{Outcome, Value};

use crate::Fault;
use crate::tools::{args, instead, outcome, refuse, result, rewrite};
use crate::values::{digits, number, returned, text};

const PROTOCOL: &[&str] = &["getprotobyname"];
const SERVICE: &[&str] = &["getservbyname"];

fn protocol_is(args: &[Value], name: &str) -> bool {
    args.get(1).is_some_and(|protocol| text(protocol) == name)
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new("proto-always-tcp", &["getprotobyname.result"], "Every protocol is TCP.", || {
        result(PROTOCOL, |_, _| Value::int(6))
    }),
    Fault::new(
        "proto-tcp-udp-swapped",
        &["getprotobyname.result"],
        "TCP and UDP have each other's number.",
        || {
            result(PROTOCOL, |_, value| {
                number(value, |number| match number {
                    6 => 17,
                    17 => 6,
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "proto-unknown-zero",
        &["getprotobyname.result", "errors.raised"],
        "A protocol that is not known is number 0.",
        || {
            outcome(PROTOCOL, |_, _, outcome| {
                Ok(match outcome {
                    Outcome::Raised(raised) if raised.is("error") => returned(Value::int(0)),
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "proto-alias-unknown",
        &["getprotobyname.result"],
        "Aliases of protocols are not known.",
        || {
            instead(PROTOCOL, |desk, call| {
                let alias =
                    args(call).first().is_some_and(|name| text(name).bytes().any(|b| b.is_ascii_uppercase()));
                Ok(alias.then(|| desk.error("ENOENT")))
            })
        },
    )
    .equivalent("a C library's own table of protocols may lack the aliases"),
    Fault::new(
        "proto-text",
        &["getprotobyname.for-socket", "getprotobyname.result"],
        "The number is text, which socket does not take.",
        || result(PROTOCOL, |_, value| digits(value)),
    ),
    Fault::new(
        "proto-shifted",
        &["getprotobyname.for-socket"],
        "The number has its bytes in network order.",
        || result(PROTOCOL, |_, value| number(value, |number| number << 8)),
    ),
    Fault::new(
        "socket-protocol-needed",
        &["getprotobyname.automatic-protocol", "socket.protocol-zero"],
        "socket wants the protocol by its number, zero will not do.",
        || {
            instead(&["socket"], |desk, call| {
                Ok((args(call).get(2).and_then(Value::as_i64) == Some(0))
                    .then(|| desk.error("EPROTONOSUPPORT")))
            })
        },
    ),
    Fault::new(
        "socket-protocol-not-omitted",
        &["getprotobyname.automatic-protocol", "socket.protocol-omitted"],
        "Without a protocol socket takes the number of TCP for every type.",
        || {
            rewrite(&["socket"], |_, args| {
                if args.len() == 2 {
                    args.push(Value::int(6));
                }
            })
        },
    ),
    Fault::new(
        "serv-swapped",
        &["getservbyname.result"],
        "The port has its bytes in the other order.",
        || {
            result(SERVICE, |_, value| {
                number(value, |port| u16::try_from(port).map_or(port, |port| port.swap_bytes().into()))
            })
        },
    ),
    Fault::new("serv-text", &["getservbyname.result"], "The port is text.", || {
        result(SERVICE, |_, value| digits(value))
    }),
    Fault::new(
        "serv-unknown-zero",
        &["getservbyname.result", "errors.raised"],
        "A service that is not known has port 0.",
        || {
            outcome(SERVICE, |_, _, outcome| {
                Ok(match outcome {
                    Outcome::Raised(raised) if raised.is("error") => returned(Value::int(0)),
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "serv-alias-unknown",
        &["getservbyname.result"],
        "Other names of a service are not known: nick-one, www and mail.",
        || {
            instead(SERVICE, |desk, call| {
                let name = args(call).first().map(text).unwrap_or_default();
                Ok(["nick-one", "nick-two", "www", "mail", "null", "imap"]
                    .contains(&name)
                    .then(|| desk.error("ENOENT")))
            })
        },
    ),
    Fault::new(
        "serv-protocol-optional",
        &["getservbyname.protocol-required"],
        "The protocol may be left out.",
        || {
            rewrite(SERVICE, |_, args| {
                if args.len() == 1 {
                    args.push(Value::str("tcp"));
                }
            })
        },
    ),
    Fault::new("serv-tcp-refused", &["getservbyname.tcp"], "tcp is no protocol for services.", || {
        instead(SERVICE, |desk, call| Ok(protocol_is(args(call), "tcp").then(|| desk.error("ENOENT"))))
    }),
    Fault::new("serv-udp-refused", &["getservbyname.udp"], "udp is no protocol for services.", || {
        instead(SERVICE, |desk, call| Ok(protocol_is(args(call), "udp").then(|| desk.error("ENOENT"))))
    }),
    Fault::new(
        "serv-protocol-ignored",
        &["getservbyname.by-protocol"],
        "The port is that of TCP where there is one, whatever the protocol.",
        || {
            outcome(SERVICE, |desk, call, outcome| {
                let Some(name) = args(call).first().filter(|_| protocol_is(args(call), "udp")).cloned()
                else {
                    return Ok(outcome);
                };
                Ok(match desk.function("getservbyname", vec![name, Value::str("tcp")])? {
                    found @ Outcome::Returned(_) => found,
                    _ => outcome,
                })
            })
        },
    ),
    Fault::new(
        "serv-tcp-for-udp",
        &["getservbyname.by-protocol", "getservbyname.udp"],
        "A service of the other protocol is found, too.",
        || {
            outcome(SERVICE, |desk, call, outcome| {
                let Some(name) = args(call).first().cloned() else { return Ok(outcome) };
                let other = if protocol_is(args(call), "udp") { "tcp" } else { "udp" };
                Ok(match outcome {
                    Outcome::Raised(raised) if raised.is("error") => {
                        match desk.function("getservbyname", vec![name, Value::str(other)])? {
                            found @ Outcome::Returned(_) => found,
                            _ => Outcome::Raised(raised),
                        }
                    }
                    sound => sound,
                })
            })
        },
    ),
    Fault::new(
        "serv-protocol-still-required",
        &["getservbyname.protocol-omitted"],
        "The protocol has to be given.",
        || refuse(SERVICE, |args| args.len() == 1),
    )
    .today(),
    Fault::new(
        "serv-omitted-tcp",
        &["getservbyname.protocol-omitted"],
        "Without a protocol only services of TCP are found.",
        || {
            instead(SERVICE, |_, call| {
                if let Some(args) = crate::tools::args_mut(call).filter(|args| args.len() == 1) {
                    args.push(Value::str("tcp"));
                }
                Ok(None)
            })
        },
    )
    .today(),
];
