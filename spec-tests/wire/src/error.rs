//! Lines that cannot be read.

use std::fmt::Write as _;

use serde_json::error::Category;

/// How much of a bad line a message shows, in bytes before the fault and after it.
const SHOWN: usize = 32;

/// Why a line is no message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// The line is no JSON text.
    #[error("no JSON: {what}, at column {column}: {near}")]
    Syntax {
        /// What the parser stumbled over.
        what: String,
        /// The byte in the line, counted from 1.
        column: usize,
        /// The text around it, with escapes for what cannot be shown.
        near: String,
    },
    /// The line is JSON, but no message of the protocol.
    #[error("{what}, at column {column}: {near}")]
    Shape {
        /// Which rule is broken.
        what: String,
        /// The byte in the line, counted from 1.
        column: usize,
        /// The text around it, with escapes for what cannot be shown.
        near: String,
    },
    /// The line is longer than the limit.
    #[error("a line of more than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// A text of many lines cannot be read.
    #[error("{what}")]
    Text {
        /// Which rule is broken, and where.
        what: String,
    },
    /// A value of Rust cannot be written as JSON.
    #[error("cannot be written as JSON: {what}")]
    Write {
        /// Why.
        what: String,
    },
}

impl LineError {
    pub(crate) fn read(line: &[u8], error: &serde_json::Error) -> Self {
        let column = error.column();
        let near = near(line, column);
        let text = error.to_string();
        // The parser appends the place, which is kept apart here.
        let what = match text.rfind(" at line ") {
            Some(at) => text[..at].to_owned(),
            None => text,
        };
        match error.classify() {
            Category::Data => Self::Shape { what, column, near },
            Category::Io | Category::Syntax | Category::Eof => Self::Syntax { what, column, near },
        }
    }

    /// The line as a whole is at fault; the place is its end.
    pub(crate) fn whole(line: &[u8], what: String) -> Self {
        Self::Shape { what, column: line.len(), near: near(line, line.len()) }
    }

    pub(crate) fn write(error: &serde_json::Error) -> Self {
        Self::Write { what: error.to_string() }
    }
}

/// The text around a column, short enough for a message.
fn near(line: &[u8], column: usize) -> String {
    let at = column.min(line.len());
    let from = at.saturating_sub(SHOWN);
    let to = line.len().min(at + SHOWN);
    let mut shown = String::new();
    if from > 0 {
        shown.push('…');
    }
    shown.push_str(&show(&line[from..to]));
    if to < line.len() {
        shown.push('…');
    }
    shown
}

/// Bytes of a line for a message: text stays, anything else is escaped.
fn show(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            if c.is_control() {
                shown.extend(c.escape_default());
            } else {
                shown.push(c);
            }
        }
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}
