//! What a subject says of itself.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A state of the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
pub enum Edition {
    /// Python 2.2's chapter, as it was when IPv6 came in: the default.
    #[default]
    #[serde(rename = "2.2")]
    V2_2,
    /// Today's document.
    #[serde(rename = "3")]
    V3,
}

impl Edition {
    /// Every edition, oldest first.
    pub const ALL: [Self; 2] = [Self::V2_2, Self::V3];
}

impl fmt::Display for Edition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V2_2 => "2.2",
            Self::V3 => "3",
        })
    }
}

/// The text names no edition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no edition: write \"2.2\" or \"3\"")]
pub struct UnknownEdition(pub String);

impl FromStr for Edition {
    type Err = UnknownEdition;

    fn from_str(text: &str) -> Result<Self, UnknownEdition> {
        match text {
            "2.2" => Ok(Self::V2_2),
            "3" => Ok(Self::V3),
            _ => Err(UnknownEdition(text.to_owned())),
        }
    }
}

/// Whether a subject tells text and bytes apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strings {
    /// Text and bytes are two types (Python 3, Rust): data travels as bytes, names as text.
    #[default]
    Distinct,
    /// One string type serves for both (Python 2, C): they are compared by content.
    One,
}

/// What a subject says of itself when it is greeted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Description {
    /// The implementation's name, such as `CPython`.
    pub name: String,
    /// Its version, such as `3.13.0`.
    pub version: String,
    /// The edition of the document that it claims to obey.
    pub edition: Edition,
    /// Whether it tells text and bytes apart.
    pub strings: Strings,
    /// What it runs on, such as `Linux x86_64, glibc 2.36`; empty when it does not say.
    pub platform: String,
    /// Its constants: the module's own, and the names of error numbers that it knows, with their numbers.
    pub constants: BTreeMap<String, i64>,
    /// Its C library's own texts for numbers of errors, by their names (`ENOENT`, `EAI_NONAME`, `HOST_NOT_FOUND`), where
    /// that library is not the system's; empty where it is.
    pub texts: BTreeMap<String, String>,
    /// Optional abilities, by name; none is needed to run the suite.
    pub capabilities: Vec<String>,
}
