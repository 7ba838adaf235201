//! What is wrong with a lab's file, and where.

use std::ops::Range;

use thiserror::Error;

/// A lab's file that is not as it should be.
///
/// It reads as `FILE:LINE: what is wrong; what to do`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{file}{}: {problem}; {help}", line.map(|line| format!(":{line}")).unwrap_or_default())]
pub struct LabSpecError {
    /// The file, as a path inside the folder of labs.
    pub file: String,
    /// The line, counted from 1, where it is one line's fault.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: String,
    /// What would be right.
    pub help: String,
}

impl LabSpecError {
    pub(crate) fn new(
        file: impl Into<String>,
        line: Option<usize>,
        problem: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { file: file.into(), line, problem: problem.into(), help: help.into() }
    }
}

/// A TOML file under its name, so that a place in it can be told as a line.
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
}

impl<'a> Source<'a> {
    /// Takes `bytes` for text.
    pub(crate) fn new(file: &'a str, bytes: &'a [u8]) -> Result<Self, LabSpecError> {
        match str::from_utf8(bytes) {
            Ok(text) => Ok(Self { file, text }),
            Err(error) => {
                let line = line_of(bytes, error.valid_up_to());
                Err(LabSpecError::new(
                    file,
                    Some(line),
                    "is no UTF-8",
                    "TOML is always UTF-8: save it as such",
                ))
            }
        }
    }

    /// An error at the first line of `span`.
    pub(crate) fn error(
        &self,
        span: Range<usize>,
        problem: impl Into<String>,
        help: impl Into<String>,
    ) -> LabSpecError {
        let line = line_of(self.text.as_bytes(), span.start);
        LabSpecError::new(self.file, Some(line), problem, help)
    }

    /// An error of the file as a whole.
    pub(crate) fn whole(&self, problem: impl Into<String>, help: impl Into<String>) -> LabSpecError {
        LabSpecError::new(self.file, None, problem, help)
    }

    /// Reads the file as `T`; `help` says what it may hold.
    pub(crate) fn read<T: serde::de::DeserializeOwned>(&self, help: &str) -> Result<T, LabSpecError> {
        toml::from_str(self.text).map_err(|error| {
            let line = error.span().map(|span| line_of(self.text.as_bytes(), span.start));
            LabSpecError::new(self.file, line, error.message().replace('\n', " "), help)
        })
    }
}

/// The line, counted from 1, that byte `offset` is on.
fn line_of(bytes: &[u8], offset: usize) -> usize {
    let before = bytes.get(..offset).unwrap_or(bytes);
    1 + before.split(|byte| *byte == b'\n').count().saturating_sub(1)
}
