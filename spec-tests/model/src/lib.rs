//! The model: a state machine that says what any sequence of socket calls must lead to.
//!
//! Random sequences of calls are run on a subject, several sockets and the harness's own ends at once, and each call is
//! held to what the model says of it. A sequence that departs is shrunk, with every precondition checked again, to a
//! [`Case`](sockspec_cases::Case) that a person can read. [`properties`] are checked like any other
//! [`Property`].
//!
//! | module | holds |
//! |---|---|
//! | `act` | what sequences are made of |
//! | `world` | what the model knows |
//! | `plan` | for an act in a world: its precondition, its step, what that must lead to, what it changes |
//! | `choose`, `script`, `profile`, `dice` | which act comes next |
//! | `sequence`, `shrink` | playing a sequence, and making it shorter |
//!
//! ```
//! use std::time::Duration;
//!
//! use sockspec_engine::{Peer, RunFacts};
//! use sockspec_laws::{Budget, Seed, Stage, Verdict};
//! use sockspec_reference_subject::ReferenceSubject;
//! use sockspec_subject::Subject;
//!
//! let mut subject = ReferenceSubject::new();
//! let mut facts = RunFacts::new(&subject.describe()?, "/nowhere");
//! let mut peer = Peer::new(Duration::from_secs(10));
//! let mut stage = Stage {
//!     subject: &mut subject,
//!     peer: &mut peer,
//!     facts: &mut facts,
//!     tidy: &mut || {},
//!     trail: &mut (),
//! };
//! let budget = Budget { evaluations: 3, shrinks: 10, seed: Seed(1), first: Vec::new(), patience: None };
//! let streams = sockspec_model::properties().into_iter().find(|model| model.about().id == "model/streams-inet");
//! assert!(streams.is_some_and(|model| matches!(model.check(&mut stage, &budget), Verdict::Held(_))));
//! # Ok::<(), sockspec_subject::Fault>(())
//! ```

mod act;
mod choose;
mod clauses;
mod dice;
mod expect;
mod plan;
mod profile;
mod property;
mod script;
mod sequence;
mod shrink;
mod world;

use sockspec_laws::Property;

/// All properties of the model, in the order in which they are checked.
pub fn properties() -> Vec<&'static dyn Property> {
    property::ALL.iter().map(|model| model as &dyn Property).collect()
}
