//! The vocabulary of sockspec: what a subject is asked, what it answers, and the traits that it implements.
//!
//! A *subject* is an implementation of the documented socket interface, seen through one trait, [`Subject`].
//! It is asked a [`Call`] and answers with an [`Outcome`]: a [`Value`], a [`Raised`] exception, or the word that
//! it does not support what was asked. The trait is dynamic on purpose: an address with three members or a port
//! of 2**63 has to reach an implementation in a dynamic language unchanged.
//!
//! An implementation in Rust need not deal in dynamic values: it implements the typed traits in [`typed`] and is
//! turned into a subject by [`typed::Typed`].
//!
//! ```
//! use std::convert::Infallible;
//! use std::net::Ipv4Addr;
//!
//! use sockspec_subject::typed::{Answer, Conversion, NameResolution, Refusal, SocketModule, Sockets, Typed};
//! use sockspec_subject::{Call, Description, Outcome, Subject, Text, Value};
//!
//! struct MySockets;
//!
//! impl Conversion for MySockets {
//!     fn inet_ntoa(&mut self, packed: &[u8]) -> Answer<Text> {
//!         let four: [u8; 4] = packed.try_into().map_err(|_| Refusal::message("four bytes are wanted"))?;
//!         Ok(Ipv4Addr::from(four).to_string().into())
//!     }
//! }
//!
//! // What a trait is not told to do is unsupported.
//! impl NameResolution for MySockets {}
//! impl Sockets for MySockets {
//!     type Socket = Infallible;
//!     type File = Infallible;
//! }
//! impl SocketModule for MySockets {
//!     fn describe(&self) -> Description {
//!         Description { name: "my sockets".into(), ..Description::default() }
//!     }
//! }
//!
//! let mut subject = Typed::new(MySockets);
//! let outcome = subject.call(&Call::function("inet_ntoa", [Value::bytes([127_u8, 0, 0, 1])]))?;
//! assert_eq!(outcome, Outcome::Returned(Value::str("127.0.0.1")));
//! assert!(matches!(subject.call(&Call::function("gethostname", vec![]))?, Outcome::Unsupported(_)));
//! # Ok::<(), sockspec_subject::Fault>(())
//! ```

pub mod args;
mod call;
mod description;
mod fault;
mod int;
pub mod names;
mod outcome;
mod subject;
mod text;
pub mod typed;
mod value;
mod work;

pub use call::{Action, Call, Target};
pub use description::{Description, Edition, Strings, UnknownEdition};
pub use fault::Fault;
pub use int::{Int, NotAnInteger};
pub use outcome::{Outcome, Raised, Unsupported};
pub use subject::Subject;
pub use text::Text;
pub use value::{ObjectId, ObjectRef, Value};
pub use work::{Function, Work, Worked};
