//! The platform's reasons for which two subjects may differ.

use sockspec_subject::Value;

use super::values::{dotted, ipv6};
use super::{Excuse, Seen, Told};

/// Every plain value of the arguments, members of tuples and lists too.
fn leaves(seen: &Seen<'_>) -> Vec<Value> {
    fn gather(value: &Value, found: &mut Vec<Value>) {
        match value.items() {
            Some(items) => items.iter().for_each(|item| gather(item, found)),
            None => found.push(value.clone()),
        }
    }
    let mut found = Vec::new();
    seen.args.iter().for_each(|arg| gather(arg, &mut found));
    found
}

fn any_leaf(seen: &Seen<'_>, like: impl Fn(&Value) -> bool) -> bool {
    leaves(seen).iter().any(like)
}

fn any_text(seen: &Seen<'_>, like: impl Fn(&[u8]) -> bool) -> bool {
    any_leaf(seen, |value| matches!(value, Value::Str(text) if like(text.as_bytes())))
}

fn unicode_error(seen: &Seen<'_>) -> bool {
    matches!(seen.told, Told::Raised(raised) if raised.is("UnicodeError"))
}

/// Whether an integer lies outside of what the C type in its place holds.
fn out_of_range(seen: &Seen<'_>) -> bool {
    let outside = |value: &Value, low: i64, high: i64| match value {
        Value::Int(int) => int.to_i64().is_none_or(|number| !(low..=high).contains(&number)),
        _ => false,
    };
    seen.args.iter().enumerate().any(|(at, arg)| match arg {
        Value::Tuple(items) | Value::List(items) => items.iter().enumerate().any(|(at, item)| match at {
            1 => outside(item, 0, 65535),
            2 => outside(item, 0, 0xf_ffff),
            _ => outside(item, 0, i64::from(u32::MAX)),
        }),
        port if at == 1 && seen.name == "getaddrinfo" => outside(port, 0, 65535),
        other => outside(other, 0, i64::from(i32::MAX)),
    })
}

/// Numbers with periods between that are not in dotted form.
fn is_odd_number(text: &[u8]) -> bool {
    let number = |byte: &u8| byte.is_ascii_digit() || b".+- \nx".contains(byte);
    text.iter().any(u8::is_ascii_digit)
        && text.iter().all(number)
        && std::str::from_utf8(text).ok().and_then(dotted).is_none()
}

