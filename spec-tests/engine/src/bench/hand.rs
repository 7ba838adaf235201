//! A worker that takes turns at benchmarks.

use std::time::Duration;

use sockspec_events::SubjectInfo;
use sockspec_subject::Fault;

use super::{Measured, Refused, Round};
use crate::cancel::Cancel;
use crate::hire::{Hired, NoHire, hire};
use crate::order::{LabOrder, Order, Task, Word};
use crate::plan::EngineError;
use crate::scripted::Twin;
use crate::worker_pipe::{Heard, WorkerPipe};

/// How long a turn may take beside the time of one call: far more than any plan makes it.
const PATIENCE: Duration = Duration::from_secs(60);

/// One worker in a lab, on a core of its own if wished. It is replaced when its subject takes it along.
pub struct Hand<'c> {
    order: Order,
    timeout: Duration,
    cancel: &'c Cancel,
    worker: Option<WorkerPipe>,
    info: SubjectInfo,
}

impl<'c> Hand<'c> {
    /// Starts a worker in its lab, and the subject there, on that core, and in real time if wished and granted.
    ///
    /// # Errors
    /// [`EngineError`] when the lab cannot be entered or the subject does not start.
    pub fn start(
        twin: &Twin,
        core: Option<usize>,
        real_time: bool,
        cancel: &'c Cancel,
    ) -> Result<Self, EngineError> {
        let order = Order {
            subject: twin.subject.clone(),
            label: twin.label.clone(),
            lab: Some(LabOrder { name: twin.lab.clone(), files: twin.labs.clone() }),
            scratch: None,
            timeout_ms: u64::try_from(twin.timeout.as_millis()).unwrap_or(u64::MAX),
            mark: None,
            core,
            real_time,
        };
        let mut hand =
            Self { order, timeout: twin.timeout, cancel, worker: None, info: SubjectInfo::default() };
        hand.ready()?;
        Ok(hand)
    }

    /// Who the subject is.
    pub fn info(&self) -> &SubjectInfo {
        &self.info
    }

    fn ready(&mut self) -> Result<&mut WorkerPipe, EngineError> {
        let worker = match self.worker.take() {
            Some(worker) => worker,
            None => {
                let hired = hire(&self.order, self.timeout, self.cancel).map_err(NoHire::into_error)?;
                let Hired { worker, subject, .. } = hired;
                self.info = subject;
                worker
            }
        };
        Ok(self.worker.insert(worker))
    }

    /// Takes a turn.
    ///
    /// # Errors
    /// [`Refused`] when the subject cannot do it, or one of the ends fails.
    pub fn turn(&mut self, round: &Round) -> Result<Measured, Refused> {
        let patience = self.timeout + PATIENCE;
        let (timeout, cancel) = (self.timeout, self.cancel);
        let worker = self.ready().map_err(|error| Refused::Load(error.to_string()))?;
        worker
            .say(&Task::Turn(Box::new(round.clone())))
            .map_err(|error| Refused::Load(format!("the turn could not be handed to a worker: {error}")))?;
        let fault = match worker.hear(patience, cancel) {
            Heard::Word(Word::Turned(turned)) => return turned,
            Heard::Overdue => Fault::Hang { after: timeout, stderr: String::new() },
            Heard::Ended { how, stderr } => Fault::Crash { what: how, stderr },
            Heard::Word(_) => {
                Fault::Crash { what: "the worker said what no worker says".to_owned(), stderr: String::new() }
            }
            Heard::Cancelled => {
                self.worker = None;
                return Err(Refused::Load("it was interrupted".to_owned()));
            }
        };
        self.worker = None;
        Err(Refused::Fault(fault))
    }

    /// Lets the worker leave.
    pub fn leave(mut self) {
        if let Some(worker) = self.worker.take() {
            worker.leave(self.timeout + Duration::from_secs(5), self.cancel);
        }
    }
}
