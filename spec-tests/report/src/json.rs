//! The whole run as one JSON file, for programs and for reading back; its schema is
//! `fixtures/schemas/report.schema.json`.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sockspec_events::{
    CaseResult, Event, Finding, GateInfo, Probe, RunFinished, RunStarted, Shard, SubjectInfo, Summary,
};
use sockspec_wire::pretty::{from_text, to_string_pretty};

use crate::Reporter;
use crate::collected::Collected;
use crate::target::{Target, TargetError};

/// The version of the report's form.
const FORMAT: u32 = 1;

/// A whole run, as it stands in a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// The version of the form: 1.
    pub format: u32,
    /// The version of sockspec that wrote it.
    pub sockspec: String,
    /// The version and digest of the fixtures.
    #[serde(default)]
    pub fixtures: String,
    /// Who was under test.
    pub subject: SubjectInfo,
    /// The edition that it was judged by.
    pub edition: String,
    /// What the machine had.
    pub environment: Vec<Probe>,
    /// How many cases the fixtures hold.
    pub known: usize,
    /// How many cases were to be run.
    pub selected: usize,
    /// How many have each verdict.
    pub summary: Summary,
    /// Why the run ended before its last case.
    pub cut_short: Option<String>,
    /// What somebody should know of the run as a whole.
    pub warnings: Vec<String>,
    /// How long it took.
    pub microseconds: u64,
    /// How many workers there were.
    #[serde(default)]
    pub jobs: usize,
    /// The command that runs one case alone.
    #[serde(default)]
    pub rerun: String,
    /// Of the selected cases, how many are laws and models.
    #[serde(default)]
    pub properties: usize,
    /// Where their inputs come from; empty when there are none.
    #[serde(default)]
    pub seed: String,
    /// The command that writes a script which shows one case alone, with `{case}` for its id.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repro: String,
    /// The command that writes a script for what broke a law or model, with `{case}` for its id and `{seed}` for the input's
    /// seed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub repro_law: String,
    /// What it was held to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gate: Option<GateInfo>,
    /// Which part of its selection it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// What made it red and concerns no single case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    /// The text of every clause that a case checks.
    #[serde(default)]
    pub clauses: BTreeMap<String, String>,
    /// The text of every reason that a case names.
    #[serde(default)]
    pub reasons: BTreeMap<String, String>,
    /// In the suite's order.
    pub cases: Vec<CaseResult>,
}

/// A report that cannot be read back.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file cannot be read.
    #[error("the report {} cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What is in it is no report.
    #[error("{}: this is no report of `sockspec run --json`: {what}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        what: String,
    },
}

impl Report {
    /// Reads a report.
    ///
    /// # Errors
    /// [`ReadError`] when the file cannot be read, or holds no report of this form.
    pub fn read(path: &Path) -> Result<Self, ReadError> {
        let text =
            fs::read_to_string(path).map_err(|source| ReadError::File { path: path.to_owned(), source })?;
        let failed = |what| ReadError::Form { path: path.to_owned(), what };
        let report: Self = from_text(&text).map_err(|error| failed(error.to_string()))?;
        if report.format != FORMAT {
            return Err(failed(format!("its form is {}, and this version reads {FORMAT}", report.format)));
        }
        Ok(report)
    }

    fn new(version: &str, collected: Collected) -> Self {
        let Collected { started, cases, warnings, finished } = collected;
        Self {
            format: FORMAT,
            sockspec: version.to_owned(),
            fixtures: started.fixtures,
            subject: started.subject,
            edition: started.edition,
            environment: started.environment,
            known: started.known,
            selected: started.total,
            summary: finished.summary,
            cut_short: finished.cut_short,
            warnings,
            microseconds: finished.microseconds,
            jobs: started.jobs,
            rerun: started.rerun,
            properties: started.properties,
            seed: started.seed,
            repro: started.repro,
            repro_law: started.repro_law,
            gate: started.gate,
            shard: started.shard,
            findings: finished.findings,
            clauses: started.clauses,
            reasons: started.reasons,
            cases,
        }
    }

    /// What the run said, once more.
    pub fn into_events(self) -> Vec<Event> {
        let mut events = vec![Event::RunStarted(Box::new(RunStarted {
            subject: self.subject,
            edition: self.edition,
            environment: self.environment,
            total: self.selected,
            known: self.known,
            clauses: self.clauses,
            reasons: self.reasons,
            rerun: self.rerun,
            properties: self.properties,
            seed: self.seed,
            repro: self.repro,
            repro_law: self.repro_law,
            jobs: self.jobs,
            fixtures: self.fixtures,
            gate: self.gate,
            shard: self.shard,
        }))];
        events.extend(self.cases.into_iter().map(|case| Event::CaseFinished(Box::new(case))));
        events.extend(self.warnings.into_iter().map(|text| Event::Warning { text }));
        events.push(Event::RunFinished(RunFinished {
            summary: self.summary,
            cut_short: self.cut_short,
            microseconds: self.microseconds,
            findings: self.findings,
        }));
        events
    }
}

/// Collects a run and writes it when it ends, also when it is cut short. The file is there whole or not at all.
#[derive(Debug)]
pub struct JsonReport {
    target: Target,
    version: String,
    collected: Collected,
}

impl JsonReport {
    /// A report of the sockspec of that version to that file. An older report is replaced at the end.
    ///
    /// # Errors
    /// [`TargetError`] when no file can be written there: it is tried now, so that nothing is run in vain.
    pub fn new(path: &Path, version: &str) -> Result<Self, TargetError> {
        Ok(Self { target: Target::new(path)?, version: version.to_owned(), collected: Collected::default() })
    }
}

impl Reporter for JsonReport {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if !self.collected.take(event) {
            return Ok(());
        }
        let report = Report::new(&self.version, std::mem::take(&mut self.collected));
        self.target.write(&to_string_pretty(&report).map_err(io::Error::other)?)
    }
}
