//! Measuring: the cases on the sound subjects, then on every fault.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::time::{Duration, Instant};

use sockspec_cases::{Case, Demands, Kind, Suite};
use sockspec_engine::{Cancel, EngineError, LabFile, LabPolicy, Plan, SubjectSpec};
use sockspec_events::{Event, Verdict};
use sockspec_subject::Edition;

use crate::report::{ClauseKills, Idle, Kills, Report, Score, Survivor};
use crate::{Fault, PREFIX, TODAY, unbreakable};

/// A fault that hung in so many cases is dead enough: the rest would take a while.
const HANGS: usize = 6;
/// The name of the reference among the program's subjects.
const REFERENCE: &str = "reference";
/// How long one call may take on the sound subjects, which have nothing to prove.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is to be measured, and with what.
#[derive(Debug)]
pub struct Setup<'s> {
    /// The clauses; its cases are not looked at.
    pub suite: &'s Suite,
    /// The cases, in the order of the suite.
    pub cases: Vec<Case>,
    /// The faults, in the order of the document.
    pub faults: Vec<&'static Fault>,
    /// Whether a fault is run only with the cases of its clauses' sections: quick, but it says less.
    pub own_sections: bool,
    /// The labs' files.
    pub labs: Vec<LabFile>,
    /// How many workers, at least 1.
    pub jobs: usize,
    /// How long one call may take on a fault.
    pub timeout: Duration,
}

/// How far a measurement is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'p> {
    /// The fault that was tried last; `None` for a sound subject.
    pub fault: Option<&'p Kills>,
    /// Faults that were tried.
    pub done: usize,
    /// Faults in all.
    pub total: usize,
}

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
pub enum StrengthError {
    /// A run could not be made.
    #[error("{subject}: {source}")]
    Engine {
        /// The subject that was to be run.
        subject: String,
        /// What happened.
        source: EngineError,
    },
    /// This process has no descriptor left.
    #[error("a run cannot be prepared: {0}")]
    Io(#[from] io::Error),
}

type Verdicts = BTreeMap<String, Verdict>;

/// Runs the cases on the sound subjects and on each fault, which the program's factory has to make: see
/// [`crate::subject`]. The program calls [`sockspec_engine::worker_entry`] first thing in `main`.
///
/// # Errors
/// [`StrengthError`] when a subject cannot be run.
pub fn measure(
    setup: &Setup<'_>,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress<'_>),
) -> Result<Report, StrengthError> {
    let start = Instant::now();
    let mut sound: BTreeMap<Edition, Verdicts> = BTreeMap::new();
    let editions: BTreeSet<Edition> = setup.faults.iter().map(|fault| fault.edition()).collect();
    for edition in editions {
        let name = if edition == Edition::V3 { TODAY } else { REFERENCE };
        let (verdicts, _) = run(setup, name, edition, None, cancel)?;
        sound.insert(edition, verdicts);
        progress(Progress { fault: None, done: 0, total: setup.faults.len() });
    }
    let mut report = Report { cases: setup.cases.len(), ..Report::default() };
    let clauses: BTreeMap<&str, &Case> = setup.cases.iter().map(|case| (case.id.as_str(), case)).collect();
    for fault in &setup.faults {
        if cancel.is_set() {
            report.cut_short = Some("interrupted".to_owned());
            break;
        }
        let edition = fault.edition();
        let name = format!("{PREFIX}{}", fault.id);
        let (verdicts, cut_short) = run(setup, &name, edition, Some(fault), cancel)?;
        let before = &sound[&edition];
        let cases: Vec<String> = setup
            .cases
            .iter()
            .filter(|case| {
                verdicts.get(&case.id).is_some_and(|verdict| verdict.is_departure())
                    && before.get(&case.id).is_some_and(|verdict| !verdict.is_departure())
            })
            .map(|case| case.id.clone())
            .collect();
        let own = |id: &String| {
            clauses.get(id.as_str()).is_some_and(|case| {
                case.clauses.iter().any(|clause| fault.clauses.contains(&clause.as_str()))
            })
        };
        let kills = Kills {
            fault: fault.id.to_owned(),
            what: fault.what.to_owned(),
            clauses: fault.clauses.iter().map(|clause| (*clause).to_owned()).collect(),
            edition: edition.to_string(),
            equivalent: fault.equivalent.map(str::to_owned),
            by_own_clause: cases.iter().filter(|id| own(id)).count(),
            cases,
            cut_short,
        };
        progress(Progress { fault: Some(&kills), done: report.faults.len() + 1, total: setup.faults.len() });
        report.faults.push(kills);
    }
    judge(setup, &sound, &mut report);
    report.microseconds = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(report)
}

