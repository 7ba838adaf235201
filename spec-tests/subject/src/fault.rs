//! Faults: the ways in which a subject fails to answer at all.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Why there is no outcome. Not an exception of the implementation: those are [`crate::Raised`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum Fault {
    /// The subject could not be started or greeted.
    #[error("the subject could not be started: {what}")]
    Start {
        /// What happened, and what to do.
        what: String,
        /// The end of what it wrote to its standard error.
        stderr: String,
    },
    /// The subject ended while it was asked something.
    #[error("the subject ended: {what}")]
    Crash {
        /// How it ended: exit status or signal.
        what: String,
        /// The end of what it wrote to its standard error.
        stderr: String,
    },
    /// The subject did not answer in time, and was killed.
    #[error("no answer within {after:?}; the subject was killed")]
    Hang {
        /// The deadline that passed.
        after: Duration,
        /// The end of what it wrote to its standard error.
        stderr: String,
    },
    /// The subject answered with something that the protocol does not allow, and was killed.
    #[error("the subject broke the protocol: {what}")]
    Protocol {
        /// Which rule, and what came instead.
        what: String,
        /// The end of what it wrote to its standard error.
        stderr: String,
    },
}

impl Fault {
    /// The end of what the subject wrote to its standard error; empty when nothing was kept.
    pub fn stderr(&self) -> &str {
        match self {
            Self::Start { stderr, .. }
            | Self::Crash { stderr, .. }
            | Self::Hang { stderr, .. }
            | Self::Protocol { stderr, .. } => stderr,
        }
    }
}
