//! IPv6 addresses in every written form of RFC 4291, and text that is none.

use std::net::Ipv6Addr;

use proptest::prelude::*;
use proptest::sample::select;

/// Addresses with a meaning or a form of their own.
pub const SPECIAL: &[&str] = &[
    "::",
    "::1",
    "ff02::1",
    "fe80::1",
    "2001:db8::1",
    "2001:db8:1::1",
    "::ffff:192.0.2.1",
    "::192.0.2.1",
    "2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1",
    "1:2:3:4:5:6:7:8",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "64:ff9b::192.0.2.1",
];

fn group() -> BoxedStrategy<u16> {
    prop_oneof![4 => Just(0_u16), 2 => select(&[1_u16, 0xf, 0x10, 0xff, 0x100, 0xabcd, 0xffff][..]), 2 => any::<u16>()]
        .boxed()
}

/// An address.
pub fn address() -> BoxedStrategy<Ipv6Addr> {
    let special = select(SPECIAL).prop_map(|text| text.parse().unwrap_or(Ipv6Addr::LOCALHOST));
    let groups = [group(), group(), group(), group(), group(), group(), group(), group()];
    prop_oneof![1 => special, 3 => groups.prop_map(Ipv6Addr::from)].boxed()
}

/// An address that says everything without a scope: neither link-local nor multicast.
pub fn global() -> BoxedStrategy<Ipv6Addr> {
    address()
        .prop_map(|address| {
            let mut groups = address.segments();
            if groups[0] & 0xffc0 == 0xfe80 || groups[0] & 0xff00 == 0xff00 {
                groups[0] = 0x2001;
            }
            Ipv6Addr::from(groups)
        })
        .boxed()
}

/// How an address is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Style {
    upper: bool,
    zeros: bool,
    dotted: bool,
    /// Which run of zeros is left out, where there are any.
    run: Option<usize>,
}

fn style() -> impl Strategy<Value = Style> {
    (any::<bool>(), any::<bool>(), any::<bool>(), proptest::option::weighted(0.7, 0_usize..4))
        .prop_map(|(upper, zeros, dotted, run)| Style { upper, zeros, dotted, run })
}

/// The address in text, with the address itself.
pub fn written() -> BoxedStrategy<(String, Ipv6Addr)> {
    (address(), style()).prop_map(|(address, style)| (write(address, style), address)).boxed()
}

/// As [`written`], for an address of [`global`].
pub fn written_global() -> BoxedStrategy<(String, Ipv6Addr)> {
    (global(), style()).prop_map(|(address, style)| (write(address, style), address)).boxed()
}

fn write(address: Ipv6Addr, style: Style) -> String {
    let groups = address.segments();
    let plain = if style.dotted { 6 } else { 8 };
    let text = |group: u16| match (style.upper, style.zeros) {
        (false, false) => format!("{group:x}"),
        (true, false) => format!("{group:X}"),
        (false, true) => format!("{group:04x}"),
        (true, true) => format!("{group:04X}"),
    };
    let mut texts: Vec<String> = groups[..plain].iter().map(|group| text(*group)).collect();
    if style.dotted {
        let [.., a, b, c, d] = address.octets();
        texts.push(format!("{a}.{b}.{c}.{d}"));
    }
    let runs = runs(&groups[..plain]);
    match style.run.filter(|_| !runs.is_empty()).map(|run| runs[run % runs.len()]) {
        Some((start, end)) => format!("{}::{}", texts[..start].join(":"), texts[end..].join(":")),
        None => texts.join(":"),
    }
}

/// Runs of two or more zero groups: each may be left out, though only one of them.
fn runs(groups: &[u16]) -> Vec<(usize, usize)> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < groups.len() {
        let length = groups[at..].iter().take_while(|group| **group == 0).count();
        if length > 1 {
            runs.push((at, at + length));
        }
        at += length.max(1);
    }
    runs
}

/// Text that is no IPv6 address, and no IPv4 address either.
pub fn invalid() -> BoxedStrategy<String> {
    let whole = address().prop_map(|address| address.segments().map(|group| format!("{group:x}")).to_vec());
    let count = (whole.clone(), select(&[7_usize, 9][..])).prop_map(|(mut texts, count)| {
        texts.resize(count, "1".to_owned());
        texts.join(":")
    });
    let odd = (whole.clone(), 0_usize..8, select(&["g", "12345", "-1", "1.2"][..])).prop_map(
        |(mut texts, at, odd)| {
            odd.clone_into(&mut texts[at]);
            texts.join(":")
        },
    );
    let around = (whole, select(&[("[", "]"), ("", "/64"), ("", ":"), (":", "")][..]))
        .prop_map(|(texts, (before, after))| format!("{before}{}{after}", texts.join(":")));
    let special = select(&["1::2::3", ":::", "::1::", "::1.2.3.256", "::1.2.3", "1:2:3:4:5:6:7::8:9"][..]);
    prop_oneof![2 => count, 3 => odd, 2 => around, 1 => special.prop_map(str::to_owned)].boxed()
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn every_written_form_is_the_address((text, address) in written()) {
            prop_assert_eq!(text.parse(), Ok(address));
        }

        #[test]
        fn what_is_invalid_is_none(text in invalid()) {
            prop_assert!(text.parse::<std::net::IpAddr>().is_err());
        }
    }
}
