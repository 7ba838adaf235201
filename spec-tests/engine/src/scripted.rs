//! Running scripts on a subject in a worker of its own, many at a time.

use std::path::PathBuf;
use std::time::Duration;

use sockspec_events::SubjectInfo;
use sockspec_subject::Fault;

use crate::cancel::Cancel;
use crate::hire::{Hired, NoHire, hire};
use crate::order::{LabOrder, Order, Task, Word};
use crate::plan::{EngineError, LabFile, SubjectSpec};
use crate::scripts::{Answer, Greeting, Ran, Script};
use crate::worker_pipe::{Heard, WorkerPipe};

/// Who runs scripts, and where. Two subjects with the same lab stand in twin labs.
#[derive(Debug, Clone)]
pub struct Twin {
    /// Who.
    pub subject: SubjectSpec,
    /// The name it was asked for by.
    pub label: String,
    /// The lab's name.
    pub lab: String,
    /// The labs' files.
    pub labs: Vec<LabFile>,
    /// How long one call may take.
    pub timeout: Duration,
}

/// One worker that runs scripts, replaced when its subject takes it along.
pub struct Runner<'c> {
    order: Order,
    timeout: Duration,
    cancel: &'c Cancel,
    worker: Option<WorkerPipe>,
    info: SubjectInfo,
    greeting: Greeting,
    notes: Vec<String>,
    /// Whether the scripts handed over last are still under way.
    handed: bool,
}

impl<'c> Runner<'c> {
    /// Starts a worker in its lab, and the subject there.
    ///
    /// # Errors
    /// [`EngineError`] when the lab cannot be entered or the subject does not start.
    pub fn start(twin: &Twin, cancel: &'c Cancel) -> Result<Self, EngineError> {
        let order = Order {
            subject: twin.subject.clone(),
            label: twin.label.clone(),
            lab: Some(LabOrder { name: twin.lab.clone(), files: twin.labs.clone() }),
            scratch: None::<PathBuf>,
            timeout_ms: u64::try_from(twin.timeout.as_millis()).unwrap_or(u64::MAX),
            mark: None,
            core: None,
            real_time: false,
        };
        let mut runner = Self {
            order,
            timeout: twin.timeout,
            cancel,
            worker: None,
            info: SubjectInfo::default(),
            greeting: Greeting::default(),
            notes: Vec::new(),
            handed: false,
        };
        runner.ready()?;
        Ok(runner)
    }

    /// Who the subject is.
    pub fn info(&self) -> &SubjectInfo {
        &self.info
    }

    /// What the subject says of itself, and where its scratch folder is.
    pub fn greeting(&self) -> &Greeting {
        &self.greeting
    }

    /// What is not as it should be in its lab.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    fn ready(&mut self) -> Result<&mut WorkerPipe, EngineError> {
        if self.worker.is_none() {
            let hired = hire(&self.order, self.timeout, self.cancel).map_err(NoHire::into_error)?;
            let Hired { worker, subject, greeting, notes } = hired;
            (self.info, self.greeting, self.notes) = (subject, greeting, notes);
            self.worker = Some(worker);
        }
        self.worker.as_mut().ok_or_else(|| EngineError::Worker("it is gone".to_owned()))
    }

    /// Hands scripts to the worker, which runs them meanwhile. [`Runner::take`] has to follow, with the same ones.
    ///
    /// # Errors
    /// [`EngineError`] when there is no worker any more and none can be had.
    pub fn hand(&mut self, scripts: &[Script]) -> Result<(), EngineError> {
        let task = Task::Scripts(scripts.to_vec());
        self.ready()?.say(&task).map_err(|error| EngineError::Worker(error.to_string()))?;
        self.handed = true;
        Ok(())
    }

    /// What the scripts led to that were handed over. Where the subject took its worker along, they are run again one
    /// by one, so that only the one that did it has a fault for an answer.
    ///
    /// # Errors
    /// [`EngineError`] when no worker can be had any more, or the run is cancelled.
    pub fn take(&mut self, scripts: &[Script]) -> Result<Vec<Ran>, EngineError> {
        if let Ok(ran) = self.hear(scripts)? {
            return Ok(ran);
        }
        let mut all = Vec::with_capacity(scripts.len());
        for script in scripts {
            let one = std::slice::from_ref(script);
            self.hand(one)?;
            match self.hear(one)? {
                Ok(ran) => all.extend(ran),
                Err(fault) => all.push(vec![Answer::Fault(fault)]),
            }
        }
        Ok(all)
    }

    /// [`Runner::hand`] and [`Runner::take`] in one.
    ///
    /// # Errors
    /// Theirs.
    pub fn run(&mut self, scripts: &[Script]) -> Result<Vec<Ran>, EngineError> {
        self.hand(scripts)?;
        self.take(scripts)
    }

    /// The worker's word on the scripts; a fault where it is gone.
    fn hear(&mut self, scripts: &[Script]) -> Result<Result<Vec<Ran>, Fault>, EngineError> {
        if !std::mem::take(&mut self.handed) {
            return Err(EngineError::Worker("it was asked for scripts that it was never given".to_owned()));
        }
        let Some(worker) = &mut self.worker else {
            return Err(EngineError::Worker("it is gone".to_owned()));
        };
        // Whoever watches the calls themselves is expected to speak first.
        let steps: usize = scripts.iter().map(Vec::len).sum();
        let steps = u32::try_from(steps).unwrap_or(u32::MAX).saturating_add(3);
        let patience = self.timeout.saturating_mul(steps).saturating_add(Duration::from_secs(30));
        let fault = match worker.hear(patience, self.cancel) {
            Heard::Word(Word::Ran(ran)) if ran.len() == scripts.len() => return Ok(Ok(ran)),
            Heard::Word(Word::Hung) | Heard::Overdue => {
                Fault::Hang { after: self.timeout, stderr: String::new() }
            }
            Heard::Word(_) => {
                Fault::Crash { what: "the worker said what no worker says".to_owned(), stderr: String::new() }
            }
            Heard::Ended { how, stderr } => Fault::Crash { what: how, stderr },
            Heard::Cancelled => return Err(EngineError::Cancelled),
        };
        self.worker = None;
        Ok(Err(fault))
    }

    /// Lets the worker leave.
    pub fn leave(mut self) {
        if let Some(worker) = self.worker.take() {
            worker.leave(self.timeout + Duration::from_secs(5), self.cancel);
        }
    }
}
