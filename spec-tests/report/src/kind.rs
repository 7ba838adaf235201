//! The kinds of reports, by name.

use std::fmt;
use std::path::Path;
use std::str::FromStr;

use crate::target::TargetError;
use crate::{Events, GitHub, JsonReport, Junit, Markdown, Reporter, Tap};

/// A kind of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The whole run as one JSON file.
    Json,
    /// JUnit's XML.
    Junit,
    /// The Test Anything Protocol, version 14.
    Tap,
    /// Every event as a line of JSON.
    Events,
    /// Annotations for GitHub.
    GitHub,
    /// Markdown for the summary of a job.
    Markdown,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Json, Self::Junit, Self::Tap, Self::Events, Self::GitHub, Self::Markdown];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Tap => "tap",
            Self::Events => "events",
            Self::GitHub => "github",
            Self::Markdown => "markdown",
        }
    }

    /// The reporter that writes one of the sockspec of that version to that file, or to the standard output for `-`.
    ///
    /// # Errors
    /// [`TargetError`] when no file can be written there: it is tried now, so that nothing is run in vain.
    pub fn reporter(self, path: &Path, version: &str) -> Result<Box<dyn Reporter>, TargetError> {
        Ok(match self {
            Self::Json => Box::new(JsonReport::new(path, version)?),
            Self::Junit => Box::new(Junit::new(path)?),
            Self::Tap => Box::new(Tap::to(path)?),
            Self::Events => Box::new(Events::to(path)?),
            Self::GitHub => Box::new(GitHub::new(path)?),
            Self::Markdown => Box::new(Markdown::new(path)?),
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let names: Vec<&str> = Self::ALL.iter().map(|kind| kind.name()).collect();
            format!("{name:?} is no kind of report: write one of {}", names.join(", "))
        })
    }
}
