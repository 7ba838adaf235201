//! Measuring: the cases on the sound subjects, then on every fault.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::unbounded;
use serde::Serialize;
use sockspec_cases::{Case, Suite};
use sockspec_engine::{Cancel, EngineError, LabFile, LabPolicy, Plan, SubjectSpec};
use sockspec_events::{Event, Verdict};
use sockspec_subject::Edition;

use crate::judge::judge;
use crate::report::{Kills, Report};
use crate::{Fault, PREFIX, TODAY};

/// A fault that hung in so many cases is dead enough: the rest would take a while.
const HANGS: usize = 6;
/// The name of the reference among the program's subjects.
const REFERENCE: &str = "reference";
/// How long one call may take on the sound subjects, which have nothing to prove.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many cases a fault is run with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Until the first that kills it, its own clauses' cases first: enough for the score.
    FirstKill,
    /// All cases of its clauses' sections; every other case, too, until something killed the fault or the case killed
    /// some fault. Everything that the report says is as exact as with all of them, but the lists of kills lack some.
    #[default]
    Needed,
    /// All cases.
    All,
}

/// What is to be measured, and with what.
#[derive(Debug)]
pub struct Setup<'s> {
    /// The clauses; its cases are not looked at.
    pub suite: &'s Suite,
    /// The cases, in the order of the suite.
    pub cases: Vec<Case>,
    /// The faults, in the order of the document.
    pub faults: Vec<&'static Fault>,
    /// How many cases a fault is run with.
    pub reach: Reach,
    /// The labs' files.
    pub labs: Vec<LabFile>,
    /// How many faults are tried at a time, at least 1.
    pub jobs: usize,
    /// How long one call may take on a fault.
    pub timeout: Duration,
}

/// How far a measurement is.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'p> {
    /// The fault that was tried last; `None` for a sound subject.
    pub fault: Option<&'p Kills>,
    /// Runs that are done.
    pub done: usize,
    /// Runs in all, as far as that is known.
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

/// The verdicts of the cases that were run.
pub(crate) type Verdicts = BTreeMap<String, Verdict>;

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
    let mut measuring = Measuring {
        setup,
        cancel,
        sound: BTreeMap::new(),
        untried: setup.faults.iter().map(|fault| fault.id).collect(),
        done: 0,
        total: setup.faults.len(),
    };
    let editions: BTreeSet<Edition> = setup.faults.iter().map(|fault| fault.edition()).collect();
    for edition in editions {
        let name = if edition == Edition::V3 { TODAY } else { REFERENCE };
        let cases: Vec<Case> =
            setup.cases.iter().filter(|case| case.editions.contains(&edition)).cloned().collect();
        let run =
            Run { subject: name, edition, cases, timeout: PATIENCE, jobs: setup.jobs, until: Until::End };
        let (verdicts, _) = measuring.run(run)?;
        measuring.sound.insert(edition, verdicts);
        progress(Progress { fault: None, done: 0, total: setup.faults.len() });
    }
    let kills: Vec<Kills> = setup.faults.iter().map(|fault| unharmed(fault)).collect();
    let mut report =
        Report { reach: setup.reach, cases: setup.cases.len(), faults: kills, ..Report::default() };
    match setup.reach {
        Reach::FirstKill => {
            measuring.round(&mut report.faults, progress, |fault, _| {
                (nearest_first(&setup.cases, fault), Until::Kill)
            })?;
        }
        Reach::All => {
            measuring.round(&mut report.faults, progress, |_, _| (setup.cases.clone(), Until::End))?;
        }
        Reach::Needed => {
            measuring.round(&mut report.faults, progress, |fault, _| {
                (chosen(setup, |case| nearness(fault, case) < FAR), Until::End)
            })?;
            let killers: BTreeSet<String> =
                report.faults.iter().flat_map(|fault| fault.cases.iter().cloned()).collect();
            measuring.total += setup.faults.len();
            measuring.round(&mut report.faults, progress, |fault, kills| {
                let alive = kills.cases.is_empty();
                let far = |case: &Case| nearness(fault, case) == FAR;
                (chosen(setup, |case| far(case) && (alive || !killers.contains(&case.id))), Until::End)
            })?;
        }
    }
    if cancel.is_set() {
        report.cut_short = Some("interrupted".to_owned());
        report.faults.retain(|fault| !measuring.untried.contains(fault.fault.as_str()));
    }
    judge(setup, &measuring.sound, &mut report);
    report.microseconds = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    Ok(report)
}

fn chosen(setup: &Setup<'_>, wanted: impl Fn(&Case) -> bool) -> Vec<Case> {
    setup.cases.iter().filter(|case| wanted(case)).cloned().collect()
}

fn nearest_first(cases: &[Case], fault: &Fault) -> Vec<Case> {
    let mut cases = cases.to_vec();
    cases.sort_by_key(|case| nearness(fault, case));
    cases
}

/// Neither of a fault's clauses nor of their sections.
const FAR: u8 = 2;

/// How near a case is to a fault: 0 where it checks one of its clauses, 1 where it stands in the section of one.
fn nearness(fault: &Fault, case: &Case) -> u8 {
    if case.clauses.iter().any(|clause| fault.clauses.contains(&clause.as_str())) {
        return 0;
    }
    let mut sections = fault.clauses.iter().filter_map(|clause| clause.split('.').next());
    if sections.any(|section| section == case.section) { 1 } else { FAR }
}

/// A fault that nothing was tried on.
fn unharmed(fault: &Fault) -> Kills {
    Kills {
        fault: fault.id.to_owned(),
        what: fault.what.to_owned(),
        clauses: fault.clauses.iter().map(|clause| (*clause).to_owned()).collect(),
        edition: fault.edition().to_string(),
        equivalent: fault.equivalent.map(str::to_owned),
        by_own_clause: 0,
        cases: Vec::new(),
        cut_short: false,
    }
}

