//! The gate: holds a run to its expectations, and says what to change where it is red.

use std::collections::{BTreeMap, BTreeSet};

use sockspec_events::{
    CaseResult, Event, Expected, Finding, FindingKind, GateInfo, Place, RunStarted, SubjectInfo, Verdict,
};
use sockspec_subject::Edition;

use crate::file::{Entry, Expectations};
use crate::update::new_entry;

/// A case that the fixtures hold, whether or not it is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownCase {
    /// Its id.
    pub id: String,
    /// The clauses that it checks.
    pub clauses: Vec<String>,
    /// The editions that it holds in.
    pub editions: Vec<Edition>,
}

/// What the fixtures hold, so that an entry for what is gone is noticed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Every case.
    pub cases: Vec<KnownCase>,
    /// The id of every clause.
    pub clauses: BTreeSet<String>,
}

impl Known {
    pub(crate) fn case(&self, id: &str) -> Option<&KnownCase> {
        self.cases.iter().find(|case| case.id == id)
    }
}

/// Stands between a run and its reporters: each event is handed to [`Gate::judge`] first.
#[derive(Debug)]
pub struct Gate {
    expectations: Option<Expectations>,
    known: Known,
    skip_budget: Option<usize>,
    subject: SubjectInfo,
    edition: String,
    /// Which entries hold for this subject and edition.
    active: Vec<bool>,
    /// The probes' words for what was not run, with how many cases each concerns.
    not_run: BTreeMap<String, usize>,
    findings: Vec<Finding>,
    red: bool,
}

impl Gate {
    /// A gate that holds a run to these expectations and leaves at most so many cases unrun; each may be absent.
    pub fn new(expectations: Option<Expectations>, known: Known, skip_budget: Option<usize>) -> Self {
        Self {
            expectations,
            known,
            skip_budget,
            subject: SubjectInfo::default(),
            edition: String::new(),
            active: Vec::new(),
            not_run: BTreeMap::new(),
            findings: Vec::new(),
            red: false,
        }
    }

    /// Holds the run to these expectations from now on: for whoever learns the subject's name when the run starts.
    pub fn expect(&mut self, expectations: Expectations) {
        self.expectations = Some(expectations);
    }

    /// Whether anything so far makes the run red.
    pub fn is_red(&self) -> bool {
        self.red
    }

    /// Writes into an event what was expected and what was found. The events of one run, each once and in order.
    pub fn judge(&mut self, event: &mut Event) {
        match event {
            Event::RunStarted(started) => self.start(started),
            Event::CaseFinished(case) => {
                self.case(case);
                self.red |= case.is_red();
            }
            Event::RunFinished(finished) => {
                self.budget();
                for finding in self.findings.drain(..) {
                    // Parts of one run find the same in the same file.
                    if !finished.findings.contains(&finding) {
                        finished.findings.push(finding);
                    }
                }
                self.red |= !finished.findings.is_empty();
            }
            Event::Progress { .. } | Event::Warning { .. } => {}
        }
    }

    fn start(&mut self, started: &mut RunStarted) {
        self.subject = started.subject.clone();
        self.edition.clone_from(&started.edition);
        let file = self.expectations.as_ref().map(|expectations| expectations.file.clone());
        if file.is_some() || self.skip_budget.is_some() {
            let info = started.gate.get_or_insert_with(GateInfo::default);
            info.expectations = file.or_else(|| info.expectations.take());
            info.skip_budget = self.skip_budget.or(info.skip_budget);
        }
        if let Some(expectations) = &self.expectations {
            self.findings.extend(of_subject(expectations, &self.subject));
            self.active = vec![false; expectations.entries.len()];
            for (entry, active) in expectations.entries.iter().zip(&mut self.active) {
                let holds = entry.holds(&self.subject, &self.edition);
                *active = holds == Some(true);
                self.findings.extend(of_entry(entry, holds, &self.subject, &self.known));
            }
        }
    }

