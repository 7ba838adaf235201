//! `inet_aton`: one to four parts in decimal, octal and hexadecimal, white space and what follows it, and rubbish.

use std::ffi::CString;

use proptest::prelude::*;
use socket_reference::{Error, floor, inet_aton};

use crate::{config, ipv4_text, ipv6_text, mutated};

fn text() -> BoxedStrategy<Vec<u8>> {
    let tail = prop_oneof![6 => Just(String::new()), 2 => "[ \t\n\x0b\x0c\r][ -~]{0,4}", 1 => "[!-~]{1,3}"];
    prop_oneof![
        6 => (ipv4_text(), tail).prop_map(|(text, tail)| (text + &tail).into_bytes()),
        4 => mutated(ipv4_text()),
        1 => mutated(ipv6_text()),
        1 => prop::collection::vec(1..=255_u8, 0..12),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn same_as_the_c_library(text in text()) {
        let floor = floor::inet_aton(&CString::new(text.clone())?);
        match inet_aton(&text) {
            Ok(packed) => prop_assert_eq!(Some(packed), floor),
            Err(error) => {
                prop_assert_eq!(None, floor);
                prop_assert!(matches!(error, Error::Message(_)));
            }
        }
    }
}
