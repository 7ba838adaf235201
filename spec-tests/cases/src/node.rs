//! Reading TOML with its places, so that every problem names a line.

use std::cell::{Cell, RefCell};
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::problem::{File, Problem, nearest};

/// Collects what is wrong with one file.
pub(crate) struct Sink<'a> {
    pub(crate) file: File<'a>,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Sink<'a> {
    pub(crate) fn new(file: File<'a>) -> Self {
        Self { file, problems: RefCell::default() }
    }

    pub(crate) fn report(&self, offset: usize, what: impl Into<String>, help: impl Into<String>) {
        self.report_line(self.file.line(offset), what, help);
    }

    pub(crate) fn report_line(&self, line: usize, what: impl Into<String>, help: impl Into<String>) {
        let problem = Problem { file: self.file.path.to_owned(), line, what: what.into(), help: help.into() };
        let mut problems = self.problems.borrow_mut();
        // The steps of a table are read once for each row.
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }

    /// How many problems there are so far.
    pub(crate) fn count(&self) -> usize {
        self.problems.borrow().len()
    }

    pub(crate) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }

    /// Parses the file and hands its top table to `read`.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Table<'_>) -> T) -> Option<T> {
        match DeTable::parse(self.file.text) {
            Ok(document) => {
                let span = document.span();
                let table = Table::new(self, document.get_ref(), span, None);
                let value = read(&table);
                table.finish();
                Some(value)
            }
            Err(error) => {
                let offset = error.span().map_or(0, |span| span.start);
                self.report(
                    offset,
                    format!("this is no TOML: {}", error.message()),
                    "mend the syntax here; nothing else in this file was read",
                );
                None
            }
        }
    }

    /// Checks `format = 1`, which every file starts with.
    pub(crate) fn check_format(&self, table: &Table<'_>) {
        match table.get("format").map(|node| (node.as_integer(), node.offset())) {
            Some((Some(1), _)) => {}
            Some((_, offset)) => {
                self.report(offset, "this is not the format that this version reads", "write `format = 1`");
            }
            None => self.report(0, "the file does not say its format", "start it with `format = 1`"),
        }
    }
}

/// The values that a table's row gives to `{ row = "…" }`.
#[derive(Clone, Copy)]
pub(crate) struct Row<'t> {
    table: &'t DeTable<'t>,
    /// Where the row starts.
    offset: usize,
    used: &'t RefCell<Vec<String>>,
}

impl<'t> Row<'t> {
    pub(crate) fn new(table: &'t DeTable<'t>, offset: usize, used: &'t RefCell<Vec<String>>) -> Self {
        Self { table, offset, used }
    }

    fn get(self, name: &str) -> Option<(&'t DeValue<'t>, Range<usize>)> {
        self.used.borrow_mut().push(name.to_owned());
        find(self.table, name)
    }
}

fn find<'t>(table: &'t DeTable<'t>, name: &str) -> Option<(&'t DeValue<'t>, Range<usize>)> {
    table
        .iter()
        .find(|(key, _)| key.get_ref().as_ref() == name)
        .map(|(_, value)| (value.get_ref(), value.span()))
}

/// One TOML value and its place.
#[derive(Clone)]
pub(crate) struct Node<'t> {
    pub(crate) sink: &'t Sink<'t>,
    pub(crate) value: &'t DeValue<'t>,
    span: Range<usize>,
    row: Option<Row<'t>>,
    /// Stands for a row's value that is missing, which has been reported: nothing else about it is.
    missing: bool,
}

impl<'t> Node<'t> {
    fn new(sink: &'t Sink<'t>, value: &'t DeValue<'t>, span: Range<usize>, row: Option<Row<'t>>) -> Self {
        let mut node = Self { sink, value, span, row, missing: false };
        // Replaced here, in one place, so that a row's value may stand wherever a value may.
        if let (Some(row), DeValue::Table(table)) = (row, value)
            && table.len() == 1
            && let Some((DeValue::String(name), _)) = find(table, "row")
        {
            match row.get(name) {
                Some((value, span)) => {
                    node.value = value;
                    node.span = span;
                    // A row's value is what it is: it refers to no other one, and so never to itself.
                    node.row = None;
                }
                None => {
                    sink.report(
                        row.offset,
                        format!("this row has no value {name:?}, which a step asks for"),
                        format!("give every row of the table a `{name} = …`"),
                    );
                    node.missing = true;
                }
            }
        }
        node
    }

    pub(crate) fn offset(&self) -> usize {
        self.span.start
    }

    pub(crate) fn report(&self, what: impl Into<String>, help: impl Into<String>) {
        if !self.missing {
            self.sink.report(self.span.start, what, help);
        }
    }

