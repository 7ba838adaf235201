//! What a measurement found.

use serde::Serialize;

use crate::measure::Reach;

/// Everything that a measurement found.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Report {
    /// How many cases each fault was run with.
    pub reach: Reach,
    /// The score.
    pub score: Score,
    /// Each fault with what kills it, in the order of the document.
    pub faults: Vec<Kills>,
    /// Each clause that a case could check, in the order of the document.
    pub clauses: Vec<ClauseKills>,
    /// Faults that nothing kills and nothing explains.
    pub survivors: Vec<Survivor>,
    /// Cases that kill no fault; none where each fault was left at the first that killed it.
    pub idle: Vec<Idle>,
    /// How many cases were run.
    pub cases: usize,
    /// How long it took, in microseconds.
    pub microseconds: u64,
    /// Why it ended before its last fault, where it did.
    pub cut_short: Option<String>,
}

/// How many faults are killed of those that could be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Score {
    /// Faults that a case kills.
    pub killed: usize,
    /// Faults that were tried, those left out that are no different here.
    pub tried: usize,
}

impl Score {
    /// In percent; 100 where nothing was tried.
    pub fn percent(self) -> f64 {
        if self.tried == 0 {
            return 100.0;
        }
        #[allow(clippy::cast_precision_loss, reason = "there are hundreds of faults")]
        let percent = self.killed as f64 * 100.0 / self.tried as f64;
        percent
    }
}

/// A fault, and what kills it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Kills {
    /// Its id.
    pub fault: String,
    /// What is wrong.
    pub what: String,
    /// The clauses that it breaks.
    pub clauses: Vec<String>,
    /// The edition that it was judged by.
    pub edition: String,
    /// Why it is no different here, where that is so.
    pub equivalent: Option<String>,
    /// The cases that were seen to kill it: all of them where all were run; where it hung too often, those up to then.
    pub cases: Vec<String>,
    /// How many of them check one of its clauses.
    pub by_own_clause: usize,
    /// Whether it hung so often that the rest was not run.
    pub cut_short: bool,
}

/// A clause, and its faults.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClauseKills {
    /// Its id.
    pub clause: String,
    /// Its section.
    pub section: String,
    /// What it says.
    pub text: String,
    /// Of whom it demands something: `subject`, `platform`, `caller`, `nobody`.
    pub demands: String,
    /// The faults that break it.
    pub faults: usize,
    /// How many of them are killed.
    pub killed: usize,
    /// How many of them are killed by a case that checks this very clause.
    pub killed_by_own: usize,
    /// Why there is no fault, where that is said.
    pub unbreakable: Option<String>,
}

/// A fault that nothing kills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survivor {
    /// Its id.
    pub fault: String,
    /// What is wrong.
    pub what: String,
    /// The clauses that it breaks, each with its text.
    pub clauses: Vec<(String, String)>,
}

/// A case that kills no fault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Idle {
    /// Its id.
    pub case: String,
    /// `documented`, `platform` or `observed`.
    pub basis: String,
    /// Why it stands all the same: its basis leaves it to others, or it had no chance, since it did not pass on the
    /// sound subject or no fault of its edition ran. `None` is a case that nothing explains.
    pub why: Option<String>,
}
