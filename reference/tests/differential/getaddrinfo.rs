//! `getaddrinfo` with numeric hosts: every combination of hints and flags, and ports in all shapes.

use std::ffi::CString;

use proptest::prelude::*;
use socket_reference::{AddrInfoFlags, Error, Family, Hints, Port, Protocol, SockType, floor, getaddrinfo};

use crate::{config, ipv4_text, ipv6_text, mutated};

const NUMERIC_ONLY: AddrInfoFlags = AddrInfoFlags::NUMERICHOST;

/// Numeric text, scopes included, and near misses. Never a name that would be looked up: the flags see to that.
fn host() -> BoxedStrategy<Vec<u8>> {
    let scope = prop_oneof![
        Just("lo".to_owned()),
        Just("1".to_owned()),
        Just("01".to_owned()),
        Just(String::new()),
        Just("4294967295".to_owned()),
        Just("4294967296".to_owned()),
        Just("nosuch".to_owned()),
        Just("-1".to_owned()),
        Just(" 1".to_owned()),
        any::<u32>().prop_map(|scope| scope.to_string()),
        "[0-9a-z%]{1,17}",
    ];
    let linked = "(fe80|febf|ff01|ff02|ff12|ff05|2001:db8|fec0)::[0-9a-f]{1,4}";
    prop_oneof![
        3 => ipv4_text().prop_map(String::into_bytes),
        3 => ipv6_text().prop_map(String::into_bytes),
        1 => (linked, scope.clone()).prop_map(|(address, scope)| format!("{address}%{scope}").into_bytes()),
        1 => (ipv6_text(), scope.clone()).prop_map(|(address, scope)| format!("{address}%{scope}").into_bytes()),
        1 => (ipv4_text(), scope).prop_map(|(address, scope)| format!("{address}%{scope}").into_bytes()),
        2 => mutated(prop_oneof![ipv4_text(), ipv6_text()].boxed()),
    ].boxed()
}

fn service() -> BoxedStrategy<Option<String>> {
    prop_oneof![
        4 => Just(None),
        1 => Just(Some(String::new())),
        6 => (0_u32..=70_000).prop_map(|port| Some(port.to_string())),
        1 => any::<u64>().prop_map(|port| Some(port.to_string())),
        1 => prop::sample::select(vec![
            "http", "domain", "nosuch", "-1", "+80", " 80", "80 ", "0x50", "080", "*", " ", "65535", "65536", "2147483647",
            "2147483648", "4294967295", "4294967296", "4294967376", "18446744073709551615", "18446744073709551616",
            "6442450944", "99999999999999999999",
        ]).prop_map(|port| Some(port.to_owned())),
    ].boxed()
}

fn hints() -> BoxedStrategy<Hints> {
    let family = prop_oneof![
        5 => prop::sample::select(vec![Family::UNSPEC, Family::INET, Family::INET6]),
        1 => prop::sample::select(vec![Family::UNIX, Family(-1), Family(99)]),
    ];
    let socktype = prop_oneof![
        3 => Just(SockType::ANY),
        5 => (0..=7).prop_map(SockType),
        1 => prop::sample::select(vec![SockType(10), SockType(-1), SockType(1 | libc::SOCK_CLOEXEC)]),
    ];
    let protocol = prop_oneof![
        3 => Just(Protocol::DEFAULT),
        4 => prop::sample::select(vec![6, 17, 33, 132, 136, 255, 1, 58, 41, 262, -1]).prop_map(Protocol),
        1 => (0..=300).prop_map(Protocol),
    ];
    let flags = prop_oneof![
        8 => (0..=0x1f_i32, any::<bool>()).prop_map(|(low, serv)| low | if serv { 0x400 } else { 0 }),
        // Each flag that the C library is asked to see to costs it system calls.
        1 => (0..=0x7ff_i32).prop_map(|flags| flags & !0xc0),
        1 => prop::sample::select(vec![0x800, 0x1000, i32::MIN, -1]),
    ];
    (family, socktype, protocol, flags)
        .prop_map(|(family, socktype, protocol, flags)| Hints {
            family,
            socktype,
            protocol,
            flags: AddrInfoFlags(flags),
        })
        .boxed()
}

/// Runs both. The flags keep names from being looked up wherever the host might be one.
fn compare(host: &[u8], service: Option<&str>, hints: Hints) -> Result<(), TestCaseError> {
    let host = CString::new(host)?;
    let service_c = service.filter(|service| !service.is_empty()).map(CString::new).transpose()?;
    // Empty is a null pointer, in the document; the C library has its own view of an empty host.
    let host_c = (!host.is_empty()).then_some(host.as_c_str());
    let floor = floor::getaddrinfo(host_c, service_c.as_deref(), &hints);
    let port = service.map_or(Port::None, Port::from);
    match (getaddrinfo(Some(host.to_bytes()), port, hints), floor) {
        (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
        (Err(ours), Err(theirs)) => {
            prop_assert_eq!((ours.class().name(), ours.number()), ("gaierror", Some(theirs)));
        }
        (ours, theirs) => prop_assert!(false, "ours {:?}, the library's {:?}", ours, theirs),
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn same_as_the_c_library(host in host(), service in service(), mut hints in hints()) {
        hints.flags |= NUMERIC_ONLY;
        compare(&host, service.as_deref(), hints)?;
    }

    #[test]
    fn same_for_valid_hosts_without_the_numeric_flag(
        host in prop_oneof![
            any::<[u8; 4]>().prop_map(|octets| std::net::Ipv4Addr::from(octets).to_string()),
            crate::ipv6_address().prop_map(|address| address.to_string()),
        ],
        service in service(),
        mut hints in hints(),
    ) {
        hints.flags = AddrInfoFlags(hints.flags.0 & !NUMERIC_ONLY.0);
        compare(host.as_bytes(), service.as_deref(), hints)?;
    }

    #[test]
    fn a_number_is_its_digits(port in -3_i64..=65_540, hints in hints()) {
        let host: &[u8] = b"192.0.2.1";
        match u16::try_from(port) {
            Ok(number) => prop_assert_eq!(
                getaddrinfo(Some(host), port, hints),
                getaddrinfo(Some(host), number.to_string().as_str(), hints)
            ),
            Err(_) => prop_assert!(matches!(getaddrinfo(Some(host), port, hints), Err(Error::Overflow(_)))),
        }
    }
}

/// Every flag in 0x0 to 0x7ff that needs no look at the machine, by every family, type and protocol that differ.
#[test]
fn same_for_all_combinations_of_hints() {
    let mut count = 0_u32;
    for flags in (0..=0x1f).flat_map(|low| [low, low | 0x400, low | 0x800]) {
        for family in [0, 1, 2, 10] {
            for socktype in 0..=7 {
                for protocol in [0, 1, 6, 17, 33, 132, 136, 255] {
                    let hints = Hints {
                        family: Family(family),
                        socktype: SockType(socktype),
                        protocol: Protocol(protocol),
                        flags: AddrInfoFlags(flags),
                    };
                    for host in ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1"] {
                        for service in [None, Some("80")] {
                            if let Err(difference) = compare(host.as_bytes(), service, hints) {
                                panic!("{host} {service:?} {hints:?}: {difference}");
                            }
                            count += 1;
                        }
                    }
                }
            }
        }
    }
    assert_eq!(count, 96 * 4 * 8 * 8 * 6);
}
