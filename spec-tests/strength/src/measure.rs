//! Measuring: the cases on the sound subjects, then on every fault; laws and the model where they are asked.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::unbounded;
use serde::Serialize;
use sockspec_cases::{Case, Suite};
use sockspec_engine::{Cancel, Check, EngineError, LabFile, LabPolicy, Plan, SubjectSpec};
use sockspec_events::{CaseResult, Event, Verdict};
use sockspec_subject::Edition;

use crate::judge::judge;
use crate::report::{Found, Kills, Report};
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
    /// The laws and properties of the model, with their budgets, for the faults that all judge; none to leave them out.
    pub checks: Vec<Check>,
    /// Whether they are run on all other faults, too.
    pub everywhere: bool,
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
        let run = Run {
            subject: name,
            edition,
            cases,
            checks: setup.checks.clone(),
            timeout: PATIENCE,
            jobs: setup.jobs,
            until: Until::End,
        };
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
    measuring.beyond(&mut report.faults, progress)?;
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
        beyond: fault.beyond,
        cases: Vec::new(),
        judged: false,
        laws: None,
        model: None,
        cut_short: false,
    }
}

/// Who judges beside the cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Judge {
    Laws,
    Model,
}

impl Judge {
    fn has(self, check: &Check) -> bool {
        (check.property.about().section() == "model") == (self == Self::Model)
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
    checks: Vec<Check>,
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
        let planned = kills.to_vec();
        let this = &*self;
        let everyone: Vec<usize> = (0..this.setup.faults.len()).collect();
        let work = |at: usize| {
            let fault = this.setup.faults[at];
            let (cases, until) = plan(fault, &planned[at]);
            this.fault(fault, cases, until)
        };
        let (mut done, mut tried_now) = (this.done, Vec::new());
        let failed = this.each(&everyone, work, &mut |at, (cases, cut_short)| {
            tried_now.push(this.setup.faults[at].id);
            let own = cases.iter().filter(|(_, own)| *own).count();
            let fault = &mut kills[at];
            fault.by_own_clause += own;
            fault.cut_short |= cut_short;
            fault.cases.extend(cases.into_iter().map(|(id, _)| id));
            done += 1;
            progress(Progress { fault: Some(&kills[at]), done, total: this.total });
        });
        self.done = done;
        self.untried.retain(|id| !tried_now.contains(id));
        failed
    }

    /// Runs the laws, then the model, on every fault that they are asked about, each until the first that is broken.
    fn beyond(
        &mut self,
        kills: &mut [Kills],
        progress: &mut dyn FnMut(Progress<'_>),
    ) -> Result<(), StrengthError> {
        let asked = |at: &usize| self.setup.everywhere || self.setup.faults[*at].by_all;
        let chosen: Vec<usize> = (0..self.setup.faults.len()).filter(asked).collect();
        if self.setup.checks.is_empty() || chosen.is_empty() {
            return Ok(());
        }
        self.total += chosen.len();
        let this = &*self;
        let work = |at: usize| {
            let fault = this.setup.faults[at];
            Ok((this.broken(fault, Judge::Laws)?, this.broken(fault, Judge::Model)?))
        };
        let mut done = this.done;
        let failed = this.each(&chosen, work, &mut |at, (laws, model)| {
            kills[at].judged = true;
            (kills[at].laws, kills[at].model) = (laws, model);
            done += 1;
            progress(Progress { fault: Some(&kills[at]), done, total: this.total });
        });
        self.done = done;
        failed
    }

    /// Does that work for each of those faults, so many at a time.
    fn each<T: Send>(
        &self,
        chosen: &[usize],
        work: impl Fn(usize) -> Result<T, StrengthError> + Sync,
        take: &mut dyn FnMut(usize, T),
    ) -> Result<(), StrengthError> {
        let next = AtomicUsize::new(0);
        let (sender, results) = unbounded();
        let mut failed = None;
        thread::scope(|scope| {
            for _ in 0..self.setup.jobs.clamp(1, chosen.len().max(1)) {
                let (sender, next, work) = (sender.clone(), &next, &work);
                scope.spawn(move || {
                    loop {
                        let Some(at) = chosen.get(next.fetch_add(1, Ordering::Relaxed)).copied() else {
                            return;
                        };
                        if self.cancel.is_set() {
                            return;
                        }
                        let done = work(at);
                        let stop = done.is_err();
                        if sender.send((at, done)).is_err() || stop {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            for (at, done) in results {
                match done {
                    Ok(done) => take(at, done),
                    Err(error) => {
                        // The other threads have nothing more to take.
                        next.store(chosen.len(), Ordering::Relaxed);
                        failed.get_or_insert(error);
                    }
                }
            }
        });
        failed.map_or(Ok(()), Err)
    }

    /// The first law, or property of the model, that the fault breaks.
    fn broken(&self, fault: &Fault, judge: Judge) -> Result<Option<Found>, StrengthError> {
        let edition = fault.edition();
        let before = &self.sound[&edition];
        let mut checks: Vec<Check> =
            self.setup.checks.iter().filter(|check| judge.has(check)).cloned().collect();
        // As with cases: where the sound subject departs, nothing can be told.
        checks.retain(|check| {
            before.get(check.property.about().id).is_some_and(|verdict| !verdict.is_departure())
        });
        if checks.is_empty() {
            return Ok(None);
        }
        let about = |check: &Check| check.property.about().clauses;
        checks.sort_by_key(|check| !about(check).iter().any(|clause| fault.clauses.contains(clause)));
        let name = format!("{PREFIX}{}", fault.id);
        let mut found = None;
        let run = Run {
            subject: &name,
            edition,
            cases: Vec::new(),
            checks,
            timeout: self.setup.timeout,
            jobs: 1,
            until: Until::Kill,
        };
        self.run_telling(run, &mut |result| {
            if found.is_none() && result.verdict.is_departure() {
                found = Some(Found::from(result));
            }
        })?;
        Ok(found)
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
        let run = Run {
            subject: &name,
            edition,
            cases,
            checks: Vec::new(),
            timeout: self.setup.timeout,
            jobs: 1,
            until,
        };
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
        let mut verdicts = Verdicts::new();
        let cut_short = self.run_telling(run, &mut |result| {
            verdicts.insert(result.id.clone(), result.verdict);
        })?;
        Ok((verdicts, cut_short))
    }

    /// The same, with each result told.
    fn run_telling(&self, run: Run<'_>, tell: &mut dyn FnMut(&CaseResult)) -> Result<bool, StrengthError> {
        let hangs = if run.subject.starts_with(PREFIX) { HANGS } else { usize::MAX };
        let plan = Plan {
            seed: run.checks.first().map(|check| check.budget.seed),
            checks: run.checks,
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
        let mut hung = 0;
        let finished = sockspec_engine::run(&plan, &enough, &mut |event| {
            if let Event::CaseFinished(result) = event {
                hung += usize::from(result.verdict == Verdict::Hang);
                tell(&result);
            }
            if hung >= hangs || self.cancel.is_set() {
                enough.cancel();
            }
        });
        match finished {
            Ok(_) => Ok(hung >= hangs),
            Err(source) => Err(StrengthError::Engine { subject: run.subject.to_owned(), source }),
        }
    }
}
