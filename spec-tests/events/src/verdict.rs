//! Verdicts.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What came of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The subject did what is demanded.
    Pass,
    /// It did something else that is allowed, for a reason with a name.
    Allowed,
    /// It did something else.
    Fail,
    /// The subject says that it lacks this.
    Unsupported,
    /// The case does not concern the subject: another edition, or a call that its types cannot express.
    NotApplicable,
    /// A probe says what the case needs and this machine lacks.
    NotRun,
    /// The subject did not answer in time.
    Hang,
    /// The subject ended.
    Crash,
    /// The subject's driver broke the protocol.
    Protocol,
}

impl Verdict {
    /// Every verdict, in the order of reports.
    pub const ALL: [Self; 9] = [
        Self::Pass,
        Self::Allowed,
        Self::Fail,
        Self::Unsupported,
        Self::NotApplicable,
        Self::NotRun,
        Self::Hang,
        Self::Crash,
        Self::Protocol,
    ];

    /// Its name in reports and expectations.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Allowed => "allowed",
            Self::Fail => "fail",
            Self::Unsupported => "unsupported",
            Self::NotApplicable => "not-applicable",
            Self::NotRun => "not-run",
            Self::Hang => "hang",
            Self::Crash => "crash",
            Self::Protocol => "protocol",
        }
    }

    /// Whether the subject departs from the document, or failed to answer.
    pub fn is_departure(self) -> bool {
        matches!(self, Self::Fail | Self::Hang | Self::Crash | Self::Protocol)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
