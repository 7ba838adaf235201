//! Numbers at their edges: ports, what is no port, words of 16 and 32 bits, and any integer.

use proptest::prelude::*;
use proptest::sample::select;
use sockspec_subject::Int;

/// Ports where something changes: the ends, the last privileged one, those whose bytes differ in order.
pub const EDGE_PORTS: &[u16] =
    &[0, 1, 2, 53, 80, 255, 256, 257, 443, 1023, 1024, 1025, 0x1234, 0x7fff, 0x8000, 49152, 65534, 65535];

/// Integers that no port has, some of which are one when bits are cut off.
pub const NO_PORTS: &[&str] = &[
    "-1",
    "65536",
    "65616",
    "-80",
    "-65456",
    "131071",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967376",
    "-2147483648",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551696",
    "-9223372036854775808",
    "-9223372036854775809",
    "340282366920938463463374607431768211536",
];

fn int(text: &str) -> Int {
    text.parse().unwrap_or_else(|_| Int::from(-1))
}

/// A port.
pub fn port() -> BoxedStrategy<u16> {
    prop_oneof![3 => select(EDGE_PORTS), 1 => any::<u16>()].boxed()
}

/// A port that something can be at.
pub fn nonzero_port() -> BoxedStrategy<u16> {
    prop_oneof![3 => select(&EDGE_PORTS[1..]), 1 => 1_u16..].boxed()
}

/// An integer that is no port.
pub fn no_port() -> BoxedStrategy<Int> {
    prop_oneof![
        3 => select(NO_PORTS).prop_map(int),
        1 => (65_536_i64..).prop_map(Int::from),
        1 => (i64::MIN..0).prop_map(Int::from),
    ]
    .boxed()
}

/// Any integer, those at the edges of C's types before others.
pub fn any_int() -> BoxedStrategy<Int> {
    prop_oneof![
        2 => select(NO_PORTS).prop_map(int),
        2 => (-3_i64..70).prop_map(Int::from),
        1 => any::<i64>().prop_map(Int::from),
        1 => port().prop_map(|port| Int::from(i64::from(port))),
    ]
    .boxed()
}

/// A word of 16 bits.
pub fn word() -> BoxedStrategy<u16> {
    prop_oneof![2 => select(&[0_u16, 1, 0x80, 0xff, 0x100, 0x7fff, 0x8000, 0xff00, 0xffff][..]), 3 => any::<u16>()]
        .boxed()
}

/// A word of 32 bits.
pub fn long_word() -> BoxedStrategy<u32> {
    let edges: &[u32] =
        &[0, 1, 0x80, 0xff, 0xff00, 0xffff, 0x1_0000, 0x7fff_ffff, 0x8000_0000, 0xff00_0000, u32::MAX];
    prop_oneof![2 => select(edges), 3 => any::<u32>()].boxed()
}

/// An integer that needs more than 16 bits, or is below zero.
pub fn no_word() -> BoxedStrategy<Int> {
    no_port()
}
