//! IPv4 text: the forms of `inet_aton(3)`, and the strict dotted quad.

use std::net::Ipv4Addr;

/// Largest value of the last part, by the number of parts before it: it fills the bytes that are left.
const LAST_PART_MAX: [u32; 4] = [0xffff_ffff, 0x00ff_ffff, 0xffff, 0xff];

/// Reads an address at the start of `text` as glibc's `inet_aton` does, and returns it with the number of bytes read.
///
/// One to four parts, each decimal, octal (`0`) or hexadecimal (`0x`); what follows is empty or begins with white space.
pub(crate) fn aton(text: &[u8]) -> Option<(Ipv4Addr, usize)> {
    let mut at = 0;
    let mut leading = 0;
    let mut parts = 0;
    let last = loop {
        let value = number(text, &mut at)?;
        if text.get(at) != Some(&b'.') {
            break value;
        }
        if parts == 3 || value > 0xff {
            return None;
        }
        leading |= value << (24 - 8 * parts);
        parts += 1;
        at += 1;
    };
    let ends = text.get(at).is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'\x0b');
    (ends && last <= LAST_PART_MAX[parts]).then(|| (Ipv4Addr::from_bits(leading | last), at))
}

/// Reads the whole of `text` as `inet_aton` would, and nothing after it: what `getaddrinfo` takes for numeric.
pub(crate) fn aton_exact(text: &[u8]) -> Option<Ipv4Addr> {
    aton(text).filter(|(_, end)| *end == text.len()).map(|(address, _)| address)
}

/// One part, from `at` on: a digit, then as strtoul(3) with base 0. Larger than 32 bits is no part.
fn number(text: &[u8], at: &mut usize) -> Option<u32> {
    match text.get(*at)? {
        b'1'..=b'9' => digits::<10>(text, at),
        b'0' => match text.get(*at + 1..) {
            Some([b'x' | b'X', digit, ..]) if digit.is_ascii_hexdigit() => {
                *at += 2;
                digits::<16>(text, at)
            }
            _ => digits::<8>(text, at),
        },
        _ => None,
    }
}

/// Digits up to the first byte that is none. The radix is known to the compiler, which makes this twice as fast.
#[inline]
fn digits<const RADIX: u32>(text: &[u8], at: &mut usize) -> Option<u32> {
    let mut value = 0_u32;
    let mut end = *at;
    while let Some(digit) = text.get(end).and_then(|byte| char::from(*byte).to_digit(RADIX)) {
        value = value.checked_mul(RADIX)?.checked_add(digit)?;
        end += 1;
    }
    *at = end;
    Some(value)
}

/// Reads four decimal numbers up to 255 without leading zeros, with three dots between: the whole of `text`.
#[inline]
pub(crate) fn dotted_quad(text: &[u8]) -> Option<Ipv4Addr> {
    let (first, rest) = octet(text)?;
    let (second, rest) = octet(rest.strip_prefix(b".")?)?;
    let (third, rest) = octet(rest.strip_prefix(b".")?)?;
    let (fourth, rest) = octet(rest.strip_prefix(b".")?)?;
    // Put together in a register: four single bytes would be stored and then waited for as one word.
    let bits = u32::from(first) << 24 | u32::from(second) << 16 | u32::from(third) << 8 | u32::from(fourth);
    rest.is_empty().then(|| Ipv4Addr::from_bits(bits))
}

/// One decimal number up to 255 at the start of `text`, without leading zeros, and what follows it.
#[inline]
fn octet(text: &[u8]) -> Option<(u8, &[u8])> {
    let digit = |at: usize| text.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10);
    let first = digit(0)?;
    match (digit(1), first) {
        (None, _) => Some((first, &text[1..])),
        (Some(_), 0) => None,
        (Some(second), _) => {
            let two = first * 10 + second;
            match digit(2) {
                None => Some((two, &text[2..])),
                Some(third) => Some((u8::try_from(u16::from(two) * 10 + u16::from(third)).ok()?, &text[3..])),
            }
        }
    }
}

/// Appends the dotted quad of `address`, without leading zeros.
pub(crate) fn push(text: &mut String, address: Ipv4Addr) {
    for (index, octet) in address.octets().into_iter().enumerate() {
        if index > 0 {
            text.push('.');
        }
        if octet >= 100 {
            text.push(char::from(b'0' + octet / 100));
        }
        if octet >= 10 {
            text.push(char::from(b'0' + octet / 10 % 10));
        }
        text.push(char::from(b'0' + octet % 10));
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("192.0.2.1", 0xc000_0201, 9)]
    #[case("1", 1, 1)]
    #[case("4294967295", 0xffff_ffff, 10)]
    #[case("1.16777215", 0x01ff_ffff, 10)]
    #[case("1.2.65535", 0x0102_ffff, 9)]
    #[case("0x7f.0X1", 0x7f00_0001, 8)]
    #[case("0177.0.0.01", 0x7f00_0001, 11)]
    #[case("00.1 rest", 0x0000_0001, 4)]
    #[case("1.2.3.4\x0b", 0x0102_0304, 7)]
    #[case("0", 0, 1)]
    fn read(#[case] text: &str, #[case] bits: u32, #[case] end: usize) {
        assert_eq!(aton(text.as_bytes()), Some((Ipv4Addr::from_bits(bits), end)));
        assert_eq!(aton_exact(text.as_bytes()).is_some(), end == text.len());
    }

    #[rstest]
    fn refused(
        #[values(
            "",
            ".",
            "1.",
            ".1",
            "1..2",
            "256.1",
            "1.2.3.256",
            "1.2.65536",
            "1.16777216",
            "4294967296",
            "08",
            "0x",
            "0xg",
            "1.2.3.4.5",
            "1.2.3.4x",
            "x",
            "-1",
            "+1",
            " 1"
        )]
        text: &str,
    ) {
        assert_eq!(aton(text.as_bytes()), None);
    }

    #[rstest]
    #[case("0.0.0.0", Some(0))]
    #[case("255.255.255.255", Some(u32::MAX))]
    #[case("19.100.2.30", Some(0x1364_021e))]
    #[case("01.2.3.4", None)]
    #[case("1.2.3.00", None)]
    #[case("1.2.3.256", None)]
    #[case("1.2.3.999", None)]
    #[case("1.2.3.1000", None)]
    #[case("1.2.3", None)]
    #[case("1.2.3.4.", None)]
    #[case("1.2.3.", None)]
    #[case("", None)]
    fn strict(#[case] text: &str, #[case] bits: Option<u32>) {
        assert_eq!(dotted_quad(text.as_bytes()), bits.map(Ipv4Addr::from_bits));
        if let Some(bits) = bits {
            let mut pushed = String::new();
            push(&mut pushed, Ipv4Addr::from_bits(bits));
            assert_eq!(pushed, text);
        }
    }

    #[rstest]
    // The byte behind the digits, and the one before them.
    #[case("1.2.3.:")]
    #[case("1.2.3./")]
    #[case("1.2.3.1:")]
    #[case("1.2.3.10:")]
    fn a_byte_next_to_the_digits_is_none(#[case] text: &str) {
        assert_eq!(dotted_quad(text.as_bytes()), None);
    }
}
