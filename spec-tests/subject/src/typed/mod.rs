//! Typed traits for implementers in Rust, and the adapter that turns them into a [`crate::Subject`].
//!
//! An implementer writes the functions and methods that it has, with the document's arguments as Rust types:
//! [`NameResolution`], [`Conversion`] and [`Sockets`], and [`SocketModule`], which says what it is. All else answers
//! by itself that it is not there, and the cases about it are `unsupported` rather than failed. [`Typed`] makes a
//! subject of it.
//!
//! Everything documented can be expressed, and what the document calls ill-typed cannot: such a call never reaches the
//! implementer, and the case does not apply. Where the range of a number is the implementer's to check, as with a port,
//! the type is wider than the range.
//!
//! # Example
//!
//! Byte order, IPv4 text, a lookup, and UDP sockets, by the standard library:
//!
//! ```
//! use std::convert::Infallible;
//! use std::net::{Ipv4Addr, ToSocketAddrs, UdpSocket};
//!
//! use sockspec_subject::typed::{
//!     Address, AddressRef, Answer, Conversion, NameResolution, Refusal, SocketModule, Sockets, Typed, utf8,
//! };
//! use sockspec_subject::{Call, Description, Outcome, Subject, Text, Value};
//!
//! struct Small;
//!
//! impl SocketModule for Small {
//!     fn describe(&self) -> Description {
//!         let constants = [("AF_INET", 2), ("SOCK_DGRAM", 2), ("EBADF", 9)];
//!         Description {
//!             name: "small".to_owned(),
//!             version: "1.0".to_owned(),
//!             constants: constants.map(|(name, number)| (name.to_owned(), number)).into(),
//!             ..Description::default()
//!         }
//!     }
//! }
//!
//! impl Conversion for Small {
//!     fn htons(&mut self, number: u16) -> Answer<u16> {
//!         Ok(number.to_be())
//!     }
//!
//!     fn inet_aton(&mut self, text: &[u8]) -> Answer<[u8; 4]> {
//!         let address: Result<Ipv4Addr, _> = utf8(text)?.parse();
//!         Ok(address.map_err(|_| Refusal::message("no IPv4 address"))?.octets())
//!     }
//! }
//!
//! impl NameResolution for Small {
//!     fn gethostbyname(&mut self, host: &[u8]) -> Answer<Text> {
//!         let mut found = (utf8(host)?, 0).to_socket_addrs()?;
//!         let address = found.find(|address| address.is_ipv4());
//!         Ok(address.ok_or_else(|| Refusal::message("no IPv4 address"))?.ip().to_string().into())
//!     }
//! }
//!
//! impl Sockets for Small {
//!     // None before it is bound, and after it is closed.
//!     type Socket = Option<UdpSocket>;
//!     // No makefile.
//!     type File = Infallible;
//!
//!     fn socket(&mut self, family: i32, socktype: i32, _protocol: i32) -> Answer<Self::Socket> {
//!         match (family, socktype) {
//!             (2, 2) => Ok(None),
//!             _ => Err(Refusal::Lacks("only UDP over IPv4".to_owned())),
//!         }
//!     }
//!
//!     fn bind(&mut self, socket: &mut Self::Socket, address: AddressRef<'_>) -> Answer<()> {
//!         let (host, port) = address.internet()?.inet()?;
//!         let port = u16::try_from(port).map_err(|_| Refusal::overflow_error("a port has 16 bits"))?;
//!         let host = if host.is_empty() { "0.0.0.0" } else { utf8(host)? };
//!         *socket = Some(UdpSocket::bind((host, port))?);
//!         Ok(())
//!     }
//!
//!     fn getsockname(&mut self, socket: &mut Self::Socket) -> Answer<Address> {
//!         let open = socket.as_ref().ok_or_else(|| Refusal::errno(9))?;
//!         Ok(open.local_addr()?.into())
//!     }
//!
//!     fn close(&mut self, socket: &mut Self::Socket) -> Answer<()> {
//!         *socket = None;
//!         Ok(())
//!     }
//! }
//!
//! // From here on, what the suite does with it.
//! let mut subject = Typed::new(Small);
//! let call = Call::function("inet_aton", vec![Value::str("127.0.0.1")]);
//! assert_eq!(subject.call(&call)?, Outcome::Returned(Value::bytes([127, 0, 0, 1])));
//! let call = Call::function("getfqdn", vec![]);
//! assert_eq!(subject.call(&call)?.to_string(), "unsupported: this implementation has no getfqdn");
//! # Ok::<(), sockspec_subject::Fault>(())
//! ```

mod adapter;
mod address;
mod answer;
mod call;
mod conversion;
mod functions;
mod methods;
mod module;
mod resolution;
mod sockets;
mod work;

pub use adapter::Typed;
pub use address::{Address, AddressRef, Internet};
pub use answer::{Answer, Refusal, utf8};
pub use conversion::Conversion;
pub use module::SocketModule;
pub use resolution::{AddrInfo, HostEntry, NameInfo, NameResolution, Port};
pub use sockets::Sockets;
