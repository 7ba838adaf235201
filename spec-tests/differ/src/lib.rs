//! Differential runs: two subjects get the same generated calls and sequences, each in a lab of its own; what they
//! differ in is shrunk, grouped by cause, and judged against the clauses.
//!
//! [`run`] makes scripts from seeds, runs them on both, and keeps each kind of difference with its smallest example.
//! Once the budget is spent the examples are shrunk by asking both subjects again, and become the [`Report`]'s groups.
//! What was found is kept in a [`State`], so that an interrupted run goes on where it was. The same seed and the same
//! subjects lead to the same groups.
//!
//! ```
//! use sockspec_differ::compare;
//! use sockspec_engine::{Answer, Greeting};
//! use sockspec_cases::{StepTarget, Template};
//! use sockspec_laws::step;
//! use sockspec_subject::{Description, Outcome, Value};
//!
//! let script = [step(StepTarget::Module, "ntohs", vec![Template::Value(Value::int(1))])];
//! let greeting = Greeting { description: Description::default(), scratch: "/nowhere".to_owned() };
//! let ran = |value| vec![Answer::Outcome(Outcome::Returned(Value::int(value)))];
//! let same = compare(&script, [&greeting, &greeting], [&ran(256), &ran(256)]);
//! assert_eq!(same, None);
//! let parted = compare(&script, [&greeting, &greeting], [&ran(256), &ran(1)]).ok_or("they part")?;
//! assert_eq!((parted.step, parted.name.as_str()), (0, "ntohs"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod canon;
mod case;
mod difference;
mod generate;
pub mod judge;
mod report;
mod run;
mod shrink;
mod state;
mod text;

pub use canon::{Canon, Canonical};
pub use difference::{Difference, compare};
pub use judge::{Finding, Judgement};
pub use report::{Group, Recorded, RecordedError, Report, Tally};
pub use run::{DiffError, Plan, Progress, run};
pub use state::{Bucket, State, StateError};
pub use text::text;
