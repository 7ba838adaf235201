//! The vocabulary of sockspec: what a subject is asked, what it answers, and the traits that it implements.
//!
//! A *subject* is an implementation of the documented socket interface, seen through one trait, [`Subject`].
//! It is asked a [`Call`] and answers with an [`Outcome`]: a [`Value`], a [`Raised`] exception, or the word that
//! it does not support what was asked. The trait is dynamic on purpose: an address with three members or a port
//! of 2**63 has to reach an implementation in a dynamic language unchanged.
//!
//! An implementation in Rust need not deal in dynamic values: it implements the typed traits in [`typed`] and is
//! turned into a subject by [`typed::Typed`].

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
