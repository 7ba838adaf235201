//! What is to be run.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sockspec_cases::{Case, LoadErrors};
use sockspec_lab::{LabSet, LabSpecError};
use sockspec_laws::{Budget, Property, Seed};
use sockspec_subject::Edition;

/// The subject, as it is named to a worker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum SubjectSpec {
    /// One that the program's own factory makes.
    InProcess {
        /// The name that the factory knows.
        name: String,
    },
    /// A driver, reached over its standard input and output.
    Process {
        /// The command and its arguments.
        argv: Vec<OsString>,
        /// Environment variables beside the inherited ones.
        env: Vec<(OsString, OsString)>,
        /// What messages call it.
        label: String,
        /// How long it may take from its start to its hello, where that is not what the protocol allows everybody.
        #[serde(default)]
        hello: Option<Duration>,
    },
}

impl SubjectSpec {
    /// How long it may take to say hello.
    pub(crate) fn hello(&self) -> Duration {
        match self {
            Self::InProcess { .. } => Duration::ZERO,
            Self::Process { hello, .. } => hello.unwrap_or(sockspec_wire::limits::HELLO),
        }
    }
}

/// A file of the labs: its path below `fixtures/`, and its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabFile {
    /// Such as `labs/default/etc/hosts`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Reads the labs.
pub(crate) fn load_labs(files: &[LabFile]) -> Result<LabSet, LabSpecError> {
    LabSet::load(
        files
            .iter()
            .map(|file| (file.path.strip_prefix("labs/").unwrap_or(&file.path), file.text.as_bytes())),
    )
}

/// Whether cases run in a lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LabPolicy {
    /// Where there are namespaces; else what needs none still runs.
    #[default]
    WhereAvailable,
    /// Always: without namespaces nothing runs.
    Required,
    /// Never.
    Never,
}

/// A law or model that is to be checked.
#[derive(Clone)]
pub struct Check {
    /// Which.
    pub property: &'static dyn Property,
    /// For how many inputs, from which seed.
    pub budget: Budget,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Check")
            .field("property", &self.property.about().id)
            .field("budget", &self.budget)
            .finish()
    }
}

/// What is to be run, and how.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who is under test.
    pub subject: SubjectSpec,
    /// The name it was asked for by.
    pub label: String,
    /// The cases, in the order of the results.
    pub cases: Vec<Case>,
    /// The laws and models, whose results come after those of the cases.
    pub checks: Vec<Check>,
    /// The seed of the run, where there are any.
    pub seed: Option<Seed>,
    /// How many cases, laws and models there are to choose from.
    pub known: usize,
    /// The text of each clause that a case names.
    pub clauses: BTreeMap<String, String>,
    /// The text of each reason that a case names.
    pub reasons: BTreeMap<String, String>,
    /// The edition that the subject is judged by.
    pub edition: Edition,
    /// The labs' files.
    pub labs: Vec<LabFile>,
    /// Whether cases run in a lab.
    pub lab_policy: LabPolicy,
    /// How many workers, at least 1.
    pub jobs: usize,
    /// How long one call may take.
    pub timeout: Duration,
    /// Whether the first departure ends the run.
    pub fail_fast: bool,
    /// The command that runs one case alone, to which its id is appended.
    pub rerun: String,
    /// The command that writes a script which shows one case alone, with `{case}` for its id; empty where there is none.
    pub repro: String,
    /// The command that writes a script for what broke a law or model, with `{case}` for its id and `{seed}` for the seed of
    /// the input; may be empty.
    pub repro_law: String,
}

impl Plan {
    /// How many results there will be.
    pub(crate) fn total(&self) -> usize {
        self.cases.len() + self.checks.len()
    }

    /// The case in that place; a law or model stands there as a case without steps.
    pub(crate) fn case(&self, index: usize) -> Option<Cow<'_, Case>> {
        match index.checked_sub(self.cases.len()) {
            None => self.cases.get(index).map(Cow::Borrowed),
            Some(at) => self.checks.get(at).map(|check| Cow::Owned(check.property.about().case(Vec::new()))),
        }
    }
}

/// Why there is no run, or none worth the name.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The fixtures are not sound.
    #[error(transparent)]
    Fixtures(#[from] LoadErrors),
    /// The labs are not sound.
    #[error("{0}")]
    Labs(String),
    /// The subject could not be started at all.
    #[error("{what}{}", shown_stderr(stderr))]
    SubjectStart {
        /// What happened, and what to do.
        what: String,
        /// The end of its standard error.
        stderr: String,
    },
    /// A lab is required, and cannot be had.
    #[error("a lab is required, and there is none: {0}")]
    LabRequired(String),
    /// A worker could not be started.
    #[error("a worker could not be started: {0}; the program must call worker_entry first thing in main")]
    Worker(String),
    /// Interrupted before it was done.
    #[error("interrupted")]
    Cancelled,
}

fn shown_stderr(stderr: &str) -> String {
    if stderr.trim().is_empty() {
        return String::new();
    }
    let lines: Vec<String> = stderr.trim_end().lines().map(|line| format!("    {line}")).collect();
    format!("\n  its standard error ends with\n{}", lines.join("\n"))
}
