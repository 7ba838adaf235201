//! Rules about byte order and the packed form of IPv4 addresses.

use sockspec_subject::Value;

use super::values::{dotted, ipv6};
use super::{Rule, Seen};

fn is(seen: &Seen<'_>, name: &str) -> bool {
    !seen.method && seen.name == name
}

/// The only argument, where it fits so many bits.
fn fits(seen: &Seen<'_>, names: [&str; 2], bits: u32) -> Option<i64> {
    if seen.method || !names.contains(&seen.name) || seen.args.len() != 1 {
        return None;
    }
    seen.arg(0)?.as_i64().filter(|number| (0..1_i64 << bits).contains(number))
}

fn swapped_32(number: i64) -> Option<i64> {
    u32::try_from(number).ok().map(|number| i64::from(u32::from_be(number)))
}

fn swapped_16(number: i64) -> Option<i64> {
    u16::try_from(number).ok().map(|number| i64::from(u16::from_be(number)))
}

fn should_be(seen: &Seen<'_>, wanted: i64) -> Option<String> {
    (seen.value().and_then(Value::as_i64) != Some(wanted)).then(|| seen.shown())
}

fn packed<'s>(seen: &'s Seen<'_>) -> Option<&'s [u8]> {
    if !is(seen, "inet_ntoa") || seen.args.len() != 1 {
        return None;
    }
    match seen.arg(0)? {
        Value::Bytes(bytes) => Some(bytes),
        _ => None,
    }
}

pub(super) const RULES: &[Rule] = &[
    Rule {
        clause: "byte-order.ntohl-swap",
        finds: |seen| {
            let number = fits(seen, ["ntohl", "ntohl"], 32)?;
            should_be(seen, swapped_32(number)?)
        },
    },
    Rule {
        clause: "byte-order.htonl-swap",
        finds: |seen| {
            let number = fits(seen, ["htonl", "htonl"], 32)?;
            should_be(seen, swapped_32(number)?)
        },
    },
    Rule {
        clause: "byte-order.ntohs-swap",
        finds: |seen| {
            let number = fits(seen, ["ntohs", "ntohs"], 16)?;
            should_be(seen, swapped_16(number)?)
        },
    },
    Rule {
        clause: "byte-order.htons-swap",
        finds: |seen| {
            let number = fits(seen, ["htons", "htons"], 16)?;
            should_be(seen, swapped_16(number)?)
        },
    },
    Rule { clause: "byte-order.ntohs-overflow", finds: |seen| overflows(seen, "ntohs") },
    Rule { clause: "byte-order.htons-overflow", finds: |seen| overflows(seen, "htons") },
    Rule {
        clause: "inet_ntoa.dotted",
        finds: |seen| {
            let [a, b, c, d] = packed(seen)? else { return None };
            let wanted = format!("{a}.{b}.{c}.{d}");
            (seen.value().and_then(Value::as_bytes) != Some(wanted.as_bytes())).then(|| seen.shown())
        },
    },
    Rule {
        clause: "inet_ntoa.wrong-length",
        finds: |seen| {
            let bytes = packed(seen)?;
            (bytes.len() != 4 && seen.class() != Some("error")).then(|| seen.shown())
        },
    },
    Rule {
        clause: "inet_aton.packed",
        finds: |seen| {
            let text =
                if is(seen, "inet_aton") && seen.args.len() == 1 { seen.text(0)? } else { return None };
            let wanted = dotted(text)?.octets();
            (seen.value().and_then(Value::as_bytes) != Some(&wanted[..])).then(|| seen.shown())
        },
    },
    Rule {
        clause: "inet_aton.four-bytes",
        finds: |seen| {
            let value = if is(seen, "inet_aton") { seen.value()? } else { return None };
            (value.as_bytes().map(<[u8]>::len) != Some(4)).then(|| seen.shown())
        },
    },
    Rule {
        clause: "inet_aton.no-ipv6",
        finds: |seen| {
            let text = if is(seen, "inet_aton") { seen.text(0)? } else { return None };
            (ipv6(text).is_some() && seen.class() != Some("error")).then(|| seen.shown())
        },
    },
    Rule {
        clause: "inet_aton.invalid",
        finds: |seen| {
            let text =
                if is(seen, "inet_aton") && seen.args.len() == 1 { seen.text(0)? } else { return None };
            // Letters beyond hexadecimal make it no address for any C library.
            let invalid = text.is_empty() || text.is_ascii() && !text.contains('\0') && hopeless(text);
            (invalid && seen.class() != Some("error")).then(|| seen.shown())
        },
    },
];

fn hopeless(text: &str) -> bool {
    text.bytes().any(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit() && !b"xX".contains(&byte))
        && !text.contains(char::is_whitespace)
}

fn overflows(seen: &Seen<'_>, name: &str) -> Option<String> {
    if !is(seen, name) || seen.args.len() != 1 {
        return None;
    }
    let beyond = match seen.arg(0)? {
        Value::Int(int) => int.to_i64().is_none_or(|number| !(0..=65535).contains(&number)),
        _ => return None,
    };
    (beyond && !matches!(seen.class(), Some("OverflowError"))).then(|| seen.shown())
}
