//! Faults in the entries that `getaddrinfo` gives.

use sockspec_subject::{Action, Outcome, Value};

use super::candidates::{INET, INET6, NAME, entries, flags, is_empty, sockaddrs};
use crate::Fault;
use crate::tools::{args_mut, instead, int, outcome, result, rewrite};
use crate::values::{
    at, digits, first, is_ipv4, is_ipv6, items, number, other_sequence, other_string, returned, reversed,
    string, swap, type_error, with,
};

const CANONNAME: i64 = 2;
const NUMERICHOST: i64 = 4;

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "gai-entry-type-first",
        &["getaddrinfo.entry-order"],
        "In an entry the type comes before the family.",
        || result(NAME, |_, value| entries(|entry| swap(entry, 0, 1), value)),
    ),
    Fault::new(
        "gai-entry-protocol-first",
        &["getaddrinfo.entry-order"],
        "In an entry the protocol comes before the type.",
        || result(NAME, |_, value| entries(|entry| swap(entry, 1, 2), value)),
    ),
    Fault::new(
        "gai-entry-address-first",
        &["getaddrinfo.entry-order", "getaddrinfo.sockaddr-tuple"],
        "In an entry the address comes before the canonical name.",
        || result(NAME, |_, value| entries(|entry| swap(entry, 3, 4), value)),
    ),
    Fault::new(
        "gai-entry-digits",
        &["getaddrinfo.entry-integers"],
        "Family, type and protocol are texts.",
        || {
            result(NAME, |_, value| {
                entries(|entry| at(at(at(entry, 0, digits), 1, digits), 2, digits), value)
            })
        },
    ),
    Fault::new(
        "gai-protocol-for-nothing",
        &["getaddrinfo.entry-for-socket"],
        "The protocol in an entry is one that socket refuses.",
        || {
            result(NAME, |_, value| {
                entries(|entry| at(entry, 2, |protocol| number(protocol, |p| p + 200)), value)
            })
        },
    ),
    Fault::new(
        "gai-type-flagged",
        &["getaddrinfo.entry-for-socket"],
        "The type in an entry has a bit too many.",
        || result(NAME, |_, value| entries(|entry| at(entry, 1, |kind| number(kind, |k| k | 0x100)), value)),
    ),
    Fault::new(
        "gai-canonname-none",
        &["getaddrinfo.canonname-string"],
        "The fourth item is None where there is no name.",
        || {
            result(NAME, |_, value| {
                entries(|entry| at(entry, 3, |name| if is_empty(&name) { Value::None } else { name }), value)
            })
        },
    ),
    Fault::new("gai-canonname-bytes", &["getaddrinfo.canonname-string"], "The fourth item is bytes.", || {
        result(NAME, |_, value| entries(|entry| at(entry, 3, other_string), value))
    }),
    Fault::new(
        "gai-canonname-missing",
        &["getaddrinfo.canonname", "getaddrinfo.canonname-numeric"],
        "The canonical name is always empty.",
        || result(NAME, |_, value| entries(|entry| at(entry, 3, |_| Value::str("")), value)),
    ),
    Fault::new(
        "gai-canonname-as-asked",
        &["getaddrinfo.canonname"],
        "The canonical name is the host as it was given.",
        || {
            result(NAME, |call, value| {
                let host = crate::tools::args(call).first().cloned().unwrap_or(Value::None);
                if int(call, 5) & CANONNAME == 0 || host == Value::None {
                    return value;
                }
                at(value, 0, |entry| at(entry, 3, |_| host))
            })
        },
    ),
    Fault::new(
        "gai-canonname-numeric-reverse",
        &["getaddrinfo.canonname-numeric"],
        "For a numeric host the canonical name is some other name.",
        || {
            result(NAME, |call, value| {
                let numeric =
                    crate::tools::args(call).first().is_some_and(|host| is_ipv4(host) || is_ipv6(host));
                if numeric && int(call, 5) & CANONNAME != 0 {
                    return at(value, 0, |entry| at(entry, 3, |_| Value::str("no-such-name")));
                }
                value
            })
        },
    ),
    Fault::new("gai-sockaddr-list", &["getaddrinfo.sockaddr-tuple"], "The fifth item is a list.", || {
        result(NAME, |_, value| entries(|entry| at(entry, 4, other_sequence), value))
    }),
    Fault::new(
        "gai-inet-four",
        &["getaddrinfo.sockaddr-inet"],
        "The fifth item of an IPv4 entry has four items.",
        || result(NAME, |_, value| sockaddrs(value, INET, |addr| with(with(addr, 0), 0))),
    ),
    Fault::new(
        "gai-inet-swapped",
        &["getaddrinfo.sockaddr-inet"],
        "The fifth item of an IPv4 entry is port, host.",
        || result(NAME, |_, value| sockaddrs(value, INET, |addr| swap(addr, 0, 1))),
    ),
    Fault::new(
        "gai-inet6-pair",
        &["getaddrinfo.sockaddr-inet6"],
        "The fifth item of an IPv6 entry is a pair.",
        || result(NAME, |_, value| sockaddrs(value, INET6, |addr| first(addr, 2))),
    ),
    Fault::new(
        "gai-inet6-scope-lost",
        &["getaddrinfo.sockaddr-inet6"],
        "The scope id of an IPv6 entry is lost.",
        || result(NAME, |_, value| sockaddrs(value, INET6, |addr| at(addr, 3, |_| Value::int(0)))),
    ),
    Fault::new(
        "gai-inet6-scope-swapped",
        &["getaddrinfo.sockaddr-inet6"],
        "Scope id and flow information of an IPv6 entry are swapped.",
        || result(NAME, |_, value| sockaddrs(value, INET6, |addr| swap(addr, 2, 3))),
    ),
    Fault::new(
        "gai-host-bytes",
        &["getaddrinfo.sockaddr-accepted"],
        "The host in the fifth item is bytes, which no method takes.",
        || result(NAME, |_, value| entries(|entry| at(entry, 4, |addr| at(addr, 0, other_string)), value)),
    ),
    Fault::new(
        "gai-port-text",
        &["getaddrinfo.sockaddr-accepted"],
        "The port in the fifth item is text, which no method takes.",
        || result(NAME, |_, value| entries(|entry| at(entry, 4, |addr| at(addr, 1, digits)), value)),
    ),
    Fault::new("gai-no-keywords", &["getaddrinfo.keyword-arguments"], "Arguments cannot be named.", || {
        instead(NAME, |_, call| {
            Ok(matches!(&call.action, Action::Invoke { named, .. } if !named.is_empty()).then(type_error))
        })
    })
    .today(),
    Fault::new(
        "gai-keyword-type-lost",
        &["getaddrinfo.keyword-arguments"],
        "The argument named type is ignored.",
        || {
            instead(NAME, |_, call| {
                if let Action::Invoke { named, .. } = &mut call.action {
                    named.retain(|(name, _)| name != "type");
                }
                Ok(None)
            })
        },
    )
    .today(),
    Fault::new("gai-zero-type-stream", &["getaddrinfo.zero-hints"], "Zero as type means streams.", || {
        outcome(NAME, |_, call, outcome| {
            Ok(match outcome {
                Outcome::Returned(Value::List(mut all)) if int(call, 3) == 0 => {
                    all.retain(|entry| items(entry).get(1).and_then(Value::as_i64) == Some(1));
                    returned(Value::List(all))
                }
                other => other,
            })
        })
    })
    .today(),
    Fault::new("gai-zero-family-inet", &["getaddrinfo.zero-hints"], "Zero as family means AF_INET.", || {
        instead(NAME, |_, call| {
            if let Some(args) = args_mut(call)
                && args.get(2).and_then(Value::as_i64) == Some(0)
            {
                args[2] = Value::int(INET);
            }
            Ok(None)
        })
    })
    .today(),
    Fault::new(
        "gai-canonname-always",
        &["getaddrinfo.canonname-empty"],
        "The fourth item is the host's name even unasked.",
        || {
            result(NAME, |call, value| {
                let host = crate::tools::args(call).first().cloned();
                match host {
                    Some(host @ Value::Str(_)) => at(value, 0, |entry| at(entry, 3, |_| host)),
                    _ => value,
                }
            })
        },
    )
    .today(),
    Fault::new("gai-numerichost-ignored", &["getaddrinfo.numerichost"], "AI_NUMERICHOST is ignored.", || {
        rewrite(NAME, |_, args| {
            if args.get(5).and_then(Value::as_i64).is_some() {
                args[5] = Value::int(flags(args) & !NUMERICHOST);
            }
        })
    })
    .today(),
    Fault::new(
        "gai-duplicated",
        &["getaddrinfo.type-hint", "getaddrinfo.list"],
        "Every entry stands in the list twice.",
        || {
            result(NAME, |_, value| {
                let again = items(&value).to_vec();
                crate::values::members(value, |all| all.extend(again))
            })
        },
    ),
    Fault::new(
        "gai-reversed",
        &["examples.client-order", "examples.ipv6-first", "addresses.name-first-result"],
        "The entries are listed in the opposite order.",
        || result(NAME, |_, value| reversed(value)),
    ),
    Fault::new(
        "gai-name-cut",
        &["getaddrinfo.host-name"],
        "The first letter of a host name is lost.",
        || {
            rewrite(NAME, |_, args| {
                if let Some(host) = args.first_mut().filter(|host| crate::values::is_name(host)) {
                    *host = string(std::mem::replace(host, Value::None), |bytes| {
                        bytes.remove(0);
                    });
                }
            })
        },
    ),
];
