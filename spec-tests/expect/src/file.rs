//! The file of expectations, read and checked.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use globset::{Glob, GlobMatcher};
use sockspec_events::{Place, SubjectInfo, Verdict};
use sockspec_subject::Edition;
use toml::de::{DeTable, DeValue};

use crate::causes::Upstream;
use crate::pattern::CasePattern;
use crate::read::{Fields, Found, Source};
use crate::version::Versions;

/// What an entry may expect.
pub(crate) const VERDICTS: [Verdict; 5] =
    [Verdict::Fail, Verdict::Unsupported, Verdict::Hang, Verdict::Crash, Verdict::Protocol];
const FORMAT: &str = "start the file with `format = 1`";
const ENTRIES: &str = "write each entry under [[expect]]";

/// One thing that is wrong with a file of expectations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file, as it was asked for.
    pub file: String,
    /// The 1-based line.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub help: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}\n    help: {}", self.file, self.line, self.what, self.help)
    }
}

/// Everything that is wrong with a file of expectations; never empty.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct ExpectErrors(pub Vec<Problem>);

/// A known departure.
#[derive(Debug, Clone)]
pub struct Entry {
    pub(crate) cases: Vec<Found<CasePattern>>,
    /// How many cases it names, where it has to say so.
    pub(crate) count: Option<Found<usize>>,
    pub(crate) verdict: Found<Verdict>,
    pub(crate) reason: String,
    pub(crate) clause: Option<Found<String>>,
    /// Whether the implementation does otherwise in some runs only.
    pub(crate) varies: bool,
    pub(crate) upstream: Option<Upstream>,
    /// The cause that says the reason in its stead.
    pub(crate) cause: Option<Found<String>>,
    pub(crate) versions: Option<Versions>,
    pub(crate) platform: Option<GlobMatcher>,
    pub(crate) editions: Vec<Edition>,
    pub(crate) lines: Lines,
}

/// The lines of an entry's parts.
#[derive(Debug, Clone)]
pub(crate) struct Lines {
    pub(crate) file: String,
    pub(crate) entry: usize,
    pub(crate) cases: Vec<usize>,
    pub(crate) count: usize,
    pub(crate) verdict: usize,
    pub(crate) reason: usize,
    pub(crate) clause: usize,
}

impl Entry {
    /// The cases that it names, as they are written.
    pub fn cases(&self) -> impl Iterator<Item = &CasePattern> {
        self.cases.iter().map(|found| &found.value)
    }

    /// The verdict that it expects.
    pub fn verdict(&self) -> Verdict {
        self.verdict.value
    }

    /// What departs, in somebody's words; empty when nobody has said it.
    pub fn reason(&self) -> &str {
        &self.reason
    }

    /// The clause that is broken.
    pub fn clause(&self) -> Option<&str> {
        self.clause.as_ref().map(|found| found.value.as_str())
    }

    /// Where it is known upstream.
    pub fn link(&self) -> Option<&str> {
        self.upstream.as_ref().and_then(Upstream::link)
    }

    /// The name of the cause that says the reason, where it names one.
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_ref().map(|found| found.value.as_str())
    }

    /// Whether the implementation departs in some runs only, so that a pass is expected as well.
    pub fn varies(&self) -> bool {
        self.varies
    }

    /// The editions that it holds in; empty for all.
    pub fn editions(&self) -> &[Edition] {
        &self.editions
    }

    /// The versions of the subject that it holds for; all where it does not say.
    pub fn versions(&self) -> Option<&Versions> {
        self.versions.as_ref()
    }

    /// The line of its head.
    pub fn place(&self) -> Place {
        self.at(self.lines.entry)
    }

    pub(crate) fn at(&self, line: usize) -> Place {
        Place { file: self.lines.file.clone(), line }
    }

    /// Which of its patterns names the case; an id goes before a glob.
    pub(crate) fn naming(&self, id: &str) -> Option<usize> {
        let named = |glob: bool| {
            self.cases.iter().position(|found| found.value.is_glob() == glob && found.value.names(id))
        };
        named(false).or_else(|| named(true))
    }

    /// Whether it holds for that subject under that edition. `None` when the subject's version has no number in it and
    /// the entry asks for one.
    pub fn holds(&self, subject: &SubjectInfo, edition: &str) -> Option<bool> {
        let edition = self.editions.is_empty() || self.editions.iter().any(|own| own.to_string() == edition);
        let platform = self.platform.as_ref().is_none_or(|glob| glob.is_match(&subject.platform));
        if !edition || !platform {
            return Some(false);
        }
        self.versions.as_ref().map_or(Some(true), |versions| versions.hold(&subject.version))
    }
}

/// A file of expectations.
#[derive(Debug, Clone)]
pub struct Expectations {
    pub(crate) file: String,
    pub(crate) subject: Found<String>,
    pub(crate) subject_line: usize,
    /// The last line, where a further entry is put behind.
    pub(crate) last_line: usize,
    pub(crate) entries: Vec<Entry>,
}

impl Expectations {
    /// Reads a file. `file` is what messages call it.
    ///
    /// # Errors
    /// Every problem that there is, each with its line. A reason that is missing is none: the gate says so.
    pub fn parse(file: &str, text: &str) -> Result<Self, ExpectErrors> {
        let source = Source::new(file, text);
        let expectations = source.document(|table| read(&source, table)).flatten();
        source.sound(expectations)
    }

    /// What messages call the file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The subject's own name, as it describes itself.
    pub fn subject(&self) -> &str {
        &self.subject.value
    }