    fn case(&mut self, case: &mut CaseResult) {
        if case.verdict == Verdict::NotRun {
            *self.not_run.entry(case.reason.clone().unwrap_or_default()).or_default() += 1;
        }
        let Some(expectations) = &self.expectations else { return };
        // What another gate found is its own affair.
        case.findings.retain(|finding| finding.kind == FindingKind::Flaky);
        case.expected = None;
        let holding = holding(expectations, &self.active, &case.id);
        if let Some((entry, pattern)) = holding.first() {
            case.expected = Some(Expected {
                verdict: entry.verdict(),
                reason: entry.reason.clone(),
                clause: entry.clause().map(str::to_owned),
                link: entry.link().map(str::to_owned),
                place: entry.at(entry.lines.cases[*pattern]),
            });
        }
        if case.flaky.as_ref().is_some_and(|flaky| flaky.tolerated) {
            return;
        }
        if let [(first, _), (second, pattern), ..] = holding.as_slice() {
            case.findings.push(Finding {
                kind: FindingKind::DoubledEntry,
                case: Some(case.id.clone()),
                place: Some(second.at(second.lines.cases[*pattern])),
                what: format!("{} is named by the entry in {} already", case.id, first.place()),
                help: "take it out of one of them, or give them conditions that do not hold together"
                    .to_owned(),
            });
        }
        let finding = match holding.first() {
            None if is_notable(case.verdict) => Some(unexpected(expectations, case)),
            None => None,
            Some((entry, pattern)) => self.against(entry, *pattern, case),
        };
        case.findings.extend(finding);
    }

    /// What is wrong between a case and its entry.
    fn against(&self, entry: &Entry, pattern: usize, case: &CaseResult) -> Option<Finding> {
        let expected = entry.verdict();
        let (id, line) = (&case.id, entry.lines.cases[pattern]);
        let what = format!("{id}: {}, and the entry expects {expected}", case.verdict);
        let take_out = take_out(entry, pattern, id);
        let version = &self.subject.version;
        let (kind, line, help) = match case.verdict {
            verdict if verdict == expected => return None,
            Verdict::Pass | Verdict::Allowed if entry.varies => return None,
            // Nobody can tell.
            Verdict::NotRun => return None,
            Verdict::NotApplicable => {
                let editions = self.known.case(id).map(|case| case.editions.as_slice()).unwrap_or_default();
                if !editions.iter().any(|edition| edition.to_string() == self.edition) {
                    return None;
                }
                (FindingKind::OtherVerdict, line, take_out)
            }
            Verdict::Pass | Verdict::Allowed => {
                let narrow = format!("or give the entry `versions` without {version}");
                (FindingKind::UnexpectedPass, line, format!("{take_out}, {narrow}"))
            }
            verdict => {
                let line = entry.lines.verdict;
                let alone = entry.cases.len() == 1 && !entry.cases[pattern].value.is_glob();
                let help = if alone {
                    format!(
                        "write `verdict = \"{verdict}\"` in line {line}, and see whether the reason is still right"
                    )
                } else {
                    format!("{take_out}, and give it an entry of its own with `verdict = \"{verdict}\"`")
                };
                (FindingKind::OtherVerdict, line, help)
            }
        };
        Some(Finding { kind, case: Some(id.clone()), place: Some(entry.at(line)), what, help })
    }

    fn budget(&mut self) {
        let count: usize = self.not_run.values().sum();
        let Some(budget) = self.skip_budget.filter(|budget| count > *budget) else { return };
        let words: Vec<String> = self.not_run.iter().map(|(why, count)| format!("{count}: {why}")).collect();
        self.findings.push(Finding {
            kind: FindingKind::SkipBudget,
            case: None,
            place: None,
            what: match count {
                1 => format!("1 case was not run, and {budget} may be"),
                _ => format!("{count} cases were not run, and {budget} may be"),
            },
            help: format!(
                "give the machine what it lacks, or the gate `--skip-budget {count}`\n{}",
                words.join("\n")
            ),
        });
    }
}

/// Whether an entry has to say so.
pub(crate) fn is_notable(verdict: Verdict) -> bool {
    verdict.is_departure() || verdict == Verdict::Unsupported
}

/// The entries that hold for a case, each with the pattern that names it. Ids go before globs.
pub(crate) fn holding<'e>(
    expectations: &'e Expectations,
    active: &[bool],
    id: &str,
) -> Vec<(&'e Entry, usize)> {
    let entries = expectations.entries.iter().zip(active).filter(|(_, active)| **active);
    let mut holding: Vec<_> = entries.filter_map(|(entry, _)| Some((entry, entry.naming(id)?))).collect();
    let is_glob = |(entry, pattern): &(&Entry, usize)| entry.cases[*pattern].value.is_glob();
    if holding.iter().any(|named| !is_glob(named)) {
        holding.retain(|named| !is_glob(named));
    }
    holding
}

fn unexpected(expectations: &Expectations, case: &CaseResult) -> Finding {
    let mut help = format!(
        "add to {}, with the reason:\n{}",
        expectations.file,
        new_entry(&[&case.id], case.verdict, case.clauses.first().map(String::as_str)).trim_end()
    );
    let dormant = expectations.entries.iter().find(|entry| entry.naming(&case.id).is_some());
    if let Some(entry) = dormant {
        help = format!("widen the conditions of the entry in {}; or {help}", entry.place());
    }
    Finding {
        kind: FindingKind::UnexpectedDeparture,
        case: Some(case.id.clone()),
        place: Some(Place { file: expectations.file.clone(), line: expectations.last_line }),
        what: format!("{}: {}, and no entry says so", case.id, case.verdict),
        help,
    }
}

