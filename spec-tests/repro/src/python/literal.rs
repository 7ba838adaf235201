//! Values as Python writes them, the same for version 2 and 3.

use std::fmt::Write;

use sockspec_cases::Template;
use sockspec_lab::text::errno_number;
use sockspec_subject::{Text, Value};

use super::Script;
use crate::Inexpressible;

/// From this many bytes on, what repeats is written as a product.
const LONG: usize = 48;

impl Script<'_> {
    /// A value of a case.
    pub(super) fn template(&mut self, template: &Template) -> Result<String, Inexpressible> {
        Ok(match template {
            Template::Value(value) => self.value(value)?,
            Template::Tuple(items) => tuple(&self.each(items, Self::template)?),
            Template::List(items) => list(&self.each(items, Self::template)?),
            Template::Ref { name, at } => {
                let mut code = self.names.of(name);
                at.iter().for_each(|place| {
                    let _ = write!(code, "[{place}]");
                });
                code
            }
            Template::Path { name, length } => {
                self.used.add("path");
                let length = length.map(|length| format!(", {length}")).unwrap_or_default();
                format!("path({}{length})", self.text(&Text::from(name.as_str())))
            }
            Template::Filler(length) => {
                self.used.add("filler");
                format!("filler({length})")
            }
        })
    }

    pub(super) fn each<T>(
        &mut self,
        items: &[T],
        write: impl Fn(&mut Self, &T) -> Result<String, Inexpressible>,
    ) -> Result<Vec<String>, Inexpressible> {
        items.iter().map(|item| write(self, item)).collect()
    }

    fn value(&mut self, value: &Value) -> Result<String, Inexpressible> {
        Ok(match value {
            Value::None => "None".to_owned(),
            Value::Bool(true) => "True".to_owned(),
            Value::Bool(false) => "False".to_owned(),
            Value::Int(int) => int.to_string(),
            Value::Float(float) if float.is_finite() => format!("{float:?}"),
            Value::Float(float) => format!("float('{float}')"),
            Value::Str(text) => self.text(text),
            Value::Bytes(bytes) => format!("b{}", quoted(bytes)),
            Value::Tuple(items) => tuple(&self.each(items, Self::value)?),
            Value::List(items) => list(&self.each(items, Self::value)?),
            Value::Constant(names) => self.constants(names, Self::argument),
            Value::Object(_) | Value::Opaque(_) => return Err(Inexpressible::Value(value.to_string())),
        })
    }

    /// Text: beyond ASCII the two versions of Python differ in what they make of a literal.
    pub(super) fn text(&mut self, text: &Text) -> String {
        if text.as_bytes().is_ascii() {
            return quoted(text.as_bytes());
        }
        self.used.add("text");
        format!("text(b{})", quoted(text.as_bytes()))
    }

    /// One constant, or several or-ed.
    pub(super) fn constants(&mut self, names: &str, write: fn(&mut Self, &str) -> String) -> String {
        names.split('|').map(|name| write(self, name)).collect::<Vec<_>>().join(" | ")
    }

    /// A constant that is handed to the module: its own, or an error's number.
    fn argument(&mut self, name: &str) -> String {
        if errno_number(name).is_some() {
            self.used.imports.insert("errno");
            return format!("errno.{name}");
        }
        format!("socket.{name}")
    }
}

pub(super) fn tuple(items: &[String]) -> String {
    match items {
        [one] => format!("({one},)"),
        items => format!("({})", items.join(", ")),
    }
}

pub(super) fn list(items: &[String]) -> String {
    format!("[{}]", items.join(", "))
}

/// ASCII or bytes between single quotes, what repeats as a product.
fn quoted(bytes: &[u8]) -> String {
    let unit = (1..=4).find(|unit| {
        bytes.len() >= LONG
            && bytes.len().is_multiple_of(*unit)
            && bytes[*unit..] == bytes[..bytes.len() - unit]
    });
    match unit {
        Some(unit) => format!("{} * {}", escaped(&bytes[..unit]), bytes.len() / unit),
        None => escaped(bytes),
    }
}

fn escaped(bytes: &[u8]) -> String {
    let mut text = String::from("'");
    for byte in bytes {
        let _ = match byte {
            b'\'' => write!(text, "\\'"),
            b'\\' => write!(text, "\\\\"),
            b'\n' => write!(text, "\\n"),
            b'\r' => write!(text, "\\r"),
            b'\t' => write!(text, "\\t"),
            b' '..=b'~' => write!(text, "{}", char::from(*byte)),
            _ => write!(text, "\\x{byte:02x}"),
        };
    }
    text.push('\'');
    text
}

/// A text that holds Python code, as a literal: without escapes where there is a way.
pub(super) fn code(code: &str) -> String {
    if !code.contains(['"', '\\', '\n']) {
        return format!("\"{code}\"");
    }
    // A raw literal cannot end with a backslash, nor hold its own quotes.
    if !code.contains(['"', '\n']) && !code.ends_with('\\') {
        return format!("r\"{code}\"");
    }
    prose(code)
}

/// A text for people, as a literal in double quotes. Beyond ASCII it is escaped, for Python 2 as well as 3.
pub(super) fn prose(text: &str) -> String {
    let mut literal = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            ' '..='~' => literal.push(character),
            // What a terminal would show stays readable in words only.
            _ => literal.push_str(&character.escape_default().to_string().replace('\\', "\\\\")),
        }
    }
    literal.push('"');
    literal
}
