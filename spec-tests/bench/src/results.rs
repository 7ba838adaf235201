//! What was measured: kept in a file, read again, compared.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::mem::discriminant;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sockspec_wire::lines::from_line;
use sockspec_wire::pretty::to_string_pretty;

use crate::findings::Finding;
use crate::statistics::Sample;
use sockspec_engine::bench::Cores;
use sockspec_engine::bench::{Scenario, Shape};

/// The version of the file's form.
const FORMAT: u32 = 1;

/// What one subject took at one scenario. Times are nanoseconds for one call or one round trip.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Measurement {
    /// The subject.
    pub label: String,
    /// The median over its rounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median: Option<f64>,
    /// The time within which 99 of 100 were done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub p99: Option<f64>,
    /// The middle half of its rounds, as a share of the median.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spread: Option<f64>,
    /// Its speed beside the floor's: 1 as fast.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_floor: Option<f64>,
    /// Its speed beside the reference's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_reference: Option<f64>,
    /// Its distribution: share done, nanoseconds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distribution: Vec<(f64, f64)>,
    /// Why there are no figures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Whether that is a failure: not something that the subject lacks.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub wrong: bool,
    #[serde(skip)]
    sample: Sample,
}

impl Measurement {
    pub(crate) fn new(label: String, sample: Sample) -> Self {
        Self {
            label,
            median: Some(sample.median()),
            p99: Some(sample.p99()),
            spread: Some(sample.spread()),
            of_floor: None,
            of_reference: None,
            distribution: sample.distribution(),
            why: None,
            wrong: false,
            sample,
        }
    }

    /// How many rounds it is the figure of.
    #[cfg(test)]
    pub(crate) fn rounds(&self) -> usize {
        self.sample.rounds()
    }

    pub(crate) fn missing(label: String, why: &str, wrong: bool) -> Self {
        Self {
            label,
            median: None,
            p99: None,
            spread: None,
            of_floor: None,
            of_reference: None,
            distribution: Vec::new(),
            why: Some(why.to_owned()),
            wrong,
            sample: Sample::default(),
        }
    }
}

/// One scenario.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ScenarioResult {
    /// What was done.
    pub scenario: Scenario,
    /// What each subject took.
    pub measurements: Vec<Measurement>,
}

impl ScenarioResult {
    pub(crate) fn new(scenario: &Scenario, measurements: Vec<Measurement>) -> Self {
        Self { scenario: scenario.clone(), measurements }
    }

    pub(crate) fn of(&self, label: &str) -> Option<&Measurement> {
        self.measurements
            .iter()
            .find(|measurement| measurement.label == label && measurement.median.is_some())
    }

    /// How fast one subject is beside another, round by round.
    pub fn speed_beside(&self, label: &str, other: &str) -> Option<f64> {
        Some(self.of(label)?.sample.speed_beside(&self.of(other)?.sample))
    }

    /// Fills in everybody's speed beside the floor and the reference.
    pub fn compare(&mut self, floor: &str, reference: &str) {
        for at in 0..self.measurements.len() {
            let label = self.measurements[at].label.clone();
            let of_floor = self.speed_beside(&label, floor);
            let of_reference = self.speed_beside(&label, reference);
            let own = &mut self.measurements[at];
            (own.of_floor, own.of_reference) = (of_floor, of_reference);
        }
    }

    /// Bytes a second that come back, of an echo.
    pub fn throughput(&self, measurement: &Measurement) -> Option<f64> {
        let Shape::Echo(echo) = &self.scenario.shape else { return None };
        let bytes = f64::from(echo.message) * f64::from(echo.connections.max(1));
        Some(bytes / (measurement.median? / 1e9))
    }
}

/// Everything that was measured in one run.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Results {
    /// The version of the file's form: 1.
    pub format: u32,
    /// The version of sockspec.
    pub sockspec: String,
    /// The label of the floor.
    pub floor: String,
    /// Each subject with its name and version.
    pub subjects: Vec<(String, String)>,
    /// Where the ends ran.
    pub cores: Cores,
    /// Whether the ends ran in real time: until each waited, without being preempted.
    #[serde(default)]
    pub real_time: bool,
    /// How often each subject was started anew.
    #[serde(default = "once")]
    pub starts: usize,
    /// Messages a second, where the load was sent at fixed times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// How busy the machine was before: processes that wanted to run, over the last minute.
    pub load_before: f64,
    /// The scenarios.
    pub scenarios: Vec<ScenarioResult>,
    /// What the figures show beside speed; [`Results::conclude`] fills it in.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// What speaks against trusting the figures; [`Results::conclude`] fills it in.
    #[serde(default)]
    pub warnings: Vec<String>,
}

