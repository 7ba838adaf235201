//! Whether a driver obeys the protocol.

mod checks;
mod session;
mod values;

use std::fmt;

use sockspec_subject::Description;
use sockspec_wire::Limits;

use crate::DriverCommand;
use session::Session;

/// How a driver stands in one check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It does what the protocol says.
    Pass,
    /// It does not.
    Fail,
    /// It could not be judged: the implementation lacks what the check needs.
    Skipped,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Skipped => "skipped",
        })
    }
}

/// One check and how it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// Its permanent name, such as `hello` or `value-bytes`.
    pub name: String,
    /// How the driver stands in it.
    pub standing: Standing,
    /// What was seen; for a failure what was expected and what came, otherwise why it was skipped.
    pub message: String,
    /// The end of what a driver that broke down wrote to its standard error.
    pub stderr: String,
}

/// What a driver is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmokeReport {
    /// What the driver is called.
    pub label: String,
    /// What it says of its implementation, once it has said hello.
    pub description: Option<Description>,
    /// Every check, in the order in which they were made. After a failed hello there are no others.
    pub checks: Vec<Check>,
}

impl SmokeReport {
    /// Whether no check failed.
    pub fn passed(&self) -> bool {
        self.count(Standing::Fail) == 0
    }

    /// How many checks stand so.
    pub fn count(&self, standing: Standing) -> usize {
        self.checks.iter().filter(|check| check.standing == standing).count()
    }
}

/// Judges a driver, check by check. A check that breaks the driver down does not disturb the others: they get another.
pub fn smoke(command: &DriverCommand, limits: &Limits) -> SmokeReport {
    let mut session = Session::new(command, limits);
    if session.greet() {
        checks::all(&mut session);
    }
    session.report()
}
