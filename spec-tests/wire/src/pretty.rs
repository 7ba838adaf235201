//! Any serde type as indented JSON: report files that people read, too.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::LineError;

/// The text, two spaces a level, with a newline at its end.
///
/// # Errors
/// [`LineError::Write`] when a type has no JSON form (a map with keys that are no strings).
pub fn to_string_pretty<T: Serialize + ?Sized>(value: &T) -> Result<String, LineError> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| LineError::write(&error))?;
    text.push('\n');
    Ok(text)
}

/// What a whole text of JSON stands for, on however many lines.
///
/// # Errors
/// [`LineError::Text`] with the line and column.
pub fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, LineError> {
    serde_json::from_str(text).map_err(|error| LineError::Text { what: error.to_string() })
}