fn take_out(entry: &Entry, pattern: usize, id: &str) -> String {
    let found = &entry.cases[pattern].value;
    let line = entry.lines.cases[pattern];
    if found.is_glob() {
        format!("write the ids that still depart in line {line} instead of {:?}", found.text())
    } else if entry.cases.len() == 1 {
        format!("take out the entry that starts in line {}", entry.lines.entry)
    } else {
        format!("take {id:?} out of line {line}")
    }
}

fn of_subject(expectations: &Expectations, subject: &SubjectInfo) -> Option<Finding> {
    let (said, own) = (&expectations.subject.value, &subject.name);
    (said != own).then(|| Finding {
        kind: FindingKind::OtherSubject,
        case: None,
        place: Some(Place { file: expectations.file.clone(), line: expectations.subject_line }),
        what: format!("the entries are for {said:?}, and the subject calls itself {own:?}"),
        help: format!(
            "take the file of {own:?}, or write `subject = {own:?}` in line {}",
            expectations.subject_line
        ),
    })
}

/// What is wrong with an entry, whatever is run.
fn of_entry(entry: &Entry, holds: Option<bool>, subject: &SubjectInfo, known: &Known) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |kind, line, what, help| {
        findings.push(Finding { kind, case: None, place: Some(entry.at(line)), what, help });
    };
    if entry.reason.is_empty() {
        let line = entry.lines.reason;
        let what = "an entry without a reason".to_owned();
        add(
            FindingKind::MissingReason,
            line,
            what,
            format!("say what departs: `reason = \"…\"` in line {line}"),
        );
    }
    if holds.is_none() {
        let what =
            format!("whether it holds cannot be told: the version {:?} has no number in it", subject.version);
        let help = "have the driver name the version, or take `versions` out".to_owned();
        add(FindingKind::OtherSubject, entry.lines.entry, what, help);
    }
    let (clause, gone) = match entry.clause() {
        Some(clause) if !known.clauses.contains(clause) => (None, Some(clause)),
        clause => (clause, None),
    };
    if let Some(clause) = gone {
        let help = format!("{}`sockspec clauses` lists them all", nearest(clause, known.clauses.iter()));
        add(FindingKind::StaleEntry, entry.lines.clause, format!("there is no clause {clause:?}"), help);
    }
    let mut named = 0;
    for (pattern, line) in entry.cases().zip(&entry.lines.cases) {
        let cases: Vec<&KnownCase> = known.cases.iter().filter(|case| pattern.names(&case.id)).collect();
        named += cases.len();
        if cases.is_empty() {
            let what = if pattern.is_glob() { "no case matches" } else { "there is no case" };
            let near = nearest(pattern.text(), known.cases.iter().map(|case| &case.id));
            add(
                FindingKind::StaleEntry,
                *line,
                format!("{what} {:?}", pattern.text()),
                format!("{near}take it out"),
            );
        }
        let strays = cases
            .iter()
            .find(|case| clause.is_some_and(|clause| !case.clauses.iter().any(|own| own == clause)));
        if let (Some(case), Some(clause), false) = (strays, clause, pattern.is_glob()) {
            add(
                FindingKind::StaleEntry,
                entry.lines.clause,
                format!("{} does not check the clause {clause:?}", case.id),
                format!("write one of: {}", case.clauses.join(", ")),
            );
        }
    }
    if let Some(count) = entry.count.as_ref().filter(|count| count.value != named) {
        let line = entry.lines.count;
        let what = format!("the entry names {named} cases, and says that there are {}", count.value);
        let help = format!(
            "see whether the reason holds for each of them, and write `count = {named}` in line {line}"
        );
        add(FindingKind::StaleEntry, line, what, help);
    }
    findings
}

/// The id that was probably meant, with what follows it in a message.
fn nearest<'k>(wrong: &str, known: impl Iterator<Item = &'k String>) -> String {
    let likeness = |id: &str| strsim::normalized_damerau_levenshtein(wrong, id);
    let near = known.map(|id| (likeness(id), id)).max_by(|a, b| a.0.total_cmp(&b.0));
    near.filter(|(likeness, _)| *likeness > 0.6)
        .map(|(_, id)| format!("the nearest is {id:?}; "))
        .unwrap_or_default()
}
