//! What the crate does itself, against the C library: any difference is a failure.
//!
//! `PROPTEST_CASES=1000000 cargo test --release -p socket-reference --test differential` runs as many cases as wished.

mod getaddrinfo;
mod getnameinfo;
mod inet_aton;
mod text;

use std::net::Ipv6Addr;

use proptest::prelude::*;

/// 2,000 cases each, unless the environment asks for another number; nothing is kept between runs.
fn config() -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default,
        None => ProptestConfig { cases: 2000, ..default },
    }
}

/// A number as `inet_aton` may meet it: any radix, around the limits of each part.
fn part() -> BoxedStrategy<String> {
    let number = prop_oneof![
        4 => 0_u64..=0x101,
        1 => 0xfff0_u64..=0x1_0010,
        1 => 0xff_fff0_u64..=0x100_0010,
        1 => 0xffff_fff0_u64..=0x1_0000_0010,
        1 => any::<u64>(),
    ];
    (number, 0..8, 0..3_usize)
        .prop_map(|(number, form, zeros)| {
            let zeros = "0".repeat(zeros);
            match form {
                0 => format!("0{zeros}{number:o}"),
                1 => format!("0x{zeros}{number:x}"),
                2 => format!("0X{zeros}{number:X}"),
                3 => format!("{zeros}{number}"),
                _ => number.to_string(),
            }
        })
        .boxed()
}

/// IPv4 text in the forms of `inet_aton`, most of it valid.
fn ipv4_text() -> BoxedStrategy<String> {
    prop_oneof![
        4 => any::<[u8; 4]>().prop_map(|octets| std::net::Ipv4Addr::from(octets).to_string()),
        6 => prop::collection::vec(part(), 1..=5).prop_map(|parts| parts.join(".")),
    ]
    .boxed()
}

/// IPv6 addresses, rich in runs of zeros and in prefixes that have a meaning.
fn ipv6_address() -> BoxedStrategy<Ipv6Addr> {
    let group = prop_oneof![3 => Just(0_u16), 1 => 0_u16..=0x1f, 2 => any::<u16>(), 1 => Just(0xffff_u16)];
    let prefix = prop_oneof![
        6 => Just(None),
        1 => Just(Some([0, 0, 0, 0, 0, 0xffff])),
        1 => Just(Some([0; 6])),
        1 => Just(Some([0xfe80, 0, 0, 0, 0, 0])),
        1 => (0_u16..16, 0_u16..16).prop_map(|(flags, scope)| Some([0xff00 | flags << 4 | scope, 0, 0, 0, 0, 0])),
    ];
    (prop::array::uniform8(group), prefix)
        .prop_map(|(mut groups, prefix)| {
            if let Some(prefix) = prefix {
                groups[..6].copy_from_slice(&prefix);
            }
            Ipv6Addr::from(groups)
        })
        .boxed()
}

/// IPv6 text: canonical, written out, or with a dotted quad at the end, valid or off by a group.
fn ipv6_text() -> BoxedStrategy<String> {
    prop_oneof![
        3 => ipv6_address().prop_map(|address| address.to_string()),
        1 => ipv6_address().prop_map(|address| {
            address.segments().map(|group| format!("{group:04X}")).join(":")
        }),
        2 => "([0-9a-f]{0,5}:){1,9}[0-9a-f]{0,5}",
        2 => "([0-9a-f]{0,4}:){0,4}:([0-9a-f]{1,4}:){0,6}[0-9a-f]{0,4}",
        1 => ("([0-9a-f]{0,4}:){1,8}", ipv4_text()).prop_map(|(groups, quad)| groups + &quad),
        1 => ("(::|::ffff:|::f:)", any::<[u8; 4]>())
            .prop_map(|(groups, quad)| groups + &std::net::Ipv4Addr::from(quad).to_string()),
    ]
    .boxed()
}

/// The text with a byte taken out, put in, or replaced here and there. Never a NUL byte.
fn mutated(text: BoxedStrategy<String>) -> BoxedStrategy<Vec<u8>> {
    let byte = prop_oneof![
        6 => prop::sample::select(b"0123456789abcdefxX.:% \t\n\x0b\x0c\r+-gG*\"_".to_vec()),
        1 => 1..=255_u8,
    ];
    let edit = (any::<prop::sample::Index>(), 0..3, byte);
    (text, prop::collection::vec(edit, 0..=2))
        .prop_map(|(text, edits)| {
            let mut text = text.into_bytes();
            for (at, kind, byte) in edits {
                let at = at.index(text.len() + 1);
                match kind {
                    0 => text.insert(at, byte),
                    1 if at < text.len() => drop(text.remove(at)),
                    _ if at < text.len() => text[at] = byte,
                    _ => text.push(byte),
                }
            }
            text
        })
        .boxed()
}
