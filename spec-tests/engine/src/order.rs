//! What a harness and its workers tell each other: one JSON line each.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sockspec_cases::Case;
use sockspec_events::{CaseResult, SubjectInfo};

use crate::plan::{LabFile, SubjectSpec};
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
    /// How long one call may take, in milliseconds.
    pub(crate) timeout_ms: u64,
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
    /// Run these scripts, and give back what each step led to.
    Scripts(Vec<Script>),
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
    /// A case has its verdict.
    Done { index: usize, result: Box<CaseResult> },
    /// The scripts ran: for each one what its steps led to.
    Ran(Vec<Ran>),
    /// A call of an in-process subject took too long; the worker ends.
    Hung,
}
