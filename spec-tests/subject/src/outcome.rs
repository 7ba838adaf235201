//! Outcomes: what a call led to.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Value;

/// An exception that a subject raised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Raised {
    /// Every class that the exception is an instance of, nearest first. The document's own classes go by their
    /// documented names (`error`, `herror`, `gaierror`, `timeout`), whatever else they are called.
    pub classes: Vec<String>,
    /// The exception's arguments, as they are.
    pub args: Vec<Value>,
    /// The exception as text, for reports.
    pub text: String,
}

impl Raised {
    /// An exception of one class.
    pub fn new(class: &str, args: Vec<Value>, text: impl Into<String>) -> Self {
        Self { classes: vec![class.to_owned()], args, text: text.into() }
    }

    /// Whether the exception is an instance of that class.
    pub fn is(&self, class: &str) -> bool {
        self.classes.iter().any(|name| name == class)
    }

    /// The class that the document speaks of: the nearest of `error`, `herror`, `gaierror` and `timeout`, else the
    /// nearest class of all.
    pub fn documented_class(&self) -> &str {
        self.classes
            .iter()
            .find(|name| matches!(name.as_str(), "error" | "herror" | "gaierror" | "timeout"))
            .or(self.classes.first())
            .map_or("(no class)", String::as_str)
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.documented_class())?;
        let args: Vec<String> = self.args.iter().map(ToString::to_string).collect();
        write!(f, "({})", args.join(", "))
    }
}

/// Why a subject did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unsupported {
    /// It lacks this: the function is missing, or the platform has no such thing.
    Lacks(String),
    /// Its types cannot express the call (a text where a typed interface takes a number).
    Inexpressible(String),
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Lacks(why) | Self::Inexpressible(why) => f.write_str(why),
        }
    }
}

/// What a call led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Outcome {
    /// It returned a value.
    Returned(Value),
    /// It raised an exception.
    Raised(Raised),
    /// The subject does not do this.
    Unsupported(Unsupported),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Returned(value) => write!(f, "{value}"),
            Self::Raised(raised) => write!(f, "raised {raised}"),
            Self::Unsupported(why) => write!(f, "unsupported: {why}"),
        }
    }
}
