//! A run as a whole.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{CaseResult, Finding, GateInfo, Shard, Verdict};

/// Who is under test.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectInfo {
    /// The name it was asked for by, such as `python3`.
    pub label: String,
    /// The implementation's own name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The edition that it claims to obey.
    pub edition: String,
    /// What it runs on.
    pub platform: String,
    /// Its optional abilities.
    pub capabilities: Vec<String>,
}

/// Something that was looked for on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// What, such as `user namespaces`.
    pub name: String,
    /// Whether it is there.
    pub available: bool,
    /// Details; when it is missing why, and what would help.
    pub detail: String,
}

/// What is about to be run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStarted {
    /// Who is under test.
    pub subject: SubjectInfo,
    /// The edition it is judged by.
    pub edition: String,
    /// What this machine has.
    pub environment: Vec<Probe>,
    /// How many cases were selected.
    pub total: usize,
    /// How many cases the fixtures hold.
    pub known: usize,
    /// The text of every clause that a selected case checks, by id.
    pub clauses: BTreeMap<String, String>,
    /// The text of every reason that a selected case names, by id.
    pub reasons: BTreeMap<String, String>,
    /// The command that runs one case alone; its id is put behind it.
    pub rerun: String,
    /// The command that writes a script which shows one case alone, with `{case}` for its id; empty where there is none.
    #[serde(default)]
    pub repro: String,
    /// The command that writes a script for what broke a law or model, with `{case}` for its id and `{seed}` for the seed of
    /// the input; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repro_law: String,
    /// How many workers there are.
    pub jobs: usize,
    /// The version of the fixtures, with a digest of all of them.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fixtures: String,
    /// What the run is held to, where it is held to something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateInfo>,
    /// Which part of the selection this is, where it is a part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// How many of the selected cases are laws and models.
    #[serde(default)]
    pub properties: usize,
    /// Where their inputs come from; empty when there are none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub seed: String,
}

/// How many cases have each verdict.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Summary(pub BTreeMap<Verdict, usize>);

impl RunStarted {
    /// What stands for a case's id in commands.
    const CASE: &str = "{case}";
    /// What stands for the seed of an input.
    const SEED: &str = "{seed}";

    /// The command that writes a script which shows that case alone, where there is one. A law or model is shown by the
    /// input that broke it.
    pub fn repro_of(&self, case: &CaseResult) -> Option<String> {
        let command = match &case.property {
            None => self.repro.replace(Self::CASE, &case.id),
            Some(property) if property.case.is_some() => {
                self.repro_law.replace(Self::CASE, &case.id).replace(Self::SEED, &property.seed)
            }
            Some(_) => return None,
        };
        (!command.is_empty()).then_some(command)
    }
}

impl Summary {
    /// A summary with a count of 0 for every verdict.
    pub fn new() -> Self {
        Self(Verdict::ALL.into_iter().map(|verdict| (verdict, 0)).collect())
    }

    /// Counts one more.
    pub fn count(&mut self, verdict: Verdict) {
        *self.0.entry(verdict).or_default() += 1;
    }

    /// How many there are of that verdict.
    pub fn get(&self, verdict: Verdict) -> usize {
        self.0.get(&verdict).copied().unwrap_or_default()
    }

    /// How many cases were counted.
    pub fn total(&self) -> usize {
        self.0.values().sum()
    }

    /// How many departures there are.
    pub fn departures(&self) -> usize {
        self.0.iter().filter(|(verdict, _)| verdict.is_departure()).map(|(_, count)| count).sum()
    }
}

/// The end of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunFinished {
    /// How many cases have each verdict.
    pub summary: Summary,
    /// Why the run ended before its last case, where it did: interrupted, `--fail-fast`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut_short: Option<String>,
    /// How long it took, in microseconds.
    pub microseconds: u64,
    /// What makes the run red and concerns no single case: entries of the expectations, the skip budget.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}
