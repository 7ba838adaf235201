//! Faults in getaddrinfo.

use sockspec_subject::{Action, Outcome, Value};

use super::candidates::{INET, INET6, NAME, entries, flags, is_empty, sockaddrs};
use crate::Fault;
use crate::fault::Desk;
use crate::tools::{instead, outcome, refuse, result, rewrite};
use crate::values::{
    address_error, at, each, first, is_ipv4, is_ipv6, items, other_sequence, returned, text, with, without,
};

const PASSIVE: i64 = 1;

fn zero(args: &mut [Value], place: usize) {
    if let Some(arg) = args.get_mut(place).filter(|arg| arg.as_i64().is_some()) {
        *arg = Value::int(0);
    }
}

/// What the C call says of a host or service that it does not know.
fn unknown(desk: &Desk<'_>) -> Outcome {
    address_error("gaierror", desk.number("EAI_NONAME"), "Name or service not known")
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "gai-host-port-swapped",
        &["getaddrinfo.argument-order"],
        "The port comes before the host.",
        || {
            rewrite(NAME, |_, args| {
                if args.len() >= 2 {
                    args.swap(0, 1);
                }
            })
        },
    ),
    Fault::new(
        "gai-family-type-swapped",
        &["getaddrinfo.argument-order", "getaddrinfo.family-hint", "getaddrinfo.type-hint"],
        "The type comes before the family.",
        || {
            rewrite(NAME, |_, args| {
                if args.len() >= 4 {
                    args.swap(2, 3);
                }
            })
        },
    ),
    Fault::new(
        "gai-protocol-flags-swapped",
        &["getaddrinfo.argument-order", "getaddrinfo.flags-hint"],
        "The flags come before the protocol.",
        || {
            rewrite(NAME, |_, args| {
                if args.len() >= 6 {
                    args.swap(4, 5);
                }
            })
        },
    ),
    Fault::new("gai-port-optional", &["getaddrinfo.required-arguments"], "The port may be left out.", || {
        rewrite(NAME, |_, args| {
            if args.len() == 1 {
                args.push(Value::None);
            }
        })
    }),
    Fault::new(
        "gai-host-optional",
        &["getaddrinfo.required-arguments"],
        "Without arguments it gives an empty list.",
        || {
            instead(NAME, |_, call| {
                Ok(matches!(&call.action, Action::Invoke { args, named } if args.is_empty() && named.is_empty())
                .then(|| returned(Value::List(Vec::new()))))
            })
        },
    ),
    Fault::new(
        "gai-type-required",
        &["getaddrinfo.optional-arguments"],
        "Family and type have to be given.",
        || refuse(NAME, |args| args.len() < 4),
    ),
    Fault::new(
        "gai-flags-required",
        &["getaddrinfo.optional-arguments"],
        "Either none or all of the hints are given.",
        || refuse(NAME, |args| (3..6).contains(&args.len())),
    ),
    Fault::new("gai-tuple", &["getaddrinfo.list"], "The result is a tuple.", || {
        result(NAME, |_, value| other_sequence(value))
    }),
    Fault::new(
        "gai-single",
        &["getaddrinfo.list"],
        "Where there is one entry, the result is that entry.",
        || {
            result(NAME, |_, value| match items(&value) {
                [one] => one.clone(),
                _ => value,
            })
        },
    ),
    Fault::new("gai-entries-lists", &["getaddrinfo.five-tuple"], "The entries are lists.", || {
        result(NAME, |_, value| entries(other_sequence, value))
    }),
    Fault::new(
        "gai-four-items",
        &["getaddrinfo.five-tuple", "getaddrinfo.entry-order"],
        "The entries lack the canonical name.",
        || result(NAME, |_, value| entries(|entry| without(entry, 3), value)),
    ),
    Fault::new(
        "gai-six-items",
        &["getaddrinfo.five-tuple"],
        "The entries have the flags as sixth item.",
        || result(NAME, |_, value| entries(|entry| with(entry, 0), value)),
    ),
    Fault::new(
        "gai-port-lost",
        &["getaddrinfo.entry-sufficient", "getaddrinfo.port-number", "getaddrinfo.port-service"],
        "The port in each socket address is zero.",
        || {
            result(NAME, |_, value| {
                entries(|entry| at(entry, 4, |addr| at(addr, 1, |_| Value::int(0))), value)
            })
        },
    ),
    Fault::new(
        "gai-first-only",
        &["getaddrinfo.entry-sufficient", "getaddrinfo.list"],
        "Only the first entry is reported.",
        || result(NAME, |_, value| first(value, 1)),
    ),
    Fault::new(
        "gai-host-lost",
        &["getaddrinfo.entry-sufficient"],
        "The host in each socket address is the wildcard.",
        || {
            result(NAME, |_, value| {
                let value = sockaddrs(value, INET, |addr| at(addr, 0, |_| Value::str("0.0.0.0")));
                sockaddrs(value, INET6, |addr| at(addr, 0, |_| Value::str("::")))
            })
        },
    ),
    Fault::new("gai-name-refused", &["getaddrinfo.host-name"], "Names are not looked up.", || {
        instead(NAME, |desk, call| {
            let name = crate::tools::args(call).first().is_some_and(crate::values::is_name);
            Ok(name.then(|| unknown(desk)))
        })
    }),
    Fault::new("gai-ipv4-refused", &["getaddrinfo.host-ipv4"], "IPv4 text is not known as a host.", || {
        instead(NAME, |desk, call| {
            let such = crate::tools::args(call).first().is_some_and(is_ipv4);
            Ok(such.then(|| unknown(desk)))
        })
    }),
    Fault::new(
        "gai-ipv4-other",
        &["getaddrinfo.host-ipv4"],
        "IPv4 text leads to its first three numbers and 1.",
        || {
            rewrite(NAME, |_, args| {
                if let Some(host) = args.first_mut().filter(|host| is_ipv4(host)) {
                    let start = text(host).rsplit_once('.').map_or("127.0.0", |(start, _)| start);
                    *host = Value::str(format!("{start}.1"));
                }
            })
        },
    ),
    Fault::new("gai-ipv6-refused", &["getaddrinfo.host-ipv6"], "IPv6 text is not known as a host.", || {
        instead(NAME, |desk, call| {
            let such = crate::tools::args(call).first().is_some_and(is_ipv6);
            Ok(such.then(|| unknown(desk)))
        })
    }),
    Fault::new(
        "gai-none-refused",
        &["getaddrinfo.host-none", "getaddrinfo.null-host-none"],
        "None as host is refused.",
        || refuse(NAME, |args| args.first() == Some(&Value::None)),
    ),
    Fault::new(
        "gai-service-refused",
        &["getaddrinfo.port-service"],
        "Names of services are not known.",
        || {
            instead(NAME, |desk, call| {
                let port = crate::tools::args(call).get(1).map(text).unwrap_or_default();
                if port.bytes().any(|byte| !byte.is_ascii_digit()) {
                    return Ok(Some(address_error(
                        "gaierror",
                        desk.number("EAI_SERVICE"),
                        "Servname not supported for ai_socktype",
                    )));
                }
                Ok(None)
            })
        },
    ),
    Fault::new(
        "gai-service-tcp",
        &["getaddrinfo.port-service"],
        "A service's port is always that of TCP.",
        || {
            outcome(NAME, |desk, call, outcome| {
                let Some(port) =
                    crate::tools::args(call).get(1).filter(|port| !text(port).is_empty()).cloned()
                else {
                    return Ok(outcome);
                };
                let tcp = desk.function("getservbyname", vec![port, Value::str("tcp")])?;
                Ok(match (outcome, tcp) {
                    (Outcome::Returned(value), Outcome::Returned(port)) => {
                        Outcome::Returned(each(value, |entry| {
                            let port = port.clone();
                            at(entry, 4, move |addr| at(addr, 1, move |_| port))
                        }))
                    }
                    (other, _) => other,
                })
            })
        },
    ),
    Fault::new(
        "gai-port-number-refused",
        &["getaddrinfo.port-number"],
        "A port as number is refused.",
        || refuse(NAME, |args| matches!(args.get(1), Some(Value::Int(_)))),
    ),
    Fault::new(
        "gai-port-number-swapped",
        &["getaddrinfo.port-number"],
        "The bytes of a port number are swapped.",
        || {
            rewrite(NAME, |_, args| {
                if let Some(port) = args.get_mut(1)
                    && let Some(value) = port.as_i64().and_then(|port| u16::try_from(port).ok())
                {
                    *port = Value::int(value.swap_bytes());
                }
            })
        },
    ),
    Fault::new("gai-port-none-refused", &["getaddrinfo.port-none"], "None as port is refused.", || {
        refuse(NAME, |args| args.get(1) == Some(&Value::None))
    }),
    Fault::new(
        "gai-text-hint",
        &["getaddrinfo.optional-numeric"],
        "A hint that is text counts as its number, or as zero.",
        || {
            rewrite(NAME, |_, args| {
                for hint in args.iter_mut().skip(2).filter(|hint| matches!(hint, Value::Str(_))) {
                    *hint = Value::int(text(hint).parse().unwrap_or(0i64));
                }
            })
        },
    ),
    Fault::new(
        "gai-hint-wraps",
        &["getaddrinfo.optional-numeric", "getaddrinfo.family-hint"],
        "A hint beyond 32 bits is taken by its last 32 bits.",
        || {
            rewrite(NAME, |_, args| {
                for hint in args.iter_mut().skip(2) {
                    if let Value::Int(int) = hint {
                        let low = int.to_i64().map_or(0, |number| number & 0xffff_ffff);
                        *hint = Value::int(i32::try_from(low).unwrap_or_default());
                    }
                }
            })
        },
    ),
    Fault::new(
        "gai-none-hint",
        &["getaddrinfo.optional-numeric"],
        "A hint that is None counts as zero.",
        || {
            rewrite(NAME, |_, args| {
                for hint in args.iter_mut().skip(2).filter(|hint| **hint == Value::None) {
                    *hint = Value::int(0);
                }
            })
        },
    ),
    Fault::new(
        "gai-hint-error",
        &["getaddrinfo.optional-numeric"],
        "A hint that is no number raises nothing and gives no entries.",
        || {
            outcome(NAME, |_, _, outcome| {
                Ok(match outcome {
                    Outcome::Raised(raised) if raised.is("TypeError") => returned(Value::List(Vec::new())),
                    other => other,
                })
            })
        },
    ),
    Fault::new("gai-family-ignored", &["getaddrinfo.family-hint"], "The family is ignored.", || {
        rewrite(NAME, |_, args| zero(args, 2))
    }),
    Fault::new(
        "gai-type-ignored",
        &["getaddrinfo.type-hint", "examples.client-query"],
        "The type is ignored.",
        || rewrite(NAME, |_, args| zero(args, 3)),
    ),
    Fault::new("gai-protocol-ignored", &["getaddrinfo.protocol-hint"], "The protocol is ignored.", || {
        rewrite(NAME, |_, args| zero(args, 4))
    }),
    Fault::new(
        "gai-flags-ignored",
        &["getaddrinfo.flags-hint", "getaddrinfo.passive"],
        "The flags are ignored.",
        || rewrite(NAME, |_, args| zero(args, 5)),
    ),
    Fault::new(
        "gai-none-localhost",
        &["getaddrinfo.null-host-none", "getaddrinfo.passive"],
        "None as host means localhost, with AI_PASSIVE too.",
        || {
            rewrite(NAME, |_, args| {
                if args.first() == Some(&Value::None) {
                    args[0] = Value::str("localhost");
                }
            })
        },
    ),
    Fault::new(
        "gai-empty-refused",
        &["getaddrinfo.null-host-empty", "examples.server-query"],
        "An empty host is looked up as a name.",
        || {
            instead(NAME, |desk, call| {
                let such = crate::tools::args(call).first().is_some_and(is_empty);
                Ok(such.then(|| unknown(desk)))
            })
        },
    ),
    Fault::new(
        "gai-empty-wildcard",
        &["getaddrinfo.null-host-empty"],
        "An empty host means the wildcard, without AI_PASSIVE too.",
        || {
            rewrite(NAME, |_, args| {
                if args.first().is_some_and(is_empty) {
                    args.resize(args.len().max(6), Value::int(0));
                    args[5] = Value::int(flags(args) | PASSIVE);
                }
            })
        },
    ),
    Fault::new("gai-port-none-zero", &["getaddrinfo.null-port-none"], "None as port means port 0.", || {
        rewrite(NAME, |_, args| {
            if args.get(1) == Some(&Value::None) {
                args[1] = Value::int(0);
            }
        })
    }),
    Fault::new(
        "gai-port-empty-refused",
        &["getaddrinfo.null-port-empty"],
        "An empty port is looked up as a service.",
        || {
            instead(NAME, |desk, call| {
                let such = crate::tools::args(call).get(1).is_some_and(is_empty);
                Ok(such.then(|| unknown(desk)))
            })
        },
    ),
    Fault::new(
        "gai-port-empty-zero",
        &["getaddrinfo.null-port-empty"],
        "An empty port means port 0.",
        || {
            rewrite(NAME, |_, args| {
                if args.get(1).is_some_and(is_empty) {
                    args[1] = Value::int(0);
                }
            })
        },
    ),
    Fault::new(
        "gai-always-passive",
        &["getaddrinfo.passive", "getaddrinfo.flags-hint"],
        "Without a host the entries are the wildcards, always.",
        || {
            rewrite(NAME, |_, args| {
                if args.len() >= 2 {
                    args.resize(args.len().max(6), Value::int(0));
                    if args[5].as_i64().is_some() {
                        args[5] = Value::int(flags(args) | PASSIVE);
                    }
                }
            })
        },
    ),
    Fault::new("gai-passive-ignored", &["getaddrinfo.passive"], "AI_PASSIVE is ignored.", || {
        rewrite(NAME, |_, args| {
            if args.get(5).and_then(Value::as_i64).is_some() {
                args[5] = Value::int(flags(args) & !PASSIVE);
            }
        })
    }),
];
