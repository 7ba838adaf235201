//! Colours: few, each with one meaning.

use anstyle::{AnsiColor, Style};
use sockspec_events::{StepVerdict, Verdict};

/// What is as it should be.
pub const GOOD: Style = AnsiColor::Green.on_default();
/// What departs.
pub const BAD: Style = AnsiColor::Red.on_default().bold();
/// What somebody should know, but need not mend.
pub const ODD: Style = AnsiColor::Yellow.on_default();
/// Labels.
pub const DIM: Style = Style::new().dimmed();
/// Titles and ids.
pub const STRONG: Style = Style::new().bold();

/// The text with a style around it.
pub fn paint(style: Style, text: &str) -> String {
    format!("{style}{text}{style:#}")
}

/// The style of a verdict.
pub fn of(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Pass => GOOD,
        Verdict::Allowed => ODD,
        Verdict::Fail | Verdict::Hang | Verdict::Crash | Verdict::Protocol => BAD,
        Verdict::Unsupported | Verdict::NotApplicable | Verdict::NotRun => DIM,
    }
}

/// The style of a step's verdict.
pub fn of_step(verdict: StepVerdict) -> Style {
    match verdict {
        StepVerdict::Ok => GOOD,
        StepVerdict::Allowed | StepVerdict::Observed => ODD,
        StepVerdict::Departs | StepVerdict::NoOutcome => BAD,
        StepVerdict::NotReached => DIM,
    }
}
