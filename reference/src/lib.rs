//! The socket module of the document, in Rust: complete, exact, and no larger than that.
//!
//! The document is the `socket` chapter of the Python Library Reference as of 2.2. Each item here names the
//! clauses of it that it carries out, such as `getaddrinfo.passive`; where a clause leaves a choice, a
//! comment says which one was made and why.
//!
//! | document | here |
//! |---|---|
//! | `getaddrinfo`, `getnameinfo`, `gethostbyname`, `getfqdn` … | functions of the same name, in [`resolution`] |
//! | `htons`, `inet_aton` … | functions of the same name, in [`conversion`] |
//! | `socket`, `fromfd`, socket objects | [`socket()`], [`fromfd`], [`Socket`] |
//! | addresses | given: [`Address`], or a tuple that turns into one; returned: [`SocketAddress`] |
//! | `error`, `herror`, `gaierror` | [`Error`] |
//! | `AF_INET`, `SO_REUSEADDR` … | [`constants`], by name; the common ones typed, as in [`Family::INET`] |
//!
//! Names and addresses are bytes on the way in, and [`BString`] on the way out, since the C library promises
//! no UTF-8. Nothing here keeps state between calls, and everything can be sent to another thread. SSL
//! objects are outside.
//!
//! ```
//! use socket_reference::{Family, MsgFlags, Protocol, SockType, socket};
//!
//! let listener = socket(Family::INET, SockType::STREAM, Protocol::DEFAULT)?;
//! listener.bind(("127.0.0.1", 0))?;
//! listener.listen(1)?;
//! let client = socket(Family::INET, SockType::STREAM, Protocol::DEFAULT)?;
//! client.connect(&listener.getsockname()?)?;
//! let (server, peer) = listener.accept()?;
//! assert_eq!(peer, client.getsockname()?);
//! client.sendall(b"Hello, world", MsgFlags::NONE)?;
//! assert_eq!(server.recv_vec(1024, MsgFlags::NONE)?, b"Hello, world");
//! # Ok::<(), socket_reference::Error>(())
//! ```

pub mod address;
pub mod constants;
pub mod conversion;
pub mod error;
mod file;
#[doc(hidden)]
pub mod floor;
pub mod resolution;
mod socket;
mod sys;
pub mod types;

pub use bstr::BString;

pub use address::{Address, SocketAddress};
pub use conversion::{address_text, htonl, htons, inet_aton, inet_ntoa, ntohl, ntohs};
pub use error::{Class, Error, Result};
pub use file::File;
pub use resolution::{
    AddrInfo, Hints, HostEntry, Port, getaddrinfo, getfqdn, gethostbyaddr, gethostbyname, gethostbyname_ex,
    gethostname, getnameinfo, getprotobyname, getservbyname,
};
pub use socket::{Socket, fromfd, socket};
pub use types::{AddrInfoFlags, Family, MsgFlags, NameInfoFlags, Protocol, Shutdown, SockType};
