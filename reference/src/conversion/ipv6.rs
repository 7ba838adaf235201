//! IPv6 text: what `inet_pton(3)` reads and `inet_ntop(3)` writes.
//!
//! `std` reads the same texts but writes another form of `::1.2.3.4`, and it is slower at both.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::ipv4;

/// Reads the whole of `text`: eight groups of one to four hexadecimal digits, one `::` for groups of zeros,
/// the last 32 bits as a dotted quad if wished. No scope.
pub(crate) fn parse(text: &[u8]) -> Option<Ipv6Addr> {
    parse_to_scope(text).filter(|(_, scope)| scope.is_empty()).map(|(bits, _)| Ipv6Addr::from_bits(bits))
}

/// As [`parse`], up to a `%` if there is one: the address as a number, and what is left from the `%` on.
pub(crate) fn parse_to_scope(text: &[u8]) -> Option<(u128, &[u8])> {
    // What stands before `::`, and in how many groups.
    let mut gap = None;
    // The groups since then, and how many there are in all.
    let mut bits = 0_u128;
    let mut groups = 0;
    let mut at = 0;
    if text.first() == Some(&b':') {
        // Only as the first half of `::`, whose second half the loop then meets as an empty group.
        text.starts_with(b"::").then_some(())?;
        at = 1;
    }
    loop {
        let start = at;
        let mut group = 0_u32;
        while let Some(digit) = text.get(at).and_then(|byte| char::from(*byte).to_digit(16)) {
            group = group << 4 | digit;
            at += 1;
        }
        let next = text.get(at);
        match next {
            Some(b':') if at == start => {
                if gap.replace((bits, groups)).is_some() {
                    return None;
                }
                bits = 0;
                at += 1;
                if ends(text.get(at)) {
                    break;
                }
            }
            Some(b'.') => {
                let quad = text[start..].split(|byte| *byte == b'%').next()?;
                bits = bits << 32 | u128::from(ipv4::dotted_quad(quad)?.to_bits());
                groups += 2;
                at = start + quad.len();
                break;
            }
            _ if matches!(at - start, 1..=4) && (ends(next) || next == Some(&b':')) => {
                bits = bits << 16 | u128::from(group);
                groups += 1;
                if ends(next) {
                    break;
                }
                at += 1;
            }
            _ => return None,
        }
    }
    let bits = match gap {
        None if groups == 8 => bits,
        // `::` stands for one group of zeros at the least.
        Some((head, before)) if groups < 8 => head.unbounded_shl(16 * (8 - before)) | bits,
        _ => return None,
    };
    Some((bits, &text[at..]))
}

/// Whether an address ends where this byte, or none, comes next.
fn ends(next: Option<&u8>) -> bool {
    matches!(next, None | Some(b'%'))
}

/// Appends `address` as glibc's `inet_ntop` writes it: the first longest run of two or more zero groups as
/// `::`, and IPv4-mapped and IPv4-compatible addresses with a dotted quad at the end.
pub(crate) fn push(text: &mut String, address: Ipv6Addr) {
    let groups = address.segments();
    let (start, length) = longest_zeros(&groups);
    let quad_at_end = start == 0 && (length == 6 || (length == 5 && groups[5] == 0xffff));
    let mut index = 0;
    while index < 8 {
        if length > 0 && index == start {
            text.push_str("::");
            index += length;
            continue;
        }
        // Without a gap this is the beginning, which nothing stands before either.
        let after_gap = index == start + length;
        if index > 0 && !after_gap {
            text.push(':');
        }
        if index == 6 && quad_at_end {
            let [.., a, b, c, d] = address.octets();
            ipv4::push(text, Ipv4Addr::new(a, b, c, d));
            return;
        }
        push_hexadecimal(text, groups[index]);
        index += 1;
    }
}

