//! The JSON-lines protocol between sockspec and a driver, and [`serve`] for Rust drivers.
//!
//! A *driver* is a small program that makes an implementation callable: it reads one request a line from its standard
//! input and writes one reply a line to its standard output. `fixtures/wire/PROTOCOL.md` describes the protocol for
//! driver authors, `fixtures/schemas/wire.schema.json` is its schema, and the transcripts beside the former are its
//! tests. A driver in Rust is two lines: make a [`Subject`](sockspec_subject::Subject), hand it to [`serve_stdio`].
//!
//! No other crate of the workspace knows JSON. Those that store or send vocabulary values inside of types of their own
//! use [`serde_value`], and [`lines`] and [`pretty`] for the text.
//!
//! ```
//! use sockspec_subject::{Call, Description, Fault, Outcome, Subject, Value};
//!
//! /// Answers every call with its name.
//! struct Parrot;
//!
//! impl Subject for Parrot {
//!     fn describe(&mut self) -> Result<Description, Fault> {
//!         Ok(Description { name: "parrot".into(), ..Description::default() })
//!     }
//!
//!     fn call(&mut self, call: &Call) -> Result<Outcome, Fault> {
//!         Ok(Outcome::Returned(Value::str(call.name.as_str())))
//!     }
//!
//!     fn reset(&mut self) -> Result<(), Fault> {
//!         Ok(())
//!     }
//! }
//!
//! let requests = "{\"id\":1,\"op\":\"call\",\"name\":\"gethostname\",\"args\":[]}\n{\"id\":2,\"op\":\"reset\"}\n";
//! let mut replies = Vec::new();
//! sockspec_wire::serve(&mut Parrot, requests.as_bytes(), &mut replies)?;
//! let replies = String::from_utf8_lossy(&replies);
//! assert_eq!(replies, "{\"id\":1,\"returned\":\"gethostname\"}\n{\"id\":2,\"reset\":true}\n");
//! # Ok::<(), sockspec_wire::ServeError>(())
//! ```

mod echo;
mod error;
pub mod json;
pub mod limits;
pub mod lines;
mod objects;
pub mod pretty;
pub mod serde_value;
mod serve;

pub use error::LineError;
pub use json::value::{WireValue, value_from_json, value_to_json};
pub use json::{Body, Op, Reply, Request};
pub use limits::Limits;
pub use serve::{ServeError, serve, serve_stdio, serve_within};

/// The version of the protocol that this crate speaks.
pub const PROTOCOL: u64 = 1;
