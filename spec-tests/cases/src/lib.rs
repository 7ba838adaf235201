//! Clauses and cases: what the fixtures say, loaded, checked, and matched with what a subject did.
//!
//! A [`Suite`] is everything that `fixtures/` holds about the document: the [`Catalogue`] of clauses, the reasons
//! for which a platform may differ, and the [`Case`]s. Loading refuses a bad file with its place, what is wrong and
//! what would be right. Matching ([`check`]) is pure: it looks at the expectation, the outcome and the [`Facts`],
//! and touches nothing else.

mod ask;
mod case;
mod clause;
mod facts;
mod load;
mod matcher;
mod node;
mod pattern;
mod problem;
mod suite;
mod template;
mod write;

pub use ask::{AskError, Asked, PEER_KIND, Side};
pub use case::{
    Allowance, Basis, Case, Expectation, LabNeed, PEER, RaisesPattern, Step, StepAction, StepTarget,
};
pub use clause::{Catalogue, Clause, Demands, Kind, Origin, Reason, Section};
pub use facts::{Bindings, EnvironmentFacts, Facts};
pub use matcher::{Judgement, Mismatch, check};
pub use pattern::Pattern;
pub use problem::{File, LoadErrors, Problem};
pub use suite::Suite;
pub use template::{RenderError, Template, fill};
pub use write::{Unwritable, to_toml};
