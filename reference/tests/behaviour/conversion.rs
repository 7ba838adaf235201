//! Byte order and packed addresses.

use rstest::rstest;
use socket_reference::conversion::{uint16, uint32};
use socket_reference::{address_text, htonl, htons, inet_aton, inet_ntoa, ntohl, ntohs};

use crate::failure;

#[test]
fn byte_order() {
    assert_eq!(htons(0x1234).to_ne_bytes(), [0x12, 0x34]);
    assert_eq!(htonl(0x1234_5678).to_ne_bytes(), [0x12, 0x34, 0x56, 0x78]);
    assert_eq!((ntohs(htons(80)), ntohl(htonl(80))), (80, 80));
}

#[rstest]
#[case(0, true, true)]
#[case(65_535, true, true)]
#[case(65_536, false, true)]
#[case(4_294_967_295, false, true)]
#[case(4_294_967_296, false, false)]
#[case(-1, false, false)]
fn ranges(#[case] number: i64, #[case] fits_16: bool, #[case] fits_32: bool) {
    let overflow = ("OverflowError", None);
    if fits_16 {
        assert_eq!(i64::from(uint16(number).unwrap()), number);
    } else {
        assert_eq!(failure(uint16(number)), overflow);
    }
    if fits_32 {
        assert_eq!(i64::from(uint32(number).unwrap()), number);
    } else {
        assert_eq!(failure(uint32(number)), overflow);
    }
}

#[rstest]
#[case("192.0.2.1", [192, 0, 2, 1])]
#[case("255.255.255.255", [255; 4])]
#[case("127.1", [127, 0, 0, 1])]
#[case("10.1.2", [10, 1, 0, 2])]
#[case("1", [0, 0, 0, 1])]
#[case("0x7f000001", [127, 0, 0, 1])]
#[case("0300.0.02.01", [192, 0, 2, 1])]
#[case("192.0.2.1 and more", [192, 0, 2, 1])]
#[case("4294967295", [255; 4])]
fn valid(#[case] text: &str, #[case] packed: [u8; 4]) {
    assert_eq!(inet_aton(text).unwrap(), packed);
}

#[rstest]
#[case("")]
#[case("256.0.0.1")]
#[case("1.2.3.256")]
#[case("1.2.65536")]
#[case("1.16777216")]
#[case("4294967296")]
#[case("1.2.3.4.5")]
#[case("1..2")]
#[case("1.2.3.4x")]
#[case("1.2.3.")]
#[case(" 1.2.3.4")]
#[case("08.1.1.1")]
#[case("0x.1.1.1")]
#[case("::1")]
#[case("localhost")]
fn invalid(#[case] text: &str) {
    assert_eq!(failure(inet_aton(text)), ("error", None));
}

#[test]
fn nul_is_a_wrong_type() {
    assert_eq!(failure(inet_aton("1.2.3.4\0")), ("TypeError", None));
}

#[rstest]
#[case(&[])]
#[case(&[1, 2, 3])]
#[case(&[1, 2, 3, 4, 5])]
#[case(&[0; 16])]
fn wrong_length(#[case] packed: &[u8]) {
    assert_eq!(failure(inet_ntoa(packed)), ("error", None));
}

#[test]
fn dotted_text() {
    assert_eq!(inet_ntoa([192, 0, 2, 10]).unwrap(), "192.0.2.10");
    assert_eq!(inet_ntoa([0, 9, 99, 100]).unwrap(), "0.9.99.100");
    assert_eq!(address_text(std::net::Ipv6Addr::from_bits(0x0102_0304)), "::1.2.3.4");
}
