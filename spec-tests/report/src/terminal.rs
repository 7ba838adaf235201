//! For a terminal: a progress bar while the run goes on, then the report.

use std::io::{self, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use sockspec_events::Event;

use crate::collected::Collected;
use crate::layout::counted;
use crate::{Options, Reporter, text};

/// Draws a progress bar on the standard error, and writes the report at the end.
pub struct Terminal<W> {
    out: W,
    options: Options,
    collected: Collected,
    bar: ProgressBar,
    departures: usize,
}

impl<W: Write> Terminal<W> {
    /// Reports to `out`. Colours are written as they are: give it a writer that strips them where they are not wanted.
    pub fn new(out: W, options: Options) -> Self {
        // Hidden by itself where the standard error is no terminal.
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} cases {msg}") {
            bar.set_style(style);
        }
        Self { out, options, collected: Collected::default(), bar, departures: 0 }
    }
}

impl<W: Write> Reporter for Terminal<W> {
    fn event(&mut self, event: &Event) -> io::Result<()> {
        let last = self.collected.take(event);
        match event {
            Event::RunStarted(started) => {
                self.out.write_all(text::header(started, self.options.columns()).as_bytes())?;
                self.out.flush()?;
                self.bar.set_length(started.total as u64);
            }
            Event::Progress { done, total } => {
                self.bar.set_length(*total as u64);
                self.bar.set_position(*done as u64);
            }
            Event::CaseFinished(case) if case.verdict.is_departure() => {
                self.departures += 1;
                self.bar.set_message(format!("({})", counted(self.departures, "departure")));
            }
            _ if last => {
                self.bar.finish_and_clear();
                writeln!(self.out)?;
                self.out.write_all(text::report(&self.collected, &self.options).as_bytes())?;
                self.out.flush()?;
            }
            _ => {}
        }
        Ok(())
    }
}
