//! The result of one case.

use serde::{Deserialize, Serialize};

use crate::Verdict;

/// How one step went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepVerdict {
    /// As expected.
    Ok,
    /// Otherwise, but allowed.
    Allowed,
    /// Otherwise, and recorded only.
    Observed,
    /// Otherwise.
    Departs,
    /// There was no outcome to judge: unsupported, a fault, or an argument that could not be made.
    NoOutcome,
    /// The case ended before it.
    NotReached,
}

/// One step, as it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepResult {
    /// Its 1-based line in the case's file.
    pub line: usize,
    /// The step as the case writes it: `s = socket(AF_INET, SOCK_STREAM)`.
    pub step: String,
    /// The call as it was made, with every reference filled in; empty when it was not reached.
    pub call: String,
    /// What was expected.
    pub expected: String,
    /// What came; `None` when it was not reached.
    pub got: Option<String>,
    /// How it went.
    pub verdict: StepVerdict,
    /// Where the two part, such as `[0][4]: expected AF_INET (2), got 10`; empty when they do not or all of it does.
    pub difference: String,
}

/// One case, as it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseResult {
    /// The case's id.
    pub id: String,
    /// The document's section.
    pub section: String,
    /// The clauses that it checks.
    pub clauses: Vec<String>,
    /// `documented`, `platform` or `observed`.
    pub basis: String,
    /// Its file below `fixtures/`.
    pub file: String,
    /// The 1-based line in that file.
    pub line: usize,
    /// What the case rests on, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What came of it.
    pub verdict: Verdict,
    /// Why: the allowed reason's name, what is unsupported or missing, how the subject ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Its steps.
    pub steps: Vec<StepResult>,
    /// What else happened, such as a DNS query that no case is known to make.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// The end of what the subject wrote to its standard error, after a fault.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub stderr: String,
    /// How long it took, in microseconds.
    pub microseconds: u64,
}
