//! Faults in getfqdn, gethostbyname, `gethostbyname_ex`, gethostname and gethostbyaddr.

use sockspec_subject::{Outcome, Value};

use crate::Fault;
use crate::fault::{Desk, NoAnswer};
use crate::tools::{args, instead, outcome, refuse, result, rewrite};
use crate::values::{
    address_error, at, each, first, is_ipv4, is_ipv6, is_name, items, other_sequence, other_string, returned,
    string, swap, text, with,
};

const BYNAME: &[&str] = &["gethostbyname"];
const EX: &[&str] = &["gethostbyname_ex"];
const FQDN: &[&str] = &["getfqdn"];
const HOSTNAME: &[&str] = &["gethostname"];

/// The names that an address or a name has: the primary one, then its aliases.
fn names(desk: &mut Desk<'_>, host: &Value) -> Result<Vec<Value>, NoAnswer> {
    Ok(match desk.function("gethostbyaddr", vec![host.clone()])? {
        Outcome::Returned(entry) => {
            let entry = items(&entry);
            let aliases = entry.get(1).map(items).unwrap_or_default();
            entry.first().into_iter().chain(aliases).cloned().collect()
        }
        _ => Vec::new(),
    })
}

fn asked(call: &sockspec_subject::Call) -> Value {
    args(call).first().cloned().unwrap_or_else(|| Value::str(""))
}

fn dotted(name: &Value) -> bool {
    text(name).contains('.')
}

/// The IPv6 addresses of a name, as text.
fn ipv6(desk: &mut Desk<'_>, host: &Value) -> Result<Vec<Value>, NoAnswer> {
    let wanted = vec![host.clone(), Value::None, Value::int(10), Value::int(1)];
    Ok(match desk.function("getaddrinfo", wanted)? {
        Outcome::Returned(found) => items(&found)
            .iter()
            .filter_map(|entry| items(entry).get(4).and_then(|addr| items(addr).first()).cloned())
            .collect(),
        _ => Vec::new(),
    })
}

