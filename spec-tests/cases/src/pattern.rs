//! Patterns: what a case expects of a value.

use std::fmt;

use serde::{Deserialize, Serialize};
use sockspec_subject::Int;

use crate::Template;

/// What a value must look like. Few on purpose: no conditionals, no loops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Pattern {
    /// Exactly this value.
    Exact(Template),
    /// The integer that the constant of this name stands for; several joined by `|` are or-ed.
    Constant(String),
    /// Any value of this type: `int`, `str`, `bytes`, `tuple`, `list`, `socket`, …; `any` for every type.
    Any(String),
    /// An integer between two others, both included.
    IntRange(Int, Int),
    /// Text or bytes that the whole of this regular expression matches.
    Regex(String),
    /// A tuple of as many members.
    Tuple(Vec<Pattern>),
    /// A list of as many members, in this order.
    List(Vec<Pattern>),
    /// A list or tuple with these members in any order, and no others.
    Unordered(Vec<Pattern>),
    /// A list or tuple that has a member for each of these.
    Contains(Vec<Pattern>),
    /// A list or tuple whose every member matches; an empty one does not.
    Each(Box<Pattern>),
    /// A value that one of these matches.
    OneOf(Vec<Pattern>),
    /// The C library's own text for the number of that name: `strerror`, `gai_strerror` or `hstrerror`.
    TextOf(String),
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(template) => write!(f, "{template}"),
            Self::Constant(name) => f.write_str(name),
            Self::Any(kind) if kind == "any" => f.write_str("anything"),
            Self::Any(kind) => write!(f, "any {kind}"),
            Self::IntRange(low, high) => write!(f, "{low}..{high}"),
            Self::Regex(regex) => write!(f, "/{regex}/"),
            Self::Tuple(items) if items.len() == 1 => write_list(f, "(", items, ",)"),
            Self::Tuple(items) => write_list(f, "(", items, ")"),
            Self::List(items) => write_list(f, "[", items, "]"),
            Self::Unordered(items) => write_list(f, "in any order [", items, "]"),
            Self::Contains(items) => write_list(f, "containing [", items, "]"),
            Self::Each(item) => write!(f, "each of them {item}"),
            Self::OneOf(items) => write_list(f, "one of {", items, "}"),
            Self::TextOf(name) => write!(f, "the library's text for {name}"),
        }
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value(value) => write!(f, "{value}"),
            Self::Tuple(items) if items.len() == 1 => write_list(f, "(", items, ",)"),
            Self::Tuple(items) => write_list(f, "(", items, ")"),
            Self::List(items) => write_list(f, "[", items, "]"),
            Self::Ref { name, at } => {
                f.write_str(name)?;
                at.iter().try_for_each(|place| write!(f, "[{place}]"))
            }
            Self::Path { name, length: None } => write!(f, "path({name})"),
            Self::Path { name, length: Some(length) } => write!(f, "path({name}, {length} bytes)"),
            Self::Filler(length) => write!(f, "filler({length} bytes)"),
        }
    }
}

/// Items between two texts, with commas.
fn write_list(
    f: &mut fmt::Formatter<'_>,
    open: &str,
    items: &[impl fmt::Display],
    close: &str,
) -> fmt::Result {
    f.write_str(open)?;
    for (i, item) in items.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{item}")?;
    }
    f.write_str(close)
}
