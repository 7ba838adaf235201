//! Names: hosts of every kind the lab has, services, protocols, and names that nobody has.

use std::net::IpAddr;

use proptest::prelude::*;
use proptest::sample::select;

use crate::{Host, Known, Service};

/// A name of the hosts file, now and then in another letter case.
pub fn host_name() -> BoxedStrategy<String> {
    (select(Known::lab().host_names()), prop_oneof![5 => Just(false), 1 => Just(true)])
        .prop_map(|(name, upper)| if upper { name.to_ascii_uppercase() } else { name })
        .boxed()
}

/// A name that DNS alone has addresses for.
pub fn dns_name() -> BoxedStrategy<String> {
    select(Known::lab().dns.keys().cloned().collect::<Vec<_>>()).boxed()
}

/// A name that leads nowhere.
pub fn unknown_name() -> BoxedStrategy<String> {
    let below = "[a-z]{1,8}".prop_map(|label| format!("{label}.invalid"));
    prop_oneof![2 => select(Known::lab().nowhere.clone()), 1 => below].boxed()
}

/// A name of any kind.
pub fn name() -> BoxedStrategy<String> {
    prop_oneof![6 => host_name(), 3 => dns_name(), 1 => unknown_name()].boxed()
}

/// A line of the hosts file.
pub fn host() -> BoxedStrategy<Host> {
    select(Known::lab().hosts.clone()).boxed()
}

/// An address that a hosts line or DNS has a name for, or nobody has.
pub fn address() -> BoxedStrategy<IpAddr> {
    let known = Known::lab();
    let mut others: Vec<IpAddr> = known.dns.values().flatten().copied().collect();
    others.sort();
    others.dedup();
    prop_oneof![
        4 => select(known.hosts.iter().map(|host| host.address).collect::<Vec<_>>()),
        1 => (200_u8..=255).prop_map(|last| IpAddr::from([192, 0, 2, last])),
        1 => select(others),
    ]
    .boxed()
}

/// The scope ids of `lab0` and `lab1`: interfaces are numbered in the order in which a lab makes them, after `lo`.
pub const SCOPES: [u32; 2] = [2, 3];

/// An IPv6 address of this host.
pub fn own_inet6() -> BoxedStrategy<std::net::Ipv6Addr> {
    let own = ["::1", "2001:db8:1::1", "2001:db8:2::1"];
    select(own.iter().filter_map(|text| text.parse().ok()).collect::<Vec<_>>()).boxed()
}

/// An IPv4 address of this host.
pub fn own_inet() -> BoxedStrategy<std::net::Ipv4Addr> {
    let own = select(vec![[192, 0, 2, 1], [198, 51, 100, 1], [127, 0, 0, 1]]);
    prop_oneof![3 => own.prop_map(Into::into), 1 => super::inet::loopback()].boxed()
}

/// A line of the services file.
pub fn service() -> BoxedStrategy<Service> {
    select(Known::lab().services.clone()).boxed()
}

/// A line of the services file with one of its names.
pub fn service_name() -> BoxedStrategy<(Service, String)> {
    service()
        .prop_flat_map(|service| {
            let names: Vec<String> = service.names().map(str::to_owned).collect();
            (Just(service), select(names))
        })
        .boxed()
}

/// A line of the protocols file with one of its names.
pub fn protocol_name() -> BoxedStrategy<(Service, String)> {
    select(Known::lab().protocols.clone())
        .prop_flat_map(|protocol| {
            let names: Vec<String> = protocol.names().map(str::to_owned).collect();
            (Just(protocol), select(names))
        })
        .boxed()
}

/// A name that no service and no protocol has.
pub fn no_service() -> BoxedStrategy<String> {
    prop_oneof![
        3 => "[a-z]{1,5}-none",
        1 => select(&["", " ", "htt", "httpx", "nick-three", "tcp/80", "ht tp"][..]).prop_map(str::to_owned),
    ]
    .boxed()
}
