//! Byte order, and IPv4 addresses as text and packed.

use super::{Answer, Refusal};
use crate::Text;

/// The functions that convert numbers and addresses, and look nothing up.
///
/// What does not fit 16 or 32 bits is nothing that the types can express.
#[allow(unused_variables, reason = "the names are the documentation of the methods that nobody overrode")]
pub trait Conversion {
    /// 32 bits from network to host order (`byte-order.ntohl-identity`, `byte-order.ntohl-swap`).
    ///
    /// # Errors
    /// The document knows none.
    fn ntohl(&mut self, number: u32) -> Answer<u32> {
        Err(Refusal::no_function("ntohl"))
    }

    /// 16 bits from network to host order (`byte-order.ntohs-identity`, `byte-order.ntohs-swap`).
    ///
    /// # Errors
    /// The document knows none.
    fn ntohs(&mut self, number: u16) -> Answer<u16> {
        Err(Refusal::no_function("ntohs"))
    }

    /// 32 bits from host to network order (`byte-order.htonl-identity`, `byte-order.htonl-swap`).
    ///
    /// # Errors
    /// The document knows none.
    fn htonl(&mut self, number: u32) -> Answer<u32> {
        Err(Refusal::no_function("htonl"))
    }

    /// 16 bits from host to network order (`byte-order.htons-identity`, `byte-order.htons-swap`).
    ///
    /// # Errors
    /// The document knows none.
    fn htons(&mut self, number: u16) -> Answer<u16> {
        Err(Refusal::no_function("htons"))
    }

    /// Dotted IPv4 text as four bytes in network order (`inet_aton.packed`).
    ///
    /// # Errors
    /// `error` when the text is no address (`inet_aton.invalid`); which texts are is the C library's affair
    /// (`inet_aton.valid-by-platform`).
    fn inet_aton(&mut self, text: &[u8]) -> Answer<[u8; 4]> {
        Err(Refusal::no_function("inet_aton"))
    }

    /// A packed address in network order as dotted text (`inet_ntoa.dotted`, `inet_ntoa.standard-form`). `packed` is
    /// of any length.
    ///
    /// # Errors
    /// `error` for any length but four (`inet_ntoa.wrong-length`).
    fn inet_ntoa(&mut self, packed: &[u8]) -> Answer<Text> {
        Err(Refusal::no_function("inet_ntoa"))
    }
}
