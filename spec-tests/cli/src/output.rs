//! The standard output of the commands that list something.

use std::io::{self, Write};

use crate::exit::Failure;

/// Columns that the output has.
pub(crate) fn width() -> usize {
    sockspec_report::stdout_width().clamp(40, 100)
}

/// Writes a text, with colours where they are wanted.
pub(crate) fn print(text: &str) -> Result<(), Failure> {
    let mut out = anstream::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

/// Writes a text to the standard error.
pub(crate) fn aside(text: &str) {
    // With nobody to read it there is nothing to do.
    let _ = io::stderr().write_all(text.as_bytes());
}

/// Writes a remark to the standard error: it is not part of the list.
pub(crate) fn remark(text: &str) {
    // With nobody to read it there is nothing to do.
    let _ = writeln!(io::stderr(), "sockspec: {text}");
}
