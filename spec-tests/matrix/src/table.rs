//! Runs side by side: a column for each implementation, a row for each clause.

use std::collections::{BTreeMap, BTreeSet};

use sockspec_events::{CaseResult, Event, RunFinished, RunStarted, Summary, Verdict};

/// One subject's run, as it went.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Who was under test, and what was about to be run.
    pub started: RunStarted,
    /// The cases, in the suite's order.
    pub cases: Vec<CaseResult>,
    /// The end.
    pub finished: RunFinished,
}

impl Run {
    /// What the run's events say.
    pub fn from_events(events: impl IntoIterator<Item = Event>) -> Self {
        let mut run = Self::default();
        for event in events {
            match event {
                Event::RunStarted(started) => run.started = *started,
                Event::CaseFinished(case) => run.cases.push(*case),
                Event::RunFinished(finished) => run.finished = finished,
                Event::Progress { .. } | Event::Warning { .. } => {}
            }
        }
        run
    }
}

/// What the pages say beside the runs.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    /// The version of sockspec that ran.
    pub version: String,
    /// The edition that everybody was judged by.
    pub edition: String,
    /// Every clause that holds in it, in the document's order: id and text.
    pub clauses: Vec<(String, String)>,
    /// The text of each reason that a verdict may name.
    pub reasons: BTreeMap<String, String>,
    /// Subjects that are not there: name, and why.
    pub missing: Vec<(String, String)>,
    /// A stand-alone script for each case that somebody departs from, by the case's id.
    pub scripts: BTreeMap<String, String>,
}

/// How a subject stands with a clause, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It departs from a case at least.
    Departs,
    /// Nothing was run: this machine lacks what the cases need, or the run ended before.
    NotRun,
    /// All that it supports is as demanded, and some it does not support.
    Partly,
    /// It says that it lacks all of it.
    Unsupported,
    /// Otherwise than demanded for a reason with a name, somewhere.
    Allowed,
    /// All as demanded.
    Pass,
    /// Its types cannot express any of the calls, or none of the cases holds in this edition.
    NotApplicable,
    /// No case checks the clause.
    None,
}

impl State {
    /// The word for it in classes, filters and readers' ears.
    pub fn word(self) -> &'static str {
        match self {
            Self::Departs => "departs",
            Self::NotRun => "not-run",
            Self::Partly => "partly",
            Self::Unsupported => "unsupported",
            Self::Allowed => "allowed",
            Self::Pass => "pass",
            Self::NotApplicable => "not-applicable",
            Self::None => "none",
        }
    }

    /// Its sign; a cell that departs shows how often instead.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Departs => "n",
            Self::NotRun => "?",
            Self::Partly => "◐",
            Self::Unsupported => "–",
            Self::Allowed => "~",
            Self::Pass => "✓",
            Self::NotApplicable | Self::None => "·",
        }
    }
}

/// One subject and one clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    /// How it stands.
    pub state: State,
    /// How many of the clause's cases it departs from.
    pub departures: usize,
    /// How many of those an expectation explains.
    pub known: usize,
    /// How many cases check the clause.
    pub cases: usize,
}

