//! Values: what goes into a call and what comes back.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Int, Text};

/// Names one object that a subject handed out since its last reset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ObjectId(pub u64);

/// An object that lives in the subject: a socket, a file made from one, or anything else that has no plain value.
///
/// The same object always travels under the same id, so that identity can be seen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    /// Its id, given by the subject.
    pub id: ObjectId,
    /// What it is: `socket`, `file`, `type`, or the name of its type.
    pub kind: String,
}

/// A value as the document distinguishes them.
///
/// Its serde form serves the harness itself (cases, reports); what travels to a driver is the wire's own form.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub enum Value {
    /// No value: `None`.
    None,
    /// A truth value.
    Bool(bool),
    /// An integer of any size.
    Int(Int),
    /// A floating-point number; only ever as an ill-typed argument.
    Float(f64),
    /// Text.
    Str(Text),
    /// Bytes: data, packed addresses, option buffers.
    Bytes(Vec<u8>),
    /// A tuple: addresses, triples, pairs.
    Tuple(Vec<Value>),
    /// A list.
    List(Vec<Value>),
    /// A constant of the module by its name, or several of them joined by `|`; only ever as an argument. The
    /// subject looks the names up in its own table.
    Constant(String),
    /// An object that lives in the subject.
    Object(ObjectRef),
    /// Something that has no counterpart here, as the subject shows it.
    Opaque(String),
}

impl Value {
    /// Text.
    pub fn str(text: impl Into<Text>) -> Self {
        Self::Str(text.into())
    }

    /// An integer.
    pub fn int(value: impl Into<i64>) -> Self {
        Self::Int(Int::from(value.into()))
    }

    /// Bytes.
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(bytes.into())
    }

    /// The name of this kind of value in messages: `str`, `bytes`, `int`, `tuple`, …
    pub fn type_name(&self) -> &str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "float",
            Self::Str(_) => "str",
            Self::Bytes(_) => "bytes",
            Self::Tuple(_) => "tuple",
            Self::List(_) => "list",
            Self::Constant(_) => "constant",
            Self::Object(object) => &object.kind,
            Self::Opaque(_) => "opaque",
        }
    }

    /// The integer, where this is one that fits `i64`.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(int) => int.to_i64(),
            _ => None,
        }
    }

    /// The bytes of text or bytes.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Str(text) => Some(text.as_bytes()),
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The members of a tuple or list.
    pub fn items(&self) -> Option<&[Value]> {
        match self {
            Self::Tuple(items) | Self::List(items) => Some(items),
            _ => None,
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::str(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::str(text)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::int(value)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<ObjectRef> for Value {
    fn from(object: ObjectRef) -> Self {
        Self::Object(object)
    }
}

/// How many bytes of a long buffer a report shows.
const SHOWN_BYTES: usize = 64;
/// How many bytes of a long text a report shows: the longest names that say something are shorter. Where an
/// implementation has one type for both, data is text too.
const SHOWN_TEXT: usize = 512;

impl fmt::Display for Value {
    /// As a Python literal where there is one, so that a report can be pasted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("None"),
            Self::Bool(true) => f.write_str("True"),
            Self::Bool(false) => f.write_str("False"),
            Self::Int(int) => write!(f, "{int}"),
            Self::Float(float) => write!(f, "{float:?}"),
            Self::Str(text) if text.as_bytes().len() > SHOWN_TEXT => {
                let bytes = text.as_bytes();
                write!(f, "{}… ({} bytes)", Text::from(whole_characters(bytes, SHOWN_BYTES)), bytes.len())
            }
            Self::Str(text) => write!(f, "{text}"),
            Self::Bytes(bytes) => {
                write!(f, "b'{}'", bytes[..bytes.len().min(SHOWN_BYTES)].escape_ascii())?;
                if bytes.len() > SHOWN_BYTES {
                    write!(f, "… ({} bytes)", bytes.len())?;
                }
                Ok(())
            }
            Self::Tuple(items) => {
                f.write_str("(")?;
                write_items(f, items)?;
                f.write_str(if items.len() == 1 { ",)" } else { ")" })
            }
            Self::List(items) => {
                f.write_str("[")?;
                write_items(f, items)?;
                f.write_str("]")
            }
            Self::Constant(names) => f.write_str(names),
            Self::Object(object) => write!(f, "<{} {}>", object.kind, object.id.0),
            Self::Opaque(shown) => write!(f, "<{shown}>"),
        }
    }
}

/// The first bytes, so that no character is cut in two.
fn whole_characters(bytes: &[u8], most: usize) -> Vec<u8> {
    let mut end = most.min(bytes.len());
    // A byte that continues a character, which has four bytes at most.
    while end > most.saturating_sub(3) && bytes.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
        end -= 1;
    }
    bytes[..end].to_vec()
}

fn write_items(f: &mut fmt::Formatter<'_>, items: &[Value]) -> fmt::Result {
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(Value::None, "None")]
    #[case(Value::str("it's"), r"'it\'s'")]
    #[case(Value::str(vec![b'a', 0xff]), r"'a\udcff'")]
    #[case(Value::bytes(*b"\x00a"), r"b'\x00a'")]
    #[case(Value::bytes(vec![b'a'; 65]), format!("b'{}'… (65 bytes)", "a".repeat(64)))]
    #[case(Value::str("a".repeat(512)), format!("'{}'", "a".repeat(512)))]
    #[case(Value::str("ä".repeat(257)), format!("'{}'… (514 bytes)", "ä".repeat(32)))]
    #[case(Value::str(format!("a{}", "ä".repeat(257))), format!("'a{}'… (515 bytes)", "ä".repeat(31)))]
    #[case(Value::Tuple(vec![Value::int(1)]), "(1,)")]
    #[case(Value::List(vec![Value::int(1), Value::Bool(true)]), "[1, True]")]
    #[case(Value::Constant("AI_PASSIVE|AI_CANONNAME".into()), "AI_PASSIVE|AI_CANONNAME")]
    fn shown_as_python_would(#[case] value: Value, #[case] shown: impl AsRef<str>) {
        assert_eq!(value.to_string(), shown.as_ref());
    }
}
