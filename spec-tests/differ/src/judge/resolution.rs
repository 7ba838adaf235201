//! Rules about names: what `getaddrinfo` and the others take and give.

use sockspec_subject::Value;

use super::values::{dotted, ipv6, is_dotted, is_host_triple, is_inet, is_inet6, is_text};
use super::{Comparison, Rule, Seen};

fn is(seen: &Seen<'_>, name: &str) -> bool {
    !seen.method && seen.name == name
}

/// The entries that `getaddrinfo` returned.
fn entries<'s>(seen: &Seen<'s>) -> Option<&'s [Value]> {
    if !is(seen, "getaddrinfo") {
        return None;
    }
    match seen.value()? {
        Value::List(entries) => Some(entries),
        _ => None,
    }
}

/// The first entry that is not like this.
fn entry_but(seen: &Seen<'_>, like: impl Fn(&[Value]) -> bool) -> Option<String> {
    let entries = entries(seen)?;
    let wrong = entries.iter().find(|entry| match entry {
        Value::Tuple(items) if items.len() == 5 => !like(items),
        _ => true,
    })?;
    Some(format!("an entry is {wrong}"))
}

/// Whether every hint of a `getaddrinfo` call is one that has entries for a numeric host or none.
fn plain_hints(seen: &Seen<'_>) -> bool {
    let number = |at: usize| if seen.args.len() > at { seen.int(at) } else { Some(0) };
    let (Some(family), Some(socktype), Some(protocol), Some(flags)) =
        (number(2), number(3), number(4), number(5))
    else {
        return false;
    };
    let known = |names: &[&str], value: i64| {
        value == 0 || names.iter().any(|name| seen.constant(name) == Some(value))
    };
    known(&["AF_INET", "AF_INET6"], family)
        && known(&["SOCK_STREAM", "SOCK_DGRAM"], socktype)
        && protocol == 0
        && (flags == 0 || seen.constant("AI_PASSIVE") == Some(flags))
}

/// A port that every type has, in a form that needs no file.
fn plain_port(port: Option<&Value>) -> bool {
    match port {
        Some(Value::Int(int)) => int.to_i64().is_some_and(|port| (0..=65535).contains(&port)),
        _ => false,
    }
}

fn is_null(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::None)) || is_empty(value)
}

fn is_empty(value: Option<&Value>) -> bool {
    matches!(value, Some(Value::Str(text)) if text.as_bytes().is_empty())
}

/// A failure where this host and port have entries.
fn refused(seen: &Seen<'_>) -> Option<String> {
    (seen.class().is_some()
        || seen.value().is_some_and(|value| value.items().is_some_and(<[Value]>::is_empty)))
    .then(|| seen.shown())
}

/// A call with neither host nor port that led to anything but `EAI_NONAME`.
fn nothing(seen: &Seen<'_>, applies: bool) -> Option<String> {
    let hints = seen.args.len() <= 6
        && (2..seen.args.len()).all(|at| seen.int(at).is_some_and(|hint| i32::try_from(hint).is_ok()));
    let null = is(seen, "getaddrinfo") && hints && is_null(seen.arg(0)) && is_null(seen.arg(1));
    (applies && null && !seen.is_number("EAI_NONAME")).then(|| seen.shown())
}

pub(super) const COMPARISONS: &[Comparison] = &[
    // The name was looked up as if it were one.
    Comparison {
        clause: "getaddrinfo.null-host-empty",
        finds: |seen, other| {
            // With no port either, it is what the C call says of two null pointers.
            let applies = is(seen, "getaddrinfo") && is_empty(seen.arg(0)) && !is_null(seen.arg(1));
            (applies && seen.is_number("EAI_NONAME") && !other.is_number("EAI_NONAME")).then(|| seen.shown())
        },
    },
    // getaddrinfo(3): a canonical name is asked for, and there is no host to have one.
    Comparison {
        clause: "getaddrinfo.null-host-empty",
        finds: |seen, other| {
            let canonical = seen.int(5).unwrap_or(0) & seen.constant("AI_CANONNAME")? != 0;
            // A port out of range may be refused before the flags are looked at.
            let port = seen.int(1).is_none_or(|port| (0..=65535).contains(&port));
            let applies = is(seen, "getaddrinfo") && is_empty(seen.arg(0)) && canonical && port;
            (applies && other.is_number("EAI_BADFLAGS")).then(|| seen.shown())
        },
    },
    Comparison {
        clause: "getaddrinfo.null-port-empty",
        finds: |seen, other| {
            // A lone asterisk is no host either, where the C library has it so: both pointers are then null.
            let host = !is_empty(seen.arg(0)) && seen.text(0) != Some("*");
            let applies = is(seen, "getaddrinfo") && is_empty(seen.arg(1)) && host;
            // What is not ASCII may have been made another host on the way.
            let plain = seen.text(0).is_none_or(str::is_ascii);
            (applies && plain && seen.class() == Some("gaierror") && other.value().is_some())
                .then(|| seen.shown())
        },
    },
    Comparison {
        clause: "addresses.inet-host-name",
        finds: |seen, other| {
            let applies = is(seen, "getnameinfo") && other.value().is_some();
            (applies && seen.is_number("EAI_NONAME")).then(|| seen.shown())
        },
    },
];

