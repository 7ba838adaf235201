//! Rules about socket addresses, given and returned.

use sockspec_subject::Value;

use super::values::{dotted, ipv6, is_inet, is_inet6};
use super::{Rule, Seen};

/// The address that a method was given.
fn given<'s>(seen: &'s Seen<'_>) -> Option<&'s [Value]> {
    if !seen.method || seen.closed {
        return None;
    }
    let at = match seen.name {
        "bind" | "connect" | "connect_ex" if seen.args.len() == 1 => 0,
        "sendto" if seen.args.len() == 2 => 1,
        _ => return None,
    };
    match seen.arg(at)? {
        Value::Tuple(items) => Some(items),
        _ => None,
    }
}

fn of_family(seen: &Seen<'_>, name: &str) -> bool {
    seen.made.is_some_and(|made| seen.constant(name) == Some(made.family))
}

fn host(items: &[Value]) -> Option<&str> {
    match items.first()? {
        Value::Str(text) => text.to_str(),
        _ => None,
    }
}

fn port(items: &[Value]) -> bool {
    items.get(1).and_then(Value::as_i64).is_some_and(|port| (0..=65535).contains(&port))
}

/// The address that came back.
fn back<'s>(seen: &Seen<'s>) -> Option<&'s Value> {
    match (seen.method, seen.name) {
        (true, "getsockname" | "getpeername") => seen.value(),
        (true, "accept" | "recvfrom") => seen.value()?.items()?.get(1),
        _ => None,
    }
}

/// A list was taken for an address, whatever came of it then.
fn list_taken(seen: &Seen<'_>, name: &str) -> Option<String> {
    let list = seen.method
        && seen.name == name
        && !seen.closed
        && matches!(seen.args.as_slice(), [Value::List(items)] if items.len() > 1);
    (list && (seen.value().is_some() || seen.raised_own())).then(|| seen.shown())
}

/// Whether the address got as far as the system: it was accepted, or refused with an error number.
fn reached(seen: &Seen<'_>) -> bool {
    seen.value().is_some() || seen.class() == Some("error") && seen.number().is_some()
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        clause: "addresses.inet-pair-returned",
        finds: |seen| {
            let address = back(seen)?;
            (of_family(seen, "AF_INET") && *address != Value::None && !is_inet(address)).then(|| seen.shown())
        },
    },
    Rule {
        clause: "addresses.inet6-four-tuple-returned",
        finds: |seen| {
            let address = back(seen)?;
            (of_family(seen, "AF_INET6") && *address != Value::None && !is_inet6(address))
                .then(|| seen.shown())
        },
    },
    Rule {
        clause: "addresses.inet-pair",
        finds: |seen| {
            let items = given(seen)?;
            (of_family(seen, "AF_INET") && items.len() != 2 && seen.value().is_some()).then(|| seen.shown())
        },
    },
    // An ordinary exception says that the form is refused, whatever the system makes of the address.
    Rule {
        clause: "addresses.inet-host-numeric",
        finds: |seen| {
            let items = given(seen)?;
            let applies = of_family(seen, "AF_INET")
                && items.len() == 2
                && port(items)
                && dotted(host(items)?).is_some();
            (applies && (seen.raised_ordinary() || seen.class() == Some("gaierror"))).then(|| seen.shown())
        },
    },
    Rule {
        clause: "addresses.inet-empty-host",
        finds: |seen| {
            let items = given(seen)?;
            let applies =
                of_family(seen, "AF_INET") && items.len() == 2 && port(items) && host(items)?.is_empty();
            (applies && (seen.raised_ordinary() || seen.class() == Some("gaierror"))).then(|| seen.shown())
        },
    },
    Rule {
        clause: "addresses.inet-broadcast-host",
        finds: |seen| {
            let items = given(seen)?;
            let applies = of_family(seen, "AF_INET")
                && items.len() == 2
                && port(items)
                && host(items)? == "<broadcast>";
            (applies && (seen.raised_ordinary() || seen.class() == Some("gaierror"))).then(|| seen.shown())
        },
    },
    Rule {
        clause: "addresses.inet6-no-empty-host",
        finds: |seen| {
            let items = given(seen)?;
            (of_family(seen, "AF_INET6") && host(items)?.is_empty() && reached(seen)).then(|| seen.shown())
        },
    },
    Rule {
        clause: "addresses.inet6-no-broadcast-host",
        finds: |seen| {
            let items = given(seen)?;
            (of_family(seen, "AF_INET6") && host(items)? == "<broadcast>" && reached(seen))
                .then(|| seen.shown())
        },
    },
    Rule {
        clause: "addresses.inet6-host-numeric",
        finds: |seen| {
            let items = given(seen)?;
            let rest =
                items.iter().skip(2).all(|item| item.as_i64().is_some_and(|n| (0..=0xf_ffff).contains(&n)));
            let applies = of_family(seen, "AF_INET6")
                && (2..=4).contains(&items.len())
                && rest
                && port(items)
                && ipv6(host(items)?).is_some();
            (applies && (seen.raised_ordinary() || seen.class() == Some("gaierror"))).then(|| seen.shown())
        },
    },
    Rule {
        clause: "addresses.inet-port-integer",
        finds: |seen| {
            let items = given(seen)?;
            let number = items.get(1)?;
            let integer = matches!(number, Value::Int(_) | Value::Bool(_));
            (of_family(seen, "AF_INET") && items.len() == 2 && !integer && seen.value().is_some())
                .then(|| seen.shown())
        },
    },
    Rule {
        clause: "addresses.unix-abstract",
        finds: |seen| {
            let text = matches!(back(seen)?, Value::Str(name) if name.as_bytes().first() == Some(&0));
            text.then(|| seen.shown())
        },
    },
    // The chapter says of these that they take only a tuple.
    Rule { clause: "bind.one-argument", finds: |seen| list_taken(seen, "bind") },
    Rule { clause: "connect.one-argument", finds: |seen| list_taken(seen, "connect") },
    Rule { clause: "connect_ex.like-connect", finds: |seen| list_taken(seen, "connect_ex") },
    Rule {
        clause: "bind.one-argument",
        finds: |seen| {
            (seen.method && seen.name == "bind" && seen.args.len() != 1 && seen.value().is_some())
                .then(|| seen.shown())
        },
    },
    Rule {
        clause: "connect.one-argument",
        finds: |seen| {
            (seen.method && seen.name == "connect" && seen.args.len() != 1 && seen.value().is_some())
                .then(|| seen.shown())
        },
    },
];
