//! Rules about failures: that they are exceptions, of which class, and what those carry.

use sockspec_subject::Value;

use super::{Rule, Seen, Told};

/// Functions whose failures are `gaierror`.
fn is_gai(seen: &Seen<'_>) -> bool {
    !seen.method && matches!(seen.name, "getaddrinfo" | "getnameinfo")
}

/// Whether an argument of a function that resolves is of a type that the chapter has no use for there.
fn ill_typed(seen: &Seen<'_>) -> bool {
    let no_text = |at: usize| {
        matches!(seen.arg(at), Some(Value::Tuple(_) | Value::List(_) | Value::Float(_) | Value::Int(_)))
    };
    match seen.name {
        _ if seen.method => false,
        "getaddrinfo" => {
            no_text(0) || matches!(seen.arg(1), Some(Value::Tuple(_) | Value::List(_) | Value::Float(_)))
        }
        "gethostbyname" | "gethostbyname_ex" | "gethostbyaddr" | "inet_aton" | "getservbyname"
        | "getprotobyname" => no_text(0),
        _ => false,
    }
}

fn has_bool(seen: &Seen<'_>) -> bool {
    seen.args.iter().any(|arg| matches!(arg, Value::Bool(_)))
}

fn class_but(seen: &Seen<'_>, wanted: &str) -> Option<String> {
    match seen.class() {
        Some(class) if seen.raised_own() && class != wanted => Some(seen.shown()),
        _ => None,
    }
}

/// A number that is not of this failure: one that C leaves in `h_errno` for none, or, for a host that is `nobody`, which the
/// C library refuses without asking anybody, another than that it was not found. That is an earlier call's then.
fn no_h_errno(seen: &Seen<'_>, name: &str, nobody: &str) -> Option<String> {
    if seen.method || seen.name != name || seen.class() != Some("herror") || seen.number().is_none() {
        return None;
    }
    let known: &[&str] = match seen.args.as_slice() {
        [_] if seen.text(0) == Some(nobody) => &["HOST_NOT_FOUND"],
        _ => &["HOST_NOT_FOUND", "TRY_AGAIN", "NO_RECOVERY", "NO_DATA"],
    };
    (!known.iter().any(|name| seen.is_number(name))).then(|| seen.shown())
}

/// Whether an `error` or one of its kind carries something else than a number and a text.
fn no_pair(seen: &Seen<'_>, class: &str) -> Option<String> {
    let Told::Raised(raised) = seen.told else { return None };
    if raised.documented_class() != class {
        return None;
    }
    match raised.args.as_slice() {
        [Value::Int(_), text] if text.as_bytes().is_some() => None,
        _ => Some(seen.shown()),
    }
}

/// An address whose host is IPv4 in numbers, with more items than that family has: it does not get as far as the C
/// library.
fn numbers_with_more(seen: &Seen<'_>) -> bool {
    let Some(Value::Tuple(items)) = seen.arg(0) else { return false };
    let host = items.first().and_then(Value::as_bytes).unwrap_or_default();
    let numbers = host.first().is_some_and(u8::is_ascii_digit)
        && host.iter().all(|byte| byte.is_ascii_hexdigit() || b"xX.".contains(byte));
    numbers && items.len() > 2
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        clause: "errors.raised",
        finds: |seen| match seen.told {
            Told::Fault(_) => Some(seen.shown()),
            _ => None,
        },
    },
    Rule {
        clause: "errors.herror-gethostbyname-ex",
        finds: |seen| {
            (!seen.method && seen.name == "gethostbyname_ex").then(|| class_but(seen, "herror")).flatten()
        },
    },
    Rule {
        clause: "errors.herror-gethostbyaddr",
        finds: |seen| {
            (!seen.method && seen.name == "gethostbyaddr").then(|| class_but(seen, "herror")).flatten()
        },
    },
    Rule {
        clause: "errors.gaierror-getaddrinfo",
        finds: |seen| {
            (is_gai(seen) && seen.name == "getaddrinfo" && !ill_typed(seen) && !has_bool(seen))
                .then(|| class_but(seen, "gaierror"))
                .flatten()
        },
    },
    Rule {
        clause: "errors.gaierror-getnameinfo",
        finds: |seen| {
            let fits = !numbers_with_more(seen) || seen.number().is_some();
            (is_gai(seen) && seen.name == "getnameinfo" && fits)
                .then(|| class_but(seen, "gaierror"))
                .flatten()
        },
    },
    Rule {
        clause: "errors.argument-type",
        finds: |seen| (ill_typed(seen) && seen.raised_own()).then(|| seen.shown()),
    },
    // `error` is for what these two and the functions built on h_errno do not raise.
    Rule {
        clause: "errors.error",
        finds: |seen| {
            // Where a host is looked up, the chapter leaves the class of the failure open.
            let plain = matches!(
                seen.name,
                "inet_aton" | "inet_ntoa" | "getservbyname" | "getprotobyname" | "gethostname"
            );
            (!seen.method && plain).then(|| class_but(seen, "error")).flatten()
        },
    },
    Rule {
        clause: "errors.herror-gethostbyname-ex-number",
        finds: |seen| no_h_errno(seen, "gethostbyname_ex", "<broadcast>"),
    },
    Rule {
        clause: "errors.herror-gethostbyaddr-number",
        finds: |seen| no_h_errno(seen, "gethostbyaddr", "::"),
    },
    Rule { clause: "errors.herror-pair", finds: |seen| no_pair(seen, "herror") },
    Rule { clause: "errors.gaierror-pair", finds: |seen| no_pair(seen, "gaierror") },
    Rule {
        clause: "errors.error-message",
        finds: |seen| {
            let Told::Raised(raised) = seen.told else { return None };
            if raised.documented_class() != "error" {
                return None;
            }
            match raised.args.as_slice() {
                [message] if message.as_bytes().is_some() => None,
                [Value::Int(_), text] if text.as_bytes().is_some() => None,
                _ => Some(seen.shown()),
            }
        },
    },
    Rule {
        clause: "errors.error-number-named",
        finds: |seen| {
            if seen.class() != Some("error") {
                return None;
            }
            let number = seen.number()?;
            let named = seen.constants.iter().any(|(name, value)| *value == number && name.starts_with('E'));
            (!named).then(|| seen.shown())
        },
    },
];
