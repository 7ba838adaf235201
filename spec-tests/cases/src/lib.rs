//! Clauses and cases: what the fixtures say, loaded, checked, and matched with what a subject did.
//!
//! A [`Suite`] is everything that `fixtures/` holds about the document: the [`Catalogue`] of clauses, the reasons
//! for which a platform may differ, and the [`Case`]s. Loading refuses a bad file with its place, what is wrong and
//! what would be right. Matching ([`check`]) is pure: it looks at the expectation, the outcome and the [`Facts`],
//! and touches nothing else.
//!
//! ```
//! use sockspec_cases::{EnvironmentFacts, File, Judgement, Suite, check};
//! use sockspec_subject::{Outcome, Value};
//!
//! let clauses = r#"
//! format = 1
//! section = "byteorder"
//! title = "Byte order"
//! place = "module functions"
//!
//! [[clause]]
//! id = "byteorder.ntohs"
//! text = "ntohs() brings 16 bits from network to host order."
//! demands = "subject"
//! kind = "testable"
//! origin = "chapter"
//! source = "RFC 1700"
//! editions = ["2.2", "3"]
//! "#;
//! let cases = r#"
//! format = 1
//!
//! [[case]]
//! id = "byteorder/zero"
//! clause = ["byteorder.ntohs"]
//! basis = "documented"
//! steps = [
//!     { call = "ntohs", args = [0], returns = 0 },
//! ]
//! "#;
//! let suite = Suite::load(
//!     &[
//!         File { path: "clauses/sections.toml", text: "format = 1\norder = [\"byteorder\"]\n" },
//!         File { path: "clauses/byteorder.toml", text: clauses },
//!         File { path: "cases/byteorder/order.toml", text: cases },
//!     ],
//!     &[],
//! )?;
//! let step = &suite.cases[0].steps[0];
//! let judge = |value| check(&step.expect, &step.allow, &Outcome::Returned(value), &EnvironmentFacts::default());
//! assert_eq!(judge(Value::int(0)), Judgement::Pass);
//! let Judgement::Fail(mismatch) = judge(Value::int(256)) else { panic!("it is wrong") };
//! assert_eq!((mismatch.expected.as_str(), mismatch.got.as_str()), ("0", "256"));
//! # Ok::<(), sockspec_cases::LoadErrors>(())
//! ```

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
