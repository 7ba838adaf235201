//! The result of one case.

use serde::{Deserialize, Serialize};

use crate::{Expected, Finding, Flaky, Verdict};

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

/// What a property was checked for, beside what every result says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PropertyRun {
    /// How many inputs it was checked for.
    pub evaluations: u32,
    /// How many smaller inputs were tried after one had broken it.
    pub shrinks: u32,
    /// How many steps the input had that broke it first, before smaller ones were tried; 0 where none broke it.
    #[serde(default, skip_serializing_if = "is_none")]
    pub steps: u32,
    /// The seed that leads to the same again: of the input where one broke it, else of the run.
    pub seed: String,
    /// The smallest input that broke it as a case, ready to be pasted into a case file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde's own signature")]
fn is_none(count: &u32) -> bool {
    *count == 0
}

/// One case, as it went; or one law or model, whose steps are those of the smallest input that broke it.
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
    /// The expectation that holds for it, in a run that is held to expectations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
    /// Its verdicts, where it was run several times and they differ; `verdict` is the worst of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flaky: Option<Flaky>,
    /// What about it makes the run red, in a run that is held to expectations or repeated.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// Of a law or model: what it was checked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub property: Option<Box<PropertyRun>>,
}

impl CaseResult {
    /// Whether it makes the run red: it departs and nobody expects it, or something was found about it.
    pub fn is_red(&self) -> bool {
        let tolerated = self.flaky.as_ref().is_some_and(|flaky| flaky.tolerated);
        !tolerated && (!self.findings.is_empty() || (self.verdict.is_departure() && !self.is_known()))
    }

    /// Whether it went as an expectation says that it departs.
    pub fn is_known(&self) -> bool {
        self.expected.as_ref().is_some_and(|expected| expected.verdict == self.verdict)
    }
}
