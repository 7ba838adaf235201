//! The Test Anything Protocol, version 14: a test point a case, as the run goes on.

use std::io::{self, Write};
use std::path::Path;

use sockspec_events::{CaseResult, Event, Finding, RunStarted};
use sockspec_wire::lines::to_line;

use crate::layout::one_line;
use crate::standing::{Standing, standing};
use crate::target::{Target, TargetError};
use crate::{Reporter, failure};

/// Writes a test point for each case and for each finding that concerns no single one, then the plan. What is known to
/// depart is `not ok` with a TODO, which a harness does not count as a failure.
pub struct Tap<W> {
    out: W,
    started: RunStarted,
    number: usize,
}

impl Tap<Box<dyn Write>> {
    /// Reports to that file, or to the standard output for `-`.
    ///
    /// # Errors
    /// [`TargetError`] when no file can be written there.
    pub fn to(path: &Path) -> Result<Self, TargetError> {
        Ok(Self::new(Target::new(path)?.open(path)?))
    }
}

impl<W: Write> Tap<W> {
    /// Reports to `out`.
    pub fn new(out: W) -> Self {
        Self { out, started: RunStarted::default(), number: 0 }
    }

    fn point(&mut self, ok: bool, description: &str, directive: Option<(&str, &str)>) -> io::Result<()> {
        self.number += 1;
        let result = if ok { "ok" } else { "not ok" };
        let directive =
            directive.map(|(word, why)| format!(" # {word} {}", escaped(why))).unwrap_or_default();
        writeln!(self.out, "{result} {} - {}{directive}", self.number, escaped(description))
    }

    fn case(&mut self, case: &CaseResult) -> io::Result<()> {
        match standing(case) {
            Standing::Good => self.point(true, &case.id, None),
            Standing::Skipped(why) => self.point(true, &case.id, Some(("SKIP", &why))),
            Standing::Known(why) => self.point(false, &case.id, Some(("TODO", &why))),
            Standing::Bad { kind, message } => {
                self.point(false, &case.id, None)?;
                let whole = failure::bare(case, &self.started);
                self.diagnostic(&kind, &message, whole.lines())
            }
        }
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        let place = finding.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        self.point(false, &format!("gate: {place}{}", finding.what), None)?;
        self.diagnostic(finding.kind.name(), &finding.what, finding.help.lines())
    }

    /// A block of YAML, in which every text is written as JSON writes it.
    fn diagnostic<'l>(
        &mut self,
        kind: &str,
        message: &str,
        lines: impl Iterator<Item = &'l str>,
    ) -> io::Result<()> {
        writeln!(self.out, "  ---\n  kind: {}\n  message: {}\n  text:", text(kind)?, text(message)?)?;
        for line in lines {
            writeln!(self.out, "    - {}", text(line)?)?;
        }
        writeln!(self.out, "  ...")
    }
}

/// A text on one line, with no character that YAML or a terminal minds.
fn text(text: &str) -> io::Result<String> {
    let line = to_line(&one_line(text)).map_err(io::Error::other)?;
    Ok(line.trim_end().to_owned())
}

/// A description: `#` starts a directive, and a backslash takes that away.
fn escaped(text: &str) -> String {
    one_line(text).replace('\\', "\\\\").replace('#', "\\#")
}

impl<W: Write> Reporter for Tap<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        match event {
            Event::RunStarted(started) => {
                self.started = RunStarted::clone(started);
                writeln!(self.out, "TAP version 14")?;
                let subject = &started.subject;
                let who = format!("{} {} on {}", subject.name, subject.version, subject.platform);
                writeln!(self.out, "# {}", one_line(&who))
            }
            Event::Progress { .. } => Ok(()),
            Event::CaseFinished(case) => self.case(case),
            Event::Warning { text } => writeln!(self.out, "# warning: {}", one_line(text)),
            Event::RunFinished(finished) => {
                for finding in &finished.findings {
                    self.finding(finding)?;
                }
                match &finished.cut_short {
                    Some(why) => writeln!(self.out, "Bail out! {}", escaped(why))?,
                    None => writeln!(self.out, "1..{}", self.number)?,
                }
                self.out.flush()
            }
        }
    }
}