fn not_found(desk: &Desk<'_>) -> Outcome {
    address_error("herror", desk.number("HOST_NOT_FOUND"), "Unknown host")
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "fqdn-as-given",
        &["getfqdn.result"],
        "getfqdn gives the name back that it was given.",
        || {
            instead(FQDN, |_, call| {
                let name = asked(call);
                Ok((!text(&name).is_empty()).then(|| returned(name)))
            })
        },
    ),
    Fault::new("fqdn-needs-name", &["getfqdn.omitted"], "getfqdn has to be given a name.", || {
        refuse(FQDN, <[Value]>::is_empty)
    }),
    Fault::new(
        "fqdn-omitted-localhost",
        &["getfqdn.omitted"],
        "getfqdn without a name speaks of localhost.",
        || {
            rewrite(FQDN, |_, args| {
                if args.is_empty() {
                    args.push(Value::str("localhost"));
                }
            })
        },
    ),
    Fault::new("fqdn-empty-stays", &["getfqdn.empty"], "getfqdn of an empty text is an empty text.", || {
        instead(FQDN, |_, call| {
            Ok((args(call).len() == 1 && text(&asked(call)).is_empty()).then(|| returned("")))
        })
    }),
    Fault::new(
        "fqdn-unqualified-host",
        &["getfqdn.omitted", "getfqdn.empty"],
        "For the local host getfqdn gives the bare host name.",
        || {
            instead(FQDN, |desk, call| {
                if text(&asked(call)).is_empty() {
                    desk.function("gethostname", Vec::new()).map(Some)
                } else {
                    Ok(None)
                }
            })
        },
    ),
    Fault::new(
        "fqdn-aliases-first",
        &["getfqdn.primary-first"],
        "getfqdn looks at the aliases before the primary name.",
        || {
            instead(FQDN, |desk, call| {
                let mut all = names(desk, &asked(call))?;
                if all.is_empty() {
                    return Ok(None);
                }
                all.rotate_left(1);
                Ok(all.iter().find(|name| dotted(name)).cloned().map(Outcome::Returned))
            })
        },
    ),
    Fault::new(
        "fqdn-aliases-ignored",
        &["getfqdn.aliases-next"],
        "getfqdn does not look at the aliases.",
        || {
            instead(FQDN, |desk, call| {
                Ok(names(desk, &asked(call))?.into_iter().next().map(Outcome::Returned))
            })
        },
    ),
    Fault::new(
        "fqdn-last-with-period",
        &["getfqdn.first-with-period"],
        "getfqdn takes the last name with a period.",
        || {
            instead(FQDN, |desk, call| {
                Ok(names(desk, &asked(call))?.into_iter().rev().find(dotted).map(Outcome::Returned))
            })
        },
    ),
    Fault::new(
        "fqdn-longest",
        &["getfqdn.first-with-period", "getfqdn.aliases-next"],
        "getfqdn takes the longest name.",
        || {
            instead(FQDN, |desk, call| {
                Ok(names(desk, &asked(call))?
                    .into_iter()
                    .max_by_key(|name| text(name).len())
                    .map(Outcome::Returned))
            })
        },
    ),
    Fault::new(
        "fqdn-unknown-raises",
        &["getfqdn.fallback", "getfqdn.result"],
        "getfqdn raises where the host is not known.",
        || {
            instead(FQDN, |desk, call| {
                let mut host = asked(call);
                if text(&host).is_empty() {
                    let Outcome::Returned(own) = desk.function("gethostname", Vec::new())? else {
                        return Ok(None);
                    };
                    host = own;
                }
                let raised = desk.function("gethostbyaddr", vec![host])?;
                Ok(Some(raised).filter(|outcome| matches!(outcome, Outcome::Raised(_))))
            })
        },
    ),
    Fault::new("fqdn-bytes", &["getfqdn.result"], "getfqdn gives bytes.", || {
        result(FQDN, |_, value| other_string(value))
    }),
    Fault::new(
        "fqdn-unknown-empty",
        &["getfqdn.fallback-given-name"],
        "getfqdn gives an empty text where the host is not known.",
        || {
            instead(FQDN, |desk, call| {
                let host = asked(call);
                let known = text(&host).is_empty() || !names(desk, &host)?.is_empty();
                Ok((!known).then(|| returned("")))
            })
        },
    )
    .today(),
    Fault::new(
        "fqdn-given-name-longer",
        &["getfqdn.fallback-given-name", "getfqdn.result"],
        "getfqdn ends what it gives with a period.",
        || result(FQDN, |_, value| string(value, |name| name.push(b'.'))),
    )
    .today(),
    Fault::new(
        "fqdn-fallback-empty",
        &["getfqdn.fallback"],
        "Where no name has a period, getfqdn gives an empty text.",
        || {
            outcome(FQDN, |_, _, outcome| {
                Ok(match outcome {
                    Outcome::Returned(name) if !dotted(&name) => returned(""),
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "fqdn-fallback-local",
        &["getfqdn.fallback"],
        "Where no name has a period, getfqdn appends .localdomain.",
        || {
            result(FQDN, |_, name| {
                if dotted(&name) { name } else { string(name, |bytes| bytes.extend(b".localdomain")) }
            })
        },
    ),
    Fault::new(
        "fqdn-fallback-primary",
        &["getfqdn.fallback-given-name"],
        "Where no name has a period, getfqdn gives the primary name.",
        || {
            instead(FQDN, |desk, call| {
                let name = asked(call);
                let all = if text(&name).is_empty() { Vec::new() } else { names(desk, &name)? };
                Ok(if all.iter().any(dotted) { None } else { all.into_iter().next().map(Outcome::Returned) })
            })
        },
    )
    .today(),
    Fault::new(
        "fqdn-fallback-localhost",
        &["getfqdn.fallback-local"],
        "Without a name and a period, getfqdn says localhost.",
        || {
            outcome(FQDN, |_, call, outcome| {
                Ok(match outcome {
                    Outcome::Returned(name) if text(&asked(call)).is_empty() && !dotted(&name) => {
                        returned("localhost")
                    }
                    other => other,
                })
            })
        },
    )
    .today(),
    Fault::new(
        "fqdn-wildcard-looked-up",
        &["getfqdn.wildcard-inet"],
        "getfqdn looks 0.0.0.0 up like any address.",
        || instead(FQDN, |_, call| Ok((text(&asked(call)) == "0.0.0.0").then(|| returned("0.0.0.0")))),
    )
    .today(),
    Fault::new(
        "fqdn-wildcard6-looked-up",
        &["getfqdn.wildcard-inet6"],
        "getfqdn looks :: up like any address.",
        || instead(FQDN, |_, call| Ok((text(&asked(call)) == "::").then(|| returned("::")))),
    )
    .today(),
    Fault::new(
        "byname-loopback",
        &["gethostbyname.result"],
        "gethostbyname gives the loopback address for every name.",
        || result(BYNAME, |call, value| if is_name(&asked(call)) { Value::str("127.0.0.1") } else { value }),
    ),
    Fault::new(
        "byname-packed",
        &["gethostbyname.dotted-string"],
        "gethostbyname gives the packed address.",
        || {
            outcome(BYNAME, |desk, _, outcome| match outcome {
                Outcome::Returned(text) => desk.function("inet_aton", vec![text]),
                other => Ok(other),
            })
        },
    ),
    Fault::new(
        "byname-list",
        &["gethostbyname.dotted-string"],
        "gethostbyname gives a list of addresses.",
        || result(BYNAME, |_, value| Value::List(vec![value])),
    ),
    Fault::new("byname-bytes", &["gethostbyname.dotted-string"], "gethostbyname gives bytes.", || {
        result(BYNAME, |_, value| other_string(value))
    }),
    Fault::new(
        "byname-numeric-refused",
        &["gethostbyname.numeric-unchanged"],
        "gethostbyname refuses a numeric host.",
        || instead(BYNAME, |desk, call| Ok(is_ipv4(&asked(call)).then(|| not_found(desk)))),
    ),
    Fault::new(
        "byname-numeric-swapped",
        &["gethostbyname.numeric-unchanged"],
        "gethostbyname gives a numeric host back with its numbers in the other order.",
        || {
            result(BYNAME, |call, value| {
                if is_ipv4(&asked(call)) {
                    Value::str(text(&value).rsplit('.').collect::<Vec<_>>().join("."))
                } else {
                    value
                }
            })
        },
    ),
    Fault::new(
        "byname-ipv6",
        &["gethostbyname.no-ipv6"],
        "gethostbyname gives the IPv6 address of a name that has no other.",
        || {
            outcome(BYNAME, |desk, call, outcome| {
                let host = asked(call);
                Ok(match outcome {
                    Outcome::Raised(_) if is_name(&host) => {
                        ipv6(desk, &host)?.into_iter().next().map_or(outcome, Outcome::Returned)
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "byname-ipv6-numeric",
        &["gethostbyname.no-ipv6-numeric"],
        "gethostbyname gives IPv6 text back unchanged.",
        || {
            instead(BYNAME, |_, call| {
                let host = asked(call);
                Ok(is_ipv6(&host).then(|| returned(host)))
            })
        },
    ),
    Fault::new(
        "ex-pair",
        &["gethostbyname_ex.result"],
        "gethostbyname_ex gives a pair without the addresses.",
        || result(EX, |_, value| first(value, 2)),
    ),
    Fault::new("ex-list", &["gethostbyname_ex.result"], "gethostbyname_ex gives a list of three.", || {
        result(EX, |_, value| other_sequence(value))
    }),
    Fault::new(
        "ex-swapped",
        &["gethostbyname_ex.result", "gethostbyname_ex.addresses"],
        "gethostbyname_ex gives the addresses before the aliases.",
        || result(EX, |_, value| swap(value, 1, 2)),
    ),
    Fault::new(
        "ex-name-as-asked",
        &["gethostbyname_ex.primary-name"],
        "The first item is the name as it was asked for.",
        || {
            result(EX, |call, value| {
                let host = asked(call);
                at(value, 0, |_| host)
            })
        },
    ),
    Fault::new(
        "ex-aliases-lost",
        &["gethostbyname_ex.aliases"],
        "gethostbyname_ex knows no aliases.",
        || result(EX, |_, value| at(value, 1, |_| Value::List(Vec::new()))),
    ),
    Fault::new(
        "ex-last-alias-lost",
        &["gethostbyname_ex.aliases"],
        "gethostbyname_ex loses the last alias.",
        || {
            result(EX, |_, value| {
                at(value, 1, |aliases| crate::values::members(aliases, |all| drop(all.pop())))
            })
        },
    ),
    Fault::new("ex-aliases-tuple", &["gethostbyname_ex.aliases"], "The aliases come in a tuple.", || {
        result(EX, |_, value| at(value, 1, other_sequence))
    }),
    Fault::new(
        "ex-no-alias-none",
        &["gethostbyname_ex.aliases-empty"],
        "Where there is no alias, the second item is None.",
        || result(EX, |_, value| at(value, 1, |all| if items(&all).is_empty() { Value::None } else { all })),
    ),
    Fault::new(
        "ex-alias-itself",
        &["gethostbyname_ex.aliases-empty"],
        "The primary name is listed among the aliases.",
        || {
            result(EX, |_, value| {
                let name = items(&value).first().cloned().unwrap_or(Value::None);
                at(value, 1, |aliases| with(aliases, name))
            })
        },
    ),
    Fault::new(
        "ex-one-address",
        &["gethostbyname_ex.addresses"],
        "gethostbyname_ex gives one address only.",
        || result(EX, |_, value| at(value, 2, |all| first(all, 1))),
    ),
    Fault::new("ex-addresses-bytes", &["gethostbyname_ex.addresses"], "The addresses are bytes.", || {
        result(EX, |_, value| at(value, 2, |all| each(all, other_string)))
    }),
    Fault::new(
        "ex-ipv6",
        &["gethostbyname_ex.no-ipv6"],
        "gethostbyname_ex lists the IPv6 addresses of a name that has no others.",
        || {
            outcome(EX, |desk, call, outcome| {
                let host = asked(call);
                Ok(match outcome {
                    Outcome::Raised(_) if is_name(&host) => {
                        let found = ipv6(desk, &host)?;
                        if found.is_empty() {
                            return Ok(outcome);
                        }
                        returned(Value::Tuple(vec![host, Value::List(Vec::new()), Value::List(found)]))
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "ex-ipv6-too",
        &["gethostbyname_ex.no-ipv6", "gethostbyname_ex.addresses"],
        "gethostbyname_ex lists IPv6 addresses beside the others.",
        || {
            outcome(EX, |desk, call, outcome| {
                Ok(match outcome {
                    Outcome::Returned(value) => {
                        let more = ipv6(desk, &asked(call))?;
                        Outcome::Returned(at(value, 2, |all| {
                            crate::values::members(all, |all| all.extend(more))
                        }))
                    }
                    other => other,
                })
            })
        },
    ),
    Fault::new(
        "ex-ipv6-numeric",
        &["gethostbyname_ex.no-ipv6-numeric"],
        "gethostbyname_ex gives IPv6 text back as name and address.",
        || {
            instead(EX, |_, call| {
                let host = asked(call);
                Ok(is_ipv6(&host).then(|| {
                    returned(Value::Tuple(vec![
                        host.clone(),
                        Value::List(Vec::new()),
                        Value::List(vec![host]),
                    ]))
                }))
            })
        },
    ),
    Fault::new(
        "hostname-takes-argument",
        &["gethostname.no-arguments"],
        "gethostname takes an argument, and ignores it.",
        || rewrite(HOSTNAME, |_, args| args.clear()),
    ),
    Fault::new("hostname-bytes", &["gethostname.string"], "gethostname gives bytes.", || {
        result(HOSTNAME, |_, value| other_string(value))
    }),
    Fault::new("hostname-localhost", &["gethostname.result"], "gethostname says localhost.", || {
        result(HOSTNAME, |_, _| Value::str("localhost"))
    }),
    Fault::new("hostname-cut", &["gethostname.result"], "gethostname loses the last letter.", || {
        result(HOSTNAME, |_, value| {
            string(value, |bytes| {
                bytes.pop();
            })
        })
    }),
    Fault::new(
        "hostname-unknown",
        &["gethostname.own-address"],
        "gethostname appends a domain in which the host is unknown.",
        || result(HOSTNAME, |_, value| string(value, |bytes| bytes.extend(b".nx.dns.example"))),
    ),
    Fault::new(
        "hostname-other-address",
        &["gethostname.own-address"],
        "The machine's host name leads to the address of another machine.",
        || {
            outcome(BYNAME, |desk, call, outcome| {
                let own = desk.function("gethostname", Vec::new())?;
                Ok(match outcome {
                    Outcome::Returned(_) if own == Outcome::Returned(asked(call)) => returned("192.0.2.99"),
                    other => other,
                })
            })
        },
    ),
];
