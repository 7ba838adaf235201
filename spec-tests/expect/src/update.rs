//! Bringing a file of expectations up to date, without ever writing a reason.

use std::collections::BTreeMap;
use std::fmt;

use sockspec_events::{CaseResult, SubjectInfo, Verdict};
use toml_edit::{Array, ArrayOfTables, DocumentMut, Item, Table, Value, value};

use crate::file::{ExpectErrors, Expectations, Problem};
use crate::gate::{Known, holding, is_notable};

const HEAD: &str = "\
# Where this subject is known to depart from the document. `sockspec expect` adds what is new, each with an empty reason
# for somebody to fill in; see FORMAT.md of the expectations for what an entry may say.
";

/// What became of one thing in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// A case has an entry now, whose reason is to be written.
    Added {
        /// Its id.
        case: String,
        /// How it departs.
        verdict: Verdict,
    },
    /// A case departs in another way now: its entry says so, and the reason has to be looked at.
    Changed {
        /// Its id.
        case: String,
        /// What was expected.
        from: Verdict,
        /// What came.
        to: Verdict,
    },
    /// A case passes now. Its entry stays unless it is to be pruned.
    Passes {
        /// Its id.
        case: String,
        /// The line that names it, in the file as it was.
        line: usize,
        /// Whether it was taken out.
        pruned: bool,
    },
    /// An entry names a case that is gone. It stays unless it is to be pruned.
    Gone {
        /// The pattern.
        case: String,
        /// The line that names it, in the file as it was.
        line: usize,
        /// Whether it was taken out.
        pruned: bool,
    },
    /// Globs name another number of cases than their entry says; nothing was changed.
    Count {
        /// The line with the number, in the file as it was.
        line: usize,
        /// How many they name.
        named: usize,
    },
    /// An entry gives no reason.
    NoReason {
        /// The first case that it names.
        case: String,
    },
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let done = |pruned: bool| if pruned { "taken out" } else { "kept; --prune takes it out" };
        match self {
            Self::Added { case, verdict } => write!(f, "added: {case} ({verdict})"),
            Self::Changed { case, from, to } => {
                write!(f, "changed: {case} ({from} before, {to} now): see whether the reason is still right")
            }
            Self::Passes { case, line, pruned } => {
                write!(f, "passes now: {case} (line {line}): {}", done(*pruned))
            }
            Self::Gone { case, line, pruned } => {
                write!(f, "stale: {case} (line {line}) names no case: {}", done(*pruned))
            }
            Self::Count { line, named } => {
                write!(
                    f,
                    "stale: line {line}: {named} cases are named; look at the new ones and write `count = {named}`"
                )
            }
            Self::NoReason { case } => write!(f, "a reason is missing: {case}"),
        }
    }
}

/// A file brought up to date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// The new text.
    pub text: String,
    /// What became of what.
    pub remarks: Vec<Remark>,
}

/// A new entry as it is written, without a reason.
pub(crate) fn new_entry(ids: &[&str], verdict: Verdict, clause: Option<&str>) -> String {
    let mut document = DocumentMut::new();
    let mut entries = ArrayOfTables::new();
    entries.push(entry(ids, verdict, clause));
    document.insert("expect", Item::ArrayOfTables(entries));
    document.to_string()
}

fn entry(ids: &[&str], verdict: Verdict, clause: Option<&str>) -> Table {
    let mut table = Table::new();
    table.insert("case", names(ids));
    table.insert("verdict", value(verdict.name()));
    if let Some(clause) = clause {
        table.insert("clause", value(clause));
    }
    table.insert("reason", value(""));
    table
}

/// One id as a text, several a line each.
fn names(ids: &[&str]) -> Item {
    if let [id] = ids {
        return value(*id);
    }
    let mut array: Array = ids.iter().copied().collect();
    for item in array.iter_mut() {
        item.decor_mut().set_prefix("\n    ");
    }
    array.set_trailing_comma(true);
    array.set_trailing("\n");
    value(array)
}

/// Brings a file up to date with the results of a run of that subject in that edition. An empty text makes a new file.
///
/// What is there stays as it is written, comments and all. New entries come to the end, one for the departures of each
/// clause or for everything that is unsupported in the same words, and without a reason: splitting and explaining is
/// somebody's work. A case is never put under a reason that was written for another.
///
/// # Errors
/// The text is no file of expectations.
pub fn update(
    file: &str,
    text: &str,
    known: &Known,
    (subject, edition): (&SubjectInfo, &str),
    results: &[CaseResult],
    prune: bool,
) -> Result<Update, ExpectErrors> {
    let fresh = format!("{HEAD}format = 1\nsubject = {}\n", Value::from(subject.name.as_str()));
    let text = if text.trim().is_empty() { &fresh } else { text };
    let expectations = Expectations::parse(file, text)?;
    let mut document: DocumentMut = text.parse().map_err(|error| broken(file, &error))?;
    let active: Vec<bool> =
        expectations.entries.iter().map(|entry| entry.holds(subject, edition) == Some(true)).collect();
    let mut remarks = Vec::new();
    let mut edits = Edits::default();
    let mut new: BTreeMap<(usize, Verdict, String), Vec<&str>> = BTreeMap::new();
    for (place, case) in results.iter().enumerate() {
        let holding = holding(&expectations, &active, &case.id);
        let Some((entry, pattern)) = holding.first() else {
            if is_notable(case.verdict) {
                remarks.push(Remark::Added { case: case.id.clone(), verdict: case.verdict });
                add(&mut new, place, case);
            }
            continue;
        };
        let at =
            expectations.entries.iter().position(|other| std::ptr::eq(other, *entry)).unwrap_or_default();
        let (from, to) = (entry.verdict(), case.verdict);
        let glob = entry.cases[*pattern].value.is_glob();
        let line = entry.lines.cases[*pattern];
        if matches!(to, Verdict::Pass | Verdict::Allowed) {
            if entry.varies {
                continue;
            }
            // A glob is somebody's sentence; what is to become of it is theirs to say.
            let pruned = prune && !glob;
            remarks.push(Remark::Passes { case: case.id.clone(), line, pruned });
            edits.take_out(pruned, at, &case.id);
        } else if is_notable(to) && to != from {
            if glob || entry.cases.len() > 1 {
                remarks.push(Remark::Added { case: case.id.clone(), verdict: to });
                edits.take_out(!glob, at, &case.id);
                add(&mut new, place, case);
            } else {
                remarks.push(Remark::Changed { case: case.id.clone(), from, to });
                edits.verdicts.push((at, to));
            }
        }
    }
    stale(&expectations, known, prune, &mut edits, &mut remarks);
    edits.apply(&mut document);
    append(&mut document, new);
    let text = document.to_string();
    // It is read once more: what was written has to be sound.
    let written = Expectations::parse(file, &text)?;
    for entry in written.entries.iter().filter(|entry| entry.reason.is_empty() && entry.cause.is_none()) {
        let first = entry.cases().next().map(ToString::to_string).unwrap_or_default();
        remarks.push(Remark::NoReason { case: first });
    }
    Ok(Update { text, remarks })
}