/// When a run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    /// With its last case.
    End,
    /// With the first departure.
    Kill,
}

struct Run<'r> {
    subject: &'r str,
    edition: Edition,
    cases: Vec<Case>,
    timeout: Duration,
    jobs: usize,
    until: Until,
}

struct Measuring<'m> {
    setup: &'m Setup<'m>,
    cancel: &'m Cancel,
    /// What the sound subjects' verdicts were.
    sound: BTreeMap<Edition, Verdicts>,
    /// The faults that no run was made of yet.
    untried: BTreeSet<&'static str>,
    done: usize,
    total: usize,
}

impl Measuring<'_> {
    /// Runs every fault with the cases that `plan` names for it, so many at a time, and adds what they killed.
    fn round(
        &mut self,
        kills: &mut [Kills],
        progress: &mut dyn FnMut(Progress<'_>),
        plan: impl Fn(&Fault, &Kills) -> (Vec<Case>, Until) + Sync,
    ) -> Result<(), StrengthError> {
        let faults = &self.setup.faults;
        let planned = kills.to_vec();
        let planned = planned.as_slice();
        let next = AtomicUsize::new(0);
        let (sender, results) = unbounded();
        let this = &*self;
        let mut failed = None;
        let mut done = self.done;
        let mut tried_now = Vec::new();
        thread::scope(|scope| {
            for _ in 0..self.setup.jobs.clamp(1, faults.len().max(1)) {
                let (sender, next, plan) = (sender.clone(), &next, &plan);
                scope.spawn(move || {
                    loop {
                        let at = next.fetch_add(1, Ordering::Relaxed);
                        let (Some(fault), Some(known)) = (faults.get(at), planned.get(at)) else { return };
                        if this.cancel.is_set() {
                            return;
                        }
                        let (cases, until) = plan(fault, known);
                        let tried = this.fault(fault, cases, until);
                        let stop = tried.is_err();
                        if sender.send((at, tried)).is_err() || stop {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            for (at, tried) in results {
                match tried {
                    Ok((cases, cut_short)) => {
                        tried_now.push(faults[at].id);
                        let own = cases.iter().filter(|(_, own)| *own).count();
                        let fault = &mut kills[at];
                        fault.by_own_clause += own;
                        fault.cut_short |= cut_short;
                        fault.cases.extend(cases.into_iter().map(|(id, _)| id));
                        done += 1;
                        progress(Progress { fault: Some(&kills[at]), done, total: this.total });
                    }
                    Err(error) => {
                        // The other threads have nothing more to take.
                        next.store(faults.len(), Ordering::Relaxed);
                        failed.get_or_insert(error);
                    }
                }
            }
        });
        self.done = done;
        self.untried.retain(|id| !tried_now.contains(id));
        failed.map_or(Ok(()), Err)
    }

    /// The cases that kill a fault, each with whether it checks one of its clauses, and whether it hung too often.
    fn fault(
        &self,
        fault: &Fault,
        mut cases: Vec<Case>,
        until: Until,
    ) -> Result<(Vec<(String, bool)>, bool), StrengthError> {
        let edition = fault.edition();
        let before = &self.sound[&edition];
        // Where the sound subject departs, nothing can be told.
        cases.retain(|case| before.get(&case.id).is_some_and(|verdict| !verdict.is_departure()));
        if cases.is_empty() {
            return Ok((Vec::new(), false));
        }
        let name = format!("{PREFIX}{}", fault.id);
        let near: BTreeSet<String> =
            cases.iter().filter(|case| nearness(fault, case) == 0).map(|case| case.id.clone()).collect();
        let ids: Vec<String> = cases.iter().map(|case| case.id.clone()).collect();
        let run = Run { subject: &name, edition, cases, timeout: self.setup.timeout, jobs: 1, until };
        let (verdicts, cut_short) = self.run(run)?;
        let dead = |id: &String| verdicts.get(id).is_some_and(|verdict| verdict.is_departure());
        let killing = ids.into_iter().filter(dead).map(|id| {
            let own = near.contains(&id);
            (id, own)
        });
        Ok((killing.collect(), cut_short))
    }

    /// One run: the verdicts, and whether it ended early because the subject hung too often.
    fn run(&self, run: Run<'_>) -> Result<(Verdicts, bool), StrengthError> {
        let hangs = if run.subject.starts_with(PREFIX) { HANGS } else { usize::MAX };
        let plan = Plan {
            checks: Vec::new(),
            seed: None,
            subject: SubjectSpec::InProcess { name: run.subject.to_owned() },
            label: run.subject.to_owned(),
            cases: run.cases,
            known: self.setup.cases.len(),
            clauses: BTreeMap::new(),
            reasons: BTreeMap::new(),
            edition: run.edition,
            labs: self.setup.labs.clone(),
            lab_policy: LabPolicy::WhereAvailable,
            jobs: run.jobs,
            timeout: run.timeout,
            fail_fast: run.until == Until::Kill,
            rerun: String::new(),
            repro: String::new(),
            repro_law: String::new(),
        };
        let enough = Cancel::new()?;
        let mut verdicts = Verdicts::new();
        let mut hung = 0;
        let finished = sockspec_engine::run(&plan, &enough, &mut |event| {
            if let Event::CaseFinished(result) = event {
                hung += usize::from(result.verdict == Verdict::Hang);
                verdicts.insert(result.id, result.verdict);
            }
            if hung >= hangs || self.cancel.is_set() {
                enough.cancel();
            }
        });
        match finished {
            Ok(_) => Ok((verdicts, hung >= hangs)),
            Err(source) => Err(StrengthError::Engine { subject: run.subject.to_owned(), source }),
        }
    }
}
