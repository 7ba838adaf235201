//! The laws that ship, by the document's sections.

mod addresses;
mod byte_order;
mod connections;
mod datagrams;
mod getaddrinfo;
mod inet_text;
mod names;
mod options;
mod services;
mod streams;

use std::net::{Ipv4Addr, Ipv6Addr};

use sockspec_cases::Pattern;

use crate::say::exact;
use crate::{Host, Known, Property};

/// Every law that ships, in the order of the document.
pub fn all() -> Vec<&'static dyn Property> {
    [
        addresses::LAWS,
        getaddrinfo::LAWS,
        names::LAWS,
        services::LAWS,
        byte_order::LAWS,
        inet_text::LAWS,
        connections::LAWS,
        streams::LAWS,
        datagrams::LAWS,
        options::LAWS,
    ]
    .concat()
}

/// How many lines of the hosts file give one of this line's names an address of its family.
fn lines_of_family(host: &Host) -> usize {
    let count = |name: &str| {
        let lines = Known::lab().lines_of(name);
        lines.iter().filter(|line| line.address.is_ipv4() == host.address.is_ipv4()).count()
    };
    host.names().map(count).max().unwrap_or_default()
}

/// The text of an IPv6 address: the recommended one (RFC 5952), or with a dotted end where libraries write one.
fn spelled(address: Ipv6Addr) -> Pattern {
    let text = address.to_string();
    let groups = address.segments();
    let [.., first, second, third, fourth] = address.octets();
    let dotted = Ipv4Addr::from([first, second, third, fourth]);
    let mapped = match groups[..6] {
        [0, 0, 0, 0, 0, 0] if groups[6] != 0 => format!("::{dotted}"),
        [0, 0, 0, 0, 0, 0xffff] => format!("::ffff:{dotted}"),
        _ => text.clone(),
    };
    if mapped == text { exact(&text) } else { Pattern::OneOf(vec![exact(&text), exact(&mapped)]) }
}
