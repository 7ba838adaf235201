//! What figures show beside speed, and what speaks against trusting them.

use serde::{Deserialize, Serialize};
use sockspec_engine::bench::{DOCUMENTED_BUFFER, Echo, Shape};

use crate::results::{Results, ScenarioResult};
use crate::table::time;

/// A floor of whose rounds the middle half lies further apart than this says little.
const NOISY: f64 = 0.1;
/// More processes than this that wanted to run before it began leave too little of the machine.
const BUSY: f64 = 0.5;
/// A round trip this long on loopback waits for a timer: an acknowledgement is delayed by 40 ms at least.
const STALL: f64 = 20_000_000.0;
/// The name of the one finding that there is so far.
const NAGLE: &str = "nagle-delayed-ack";

/// Something that the figures show beside speed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Its permanent name.
    pub name: String,
    /// What it is, and where it comes from.
    pub text: String,
    /// The scenarios that show it.
    pub scenarios: Vec<String>,
    /// Their figures, a line for each of them.
    pub evidence: Vec<String>,
}

impl ScenarioResult {
    fn echo(&self) -> Option<&Echo> {
        match &self.scenario.shape {
            Shape::Echo(echo) => Some(echo),
            Shape::Call { .. } => None,
        }
    }

    /// The labels of those whose typical round trip waits for a timer.
    fn stalled(&self) -> Vec<&str> {
        let own = self.measurements.iter();
        own.filter(|own| own.median.is_some_and(|median| median >= STALL))
            .map(|own| own.label.as_str())
            .collect()
    }
}

impl Results {
    /// Looks for findings and warnings, once everything is measured.
    pub fn conclude(&mut self) {
        self.findings = self.stalls().into_iter().collect();
        self.warnings = self.doubts();
    }

    fn stalls(&self) -> Option<Finding> {
        let stalled: Vec<&ScenarioResult> = self
            .scenarios
            .iter()
            .filter(|result| result.echo().is_some_and(Echo::is_in_pieces) && !result.stalled().is_empty())
            .collect();
        if stalled.is_empty() {
            return None;
        }
        Some(Finding {
            name: NAGLE.to_owned(),
            text: format!(
                "The document's echo server asks for {DOCUMENTED_BUFFER} bytes at once, so that it sends a longer message back \
                 in pieces, and it does not set TCP_NODELAY: Nagle's algorithm holds everything behind the first piece back \
                 until that one is acknowledged, and the other end, which waits for the rest before it sends anything, delays \
                 its acknowledgement for some 40 ms. Only a connection's first exchange is spared, where the system \
                 acknowledges at once. This is the program's doing, not the subject's: the same message does not stall where \
                 the server sets TCP_NODELAY or reads it at once."
            ),
            scenarios: stalled.iter().map(|result| result.scenario.id.clone()).collect(),
            evidence: stalled.iter().map(|result| self.evidence(result)).collect(),
        })
    }

    /// How long a message takes that stalls, and what it takes where the server does otherwise.
    fn evidence(&self, result: &ScenarioResult) -> String {
        let labels = result.stalled();
        let first = labels.first().copied().unwrap_or_default();
        let took = |result: &ScenarioResult| Some(time(result.of(first)?.median?));
        let mut line = format!(
            "{}: {} a message ({})",
            result.scenario.id,
            took(result).unwrap_or_default(),
            labels.join(", ")
        );
        let otherwise =
            |echo: Echo| self.scenarios.iter().find(|other| other.echo() == Some(&echo)).and_then(took);
        if let Some(own) = result.echo() {
            if let Some(time) = otherwise(Echo { nodelay: true, ..*own }) {
                line.push_str(&format!("; with TCP_NODELAY {time}"));
            }
            if let Some(time) = otherwise(Echo { buffer: own.message, ..*own }) {
                line.push_str(&format!("; read at once {time}"));
            }
        }
        line
    }

    fn doubts(&self) -> Vec<String> {
        let mut doubts = Vec::new();
        if self.load_before > BUSY {
            doubts.push(format!(
                "the machine was busy before it began (load {:.1}): figures of a quiet one say more",
                self.load_before
            ));
        }
        let noisy: Vec<&str> = self
            .scenarios
            .iter()
            // What waits for a timer tells nothing of noise.
            .filter(|result| result.stalled().is_empty())
            .filter(|result| {
                result.of(&self.floor).and_then(|floor| floor.spread).is_some_and(|spread| spread > NOISY)
            })
            .map(|result| result.scenario.id.as_str())
            .collect();
        if !noisy.is_empty() {
            doubts.push(format!(
                "too noisy to tell small differences: the floor's own rounds lie further apart than {:.0} % in {}",
                NOISY * 100.0,
                noisy.join(", ")
            ));
        }
        doubts
    }
}