/// Start and length of the first longest run of zero groups, `(0, 0)` where none has two.
fn longest_zeros(groups: &[u16; 8]) -> (usize, usize) {
    let mut best = (0, 0);
    let mut run = 0;
    for (index, group) in groups.iter().enumerate() {
        run = if *group == 0 { run + 1 } else { 0 };
        if run > best.1 {
            best = (index + 1 - run, run);
        }
    }
    if best.1 < 2 { (0, 0) } else { best }
}

fn push_hexadecimal(text: &mut String, group: u16) {
    let digits = (4 - group.leading_zeros() / 4).max(1);
    for shift in (0..digits).rev() {
        let nibble = (group >> (4 * shift) & 0xf) as usize;
        text.push(char::from(b"0123456789abcdef"[nibble]));
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("::", [0; 8], "::")]
    #[case("::1", [0, 0, 0, 0, 0, 0, 0, 1], "::1")]
    #[case("1::", [1, 0, 0, 0, 0, 0, 0, 0], "1::")]
    #[case("1:2:3:4:5:6:7::", [1, 2, 3, 4, 5, 6, 7, 0], "1:2:3:4:5:6:7:0")]
    #[case("::2:3:4:5:6:7:8", [0, 2, 3, 4, 5, 6, 7, 8], "0:2:3:4:5:6:7:8")]
    #[case("1:0:0:4:0:0:0:8", [1, 0, 0, 4, 0, 0, 0, 8], "1:0:0:4::8")]
    #[case("1:0:0:4:5:0:0:8", [1, 0, 0, 4, 5, 0, 0, 8], "1::4:5:0:0:8")]
    #[case("2001:DB8:00f::Ab", [0x2001, 0xdb8, 0xf, 0, 0, 0, 0, 0xab], "2001:db8:f::ab")]
    #[case("::ffff:192.0.2.1", [0, 0, 0, 0, 0, 0xffff, 0xc000, 0x201], "::ffff:192.0.2.1")]
    #[case("::192.0.2.1", [0, 0, 0, 0, 0, 0, 0xc000, 0x201], "::192.0.2.1")]
    #[case("1:2:3:4:5:6:255.255.255.255", [1, 2, 3, 4, 5, 6, 0xffff, 0xffff], "1:2:3:4:5:6:ffff:ffff")]
    fn read_and_written(#[case] text: &str, #[case] groups: [u16; 8], #[case] written: &str) {
        assert_eq!(parse(text.as_bytes()), Some(Ipv6Addr::from(groups)));
        let mut pushed = String::new();
        push(&mut pushed, Ipv6Addr::from(groups));
        assert_eq!(pushed, written);
    }

    #[rstest]
    fn refused(
        #[values(
            "",
            ":",
            ":1",
            "1:",
            "1",
            ":::",
            "1:::2",
            "::1::",
            "12345::",
            "1:2:3:4:5:6:7",
            "1:2:3:4:5:6:7:",
            "1:2:3:4:5:6:7:8:",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8::",
            "1:2:3:4::5:6:7:8",
            "g::",
            "::1 ",
            "1:2:3:4:5:6:7:1.2.3.4",
            "::1.2.3",
            "::1.2.3.4.5",
            "::01.2.3.4",
            "1.2.3.4",
            "::1.2.3.4:5",
            "::1%",
            "::%lo"
        )]
        text: &str,
    ) {
        assert_eq!(parse(text.as_bytes()), None);
    }

    #[rstest]
    #[case("fe80::1%lo", 0xfe80 << 112 | 1, "%lo")]
    #[case("::%", 0, "%")]
    #[case("1::%1%2", 1 << 112, "%1%2")]
    #[case("::1.2.3.4%x", 0x0102_0304, "%x")]
    #[case("::7", 7, "")]
    fn read_up_to_a_scope(#[case] text: &str, #[case] bits: u128, #[case] scope: &str) {
        assert_eq!(parse_to_scope(text.as_bytes()), Some((bits, scope.as_bytes())));
    }
}
