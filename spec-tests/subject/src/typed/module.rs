//! The module as a whole.

use super::{Conversion, NameResolution, Sockets};
use crate::Description;

/// A socket module: the three groups of functions, and what it says of itself.
pub trait SocketModule: NameResolution + Conversion + Sockets + Send {
    /// Name, version, edition and constants.
    ///
    /// Asked for once, when the adapter is made. The constants serve for arguments given by name (`AF_INET`), for
    /// reading (`constants.af-inet`), and for the numbers of errors (`ECONNREFUSED`): give all that the implementation
    /// has, with the numbers that it uses. Whatever is missing is taken for lacking (`constants.defined-by-headers`).
    fn describe(&self) -> Description;
}