pub(super) const EXCUSES: &[Excuse] = &[
    Excuse { reason: "which-ordinary-exception", covers: |a, b| a.raised_ordinary() && b.raised_ordinary() },
    Excuse {
        reason: "host-names-as-idna",
        covers: |a, _| unicode_error(a) || any_text(a, |text| !text.is_ascii()),
    },
    Excuse {
        reason: "bytes-for-text",
        covers: |a, b| {
            any_leaf(a, |value| matches!(value, Value::Bytes(_)))
                && (a.raised_ordinary() || b.raised_ordinary())
        },
    },
    Excuse {
        reason: "text-for-bytes",
        covers: |a, _| {
            let data = matches!(a.name, "send" | "sendall" | "sendto" | "inet_ntoa" | "setsockopt");
            data && any_leaf(a, |value| matches!(value, Value::Str(_))) && a.raised_ordinary()
        },
    },
    Excuse { reason: "text-ends-at-nul", covers: |a, _| any_text(a, |text| text.contains(&0)) },
    Excuse {
        reason: "truth-value-as-integer",
        covers: |a, _| any_leaf(a, |value| matches!(value, Value::Bool(_))),
    },
    Excuse {
        reason: "fraction-as-integer",
        covers: |a, _| any_leaf(a, |value| matches!(value, Value::Float(_))),
    },
    Excuse {
        reason: "minus-one-is-default",
        covers: |a, _| !a.method && a.name == "socket" && a.args.iter().any(|arg| arg.as_i64() == Some(-1)),
    },
    Excuse {
        reason: "further-argument",
        covers: |a, _| !a.method && a.name == "socket" && a.args.len() == 4,
    },
    Excuse {
        reason: "scope-in-text",
        covers: |a, _| any_text(a, |text| text.contains(&b'%') && text.contains(&b':')),
    },
    Excuse {
        reason: "mapped-text-for-ipv4",
        covers: |a, _| {
            any_text(a, |text| {
                std::str::from_utf8(text)
                    .ok()
                    .and_then(ipv6)
                    .is_some_and(|host| host.to_ipv4_mapped().is_some())
            })
        },
    },
    Excuse {
        reason: "wildcard-counts-as-local",
        covers: |a, _| a.name == "getfqdn" && any_text(a, |text| matches!(text, b"0.0.0.0" | b"::")),
    },
    Excuse {
        reason: "names-not-looked-up",
        covers: |a, b| a.name == "getnameinfo" && a.is_number("EAI_NONAME") && b.class() == Some("gaierror"),
    },
    Excuse {
        reason: "flag-by-truth",
        covers: |a, b| a.name == "setblocking" && (a.raised_ordinary() && b.value().is_some()),
    },
    Excuse {
        reason: "nothing-asked-for",
        covers: |a, _| matches!(a.name, "recv" | "recvfrom") && (a.int(0) == Some(0) || a.asked_nothing),
    },
    Excuse {
        reason: "option-buffer-limited",
        covers: |a, _| a.name == "getsockopt" && a.int(2).is_some_and(|length| !(0..=1024).contains(&length)),
    },
    Excuse {
        reason: "closed-connect-ex-returns",
        covers: |a, b| {
            a.name == "connect_ex" && a.closed && a.value().is_some() && b.class() == Some("error")
        },
    },
    Excuse {
        reason: "class-of-a-failed-lookup",
        covers: |a, b| {
            let looked_up = a.method || a.name == "gethostbyname";
            looked_up && a.class() == Some("gaierror") && b.raised_own()
        },
    },
    Excuse {
        reason: "asterisk-is-nothing",
        covers: |a, _| a.name == "getaddrinfo" && a.args.iter().take(2).any(|arg| *arg == Value::str("*")),
    },
    Excuse {
        reason: "name-stripped",
        covers: |a, _| a.name == "getfqdn" && a.text(0).is_some_and(|name| name != name.trim()),
    },
    Excuse {
        reason: "abstract-names-as-bytes",
        covers: |a, b| {
            let abstract_name = |seen: &Seen<'_>| {
                seen.value().and_then(Value::as_bytes).is_some_and(|name| name.first() == Some(&0))
            };
            a.method && abstract_name(a) && abstract_name(b)
        },
    },
    Excuse {
        reason: "integer-truncated",
        covers: |a, b| {
            let short = matches!(a.name, "htons" | "ntohs")
                && a.int(0).is_none_or(|number| !(0..=65535).contains(&number));
            !a.method && short && a.value().is_some() && b.raised_ordinary()
        },
    },
    Excuse { reason: "numbers-read-by-itself", covers: |a, _| any_text(a, is_odd_number) },
    Excuse { reason: "range-not-documented", covers: |a, _| out_of_range(a) },
    Excuse {
        reason: "none-for-left-out",
        covers: |a, b| {
            a.name == "getservbyname"
                && a.arg(1) == Some(&Value::None)
                && !a.raised_ordinary()
                && b.raised_ordinary()
        },
    },
    Excuse {
        reason: "mode-letters-ignored",
        covers: |a, b| {
            a.name == "makefile"
                && a.text(0).is_some_and(|mode| mode.starts_with(['r', 'w', 'a', 'U']))
                && a.value().is_some()
                && b.class() == Some("ValueError")
        },
    },
    Excuse {
        reason: "list-for-tuple",
        covers: |a, b| {
            let list = |arg: &Value| matches!(arg, Value::List(items) if items.len() > 1);
            let takes = matches!(a.name, "sendto" | "getnameinfo") && a.args.iter().any(list);
            takes && !a.raised_ordinary() && b.raised_ordinary()
        },
    },
    Excuse {
        reason: "first-of-several-faults",
        covers: |a, b| {
            let ill_typed = |item: &Value| !matches!(item, Value::Int(_) | Value::Bool(_));
            let second = matches!(a.arg(0), Some(Value::Tuple(items)) if items.iter().skip(2).any(ill_typed));
            a.name == "getnameinfo" && second && a.class() == Some("gaierror") && b.raised_ordinary()
        },
    },
    Excuse {
        reason: "address-with-more-items",
        covers: |a, b| {
            let more = matches!(a.arg(0), Some(Value::Tuple(items)) if items.len() > 2);
            a.name == "getnameinfo" && more && a.raised_own() && b.raised_ordinary()
        },
    },
    Excuse {
        reason: "dotted-text-whatever-the-family",
        covers: |a, b| {
            let host = a.args.iter().filter_map(Value::items).find_map(<[Value]>::first);
            let dotted = matches!(host, Some(Value::Str(text)) if text.to_str().and_then(dotted).is_some());
            let inet6 = a.made.is_some_and(|made| a.constant("AF_INET6") == Some(made.family));
            inet6 && dotted && b.class() == Some("gaierror")
        },
    },
];