/// Puts a case with those of the same verdict and clause, or that are unsupported in the same words.
fn add<'r>(new: &mut BTreeMap<(usize, Verdict, String), Vec<&'r str>>, place: usize, case: &'r CaseResult) {
    let shared = match case.verdict {
        Verdict::Unsupported => case.reason.clone().unwrap_or_default(),
        _ => case.clauses.first().cloned().unwrap_or_default(),
    };
    // In the order of the first case of each.
    let first = new.keys().find(|(_, verdict, words)| *verdict == case.verdict && *words == shared);
    let key = first.cloned().unwrap_or((place, case.verdict, shared));
    new.entry(key).or_default().push(&case.id);
}

fn append(document: &mut DocumentMut, new: BTreeMap<(usize, Verdict, String), Vec<&str>>) {
    if new.is_empty() {
        return;
    }
    let entries = document.entry("expect").or_insert(Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(entries) = entries.as_array_of_tables_mut() else { return };
    for ((_, verdict, shared), ids) in new {
        let unsupported = verdict == Verdict::Unsupported;
        let mut table = entry(
            &ids,
            verdict,
            (!unsupported).then_some(shared.as_str()).filter(|clause| !clause.is_empty()),
        );
        let words = if unsupported && !shared.is_empty() { comment(&shared) } else { String::new() };
        table.decor_mut().set_prefix(format!("\n{words}"));
        entries.push(table);
    }
}

/// What the subject says, for whoever writes the reason.
fn comment(words: &str) -> String {
    let safe: String =
        words.chars().map(|character| if character.is_control() { ' ' } else { character }).collect();
    format!("# The subject says: {safe}\n")
}

/// Changes to entries that are there.
#[derive(Debug, Default)]
struct Edits {
    verdicts: Vec<(usize, Verdict)>,
    gone: Vec<(usize, String)>,
}

impl Edits {
    fn take_out(&mut self, really: bool, entry: usize, id: &str) {
        if really {
            self.gone.push((entry, id.to_owned()));
        }
    }

    fn apply(&self, document: &mut DocumentMut) {
        let Some(entries) = document.get_mut("expect").and_then(Item::as_array_of_tables_mut) else { return };
        for (at, verdict) in &self.verdicts {
            if let Some(item) =
                entries.get_mut(*at).and_then(|table| table.get_mut("verdict")).and_then(Item::as_value_mut)
            {
                let decor = item.decor().clone();
                *item = Value::from(verdict.name());
                *item.decor_mut() = decor;
            }
        }
        let mut empty: Vec<usize> = Vec::new();
        for (at, id) in &self.gone {
            let case = entries.get_mut(*at).and_then(|table| table.get_mut("case"));
            match case.and_then(Item::as_array_mut) {
                Some(array) => {
                    array.retain(|item| item.as_str() != Some(id));
                    if array.is_empty() {
                        empty.push(*at);
                    }
                }
                None => empty.push(*at),
            }
        }
        empty.sort_unstable();
        empty.dedup();
        for at in empty.into_iter().rev() {
            entries.remove(at);
        }
    }
}

/// Entries for cases that are gone, and globs that name another number of them.
fn stale(
    expectations: &Expectations,
    known: &Known,
    prune: bool,
    edits: &mut Edits,
    remarks: &mut Vec<Remark>,
) {
    for (at, entry) in expectations.entries.iter().enumerate() {
        let mut named = 0;
        for (pattern, line) in entry.cases().zip(&entry.lines.cases) {
            let count = known.cases.iter().filter(|case| pattern.names(&case.id)).count();
            named += count;
            if count == 0 {
                remarks.push(Remark::Gone { case: pattern.text().to_owned(), line: *line, pruned: prune });
                edits.take_out(prune, at, pattern.text());
            }
        }
        if entry.count.as_ref().is_some_and(|count| count.value != named) && named > 0 {
            remarks.push(Remark::Count { line: entry.lines.count, named });
        }
    }
}

fn broken(file: &str, error: &toml_edit::TomlError) -> ExpectErrors {
    ExpectErrors(vec![Problem {
        file: file.to_owned(),
        line: 1,
        what: format!("this is no TOML: {}", error.message()),
        help: "mend the syntax".to_owned(),
    }])
}
