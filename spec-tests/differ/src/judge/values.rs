//! What rules know of texts, addresses and results.

use std::net::{Ipv4Addr, Ipv6Addr};

use sockspec_subject::Value;

/// Four decimal numbers without zeros in front: what the chapter calls dotted form.
pub(super) fn dotted(text: &str) -> Option<Ipv4Addr> {
    text.parse().ok()
}

/// IPv6 text without a scope.
pub(super) fn ipv6(text: &str) -> Option<Ipv6Addr> {
    text.parse().ok()
}

/// Whether a value is text, or what a subject with one string type has for it.
pub(super) fn is_text(value: &Value) -> bool {
    matches!(value, Value::Str(_))
}

/// Whether a value is dotted text.
pub(super) fn is_dotted(value: &Value) -> bool {
    value.as_bytes().and_then(|bytes| std::str::from_utf8(bytes).ok()).and_then(dotted).is_some()
}

/// Whether it is a list all of whose members are such.
pub(super) fn is_list_of(value: &Value, member: impl Fn(&Value) -> bool) -> bool {
    matches!(value, Value::List(items) if items.iter().all(member))
}

/// Whether it is the triple of a name, a list of names and a list of addresses.
pub(super) fn is_host_triple(value: &Value, address: impl Fn(&Value) -> bool) -> bool {
    match value {
        Value::Tuple(items) => match items.as_slice() {
            [name, aliases, addresses] => {
                is_text(name) && is_list_of(aliases, is_text) && is_list_of(addresses, address)
            }
            _ => false,
        },
        _ => false,
    }
}

/// Whether it is an address as `AF_INET` sockets give it back.
pub(super) fn is_inet(value: &Value) -> bool {
    match value {
        Value::Tuple(items) => {
            matches!(items.as_slice(), [host, port] if is_dotted(host) && is_port(port))
        }
        _ => false,
    }
}

/// Whether it is an address as `AF_INET6` sockets give it back.
pub(super) fn is_inet6(value: &Value) -> bool {
    match value {
        Value::Tuple(items) => matches!(
            items.as_slice(),
            [host, port, Value::Int(_), Value::Int(_)]
                if is_port(port) && host.as_bytes().is_some_and(|host| host.contains(&b':'))
        ),
        _ => false,
    }
}

/// Whether it is an integer of 16 bits.
pub(super) fn is_port(value: &Value) -> bool {
    value.as_i64().is_some_and(|port| (0..=65535).contains(&port))
}
