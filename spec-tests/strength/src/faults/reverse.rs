//! Faults in gethostbyaddr.

use sockspec_subject::{Outcome, Value};

use crate::Fault;
use crate::fault::Desk;
use crate::tools::{args, instead, refuse, result};
use crate::values::{
    address_error, at, each, first, is_ipv4, is_ipv6, is_name, items, other_string, reversed, swap, text,
    with,
};

const BYADDR: &[&str] = &["gethostbyaddr"];

fn asked(call: &sockspec_subject::Call) -> Value {
    args(call).first().cloned().unwrap_or_else(|| Value::str(""))
}

fn not_found(desk: &Desk<'_>) -> Outcome {
    address_error("herror", desk.number("HOST_NOT_FOUND"), "Unknown host")
}

pub(super) const FAULTS: &[Fault] = &[
    Fault::new(
        "byaddr-packed-only",
        &["gethostbyaddr.address-argument"],
        "gethostbyaddr takes packed addresses only.",
        || refuse(BYADDR, |args| args.first().is_some_and(|host| matches!(host, Value::Str(_)))),
    ),
    Fault::new(
        "byaddr-names-refused",
        &["gethostbyaddr.host-name-argument"],
        "gethostbyaddr does not take names.",
        || instead(BYADDR, |desk, call| Ok(is_name(&asked(call)).then(|| not_found(desk)))),
    ),
    Fault::new("byaddr-pair", &["gethostbyaddr.result"], "gethostbyaddr gives a pair.", || {
        result(BYADDR, |_, value| first(value, 2))
    }),
    Fault::new(
        "byaddr-swapped",
        &["gethostbyaddr.result"],
        "gethostbyaddr gives the addresses before the aliases.",
        || result(BYADDR, |_, value| swap(value, 1, 2)),
    ),
    Fault::new(
        "byaddr-name-is-address",
        &["gethostbyaddr.primary-name"],
        "The first item is the address that was given.",
        || {
            result(BYADDR, |call, value| {
                let host = asked(call);
                at(value, 0, |_| host)
            })
        },
    ),
    Fault::new(
        "byaddr-name-short",
        &["gethostbyaddr.primary-name"],
        "The first item loses its domain.",
        || {
            result(BYADDR, |_, value| {
                at(value, 0, |name| Value::str(text(&name).split('.').next().unwrap_or_default()))
            })
        },
    ),
    Fault::new("byaddr-aliases-lost", &["gethostbyaddr.aliases"], "gethostbyaddr knows no aliases.", || {
        result(BYADDR, |_, value| at(value, 1, |_| Value::List(Vec::new())))
    }),
    Fault::new(
        "byaddr-aliases-reversed",
        &["gethostbyaddr.aliases"],
        "gethostbyaddr loses the first alias.",
        || result(BYADDR, |_, value| at(value, 1, |all| crate::values::without(all, 0))),
    ),
    Fault::new(
        "byaddr-no-alias-none",
        &["gethostbyaddr.aliases-empty"],
        "Where there is no alias, the second item is None.",
        || {
            result(BYADDR, |_, value| {
                at(value, 1, |all| if items(&all).is_empty() { Value::None } else { all })
            })
        },
    ),
    Fault::new(
        "byaddr-alias-itself",
        &["gethostbyaddr.aliases-empty"],
        "The primary name is listed among the aliases.",
        || {
            result(BYADDR, |_, value| {
                let name = items(&value).first().cloned().unwrap_or(Value::None);
                at(value, 1, |aliases| with(aliases, name))
            })
        },
    ),
    Fault::new(
        "byaddr-no-addresses",
        &["gethostbyaddr.addresses"],
        "The third item is an empty list.",
        || result(BYADDR, |_, value| at(value, 2, |_| Value::List(Vec::new()))),
    ),
    Fault::new("byaddr-addresses-bytes", &["gethostbyaddr.addresses"], "The third item holds bytes.", || {
        result(BYADDR, |_, value| at(value, 2, |all| each(all, other_string)))
    }),
    Fault::new(
        "byaddr-addresses-doubled",
        &["gethostbyaddr.addresses-mostly-one"],
        "The third item holds another address beside the one.",
        || result(BYADDR, |_, value| at(value, 2, |all| reversed(with(all, "192.0.2.250")))),
    ),
    Fault::new("byaddr-ipv4-refused", &["gethostbyaddr.ipv4"], "IPv4 addresses cannot be looked up.", || {
        instead(BYADDR, |desk, call| Ok(is_ipv4(&asked(call)).then(|| not_found(desk))))
    }),
    Fault::new("byaddr-ipv6-refused", &["gethostbyaddr.ipv6"], "IPv6 addresses cannot be looked up.", || {
        instead(BYADDR, |desk, call| Ok(is_ipv6(&asked(call)).then(|| not_found(desk))))
    }),
];
