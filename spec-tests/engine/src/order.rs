//! What a harness and its workers tell each other: one JSON line each.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sockspec_cases::Case;
use sockspec_events::{CaseResult, SubjectInfo};
use sockspec_laws::{Budget, Seed};

use crate::bench::{Measured, Refused, Round};
use crate::plan::{Check, LabFile, SubjectSpec};
use crate::scripts::{Greeting, Ran, Script};

/// Set in the environment of a worker.
pub(crate) const WORKER_VARIABLE: &str = "SOCKSPEC_WORKER";

/// The first line that a worker reads.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) subject: SubjectSpec,
    pub(crate) label: String,
    /// The lab to enter, with the files of all labs; none to stay outside.
    pub(crate) lab: Option<LabOrder>,
    /// The scratch folder outside of a lab. It is the harness's own: a worker may end at any moment, and would leave it
    /// behind.
    pub(crate) scratch: Option<PathBuf>,
    /// Where it marks the input of a law or model that it tries; nowhere where none is checked.
    #[serde(default)]
    pub(crate) mark: Option<PathBuf>,
    /// How long one call may take, in milliseconds.
    pub(crate) timeout_ms: u64,
    /// The core that it and the subject run on; none in particular otherwise.
    #[serde(default)]
    pub(crate) core: Option<usize>,
    /// Whether it and the subject run in real time, where the system grants it.
    #[serde(default)]
    pub(crate) real_time: bool,
}

/// The lab that a worker enters.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LabOrder {
    pub(crate) name: String,
    pub(crate) files: Vec<LabFile>,
}

/// Every further line that a worker reads.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Task {
    /// Run a case, and judge it.
    Case { index: usize, case: Box<Case> },
    /// Check a law or model.
    Check { index: usize, order: CheckOrder },
    /// Run these scripts, and give back what each step led to.
    Scripts(Vec<Script>),
    /// Take a turn at a benchmark.
    Turn(Box<Round>),
}

/// Which law or model is to be checked, and for what; the seeds as numbers.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct CheckOrder {
    pub(crate) id: String,
    pub(crate) evaluations: u32,
    pub(crate) shrinks: u32,
    /// In milliseconds.
    pub(crate) patience: Option<u64>,
    pub(crate) seed: u64,
    pub(crate) first: Vec<u64>,
    /// Whether each step is told before it is made: to find out which one the subject does not survive.
    #[serde(default)]
    pub(crate) careful: bool,
}

impl From<&Check> for CheckOrder {
    fn from(check: &Check) -> Self {
        let budget = &check.budget;
        Self {
            id: check.property.about().id.to_owned(),
            evaluations: budget.evaluations,
            shrinks: budget.shrinks,
            seed: budget.seed.0,
            first: budget.first.iter().map(|seed| seed.0).collect(),
            patience: budget.patience.map(|patience| u64::try_from(patience.as_millis()).unwrap_or(u64::MAX)),
            careful: false,
        }
    }
}

impl CheckOrder {
    /// To try that input alone, carefully.
    pub(crate) fn once_more(&self, seed: Seed) -> Self {
        Self { evaluations: 0, first: vec![seed.0], careful: true, ..self.clone() }
    }

    pub(crate) fn budget(&self) -> Budget {
        Budget {
            evaluations: self.evaluations,
            shrinks: self.shrinks,
            seed: Seed(self.seed),
            first: self.first.iter().copied().map(Seed).collect(),
            patience: self.patience.map(Duration::from_millis),
        }
    }
}

/// What a worker says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Word {
    /// It is ready.
    Ready {
        subject: SubjectInfo,
        /// Everything that the subject says of itself, and where the scratch folder is.
        greeting: Box<Greeting>,
        /// What is not as it should be in its world.
        notes: Vec<String>,
    },
    /// The lab could not be entered.
    NoLab { why: String },
    /// The subject could not be started.
    NoSubject { why: String, stderr: String },
    /// A law or model is being checked still.
    Alive,
    /// This step of a law's or model's input is made next; the result is the one to be told should it be the last.
    Doing { result: Box<CaseResult> },
    /// A case has its verdict.
    Done { index: usize, result: Box<CaseResult> },
    /// The scripts ran: for each one what its steps led to.
    Ran(Vec<Ran>),
    /// What the turn took.
    Turned(Result<Measured, Refused>),
    /// A call of an in-process subject took too long; the worker ends.
    Hung,
}