    pub(crate) fn kind(&self) -> &'static str {
        match self.value {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) => "an integer",
            DeValue::Float(_) => "a float",
            DeValue::Boolean(_) => "a boolean",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "an array",
            DeValue::Table(_) => "a table",
        }
    }

    pub(crate) fn as_str(&self) -> Option<&'t str> {
        match self.value {
            DeValue::String(text) => Some(text.as_ref()),
            _ => None,
        }
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self.value {
            DeValue::Integer(int) => i64::from_str_radix(int.as_str(), int.radix()).ok(),
            _ => None,
        }
    }

    pub(crate) fn items(&self) -> Option<Vec<Node<'t>>> {
        match self.value {
            DeValue::Array(array) => Some(
                array
                    .iter()
                    .map(|item| Node::new(self.sink, item.get_ref(), item.span(), self.row))
                    .collect(),
            ),
            _ => None,
        }
    }

    pub(crate) fn table(&self) -> Option<Table<'t>> {
        match self.value {
            DeValue::Table(table) => {
                let mut table = Table::new(self.sink, table, self.span.clone(), self.row);
                table.missing = self.missing;
                Some(table)
            }
            _ => None,
        }
    }

    /// The raw table, for use as a row.
    pub(crate) fn raw_table(&self) -> Option<&'t DeTable<'t>> {
        match self.value {
            DeValue::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The same value, in which `{ row = "…" }` stands for that row's values.
    pub(crate) fn with_row(&self, row: Row<'t>) -> Self {
        Self { row: Some(row), ..self.clone() }
    }

    pub(crate) fn text(&self, what: &str) -> Option<String> {
        let text = self.as_str().map(str::to_owned);
        if text.is_none() {
            self.report(format!("`{what}` is {}", self.kind()), "write a string, in quotes");
        }
        text
    }

    /// An array of strings.
    pub(crate) fn texts(&self, what: &str) -> Option<Vec<String>> {
        let Some(items) = self.items() else {
            self.report(format!("`{what}` is {}", self.kind()), "write an array of strings: [\"…\"]");
            return None;
        };
        // Every item is read, so that every problem is reported.
        let texts: Vec<Option<String>> = items.iter().map(|item| item.text(&format!("{what}[]"))).collect();
        texts.into_iter().collect()
    }
}

/// A TOML table that knows which of its keys were asked for, and so which are unknown.
pub(crate) struct Table<'t> {
    pub(crate) sink: &'t Sink<'t>,
    table: &'t DeTable<'t>,
    span: Range<usize>,
    row: Option<Row<'t>>,
    known: RefCell<Vec<&'static str>>,
    lenient: Cell<bool>,
    missing: bool,
}

impl<'t> Table<'t> {
    fn new(sink: &'t Sink<'t>, table: &'t DeTable<'t>, span: Range<usize>, row: Option<Row<'t>>) -> Self {
        Self { sink, table, span, row, known: RefCell::default(), lenient: Cell::new(false), missing: false }
    }

    pub(crate) fn line(&self) -> usize {
        self.sink.file.line(self.span.start)
    }

    pub(crate) fn report(&self, what: impl Into<String>, help: impl Into<String>) {
        if !self.missing {
            self.sink.report(self.span.start, what, help);
        }
    }

    pub(crate) fn get(&self, key: &'static str) -> Option<Node<'t>> {
        self.known.borrow_mut().push(key);
        find(self.table, key).map(|(value, span)| Node::new(self.sink, value, span, self.row))
    }

    /// Every key with its value and the key's offset.
    pub(crate) fn entries(&self) -> Vec<(&'t str, usize, Node<'t>)> {
        self.lenient.set(true);
        self.table
            .iter()
            .map(|(key, value)| {
                let node = Node::new(self.sink, value.get_ref(), value.span(), self.row);
                (key.get_ref().as_ref(), key.span().start, node)
            })
            .collect()
    }

    /// The single key, where there is just one.
    pub(crate) fn single_key(&self) -> Option<&'t str> {
        if self.table.len() == 1 { self.table.keys().next().map(|key| key.get_ref().as_ref()) } else { None }
    }

    pub(crate) fn text(&self, key: &'static str) -> Option<String> {
        self.get(key).and_then(|node| node.text(key))
    }

    pub(crate) fn required(&self, key: &'static str, help: &str) -> Option<Node<'t>> {
        let node = self.get(key);
        if node.is_none() {
            self.report(format!("`{key}` is missing"), help);
        }
        node
    }

    pub(crate) fn required_text(&self, key: &'static str, help: &str) -> Option<String> {
        let text = self.required(key, help)?.text(key)?;
        if text.trim().is_empty() {
            self.report(format!("`{key}` is empty"), help);
            return None;
        }
        Some(text)
    }

    /// One of a closed list of words.
    pub(crate) fn word<T: Copy>(&self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        let node = self.get(key)?;
        let text = node.text(key)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, value)| *value);
        if found.is_none() {
            let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            node.report(
                format!("{text:?} is no value of `{key}`"),
                format!("write one of: {}", list.join(", ")),
            );
        }
        found
    }

    /// One of a closed list of words, which has to stand here.
    pub(crate) fn required_word<T: Copy>(&self, key: &'static str, words: &[(&'static str, T)]) -> Option<T> {
        let list: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        self.required(key, &format!("write one of: {}", list.join(", ")))?;
        self.word(key, words)
    }

    /// Lets further keys stand unread: what a row gives to the steps of its table.
    pub(crate) fn allow_other_keys(&self) {
        self.lenient.set(true);
    }

    /// Reports every key that nobody asked for.
    pub(crate) fn finish(&self) {
        if self.lenient.get() || self.missing {
            return;
        }
        let known = self.known.borrow();
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let help = match nearest(name, known.iter().copied()) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => {
                        let mut names = known.clone();
                        names.sort_unstable();
                        names.dedup();
                        format!("known here: {}", names.join(", "))
                    }
                };
                self.sink.report(key.span().start, format!("unknown key `{name}`"), help);
            }
        }
    }
}
