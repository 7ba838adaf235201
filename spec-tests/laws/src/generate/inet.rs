//! IPv4 addresses in every written form, and text that is none to any C library.

use std::net::Ipv4Addr;

use proptest::prelude::*;
use proptest::sample::select;

/// Addresses with a meaning of their own, or with bytes that something may trip over.
pub const SPECIAL: &[[u8; 4]] = &[
    [0, 0, 0, 0],
    [127, 0, 0, 1],
    [255, 255, 255, 255],
    [127, 255, 255, 254],
    [192, 0, 2, 1],
    [224, 0, 0, 251],
    [10, 0, 0, 11],
    [1, 2, 3, 4],
    [128, 129, 130, 131],
    [8, 9, 10, 100],
];

fn byte() -> BoxedStrategy<u8> {
    prop_oneof![2 => select(&[0_u8, 1, 7, 8, 9, 10, 99, 100, 127, 128, 254, 255][..]), 2 => any::<u8>()]
        .boxed()
}

/// An address as its four bytes.
pub fn quad() -> BoxedStrategy<[u8; 4]> {
    prop_oneof![1 => select(SPECIAL), 4 => [byte(), byte(), byte(), byte()]].boxed()
}

/// An address in its standard form, with its bytes.
pub fn dotted() -> BoxedStrategy<(String, [u8; 4])> {
    quad().prop_map(|bytes| (Ipv4Addr::from(bytes).to_string(), bytes)).boxed()
}

/// How a number in an address is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Radix {
    /// Decimal.
    Decimal,
    /// Octal: a zero in front.
    Octal,
    /// Octal with several zeros in front.
    Zeros,
    /// Hexadecimal.
    Hex,
    /// Hexadecimal in capitals.
    HexUpper,
}

impl Radix {
    fn write(self, number: u32) -> String {
        match self {
            Self::Decimal => number.to_string(),
            Self::Octal => format!("0{number:o}"),
            Self::Zeros => format!("000{number:o}"),
            Self::Hex => format!("0x{number:x}"),
            Self::HexUpper => format!("0X{number:X}"),
        }
    }
}

fn radix() -> BoxedStrategy<Radix> {
    let other = select(&[Radix::Octal, Radix::Zeros, Radix::Hex, Radix::HexUpper][..]);
    prop_oneof![2 => Just(Radix::Decimal), 3 => other].boxed()
}

/// An address in one to four numbers of any radix, as inet(3) describes them, with its bytes.
pub fn written() -> BoxedStrategy<(String, [u8; 4])> {
    (quad(), 1_usize..=4, [radix(), radix(), radix(), radix()])
        .prop_map(|(bytes, parts, radices)| {
            let [a, b, c, d] = bytes.map(u32::from);
            let numbers = match parts {
                1 => vec![u32::from_be_bytes(bytes)],
                2 => vec![a, b << 16 | c << 8 | d],
                3 => vec![a, b, c << 8 | d],
                _ => vec![a, b, c, d],
            };
            let texts = numbers.iter().zip(radices).map(|(number, radix)| radix.write(*number));
            (texts.collect::<Vec<_>>().join("."), bytes)
        })
        .boxed()
}

/// Text that no C library takes for an IPv4 address.
pub fn invalid() -> BoxedStrategy<String> {
    let parts = quad().prop_map(|bytes| bytes.map(|byte| byte.to_string()).to_vec());
    let large =
        (parts.clone(), 0_usize..4, prop_oneof![Just(256_u64), 256_u64..100_000, Just(4_294_967_297_u64)])
            .prop_map(|(mut parts, at, number)| {
                parts[at] = number.to_string();
                parts.join(".")
            });
    let odd =
        (parts.clone(), 0_usize..4, select(&["", "-1", "g", "1g", "-", "+-1", "1-", "é", "0b1", "1e3"][..]))
            .prop_map(|(mut parts, at, text)| {
                text.clone_into(&mut parts[at]);
                parts.join(".")
            });
    let five = (parts.clone(), any::<u8>()).prop_map(|(parts, fifth)| format!("{}.{fifth}", parts.join(".")));
    let around = (
        parts.clone(),
        select(&[("", "."), (".", ""), ("[", "]"), ("", ":80"), ("", "/24"), ("<", ">"), ("", "g")][..]),
    )
        .prop_map(|(parts, (before, after))| format!("{before}{}{after}", parts.join(".")));
    let separator =
        (parts, select(&[",", "-", ":", "..", "/", "_"][..])).prop_map(|(parts, by)| parts.join(by));
    let words = "[g-wy-z][a-z-]{0,8}(\\.[g-wy-z][a-z]{0,6}){0,3}";
    let special = select(&["", "localhost", "alpha.example", "<broadcast>", "<any>", "...", "::", "::1"][..]);
    let inet6 = super::inet6::written().prop_map(|(text, _)| text);
    prop_oneof![
        3 => large,
        3 => odd,
        2 => five,
        2 => around,
        2 => separator,
        1 => words,
        1 => special.prop_map(str::to_owned),
        1 => inet6,
    ]
    .boxed()
}

/// Addresses of the loopback network, all of which a Linux host has.
pub fn loopback() -> BoxedStrategy<Ipv4Addr> {
    prop_oneof![
        2 => Just([0, 0, 1]),
        2 => (byte(), byte(), 1_u8..255).prop_map(|(b, c, d)| [b, c, d]),
    ]
    .prop_map(|[b, c, d]| Ipv4Addr::new(127, b, c, d))
    .boxed()
}
