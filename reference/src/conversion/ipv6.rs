//! IPv6 text: what `inet_pton(3)` reads and `inet_ntop(3)` writes.
//!
//! `std` reads the same texts but writes another form of `::1.2.3.4`, and it is slower at both.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::ipv4;

/// Reads the whole of `text`: eight groups of one to four hexadecimal digits, one `::` for groups of zeros,
/// the last 32 bits as a dotted quad if wished. No scope.
pub(crate) fn parse(text: &[u8]) -> Option<Ipv6Addr> {
    let mut bytes = [0_u8; 16];
    let mut filled = 0;
    let mut gap = None;
    let mut at = 0;
    if let [b':', after @ ..] = text {
        // Only as the first half of `::`, whose second half the loop then meets as an empty group.
        after.starts_with(b":").then_some(())?;
        at = 1;
    }
    loop {
        let start = at;
        let mut group = 0_u16;
        while let Some(digit) = text.get(at).and_then(|byte| hexadecimal(*byte)) {
            if at - start == 4 {
                return None;
            }
            group = group << 4 | u16::from(digit);
            at += 1;
        }
        match text.get(at) {
            Some(b':') if at == start => {
                if gap.replace(filled).is_some() {
                    return None;
                }
                at += 1;
                continue;
            }
            // A colon that nothing follows.
            Some(b':') if at + 1 == text.len() => return None,
            Some(b':') => at += 1,
            Some(b'.') => {
                let address = ipv4::dotted_quad(&text[start..])?;
                bytes.get_mut(filled..filled + 4)?.copy_from_slice(&address.octets());
                filled += 4;
                break;
            }
            Some(_) => return None,
            None if at == start => break,
            None => {}
        }
        bytes.get_mut(filled..filled + 2)?.copy_from_slice(&group.to_be_bytes());
        filled += 2;
        if at == text.len() {
            break;
        }
    }
    match gap {
        // `::` stands for one group of zeros at the least.
        Some(_) if filled == 16 => None,
        Some(gap) => {
            bytes.copy_within(gap..filled, 16 - (filled - gap));
            bytes[gap..16 - (filled - gap)].fill(0);
            Some(Ipv6Addr::from(bytes))
        }
        None => (filled == 16).then(|| Ipv6Addr::from(bytes)),
    }
}

fn hexadecimal(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
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
        let after_gap = length > 0 && index == start + length;
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