    /// The entries, in the order of the file.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

fn read(source: &Source<'_>, table: &DeTable<'_>) -> Option<Expectations> {
    let top = Fields::new(source, table, 0);
    match top.get("format") {
        Some((DeValue::Integer(number), _)) if number.as_str() == "1" => {}
        Some((_, span)) => {
            source.report(span.start, "this is not the format that this version reads", FORMAT);
        }
        None => top.missing("format", FORMAT),
    }
    let subject = top.text("subject");
    if subject.is_none() && top.get("subject").is_none() {
        top.missing("subject", "write the name that the subject gives itself: `subject = \"CPython\"`");
    }
    let mut entries = Vec::new();
    match top.get("expect") {
        None => {}
        Some((DeValue::Array(items), _)) => {
            for item in items {
                match item.get_ref() {
                    DeValue::Table(table) => entries.extend(entry(source, table, item.span().start)),
                    _ => source.report(item.span().start, "an entry is no table", ENTRIES),
                }
            }
        }
        Some((_, span)) => source.report(span.start, "`expect` is no array of tables", ENTRIES),
    }
    top.finish();
    let subject = subject?;
    let subject_line = source.line(subject.at);
    let last_line = source.text.lines().count().max(1);
    Some(Expectations { file: source.file.to_owned(), subject, subject_line, last_line, entries })
}

fn entry(source: &Source<'_>, table: &DeTable<'_>, at: usize) -> Option<Entry> {
    let fields = Fields::new(source, table, at);
    let named = cases(source, &fields);
    let verdict = verdict(source, &fields);
    let count = fields.number("count");
    let globs = named.iter().flatten().any(|found| found.value.is_glob());
    match (&count, globs) {
        (None, true) if fields.get("count").is_none() => {
            fields.missing("count", "say how many cases the globs name, so that a new one is noticed");
        }
        (Some(count), false) => {
            source.report(count.at, "`count` without a glob", "take it out: ids are counted by themselves");
        }
        _ => {}
    }
    let reason = fields.text("reason");
    let clause = fields.text("clause");
    let varies = fields.flag("varies");
    let upstream = Upstream::read(source, &fields);
    let named_cause = fields.text("cause");
    if let Some(cause) = &named_cause
        && (reason.is_some() || fields.get("link").is_some())
    {
        let help = "take one out: the cause says reason and link";
        source.report(cause.at, "`cause` beside `reason` or `link`", help);
    }
    let versions =
        parsed::<Versions>(source, fields.text("versions"), "write comparisons such as \">=3.8, <3.12\"");
    let platform = fields.text("platform").and_then(|found| match Glob::new(&found.value) {
        Ok(glob) => Some(glob.compile_matcher()),
        Err(error) => {
            let what = format!("{:?} is no glob: {}", found.value, error.kind());
            source.report(
                found.at,
                what,
                "write one over the platform that the subject names, such as \"*musl*\"",
            );
            None
        }
    });
    let editions = fields.texts("edition").unwrap_or_default().into_iter();
    let editions =
        editions.filter_map(|found| parsed(source, Some(found), "write \"2.2\" or \"3\"")).collect();
    fields.finish();
    let (cases, verdict) = (named?, verdict?);
    // What is not there would stand in the entry's head.
    let line_of = |found: Option<usize>| source.line(found.unwrap_or(at));
    let lines = Lines {
        file: source.file.to_owned(),
        entry: line_of(None),
        cases: cases.iter().map(|found| source.line(found.at)).collect(),
        count: line_of(count.as_ref().map(|found| found.at)),
        verdict: source.line(verdict.at),
        reason: line_of(reason.as_ref().or(named_cause.as_ref()).map(|found| found.at)),
        clause: line_of(clause.as_ref().map(|found| found.at)),
    };
    Some(Entry {
        cases,
        count,
        verdict,
        reason: reason.map(|found| found.value.trim().to_owned()).unwrap_or_default(),
        clause,
        varies,
        upstream,
        cause: named_cause,
        versions,
        platform,
        editions,
        lines,
    })
}

fn cases(source: &Source<'_>, fields: &Fields<'_>) -> Option<Vec<Found<CasePattern>>> {
    let Some(texts) = fields.texts("case") else {
        if fields.get("case").is_none() {
            fields.missing("case", "name a case by its id, or several: `case = [\"…\", \"…\"]`");
        }
        return None;
    };
    if texts.is_empty() {
        fields.missing("case", "name at least one");
    }
    let mut seen = BTreeSet::new();
    let mut cases = Vec::new();
    for found in texts {
        if !seen.insert(found.value.clone()) {
            source.report(found.at, format!("{:?} stands here twice", found.value), "take one out");
        }
        match CasePattern::parse(&found.value) {
            Ok(value) => cases.push(Found { value, at: found.at }),
            Err(why) => {
                source.report(
                    found.at,
                    format!("{:?} is no glob: {why}", found.value),
                    "mend it, or write ids",
                );
            }
        }
    }
    Some(cases)
}

fn verdict(source: &Source<'_>, fields: &Fields<'_>) -> Option<Found<Verdict>> {
    let names: Vec<&str> = VERDICTS.iter().map(|verdict| verdict.name()).collect();
    let help = format!("write one of: {}", names.join(", "));
    let Some(found) = fields.text("verdict") else {
        if fields.get("verdict").is_none() {
            fields.missing("verdict", &help);
        }
        return None;
    };
    let verdict = VERDICTS.into_iter().find(|verdict| verdict.name() == found.value);
    if verdict.is_none() {
        source.report(found.at, format!("{:?} is nothing to expect", found.value), help);
    }
    Some(Found { value: verdict?, at: found.at })
}

fn parsed<T: FromStr<Err: fmt::Display>>(
    source: &Source<'_>,
    found: Option<Found<String>>,
    help: &str,
) -> Option<T> {
    let found = found?;
    match found.value.parse() {
        Ok(value) => Some(value),
        Err(error) => {
            source.report(found.at, error.to_string(), help);
            None
        }
    }
}
