//! Any serde type as one line of JSON: the suite's own pipes and event files.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::LineError;

/// One line, newline included.
///
/// # Errors
/// [`LineError::Write`] when a type has no JSON form (a map with keys that are no strings).
pub fn to_line<T: Serialize + ?Sized>(value: &T) -> Result<String, LineError> {
    let mut line = serde_json::to_string(value).map_err(|error| LineError::write(&error))?;
    line.push('\n');
    Ok(line)
}

/// What a line stands for; the newline may be there or not.
///
/// # Errors
/// [`LineError`] with the place in the line.
pub fn from_line<T: DeserializeOwned>(line: &str) -> Result<T, LineError> {
    serde_json::from_str(line).map_err(|error| LineError::read(line.as_bytes(), &error))
}
