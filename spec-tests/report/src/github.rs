//! Annotations for GitHub: workflow commands, which its runner picks out of what a step prints.

use std::fmt::Write;
use std::io;
use std::path::Path;

use sockspec_events::{CaseResult, Event, Finding, RunStarted};

use crate::collected::Collected;
use crate::layout::{counted, value};
use crate::target::{Target, TargetError};
use crate::{Reporter, failure, summary};

/// Annotations of one level that GitHub shows for a step.
const SHOWN: usize = 10;

/// Writes annotations when the run ends: an error for what makes the run red, at the line to change where there is one; a
/// warning for what somebody should know; and what came out of it all.
#[derive(Debug)]
pub struct GitHub {
    target: Target,
    collected: Collected,
}

impl GitHub {
    /// Reports to that file, or to the standard output for `-`, where a runner looks for them.
    ///
    /// # Errors
    /// [`TargetError`] when no file can be written there.
    pub fn new(path: &Path) -> Result<Self, TargetError> {
        Ok(Self { target: Target::new(path)?, collected: Collected::default() })
    }

    fn text(&self) -> String {
        let Collected { started, cases, warnings, finished } = &self.collected;
        let mut errors: Vec<String> = finished.findings.iter().map(of_finding).collect();
        for case in self.collected.red() {
            errors.extend(case.findings.iter().map(of_finding));
            if case.findings.is_empty() {
                errors.push(of_case(case, started));
            }
        }
        let flaky = cases.iter().filter(|case| case.flaky.is_some() && !case.is_red());
        let mut noted: Vec<String> =
            flaky.map(|case| command("warning", &[("title", "flaky case")], &case.id)).collect();
        noted.extend(warnings.iter().map(|text| command("warning", &[], text)));
        let line = summary::last_line(started, finished);
        format!(
            "{}{}{}",
            few("error", errors),
            few("warning", noted),
            command("notice", &[("title", &started.subject.label)], &line)
        )
    }
}

/// As many as are shown, the last of which says how many there are further.
fn few(level: &str, mut commands: Vec<String>) -> String {
    if commands.len() > SHOWN {
        let more = commands.len() - (SHOWN - 1);
        commands.truncate(SHOWN - 1);
        commands.push(command(level, &[], &format!("and {} further: see the report", counted(more, level))));
    }
    commands.concat()
}

fn of_finding(finding: &Finding) -> String {
    let line = finding.place.as_ref().map(|place| place.line.to_string());
    let mut properties = Vec::new();
    if let (Some(place), Some(line)) = (&finding.place, &line) {
        properties.extend([("file", place.file.as_str()), ("line", line)]);
    }
    properties.push(("title", finding.kind.name()));
    command("error", &properties, &format!("{}\n{}", finding.what, finding.help))
}

fn of_case(case: &CaseResult, started: &RunStarted) -> String {
    let title = format!("{} {}", case.verdict.name().to_uppercase(), case.id);
    let mut message = format!(
        "{}\n{}:{} ({})\n{}",
        value(&failure::in_a_line(case)),
        case.file,
        case.line,
        case.basis,
        failure::rerun(started, case)
    );
    if let Some(command) = started.repro_of(case) {
        let _ = write!(message, "\n{command}");
    }
    command("error", &[("title", &title)], &message)
}

fn command(level: &str, properties: &[(&str, &str)], message: &str) -> String {
    let mut text = format!("::{level}");
    for (number, (name, content)) in properties.iter().enumerate() {
        let _ = write!(text, "{}{name}={}", if number == 0 { ' ' } else { ',' }, property(content));
    }
    let _ = writeln!(text, "::{}", data(message));
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

impl Reporter for GitHub {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        if self.collected.take(event) { self.target.write(&self.text()) } else { Ok(()) }
    }
}