pub(super) const RULES: &[Rule] = &[
    Rule {
        clause: "getaddrinfo.null-host-empty",
        finds: |seen| {
            let applies = is(seen, "getaddrinfo")
                && is_empty(seen.arg(0))
                && plain_hints(seen)
                && (plain_port(seen.arg(1)));
            applies.then(|| refused(seen)).flatten()
        },
    },
    Rule {
        clause: "getaddrinfo.null-host-none",
        finds: |seen| {
            let applies = is(seen, "getaddrinfo")
                && matches!(seen.arg(0), Some(Value::None))
                && plain_hints(seen)
                && plain_port(seen.arg(1));
            applies.then(|| refused(seen)).flatten()
        },
    },
    Rule {
        clause: "getaddrinfo.null-port-empty",
        finds: |seen| {
            let host = seen.text(0).is_some_and(|host| dotted(host).is_some() || ipv6(host).is_some());
            let family = seen.int(2).unwrap_or(0) == 0;
            let applies =
                is(seen, "getaddrinfo") && host && family && is_empty(seen.arg(1)) && plain_hints(seen);
            applies.then(|| refused(seen)).flatten()
        },
    },
    // Two null pointers fail in the C call with EAI_NONAME, whatever the hints.
    Rule { clause: "getaddrinfo.null-host-empty", finds: |seen| nothing(seen, is_empty(seen.arg(0))) },
    Rule {
        clause: "getaddrinfo.null-port-empty",
        finds: |seen| nothing(seen, is_empty(seen.arg(1)) && !is_empty(seen.arg(0))),
    },
    Rule {
        clause: "getaddrinfo.null-port-none",
        finds: |seen| nothing(seen, !is_empty(seen.arg(0)) && !is_empty(seen.arg(1))),
    },
    Rule {
        clause: "getaddrinfo.port-number",
        finds: |seen| {
            let host = seen.text(0).is_some_and(|host| dotted(host).is_some() || ipv6(host).is_some());
            let family = seen.args.len() < 3 || seen.int(2) == Some(0);
            let applies =
                is(seen, "getaddrinfo") && host && family && plain_port(seen.arg(1)) && plain_hints(seen);
            applies.then(|| refused(seen)).flatten()
        },
    },
    Rule {
        clause: "getaddrinfo.list",
        finds: |seen| {
            let value = if is(seen, "getaddrinfo") { seen.value()? } else { return None };
            (!matches!(value, Value::List(_))).then(|| seen.shown())
        },
    },
    Rule { clause: "getaddrinfo.five-tuple", finds: |seen| entry_but(seen, |_| true) },
    Rule {
        clause: "getaddrinfo.entry-integers",
        finds: |seen| entry_but(seen, |items| items[..3].iter().all(|item| matches!(item, Value::Int(_)))),
    },
    Rule {
        clause: "getaddrinfo.canonname-string",
        finds: |seen| entry_but(seen, |items| is_text(&items[3])),
    },
    Rule {
        clause: "getaddrinfo.sockaddr-inet",
        finds: |seen| {
            let family = seen.constant("AF_INET")?;
            entry_but(seen, |items| items[0].as_i64() != Some(family) || is_inet(&items[4]))
        },
    },
    Rule {
        clause: "getaddrinfo.sockaddr-inet6",
        finds: |seen| {
            let family = seen.constant("AF_INET6")?;
            entry_but(seen, |items| items[0].as_i64() != Some(family) || is_inet6(&items[4]))
        },
    },
    Rule {
        clause: "getaddrinfo.family-hint",
        finds: |seen| {
            let family = seen.int(2).filter(|family| *family > 0)?;
            entry_but(seen, |items| items[0].as_i64() == Some(family))
        },
    },
    Rule {
        clause: "getaddrinfo.type-hint",
        finds: |seen| {
            let socktype = seen.int(3).filter(|socktype| *socktype > 0)?;
            entry_but(seen, |items| items[1].as_i64() == Some(socktype))
        },
    },
    Rule {
        clause: "getaddrinfo.canonname-empty",
        finds: |seen| {
            let asked = seen.constant("AI_CANONNAME")?;
            if seen.int(5).unwrap_or(0) & asked != 0 {
                return None;
            }
            entry_but(seen, |items| items[3].as_bytes().is_some_and(<[u8]>::is_empty))
        },
    },
    Rule {
        clause: "gethostbyname.numeric-unchanged",
        finds: |seen| {
            let host =
                if is(seen, "gethostbyname") && seen.args.len() == 1 { seen.text(0)? } else { return None };
            dotted(host)?;
            (seen.value().and_then(Value::as_bytes) != Some(host.as_bytes())).then(|| seen.shown())
        },
    },
    Rule {
        clause: "gethostbyname.dotted-string",
        finds: |seen| {
            let value = if is(seen, "gethostbyname") { seen.value()? } else { return None };
            (!is_dotted(value)).then(|| seen.shown())
        },
    },
    Rule {
        clause: "gethostbyname.no-ipv6-numeric",
        finds: |seen| {
            let host = if is(seen, "gethostbyname") { seen.text(0)? } else { return None };
            (ipv6(host).is_some_and(|host| host.to_ipv4_mapped().is_none()) && seen.value().is_some())
                .then(|| seen.shown())
        },
    },
    Rule {
        clause: "gethostbyname_ex.no-ipv6-numeric",
        finds: |seen| {
            let host = if is(seen, "gethostbyname_ex") { seen.text(0)? } else { return None };
            (ipv6(host).is_some_and(|host| host.to_ipv4_mapped().is_none()) && seen.value().is_some())
                .then(|| seen.shown())
        },
    },
    Rule {
        clause: "gethostbyname_ex.result",
        finds: |seen| {
            let value = if is(seen, "gethostbyname_ex") { seen.value()? } else { return None };
            (!is_host_triple(value, is_dotted)).then(|| seen.shown())
        },
    },
    Rule {
        clause: "gethostbyaddr.result",
        finds: |seen| {
            let value = if is(seen, "gethostbyaddr") { seen.value()? } else { return None };
            (!is_host_triple(value, is_text)).then(|| seen.shown())
        },
    },
    Rule {
        clause: "getfqdn.result",
        finds: |seen| {
            let value = if is(seen, "getfqdn") { seen.value()? } else { return None };
            (!is_text(value)).then(|| seen.shown())
        },
    },
    // It never fails: where nothing is found the host name is the result.
    Rule {
        clause: "getfqdn.fallback",
        finds: |seen| {
            let named =
                seen.args.is_empty() || seen.args.len() == 1 && seen.text(0).is_some_and(str::is_ascii);
            (is(seen, "getfqdn") && named && seen.raised_own()).then(|| seen.shown())
        },
    },
    Rule {
        clause: "getfqdn.first-with-period",
        finds: |seen| {
            let text = if is(seen, "getfqdn") { seen.value()?.as_bytes()? } else { return None };
            text.is_empty().then(|| seen.shown())
        },
    },
    Rule {
        clause: "getfqdn.wildcard-inet",
        finds: |seen| {
            let given = if is(seen, "getfqdn") { seen.text(0)? } else { return None };
            (given == "0.0.0.0" && seen.value()?.as_bytes()? == b"0.0.0.0").then(|| seen.shown())
        },
    },
    Rule {
        clause: "getfqdn.wildcard-inet6",
        finds: |seen| {
            let given = if is(seen, "getfqdn") { seen.text(0)? } else { return None };
            (given == "::" && seen.value()?.as_bytes()? == b"::").then(|| seen.shown())
        },
    },
    Rule {
        clause: "gethostname.string",
        finds: |seen| {
            let value = if is(seen, "gethostname") { seen.value()? } else { return None };
            (!is_text(value)).then(|| seen.shown())
        },
    },
    Rule {
        clause: "gethostname.no-arguments",
        finds: |seen| {
            (is(seen, "gethostname") && !seen.args.is_empty() && seen.value().is_some()).then(|| seen.shown())
        },
    },
    Rule {
        clause: "getnameinfo.pair",
        finds: |seen| {
            let value = if is(seen, "getnameinfo") { seen.value()? } else { return None };
            let pair = matches!(value, Value::Tuple(items) if items.len() == 2 && items.iter().all(is_text));
            (!pair).then(|| seen.shown())
        },
    },
    Rule {
        clause: "getnameinfo.required-arguments",
        finds: |seen| {
            (is(seen, "getnameinfo") && seen.args.len() != 2 && !seen.raised_ordinary()).then(|| seen.shown())
        },
    },
    Rule {
        clause: "getaddrinfo.required-arguments",
        finds: |seen| {
            let wrong = seen.args.len() < 2 || seen.args.len() > 6;
            (is(seen, "getaddrinfo") && wrong && !seen.named && !seen.raised_ordinary()).then(|| seen.shown())
        },
    },
    Rule {
        clause: "getaddrinfo.optional-numeric",
        finds: |seen| {
            if !is(seen, "getaddrinfo") {
                return None;
            }
            let wrong = seen.args.iter().skip(2).any(|arg| {
                matches!(
                    arg,
                    Value::Str(_) | Value::Bytes(_) | Value::Tuple(_) | Value::List(_) | Value::None
                )
            });
            (wrong && seen.value().is_some()).then(|| seen.shown())
        },
    },
    Rule {
        clause: "getservbyname.protocol-required",
        finds: |seen| {
            (is(seen, "getservbyname") && seen.args.len() < 2 && !seen.raised_ordinary())
                .then(|| seen.shown())
        },
    },
    Rule {
        clause: "getservbyname.result",
        finds: |seen| {
            let value = if is(seen, "getservbyname") { seen.value()? } else { return None };
            (!super::values::is_port(value)).then(|| seen.shown())
        },
    },
];
