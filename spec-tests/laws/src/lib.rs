//! Properties of the documented interface: what holds for all inputs, where a case is one example.
//!
//! A [`Property`] is checked on a [`Stage`]: a subject, the harness's own end of a connection, and what matching has to
//! know. It runs the very steps that a case is made of, through a [`Session`], so that an input that breaks it is a
//! [`Case`](sockspec_cases::Case) as soon as it is found.

mod property;
mod seed;
mod session;

pub use property::{About, Broken, Budget, Held, Property, Verdict};
pub use seed::{BadSeed, Seed};
pub use session::{Peer, Session, Stage, Stop, step};
