//! IPv4 text: the forms of `inet_aton(3)`, and the strict dotted quad.

use std::net::Ipv4Addr;

/// Largest value of the last part, by the number of parts before it: it fills the bytes that are left.
const LAST_PART_MAX: [u32; 4] = [0xffff_ffff, 0x00ff_ffff, 0xffff, 0xff];

/// Reads an address at the start of `text` as glibc's `inet_aton` does, and returns it with what follows it.
///
/// One to four parts, each decimal, octal (`0`) or hexadecimal (`0x`); what follows is empty or begins with
/// white space.
pub(crate) fn aton(text: &[u8]) -> Option<(Ipv4Addr, &[u8])> {
    let mut leading = [0_u8; 4];
    let mut parts = 0;
    let mut rest = text;
    let last = loop {
        let (value, after) = number(rest)?;
        rest = after;
        let [b'.', after @ ..] = rest else { break value };
        if parts == 3 {
            return None;
        }
        leading[parts] = u8::try_from(value).ok()?;
        parts += 1;
        rest = after;
    };
    let ends = rest.first().is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'\x0b');
    (ends && last <= LAST_PART_MAX[parts])
        .then(|| (Ipv4Addr::from_bits(u32::from_be_bytes(leading) | last), rest))
}

/// Reads the whole of `text` as `inet_aton` would, and nothing after it: what `getaddrinfo` takes for
/// numeric.
pub(crate) fn aton_exact(text: &[u8]) -> Option<Ipv4Addr> {
    match aton(text)? {
        (address, []) => Some(address),
        _ => None,
    }
}

/// One part: a digit, then as strtoul(3) with base 0. Larger than 32 bits is no part.
fn number(text: &[u8]) -> Option<(u32, &[u8])> {
    let (radix, digits) = match text {
        [b'0', b'x' | b'X', digit, ..] if digit.is_ascii_hexdigit() => (16, &text[2..]),
        [b'0', ..] => (8, text),
        [b'1'..=b'9', ..] => (10, text),
        _ => return None,
    };
    let mut value = 0_u32;
    let mut rest = digits;
    while let [byte, after @ ..] = rest {
        let Some(digit) = char::from(*byte).to_digit(radix) else { break };
        value = value.checked_mul(radix)?.checked_add(digit)?;
        rest = after;
    }
    Some((value, rest))
}

/// Reads four decimal numbers of at most three digits, no leading zeros, with three dots: the whole of
/// `text`.
pub(crate) fn dotted_quad(text: &[u8]) -> Option<Ipv4Addr> {
    let mut octets = [0_u8; 4];
    let mut rest = text;
    for (index, octet) in octets.iter_mut().enumerate() {
        if index > 0 {
            rest = rest.strip_prefix(b".")?;
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let leading_zero = digits > 1 && rest.starts_with(b"0");
        if !(1..=3).contains(&digits) || leading_zero {
            return None;
        }
        let value = rest[..digits].iter().fold(0_u16, |value, byte| value * 10 + u16::from(byte - b'0'));
        *octet = u8::try_from(value).ok()?;
        rest = &rest[digits..];
    }
    rest.is_empty().then(|| Ipv4Addr::from(octets))
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
