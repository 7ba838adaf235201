//! Reading TOML by hand, so that every problem is told at once and with its line.

use std::cell::RefCell;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::file::{ExpectErrors, Problem};

/// A file while it is read.
pub(crate) struct Source<'a> {
    pub(crate) file: &'a str,
    pub(crate) text: &'a str,
    pub(crate) problems: RefCell<Vec<Problem>>,
}

impl<'a> Source<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, problems: RefCell::default() }
    }

    /// The 1-based line of a byte.
    pub(crate) fn line(&self, offset: usize) -> usize {
        let before = &self.text.as_bytes()[..offset.min(self.text.len())];
        1 + before.iter().filter(|byte| **byte == b'\n').count()
    }

    /// What `read` makes of the file's table; `None` where the file is no TOML, which is reported.
    pub(crate) fn document<T>(&self, read: impl FnOnce(&DeTable<'_>) -> T) -> Option<T> {
        match DeTable::parse(self.text) {
            Ok(document) => Some(read(document.get_ref())),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                self.report(at, format!("this is no TOML: {}", error.message()), "mend the syntax here");
                None
            }
        }
    }

    /// What was read, where nothing was reported.
    pub(crate) fn sound<T>(self, read: Option<T>) -> Result<T, ExpectErrors> {
        let mut problems = self.problems.into_inner();
        problems.sort_by_key(|problem| problem.line);
        match read {
            Some(read) if problems.is_empty() => Ok(read),
            _ => Err(ExpectErrors(problems)),
        }
    }

    pub(crate) fn report(&self, offset: usize, what: impl Into<String>, help: impl Into<String>) {
        let line = self.line(offset);
        let problem = Problem { file: self.file.to_owned(), line, what: what.into(), help: help.into() };
        self.problems.borrow_mut().push(problem);
    }
}

/// A value with its place in the file.
#[derive(Debug, Clone)]
pub(crate) struct Found<T> {
    pub(crate) value: T,
    /// Byte offset.
    pub(crate) at: usize,
}

/// A table whose keys are asked for one by one.
pub(crate) struct Fields<'t> {
    source: &'t Source<'t>,
    table: &'t DeTable<'t>,
    /// Where the table starts.
    pub(crate) at: usize,
    known: RefCell<Vec<&'static str>>,
}

impl<'t> Fields<'t> {
    pub(crate) fn new(source: &'t Source<'t>, table: &'t DeTable<'t>, at: usize) -> Self {
        Self { source, table, at, known: RefCell::default() }
    }

    pub(crate) fn get(&self, key: &'static str) -> Option<(&'t DeValue<'t>, Range<usize>)> {
        self.known.borrow_mut().push(key);
        let (_, value) = self.table.iter().find(|(name, _)| name.get_ref().as_ref() == key)?;
        Some((value.get_ref(), value.span()))
    }

    pub(crate) fn missing(&self, key: &str, help: &str) {
        self.source.report(self.at, format!("`{key}` is missing"), help);
    }

    pub(crate) fn text(&self, key: &'static str) -> Option<Found<String>> {
        let (value, span) = self.get(key)?;
        match value {
            DeValue::String(text) => Some(Found { value: text.to_string(), at: span.start }),
            _ => {
                self.source.report(span.start, format!("`{key}` is no text"), "write it in quotes");
                None
            }
        }
    }

    /// A text, or an array of texts.
    pub(crate) fn texts(&self, key: &'static str) -> Option<Vec<Found<String>>> {
        let (value, span) = self.get(key)?;
        let help = "write a text in quotes, or several in [ ]";
        match value {
            DeValue::String(text) => Some(vec![Found { value: text.to_string(), at: span.start }]),
            DeValue::Array(items) => {
                let mut found = Vec::new();
                for item in items {
                    match item.get_ref() {
                        DeValue::String(text) => {
                            found.push(Found { value: text.to_string(), at: item.span().start });
                        }
                        _ => self.source.report(
                            item.span().start,
                            format!("`{key}` holds what is no text"),
                            help,
                        ),
                    }
                }
                Some(found)
            }
            _ => {
                self.source.report(span.start, format!("`{key}` is no text"), help);
                None
            }
        }
    }

    /// Whether it is there and true.
    pub(crate) fn flag(&self, key: &'static str) -> bool {
        match self.get(key) {
            Some((DeValue::Boolean(flag), _)) => *flag,
            Some((_, span)) => {
                self.source.report(span.start, format!("`{key}` is neither true nor false"), "write `true`");
                false
            }
            None => false,
        }
    }

    pub(crate) fn number(&self, key: &'static str) -> Option<Found<usize>> {
        let (value, span) = self.get(key)?;
        let number = match value {
            DeValue::Integer(number) => usize::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        if number.is_none() {
            self.source.report(
                span.start,
                format!("`{key}` is no number of cases"),
                "write how many there are",
            );
        }
        Some(Found { value: number?, at: span.start })
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn finish(self) {
        let mut known = self.known.into_inner();
        known.dedup();
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if known.contains(&name) {
                continue;
            }
            let near = known.iter().find(|known| strsim::damerau_levenshtein(name, known) <= 2);
            let help = match near {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("known here: {}", known.join(", ")),
            };
            self.source.report(key.span().start, format!("unknown key `{name}`"), help);
        }
    }
}
