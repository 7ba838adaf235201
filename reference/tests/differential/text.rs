//! Numeric text of addresses, against `std`, which is a second opinion beside the C library's.

use std::net::{IpAddr, Ipv4Addr};

use proptest::prelude::*;
use socket_reference::{Hints, Port, address_text, getaddrinfo, inet_aton, inet_ntoa};

use crate::{config, ipv6_address};

proptest! {
    #![proptest_config(config())]

    #[test]
    fn packed_and_text_undo_each_other(octets: [u8; 4]) {
        let text = inet_ntoa(octets)?;
        prop_assert_eq!(&text, &Ipv4Addr::from(octets).to_string());
        prop_assert_eq!(inet_aton(&text)?, octets);
    }

    #[test]
    fn text_of_an_address_leads_back_to_it(address in ipv6_address()) {
        let text = address_text(address);
        prop_assert_eq!(text.parse(), Ok(address));
        let found = getaddrinfo(Some(text.as_bytes()), Port::None, Hints::default())?;
        prop_assert_eq!(found[0].address.ip(), IpAddr::V6(address));
    }
}
