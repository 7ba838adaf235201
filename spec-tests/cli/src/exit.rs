//! How the command ends.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sockspec_cases::LoadErrors;
use sockspec_engine::EngineError;
use sockspec_expect::ExpectErrors;
use sockspec_lab::LabSpecError;
use sockspec_report::layout::counted;
use sockspec_report::style::{BAD, paint};
use sockspec_report::{ReadError, TargetError};

/// Not conforming.
pub(crate) const NOT_CONFORMING: u8 = 1;
/// Interrupted: 128 and the number of SIGINT, as shells say it.
pub(crate) const INTERRUPTED: u8 = 130;
/// A command that cannot be started, as shells say it.
const NO_COMMAND: u8 = 127;

/// Problems of the fixtures that are shown at once.
const SHOWN: usize = 40;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line asks for what is not there.
    #[error("{0}")]
    Usage(String),
    /// The fixtures cannot be read.
    #[error("the fixtures cannot be read: {0}")]
    Unreadable(io::Error),
    /// The fixtures are not sound.
    #[error("{}", not_sound(folder.as_deref(), errors))]
    Fixtures {
        /// Where they were read from; `None` for those that the program carries.
        folder: Option<PathBuf>,
        /// What is wrong with them.
        errors: LoadErrors,
    },
    /// A lab is not sound.
    #[error("labs/{0}\nnothing was run")]
    LabSpec(#[from] LabSpecError),
    /// The registry of subjects is not sound.
    #[error("spec-tests/drivers/subjects.toml: {0}")]
    Registry(String),
    /// The report cannot be written.
    #[error(transparent)]
    Report(#[from] TargetError),
    /// A report cannot be read back.
    #[error(transparent)]
    Unread(#[from] ReadError),
    /// The expectations are not sound.
    #[error("the expectations are not sound\n{0}")]
    Expectations(#[from] ExpectErrors),
    /// Results of benchmarks cannot be read or written.
    #[error(transparent)]
    Saved(#[from] sockspec_bench::SavedError),
    /// The report could not be written after all.
    #[error("the report could not be written: {0}")]
    Unwritten(io::Error),
    /// The standard output cannot be written.
    #[error("the standard output cannot be written: {0}")]
    Output(#[from] io::Error),
    /// The engine gave up.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The subject cannot be started.
    #[error("{0}")]
    NoSubject(String),
    /// No lab.
    #[error("the lab cannot be entered: {0}; `sockspec doctor` says what this machine grants")]
    NoLab(String),
    /// The lab's command cannot be started.
    #[error("{0}")]
    NoCommand(String),
}

impl Failure {
    /// Says what happened on the standard error, and gives the status to end with.
    pub(crate) fn report(&self) -> ExitCode {
        // `sockspec list | head` has seen enough: nobody is there to be told.
        if let Self::Output(error) = self
            && error.kind() == io::ErrorKind::BrokenPipe
        {
            return ExitCode::SUCCESS;
        }
        let _ = writeln!(anstream::stderr(), "{} {self}", paint(BAD, "sockspec:"));
        ExitCode::from(self.code())
    }

    fn code(&self) -> u8 {
        match self {
            Self::Usage(_)
            | Self::Registry(_)
            | Self::Unreadable(_)
            | Self::Fixtures { .. }
            | Self::LabSpec(_)
            | Self::Report(_)
            | Self::Unread(_)
            | Self::Saved(_)
            | Self::Expectations(_)
            | Self::Unwritten(_)
            | Self::Output(_)
            | Self::Engine(EngineError::Fixtures(_) | EngineError::Labs(_)) => 2,
            Self::NoSubject(_) | Self::Engine(EngineError::SubjectStart { .. } | EngineError::Worker(_)) => 3,
            Self::NoLab(_) | Self::Engine(EngineError::LabRequired(_)) => 4,
            Self::Engine(EngineError::Cancelled) => INTERRUPTED,
            Self::NoCommand(_) => NO_COMMAND,
        }
    }
}

/// What is wrong with the fixtures, and how much of it.
fn not_sound(folder: Option<&Path>, errors: &LoadErrors) -> String {
    let place = folder.map(|folder| format!(" in {}", folder.display())).unwrap_or_default();
    let problems = &errors.0;
    let shown: Vec<String> = problems.iter().take(SHOWN).map(ToString::to_string).collect();
    let more = match problems.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!("\n… and {more} more"),
    };
    let count = counted(problems.len(), "problem");
    format!("the fixtures{place} are not sound\n{}{more}\n{count}; nothing was run", shown.join("\n"))
}
