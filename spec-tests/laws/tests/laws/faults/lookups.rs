//! Wrong addresses, names, services and lookups.

use sockspec_subject::Value;

use crate::change::{
    aliases, cut_address, each, flipped, gaierror, is, ports, replace, takes_address, text, with_item,
    with_items,
};
use crate::wrong::{Change, args};
use Change::{After, Before, Class, Swallow};

pub(crate) const FAULTS: &[(&str, Change)] =
    &[
        (
            "bound-ipv4-sockets-tell-their-host",
            After(
                |call, value| {
                    if is(call, "getsockname") { with_item(value, 0, |_| "0.0.0.0".into()) } else { value }
                },
            ),
        ),
        (
            "bound-ipv6-sockets-tell-their-host",
            After(
                |call, value| {
                    if is(call, "getsockname") { with_items(value, |items| items.truncate(2)) } else { value }
                },
            ),
        ),
        (
            "link-local-sockets-tell-their-scope",
            After(|call, value| {
                if is(call, "getsockname") {
                    with_item(value, 3, |scope| if scope == Value::int(3) { Value::int(2) } else { scope })
                } else {
                    value
                }
            }),
        ),
        (
            "bound-unix-sockets-tell-their-path",
            After(
                |call, value| {
                    if is(call, "getsockname") { text(value, |path| path.to_lowercase()) } else { value }
                },
            ),
        ),
        (
            "getaddrinfo-entries-make-bound-sockets",
            After(|call, value| {
                if is(call, "getaddrinfo") {
                    each(value, |entry| with_item(entry, 1, |_| Value::int(77)))
                } else {
                    value
                }
            }),
        ),
        (
            "empty-ipv4-host-is-any-address",
            Before(|call, _| {
                if is(call, "bind") {
                    replace(call, 0, |address| {
                        with_item(address, 0, |host| {
                            text(host, |host| if host.is_empty() { "127.0.0.1".to_owned() } else { host })
                        })
                    });
                }
            }),
        ),
        (
            "integers-that-are-no-port-raise",
            Before(|call, _| {
                if let Some(at) = takes_address(call) {
                    replace(call, at, |address| {
                        with_item(address, 1, |port| match port.as_i64() {
                            Some(port) => Value::int(port & 0xffff),
                            None => port,
                        })
                    });
                }
            }),
        ),
        ("ipv4-addresses-are-pairs", Before(|call, _| cut_address(call, 2))),
        ("ipv6-addresses-have-two-to-four-items", Before(|call, _| cut_address(call, 4))),
        ("addresses-are-tuples-or-text", Class("bind", "error")),
        (
            "getaddrinfo-of-a-numeric-host",
            After(|call, value| if is(call, "getaddrinfo") { ports(value) } else { value }),
        ),
        (
            "getaddrinfo-port-as-number-and-digits",
            After(|call, value| {
                if is(call, "getaddrinfo") && matches!(args(call)[1], Value::Str(_)) {
                    ports(value)
                } else {
                    value
                }
            }),
        ),
        (
            "getaddrinfo-entries-fit-their-family",
            After(|call, value| {
                if is(call, "getaddrinfo") {
                    each(value, |entry| {
                        with_items(entry, |items| {
                            items.remove(3);
                        })
                    })
                } else {
                    value
                }
            }),
        ),
        (
            "getaddrinfo-family-is-a-filter",
            Before(|call, _| {
                if is(call, "getaddrinfo") {
                    replace(call, 2, |_| Value::int(0));
                }
            }),
        ),
        (
            "getaddrinfo-type-is-a-filter",
            Before(|call, _| {
                if is(call, "getaddrinfo") {
                    replace(call, 3, |_| Value::int(0));
                }
            }),
        ),
        (
            "getaddrinfo-protocol-is-a-filter",
            Before(|call, _| {
                if is(call, "getaddrinfo") {
                    replace(call, 4, |_| Value::int(0));
                }
            }),
        ),
        (
            "getaddrinfo-empty-host-is-none",
            Change::Outcome(|call, outcome, _| {
                let wrong = is(call, "getaddrinfo") && args(call)[0] == Value::str("");
                gaierror(outcome, wrong)
            }),
        ),
        (
            "getaddrinfo-empty-port-is-none",
            Change::Outcome(|call, outcome, _| {
                let wrong = is(call, "getaddrinfo") && args(call)[1] == Value::str("");
                gaierror(outcome, wrong)
            }),
        ),
        (
            "getaddrinfo-passive-gives-wildcards",
            Before(|call, _| {
                if is(call, "getaddrinfo") {
                    replace(call, 5, |_| Value::int(0));
                }
            }),
        ),
        (
            "getaddrinfo-canonical-name",
            After(|call, value| {
                if is(call, "getaddrinfo") {
                    let host = args(call)[0].clone();
                    each(value, move |entry| with_item(entry, 3, |_| host.clone()))
                } else {
                    value
                }
            }),
        ),
        (
            "getaddrinfo-canonical-name-only-where-asked",
            After(|call, value| {
                if is(call, "getaddrinfo") {
                    each(value, |entry| with_item(entry, 3, |_| "name".into()))
                } else {
                    value
                }
            }),
        ),
        ("getaddrinfo-numeric-host-only", Class("getaddrinfo", "error")),
        ("getaddrinfo-fails-with-gaierror", Class("getaddrinfo", "error")),
        ("getaddrinfo-hints-are-numbers", Swallow(&["getaddrinfo"])),
        ("getaddrinfo-refuses-invalid-text", Swallow(&["getaddrinfo"])),
        (
            "getaddrinfo-service-is-its-port",
            After(|call, value| {
                if is(call, "getaddrinfo") && args(call)[1] == Value::str("nick-two") {
                    ports(value)
                } else {
                    value
                }
            }),
        ),
        (
            "gethostbyname-keeps-addresses",
            After(|call, value| {
                if is(call, "gethostbyname") { text(value, |host| host.replace(".0", ".00")) } else { value }
            }),
        ),
        (
            "gethostbyname-is-among-gethostbyname-ex",
            After(|call, value| {
                if is(call, "gethostbyname") { text(value, |host| host.replace(".3", ".4")) } else { value }
            }),
        ),
        (
            "gethostbyname-ex-lists-ipv4-alone",
            After(|call, value| {
                if is(call, "gethostbyname_ex") {
                    with_item(value, 2, |list| with_items(list, |items| items.push("::1".into())))
                } else {
                    value
                }
            }),
        ),
        (
            "gethostbyname-ex-gives-the-hosts-line",
            After(|call, value| if is(call, "gethostbyname_ex") { aliases(value) } else { value }),
        ),
        (
            "gethostbyaddr-gives-the-hosts-line",
            After(|call, value| if is(call, "gethostbyaddr") { aliases(value) } else { value }),
        ),
        (
            "gethostbyaddr-lists-the-address",
            After(|call, value| {
                if is(call, "gethostbyaddr") {
                    with_item(value, 2, |list| with_items(list, Vec::clear))
                } else {
                    value
                }
            }),
        ),
        ("unknown-names-fail-with-their-class", Class("gethostbyname_ex", "gaierror")),
        ("lookups-take-text", Swallow(&["gethostbyname", "gethostbyname_ex", "gethostbyaddr"])),
        (
            "getfqdn-is-the-first-name-with-a-period",
            After(|call, value| {
                if is(call, "getfqdn") {
                    text(value, |name| name.replace("gamma.example", "gamma.test"))
                } else {
                    value
                }
            }),
        ),
        (
            "getfqdn-of-an-unknown-name-is-that-name",
            After(
                |call, value| {
                    if is(call, "getfqdn") { text(value, |name| name.replace(".invalid", "")) } else { value }
                },
            ),
        ),
        (
            "getservbyname-finds-every-service",
            After(|call, value| {
                if is(call, "getservbyname") && args(call)[0] == Value::str("nick-two") {
                    flipped(value)
                } else {
                    value
                }
            }),
        ),
        ("getservbyname-refuses-unknown-names", Swallow(&["getservbyname"])),
        (
            "getprotobyname-finds-every-protocol",
            After(
                |call, value| {
                    if is(call, "getprotobyname") && value == Value::int(253) { Value::int(0) } else { value }
                },
            ),
        ),
        (
            "getnameinfo-writes-ipv4-numbers",
            After(|call, value| {
                if is(call, "getnameinfo") {
                    with_item(value, 1, |port| text(port, |port| port.replace("65535", "-1")))
                } else {
                    value
                }
            }),
        ),
        (
            "getnameinfo-writes-ipv6-numbers",
            After(|call, value| {
                if is(call, "getnameinfo") {
                    with_item(value, 0, |host| text(host, |host| host.replace(":ff", ":fe")))
                } else {
                    value
                }
            }),
        ),
        (
            "getnameinfo-undoes-getaddrinfo",
            After(|call, value| {
                if is(call, "getnameinfo") {
                    with_item(value, 1, |port| text(port, |port| port.replace('0', "1")))
                } else {
                    value
                }
            }),
        ),
        (
            "getnameinfo-names-services",
            Before(|call, _| {
                if is(call, "getnameinfo") {
                    replace(call, 1, |flags| match flags {
                        Value::Constant(names) => Value::Constant(names.replace("|NI_DGRAM", "")),
                        other => other,
                    });
                }
            }),
        ),
        (
            "getnameinfo-names-hosts",
            After(|call, value| {
                if is(call, "getnameinfo") {
                    with_item(value, 0, |host| text(host, |host| host.to_lowercase()))
                } else {
                    value
                }
            }),
        ),
        (
            "getnameinfo-gives-pairs-of-text",
            After(|call, value| {
                if is(call, "getnameinfo") {
                    with_item(value, 1, |port| {
                        text(port.clone(), |port| port)
                            .as_bytes()
                            .and_then(|bytes| std::str::from_utf8(bytes).ok()?.parse::<i64>().ok())
                            .map_or(port, Value::int)
                    })
                } else {
                    value
                }
            }),
        ),
        ("getnameinfo-takes-a-tuple-and-a-number", Swallow(&["getnameinfo"])),
    ];
