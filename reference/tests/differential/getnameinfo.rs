//! `getnameinfo` with numeric host and port: addresses of every shape, scopes, and all flags.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use proptest::prelude::*;
use socket_reference::{NameInfoFlags, floor, getnameinfo};

use crate::{config, ipv6_address};

fn address() -> BoxedStrategy<SocketAddr> {
    let scope = prop_oneof![3 => Just(0_u32), 2 => Just(1_u32), 1 => 2_u32..9, 1 => any::<u32>()];
    prop_oneof![
        1 => (any::<[u8; 4]>(), any::<u16>())
            .prop_map(|(octets, port)| SocketAddr::from(SocketAddrV4::new(Ipv4Addr::from(octets), port))),
        2 => (ipv6_address(), any::<u16>(), 0_u32..=0xf_ffff, scope)
            .prop_map(|(ip, port, flowinfo, scope)| SocketAddrV6::new(ip, port, flowinfo, scope).into()),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn same_as_the_c_library(
        address in address(),
        more in prop_oneof![4 => Just(0), 2 => 0..=0xff_i32, 1 => any::<i32>()],
    ) {
        let flags = NameInfoFlags::NUMERICHOST | NameInfoFlags::NUMERICSERV | NameInfoFlags(more);
        match (getnameinfo(address, flags), floor::getnameinfo(address, flags.0)) {
            (Ok(ours), Ok(theirs)) => prop_assert_eq!(ours, theirs),
            (Err(ours), Err(theirs)) => {
                prop_assert_eq!((ours.class().name(), ours.number()), ("gaierror", Some(theirs)));
            }
            (ours, theirs) => prop_assert!(false, "ours {:?}, the library's {:?}", ours, theirs),
        }
    }
}
