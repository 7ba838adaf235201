//! What can go wrong between us and a driver, in words.

use std::process::ExitStatus;
use std::time::Duration;

use rustix::io::Errno;
use sockspec_wire::LineError;

/// Why a request got no answer.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// Nothing came in time.
    Late { after: Duration, takes_input: bool },
    /// The output ended; `begun` is a line without its end.
    Closed { begun: Vec<u8> },
    /// A line without end.
    TooLong { limit: usize, begun: Vec<u8> },
    /// A line that is no reply.
    Line { line: Vec<u8>, error: LineError },
    /// A reply to something else.
    Foreign { got: u64, expected: u64, last: u64 },
    /// A reply of another kind than was asked for.
    Kind { asked: &'static str, got: &'static str },
    /// More than one reply.
    Extra { line: Vec<u8> },
    /// The driver says that it could not make sense of the request.
    Fault(String),
    /// The system refused.
    System(Errno),
}

impl Trouble {
    /// The rule that was broken, for a driver that is alive or of no further interest.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Late { takes_input: false, .. } => {
                "it closed its standard input, so that it cannot be asked".to_owned()
            }
            Self::Late { after, .. } => format!("no reply within {after:?}"),
            Self::Closed { begun } if begun.is_empty() => {
                "it closed its standard output, but was asked something".to_owned()
            }
            Self::Closed { begun } => format!("its output ended in the middle of a line: {}", excerpt(begun)),
            Self::TooLong { limit, begun } => {
                format!("it wrote a line of more than {limit} bytes: {}", excerpt(begun))
            }
            Self::Line { line, error: LineError::Syntax { .. } } if !line.starts_with(b"{") => {
                format!("it wrote something that is no reply: {}", excerpt(line))
            }
            Self::Line { error, .. } => format!("it wrote a reply that breaks the rules: {error}"),
            Self::Foreign { got, expected, last } if got > last => {
                format!("it answered request {got}, which was never made; the reply to {expected} was due")
            }
            Self::Foreign { got, expected, .. } if got < expected => {
                format!("it answered request {got} again; the reply to {expected} was due")
            }
            Self::Foreign { got, expected, .. } => {
                format!(
                    "it answered request {got} before {expected}: replies come in the order of the requests"
                )
            }
            Self::Kind { asked, got } => format!("it answered {asked} with {got:?}"),
            Self::Extra { line } => format!("it wrote more than was asked: {}", excerpt(line)),
            Self::Fault(why) => format!("it could not make sense of the request: {why}"),
            Self::System(error) => format!("the pipe to it failed: {error}"),
        }
    }
}

/// How much of a line a message shows, in bytes.
const SHOWN: usize = 80;

/// The beginning of a line, with escapes for what is no text.
pub(crate) fn excerpt(line: &[u8]) -> String {
    let first = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if first.is_empty() {
        return "(an empty line)".to_owned();
    }
    let shown = String::from_utf8_lossy(&first[..first.len().min(SHOWN)]);
    let shown: String = shown
        .chars()
        .map(|c| if c.is_control() { c.escape_default().to_string() } else { c.into() })
        .collect();
    if first.len() > SHOWN { format!("{shown}…") } else { shown }
}

/// How a process ended: `exit status 3`, `signal 11 (SIGSEGV)`.
pub(crate) fn ending(status: Option<ExitStatus>) -> String {
    match status {
        Some(status) => status.to_string().replacen(": ", " ", 1),
        None => "nobody knows how".to_owned(),
    }
}
