//! Reporters of sockspec: what a run says, for a terminal, for a pipe, as a JSON file, and in the forms that CI reads.
//!
//! A reporter consumes [`Event`]s and knows nothing else of a run. [`text_for`] picks the one that suits the standard
//! output; [`Kind`] names those that write a file beside it.
//!
//! ```
//! use sockspec_events::{Event, RunFinished, RunStarted};
//! use sockspec_report::{Reporter, Tap};
//!
//! let mut out = Vec::new();
//! let mut tap = Tap::new(&mut out);
//! tap.event(&Event::RunStarted(Box::new(RunStarted::default())))?;
//! tap.event(&Event::RunFinished(RunFinished::default()))?;
//! assert!(String::from_utf8_lossy(&out).ends_with("1..0\n"));
//! # Ok::<(), std::io::Error>(())
//! ```

mod collected;
mod events;
mod failure;
mod gate;
mod github;
mod json;
mod junit;
mod kind;
pub mod layout;
mod markdown;
mod plain;
mod skipped;
mod standing;
pub mod style;
mod summary;
mod tap;
mod target;
mod terminal;
mod text;

use std::io::{self, IsTerminal, Write};

pub use events::Events;
pub use github::GitHub;
pub use json::{JsonReport, ReadError, Report};
pub use junit::Junit;
pub use kind::Kind;
pub use markdown::Markdown;
pub use plain::Plain;
use sockspec_events::Event;
pub use summary::last_line;
pub use tap::Tap;
pub use target::TargetError;
pub use terminal::Terminal;

/// Columns of a report where nobody says how many there are.
pub const DEFAULT_WIDTH: usize = 80;
/// Columns that a report has at least: below, nothing can be told.
const WIDTH_MIN: usize = 40;
/// Columns that a report has at most: longer lines are hard to read.
const WIDTH_MAX: usize = 120;

/// Consumes what a run says.
pub trait Reporter {
    /// Takes one event, in the order in which they come.
    ///
    /// # Errors
    /// What the reporter writes to cannot be written.
    fn event(&mut self, event: &Event) -> io::Result<()>;
}

/// How a report for people looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Columns, 40 to 120; more and less is brought into that range.
    pub width: usize,
    /// Departures that are shown in full; the rest take a line each. `None` shows all of them.
    pub in_full: Option<usize>,
}

impl Default for Options {
    fn default() -> Self {
        Self { width: DEFAULT_WIDTH, in_full: Some(20) }
    }
}

impl Options {
    /// The width, brought into its range.
    pub(crate) fn columns(&self) -> usize {
        self.width.clamp(WIDTH_MIN, WIDTH_MAX)
    }
}

/// The columns of the terminal that the standard output is, or [`DEFAULT_WIDTH`].
pub fn stdout_width() -> usize {
    let size = terminal_size::terminal_size_of(io::stdout());
    size.map_or(DEFAULT_WIDTH, |(columns, _)| usize::from(columns.0))
}

/// The reporter for the standard output: with a progress bar where that is a terminal, plain lines otherwise.
///
/// Colours follow `NO_COLOR`, `CLICOLOR` and `CLICOLOR_FORCE`.
pub fn text_for(options: Options) -> Box<dyn Reporter> {
    let out: Box<dyn Write> = Box::new(anstream::stdout());
    if io::stdout().is_terminal() {
        Box::new(Terminal::new(out, options))
    } else {
        Box::new(Plain::new(out, options))
    }
}

/// The reporter with plain lines for the standard error, where the standard output is taken by another report.
pub fn text_on_stderr(options: Options) -> Box<dyn Reporter> {
    Box::new(Plain::new(anstream::stderr(), options))
}
