//! What a gate says: what was expected of a case, and what makes a run red.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Verdict;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The file, as it was asked for.
    pub file: String,
    /// The 1-based line in it.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// The expectation that holds for a case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expected {
    /// The verdict that is known.
    pub verdict: Verdict,
    /// What departs, in somebody's words; empty when nobody has said it yet.
    pub reason: String,
    /// The clause that is broken, where the expectation names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<String>,
    /// Where it is known upstream.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// Where the expectation is written down.
    pub place: Place,
}

/// What kind of thing makes a run red.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FindingKind {
    /// A case departs, or is unsupported, and no entry says so.
    UnexpectedDeparture,
    /// A case passes, and an entry says that it departs.
    UnexpectedPass,
    /// A case departs in another way than its entry says.
    OtherVerdict,
    /// An entry names a case or a clause that is not there, or another number of cases.
    StaleEntry,
    /// An entry does not say why.
    MissingReason,
    /// Two entries hold for one case.
    DoubledEntry,
    /// The entries are for another subject, or its version cannot be told from what it says.
    OtherSubject,
    /// More cases were left unrun than the budget allows.
    SkipBudget,
    /// A case had several verdicts.
    Flaky,
}

impl FindingKind {
    /// Every kind, in the order of reports.
    pub const ALL: [Self; 9] = [
        Self::UnexpectedDeparture,
        Self::UnexpectedPass,
        Self::OtherVerdict,
        Self::StaleEntry,
        Self::MissingReason,
        Self::DoubledEntry,
        Self::OtherSubject,
        Self::SkipBudget,
        Self::Flaky,
    ];

    /// Its name in words.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnexpectedDeparture => "unexpected departure",
            Self::UnexpectedPass => "unexpected pass",
            Self::OtherVerdict => "other verdict",
            Self::StaleEntry => "stale entry",
            Self::MissingReason => "missing reason",
            Self::DoubledEntry => "doubled entry",
            Self::OtherSubject => "other subject",
            Self::SkipBudget => "skip budget",
            Self::Flaky => "flaky case",
        }
    }
}

impl fmt::Display for FindingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// One thing that makes a run red, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// The case that it concerns, where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case: Option<String>,
    /// The line to change, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
    /// What was found.
    pub what: String,
    /// What to do: which line to change, and to what. May have several lines.
    pub help: String,
}

/// What a gate holds a run to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateInfo {
    /// The file of expectations.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expectations: Option<String>,
    /// How many cases may be left unrun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skip_budget: Option<usize>,
    /// How many times every case was run, where that is more than once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<u32>,
}

/// The verdicts of a case that was run several times and did not always have the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flaky {
    /// One for each time, in order.
    pub verdicts: Vec<Verdict>,
    /// Whether that is tolerated for this run: it is reported, and does not make the run red.
    pub tolerated: bool,
}

/// Which part of a selection a run is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which shard, 1 to `of`.
    pub index: u32,
    /// How many shards there are.
    pub of: u32,
    /// How many cases the whole selection has.
    pub selected: usize,
    /// A digest of the whole selection, the same for every shard of it.
    pub selection: String,
    /// The places of this shard's cases in the whole selection, counted from 0 and in order.
    pub places: Vec<usize>,
}
