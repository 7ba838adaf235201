//! Faults in getnameinfo.

use sockspec_subject::{Action, Value};

use crate::Fault;
use crate::tools::{args, instead, int, outcome, refuse, result, rewrite};
use crate::values::{
    at, digits, first, is_ipv6, items, number, other_sequence, other_string, returned, string, swap, text,
    with,
};

const NAME: &[&str] = &["getnameinfo"];
const NUMERICHOST: i64 = 1;
const NUMERICSERV: i64 = 2;
const NOFQDN: i64 = 4;
const NAMEREQD: i64 = 8;
const DGRAM: i64 = 16;

fn set(args: &mut [Value], change: impl Fn(i64) -> i64) {
    if let Some(flags) = args.get_mut(1) {
        *flags = number(std::mem::replace(flags, Value::None), change);
    }
}

/// A tuple of so many items gets more.
fn completed(args: &mut [Value], count: usize, more: &[Value]) {
    if let Some(Value::Tuple(all)) = args.first_mut().filter(|addr| items(addr).len() == count) {
        all.extend_from_slice(more);
    }
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "gni-flags-optional",
        &["getnameinfo.required-arguments"],
        "The flags may be left out.",
        || {
            rewrite(NAME, |_, args| {
                if args.len() == 1 {
                    args.push(Value::int(0));
                }
            })
        },
    ),
    Fault::new(
        "gni-flags-first",
        &["getnameinfo.required-arguments"],
        "The flags come before the address.",
        || rewrite(NAME, |_, args| args.reverse()),
    ),
    Fault::new(
        "gni-nothing-needed",
        &["getnameinfo.required-arguments"],
        "Without arguments it gives a pair of empty texts.",
        || {
            instead(NAME, |_, call| {
                let none = matches!(&call.action, Action::Invoke { args, .. } if args.is_empty());
                Ok(none.then(|| returned(Value::Tuple(vec![Value::str(""), Value::str("")]))))
            })
        },
    ),
    Fault::new("gni-pair-refused", &["getnameinfo.inet"], "An IPv4 pair is refused.", || {
        refuse(NAME, |args| args.first().is_some_and(|addr| items(addr).len() == 2))
    }),
    Fault::new("gni-inet6-refused", &["getnameinfo.inet6"], "An IPv6 tuple is refused.", || {
        refuse(NAME, |args| args.first().is_some_and(|addr| items(addr).len() == 4))
    }),
    Fault::new(
        "gni-inet6-scope-lost",
        &["getnameinfo.inet6"],
        "The scope id of an IPv6 tuple is lost.",
        || {
            rewrite(NAME, |_, args| {
                if let Some(addr) = args.first_mut() {
                    *addr = at(std::mem::replace(addr, Value::None), 3, |scope| number(scope, |_| 0));
                }
            })
        },
    )
    .equivalent("C libraries may leave the scope out of an address's text, so nobody can tell"),
    Fault::new(
        "gni-nothing-is-any",
        &["getnameinfo.inet"],
        "An empty tuple stands for the wildcard address and no port.",
        || rewrite(NAME, |_, args| completed(args, 0, &[Value::str("0.0.0.0"), Value::int(0)])),
    ),
    Fault::new("gni-port-optional", &["getnameinfo.inet"], "A tuple of the host alone has port 0.", || {
        rewrite(NAME, |_, args| completed(args, 1, &[Value::int(0)]))
    }),
    Fault::new("gni-fifth-dropped", &["getnameinfo.inet6"], "A fifth item is passed over.", || {
        rewrite(NAME, |_, args| {
            if let Some(addr @ Value::Tuple(_)) = args.first_mut() {
                *addr = first(std::mem::replace(addr, Value::None), 4);
            }
        })
    }),
    Fault::new("gni-list", &["getnameinfo.pair"], "The result is a list.", || {
        result(NAME, |_, value| other_sequence(value))
    }),
    Fault::new("gni-swapped", &["getnameinfo.pair"], "The port comes before the host.", || {
        result(NAME, |_, value| swap(value, 0, 1))
    }),
    Fault::new("gni-triple", &["getnameinfo.pair"], "The result has the flags as third item.", || {
        result(NAME, |_, value| with(value, 0))
    }),
    Fault::new("gni-host-only", &["getnameinfo.pair"], "The result has the host alone.", || {
        result(NAME, |_, value| first(value, 1))
    }),
    Fault::new("gni-host-bytes", &["getnameinfo.host-string"], "The host is bytes.", || {
        result(NAME, |_, value| at(value, 0, other_string))
    }),
    Fault::new("gni-port-integer", &["getnameinfo.port-string"], "A numeric port is an integer.", || {
        result(NAME, |_, value| {
            at(value, 1, |port| text(&port).parse().map_or(port, |number: i64| Value::int(number)))
        })
    }),
    Fault::new("gni-port-bytes", &["getnameinfo.port-string"], "The port is bytes.", || {
        result(NAME, |_, value| at(value, 1, |port| other_string(digits(port))))
    }),
    Fault::new("gni-host-never-name", &["getnameinfo.host-name"], "The host is always numeric.", || {
        rewrite(NAME, |_, args| set(args, |flags| (flags | NUMERICHOST) & !NAMEREQD))
    }),
    Fault::new(
        "gni-host-short",
        &["getnameinfo.host-name"],
        "A name loses its domain, without being asked to.",
        || {
            result(NAME, |call, value| {
                let named = int(call, 1) & NUMERICHOST == 0;
                at(value, 0, |host| {
                    if named && !is_ipv6(&host) && crate::values::is_name(&host) {
                        Value::str(text(&host).split('.').next().unwrap_or_default())
                    } else {
                        host
                    }
                })
            })
        },
    ),
    Fault::new(
        "gni-numerichost-ignored",
        &["getnameinfo.host-numeric"],
        "NI_NUMERICHOST is ignored.",
        || rewrite(NAME, |_, args| set(args, |flags| flags & !NUMERICHOST)),
    ),
    Fault::new("gni-port-never-service", &["getnameinfo.port-service"], "The port is always digits.", || {
        rewrite(NAME, |_, args| set(args, |flags| flags | NUMERICSERV))
    }),
    Fault::new(
        "gni-numericserv-ignored",
        &["getnameinfo.port-numeric"],
        "NI_NUMERICSERV is ignored.",
        || rewrite(NAME, |_, args| set(args, |flags| flags & !NUMERICSERV)),
    ),
    Fault::new(
        "gni-numeric-flags-swapped",
        &["getnameinfo.port-numeric", "getnameinfo.host-numeric"],
        "NI_NUMERICHOST and NI_NUMERICSERV are taken for each other.",
        || {
            rewrite(NAME, |_, args| {
                set(args, |flags| (flags & !3) | ((flags & NUMERICHOST) << 1) | ((flags & NUMERICSERV) >> 1));
            })
        },
    ),
    Fault::new("gni-dgram-ignored", &["getnameinfo.port-service"], "NI_DGRAM is ignored.", || {
        rewrite(NAME, |_, args| set(args, |flags| flags & !DGRAM))
    }),
    Fault::new("gni-namereqd-ignored", &["getnameinfo.host-name"], "NI_NAMEREQD is ignored.", || {
        rewrite(NAME, |_, args| set(args, |flags| flags & !NAMEREQD))
    }),
    Fault::new("gni-nofqdn-ignored", &["getnameinfo.host-name"], "NI_NOFQDN is ignored.", || {
        rewrite(NAME, |_, args| set(args, |flags| flags & !NOFQDN))
    })
    .equivalent("glibc shortens names of the machine's own domain only, and the lab's machine has none"),
    Fault::new(
        "gni-port-off-by-one",
        &["getnameinfo.port-numeric"],
        "A port as digits is one too high.",
        || {
            result(NAME, |_, value| {
                at(value, 1, |port| {
                    text(&port).parse::<i64>().map_or(port, |port| Value::str((port + 1).to_string()))
                })
            })
        },
    ),
    Fault::new(
        "gni-host-reversed",
        &["getnameinfo.host-numeric"],
        "A numeric IPv4 host has its numbers in the other order.",
        || {
            outcome(NAME, |_, call, outcome| {
                let numeric = int(call, 1) & NUMERICHOST != 0
                    && args(call).first().is_some_and(|a| items(a).len() == 2);
                Ok(match outcome {
                    sockspec_subject::Outcome::Returned(value) if numeric => returned(at(value, 0, |host| {
                        let other = text(&host).rsplit('.').collect::<Vec<_>>().join(".");
                        string(host, |bytes| *bytes = other.into_bytes())
                    })),
                    other => other,
                })
            })
        },
    ),
];
