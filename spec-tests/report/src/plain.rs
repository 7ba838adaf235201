//! For a pipe: a line for each case, then the report.

use std::io::{self, Write};

use sockspec_events::{CaseResult, Event};

use crate::collected::Collected;
use crate::layout::one_line;
use crate::style::{self, paint};
use crate::{Options, Reporter, text};

/// Writes a line for each case as it is decided (`pass  bind/port-zero`), and the whole report at the end.
pub struct Plain<W> {
    out: W,
    options: Options,
    collected: Collected,
}

impl<W: Write> Plain<W> {
    /// Reports to `out`. Colours are written as they are: give it a writer that strips them where they are not wanted.
    pub fn new(out: W, options: Options) -> Self {
        Self { out, options, collected: Collected::default() }
    }
}

impl<W: Write> Reporter for Plain<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let last = self.collected.take(event);
        match event {
            Event::RunStarted(started) => {
                self.out.write_all(text::header(started, self.options.columns()).as_bytes())?;
                writeln!(self.out)?;
                self.out.flush()
            }
            Event::CaseFinished(case) => self.out.write_all(line(case).as_bytes()),
            _ if last => {
                writeln!(self.out)?;
                self.out.write_all(text::report(&self.collected, &self.options).as_bytes())?;
                self.out.flush()
            }
            _ => Ok(()),
        }
    }
}

/// One case on one line, which nobody wraps: it is for searching.
fn line(case: &CaseResult) -> String {
    let verdict = format!("{:<14}", case.verdict);
    let verdict = paint(style::of(case.verdict), &verdict);
    match &case.reason {
        Some(reason) => format!("{verdict}  {}  {}\n", case.id, paint(style::DIM, &one_line(reason))),
        None => format!("{verdict}  {}\n", case.id),
    }
}
