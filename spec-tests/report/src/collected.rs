//! What a run has said so far.

use sockspec_events::{CaseResult, Event, RunFinished, RunStarted, Summary};

/// Everything that a report at the end is made of.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    pub(crate) started: RunStarted,
    pub(crate) cases: Vec<CaseResult>,
    pub(crate) warnings: Vec<String>,
    pub(crate) finished: RunFinished,
}

impl Collected {
    /// Takes an event; says whether it was the last.
    pub(crate) fn take(&mut self, event: &Event) -> bool {
        match event {
            Event::RunStarted(started) => self.started = RunStarted::clone(started),
            Event::Progress { .. } => {}
            Event::CaseFinished(case) => self.cases.push((**case).clone()),
            Event::Warning { text } => self.warnings.push(text.clone()),
            Event::RunFinished(finished) => {
                self.finished = finished.clone();
                return true;
            }
        }
        false
    }

    /// The cases that make the run red, in order: those that depart, and in a run that is held to expectations those
    /// that go otherwise than expected.
    pub(crate) fn red(&self) -> impl Iterator<Item = &CaseResult> {
        self.cases.iter().filter(|case| case.is_red())
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_good(&self) -> bool {
        self.red().next().is_none() && self.finished.findings.is_empty() && self.finished.cut_short.is_none()
    }

    /// The count of each verdict over some of the cases.
    pub(crate) fn summary_of<'a>(cases: impl IntoIterator<Item = &'a CaseResult>) -> Summary {
        let mut summary = Summary::new();
        cases.into_iter().for_each(|case| summary.count(case.verdict));
        summary
    }
}