impl Cell {
    fn of<'c>(cases: impl Iterator<Item = &'c CaseResult>) -> Self {
        let (mut summary, mut known) = (Summary::new(), 0);
        for case in cases {
            summary.count(case.verdict);
            known += usize::from(case.verdict.is_departure() && is_explained(case));
        }
        let departures = summary.departures();
        let (pass, allowed) = (summary.get(Verdict::Pass), summary.get(Verdict::Allowed));
        let unsupported = summary.get(Verdict::Unsupported);
        let state = if summary.total() == 0 {
            State::None
        } else if departures > 0 {
            State::Departs
        } else if summary.get(Verdict::NotRun) > 0 {
            State::NotRun
        } else if unsupported > 0 {
            if pass + allowed > 0 { State::Partly } else { State::Unsupported }
        } else if allowed > 0 {
            State::Allowed
        } else if pass > 0 {
            State::Pass
        } else {
            State::NotApplicable
        };
        Self { state, departures, known, cases: summary.total() }
    }

    /// What stands in the cell: a count of departures, or a sign.
    pub fn sign(&self) -> String {
        match self.state {
            State::Departs => self.departures.to_string(),
            state => state.sign().to_owned(),
        }
    }

    /// Whether it departs, and an expectation explains each departure.
    pub fn is_explained(&self) -> bool {
        self.departures > 0 && self.known == self.departures
    }

    /// The cell in words.
    pub fn words(&self) -> String {
        match self.state {
            State::Departs if self.known > 0 => format!(
                "departs from {} of {} cases, {} of them with a reason on record",
                self.departures, self.cases, self.known
            ),
            State::Departs => format!("departs from {} of {} cases", self.departures, self.cases),
            State::NotRun => "not run".to_owned(),
            State::Partly => "as demanded where it is supported".to_owned(),
            State::Unsupported => "unsupported".to_owned(),
            State::Allowed => "allowed, for a reason with a name".to_owned(),
            State::Pass => "as demanded".to_owned(),
            State::NotApplicable => "not applicable".to_owned(),
            State::None => "no case".to_owned(),
        }
    }
}

/// One subject.
#[derive(Debug, Clone)]
pub struct Column {
    /// The name that it was asked for by.
    pub label: String,
    /// Its own name and version.
    pub version: String,
    /// What it runs on.
    pub platform: String,
    /// How many cases have each verdict.
    pub summary: Summary,
    /// Why its run ended early, where it did.
    pub cut_short: Option<String>,
    /// How long it took, in milliseconds.
    pub milliseconds: u64,
}

impl Column {
    /// The share of the judged cases that are as demanded or allowed, in percent with one digit; rounded down, so that
    /// 100.0 means all.
    pub fn share(&self) -> String {
        let good = self.summary.get(Verdict::Pass) + self.summary.get(Verdict::Allowed);
        let judged = good + self.summary.departures();
        if judged == 0 {
            return "–".to_owned();
        }
        let permille = good * 1000 / judged;
        format!("{}.{}", permille / 10, permille % 10)
    }

    /// The cases that hold for it by how they ended, for a drawing: as demanded, allowed, departed from, the others.
    pub fn parts(&self) -> [(&'static str, usize); 4] {
        let count = |verdicts: &[Verdict]| verdicts.iter().map(|verdict| self.summary.get(*verdict)).sum();
        [
            ("pass", count(&[Verdict::Pass])),
            ("allowed", count(&[Verdict::Allowed])),
            ("departs", self.summary.departures()),
            ("unsupported", count(&[Verdict::Unsupported, Verdict::NotRun])),
        ]
    }

    /// How many cases have the verdict of that name.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.summary.get(verdict)
    }
}

/// One clause.
#[derive(Debug, Clone)]
pub struct ClauseRow {
    /// Its id.
    pub id: String,
    /// Its text.
    pub text: String,
    /// A cell for each subject.
    pub cells: Vec<Cell>,
    /// Its cases' places in [`Matrix::cases`].
    pub cases: Vec<usize>,
}

impl ClauseRow {
    /// The id without its section, with the dot.
    pub fn name(&self) -> &str {
        self.id.find('.').map_or(&self.id, |dot| &self.id[dot..])
    }

    /// The section's name, as the id begins.
    pub fn section(&self) -> &str {
        self.id.split('.').next().unwrap_or(&self.id)
    }

    /// The text, cut where backquotes begin and end code: whether it is code, and the piece.
    pub fn pieces(&self) -> Vec<(bool, &str)> {
        self.text
            .split('`')
            .enumerate()
            .map(|(at, piece)| (at % 2 == 1, piece))
            .filter(|(_, piece)| !piece.is_empty())
            .collect()
    }

    /// Whether somebody departs from it.
    pub fn differs(&self) -> bool {
        self.cells.iter().any(|cell| cell.state == State::Departs)
    }
}

/// The clauses of one section.
#[derive(Debug, Clone)]
pub struct SectionRows {
    /// The section's name.
    pub name: String,
    /// Its clauses.
    pub clauses: Vec<ClauseRow>,
}

