//! Byte order, and IPv4 and IPv6 addresses as text.

pub(crate) mod ipv4;
pub(crate) mod ipv6;

use std::net::IpAddr;

use crate::error::{Error, Result};

/// Converts 32 bits from network to host order.
///
/// Nothing changes where the two agree, else the four bytes are reversed. Clauses:
/// `byte-order.ntohl-identity`, `byte-order.ntohl-swap`; byteorder(3).
pub const fn ntohl(number: u32) -> u32 {
    u32::from_be(number)
}

/// Converts 16 bits from network to host order. Clauses: `byte-order.ntohs-identity`, `byte-order.ntohs-swap`.
pub const fn ntohs(number: u16) -> u16 {
    u16::from_be(number)
}

/// Converts 32 bits from host to network order. Clauses: `byte-order.htonl-identity`, `byte-order.htonl-swap`.
pub const fn htonl(number: u32) -> u32 {
    number.to_be()
}

/// Converts 16 bits from host to network order. Clauses: `byte-order.htons-identity`, `byte-order.htons-swap`.
pub const fn htons(number: u16) -> u16 {
    number.to_be()
}

/// Narrows an integer to the 16 bits that [`ntohs`] and [`htons`] take.
///
/// # Errors
/// [`Error::Overflow`] outside 0 to 65,535. The document asks for a 16-bit integer and is silent about
/// others; today's edition has this error (`byte-order.ntohs-overflow`), and dropping bits in silence would
/// serve nobody.
pub fn uint16(number: i64) -> Result<u16> {
    u16::try_from(number)
        .map_err(|_| Error::Overflow(format!("{number} is no 16-bit number: give 0 to 65535").into()))
}

/// Narrows an integer to the 32 bits that [`ntohl`] and [`htonl`] take.
///
/// # Errors
/// [`Error::Overflow`] outside 0 to 4,294,967,295.
pub fn uint32(number: i64) -> Result<u32> {
    u32::try_from(number)
        .map_err(|_| Error::Overflow(format!("{number} is no 32-bit number: give 0 to 4294967295").into()))
}

/// Turns IPv4 text into the four bytes of `struct in_addr`, network order.
///
/// What is valid is what glibc's `inet_aton(3)` takes: one to four parts with dots between, each decimal,
/// octal with a leading `0` or hexadecimal with `0x`, the last part filling the bytes that are left; white
/// space and anything after it may follow. Clauses: `inet_aton.packed`, `inet_aton.valid-by-platform`,
/// `inet_aton.no-ipv6`.
///
/// # Errors
/// [`Error::Message`] where the text is no address (`inet_aton.invalid`), [`Error::Type`] where it contains
/// NUL, which no C string does.
pub fn inet_aton(text: impl AsRef<[u8]>) -> Result<[u8; 4]> {
    let text = text.as_ref();
    if text.contains(&0) {
        return Err(Error::Type("the address text contains a NUL byte".into()));
    }
    match ipv4::dotted_quad(text).or_else(|| ipv4::aton(text).map(|(address, _)| address)) {
        Some(address) => Ok(address.octets()),
        None => Err(Error::message("not an IPv4 address: one to four numbers with dots between are wanted")),
    }
}

/// Turns the four bytes of `struct in_addr`, network order, into dotted text without leading zeros.
///
/// Clauses: `inet_ntoa.dotted`, `inet_ntoa.standard-form`.
///
/// # Errors
/// [`Error::Message`] where `packed` is shorter or longer than four bytes (`inet_ntoa.wrong-length`).
pub fn inet_ntoa(packed: impl AsRef<[u8]>) -> Result<String> {
    let packed = packed.as_ref();
    match <[u8; 4]>::try_from(packed) {
        Ok(octets) => Ok(address_text(IpAddr::from(octets))),
        Err(_) => Err(Error::message(format!("a packed IPv4 address has 4 bytes, not {}", packed.len()))),
    }
}

/// The numeric text of an address, as `inet_ntop(3)` writes it.
///
/// It differs from `Display` for addresses in `::/96`, which the C library writes as `::192.0.2.1`.
pub fn address_text(address: impl Into<IpAddr>) -> String {
    match address.into() {
        IpAddr::V4(address) => {
            let mut text = String::with_capacity(15);
            ipv4::push(&mut text, address);
            text
        }
        IpAddr::V6(address) => {
            let mut text = String::with_capacity(45);
            ipv6::push(&mut text, address);
            text
        }
    }
}
