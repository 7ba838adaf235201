//! JUnit's XML, as test runners and their dashboards read it: a suite a section, a test a case.

use std::io;
use std::path::Path;
use std::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use sockspec_events::{CaseResult, Event, Finding, RunStarted};

use crate::collected::Collected;
use crate::failure;
use crate::standing::{Standing, standing};
use crate::target::{Target, TargetError};
use crate::{Reporter, summary};

/// The suite of what concerns no single case.
const GATE: &str = "gate";

/// Writes the file when the run ends. What is skipped and what is known to depart is skipped with its reason.
#[derive(Debug)]
pub struct Junit {
    target: Target,
    collected: Collected,
}

impl Junit {
    /// Reports to that file, or to the standard output for `-`.
    ///
    /// # Errors
    /// [`TargetError`] when no file can be written there.
    pub fn new(path: &Path) -> Result<Self, TargetError> {
        Ok(Self { target: Target::new(path)?, collected: Collected::default() })
    }

    fn text(&self) -> io::Result<String> {
        let started = &self.collected.started;
        let mut report = Report::new(format!("sockspec {}", started.subject.label));
        report.set_time(Duration::from_micros(self.collected.finished.microseconds));
        for section in summary::sections(&self.collected.cases) {
            let mut suite = TestSuite::new(section);
            for case in self.collected.cases.iter().filter(|case| case.section == section) {
                suite.add_test_case(test(case, started));
            }
            report.add_test_suite(suite);
        }
        let mut gate = TestSuite::new(GATE);
        for finding in &self.collected.finished.findings {
            gate.add_test_case(of_run(finding));
        }
        if let Some(why) = &self.collected.finished.cut_short {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type("cut short").set_message(why.as_str());
            gate.add_test_case(TestCase::new("the whole selection was run", status));
        }
        if gate.tests > 0 {
            report.add_test_suite(gate);
        }
        report.to_string().map_err(io::Error::other)
    }
}

fn test(case: &CaseResult, started: &RunStarted) -> TestCase {
    let status = match standing(case) {
        Standing::Good => TestCaseStatus::success(),
        Standing::Skipped(why) | Standing::Known(why) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why);
            status
        }
        Standing::Bad { kind, message } => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_type(kind).set_message(message).set_description(failure::bare(case, started));
            status
        }
    };
    let mut test = TestCase::new(case.id.as_str(), status);
    test.set_classname(case.section.as_str()).set_time(Duration::from_micros(case.microseconds));
    if !case.stderr.is_empty() {
        test.set_system_err(case.stderr.as_str());
    }
    test
}

fn of_run(finding: &Finding) -> TestCase {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status
        .set_type(finding.kind.name())
        .set_message(finding.what.as_str())
        .set_description(finding.help.as_str());
    let place = finding.place.as_ref().map(|place| format!(" {place}")).unwrap_or_default();
    TestCase::new(format!("{}{place}", finding.kind), status)
}

impl Reporter for Junit {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if self.collected.take(event) { self.target.write(&self.text()?) } else { Ok(()) }
    }
}