/// A file of results that is none.
#[derive(Debug, thiserror::Error)]
pub enum SavedError {
    /// It cannot be read or written.
    #[error("the results {}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// What is in it are no results.
    #[error("{}: these are no results of `sockspec bench --save`: {what}", path.display())]
    Form {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
}

/// A subject that is slower than it was, beside the floor of its own run.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The scenario's id.
    pub scenario: String,
    /// The subject.
    pub label: String,
    /// Its speed beside the floor before.
    pub before: f64,
    /// Its speed beside the floor now; `None` when it has none any more.
    pub now: Option<f64>,
}

impl Results {
    /// Results without a scenario yet.
    pub fn new(sockspec: &str, floor: &str, subjects: Vec<(String, String)>, cores: Cores) -> Self {
        Self {
            format: FORMAT,
            sockspec: sockspec.to_owned(),
            floor: floor.to_owned(),
            subjects,
            cores,
            real_time: false,
            starts: 1,
            rate: None,
            load_before: load_average(),
            scenarios: Vec::new(),
            findings: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Writes them to a file.
    ///
    /// # Errors
    /// [`SavedError`] when it cannot be written.
    pub fn save(&self, path: &Path) -> Result<(), SavedError> {
        let failed = |source| SavedError::File { path: path.to_owned(), source };
        let text = to_string_pretty(self).map_err(|error| failed(io::Error::other(error)))?;
        fs::write(path, text).map_err(failed)
    }

    /// Reads them from a file.
    ///
    /// # Errors
    /// [`SavedError`] when it cannot be read, or holds something else.
    pub fn read(path: &Path) -> Result<Self, SavedError> {
        let text =
            fs::read_to_string(path).map_err(|source| SavedError::File { path: path.to_owned(), source })?;
        let failed = |what| SavedError::Form { path: path.to_owned(), what };
        let results: Self = from_line(&text).map_err(|error| failed(error.to_string()))?;
        if results.format != FORMAT {
            return Err(failed(format!("their form is {}, and this version reads {FORMAT}", results.format)));
        }
        Ok(results)
    }

    /// Whether some subject failed at some scenario, and does not just lack what it takes.
    pub fn is_wrong(&self) -> bool {
        self.scenarios.iter().any(|result| result.measurements.iter().any(|own| own.wrong))
    }

    /// Why these cannot be compared with others: they were taken in another way, or have nothing in common.
    pub fn incomparable_with(&self, before: &Self) -> Option<String> {
        if discriminant(&self.cores) != discriminant(&before.cores) {
            return Some(format!(
                "they were taken otherwise. Then: {} Now: {}",
                before.cores.sentence(),
                self.cores.sentence()
            ));
        }
        if self.real_time != before.real_time {
            let how = |real| if real { "in real time" } else { "not in real time" };
            let (then, now) = (how(before.real_time), how(self.real_time));
            return Some(format!("they were taken {then} then, and {now} now"));
        }
        if self.rate != before.rate {
            return Some("the load was not sent at the same rate (--rate)".to_owned());
        }
        let speeds = |results: &Self| -> BTreeSet<(String, String)> {
            let all = results.scenarios.iter().flat_map(|result| {
                result.measurements.iter().map(|own| (result.scenario.id.clone(), own.label.clone()))
            });
            all.filter(|(_, label)| *label != results.floor).collect()
        };
        let common = speeds(self).intersection(&speeds(before)).count();
        (common == 0).then(|| "no subject took a turn at the same scenario in both".to_owned())
    }

    /// Where a subject has become slower by more than `threshold` (0.1 for 10 %), beside the floor of each run: two
    /// machines, or two days, have floors of their own.
    pub fn slower_than(&self, before: &Self, threshold: f64) -> Vec<Difference> {
        let mut slower = Vec::new();
        for old in &before.scenarios {
            let Some(new) = self.scenarios.iter().find(|new| new.scenario.id == old.scenario.id) else {
                continue;
            };
            for was in &old.measurements {
                let Some(speed) = was.of_floor else { continue };
                let now = new.measurements.iter().find(|now| now.label == was.label);
                let Some(now) = now else { continue };
                if now.of_floor.is_none_or(|now| now < speed * (1.0 - threshold)) {
                    slower.push(Difference {
                        scenario: old.scenario.id.clone(),
                        label: was.label.clone(),
                        before: speed,
                        now: now.of_floor,
                    });
                }
            }
        }
        slower
    }
}

/// How often subjects were started when results did not say so.
const fn once() -> usize {
    1
}

/// Processes that want to run, over the last minute; 0 where the system does not say.
fn load_average() -> f64 {
    fs::read_to_string("/proc/loadavg")
        .ok()
        .and_then(|text| text.split_whitespace().next()?.parse().ok())
        .unwrap_or(0.0)
}
