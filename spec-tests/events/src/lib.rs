//! What a run says: a closed set of events, which every reporter consumes and nothing else.
//!
//! The order is always [`Event::RunStarted`], then for each selected case in the suite's order one
//! [`Event::CaseFinished`], then [`Event::RunFinished`]; [`Event::Progress`] and [`Event::Warning`] may come anywhere
//! between. A run that is cut short still ends with `RunFinished`.
//!
//! ```
//! use sockspec_events::{Event, RunFinished, Summary, Verdict};
//!
//! let mut summary = Summary::new();
//! for verdict in [Verdict::Pass, Verdict::Pass, Verdict::Hang] {
//!     summary.count(verdict);
//! }
//! assert_eq!((summary.total(), summary.departures()), (3, 1));
//!
//! // What a reporter does: it looks at what comes.
//! let event = Event::RunFinished(RunFinished { summary, ..RunFinished::default() });
//! if let Event::RunFinished(run) = &event {
//!     assert_eq!(run.summary.get(Verdict::Pass), 2);
//! }
//! ```

mod case;
mod gate;
mod run;
mod verdict;

pub use case::{CaseResult, PropertyRun, StepResult, StepVerdict};
pub use gate::{Expected, Finding, FindingKind, Flaky, GateInfo, Place, Shard};
pub use run::{Probe, RunFinished, RunStarted, SubjectInfo, Summary};
pub use verdict::Verdict;

use serde::{Deserialize, Serialize};

/// One thing that a run says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// What is about to be run.
    RunStarted(Box<RunStarted>),
    /// How far the run is, out of order: for a progress bar only.
    Progress {
        /// Cases that have a verdict.
        done: usize,
        /// Cases in all.
        total: usize,
    },
    /// A case has its verdict.
    CaseFinished(Box<CaseResult>),
    /// Something about the run as a whole that somebody should know.
    Warning {
        /// What, and what to do about it.
        text: String,
    },
    /// The end.
    RunFinished(RunFinished),
}
