//! Starting a worker: its order, and its first word.

use std::time::Duration;

use sockspec_events::SubjectInfo;
use sockspec_process::STARVED_AT_MOST;

use crate::cancel::Cancel;
use crate::order::{Order, Word};
use crate::plan::{EngineError, SubjectSpec};
use crate::scripts::Greeting;
use crate::worker_pipe::{Heard, WorkerPipe};

/// A worker that is ready.
pub(crate) struct Hired {
    pub(crate) worker: WorkerPipe,
    pub(crate) subject: SubjectInfo,
    pub(crate) greeting: Greeting,
    /// What is not as it should be in its world.
    pub(crate) notes: Vec<String>,
}

/// Why there is none.
pub(crate) enum NoHire {
    /// Its lab could not be entered.
    Lab { why: String },
    /// The subject could not be started.
    Subject { why: String, stderr: String },
    /// It could not be started itself, or did not obey.
    Worker { what: String },
    /// The run is cancelled.
    Cancelled,
}

impl NoHire {
    /// As whoever asked for more than cases is told.
    pub(crate) fn into_error(self) -> EngineError {
        match self {
            Self::Lab { why } => EngineError::LabRequired(why),
            Self::Subject { why, stderr } => EngineError::SubjectStart { what: why, stderr },
            Self::Worker { what } => EngineError::Worker(what),
            Self::Cancelled => EngineError::Cancelled,
        }
    }
}

/// How long a worker may take to be ready: the time of the subject's hello, as long as a machine that is busy can make it,
/// and then some.
fn patience(subject: &SubjectSpec, timeout: Duration) -> Duration {
    subject
        .hello()
        .saturating_mul(STARVED_AT_MOST)
        .saturating_add(timeout)
        .saturating_add(Duration::from_secs(60))
}

/// Starts a worker and waits until it is ready.
pub(crate) fn hire(order: &Order, timeout: Duration, cancel: &Cancel) -> Result<Hired, NoHire> {
    let no_worker = |what: String| NoHire::Worker { what };
    let mut worker = WorkerPipe::start().map_err(|error| no_worker(error.to_string()))?;
    worker.say(order).map_err(|error| no_worker(error.to_string()))?;
    // A driver has its own, shorter deadline for its hello.
    match worker.hear(patience(&order.subject, timeout), cancel) {
        Heard::Word(Word::Ready { subject, greeting, notes }) => {
            Ok(Hired { worker, subject, greeting: *greeting, notes })
        }
        Heard::Word(Word::NoLab { why }) => Err(NoHire::Lab { why }),
        Heard::Word(Word::NoSubject { why, stderr }) => Err(NoHire::Subject { why, stderr }),
        Heard::Word(
            Word::Done { .. }
            | Word::Doing { .. }
            | Word::Alive
            | Word::Ran(_)
            | Word::Turned(_)
            | Word::Hung,
        ) => Err(no_worker("it spoke of work before it was given any".to_owned())),
        Heard::Ended { how, stderr } => Err(no_worker(format!("{how}: {}", stderr.trim_end()))),
        Heard::Overdue => Err(no_worker("it did not get ready in time".to_owned())),
        Heard::Cancelled => Err(NoHire::Cancelled),
    }
}
