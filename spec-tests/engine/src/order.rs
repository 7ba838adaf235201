//! What a harness and its workers tell each other: one JSON line each.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use sockspec_cases::Case;
use sockspec_events::{CaseResult, SubjectInfo};

use crate::plan::{LabFile, SubjectSpec};

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
pub(crate) struct Task {
    pub(crate) index: usize,
    pub(crate) case: Case,
}

/// What a worker says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Word {
    /// It is ready.
    Ready {
        subject: SubjectInfo,
        /// What is not as it should be in its world.
        notes: Vec<String>,
    },
    /// The lab could not be entered.
    NoLab { why: String },
    /// The subject could not be started.
    NoSubject { why: String, stderr: String },
    /// A case has its verdict.
    Done { index: usize, result: Box<CaseResult> },
}
