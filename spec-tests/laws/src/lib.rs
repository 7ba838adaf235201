//! Properties of the documented interface: what holds for all inputs, where a case is one example.
//!
//! A [`Property`] is checked on a [`Stage`]: a subject, the harness's own end of a connection, and what matching has to
//! know. It runs the very steps that a case is made of, so that an input that breaks it is a
//! [`Case`](sockspec_cases::Case) as soon as it is found. [`Law`] is the usual one: a generator of inputs, and either
//! calls with a judge over their outcomes or a [`Session`] of steps that depend on each other. [`all`] lists the laws
//! that ship; [`generate`] knows what inputs of this domain look like.
//!
//! ```
//! use std::time::Duration;
//!
//! use sockspec_engine::{Peer, RunFacts};
//! use sockspec_laws::{Budget, Seed, Stage, Verdict, all};
//! use sockspec_reference_subject::ReferenceSubject;
//! use sockspec_subject::Subject;
//!
//! let mut subject = ReferenceSubject::new();
//! let mut facts = RunFacts::new(&subject.describe()?, "/nowhere");
//! let mut peer = Peer::new(Duration::from_secs(1));
//! let mut stage = Stage {
//!     subject: &mut subject,
//!     peer: &mut peer,
//!     facts: &mut facts,
//!     tidy: &mut || {},
//!     trail: &mut (),
//! };
//! let budget = Budget { evaluations: 100, shrinks: 10, seed: Seed(1), first: Vec::new(), patience: None };
//! let law = all().into_iter().find(|law| law.about().id == "laws/inet-aton-packs");
//! assert!(law.is_some_and(|law| matches!(law.check(&mut stage, &budget), Verdict::Held(_))));
//! # Ok::<(), sockspec_subject::Fault>(())
//! ```

pub mod generate;
mod known;
mod law;
mod laws;
mod property;
mod run;
pub mod say;
mod seed;
mod session;
mod trail;

pub use known::{Host, Known, Service};
pub use law::{Demand, Form, Head, Law, Seen, World};
pub use laws::all;
pub use property::{About, Broken, Budget, Held, PATIENCE, Property, Verdict};
pub use run::check_sessions;
pub use seed::{BadSeed, Seed};
pub use session::{Peer, Session, Stage, Stop, step};
pub use trail::Trail;