/// One run: the verdicts, and whether it ended early because the subject hung too often.
fn run(
    setup: &Setup<'_>,
    subject: &str,
    edition: Edition,
    fault: Option<&Fault>,
    cancel: &Cancel,
) -> Result<(Verdicts, bool), StrengthError> {
    let (timeout, hangs) = if fault.is_some() { (setup.timeout, HANGS) } else { (PATIENCE, usize::MAX) };
    let narrow = fault.filter(|_| setup.own_sections);
    let wanted = |case: &Case| {
        case.editions.contains(&edition)
            && narrow.is_none_or(|fault| {
                let mut sections = fault.clauses.iter().filter_map(|clause| clause.split('.').next());
                sections.any(|section| section == case.section)
                    || case.clauses.iter().any(|clause| fault.clauses.contains(&clause.as_str()))
            })
    };
    let plan = Plan {
        subject: SubjectSpec::InProcess { name: subject.to_owned() },
        label: subject.to_owned(),
        cases: setup.cases.iter().filter(|case| wanted(case)).cloned().collect(),
        known: setup.cases.len(),
        clauses: BTreeMap::new(),
        reasons: BTreeMap::new(),
        edition,
        labs: setup.labs.clone(),
        lab_policy: LabPolicy::WhereAvailable,
        jobs: setup.jobs,
        timeout,
        fail_fast: false,
        rerun: String::new(),
    };
    let enough = Cancel::new()?;
    let mut verdicts = Verdicts::new();
    let mut hung = 0;
    let finished = sockspec_engine::run(&plan, &enough, &mut |event| {
        if let Event::CaseFinished(result) = event {
            hung += usize::from(result.verdict == Verdict::Hang);
            verdicts.insert(result.id, result.verdict);
        }
        if hung >= hangs || cancel.is_set() {
            enough.cancel();
        }
    });
    match finished {
        Ok(_) => Ok((verdicts, hung >= hangs)),
        Err(source) => Err(StrengthError::Engine { subject: subject.to_owned(), source }),
    }
}

fn judge(setup: &Setup<'_>, sound: &BTreeMap<Edition, Verdicts>, report: &mut Report) {
    let real: Vec<&Kills> = report.faults.iter().filter(|fault| fault.equivalent.is_none()).collect();
    report.score =
        Score { killed: real.iter().filter(|fault| !fault.cases.is_empty()).count(), tried: real.len() };
    let text =
        |id: &String| setup.suite.catalogue.get(id).map(|clause| clause.text.clone()).unwrap_or_default();
    report.survivors = real
        .iter()
        .filter(|fault| fault.cases.is_empty())
        .map(|fault| Survivor {
            fault: fault.fault.clone(),
            what: fault.what.clone(),
            clauses: fault.clauses.iter().map(|id| (id.clone(), text(id))).collect(),
        })
        .collect();
    let checks: BTreeMap<&str, &[String]> =
        setup.cases.iter().map(|case| (case.id.as_str(), case.clauses.as_slice())).collect();
    report.clauses = setup
        .suite
        .catalogue
        .clauses()
        .iter()
        .filter(|clause| clause.kind != Kind::Descriptive)
        .map(|clause| {
            let breaking: Vec<&&Kills> =
                real.iter().filter(|fault| fault.clauses.contains(&clause.id)).collect();
            let own = |case: &String| checks.get(case.as_str()).is_some_and(|all| all.contains(&clause.id));
            ClauseKills {
                clause: clause.id.clone(),
                section: clause.section.clone(),
                text: clause.text.clone(),
                demands: demands(clause.demands).to_owned(),
                faults: breaking.len(),
                killed: breaking.iter().filter(|fault| !fault.cases.is_empty()).count(),
                killed_by_own: breaking.iter().filter(|fault| fault.cases.iter().any(own)).count(),
                unbreakable: unbreakable(&clause.id).map(str::to_owned).or_else(|| {
                    let same = report.faults.iter().filter(|fault| fault.clauses.contains(&clause.id));
                    same.filter(|_| breaking.is_empty()).find_map(|fault| fault.equivalent.clone())
                }),
            }
        })
        .collect();
    let killers: BTreeSet<&String> = report.faults.iter().flat_map(|fault| &fault.cases).collect();
    report.idle = setup
        .cases
        .iter()
        .filter(|case| !killers.contains(&case.id))
        .map(|case| {
            let seen: Vec<Verdict> =
                sound.values().filter_map(|verdicts| verdicts.get(&case.id)).copied().collect();
            let why = match seen.iter().find(|verdict| **verdict == Verdict::Pass) {
                Some(_) => None,
                None => Some(match seen.first() {
                    Some(verdict) => format!("on the sound subject it is {verdict}"),
                    None => "no fault of its edition was run".to_owned(),
                }),
            };
            Idle { case: case.id.clone(), basis: case.basis.to_string(), why }
        })
        .collect();
}

fn demands(demands: Demands) -> &'static str {
    match demands {
        Demands::Subject => "subject",
        Demands::Platform => "platform",
        Demands::Caller => "caller",
        Demands::Nobody => "nobody",
    }
}
