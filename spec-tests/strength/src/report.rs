//! What a measurement found.

use serde::Serialize;
use sockspec_events::CaseResult;

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
    /// Who found out the faults that cases, laws and the model were all asked about.
    pub judges: Judges,
    /// Faults that a case kills although none is expected to.
    pub expected_missed: Vec<String>,
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
    /// Faults that somebody finds out.
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

/// Who found out the faults that cases, laws and the model were all asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Judges {
    /// Faults that all three were asked about.
    pub faults: usize,
    /// Those that cases find out, whoever else does; likewise laws and the model.
    pub cases: usize,
    /// Those that laws find out.
    pub laws: usize,
    /// Those that the model finds out.
    pub model: usize,
    /// Those that cases alone find out; likewise laws and the model.
    pub cases_alone: usize,
    /// Those that laws alone find out.
    pub laws_alone: usize,
    /// Those that the model alone finds out.
    pub model_alone: usize,
    /// Those that several find out.
    pub several: usize,
    /// Those that nobody finds out.
    pub nobody: usize,
}

/// The law, or property of the model, that found a fault out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Found {
    /// Its id.
    pub property: String,
    /// `fail`, `hang`, `crash` or `protocol`.
    pub verdict: String,
    /// How many inputs it took.
    pub inputs: u32,
    /// How many steps that input had as it was found; 0 where nobody counted.
    pub found_in: u32,
    /// How many steps it has, shrunk.
    pub steps: usize,
}

impl From<&CaseResult> for Found {
    fn from(result: &CaseResult) -> Self {
        let run = result.property.as_deref();
        Self {
            property: result.id.clone(),
            verdict: result.verdict.to_string(),
            inputs: run.map_or(0, |run| run.evaluations),
            found_in: run.map_or(0, |run| run.steps),
            steps: result.steps.len(),
        }
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
    /// Whether no case is expected to kill it.
    pub beyond: bool,
    /// Whether laws and the model were asked about it.
    pub judged: bool,
    /// The law that it was seen to break first.
    pub laws: Option<Found>,
    /// The property of the model that it was seen to break first.
    pub model: Option<Found>,
    /// The cases that were seen to kill it: all of them where all were run; where it hung too often, those up to then.
    pub cases: Vec<String>,
    /// How many of them check one of its clauses.
    pub by_own_clause: usize,
    /// Whether it hung so often that the rest was not run.
    pub cut_short: bool,
}

impl Kills {
    /// Whether anybody found it out.
    pub fn is_killed(&self) -> bool {
        !self.cases.is_empty() || self.laws.is_some() || self.model.is_some()
    }
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