impl SectionRows {
    /// How many of its clauses the subject in that column departs from.
    pub fn departures(&self, column: usize) -> usize {
        self.clauses.iter().filter(|row| row.cells[column].state == State::Departs).count()
    }
}

/// Runs side by side.
#[derive(Debug, Clone)]
pub struct Matrix {
    /// What the pages say beside the runs.
    pub sheet: Sheet,
    /// A column for each run.
    pub columns: Vec<Column>,
    /// The rows, by section.
    pub sections: Vec<SectionRows>,
    /// Every case that somebody ran: its id, and for each column the result, where there is one.
    pub cases: Vec<(String, Vec<Option<CaseResult>>)>,
    /// The command that shows what broke a law or model, by its place in `cases` and the column's: each subject has its
    /// own, where a case has one script for all.
    pub commands: BTreeMap<(usize, usize), String>,
}

impl Matrix {
    /// Puts the runs side by side. Cases are joined by their ids, in the order of the first run that has them.
    pub fn new(sheet: Sheet, runs: Vec<Run>) -> Self {
        let columns: Vec<Column> = runs.iter().map(column).collect();
        let mut places: BTreeMap<String, usize> = BTreeMap::new();
        let mut cases: Vec<(String, Vec<Option<CaseResult>>)> = Vec::new();
        let mut commands = BTreeMap::new();
        let width = runs.len();
        for (at, Run { started, cases: results, .. }) in runs.into_iter().enumerate() {
            for case in results {
                let place = *places.entry(case.id.clone()).or_insert_with(|| {
                    cases.push((case.id.clone(), vec![None; width]));
                    cases.len() - 1
                });
                if case.property.is_some()
                    && let Some(command) = started.repro_of(&case)
                {
                    commands.insert((place, at), command);
                }
                cases[place].1[at] = Some(case);
            }
        }
        let sections = rows(&sheet, &cases, width);
        Self { sheet, columns, sections, cases, commands }
    }

    /// How many clauses somebody departs from.
    pub fn clauses_with_departures(&self) -> usize {
        self.sections.iter().flat_map(|section| &section.clauses).filter(|row| row.differs()).count()
    }
}

fn column(run: &Run) -> Column {
    let subject = &run.started.subject;
    let version =
        [subject.name.as_str(), subject.version.as_str()].map(str::trim).join(" ").trim().to_owned();
    Column {
        label: subject.label.clone(),
        version,
        platform: subject.platform.clone(),
        summary: run.finished.summary.clone(),
        cut_short: run.finished.cut_short.clone(),
        milliseconds: run.finished.microseconds / 1000,
    }
}

fn rows(sheet: &Sheet, cases: &[(String, Vec<Option<CaseResult>>)], width: usize) -> Vec<SectionRows> {
    let mut by_clause: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (place, (_, results)) in cases.iter().enumerate() {
        let named: BTreeSet<&str> =
            results.iter().flatten().flat_map(|case| &case.clauses).map(String::as_str).collect();
        for clause in named {
            by_clause.entry(clause).or_default().push(place);
        }
    }
    let mut sections: Vec<SectionRows> = Vec::new();
    for (id, text) in &sheet.clauses {
        let of_clause = by_clause.get(id.as_str()).cloned().unwrap_or_default();
        let cells = (0..width)
            .map(|at| Cell::of(of_clause.iter().filter_map(|&place| cases[place].1[at].as_ref())))
            .collect();
        let row = ClauseRow { id: id.clone(), text: text.clone(), cells, cases: of_clause };
        match sections.last_mut() {
            Some(section) if section.name == row.section() => section.clauses.push(row),
            _ => sections.push(SectionRows { name: row.section().to_owned(), clauses: vec![row] }),
        }
    }
    sections
}

/// Whether an expectation says why it went as it did.
fn is_explained(case: &CaseResult) -> bool {
    case.is_known() && case.expected.as_ref().is_some_and(|expected| !expected.reason.trim().is_empty())
}
